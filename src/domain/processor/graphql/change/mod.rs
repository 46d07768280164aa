//! Changes of sub-processors and the controllers' cases about them in GraphQL.

pub mod inputs;
pub mod load;
mod mutation;
mod payloads;
mod query;
pub mod types;

pub use mutation::ChangeMutation;
pub use query::ChangeQuery;
