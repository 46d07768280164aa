//! Who holds the duties of which controller: itself, and after a succession its successors. Derived from `controller_succession`.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "controller_holder")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose duties.
    pub controller_id: Uuid,
    /// Who holds them.
    pub holder_id: Uuid,
    /// First day; none for the controller itself.
    pub valid_from: Option<Date>,
    /// Last day; none while no successor is recorded.
    pub valid_to: Option<Date>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
