//! A controller: a board, a joint board, a company or a foundation.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "controller")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its municipality; the host of a joint board.
    pub municipality_id: Uuid,
    /// Its name.
    pub name: String,
    /// Orders and finds the name as Swedish does.
    pub name_sort: String,
    /// Code of its kind.
    pub kind: String,
    /// Its own number, where it has one.
    pub organisation_number: Option<String>,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it goes on.
    pub valid_to: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
