//! Agreements with several controllers: invited, joined, each keeping its own row.

use serde_json::{Value, json};

use super::{Invited, engage, invite, invited, invited_with, register, row, with};
use crate::{
    organisation::{TODAY, TOMORROW, YESTERDAY, board, done, id, node, person, refused, unknown},
    support::{TestApp, nodes},
};

fn join(agreement: &Value, controller: &str, on: &str) -> Value {
    json!({ "agreementId": agreement["id"], "expectedVersion": row(agreement, controller)["version"], "controllerId": controller, "joinedOn": on })
}

fn own(agreement: &Value, controller: &str, fields: &Value) -> Value {
    let input =
        json!({ "agreementId": agreement["id"], "expectedVersion": row(agreement, controller)["version"], "controllerId": controller });
    with(input, fields)
}

#[tokio::test]
async fn the_invited_municipality_reads_at_once_a_third_does_not_and_each_lists_it_once() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    assert_eq!(agreement["version"], 2);
    let leads: Vec<_> = agreement["parties"].as_array().unwrap().iter().map(|row| row["lead"].as_bool().unwrap()).collect();
    assert_eq!(leads, [true, false], "the lead first");
    assert_eq!((&row(&agreement, &flen)["invitedOn"], &row(&agreement, &flen)["joinedOn"]), (&json!(TODAY), &Value::Null));
    assert_eq!(row(&agreement, &gnesta)["invitedOn"], Value::Null);
    let list = "{ agreements(filter: { text: \"gemensamt exempelavtal\" }) { totalCount nodes { id } } }";
    for persona in ["coordinator.flen", "reader.flen", "coordinator.gnesta", "dso"] {
        assert_eq!(
            app.as_(persona).query(list, json!({})).await["agreements"],
            json!({ "totalCount": 1, "nodes": [{ "id": agreement["id"] }] }),
            "{persona}"
        );
    }
    for persona in ["coordinator.vingaker", "operator"] {
        assert!(node(&app, persona, &id(&agreement)).await.is_null(), "{persona}");
        assert_eq!(app.as_(persona).query(list, json!({})).await["agreements"]["totalCount"], 0);
    }
    let by_board = "query($id: ID!) { controller(id: $id) { agreements(filter: { text: \"gemensamt exempelavtal\" }) { totalCount } } }";
    let of_board = async |persona: &str, board: &str| {
        app.as_(persona).query(by_board, json!({ "id": board })).await["controller"]["agreements"].take()
    };
    assert_eq!(of_board("reader.flen", &flen).await, json!({ "totalCount": 1 }));
    assert_eq!(of_board("reader.flen", &gnesta).await, Value::Null, "the other's board stays shut but for what is joint");
    assert_eq!(of_board("reader.gnesta", &flen).await, Value::Null);
}

#[tokio::test]
async fn an_invitation_of_an_earlier_day_is_stored_and_read_from_that_day() {
    let app = TestApp::start().await;
    let Invited { agreement, flen, .. } = invited_with(&app, &json!({ "invitedOn": "2026-03-01" })).await;
    assert_eq!(row(&agreement, &flen)["invitedOn"], "2026-03-01");
    let parties = "query($id: ID!, $day: Date) { agreement(id: $id, asOf: $day) { parties { controller { id } } } }";
    let on = async |day: &str| {
        let data = app.as_("reader.flen").query(parties, json!({ "id": agreement["id"], "day": day })).await;
        data["agreement"]["parties"].as_array().unwrap().len()
    };
    assert_eq!((on("2026-02-28").await, on("2026-03-01").await), (1, 2));
    // The lists of the invited one begin with the invitation, too.
    let lists = "query($id: ID!, $day: Date) {
      controller(id: $id, asOf: $day) { agreements(filter: { text: \"Gemensamt exempelavtal\" }) { totalCount } }
      byController: agreements(filter: { text: \"Gemensamt exempelavtal\", controllerId: $id }, asOf: $day) { totalCount }
      byMunicipality: agreements(filter: { text: \"Gemensamt exempelavtal\", municipality: \"flen\" }, asOf: $day) { totalCount } }";
    let counts = async |day: &str| {
        let data = app.as_("reader.flen").query(lists, json!({ "id": flen, "day": day })).await;
        ["/controller/agreements", "/byController", "/byMunicipality"].map(|list| data.pointer(list).unwrap()["totalCount"].clone())
    };
    assert_eq!(counts("2026-02-28").await, [0, 0, 0]);
    assert_eq!(counts("2026-03-01").await, [1, 1, 1]);
}

#[tokio::test]
async fn an_invitation_that_cannot_be_is_refused() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    let other = board(&app, "flen", "Kommunstyrelsen").await;
    let invite_by_lead =
        async |input: Value, expected: &[(&str, &str)]| refused(&app, "coordinator.gnesta", "inviteToAgreement", input, expected).await;
    invite_by_lead(invite(&agreement, &flen), &[("DUPLICATE", "controllerId")]).await;
    invite_by_lead(invite(&agreement, &gnesta), &[("DUPLICATE", "controllerId")]).await;
    invite_by_lead(invite(&agreement, &unknown(&flen)), &[("NOT_FOUND", "controllerId")]).await;
    invite_by_lead(with(invite(&agreement, &other), &json!({ "invitedOn": TOMORROW })), &[("INVALID", "invitedOn")]).await;
    let stale =
        invite_by_lead(with(invite(&agreement, &other), &json!({ "expectedVersion": 1 })), &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(stale["errors"][0]["currentVersion"], 2);
    // The invited reads, and does not invite.
    refused(&app, "coordinator.flen", "inviteToAgreement", invite(&agreement, &other), &[("FORBIDDEN", "agreementId")]).await;
}

#[tokio::test]
async fn the_invited_controllers_own_coordinator_joins_and_nobody_else() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    // Flen's board coordinator has this very board; Flen's others and Gnesta's have not.
    for persona in ["coordinator.gnesta", "reader.flen", "administrator.flen", "dso"] {
        refused(&app, persona, "joinAgreement", join(&agreement, &flen, TODAY), &[("FORBIDDEN", "controllerId")]).await;
    }
    for persona in ["coordinator.vingaker", "operator"] {
        refused(&app, persona, "joinAgreement", join(&agreement, &flen, TODAY), &[("NOT_FOUND", "agreementId")]).await;
    }
    let joined = done(&app, "boardcoordinator.flen", "joinAgreement", join(&agreement, &flen, TODAY)).await;
    let own_row = row(&joined, &flen);
    assert_eq!((&own_row["joinedOn"], &own_row["version"], &own_row["viewerCanUpdate"]), (&json!(TODAY), &json!(2), &json!(true)));
    assert_eq!((&joined["version"], &joined["viewerCanUpdate"]), (&agreement["version"], &json!(false)), "the common part is the lead's");
    assert_eq!(row(&node(&app, "reader.gnesta", &id(&agreement)).await, &flen)["joinedOn"], TODAY);
    // Once.
    refused(&app, "coordinator.flen", "joinAgreement", join(&joined, &flen, TODAY), &[("WRONG_STATE", "controllerId")]).await;
    // Who drafted is in it already; who was not invited has no row.
    refused(&app, "coordinator.gnesta", "joinAgreement", join(&joined, &gnesta, TODAY), &[("WRONG_STATE", "controllerId")]).await;
    let uninvited = with(join(&joined, &flen, TODAY), &json!({ "controllerId": board(&app, "flen", "Kommunstyrelsen").await }));
    refused(&app, "coordinator.flen", "joinAgreement", uninvited, &[("NOT_FOUND", "controllerId")]).await;
}

#[tokio::test]
async fn nobody_joins_before_the_invitation_or_in_the_future_or_on_a_version_that_is_gone() {
    let app = TestApp::start().await;
    let Invited { agreement, flen, .. } = invited(&app).await;
    refused(&app, "coordinator.flen", "joinAgreement", join(&agreement, &flen, YESTERDAY), &[("INVALID", "joinedOn")]).await;
    refused(&app, "coordinator.flen", "joinAgreement", join(&agreement, &flen, TOMORROW), &[("INVALID", "joinedOn")]).await;
    let stale = with(join(&agreement, &flen, TODAY), &json!({ "expectedVersion": 2 }));
    let stale = refused(&app, "coordinator.flen", "joinAgreement", stale, &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(stale["errors"][0]["currentVersion"], 1);
}

#[tokio::test]
async fn each_controller_keeps_its_own_row_and_no_others() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, flen, .. } = invited(&app).await;
    let values = json!({ "processingFrom": "2026-03-01", "processingTo": "2027-12-31", "diaryNumber": "EXEMPEL 2026/3", "filedAt": "Exempelarkivet",
        "documentUrl": "https://arkiv.example/3", "responsibleId": id(&person(&app, "reader.flen").await), "subProcessorAuthorisation": "GENERAL" });
    let set = done(&app, "coordinator.flen", "updateAgreementParty", own(&agreement, &flen, &values)).await;
    let own_row = row(&set, &flen);
    for field in ["processingFrom", "processingTo", "diaryNumber", "filedAt", "documentUrl", "subProcessorAuthorisation"] {
        assert_eq!(own_row[field], values[field], "{field}");
    }
    assert_eq!((&own_row["responsible"]["id"], &own_row["version"], &set["version"]), (&values["responsibleId"], &json!(2), &json!(2)));
    // The other party reads the row; the person only where the person is seen.
    let seen = node(&app, "coordinator.gnesta", &id(&agreement)).await;
    assert_eq!((&row(&seen, &flen)["diaryNumber"], &row(&seen, &flen)["responsible"]), (&json!("EXEMPEL 2026/3"), &Value::Null));
    assert_eq!(row(&seen, &gnesta)["diaryNumber"], Value::Null);
    let diary = json!({ "diaryNumber": "Fel" });
    refused(&app, "coordinator.gnesta", "updateAgreementParty", own(&seen, &flen, &diary), &[("FORBIDDEN", "controllerId")]).await;
    refused(&app, "coordinator.flen", "updateAgreementParty", own(&seen, &gnesta, &diary), &[("FORBIDDEN", "controllerId")]).await;
    let uninvited = with(own(&seen, &flen, &diary), &json!({ "controllerId": board(&app, "flen", "Kommunstyrelsen").await }));
    refused(&app, "coordinator.flen", "updateAgreementParty", uninvited, &[("NOT_FOUND", "controllerId")]).await;
}

#[tokio::test]
async fn the_lead_alone_keeps_the_common_part_and_the_sub_processors() {
    let app = TestApp::start().await;
    let Invited { agreement, .. } = invited(&app).await;
    let below = register(&app, "coordinator.flen", "Underleverantör Exempel AB").await;
    let title = json!({ "agreementId": agreement["id"], "expectedVersion": 2, "title": "Fel" });
    refused(&app, "coordinator.flen", "updateAgreement", title, &[("FORBIDDEN", "agreementId")]).await;
    refused(&app, "coordinator.flen", "listSubProcessor", engage(&id(&agreement), &below, None), &[("FORBIDDEN", "agreementId")]).await;
    let listed = done(&app, "coordinator.gnesta", "listSubProcessor", engage(&id(&agreement), &below, None)).await;
    assert_eq!(listed["authorisations"].as_array().unwrap().len(), 2, "for each party");
    let seen = node(&app, "reader.flen", &id(&listed)).await;
    assert_eq!(seen, listed);
}

#[tokio::test]
async fn in_the_own_row_what_is_left_out_stays_and_what_is_null_is_cleared() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, .. } = invited(&app).await;
    let values = json!({ "processingFrom": "2026-03-01", "processingTo": "2027-12-31", "diaryNumber": "EXEMPEL 2026/3", "filedAt": "Exempelarkivet",
        "documentUrl": "https://arkiv.example/3", "responsibleId": id(&person(&app, "reader.gnesta").await), "subProcessorAuthorisation": "SPECIFIC" });
    let set = done(&app, "coordinator.gnesta", "updateAgreementParty", own(&agreement, &gnesta, &values)).await;
    let kept = done(&app, "coordinator.gnesta", "updateAgreementParty", own(&set, &gnesta, &json!({}))).await;
    assert_eq!(*row(&kept, &gnesta), with(row(&set, &gnesta).clone(), &json!({ "version": 3 })));
    let nulls: serde_json::Map<_, _> = values.as_object().unwrap().keys().map(|field| (field.clone(), Value::Null)).collect();
    let cleared = done(&app, "coordinator.gnesta", "updateAgreementParty", own(&kept, &gnesta, &Value::Object(nulls))).await;
    let own_row = row(&cleared, &gnesta);
    for field in ["processingFrom", "processingTo", "diaryNumber", "filedAt", "documentUrl", "responsible", "subProcessorAuthorisation"] {
        assert_eq!(own_row[field], Value::Null, "{field}");
    }
    let late =
        refused(&app, "coordinator.gnesta", "updateAgreementParty", own(&set, &gnesta, &json!({})), &[("CONFLICT", "expectedVersion")])
            .await;
    assert_eq!(late["errors"][0]["currentVersion"], 4);
}

#[tokio::test]
async fn whatever_is_malformed_in_the_own_row_is_told_and_a_person_who_is_not_seen_is_not_found() {
    let app = TestApp::start().await;
    let Invited { agreement, gnesta, .. } = invited(&app).await;
    let by_own = async |fields: Value, expected: &[(&str, &str)]| {
        refused(&app, "coordinator.gnesta", "updateAgreementParty", own(&agreement, &gnesta, &fields), expected).await
    };
    let wrong = json!({ "diaryNumber": "x".repeat(101), "filedAt": "x".repeat(201), "documentUrl": "arkiv", "responsibleId": gnesta });
    by_own(wrong, &[("TOO_LONG", "diaryNumber"), ("TOO_LONG", "filedAt"), ("INVALID", "documentUrl"), ("INVALID", "responsibleId")]).await;
    by_own(json!({ "processingFrom": TODAY, "processingTo": YESTERDAY }), &[("INVALID", "processingTo")]).await;
    let hidden = id(&person(&app, "reader.flen").await);
    let foreign = by_own(json!({ "responsibleId": hidden }), &[("NOT_FOUND", "responsibleId")]).await;
    let nobody = by_own(json!({ "responsibleId": unknown(&hidden) }), &[("NOT_FOUND", "responsibleId")]).await;
    assert_eq!(foreign.to_string(), nobody.to_string());
}

#[tokio::test]
async fn joint_agreements_of_the_demo_are_read_by_each_party_with_the_others_rows_and_counted_once() {
    let app = TestApp::start().await;
    let query = "query($after: String) { agreements(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id parties { lead controller { municipality { slug } } } } } }";
    let mut joint = 0;
    let (mut after, mut more) = (Value::Null, true);
    while more {
        let data = app.as_("dso").query(query, json!({ "after": after })).await;
        for agreement in nodes(&data["agreements"]) {
            let parties = agreement["parties"].as_array().unwrap();
            assert_eq!(parties.iter().filter(|party| party["lead"] == true).count(), 1);
            if parties.len() > 1 {
                joint += 1;
                for party in parties {
                    let reader = format!("reader.{}", party["controller"]["municipality"]["slug"].as_str().unwrap());
                    assert_eq!(node(&app, &reader, &id(agreement)).await["parties"].as_array().unwrap().len(), parties.len(), "{reader}");
                }
            }
        }
        after = data["agreements"]["pageInfo"]["endCursor"].clone();
        more = data["agreements"]["pageInfo"]["hasNextPage"].as_bool().unwrap();
    }
    assert_eq!(joint, 20);
}
