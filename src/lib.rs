//! samverkan: processor agreements, sub-processors and third-country transfers of municipalities that share a data protection officer.
//!
//! Data flows one way. A request comes in through [`http`], which asks [`auth`] who it is; [`graphql`] and the `graphql` files of each
//! domain name things; a domain's `service` runs the use case, its `rules` know the law, its `repo` the tables; `entity` is the tables.
//!
//! ```text
//! http -> auth -> graphql -> domain::*::graphql -> service -> rules (pure)
//!                                                          -> repo -> entity -> database
//! ```
//!
//! Beside the flow: [`authz`] (who may do what), [`kernel`] (words that all share, pure), [`db`] (connections and pages),
//! [`retention`] (how long the system keeps what it knows of its users).

// The objects of the schema lead to one another: that each may be sent between threads is proven over more steps than the usual 128.
#![recursion_limit = "256"]

pub mod app;
pub mod auth;
pub mod authz;
pub mod commands;
pub mod config;
pub mod db;
pub mod demo;
pub mod domain;
pub mod graphql;
pub mod http;
pub mod idempotency;
pub mod kernel;
pub mod retention;
pub mod telemetry;
