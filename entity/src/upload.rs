//! A register that was uploaded and waits to be imported.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose login sent it; nobody else finds it.
    pub account_id: Uuid,
    /// The municipality of that login.
    pub municipality_id: Uuid,
    /// The table that was read from the file, as JSON.
    pub content: String,
    /// When it came.
    pub created_at: DateTimeUtc,
    /// Until when it is kept.
    pub expires_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
