//! The inputs by which mutations are tried on what the table tells apart, and the making of what they need.

use chrono::TimeDelta;
use entity::{account, upload};
use samverkan::{domain::processor::import::table::Table, kernel::kinds::UploadId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ANNOUNCE_CHANGE, APPOINT_OFFICER, ASSIGN_COORDINATOR, CORRECT_CHANGE, CORRECT_PARTY, KEEP_CONTROLLER, KEEP_NOTICES, KEEP_OWN_PARTY,
    KEEP_PERSON, KEEP_SUB_PROCESSORS, UPDATE_AGREEMENT, UPDATE_PARTY,
    cases::{Board, NEWCOMER, Target},
    rights::PERSONAS,
};
use crate::{
    processor::{
        keeping::writes,
        objection::{InForce, announcement, in_case, in_force as agreement_in_force, in_force_of, own_case},
        with,
    },
    support::{TestApp, mistakes, nodes, now},
};

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

const SIGNING: (&str, &str, &str) = ("signAgreement", "SignAgreementInput", "processorAgreement");

/// A signature of today, with an answer to every rule that warns.
fn signature(agreement: &str, version: i32, controller: &str, side: &str) -> Value {
    let answers: Vec<_> = ["PUB4", "PUB5", "PUB16", "PUB22", "PUB32", "PUB44"]
        .into_iter()
        .map(|rule| json!({ "rule": rule, "reason": "Kompletteras" }))
        .collect();
    json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": controller, "side": side, "signedOn": "2026-11-22",
            "acknowledgements": answers })
}

/// Lets an agreement bind a controller from today: two changes of its row.
async fn in_force(app: &TestApp, coordinator: &str, agreement: &str, version: i32, controller: &str) {
    done(app, coordinator, SIGNING, signature(agreement, version, controller, "CONTROLLER")).await;
    done(app, coordinator, SIGNING, signature(agreement, version + 1, controller, "PROCESSOR")).await;
}

fn notice(agreement: &str, version: i32, controller: &str) -> Value {
    json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": controller, "givenBy": "CONTROLLER",
            "receivedOn": "2026-11-22" })
}

async fn noticed(app: &TestApp, coordinator: &str, agreement: &str, version: i32, controller: &str) {
    let given = ("giveNotice", "GiveNoticeInput", "processorAgreement");
    done(app, coordinator, given, notice(agreement, version, controller)).await;
}

/// An invited controller joins, and the lead offers the lead; the input by which the other takes it.
async fn joined_with_the_lead_on_offer(app: &TestApp, (leader, other): (&str, &str), agreement: &str, (lead, own): (&str, &str)) -> Value {
    let joining = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": own, "joinedOn": "2026-11-22" });
    done(app, other, ("joinAgreement", "JoinAgreementInput", "processorAgreement"), joining).await;
    let offer = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": lead, "offersLead": true });
    done(app, leader, ("updateAgreementParty", "UpdateAgreementPartyInput", "processorAgreement"), offer).await;
    json!({ "agreementId": agreement, "expectedVersion": 2, "controllerId": own })
}

/// The input that tries a mutation on a target, which is right but for who may do it. Makes what the target needs.
pub(super) async fn input(app: &TestApp, mutation: &str, row: &str, target: Target) -> Value {
    match target {
        Target::Gnesta | Target::Shared => input_by_name(mutation),
        Target::Person(name) => input_on_person(mutation, &person(app, name).await),
        Target::PartyUsedBy(used_by) => input_on_party(app, mutation, row, used_by).await,
        Target::Change(acted) => input_on_change(app, mutation, acted).await,
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
        CORRECT_CHANGE => ("correctSubProcessorChange", "changeId"),
        UPDATE_AGREEMENT => ("updateAgreement", "agreementId"),
        KEEP_OWN_PARTY => return input_to_withdraw_row(app, target).await,
        KEEP_NOTICES => ("answerAgreementNotice", "noticeId"),
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
        ANNOUNCE_CHANGE => announcement(&party, &new_party(app).await),
        UPDATE_PARTY => json!({ "partyId": party, "expectedVersion": 1, "name": "Omdöpt", "address": "Nygatan 1" }),
        CORRECT_PARTY => json!({ "partyId": party, "expectedVersion": 1, "country": "NO", "publicBody": true }),
        other => panic!("{other}: what does it take?"),
    }
}

/// What is done in a case, or because of one.
const IN_A_CASE: [&str; 7] = [
    "confirmSubProcessorNotice",
    "acceptSubProcessor",
    "objectToSubProcessor",
    "withdrawObjection",
    "markNotConcerned",
    "recordObjectionOutcome",
    "terminateAgreementAtOnce",
];

const CHANGE: (&str, &str, &str) = ("announceSubProcessorChange", "AnnounceSubProcessorChangeInput", "subProcessorChange");

/// A change that Gnesta recorded of a processor of Gnesta's and Flen's, in whose cases these municipalities have acted.
async fn input_on_change(app: &TestApp, mutation: &str, acted: &[&str]) -> Value {
    let processor = new_party(app).await;
    for slug in ["gnesta", "flen"] {
        agreement_in_force(app, slug, &processor, "GENERAL").await;
    }
    let change = done(app, "coordinator.gnesta", CHANGE, announcement(&processor, &new_party(app).await)).await;
    for slug in acted {
        let coordinator = format!("coordinator.{slug}");
        let accepted = in_case(&own_case(app, &coordinator, &change).await, &json!({ "decidedOn": "2026-11-22" }));
        done(app, &coordinator, ("acceptSubProcessor", "DecideObjectionInput", "objectionCase"), accepted).await;
    }
    match mutation {
        "correctSubProcessorChange" => json!({ "changeId": change, "expectedVersion": 1, "service": "Support" }),
        "giveAdvice" => json!({ "changeId": change, "text": "Begär underlag." }),
        other => panic!("{other}: what does it take?"),
    }
}

/// The input that does something in the case of a board of Gnesta.
async fn input_on_case(app: &TestApp, mutation: &str, of: &str) -> Value {
    const KEEPER: &str = "coordinator.gnesta";
    let processor = new_party(app).await;
    let InForce { agreement, version, .. } = in_force_of(app, KEEPER, of, &processor, "SPECIFIC").await;
    let change = done(app, KEEPER, CHANGE, announcement(&processor, &new_party(app).await)).await;
    let case = own_case(app, KEEPER, &change).await;
    let decided = json!({ "decidedOn": "2026-11-22", "reason": "Skäl" });
    let object =
        async || done(app, KEEPER, ("objectToSubProcessor", "DecideObjectionInput", "objectionCase"), in_case(&case, &decided)).await;
    let after = |fields: &Value| with(in_case(&case, fields), &json!({ "expectedVersion": 1 }));
    match mutation {
        "confirmSubProcessorNotice" => in_case(&case, &json!({ "receivedOn": "2026-11-20" })),
        "withdrawObjection" => {
            object().await;
            after(&decided)
        }
        "recordObjectionOutcome" => {
            object().await;
            after(&with(decided, &json!({ "outcome": "USED_ANYWAY" })))
        }
        "terminateAgreementAtOnce" => {
            object().await;
            json!({ "agreementId": agreement, "controllerId": of, "expectedVersion": version, "objectionCaseId": case["id"],
                "terminatedOn": "2026-11-22" })
        }
        _ => in_case(&case, &decided),
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
    if mutation == "importAgreements" {
        return input_to_import(app, slug, board).await;
    }
    if IN_A_CASE.contains(&mutation) {
        return input_on_case(app, mutation, board).await;
    }
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
        "succeedController" => {
            let new = json!({ "municipality": slug, "name": "Nynämnden", "kind": "BOARD", "validFrom": "2027-01-01" });
            let administrator = format!("administrator.{slug}");
            let new = done(app, &administrator, ("createController", "CreateControllerInput", "controller"), new).await;
            json!({ "predecessorIds": [board], "successorId": new, "on": "2027-01-01" })
        }
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
    let as_invited = ["joinAgreement", "updateAgreementParty", "leaveAgreement", "takeLead"].contains(&mutation);
    let lead = if as_invited { &third } else { of };
    let agreement = new_agreement(app, &keeper, lead, &party).await;
    match mutation {
        "copyAgreement" => json!({ "agreementId": agreement, "leadControllerId": of }),
        "amendAgreement" => json!({ "agreementId": agreement, "expectedVersion": 1, "terms": { "objectionDays": 14 } }),
        "signAgreement" => signature(&agreement, 1, of, "CONTROLLER"),
        "leaveAgreement" => {
            invited(app, &keeper, &agreement, of).await;
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": of, "leftOn": "2026-11-22" })
        }
        "giveNotice" => {
            in_force(app, &keeper, &agreement, 1, of).await;
            notice(&agreement, 3, of)
        }
        "recordReturnOrDeletion" => {
            in_force(app, &keeper, &agreement, 1, of).await;
            noticed(app, &keeper, &agreement, 3, of).await;
            json!({ "agreementId": agreement, "expectedVersion": 4, "controllerId": of, "returnedOrDeletedOn": "2026-11-22" })
        }
        "takeLead" => {
            invited(app, &keeper, &agreement, of).await;
            joined_with_the_lead_on_offer(app, (&keeper, &keeper), &agreement, (lead, of)).await
        }
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
        keeping if writes_to_keep(keeping) => input_to_keep(app, keeping, &keeper, (&agreement, 1), (of, None)).await,
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
    let owner = if matches!(target, Target::RowOfFlen) { LEAD } else { "coordinator.gnesta" };
    let joining = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": own, "joinedOn": "2026-11-22" });
    if ["signAgreement", "giveNotice", "recordReturnOrDeletion"].contains(&mutation) && owner != LEAD {
        done(app, owner, ("joinAgreement", "JoinAgreementInput", "processorAgreement"), joining.clone()).await;
    }
    let version = if owner == LEAD { 1 } else { 2 };
    match mutation {
        "amendAgreement" => json!({ "agreementId": agreement, "expectedVersion": 2, "terms": { "objectionDays": 14 } }),
        "signAgreement" => signature(&agreement, version, own, "CONTROLLER"),
        "giveNotice" => {
            in_force(app, owner, &agreement, version, own).await;
            notice(&agreement, version + 2, own)
        }
        "leaveAgreement" => json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": own, "leftOn": "2026-11-22" }),
        "recordReturnOrDeletion" => {
            in_force(app, owner, &agreement, version, own).await;
            noticed(app, owner, &agreement, version + 2, own).await;
            json!({ "agreementId": agreement, "expectedVersion": version + 3, "controllerId": own, "returnedOrDeletedOn": "2026-11-22" })
        }
        "takeLead" => joined_with_the_lead_on_offer(app, (LEAD, owner), &agreement, (&lead, own)).await,
        "updateAgreement" => json!({ "agreementId": agreement, "expectedVersion": 2, "title": "Nyare system" }),
        "inviteToAgreement" => json!({ "agreementId": agreement, "expectedVersion": 2, "controllerId": board(app, Board::Third).await }),
        "joinAgreement" => joining,
        "updateAgreementParty" => json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": own, "filedAt": "Arkivet" }),
        keeping if writes_to_keep(keeping) => {
            let own = (!matches!(target, Target::JointAgreement)).then_some(own);
            let keeper = if matches!(target, Target::RowOfGnesta) { "coordinator.gnesta" } else { LEAD };
            input_to_keep(app, keeping, keeper, (&agreement, 2), (&lead, own)).await
        }
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

/// Whether a mutation is about what keeps agreements alive.
fn writes_to_keep(mutation: &str) -> bool {
    mutation == "answerAgreementNotice" || writes(&json!({})).iter().any(|(of, _)| *of == mutation)
}

/// The input that keeps an agreement alive, which `keeper` may send. A notice is of `own`, or of all.
async fn input_to_keep(
    app: &TestApp,
    mutation: &str,
    keeper: &str,
    (agreement, version): (&str, u32),
    (lead, own): (&str, Option<&String>),
) -> Value {
    let agreement = json!({ "id": agreement, "version": version });
    let of = |mutation: &str| writes(&agreement).into_iter().find(|(of, _)| *of == mutation).unwrap().1;
    let notice = with(of("recordAgreementNotice"), &json!({ "controllerId": own }));
    match mutation {
        "recordAgreementNotice" => notice,
        "answerAgreementNotice" => {
            let recorded = "recordAgreementNotice(input: $input) { errors { code } processorAgreement { notices { nodes { id } } } }";
            let query = format!("mutation($input: RecordAgreementNoticeInput!) {{ {recorded} }}");
            let data = app.as_(keeper).query(&query, json!({ "input": notice })).await;
            let notice = id(&data, "/recordAgreementNotice/processorAgreement/notices/nodes/0/id");
            json!({ "noticeId": notice, "expectedVersion": 1, "answeredOn": "2026-11-22" })
        }
        "suspendAgreement" => {
            signed(app, keeper, &agreement, lead).await;
            of(mutation)
        }
        "resumeAgreement" => {
            signed(app, keeper, &agreement, lead).await;
            done(app, keeper, ("suspendAgreement", "SuspendAgreementInput", "processorAgreement"), of("suspendAgreement")).await;
            with(of(mutation), &json!({ "expectedVersion": version + 1, "declaredEndedOn": "2026-11-22", "acceptedOn": "2026-11-22" }))
        }
        other => of(other),
    }
}

/// Both sides sign an agreement today.
async fn signed(app: &TestApp, keeper: &str, agreement: &Value, lead: &str) {
    for (version, side) in [(1, "CONTROLLER"), (2, "PROCESSOR")] {
        let warnings: Vec<_> = ["PUB4", "PUB5", "PUB16", "PUB22", "PUB44"].map(|rule| json!({ "rule": rule, "reason": "Ordnas" })).into();
        let signature = json!({ "agreementId": agreement["id"], "expectedVersion": version, "side": side, "controllerId": lead,
            "signedOn": "2026-11-22", "acknowledgements": warnings });
        done(app, keeper, ("signAgreement", "SignAgreementInput", "processorAgreement"), signature).await;
    }
}

/// A register with one agreement of a board, uploaded by every persona that is tried, each with an id of its own; the input of the first.
/// Who may not import anything cannot upload either, so that it is laid into the database.
async fn input_to_import(app: &TestApp, slug: &str, board: &str) -> Value {
    new_party(app).await;
    let data = app.as_("dso").query("query($id: ID!) { controller(id: $id) { name } }", json!({ "id": board })).await;
    let register = format!("Nämnd;Kommun;Biträde;Land;Avtal\n{};{slug};Nyleverantör;SE;Infört system\n", id(&data, "/controller/name"));
    let content = Table::read(register.as_bytes()).unwrap().content().unwrap();
    let tx = app.app.db.write().await.unwrap();
    for (n, persona) in PERSONAS.iter().enumerate().filter(|(_, persona)| persona.municipality.is_some()) {
        let account = account::Entity::find().filter(account::Column::Subject.eq(persona.name)).one(&tx).await.unwrap().unwrap();
        let row = upload::ActiveModel {
            id: Set(Uuid::from_u128(0x7000_8000_0000_0000_0000 + n as u128)),
            account_id: Set(account.id),
            municipality_id: Set(account.municipality_id),
            content: Set(content.clone()),
            created_at: Set(now()),
            expires_at: Set(now() + TimeDelta::hours(24)),
        };
        upload::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    as_own("importAgreements", &json!({ "dryRun": false }), if slug == "flen" { "coordinator.flen" } else { "coordinator.gnesta" })
}

/// The input of a mutation with what is a persona's own: an upload is found by nobody else.
pub(super) fn as_own(mutation: &str, input: &Value, persona: &str) -> Value {
    if mutation != "importAgreements" {
        return input.clone();
    }
    let n = PERSONAS.iter().position(|known| known.name == persona).unwrap();
    let key = Uuid::from_u128(0x7000_8000_0000_0000_0000 + n as u128);
    with(input.clone(), &json!({ "uploadId": UploadId::new(key).to_string() }))
}
