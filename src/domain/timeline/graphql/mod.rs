//! Findings and deadlines in GraphQL: names and descriptions here, no law, no database.

pub mod load;
mod query;
pub mod types;

pub use query::TimelineQuery;
