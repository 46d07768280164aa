//! Characters that a database could take for something else: the same answers on every engine.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::support::{TestApp, nodes};

/// What has to be found by the letter only.
const STRANGE: [&str; 6] = ["\0", "a\0", "%", "_", "\\", "'"];

#[tokio::test]
async fn a_strange_slug_is_unknown_and_a_strange_text_is_found_nowhere_or_refused() {
    let app = TestApp::start().await;
    let client = app.as_("dso");
    for strange in STRANGE {
        let query = "query($slug: String!) { municipality(slug: $slug) { id } }";
        let error = client.error(query, json!({ "slug": format!("gnesta{strange}") })).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{strange:?}: {error:#}");
        for list in ["people", "parties", "agreements"] {
            let query = format!("query($text: String!) {{ {list}(filter: {{ text: $text }}) {{ totalCount nodes {{ id }} }} }}");
            let asked = json!({ "text": format!("{strange}{strange}") });
            if strange.contains('\0') {
                assert_eq!(client.error(&query, asked).await["extensions"]["code"], "BAD_USER_INPUT", "{list} with {strange:?}");
            } else {
                assert_eq!(client.query(&query, asked).await[list]["totalCount"], 0, "{list} with {strange:?}");
            }
        }
    }
    let login = app.send(Request::get("/login/gnesta%00").body(Body::empty()).unwrap()).await;
    assert_eq!(login.status, 404, "{}", login.text());
}

#[tokio::test]
async fn case_is_folded_the_same_in_what_is_searched_and_in_what_is_stored() {
    let app = TestApp::start().await;
    let client = app.as_("dso");
    let found = async |text: &str| {
        let query = "query($text: String!) { agreements(filter: { text: $text }, first: 100) { nodes { id } } }";
        client.query(query, json!({ "text": text })).await
    };
    let all = client.query("{ agreements(first: 1) { nodes { title } } }", Value::Null).await;
    let title = nodes(&all["agreements"])[0]["title"].as_str().unwrap().to_owned();
    let as_written = found(&title).await;
    assert!(!nodes(&as_written["agreements"]).is_empty());
    assert_eq!(found(&title.to_uppercase()).await, as_written);
    assert_eq!(found(&title.to_lowercase()).await, as_written);
}
