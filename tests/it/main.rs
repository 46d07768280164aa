#![expect(clippy::unwrap_used, reason = "a test that meets what it did not expect has failed")]
//! The tests: one program, a file for each use case, real router, real database.

mod support;

mod architecture;
mod authz;
mod database;
mod demo;
mod demo_console;
mod demo_provider;
mod dispose;
mod http;
mod isolation;
mod limits;
mod login;
mod organisation;
mod processor;
mod readme;
mod rules;
mod schema;
mod serve;
mod specification;
mod statements;
mod vocabulary;
