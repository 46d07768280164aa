//! What the rules say of the records, from when to when: derived, never entered, rewritten whenever a record changes.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timeline")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose facts it follows from: an agreement.
    pub origin_id: Uuid,
    /// Code: what kind of thing is said.
    pub kind: String,
    /// What is said: the code of a status, a deadline, a finding, or how a case stands.
    pub code: String,
    /// Prefix of the subject's ids.
    pub subject: String,
    /// Of what it is said.
    pub subject_id: Uuid,
    /// For which controller; none for what holds of a whole agreement.
    pub controller_id: Option<Uuid>,
    /// What else it is about: of a case, the change.
    pub about_id: Option<Uuid>,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while no end is in sight.
    pub valid_to: Option<Date>,
    /// The day of the event from which a deadline is counted.
    pub start_on: Option<Date>,
    /// Where the count ends.
    pub raw_on: Option<Date>,
    /// Where the deadline falls after free days are heeded.
    pub due_on: Option<Date>,
    /// Code of a finding's severity.
    pub severity: Option<String>,
    /// The rule of the rulebook.
    pub rule: String,
    /// How the deadline is counted, and by which terms.
    pub counting: Option<String>,
    /// What is particular, in Swedish.
    pub detail_sv: Option<String>,
    /// The same in English.
    pub detail_en: Option<String>,
    /// Orders lists: by due date or by severity and first day.
    pub sort_key: String,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
