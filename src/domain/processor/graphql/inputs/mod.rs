//! Inputs of agreements and sub-processors, each turned into a command. Every field is named, so that a forgotten one does not compile.

mod acknowledgement;
mod agreement;
mod filter;
mod keeping;
mod life;
mod party;
mod sub_processor;

pub use self::{acknowledgement::*, agreement::*, filter::*, keeping::*, life::*, party::*, sub_processor::*};

/// Characters of a title or a service.
pub(in crate::domain::processor) const TITLE: usize = 200;
/// Characters of a description.
pub(in crate::domain::processor) const DESCRIPTION: usize = 4_000;
/// Characters of a postal address.
const ADDRESS: usize = 400;
/// Characters of a number in a foreign register, or of a template's version.
pub(in crate::domain::processor) const NUMBER: usize = 60;
/// Countries or categories of one engagement.
pub(in crate::domain::processor) const LISTED: usize = 40;
