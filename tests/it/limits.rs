//! How much a request may ask: one more than each limit is refused before any statement is sent, the limit itself is not.

use std::fmt::Write;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, nodes};

/// Sends a query that has to be refused as too large, and to reach nothing.
async fn refused(app: &TestApp, query: &str, variables: Value, limit: &str) {
    let client = app.as_("dso");
    let (error, statements) = app.statements_of(client.error(query, variables)).await;
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error}");
    assert!(error["message"].as_str().unwrap().contains(limit), "{error}");
    assert_eq!(statements, 0, "statements were sent");
}

async fn accepted(client: &Client<'_>, query: &str) {
    client.query(query, json!({})).await;
}

#[tokio::test]
async fn a_query_of_15_000_characters_runs_and_one_more_is_refused() {
    let app = TestApp::start().await;
    let padded = |length: usize| {
        let query = "{ viewer { name } } #";
        format!("{query}{}", "å".repeat(length - query.chars().count()))
    };
    accepted(&app.as_("dso"), &padded(15_000)).await;
    refused(&app, &padded(15_001), json!({}), "characters").await;
}

#[tokio::test]
async fn a_query_of_2_000_tokens_runs_and_one_more_is_refused() {
    let app = TestApp::start().await;
    // Four braces, `viewer` and so many times `name`.
    let query = |tokens: usize| format!("{{viewer{{{}}}}}", "name ".repeat(tokens - 5));
    accepted(&app.as_("dso"), &query(2_000)).await;
    refused(&app, &query(2_001), json!({}), "tokens").await;
}

#[tokio::test]
async fn a_query_of_depth_14_runs_and_one_more_is_refused_also_through_fragments() {
    let app = TestApp::start().await;
    let turn = "municipality { controllers(first: 1) { nodes {";
    let around =
        |inner: &str| format!("{{ viewer {{ controllers {{ {turn} {turn} {turn} municipality {{ {inner} }} {} }} }} }}", "}".repeat(9));
    let fourteen = around("controllers(first: 1) { totalCount }");
    assert_eq!(levels(&fourteen), 14);
    accepted(&app.as_("coordinator.gnesta"), &fourteen).await;
    let fifteen = around("controllers(first: 1) { pageInfo { hasNextPage } }");
    assert_eq!(levels(&fifteen), 15);
    refused(&app, &fifteen, json!({}), "depth").await;
    let fragment = around("...More") + " fragment More on Municipality { controllers(first: 1) { pageInfo { hasNextPage } } }";
    refused(&app, &fragment, json!({}), "depth").await;
}

/// Levels of fields, where no fragment is used: a leaf is as deep as it has braces around it.
fn levels(query: &str) -> usize {
    let mut depth: usize = 0;
    let mut deepest = 0;
    for c in query.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[tokio::test]
async fn fifteen_aliases_run_and_one_more_is_refused() {
    let app = TestApp::start().await;
    let query = |aliases: usize| {
        let fields: String = (0..aliases).fold(String::new(), |mut all, n| {
            let _ = write!(all, " a{n}: name");
            all
        });
        format!("{{ viewer {{ {fields} }} }}")
    };
    accepted(&app.as_("dso"), &query(15)).await;
    refused(&app, &query(16), json!({}), "aliases").await;
}

#[tokio::test]
async fn ten_directives_run_and_one_more_is_refused() {
    let app = TestApp::start().await;
    let query = |directives: usize| {
        let fields = "name @skip(if: false) ".repeat(directives);
        format!("{{ viewer {{ {fields} }} }}")
    };
    accepted(&app.as_("dso"), &query(10)).await;
    refused(&app, &query(11), json!({}), "directives").await;
}

#[tokio::test]
async fn cost_is_the_page_size_times_what_stands_below_on_every_list() {
    let app = TestApp::start().await;
    // 100 x (nodes + subProcessors + 100 x (nodes + id + service + ...)): a field more is 10,000 more.
    let query =
        |fields: &str| format!("{{ agreements(first: 100) {{ nodes {{ subProcessors(first: 100) {{ nodes {{ {fields} }} }} }} }} }}");
    accepted(&app.as_("dso"), &query("id service version")).await;
    refused(&app, &query("id service version validFrom validTo"), json!({}), "cost").await;
    // The same size by a variable, by its default, and through a fragment.
    let by_variable = "query($n: Int) { agreements(first: $n) { nodes { subProcessors(first: $n) { nodes { id service version validFrom validTo } } } } }";
    refused(&app, by_variable, json!({ "n": 100 }), "cost").await;
    refused(&app, &by_variable.replace("$n: Int", "$n: Int = 100"), json!({}), "cost").await;
    let by_fragment = "{ agreements(first: 100) { ...All } } fragment All on ProcessorAgreementConnection { nodes { subProcessors(first: 100) { nodes { id service version validFrom validTo } } } }";
    refused(&app, by_fragment, json!({}), "cost").await;
    app.as_("dso").query(by_variable, json!({ "n": 10 })).await;
}

#[tokio::test]
async fn a_size_outside_the_page_does_not_make_a_query_cheap() {
    let app = TestApp::start().await;
    for size in ["2147483647", "-1", "0"] {
        let query = format!("{{ agreements(first: {size}) {{ nodes {{ id }} }} }}");
        let error = app.as_("dso").error(&query, json!({})).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{size}: {error}");
        assert_eq!(error["extensions"]["argument"], json!(["first"]));
    }
}

#[tokio::test]
async fn fragments_that_multiply_are_refused_without_being_unfolded() {
    let app = TestApp::start().await;
    let mut query = "{ viewer { ...F0 } }".to_owned();
    for n in 0..60 {
        let _ = write!(query, " fragment F{n} on Viewer {{ ...F{0} ...F{0} }}", n + 1);
    }
    query.push_str(" fragment F60 on Viewer { name }");
    refused(&app, &query, json!({}), "cost").await;
}

#[tokio::test]
async fn fragments_that_multiply_a_name_of_the_schema_are_refused_without_login_as_quickly() {
    let app = TestApp::start().await;
    for (depth, field) in [(60, "__typename"), (20, "__typename"), (60, "__schema { __typename }")] {
        let mut query = "{ ...F0 }".to_owned();
        for n in 0..depth {
            let _ = write!(query, " fragment F{n} on Query {{ ...F{0} ...F{0} }}", n + 1);
        }
        let _ = write!(query, " fragment F{depth} on Query {{ {field} }}");
        // Unfolded it would take longer than the universe is old; one thread runs this, so nothing else could end it.
        let error = app.anonymous().error(&query, json!({})).await;
        assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error}");
    }
}

#[tokio::test]
async fn the_size_of_a_page_counts_from_whichever_end_it_is_asked() {
    let app = TestApp::start().await;
    let query = |page: &str| {
        format!(
            "query($n: Int) {{ agreements({page}) {{ nodes {{ subProcessors(first: 100) {{ nodes {{ id service version validFrom validTo }} }} }} }} }}"
        )
    };
    for (page, variables) in [
        ("last: 100", json!({})),
        ("first: null, last: 100", json!({})),
        ("first: $n, last: 100", json!({})),
        ("first: $n, last: 100", json!({ "n": null })),
        ("first: 1, last: 100", json!({})),
    ] {
        let error = app.as_("dso").error(&query(page), variables).await;
        assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{page}: {error}");
    }
}

#[tokio::test]
async fn an_answer_about_the_schema_is_that_of_the_operation_that_was_asked_for() {
    let app = TestApp::start().await;
    let ask = async |operation: &str| {
        let body = json!({ "query": "query A { __typename } query B { __schema { queryType { name } } }", "operationName": operation });
        let request = Request::post("/graphql").header("content-type", "application/json");
        app.send(request.body(Body::from(body.to_string())).unwrap()).await.json()
    };
    for _ in 0..2 {
        assert_eq!(ask("A").await["data"], json!({ "__typename": "Query" }));
        assert_eq!(ask("B").await["data"], json!({ "__schema": { "queryType": { "name": "Query" } } }));
    }
}

#[tokio::test]
async fn a_fragment_that_contains_itself_is_refused() {
    let app = TestApp::start().await;
    let query = "{ viewer { ...A } } fragment A on Viewer { name ...B } fragment B on Viewer { ...A }";
    let error = app.as_("dso").error(query, json!({})).await;
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error}");
}

#[tokio::test]
async fn twenty_thousand_spreads_of_one_fragment_are_refused_as_too_long() {
    let app = TestApp::start().await;
    let query = format!("{{ viewer {{ {} }} }} fragment A on Viewer {{ name }}", "...A ".repeat(20_000));
    refused(&app, &query, json!({}), "characters").await;
}

#[tokio::test]
async fn introspection_has_a_limit_of_its_own_and_needs_no_login_and_no_statement() {
    let app = TestApp::start().await;
    let standard = include_str!("expected/introspection.graphql");
    let anonymous = app.anonymous();
    let (first, statements) = app.statements_of(anonymous.query(standard, json!({}))).await;
    assert_eq!(statements, 0);
    assert!(nodes(&json!({ "nodes": first["__schema"]["types"] })).len() > 30);
    let again = app.anonymous().query(standard, json!({})).await;
    assert_eq!(first, again);
    let circular = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }";
    refused(&app, circular, json!({}), "cost").await;
    let too_deep = format!("{{ __schema {{ types {{ fields {{ type {{ {} name {} }} }} }} }} }}", "ofType {".repeat(12), "}".repeat(12));
    refused(&app, &too_deep, json!({}), "depth").await;
}

#[tokio::test]
async fn a_body_over_256_kib_is_refused_whether_it_says_so_or_not() {
    let app = TestApp::start().await;
    let long = json!({ "query": "{ viewer { name } }", "variables": { "text": "x".repeat(1_000_000) } }).to_string();
    let declared = Request::post("/graphql").header("content-type", "application/json").header("content-length", long.len());
    let answer = app.send(declared.body(Body::from(long.clone())).unwrap()).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX");
    let chunks = long.into_bytes().chunks(10_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    let chunked = Request::post("/graphql").header("content-type", "application/json");
    let answer = app.send(chunked.body(Body::from_stream(futures_util::stream::iter(chunks))).unwrap()).await;
    assert_eq!(answer.status, 413);
    assert!(answer.body.len() < 1_000);
}

#[tokio::test]
async fn a_flood_of_mistakes_gets_a_short_answer() {
    let app = TestApp::start().await;
    let variables: String = (0..600).fold(String::new(), |mut all, n| {
        let _ = write!(all, "$a{n}: Int ");
        all
    });
    let unknown: String = (0..600).fold(String::new(), |mut all, n| {
        let _ = write!(all, "x{n} ");
        all
    });
    for query in [format!("query({}) {{ viewer {{ name }} }}", &variables[..6_000]), format!("{{ {unknown} }}"), "{ ".repeat(900)] {
        let answer = app.as_("dso").ask(&query, json!({})).await;
        assert!(answer.json()["errors"].is_array(), "{query}");
        assert!(answer.body.len() < 16 * 1024, "{} bytes", answer.body.len());
    }
}

#[tokio::test]
async fn a_batch_is_refused() {
    let app = TestApp::start().await;
    let body = json!([{ "query": "{ viewer { name } }" }, { "query": "{ viewer { name } }" }]).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body)).unwrap();
    let answer = app.send(request).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}
