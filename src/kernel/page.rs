//! Paging: which part of a list is asked for, and the cursors that mark a place in it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::period::is_meant;

/// How many a page has where the client does not say.
pub const DEFAULT_SIZE: u16 = 25;
/// How many a page has at most.
pub const MAX_SIZE: u16 = 100;

/// What orders a list: a text that sorts by its bytes (empty where the id alone decides), then the id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The sort key.
    pub sort: String,
    /// The tie-breaker.
    pub id: Uuid,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most this many, 1 to 100.
    pub size: u16,
    /// Only what comes after (or, backward, before) this place.
    pub beyond: Option<Key>,
    /// From the end of the list instead of its beginning.
    pub backward: bool,
    /// Whether the length of the whole list is asked for.
    pub count: bool,
}

/// What was found for a page.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Whether there are more beyond the last row (backward: before the first).
    pub more: bool,
    /// The length of the whole list, where it was asked for.
    pub total: Option<i64>,
}

impl<T> Default for Slice<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), more: false, total: None }
    }
}

impl<T> Slice<T> {
    /// The same page with every row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Slice<U> {
        Slice { rows: self.rows.into_iter().map(turn).collect(), more: self.more, total: self.total }
    }

    /// The same, where not every row can be turned.
    pub fn try_map<U, E>(self, turn: impl FnMut(T) -> Result<U, E>) -> Result<Slice<U>, E> {
        Ok(Slice { rows: self.rows.into_iter().map(turn).collect::<Result<_, _>>()?, more: self.more, total: self.total })
    }
}

/// Something that has a place in a list.
pub trait Placed {
    /// Its place.
    fn key(&self) -> Key;
}

/// Names a list: what it lists, for which parent, by which filter and order. A cursor fits only its own list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListName([u8; 8]);

impl ListName {
    /// The name of the list that these parts describe.
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut name = [0; 8];
        name.copy_from_slice(&digest[..8]);
        Self(name)
    }
}

#[derive(Serialize, Deserialize)]
struct Cursor(String, NaiveDate, Key);

/// Writes the cursor of a place in a list as it is on `as_of`.
pub fn cursor(list: ListName, as_of: NaiveDate, key: Key) -> String {
    let json = serde_json::to_vec(&Cursor(hex(list), as_of, key)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(json)
}

/// Why a text is no cursor of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorFault {
    /// No cursor at all.
    Malformed,
    /// A cursor of another list, or of the same with another filter or order.
    OtherList,
}

/// Reads a cursor of `list`: the date that its list was read for, and the place.
pub fn read_cursor(list: ListName, text: &str) -> Result<(NaiveDate, Key), CursorFault> {
    let Cursor(name, as_of, key) = decode(text).ok_or(CursorFault::Malformed)?;
    if name == hex(list) { Ok((as_of, key)) } else { Err(CursorFault::OtherList) }
}

/// The date that a cursor's list was read for, whatever the list.
pub fn cursor_date(text: &str) -> Option<NaiveDate> {
    decode(text).map(|Cursor(_, as_of, _)| as_of)
}

fn decode(text: &str) -> Option<Cursor> {
    let cursor: Cursor = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    // No text that is stored holds U+0000, and PostgreSQL cannot be asked for one.
    (is_meant(cursor.1) && !cursor.2.sort.contains('\0')).then_some(cursor)
}

fn hex(list: ListName) -> String {
    format!("{:016x}", u64::from_be_bytes(list.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key { sort: "vård {bmne".to_owned(), id: Uuid::from_u128(7) }
    }

    #[test]
    fn a_cursor_fits_its_own_list_only() {
        let (list, day) = (ListName::of(&["parties", ""]), "2026-11-22".parse().unwrap());
        let text = cursor(list, day, key());
        assert_eq!(read_cursor(list, &text), Ok((day, key())));
        assert_eq!(read_cursor(ListName::of(&["parties", "x"]), &text), Err(CursorFault::OtherList));
        assert_eq!(cursor_date(&text), Some(day));
    }

    #[test]
    fn nonsense_is_no_cursor() {
        for text in ["", "x", "bm9uc2Vuc2U", "W10", "🙂"] {
            assert_eq!(read_cursor(ListName::of(&[]), text), Err(CursorFault::Malformed), "{text}");
        }
    }

    #[test]
    fn a_cursor_of_a_day_that_cannot_be_meant_is_none() {
        let list = ListName::of(&["parties"]);
        for day in [NaiveDate::MAX, NaiveDate::MIN] {
            assert_eq!(read_cursor(list, &cursor(list, day, key())), Err(CursorFault::Malformed));
        }
    }

    #[test]
    fn a_cursor_with_a_character_that_no_database_keeps_is_none() {
        let list = ListName::of(&["parties"]);
        let key = Key { sort: "a\0b".to_owned(), id: Uuid::from_u128(7) };
        assert_eq!(read_cursor(list, &cursor(list, "2026-11-22".parse().unwrap(), key)), Err(CursorFault::Malformed));
    }

    #[test]
    fn the_parts_of_a_list_name_do_not_run_together() {
        assert_ne!(ListName::of(&["ab", "c"]), ListName::of(&["a", "bc"]));
    }
}
