//! Words that all domains share. Pure: no database, no HTTP, no clock of its own.

pub mod bounds;
pub mod clock;
pub mod code;
pub mod command;
pub mod contact;
pub mod country;
pub mod deadline;
pub mod fault;
pub mod id;
pub mod ids;
pub mod kinds;
pub mod page;
pub mod period;
pub mod refusal;
pub mod text;
pub mod version;
