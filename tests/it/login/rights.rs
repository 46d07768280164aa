//! Rights are judged anew at each request: what changes in the settings, in the mapping of claims and in the records holds from the
//! next request on, in sessions that have begun, too.

use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use samverkan::{
    auth::{
        Freshness,
        provider::{LoginSettings, Provider, RoleClaim},
    },
    authz::Role,
    kernel::clock::{Clock, date_in_sweden},
};
use serde_json::{Value, json};

use super::{Running, person::SESSION};
use crate::{
    organisation::{done_by, id},
    support::{Client, nodes},
};

impl Running {
    /// What the browser with this session and the program with this one are told of their roles; nothing where they are nobody.
    async fn roles(&self, browsers: &str, programs: &str) -> Option<Value> {
        let query = "{ viewer { roles { role source } } }";
        let request = Request::post("/graphql").header("content-type", "application/json").header("accept-language", "en");
        let request = request
            .header("origin", &self.rp)
            .header("cookie", format!("{SESSION}={browsers}"))
            .body(Body::from(json!({ "query": query }).to_string()));
        let by_cookie = self.app.send(request.unwrap()).await;
        let by_bearer = self.app.anonymous().with_token(programs).ask(query, json!({})).await;
        assert_eq!((by_cookie.status, by_cookie.json()), (by_bearer.status, by_bearer.json()));
        (by_cookie.status == 200).then(|| by_cookie.json()["data"]["viewer"]["roles"].take())
    }

    /// The settings that hold, changed.
    fn settings(&self, change: impl Fn(&mut LoginSettings)) -> LoginSettings {
        let mut settings = self.app.app.logins.settings.clone();
        change(&mut settings);
        settings
    }

    fn client(&self, token: &str) -> Client<'_> {
        self.app.anonymous().with_token(token)
    }

    fn yesterday(&self) -> String {
        (date_in_sweden(self.app.clock.now()) - TimeDelta::days(1)).to_string()
    }

    /// A persona in a browser and with a program: both sessions.
    async fn sessions_of(&self, persona: &str, slug: &str) -> (String, String) {
        self.enrol(persona).await;
        let mut person = self.person();
        person.log_in(slug, persona).await;
        let program = person.program("Skript").await["token"].as_str().unwrap().to_owned();
        (person.session().unwrap().to_owned(), program)
    }
}

fn provider<'a>(settings: &'a mut LoginSettings, slug: &str) -> &'a mut Provider {
    settings.providers.iter_mut().find(|provider| provider.municipality == slug).unwrap()
}

// ── settings ─────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_session_ends_when_its_provider_leaves_the_settings_and_does_not_follow_it_to_another_municipality() {
    let mut running = Running::start().await;
    let (browsers, programs) = running.sessions_of("coordinator.gnesta", "gnesta").await;
    let (of_flen, program_of_flen) = running.sessions_of("reader.flen", "flen").await;
    assert!(running.roles(&browsers, &programs).await.is_some());
    let before = running.app.app.logins.settings.clone();
    let left = running.settings(|settings| settings.providers.retain(|provider| provider.municipality != "gnesta"));
    let moved = running.settings(|settings| {
        settings.providers.retain(|provider| provider.municipality != "strangnas");
        "strangnas".clone_into(&mut provider(settings, "gnesta").municipality);
    });
    let renamed = running.settings(|settings| provider(settings, "gnesta").issuer.push('/'));
    for changed in [left, moved, renamed] {
        running.app.change_logins(changed, Freshness::default());
        assert_eq!(running.roles(&browsers, &programs).await, None);
        assert!(running.roles(&of_flen, &program_of_flen).await.is_some());
    }
    // Nothing was lost by it.
    running.app.change_logins(before, Freshness::default());
    assert!(running.roles(&browsers, &programs).await.is_some());
}

fn claim(path: &[&str], value: &str, role: Role) -> RoleClaim {
    RoleClaim { path: path.iter().map(|name| (*name).to_owned()).collect(), value: value.to_owned(), role }
}

#[tokio::test]
async fn a_role_by_claim_holds_while_the_mapping_has_it() {
    let administrator = claim(&["roles"], "Samverkan.Admin", Role::MunicipalityAdministrator);
    let reader = claim(&["realm_access", "roles"], "reader", Role::Reader);
    let mut running = Running::start_with(Freshness::default(), |settings| {
        provider(settings, "gnesta").roles = vec![administrator.clone(), reader.clone()];
    })
    .await;
    let claims = json!({ "roles": ["Other", "Samverkan.Admin"], "realm_access": { "roles": ["reader"] }, "role": "READER" });
    for slug in ["gnesta", "flen"] {
        running.providers.put_account(slug, "karin", &claims).await;
    }
    let mut karin = running.person();
    karin.log_in("gnesta", "karin").await;
    let viewer = karin.query("{ viewer { person { id } can roles { role source validFrom municipality { slug } } } }", json!({})).await;
    let role = |role: &str| json!({ "role": role, "source": "PROVIDER_CLAIM", "validFrom": null, "municipality": { "slug": "gnesta" } });
    assert_eq!(viewer["viewer"]["roles"], json!([role("MUNICIPALITY_ADMINISTRATOR"), role("READER")]));
    assert!(viewer["viewer"]["can"].as_array().unwrap().contains(&json!("GRANT_ROLE")));
    assert_eq!(viewer["viewer"]["person"], Value::Null);
    let agreements = karin.query("{ agreements { totalCount } }", json!({})).await["agreements"]["totalCount"].as_u64().unwrap();
    assert!(agreements > 0);
    // The same words from a provider for which nothing is mapped.
    let mut elsewhere = running.person();
    elsewhere.log_in("flen", "karin").await;
    assert_eq!(elsewhere.viewer().await["roles"], json!([]));

    let programs = karin.program("Skript").await["token"].as_str().unwrap().to_owned();
    let browsers = karin.session().unwrap().to_owned();
    let source = |role: &str| json!({ "role": role, "source": "PROVIDER_CLAIM" });
    for (mapping, roles) in [
        (vec![reader.clone()], json!([source("READER")])),
        (vec![claim(&["roles"], "samverkan.admin", Role::MunicipalityAdministrator)], json!([])),
        (vec![], json!([])),
        (vec![administrator], json!([source("MUNICIPALITY_ADMINISTRATOR")])),
        (vec![claim(&["realm_access", "roles"], "reader", Role::MunicipalityAdministrator)], json!([source("MUNICIPALITY_ADMINISTRATOR")])),
    ] {
        let changed = running.settings(|settings| provider(settings, "gnesta").roles.clone_from(&mapping));
        running.app.change_logins(changed, Freshness::default());
        assert_eq!(running.roles(&browsers, &programs).await, Some(roles), "{mapping:?}");
    }
    // What the provider says no more is gone with the next login.
    running.providers.put_account("gnesta", "karin", &json!({ "roles": ["Other"] })).await;
    karin.log_in("gnesta", "karin").await;
    assert_eq!(karin.viewer().await["roles"], json!([]));
}

// ── records ──────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_end_of_a_membership_ends_the_sessions_of_that_municipality_and_lets_nobody_log_in() {
    let running = Running::start().await;
    let operator = running.enrol("operator").await;
    let (browsers, programs) = running.sessions_of("coordinator.gnesta", "gnesta").await;
    let (of_flen, program_of_flen) = running.sessions_of("reader.flen", "flen").await;
    let member_to = async |day: Value| {
        let client = running.client(&operator);
        let known = client.query("{ municipality(slug: \"gnesta\") { version } }", json!({})).await;
        let input = json!({ "slug": "gnesta", "expectedVersion": known["municipality"]["version"], "memberTo": day });
        done_by(&client, "recordMunicipality", input).await;
    };
    member_to(json!(running.yesterday())).await;
    assert_eq!(running.roles(&browsers, &programs).await, None);
    assert!(running.roles(&of_flen, &program_of_flen).await.is_some());
    let link = format!("{}/login/gnesta", running.rp);
    assert_eq!(running.person().refused_by(&link, "coordinator.gnesta").await, "NOT_A_MEMBER");
    assert_eq!(running.person().refused_by(&link, "somebody new").await, "NOT_A_MEMBER");
    member_to(json!(date_in_sweden(running.app.clock.now()).to_string())).await;
    assert!(running.roles(&browsers, &programs).await.is_some(), "today is the last day");
}

#[tokio::test]
async fn a_role_that_is_revoked_is_gone_with_the_next_request() {
    let running = Running::start().await;
    let administrator = running.enrol("administrator.gnesta").await;
    let (browsers, programs) = running.sessions_of("reader.gnesta", "gnesta").await;
    assert_eq!(running.roles(&browsers, &programs).await, Some(json!([{ "role": "READER", "source": "RECORD" }])));
    let person = running.client(&programs).query("{ viewer { person { id } } }", json!({})).await["viewer"]["person"].take();
    let input = json!({ "personId": person["id"], "role": "READER", "municipality": "gnesta", "validTo": running.yesterday() });
    done_by(&running.client(&administrator), "revokeRole", input).await;
    assert_eq!(running.roles(&browsers, &programs).await, Some(json!([])));
}

/// The assignments and appointments that the boards of Gnesta have.
async fn boards(client: &Client<'_>) -> Vec<Value> {
    let query = "{ municipality(slug: \"gnesta\") { controllers { nodes { name coordinators { id version person { id } }
      dataProtectionOfficerAppointments { id version } } } } }";
    nodes(&client.query(query, json!({})).await["municipality"]["controllers"]).clone()
}

#[tokio::test]
async fn an_assignment_that_ends_takes_the_coordinators_role_with_it() {
    let running = Running::start().await;
    let administrator = running.enrol("administrator.gnesta").await;
    let (browsers, programs) = running.sessions_of("boardcoordinator.gnesta", "gnesta").await;
    assert_eq!(running.roles(&browsers, &programs).await, Some(json!([{ "role": "COORDINATOR", "source": "RECORD" }])));
    let person = running.client(&programs).query("{ viewer { person { id } } }", json!({})).await["viewer"]["person"].take();
    let client = running.client(&administrator);
    let assignments: Vec<_> = boards(&client).await.iter().flat_map(|board| board["coordinators"].as_array().unwrap().clone()).collect();
    let [assignment] = &assignments.iter().filter(|one| one["person"]["id"] == person["id"]).collect::<Vec<_>>()[..] else {
        panic!("{assignments:#?}")
    };
    let end = json!({ "assignmentId": id(assignment), "expectedVersion": assignment["version"], "validTo": running.yesterday() });
    done_by(&client, "endCoordinatorAssignment", end).await;
    assert_eq!(running.roles(&browsers, &programs).await, Some(json!([])));
}

#[tokio::test]
async fn an_appointment_that_ends_takes_the_officers_role_for_that_board_with_it() {
    let running = Running::start().await;
    let administrator = running.enrol("administrator.gnesta").await;
    let (browsers, programs) = running.sessions_of("dso", "flen").await;
    let held = async || running.roles(&browsers, &programs).await.unwrap().as_array().unwrap().len();
    assert_eq!(held().await, 24);
    let client = running.client(&administrator);
    let board = boards(&client).await.remove(0);
    let appointment = &board["dataProtectionOfficerAppointments"][0];
    let end = json!({ "appointmentId": id(appointment), "expectedVersion": appointment["version"], "validTo": running.yesterday(),
        "endReason": "LEFT_POST" });
    done_by(&client, "endDataProtectionOfficerAppointment", end).await;
    assert_eq!(held().await, 23);
}
