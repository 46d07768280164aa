//! A person logs in at a real provider, from the first redirect to the answer of a query, and logs out again, here and there. S18, S20.

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use samverkan::auth::Freshness;
use serde_json::{Value, json};
use url::Url;

use super::{Running, person::Person};
use crate::support::{
    browser::Page,
    providers::{CLIENT_ID, SLUGS},
};

/// How long a session may outlive the provider's word that it is over.
const AT_ONCE: Duration = Duration::from_secs(1);

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

fn callback(page: &Page) -> Url {
    page.hops.iter().find(|hop| hop.url.path().ends_with("/callback")).unwrap().url.clone()
}

impl Running {
    /// Ends the provider's session in a browser, at the provider itself: it tells us by its back channel.
    async fn log_out_at_the_provider(&self, slug: &str, person: &mut Person) {
        let asked = person.browser.open(&format!("{}/session/end", self.providers.issuer(slug).issuer)).await;
        let left = person.browser.submit(&asked, &[("logout", "yes")]).await;
        assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    }

    async fn works(&self, program: &Value) -> bool {
        let client = self.app.anonymous().with_token(program["token"].as_str().unwrap());
        client.ask("{ viewer { name } }", json!({})).await.status == StatusCode::OK
    }
}

// ── logging in ───────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_first_login_makes_an_account_without_rights_of_the_municipality_whose_provider_it_was() {
    let running = Running::start().await;
    let mut anna = running.person();
    let page = anna.browser.log_in(&format!("{}/login/gnesta?return_to=/logged-out", running.rp), "anna").await;
    assert_eq!(page.url.as_str(), format!("{}/logged-out", running.rp), "{}", page.body);
    let expected = json!({ "name": "anna", "person": null, "municipality": { "slug": "gnesta" }, "roles": [] });
    assert_eq!(anna.viewer().await, expected);
}

#[tokio::test]
async fn at_each_of_the_six_a_coordinator_logs_in_and_sees_the_own_municipality() {
    let running = Running::start().await;
    let query = "{ viewer { municipality { slug } controllers { municipality { slug } } }
      municipalities { nodes { slug viewerCanRead } } agreements { totalCount nodes { parties { controller { municipality { slug } memberMunicipalities { slug } } } } } }";
    for slug in SLUGS {
        let persona = format!("coordinator.{slug}");
        running.enrol(&persona).await;
        let mut person = running.person();
        person.log_in(slug, &persona).await;
        let seen = person.query(query, json!({})).await;
        let own = json!({ "slug": slug });
        assert_eq!(seen["viewer"]["municipality"], own);
        assert!(seen["viewer"]["controllers"].as_array().unwrap().iter().all(|board| board["municipality"] == own), "{slug}");
        let municipalities = seen["municipalities"]["nodes"].as_array().unwrap();
        let read: Vec<_> = municipalities.iter().filter(|one| one["viewerCanRead"] == true).map(|one| &one["slug"]).collect();
        assert_eq!(read, [&json!(slug)]);
        let agreements = seen["agreements"]["nodes"].as_array().unwrap();
        assert!(!agreements.is_empty(), "{slug}");
        for agreement in agreements {
            let of_own = |party: &Value| {
                party["controller"]["municipality"] == own || party["controller"]["memberMunicipalities"].as_array().unwrap().contains(&own)
            };
            assert!(agreement["parties"].as_array().unwrap().iter().any(of_own), "{slug}: {agreement:#}");
        }
    }
}

#[tokio::test]
async fn to_know_who_asks_costs_two_statements() {
    let running = Running::start().await;
    running.enrol("coordinator.gnesta").await;
    let mut person = running.person();
    person.log_in("gnesta", "coordinator.gnesta").await;
    let (_, nothing) = running.app.statements_of(person.query("{ __typename }", json!({}))).await;
    let (viewer, two) = running.app.statements_of(person.query("{ viewer { name can } }", json!({}))).await;
    assert!(viewer["viewer"]["can"].as_array().unwrap().contains(&json!("DRAFT_AGREEMENT")));
    assert!(two <= nothing + 2, "{two}");
}

// ── codes and keys ───────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn neither_the_answer_of_a_provider_nor_its_code_is_good_twice() {
    let running = Running::start().await;
    let mut anna = running.person();
    let used = callback(&anna.log_in("gnesta", "anna").await);
    let replayed = anna.browser.open(used.as_str()).await;
    assert_eq!((replayed.status, replayed.reason().as_str()), (StatusCode::BAD_REQUEST, "STATE"));
    // The used code in the answer to a login that has just begun in the same browser.
    anna.browser.stop_before(&running.providers.issuer("gnesta").issuer);
    let begun = anna.browser.open(&format!("{}/login/gnesta", running.rp)).await.location().unwrap();
    anna.browser.stop_nowhere();
    let mut mixed = used.clone();
    let (code, state, issuer) = (parameter(&used, "code"), parameter(&begun, "state"), parameter(&used, "iss"));
    mixed.query_pairs_mut().clear().extend_pairs([("code", code), ("state", state), ("iss", issuer)]);
    let refused = anna.browser.open(mixed.as_str()).await;
    assert_eq!((refused.status, refused.reason().as_str()), (StatusCode::BAD_GATEWAY, "EXCHANGE"));
    // That login is used by it, too, and the session of before goes on.
    assert_eq!(anna.browser.open(mixed.as_str()).await.reason(), "STATE");
    assert!(anna.is_logged_in().await);
}

#[tokio::test]
async fn a_provider_changes_its_key_while_people_log_in() {
    let running = Running::start().await;
    let mut before = running.person();
    before.log_in("gnesta", "anna").await;
    for keep in [true, false, false] {
        running.providers.rotate("gnesta", keep).await;
        running.providers.reset_counts("gnesta").await;
        for login in ["bertil", "cecilia"] {
            running.person().log_in("gnesta", login).await;
        }
        // The first fetches the new key although the clock stands still, the second knows it.
        assert_eq!(running.providers.counts("gnesta").await.jwks, 1);
    }
    assert!(before.is_logged_in().await);
}

// ── logging out ──────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn whoever_logs_out_is_logged_out_at_the_provider_too_and_asked_for_the_name_again() {
    let running = Running::start().await;
    for slug in SLUGS {
        let mut anna = running.person();
        anna.log_in(slug, "anna").await;
        // A second login is let in at once: the provider knows the browser.
        anna.log_in(slug, "nobody is asked").await;
        assert_eq!(anna.viewer().await["name"], "anna");
        let copy = anna.session().unwrap().to_owned();
        let start = anna.browser.open(&format!("{}/", running.rp)).await;
        let asked = anna.browser.submit(&start, &[]).await;
        let there = &asked.hops[1].url;
        assert_eq!(there.origin(), running.providers.issuer(slug).issuer.parse::<Url>().unwrap().origin());
        assert_eq!(parameter(there, "client_id"), CLIENT_ID);
        let left = anna.browser.submit(&asked, &[("logout", "yes")]).await;
        assert_eq!((left.status, left.url.as_str()), (StatusCode::OK, format!("{}/logged-out", running.rp).as_str()));
        anna.plant(&copy);
        assert!(!anna.is_logged_in().await);
        assert!(anna.browser.open(&format!("{}/login/{slug}", running.rp)).await.body.contains("name=\"login\""), "{slug}");
    }
}

#[tokio::test]
async fn a_script_that_logs_out_is_told_where_the_provider_logs_out() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("flen", "anna").await;
    let told = anna.browser.fetch(Method::POST, &format!("{}/logout", running.rp), &[("accept", "application/json")], "").await;
    assert_eq!(told.status, StatusCode::OK);
    let there: Url = told.json()["providerLogoutUrl"].as_str().unwrap().parse().unwrap();
    assert_eq!(parameter(&there, "post_logout_redirect_uri"), format!("{}/logged-out", running.rp));
    assert!(!anna.is_logged_in().await);
    // Nobody's logout leads nowhere.
    let told = anna.browser.fetch(Method::POST, &format!("{}/logout", running.rp), &[("accept", "application/json")], "").await;
    assert_eq!(told.json(), json!({ "providerLogoutUrl": null }));
}

#[tokio::test]
async fn when_the_provider_ends_its_session_ours_ends_at_once_and_its_programs_and_no_others() {
    let running = Running::start_with(Freshness::default(), |_| {}).await;
    let (mut anna, mut other_browser, mut bertil, mut namesake) = (running.person(), running.person(), running.person(), running.person());
    anna.log_in("gnesta", "anna").await;
    other_browser.log_in("gnesta", "anna").await;
    bertil.log_in("gnesta", "bertil").await;
    namesake.log_in("flen", "anna").await;
    let program = anna.program("Skript").await;
    let programs_of_others = [other_browser.program("Skript").await, bertil.program("Skript").await, namesake.program("Skript").await];
    assert!(running.works(&program).await);

    running.log_out_at_the_provider("gnesta", &mut anna).await;
    let told = Instant::now();
    while anna.is_logged_in().await {
        assert!(told.elapsed() < AT_ONCE, "the session goes on");
    }
    assert!(!running.works(&program).await);
    for other in [&mut other_browser, &mut bertil, &mut namesake] {
        assert!(other.is_logged_in().await);
    }
    for program in &programs_of_others {
        assert!(running.works(program).await);
    }
}

#[tokio::test]
async fn a_programs_session_outlives_the_logout_here_and_ends_with_the_providers() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let program = anna.program("Skript").await;
    let first = running.app.anonymous().with_token(program["token"].as_str().unwrap());
    let told = first.query("{ viewer { name municipality { slug } } }", json!({})).await;
    assert_eq!(told["viewer"], json!({ "name": "anna", "municipality": { "slug": "gnesta" } }));
    let left = anna.log_out_here().await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert!(!anna.is_logged_in().await);
    assert!(running.works(&program).await);
    // A later login of the browser is of the same session of the provider.
    anna.log_in("gnesta", "nobody is asked").await;
    running.log_out_at_the_provider("gnesta", &mut anna).await;
    let told = Instant::now();
    while running.works(&program).await {
        assert!(told.elapsed() < AT_ONCE, "the program's session goes on");
    }
    assert!(!anna.is_logged_in().await);
}
