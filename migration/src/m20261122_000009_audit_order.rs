//! The audit log is listed newest first: each chain in the order of its ids.

use sea_orm_migration::prelude::*;

use crate::build::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index("audit_entry_order", "audit_entry", &["chain_id", "id"])).await
    }
}
