//! Registers that were uploaded and wait to be imported.

use sea_orm_migration::prelude::*;

use crate::build::{create, index, instant, key, points_to, table, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let upload = table("upload")
            .col(key("account_id"))
            .col(key("municipality_id"))
            .col(text("content"))
            .col(instant("created_at"))
            .col(instant("expires_at"))
            .foreign_key(&mut points_to("account_id", "account"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned();
        let indexes = vec![index("upload_account", "upload", &["account_id", "id"]), index("upload_expires_at", "upload", &["expires_at"])];
        create(manager, vec![upload], indexes).await
    }
}
