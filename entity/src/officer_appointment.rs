//! A controller has appointed a person as its data protection officer.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "officer_appointment")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// By whom.
    pub controller_id: Uuid,
    /// The municipality whose login gives the officer this role.
    pub login_at: Uuid,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it goes on.
    pub valid_to: Option<Date>,
    /// Where the decision is filed.
    pub decision_reference: Option<String>,
    /// Code of why it ended.
    pub end_reason: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was withdrawn as a mistake; none where it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
