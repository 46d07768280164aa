//! Codes: enums whose values have one spelling everywhere, in the API, in the database and in this program.

use strum::VariantArray;

use super::text::Text;

/// An enum of the API. Its code comes from `strum` (`SCREAMING_SNAKE_CASE`); its words are written here.
pub trait Code: Copy + Eq + Into<&'static str> + std::str::FromStr + VariantArray {
    /// The name of the enum in the schema.
    const TYPE: &'static str;

    /// What the value is called in Swedish and in English, and where it comes from.
    fn term(self) -> Term;

    /// The one spelling of this value.
    fn code(self) -> &'static str {
        self.into()
    }
}

/// The words for one value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What people call it.
    pub label: Text,
    /// The law, guideline or clause that the value comes from; none where it is this system's own.
    pub legal_source: Option<&'static str>,
}

/// A term of this system's own.
pub fn term(sv: &'static str, en: &'static str) -> Term {
    Term { label: Text::new(sv, en), legal_source: None }
}

impl Term {
    /// The same term with its source.
    #[must_use]
    pub fn from_law(self, source: &'static str) -> Self {
        Self { legal_source: Some(source), ..self }
    }
}
