//! Who may do what: the policy compared with `expected/authz.csv` cell by cell, and each mutation tried by each kind of person.
//!
//! What is expected comes from the cells of the table and from one rule: what you do not see is answered as what is not there,
//! what you see but may not do is forbidden.

mod cases;
mod inputs;
pub(crate) mod rights;

use std::collections::BTreeSet;

pub(crate) use cases::cases;
use cases::{
    AGREEMENTS, Board, CHANGES_AND_CASES, Case, DIRECTORY, FIRST, IMPORTS, JOINT_AGREEMENTS, JOINT_BOARDS, KEEPING,
    MISTAKES_ABOUT_AGREEMENTS, MISTAKES_IN_THE_DIRECTORY, PARTIES, READER, SECOND, SUB_PROCESSORS, Target,
};
use inputs::{board, input, new_agreement, new_party, person};
use rights::{PERSONAS, Persona, Rights};
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
const TAKE_LEAD: &str = "take the lead";
const KEEP_NOTICES: &str = "record; answer notice";
const KEEP_SUB_PROCESSORS: &str = "list; correct; end sub-processor";
const ANNOUNCE_CHANGE: &str = "announce sub-processor change";
const CORRECT_CHANGE: &str = "correct sub-processor change";
const KEEP_CASE: &str = "confirm; accept; object; withdraw; not concerned; outcome of a case";
const ADVISE_ON_CHANGE: &str = "give advice on a change";
const IMPORT_AGREEMENTS: &str = "import agreements";
const WITHDRAW_RECORD: &str = "withdraw record";

/// The rows that the policy has, and the actions that they are there.
pub(crate) const ROWS: [(&str, Action); 25] = [
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
    (KEEP_NOTICES, Action::KeepNotices),
    (TAKE_LEAD, Action::TakeLead),
    (KEEP_SUB_PROCESSORS, Action::KeepSubProcessors),
    (ANNOUNCE_CHANGE, Action::AnnounceChange),
    (CORRECT_CHANGE, Action::CorrectChange),
    (KEEP_CASE, Action::KeepCase),
    (ADVISE_ON_CHANGE, Action::AdviseOnChange),
    (IMPORT_AGREEMENTS, Action::ImportAgreements),
    (WITHDRAW_RECORD, Action::WithdrawRecord),
];

/// The rows of what is not built yet. Only shrinks.
const LATER: [&str; 15] = [
    "read overview",
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
        "party's controller assigned" | "a joined party's controller assigned" => Reach::PartysControllerAssigned,
        "lead controller assigned or the party's controller assigned where the notice is its own" => Reach::LeadOrPartysControllerAssigned,
        "own municipality uses it" => Reach::OwnMunicipalityUsesIt,
        "only while no other municipality uses it" => Reach::NoOtherMunicipalityUsesIt,
        "has an agreement with that processor" => Reach::HasAgreementWithIt,
        "announced by own municipality and no other has acted on it" => Reach::AnnouncedAndNoOtherHasActed,
        "case's controller assigned" => Reach::CasesControllerAssigned,
        "touches an appointing controller" => Reach::TouchesAppointingController,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Through,
    Forbidden,
    NotFound,
}

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
        Target::Gnesta | Target::PartyUsedBy(_) | Target::Change(_) => rights.may_read(READ_DIRECTORY, persona, &facts),
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
            let input = inputs::as_own(mutation, &input, persona.name);
            assert_eq!(attempt(&sdl, &client, mutation, &input).await, Ok(expected), "{mutation} on {target:?} as {}", persona.name);
            assert!(before == stored(&app).await, "{mutation} on {target:?} as {} was refused and changed something", persona.name);
            // What a file says of a board that is not seen, `processor::import` compares with what it says of none.
            if expected == Outcome::NotFound && *mutation != "importAgreements" {
                as_unknown(&sdl, &client, mutation, &input).await;
            }
        }
        assert!(!may.is_empty(), "nobody may do what {row} says to {target:?}");
        for (n, persona) in may.into_iter().enumerate() {
            if n > 0 {
                app = TestApp::start().await;
                input = inputs::input(&app, mutation, row, *target).await;
            }
            let outcome = attempt(&sdl, &app.as_(persona.name), mutation, &inputs::as_own(mutation, &input, persona.name)).await;
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
    let place = nowhere.pointer_mut(&format!("/{}", field.replace('.', "/"))).filter(|id| id.is_string());
    let place = place.unwrap_or_else(|| panic!("{mutation}: {field} of {input:#}"));
    let id = place.as_str().unwrap();
    *place = json!(if id.contains('_') { unknown(id) } else { "ingenkommun".to_owned() });
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
async fn registers_are_imported_by_those_whom_the_table_lets() {
    try_all(IMPORTS).await;
}

#[tokio::test]
async fn what_keeps_agreements_alive_is_kept_by_those_whom_the_table_lets() {
    try_all(KEEPING).await;
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
async fn changes_and_cases_are_kept_by_those_whom_the_table_lets() {
    try_all(CHANGES_AND_CASES).await;
}

#[tokio::test]
async fn mistakes_in_the_directory_are_withdrawn_by_those_whom_the_table_lets() {
    try_all(MISTAKES_IN_THE_DIRECTORY).await;
}

#[tokio::test]
async fn mistakes_about_agreements_are_withdrawn_by_those_whom_the_table_lets() {
    try_all(MISTAKES_ABOUT_AGREEMENTS).await;
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
