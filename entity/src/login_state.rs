//! A login that has begun: used once, whatever comes of it.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "login_state")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the state that the provider gives back, hexadecimal.
    pub state_hash: String,
    /// SHA-256 of the cookie of the browser that began, hexadecimal.
    pub browser_hash: String,
    /// Where it was begun.
    pub issuer: String,
    /// What the token has to repeat.
    pub nonce: String,
    /// The secret of PKCE.
    pub verifier: String,
    /// Where the browser goes afterwards.
    pub return_to: String,
    /// SHA-256 of the invitation that is to be used, hexadecimal.
    pub invitation_hash: Option<String>,
    /// Until when.
    pub expires_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
