//! One change, as one chain of the audit log tells it.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose chain: the municipality's key; nil for the cooperation.
    pub chain_id: Uuid,
    /// Its number in the chain, from 1.
    pub sequence: i64,
    /// The change, which several chains may tell.
    pub change_id: Uuid,
    /// When.
    pub at: DateTimeUtc,
    /// What kind of actor.
    pub actor_kind: String,
    /// The login that acted.
    pub account_id: Option<Uuid>,
    /// The person whom that login was bound to.
    pub person_id: Option<Uuid>,
    /// The role that gave the right.
    pub role: Option<String>,
    /// What was done.
    pub action: String,
    /// To what: its id in the API.
    pub subject: String,
    /// The key of the record to whose history that belongs.
    pub record_id: Uuid,
    /// The municipality that it touches; in the cooperation's chain the one that acted.
    pub municipality_id: Uuid,
    /// The changed fields, as JSON, byte for byte as it was hashed.
    pub changes: String,
    /// The hash of the entry before; empty for the first.
    pub previous_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
