//! Sessions and roles in the database: two statements for each request.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{controller_reader, coordinator_assignment, municipality, officer_appointment, person, role_grant, session};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, ExprTrait, QueryResult,
    sea_query::{Alias, Expr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use crate::{
    authz::{Grant, Role, RoleSource},
    db::{Tx, holds_on, open_period_holds_on, row, write::insert},
    kernel::{
        code::Code,
        kinds::{ControllerId, MunicipalityId, PersonId},
    },
};

/// A session to be opened.
pub(super) struct NewSession {
    pub(super) key: Uuid,
    pub(super) token_hash: String,
    pub(super) person: PersonId,
    pub(super) municipality: MunicipalityId,
    pub(super) created_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Who has logged in, and where.
pub(super) struct Login {
    pub(super) person: PersonId,
    pub(super) name: String,
    pub(super) municipality: MunicipalityId,
}

pub(super) async fn store(tx: &Tx, new: NewSession) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        id: Set(new.key),
        token_hash: Set(new.token_hash),
        person_id: Set(new.person.key()),
        municipality_id: Set(new.municipality.key()),
        created_at: Set(new.created_at),
        expires_at: Set(new.expires_at),
    };
    insert(tx, vec![row]).await
}

/// The login behind a token's hash, while the session lasts and the municipality is a member.
pub(super) async fn login(tx: &Tx, token_hash: &str, now: DateTime<Utc>, today: NaiveDate) -> Result<Option<Login>, DbErr> {
    let query = Query::select()
        .column(session::Column::PersonId.as_column_ref())
        .column(session::Column::MunicipalityId.as_column_ref())
        .column(person::Column::Name.as_column_ref())
        .from(session::Entity)
        .inner_join(person::Entity, Expr::col(person::Column::Id.as_column_ref()).equals(session::Column::PersonId.as_column_ref()))
        .inner_join(
            municipality::Entity,
            Expr::col(municipality::Column::Id.as_column_ref()).equals(session::Column::MunicipalityId.as_column_ref()),
        )
        .cond_where(session::Column::TokenHash.eq(token_hash))
        .cond_where(session::Column::ExpiresAt.gt(now))
        .cond_where(holds_on(municipality::Column::MemberFrom, municipality::Column::MemberTo, today))
        .to_owned();
    let read = |row: QueryResult| {
        Ok(Login {
            person: PersonId::new(row.try_get("", "person_id")?),
            name: row.try_get("", "name")?,
            municipality: MunicipalityId::new(row.try_get("", "municipality_id")?),
        })
    };
    tx.query_one(&query).await?.map(read).transpose()
}

/// The roles that records give a person today at the login of a municipality. An assignment counts where that municipality is
/// the controller's host or member; an appointment where it names that login.
pub(super) async fn grants(tx: &Tx, person: PersonId, login_at: MunicipalityId, today: NaiveDate) -> Result<Vec<Grant>, DbErr> {
    let query = assignments(person, login_at, today)
        .union(UnionType::All, appointments(person, login_at, today))
        .union(UnionType::All, role_grants(person, login_at, today))
        .to_owned();
    tx.query_all(&query).await?.iter().map(read_grant).collect()
}

fn assignments(person: PersonId, login_at: MunicipalityId, today: NaiveDate) -> SelectStatement {
    use controller_reader::Column as Reader;
    use coordinator_assignment::Column;
    Query::select()
        .expr_as(Expr::val(Role::Coordinator.code()), Alias::new("role"))
        .expr_as(Expr::value(Option::<Uuid>::None), Alias::new("municipality_id"))
        .column(Column::ControllerId.as_column_ref())
        .column(Column::ValidFrom.as_column_ref())
        .column(Column::ValidTo.as_column_ref())
        .from(coordinator_assignment::Entity)
        .inner_join(controller_reader::Entity, Expr::col(Reader::ControllerId.as_column_ref()).equals(Column::ControllerId.as_column_ref()))
        .cond_where(Column::PersonId.eq(person.key()))
        .cond_where(holds_on(Column::ValidFrom, Column::ValidTo, today))
        .cond_where(Reader::MunicipalityId.eq(login_at.key()))
        .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, today))
        .to_owned()
}

fn appointments(person: PersonId, login_at: MunicipalityId, today: NaiveDate) -> SelectStatement {
    use officer_appointment::Column;
    Query::select()
        .expr_as(Expr::val(Role::DataProtectionOfficer.code()), Alias::new("role"))
        .expr_as(Expr::value(Option::<Uuid>::None), Alias::new("municipality_id"))
        .column(Column::ControllerId)
        .column(Column::ValidFrom)
        .column(Column::ValidTo)
        .from(officer_appointment::Entity)
        .cond_where(Column::PersonId.eq(person.key()))
        .cond_where(Column::LoginAt.eq(login_at.key()))
        .cond_where(holds_on(Column::ValidFrom, Column::ValidTo, today))
        .to_owned()
}

fn role_grants(person: PersonId, login_at: MunicipalityId, today: NaiveDate) -> SelectStatement {
    use role_grant::Column;
    Query::select()
        .column(Column::Role)
        .column(Column::MunicipalityId)
        .expr_as(Expr::value(Option::<Uuid>::None), Alias::new("controller_id"))
        .column(Column::ValidFrom)
        .column(Column::ValidTo)
        .from(role_grant::Entity)
        .cond_where(Column::PersonId.eq(person.key()))
        .cond_where(Column::MunicipalityId.eq(login_at.key()))
        .cond_where(holds_on(Column::ValidFrom, Column::ValidTo, today))
        .to_owned()
}

fn read_grant(grant: &QueryResult) -> Result<Grant, DbErr> {
    let role: Role = row::code(&grant.try_get::<String>("", "role")?)?;
    let municipality: Option<Uuid> = grant.try_get("", "municipality_id")?;
    Ok(Grant {
        role,
        municipality: municipality.map(MunicipalityId::new).filter(|_| role != Role::CooperationAdministrator),
        controller: grant.try_get::<Option<Uuid>>("", "controller_id")?.map(ControllerId::new),
        valid_from: grant.try_get("", "valid_from")?,
        valid_to: grant.try_get("", "valid_to")?,
        source: RoleSource::Record,
    })
}
