//! The program as a process: its commands, its settings, its start and its end.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use samverkan::db::{Db, DbOptions};
use serde_json::{Value, json};

use crate::support::process::{Ended, PATIENCE, Place, Process, Serving, assert_refused, run};

/// How long `serve` may take to end after SIGTERM.
const END: Duration = Duration::from_secs(5);

/// A running `demo` on a port of its own, and what it announced.
struct Demo {
    process: Process,
    address: SocketAddr,
    curl: String,
}

impl Demo {
    /// In a database of its own, where it makes one.
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let own = place.database.demo_arguments();
        let own: Vec<_> = own.iter().map(String::as_str).collect();
        Self::start_with(place, &[&own, arguments].concat())
    }

    /// In the database of the place.
    fn start_in(place: &Place) -> Self {
        Self::start_with(place, &["--database-url", place.url()])
    }

    fn start_with(place: &Place, arguments: &[&str]) -> Self {
        let mut process = Process::start(place.path(), &[&["demo", "--port", "0"], arguments].concat(), &[]);
        let graphql = process.out.wait_for("GraphQL ");
        let address = graphql.split_whitespace().nth(1).unwrap();
        let address = address.strip_prefix("http://").unwrap().strip_suffix("/graphql").unwrap().parse().unwrap();
        process.out.wait_for("Personas ");
        let curl = process.out.wait_for("curl ");
        let rest = process.out.wait_for("-d '");
        Self { process, address, curl: format!("{} {rest}", curl.trim_end_matches('\\')) }
    }

    fn personas(&self) -> Vec<Value> {
        serde_json::from_str(&get(self.address, "/demo/personas").body).unwrap()
    }

    fn token(&self, persona: &str) -> String {
        let personas = self.personas();
        let found = personas.iter().find(|found| found["persona"] == persona).unwrap_or_else(|| panic!("no {persona}"));
        found["token"].as_str().unwrap().to_owned()
    }
}

// ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────

struct Answer {
    status: u16,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads one head of an answer, to the empty line.
fn read_head(stream: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).unwrap(), 0, "the connection was cut after {head:?}");
    }
    head
}

fn read_answer(stream: &mut impl BufRead) -> Answer {
    let head = read_head(stream);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or_else(|| panic!("no length in {head}"))];
    stream.read_exact(&mut body).unwrap();
    Answer { status, body: String::from_utf8(body).unwrap() }
}

fn get(address: SocketAddr, path: &str) -> Answer {
    let mut stream = connect(address);
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    read_answer(&mut BufReader::new(stream))
}

fn post_with(address: SocketAddr, headers: &[String], body: &str) -> Answer {
    let mut stream = connect(address);
    let headers = headers.join("\r\n");
    let length = body.len();
    write!(stream, "POST /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{body}")
        .unwrap();
    read_answer(&mut BufReader::new(stream))
}

fn post(address: SocketAddr, token: Option<&str>, query: &str, variables: &Value) -> Answer {
    let mut headers = vec!["content-type: application/json".to_owned()];
    headers.extend(token.map(|token| format!("authorization: Bearer {token}")));
    post_with(address, &headers, &json!({ "query": query, "variables": variables }).to_string())
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

// ── serve ────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn serve_is_healthy_shows_the_schema_to_all_and_everything_else_to_nobody_without_a_login() {
    let place = Place::new();
    let Serving { process, address } = Serving::start(place.path(), &[place.setting()]);
    for (path, says) in [("/health/live", "live\n"), ("/health/ready", "ready\n")] {
        let answer = get(address, path);
        assert_eq!((answer.status, answer.body.as_str()), (200, says), "{path}");
    }
    assert_eq!(
        post(address, None, "{ __schema { queryType { name } } }", &json!({})).json()["data"]["__schema"]["queryType"]["name"],
        "Query"
    );
    for token in [None, Some("nonsense")] {
        let refused = post(address, token, "{ viewer { name } }", &json!({}));
        assert_eq!((refused.status, &refused.json()["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
    }
    assert_eq!(get(address, "/graphql").status, 405);
    assert_eq!(get_status_line(address, "/demo/personas"), 404);
    process.terminate();
    assert!(process.ended().status.success());
}

/// The status of an answer that may have no body.
fn get_status_line(address: SocketAddr, path: &str) -> u16 {
    let mut stream = connect(address);
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    read_head(&mut BufReader::new(stream)).split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn after_sigterm_a_request_that_has_begun_is_answered_no_other_is_taken_and_the_end_comes_within_five_seconds() {
    let place = Place::new();
    let Serving { mut process, address } = Serving::start(place.path(), &[place.setting()]);
    let body = json!({ "query": "{ __schema { queryType { name } } }" }).to_string();
    let (first, second) = body.split_at(body.len() / 2);
    let mut begun = connect(address);
    // The server's 100 tells that it is at the body.
    write!(
        begun,
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    let mut answers = BufReader::new(begun.try_clone().unwrap());
    assert!(read_head(&mut answers).starts_with("HTTP/1.1 100 "));
    begun.write_all(first.as_bytes()).unwrap();
    // A connection without a request holds nothing up.
    let idle = connect(address);

    let told = Instant::now();
    process.terminate();
    process.err.wait_for("stopping");
    while TcpStream::connect_timeout(&address, END).is_ok() {
        assert!(told.elapsed() < END, "new connections are still taken");
        thread::yield_now();
    }
    begun.write_all(second.as_bytes()).unwrap();
    let answer = read_answer(&mut answers);
    assert_eq!((answer.status, &answer.json()["data"]["__schema"]["queryType"]["name"]), (200, &json!("Query")));
    let ended = process.ended();
    assert!(told.elapsed() < END, "it took {:?}", told.elapsed());
    assert!(ended.status.success());
    assert!(!ended.err.iter().any(|line| line.contains("have not ended")), "{:#?}", ended.err);
    drop(idle);
}

#[test]
fn a_request_that_never_ends_does_not_hold_up_the_end() {
    let place = Place::new();
    let Serving { process, address } = Serving::start(place.path(), &[place.setting()]);
    let mut begun = connect(address);
    write!(
        begun,
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n"
    )
    .unwrap();
    assert!(read_head(&mut BufReader::new(begun.try_clone().unwrap())).starts_with("HTTP/1.1 100 "));
    let told = Instant::now();
    process.terminate();
    let ended = process.ended();
    assert!(told.elapsed() < END, "it took {:?}", told.elapsed());
    assert!(ended.status.success());
    assert!(ended.err.iter().any(|line| line.contains("have not ended")), "{:#?}", ended.err);
}

/// `serve` on a database that the demo has filled, with the demo's provider of Gnesta in its settings, and the session of the
/// coordinator there: sessions end with the provider that they come from.
fn serving_what_the_demo_left(place: &Place, log: &str) -> (Serving, String) {
    let demo = Demo::start_in(place);
    let token = demo.token("coordinator.gnesta");
    let settings = format!(
        "database_url = \"{}\"\nlog = \"{log}\"\npublic_url = \"https://samverkan.example\"\nloopback_http = true\n
        [[providers]]\nmunicipality = \"gnesta\"\nissuer = \"http://{}/demo/provider/gnesta\"\nclient_id = \"samverkan\"\n",
        place.url(),
        demo.address
    );
    std::fs::write(place.path().join("samverkan.toml"), settings).unwrap();
    demo.process.terminate();
    assert!(demo.process.ended().status.success());
    let secret = ("SAMVERKAN_CLIENT_SECRET_GNESTA", "an-invented-secret");
    (Serving::start_with(place.path(), &["--config", "samverkan.toml"], &[secret]), token)
}

#[tokio::test]
async fn a_change_that_waits_for_another_writer_does_not_hold_up_the_end() {
    let place = Place::new();
    let (Serving { mut process, address }, token) = serving_what_the_demo_left(&place, "info,samverkan=debug");
    let options = DbOptions { url: place.database.url(), read_connections: 1, observer: None };
    let other = Db::open(&options).await.unwrap();
    let writing = other.write().await.unwrap();
    let body = json!({ "query": "mutation { registerParty(input: { name: \"X\", country: \"SE\" }) { errors { code } } }" }).to_string();
    let mut begun = connect(address);
    write!(
        begun,
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    process.err.wait_for("identified");
    let told = Instant::now();
    process.terminate();
    let ended = process.ended();
    assert!(told.elapsed() < END, "it took {:?}", told.elapsed());
    assert!(ended.status.success(), "{:#?}", ended.err);
    assert!(ended.err.iter().any(|line| line.contains("ending although")), "{:#?}", ended.err);
    drop(writing);
}

#[test]
fn the_log_of_serve_is_json_with_ids_and_without_names_addresses_free_text_or_tokens() {
    let place = Place::new();
    let (Serving { process, address }, token) = serving_what_the_demo_left(&place, "info,samverkan=trace");
    let people = "{ viewer { name person { name email } } people { nodes { name email phone } } }";
    let read = post(address, Some(&token), people, &json!({})).json();
    assert!(read["data"]["viewer"]["name"].as_str().unwrap().contains("Påhittad"), "{read:#}");
    let register = "mutation($input: RegisterPartyInput!) { registerParty(input: $input) { party { id } errors { code } } }";
    let input = json!({ "input": { "name": "Synnerligen Hemlig AB", "country": "SE", "address": "Hemligvägen 1" } });
    let registered = post(address, Some(&token), register, &input).json();
    assert!(registered["data"]["registerParty"]["party"]["id"].is_string(), "{registered:#}");
    for wrong in ["{ agreements(filter: { text: \"Hemlig\" }, first: 0) { nodes { id } } }", "{ Hemlig }", "Hemlig"] {
        assert!(!post(address, Some(&token), wrong, &json!({})).json()["errors"].is_null(), "{wrong}");
    }
    assert_eq!(get_status_line(address, "/Hemlig?namn=Hemlig"), 404);
    process.terminate();
    let ended = process.ended();

    assert!(ended.err.len() >= 8, "{:#?}", ended.err);
    let mut identified = 0;
    for line in &ended.err {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for field in ["timestamp", "level", "message", "target"] {
            assert!(entry[field].is_string(), "{field} is missing in {line}");
        }
        identified += usize::from(entry["account.id"].as_str().is_some_and(|id| id.starts_with("account_")));
        for secret in ["Påhittad", "@", "010-", "emlig", "an-invented-secret", token.as_str()] {
            assert!(!line.contains(secret), "{secret} in {line}");
        }
    }
    assert!(identified >= 2, "{:#?}", ended.err);
}

// ── migrate, schema, invite ──────────────────────────────────────────────────────────────────────

#[test]
fn migrate_can_be_run_again() {
    let place = Place::new();
    for _ in 0..2 {
        let ended = run(place.path(), &["migrate"], &[place.setting()]);
        assert!(ended.status.success(), "{:#?}", ended.err);
        assert_eq!(ended.out, ["the database schema is up to date"]);
    }
    let wrong = run(place.path(), &["migrate"], &[("SAMVERKAN_DATABASE_URL", "x.sqlite")]);
    assert_refused(&wrong, "database_url (SAMVERKAN_DATABASE_URL)");
}

const INVITE: [&str; 7] = ["invite", "--role", "cooperation-administrator", "--municipality", "flen", "--name", "Operatör Påhittad"];
const FLEN: [&str; 6] = ["--municipality-name", "Flens kommun", "--municipality-code", "0482", "--municipality-number", "212000-0332"];

/// A provider of Flen, which `invite` does not ask.
const PROVIDER_OF_FLEN: &str = "public_url = \"https://samverkan.example\"
    [[providers]]\nmunicipality = \"flen\"\nissuer = \"https://login.flen.example\"\nclient_id = \"samverkan\"\n";

fn invite(place: &Place, arguments: &[&str]) -> Ended {
    std::fs::write(place.path().join("samverkan.toml"), PROVIDER_OF_FLEN).unwrap();
    let secret = ("SAMVERKAN_CLIENT_SECRET_FLEN", "an-invented-secret");
    run(place.path(), &[arguments, &["--config", "samverkan.toml"]].concat(), &[secret, place.setting()])
}

#[test]
fn invite_makes_the_first_administrator_and_records_a_municipality_that_is_not_there_yet() {
    let place = Place::new();
    assert_refused(&invite(&place, &INVITE), "--municipality: flen is not recorded yet");
    let mut links = Vec::new();
    for said in ["coop", "cooperation"] {
        let mut ended = invite(&place, &[&INVITE[..], &FLEN[..], &["--email", &format!("{said}@flen.example")]].concat());
        assert!(ended.status.success(), "{:#?}", ended.err);
        assert_eq!(ended.out.len(), 3, "{:#?}", ended.out);
        assert!(ended.out[0].starts_with("person_"), "{:?}", ended.out);
        assert!(ended.out[0].contains(" is COOPERATION_ADMINISTRATOR from "), "{:?}", ended.out);
        assert!(ended.out[0].ends_with("at the login of flen"), "{:?}", ended.out);
        assert!(ended.out[1].contains("used once"), "{:?}", ended.out);
        assert!(ended.out[2].starts_with("https://samverkan.example/login/flen?invitation="), "{:?}", ended.out);
        links.push(ended.out.remove(2));
    }
    assert_ne!(links[0], links[1]);
    // It is recorded now.
    assert!(invite(&place, &INVITE).status.success());
    assert_refused(&run(place.path(), &["demo", "--database-url", place.url(), "--port", "0"], &[]), "not empty");
}

#[test]
fn invite_refuses_what_the_mutations_refuse_and_stores_nothing() {
    let place = Place::new();
    let with = |argument: &str, value: &str| {
        let mut arguments: Vec<String> =
            INVITE.iter().chain(&FLEN).chain(&["--email", "o@flen.example"]).map(ToString::to_string).collect();
        let at = arguments.iter().position(|given| given == argument).unwrap();
        arguments[at + 1] = value.to_owned();
        arguments
    };
    for (argument, value) in [
        ("--municipality", "Flens kommun"),
        ("--municipality", "gnesta"),
        ("--municipality-name", " "),
        ("--municipality-code", "482"),
        ("--municipality-number", "212000-0333"),
        ("--name", ""),
        ("--email", "operatör"),
    ] {
        let arguments = with(argument, value);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        assert_refused(&invite(&place, &arguments), &format!("{argument}: "));
    }
    // A municipality without a provider has no login at which an invitation could be used.
    let without = run(place.path(), &[&INVITE[..], &FLEN[..]].concat(), &[place.setting()]);
    assert_refused(&without, "--municipality: The municipality has no login yet");
    // Nothing is there: the municipality still has to be described.
    assert_refused(&invite(&place, &INVITE), "is not recorded yet");
    // Only this role is given here.
    let other = run(place.path(), &["invite", "--role", "coordinator", "--municipality", "flen", "--name", "x"], &[]);
    assert!(!other.status.success());
    assert!(other.err[0].contains("--role"), "{:#?}", other.err);
}

// ── demo ─────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_curl_line_that_the_demo_prints_works_as_it_stands() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let arguments = shell_words(&demo.curl);
    assert_eq!(arguments[..2], ["curl", "-s"]);
    assert_eq!(arguments[2], format!("http://{}/graphql", demo.address));
    let of = |flag: &str| arguments.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1].clone()).collect::<Vec<_>>();
    let data = of("-d");
    let answer = post_with(demo.address, &of("-H"), &data[0]).json();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    let municipalities = answer["data"]["municipalities"]["nodes"].as_array().unwrap();
    assert_eq!(municipalities.len(), 6);
    assert!(
        municipalities.iter().all(|municipality| municipality["controllers"]["nodes"][0]["agreements"]["nodes"][0]["title"].is_string())
    );
}

/// The words of a command line with single quotes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (n, part) in line.trim().split('\'').enumerate() {
        if n % 2 == 1 {
            words.last_mut().unwrap().push_str(part);
            continue;
        }
        for (n, word) in part.split(' ').enumerate() {
            if n > 0 {
                words.push(String::new());
            }
            words.last_mut().unwrap().push_str(word);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn the_demo_has_its_personas_and_ends_without_leaving_anything() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let personas = demo.personas();
    let named: Vec<_> = personas.iter().map(|persona| persona["persona"].as_str().unwrap()).collect();
    assert_eq!(named[..2], ["dso", "operator"]);
    assert_eq!(named.len(), 2 + 4 * 6);
    for slug in ["flen", "gnesta", "katrineholm", "oxelosund", "strangnas", "vingaker"] {
        for role in ["coordinator", "boardcoordinator", "administrator", "reader"] {
            assert!(named.contains(&format!("{role}.{slug}").as_str()), "{role}.{slug}");
        }
    }
    for persona in &personas {
        let keys: Vec<_> = persona.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["municipality", "name", "persona", "roles", "token"], "{persona}");
        let viewer = post(demo.address, persona["token"].as_str(), "{ viewer { name municipality { slug } roles { role } } }", &json!({}));
        let viewer = viewer.json()["data"]["viewer"].take();
        assert_eq!((&viewer["name"], &viewer["municipality"]["slug"]), (&persona["name"], &persona["municipality"]));
        assert!(viewer["roles"].as_array().unwrap().iter().all(|role| role["role"] == persona["roles"][0]), "{viewer:#}");
    }
    demo.process.terminate();
    assert!(demo.process.ended().status.success());
    assert!(is_empty(place.path()));
}

#[test]
fn the_demo_listens_on_loopback_only() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    assert!(demo.address.ip().is_loopback());
    let port = format!(":{:04X}", demo.address.port());
    let mut listening = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in std::fs::read_to_string(table).unwrap_or_default().lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            // Local address and state; 0A is LISTEN.
            if words.len() > 3 && words[1].ends_with(&port) && words[3] == "0A" {
                listening.push(words[1].to_owned());
            }
        }
    }
    assert_eq!(listening, [format!("0100007F{port}")]);
}

#[test]
fn the_same_scale_seed_and_day_make_the_same_demo_to_the_letter_and_another_seed_another() {
    let everything = "{ agreements(first: 100) { totalCount pageInfo { endCursor }
        nodes { id title processor { id name country { code } } parties { id joinedOn controller { id name } }
            subProcessors { nodes { id position validFrom party { id } } } } } }";
    let told = |seed: &str| {
        let place = Place::new();
        let demo = Demo::start(&place, &["--scale", "2", "--seed", seed, "--today", "2027-03-01"]);
        let answer = post(demo.address, Some(&demo.token("dso")), everything, &json!({}));
        assert_eq!(answer.json()["data"]["agreements"]["totalCount"], 500);
        (get(demo.address, "/demo/personas").body, answer.body)
    };
    let first = told("7");
    assert_eq!(first, told("7"));
    let other = told("8");
    assert_ne!(first.0, other.0);
    assert_ne!(first.1, other.1);
}

#[test]
fn the_demo_begins_on_the_day_that_is_asked_for() {
    let place = Place::new();
    let mut process = Process::start(place.path(), &["demo", "--port", "0", "--today", "2027-03-01", "--database-url", place.url()], &[]);
    assert!(process.out.wait_for("samverkan demo").contains("2027-03-01"));
    let ended = run(place.path(), &["demo", "--port", "0", "--today", "yesterday"], &[]);
    assert!(!ended.status.success());
    assert!(ended.err[0].contains("--today"), "{:#?}", ended.err);
}

#[test]
fn the_demo_refuses_a_database_that_is_not_empty() {
    let place = Place::new();
    let demo = Demo::start_in(&place);
    demo.process.terminate();
    assert!(demo.process.ended().status.success());
    let again = run(place.path(), &["demo", "--port", "0", "--database-url", place.url()], &[]);
    assert_refused(&again, "the database is not empty");
}
