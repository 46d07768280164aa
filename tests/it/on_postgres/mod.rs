//! What is of `PostgreSQL` alone.

pub(crate) mod database;

mod opening;
mod order;
mod reliability;
mod server;
