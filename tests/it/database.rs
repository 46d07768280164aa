//! How the embedded database is opened: what was acknowledged is on the disk, and what reads cannot write.

use samverkan::db::Tx;
use sea_orm::{ConnectionTrait, Statement};

use crate::support::TestApp;

async fn pragma(tx: &Tx, name: &str) -> String {
    let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = tx.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<String>(0).or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string())).unwrap()
}

#[tokio::test]
async fn every_connection_is_durable_and_keeps_references() {
    let app = TestApp::start().await;
    for tx in [app.app.db.read().await.unwrap(), app.app.db.write().await.unwrap()] {
        assert_eq!(pragma(&tx, "journal_mode").await, "wal");
        assert_eq!(pragma(&tx, "synchronous").await, "2", "FULL");
        assert_eq!(pragma(&tx, "foreign_keys").await, "1");
    }
}

#[tokio::test]
async fn a_reading_connection_cannot_write() {
    let app = TestApp::start().await;
    let tx = app.app.db.read().await.unwrap();
    let error = tx.execute_unprepared("DELETE FROM session").await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test]
async fn a_writing_transaction_is_the_one_writer_from_its_beginning() {
    let app = TestApp::start().await;
    let writing = app.app.db.write().await.unwrap();
    let other = samverkan::db::Db::open(&app.options()).await.unwrap();
    let second = tokio::time::timeout(std::time::Duration::from_millis(200), other.write()).await;
    assert!(second.is_err(), "a second writer began while the first had not written anything");
    writing.rollback().await.unwrap();
    other.write().await.unwrap();
}

#[tokio::test]
async fn a_state_that_is_read_does_not_change_while_it_is_read() {
    let app = TestApp::start().await;
    let reading = app.app.db.read().await.unwrap();
    let count = async |tx: &Tx| {
        let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT COUNT(*) FROM session");
        tx.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap()
    };
    let before = count(&reading).await;
    let writing = app.app.db.write().await.unwrap();
    writing.execute_unprepared("DELETE FROM session").await.unwrap();
    writing.commit().await.unwrap();
    assert_eq!(count(&reading).await, before);
    assert_eq!(count(&app.app.db.read().await.unwrap()).await, 0);
}
