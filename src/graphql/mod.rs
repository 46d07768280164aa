//! What all domains share in GraphQL, and nothing about any of them.
//!
//! A root field loads all that its selection asks for, level by level: one statement for each field of each level, however
//! many parents there are ([`selection`] tells what is asked, [`loaded`] keeps what was found). Resolvers below the root
//! only hand it out, so below the root nothing but an internal fault can be an error.

pub mod connection;
pub mod context;
pub mod error;
pub mod limits;
pub mod loaded;
pub mod node;
pub mod payload;
pub mod scalar;
pub mod schema;
pub mod search;
pub mod selection;
pub mod three_state;
pub mod vocabulary;
mod withdraw;
