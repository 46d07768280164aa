//! The end of each audit chain: one for each municipality and one for the cooperation.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// How many entries it has.
    pub entries: i64,
    /// The hash of its last entry, hexadecimal.
    pub hash: String,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
