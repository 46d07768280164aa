//! Types of what keeps an agreement alive: contents, instructions, assurances, notices, contacts, suspensions.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};

use crate::{
    domain::{
        organisation::graphql::types::Controller,
        processor::model::{
            AgreementContentItem, Answer, AssuranceKind, BreachNoticePart, ContactPurpose, ContractSide, DataCategory, DataSubjectGroup,
            NoticeDirection, NoticeKind, SensitiveCategory, SuspensionCause,
        },
        reference::graphql::Country,
    },
    graphql::{
        error::ApiError,
        loaded::Slot,
        scalar::{Date, EmailAddress, Url},
    },
};

/// Whether an agreement says one of the fourteen things that it has to say. Readable by all who may read the agreement. Source: GDPR art.
/// 28.3; guidelines 6.2 (PUB5).
#[derive(SimpleObject, Clone, Debug)]
pub struct AgreementContentAnswer {
    /// What it has to say.
    pub item: AgreementContentItem,
    /// Whether it does; `UNKNOWN` where nobody has answered by `asOf`.
    pub answer: Answer,
    /// A note; null where there is none.
    pub note: Option<String>,
    /// Since when the answer holds; null where nobody has answered by `asOf`.
    pub answered_on: Option<Date>,
}

/// A version of the controllers' instructions to the processor, which processes on the newest only. Readable by all who may read the
/// agreement. Source: GDPR art. 28.3 a; annex 3, 4.2-4.3, 5.1 (PUB10).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Instruction {
    /// Its id.
    pub id: ID,
    /// Counts the versions, from 1.
    pub number: i32,
    /// When it was issued.
    pub issued_on: Date,
    /// The first day on which it holds; it holds until the next one does.
    pub valid_from: Date,
    /// Which personal data.
    pub data_categories: Vec<DataCategory>,
    /// Which data of special categories; empty where none. Source: GDPR art. 9.1.
    pub sensitive_categories: Vec<SensitiveCategory>,
    /// Whose data.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// How the data are protected. Source: GDPR art. 32.
    pub security_measures: String,
    /// How long the data are kept.
    pub retention: String,
    /// The instruction itself.
    pub text: String,
    /// What the processor answered about costs; null where it has not by `asOf`. Source: annex 3, 6.6, 7.3 (PUB13).
    pub cost_answer: Option<String>,
    /// When it answered about costs; null where it has not by `asOf`.
    pub cost_answered_on: Option<Date>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(in crate::domain::processor::graphql) processing_countries: Slot<Vec<Country>>,
}

#[ComplexObject]
impl Instruction {
    /// Where the data may be processed.
    async fn processing_countries(&self, ctx: &Context<'_>) -> Result<&Vec<Country>, ApiError> {
        self.processing_countries.get(ctx)
    }
}

/// Something that was assured about a processor, checked or audited. Readable by all who may read the agreement. Source: GDPR art. 28.1,
/// 28.3; annex 3, chapters 7-9 (PUB4, PUB14, PUB16, PUB20-PUB22, PUB40).
#[derive(SimpleObject, Debug)]
pub struct Assurance {
    /// Its id.
    pub id: ID,
    /// What was assured.
    pub kind: AssuranceKind,
    /// When.
    pub on: Date,
    /// Whether it was met.
    pub met: bool,
    /// Who audited; null where not recorded, and where it was no audit.
    pub auditor: Option<String>,
    /// Whether the auditor competes with the processor; null where not known, and where it was no audit. Source: annex 3, 9.3 (PUB21).
    pub competitor: Option<bool>,
    /// Whether the auditor undertook secrecy; null where not known, and where it was no audit. Source: annex 3, 9.3 (PUB21).
    pub secrecy_undertaken: Option<bool>,
    /// A note; null where there is none.
    pub note: Option<String>,
    /// Where the document can be opened; null where not recorded.
    pub document_url: Option<Url>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
}

/// A notice between the sides of an agreement: one record of all correspondence that the agreement demands. Readable by all who may read
/// the agreement. Source: annex 3, 19 (PUB43).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct AgreementNotice {
    /// Its id.
    pub id: ID,
    /// What it is about.
    pub kind: NoticeKind,
    /// From whom to whom.
    pub direction: NoticeDirection,
    /// To which contact it went. Source: annex 3, 19.1-19.2 (PUB43).
    pub contact: ContactPurpose,
    /// When it was sent.
    pub sent_on: Date,
    /// When it was received; null where not recorded, so that it is deemed received on `deemedReceivedOn`.
    pub received_on: Option<Date>,
    /// When it was answered, or dealt with; null where it has not been.
    pub answered_on: Option<Date>,
    /// When what it tells of happens, happened or was known to the sender; null where not recorded. Source: annex 3, 10.2, 14.3 (PUB24,
    /// PUB34).
    pub event_on: Option<Date>,
    /// Which parts the notice of a breach still lacks; empty where none, and where it is about anything else. Source: annex 3, 11.3
    /// (PUB26).
    pub missing_parts: Vec<BreachNoticePart>,
    /// What the controller consented in writing to have disclosed; null where it did not. Source: annex 3, 8.4 (PUB18).
    pub consent_scope: Option<String>,
    /// The law that requires a disclosure; null where none does, or not recorded. Source: annex 3, 8.4 (PUB18).
    pub required_by_law: Option<String>,
    /// What it says; null where not recorded.
    pub text: Option<String>,
    /// Where the document can be opened; null where not recorded.
    pub document_url: Option<Url>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(in crate::domain::processor::graphql) controller: Slot<Option<Arc<Controller>>>,
    #[graphql(skip)]
    pub(in crate::domain::processor::graphql) receipt: Slot<Receipt>,
}

/// The dates of a notice that follow from the terms.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain::processor::graphql) struct Receipt {
    pub(in crate::domain::processor::graphql) received_on: Date,
    pub(in crate::domain::processor::graphql) answer_due_on: Option<Date>,
}

#[ComplexObject]
impl AgreementNotice {
    /// The controller whose own it is; null where it concerns all parties.
    async fn controller(&self, ctx: &Context<'_>) -> Result<Option<&Controller>, ApiError> {
        Ok(self.controller.get(ctx)?.as_deref())
    }

    /// When it was received: as recorded, or at the latest so many working days after it was sent as the terms of that day say. Source:
    /// annex 3, 19.3 (PUB43).
    async fn deemed_received_on(&self, ctx: &Context<'_>) -> Result<Date, ApiError> {
        Ok(self.receipt.get(ctx)?.received_on)
    }

    /// The last day for an answer, counted from the receipt; null where it wants none by a certain day. Source: annex 3, 9.1, 10.1, 11.1
    /// (PUB19, PUB23, PUB25).
    async fn answer_due_on(&self, ctx: &Context<'_>) -> Result<Option<Date>, ApiError> {
        Ok(self.receipt.get(ctx)?.answer_due_on)
    }
}

/// Somebody to write to about an agreement. Readable by all who may read the agreement. Source: annex 3, 19.1-19.2, 20-21 (PUB44).
#[derive(SimpleObject, Debug)]
pub struct AgreementContact {
    /// Its id.
    pub id: ID,
    /// Of which side.
    pub side: ContractSide,
    /// About what.
    pub purpose: ContactPurpose,
    /// The contact's name; a word for it where it was erased, years after the end.
    pub name: String,
    /// The contact's e-mail address; `erased@contact.invalid` where it was erased, half a year after the end.
    pub email: EmailAddress,
    /// The contact's telephone number; null where there is none, and where it was erased.
    pub phone: Option<String>,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
}

/// Processing is suspended. Readable by all who may read the agreement. Source: annex 3, 6.5, 17.3 (PUB12, PUB38).
#[derive(SimpleObject, Clone, Debug)]
pub struct Suspension {
    /// Why.
    pub cause: SuspensionCause,
    /// The first day.
    pub from: Date,
    /// When the side in breach declared the breach ended; null where it has not, or where there is none.
    pub declared_ended_on: Option<Date>,
    /// When the other side accepted that, which is the last day; null where it has not, or where there is none.
    pub accepted_on: Option<Date>,
}
