//! Logging out: here, at the provider too, or because the provider says so.
//! Sources: OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0.

use url::Url;

use super::{
    Unreachable,
    repo::session,
    token::{self, LogoutOrder, TokenFault},
    upstream::Sender,
};
use crate::{
    app::App,
    kernel::{ids::hash, refusal::Failure},
};

/// Ends a browser's session. Gives back where the browser has to go to log out at the provider, too, where the provider can do that.
pub async fn here(app: &App, session_token: &str) -> Result<Option<Url>, Failure> {
    let tx = app.db.write().await?;
    let Some(ended) = session::end_browser(&tx, &hash(session_token)).await? else { return Ok(None) };
    tx.commit().await?;
    let Some(upstream) = app.logins.upstream_with(&ended.issuer) else { return Ok(None) };
    let Ok(known) = upstream.known(app.clock.now()).await else { return Ok(None) };
    let Some(mut there) = known.metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
    there
        .query_pairs_mut()
        .extend_pairs(ended.id_token.map(|token| ("id_token_hint", token)))
        .append_pair("client_id", &upstream.provider.client_id)
        .append_pair("post_logout_redirect_uri", &app.logins.settings.logged_out_url());
    Ok(Some(there))
}

/// Why a logout token is not obeyed.
#[derive(Debug)]
pub enum LogoutFault {
    /// There is no such provider.
    UnknownMunicipality,
    /// The token is not accepted.
    Token(TokenFault),
    /// The token was obeyed before.
    Replayed,
    /// The provider's keys cannot be fetched.
    Unreachable,
    /// A fault of the database.
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for LogoutFault {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// Ends the sessions that a logout token of a municipality's provider names; those of no other provider. Gives back how many.
pub async fn by_provider(app: &App, municipality: &str, logout_token: &str) -> Result<u64, LogoutFault> {
    let now = app.clock.now();
    let upstream = app.logins.upstream(municipality).ok_or(LogoutFault::UnknownMunicipality)?;
    let provider = &upstream.provider;
    let judged = upstream.judge(now, Sender::Anybody, |keys| token::logout_token(logout_token, provider, keys, now)).await;
    let order = judged.map_err(|Unreachable| LogoutFault::Unreachable)?.map_err(LogoutFault::Token)?;
    let LogoutOrder { subject, provider_session, token_id, expires_at } = order;
    let tx = app.db.write().await.map_err(Failure::from)?;
    if !session::use_logout_token(&tx, app.ids.uuid(now), &provider.issuer, &hash(&token_id), expires_at, now).await? {
        return Err(LogoutFault::Replayed);
    }
    let ended = session::end_named(&tx, &provider.issuer, subject.as_deref(), provider_session.as_deref()).await?;
    tx.commit().await.map_err(Failure::from)?;
    tracing::info!(provider.municipality = municipality, sessions = ended, "logged out by the provider");
    Ok(ended)
}
