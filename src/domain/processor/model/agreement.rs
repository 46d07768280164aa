//! Agreements: the common part and the parties' own rows.

use chrono::NaiveDate;

use crate::kernel::{
    code::{Code, Term, term},
    kinds::{AgreementId, AgreementPartyId, CaseId, ControllerId, PartyId, PersonId},
    page::{Key, Placed},
    text::sort_key,
};

/// The common part of a processor agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Who processes.
    pub processor: PartyId,
    /// What it is called.
    pub title: String,
    /// What kind of act it is.
    pub instrument: AgreementInstrument,
    /// Whose template it follows.
    pub template: AgreementTemplate,
    /// Which version of the template.
    pub template_version: Option<String>,
    /// What it is about.
    pub subject_matter: Option<String>,
    /// What the processing is for.
    pub purpose: Option<String>,
    /// What is done with the data.
    pub nature_of_processing: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Placed for Agreement {
    fn key(&self) -> Key {
        Key { sort: sort_key(&self.title), id: self.id.key() }
    }
}

/// A controller's own row in an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementParty {
    /// Its id.
    pub id: AgreementPartyId,
    /// The agreement.
    pub agreement: AgreementId,
    /// Who was invited or drafted, and signed.
    pub signatory: ControllerId,
    /// Whose row it is on the day on which it is looked at: the signatory's or, after a succession, whoever's its duties are.
    pub controller: ControllerId,
    /// Whose row it is today, and who may change it.
    pub keeper: ControllerId,
    /// Whether it keeps the common part.
    pub lead: bool,
    /// When it was invited; none for the one that drafted.
    pub invited_on: Option<NaiveDate>,
    /// When it joined.
    pub joined_on: Option<NaiveDate>,
    /// When the processing began.
    pub processing_from: Option<NaiveDate>,
    /// When the processing ended.
    pub processing_to: Option<NaiveDate>,
    /// Its number in the controller's case register.
    pub diary_number: Option<String>,
    /// Where the original is kept.
    pub filed_at: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// The person in charge.
    pub responsible: Option<PersonId>,
    /// How the controller authorises sub-processors.
    pub sub_processor_authorisation: Option<SubProcessorAuthorisation>,
    /// When it left before it was bound.
    pub left_on: Option<NaiveDate>,
    /// When it, as the lead, offered the lead to the others.
    pub lead_offered_on: Option<NaiveDate>,
    /// When a notice of termination was received, and which side gave it.
    pub notice: Option<(NaiveDate, ContractSide)>,
    /// When it terminated with immediate effect, and the case with the objection that allowed it.
    pub terminated: Option<(NaiveDate, CaseId)>,
    /// What it asks for at the end, and since when.
    pub end_of_agreement: Option<(ReturnOrDelete, NaiveDate)>,
    /// When the data were returned or deleted.
    pub returned_or_deleted_on: Option<NaiveDate>,
    /// Since when it is in the case register or filed; none: all along, where it is.
    pub registered_on: Option<NaiveDate>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl AgreementParty {
    /// A new party: the lead, where it was not invited.
    pub fn new(id: AgreementPartyId, agreement: AgreementId, controller: ControllerId, invited_on: Option<NaiveDate>) -> Self {
        Self {
            id,
            agreement,
            signatory: controller,
            controller,
            keeper: controller,
            lead: invited_on.is_none(),
            invited_on,
            joined_on: None,
            processing_from: None,
            processing_to: None,
            diary_number: None,
            filed_at: None,
            document_url: None,
            responsible: None,
            sub_processor_authorisation: None,
            left_on: None,
            lead_offered_on: None,
            notice: None,
            terminated: None,
            end_of_agreement: None,
            returned_or_deleted_on: None,
            registered_on: None,
            version: 1,
        }
    }

    /// Whether it is a party for its part: it drafted or joined, and has not left.
    pub fn is_in(&self) -> bool {
        (self.invited_on.is_none() || self.joined_on.is_some()) && self.left_on.is_none()
    }

    /// Which row stays where two come to one controller, the smallest first: one that is in, the lead's, the one recorded first.
    pub fn rank(&self) -> impl Ord + use<> {
        (!self.is_in(), !self.lead, self.id)
    }
}

/// What kind of act binds the processor. Source: GDPR art. 28.3.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementInstrument {
    /// A contract between controller and processor.
    Agreement,
    /// A legal act, such as a by-law (reglemente): boards of one municipality cannot contract with each other.
    LegalAct,
}

impl Code for AgreementInstrument {
    const TYPE: &'static str = "AgreementInstrument";

    fn term(self) -> Term {
        match self {
            Self::Agreement => term("Avtal", "Agreement").from_law("GDPR art. 28.3"),
            Self::LegalAct => term("Rättsakt (reglemente)", "Legal act").from_law("GDPR art. 28.3; SKR 2023-04-03"),
        }
    }
}

/// Whose template an agreement follows.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementTemplate {
    /// The template of Sveriges Kommuner och Regioner, which the guidelines prescribe.
    Skr,
    /// The supplier's own template.
    Supplier,
    /// Another template, or none.
    Other,
}

impl Code for AgreementTemplate {
    const TYPE: &'static str = "AgreementTemplate";

    fn term(self) -> Term {
        match self {
            Self::Skr => term("SKR:s mall", "SKR's template").from_law("Guidelines 6.2, annex 3"),
            Self::Supplier => term("Leverantörens mall", "Supplier's template"),
            Self::Other => term("Annan mall", "Other template"),
        }
    }
}

/// How a controller authorises sub-processors. Source: GDPR art. 28.2.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SubProcessorAuthorisation {
    /// Each sub-processor is approved before it is engaged; silence is never approval.
    Specific,
    /// The processor may engage sub-processors and announces each; the controller may object.
    General,
}

impl Code for SubProcessorAuthorisation {
    const TYPE: &'static str = "SubProcessorAuthorisation";

    fn term(self) -> Term {
        match self {
            Self::Specific => term("Särskilt förhandstillstånd", "Specific authorisation").from_law("GDPR art. 28.2"),
            Self::General => term("Allmänt förhandstillstånd", "General authorisation").from_law("GDPR art. 28.2"),
        }
    }
}

/// How far an agreement has come. It follows from dated events alone. Source: annex 3, chapters 16-18 (PUB1, PUB35).
#[derive(
    async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementStatus {
    /// Nobody has signed.
    Draft,
    /// One side has signed, the other has not.
    SignedByOne,
    /// Both sides have signed; the terms begin later.
    NotYetInForce,
    /// It binds.
    InForce,
    /// It binds, and a notice of termination runs.
    NoticeGiven,
    /// It has ended; the data have not been returned or deleted yet.
    ReturnPending,
    /// It is over, and the data are returned or deleted; or it was left before it bound.
    Closed,
}

impl Code for AgreementStatus {
    const TYPE: &'static str = "AgreementStatus";

    fn term(self) -> Term {
        match self {
            Self::Draft => term("Utkast", "Draft"),
            Self::SignedByOne => term("Undertecknat av ena sidan", "Signed by one side").from_law("Annex 3 clause 16.1"),
            Self::NotYetInForce => term("Undertecknat, ännu inte i kraft", "Signed, not yet in force").from_law("Annex 3 clause 16.1"),
            Self::InForce => term("I kraft", "In force").from_law("Annex 3 clause 16.1"),
            Self::NoticeGiven => term("Uppsagt", "Notice given").from_law("Annex 3 clause 16.2"),
            Self::ReturnPending => {
                term("Återlämnande eller radering återstår", "Return or deletion pending").from_law("Annex 3 clause 18.2")
            }
            Self::Closed => term("Avslutat", "Closed").from_law("Annex 3 clause 18.2"),
        }
    }
}

/// A side of an agreement.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ContractSide {
    /// The controller.
    Controller,
    /// The processor.
    Processor,
}

impl Code for ContractSide {
    const TYPE: &'static str = "ContractSide";

    fn term(self) -> Term {
        match self {
            Self::Controller => term("Personuppgiftsansvarig", "Controller").from_law("GDPR art. 4.7"),
            Self::Processor => term("Personuppgiftsbiträde", "Processor").from_law("GDPR art. 4.8"),
        }
    }
}

/// What becomes of the data when an agreement ends: the controller chooses. Source: GDPR art. 28.3 g; annex 3, 18.1 (PUB39).
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ReturnOrDelete {
    /// They are returned in an open standard format.
    Return,
    /// They are deleted, logs and instructions included.
    Delete,
}

impl Code for ReturnOrDelete {
    const TYPE: &'static str = "ReturnOrDelete";

    fn term(self) -> Term {
        match self {
            Self::Return => term("Återlämnas", "Returned").from_law("GDPR art. 28.3 g; annex 3 clause 18.1"),
            Self::Delete => term("Raderas", "Deleted").from_law("GDPR art. 28.3 g; annex 3 clause 18.1"),
        }
    }
}
