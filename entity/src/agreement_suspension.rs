//! A processing is suspended.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_suspension")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// Code of why.
    pub cause: String,
    /// First day.
    pub suspended_from: Date,
    /// When the side in breach declared it ended.
    pub declared_ended_on: Option<Date>,
    /// When the other side accepted that; the last day.
    pub accepted_on: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
