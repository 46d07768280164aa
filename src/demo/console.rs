//! The demo's start page: where to log in, and for those who have a small console to ask the API with.
//!
//! The server does not know who looks at it. The page shows the municipalities; its script asks who is logged in, and where somebody is
//! shows the console instead.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::{Markup, html};

use super::provider::DemoProvider;
use crate::{
    http::page::{Page, language},
    kernel::text::Language,
};

const SCRIPT_PATH: &str = "/demo/console.js";
const SCRIPT: &str = include_str!("console.js");

/// What the console begins with: who am I, and what have we agreed with whom?
const FIRST_QUERY: &str = "query FirstLook {
  viewer {
    name
    municipality { name }
    roles { role }
  }
  agreements(first: 5) {
    totalCount
    nodes {
      title
      processor { name }
      parties { controller { name } }
    }
  }
}";

/// What the page needs.
struct Start {
    /// The address of the demo.
    base: String,
    /// Slug and name of each municipality with a provider.
    municipalities: Vec<(String, String)>,
}

/// The start page and its script.
pub(super) fn routes(base: &str, providers: &[DemoProvider]) -> Router {
    let municipalities = providers.iter().map(|provider| (provider.slug.clone(), provider.name.clone())).collect();
    Router::new()
        .route("/", get(start_page))
        .route(SCRIPT_PATH, get(script))
        .with_state(Arc::new(Start { base: base.to_owned(), municipalities }))
}

async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, SCRIPT)
}

async fn start_page(State(start): State<Arc<Start>>, headers: HeaderMap) -> Response {
    if is_localhost(&headers) {
        return Redirect::to(&format!("{}/", start.base)).into_response();
    }
    let language = language(&headers);
    let title = language.choose("Välkommen till demon", "Welcome to the demo");
    let body = html! {
        section #municipalities { (municipalities(&start.municipalities, language)) }
        section #console hidden { (console(language)) }
    };
    Page::new(language, title, body).with_script(SCRIPT_PATH).into_response()
}

/// Whether the browser knows the demo by its other name, where it would not get back the cookies of a login: providers send it to the
/// address that they know.
fn is_localhost(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.split(':').next() == Some("localhost")
}

fn municipalities(municipalities: &[(String, String)], language: Language) -> Markup {
    html! {
        p .quiet { (language.choose(
            "Kommunerna är verkliga; personer, leverantörer och avtal är påhittade. Välj en kommun att logga in hos.",
            "The municipalities are real; people, suppliers and agreements are invented. Choose a municipality to log in at.",
        )) }
        ul .cards .wide {
            @for (slug, name) in municipalities {
                li { a .card href={ "/login/" (slug) "?return_to=/" } { strong { (name) } } }
            }
        }
    }
}

fn console(language: Language) -> Markup {
    let running = language.choose("Frågan körs …", "The query is running …");
    let failed = language.choose("Servern svarade inte.", "The server did not answer.");
    html! {
        div .row {
            p { (language.choose("Inloggad som", "Logged in as")) " " strong #who {} }
            form method="post" action="/logout" {
                button .plain-button { (language.choose("Logga ut", "Log out")) }
            }
        }
        form #ask {
            label for="query" { (language.choose("Fråga till POST /graphql", "Query to POST /graphql")) }
            textarea #query spellcheck="false" autocapitalize="off" autocomplete="off" { (FIRST_QUERY) }
            div .row {
                button .main-button { (language.choose("Kör", "Run")) }
                p .quiet #status role="status" data-running=(running) data-failed=(failed) {}
            }
        }
        pre #answer tabindex="0" aria-label=(language.choose("Svar", "Answer")) hidden {}
    }
}
