//! Controllers: each board is one of its own; joint boards with their members.

use serde_json::{Value, json};

use super::{TODAY, TOMORROW, YESTERDAY, board, controller, done, id, municipality, node, number, person, refused, unknown};
use crate::support::{TestApp, nodes};

fn new_board(kind: &str) -> Value {
    json!({ "municipality": "gnesta", "name": "Exempelnämnden", "kind": kind, "validFrom": TODAY })
}

fn change(controller: &Value, fields: &Value) -> Value {
    let mut input = json!({ "controllerId": controller["id"], "expectedVersion": controller["version"] });
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    input
}

async fn boards_of(app: &TestApp, persona: &str, slug: &str, as_of: &str) -> Vec<String> {
    let query = "query($slug: String!, $day: Date) { municipality(slug: $slug, asOf: $day) { controllers(first: 100) { totalCount nodes { name } } } }";
    let data = app.as_(persona).query(query, json!({ "slug": slug, "day": as_of })).await;
    let boards = &data["municipality"]["controllers"];
    assert_eq!(boards["totalCount"], nodes(boards).len());
    nodes(boards).iter().map(|board| board["name"].as_str().unwrap().to_owned()).collect()
}

/// Gnesta's new joint board with one agreement, kept by Gnesta's coordinator.
async fn joint_board(app: &TestApp, members: Value) -> (Value, String) {
    let mut input = new_board("JOINT_BOARD");
    input["members"] = members;
    let board = done(app, "administrator.gnesta", "createController", input).await;
    let coordinator = id(&person(app, "coordinator.gnesta").await);
    let assign = json!({ "personId": coordinator, "controllerId": board["id"], "validFrom": TODAY });
    done(app, "administrator.gnesta", "assignCoordinator", assign).await;
    let parties = app.as_("coordinator.gnesta").query("{ parties(first: 2) { nodes { id controller { id } } } }", json!({})).await;
    let supplier = nodes(&parties["parties"]).iter().find(|party| party["controller"].is_null()).unwrap()["id"].clone();
    let draft = json!({ "leadControllerId": board["id"], "processorId": supplier, "title": "Exempelavtal för nämnden" });
    let agreement = done(app, "coordinator.gnesta", "draftAgreement", draft).await;
    (node(app, "administrator.gnesta", &id(&board)).await, id(&agreement))
}

#[tokio::test]
async fn org1_each_board_is_a_controller_of_its_own_and_read_by_every_member() {
    let app = TestApp::start().await;
    let new = done(&app, "administrator.gnesta", "createController", new_board("BOARD")).await;
    assert_eq!((&new["municipality"]["slug"], &new["memberMunicipalities"]), (&json!("gnesta"), &json!([{ "slug": "gnesta" }])));
    assert_eq!((&new["viewerCanRead"], &new["viewerCanUpdate"], &new["version"]), (&json!(true), &json!(true), &json!(1)));
    for persona in ["reader.gnesta", "coordinator.flen", "operator"] {
        let boards = boards_of(&app, persona, "gnesta", TODAY).await;
        let expected = ["Barn- och utbildningsnämnden", "Exempelnämnden", "Kommunstyrelsen", "Samhällsbyggnadsnämnden", "Socialnämnden"];
        assert_eq!(boards, expected, "{persona}");
        assert_eq!(node(&app, persona, &id(&new)).await["kind"], "BOARD");
    }
    assert!(!boards_of(&app, "dso", "gnesta", YESTERDAY).await.contains(&"Exempelnämnden".to_owned()));
}

#[tokio::test]
async fn org1_a_municipality_is_never_taken_for_a_controller() {
    let app = TestApp::start().await;
    let gnesta = id(&municipality(&app, "gnesta").await);
    stands_in_no_controllers_place(&app, &gnesta).await;
}

#[tokio::test]
async fn org2_an_organisation_of_whatever_kind_is_a_controller() {
    let app = TestApp::start().await;
    for kind in ["EXECUTIVE_BOARD", "BOARD", "JOINT_BOARD", "MUNICIPAL_COMPANY", "FOUNDATION"] {
        let new = done(&app, "administrator.gnesta", "createController", new_board(kind)).await;
        assert_eq!(node(&app, "reader.flen", &id(&new)).await["kind"], kind);
    }
}

#[tokio::test]
async fn org2_a_person_is_never_taken_for_a_controller() {
    let app = TestApp::start().await;
    let coordinator = id(&person(&app, "coordinator.gnesta").await);
    stands_in_no_controllers_place(&app, &coordinator).await;
}

/// `stranger` is the id of something else; each input that takes a controller refuses it and names the field.
async fn stands_in_no_controllers_place(app: &TestApp, stranger: &str) {
    let coordinator = id(&person(app, "coordinator.gnesta").await);
    let officer = id(&person(app, "dso").await);
    let agreement = "agreement_00000000000070008000000000000bad";
    let party = "party_00000000000070008000000000000bad";
    for (persona, mutation, input, path) in [
        (
            "administrator.gnesta",
            "updateController",
            json!({ "controllerId": stranger, "expectedVersion": 1, "name": "X" }),
            "controllerId",
        ),
        (
            "administrator.gnesta",
            "assignCoordinator",
            json!({ "personId": coordinator, "controllerId": stranger, "validFrom": TODAY }),
            "controllerId",
        ),
        (
            "administrator.gnesta",
            "appointDataProtectionOfficer",
            json!({ "personId": officer, "controllerId": stranger, "loginAt": "flen", "validFrom": TODAY }),
            "controllerId",
        ),
        ("coordinator.gnesta", "registerParty", json!({ "name": "Exempel", "country": "SE", "controllerId": stranger }), "controllerId"),
        (
            "coordinator.gnesta",
            "draftAgreement",
            json!({ "leadControllerId": stranger, "processorId": party, "title": "X" }),
            "leadControllerId",
        ),
        (
            "coordinator.gnesta",
            "inviteToAgreement",
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": stranger }),
            "controllerId",
        ),
        (
            "coordinator.gnesta",
            "joinAgreement",
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": stranger, "joinedOn": TODAY }),
            "controllerId",
        ),
        (
            "coordinator.gnesta",
            "updateAgreementParty",
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": stranger }),
            "controllerId",
        ),
    ] {
        let payload = refused(app, persona, mutation, input, &[("INVALID", path)]).await;
        assert!(payload["errors"][0]["message"].as_str().unwrap().contains("controller_"), "{mutation}: {payload}");
    }
    let error = app.as_("coordinator.gnesta").error("query($id: ID!) { controller(id: $id) { name } }", json!({ "id": stranger })).await;
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &json!(["id"])));
}

#[tokio::test]
async fn org5_a_municipal_company_and_a_foundation_are_stored_and_may_lack_an_officer() {
    let app = TestApp::start().await;
    for (n, kind) in [(1, "MUNICIPAL_COMPANY"), (2, "FOUNDATION")] {
        let mut input = new_board(kind);
        input["organisationNumber"] = json!(number(n));
        input["validTo"] = json!("2030-12-31");
        let new = done(&app, "administrator.gnesta", "createController", input).await;
        let read = node(&app, "reader.vingaker", &id(&new)).await;
        assert_eq!((&read["kind"], &read["organisationNumber"], &read["validTo"]), (&json!(kind), &json!(number(n)), &json!("2030-12-31")));
        assert_eq!(read["dataProtectionOfficerAppointments"], json!([]));
    }
}

#[tokio::test]
async fn org6_the_members_of_a_new_joint_board_read_its_agreements_and_it_stands_once_in_each_list() {
    let app = TestApp::start().await;
    let members =
        json!([{ "municipality": "flen", "validFrom": TODAY }, { "municipality": "vingaker", "validFrom": YESTERDAY, "validTo": TODAY }]);
    let (board, agreement) = joint_board(&app, members).await;
    assert_eq!(board["memberMunicipalities"].as_array().unwrap().len(), 3);
    assert_eq!(board["memberMunicipalities"][0]["slug"], "gnesta", "the host comes first");
    for slug in ["gnesta", "flen", "vingaker"] {
        let persona = format!("reader.{slug}");
        assert_eq!(node(&app, &persona, &agreement).await["id"], *agreement, "{slug}");
        let boards = boards_of(&app, &persona, slug, TODAY).await;
        assert_eq!(boards.iter().filter(|name| *name == "Exempelnämnden").count(), 1, "{slug}: {boards:?}");
        let all = app
            .as_(&persona)
            .query("{ agreements(first: 100, filter: { text: \"Exempelavtal\" }) { totalCount nodes { id } } }", json!({}))
            .await;
        assert_eq!(all["agreements"], json!({ "totalCount": 1, "nodes": [{ "id": agreement }] }), "{slug}");
    }
    for outside in ["reader.katrineholm", "operator"] {
        assert!(node(&app, outside, &agreement).await.is_null(), "{outside}");
        assert_eq!(node(&app, outside, &id(&board)).await["viewerCanRead"], false);
    }
}

#[tokio::test]
async fn org6_only_a_joint_board_has_members_and_its_host_is_none_of_them() {
    let app = TestApp::start().await;
    for (kind, member) in
        [("BOARD", "flen"), ("EXECUTIVE_BOARD", "flen"), ("MUNICIPAL_COMPANY", "flen"), ("FOUNDATION", "flen"), ("JOINT_BOARD", "gnesta")]
    {
        let mut input = new_board(kind);
        input["members"] = json!([{ "municipality": member, "validFrom": TODAY }]);
        let payload = refused(&app, "administrator.gnesta", "createController", input, &[("INVALID", "members")]).await;
        assert_eq!((&payload["errors"][0]["rule"], &payload["errors"][0]["canAcknowledge"]), (&json!("ORG6"), &json!(false)));
        assert!(payload["errors"][0]["legalSource"].is_string());
    }
    let social = controller(&app, "gnesta", "Socialnämnden").await;
    let opened = change(&social, &json!({ "members": [{ "municipality": "flen", "validFrom": TODAY }] }));
    refused(&app, "administrator.gnesta", "updateController", opened, &[("INVALID", "members")]).await;
}

#[tokio::test]
async fn org6_a_new_member_reads_the_boards_agreements_at_once_the_older_ones_too() {
    let app = TestApp::start().await;
    let (board, agreement) = joint_board(&app, json!([])).await;
    assert!(node(&app, "reader.flen", &agreement).await.is_null());
    let joined = change(&board, &json!({ "members": [{ "municipality": "flen", "validFrom": TODAY }] }));
    let joined = done(&app, "administrator.gnesta", "updateController", joined).await;
    assert_eq!(joined["memberMunicipalities"], json!([{ "slug": "gnesta" }, { "slug": "flen" }]));
    assert_eq!(node(&app, "reader.flen", &agreement).await["id"], *agreement);
    assert!(node(&app, "reader.vingaker", &agreement).await.is_null());
    // A second member leaves the first one be.
    let second = change(&joined, &json!({ "members": [{ "municipality": "vingaker", "validFrom": TODAY }] }));
    done(&app, "administrator.gnesta", "updateController", second).await;
    for reader in ["reader.flen", "reader.vingaker", "reader.gnesta"] {
        assert_eq!(node(&app, reader, &agreement).await["id"], *agreement, "{reader}");
    }
}

#[tokio::test]
async fn org6_a_membership_that_ended_yesterday_or_begins_tomorrow_opens_nothing_whatever_as_of_says() {
    let app = TestApp::start().await;
    let members = json!([{ "municipality": "flen", "validFrom": "2026-01-01" }, { "municipality": "vingaker", "validFrom": TOMORROW }]);
    let (board, agreement) = joint_board(&app, members).await;
    let read = "query($id: ID!, $board: ID!, $day: Date) { agreement(id: $id, asOf: $day) { id } controller(id: $board, asOf: $day) { viewerCanRead agreements { totalCount } }
      agreements(asOf: $day, filter: { text: \"Exempelavtal\" }) { totalCount } }";
    let asked = |day: &str| json!({ "id": agreement, "board": board["id"], "day": day });
    let open = json!({ "agreement": { "id": agreement }, "controller": { "viewerCanRead": true, "agreements": { "totalCount": 1 } }, "agreements": { "totalCount": 1 } });
    let shut =
        json!({ "agreement": null, "controller": { "viewerCanRead": false, "agreements": null }, "agreements": { "totalCount": 0 } });
    for day in [TODAY, "2026-03-01", "2026-12-24"] {
        assert_eq!(app.as_("reader.flen").query(read, asked(day)).await, open, "a running membership opens {day}, too");
        assert_eq!(app.as_("reader.vingaker").query(read, asked(day)).await, shut, "one that begins tomorrow does not open {day}");
    }
    let ended = change(&board, &json!({ "members": [{ "municipality": "flen", "validFrom": "2026-01-01", "validTo": YESTERDAY }] }));
    done(&app, "administrator.gnesta", "updateController", ended).await;
    for day in [TODAY, "2026-03-01", YESTERDAY] {
        assert_eq!(app.as_("reader.flen").query(read, asked(day)).await, shut, "one that ended yesterday does not open {day}");
    }
    // The directory still tells who was a member when.
    let members = app
        .as_("reader.flen")
        .query(
            "query($board: ID!) { controller(id: $board, asOf: \"2026-03-01\") { memberMunicipalities { slug } } }",
            json!({ "board": board["id"] }),
        )
        .await;
    assert_eq!(members["controller"]["memberMunicipalities"], json!([{ "slug": "gnesta" }, { "slug": "flen" }]));
}

#[tokio::test]
async fn org6_a_member_changes_nothing_of_the_board_that_another_hosts() {
    let app = TestApp::start().await;
    let joint = controller(&app, "katrineholm", "Viadidaktnämnden").await;
    let members = change(&joint, &json!({ "members": [{ "municipality": "gnesta", "validFrom": TODAY }] }));
    refused(&app, "administrator.vingaker", "updateController", members.clone(), &[("FORBIDDEN", "controllerId")]).await;
    done(&app, "administrator.katrineholm", "updateController", members).await;
}

#[tokio::test]
async fn the_same_municipality_is_not_a_member_twice_on_one_day() {
    let app = TestApp::start().await;
    let twice = |second_from: &str| {
        let mut input = new_board("JOINT_BOARD");
        input["members"] = json!([{ "municipality": "flen", "validFrom": "2026-01-01", "validTo": "2026-06-30" }, { "municipality": "flen", "validFrom": second_from }]);
        input
    };
    refused(&app, "administrator.gnesta", "createController", twice("2026-06-30"), &[("OVERLAPS", "members.1.validFrom")]).await;
    // It may leave and come back.
    let back = done(&app, "administrator.gnesta", "createController", twice("2026-07-01")).await;
    assert_eq!(back["memberMunicipalities"], json!([{ "slug": "gnesta" }, { "slug": "flen" }]));
    let (today, left) = (
        json!({ "municipality": "flen", "validFrom": TODAY }),
        json!({ "municipality": "flen", "validFrom": "2026-07-01", "validTo": YESTERDAY }),
    );
    for (again, path) in [(vec![&today], "members.0.validFrom"), (vec![&left, &today, &today], "members.2.validFrom")] {
        let input = change(&back, &json!({ "members": again }));
        refused(&app, "administrator.gnesta", "updateController", input, &[("OVERLAPS", path)]).await;
    }
    // What was stays what it was, when a membership ends and another begins.
    let back = done(&app, "administrator.gnesta", "updateController", change(&back, &json!({ "members": [left] }))).await;
    let members = "query($id: ID!, $day: Date) { controller(id: $id, asOf: $day) { memberMunicipalities { slug } } }";
    for (day, count) in [("2026-03-01", 2), ("2026-08-01", 2), (TODAY, 1)] {
        let data = app.as_("dso").query(members, json!({ "id": back["id"], "day": day })).await;
        assert_eq!(data["controller"]["memberMunicipalities"].as_array().unwrap().len(), count, "{day}");
    }
}

#[tokio::test]
async fn more_members_than_the_limit_and_a_membership_that_ends_before_it_begins_are_refused() {
    let app = TestApp::start().await;
    let mut input = new_board("JOINT_BOARD");
    input["members"] = json!([{ "municipality": "flen", "validFrom": TODAY, "validTo": TODAY }, { "municipality": "vingaker", "validFrom": TODAY, "validTo": YESTERDAY }]);
    refused(&app, "administrator.gnesta", "createController", input.clone(), &[("INVALID", "members.1.validTo")]).await;
    input["members"] = Value::Array(vec![json!({ "municipality": "flen", "validFrom": TODAY }); 51]);
    refused(&app, "administrator.gnesta", "createController", input, &[("INVALID", "members")]).await;
}

#[tokio::test]
async fn whatever_is_malformed_in_a_controller_is_told_at_once() {
    let app = TestApp::start().await;
    let mut input = new_board("BOARD");
    input["name"] = json!("x".repeat(201));
    input["organisationNumber"] = json!("212000-0333");
    input["validTo"] = json!(YESTERDAY);
    let wrong = [("TOO_LONG", "name"), ("INVALID", "organisationNumber"), ("INVALID", "validTo")];
    refused(&app, "administrator.gnesta", "createController", input, &wrong).await;
}

#[tokio::test]
async fn what_is_left_out_stays_what_is_null_is_cleared_what_is_given_is_set() {
    let app = TestApp::start().await;
    let before = controller(&app, "gnesta", "Socialnämnden").await;
    let fields = json!({ "name": "Exempelsocialnämnden", "organisationNumber": number(3), "validTo": "2027-12-31" });
    let set = done(&app, "administrator.gnesta", "updateController", change(&before, &fields)).await;
    for (field, value) in fields.as_object().unwrap() {
        assert_eq!(set[field], *value, "{field}");
    }
    assert_eq!((&set["version"], &set["validFrom"], &set["kind"]), (&json!(2), &before["validFrom"], &before["kind"]));
    let kept = done(&app, "administrator.gnesta", "updateController", change(&set, &json!({ "name": "Nya exempelnämnden" }))).await;
    assert_eq!((&kept["organisationNumber"], &kept["validTo"]), (&json!(number(3)), &json!("2027-12-31")));
    assert_eq!(kept["coordinators"], before["coordinators"].clone(), "people are not touched");
    let cleared =
        done(&app, "administrator.gnesta", "updateController", change(&kept, &json!({ "organisationNumber": null, "validTo": null })))
            .await;
    assert_eq!(
        (&cleared["organisationNumber"], &cleared["validTo"], &cleared["name"]),
        (&Value::Null, &Value::Null, &json!("Nya exempelnämnden"))
    );
    refused(&app, "administrator.gnesta", "updateController", change(&cleared, &json!({ "name": null })), &[("MISSING", "name")]).await;
    refused(
        &app,
        "administrator.gnesta",
        "updateController",
        change(&cleared, &json!({ "validTo": "2018-12-31" })),
        &[("INVALID", "validTo")],
    )
    .await;
}

#[tokio::test]
async fn a_board_that_ended_is_in_the_lists_up_to_its_last_day() {
    let app = TestApp::start().await;
    let social = controller(&app, "gnesta", "Socialnämnden").await;
    done(&app, "administrator.gnesta", "updateController", change(&social, &json!({ "validTo": YESTERDAY }))).await;
    assert!(boards_of(&app, "reader.gnesta", "gnesta", YESTERDAY).await.contains(&"Socialnämnden".to_owned()));
    assert!(!boards_of(&app, "reader.gnesta", "gnesta", TODAY).await.contains(&"Socialnämnden".to_owned()));
    assert_eq!(node(&app, "reader.flen", &id(&social)).await["validTo"], YESTERDAY);
}

#[tokio::test]
async fn a_change_of_a_version_that_is_no_longer_there_is_a_conflict() {
    let app = TestApp::start().await;
    let social = controller(&app, "gnesta", "Socialnämnden").await;
    done(&app, "administrator.gnesta", "updateController", change(&social, &json!({ "name": "Först" }))).await;
    let late = refused(
        &app,
        "administrator.gnesta",
        "updateController",
        change(&social, &json!({ "name": "Sen" })),
        &[("CONFLICT", "expectedVersion")],
    )
    .await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
}

#[tokio::test]
async fn only_the_administrators_of_a_municipality_keep_its_controllers() {
    let app = TestApp::start().await;
    let social = controller(&app, "gnesta", "Socialnämnden").await;
    let renamed = change(&social, &json!({ "name": "Fel nämnd" }));
    for persona in ["coordinator.gnesta", "boardcoordinator.gnesta", "reader.gnesta", "dso"] {
        refused(&app, persona, "createController", new_board("BOARD"), &[("FORBIDDEN", "municipality")]).await;
        refused(&app, persona, "updateController", renamed.clone(), &[("FORBIDDEN", "controllerId")]).await;
    }
    for persona in ["administrator.flen", "operator"] {
        refused(&app, persona, "createController", new_board("BOARD"), &[("FORBIDDEN", "municipality")]).await;
        refused(&app, persona, "updateController", renamed.clone(), &[("NOT_FOUND", "controllerId")]).await;
    }
    let mut nowhere = renamed;
    nowhere["controllerId"] = json!(unknown(&board(&app, "gnesta", "Socialnämnden").await));
    refused(&app, "administrator.gnesta", "updateController", nowhere, &[("NOT_FOUND", "controllerId")]).await;
}
