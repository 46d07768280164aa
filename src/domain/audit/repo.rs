//! The audit log in the database. It is added to and read; nothing here changes or removes an entry.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{account, audit_chain, audit_entry, audit_entry_controller, controller_holder, municipality, person};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, OnConflict, Query, SelectStatement},
};
use uuid::Uuid;

use super::model::{Actor, Chain, End, Entry};
use crate::{
    app::Cx,
    authz::{AuditReach, ReadScope},
    db::{
        Tx, open_period_holds_on,
        page::{Sorting, page, pages},
        write::insert,
    },
    kernel::{
        clock::begin_of_day_in_sweden,
        id::{Id, keys},
        ids::Ids,
        kinds::{AccountId, AuditEntryId, ControllerId, MunicipalityId, PersonId},
        page::{Page, Slice},
    },
};

/// Where these chains end; a chain that has not begun is not there.
pub async fn ends(tx: &Tx, chains: impl IntoIterator<Item = Chain>) -> Result<HashMap<Chain, End>, DbErr> {
    let select = audit_chain::Entity::find().filter(audit_chain::Column::Id.is_in(chains.into_iter().map(Chain::key)));
    Ok(select.all(tx).await?.into_iter().map(end).collect())
}

/// Adds entries, each with the controllers that it touches, and notes where their chains end now.
pub async fn append(
    tx: &Tx,
    ids: &Ids,
    now: DateTime<Utc>,
    entries: &[(Entry, BTreeSet<ControllerId>)],
    ends: &HashMap<Chain, End>,
) -> Result<(), DbErr> {
    insert(tx, entries.iter().map(|(entry, _)| entry_row(entry)).collect()).await?;
    let touched = entries.iter().flat_map(|(entry, controllers)| controllers.iter().map(move |controller| (entry.id, *controller)));
    let controllers = touched.map(|(entry, controller)| audit_entry_controller::ActiveModel {
        id: Set(ids.uuid(now)),
        entry_id: Set(entry.key()),
        controller_id: Set(controller.key()),
    });
    insert(tx, controllers.collect()).await?;
    let rows = ends.iter().map(|(chain, end)| audit_chain::ActiveModel {
        id: Set(chain.key()),
        entries: Set(end.entries),
        hash: Set(end.hash.clone()),
    });
    let newest =
        OnConflict::column(audit_chain::Column::Id).update_columns([audit_chain::Column::Entries, audit_chain::Column::Hash]).to_owned();
    audit_chain::Entity::insert_many(rows).on_conflict(newest).exec_without_returning(tx).await?;
    Ok(())
}

fn end(row: audit_chain::Model) -> (Chain, End) {
    (Chain::of_key(row.id), End { entries: row.entries, hash: row.hash })
}

// ── reading in scope ─────────────────────────────────────────────────────────────────────────────

/// Which entries a list shows. What is given holds together.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Those that touch this municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those that touch this controller.
    pub controller: Option<ControllerId>,
    /// Those of the record with this key and id of the API, and of what belongs to it.
    pub record: Option<(Uuid, String)>,
    /// Those of one mutation, command or job.
    pub action: Option<String>,
    /// Those of a person.
    pub actor: Option<PersonId>,
    /// Those of this day and later.
    pub from: Option<NaiveDate>,
    /// Those of this day and earlier.
    pub to: Option<NaiveDate>,
}

/// One page of the log that the scope opens, the newest first.
pub async fn entries_page(cx: &Cx, filter: &AuditFilter, asked: &Page) -> Result<Slice<Entry>, DbErr> {
    let select = filtered(audit_entry::Entity::find().filter(is_open(&cx.scope, ENTRY, cx.today)), filter);
    Ok(page(&cx.tx, select, newest_first(), asked).await?.map(entry))
}

/// The same page of the histories of many records, by their keys: each change once, however many municipalities it touched.
pub async fn histories(cx: &Cx, records: &[Uuid], asked: &Page) -> Result<HashMap<Uuid, Slice<Entry>>, DbErr> {
    use audit_entry::Column;
    let select = audit_entry::Entity::find()
        .filter(Column::RecordId.is_in(records.iter().copied()))
        .filter(is_open(&cx.scope, ENTRY, cx.today))
        .filter(Expr::exists(told_before(&cx.scope, cx.today)).not());
    let found = pages(&cx.tx, select, Expr::col(Column::RecordId.as_column_ref()), newest_first(), asked).await?;
    Ok(found.into_iter().map(|(record, slice)| (record, slice.map(entry))).collect())
}

/// The entries with these ids that the scope opens.
pub async fn entries(cx: &Cx, ids: &[AuditEntryId]) -> Result<Vec<Entry>, DbErr> {
    let select = audit_entry::Entity::find().filter(audit_entry::Column::Id.is_in(keys(ids))).filter(is_open(&cx.scope, ENTRY, cx.today));
    Ok(select.all(&cx.tx).await?.into_iter().map(entry).collect())
}

/// The names of people who acted, those whose names are erased left out.
pub async fn names(tx: &Tx, _: &ReadScope, people: &[PersonId], accounts: &[AccountId]) -> Result<Names, DbErr> {
    let people =
        person::Entity::find().filter(person::Column::Id.is_in(keys(people))).filter(person::Column::ErasedAt.is_null()).all(tx).await?;
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(keys(accounts))).all(tx).await?;
    Ok(Names {
        people: people.into_iter().map(|row| (PersonId::new(row.id), row.name)).collect(),
        accounts: accounts.into_iter().map(|row| (AccountId::new(row.id), row.name)).collect(),
    })
}

/// What actors are called.
#[derive(Debug, Default)]
pub struct Names {
    /// People of the directory.
    pub people: HashMap<PersonId, String>,
    /// Logins that were bound to none.
    pub accounts: HashMap<AccountId, String>,
}

fn newest_first() -> Sorting<audit_entry::Column> {
    Sorting { by: None, id: audit_entry::Column::Id, descending: true }
}

fn filtered(mut select: Select<audit_entry::Entity>, filter: &AuditFilter) -> Select<audit_entry::Entity> {
    use audit_entry::Column;
    let AuditFilter { municipality, controller, record, action, actor, from, to } = filter;
    if let Some(municipality) = municipality {
        select = select.filter(Column::ChainId.eq(municipality.key()));
    }
    if let Some(controller) = controller {
        select = select.filter(Expr::exists(touches(ENTRY, audit_entry_controller::Column::ControllerId.eq(controller.key()))));
    }
    if let Some((key, id)) = record {
        select = select.filter(Condition::any().add(Column::RecordId.eq(*key)).add(Column::Subject.eq(id.as_str())));
    }
    if let Some(action) = action {
        select = select.filter(Column::Action.eq(action.as_str()));
    }
    if let Some(actor) = actor {
        select = select.filter(Column::PersonId.eq(actor.key()));
    }
    if let Some(from) = from {
        select = select.filter(Column::At.gte(begin_of_day_in_sweden(*from)));
    }
    if let Some(to) = to.and_then(|to| to.succ_opt()) {
        select = select.filter(Column::At.lt(begin_of_day_in_sweden(to)));
    }
    select
}

/// The table of entries, as it is named in statements.
const ENTRY: &str = "audit_entry";
/// The same beside itself.
const OTHER: &str = "other_entry";

/// True in the database for the entries that the scope opens, in a table that the statement calls `table`.
fn is_open(scope: &ReadScope, table: &'static str, today: NaiveDate) -> Condition {
    let of_chain = |key: Uuid| Expr::col((Alias::new(table), audit_entry::Column::ChainId)).eq(key);
    let touching = |controllers: &[ControllerId]| Expr::exists(touches(table, held_by(controllers, today)));
    // Without a reach nothing is open; an empty alternative would be true. Beside others it would keep the database from the index.
    if scope.audit().is_empty() {
        return Condition::all().add(Expr::val(1).eq(0));
    }
    scope.audit().iter().fold(Condition::any(), |any, reach| match reach {
        AuditReach::Cooperation => any.add(of_chain(Uuid::nil())),
        AuditReach::Municipality(municipality) => any.add(of_chain(municipality.key())),
        AuditReach::OwnControllers(municipality, controllers) => any.add(of_chain(municipality.key()).and(touching(controllers))),
        AuditReach::Controllers(controllers) => any.add(touching(controllers)),
    })
}

/// True in the database for these controllers, and for those whose duties they hold today.
fn held_by(controllers: &[ControllerId], today: NaiveDate) -> Expr {
    use controller_holder::Column as Holder;
    let theirs = Query::select()
        .column(Holder::ControllerId)
        .from(controller_holder::Entity)
        .cond_where(Holder::HolderId.is_in(keys(controllers)))
        .cond_where(open_period_holds_on(Holder::ValidFrom, Holder::ValidTo, today))
        .to_owned();
    audit_entry_controller::Column::ControllerId.in_subquery(theirs)
}

/// The rows by which an entry touches such controllers.
fn touches(table: &'static str, such: Expr) -> SelectStatement {
    use audit_entry_controller::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(audit_entry_controller::Entity)
        .and_where(Expr::col(Column::EntryId.as_column_ref()).equals((Alias::new(table), audit_entry::Column::Id)))
        .and_where(such)
        .to_owned()
}

/// An entry that the scope opens and that tells the same change with a smaller id.
fn told_before(scope: &ReadScope, today: NaiveDate) -> SelectStatement {
    use audit_entry::Column;
    let other = |column: Column| Expr::col((Alias::new(OTHER), column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(audit_entry::Entity, Alias::new(OTHER))
        .and_where(other(Column::ChangeId).equals((Alias::new(ENTRY), Column::ChangeId)))
        .and_where(other(Column::Id).lt(Expr::col((Alias::new(ENTRY), Column::Id))))
        .cond_where(is_open(scope, OTHER, today))
        .to_owned()
}

// ── verifying ────────────────────────────────────────────────────────────────────────────────────

/// How many entries are read at once.
const AT_ONCE: u64 = 1_000;

/// All chains that have begun, with where they end; also those whose end is not noted.
pub async fn chains(tx: &Tx) -> Result<Vec<(Chain, End)>, DbErr> {
    let noted: HashMap<Chain, End> = audit_chain::Entity::find().all(tx).await?.into_iter().map(end).collect();
    let told: Vec<Uuid> =
        audit_entry::Entity::find().select_only().column(audit_entry::Column::ChainId).distinct().into_tuple().all(tx).await?;
    let all: BTreeSet<Chain> = noted.keys().copied().chain(told.into_iter().map(Chain::of_key)).collect();
    Ok(all.into_iter().map(|chain| (chain, noted.get(&chain).cloned().unwrap_or_default())).collect())
}

/// The slug of a municipality.
pub async fn slug(tx: &Tx, id: MunicipalityId) -> Result<Option<String>, DbErr> {
    Ok(municipality::Entity::find_by_id(id.key()).one(tx).await?.map(|row| row.slug))
}

/// The next entries of a chain beyond a number, in order, each with the controllers that it touches.
pub async fn next_entries(tx: &Tx, chain: Chain, beyond: i64) -> Result<Vec<(Entry, BTreeSet<ControllerId>)>, DbErr> {
    use audit_entry::Column;
    let select = audit_entry::Entity::find()
        .filter(Column::ChainId.eq(chain.key()))
        .filter(Column::Sequence.gt(beyond))
        .order_by_asc(Column::Sequence)
        .order_by_asc(Column::Id)
        .limit(AT_ONCE);
    let entries: Vec<Entry> = select.all(tx).await?.into_iter().map(entry).collect();
    let touched = audit_entry_controller::Entity::find()
        .filter(audit_entry_controller::Column::EntryId.is_in(entries.iter().map(|entry| entry.id.key())))
        .all(tx)
        .await?;
    let mut controllers: HashMap<Uuid, BTreeSet<ControllerId>> = HashMap::new();
    for row in touched {
        controllers.entry(row.entry_id).or_default().insert(ControllerId::new(row.controller_id));
    }
    Ok(entries
        .into_iter()
        .map(|entry| (controllers.remove(&entry.id.key()).unwrap_or_default(), entry))
        .map(|(of, entry)| (entry, of))
        .collect())
}

fn entry(row: audit_entry::Model) -> Entry {
    Entry {
        id: AuditEntryId::new(row.id),
        chain: Chain::of_key(row.chain_id),
        sequence: row.sequence,
        change: row.change_id,
        at: row.at,
        actor: Actor { kind: row.actor_kind, account: row.account_id.map(AccountId::new), person: row.person_id.map(PersonId::new) },
        role: row.role,
        action: row.action,
        subject: row.subject,
        record: row.record_id,
        municipality: MunicipalityId::new(row.municipality_id),
        changes: row.changes,
        previous_hash: row.previous_hash,
        hash: row.hash,
    }
}

fn entry_row(entry: &Entry) -> audit_entry::ActiveModel {
    audit_entry::ActiveModel {
        id: Set(entry.id.key()),
        chain_id: Set(entry.chain.key()),
        sequence: Set(entry.sequence),
        change_id: Set(entry.change),
        at: Set(entry.at),
        actor_kind: Set(entry.actor.kind.clone()),
        account_id: Set(entry.actor.account.map(Id::key)),
        person_id: Set(entry.actor.person.map(Id::key)),
        role: Set(entry.role.clone()),
        action: Set(entry.action.clone()),
        subject: Set(entry.subject.clone()),
        record_id: Set(entry.record),
        municipality_id: Set(entry.municipality.key()),
        changes: Set(entry.changes.clone()),
        previous_hash: Set(entry.previous_hash.clone()),
        hash: Set(entry.hash.clone()),
    }
}
