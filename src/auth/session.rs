//! Sessions: an opaque token on the outside, only its hash on the inside.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::repo::{self, NewSession};
use crate::{
    authz::Viewer,
    db::Tx,
    kernel::{
        clock::date_in_sweden,
        ids::Ids,
        kinds::{MunicipalityId, PersonId},
        refusal::Failure,
    },
};

/// How long a program's session lasts at most.
pub const LONGEST_HOURS: i64 = 12;

/// The viewer behind a token, or nobody: unknown, expired, or of a municipality that is no longer a member.
pub async fn viewer(tx: &Tx, token: &str, now: DateTime<Utc>) -> Result<Option<Viewer>, Failure> {
    let today = date_in_sweden(now);
    let Some(login) = repo::login(tx, &hash(token), now, today).await? else { return Ok(None) };
    let grants = repo::grants(tx, login.person, login.municipality, today).await?;
    Ok(Some(Viewer { person: login.person, name: login.name, municipality: login.municipality, grants }))
}

/// Opens a session for a person who has been verified by the login of `municipality`, and returns its token.
pub async fn open(tx: &Tx, ids: &Ids, now: DateTime<Utc>, person: PersonId, municipality: MunicipalityId) -> Result<String, Failure> {
    let token = ids.token();
    let session = NewSession {
        key: ids.uuid(now),
        token_hash: hash(&token),
        person,
        municipality,
        created_at: now,
        expires_at: now + TimeDelta::hours(LONGEST_HOURS),
    };
    repo::store(tx, session).await?;
    Ok(token)
}

fn hash(token: &str) -> String {
    format!("{:x}", Sha256::digest(token.as_bytes()))
}
