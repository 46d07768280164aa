//! `PostgreSQL` is killed (SIGKILL, all its processes) while clients write, and `samverkan serve` goes on. S29, and S31 after a crash.

use std::time::{Duration, Instant};

use super::cluster::{Cluster, DURABLE};
use crate::reliability::{
    figures,
    installation::{Installation, Sender},
    length,
    load::{Load, Seen, Subject, sender},
};

/// Mutations acknowledged before each kill.
const BEFORE: usize = 200;

/// How long the program may take until it serves again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until the program is ready; gives back how long it took.
async fn ready_again(sender: &Sender) -> Duration {
    let begun = Instant::now();
    while sender.ready().await != Some(200) {
        assert!(begun.elapsed() < PATIENCE, "it does not serve again");
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_whole_after_the_server_is_killed_and_the_program_serves_again_without_a_restart() {
    let kills = length(1, 10);
    let mut cluster = Cluster::start(&DURABLE);
    let installation = Installation::new(cluster.url()).await;
    let serving = installation.serve();
    let (subject, sender) = (Subject::of(&installation, &serving).await, sender(&installation, &serving));
    let (mut seen, mut slowest) = (Seen::default(), Duration::ZERO);
    for kill in 0..kills {
        let mut load = Load::begin(&installation, &serving, &subject, &format!("kill-{kill}"));
        load.acknowledged_and_part_of_another(BEFORE, (kill, kills)).await;
        cluster.kill();
        // Without a server the program lives, and says so.
        assert_eq!(sender.ready().await, Some(503));
        let stopping = tokio::spawn(load.end());
        cluster.start_again();
        slowest = slowest.max(ready_again(&sender).await);
        let sent = stopping.await.unwrap();
        // Whoever was not acknowledged was told to come again, or heard nothing; it is never our fault.
        for answered in sent.iter().filter(|sent| !sent.is_acknowledged()).filter_map(|sent| sent.answered.as_ref()) {
            assert!(answered.body.contains("\"UNAVAILABLE\""), "{answered:?}");
        }
        let db = installation.open().await;
        seen.crash(&db, &subject, &sender, &sent).await;
        db.close().await.unwrap();
    }
    assert!(seen.acknowledged >= BEFORE * seen.crashes);
    serving.process.terminate();
    assert!(serving.process.ended().status.success());
    figures(
        "S29 kill -9 of the server",
        &format!("{seen}; audit chain verifies; serve, not restarted, ready within {slowest:?} of the server's start"),
    );
}
