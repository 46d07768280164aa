//! A role that a record gives: reader and administrator of a municipality, administrator of the cooperation.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// Code of the role.
    pub role: String,
    /// Where; for the cooperation's administrator: whose login.
    pub municipality_id: Uuid,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it goes on.
    pub valid_to: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
