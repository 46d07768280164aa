//! The law of agreements and sub-processors: pure.
//!
//! [`facts`] is everything that is on record about one agreement. From that, [`timeline`] says from when to when what holds: how far
//! the agreement has come ([`life`]), how each case about a change stands ([`cases`]), and which rules are broken or fall due
//! ([`signing`], [`keeping`], [`sub_processors`], [`ending`]). Who is engaged follows the cases ([`engaged`]). [`acts`], [`changes`] and [`case_acts`] say what is refused.

pub mod acts;
pub mod case_acts;
pub mod cases;
pub mod changes;
pub mod ending;
pub mod engaged;
#[cfg(test)]
pub mod example;
pub mod facts;
pub mod keeping;
pub mod life;
pub mod signing;
pub mod sub_processors;
pub mod template;
pub mod timeline;

pub use self::acts::*;
