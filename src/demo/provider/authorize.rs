//! The first half of a login, in the browser: who asks, and as whom.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use super::{
    Account, CLIENT_ID, Provider,
    codes::Grant,
    parameters::{Parameters, redirect},
};
use crate::{
    http::page::{Page, language},
    kernel::text::{Language, Text},
};

/// A request for a login that can be granted.
struct Asked {
    challenge: String,
    nonce: Option<String>,
    state: Option<String>,
}

/// Why a login is not granted.
enum Refused {
    /// It is not certain who asks: told to the person, because the address to go back to cannot be trusted.
    Here(Text),
    /// Told to the client: an error of OAuth 2.0 or of OpenID Connect, and what is wrong.
    There { error: &'static str, description: &'static str, state: Option<String> },
}

/// `GET /authorize`: the accounts to choose from.
pub(super) async fn show_accounts(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let language = language(&headers);
    match provider.judge(&Parameters::parse(query.unwrap_or_default())) {
        Ok(_) => provider.accounts_page(language),
        Err(refused) => provider.refuse(&refused, language),
    }
}

/// `POST /authorize`, the form of that page, with the query of the page: goes back to the client as the chosen account.
pub(super) async fn choose_account(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let judged = provider.judge(&Parameters::parse(query.unwrap_or_default()));
    match judged.and_then(|asked| provider.log_in(asked, &Parameters::parse(body))) {
        Ok(response) => response,
        Err(refused) => provider.refuse(&refused, language(&headers)),
    }
}

impl Provider {
    /// What is asked, where it may be: code with PKCE (S256), for the one client, to its one address. Source: OpenID Connect Core 1.0,
    /// section 3.1.2; RFC 7636, section 4.3.
    fn judge(&self, parameters: &Parameters) -> Result<Asked, Refused> {
        if parameters.get("client_id") != Some(CLIENT_ID) {
            return Err(Refused::Here(Text::new("Okänd klient (client_id).", "Unknown client (client_id).")));
        }
        if parameters.get("redirect_uri") != Some(&self.redirect_uri) {
            return Err(Refused::Here(Text::new("Okänd återadress (redirect_uri).", "Unknown address to return to (redirect_uri).")));
        }
        let value = |name| parameters.get(name).map(str::to_owned);
        let refused = |error, description| Err(Refused::There { error, description, state: value("state") });
        let list = |name| parameters.get(name).unwrap_or_default().split(' ');
        let challenge = parameters.get("code_challenge").filter(|challenge| is_challenge(challenge));
        match challenge {
            _ if parameters.repeat() => refused("invalid_request", "a parameter stands there more than once"),
            _ if parameters.get("request").is_some() => refused("request_not_supported", "send plain parameters"),
            _ if parameters.get("request_uri").is_some() => refused("request_uri_not_supported", "send plain parameters"),
            _ if parameters.get("response_type").is_none() => refused("invalid_request", "response_type is missing"),
            _ if parameters.get("response_type") != Some("code") => refused("unsupported_response_type", "response_type must be code"),
            _ if parameters.get("response_mode").is_some_and(|mode| mode != "query") => {
                refused("invalid_request", "response_mode must be query")
            }
            _ if list("scope").all(|scope| scope != "openid") => refused("invalid_scope", "scope must have openid"),
            _ if parameters.get("code_challenge_method") != Some("S256") => {
                refused("invalid_request", "code_challenge_method must be S256")
            }
            None => refused("invalid_request", "code_challenge must be a SHA-256 in base64url"),
            // Nobody is logged in here beforehand, so that nobody can be without being asked.
            Some(_) if list("prompt").any(|prompt| prompt == "none") => refused("login_required", "each login asks for the account"),
            Some(challenge) => Ok(Asked { challenge: challenge.to_owned(), nonce: value("nonce"), state: value("state") }),
        }
    }

    /// Back to the client with a code.
    fn log_in(&self, asked: Asked, form: &Parameters) -> Result<Response, Refused> {
        if form.get("cancel").is_some() {
            return Err(Refused::There { error: "access_denied", description: "no account was chosen", state: asked.state });
        }
        let account = self.about.accounts.iter().find(|account| Some(account.sub.as_str()) == form.get("account"));
        let account = account.ok_or_else(|| Refused::Here(Text::new("Det kontot finns inte här.", "There is no such account here.")))?;
        let code = self.ids.token();
        let grant = Grant {
            sub: account.sub.clone(),
            sid: self.ids.token(),
            nonce: asked.nonce,
            redirect_uri: self.redirect_uri.clone(),
            challenge: asked.challenge,
            logged_in_at: self.clock.now(),
        };
        self.codes.put(code.clone(), grant);
        Ok(self.back(&[("code", &code)], asked.state.as_deref()))
    }

    fn refuse(&self, refused: &Refused, language: Language) -> Response {
        match refused {
            Refused::Here(message) => error_page(language, message),
            Refused::There { error, description, state } => {
                self.back(&[("error", error), ("error_description", description)], state.as_deref())
            }
        }
    }

    /// Back to the client, saying who answers. Source: RFC 9207.
    fn back(&self, answer: &[(&'static str, &str)], state: Option<&str>) -> Response {
        let state = state.map(|state| ("state", state));
        let issuer = ("iss", self.about.issuer.as_str());
        redirect(&self.redirect_uri, answer.iter().copied().chain(state).chain([issuer]))
    }

    /// The accounts as buttons of one form, which has no address and so goes to the page's own, query and all.
    fn accounts_page(&self, language: Language) -> Response {
        let title = match language {
            Language::Swedish => format!("Logga in hos {}", self.about.name),
            Language::English => format!("Log in at {}", self.about.name),
        };
        let body = html! {
            p .quiet { (language.choose(
                "Demons egen inloggning: välj vem du vill vara. Personerna är påhittade och har inga lösenord.",
                "The demo's own login: choose whom to be. The people are invented and have no passwords.",
            )) }
            form method="post" {
                ul .cards {
                    @for account in &self.about.accounts { li { (card(account, language)) } }
                }
                button .plain-button name="cancel" value="1" { (language.choose("Avbryt", "Cancel")) }
            }
        };
        Page::new(language, &title, body).with_forms_leading_to(&self.redirect_uri).into_response()
    }
}

fn card(account: &Account, language: Language) -> Markup {
    let roles: Vec<_> = account.roles_shown.iter().map(|role| role.in_language(language)).collect();
    html! {
        button .card name="account" value=(account.sub) {
            strong { (account.name) }
            span { (roles.join(", ")) }
        }
    }
}

/// A SHA-256 in base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// What is wrong, told to the person who is here.
pub(super) fn error_page(language: Language, message: &Text) -> Response {
    let body = html! {
        p { (message.in_language(language)) }
        p { a href="/" { (language.choose("Till demons startsida", "To the demo's start page")) } }
    };
    let title = language.choose("Det gick inte", "That did not work");
    Page::new(language, title, body).with_status(StatusCode::BAD_REQUEST).into_response()
}
