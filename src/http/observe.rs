//! Every request has an id, a line in the log and headers that keep its answer where it belongs.

use std::fmt;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use super::Http;

/// The id of a request: in the answer's `x-request-id`, in the log, and in the answer where an internal fault is masked.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

pub(super) async fn observe(State(http): State<Http>, mut request: Request, next: Next) -> Response {
    let begun = http.app.clock.now();
    let id = RequestId(http.app.ids.uuid(begun));
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", request.id = %id, http.method = %request.method(), http.route = route(&request));
    let mut response = next.run(request).instrument(span.clone()).await;
    let duration_ms = (http.app.clock.now() - begun).num_milliseconds();
    span.in_scope(|| tracing::info!(http.status = response.status().as_u16(), duration_ms, "request answered"));
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The route as we wrote it: what a client writes in a path does not go into the log.
fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str)
}
