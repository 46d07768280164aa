//! Login against providers and people that mean harm, or are broken: nothing is accepted that should not be, and each refusal has the
//! reason that it should have.

mod backchannel;
mod cross;
mod down;
mod escalation;
mod flood;
mod flow;
mod malformed;
mod provider;
mod table;
mod tokens;

use std::{collections::BTreeSet, fmt::Write, ops::Range};

use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreJwsSigningAlgorithm;
use samverkan::{
    auth::{
        Freshness,
        provider::{AccessTokens, LoginSettings, Provider, Secret, host_and_port},
    },
    kernel::clock::Clock,
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::settings;
use crate::support::{
    Answer, HERE, TestApp,
    fake_provider::{Fake, Key, sign_with_secret},
    now,
    providers::SLUGS,
};

const AUDIENCE: &str = "api://samverkan";
const SESSION: &str = "__Host-samverkan-session";
const BROWSER: &str = "__Host-samverkan-login";
/// Longer than what a provider says is used.
const STALE: TimeDelta = TimeDelta::minutes(11);

/// The numbers of the six.
fn six() -> Range<usize> {
    0..SLUGS.len()
}

/// The program with six fake providers, in the order of [`SLUGS`].
struct World {
    app: TestApp,
    fakes: Vec<Fake>,
}

/// A login that was begun.
struct Visit {
    slug: &'static str,
    /// Where the browser was sent.
    to: Url,
    /// The cookie that tells the browser from others.
    browser: String,
}

impl Visit {
    fn parameter(&self, name: &str) -> String {
        self.to.query_pairs().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name} in {}", self.to)).1.into_owned()
    }
}

/// A provider as the operator configures it: its own client, its own secret, its own tenant.
fn provider_of(at: usize, issuer: &str) -> Provider {
    let slug = SLUGS[at];
    Provider {
        municipality: slug.to_owned(),
        issuer: issuer.to_owned(),
        client_id: format!("client-{slug}"),
        client_secret: Secret(format!("secret-of-{slug}")),
        scopes: Vec::new(),
        algorithm: CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        tenant: Some(format!("tenant-{slug}")),
        hosts: BTreeSet::from([host_and_port(&issuer.parse().unwrap()).unwrap()]),
        roles: Vec::new(),
        access_tokens: Some(AccessTokens {
            audience: AUDIENCE.to_owned(),
            kind: "at+jwt".to_owned(),
            algorithm: CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        }),
    }
}

/// The key that provider `at` signs with.
fn key_of(at: usize) -> Key {
    Key::new(&format!("key-{}", SLUGS[at]), u8::try_from(at).unwrap() + 1)
}

impl World {
    async fn start() -> Self {
        Self::start_with(|_, _| {}).await
    }

    /// The same with other settings; the fakes are running, and nothing has asked them yet.
    async fn start_with(change: impl FnOnce(&mut LoginSettings, &mut [Fake])) -> Self {
        let mut fakes = Vec::new();
        for (at, slug) in SLUGS.iter().enumerate() {
            fakes.push(Fake::start(key_of(at), &format!("client-{slug}"), &format!("secret-of-{slug}")).await);
        }
        let mut settings = settings(HERE, fakes.iter().enumerate().map(|(at, fake)| provider_of(at, &fake.issuer)).collect());
        change(&mut settings, &mut fakes);
        Self { app: TestApp::logging_in_at(settings, Freshness::default(), now()).await, fakes }
    }

    fn provider(&self, at: usize) -> &Provider {
        &self.app.app.logins.settings.providers[at]
    }

    fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    fn advance(&self, by: TimeDelta) {
        self.app.clock.set(self.now() + by);
    }

    /// A token of provider `at` for this moment, of somebody.
    fn draft(&self, kind: Kind, at: usize) -> Draft {
        Draft::new(kind, self.provider(at), key_of(at), self.now())
    }

    // ── what a browser does ──────────────────────────────────────────────────────────────────────

    async fn get(&self, path: &str, cookies: &[(&str, &str)]) -> Answer {
        let mut line = String::new();
        for (name, value) in cookies {
            write!(line, "{name}={value}; ").unwrap();
        }
        self.app.send(Request::get(path).header(header::COOKIE, line).body(Body::empty()).unwrap()).await
    }

    /// Begins a login, which has to go well.
    async fn begin(&self, at: usize) -> Visit {
        let slug = SLUGS[at];
        let answer = self.get(&format!("/login/{slug}"), &[]).await;
        assert_eq!(answer.status, 303, "{slug}: {}", answer.text());
        Visit { slug, to: location(&answer).parse().unwrap(), browser: laid(&answer, BROWSER).unwrap() }
    }

    /// Comes back to the address of a municipality with a query.
    async fn come_back(&self, slug: &str, query: &str, browser: &str) -> Answer {
        self.get(&format!("/login/{slug}/callback?{query}"), &[(BROWSER, browser)]).await
    }

    /// Comes back from the provider `at`, where the login was begun, with a code for which it gives `token`.
    async fn come_back_with(&self, visit: &Visit, at: usize, token: &str) -> Answer {
        let code = self.fakes[at].grant(&visit.to, token);
        let query = query(&[("code", &code), ("state", &visit.parameter("state")), ("iss", &self.fakes[at].issuer)]);
        self.come_back(visit.slug, &query, &visit.browser).await
    }

    /// Logs somebody in whose ID token has these claims besides the usual ones, whatever comes of it.
    async fn try_log_in(&self, at: usize, claims: &Value) -> Answer {
        let visit = self.begin(at).await;
        let mut draft = self.draft(Kind::Id, at);
        draft.claim("nonce", visit.parameter("nonce"));
        for (name, value) in claims.as_object().unwrap() {
            draft.claim(name, value.clone());
        }
        self.come_back_with(&visit, at, &draft.token()).await
    }

    /// Logs somebody in, which has to go well; gives back the session.
    async fn log_in(&self, at: usize, claims: &Value) -> String {
        let answer = self.try_log_in(at, claims).await;
        assert_eq!(answer.status, 303, "{claims}: {}", answer.text());
        laid(&answer, SESSION).unwrap()
    }

    /// What a query says to a browser's session.
    async fn ask(&self, session: &str, query: &str) -> Answer {
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header(header::ORIGIN, HERE);
        let request = request.header(header::COOKIE, format!("{SESSION}={session}"));
        self.app.send(request.body(Body::from(json!({ "query": query }).to_string())).unwrap()).await
    }

    /// Whether a browser's session lives.
    async fn lives(&self, session: &str) -> bool {
        self.ask(session, "{ viewer { name } }").await.status == 200
    }

    /// A query with a bearer token.
    async fn ask_with_token(&self, token: &str) -> Answer {
        self.app.anonymous().with_token(token).ask("{ viewer { name municipality { slug } } }", json!({})).await
    }

    /// What a provider sends to log somebody out.
    async fn send_logout_token(&self, slug: &str, token: &str) -> Answer {
        let body = query(&[("logout_token", token)]);
        let request = Request::post(format!("/login/{slug}/backchannel-logout"));
        self.app.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body)).unwrap()).await
    }

    // ── what is in the database ──────────────────────────────────────────────────────────────────

    /// How many sessions and accounts there are.
    async fn rows(&self) -> (u64, u64) {
        let tx = self.app.app.db.read().await.unwrap();
        (entity::session::Entity::find().count(&tx).await.unwrap(), entity::account::Entity::find().count(&tx).await.unwrap())
    }

    /// How many logins have begun and were not used.
    async fn begun(&self) -> u64 {
        let tx = self.app.app.db.read().await.unwrap();
        entity::login_state::Entity::find().count(&tx).await.unwrap()
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn location(answer: &Answer) -> &str {
    answer.headers[header::LOCATION].to_str().unwrap()
}

/// A cookie that an answer lays.
fn laid(answer: &Answer, name: &str) -> Option<String> {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let value = |line: &str| line.strip_prefix(name)?.strip_prefix('=')?.split(';').next().map(str::to_owned);
    lines.filter_map(value).find(|value| !value.is_empty())
}

/// The reason that a page gives why nobody was logged in.
fn reason(answer: &Answer) -> String {
    let text = answer.text();
    let code = text.split_once("<code>").and_then(|(_, rest)| rest.split_once("</code>"));
    code.unwrap_or_else(|| panic!("no reason: {} {text}", answer.status)).0.to_owned()
}

/// Nobody was logged in, for this reason.
fn assert_refused(answer: &Answer, status: u16, expected: &str, what: &str) {
    assert_eq!((answer.status.as_u16(), reason(answer).as_str()), (status, expected), "{what}");
    assert_eq!(laid(answer, SESSION), None, "{what}");
}

// ── tokens ───────────────────────────────────────────────────────────────────────────────────────

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Id,
    Logout,
    Access,
}

/// How a token is signed.
enum Signing {
    Key,
    /// With another key than the provider's.
    OtherKey(Key),
    /// With HMAC and this secret.
    Secret(Vec<u8>),
    /// In ASN.1.
    Der,
    /// Not at all.
    Nothing,
    /// With these bytes.
    Bytes(Vec<u8>),
}

/// A token that is right, until somebody changes it.
struct Draft {
    provider: Provider,
    now: i64,
    key: Key,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    /// What stands in place of the header or of the claims, and is signed so.
    header_text: Option<String>,
    claims_text: Option<String>,
    signing: Signing,
    /// What is done to the token when it is signed.
    afterwards: fn(String) -> String,
    /// The key set that the provider shows.
    keys: Vec<Value>,
}

const NONCE: &str = "the-nonce-of-this-login";

impl Draft {
    fn new(kind: Kind, provider: &Provider, key: Key, now: DateTime<Utc>) -> Self {
        let now = now.timestamp();
        let (typ, audience, more) = match kind {
            Kind::Id => ("JWT", provider.client_id.as_str(), json!({ "nonce": NONCE })),
            Kind::Access => ("at+jwt", AUDIENCE, json!({ "client_id": "another-program" })),
            Kind::Logout => {
                let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
                ("logout+jwt", provider.client_id.as_str(), json!({ "events": events, "jti": format!("jti-{now}") }))
            }
        };
        let header = json!({ "alg": "ES256", "typ": typ, "kid": key.kid });
        let mut claims = json!({
            "iss": provider.issuer, "aud": audience, "sub": "somebody", "sid": "a-session-there", "iat": now, "exp": now + 300,
        });
        let claims = claims.as_object_mut().unwrap();
        claims.extend(more.as_object().unwrap().clone());
        claims.extend(provider.tenant.iter().map(|tenant| ("tid".to_owned(), json!(tenant))));
        Self {
            provider: provider.clone(),
            now,
            keys: vec![key.jwk()],
            key,
            header: header.as_object().unwrap().clone(),
            claims: std::mem::take(claims),
            header_text: None,
            claims_text: None,
            signing: Signing::Key,
            afterwards: |token| token,
        }
    }

    fn claim(&mut self, name: &str, value: impl Into<Value>) {
        self.claims.insert(name.to_owned(), value.into());
    }

    fn without(&mut self, name: &str) {
        self.claims.remove(name);
    }

    fn head(&mut self, name: &str, value: impl Into<Value>) {
        self.header.insert(name.to_owned(), value.into());
    }

    /// The same claims as text, with another member in front, which may be there twice then.
    fn claim_text(&mut self, more: &str) {
        let text = Value::Object(self.claims.clone()).to_string();
        self.claims_text = Some(format!("{{{more},{}", &text[1..]));
    }

    fn token(&self) -> String {
        let text = |written: &Option<String>, members: &Map<String, Value>| {
            written.clone().unwrap_or_else(|| Value::Object(members.clone()).to_string())
        };
        let (header, claims) = (text(&self.header_text, &self.header), text(&self.claims_text, &self.claims));
        let with_signature = |signature: &str| {
            let signed = self.key.sign(&header, &claims);
            format!("{}.{signature}", signed.rsplit_once('.').unwrap().0)
        };
        let token = match &self.signing {
            Signing::Key => self.key.sign(&header, &claims),
            Signing::OtherKey(other) => other.sign(&header, &claims),
            Signing::Secret(secret) => sign_with_secret(secret, &header, &claims),
            Signing::Der => self.key.sign_as_der(&header, &claims),
            Signing::Nothing => with_signature(""),
            Signing::Bytes(bytes) => with_signature(&base64(bytes)),
        };
        (self.afterwards)(token)
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}
