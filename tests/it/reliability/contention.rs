//! Many write at the same time, through two programs on one installation: nobody is told of the others but by CONFLICT. S33.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use samverkan::domain::audit::verify::verify;
use serde_json::{Value, json};

use super::{
    figures,
    installation::{Answered, Installation, Sender},
    is_full,
};
use crate::engine::Database;

const WRITERS: usize = 16;

/// Requests of each writer in the normal run.
const REQUESTS: usize = 12;

/// How long they write at full length.
const LONG: Duration = Duration::from_secs(30);

const REGISTER: &str =
    "mutation($name: String!) { registerParty(input: { name: $name, country: \"SE\" }) { party { id } errors { code } } }";
const DRAFT: &str = "mutation($lead: ID!, $party: ID!) {
  draftAgreement(input: { leadControllerId: $lead, processorId: $party, title: \"Nytt system\" }) {
    processorAgreement { id version } errors { code } } }";
const READ: &str = "query($id: ID!) { agreement(id: $id) { version parties { version } } }";
const UPDATE: &str = "mutation($id: ID!, $version: Int!, $text: String!) {
  updateAgreement(input: { agreementId: $id, expectedVersion: $version, purpose: $text }) { errors { code } } }";
const TWO: &str = "mutation($id: ID!, $version: Int!, $lead: ID!, $text: String!) {
  registerParty(input: { name: $text, country: \"SE\" }) { errors { code } }
  updateAgreementParty(input: { agreementId: $id, expectedVersion: $version, controllerId: $lead, diaryNumber: $text }) { errors { code } } }";
const LIST: &str = "mutation($id: ID!, $party: ID!) {
  listSubProcessor(input: { agreementId: $id, partyId: $party, service: \"Drift\", dataCategories: [IDENTITY], processingCountries: [\"SE\"],
    authorisation: LISTED_AT_SIGNING, validFrom: \"2026-01-01\" }) { errors { code } } }";

/// What a municipality's writers share.
#[derive(Clone)]
struct Shared {
    lead: String,
    party: String,
    agreement: String,
}

impl Shared {
    async fn of(sender: &Sender, slug: &str) -> Self {
        let (lead, party) = (sender.board(slug, "EXECUTIVE_BOARD").await, sender.party().await);
        let drafted = sender.query(DRAFT, &json!({ "lead": lead, "party": party })).await;
        let agreement = drafted["draftAgreement"]["processorAgreement"]["id"].as_str().unwrap().to_owned();
        Self { lead, party, agreement }
    }
}

/// One of the mixed requests; no two writers send the same text.
async fn one(sender: &Sender, shared: &Shared, text: &str, nth: usize) -> Option<Answered> {
    let Shared { lead, party, agreement } = shared;
    let key = nth.is_multiple_of(2).then_some(text);
    match nth % 5 {
        0 => sender.send(key, REGISTER, &json!({ "name": text })).await,
        1 => sender.send(key, DRAFT, &json!({ "lead": lead, "party": party })).await,
        2 => {
            let version = read(sender, agreement, "/agreement/version").await;
            sender.send(key, UPDATE, &json!({ "id": agreement, "version": version, "text": text })).await
        }
        3 => {
            let version = read(sender, agreement, "/agreement/parties/0/version").await;
            sender.send(key, TWO, &json!({ "id": agreement, "version": version, "lead": lead, "text": text })).await
        }
        _ => {
            let new = sender.query(REGISTER, &json!({ "name": text })).await;
            sender.send(key, LIST, &json!({ "id": agreement, "party": new["registerParty"]["party"]["id"] })).await
        }
    }
}

async fn read(sender: &Sender, agreement: &str, at: &str) -> Value {
    sender.query(READ, &json!({ "id": agreement })).await.pointer(at).unwrap().clone()
}

/// What an answer says, in a word: done, conflict, or that it is what nobody is to get.
fn judged(answered: Option<Answered>) -> String {
    let Some(answered) = answered else { return "no answer".to_owned() };
    let answer = answered.json();
    if answered.status != 200 || answer.get("errors").is_some() {
        return format!("{} {}", answered.status, answered.body);
    }
    let payloads = answer["data"].as_object().unwrap().values();
    let codes: Vec<_> = payloads.flat_map(|payload| payload["errors"].as_array().unwrap()).map(|error| error["code"].clone()).collect();
    match codes.as_slice() {
        [] => "done".to_owned(),
        [code] if code == "CONFLICT" => "conflict".to_owned(),
        _ => answered.body,
    }
}

async fn write(sender: Sender, shared: Shared, writer: usize, until: Option<Instant>) -> BTreeMap<String, usize> {
    let mut answers = BTreeMap::new();
    let mut nth = 0;
    while until.map_or(nth < REQUESTS, |until| Instant::now() < until) {
        let answered = one(&sender, &shared, &format!("writer-{writer}-{nth}"), writer + nth).await;
        *answers.entry(judged(answered)).or_default() += 1;
        nth += 1;
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_through_two_programs_are_answered_well_or_with_conflict_and_never_told_that_others_write() {
    let database = Database::empty();
    let installation = Installation::new(database.url()).await;
    let programs = [installation.serve(), installation.serve()];
    let mut shared = Vec::new();
    for slug in ["gnesta", "flen"] {
        shared.push(Shared::of(&installation.at(programs[0].address, &format!("coordinator.{slug}")), slug).await);
    }
    let until = is_full().then(|| Instant::now() + LONG);
    let begun = Instant::now();
    let writer = |writer: usize| {
        // Each municipality has writers at both programs.
        let (slug, shared) = [("gnesta", &shared[0]), ("flen", &shared[1])][writer % 2];
        let sender = installation.at(programs[writer / 2 % 2].address, &format!("coordinator.{slug}"));
        tokio::spawn(write(sender, shared.clone(), writer, until))
    };
    let writers: Vec<_> = (0..WRITERS).map(writer).collect();
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for writer in writers {
        for (told, times) in writer.await.unwrap() {
            *answers.entry(told).or_default() += times;
        }
    }
    let took = begun.elapsed();
    let (done, conflicts) = (answers.remove("done").unwrap_or_default(), answers.remove("conflict").unwrap_or_default());
    assert_eq!(answers, BTreeMap::new(), "after {done} done, {conflicts} conflicts");
    assert!(done >= WRITERS && conflicts >= 1, "{done} done, {conflicts} conflicts: they hardly met");
    let db = installation.open().await;
    assert_eq!(verify(&db.read().await.unwrap()).await.unwrap().tampered, []);
    for program in programs {
        program.process.terminate();
        let log = program.process.ended().err;
        let told = log.iter().find(|line| line.contains("\"ERROR\"") || line.contains("is not available"));
        assert_eq!(told, None);
    }
    figures(
        "S33 writers",
        &format!(
            "{WRITERS} writers at 2 programs for {took:.1?}, {} answers: {done} done, {conflicts} CONFLICT, 0 others",
            done + conflicts
        ),
    );
}
