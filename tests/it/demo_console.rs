//! The demo's start page: where to log in, and a first query that works.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use http_body_util::BodyExt;
use samverkan::demo;
use serde_json::json;
use tower::ServiceExt;

use crate::support::{Answer, TestApp};

fn router(app: &TestApp) -> Router {
    demo::login_routes(&app.app, demo::providers(app.personas(), &app.app.logins.settings).unwrap())
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let (parts, body) = router(app).oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() }
}

#[tokio::test]
async fn the_start_page_leads_to_the_login_of_each_municipality() {
    let app = TestApp::start().await;
    let page = get(&app, "/", &[]).await;
    assert_eq!(page.status, 200);
    for slug in ["flen", "gnesta", "katrineholm", "oxelosund", "strangnas", "vingaker"] {
        assert!(page.text().contains(&format!("href=\"/login/{slug}?return_to=/\"")), "{slug}");
    }
    assert!(page.text().contains("<html lang=\"sv\">") && page.text().contains("Oxelösunds kommun"));
    assert!(get(&app, "/", &[("accept-language", "en")]).await.text().contains("Welcome to the demo"));
}

#[tokio::test]
async fn the_start_page_runs_no_script_but_its_own() {
    let app = TestApp::start().await;
    let page = get(&app, "/", &[]).await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.text().matches("<script").count(), 1);
    assert!(page.text().contains("<script type=\"module\" src=\"/demo/console.js\"></script>"));
    let script = get(&app, "/demo/console.js", &[]).await;
    assert_eq!((script.status.as_u16(), &script.headers[header::CONTENT_TYPE]), (200, &"text/javascript; charset=utf-8".parse().unwrap()));
}

#[tokio::test]
async fn a_browser_that_came_by_another_name_is_sent_where_its_login_comes_back_to() {
    let app = TestApp::start().await;
    let page = get(&app, "/", &[("host", "localhost:8080")]).await;
    assert_eq!((page.status.as_u16(), &page.headers[header::LOCATION]), (303, &"http://127.0.0.1:8080/".parse().unwrap()));
    assert_eq!(get(&app, "/", &[("host", "127.0.0.1:8080")]).await.status, 200);
}

#[tokio::test]
async fn the_first_query_of_the_console_works() {
    let app = TestApp::start().await;
    let page = get(&app, "/", &[]).await.text();
    let (_, rest) = page.split_once("<textarea").unwrap();
    let query = rest.split_once('>').unwrap().1.split_once("</textarea>").unwrap().0;
    let data = app.as_("coordinator.gnesta").query(query, json!({})).await;
    assert_eq!(data["viewer"]["municipality"]["name"], "Gnesta kommun");
    assert_eq!(data["agreements"]["nodes"].as_array().unwrap().len(), 5);
}
