//! What the timeline says.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::kernel::{
    code::{Code, Term, term},
    id::{Id, Kind},
    kinds::ControllerId,
    page::{Key, Placed},
    period::Period,
    text::Text,
};

/// From when to when the rules say something of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Of what it is said.
    pub subject: Subject,
    /// For which controller; none for what holds of a whole agreement.
    pub controller: Option<ControllerId>,
    /// What is said.
    pub says: Says,
    /// From when to when.
    pub holds: Period,
    /// The rule of the rulebook.
    pub rule: &'static str,
    /// How the deadline that belongs to it is counted.
    pub due: Option<Due>,
    /// What is particular.
    pub detail: Option<Text>,
}

/// What the rules can say. The codes of statuses and of how cases stand are those of the domain that derives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The subject has this status.
    Status(&'static str),
    /// The subject ends on this day.
    Ends(NaiveDate),
    /// The subject is suspended, for this cause.
    Suspended(&'static str),
    /// A controller's case about a change stands so.
    Case(&'static str, Uuid),
    /// A sub-processor is authorised so for the controller; by the case about this change, where there is one.
    Authorised(&'static str, Option<Uuid>),
    /// The subject has to be dealt with by a day.
    Deadline(DeadlineKind),
    /// The subject breaks a rule.
    Finding(FindingCode, TrafficLight),
}

/// What is said of whatever kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The prefix of its ids.
    pub prefix: &'static str,
    /// Its key.
    pub key: Uuid,
}

impl<K: Kind> From<Id<K>> for Subject {
    fn from(id: Id<K>) -> Self {
        Self { prefix: K::PREFIX, key: id.key() }
    }
}

/// How a deadline is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day of the event from which is counted.
    pub start: NaiveDate,
    /// Where the count ends.
    pub raw: NaiveDate,
    /// The last day.
    pub on: NaiveDate,
    /// How is counted.
    pub counting: String,
}

/// The sort of what the rules can say: stored, not part of the API.
#[derive(strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanKind {
    /// A status.
    Status,
    /// An end.
    End,
    /// A suspension.
    Suspension,
    /// How a case stands.
    Case,
    /// How a sub-processor is authorised.
    Authorisation,
    /// A deadline.
    Deadline,
    /// A finding.
    Finding,
}

impl Says {
    /// The sort, the code and what else it is about.
    pub fn parts(self) -> (SpanKind, &'static str, Option<Uuid>) {
        match self {
            Self::Status(code) => (SpanKind::Status, code, None),
            Self::Ends(_) => (SpanKind::End, "END", None),
            Self::Suspended(cause) => (SpanKind::Suspension, cause, None),
            Self::Case(state, change) => (SpanKind::Case, state, Some(change)),
            Self::Authorised(code, change) => (SpanKind::Authorisation, code, change),
            Self::Deadline(kind) => (SpanKind::Deadline, kind.code(), None),
            Self::Finding(code, _) => (SpanKind::Finding, code.code(), None),
        }
    }
}

/// How bad something is.
#[derive(
    async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TrafficLight {
    /// Nothing to do.
    Green,
    /// To be seen to.
    Yellow,
    /// To be seen to now.
    Red,
}

impl Code for TrafficLight {
    const TYPE: &'static str = "TrafficLight";

    fn term(self) -> Term {
        match self {
            Self::Green => term("Grönt", "Green"),
            Self::Yellow => term("Gult", "Yellow"),
            Self::Red => term("Rött", "Red"),
        }
    }
}

/// What has to be done by a day.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeadlineKind {
    /// Object to a new sub-processor, or accept it.
    Objection,
    /// Confirm that the notice of a change was received: the earliest day on which the window can end.
    ReceiptConfirmation,
    /// The processor's self-audit.
    SelfAudit,
    /// New evidence of the processor's security.
    SecurityEvidence,
    /// The processor's answer about costs of a new instruction.
    CostAnswer,
    /// The information that the processor was asked for.
    Information,
    /// Rectification or erasure by the processor.
    Correction,
    /// The assistance that the processor was asked for.
    Assistance,
    /// The last day of the agreement.
    AgreementEnd,
    /// Choose between return and deletion.
    ReturnChoice,
    /// Return or deletion of the data.
    ReturnOrDeletion,
}

impl Code for DeadlineKind {
    const TYPE: &'static str = "DeadlineKind";

    fn term(self) -> Term {
        match self {
            Self::Objection => term("Invänd mot eller godta underbiträde", "Object to or accept a sub-processor")
                .from_law("GDPR art. 28.2; annex 3 clause 12.6"),
            Self::ReceiptConfirmation => {
                term("Bekräfta mottagande av meddelande", "Confirm receipt of a notice").from_law("Annex 3 clause 12.6, 19.3")
            }
            Self::SelfAudit => term("Egenkontroll", "Self-audit").from_law("Annex 3 clause 9.2"),
            Self::SecurityEvidence => term("Bevis om säkerhet", "Evidence of security").from_law("GDPR art. 32.1 d; annex 3 clause 7.6"),
            Self::CostAnswer => term("Svar om kostnader", "Answer about costs").from_law("Annex 3 clause 6.6"),
            Self::Information => term("Begärd information", "Requested information").from_law("GDPR art. 28.3 h; annex 3 clause 9.1"),
            Self::Correction => term("Rättelse eller radering", "Rectification or erasure").from_law("Annex 3 clause 10.1"),
            Self::Assistance => term("Begärt bistånd", "Requested assistance").from_law("GDPR art. 28.3 e-f; annex 3 clause 6.4, 11.2"),
            Self::AgreementEnd => term("Avtalets sista dag", "Last day of the agreement").from_law("Annex 3 clause 16.2"),
            Self::ReturnChoice => {
                term("Välj återlämnande eller radering", "Choose return or deletion").from_law("GDPR art. 28.3 g; annex 3 clause 18.1")
            }
            Self::ReturnOrDeletion => {
                term("Återlämnande eller radering", "Return or deletion").from_law("GDPR art. 28.3 g; annex 3 clause 18.2")
            }
        }
    }
}

impl DeadlineKind {
    /// The rule of the rulebook that it follows from.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Objection | Self::ReceiptConfirmation => "PUB28",
            Self::SelfAudit => "PUB20",
            Self::SecurityEvidence => "PUB14",
            Self::CostAnswer => "PUB13",
            Self::Information => "PUB19",
            Self::Correction => "PUB23",
            Self::Assistance => "PUB25",
            Self::AgreementEnd => "PUB35",
            Self::ReturnChoice => "PUB39",
            Self::ReturnOrDeletion => "PUB40",
        }
    }
}

/// A rule that is broken. Derived from the records, never edited: it disappears only because the facts changed.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum FindingCode {
    /// The processor processes without an agreement in force.
    AgreementMissing,
    /// Boards of one municipality are bound by an agreement; it takes a legal act.
    BoardsOfOneMunicipality,
    /// Nobody has checked that the processor gives sufficient guarantees.
    GuaranteesMissing,
    /// The agreement lacks something that it has to say.
    ContentMissing,
    /// Subject-matter, purpose or nature of the processing is not stated.
    ProcessingNotStated,
    /// It is not stated how the controller authorises sub-processors.
    AuthorisationNotStated,
    /// A sub-processor is engaged without the authorisation of the controller.
    SubProcessorNotAuthorised,
    /// The agreement does not follow the newest of SKR's templates.
    TemplateOutdated,
    /// The agreement is neither in the case register nor filed where it can be found.
    NotRegistered,
    /// A main contract goes before, but it is not said which.
    MainContractNotNamed,
    /// The processor processes without an instruction.
    InstructionMissing,
    /// The processor has stopped and awaits a new instruction.
    AwaitingInstruction,
    /// The processor has not said whether a new instruction changes the costs.
    CostAnswerOverdue,
    /// There is no recent evidence of the processor's security.
    EvidenceStale,
    /// There are no undertakings of confidentiality.
    ConfidentialityMissing,
    /// The supervisory authority was in contact with the processor, and it is not dealt with.
    AuthorityContact,
    /// The processor disclosed information without consent, and no law required it.
    DisclosedWithoutConsent,
    /// The processor has not given the information that was asked for.
    InformationOverdue,
    /// The processor's self-audit is overdue.
    SelfAuditOverdue,
    /// An auditor competes with the processor, or has not undertaken secrecy.
    AuditorNotIndependent,
    /// The controller does not have the same rights of audit against sub-processors.
    AuditRightsMissing,
    /// The processor has not rectified or erased in time.
    CorrectionOverdue,
    /// The processor told of a planned measure only after it.
    MeasureNotifiedLate,
    /// The processor has not answered a request for assistance.
    AssistanceOverdue,
    /// The notice of a breach lacks parts.
    BreachNoticeIncomplete,
    /// The notice of a new sub-processor lacks something, so that no window runs.
    ChangeNoticeIncomplete,
    /// Nobody has confirmed that the notice of a change was received.
    ReceiptUnconfirmed,
    /// A sub-processor is used although the controller objected.
    UsedDespiteObjection,
    /// A sub-processor is not bound by the same duties in writing.
    SubAgreementMissing,
    /// A sub-processor that the processor no longer uses stands on the list still.
    RemovalNotRecorded,
    /// A processor or sub-processor is established outside the EEA, or controlled from there.
    EstablishedOutsideEea,
    /// It is not known where a sub-processor processes.
    LocationUnknown,
    /// Data are processed in a third country without approval and instruction.
    ThirdCountryNotApproved,
    /// One side did not tell at once of what may cause damage.
    DamageNoticeLate,
    /// Changed terms are not signed by both sides, and do not bind.
    AmendmentNotSigned,
    /// The controller has not chosen between return and deletion.
    ReturnNotChosen,
    /// The data have not been returned or deleted in time.
    ReturnOverdue,
    /// There is no certificate that the data were returned or deleted.
    CertificateMissing,
    /// The processor processes after the agreement's end and the date for return.
    UnlawfulProcessing,
    /// Secrecy was broken after the end of the agreement.
    SecrecyBroken,
    /// A notice went to another contact than the agreement says.
    WrongContact,
    /// A contact is missing.
    ContactMissing,
    /// The processor's number or address is missing.
    PartyDetailsMissing,
}

impl Code for FindingCode {
    const TYPE: &'static str = "FindingCode";

    fn term(self) -> Term {
        match self {
            Self::AgreementMissing => term("Avtal saknas för pågående behandling", "No agreement in force for the processing")
                .from_law("GDPR art. 28.3; guidelines 6.2"),
            Self::BoardsOfOneMunicipality => {
                term("Nämnder i samma kommun kan inte avtala med varandra", "Boards of one municipality cannot contract with each other")
                    .from_law("GDPR art. 28.3; SKR 2023-04-03")
            }
            Self::GuaranteesMissing => term("Tillräckliga garantier är inte prövade", "Sufficient guarantees have not been checked")
                .from_law("GDPR art. 28.1; guidelines 6.1"),
            Self::ContentMissing => {
                term("Innehåll saknas i avtalet", "Contents missing in the agreement").from_law("GDPR art. 28.3; guidelines 6.2")
            }
            Self::ProcessingNotStated => term("Föremål, ändamål eller art är inte angivet", "Subject-matter, purpose or nature not stated")
                .from_law("GDPR art. 28.3; guidelines 6.2"),
            Self::AuthorisationNotStated => {
                term("Förhandstillstånd för underbiträden är inte angivet", "Authorisation of sub-processors not stated")
                    .from_law("GDPR art. 28.2; guidelines 6.2")
            }
            Self::SubProcessorNotAuthorised => term("Underbiträde anlitas utan godkännande", "Sub-processor engaged without authorisation")
                .from_law("GDPR art. 28.2; annex 3 chapter 12"),
            Self::TemplateOutdated => term("Avtalet följer inte SKR:s senaste mall", "The agreement does not follow SKR's newest template")
                .from_law("Guidelines 6.2"),
            Self::NotRegistered => term("Avtalet är inte diariefört", "The agreement is not registered").from_law("Guidelines 6.2, 8.2"),
            Self::MainContractNotNamed => {
                term("Huvudavtalet är inte angivet", "The main contract is not named").from_law("Annex 3 clause 3.3")
            }
            Self::InstructionMissing => term("Instruktion saknas", "Instruction missing").from_law("GDPR art. 28.3 a; annex 3 clause 4.2"),
            Self::AwaitingInstruction => {
                term("Biträdet väntar på ny instruktion", "The processor awaits a new instruction").from_law("Annex 3 clause 6.5")
            }
            Self::CostAnswerOverdue => term("Svar om kostnader dröjer", "Answer about costs overdue").from_law("Annex 3 clause 6.6"),
            Self::EvidenceStale => term("Bevis om säkerhet är för gammalt", "Evidence of security is too old")
                .from_law("GDPR art. 28.3 c, 32.1 d; annex 3 clause 7.6"),
            Self::ConfidentialityMissing => term("Sekretessförbindelser saknas", "Confidentiality undertakings missing")
                .from_law("GDPR art. 28.3 b; annex 3 clause 8.2"),
            Self::AuthorityContact => {
                term("Tillsynsmyndigheten har kontaktat biträdet", "The supervisory authority contacted the processor")
                    .from_law("Annex 3 clause 8.3")
            }
            Self::DisclosedWithoutConsent => term("Utlämnat utan medgivande", "Disclosed without consent").from_law("Annex 3 clause 8.4"),
            Self::InformationOverdue => {
                term("Begärd information dröjer", "Requested information overdue").from_law("GDPR art. 28.3 h; annex 3 clause 9.1")
            }
            Self::SelfAuditOverdue => term("Egenkontroll är försenad", "Self-audit overdue").from_law("Annex 3 clause 9.2"),
            Self::AuditorNotIndependent => {
                term("Granskaren är konkurrent eller saknar sekretess", "Auditor competes or has not undertaken secrecy")
                    .from_law("Annex 3 clause 9.3")
            }
            Self::AuditRightsMissing => term("Granskningsrätt hos underbiträden saknas", "Audit rights against sub-processors missing")
                .from_law("Annex 3 clause 9.6"),
            Self::CorrectionOverdue => {
                term("Rättelse eller radering är försenad", "Rectification or erasure overdue").from_law("Annex 3 clause 10.1")
            }
            Self::MeasureNotifiedLate => {
                term("Planerad åtgärd meddelades för sent", "Planned measure notified too late").from_law("Annex 3 clause 10.2")
            }
            Self::AssistanceOverdue => {
                term("Begärt bistånd dröjer", "Requested assistance overdue").from_law("GDPR art. 28.3 e-f; annex 3 clause 6.4, 11.2")
            }
            Self::BreachNoticeIncomplete => {
                term("Incidentmeddelande är ofullständigt", "Breach notice incomplete").from_law("GDPR art. 33.3; annex 3 clause 11.3-11.4")
            }
            Self::ChangeNoticeIncomplete => {
                term("Meddelande om underbiträde är ofullständigt", "Notice of sub-processor incomplete").from_law("Annex 3 clause 12.2")
            }
            Self::ReceiptUnconfirmed => {
                term("Mottagande av meddelande är inte bekräftat", "Receipt of notice unconfirmed").from_law("Annex 3 clause 12.6, 19.3")
            }
            Self::UsedDespiteObjection => term("Underbiträde används trots invändning", "Sub-processor used despite objection")
                .from_law("GDPR art. 28.2; annex 3 clause 12.6, 17.4"),
            Self::SubAgreementMissing => term("Avtal med underbiträde saknas", "Agreement with sub-processor missing")
                .from_law("GDPR art. 28.4; annex 3 clause 12.4"),
            Self::RemovalNotRecorded => {
                term("Underbiträde som upphört står kvar", "Removed sub-processor still listed").from_law("Annex 3 clause 12.3")
            }
            Self::EstablishedOutsideEea => {
                term("Etablerad utanför EU/EES", "Established outside the EEA").from_law("GDPR art. 44; annex 3 clause 13.1")
            }
            Self::LocationUnknown => {
                term("Plats för behandlingen är okänd", "Place of processing unknown").from_law("GDPR art. 44; annex 3 clause 13.1")
            }
            Self::ThirdCountryNotApproved => {
                term("Behandling i tredjeland utan godkännande", "Processing in a third country without approval")
                    .from_law("GDPR art. 28.3 a, 44; annex 3 clause 13.2")
            }
            Self::DamageNoticeLate => {
                term("Risk för skada meddelades för sent", "Risk of damage notified too late").from_law("Annex 3 clause 14.3")
            }
            Self::AmendmentNotSigned => {
                term("Ändrade villkor är inte undertecknade", "Changed terms are not signed").from_law("Annex 3 clause 17.2")
            }
            Self::ReturnNotChosen => term("Återlämnande eller radering är inte valt", "Return or deletion not chosen")
                .from_law("GDPR art. 28.3 g; annex 3 clause 18.1"),
            Self::ReturnOverdue => term("Återlämnande eller radering är försenad", "Return or deletion overdue")
                .from_law("GDPR art. 28.3 g; annex 3 clause 18.2"),
            Self::CertificateMissing => term("Intyg om återlämnande eller radering saknas", "Certificate of return or deletion missing")
                .from_law("Annex 3 clause 18.2"),
            Self::UnlawfulProcessing => {
                term("Otillåten behandling efter avtalets slut", "Unlawful processing after the end").from_law("Annex 3 clause 18.3")
            }
            Self::SecrecyBroken => {
                term("Sekretessen bröts efter avtalets slut", "Secrecy broken after the end").from_law("Annex 3 clause 18.4")
            }
            Self::WrongContact => {
                term("Meddelande till fel kontaktperson", "Notice to the wrong contact").from_law("Annex 3 clause 19.1-19.2")
            }
            Self::ContactMissing => term("Kontaktperson saknas", "Contact missing").from_law("Annex 3 clause 1, 20-21"),
            Self::PartyDetailsMissing => {
                term("Biträdets nummer eller adress saknas", "The processor's number or address is missing").from_law("Annex 3 clause 1")
            }
        }
    }
}

/// What belongs to a finding of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingTerms {
    /// The rule of the rulebook.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: TrafficLight,
    /// Which of the common shortcomings it is; none where it is none of them.
    pub shortcoming: Option<Shortcoming>,
    /// The item of the checklist that it spoils.
    pub checklist_item: Option<ChecklistItem>,
}

impl FindingCode {
    /// What belongs to it.
    #[expect(clippy::match_same_arms, reason = "one table, a row for each code")]
    pub fn terms(self) -> FindingTerms {
        use TrafficLight::{Red, Yellow};
        let of = |rule, severity| FindingTerms { rule, severity, shortcoming: None, checklist_item: None };
        let listed = |rule, severity, item| FindingTerms { checklist_item: Some(item), ..of(rule, severity) };
        match self {
            Self::AgreementMissing => FindingTerms {
                shortcoming: Some(Shortcoming::AgreementWithProcessorMissing),
                ..listed("PUB1", Red, ChecklistItem::AgreementsUpdated)
            },
            Self::BoardsOfOneMunicipality => listed("PUB3", Yellow, ChecklistItem::AgreementsUpdated),
            Self::GuaranteesMissing => listed("PUB4", Red, ChecklistItem::AgreementsUpdated),
            Self::ContentMissing => listed("PUB5", Yellow, ChecklistItem::AgreementsUpdated),
            Self::ProcessingNotStated => listed("PUB5", Yellow, ChecklistItem::AgreementsUpdated),
            Self::AuthorisationNotStated => listed("PUB6", Yellow, ChecklistItem::AgreementsUpdated),
            Self::SubProcessorNotAuthorised => listed("PUB6", Red, ChecklistItem::AgreementsUpdated),
            Self::TemplateOutdated => listed("PUB7", Yellow, ChecklistItem::StandardAgreementUsed),
            Self::NotRegistered => listed("PUB8", Yellow, ChecklistItem::AgreementsUpdated),
            Self::MainContractNotNamed => listed("PUB9", Yellow, ChecklistItem::AgreementsUpdated),
            Self::InstructionMissing => listed("PUB10", Red, ChecklistItem::AgreementsUpdated),
            Self::AwaitingInstruction => listed("PUB12", Yellow, ChecklistItem::AgreementsUpdated),
            Self::CostAnswerOverdue => listed("PUB13", Yellow, ChecklistItem::AgreementsUpdated),
            Self::EvidenceStale => listed("PUB14", Yellow, ChecklistItem::SecurityRequirementsMet),
            Self::ConfidentialityMissing => listed("PUB16", Red, ChecklistItem::AgreementsUpdated),
            Self::AuthorityContact => listed("PUB17", Yellow, ChecklistItem::AgreementsUpdated),
            Self::DisclosedWithoutConsent => listed("PUB18", Red, ChecklistItem::AgreementsUpdated),
            Self::InformationOverdue => listed("PUB19", Yellow, ChecklistItem::AgreementsUpdated),
            Self::SelfAuditOverdue => listed("PUB20", Yellow, ChecklistItem::SecurityRequirementsMet),
            Self::AuditorNotIndependent => listed("PUB21", Yellow, ChecklistItem::AgreementsUpdated),
            Self::AuditRightsMissing => listed("PUB22", Yellow, ChecklistItem::AgreementsUpdated),
            Self::CorrectionOverdue => listed("PUB23", Red, ChecklistItem::AgreementsUpdated),
            Self::MeasureNotifiedLate => listed("PUB24", Yellow, ChecklistItem::AgreementsUpdated),
            Self::AssistanceOverdue => listed("PUB25", Yellow, ChecklistItem::AgreementsUpdated),
            Self::BreachNoticeIncomplete => listed("PUB26", Red, ChecklistItem::BreachesHandled),
            Self::ChangeNoticeIncomplete => listed("PUB27", Yellow, ChecklistItem::AgreementsUpdated),
            Self::ReceiptUnconfirmed => listed("PUB28", Yellow, ChecklistItem::AgreementsUpdated),
            Self::UsedDespiteObjection => listed("PUB29", Red, ChecklistItem::AgreementsUpdated),
            Self::SubAgreementMissing => listed("PUB30", Yellow, ChecklistItem::AgreementsUpdated),
            Self::RemovalNotRecorded => listed("PUB31", Yellow, ChecklistItem::AgreementsUpdated),
            Self::EstablishedOutsideEea => {
                FindingTerms { shortcoming: Some(Shortcoming::UnlawfulThirdCountryTransfer), ..of("PUB32", Yellow) }
            }
            Self::LocationUnknown => FindingTerms { shortcoming: Some(Shortcoming::TransfersToReview), ..of("PUB32", Yellow) },
            Self::ThirdCountryNotApproved => {
                FindingTerms { shortcoming: Some(Shortcoming::UnlawfulThirdCountryTransfer), ..of("PUB33", Red) }
            }
            Self::DamageNoticeLate => listed("PUB34", Yellow, ChecklistItem::AgreementsUpdated),
            Self::AmendmentNotSigned => listed("PUB37", Yellow, ChecklistItem::AgreementsUpdated),
            Self::ReturnNotChosen => listed("PUB39", Yellow, ChecklistItem::AgreementsUpdated),
            Self::ReturnOverdue => listed("PUB40", Red, ChecklistItem::AgreementsUpdated),
            Self::CertificateMissing => listed("PUB40", Yellow, ChecklistItem::AgreementsUpdated),
            Self::UnlawfulProcessing => FindingTerms {
                shortcoming: Some(Shortcoming::AgreementWithProcessorMissing),
                ..listed("PUB41", Red, ChecklistItem::AgreementsUpdated)
            },
            Self::SecrecyBroken => listed("PUB42", Red, ChecklistItem::AgreementsUpdated),
            Self::WrongContact => listed("PUB43", Yellow, ChecklistItem::AgreementsUpdated),
            Self::ContactMissing => listed("PUB44", Yellow, ChecklistItem::AgreementsUpdated),
            Self::PartyDetailsMissing => listed("PUB44", Yellow, ChecklistItem::AgreementsUpdated),
        }
    }
}

/// An item of the checklist. Source: guidelines 18.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ChecklistItem {
    /// Data protection officer appointed and notified.
    OfficerAppointed,
    /// All staff trained.
    StaffTrained,
    /// Staff inventoried their data.
    DataInventoried,
    /// Staff evaluated their data.
    DataEvaluated,
    /// Legal basis identified.
    LegalBasisIdentified,
    /// Purposes identified.
    PurposesIdentified,
    /// Register of processing exists.
    RegisterExists,
    /// Data subjects informed.
    DataSubjectsInformed,
    /// Retention policy current and used.
    RetentionPolicyUsed,
    /// Routines for rights.
    RightsRoutines,
    /// Staff trained in the routines.
    StaffTrainedInRoutines,
    /// Security requirements met.
    SecurityRequirementsMet,
    /// Standard agreement with processors used.
    StandardAgreementUsed,
    /// Agreements with all processors, updated.
    AgreementsUpdated,
    /// At least one coordinator.
    CoordinatorAssigned,
    /// Breaches handled and notified in 72 hours.
    BreachesHandled,
}

impl Code for ChecklistItem {
    const TYPE: &'static str = "ChecklistItem";

    fn term(self) -> Term {
        match self {
            Self::OfficerAppointed => {
                term("Dataskyddsombud utsett och anmält", "Data protection officer appointed and notified").from_law("Guidelines 18")
            }
            Self::StaffTrained => term("All personal utbildad", "All staff trained").from_law("Guidelines 18"),
            Self::DataInventoried => term("Personalen har inventerat", "Staff inventoried their data").from_law("Guidelines 18"),
            Self::DataEvaluated => term("Personalen har utvärderat", "Staff evaluated their data").from_law("Guidelines 18"),
            Self::LegalBasisIdentified => term("Rättslig grund fastställd", "Legal basis identified").from_law("Guidelines 18"),
            Self::PurposesIdentified => term("Ändamål fastställda", "Purposes identified").from_law("Guidelines 18"),
            Self::RegisterExists => term("Registerförteckning finns", "Register of processing exists").from_law("Guidelines 18"),
            Self::DataSubjectsInformed => term("Registrerade informerade", "Data subjects informed").from_law("Guidelines 18"),
            Self::RetentionPolicyUsed => {
                term("Gallringsrutin aktuell och använd", "Retention policy current and used").from_law("Guidelines 18")
            }
            Self::RightsRoutines => term("Rutiner för rättigheter", "Routines for rights").from_law("Guidelines 18"),
            Self::StaffTrainedInRoutines => {
                term("Personalen utbildad i rutinerna", "Staff trained in the routines").from_law("Guidelines 18")
            }
            Self::SecurityRequirementsMet => term("Säkerhetskrav uppfyllda", "Security requirements met").from_law("Guidelines 18"),
            Self::StandardAgreementUsed => {
                term("Standardavtal för biträden används", "Standard agreement with processors used").from_law("Guidelines 18")
            }
            Self::AgreementsUpdated => {
                term("Avtal med alla biträden, uppdaterade", "Agreements with all processors, updated").from_law("Guidelines 18")
            }
            Self::CoordinatorAssigned => term("Minst en samordnare", "At least one coordinator").from_law("Guidelines 18"),
            Self::BreachesHandled => {
                term("Incidenter hanteras och anmäls inom 72 timmar", "Breaches handled and notified in 72 hours").from_law("Guidelines 18")
            }
        }
    }
}

/// One of the shortcomings that supervision finds most often. Source: guidelines 18.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Shortcoming {
    /// Insufficient or incorrect information.
    InformationInsufficient,
    /// Agreement with a processor missing.
    AgreementWithProcessorMissing,
    /// Register missing.
    RegisterMissing,
    /// Unlawful transfer to a third country.
    UnlawfulThirdCountryTransfer,
    /// Retention missing or too long.
    RetentionMissing,
    /// Access limitation insufficient.
    AccessLimitationInsufficient,
    /// No routine for requests.
    RoutineForRequestsMissing,
    /// Special categories and personal identity numbers to review.
    SpecialCategoriesToReview,
    /// Impact assessments to review.
    ImpactAssessmentsToReview,
    /// Transfers to review.
    TransfersToReview,
}

impl Code for Shortcoming {
    const TYPE: &'static str = "Shortcoming";

    fn term(self) -> Term {
        match self {
            Self::InformationInsufficient => {
                term("Bristfällig eller felaktig information", "Insufficient or incorrect information").from_law("Guidelines 18")
            }
            Self::AgreementWithProcessorMissing => {
                term("Biträdesavtal saknas", "Agreement with a processor missing").from_law("Guidelines 18")
            }
            Self::RegisterMissing => term("Registerförteckning saknas", "Register missing").from_law("Guidelines 18"),
            Self::UnlawfulThirdCountryTransfer => {
                term("Otillåten överföring till tredjeland", "Unlawful transfer to a third country").from_law("Guidelines 18")
            }
            Self::RetentionMissing => {
                term("Gallring saknas eller för lång lagring", "Retention missing or too long").from_law("Guidelines 18")
            }
            Self::AccessLimitationInsufficient => {
                term("Bristfällig åtkomstbegränsning", "Access limitation insufficient").from_law("Guidelines 18")
            }
            Self::RoutineForRequestsMissing => term("Rutin för begäranden saknas", "No routine for requests").from_law("Guidelines 18"),
            Self::SpecialCategoriesToReview => {
                term("Känsliga uppgifter och personnummer att se över", "Special categories and personal identity numbers to review")
                    .from_law("Guidelines 18")
            }
            Self::ImpactAssessmentsToReview => {
                term("Konsekvensbedömningar att se över", "Impact assessments to review").from_law("Guidelines 18")
            }
            Self::TransfersToReview => term("Överföringar att se över", "Transfers to review").from_law("Guidelines 18"),
        }
    }
}

/// Something that the timeline says, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its key: follows from all that it says.
    pub id: Uuid,
    /// What is said.
    pub code: String,
    /// The id, in the API, of what it is said of.
    pub subject_id: String,
    /// The key of that.
    pub subject: Uuid,
    /// Whose facts it follows from.
    pub origin: Uuid,
    /// For which controller.
    pub controller: Option<ControllerId>,
    /// What else it is about.
    pub about: Option<Uuid>,
    /// From when to when.
    pub holds: Period,
    /// How its deadline is counted.
    pub due: Option<Due>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// How bad it is.
    pub severity: Option<TrafficLight>,
    /// The rule of the rulebook.
    pub rule: String,
    /// What is particular.
    pub detail: Option<Text>,
    /// Its place in lists.
    pub sort_key: String,
}

impl Placed for Said {
    fn key(&self) -> Key {
        Key { sort: self.sort_key.clone(), id: self.id }
    }
}
