//! Requests that a client may send again without doing twice what they do (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! The answer is stored under the client's `Idempotency-Key`, in the transaction of the change: either both are there or neither. A
//! request that changed nothing is not remembered; it can be sent again with the same key.

mod repo;

use chrono::TimeDelta;

use crate::{
    app::Asking,
    db::Tx,
    kernel::{
        ids::{Ids, hash},
        refusal::Failure,
    },
};

/// How long an answer is remembered.
pub const HOLDS: TimeDelta = TimeDelta::hours(24);

/// Characters of a key.
const LONGEST: usize = 255;

/// Under what an answer is remembered.
#[derive(Clone, Debug)]
pub struct Remembering {
    key_hash: String,
    request_hash: String,
}

/// What is remembered under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Nothing.
    Nothing,
    /// The answer to the same request.
    Answer(String),
    /// Another request.
    OtherRequest,
}

impl Remembering {
    /// Under a client's key for a request; none where the key is malformed.
    pub fn of(key: &str, request: &str) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self { key_hash: hash(key), request_hash: hash(request) })
    }

    /// What is remembered under the key of whoever asks; each login has keys of its own.
    pub async fn recall(&self, tx: &Tx, asking: &Asking) -> Result<Remembered, Failure> {
        Ok(match repo::find(tx, asking.viewer.account, &self.key_hash, asking.now).await? {
            None => Remembered::Nothing,
            Some((request_hash, answer)) if request_hash == self.request_hash => Remembered::Answer(answer),
            Some(_) => Remembered::OtherRequest,
        })
    }

    /// Remembers an answer.
    pub async fn remember(&self, tx: &Tx, asking: &Asking, ids: &Ids, answer: &str) -> Result<(), Failure> {
        forget_expired(tx, asking.now).await?;
        let row = repo::Row {
            id: ids.uuid(asking.now),
            account: asking.viewer.account,
            key_hash: &self.key_hash,
            request_hash: &self.request_hash,
            answer,
            expires_at: asking.now + HOLDS,
        };
        Ok(repo::insert(tx, row).await?)
    }
}

pub use repo::forget_expired;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_visible_ascii_characters_and_not_too_many() {
        for key in ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", &"k".repeat(255)] {
            assert!(Remembering::of(key, "").is_some(), "{key}");
        }
        for key in ["", " ", "a b", "é", "a\u{7f}", &"k".repeat(256)] {
            assert!(Remembering::of(key, "").is_none(), "{key}");
        }
    }
}
