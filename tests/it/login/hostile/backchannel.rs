//! A provider logs somebody out by itself: exactly those sessions that it names, and none for a token that is wrong.

use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    Draft, Kind, SESSION, STALE, World, six,
    table::{COMMON, LOGOUT},
};
use crate::support::{Answer, HERE, providers::SLUGS};

async fn world() -> World {
    World::start_with(|settings, _| {
        // Here many minutes pass between one token and the next.
        settings.session_idle = TimeDelta::days(30);
        settings.session_longest = TimeDelta::days(30);
    })
    .await
}

/// A program's session that somebody opens in a browser.
async fn program(world: &World, browser: &str) -> String {
    let request = Request::post("/session/token").header(header::CONTENT_TYPE, "application/json").header(header::ORIGIN, HERE);
    let request = request.header(header::COOKIE, format!("{SESSION}={browser}")).body(Body::from(json!({ "name": "report" }).to_string()));
    let answer = world.app.send(request.unwrap()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// The sessions of the cast that live, by name.
async fn living(world: &World, cast: &[(&'static str, String, bool)]) -> Vec<&'static str> {
    let mut living = Vec::new();
    for (name, token, is_program) in cast {
        let lives = if *is_program { world.ask_with_token(token).await.status == 200 } else { world.lives(token).await };
        if lives {
            living.push(*name);
        }
    }
    living
}

/// Anna twice and Bo once at `at`, each with a program, and another Anna with the same names at the next provider.
async fn cast(world: &World, at: usize) -> Vec<(&'static str, String, bool)> {
    let other = (at + 1) % SLUGS.len();
    let first = world.log_in(at, &json!({ "sub": "anna", "sid": "sid-1" })).await;
    let second = world.log_in(at, &json!({ "sub": "anna", "sid": "sid-2" })).await;
    let bo = world.log_in(at, &json!({ "sub": "bo", "sid": "sid-3" })).await;
    let elsewhere = world.log_in(other, &json!({ "sub": "anna", "sid": "sid-1" })).await;
    let (program_of_first, program_of_bo) = (program(world, &first).await, program(world, &bo).await);
    vec![
        ("anna 1", first, false),
        ("program of anna 1", program_of_first, true),
        ("anna 2", second, false),
        ("bo", bo, false),
        ("program of bo", program_of_bo, true),
        ("anna elsewhere", elsewhere, false),
    ]
}

type Names = &'static [&'static str];

const ALL: [&str; 6] = ["anna 1", "program of anna 1", "anna 2", "bo", "program of bo", "anna elsewhere"];

fn order(world: &World, at: usize, id: usize, sub: Option<&str>, sid: Option<&str>) -> Draft {
    let mut draft = world.draft(Kind::Logout, at);
    draft.claim("jti", format!("jti-{id}"));
    for (name, value) in [("sub", sub), ("sid", sid)] {
        match value {
            Some(value) => draft.claim(name, value),
            None => draft.without(name),
        }
    }
    draft
}

fn told(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["error_description"].clone())
}

#[tokio::test]
async fn a_logout_token_ends_exactly_the_sessions_that_it_names_and_their_programs() {
    let world = world().await;
    let orders: [(Option<&str>, Option<&str>, Names); 7] = [
        (None, Some("sid-1"), &["anna 2", "bo", "program of bo", "anna elsewhere"]),
        (Some("anna"), None, &["bo", "program of bo", "anna elsewhere"]),
        (Some("anna"), Some("sid-1"), &["anna 2", "bo", "program of bo", "anna elsewhere"]),
        (Some("anna"), Some("sid-2"), &["anna 1", "program of anna 1", "bo", "program of bo", "anna elsewhere"]),
        (Some("bo"), Some("sid-1"), &ALL),
        (Some("nobody"), None, &ALL),
        (None, Some("SID-1"), &ALL),
    ];
    for (number, (sub, sid, left)) in orders.into_iter().enumerate() {
        let at = number % SLUGS.len();
        let cast = cast(&world, at).await;
        assert_eq!(living(&world, &cast).await, ALL);
        let draft = order(&world, at, number, sub, sid);
        let answer = world.send_logout_token(SLUGS[at], &draft.token()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(living(&world, &cast).await, left, "sub {sub:?}, sid {sid:?}");
        // Nobody is left over for the next order.
        for (at, sub) in [(at, "anna"), (at, "bo"), ((at + 1) % SLUGS.len(), "anna")] {
            let rest = order(&world, at, 1_000 + 10 * number + sub.len(), Some(sub), None);
            assert_eq!(world.send_logout_token(SLUGS[at], &rest.token()).await.status, 200);
        }
        assert_eq!(living(&world, &cast).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_logout_token_that_is_wrong_ends_nothing_and_is_told_why() {
    let world = world().await;
    let session = world.log_in(0, &json!({})).await;
    let before = world.rows().await;
    let mut kinds = 0;
    for (name, expected, forge) in COMMON.iter().chain(LOGOUT) {
        world.advance(STALE);
        let mut draft = world.draft(Kind::Logout, 0);
        forge(&mut draft);
        world.fakes[0].shows_keys(json!({ "keys": draft.keys }));
        let answer = world.send_logout_token(SLUGS[0], &draft.token()).await;
        assert_eq!(told(&answer), (400, json!(expected.code())), "{name}");
        kinds += 1;
    }
    world.advance(STALE);
    world.fakes[0].shows_keys(json!({ "keys": [world.fakes[0].key.jwk()] }));
    for kind in [Kind::Id, Kind::Access] {
        let answer = world.send_logout_token(SLUGS[0], &world.draft(kind, 0).token()).await;
        assert_eq!(answer.status, 400, "{kind:?}");
        kinds += 1;
    }
    // Bodies that hold no one token.
    let right = world.draft(Kind::Logout, 0).token();
    let form = "application/x-www-form-urlencoded";
    let bodies = [
        (form, String::new(), 400),
        (form, "logout_token".to_owned(), 400),
        (form, format!("logout_token={right}&logout_token={right}"), 400),
        (form, format!("Logout_Token={right}"), 400),
        (form, format!("logout_token={}", "x".repeat(1_000_000)), 413),
        (form, format!("logout_token={right}{}", "A".repeat(40_000)), 400),
        (form, "x".repeat(20_000_000), 413),
        ("application/json", json!({ "logout_token": right }).to_string(), 400),
    ];
    for (content_type, body, status) in bodies {
        let what: String = body.chars().take(60).collect();
        let request = Request::post(format!("/login/{}/backchannel-logout", SLUGS[0])).header(header::CONTENT_TYPE, content_type);
        assert_eq!(world.app.send(request.body(Body::from(body)).unwrap()).await.status, status, "{what}");
        kinds += 1;
    }
    assert_eq!(world.rows().await, before);
    assert!(world.lives(&session).await);
    // And the right one ends it, so that all of them might have.
    assert_eq!(world.send_logout_token(SLUGS[0], &right).await.status, 200);
    assert!(!world.lives(&session).await);
    eprintln!("{kinds} wrong logout tokens, 0 sessions ended");
}

#[tokio::test]
async fn a_logout_token_is_obeyed_once() {
    let world = world().await;
    for at in six() {
        let first = world.log_in(at, &json!({})).await;
        let token = order(&world, at, 1, Some("somebody"), None).token();
        assert_eq!(world.send_logout_token(SLUGS[at], &token).await.status, 200);
        assert!(!world.lives(&first).await);
        let second = world.log_in(at, &json!({})).await;
        // The same token, and another one of the same name, for as long as one of them could be sent.
        let again = order(&world, at, 1, Some("somebody"), Some("a-session-there")).token();
        for replayed in [&token, &again] {
            assert_eq!(told(&world.send_logout_token(SLUGS[at], replayed).await), (400, json!("REPLAYED")));
        }
        world.advance(TimeDelta::seconds(359));
        assert_eq!(told(&world.send_logout_token(SLUGS[at], &token).await), (400, json!("REPLAYED")));
        world.advance(TimeDelta::seconds(2));
        assert_eq!(told(&world.send_logout_token(SLUGS[at], &token).await), (400, json!("EXPIRED")));
        assert!(world.lives(&second).await, "{}", SLUGS[at]);
    }
}
