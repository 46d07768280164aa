//! Clients that change something without pause, each change under an `Idempotency-Key`, and note what was acknowledged; and the judge
//! of what the database then holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use samverkan::{
    db::{Db, Tx},
    domain::audit::verify::verify,
    kernel::ids::hash,
};
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};

use super::installation::{Answered, Installation, Sender};
use crate::support::{process::Serving, texts};

/// Mutations of one request.
pub(crate) const MUTATIONS: usize = 2;

/// How many send at the same time.
const CLIENTS: usize = 4;

/// Who sends: the joint board that she coordinates is of two municipalities.
const PERSONA: &str = "coordinator.katrineholm";

/// One transaction: an agreement of the own board, and one that two municipalities read.
const REQUEST: &str = "mutation($own: DraftAgreementInput!, $joint: DraftAgreementInput!) {
  own: draftAgreement(input: $own) { processorAgreement { id title version } errors { code } }
  joint: draftAgreement(input: $joint) { processorAgreement { id title version } errors { code } } }";

/// What a drafted agreement brings with it: its leading party, its readers, its entries in the audit log and the controllers that they
/// touch. The joint board's is read, and its change told, in both municipalities.
const OWN: &str = "1|1|1|1";
const JOINT: &str = "1|2|2|2";

/// A request that was sent: its name, which is its key and the beginning of its agreements' titles, and the answer, if one came.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub name: String,
    pub answered: Option<Answered>,
}

impl Sent {
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.answered.as_ref().is_some_and(|answered| answered.done().is_some())
    }
}

/// What the clients write about.
#[derive(Clone)]
pub(crate) struct Subject {
    own: String,
    joint: String,
    party: String,
}

impl Subject {
    pub(crate) async fn of(installation: &Installation, serving: &Serving) -> Self {
        let sender = sender(installation, serving);
        Self {
            own: sender.board("katrineholm", "EXECUTIVE_BOARD").await,
            joint: sender.board("katrineholm", "JOINT_BOARD").await,
            party: sender.party().await,
        }
    }

    /// Sends the request of this name, for the first time or once more.
    pub(crate) async fn send(&self, sender: &Sender, name: &str) -> Option<Answered> {
        let draft =
            |lead: &str, which: &str| json!({ "leadControllerId": lead, "processorId": self.party, "title": format!("{name} {which}") });
        let variables: Value = json!({ "own": draft(&self.own, "own"), "joint": draft(&self.joint, "joint") });
        sender.send(Some(name), REQUEST, &variables).await
    }
}

/// The sender of the load.
pub(crate) fn sender(installation: &Installation, serving: &Serving) -> Sender {
    installation.at(serving.address, PERSONA)
}

/// Clients at work.
pub(crate) struct Load {
    begun: Instant,
    clients: Vec<JoinHandle<Vec<Sent>>>,
    acknowledged: watch::Receiver<usize>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// Begins; the names of all requests begin with `name`.
    pub(crate) fn begin(installation: &Installation, serving: &Serving, subject: &Subject, name: &str) -> Self {
        let (count, acknowledged) = watch::channel(0);
        let (count, stop) = (Arc::new(count), Arc::new(AtomicBool::new(false)));
        let client = |client: usize| {
            let (sender, subject, count, stop) = (sender(installation, serving), subject.clone(), count.clone(), stop.clone());
            let name = format!("{name}.{client}");
            tokio::spawn(async move { write(&sender, &subject, &name, &count, &stop).await })
        };
        Self { begun: Instant::now(), clients: (0..CLIENTS).map(client).collect(), acknowledged, stop }
    }

    /// Waits until so many mutations are acknowledged.
    pub(crate) async fn acknowledged(&mut self, mutations: usize) {
        self.acknowledged.wait_for(|requests| requests * MUTATIONS >= mutations).await.expect("the clients have ended");
    }

    /// The same, and then a part of the time that one transaction takes, of which there is one at a time: so that kills come at all
    /// places of a transaction.
    pub(crate) async fn acknowledged_and_part_of_another(&mut self, mutations: usize, (part, of): (u32, u32)) {
        self.acknowledged(mutations).await;
        let transactions = u32::try_from(mutations / MUTATIONS).unwrap();
        tokio::time::sleep(self.begun.elapsed() / transactions * part / of).await;
    }

    /// Lets each client end with the request that it has sent; gives back all that was sent.
    pub(crate) async fn end(self) -> Vec<Sent> {
        self.stop.store(true, Ordering::Relaxed);
        let mut sent = Vec::new();
        for client in self.clients {
            sent.extend(client.await.unwrap());
        }
        sent
    }
}

/// Sends one request after the other, until it is to stop or one is not acknowledged.
async fn write(sender: &Sender, subject: &Subject, name: &str, count: &watch::Sender<usize>, stop: &AtomicBool) -> Vec<Sent> {
    let mut all = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let name = format!("{name}.{}", all.len());
        let answered = subject.send(sender, &name).await;
        let sent = Sent { name, answered };
        let acknowledged = sent.is_acknowledged();
        all.push(sent);
        if !acknowledged {
            break;
        }
        count.send_modify(|count| *count += 1);
    }
    all
}

// ── the judge ────────────────────────────────────────────────────────────────────────────────────

/// What of the requests is in the database, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Acknowledged, and not there.
    pub lost: Vec<String>,
    /// There in part, or more than once.
    pub half_done: Vec<String>,
    /// Not acknowledged, and there whole.
    pub unacknowledged_whole: usize,
    /// Places where the audit log is not as it was written.
    pub tampered: usize,
}

impl Judgement {
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.half_done.is_empty() && self.tampered == 0
    }
}

/// Judges what the database holds of these requests, and its audit log.
pub(crate) async fn judge<'a>(db: &Db, sent: impl IntoIterator<Item = &'a Sent>) -> Judgement {
    let tx = db.read().await.unwrap();
    let (agreements, remembered) = (agreements(&tx).await, remembered(&tx).await);
    let mut judgement = Judgement { tampered: verify(&tx).await.unwrap().tampered.len(), ..Judgement::default() };
    judgement.half_done.extend(without_agreement(&tx).await);
    for request in sent {
        let parts = |which: &str| agreements.get(&format!("{} {which}", request.name)).map(Vec::as_slice).unwrap_or_default();
        let (own, joint, remembered) = (parts("own"), parts("joint"), remembered.contains(&hash(&request.name)));
        let nothing = own.is_empty() && joint.is_empty() && !remembered;
        let whole = own == [OWN] && joint == [JOINT] && remembered;
        if !nothing && !whole {
            judgement.half_done.push(format!("{}: {own:?} {joint:?} remembered: {remembered}", request.name));
        }
        if request.is_acknowledged() && nothing {
            judgement.lost.push(request.name.clone());
        }
        judgement.unacknowledged_whole += usize::from(!request.is_acknowledged() && whole);
    }
    judgement
}

/// The agreements by their titles, each with the numbers of what it brought with it.
async fn agreements(tx: &Tx) -> BTreeMap<String, Vec<String>> {
    let count = |from: &str| format!("(SELECT count(*) FROM {from})");
    let parts = [
        count("agreement_party p WHERE p.agreement_id = a.id AND p.lead"),
        count("agreement_reader r WHERE r.agreement_id = a.id"),
        count("audit_entry e WHERE e.record_id = a.id AND e.action = 'draftAgreement'"),
        count("audit_entry e JOIN audit_entry_controller c ON c.entry_id = e.id WHERE e.record_id = a.id"),
    ];
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in texts(tx, &format!("SELECT a.title || '=' || {} FROM agreement a", parts.join(" || '|' || "))).await {
        let (title, parts) = row.rsplit_once('=').unwrap();
        found.entry(title.to_owned()).or_default().push(parts.to_owned());
    }
    found
}

/// The hashes of the keys under which answers are remembered.
async fn remembered(tx: &Tx) -> BTreeSet<String> {
    texts(tx, "SELECT key_hash FROM remembered_answer").await.into_iter().collect()
}

/// What tells of an agreement that is not there.
async fn without_agreement(tx: &Tx) -> Vec<String> {
    let mut found = Vec::new();
    for (table, agreement) in [("agreement_party", "agreement_id"), ("agreement_reader", "agreement_id"), ("audit_entry", "record_id")] {
        let only = if table == "audit_entry" { "t.action = 'draftAgreement' AND" } else { "" };
        let none = format!("NOT EXISTS (SELECT 1 FROM agreement a WHERE a.id = t.{agreement})");
        found.extend(texts(tx, &format!("SELECT '{table} without its agreement' FROM {table} t WHERE {only} {none}")).await);
    }
    found
}

// ── after a crash ────────────────────────────────────────────────────────────────────────────────

/// What was seen of all crashes of a test.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub crashes: usize,
    pub acknowledged: usize,
    pub unacknowledged: usize,
    pub unacknowledged_whole: usize,
    pub sent_again: usize,
}

impl Seen {
    /// After a crash: judges what was sent, sends all of it again under its keys, and judges again. What was acknowledged is answered
    /// as it was; what was not has happened exactly once, now or then.
    pub(crate) async fn crash(&mut self, db: &Db, subject: &Subject, sender: &Sender, sent: &[Sent]) {
        let judgement = judge(db, sent).await;
        assert!(judgement.is_clean(), "after crash {}: {judgement:#?}", self.crashes + 1);
        let mut again = Vec::new();
        for request in sent {
            let answered = subject.send(sender, &request.name).await;
            assert!(!request.is_acknowledged() || answered == request.answered, "{request:?} was answered {answered:?} again");
            again.push(Sent { name: request.name.clone(), answered });
        }
        assert!(again.iter().all(Sent::is_acknowledged), "{:#?}", again.iter().find(|sent| !sent.is_acknowledged()));
        let judgement_again = judge(db, &again).await;
        assert!(judgement_again.is_clean(), "all sent again after crash {}: {judgement_again:#?}", self.crashes + 1);
        let acknowledged = sent.iter().filter(|sent| sent.is_acknowledged()).count();
        self.crashes += 1;
        self.acknowledged += acknowledged * MUTATIONS;
        self.unacknowledged += (sent.len() - acknowledged) * MUTATIONS;
        self.unacknowledged_whole += judgement.unacknowledged_whole * MUTATIONS;
        self.sent_again += sent.len();
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { crashes, acknowledged, unacknowledged, unacknowledged_whole, sent_again } = self;
        write!(
            f,
            "{crashes} kills, {acknowledged} mutations acknowledged, 0 lost, 0 half-done, {unacknowledged} unacknowledged of which \
             {unacknowledged_whole} there whole, {sent_again} requests sent again with 0 second effects"
        )
    }
}
