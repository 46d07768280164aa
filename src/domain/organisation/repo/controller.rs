//! Controllers in the database.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{controller, controller_reader};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

use super::period;
use crate::{
    app::Cx,
    authz::{ReadScope, WriteScope},
    db::{
        Tx, holds_on, open_period_holds_on,
        page::{self, Sorting},
        row,
        write::{insert, update, withdraw},
    },
    domain::{organisation::model::Controller, visibility::repo::controller_is_open},
    kernel::{
        code::Code,
        id::keys,
        kinds::{ControllerId, MunicipalityId},
        page::{Page, Slice},
        text::sort_key,
    },
};

/// The controllers of each municipality that exist on `as_of`: those it hosts, and the joint boards it is a member of that day.
pub async fn controllers_of(
    tx: &Tx,
    scope: &ReadScope,
    municipalities: &[MunicipalityId],
    as_of: NaiveDate,
    asked: &Page,
) -> Result<HashMap<Uuid, Slice<Controller>>, DbErr> {
    use controller_reader::Column as Reader;
    let select = controller::Entity::find()
        .join(JoinType::InnerJoin, readers_join())
        .filter(scope.directory_condition())
        .filter(controller::Column::WithdrawnAt.is_null())
        .filter(Reader::MunicipalityId.is_in(keys(municipalities)))
        .filter(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, as_of))
        .filter(holds_on(controller::Column::ValidFrom, controller::Column::ValidTo, as_of));
    let sorting = Sorting::ascending(controller::Column::NameSort, controller::Column::Id);
    let parent = Expr::col(Reader::MunicipalityId.as_column_ref());
    let slices = page::pages(tx, select, parent, sorting, asked).await?;
    slices.into_iter().map(|(parent, slice)| Ok((parent, slice.try_map(controller)?))).collect()
}

/// The controllers with these ids.
pub async fn controllers(tx: &Tx, scope: &ReadScope, ids: &[ControllerId]) -> Result<Vec<Controller>, DbErr> {
    Ok(controllers_named(tx, scope, ids).await?.into_iter().filter(|controller| !controller.withdrawn).collect())
}

/// The same, and those that are withdrawn: for what names them still.
pub async fn controllers_named(tx: &Tx, scope: &ReadScope, ids: &[ControllerId]) -> Result<Vec<Controller>, DbErr> {
    let select = controller::Entity::find().filter(scope.directory_condition()).filter(controller::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.into_iter().map(controller).collect()
}

/// The controllers whose records the scope opens today, ended ones included.
pub async fn controllers_read(cx: &Cx) -> Result<Vec<Controller>, DbErr> {
    let open = controller_is_open(cx, controller::Column::Id, None);
    let select = controller::Entity::find().filter(open).filter(controller::Column::WithdrawnAt.is_null());
    select.order_by_asc(controller::Column::Id).all(&cx.tx).await?.into_iter().map(controller).collect()
}

/// Stores a new controller.
pub async fn insert_controller(tx: &Tx, _: &WriteScope, new: &Controller) -> Result<(), DbErr> {
    insert(tx, vec![controller_row(new)]).await
}

/// Stores a changed controller; false where somebody was faster.
pub async fn update_controller(tx: &Tx, _: &WriteScope, changed: &Controller) -> Result<bool, DbErr> {
    use controller::Column;
    update(tx, controller_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws a controller; false where somebody was faster.
pub async fn withdraw_controller(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Controller) -> Result<bool, DbErr> {
    use controller::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

fn readers_join() -> sea_orm::RelationDef {
    controller::Entity::belongs_to(controller_reader::Entity)
        .from(controller::Column::Id)
        .to(controller_reader::Column::ControllerId)
        .into()
}

fn controller(row: controller::Model) -> Result<Controller, DbErr> {
    Ok(Controller {
        id: ControllerId::new(row.id),
        host: MunicipalityId::new(row.municipality_id),
        name: row.name,
        kind: row::code(&row.kind)?,
        organisation_number: row.organisation_number,
        validity: period(row.valid_from, row.valid_to)?,
        version: row.version,
        withdrawn: row.withdrawn_at.is_some(),
    })
}

fn controller_row(model: &Controller) -> controller::ActiveModel {
    controller::ActiveModel {
        id: Set(model.id.key()),
        municipality_id: Set(model.host.key()),
        name: Set(model.name.clone()),
        name_sort: Set(sort_key(&model.name)),
        kind: Set(model.kind.code().to_owned()),
        organisation_number: Set(model.organisation_number.clone()),
        valid_from: Set(model.validity.from),
        valid_to: Set(model.validity.to),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}
