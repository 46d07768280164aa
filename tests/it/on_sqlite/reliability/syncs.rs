//! No answer before its change is on the disk: the syncs of the file are counted. S30.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection};

use crate::{
    engine::Database,
    reliability::{
        figures,
        installation::Installation,
        length,
        load::{Load, MUTATIONS, Sent, Subject, sender},
        syncs::{STRACE, assert_may_trace, syncs},
    },
    support::process::{Process, Serving, command},
};

/// The same command under strace, which notes each sync in a file before the program goes on.
fn traced(program: &Command, into: &Path) -> Command {
    assert_may_trace();
    let mut command = Command::new("strace");
    command.args(STRACE).arg("-o").arg(into).arg(program.get_program()).args(program.get_args());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(folder) = program.get_current_dir() {
        command.current_dir(folder);
    }
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_acknowledged_change_was_synced_to_the_disk_before_its_answer() {
    if let Ok(asked) = std::env::var(LOOP) {
        return loop_of_transactions(&asked).await;
    }
    let database = Database::empty();
    let installation = Installation::new(database.url()).await;
    let file = installation.folder().join("syncs");
    let serving = Serving::of(Process::of(traced(&installation.command(), &file)));
    let (subject, sender) = (Subject::of(&installation, &serving).await, sender(&installation, &serving));

    // One after the other: each has a sync of its own.
    let alone = length(25, 250);
    let begun = syncs(&file);
    for n in 0..alone {
        let before = syncs(&file);
        let sent = Sent { name: format!("alone-{n}"), answered: subject.send(&sender, &format!("alone-{n}")).await };
        assert!(sent.is_acknowledged(), "{sent:?}");
        assert!(syncs(&file) > before, "{} was answered before it was on the disk", sent.name);
    }
    let of_alone = syncs(&file) - begun;

    // Several at the same time: there are as many syncs as changes all the same.
    let before = syncs(&file);
    let mut load = Load::begin(&installation, &serving, &subject, "together");
    load.acknowledged(length(100, 2_000)).await;
    let together = load.end().await.iter().filter(|sent| sent.is_acknowledged()).count();
    let of_together = syncs(&file) - before;
    assert!(of_together >= together, "{of_together} syncs for {together} acknowledged requests");
    serving.process.terminate();
    assert!(serving.process.ended().status.success());

    let (full, normal) = (syncs_of_a_loop("FULL").await, syncs_of_a_loop("NORMAL").await);
    assert!(full >= COMMITS && normal * 10 < COMMITS, "FULL {full}, NORMAL {normal}: what is counted does not tell them apart");
    let ratio =
        |syncs: usize, of: usize| format!("{:.2}", f64::from(u32::try_from(syncs).unwrap()) / f64::from(u32::try_from(of).unwrap()));
    figures(
        "S30 syncs",
        &format!(
            "{alone} requests one by one with {of_alone} syncs ({} each), {together} from several clients with {of_together} ({} each), \
             of {MUTATIONS} mutations each; a bare loop of {COMMITS} commits: FULL {}, NORMAL {} each",
            ratio(of_alone, alone),
            ratio(of_together, together),
            ratio(full, COMMITS),
            ratio(normal, COMMITS)
        ),
    );
}

// ── what is counted tells FULL from NORMAL ───────────────────────────────────────────────────────

/// Transactions of the loop.
const COMMITS: usize = 200;

/// The variable that makes the test a loop of transactions, and nothing else: tells which setting it has, and where.
const LOOP: &str = "TEST_SYNCS_OF";

/// How many syncs a loop of transactions has with this `synchronous`: this same program, begun anew for the test above.
async fn syncs_of_a_loop(synchronous: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let name = concat!(module_path!(), "::each_acknowledged_change_was_synced_to_the_disk_before_its_answer").split_once("::").unwrap().1;
    let mut this = Command::new(std::env::current_exe().unwrap());
    this.args(["--exact", name]).env(LOOP, format!("{synchronous} {}", folder.path().display()));
    let file = folder.path().join("syncs");
    let ended = tokio::task::spawn_blocking({
        let command = traced(&this, &file);
        move || Process::of(command).ended()
    });
    let ended = ended.await.unwrap();
    assert!(ended.status.success() && ended.out.iter().any(|line| line.contains("1 passed")), "{:#?}", ended.out);
    syncs(&file)
}

async fn loop_of_transactions(asked: &str) {
    let (synchronous, folder) = asked.split_once(' ').unwrap();
    let url = format!("sqlite://{}?mode=rwc", Path::new(folder).join("loop.sqlite").display());
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Connection::connect(options).await.unwrap();
    let set = format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; CREATE TABLE t (n INTEGER)");
    connection.execute_unprepared(&set).await.unwrap();
    for n in 0..COMMITS {
        connection.execute_unprepared(&format!("INSERT INTO t VALUES ({n})")).await.unwrap();
    }
    connection.close().await.unwrap();
}

// ── opening ──────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn serve_ends_at_once_where_the_database_cannot_have_a_write_ahead_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["serve"]);
    command.env("SAMVERKAN_LISTEN", "127.0.0.1:0").env("SAMVERKAN_DATABASE_URL", "sqlite://nowhere?mode=memory");
    let ended = Process::of(command).ended();
    assert!(!ended.status.success());
    assert!(ended.err.iter().any(|line| line.contains("not a write-ahead log")), "{:#?}", ended.err);
}
