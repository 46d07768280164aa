//! Agreements and sub-processors in GraphQL: names and descriptions here, no law, no database.

pub mod change;
mod import;
pub mod inputs;
pub mod load;
mod mutation;
mod payloads;
mod query;
pub mod types;

pub use import::ImportMutation;
pub use mutation::ProcessorMutation;
pub use query::ProcessorQuery;
