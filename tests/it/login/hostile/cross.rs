//! One municipality's provider has no say in another's: every ordered pair of the six, with the same keys' names, the same people and the
//! same sessions' names in both.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::json;

use super::{Kind, SESSION, Signing, World, assert_refused, key_of, location, query, reason, six};
use crate::support::{HERE, fake_provider::Key, providers::SLUGS};

/// Makes something of a token another provider's.
type Forge = fn(&mut super::Draft, &World, usize);

/// Every ordered pair of two.
fn pairs() -> impl Iterator<Item = (usize, usize)> {
    six().flat_map(|a| six().filter(move |b| a != *b).map(move |b| (a, b)))
}

/// The key of provider `at` under a name that all six have a key of.
fn shared_key(at: usize) -> Key {
    Key::new("shared", u8::try_from(at).unwrap() + 101)
}

async fn world() -> World {
    World::start_with(|_, fakes| {
        for (at, fake) in fakes.iter().enumerate() {
            fake.shows_keys(json!({ "keys": [fake.key.jwk(), shared_key(at).jwk()] }));
        }
    })
    .await
}

#[tokio::test]
async fn what_one_provider_signs_or_says_logs_nobody_in_at_another() {
    let world = world().await;
    let before = world.rows().await;
    let mut tried = 0;
    for (a, b) in pairs() {
        let what = format!("{} at {}", SLUGS[a], SLUGS[b]);
        // An ID token for B's login, and what is A's about it.
        let forged: [(&str, Forge); 6] = [
            ("UNKNOWN_KEY", |d, _, a| {
                d.head("kid", key_of(a).kid);
                d.signing = Signing::OtherKey(key_of(a));
            }),
            ("SIGNATURE", |d, _, a| {
                d.head("kid", "shared");
                d.signing = Signing::OtherKey(shared_key(a));
            }),
            ("ISSUER", |d, world, a| d.claim("iss", world.fakes[a].issuer.clone())),
            ("AUDIENCE", |d, world, a| d.claim("aud", world.provider(a).client_id.clone())),
            ("AUTHORIZED_PARTY", |d, world, a| d.claim("azp", world.provider(a).client_id.clone())),
            ("TENANT", |d, world, a| d.claim("tid", world.provider(a).tenant.clone())),
        ];
        for (expected, forge) in forged {
            let visit = world.begin(b).await;
            let mut draft = world.draft(Kind::Id, b);
            draft.claim("nonce", visit.parameter("nonce"));
            forge(&mut draft, &world, a);
            assert_refused(&world.come_back_with(&visit, b, &draft.token()).await, 403, expected, &what);
            tried += 1;
        }
        // A's own token, for A's own login, which B gives.
        let (at_a, at_b) = (world.begin(a).await, world.begin(b).await);
        let mut own = world.draft(Kind::Id, a);
        own.claim("nonce", at_b.parameter("nonce"));
        assert_refused(&world.come_back_with(&at_b, b, &own.token()).await, 403, "UNKNOWN_KEY", &what);
        // A login that was begun at A is finished at B's address.
        let at_b = world.begin(b).await;
        let code = world.fakes[b].grant(&at_b.to, &world.draft(Kind::Id, b).token());
        let begun_at_a = query(&[("code", &code), ("state", &at_a.parameter("state")), ("iss", &world.fakes[b].issuer)]);
        assert_refused(&world.come_back(SLUGS[b], &begun_at_a, &at_a.browser).await, 400, "OTHER_PROVIDER", &what);
        assert!(!world.fakes[b].gave_for(&code), "{what}: the code was not even redeemed");
        // A's code comes to B's address with B's state: B does not know it.
        let at_a = world.begin(a).await;
        let code = world.fakes[a].grant(&at_a.to, &world.draft(Kind::Id, a).token());
        let code_of_a = query(&[("code", &code), ("state", &at_b.parameter("state")), ("iss", &world.fakes[b].issuer)]);
        assert_refused(&world.come_back(SLUGS[b], &code_of_a, &at_b.browser).await, 502, "EXCHANGE", &what);
        // B's answer with A's name, and A's answer with A's name at B's address.
        let at_b = world.begin(b).await;
        let code = world.fakes[b].grant(&at_b.to, &world.draft(Kind::Id, b).token());
        let named_a = query(&[("code", &code), ("state", &at_b.parameter("state")), ("iss", &world.fakes[a].issuer)]);
        assert_refused(&world.come_back(SLUGS[b], &named_a, &at_b.browser).await, 400, "ISSUER", &what);
        assert!(!world.fakes[b].gave_for(&code), "{what}: the code was not even redeemed");
        tried += 4;
    }
    assert_eq!(tried, 30 * 10);
    assert_eq!(world.rows().await, before, "no session and no account were made");
    eprintln!("{tried} crossed logins, 0 accepted");
}

#[tokio::test]
async fn a_providers_logout_token_ends_sessions_of_its_own_only() {
    let world = world().await;
    let mut sessions = Vec::new();
    for at in six() {
        sessions.push(world.log_in(at, &json!({})).await);
    }
    for (a, b) in pairs() {
        let what = format!("{} at {}", SLUGS[a], SLUGS[b]);
        let own = world.draft(Kind::Logout, a);
        let mut of_b_by_a = world.draft(Kind::Logout, b);
        of_b_by_a.head("kid", "shared");
        of_b_by_a.signing = Signing::OtherKey(shared_key(a));
        let mut of_a_by_b = world.draft(Kind::Logout, b);
        of_a_by_b.claim("iss", world.fakes[a].issuer.clone());
        for (draft, expected) in [(own, "UNKNOWN_KEY"), (of_b_by_a, "SIGNATURE"), (of_a_by_b, "ISSUER")] {
            let answer = world.send_logout_token(SLUGS[b], &draft.token()).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error_description"]), (400, &json!(expected)), "{what}");
        }
    }
    for (at, session) in sessions.iter().enumerate() {
        assert!(world.lives(session).await, "{} is still logged in", SLUGS[at]);
    }
    // The same subject and the same session's name are at all six; the token of one ends one.
    for (at, session) in sessions.iter().enumerate() {
        assert_eq!(world.send_logout_token(SLUGS[at], &world.draft(Kind::Logout, at).token()).await.status, 200);
        assert!(!world.lives(session).await, "{} is logged out", SLUGS[at]);
        for later in &sessions[at + 1..] {
            assert!(world.lives(later).await, "{} has no say in it", SLUGS[at]);
        }
    }
}

#[tokio::test]
async fn an_access_token_that_one_provider_signs_is_nobodys_at_another() {
    let world = world().await;
    for at in six() {
        world.log_in(at, &json!({})).await;
    }
    for (a, b) in pairs() {
        for key in [key_of(a), shared_key(a)] {
            let mut draft = world.draft(Kind::Access, b);
            draft.head("kid", key.kid.clone());
            draft.signing = Signing::OtherKey(key);
            assert_eq!(world.ask_with_token(&draft.token()).await.status, 401, "{} as {}", SLUGS[a], SLUGS[b]);
        }
        // Whoever is right about the issuer is that issuer's, whatever else the token says.
        let mut draft = world.draft(Kind::Access, a);
        draft.claim("municipality", SLUGS[b]);
        draft.claim("idp", world.fakes[b].issuer.clone());
        let answer = world.ask_with_token(&draft.token()).await;
        assert_eq!(answer.json()["data"]["viewer"]["municipality"]["slug"], SLUGS[a]);
    }
}

#[tokio::test]
async fn a_session_leads_to_the_logout_of_the_provider_that_it_is_of() {
    let world = world().await;
    for (at, fake) in world.fakes.iter().enumerate() {
        let session = world.log_in(at, &json!({})).await;
        let request = Request::post("/logout").header(header::ORIGIN, HERE).header(header::COOKIE, format!("{SESSION}={session}"));
        let answer = world.app.send(request.body(Body::empty()).unwrap()).await;
        assert!(location(&answer).starts_with(&format!("{}/end?id_token_hint=", fake.issuer)), "{}", location(&answer));
        assert!(!world.lives(&session).await);
    }
}

#[tokio::test]
async fn one_person_at_two_providers_is_two_accounts() {
    let world = world().await;
    let before = world.rows().await;
    for at in six() {
        let session = world.log_in(at, &json!({ "sub": "the-same", "email": "the.same@example.se" })).await;
        let viewer = world.ask(&session, "{ viewer { municipality { slug } person { name } } }").await.json()["data"]["viewer"].take();
        assert_eq!(viewer, json!({ "municipality": { "slug": SLUGS[at] }, "person": null }));
    }
    let after = world.rows().await;
    assert_eq!((after.0 - before.0, after.1 - before.1), (6, 6));
}

#[tokio::test]
async fn a_municipality_without_a_provider_has_no_login() {
    let world = world().await;
    for slug in ["trosa", "FLEN", "flen%2F..%2Fgnesta", "%00", "flen'--"] {
        for path in [format!("/login/{slug}"), format!("/login/{slug}/callback?code=x&state=y")] {
            assert_eq!(reason(&world.get(&path, &[]).await), "UNKNOWN_MUNICIPALITY", "{path}");
        }
        assert_eq!(world.send_logout_token(slug, "x").await.status, 404, "{slug}");
    }
}
