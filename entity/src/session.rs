//! Somebody is logged in.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whether a browser or a program holds it.
    pub kind: String,
    /// SHA-256 of the token, hexadecimal; the token itself is nowhere.
    pub token_hash: String,
    /// Who.
    pub account_id: Uuid,
    /// The provider's id of its own session (sid), by which it can end this one.
    pub provider_session: Option<String>,
    /// What the provider wants to see when a browser logs out there.
    pub id_token: Option<String>,
    /// What the provider said at those of its claims that are mapped to roles.
    pub claims: Json,
    /// What the holder calls a program's session.
    pub name: Option<String>,
    /// Since when.
    pub created_at: DateTimeUtc,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTimeUtc,
    /// Until when at most.
    pub expires_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
