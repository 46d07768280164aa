//! What a processor announces about its sub-processors, and each controller's case about it.

use chrono::{DateTime, NaiveDate, Utc};

use super::{DataCategory, DataSubjectGroup};
use crate::kernel::{
    code::{Code, Term, term},
    country::CountryCode,
    kinds::{AgreementId, AgreementPartyId, CaseId, ChangeId, MunicipalityId, PartyId, PersonId},
    page::{Key, Placed},
};

/// A change that a processor announced: a fact that all who use it share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubProcessorChange {
    /// Its id.
    pub id: ChangeId,
    /// Who announced it.
    pub processor: PartyId,
    /// What changes.
    pub kind: ChangeKind,
    /// Which sub-processor.
    pub sub_processor: PartyId,
    /// The one that it replaces.
    pub replaces: Option<PartyId>,
    /// The one that engages it; none: the processor itself.
    pub engaged_by: Option<PartyId>,
    /// What it does.
    pub service: String,
    /// Which data it processes.
    pub data_categories: Vec<DataCategory>,
    /// Whose data.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// Where it processes; empty where not known.
    pub processing_countries: Vec<CountryCode>,
    /// When it was announced.
    pub announced_on: NaiveDate,
    /// When it takes effect.
    pub effective_on: NaiveDate,
    /// The municipality at whose login it was recorded.
    pub announced_by: Option<MunicipalityId>,
    /// Where it was announced.
    pub source_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// Whether it was withdrawn as a mistake. A case in which somebody has acted stays and shows it.
    pub withdrawn: bool,
}

impl Placed for SubProcessorChange {
    fn key(&self) -> Key {
        Key { sort: self.announced_on.to_string(), id: self.id.key() }
    }
}

/// The data protection officer's advice on a change: one text for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// On which change.
    pub change: ChangeId,
    /// The officer.
    pub author: PersonId,
    /// The advice.
    pub text: String,
    /// When.
    pub given_at: DateTime<Utc>,
}

/// What a controller has recorded of its case. A case about which nothing is recorded has version 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionCase {
    /// Its id: follows from the change and the controller's row.
    pub id: CaseId,
    /// About which change.
    pub change: ChangeId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Whose: the controller's row in the agreement.
    pub party: AgreementPartyId,
    /// When the notice was sent to it.
    pub notice_sent_on: Option<NaiveDate>,
    /// When it received the notice.
    pub notice_received_on: Option<NaiveDate>,
    /// What the notice lacked.
    pub missing: Vec<NoticeItem>,
    /// When the notice was completed.
    pub completed_on: Option<NaiveDate>,
    /// What the controller did, in order.
    pub acts: Vec<CaseAct>,
    /// Counts the changes; 0 where nothing is recorded.
    pub version: i32,
}

/// Something that a controller did in its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseAct {
    /// What.
    pub act: ActKind,
    /// The outcome, where the act records one.
    pub outcome: Option<ObjectionOutcome>,
    /// When.
    pub done_on: NaiveDate,
    /// Who recorded it.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: Option<String>,
}

/// What a controller can do in its case. Stored, not part of the API.
#[derive(strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ActKind {
    /// It accepts the sub-processor.
    Accept,
    /// It objects.
    Object,
    /// It takes its objection back.
    WithdrawObjection,
    /// It finds that the change does not concern it.
    NotConcerned,
    /// It records what became of its objection.
    Outcome,
}

impl Code for ActKind {
    const TYPE: &'static str = "ObjectionAct";

    fn term(self) -> Term {
        match self {
            Self::Accept => term("Godtar", "Accepts"),
            Self::Object => term("Invänder", "Objects"),
            Self::WithdrawObjection => term("Återtar invändningen", "Takes the objection back"),
            Self::NotConcerned => term("Berörs inte", "Not concerned"),
            Self::Outcome => term("Utfall", "Outcome"),
        }
    }
}

/// What kind of change a processor announces.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SubProcessorChangeKind")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeKind {
    /// A new sub-processor.
    Add,
    /// A new one in the place of another.
    Replace,
    /// A sub-processor is no longer used; gives no right to object.
    Remove,
    /// A sub-processor processes in other countries.
    ChangeCountry,
}

impl Code for ChangeKind {
    const TYPE: &'static str = "SubProcessorChangeKind";

    fn term(self) -> Term {
        match self {
            Self::Add => term("Nytt underbiträde", "New sub-processor").from_law("GDPR art. 28.2; annex 3 clause 12.2"),
            Self::Replace => term("Byte av underbiträde", "Replaced sub-processor").from_law("GDPR art. 28.2; annex 3 clause 12.2"),
            Self::Remove => term("Underbiträde upphör", "Sub-processor removed").from_law("Annex 3 clause 12.3"),
            Self::ChangeCountry => term("Annan plats för behandlingen", "Other place of processing").from_law("Annex 3 clause 12.2"),
        }
    }
}

/// What a notice of a new sub-processor has to tell. Source: annex 3, 12.2 (PUB27).
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeItem {
    /// The sub-processor's name.
    Name,
    /// Its organisation number.
    OrganisationNumber,
    /// Its seat: address and country.
    Seat,
    /// The categories of data.
    DataCategories,
    /// The categories of data subjects.
    DataSubjects,
    /// The place of processing.
    PlaceOfProcessing,
}

impl Code for NoticeItem {
    const TYPE: &'static str = "NoticeItem";

    fn term(self) -> Term {
        let term = match self {
            Self::Name => term("Underbiträdets namn", "Name of the sub-processor"),
            Self::OrganisationNumber => term("Organisationsnummer", "Organisation number"),
            Self::Seat => term("Säte (adress och land)", "Seat (address and country)"),
            Self::DataCategories => term("Kategorier av personuppgifter", "Categories of data"),
            Self::DataSubjects => term("Kategorier av registrerade", "Categories of data subjects"),
            Self::PlaceOfProcessing => term("Plats för behandlingen", "Place of processing"),
        };
        term.from_law("Annex 3 clause 12.2")
    }
}

/// How a controller's case stands. It follows from dated events alone. Source: annex 3, 12.2, 12.6, 17.4 (PUB27-PUB29).
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ObjectionState {
    /// The controller has not confirmed that it received the notice; no window runs.
    ReceiptUnconfirmed,
    /// The notice lacks something that it has to tell; no window runs.
    Incomplete,
    /// The window runs.
    Open,
    /// The controller has accepted.
    Accepted,
    /// The controller has objected.
    Objected,
    /// The window has passed without an answer, which means approval by these terms.
    LapsedAsApproved,
    /// The window has passed without an answer, which is no approval.
    LapsedAsNotApproved,
    /// The change does not concern the controller.
    NotConcerned,
    /// The controller has taken its objection back.
    Withdrawn,
}

impl Code for ObjectionState {
    const TYPE: &'static str = "ObjectionState";

    fn term(self) -> Term {
        match self {
            Self::ReceiptUnconfirmed => term("Mottagandet inte bekräftat", "Receipt unconfirmed").from_law("Annex 3 clause 19.3"),
            Self::Incomplete => term("Ofullständigt meddelande", "Incomplete notice").from_law("Annex 3 clause 12.2"),
            Self::Open => term("Öppet", "Open").from_law("Annex 3 clause 12.6"),
            Self::Accepted => term("Godtaget", "Accepted").from_law("GDPR art. 28.2"),
            Self::Objected => term("Invändning gjord", "Objected").from_law("GDPR art. 28.2; annex 3 clause 12.6"),
            Self::LapsedAsApproved => term("Tiden ute: godkänt", "Lapsed as approved").from_law("Annex 3 clause 12.6"),
            Self::LapsedAsNotApproved => term("Tiden ute: inte godkänt", "Lapsed as not approved").from_law("GDPR art. 28.2"),
            Self::NotConcerned => term("Berörs inte", "Not concerned"),
            Self::Withdrawn => term("Invändningen återtagen", "Objection withdrawn"),
        }
    }
}

/// What became of an objection.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ObjectionOutcome {
    /// The processor does not use the sub-processor for this controller.
    ProcessorRefrained,
    /// The processor uses it all the same.
    UsedAnyway,
    /// The controller has terminated the agreement.
    AgreementTerminated,
}

impl Code for ObjectionOutcome {
    const TYPE: &'static str = "ObjectionOutcome";

    fn term(self) -> Term {
        match self {
            Self::ProcessorRefrained => term("Biträdet avstod", "The processor refrained"),
            Self::UsedAnyway => term("Används ändå", "Used anyway").from_law("GDPR art. 28.2"),
            Self::AgreementTerminated => term("Avtalet sades upp", "The agreement was terminated").from_law("Annex 3 clause 17.4"),
        }
    }
}
