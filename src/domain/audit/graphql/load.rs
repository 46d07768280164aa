//! Loads entries of the audit log: one statement for each field that is asked for, however many entries ask.

use std::collections::HashMap;

use async_graphql::ID;
use uuid::Uuid;

use super::types::{ActorName, AuditEntry, FieldChange};
use crate::{
    app::Cx,
    domain::{
        audit::{
            model::{self, ActorKind, Chain},
            repo,
        },
        organisation::graphql::load::municipalities_by_id,
    },
    graphql::{
        connection::{Connection, NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{Loading, found},
        node,
        selection::{Call, Selection},
    },
    kernel::{kinds::AuditEntryId, refusal::Failure},
};

/// Entries with all that `select` asks of them; `rows` holds each once.
pub fn entries<'a>(cx: &'a Cx, rows: Vec<model::Entry>, select: Selection<'a>) -> Loading<'a, Vec<AuditEntry>> {
    Box::pin(async move {
        let mut objects = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        for call in select.on("AuditEntry") {
            match call.name {
                "actor" => put_actors(cx, &rows, &mut objects).await?,
                "subject" => {
                    let subjects = node::nodes_by_text(cx, rows.iter().map(|row| row.subject.as_str()), &call.select).await?;
                    objects.iter_mut().zip(&rows).for_each(|(object, row)| object.subject.put(subjects.get(row.subject.as_str()).cloned()));
                }
                "municipality" => {
                    let municipalities = municipalities_by_id(cx, rows.iter().map(|row| row.municipality), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.municipality.put(found(&municipalities, &row.municipality)?);
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The entries with these ids.
pub async fn entry_nodes(cx: &Cx, ids: &[AuditEntryId], select: Selection<'_>) -> Result<Vec<(AuditEntryId, AuditEntry)>, ApiError> {
    let rows = repo::entries(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(entries(cx, rows, select).await?).collect())
}

/// The histories of records, by their keys, for the field `name` below the root.
pub async fn histories(
    cx: &Cx,
    name: &'static str,
    records: &[Uuid],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<AuditEntry>>, ApiError> {
    let asked = NestedPage::of::<AuditEntry>(call, name, "", records, cx.as_of)?;
    let found = repo::histories(cx, records, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<AuditEntry>(&call.select);
    connections(asked, cx.as_of, records, found, |found| entries(cx, found, rows)).await
}

async fn put_actors(cx: &Cx, rows: &[model::Entry], objects: &mut [AuditEntry]) -> Result<(), ApiError> {
    let people: Vec<_> = rows.iter().filter_map(|row| row.actor.person).collect();
    let unbound = rows.iter().filter(|row| row.actor.person.is_none());
    let accounts: Vec<_> = unbound.filter_map(|row| row.actor.account).collect();
    let names = repo::names(&cx.tx, &cx.scope, &people, &accounts).await.map_err(Failure::from)?;
    for (object, row) in objects.iter_mut().zip(rows) {
        let name = row
            .actor
            .person
            .map_or_else(|| row.actor.account.and_then(|account| names.accounts.get(&account)), |person| names.people.get(&person));
        object.actor.put(match object.actor_kind {
            ActorKind::Login => name.cloned().map_or(ActorName::Erased, ActorName::Known),
            ActorKind::Operator => ActorName::Operator,
            ActorKind::Job => ActorName::System,
        });
    }
    Ok(())
}

fn entry(row: &model::Entry) -> Result<AuditEntry, ApiError> {
    let strange = |what: &str| ApiError::internal(format!("{} has a strange {what}", row.id));
    let changes: Vec<model::FieldChange> = serde_json::from_str(&row.changes).map_err(|_| strange("list of changes"))?;
    Ok(AuditEntry {
        id: ID(row.id.to_string()),
        at: row.at,
        actor_kind: row.actor.kind.parse().map_err(|_| strange("actor"))?,
        role: row.role.as_deref().map(|role| role.parse().map_err(|_| strange("role"))).transpose()?,
        action: row.action.clone(),
        cooperation: row.chain == Chain::Cooperation,
        changes: changes.into_iter().map(change).collect(),
        hash: row.hash.clone(),
        actor: Default::default(),
        subject: Default::default(),
        municipality: Default::default(),
    })
}

fn change(model::FieldChange { field, before, after }: model::FieldChange) -> FieldChange {
    FieldChange { field, before, after }
}
