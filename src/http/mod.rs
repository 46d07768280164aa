//! HTTP: the routes, and nothing that is not HTTP.

mod answer;
mod change;
mod credentials;
mod graphql;
mod health;
mod identify;
mod imports;
mod login;
mod observe;
pub(crate) mod page;
mod programs;
mod serve;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, header},
    middleware,
    routing::{get, post},
};
use tokio::sync::Semaphore;
use tower_http::cors::{AllowOrigin, CorsLayer};

pub use self::serve::{Signals, serve};
use crate::{
    app::App,
    graphql::{limits::Costs, schema},
};

/// Bytes of a form and of a small request; `/graphql` and `/imports` have limits of their own.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// How long a browser remembers that it may ask from an allowed origin.
const PREFLIGHT: Duration = Duration::from_mins(10);

/// What the routes need.
#[derive(Clone)]
pub struct Http {
    app: App,
    schema: schema::ApiSchema,
    costs: Arc<Costs>,
    introspection: graphql::IntrospectionCache,
    /// Turns to read an uploaded file.
    reading: Arc<Semaphore>,
    timeout: Duration,
}

impl Http {
    /// The program behind HTTP; a request that takes longer than `timeout` is answered TIMEOUT.
    pub fn new(app: App, timeout: Duration) -> anyhow::Result<Self> {
        let schema = schema::build().data(app.clone()).finish();
        let costs = Arc::new(Costs::of_schema(&schema.sdl())?);
        let reading = Arc::new(Semaphore::new(imports::READ_AT_ONCE));
        Ok(Self { app, schema, costs, introspection: graphql::IntrospectionCache::default(), reading, timeout })
    }
}

/// All routes of `serve`.
pub fn router(http: Http) -> Router {
    routes(http, login::start_page())
}

/// All routes but the start page, and `more`.
pub(crate) fn routes(http: Http, more: Router<Http>) -> Router {
    let api = Router::new()
        .route("/graphql", post(graphql::post))
        .route("/imports", post(imports::post))
        .merge(programs::routes())
        .merge(login::routes_for_pages());
    Router::new()
        .merge(if http.app.logins.settings.allowed_origins.is_empty() { api } else { api.layer(allowed_origins(&http)) })
        .merge(login::routes())
        .merge(more)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(middleware::from_fn_with_state(http.clone(), observe::observe))
        .with_state(http)
}

/// Lets pages of the origins that the operator allows read answers and send the browser's cookie; pages of no other.
fn allowed_origins(http: &Http) -> CorsLayer {
    let origins = http.app.logins.settings.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION, header::ACCEPT, header::ACCEPT_LANGUAGE, graphql::IDEMPOTENCY_KEY])
        .expose_headers([HeaderName::from_static("x-request-id")])
        .max_age(PREFLIGHT)
}
