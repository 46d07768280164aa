//! An installation that processes serve: the demo's data in a database, settings with the demo's providers, sessions of personas.

use std::{collections::HashMap, fmt::Write, net::SocketAddr, path::Path, process::Command};

use samverkan::db::{DatabaseUrl, Db, DbOptions};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    nodes,
    process::{Process, Serving, command},
    providers::SLUGS,
};

/// Where programs serve one database.
pub(crate) struct Installation {
    folder: TempDir,
    url: DatabaseUrl,
    tokens: HashMap<String, String>,
}

impl Installation {
    /// Lays the demo's data into an empty database. Sessions end with their provider, so that the settings name the demo's.
    pub(crate) async fn new(url: DatabaseUrl) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut demo = Process::start(folder.path(), &["demo", "--port", "0", "--database-url", url.secret()], &[]);
        let told = demo.out.wait_for("GraphQL ");
        let address = told.split_whitespace().nth(1).unwrap().strip_suffix("/graphql").unwrap();
        let personas: Vec<Value> = reqwest::get(format!("{address}/demo/personas")).await.unwrap().json().await.unwrap();
        demo.terminate();
        assert!(demo.ended().status.success());
        let text = |persona: &Value, field| persona[field].as_str().unwrap().to_owned();
        let tokens = personas.iter().map(|persona| (text(persona, "persona"), text(persona, "token"))).collect();
        std::fs::write(folder.path().join("samverkan.toml"), settings(&url, address)).unwrap();
        Self { folder, url, tokens }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The command that serves it.
    pub(crate) fn command(&self) -> Command {
        let mut command = command(self.folder(), &["serve", "--config", "samverkan.toml"]);
        command.env("SAMVERKAN_LISTEN", "127.0.0.1:0");
        for slug in SLUGS {
            command.env(format!("SAMVERKAN_CLIENT_SECRET_{}", slug.to_uppercase()), "an-invented-secret");
        }
        command
    }

    pub(crate) fn serve(&self) -> Serving {
        Serving::of(Process::of(self.command()))
    }

    /// Opens its database beside what serves it.
    pub(crate) async fn open(&self) -> Db {
        Db::open(&DbOptions { url: self.url.clone(), read_connections: 1, observer: None }).await.unwrap()
    }

    /// A persona's program, at an address where the installation is served.
    pub(crate) fn at(&self, address: SocketAddr, persona: &str) -> Sender {
        Sender { http: reqwest::Client::new(), address, token: self.tokens[persona].clone() }
    }
}

fn settings(url: &DatabaseUrl, address: &str) -> String {
    let mut settings = format!("database_url = \"{}\"\npublic_url = \"https://samverkan.example\"\nloopback_http = true\n", url.secret());
    for slug in SLUGS {
        let issuer = format!("{address}/demo/provider/{slug}");
        writeln!(settings, "[[providers]]\nmunicipality = \"{slug}\"\nissuer = \"{issuer}\"\nclient_id = \"samverkan\"").unwrap();
    }
    settings
}

/// Somebody's program, which sends requests over HTTP.
#[derive(Clone)]
pub(crate) struct Sender {
    http: reqwest::Client,
    address: SocketAddr,
    token: String,
}

/// An answer that came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub status: u16,
    pub body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// `data`, where every change was made.
    pub(crate) fn done(&self) -> Option<Value> {
        let mut answer = (self.status == 200).then(|| self.json())?;
        let payloads = answer["data"].as_object().filter(|_| answer.get("errors").is_none())?;
        payloads.values().all(|payload| payload["errors"] == json!([])).then(|| answer["data"].take())
    }
}

impl Sender {
    /// Sends a request, under an `Idempotency-Key` where there is one; none where no whole answer came.
    pub(crate) async fn send(&self, key: Option<&str>, query: &str, variables: &Value) -> Option<Answered> {
        let url = format!("http://{}/graphql", self.address);
        let mut request = self.http.post(url).bearer_auth(&self.token).header("accept-language", "en");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.json(&json!({ "query": query, "variables": variables })).send().await.ok()?;
        let status = response.status().as_u16();
        Some(Answered { status, body: response.text().await.ok()? })
    }

    /// Asks a query that has to go well.
    pub(crate) async fn query(&self, query: &str, variables: &Value) -> Value {
        let answered = self.send(None, query, variables).await.unwrap();
        let mut answer = answered.json();
        assert!(answered.status == 200 && answer.get("errors").is_none(), "{query}: {answered:?}");
        answer["data"].take()
    }

    /// The status of `/health/ready`; none where nobody answers.
    pub(crate) async fn ready(&self) -> Option<u16> {
        let asked = self.http.get(format!("http://{}/health/ready", self.address)).send().await;
        asked.ok().map(|response| response.status().as_u16())
    }

    /// The controllers that a municipality hosts, of a kind.
    pub(crate) async fn board(&self, slug: &str, kind: &str) -> String {
        let query =
            "query($slug: String!) { municipality(slug: $slug) { controllers(first: 100) { nodes { id kind municipality { slug } } } } }";
        let data = self.query(query, &json!({ "slug": slug })).await;
        let boards = nodes(&data["municipality"]["controllers"]);
        let found = boards.iter().find(|board| board["kind"] == kind && board["municipality"]["slug"] == slug).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// A supplier of the demo.
    pub(crate) async fn party(&self) -> String {
        let data = self.query("{ parties(first: 1) { nodes { id } } }", &json!({})).await;
        nodes(&data["parties"])[0]["id"].as_str().unwrap().to_owned()
    }
}
