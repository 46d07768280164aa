//! The audit log, which is only ever added to, and the answers that are remembered under an `Idempotency-Key`.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::build::{create, index, instant, key, optional_key, optional_text, points_to, table, text, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, tables(), indexes()).await?;
        for statement in only_added_to(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        // Accounts and people are not pointed to: they can be erased, their acts not.
        table("audit_entry")
            .col(key("chain_id"))
            .col(ColumnDef::new(Alias::new("sequence")).big_integer().not_null())
            .col(key("change_id"))
            .col(instant("at"))
            .col(text("actor_kind"))
            .col(optional_key("account_id"))
            .col(optional_key("person_id"))
            .col(optional_text("role"))
            .col(text("action"))
            .col(text("subject"))
            .col(key("record_id"))
            .col(key("municipality_id"))
            .col(text("changes"))
            .col(text("previous_hash"))
            .col(text("hash"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned(),
        table("audit_entry_controller")
            .col(key("entry_id"))
            .col(key("controller_id"))
            .foreign_key(&mut points_to("entry_id", "audit_entry"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .to_owned(),
        table("remembered_answer")
            .col(key("account_id"))
            .col(text("key_hash"))
            .col(text("request_hash"))
            .col(text("answer"))
            .col(instant("expires_at"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("audit_entry_chain", "audit_entry", &["chain_id", "sequence"]),
        index("audit_entry_record", "audit_entry", &["record_id", "id"]),
        index("audit_entry_change", "audit_entry", &["change_id", "id"]),
        unique("audit_entry_controller_entry", "audit_entry_controller", &["entry_id", "controller_id"]),
        index("audit_entry_controller_controller", "audit_entry_controller", &["controller_id", "entry_id"]),
        unique("remembered_answer_key", "remembered_answer", &["account_id", "key_hash"]),
        index("remembered_answer_expires", "remembered_answer", &["expires_at"]),
    ]
}

/// Nobody changes or removes what stands in the log, whatever the program would do.
fn only_added_to(backend: DbBackend) -> Vec<String> {
    let tables = ["audit_entry", "audit_entry_controller"];
    if backend == DbBackend::Sqlite {
        let triggers = tables.iter().flat_map(|table| ["UPDATE", "DELETE"].map(|event| (table, event)));
        return triggers
            .map(|(table, event)| {
                let name = event.to_lowercase();
                format!(
                    "CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} \
                     BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
                )
            })
            .collect();
    }
    let refuse = "CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS \
                  $$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$"
        .to_owned();
    let triggers = tables.iter().map(|table| {
        format!(
            "CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()"
        )
    });
    std::iter::once(refuse).chain(triggers).collect()
}
