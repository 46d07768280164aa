//! A person of the directory.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The municipality that the person works for.
    pub municipality_id: Uuid,
    /// Name.
    pub name: String,
    /// Orders and finds the name as Swedish does.
    pub name_sort: String,
    /// E-mail address at work.
    pub email: Option<String>,
    /// Telephone number at work.
    pub phone: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// When name and contact details were erased; none where they are there.
    pub erased_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
