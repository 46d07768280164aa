//! A provider is down: whoever needs it is told so soon, nobody else notices, and it is used again when it is back.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use serde_json::json;

use super::{Kind, SESSION, STALE, World, assert_refused, laid, reason, six};
use crate::support::{HERE, fake_provider::Sickness, providers::SLUGS};

const LONGEST: Duration = Duration::from_secs(5);
const COOL_DOWN: TimeDelta = TimeDelta::seconds(30);

/// All but the first, which refuses connections.
const SICKNESSES: [Option<Sickness>; 5] =
    [None, Some(Sickness::BlackHole), Some(Sickness::Fails(503)), Some(Sickness::Slow), Some(Sickness::Drips)];

async fn fall_ill(world: &mut World, healthy: usize) {
    for (fake, sickness) in world.fakes[healthy..].iter_mut().zip(SICKNESSES.iter().cycle()) {
        match sickness {
            None => fake.go_down().await,
            sick => fake.suffers(sick.clone()),
        }
    }
}

async fn recover(world: &mut World, healthy: usize) {
    for (fake, sickness) in world.fakes[healthy..].iter_mut().zip(SICKNESSES.iter().cycle()) {
        match sickness {
            None => fake.come_up().await,
            Some(_) => fake.suffers(None),
        }
    }
}

/// Begins a login at each of these at once; gives back status and reason of each, and how long the longest took.
async fn begin_at(world: &World, slugs: &[&str]) -> (Vec<(u16, String)>, Duration) {
    let began = Instant::now();
    let answers = join_all(slugs.iter().map(|slug| async move { world.get(&format!("/login/{slug}"), &[]).await })).await;
    let took = began.elapsed();
    let told = answers.iter().map(|answer| {
        let status = answer.status.as_u16();
        (status, if status == 303 { String::new() } else { reason(answer) })
    });
    (told.collect(), took)
}

fn unreachable(count: usize) -> Vec<(u16, String)> {
    vec![(503, "UNREACHABLE".to_owned()); count]
}

#[tokio::test]
async fn five_of_six_are_down_at_the_start_and_the_sixth_serves_and_all_come_back_without_a_restart() {
    let mut world = World::start().await;
    fall_ill(&mut world, 1).await;
    let ((told, took), healthy) = join(begin_at(&world, &SLUGS[1..]), async {
        let began = Instant::now();
        let session = world.log_in(0, &json!({})).await;
        assert!(world.lives(&session).await);
        began.elapsed()
    })
    .await;
    assert_eq!(told, unreachable(5));
    assert!(took < LONGEST, "{took:?}");
    assert!(healthy < Duration::from_secs(3), "the sixth does not wait for the others: {healthy:?}");
    // Nobody asks again for a while, so that nobody waits again.
    let before: Vec<_> = world.fakes.iter().map(|fake| fake.counts().all()).collect();
    let (told, again) = begin_at(&world, &SLUGS[1..]).await;
    assert_eq!(told, unreachable(5));
    assert!(again < Duration::from_secs(2), "{again:?}");
    recover(&mut world, 1).await;
    world.advance(COOL_DOWN - TimeDelta::seconds(1));
    assert_eq!(begin_at(&world, &SLUGS[1..]).await.0, unreachable(5));
    assert_eq!(world.fakes.iter().map(|fake| fake.counts().all()).collect::<Vec<_>>(), before);
    world.advance(TimeDelta::seconds(1));
    for at in six().skip(1) {
        let session = world.log_in(at, &json!({})).await;
        assert!(world.lives(&session).await, "{}", SLUGS[at]);
    }
    eprintln!("five of six down at the start, told after {took:?}, then after {again:?}; the sixth logs in within {healthy:?}");
}

#[tokio::test]
async fn six_of_six_are_down_in_operation_and_whoever_is_logged_in_does_not_notice() {
    let mut world = World::start_with(|settings, _| {
        settings.session_idle = TimeDelta::days(30);
        settings.session_longest = TimeDelta::days(30);
    })
    .await;
    let mut sessions = Vec::new();
    let mut visits = Vec::new();
    for at in six() {
        sessions.push(world.log_in(at, &json!({})).await);
        visits.push(world.begin(at).await);
    }
    fall_ill(&mut world, 0).await;
    // Whoever comes back from a provider just now is told so.
    let came_back = Instant::now();
    let answers = join_all(visits.iter().enumerate().map(|(at, visit)| world.come_back_with(visit, at, "x"))).await;
    let took = came_back.elapsed();
    for (answer, sickness) in answers.iter().zip(SICKNESSES.iter().cycle()) {
        let (status, expected) = if *sickness == Some(Sickness::Fails(503)) { (502, "EXCHANGE") } else { (503, "UNREACHABLE") };
        assert_refused(answer, status, expected, &format!("{sickness:?}"));
    }
    assert!(took < LONGEST, "{took:?}");
    // What was said last is old: it is asked for in vain, and used on.
    world.advance(STALE);
    let asked = Instant::now();
    let (told, waited) = begin_at(&world, &SLUGS).await;
    assert_eq!(told, vec![(303, String::new()); 6]);
    assert!(waited < LONGEST, "{waited:?}");
    for at in six() {
        assert!(world.lives(&sessions[at]).await, "{}", SLUGS[at]);
        assert_eq!(world.ask_with_token(&world.draft(Kind::Access, at).token()).await.status, 200, "{}", SLUGS[at]);
    }
    assert!(asked.elapsed() < 2 * LONGEST);
    // Logging out needs no provider either.
    let request = Request::post("/logout").header(header::ORIGIN, HERE).header(header::COOKIE, format!("{SESSION}={}", sessions[1]));
    assert_eq!(world.app.send(request.body(Body::empty()).unwrap()).await.status, 303);
    assert!(!world.lives(&sessions[1]).await);
    eprintln!("six of six down in operation, told after {took:?}; waited for new keys {waited:?}");
}

#[tokio::test]
async fn the_last_good_keys_are_used_for_a_day_and_no_longer() {
    let mut world = World::start_with(|settings, _| {
        settings.session_idle = TimeDelta::days(30);
        settings.session_longest = TimeDelta::days(30);
    })
    .await;
    let session = world.log_in(0, &json!({})).await;
    world.fakes[0].go_down().await;
    for (advance, status) in
        [(TimeDelta::hours(12), 200), (TimeDelta::hours(11), 200), (TimeDelta::minutes(59), 200), (TimeDelta::minutes(1), 503)]
    {
        world.advance(advance);
        assert_eq!(world.ask_with_token(&world.draft(Kind::Access, 0).token()).await.status, status, "at {}", world.now());
        assert!(world.lives(&session).await);
    }
    // Nor is a logout token judged with them.
    assert_eq!(world.send_logout_token(SLUGS[0], &world.draft(Kind::Logout, 0).token()).await.status, 503);
    assert!(world.lives(&session).await);
    world.fakes[0].come_up().await;
    assert_eq!(world.ask_with_token(&world.draft(Kind::Access, 0).token()).await.status, 503, "not before the half minute is over");
    world.advance(COOL_DOWN);
    assert_eq!(world.ask_with_token(&world.draft(Kind::Access, 0).token()).await.status, 200);
    assert_eq!(world.send_logout_token(SLUGS[0], &world.draft(Kind::Logout, 0).token()).await.status, 200);
    assert!(!world.lives(&session).await);
}

#[tokio::test]
async fn a_crowd_that_waits_for_a_silent_provider_asks_it_once() {
    let world = World::start().await;
    world.fakes[0].suffers(Sickness::BlackHole);
    let asked = Instant::now();
    let (told, ..) = begin_at(&world, &["flen"; 50]).await;
    assert_eq!(told, unreachable(50));
    assert!(asked.elapsed() < LONGEST, "{:?}", asked.elapsed());
    assert_eq!((world.fakes[0].counts().discovery, world.fakes[0].counts().all()), (1, 1));
    // So do programs and the provider's own logout tokens.
    world.advance(COOL_DOWN);
    let (access, logout) = (world.draft(Kind::Access, 0).token(), world.draft(Kind::Logout, 0).token());
    let asked = Instant::now();
    let (access, logout) = join(world.ask_with_token(&access), world.send_logout_token("flen", &logout)).await;
    assert_eq!((access.status.as_u16(), logout.status.as_u16()), (503, 503));
    assert!(asked.elapsed() < LONGEST, "{:?}", asked.elapsed());
    assert_eq!(world.fakes[0].counts().all(), 2);
}

#[tokio::test]
async fn a_browser_that_goes_away_does_not_take_the_answer_from_the_others() {
    let world = World::start().await;
    let gone = tokio::time::timeout(Duration::from_millis(1), world.get("/login/flen", &[])).await;
    let answer = world.get("/login/flen", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(laid(&answer, super::BROWSER).is_some());
    assert!(world.fakes[0].counts().discovery <= 1, "{gone:?}", gone = gone.is_ok());
}
