//! `POST /graphql`: read, judge, identify, run, answer; in that order, so that what is refused costs little and reaches nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Pos, Request, ServerError, Variables, parser::parse_query};
use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::Response,
};
use serde::Deserialize;

use super::{
    Http,
    answer::{Manner, Refused, bytes_of, ran, refused},
    change::change,
    identify::{identify, judge_origin},
    observe::RequestId,
};
use crate::{graphql::limits, idempotency::Remembering, kernel::text::Text};

/// Bytes of a request: a query of the greatest length, and variables.
const MAX_BYTES: usize = 256 * 1024;

/// Under what a client wants the answer to a change remembered.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Answers to queries for nothing but the schema: it is the same for everybody and does not change while the program runs.
#[derive(Clone, Default)]
pub(super) struct IntrospectionCache(Arc<Mutex<HashMap<String, Bytes>>>);

impl IntrospectionCache {
    const MAX_ENTRIES: usize = 16;

    fn get(&self, query: &str) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(query).cloned()
    }

    fn put(&self, query: String, answer: Bytes) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= Self::MAX_ENTRIES {
            cache.clear();
        }
        cache.insert(query, answer);
    }
}

/// The parameters of GraphQL over HTTP.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// Read, so that a wrong type is told; there is nothing in it for us.
    #[serde(rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

pub(super) async fn post(State(http): State<Http>, Extension(request): Extension<RequestId>, headers: HeaderMap, body: Body) -> Response {
    let manner = Manner::of(&headers, request);
    match tokio::time::timeout(http.timeout, answer(&http, &headers, body, manner)).await {
        Ok(Ok(response)) => response,
        Ok(Err(refusal)) => refused(refusal, manner),
        Err(_) => refused(Refused::Timeout, manner),
    }
}

async fn answer(http: &Http, headers: &HeaderMap, body: Body, manner: Manner) -> Result<Response, Refused> {
    judge_origin(http, headers)?;
    let parameters = read(headers, body).await?;
    limits::judge_text(&parameters.query).map_err(Refused::TooMuch)?;
    let document = parse_query(&parameters.query).map_err(|error| Refused::Unparsable(error.into()))?;
    let variables = Variables::from_json(serde_json::Value::Object(parameters.variables.clone().unwrap_or_default()));
    let operation = limits::operation(&document, parameters.operation_name.as_deref()).ok_or_else(no_such_operation)?;
    let asked = limits::judge(&http.costs, &document, operation, &variables).map_err(Refused::TooMuch)?;
    // Of a document with several operations the text does not tell which is run.
    let cacheable = asked.schema_only && variables.is_empty() && document.operations.iter().count() == 1;
    if cacheable && let Some(known) = http.introspection.get(&parameters.query) {
        return Ok(bytes_of(StatusCode::OK, known, manner));
    }
    let request = || {
        let mut request = Request::new(parameters.query.clone()).variables(variables.clone()).data(manner.language);
        request.operation_name.clone_from(&parameters.operation_name);
        request.set_parsed_query(document.clone());
        request
    };
    if asked.changes {
        let remembering = remembering(headers, &parameters)?;
        let asking = identify(http, headers).await?;
        return change(http, &asking, remembering, manner, || request().data(asking.clone())).await;
    }
    let asking = if asked.schema_only { None } else { Some(identify(http, headers).await?) };
    let response = executed(http, asking.into_iter().fold(request(), Request::data)).await?;
    let answer = Bytes::from(ran(&response, manner)?);
    if cacheable && response.errors.is_empty() {
        http.introspection.put(parameters.query, answer.clone());
    }
    Ok(bytes_of(StatusCode::OK, answer, manner))
}

/// Runs a request that fits the schema, or tells that it does not.
pub(super) async fn executed(http: &Http, request: Request) -> Result<async_graphql::Response, Refused> {
    let response = http.schema.execute(request).await;
    let not_run = response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    if not_run { Err(Refused::Invalid(response.errors)) } else { Ok(response) }
}

/// Under what the answer to a request that changes something is remembered, where the client wants that.
fn remembering(headers: &HeaderMap, parameters: &Parameters) -> Result<Option<Remembering>, Refused> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    if keys.next().is_some() {
        return Err(Refused::WrongKey);
    }
    let Parameters { query, operation_name, variables, .. } = parameters;
    let request = serde_json::json!([query, operation_name, variables]).to_string();
    let remembering = key.to_str().ok().and_then(|key| Remembering::of(key, &request));
    remembering.map(Some).ok_or(Refused::WrongKey)
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Parameters, Refused> {
    speaks_json(headers)?;
    // A little more than is allowed is read and thrown away: a client that is still sending would not see the answer.
    let bytes = to_bytes(body, 8 * MAX_BYTES).await.map_err(|_| Refused::TooLarge(MAX_BYTES))?;
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge(MAX_BYTES));
    }
    serde_json::from_slice(&bytes).map_err(|error| Refused::Malformed(malformed(&error)))
}

/// No page can send this without the browser's asking first.
pub(super) fn speaks_json(headers: &HeaderMap) -> Result<(), Refused> {
    const JSON: &str = "application/json";
    if media_type(headers).eq_ignore_ascii_case(JSON) { Ok(()) } else { Err(Refused::MediaType(JSON)) }
}

/// What a body says that it is, without particulars.
pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim()
}

fn malformed(error: &serde_json::Error) -> Text {
    not_json(
        error,
        "query (text), och om det behövs operationName (text) och variables (objekt)",
        "query (string), and where needed operationName (string) and variables (object)",
    )
}

/// What is wrong with a body that has to be a JSON object with some members.
pub(super) fn not_json(error: &serde_json::Error, sv: &str, en: &str) -> Text {
    let place = format!("{}:{}", error.line(), error.column());
    if error.is_data() {
        Text::new(
            format!("Begäran ska vara ett objekt med {sv}. Felet står vid {place}."),
            format!("The request has to be an object with {en}. The mistake is at {place}."),
        )
    } else {
        Text::new(format!("Detta är inte JSON. Felet står vid {place}."), format!("This is not JSON. The mistake is at {place}."))
    }
}

fn no_such_operation() -> Refused {
    let message = "operationName has to name one of the document's operations; it may be left out where there is only one";
    Refused::Invalid(vec![ServerError::new(message, Some(Pos { line: 1, column: 1 }))])
}
