//! Errors of the request, as GraphQL knows them. What a user did wrong in a mutation is not here: it comes in the payload.

use std::sync::Arc;

use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field, registry::Registry};

use crate::kernel::{
    refusal::{Failure, Refusal},
    text::Text,
};

/// An error of a root field, or an internal fault anywhere. It carries no database error in its text: the HTTP layer
/// turns it into a message, a code and, for internal faults, a correlation id.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// An argument that is malformed or impossible.
    #[error("bad user input")]
    BadInput {
        /// What would be right.
        message: Text,
        /// Where the argument stands in the query.
        argument: Vec<String>,
    },
    /// The database could not be reached in time.
    #[error("unavailable")]
    Unavailable(Arc<anyhow::Error>),
    /// Others were at work on the same rows; the request is repeated, and a client is told of it only after many times.
    #[error("collided")]
    Collided(Arc<anyhow::Error>),
    /// A fault of this program or its database.
    #[error("internal")]
    Internal(Arc<anyhow::Error>),
}

impl ApiError {
    /// A fault of this program.
    pub fn internal(message: String) -> Self {
        Self::Internal(Arc::new(anyhow::Error::msg(message)))
    }

    /// An argument that is malformed or impossible.
    pub fn argument(argument: Vec<String>, message: Text) -> Self {
        Self::BadInput { message, argument }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusals) => refused(refusals),
            Failure::Unavailable(error) => Self::Unavailable(Arc::new(error.into())),
            Failure::Collided(error) => Self::Collided(Arc::new(error.into())),
            Failure::Internal(error) => Self::Internal(Arc::new(error)),
        }
    }
}

/// The first mistake in the arguments of a query.
fn refused(refusals: Vec<Refusal>) -> ApiError {
    match refusals.into_iter().next() {
        Some(refusal) => ApiError::argument(refusal.path, refusal.message),
        None => ApiError::internal("refused without a reason".to_owned()),
    }
}

/// The answer of a nullable root field. An error stays at the field, which becomes null, as the specification says (6.4.4);
/// returned as a `Result` the library would carry it up to the nearest nullable parent and empty the whole answer.
pub struct Answer<T>(Result<Option<T>, ApiError>);

impl<T> From<Result<Option<T>, ApiError>> for Answer<T> {
    fn from(result: Result<Option<T>, ApiError>) -> Self {
        Self(result)
    }
}

impl<T: OutputType> OutputType for Answer<T> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match &self.0 {
            Ok(answer) => OutputType::resolve(answer, ctx, field).await,
            Err(error) => {
                let error = async_graphql::Error::from(error.clone()).into_server_error(field.pos);
                ctx.add_error(ctx.set_error_path(error));
                Ok(Value::Null)
            }
        }
    }
}
