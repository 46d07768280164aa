//! How `SQLite` finds rows, by what it says itself.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::{
    organisation::{board, done},
    processor::register,
    support::TestApp,
};

/// The steps by which a statement finds its rows.
async fn plan(app: &TestApp, text: &str) -> Vec<String> {
    let tx = app.app.db.read().await.unwrap();
    let plan = Statement::from_string(sea_orm::DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {text}"));
    tx.query_all_raw(plan).await.unwrap().into_iter().map(|row| row.try_get("", "detail").unwrap()).collect()
}

#[tokio::test]
async fn the_two_statements_that_tell_who_asks_find_their_rows_by_index() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let (_, texts) = app.sent_by(client.query("{ viewer { name can } }", json!({}))).await;
    assert_eq!(texts.len(), 2, "{texts:#?}");
    let mut searched = 0;
    for text in texts {
        for step in plan(&app, &text).await {
            assert!(!step.starts_with("SCAN"), "{step} in {text}");
            searched +=
                usize::from(step.starts_with("SEARCH") && (step.contains(" USING INDEX ") || step.contains(" USING COVERING INDEX ")));
        }
    }
    // The session, its account, person and municipality; the assignment and its board's readers, the appointment, the role.
    assert!(searched >= 8, "{searched}");
}

#[tokio::test]
async fn a_page_of_the_audit_log_is_read_in_the_order_of_an_index_wherever_it_begins() {
    let app = TestApp::start().await;
    let board = board(&app, "gnesta", "Socialnämnden").await;
    let renamed = json!({ "controllerId": board, "expectedVersion": 1, "name": "Nya socialnämnden" });
    done(&app, "administrator.gnesta", "updateController", renamed).await;
    register(&app, "operator", "Leverantör Exempel AB").await;
    let query = "query($after: String) { auditLog(first: 1, after: $after) { pageInfo { endCursor } } }";
    // What one role opens is one chain: all of it, or what touches the controllers.
    for persona in ["administrator.gnesta", "coordinator.gnesta", "operator"] {
        let client = app.as_(persona);
        let mut after = json!(null);
        for beyond in ["(chain_id=?)", "(chain_id=? AND id<?)"] {
            let (data, texts) = app.sent_by(client.query(query, json!({ "after": after }))).await;
            let [text] = texts.iter().filter(|text| text.contains("ORDER BY")).collect::<Vec<_>>()[..] else { panic!("{texts:#?}") };
            let steps = plan(&app, text).await;
            assert_eq!(steps[0], format!("SEARCH audit_entry USING INDEX audit_entry_order {beyond}"), "{persona}: {text}");
            assert!(steps.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE")), "{persona}: {steps:#?}");
            after = data["auditLog"]["pageInfo"]["endCursor"].clone();
        }
    }
}

#[tokio::test]
async fn inboxes_findings_and_agreements_by_status_are_read_in_the_order_of_an_index() {
    let app = TestApp::start().await;
    let lists = [
        ("objectionCases(first: 25)", "timeline USING INDEX timeline_list (kind=?)"),
        ("objectionCases(first: 25, filter: { state: [OPEN] })", "timeline USING INDEX timeline_list (kind=?)"),
        ("findings(first: 25)", "timeline USING INDEX timeline_list (kind=?)"),
        (
            "agreements(first: 25, filter: { status: [NOTICE_GIVEN] })",
            "timeline EXISTS USING COVERING INDEX timeline_subject (subject_id=? AND kind=?",
        ),
    ];
    for persona in ["dso", "coordinator.gnesta"] {
        for (list, index) in &lists {
            let client = app.as_(persona);
            let (_, texts) = app.sent_by(client.query(&format!("{{ {list} {{ nodes {{ __typename }} }} }}"), json!({}))).await;
            let found: Vec<_> = texts.iter().filter(|text| text.contains("ORDER BY") && text.contains("timeline")).collect();
            let [text] = found[..] else { panic!("{texts:#?}") };
            let steps = plan(&app, text).await;
            assert!(steps.iter().any(|step| step.contains(index)), "{list} as {persona}: {steps:#?}");
            assert!(steps.iter().all(|step| !step.starts_with("SCAN timeline") && !step.contains("TEMP B-TREE")), "{list}: {steps:#?}");
        }
    }
}
