//! A transaction that fails to serialise (40001) is repeated, and nobody is told but who has been tried ten times. S33.
//!
//! The program's own writers wait for one another and do not fail: these collisions come from outside, past the lock.

use samverkan::db::Tx;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, TransactionTrait};
use serde_json::{Value, json};

use crate::{
    organisation::{board, stored},
    processor::{draft, register},
    support::{Answer, TestApp, texts},
};

const UPDATE: &str = "mutation($input: UpdateAgreementInput!) { updateAgreement(input: $input) {
  processorAgreement { version purpose } errors { code } } }";

/// What each try of the change sends once.
const WRITES: &str = "UPDATE \"agreement\"";

async fn agreement(app: &TestApp) -> Value {
    let (lead, party) = (board(app, "gnesta", "Kommunstyrelsen").await, register(app, "operator", "Nyleverantör").await);
    draft(app, "coordinator.gnesta", &lead, &party, "Nytt system").await["id"].take()
}

/// Changes the purpose of an agreement; gives back the answer and how often it was tried.
async fn change(app: &TestApp, agreement: &Value) -> (Answer, usize) {
    let input = json!({ "agreementId": agreement, "expectedVersion": 1, "purpose": "Ny" });
    let client = app.as_("coordinator.gnesta");
    let (answer, sent) = app.sent_by(client.ask(UPDATE, json!({ "input": input }))).await;
    (answer, sent.iter().filter(|statement| statement.starts_with(WRITES)).count())
}

/// A transaction past the program's lock.
async fn foreign(app: &TestApp) -> Tx {
    let mut options = ConnectOptions::new(app.options().url.secret());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap().begin().await.unwrap()
}

fn done() -> Value {
    let agreement = json!({ "version": 2, "purpose": "Ny" });
    json!({ "data": { "updateAgreement": { "processorAgreement": agreement, "errors": [] } } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_meets_another_on_the_same_row_is_repeated_and_answered_well() {
    let app = TestApp::start().await;
    let agreement = agreement(&app).await;
    let other = foreign(&app).await;
    let key = agreement.as_str().unwrap().strip_prefix("agreement_").unwrap();
    other.execute_unprepared(&format!("UPDATE agreement SET template_version = '9' WHERE id = '{key}'")).await.unwrap();
    let watching = foreign(&app).await;
    let meeting = async {
        // The change has read the row, wants to write it, and waits for the other: the server says so.
        while texts(&watching, "SELECT mode FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'").await.is_empty() {
            tokio::task::yield_now().await;
        }
        other.commit().await.unwrap();
    };
    let ((answer, tries), ()) = tokio::join!(change(&app, &agreement), meeting);
    assert_eq!(answer.json(), done());
    assert_eq!(tries, 2);
    // Neither of the two overwrote the other.
    let tx = app.app.db.read().await.unwrap();
    let stored = texts(&tx, &format!("SELECT template_version || ' ' || purpose FROM agreement WHERE id = '{key}'")).await;
    assert_eq!(stored, ["9 Ny"]);
}

/// Lets the first changes of agreements fail to serialise: as they are made, or as they are committed.
async fn let_fail(app: &TestApp, times: usize, when: When) {
    let trigger = match when {
        When::Writing => "CREATE TRIGGER fail BEFORE UPDATE",
        When::Committing => "CREATE CONSTRAINT TRIGGER fail AFTER UPDATE",
    };
    let deferred = if when == When::Committing { "DEFERRABLE INITIALLY DEFERRED" } else { "" };
    let tx = foreign(app).await;
    // What a sequence has counted is not taken back with the transaction.
    tx.execute_unprepared(&format!(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'others were at work' USING ERRCODE = '40001'; END IF;
             RETURN NEW;
         END $$;
         {trigger} ON agreement {deferred} FOR EACH ROW EXECUTE FUNCTION fail()"
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Writing,
    Committing,
}

#[tokio::test]
async fn a_change_that_fails_to_serialise_nine_times_is_answered_well() {
    for when in [When::Writing, When::Committing] {
        let app = TestApp::start().await;
        let agreement = agreement(&app).await;
        let_fail(&app, 9, when).await;
        let (answer, tries) = change(&app, &agreement).await;
        assert_eq!((answer.json(), tries), (done(), 10));
        let tx = app.app.db.read().await.unwrap();
        assert_eq!(texts(&tx, "SELECT id::text FROM audit_entry WHERE action = 'updateAgreement'").await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_that_fails_to_serialise_ten_times_is_unavailable_and_leaves_nothing() {
    for when in [When::Writing, When::Committing] {
        let app = TestApp::start().await;
        let agreement = agreement(&app).await;
        let_fail(&app, 10, when).await;
        let before = stored(&app).await;
        let (answer, tries) = change(&app, &agreement).await;
        assert_eq!((answer.status.as_u16(), tries), (503, 10), "{}", answer.text());
        assert_eq!(answer.json()["errors"][0]["extensions"], json!({ "code": "UNAVAILABLE" }));
        assert!(!answer.text().contains("40001") && !answer.text().contains("others were at work"), "{}", answer.text());
        assert!(before == stored(&app).await);
        assert_eq!(change(&app, &agreement).await.0.json(), done());
    }
}
