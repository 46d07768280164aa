//! Notices between the sides of an agreement.

use serde_json::{Value, json};

use super::{
    Invited, invited,
    keeping::{drafted, in_force_since, instruction, on_day, under},
    row, with,
};
use crate::{
    organisation::{TODAY, TOMORROW, done, id, refused, withdrawal},
    support::TestApp,
};

fn notice(kind: &str, direction: &str, sent_on: &str) -> Value {
    json!({ "kind": kind, "direction": direction, "sentOn": sent_on })
}

fn answered(notice: &Value, fields: &Value) -> Value {
    with(json!({ "noticeId": notice["id"], "expectedVersion": notice["version"] }), fields)
}

#[tokio::test]
async fn pub23_a_correction_is_due_thirty_days_after_its_deemed_receipt() {
    let app = TestApp::start().await;
    let agreement = in_force_since(&app, "2026-01-15").await;
    // Sent on a Friday: received on the Monday after at the latest.
    let order = with(notice("CORRECTION_ORDER", "TO_PROCESSOR", "2026-11-20"), &json!({ "text": "Rätta adressen." }));
    let made = done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &order)).await;
    let known = &made["notices"]["nodes"][0];
    let expected = json!({ "id": known["id"], "kind": "CORRECTION_ORDER", "direction": "TO_PROCESSOR", "controller": null,
        "contact": "DATA_PROTECTION_COOPERATION", "sentOn": "2026-11-20", "receivedOn": null, "deemedReceivedOn": "2026-11-23",
        "answerDueOn": "2026-12-23", "answeredOn": null, "eventOn": null, "missingParts": [], "consentScope": null, "requiredByLaw": null,
        "text": "Rätta adressen.", "documentUrl": null, "version": 1 });
    assert_eq!(known, &expected);
    let done_on = answered(known, &json!({ "answeredOn": TODAY }));
    let after = done(&app, "coordinator.gnesta", "answerAgreementNotice", done_on).await;
    assert_eq!(after["notices"]["nodes"][0], with(expected, &json!({ "answeredOn": TODAY, "version": 2 })));
    let late = answered(known, &json!({ "answeredOn": null }));
    refused(&app, "coordinator.gnesta", "answerAgreementNotice", late, &[("CONFLICT", "expectedVersion")]).await;
}

#[tokio::test]
async fn notices_go_the_way_that_their_kind_goes_and_not_tomorrow() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let both = ["FROM_PROCESSOR", "TO_PROCESSOR"];
    for (kind, ways) in [
        ("DUTIES_CHANGED", &both[1..]),
        ("COST_ANSWER", &both[..1]),
        ("PLANNED_MEASURE", &both[..1]),
        ("ASSISTANCE_REQUEST", &both[1..]),
        ("RENEGOTIATION", &both[..]),
        ("CONTRACT_BREACH", &both[..]),
    ] {
        for direction in both {
            let input = under(&agreement, &with(notice(kind, direction, "2026-11-20"), &json!({ "text": "Exempel" })));
            if ways.contains(&direction) {
                done(&app, "coordinator.gnesta", "recordAgreementNotice", input).await;
            } else {
                refused(&app, "coordinator.gnesta", "recordAgreementNotice", input, &[("INVALID", "direction")]).await;
            }
        }
    }
    for (fields, path, code) in [
        (json!({ "sentOn": TOMORROW }), "sentOn", "INVALID"),
        (json!({ "receivedOn": TOMORROW }), "receivedOn", "INVALID"),
        (json!({ "receivedOn": "2026-11-01" }), "receivedOn", "INVALID"),
        (json!({ "missingParts": ["NATURE"] }), "missingParts", "INVALID"),
        (json!({ "requiredByLaw": "OSL" }), "requiredByLaw", "INVALID"),
        (json!({ "kind": "COST_ANSWER" }), "text", "MISSING"),
    ] {
        let input = under(&agreement, &with(notice("PLANNED_MEASURE", "FROM_PROCESSOR", "2026-11-20"), &fields));
        refused(&app, "coordinator.gnesta", "recordAgreementNotice", input, &[(code, path)]).await;
    }
    // What is planned may come.
    let planned = with(notice("PLANNED_MEASURE", "FROM_PROCESSOR", "2026-11-20"), &json!({ "eventOn": "2027-01-01" }));
    done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &planned)).await;
}

#[tokio::test]
async fn pub13_an_answer_about_costs_answers_the_newest_instruction_and_withdrawn_leaves_it_open() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    for _ in 0..2 {
        done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &instruction())).await;
    }
    let answer = with(notice("COST_ANSWER", "FROM_PROCESSOR", TODAY), &json!({ "text": "Inga kostnader." }));
    let made = done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &answer)).await;
    let costs = |agreement: &Value| {
        let versions = agreement["instructions"]["nodes"].as_array().unwrap().iter();
        versions.map(|version| version["costAnswer"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(costs(&made), [json!("Inga kostnader."), Value::Null], "the first came with the agreement");
    assert_eq!(made["instructions"]["nodes"][0]["costAnsweredOn"], TODAY);
    done(&app, "coordinator.gnesta", "withdrawRecord", withdrawal(&made["notices"]["nodes"][0])).await;
    let after = on_day(&app, &agreement, TODAY, "instructions { nodes { costAnswer } }").await;
    assert_eq!(costs(&after), [Value::Null, Value::Null]);
}

#[tokio::test]
async fn pub34_what_may_cause_damage_and_is_told_two_days_late_asks_for_a_reason() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let damage = with(notice("DAMAGE", "FROM_PROCESSOR", "2026-11-20"), &json!({ "eventOn": "2026-11-18" }));
    let needs = [("NEEDS_ACKNOWLEDGEMENT", "acknowledgements")];
    let payload = refused(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &damage), &needs).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB34");
    let at_once = with(damage.clone(), &json!({ "eventOn": "2026-11-20" }));
    done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &at_once)).await;
    let reason = with(damage, &json!({ "acknowledgements": [{ "rule": "PUB34", "reason": "Helg" }] }));
    done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &reason)).await;
}

#[tokio::test]
async fn pub26_the_notice_of_a_breach_lacks_parts_until_they_have_come() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let breach =
        with(notice("BREACH", "FROM_PROCESSOR", "2026-11-20"), &json!({ "missingParts": ["MEASURES", "CONSEQUENCES", "MEASURES"] }));
    let made = done(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &breach)).await;
    let known = &made["notices"]["nodes"][0];
    assert_eq!(known["missingParts"], json!(["CONSEQUENCES", "MEASURES"]));
    let completed = answered(known, &json!({ "missingParts": [], "answeredOn": TODAY }));
    let after = done(&app, "coordinator.gnesta", "answerAgreementNotice", completed).await;
    assert_eq!(after["notices"]["nodes"][0]["missingParts"], json!([]));
    let consent = answered(&after["notices"]["nodes"][0], &json!({ "consentScope": "Namn" }));
    refused(&app, "coordinator.gnesta", "answerAgreementNotice", consent, &[("INVALID", "consentScope")]).await;
}

#[tokio::test]
async fn a_notice_of_ones_own_is_kept_by_that_controller_and_read_by_all_parties() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    let own = with(notice("ASSISTANCE_REQUEST", "TO_PROCESSOR", "2026-11-20"), &json!({ "controllerId": flen }));
    refused(&app, "coordinator.gnesta", "recordAgreementNotice", under(&agreement, &own), &[("FORBIDDEN", "controllerId")]).await;
    let made = done(&app, "coordinator.flen", "recordAgreementNotice", under(&agreement, &own)).await;
    let known = &made["notices"]["nodes"][0];
    assert_eq!((&known["controller"]["id"], &known["answerDueOn"]), (&json!(flen), &json!("2026-11-26")));
    assert_eq!(on_day(&app, &agreement, TODAY, "notices { nodes { id } }").await["notices"]["nodes"], json!([{ "id": known["id"] }]));
    let common = notice("ASSISTANCE_REQUEST", "TO_PROCESSOR", "2026-11-20");
    refused(&app, "coordinator.flen", "recordAgreementNotice", under(&agreement, &common), &[("FORBIDDEN", "agreementId")]).await;
    let input = answered(known, &json!({ "answeredOn": TODAY }));
    refused(&app, "coordinator.gnesta", "answerAgreementNotice", input.clone(), &[("FORBIDDEN", "noticeId")]).await;
    done(&app, "coordinator.flen", "answerAgreementNotice", input).await;
    assert_eq!(row(&agreement, &gnesta)["lead"], true);
    let mistake = json!({ "id": id(known), "expectedVersion": 2, "reason": "Fel" });
    refused(&app, "coordinator.gnesta", "withdrawRecord", mistake.clone(), &[("FORBIDDEN", "id")]).await;
    done(&app, "coordinator.flen", "withdrawRecord", mistake).await;
}
