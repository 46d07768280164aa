//! What is the same for everybody: countries, and what each is to the law on transfers (GDPR chapter V), by period.
//!
//! The names of countries come from ISO 3166-1; the periods are reference data with their source. Adequacy decisions and standard
//! clauses come with third-country transfers.

pub mod graphql;
pub mod model;
pub mod repo;
