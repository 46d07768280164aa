#![expect(clippy::unwrap_used, reason = "a test that meets what it did not expect has failed")]
//! The tests, on `SQLite`: one program, a file for each use case, real router, real database.

mod on_sqlite;
mod support;

use on_sqlite::database as engine;

mod architecture;
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
mod login_settings;
mod organisation;
mod processor;
mod readme;
mod reliability;
mod rules;
mod schema;
mod serve;
mod settings;
mod specification;
mod statements;
mod upgrade;
mod vocabulary;
