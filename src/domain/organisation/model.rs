//! What the directory holds.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    authz::Role,
    kernel::{
        code::{Code, Term, term},
        kinds::{AccountId, AppointmentId, AssignmentId, ControllerId, MunicipalityId, PersonId},
        page::{Key, Placed},
        period::Period,
        text::sort_key,
    },
};

/// A municipality of the cooperation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Municipality {
    /// Its id.
    pub id: MunicipalityId,
    /// Its name in addresses and filters.
    pub slug: String,
    /// Its official name.
    pub name: String,
    /// Its four-digit code.
    pub code: String,
    /// Its organisation number.
    pub organisation_number: String,
    /// Its place in the rotation of meetings, from 1.
    pub meeting_order: i32,
    /// When it is a member.
    pub membership: Period,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Placed for Municipality {
    fn key(&self) -> Key {
        Key { sort: self.slug.clone(), id: self.id.key() }
    }
}

/// A controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Its id.
    pub id: ControllerId,
    /// Its municipality; the host of a joint board.
    pub host: MunicipalityId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ControllerKind,
    /// Its own organisation number, where it has one; boards share the municipality's.
    pub organisation_number: Option<String>,
    /// When it exists.
    pub validity: Period,
    /// Counts the changes, from 1.
    pub version: i32,
    /// Whether it was a mistake; what names it shows it still.
    pub withdrawn: bool,
}

impl Placed for Controller {
    fn key(&self) -> Key {
        Key { sort: sort_key(&self.name), id: self.id.key() }
    }
}

/// The duties of a controller are another's from a day: boards are reorganised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// Whose duties.
    pub predecessor: ControllerId,
    /// Whose they are then.
    pub successor: ControllerId,
    /// The first day of the successor.
    pub on: NaiveDate,
    /// Where the decision is filed.
    pub decision_reference: Option<String>,
}

/// What a controller is.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ControllerKind {
    /// The municipal executive board (kommunstyrelse).
    ExecutiveBoard,
    /// Another board of the municipality (nämnd).
    Board,
    /// A board that several municipalities share (gemensam nämnd): a host and its members.
    JointBoard,
    /// A company that the municipality owns (kommunalt bolag). It should have a data protection officer, but need not. Source: guidelines 5.3 (ORG5).
    MunicipalCompany,
    /// A foundation of the municipality (stiftelse).
    Foundation,
}

impl Code for ControllerKind {
    const TYPE: &'static str = "ControllerKind";

    fn term(self) -> Term {
        match self {
            Self::ExecutiveBoard => term("Kommunstyrelse", "Municipal executive board").from_law("Guidelines 5.1; GDPR art. 4.7"),
            Self::Board => term("Nämnd", "Board").from_law("Guidelines 5.1; GDPR art. 4.7"),
            Self::JointBoard => term("Gemensam nämnd", "Joint board").from_law("Kommunallagen 3:9"),
            Self::MunicipalCompany => term("Kommunalt bolag", "Municipal company").from_law("Guidelines 5.3"),
            Self::Foundation => term("Stiftelse", "Foundation"),
        }
    }
}

/// A person of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's id.
    pub id: PersonId,
    /// Whom the person works for.
    pub municipality: MunicipalityId,
    /// What the person is called.
    pub name: String,
    /// E-mail address at work.
    pub email: Option<String>,
    /// Telephone number at work.
    pub phone: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When the name was erased, after the person had left; none where it is there.
    pub erased_at: Option<DateTime<Utc>>,
}

impl Person {
    /// The name; none where it is erased.
    pub fn kept_name(&self) -> Option<&str> {
        self.erased_at.is_none().then_some(&self.name)
    }

    /// The same without contact details.
    #[must_use]
    pub fn without_contact_details(&self) -> Self {
        Self { email: None, phone: None, version: self.version + 1, ..self.clone() }
    }

    /// The same without anything that tells who it is; the id stays, for the records that refer to it.
    #[must_use]
    pub fn erased(&self, now: DateTime<Utc>) -> Self {
        Self { name: String::new(), erased_at: Some(now), ..self.without_contact_details() }
    }
}

impl Placed for Person {
    fn key(&self) -> Key {
        Key { sort: sort_key(&self.name), id: self.id.key() }
    }
}

/// A person is coordinator of a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Who.
    pub person: PersonId,
    /// Of what.
    pub controller: ControllerId,
    /// Whether as a deputy.
    pub deputy: bool,
    /// When.
    pub validity: Period,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// A controller has appointed its data protection officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Who.
    pub person: PersonId,
    /// By whom.
    pub controller: ControllerId,
    /// The municipality whose login gives the officer the role.
    pub login_at: MunicipalityId,
    /// When.
    pub validity: Period,
    /// Where the decision is filed.
    pub decision_reference: Option<String>,
    /// Why it ended.
    pub end_reason: Option<AppointmentEndReason>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// Why an appointment ended. That the officer did the job is no reason that the law knows.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AppointmentEndReason {
    /// The officer left the post.
    LeftPost,
    /// Another officer was appointed.
    Replaced,
    /// The controller ceased to exist.
    ControllerEnded,
    /// Another reason; the decision tells.
    Other,
}

impl Code for AppointmentEndReason {
    const TYPE: &'static str = "AppointmentEndReason";

    fn term(self) -> Term {
        match self {
            Self::LeftPost => term("Slutade", "Left the post"),
            Self::Replaced => term("Ersattes", "Replaced"),
            Self::ControllerEnded => term("Personuppgiftsansvarig upphörde", "Controller ended"),
            Self::Other => term("Annat skäl", "Other reason").from_law("GDPR art. 38.3"),
        }
    }
}

/// The supervisory authority was told about an officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityNotification {
    /// What was told.
    pub kind: AuthorityNotificationKind,
    /// When.
    pub on: NaiveDate,
    /// The reference of the notification.
    pub reference: Option<String>,
}

/// What the supervisory authority was told about an officer.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthorityNotificationKind {
    /// An officer was appointed.
    Appointed,
    /// The officer's contact details changed.
    Changed,
    /// The appointment ended.
    Ended,
}

impl Code for AuthorityNotificationKind {
    const TYPE: &'static str = "AuthorityNotificationKind";

    fn term(self) -> Term {
        let term = match self {
            Self::Appointed => term("Utsett", "Appointed"),
            Self::Changed => term("Ändrade kontaktuppgifter", "Contact details changed"),
            Self::Ended => term("Upphört", "Ended"),
        };
        term.from_law("GDPR art. 37.7")
    }
}

/// A role that a record gives a person in a municipality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRecord {
    /// Who.
    pub person: PersonId,
    /// Which role.
    pub role: Role,
    /// Where; for the administrator of the cooperation: at whose login.
    pub municipality: MunicipalityId,
    /// When.
    pub validity: Period,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// An invitation as it is made; its link is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Who is invited.
    pub person: PersonId,
    /// At whose login.
    pub municipality: MunicipalityId,
    /// Who invites, and cannot use the invitation; none where the operator does.
    pub invited_by: Option<AccountId>,
    /// The link, with its secret.
    pub link: String,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
}
