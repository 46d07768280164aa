//! The log as people read it: what is open to whom, what an entry tells and what it keeps to itself.

use serde_json::{Value, json};

use crate::{
    organisation::{board, done, id, person},
    processor::{draft, register, with},
    support::{TestApp, nodes},
};

const ENTRY: &str =
    "nodes { id action actor actorKind role cooperation at municipality { slug } subject { id } changes { field before after } }";

/// The log that somebody reads, the newest first.
async fn log(app: &TestApp, persona: &str, filter: Value) -> Value {
    let query = format!("query($filter: AuditFilter) {{ auditLog(filter: $filter, first: 100) {{ totalCount {ENTRY} }} }}");
    app.as_(persona).query(&query, json!({ "filter": filter })).await["auditLog"].take()
}

/// What was done, as somebody reads it in the log, the newest first.
async fn actions(app: &TestApp, persona: &str, filter: Value) -> Vec<String> {
    let log = log(app, persona, filter).await;
    let action = |entry: &Value| format!("{} {}", entry["action"].as_str().unwrap(), entry["municipality"]["slug"].as_str().unwrap());
    nodes(&log).iter().map(action).collect()
}

/// An agreement of Gnesta's social board that a board of Flen has joined.
async fn joint(app: &TestApp) -> (String, String) {
    let (gnesta, flen) = (board(app, "gnesta", "Socialnämnden").await, board(app, "flen", "Socialnämnden").await);
    let party = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let agreement = id(&draft(app, "coordinator.gnesta", &gnesta, &party, "Gemensamt exempelavtal").await);
    let on = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": flen });
    done(app, "coordinator.gnesta", "inviteToAgreement", on.clone()).await;
    done(app, "coordinator.flen", "joinAgreement", with(on, &json!({ "joinedOn": "2026-11-22" }))).await;
    (agreement, flen)
}

#[tokio::test]
async fn each_role_reads_its_part_of_the_log() {
    let app = TestApp::start().await;
    let (agreement, _) = joint(&app).await;
    done(&app, "administrator.gnesta", "createPerson", json!({ "municipality": "gnesta", "name": "Ny Exempel" })).await;
    let gnestas = ["joinAgreement gnesta", "inviteToAgreement gnesta", "draftAgreement gnesta"];
    let none = json!({});
    assert_eq!(actions(&app, "coordinator.gnesta", none.clone()).await, gnestas);
    assert_eq!(actions(&app, "administrator.gnesta", none.clone()).await, [&["createPerson gnesta"][..], &gnestas].concat());
    // From the invitation on it touches Flen.
    assert_eq!(actions(&app, "coordinator.flen", none.clone()).await, ["joinAgreement flen", "inviteToAgreement flen"]);
    assert_eq!(actions(&app, "operator", none.clone()).await, ["registerParty gnesta"]);
    // The officer of both reads both.
    let both = actions(&app, "dso", none.clone()).await;
    assert_eq!(both.len(), 5, "{both:?}");
    // Another board's coordinator, and another municipality.
    for persona in ["boardcoordinator.gnesta", "coordinator.vingaker", "administrator.vingaker"] {
        assert_eq!(actions(&app, persona, none.clone()).await, [""; 0], "{persona}");
    }
    for persona in ["reader.gnesta", "nobody.gnesta", "unbound.gnesta"] {
        assert_eq!(log(&app, persona, none.clone()).await, Value::Null, "{persona}");
    }
    assert_eq!(actions(&app, "dso", json!({ "recordId": agreement, "municipality": "flen" })).await.len(), 2);
}

#[tokio::test]
async fn the_history_of_an_agreement_tells_each_change_once_to_those_whose_log_is_open() {
    let app = TestApp::start().await;
    let (agreement, _) = joint(&app).await;
    let history = async |persona: &str| {
        let query = "query($id: ID!) { agreement(id: $id) { history(first: 10) { totalCount nodes { action } } } }";
        app.as_(persona).query(query, json!({ "id": agreement })).await["agreement"]["history"].take()
    };
    let told = |actions: &[&str]| {
        let nodes: Vec<_> = actions.iter().map(|action| json!({ "action": action })).collect();
        json!({ "totalCount": actions.len(), "nodes": nodes })
    };
    let all = told(&["joinAgreement", "inviteToAgreement", "draftAgreement"]);
    for persona in ["dso", "coordinator.gnesta", "administrator.gnesta"] {
        assert_eq!(history(persona).await, all, "{persona}");
    }
    assert_eq!(history("coordinator.flen").await, told(&["joinAgreement", "inviteToAgreement"]));
    // They read the agreement, and not what the log tells of it.
    for persona in ["reader.gnesta", "boardcoordinator.gnesta"] {
        assert_eq!(history(persona).await, Value::Null, "{persona}");
    }
}

#[tokio::test]
async fn an_entry_tells_who_did_what_to_which_field() {
    let app = TestApp::start().await;
    let (agreement, flen) = joint(&app).await;
    let input = json!({ "agreementId": agreement, "expectedVersion": 2, "purpose": "Lön", "title": "Lönesystem" });
    done(&app, "coordinator.gnesta", "updateAgreement", input).await;
    let coordinator = person(&app, "coordinator.gnesta").await["name"].take();
    let entry = log(&app, "coordinator.gnesta", json!({ "action": "updateAgreement" })).await["nodes"][0].take();
    let mut entry = entry;
    entry.as_object_mut().unwrap().remove("id");
    let changes = json!([
        { "field": "title", "before": "Gemensamt exempelavtal", "after": "Lönesystem" },
        { "field": "purpose", "before": null, "after": "Lön" },
    ]);
    assert_eq!(
        entry,
        json!({ "action": "updateAgreement", "actor": coordinator, "actorKind": "LOGIN", "role": "COORDINATOR", "cooperation": false,
            "at": "2026-11-22T11:00:00+00:00", "municipality": { "slug": "gnesta" }, "subject": { "id": agreement }, "changes": changes })
    );
    let by_controller = actions(&app, "dso", json!({ "controllerId": flen, "action": "updateAgreement" })).await;
    assert_eq!(by_controller, ["updateAgreement flen"]);
    let actor = id(&person(&app, "coordinator.flen").await);
    assert_eq!(actions(&app, "coordinator.gnesta", json!({ "actorId": actor })).await, ["joinAgreement gnesta"]);
    for (from, to, found) in [("2026-11-22", "2026-11-22", 4), ("2026-11-23", "2026-12-01", 0), ("2026-01-01", "2026-11-21", 0)] {
        let found_then = actions(&app, "coordinator.gnesta", json!({ "from": from, "to": to })).await;
        assert_eq!(found_then.len(), found, "{from} to {to}");
    }
}

#[tokio::test]
async fn of_a_persons_details_the_log_tells_only_that_they_changed() {
    let app = TestApp::start().await;
    let new = json!({ "municipality": "gnesta", "name": "Hemlig Exempel", "email": "hemlig@gnesta.example", "phone": "010 hemlig" });
    let made = id(&done(&app, "administrator.gnesta", "createPerson", new).await);
    let changed = json!({ "personId": made, "expectedVersion": 1, "name": "Dold Exempel", "phone": null });
    done(&app, "administrator.gnesta", "updatePerson", changed).await;
    let log = log(&app, "administrator.gnesta", json!({ "recordId": made })).await;
    let changes: Vec<_> = nodes(&log).iter().map(|entry| entry["changes"].clone()).collect();
    let only = |field: &str| json!({ "field": field, "before": null, "after": null });
    assert_eq!(changes[0], json!([only("name"), only("phone")]));
    assert_eq!(changes[1].as_array().unwrap()[1..], [only("name"), only("email"), only("phone")]);
    assert_eq!(changes[1][0]["field"], "municipality");
    assert!(!log.to_string().to_lowercase().contains("hemlig"), "{log:#}");
}

#[tokio::test]
async fn the_log_is_read_in_pages_the_newest_first() {
    let app = TestApp::start().await;
    let (agreement, _) = joint(&app).await;
    for n in 0..7 {
        let input = json!({ "agreementId": agreement, "expectedVersion": n + 2, "purpose": format!("Ändamål {n}") });
        done(&app, "coordinator.gnesta", "updateAgreement", input).await;
    }
    let query =
        "query($after: String) { auditLog(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }";
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = app.as_("coordinator.gnesta").query(query, json!({ "after": after })).await["auditLog"].take();
        assert_eq!(page["totalCount"], 10);
        ids.extend(nodes(&page).iter().map(id));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(ids.len(), 10);
    assert!(ids.is_sorted_by(|newer, older| newer > older), "{ids:?}");
}
