//! The directory in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    authority_notification, controller, controller_reader, coordinator_assignment, municipality, officer_appointment, person, role_grant,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::model::{Appointment, Assignment, AuthorityNotification, Controller, Municipality, Person, RoleRecord};
use crate::{
    authz::{ReadScope, Role, WriteScope},
    db::{
        Tx, contains, holds_on, open_period_holds_on,
        page::{self, Sorting},
        row,
    },
    kernel::{
        code::Code,
        id::Id,
        kinds::{AppointmentId, AssignmentId, ControllerId, MunicipalityId, PersonId},
        page::{Page, Slice},
        period::Period,
        text::sort_key,
    },
};

fn keys<K>(ids: &[Id<K>]) -> impl Iterator<Item = Uuid> {
    ids.iter().map(|id| id.key())
}

fn period(from: NaiveDate, to: Option<NaiveDate>) -> Result<Period, DbErr> {
    Period::new(from, to).ok_or_else(|| DbErr::Type("a period ends before it begins".to_owned()))
}

// ── municipalities ───────────────────────────────────────────────────────────────────────────────

/// The municipalities that are members on `as_of`.
pub async fn members(tx: &Tx, scope: &ReadScope, as_of: NaiveDate, asked: &Page) -> Result<Slice<Municipality>, DbErr> {
    use municipality::Column;
    let select =
        municipality::Entity::find().filter(scope.directory_condition()).filter(holds_on(Column::MemberFrom, Column::MemberTo, as_of));
    page::page(tx, select, Sorting::ascending(Column::Slug, Column::Id), asked).await?.try_map(municipality)
}

/// The municipalities with these ids; the viewer's own without any role, too.
pub async fn municipalities(tx: &Tx, scope: &ReadScope, ids: &[MunicipalityId]) -> Result<Vec<Municipality>, DbErr> {
    let home = municipality::Column::Id.eq(scope.home().key());
    let select = municipality::Entity::find()
        .filter(Condition::any().add(scope.directory_condition()).add(home))
        .filter(municipality::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.into_iter().map(municipality).collect()
}

/// The municipality with this slug.
pub async fn municipality_by_slug(tx: &Tx, scope: &ReadScope, slug: &str) -> Result<Option<Municipality>, DbErr> {
    let select = municipality::Entity::find().filter(scope.directory_condition()).filter(municipality::Column::Slug.eq(slug));
    select.one(tx).await?.map(municipality).transpose()
}

/// The slugs that there are, for a message.
pub async fn slugs(tx: &Tx, scope: &ReadScope) -> Result<Vec<String>, DbErr> {
    let select = municipality::Entity::find().filter(scope.directory_condition()).order_by_asc(municipality::Column::Slug).limit(100);
    Ok(select.all(tx).await?.into_iter().map(|row| row.slug).collect())
}

/// The municipality with this slug, for the commands on the server.
pub async fn municipality_for_operator(tx: &Tx, _: &WriteScope, slug: &str) -> Result<Option<Municipality>, DbErr> {
    municipality::Entity::find().filter(municipality::Column::Slug.eq(slug)).one(tx).await?.map(municipality).transpose()
}

/// Whether any municipality is recorded.
pub async fn has_municipalities(tx: &Tx, _: &WriteScope) -> Result<bool, DbErr> {
    Ok(municipality::Entity::find().one(tx).await?.is_some())
}

/// Which of these municipalities have records that the scope opens today.
pub async fn municipalities_read(
    tx: &Tx,
    scope: &ReadScope,
    ids: &[MunicipalityId],
    today: NaiveDate,
) -> Result<Vec<MunicipalityId>, DbErr> {
    use controller_reader::Column;
    let found: Vec<Uuid> = controller_reader::Entity::find()
        .select_only()
        .column(Column::MunicipalityId)
        .distinct()
        .filter(Column::MunicipalityId.is_in(keys(ids)))
        .filter(open_period_holds_on(Column::ValidFrom, Column::ValidTo, today))
        .filter(scope.reader_condition(Column::MunicipalityId, Column::ControllerId))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().map(MunicipalityId::new).chain(ids.iter().copied().filter(|id| scope.reads_municipality(*id))).collect())
}

/// Whether a municipality other than `but` has this code.
pub async fn code_is_taken(tx: &Tx, _: &WriteScope, code: &str, but: MunicipalityId) -> Result<bool, DbErr> {
    use municipality::Column;
    let select = municipality::Entity::find().filter(Column::Code.eq(code)).filter(Column::Id.ne(but.key()));
    Ok(select.one(tx).await?.is_some())
}

/// Stores a new municipality.
pub async fn insert_municipality(tx: &Tx, _: &WriteScope, new: &Municipality) -> Result<(), DbErr> {
    municipality::Entity::insert(municipality_row(new)).exec_without_returning(tx).await.map(drop)
}

/// Stores a changed municipality; false where somebody was faster.
pub async fn update_municipality(tx: &Tx, _: &WriteScope, changed: &Municipality) -> Result<bool, DbErr> {
    use municipality::Column;
    let update = municipality::Entity::update_many().set(municipality_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

fn municipality(row: municipality::Model) -> Result<Municipality, DbErr> {
    Ok(Municipality {
        id: MunicipalityId::new(row.id),
        slug: row.slug,
        name: row.name,
        code: row.code,
        organisation_number: row.organisation_number,
        meeting_order: row.meeting_order,
        membership: period(row.member_from, row.member_to)?,
        version: row.version,
    })
}

fn municipality_row(model: &Municipality) -> municipality::ActiveModel {
    municipality::ActiveModel {
        id: Set(model.id.key()),
        slug: Set(model.slug.clone()),
        name: Set(model.name.clone()),
        code: Set(model.code.clone()),
        organisation_number: Set(model.organisation_number.clone()),
        meeting_order: Set(model.meeting_order),
        member_from: Set(model.membership.from),
        member_to: Set(model.membership.to),
        version: Set(model.version),
    }
}

// ── controllers and who reads their records ──────────────────────────────────────────────────────

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
    let select = controller::Entity::find().filter(scope.directory_condition()).filter(controller::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.into_iter().map(controller).collect()
}

/// Stores a new controller.
pub async fn insert_controller(tx: &Tx, _: &WriteScope, new: &Controller) -> Result<(), DbErr> {
    controller::Entity::insert(controller_row(new)).exec_without_returning(tx).await.map(drop)
}

/// Stores a changed controller; false where somebody was faster.
pub async fn update_controller(tx: &Tx, _: &WriteScope, changed: &Controller) -> Result<bool, DbErr> {
    use controller::Column;
    let update = controller::Entity::update_many().set(controller_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
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
    }
}

// ── people ───────────────────────────────────────────────────────────────────────────────────────

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Those who work for a municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those whose name contains this.
    pub text: Option<String>,
}

/// The people whom the scope opens: those who hold or held office, the own municipality's, and the viewer.
pub async fn people_page(tx: &Tx, scope: &ReadScope, filter: &PeopleFilter, asked: &Page) -> Result<Slice<Person>, DbErr> {
    let mut select = person::Entity::find().filter(visible_people(scope));
    if let Some(municipality) = filter.municipality {
        select = select.filter(person::Column::MunicipalityId.eq(municipality.key()));
    }
    if let Some(text) = &filter.text {
        select = select.filter(contains(person::Column::NameSort, &sort_key(text)));
    }
    page::page(tx, select, Sorting::ascending(person::Column::NameSort, person::Column::Id), asked).await?.try_map(|row| Ok(person(row)))
}

/// The people with these ids whom the scope opens.
pub async fn people(tx: &Tx, scope: &ReadScope, ids: &[PersonId]) -> Result<Vec<Person>, DbErr> {
    let select = person::Entity::find().filter(visible_people(scope)).filter(person::Column::Id.is_in(keys(ids)));
    Ok(select.all(tx).await?.into_iter().map(person).collect())
}

fn visible_people(scope: &ReadScope) -> Condition {
    let assigned = Query::select().column(coordinator_assignment::Column::PersonId).from(coordinator_assignment::Entity).to_owned();
    let appointed = Query::select().column(officer_appointment::Column::PersonId).from(officer_appointment::Entity).to_owned();
    let in_directory = Condition::any()
        .add(person::Column::Id.in_subquery(assigned))
        .add(person::Column::Id.in_subquery(appointed))
        .add(person::Column::MunicipalityId.is_in(scope.people_of().map(Id::key)));
    Condition::any()
        .add(person::Column::Id.eq(scope.viewer().key()))
        .add(Condition::all().add(scope.directory_condition()).add(in_directory))
}

/// Which of these people hold office on `day`.
pub async fn in_office(tx: &Tx, _: &ReadScope, ids: &[PersonId], day: NaiveDate) -> Result<Vec<PersonId>, DbErr> {
    use coordinator_assignment::Column as Assignment;
    use officer_appointment::Column as Appointment;
    let assigned = Query::select()
        .column(Assignment::PersonId)
        .from(coordinator_assignment::Entity)
        .cond_where(holds_on(Assignment::ValidFrom, Assignment::ValidTo, day))
        .to_owned();
    let appointed = Query::select()
        .column(Appointment::PersonId)
        .from(officer_appointment::Entity)
        .cond_where(holds_on(Appointment::ValidFrom, Appointment::ValidTo, day))
        .to_owned();
    let found: Vec<Uuid> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Id.is_in(keys(ids)))
        .filter(Condition::any().add(person::Column::Id.in_subquery(assigned)).add(person::Column::Id.in_subquery(appointed)))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().map(PersonId::new).collect())
}

/// Stores new people.
pub async fn insert_people(tx: &Tx, _: &WriteScope, new: &[Person]) -> Result<(), DbErr> {
    for some in new.chunks(500) {
        person::Entity::insert_many(some.iter().map(person_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed person; false where somebody was faster.
pub async fn update_person(tx: &Tx, _: &WriteScope, changed: &Person) -> Result<bool, DbErr> {
    use person::Column;
    let update = person::Entity::update_many().set(person_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

fn person(row: person::Model) -> Person {
    Person {
        id: PersonId::new(row.id),
        municipality: row.municipality_id.map(MunicipalityId::new),
        name: row.name,
        email: row.email,
        phone: row.phone,
        version: row.version,
    }
}

fn person_row(model: &Person) -> person::ActiveModel {
    person::ActiveModel {
        id: Set(model.id.key()),
        municipality_id: Set(model.municipality.map(Id::key)),
        name: Set(model.name.clone()),
        name_sort: Set(sort_key(&model.name)),
        email: Set(model.email.clone()),
        phone: Set(model.phone.clone()),
        version: Set(model.version),
    }
}

// ── coordinators ─────────────────────────────────────────────────────────────────────────────────

/// The assignments of these controllers; those that hold on a day where one is given, else all.
pub async fn assignments_of(tx: &Tx, scope: &ReadScope, ids: &[ControllerId], day: Option<NaiveDate>) -> Result<Vec<Assignment>, DbErr> {
    use coordinator_assignment::Column;
    let mut select = coordinator_assignment::Entity::find()
        .filter(scope.directory_condition())
        .filter(Column::ControllerId.is_in(keys(ids)))
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
        .filter(coordinator_assignment::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.iter().map(assignment).collect()
}

/// Stores new assignments.
pub async fn insert_assignments(tx: &Tx, _: &WriteScope, new: &[Assignment]) -> Result<(), DbErr> {
    for some in new.chunks(500) {
        coordinator_assignment::Entity::insert_many(some.iter().map(assignment_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed assignment; false where somebody was faster.
pub async fn update_assignment(tx: &Tx, _: &WriteScope, changed: &Assignment) -> Result<bool, DbErr> {
    use coordinator_assignment::Column;
    let update = coordinator_assignment::Entity::update_many().set(assignment_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
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
    }
}

// ── data protection officers ─────────────────────────────────────────────────────────────────────

/// The appointments by these controllers; those that hold on a day where one is given, else all.
pub async fn appointments_of(tx: &Tx, scope: &ReadScope, ids: &[ControllerId], day: Option<NaiveDate>) -> Result<Vec<Appointment>, DbErr> {
    use officer_appointment::Column;
    let mut select = officer_appointment::Entity::find()
        .filter(scope.directory_condition())
        .filter(Column::ControllerId.is_in(keys(ids)))
        .order_by_asc(Column::ValidFrom)
        .order_by_asc(Column::Id);
    if let Some(day) = day {
        select = select.filter(holds_on(Column::ValidFrom, Column::ValidTo, day));
    }
    select.all(tx).await?.into_iter().map(appointment).collect()
}

/// The appointments with these ids.
pub async fn appointments(tx: &Tx, scope: &ReadScope, ids: &[AppointmentId]) -> Result<Vec<Appointment>, DbErr> {
    let select =
        officer_appointment::Entity::find().filter(scope.directory_condition()).filter(officer_appointment::Column::Id.is_in(keys(ids)));
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
    for some in new.chunks(500) {
        officer_appointment::Entity::insert_many(some.iter().map(appointment_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed appointment; false where somebody was faster.
pub async fn update_appointment(tx: &Tx, _: &WriteScope, changed: &Appointment) -> Result<bool, DbErr> {
    use officer_appointment::Column;
    let update = officer_appointment::Entity::update_many().set(appointment_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
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
    authority_notification::Entity::insert(row).exec_without_returning(tx).await.map(drop)
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
    }
}

// ── roles given by a record ──────────────────────────────────────────────────────────────────────

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

/// Whether a municipality has an administrator on `day` or later.
pub async fn has_administrator(tx: &Tx, _: &ReadScope, municipality: MunicipalityId, day: NaiveDate) -> Result<bool, DbErr> {
    use role_grant::Column;
    let select = role_grant::Entity::find()
        .filter(Column::Role.eq(Role::MunicipalityAdministrator.code()))
        .filter(Column::MunicipalityId.eq(municipality.key()))
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gte(day)));
    Ok(select.one(tx).await?.is_some())
}

/// Stores new role records.
pub async fn insert_role_records(tx: &Tx, _: &WriteScope, new: &[(Uuid, RoleRecord)]) -> Result<(), DbErr> {
    let rows = |some: &[(Uuid, RoleRecord)]| some.iter().map(|(key, model)| role_row(*key, model)).collect::<Vec<_>>();
    for some in new.chunks(500) {
        role_grant::Entity::insert_many(rows(some)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores when a role record ends.
pub async fn end_role_record(tx: &Tx, _: &WriteScope, key: Uuid, last: NaiveDate) -> Result<(), DbErr> {
    let update = role_grant::Entity::update_many().col_expr(role_grant::Column::ValidTo, Expr::value(last));
    update.filter(role_grant::Column::Id.eq(key)).exec(tx).await.map(drop)
}

fn role_record(row: &role_grant::Model) -> Result<RoleRecord, DbErr> {
    Ok(RoleRecord {
        person: PersonId::new(row.person_id),
        role: row::code(&row.role)?,
        municipality: MunicipalityId::new(row.municipality_id),
        validity: period(row.valid_from, row.valid_to)?,
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
    }
}
