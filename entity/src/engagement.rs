//! A sub-processor is engaged under an agreement.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// The sub-processor.
    pub party_id: Uuid,
    /// The engagement above; none where the processor engages it itself.
    pub engaged_by_id: Option<Uuid>,
    /// Place in the tree: the numbers from the root, five digits each, joined by dots; never changes.
    pub path: String,
    /// What it does.
    pub service: String,
    /// Codes of the categories of data.
    pub data_categories: Json,
    /// Codes of the countries; empty where not known.
    pub processing_countries: Json,
    /// Code of how it was authorised.
    pub authorisation: String,
    /// When the sub-processor was bound by the same duties.
    pub sub_agreement_on: Option<Date>,
    /// When a copy was asked for.
    pub copy_requested_on: Option<Date>,
    /// When the copy came.
    pub copy_received_on: Option<Date>,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it goes on. As it was entered, or before, where it was replaced.
    pub valid_to: Option<Date>,
    /// Last day as it was entered.
    pub listed_to: Option<Date>,
    /// The change that brought it in; none where it was listed.
    pub introduced_by_id: Option<Uuid>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
