//! Providers that change their keys and go away while people log in. S14, S16.
//!
//! `ROTATION_SECONDS=60` lets people log in for that long, three each second; without it, for ten seconds.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::TimeDelta;
use openidconnect::core::CoreJwsSigningAlgorithm;
use samverkan::auth::{Freshness, provider::AccessTokens};
use serde_json::json;

use super::{Running, machine_now};
use crate::support::providers::SLUGS;

const LOGINS_PER_SECOND: u64 = 3;
/// What is known of a provider is used this short.
const SHORT: Freshness = Freshness { refresh: TimeDelta::seconds(2), cool_down: TimeDelta::seconds(1), longest: TimeDelta::hours(24) };

fn seconds() -> u64 {
    std::env::var("ROTATION_SECONDS").map_or(10, |seconds| seconds.parse().unwrap())
}

impl Running {
    /// The status of a query with this token.
    async fn status(&self, token: &str) -> StatusCode {
        self.app.anonymous().with_token(token).ask("{ viewer { name } }", json!({})).await.status
    }
}

// ── keys ─────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn nobody_is_kept_out_while_the_providers_change_their_keys_and_half_of_them_drop_the_old_ones() {
    let running = Running::start_with(SHORT, |_| {}).await;
    let seconds = seconds();
    // As many changes as in a minute with one each five seconds, however short this is.
    let (logins, changes) = (seconds * LOGINS_PER_SECOND, 12);
    let mut pace = tokio::time::interval(Duration::from_secs(1) / u32::try_from(LOGINS_PER_SECOND).unwrap());
    let mut changed = 0;
    for nth in 0..logins {
        pace.tick().await;
        running.app.clock.set(machine_now());
        if nth * changes / logins >= changed {
            let at = usize::try_from(changed).unwrap();
            running.providers.rotate(SLUGS[at % SLUGS.len()], at.is_multiple_of(2)).await;
            changed += 1;
        }
        let slug = SLUGS[usize::try_from(nth).unwrap() % SLUGS.len()];
        let mut person = running.person();
        // This fails where anybody is refused.
        person.log_in(slug, &format!("person.{nth}")).await;
        assert_eq!(person.viewer().await["municipality"]["slug"], slug);
    }
    assert_eq!(changed, changes);
}

#[tokio::test]
async fn a_token_signed_with_a_key_that_the_provider_has_dropped_is_refused_when_its_keys_are_fetched_again() {
    let running = Running::start_with(SHORT, |settings| {
        let gnesta = settings.providers.iter_mut().find(|provider| provider.municipality == "gnesta").unwrap();
        let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
        gnesta.access_tokens = Some(AccessTokens { audience: "api://samverkan".to_owned(), kind: "at+jwt".to_owned(), algorithm });
    })
    .await;
    running.enrol("coordinator.gnesta").await;
    let token = async || running.providers.tokens("gnesta", "coordinator.gnesta").await["access_token"].as_str().unwrap().to_owned();
    let old = token().await;
    assert_eq!(running.status(&old).await, StatusCode::OK);
    running.providers.rotate("gnesta", false).await;
    let new = token().await;
    // Whoever sends unknown keys does not make us ask more often than once per cool-down; then the old key is gone with the same answer.
    running.pass(TimeDelta::milliseconds(999));
    assert_eq!((running.status(&new).await, running.status(&old).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    running.pass(TimeDelta::milliseconds(1));
    assert_eq!((running.status(&new).await, running.status(&old).await), (StatusCode::OK, StatusCode::UNAUTHORIZED));
    // Where nobody sends the new key, the old one is refused when what is known is two seconds old.
    running.providers.rotate("gnesta", false).await;
    running.pass(TimeDelta::milliseconds(1999));
    assert_eq!(running.status(&new).await, StatusCode::OK);
    running.pass(TimeDelta::milliseconds(1));
    assert_eq!(running.status(&new).await, StatusCode::UNAUTHORIZED);
}

// ── providers that are down ──────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn while_one_provider_is_down_the_others_log_in_and_its_sessions_go_on() {
    let running = Running::start_with(SHORT, |_| {}).await;
    let mut before = running.person();
    before.log_in("vingaker", "anna").await;
    let program = before.program("Skript").await["token"].as_str().unwrap().to_owned();
    running.providers.down("vingaker").await;
    for seconds in [0, 3] {
        running.pass(TimeDelta::seconds(seconds));
        for slug in &SLUGS[..5] {
            running.person().log_in(slug, "bertil").await;
        }
        assert!(before.is_logged_in().await);
        assert_eq!(running.status(&program).await, StatusCode::OK);
        // What was known of it is used on: the browser is sent there.
        let mut late = running.person();
        late.browser.stop_before(&running.providers.issuer("vingaker").issuer);
        let sent = late.browser.open(&format!("{}/login/vingaker", running.rp)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }
    running.providers.up("vingaker").await;
    running.person().log_in("vingaker", "bertil").await;
}

#[tokio::test]
async fn providers_that_are_down_from_the_start_are_told_to_people_and_come_back_without_a_restart() {
    let running = Running::start_with(SHORT, |_| {}).await;
    for slug in SLUGS {
        running.providers.down(slug).await;
    }
    for path in ["/health/ready", "/login"] {
        assert_eq!(running.person().browser.open(&format!("{}{path}", running.rp)).await.status, StatusCode::OK, "{path}");
    }
    for slug in SLUGS {
        let page = running.person().browser.open(&format!("{}/login/{slug}", running.rp)).await;
        assert_eq!((page.status, page.reason().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNREACHABLE"), "{slug}");
    }
    for slug in SLUGS {
        running.providers.up(slug).await;
    }
    let page = running.person().browser.open(&format!("{}/login/flen", running.rp)).await;
    assert_eq!(page.reason(), "UNREACHABLE", "it is not asked again at once");
    running.pass(SHORT.cool_down);
    for slug in SLUGS {
        running.person().log_in(slug, "anna").await;
    }
}

#[tokio::test]
async fn a_provider_that_goes_away_while_somebody_logs_in_lets_the_person_begin_again() {
    let running = Running::start_with(SHORT, |_| {}).await;
    let mut anna = running.person();
    let asked = anna.browser.open(&format!("{}/login/flen", running.rp)).await;
    anna.browser.stop_before(&running.rp);
    let back = anna.browser.submit(&asked, &[("login", "anna")]).await.location().unwrap();
    anna.browser.stop_nowhere();
    running.providers.down("flen").await;
    let page = anna.browser.open(back.as_str()).await;
    assert_eq!((page.status, page.reason().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNREACHABLE"));
    assert!(!anna.is_logged_in().await);
    running.providers.up("flen").await;
    anna.log_in("flen", "anna").await;
    assert!(anna.is_logged_in().await);
}
