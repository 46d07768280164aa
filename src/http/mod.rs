//! HTTP: the routes, and nothing that is not HTTP.

mod answer;
mod graphql;
mod health;
mod observe;
pub(crate) mod page;
mod serve;

use std::{sync::Arc, time::Duration};

use axum::{
    Router, middleware,
    routing::{get, post},
};

pub use self::serve::{Signals, serve};
use crate::{
    app::App,
    graphql::{limits::Costs, schema},
};

/// What the routes need.
#[derive(Clone)]
pub struct Http {
    app: App,
    schema: schema::ApiSchema,
    costs: Arc<Costs>,
    introspection: graphql::IntrospectionCache,
    timeout: Duration,
}

impl Http {
    /// The program behind HTTP; a request that takes longer than `timeout` is answered TIMEOUT.
    pub fn new(app: App, timeout: Duration) -> anyhow::Result<Self> {
        let schema = schema::build().data(app.clone()).finish();
        let costs = Arc::new(Costs::of_schema(&schema.sdl())?);
        Ok(Self { app, schema, costs, introspection: graphql::IntrospectionCache::default(), timeout })
    }
}

/// All routes.
pub fn router(http: Http) -> Router {
    Router::new()
        .route("/graphql", post(graphql::post))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(middleware::from_fn_with_state(http.clone(), observe::observe))
        .with_state(http)
}
