//! Sessions: what the browser holds, what the database holds, when a session ends, and what programs get. S19.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::TimeDelta;
use samverkan::kernel::{clock::Clock, ids::hash};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{
    Running,
    person::{Person, SESSION},
};
use crate::{
    organisation::stored,
    support::{
        TestApp,
        browser::{Hop, Page},
    },
};

/// The cookie that tells a browser that began a login from others.
const BEGUN: &str = "__Host-samverkan-login";

/// The cookies that an answer lays into the browser.
fn laid(hop: &Hop) -> Vec<&str> {
    hop.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect()
}

/// Everything that is in the database, as text.
async fn everything(app: &TestApp) -> String {
    stored(app).await.join("\n")
}

impl Running {
    /// When a browser's session was used last, as far as the database knows.
    async fn last_seen(&self, person: &Person) -> chrono::DateTime<chrono::Utc> {
        use entity::session::{Column, Entity};
        let tx = self.app.app.db.read().await.unwrap();
        let found = Entity::find().filter(Column::TokenHash.eq(hash(person.session().unwrap()))).one(&tx).await.unwrap();
        found.unwrap().last_seen_at
    }

    /// The status of a query with this token as a program sends it.
    async fn as_bearer(&self, token: &str) -> StatusCode {
        self.app.anonymous().with_token(token).ask("{ viewer { name } }", json!({})).await.status
    }

    /// A request about programs' sessions, from a person's browser.
    async fn programs(&self, person: &mut Person, method: Method, path: &str, body: &Value) -> Page {
        let json = [("content-type", "application/json")];
        person.browser.fetch(method, &format!("{}/session/token{path}", self.rp), &json, &body.to_string()).await
    }
}

// ── the browser's cookie ─────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_cookies_are_for_this_host_only_over_tls_only_out_of_reach_of_scripts_and_of_other_sites_forms() {
    let running = Running::start().await;
    let mut anna = running.person();
    let page = anna.log_in("gnesta", "anna").await;
    let at = |path: &str| page.hops.iter().find(|hop| hop.url.as_str().starts_with(&format!("{}{path}", running.rp))).unwrap();
    let attributes = "; HttpOnly; SameSite=Lax; Secure; Path=/";
    let [begun] = laid(at("/login/gnesta"))[..] else { panic!("{page:#?}") };
    let (name, rest) = begun.split_once('=').unwrap();
    assert_eq!((name, rest.split_at(43).1), (BEGUN, format!("{attributes}; Max-Age=600").as_str()));
    // The session lasts until the browser is closed; the other cookie is left for a login that was begun beside this one.
    let [session] = laid(at("/login/gnesta/callback"))[..] else { panic!("{page:#?}") };
    assert_eq!(session, format!("{SESSION}={}{attributes}", anna.session().unwrap()));
    assert_eq!(anna.session().unwrap().len(), 43);
}

#[tokio::test]
async fn two_logins_that_a_browser_begins_side_by_side_both_end_well() {
    let running = Running::start().await;
    let mut anna = running.person();
    let beginning = format!("{}/login", running.rp);
    let callback = format!("{}/login/gnesta/callback", running.rp);
    let mut backs = Vec::new();
    for _ in 0..2 {
        anna.browser.stop_before(&callback);
        let page = anna.browser.log_in(&format!("{beginning}/gnesta"), "anna").await;
        backs.push(page.location().unwrap());
    }
    anna.browser.stop_nowhere();
    for back in backs {
        anna.browser.open(back.as_str()).await;
        assert!(anna.is_logged_in().await);
        anna.browser.cookies().retain(|cookie| cookie.name != SESSION);
    }
}

#[tokio::test]
async fn each_login_is_a_new_session_and_the_one_that_the_browser_had_is_over() {
    let running = Running::start().await;
    let (mut anna, mut elsewhere) = (running.person(), running.person());
    anna.log_in("gnesta", "anna").await;
    elsewhere.log_in("gnesta", "anna").await;
    let first = anna.session().unwrap().to_owned();
    anna.log_in("gnesta", "anna").await;
    let second = anna.session().unwrap().to_owned();
    assert_ne!(first, second);
    assert!(anna.is_logged_in().await);
    anna.plant(&first);
    assert!(!anna.is_logged_in().await);
    // Another browser of the same person goes on.
    assert!(elsewhere.is_logged_in().await);
    // Whoever logs in at another municipality has only that login.
    anna.plant(&second);
    anna.log_in("flen", "anna").await;
    assert_eq!(anna.viewer().await["municipality"]["slug"], "flen");
    anna.plant(&second);
    assert!(!anna.is_logged_in().await);
}

#[tokio::test]
async fn a_cookie_that_was_stolen_or_planted_before_the_login_is_worth_nothing_after_it() {
    let running = Running::start().await;
    let (mut victim, mut thief) = (running.person(), running.person());
    // A session that the thief has laid into the victim's browser: a text of the thief's, and a real one.
    thief.log_in("gnesta", "mallory").await;
    let planted = thief.session().unwrap().to_owned();
    victim.plant(&planted);
    // The victim begins; the thief copies all cookies.
    let begun = victim.browser.open(&format!("{}/login/gnesta", running.rp)).await;
    thief.browser.cookies().clear();
    let stolen = victim.browser.cookies().clone();
    assert!(stolen.iter().any(|cookie| cookie.name == BEGUN) && stolen.iter().any(|cookie| cookie.value == planted));
    thief.browser.cookies().extend(stolen.into_iter().filter(|cookie| cookie.origin == running.rp));
    let page = victim.browser.submit(&begun, &[("login", "anna")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(victim.viewer().await["name"], "anna");
    assert_ne!(victim.session().unwrap(), planted);
    // What the thief has is nobody's session now, and what the provider answered is used.
    assert!(!thief.is_logged_in().await);
    let callback = page.hops.iter().find(|hop| hop.url.path().ends_with("/callback")).unwrap().url.clone();
    let again = thief.browser.open(callback.as_str()).await;
    assert_eq!((again.status, again.reason().as_str()), (StatusCode::BAD_REQUEST, "STATE"));
    assert!(!thief.is_logged_in().await);
}

#[tokio::test]
async fn after_logging_out_the_cookie_is_gone_and_a_copy_of_it_is_nobodys() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let copy = anna.session().unwrap().to_owned();
    let answer = anna.log_out_here().await;
    assert_eq!(laid(&answer.hops[0]), [format!("{SESSION}=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0")]);
    assert_eq!(anna.session(), None);
    anna.plant(&copy);
    assert!(!anna.is_logged_in().await);
    assert!(!everything(&running.app).await.contains(&hash(&copy)));
    // Logging out twice is no fault.
    assert_eq!(anna.log_out_here().await.location().unwrap().as_str(), format!("{}/logged-out", running.rp));
}

// ── what is stored ───────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn no_table_holds_a_secret_that_a_browser_or_a_program_has() {
    let running = Running::start().await;
    let parameter = |url: &url::Url, name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let mut anna = running.person();
    let begun = anna.browser.open(&format!("{}/login/gnesta", running.rp)).await;
    let asked = begun.hops.iter().find(|hop| hop.url.path() == "/auth").unwrap().url.clone();
    let (state, nonce) = (parameter(&asked, "state"), parameter(&asked, "nonce"));
    let cookie = anna.browser.cookie(&running.rp, BEGUN).unwrap().to_owned();
    // While the provider is asked: the nonce and the verifier, which have to be sent and compared, and hashes of the rest.
    let pending = everything(&running.app).await;
    for (kept, secret) in [(true, &nonce), (false, &state), (true, &hash(&state)), (false, &cookie), (true, &hash(&cookie))] {
        assert_eq!(pending.contains(secret.as_str()), kept, "{secret}");
    }
    let verifier = {
        let tx = running.app.app.db.read().await.unwrap();
        entity::login_state::Entity::find().one(&tx).await.unwrap().unwrap().verifier
    };
    let page = anna.browser.submit(&begun, &[("login", "anna")]).await;
    let code = parameter(&page.hops.iter().find(|hop| hop.url.path().ends_with("/callback")).unwrap().url, "code");
    let session = anna.session().unwrap().to_owned();
    let program = anna.program("Skript").await["token"].as_str().unwrap().to_owned();
    let done = everything(&running.app).await;
    for gone in [&nonce, &verifier, &state, &hash(&state), &cookie, &hash(&cookie), &code, &session, &program] {
        assert!(!done.contains(gone.as_str()), "{gone} is stored");
    }
    for kept in [hash(&session), hash(&program)] {
        assert!(done.contains(&kept));
    }
}

// ── when a session ends ──────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_browsers_session_ends_an_hour_after_its_last_use_which_is_known_to_the_minute() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let begun = running.last_seen(&anna).await;
    running.pass(TimeDelta::seconds(59));
    assert!(anna.is_logged_in().await);
    assert_eq!(running.last_seen(&anna).await, begun, "each note of a use is a write");
    running.pass(TimeDelta::seconds(1));
    assert!(anna.is_logged_in().await);
    assert_eq!(running.last_seen(&anna).await, begun + TimeDelta::minutes(1));
    // Each use puts the end off.
    for _ in 0..3 {
        running.pass(TimeDelta::minutes(60) - TimeDelta::seconds(1));
        assert!(anna.is_logged_in().await);
    }
    running.pass(TimeDelta::minutes(60));
    assert!(!anna.is_logged_in().await);
    // What is over does not come back by being asked for.
    running.pass(TimeDelta::seconds(-1));
    assert!(anna.is_logged_in().await, "the hour was not over before");
}

#[tokio::test]
async fn whoever_reads_is_answered_also_while_the_use_of_the_session_cannot_be_noted() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let begun = running.last_seen(&anna).await;
    let writing = running.app.app.db.write().await.unwrap();
    running.pass(TimeDelta::minutes(1));
    assert!(anna.is_logged_in().await);
    assert_eq!(running.last_seen(&anna).await, begun);
    drop(writing);
    assert!(anna.is_logged_in().await);
    assert_eq!(running.last_seen(&anna).await, begun + TimeDelta::minutes(1));
}

#[tokio::test]
async fn a_browsers_session_ends_twelve_hours_after_the_login_however_much_it_is_used() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let end = running.app.clock.now() + TimeDelta::hours(12);
    for _ in 0..24 {
        assert!(anna.is_logged_in().await);
        running.pass(TimeDelta::minutes(30));
    }
    assert_eq!(running.app.clock.now(), end);
    assert!(!anna.is_logged_in().await);
    running.app.clock.set(end - TimeDelta::seconds(1));
    assert!(anna.is_logged_in().await);
}

#[tokio::test]
async fn the_times_are_those_of_the_settings() {
    let running = Running::start_with(Default::default(), |settings| {
        settings.session_idle = TimeDelta::minutes(5);
        settings.session_longest = TimeDelta::hours(1);
    })
    .await;
    let (mut idle, mut busy) = (running.person(), running.person());
    idle.log_in("gnesta", "anna").await;
    busy.log_in("gnesta", "anna").await;
    for minute in (0..60).step_by(4) {
        assert!(busy.is_logged_in().await, "{minute}");
        running.pass(TimeDelta::minutes(4));
    }
    assert!(!idle.is_logged_in().await);
    assert!(!busy.is_logged_in().await);
}

// ── programs ─────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_browsers_session_is_no_bearer_token_and_a_programs_no_cookie() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let browsers = anna.session().unwrap().to_owned();
    let programs = anna.program("Skript").await["token"].as_str().unwrap().to_owned();
    assert_eq!(running.as_bearer(&programs).await, StatusCode::OK);
    assert_eq!(running.as_bearer(&browsers).await, StatusCode::UNAUTHORIZED);
    anna.plant(&programs);
    assert!(!anna.is_logged_in().await);
    anna.plant(&browsers);
    assert!(anna.is_logged_in().await);
}

#[tokio::test]
async fn a_programs_session_has_a_name_is_shown_once_is_listed_and_can_be_ended() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let first = running.programs(&mut anna, Method::POST, "", &json!({ "name": " Nattens export ", "hours": 1 })).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let first = first.json();
    running.pass(TimeDelta::minutes(1));
    let second = anna.program("Skript").await;
    assert_eq!((&first["name"], &second["name"]), (&json!("Nattens export"), &json!("Skript")));
    let told = |program: &Value| {
        let mut program = program.clone();
        program.as_object_mut().unwrap().remove("token").unwrap();
        program
    };
    let listed = running.programs(&mut anna, Method::GET, "", &json!({})).await;
    assert_eq!(listed.json(), json!([told(&second), told(&first)]), "the newest first, and no token");
    // A browser does not say where it reads its own origin from.
    let unsaid = |cookie: &str| Request::get("/session/token").header("cookie", format!("{SESSION}={cookie}")).body(Body::empty()).unwrap();
    assert_eq!(running.app.send(unsaid(anna.session().unwrap())).await.json(), listed.json());

    let (id, token) = (first["id"].as_str().unwrap(), first["token"].as_str().unwrap());
    assert_eq!(running.as_bearer(token).await, StatusCode::OK);
    assert_eq!(running.programs(&mut anna, Method::DELETE, &format!("/{id}"), &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(running.as_bearer(token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(running.programs(&mut anna, Method::DELETE, &format!("/{id}"), &json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(running.programs(&mut anna, Method::GET, "", &json!({})).await.json(), json!([told(&second)]));
}

#[tokio::test]
async fn a_programs_session_lasts_as_long_as_was_asked_and_twelve_hours_at_most() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    for wrong in [
        json!({ "name": "x", "hours": 13 }),
        json!({ "name": "x", "hours": 0 }),
        json!({ "name": "x", "hours": -1 }),
        json!({ "name": "x", "hours": 1.5 }),
        json!({ "name": "" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "hours": 1 }),
        json!({ "name": "x", "role": "READER" }),
    ] {
        let refused = running.programs(&mut anna, Method::POST, "", &wrong).await;
        assert_eq!(
            (refused.status, &refused.json()["errors"][0]["extensions"]["code"]),
            (StatusCode::BAD_REQUEST, &json!("BAD_USER_INPUT"))
        );
    }
    let short = running.programs(&mut anna, Method::POST, "", &json!({ "name": "Kort", "hours": 2 })).await.json();
    let long = anna.program("Lång").await;
    let now = running.app.clock.now();
    for (program, hours) in [(short, 2), (long, 12)] {
        let token = program["token"].as_str().unwrap();
        running.app.clock.set(now + TimeDelta::hours(hours) - TimeDelta::seconds(1));
        assert_eq!(running.as_bearer(token).await, StatusCode::OK, "used for the first time");
        running.app.clock.set(now + TimeDelta::hours(hours));
        assert_eq!(running.as_bearer(token).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(
        running.programs(&mut anna, Method::GET, "", &json!({})).await.status,
        StatusCode::UNAUTHORIZED,
        "the browser's is over, too"
    );
}

#[tokio::test]
async fn a_program_makes_no_further_session_and_sees_and_ends_none() {
    let running = Running::start().await;
    let mut anna = running.person();
    anna.log_in("gnesta", "anna").await;
    let program = anna.program("Skript").await;
    let (id, token) = (program["id"].as_str().unwrap(), program["token"].as_str().unwrap());
    let count =
        async || running.programs(&mut running.browser_of(&anna), Method::GET, "", &json!({})).await.json().as_array().unwrap().len();
    let before = count().await;
    for (method, path) in [(Method::POST, String::new()), (Method::GET, String::new()), (Method::DELETE, format!("/{id}"))] {
        for credential in [("authorization", format!("Bearer {token}")), ("cookie", format!("{SESSION}={token}"))] {
            let request = Request::builder().method(&method).uri(format!("/session/token{path}"));
            let request =
                request.header("content-type", "application/json").header("origin", &running.rp).header(credential.0, credential.1);
            let answer = running.app.send(request.body(Body::from("{\"name\":\"Mera\"}")).unwrap()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
    assert_eq!(count().await, before);
    assert_eq!(running.as_bearer(token).await, StatusCode::OK);
}

impl Running {
    /// The same session in another browser.
    fn browser_of(&self, person: &Person) -> Person {
        let mut same = self.person();
        same.plant(person.session().unwrap());
        same
    }
}

#[tokio::test]
async fn programs_of_another_account_are_neither_listed_nor_ended() {
    let running = Running::start().await;
    let (mut anna, mut bertil, mut namesake) = (running.person(), running.person(), running.person());
    anna.log_in("gnesta", "anna").await;
    bertil.log_in("gnesta", "bertil").await;
    namesake.log_in("flen", "anna").await;
    let program = anna.program("Skript").await;
    let (id, token) = (program["id"].as_str().unwrap(), program["token"].as_str().unwrap());
    for other in [&mut bertil, &mut namesake] {
        assert_eq!(running.programs(other, Method::GET, "", &json!({})).await.json(), json!([]));
        let foreign = running.programs(other, Method::DELETE, &format!("/{id}"), &json!({})).await;
        let unknown = running.programs(other, Method::DELETE, &format!("/{}", crate::organisation::unknown(id)), &json!({})).await;
        let nonsense = running.programs(other, Method::DELETE, "/x", &json!({})).await;
        for answer in [foreign, unknown, nonsense] {
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, ""));
        }
    }
    assert_eq!(running.as_bearer(token).await, StatusCode::OK);
    // A browser's session is not ended here, its own neither.
    let tx = running.app.app.db.read().await.unwrap();
    let own = entity::session::Entity::find().filter(entity::session::Column::TokenHash.eq(hash(anna.session().unwrap()))).one(&tx).await;
    drop(tx);
    let own = samverkan::kernel::kinds::SessionId::new(own.unwrap().unwrap().id);
    assert_eq!(running.programs(&mut anna, Method::DELETE, &format!("/{own}"), &json!({})).await.status, StatusCode::NOT_FOUND);
    assert!(anna.is_logged_in().await);
}
