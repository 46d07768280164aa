//! Who is asking: each persona as it sees itself.

use serde_json::{Value, json};

use crate::support::TestApp;

const VIEWER: &str = "{ viewer { name person { name } municipality { slug } can controllers { name municipality { slug } }
  roles { role source validFrom validTo municipality { slug } controller { name municipality { slug } } } } }";

/// What `authz.csv` lets each role do, written down by hand.
const COORDINATOR: &[&str] = &[
    "READ_DIRECTORY",
    "READ_RECORDS",
    "READ_PEOPLE",
    "READ_AUDIT_LOG",
    "KEEP_PERSON",
    "REGISTER_PARTY",
    "UPDATE_PARTY",
    "CORRECT_PARTY",
    "DRAFT_AGREEMENT",
    "UPDATE_AGREEMENT",
    "KEEP_OWN_PARTY",
    "KEEP_NOTICES",
    "TAKE_LEAD",
    "KEEP_SUB_PROCESSORS",
    "ANNOUNCE_CHANGE",
    "CORRECT_CHANGE",
    "KEEP_CASE",
    "IMPORT_AGREEMENTS",
    "WITHDRAW_RECORD",
];
const OFFICER: &[&str] = &["READ_DIRECTORY", "READ_RECORDS", "READ_AUDIT_LOG", "KEEP_PERSON", "ADVISE_ON_CHANGE", "WITHDRAW_RECORD"];
const ADMINISTRATOR: &[&str] = &[
    "READ_DIRECTORY",
    "READ_RECORDS",
    "READ_PEOPLE",
    "READ_AUDIT_LOG",
    "KEEP_CONTROLLER",
    "KEEP_PERSON",
    "GRANT_ROLE",
    "ASSIGN_COORDINATOR",
    "APPOINT_OFFICER",
    "WITHDRAW_RECORD",
];
const READER: &[&str] = &["READ_DIRECTORY", "READ_RECORDS", "KEEP_PERSON"];
const OPERATOR: &[&str] = &[
    "READ_DIRECTORY",
    "READ_AUDIT_LOG",
    "RECORD_MUNICIPALITY",
    "GRANT_ROLE",
    "REGISTER_PARTY",
    "UPDATE_PARTY",
    "CORRECT_PARTY",
    "ANNOUNCE_CHANGE",
    "CORRECT_CHANGE",
    "WITHDRAW_RECORD",
];

/// The boards that each municipality hosts, by name as Swedish orders them; the second of the reference file last.
const HOSTED: &[(&str, &[&str], &str)] = &[
    ("flen", &["Barn- och utbildningsnämnden", "Kommunstyrelsen", "Socialnämnden"], "Socialnämnden"),
    ("gnesta", &["Barn- och utbildningsnämnden", "Kommunstyrelsen", "Samhällsbyggnadsnämnden", "Socialnämnden"], "Samhällsbyggnadsnämnden"),
    (
        "oxelosund",
        &[
            "Kommunstyrelsen",
            "Kultur- och fritidsnämnden",
            "Miljö- och samhällsbyggnadsnämnden",
            "Utbildningsnämnden",
            "Vård- och omsorgsnämnden",
        ],
        "Utbildningsnämnden",
    ),
    ("katrineholm", &["Bildningsnämnden", "Kommunstyrelsen", "Viadidaktnämnden", "Vård- och omsorgsnämnden"], "Vård- och omsorgsnämnden"),
    (
        "strangnas",
        &["Barn- och utbildningsnämnden", "Kommunstyrelsen", "Kulturnämnden", "Teknik- och fritidsnämnden"],
        "Barn- och utbildningsnämnden",
    ),
    (
        "vingaker",
        &["Barn- och utbildningsnämnden", "Kommunstyrelsen", "Samhällsbyggnadsnämnden", "Socialnämnden"],
        "Samhällsbyggnadsnämnden",
    ),
];

async fn viewer(app: &TestApp, persona: &str) -> Value {
    app.as_(persona).query(VIEWER, json!({})).await["viewer"].take()
}

fn sorted(values: &Value) -> Vec<&str> {
    let mut values: Vec<_> = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    values.sort_unstable();
    values
}

fn sorted_codes(codes: &[&'static str]) -> Vec<&'static str> {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    codes
}

fn names(controllers: &Value) -> Vec<&str> {
    controllers.as_array().unwrap().iter().map(|controller| controller["name"].as_str().unwrap()).collect()
}

fn role(role: &str, municipality: Option<&str>) -> Value {
    json!({ "role": role, "source": "RECORD", "validFrom": "2025-05-22", "validTo": null, "controller": null,
        "municipality": municipality.map(|slug| json!({ "slug": slug })) })
}

#[tokio::test]
async fn every_coordinator_has_the_role_once_for_each_controller_and_the_rights_of_the_table() {
    let app = TestApp::start().await;
    for (slug, hosted, second) in HOSTED {
        for (persona, boards) in [(format!("coordinator.{slug}"), *hosted), (format!("boardcoordinator.{slug}"), &[*second][..])] {
            let viewer = viewer(&app, &persona).await;
            assert_eq!((&viewer["municipality"]["slug"], &viewer["person"]["name"]), (&json!(slug), &viewer["name"]), "{persona}");
            assert!(viewer["name"].as_str().unwrap().contains(&persona));
            assert_eq!(names(&viewer["controllers"]), boards, "{persona}");
            assert!(viewer["controllers"].as_array().unwrap().iter().all(|board| board["municipality"]["slug"] == *slug));
            assert_eq!(sorted(&viewer["can"]), sorted_codes(COORDINATOR), "{persona}");
            let roles = viewer["roles"].as_array().unwrap();
            assert_eq!(roles.len(), boards.len(), "{persona}");
            for board in boards {
                let of_board: Vec<_> = roles.iter().filter(|role| role["controller"]["name"] == *board).collect();
                assert_eq!(of_board.len(), 1, "{persona} {board}");
                assert_eq!(
                    *of_board[0],
                    json!({ "role": "COORDINATOR", "source": "RECORD", "validFrom": "2025-05-22", "validTo": null,
                    "municipality": null, "controller": { "name": board, "municipality": { "slug": slug } } })
                );
            }
        }
    }
}

#[tokio::test]
async fn every_administrator_and_every_reader_has_the_role_in_the_own_municipality_and_the_rights_of_the_table() {
    let app = TestApp::start().await;
    for (slug, ..) in HOSTED {
        for (persona, code, can) in [("administrator", "MUNICIPALITY_ADMINISTRATOR", ADMINISTRATOR), ("reader", "READER", READER)] {
            let viewer = viewer(&app, &format!("{persona}.{slug}")).await;
            assert_eq!(viewer["municipality"]["slug"], *slug);
            assert_eq!(viewer["controllers"], json!([]));
            assert_eq!(viewer["roles"], json!([role(code, Some(slug))]), "{persona}.{slug}");
            assert_eq!(sorted(&viewer["can"]), sorted_codes(can), "{persona}.{slug}");
        }
    }
}

#[tokio::test]
async fn the_officer_has_the_role_for_each_controller_that_appointed_and_logs_in_at_flen() {
    let app = TestApp::start().await;
    let viewer = viewer(&app, "dso").await;
    assert_eq!(viewer["municipality"]["slug"], "flen");
    assert_eq!(viewer["controllers"].as_array().unwrap().len(), 24);
    let roles = viewer["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 24);
    assert!(
        roles
            .iter()
            .all(|role| role["role"] == "DATA_PROTECTION_OFFICER" && role["controller"].is_object() && role["municipality"].is_null())
    );
    assert_eq!(sorted(&viewer["can"]), sorted_codes(OFFICER));
}

#[tokio::test]
async fn the_operator_has_no_municipality_to_act_for_and_reads_no_records() {
    let app = TestApp::start().await;
    let viewer = viewer(&app, "operator").await;
    assert_eq!(viewer["roles"], json!([role("COOPERATION_ADMINISTRATOR", None)]));
    assert_eq!(viewer["controllers"], json!([]));
    assert_eq!(sorted(&viewer["can"]), sorted_codes(OPERATOR));
    let read = app.as_("operator").query("{ agreements { totalCount } municipalities { nodes { viewerCanRead } } }", json!({})).await;
    assert_eq!(read["agreements"]["totalCount"], 0);
    assert!(crate::support::nodes(&read["municipalities"]).iter().all(|municipality| municipality["viewerCanRead"] == false));
}

#[tokio::test]
async fn nobody_without_a_session_is_told_anything() {
    let app = TestApp::start().await;
    for token in [None, Some(""), Some("x"), Some("inget-giltigt-exempel")] {
        let client = app.anonymous();
        let client = match token {
            Some(token) => client.with_token(token),
            None => client,
        };
        let answer = client.ask(VIEWER, json!({})).await;
        assert_eq!(answer.status.as_u16(), 401, "{token:?}");
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert!(answer.json().get("data").is_none());
    }
}
