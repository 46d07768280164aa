//! Inputs of agreements and sub-processors, each turned into a command. Every field is named, so that a forgotten one does not compile.

mod acknowledgement;
mod agreement;
mod filter;
mod keeping;
mod life;
mod party;
mod sub_processor;

pub use self::{acknowledgement::*, agreement::*, filter::*, keeping::*, life::*, party::*, sub_processor::*};
