//! What the area holds.

mod agreement;
mod change;
mod keeping;
mod party;
mod sub_processor;
mod terms;

pub use self::{agreement::*, change::*, keeping::*, party::*, sub_processor::*, terms::*};
