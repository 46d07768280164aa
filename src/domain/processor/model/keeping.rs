//! What keeps an agreement alive: contents, instructions, assurances, notices, contacts, suspensions, and warnings that were answered.

use chrono::{DateTime, NaiveDate, Utc};

use super::{ContractSide, DataCategory};
use crate::kernel::{
    code::{Code, Term, term},
    country::CountryCode,
    kinds::{AgreementId, AgreementPartyId, AssuranceId, ContactId, InstructionId, NoticeId, PersonId, SuspensionId},
    page::{Key, Placed},
    period::Period,
};

/// Whether an agreement says one of the things that it has to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentAnswer {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// What it has to say.
    pub item: AgreementContentItem,
    /// Whether it does.
    pub answer: Answer,
    /// A note.
    pub note: Option<String>,
    /// Since when the answer holds: until the next one about the same thing.
    pub answered_on: NaiveDate,
}

impl ContentAnswer {
    /// The answer about something that holds on a day.
    pub fn on(day: NaiveDate, item: AgreementContentItem, answers: &[Self]) -> Option<&Self> {
        let until = answers.iter().filter(|answer| answer.item == item && answer.answered_on <= day);
        until.max_by_key(|answer| answer.answered_on)
    }
}

/// A version of the controllers' instructions to the processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Its id.
    pub id: InstructionId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Counts the versions, from 1.
    pub number: i32,
    /// When it was issued.
    pub issued_on: NaiveDate,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Which data.
    pub data_categories: Vec<DataCategory>,
    /// Which data of special categories.
    pub sensitive_categories: Vec<SensitiveCategory>,
    /// Whose data.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// Where they may be processed.
    pub processing_countries: Vec<CountryCode>,
    /// How they are protected.
    pub security_measures: String,
    /// How long they are kept.
    pub retention: String,
    /// The instruction itself.
    pub text: String,
    /// What the processor answered about costs, and when.
    pub cost_answer: Option<(String, NaiveDate)>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Placed for Instruction {
    fn key(&self) -> Key {
        Key { sort: String::new(), id: self.id.key() }
    }
}

/// An assurance about the processor: given, checked or audited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// Its id.
    pub id: AssuranceId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// What was assured.
    pub kind: AssuranceKind,
    /// When.
    pub on: NaiveDate,
    /// Whether it was met.
    pub met: bool,
    /// Who audited.
    pub auditor: Option<String>,
    /// Whether the auditor competes with the processor.
    pub competitor: Option<bool>,
    /// Whether the auditor undertook secrecy.
    pub secrecy_undertaken: Option<bool>,
    /// A note.
    pub note: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Placed for Assurance {
    fn key(&self) -> Key {
        Key { sort: String::new(), id: self.id.key() }
    }
}

/// A notice between the sides of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The controller's row, where the notice is that controller's own; none where it concerns all.
    pub party: Option<AgreementPartyId>,
    /// What it is about.
    pub kind: NoticeKind,
    /// From whom to whom.
    pub direction: NoticeDirection,
    /// To which contact.
    pub contact: ContactPurpose,
    /// When it was sent.
    pub sent_on: NaiveDate,
    /// When it was received, where that is known.
    pub received_on: Option<NaiveDate>,
    /// When it was answered, or dealt with.
    pub answered_on: Option<NaiveDate>,
    /// When what it tells of happens, happened or was known to the sender.
    pub event_on: Option<NaiveDate>,
    /// Which parts a breach notice lacks.
    pub missing_parts: Vec<BreachNoticePart>,
    /// What the controller consented to have disclosed.
    pub consent_scope: Option<String>,
    /// The law that requires a disclosure.
    pub required_by_law: Option<String>,
    /// What it says.
    pub text: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Placed for Notice {
    fn key(&self) -> Key {
        Key { sort: String::new(), id: self.id.key() }
    }
}

/// A person to write to about an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Of which side.
    pub side: ContractSide,
    /// About what.
    pub purpose: ContactPurpose,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// The person's telephone number.
    pub phone: Option<String>,
    /// When.
    pub validity: Period,
}

impl Contact {
    /// The same without an address or a number to reach the contact by.
    #[must_use]
    pub fn without_details(&self) -> Self {
        Self { email: String::new(), phone: None, ..self.clone() }
    }

    /// The same without anything that tells who it was.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { name: String::new(), ..self.without_details() }
    }
}

/// A processing is suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Its id.
    pub id: SuspensionId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Why.
    pub cause: SuspensionCause,
    /// The first day.
    pub from: NaiveDate,
    /// When the side in breach declared it ended.
    pub declared_ended_on: Option<NaiveDate>,
    /// When the other side accepted that: the last day.
    pub accepted_on: Option<NaiveDate>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// A warning that was answered with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcknowledgedWarning {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The rule that warned.
    pub rule: String,
    /// Why it was done all the same.
    pub reason: String,
    /// Who answered.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// An answer to a question of a checklist.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// It does.
    Yes,
    /// In part.
    Partly,
    /// It does not.
    No,
    /// Nobody has found out.
    Unknown,
}

impl Code for Answer {
    const TYPE: &'static str = "Answer";

    fn term(self) -> Term {
        match self {
            Self::Yes => term("Ja", "Yes"),
            Self::Partly => term("Delvis", "Partly"),
            Self::No => term("Nej", "No"),
            Self::Unknown => term("Vet inte", "Unknown"),
        }
    }
}

/// What a processor agreement has to say. Source: GDPR art. 28.3; guidelines 6.2 (PUB5).
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementContentItem {
    /// Subject-matter, nature and purpose of the processing.
    SubjectNatureAndPurpose,
    /// How long the processing lasts.
    Duration,
    /// Which categories of personal data.
    DataCategories,
    /// Which categories of data subjects.
    DataSubjects,
    /// The controller's duties and rights.
    ControllersDutiesAndRights,
    /// That the processor gives sufficient guarantees.
    SufficientGuarantees,
    /// That the processor processes on documented instructions only.
    Instructions,
    /// Whether data may go to third countries, and on which conditions.
    ThirdCountryTransfers,
    /// That those who process have undertaken confidentiality.
    Confidentiality,
    /// That the processor takes the measures of art. 32.
    Security,
    /// That the processor assists the controller in its duties.
    Assistance,
    /// What becomes of the data when the agreement ends.
    ReturnOrDeletion,
    /// The controller's right to information.
    Information,
    /// That the processor contributes to audits and inspections.
    Audits,
}

impl Code for AgreementContentItem {
    const TYPE: &'static str = "AgreementContentItem";

    fn term(self) -> Term {
        match self {
            Self::SubjectNatureAndPurpose => {
                term("Föremål, art och ändamål", "Subject-matter, nature and purpose").from_law("GDPR art. 28.3; guidelines 6.2")
            }
            Self::Duration => term("Varaktighet", "Duration").from_law("GDPR art. 28.3; guidelines 6.2"),
            Self::DataCategories => {
                term("Kategorier av personuppgifter", "Categories of personal data").from_law("GDPR art. 28.3; guidelines 6.2")
            }
            Self::DataSubjects => {
                term("Kategorier av registrerade", "Categories of data subjects").from_law("GDPR art. 28.3; guidelines 6.2")
            }
            Self::ControllersDutiesAndRights => term("Den ansvariges skyldigheter och rättigheter", "The controller's duties and rights")
                .from_law("GDPR art. 28.3; guidelines 6.2"),
            Self::SufficientGuarantees => {
                term("Tillräckliga garantier", "Sufficient guarantees").from_law("GDPR art. 28.1; guidelines 6.2")
            }
            Self::Instructions => term("Instruktioner", "Instructions").from_law("GDPR art. 28.3 a; guidelines 6.2"),
            Self::ThirdCountryTransfers => {
                term("Överföring till tredjeland", "Third-country transfers").from_law("GDPR art. 28.3 a; guidelines 6.2")
            }
            Self::Confidentiality => term("Tystnadsplikt", "Confidentiality").from_law("GDPR art. 28.3 b; guidelines 6.2"),
            Self::Security => term("Säkerhetsåtgärder", "Security measures").from_law("GDPR art. 28.3 c; guidelines 6.2"),
            Self::Assistance => term("Bistånd", "Assistance").from_law("GDPR art. 28.3 e-f; guidelines 6.2"),
            Self::ReturnOrDeletion => {
                term("Återlämnande eller radering", "Return or deletion").from_law("GDPR art. 28.3 g; guidelines 6.2")
            }
            Self::Information => term("Rätt till information", "Right to information").from_law("GDPR art. 28.3 h; guidelines 6.2"),
            Self::Audits => term("Granskningar och inspektioner", "Audits and inspections").from_law("GDPR art. 28.3 h; guidelines 6.2"),
        }
    }
}

/// A special category of personal data (känsliga personuppgifter). Source: GDPR art. 9.1; guidelines 9.2.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SensitiveCategory {
    /// Racial or ethnic origin.
    EthnicOrigin,
    /// Political opinions.
    PoliticalOpinions,
    /// Religious or philosophical beliefs, and that somebody has none.
    ReligiousBeliefs,
    /// Membership of a trade union.
    TradeUnionMembership,
    /// A person's health in all its aspects.
    Health,
    /// Inherited or acquired genetic characteristics.
    GeneticData,
    /// Biometric data that identify a person.
    BiometricData,
    /// Sex life or sexual orientation.
    SexLife,
}

impl Code for SensitiveCategory {
    const TYPE: &'static str = "SensitiveCategory";

    fn term(self) -> Term {
        match self {
            Self::EthnicOrigin => term("Ras eller etniskt ursprung", "Racial or ethnic origin").from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::PoliticalOpinions => term("Politiska åsikter", "Political opinions").from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::ReligiousBeliefs => term("Religiös eller filosofisk övertygelse", "Religious or philosophical beliefs")
                .from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::TradeUnionMembership => {
                term("Medlemskap i fackförening", "Trade union membership").from_law("GDPR art. 9.1; guidelines 9.2")
            }
            Self::Health => term("Hälsa", "Health").from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::GeneticData => term("Genetiska uppgifter", "Genetic data").from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::BiometricData => term("Biometriska uppgifter", "Biometric data").from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::SexLife => {
                term("Sexualliv eller sexuell läggning", "Sex life or sexual orientation").from_law("GDPR art. 9.1; guidelines 9.2")
            }
        }
    }
}

/// A group of data subjects. Source: guidelines, annex 8.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DataSubjectGroup {
    /// Employees of the controller.
    Employees,
    /// Residents and members.
    Residents,
    /// Patients and users of care.
    Patients,
    /// Children.
    Children,
    /// Pupils of pre-school, school and upper secondary school.
    Pupils,
    /// Students after upper secondary school.
    Students,
    /// People in a vulnerable position, such as those with a protected identity.
    VulnerablePeople,
    /// Elected representatives.
    ElectedRepresentatives,
    /// Contact persons of suppliers and other organisations.
    ContactsOfOthers,
    /// Others; the instruction says who.
    Other,
}

impl Code for DataSubjectGroup {
    const TYPE: &'static str = "DataSubjectGroup";

    fn term(self) -> Term {
        match self {
            Self::Employees => term("Anställda", "Employees").from_law("Guidelines annex 8"),
            Self::Residents => term("Kommuninvånare och medlemmar", "Residents and members").from_law("Guidelines annex 8"),
            Self::Patients => term("Patienter och brukare", "Patients").from_law("Guidelines annex 8"),
            Self::Children => term("Barn", "Children").from_law("Guidelines annex 8"),
            Self::Pupils => term("Elever", "Pupils").from_law("Guidelines annex 8"),
            Self::Students => term("Studerande", "Students").from_law("Guidelines annex 8"),
            Self::VulnerablePeople => {
                term("Personer i utsatt ställning, t.ex. med skyddade personuppgifter", "Vulnerable people").from_law("Guidelines annex 8")
            }
            Self::ElectedRepresentatives => term("Förtroendevalda", "Elected representatives").from_law("Guidelines annex 8"),
            Self::ContactsOfOthers => term("Kontaktpersoner hos andra", "Contacts of others").from_law("Guidelines annex 8"),
            Self::Other => term("Övriga", "Others").from_law("Guidelines annex 8"),
        }
    }
}

/// What is assured about a processor.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AssuranceKind {
    /// That it gives sufficient guarantees; before signing (PUB4).
    Guarantees,
    /// That all who process, sub-processors included, have undertaken confidentiality (PUB16); survives the agreement (PUB42).
    Confidentiality,
    /// That the controller has the same rights of audit against sub-processors (PUB22).
    AuditRightsFlowDown,
    /// That it tests the effect of its security measures (PUB14).
    SecurityEvidence,
    /// An audit by the controller or somebody whom it sent (PUB21).
    Audit,
    /// The processor's own yearly check (PUB20).
    SelfAudit,
    /// That the data were returned or deleted (PUB40).
    DeletionCertificate,
}

impl Code for AssuranceKind {
    const TYPE: &'static str = "AssuranceKind";

    fn term(self) -> Term {
        match self {
            Self::Guarantees => term("Tillräckliga garantier", "Sufficient guarantees").from_law("GDPR art. 28.1; guidelines 6.1"),
            Self::Confidentiality => {
                term("Sekretessförbindelser", "Confidentiality undertakings").from_law("GDPR art. 28.3 b; annex 3 clause 8.2")
            }
            Self::AuditRightsFlowDown => {
                term("Granskningsrätt hos underbiträden", "Audit rights against sub-processors").from_law("Annex 3 clause 9.6")
            }
            Self::SecurityEvidence => {
                term("Bevis om säkerhet", "Evidence of security").from_law("GDPR art. 28.3 c, 32.1 d; annex 3 clause 7.6")
            }
            Self::Audit => term("Granskning", "Audit").from_law("GDPR art. 28.3 h; annex 3 clause 9.3"),
            Self::SelfAudit => term("Egenkontroll", "Self-audit").from_law("Annex 3 clause 9.2"),
            Self::DeletionCertificate => {
                term("Intyg om återlämnande eller radering", "Certificate of return or deletion").from_law("Annex 3 clause 18.2")
            }
        }
    }
}

/// What a notice between the sides is about.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// A change that affects the processor's duties (PUB11).
    DutiesChanged,
    /// Instructions are unclear, unlawful or missing: the processor stops and awaits new ones (PUB12).
    InstructionUnclear,
    /// Whether new instructions change the costs (PUB13).
    CostAnswer,
    /// The supervisory authority was in contact with the processor (PUB17).
    AuthorityContact,
    /// Somebody asks the processor for information about the processing (PUB18).
    DisclosureRequest,
    /// The controller asks for information about security (PUB19).
    InformationRequest,
    /// The controller demands rectification or erasure after faulty processing (PUB23).
    CorrectionOrder,
    /// A measure that is expected to affect the processing (PUB24).
    PlannedMeasure,
    /// The controller asks for assistance (PUB25).
    AssistanceRequest,
    /// A personal data breach at the processor (PUB26).
    Breach,
    /// A circumstance that may cause damage (PUB34).
    Damage,
    /// A demand to renegotiate; the agreement stays in force (PUB36).
    Renegotiation,
    /// The other side acts against the agreement (PUB38).
    ContractBreach,
}

impl Code for NoticeKind {
    const TYPE: &'static str = "NoticeKind";

    fn term(self) -> Term {
        match self {
            Self::DutiesChanged => term("Ändring som påverkar biträdets skyldigheter", "Change that affects the processor's duties")
                .from_law("Annex 3 clause 5.2"),
            Self::InstructionUnclear => term("Oklar instruktion", "Unclear instruction").from_law("GDPR art. 28.3; annex 3 clause 6.5"),
            Self::CostAnswer => term("Svar om kostnader", "Answer about costs").from_law("Annex 3 clause 6.6"),
            Self::AuthorityContact => {
                term("Kontakt med tillsynsmyndighet", "Contact with the supervisory authority").from_law("Annex 3 clause 8.3")
            }
            Self::DisclosureRequest => term("Begäran om utlämnande", "Request for disclosure").from_law("Annex 3 clause 8.4"),
            Self::InformationRequest => {
                term("Begäran om information", "Request for information").from_law("GDPR art. 28.3 h; annex 3 clause 9.1")
            }
            Self::CorrectionOrder => {
                term("Begäran om rättelse eller radering", "Demand for rectification or erasure").from_law("Annex 3 clause 10.1")
            }
            Self::PlannedMeasure => term("Planerad åtgärd", "Planned measure").from_law("Annex 3 clause 10.2"),
            Self::AssistanceRequest => {
                term("Begäran om bistånd", "Request for assistance").from_law("GDPR art. 28.3 e-f; annex 3 clause 6.4, 11.2")
            }
            Self::Breach => term("Personuppgiftsincident", "Personal data breach").from_law("GDPR art. 33.2; annex 3 clause 11.3"),
            Self::Damage => {
                term("Omständighet som kan leda till skada", "Circumstance that may cause damage").from_law("Annex 3 clause 14.3")
            }
            Self::Renegotiation => term("Påkallad omförhandling", "Demand to renegotiate").from_law("Annex 3 clause 17.1"),
            Self::ContractBreach => term("Motparten bryter mot avtalet", "Breach of the agreement").from_law("Annex 3 clause 17.3"),
        }
    }
}

/// From whom a notice goes to whom.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeDirection {
    /// From the processor to the controller.
    FromProcessor,
    /// From the controller to the processor.
    ToProcessor,
}

impl Code for NoticeDirection {
    const TYPE: &'static str = "NoticeDirection";

    fn term(self) -> Term {
        match self {
            Self::FromProcessor => term("Från biträdet", "From the processor"),
            Self::ToProcessor => term("Till biträdet", "To the processor"),
        }
    }
}

/// A part of what a breach notice has to describe. Source: annex 3, 11.3 (PUB26).
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum BreachNoticePart {
    /// Nature of the breach, categories and numbers of data subjects and of records.
    Nature,
    /// Likely consequences.
    Consequences,
    /// Measures taken or proposed.
    Measures,
}

impl Code for BreachNoticePart {
    const TYPE: &'static str = "BreachNoticePart";

    fn term(self) -> Term {
        match self {
            Self::Nature => term("Incidentens art, kategorier och antal", "Nature, categories and numbers")
                .from_law("GDPR art. 33.3 a; annex 3 clause 11.3"),
            Self::Consequences => term("Sannolika konsekvenser", "Likely consequences").from_law("GDPR art. 33.3 c; annex 3 clause 11.3"),
            Self::Measures => term("Åtgärder", "Measures").from_law("GDPR art. 33.3 d; annex 3 clause 11.3"),
        }
    }
}

/// What a contact is for. Source: annex 3, 19.1-19.2, 21 (PUB43, PUB44).
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactPurpose {
    /// The agreement and its administration, notices of termination included.
    AgreementAdministration,
    /// The sides' cooperation on data protection.
    DataProtectionCooperation,
}

impl Code for ContactPurpose {
    const TYPE: &'static str = "ContactPurpose";

    fn term(self) -> Term {
        match self {
            Self::AgreementAdministration => {
                term("Avtalet och dess administration", "The agreement and its administration").from_law("Annex 3 clause 19.1")
            }
            Self::DataProtectionCooperation => {
                term("Samarbete om dataskydd", "Cooperation on data protection").from_law("Annex 3 clause 19.2")
            }
        }
    }
}

/// Why a processing is suspended.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SuspensionCause {
    /// The processor awaits a new instruction (PUB12).
    UnclearInstruction,
    /// The other side acts against the agreement (PUB38).
    ContractBreach,
}

impl Code for SuspensionCause {
    const TYPE: &'static str = "SuspensionCause";

    fn term(self) -> Term {
        match self {
            Self::UnclearInstruction => term("Oklar instruktion", "Unclear instruction").from_law("Annex 3 clause 6.5"),
            Self::ContractBreach => term("Avtalsbrott", "Breach of the agreement").from_law("Annex 3 clause 17.3"),
        }
    }
}
