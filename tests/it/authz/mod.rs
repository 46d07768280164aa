//! Who may do what: the policy compared with `expected/authz.csv` cell by cell, and each mutation tried by each kind of person.
//!
//! What is expected comes from the cells of the table and from one rule: what you do not see is answered as what is not there,
//! what you see but may not do is forbidden.

pub(crate) mod rights;

use std::collections::BTreeSet;

use rights::{Facts, PERSONAS, Persona, Rights};
use samverkan::authz::{
    Action, Role,
    policy::{POLICY, Reach, reach},
};
use serde_json::{Value, json};
use strum::VariantArray;

use crate::{
    organisation::{stored, unknown},
    schema::{Sdl, base, least_operation},
    support::{Client, TestApp, mistakes, nodes},
};

// ── the table ────────────────────────────────────────────────────────────────────────────────────

/// The columns of the table and the roles that they are about.
const COLUMNS: [(&str, Role); 5] = [
    ("coordinator", Role::Coordinator),
    ("data_protection_officer", Role::DataProtectionOfficer),
    ("municipality_administrator", Role::MunicipalityAdministrator),
    ("reader", Role::Reader),
    ("cooperation_administrator", Role::CooperationAdministrator),
];

pub(crate) const READ_DIRECTORY: &str =
    "read directory (municipalities; controllers; coordinators; officers; parties; countries; decisions; changes; meetings)";
pub(crate) const READ_RECORDS: &str = "read agreements; cases; transfers; reports; findings; figures; officer items; transfer impact";
pub(crate) const READ_PEOPLE: &str = "read people who are neither coordinator nor officer; role grants";
pub(crate) const READ_AUDIT_LOG: &str = "read audit log";
const KEEP_CONTROLLER: &str = "create; update; succeed controller";
const RECORD_MUNICIPALITY: &str = "record municipality and its membership";
const KEEP_PERSON: &str = "create; update person";
const GRANT_ROLE: &str = "invite person; grant and revoke reader and administrator";
const ASSIGN_COORDINATOR: &str = "assign and end coordinator";
const APPOINT_OFFICER: &str = "appoint officer; end appointment; record notification to authority";
const REGISTER_PARTY: &str = "register party";
const UPDATE_PARTY: &str = "update party: name; address; list URL";
const CORRECT_PARTY: &str = "update party: country; numbers; controlled from; public body; merge parties";
const DRAFT_AGREEMENT: &str = "draft; copy agreement";
const UPDATE_AGREEMENT: &str = "update; amend; instruct; invite to; assess; suspend agreement (common part)";
const KEEP_OWN_PARTY: &str = "sign; join; leave; give notice; terminate; update own party; record return";
const KEEP_SUB_PROCESSORS: &str = "list; correct; end sub-processor";
const WITHDRAW_RECORD: &str = "withdraw record";

/// The rows that the policy has, and the actions that they are there.
pub(crate) const ROWS: [(&str, Action); 18] = [
    (READ_DIRECTORY, Action::ReadDirectory),
    (READ_RECORDS, Action::ReadRecords),
    (READ_PEOPLE, Action::ReadPeople),
    (READ_AUDIT_LOG, Action::ReadAuditLog),
    (KEEP_CONTROLLER, Action::KeepController),
    (RECORD_MUNICIPALITY, Action::RecordMunicipality),
    (KEEP_PERSON, Action::KeepPerson),
    (GRANT_ROLE, Action::GrantRole),
    (ASSIGN_COORDINATOR, Action::AssignCoordinator),
    (APPOINT_OFFICER, Action::AppointOfficer),
    (REGISTER_PARTY, Action::RegisterParty),
    (UPDATE_PARTY, Action::UpdateParty),
    (CORRECT_PARTY, Action::CorrectParty),
    (DRAFT_AGREEMENT, Action::DraftAgreement),
    (UPDATE_AGREEMENT, Action::UpdateAgreement),
    (KEEP_OWN_PARTY, Action::KeepOwnParty),
    (KEEP_SUB_PROCESSORS, Action::KeepSubProcessors),
    (WITHDRAW_RECORD, Action::WithdrawRecord),
];

/// The rows of what is not built yet. Only shrinks.
const LATER: [&str; 22] = [
    "read overview",
    "record; answer notice",
    "take the lead",
    "announce sub-processor change",
    "correct sub-processor change",
    "confirm; accept; object; withdraw; not concerned; outcome of a case",
    "give advice on a change",
    "record; update; assess; end transfer and its bases",
    "approve transfer",
    "record transfer review",
    "record; update; end adequacy decision; country status; standard clauses",
    "start; update; submit report",
    "comment report",
    "return; acknowledge report; request additional report",
    "raise officer item",
    "close officer item",
    "answer officer item",
    "record guideline adoption; training status; external contact",
    "record resource review",
    "record officer activity",
    "plan; record meeting",
    "import agreements",
];

/// What the words of a cell mean to the policy.
fn reach_of(cell: &str) -> Reach {
    match cell {
        "yes" => Reach::Yes,
        "no" => Reach::No,
        "own municipality" => Reach::OwnMunicipality,
        "appointing controllers" => Reach::AppointingControllers,
        "own controllers" => Reach::OwnControllers,
        "cooperation entries only" => Reach::CooperationEntriesOnly,
        "own details" => Reach::OwnDetails,
        "own municipality and its own people" => Reach::OwnMunicipalityAndPeople,
        "first administrator of a municipality" => Reach::FirstAdministrator,
        "controllers assigned" => Reach::ControllersAssigned,
        "lead controller assigned" => Reach::LeadControllerAssigned,
        "party's controller assigned" => Reach::PartysControllerAssigned,
        "own municipality uses it" => Reach::OwnMunicipalityUsesIt,
        "only while no other municipality uses it" => Reach::NoOtherMunicipalityUsesIt,
        "as for writing it" => Reach::AsForWriting,
        other => panic!("the policy has no word for {other:?}"),
    }
}

#[test]
fn every_row_of_the_table_is_in_the_policy_or_known_to_come_later() {
    let table: BTreeSet<_> = Rights::read().0.into_keys().collect();
    let known: Vec<_> = ROWS.iter().map(|(row, _)| *row).chain(LATER).map(str::to_owned).collect();
    assert_eq!(known.iter().cloned().collect::<BTreeSet<_>>(), table);
    assert_eq!(known.len(), table.len(), "a row is both there and to come");
}

#[test]
fn every_action_has_one_row_in_the_policy_and_in_the_table() {
    for action in Action::VARIANTS {
        assert_eq!(POLICY.iter().filter(|row| row.action == *action).count(), 1, "{action:?} in the policy");
        assert_eq!(ROWS.iter().filter(|(_, of)| of == action).count(), 1, "{action:?} in the table");
    }
}

#[test]
fn the_policy_says_for_every_role_what_the_table_says() {
    assert_eq!(COLUMNS.map(|(_, role)| role).as_slice(), Role::VARIANTS);
    let Rights(table) = Rights::read();
    for (row, action) in ROWS {
        for (column, role) in COLUMNS {
            let cell = &table[row][column];
            assert_eq!(reach(action, role), reach_of(cell), "{action:?} of {role:?}; the table says {cell:?}");
        }
    }
}

// ── what is expected of a mutation ───────────────────────────────────────────────────────────────

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
    /// A new board of Gnesta that nobody coordinates or advises.
    NewBoard,
    /// A mistake in what is written by a row of the table: in what that is tried on.
    Mistake(&'static str, &'static Target),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Through,
    Forbidden,
    NotFound,
}

impl Target {
    /// What the table asks about it.
    fn facts(self) -> Facts {
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

/// What the table lets come of it.
fn expected(rights: &Rights, row: &str, persona: Persona, target: Target) -> Outcome {
    if let Target::Mistake(writing, of) = target {
        let as_for_writing = expected(rights, writing, persona, *of);
        let never = as_for_writing == Outcome::Through && rights.cell(row, persona) == "no";
        return if never { Outcome::Forbidden } else { as_for_writing };
    }
    let facts = target.facts();
    let sees = match target {
        Target::Mistake(..) => unreachable!(),
        // There is nothing that could be hidden.
        Target::Shared => true,
        Target::Gnesta | Target::PartyUsedBy(_) => rights.may_read(READ_DIRECTORY, persona, &facts),
        Target::Of(_) | Target::NewBoard | Target::JointBoard | Target::JointAgreement | Target::RowOfGnesta | Target::RowOfFlen => {
            rights.may_read(READ_RECORDS, persona, &facts)
        }
        // Who holds office stands in the directory; but of details that could be changed a change shows only the own municipality's.
        Target::Person(name) => {
            let in_office = name == "dso" || name.contains("coordinator");
            let shown = row != KEEP_PERSON || persona.municipality == Some(facts.keeper);
            let in_directory = in_office && shown && rights.may_read(READ_DIRECTORY, persona, &facts);
            name == persona.name || rights.may_read(READ_PEOPLE, persona, &facts) || in_directory
        }
    };
    match (sees, rights.may(row, persona, &facts)) {
        (true, true) => Outcome::Through,
        (true, false) => Outcome::Forbidden,
        (false, false) => Outcome::NotFound,
        (false, true) => panic!("{} may do what the table calls {row:?} to what it hides", persona.name),
    }
}

/// A mutation, the row of the table that governs it, and what it is tried on.
pub(crate) type Case = (&'static str, &'static str, Target);

const FIRST: Target = Target::Of(Board::First);
const SECOND: Target = Target::Of(Board::Second);
const READER: Target = Target::Person("reader.gnesta");

const DIRECTORY: &[Case] = &[
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

const PARTIES: &[Case] = &[
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

const AGREEMENTS: &[Case] = &[
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
];

const JOINT_BOARDS: &[Case] = &[
    ("updateController", KEEP_CONTROLLER, Target::JointBoard),
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

const JOINT_AGREEMENTS: &[Case] = &[
    ("updateAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("inviteToAgreement", UPDATE_AGREEMENT, Target::JointAgreement),
    ("listSubProcessor", KEEP_SUB_PROCESSORS, Target::JointAgreement),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, Target::JointAgreement),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, Target::JointAgreement),
    ("joinAgreement", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("updateAgreementParty", KEEP_OWN_PARTY, Target::RowOfGnesta),
    ("updateAgreementParty", KEEP_OWN_PARTY, Target::RowOfFlen),
];

const SUB_PROCESSORS: &[Case] = &[
    ("listSubProcessor", KEEP_SUB_PROCESSORS, FIRST),
    ("listSubProcessor", KEEP_SUB_PROCESSORS, SECOND),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, FIRST),
    ("correctSubProcessor", KEEP_SUB_PROCESSORS, SECOND),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, FIRST),
    ("endSubProcessor", KEEP_SUB_PROCESSORS, SECOND),
];

const fn mistake(writing: &'static str, of: &'static Target) -> Case {
    ("withdrawRecord", WITHDRAW_RECORD, Target::Mistake(writing, of))
}

const MISTAKES_IN_THE_DIRECTORY: &[Case] = &[
    mistake(KEEP_CONTROLLER, &Target::NewBoard),
    mistake(KEEP_PERSON, &Target::Person(NEWCOMER)),
    mistake(KEEP_PERSON, &Target::Person("nobody.gnesta")),
    mistake(ASSIGN_COORDINATOR, &FIRST),
    mistake(ASSIGN_COORDINATOR, &SECOND),
    mistake(ASSIGN_COORDINATOR, &Target::JointBoard),
    mistake(APPOINT_OFFICER, &FIRST),
    mistake(APPOINT_OFFICER, &Target::JointBoard),
];

const MISTAKES_ABOUT_AGREEMENTS: &[Case] = &[
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
    mistake(KEEP_SUB_PROCESSORS, &FIRST),
    mistake(KEEP_SUB_PROCESSORS, &SECOND),
    mistake(KEEP_SUB_PROCESSORS, &Target::JointBoard),
    mistake(KEEP_SUB_PROCESSORS, &Target::JointAgreement),
];

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let mistakes = [MISTAKES_IN_THE_DIRECTORY, MISTAKES_ABOUT_AGREEMENTS].concat();
    [DIRECTORY, PARTIES, AGREEMENTS, SUB_PROCESSORS, JOINT_BOARDS, JOINT_AGREEMENTS, &mistakes].concat()
}

#[test]
fn every_mutation_is_tried_and_every_row_that_lets_somebody_change_something() {
    let cases = cases();
    let sdl = Sdl::served();
    let mutations: BTreeSet<_> = sdl.fields("Mutation").into_iter().map(|field| field.name.node.as_str()).collect();
    assert_eq!(cases.iter().map(|(mutation, ..)| *mutation).collect::<BTreeSet<_>>(), mutations);
    let reads = [READ_DIRECTORY, READ_RECORDS, READ_PEOPLE, READ_AUDIT_LOG];
    let rows: BTreeSet<_> = ROWS.iter().map(|(row, _)| *row).filter(|row| !reads.contains(row)).collect();
    assert_eq!(cases.iter().map(|(_, row, _)| *row).collect::<BTreeSet<_>>(), rows);
}

#[test]
fn the_cases_tell_the_three_outcomes_apart() {
    let rights = Rights::read();
    let of = |name: &str, row, target| expected(&rights, row, *PERSONAS.iter().find(|persona| persona.name == name).unwrap(), target);
    for (name, row, target, outcome) in [
        ("coordinator.gnesta", UPDATE_AGREEMENT, FIRST, Outcome::Through),
        ("boardcoordinator.gnesta", UPDATE_AGREEMENT, FIRST, Outcome::Forbidden),
        ("boardcoordinator.gnesta", UPDATE_AGREEMENT, SECOND, Outcome::Through),
        ("dso", UPDATE_AGREEMENT, FIRST, Outcome::Forbidden),
        ("coordinator.flen", UPDATE_AGREEMENT, FIRST, Outcome::NotFound),
        ("operator", UPDATE_AGREEMENT, FIRST, Outcome::NotFound),
        ("administrator.flen", KEEP_CONTROLLER, Target::Gnesta, Outcome::Forbidden),
        ("administrator.flen", KEEP_CONTROLLER, FIRST, Outcome::NotFound),
        ("reader.gnesta", KEEP_PERSON, READER, Outcome::Through),
        ("dso", KEEP_PERSON, READER, Outcome::NotFound),
        ("operator", CORRECT_PARTY, Target::PartyUsedBy(&["gnesta", "flen"]), Outcome::Through),
        ("coordinator.gnesta", CORRECT_PARTY, Target::PartyUsedBy(&["gnesta", "flen"]), Outcome::Forbidden),
    ] {
        assert_eq!(of(name, row, target), outcome, "{name}: {row} on {target:?}");
    }
}

/// The least input of a mutation, and somebody who may send it: of the first case that tries the mutation. Makes what it needs.
pub(crate) async fn least(app: &TestApp, mutation: &str) -> (&'static str, Value) {
    let rights = Rights::read();
    let (_, row, target) = cases().into_iter().find(|(of, ..)| *of == mutation).unwrap_or_else(|| panic!("{mutation} is not tried"));
    let who = PERSONAS.into_iter().filter(|persona| persona.municipality.is_some());
    let who = who.into_iter().find(|persona| expected(&rights, row, *persona, target) == Outcome::Through).unwrap();
    (who.name, input(app, mutation, row, target).await)
}

// ── behaviour ────────────────────────────────────────────────────────────────────────────────────

/// Tries each case as each persona: first as all who may not, without a trace in any table, then as one who may, so that what was
/// refused is seen to have been right but for the person. The others who may each have a fresh database.
async fn try_all(cases: &[Case]) {
    let (rights, sdl) = (Rights::read(), Sdl::served());
    let who: Vec<_> = PERSONAS.into_iter().filter(|persona| persona.municipality.is_some()).collect();
    for (mutation, row, target) in cases {
        let (may, may_not): (Vec<Persona>, Vec<Persona>) =
            who.iter().copied().partition(|persona| expected(&rights, row, *persona, *target) == Outcome::Through);
        let mut app = TestApp::start().await;
        let mut input = input(&app, mutation, row, *target).await;
        let before = stored(&app).await;
        for persona in may_not {
            let expected = expected(&rights, row, persona, *target);
            let client = app.as_(persona.name);
            assert_eq!(attempt(&sdl, &client, mutation, &input).await, Ok(expected), "{mutation} on {target:?} as {}", persona.name);
            assert!(before == stored(&app).await, "{mutation} on {target:?} as {} was refused and changed something", persona.name);
            if expected == Outcome::NotFound {
                as_unknown(&sdl, &client, mutation, &input).await;
            }
        }
        assert!(!may.is_empty(), "nobody may do what {row} says to {target:?}");
        for (n, persona) in may.into_iter().enumerate() {
            if n > 0 {
                app = TestApp::start().await;
                input = self::input(&app, mutation, row, *target).await;
            }
            let outcome = attempt(&sdl, &app.as_(persona.name), mutation, &input).await;
            assert_eq!(outcome, Ok(Outcome::Through), "{mutation} on {target:?} as {}", persona.name);
            assert!(before != stored(&app).await, "{mutation} on {target:?} as {} changed nothing", persona.name);
        }
    }
    eprintln!("{} cells: {} cases, {} personas", cases.len() * who.len(), cases.len(), who.len());
}

/// What is not seen is answered byte for byte as what is not there.
async fn as_unknown(sdl: &Sdl, client: &Client<'_>, mutation: &str, input: &Value) {
    let seen = send(sdl, client, mutation, input).await;
    let (_, field) = mistakes(&seen).remove(0);
    let mut nowhere = input.clone();
    let id = nowhere[&field].as_str().unwrap_or_else(|| panic!("{mutation}: {field} of {input:#}"));
    nowhere[&field] = json!(if id.contains('_') { unknown(id) } else { "ingenkommun".to_owned() });
    let answer = send(sdl, client, mutation, &nowhere).await;
    assert_eq!(seen.to_string(), answer.to_string(), "{mutation} with {input:#} tells that it is there");
}

/// What comes of a mutation, or the payload where that is none of the three outcomes.
async fn attempt(sdl: &Sdl, client: &Client<'_>, mutation: &str, input: &Value) -> Result<Outcome, Value> {
    let payload = send(sdl, client, mutation, input).await;
    let object = object(sdl, mutation);
    let codes: Vec<_> = mistakes(&payload).into_iter().map(|(code, _)| code).collect();
    let outcome = match codes.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] if !payload[object].is_null() => return Ok(Outcome::Through),
        ["FORBIDDEN"] => Outcome::Forbidden,
        ["NOT_FOUND"] => Outcome::NotFound,
        // A slug that there is not, or none that is seen.
        ["INVALID"] if payload["errors"][0]["path"] == json!(["municipality"]) => Outcome::NotFound,
        _ => return Err(payload),
    };
    let rest = ["rule", "legalSource", "canAcknowledge", "currentVersion"].map(|field| &payload["errors"][0][field]);
    let silent = payload[object].is_null() && rest == [&Value::Null, &Value::Null, &json!(false), &Value::Null];
    if silent { Ok(outcome) } else { Err(payload) }
}

/// The payload of a mutation.
async fn send(sdl: &Sdl, client: &Client<'_>, mutation: &str, input: &Value) -> Value {
    let field = sdl.fields("Mutation").into_iter().find(|field| field.name.node == mutation).unwrap();
    let input_type = base(&field.arguments[0].node.ty.node);
    let (name, ty) = object_field(sdl, mutation);
    let select = if sdl.is_composite(ty) { format!("{name} {{ __typename }}") } else { name.to_owned() };
    client.mutate(mutation, input_type, input.clone(), &select).await
}

/// The field of a mutation's payload that has what was changed.
fn object<'a>(sdl: &'a Sdl, mutation: &str) -> &'a str {
    object_field(sdl, mutation).0
}

/// The same with its type.
fn object_field<'a>(sdl: &'a Sdl, mutation: &str) -> (&'a str, &'a str) {
    let field = sdl.fields("Mutation").into_iter().find(|field| field.name.node == mutation).unwrap();
    let object = sdl.fields(base(&field.ty.node)).into_iter().find(|field| field.name.node != "errors").unwrap();
    (object.name.node.as_str(), base(&object.ty.node))
}

#[tokio::test]
async fn what_cannot_be_told_in_the_audit_log_does_not_happen() {
    let (rights, sdl) = (Rights::read(), Sdl::served());
    let mut tried = BTreeSet::new();
    for (mutation, row, target) in cases() {
        if !tried.insert(mutation) {
            continue;
        }
        let who = PERSONAS.into_iter().find(|persona| expected(&rights, row, *persona, target) == Outcome::Through).unwrap();
        let app = TestApp::start().await;
        let input = input(&app, mutation, row, target).await;
        app.break_table("audit_entry").await;
        let before = stored(&app).await;
        let field = sdl.fields("Mutation").into_iter().find(|field| field.name.node == mutation).unwrap();
        let input_type = base(&field.arguments[0].node.ty.node);
        let query = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}");
        let error = app.as_(who.name).error(&query, json!({ "input": input })).await;
        assert_eq!(error["extensions"]["code"], "INTERNAL", "{mutation}: {error:#}");
        assert!(before == stored(&app).await, "{mutation} happened and is not told");
    }
    eprintln!("S36: {} mutations, none happens that is not told", tried.len());
}

#[tokio::test]
async fn the_directory_is_kept_by_those_whom_the_table_lets() {
    try_all(DIRECTORY).await;
}

#[tokio::test]
async fn parties_are_kept_by_those_whom_the_table_lets() {
    try_all(PARTIES).await;
}

#[tokio::test]
async fn agreements_are_kept_by_those_whom_the_table_lets() {
    try_all(AGREEMENTS).await;
}

#[tokio::test]
async fn what_a_joint_board_has_is_kept_by_those_of_its_host_whom_the_table_lets() {
    try_all(JOINT_BOARDS).await;
}

#[tokio::test]
async fn of_a_joint_agreement_each_controller_keeps_its_own_row_and_the_lead_the_common_part() {
    try_all(JOINT_AGREEMENTS).await;
}

#[tokio::test]
async fn sub_processors_are_kept_by_those_whom_the_table_lets() {
    try_all(SUB_PROCESSORS).await;
}

#[tokio::test]
async fn mistakes_in_the_directory_are_withdrawn_by_those_whom_the_table_lets() {
    try_all(MISTAKES_IN_THE_DIRECTORY).await;
}

#[tokio::test]
async fn mistakes_about_agreements_are_withdrawn_by_those_whom_the_table_lets() {
    try_all(MISTAKES_ABOUT_AGREEMENTS).await;
}

/// The id at a path of the answer.
fn id(data: &Value, path: &str) -> String {
    data.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("nothing at {path} in {data:#}")).to_owned()
}

/// The id of a board by the municipality that hosts it and its name.
async fn board_named(app: &TestApp, slug: &str, name: &str) -> String {
    let query = "query($slug: String!) { municipality(slug: $slug) { controllers { nodes { id name municipality { slug } } } } }";
    let data = app.as_("dso").query(query, json!({ "slug": slug })).await;
    let boards = nodes(&data["municipality"]["controllers"]);
    let found: Vec<_> = boards.iter().filter(|board| board["municipality"]["slug"] == slug && board["name"] == name).collect();
    assert_eq!(found.len(), 1, "{name} of {slug}");
    id(found[0], "/id")
}

async fn executive_board(app: &TestApp, slug: &str) -> String {
    board_named(app, slug, "Kommunstyrelsen").await
}

async fn board(app: &TestApp, board: Board) -> String {
    let name = match board {
        Board::First => "Kommunstyrelsen",
        Board::Second => "Samhällsbyggnadsnämnden",
        Board::Third => "Barn- och utbildningsnämnden",
    };
    board_named(app, "gnesta", name).await
}

/// Somebody of Gnesta whom nobody has invited yet, and who holds no role.
const NEWCOMER: &str = "newcomer.gnesta";

/// The id of the person behind a persona, or of the newcomer.
async fn person(app: &TestApp, persona: &str) -> String {
    if persona == NEWCOMER {
        let new = json!({ "municipality": "gnesta", "name": NEWCOMER });
        return done(app, "administrator.gnesta", ("createPerson", "CreatePersonInput", "person"), new).await;
    }
    id(&app.as_(persona).query("{ viewer { person { id } } }", json!({})).await, "/viewer/person/id")
}

/// Does something that has to go well; gives back the id of what was made.
async fn done(app: &TestApp, persona: &str, mutation: (&str, &str, &str), input: Value) -> String {
    let (name, input_type, object) = mutation;
    let payload = app.as_(persona).mutate(name, input_type, input, &format!("{object} {{ id }}")).await;
    assert_eq!(mistakes(&payload), [], "{name} as {persona}");
    id(&payload, &format!("/{object}/id"))
}

/// A party that nobody uses yet.
async fn new_party(app: &TestApp) -> String {
    done(app, "operator", ("registerParty", "RegisterPartyInput", "party"), json!({ "name": "Nyleverantör", "country": "SE" })).await
}

/// An agreement that a coordinator drafts for a controller.
async fn new_agreement(app: &TestApp, coordinator: &str, lead: &str, processor: &str) -> String {
    let input = json!({ "leadControllerId": lead, "processorId": processor, "title": "Nytt system" });
    done(app, coordinator, ("draftAgreement", "DraftAgreementInput", "processorAgreement"), input).await
}

/// Invites a controller to an agreement of version 1.
async fn invited(app: &TestApp, coordinator: &str, agreement: &str, controller: &str) {
    let input = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": controller });
    done(app, coordinator, ("inviteToAgreement", "InviteToAgreementInput", "processorAgreement"), input).await;
}

fn engagement(agreement: &str, party: &str) -> Value {
    json!({ "agreementId": agreement, "partyId": party, "service": "Drift", "dataCategories": ["IDENTITY"], "processingCountries": ["SE"],
            "authorisation": "LISTED_AT_SIGNING", "validFrom": "2026-01-01" })
}

/// A sub-processor under an agreement.
async fn new_engagement(app: &TestApp, coordinator: &str, agreement: &str) -> String {
    let party = new_party(app).await;
    let listing = ("listSubProcessor", "ListSubProcessorInput", "subProcessorEngagement");
    done(app, coordinator, listing, engagement(agreement, &party)).await
}

/// The input that tries a mutation on a target, which is right but for who may do it. Makes what the target needs.
async fn input(app: &TestApp, mutation: &str, row: &str, target: Target) -> Value {
    match target {
        Target::Gnesta | Target::Shared => input_by_name(mutation),
        Target::Person(name) => input_on_person(mutation, &person(app, name).await),
        Target::PartyUsedBy(used_by) => input_on_party(app, mutation, row, used_by).await,
        Target::NewBoard => input_on_new_board(app).await,
        Target::Mistake(writing, of) => Box::pin(input_to_withdraw(app, writing, *of)).await,
        Target::Of(of) => input_of_board(app, mutation, "gnesta", &board(app, of).await).await,
        Target::JointBoard => input_of_board(app, mutation, "flen", &joint_board(app).await).await,
        Target::JointAgreement | Target::RowOfGnesta | Target::RowOfFlen => input_on_joint_agreement(app, mutation, target).await,
    }
}

fn input_by_name(mutation: &str) -> Value {
    match mutation {
        "recordMunicipality" => json!({ "slug": "gnesta", "expectedVersion": 1, "name": "Gnesta nya kommun" }),
        "createPerson" => json!({ "municipality": "gnesta", "name": "Ny Påhittad" }),
        "createController" => json!({ "municipality": "gnesta", "name": "Nynämnden", "kind": "BOARD", "validFrom": "2026-01-01" }),
        "registerParty" => json!({ "name": "Nyleverantör", "country": "SE" }),
        other => panic!("{other}: what does it take?"),
    }
}

fn input_on_person(mutation: &str, person: &str) -> Value {
    match mutation {
        "updatePerson" => json!({ "personId": person, "expectedVersion": 1, "phone": "010-111 11 11" }),
        "invitePerson" => json!({ "personId": person, "municipality": "gnesta" }),
        "grantRole" => {
            json!({ "personId": person, "role": "MUNICIPALITY_ADMINISTRATOR", "municipality": "gnesta", "validFrom": "2026-11-22" })
        }
        "revokeRole" => json!({ "personId": person, "role": "READER", "municipality": "gnesta", "validTo": "2026-12-31" }),
        other => panic!("{other}: what does it take?"),
    }
}

/// The input that withdraws what a row of the table writes.
async fn input_to_withdraw(app: &TestApp, writing: &str, target: Target) -> Value {
    let (mutation, field) = match writing {
        KEEP_CONTROLLER => ("updateController", "controllerId"),
        KEEP_PERSON => ("updatePerson", "personId"),
        ASSIGN_COORDINATOR => ("endCoordinatorAssignment", "assignmentId"),
        APPOINT_OFFICER => ("endDataProtectionOfficerAppointment", "appointmentId"),
        CORRECT_PARTY => ("updateParty", "partyId"),
        UPDATE_AGREEMENT => ("updateAgreement", "agreementId"),
        KEEP_OWN_PARTY => return input_to_withdraw_row(app, target).await,
        KEEP_SUB_PROCESSORS => ("endSubProcessor", "engagementId"),
        other => panic!("{other}: what does it write?"),
    };
    let written = input(app, mutation, writing, target).await;
    json!({ "id": written[field], "expectedVersion": written["expectedVersion"], "reason": "Registrerades av misstag" })
}

/// The input that withdraws the row of a board of Gnesta that has joined: until then the lead may, too.
async fn input_to_withdraw_row(app: &TestApp, target: Target) -> Value {
    let joining = input(app, "joinAgreement", KEEP_OWN_PARTY, target).await;
    let joined = ("joinAgreement", "JoinAgreementInput", "processorAgreement");
    done(app, "coordinator.gnesta", joined, joining.clone()).await;
    let query = "query($id: ID!) { agreement(id: $id) { parties { id version controller { id } } } }";
    let data = app.as_("coordinator.gnesta").query(query, json!({ "id": joining["agreementId"] })).await;
    let rows = data["agreement"]["parties"].as_array().unwrap();
    let row = rows.iter().find(|row| row["controller"]["id"] == joining["controllerId"]).unwrap();
    json!({ "id": row["id"], "expectedVersion": row["version"], "reason": "Anslöts av misstag" })
}

async fn input_on_new_board(app: &TestApp) -> Value {
    let new = json!({ "municipality": "gnesta", "name": "Nynämnden", "kind": "BOARD", "validFrom": "2026-01-01" });
    let board = done(app, "administrator.gnesta", ("createController", "CreateControllerInput", "controller"), new).await;
    json!({ "controllerId": board, "expectedVersion": 1, "name": "Nyare nämnden" })
}

async fn input_on_party(app: &TestApp, mutation: &str, row: &str, used_by: &[&str]) -> Value {
    let party = new_party(app).await;
    for slug in used_by {
        let lead = executive_board(app, slug).await;
        new_agreement(app, &format!("coordinator.{slug}"), &lead, &party).await;
    }
    if mutation == "mergeParties" {
        return json!({ "partyId": party, "expectedVersion": 1, "intoId": new_party(app).await, "intoExpectedVersion": 1 });
    }
    match row {
        UPDATE_PARTY => json!({ "partyId": party, "expectedVersion": 1, "name": "Omdöpt", "address": "Nygatan 1" }),
        CORRECT_PARTY => json!({ "partyId": party, "expectedVersion": 1, "country": "NO", "publicBody": true }),
        other => panic!("{other}: what does it take?"),
    }
}

/// A board of Flen and Gnesta with a coordinator and an officer of its own.
async fn joint_board(app: &TestApp) -> String {
    const ADMINISTRATOR: &str = "administrator.flen";
    let coordinator = person(app, "coordinator.flen").await;
    let members = json!([{ "municipality": "gnesta", "validFrom": "2026-01-01" }]);
    let new = json!({ "municipality": "flen", "name": "Gemensamma exempelnämnden", "kind": "JOINT_BOARD", "validFrom": "2026-01-01", "members": members });
    let board = done(app, ADMINISTRATOR, ("createController", "CreateControllerInput", "controller"), new).await;
    let assigned = json!({ "personId": coordinator, "controllerId": board, "validFrom": "2026-01-01" });
    done(app, ADMINISTRATOR, ("assignCoordinator", "AssignCoordinatorInput", "coordinatorAssignment"), assigned.clone()).await;
    let mut appointed = assigned;
    appointed["loginAt"] = json!("flen");
    let appointing = ("appointDataProtectionOfficer", "AppointDataProtectionOfficerInput", "dataProtectionOfficerAppointment");
    done(app, ADMINISTRATOR, appointing, appointed).await;
    board
}

async fn input_of_board(app: &TestApp, mutation: &str, slug: &str, board: &str) -> Value {
    match input_on_board(app, mutation, slug, board).await {
        Some(input) => input,
        None => input_on_agreement(app, mutation, slug, board).await,
    }
}

async fn input_on_board(app: &TestApp, mutation: &str, slug: &str, board: &str) -> Option<Value> {
    let query = "query($id: ID!) { controller(id: $id) { coordinators { id version } dataProtectionOfficerAppointments { id version } } }";
    let data = app.as_("dso").query(query, json!({ "id": board })).await;
    let assignment = id(&data, "/controller/coordinators/0/id");
    let appointment = id(&data, "/controller/dataProtectionOfficerAppointments/0/id");
    Some(match mutation {
        "updateController" => json!({ "controllerId": board, "expectedVersion": 1, "name": "Omdöpta nämnden" }),
        "assignCoordinator" => json!({ "personId": person(app, &format!("coordinator.{slug}")).await, "controllerId": board,
                                       "validFrom": "2020-01-01", "validTo": "2020-06-30" }),
        "endCoordinatorAssignment" => json!({ "assignmentId": assignment, "expectedVersion": 1, "validTo": "2026-12-31" }),
        "appointDataProtectionOfficer" => json!({ "personId": person(app, "dso").await, "controllerId": board, "loginAt": "flen",
                                                  "validFrom": "2020-01-01", "validTo": "2020-06-30" }),
        "recordNotificationToAuthority" => {
            json!({ "appointmentId": appointment, "expectedVersion": 1, "kind": "CHANGED", "on": "2026-01-01" })
        }
        "endDataProtectionOfficerAppointment" => {
            json!({ "appointmentId": appointment, "expectedVersion": 1, "validTo": "2026-12-31", "endReason": "OTHER" })
        }
        "draftAgreement" => json!({ "leadControllerId": board, "processorId": new_party(app).await, "title": "Nytt system" }),
        _ => return None,
    })
}

async fn input_on_agreement(app: &TestApp, mutation: &str, slug: &str, of: &str) -> Value {
    let keeper = format!("coordinator.{slug}");
    let (party, third) = (new_party(app).await, board(app, Board::Third).await);
    let lead = if ["joinAgreement", "updateAgreementParty"].contains(&mutation) { &third } else { of };
    let agreement = new_agreement(app, &keeper, lead, &party).await;
    match mutation {
        "updateAgreement" => json!({ "agreementId": agreement, "expectedVersion": 1, "title": "Nyare system" }),
        "inviteToAgreement" => json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": third }),
        "joinAgreement" => {
            invited(app, &keeper, &agreement, of).await;
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": of, "joinedOn": "2026-11-22" })
        }
        "updateAgreementParty" => {
            invited(app, &keeper, &agreement, of).await;
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": of, "diaryNumber": "KS 2026/1" })
        }
        "listSubProcessor" => engagement(&agreement, &new_party(app).await),
        "correctSubProcessor" => {
            json!({ "engagementId": new_engagement(app, &keeper, &agreement).await, "expectedVersion": 1, "service": "Support" })
        }
        "endSubProcessor" => {
            json!({ "engagementId": new_engagement(app, &keeper, &agreement).await, "expectedVersion": 1, "validTo": "2026-12-31" })
        }
        other => panic!("{other}: what does it take?"),
    }
}

async fn input_on_joint_agreement(app: &TestApp, mutation: &str, target: Target) -> Value {
    const LEAD: &str = "coordinator.flen";
    let (lead, other) = (executive_board(app, "flen").await, board(app, Board::First).await);
    let party = new_party(app).await;
    let agreement = new_agreement(app, LEAD, &lead, &party).await;
    invited(app, LEAD, &agreement, &other).await;
    let own = if matches!(target, Target::RowOfFlen) { &lead } else { &other };
    match mutation {
        "updateAgreement" => json!({ "agreementId": agreement, "expectedVersion": 2, "title": "Nyare system" }),
        "inviteToAgreement" => json!({ "agreementId": agreement, "expectedVersion": 2, "controllerId": board(app, Board::Third).await }),
        "joinAgreement" => json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": own, "joinedOn": "2026-11-22" }),
        "updateAgreementParty" => json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": own, "filedAt": "Arkivet" }),
        "listSubProcessor" => engagement(&agreement, &new_party(app).await),
        "correctSubProcessor" => {
            json!({ "engagementId": new_engagement(app, LEAD, &agreement).await, "expectedVersion": 1, "service": "Support" })
        }
        "endSubProcessor" => {
            json!({ "engagementId": new_engagement(app, LEAD, &agreement).await, "expectedVersion": 1, "validTo": "2026-12-31" })
        }
        other => panic!("{other}: what does it take?"),
    }
}

// ── what the table's conditions say besides ──────────────────────────────────────────────────────

#[tokio::test]
async fn a_joint_board_is_kept_by_the_administrators_of_its_host_and_only_seen_by_those_of_its_members() {
    let sdl = Sdl::served();
    let app = TestApp::start().await;
    let query = "{ municipality(slug: \"vingaker\") { controllers { nodes { id version kind municipality { slug } } } } }";
    let data = app.as_("dso").query(query, json!({})).await;
    let joint = nodes(&data["municipality"]["controllers"]).iter().find(|board| board["municipality"]["slug"] == "katrineholm").unwrap();
    let input = json!({ "personId": person(&app, "coordinator.vingaker").await, "controllerId": joint["id"], "validFrom": "2026-11-22" });
    for (persona, outcome) in [
        ("administrator.vingaker", Outcome::Forbidden),
        ("administrator.gnesta", Outcome::NotFound),
        ("administrator.katrineholm", Outcome::Through),
    ] {
        assert_eq!(attempt(&sdl, &app.as_(persona), "assignCoordinator", &input).await, Ok(outcome), "{persona}");
    }
    let input = json!({ "controllerId": joint["id"], "expectedVersion": 1, "name": "Nya gemensamma nämnden" });
    for (persona, outcome) in [
        ("administrator.vingaker", Outcome::Forbidden),
        ("administrator.gnesta", Outcome::NotFound),
        ("administrator.katrineholm", Outcome::Through),
    ] {
        assert_eq!(attempt(&sdl, &app.as_(persona), "updateController", &input).await, Ok(outcome), "{persona}");
    }
}

#[tokio::test]
async fn an_administrator_gives_roles_in_the_own_municipality_to_its_own_people_only() {
    let sdl = Sdl::served();
    let app = TestApp::start().await;
    let (own, foreign) = (person(&app, "coordinator.gnesta").await, person(&app, "coordinator.flen").await);
    for (person, municipality, outcome) in [
        (&own, "flen", Outcome::Forbidden),
        (&foreign, "flen", Outcome::Forbidden),
        (&foreign, "gnesta", Outcome::Forbidden),
        (&own, "gnesta", Outcome::Through),
    ] {
        let input = json!({ "personId": person, "role": "READER", "municipality": municipality, "validFrom": "2026-11-22" });
        let found = attempt(&sdl, &app.as_("administrator.gnesta"), "grantRole", &input).await;
        assert_eq!(found, Ok(outcome), "{municipality}");
    }
}

#[tokio::test]
async fn the_cooperations_administrator_makes_the_first_administrator_of_a_municipality_and_no_other() {
    let sdl = Sdl::served();
    let app = TestApp::start().await;
    let grant = async |persona: &str, role: &str| {
        let person = person(&app, persona).await;
        let input = json!({ "personId": person, "role": role, "municipality": "gnesta", "validFrom": "2026-11-22" });
        attempt(&sdl, &app.as_("operator"), "grantRole", &input).await
    };
    assert_eq!(grant("coordinator.gnesta", "MUNICIPALITY_ADMINISTRATOR").await, Ok(Outcome::Forbidden));
    let last = person(&app, "administrator.gnesta").await;
    let end = json!({ "personId": last, "role": "MUNICIPALITY_ADMINISTRATOR", "municipality": "gnesta", "validTo": "2026-11-21" });
    assert_eq!(attempt(&sdl, &app.as_("administrator.gnesta"), "revokeRole", &end).await, Ok(Outcome::Through));
    assert_eq!(grant("coordinator.gnesta", "READER").await, Ok(Outcome::Forbidden));
    assert_eq!(grant("coordinator.flen", "MUNICIPALITY_ADMINISTRATOR").await, Ok(Outcome::Forbidden));
    assert_eq!(grant("reader.flen", "MUNICIPALITY_ADMINISTRATOR").await, Ok(Outcome::NotFound));
    // Of the municipality's own people any will do, also one whom the cooperation's administrator does not see.
    assert_eq!(grant("reader.gnesta", "MUNICIPALITY_ADMINISTRATOR").await, Ok(Outcome::Through));
    assert_eq!(grant("boardcoordinator.gnesta", "MUNICIPALITY_ADMINISTRATOR").await, Ok(Outcome::Forbidden));
}

#[tokio::test]
async fn a_change_that_falls_under_two_rows_needs_both() {
    let sdl = Sdl::served();
    let app = TestApp::start().await;
    let party = new_party(&app).await;
    // Nobody uses it: a coordinator may correct it, but not rename it.
    let both = json!({ "partyId": party, "expectedVersion": 1, "name": "Omdöpt", "publicBody": true });
    assert_eq!(attempt(&sdl, &app.as_("coordinator.gnesta"), "updateParty", &both).await, Ok(Outcome::Forbidden));
    new_agreement(&app, "coordinator.gnesta", &board(&app, Board::First).await, &party).await;
    assert_eq!(attempt(&sdl, &app.as_("coordinator.gnesta"), "updateParty", &both).await, Ok(Outcome::Through));
}

#[tokio::test]
async fn who_withdraws_as_for_writing_withdraws_the_own_details_and_a_reader_withdraws_nothing() {
    let sdl = Sdl::served();
    let app = TestApp::start().await;
    let own = async |persona: &str| {
        let input = json!({ "id": person(&app, persona).await, "expectedVersion": 1, "reason": "Registrerades av misstag" });
        attempt(&sdl, &app.as_(persona), "withdrawRecord", &input).await
    };
    // Both hold a role, which stands in the way; only one of them may do it at all.
    for persona in ["dso", "coordinator.gnesta", "administrator.gnesta"] {
        let refused = own(persona).await.unwrap_err();
        assert_eq!(mistakes(&refused), [("WRONG_STATE".to_owned(), "id".to_owned())], "{persona}");
    }
    assert_eq!(own("reader.gnesta").await, Ok(Outcome::Forbidden));
}

// ── nobody ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn nobody_reads_or_changes_anything_without_logging_in() {
    let app = TestApp::start().await;
    let sdl = Sdl::served();
    for root in ["Query", "Mutation"] {
        assert!(!sdl.fields(root).is_empty());
        for field in sdl.fields(root) {
            let operation = least_operation(&sdl, root, field);
            for nobody in [app.anonymous(), app.anonymous().with_token("a token that was never given out")] {
                let answer = nobody.ask(&operation, json!({})).await;
                assert_eq!(answer.status, 401, "{operation}");
                let body = answer.json();
                assert_eq!(body["errors"][0]["extensions"], json!({ "code": "UNAUTHENTICATED" }), "{operation}");
                assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["errors"], "{operation}");
            }
            // The same from somebody is run, so it was nothing but the person that was missing.
            let answer = app.as_("reader.gnesta").ask(&operation, json!({})).await;
            assert_eq!(answer.status, 200, "{operation}");
            assert!(answer.json().get("data").is_some(), "{operation}: {}", answer.text());
        }
    }
}
