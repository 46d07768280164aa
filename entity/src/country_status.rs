//! What a country is to the law on transfers, in a period.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "country_status")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of ISO 3166-1.
    pub country: String,
    /// Code of the status.
    pub status: String,
    /// First day.
    pub valid_from: Date,
    /// Last day; none until further notice.
    pub valid_to: Option<Date>,
    /// Where it is written.
    pub source: String,
    /// Whether the dates were checked against the source.
    pub verified: bool,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
