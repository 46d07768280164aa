//! An assurance about the processor.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assurance")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// Code of what was assured.
    pub kind: String,
    /// When.
    pub assured_on: Date,
    /// Whether it was met.
    pub met: bool,
    /// Who audited.
    pub auditor: Option<String>,
    /// Whether the auditor competes with the processor.
    pub competitor: Option<bool>,
    /// Whether the auditor undertook secrecy.
    pub secrecy_undertaken: Option<bool>,
    /// A note.
    pub note: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
