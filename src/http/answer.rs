//! From a GraphQL response to bytes: which status, which media type, which code, and what of an error may be told.

use async_graphql::{PathSegment, ServerError, Value};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::observe::RequestId;
use crate::{
    graphql::{error::ApiError, limits::Excess},
    kernel::{
        refusal::Refusal,
        text::{Language, Text},
    },
};

/// How many errors are told at most.
const MAX_ERRORS: usize = 10;
/// Characters of a message at most.
const MAX_MESSAGE: usize = 300;

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// How a client wants its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) language: Language,
    media: Media,
    request: RequestId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    GraphqlResponse,
    Json,
}

impl Manner {
    pub(super) fn of(headers: &HeaderMap, request: RequestId) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = if text(header::ACCEPT).contains(GRAPHQL_RESPONSE) { Media::GraphqlResponse } else { Media::Json };
        Self { language: Language::from_accept_language(text(header::ACCEPT_LANGUAGE)), media, request }
    }
}

/// Why a request was not run. Its answer has no `data`.
#[derive(Debug)]
pub(super) enum Refused {
    /// The content type is not one of these.
    MediaType(&'static str),
    /// The body is longer than the limit, in bytes.
    TooLarge(usize),
    /// The body is not a request of GraphQL over HTTP; what is wrong.
    Malformed(Text),
    /// The query does not parse; where.
    Unparsable(ServerError),
    /// The query asks too much.
    TooMuch(Excess),
    /// The query does not fit the schema, or its variables do not fit the query.
    Invalid(Vec<ServerError>),
    /// Nobody is logged in.
    Unauthenticated,
    /// A page of a strange origin sent it.
    Origin,
    /// Whoever is asking may not do this at all.
    Forbidden(Refusal),
    /// The provider that could tell who is asking cannot be reached.
    ProviderUnreachable,
    /// The `Idempotency-Key` is malformed.
    WrongKey,
    /// The `Idempotency-Key` was used for another request.
    KeyUsed,
    /// It took too long.
    Timeout,
    /// A fault before the query was run.
    Fault(ApiError),
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ToldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

#[derive(Serialize)]
struct ToldError {
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<async_graphql::Pos>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<PathSegment>,
    extensions: Extensions,
}

#[derive(Serialize)]
struct Extensions {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    argument: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "correlationId")]
    correlation_id: Option<String>,
}

/// The answer to a request that was run.
pub(super) fn ran(response: &async_graphql::Response, manner: Manner) -> Result<String, Refused> {
    let errors = response.errors.iter().take(MAX_ERRORS).map(|error| execution_error(error, manner)).collect();
    let told = serde_json::to_string(&Told { errors, data: Some(&response.data) });
    told.map_err(|error| Refused::Fault(ApiError::internal(format!("an answer cannot be written as JSON: {error}"))))
}

/// The answer to a request that was not run.
pub(super) fn refused(refused: Refused, manner: Manner) -> Response {
    let told = |status: StatusCode, errors: Vec<ToldError>| body(status, &Told { errors, data: None }, manner);
    let one = |status, code, message: Text| told(status, vec![plain(code, message.in_language(manner.language))]);
    // A well-formed request whose query is wrong: 400 in the new media type, 200 in the old, as GraphQL over HTTP says.
    let wrong_query = if manner.media == Media::GraphqlResponse { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    match refused {
        Refused::MediaType(right) => one(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "BAD_USER_INPUT",
            Text::new(format!("Skicka Content-Type: {right}."), format!("Send Content-Type: {right}.")),
        ),
        Refused::TooLarge(limit) => one(
            StatusCode::PAYLOAD_TOO_LARGE,
            "QUERY_TOO_COMPLEX",
            Text::new(format!("En begäran får ha högst {limit} byte."), format!("A request may have at most {limit} bytes.")),
        ),
        Refused::Malformed(message) => one(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message),
        Refused::Unparsable(error) => told(wrong_query, vec![library_error(&error, "GRAPHQL_PARSE_FAILED")]),
        Refused::TooMuch(excess) => {
            let (Text { sv, en }, limit) = (excess.name(), excess.limit());
            let message = Text::new(
                format!("Frågan är för stor: gränsen för {sv} är {limit}."),
                format!("The query is too large: the limit of {en} is {limit}."),
            );
            told(wrong_query, vec![plain("QUERY_TOO_COMPLEX", message.in_language(manner.language))])
        }
        Refused::Invalid(errors) => {
            told(wrong_query, errors.iter().take(MAX_ERRORS).map(|error| library_error(error, "GRAPHQL_VALIDATION_FAILED")).collect())
        }
        Refused::Unauthenticated => {
            let message = Text::new(
                "Logga in: skicka Authorization: Bearer och en giltig session.",
                "Log in: send Authorization: Bearer and a valid session.",
            );
            let mut response = one(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Refused::Origin => one(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            Text::new(
                "Begäran kommer inte från en sida som får använda din inloggning. Program skickar Authorization: Bearer.",
                "The request does not come from a page that may use your login. Programs send Authorization: Bearer.",
            ),
        ),
        Refused::Forbidden(refusal) => one(StatusCode::FORBIDDEN, "FORBIDDEN", refusal.message),
        Refused::ProviderUnreachable => one(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            Text::new(
                "Din kommuns inloggning svarar inte. Försök igen om en stund.",
                "Your municipality's login does not answer. Try again in a while.",
            ),
        ),
        Refused::WrongKey => one(
            StatusCode::BAD_REQUEST,
            "BAD_USER_INPUT",
            Text::new(
                "Idempotency-Key ska ha 1 till 255 synliga tecken ur ASCII, till exempel en UUID.",
                "Idempotency-Key has to have 1 to 255 visible ASCII characters, such as a UUID.",
            ),
        ),
        Refused::KeyUsed => one(
            StatusCode::UNPROCESSABLE_ENTITY,
            "BAD_USER_INPUT",
            Text::new(
                "Denna Idempotency-Key är redan använd för en annan begäran. Ge varje ny begäran en egen nyckel.",
                "This Idempotency-Key has been used for another request. Give each new request a key of its own.",
            ),
        ),
        Refused::Timeout => one(
            StatusCode::GATEWAY_TIMEOUT,
            "TIMEOUT",
            Text::new("Det tog för lång tid. Fråga efter mindre åt gången.", "It took too long. Ask for less at a time."),
        ),
        Refused::Fault(error) => {
            let status = match error {
                ApiError::BadInput { .. } => StatusCode::BAD_REQUEST,
                ApiError::Unavailable(_) | ApiError::Collided(_) => StatusCode::SERVICE_UNAVAILABLE,
                ApiError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            told(status, vec![api_error(&error, manner)])
        }
    }
}

fn execution_error(error: &ServerError, manner: Manner) -> ToldError {
    let told = match error.source::<ApiError>() {
        Some(ours) => api_error(ours, manner),
        // What the library finds while it runs a query: a value of an argument that does not fit its type.
        None => library_error(error, "BAD_USER_INPUT"),
    };
    ToldError { locations: error.locations.clone(), path: error.path.clone(), ..told }
}

fn api_error(error: &ApiError, manner: Manner) -> ToldError {
    match error {
        ApiError::BadInput { message, argument } => {
            let told = plain("BAD_USER_INPUT", message.in_language(manner.language));
            ToldError { extensions: Extensions { argument: Some(argument.clone()), ..told.extensions }, ..told }
        }
        ApiError::Unavailable(cause) | ApiError::Collided(cause) => {
            tracing::warn!(error = format!("{cause:#}"), "the database is not available");
            let message = Text::new(
                "Databasen är inte tillgänglig just nu. Försök igen om en stund.",
                "The database is not available just now. Try again in a while.",
            );
            plain("UNAVAILABLE", message.in_language(manner.language))
        }
        ApiError::Internal(cause) => {
            tracing::error!(error = format!("{cause:#}"), "internal fault");
            let message = Text::new(
                "Något gick fel hos oss. Ange correlationId när du anmäler det.",
                "Something went wrong here. Give the correlationId when you report it.",
            );
            let told = plain("INTERNAL", message.in_language(manner.language));
            let correlation_id = Some(manner.request.to_string());
            ToldError { extensions: Extensions { correlation_id, ..told.extensions }, ..told }
        }
    }
}

/// An error of the library: about the query's text, which the client wrote itself.
fn library_error(error: &ServerError, code: &'static str) -> ToldError {
    let message = error.message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    ToldError { locations: error.locations.clone(), ..plain(code, &message) }
}

fn plain(code: &'static str, message: &str) -> ToldError {
    ToldError {
        message: message.chars().take(MAX_MESSAGE).collect(),
        locations: Vec::new(),
        path: Vec::new(),
        extensions: Extensions { code, argument: None, correlation_id: None },
    }
}

fn body(status: StatusCode, told: &Told<'_>, manner: Manner) -> Response {
    match serde_json::to_vec(told) {
        Ok(bytes) => bytes_of(status, bytes, manner),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer cannot be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// An answer that is written already.
pub(super) fn bytes_of(status: StatusCode, bytes: impl Into<Body>, manner: Manner) -> Response {
    let media = match manner.media {
        Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        Media::Json => "application/json; charset=utf-8",
    };
    (status, [(header::CONTENT_TYPE, media)], bytes.into()).into_response()
}
