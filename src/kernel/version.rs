//! Versions: no change overwrites one that its author has not seen.

use super::refusal::Refusal;

/// Refuses a change of a record that was changed after its author read it.
pub fn unchanged(expected: i32, current: i32) -> Result<(), Refusal> {
    if expected == current { Ok(()) } else { Err(Refusal::conflict(current)) }
}

/// A change that was stored, or the conflict with one that was faster.
pub fn stored(stored: bool, version: i32) -> Result<(), Refusal> {
    if stored { Ok(()) } else { Err(Refusal::conflict(version)) }
}
