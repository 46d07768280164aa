#![expect(clippy::unwrap_used, reason = "a test that meets what it did not expect has failed")]
//! The same tests, on `PostgreSQL`.

mod on_postgres;
mod support;

use on_postgres::database as engine;

mod audit;
mod authz;
mod characters;
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
mod reliability;
mod schema;
mod serve;
mod specification;
mod statements;
mod upgrade;
mod vocabulary;
