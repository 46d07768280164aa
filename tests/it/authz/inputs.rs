//! The inputs by which mutations are tried on what the table tells apart, and the making of what they need.

use serde_json::{Value, json};

use super::{
    APPOINT_OFFICER, ASSIGN_COORDINATOR, CORRECT_PARTY, KEEP_CONTROLLER, KEEP_OWN_PARTY, KEEP_PERSON, KEEP_SUB_PROCESSORS,
    UPDATE_AGREEMENT, UPDATE_PARTY,
    cases::{Board, NEWCOMER, Target},
};
use crate::support::{TestApp, mistakes, nodes};

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

pub(super) async fn board(app: &TestApp, board: Board) -> String {
    let name = match board {
        Board::First => "Kommunstyrelsen",
        Board::Second => "Samhällsbyggnadsnämnden",
        Board::Third => "Barn- och utbildningsnämnden",
    };
    board_named(app, "gnesta", name).await
}

/// The id of the person behind a persona, or of the newcomer.
pub(super) async fn person(app: &TestApp, persona: &str) -> String {
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
pub(super) async fn new_party(app: &TestApp) -> String {
    done(app, "operator", ("registerParty", "RegisterPartyInput", "party"), json!({ "name": "Nyleverantör", "country": "SE" })).await
}

/// An agreement that a coordinator drafts for a controller.
pub(super) async fn new_agreement(app: &TestApp, coordinator: &str, lead: &str, processor: &str) -> String {
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
pub(super) async fn input(app: &TestApp, mutation: &str, row: &str, target: Target) -> Value {
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
