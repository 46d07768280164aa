//! The history of samverkan's database schema, and the reference data that comes with it.
//!
//! A migration that has been released never changes; what it laid down is changed by a later one. Migrations name
//! tables and columns themselves instead of importing the entities, which follow the newest state.

use sea_orm_migration::prelude::*;

mod build;
mod m20261122_000001_organisation;
mod m20261122_000002_processor;
mod m20261122_000003_countries;
mod m20261122_000004_login;
mod m20261122_000005_one_order;
mod m20261122_000006_audit;
mod m20261122_000007_withdrawal;
mod m20261122_000008_erasure;
mod m20261122_000009_audit_order;
mod m20261122_000010_agreement_life;
mod m20261122_000011_succession;
mod m20261122_000012_upload;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_organisation::Migration),
            Box::new(m20261122_000002_processor::Migration),
            Box::new(m20261122_000003_countries::Migration),
            Box::new(m20261122_000004_login::Migration),
            Box::new(m20261122_000005_one_order::Migration),
            Box::new(m20261122_000006_audit::Migration),
            Box::new(m20261122_000007_withdrawal::Migration),
            Box::new(m20261122_000008_erasure::Migration),
            Box::new(m20261122_000009_audit_order::Migration),
            Box::new(m20261122_000010_agreement_life::Migration),
            Box::new(m20261122_000011_succession::Migration),
            Box::new(m20261122_000012_upload::Migration),
        ]
    }
}
