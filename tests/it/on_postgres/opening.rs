//! How `PostgreSQL` is opened: what a session may and how long it waits, which servers and databases are refused, and that the password
//! is nowhere.

use samverkan::{
    db::{Db, DbOptions, Tx, is_transient},
    kernel::refusal::Failure,
};
use sea_orm::{ConnectionTrait, IsolationLevel, TransactionTrait};

use super::{database::Database, server::Server};
use crate::support::{
    TestApp,
    process::{Place, run},
    texts,
};

async fn setting(tx: &Tx, name: &str) -> String {
    texts(tx, &format!("SHOW {name}")).await.remove(0)
}

#[tokio::test]
async fn a_session_has_its_name_and_limits_and_its_transactions_the_isolation_that_they_need() {
    let app = TestApp::start().await;
    let (reading, writing) = (app.app.db.read().await.unwrap(), app.app.db.write().await.unwrap());
    for tx in [&reading, &writing] {
        assert_eq!(setting(tx, "application_name").await, "samverkan");
        assert_eq!(setting(tx, "lock_timeout").await, "5s");
        assert_eq!(setting(tx, "idle_in_transaction_session_timeout").await, "1min");
    }
    assert_eq!(setting(&reading, "transaction_isolation").await, "repeatable read");
    assert_eq!(setting(&reading, "transaction_read_only").await, "on");
    assert_eq!(setting(&reading, "default_transaction_read_only").await, "on");
    assert_eq!(setting(&writing, "transaction_isolation").await, "serializable");
    assert_eq!(setting(&writing, "transaction_read_only").await, "off");
}

#[tokio::test]
async fn a_writer_sees_what_the_writer_before_it_has_committed_and_does_not_fail_to_serialise() {
    let app = TestApp::start().await;
    let first = app.app.db.write().await.unwrap();
    let other = Db::open(&app.options()).await.unwrap();
    let second = tokio::spawn(async move { other.write().await });
    // The second waits for the lock when the server says so.
    let watching = app.app.db.read().await.unwrap();
    while texts(&watching, "SELECT mode FROM pg_locks WHERE NOT granted AND relation = 'audit_chain'::regclass").await.is_empty() {
        tokio::task::yield_now().await;
    }
    first.execute_unprepared("UPDATE party SET version = version + 1").await.unwrap();
    first.execute_unprepared("DELETE FROM session").await.unwrap();
    first.commit().await.unwrap();
    let second = second.await.unwrap().unwrap();
    assert_eq!(texts(&second, "SELECT kind FROM session").await, [""; 0]);
    second.execute_unprepared("UPDATE party SET version = version + 1").await.unwrap();
    second.commit().await.unwrap();
}

#[tokio::test]
async fn to_wait_too_long_for_a_lock_and_to_write_without_the_lock_are_transient_and_a_wrong_statement_is_not() {
    let app = TestApp::start().await;
    let other = sea_orm::Database::connect(app.options().url.secret()).await.unwrap();
    let unlocked = other.begin_with_config(Some(IsolationLevel::Serializable), None).await.unwrap();
    texts(&unlocked, "SELECT name FROM party").await;
    let first = app.app.db.write().await.unwrap();
    unlocked.execute_unprepared("SAVEPOINT here; SET LOCAL lock_timeout = '1ms'").await.unwrap();
    let waited = unlocked.execute_unprepared("LOCK TABLE audit_chain IN SHARE ROW EXCLUSIVE MODE").await.unwrap_err();
    assert!(is_transient(&waited), "{waited}");
    unlocked.execute_unprepared("ROLLBACK TO SAVEPOINT here").await.unwrap();
    first.execute_unprepared("UPDATE party SET version = version + 1").await.unwrap();
    first.commit().await.unwrap();
    let failed = unlocked.execute_unprepared("UPDATE party SET version = version + 1").await.unwrap_err();
    assert!(is_transient(&failed), "{failed}");
    assert!(matches!(failed.into(), Failure::Unavailable(_)));
    let wrong = other.execute_unprepared("SELECT 1 FROM nowhere").await.unwrap_err();
    assert!(!is_transient(&wrong), "{wrong}");
    assert!(matches!(wrong.into(), Failure::Internal(_)));
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_unavailable_and_the_next_one_works() {
    let app = TestApp::start().await;
    let tx = app.app.db.read().await.unwrap();
    let backend = texts(&tx, "SELECT pg_backend_pid()::text").await.remove(0);
    Server::get().tell(&format!("SELECT pg_terminate_backend({backend})::text"));
    let error = loop {
        if let Err(error) = tx.execute_unprepared("SELECT 1").await {
            break error;
        }
    };
    assert!(!is_transient(&error), "{error}");
    assert!(matches!(error.into(), Failure::Unavailable(_)));
    drop(tx);
    assert!(app.app.db.ready().await.unwrap());
}

#[tokio::test]
async fn a_database_in_another_encoding_than_unicode_is_not_opened() {
    let name = format!("samverkan_test_latin_{}", std::process::id());
    let server = Server::get();
    server.tell(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"));
    let opened = Db::open(&DbOptions { url: server.url_of(&name), read_connections: 1, observer: None }).await;
    server.tell(&format!("DROP DATABASE {name} WITH (FORCE)"));
    let Err(error) = opened else { panic!("it was opened") };
    assert!(format!("{error:#}").contains("make it with the encoding UTF8"), "{error:#}");
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_not_opened() {
    let database = Database::empty();
    let address = format!("{}?options=-c%20synchronous_commit%3Doff", database.url().secret());
    let Err(error) = Db::open(&DbOptions { url: address.into(), read_connections: 1, observer: None }).await else {
        panic!("it was opened")
    };
    assert!(format!("{error:#}").contains("synchronous_commit is off"), "{error:#}");
}

#[test]
fn the_password_is_in_no_message_and_in_no_line_of_the_log() {
    let place = Place::new();
    let right = place.url().replacen("://samverkan@", "://samverkan:S3cret@", 1);
    let elsewhere = "postgres://samverkan:S3cret@127.0.0.1:1/samverkan?password=S3cret".to_owned();
    let wrong = ["postgres://samverkan:S3cret@127.0.0.1:port/samverkan", "mysql://samverkan:S3cret@127.0.0.1/samverkan"];
    for url in [&right, &elsewhere].into_iter().map(String::as_str).chain(wrong) {
        let migrate = run(place.path(), &["migrate"], &[("SAMVERKAN_DATABASE_URL", url), ("SAMVERKAN_LOG", "trace")]);
        assert_eq!(migrate.status.success(), url == right, "{url}");
        // The demo would serve where it can.
        let demo = (url != right).then(|| run(place.path(), &["demo", "--port", "0", "--database-url", url], &[]));
        for ended in demo.iter().chain([&migrate]) {
            let written = ended.out.iter().chain(&ended.err).cloned().collect::<String>();
            assert!(!written.contains("S3cret"), "{written}");
        }
    }
}
