//! Requests that change something: one transaction each, repeated where others were at work on the same rows, and remembered under the
//! client's `Idempotency-Key` together with its effect.

use std::sync::Arc;

use async_graphql::{Request, Response as Ran};
use axum::{http::StatusCode, response::Response};

use super::{
    Http,
    answer::{Manner, Refused, bytes_of, ran},
    graphql::executed,
};
use crate::{
    app::{Asking, Work},
    graphql::error::ApiError,
    idempotency::{Remembered, Remembering},
    kernel::refusal::Failure,
};

/// How often a change is tried.
const TRIES: u32 = 10;

/// Runs a request that changes something, and answers when what it did lasts.
pub(super) async fn change(
    http: &Http,
    asking: &Asking,
    remembering: Option<Remembering>,
    manner: Manner,
    request: impl Fn() -> Request,
) -> Result<Response, Refused> {
    let mut tries = 1;
    loop {
        match once(http, asking, remembering.as_ref(), manner, request()).await {
            Err(Refused::Fault(ApiError::Collided(cause))) if tries < TRIES => {
                tracing::debug!(tries, error = format!("{cause:#}"), "a change is repeated");
                tries += 1;
            }
            Ok(answer) => return Ok(bytes_of(StatusCode::OK, answer, manner)),
            Err(refused) => return Err(refused),
        }
    }
}

async fn once(
    http: &Http,
    asking: &Asking,
    remembering: Option<&Remembering>,
    manner: Manner,
    request: Request,
) -> Result<String, Refused> {
    let work = Arc::new(Work::begin(&http.app).await.map_err(failed)?);
    if let Some(remembering) = remembering {
        match remembering.recall(work.tx(), asking).await.map_err(failed)? {
            Remembered::Nothing => {}
            Remembered::Answer(answer) => return Ok(answer),
            Remembered::OtherRequest => return Err(Refused::KeyUsed),
        }
    }
    let response = executed(http, request.data(work.clone())).await?;
    if let Some(collision) = collision(&response) {
        return Err(Refused::Fault(collision));
    }
    let answer = ran(&response, manner)?;
    drop(response);
    let work = Arc::into_inner(work).ok_or_else(|| Refused::Fault(ApiError::internal("a request is still at work".to_owned())))?;
    if !work.has_changed() {
        work.undo().await.map_err(failed)?;
        return Ok(answer);
    }
    if let Some(remembering) = remembering {
        remembering.remember(work.tx(), asking, &http.app.ids, &answer).await.map_err(failed)?;
    }
    work.commit().await.map_err(failed)?;
    Ok(answer)
}

/// That others were at work on the same rows, where a mutation met them.
fn collision(response: &Ran) -> Option<ApiError> {
    let errors = response.errors.iter().filter_map(|error| error.source::<ApiError>());
    errors.clone().find(|error| matches!(error, ApiError::Collided(_))).cloned()
}

fn failed(failure: Failure) -> Refused {
    Refused::Fault(failure.into())
}
