//! A controller's duties went over to another.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "controller_succession")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose duties.
    pub predecessor_id: Uuid,
    /// To whom.
    pub successor_id: Uuid,
    /// The first day of the successor.
    pub succeeded_on: Date,
    /// The decision.
    pub decision_reference: Option<String>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
