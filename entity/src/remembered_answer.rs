//! The answer to a request that changed something, remembered under its `Idempotency-Key`.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "remembered_answer")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose request.
    pub account_id: Uuid,
    /// SHA-256 of the key that the client gave, hexadecimal.
    pub key_hash: String,
    /// SHA-256 of the request, hexadecimal.
    pub request_hash: String,
    /// The answer, byte for byte.
    pub answer: String,
    /// Until when it is remembered.
    pub expires_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
