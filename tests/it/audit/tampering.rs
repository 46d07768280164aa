//! Whatever is done to the log past the program is found, with its place (the chain's part of S37). Each tampering is made in a
//! transaction that is undone, after the log was verified in it.

use std::collections::BTreeSet;

use entity::{audit_chain, audit_entry, audit_entry_controller};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use samverkan::{
    db::Tx,
    domain::audit::{model::Chain, rules::Tampering, verify::verify},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::{
    engine,
    organisation::{board, done, id},
    processor::{draft, engage, register},
    support::TestApp,
};

/// How many times somebody tampers.
const TIMES: u32 = 500;

/// A program with a log of some length, in several chains.
async fn with_a_log() -> TestApp {
    let app = TestApp::start().await;
    for (slug, persona) in [("gnesta", "coordinator.gnesta"), ("flen", "coordinator.flen")] {
        let board = board(&app, slug, "Socialnämnden").await;
        for n in 0..6 {
            let party = register(&app, persona, &format!("Leverantör Exempel {slug} {n}")).await;
            let agreement = id(&draft(&app, persona, &board, &party, &format!("Exempelavtal {n}")).await);
            done(&app, persona, "updateAgreement", json!({ "agreementId": agreement, "expectedVersion": 1, "purpose": "Lön" })).await;
            let below = register(&app, persona, &format!("Underleverantör Exempel {slug} {n}")).await;
            done(&app, persona, "listSubProcessor", engage(&agreement, &below, None)).await;
        }
    }
    app
}

/// The ways to tamper with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Edit,
    Delete,
    Swap,
    Insert,
    Truncate,
    Touch,
    Untouch,
    MoveEnd,
    Empty,
}

const WAYS: [Way; 9] = [Way::Edit, Way::Delete, Way::Swap, Way::Insert, Way::Truncate, Way::Touch, Way::Untouch, Way::MoveEnd, Way::Empty];

/// Tampers; gives back the chain and the first number at which something is wrong.
async fn tamper(tx: &Tx, way: Way, random: &mut StdRng) -> (Chain, i64) {
    engine::allow_tampering(tx).await;
    let entries = audit_entry::Entity::find().order_by_asc(audit_entry::Column::Sequence).all(tx).await.unwrap();
    let one = entries.choose(random).unwrap().clone();
    let chain: Vec<_> = entries.iter().filter(|entry| entry.chain_id == one.chain_id).cloned().collect();
    let last = chain.last().unwrap().clone();
    let of = Chain::of_key(one.chain_id);
    match way {
        Way::Edit => {
            edit(tx, one.clone(), random).await;
            (of, one.sequence)
        }
        Way::Delete => {
            remove(tx, std::slice::from_ref(&one)).await;
            // The one after it is out of sequence; of the last one the end tells.
            (of, if one.sequence == last.sequence { one.sequence } else { one.sequence + 1 })
        }
        Way::Swap => {
            let other = chain.iter().find(|other| other.sequence != one.sequence).unwrap().clone();
            let (first, second) = if one.sequence < other.sequence { (one, other) } else { (other, one) };
            for (entry, sequence) in [(&first, -1), (&second, first.sequence), (&first, second.sequence)] {
                renumber(tx, entry.id, sequence).await;
            }
            (of, first.sequence)
        }
        Way::Insert => {
            let forged = audit_entry::Model {
                id: Uuid::from_u128(random.random()),
                sequence: last.sequence + 1,
                previous_hash: last.hash.clone(),
                ..last.clone()
            };
            forged.into_active_model().insert(tx).await.unwrap();
            (of, last.sequence + 1)
        }
        Way::Truncate => {
            let from = random.random_range(0..chain.len());
            remove(tx, &chain[from..]).await;
            (of, chain[from].sequence)
        }
        Way::Touch => {
            let board = audit_entry_controller::Entity::find().one(tx).await.unwrap().unwrap().controller_id;
            let touching = audit_entry_controller::Column::ControllerId;
            let there = audit_entry_controller::Entity::find().filter(touching.eq(board)).all(tx).await.unwrap();
            let touched: BTreeSet<_> = there.iter().map(|row| row.entry_id).collect();
            let other = entries.iter().find(|entry| !touched.contains(&entry.id)).unwrap();
            let row = audit_entry_controller::ActiveModel {
                id: Set(Uuid::from_u128(random.random())),
                entry_id: Set(other.id),
                controller_id: Set(board),
            };
            row.insert(tx).await.unwrap();
            (Chain::of_key(other.chain_id), other.sequence)
        }
        Way::Untouch => {
            let rows = audit_entry_controller::Entity::find().all(tx).await.unwrap();
            let row = rows.choose(random).unwrap();
            audit_entry_controller::Entity::delete_by_id(row.id).exec(tx).await.unwrap();
            let entry = entries.iter().find(|entry| entry.id == row.entry_id).unwrap();
            (Chain::of_key(entry.chain_id), entry.sequence)
        }
        Way::MoveEnd => {
            let end = audit_chain::Entity::find_by_id(one.chain_id).one(tx).await.unwrap().unwrap();
            let entries = end.entries;
            let back = random.random_range(1..=entries);
            let mut end = end.into_active_model();
            end.entries = Set(entries - back);
            end.update(tx).await.unwrap();
            (of, entries - back + 1)
        }
        Way::Empty => {
            remove(tx, &chain).await;
            (of, 1)
        }
    }
}

/// Changes one thing that an entry tells.
async fn edit(tx: &Tx, entry: audit_entry::Model, random: &mut StdRng) {
    let mut row = entry.clone().into_active_model();
    match random.random_range(0..10) {
        0 => row.at = Set(entry.at + chrono::TimeDelta::seconds(1)),
        1 => row.account_id = Set(Some(Uuid::from_u128(random.random()))),
        2 => row.person_id = Set(None),
        3 => row.role = Set(Some("READER".to_owned())),
        4 => row.action = Set("updatePerson".to_owned()),
        5 => row.subject = Set(format!("party_{}", Uuid::from_u128(random.random()).simple())),
        6 => row.changes = Set(entry.changes.replacen('"', "\"x", 1)),
        7 => row.change_id = Set(Uuid::from_u128(random.random())),
        8 => row.record_id = Set(Uuid::from_u128(random.random())),
        _ => row.actor_kind = Set("JOB".to_owned()),
    }
    row.update(tx).await.unwrap();
}

async fn renumber(tx: &Tx, id: Uuid, sequence: i64) {
    let row = audit_entry::ActiveModel { id: Set(id), sequence: Set(sequence), ..Default::default() };
    row.update(tx).await.unwrap();
}

async fn remove(tx: &Tx, entries: &[audit_entry::Model]) {
    let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let rows = audit_entry_controller::Entity::delete_many().filter(audit_entry_controller::Column::EntryId.is_in(ids.clone()));
    rows.exec(tx).await.unwrap();
    audit_entry::Entity::delete_many().filter(audit_entry::Column::Id.is_in(ids)).exec(tx).await.unwrap();
}

#[tokio::test]
async fn of_five_hundred_tamperings_every_one_is_found_in_its_chain_at_its_number() {
    let app = with_a_log().await;
    let mut random = StdRng::seed_from_u64(37);
    let mut found = [0; WAYS.len()];
    for n in 0..TIMES {
        let way = WAYS[n as usize % WAYS.len()];
        let tx = app.app.db.write().await.unwrap();
        assert!(verify(&tx).await.unwrap().tampered.is_empty(), "before anybody tampers");
        let (chain, sequence) = tamper(&tx, way, &mut random).await;
        let verified = verify(&tx).await.unwrap();
        let first = verified.tampered.first().unwrap_or_else(|| panic!("{way:?} in {chain:?} at {sequence} was not found"));
        assert_eq!((first.chain, first.sequence), (chain, sequence), "{way:?}: {:?}", verified.tampered);
        assert!(verified.tampered.iter().all(|place| place.chain == chain), "{way:?}: {:?}", verified.tampered);
        if way == Way::Edit {
            assert_eq!((first.what, verified.tampered.len()), (Tampering::Edited, 1));
        }
        found[n as usize % WAYS.len()] += 1;
        tx.rollback().await.unwrap();
    }
    let told: Vec<_> = WAYS.iter().zip(found).map(|(way, found)| format!("{way:?} {found}")).collect();
    eprintln!("S37: {TIMES} tamperings, {TIMES} found: {}", told.join(", "));
}

#[tokio::test]
async fn two_tamperings_are_two_places() {
    let app = with_a_log().await;
    let tx = app.app.db.write().await.unwrap();
    engine::allow_tampering(&tx).await;
    let mut expected = BTreeSet::new();
    for sequence in [2, 5] {
        let select = audit_entry::Entity::find().filter(audit_entry::Column::Sequence.eq(sequence));
        let entry = select.order_by_asc(audit_entry::Column::ChainId).one(&tx).await.unwrap().unwrap();
        expected.insert((Chain::of_key(entry.chain_id), sequence));
        let mut row = entry.into_active_model();
        row.action = Set("updatePerson".to_owned());
        row.update(&tx).await.unwrap();
    }
    let verified = verify(&tx).await.unwrap();
    assert_eq!(verified.tampered.iter().map(|place| (place.chain, place.sequence)).collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_remove_an_entry() {
    let app = with_a_log().await;
    for table in ["audit_entry", "audit_entry_controller"] {
        for statement in [format!("UPDATE {table} SET id = id"), format!("DELETE FROM {table}")] {
            let tx = app.app.db.write().await.unwrap();
            let error = tx.execute_unprepared(&statement).await.unwrap_err();
            assert!(error.to_string().contains("the audit log is only added to"), "{statement}: {error}");
            tx.rollback().await.unwrap();
        }
    }
}
