//! The two kinds of transaction: what reads sees one state and cannot write, what writes is the one writer.

use std::time::Duration;

use samverkan::db::{Db, Tx};
use sea_orm::ConnectionTrait;

use crate::support::{TestApp, texts};

#[tokio::test]
async fn a_reading_connection_cannot_write() {
    let app = TestApp::start().await;
    let tx = app.app.db.read().await.unwrap();
    let error = tx.execute_unprepared("DELETE FROM session").await.unwrap_err();
    assert!(error.to_string().replace('-', "").contains("readonly"), "{error}");
}

#[tokio::test]
async fn a_writing_transaction_is_the_one_writer_from_its_beginning() {
    let app = TestApp::start().await;
    let writing = app.app.db.write().await.unwrap();
    let other = Db::open(&app.options()).await.unwrap();
    let second = tokio::time::timeout(Duration::from_millis(200), other.write()).await;
    assert!(second.is_err(), "a second writer began while the first had not written anything");
    writing.rollback().await.unwrap();
    other.write().await.unwrap();
}

#[tokio::test]
async fn a_state_that_is_read_does_not_change_while_it_is_read() {
    let app = TestApp::start().await;
    let reading = app.app.db.read().await.unwrap();
    let count = async |tx: &Tx| texts(tx, "SELECT kind FROM session").await.len();
    let before = count(&reading).await;
    let writing = app.app.db.write().await.unwrap();
    writing.execute_unprepared("DELETE FROM session").await.unwrap();
    writing.commit().await.unwrap();
    assert_eq!(count(&reading).await, before);
    assert_eq!(count(&app.app.db.read().await.unwrap()).await, 0);
}
