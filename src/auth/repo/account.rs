//! Accounts: logins at a provider, each its issuer and its subject.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    account::{ActiveModel, Column, Entity, Model},
    municipality,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use crate::{
    db::{Tx, holds_on, write::insert},
    kernel::{
        id::Id,
        kinds::{AccountId, MunicipalityId, PersonId},
        text::sort_key,
    },
};

/// A login at a provider.
pub(in crate::auth) struct Account {
    pub(in crate::auth) id: AccountId,
    pub(in crate::auth) municipality: MunicipalityId,
    pub(in crate::auth) person: Option<PersonId>,
}

/// A login that was not seen before.
pub(in crate::auth) struct NewAccount<'a> {
    pub(in crate::auth) id: AccountId,
    pub(in crate::auth) municipality: MunicipalityId,
    pub(in crate::auth) issuer: &'a str,
    pub(in crate::auth) subject: &'a str,
    pub(in crate::auth) name: &'a str,
    pub(in crate::auth) person: Option<PersonId>,
    pub(in crate::auth) now: DateTime<Utc>,
}

/// The municipality with this slug, while it is a member.
pub(in crate::auth) async fn member(tx: &Tx, slug: &str, today: NaiveDate) -> Result<Option<MunicipalityId>, DbErr> {
    use municipality::Column;
    let select = municipality::Entity::find().filter(Column::Slug.eq(slug)).filter(holds_on(Column::MemberFrom, Column::MemberTo, today));
    Ok(select.one(tx).await?.map(|row| MunicipalityId::new(row.id)))
}

/// The slugs and names of municipalities, by name.
pub(in crate::auth) async fn municipalities(tx: &Tx, slugs: &[String]) -> Result<Vec<(String, String)>, DbErr> {
    let found = municipality::Entity::find().filter(municipality::Column::Slug.is_in(slugs)).all(tx).await?;
    let mut found: Vec<_> = found.into_iter().map(|row| (row.slug, row.name)).collect();
    found.sort_by_cached_key(|(_, name)| sort_key(name));
    Ok(found)
}

pub(in crate::auth) async fn find(tx: &Tx, issuer: &str, subject: &str) -> Result<Option<Account>, DbErr> {
    let select = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject));
    Ok(select.one(tx).await?.map(|row| account(&row)))
}

pub(in crate::auth) async fn store(tx: &Tx, new: NewAccount<'_>) -> Result<(), DbErr> {
    let NewAccount { id, municipality, issuer, subject, name, person, now } = new;
    let row = ActiveModel {
        id: Set(id.key()),
        municipality_id: Set(municipality.key()),
        issuer: Set(issuer.to_owned()),
        subject: Set(subject.to_owned()),
        name: Set(name.to_owned()),
        person_id: Set(person.map(Id::key)),
        created_at: Set(now),
        last_login_at: Set(now),
    };
    insert(tx, vec![row]).await
}

/// The login that a person used last, with the name that its provider gives it.
pub(in crate::auth) async fn last_used(tx: &Tx, person: PersonId) -> Result<Option<(Account, String)>, DbErr> {
    let select = Entity::find().filter(Column::PersonId.eq(person.key())).order_by_desc(Column::LastLoginAt).order_by_desc(Column::Id);
    Ok(select.one(tx).await?.map(|row| (account(&row), row.name)))
}

/// Notes that an account logged in, and what its provider calls it now.
pub(in crate::auth) async fn logged_in(tx: &Tx, id: AccountId, name: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Name, Expr::value(name)).col_expr(Column::LastLoginAt, Expr::value(now));
    update.filter(Column::Id.eq(id.key())).exec(tx).await.map(drop)
}

/// Binds an account to a person of the directory.
pub(in crate::auth) async fn bind(tx: &Tx, id: AccountId, person: PersonId) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::PersonId, Expr::value(person.key()));
    update.filter(Column::Id.eq(id.key())).exec(tx).await.map(drop)
}

fn account(row: &Model) -> Account {
    Account { id: AccountId::new(row.id), municipality: MunicipalityId::new(row.municipality_id), person: row.person_id.map(PersonId::new) }
}
