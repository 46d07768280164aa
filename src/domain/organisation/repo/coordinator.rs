//! Assignments of coordinators in the database.

use chrono::{DateTime, NaiveDate, Utc};
use entity::coordinator_assignment;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};

use super::period;
use crate::{
    authz::{ReadScope, WriteScope},
    db::{
        Tx, holds_on,
        write::{insert, update, withdraw},
    },
    domain::organisation::model::Assignment,
    kernel::{
        id::keys,
        kinds::{AssignmentId, ControllerId, PersonId},
    },
};

/// The assignments of these controllers; those that hold on a day where one is given, else all.
pub async fn assignments_of(tx: &Tx, scope: &ReadScope, ids: &[ControllerId], day: Option<NaiveDate>) -> Result<Vec<Assignment>, DbErr> {
    use coordinator_assignment::Column;
    let mut select = coordinator_assignment::Entity::find()
        .filter(scope.directory_condition())
        .filter(Column::ControllerId.is_in(keys(ids)))
        .filter(Column::WithdrawnAt.is_null())
        .order_by_asc(Column::Deputy)
        .order_by_asc(Column::ValidFrom)
        .order_by_asc(Column::Id);
    if let Some(day) = day {
        select = select.filter(holds_on(Column::ValidFrom, Column::ValidTo, day));
    }
    select.all(tx).await?.iter().map(assignment).collect()
}

/// The assignments with these ids.
pub async fn assignments(tx: &Tx, scope: &ReadScope, ids: &[AssignmentId]) -> Result<Vec<Assignment>, DbErr> {
    let select = coordinator_assignment::Entity::find()
        .filter(scope.directory_condition())
        .filter(coordinator_assignment::Column::Id.is_in(keys(ids)))
        .filter(coordinator_assignment::Column::WithdrawnAt.is_null());
    select.all(tx).await?.iter().map(assignment).collect()
}

/// Stores new assignments.
pub async fn insert_assignments(tx: &Tx, _: &WriteScope, new: &[Assignment]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(assignment_row).collect()).await
}

/// Stores a changed assignment; false where somebody was faster.
pub async fn update_assignment(tx: &Tx, _: &WriteScope, changed: &Assignment) -> Result<bool, DbErr> {
    use coordinator_assignment::Column;
    update(tx, assignment_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Lets assignments end on `last`, which none of them begins after.
pub async fn end_assignments(tx: &Tx, _: &WriteScope, these: &[AssignmentId], last: NaiveDate) -> Result<(), DbErr> {
    use coordinator_assignment::Column;
    let update = coordinator_assignment::Entity::update_many()
        .col_expr(Column::ValidTo, Expr::value(last))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    update.filter(Column::Id.is_in(keys(these))).exec(tx).await.map(drop)
}

/// Withdraws assignments.
pub async fn withdraw_assignments(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, these: &[AssignmentId]) -> Result<(), DbErr> {
    use coordinator_assignment::Column;
    let update = coordinator_assignment::Entity::update_many()
        .col_expr(Column::WithdrawnAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    update.filter(Column::Id.is_in(keys(these))).exec(tx).await.map(drop)
}

/// Withdraws an assignment; false where somebody was faster.
pub async fn withdraw_assignment(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Assignment) -> Result<bool, DbErr> {
    use coordinator_assignment::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

fn assignment(row: &coordinator_assignment::Model) -> Result<Assignment, DbErr> {
    Ok(Assignment {
        id: AssignmentId::new(row.id),
        person: PersonId::new(row.person_id),
        controller: ControllerId::new(row.controller_id),
        deputy: row.deputy,
        validity: period(row.valid_from, row.valid_to)?,
        version: row.version,
    })
}

fn assignment_row(model: &Assignment) -> coordinator_assignment::ActiveModel {
    coordinator_assignment::ActiveModel {
        id: Set(model.id.key()),
        person_id: Set(model.person.key()),
        controller_id: Set(model.controller.key()),
        deputy: Set(model.deputy),
        valid_from: Set(model.validity.from),
        valid_to: Set(model.validity.to),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}
