//! No answer before its change is on the disk: the syncs of all processes of a durable server are counted. S30.

use super::cluster::{Cluster, DURABLE};
use crate::reliability::{
    figures,
    installation::Installation,
    length,
    load::{Load, MUTATIONS, Sent, Subject, sender},
    syncs::{assert_may_trace, syncs},
};

/// What was counted for requests one by one, and for those of several clients: acknowledged requests, syncs, and how many of the first
/// were answered without a sync of their own.
struct Counted {
    alone: (usize, usize),
    without_sync: usize,
    together: (usize, usize),
}

/// Counts for so many requests one by one, and at least so many mutations of several clients.
async fn counted(settings: &[&str], (alone, together): (usize, usize)) -> Counted {
    let cluster = Cluster::traced(settings);
    let file = cluster.syncs();
    let installation = Installation::new(cluster.url()).await;
    let serving = installation.serve();
    let (subject, sender) = (Subject::of(&installation, &serving).await, sender(&installation, &serving));
    let (begun, mut without_sync) = (syncs(&file), 0);
    for n in 0..alone {
        let before = syncs(&file);
        let sent = Sent { name: format!("alone-{n}"), answered: subject.send(&sender, &format!("alone-{n}")).await };
        assert!(sent.is_acknowledged(), "{sent:?}");
        without_sync += usize::from(syncs(&file) == before);
    }
    let middle = syncs(&file);
    let mut load = Load::begin(&installation, &serving, &subject, "together");
    load.acknowledged(together).await;
    let together = load.end().await.iter().filter(|sent| sent.is_acknowledged()).count();
    let end = syncs(&file);
    serving.process.terminate();
    assert!(serving.process.ended().status.success());
    Counted { alone: (alone, middle - begun), without_sync, together: (together, end - middle) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_acknowledged_change_was_synced_to_the_disk_before_its_answer() {
    assert_may_trace();
    let durable = counted(&DURABLE, (length(25, 250), length(100, 2_000))).await;
    assert_eq!(durable.without_sync, 0);
    assert!(durable.together.1 >= durable.together.0, "{} syncs for {} acknowledged", durable.together.1, durable.together.0);
    // What is counted is the disk's: a server that does not sync has none.
    let not_durable = counted(&["fsync=off"], (25, 100)).await;
    assert_eq!(not_durable.without_sync, not_durable.alone.0);
    assert!(not_durable.together.1 * 10 < not_durable.together.0);
    let told = |(requests, syncs): (usize, usize)| format!("{requests} requests with {syncs} syncs");
    figures(
        "S30 syncs",
        &format!(
            "one by one {}, from several clients {}, of {MUTATIONS} mutations each; fsync=off: {} and {}",
            told(durable.alone),
            told(durable.together),
            told(not_durable.alone),
            told(not_durable.together)
        ),
    );
}
