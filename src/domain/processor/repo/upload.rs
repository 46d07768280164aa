//! Uploaded registers in the database. Nobody but the login that sent one finds it.

use chrono::{DateTime, Utc};
use entity::upload::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    authz::Viewer,
    db::Tx,
    kernel::kinds::{AccountId, UploadId},
};

/// A register that was uploaded.
#[derive(Debug)]
pub struct Upload<'a> {
    /// Its id.
    pub id: UploadId,
    /// Who sent it.
    pub by: &'a Viewer,
    /// The table that was read from the file.
    pub content: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

/// Keeps an upload, and of those before it of the same login the latest: `most` of them together.
pub async fn keep_upload(tx: &Tx, new: Upload<'_>, most: u64) -> Result<(), DbErr> {
    let Upload { id, by, content, created_at, expires_at } = new;
    forget_uploads(tx, created_at).await?;
    let own = Entity::find().select_only().column(Column::Id).filter(Column::AccountId.eq(by.account.key()));
    // SQLite knows no OFFSET without a LIMIT.
    let older: Vec<Uuid> = own.order_by_desc(Column::Id).offset(most - 1).limit(1_000).into_tuple().all(tx).await?;
    Entity::delete_many().filter(Column::Id.is_in(older)).exec(tx).await?;
    let row = ActiveModel {
        id: Set(id.key()),
        account_id: Set(by.account.key()),
        municipality_id: Set(by.municipality.key()),
        content: Set(content),
        created_at: Set(created_at),
        expires_at: Set(expires_at),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// What a login uploaded and is still kept.
pub async fn upload(tx: &Tx, by: AccountId, id: UploadId, now: DateTime<Utc>) -> Result<Option<String>, DbErr> {
    let own = Entity::find_by_id(id.key()).filter(Column::AccountId.eq(by.key())).filter(Column::ExpiresAt.gt(now));
    Ok(own.one(tx).await?.map(|row| row.content))
}

/// Forgets an upload that was imported.
pub async fn forget_upload(tx: &Tx, id: UploadId) -> Result<(), DbErr> {
    Entity::delete_by_id(id.key()).exec(tx).await.map(drop)
}

/// Forgets the uploads that were over at `instant`; how many.
pub async fn forget_uploads(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, DbErr> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(instant)).exec(tx).await?.rows_affected)
}
