//! Roles that a record gives, in the database.

use chrono::NaiveDate;
use entity::role_grant;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

use super::period;
use crate::{
    authz::{ReadScope, Role, WriteScope},
    db::{
        Tx, row,
        write::{insert, update},
    },
    domain::organisation::model::RoleRecord,
    kernel::{
        code::Code,
        kinds::{MunicipalityId, PersonId},
    },
};

/// The records that give a person a role in a municipality, oldest first, with their keys.
pub async fn role_records(
    tx: &Tx,
    _: &WriteScope,
    person: PersonId,
    role: Role,
    municipality: MunicipalityId,
) -> Result<Vec<(Uuid, RoleRecord)>, DbErr> {
    use role_grant::Column;
    let select = role_grant::Entity::find()
        .filter(Column::PersonId.eq(person.key()))
        .filter(Column::Role.eq(role.code()))
        .filter(Column::MunicipalityId.eq(municipality.key()))
        .order_by_asc(Column::ValidFrom);
    select.all(tx).await?.into_iter().map(|row| Ok((row.id, role_record(&row)?))).collect()
}

/// Whether a municipality has an administrator other than `person` on `day` or later.
pub async fn has_other_administrator(
    tx: &Tx,
    _: &ReadScope,
    municipality: MunicipalityId,
    person: PersonId,
    day: NaiveDate,
) -> Result<bool, DbErr> {
    let select = administrators(municipality, day).filter(role_grant::Column::PersonId.ne(person.key()));
    Ok(select.one(tx).await?.is_some())
}

/// Whether `person` is recorded as administrator of a municipality on `day` or later.
pub async fn administers(tx: &Tx, _: &ReadScope, municipality: MunicipalityId, person: PersonId, day: NaiveDate) -> Result<bool, DbErr> {
    let select = administrators(municipality, day).filter(role_grant::Column::PersonId.eq(person.key()));
    Ok(select.one(tx).await?.is_some())
}

fn administrators(municipality: MunicipalityId, day: NaiveDate) -> Select<role_grant::Entity> {
    use role_grant::Column;
    role_grant::Entity::find()
        .filter(Column::Role.eq(Role::MunicipalityAdministrator.code()))
        .filter(Column::MunicipalityId.eq(municipality.key()))
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gte(day)))
}

/// Stores new role records.
pub async fn insert_role_records(tx: &Tx, _: &WriteScope, new: &[(Uuid, RoleRecord)]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(|(key, model)| role_row(*key, model)).collect()).await
}

/// Stores a changed role record; false where somebody was faster.
pub async fn update_role_record(tx: &Tx, _: &WriteScope, key: Uuid, changed: &RoleRecord) -> Result<bool, DbErr> {
    use role_grant::Column;
    update(tx, role_row(key, changed), (Column::Id, key), (Column::Version, changed.version)).await
}

fn role_record(row: &role_grant::Model) -> Result<RoleRecord, DbErr> {
    Ok(RoleRecord {
        person: PersonId::new(row.person_id),
        role: row::code(&row.role)?,
        municipality: MunicipalityId::new(row.municipality_id),
        validity: period(row.valid_from, row.valid_to)?,
        version: row.version,
    })
}

fn role_row(key: Uuid, model: &RoleRecord) -> role_grant::ActiveModel {
    role_grant::ActiveModel {
        id: Set(key),
        person_id: Set(model.person.key()),
        role: Set(model.role.code().to_owned()),
        municipality_id: Set(model.municipality.key()),
        valid_from: Set(model.validity.from),
        valid_to: Set(model.validity.to),
        version: Set(model.version),
    }
}
