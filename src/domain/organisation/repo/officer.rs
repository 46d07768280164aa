//! Appointments of data protection officers in the database.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{authority_notification, officer_appointment};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::period;
use crate::{
    authz::{ReadScope, WriteScope},
    db::{
        Tx, holds_on, row,
        write::{insert, update, withdraw},
    },
    domain::organisation::model::{Appointment, AuthorityNotification},
    kernel::{
        code::Code,
        id::keys,
        kinds::{AppointmentId, ControllerId, MunicipalityId, PersonId},
    },
};

/// The appointments by these controllers; those that hold on a day where one is given, else all.
pub async fn appointments_of(tx: &Tx, scope: &ReadScope, ids: &[ControllerId], day: Option<NaiveDate>) -> Result<Vec<Appointment>, DbErr> {
    use officer_appointment::Column;
    let mut select = officer_appointment::Entity::find()
        .filter(scope.directory_condition())
        .filter(Column::ControllerId.is_in(keys(ids)))
        .filter(Column::WithdrawnAt.is_null())
        .order_by_asc(Column::ValidFrom)
        .order_by_asc(Column::Id);
    if let Some(day) = day {
        select = select.filter(holds_on(Column::ValidFrom, Column::ValidTo, day));
    }
    select.all(tx).await?.into_iter().map(appointment).collect()
}

/// The appointments with these ids.
pub async fn appointments(tx: &Tx, scope: &ReadScope, ids: &[AppointmentId]) -> Result<Vec<Appointment>, DbErr> {
    let select = officer_appointment::Entity::find()
        .filter(scope.directory_condition())
        .filter(officer_appointment::Column::Id.is_in(keys(ids)))
        .filter(officer_appointment::Column::WithdrawnAt.is_null());
    select.all(tx).await?.into_iter().map(appointment).collect()
}

/// What the authority was told of these appointments, oldest first.
pub async fn notifications_of(
    tx: &Tx,
    scope: &ReadScope,
    ids: &[AppointmentId],
) -> Result<HashMap<AppointmentId, Vec<AuthorityNotification>>, DbErr> {
    use authority_notification::Column;
    let select = authority_notification::Entity::find()
        .filter(scope.directory_condition())
        .filter(Column::AppointmentId.is_in(keys(ids)))
        .order_by_asc(Column::NotifiedOn)
        .order_by_asc(Column::Id);
    let mut notifications: HashMap<AppointmentId, Vec<AuthorityNotification>> = HashMap::new();
    for row in select.all(tx).await? {
        let notification = AuthorityNotification { kind: row::code(&row.kind)?, on: row.notified_on, reference: row.reference };
        notifications.entry(AppointmentId::new(row.appointment_id)).or_default().push(notification);
    }
    Ok(notifications)
}

/// Stores new appointments.
pub async fn insert_appointments(tx: &Tx, _: &WriteScope, new: &[Appointment]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(appointment_row).collect()).await
}

/// Stores a changed appointment; false where somebody was faster.
pub async fn update_appointment(tx: &Tx, _: &WriteScope, changed: &Appointment) -> Result<bool, DbErr> {
    use officer_appointment::Column;
    update(tx, appointment_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws an appointment; false where somebody was faster.
pub async fn withdraw_appointment(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Appointment) -> Result<bool, DbErr> {
    use officer_appointment::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

/// Stores what the authority was told of an appointment.
pub async fn insert_notification(tx: &Tx, _: &WriteScope, of: AppointmentId, new: &AuthorityNotification, key: Uuid) -> Result<(), DbErr> {
    let row = authority_notification::ActiveModel {
        id: Set(key),
        appointment_id: Set(of.key()),
        kind: Set(new.kind.code().to_owned()),
        notified_on: Set(new.on),
        reference: Set(new.reference.clone()),
    };
    insert(tx, vec![row]).await
}

fn appointment(row: officer_appointment::Model) -> Result<Appointment, DbErr> {
    Ok(Appointment {
        id: AppointmentId::new(row.id),
        person: PersonId::new(row.person_id),
        controller: ControllerId::new(row.controller_id),
        login_at: MunicipalityId::new(row.login_at),
        validity: period(row.valid_from, row.valid_to)?,
        decision_reference: row.decision_reference,
        end_reason: row.end_reason.as_deref().map(row::code).transpose()?,
        version: row.version,
    })
}

fn appointment_row(model: &Appointment) -> officer_appointment::ActiveModel {
    officer_appointment::ActiveModel {
        id: Set(model.id.key()),
        person_id: Set(model.person.key()),
        controller_id: Set(model.controller.key()),
        login_at: Set(model.login_at.key()),
        valid_from: Set(model.validity.from),
        valid_to: Set(model.validity.to),
        decision_reference: Set(model.decision_reference.clone()),
        end_reason: Set(model.end_reason.map(|reason| reason.code().to_owned())),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}
