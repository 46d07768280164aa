//! The account of every change: who reads it, that nothing is left out, and that whatever is tampered with is found.

mod completeness;
mod log;
mod tampering;

use std::collections::{BTreeMap, BTreeSet};

use entity::{audit_entry, municipality};
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::support::TestApp;

/// A change as the chains tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The mutation or command.
    pub action: String,
    /// The slugs of the municipalities in whose chains it stands, and `cooperation`.
    pub chains: Vec<String>,
}

/// The changes that the log tells, by their keys.
pub(crate) async fn told(app: &TestApp) -> BTreeMap<Uuid, Told> {
    let tx = app.app.db.read().await.unwrap();
    let slugs: BTreeMap<_, _> = municipality::Entity::find().all(&tx).await.unwrap().into_iter().map(|row| (row.id, row.slug)).collect();
    let mut changes: BTreeMap<Uuid, Told> = BTreeMap::new();
    for entry in audit_entry::Entity::find().all(&tx).await.unwrap() {
        let change = changes.entry(entry.change_id).or_default();
        change.action = entry.action;
        change.chains.push(slugs.get(&entry.chain_id).cloned().unwrap_or_else(|| "cooperation".to_owned()));
        change.chains.sort();
    }
    changes
}

/// The one change that was told since `before`.
pub(crate) async fn told_since(app: &TestApp, before: &BTreeMap<Uuid, Told>) -> Told {
    let mut after = told(app).await;
    after.retain(|key, _| !before.contains_key(key));
    assert_eq!(after.len(), 1, "each mutation leaves exactly one change in the log: {after:#?}");
    let told = after.into_values().next().unwrap();
    let once: BTreeSet<_> = told.chains.iter().collect();
    assert_eq!(once.len(), told.chains.len(), "each municipality that it touches has one entry: {told:#?}");
    told
}
