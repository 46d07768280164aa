//! A processor agreement.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that processes.
    pub processor_id: Uuid,
    /// What it is called.
    pub title: String,
    /// Orders and finds the title as Swedish does.
    pub title_sort: String,
    /// Code: agreement or legal act.
    pub instrument: String,
    /// Code of the template.
    pub template: String,
    /// Version of the template.
    pub template_version: Option<String>,
    /// Subject-matter.
    pub subject_matter: Option<String>,
    /// Purpose.
    pub purpose: Option<String>,
    /// Nature of the processing.
    pub nature_of_processing: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
