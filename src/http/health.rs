//! Is the program alive, and can it serve?

use axum::{extract::State, http::StatusCode};

use super::Http;

/// The process answers.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// The database answers and has the newest schema.
pub(super) async fn ready(State(http): State<Http>) -> (StatusCode, &'static str) {
    match http.app.db.ready().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database schema is not up to date: run samverkan migrate\n"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
