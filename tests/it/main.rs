#![expect(clippy::unwrap_used, reason = "a test that meets what it did not expect has failed")]
//! The tests: one program, a file for each use case, real router, real database.

mod support;

mod demo;
mod isolation;
mod organisation;
mod processor;
mod rules;
