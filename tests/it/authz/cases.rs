//! What is tried: each mutation, the row of the table that governs it, and what it is tried on.

use super::{
    ADVISE_ON_CHANGE, ANNOUNCE_CHANGE, APPOINT_OFFICER, ASSIGN_COORDINATOR, CORRECT_CHANGE, CORRECT_PARTY, DRAFT_AGREEMENT, GRANT_ROLE,
    IMPORT_AGREEMENTS, KEEP_CASE, KEEP_CONTROLLER, KEEP_NOTICES, KEEP_OWN_PARTY, KEEP_PERSON, KEEP_SUB_PROCESSORS, RECORD_MUNICIPALITY,
    REGISTER_PARTY, TAKE_LEAD, UPDATE_AGREEMENT, UPDATE_PARTY, WITHDRAW_RECORD, rights::Facts,
};

/// The boards of Gnesta, in the order of the demo's reference file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Board {
    First,
    /// The one that `boardcoordinator.gnesta` coordinates, too.
    Second,
    Third,
}

/// What of Gnesta, or of what all share, a mutation is tried on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// The municipality, by its slug: everybody with a role sees it.
    Gnesta,
    /// What all share and nobody owns; nothing of it could be hidden.
    Shared,
    /// What a board of Gnesta keeps: a foreign id is as unknown, for whoever reads none of its records.
    Of(Board),
    /// The person of a persona.
    Person(&'static str),
    /// A party that these municipalities use: everybody with a role sees it.
    PartyUsedBy(&'static [&'static str]),
    /// What a joint board keeps, of Flen and Gnesta with Flen as host. It has not appointed the officer of the others.
    JointBoard,
    /// The common part of an agreement that Flen leads and Gnesta has joined.
    JointAgreement,
    /// Gnesta's own row of such an agreement, and Flen's.
    RowOfGnesta,
    RowOfFlen,
    /// What a processor of Gnesta's and Flen's announced and Gnesta recorded, and in whose cases these municipalities have acted.
    Change(&'static [&'static str]),
    /// A new board of Gnesta that nobody coordinates or advises.
    NewBoard,
    /// A mistake in what is written by a row of the table: in what that is tried on.
    Mistake(&'static str, &'static Target),
}

impl Target {
    /// What the table asks about it.
    pub(super) fn facts(self) -> Facts {
        let gnestas = Facts { keeper: "gnesta", of: &["gnesta"], ..Facts::default() };
        match self {
            Self::Gnesta | Self::Shared | Self::NewBoard => gnestas,
            // All boards of the demo have appointed the officer.
            Self::Of(Board::Second) => {
                Facts { appointed: true, coordinators: &["coordinator.gnesta", "boardcoordinator.gnesta"], ..gnestas }
            }
            Self::Mistake(_, of) => of.facts(),
            Self::Of(_) => Facts { appointed: true, coordinators: &["coordinator.gnesta"], ..gnestas },
            Self::Person(name) if name.ends_with(".gnesta") => Facts { person: Some(name), ..gnestas },
            Self::Person(name) => Facts { keeper: "flen", of: &["flen"], person: Some(name), ..gnestas },
            Self::Change(acted) => Facts { appointed: true, used_by: acted, ..gnestas },
            Self::PartyUsedBy(used_by) => Facts { used_by, ..Facts::default() },
            Self::JointBoard => Facts { appointed: false, ..JOINT },
            Self::JointAgreement | Self::RowOfFlen => JOINT,
            Self::RowOfGnesta => Facts { coordinators: &["coordinator.gnesta"], ..JOINT },
        }
    }
}

/// What Flen keeps and Gnesta shares.
const JOINT: Facts = Facts {
    keeper: "flen",
    of: &["flen", "gnesta"],
    appointed: true,
    coordinators: &["coordinator.flen"],
    involved: &[],
    used_by: &[],
    person: None,
};

/// A mutation, the row of the table that governs it, and what it is tried on.
pub(crate) type Case = (&'static str, &'static str, Target);

pub(super) const FIRST: Target = Target::Of(Board::First);
pub(super) const SECOND: Target = Target::Of(Board::Second);
pub(super) const READER: Target = Target::Person("reader.gnesta");
/// Somebody of Gnesta whom nobody has invited yet, and who holds no role.
pub(super) const NEWCOMER: &str = "newcomer.gnesta";

pub(super) const DIRECTORY: &[Case] = &[
    ("recordMunicipality", RECORD_MUNICIPALITY, Target::Shared),
    ("createPerson", KEEP_PERSON, Target::Gnesta),
    ("updatePerson", KEEP_PERSON, READER),
    ("updatePerson", KEEP_PERSON, Target::Person("nobody.gnesta")),
    ("updatePerson", KEEP_PERSON, Target::Person("coordinator.gnesta")),
    ("updatePerson", KEEP_PERSON, Target::Person("dso")),
    ("updatePerson", KEEP_PERSON, Target::Person("operator")),
    ("createController", KEEP_CONTROLLER, Target::Gnesta),
    ("updateController", KEEP_CONTROLLER, FIRST),
    ("updateController", KEEP_CONTROLLER, SECOND),
    ("succeedController", KEEP_CONTROLLER, FIRST),
    ("succeedController", KEEP_CONTROLLER, SECOND),
    ("invitePerson", GRANT_ROLE, Target::Person(NEWCOMER)),
    ("grantRole", GRANT_ROLE, READER),
    ("grantRole", GRANT_ROLE, Target::Person("coordinator.gnesta")),
    ("revokeRole", GRANT_ROLE, READER),
    ("assignCoordinator", ASSIGN_COORDINATOR, FIRST),
    ("assignCoordinator", ASSIGN_COORDINATOR, SECOND),
    ("endCoordinatorAssignment", ASSIGN_COORDINATOR, FIRST),
    ("endCoordinatorAssignment", ASSIGN_COORDINATOR, SECOND),
    ("appointDataProtectionOfficer", APPOINT_OFFICER, FIRST),
    ("appointDataProtectionOfficer", APPOINT_OFFICER, SECOND),
    ("recordNotificationToAuthority", APPOINT_OFFICER, FIRST),
    ("endDataProtectionOfficerAppointment", APPOINT_OFFICER, FIRST),
];

pub(super) const PARTIES: &[Case] = &[
    ("registerParty", REGISTER_PARTY, Target::Shared),
    ("updateParty", UPDATE_PARTY, Target::PartyUsedBy(&[])),
    ("updateParty", UPDATE_PARTY, Target::PartyUsedBy(&["gnesta"])),
    ("updateParty", UPDATE_PARTY, Target::PartyUsedBy(&["gnesta", "flen"])),
    ("updateParty", CORRECT_PARTY, Target::PartyUsedBy(&[])),
    ("updateParty", CORRECT_PARTY, Target::PartyUsedBy(&["gnesta"])),
    ("updateParty", CORRECT_PARTY, Target::PartyUsedBy(&["gnesta", "flen"])),
    ("mergeParties", CORRECT_PARTY, Target::PartyUsedBy(&[])),
    ("mergeParties", CORRECT_PARTY, Target::PartyUsedBy(&["gnesta"])),
    ("mergeParties", CORRECT_PARTY, Target::PartyUsedBy(&["gnesta", "flen"])),
];

pub(super) const AGREEMENTS: &[Case] = &[
    ("draftAgreement", DRAFT_AGREEMENT, FIRST),
    ("draftAgreement", DRAFT_AGREEMENT, SECOND),
    ("updateAgreement", UPDATE_AGREEMENT, FIRST),
    ("updateAgreement", UPDATE_AGREEMENT, SECOND),
    ("inviteToAgreement", UPDATE_AGREEMENT, FIRST),
    ("inviteToAgreement", UPDATE_AGREEMENT, SECOND),
    ("joinAgreement", KEEP_OWN_PARTY, FIRST),
    ("joinAgreement", KEEP_OWN_PARTY, SECOND),
    ("updateAgreementParty", KEEP_OWN_PARTY, FIRST),
    ("updateAgreementParty", KEEP_OWN_PARTY, SECOND),
    ("copyAgreement", DRAFT_AGREEMENT, FIRST),
    ("copyAgreement", DRAFT_AGREEMENT, SECOND),
    ("amendAgreement", UPDATE_AGREEMENT, FIRST),
    ("amendAgreement", UPDATE_AGREEMENT, SECOND),
    ("signAgreement", KEEP_OWN_PARTY, FIRST),
    ("signAgreement", KEEP_OWN_PARTY, SECOND),
    ("leaveAgreement", KEEP_OWN_PARTY, FIRST),
    ("giveNotice", KEEP_OWN_PARTY, FIRST),
    ("giveNotice", KEEP_OWN_PARTY, SECOND),
    ("recordReturnOrDeletion", KEEP_OWN_PARTY, FIRST),
    ("takeLead", TAKE_LEAD, FIRST),
    ("takeLead", TAKE_LEAD, SECOND),
];

pub(super) const IMPORTS: &[Case] = &[
    ("importAgreements", IMPORT_AGREEMENTS, FIRST),
    ("importAgreements", IMPORT_AGREEMENTS, SECOND),
    ("importAgreements", IMPORT_AGREEMENTS, Target::JointBoard),
];

pub(super) const KEEPING: &[Case] = &[
    ("answerAgreementContents", UPDATE_AGREEMENT, FIRST),
    ("issueInstruction", UPDATE_AGREEMENT, FIRST),
    ("recordAssurance", UPDATE_AGREEMENT, FIRST),
    ("setAgreementContacts", UPDATE_AGREEMENT, FIRST),
    ("suspendAgreement", UPDATE_AGREEMENT, FIRST),
    ("resumeAgreement", UPDATE_AGREEMENT, FIRST),
    ("answerAgreementContents", UPDATE_AGREEMENT, SECOND),
    ("suspendAgreement", UPDATE_AGREEMENT, SECOND),
    ("resumeAgreement", UPDATE_AGREEMENT, SECOND),
    ("answerAgreementContents", UPDATE_AGREEMENT, Target::JointBoard),
    ("suspendAgreement", UPDATE_AGREEMENT, Target::JointBoard),
    ("resumeAgreement", UPDATE_AGREEMENT, Target::JointBoard),
    ("answerAgreementContents", UPDATE_AGREEMENT, Target::JointAgreement),
    ("issueInstruction", UPDATE_AGREEMENT, Target::JointAgreement),
    ("recordAssurance", UPDATE_AGREEMENT, Target::JointAgreement),
    ("setAgreementContacts", UPDATE_AGREEMENT, Target::JointAgreement),
    ("suspendAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("resumeAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("recordAgreementNotice", KEEP_NOTICES, FIRST),
    ("answerAgreementNotice", KEEP_NOTICES, FIRST),
    ("recordAgreementNotice", KEEP_NOTICES, SECOND),
    ("answerAgreementNotice", KEEP_NOTICES, SECOND),
    ("recordAgreementNotice", KEEP_NOTICES, Target::JointBoard),
    ("answerAgreementNotice", KEEP_NOTICES, Target::JointBoard),
    ("recordAgreementNotice", KEEP_NOTICES, Target::JointAgreement),
    ("answerAgreementNotice", KEEP_NOTICES, Target::JointAgreement),
    ("recordAgreementNotice", KEEP_NOTICES, Target::RowOfGnesta),
    ("answerAgreementNotice", KEEP_NOTICES, Target::RowOfGnesta),
    ("recordAgreementNotice", KEEP_NOTICES, Target::RowOfFlen),
    ("answerAgreementNotice", KEEP_NOTICES, Target::RowOfFlen),
];

pub(super) const JOINT_BOARDS: &[Case] = &[
    ("updateController", KEEP_CONTROLLER, Target::JointBoard),
    ("succeedController", KEEP_CONTROLLER, Target::JointBoard),
    ("assignCoordinator", ASSIGN_COORDINATOR, Target::JointBoard),
    ("endCoordinatorAssignment", ASSIGN_COORDINATOR, Target::JointBoard),
    ("appointDataProtectionOfficer", APPOINT_OFFICER, Target::JointBoard),
    ("recordNotificationToAuthority", APPOINT_OFFICER, Target::JointBoard),
    ("endDataProtectionOfficerAppointment", APPOINT_OFFICER, Target::JointBoard),
    ("draftAgreement", DRAFT_AGREEMENT, Target::JointBoard),
    ("updateAgreement", UPDATE_AGREEMENT, Target::JointBoard),
    ("inviteToAgreement", UPDATE_AGREEMENT, Target::JointBoard),
    ("listSubProcessor", KEEP_SUB_PROCESSORS, Target::JointBoard),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, Target::JointBoard),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, Target::JointBoard),
];

pub(super) const JOINT_AGREEMENTS: &[Case] = &[
    ("updateAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("inviteToAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("listSubProcessor", KEEP_SUB_PROCESSORS, Target::JointAgreement),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, Target::JointAgreement),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, Target::JointAgreement),
    ("joinAgreement", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("updateAgreementParty", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("updateAgreementParty", KEEP_OWN_PARTY, Target::RowOfFlen),
    ("amendAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("signAgreement", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("signAgreement", KEEP_OWN_PARTY, Target::RowOfFlen),
    ("giveNotice", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("leaveAgreement", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("recordReturnOrDeletion", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("takeLead", TAKE_LEAD, Target::RowOfGnesta),
];

pub(super) const SUB_PROCESSORS: &[Case] = &[
    ("listSubProcessor", KEEP_SUB_PROCESSORS, FIRST),
    ("listSubProcessor", KEEP_SUB_PROCESSORS, SECOND),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, FIRST),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, SECOND),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, FIRST),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, SECOND),
];

pub(super) const CHANGES_AND_CASES: &[Case] = &[
    ("announceSubProcessorChange", ANNOUNCE_CHANGE, Target::PartyUsedBy(&[])),
    ("announceSubProcessorChange", ANNOUNCE_CHANGE, Target::PartyUsedBy(&["gnesta"])),
    ("announceSubProcessorChange", ANNOUNCE_CHANGE, Target::PartyUsedBy(&["gnesta", "flen"])),
    ("correctSubProcessorChange", CORRECT_CHANGE, Target::Change(&[])),
    ("correctSubProcessorChange", CORRECT_CHANGE, Target::Change(&["gnesta"])),
    ("correctSubProcessorChange", CORRECT_CHANGE, Target::Change(&["gnesta", "flen"])),
    ("giveAdvice", ADVISE_ON_CHANGE, Target::Change(&[])),
    ("confirmSubProcessorNotice", KEEP_CASE, FIRST),
    ("confirmSubProcessorNotice", KEEP_CASE, SECOND),
    ("acceptSubProcessor", KEEP_CASE, FIRST),
    ("acceptSubProcessor", KEEP_CASE, SECOND),
    ("objectToSubProcessor", KEEP_CASE, FIRST),
    ("withdrawObjection", KEEP_CASE, FIRST),
    ("withdrawObjection", KEEP_CASE, SECOND),
    ("markNotConcerned", KEEP_CASE, FIRST),
    ("recordObjectionOutcome", KEEP_CASE, FIRST),
    ("recordObjectionOutcome", KEEP_CASE, SECOND),
    ("terminateAgreementAtOnce", KEEP_OWN_PARTY, FIRST),
    ("terminateAgreementAtOnce", KEEP_OWN_PARTY, SECOND),
    mistake(CORRECT_CHANGE, &Target::Change(&[])),
    mistake(CORRECT_CHANGE, &Target::Change(&["gnesta", "flen"])),
];

const fn mistake(writing: &'static str, of: &'static Target) -> Case {
    ("withdrawRecord", WITHDRAW_RECORD, Target::Mistake(writing, of))
}

pub(super) const MISTAKES_IN_THE_DIRECTORY: &[Case] = &[
    mistake(KEEP_CONTROLLER, &Target::NewBoard),
    mistake(KEEP_PERSON, &Target::Person(NEWCOMER)),
    mistake(KEEP_PERSON, &Target::Person("nobody.gnesta")),
    mistake(ASSIGN_COORDINATOR, &FIRST),
    mistake(ASSIGN_COORDINATOR, &SECOND),
    mistake(ASSIGN_COORDINATOR, &Target::JointBoard),
    mistake(APPOINT_OFFICER, &FIRST),
    mistake(APPOINT_OFFICER, &Target::JointBoard),
];

pub(super) const MISTAKES_ABOUT_AGREEMENTS: &[Case] = &[
    mistake(CORRECT_PARTY, &Target::PartyUsedBy(&[])),
    mistake(CORRECT_PARTY, &Target::PartyUsedBy(&["gnesta"])),
    mistake(CORRECT_PARTY, &Target::PartyUsedBy(&["gnesta", "flen"])),
    mistake(UPDATE_AGREEMENT, &FIRST),
    mistake(UPDATE_AGREEMENT, &SECOND),
    mistake(UPDATE_AGREEMENT, &Target::JointBoard),
    mistake(UPDATE_AGREEMENT, &Target::JointAgreement),
    mistake(KEEP_OWN_PARTY, &FIRST),
    mistake(KEEP_OWN_PARTY, &SECOND),
    mistake(KEEP_OWN_PARTY, &Target::RowOfGnesta),
    mistake(KEEP_NOTICES, &FIRST),
    mistake(KEEP_NOTICES, &Target::JointAgreement),
    mistake(KEEP_NOTICES, &Target::RowOfGnesta),
    mistake(KEEP_SUB_PROCESSORS, &FIRST),
    mistake(KEEP_SUB_PROCESSORS, &SECOND),
    mistake(KEEP_SUB_PROCESSORS, &Target::JointBoard),
    mistake(KEEP_SUB_PROCESSORS, &Target::JointAgreement),
];

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let mistakes = [MISTAKES_IN_THE_DIRECTORY, MISTAKES_ABOUT_AGREEMENTS].concat();
    [DIRECTORY, PARTIES, AGREEMENTS, IMPORTS, KEEPING, SUB_PROCESSORS, CHANGES_AND_CASES, JOINT_BOARDS, JOINT_AGREEMENTS, &mistakes]
        .concat()
}
