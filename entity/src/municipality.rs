//! A municipality of the cooperation.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "municipality")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name in addresses and filters; unique.
    pub slug: String,
    /// Its official name.
    pub name: String,
    /// Its four-digit code at Statistics Sweden.
    pub code: String,
    /// Its organisation number, `NNNNNN-NNNN`.
    pub organisation_number: String,
    /// Its place in the rotation of meetings.
    pub meeting_order: i32,
    /// First day of membership.
    pub member_from: Date,
    /// Last day of membership; none while it goes on.
    pub member_to: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
