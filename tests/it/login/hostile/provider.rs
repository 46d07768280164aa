//! A provider that is in other hands, or broken: what it says is used only as far as the operator's settings go, nothing is asked
//! elsewhere, and nobody waits or reads for long.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Kind, STALE, Signing, World, assert_refused, key_of, location, provider_of, reason};
use crate::support::{
    fake_provider::{Counts, Fake, Key, Sickness},
    providers::SLUGS,
};

/// How long anybody may wait for what a provider does not do.
const LONGEST: Duration = Duration::from_secs(5);
const MIB: usize = 1024 * 1024;

/// Somebody whom nobody may ask.
async fn elsewhere() -> Fake {
    Fake::start(Key::new("elsewhere", 77), "nobody", "nothing").await
}

/// Nothing that was said is known, and it is asked for again: what a refused document leaves behind is a pause.
fn ask_again(world: &World) {
    world.advance(TimeDelta::hours(25));
}

#[tokio::test]
async fn metadata_that_leads_elsewhere_or_is_of_another_is_not_used() {
    let world = World::start().await;
    let elsewhere = elsewhere().await;
    let mut documents = Vec::new();
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"] {
        let (host, port) = elsewhere.issuer.rsplit_once(':').unwrap();
        for address in [
            format!("{}/x", elsewhere.issuer),
            format!("https://{}/x", elsewhere.issuer.trim_start_matches("http://")),
            format!("{host}/x"),
            format!("http://localhost:{port}/x"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://[::1]/x".to_owned(),
            "https://evil.example/x".to_owned(),
            "file:///etc/passwd".to_owned(),
            "javascript:alert(1)".to_owned(),
        ] {
            documents.push((member, json!(address)));
        }
        documents.extend([(member, json!("/relative")), (member, json!(1)), (member, json!(""))]);
    }
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer", "response_types_supported"] {
        documents.push((member, Value::Null));
    }
    for issuer in ["https://login.example", "http://127.0.0.1/{tenantid}/v2.0", "", "{tenantid}"] {
        documents.push(("issuer", json!(issuer)));
    }
    for suffix in ["/", "/.", "?", "#"] {
        documents.push(("issuer", json!(format!("{}{suffix}", world.fakes[0].issuer))));
    }
    documents.push(("issuer", json!(world.fakes[1].issuer)));
    let tried = documents.len();
    for (member, said) in documents {
        ask_again(&world);
        world.fakes[0].says(|document| document[member] = said.clone());
        let asked = Instant::now();
        let answer = world.get("/login/flen", &[]).await;
        assert_refused(&answer, 503, "UNREACHABLE", &format!("{member} is {said}"));
        assert!(asked.elapsed() < LONGEST);
    }
    assert_eq!(elsewhere.counts(), Counts::default(), "nobody asked elsewhere");
    assert_eq!(world.fakes[0].counts().token, 0);
    eprintln!("{tried} documents refused, 0 requests to other hosts");
}

#[tokio::test]
async fn documents_and_key_sets_that_are_none_are_not_used() {
    let world = World::start().await;
    for document in [json!(null), json!([]), json!("issuer"), json!({}), json!(1)] {
        ask_again(&world);
        world.fakes[0].says(|said| *said = document.clone());
        assert_refused(&world.get("/login/flen", &[]).await, 503, "UNREACHABLE", &document.to_string());
    }
    world.fakes[0].says(|_| {});
    let keys = |count: u8| (0..count).map(|seed| Key::new(&format!("k{seed}"), seed + 1).jwk()).collect::<Vec<_>>();
    for set in [json!(null), json!([]), json!({}), json!({ "keys": null }), json!({ "keys": "x" }), json!({ "keys": keys(21) })] {
        ask_again(&world);
        world.fakes[0].shows_keys(set.clone());
        let said: String = set.to_string().chars().take(60).collect();
        assert_refused(&world.get("/login/flen", &[]).await, 503, "UNREACHABLE", &said);
    }
    ask_again(&world);
    world.fakes[0].shows_keys(json!({ "keys": keys(20) }));
    assert_eq!(world.get("/login/flen", &[]).await.status, 303, "twenty keys are not too many");
}

/// The client's secret is no key, also where the provider says that it is one.
#[tokio::test]
async fn a_symmetric_key_in_the_key_set_verifies_nothing() {
    let world = World::start().await;
    let secret = world.provider(0).client_secret.0.clone();
    let symmetric = json!({ "kty": "oct", "kid": "symmetric", "alg": "HS256", "use": "sig", "k": super::base64(secret.as_bytes()) });
    world.fakes[0].shows_keys(json!({ "keys": [symmetric, key_of(0).jwk()] }));
    world.fakes[0].says(|document| document["id_token_signing_alg_values_supported"] = json!(["HS256", "none"]));
    for (alg, expected) in [("HS256", "ALGORITHM"), ("ES256", "SIGNATURE")] {
        for kid in ["symmetric", "key-flen"] {
            let visit = world.begin(0).await;
            let mut draft = world.draft(Kind::Id, 0);
            draft.claim("nonce", visit.parameter("nonce"));
            draft.head("alg", alg);
            draft.head("kid", kid);
            draft.signing = Signing::Secret(secret.clone().into_bytes());
            let answer = world.come_back_with(&visit, 0, &draft.token()).await;
            // A key for HS256 does not fit ES256 in the first place.
            let expected = if (alg, kid) == ("ES256", "symmetric") { "UNFIT_KEY" } else { expected };
            assert_refused(&answer, 403, expected, &format!("{alg} with {kid}"));
        }
    }
}

fn sicknesses(elsewhere: &Fake) -> [Sickness; 6] {
    let redirect = Sickness::Redirects(format!("{}/.well-known/openid-configuration", elsewhere.issuer));
    [Sickness::Huge, Sickness::Drips, Sickness::Bomb, Sickness::BlackHole, Sickness::Slow, redirect]
}

/// What was taken from a provider that sends without end. What lies between here and there in the buffers of the machine counts, too.
fn assert_little_was_read(fake: &Fake, sickness: &Sickness) {
    assert!(fake.sent() <= MIB + 16 * MIB, "{} bytes were taken from one that is {sickness:?}", fake.sent());
    assert!(!fake.was_offered_packing(), "packed answers are asked for");
}

#[tokio::test]
async fn nobody_waits_or_reads_for_long_whatever_a_provider_sends() {
    let world = World::start().await;
    let elsewhere = elsewhere().await;
    let sicknesses = sicknesses(&elsewhere);
    for (fake, sickness) in world.fakes.iter().zip(&sicknesses) {
        fake.suffers(sickness.clone());
    }
    // Metadata.
    let asked = Instant::now();
    let answers = join_all(SLUGS.map(|slug| {
        let path = format!("/login/{slug}");
        let world = &world;
        async move { world.get(&path, &[]).await }
    }))
    .await;
    let took = asked.elapsed();
    for (answer, (fake, sickness)) in answers.iter().zip(world.fakes.iter().zip(&sicknesses)) {
        assert_refused(answer, 503, "UNREACHABLE", &format!("{sickness:?}"));
        assert_little_was_read(fake, sickness);
    }
    assert!(took < LONGEST, "{took:?}");
    // Well, and then sick when the code is redeemed.
    world.advance(TimeDelta::seconds(31));
    world.fakes.iter().for_each(|fake| fake.suffers(None));
    let visits = join_all((0..6).map(|at| world.begin(at))).await;
    for (fake, sickness) in world.fakes.iter().zip(&sicknesses) {
        fake.reset_counts();
        fake.suffers(sickness.clone());
    }
    let redeemed = Instant::now();
    let answers = join_all(visits.iter().enumerate().map(|(at, visit)| world.come_back_with(visit, at, "x"))).await;
    let took_to_redeem = redeemed.elapsed();
    for (answer, (fake, sickness)) in answers.iter().zip(world.fakes.iter().zip(&sicknesses)) {
        // What is packed is read as it comes, and is no JSON.
        let (status, expected) = if *sickness == Sickness::Bomb { (502, "EXCHANGE") } else { (503, "UNREACHABLE") };
        assert_refused(answer, status, expected, &format!("{sickness:?}"));
        assert_eq!((fake.counts().token, fake.counts().all()), (1, 1), "{sickness:?}");
        assert_little_was_read(fake, sickness);
    }
    assert!(took_to_redeem < LONGEST, "{took_to_redeem:?}");
    assert_eq!(elsewhere.counts(), Counts::default(), "a redirect is not followed, with a code or without");
    let sent = world.fakes.iter().map(Fake::sent).max();
    eprintln!("metadata {took:?}, code {took_to_redeem:?}, at most {sent:?} bytes sent of 100 MB, 0 requests elsewhere");
}

#[tokio::test]
async fn endpoints_that_move_elsewhere_later_are_not_followed() {
    let world = World::start().await;
    let elsewhere = elsewhere().await;
    world.log_in(0, &json!({})).await;
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint", "issuer"] {
        world.advance(STALE);
        world.fakes[0].says(|document| document[member] = json!(format!("{}/x", elsewhere.issuer)));
        // What it said last is used on: the login goes where it went.
        let answer = world.get("/login/flen", &[]).await;
        assert!(location(&answer).starts_with(&format!("{}/authorize?", world.fakes[0].issuer)), "{member}");
        world.log_in(0, &json!({})).await;
    }
    // Not for longer than a day.
    world.advance(TimeDelta::hours(24));
    assert_eq!(reason(&world.get("/login/flen", &[]).await), "UNREACHABLE");
    assert_eq!(elsewhere.counts(), Counts::default());
}

#[test]
fn a_provider_is_where_the_operator_says_and_nowhere_else() {
    let provider = provider_of(0, "https://login.flen.example");
    for (address, is_at) in [
        ("https://login.flen.example/token", true),
        ("https://login.flen.example:443/token", true),
        ("https://LOGIN.flen.example/token", true),
        ("http://login.flen.example/token", false),
        ("http://login.flen.example:443/token", false),
        ("https://login.flen.example:8443/token", false),
        ("https://login.flen.example.evil.example/token", false),
        ("https://login.flen.example@evil.example/token", false),
        ("https://evil.example/login.flen.example", false),
        ("https://flen.example/token", false),
        ("https://169.254.169.254/token", false),
        ("https://login.flen.example./token", false),
        ("ftp://login.flen.example:443/token", false),
        ("data:login.flen.example", false),
    ] {
        assert_eq!(provider.is_at(&address.parse().unwrap()), is_at, "{address}");
    }
}
