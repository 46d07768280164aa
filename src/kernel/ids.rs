//! The one source of ids and secrets, injected everywhere.

use std::sync::{Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::{Builder, Uuid};

use super::id::Id;

/// Makes ids and tokens: cryptographically strong from [`Ids::random`], repeatable from [`Ids::seeded`].
pub struct Ids(Mutex<StdRng>);

impl Ids {
    /// Seeded by the operating system: for production.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self(Mutex::new(StdRng::try_from_rng(&mut rand::rngs::SysRng)?)))
    }

    /// The same ids for the same seed: for the demo and for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// A new id: a UUID of version 7, so that ids grow with time and the newest is last.
    pub fn id<K>(&self, now: DateTime<Utc>) -> Id<K> {
        Id::new(self.uuid(now))
    }

    /// A new key of a row that has no id in the API.
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A new secret of 256 bits for a session, to be shown once.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}
