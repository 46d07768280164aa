//! People who left are erased after a time: the row stays, because records and the audit log refer to it, and tells since when.

use sea_orm_migration::prelude::*;

use crate::build::optional_instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut erased_at = optional_instant("erased_at");
        manager.alter_table(Table::alter().table(Alias::new("person")).add_column(&mut erased_at).to_owned()).await
    }
}
