//! The controllers' instructions to the processor, in versions.

use serde_json::json;

use super::{
    keeping::{drafted, instruction, on_day, under},
    with,
};
use crate::{
    organisation::{TODAY, TOMORROW, YESTERDAY, done, refused},
    support::TestApp,
};

#[tokio::test]
async fn pub10_a_new_version_is_the_current_one_and_the_one_before_is_kept() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let first = with(instruction(), &json!({ "validFrom": "2026-01-01", "issuedOn": "2026-01-01", "sensitiveCategories": ["HEALTH"] }));
    let one = done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &first)).await;
    let known = &one["instructions"]["nodes"][0];
    let expected = with(
        first,
        &json!({ "id": known["id"], "number": 1, "costAnswer": null, "costAnsweredOn": null, "version": 1,
        "processingCountries": [{ "code": "SE" }] }),
    );
    assert_eq!(known, &expected);
    let second = with(instruction(), &json!({ "text": "Behandla på ett nytt sätt." }));
    let two = done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &second)).await;
    let numbers: Vec<_> =
        two["instructions"]["nodes"].as_array().unwrap().iter().map(|version| version["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [2, 1], "the newest first");
    let newest = &two["instructions"]["nodes"][0];
    assert_eq!((&newest["validFrom"], &newest["issuedOn"]), (&json!(TODAY), &json!(TODAY)));
    let then = on_day(&app, &agreement, YESTERDAY, "instructions { totalCount nodes { number } }").await;
    assert_eq!(then["instructions"], json!({ "totalCount": 1, "nodes": [{ "number": 1 }] }));
}

#[tokio::test]
async fn a_version_begins_with_the_newest_one_at_the_earliest_and_is_not_issued_tomorrow() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let later = with(instruction(), &json!({ "validFrom": "2027-01-01" }));
    done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &later)).await;
    refused(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &instruction()), &[("INVALID", "validFrom")]).await;
    let tomorrow = with(later.clone(), &json!({ "issuedOn": TOMORROW }));
    refused(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &tomorrow), &[("INVALID", "issuedOn")]).await;
    let wrong = with(later, &json!({ "processingCountries": ["SE", "XX"], "securityMeasures": " ", "text": "x".repeat(4001) }));
    let all = [("INVALID", "processingCountries.1"), ("MISSING", "securityMeasures"), ("TOO_LONG", "text")];
    refused(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &wrong), &all).await;
}
