//! Mistakes about parties and agreements are withdrawn: kept in history, out of every list; and no act of one municipality takes away
//! what another did.

use serde_json::{Value, json};

use super::{Invited, draft, engage, invite, invited, invited_with, register, row, with};
use crate::{
    organisation::{TODAY, TOMORROW, board, done, id, node, number, refused, withdrawal},
    support::{TestApp, nodes},
};

async fn withdrawn(app: &TestApp, persona: &str, object: &Value) {
    assert_eq!(done(app, persona, "withdrawRecord", withdrawal(object)).await, object["id"]);
}

async fn stays(app: &TestApp, persona: &str, object: &Value, code: &str) -> Value {
    refused(app, persona, "withdrawRecord", withdrawal(object), &[(code, "id")]).await
}

async fn join(app: &TestApp, agreement: &Value, controller: &str) -> Value {
    let version = row(agreement, controller)["version"].clone();
    let input = json!({ "agreementId": agreement["id"], "expectedVersion": version, "controllerId": controller, "joinedOn": TODAY });
    done(app, "coordinator.flen", "joinAgreement", input).await
}

#[tokio::test]
async fn an_agreement_that_was_a_mistake_is_gone_for_everybody_at_once_and_from_every_list() {
    let app = TestApp::start().await;
    let Invited { agreement, flen, party, .. } = invited(&app).await;
    let sub = register(&app, "coordinator.gnesta", "Underleverantör Exempel AB").await;
    let engagement = done(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), &sub, None)).await;
    let query = "query($agreement: ID!, $row: ID!, $engagement: ID!, $party: ID!, $sub: ID!, $board: ID!, $day: Date) {
        nodes(ids: [$agreement, $row, $engagement]) { id } agreement(id: $agreement, asOf: $day) { id }
        agreements(asOf: $day, filter: { text: \"gemensamt exempelavtal\" }) { totalCount }
        found: agreements(asOf: $day, filter: { subProcessorId: $sub }) { totalCount }
        party(id: $party, asOf: $day) { usedBy { slug } agreements { totalCount } }
        sub: party(id: $sub, asOf: $day) { usedBy { slug } engagements { totalCount } }
        controller(id: $board, asOf: $day) { agreements(filter: { text: \"gemensamt exempelavtal\" }) { totalCount } } }";
    let ids = json!({ "agreement": agreement["id"], "row": row(&agreement, &flen)["id"], "engagement": engagement["id"], "party": party,
        "sub": sub, "board": flen });
    let read = async |persona: &str, day: &str| app.as_(persona).query(query, with(ids.clone(), &json!({ "day": day }))).await;
    let before = read("reader.flen", TODAY).await;
    assert_eq!((&before["agreements"]["totalCount"], &before["controller"]["agreements"]["totalCount"]), (&json!(1), &json!(1)));

    withdrawn(&app, "coordinator.gnesta", &agreement).await;
    for persona in ["coordinator.gnesta", "reader.gnesta", "coordinator.flen", "dso"] {
        for day in ["2026-06-01", TODAY, TOMORROW] {
            let left = read(persona, day).await;
            let none = json!({ "totalCount": 0 });
            assert_eq!((&left["nodes"], &left["agreement"]), (&json!([null, null, null]), &Value::Null), "{persona} {day}");
            assert_eq!((&left["agreements"], &left["found"]), (&none, &none), "{persona} {day}");
            assert_eq!(left["party"], json!({ "usedBy": [], "agreements": none }), "{persona} {day}");
            assert_eq!(left["sub"], json!({ "usedBy": [], "engagements": none }), "{persona} {day}");
            let of_board = if persona.ends_with("gnesta") { Value::Null } else { none };
            assert_eq!(left["controller"]["agreements"], of_board, "{persona} {day}");
        }
    }
    for (mutation, input, field) in [
        ("updateAgreement", json!({ "agreementId": agreement["id"], "expectedVersion": 3, "title": "X" }), "agreementId"),
        ("listSubProcessor", engage(&id(&agreement), &party, None), "agreementId"),
        ("correctSubProcessor", json!({ "engagementId": engagement["id"], "expectedVersion": 2, "service": "X" }), "engagementId"),
    ] {
        refused(&app, "coordinator.gnesta", mutation, input, &[("NOT_FOUND", field)]).await;
    }
    stays(&app, "coordinator.gnesta", &with(agreement, &json!({ "version": 3 })), "NOT_FOUND").await;
}

#[tokio::test]
async fn an_agreement_that_another_has_joined_is_not_the_leads_to_take_away() {
    let app = TestApp::start().await;
    let Invited { agreement, flen, .. } = invited(&app).await;
    let joined = join(&app, &agreement, &flen).await;
    stays(&app, "coordinator.gnesta", &joined, "WRONG_STATE").await;
    stays(&app, "coordinator.gnesta", row(&joined, &flen), "FORBIDDEN").await;
    stays(&app, "coordinator.flen", &joined, "FORBIDDEN").await;
    // When Flen has taken back its joining, nobody stands in the way.
    withdrawn(&app, "coordinator.flen", row(&joined, &flen)).await;
    assert!(node(&app, "reader.flen", &id(&joined)).await.is_null());
    withdrawn(&app, "coordinator.gnesta", &joined).await;
}

#[tokio::test]
async fn an_invitation_is_taken_back_by_the_lead_or_refused_by_the_invited_and_can_be_made_again() {
    let app = TestApp::start().await;
    let Invited { agreement, flen, .. } = invited(&app).await;
    for persona in ["coordinator.gnesta", "coordinator.flen"] {
        let agreement = node(&app, "coordinator.gnesta", &id(&agreement)).await;
        let invited = if agreement["parties"].as_array().unwrap().len() == 2 {
            agreement
        } else {
            done(&app, "coordinator.gnesta", "inviteToAgreement", invite(&agreement, &flen)).await
        };
        assert_eq!(node(&app, "reader.flen", &id(&invited)).await["id"], invited["id"]);
        stays(&app, "boardcoordinator.gnesta", row(&invited, &flen), "FORBIDDEN").await;
        stays(&app, "coordinator.vingaker", row(&invited, &flen), "NOT_FOUND").await;
        withdrawn(&app, persona, row(&invited, &flen)).await;
        assert!(node(&app, "reader.flen", &id(&invited)).await.is_null());
        assert_eq!(node(&app, "reader.gnesta", &id(&invited)).await["parties"].as_array().unwrap().len(), 1);
        let own = json!({ "agreementId": invited["id"], "expectedVersion": 2, "controllerId": flen, "joinedOn": TODAY });
        refused(&app, "coordinator.flen", "joinAgreement", own, &[("NOT_FOUND", "agreementId")]).await;
    }
}

#[tokio::test]
async fn the_leads_own_row_goes_with_the_agreement_only() {
    let app = TestApp::start().await;
    let Invited { agreement, .. } = invited(&app).await;
    let own = agreement["parties"][0].clone();
    assert_eq!(own["lead"], true);
    stays(&app, "coordinator.gnesta", &own, "WRONG_STATE").await;
    stays(&app, "coordinator.flen", &own, "FORBIDDEN").await;
}

#[tokio::test]
async fn new_members_of_a_joint_board_do_not_read_what_it_has_withdrawn_from() {
    let app = TestApp::start().await;
    let members = json!([{ "municipality": "flen", "validFrom": "2026-01-01" }]);
    let new = json!({ "municipality": "gnesta", "name": "Gemensamma nämnden", "kind": "JOINT_BOARD", "validFrom": "2026-01-01", "members": members });
    let joint = done(&app, "administrator.gnesta", "createController", new).await;
    let coordinator = crate::organisation::person(&app, "coordinator.gnesta").await;
    let assigned = json!({ "personId": coordinator["id"], "controllerId": joint["id"], "validFrom": "2026-01-01" });
    done(&app, "administrator.gnesta", "assignCoordinator", assigned).await;
    let party = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let own = draft(&app, "coordinator.gnesta", &id(&joint), &party, "Eget").await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let other = draft(&app, "coordinator.gnesta", &social, &party, "Annat").await;
    let other = done(&app, "coordinator.gnesta", "inviteToAgreement", invite(&other, &id(&joint))).await;
    assert_eq!(node(&app, "reader.flen", &id(&other)).await["id"], other["id"]);
    withdrawn(&app, "coordinator.gnesta", row(&other, &id(&joint))).await;
    withdrawn(&app, "coordinator.gnesta", &own).await;
    let more = json!([{ "municipality": "vingaker", "validFrom": "2026-01-01" }]);
    let change = json!({ "controllerId": joint["id"], "expectedVersion": 1, "members": more });
    done(&app, "administrator.gnesta", "updateController", change).await;
    for persona in ["reader.flen", "reader.vingaker"] {
        assert!(node(&app, persona, &id(&other)).await.is_null(), "{persona}");
        assert!(node(&app, persona, &id(&own)).await.is_null(), "{persona}");
    }
    assert_eq!(node(&app, "reader.gnesta", &id(&other)).await["id"], other["id"]);
}

#[tokio::test]
async fn a_sub_processor_that_was_a_mistake_goes_when_it_engages_nobody_and_its_place_is_not_given_again() {
    let app = TestApp::start().await;
    let Invited { agreement, .. } = invited(&app).await;
    let suppliers =
        [register(&app, "coordinator.gnesta", "Under Ett AB").await, register(&app, "coordinator.gnesta", "Under Två AB").await];
    let list = async |party: &str, above: Option<&str>| {
        done(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), party, above)).await
    };
    let above = list(&suppliers[0], None).await;
    let below = list(&suppliers[1], Some(&id(&above))).await;
    stays(&app, "coordinator.gnesta", &above, "WRONG_STATE").await;
    stays(&app, "coordinator.flen", &below, "FORBIDDEN").await;
    withdrawn(&app, "coordinator.gnesta", &below).await;
    withdrawn(&app, "coordinator.gnesta", &above).await;
    assert_eq!(node(&app, "reader.flen", &id(&agreement)).await["subProcessors"], json!({ "totalCount": 0, "nodes": [] }));
    // The other way round, as it should have been: nothing that is withdrawn closes the chain.
    let right = list(&suppliers[1], None).await;
    assert_eq!(right["position"], json!([2]));
    assert_eq!(list(&suppliers[0], Some(&id(&right))).await["position"], json!([2, 1]));
    let under_nobody = engage(&id(&agreement), &suppliers[0], Some(&id(&above)));
    refused(&app, "coordinator.gnesta", "listSubProcessor", under_nobody, &[("NOT_FOUND", "engagedById")]).await;
}

#[tokio::test]
async fn a_party_that_was_a_mistake_is_in_no_list_but_what_refers_to_it_goes_on_showing_it() {
    let app = TestApp::start().await;
    let new = json!({ "name": "Felskriven Exempel AB", "country": "SE", "organisationNumber": number(7) });
    let mistake = done(&app, "coordinator.gnesta", "registerParty", new.clone()).await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let agreement = draft(&app, "coordinator.gnesta", &social, &id(&mistake), "Exempelavtal").await;
    withdrawn(&app, "coordinator.gnesta", &mistake).await;

    let lists = "query($number: String!, $id: ID!) { text: parties(filter: { text: \"felskriven\" }) { totalCount }
        number: parties(filter: { organisationNumber: $number }) { totalCount } party(id: $id) { id } }";
    let found = app.as_("reader.flen").query(lists, json!({ "number": number(7), "id": mistake["id"] })).await;
    assert_eq!(found, json!({ "text": { "totalCount": 0 }, "number": { "totalCount": 0 }, "party": null }));
    let shown = "query($id: ID!) { agreement(id: $id) { processor { id name viewerCanUpdate } } }";
    let data = app.as_("coordinator.gnesta").query(shown, json!({ "id": agreement["id"] })).await;
    let name = "Felskriven Exempel AB";
    assert_eq!(data["agreement"]["processor"], json!({ "id": mistake["id"], "name": name, "viewerCanUpdate": false }));
    // The agreement works on.
    let changed = json!({ "agreementId": agreement["id"], "expectedVersion": 1, "title": "Nyare exempelavtal" });
    let changed = done(&app, "coordinator.gnesta", "updateAgreement", changed).await;
    done(&app, "coordinator.gnesta", "inviteToAgreement", invite(&changed, &board(&app, "flen", "Socialnämnden").await)).await;
    // Nothing new refers to it, and the right one can be registered.
    let again = json!({ "leadControllerId": social, "processorId": mistake["id"], "title": "X" });
    refused(&app, "coordinator.gnesta", "draftAgreement", again, &[("NOT_FOUND", "processorId")]).await;
    refused(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), &id(&mistake), None), &[("NOT_FOUND", "partyId")])
        .await;
    let rename = json!({ "partyId": mistake["id"], "expectedVersion": 2, "name": "X" });
    refused(&app, "operator", "updateParty", rename, &[("NOT_FOUND", "partyId")]).await;
    done(&app, "coordinator.flen", "registerParty", new).await;
}

#[tokio::test]
async fn a_party_that_another_municipality_has_on_record_is_withdrawn_by_the_cooperations_administrator_only() {
    let app = TestApp::start().await;
    let party = done(&app, "coordinator.gnesta", "registerParty", json!({ "name": "Delad Exempel AB", "country": "SE" })).await;
    let flen = board(&app, "flen", "Socialnämnden").await;
    let agreement = draft(&app, "coordinator.flen", &flen, &register(&app, "coordinator.flen", "Flens").await, "Avtal").await;
    let engagement = done(&app, "coordinator.flen", "listSubProcessor", engage(&id(&agreement), &id(&party), None)).await;
    let end = json!({ "engagementId": engagement["id"], "expectedVersion": 1, "validTo": "2026-01-31" });
    let engagement = done(&app, "coordinator.flen", "endSubProcessor", end).await;
    for persona in ["coordinator.gnesta", "administrator.flen", "reader.flen", "dso"] {
        stays(&app, persona, &party, "FORBIDDEN").await;
    }
    withdrawn(&app, "operator", &party).await;
    let shown = "query($id: ID!) { node(id: $id) { ... on SubProcessorEngagement { party { name } } } }";
    let data = app.as_("reader.flen").query(shown, json!({ "id": engagement["id"] })).await;
    assert_eq!(data["node"]["party"]["name"], "Delad Exempel AB");
}

#[tokio::test]
async fn the_history_of_an_agreement_tells_what_was_withdrawn_of_it_and_the_log_that_it_was_itself_to_all_who_had_it() {
    let app = TestApp::start().await;
    let Invited { agreement, flen, .. } = invited(&app).await;
    let sub = register(&app, "coordinator.gnesta", "Underleverantör Exempel AB").await;
    let engagement = done(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), &sub, None)).await;
    withdrawn(&app, "coordinator.gnesta", &engagement).await;
    let history = "query($id: ID!) { agreement(id: $id) { history { nodes { action changes { field before after } } } } }";
    let data = app.as_("coordinator.gnesta").query(history, json!({ "id": agreement["id"] })).await;
    let newest = &nodes(&data["agreement"]["history"])[0];
    let why = json!([{ "field": "withdrawn", "before": null, "after": "Registrerades av misstag" }]);
    assert_eq!((&newest["action"], &newest["changes"]), (&json!("withdrawRecord"), &why));
    // Also the invited one is told, and of the board that it was.
    withdrawn(&app, "coordinator.gnesta", &agreement).await;
    let log = "query($id: ID!, $board: ID) { auditLog(filter: { recordId: $id, action: \"withdrawRecord\", controllerId: $board }) {
        totalCount nodes { municipality { slug } changes { field after } } } }";
    for (persona, slug, board, count) in
        [("administrator.gnesta", "gnesta", Value::Null, 2), ("administrator.flen", "flen", json!(flen), 2)]
    {
        let log = app.as_(persona).query(log, json!({ "id": agreement["id"], "board": board })).await["auditLog"].take();
        assert_eq!(log["totalCount"], count, "{persona}");
        assert!(
            nodes(&log).iter().all(|entry| entry["municipality"]["slug"] == slug && entry["changes"][0]["field"] == "withdrawn"),
            "{log:#}"
        );
    }
}

#[tokio::test]
async fn the_day_of_joining_is_corrected_where_it_stands() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited_with(&app, &json!({ "invitedOn": "2026-03-01" })).await;
    let own = |agreement: &Value, controller: &str, day: Value| json!({ "agreementId": agreement["id"], "controllerId": controller, "expectedVersion": row(agreement, controller)["version"], "joinedOn": day });
    let not_yet = own(&agreement, &flen, json!("2026-03-02"));
    refused(&app, "coordinator.flen", "updateAgreementParty", not_yet, &[("WRONG_STATE", "joinedOn")]).await;
    let joined = join(&app, &agreement, &flen).await;
    let right = done(&app, "coordinator.flen", "updateAgreementParty", own(&joined, &flen, json!("2026-03-01"))).await;
    assert_eq!(row(&right, &flen)["joinedOn"], "2026-03-01");
    for (day, code) in [(json!("2026-02-28"), "INVALID"), (json!(TOMORROW), "INVALID"), (Value::Null, "MISSING")] {
        refused(&app, "coordinator.flen", "updateAgreementParty", own(&right, &flen, day), &[(code, "joinedOn")]).await;
    }
    let leads = own(&right, &gnesta, json!("2026-03-02"));
    refused(&app, "coordinator.gnesta", "updateAgreementParty", leads, &[("WRONG_STATE", "joinedOn")]).await;
}
