//! A version of an agreement's terms.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_terms")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// Counts the versions, from 1.
    pub number: i32,
    /// First day, if both have signed by then.
    pub valid_from: Date,
    /// When the processor signed.
    pub signed_by_processor_on: Option<Date>,
    /// Days from a notice to the end.
    pub termination_notice_days: i32,
    /// Days for objecting to a sub-processor.
    pub objection_days: i32,
    /// Code: calendar or working days.
    pub objection_day_kind: String,
    /// Code: what silence means under a general authorisation.
    pub silence_means: String,
    /// Days for return or deletion.
    pub return_days: i32,
    /// Working days after which what was sent is deemed received.
    pub deemed_receipt_working_days: i32,
    /// Years for which logs are kept.
    pub log_retention_years: i32,
    /// Months between self-audits.
    pub self_audit_months: i32,
    /// Whether data may be transferred to third countries.
    pub third_country_transfer_allowed: bool,
    /// Whether the main contract goes before in its chapters.
    pub main_contract_prevails: bool,
    /// Which main contract.
    pub main_contract_reference: Option<String>,
    /// Last day of an agreement for a fixed term.
    pub fixed_end_on: Option<Date>,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
