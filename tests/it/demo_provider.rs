//! The demo's own providers by themselves, through their routes: what a client may count on and what is refused.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use samverkan::{
    demo::{self, Account, CLIENT_ID, DemoProvider},
    kernel::{clock::FixedClock, text::Text},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use crate::support::{Answer, TestApp, now};

const BASE: &str = "http://127.0.0.1:8080";
const ISSUER: &str = "http://127.0.0.1:8080/demo/provider/gnesta";
const REDIRECT_URI: &str = "http://127.0.0.1:8080/login/gnesta/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard";
const SECRET: &str = "the-secret-of-gnesta";

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// The providers of Gnesta and Flen, and what a client does with the one of Gnesta.
struct Login {
    clock: Arc<FixedClock>,
    router: Router,
}

impl Login {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let account = |sub: &str, name: &str, roles: &[&str]| Account {
            sub: sub.to_owned(),
            name: name.to_owned(),
            roles_shown: vec![Text::new("Läsare", "Reader")],
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let accounts =
            vec![account("reader.gnesta", "Läsare Påhittad", &["reader"]), account("sly.gnesta", "<script>alert(1)</script>", &[])];
        let gnesta = DemoProvider::new(BASE, "gnesta", "Gnesta kommun", SECRET.to_owned(), accounts.clone());
        let flen = DemoProvider::new(BASE, "flen", "Flens kommun", SECRET.to_owned(), accounts);
        Self { clock: app.clock.clone(), router: demo::login_routes(&app.app, vec![gnesta, flen]) }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn show_accounts(&self, query: &Pairs<'_>) -> Answer {
        self.get(&format!("/demo/provider/gnesta/authorize?{}", encoded(query))).await
    }

    async fn choose(&self, query: &Pairs<'_>, form: &Pairs<'_>) -> Answer {
        self.send(form_request(&format!("/demo/provider/gnesta/authorize?{}", encoded(query)), form, None)).await
    }

    /// The code of a login as reader.
    async fn code(&self) -> String {
        let answer = self.choose(&request(), &vec![("account", "reader.gnesta")]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        location(&answer).1["code"].clone()
    }

    /// What the token endpoint says to a form with this code, changed by `changes`, with the secret `secret`.
    async fn exchange(&self, code: &str, changes: &Pairs<'_>, secret: &str) -> Answer {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
        self.send(form_request("/demo/provider/gnesta/token", &changed(form.to_vec(), changes), Some((CLIENT_ID, secret)))).await
    }

    async fn id_token(&self) -> String {
        let answer = self.exchange(&self.code().await, &vec![], SECRET).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["id_token"].as_str().unwrap().to_owned()
    }

    async fn end_session(&self, query: &Pairs<'_>) -> Answer {
        self.get(&format!("/demo/provider/gnesta/end-session?{}", encoded(query))).await
    }
}

/// A request for a login as it should be.
fn request() -> Pairs<'static> {
    vec![
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile"),
        ("state", "a state&more"),
        ("nonce", "a-nonce"),
        // The SHA-256 of VERIFIER; a test of it is that the exchange works.
        ("code_challenge", challenge()),
        ("code_challenge_method", "S256"),
    ]
}

fn challenge() -> &'static str {
    static CHALLENGE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    CHALLENGE.get_or_init(|| URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)))
}

/// The pairs with other values for some; an empty value leaves the pair out.
fn changed<'a>(mut pairs: Pairs<'a>, changes: &Pairs<'a>) -> Pairs<'a> {
    for (name, value) in changes {
        pairs.retain(|(other, _)| other != name);
        pairs.push((name, value));
    }
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

fn encoded(pairs: &Pairs<'_>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn form_request(path: &str, form: &Pairs<'_>, basic: Option<(&str, &str)>) -> Request<Body> {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some((client, secret)) = basic {
        request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{client}:{secret}"))));
    }
    request.body(Body::from(encoded(form))).unwrap()
}

/// Where an answer leads: the address without its query, and the query.
fn location(answer: &Answer) -> (String, HashMap<String, String>) {
    let mut url = Url::parse(answer.headers[header::LOCATION].to_str().unwrap()).unwrap();
    let query = url.query_pairs().into_owned().collect();
    url.set_query(None);
    (url.to_string(), query)
}

/// The claims of a token, verified with a key of a JSON Web Key Set as a client would.
fn verified(token: &str, keys: &Value) -> Value {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let head: Value = serde_json::from_slice(&bytes(parts[0])).unwrap();
    assert_eq!(head["alg"], "ES256");
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == head["kid"]).unwrap();
    let point = [vec![4], bytes(key["x"].as_str().unwrap()), bytes(key["y"].as_str().unwrap())].concat();
    let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
    key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &Signature::from_slice(&bytes(parts[2])).unwrap()).unwrap();
    serde_json::from_slice(&bytes(parts[1])).unwrap()
}

// ── discovery ────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_discovery_document_leads_to_everything_and_promises_what_is_kept() {
    let login = Login::start().await;
    let document = login.get("/demo/provider/gnesta/.well-known/openid-configuration").await.json();
    for (name, value) in [
        ("issuer", json!(ISSUER)),
        ("authorization_endpoint", json!(format!("{ISSUER}/authorize"))),
        ("token_endpoint", json!(format!("{ISSUER}/token"))),
        ("end_session_endpoint", json!(format!("{ISSUER}/end-session"))),
        ("jwks_uri", json!(format!("{ISSUER}/keys"))),
        ("response_types_supported", json!(["code"])),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("id_token_signing_alg_values_supported", json!(["ES256"])),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_basic", "client_secret_post"])),
        ("subject_types_supported", json!(["public"])),
        ("authorization_response_iss_parameter_supported", json!(true)),
    ] {
        assert_eq!(document[name], value, "{name}");
    }
    assert_eq!(login.get("/demo/provider/nowhere/.well-known/openid-configuration").await.status, 404);
}

#[tokio::test]
async fn each_provider_has_one_key_of_its_own_and_shows_its_public_half_only() {
    let login = Login::start().await;
    let gnesta = login.get("/demo/provider/gnesta/keys").await.json();
    let flen = login.get("/demo/provider/flen/keys").await.json();
    for keys in [&gnesta, &flen] {
        assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        let mut members: Vec<_> = keys["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }
    assert_ne!(gnesta["keys"][0]["kid"], flen["keys"][0]["kid"]);
    assert_ne!(gnesta["keys"][0]["x"], flen["keys"][0]["x"]);
}

// ── a login ──────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_login_from_the_accounts_to_the_verified_id_token() {
    let login = Login::start().await;
    let page = login.show_accounts(&request()).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<h1>Logga in hos Gnesta kommun</h1>") && page.text().contains("Läsare Påhittad"), "{}", page.text());
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains(&format!("form-action 'self' {REDIRECT_URI};")));

    let chosen = login.choose(&request(), &vec![("account", "reader.gnesta")]).await;
    assert_eq!(chosen.status, 303);
    let (address, back) = location(&chosen);
    assert_eq!((address.as_str(), back["state"].as_str(), back["iss"].as_str()), (REDIRECT_URI, "a state&more", ISSUER));

    login.clock.set(now() + TimeDelta::seconds(20));
    let answer = login.exchange(&back["code"], &vec![], SECRET).await;
    assert_eq!((answer.status.as_u16(), &answer.headers[header::CACHE_CONTROL]), (200, &"no-store".parse().unwrap()));
    assert_eq!((&answer.json()["token_type"], &answer.json()["expires_in"]), (&json!("Bearer"), &json!(300)));
    let keys = login.get("/demo/provider/gnesta/keys").await.json();
    let mut claims = verified(answer.json()["id_token"].as_str().unwrap(), &keys);
    assert_eq!(claims["sid"].take().as_str().unwrap().len(), 43);
    let at = now().timestamp();
    let expected = json!({
        "iss": ISSUER, "sub": "reader.gnesta", "aud": CLIENT_ID, "iat": at + 20, "exp": at + 320, "auth_time": at, "sid": null,
        "name": "Läsare Påhittad", "nonce": "a-nonce", "roles": ["reader"],
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn the_secret_may_come_in_the_form_and_an_id_token_has_no_nonce_that_was_not_asked_for() {
    let login = Login::start().await;
    let chosen = login.choose(&changed(request(), &vec![("nonce", ""), ("state", "")]), &vec![("account", "sly.gnesta")]).await;
    let (_, back) = location(&chosen);
    assert_eq!(back.keys().len(), 2, "{back:?}");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &back["code"]),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("client_id", CLIENT_ID),
        ("client_secret", SECRET),
    ];
    let answer = login.send(form_request("/demo/provider/gnesta/token", &form.to_vec(), None)).await;
    let keys = login.get("/demo/provider/gnesta/keys").await.json();
    let claims = verified(answer.json()["id_token"].as_str().unwrap(), &keys);
    assert_eq!((&claims["sub"], &claims["roles"], claims.get("nonce")), (&json!("sly.gnesta"), &json!([]), None));
}

#[tokio::test]
async fn every_persona_has_an_account_at_the_provider_of_its_municipality() {
    let app = TestApp::start().await;
    let personas = app.personas();
    let providers = demo::providers(personas, &app.app.logins.settings).unwrap();
    assert_eq!(providers.len(), 6);
    assert_eq!(providers.iter().map(|provider| provider.accounts.len()).sum::<usize>(), personas.len());
    for persona in personas {
        let provider = providers.iter().find(|provider| provider.slug == persona.municipality).unwrap();
        let account = provider.accounts.iter().find(|account| account.sub == persona.persona).unwrap();
        assert_eq!((&account.name, account.roles_shown.len()), (&persona.name, persona.roles.len()));
    }
    let secrets: std::collections::HashSet<_> = providers.iter().map(|provider| &provider.client_secret).collect();
    assert_eq!(secrets.len(), 6);
}

// ── the page of accounts ─────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_page_of_accounts_escapes_what_names_hold_and_speaks_english_where_asked() {
    let login = Login::start().await;
    let page = login.show_accounts(&request()).await.text();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"), "{page}");
    assert!(page.contains("<html lang=\"sv\">") && page.contains("Läsare"), "{page}");
    let english = Request::get(format!("/demo/provider/gnesta/authorize?{}", encoded(&request()))).header(header::ACCEPT_LANGUAGE, "en");
    let english = login.send(english.body(Body::empty()).unwrap()).await.text();
    assert!(english.contains("<html lang=\"en\">") && english.contains("Log in at") && english.contains("Reader"), "{english}");
}

#[tokio::test]
async fn an_unknown_client_or_address_gets_a_page_and_never_a_redirect() {
    let login = Login::start().await;
    for change in [
        ("client_id", "somebody"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "http://127.0.0.1:8080/login/gnesta/callback/"),
        ("redirect_uri", "http://127.0.0.1:8080/login/gnesta/callback?a=b"),
        ("redirect_uri", "http://127.0.0.1:8080/login/flen/callback"),
        ("redirect_uri", "http://localhost:8080/login/gnesta/callback"),
    ] {
        let query = changed(request(), &vec![change]);
        for answer in [login.show_accounts(&query).await, login.choose(&query, &vec![("account", "reader.gnesta")]).await] {
            assert_eq!((answer.status.as_u16(), answer.headers.get(header::LOCATION)), (400, None), "{change:?}");
            assert!(!answer.text().contains("evil.example"));
        }
    }
    let twice = [request(), vec![("redirect_uri", "https://evil.example/")]].concat();
    assert_eq!(login.show_accounts(&twice).await.status, 400);
}

#[tokio::test]
async fn what_else_is_wrong_with_a_request_is_told_to_the_client() {
    let login = Login::start().await;
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "code id_token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("response_mode", "fragment"), "invalid_request"),
        (("scope", "profile"), "invalid_scope"),
        (("scope", ""), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("request", "a.b.c"), "request_not_supported"),
        (("request_uri", "https://a.example"), "request_uri_not_supported"),
        (("prompt", "none"), "login_required"),
    ] {
        let query = changed(request(), &vec![change]);
        for answer in [login.show_accounts(&query).await, login.choose(&query, &vec![("account", "reader.gnesta")]).await] {
            assert_eq!(answer.status, 303, "{change:?}");
            let (address, back) = location(&answer);
            assert_eq!((address.as_str(), back["error"].as_str(), back["iss"].as_str()), (REDIRECT_URI, error, ISSUER), "{change:?}");
            assert_eq!((back["state"].as_str(), back.get("code")), ("a state&more", None), "{change:?}");
        }
    }
    let twice = location(&login.show_accounts(&[request(), vec![("nonce", "another")]].concat()).await).1;
    assert_eq!(twice["error"], "invalid_request");
    let cancelled = location(&login.choose(&request(), &vec![("cancel", "1")]).await).1;
    assert_eq!((cancelled["error"].as_str(), cancelled["state"].as_str()), ("access_denied", "a state&more"));
}

#[tokio::test]
async fn nobody_logs_in_with_an_account_that_is_not_there() {
    let login = Login::start().await;
    for form in [vec![], vec![("account", "")], vec![("account", "dso")], vec![("account", "sly.gnesta"), ("account", "reader.gnesta")]] {
        assert_eq!(login.choose(&request(), &form).await.status, 400, "{form:?}");
    }
}

// ── the exchange ─────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_code_is_exchanged_once() {
    let login = Login::start().await;
    let code = login.code().await;
    assert_eq!(login.exchange(&code, &vec![], SECRET).await.status, 200);
    assert_refused(&login.exchange(&code, &vec![], SECRET).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_code_is_exchanged_only_by_the_one_who_asked_for_it_and_a_wrong_try_uses_it_up() {
    let login = Login::start().await;
    for change in [
        ("code_verifier", "another-verifier-that-is-long-enough-for-the-standard"),
        ("code_verifier", challenge()),
        ("redirect_uri", "http://127.0.0.1:8080/login/flen/callback"),
        ("redirect_uri", "http://127.0.0.1:8080/login/gnesta/callback/"),
    ] {
        let code = login.code().await;
        assert_refused(&login.exchange(&code, &vec![change], SECRET).await, 400, "invalid_grant");
        assert_refused(&login.exchange(&code, &vec![], SECRET).await, 400, "invalid_grant");
    }
    let code = login.code().await;
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    let elsewhere = form_request("/demo/provider/flen/token", &form.to_vec(), Some((CLIENT_ID, SECRET)));
    assert_refused(&login.send(elsewhere).await, 400, "invalid_grant");
    assert_eq!(login.exchange(&code, &vec![], SECRET).await.status, 200);
}

#[tokio::test]
async fn a_code_lasts_a_minute() {
    let login = Login::start().await;
    for (seconds, status) in [(59, 200), (60, 400)] {
        login.clock.set(now());
        let code = login.code().await;
        login.clock.set(now() + TimeDelta::seconds(seconds));
        assert_eq!(login.exchange(&code, &vec![], SECRET).await.status, status, "{seconds} s");
    }
}

#[tokio::test]
async fn only_the_client_with_its_secret_exchanges_and_a_wrong_secret_leaves_the_code_alone() {
    let login = Login::start().await;
    let code = login.code().await;
    let wrong = login.exchange(&code, &vec![], "another").await;
    assert_eq!(wrong.headers[header::WWW_AUTHENTICATE], "Basic realm=\"samverkan demo\"");
    assert_refused(&wrong, 401, "invalid_client");
    assert_refused(&login.exchange(&code, &vec![], "").await, 401, "invalid_client");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    for client in [None, Some(("somebody", SECRET))] {
        assert_refused(&login.send(form_request("/demo/provider/gnesta/token", &form.to_vec(), client)).await, 401, "invalid_client");
    }
    let mut strange = form_request("/demo/provider/gnesta/token", &form.to_vec(), None);
    strange.headers_mut().insert(header::AUTHORIZATION, "Bearer a".parse().unwrap());
    assert_refused(&login.send(strange).await, 401, "invalid_client");
    assert_refused(&login.exchange(&code, &vec![("client_secret", SECRET)], SECRET).await, 400, "invalid_request");
    assert_eq!(login.exchange(&code, &vec![], SECRET).await.status, 200);
}

#[tokio::test]
async fn a_malformed_exchange_is_told_as_such() {
    let login = Login::start().await;
    let code = login.code().await;
    for (change, error) in [
        (("grant_type", ""), "invalid_request"),
        (("grant_type", "password"), "unsupported_grant_type"),
        (("code", ""), "invalid_request"),
        (("redirect_uri", ""), "invalid_request"),
        (("code_verifier", ""), "invalid_request"),
    ] {
        assert_refused(&login.exchange(&code, &vec![change], SECRET).await, 400, error);
    }
    assert_refused(&login.exchange("no-such-code", &vec![], SECRET).await, 400, "invalid_grant");
    let mut json = form_request("/demo/provider/gnesta/token", &vec![("code", &code)], Some((CLIENT_ID, SECRET)));
    json.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    assert_refused(&login.send(json).await, 400, "invalid_request");
    assert_eq!(login.exchange(&code, &vec![], SECRET).await.status, 200);
}

fn assert_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (status, Some(error)), "{}", answer.text());
    assert!(answer.json().get("id_token").is_none());
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
}

// ── logging out ──────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_logout_leads_back_to_the_client_long_after_the_id_token_has_expired() {
    let login = Login::start().await;
    let hint = login.id_token().await;
    login.clock.set(now() + TimeDelta::hours(10));
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "http://127.0.0.1:8080/logged-out"), ("state", "å")];
    let by_link = login.end_session(&query.to_vec()).await;
    let by_form = login.send(form_request("/demo/provider/gnesta/end-session", &query.to_vec(), None)).await;
    for answer in [by_link, by_form] {
        assert_eq!(answer.status, 303);
        let (address, back) = location(&answer);
        assert_eq!((address.as_str(), back["state"].as_str()), ("http://127.0.0.1:8080/logged-out", "å"));
    }
    let without_state = login.end_session(&query[..2].to_vec()).await;
    assert_eq!(without_state.headers[header::LOCATION], "http://127.0.0.1:8080/logged-out");
}

#[tokio::test]
async fn a_logout_leads_nowhere_without_an_id_token_of_the_provider_and_nowhere_else_with_it() {
    let login = Login::start().await;
    let hint = login.id_token().await;
    let back = ("post_logout_redirect_uri", "http://127.0.0.1:8080/logged-out");
    let forged = format!("{}x", &hint[..hint.len() - 1]);
    for (query, status) in [
        (vec![], 200),
        (vec![back], 200),
        (vec![("id_token_hint", hint.as_str())], 200),
        (vec![("id_token_hint", "a.b.c"), back], 400),
        (vec![("id_token_hint", &forged), back], 400),
        (vec![("id_token_hint", &hint), ("client_id", "somebody"), back], 400),
        (vec![("id_token_hint", &hint), ("post_logout_redirect_uri", "https://evil.example/")], 400),
        (vec![("id_token_hint", &hint), ("post_logout_redirect_uri", "http://127.0.0.1:8080/logged-out/")], 400),
        (vec![("id_token_hint", &hint), back, back], 400),
    ] {
        let answer = login.end_session(&query).await;
        assert_eq!((answer.status.as_u16(), answer.headers.get(header::LOCATION)), (status, None), "{query:?}");
    }
    let elsewhere = format!("/demo/provider/flen/end-session?{}", encoded(&vec![("id_token_hint", &hint), back]));
    assert_eq!(login.get(&elsewhere).await.status, 400);
}
