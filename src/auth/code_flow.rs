//! The code flow at a provider: this program as its client, and a code for an ID token.

use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, ExtraTokenFields, IdToken, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    fetch::Fetch,
    login::LoginFault,
    provider::{LoginSettings, Provider},
    upstream::{Metadata, Upstream},
};
use crate::app::App;

/// What a provider gives for a code. The ID token is kept as it came, for `token` to judge: the library would refuse one with claims that
/// nobody here reads and that it likes in another form, such as `updated_at` as a date, and would not tell why it refuses any.
#[derive(Debug, Deserialize, Serialize)]
struct Given {
    id_token: Option<String>,
}

impl ExtraTokenFields for Given {}

/// The library's client is told where to look for its own ID token: nowhere.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Unread;

impl AdditionalClaims for Unread {}

type Unjudged = IdToken<Unread, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl TokenResponse<Unread, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>
    for StandardTokenResponse<Given, CoreTokenType>
{
    fn id_token(&self) -> Option<&Unjudged> {
        None
    }
}

/// The library's client, whose ID token is kept as it came; the rest is the library's own.
type Client = openidconnect::Client<
    Unread,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Given, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

/// What ties a login together from its beginning to its end.
pub(super) struct Secrets {
    /// The provider gives it back with the browser.
    pub(super) state: String,
    /// The ID token repeats it.
    pub(super) nonce: String,
    /// Shown when the code is redeemed, and only its hash before (PKCE).
    pub(super) verifier: String,
}

/// Where a browser is sent to log in at a provider.
pub(super) fn authorization(app: &App, provider: &Provider, metadata: &Metadata, secrets: &Secrets) -> Result<Url, LoginFault> {
    let (state, nonce) = (CsrfToken::new(secrets.state.clone()), Nonce::new(secrets.nonce.clone()));
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(secrets.verifier.clone()));
    let (to, ..) = client(provider, metadata, &app.logins.settings)?
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .add_scopes(provider.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(challenge)
        .url();
    Ok(to)
}

/// This program as a client of a provider.
fn client(provider: &Provider, metadata: &Metadata, settings: &LoginSettings) -> Result<Client, LoginFault> {
    let redirect = RedirectUrl::new(settings.redirect_url(&provider.municipality)).map_err(|_| LoginFault::ReturnTo)?;
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes = |method: CoreClientAuthMethod| methods.is_some_and(|methods| methods.contains(&method));
    let in_body = !takes(CoreClientAuthMethod::ClientSecretBasic) && takes(CoreClientAuthMethod::ClientSecretPost);
    let secret = ClientSecret::new(provider.client_secret.0.clone());
    Ok(Client::from_provider_metadata(metadata.clone(), ClientId::new(provider.client_id.clone()), Some(secret))
        .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
        .set_redirect_uri(redirect))
}

/// The ID token that the provider gives for the code. Nothing in it is verified yet.
pub(super) async fn exchange(
    app: &App,
    upstream: &Upstream,
    metadata: &Metadata,
    code: String,
    verifier: String,
) -> Result<String, LoginFault> {
    let client = client(&upstream.provider, metadata, &app.logins.settings)?;
    let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| LoginFault::Unreachable)?;
    let fetch = Fetch { client: &upstream.client, provider: &upstream.provider };
    let answered = request.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request_async(&fetch).await;
    let token = answered.map_err(|error| {
        // Not what the provider wrote: that may name people.
        let (fault, reason) = match &error {
            RequestTokenError::Request(_) => (LoginFault::Unreachable, "it does not answer"),
            RequestTokenError::ServerResponse(_) => (LoginFault::Exchange, "it refuses"),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => (LoginFault::Exchange, "its answer cannot be read"),
        };
        tracing::warn!(provider.municipality = upstream.provider.municipality, reason, "a provider gives no token for a code");
        fault
    })?;
    token.extra_fields().id_token.clone().ok_or(LoginFault::Exchange)
}
