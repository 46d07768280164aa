//! Whatever comes instead of tokens, cookies, callbacks and logout tokens: nothing panics, nothing is accepted, and nothing is our fault.
//!
//! Each run judges ten thousand inputs, the same ones each time: four fifths tokens, one fifth requests. `SAMVERKAN_TEST_MALFORMED=100000`
//! judges that many; a failure names the number of the input, from which it is made again.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use openidconnect::core::CoreJsonWebKey;
use samverkan::auth::token::{access_token, claimed_issuer, id_token, logout_token};
use serde_json::{Value, json};

use super::{BROWSER, Draft, Kind, NONCE, SESSION, World, key_of, provider_of, six};
use crate::support::{HERE, now, providers::SLUGS};

const USUAL: usize = 10_000;
const MIB: usize = 1024 * 1024;

fn inputs() -> usize {
    std::env::var("SAMVERKAN_TEST_MALFORMED").map_or(USUAL, |count| count.parse().unwrap())
}

/// Numbers that look random and are the same each time. Source: splitmix64, Steele and others 2014.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).unwrap()).unwrap()
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// Bytes that were right and are not any more.
fn spoilt(numbers: &mut Numbers, right: &[u8]) -> Vec<u8> {
    let mut bytes = right.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len().max(1));
        match numbers.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes.truncate(at),
            2 => bytes.insert(at, numbers.one_of(b".=+/%&;\"'\\ \0\x7f\xff{}[]-_")),
            3 => bytes.splice(at..at, vec![numbers.one_of(b".[{A\"%\xc3"); 200]).for_each(drop),
            4 => bytes.extend_from_within(at..),
            5 => bytes.reverse(),
            _ => drop(bytes.drain(..at)),
        }
    }
    bytes
}

/// A token whose claims or header are wrong before they are signed, so that the right signature is above them.
fn wrongly_signed(numbers: &mut Numbers, draft: &mut Draft, kind: Kind) {
    let wrong = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5e308),
        json!(u64::MAX),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({ "": { "": [null] } }),
        json!("x".repeat(20_000)),
    ];
    let needed = match kind {
        Kind::Id => ["iss", "aud", "sub", "exp", "iat", "nonce", "tid"],
        Kind::Logout => ["iss", "aud", "sub", "exp", "iat", "jti", "tid"],
        Kind::Access => ["iss", "aud", "sub", "exp", "iat", "sid", "tid"],
    };
    let member = numbers.one_of(&needed);
    let depth = numbers.one_of(&[127, 128, 1_000, 5_000]);
    match numbers.below(8) {
        0..3 => draft.claim(member, numbers.one_of(&wrong)),
        3 => draft.head(numbers.one_of(&["alg", "typ", "kid"]), numbers.one_of(&wrong)),
        4 => draft.claim_text(&format!("\"{member}\":{}{}", "[".repeat(depth), "]".repeat(depth))),
        5 => draft.claim_text(&format!("\"{member}\":{}", numbers.one_of(&wrong))),
        6 => {
            let mut text = String::new();
            (0..500).for_each(|number| write!(text, "\"m{}\":0,", number % 499).unwrap());
            draft.claim_text(&format!("{text}\"{member}\":1"));
        }
        _ => draft.header_text = Some(format!("{}{}", "{\"alg\":".repeat(depth), "}".repeat(depth))),
    }
}

/// The 99th percentile.
fn p99(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() * 99 / 100]
}

/// Memory that the process holds.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn malformed_tokens_are_refused_and_nothing_panics() {
    let (provider, key) = (provider_of(0, "http://127.0.0.1:9301"), key_of(0));
    let keys: [CoreJsonWebKey; 1] = [serde_json::from_value(key.jwk()).unwrap()];
    let right = [Kind::Id, Kind::Logout, Kind::Access].map(|kind| Draft::new(kind, &provider, key_of(0), now()).token());
    let accepted = |kind: Kind, token: &str| match kind {
        Kind::Id => id_token(token, &provider, &keys, NONCE, now()).is_ok(),
        Kind::Logout => logout_token(token, &provider, &keys, now()).is_ok(),
        Kind::Access => access_token(token, &provider, provider.access_tokens.as_ref().unwrap(), &keys, now()).is_ok(),
    };
    for (kind, token) in [Kind::Id, Kind::Logout, Kind::Access].into_iter().zip(&right) {
        assert!(accepted(kind, token), "{kind:?}");
    }
    let (mut times, before) = (Vec::new(), resident());
    for input in 0..inputs() * 4 / 5 {
        let mut numbers = Numbers(u64::try_from(input).unwrap());
        let kind = numbers.one_of(&[Kind::Id, Kind::Logout, Kind::Access]);
        let whole = &right[kind as usize];
        let token = match numbers.below(4) {
            0 => {
                let mut draft = Draft::new(kind, &provider, key_of(0), now());
                wrongly_signed(&mut numbers, &mut draft, kind);
                draft.token()
            }
            1 => "a".repeat(numbers.one_of(&[0, 1, 32_768, MIB])),
            _ => String::from_utf8_lossy(&spoilt(&mut numbers, whole.as_bytes())).into_owned(),
        };
        if token == *whole {
            continue;
        }
        let began = Instant::now();
        assert!(!accepted(kind, &token), "input {input}: {kind:?} {token:.200}");
        claimed_issuer(&token);
        times.push(began.elapsed());
    }
    let grown = resident().saturating_sub(before);
    eprintln!("{} malformed tokens, 0 accepted, p99 {:?}, {grown} bytes more memory", times.len(), p99(&mut times));
    assert!(grown < 20 * MIB, "{grown}");
}

/// What is sent, and which answers say that it was not accepted.
fn request(numbers: &mut Numbers, right: &[String; 3], state: &str) -> (Request<Body>, &'static [u16]) {
    let slug = numbers.one_of(&SLUGS);
    let token = numbers.one_of(right);
    let bytes = match numbers.below(5) {
        0 => vec![numbers.one_of(b"a.[{\"\xff%"); numbers.one_of(&[1, 100, 40_000])],
        1 => format!("{}{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)).into_bytes(),
        2 => (0..numbers.below(300)).map(|_| numbers.next().to_le_bytes()[0]).collect(),
        _ => spoilt(numbers, token.as_bytes()),
    };
    let encoded: String = bytes.iter().take(9_000).fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02x}").unwrap();
        text
    });
    // In a header stands only what can stand there.
    let line: String = bytes.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '?' }).collect();
    let json = "application/json";
    let built = match numbers.below(8) {
        0 => {
            let query = numbers.one_of(&["code=c&state=", "state=", "iss=x&error=", "code=%ff&iss=%00&state=x&state="]);
            (Request::get(format!("/login/{slug}/callback?{query}{encoded}")).body(Body::empty()), &[400, 404][..])
        }
        1 => {
            let query = format!("code={encoded}&state={state}&iss={encoded}");
            let cookie = format!("{BROWSER}={line}");
            (Request::get(format!("/login/{slug}/callback?{query}")).header(header::COOKIE, cookie).body(Body::empty()), &[400][..])
        }
        2 => (Request::post(format!("/login/{slug}/backchannel-logout")).body(Body::from(format!("logout_token={encoded}"))), &[400][..]),
        3 => (Request::post(format!("/login/{slug}/backchannel-logout")).body(Body::from(bytes)), &[400, 413][..]),
        4 => {
            let request = Request::post("/graphql").header(header::CONTENT_TYPE, json).header(header::ORIGIN, HERE);
            let body = json!({ "query": "{ viewer { name } }" }).to_string();
            (request.header(header::COOKIE, format!("{SESSION}={line}")).body(Body::from(body)), &[401][..])
        }
        5 => {
            let request = Request::post("/graphql").header(header::CONTENT_TYPE, json);
            let body = json!({ "query": "{ viewer { name } }" }).to_string();
            (request.header(header::AUTHORIZATION, format!("Bearer {line}")).body(Body::from(body)), &[401][..])
        }
        6 => {
            let request = Request::get("/").header(header::COOKIE, format!("{SESSION}={line}; {line}"));
            // To the page where one logs in.
            (request.body(Body::empty()), &[303][..])
        }
        _ => {
            let request = Request::post("/session/token").header(header::CONTENT_TYPE, json).header(header::ORIGIN, HERE);
            (request.header(header::COOKIE, format!("{SESSION}={line}")).body(Body::from(bytes)), &[401][..])
        }
    };
    (built.0.unwrap(), built.1)
}

#[tokio::test]
async fn malformed_requests_are_refused_and_nothing_is_our_fault() {
    let world = World::start().await;
    for at in six() {
        world.log_in(at, &json!({})).await;
    }
    let right = [Kind::Id, Kind::Logout, Kind::Access].map(|kind| world.draft(kind, 0).token());
    let rows = world.rows().await;
    let visit = world.begin(0).await;
    let state = format!("{}x", visit.parameter("state"));
    let (mut times, mut before) = (Vec::new(), 0);
    for input in 0..inputs() / 5 {
        if input == 200 {
            before = resident();
        }
        let mut numbers = Numbers(u64::try_from(input).unwrap());
        let (request, refusals) = request(&mut numbers, &right, &state);
        let what = format!("input {input}: {} {:.200}", request.method(), request.uri());
        let began = Instant::now();
        let answer = world.app.send(request).await;
        times.push(began.elapsed());
        assert!(refusals.contains(&answer.status.as_u16()), "{what}: {} {:.300}", answer.status, String::from_utf8_lossy(&answer.body));
        assert_eq!(super::laid(&answer, SESSION), None, "{what}");
    }
    assert_eq!(world.rows().await, rows, "no session was made, and none ended");
    let grown = resident().saturating_sub(before);
    eprintln!("{} malformed requests, 0 accepted, p99 {:?}, {grown} bytes more memory", times.len(), p99(&mut times));
    assert!(grown < 20 * MIB, "{grown}");
}
