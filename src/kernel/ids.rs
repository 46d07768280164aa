//! The one source of ids and secrets, injected everywhere.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::id::Id;

/// Makes ids and tokens: cryptographically strong from [`Ids::random`], repeatable from [`Ids::seeded`].
pub struct Ids(Mutex<Source>);

struct Source {
    random: StdRng,
    /// The latest id, so that the next is greater, also within a millisecond and when the clock is set back.
    latest: Uuid,
}

impl Ids {
    /// Seeded by the operating system: for production.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self::from(StdRng::try_from_rng(&mut rand::rngs::SysRng)?))
    }

    /// The same ids for the same seed: for the demo and for tests.
    pub fn seeded(seed: u64) -> Self {
        Self::from(StdRng::seed_from_u64(seed))
    }

    /// A new id: a UUID of version 7, so that ids grow with time and the newest is last.
    pub fn id<K>(&self, now: DateTime<Utc>) -> Id<K> {
        Id::new(self.uuid(now))
    }

    /// A new key of a row that has no id in the API.
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let mut source = self.source();
        let mut bytes = [0; 10];
        source.random.fill_bytes(&mut bytes);
        let fresh = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
        source.latest = if fresh > source.latest { fresh } else { Uuid::from_u128(source.latest.as_u128() + 1) };
        source.latest
    }

    /// A new secret of 256 bits for a session, to be shown once.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret())
    }

    /// A new secret of 256 bits as it is: for keys.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.source().random.fill_bytes(&mut bytes);
        bytes
    }

    fn source(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The smallest id that can be made at an instant: whatever was recorded before it has a smaller one.
pub fn first_at(instant: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(instant.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// Whether a text has the form of a secret that [`Ids::token`] made.
pub fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// What is stored of a secret: its SHA-256, hexadecimal. A secret of 256 random bits needs no salt.
pub fn hash(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret.as_bytes()))
}

impl From<StdRng> for Ids {
    fn from(random: StdRng) -> Self {
        Self(Mutex::new(Source { random, latest: Uuid::nil() }))
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

/// A key that follows from what it stands for: the same parts give the same key. For what is derived from records, not entered.
pub fn derived(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn ids_grow_within_a_millisecond_and_when_the_clock_is_set_back() {
        let ids = Ids::seeded(1);
        let moments = ["2026-11-22T11:00:00Z"; 50].into_iter().chain(["2026-11-22T10:59:00Z", "2026-11-22T11:00:01Z"]);
        let made: Vec<Uuid> = moments.map(|moment| ids.uuid(at(moment))).collect();
        assert!(made.is_sorted_by(|one, next| one < next));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn an_id_tells_when_it_was_made() {
        let made = Ids::seeded(1).uuid(at("2026-11-22T11:00:00Z"));
        assert!(first_at(at("2026-11-22T11:00:00Z")) <= made);
        assert!(made < first_at(at("2026-11-22T11:00:00.001Z")));
    }

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        let first = |seed| (Ids::seeded(seed).token(), Ids::seeded(seed).uuid(at("2026-11-22T11:00:00Z")));
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
        assert!(is_token(&first(1).0));
        assert!(!is_token(&first(1).0[1..]) && !is_token(&"é".repeat(22)) && !is_token(&" ".repeat(43)));
    }
}
