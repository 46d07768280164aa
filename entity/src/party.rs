//! An organisation that processes on behalf of others: one shared row each.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Orders and finds the name as Swedish does.
    pub name_sort: String,
    /// Swedish organisation number; unique among those that are not withdrawn.
    pub organisation_number: Option<String>,
    /// Number in a foreign register.
    pub foreign_registration_number: Option<String>,
    /// The board that this is, where a board is itself the processor; unique among those that are not withdrawn.
    pub controller_id: Option<Uuid>,
    /// Where it is established.
    pub country: String,
    /// The country that it is controlled from.
    pub controlled_from: Option<String>,
    /// Whether it is a public body.
    pub public_body: bool,
    /// Postal address.
    pub address: Option<String>,
    /// Where it publishes its sub-processors.
    pub sub_processor_list_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
