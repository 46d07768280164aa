//! The scripted browser does with cookies as browsers do.

use axum::{
    Router,
    http::{HeaderMap, Method, header},
    response::{AppendHeaders, IntoResponse, Redirect},
    routing::{any, get},
};
use tokio::net::TcpListener;

use crate::support::browser::Browser;

/// Two origins: `/set` sets cookies, `/go` leads to the other one, anything else says which cookies and which `Origin` came.
async fn origins() -> [String; 2] {
    let listeners = [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
    let [one, other] = listeners.each_ref().map(|listener| format!("http://{}", listener.local_addr().unwrap()));
    for (listener, next) in listeners.into_iter().zip([&other, &one]) {
        let next = format!("{next}/seen");
        let set = AppendHeaders(
            [
                "__Host-kept=1; Secure; Path=/; HttpOnly; SameSite=Lax",
                "__Host-refused=1; Path=/",
                "__Host-refused=1; Secure; Path=/below",
                "strict=1; SameSite=Strict; Path=/",
                "none=1; SameSite=None; Path=/; Secure",
                "below=1; Path=/below",
                "gone=1",
                "gone=; Max-Age=0",
                "over=1",
                "over=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            ]
            .map(|line| (header::SET_COOKIE, line)),
        );
        let seen = |headers: HeaderMap| async move {
            let value = |name| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            format!("{}|{}<form action=\"/go\"><input name=\"a\" value=\"b\"></form>", value(header::COOKIE), value(header::ORIGIN))
        };
        let go = any(move || async move { Redirect::temporary(&next) });
        let router = Router::new().route("/set", get(|| async move { set.into_response() })).route("/go", go).fallback(seen);
        tokio::spawn(async { axum::serve(listener, router).await });
    }
    [one, other]
}

fn seen(body: &str) -> &str {
    body.split_once("<form").unwrap().0
}

#[tokio::test]
async fn cookies_go_back_where_they_came_from_and_nowhere_else() {
    let [one, other] = origins().await;
    let mut browser = Browser::new();
    let set = browser.open(&format!("{one}/set")).await;
    assert_eq!(set.hops[0].headers.get_all(header::SET_COOKIE).iter().count(), 10);
    assert_eq!(seen(&browser.open(&format!("{one}/below/x")).await.body), "__Host-kept=1; strict=1; none=1; below=1|");
    assert_eq!(seen(&browser.open(&format!("{one}/belows")).await.body), "__Host-kept=1; strict=1; none=1|");
    assert_eq!(seen(&browser.open(&format!("{other}/")).await.body), "|");
    assert_eq!(browser.cookie(&one, "__Host-kept"), Some("1"));
    assert_eq!(browser.cookie(&one, "below"), None);
    browser.cookies().clear();
    assert_eq!(seen(&browser.open(&format!("{one}/")).await.body), "|");
}

#[tokio::test]
async fn from_another_site_come_only_the_cookies_that_may() {
    let [one, other] = origins().await;
    let mut browser = Browser::new();
    browser.open(&format!("{one}/set")).await;
    // By redirects a page is still got, by a form that was sent on it is not.
    let arrived = browser.open(&format!("{other}/go")).await;
    assert_eq!(arrived.hops.iter().map(|hop| (hop.status.as_u16(), hop.url.path())).collect::<Vec<_>>(), [(307, "/go"), (200, "/seen")]);
    assert_eq!(seen(&arrived.body), "__Host-kept=1; none=1|");
    let foreign = browser.open(&format!("{other}/")).await;
    let posted = browser.submit(&foreign, &[]).await;
    assert_eq!(seen(&posted.body), format!("none=1|{other}"));
    assert_eq!(posted.hops.iter().map(|hop| hop.method.as_str()).collect::<Vec<_>>(), ["POST", "POST"]);
}

#[tokio::test]
async fn a_script_says_its_origin_and_follows_nothing() {
    let [one, other] = origins().await;
    let mut browser = Browser::new();
    assert_eq!(seen(&browser.fetch(Method::POST, &format!("{one}/"), &[], "").await.body), format!("|{one}"));
    let lying = browser.fetch(Method::POST, &format!("{one}/"), &[("origin", "http://else.example")], "").await;
    assert_eq!(seen(&lying.body), "|http://else.example");
    browser.stop_before(&format!("{one}/go"));
    let answer = browser.fetch(Method::GET, &format!("{one}/go"), &[], "").await;
    assert_eq!(answer.location().unwrap().as_str(), format!("{other}/seen"));
    browser.stop_nowhere();
    assert_eq!(browser.open(&format!("{one}/go")).await.url.as_str(), format!("{other}/seen"));
}
