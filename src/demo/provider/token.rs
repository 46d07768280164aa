//! The second half of a login, between the programs: a code for an ID token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{CLIENT_ID, Provider, codes::Grant, parameters::Parameters};

/// How long an ID token holds.
const LASTS: TimeDelta = TimeDelta::minutes(5);

/// Why there is no token. Source: RFC 6749, section 5.2.
enum Refused {
    Request(&'static str),
    Client,
    Grant(&'static str),
    GrantType,
}

/// `POST /token`: the ID token for a code.
pub(super) async fn exchange(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    match provider.exchange(&headers, &body) {
        Ok(tokens) => ([(header::CACHE_CONTROL, "no-store")], Json(tokens)).into_response(),
        Err(refused) => refused.into_response(),
    }
}

impl Provider {
    fn exchange(&self, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refused> {
        let form = Parameters::of_form(headers, body).ok_or(Refused::Request("send a form"))?;
        if form.repeat() {
            return Err(Refused::Request("a parameter stands there more than once"));
        }
        self.authenticate(headers, &form)?;
        let needed = |name, missing| form.get(name).ok_or(Refused::Request(missing));
        if needed("grant_type", "grant_type is missing")? != "authorization_code" {
            return Err(Refused::GrantType);
        }
        let code = needed("code", "code is missing")?;
        let redirect_uri = needed("redirect_uri", "redirect_uri is missing")?;
        let verifier = needed("code_verifier", "code_verifier is missing")?;
        let grant = self.codes.take(code).filter(|grant| grant.is_for(self.clock.now(), redirect_uri, verifier));
        let grant = grant.ok_or(Refused::Grant("the code is unknown, used, too old, or of another redirect_uri or code_verifier"))?;
        let id_token = self.id_token(&grant).ok_or(Refused::Grant("the account is no more"))?;
        // An access token is part of the answer; here it opens nothing.
        let lasts = LASTS.num_seconds();
        Ok(json!({ "id_token": id_token, "access_token": self.ids.token(), "token_type": "Bearer", "expires_in": lasts }))
    }

    /// Whether the secret is there, in the header or in the form and not in both. Source: RFC 6749, section 2.3.
    fn authenticate(&self, headers: &HeaderMap, form: &Parameters) -> Result<(), Refused> {
        let posted = form.get("client_secret");
        let (client, secret) = match headers.get(header::AUTHORIZATION) {
            Some(_) if posted.is_some() => return Err(Refused::Request("send the client's secret once")),
            Some(value) => value.to_str().ok().and_then(basic).ok_or(Refused::Client)?,
            None => (form.get("client_id").unwrap_or_default().to_owned(), posted.unwrap_or_default().to_owned()),
        };
        // Hashes, so that how long it takes tells nothing about the secret.
        let right = Sha256::digest(secret) == Sha256::digest(&self.about.client_secret);
        if client == CLIENT_ID && right { Ok(()) } else { Err(Refused::Client) }
    }

    /// Who has logged in, signed. Source: OpenID Connect Core 1.0, section 2; `sid`: Back-Channel Logout 1.0, section 2.1.
    fn id_token(&self, grant: &Grant) -> Option<String> {
        let account = self.about.accounts.iter().find(|account| account.sub == grant.sub)?;
        let now = self.clock.now();
        let mut claims = json!({
            "iss": self.about.issuer,
            "sub": account.sub,
            "aud": CLIENT_ID,
            "iat": now.timestamp(),
            "exp": (now + LASTS).timestamp(),
            "auth_time": grant.logged_in_at.timestamp(),
            "sid": grant.sid,
            "name": account.name,
            "roles": account.roles,
        });
        if let Some(nonce) = &grant.nonce {
            claims["nonce"] = json!(nonce);
        }
        Some(self.key.sign(&claims))
    }
}

/// The name and the secret of HTTP Basic, each encoded as in a form. Source: RFC 6749, section 2.3.1.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = pair.split_once(':')?;
    let decoded = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
    scheme.eq_ignore_ascii_case("basic").then_some((decoded(client)?, decoded(secret)?))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Self::Request(description) => (StatusCode::BAD_REQUEST, "invalid_request", description),
            Self::Client => (StatusCode::UNAUTHORIZED, "invalid_client", "the client or its secret is wrong"),
            Self::Grant(description) => (StatusCode::BAD_REQUEST, "invalid_grant", description),
            Self::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type must be authorization_code"),
        };
        let challenge = (status == StatusCode::UNAUTHORIZED).then_some([(header::WWW_AUTHENTICATE, "Basic realm=\"samverkan demo\"")]);
        let told = Json(json!({ "error": error, "error_description": description }));
        (status, challenge, [(header::CACHE_CONTROL, "no-store")], told).into_response()
    }
}
