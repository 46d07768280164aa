//! Texts to search for.

use super::error::ApiError;
use crate::kernel::{refusal::Refusal, text::written};

/// Characters of a text to search for.
const MAX: usize = 100;

/// A text of 1 to 100 characters to search for, given at `argument` of the query.
pub fn search_text(text: Option<String>, argument: Vec<String>) -> Result<Option<String>, ApiError> {
    let read = |text: String| written(&text, MAX).map_err(|fault| ApiError::argument(argument, Refusal::text("", fault).message));
    text.map(read).transpose()
}
