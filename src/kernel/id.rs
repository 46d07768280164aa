//! Typed ids: a controller's id cannot be used where a person's is wanted, in Rust or in the API.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use uuid::Uuid;

/// A kind of thing that has ids.
pub trait Kind {
    /// How its ids begin in the API.
    const PREFIX: &'static str;
}

/// The id of a `K`. In the API: the kind's prefix, `_`, 32 hexadecimal digits.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// Why a text is not the id of a `K`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFault {
    /// No id at all.
    Malformed,
    /// An id of another kind.
    OtherKind,
}

impl<K: Kind> Id<K> {
    /// Reads an id of the API.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        match split(text) {
            Some((prefix, uuid)) if prefix == K::PREFIX => Ok(Self::new(uuid)),
            Some(_) => Err(IdFault::OtherKind),
            None => Err(IdFault::Malformed),
        }
    }
}

/// The prefix and the key of an id of the API, of whatever kind; only the one canonical spelling counts.
pub fn split(text: &str) -> Option<(&str, Uuid)> {
    let (prefix, hex) = text.split_once('_')?;
    let canonical = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let known = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_lowercase());
    (canonical && known).then(|| Uuid::try_parse(hex).ok().map(|uuid| (prefix, uuid)))?
}

/// The keys of ids.
pub fn keys<K>(ids: &[Id<K>]) -> impl Iterator<Item = Uuid> {
    ids.iter().map(|id| id.key())
}

impl<K> Id<K> {
    /// The id with this key.
    pub const fn new(key: Uuid) -> Self {
        Self(key, PhantomData)
    }

    /// The key in the database.
    pub const fn key(self) -> Uuid {
        self.0
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0.simple())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Written out, because a derive would ask the same of `K`, which is only a name.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Board;
    impl Kind for Board {
        const PREFIX: &'static str = "board";
    }

    #[test]
    fn an_id_is_read_back_as_it_was_written() {
        let id: Id<Board> = Id::new(Uuid::from_u128(0x0123_4567_89ab_cdef));
        assert_eq!(id.to_string(), "board_00000000000000000123456789abcdef");
        assert_eq!(Id::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn another_kind_and_another_spelling_are_refused() {
        let hex = "00000000000000000123456789abcdef";
        assert_eq!(Id::<Board>::parse(&format!("person_{hex}")), Err(IdFault::OtherKind));
        for text in
            ["", "board", "board_", "board_12", hex, &format!("board_{}", hex.to_uppercase()), "Board_x", "_", &format!("board_{hex} ")]
        {
            assert_eq!(Id::<Board>::parse(text), Err(IdFault::Malformed), "{text}");
        }
    }
}
