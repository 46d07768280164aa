//! GraphQL over HTTP: what is let in, what is not, and how it is answered.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;

use crate::support::{Answer, TestApp};

const QUERY: &str = r#"{"query":"{ viewer { name } }"}"#;

async fn send(app: &TestApp, method: Method, content_type: Option<&str>, accept: Option<&str>, body: &str) -> Answer {
    let token = app.token("dso");
    let mut request = Request::builder().method(method).uri("/graphql").header("authorization", format!("Bearer {token}"));
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    if let Some(accept) = accept {
        request = request.header("accept", accept);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn only_a_post_of_json_is_run() {
    let app = TestApp::start().await;
    assert_eq!(send(&app, Method::POST, Some("application/json"), None, QUERY).await.status, 200);
    assert_eq!(send(&app, Method::POST, Some("Application/JSON; charset=utf-8"), None, QUERY).await.status, 200);
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/jsonx"),
    ] {
        let answer = send(&app, Method::POST, content_type, None, QUERY).await;
        assert_eq!(answer.status, 415, "{content_type:?}");
        assert!(answer.json().get("data").is_none());
    }
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(send(&app, method.clone(), Some("application/json"), None, QUERY).await.status, 405, "{method}");
    }
}

#[tokio::test]
async fn no_mutation_is_run_by_get() {
    let app = TestApp::start().await;
    let token = app.token("coordinator.gnesta");
    let uri = "/graphql?query=mutation%7BregisterParty(input:%7Bname:%22Smyg%22,country:%22SE%22%7D)%7Bparty%7Bid%7D%7D%7D";
    let request = Request::get(uri).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    assert_eq!(app.send(request).await.status, 405);
    let found = app.as_("coordinator.gnesta").query("{ parties(filter: { text: \"Smyg\" }) { totalCount } }", json!({})).await;
    assert_eq!(found["parties"]["totalCount"], 0);
}

#[tokio::test]
async fn the_answer_has_the_media_type_that_was_asked_for() {
    let app = TestApp::start().await;
    for (accept, expected) in [
        (None, "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (Some("application/json"), "application/json; charset=utf-8"),
        (Some("application/graphql-response+json"), "application/graphql-response+json; charset=utf-8"),
    ] {
        let answer = send(&app, Method::POST, Some("application/json"), accept, QUERY).await;
        assert_eq!(answer.headers["content-type"], expected, "{accept:?}");
    }
}

#[tokio::test]
async fn a_malformed_request_is_told_where_and_has_no_data() {
    let app = TestApp::start().await;
    for body in [
        "",
        "{",
        "[]",
        "\"query\"",
        "{}",
        r#"{"query":1}"#,
        r#"{"query":"{ viewer { name } }","variables":[]}"#,
        r#"{"query":"{ viewer { name } }","operationName":7}"#,
    ] {
        let answer = send(&app, Method::POST, Some("application/json"), None, body).await;
        assert_eq!(answer.status, 400, "{body}");
        let json = answer.json();
        assert!(json.get("data").is_none(), "{body}: {json}");
        assert_eq!(json["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{body}: {json}");
        assert!(!answer.text().contains("Error("), "{body}: {json}");
    }
}

#[tokio::test]
async fn a_query_that_does_not_parse_or_fit_is_400_in_the_new_media_type_and_200_in_the_old() {
    let app = TestApp::start().await;
    for (query, code) in [
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { viewer { name } } query B { viewer { name } }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let body = json!({ "query": query }).to_string();
        for (accept, status) in [("application/json", 200), ("application/graphql-response+json", 400)] {
            let answer = send(&app, Method::POST, Some("application/json"), Some(accept), &body).await;
            assert_eq!(answer.status, status, "{query}");
            assert_eq!(answer.json()["errors"][0]["extensions"]["code"], code, "{query}");
            assert!(answer.json().get("data").is_none());
        }
    }
}

#[tokio::test]
async fn nobody_and_a_wrong_token_are_401_with_the_same_answer() {
    let app = TestApp::start().await;
    let nobody = app.anonymous().ask("{ viewer { name } }", json!({})).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.headers["www-authenticate"], "Bearer");
    assert_eq!(nobody.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    for token in ["x", "", "åäö", &"x".repeat(5_000)] {
        let answer = app.anonymous().with_token(token).ask("{ viewer { name } }", json!({})).await;
        assert_eq!((answer.status, answer.text()), (nobody.status, nobody.text()), "{token}");
    }
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let app = TestApp::start().await;
    app.clock.set(crate::support::now() + chrono::TimeDelta::hours(12) - chrono::TimeDelta::seconds(1));
    assert_eq!(app.as_("dso").ask("{ viewer { name } }", json!({})).await.status, 200);
    app.clock.set(crate::support::now() + chrono::TimeDelta::hours(12));
    assert_eq!(app.as_("dso").ask("{ viewer { name } }", json!({})).await.status, 401);
}

#[tokio::test]
async fn messages_are_swedish_unless_english_is_preferred() {
    let app = TestApp::start().await;
    let message = async |language| {
        let error = app.as_("dso").speaking(language).error("{ agreements(first: 101) { totalCount } }", json!({})).await;
        error["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message("sv").await, "En sida har minst 1 och högst 100 rader.");
    assert_eq!(message("de").await, message("sv").await);
    assert_eq!(message("en-GB,en;q=0.8").await, "A page has at least 1 and at most 100 rows.");
}

#[tokio::test]
async fn every_answer_names_its_request_and_is_not_to_be_kept() {
    let app = TestApp::start().await;
    let (one, other) = (app.as_("dso").ask("{ viewer { name } }", json!({})).await, app.anonymous().ask("{", json!({})).await);
    assert_ne!(one.headers["x-request-id"], other.headers["x-request-id"]);
    for answer in [one, other] {
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn an_internal_fault_is_masked_and_carries_the_request_id() {
    let app = TestApp::start().await;
    app.break_table("party").await;
    let answer = app.as_("dso").ask("{ viewer { name } parties { totalCount } }", json!({})).await;
    let error = &answer.json()["errors"][0];
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    assert_eq!(error["extensions"]["correlationId"].as_str().unwrap(), answer.headers["x-request-id"].to_str().unwrap());
    for leak in ["sql", "SELECT", "table", "sqlite", "party"] {
        assert!(!answer.text().contains(leak), "{leak} in {}", answer.text());
    }
}

#[tokio::test]
async fn liveness_and_readiness_need_no_login() {
    let app = TestApp::start().await;
    for path in ["/health/live", "/health/ready"] {
        let answer = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    app.break_table("seaql_migrations").await;
    let answer = app.send(Request::get("/health/ready").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 503);
}

#[tokio::test]
async fn serving_has_no_way_to_the_demo() {
    let app = TestApp::start().await;
    let answer = app.send(Request::get("/demo/personas").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 404);
}
