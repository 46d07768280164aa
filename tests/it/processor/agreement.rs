//! The common part of an agreement: drafted and kept by the lead.

use std::slice::from_ref;

use serde_json::{Value, json};

use super::{draft, engage, register, with};
use crate::{
    organisation::{AGREEMENT, TODAY, board, done, id, node, refused, unknown},
    support::{TestApp, nodes},
};

fn change(agreement: &Value, fields: &Value) -> Value {
    with(json!({ "agreementId": agreement["id"], "expectedVersion": agreement["version"] }), fields)
}

#[tokio::test]
async fn a_coordinator_drafts_an_agreement_lists_a_sub_processor_and_reads_both_back() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let (processor, below) = (
        register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await,
        register(&app, "coordinator.gnesta", "Underleverantör Exempel AB").await,
    );
    let input = json!({ "leadControllerId": social, "processorId": processor, "title": "Exempelsystem", "instrument": "AGREEMENT", "template": "SUPPLIER",
        "templateVersion": "2.0", "subjectMatter": "Exempelärenden", "purpose": "Handläggning", "natureOfProcessing": "Lagring",
        "subProcessorAuthorisation": "SPECIFIC", "processingFrom": "2026-02-01", "diaryNumber": "EXEMPEL 2026/2" });
    let agreement = done(&app, "coordinator.gnesta", "draftAgreement", input).await;
    let party = &agreement["parties"][0];
    let expected = json!({ "id": agreement["id"], "title": "Exempelsystem", "instrument": "AGREEMENT", "template": "SUPPLIER", "templateVersion": "2.0",
        "subjectMatter": "Exempelärenden", "purpose": "Handläggning", "natureOfProcessing": "Lagring", "version": 1, "viewerCanUpdate": true,
        "processor": { "id": processor }, "subProcessors": { "totalCount": 0, "nodes": [] },
        "parties": [{ "id": party["id"], "lead": true, "invitedOn": null, "joinedOn": null, "processingFrom": "2026-02-01", "processingTo": null,
            "diaryNumber": "EXEMPEL 2026/2", "filedAt": null, "documentUrl": null, "subProcessorAuthorisation": "SPECIFIC", "version": 1,
            "viewerCanUpdate": true, "controller": { "id": social }, "responsible": null }] });
    let told = expected.as_object().unwrap().iter().filter(|(field, _)| *field != "parties");
    assert!(told.into_iter().all(|(field, value)| agreement[field] == *value), "{agreement:#}");
    let told = expected["parties"][0].as_object().unwrap().iter();
    assert!(told.into_iter().all(|(field, value)| party[field] == *value), "{party:#}");
    let engagement = done(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), &below, None)).await;
    let read = format!(
        "query($id: ID!) {{ agreement(id: $id) {{ {AGREEMENT} }} agreements(filter: {{ text: \"exempelsystem\" }}) {{ nodes {{ id subProcessors {{ nodes {{ party {{ name }} }} }} }} }} }}"
    );
    for persona in ["coordinator.gnesta", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta", "dso"] {
        let data = app.as_(persona).query(&read, json!({ "id": agreement["id"] })).await;
        assert_eq!(data["agreement"]["subProcessors"], json!({ "totalCount": 1, "nodes": [{ "id": engagement["id"] }] }), "{persona}");
        let listed =
            json!([{ "id": agreement["id"], "subProcessors": { "nodes": [{ "party": { "name": "Underleverantör Exempel AB" } }] } }]);
        assert_eq!(data["agreements"]["nodes"], listed, "{persona}");
        assert_eq!(data["agreement"]["viewerCanUpdate"], persona == "coordinator.gnesta", "{persona}");
        assert_eq!(data["agreement"]["parties"][0]["viewerCanUpdate"], persona == "coordinator.gnesta", "{persona}");
    }
    for persona in ["coordinator.flen", "reader.vingaker", "operator"] {
        assert!(node(&app, persona, &id(&agreement)).await.is_null(), "{persona}");
        assert!(node(&app, persona, &id(&engagement)).await.is_null(), "{persona}");
    }
}

#[tokio::test]
async fn the_officer_and_a_coordinator_of_another_board_read_and_are_forbidden_every_write() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let party = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let below = register(&app, "coordinator.gnesta", "Underleverantör Exempel AB").await;
    let agreement = draft(&app, "coordinator.gnesta", &social, &party, "Exempelsystem").await;
    let engagement = done(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), &below, None)).await;
    for persona in ["dso", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta"] {
        for (mutation, input, path) in writes(&id(&agreement), &id(&engagement), &social, &party, &below) {
            refused(&app, persona, mutation, input, &[("FORBIDDEN", path)]).await;
        }
        assert_eq!(node(&app, persona, &id(&agreement)).await["title"], "Exempelsystem");
        assert_eq!(node(&app, persona, &id(&engagement)).await["service"], "Drift");
    }
}

/// Each write of an agreement and what belongs to it, and the path of a refusal.
fn writes(agreement: &str, engagement: &str, controller: &str, processor: &str, below: &str) -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("draftAgreement", json!({ "leadControllerId": controller, "processorId": processor, "title": "Fel" }), "leadControllerId"),
        ("updateAgreement", json!({ "agreementId": agreement, "expectedVersion": 1, "title": "Fel" }), "agreementId"),
        ("inviteToAgreement", json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": controller }), "agreementId"),
        ("listSubProcessor", engage(agreement, below, None), "agreementId"),
        ("correctSubProcessor", json!({ "engagementId": engagement, "expectedVersion": 1, "service": "Fel" }), "engagementId"),
        ("endSubProcessor", json!({ "engagementId": engagement, "expectedVersion": 1, "validTo": TODAY }), "engagementId"),
        (
            "updateAgreementParty",
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": controller, "diaryNumber": "Fel" }),
            "controllerId",
        ),
        (
            "joinAgreement",
            json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": controller, "joinedOn": TODAY }),
            "controllerId",
        ),
    ]
}

#[tokio::test]
async fn to_another_municipality_an_agreement_answers_exactly_as_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let party = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let below = register(&app, "coordinator.gnesta", "Underleverantör Exempel AB").await;
    let agreement = id(&draft(&app, "coordinator.gnesta", &social, &party, "Exempelsystem").await);
    let engagement = id(&done(&app, "coordinator.gnesta", "listSubProcessor", engage(&agreement, &below, None)).await);
    let there = writes(&agreement, &engagement, &social, &party, &below);
    let nowhere = writes(&unknown(&agreement), &unknown(&engagement), &unknown(&social), &party, &below);
    for persona in ["coordinator.flen", "operator", "reader.vingaker"] {
        for ((mutation, foreign, path), (_, unknown, _)) in there.iter().cloned().zip(nowhere.iter().cloned()) {
            let path = if path == "controllerId" { "agreementId" } else { path };
            let foreign = refused(&app, persona, mutation, foreign, &[("NOT_FOUND", path)]).await;
            let unknown = refused(&app, persona, mutation, unknown, &[("NOT_FOUND", path)]).await;
            assert_eq!(foreign.to_string(), unknown.to_string(), "{mutation} by {persona}");
        }
    }
}

#[tokio::test]
async fn pub2_a_controller_is_not_its_own_processor() {
    let app = TestApp::start().await;
    let (own, other) = (board(&app, "gnesta", "Kommunstyrelsen").await, board(&app, "gnesta", "Socialnämnden").await);
    let board_as_party = json!({ "name": "Gnestas servicecenter", "country": "SE", "controllerId": own });
    let processor = id(&done(&app, "coordinator.gnesta", "registerParty", board_as_party).await);
    let drafted = json!({ "leadControllerId": own, "processorId": processor, "title": "Med sig själv" });
    let payload = refused(&app, "coordinator.gnesta", "draftAgreement", drafted, &[("INVALID", "processorId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB2");
    // Nor by being invited.
    let agreement = draft(&app, "coordinator.gnesta", &other, &processor, "Med en annan nämnd").await;
    let invited = change(&agreement, &json!({ "controllerId": own }));
    let payload = refused(&app, "coordinator.gnesta", "inviteToAgreement", invited, &[("INVALID", "controllerId")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB2");
}

#[tokio::test]
async fn between_boards_of_one_municipality_a_legal_act_is_usual_else_an_agreement_and_what_is_named_holds() {
    let app = TestApp::start().await;
    let own = board(&app, "gnesta", "Kommunstyrelsen").await;
    let board_as_party = json!({ "name": "Gnestas servicecenter", "country": "SE", "controllerId": own });
    let processor = id(&done(&app, "coordinator.gnesta", "registerParty", board_as_party).await);
    let same = draft(&app, "coordinator.gnesta", &board(&app, "gnesta", "Socialnämnden").await, &processor, "Inom kommunen").await;
    let across = draft(&app, "coordinator.flen", &board(&app, "flen", "Socialnämnden").await, &processor, "Över kommungränsen").await;
    let company = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let bought = draft(&app, "coordinator.gnesta", &own, &company, "Med en leverantör").await;
    let instruments = [&same, &across, &bought].map(|agreement| agreement["instrument"].as_str().unwrap());
    assert_eq!(instruments, ["LEGAL_ACT", "AGREEMENT", "AGREEMENT"]);
    assert_eq!((&same["template"], &same["templateVersion"]), (&json!("SKR"), &Value::Null));
    // A fact is stored, lawful or not.
    let named = json!({ "leadControllerId": board(&app, "gnesta", "Socialnämnden").await, "processorId": processor, "title": "Avtal ändå", "instrument": "AGREEMENT" });
    let payload =
        refused(&app, "coordinator.gnesta", "draftAgreement", named.clone(), &[("NEEDS_ACKNOWLEDGEMENT", "acknowledgements")]).await;
    assert_eq!(payload["errors"][0]["rule"], "PUB3");
    let answered = with(named, &json!({ "acknowledgements": [{ "rule": "PUB3", "reason": "Avtalet finns redan" }] }));
    assert_eq!(done(&app, "coordinator.gnesta", "draftAgreement", answered).await["instrument"], "AGREEMENT");
}

#[tokio::test]
async fn whatever_is_malformed_in_a_draft_is_told_at_once() {
    let app = TestApp::start().await;
    let input = json!({ "leadControllerId": "x", "processorId": "controller_1", "title": "x".repeat(201), "templateVersion": "x".repeat(61),
        "subjectMatter": "x".repeat(4001), "purpose": "x".repeat(4001), "natureOfProcessing": "x".repeat(4001), "diaryNumber": "x".repeat(101) });
    let wrong = [
        ("INVALID", "leadControllerId"),
        ("INVALID", "processorId"),
        ("TOO_LONG", "title"),
        ("TOO_LONG", "templateVersion"),
        ("TOO_LONG", "subjectMatter"),
        ("TOO_LONG", "purpose"),
        ("TOO_LONG", "natureOfProcessing"),
        ("TOO_LONG", "diaryNumber"),
    ];
    refused(&app, "coordinator.gnesta", "draftAgreement", input, &wrong).await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let party = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let longest = json!({ "leadControllerId": social, "processorId": party, "title": "å".repeat(200), "subjectMatter": "å".repeat(4000) });
    done(&app, "coordinator.gnesta", "draftAgreement", longest).await;
    let nobody = json!({ "leadControllerId": social, "processorId": unknown(&party), "title": "Med ingen" });
    refused(&app, "coordinator.gnesta", "draftAgreement", nobody, &[("NOT_FOUND", "processorId")]).await;
}

#[tokio::test]
async fn what_is_left_out_stays_what_is_null_is_cleared_what_is_given_is_set() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let party = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let before = draft(&app, "coordinator.gnesta", &social, &party, "Exempelsystem").await;
    let values = json!({ "title": "Nytt exempelsystem", "instrument": "LEGAL_ACT", "template": "OTHER", "templateVersion": "3.1", "subjectMatter": "Ärenden",
        "purpose": "Handläggning", "natureOfProcessing": "Lagring" });
    let set = done(&app, "coordinator.gnesta", "updateAgreement", change(&before, &values)).await;
    assert_eq!(set, with(before.clone(), &with(values.clone(), &json!({ "version": 2 }))));
    let kept = done(&app, "coordinator.gnesta", "updateAgreement", change(&set, &json!({}))).await;
    assert_eq!(kept, with(set.clone(), &json!({ "version": 3 })));
    let nulls = json!({ "templateVersion": null, "subjectMatter": null, "purpose": null, "natureOfProcessing": null });
    let cleared = done(&app, "coordinator.gnesta", "updateAgreement", change(&kept, &nulls)).await;
    assert_eq!(cleared, with(set.clone(), &with(nulls, &json!({ "version": 4 }))));
    assert_eq!(node(&app, "reader.gnesta", &id(&before)).await["title"], "Nytt exempelsystem");
    let required = json!({ "title": null, "instrument": null, "template": null });
    let missing = [("MISSING", "title"), ("MISSING", "instrument"), ("MISSING", "template")];
    refused(&app, "coordinator.gnesta", "updateAgreement", change(&cleared, &required), &missing).await;
    let late = refused(
        &app,
        "coordinator.gnesta",
        "updateAgreement",
        change(&before, &json!({ "title": "Sen" })),
        &[("CONFLICT", "expectedVersion")],
    )
    .await;
    assert_eq!(late["errors"][0]["currentVersion"], 4);
}

#[tokio::test]
async fn agreements_are_found_by_municipality_controller_processor_sub_processor_and_title_and_all_must_fit() {
    let app = TestApp::start().await;
    let (social, own) = (board(&app, "gnesta", "Socialnämnden").await, board(&app, "gnesta", "Kommunstyrelsen").await);
    let (party, below) = (
        register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await,
        register(&app, "coordinator.gnesta", "Under Exempel AB").await,
    );
    let one = id(&draft(&app, "coordinator.gnesta", &social, &party, "Ett Öppet Exempelsystem").await);
    let two = id(&draft(&app, "coordinator.gnesta", &own, &party, "Ett annat exempelsystem").await);
    done(&app, "coordinator.gnesta", "listSubProcessor", engage(&one, &below, None)).await;
    let found = async |filter: Value| {
        let data = app
            .as_("reader.gnesta")
            .query("query($filter: AgreementFilter) { agreements(filter: $filter) { nodes { id } } }", json!({ "filter": filter }))
            .await;
        nodes(&data["agreements"]).iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(found(json!({ "processorId": party })).await, [two.clone(), one.clone()], "by title");
    assert_eq!(found(json!({ "processorId": party, "controllerId": social })).await, from_ref(&one));
    assert_eq!(found(json!({ "processorId": party, "municipality": "gnesta" })).await.len(), 2);
    assert_eq!(found(json!({ "processorId": party, "municipality": "flen" })).await, [] as [String; 0]);
    assert_eq!(found(json!({ "subProcessorId": below })).await, from_ref(&one));
    assert_eq!(found(json!({ "subProcessorId": below, "controllerId": own })).await, [] as [String; 0]);
    assert_eq!(found(json!({ "text": "ÖPPET exempel" })).await, [one]);
    assert_eq!(found(json!({ "text": "ett annat", "processorId": party })).await, [two]);
    // A sign that means something to a database means itself here.
    assert_eq!(found(json!({ "text": "ett%exempel" })).await, [] as [String; 0]);
    assert_eq!(found(json!({ "text": "_" })).await, [] as [String; 0]);
}
