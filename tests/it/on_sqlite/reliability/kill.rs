//! `samverkan serve` is killed (SIGKILL) while clients write. S29, and S31 after a crash.

use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;

use crate::{
    engine::Database,
    reliability::{
        figures,
        installation::Installation,
        length,
        load::{Load, Seen, Sent, Subject, judge, sender},
    },
    support::{process::Serving, texts},
};

/// Mutations acknowledged before each kill.
const BEFORE: usize = 200;

/// Starts `serve`; gives back how long it took until it was ready.
async fn start(installation: &Installation) -> (Serving, Duration) {
    let begun = Instant::now();
    let serving = installation.serve();
    assert_eq!(sender(installation, &serving).ready().await, Some(200));
    (serving, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_whole_after_the_process_is_killed_and_what_was_not_is_there_whole_or_not_at_all() {
    let (kills, database) = (length(3, 50), Database::empty());
    let installation = Installation::new(database.url()).await;
    let (mut serving, first) = start(&installation).await;
    let mut ready = vec![first];
    let subject = Subject::of(&installation, &serving).await;
    let mut seen = Seen::default();
    for kill in 0..kills {
        let mut load = Load::begin(&installation, &serving, &subject, &format!("kill-{kill}"));
        load.acknowledged_and_part_of_another(BEFORE, (kill, kills)).await;
        drop(serving.process);
        let sent = load.end().await;

        let (started, took) = start(&installation).await;
        serving = started;
        ready.push(took);
        let db = installation.open().await;
        let tx = db.read().await.unwrap();
        assert_eq!(texts(&tx, "PRAGMA integrity_check").await, ["ok"]);
        assert_eq!(texts(&tx, "SELECT \"table\" FROM pragma_foreign_key_check").await, [""; 0]);
        drop(tx);
        seen.crash(&db, &subject, &sender(&installation, &serving), &sent).await;
        db.close().await.unwrap();
    }
    assert!(seen.acknowledged >= BEFORE * seen.crashes);
    ready.sort_unstable();
    let (middle, slowest) = (ready[ready.len() / 2], ready[ready.len() - 1]);
    // Unoptimised, on a machine with other work, it may take longer; then it is only told.
    assert!(cfg!(debug_assertions) || slowest < Duration::from_secs(1), "{slowest:?}");
    figures(
        "S29 kill -9 of serve",
        &format!("{seen}; integrity_check ok, audit chain verifies; ready within {middle:.2?} (median), {slowest:.2?} (slowest)"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_judge_of_a_crash_finds_what_is_lost_or_half_done_or_edited() {
    let database = Database::empty();
    let installation = Installation::new(database.url()).await;
    let serving = installation.serve();
    let (subject, sender) = (Subject::of(&installation, &serving).await, sender(&installation, &serving));
    let mut sent = Vec::new();
    for name in ["kept", "lost", "without-reader", "without-answer", "edited"] {
        let answered = subject.send(&sender, name).await;
        sent.push(Sent { name: name.to_owned(), answered });
    }
    assert!(sent.iter().all(Sent::is_acknowledged), "{sent:#?}");
    // One that was on its way is no fault, there or not.
    sent.push(Sent { name: "never-came".to_owned(), answered: None });
    let db = installation.open().await;
    assert!(judge(&db, &sent).await.is_clean());

    let tx = db.write().await.unwrap();
    for statement in texts(&tx, "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'").await {
        tx.execute_unprepared(&statement).await.unwrap();
    }
    let of = |title: &str| format!("IN (SELECT id FROM agreement WHERE title LIKE '{title}')");
    let (lost, entries) = (of("lost %"), "SELECT id FROM audit_entry WHERE record_id");
    let key = |name: &str| samverkan::kernel::ids::hash(name);
    for statement in [
        format!("DELETE FROM agreement_party WHERE agreement_id {lost}"),
        format!("DELETE FROM agreement_reader WHERE agreement_id {lost}"),
        format!("DELETE FROM agreement_terms WHERE agreement_id {lost}"),
        format!("DELETE FROM audit_entry_controller WHERE entry_id IN ({entries} {lost})"),
        format!("DELETE FROM audit_entry WHERE record_id {lost}"),
        format!("DELETE FROM agreement WHERE id {lost}"),
        format!("DELETE FROM remembered_answer WHERE key_hash IN ('{}', '{}')", key("lost"), key("without-answer")),
        format!("DELETE FROM agreement_reader WHERE agreement_id {}", of("without-reader joint")),
        format!("UPDATE audit_entry SET role = 'READER' WHERE record_id {}", of("edited own")),
    ] {
        tx.execute_unprepared(&statement).await.unwrap();
    }
    tx.commit().await.unwrap();
    let judgement = judge(&db, &sent).await;
    assert_eq!(judgement.lost, ["lost"]);
    let half_done: Vec<_> = judgement.half_done.iter().map(|told| told.split(':').next().unwrap()).collect();
    assert_eq!(half_done, ["without-reader", "without-answer"]);
    // The lost entries are missed in both chains, where others follow them; and one does not tell what it told.
    assert!(judgement.tampered >= 3, "{judgement:#?}");
}
