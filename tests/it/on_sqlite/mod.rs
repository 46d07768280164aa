//! What is of `SQLite` alone.

pub(crate) mod database;

mod durability;
mod plans;
mod reliability;
