//! Which controllers' duties went over to others.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{controller, controller_succession};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    authz::{ReadScope, WriteScope},
    db::{Tx, write::insert},
    domain::organisation::{model::Succession, rules::succession::Successions},
    kernel::{
        id::keys,
        ids::Ids,
        kinds::{ControllerId, MunicipalityId},
    },
};

/// The municipality of every controller.
pub async fn hosts(tx: &Tx, _: &WriteScope) -> Result<HashMap<ControllerId, MunicipalityId>, DbErr> {
    use controller::Column;
    let select = controller::Entity::find().select_only().column(Column::Id).column(Column::MunicipalityId);
    let rows: Vec<(Uuid, Uuid)> = select.into_tuple().all(tx).await?;
    Ok(rows.into_iter().map(|(controller, host)| (ControllerId::new(controller), MunicipalityId::new(host))).collect())
}

/// All successions, past and to come.
pub async fn successions(tx: &Tx, _: &WriteScope) -> Result<Successions, DbErr> {
    let rows = controller_succession::Entity::find().all(tx).await?.into_iter().map(succession);
    Ok(rows.map(|row| (row.predecessor, (row.successor, row.on))).collect())
}

/// The successions of these controllers and to them, by day.
pub async fn successions_of(tx: &Tx, scope: &ReadScope, of: &[ControllerId]) -> Result<Vec<Succession>, DbErr> {
    use controller_succession::Column;
    let theirs = Condition::any().add(Column::PredecessorId.is_in(keys(of))).add(Column::SuccessorId.is_in(keys(of)));
    let select = controller_succession::Entity::find().filter(scope.directory_condition()).filter(theirs);
    let rows = select.order_by_asc(Column::SucceededOn).order_by_asc(Column::PredecessorId).all(tx).await?;
    Ok(rows.into_iter().map(succession).collect())
}

/// Stores new successions.
pub async fn insert_successions(tx: &Tx, _: &WriteScope, ids: &Ids, now: DateTime<Utc>, new: &[Succession]) -> Result<(), DbErr> {
    let row = |new: &Succession| controller_succession::ActiveModel {
        id: Set(ids.uuid(now)),
        predecessor_id: Set(new.predecessor.key()),
        successor_id: Set(new.successor.key()),
        succeeded_on: Set(new.on),
        decision_reference: Set(new.decision_reference.clone()),
    };
    insert(tx, new.iter().map(row).collect()).await
}

fn succession(row: controller_succession::Model) -> Succession {
    Succession {
        predecessor: ControllerId::new(row.predecessor_id),
        successor: ControllerId::new(row.successor_id),
        on: row.succeeded_on,
        decision_reference: row.decision_reference,
    }
}
