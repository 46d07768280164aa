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
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
