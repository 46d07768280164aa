//! The whole program for a test: a fresh database, a clock that stands still, ids that repeat, the real router.

pub(crate) mod browser;
pub(crate) mod fake_provider;
pub(crate) mod process;
pub(crate) mod providers;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use chrono::{DateTime, Utc};
use entity::{municipality, person};
use http_body_util::BodyExt;
use samverkan::{
    app::App,
    auth::{
        Freshness, Logins,
        provider::LoginSettings,
        session::{self, WithoutLogin},
    },
    db::{DatabaseUrl, Db, DbOptions, Tx},
    demo::{self, Persona},
    http::{self, Http},
    kernel::{clock::FixedClock, id::Id, ids::Ids},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::engine::{Database, allow_renaming};

/// When the tests take place: a Sunday noon in Sweden.
pub(crate) const NOW: &str = "2026-11-22T11:00:00Z";

/// Where browsers reach the program.
pub(crate) const HERE: &str = "http://127.0.0.1:8080";

/// The statements that were sent to the database, as they were sent, while somebody wants to know.
type Statements = Arc<Mutex<Option<Vec<String>>>>;

/// The program with the demo's data: six municipalities, all their boards, invented people, suppliers and agreements.
pub(crate) struct TestApp {
    pub clock: Arc<FixedClock>,
    pub app: App,
    router: Router,
    tokens: HashMap<String, String>,
    personas: Vec<Persona>,
    statements: Statements,
    /// Goes last, when nothing is connected any more.
    database: Database,
}

impl TestApp {
    /// The demo's data at scale 1.
    pub(crate) async fn start() -> Self {
        Self::scaled(1).await
    }

    /// The demo's data at another scale.
    pub(crate) async fn scaled(scale: u32) -> Self {
        let (database, personas) = Database::filled(scale).await;
        let statements = Statements::default();
        let clock = Arc::new(FixedClock::at(now()));
        let app = open(database.url(), clock.clone(), &statements, 100, scale).await;
        let router = http::router(Http::new(app.clone(), Duration::from_secs(30)).unwrap());
        let tokens = personas.iter().map(|persona| (persona.persona.clone(), persona.token.clone())).collect();
        Self { clock, app, router, tokens, personas, statements, database }
    }

    /// The demo's data at scale 1, with logins at other providers than the demo's, from `now` on.
    pub(crate) async fn logging_in_at(settings: LoginSettings, freshness: Freshness, now: DateTime<Utc>) -> Self {
        let mut app = Self::start().await;
        app.clock.set(now);
        app.change_logins(settings, freshness);
        app
    }

    /// Other settings of the login from the next request on, with the same database. What is served on a port keeps those it has.
    pub(crate) fn change_logins(&mut self, settings: LoginSettings, freshness: Freshness) {
        self.app.logins = Arc::new(Logins::new(settings, freshness).unwrap());
        self.router = http::router(Http::new(self.app.clone(), Duration::from_secs(30)).unwrap());
    }

    /// Serves on a port of this machine, until the test ends.
    pub(crate) fn serve_on(&self, listener: TcpListener) {
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    }

    /// A persona of the demo, such as `dso` or `coordinator.gnesta`.
    pub(crate) fn as_(&self, persona: &str) -> Client<'_> {
        let token = self.tokens.get(persona).unwrap_or_else(|| panic!("no persona {persona}"));
        Client { app: self, token: Some(token.clone()), language: "en" }
    }

    /// All personas of the demo.
    pub(crate) fn personas(&self) -> &[Persona] {
        &self.personas
    }

    /// How this database is opened, to open it once more.
    pub(crate) fn options(&self) -> DbOptions {
        DbOptions { url: self.database.url(), read_connections: 1, observer: None }
    }

    /// The session of a persona.
    pub(crate) fn token(&self, persona: &str) -> &str {
        &self.tokens[persona]
    }

    /// Makes a table of the database disappear: a fault that no request can cause.
    pub(crate) async fn break_table(&self, table: &str) {
        let tx = self.app.db.write().await.unwrap();
        allow_renaming(&tx).await;
        tx.execute_unprepared(&format!("ALTER TABLE {table} RENAME TO broken")).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Nobody.
    pub(crate) fn anonymous(&self) -> Client<'_> {
        Client { app: self, token: None, language: "en" }
    }

    /// How many statements `work` sends to the database.
    pub(crate) async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let (result, sent) = self.sent_by(work).await;
        (result, sent.len())
    }

    /// The statements that `work` sends to the database, without their values.
    pub(crate) async fn sent_by<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        *self.statements.lock().unwrap() = Some(Vec::new());
        let result = work.await;
        (result, self.statements.lock().unwrap().take().unwrap())
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// An answer as it came over HTTP.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// Somebody who asks.
pub(crate) struct Client<'a> {
    app: &'a TestApp,
    token: Option<String>,
    language: &'static str,
}

impl Client<'_> {
    /// The same person with another language.
    pub(crate) fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// The same client with another token.
    pub(crate) fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// Sends the file of a register; gives back the whole answer.
    pub(crate) async fn send_file(&self, content_type: &str, bytes: impl Into<Body>) -> Answer {
        let mut request = Request::post("/imports").header("content-type", content_type).header("accept-language", self.language);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.app.send(request.body(bytes.into()).unwrap()).await
    }

    /// Sends a query with variables; gives back the whole answer.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::post("/graphql").header("content-type", "application/json").header("accept-language", self.language);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a query that has to go well; gives back `data`.
    pub(crate) async fn query(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await.json();
        assert!(answer.get("errors").is_none(), "errors in the answer to {query}: {answer:#}");
        answer["data"].take()
    }

    /// Sends a query that has to go wrong with one error; gives back the error.
    pub(crate) async fn error(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await.json();
        let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no error in the answer to {query}: {answer:#}"));
        assert_eq!(errors.len(), 1, "{answer:#}");
        answer["errors"][0].take()
    }

    /// Sends one mutation `name(input:)` of the input type `input_type`, with `select` of its payload besides the errors; gives
    /// back the payload.
    pub(crate) async fn mutate(&self, name: &str, input_type: &str, input: Value, select: &str) -> Value {
        let query = format!(
            "mutation($input: {input_type}!) {{ {name}(input: $input) {{ {select} errors {{ code rule legalSource message path canAcknowledge currentVersion }} }} }}"
        );
        self.query(&query, json!({ "input": input })).await[name].take()
    }
}

/// The code and path of each error of a payload, the path joined by dots.
pub(crate) fn mistakes(payload: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{payload:#}")).to_owned();
    let path = |error: &Value| error["path"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(".");
    payload["errors"].as_array().unwrap().iter().map(|error| (text(&error["code"]), path(error))).collect()
}

/// The nodes of a connection.
pub(crate) fn nodes(connection: &Value) -> &Vec<Value> {
    connection["nodes"].as_array().unwrap_or_else(|| panic!("no nodes in {connection:#}"))
}

pub(crate) fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

/// Lays the demo's data into an empty database; gives back the personas.
pub(crate) async fn fill(url: DatabaseUrl, scale: u32) -> Vec<Persona> {
    let app = open(url, Arc::new(FixedClock::at(now())), &Statements::default(), 99, scale).await;
    app.db.migrate().await.unwrap();
    let mut personas = demo::fill(&app, scale, 1).await.unwrap();
    personas.push(without_role(&app, "nobody.gnesta", true).await);
    personas.push(without_role(&app, "unbound.gnesta", false).await);
    app.db.close().await.unwrap();
    personas
}

/// The text in each row that a statement gives, empty where it is null.
pub(crate) async fn texts(tx: &Tx, statement: &str) -> Vec<String> {
    let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), statement)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0).unwrap().unwrap_or_default()).collect()
}

/// Somebody who has logged in at Gnesta and holds no role: a person of the directory, or a login that is bound to none.
async fn without_role(app: &App, name: &str, in_directory: bool) -> Persona {
    let tx = app.db.write().await.unwrap();
    let gnesta = municipality::Entity::find().filter(municipality::Column::Slug.eq("gnesta")).one(&tx).await.unwrap().unwrap().id;
    let row = person::ActiveModel {
        id: Set(app.ids.uuid(now())),
        municipality_id: Set(gnesta),
        name: Set(name.to_owned()),
        name_sort: Set(name.to_owned()),
        email: Set(Some(format!("{name}@gnesta.example"))),
        phone: Set(None),
        version: Set(1),
        withdrawn_at: NotSet,
        erased_at: Set(None),
    };
    let person = if in_directory { Some(Id::new(person::Entity::insert(row).exec(&tx).await.unwrap().last_insert_id)) } else { None };
    let issuer = &app.logins.settings.provider_of("gnesta").unwrap().issuer;
    let login = WithoutLogin { issuer, subject: name, name, municipality: Id::new(gnesta), person };
    let token = session::open_without_login(&tx, &app.ids, now(), login).await.unwrap();
    tx.commit().await.unwrap();
    Persona { persona: name.to_owned(), name: name.to_owned(), municipality: "gnesta".to_owned(), roles: Vec::new(), token }
}

/// Opens the database. Two programs on one database need two seeds: with the same, the second makes the ids that are there.
async fn open(url: DatabaseUrl, clock: Arc<FixedClock>, statements: &Statements, seed: u64, scale: u32) -> App {
    let sent = statements.clone();
    let observer = Arc::new(move |statement: &str| {
        if let Some(sent) = sent.lock().unwrap().as_mut() {
            sent.push(statement.to_owned());
        }
    });
    let options = DbOptions { url, read_connections: 2, observer: Some(observer) };
    let ids = Arc::new(Ids::seeded(seed));
    let settings = demo::login::settings(HERE, scale, || ids.token()).unwrap();
    let logins = Arc::new(Logins::new(settings, Freshness::default()).unwrap());
    App { db: Db::open(&options).await.unwrap(), clock, ids, logins }
}
