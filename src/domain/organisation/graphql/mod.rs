//! The directory in GraphQL: names and descriptions here, no law, no database.

pub mod inputs;
pub mod load;
mod mutation;
mod payloads;
mod query;
pub mod types;

pub use mutation::OrganisationMutation;
pub use query::OrganisationQuery;
