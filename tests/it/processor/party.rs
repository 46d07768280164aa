//! Parties: one shared row for each organisation.

use serde_json::{Value, json};

use super::{draft, register, with};
use crate::{
    organisation::{TODAY, YESTERDAY, board, done, id, node, number, refused, unknown},
    support::{TestApp, nodes},
};

fn supplier() -> Value {
    json!({ "name": "Leverantör Exempel AB", "organisationNumber": number(1), "country": "SE", "controlledFrom": "US", "publicBody": false,
        "address": "Exempelgatan 1, 000 00 Exempelstad", "subProcessorListUrl": "https://leverantor.example/underbitraden" })
}

fn change(party: &Value, fields: &Value) -> Value {
    with(json!({ "partyId": party["id"], "expectedVersion": party["version"] }), fields)
}

#[tokio::test]
async fn a_party_that_a_coordinator_registers_is_read_and_found_by_every_member() {
    let app = TestApp::start().await;
    let new = done(&app, "boardcoordinator.gnesta", "registerParty", supplier()).await;
    let expected = json!({ "id": new["id"], "name": "Leverantör Exempel AB", "organisationNumber": number(1), "foreignRegistrationNumber": null,
        "publicBody": false, "address": "Exempelgatan 1, 000 00 Exempelstad", "subProcessorListUrl": "https://leverantor.example/underbitraden",
        "version": 1, "viewerCanUpdate": false, "controller": null, "country": { "code": "SE" }, "controlledFrom": { "code": "US" }, "usedBy": [] });
    for persona in ["reader.flen", "coordinator.vingaker", "dso", "administrator.gnesta"] {
        assert_eq!(node(&app, persona, &id(&new)).await, expected, "{persona}");
    }
    let found = "query($filter: PartyFilter!) { parties(filter: $filter) { totalCount nodes { id } } }";
    for filter in [
        json!({ "text": "RANTÖR exem" }),
        json!({ "organisationNumber": number(1) }),
        json!({ "organisationNumber": number(1).replace('-', "") }),
        json!({ "text": "leverantör exempel", "country": "SE", "organisationNumber": number(1) }),
    ] {
        let data = app.as_("reader.flen").query(found, json!({ "filter": filter })).await;
        assert_eq!(data["parties"], json!({ "totalCount": 1, "nodes": [{ "id": new["id"] }] }), "{filter}");
    }
    let elsewhere = json!({ "filter": { "text": "leverantör exempel", "country": "DE" } });
    assert_eq!(app.as_("reader.flen").query(found, elsewhere).await["parties"]["totalCount"], 0);
}

#[tokio::test]
async fn a_foreign_party_has_its_own_number_and_a_board_can_be_one() {
    let app = TestApp::start().await;
    let foreign = json!({ "name": "Beispiel GmbH", "foreignRegistrationNumber": "BEISPIEL-1", "country": "DE" });
    let foreign = done(&app, "operator", "registerParty", foreign).await;
    assert_eq!((&foreign["foreignRegistrationNumber"], &foreign["country"]["code"]), (&json!("BEISPIEL-1"), &json!("DE")));
    assert_eq!(foreign["viewerCanUpdate"], true, "the operator always may");
    let social = board(&app, "flen", "Socialnämnden").await;
    let input = json!({ "name": "Flens socialnämnd", "country": "SE", "controllerId": social, "publicBody": true });
    let of_board = done(&app, "coordinator.gnesta", "registerParty", input.clone()).await;
    assert_eq!((&of_board["controller"]["id"], &of_board["publicBody"]), (&json!(social), &json!(true)));
    refused(&app, "coordinator.flen", "registerParty", input, &[("DUPLICATE", "controllerId")]).await;
    let nowhere = json!({ "name": "Ingen nämnd", "country": "SE", "controllerId": unknown(&social) });
    refused(&app, "coordinator.gnesta", "registerParty", nowhere, &[("NOT_FOUND", "controllerId")]).await;
}

#[tokio::test]
async fn whatever_is_wrong_with_a_party_is_told_at_once() {
    let app = TestApp::start().await;
    let input = json!({ "name": "x".repeat(201), "organisationNumber": "212000-0333", "foreignRegistrationNumber": "x".repeat(61),
        "controllerId": "x", "country": "XX", "controlledFrom": "se", "address": "x".repeat(401), "subProcessorListUrl": "javascript:alert(1)" });
    let wrong = [
        ("TOO_LONG", "name"),
        ("INVALID", "organisationNumber"),
        ("TOO_LONG", "foreignRegistrationNumber"),
        ("INVALID", "controllerId"),
        ("INVALID", "country"),
        ("INVALID", "controlledFrom"),
        ("TOO_LONG", "address"),
        ("INVALID", "subProcessorListUrl"),
    ];
    refused(&app, "coordinator.gnesta", "registerParty", input, &wrong).await;
}

#[tokio::test]
async fn each_wrong_field_of_a_party_is_told_by_its_name() {
    let app = TestApp::start().await;
    let last = number(1).chars().last().unwrap().to_digit(10).unwrap();
    let wrong_digit = format!("{}{}", &number(1)[..10], (last + 1) % 10);
    for (field, value, code, says) in [
        ("organisationNumber", json!(wrong_digit), "INVALID", "check digit"),
        ("organisationNumber", json!("000101-0000"), "INVALID", "personal identity number"),
        ("organisationNumber", json!("1234"), "INVALID", "ten digits"),
        ("country", json!("ZZ"), "INVALID", "no country"),
        ("country", json!("Sverige"), "INVALID", "no country"),
        ("controlledFrom", json!("ZZ"), "INVALID", "no country"),
        ("name", json!("x".repeat(201)), "TOO_LONG", "200"),
        ("name", json!(" \n "), "MISSING", "missing"),
        ("address", json!("x".repeat(401)), "TOO_LONG", "400"),
        ("subProcessorListUrl", json!("leverantor.example"), "INVALID", "web address"),
        ("subProcessorListUrl", json!("https://a:b@leverantor.example"), "INVALID", "password"),
    ] {
        let input = with(supplier(), &json!({ field: value }));
        let payload = refused(&app, "coordinator.gnesta", "registerParty", input, &[(code, field)]).await;
        assert!(payload["errors"][0]["message"].as_str().unwrap().contains(says), "{field} {value}: {payload}");
    }
    let longest = json!({ "name": "å".repeat(200), "address": "å".repeat(400) });
    done(&app, "coordinator.gnesta", "registerParty", with(supplier(), &longest)).await;
}

#[tokio::test]
async fn a_number_that_another_party_has_is_a_duplicate_that_names_it() {
    let app = TestApp::start().await;
    let first = done(&app, "coordinator.flen", "registerParty", supplier()).await;
    let again = with(supplier(), &json!({ "name": "Samma en gång till", "organisationNumber": number(1).replace('-', "") }));
    let payload = refused(&app, "coordinator.gnesta", "registerParty", again, &[("DUPLICATE", "organisationNumber")]).await;
    assert!(payload["errors"][0]["message"].as_str().unwrap().contains(first["id"].as_str().unwrap()));
    let other = done(&app, "coordinator.gnesta", "registerParty", json!({ "name": "En annan", "country": "SE" })).await;
    let taken = change(&other, &json!({ "organisationNumber": number(1) }));
    refused(&app, "coordinator.gnesta", "updateParty", taken, &[("DUPLICATE", "organisationNumber")]).await;
    done(&app, "operator", "updateParty", change(&first, &json!({ "organisationNumber": number(1) }))).await;
}

#[tokio::test]
async fn only_coordinators_and_the_operator_register_parties() {
    let app = TestApp::start().await;
    for persona in ["administrator.gnesta", "reader.gnesta", "dso"] {
        refused(&app, persona, "registerParty", supplier(), &[("FORBIDDEN", "name")]).await;
    }
    done(&app, "operator", "registerParty", supplier()).await;
}

#[tokio::test]
async fn name_address_and_list_are_changed_by_any_municipality_that_uses_the_party_the_rest_only_while_no_other_does() {
    let app = TestApp::start().await;
    let party = register(&app, "coordinator.gnesta", "Delad Exempel AB").await;
    let name = |party: &Value, name: &str| {
        change(party, &json!({ "name": name, "address": "Ny gata 2", "subProcessorListUrl": "https://ny.example/" }))
    };
    let read = async |persona: &'static str| node(&app, persona, &party).await;
    // Nobody uses it: no coordinator changes its name, each may correct it.
    for persona in ["coordinator.gnesta", "coordinator.flen"] {
        assert_eq!(read(persona).await["viewerCanUpdate"], false);
        refused(&app, persona, "updateParty", name(&read(persona).await, "Fel"), &[("FORBIDDEN", "partyId")]).await;
        done(&app, persona, "updateParty", change(&read(persona).await, &json!({ "publicBody": true }))).await;
    }
    // Gnesta alone uses it: all of it is Gnesta's to change, nothing Flen's.
    draft(&app, "coordinator.gnesta", &board(&app, "gnesta", "Socialnämnden").await, &party, "Exempelavtal").await;
    assert_eq!(read("coordinator.flen").await["usedBy"], json!([{ "slug": "gnesta" }]));
    assert_eq!(
        (&read("coordinator.gnesta").await["viewerCanUpdate"], &read("coordinator.flen").await["viewerCanUpdate"]),
        (&json!(true), &json!(false))
    );
    let renamed = done(&app, "boardcoordinator.gnesta", "updateParty", name(&read("coordinator.gnesta").await, "Delad Ny AB")).await;
    assert_eq!(
        (&renamed["name"], &renamed["address"], &renamed["subProcessorListUrl"]),
        (&json!("Delad Ny AB"), &json!("Ny gata 2"), &json!("https://ny.example/"))
    );
    done(&app, "coordinator.gnesta", "updateParty", change(&renamed, &json!({ "country": "NO", "organisationNumber": number(5) }))).await;
    let mixed = json!({ "name": "Fel", "country": "DE" });
    for fields in [json!({ "name": "Fel" }), json!({ "country": "DE" }), mixed.clone()] {
        refused(&app, "coordinator.flen", "updateParty", change(&read("coordinator.flen").await, &fields), &[("FORBIDDEN", "partyId")])
            .await;
    }
    // Flen uses it, too, as a sub-processor: both may rename it, neither moves it to another country.
    let flen = draft(
        &app,
        "coordinator.flen",
        &board(&app, "flen", "Socialnämnden").await,
        &register(&app, "coordinator.flen", "Flens").await,
        "Avtal",
    )
    .await;
    done(&app, "coordinator.flen", "listSubProcessor", super::engage(&id(&flen), &party, None)).await;
    assert_eq!(read("dso").await["usedBy"], json!([{ "slug": "flen" }, { "slug": "gnesta" }]));
    for persona in ["coordinator.gnesta", "coordinator.flen"] {
        done(&app, persona, "updateParty", name(&read(persona).await, &format!("Delad {persona}"))).await;
        for fields in [
            json!({ "country": "DE" }),
            json!({ "controlledFrom": null }),
            json!({ "organisationNumber": null }),
            json!({ "foreignRegistrationNumber": "X" }),
            json!({ "publicBody": false }),
            mixed.clone(),
        ] {
            refused(&app, persona, "updateParty", change(&read(persona).await, &fields), &[("FORBIDDEN", "partyId")]).await;
        }
    }
    let moved = done(&app, "operator", "updateParty", change(&read("operator").await, &mixed)).await;
    assert_eq!((&moved["name"], &moved["country"]["code"]), (&json!("Fel"), &json!("DE")));
}

#[tokio::test]
async fn a_municipality_uses_a_sub_processor_up_to_its_last_day() {
    let app = TestApp::start().await;
    let (party, processor) =
        (register(&app, "coordinator.flen", "Under Exempel AB").await, register(&app, "coordinator.flen", "Över Exempel AB").await);
    let agreement = draft(&app, "coordinator.flen", &board(&app, "flen", "Socialnämnden").await, &processor, "Avtal").await;
    let engagement = done(&app, "coordinator.flen", "listSubProcessor", super::engage(&id(&agreement), &party, None)).await;
    let users = async || node(&app, "reader.gnesta", &party).await["usedBy"].take();
    let end = async |engagement: &Value, day: &str| {
        let end = json!({ "engagementId": engagement["id"], "expectedVersion": engagement["version"], "validTo": day });
        done(&app, "coordinator.flen", "endSubProcessor", end).await
    };
    let engagement = end(&engagement, TODAY).await;
    assert_eq!(users().await, json!([{ "slug": "flen" }]));
    refused(
        &app,
        "coordinator.gnesta",
        "updateParty",
        change(&node(&app, "dso", &party).await, &json!({ "country": "DE" })),
        &[("FORBIDDEN", "partyId")],
    )
    .await;
    end(&engagement, YESTERDAY).await;
    assert_eq!(users().await, json!([]));
    // What Flen has on record, ended or yet to come, would change its meaning.
    let correct = change(&node(&app, "dso", &party).await, &json!({ "country": "DE" }));
    refused(&app, "coordinator.gnesta", "updateParty", correct, &[("FORBIDDEN", "partyId")]).await;
    let next = register(&app, "coordinator.flen", "Kommande Exempel AB").await;
    let mut later = super::engage(&id(&agreement), &next, None);
    later["validFrom"] = json!("2027-06-01");
    done(&app, "coordinator.flen", "listSubProcessor", later).await;
    let correct = change(&node(&app, "dso", &next).await, &json!({ "country": "DE" }));
    refused(&app, "coordinator.gnesta", "updateParty", correct, &[("FORBIDDEN", "partyId")]).await;
    let correct = change(&node(&app, "dso", &next).await, &json!({ "country": "DE" }));
    done(&app, "coordinator.flen", "updateParty", correct).await;
}

#[tokio::test]
async fn nobody_but_coordinators_and_the_operator_changes_a_party() {
    let app = TestApp::start().await;
    let party = register(&app, "coordinator.gnesta", "Delad Exempel AB").await;
    draft(&app, "coordinator.gnesta", &board(&app, "gnesta", "Socialnämnden").await, &party, "Exempelavtal").await;
    let read = node(&app, "reader.gnesta", &party).await;
    for persona in ["administrator.gnesta", "reader.gnesta", "dso"] {
        for fields in [json!({ "name": "Fel" }), json!({ "country": "DE" })] {
            refused(&app, persona, "updateParty", change(&read, &fields), &[("FORBIDDEN", "partyId")]).await;
        }
    }
    let nowhere = json!({ "partyId": unknown(&party), "expectedVersion": 1, "name": "Ingen" });
    refused(&app, "operator", "updateParty", nowhere, &[("NOT_FOUND", "partyId")]).await;
}

#[tokio::test]
async fn what_is_left_out_stays_what_is_null_is_cleared_what_is_given_is_set() {
    let app = TestApp::start().await;
    let before = done(&app, "operator", "registerParty", with(supplier(), &json!({ "foreignRegistrationNumber": "EXEMPEL-1" }))).await;
    let same = done(&app, "operator", "updateParty", change(&before, &json!({}))).await;
    assert_eq!(same, with(before.clone(), &json!({ "version": 2 })));
    let nulls = json!({ "address": null, "subProcessorListUrl": null, "organisationNumber": null, "foreignRegistrationNumber": null, "controlledFrom": null });
    let cleared = done(&app, "operator", "updateParty", change(&same, &nulls)).await;
    for field in nulls.as_object().unwrap().keys() {
        assert!(!before[field].is_null() && cleared[field].is_null(), "{field}");
    }
    assert_eq!(cleared["name"], before["name"]);
    let values = json!({ "name": "Ny Exempel AB", "address": "Ny gata", "subProcessorListUrl": "https://ny.example/", "organisationNumber": number(9),
        "foreignRegistrationNumber": "EXEMPEL-2", "country": "FI", "controlledFrom": "IN", "publicBody": true });
    let set = done(&app, "operator", "updateParty", change(&cleared, &values)).await;
    let expected = with(values.clone(), &json!({ "country": { "code": "FI" }, "controlledFrom": { "code": "IN" } }));
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(set[field], *value, "{field}");
    }
    let required = json!({ "name": null, "country": null, "publicBody": null });
    let missing = [("MISSING", "name"), ("MISSING", "country"), ("MISSING", "publicBody")];
    refused(&app, "operator", "updateParty", change(&set, &required), &missing).await;
    let late =
        refused(&app, "operator", "updateParty", change(&before, &json!({ "name": "Sen" })), &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 4);
}

#[tokio::test]
async fn a_filter_that_cannot_be_meant_names_its_field() {
    let app = TestApp::start().await;
    for (filter, field) in [
        (json!({ "country": "XX" }), "country"),
        (json!({ "organisationNumber": "1" }), "organisationNumber"),
        (json!({ "text": "" }), "text"),
        (json!({ "text": "x".repeat(101) }), "text"),
    ] {
        let error = app
            .as_("dso")
            .error("query($filter: PartyFilter!) { parties(filter: $filter) { totalCount } }", json!({ "filter": filter }))
            .await;
        assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &json!(["filter", field])));
    }
    let all = app.as_("dso").query("{ parties(first: 100) { totalCount nodes { name } } }", json!({})).await;
    assert_eq!((nodes(&all["parties"]).len(), &all["parties"]["totalCount"]), (40, &json!(40)));
}
