//! The terms of an agreement, in versions that both sides sign.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::kernel::{
    code::{Code, Term, term},
    kinds::{AgreementId, AgreementPartyId, TermsId},
    page::{Key, Placed},
};

/// A version of an agreement's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Its id.
    pub id: TermsId,
    /// Of which agreement.
    pub agreement: AgreementId,
    /// Counts the versions, from 1.
    pub number: i32,
    /// From when, if both sides have signed by then.
    pub valid_from: NaiveDate,
    /// When the processor signed.
    pub signed_by_processor_on: Option<NaiveDate>,
    /// Which controllers have signed, and when.
    pub signatures: Vec<Signature>,
    /// What is agreed.
    pub agreed: Agreed,
}

impl Placed for Terms {
    fn key(&self) -> Key {
        Key { sort: String::new(), id: self.id.key() }
    }
}

/// A controller's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The controller's row in the agreement.
    pub party: AgreementPartyId,
    /// When.
    pub signed_on: NaiveDate,
}

impl Terms {
    /// When a party signed.
    pub fn signed_by(&self, party: AgreementPartyId) -> Option<NaiveDate> {
        self.signatures.iter().find(|signature| signature.party == party).map(|signature| signature.signed_on)
    }

    /// Whether anybody has signed.
    pub fn is_signed(&self) -> bool {
        self.signed_by_processor_on.is_some() || !self.signatures.is_empty()
    }
}

/// What the sides agree on: the periods and consequences that the template leaves to them, and those that a main contract changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Days from a notice of termination to the end (16.2).
    pub termination_notice_days: u16,
    /// Days in which a controller may object to a sub-processor (12.6).
    pub objection_days: u16,
    /// Which days those are.
    pub objection_day_kind: DayKind,
    /// What it means that a controller does not answer, under a general authorisation.
    pub silence_means: SilenceMeans,
    /// Days for return or deletion (18.2).
    pub return_days: u16,
    /// Working days after which what was sent is deemed received (19.3).
    pub deemed_receipt_working_days: u16,
    /// Years for which logs are kept at least (7.5).
    pub log_retention_years: u16,
    /// Months between the processor's self-audits (9.2).
    pub self_audit_months: u16,
    /// Whether data may be transferred to third countries (13.2).
    pub third_country_transfer_allowed: bool,
    /// Whether the main contract goes before in its chapters (3.3).
    pub main_contract_prevails: bool,
    /// Which main contract.
    pub main_contract_reference: Option<String>,
    /// The last day of an agreement for a fixed term.
    pub fixed_end_on: Option<NaiveDate>,
}

impl Agreed {
    /// Days of notice that can be agreed: up to three years.
    pub const NOTICE_DAYS: RangeInclusive<u16> = 0..=1_095;
    /// Days to object in that can be agreed: never none, up to a year.
    pub const OBJECTION_DAYS: RangeInclusive<u16> = 1..=365;
}

/// What the template says where the sides do not agree on anything else. Source: annex 3, 16.2, 12.6, 18.2, 19.3, 7.5, 9.2.
impl Default for Agreed {
    fn default() -> Self {
        Self {
            termination_notice_days: 30,
            objection_days: 30,
            objection_day_kind: DayKind::Calendar,
            silence_means: SilenceMeans::Approved,
            return_days: 30,
            deemed_receipt_working_days: 1,
            log_retention_years: 5,
            self_audit_months: 12,
            third_country_transfer_allowed: false,
            main_contract_prevails: false,
            main_contract_reference: None,
            fixed_end_on: None,
        }
    }
}

/// Which days a period counts.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DayKind {
    /// All days.
    Calendar,
    /// Monday to Friday, without public holidays and the three eves.
    Working,
}

impl Code for DayKind {
    const TYPE: &'static str = "DayKind";

    fn term(self) -> Term {
        match self {
            Self::Calendar => term("Kalenderdagar", "Calendar days"),
            Self::Working => term("Arbetsdagar", "Working days").from_law("Lag (1989:253) om allmänna helgdagar"),
        }
    }
}

/// What it means that a controller does not answer an announced sub-processor in time, under a general authorisation. Under a specific one
/// silence is never approval.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SilenceMeans {
    /// The sub-processor is accepted.
    Approved,
    /// The sub-processor is not accepted.
    NotApproved,
}

impl Code for SilenceMeans {
    const TYPE: &'static str = "SilenceMeans";

    fn term(self) -> Term {
        match self {
            Self::Approved => term("Godkänt", "Approved").from_law("Annex 3 clause 12.6"),
            Self::NotApproved => term("Inte godkänt", "Not approved"),
        }
    }
}
