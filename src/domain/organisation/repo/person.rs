//! People in the database.

use chrono::NaiveDate;
use entity::{coordinator_assignment, officer_appointment, person};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, sea_query::Query};
use uuid::Uuid;

use crate::{
    authz::{ReadScope, WriteScope},
    db::{
        Tx, contains, holds_on,
        page::{self, Sorting},
        write::{insert, update},
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
    let mut select = person::Entity::find().filter(visible_people(scope)).filter(person::Column::ErasedAt.is_null());
    if let Some(municipality) = filter.municipality {
        select = select.filter(person::Column::MunicipalityId.eq(municipality.key()));
    }
    if let Some(text) = &filter.text {
        select = select.filter(contains(person::Column::NameSort, &sort_key(text)));
    }
    page::page(tx, select, Sorting::ascending(person::Column::NameSort, person::Column::Id), asked).await?.try_map(|row| Ok(person(row)))
}

/// The people with these ids whom the scope opens, also those whose names are erased: records refer to them.
pub async fn people(tx: &Tx, scope: &ReadScope, ids: &[PersonId]) -> Result<Vec<Person>, DbErr> {
    let select = person::Entity::find().filter(visible_people(scope)).filter(person::Column::Id.is_in(keys(ids)));
    Ok(select.all(tx).await?.into_iter().map(person).collect())
}

/// The person with this id who works for `municipality`, for one who may give a role there; nobody whose name is erased.
pub async fn person_of(tx: &Tx, _: &WriteScope, id: PersonId, municipality: MunicipalityId) -> Result<Option<Person>, DbErr> {
    let select = person::Entity::find_by_id(id.key()).filter(person::Column::MunicipalityId.eq(municipality.key()));
    let select = select.filter(person::Column::ErasedAt.is_null());
    Ok(select.one(tx).await?.map(person))
}

fn visible_people(scope: &ReadScope) -> Condition {
    let assigned = Query::select().column(coordinator_assignment::Column::PersonId).from(coordinator_assignment::Entity).to_owned();
    let appointed = Query::select().column(officer_appointment::Column::PersonId).from(officer_appointment::Entity).to_owned();
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
    insert(tx, new.iter().map(person_row).collect()).await
}

/// Stores a changed person; false where somebody was faster.
pub async fn update_person(tx: &Tx, _: &WriteScope, changed: &Person) -> Result<bool, DbErr> {
    use person::Column;
    update(tx, person_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
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
        erased_at: Set(model.erased_at),
    }
}
