//! Sub-processors: a dated tree below each agreement.

use serde_json::{Value, json};

use super::{draft, engage, register, with};
use crate::{
    organisation::{TODAY, YESTERDAY, board, done, id, node, refused, unknown},
    support::{TestApp, nodes},
};

/// Gnesta's agreement, its processor and some suppliers that nobody uses yet.
struct Setting {
    agreement: String,
    processor: String,
    suppliers: Vec<String>,
}

async fn setting(app: &TestApp) -> Setting {
    let processor = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let mut suppliers = Vec::new();
    for n in 1..=4 {
        suppliers.push(register(app, "coordinator.gnesta", &format!("Underleverantör {n} Exempel AB")).await);
    }
    let agreement = id(&draft(app, "coordinator.gnesta", &board(app, "gnesta", "Socialnämnden").await, &processor, "Exempelsystem").await);
    Setting { agreement, processor, suppliers }
}

async fn list(app: &TestApp, input: Value) -> Value {
    done(app, "coordinator.gnesta", "listSubProcessor", input).await
}

async fn no(app: &TestApp, mutation: &str, input: Value, expected: (&str, &str)) -> Value {
    refused(app, "coordinator.gnesta", mutation, input, &[expected]).await
}

fn correct(engagement: &Value, fields: &Value) -> Value {
    with(json!({ "engagementId": engagement["id"], "expectedVersion": engagement["version"] }), fields)
}

fn end(engagement: &Value, valid_to: &str) -> Value {
    json!({ "engagementId": engagement["id"], "expectedVersion": engagement["version"], "validTo": valid_to })
}

#[tokio::test]
async fn a_listed_sub_processor_is_stored_with_all_that_was_said_of_it() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let input = json!({ "agreementId": agreement, "partyId": suppliers[0], "service": "Säkerhetskopiering", "dataCategories": ["SENSITIVE", "IDENTITY", "SENSITIVE"],
        "processingCountries": ["SE", "DE", "SE"], "authorisation": "NOT_AUTHORISED", "validFrom": "2026-02-01", "validTo": "2027-01-31" });
    let new = list(&app, input).await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let expected = json!({ "id": new["id"], "position": [1], "service": "Säkerhetskopiering", "dataCategories": ["IDENTITY", "SENSITIVE"],
        "subAgreementOn": null, "copyRequestedOn": null, "copyReceivedOn": null, "validFrom": "2026-02-01", "validTo": "2027-01-31", "version": 1,
        "agreement": { "id": agreement }, "party": { "id": suppliers[0] }, "engagedBy": null, "processingCountries": [{ "code": "DE" }, { "code": "SE" }],
        "authorisations": [{ "authorisation": "NOT_AUTHORISED", "validFrom": "2026-02-01", "controller": { "id": social } }] });
    assert_eq!(node(&app, "dso", &id(&new)).await, expected);
}

#[tokio::test]
async fn the_tree_is_listed_each_after_the_one_that_engages_it_and_positions_never_change() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let first = list(&app, engage(&agreement, &suppliers[0], None)).await;
    let second = list(&app, engage(&agreement, &suppliers[1], None)).await;
    let below_first = list(&app, engage(&agreement, &suppliers[2], Some(&id(&first)))).await;
    let also_below = list(&app, engage(&agreement, &suppliers[3], Some(&id(&first)))).await;
    let deepest = list(&app, engage(&agreement, &suppliers[1], Some(&id(&below_first)))).await;
    let query = "query($id: ID!) { agreement(id: $id) { subProcessors { totalCount nodes { id position engagedBy { id position } } } } }";
    let read = async || app.as_("reader.gnesta").query(query, json!({ "id": agreement })).await["agreement"]["subProcessors"].take();
    let place = |engagement: &Value, position: Value, by: Option<(&Value, Value)>| json!({ "id": engagement["id"], "position": position, "engagedBy": by.map(|(by, position)| json!({ "id": by["id"], "position": position })) });
    let expected = vec![
        place(&first, json!([1]), None),
        place(&below_first, json!([1, 1]), Some((&first, json!([1])))),
        place(&deepest, json!([1, 1, 1]), Some((&below_first, json!([1, 1])))),
        place(&also_below, json!([1, 2]), Some((&first, json!([1])))),
        place(&second, json!([2]), None),
    ];
    assert_eq!(read().await, json!({ "totalCount": 5, "nodes": expected }));
    // One that ended leaves its place empty, and the next gets a new one.
    done(&app, "coordinator.gnesta", "endSubProcessor", end(&second, YESTERDAY)).await;
    let third = list(&app, engage(&agreement, &suppliers[2], None)).await;
    assert_eq!(third["position"], json!([3]));
    assert_eq!(nodes(&read().await).len(), 5);
}

#[tokio::test]
async fn nobody_stands_below_itself_in_the_chain() {
    let app = TestApp::start().await;
    let Setting { agreement, processor, suppliers } = setting(&app).await;
    no(&app, "listSubProcessor", engage(&agreement, &processor, None), ("CYCLE", "partyId")).await;
    let first = list(&app, engage(&agreement, &suppliers[0], None)).await;
    let second = list(&app, engage(&agreement, &suppliers[1], Some(&id(&first)))).await;
    let third = list(&app, engage(&agreement, &suppliers[2], Some(&id(&second)))).await;
    for party in [&processor, &suppliers[0], &suppliers[1], &suppliers[2]] {
        no(&app, "listSubProcessor", engage(&agreement, party, Some(&id(&third))), ("CYCLE", "partyId")).await;
    }
    no(&app, "listSubProcessor", engage(&agreement, &processor, Some(&id(&first))), ("CYCLE", "partyId")).await;
    // In another branch the same organisation may stand.
    let branch = list(&app, engage(&agreement, &suppliers[3], None)).await;
    assert_eq!(list(&app, engage(&agreement, &suppliers[0], Some(&id(&branch)))).await["position"], json!([2, 1]));
}

#[tokio::test]
async fn the_engager_stands_under_the_same_agreement() {
    let app = TestApp::start().await;
    let Setting { agreement, processor, suppliers } = setting(&app).await;
    let other = id(&draft(&app, "coordinator.gnesta", &board(&app, "gnesta", "Kommunstyrelsen").await, &processor, "Ett annat").await);
    let elsewhere = id(&list(&app, engage(&other, &suppliers[0], None)).await);
    let foreign = no(&app, "listSubProcessor", engage(&agreement, &suppliers[1], Some(&elsewhere)), ("NOT_FOUND", "engagedById")).await;
    let nobody =
        no(&app, "listSubProcessor", engage(&agreement, &suppliers[1], Some(&unknown(&elsewhere))), ("NOT_FOUND", "engagedById")).await;
    assert_eq!(foreign.to_string(), nobody.to_string());
    no(&app, "listSubProcessor", engage(&agreement, &unknown(&processor), None), ("NOT_FOUND", "partyId")).await;
}

#[tokio::test]
async fn an_engagement_lies_inside_the_one_that_engages_it() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let above =
        list(&app, with(engage(&agreement, &suppliers[0], None), &json!({ "validFrom": "2026-02-01", "validTo": "2026-12-31" }))).await;
    let below =
        |from: &str, to: Value| with(engage(&agreement, &suppliers[1], Some(&id(&above))), &json!({ "validFrom": from, "validTo": to }));
    no(&app, "listSubProcessor", below("2026-01-31", Value::Null), ("INVALID", "validFrom")).await;
    no(&app, "listSubProcessor", below("2027-01-01", Value::Null), ("INVALID", "validFrom")).await;
    no(&app, "listSubProcessor", below("2026-03-01", json!("2027-01-01")), ("INVALID", "validTo")).await;
    no(&app, "listSubProcessor", below("2026-03-01", json!("2026-02-28")), ("INVALID", "validTo")).await;
    assert_eq!(list(&app, below("2026-02-01", Value::Null)).await["validTo"], "2026-12-31", "no end given: as long as the one above");
    assert_eq!(list(&app, below("2026-12-31", json!("2026-12-31"))).await["validFrom"], "2026-12-31");
}

#[tokio::test]
async fn whatever_is_malformed_in_an_engagement_is_told_at_once() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let input = json!({ "agreementId": "x", "partyId": agreement, "engagedById": "", "service": " ", "dataCategories": [], "processingCountries": ["SE", "XX", "SE", "se"],
        "authorisation": "LISTED_AT_SIGNING", "validFrom": TODAY, "validTo": YESTERDAY });
    let wrong = [
        ("INVALID", "agreementId"),
        ("INVALID", "partyId"),
        ("INVALID", "engagedById"),
        ("MISSING", "service"),
        ("INVALID", "processingCountries.1"),
        ("INVALID", "processingCountries.3"),
        ("INVALID", "validTo"),
    ];
    refused(&app, "coordinator.gnesta", "listSubProcessor", input, &wrong).await;
    let many = with(engage(&agreement, &suppliers[0], None), &json!({ "processingCountries": vec!["SE"; 61] }));
    no(&app, "listSubProcessor", many, ("INVALID", "processingCountries")).await;
    let long = with(engage(&agreement, &suppliers[0], None), &json!({ "service": "x".repeat(201) }));
    no(&app, "listSubProcessor", long, ("TOO_LONG", "service")).await;
}

#[tokio::test]
async fn in_a_correction_what_is_left_out_stays_what_is_null_is_cleared_what_is_given_is_set() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let before = list(&app, engage(&agreement, &suppliers[0], None)).await;
    let values = json!({ "service": "Support", "dataCategories": ["SOUND"], "processingCountries": ["IN"], "subAgreementOn": "2026-01-02",
        "copyRequestedOn": "2026-02-01", "copyReceivedOn": "2026-02-01" });
    let set = done(&app, "coordinator.gnesta", "correctSubProcessor", correct(&before, &values)).await;
    let expected = with(values.clone(), &json!({ "processingCountries": [{ "code": "IN" }], "version": 2 }));
    assert_eq!(set, with(before.clone(), &expected));
    let kept = done(&app, "coordinator.gnesta", "correctSubProcessor", correct(&set, &json!({}))).await;
    assert_eq!(kept, with(set.clone(), &json!({ "version": 3 })));
    let empty =
        json!({ "dataCategories": [], "processingCountries": [], "subAgreementOn": null, "copyRequestedOn": null, "copyReceivedOn": null });
    let cleared = done(&app, "coordinator.gnesta", "correctSubProcessor", correct(&kept, &empty)).await;
    assert_eq!(cleared, with(set.clone(), &with(empty, &json!({ "version": 4 }))));
    let required = json!({ "service": null, "dataCategories": null, "processingCountries": null });
    let missing = [("MISSING", "service"), ("MISSING", "dataCategories"), ("MISSING", "processingCountries")];
    refused(&app, "coordinator.gnesta", "correctSubProcessor", correct(&cleared, &required), &missing).await;
    let backward = json!({ "copyRequestedOn": "2026-02-02", "copyReceivedOn": "2026-02-01" });
    no(&app, "correctSubProcessor", correct(&cleared, &backward), ("INVALID", "copyReceivedOn")).await;
    let late = no(&app, "correctSubProcessor", correct(&before, &json!({ "service": "Sen" })), ("CONFLICT", "expectedVersion")).await;
    assert_eq!(late["errors"][0]["currentVersion"], 4);
}

#[tokio::test]
async fn the_end_of_one_ends_all_below_it_and_none_beside_it() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let above = list(&app, engage(&agreement, &suppliers[0], None)).await;
    let below = list(&app, engage(&agreement, &suppliers[1], Some(&id(&above)))).await;
    let deepest = list(&app, engage(&agreement, &suppliers[2], Some(&id(&below)))).await;
    let ended_before = list(&app, with(engage(&agreement, &suppliers[3], Some(&id(&above))), &json!({ "validTo": "2026-03-31" }))).await;
    let beside = list(&app, engage(&agreement, &suppliers[3], None)).await;
    done(&app, "coordinator.gnesta", "endSubProcessor", end(&above, "2026-06-30")).await;
    for (engagement, valid_to, version) in [
        (&above, json!("2026-06-30"), 2),
        (&below, json!("2026-06-30"), 2),
        (&deepest, json!("2026-06-30"), 2),
        (&ended_before, json!("2026-03-31"), 1),
        (&beside, Value::Null, 1),
    ] {
        let read = node(&app, "reader.gnesta", &id(engagement)).await;
        assert_eq!((&read["validTo"], &read["version"]), (&valid_to, &json!(version)), "{read}");
    }
}

#[tokio::test]
async fn an_end_that_cannot_be_is_refused() {
    let app = TestApp::start().await;
    let Setting { agreement, suppliers, .. } = setting(&app).await;
    let above = list(&app, engage(&agreement, &suppliers[0], None)).await;
    let below = list(&app, with(engage(&agreement, &suppliers[1], Some(&id(&above))), &json!({ "validFrom": "2026-05-01" }))).await;
    no(&app, "endSubProcessor", end(&above, "2025-12-31"), ("WRONG_STATE", "validTo")).await;
    no(&app, "endSubProcessor", end(&above, "2026-04-30"), ("WRONG_STATE", "validTo")).await;
    no(&app, "endSubProcessor", end(&below, "2026-04-30"), ("INVALID", "validTo")).await;
    let ended = done(&app, "coordinator.gnesta", "endSubProcessor", end(&above, "2026-06-30")).await;
    let late = no(&app, "endSubProcessor", end(&above, "2026-07-31"), ("CONFLICT", "expectedVersion")).await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
    // Never after the one that engages it.
    let below = node(&app, "reader.gnesta", &id(&below)).await;
    no(&app, "endSubProcessor", end(&below, "2026-07-01"), ("INVALID", "validTo")).await;
    done(&app, "coordinator.gnesta", "endSubProcessor", end(&ended, "2026-12-31")).await;
    done(&app, "coordinator.gnesta", "endSubProcessor", end(&below, "2026-07-01")).await;
}
