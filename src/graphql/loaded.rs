//! Places for what a root field has loaded in advance. Asking a place that was not filled is a fault of this program.

use std::{collections::HashMap, hash::Hash, pin::Pin, sync::Arc};

use async_graphql::Context;

use super::{error::ApiError, selection::key_of};

/// Objects on their way from the database. Boxed, because objects lead to objects of the same type.
pub type Loading<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'a>>;

/// Objects by their ids: each is loaded once and shared by all that lead to it.
pub type ById<I, T> = HashMap<I, Arc<T>>;

/// Objects under their ids, to be shared.
pub fn shared<I: Eq + Hash, T>(objects: Vec<(I, T)>) -> ById<I, T> {
    objects.into_iter().map(|(id, object)| (id, Arc::new(object))).collect()
}

/// The object that a row leads to; the database's foreign keys promise that it is there.
pub fn found<I: Eq + Hash + std::fmt::Debug, T>(objects: &ById<I, T>, id: &I) -> Result<Arc<T>, ApiError> {
    objects.get(id).cloned().ok_or_else(|| ApiError::internal(format!("{id:?} is referred to but not there")))
}

/// The same ids, each once.
pub fn once<I: Ord>(ids: impl IntoIterator<Item = I>) -> Vec<I> {
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The value of a field without arguments.
#[derive(Debug)]
pub struct Slot<T>(Option<T>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    /// Fills the place.
    pub fn put(&mut self, value: T) {
        self.0 = Some(value);
    }

    /// What was put here.
    pub fn get(&self, ctx: &Context<'_>) -> Result<&T, ApiError> {
        self.0.as_ref().ok_or_else(|| not_loaded(ctx))
    }
}

/// The values of a field with arguments, one for each call that the query makes.
#[derive(Debug)]
pub struct Slots<T>(Vec<(String, T)>);

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Slots<T> {
    /// Fills the place of a call.
    pub fn put(&mut self, key: &str, value: T) {
        self.0.push((key.to_owned(), value));
    }

    /// What was put here for the call that is being resolved.
    pub fn get(&self, ctx: &Context<'_>) -> Result<&T, ApiError> {
        let key = key_of(ctx);
        self.0.iter().find(|(call, _)| *call == key).map(|(_, value)| value).ok_or_else(|| not_loaded(ctx))
    }
}

fn not_loaded(ctx: &Context<'_>) -> ApiError {
    let path = ctx.path_node.as_ref().map(ToString::to_string).unwrap_or_default();
    ApiError::internal(format!("{path} was not loaded"))
}
