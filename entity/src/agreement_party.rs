//! A controller is a party to a processor agreement.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_party")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// The controller.
    pub controller_id: Uuid,
    /// Whether it leads.
    pub lead: bool,
    /// When it was invited; none for the one that drafted.
    pub invited_on: Option<Date>,
    /// When it joined.
    pub joined_on: Option<Date>,
    /// When the processing began.
    pub processing_from: Option<Date>,
    /// When the processing ended.
    pub processing_to: Option<Date>,
    /// Its number in the case register.
    pub diary_number: Option<String>,
    /// Where the original is kept.
    pub filed_at: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// The person in charge.
    pub responsible_id: Option<Uuid>,
    /// Code: specific or general.
    pub sub_processor_authorisation: Option<String>,
    /// When it left before it was bound.
    pub left_on: Option<Date>,
    /// When it, as the lead, offered the lead to the others.
    pub lead_offered_on: Option<Date>,
    /// When a notice of termination was received.
    pub notice_given_on: Option<Date>,
    /// Code of the side that gave it.
    pub notice_given_by: Option<String>,
    /// The day of a termination with immediate effect.
    pub terminated_on: Option<Date>,
    /// The case with the objection that allowed it.
    pub terminated_because_of_id: Option<Uuid>,
    /// Code: return or deletion.
    pub end_of_agreement: Option<String>,
    /// When that was chosen.
    pub chosen_on: Option<Date>,
    /// When the data were returned or deleted.
    pub returned_or_deleted_on: Option<Date>,
    /// Since when it is in the case register or filed; none: all along, where it is.
    pub registered_on: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
