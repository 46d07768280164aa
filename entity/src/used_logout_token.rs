//! A logout token that was obeyed, kept while it could be sent again.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "used_logout_token")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub issuer: String,
    /// SHA-256 of its id (jti), hexadecimal.
    pub token_id_hash: String,
    /// Until when it would be valid.
    pub expires_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
