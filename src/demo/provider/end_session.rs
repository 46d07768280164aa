//! Logging out at the provider. It remembers nobody, so that there is nothing to end: it only sends the browser back.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use maud::html;

use super::{
    CLIENT_ID, Provider,
    authorize::error_page,
    parameters::{Parameters, redirect},
};
use crate::{
    http::page::{Page, language},
    kernel::text::{Language, Text},
};

/// `GET /end-session`.
pub(super) async fn by_link(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    provider.end_session(&Parameters::parse(query.unwrap_or_default()), language(&headers))
}

/// `POST /end-session`.
pub(super) async fn by_form(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    provider.end_session(&Parameters::parse(body), language(&headers))
}

impl Provider {
    /// Sends on only with an ID token of this provider, which shows that its client asks. Source: OpenID Connect RP-Initiated Logout 1.0,
    /// sections 2 and 3.
    fn end_session(&self, parameters: &Parameters, language: Language) -> Response {
        let Some(hint) = parameters.get("id_token_hint") else { return logged_out_page(language) };
        let named = parameters.get("client_id").unwrap_or(CLIENT_ID);
        if !self.has_issued(hint) || named != CLIENT_ID || parameters.repeat() {
            let message = Text::new("Utloggningen hör inte till en inloggning här.", "This logout belongs to no login here.");
            return error_page(language, &message);
        }
        match parameters.get("post_logout_redirect_uri") {
            None => logged_out_page(language),
            Some(address) if address == self.post_logout_redirect_uri => {
                redirect(address, parameters.get("state").map(|state| ("state", state)))
            }
            Some(_) => {
                let message =
                    Text::new("Okänd återadress (post_logout_redirect_uri).", "Unknown address to return to (post_logout_redirect_uri).");
                error_page(language, &message)
            }
        }
    }

    /// Whether an ID token is one of ours for our client. That it has expired does not matter: sessions last longer than it.
    fn has_issued(&self, id_token: &str) -> bool {
        self.key.verified(id_token).is_some_and(|claims| claims["iss"] == self.about.issuer.as_str() && claims["aud"] == CLIENT_ID)
    }
}

fn logged_out_page(language: Language) -> Response {
    let body = html! {
        p { (language.choose("Demons inloggning minns ingen.", "The demo's login remembers nobody.")) }
        p { a href="/" { (language.choose("Till demons startsida", "To the demo's start page")) } }
    };
    Page::new(language, language.choose("Utloggad", "Logged out"), body).into_response()
}
