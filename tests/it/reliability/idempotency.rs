//! One `Idempotency-Key`, one effect: for every mutation of the schema. S31; after a crash see `kill` of each engine.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{HeaderValue, Request},
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use samverkan::{idempotency::HOLDS, kernel::clock::Clock};
use serde_json::{Value, json};

use super::{figures, length};
use crate::{
    authz::least,
    organisation::{login, person, stored},
    schema::{Sdl, base},
    support::{Answer, TestApp},
};

/// How often a request is sent at the same time.
fn at_once() -> usize {
    length(10, 50)
}

/// A request that changes something.
#[derive(Clone, Debug)]
struct Change {
    query: String,
    variables: Value,
}

impl Change {
    fn of(sdl: &Sdl, mutation: &str, input: &Value) -> Self {
        let field = sdl.fields("Mutation").into_iter().find(|field| field.name.node == mutation).unwrap();
        let input_type = base(&field.arguments[0].node.ty.node);
        let object = sdl.fields(base(&field.ty.node)).into_iter().find(|field| field.name.node != "errors").unwrap();
        let name = object.name.node.as_str();
        let select = if sdl.is_composite(base(&object.ty.node)) { format!("{name} {{ __typename }}") } else { name.to_owned() };
        let query = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {select} errors {{ code }} }} }}");
        Self { query, variables: json!({ "input": input }) }
    }

    fn register(name: &str) -> Self {
        let query = "mutation($input: RegisterPartyInput!) { registerParty(input: $input) { party { id name } errors { code } } }";
        Self { query: query.to_owned(), variables: json!({ "input": { "name": name, "country": "SE" } }) }
    }

    /// The same effect, asked for in other words.
    fn with_other_payload(&self) -> Self {
        Self { query: format!("{} # other", self.query), ..self.clone() }
    }

    async fn send(&self, app: &TestApp, token: &str, key: impl AsRef<[u8]>) -> Answer {
        let body = json!({ "query": self.query, "variables": self.variables }).to_string();
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept-language", "en")
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", HeaderValue::from_bytes(key.as_ref()).unwrap());
        app.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// The codes of what was refused, of all mutations of an answer that was run.
fn refusals(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    let payloads = answer["data"].as_object().unwrap().values();
    payloads.flat_map(|payload| payload["errors"].as_array().unwrap()).map(|error| error["code"].as_str().unwrap().to_owned()).collect()
}

const PASSED: [&str; 0] = [];

/// What came and went in each table: its new rows and those that are gone, where each id that is new is only told to be one.
fn effect(before: &[String], after: &[String]) -> BTreeMap<String, Vec<String>> {
    let known: BTreeSet<&str> = before.iter().flat_map(|rows| keys(rows)).collect();
    let mut effect = BTreeMap::new();
    for (before, after) in before.iter().zip(after).filter(|(before, after)| before != after) {
        let rows = |text: &'_ str| text.lines().skip(1).map(str::to_owned).collect::<BTreeSet<_>>();
        let (old, new) = (rows(before), rows(after));
        let told = |sign: &str, row: &String| {
            let unknown = keys(row).filter(|key| !known.contains(key));
            format!("{sign} {}", unknown.fold(row.clone(), |row, key| row.replace(key, "(new)")))
        };
        let mut changes: Vec<_> =
            old.difference(&new).map(|row| told("-", row)).chain(new.difference(&old).map(|row| told("+", row))).collect();
        changes.sort();
        effect.insert(after.lines().next().unwrap().to_owned(), changes);
    }
    effect
}

/// The keys, hashes and secrets of a text: words as long as those, in which a digit stands.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    words.filter(|word| word.len() >= 32 && word.bytes().any(|byte| byte.is_ascii_digit()))
}

#[test]
fn an_effect_tells_rows_apart_and_not_their_new_ids() {
    let table = |rows: &[&str]| vec![format!("party\n{}", rows.join("\n"))];
    let (old, one, other) = ("0".repeat(32), "1".repeat(32), "2".repeat(32));
    let row = |id: &str, name: &str| format!("{id},{name}");
    let before = table(&[&row(&old, "A")]);
    let after = |rows: &[String]| table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let made = effect(&before, &after(&[row(&old, "A"), row(&one, "B")]));
    assert_eq!(made, BTreeMap::from([("party".to_owned(), vec!["+ (new),B".to_owned()])]));
    assert_eq!(made, effect(&before, &after(&[row(&old, "A"), row(&other, "B")])));
    assert_ne!(made, effect(&before, &after(&[row(&old, "A"), row(&one, "C")])));
    assert_ne!(made, effect(&before, &after(&[row(&old, "A"), row(&one, "B"), row(&other, "B")])));
    assert_ne!(made, effect(&before, &after(&[row(&old, "B"), row(&one, "B")])));
}

#[tokio::test]
async fn every_mutation_sent_many_times_at_once_under_one_key_happens_once_and_is_answered_each_time_the_same() {
    let sdl = Sdl::served();
    let mutations: Vec<_> = sdl.fields("Mutation").into_iter().map(|field| field.name.node.to_string()).collect();
    assert!(mutations.len() >= 20, "{mutations:?}");
    for mutation in &mutations {
        // Once, in a database of its own.
        let once = TestApp::start().await;
        let (persona, input) = least(&once, mutation).await;
        let before = stored(&once).await;
        let change = Change::of(&sdl, mutation, &input);
        assert_eq!(refusals(&change.send(&once, once.token(persona), "the-key").await), PASSED, "{mutation}");
        let expected = effect(&before, &stored(&once).await);
        assert!(expected.contains_key("audit_entry") && expected.contains_key("remembered_answer"), "{mutation}: {expected:#?}");
        drop(once);

        // Many times.
        let app = TestApp::start().await;
        let (persona, input) = least(&app, mutation).await;
        let (before, change) = (stored(&app).await, Change::of(&sdl, mutation, &input));
        let token = app.token(persona);
        let answers = join_all((0..at_once()).map(|_| change.send(&app, token, "the-key"))).await;
        assert_eq!(refusals(&answers[0]), PASSED, "{mutation}");
        for answer in &answers {
            assert_eq!((answer.status, answer.text()), (answers[0].status, answers[0].text()), "{mutation}");
        }
        let after = stored(&app).await;
        assert_eq!(effect(&before, &after), expected, "{mutation}");

        // And then something else under the same key.
        let other = change.with_other_payload().send(&app, token, "the-key").await;
        assert_eq!((other.status.as_u16(), other.json()["errors"][0]["extensions"]["code"].as_str()), (422, Some("BAD_USER_INPUT")));
        // What another person sends under it is that person's: it is judged, and not answered from what is remembered.
        let stranger = change.send(&app, app.token("nobody.gnesta"), "the-key").await;
        assert_ne!(refusals(&stranger), PASSED, "{mutation}");
        assert!(after == stored(&app).await, "{mutation}");
    }
    let (sent, effects) = (mutations.len() * at_once(), mutations.len());
    figures("S31 one key", &format!("{effects} mutations, {sent} equal requests at once, {effects} effects; another payload 422"));
}

#[tokio::test]
async fn without_a_key_or_under_many_keys_the_same_request_happens_each_time() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let change = Change::register("Nyleverantör");
    let keys: Vec<_> = (0..at_once()).map(|n| format!("key-{n}")).collect();
    join_all(keys.iter().map(|key| change.send(&app, app.token("coordinator.gnesta"), key))).await;
    assert_eq!(effect(&before, &stored(&app).await)["party"].len(), at_once());
    let client = app.as_("coordinator.gnesta");
    join_all((0..at_once()).map(|_| client.ask(&change.query, change.variables.clone()))).await;
    assert_eq!(effect(&before, &stored(&app).await)["party"].len(), 2 * at_once());
}

#[tokio::test]
async fn two_persons_have_their_own_keys() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let change = Change::register("Nyleverantör");
    let mut answers = Vec::new();
    for persona in ["coordinator.gnesta", "coordinator.flen", "coordinator.gnesta", "coordinator.flen"] {
        let answer = change.send(&app, app.token(persona), "the-key").await;
        assert_eq!(refusals(&answer), PASSED);
        answers.push(answer.text());
    }
    assert_ne!(answers[0], answers[1]);
    assert_eq!(answers[..2], answers[2..]);
    assert_eq!(effect(&before, &stored(&app).await)["party"].len(), 2);
}

#[tokio::test]
async fn what_was_refused_is_not_remembered() {
    let app = TestApp::start().await;
    let token = app.token("coordinator.gnesta");
    let before = stored(&app).await;
    let refused = Change::register(" ");
    for _ in 0..2 {
        assert_eq!(refusals(&refused.send(&app, token, "the-key").await), ["MISSING"]);
    }
    // Nor is what is no request at all.
    let malformed = Change { query: "mutation { registerParty }".to_owned(), variables: json!({}) };
    assert_eq!(malformed.send(&app, token, "the-key").await.json()["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert!(before == stored(&app).await);
    assert_eq!(refusals(&Change::register("Nyleverantör").send(&app, token, "the-key").await), PASSED);
}

#[tokio::test]
async fn what_happened_in_part_is_remembered_with_what_was_refused_beside_it() {
    let app = TestApp::start().await;
    let token = app.token("coordinator.gnesta");
    let before = stored(&app).await;
    let query = "mutation { good: registerParty(input: { name: \"Nyleverantör\", country: \"SE\" }) { errors { code } }
        bad: registerParty(input: { name: \" \", country: \"SE\" }) { errors { code } } }";
    let change = Change { query: query.to_owned(), variables: json!({}) };
    let answers = [change.send(&app, token, "the-key").await, change.send(&app, token, "the-key").await];
    assert_eq!(refusals(&answers[0]), ["MISSING"]);
    assert_eq!(answers[0].text(), answers[1].text());
    assert_eq!(effect(&before, &stored(&app).await)["party"].len(), 1);
}

#[tokio::test]
async fn after_a_day_a_key_is_free() {
    let app = TestApp::start().await;
    let coordinator = person(&app, "coordinator.gnesta").await["id"].as_str().unwrap().to_owned();
    let token = login(&app, &coordinator, "gnesta").await;
    let first = Change::register("Nyleverantör").send(&app, &token, "the-key").await;
    assert_eq!(refusals(&first), PASSED);
    let end = app.clock.now() + HOLDS;
    assert_eq!(HOLDS, TimeDelta::hours(24));

    app.clock.set(end - TimeDelta::microseconds(1));
    let token = login(&app, &coordinator, "gnesta").await;
    assert_eq!(Change::register("Nyleverantör").send(&app, &token, "the-key").await.text(), first.text());
    assert_eq!(Change::register("Annan").send(&app, &token, "the-key").await.status, 422);

    app.clock.set(end);
    let before = stored(&app).await;
    assert_eq!(refusals(&Change::register("Annan").send(&app, &token, "the-key").await), PASSED);
    let effect = effect(&before, &stored(&app).await);
    assert_eq!(effect["party"].len(), 1);
    // The old answer is gone, and the new one there.
    assert_eq!(effect["remembered_answer"].iter().map(|row| &row[..1]).collect::<Vec<_>>(), ["+", "-"]);
}

#[tokio::test]
async fn a_malformed_key_is_refused_before_anything_happens() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let long = "k".repeat(256);
    for key in [&b""[..], b" ", b"a b", b"\xc3\xa9", b"\xff", b"a\tb", long.as_bytes()] {
        let answer = Change::register("Nyleverantör").send(&app, app.token("coordinator.gnesta"), key).await;
        let code = answer.json()["errors"][0]["extensions"]["code"].clone();
        assert_eq!((answer.status.as_u16(), code), (400, json!("BAD_USER_INPUT")), "{}", String::from_utf8_lossy(key));
    }
    let body = json!({ "query": Change::register("Nyleverantör").query, "variables": {} }).to_string();
    let twice = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", app.token("coordinator.gnesta")))
        .header("idempotency-key", "one")
        .header("idempotency-key", "two");
    assert_eq!(app.send(twice.body(Body::from(body)).unwrap()).await.status, 400);
    assert!(before == stored(&app).await);
    let longest = "k".repeat(255);
    assert_eq!(refusals(&Change::register("Nyleverantör").send(&app, app.token("coordinator.gnesta"), longest).await), PASSED);
}
