//! How `SQLite` finds rows, by what it says itself.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn the_two_statements_that_tell_who_asks_find_their_rows_by_index() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let (_, texts) = app.sent_by(client.query("{ viewer { name can } }", json!({}))).await;
    assert_eq!(texts.len(), 2, "{texts:#?}");
    let tx = app.app.db.read().await.unwrap();
    let mut searched = 0;
    for text in texts {
        let plan = Statement::from_string(sea_orm::DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {text}"));
        for row in tx.query_all_raw(plan).await.unwrap() {
            let step: String = row.try_get("", "detail").unwrap();
            assert!(!step.starts_with("SCAN"), "{step} in {text}");
            searched +=
                usize::from(step.starts_with("SEARCH") && (step.contains(" USING INDEX ") || step.contains(" USING COVERING INDEX ")));
        }
    }
    // The session, its account, person and municipality; the assignment and its board's readers, the appointment, the role.
    assert!(searched >= 8, "{searched}");
}
