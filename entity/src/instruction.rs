//! A version of the controller's instructions to the processor.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instruction")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// Counts the versions, from 1.
    pub number: i32,
    /// When it was issued.
    pub issued_on: Date,
    /// First day.
    pub valid_from: Date,
    /// Codes of the categories of data.
    pub data_categories: Json,
    /// Codes of the special categories.
    pub sensitive_categories: Json,
    /// Codes of the groups of data subjects.
    pub data_subjects: Json,
    /// Codes of the countries.
    pub processing_countries: Json,
    /// How the data are protected.
    pub security_measures: String,
    /// How long they are kept.
    pub retention: String,
    /// The instruction.
    pub text: String,
    /// What the processor answered about costs.
    pub cost_answer: Option<String>,
    /// When it did.
    pub cost_answered_on: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
