//! Another program holds the file: a change waits for it, and is answered well when it lets go; who waits for too long is told to come
//! again. S33.
//!
//! More cannot be provoked here: a transaction that has begun with BEGIN IMMEDIATE is the one writer, and meets nobody until it ends.

use std::time::{Duration, Instant};

use samverkan::db::Db;
use serde_json::json;

use crate::{
    organisation::stored,
    support::{TestApp, texts},
};

const REGISTER: &str = "mutation { registerParty(input: { name: \"Nyleverantör\", country: \"SE\" }) { party { name } errors { code } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_waits_for_a_foreign_writer_and_is_answered_well_when_that_lets_go() {
    let app = TestApp::start().await;
    let foreign = Db::open(&app.options()).await.unwrap();
    let writing = foreign.write().await.unwrap();
    let letting_go = async {
        // It is met: the file is another's for longer than the change would take.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let begun = Instant::now();
        writing.rollback().await.unwrap();
        begun
    };
    let client = app.as_("coordinator.gnesta");
    let (let_go, answered) = tokio::join!(letting_go, async { (client.ask(REGISTER, json!({})).await, Instant::now()) });
    let (answer, at) = answered;
    assert!(at > let_go, "it was answered while another held the file");
    assert_eq!(answer.json(), json!({ "data": { "registerParty": { "party": { "name": "Nyleverantör" }, "errors": [] } } }));
    let tx = app.app.db.read().await.unwrap();
    assert_eq!(texts(&tx, "SELECT name FROM party WHERE name = 'Nyleverantör'").await.len(), 1);
}

#[tokio::test]
async fn a_change_that_waits_for_too_long_is_unavailable_and_leaves_nothing() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let foreign = Db::open(&app.options()).await.unwrap();
    let writing = foreign.write().await.unwrap();
    let begun = Instant::now();
    let answer = app.as_("coordinator.gnesta").ask(REGISTER, json!({})).await;
    assert!(begun.elapsed() >= Duration::from_secs(4), "it did not wait: {:?}", begun.elapsed());
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["errors"][0]["extensions"], json!({ "code": "UNAVAILABLE" }));
    assert!(!answer.text().to_lowercase().contains("busy") && !answer.text().contains("locked"), "{}", answer.text());
    writing.rollback().await.unwrap();
    assert!(before == stored(&app).await);
    // And comes again.
    assert_eq!(app.as_("coordinator.gnesta").ask(REGISTER, json!({})).await.status, 200);
}
