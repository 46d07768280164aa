//! Processing is suspended, and goes on again.

use serde_json::{Value, json};

use super::{
    keeping::{drafted, in_force_since, instruction, on, on_day, under},
    with,
};
use crate::{
    organisation::{TODAY, TOMORROW, YESTERDAY, done, refused},
    support::TestApp,
};

#[tokio::test]
async fn pub38_after_a_breach_processing_goes_on_when_its_end_is_declared_and_accepted() {
    let app = TestApp::start().await;
    let agreement = in_force_since(&app, "2026-01-15").await;
    let breach = json!({ "cause": "CONTRACT_BREACH", "from": "2026-11-01" });
    let stopped = done(&app, "coordinator.gnesta", "suspendAgreement", on(&agreement, &breach)).await;
    let suspended = json!({ "cause": "CONTRACT_BREACH", "from": "2026-11-01", "declaredEndedOn": null, "acceptedOn": null });
    assert_eq!(stopped["suspended"], suspended);
    for fields in [json!({}), json!({ "declaredEndedOn": "2026-11-10" }), json!({ "acceptedOn": "2026-11-10" })] {
        let payload = refused(&app, "coordinator.gnesta", "resumeAgreement", on(&stopped, &fields), &[("WRONG_STATE", "acceptedOn")]).await;
        assert_eq!(payload["errors"][0]["rule"], "PUB38");
    }
    for (declared, accepted, path) in [
        ("2026-10-31", "2026-11-10", "declaredEndedOn"),
        ("2026-11-10", "2026-11-09", "acceptedOn"),
        ("2026-11-10", TOMORROW, "acceptedOn"),
    ] {
        let fields = json!({ "declaredEndedOn": declared, "acceptedOn": accepted });
        refused(&app, "coordinator.gnesta", "resumeAgreement", on(&stopped, &fields), &[("INVALID", path)]).await;
    }
    let both = json!({ "declaredEndedOn": "2026-11-10", "acceptedOn": YESTERDAY });
    let resumed = done(&app, "coordinator.gnesta", "resumeAgreement", on(&stopped, &both)).await;
    assert_eq!(resumed["suspended"], Value::Null);
    let then = on_day(&app, &agreement, YESTERDAY, "suspended { cause from declaredEndedOn acceptedOn }").await;
    assert_eq!(then["suspended"], with(suspended, &both));
    refused(&app, "coordinator.gnesta", "resumeAgreement", on(&resumed, &both), &[("WRONG_STATE", "agreementId")]).await;
}

#[tokio::test]
async fn pub12_after_an_unclear_instruction_processing_goes_on_with_a_new_one() {
    let app = TestApp::start().await;
    let agreement = in_force_since(&app, "2026-01-15").await;
    let notice = json!({ "kind": "INSTRUCTION_UNCLEAR", "direction": "FROM_PROCESSOR", "sentOn": "2026-11-20" });
    let stopped = done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &notice)).await;
    let suspended = json!({ "cause": "UNCLEAR_INSTRUCTION", "from": "2026-11-20", "declaredEndedOn": null, "acceptedOn": null });
    assert_eq!(stopped["suspended"], suspended, "the notice says so");
    let payload = refused(&app, "coordinator.gnesta", "resumeAgreement", on(&stopped, &json!({})), &[("WRONG_STATE", "agreementId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB12");
    let again = json!({ "cause": "UNCLEAR_INSTRUCTION" });
    refused(&app, "coordinator.gnesta", "suspendAgreement", on(&stopped, &again), &[("OVERLAPS", "cause")]).await;
    let clear = done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &instruction())).await;
    assert_eq!(clear["suspended"], Value::Null);
}

#[tokio::test]
async fn pub12_a_recorded_stop_for_an_unclear_instruction_is_closed_after_the_new_one() {
    let app = TestApp::start().await;
    let agreement = in_force_since(&app, "2026-01-15").await;
    let unclear = json!({ "cause": "UNCLEAR_INSTRUCTION", "from": "2026-11-20" });
    let stopped = done(&app, "coordinator.gnesta", "suspendAgreement", on(&agreement, &unclear)).await;
    let payload = refused(&app, "coordinator.gnesta", "resumeAgreement", on(&stopped, &json!({})), &[("WRONG_STATE", "agreementId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB12");
    let clear = done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &instruction())).await;
    assert_eq!(done(&app, "coordinator.gnesta", "resumeAgreement", on(&clear, &json!({}))).await["suspended"], Value::Null);
}

#[tokio::test]
async fn an_agreement_that_is_not_in_force_is_not_suspended_and_one_cause_stops_once() {
    let app = TestApp::start().await;
    let draft = drafted(&app).await;
    let breach = json!({ "cause": "CONTRACT_BREACH" });
    refused(&app, "coordinator.gnesta", "suspendAgreement", on(&draft, &breach), &[("WRONG_STATE", "from")]).await;
    let agreement = in_force_since(&app, "2026-01-15").await;
    let early = with(breach.clone(), &json!({ "from": "2026-01-14" }));
    refused(&app, "coordinator.gnesta", "suspendAgreement", on(&agreement, &early), &[("WRONG_STATE", "from")]).await;
    let stopped = done(&app, "coordinator.gnesta", "suspendAgreement", on(&agreement, &breach)).await;
    assert_eq!(stopped["suspended"]["from"], TODAY);
    refused(&app, "coordinator.gnesta", "suspendAgreement", on(&stopped, &breach), &[("OVERLAPS", "cause")]).await;
    let unclear = json!({ "cause": "UNCLEAR_INSTRUCTION" });
    done(&app, "coordinator.gnesta", "suspendAgreement", on(&stopped, &unclear)).await;
}
