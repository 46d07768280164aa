//! A provider that does as a test tells it: any document, any keys, any token for a code, any sickness. It checks what it is sent as a
//! real one does, the verifier above all, and counts who asks.

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        StatusCode,
        header::{ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use futures_util::stream;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};
use url::{Url, form_urlencoded};

const MIB: usize = 1024 * 1024;

// ── keys and tokens ──────────────────────────────────────────────────────────────────────────────

/// A key of ES256, the same for the same seed.
pub(crate) struct Key {
    pub kid: String,
    signing: SigningKey,
}

impl Key {
    pub(crate) fn new(kid: &str, seed: u8) -> Self {
        Self { kid: kid.to_owned(), signing: SigningKey::from_slice(&[seed; 32]).unwrap() }
    }

    /// The public half as a JSON Web Key.
    pub(crate) fn jwk(&self) -> Value {
        let point = self.signing.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.kid, "use": "sig", "alg": "ES256" })
    }

    /// A token of this header and these claims, whatever they are.
    pub(crate) fn sign(&self, header: &str, claims: &str) -> String {
        let message = message(header.as_bytes(), claims.as_bytes());
        let signature: Signature = self.signing.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// The signature of a message in the other spelling that there is, ASN.1.
    pub(crate) fn sign_as_der(&self, header: &str, claims: &str) -> String {
        let message = message(header.as_bytes(), claims.as_bytes());
        let signature: Signature = self.signing.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_der()))
    }

    /// The public half as bytes, which somebody may take for a secret.
    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        self.signing.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }
}

/// Header and claims as they are signed.
pub(crate) fn message(header: &[u8], claims: &[u8]) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// A token with HMAC-SHA256. Source: RFC 2104.
pub(crate) fn sign_with_secret(secret: &[u8], header: &str, claims: &str) -> String {
    let mut key = [0_u8; 64];
    let digest = Sha256::digest(secret);
    let short: &[u8] = if secret.len() > 64 { &digest } else { secret };
    key[..short.len()].copy_from_slice(short);
    let message = message(header.as_bytes(), claims.as_bytes());
    let inner = Sha256::new().chain_update(key.map(|byte| byte ^ 0x36)).chain_update(&message).finalize();
    let outer = Sha256::new().chain_update(key.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(outer))
}

// ── the provider ─────────────────────────────────────────────────────────────────────────────────

/// What a provider suffers from. Of a connection that is refused see [`Fake::go_down`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sickness {
    /// Takes the request and says nothing, ever.
    BlackHole,
    /// Says the first half of its answer at once, and never the second.
    Slow,
    /// Answers with this status and an error page.
    Fails(u16),
    /// Sends whoever asks elsewhere.
    Redirects(String),
    /// Sends 100 MB.
    Huge,
    /// Sends byte after byte, without end.
    Drips,
    /// Sends 100 MB, packed into a few.
    Bomb,
}

/// How often each endpoint was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub discovery: usize,
    pub keys: usize,
    pub token: usize,
    /// Anything else.
    pub other: usize,
}

impl Counts {
    pub(crate) fn all(self) -> usize {
        self.discovery + self.keys + self.token + self.other
    }
}

/// A code that was given, and what is given for it.
struct Grant {
    challenge: String,
    redirect_uri: String,
    token: String,
}

struct Told {
    client: String,
    discovery: Value,
    keys: Value,
    grants: HashMap<String, Grant>,
    granted: usize,
    verified: HashSet<String>,
    sickness: Option<Sickness>,
    counts: Counts,
    sent: Arc<AtomicUsize>,
    unpacks: bool,
}

/// A running fake.
pub(crate) struct Fake {
    pub issuer: String,
    pub key: Key,
    address: SocketAddr,
    told: Arc<Mutex<Told>>,
    serving: Option<JoinHandle<()>>,
}

impl Fake {
    /// Starts one that is well, whose client is called `client_id` and has `secret`.
    pub(crate) async fn start(key: Key, client_id: &str, secret: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let issuer = format!("http://{address}");
        let told = Told {
            client: format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}"))),
            discovery: discovery(&issuer),
            keys: json!({ "keys": [key.jwk()] }),
            grants: HashMap::new(),
            granted: 0,
            verified: HashSet::new(),
            sickness: None,
            counts: Counts::default(),
            sent: Arc::default(),
            unpacks: false,
        };
        let mut fake = Self { issuer, key, address, told: Arc::new(Mutex::new(told)), serving: None };
        fake.serve(listener);
        fake
    }

    fn serve(&mut self, listener: TcpListener) {
        let router = Router::new().fallback(answer).with_state(self.told.clone());
        self.serving = Some(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    /// Its own metadata, changed.
    pub(crate) fn says(&self, change: impl FnOnce(&mut Value)) {
        let mut document = discovery(&self.issuer);
        change(&mut document);
        self.told().discovery = document;
    }

    /// Its key set: any JSON.
    pub(crate) fn shows_keys(&self, keys: Value) {
        self.told().keys = keys;
    }

    /// Suffers from something from now on, or from nothing.
    pub(crate) fn suffers(&self, sickness: impl Into<Option<Sickness>>) {
        self.told().sickness = sickness.into();
    }

    /// Refuses connections from now on.
    pub(crate) async fn go_down(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Takes connections again, at the same address.
    pub(crate) async fn come_up(&mut self) {
        self.serve(TcpListener::bind(self.address).await.unwrap());
    }

    /// The code of a login that was begun at `authorization`, for which `token` will be given, whatever it is.
    pub(crate) fn grant(&self, authorization: &Url, token: &str) -> String {
        let asked: HashMap<_, _> = authorization.query_pairs().into_owned().collect();
        assert_eq!((asked["code_challenge_method"].as_str(), asked["response_type"].as_str()), ("S256", "code"));
        let (challenge, redirect_uri) = (asked["code_challenge"].clone(), asked["redirect_uri"].clone());
        let mut told = self.told();
        told.granted += 1;
        let code = format!("code-{}-of-{}", told.granted, self.address);
        told.grants.insert(code.clone(), Grant { challenge, redirect_uri, token: token.to_owned() });
        code
    }

    /// Whether a code was redeemed with the right verifier.
    pub(crate) fn gave_for(&self, code: &str) -> bool {
        self.told().verified.contains(code)
    }

    pub(crate) fn counts(&self) -> Counts {
        self.told().counts
    }

    pub(crate) fn reset_counts(&self) {
        let mut told = self.told();
        told.counts = Counts::default();
        told.sent.store(0, Ordering::SeqCst);
    }

    /// Bytes of bodies that were taken from it.
    pub(crate) fn sent(&self) -> usize {
        self.told().sent.load(Ordering::SeqCst)
    }

    /// Whether anybody who asked offered to unpack the answer.
    pub(crate) fn was_offered_packing(&self) -> bool {
        self.told().unpacks
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

/// The metadata of a provider that is well.
fn discovery(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "end_session_endpoint": format!("{issuer}/end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

async fn answer(State(told): State<Arc<Mutex<Told>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MIB).await.unwrap_or_default();
    let (sickness, sent) = {
        let mut told = told.lock().unwrap();
        let counts = &mut told.counts;
        *match parts.uri.path() {
            "/.well-known/openid-configuration" => &mut counts.discovery,
            "/keys" => &mut counts.keys,
            "/token" => &mut counts.token,
            _ => &mut counts.other,
        } += 1;
        told.unpacks |= parts.headers.contains_key(ACCEPT_ENCODING);
        (told.sickness.clone(), told.sent.clone())
    };
    let client = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut response = match sickness {
        None => healthy(&mut told.lock().unwrap(), parts.uri.path(), &client, &body),
        Some(sickness) => sick(sickness, sent).await,
    };
    // No connection outlives its answer, so that one that is refused is refused at once.
    response.headers_mut().insert(CONNECTION, "close".parse().unwrap());
    response
}

fn healthy(told: &mut Told, path: &str, client: &str, body: &[u8]) -> Response {
    match path {
        "/.well-known/openid-configuration" => axum::Json(told.discovery.clone()).into_response(),
        "/keys" => axum::Json(told.keys.clone()).into_response(),
        "/token" => token(told, client, body).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A code is good once, for this client, at the address that was asked for, and with its verifier.
fn token(told: &mut Told, client: &str, body: &[u8]) -> (StatusCode, axum::Json<Value>) {
    let form: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let refused = |error: &str| (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": error })));
    if client != told.client || field("grant_type") != "authorization_code" {
        return refused("invalid_client");
    }
    let Some(grant) = told.grants.remove(field("code")) else { return refused("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
    if challenge != grant.challenge || field("redirect_uri") != grant.redirect_uri {
        return refused("invalid_grant");
    }
    told.verified.insert(field("code").to_owned());
    (StatusCode::OK, axum::Json(json!({ "access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": grant.token })))
}

async fn sick(sickness: Sickness, sent: Arc<AtomicUsize>) -> Response {
    let json = [(CONTENT_TYPE, "application/json")];
    match sickness {
        Sickness::BlackHole => std::future::pending().await,
        Sickness::Slow => (json, pieces(sent, 1, Duration::ZERO, &b"{\"issuer\":"[..], true)).into_response(),
        Sickness::Fails(status) => (StatusCode::from_u16(status).unwrap(), "<h1>out of order</h1>").into_response(),
        Sickness::Redirects(to) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Sickness::Huge => (json, pieces(sent, 1600, Duration::ZERO, vec![b' '; MIB / 16], false)).into_response(),
        Sickness::Drips => (json, pieces(sent, usize::MAX, Duration::from_millis(20), &b" "[..], false)).into_response(),
        Sickness::Bomb => ([(CONTENT_TYPE, "application/json"), (CONTENT_ENCODING, "gzip")], bomb()).into_response(),
    }
}

/// A body of `count` equal pieces, which are counted as they are taken, and no end where it `hangs`.
fn pieces(sent: Arc<AtomicUsize>, count: usize, pause: Duration, piece: impl Into<Bytes>, hangs: bool) -> Body {
    let piece: Bytes = piece.into();
    Body::from_stream(stream::unfold(0, move |at| {
        let (piece, sent) = (piece.clone(), sent.clone());
        async move {
            if at == count {
                return if hangs { std::future::pending().await } else { None };
            }
            tokio::time::sleep(pause).await;
            sent.fetch_add(piece.len(), Ordering::SeqCst);
            Some((Ok::<_, std::convert::Infallible>(piece), at + 1))
        }
    }))
}

/// 100 MB of spaces in some 660 kB of gzip: one literal, and then "the last byte, 258 times" again and again, in the fixed code of
/// RFC 1951. The checksum at its end is left out: whoever reads so far has read too much.
fn bomb() -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // The last block, fixed code; then a space, whose code is 0x30 + 0x20.
    let mut bits = vec![true, true, false];
    let code = |bits: &mut Vec<bool>, code: u16, length: u16| bits.extend((0..length).rev().map(|at| (code >> at) & 1 == 1));
    code(&mut bits, 0x50, 8);
    for _ in 0..100 * MIB / 258 {
        // 285 is 258 bytes, from a distance of one.
        code(&mut bits, 0b1100_0101, 8);
        code(&mut bits, 0, 5);
    }
    code(&mut bits, 0, 7);
    packed.extend(bits.chunks(8).map(|byte| byte.iter().rev().fold(0_u8, |sum, bit| (sum << 1) | u8::from(*bit))));
    packed
}
