//! A processor announces a change of its sub-processors: each controller's own case, from the notice to what becomes of it.

use serde_json::{Value, json};

use super::{register, with};
use crate::{
    organisation::{TODAY, TOMORROW, board, done, id, input_type, node, refused, unknown},
    support::{TestApp, mistakes, nodes},
};

/// Does something that warns, with an answer to each rule that does; gives back the object.
pub(crate) async fn acknowledged(app: &TestApp, persona: &str, mutation: &str, input: Value) -> Value {
    let input_type = input_type(mutation);
    let select = "processorAgreement { id version parties { id version controller { id } } } errors { code rule path }";
    let client = app.as_(persona);
    let warned = client.mutate(mutation, &input_type, input.clone(), select).await;
    let rules: Vec<_> = warned["errors"].as_array().unwrap().iter().map(|error| error["rule"].clone()).collect();
    if rules.is_empty() {
        return warned["processorAgreement"].clone();
    }
    let answers: Vec<_> = rules.iter().map(|rule| json!({ "rule": rule, "reason": "Övergångsvis, ett exempel" })).collect();
    let payload = client.mutate(mutation, &input_type, with(input, &json!({ "acknowledgements": answers })), select).await;
    assert_eq!(mistakes(&payload), [], "{mutation}: {payload:#}");
    payload["processorAgreement"].clone()
}

/// An agreement of the executive board of a municipality with a processor, in force from the first of January.
pub(crate) struct InForce {
    pub controller: String,
    pub agreement: String,
    /// Of the controller's row.
    pub version: i64,
}

pub(crate) async fn in_force(app: &TestApp, slug: &str, processor: &str, authorisation: &str) -> InForce {
    let controller = board(app, slug, "Kommunstyrelsen").await;
    in_force_of(app, &format!("coordinator.{slug}"), &controller, processor, authorisation).await
}

/// The same of any controller, by a coordinator of it.
pub(crate) async fn in_force_of(app: &TestApp, coordinator: &str, controller: &str, processor: &str, authorisation: &str) -> InForce {
    let new = json!({ "leadControllerId": controller, "processorId": processor, "title": "Avtal i kraft", "processingFrom": "2026-01-01",
        "subProcessorAuthorisation": authorisation });
    let drafted = acknowledged(app, coordinator, "draftAgreement", new).await;
    let agreement = id(&drafted);
    let mut version = drafted["parties"][0]["version"].as_i64().unwrap();
    for side in ["CONTROLLER", "PROCESSOR"] {
        let signed = json!({ "agreementId": agreement, "expectedVersion": version, "side": side, "signedOn": "2026-01-01" });
        let signed = acknowledged(app, coordinator, "signAgreement", signed).await;
        version = signed["parties"][0]["version"].as_i64().unwrap();
    }
    InForce { controller: controller.to_owned(), agreement, version }
}

/// What announces that a processor takes a new sub-processor, in September for October.
pub(crate) fn announcement(processor: &str, sub_processor: &str) -> Value {
    json!({ "processorId": processor, "kind": "ADD", "subProcessorId": sub_processor, "service": "Säkerhetskopiering",
        "dataCategories": ["IDENTITY"], "dataSubjects": ["RESIDENTS"], "processingCountries": ["SE"], "announcedOn": "2026-09-01",
        "effectiveOn": "2026-10-15" })
}

/// The processor, its new sub-processor, and the agreements with it.
struct Setting {
    processor: String,
    sub_processor: String,
    agreements: Vec<InForce>,
}

async fn setting(app: &TestApp, slugs: &[&str], authorisation: &str) -> Setting {
    let processor = register(app, "operator", "Leverantör Exempel AB").await;
    let sub_processor = register(app, "operator", "Underleverantör Exempel AB").await;
    let mut agreements = Vec::new();
    for slug in slugs {
        agreements.push(in_force(app, slug, &processor, authorisation).await);
    }
    Setting { processor, sub_processor, agreements }
}

/// The cases that a persona reads about a change.
async fn cases(app: &TestApp, persona: &str, change: &str, as_of: Option<&str>) -> Vec<Value> {
    let query = "query($asOf: Date) { subProcessorChanges(asOf: $asOf) { nodes { id objectionCases { totalCount nodes {
        id state version earliestPossibleDeadline controller { id } deadline { dueOn startEvent rawDate rule } } } } } }";
    let data = app.as_(persona).query(query, json!({ "asOf": as_of })).await;
    let found = nodes(&data["subProcessorChanges"]).iter().find(|node| node["id"] == change).unwrap().clone();
    nodes(&found["objectionCases"]).clone()
}

/// The only case that a persona reads about a change.
pub(crate) async fn own_case(app: &TestApp, persona: &str, change: &str) -> Value {
    let mut cases = cases(app, persona, change, None).await;
    assert_eq!(cases.len(), 1, "{persona} reads {cases:#?}");
    cases.remove(0)
}

/// What does something in a case.
pub(crate) fn in_case(case: &Value, fields: &Value) -> Value {
    with(json!({ "objectionCaseId": case["id"], "expectedVersion": case["version"] }), fields)
}

/// The sub-processors of an agreement on a day.
async fn listed(app: &TestApp, persona: &str, agreement: &str, as_of: &str) -> Value {
    let query = "query($id: ID!, $asOf: Date) { agreement(id: $id, asOf: $asOf) { subProcessors { nodes { validFrom validTo position
        party { id } introducedBy { id } authorisations { authorisation validFrom controller { id } objectionCase { id } } } } } }";
    app.as_(persona).query(query, json!({ "id": agreement, "asOf": as_of })).await["agreement"]["subProcessors"]["nodes"].take()
}

/// The findings of a controller.
async fn findings(app: &TestApp, persona: &str, controller: &str, code: &str) -> Vec<Value> {
    let query = "query($id: ID!, $code: [FindingCode!]) { findings(filter: { controllerId: $id, code: $code }) { nodes {
        code severity since subject { id } } } }";
    nodes(&app.as_(persona).query(query, json!({ "id": controller, "code": [code] })).await["findings"]).clone()
}

#[tokio::test]
async fn a_change_is_announced_once_and_each_of_four_municipalities_decides_in_a_case_of_its_own() {
    const SLUGS: [&str; 4] = ["gnesta", "flen", "oxelosund", "katrineholm"];
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, agreements } = setting(&app, &SLUGS, "GENERAL").await;
    let change = done(&app, "coordinator.gnesta", "announceSubProcessorChange", announcement(&processor, &sub_processor)).await;
    let change = id(&change);

    // Each sees its own case and nothing of the others'.
    let mut own = Vec::new();
    for (slug, InForce { controller, .. }) in SLUGS.iter().zip(&agreements) {
        let case = own_case(&app, &format!("reader.{slug}"), &change).await;
        assert_eq!((&case["state"], &case["version"], &case["deadline"]), (&json!("RECEIPT_UNCONFIRMED"), &json!(0), &Value::Null));
        assert_eq!((&case["controller"]["id"], &case["earliestPossibleDeadline"]), (&json!(controller), &json!("2026-10-02")));
        own.push(case);
    }
    for (at, slug) in SLUGS.iter().enumerate() {
        let other = id(&own[(at + 1) % 4]);
        let reader = format!("reader.{slug}");
        assert_eq!(node(&app, &reader, &other).await, Value::Null);
        let act = json!({ "objectionCaseId": other, "expectedVersion": 0, "decidedOn": TODAY });
        refused(&app, &format!("coordinator.{slug}"), "acceptSubProcessor", act, &[("NOT_FOUND", "objectionCaseId")]).await;
    }
    assert!(cases(&app, "reader.vingaker", &change, None).await.is_empty());

    // Three confirm receipt, on three days.
    let confirm = async |at: usize, fields: Value| {
        let coordinator = format!("coordinator.{}", SLUGS[at]);
        done(&app, &coordinator, "confirmSubProcessorNotice", in_case(&own[at], &fields)).await
    };
    let objecting = confirm(0, json!({ "receivedOn": "2026-09-02" })).await;
    let accepting = confirm(1, json!({ "receivedOn": "2026-09-09" })).await;
    let silent = confirm(2, json!({ "sentOn": "2026-09-04" })).await;
    let windows = [&objecting, &accepting, &silent].map(|case| (&case["noticeReceivedOn"], &case["deadline"]["dueOn"], &case["state"]));
    let lapsed = json!("LAPSED_AS_APPROVED");
    assert_eq!(
        windows,
        [
            (&json!("2026-09-02"), &json!("2026-10-02"), &lapsed),
            (&json!("2026-09-09"), &json!("2026-10-09"), &lapsed),
            // Sent on a Friday, deemed received on the next working day.
            (&json!("2026-09-07"), &json!("2026-10-07"), &lapsed),
        ]
    );

    // One objects and terminates at once, one accepts, one says nothing, one never confirms.
    let reason = json!({ "decidedOn": "2026-09-20", "reason": "Underbiträdet uppfyller inte kraven" });
    let objected = done(&app, "coordinator.gnesta", "objectToSubProcessor", in_case(&objecting, &reason)).await;
    assert_eq!((&objected["state"], &objected["decidedOn"]), (&json!("OBJECTED"), &json!("2026-09-20")));
    let accepted = done(&app, "coordinator.flen", "acceptSubProcessor", in_case(&accepting, &json!({ "decidedOn": "2026-09-15" }))).await;
    assert_eq!(accepted["state"], "ACCEPTED");
    let row = app
        .as_("coordinator.gnesta")
        .query("query($id: ID!) { agreement(id: $id) { parties { version } } }", json!({ "id": agreements[0].agreement }))
        .await;
    let terminate = json!({ "agreementId": agreements[0].agreement, "controllerId": agreements[0].controller,
        "expectedVersion": row["agreement"]["parties"][0]["version"], "objectionCaseId": objected["id"], "terminatedOn": "2026-10-01" });
    let terminated = done(&app, "coordinator.gnesta", "terminateAgreementAtOnce", terminate).await;
    let own_row = &terminated["parties"][0];
    assert_eq!((&own_row["endsOn"], &own_row["terminatedAtOnceBecauseOf"]["id"]), (&json!("2026-10-01"), &objected["id"]));
    assert_eq!(node(&app, "reader.gnesta", &id(&objected)).await["outcome"], "AGREEMENT_TERMINATED");

    let unconfirmed = findings(&app, "reader.katrineholm", &agreements[3].controller, "RECEIPT_UNCONFIRMED").await;
    assert_eq!(unconfirmed.len(), 1, "{unconfirmed:#?}");
    assert_eq!((&unconfirmed[0]["severity"], &unconfirmed[0]["subject"]["id"]), (&json!("RED"), &own[3]["id"]));

    // The officer sees all; on a day in between each as it stood then.
    let states = async |as_of: Option<&str>| {
        let cases = cases(&app, "dso", &change, as_of).await;
        let state = |of: &InForce| cases.iter().find(|case| case["controller"]["id"] == of.controller).unwrap()["state"].clone();
        agreements.iter().map(state).collect::<Vec<_>>()
    };
    assert_eq!(states(None).await, ["OBJECTED", "ACCEPTED", "LAPSED_AS_APPROVED", "RECEIPT_UNCONFIRMED"]);
    assert_eq!(states(Some("2026-09-08")).await, ["OPEN", "RECEIPT_UNCONFIRMED", "OPEN", "RECEIPT_UNCONFIRMED"]);

    // The lists before and after.
    for (at, slug) in SLUGS.iter().enumerate() {
        let reader = format!("reader.{slug}");
        assert_eq!(listed(&app, &reader, &agreements[at].agreement, "2026-10-14").await, json!([]), "{slug}");
        let after = listed(&app, &reader, &agreements[at].agreement, "2026-10-15").await;
        if ![1, 2].contains(&at) {
            assert_eq!(after, json!([]), "{slug}");
            continue;
        }
        let authorised = json!([{ "authorisation": "NOTIFIED", "validFrom": "2026-10-15", "controller": { "id": agreements[at].controller },
            "objectionCase": { "id": own[at]["id"] } }]);
        let expected = json!([{ "validFrom": "2026-10-15", "validTo": null, "position": [1], "party": { "id": sub_processor },
            "introducedBy": { "id": change }, "authorisations": authorised }]);
        assert_eq!(after, expected, "{slug}");
    }
}

#[tokio::test]
async fn an_incomplete_notice_starts_no_window_before_it_is_complete() {
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, .. } = setting(&app, &["gnesta"], "GENERAL").await;
    let coordinator = "coordinator.gnesta";
    let change = id(&done(&app, coordinator, "announceSubProcessorChange", announcement(&processor, &sub_processor)).await);
    let case = own_case(&app, coordinator, &change).await;
    let lacking = json!({ "receivedOn": "2026-11-02", "missing": ["PLACE_OF_PROCESSING", "SEAT", "PLACE_OF_PROCESSING"] });
    let case = done(&app, coordinator, "confirmSubProcessorNotice", in_case(&case, &lacking)).await;
    assert_eq!((&case["state"], &case["deadline"]), (&json!("INCOMPLETE"), &Value::Null));
    assert_eq!(case["missingFromNotice"], json!(["SEAT", "PLACE_OF_PROCESSING"]));
    let complete = with(lacking, &json!({ "completedOn": "2026-11-10" }));
    let case = done(&app, coordinator, "confirmSubProcessorNotice", in_case(&case, &complete)).await;
    assert_eq!(
        (&case["state"], &case["deadline"]["startEvent"], &case["deadline"]["dueOn"]),
        (&json!("OPEN"), &json!("2026-11-10"), &json!("2026-12-10"))
    );
    assert_eq!(case["deadline"]["rule"], "PUB28 P30D");
}

#[tokio::test]
async fn a_receipt_that_cannot_be_is_refused() {
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, .. } = setting(&app, &["gnesta"], "GENERAL").await;
    let coordinator = "coordinator.gnesta";
    let change = id(&done(&app, coordinator, "announceSubProcessorChange", announcement(&processor, &sub_processor)).await);
    let case = own_case(&app, coordinator, &change).await;
    for (fields, expected) in [
        (json!({}), ("MISSING", "receivedOn")),
        (json!({ "receivedOn": TOMORROW }), ("INVALID", "receivedOn")),
        (json!({ "sentOn": "2026-09-02", "receivedOn": "2026-09-01" }), ("INVALID", "receivedOn")),
        (json!({ "receivedOn": "2026-09-02", "completedOn": "2026-09-03" }), ("INVALID", "completedOn")),
        (json!({ "receivedOn": "2026-09-02", "missing": ["NAME"], "completedOn": "2026-09-01" }), ("INVALID", "completedOn")),
    ] {
        refused(&app, coordinator, "confirmSubProcessorNotice", in_case(&case, &fields), &[expected]).await;
    }
}

#[tokio::test]
async fn what_the_state_of_the_case_does_not_allow_is_refused_with_the_rule() {
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, agreements } = setting(&app, &["gnesta"], "SPECIFIC").await;
    let coordinator = "coordinator.gnesta";
    let change = id(&done(&app, coordinator, "announceSubProcessorChange", announcement(&processor, &sub_processor)).await);
    let case = own_case(&app, coordinator, &change).await;
    let on = |day: &str| json!({ "decidedOn": day, "reason": "Skäl" });
    let no = async |mutation: &str, case: &Value, fields: Value, expected: (&str, &str)| {
        refused(&app, coordinator, mutation, in_case(case, &fields), &[expected]).await
    };
    no("objectToSubProcessor", &case, json!({ "decidedOn": TODAY }), ("MISSING", "reason")).await;
    no("acceptSubProcessor", &case, on(TOMORROW), ("INVALID", "decidedOn")).await;
    no("acceptSubProcessor", &case, on("2026-08-31"), ("INVALID", "decidedOn")).await;
    no("withdrawObjection", &case, on(TODAY), ("WRONG_STATE", "decidedOn")).await;
    let outcome = with(on(TODAY), &json!({ "outcome": "USED_ANYWAY" }));
    no("recordObjectionOutcome", &case, outcome.clone(), ("WRONG_STATE", "decidedOn")).await;
    let at_once = |case: &Value, version: u32, day: &str| {
        json!({ "agreementId": agreements[0].agreement, "controllerId": agreements[0].controller,
        "expectedVersion": version, "objectionCaseId": case["id"], "terminatedOn": day })
    };
    let version = 3;
    let without =
        refused(&app, coordinator, "terminateAgreementAtOnce", at_once(&case, version, TODAY), &[("WRONG_STATE", "objectionCaseId")]).await;
    assert!(without["errors"].is_array());

    // After the window an objection comes too late, and the last day is named.
    let case = done(&app, coordinator, "confirmSubProcessorNotice", in_case(&case, &json!({ "receivedOn": "2026-09-02" }))).await;
    assert_eq!(case["state"], "LAPSED_AS_NOT_APPROVED");
    let late = no("objectToSubProcessor", &case, on("2026-10-03"), ("WRONG_STATE", "decidedOn")).await;
    assert!(late["errors"][0]["message"].as_str().unwrap().contains("2026-10-02"), "{late:#}");
    // On the last day it does not.
    let case = done(&app, coordinator, "objectToSubProcessor", in_case(&case, &on("2026-10-02"))).await;
    no("acceptSubProcessor", &case, on(TODAY), ("WRONG_STATE", "decidedOn")).await;
    no("withdrawObjection", &case, on("2026-10-01"), ("INVALID", "decidedOn")).await;
    no("confirmSubProcessorNotice", &case, json!({ "receivedOn": "2026-09-03" }), ("WRONG_STATE", "objectionCaseId")).await;
    let case = done(&app, coordinator, "recordObjectionOutcome", in_case(&case, &outcome)).await;
    assert_eq!((&case["outcome"], &case["state"]), (&json!("USED_ANYWAY"), &json!("OBJECTED")));
    // Used anyway, it stands on the list, and that is a finding.
    let there = listed(&app, coordinator, &agreements[0].agreement, TODAY).await;
    assert_eq!(there[0]["authorisations"][0]["authorisation"], "NOT_AUTHORISED");
    assert_eq!(findings(&app, coordinator, &agreements[0].controller, "USED_DESPITE_OBJECTION").await.len(), 1);
    let case = done(&app, coordinator, "withdrawObjection", in_case(&case, &on(TODAY))).await;
    assert_eq!((&case["state"], &case["outcome"]), (&json!("WITHDRAWN"), &Value::Null));
    refused(&app, coordinator, "terminateAgreementAtOnce", at_once(&case, version, TODAY), &[("WRONG_STATE", "objectionCaseId")]).await;
    let stale = with(in_case(&case, &on(TODAY)), &json!({ "expectedVersion": 1 }));
    refused(&app, coordinator, "acceptSubProcessor", stale, &[("CONFLICT", "expectedVersion")]).await;
    let case = done(&app, coordinator, "markNotConcerned", in_case(&case, &json!({ "decidedOn": TODAY }))).await;
    assert_eq!(case["state"], "NOT_CONCERNED");
}

#[tokio::test]
async fn what_is_replaced_leaves_the_list_and_comes_back_when_the_acceptance_was_a_mistake() {
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, agreements } = setting(&app, &["gnesta"], "SPECIFIC").await;
    let coordinator = "coordinator.gnesta";
    let old = register(&app, coordinator, "Gammal underleverantör Exempel AB").await;
    let agreement = &agreements[0].agreement;
    done(&app, coordinator, "listSubProcessor", super::engage(agreement, &old, None)).await;
    let replacing = with(announcement(&processor, &sub_processor), &json!({ "kind": "REPLACE", "replacesId": old }));
    let change = done(&app, coordinator, "announceSubProcessorChange", replacing).await;
    let case = own_case(&app, coordinator, &id(&change)).await;
    done(&app, coordinator, "acceptSubProcessor", in_case(&case, &json!({ "decidedOn": "2026-10-20" }))).await;
    let read = async |day: &str| {
        let list = listed(&app, coordinator, agreement, day).await;
        list.as_array()
            .unwrap()
            .iter()
            .map(|row| (row["party"]["id"].clone(), row["validFrom"].clone(), row["validTo"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(read("2026-10-19").await, [(json!(old), json!("2026-01-01"), json!("2026-10-19"))]);
    assert_eq!(read("2026-10-20").await, [(json!(sub_processor), json!("2026-10-20"), Value::Null)]);
    // The change was a mistake: only the list as it was entered remains.
    let change = node(&app, coordinator, &id(&change)).await;
    done(
        &app,
        coordinator,
        "withdrawRecord",
        json!({ "id": change["id"], "expectedVersion": change["version"], "reason": "Fel leverantör" }),
    )
    .await;
    assert_eq!(read("2026-10-20").await, [(json!(old), json!("2026-01-01"), Value::Null)]);
    // The case in which somebody acted stays and shows it.
    let query = "query($id: ID!) { objectionCase(id: $id) { state change { id service } } }";
    let kept = app.as_(coordinator).query(query, json!({ "id": case["id"] })).await;
    assert_eq!(kept["objectionCase"], json!({ "state": "ACCEPTED", "change": { "id": change["id"], "service": "Säkerhetskopiering" } }));
}

#[tokio::test]
async fn a_removal_gives_no_right_to_object() {
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, .. } = setting(&app, &["gnesta"], "GENERAL").await;
    let removal = with(announcement(&processor, &sub_processor), &json!({ "kind": "REMOVE" }));
    let change = done(&app, "coordinator.gnesta", "announceSubProcessorChange", removal).await;
    assert!(cases(&app, "coordinator.gnesta", &id(&change), None).await.is_empty());
}

#[tokio::test]
async fn the_inbox_of_cases_is_filtered_and_ordered_by_when_they_are_due() {
    let app = TestApp::start().await;
    let Setting { processor, sub_processor, agreements } = setting(&app, &["gnesta", "flen"], "GENERAL").await;
    let change = id(&done(&app, "operator", "announceSubProcessorChange", announcement(&processor, &sub_processor)).await);
    let later = with(announcement(&processor, &sub_processor), &json!({ "kind": "CHANGE_COUNTRY", "announcedOn": "2026-11-18" }));
    let later = id(&done(&app, "operator", "announceSubProcessorChange", later).await);
    let (change, later) = (json!(change), json!(later));
    let inbox = async |persona: &str, arguments: Value| {
        let query =
            "query($filter: ObjectionCaseFilter, $orderBy: ObjectionCaseOrder) { objectionCases(filter: $filter, orderBy: $orderBy) {
            totalCount nodes { change { id } controller { id } } } }";
        let data = app.as_(persona).query(query, arguments).await;
        let found = nodes(&data["objectionCases"]).clone();
        let of = found.iter().map(|case| (case["change"]["id"].clone(), case["controller"]["id"].clone()));
        // The demo has cases of its own.
        of.filter(|(of, _)| *of == change || *of == later).collect::<Vec<_>>()
    };
    let (gnesta, flen) = (json!(agreements[0].controller), json!(agreements[1].controller));
    assert_eq!(inbox("reader.gnesta", json!({})).await, [(change.clone(), gnesta.clone()), (later.clone(), gnesta.clone())]);
    let by_latest = json!({ "orderBy": { "field": "DUE", "direction": "DESC" } });
    assert_eq!(inbox("reader.gnesta", by_latest).await, [(later.clone(), gnesta.clone()), (change.clone(), gnesta.clone())]);
    for (filter, expected) in [
        (json!({ "municipality": "flen" }), vec![(change.clone(), flen.clone()), (later.clone(), flen.clone())]),
        (json!({ "controllerId": gnesta, "dueBefore": "2026-11-01" }), vec![(change.clone(), gnesta.clone())]),
        (
            json!({ "controllerId": gnesta, "processorId": processor, "state": ["RECEIPT_UNCONFIRMED"], "dueBefore": "2026-10-03" }),
            vec![(change.clone(), gnesta.clone())],
        ),
        (json!({ "dueBefore": "2026-10-02" }), vec![]),
        (json!({ "state": ["OPEN", "ACCEPTED"] }), vec![]),
        (json!({ "processorId": sub_processor }), vec![]),
        (json!({ "controllerId": unknown(gnesta.as_str().unwrap()) }), vec![]),
    ] {
        assert_eq!(inbox("dso", json!({ "filter": filter })).await, expected, "{filter}");
    }
}
