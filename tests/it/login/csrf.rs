//! What a strange page can make a browser send does nothing. S25.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use samverkan::auth::Freshness;
use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    Running,
    person::{Person, SESSION},
};
use crate::support::Answer;

const FRONT: &str = "https://front.example";
const STRANGE: &str = "https://strange.example";

const CONTENT_TYPES: [Option<&str>; 6] = [
    Some("application/json"),
    Some("application/x-www-form-urlencoded"),
    Some("multipart/form-data; boundary=x"),
    Some("text/plain"),
    Some("application/graphql"),
    None,
];

/// What shows who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shows {
    Cookie,
    Bearer,
}

/// A coordinator, with a browser's session and a program's.
struct Coordinator {
    running: Running,
    person: Person,
    program: String,
}

impl Coordinator {
    async fn of(running: Running) -> Self {
        running.enrol("coordinator.gnesta").await;
        let mut person = running.person();
        person.log_in("gnesta", "coordinator.gnesta").await;
        let program = person.program("Skript").await["token"].as_str().unwrap().to_owned();
        Self { running, person, program }
    }

    fn credential(&self, shows: Shows) -> (&'static str, String) {
        match shows {
            Shows::Cookie => ("cookie", format!("{SESSION}={}", self.person.session().unwrap())),
            Shows::Bearer => ("authorization", format!("Bearer {}", self.program)),
        }
    }

    /// Sends a mutation, in the body and in the address; gives back the answer, and how many it executed.
    async fn register(&self, content_type: Option<&str>, method: &str, origins: &[&str], shows: Shows) -> (Answer, usize) {
        let mutation = "mutation{registerParty(input:{name:\"Framtvingad AB\",country:\"SE\"}){errors{code}}}";
        let encoded: String = url::form_urlencoded::byte_serialize(mutation.as_bytes()).collect();
        let body = match content_type {
            Some("application/x-www-form-urlencoded") => format!("query={encoded}"),
            Some("multipart/form-data; boundary=x") => {
                let part = |name: &str, text: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
                format!("{}{}--x--\r\n", part("operations", &json!({ "query": mutation }).to_string()), part("map", "{}"))
            }
            Some("application/graphql") => mutation.to_owned(),
            _ => json!({ "query": mutation }).to_string(),
        };
        let (name, value) = self.credential(shows);
        let mut request = Request::builder().method(method).uri(format!("/graphql?query={encoded}")).header(name, value);
        for origin in origins {
            request = request.header(header::ORIGIN, *origin);
        }
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let before = self.parties().await;
        let answer = self.running.app.send(request.body(Body::from(body)).unwrap()).await;
        (answer, self.parties().await - before)
    }

    async fn parties(&self) -> usize {
        let tx = self.running.app.app.db.read().await.unwrap();
        entity::party::Entity::find().all(&tx).await.unwrap().len()
    }

    /// The answer to a request of a page at `origin` about the session.
    async fn about_the_session(&self, method: &str, path: &str, origin: Option<&str>) -> Answer {
        let (name, value) = self.credential(Shows::Cookie);
        let mut request = Request::builder().method(method).uri(path).header(name, value).header("content-type", "application/json");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.running.app.send(request.body(Body::from("{\"name\":\"Framtvingad\"}")).unwrap()).await
    }

    /// What a browser is told when it asks whether a page at `origin` may ask.
    async fn preflight(&self, path: &str, origin: &str) -> Answer {
        let request = Request::builder().method("OPTIONS").uri(path).header(header::ORIGIN, origin);
        let request = request.header("access-control-request-method", "POST").header("access-control-request-headers", "content-type");
        self.running.app.send(request.body(Body::empty()).unwrap()).await
    }
}

async fn letting_in_front() -> Coordinator {
    let settings = Running::start_with(Freshness::default(), |settings| settings.allowed_origins = BTreeSet::from([FRONT.to_owned()]));
    Coordinator::of(settings.await).await
}

/// The headers that let a browser show an answer to another origin's page.
fn allowing(answer: &Answer) -> Vec<String> {
    let name = |name: &header::HeaderName| name.as_str().starts_with("access-control-allow-").then(|| name.to_string());
    answer.headers.keys().filter_map(name).collect()
}

#[tokio::test]
async fn of_108_ways_to_send_a_mutation_three_execute_it_and_no_strange_page_has_any_of_them() {
    let coordinator = Coordinator::of(Running::start().await).await;
    let own = coordinator.running.rp.clone();
    let mut executed = Vec::new();
    for content_type in CONTENT_TYPES {
        for method in ["GET", "POST", "PUT"] {
            for origins in [&[own.as_str()][..], &[STRANGE], &[]] {
                for shows in [Shows::Cookie, Shows::Bearer] {
                    let (answer, rows) = coordinator.register(content_type, method, origins, shows).await;
                    assert_eq!(rows > 0, answer.status == StatusCode::OK, "{content_type:?} {method} {origins:?} {shows:?}");
                    if rows > 0 {
                        executed.push((content_type, method, origins.first().copied(), shows, rows));
                    }
                }
            }
        }
    }
    let json = Some("application/json");
    let expected = [
        (json, "POST", Some(own.as_str()), Shows::Cookie, 1),
        (json, "POST", Some(own.as_str()), Shows::Bearer, 1),
        (json, "POST", None, Shows::Bearer, 1),
    ];
    assert_eq!(executed, expected);
}

#[tokio::test]
async fn an_origin_that_is_hidden_doubled_or_nearly_ours_is_a_strange_one() {
    let coordinator = Coordinator::of(Running::start().await).await;
    let own = coordinator.running.rp.clone();
    let (slash, other_scheme, longer) = (format!("{own}/"), own.replace("http:", "https:"), format!("{own}.strange.example"));
    for origins in [&["null"][..], &[""], &[&own, STRANGE], &[&own, &own], &[&slash], &[&other_scheme], &[&longer], &["http://127.0.0.1"]] {
        for shows in [Shows::Cookie, Shows::Bearer] {
            let (answer, rows) = coordinator.register(Some("application/json"), "POST", origins, shows).await;
            assert_eq!((answer.status, rows), (StatusCode::FORBIDDEN, 0), "{origins:?} {shows:?}");
            assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
        }
    }
}

#[tokio::test]
async fn a_page_of_an_origin_in_the_settings_asks_with_the_cookie_and_reads_the_answer() {
    let coordinator = letting_in_front().await;
    for path in ["/graphql", "/session/token", "/logout"] {
        let told = coordinator.preflight(path, FRONT).await;
        assert_eq!(told.status, StatusCode::OK, "{path}");
        let header = |name: &str| told.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(header("access-control-allow-origin"), FRONT, "{path}");
        assert_eq!(header("access-control-allow-credentials"), "true");
        assert_eq!(header("access-control-allow-methods"), "GET,POST,DELETE");
        assert_eq!(header("access-control-allow-headers"), "content-type,authorization,accept,accept-language,idempotency-key");
    }
    let (answer, rows) = coordinator.register(Some("application/json"), "POST", &[FRONT], Shows::Cookie).await;
    assert_eq!((answer.status, rows), (StatusCode::OK, 1));
    assert_eq!(answer.headers["access-control-allow-origin"], FRONT);
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    assert!(answer.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")));
    // Another content type is refused to it as to all.
    let (answer, rows) = coordinator.register(Some("text/plain"), "POST", &[FRONT], Shows::Cookie).await;
    assert_eq!((answer.status, rows), (StatusCode::UNSUPPORTED_MEDIA_TYPE, 0));
}

#[tokio::test]
async fn a_page_of_any_other_origin_gets_no_leave_to_ask_and_by_default_none_does() {
    let (some, none) = (letting_in_front().await, Coordinator::of(Running::start().await).await);
    for (coordinator, origin) in [(&some, STRANGE), (&some, "null"), (&some, "https://front.example.strange.example"), (&none, FRONT)] {
        for path in ["/graphql", "/session/token", "/logout"] {
            let told = coordinator.preflight(path, origin).await;
            assert_eq!(told.headers.get("access-control-allow-origin"), None, "{path} {origin}");
        }
        let (answer, rows) = coordinator.register(Some("application/json"), "POST", &[origin], Shows::Cookie).await;
        assert_eq!((answer.status, rows), (StatusCode::FORBIDDEN, 0), "{origin}");
        assert_eq!(answer.headers.get("access-control-allow-origin"), None, "{origin}");
    }
    // Where no origin is allowed, there is nothing to be said about it.
    assert_eq!(allowing(&none.preflight("/graphql", FRONT).await), Vec::<String>::new());
    // The pages of the login are nobody else's, also where an origin is allowed.
    assert_eq!(allowing(&some.preflight("/login/gnesta", FRONT).await), Vec::<String>::new());
}

#[tokio::test]
async fn no_strange_page_logs_anybody_out_or_makes_lists_or_ends_a_programs_session() {
    let mut coordinator = Coordinator::of(Running::start().await).await;
    let own = coordinator.running.rp.clone();
    let listed = coordinator.about_the_session("GET", "/session/token", Some(&own)).await.json();
    let id = listed[0]["id"].as_str().unwrap().to_owned();
    let (one, all) = (format!("/session/token/{id}"), "/session/token");
    for origin in [Some(STRANGE), Some("null"), None] {
        for (method, path) in [("POST", "/logout"), ("POST", all), ("DELETE", &one)] {
            let refused = coordinator.about_the_session(method, path, origin).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path} {origin:?}");
            assert!(refused.headers.get(header::SET_COOKIE).is_none(), "{method} {path} {origin:?}");
        }
    }
    // A header that would go before the cookie does not stand for an origin.
    let both = Request::post(all).header("cookie", coordinator.credential(Shows::Cookie).1).header("authorization", "Bearer x");
    let both = both.header("content-type", "application/json").body(Body::from("{\"name\":\"Framtvingad\"}")).unwrap();
    assert_eq!(coordinator.running.app.send(both).await.status, StatusCode::FORBIDDEN);
    for origin in [STRANGE, "null"] {
        assert_eq!(coordinator.about_the_session("GET", all, Some(origin)).await.status, StatusCode::FORBIDDEN);
    }
    // By a link or a picture neither.
    assert_eq!(coordinator.about_the_session("GET", "/logout", None).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(coordinator.about_the_session("GET", all, Some(&own)).await.json(), listed);
    assert!(coordinator.person.is_logged_in().await);

    let made = coordinator.about_the_session("POST", all, Some(&own)).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(coordinator.about_the_session("DELETE", &one, Some(&own)).await.status, StatusCode::NO_CONTENT);
    let form = coordinator.running.app.send(
        Request::post(all)
            .header("cookie", coordinator.credential(Shows::Cookie).1)
            .header(header::ORIGIN, &own)
            .header("content-type", "text/plain")
            .body(Body::from("{\"name\":\"Formulär\"}"))
            .unwrap(),
    );
    assert_eq!(form.await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // The one that was just made, and the one that the coordinator had before the login.
    let programs = coordinator.about_the_session("GET", all, Some(&own)).await.json();
    assert_eq!(
        programs.as_array().unwrap().iter().map(|program| &program["name"]).collect::<Vec<_>>(),
        ["Framtvingad", "coordinator.gnesta"]
    );
    assert_eq!(coordinator.about_the_session("POST", "/logout", Some(&own)).await.status, StatusCode::SEE_OTHER);
    assert!(!coordinator.person.is_logged_in().await);
}
