//! The words for every enum of the schema: what front-end teams show instead of codes.

use async_graphql::SimpleObject;
use strum::VariantArray;
use uuid::Uuid;

use crate::kernel::{
    code::{Code, Term as Words},
    page::{Key, Page, Placed, Slice},
    text::Text,
};

/// What one value of an enum is called.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The enum's name in the schema.
    #[graphql(name = "type")]
    pub enum_type: String,
    /// The value.
    pub value: String,
    /// Its label in Swedish.
    pub label_sv: String,
    /// Its label in English.
    pub label_en: String,
    /// The law, guideline or clause that it comes from; null where it is this system's own.
    pub legal_source: Option<String>,
}

impl Placed for Term {
    fn key(&self) -> Key {
        Key { sort: format!("{} {}", self.enum_type, self.value), id: Uuid::nil() }
    }
}

/// The terms of one enum, in the order of its values.
pub fn terms<C: Code>() -> Vec<Term> {
    <C as VariantArray>::VARIANTS
        .iter()
        .map(|value| {
            let Words { label: Text { sv, en }, legal_source } = value.term();
            Term {
                enum_type: C::TYPE.to_owned(),
                value: value.code().to_owned(),
                label_sv: sv.into_owned(),
                label_en: en.into_owned(),
                legal_source: legal_source.map(str::to_owned),
            }
        })
        .collect()
}

/// A page of a list of terms that is in the order of its keys.
pub fn page_of(all: &[Term], page: &Page) -> Slice<Term> {
    let beyond = |term: &&Term| page.beyond.as_ref().is_none_or(|place| term.key().sort > place.sort);
    let mut rows: Vec<_> = all.iter().filter(beyond).take(usize::from(page.size) + 1).cloned().collect();
    let more = rows.len() > usize::from(page.size);
    rows.truncate(page.size.into());
    Slice { rows, more, total: i64::try_from(all.len()).ok() }
}
