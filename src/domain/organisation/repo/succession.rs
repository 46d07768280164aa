//! Which controllers' duties went over to others.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{controller, controller_succession};
use sea_orm::{DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use crate::{
    authz::WriteScope,
    db::Tx,
    kernel::kinds::{ControllerId, MunicipalityId},
};

/// The municipality of every controller.
pub async fn hosts(tx: &Tx, _: &WriteScope) -> Result<HashMap<ControllerId, MunicipalityId>, DbErr> {
    use controller::Column;
    let select = controller::Entity::find().select_only().column(Column::Id).column(Column::MunicipalityId);
    let rows: Vec<(Uuid, Uuid)> = select.into_tuple().all(tx).await?;
    Ok(rows.into_iter().map(|(controller, host)| (ControllerId::new(controller), MunicipalityId::new(host))).collect())
}

/// To whom the duties of each controller went that has them no more, and from which day on.
pub async fn successions(tx: &Tx, _: &WriteScope) -> Result<HashMap<ControllerId, (ControllerId, NaiveDate)>, DbErr> {
    let rows = controller_succession::Entity::find().all(tx).await?;
    let succession = |row: controller_succession::Model| {
        (ControllerId::new(row.predecessor_id), (ControllerId::new(row.successor_id), row.succeeded_on))
    };
    Ok(rows.into_iter().map(succession).collect())
}
