//! Which municipality reads the records of which controller: the host always, the members of a joint board while they are members.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "controller_reader")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The controller.
    pub controller_id: Uuid,
    /// The host or a member.
    pub municipality_id: Uuid,
    /// First day; none for the host.
    pub valid_from: Option<Date>,
    /// Last day; none for the host and while membership goes on.
    pub valid_to: Option<Date>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
