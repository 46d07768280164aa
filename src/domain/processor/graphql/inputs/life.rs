//! Inputs of terms, signatures and endings.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::NaiveDate;

use super::{AcknowledgementInput, acknowledgements};
use crate::{
    domain::processor::{
        model::{Agreed, ContractSide, DayKind, ReturnOrDelete, SilenceMeans},
        service::{
            copy::CopyAgreement,
            ending::{GiveNotice, LeaveAgreement, RecordReturnOrDeletion, TakeLead},
            signing::{AmendAgreement, SignAgreement, TermsChange},
        },
    },
    graphql::{scalar::Date, three_state::optional},
    kernel::{
        bounds::{REFERENCE, TITLE},
        command::Faults,
        refusal::{Failure, Refusal},
        text::Text,
    },
};

/// What the sides agree on. Null or absent where a term is new: as the template says; absent where terms are changed: as before.
#[derive(InputObject, Clone, Debug)]
pub struct AgreementTermsInput {
    /// The first day on which they can bind; absent: the day on which the processing begins, else today.
    pub valid_from: Option<Date>,
    /// Calendar days from the receipt of a notice of termination to the end, 0 to 1,095; template: 30.
    pub termination_notice_days: MaybeUndefined<i32>,
    /// Days in which a controller may object to a sub-processor, 1 to 365; template: 30.
    pub objection_days: MaybeUndefined<i32>,
    /// Which days those are; template: calendar days.
    pub objection_day_kind: MaybeUndefined<DayKind>,
    /// What silence means under a general authorisation; template: approved.
    pub silence_means: MaybeUndefined<SilenceMeans>,
    /// Calendar days for return or deletion, 0 to 1,095; template: 30.
    pub return_days: MaybeUndefined<i32>,
    /// Working days after which what was sent is deemed received, 0 to 30; template: 1.
    pub deemed_receipt_working_days: MaybeUndefined<i32>,
    /// Years for which logs are kept at least, 0 to 100; template: 5.
    pub log_retention_years: MaybeUndefined<i32>,
    /// Months between self-audits, 1 to 120; template: 12.
    pub self_audit_months: MaybeUndefined<i32>,
    /// Whether data may be transferred to third countries; template: not.
    pub third_country_transfer_allowed: MaybeUndefined<bool>,
    /// Whether a main contract goes before in chapters 1, 16, 17 and 18.2; template: not.
    pub main_contract_prevails: MaybeUndefined<bool>,
    /// Which main contract; null: none is named.
    pub main_contract_reference: MaybeUndefined<String>,
    /// The last day of an agreement for a fixed term; null: until further notice.
    pub fixed_end_on: MaybeUndefined<Date>,
}

impl AgreementTermsInput {
    /// What changes, or nothing and what is wrong. `path` is where the input stands.
    pub fn change(self, faults: &mut Faults, path: &str) -> Option<TermsChange> {
        let Self {
            valid_from: _,
            termination_notice_days,
            objection_days,
            objection_day_kind,
            silence_means,
            return_days,
            deemed_receipt_working_days,
            log_retention_years,
            self_audit_months,
            third_country_transfer_allowed,
            main_contract_prevails,
            main_contract_reference,
            fixed_end_on,
        } = self;
        let template = Agreed::default();
        let mut count = |field: &str, value, range: std::ops::RangeInclusive<u16>, template| {
            counted(faults, &format!("{path}.{field}"), value, &range, template)
        };
        let notice_days = count("terminationNoticeDays", termination_notice_days, Agreed::NOTICE_DAYS, template.termination_notice_days);
        let objection_days = count("objectionDays", objection_days, Agreed::OBJECTION_DAYS, template.objection_days);
        let return_days = count("returnDays", return_days, 0..=1_095, template.return_days);
        let receipt_days = count("deemedReceiptWorkingDays", deemed_receipt_working_days, 0..=30, template.deemed_receipt_working_days);
        let log_years = count("logRetentionYears", log_retention_years, 0..=100, template.log_retention_years);
        let audit_months = count("selfAuditMonths", self_audit_months, 1..=120, template.self_audit_months);
        let reference = optional(faults, main_contract_reference, |faults, text| {
            faults.text(&format!("{path}.mainContractReference"), &text, REFERENCE)
        });
        Some(TermsChange {
            termination_notice_days: notice_days?,
            objection_days: objection_days?,
            objection_day_kind: chosen(objection_day_kind, template.objection_day_kind),
            silence_means: chosen(silence_means, template.silence_means),
            return_days: return_days?,
            deemed_receipt_working_days: receipt_days?,
            log_retention_years: log_years?,
            self_audit_months: audit_months?,
            third_country_transfer_allowed: chosen(third_country_transfer_allowed, template.third_country_transfer_allowed),
            main_contract_prevails: chosen(main_contract_prevails, template.main_contract_prevails),
            main_contract_reference: reference?,
            fixed_end_on: match fixed_end_on {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(date) => Some(Some(date.0)),
            },
        })
    }

    /// The first day, where it is given.
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.valid_from.map(|date| date.0)
    }
}

/// A value that null sets back to what the template says.
fn chosen<T>(value: MaybeUndefined<T>, template: T) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(template),
        MaybeUndefined::Value(value) => Some(value),
    }
}

/// A number within its range. The outer nothing is a mistake.
#[expect(clippy::option_option, reason = "a mistake and a number that stays as it is are two things")]
fn counted(
    faults: &mut Faults,
    path: &str,
    value: MaybeUndefined<i32>,
    range: &std::ops::RangeInclusive<u16>,
    template: u16,
) -> Option<Option<u16>> {
    let number = match value {
        MaybeUndefined::Value(number) => number,
        MaybeUndefined::Undefined => return Some(None),
        MaybeUndefined::Null => return Some(Some(template)),
    };
    let found = u16::try_from(number).ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    faults
        .take(
            found
                .ok_or_else(|| Refusal::invalid(path, Text::new(format!("Ange {least} till {most}."), format!("Give {least} to {most}.")))),
        )
        .map(Some)
}

/// Other terms of an agreement.
#[derive(InputObject, Clone, Debug)]
pub struct AmendAgreementInput {
    /// Of which.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// What changes.
    pub terms: AgreementTermsInput,
}

impl AmendAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<AmendAgreement, Failure> {
        let Self { agreement_id, expected_version, terms } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let valid_from = terms.first_day();
        let change = terms.change(&mut faults, "terms");
        let command = (|| Some(AmendAgreement { agreement: agreement?, expected_version, valid_from, change: change? }))();
        faults.finish(command)
    }
}

/// A signature under an agreement.
#[derive(InputObject, Clone, Debug)]
pub struct SignAgreementInput {
    /// Under which.
    pub agreement_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// Which version of the terms; absent: the newest.
    pub terms_number: Option<i32>,
    /// Which side signed.
    pub side: ContractSide,
    /// The controller that signed, or for which you record the processor's signature: one that you coordinate; absent: the only party.
    pub controller_id: Option<ID>,
    /// When it was signed.
    pub signed_on: Date,
    /// Answers to the rules that warned.
    pub acknowledgements: Option<Vec<AcknowledgementInput>>,
}

impl SignAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<SignAgreement, Failure> {
        let Self { agreement_id, expected_version, terms_number, side, controller_id, signed_on, acknowledgements: given } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.optional(controller_id, |faults, id| faults.id("controllerId", &id));
        let given = acknowledgements(&mut faults, given);
        let command = (|| {
            Some(SignAgreement {
                agreement: agreement?,
                expected_version,
                terms_number,
                side,
                controller: controller?,
                signed_on: signed_on.0,
                acknowledgements: given?,
            })
        })();
        faults.finish(command)
    }
}

/// A controller leaves an agreement before it is bound.
#[derive(InputObject, Clone, Debug)]
pub struct LeaveAgreementInput {
    /// Which.
    pub agreement_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// The controller that leaves: one that you coordinate.
    pub controller_id: ID,
    /// The first day without it.
    pub left_on: Date,
}

impl LeaveAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<LeaveAgreement, Failure> {
        let Self { agreement_id, expected_version, controller_id, left_on } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let command = (|| Some(LeaveAgreement { agreement: agreement?, controller: controller?, expected_version, left_on: left_on.0 }))();
        faults.finish(command)
    }
}

/// Another party takes the lead of an agreement.
#[derive(InputObject, Clone, Debug)]
pub struct TakeLeadInput {
    /// Of which.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// The controller that takes it: a party that you coordinate.
    pub controller_id: ID,
}

impl TakeLeadInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<TakeLead, Failure> {
        let Self { agreement_id, expected_version, controller_id } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let command = (|| Some(TakeLead { agreement: agreement?, controller: controller?, expected_version }))();
        faults.finish(command)
    }
}

/// A notice of termination.
#[derive(InputObject, Clone, Debug)]
pub struct GiveNoticeInput {
    /// Of which agreement.
    pub agreement_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// The controller for which it ends: one that you coordinate.
    pub controller_id: ID,
    /// Which side gave it.
    pub given_by: ContractSide,
    /// When it was sent; with `receivedOn` absent it is deemed received the working days of the terms later (19.3).
    pub sent_on: Option<Date>,
    /// When the other side received it: from that day is counted.
    pub received_on: Option<Date>,
    /// What the controller asks for at the end; absent: not chosen yet.
    pub end_of_agreement: Option<ReturnOrDelete>,
}

impl GiveNoticeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<GiveNotice, Failure> {
        let Self { agreement_id, expected_version, controller_id, given_by, sent_on, received_on, end_of_agreement } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let command = (|| {
            Some(GiveNotice {
                agreement: agreement?,
                controller: controller?,
                expected_version,
                given_by,
                sent_on: sent_on.map(|date| date.0),
                received_on: received_on.map(|date| date.0),
                end_of_agreement,
            })
        })();
        faults.finish(command)
    }
}

/// The data were returned or deleted at the end of an agreement.
#[derive(InputObject, Clone, Debug)]
pub struct RecordReturnOrDeletionInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// For which controller: one that you coordinate.
    pub controller_id: ID,
    /// When.
    pub returned_or_deleted_on: Date,
    /// Which of the two; absent: what the controller asked for.
    pub end_of_agreement: Option<ReturnOrDelete>,
}

impl RecordReturnOrDeletionInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RecordReturnOrDeletion, Failure> {
        let Self { agreement_id, expected_version, controller_id, returned_or_deleted_on, end_of_agreement } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let command = (|| {
            Some(RecordReturnOrDeletion {
                agreement: agreement?,
                controller: controller?,
                expected_version,
                on: returned_or_deleted_on.0,
                what: end_of_agreement,
            })
        })();
        faults.finish(command)
    }
}

/// A new agreement after the pattern of another.
#[derive(InputObject, Clone, Debug)]
pub struct CopyAgreementInput {
    /// Which is copied: one that you may read.
    pub agreement_id: ID,
    /// The controller that drafts the new one and keeps its common part: one that you coordinate.
    pub lead_controller_id: ID,
    /// What the new one is called, 1 to 200 characters; absent: as the old one.
    pub title: Option<String>,
}

impl CopyAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<CopyAgreement, Failure> {
        let Self { agreement_id, lead_controller_id, title } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let lead = faults.id("leadControllerId", &lead_controller_id);
        let title = faults.optional_text("title", title.as_deref(), TITLE);
        let command = (|| Some(CopyAgreement { agreement: agreement?, lead: lead?, title: title? }))();
        faults.finish(command)
    }
}
