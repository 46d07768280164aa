//! The providers themselves, before anybody relies on them: what the other tests of the login take for granted.

use axum::{
    Router,
    http::{Method, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};
use url::Url;

use crate::support::{
    browser::{Browser, http},
    providers::{CLIENT_ID, Counts, Providers, SLUGS, VERIFIER, decoded},
};

/// A relying party that nobody reaches.
const RP: &str = "http://127.0.0.1:1";

async fn get(url: &str) -> Value {
    http().get(url).send().await.unwrap().json().await.unwrap()
}

/// The `kid` of each key in an issuer's key set.
async fn kids(providers: &Providers, slug: &str) -> Vec<String> {
    let set = get(&format!("{}/jwks", providers.issuer(slug).issuer)).await;
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

#[tokio::test]
async fn each_of_the_six_is_an_issuer_of_its_own_and_counts_who_asks() {
    let providers = Providers::start(RP);
    let mut seen = Vec::new();
    for slug in SLUGS {
        let issuer = &providers.issuer(slug).issuer;
        let discovery = get(&format!("{issuer}/.well-known/openid-configuration")).await;
        assert_eq!(discovery["issuer"], issuer.as_str());
        assert_eq!(discovery["code_challenge_methods_supported"], json!(["S256"]));
        for ability in ["authorization_response_iss_parameter_supported", "backchannel_logout_session_supported"] {
            assert_eq!(discovery[ability], true, "{ability} of {slug}");
        }
        assert_eq!(kids(&providers, slug).await.len(), 1);
        seen.extend([issuer.clone(), providers.issuer(slug).client_secret.clone(), kids(&providers, slug).await.remove(0)]);
        assert_eq!(providers.counts(slug).await, Counts { discovery: 1, jwks: 2, token: 0 });
        providers.reset_counts(slug).await;
        assert_eq!(providers.counts(slug).await, Counts::default());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3 * SLUGS.len(), "issuers, secrets and keys are all different");
}

#[tokio::test]
async fn a_login_with_code_and_pkce_gives_tokens_with_the_claims_of_the_account() {
    let providers = Providers::start(RP);
    let claims = json!({ "roles": ["Samverkan.Reader"], "tid": "t", "_claim_names": { "groups": "x" }, "odd": { "deep": [1, null] } });
    providers.put_account("gnesta", "påhittad person/1", &claims).await;
    let callback = providers.callback("gnesta", "påhittad person/1", VERIFIER).await;
    assert!(callback.as_str().starts_with("http://127.0.0.1:1/login/gnesta/callback?code="));
    assert_eq!(parameter(&callback, "state"), "a-state");
    assert_eq!(parameter(&callback, "iss"), providers.issuer("gnesta").issuer);

    let (status, tokens) = providers.redeem("gnesta", &callback, VERIFIER).await;
    assert_eq!(status, StatusCode::OK, "{tokens:#}");
    let (header, id_token) = decoded(tokens["id_token"].as_str().unwrap());
    assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &json!(kids(&providers, "gnesta").await[0])));
    assert_eq!((&id_token["sub"], &id_token["aud"]), (&json!("påhittad person/1"), &json!(CLIENT_ID)));
    assert_eq!((&id_token["iss"], &id_token["nonce"]), (&json!(providers.issuer("gnesta").issuer), &json!("a-nonce")));
    assert!(id_token["sid"].is_string(), "{id_token:#}");
    for claim in ["roles", "tid", "odd"] {
        assert_eq!(id_token[claim], claims[claim], "{claim}");
    }
    let (header, access_token) = decoded(tokens["access_token"].as_str().unwrap());
    assert_eq!((&header["typ"], &access_token["aud"]), (&json!("at+jwt"), &json!("api://samverkan")));
    assert_eq!((&access_token["sub"], &access_token["roles"]), (&id_token["sub"], &id_token["roles"]));

    // What is put later is in the next tokens.
    providers.put_account("gnesta", "påhittad person/1", &json!({ "roles": [] })).await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let (status, tokens) = providers.ask_for_tokens("gnesta", &refresh).await;
    assert_eq!(status, StatusCode::OK, "{tokens:#}");
    let (_, id_token) = decoded(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id_token["roles"], &id_token["tid"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn a_wrong_verifier_is_refused_and_a_code_that_was_used_and_one_of_another_issuer() {
    let providers = Providers::start(RP);
    let callback = providers.callback("flen", "anna", VERIFIER).await;
    let refused =
        |(status, answer): (StatusCode, Value)| assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    refused(providers.redeem("flen", &callback, &VERIFIER.replace('a', "b")).await);
    let callback = providers.callback("flen", "anna", VERIFIER).await;
    refused(providers.redeem("gnesta", &callback, VERIFIER).await);
    assert_eq!(providers.redeem("flen", &callback, VERIFIER).await.0, StatusCode::OK);
    refused(providers.redeem("flen", &callback, VERIFIER).await);
}

#[tokio::test]
async fn whoever_cancels_comes_back_with_an_error_of_that_issuer() {
    let providers = Providers::start(RP);
    let mut browser = Browser::new();
    browser.stop_before(RP);
    let asked = browser.open(providers.authorization_url("flen", VERIFIER).as_str()).await;
    let back = browser.submit(&asked, &[("cancel", "yes")]).await.location().unwrap();
    assert_eq!(parameter(&back, "error"), "access_denied");
    assert_eq!(parameter(&back, "iss"), providers.issuer("flen").issuer);
    // A hint is as good as a name in the form.
    let mut hinted = providers.authorization_url("flen", VERIFIER);
    hinted.query_pairs_mut().append_pair("login_hint", "anna");
    parameter(&browser.open(hinted.as_str()).await.location().unwrap(), "code");
}

#[tokio::test]
async fn a_new_key_signs_and_the_old_one_stays_in_the_key_set_or_leaves_it() {
    let providers = Providers::start(RP);
    let first = kids(&providers, "vingaker").await;
    let second = providers.rotate("vingaker", true).await;
    assert_eq!(kids(&providers, "vingaker").await, [second.as_str(), &first[0]]);
    let tokens = providers.tokens("vingaker", "anna").await;
    for token in ["id_token", "access_token"] {
        assert_eq!(decoded(tokens[token].as_str().unwrap()).0["kid"], second, "{token}");
    }
    let third = providers.rotate("vingaker", false).await;
    assert_eq!(kids(&providers, "vingaker").await, [third.as_str()]);
    let made = providers.sign("vingaker", &json!({ "typ": "logout+jwt" }), &json!({ "sub": "anna" })).await;
    assert_eq!(decoded(&made), (json!({ "alg": "RS256", "kid": third, "typ": "logout+jwt" }), json!({ "sub": "anna" })));
    // The others go on as before.
    assert_eq!(kids(&providers, "flen").await.len(), 1);
}

#[tokio::test]
async fn an_issuer_sends_forged_id_tokens_while_it_is_asked_to() {
    let providers = Providers::start(RP);
    let id_token = async || providers.tokens("flen", "anna").await["id_token"].as_str().unwrap().to_owned();
    providers.forge("flen", &json!({ "header": { "typ": "JWT" }, "payload": { "aud": ["else"], "sid": null } })).await;
    let (header, payload) = decoded(&id_token().await);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    assert_eq!((&payload["aud"], payload.get("sid")), (&json!(["else"]), None));
    assert_eq!((&payload["sub"], &payload["nonce"]), (&json!("anna"), &json!("a-nonce")));
    providers.forge("flen", &json!({ "header": { "alg": "none", "kid": null } })).await;
    let unsigned = id_token().await;
    assert!(unsigned.ends_with('.'), "{unsigned}");
    assert_eq!(decoded(&unsigned).0, json!({ "alg": "none" }));
    providers.forge("flen", &json!({ "header": { "alg": "HS256" } })).await;
    assert_eq!(id_token().await.rsplit('.').next().unwrap().len(), 43);
    providers.forge("flen", &json!({ "token": "not even a token" })).await;
    assert_eq!(id_token().await, "not even a token");
    providers.forge("flen", &json!({})).await;
    assert_eq!(decoded(&id_token().await).1["aud"], CLIENT_ID);
}

#[tokio::test]
async fn an_issuer_that_is_down_refuses_connections_and_comes_back_on_its_port_with_all_it_knew() {
    let providers = Providers::start(RP);
    let callback = providers.callback("katrineholm", "anna", VERIFIER).await;
    let keys = kids(&providers, "katrineholm").await;
    let jwks = format!("{}/jwks", providers.issuer("katrineholm").issuer);
    providers.down("katrineholm").await;
    assert!(http().get(&jwks).send().await.unwrap_err().is_connect());
    assert_eq!(kids(&providers, "flen").await.len(), 1);
    providers.up("katrineholm").await;
    assert_eq!(kids(&providers, "katrineholm").await, keys);
    assert_eq!(providers.redeem("katrineholm", &callback, VERIFIER).await.0, StatusCode::OK);
}

#[tokio::test]
async fn logging_out_at_the_provider_tells_the_relying_party_and_leads_back_to_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rp = format!("http://{}", listener.local_addr().unwrap());
    let providers = Providers::start(&rp);
    let (tell, mut told) = mpsc::unbounded_channel();
    let hear = move |body: String| async move { tell.send(body).unwrap() };
    let router = Router::new().route("/login/flen/backchannel-logout", post(hear));
    tokio::spawn(async { axum::serve(listener, router).await });

    let mut browser = Browser::new();
    browser.stop_before(&rp);
    let callback = browser.log_in(providers.authorization_url("flen", VERIFIER).as_str(), "anna").await.location().unwrap();
    let tokens = providers.redeem("flen", &callback, VERIFIER).await.1;
    let id_token = tokens["id_token"].as_str().unwrap();
    let logged_out = format!("{rp}/logged-out");
    let end = format!("{}/session/end", providers.issuer("flen").issuer);
    let end = Url::parse_with_params(&end, [("id_token_hint", id_token), ("post_logout_redirect_uri", &logged_out)]).unwrap();
    let asked = browser.open(end.as_str()).await;
    let left = browser.submit(&asked, &[("logout", "yes")]).await;
    assert_eq!(left.location().unwrap().as_str(), logged_out);

    let body = told.recv().await.unwrap();
    let (header, logout) = decoded(body.strip_prefix("logout_token=").unwrap());
    assert_eq!(header["typ"], "logout+jwt");
    assert_eq!((&logout["sub"], &logout["sid"]), (&json!("anna"), &decoded(id_token).1["sid"]));
    assert!(logout["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
    // The provider knows the browser no more, and nobody else can log it out.
    assert!(browser.open(providers.authorization_url("flen", VERIFIER).as_str()).await.body.contains("name=\"login\""));
    assert_eq!(browser.fetch(Method::POST, &format!("{rp}/logged-out"), &[], "").await.status, StatusCode::NOT_FOUND);
}
