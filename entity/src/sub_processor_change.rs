//! A processor announced a change of its sub-processors: shared by all who use the processor.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sub_processor_change")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The processor.
    pub processor_id: Uuid,
    /// Code of the change.
    pub kind: String,
    /// The sub-processor.
    pub sub_processor_id: Uuid,
    /// The one that it replaces.
    pub replaces_id: Option<Uuid>,
    /// The one that engages it; none for the processor itself.
    pub engaged_by_id: Option<Uuid>,
    /// What it does.
    pub service: String,
    /// Codes of the categories of data.
    pub data_categories: Json,
    /// Codes of the groups of data subjects.
    pub data_subjects: Json,
    /// Codes of the countries.
    pub processing_countries: Json,
    /// When it was announced.
    pub announced_on: Date,
    /// When it takes effect.
    pub effective_on: Date,
    /// The municipality that recorded it; none where the cooperation did.
    pub municipality_id: Option<Uuid>,
    /// Where it was announced.
    pub source_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
