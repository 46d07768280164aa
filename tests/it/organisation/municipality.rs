//! Municipalities join, change and leave; the cooperation's administrator records it.

use serde_json::{Value, json};

use super::{TODAY, TOMORROW, YESTERDAY, board, done, id, municipality, node, number, person, refused};
use crate::support::{TestApp, nodes, now};

const SLUGS: &str = "{ municipalities(first: 100) { totalCount nodes { slug } } }";
const KNOWN: &str = "flen, gnesta, katrineholm, oxelosund, strangnas, vingaker";

fn exempelby() -> Value {
    json!({ "slug": "exempelby", "expectedVersion": 0, "name": "Exempelby kommun", "code": "9999", "organisationNumber": number(1),
        "meetingOrder": 7, "memberFrom": TODAY })
}

fn change(municipality: &Value, fields: &Value) -> Value {
    let mut input = json!({ "slug": municipality["slug"], "expectedVersion": municipality["version"] });
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    input
}

fn slugs(data: &Value) -> Vec<&str> {
    nodes(&data["municipalities"]).iter().map(|municipality| municipality["slug"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_municipality_that_joins_is_read_by_every_member_from_its_first_day() {
    let app = TestApp::start().await;
    let new = done(&app, "operator", "recordMunicipality", exempelby()).await;
    let expected = json!({ "id": new["id"], "slug": "exempelby", "name": "Exempelby kommun", "code": "9999",
        "organisationNumber": number(1), "meetingOrder": 7, "memberFrom": TODAY, "memberTo": null, "version": 1 });
    for persona in ["reader.flen", "coordinator.gnesta", "administrator.vingaker", "dso", "operator"] {
        assert_eq!(node(&app, persona, &id(&new)).await, expected, "{persona}");
        let today = app.as_(persona).query(SLUGS, json!({})).await;
        assert_eq!(slugs(&today), ["exempelby", "flen", "gnesta", "katrineholm", "oxelosund", "strangnas", "vingaker"]);
        assert_eq!(today["municipalities"]["totalCount"], 7);
    }
    let before =
        app.as_("dso").query("query($day: Date) { municipalities(asOf: $day) { nodes { slug } } }", json!({ "day": YESTERDAY })).await;
    assert_eq!(slugs(&before), ["flen", "gnesta", "katrineholm", "oxelosund", "strangnas", "vingaker"]);
}

#[tokio::test]
async fn a_new_municipality_needs_all_that_makes_one_and_is_told_at_once() {
    let app = TestApp::start().await;
    let missing = [
        ("MISSING", "name"),
        ("MISSING", "code"),
        ("MISSING", "organisationNumber"),
        ("MISSING", "meetingOrder"),
        ("MISSING", "memberFrom"),
    ];
    refused(&app, "operator", "recordMunicipality", json!({ "slug": "exempelby", "expectedVersion": 0 }), &missing).await;
}

#[tokio::test]
async fn whatever_is_malformed_in_a_municipality_is_told_at_once() {
    let app = TestApp::start().await;
    let input = json!({ "slug": "Exempelby", "expectedVersion": 0, "name": " ", "code": "99", "organisationNumber": "212000-0333",
        "meetingOrder": 0, "memberFrom": TODAY });
    let wrong =
        [("INVALID", "slug"), ("MISSING", "name"), ("INVALID", "code"), ("INVALID", "organisationNumber"), ("INVALID", "meetingOrder")];
    refused(&app, "operator", "recordMunicipality", input, &wrong).await;
    let mut long = exempelby();
    long["name"] = json!("x".repeat(201));
    refused(&app, "operator", "recordMunicipality", long, &[("TOO_LONG", "name")]).await;
    for slug in ["", "-flen", "flen-", "flén", "a b", &"x".repeat(41)] {
        let mut input = exempelby();
        input["slug"] = json!(slug);
        refused(&app, "operator", "recordMunicipality", input, &[("INVALID", "slug")]).await;
    }
}

#[tokio::test]
async fn a_membership_that_would_end_before_it_begins_is_refused() {
    let app = TestApp::start().await;
    let mut input = exempelby();
    input["memberTo"] = json!(YESTERDAY);
    refused(&app, "operator", "recordMunicipality", input, &[("INVALID", "memberTo")]).await;
    let gnesta = municipality(&app, "gnesta").await;
    let ended = change(&gnesta, &json!({ "memberTo": "2018-05-24" }));
    refused(&app, "operator", "recordMunicipality", ended, &[("INVALID", "memberTo")]).await;
    let late = change(&gnesta, &json!({ "memberFrom": TOMORROW, "memberTo": TODAY }));
    refused(&app, "operator", "recordMunicipality", late, &[("INVALID", "memberTo")]).await;
}

#[tokio::test]
async fn a_code_that_another_municipality_has_is_a_duplicate() {
    let app = TestApp::start().await;
    let mut input = exempelby();
    input["code"] = json!("0461");
    refused(&app, "operator", "recordMunicipality", input, &[("DUPLICATE", "code")]).await;
    let flen = municipality(&app, "flen").await;
    refused(&app, "operator", "recordMunicipality", change(&flen, &json!({ "code": "0461" })), &[("DUPLICATE", "code")]).await;
    done(&app, "operator", "recordMunicipality", change(&flen, &json!({ "code": "0482" }))).await;
}

#[tokio::test]
async fn what_is_left_out_stays_what_is_null_is_cleared_what_is_given_is_set() {
    let app = TestApp::start().await;
    let before = municipality(&app, "gnesta").await;
    let left = done(&app, "operator", "recordMunicipality", change(&before, &json!({ "memberTo": "2027-12-31" }))).await;
    let mut expected = before.clone();
    expected["memberTo"] = json!("2027-12-31");
    expected["version"] = json!(2);
    assert_eq!(left, expected);
    let fields = json!({ "name": "Exempelgnesta kommun", "code": "9461", "organisationNumber": number(2), "meetingOrder": 9, "memberFrom": "2019-01-01" });
    let set = done(&app, "operator", "recordMunicipality", change(&left, &fields)).await;
    for (field, value) in fields.as_object().unwrap() {
        assert_eq!(set[field], *value, "{field}");
    }
    assert_eq!(set["memberTo"], "2027-12-31");
    let cleared = done(&app, "operator", "recordMunicipality", change(&set, &json!({ "memberTo": null }))).await;
    assert_eq!((&cleared["memberTo"], &cleared["version"], &cleared["name"]), (&Value::Null, &json!(4), &json!("Exempelgnesta kommun")));
    let nulls = json!({ "name": null, "code": null, "organisationNumber": null, "meetingOrder": null, "memberFrom": null });
    let missing = [
        ("MISSING", "name"),
        ("MISSING", "code"),
        ("MISSING", "organisationNumber"),
        ("MISSING", "meetingOrder"),
        ("MISSING", "memberFrom"),
    ];
    refused(&app, "operator", "recordMunicipality", change(&cleared, &nulls), &missing).await;
}

#[tokio::test]
async fn a_change_of_a_version_that_is_no_longer_there_is_a_conflict() {
    let app = TestApp::start().await;
    let gnesta = municipality(&app, "gnesta").await;
    done(&app, "operator", "recordMunicipality", change(&gnesta, &json!({ "meetingOrder": 8 }))).await;
    let late =
        refused(&app, "operator", "recordMunicipality", change(&gnesta, &json!({ "meetingOrder": 9 })), &[("CONFLICT", "expectedVersion")])
            .await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
    let mut new = exempelby();
    new["expectedVersion"] = json!(1);
    let new = refused(&app, "operator", "recordMunicipality", new, &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(new["errors"][0]["currentVersion"], 0);
}

#[tokio::test]
async fn only_the_cooperations_administrator_records_municipalities() {
    let app = TestApp::start().await;
    for persona in ["coordinator.gnesta", "administrator.gnesta", "reader.gnesta", "dso"] {
        refused(&app, persona, "recordMunicipality", exempelby(), &[("FORBIDDEN", "slug")]).await;
        let own = change(&municipality(&app, "gnesta").await, &json!({ "memberTo": YESTERDAY }));
        refused(&app, persona, "recordMunicipality", own, &[("FORBIDDEN", "slug")]).await;
    }
}

#[tokio::test]
async fn the_people_of_a_municipality_that_left_are_logged_out_with_their_next_request() {
    let app = TestApp::start().await;
    let gnesta = municipality(&app, "gnesta").await;
    app.clock.set("2026-11-20T11:00:00Z".parse().unwrap());
    let people = ["coordinator.gnesta", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta"];
    done(&app, "operator", "recordMunicipality", change(&gnesta, &json!({ "memberTo": YESTERDAY }))).await;
    // Its last day, to the last second of it in Sweden.
    app.clock.set("2026-11-21T22:59:59Z".parse().unwrap());
    for persona in people {
        app.as_(persona).query("{ viewer { name } }", json!({})).await;
    }
    app.clock.set("2026-11-21T23:00:00Z".parse().unwrap());
    for persona in people {
        let answer = app.as_(persona).ask("{ viewer { name } }", json!({})).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["code"]),
            (401, &json!("UNAUTHENTICATED")),
            "{persona}"
        );
        assert!(answer.json().get("data").is_none());
    }
    // Those who stay read of it what the directory keeps, by its slug and in the past.
    app.clock.set(now());
    let rest = app.as_("coordinator.flen").query(SLUGS, json!({})).await;
    assert_eq!(slugs(&rest), ["flen", "katrineholm", "oxelosund", "strangnas", "vingaker"]);
    let known = app.as_("coordinator.flen").query("{ municipality(slug: \"gnesta\") { slug memberTo } }", json!({})).await;
    assert_eq!(known["municipality"], json!({ "slug": "gnesta", "memberTo": YESTERDAY }));
}

#[tokio::test]
async fn a_slug_that_there_is_not_is_told_with_the_argument_and_the_slugs_that_there_are() {
    let app = TestApp::start().await;
    let unknown = json!({ "slug": "atlantis", "board": board(&app, "gnesta", "Socialnämnden").await });
    for (query, argument) in [
        ("query($slug: String!) { municipality(slug: $slug) { id } }", json!(["slug"])),
        ("query($slug: String!) { people(filter: { municipality: $slug }) { totalCount } }", json!(["filter", "municipality"])),
        ("query($slug: String!) { agreements(filter: { municipality: $slug }) { totalCount } }", json!(["filter", "municipality"])),
        (
            "query($slug: String!, $board: ID!) { controller(id: $board) { agreements(filter: { municipality: $slug }) { totalCount } } }",
            json!(["controller", "agreements", "filter", "municipality"]),
        ),
    ] {
        let error = app.as_("coordinator.gnesta").error(query, unknown.clone()).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{query}");
        assert_eq!(error["extensions"]["argument"], argument, "{query}");
        assert!(error["message"].as_str().unwrap().contains(KNOWN), "{query}: {error}");
    }
}

#[tokio::test]
async fn a_slug_that_there_is_not_is_told_with_the_field_and_the_slugs_that_there_are_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let officer = id(&person(&app, "dso").await);
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let joint = |members: Value| json!({ "municipality": "gnesta", "name": "Exempelnämnden", "kind": "JOINT_BOARD", "validFrom": TODAY, "members": members });
    for (mutation, input, path) in [
        ("createPerson", json!({ "municipality": "atlantis", "name": "Person Påhittad" }), "municipality"),
        (
            "createController",
            json!({ "municipality": "atlantis", "name": "Exempelnämnden", "kind": "BOARD", "validFrom": TODAY }),
            "municipality",
        ),
        (
            "createController",
            joint(json!([{ "municipality": "flen", "validFrom": TODAY }, { "municipality": "atlantis", "validFrom": TODAY }])),
            "members.1.municipality",
        ),
        (
            "updateController",
            json!({ "controllerId": social, "expectedVersion": 1, "members": [{ "municipality": "atlantis", "validFrom": TODAY }] }),
            "members.0.municipality",
        ),
        (
            "grantRole",
            json!({ "personId": reader, "role": "MUNICIPALITY_ADMINISTRATOR", "municipality": "atlantis", "validFrom": TODAY }),
            "municipality",
        ),
        ("revokeRole", json!({ "personId": reader, "role": "READER", "municipality": "atlantis", "validTo": TODAY }), "municipality"),
        (
            "appointDataProtectionOfficer",
            json!({ "personId": officer, "controllerId": social, "loginAt": "atlantis", "validFrom": TODAY }),
            "loginAt",
        ),
    ] {
        let payload = refused(&app, "administrator.gnesta", mutation, input, &[("INVALID", path)]).await;
        assert!(payload["errors"][0]["message"].as_str().unwrap().contains(KNOWN), "{mutation}: {payload}");
    }
}
