//! Coordinators are assigned to controllers, and their assignments end.

use serde_json::{Value, json};

use super::{TODAY, TOMORROW, YESTERDAY, board, controller, done, id, node, person, refused, unknown};
use crate::support::{TestApp, nodes};

fn assign(person: &str, controller: &str) -> Value {
    json!({ "personId": person, "controllerId": controller, "validFrom": TODAY })
}

fn end(assignment: &Value, valid_to: &str) -> Value {
    json!({ "assignmentId": assignment["id"], "expectedVersion": assignment["version"], "validTo": valid_to })
}

async fn coordinators(app: &TestApp, controller: &str, as_of: &str) -> Vec<Value> {
    let query = "query($id: ID!, $day: Date) { controller(id: $id, asOf: $day) { coordinators { id deputy validFrom validTo version person { id } } } }";
    let data = app.as_("reader.flen").query(query, json!({ "id": controller, "day": as_of })).await;
    data["controller"]["coordinators"].as_array().unwrap().clone()
}

async fn assignment_of(app: &TestApp, persona: &str, controller: &str) -> Value {
    let person = id(&person(app, persona).await);
    let all = coordinators(app, controller, TODAY).await;
    all.into_iter().find(|assignment| assignment["person"]["id"] == person).unwrap()
}

fn draft(controller: &str, processor: &Value) -> Value {
    json!({ "leadControllerId": controller, "processorId": processor, "title": "Exempelavtal" })
}

async fn supplier(app: &TestApp) -> Value {
    let parties = app.as_("operator").query("{ parties(filter: { text: \"Exempelleverantör 07\" }) { nodes { id } } }", json!({})).await;
    nodes(&parties["parties"])[0]["id"].clone()
}

#[tokio::test]
async fn coo1_an_assignment_is_stored_and_read_by_every_member_deputies_last() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let mut input = assign(&reader, &social);
    input["deputy"] = json!(true);
    input["validTo"] = json!("2027-12-31");
    let new = done(&app, "administrator.gnesta", "assignCoordinator", input).await;
    let expected = json!({ "id": new["id"], "deputy": true, "validFrom": TODAY, "validTo": "2027-12-31", "version": 1,
        "person": { "id": reader }, "controller": { "id": social } });
    for persona in ["coordinator.flen", "dso", "operator", "reader.vingaker"] {
        assert_eq!(node(&app, persona, &id(&new)).await, expected, "{persona}");
    }
    let today = coordinators(&app, &social, TODAY).await;
    assert_eq!(today.iter().map(|assignment| assignment["deputy"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(coordinators(&app, &social, YESTERDAY).await.len(), 1);
}

#[tokio::test]
async fn coo1_the_last_coordinator_may_leave_and_that_is_stored_as_the_fact_that_it_is() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let only = assignment_of(&app, "coordinator.gnesta", &social).await;
    let ended = done(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&only, YESTERDAY)).await;
    assert_eq!((&ended["validTo"], &ended["version"]), (&json!(YESTERDAY), &json!(2)));
    assert_eq!(coordinators(&app, &social, TODAY).await, [] as [Value; 0]);
    assert_eq!(coordinators(&app, &social, YESTERDAY).await.len(), 1, "the last day is inside");
}

#[tokio::test]
async fn coo2_a_coordinator_writes_for_the_own_controllers_from_the_first_day_to_the_last() {
    let app = TestApp::start().await;
    let (social, supplier) = (board(&app, "gnesta", "Socialnämnden").await, supplier(&app).await);
    let reader = id(&person(&app, "reader.gnesta").await);
    refused(&app, "reader.gnesta", "draftAgreement", draft(&social, &supplier), &[("FORBIDDEN", "leadControllerId")]).await;
    let new = done(&app, "administrator.gnesta", "assignCoordinator", assign(&reader, &social)).await;
    done(&app, "reader.gnesta", "draftAgreement", draft(&social, &supplier)).await;
    let ended = done(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&new, TODAY)).await;
    done(&app, "reader.gnesta", "draftAgreement", draft(&social, &supplier)).await;
    let again = json!({ "assignmentId": ended["id"], "expectedVersion": ended["version"], "validTo": TODAY });
    done(&app, "administrator.gnesta", "endCoordinatorAssignment", again).await;
    let other = id(&person(&app, "administrator.gnesta").await);
    let mut past = assign(&other, &social);
    past["validFrom"] = json!("2026-01-01");
    past["validTo"] = json!(YESTERDAY);
    done(&app, "administrator.gnesta", "assignCoordinator", past).await;
    refused(&app, "administrator.gnesta", "draftAgreement", draft(&social, &supplier), &[("FORBIDDEN", "leadControllerId")]).await;
}

#[tokio::test]
async fn coo2_one_person_coordinates_several_controllers() {
    let app = TestApp::start().await;
    let supplier = supplier(&app).await;
    for name in ["Kommunstyrelsen", "Samhällsbyggnadsnämnden", "Barn- och utbildningsnämnden", "Socialnämnden"] {
        let controller = board(&app, "gnesta", name).await;
        done(&app, "coordinator.gnesta", "draftAgreement", draft(&controller, &supplier)).await;
    }
}

#[tokio::test]
async fn coo2_a_coordinator_of_one_board_changes_nothing_of_another_board() {
    let app = TestApp::start().await;
    let supplier = supplier(&app).await;
    for name in ["Kommunstyrelsen", "Barn- och utbildningsnämnden", "Socialnämnden"] {
        let controller = board(&app, "gnesta", name).await;
        refused(&app, "boardcoordinator.gnesta", "draftAgreement", draft(&controller, &supplier), &[("FORBIDDEN", "leadControllerId")])
            .await;
    }
    let own = board(&app, "gnesta", "Samhällsbyggnadsnämnden").await;
    done(&app, "boardcoordinator.gnesta", "draftAgreement", draft(&own, &supplier)).await;
}

#[tokio::test]
async fn coo2_a_coordinator_is_of_the_host_or_of_a_member_of_the_joint_board() {
    let app = TestApp::start().await;
    let joint = board(&app, "katrineholm", "Viadidaktnämnden").await;
    let of_member = id(&person(&app, "coordinator.vingaker").await);
    done(&app, "administrator.katrineholm", "assignCoordinator", assign(&of_member, &joint)).await;
    done(&app, "coordinator.vingaker", "draftAgreement", draft(&joint, &supplier(&app).await)).await;
    let of_neither = id(&person(&app, "coordinator.gnesta").await);
    let payload =
        refused(&app, "administrator.katrineholm", "assignCoordinator", assign(&of_neither, &joint), &[("INVALID", "personId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "COO2");
    let own_board = board(&app, "vingaker", "Socialnämnden").await;
    let of_host = id(&person(&app, "coordinator.katrineholm").await);
    refused(&app, "administrator.vingaker", "assignCoordinator", assign(&of_host, &own_board), &[("INVALID", "personId")]).await;
}

#[tokio::test]
async fn coo2_an_assignment_opens_nothing_when_the_membership_of_the_persons_municipality_has_ended() {
    let app = TestApp::start().await;
    let joint = controller(&app, "katrineholm", "Viadidaktnämnden").await;
    let of_member = id(&person(&app, "coordinator.vingaker").await);
    done(&app, "administrator.katrineholm", "assignCoordinator", assign(&of_member, &id(&joint))).await;
    let left = json!({ "controllerId": joint["id"], "expectedVersion": joint["version"], "members": [{ "municipality": "vingaker", "validFrom": "2019-01-01", "validTo": YESTERDAY }] });
    done(&app, "administrator.katrineholm", "updateController", left).await;
    let drafted = draft(&id(&joint), &supplier(&app).await);
    refused(&app, "coordinator.vingaker", "draftAgreement", drafted, &[("NOT_FOUND", "leadControllerId")]).await;
    let viewer = app.as_("coordinator.vingaker").query("{ viewer { controllers { id } } }", json!({})).await;
    assert_eq!(viewer["viewer"]["controllers"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn an_assignment_that_overlaps_another_of_the_same_person_is_refused() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let coordinator = id(&person(&app, "coordinator.gnesta").await);
    let payload =
        refused(&app, "administrator.gnesta", "assignCoordinator", assign(&coordinator, &social), &[("OVERLAPS", "validFrom")]).await;
    assert!(payload["errors"][0]["message"].as_str().unwrap().contains("2025-05-22"), "{payload}");
    // Up to the last day before, and from the first day after, it fits.
    let mut before = assign(&coordinator, &social);
    before["validFrom"] = json!("2024-01-01");
    before["validTo"] = json!("2025-05-22");
    refused(&app, "administrator.gnesta", "assignCoordinator", before.clone(), &[("OVERLAPS", "validFrom")]).await;
    before["validTo"] = json!("2025-05-21");
    let early = done(&app, "administrator.gnesta", "assignCoordinator", before).await;
    // An end that is moved does not run into the next one, either.
    refused(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&early, "2025-05-22"), &[("OVERLAPS", "validTo")]).await;
    assert_eq!(done(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&early, "2024-12-31")).await["validTo"], "2024-12-31");
}

#[tokio::test]
async fn an_assignment_that_would_end_before_it_begins_is_refused() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let mut input = assign(&reader, &social);
    input["validTo"] = json!(YESTERDAY);
    refused(&app, "administrator.gnesta", "assignCoordinator", input, &[("INVALID", "validTo")]).await;
    let running = assignment_of(&app, "coordinator.gnesta", &social).await;
    refused(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&running, "2025-05-21"), &[("INVALID", "validTo")]).await;
    done(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&running, "2025-05-22")).await;
}

#[tokio::test]
async fn a_person_in_the_controllers_place_and_a_controller_in_the_persons_are_told_at_once() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let payload = refused(
        &app,
        "administrator.gnesta",
        "assignCoordinator",
        assign(&social, &reader),
        &[("INVALID", "personId"), ("INVALID", "controllerId")],
    )
    .await;
    assert!(payload["errors"][0]["message"].as_str().unwrap().contains("person_"));
    assert!(payload["errors"][1]["message"].as_str().unwrap().contains("controller_"));
}

#[tokio::test]
async fn only_the_administrators_of_the_host_assign_and_end() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let coordinator = id(&person(&app, "boardcoordinator.gnesta").await);
    let running = assignment_of(&app, "coordinator.gnesta", &social).await;
    for persona in ["coordinator.gnesta", "boardcoordinator.gnesta", "reader.gnesta", "dso"] {
        refused(&app, persona, "assignCoordinator", assign(&coordinator, &social), &[("FORBIDDEN", "controllerId")]).await;
        refused(&app, persona, "endCoordinatorAssignment", end(&running, TODAY), &[("FORBIDDEN", "assignmentId")]).await;
    }
    for persona in ["administrator.flen", "operator"] {
        refused(&app, persona, "assignCoordinator", assign(&coordinator, &social), &[("NOT_FOUND", "controllerId")]).await;
        refused(&app, persona, "endCoordinatorAssignment", end(&running, TODAY), &[("NOT_FOUND", "assignmentId")]).await;
    }
    let joint = board(&app, "katrineholm", "Viadidaktnämnden").await;
    let of_member = id(&person(&app, "coordinator.vingaker").await);
    refused(&app, "administrator.vingaker", "assignCoordinator", assign(&of_member, &joint), &[("FORBIDDEN", "controllerId")]).await;
    // Who is not seen, and who is not there.
    let hidden = id(&person(&app, "reader.flen").await);
    for nobody in [hidden, unknown(&reader)] {
        refused(&app, "administrator.gnesta", "assignCoordinator", assign(&nobody, &social), &[("NOT_FOUND", "personId")]).await;
    }
    let nothing = json!({ "assignmentId": unknown(&id(&running)), "expectedVersion": 1, "validTo": TODAY });
    refused(&app, "administrator.gnesta", "endCoordinatorAssignment", nothing, &[("NOT_FOUND", "assignmentId")]).await;
}

#[tokio::test]
async fn the_end_of_an_assignment_that_somebody_else_ended_is_a_conflict() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let running = assignment_of(&app, "coordinator.gnesta", &social).await;
    done(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&running, TOMORROW)).await;
    let late =
        refused(&app, "administrator.gnesta", "endCoordinatorAssignment", end(&running, TODAY), &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
}
