//! The demo's own OpenID providers, one for each municipality, so that the demo logs in as the real ones do: discovery, keys, code with
//! PKCE, ID tokens. Instead of a password each asks which of its invented accounts to be.
//!
//! A provider has one client, this program, and remembers nothing of the browser: every login shows the accounts.

mod authorize;
mod codes;
mod end_session;
mod key;
mod parameters;
mod token;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    routing::{get, post},
};
use serde_json::{Value, json};

use self::{codes::Codes, key::Key};
use crate::kernel::{clock::Clock, ids::Ids, text::Text};

/// The one client of every provider: this program.
pub const CLIENT_ID: &str = "samverkan";

/// Bytes of a form: far more than any that is meant.
const MAX_BYTES: usize = 16 * 1024;

/// Somebody who can log in at a provider.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who it is to the provider, for ever: the `sub` of its ID tokens.
    pub sub: String,
    /// The invented person's name.
    pub name: String,
    /// What the person is here, to choose by; the provider does not tell it.
    pub roles_shown: Vec<Text>,
    /// What the provider tells: the `roles` of its ID tokens. Mostly none, as roles are kept here.
    pub roles: Vec<String>,
}

/// The provider of one municipality.
#[derive(Clone, Debug)]
pub struct DemoProvider {
    /// The municipality's slug.
    pub slug: String,
    /// The municipality's name.
    pub name: String,
    /// Where the provider is, and its name in what it signs.
    pub issuer: String,
    /// The secret that it shares with its client.
    pub client_secret: String,
    /// Who can log in.
    pub accounts: Vec<Account>,
}

impl DemoProvider {
    /// The provider of the municipality `slug` below `base`, the address of the demo without a slash at its end.
    pub fn new(base: &str, slug: &str, name: &str, client_secret: String, accounts: Vec<Account>) -> Self {
        Self { slug: slug.to_owned(), name: name.to_owned(), issuer: issuer(base, slug), client_secret, accounts }
    }
}

/// What the provider of the municipality `slug` is called.
pub(super) fn issuer(base: &str, slug: &str) -> String {
    format!("{base}{}", path(slug))
}

/// What the providers answer to, each with a key of its own. `base` is the address of the demo, where the client is, too.
pub(super) fn routes(clock: &Arc<dyn Clock>, ids: &Arc<Ids>, base: &str, providers: Vec<DemoProvider>) -> Router {
    providers.into_iter().fold(Router::new(), |router, about| {
        let path = path(&about.slug);
        let provider = Provider {
            clock: clock.clone(),
            ids: ids.clone(),
            redirect_uri: format!("{base}/login/{}/callback", about.slug),
            post_logout_redirect_uri: format!("{base}/logged-out"),
            about,
            key: Key::fresh(ids),
            codes: Codes::default(),
        };
        router.nest(&path, routes_of(provider))
    })
}

fn path(slug: &str) -> String {
    format!("/demo/provider/{slug}")
}

/// A provider at work.
struct Provider {
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    about: DemoProvider,
    /// The one address that codes are sent to.
    redirect_uri: String,
    /// The one address to go on to after logging out.
    post_logout_redirect_uri: String,
    key: Key,
    codes: Codes,
}

fn routes_of(provider: Provider) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(authorize::show_accounts).post(authorize::choose_account))
        .route("/token", post(token::exchange))
        .route("/end-session", get(end_session::by_link).post(end_session::by_form))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(Arc::new(provider))
}

/// What the provider can do and where. Source: OpenID Connect Discovery 1.0, section 3; RFC 9207 for `iss`.
async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.about.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "end_session_endpoint": format!("{issuer}/end-session"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "name", "roles"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(json!({ "keys": [provider.key.jwk()] }))
}
