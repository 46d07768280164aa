//! Remembered answers in the database.

use chrono::{DateTime, Utc};
use entity::remembered_answer::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{db::Tx, kernel::kinds::AccountId};

/// An answer to be remembered.
pub(super) struct Row<'a> {
    pub(super) id: Uuid,
    pub(super) account: AccountId,
    pub(super) key_hash: &'a str,
    pub(super) request_hash: &'a str,
    pub(super) answer: &'a str,
    pub(super) expires_at: DateTime<Utc>,
}

/// The request and the answer that are remembered under a key.
pub(super) async fn find(tx: &Tx, account: AccountId, key_hash: &str, now: DateTime<Utc>) -> Result<Option<(String, String)>, DbErr> {
    let select =
        Entity::find().filter(Column::AccountId.eq(account.key())).filter(Column::KeyHash.eq(key_hash)).filter(Column::ExpiresAt.gt(now));
    Ok(select.one(tx).await?.map(|row| (row.request_hash, row.answer)))
}

/// Remembers an answer.
pub(super) async fn insert(tx: &Tx, row: Row<'_>) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(row.id),
        account_id: Set(row.account.key()),
        key_hash: Set(row.key_hash.to_owned()),
        request_hash: Set(row.request_hash.to_owned()),
        answer: Set(row.answer.to_owned()),
        expires_at: Set(row.expires_at),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets what is no longer remembered; how many answers.
pub async fn forget_expired(tx: &Tx, now: DateTime<Utc>) -> Result<u64, DbErr> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await?.rows_affected)
}
