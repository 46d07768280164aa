//! Which municipality reads which agreement, through which of its controllers: derived from the parties and `controller_reader`.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_reader")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// The party.
    pub controller_id: Uuid,
    /// The party's host or member.
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
