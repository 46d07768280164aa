//! One order on every database: of changes, by the ends of the audit chains; of texts, by their bytes.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::build::{create, table, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entries = ColumnDef::new(Alias::new("entries")).big_integer().not_null().to_owned();
        create(manager, vec![table("audit_chain").col(entries).col(text("hash")).to_owned()], Vec::new()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            order_by_bytes(manager).await?;
        }
        Ok(())
    }
}

/// The texts by which lists are ordered and continued.
const ORDERING: [(&str, &str); 6] = [
    ("municipality", "slug"),
    ("controller", "name_sort"),
    ("person", "name_sort"),
    ("party", "name_sort"),
    ("agreement", "title_sort"),
    ("engagement", "path"),
];

/// Texts sort by their bytes, as they always do in `SQLite`, and not as the database's locale has it.
async fn order_by_bytes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, column) in ORDERING {
        let alter = format!(r#"ALTER TABLE {table} ALTER COLUMN {column} TYPE text COLLATE "C""#);
        manager.get_connection().execute_unprepared(&alter).await?;
    }
    Ok(())
}
