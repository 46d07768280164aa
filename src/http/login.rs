//! The routes of the login: pages and redirects for people, JSON for programs.

use std::time::Duration;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::time;
use maud::{Markup, html};
use serde::Serialize;
use url::form_urlencoded;

use super::{
    Http,
    credentials::{BROWSER, Origin, SESSION, cookie, lay, origin, take},
    identify::held_by_browser,
    page::{self, Page},
};
use crate::{
    auth::{
        login::{self, Begun, Done, LoginFault, Wish},
        logout::{self, LogoutFault},
        token::TokenFault,
    },
    authz::Viewer,
    kernel::{
        code::Code,
        refusal::Failure,
        text::{Language, Text},
    },
};

/// How long a person waits for what depends on the provider.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// How long a browser remembers that it began a login.
const BEGUN: time::Duration = time::Duration::minutes(10);

pub(super) fn routes() -> Router<Http> {
    Router::new()
        .route("/login/{municipality}", get(begin))
        .route("/login/{municipality}/callback", get(finish))
        .route("/login/{municipality}/backchannel-logout", post(by_provider))
        .route("/logged-out", get(logged_out))
}

/// What pages of allowed origins may do, too: ask which logins there are, and log out.
pub(super) fn routes_for_pages() -> Router<Http> {
    Router::new().route("/login", get(choose)).route("/logout", post(log_out))
}

/// The start page: who is logged in, or which login to choose. The demo has its own.
pub(super) fn start_page() -> Router<Http> {
    Router::new().route("/", get(start))
}

// ── pages ────────────────────────────────────────────────────────────────────────────────────────

/// One login to choose.
#[derive(Serialize)]
struct Login {
    /// The municipality's slug.
    municipality: String,
    name: String,
    /// Where to send the browser.
    url: String,
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"))
}

async fn choose(State(http): State<Http>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let language = page::language(&headers);
    let municipalities = match names(&http).await {
        Ok(municipalities) => municipalities,
        Err(failure) => return failed(&LoginFault::Failure(failure), language),
    };
    if wants_json(&headers) {
        let url = |slug: &str| format!("{}/login/{slug}", http.app.logins.settings.public_url);
        let logins = municipalities.into_iter().map(|(slug, name)| Login { url: url(&slug), municipality: slug, name });
        return Json(logins.collect::<Vec<_>>()).into_response();
    }
    // What was asked here is asked again at the municipality's address, which judges it.
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    let title = language.choose("Logga in", "Log in");
    let lead = language.choose(
        "Välj den kommun som du arbetar för. Du loggar in hos den.",
        "Choose the municipality that you work for. You log in there.",
    );
    let body = html! {
        p { (lead) }
        ul .cards .wide {
            @for (slug, name) in &municipalities {
                li { a .card href={ "/login/" (slug) (query) } { strong { (name) } } }
            }
        }
    };
    Page::new(language, title, body).into_response()
}

/// The municipalities that have a provider, by slug and name.
async fn names(http: &Http) -> Result<Vec<(String, String)>, Failure> {
    let tx = http.app.db.read().await?;
    let slugs: Vec<_> = http.app.logins.settings.providers.iter().map(|provider| provider.municipality.clone()).collect();
    crate::auth::municipalities(&tx, &slugs).await
}

async fn start(State(http): State<Http>, headers: HeaderMap) -> Response {
    let language = page::language(&headers);
    match held_by_browser(&http, &headers).await {
        Ok(Some(session)) => {
            let there = http.app.logins.settings.origins_of_providers();
            let page = Page::new(language, "samverkan", who(&session.viewer, &session.municipality, language));
            there.iter().fold(page, |page, origin| page.with_forms_leading_to(origin)).into_response()
        }
        Ok(None) => Redirect::to("/login").into_response(),
        Err(failure) => failed(&LoginFault::Failure(failure), language),
    }
}

fn who(viewer: &Viewer, municipality: &str, language: Language) -> Markup {
    let mut roles: Vec<_> = viewer.grants.iter().map(|grant| grant.role).collect();
    roles.dedup();
    let logged_in = language.choose("Du är inloggad som ", "You are logged in as ");
    let at = language.choose("hos", "at");
    let none = language.choose(
        "Du har ingen roll ännu; din kommuns administratör ger den.",
        "You have no role yet; your municipality's administrator gives it.",
    );
    let log_out = language.choose("Logga ut", "Log out");
    html! {
        p { (logged_in) strong { (viewer.name) } " " (at) " " (municipality) "." }
        @if roles.is_empty() {
            p { (none) }
        } @else {
            ul { @for role in roles { li { (role.term().label.in_language(language)) } } }
        }
        form method="post" action="/logout" { button .plain-button { (log_out) } }
    }
}

async fn logged_out(headers: HeaderMap) -> Response {
    let language = page::language(&headers);
    let title = language.choose("Du är utloggad", "You are logged out");
    let again = language.choose("Logga in igen", "Log in again");
    Page::new(language, title, html! { p { a href="/login" { (again) } } }).into_response()
}

// ── logging in ───────────────────────────────────────────────────────────────────────────────────

async fn begin(State(http): State<Http>, Path(municipality): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let asked = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(asked, _)| asked == name).map(|(_, value)| value.into_owned());
    let (return_to, invitation, browser) = (asked("return_to"), asked("invitation"), cookie(&headers, BROWSER));
    let wish = Wish { return_to: return_to.as_deref(), invitation: invitation.as_deref(), browser: browser.as_deref() };
    let begun = tokio::time::timeout(PATIENCE, login::begin(&http.app, &municipality, wish)).await;
    match begun.unwrap_or(Err(LoginFault::Unreachable)) {
        Ok(Begun { to, browser }) => (AppendHeaders([lay(BROWSER, &browser, Some(BEGUN))]), Redirect::to(to.as_str())).into_response(),
        Err(fault) => failed(&fault, page::language(&headers)),
    }
}

async fn finish(State(http): State<Http>, Path(municipality): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let (browser, former) = (cookie(&headers, BROWSER), cookie(&headers, SESSION));
    let query = query.unwrap_or_default();
    let finished = login::finish(&http.app, &municipality, &query, browser.as_deref(), former.as_deref());
    match tokio::time::timeout(PATIENCE, finished).await.unwrap_or(Err(LoginFault::Unreachable)) {
        Ok(Done { token, return_to }) => {
            // The other cookie stays: a login that was begun beside this one ends with it.
            (AppendHeaders([lay(SESSION, &token, None)]), Redirect::to(&return_to)).into_response()
        }
        Err(fault) => failed(&fault, page::language(&headers)),
    }
}

/// The page that says why nobody was logged in.
fn failed(fault: &LoginFault, language: Language) -> Response {
    let (status, text) = told(fault);
    match fault {
        LoginFault::Failure(failure) => tracing::error!(error = failure as &dyn std::error::Error, "a login failed"),
        other => tracing::warn!(reason = other.code(), "nobody was logged in"),
    }
    let title = language.choose("Du är inte inloggad", "You are not logged in");
    let reason = language.choose("Orsak", "Reason");
    let again = language.choose("Logga in på nytt", "Log in anew");
    let body = html! {
        p { (text.in_language(language)) }
        p { (reason) ": " code { (fault.code()) } }
        p { a href="/login" { (again) } }
    };
    Page::new(language, title, body).with_status(status).into_response()
}

fn told(fault: &LoginFault) -> (StatusCode, Text) {
    match fault {
        LoginFault::UnknownMunicipality => {
            (StatusCode::NOT_FOUND, Text::new("Det finns ingen inloggning för denna kommun.", "There is no login for this municipality."))
        }
        LoginFault::ReturnTo => (
            StatusCode::BAD_REQUEST,
            Text::new("Adressen att återvända till är inte tillåten.", "The address to return to is not allowed."),
        ),
        LoginFault::Response | LoginFault::State | LoginFault::Browser | LoginFault::OtherProvider | LoginFault::Issuer => (
            StatusCode::BAD_REQUEST,
            Text::new(
                "Inloggningen hör inte till något som började här, eller är redan använd, eller tog för lång tid.",
                "The login does not belong to one that was begun here, or has been used already, or took too long.",
            ),
        ),
        LoginFault::Denied => (
            StatusCode::FORBIDDEN,
            Text::new("Din kommuns inloggning släppte inte in dig.", "Your municipality's login did not let you in."),
        ),
        LoginFault::Unreachable => (
            StatusCode::SERVICE_UNAVAILABLE,
            Text::new(
                "Din kommuns inloggning svarar inte. Försök igen om en stund.",
                "Your municipality's login does not answer. Try again in a while.",
            ),
        ),
        LoginFault::Exchange => (
            StatusCode::BAD_GATEWAY,
            Text::new("Din kommuns inloggning bekräftade inte vem du är.", "Your municipality's login did not confirm who you are."),
        ),
        LoginFault::Token(TokenFault::TooManyValues) => (
            StatusCode::FORBIDDEN,
            Text::new(
                "Din kommuns inloggning anger fler grupper än den kan skicka. Be dem som sköter den att skicka programroller i stället.",
                "Your municipality's login has more groups of yours than it can send. Ask those who run it to send application roles instead.",
            ),
        ),
        LoginFault::Token(_) => (
            StatusCode::FORBIDDEN,
            Text::new(
                "Det som din kommuns inloggning skickade kan inte godtas.",
                "What your municipality's login sent cannot be accepted.",
            ),
        ),
        LoginFault::NotAMember => (
            StatusCode::FORBIDDEN,
            Text::new("Denna kommun är inte med i samverkan i dag.", "This municipality is not a member of the cooperation today."),
        ),
        LoginFault::Invitation => (
            StatusCode::FORBIDDEN,
            Text::new(
                "Inbjudan gäller inte, är redan använd, eller är för en annan kommun.",
                "The invitation does not hold, has been used, or is for another municipality.",
            ),
        ),
        LoginFault::OwnInvitation => {
            (StatusCode::FORBIDDEN, Text::new("Ingen kan använda sin egen inbjudan.", "Nobody can use an invitation of their own."))
        }
        LoginFault::Moved => (
            StatusCode::FORBIDDEN,
            Text::new(
                "Denna inloggning hör till en annan kommun än den som tjänsten nu är inställd för.",
                "This login belongs to another municipality than the one that the provider is now set up for.",
            ),
        ),
        LoginFault::BoundToAnother => (
            StatusCode::FORBIDDEN,
            Text::new(
                "Denna inloggning hör redan till en annan person i katalogen.",
                "This login belongs to another person of the directory already.",
            ),
        ),
        LoginFault::Failure(Failure::Unavailable(_)) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Text::new(
                "Databasen är inte tillgänglig just nu. Försök igen om en stund.",
                "The database is not available just now. Try again in a while.",
            ),
        ),
        LoginFault::Failure(_) => (StatusCode::INTERNAL_SERVER_ERROR, Text::new("Något gick fel hos oss.", "Something went wrong here.")),
    }
}

// ── logging out ──────────────────────────────────────────────────────────────────────────────────

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggedOut {
    /// Where to go to log out at the provider, too.
    provider_logout_url: Option<String>,
}

async fn log_out(State(http): State<Http>, headers: HeaderMap) -> Response {
    let language = page::language(&headers);
    if origin(&headers, &http.app.logins.settings) != Origin::Trusted {
        let title = language.choose("Du är kvar inloggad", "You are still logged in");
        return Page::new(language, title, html! {}).with_status(StatusCode::FORBIDDEN).into_response();
    }
    let there = match cookie(&headers, SESSION) {
        Some(token) => logout::here(&http.app, &token).await,
        None => Ok(None),
    };
    let there = match there {
        Ok(there) => there.map(String::from),
        Err(failure) => return failed(&LoginFault::Failure(failure), language),
    };
    let cookies = AppendHeaders([take(SESSION)]);
    if wants_json(&headers) {
        return (cookies, Json(LoggedOut { provider_logout_url: there })).into_response();
    }
    (cookies, Redirect::to(there.as_deref().unwrap_or("/logged-out"))).into_response()
}

async fn by_provider(State(http): State<Http>, Path(municipality): Path<String>, body: Bytes) -> Response {
    let mut tokens = form_urlencoded::parse(&body).filter(|(name, _)| name == "logout_token");
    let (Some((_, token)), None) = (tokens.next(), tokens.next()) else {
        return refused("invalid_request", StatusCode::BAD_REQUEST, "LOGOUT_TOKEN");
    };
    match logout::by_provider(&http.app, &municipality, &token).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(LogoutFault::UnknownMunicipality) => refused("invalid_request", StatusCode::NOT_FOUND, "UNKNOWN_MUNICIPALITY"),
        Err(LogoutFault::Token(fault)) => refused("invalid_request", StatusCode::BAD_REQUEST, fault.code()),
        Err(LogoutFault::Replayed) => refused("invalid_request", StatusCode::BAD_REQUEST, "REPLAYED"),
        Err(LogoutFault::Unreachable) => refused("temporarily_unavailable", StatusCode::SERVICE_UNAVAILABLE, "UNREACHABLE"),
        Err(LogoutFault::Failure(failure)) => {
            tracing::error!(error = &failure as &dyn std::error::Error, "a logout by the provider failed");
            refused("server_error", StatusCode::INTERNAL_SERVER_ERROR, "FAILURE")
        }
    }
}

/// The answer to a logout token that is not obeyed. Source: Back-Channel Logout 2.8.
fn refused(error: &str, status: StatusCode, reason: &str) -> Response {
    tracing::warn!(reason, "a logout token was not obeyed");
    (status, Json(serde_json::json!({ "error": error, "error_description": reason }))).into_response()
}
