//! What is assured about a processor: guarantees, undertakings, evidence, audits.

use serde_json::json;

use super::{
    keeping::{drafted, in_force_since, on_day, under},
    with,
};
use crate::{
    organisation::{TOMORROW, done, refused},
    support::TestApp,
};

#[tokio::test]
async fn pub21_an_auditor_who_competes_is_told_of_and_the_reason_is_kept() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let audit = json!({ "kind": "AUDIT", "on": "2026-11-01", "met": false, "auditor": "Granskare Exempel AB", "note": "Två brister",
        "documentUrl": "https://exempel.example/granskning" });
    for wrong in [json!({ "competitor": true, "secrecyUndertaken": true }), json!({ "competitor": false, "secrecyUndertaken": false })] {
        let input = under(&agreement, &with(audit.clone(), &wrong));
        let payload = refused(&app, "coordinator.gnesta", "recordAssurance", input, &[("NEEDS_ACKNOWLEDGEMENT", "acknowledgements")]).await;
        assert_eq!((&payload["errors"][0]["rule"], &payload["errors"][0]["canAcknowledge"]), (&json!("PUB21"), &json!(true)));
    }
    let independent = with(audit.clone(), &json!({ "competitor": false, "secrecyUndertaken": true }));
    let one = done(&app, "coordinator.gnesta", "recordAssurance", under(&agreement, &independent)).await;
    let known = &one["assurances"]["nodes"][0];
    assert_eq!(known, &with(independent, &json!({ "id": known["id"], "version": 1 })));
    let reason = json!({ "competitor": true, "acknowledgements": [{ "rule": "PUB21", "reason": "Ingen annan fanns" }] });
    done(&app, "coordinator.gnesta", "recordAssurance", under(&agreement, &with(audit, &reason))).await;
    let kept = on_day(&app, &agreement, "2026-11-22", "acknowledgements { rule reason } assurances { totalCount }").await;
    assert_eq!(kept["acknowledgements"], json!([{ "rule": "PUB21", "reason": "Ingen annan fanns" }]));
    assert_eq!(kept["assurances"]["totalCount"], 2);
}

#[tokio::test]
async fn pub20_the_next_self_audit_is_due_a_year_after_the_last() {
    let app = TestApp::start().await;
    let agreement = in_force_since(&app, "2026-01-15").await;
    assert_eq!(on_day(&app, &agreement, "2026-11-22", "selfAuditDueOn").await["selfAuditDueOn"], "2027-01-15");
    let audit = json!({ "kind": "SELF_AUDIT", "on": "2026-06-01", "met": true });
    done(&app, "coordinator.gnesta", "recordAssurance", under(&agreement, &audit)).await;
    assert_eq!(on_day(&app, &agreement, "2026-11-22", "selfAuditDueOn").await["selfAuditDueOn"], "2027-06-01");
}

#[tokio::test]
async fn only_an_audit_has_an_auditor_and_nothing_is_assured_tomorrow() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let with_auditor = json!({ "kind": "GUARANTEES", "on": "2026-11-01", "met": true, "auditor": "Granskare", "competitor": false,
        "secrecyUndertaken": true });
    let wrong = [("INVALID", "auditor"), ("INVALID", "competitor"), ("INVALID", "secrecyUndertaken")];
    refused(&app, "coordinator.gnesta", "recordAssurance", under(&agreement, &with_auditor), &wrong).await;
    let tomorrow = json!({ "kind": "GUARANTEES", "on": TOMORROW, "met": true });
    refused(&app, "coordinator.gnesta", "recordAssurance", under(&agreement, &tomorrow), &[("INVALID", "on")]).await;
}
