//! People of the directory.

use serde_json::{Value, json};

use super::{done, id, node, person, refused, unknown};
use crate::support::{TestApp, nodes};

fn new_person() -> Value {
    json!({ "municipality": "gnesta", "name": "Person Påhittad", "email": "person@gnesta.example", "phone": "010-000 00 01" })
}

fn change(person: &Value, fields: &Value) -> Value {
    let mut input = json!({ "personId": person["id"], "expectedVersion": person["version"] });
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn a_new_person_is_seen_by_the_own_coordinators_and_administrators_and_nobody_else() {
    let app = TestApp::start().await;
    let new = done(&app, "administrator.gnesta", "createPerson", new_person()).await;
    let expected = json!({ "id": new["id"], "name": "Person Påhittad", "version": 1, "email": "person@gnesta.example",
        "phone": "010-000 00 01", "municipality": { "slug": "gnesta" } });
    let list = "{ people(first: 100, filter: { text: \"person påhittad\" }) { totalCount nodes { id } } }";
    for persona in ["administrator.gnesta", "coordinator.gnesta", "boardcoordinator.gnesta"] {
        assert_eq!(node(&app, persona, &id(&new)).await, expected, "{persona}");
        assert_eq!(app.as_(persona).query(list, json!({})).await["people"], json!({ "totalCount": 1, "nodes": [{ "id": new["id"] }] }));
    }
    for persona in ["reader.gnesta", "dso", "operator", "administrator.flen", "coordinator.vingaker"] {
        assert!(node(&app, persona, &id(&new)).await.is_null(), "{persona}");
        assert_eq!(app.as_(persona).query(list, json!({})).await["people"]["totalCount"], 0, "{persona}");
    }
}

#[tokio::test]
async fn people_are_listed_by_municipality_and_part_of_the_name_and_each_sees_only_those_open_to_them() {
    let app = TestApp::start().await;
    let of_gnesta = "{ people(first: 100, filter: { municipality: \"gnesta\", text: \"PÅHITTAD\" }) { nodes { name } } }";
    let names = async |persona: &str| {
        let data = app.as_(persona).query(of_gnesta, json!({})).await;
        nodes(&data["people"]).iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let coordinators = ["Nämndsamordnare Påhittad (boardcoordinator.gnesta)", "Samordnare Påhittad (coordinator.gnesta)"];
    assert_eq!(names("coordinator.flen").await, coordinators);
    assert_eq!(names("dso").await, coordinators);
    assert_eq!(names("reader.gnesta").await, ["Läsare Påhittad (reader.gnesta)", coordinators[0], coordinators[1]]);
    let all = ["Administratör Påhittad (administrator.gnesta)", "Läsare Påhittad (reader.gnesta)", coordinators[0], coordinators[1]];
    assert_eq!(names("administrator.gnesta").await, all);
    assert_eq!(names("coordinator.gnesta").await, all);
}

#[tokio::test]
async fn the_addresses_of_people_in_office_are_open_to_every_member_and_shut_when_they_have_left_office() {
    let app = TestApp::start().await;
    let coordinator = person(&app, "boardcoordinator.gnesta").await;
    let seen = node(&app, "reader.flen", &id(&coordinator)).await;
    assert_eq!((&seen["email"], &seen["phone"]), (&json!("boardcoordinator.gnesta@gnesta.example"), &json!("010-000 00 00")));
    let board = app
        .as_("reader.flen")
        .query("{ municipality(slug: \"gnesta\") { controllers { nodes { coordinators { id version person { id } } } } } }", json!({}))
        .await;
    let board = nodes(&board["municipality"]["controllers"]).clone();
    let mut assignments = board.iter().flat_map(|board| board["coordinators"].as_array().unwrap());
    let assignment = assignments.find(|assignment| assignment["person"]["id"] == coordinator["id"]).unwrap();
    let end = json!({ "assignmentId": assignment["id"], "expectedVersion": assignment["version"], "validTo": super::YESTERDAY });
    done(&app, "administrator.gnesta", "endCoordinatorAssignment", end).await;
    let seen = node(&app, "reader.flen", &id(&coordinator)).await;
    assert_eq!((&seen["name"], &seen["email"], &seen["phone"]), (&coordinator["name"], &Value::Null, &Value::Null));
    assert_eq!(node(&app, "coordinator.gnesta", &id(&coordinator)).await["email"], "boardcoordinator.gnesta@gnesta.example");
}

#[tokio::test]
async fn a_reader_keeps_the_own_details_and_nobody_elses() {
    let app = TestApp::start().await;
    let own = person(&app, "reader.gnesta").await;
    let changed = done(&app, "reader.gnesta", "updatePerson", change(&own, &json!({ "phone": "010-000 00 02" }))).await;
    assert_eq!((&changed["phone"], &changed["version"], &changed["email"]), (&json!("010-000 00 02"), &json!(2), &own["email"]));
    assert_eq!(node(&app, "administrator.gnesta", &id(&own)).await, changed);
    // One in office is seen and not changed; another colleague is not seen at all.
    let seen = change(&person(&app, "coordinator.gnesta").await, &json!({ "phone": null }));
    refused(&app, "reader.gnesta", "updatePerson", seen, &[("FORBIDDEN", "personId")]).await;
    let unseen = change(&person(&app, "administrator.gnesta").await, &json!({ "phone": null }));
    refused(&app, "reader.gnesta", "updatePerson", unseen, &[("NOT_FOUND", "personId")]).await;
}

#[tokio::test]
async fn everybody_keeps_the_own_details_but_the_operator() {
    let app = TestApp::start().await;
    for persona in ["dso", "coordinator.flen", "boardcoordinator.flen", "administrator.flen", "reader.flen"] {
        let own = person(&app, persona).await;
        let changed = done(&app, persona, "updatePerson", change(&own, &json!({ "email": "nytt@flen.example" }))).await;
        assert_eq!(changed["email"], "nytt@flen.example", "{persona}");
    }
    let own = change(&person(&app, "operator").await, &json!({ "email": "nytt@flen.example" }));
    refused(&app, "operator", "updatePerson", own, &[("FORBIDDEN", "personId")]).await;
}

#[tokio::test]
async fn only_administrators_keep_the_people_of_their_municipality() {
    let app = TestApp::start().await;
    let reader = person(&app, "reader.gnesta").await;
    let renamed = change(&reader, &json!({ "name": "Läsare Omdöpt" }));
    for persona in ["coordinator.gnesta", "boardcoordinator.gnesta", "reader.gnesta", "dso", "operator", "administrator.flen"] {
        refused(&app, persona, "createPerson", new_person(), &[("FORBIDDEN", "municipality")]).await;
    }
    refused(&app, "coordinator.gnesta", "updatePerson", renamed.clone(), &[("FORBIDDEN", "personId")]).await;
    for persona in ["dso", "operator", "administrator.flen"] {
        refused(&app, persona, "updatePerson", renamed.clone(), &[("NOT_FOUND", "personId")]).await;
    }
    // One whom the directory shows to all is no more another municipality's to change than one whom it hides.
    let in_office = change(&person(&app, "coordinator.gnesta").await, &json!({ "name": "Samordnare Omdöpt" }));
    refused(&app, "administrator.flen", "updatePerson", in_office, &[("NOT_FOUND", "personId")]).await;
    let mut nobody = renamed.clone();
    nobody["personId"] = json!(unknown(reader["id"].as_str().unwrap()));
    refused(&app, "administrator.gnesta", "updatePerson", nobody, &[("NOT_FOUND", "personId")]).await;
    assert_eq!(done(&app, "administrator.gnesta", "updatePerson", renamed).await["name"], "Läsare Omdöpt");
}

#[tokio::test]
async fn what_is_left_out_stays_what_is_null_is_cleared_what_is_given_is_set() {
    let app = TestApp::start().await;
    let before = done(&app, "administrator.gnesta", "createPerson", new_person()).await;
    let cleared = done(&app, "administrator.gnesta", "updatePerson", change(&before, &json!({ "email": null }))).await;
    assert_eq!((&cleared["email"], &cleared["phone"], &cleared["name"]), (&Value::Null, &before["phone"], &before["name"]));
    let cleared = done(&app, "administrator.gnesta", "updatePerson", change(&cleared, &json!({ "phone": null }))).await;
    assert_eq!(cleared["phone"], Value::Null);
    let all = json!({ "name": " Person Omdöpt ", "email": "ny@gnesta.example", "phone": "010-000 00 03" });
    let set = done(&app, "administrator.gnesta", "updatePerson", change(&cleared, &all)).await;
    assert_eq!(
        (&set["name"], &set["email"], &set["phone"], &set["version"]),
        (&json!("Person Omdöpt"), &json!("ny@gnesta.example"), &json!("010-000 00 03"), &json!(4))
    );
    refused(&app, "administrator.gnesta", "updatePerson", change(&set, &json!({ "name": null })), &[("MISSING", "name")]).await;
}

#[tokio::test]
async fn whatever_is_malformed_in_a_person_is_told_at_once() {
    let app = TestApp::start().await;
    let wrong = [("TOO_LONG", "name"), ("INVALID", "email"), ("TOO_LONG", "phone")];
    let fields = json!({ "name": "x".repeat(201), "email": "ingen adress", "phone": "0".repeat(41) });
    let mut input = new_person();
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    refused(&app, "administrator.gnesta", "createPerson", input, &wrong).await;
    let reader = person(&app, "reader.gnesta").await;
    refused(&app, "administrator.gnesta", "updatePerson", change(&reader, &fields), &wrong).await;
    let mut longest = new_person();
    longest["name"] = json!("å".repeat(200));
    longest["phone"] = json!("0".repeat(40));
    done(&app, "administrator.gnesta", "createPerson", longest).await;
    let control = change(&reader, &json!({ "name": "Med\u{0}styrtecken" }));
    refused(&app, "administrator.gnesta", "updatePerson", control, &[("INVALID", "name")]).await;
}

#[tokio::test]
async fn a_change_of_a_version_that_is_no_longer_there_is_a_conflict() {
    let app = TestApp::start().await;
    let reader = person(&app, "reader.gnesta").await;
    done(&app, "reader.gnesta", "updatePerson", change(&reader, &json!({ "phone": null }))).await;
    let late = change(&reader, &json!({ "name": "Sen Ändring" }));
    let late = refused(&app, "administrator.gnesta", "updatePerson", late, &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
}

#[tokio::test]
async fn messages_come_in_swedish_unless_english_is_asked_for() {
    let app = TestApp::start().await;
    let reader = person(&app, "reader.gnesta").await;
    let input = change(&reader, &json!({ "name": null }));
    let message = async |language| {
        let client = app.as_("reader.gnesta").speaking(language);
        client.mutate("updatePerson", "UpdatePersonInput", input.clone(), "person { id }").await["errors"][0]["message"].take()
    };
    assert_eq!(message("en").await, "The field cannot be emptied; leave it out to keep it as it is.");
    assert_eq!(message("sv").await, "Fältet kan inte tömmas; utelämna det för att låta det vara.");
}
