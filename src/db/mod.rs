//! The connection to the database: how it is opened, and the two kinds of transaction that every use case runs in.
//!
//! A query reads one consistent state; a mutation is one transaction that begins as a writer. Nothing here knows a table.

mod connect;
pub mod page;
pub mod row;
mod url;
pub mod write;

use std::{sync::Arc, time::Duration};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, seaql_migrations};

use self::connect::{Use, connect};
pub use self::url::{DatabaseUrl, Engine, sqlite_url};
pub use crate::kernel::fault::is_transient;

/// How long the end of the program waits for the database.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// A transaction of a use case.
pub type Tx = DatabaseTransaction;

/// Told of each statement that is sent: for tests that count them.
pub type StatementObserver = Arc<dyn Fn(&str) + Send + Sync>;

/// How the database is opened.
#[derive(Clone)]
pub struct DbOptions {
    /// Where it is.
    pub url: DatabaseUrl,
    /// How many connections read at the same time.
    pub read_connections: u32,
    /// Told of each statement; none in production.
    pub observer: Option<StatementObserver>,
}

/// On `PostgreSQL` a writer takes this before it sees anything. Readers do not, and are not held up.
const ONE_WRITER: &str = "LOCK TABLE audit_chain IN SHARE ROW EXCLUSIVE MODE";

/// On `PostgreSQL` one program at a time changes the schema; the number means nothing, and may wait longer than other work.
const ONE_MIGRATOR: &str = "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(5063711862037)";

/// The open database: many readers, one writer.
#[derive(Clone)]
pub struct Db {
    readers: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Opens the database; on `SQLite` it makes the file where there is none.
    pub async fn open(options: &DbOptions) -> anyhow::Result<Self> {
        let writer = connect(options, 1, Use::Writing).await?;
        let readers = connect(options, options.read_connections, Use::Reading).await?;
        Ok(Self { readers, writer })
    }

    /// Brings the schema to the newest version: all of it or, where something fails, nothing. Who comes second at the same time waits.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let tx = self.writer.begin_with_options(beginning(self.engine(), IsolationLevel::ReadCommitted, Use::Writing)).await?;
        if self.engine() == Engine::Postgres {
            tx.execute_unprepared(ONE_MIGRATOR).await?;
        }
        migration::Migrator::up(&tx, None).await?;
        tx.commit().await
    }

    /// Whether the database answers and has the newest schema.
    pub async fn ready(&self) -> Result<bool, DbErr> {
        // Asking the migrator would write: it makes sure of its table first.
        let applied = seaql_migrations::Entity::find().all(&self.readers).await?;
        let applied = |name: &str| applied.iter().any(|migration| migration.version == name);
        Ok(migration::Migrator::migrations().iter().all(|migration| applied(migration.name())))
    }

    /// Begins to read one state of the database. On `PostgreSQL` in REPEATABLE READ: what only reads there never fails to serialise.
    pub async fn read(&self) -> Result<Tx, DbErr> {
        self.readers.begin_with_options(beginning(self.engine(), IsolationLevel::RepeatableRead, Use::Reading)).await
    }

    /// Begins to write as the one writer of the whole installation, on both engines: the audit chain needs one order of all changes,
    /// and a rule that a writer has seen kept stays kept until it commits. Who comes second waits, five seconds at most.
    ///
    /// On `SQLite` by BEGIN IMMEDIATE, because a reader that turns writer can fail at once. On `PostgreSQL` by a lock on the audit
    /// chain that is the first statement, before the transaction has its snapshot: so it sees all that the writer before it has
    /// committed, and does not fail to serialise. It is SERIALIZABLE all the same, so that writing without the lock would fail
    /// rather than be wrong.
    pub async fn write(&self) -> Result<Tx, DbErr> {
        let tx = self.writer.begin_with_options(beginning(self.engine(), IsolationLevel::Serializable, Use::Writing)).await?;
        if self.engine() == Engine::Postgres {
            tx.execute_unprepared(ONE_WRITER).await?;
        }
        Ok(tx)
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        if self.writer.get_database_backend() == DbBackend::Postgres { Engine::Postgres } else { Engine::Sqlite }
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

/// How a transaction begins: each engine knows its own part, and complains about the other's.
fn beginning(engine: Engine, isolation: IsolationLevel, used_for: Use) -> TransactionOptions {
    let (access, mode) = match used_for {
        Use::Reading => (AccessMode::ReadOnly, SqliteTransactionMode::Deferred),
        Use::Writing => (AccessMode::ReadWrite, SqliteTransactionMode::Immediate),
    };
    match engine {
        Engine::Sqlite => TransactionOptions { sqlite_transaction_mode: Some(mode), ..Default::default() },
        Engine::Postgres => {
            TransactionOptions { isolation_level: Some(isolation), access_mode: Some(access), sqlite_transaction_mode: None }
        }
    }
}

/// Whether no stored text can be this one: U+0000 is refused wherever texts are written, and `PostgreSQL` cannot even be asked for it.
pub fn is_never_stored(text: &str) -> bool {
    text.contains('\0')
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

/// Whether a period in the database ends on a day, later or not at all.
pub fn ends_on_or_after<C: sea_orm::ColumnTrait>(to: C, day: chrono::NaiveDate) -> sea_orm::Condition {
    sea_orm::Condition::any().add(to.is_null()).add(to.gte(day))
}
