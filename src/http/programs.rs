//! Sessions for programs: made, listed and ended by a person who is logged in with a browser.

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, post},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Http,
    answer::{Manner, Refused, refused},
    graphql::{not_json, speaks_json},
    identify::{browser, reading_browser, unidentified},
    observe::RequestId,
};
use crate::{
    auth::session::{self, Identified, LONGEST_HOURS, ProgramSession},
    graphql::error::ApiError,
    kernel::{
        kinds::SessionId,
        text::{Text, TextFault, written},
    },
};

/// Characters of a name.
const LONGEST_NAME: usize = 100;

pub(super) fn routes() -> Router<Http> {
    Router::new().route("/session/token", post(open).get(list)).route("/session/token/{id}", delete(end))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    #[serde(default = "longest")]
    hours: i64,
}

fn longest() -> i64 {
    LONGEST_HOURS
}

/// A program's session as JSON; the token only in the answer that makes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    id: String,
    name: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Told {
    fn new(session: ProgramSession, token: Option<String>) -> Self {
        let ProgramSession { id, name, created_at, expires_at } = session;
        Self { id: id.to_string(), name, created_at, expires_at, token }
    }
}

async fn open(State(http): State<Http>, Extension(request): Extension<RequestId>, headers: HeaderMap, body: Bytes) -> Response {
    let manner = Manner::of(&headers, request);
    let opened = async {
        speaks_json(&headers)?;
        let holder: Identified = browser(&http, &headers).await?;
        let Wanted { name, hours } = serde_json::from_slice(&body)
            .map_err(|error| Refused::Malformed(not_json(&error, "name (text) och hours (antal)", "name (string) and hours (number)")))?;
        let name = written(&name, LONGEST_NAME).map_err(wrong_name)?;
        if !(1..=LONGEST_HOURS).contains(&hours) {
            return Err(wrong(
                "hours",
                Text::new(format!("hours ska vara 1 till {LONGEST_HOURS}."), format!("hours has to be 1 to {LONGEST_HOURS}.")),
            ));
        }
        let opened = session::open_program(&http.app, &holder, &name, TimeDelta::hours(hours)).await.map_err(unidentified)?;
        opened.ok_or(Refused::Unauthenticated)
    };
    match opened.await {
        Ok((session, token)) => (StatusCode::CREATED, Json(Told::new(session, Some(token)))).into_response(),
        Err(refusal) => refused(refusal, manner),
    }
}

async fn list(State(http): State<Http>, Extension(request): Extension<RequestId>, headers: HeaderMap) -> Response {
    let listed = async {
        let holder = reading_browser(&http, &headers).await?;
        session::programs(&http.app, holder.viewer.account).await.map_err(unidentified)
    };
    match listed.await {
        Ok(sessions) => Json(sessions.into_iter().map(|session| Told::new(session, None)).collect::<Vec<_>>()).into_response(),
        Err(refusal) => refused(refusal, Manner::of(&headers, request)),
    }
}

async fn end(State(http): State<Http>, Extension(request): Extension<RequestId>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let ended = async {
        let holder = browser(&http, &headers).await?;
        match SessionId::parse(&id) {
            Ok(id) => session::end_program(&http.app, holder.viewer.account, id).await.map_err(unidentified),
            Err(_) => Ok(false),
        }
    };
    match ended.await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refused(refusal, Manner::of(&headers, request)),
    }
}

fn wrong_name(fault: TextFault) -> Refused {
    let text = match fault {
        TextFault::TooLong(_) => {
            Text::new(format!("name får ha högst {LONGEST_NAME} tecken."), format!("name may have at most {LONGEST_NAME} characters."))
        }
        TextFault::Blank | TextFault::Control => Text::new(
            "name ska säga vad programmet heter, utan styrtecken.",
            "name has to say what the program is called, without control characters.",
        ),
    };
    wrong("name", text)
}

fn wrong(argument: &str, message: Text) -> Refused {
    Refused::Fault(ApiError::BadInput { message, argument: vec![argument.to_owned()] })
}
