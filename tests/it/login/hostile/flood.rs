//! Tokens with keys that nobody knows do not make the program ask the providers all the time.

use chrono::TimeDelta;
use serde_json::json;

use super::{Kind, World, six};
use crate::support::providers::SLUGS;

/// Tokens of the flood, and in how many steps of ten seconds they come.
const TOKENS: usize = 5_000;
const STEPS: usize = 10;

#[tokio::test]
async fn a_flood_of_unknown_keys_makes_one_request_for_keys_in_half_a_minute() {
    let world = World::start().await;
    for at in six() {
        world.log_in(at, &json!({})).await;
    }
    world.fakes.iter().for_each(super::Fake::reset_counts);
    let mut honest = 0;
    for step in 0..STEPS {
        let tokens: Vec<_> = six().map(|at| [Kind::Access, Kind::Logout].map(|kind| world.draft(kind, at).token())).collect();
        for number in 0..TOKENS / STEPS {
            let at = number % SLUGS.len();
            // The signature does not matter: the key that it names is looked for first.
            let unknown = |kind: Kind, typ: &str, token: &str| {
                let header = json!({ "alg": "ES256", "typ": typ, "kid": format!("{kind:?}-{step}-{number}") }).to_string();
                format!("{}.{}", super::base64(header.as_bytes()), token.split_once('.').unwrap().1)
            };
            let [access, logout] = &tokens[at];
            if number % 10 == 9 {
                let answer = world.send_logout_token(SLUGS[at], &unknown(Kind::Logout, "logout+jwt", logout)).await;
                assert_eq!((answer.status.as_u16(), &answer.json()["error_description"]), (400, &json!("UNKNOWN_KEY")));
            } else {
                assert_eq!(world.ask_with_token(&unknown(Kind::Access, "at+jwt", access)).await.status, 401);
            }
            if number % 83 == 82 {
                let session = world.log_in(at, &json!({ "sub": format!("honest-{step}-{number}") })).await;
                assert!(world.lives(&session).await);
                assert_eq!(world.ask_with_token(access).await.status, 200);
                honest += 1;
            }
        }
        // Half a minute is over at the steps 3, 6 and 9, and not before.
        for (fake, slug) in world.fakes.iter().zip(SLUGS) {
            let counts = fake.counts();
            assert!(counts.keys <= step / 3 && counts.discovery <= step / 3, "{counts:?} at {slug} after {step} steps");
        }
        world.advance(TimeDelta::seconds(10));
    }
    let keys: Vec<_> = world.fakes.iter().map(|fake| fake.counts().keys).collect();
    assert!(honest >= 50, "{honest}");
    eprintln!("{TOKENS} unknown keys in {} s made {keys:?} requests for keys; {honest} honest logins went well", STEPS * 10);
}

/// The other side of it: a key that is new is found, by one request.
#[tokio::test]
async fn a_new_key_is_found_when_half_a_minute_has_passed_since_the_last_request() {
    let world = World::start().await;
    world.log_in(0, &json!({})).await;
    let new = crate::support::fake_provider::Key::new("new", 50);
    world.fakes[0].shows_keys(json!({ "keys": [new.jwk()] }));
    let ask = async || {
        let mut draft = world.draft(Kind::Access, 0);
        draft.head("kid", "new");
        draft.signing = super::Signing::OtherKey(crate::support::fake_provider::Key::new("new", 50));
        world.ask_with_token(&draft.token()).await.status.as_u16()
    };
    world.fakes[0].reset_counts();
    assert_eq!(ask().await, 401, "the keys were asked for just now");
    world.advance(TimeDelta::seconds(29));
    assert_eq!((ask().await, world.fakes[0].counts().keys), (401, 0));
    world.advance(TimeDelta::seconds(1));
    assert_eq!((ask().await, world.fakes[0].counts().keys), (200, 1));
    // The key that went away is nobody's from then on.
    assert_eq!(world.ask_with_token(&world.draft(Kind::Access, 0).token()).await.status, 401);
    assert_eq!((ask().await, world.fakes[0].counts().keys), (200, 1));
}
