//! What a processor announces: entered once, shared by all, corrected and withdrawn while nobody else has acted on it.

use serde_json::{Value, json};

use super::{
    objection::{announcement, in_case, in_force, own_case},
    register, with,
};
use crate::{
    audit::{told, told_since},
    organisation::{TODAY, TOMORROW, done, id, node, refused, unknown},
    support::{TestApp, nodes},
};

fn correct(change: &Value, fields: &Value) -> Value {
    with(json!({ "changeId": change["id"], "expectedVersion": change["version"] }), fields)
}

fn mistake(change: &Value) -> Value {
    json!({ "id": change["id"], "expectedVersion": change["version"], "reason": "Fel leverantör" })
}

/// A processor that Gnesta and Flen have agreements with, and a sub-processor.
async fn setting(app: &TestApp) -> (String, String) {
    let processor = register(app, "operator", "Leverantör Exempel AB").await;
    let sub_processor = register(app, "operator", "Underleverantör Exempel AB").await;
    for slug in ["gnesta", "flen"] {
        in_force(app, slug, &processor, "GENERAL").await;
    }
    (processor, sub_processor)
}

#[tokio::test]
async fn a_change_is_stored_as_it_was_announced_and_every_member_reads_it() {
    let app = TestApp::start().await;
    let (processor, sub_processor) = setting(&app).await;
    let (engager, replaced) = (register(&app, "operator", "Mellanled AB").await, register(&app, "operator", "Ersatt AB").await);
    let all = json!({ "processorId": processor, "kind": "REPLACE", "subProcessorId": sub_processor, "replacesId": replaced, "engagedById": engager,
        "service": "Drift", "dataCategories": ["SENSITIVE", "IDENTITY", "SENSITIVE"], "dataSubjects": ["RESIDENTS"], "processingCountries": ["SE", "DE", "SE"],
        "announcedOn": TODAY, "effectiveOn": "2026-12-24", "sourceUrl": "https://leverantor.example/nytt" });
    let before = told(&app).await;
    let change = done(&app, "coordinator.gnesta", "announceSubProcessorChange", all).await;
    assert_eq!(told_since(&app, &before).await.chains, ["cooperation", "flen", "gnesta"]);
    let expected = json!({ "id": change["id"], "kind": "REPLACE", "service": "Drift", "dataCategories": ["IDENTITY", "SENSITIVE"],
        "dataSubjects": ["RESIDENTS"], "announcedOn": TODAY, "effectiveOn": "2026-12-24", "sourceUrl": "https://leverantor.example/nytt",
        "version": 1, "processor": { "id": processor }, "subProcessor": { "id": sub_processor }, "replaces": { "id": replaced },
        "engagedBy": { "id": engager }, "processingCountries": [{ "code": "DE" }, { "code": "SE" }], "announcedBy": { "slug": "gnesta" },
        "advice": [] });
    for persona in ["reader.vingaker", "operator", "dso"] {
        assert_eq!(node(&app, persona, &id(&change)).await, expected, "{persona}");
    }
    assert_eq!(node(&app, "nobody.gnesta", &id(&change)).await, Value::Null);
}

#[tokio::test]
async fn changes_are_listed_by_processor_and_sub_processor_from_the_day_of_their_announcement() {
    let app = TestApp::start().await;
    let (processor, sub_processor) = setting(&app).await;
    let change = done(&app, "operator", "announceSubProcessorChange", announcement(&processor, &sub_processor)).await;
    let list = async |filter: Value, as_of: &str| {
        let query =
            "query($filter: SubProcessorChangeFilter, $asOf: Date) { subProcessorChanges(filter: $filter, asOf: $asOf) { nodes { id } } }";
        nodes(&app.as_("reader.vingaker").query(query, json!({ "filter": filter, "asOf": as_of })).await["subProcessorChanges"]).clone()
    };
    let found = vec![json!({ "id": change["id"] })];
    assert_eq!(list(json!({ "processorId": processor }), TODAY).await, found);
    assert_eq!(list(json!({ "processorId": processor, "subProcessorId": sub_processor }), "2026-09-01").await, found);
    assert!(list(json!({ "processorId": processor }), "2026-08-31").await.is_empty());
    assert!(list(json!({ "processorId": sub_processor }), TODAY).await.is_empty());
}

#[tokio::test]
async fn a_change_that_cannot_be_is_refused() {
    let app = TestApp::start().await;
    let (processor, sub_processor) = setting(&app).await;
    let other = register(&app, "operator", "Annan AB").await;
    for (fields, expected) in [
        (json!({ "announcedOn": TOMORROW }), ("INVALID", "announcedOn")),
        (json!({ "kind": "REPLACE" }), ("MISSING", "replacesId")),
        (json!({ "replacesId": other }), ("INVALID", "replacesId")),
        (json!({ "subProcessorId": processor }), ("CYCLE", "subProcessorId")),
        (json!({ "engagedById": sub_processor }), ("CYCLE", "subProcessorId")),
        (json!({ "subProcessorId": unknown(&sub_processor) }), ("NOT_FOUND", "subProcessorId")),
        (json!({ "engagedById": unknown(&sub_processor) }), ("NOT_FOUND", "engagedById")),
        (json!({ "sourceUrl": "javascript:alert(1)" }), ("INVALID", "sourceUrl")),
    ] {
        let input = with(announcement(&processor, &sub_processor), &fields);
        refused(&app, "coordinator.gnesta", "announceSubProcessorChange", input, &[expected]).await;
    }
    // Who has no agreement with the processor knows nothing of what it announces.
    let input = announcement(&processor, &sub_processor);
    refused(&app, "coordinator.vingaker", "announceSubProcessorChange", input, &[("FORBIDDEN", "processorId")]).await;
}

#[tokio::test]
async fn a_change_is_corrected_by_who_announced_it_until_another_acts_and_then_by_the_cooperations_administrator() {
    let app = TestApp::start().await;
    let (processor, sub_processor) = setting(&app).await;
    let change = done(&app, "coordinator.gnesta", "announceSubProcessorChange", announcement(&processor, &sub_processor)).await;
    let fields =
        json!({ "service": "Support", "effectiveOn": "2026-11-01", "processingCountries": [], "sourceUrl": "https://exempel.example/" });
    refused(&app, "coordinator.flen", "correctSubProcessorChange", correct(&change, &fields), &[("FORBIDDEN", "changeId")]).await;
    refused(&app, "coordinator.flen", "withdrawRecord", mistake(&change), &[("FORBIDDEN", "id")]).await;
    let corrected = done(&app, "coordinator.gnesta", "correctSubProcessorChange", correct(&change, &fields)).await;
    assert_eq!(
        (&corrected["service"], &corrected["processingCountries"], &corrected["version"]),
        (&json!("Support"), &json!([]), &json!(2))
    );
    assert_eq!((&corrected["announcedOn"], &corrected["dataCategories"]), (&change["announcedOn"], &change["dataCategories"]));
    refused(&app, "coordinator.gnesta", "correctSubProcessorChange", correct(&change, &fields), &[("CONFLICT", "expectedVersion")]).await;
    refused(
        &app,
        "coordinator.gnesta",
        "correctSubProcessorChange",
        correct(&corrected, &json!({ "announcedOn": TOMORROW })),
        &[("INVALID", "announcedOn")],
    )
    .await;
    // The own case changes nothing, another's does.
    let on = |case: &Value| in_case(case, &json!({ "decidedOn": TODAY }));
    done(&app, "coordinator.gnesta", "acceptSubProcessor", on(&own_case(&app, "coordinator.gnesta", &id(&change)).await)).await;
    let corrected = done(&app, "coordinator.gnesta", "correctSubProcessorChange", correct(&corrected, &json!({ "sourceUrl": null }))).await;
    done(&app, "coordinator.flen", "acceptSubProcessor", on(&own_case(&app, "coordinator.flen", &id(&change)).await)).await;
    for (mutation, input, path) in
        [("correctSubProcessorChange", correct(&corrected, &fields), "changeId"), ("withdrawRecord", mistake(&corrected), "id")]
    {
        refused(&app, "coordinator.gnesta", mutation, input, &[("FORBIDDEN", path)]).await;
    }
    let corrected = done(&app, "operator", "correctSubProcessorChange", correct(&corrected, &fields)).await;
    done(&app, "operator", "withdrawRecord", mistake(&corrected)).await;
    assert_eq!(node(&app, "reader.gnesta", &id(&change)).await, Value::Null);
}

#[tokio::test]
async fn the_officers_advice_is_one_text_for_all_and_later_ones_add() {
    let app = TestApp::start().await;
    let (processor, sub_processor) = setting(&app).await;
    let change = done(&app, "operator", "announceSubProcessorChange", announcement(&processor, &sub_processor)).await;
    let advise = |text: &str| json!({ "changeId": change["id"], "text": text });
    for persona in ["coordinator.gnesta", "operator", "administrator.gnesta"] {
        refused(&app, persona, "giveAdvice", advise("Nej"), &[("FORBIDDEN", "changeId")]).await;
    }
    done(&app, "dso", "giveAdvice", advise("Begär underlag om var uppgifterna behandlas.")).await;
    done(&app, "dso", "giveAdvice", advise("Underlaget har kommit och är tillräckligt.")).await;
    let advice = node(&app, "reader.vingaker", &id(&change)).await["advice"].take();
    let texts: Vec<_> = advice.as_array().unwrap().iter().map(|advice| advice["text"].clone()).collect();
    assert_eq!(texts, ["Begär underlag om var uppgifterna behandlas.", "Underlaget har kommit och är tillräckligt."]);
    // Of a processor that none of its controllers uses the officer knows nothing.
    let elsewhere =
        done(&app, "operator", "announceSubProcessorChange", announcement(&register(&app, "operator", "Okänd AB").await, &sub_processor))
            .await;
    refused(&app, "dso", "giveAdvice", json!({ "changeId": elsewhere["id"], "text": "Råd" }), &[("FORBIDDEN", "changeId")]).await;
}

#[tokio::test]
async fn a_merged_party_is_named_by_changes_in_the_place_of_its_duplicate() {
    let app = TestApp::start().await;
    let (processor, duplicate) = setting(&app).await;
    let change = done(&app, "operator", "announceSubProcessorChange", announcement(&processor, &duplicate)).await;
    let kept = register(&app, "operator", "Underleverantör Exempel Aktiebolag").await;
    let merge = |party: &str, into: &str| json!({ "partyId": party, "expectedVersion": 1, "intoId": into, "intoExpectedVersion": 1 });
    // The sub-processor cannot become its own processor.
    refused(&app, "operator", "mergeParties", merge(&duplicate, &processor), &[("CYCLE", "intoId")]).await;
    done(&app, "operator", "mergeParties", merge(&duplicate, &kept)).await;
    let merged = node(&app, "reader.gnesta", &id(&change)).await;
    assert_eq!((&merged["subProcessor"]["id"], &merged["version"]), (&json!(kept), &json!(2)));
}
