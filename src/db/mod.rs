//! The connection to the database: how it is opened, and the two kinds of transaction that every use case runs in.
//!
//! A query reads one consistent state; a mutation is one transaction that begins as a writer. Nothing here knows a table.

pub mod page;
pub mod row;
pub mod write;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::{MigratorTrait, seaql_migrations};

/// How long the end of the program waits for the database.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// A transaction of a use case.
pub type Tx = DatabaseTransaction;

/// Told of each statement that is sent: for tests that count them.
pub type StatementObserver = Arc<dyn Fn(&str) + Send + Sync>;

/// How the database is opened.
#[derive(Clone)]
pub struct DbOptions {
    /// `sqlite://` and the path of the file.
    pub url: String,
    /// How many connections read at the same time.
    pub read_connections: u32,
    /// Told of each statement; none in production.
    pub observer: Option<StatementObserver>,
}

/// The open database: many readers, one writer.
#[derive(Clone)]
pub struct Db {
    readers: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Opens the database, and makes the file where there is none.
    pub async fn open(options: &DbOptions) -> anyhow::Result<Self> {
        let writer = connect(options, 1, Use::Writing).await?;
        let readers = connect(options, options.read_connections, Use::Reading).await?;
        Ok(Self { readers, writer })
    }

    /// Brings the schema to the newest version.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        migration::Migrator::up(&self.writer, None).await
    }

    /// Whether the database answers and has the newest schema.
    pub async fn ready(&self) -> Result<bool, DbErr> {
        // Asking the migrator would write: it makes sure of its table first.
        let applied = seaql_migrations::Entity::find().all(&self.readers).await?;
        let applied = |name: &str| applied.iter().any(|migration| migration.version == name);
        Ok(migration::Migrator::migrations().iter().all(|migration| applied(migration.name())))
    }

    /// Begins to read one state of the database.
    pub async fn read(&self) -> Result<Tx, DbErr> {
        let options = TransactionOptions { access_mode: Some(AccessMode::ReadOnly), ..Default::default() };
        let sqlite = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred), ..Default::default() };
        let is_sqlite = self.readers.get_database_backend() == sea_orm::DbBackend::Sqlite;
        self.readers.begin_with_options(if is_sqlite { sqlite } else { options }).await
    }

    /// Begins to write. On `SQLite` as the one writer from the start, because a reader that turns writer can fail at once.
    pub async fn write(&self) -> Result<Tx, DbErr> {
        let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        self.writer.begin_with_options(options).await
    }

    /// Closes all connections when their work is done.
    pub async fn close(self) -> Result<(), DbErr> {
        self.readers.close().await?;
        self.writer.close().await
    }

    /// Closes all connections, and waits only a moment for those that are still at work: the process ends, and what they have not
    /// committed did not happen.
    pub async fn close_soon(self) -> Result<(), DbErr> {
        let Ok(closed) = tokio::time::timeout(LAST_MOMENT, self.close()).await else {
            tracing::warn!("ending although some statements have not");
            return Ok(());
        };
        closed
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Reading,
    Writing,
}

async fn connect(options: &DbOptions, connections: u32, used_for: Use) -> anyhow::Result<DatabaseConnection> {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                // What only reads cannot write, whatever it is asked.
                .pragma("query_only", if used_for == Use::Reading { "ON" } else { "OFF" })
        });
    let mut connection = Database::connect(connect).await.with_context(|| format!("cannot open the database {}", options.url))?;
    if let Some(observer) = options.observer.clone() {
        connection.set_metric_callback(move |info| observer(&info.statement.sql));
    }
    Ok(connection)
}

/// The address of a `SQLite` database in a file.
pub fn sqlite_url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Whether a text in the database contains another, whose every character counts as itself.
pub fn contains<C: sea_orm::ColumnTrait>(column: C, text: &str) -> sea_orm::Condition {
    let literal = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let pattern = sea_orm::sea_query::LikeExpr::new(format!("%{literal}%")).escape('\\');
    sea_orm::Condition::all().add(sea_orm::ColumnTrait::like(&column, pattern))
}

/// Whether a period in the database holds on a day: its first day is there, its last may be missing.
pub fn holds_on<C: sea_orm::ColumnTrait>(from: C, to: C, day: chrono::NaiveDate) -> sea_orm::Condition {
    sea_orm::Condition::all().add(from.lte(day)).add(ends_on_or_after(to, day))
}

/// Whether a period in the database that may lack its first day, too, holds on a day.
pub fn open_period_holds_on<C: sea_orm::ColumnTrait>(from: C, to: C, day: chrono::NaiveDate) -> sea_orm::Condition {
    let begun = sea_orm::Condition::any().add(from.is_null()).add(from.lte(day));
    sea_orm::Condition::all().add(begun).add(ends_on_or_after(to, day))
}

fn ends_on_or_after<C: sea_orm::ColumnTrait>(to: C, day: chrono::NaiveDate) -> sea_orm::Condition {
    sea_orm::Condition::any().add(to.is_null()).add(to.gte(day))
}
