//! From draft to closed: signatures, notice, return, leaving, the lead, other terms, copies.

use serde_json::{Value, json};

use super::{Invited, answers, engage, invited, register, row, sign, signature, with};
use crate::{
    organisation::{TODAY, TOMORROW, YESTERDAY, board, done, id, refused, refused_by},
    support::{TestApp, nodes},
};

const COORDINATOR: &str = "coordinator.gnesta";

/// An agreement of a board of Gnesta, drafted; its id, its lead and its processor.
async fn drafted(app: &TestApp, fields: Value) -> (String, String, String) {
    let lead = board(app, "gnesta", "Socialnämnden").await;
    let processor = register(app, COORDINATOR, "Leverantör Exempel AB").await;
    let input = json!({ "leadControllerId": lead, "processorId": processor, "title": "Exempelsystem" });
    (id(&done(app, COORDINATOR, "draftAgreement", with(input, &fields)).await), lead, processor)
}

/// What an agreement is on a day.
async fn on(app: &TestApp, agreement: &str, day: &str) -> Value {
    let query = "query($id: ID!, $day: Date) { agreement(id: $id, asOf: $day) { status endsOn terms { number }
        parties { status signedOn endsOn returnOrDeleteBy terms { number objectionDays } } } }";
    app.as_(COORDINATOR).query(query, json!({ "id": agreement, "day": day })).await["agreement"].take()
}

async fn status_on(app: &TestApp, agreement: &str, day: &str) -> String {
    on(app, agreement, day).await["status"].as_str().unwrap().to_owned()
}

/// What is wrong on a day with a party's own row, by code.
async fn findings(app: &TestApp, controller: &str, row: &Value, day: &str) -> Vec<String> {
    let query = "query($id: ID!, $day: Date) { findings(filter: { controllerId: $id, code: [AGREEMENT_MISSING, RETURN_OVERDUE,
        UNLAWFUL_PROCESSING, NOT_REGISTERED] }, first: 100, asOf: $day) { nodes { code subject { id } } } }";
    let data = app.as_(COORDINATOR).query(query, json!({ "id": controller, "day": day })).await;
    let own = nodes(&data["findings"]).iter().filter(|finding| finding["subject"]["id"] == row["id"]);
    let mut codes: Vec<_> = own.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
    codes.sort_unstable();
    codes
}

#[tokio::test]
async fn an_agreement_goes_from_draft_to_closed_by_its_dated_events() {
    let app = TestApp::start().await;
    let (agreement, lead, _) = drafted(&app, json!({ "terms": { "validFrom": "2026-03-01" } })).await;
    let signed = |side: &str, version: i32, day: &str| {
        let mut input = signature(&agreement, &lead, version, side);
        input["signedOn"] = json!(day);
        input
    };
    assert_eq!(status_on(&app, &agreement, TODAY).await, "DRAFT");
    done(&app, COORDINATOR, "signAgreement", signed("PROCESSOR", 1, "2026-02-01")).await;
    assert_eq!(status_on(&app, &agreement, TODAY).await, "SIGNED_BY_ONE");
    done(&app, COORDINATOR, "signAgreement", signed("CONTROLLER", 2, "2026-02-10")).await;
    let notice = json!({ "agreementId": agreement, "expectedVersion": 3, "controllerId": lead, "givenBy": "CONTROLLER",
        "receivedOn": "2026-10-01", "endOfAgreement": "DELETE" });
    let given = done(&app, COORDINATOR, "giveNotice", notice).await;
    assert_eq!((&given["endsOn"], &given["parties"][0]["returnOrDeleteBy"]), (&json!("2026-10-31"), &json!("2026-10-31")));
    let returned = json!({ "agreementId": agreement, "expectedVersion": 4, "controllerId": lead, "returnedOrDeletedOn": "2026-11-05" });
    let returned = done(&app, COORDINATOR, "recordReturnOrDeletion", returned).await;
    let own = row(&returned, &lead);
    for (day, status) in [
        ("2026-01-31", "DRAFT"),
        ("2026-02-01", "SIGNED_BY_ONE"),
        ("2026-02-10", "NOT_YET_IN_FORCE"),
        ("2026-03-01", "IN_FORCE"),
        ("2026-10-01", "NOTICE_GIVEN"),
        ("2026-10-31", "NOTICE_GIVEN"),
        ("2026-11-01", "RETURN_PENDING"),
        ("2026-11-05", "CLOSED"),
        (TODAY, "CLOSED"),
    ] {
        assert_eq!(status_on(&app, &agreement, day).await, status, "{day}");
    }
    assert_eq!(findings(&app, &lead, own, "2026-11-04").await, ["NOT_REGISTERED", "RETURN_OVERDUE", "UNLAWFUL_PROCESSING"]);
    assert_eq!(findings(&app, &lead, own, TODAY).await, ["NOT_REGISTERED"]);
}

#[tokio::test]
async fn agreements_are_filtered_by_status_and_end_on_the_asked_day() {
    let app = TestApp::start().await;
    let (agreement, lead, processor) = drafted(&app, json!({ "terms": { "validFrom": "2026-01-01", "fixedEndOn": "2027-03-31" } })).await;
    for (version, side) in [(1, "PROCESSOR"), (2, "CONTROLLER")] {
        sign(&app, COORDINATOR, &agreement, &lead, version, side).await;
    }
    let found = async |filter: Value, day: &str| {
        let query = "query($filter: AgreementFilter, $day: Date) { agreements(filter: $filter, asOf: $day) { totalCount nodes { id } } }";
        let filter = with(filter, &json!({ "processorId": processor }));
        app.as_(COORDINATOR).query(query, json!({ "filter": filter, "day": day })).await["agreements"]["totalCount"].as_i64().unwrap()
    };
    assert_eq!(found(json!({ "status": ["IN_FORCE"] }), TODAY).await, 1);
    assert_eq!(found(json!({ "status": ["IN_FORCE"] }), YESTERDAY).await, 0);
    assert_eq!(found(json!({ "status": ["DRAFT", "CLOSED"] }), YESTERDAY).await, 1);
    assert_eq!(found(json!({ "status": ["RETURN_PENDING"] }), "2027-04-01").await, 1);
    assert_eq!(found(json!({ "status": [] }), TODAY).await, 1);
    assert_eq!(found(json!({ "endsBefore": "2027-03-31" }), TODAY).await, 0);
    assert_eq!(found(json!({ "endsBefore": "2027-04-01" }), TODAY).await, 1);
    assert_eq!((found(json!({ "incomplete": true }), TODAY).await, found(json!({ "incomplete": false }), TODAY).await), (1, 0));
}

#[tokio::test]
async fn a_signature_that_a_rule_warns_of_is_recorded_only_with_a_reason_which_is_kept_and_asked_for_once() {
    let app = TestApp::start().await;
    let (agreement, lead, _) = drafted(&app, json!({})).await;
    let mut input = signature(&agreement, &lead, 1, "CONTROLLER");
    input["acknowledgements"] = json!([{ "rule": "PUB4", "reason": "Prövas före årsskiftet" }]);
    let needed = [("NEEDS_ACKNOWLEDGEMENT", "acknowledgements"); 4];
    let payload = refused(&app, COORDINATOR, "signAgreement", input.clone(), &needed).await;
    let rules: Vec<_> = payload["errors"].as_array().unwrap().iter().map(|error| error["rule"].as_str().unwrap()).collect();
    // The contents, and what is not stated of the processing; without sub-processors there is nothing to audit with them.
    assert_eq!(rules, ["PUB5", "PUB5", "PUB16", "PUB44"]);
    assert!(payload["errors"].as_array().unwrap().iter().all(|error| error["canAcknowledge"] == true));
    input["acknowledgements"] = answers();
    let signed = done(&app, COORDINATOR, "signAgreement", input).await;
    let kept: Vec<_> = signed["acknowledgements"].as_array().unwrap().iter().map(|answer| &answer["rule"]).collect();
    assert!(kept.contains(&&json!("PUB4")) && !kept.contains(&&json!("PUB32")), "{kept:?}");
    let mut again = signature(&agreement, &lead, 2, "PROCESSOR");
    again["acknowledgements"] = Value::Null;
    done(&app, COORDINATOR, "signAgreement", again).await;
    assert_eq!(status_on(&app, &agreement, TODAY).await, "IN_FORCE");
}

#[tokio::test]
async fn other_terms_bind_each_party_from_its_own_signature() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    let agreement = id(&agreement);
    let join = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": flen, "joinedOn": TODAY });
    done(&app, "coordinator.flen", "joinAgreement", join).await;
    for (persona, controller, version, side) in
        [(COORDINATOR, &gnesta, 1, "PROCESSOR"), (COORDINATOR, &gnesta, 2, "CONTROLLER"), ("coordinator.flen", &flen, 2, "CONTROLLER")]
    {
        sign(&app, persona, &agreement, controller, version, side).await;
    }
    let terms = json!({ "agreementId": agreement, "expectedVersion": 2, "terms": { "objectionDays": 14 } });
    refused(&app, "coordinator.flen", "amendAgreement", terms.clone(), &[("FORBIDDEN", "agreementId")]).await;
    let amended = done(&app, COORDINATOR, "amendAgreement", terms).await;
    assert_eq!(amended["terms"]["number"], 2);
    for (version, side) in [(3, "PROCESSOR"), (4, "CONTROLLER")] {
        sign(&app, COORDINATOR, &agreement, &gnesta, version, side).await;
    }
    let read = on(&app, &agreement, TODAY).await;
    let bound: Vec<_> = read["parties"].as_array().unwrap().iter().map(|party| party["terms"]["objectionDays"].clone()).collect();
    assert_eq!(bound, [json!(14), json!(30)]);
}

#[tokio::test]
async fn terms_that_nobody_has_signed_are_changed_in_their_place() {
    let app = TestApp::start().await;
    let (agreement, ..) = drafted(&app, json!({ "terms": { "objectionDays": 10 } })).await;
    let input = |version: i32, terms: Value| json!({ "agreementId": agreement, "expectedVersion": version, "terms": terms });
    let amended = done(&app, COORDINATOR, "amendAgreement", input(1, json!({ "objectionDays": null, "returnDays": 60 }))).await;
    assert_eq!((&amended["terms"]["number"], &amended["terms"]["objectionDays"]), (&json!(1), &json!(30)));
    for (terms, path) in [
        (json!({ "objectionDays": 0 }), "terms.objectionDays"),
        (json!({ "selfAuditMonths": 121 }), "terms.selfAuditMonths"),
        (json!({ "returnDays": -1 }), "terms.returnDays"),
        (json!({ "validFrom": "2026-06-01", "fixedEndOn": "2026-05-31" }), "terms.fixedEndOn"),
    ] {
        refused(&app, COORDINATOR, "amendAgreement", input(2, terms), &[("INVALID", path)]).await;
    }
}

#[tokio::test]
async fn pub35_a_notice_is_counted_from_its_receipt_and_deemed_received_a_working_day_after_it_was_sent() {
    let app = TestApp::start().await;
    let (agreement, lead, _) = drafted(&app, json!({ "terms": { "validFrom": "2026-01-01" } })).await;
    let notice = |version: i32, fields: Value| {
        with(json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": lead, "givenBy": "PROCESSOR" }), &fields)
    };
    let early = notice(1, json!({ "receivedOn": TODAY }));
    let payload = refused(&app, COORDINATOR, "giveNotice", early, &[("WRONG_STATE", "controllerId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB35");
    for (version, side) in [(1, "PROCESSOR"), (2, "CONTROLLER")] {
        let mut input = signature(&agreement, &lead, version, side);
        input["signedOn"] = json!("2026-01-01");
        done(&app, COORDINATOR, "signAgreement", input).await;
    }
    refused(&app, COORDINATOR, "giveNotice", notice(3, json!({})), &[("MISSING", "receivedOn")]).await;
    refused(&app, COORDINATOR, "giveNotice", notice(3, json!({ "sentOn": TODAY, "receivedOn": YESTERDAY })), &[("INVALID", "receivedOn")])
        .await;
    refused(&app, COORDINATOR, "giveNotice", notice(3, json!({ "receivedOn": TOMORROW })), &[("INVALID", "receivedOn")]).await;
    // Friday; the next working day is Monday.
    let given = done(&app, COORDINATOR, "giveNotice", notice(3, json!({ "sentOn": "2026-11-20" }))).await;
    let own = row(&given, &lead);
    assert_eq!((&own["noticeGivenOn"], &own["endsOn"]), (&json!("2026-11-23"), &json!("2026-12-23")));
    let corrected = done(&app, COORDINATOR, "giveNotice", notice(4, json!({ "receivedOn": "2026-11-20" }))).await;
    assert_eq!(row(&corrected, &lead)["endsOn"], "2026-12-20");
}

#[tokio::test]
async fn who_is_not_bound_may_leave_and_who_is_gives_notice() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    let agreement = id(&agreement);
    let leave = |controller: &str, version: i32| json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": controller, "leftOn": TODAY });
    refused(&app, COORDINATOR, "leaveAgreement", leave(&gnesta, 1), &[("WRONG_STATE", "controllerId")]).await;
    let left = done(&app, "coordinator.flen", "leaveAgreement", leave(&flen, 1)).await;
    assert_eq!((&row(&left, &flen)["leftOn"], &row(&left, &flen)["status"]), (&json!(TODAY), &json!("CLOSED")));
    for (version, side) in [(1, "PROCESSOR"), (2, "CONTROLLER")] {
        sign(&app, COORDINATOR, &agreement, &gnesta, version, side).await;
    }
    let payload = refused(&app, COORDINATOR, "leaveAgreement", leave(&gnesta, 3), &[("WRONG_STATE", "controllerId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB35");
    refused(&app, "coordinator.flen", "signAgreement", signature(&agreement, &flen, 2, "CONTROLLER"), &[("WRONG_STATE", "controllerId")])
        .await;
}

#[tokio::test]
async fn another_party_takes_the_lead_when_it_is_offered() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    let agreement = id(&agreement);
    let take = |version: i32| json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": flen });
    refused(&app, "coordinator.flen", "takeLead", take(2), &[("WRONG_STATE", "controllerId")]).await;
    let join = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": flen, "joinedOn": TODAY });
    done(&app, "coordinator.flen", "joinAgreement", join).await;
    refused(&app, "coordinator.flen", "takeLead", take(2), &[("WRONG_STATE", "controllerId")]).await;
    let offers = |controller: &str, version: i32| json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": controller, "offersLead": true });
    refused(&app, "coordinator.flen", "updateAgreementParty", offers(&flen, 2), &[("WRONG_STATE", "offersLead")]).await;
    done(&app, COORDINATOR, "updateAgreementParty", offers(&gnesta, 1)).await;
    let taken = done(&app, "coordinator.flen", "takeLead", take(2)).await;
    assert_eq!((&row(&taken, &flen)["lead"], &row(&taken, &gnesta)["lead"]), (&json!(true), &json!(false)));
    let rename = json!({ "agreementId": agreement, "expectedVersion": 3, "title": "Nytt namn" });
    refused(&app, COORDINATOR, "updateAgreement", rename.clone(), &[("FORBIDDEN", "agreementId")]).await;
    done(&app, "coordinator.flen", "updateAgreement", rename).await;
}

#[tokio::test]
async fn a_copy_has_the_texts_the_terms_and_the_sub_processors_of_today_and_no_dates() {
    let app = TestApp::start().await;
    let (agreement, lead, _) = drafted(
        &app,
        json!({ "purpose": "Handläggning", "diaryNumber": "EXEMPEL 2026/1",
        "terms": { "objectionDays": 14, "fixedEndOn": "2030-12-31" } }),
    )
    .await;
    let (one, two) = (register(&app, COORDINATOR, "Under Ett Exempel AB").await, register(&app, COORDINATOR, "Under Två Exempel AB").await);
    let above = id(&done(&app, COORDINATOR, "listSubProcessor", engage(&agreement, &one, None)).await);
    done(&app, COORDINATOR, "listSubProcessor", engage(&agreement, &two, Some(&above))).await;
    for (version, side) in [(1, "PROCESSOR"), (2, "CONTROLLER")] {
        sign(&app, COORDINATOR, &agreement, &lead, version, side).await;
    }
    let other = board(&app, "gnesta", "Barn- och utbildningsnämnden").await;
    let copied =
        done(&app, COORDINATOR, "copyAgreement", json!({ "agreementId": agreement, "leadControllerId": other, "title": "Samma system" }))
            .await;
    assert_eq!(
        (&copied["title"], &copied["purpose"], &copied["status"]),
        (&json!("Samma system"), &json!("Handläggning"), &json!("DRAFT"))
    );
    assert_eq!((&copied["terms"]["objectionDays"], &copied["terms"]["signedByProcessorOn"]), (&json!(14), &Value::Null));
    assert_eq!((&copied["parties"][0]["diaryNumber"], &copied["subProcessors"]["totalCount"]), (&Value::Null, &json!(2)));
    let flen = app.as_("coordinator.flen");
    let foreign = json!({ "agreementId": agreement, "leadControllerId": board(&app, "flen", "Socialnämnden").await });
    refused_by(&app, &flen, "copyAgreement", foreign, &[("NOT_FOUND", "agreementId")]).await;
}

#[tokio::test]
async fn pub7_an_outdated_template_warns_when_an_agreement_is_drafted() {
    let app = TestApp::start().await;
    let (lead, processor) = (board(&app, "gnesta", "Socialnämnden").await, register(&app, COORDINATOR, "Leverantör Exempel AB").await);
    let input = json!({ "leadControllerId": lead, "processorId": processor, "title": "Exempelsystem", "templateVersion": "1.1" });
    refused(&app, COORDINATOR, "draftAgreement", input.clone(), &[("NEEDS_ACKNOWLEDGEMENT", "acknowledgements")]).await;
    let answered = with(input, &json!({ "acknowledgements": [{ "rule": "PUB7", "reason": "Leverantören har bara den" }] }));
    let drafted = done(&app, COORDINATOR, "draftAgreement", answered).await;
    assert_eq!(drafted["acknowledgements"][0]["rule"], "PUB7");
}
