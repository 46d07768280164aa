//! The municipalities' OpenID providers: six issuers of a certified library on loopback, in a process of their own
//! (`tests/providers/six.mjs`).

use std::{
    collections::HashMap,
    env::consts::ARCH,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::browser::Browser;

pub(crate) const SLUGS: [&str; 6] = ["flen", "gnesta", "oxelosund", "katrineholm", "strangnas", "vingaker"];
/// Our client at each of them.
pub(crate) const CLIENT_ID: &str = "samverkan";
/// A verifier of PKCE, as good as any.
pub(crate) const VERIFIER: &str = "a-verifier-that-only-a-test-may-have-as-its-own";

/// Six running providers; they end with the test.
pub(crate) struct Providers {
    rp: String,
    told: Told,
    http: reqwest::Client,
    process: Child,
}

/// What the process tells when it is ready.
#[derive(Deserialize)]
struct Told {
    control: String,
    issuers: HashMap<String, Issuer>,
}

/// One of the providers, as its client knows it.
#[derive(Deserialize)]
pub(crate) struct Issuer {
    pub issuer: String,
    pub client_secret: String,
}

/// How often an issuer was asked.
#[derive(Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Counts {
    pub discovery: usize,
    pub jwks: usize,
    pub token: usize,
}

impl Providers {
    /// Starts the providers for a relying party at `rp`, such as `http://127.0.0.1:1234`, which need not run yet.
    pub(crate) fn start(rp: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/providers");
        let arch = if ARCH == "aarch64" { "arm64" } else { "x64" };
        let node = folder.join(format!("node_modules/node-linux-{arch}/bin/node"));
        assert!(node.exists(), "the OpenID providers are not installed: run `npm ci` in tests/providers, or tests/run");
        let mut command = Command::new(node);
        command.current_dir(folder).args(["six.mjs", rp]).args(SLUGS).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told = serde_json::from_str(&line).unwrap_or_else(|error| panic!("the providers did not start: {error}: {line:?}"));
        Self { rp: rp.to_owned(), told, http: super::browser::http(), process }
    }

    pub(crate) fn issuer(&self, slug: &str) -> &Issuer {
        &self.told.issuers[slug]
    }

    // ── control ──────────────────────────────────────────────────────────────────────────────────

    /// What the account `login` has in its tokens from the next login on, besides its subject: any JSON, replaced as a whole.
    pub(crate) async fn put_account(&self, slug: &str, login: &str, claims: &Value) {
        let login: String = form_urlencoded::byte_serialize(login.as_bytes()).collect();
        // In a path, a plus is a plus.
        self.control(Method::PUT, slug, &format!("accounts/{}", login.replace('+', "%20")), claims).await;
    }

    /// Lets an issuer sign with a new key, whose `kid` this is. The old keys stay in its key set or leave it.
    pub(crate) async fn rotate(&self, slug: &str, keep: bool) -> String {
        self.control(Method::POST, slug, "rotate", &json!({ "keep": keep })).await["kid"].as_str().unwrap().to_owned()
    }

    /// A token of any content, signed with the issuer's key of today, or as `alg` in `header` says: HS256 with the client's secret,
    /// none not at all. `header` is laid over `alg` and `kid`; null takes one away.
    pub(crate) async fn sign(&self, slug: &str, header: &Value, payload: &Value) -> String {
        let answer = self.control(Method::POST, slug, "sign", &json!({ "header": header, "payload": payload })).await;
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Lets an issuer send forged ID tokens: `{"header", "payload"}` are laid over each, a member that is null is taken away, and it is
    /// signed as `sign` does; `{"token"}` goes out in its place, as it is; `{}` ends it.
    pub(crate) async fn forge(&self, slug: &str, forgery: &Value) {
        self.control(Method::PUT, slug, "forgery", forgery).await;
    }

    /// Closes an issuer's port and its connections.
    pub(crate) async fn down(&self, slug: &str) {
        self.control(Method::POST, slug, "down", &json!({})).await;
    }

    /// Opens the same port again; sessions, codes and keys are still there.
    pub(crate) async fn up(&self, slug: &str) {
        self.control(Method::POST, slug, "up", &json!({})).await;
    }

    /// How often an issuer was asked since its start, or since the counts were reset.
    pub(crate) async fn counts(&self, slug: &str) -> Counts {
        serde_json::from_value(self.control(Method::GET, slug, "counts", &json!({})).await).unwrap()
    }

    pub(crate) async fn reset_counts(&self, slug: &str) {
        self.control(Method::DELETE, slug, "counts", &json!({})).await;
    }

    async fn control(&self, method: Method, slug: &str, what: &str, body: &Value) -> Value {
        let request = self.http.request(method, format!("{}/{slug}/{what}", self.told.control)).json(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{what} of {slug}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    // ── the relying party's part, by hand ────────────────────────────────────────────────────────

    /// Where a login begins, for a code that is redeemed with `verifier`.
    pub(crate) fn authorization_url(&self, slug: &str, verifier: &str) -> Url {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let parameters = [
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", &self.redirect_uri(slug)),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "a-state"),
            ("nonce", "a-nonce"),
        ];
        Url::parse_with_params(&format!("{}/auth", self.issuer(slug).issuer), parameters).unwrap()
    }

    /// Logs `login` in with a browser of its own; gives back the callback that the relying party does not get.
    pub(crate) async fn callback(&self, slug: &str, login: &str, verifier: &str) -> Url {
        let mut browser = Browser::new();
        browser.stop_before(&self.rp);
        browser.log_in(self.authorization_url(slug, verifier).as_str(), login).await.location().unwrap()
    }

    /// Redeems the code of a callback.
    pub(crate) async fn redeem(&self, slug: &str, callback: &Url, verifier: &str) -> (StatusCode, Value) {
        let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1;
        let redirect_uri = self.redirect_uri(slug);
        let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", &redirect_uri), ("code_verifier", verifier)];
        self.ask_for_tokens(slug, &fields).await
    }

    /// The token endpoint's answer to our client.
    pub(crate) async fn ask_for_tokens(&self, slug: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let Issuer { issuer, client_secret } = self.issuer(slug);
        let request = self.http.post(format!("{issuer}/token")).basic_auth(CLIENT_ID, Some(client_secret)).form(fields);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Logs `login` in and redeems the code: `id_token`, `access_token`, `refresh_token`.
    pub(crate) async fn tokens(&self, slug: &str, login: &str) -> Value {
        let callback = self.callback(slug, login, VERIFIER).await;
        let (status, tokens) = self.redeem(slug, &callback, VERIFIER).await;
        assert_eq!(status, StatusCode::OK, "{tokens:#}");
        tokens
    }

    fn redirect_uri(&self, slug: &str) -> String {
        format!("{}/login/{slug}/callback", self.rp)
    }
}

impl Drop for Providers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a token says of itself and of somebody, whoever signed it.
pub(crate) fn decoded(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap_or_default()));
    (parts.next().unwrap().unwrap(), parts.next().unwrap().unwrap())
}
