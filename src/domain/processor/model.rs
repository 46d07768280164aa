//! What the area holds.

use chrono::NaiveDate;

use crate::kernel::{
    code::{Code, Term, term},
    country::CountryCode,
    kinds::{AgreementId, AgreementPartyId, ControllerId, EngagementId, PartyId, PersonId},
    page::{Key, Placed},
    period::Period,
    text::sort_key,
};

/// An organisation that processes for others: one shared row each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number.
    pub organisation_number: Option<String>,
    /// Its number in a foreign register.
    pub foreign_registration_number: Option<String>,
    /// The controller that it is, where a board is itself the processor.
    pub controller: Option<ControllerId>,
    /// Where it is established.
    pub country: CountryCode,
    /// The country that it is controlled from, where that is another.
    pub controlled_from: Option<CountryCode>,
    /// Whether it is a public body.
    pub public_body: bool,
    /// Its postal address.
    pub address: Option<String>,
    /// Where it publishes its sub-processors.
    pub sub_processor_list_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// Whether it was a mistake; what names it shows it still.
    pub withdrawn: bool,
}

impl Placed for Party {
    fn key(&self) -> Key {
        Key { sort: sort_key(&self.name), id: self.id.key() }
    }
}

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
    /// Whose row.
    pub controller: ControllerId,
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
    /// Counts the changes, from 1.
    pub version: i32,
}

/// A sub-processor is engaged under an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// Its id.
    pub id: EngagementId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Who is engaged.
    pub party: PartyId,
    /// By which engagement; none where the processor engages directly.
    pub engaged_by: Option<EngagementId>,
    /// Its place in the tree.
    pub position: Position,
    /// What it does.
    pub service: String,
    /// Which data it processes.
    pub data_categories: Vec<DataCategory>,
    /// Where it processes; empty where not known.
    pub processing_countries: Vec<CountryCode>,
    /// How it was authorised.
    pub authorisation: EngagementAuthorisation,
    /// When it was bound by the same duties.
    pub sub_agreement_on: Option<NaiveDate>,
    /// When a copy of that was asked for.
    pub copy_requested_on: Option<NaiveDate>,
    /// When the copy came.
    pub copy_received_on: Option<NaiveDate>,
    /// When it is engaged.
    pub validity: Period,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Placed for Engagement {
    fn key(&self) -> Key {
        Key { sort: self.position.path(), id: self.id.key() }
    }
}

/// A place in the tree of sub-processors: the number among its siblings at each level, from the root. It never changes, so that
/// a list can be paged while others come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position(Vec<u32>);

impl Position {
    /// The place of the nth engagement below `parent`, or at the root.
    pub fn below(parent: Option<&Self>, number: u32) -> Self {
        let mut numbers = parent.map(|parent| parent.0.clone()).unwrap_or_default();
        numbers.push(number);
        Self(numbers)
    }

    /// The place that is stored as `path`.
    pub fn from_path(path: &str) -> Option<Self> {
        path.split('.').map(str::parse).collect::<Result<_, _>>().ok().map(Self)
    }

    /// A text that sorts parents before children and siblings by number.
    pub fn path(&self) -> String {
        self.0.iter().map(|number| format!("{number:05}")).collect::<Vec<_>>().join(".")
    }

    /// The numbers from the root; as many as the engagement is deep.
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// The number among its siblings.
    pub fn number(&self) -> u32 {
        self.0.last().copied().unwrap_or(0)
    }

    /// Whether it is somewhere below `other`.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.len() > other.0.len() && self.0.starts_with(&other.0)
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

/// How the engagement of a sub-processor was authorised.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum EngagementAuthorisation {
    /// It was on the list when the agreement was signed.
    ListedAtSigning,
    /// It is engaged without authorisation.
    NotAuthorised,
}

impl Code for EngagementAuthorisation {
    const TYPE: &'static str = "EngagementAuthorisation";

    fn term(self) -> Term {
        match self {
            Self::ListedAtSigning => {
                term("Fanns i listan vid undertecknandet", "Listed at signing").from_law("GDPR art. 28.2; annex 3 clause 12.1")
            }
            Self::NotAuthorised => term("Inte godkänt", "Not authorised").from_law("GDPR art. 28.2"),
        }
    }
}

/// A category of personal data. Source: guidelines 9.1-9.2 and annex 8.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DataCategory {
    /// Name and other identifying information.
    Identity,
    /// Personal identity number or coordination number (personnummer, samordningsnummer): only where clearly justified.
    PersonalIdentityNumber,
    /// Date of birth.
    DateOfBirth,
    /// Address, telephone number, e-mail address.
    ContactDetails,
    /// Designation of a property.
    PropertyDesignation,
    /// Economic and financial information, such as account numbers.
    Financial,
    /// Official documents.
    OfficialDocuments,
    /// Where a person is or was.
    Location,
    /// IP addresses and other identifiers of devices and accounts.
    OnlineIdentifiers,
    /// Logs and metadata of communication.
    Communication,
    /// Photographs and video recordings.
    Images,
    /// Sound recordings.
    Sound,
    /// Convictions and offences.
    CriminalOffences,
    /// Data of special categories (känsliga personuppgifter), such as health; the instruction says which.
    Sensitive,
    /// Another category; the instruction says which.
    Other,
}

impl Code for DataCategory {
    const TYPE: &'static str = "DataCategory";

    fn term(self) -> Term {
        match self {
            Self::Identity => term("Identifierande information", "Identity").from_law("Guidelines annex 8"),
            Self::PersonalIdentityNumber => {
                term("Personnummer eller samordningsnummer", "Personal identity number").from_law("GDPR art. 87; dataskyddslagen 3:10")
            }
            Self::DateOfBirth => term("Födelsedatum", "Date of birth").from_law("Guidelines annex 8"),
            Self::ContactDetails => term("Kontaktinformation", "Contact details").from_law("Guidelines annex 8"),
            Self::PropertyDesignation => term("Fastighetsbeteckning", "Property designation").from_law("Guidelines 9.1"),
            Self::Financial => term("Ekonomisk eller finansiell information", "Financial information").from_law("Guidelines annex 8"),
            Self::OfficialDocuments => term("Officiella dokument", "Official documents").from_law("Guidelines annex 8"),
            Self::Location => term("Lokaliseringsuppgifter", "Location").from_law("Guidelines annex 8"),
            Self::OnlineIdentifiers => term("IP-adress och andra nätidentifierare", "Online identifiers").from_law("Guidelines 9.1"),
            Self::Communication => term("Kommunikationsloggar och metadata", "Communication").from_law("Guidelines annex 8"),
            Self::Images => term("Foto och videoupptagning", "Images").from_law("Guidelines 9.1"),
            Self::Sound => term("Ljudinspelningar", "Sound").from_law("Guidelines 9.1"),
            Self::CriminalOffences => term("Uppgift om brott", "Criminal offences").from_law("GDPR art. 10"),
            Self::Sensitive => term("Känsliga personuppgifter", "Special categories").from_law("GDPR art. 9.1; guidelines 9.2"),
            Self::Other => term("Övrigt", "Other").from_law("Guidelines annex 8"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_sort_parents_before_children_and_siblings_by_number() {
        let root = Position::below(None, 2);
        let child = Position::below(Some(&root), 10);
        let mut paths = vec![child.path(), Position::below(None, 10).path(), Position::below(Some(&root), 9).path(), root.path()];
        paths.sort();
        assert_eq!(paths, ["00002", "00002.00009", "00002.00010", "00010"]);
        assert_eq!(Position::from_path("00002.00010"), Some(child.clone()));
        assert!(child.is_below(&root) && !root.is_below(&child) && !root.is_below(&root));
    }
}
