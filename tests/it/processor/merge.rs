//! A party that was registered twice becomes one.

use serde_json::{Value, json};

use super::{draft, engage, register, with};
use crate::{
    organisation::{board, done, id, node, number, refused},
    support::{TestApp, nodes},
};

fn merge(duplicate: &Value, kept: &Value) -> Value {
    json!({ "partyId": duplicate["id"], "expectedVersion": duplicate["version"], "intoId": kept["id"], "intoExpectedVersion": kept["version"] })
}

async fn party(app: &TestApp, name: &str, fields: Value) -> Value {
    done(app, "operator", "registerParty", with(json!({ "name": name, "country": "SE" }), &fields)).await
}

/// Gnesta's and Flen's agreements with the same supplier, registered twice: the duplicate, the one that is kept, and an agreement and
/// an engagement of each that name the duplicate.
struct Setting {
    duplicate: Value,
    kept: Value,
    agreements: [Value; 2],
    engagements: [Value; 2],
}

async fn setting(app: &TestApp) -> Setting {
    let (duplicate, kept) = (party(app, "Dubbel Exempel", json!({})).await, party(app, "Dubbel Exempel AB", json!({})).await);
    let (mut agreements, mut engagements) = (Vec::new(), Vec::new());
    for slug in ["gnesta", "flen"] {
        let (coordinator, social) = (format!("coordinator.{slug}"), board(app, slug, "Socialnämnden").await);
        agreements.push(draft(app, &coordinator, &social, &id(&duplicate), "Exempelavtal med dubbletten").await);
        let other = draft(app, &coordinator, &social, &register(app, &coordinator, &format!("Annan {slug} AB")).await, "Annat avtal").await;
        engagements.push(done(app, &coordinator, "listSubProcessor", engage(&id(&other), &id(&duplicate), None)).await);
    }
    Setting { duplicate, kept, agreements: agreements.try_into().unwrap(), engagements: engagements.try_into().unwrap() }
}

#[tokio::test]
async fn what_refers_to_the_duplicate_refers_to_the_party_that_is_kept() {
    let app = TestApp::start().await;
    let Setting { duplicate, kept, agreements, engagements } = setting(&app).await;
    let merged = done(&app, "operator", "mergeParties", merge(&duplicate, &kept)).await;
    assert_eq!((&merged["id"], &merged["version"]), (&kept["id"], &json!(2)));
    assert_eq!(merged["usedBy"], json!([{ "slug": "flen" }, { "slug": "gnesta" }]));
    for (n, slug) in ["gnesta", "flen"].into_iter().enumerate() {
        let reader = format!("reader.{slug}");
        let agreement = node(&app, &reader, &id(&agreements[n])).await;
        assert_eq!((&agreement["processor"]["id"], &agreement["version"]), (&kept["id"], &json!(2)));
        let engagement = node(&app, &reader, &id(&engagements[n])).await;
        assert_eq!((&engagement["party"]["id"], &engagement["version"]), (&kept["id"], &json!(2)));
        assert!(node(&app, &reader, &id(&duplicate)).await.is_null());
    }
    let found = app.as_("reader.flen").query("{ parties(filter: { text: \"dubbel exempel\" }) { nodes { id } } }", json!({})).await;
    assert_eq!(found["parties"]["nodes"], json!([{ "id": kept["id"] }]));
    let again = with(merge(&duplicate, &merged), &json!({ "expectedVersion": 2 }));
    refused(&app, "operator", "mergeParties", again, &[("NOT_FOUND", "partyId")]).await;
}

#[tokio::test]
async fn the_party_that_is_kept_takes_over_what_it_lacks_and_keeps_what_it_has() {
    let app = TestApp::start().await;
    let social = board(&app, "flen", "Socialnämnden").await;
    let all = json!({ "organisationNumber": number(3), "foreignRegistrationNumber": "EXEMPEL-1", "controllerId": social, "controlledFrom": "US",
        "address": "Exempelgatan 1", "subProcessorListUrl": "https://dubbel.example/", "publicBody": true });
    let duplicate = party(&app, "Dubbel Exempel", all.clone()).await;
    let kept = party(&app, "Dubbel Exempel AB", json!({ "address": "Nygatan 2" })).await;
    let merged = done(&app, "operator", "mergeParties", merge(&duplicate, &kept)).await;
    for field in ["organisationNumber", "foreignRegistrationNumber", "subProcessorListUrl", "controller", "controlledFrom"] {
        assert_eq!((&merged[field], merged[field].is_null()), (&duplicate[field], false), "{field}");
    }
    let own = ["name", "address", "publicBody", "country"].map(|field| merged[field].clone());
    assert_eq!(own, [json!("Dubbel Exempel AB"), json!("Nygatan 2"), json!(false), json!({ "code": "SE" })]);
    // The number is the merged one's now, and nobody else's.
    let taken = json!({ "name": "En till", "country": "SE", "organisationNumber": number(3) });
    refused(&app, "operator", "registerParty", taken, &[("DUPLICATE", "organisationNumber")]).await;
}

#[tokio::test]
async fn coordinators_merge_what_no_other_municipality_has_on_record_and_the_cooperations_administrator_the_rest() {
    let app = TestApp::start().await;
    let (one, other) = (party(&app, "Ett AB", json!({})).await, party(&app, "Två AB", json!({})).await);
    for persona in ["administrator.gnesta", "reader.gnesta", "dso"] {
        refused(&app, persona, "mergeParties", merge(&one, &other), &[("FORBIDDEN", "partyId")]).await;
    }
    let flen = board(&app, "flen", "Socialnämnden").await;
    draft(&app, "coordinator.flen", &flen, &id(&other), "Flens avtal").await;
    refused(&app, "coordinator.gnesta", "mergeParties", merge(&one, &other), &[("FORBIDDEN", "intoId")]).await;
    refused(&app, "coordinator.gnesta", "mergeParties", merge(&other, &one), &[("FORBIDDEN", "partyId")]).await;
    done(&app, "coordinator.flen", "mergeParties", merge(&one, &other)).await;
    let third = party(&app, "Tre AB", json!({})).await;
    draft(&app, "coordinator.gnesta", &board(&app, "gnesta", "Socialnämnden").await, &id(&third), "Gnestas avtal").await;
    let kept = node(&app, "operator", &id(&other)).await;
    done(&app, "operator", "mergeParties", merge(&third, &kept)).await;
}

#[tokio::test]
async fn two_that_are_not_one_are_not_merged() {
    let app = TestApp::start().await;
    let (flen, gnesta) = (board(&app, "flen", "Socialnämnden").await, board(&app, "gnesta", "Socialnämnden").await);
    let numbered = |n: u32| json!({ "organisationNumber": number(n) });
    for (one, other) in [
        (numbered(1), numbered(2)),
        (json!({ "foreignRegistrationNumber": "A" }), json!({ "foreignRegistrationNumber": "B" })),
        (json!({ "controllerId": flen }), json!({ "controllerId": gnesta })),
    ] {
        let (one, other) = (party(&app, "Ett AB", one).await, party(&app, "Två AB", other).await);
        let refusal = refused(&app, "operator", "mergeParties", merge(&one, &other), &[("WRONG_STATE", "intoId")]).await;
        assert!(refusal["errors"][0]["message"].as_str().unwrap().contains("correct what is wrong first"));
    }
    let one = party(&app, "Ensam AB", json!({})).await;
    let other = party(&app, "Ensam igen AB", json!({})).await;
    refused(&app, "operator", "mergeParties", merge(&one, &one), &[("INVALID", "intoId")]).await;
    let late = with(merge(&one, &other), &json!({ "expectedVersion": 2 }));
    refused(&app, "operator", "mergeParties", late, &[("CONFLICT", "expectedVersion")]).await;
    let late = with(merge(&one, &other), &json!({ "intoExpectedVersion": 7 }));
    let late = refused(&app, "operator", "mergeParties", late, &[("CONFLICT", "intoExpectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 1);
    let malformed = json!({ "partyId": "x", "expectedVersion": 1, "intoId": flen, "intoExpectedVersion": 1 });
    refused(&app, "operator", "mergeParties", malformed, &[("INVALID", "partyId"), ("INVALID", "intoId")]).await;
}

#[tokio::test]
async fn nobody_comes_to_stand_below_itself() {
    let app = TestApp::start().await;
    let (one, other) = (party(&app, "Ett AB", json!({})).await, party(&app, "Två AB", json!({})).await);
    let between = party(&app, "Mellan AB", json!({})).await;
    let processor = party(&app, "Biträde AB", json!({})).await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let agreement = id(&draft(&app, "coordinator.gnesta", &social, &id(&processor), "Exempelavtal").await);
    let list = async |party: &Value, above: Option<&str>| {
        id(&done(&app, "coordinator.gnesta", "listSubProcessor", engage(&agreement, &id(party), above)).await)
    };
    let top = list(&one, None).await;
    let middle = list(&between, Some(&top)).await;
    list(&other, Some(&middle)).await;
    for (duplicate, kept) in [(&one, &other), (&other, &one), (&between, &one), (&processor, &other), (&other, &processor)] {
        refused(&app, "coordinator.gnesta", "mergeParties", merge(duplicate, kept), &[("CYCLE", "intoId")]).await;
    }
    // Beside each other two may become one.
    let beside = party(&app, "Bredvid AB", json!({})).await;
    list(&beside, None).await;
    done(&app, "coordinator.gnesta", "mergeParties", merge(&beside, &one)).await;
}

#[tokio::test]
async fn pub2_no_controller_comes_to_be_its_own_processor() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let of_board = party(&app, "Socialnämnden som leverantör", json!({ "controllerId": social })).await;
    let supplier = party(&app, "Socialnämnden i Gnesta", json!({})).await;
    draft(&app, "coordinator.gnesta", &social, &id(&supplier), "Exempelavtal").await;
    for (duplicate, kept) in [(&of_board, &supplier), (&supplier, &of_board)] {
        let refusal = refused(&app, "operator", "mergeParties", merge(duplicate, kept), &[("INVALID", "intoId")]).await;
        assert_eq!(refusal["errors"][0]["rule"], "PUB2");
    }
    let correct = |party: &Value| json!({ "partyId": party["id"], "expectedVersion": party["version"], "controllerId": social });
    let freed = json!({ "partyId": of_board["id"], "expectedVersion": 1, "controllerId": null });
    done(&app, "operator", "updateParty", freed).await;
    refused(&app, "operator", "updateParty", correct(&supplier), &[("INVALID", "controllerId")]).await;
}

#[tokio::test]
async fn each_municipality_is_told_of_its_own_agreements_only() {
    let app = TestApp::start().await;
    let Setting { duplicate, kept, agreements, engagements } = setting(&app).await;
    done(&app, "operator", "mergeParties", merge(&duplicate, &kept)).await;
    let log = "query($id: ID!) { auditLog(filter: { recordId: $id, action: \"mergeParties\" }) { nodes {
        cooperation municipality { slug } subject { id } changes { field before after } } } }";
    let read = async |persona: &str| app.as_(persona).query(log, json!({ "id": kept["id"] })).await["auditLog"]["nodes"].take();
    let gone = json!({ "field": format!("{}.withdrawn", id(&duplicate)), "before": null, "after": format!("mergeParties: {}", id(&kept)) });
    let moved = |field: String| json!({ "field": field, "before": duplicate["id"], "after": kept["id"] });
    for (n, slug) in ["gnesta", "flen"].into_iter().enumerate() {
        let told = read(&format!("administrator.{slug}")).await;
        let [entry] = told.as_array().unwrap().as_slice() else { panic!("{slug}: {told:#}") };
        assert_eq!((&entry["cooperation"], &entry["municipality"]["slug"]), (&json!(false), &json!(slug)));
        assert_eq!(entry["subject"]["id"], kept["id"]);
        let mut changes = entry["changes"].as_array().unwrap().clone();
        changes.sort_by_key(|change| change["field"].to_string());
        let mut expected =
            vec![gone.clone(), moved(format!("{}.processor", id(&agreements[n]))), moved(format!("{}.party", id(&engagements[n])))];
        expected.sort_by_key(|change| change["field"].to_string());
        assert_eq!(changes, expected, "{slug}");
    }
    let told = read("operator").await;
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!((&told[0]["cooperation"], &told[0]["changes"]), (&json!(true), &json!([gone])));
    assert_eq!(nodes(&app.as_("administrator.vingaker").query(log, json!({ "id": kept["id"] })).await["auditLog"]).len(), 0);
}
