//! Mistakes in the directory are withdrawn: kept in history, out of every list.

use serde_json::{Value, json};

use super::{TODAY, TOMORROW, YESTERDAY, board, controller, done, id, login, node, person, refused, unknown, withdrawal};
use crate::{
    processor::{draft, register, with},
    support::{TestApp, nodes},
};

const ADMINISTRATOR: &str = "administrator.gnesta";

/// A new person of Gnesta without any duty.
async fn newcomer(app: &TestApp, name: &str) -> Value {
    done(app, ADMINISTRATOR, "createPerson", json!({ "municipality": "gnesta", "name": name, "email": "ny@gnesta.example" })).await
}

/// A new board of Gnesta that has nothing yet.
async fn new_board(app: &TestApp) -> Value {
    let new = json!({ "municipality": "gnesta", "name": "Felskrivna nämnden", "kind": "BOARD", "validFrom": "2026-01-01" });
    done(app, ADMINISTRATOR, "createController", new).await
}

async fn withdrawn(app: &TestApp, persona: &str, object: &Value) {
    assert_eq!(done(app, persona, "withdrawRecord", withdrawal(object)).await, object["id"]);
}

async fn stays(app: &TestApp, persona: &str, object: &Value, code: &str) -> Value {
    refused(app, persona, "withdrawRecord", withdrawal(object), &[(code, "id")]).await
}

async fn roles(app: &TestApp, token: &str) -> usize {
    let data = app.anonymous().with_token(token).query("{ viewer { roles { role } } }", json!({})).await;
    data["viewer"]["roles"].as_array().unwrap().len()
}

/// The coordinators or appointments of a board on a day.
async fn offices(app: &TestApp, list: &str, board: &str, day: &str) -> Vec<String> {
    let query = format!("query($id: ID!, $day: Date) {{ controller(id: $id, asOf: $day) {{ {list} {{ id }} }} }}");
    let data = app.as_("reader.gnesta").query(&query, json!({ "id": board, "day": day })).await;
    data["controller"][list].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn an_assignment_that_was_a_mistake_gives_no_role_stands_in_no_list_of_any_day_and_the_right_one_can_be_entered() {
    let app = TestApp::start().await;
    let board = board(&app, "gnesta", "Socialnämnden").await;
    let person = newcomer(&app, "Ny Påhittad").await;
    let token = login(&app, &id(&person), "gnesta").await;
    let input = json!({ "personId": person["id"], "controllerId": board, "validFrom": "2026-01-01" });
    let mistake = done(&app, ADMINISTRATOR, "assignCoordinator", input.clone()).await;
    assert_eq!(roles(&app, &token).await, 1);
    let seen = async || {
        app.as_("coordinator.flen").query("{ people(first: 100, filter: { text: \"ny påhittad\" }) { totalCount } }", json!({})).await
    };
    assert_eq!(seen().await["people"]["totalCount"], 1, "who holds office stands in the directory");
    withdrawn(&app, ADMINISTRATOR, &mistake).await;
    assert_eq!(roles(&app, &token).await, 0);
    assert_eq!(seen().await["people"]["totalCount"], 0, "who never did does not");
    for day in ["2026-06-01", TODAY, TOMORROW] {
        assert!(!offices(&app, "coordinators", &board, day).await.contains(&id(&mistake)), "{day}");
    }
    let end = json!({ "assignmentId": mistake["id"], "expectedVersion": 2, "validTo": TODAY });
    refused(&app, ADMINISTRATOR, "endCoordinatorAssignment", end, &[("NOT_FOUND", "assignmentId")]).await;
    let right = done(&app, ADMINISTRATOR, "assignCoordinator", with(input, &json!({ "deputy": true }))).await;
    assert!(offices(&app, "coordinators", &board, TODAY).await.contains(&id(&right)));
}

#[tokio::test]
async fn an_appointment_that_was_a_mistake_opens_nothing_and_the_right_one_can_be_entered() {
    let app = TestApp::start().await;
    let person = newcomer(&app, "Ombud Påhittad").await;
    let token = login(&app, &id(&person), "gnesta").await;
    let board = board(&app, "gnesta", "Socialnämnden").await;
    let input = json!({ "personId": person["id"], "controllerId": board, "loginAt": "gnesta", "validFrom": "2026-01-01" });
    let mistake = done(&app, ADMINISTRATOR, "appointDataProtectionOfficer", input.clone()).await;
    let told = json!({ "appointmentId": mistake["id"], "expectedVersion": 1, "kind": "APPOINTED", "on": TODAY });
    let mistake = done(&app, ADMINISTRATOR, "recordNotificationToAuthority", told.clone()).await;
    let agreements = async || {
        let data = app.anonymous().with_token(&token).query("{ agreements { totalCount } }", json!({})).await;
        data["agreements"]["totalCount"].as_i64().unwrap()
    };
    assert!(agreements().await > 0);
    withdrawn(&app, ADMINISTRATOR, &mistake).await;
    assert_eq!((agreements().await, roles(&app, &token).await), (0, 0));
    assert!(!offices(&app, "dataProtectionOfficerAppointments", &board, "2026-06-01").await.contains(&id(&mistake)));
    refused(
        &app,
        ADMINISTRATOR,
        "recordNotificationToAuthority",
        with(told, &json!({ "expectedVersion": 3 })),
        &[("NOT_FOUND", "appointmentId")],
    )
    .await;
    let right = with(input, &json!({ "validFrom": "2026-02-01", "decisionReference": "KS 2026/7" }));
    done(&app, ADMINISTRATOR, "appointDataProtectionOfficer", right).await;
    assert!(agreements().await > 0);
}

#[tokio::test]
async fn a_person_who_was_entered_twice_is_found_once_and_the_login_is_nobody_until_it_is_invited_to_the_right_one() {
    let app = TestApp::start().await;
    let (right, mistake) = (newcomer(&app, "Dubbel Påhittad").await, newcomer(&app, "Dubbel Påhittad").await);
    let token = login(&app, &id(&mistake), "gnesta").await;
    done(&app, ADMINISTRATOR, "updatePerson", json!({ "personId": mistake["id"], "expectedVersion": 1, "phone": "010" })).await;
    let late = refused(&app, ADMINISTRATOR, "withdrawRecord", withdrawal(&mistake), &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
    let mistake = node(&app, ADMINISTRATOR, &id(&mistake)).await;
    withdrawn(&app, ADMINISTRATOR, &mistake).await;
    let found =
        app.as_(ADMINISTRATOR).query("{ people(first: 100, filter: { text: \"dubbel\" }) { totalCount nodes { id } } }", json!({})).await;
    assert_eq!(found["people"], json!({ "totalCount": 1, "nodes": [{ "id": right["id"] }] }));
    let who = app.anonymous().with_token(&token).query("{ viewer { name person { id } } }", json!({})).await;
    assert_eq!(who["viewer"], json!({ "name": "Inloggad Påhittad", "person": null }));
    let board = board(&app, "gnesta", "Socialnämnden").await;
    for (mutation, input, field) in [
        ("updatePerson", json!({ "expectedVersion": 3, "name": "X" }), "personId"),
        ("grantRole", json!({ "role": "READER", "municipality": "gnesta", "validFrom": TODAY }), "personId"),
        ("assignCoordinator", json!({ "controllerId": board, "validFrom": TODAY }), "personId"),
        ("appointDataProtectionOfficer", json!({ "controllerId": board, "loginAt": "gnesta", "validFrom": TODAY }), "personId"),
    ] {
        refused(&app, ADMINISTRATOR, mutation, with(input, &json!({ "personId": mistake["id"] })), &[("NOT_FOUND", field)]).await;
    }
    stays(&app, ADMINISTRATOR, &with(mistake, &json!({ "version": 3 })), "NOT_FOUND").await;
}

#[tokio::test]
async fn a_person_with_a_duty_now_or_later_stays_until_that_is_ended_and_what_is_over_goes_on_showing_who_it_was() {
    let app = TestApp::start().await;
    let board = board(&app, "gnesta", "Socialnämnden").await;
    let person = newcomer(&app, "Upptagen Påhittad").await;
    let assigned = json!({ "personId": person["id"], "controllerId": board, "validFrom": TOMORROW });
    let assignment = done(&app, ADMINISTRATOR, "assignCoordinator", assigned.clone()).await;
    stays(&app, ADMINISTRATOR, &person, "WRONG_STATE").await;
    withdrawn(&app, ADMINISTRATOR, &assignment).await;

    let appointed =
        json!({ "personId": person["id"], "controllerId": board, "loginAt": "gnesta", "validFrom": "2026-01-01", "validTo": TODAY });
    let appointment = done(&app, ADMINISTRATOR, "appointDataProtectionOfficer", appointed).await;
    stays(&app, ADMINISTRATOR, &person, "WRONG_STATE").await;
    withdrawn(&app, ADMINISTRATOR, &appointment).await;

    let role = json!({ "personId": person["id"], "role": "READER", "municipality": "gnesta" });
    done(&app, ADMINISTRATOR, "grantRole", with(role.clone(), &json!({ "validFrom": "2026-01-01" }))).await;
    stays(&app, ADMINISTRATOR, &person, "WRONG_STATE").await;
    done(&app, ADMINISTRATOR, "revokeRole", with(role, &json!({ "validTo": YESTERDAY }))).await;

    let supplier = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let agreement = draft(&app, "coordinator.gnesta", &board, &supplier, "Exempelsystem").await;
    let own = |version: i32, fields: Value| {
        with(json!({ "agreementId": agreement["id"], "controllerId": board, "expectedVersion": version }), &fields)
    };
    let in_charge = json!({ "responsibleId": person["id"], "processingFrom": "2026-01-01" });
    done(&app, "coordinator.gnesta", "updateAgreementParty", own(1, in_charge)).await;
    let message = stays(&app, ADMINISTRATOR, &person, "WRONG_STATE").await;
    assert!(message["errors"][0]["message"].as_str().unwrap().contains("in charge of an agreement"));
    done(&app, "coordinator.gnesta", "updateAgreementParty", own(2, json!({ "processingTo": YESTERDAY }))).await;

    let past = with(assigned, &json!({ "validFrom": "2026-01-01", "validTo": YESTERDAY }));
    let past = done(&app, ADMINISTRATOR, "assignCoordinator", past).await;
    withdrawn(&app, ADMINISTRATOR, &person).await;
    let named = "query($past: ID!, $agreement: ID!) { node(id: $past) { ... on CoordinatorAssignment { person { name } } }
        agreement(id: $agreement) { parties { responsible { name } } } }";
    let data = app.as_("reader.gnesta").query(named, json!({ "past": past["id"], "agreement": agreement["id"] })).await;
    let name = json!({ "name": "Upptagen Påhittad" });
    assert_eq!((&data["node"]["person"], &data["agreement"]["parties"][0]["responsible"]), (&name, &name));
}

#[tokio::test]
async fn a_board_that_was_a_mistake_is_out_of_the_directory_and_nothing_new_can_refer_to_it() {
    let app = TestApp::start().await;
    let mistake = new_board(&app).await;
    let input = json!({ "name": "Nämnden som leverantör", "country": "SE", "controllerId": mistake["id"] });
    let party = done(&app, "coordinator.gnesta", "registerParty", input.clone()).await;
    withdrawn(&app, ADMINISTRATOR, &mistake).await;
    let query = "query($day: Date, $id: ID!) { municipality(slug: \"gnesta\", asOf: $day) { controllers { totalCount nodes { id } } } controller(id: $id) { id } }";
    for day in ["2026-06-01", TODAY] {
        let data = app.as_("reader.flen").query(query, json!({ "day": day, "id": mistake["id"] })).await;
        assert_eq!((&data["municipality"]["controllers"]["totalCount"], &data["controller"]), (&json!(4), &Value::Null), "{day}");
        assert!(!nodes(&data["municipality"]["controllers"]).iter().any(|board| board["id"] == mistake["id"]));
    }
    let person = newcomer(&app, "Ny Påhittad").await;
    let assign = json!({ "personId": person["id"], "controllerId": mistake["id"], "validFrom": TODAY });
    refused(&app, ADMINISTRATOR, "assignCoordinator", assign, &[("NOT_FOUND", "controllerId")]).await;
    let update = json!({ "controllerId": mistake["id"], "expectedVersion": 2, "name": "X" });
    refused(&app, ADMINISTRATOR, "updateController", update, &[("NOT_FOUND", "controllerId")]).await;
    let again = with(input, &json!({ "name": "En till" }));
    refused(&app, "coordinator.gnesta", "registerParty", again, &[("NOT_FOUND", "controllerId")]).await;
    // What named it before goes on showing it, and can be used and corrected.
    let read = app
        .as_(ADMINISTRATOR)
        .query("query($id: ID!) { party(id: $id) { controller { name viewerCanUpdate } } }", json!({ "id": party["id"] }))
        .await;
    assert_eq!(read["party"]["controller"], json!({ "name": "Felskrivna nämnden", "viewerCanUpdate": false }));
    draft(&app, "coordinator.gnesta", &board(&app, "gnesta", "Socialnämnden").await, &id(&party), "Exempelsystem").await;
    let corrected = json!({ "partyId": party["id"], "expectedVersion": 1, "controllerId": null });
    assert_eq!(done(&app, "coordinator.gnesta", "updateParty", corrected).await["controller"], Value::Null);
}

#[tokio::test]
async fn a_board_with_agreements_coordinators_or_officers_stays_until_those_are_withdrawn() {
    let app = TestApp::start().await;
    let mistake = new_board(&app).await;
    let coordinator = person(&app, "coordinator.gnesta").await;
    let assigned = json!({ "personId": coordinator["id"], "controllerId": mistake["id"], "validFrom": "2026-01-01" });
    let assignment = done(&app, ADMINISTRATOR, "assignCoordinator", assigned.clone()).await;
    stays(&app, ADMINISTRATOR, &mistake, "WRONG_STATE").await;
    let supplier = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let agreement = draft(&app, "coordinator.gnesta", &id(&mistake), &supplier, "Exempelsystem").await;
    let appointed = with(assigned, &json!({ "loginAt": "gnesta", "validTo": "2026-01-31" }));
    let appointment = done(&app, ADMINISTRATOR, "appointDataProtectionOfficer", appointed).await;
    withdrawn(&app, "coordinator.gnesta", &agreement).await;
    withdrawn(&app, ADMINISTRATOR, &assignment).await;
    stays(&app, ADMINISTRATOR, &mistake, "WRONG_STATE").await;
    withdrawn(&app, ADMINISTRATOR, &appointment).await;
    for persona in ["coordinator.gnesta", "reader.gnesta"] {
        stays(&app, persona, &mistake, "FORBIDDEN").await;
    }
    stays(&app, "administrator.flen", &mistake, "NOT_FOUND").await;
    withdrawn(&app, ADMINISTRATOR, &mistake).await;
}

#[tokio::test]
async fn a_mistake_needs_a_reason_its_version_and_the_id_of_something_that_can_be_withdrawn() {
    let app = TestApp::start().await;
    let person = newcomer(&app, "Ny Påhittad").await;
    let without = |fields: Value| with(withdrawal(&person), &fields);
    for (fields, wrong) in [
        (json!({ "reason": " \n" }), ("MISSING", "reason")),
        (json!({ "reason": "x".repeat(501) }), ("TOO_LONG", "reason")),
        (json!({ "expectedVersion": 2 }), ("CONFLICT", "expectedVersion")),
        (json!({ "id": super::municipality(&app, "gnesta").await["id"] }), ("INVALID", "id")),
        (json!({ "id": "x" }), ("INVALID", "id")),
        (json!({ "id": unknown(&id(&person)) }), ("NOT_FOUND", "id")),
    ] {
        refused(&app, ADMINISTRATOR, "withdrawRecord", without(fields), &[wrong]).await;
    }
    let both = json!({ "id": "x", "reason": "" });
    refused(&app, ADMINISTRATOR, "withdrawRecord", without(both), &[("INVALID", "id"), ("MISSING", "reason")]).await;
    done(&app, ADMINISTRATOR, "withdrawRecord", without(json!({ "reason": "å".repeat(500) }))).await;
}

#[tokio::test]
async fn the_audit_log_keeps_what_was_withdrawn_by_whom_and_why() {
    let app = TestApp::start().await;
    let person = newcomer(&app, "Ny Påhittad").await;
    withdrawn(&app, ADMINISTRATOR, &person).await;
    let query =
        "query($id: ID!) { auditLog(filter: { recordId: $id }) { nodes { action role subject { id } changes { field before after } } } }";
    let log = app.as_(ADMINISTRATOR).query(query, json!({ "id": person["id"] })).await["auditLog"]["nodes"].take();
    let log = log.as_array().unwrap();
    assert_eq!(log.iter().map(|entry| &entry["action"]).collect::<Vec<_>>(), ["withdrawRecord", "createPerson"]);
    let why = json!([{ "field": "withdrawn", "before": null, "after": "Registrerades av misstag" }]);
    assert_eq!((&log[0]["changes"], &log[0]["role"], &log[0]["subject"]), (&why, &json!("MUNICIPALITY_ADMINISTRATOR"), &Value::Null));
}

#[tokio::test]
async fn what_a_board_is_and_its_first_day_are_corrected_where_it_stands() {
    let app = TestApp::start().await;
    let board = new_board(&app).await;
    let change = |board: &Value, fields: &Value| with(json!({ "controllerId": board["id"], "expectedVersion": board["version"] }), fields);
    let right = change(&board, &json!({ "kind": "FOUNDATION", "validFrom": "2019-01-01" }));
    let right = done(&app, ADMINISTRATOR, "updateController", right).await;
    assert_eq!((&right["kind"], &right["validFrom"], &right["validTo"]), (&json!("FOUNDATION"), &json!("2019-01-01"), &Value::Null));
    let ended = change(&right, &json!({ "validFrom": "2020-01-01", "validTo": "2019-12-31" }));
    refused(&app, ADMINISTRATOR, "updateController", ended, &[("INVALID", "validTo")]).await;
    let nothing = change(&right, &json!({ "kind": null, "validFrom": null }));
    refused(&app, ADMINISTRATOR, "updateController", nothing, &[("MISSING", "kind"), ("MISSING", "validFrom")]).await;
    // A joint board stays one while it has members, and a board that becomes one may have some.
    let members = json!([{ "municipality": "flen", "validFrom": "2026-01-01" }]);
    let joint = done(&app, ADMINISTRATOR, "updateController", change(&right, &json!({ "kind": "JOINT_BOARD", "members": members }))).await;
    assert_eq!(joint["memberMunicipalities"], json!([{ "slug": "gnesta" }, { "slug": "flen" }]));
    let refusal =
        refused(&app, ADMINISTRATOR, "updateController", change(&joint, &json!({ "kind": "BOARD" })), &[("INVALID", "kind")]).await;
    assert_eq!(refusal["errors"][0]["rule"], "ORG6");
    assert_eq!(controller(&app, "gnesta", "Felskrivna nämnden").await["kind"], "JOINT_BOARD");
}
