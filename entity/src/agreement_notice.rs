//! A notice between the sides of an agreement.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_notice")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// The controller's row, where the notice is that controller's own.
    pub agreement_party_id: Option<Uuid>,
    /// Code of what it is about.
    pub kind: String,
    /// Code: from or to the processor.
    pub direction: String,
    /// Code of the contact to whom it was sent.
    pub contact: String,
    /// When it was sent.
    pub sent_on: Date,
    /// When it was received, where that is known.
    pub received_on: Option<Date>,
    /// When it was answered, or dealt with.
    pub answered_on: Option<Date>,
    /// When what it tells of happens, happened or was known.
    pub event_on: Option<Date>,
    /// Codes of the parts that a breach notice lacks.
    pub missing_parts: Json,
    /// What the controller consented to have disclosed.
    pub consent_scope: Option<String>,
    /// The law that requires a disclosure.
    pub required_by_law: Option<String>,
    /// What it says.
    pub text: Option<String>,
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
