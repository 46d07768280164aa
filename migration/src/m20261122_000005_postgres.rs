//! The end of each audit chain.

use sea_orm_migration::prelude::*;

use crate::build::{create, table, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let chains = table("audit_chain").col(ColumnDef::new(Alias::new("entries")).big_integer().not_null()).col(text("hash")).to_owned();
        create(manager, vec![chains], vec![]).await
    }
}
