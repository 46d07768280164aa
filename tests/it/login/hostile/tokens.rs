//! Forged tokens are refused, each for its own reason; what is only unusual is accepted.

use std::collections::HashSet;

use chrono::TimeDelta;
use openidconnect::core::CoreJsonWebKey;
use samverkan::auth::token::{TokenFault, access_token, id_token, logout_token};
use serde_json::json;
use strum::VariantArray;

use super::{
    Draft, Kind, NONCE, STALE, Signing, World, assert_refused, key_of, laid, provider_of, reason, six,
    table::{ACCESS, COMMON, Forgery, ID, LOGOUT, RIGHT},
};
use crate::support::{now, providers::SLUGS};

/// What the program says to a token: nothing but its judgement of signature and claims.
fn judged(kind: Kind, draft: &Draft) -> Result<(), TokenFault> {
    // As the library reads a key set: what it does not know is no key.
    let keys: Vec<CoreJsonWebKey> = draft.keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
    let (token, provider) = (draft.token(), &draft.provider);
    match kind {
        Kind::Id => id_token(&token, provider, &keys, NONCE, now()).and_then(|verified| provider.claim_values(&verified.claims)).map(drop),
        Kind::Logout => logout_token(&token, provider, &keys, now()).map(drop),
        Kind::Access => access_token(&token, provider, provider.access_tokens.as_ref().unwrap(), &keys, now()).map(drop),
    }
}

fn forgeries(kind: Kind) -> impl Iterator<Item = &'static Forgery> {
    let own = match kind {
        Kind::Id => ID,
        Kind::Logout => LOGOUT,
        Kind::Access => ACCESS,
    };
    COMMON.iter().chain(own)
}

fn draft_at(kind: Kind, at: usize) -> Draft {
    Draft::new(kind, &provider_of(at, &format!("http://127.0.0.1:{}", 9301 + at)), key_of(at), now())
}

#[test]
fn a_forged_token_is_refused_for_its_own_reason_whoever_is_to_have_issued_it() {
    let (mut met, mut wrong, mut judgements) = (HashSet::new(), Vec::new(), 0);
    for at in six() {
        for kind in [Kind::Id, Kind::Logout, Kind::Access] {
            let names: HashSet<_> = forgeries(kind).map(|(name, ..)| name).collect();
            assert_eq!(names.len(), forgeries(kind).count(), "two forgeries have one name");
            for (name, expected, forge) in forgeries(kind) {
                let mut draft = draft_at(kind, at);
                forge(&mut draft);
                let said = judged(kind, &draft);
                judgements += 1;
                met.extend(said.err());
                if said != Err(*expected) {
                    wrong.push(format!("{kind:?} of {}, {name}: {said:?}, not {expected:?}", SLUGS[at]));
                }
            }
        }
        let mut overage = draft_at(Kind::Id, at);
        overage.provider.roles = vec![samverkan::auth::provider::RoleClaim {
            path: vec!["groups".to_owned()],
            value: "a-group".to_owned(),
            role: samverkan::authz::Role::Reader,
        }];
        overage.claim("_claim_names", json!({ "groups": "src1" }));
        met.extend(judged(Kind::Id, &overage).err());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(forgeries(Kind::Id).count() >= 60 && judgements >= 6 * 360, "{judgements}");
    let never: Vec<_> = TokenFault::VARIANTS.iter().filter(|fault| !met.contains(fault)).collect();
    assert!(never.is_empty(), "no forgery has the reason {never:?}");
    eprintln!("{judgements} judgements, {} forged ID tokens for each of six issuers, 0 accepted", forgeries(Kind::Id).count());
}

#[test]
fn an_unusual_token_that_is_right_is_accepted() {
    for at in six() {
        for kind in [Kind::Id, Kind::Logout, Kind::Access] {
            for (name, make) in RIGHT {
                let mut draft = draft_at(kind, at);
                make(&mut draft);
                assert_eq!(judged(kind, &draft), Ok(()), "{kind:?} of {}: {name}", SLUGS[at]);
            }
        }
        let mut without_type = draft_at(Kind::Id, at);
        without_type.header.remove("typ");
        assert_eq!(judged(Kind::Id, &without_type), Ok(()));
    }
}

#[test]
fn a_token_of_one_kind_is_none_of_the_others() {
    let kinds = [Kind::Id, Kind::Logout, Kind::Access];
    for (is, taken_for) in kinds.iter().flat_map(|is| kinds.map(|taken_for| (*is, taken_for))).filter(|(is, other)| is != other) {
        for typ in [None, Some("JWT"), Some("at+jwt"), Some("logout+jwt")] {
            let mut draft = draft_at(is, 0);
            match typ {
                Some(typ) => draft.head("typ", typ),
                None => drop(draft.header.remove("typ")),
            }
            assert!(judged(taken_for, &draft).is_err(), "{is:?} taken for {taken_for:?} with typ {typ:?}");
        }
    }
}

/// The whole way: the login begins at the program, and the provider gives the forged token for the code.
#[tokio::test]
async fn a_provider_that_gives_a_forged_token_logs_nobody_in() {
    let world = World::start().await;
    let before = world.rows().await;
    for (number, (name, expected, forge)) in forgeries(Kind::Id).enumerate() {
        let at = number % SLUGS.len();
        world.advance(STALE);
        // Half of the providers say that they sign so, too.
        world.fakes[at].says(|document| {
            if number % 2 == 0 {
                document["id_token_signing_alg_values_supported"] = json!(["ES256", "HS256", "none"]);
            }
        });
        let mut draft = world.draft(Kind::Id, at);
        draft.claim("nonce", "not yet");
        forge(&mut draft);
        world.fakes[at].shows_keys(json!({ "keys": draft.keys }));
        let visit = world.begin(at).await;
        // The nonce is known only now; the forgery is made anew with it, unless it is the nonce that is forged.
        let mut draft = world.draft(Kind::Id, at);
        draft.claim("nonce", visit.parameter("nonce"));
        forge(&mut draft);
        let answer = world.come_back_with(&visit, at, &draft.token()).await;
        assert_refused(&answer, 403, expected.code(), name);
    }
    assert_eq!(world.rows().await, before, "no session and no account were made");
}

#[tokio::test]
async fn a_provider_that_says_it_signs_with_the_clients_secret_is_not_believed() {
    let world = World::start().await;
    for (at, fake) in world.fakes.iter().enumerate() {
        for said in [json!(["HS256"]), json!(["none"]), json!(["ES256", "HS256", "none"])] {
            world.advance(STALE);
            fake.says(|document| document["id_token_signing_alg_values_supported"] = said);
            let visit = world.begin(at).await;
            let mut draft = world.draft(Kind::Id, at);
            draft.claim("nonce", visit.parameter("nonce"));
            draft.head("alg", "HS256");
            draft.signing = Signing::Secret(world.provider(at).client_secret.0.clone().into_bytes());
            assert_refused(&world.come_back_with(&visit, at, &draft.token()).await, 403, "ALGORITHM", "HS256");
        }
    }
}

/// So that the refusals above have another cause than a login that never goes well.
#[tokio::test]
async fn a_provider_that_gives_an_unusual_token_that_is_right_logs_somebody_in() {
    let world = World::start().await;
    for (number, (name, make)) in RIGHT.iter().enumerate() {
        let at = number % SLUGS.len();
        world.advance(STALE + TimeDelta::seconds(1));
        let mut draft = world.draft(Kind::Id, at);
        make(&mut draft);
        world.fakes[at].shows_keys(json!({ "keys": draft.keys }));
        let visit = world.begin(at).await;
        draft.claim("nonce", visit.parameter("nonce"));
        let answer = world.come_back_with(&visit, at, &draft.token()).await;
        assert_eq!(answer.status, 303, "{name}: {}", answer.text());
        assert!(world.lives(&laid(&answer, super::SESSION).unwrap()).await, "{name}");
        let used = world.come_back_with(&visit, at, &draft.token()).await;
        assert_eq!(reason(&used), "STATE", "{name}: a login is used once");
    }
}

#[tokio::test]
async fn a_forged_access_token_is_nobodys() {
    let world = World::start().await;
    for at in six() {
        world.log_in(at, &json!({})).await;
        let right = world.draft(Kind::Access, at).token();
        let answer = world.ask_with_token(&right).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["data"]["viewer"]["municipality"]["slug"]), (200, &json!(SLUGS[at])));
        for (name, _, forge) in forgeries(Kind::Access) {
            let mut draft = world.draft(Kind::Access, at);
            let own = draft.keys.clone();
            forge(&mut draft);
            // What is wrong with a key set is told above: here the keys stay.
            let token = draft.token();
            let sendable = token.bytes().all(|byte| byte.is_ascii_graphic()) && !token.is_empty();
            if draft.keys == own && sendable {
                assert_eq!(world.ask_with_token(&token).await.status, 401, "{name}");
            }
        }
    }
}
