//! Who holds the duties of each controller, from when to when: itself, and after a succession its successors. It follows from the
//! successions, so that a statement finds the holder on a day without walking along them.

use sea_orm_migration::prelude::*;

use crate::build::{create, index, key, optional_date, points_to, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let holder = table("controller_holder")
            .col(key("controller_id"))
            .col(key("holder_id"))
            .col(optional_date("valid_from"))
            .col(optional_date("valid_to"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .foreign_key(&mut points_to("holder_id", "controller"))
            .to_owned();
        create(manager, vec![holder], indexes()).await?;
        manager.get_connection().execute_unprepared(EACH_ITSELF).await?;
        Ok(())
    }
}

/// No succession could be recorded before.
const EACH_ITSELF: &str = "INSERT INTO controller_holder (id, controller_id, holder_id) SELECT id, id, id FROM controller";

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("controller_holder_controller", "controller_holder", &["controller_id", "valid_from", "valid_to", "holder_id"]),
        index("controller_holder_holder", "controller_holder", &["holder_id", "valid_from", "valid_to", "controller_id"]),
    ]
}
