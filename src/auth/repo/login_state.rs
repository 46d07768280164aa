//! Logins that have begun.

use chrono::{DateTime, Utc};
use entity::login_state::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::db::{Tx, write::insert};

/// A login that has begun.
pub(in crate::auth) struct LoginState {
    pub(in crate::auth) state_hash: String,
    pub(in crate::auth) browser_hash: String,
    pub(in crate::auth) issuer: String,
    pub(in crate::auth) nonce: String,
    pub(in crate::auth) verifier: String,
    pub(in crate::auth) return_to: String,
    pub(in crate::auth) invitation_hash: Option<String>,
    pub(in crate::auth) expires_at: DateTime<Utc>,
}

/// Stores a login that begins, and forgets those that nobody finished.
pub(in crate::auth) async fn store(tx: &Tx, key: Uuid, state: LoginState, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await?;
    let LoginState { state_hash, browser_hash, issuer, nonce, verifier, return_to, invitation_hash, expires_at } = state;
    let row = ActiveModel {
        id: Set(key),
        state_hash: Set(state_hash),
        browser_hash: Set(browser_hash),
        issuer: Set(issuer),
        nonce: Set(nonce),
        verifier: Set(verifier),
        return_to: Set(return_to),
        invitation_hash: Set(invitation_hash),
        expires_at: Set(expires_at),
    };
    insert(tx, vec![row]).await
}

/// Whether any of these logins has begun.
pub(in crate::auth) async fn is_any(tx: &Tx, state_hashes: &[String]) -> Result<bool, DbErr> {
    Ok(Entity::find().filter(Column::StateHash.is_in(state_hashes)).one(tx).await?.is_some())
}

/// Takes a login that has begun out of the database: whoever comes second finds nothing.
pub(in crate::auth) async fn take(tx: &Tx, state_hash: &str) -> Result<Option<LoginState>, DbErr> {
    let Some(row) = Entity::find().filter(Column::StateHash.eq(state_hash)).one(tx).await? else { return Ok(None) };
    let taken = Entity::delete_by_id(row.id).exec(tx).await?.rows_affected == 1;
    Ok(taken.then(|| login_state(row)))
}

fn login_state(row: Model) -> LoginState {
    let Model { id: _, state_hash, browser_hash, issuer, nonce, verifier, return_to, invitation_hash, expires_at } = row;
    LoginState { state_hash, browser_hash, issuer, nonce, verifier, return_to, invitation_hash, expires_at }
}
