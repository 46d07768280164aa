//! A person logs in at a real provider, from the first redirect to the answer of a query.

use reqwest::Method;
use serde_json::{Value, json};

use super::Running;
use crate::support::browser::Browser;

const VIEWER: &str = "{ viewer { name person { name } municipality { slug } roles { role source } } }";

async fn viewer(browser: &mut Browser, rp: &str) -> Value {
    let body = json!({ "query": VIEWER }).to_string();
    let page = browser.fetch(Method::POST, &format!("{rp}/graphql"), &[("content-type", "application/json")], &body).await;
    assert_eq!(page.status, 200, "{}", page.body);
    serde_json::from_str::<Value>(&page.body).unwrap()["data"]["viewer"].take()
}

#[tokio::test]
async fn a_first_login_makes_an_account_without_rights_of_the_municipality_whose_provider_it_was() {
    let Running { app: _app, providers: _providers, rp } = Running::start().await;
    let mut browser = Browser::new();
    let page = browser.log_in(&format!("{rp}/login/gnesta?return_to=/logged-out"), "anna").await;
    assert_eq!(page.url.as_str(), format!("{rp}/logged-out"), "{}", page.body);
    let expected = json!({ "name": "anna", "person": null, "municipality": { "slug": "gnesta" }, "roles": [] });
    assert_eq!(viewer(&mut browser, &rp).await, expected);
}
