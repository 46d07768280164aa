//! How connections are made and what they have to be: durable, in Unicode, and those that read unable to write.

use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement,
    sqlx::{
        ConnectOptions as _,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    DbOptions,
    url::{DatabaseUrl, Engine},
};

/// How long anything waits for a lock or a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a transaction on `PostgreSQL` may stand still before the server ends it: a program that is lost holds no lock for longer.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The oldest `PostgreSQL` that the tests run on, as it numbers its versions.
const OLDEST_POSTGRES: u32 = 150_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Reading,
    Writing,
}

/// Opens connections, all for the same use.
pub(super) async fn connect(options: &DbOptions, connections: u32, used_for: Use) -> anyhow::Result<DatabaseConnection> {
    let url = &options.url;
    let engine = url.engine().with_context(|| format!("{url} begins neither with sqlite:// nor with postgres://"))?;
    let mut connection = opened(url, engine, connections, used_for).await.with_context(|| format!("cannot open the database {url}"))?;
    // Readers have the same server or file, and nothing to lose.
    if used_for == Use::Writing {
        check(&connection, engine).await.with_context(|| format!("the database {url} cannot be used"))?;
    }
    if let Some(observer) = options.observer.clone() {
        connection.set_metric_callback(move |info| observer(&info.statement.sql));
    }
    Ok(connection)
}

async fn opened(url: &DatabaseUrl, engine: Engine, connections: u32, used_for: Use) -> anyhow::Result<DatabaseConnection> {
    let mut connect = match engine {
        Engine::Sqlite => ConnectOptions::new(url.secret()),
        // The library logs the address that it is given here; the one with the password it gets below.
        Engine::Postgres => ConnectOptions::new("postgres://"),
    };
    connect.max_connections(connections).min_connections(1).acquire_timeout(PATIENCE).sqlx_logging(false);
    match engine {
        Engine::Sqlite => connect.map_sqlx_sqlite_opts(move |options| sqlite(options, used_for)),
        Engine::Postgres => {
            let options = postgres(url.secret().parse()?, used_for);
            connect.map_sqlx_postgres_opts(move |_| options.clone())
        }
    };
    Ok(Database::connect(connect).await?)
}

fn sqlite(options: SqliteConnectOptions, used_for: Use) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        // What only reads cannot write, whatever it is asked.
        .pragma("query_only", if used_for == Use::Reading { "ON" } else { "OFF" })
}

fn postgres(options: PgConnectOptions, used_for: Use) -> PgConnectOptions {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    options.application_name("samverkan").disable_statement_logging().options([
        ("lock_timeout", milliseconds(PATIENCE)),
        ("idle_in_transaction_session_timeout", milliseconds(LONGEST_PAUSE)),
        ("default_transaction_read_only", if used_for == Use::Reading { "on" } else { "off" }.to_owned()),
    ])
}

async fn check(connection: &DatabaseConnection, engine: Engine) -> anyhow::Result<()> {
    match engine {
        Engine::Sqlite => check_sqlite(connection).await,
        Engine::Postgres => check_postgres(connection).await,
    }
}

/// What has been acknowledged is on the disk.
async fn check_sqlite(connection: &DatabaseConnection) -> anyhow::Result<()> {
    let journal: String = value(connection, "PRAGMA journal_mode").await?.try_get_by_index(0)?;
    ensure!(journal == "wal", "its journal is {journal} and not a write-ahead log (wal): it has to be a file on a local disk");
    let synchronous: i32 = value(connection, "PRAGMA synchronous").await?.try_get_by_index(0)?;
    ensure!(synchronous == 2, "its synchronous is {synchronous} and not 2 (FULL)");
    Ok(())
}

/// What has been acknowledged is on the disk, and every text can be stored.
async fn check_postgres(connection: &DatabaseConnection) -> anyhow::Result<()> {
    let number: u32 = setting(connection, "server_version_num").await?.parse()?;
    let version = setting(connection, "server_version").await?;
    ensure!(number >= OLDEST_POSTGRES, "PostgreSQL 15 or newer is needed, and this is {version}");
    let encoding = setting(connection, "server_encoding").await?;
    ensure!(encoding == "UTF8", "its encoding is {encoding}: make it with the encoding UTF8");
    let commit = setting(connection, "synchronous_commit").await?;
    ensure!(commit != "off", "synchronous_commit is off: what is acknowledged could be lost");
    if setting(connection, "fsync").await? == "off" {
        tracing::warn!("fsync is off in PostgreSQL: what is acknowledged can be lost when the machine stops");
    }
    Ok(())
}

async fn setting(connection: &DatabaseConnection, name: &str) -> anyhow::Result<String> {
    Ok(value(connection, &format!("SHOW {name}")).await?.try_get_by_index(0)?)
}

async fn value(connection: &DatabaseConnection, sql: &str) -> anyhow::Result<sea_orm::QueryResult> {
    let row: Result<_, DbErr> = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    row?.ok_or_else(|| anyhow!("no answer to {sql}"))
}
