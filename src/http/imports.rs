//! `POST /imports`: takes the file of a register as it is, for `importAgreements`.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::{
    Http,
    answer::{Manner, Refused, refused},
    graphql::media_type,
    identify::{identify, judge_origin},
    observe::RequestId,
};
use crate::{
    domain::processor::{
        import::table::{ImportFormat, MAX_BYTES, Table},
        service::import::{may_upload, upload},
    },
    graphql::error::ApiError,
    kernel::{code::Code, refusal::Failure, text::Text},
};

/// What the file may say that it is. A page cannot send any of these without the browser's asking first.
const MEDIA: [&str; 3] = ["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"];
const MEDIA_TOLD: &str = "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet / application/octet-stream";

/// Files that are read at the same time: each takes a processor, and room for what it inflates to.
pub(super) const READ_AT_ONCE: usize = 2;

/// A file that was taken.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    upload_id: String,
    format: &'static str,
    lines: usize,
}

pub(super) async fn post(State(http): State<Http>, Extension(request): Extension<RequestId>, headers: HeaderMap, body: Body) -> Response {
    let manner = Manner::of(&headers, request);
    match tokio::time::timeout(http.timeout, taken(&http, &headers, body)).await {
        Ok(Ok(told)) => (StatusCode::CREATED, Json(told)).into_response(),
        Ok(Err(refusal)) => refused(refusal, manner),
        Err(_) => refused(Refused::Timeout, manner),
    }
}

/// Judges and identifies before the body is read, so that only who may import makes the program take megabytes.
async fn taken(http: &Http, headers: &HeaderMap, body: Body) -> Result<Told, Refused> {
    judge_origin(http, headers)?;
    if !MEDIA.iter().any(|media| media_type(headers).eq_ignore_ascii_case(media)) {
        return Err(Refused::MediaType(MEDIA_TOLD));
    }
    let asking = identify(http, headers).await?;
    may_upload(&asking.viewer).map_err(Refused::Forbidden)?;
    let (content, format, lines) = read(received(headers, body).await?, http.reading.clone()).await?;
    let id = upload(&http.app, &asking, content).await.map_err(|failure| Refused::Fault(failure.into()))?;
    Ok(Told { upload_id: id.to_string(), format: format.code(), lines })
}

async fn received(headers: &HeaderMap, body: Body) -> Result<Bytes, Refused> {
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|length| length > MAX_BYTES) {
        return Err(Refused::TooLarge(MAX_BYTES));
    }
    to_bytes(body, MAX_BYTES).await.map_err(|_| Refused::TooLarge(MAX_BYTES))
}

/// Reads a file beside the work of others, and not many at once.
async fn read(bytes: Bytes, reading: Arc<Semaphore>) -> Result<(String, ImportFormat, usize), Refused> {
    let turn = reading.acquire_owned().await.map_err(|error| fault(&error))?;
    let read = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let table = Table::read(&bytes).map_err(Refused::Malformed)?;
        let content = table.content().map_err(|error| fault(&error))?;
        Ok((content, table.format, table.lines.len()))
    });
    match read.await {
        Ok(read) => read,
        // The library of workbooks met what nobody writes who means well.
        Err(error) if error.is_panic() => Err(Refused::Malformed(Text::new("Filen kan inte läsas.", "The file cannot be read."))),
        Err(error) => Err(fault(&error)),
    }
}

fn fault(error: &dyn std::error::Error) -> Refused {
    Refused::Fault(ApiError::from(Failure::internal(error.to_string())))
}
