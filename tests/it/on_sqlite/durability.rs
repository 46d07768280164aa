//! How the embedded database is opened: what was acknowledged is on the disk.

use samverkan::{
    db::{Db, DbOptions, Tx, is_transient},
    kernel::refusal::Failure,
};
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
async fn to_find_another_writer_at_work_is_transient() {
    let app = TestApp::start().await;
    let writing = app.app.db.write().await.unwrap();
    let other = sea_orm::Database::connect(app.options().url.secret()).await.unwrap();
    let error = other.execute_unprepared("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE").await.unwrap_err();
    assert!(is_transient(&error), "{error}");
    assert!(matches!(error.into(), Failure::Unavailable(_)));
    let error = writing.execute_unprepared("SELECT 1 FROM nowhere").await.unwrap_err();
    assert!(!is_transient(&error), "{error}");
    assert!(matches!(error.into(), Failure::Internal(_)));
}

#[tokio::test]
async fn a_database_that_cannot_have_a_write_ahead_log_is_not_opened() {
    let options = DbOptions { url: "sqlite://nowhere?mode=memory".parse().unwrap(), read_connections: 1, observer: None };
    let Err(error) = Db::open(&options).await else { panic!("it was opened") };
    assert!(format!("{error:#}").contains("write-ahead log"), "{error:#}");
}
