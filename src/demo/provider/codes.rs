//! The codes that a browser carries from the provider to the client.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

/// How long a code can be exchanged.
const LASTS: TimeDelta = TimeDelta::minutes(1);

/// What a code stands for: who logged in, when, and to whom it may be told.
pub(super) struct Grant {
    /// The account's `sub`.
    pub(super) sub: String,
    /// The login at the provider, which a logout names.
    pub(super) sid: String,
    pub(super) nonce: Option<String>,
    pub(super) redirect_uri: String,
    /// The hash of the verifier that only the client knows. Source: RFC 7636, section 4.2.
    pub(super) challenge: String,
    pub(super) logged_in_at: DateTime<Utc>,
}

impl Grant {
    /// Whether a code may still be exchanged, by one who has this verifier and was called at this address.
    pub(super) fn is_for(&self, now: DateTime<Utc>, redirect_uri: &str, verifier: &str) -> bool {
        !self.is_over(now) && self.redirect_uri == redirect_uri && self.challenge == challenge(verifier)
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.logged_in_at + LASTS
    }
}

/// The challenge to a verifier (S256).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The codes that have been given out and not come back.
#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<String, Grant>>);

impl Codes {
    /// Keeps what a code stands for, and forgets those that are over.
    pub(super) fn put(&self, code: String, grant: Grant) {
        let now = grant.logged_in_at;
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, other| !other.is_over(now));
        codes.insert(code, grant);
    }

    /// Takes a code back: whatever comes of it, it is used up.
    pub(super) fn take(&self, code: &str) -> Option<Grant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        assert_eq!(challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
