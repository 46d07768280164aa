//! Who is asking: the session in a browser's cookie or a program's bearer token, or an access token of a provider that allows it.

use std::time::Duration;

use axum::http::HeaderMap;

use super::{
    Http,
    answer::Refused,
    credentials::{Origin, SESSION, Shown, cookie, origin, shown},
};
use crate::{
    app::Asking,
    auth::session::{self, AccessFault, Identified, SessionKind},
    kernel::refusal::Failure,
};

/// How long a request waits for its session's use to be noted.
const NOTING: Duration = Duration::from_millis(250);

/// Refuses what a page of a strange origin shows of a person, and what a browser's cookie comes with from no page at all: then somebody
/// else may have made the browser send it. Whoever shows nothing gets nothing but the schema, and may be anybody.
pub(super) fn judge_origin(http: &Http, headers: &HeaderMap) -> Result<(), Refused> {
    match (origin(headers, &http.app.logins.settings), shown(headers)) {
        (_, Shown::Nothing) => Ok(()),
        (Origin::Strange, _) | (Origin::Unsaid, Shown::Cookie(_)) => Err(Refused::Origin),
        _ => Ok(()),
    }
}

/// Who asks a query.
pub(super) async fn identify(http: &Http, headers: &HeaderMap) -> Result<Asking, Refused> {
    let now = http.app.clock.now();
    let viewer = match shown(headers) {
        Shown::Nothing => return Err(Refused::Unauthenticated),
        // Sessions are opaque and have no dots; tokens of providers have two.
        Shown::Bearer(token) if token.contains('.') => match session::of_access_token(&http.app, &token, now).await {
            Ok(viewer) => viewer,
            Err(AccessFault::Token(fault)) => {
                tracing::warn!(reason = fault.code(), "an access token was not accepted");
                None
            }
            Err(AccessFault::NotTaken) => None,
            Err(AccessFault::Unreachable) => return Err(Refused::ProviderUnreachable),
            Err(AccessFault::Failure(failure)) => return Err(unidentified(failure)),
        },
        Shown::Bearer(token) => held(http, &token, SessionKind::Program).await.map_err(unidentified)?.map(|session| session.viewer),
        Shown::Cookie(token) => held(http, &token, SessionKind::Browser).await.map_err(unidentified)?.map(|session| session.viewer),
    };
    let viewer = viewer.ok_or(Refused::Unauthenticated)?;
    tracing::debug!(account.id = %viewer.account, municipality.id = %viewer.municipality, "identified");
    Ok(Asking::new(viewer, now))
}

/// The browser's session behind a request that changes something: it comes from a page of a trusted origin, whatever else it shows.
pub(super) async fn browser(http: &Http, headers: &HeaderMap) -> Result<Identified, Refused> {
    match (origin(headers, &http.app.logins.settings), cookie(headers, SESSION)) {
        (Origin::Unsaid, Some(_)) => Err(Refused::Origin),
        _ => reading_browser(http, headers).await,
    }
}

/// The browser's session behind a request that only reads: browsers do not say where it comes from when they read their own origin, and
/// show the answer to no page of another.
pub(super) async fn reading_browser(http: &Http, headers: &HeaderMap) -> Result<Identified, Refused> {
    if origin(headers, &http.app.logins.settings) == Origin::Strange {
        return Err(Refused::Origin);
    }
    held_by_browser(http, headers).await.map_err(unidentified)?.ok_or(Refused::Unauthenticated)
}

/// The session in a browser's cookie, wherever the request comes from.
pub(super) async fn held_by_browser(http: &Http, headers: &HeaderMap) -> Result<Option<Identified>, Failure> {
    let Some(token) = cookie(headers, SESSION) else { return Ok(None) };
    held(http, &token, SessionKind::Browser).await
}

async fn held(http: &Http, token: &str, by: SessionKind) -> Result<Option<Identified>, Failure> {
    let now = http.app.clock.now();
    let tx = http.app.db.read().await?;
    let session = session::identify(&tx, &http.app.logins.settings, token, now).await?.filter(|session| session.kind == by);
    drop(tx);
    if let Some(session) = session.as_ref().filter(|session| session.stale)
        && !matches!(tokio::time::timeout(NOTING, session::seen(&http.app, session.id, now)).await, Ok(Ok(())))
    {
        // The next use is noted as well; nobody is kept from reading for long because somebody else writes.
        tracing::warn!("the use of a session cannot be noted");
    }
    Ok(session)
}

pub(super) fn unidentified(failure: Failure) -> Refused {
    Refused::Fault(failure.into())
}
