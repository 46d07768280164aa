//! Mistakes are withdrawn: kept in history, out of every list. What is right can then be entered again, so that what has to be the only
//! one of its kind is so among what is not withdrawn. Roles count their changes, too.

use sea_orm_migration::prelude::*;

use crate::build::{optional_instant, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What people enter.
const RECORDS: [&str; 8] =
    ["controller", "person", "coordinator_assignment", "officer_appointment", "party", "agreement", "agreement_party", "engagement"];

/// What has to be the only one of its kind: an index, its table and its columns.
const ONLY_ONE: [(&str, &str, &[&str]); 3] = [
    ("party_organisation_number", "party", &["organisation_number"]),
    ("party_controller", "party", &["controller_id"]),
    ("agreement_party_agreement_controller", "agreement_party", &["agreement_id", "controller_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in RECORDS {
            let mut withdrawn_at = optional_instant("withdrawn_at");
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(&mut withdrawn_at).to_owned()).await?;
        }
        let mut version = ColumnDef::new(Alias::new("version")).integer().not_null().default(1).to_owned();
        manager.alter_table(Table::alter().table(Alias::new("role_grant")).add_column(&mut version).to_owned()).await?;
        for (name, table, columns) in ONLY_ONE {
            manager.drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned()).await?;
            let among_the_others = unique(name, table, columns).and_where(Expr::col(Alias::new("withdrawn_at")).is_null()).to_owned();
            manager.create_index(among_the_others).await?;
        }
        Ok(())
    }
}
