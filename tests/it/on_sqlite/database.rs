//! Databases of tests: files in folders of their own.

use samverkan::{
    db::{DatabaseUrl, Tx, sqlite_url},
    demo::Persona,
};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::support::{fill, texts};

/// A database that goes with its test.
pub(crate) struct Database(TempDir);

impl Database {
    /// Nothing in it, not even tables.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the demo's data at a scale, and the personas in it.
    pub(crate) async fn filled(scale: u32) -> (Self, Vec<Persona>) {
        static AT_SCALE_1: OnceCell<(Database, Vec<Persona>)> = OnceCell::const_new();
        if scale != 1 {
            return Self::newly_filled(scale).await;
        }
        let (template, personas) = AT_SCALE_1.get_or_init(|| Self::newly_filled(1)).await;
        let copy = Self::empty();
        std::fs::copy(template.0.path().join(FILE), copy.0.path().join(FILE)).unwrap();
        (copy, personas.clone())
    }

    async fn newly_filled(scale: u32) -> (Self, Vec<Persona>) {
        let database = Self::empty();
        let personas = fill(database.url(), scale).await;
        (database, personas)
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        sqlite_url(&self.0.path().join(FILE))
    }

    /// What the demo has to be told: nothing, it makes a file of its own.
    #[expect(clippy::unused_self, reason = "on the other engine it is this database")]
    pub(crate) fn demo_arguments(&self) -> Vec<String> {
        Vec::new()
    }
}

const FILE: &str = "test.sqlite";

/// The names of all tables.
pub(crate) async fn tables(tx: &Tx) -> Vec<String> {
    texts(tx, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").await
}

/// All rows of a table, as one text.
pub(crate) async fn rows(tx: &Tx, table: &str) -> String {
    let columns = texts(tx, &format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')")).await.join(" || ',' || ");
    texts(tx, &format!("SELECT group_concat(row, char(10)) FROM (SELECT {columns} AS row FROM \"{table}\" ORDER BY rowid)")).await.concat()
}

/// Other tables may go on pointing to a table that gets another name.
pub(crate) async fn allow_renaming(tx: &Tx) {
    tx.execute_unprepared("PRAGMA defer_foreign_keys = ON").await.unwrap();
}

/// Takes away what refuses to change or remove an entry of the audit log.
pub(crate) async fn allow_tampering(tx: &Tx) {
    for table in ["audit_entry", "audit_entry_controller"] {
        for event in ["update", "delete"] {
            tx.execute_unprepared(&format!("DROP TRIGGER {table}_no_{event}")).await.unwrap();
        }
    }
}
