//! What a controller did in its case.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "objection_act")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Counts the acts of the case, from 1.
    pub number: i32,
    /// Code of what was done.
    pub act: String,
    /// Code of the outcome, where the act records one.
    pub outcome: Option<String>,
    /// When.
    pub done_on: Date,
    /// Who recorded it.
    pub person_id: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
