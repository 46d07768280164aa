//! People in the database.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{account, agreement_party, coordinator_assignment, invitation, officer_appointment, person, role_grant};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use crate::{
    authz::{ReadScope, WriteScope},
    db::{
        Tx, contains, ends_on_or_after, holds_on,
        page::{self, Sorting},
        write::{insert, update, withdraw},
    },
    domain::organisation::model::Person,
    kernel::{
        id::{Id, keys},
        kinds::{MunicipalityId, PersonId},
        page::{Page, Slice},
        text::sort_key,
    },
};

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Those who work for a municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those whose name contains this.
    pub text: Option<String>,
}

/// The people whom the scope opens: those who hold or held office, the own municipality's, and the viewer. Whose name is erased is in no
/// list.
pub async fn people_page(tx: &Tx, scope: &ReadScope, filter: &PeopleFilter, asked: &Page) -> Result<Slice<Person>, DbErr> {
    let mut select = current().filter(visible_people(scope)).filter(person::Column::ErasedAt.is_null());
    if let Some(municipality) = filter.municipality {
        select = select.filter(person::Column::MunicipalityId.eq(municipality.key()));
    }
    if let Some(text) = &filter.text {
        select = select.filter(contains(person::Column::NameSort, &sort_key(text)));
    }
    Ok(page::page(tx, select, Sorting::ascending(person::Column::NameSort, person::Column::Id), asked).await?.map(person))
}

/// The people with these ids whom the scope opens, also those whose names are erased: records refer to them.
pub async fn people(tx: &Tx, scope: &ReadScope, ids: &[PersonId]) -> Result<Vec<Person>, DbErr> {
    let select = current().filter(visible_people(scope)).filter(person::Column::Id.is_in(keys(ids)));
    Ok(select.all(tx).await?.into_iter().map(person).collect())
}

/// The same, and those who are withdrawn: for what names them still.
pub async fn people_named(tx: &Tx, scope: &ReadScope, ids: &[PersonId]) -> Result<Vec<Person>, DbErr> {
    let select = person::Entity::find().filter(visible_people(scope)).filter(person::Column::Id.is_in(keys(ids)));
    Ok(select.all(tx).await?.into_iter().map(person).collect())
}

/// The person with this id who works for `municipality`, for one who may give a role there; nobody whose name is erased.
pub async fn person_of(tx: &Tx, _: &WriteScope, id: PersonId, municipality: MunicipalityId) -> Result<Option<Person>, DbErr> {
    let select = current().filter(person::Column::Id.eq(id.key())).filter(person::Column::MunicipalityId.eq(municipality.key()));
    let select = select.filter(person::Column::ErasedAt.is_null());
    Ok(select.one(tx).await?.map(person))
}

fn current() -> Select<person::Entity> {
    person::Entity::find().filter(person::Column::WithdrawnAt.is_null())
}

fn visible_people(scope: &ReadScope) -> Condition {
    let assigned = Query::select()
        .column(coordinator_assignment::Column::PersonId)
        .from(coordinator_assignment::Entity)
        .cond_where(coordinator_assignment::Column::WithdrawnAt.is_null())
        .to_owned();
    let appointed = Query::select()
        .column(officer_appointment::Column::PersonId)
        .from(officer_appointment::Entity)
        .cond_where(officer_appointment::Column::WithdrawnAt.is_null())
        .to_owned();
    let in_directory = Condition::any()
        .add(person::Column::Id.in_subquery(assigned))
        .add(person::Column::Id.in_subquery(appointed))
        .add(person::Column::MunicipalityId.is_in(scope.people_of().map(Id::key)));
    Condition::any()
        .add(person::Column::Id.is_in(scope.viewer().map(Id::key)))
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
        .cond_where(Assignment::WithdrawnAt.is_null())
        .to_owned();
    let appointed = Query::select()
        .column(Appointment::PersonId)
        .from(officer_appointment::Entity)
        .cond_where(holds_on(Appointment::ValidFrom, Appointment::ValidTo, day))
        .cond_where(Appointment::WithdrawnAt.is_null())
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
    insert(tx, new.iter().map(person_row).collect()).await
}

/// Stores a changed person; false where somebody was faster.
pub async fn update_person(tx: &Tx, _: &WriteScope, changed: &Person) -> Result<bool, DbErr> {
    use person::Column;
    update(tx, person_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Whether a person has a role, an assignment or an appointment, or is in charge of an agreement, on `day` or later.
pub async fn has_duties(tx: &Tx, _: &WriteScope, person: PersonId, day: NaiveDate) -> Result<bool, DbErr> {
    use agreement_party::Column as Party;
    use coordinator_assignment::Column as Assignment;
    use officer_appointment::Column as Appointment;
    use role_grant::Column as Role;
    let person = person.key();
    let role = role_grant::Entity::find().filter(Role::PersonId.eq(person)).filter(ends_on_or_after(Role::ValidTo, day));
    let assignment = coordinator_assignment::Entity::find()
        .filter(Assignment::PersonId.eq(person))
        .filter(ends_on_or_after(Assignment::ValidTo, day))
        .filter(Assignment::WithdrawnAt.is_null());
    let appointment = officer_appointment::Entity::find()
        .filter(Appointment::PersonId.eq(person))
        .filter(ends_on_or_after(Appointment::ValidTo, day))
        .filter(Appointment::WithdrawnAt.is_null());
    let in_charge = agreement_party::Entity::find()
        .filter(Party::ResponsibleId.eq(person))
        .filter(ends_on_or_after(Party::ProcessingTo, day))
        .filter(Party::WithdrawnAt.is_null());
    Ok(role.one(tx).await?.is_some()
        || assignment.one(tx).await?.is_some()
        || appointment.one(tx).await?.is_some()
        || in_charge.one(tx).await?.is_some())
}

/// Withdraws a person; false where somebody was faster. No login is this person any more, and no invitation leads to it: whose record
/// it was can be invited to the right one.
pub async fn withdraw_person(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Person) -> Result<bool, DbErr> {
    use person::{Column, Entity};
    let key = mistake.id.key();
    invitation::Entity::delete_many().filter(invitation::Column::PersonId.eq(key)).exec(tx).await?;
    let unbound = account::Entity::update_many().col_expr(account::Column::PersonId, Expr::value(Option::<Uuid>::None));
    unbound.filter(account::Column::PersonId.eq(key)).exec(tx).await?;
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, key), (Column::Version, mistake.version)).await
}

/// The person that a row tells of.
pub fn person(row: person::Model) -> Person {
    Person {
        id: PersonId::new(row.id),
        municipality: MunicipalityId::new(row.municipality_id),
        name: row.name,
        email: row.email,
        phone: row.phone,
        version: row.version,
        erased_at: row.erased_at,
    }
}

fn person_row(model: &Person) -> person::ActiveModel {
    person::ActiveModel {
        id: Set(model.id.key()),
        municipality_id: Set(model.municipality.key()),
        name: Set(model.name.clone()),
        name_sort: Set(sort_key(&model.name)),
        email: Set(model.email.clone()),
        phone: Set(model.phone.clone()),
        version: Set(model.version),
        withdrawn_at: NotSet,
        erased_at: Set(model.erased_at),
    }
}
