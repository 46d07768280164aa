//! A controller that an entry of the audit log touches.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry_controller")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The entry.
    pub entry_id: Uuid,
    /// The controller.
    pub controller_id: Uuid,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
