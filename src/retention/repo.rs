//! What is disposed of, in the database.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    account, agreement, agreement_contact, agreement_party, audit_entry, controller, coordinator_assignment, invitation, login_state,
    officer_appointment, person, remembered_answer, role_grant, session, timeline, upload, used_logout_token,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Query, SelectStatement},
};
use uuid::Uuid;

use super::rules::Keep;
use crate::{
    auth::session::SessionKind,
    authz::WriteScope,
    db::Tx,
    domain::{
        organisation::{model::Person, repo},
        processor::{self, model::Contact},
        timeline::model::SpanKind,
    },
    kernel::{
        clock::begin_of_day_in_sweden,
        code::Code,
        id::Kind,
        ids::first_at,
        kinds::{AgreementId, AgreementKind, ControllerId, MunicipalityId, PersonId},
    },
};

// ── what opens something ─────────────────────────────────────────────────────────────────────────

/// Deletes the sessions that were over at `instant`; those of browsers also when they had not been used for `idle` then.
pub(super) async fn delete_sessions(tx: &Tx, instant: DateTime<Utc>, idle: TimeDelta) -> Result<u64, DbErr> {
    use session::{Column, Entity};
    let asleep = Condition::all().add(Column::Kind.eq(SessionKind::Browser.code())).add(Column::LastSeenAt.lte(instant - idle));
    let over = Condition::any().add(Column::ExpiresAt.lte(instant)).add(asleep);
    Ok(Entity::delete_many().filter(over).exec(tx).await?.rows_affected)
}

/// Deletes the logins that had begun and could not be ended at `instant`.
pub(super) async fn delete_login_states(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, DbErr> {
    use login_state::{Column, Entity};
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(instant)).exec(tx).await?.rows_affected)
}

/// Deletes the used logout tokens that held no longer at `instant`.
pub(super) async fn delete_logout_tokens(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, DbErr> {
    use used_logout_token::{Column, Entity};
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(instant)).exec(tx).await?.rows_affected)
}

/// Deletes the invitations that held no longer at `instant`.
pub(super) async fn delete_invitations(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, DbErr> {
    use invitation::{Column, Entity};
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(instant)).exec(tx).await?.rows_affected)
}

// ── logins ───────────────────────────────────────────────────────────────────────────────────────

/// Deletes the logins that no person is bound to and that were last used at `used` or before; but not those that acted after `acted`:
/// the audit log knows their names from nowhere else.
pub(super) async fn delete_unbound_logins(tx: &Tx, used: DateTime<Utc>, acted: DateTime<Utc>) -> Result<u64, DbErr> {
    use account::Column;
    let unbound = Condition::all()
        .add(Column::PersonId.is_null())
        .add(Column::LastLoginAt.lte(used))
        .add(Column::Id.not_in_subquery(actors(audit_entry::Column::AccountId, acted)));
    delete_logins(tx, unbound).await
}

/// Deletes the logins of a person, and the invitations to become that person.
pub(super) async fn delete_logins_of(tx: &Tx, _: &WriteScope, person: PersonId) -> Result<(), DbErr> {
    invitation::Entity::delete_many().filter(invitation::Column::PersonId.eq(person.key())).exec(tx).await?;
    delete_logins(tx, Condition::all().add(account::Column::PersonId.eq(person.key()))).await.map(drop)
}

/// Deletes logins with their sessions, what they remember, what they uploaded and the invitations that they made: those hold by the
/// right of a login that is there.
async fn delete_logins(tx: &Tx, which: Condition) -> Result<u64, DbErr> {
    let accounts = || account::Entity::find().select_only().column(account::Column::Id).filter(which.clone()).into_query();
    session::Entity::delete_many().filter(session::Column::AccountId.in_subquery(accounts())).exec(tx).await?;
    remembered_answer::Entity::delete_many().filter(remembered_answer::Column::AccountId.in_subquery(accounts())).exec(tx).await?;
    upload::Entity::delete_many().filter(upload::Column::AccountId.in_subquery(accounts())).exec(tx).await?;
    invitation::Entity::delete_many().filter(invitation::Column::InvitedBy.in_subquery(accounts())).exec(tx).await?;
    Ok(account::Entity::delete_many().filter(which).exec(tx).await?.rows_affected)
}

// ── people who left ──────────────────────────────────────────────────────────────────────────────

/// The people with contact details who left so long ago, in the order of their ids.
pub(super) async fn reachable_who_left(tx: &Tx, _: &WriteScope, keep: Keep, now: (DateTime<Utc>, NaiveDate)) -> Result<Vec<Person>, DbErr> {
    let reachable = Condition::any().add(person::Column::Email.is_not_null()).add(person::Column::Phone.is_not_null());
    people(tx, Condition::all().add(reachable).add(left(keep, now))).await
}

/// The people with names who left so long ago, and whose acts in the audit log are all as old, in the order of their ids.
pub(super) async fn named_who_left(tx: &Tx, _: &WriteScope, keep: Keep, now: (DateTime<Utc>, NaiveDate)) -> Result<Vec<Person>, DbErr> {
    let acted = actors(audit_entry::Column::PersonId, keep.over_at(now.0));
    let named = Condition::all().add(person::Column::ErasedAt.is_null()).add(person::Column::Id.not_in_subquery(acted));
    people(tx, named.add(left(keep, now))).await
}

async fn people(tx: &Tx, which: Condition) -> Result<Vec<Person>, DbErr> {
    let found = person::Entity::find().filter(which).order_by_asc(person::Column::Id).all(tx).await?;
    Ok(found.into_iter().map(repo::person).collect())
}

/// Who acted in the audit log after `instant`, by this column of it.
fn actors(column: audit_entry::Column, instant: DateTime<Utc>) -> SelectStatement {
    let acts = audit_entry::Entity::find().select_only().column(column);
    acts.filter(column.is_not_null()).filter(audit_entry::Column::At.gt(instant)).into_query()
}

/// True in the database for people who left so long ago: the last day of the last that they were in charge of is over for so long, or
/// where there never was anything, the day on which they were recorded. Who still logs in has not left.
fn left(keep: Keep, (now, today): (DateTime<Utc>, NaiveDate)) -> Condition {
    let last_day = keep.over_on(today);
    let begin_of_next = begin_of_day_in_sweden(last_day.succ_opt().unwrap_or(last_day));
    let mut left = Condition::all().add(person::Column::Id.not_in_subquery(logged_in_after(keep.over_at(now))));
    let mut ever = Condition::any().add(person::Column::Id.lt(first_at(begin_of_next)));
    for charge in charges() {
        left = left.add(person::Column::Id.not_in_subquery(charge.goes_beyond(last_day)));
        ever = ever.add(person::Column::Id.in_subquery(charge.people));
    }
    left.add(ever)
}

/// The people whose logins were used after `instant`.
fn logged_in_after(instant: DateTime<Utc>) -> SelectStatement {
    use account::{Column, Entity};
    let logins = Entity::find().select_only().column(Column::PersonId).filter(Column::PersonId.is_not_null());
    logins.filter(Column::LastLoginAt.gt(instant)).into_query()
}

/// Something that people are in charge of: all who ever were, but by mistake, and the condition of one who is so beyond a day.
struct Charge {
    people: SelectStatement,
    beyond: fn(NaiveDate) -> Condition,
}

impl Charge {
    fn of<C: ColumnTrait>(person: C, beyond: fn(NaiveDate) -> Condition) -> Self {
        let people = Query::select().column(person).from(person.entity_name()).cond_where(person.is_not_null()).to_owned();
        Self { people, beyond }
    }

    /// The same of what can be withdrawn.
    fn unless_withdrawn<C: ColumnTrait>(mut self, withdrawn_at: C) -> Self {
        self.people.cond_where(withdrawn_at.is_null());
        self
    }

    fn goes_beyond(&self, day: NaiveDate) -> SelectStatement {
        self.people.clone().cond_where((self.beyond)(day)).to_owned()
    }
}

/// All that a person of the directory can be in charge of.
fn charges() -> [Charge; 4] {
    [
        Charge::of(coordinator_assignment::Column::PersonId, |day| ends_after(coordinator_assignment::Column::ValidTo, day))
            .unless_withdrawn(coordinator_assignment::Column::WithdrawnAt),
        Charge::of(officer_appointment::Column::PersonId, |day| ends_after(officer_appointment::Column::ValidTo, day))
            .unless_withdrawn(officer_appointment::Column::WithdrawnAt),
        Charge::of(role_grant::Column::PersonId, |day| ends_after(role_grant::Column::ValidTo, day)),
        Charge::of(agreement_party::Column::ResponsibleId, |day| ends_after(agreement_party::Column::ProcessingTo, day))
            .unless_withdrawn(agreement_party::Column::WithdrawnAt),
    ]
}

fn ends_after<C: ColumnTrait>(to: C, day: NaiveDate) -> Condition {
    Condition::any().add(to.is_null()).add(to.gt(day))
}

/// The controllers whose records tell of a person.
pub(super) async fn controllers_that_name(tx: &Tx, _: &WriteScope, person: PersonId) -> Result<Vec<ControllerId>, DbErr> {
    let assigned = coordinator_assignment::Entity::find()
        .select_only()
        .column(coordinator_assignment::Column::ControllerId)
        .filter(coordinator_assignment::Column::PersonId.eq(person.key()));
    let appointed = officer_appointment::Entity::find()
        .select_only()
        .column(officer_appointment::Column::ControllerId)
        .filter(officer_appointment::Column::PersonId.eq(person.key()));
    let responsible = agreement_party::Entity::find()
        .select_only()
        .column(agreement_party::Column::ControllerId)
        .filter(agreement_party::Column::ResponsibleId.eq(person.key()));
    let mut controllers: Vec<Uuid> = assigned.into_tuple().all(tx).await?;
    controllers.extend(appointed.into_tuple::<Uuid>().all(tx).await?);
    controllers.extend(responsible.into_tuple::<Uuid>().all(tx).await?);
    controllers.sort_unstable();
    controllers.dedup();
    Ok(controllers.into_iter().map(ControllerId::new).collect())
}

// ── contacts of agreements ───────────────────────────────────────────────────────────────────────

/// What of a contact is still there to be erased.
#[derive(Clone, Copy)]
pub(super) enum Still {
    /// The e-mail address, or the telephone number.
    Reachable,
    /// The name.
    Named,
}

/// The contacts of agreements of whom that is still there and who ended so long ago, or whose agreement did, in the order of their ids.
pub(super) async fn contacts_that_ended(
    tx: &Tx,
    _: &WriteScope,
    keep: Keep,
    still: Still,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Vec<Contact>, DbErr> {
    use agreement_contact::Column;
    let last_day = keep.over_on(today);
    let there = match still {
        Still::Reachable => Condition::any().add(Column::Email.ne("")).add(Column::Phone.is_not_null()),
        Still::Named => Condition::any().add(Column::Name.ne("")),
    };
    let withdrawn = agreement::Entity::find().select_only().column(agreement::Column::Id);
    let withdrawn = withdrawn.filter(agreement::Column::WithdrawnAt.lte(keep.over_at(now))).into_query();
    let over = Condition::any()
        .add(Column::ValidTo.lte(last_day))
        .add(Column::AgreementId.in_subquery(agreements_over_on(last_day)))
        .add(Column::AgreementId.in_subquery(withdrawn));
    let found = agreement_contact::Entity::find().filter(Condition::all().add(there).add(over)).order_by_asc(Column::Id);
    found.all(tx).await?.into_iter().map(processor::repo::contact).collect()
}

/// The agreements whose last day for their last party was this day, or before.
fn agreements_over_on(last_day: NaiveDate) -> SelectStatement {
    use timeline::{Column, Entity};
    let end: &'static str = SpanKind::End.into();
    let ends = Entity::find().select_only().column(Column::SubjectId).filter(Column::Kind.eq(end));
    ends.filter(Column::Subject.eq(AgreementKind::PREFIX)).filter(Column::DueOn.lte(last_day)).into_query()
}

/// The municipality that hosts the lead of an agreement, withdrawn or not.
pub(super) async fn host_of(tx: &Tx, _: &WriteScope, of: AgreementId) -> Result<MunicipalityId, DbErr> {
    use agreement_party::Column;
    let lead = agreement_party::Entity::find().filter(Column::AgreementId.eq(of.key())).filter(Column::Lead.eq(true));
    let lead = lead.select_only().column(Column::ControllerId).into_query();
    let board = controller::Entity::find().filter(controller::Column::Id.in_subquery(lead)).one(tx).await?;
    let board = board.ok_or_else(|| DbErr::Type(format!("agreement {of} has no lead")))?;
    Ok(MunicipalityId::new(board.municipality_id))
}
