//! What a controller has recorded of its case about a change. A case without a row stands as the announcement left it.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "objection_case")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The change.
    pub change_id: Uuid,
    /// The controller's row in the agreement.
    pub agreement_party_id: Uuid,
    /// When the notice was sent to it.
    pub notice_sent_on: Option<Date>,
    /// When it received the notice.
    pub notice_received_on: Option<Date>,
    /// Codes of what the notice lacked.
    pub missing: Json,
    /// When the notice was completed.
    pub completed_on: Option<Date>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
