//! The import of a register of processor agreements (registerförteckning över PUB-avtal) as municipalities keep it in a spreadsheet. Pure.
//!
//! A file becomes a [`table`] of cells ([`sheet`] for CSV, [`workbook`] for XLSX), bounded before anything is built of it. Its [`columns`]
//! are found by their headings, its [`row`]s are read into [`value`]s or told with what is wrong, cell by cell; [`parties`] says which
//! organisations are meant, and [`plan`] what is to become of each row. Nothing of a row that is there already is changed: a difference is
//! told, and a person decides.

pub mod columns;
pub mod parties;
pub mod plan;
pub mod row;
pub mod sheet;
pub mod table;
pub mod value;
pub mod workbook;

/// A register with every column, made up: the file that the documentation shows.
pub const EXAMPLE: &str = include_str!("example.csv");

#[cfg(test)]
mod tests;
