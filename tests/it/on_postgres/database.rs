//! Databases of tests on the server of the tests.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU32, Ordering},
};

use samverkan::{
    authz::Role,
    db::{DatabaseUrl, Tx},
    demo::Persona,
    kernel::code::Code,
};
use sea_orm::ConnectionTrait as _;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::server::Server;
use crate::support::{fill, texts};

/// A database that goes with its test.
pub(crate) struct Database(String);

impl Database {
    /// Nothing in it, not even tables.
    pub(crate) fn empty() -> Self {
        Self::copy_of("template0")
    }

    /// With the demo's data at a scale, and the personas in it.
    pub(crate) async fn filled(scale: u32) -> (Self, Vec<Persona>) {
        let (template, personas) = template(scale).await;
        (Self::copy_of(&template), personas)
    }

    fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("samverkan_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        create(&name, template);
        Self(name)
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        Server::get().url_of(&self.0)
    }

    /// What the demo has to be told.
    pub(crate) fn demo_arguments(&self) -> Vec<String> {
        vec!["--database-url".to_owned(), self.url().secret().to_owned()]
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop_if_there(&self.0);
    }
}

fn create(name: &str, template: &str) {
    // A process with the same number may have been stopped before it removed its own.
    drop_if_there(name);
    Server::get().tell(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
}

fn drop_if_there(name: &str) {
    Server::get().tell(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

// ── the demo's data ──────────────────────────────────────────────────────────────────────────────

/// Only one process at a time fills a template of the server.
const ONE_FILLS: i64 = 4_711_862_037;

/// The name of a database with the demo's data at a scale, and the personas in it. Made once on each server for each build of the
/// tests; when it is whole, its personas are its comment.
async fn template(scale: u32) -> (String, Vec<Persona>) {
    /// The lock of the server does not keep the threads of one process apart.
    static ONE_THREAD: Mutex<()> = Mutex::const_new(());
    let _one = ONE_THREAD.lock().await;
    let (server, name) = (Server::get(), format!("samverkan_demo_{scale}_{:016x}", this_build()));
    let comment = || server.tell(&format!("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"));
    if let Some(personas) = comment() {
        return (name, read(&personas));
    }
    server.tell(&format!("SELECT pg_advisory_lock({ONE_FILLS})::text"));
    let personas = if let Some(personas) = comment() {
        read(&personas)
    } else {
        create(&name, "template0");
        let personas = fill(server.url_of(&name), scale).await;
        let written = serde_json::to_string(&personas).unwrap().replace('\'', "''");
        server.tell(&format!("COMMENT ON DATABASE {name} IS '{written}'"));
        personas
    };
    server.tell(&format!("SELECT pg_advisory_unlock({ONE_FILLS})::text"));
    (name, personas)
}

/// Tells one build of the tests from another.
fn this_build() -> u64 {
    let file = std::env::current_exe().and_then(std::fs::metadata).unwrap();
    let mut hash = DefaultHasher::new();
    (file.modified().unwrap(), file.len()).hash(&mut hash);
    hash.finish()
}

#[derive(Deserialize)]
struct WrittenPersona {
    persona: String,
    name: String,
    municipality: String,
    roles: Vec<String>,
    token: String,
}

fn read(personas: &str) -> Vec<Persona> {
    let written: Vec<WrittenPersona> = serde_json::from_str(personas).unwrap();
    let persona = |WrittenPersona { persona, name, municipality, roles, token }| {
        let roles = roles.into_iter().map(|role: String| role.parse::<Role>().unwrap().code()).collect();
        Persona { persona, name, municipality, roles, token }
    };
    written.into_iter().map(persona).collect()
}

// ── tables ───────────────────────────────────────────────────────────────────────────────────────

/// The names of all tables.
pub(crate) async fn tables(tx: &Tx) -> Vec<String> {
    texts(tx, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").await
}

/// All rows of a table, as one text.
pub(crate) async fn rows(tx: &Tx, table: &str) -> String {
    texts(tx, &format!(r#"SELECT string_agg(row::text, E'\n' ORDER BY row::text) FROM "{table}" AS row"#)).await.concat()
}

/// Other tables may go on pointing to a table that gets another name: here they always may.
pub(crate) async fn allow_renaming(_: &Tx) {}

/// Takes away what refuses to change or remove an entry of the audit log.
pub(crate) async fn allow_tampering(tx: &Tx) {
    for table in ["audit_entry", "audit_entry_controller"] {
        tx.execute_unprepared(&format!("DROP TRIGGER {table}_only_added_to ON {table}")).await.unwrap();
    }
}
