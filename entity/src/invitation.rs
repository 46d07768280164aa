//! A link that binds the login of whoever uses it first to a person of the directory.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the token in the link, hexadecimal.
    pub token_hash: String,
    /// To whom.
    pub person_id: Uuid,
    /// At whose login it can be used.
    pub municipality_id: Uuid,
    /// The account that made it, which cannot use it; none where the operator did.
    pub invited_by: Option<Uuid>,
    /// Until when.
    pub expires_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
