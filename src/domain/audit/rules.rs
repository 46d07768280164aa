//! The arithmetic of a chain: what a hash covers, and what it shows when something was tampered with. Pure.

use std::collections::BTreeSet;

use super::model::{Actor, Chain, End, Entry};
use crate::kernel::{ids, kinds::ControllerId};

/// The hash of an entry: SHA-256, hexadecimal, of all that it tells and the hash of the entry before. What is hashed is a JSON list, so
/// that no two entries give the same text.
pub fn hash(entry: &Entry, controllers: &BTreeSet<ControllerId>) -> String {
    let Entry { id, chain, sequence, change, at, actor, role, action, subject, record, municipality, changes, previous_hash, hash: _ } =
        entry;
    let Actor { kind, account, person } = actor;
    let told = serde_json::json!([
        id.key().to_string(),
        chain.key().to_string(),
        sequence,
        change.to_string(),
        at.timestamp_micros(),
        kind,
        account.map(|id| id.key().to_string()),
        person.map(|id| id.key().to_string()),
        role,
        action,
        subject,
        record.to_string(),
        municipality.key().to_string(),
        controllers.iter().map(|id| id.key().to_string()).collect::<Vec<_>>(),
        changes,
        previous_hash,
    ]);
    ids::hash(&told.to_string())
}

/// Something that is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tampering {
    /// An entry does not tell what was hashed: it was edited.
    Edited,
    /// Entries between the one before and this one are gone, or this one is in a strange place.
    OutOfSequence,
    /// An entry does not follow the one before: one of them was exchanged.
    Unlinked,
    /// The last entries are gone, or some were added past the program.
    Ends,
}

/// Where something is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In whose chain.
    pub chain: Chain,
    /// At which number.
    pub sequence: i64,
    /// What is wrong there.
    pub what: Tampering,
}

/// A walk along one chain, from its first entry.
#[derive(Debug)]
pub struct Walk {
    chain: Chain,
    last: End,
    found: Vec<Place>,
}

impl Walk {
    /// Before the first entry.
    pub fn along(chain: Chain) -> Self {
        Self { chain, last: End::default(), found: Vec::new() }
    }

    /// The next entry with the controllers that it touches. After a fault the walk goes on with what is stored, to find the others.
    pub fn step(&mut self, entry: &Entry, controllers: &BTreeSet<ControllerId>) {
        let mut find = |what| self.found.push(Place { chain: self.chain, sequence: entry.sequence, what });
        if entry.sequence != self.last.entries + 1 {
            find(Tampering::OutOfSequence);
        } else if entry.previous_hash != self.last.hash {
            find(Tampering::Unlinked);
        }
        if hash(entry, controllers) != entry.hash {
            find(Tampering::Edited);
        }
        self.last = End { entries: entry.sequence, hash: entry.hash.clone() };
    }

    /// At the end of the chain, whose last entry was noted apart.
    pub fn end(mut self, noted: &End) -> (End, Vec<Place>) {
        if self.last != *noted {
            let sequence = self.last.entries.min(noted.entries) + i64::from(self.last.entries != noted.entries);
            self.found.push(Place { chain: self.chain, sequence, what: Tampering::Ends });
        }
        (self.last, self.found)
    }
}
