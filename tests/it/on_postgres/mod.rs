//! What is of PostgreSQL alone.

pub(crate) mod database;

mod server;
