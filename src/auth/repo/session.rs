//! Sessions of browsers and programs.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    account, municipality, person,
    session::{self, ActiveModel, Column, Entity},
    used_logout_token,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QueryResult,
    sea_query::{Alias, Expr, JoinType, Query},
};
use uuid::Uuid;

use crate::{
    auth::{
        provider::ClaimValues,
        session::{ProgramSession, SessionKind},
    },
    db::{Tx, holds_on, row, write::insert},
    kernel::{
        code::Code,
        kinds::{AccountId, MunicipalityId, PersonId, SessionId},
    },
};

/// A session to be opened.
#[derive(Clone)]
pub(in crate::auth) struct NewSession {
    pub(in crate::auth) id: SessionId,
    pub(in crate::auth) kind: SessionKind,
    pub(in crate::auth) token_hash: String,
    pub(in crate::auth) account: AccountId,
    pub(in crate::auth) provider_session: Option<String>,
    pub(in crate::auth) id_token: Option<String>,
    pub(in crate::auth) claims: ClaimValues,
    pub(in crate::auth) name: Option<String>,
    pub(in crate::auth) created_at: DateTime<Utc>,
    pub(in crate::auth) expires_at: DateTime<Utc>,
}

/// The account behind a session, or behind an access token.
pub(in crate::auth) struct Login {
    pub(in crate::auth) account: AccountId,
    pub(in crate::auth) issuer: String,
    pub(in crate::auth) person: Option<PersonId>,
    pub(in crate::auth) name: String,
    pub(in crate::auth) municipality: MunicipalityId,
    pub(in crate::auth) slug: String,
    pub(in crate::auth) municipality_name: String,
}

/// A session in use.
pub(in crate::auth) struct InUse {
    pub(in crate::auth) id: SessionId,
    pub(in crate::auth) kind: SessionKind,
    pub(in crate::auth) provider_session: Option<String>,
    pub(in crate::auth) claims: ClaimValues,
    pub(in crate::auth) last_seen_at: DateTime<Utc>,
    pub(in crate::auth) login: Login,
}

pub(in crate::auth) async fn store(tx: &Tx, new: NewSession) -> Result<(), DbErr> {
    let NewSession { id, kind, token_hash, account, provider_session, id_token, claims, name, created_at, expires_at } = new;
    let row = ActiveModel {
        id: Set(id.key()),
        kind: Set(kind.code().to_owned()),
        token_hash: Set(token_hash),
        account_id: Set(account.key()),
        provider_session: Set(provider_session),
        id_token: Set(id_token),
        claims: Set(serde_json::to_value(claims).map_err(|error| DbErr::Json(error.to_string()))?),
        name: Set(name),
        created_at: Set(created_at),
        last_seen_at: Set(created_at),
        expires_at: Set(expires_at),
    };
    insert(tx, vec![row]).await
}

/// Forgets the sessions that are over.
pub(in crate::auth) async fn forget_expired(tx: &Tx, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await.map(drop)
}

/// The session with a token's hash, while it lasts, is used, and its municipality is a member.
pub(in crate::auth) async fn in_use(
    tx: &Tx,
    token_hash: &str,
    now: DateTime<Utc>,
    today: NaiveDate,
    idle: TimeDelta,
) -> Result<Option<InUse>, DbErr> {
    let awake = Condition::any().add(Column::Kind.ne(SessionKind::Browser.code())).add(Column::LastSeenAt.gt(now - idle));
    let query = logins(today)
        .columns([Column::Id, Column::Kind, Column::ProviderSession, Column::Claims, Column::LastSeenAt].map(|c| c.as_column_ref()))
        .inner_join(Entity, Expr::col(Column::AccountId.as_column_ref()).equals(account::Column::Id.as_column_ref()))
        .cond_where(Column::TokenHash.eq(token_hash))
        .cond_where(Column::ExpiresAt.gt(now))
        .cond_where(awake)
        .to_owned();
    let read = |row: QueryResult| {
        let claims: serde_json::Value = row.try_get("", "claims")?;
        Ok(InUse {
            id: SessionId::new(row.try_get("", "id")?),
            kind: row::code(&row.try_get::<String>("", "kind")?)?,
            provider_session: row.try_get("", "provider_session")?,
            claims: serde_json::from_value(claims).map_err(|error| DbErr::Json(error.to_string()))?,
            last_seen_at: row.try_get("", "last_seen_at")?,
            login: login(&row)?,
        })
    };
    tx.query_one(&query).await?.map(read).transpose()
}

/// The account of a subject of an issuer, while its municipality is a member.
pub(in crate::auth) async fn of_subject(tx: &Tx, issuer: &str, subject: &str, today: NaiveDate) -> Result<Option<Login>, DbErr> {
    let mut query = logins(today);
    query.cond_where(account::Column::Issuer.eq(issuer)).cond_where(account::Column::Subject.eq(subject));
    tx.query_one(&query).await?.map(|row| login(&row)).transpose()
}

fn logins(today: NaiveDate) -> sea_orm::sea_query::SelectStatement {
    let called = Expr::col(person::Column::Name.as_column_ref()).if_null(Expr::col(account::Column::Name.as_column_ref()));
    Query::select()
        .expr_as(Expr::col(account::Column::Id.as_column_ref()), Alias::new("account"))
        .column(account::Column::Issuer.as_column_ref())
        .column(account::Column::PersonId.as_column_ref())
        .column(account::Column::MunicipalityId.as_column_ref())
        .expr_as(called, Alias::new("called"))
        .column(municipality::Column::Slug.as_column_ref())
        .expr_as(Expr::col(municipality::Column::Name.as_column_ref()), Alias::new("municipality_name"))
        .from(account::Entity)
        .join(
            JoinType::LeftJoin,
            person::Entity,
            Expr::col(person::Column::Id.as_column_ref()).equals(account::Column::PersonId.as_column_ref()),
        )
        .inner_join(
            municipality::Entity,
            Expr::col(municipality::Column::Id.as_column_ref()).equals(account::Column::MunicipalityId.as_column_ref()),
        )
        .cond_where(holds_on(municipality::Column::MemberFrom, municipality::Column::MemberTo, today))
        .to_owned()
}

fn login(row: &QueryResult) -> Result<Login, DbErr> {
    Ok(Login {
        account: AccountId::new(row.try_get("", "account")?),
        issuer: row.try_get("", "issuer")?,
        person: row.try_get::<Option<Uuid>>("", "person_id")?.map(PersonId::new),
        name: row.try_get("", "called")?,
        municipality: MunicipalityId::new(row.try_get("", "municipality_id")?),
        slug: row.try_get("", "slug")?,
        municipality_name: row.try_get("", "municipality_name")?,
    })
}

/// Whether a session is still there.
pub(in crate::auth) async fn lasts(tx: &Tx, id: SessionId) -> Result<bool, DbErr> {
    Ok(Entity::find_by_id(id.key()).one(tx).await?.is_some())
}

/// Notes that a session is used.
pub(in crate::auth) async fn seen(tx: &Tx, id: SessionId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::LastSeenAt, Expr::value(now));
    update.filter(Column::Id.eq(id.key())).exec(tx).await.map(drop)
}

/// The programs' sessions of an account that last, the newest first.
pub(in crate::auth) async fn programs(tx: &Tx, account: AccountId, now: DateTime<Utc>) -> Result<Vec<ProgramSession>, DbErr> {
    let select = Entity::find().filter(Column::AccountId.eq(account.key())).filter(Column::Kind.eq(SessionKind::Program.code()));
    let rows = select.filter(Column::ExpiresAt.gt(now)).order_by_desc(Column::Id).all(tx).await?;
    let program = |row: session::Model| ProgramSession {
        id: SessionId::new(row.id),
        name: row.name.unwrap_or_default(),
        created_at: row.created_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(program).collect())
}

/// Ends a program's session of an account; false where there is none.
pub(in crate::auth) async fn end_program(tx: &Tx, account: AccountId, id: SessionId) -> Result<bool, DbErr> {
    let delete = Entity::delete_by_id(id.key()).filter(Column::AccountId.eq(account.key()));
    Ok(delete.filter(Column::Kind.eq(SessionKind::Program.code())).exec(tx).await?.rows_affected == 1)
}

/// What is needed to log out at the provider, too.
pub(in crate::auth) struct Ended {
    pub(in crate::auth) issuer: String,
    pub(in crate::auth) id_token: Option<String>,
}

/// Ends the browser's session with a token's hash; gives back what it was.
pub(in crate::auth) async fn end_browser(tx: &Tx, token_hash: &str) -> Result<Option<Ended>, DbErr> {
    let select = Entity::find().filter(Column::TokenHash.eq(token_hash)).filter(Column::Kind.eq(SessionKind::Browser.code()));
    let Some(row) = select.one(tx).await? else { return Ok(None) };
    Entity::delete_by_id(row.id).exec(tx).await?;
    let account = account::Entity::find_by_id(row.account_id).one(tx).await?;
    Ok(account.map(|account| Ended { issuer: account.issuer, id_token: row.id_token }))
}

/// Ends all sessions that a logout token of `issuer` names; gives back how many.
pub(in crate::auth) async fn end_named(tx: &Tx, issuer: &str, subject: Option<&str>, provider_session: Option<&str>) -> Result<u64, DbErr> {
    let mut accounts = Query::select().column(account::Column::Id).from(account::Entity).to_owned();
    accounts.cond_where(account::Column::Issuer.eq(issuer));
    if let Some(subject) = subject {
        accounts.cond_where(account::Column::Subject.eq(subject));
    }
    let mut delete = Entity::delete_many().filter(Column::AccountId.in_subquery(accounts));
    if let Some(provider_session) = provider_session {
        delete = delete.filter(Column::ProviderSession.eq(provider_session));
    }
    Ok(delete.exec(tx).await?.rows_affected)
}

/// Notes a logout token of `issuer`; false where it was used before.
pub(in crate::auth) async fn use_logout_token(
    tx: &Tx,
    key: Uuid,
    issuer: &str,
    token_id_hash: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    use used_logout_token::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await?;
    let used = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::TokenIdHash.eq(token_id_hash)).one(tx).await?;
    if used.is_some() {
        return Ok(false);
    }
    let row =
        ActiveModel { id: Set(key), issuer: Set(issuer.to_owned()), token_id_hash: Set(token_id_hash.to_owned()), expires_at: Set(until) };
    insert(tx, vec![row]).await?;
    Ok(true)
}
