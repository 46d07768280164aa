//! Data protection officers: each controller appoints, the authority is told, an appointment ends.

use serde_json::{Value, json};

use super::{TODAY, TOMORROW, YESTERDAY, board, done, id, node, person, refused, unknown};
use crate::support::{TestApp, nodes};

fn appoint(person: &str, controller: &str) -> Value {
    json!({ "personId": person, "controllerId": controller, "loginAt": "gnesta", "validFrom": TODAY, "decisionReference": "EXEMPEL 2026/1" })
}

fn notify(appointment: &Value, kind: &str) -> Value {
    json!({ "appointmentId": appointment["id"], "expectedVersion": appointment["version"], "kind": kind, "on": TODAY, "reference": "EXEMPEL-IMY 7" })
}

fn end(appointment: &Value, valid_to: &str) -> Value {
    json!({ "appointmentId": appointment["id"], "expectedVersion": appointment["version"], "validTo": valid_to, "endReason": "LEFT_POST" })
}

async fn appointments(app: &TestApp, controller: &str, as_of: &str) -> Vec<Value> {
    let query =
        "query($id: ID!, $day: Date) { controller(id: $id, asOf: $day) { dataProtectionOfficerAppointments { id version validFrom validTo
      decisionReference endReason person { id } controller { id } loginAt { slug } notifications { kind on reference } } } }";
    let data = app.as_("reader.vingaker").query(query, json!({ "id": controller, "day": as_of })).await;
    data["controller"]["dataProtectionOfficerAppointments"].as_array().unwrap().clone()
}

#[tokio::test]
async fn dpo1_an_appointment_is_stored_and_read_by_every_member() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let mut input = appoint(&reader, &social);
    input["validTo"] = json!("2027-12-31");
    let new = done(&app, "administrator.gnesta", "appointDataProtectionOfficer", input).await;
    let expected = json!({ "id": new["id"], "validFrom": TODAY, "validTo": "2027-12-31", "decisionReference": "EXEMPEL 2026/1", "endReason": null,
        "version": 1, "person": { "id": reader }, "controller": { "id": social }, "loginAt": { "slug": "gnesta" }, "notifications": [] });
    for persona in ["coordinator.flen", "dso", "operator", "reader.vingaker"] {
        assert_eq!(node(&app, persona, &id(&new)).await, expected, "{persona}");
    }
    assert_eq!(appointments(&app, &social, TODAY).await.len(), 2);
    assert_eq!(appointments(&app, &social, YESTERDAY).await.len(), 1);
}

#[tokio::test]
async fn dpo2_what_the_authority_was_told_is_stored_and_read_oldest_first() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let running = appointments(&app, &social, TODAY).await.remove(0);
    let told = done(&app, "administrator.gnesta", "recordNotificationToAuthority", notify(&running, "CHANGED")).await;
    assert_eq!(told["version"], 2);
    let mut earlier = notify(&told, "ENDED");
    earlier["on"] = json!("2026-03-01");
    earlier["reference"] = Value::Null;
    done(&app, "administrator.gnesta", "recordNotificationToAuthority", earlier).await;
    let read = appointments(&app, &social, TODAY).await.remove(0);
    let expected = json!([
        { "kind": "APPOINTED", "on": "2024-12-06", "reference": "DEMO-IMY" },
        { "kind": "ENDED", "on": "2026-03-01", "reference": null },
        { "kind": "CHANGED", "on": TODAY, "reference": "EXEMPEL-IMY 7" },
    ]);
    assert_eq!(read["notifications"], expected);
    let late = refused(
        &app,
        "administrator.gnesta",
        "recordNotificationToAuthority",
        notify(&running, "CHANGED"),
        &[("CONFLICT", "expectedVersion")],
    )
    .await;
    assert_eq!(late["errors"][0]["currentVersion"], 3);
    let mut long = notify(&read, "CHANGED");
    long["reference"] = json!("x".repeat(101));
    refused(&app, "administrator.gnesta", "recordNotificationToAuthority", long, &[("TOO_LONG", "reference")]).await;
    let mut tomorrow = notify(&read, "CHANGED");
    tomorrow["on"] = json!("2026-11-23");
    refused(&app, "administrator.gnesta", "recordNotificationToAuthority", tomorrow, &[("INVALID", "on")]).await;
}

#[tokio::test]
async fn dpo4_one_officer_is_appointed_by_many_controllers_each_for_itself() {
    let app = TestApp::start().await;
    let query = "{ municipalities { nodes { controllers { nodes { dataProtectionOfficerAppointments { id person { id } controller { id } loginAt { slug } } } } } } }";
    let data = app.as_("reader.oxelosund").query(query, json!({})).await;
    let officer = id(&person(&app, "dso").await);
    let mut controllers = std::collections::BTreeSet::new();
    for municipality in nodes(&data["municipalities"]) {
        for controller in nodes(&municipality["controllers"]) {
            let appointments = controller["dataProtectionOfficerAppointments"].as_array().unwrap();
            assert_eq!(appointments.len(), 1, "{controller}");
            assert_eq!((&appointments[0]["person"]["id"], &appointments[0]["loginAt"]["slug"]), (&json!(officer), &json!("flen")));
            controllers.insert(appointments[0]["controller"]["id"].to_string());
        }
    }
    assert_eq!(controllers.len(), 24, "as many as the reference file has boards");
    // The end of one leaves the others.
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let one = appointments(&app, &social, TODAY).await.remove(0);
    done(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", end(&one, YESTERDAY)).await;
    assert_eq!(appointments(&app, &social, TODAY).await, [] as [Value; 0]);
    let other = board(&app, "gnesta", "Kommunstyrelsen").await;
    assert_eq!(appointments(&app, &other, TODAY).await.len(), 1);
}

/// An agreement of Gnesta's social board alone: its id.
async fn agreement_of(app: &TestApp, controller: &str) -> String {
    let parties =
        app.as_("coordinator.gnesta").query("{ parties(filter: { text: \"Exempelleverantör 07\" }) { nodes { id } } }", json!({})).await;
    let draft =
        json!({ "leadControllerId": controller, "processorId": nodes(&parties["parties"])[0]["id"], "title": "Ombudets exempelavtal" });
    id(&done(app, "coordinator.gnesta", "draftAgreement", draft).await)
}

const RECORDS: &str = "query($id: ID!, $board: ID!, $day: Date) { agreement(id: $id, asOf: $day) { id } node(id: $id) { id }
  agreements(asOf: $day, filter: { text: \"Ombudets exempelavtal\" }) { totalCount }
  controller(id: $board, asOf: $day) { viewerCanRead agreements(filter: { text: \"Ombudets exempelavtal\" }) { totalCount } } }";

async fn records(app: &TestApp, agreement: &str, board: &str, day: &str) -> Value {
    app.as_("dso").query(RECORDS, json!({ "id": agreement, "board": board, "day": day })).await
}

fn open(agreement: &str) -> Value {
    json!({ "agreement": { "id": agreement }, "node": { "id": agreement }, "agreements": { "totalCount": 1 },
        "controller": { "viewerCanRead": true, "agreements": { "totalCount": 1 } } })
}

fn shut() -> Value {
    json!({ "agreement": null, "node": null, "agreements": { "totalCount": 0 }, "controller": { "viewerCanRead": false, "agreements": null } })
}

#[tokio::test]
async fn dpo8_an_officer_reads_every_controller_with_a_running_appointment_on_its_last_day_and_in_history_too() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let agreement = agreement_of(&app, &social).await;
    let running = appointments(&app, &social, TODAY).await.remove(0);
    assert_eq!(records(&app, &agreement, &social, TODAY).await, open(&agreement));
    done(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", end(&running, TODAY)).await;
    for day in [TODAY, "2026-03-01", TOMORROW] {
        assert_eq!(records(&app, &agreement, &social, day).await, open(&agreement), "{day}");
    }
}

#[tokio::test]
async fn dpo8_after_the_end_the_officer_no_longer_reads_and_history_does_not_open_it_either() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let agreement = agreement_of(&app, &social).await;
    let running = appointments(&app, &social, TODAY).await.remove(0);
    let ended = done(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", end(&running, YESTERDAY)).await;
    assert_eq!((&ended["validTo"], &ended["endReason"], &ended["version"]), (&json!(YESTERDAY), &json!("LEFT_POST"), &json!(2)));
    for day in [TODAY, YESTERDAY, "2026-03-01"] {
        assert_eq!(records(&app, &agreement, &social, day).await, shut(), "{day}");
    }
    // The other boards of the same municipality stay open.
    let other = board(&app, "gnesta", "Kommunstyrelsen").await;
    let agreement = agreement_of(&app, &other).await;
    assert_eq!(records(&app, &agreement, &other, TODAY).await, open(&agreement));
}

#[tokio::test]
async fn dpo8_an_appointment_that_begins_tomorrow_opens_nothing_today() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let agreement = agreement_of(&app, &social).await;
    let running = appointments(&app, &social, TODAY).await.remove(0);
    done(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", end(&running, YESTERDAY)).await;
    let officer = id(&person(&app, "dso").await);
    let mut later = appoint(&officer, &social);
    later["loginAt"] = json!("flen");
    later["validFrom"] = json!(TOMORROW);
    done(&app, "administrator.gnesta", "appointDataProtectionOfficer", later).await;
    for day in [TODAY, TOMORROW] {
        assert_eq!(records(&app, &agreement, &social, day).await, shut(), "{day}");
    }
}

#[tokio::test]
async fn an_officer_logs_in_at_the_municipality_that_employs_the_officer() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let mut elsewhere = appoint(&reader, &social);
    elsewhere["loginAt"] = json!("flen");
    refused(&app, "administrator.gnesta", "appointDataProtectionOfficer", elsewhere, &[("INVALID", "loginAt")]).await;
}

#[tokio::test]
async fn an_appointment_that_overlaps_another_of_the_same_person_is_refused() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let officer = id(&person(&app, "dso").await);
    let mut again = appoint(&officer, &social);
    again["loginAt"] = json!("flen");
    refused(&app, "administrator.gnesta", "appointDataProtectionOfficer", again.clone(), &[("OVERLAPS", "validFrom")]).await;
    again["validFrom"] = json!("2020-01-01");
    again["validTo"] = json!("2024-11-21");
    let early = done(&app, "administrator.gnesta", "appointDataProtectionOfficer", again).await;
    // An end that is moved does not run into the next one, either.
    refused(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", end(&early, "2024-11-22"), &[("OVERLAPS", "validTo")])
        .await;
}

#[tokio::test]
async fn whatever_is_malformed_in_an_appointment_is_told_at_once() {
    let app = TestApp::start().await;
    let input = json!({ "personId": "x", "controllerId": "", "loginAt": "gnesta", "validFrom": TODAY, "validTo": YESTERDAY,
        "decisionReference": "x".repeat(101) });
    let wrong = [("INVALID", "personId"), ("INVALID", "controllerId"), ("INVALID", "validTo"), ("TOO_LONG", "decisionReference")];
    refused(&app, "administrator.gnesta", "appointDataProtectionOfficer", input, &wrong).await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let running = appointments(&app, &social, TODAY).await.remove(0);
    refused(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", end(&running, "2024-11-21"), &[("INVALID", "validTo")])
        .await;
    let mut stale = end(&running, TODAY);
    stale["expectedVersion"] = json!(7);
    let stale =
        refused(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", stale, &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(stale["errors"][0]["currentVersion"], 1);
}

#[tokio::test]
async fn only_the_administrators_of_the_host_appoint_tell_and_end() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let candidate = id(&person(&app, "coordinator.gnesta").await);
    let running = appointments(&app, &social, TODAY).await.remove(0);
    let try_all = async |persona: &str, code: &str| {
        refused(&app, persona, "appointDataProtectionOfficer", appoint(&candidate, &social), &[(code, "controllerId")]).await;
        refused(&app, persona, "recordNotificationToAuthority", notify(&running, "CHANGED"), &[(code, "appointmentId")]).await;
        refused(&app, persona, "endDataProtectionOfficerAppointment", end(&running, TODAY), &[(code, "appointmentId")]).await;
    };
    for persona in ["coordinator.gnesta", "reader.gnesta", "dso"] {
        try_all(persona, "FORBIDDEN").await;
    }
    for persona in ["administrator.flen", "operator"] {
        try_all(persona, "NOT_FOUND").await;
    }
    let hidden = id(&person(&app, "reader.flen").await);
    for nobody in [unknown(&hidden), hidden] {
        refused(&app, "administrator.gnesta", "appointDataProtectionOfficer", appoint(&nobody, &social), &[("NOT_FOUND", "personId")])
            .await;
    }
    let mut nothing = end(&running, TODAY);
    nothing["appointmentId"] = json!(unknown(&id(&running)));
    refused(&app, "administrator.gnesta", "endDataProtectionOfficerAppointment", nothing, &[("NOT_FOUND", "appointmentId")]).await;
}
