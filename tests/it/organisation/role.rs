//! The roles of reader and administrator are granted and revoked.

use serde_json::{Value, json};

use super::{TODAY, TOMORROW, YESTERDAY, done, done_by, id, login, municipality, node, person, refused, refused_by, unknown};
use crate::support::TestApp;

fn grant(person: &str, role: &str) -> Value {
    json!({ "personId": person, "role": role, "municipality": "gnesta", "validFrom": TODAY })
}

fn revoke(person: &str, role: &str, valid_to: &str) -> Value {
    json!({ "personId": person, "role": role, "municipality": "gnesta", "validTo": valid_to })
}

/// A person of Gnesta without any role, logged in: id and token.
async fn newcomer(app: &TestApp) -> (String, String) {
    let new = json!({ "municipality": "gnesta", "name": "Nykomling Påhittad" });
    let person = id(&done(app, "administrator.gnesta", "createPerson", new).await);
    let token = login(app, &person, "gnesta").await;
    (person, token)
}

async fn roles(app: &TestApp, token: &str) -> Value {
    let query = "{ viewer { roles { role validFrom validTo source version municipality { slug } controller { id } } } }";
    app.anonymous().with_token(token).query(query, json!({})).await["viewer"]["roles"].take()
}

#[tokio::test]
async fn a_role_that_is_granted_works_on_the_next_request_and_one_that_is_revoked_no_longer() {
    let app = TestApp::start().await;
    let (person, token) = newcomer(&app).await;
    let count =
        async || app.anonymous().with_token(&token).query("{ agreements { totalCount } municipalities { totalCount } }", json!({})).await;
    assert_eq!(count().await, json!({ "agreements": { "totalCount": 0 }, "municipalities": { "totalCount": 0 } }));
    assert_eq!(roles(&app, &token).await, json!([]));
    let granted = done(&app, "administrator.gnesta", "grantRole", grant(&person, "READER")).await;
    let expected = json!({ "role": "READER", "validFrom": TODAY, "validTo": null, "source": "RECORD", "version": 1, "municipality": { "slug": "gnesta" }, "controller": null });
    assert_eq!(granted, expected);
    assert_eq!(roles(&app, &token).await, json!([expected]));
    let reader = app.as_("reader.gnesta").query("{ agreements { totalCount } municipalities { totalCount } }", json!({})).await;
    assert!(reader["agreements"]["totalCount"].as_u64().unwrap() > 0);
    assert_eq!(count().await, reader);
    let revoked = done(&app, "administrator.gnesta", "revokeRole", revoke(&person, "READER", TODAY)).await;
    assert_eq!((&revoked["validTo"], &revoked["version"]), (&json!(TODAY), &json!(2)));
    assert_eq!(count().await, reader, "today is the last day");
    app.clock.set("2026-11-22T23:00:00Z".parse().unwrap());
    let token = login(&app, &person, "gnesta").await;
    assert_eq!(roles(&app, &token).await, json!([]));
    let nothing = app.anonymous().with_token(&token).query("{ agreements { totalCount } }", json!({})).await;
    assert_eq!(nothing["agreements"]["totalCount"], 0);
}

#[tokio::test]
async fn a_role_revoked_as_of_yesterday_is_gone_with_the_next_request() {
    let app = TestApp::start().await;
    let reader = id(&person(&app, "reader.gnesta").await);
    done(&app, "administrator.gnesta", "revokeRole", revoke(&reader, "READER", YESTERDAY)).await;
    let left = app
        .as_("reader.gnesta")
        .query(
            "{ viewer { roles { role } can } agreements { totalCount } agreement: agreements(asOf: \"2026-06-01\") { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(left, json!({ "viewer": { "roles": [], "can": [] }, "agreements": { "totalCount": 0 }, "agreement": { "totalCount": 0 } }));
}

#[tokio::test]
async fn a_role_that_begins_tomorrow_gives_nothing_today() {
    let app = TestApp::start().await;
    let (person, token) = newcomer(&app).await;
    let mut later = grant(&person, "MUNICIPALITY_ADMINISTRATOR");
    later["validFrom"] = json!(TOMORROW);
    later["validTo"] = json!("2027-06-30");
    let granted = done(&app, "administrator.gnesta", "grantRole", later).await;
    assert_eq!((&granted["validFrom"], &granted["validTo"]), (&json!(TOMORROW), &json!("2027-06-30")));
    assert_eq!(roles(&app, &token).await, json!([]));
    app.clock.set("2026-11-22T23:00:00Z".parse().unwrap());
    let token = login(&app, &person, "gnesta").await;
    assert_eq!(roles(&app, &token).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_administrator_makes_another_who_administers_at_once() {
    let app = TestApp::start().await;
    let (person, token) = newcomer(&app).await;
    let client = || app.anonymous().with_token(&token);
    let colleague = json!({ "municipality": "gnesta", "name": "Kollega Påhittad" });
    refused_by(&app, &client(), "createPerson", colleague.clone(), &[("INVALID", "municipality")]).await;
    done(&app, "administrator.gnesta", "grantRole", grant(&person, "MUNICIPALITY_ADMINISTRATOR")).await;
    done_by(&client(), "createPerson", colleague).await;
}

#[tokio::test]
async fn roles_that_come_from_elsewhere_are_neither_granted_nor_revoked() {
    let app = TestApp::start().await;
    let (person, _) = newcomer(&app).await;
    for role in ["COORDINATOR", "DATA_PROTECTION_OFFICER", "COOPERATION_ADMINISTRATOR"] {
        for persona in ["administrator.gnesta", "operator"] {
            refused(&app, persona, "grantRole", grant(&person, role), &[("INVALID", "role")]).await;
            refused(&app, persona, "revokeRole", revoke(&person, role, TODAY), &[("INVALID", "role")]).await;
        }
    }
}

#[tokio::test]
async fn a_role_that_is_held_already_overlaps_and_one_that_would_end_before_it_begins_is_refused() {
    let app = TestApp::start().await;
    let reader = id(&person(&app, "reader.gnesta").await);
    refused(&app, "administrator.gnesta", "grantRole", grant(&reader, "READER"), &[("OVERLAPS", "validFrom")]).await;
    let mut backward = grant(&reader, "MUNICIPALITY_ADMINISTRATOR");
    backward["validTo"] = json!(YESTERDAY);
    refused(&app, "administrator.gnesta", "grantRole", backward, &[("INVALID", "validTo")]).await;
    refused(&app, "administrator.gnesta", "revokeRole", revoke(&reader, "READER", "2020-01-01"), &[("INVALID", "validTo")]).await;
    refused(&app, "administrator.gnesta", "revokeRole", revoke(&reader, "MUNICIPALITY_ADMINISTRATOR", TODAY), &[("NOT_FOUND", "role")])
        .await;
    done(&app, "administrator.gnesta", "revokeRole", revoke(&reader, "READER", YESTERDAY)).await;
    refused(&app, "administrator.gnesta", "revokeRole", revoke(&reader, "READER", TODAY), &[("NOT_FOUND", "role")]).await;
    done(&app, "administrator.gnesta", "grantRole", grant(&reader, "READER")).await;
}

#[tokio::test]
async fn only_administrators_give_roles_and_only_to_people_of_their_own_municipality() {
    let app = TestApp::start().await;
    let (person_of_gnesta, _) = newcomer(&app).await;
    for persona in ["coordinator.gnesta", "boardcoordinator.gnesta"] {
        refused(&app, persona, "grantRole", grant(&person_of_gnesta, "READER"), &[("FORBIDDEN", "municipality")]).await;
        refused(&app, persona, "revokeRole", revoke(&person_of_gnesta, "READER", TODAY), &[("FORBIDDEN", "municipality")]).await;
    }
    // Who does not see the person is not told that there is one.
    for persona in ["reader.gnesta", "dso", "operator", "administrator.flen"] {
        refused(&app, persona, "grantRole", grant(&person_of_gnesta, "READER"), &[("NOT_FOUND", "personId")]).await;
        let nobody = grant(&unknown(&person_of_gnesta), "READER");
        refused(&app, persona, "grantRole", nobody, &[("NOT_FOUND", "personId")]).await;
    }
    // Another municipality's people, seen or not, and the own people elsewhere.
    let coordinator_of_flen = id(&person(&app, "coordinator.flen").await);
    refused(&app, "administrator.gnesta", "grantRole", grant(&coordinator_of_flen, "READER"), &[("FORBIDDEN", "municipality")]).await;
    let reader_of_flen = id(&person(&app, "reader.flen").await);
    refused(&app, "administrator.gnesta", "grantRole", grant(&reader_of_flen, "READER"), &[("NOT_FOUND", "personId")]).await;
    let mut elsewhere = grant(&person_of_gnesta, "READER");
    elsewhere["municipality"] = json!("flen");
    refused(&app, "administrator.gnesta", "grantRole", elsewhere, &[("FORBIDDEN", "municipality")]).await;
}

#[tokio::test]
async fn the_operator_makes_only_the_first_administrator_of_a_municipality() {
    let app = TestApp::start().await;
    let coordinator = id(&person(&app, "coordinator.gnesta").await);
    let administrator = id(&person(&app, "administrator.gnesta").await);
    let first = grant(&coordinator, "MUNICIPALITY_ADMINISTRATOR");
    refused(&app, "operator", "grantRole", first.clone(), &[("FORBIDDEN", "municipality")]).await;
    done(&app, "administrator.gnesta", "revokeRole", revoke(&administrator, "MUNICIPALITY_ADMINISTRATOR", YESTERDAY)).await;
    // No reader, nobody of another municipality, and once only.
    refused(&app, "operator", "grantRole", grant(&coordinator, "READER"), &[("FORBIDDEN", "municipality")]).await;
    let stranger = id(&person(&app, "coordinator.flen").await);
    refused(&app, "operator", "grantRole", grant(&stranger, "MUNICIPALITY_ADMINISTRATOR"), &[("FORBIDDEN", "municipality")]).await;
    done(&app, "operator", "grantRole", first).await;
    let can = app.as_("coordinator.gnesta").query("{ viewer { can } }", json!({})).await;
    assert!(can["viewer"]["can"].as_array().unwrap().contains(&json!("GRANT_ROLE")));
    let second = id(&person(&app, "boardcoordinator.gnesta").await);
    refused(&app, "operator", "grantRole", grant(&second, "MUNICIPALITY_ADMINISTRATOR"), &[("FORBIDDEN", "municipality")]).await;
    refused(&app, "operator", "revokeRole", revoke(&coordinator, "MUNICIPALITY_ADMINISTRATOR", TODAY), &[("FORBIDDEN", "municipality")])
        .await;
}

#[tokio::test]
async fn a_role_of_one_municipality_gives_nothing_at_the_login_of_another() {
    let app = TestApp::start().await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let token = login(&app, &reader, "flen").await;
    let seen = app
        .anonymous()
        .with_token(&token)
        .query("{ viewer { municipality { slug } roles { role } } agreements { totalCount } }", json!({}))
        .await;
    assert_eq!(seen, json!({ "viewer": { "municipality": { "slug": "flen" }, "roles": [] }, "agreements": { "totalCount": 0 } }));
}

#[tokio::test]
async fn without_a_role_the_directory_is_shut_and_the_own_row_is_open() {
    let app = TestApp::start().await;
    let (own, token) = newcomer(&app).await;
    let client = app.anonymous().with_token(&token);
    let lists = "{ municipalities { totalCount } parties { totalCount } agreements { totalCount } people { totalCount nodes { id } } countries { code }
      viewer { person { id } municipality { slug } controllers { id } can } }";
    let seen = client.query(lists, json!({})).await;
    let expected = json!({ "municipalities": { "totalCount": 0 }, "parties": { "totalCount": 0 }, "agreements": { "totalCount": 0 },
        "people": { "totalCount": 1, "nodes": [{ "id": own }] }, "countries": [],
        "viewer": { "person": { "id": own }, "municipality": { "slug": "gnesta" }, "controllers": [], "can": [] } });
    assert_eq!(seen, expected);
    let flen = id(&municipality(&app, "flen").await);
    let coordinator = id(&person(&app, "coordinator.flen").await);
    let board = super::board(&app, "flen", "Socialnämnden").await;
    let ids = json!({ "ids": [flen, coordinator, board] });
    let known = client.query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids).await;
    assert_eq!(known["nodes"], json!([null, null, null]));
    assert_eq!(node(&app, "reader.gnesta", &board).await["name"], "Socialnämnden");
}

#[tokio::test]
async fn who_expects_a_version_of_a_role_does_not_revoke_one_that_another_changed_meanwhile() {
    let app = TestApp::start().await;
    let reader = id(&person(&app, "reader.gnesta").await);
    let expecting = |version: i32, valid_to: &str| {
        let mut input = revoke(&reader, "READER", valid_to);
        input["expectedVersion"] = json!(version);
        input
    };
    let ended = done(&app, "administrator.gnesta", "revokeRole", expecting(1, "2027-06-30")).await;
    assert_eq!(ended["version"], 2);
    let late = refused(&app, "administrator.gnesta", "revokeRole", expecting(1, TODAY), &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
    assert_eq!(done(&app, "administrator.gnesta", "revokeRole", expecting(2, TODAY)).await["version"], 3);
    let role = "{ viewer { roles { source version } } }";
    let roles = app.as_("coordinator.gnesta").query(role, json!({})).await["viewer"]["roles"].take();
    assert!(roles.as_array().unwrap().iter().all(|role| role["version"].is_null()), "an assignment has a version of its own: {roles}");
}
