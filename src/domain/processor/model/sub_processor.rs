//! Sub-processors: the tree of engagements under an agreement.

use chrono::NaiveDate;

use crate::kernel::{
    code::{Code, Term, term},
    country::CountryCode,
    kinds::{AgreementId, ChangeId, EngagementId, PartyId},
    page::{Key, Placed},
    period::Period,
};

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
    /// When it is engaged: as it was entered, but at most until it is replaced.
    pub validity: Period,
    /// Its last day as it was entered; none while it goes on.
    pub listed_to: Option<NaiveDate>,
    /// The change that brought it in; none where it was listed.
    pub introduced_by: Option<ChangeId>,
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

/// How the engagement of a sub-processor was authorised.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum EngagementAuthorisation {
    /// It was on the list when the agreement was signed.
    ListedAtSigning,
    /// It was announced under a general authorisation, and accepted or not objected to. Arises only from a case.
    Notified,
    /// It was approved under a specific authorisation. Arises only from a case.
    SpecificallyApproved,
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
            Self::Notified => term("Anmält, utan kvarstående invändning", "Notified, without a standing objection")
                .from_law("GDPR art. 28.2; annex 3 clause 12.2, 12.6"),
            Self::SpecificallyApproved => term("Särskilt godkänt", "Specifically approved").from_law("GDPR art. 28.2"),
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
