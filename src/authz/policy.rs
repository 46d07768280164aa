//! The policy: one table of who may do what, read in one piece, and the few functions that apply it.
//!
//! The table is compared with `tests/it/expected/authz.csv`, cell by cell. Whatever it does not allow is refused.

use super::{Grant, Role, Viewer, WriteScope};
use crate::kernel::{
    code::{Code, Term, term},
    kinds::{ControllerId, MunicipalityId, PersonId},
    refusal::Refusal,
};

/// Something that a role may let a person do. For menus and buttons: what is listed for a viewer may be possible on some
/// record; `viewerCanUpdate` on the record tells.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// Read what all members share: municipalities, controllers, coordinators, officers, parties, countries.
    ReadDirectory,
    /// Read agreements and sub-processors.
    ReadRecords,
    /// Read people who are neither coordinator nor officer, and role grants.
    ReadPeople,
    /// Read the audit log.
    ReadAuditLog,
    /// Create and update controllers.
    KeepController,
    /// Record a municipality and its membership.
    RecordMunicipality,
    /// Create and update people.
    KeepPerson,
    /// Grant and revoke the roles of reader and administrator.
    GrantRole,
    /// Assign a coordinator and end an assignment.
    AssignCoordinator,
    /// Appoint a data protection officer, end an appointment, record a notification to the authority.
    AppointOfficer,
    /// Register a party.
    RegisterParty,
    /// Update a party's name, address and list of sub-processors.
    UpdateParty,
    /// Correct a party's country, numbers, control and nature.
    CorrectParty,
    /// Draft an agreement.
    DraftAgreement,
    /// Update the common part of an agreement and invite other controllers to it.
    UpdateAgreement,
    /// Join an agreement, sign, leave, give notice, record the return, update the own party's part of it.
    KeepOwnParty,
    /// Record and answer notices between the sides of an agreement.
    KeepNotices,
    /// Take the lead of a joint agreement whose lead has left, has ended or has offered it.
    TakeLead,
    /// List, correct and end sub-processors.
    KeepSubProcessors,
    /// Announce what a processor changes about its sub-processors.
    AnnounceChange,
    /// Correct such a change.
    CorrectChange,
    /// Act in a controller's case about a change.
    KeepCase,
    /// Give advice on a change.
    AdviseOnChange,
    /// Import a register of agreements.
    ImportAgreements,
    /// Withdraw a mistake: whatever you may write.
    WithdrawRecord,
}

impl Code for Action {
    const TYPE: &'static str = "Action";

    fn term(self) -> Term {
        match self {
            Self::ReadDirectory => term("Läsa katalogen", "Read the directory"),
            Self::ReadRecords => term("Läsa avtal", "Read agreements"),
            Self::ReadPeople => term("Läsa personer", "Read people"),
            Self::ReadAuditLog => term("Läsa ändringsloggen", "Read the audit log").from_law("GDPR art. 5.2"),
            Self::KeepController => term("Föra personuppgiftsansvariga", "Keep controllers"),
            Self::RecordMunicipality => term("Föra kommuner", "Keep municipalities"),
            Self::KeepPerson => term("Föra personer", "Keep people"),
            Self::GrantRole => term("Ge roller", "Grant roles"),
            Self::AssignCoordinator => term("Utse samordnare", "Assign coordinators").from_law("Guidelines 8.1"),
            Self::AppointOfficer => term("Utse dataskyddsombud", "Appoint data protection officers").from_law("GDPR art. 37.1"),
            Self::RegisterParty => term("Registrera organisationer", "Register parties"),
            Self::UpdateParty => term("Ändra organisationer", "Update parties"),
            Self::CorrectParty => term("Rätta organisationer", "Correct parties"),
            Self::DraftAgreement => term("Upprätta avtal", "Draft agreements").from_law("GDPR art. 28.3"),
            Self::UpdateAgreement => term("Ändra avtal", "Update agreements"),
            Self::KeepOwnParty => term("Föra egen del av avtal", "Keep the own part of agreements"),
            Self::KeepNotices => term("Föra meddelanden", "Keep notices").from_law("Annex 3 chapter 19"),
            Self::TakeLead => term("Ta över ledningen av avtal", "Take the lead of agreements"),
            Self::KeepSubProcessors => term("Föra underbiträden", "Keep sub-processors").from_law("GDPR art. 28.2"),
            Self::AnnounceChange => {
                term("Anmäla ändring av underbiträden", "Announce changes of sub-processors").from_law("GDPR art. 28.2")
            }
            Self::CorrectChange => term("Rätta ändring av underbiträden", "Correct changes of sub-processors"),
            Self::KeepCase => term("Föra ärenden om underbiträden", "Keep cases about sub-processors").from_law("GDPR art. 28.2"),
            Self::AdviseOnChange => {
                term("Ge råd om ändring av underbiträden", "Give advice on changes of sub-processors").from_law("GDPR art. 39.1 a")
            }
            Self::ImportAgreements => term("Importera avtal", "Import agreements"),
            Self::WithdrawRecord => term("Återkalla misstag", "Withdraw mistakes"),
        }
    }
}

/// How far a role reaches in one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    No,
    /// Wherever the condition of the row holds.
    Yes,
    /// What belongs to the municipality whose login was used.
    OwnMunicipality,
    /// What belongs to a controller that has appointed the officer.
    AppointingControllers,
    /// Of the own municipality what touches a controller that the coordinator is assigned to.
    OwnControllers,
    /// What all municipalities share.
    CooperationEntriesOnly,
    /// The person's own row.
    OwnDetails,
    /// The own municipality, for people who work for it.
    OwnMunicipalityAndPeople,
    /// The first administrator of a municipality that has none.
    FirstAdministrator,
    /// What the controller alone decides, where the coordinator is assigned to it.
    ControllersAssigned,
    /// The common part of an agreement, where the coordinator is assigned to the lead.
    LeadControllerAssigned,
    /// A party's own row, where the coordinator is assigned to that party.
    PartysControllerAssigned,
    /// What concerns all parties of an agreement, where the coordinator is assigned to the lead; what is a party's own, where assigned to
    /// that party.
    LeadOrPartysControllerAssigned,
    /// A party that the own municipality uses.
    OwnMunicipalityUsesIt,
    /// A party that no other municipality uses.
    NoOtherMunicipalityUsesIt,
    /// A processor with which the own municipality has an agreement.
    HasAgreementWithIt,
    /// A change that the own municipality announced and no other has acted on.
    AnnouncedAndNoOtherHasActed,
    /// A case, where the coordinator is assigned to its controller.
    CasesControllerAssigned,
    /// A change that touches a controller which has appointed the officer.
    TouchesAppointingController,
    /// As far as the role reaches in writing it.
    AsForWriting,
}

/// One row of the policy.
#[derive(Debug)]
pub struct Row {
    /// What is done.
    pub action: Action,
    /// How far each role reaches.
    pub reach: fn(Role) -> Reach,
}

/// The policy, one row per action.
pub const POLICY: &[Row] = &[
    row(Action::ReadDirectory, |role| match role {
        Role::Coordinator
        | Role::DataProtectionOfficer
        | Role::MunicipalityAdministrator
        | Role::Reader
        | Role::CooperationAdministrator => Reach::Yes,
    }),
    row(Action::ReadRecords, |role| match role {
        Role::Coordinator | Role::MunicipalityAdministrator | Role::Reader => Reach::OwnMunicipality,
        Role::DataProtectionOfficer => Reach::AppointingControllers,
        Role::CooperationAdministrator => Reach::No,
    }),
    row(Action::ReadPeople, |role| match role {
        Role::Coordinator | Role::MunicipalityAdministrator => Reach::OwnMunicipality,
        Role::DataProtectionOfficer | Role::Reader | Role::CooperationAdministrator => Reach::No,
    }),
    row(Action::ReadAuditLog, |role| match role {
        Role::Coordinator => Reach::OwnControllers,
        Role::DataProtectionOfficer => Reach::AppointingControllers,
        Role::MunicipalityAdministrator => Reach::OwnMunicipality,
        Role::Reader => Reach::No,
        Role::CooperationAdministrator => Reach::CooperationEntriesOnly,
    }),
    row(Action::KeepController, administrator_of_own_municipality),
    row(Action::RecordMunicipality, |role| match role {
        Role::CooperationAdministrator => Reach::Yes,
        Role::Coordinator | Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader => Reach::No,
    }),
    row(Action::KeepPerson, |role| match role {
        Role::Coordinator | Role::DataProtectionOfficer | Role::Reader => Reach::OwnDetails,
        Role::MunicipalityAdministrator => Reach::OwnMunicipality,
        Role::CooperationAdministrator => Reach::No,
    }),
    row(Action::GrantRole, |role| match role {
        Role::MunicipalityAdministrator => Reach::OwnMunicipalityAndPeople,
        Role::CooperationAdministrator => Reach::FirstAdministrator,
        Role::Coordinator | Role::DataProtectionOfficer | Role::Reader => Reach::No,
    }),
    row(Action::AssignCoordinator, administrator_of_own_municipality),
    row(Action::AppointOfficer, administrator_of_own_municipality),
    row(Action::RegisterParty, |role| match role {
        Role::Coordinator | Role::CooperationAdministrator => Reach::Yes,
        Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader => Reach::No,
    }),
    row(Action::UpdateParty, |role| match role {
        Role::Coordinator => Reach::OwnMunicipalityUsesIt,
        Role::CooperationAdministrator => Reach::Yes,
        Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader => Reach::No,
    }),
    row(Action::CorrectParty, |role| match role {
        Role::Coordinator => Reach::NoOtherMunicipalityUsesIt,
        Role::CooperationAdministrator => Reach::Yes,
        Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader => Reach::No,
    }),
    row(Action::DraftAgreement, |role| coordinator(role, Reach::ControllersAssigned)),
    row(Action::UpdateAgreement, |role| coordinator(role, Reach::LeadControllerAssigned)),
    row(Action::KeepOwnParty, |role| coordinator(role, Reach::PartysControllerAssigned)),
    row(Action::KeepNotices, |role| coordinator(role, Reach::LeadOrPartysControllerAssigned)),
    row(Action::TakeLead, |role| coordinator(role, Reach::PartysControllerAssigned)),
    row(Action::KeepSubProcessors, |role| coordinator(role, Reach::LeadControllerAssigned)),
    row(Action::AnnounceChange, |role| match role {
        Role::Coordinator => Reach::HasAgreementWithIt,
        Role::CooperationAdministrator => Reach::Yes,
        Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader => Reach::No,
    }),
    row(Action::CorrectChange, |role| match role {
        Role::Coordinator => Reach::AnnouncedAndNoOtherHasActed,
        Role::CooperationAdministrator => Reach::Yes,
        Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader => Reach::No,
    }),
    row(Action::KeepCase, |role| coordinator(role, Reach::CasesControllerAssigned)),
    row(Action::AdviseOnChange, |role| match role {
        Role::DataProtectionOfficer => Reach::TouchesAppointingController,
        Role::Coordinator | Role::MunicipalityAdministrator | Role::Reader | Role::CooperationAdministrator => Reach::No,
    }),
    row(Action::ImportAgreements, |role| coordinator(role, Reach::ControllersAssigned)),
    row(Action::WithdrawRecord, |role| match role {
        Role::Coordinator | Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::CooperationAdministrator => {
            Reach::AsForWriting
        }
        Role::Reader => Reach::No,
    }),
];

const fn row(action: Action, reach: fn(Role) -> Reach) -> Row {
    Row { action, reach }
}

fn administrator_of_own_municipality(role: Role) -> Reach {
    match role {
        Role::MunicipalityAdministrator => Reach::OwnMunicipality,
        Role::Coordinator | Role::DataProtectionOfficer | Role::Reader | Role::CooperationAdministrator => Reach::No,
    }
}

fn coordinator(role: Role, reach: Reach) -> Reach {
    match role {
        Role::Coordinator => reach,
        Role::DataProtectionOfficer | Role::MunicipalityAdministrator | Role::Reader | Role::CooperationAdministrator => Reach::No,
    }
}

/// What an action is done to, as far as the policy must know it.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// What all members share; nobody's in particular.
    Shared,
    /// A municipality, or something of it.
    Municipality(MunicipalityId),
    /// A controller, for what it alone decides.
    Controller(ControllerId),
    /// A person who works for a municipality.
    Person(PersonId, MunicipalityId),
    /// The role of a person in a municipality.
    RoleOf {
        /// The person's own municipality.
        person_of: MunicipalityId,
        /// Where the role holds.
        municipality: MunicipalityId,
        /// Whether it makes the first administrator of that municipality.
        first_administrator: bool,
    },
    /// A party, and the municipalities that use it.
    Party(&'a [MunicipalityId]),
    /// The common part of an agreement with this lead.
    CommonPart(ControllerId),
    /// The own row of an agreement's party.
    OwnParty(ControllerId),
    /// A processor, and the municipalities and controllers that have an agreement with it.
    Processor(&'a [(MunicipalityId, ControllerId)]),
    /// A change that a processor announced.
    Change {
        /// The municipality that announced it.
        announced_by: Option<MunicipalityId>,
        /// Whether a controller of another municipality has acted on it.
        others_acted: bool,
    },
    /// A case of this controller.
    Case(ControllerId),
}

/// How far a role reaches in an action.
pub fn reach(action: Action, role: Role) -> Reach {
    POLICY.iter().find(|row| row.action == action).map_or(Reach::No, |row| (row.reach)(role))
}

/// Whether a viewer may do this to that.
pub fn allowed(viewer: &Viewer, action: Action, subject: Subject<'_>) -> bool {
    role_for(viewer, action, subject).is_some()
}

/// The right to do this to that, or the refusal at `path` of the input.
pub fn require(viewer: &Viewer, action: Action, subject: Subject<'_>, path: &str) -> Result<WriteScope, Refusal> {
    let role = role_for(viewer, action, subject);
    role.map(|role| WriteScope::granted(action, role)).ok_or_else(|| Refusal::forbidden(path))
}

/// The right to withdraw what is written by the right to `writing`, or the refusal at `path` of the input: by a role that may withdraw
/// at all, as far as it reaches in writing it.
pub fn require_to_withdraw(viewer: &Viewer, writing: Action, subject: Subject<'_>, path: &str) -> Result<WriteScope, Refusal> {
    let mut grants = viewer.grants.iter().filter(|grant| reach(Action::WithdrawRecord, grant.role) == Reach::AsForWriting);
    let found = grants.find(|grant| reaches(viewer, grant, reach(writing, grant.role), subject));
    found.map(|grant| WriteScope::granted(Action::WithdrawRecord, grant.role)).ok_or_else(|| Refusal::forbidden(path))
}

/// The first of the viewer's roles that lets them do this to that.
fn role_for(viewer: &Viewer, action: Action, subject: Subject<'_>) -> Option<Role> {
    let mut grants = viewer.grants.iter();
    grants.find(|grant| reaches(viewer, grant, reach(action, grant.role), subject)).map(|grant| grant.role)
}

/// What a viewer may do to some record at least.
pub fn possible(viewer: &Viewer) -> Vec<Action> {
    let held = |action| viewer.grants.iter().any(|grant| reach(action, grant.role) != Reach::No);
    POLICY.iter().map(|row| row.action).filter(|action| held(*action)).collect()
}

fn reaches(viewer: &Viewer, grant: &Grant, reach: Reach, subject: Subject<'_>) -> bool {
    let own = viewer.municipality;
    let assigned = |controller: ControllerId| grant.controller == Some(controller);
    match (reach, subject) {
        (Reach::Yes, _) => true,
        (Reach::OwnMunicipality, Subject::Municipality(municipality) | Subject::Person(_, municipality)) => municipality == own,
        (Reach::OwnDetails, Subject::Person(person, _)) => Some(person) == viewer.person,
        (Reach::OwnMunicipalityAndPeople, Subject::RoleOf { person_of, municipality, .. }) => municipality == own && person_of == own,
        (Reach::FirstAdministrator, Subject::RoleOf { first_administrator, person_of, municipality }) => {
            first_administrator && person_of == municipality
        }
        (Reach::ControllersAssigned, Subject::Controller(controller))
        | (Reach::LeadControllerAssigned | Reach::LeadOrPartysControllerAssigned, Subject::CommonPart(controller))
        | (Reach::PartysControllerAssigned | Reach::LeadOrPartysControllerAssigned, Subject::OwnParty(controller))
        | (Reach::CasesControllerAssigned, Subject::Case(controller)) => assigned(controller),
        (Reach::HasAgreementWithIt, Subject::Processor(with)) => with.iter().any(|(municipality, _)| *municipality == own),
        (Reach::TouchesAppointingController, Subject::Processor(with)) => with.iter().any(|(_, controller)| assigned(*controller)),
        (Reach::AnnouncedAndNoOtherHasActed, Subject::Change { announced_by, others_acted }) => announced_by == Some(own) && !others_acted,
        (Reach::OwnMunicipalityUsesIt, Subject::Party(used_by)) => used_by.contains(&own),
        (Reach::NoOtherMunicipalityUsesIt, Subject::Party(used_by)) => used_by.iter().all(|user| *user == own),
        _ => false,
    }
}
