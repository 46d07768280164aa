//! The roles that records give: one statement for each request.

use chrono::NaiveDate;
use entity::{controller_reader, coordinator_assignment, officer_appointment, role_grant};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, ExprTrait, QueryResult,
    sea_query::{Alias, Expr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use crate::{
    authz::{Grant, Role, RoleSource},
    db::{Tx, holds_on, open_period_holds_on, row},
    kernel::{
        code::Code,
        kinds::{ControllerId, MunicipalityId, PersonId},
    },
};

/// The roles that records give a person today at the login of a municipality. An assignment counts where that municipality is
/// the controller's host or member; an appointment where it names that login.
pub(in crate::auth) async fn grants(tx: &Tx, person: PersonId, login_at: MunicipalityId, today: NaiveDate) -> Result<Vec<Grant>, DbErr> {
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
        .expr_as(Expr::value(Option::<i32>::None), Alias::new("version"))
        .from(coordinator_assignment::Entity)
        .inner_join(controller_reader::Entity, Expr::col(Reader::ControllerId.as_column_ref()).equals(Column::ControllerId.as_column_ref()))
        .cond_where(Column::PersonId.eq(person.key()))
        .cond_where(holds_on(Column::ValidFrom, Column::ValidTo, today))
        .cond_where(Column::WithdrawnAt.is_null())
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
        .expr_as(Expr::value(Option::<i32>::None), Alias::new("version"))
        .from(officer_appointment::Entity)
        .cond_where(Column::PersonId.eq(person.key()))
        .cond_where(Column::LoginAt.eq(login_at.key()))
        .cond_where(Column::WithdrawnAt.is_null())
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
        .column(Column::Version)
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
        version: grant.try_get("", "version")?,
    })
}
