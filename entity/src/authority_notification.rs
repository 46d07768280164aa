//! The supervisory authority was told of an appointment.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authority_notification")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The appointment.
    pub appointment_id: Uuid,
    /// Code of what was told.
    pub kind: String,
    /// When.
    pub notified_on: Date,
    /// The reference of the notification.
    pub reference: Option<String>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
