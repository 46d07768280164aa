//! Fields of an update: absent leaves, a value sets, null clears what may be empty.

use async_graphql::MaybeUndefined;

use crate::kernel::{
    command::Faults,
    refusal::{Refusal, RefusalCode},
    text::Text,
};

/// A field that is never empty. The outer nothing is a mistake; the inner one leaves the field as it is.
pub fn required<V, T>(
    faults: &mut Faults,
    path: &str,
    value: MaybeUndefined<V>,
    read: impl FnOnce(&mut Faults, V) -> Option<T>,
) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => Some(None),
        MaybeUndefined::Value(value) => read(faults, value).map(Some),
        MaybeUndefined::Null => {
            faults.add(Refusal::new(
                RefusalCode::Missing,
                path,
                Text::new(
                    "Fältet kan inte tömmas; utelämna det för att låta det vara.",
                    "The field cannot be emptied; leave it out to keep it as it is.",
                ),
            ));
            None
        }
    }
}

/// A field that may be empty. The outermost nothing is a mistake; the middle one leaves the field, the innermost clears it.
pub fn optional<V, T>(
    faults: &mut Faults,
    value: MaybeUndefined<V>,
    read: impl FnOnce(&mut Faults, V) -> Option<T>,
) -> Option<Option<Option<T>>> {
    match value {
        MaybeUndefined::Undefined => Some(None),
        MaybeUndefined::Null => Some(Some(None)),
        MaybeUndefined::Value(value) => read(faults, value).map(|value| Some(Some(value))),
    }
}
