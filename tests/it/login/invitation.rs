//! An invitation binds a login to a person of the directory; nothing else does. And what the person then may do is in the records.

use axum::http::StatusCode;
use chrono::TimeDelta;
use samverkan::{
    auth::{Freshness, provider::RoleClaim},
    authz::Role,
    kernel::clock::{Clock, date_in_sweden},
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{Running, person::Person};
use crate::{
    organisation::{done_by, id, stored},
    support::{Client, mistakes, nodes},
};

/// The program with an administrator of Gnesta, and a person there whom nobody has invited yet.
struct Gnesta {
    running: Running,
    administrator: String,
    person: Value,
}

impl Gnesta {
    async fn start() -> Self {
        let running = Running::start().await;
        let administrator = running.enrol("administrator.gnesta").await;
        let new = json!({ "municipality": "gnesta", "name": "Nils Påhittad", "email": "nils@gnesta.example" });
        let person = done_by(&running.app.anonymous().with_token(&administrator), "createPerson", new).await;
        Self { running, administrator, person }
    }

    fn administrator(&self) -> Client<'_> {
        self.client(&self.administrator)
    }

    fn client(&self, token: &str) -> Client<'_> {
        self.running.app.anonymous().with_token(token)
    }

    fn today(&self) -> String {
        date_in_sweden(self.running.app.clock.now()).to_string()
    }

    /// The payload of `invitePerson`.
    async fn invited_by(&self, client: &Client<'_>, person: &Value, municipality: &str) -> Value {
        let input = json!({ "personId": person["id"], "municipality": municipality });
        client.mutate("invitePerson", "InvitePersonInput", input, "invitation { link expiresAt }").await
    }

    /// The link of an invitation by the administrator.
    async fn link(&self, person: &Value) -> String {
        let payload = self.invited_by(&self.administrator(), person, "gnesta").await;
        assert_eq!(mistakes(&payload), [], "{payload:#}");
        payload["invitation"]["link"].as_str().unwrap().to_owned()
    }

    /// A colleague of the person.
    async fn colleague(&self, name: &str) -> Value {
        done_by(&self.administrator(), "createPerson", json!({ "municipality": "gnesta", "name": name })).await
    }

    /// The subjects of the accounts at the provider of Gnesta.
    async fn accounts(&self) -> Vec<String> {
        let tx = self.running.app.app.db.read().await.unwrap();
        let accounts = entity::account::Entity::find().all(&tx).await.unwrap();
        let issuer = &self.running.providers.issuer("gnesta").issuer;
        accounts.into_iter().filter(|account| account.issuer == *issuer).map(|account| account.subject).collect()
    }

    /// How many invitations are stored.
    async fn invitations(&self) -> usize {
        let tx = self.running.app.app.db.read().await.unwrap();
        entity::invitation::Entity::find().all(&tx).await.unwrap().len()
    }
}

async fn person_of(person: &mut Person) -> Value {
    person.viewer().await["person"]["id"].take()
}

// ── binding ──────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_first_login_by_the_link_binds_and_what_the_records_say_of_the_person_holds_at_once() {
    let gnesta = Gnesta::start().await;
    let (administrator, today) = (gnesta.administrator(), gnesta.today());
    let boards = administrator.query("{ municipality(slug: \"gnesta\") { controllers { nodes { id name } } } }", json!({})).await;
    let board = id(nodes(&boards["municipality"]["controllers"]).iter().find(|board| board["name"] == "Socialnämnden").unwrap());
    let person = id(&gnesta.person);
    let mut nils = gnesta.running.person();
    nils.log_in("gnesta", "nils").await;
    let unbound = nils.viewer().await;
    assert_eq!((&unbound["name"], &unbound["person"], &unbound["roles"]), (&json!("nils"), &Value::Null, &json!([])));

    let role = json!({ "personId": person, "role": "READER", "municipality": "gnesta", "validFrom": today });
    done_by(&administrator, "grantRole", role).await;
    done_by(&administrator, "assignCoordinator", json!({ "personId": person, "controllerId": board, "validFrom": today })).await;
    let appointment = json!({ "personId": person, "controllerId": board, "loginAt": "gnesta", "validFrom": today });
    done_by(&administrator, "appointDataProtectionOfficer", appointment).await;
    assert_eq!(nils.viewer().await, unbound, "the records are of a person, and nobody has said that this is the one");

    let link = gnesta.link(&gnesta.person).await;
    assert!(link.starts_with(&format!("{}/login/gnesta?invitation=", gnesta.running.rp)), "{link}");
    nils.log_in_by(&link, "nils").await;
    let bound = nils.viewer().await;
    assert_eq!((&bound["name"], &bound["person"]["id"]), (&json!("Nils Påhittad"), &json!(person)));
    let mut roles: Vec<_> =
        bound["roles"].as_array().unwrap().iter().map(|role| (role["role"].as_str().unwrap(), &role["source"])).collect();
    roles.sort_unstable_by_key(|(role, _)| *role);
    let record = &json!("RECORD");
    assert_eq!(roles, [("COORDINATOR", record), ("DATA_PROTECTION_OFFICER", record), ("READER", record)]);
    // From now on without the link.
    let mut again = gnesta.running.person();
    again.log_in("gnesta", "nils").await;
    assert_eq!(again.viewer().await, bound);
}

#[tokio::test]
async fn a_link_works_once_and_leaves_nothing_of_whoever_comes_second() {
    let gnesta = Gnesta::start().await;
    let link = gnesta.link(&gnesta.person).await;
    let mut nils = gnesta.running.person();
    nils.log_in_by(&link, "nils").await;
    assert_eq!(person_of(&mut nils).await, gnesta.person["id"]);
    let mut other = gnesta.running.person();
    assert_eq!(other.refused_by(&link, "other").await, "INVITATION");
    assert!(!other.is_logged_in().await);
    assert!(!gnesta.accounts().await.contains(&"other".to_owned()));
    // Nor for the same person again; that login works without it.
    assert_eq!(gnesta.running.person().refused_by(&link, "nils").await, "INVITATION");
    gnesta.running.person().log_in("gnesta", "nils").await;
    let invented = format!("{}/login/gnesta?invitation=invented", gnesta.running.rp);
    assert_eq!(gnesta.running.person().refused_by(&invented, "nils").await, "INVITATION");
}

#[tokio::test]
async fn a_link_holds_for_seven_days() {
    let gnesta = Gnesta::start().await;
    let now = gnesta.running.app.clock.now();
    for (seconds, holds) in [(0, false), (1, true)] {
        let made = now - TimeDelta::days(7) + TimeDelta::seconds(seconds);
        gnesta.running.app.clock.set(made);
        let inviting = gnesta.running.enrol("administrator.gnesta").await;
        let payload = gnesta.invited_by(&gnesta.client(&inviting), &gnesta.person, "gnesta").await;
        let told: chrono::DateTime<chrono::Utc> = payload["invitation"]["expiresAt"].as_str().unwrap().parse().unwrap();
        assert!((told - now - TimeDelta::seconds(seconds)).abs() < TimeDelta::milliseconds(1), "{told}");
        gnesta.running.app.clock.set(now);
        let link = payload["invitation"]["link"].as_str().unwrap();
        let mut nils = gnesta.running.person();
        if holds {
            nils.log_in_by(link, "nils").await;
            assert_eq!(person_of(&mut nils).await, gnesta.person["id"]);
        } else {
            assert_eq!(nils.refused_by(link, "nils").await, "INVITATION");
        }
    }
}

#[tokio::test]
async fn a_newer_link_takes_the_place_of_an_older_one_of_the_same_person_only() {
    let gnesta = Gnesta::start().await;
    let colleague = gnesta.colleague("Karin Påhittad").await;
    let (old, of_colleague) = (gnesta.link(&gnesta.person).await, gnesta.link(&colleague).await);
    let new = gnesta.link(&gnesta.person).await;
    assert_ne!(old, new);
    assert_eq!(gnesta.invitations().await, 2);
    assert_eq!(gnesta.running.person().refused_by(&old, "nils").await, "INVITATION");
    for (link, login, person) in [(new, "nils", &gnesta.person), (of_colleague, "karin", &colleague)] {
        let mut browser = gnesta.running.person();
        browser.log_in_by(&link, login).await;
        assert_eq!(person_of(&mut browser).await, person["id"]);
    }
    assert_eq!(gnesta.invitations().await, 0);
}

#[tokio::test]
async fn a_link_is_worth_nothing_at_the_provider_of_another_municipality_and_still_holds_at_its_own() {
    let gnesta = Gnesta::start().await;
    let link = gnesta.link(&gnesta.person).await;
    for other in ["flen", "oxelosund", "katrineholm", "strangnas", "vingaker"] {
        let elsewhere = link.replace("/login/gnesta?", &format!("/login/{other}?"));
        assert_eq!(gnesta.running.person().refused_by(&elsewhere, "nils").await, "INVITATION", "{other}");
        let mut nils = gnesta.running.person();
        nils.log_in(other, "nils").await;
        assert_eq!(nils.viewer().await["person"], Value::Null, "{other}");
    }
    let mut nils = gnesta.running.person();
    nils.log_in_by(&link, "nils").await;
    assert_eq!(person_of(&mut nils).await, gnesta.person["id"]);
}

#[tokio::test]
async fn a_login_of_somebody_else_is_not_bound_anew_and_the_link_still_holds_for_the_right_one() {
    let gnesta = Gnesta::start().await;
    let colleague = gnesta.colleague("Karin Påhittad").await;
    let mut karin = gnesta.running.person();
    karin.log_in_by(&gnesta.link(&colleague).await, "karin").await;
    let link = gnesta.link(&gnesta.person).await;
    assert_eq!(gnesta.running.person().refused_by(&link, "karin").await, "BOUND_TO_ANOTHER");
    assert_eq!(person_of(&mut karin).await, colleague["id"]);
    let mut nils = gnesta.running.person();
    nils.log_in_by(&link, "nils").await;
    assert_eq!(person_of(&mut nils).await, gnesta.person["id"]);
}

#[tokio::test]
async fn who_logs_in_already_is_not_invited_again_by_anybody_who_could_then_become_that_person() {
    let gnesta = Gnesta::start().await;
    gnesta.running.person().log_in_by(&gnesta.link(&gnesta.person).await, "nils").await;
    let again = gnesta.invited_by(&gnesta.administrator(), &gnesta.person, "gnesta").await;
    assert_eq!(mistakes(&again), [("WRONG_STATE".to_owned(), "personId".to_owned())]);
    assert_eq!(gnesta.invitations().await, 0);
}

#[tokio::test]
async fn nobody_becomes_another_person_by_an_invitation_of_their_own() {
    let settings = vec![RoleClaim { path: vec!["roles".to_owned()], value: "admin".to_owned(), role: Role::MunicipalityAdministrator }];
    let running = Running::start_with(Freshness::default(), |login| {
        login
            .providers
            .iter_mut()
            .filter(|provider| provider.municipality == "gnesta")
            .for_each(|provider| provider.roles.clone_from(&settings));
    })
    .await;
    running.providers.put_account("gnesta", "sly", &json!({ "roles": ["admin"] })).await;
    let mut sly = running.person();
    sly.log_in("gnesta", "sly").await;
    let new = sly.done("createPerson", json!({ "municipality": "gnesta", "name": "Ombud Påhittad" }), "person { id }").await;
    let input = json!({ "personId": new["person"]["id"], "municipality": "gnesta" });
    let invited = sly.done("invitePerson", input, "invitation { link }").await;
    let link = invited["invitation"]["link"].as_str().unwrap();
    assert_eq!(running.person().refused_by(link, "sly").await, "OWN_INVITATION");
    let mut officer = running.person();
    officer.log_in_by(link, "ombud").await;
    assert_eq!(person_of(&mut officer).await, new["person"]["id"]);
}

#[tokio::test]
async fn no_claim_binds_a_login_however_well_it_matches_a_person() {
    let gnesta = Gnesta::start().await;
    let Value::String(person) = &gnesta.person["id"] else { unreachable!() };
    let claims = json!({ "email": "nils@gnesta.example", "email_verified": true, "name": "Nils Påhittad", "upn": "nils@gnesta.example",
        "preferred_username": "nils@gnesta.example", "oid": person, "person_id": person, "municipality": "flen", "roles": ["READER"] });
    for (slug, login) in [("gnesta", "nils"), ("gnesta", person), ("gnesta", "nils@gnesta.example"), ("flen", "nils")] {
        gnesta.running.providers.put_account(slug, login, &claims).await;
        let mut nils = gnesta.running.person();
        nils.log_in(slug, login).await;
        let viewer = nils.viewer().await;
        let expected = json!({ "name": "Nils Påhittad", "person": null, "municipality": { "slug": slug }, "roles": [] });
        assert_eq!(viewer, expected, "{slug} {login}");
    }
}

// ── who invites ──────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn only_an_administrator_of_the_municipality_invites_and_only_its_own_people() {
    let gnesta = Gnesta::start().await;
    for (persona, code, path) in [
        ("coordinator.gnesta", "FORBIDDEN", "municipality"),
        ("boardcoordinator.gnesta", "FORBIDDEN", "municipality"),
        // Who does not see the person is not told that there is one.
        ("reader.gnesta", "NOT_FOUND", "personId"),
        ("dso", "NOT_FOUND", "personId"),
        ("operator", "NOT_FOUND", "personId"),
        ("administrator.flen", "NOT_FOUND", "personId"),
        ("coordinator.flen", "NOT_FOUND", "personId"),
    ] {
        let token = gnesta.running.enrol(persona).await;
        let before = stored(&gnesta.running.app).await;
        let payload = gnesta.invited_by(&gnesta.client(&token), &gnesta.person, "gnesta").await;
        assert_eq!(mistakes(&payload), [(code.to_owned(), path.to_owned())], "{persona}");
        assert_eq!(payload["invitation"], Value::Null);
        assert!(before == stored(&gnesta.running.app).await, "{persona} was refused and changed the database");
    }
    // The own administrator invites neither to another municipality nor its people.
    let elsewhere = gnesta.invited_by(&gnesta.administrator(), &gnesta.person, "flen").await;
    assert_eq!(mistakes(&elsewhere), [("FORBIDDEN".to_owned(), "municipality".to_owned())]);
    let flen = gnesta.running.enrol("coordinator.flen").await;
    let of_flen = gnesta.client(&flen).query("{ viewer { person { id } } }", json!({})).await["viewer"]["person"].take();
    for municipality in ["gnesta", "flen"] {
        let payload = gnesta.invited_by(&gnesta.administrator(), &of_flen, municipality).await;
        assert_eq!(mistakes(&payload), [("FORBIDDEN".to_owned(), "municipality".to_owned())]);
    }
    assert_eq!(gnesta.invitations().await, 0);
}

#[tokio::test]
async fn the_cooperations_administrator_invites_the_first_administrator_of_a_municipality_and_nobody_afterwards() {
    let gnesta = Gnesta::start().await;
    let operator = gnesta.running.enrol("operator").await;
    let operator = gnesta.client(&operator);
    let administrator = gnesta.administrator().query("{ viewer { person { id } } }", json!({})).await["viewer"]["person"].take();
    let yesterday = (date_in_sweden(gnesta.running.app.clock.now()) - TimeDelta::days(1)).to_string();
    let role = |person: &Value, validity: Value| {
        let mut input = json!({ "personId": person["id"], "role": "MUNICIPALITY_ADMINISTRATOR", "municipality": "gnesta" });
        input.as_object_mut().unwrap().extend(validity.as_object().unwrap().clone());
        input
    };
    done_by(&gnesta.administrator(), "revokeRole", role(&administrator, json!({ "validTo": yesterday }))).await;
    done_by(&operator, "grantRole", role(&gnesta.person, json!({ "validFrom": gnesta.today() }))).await;
    // Nobody else administers: the one who was made is invited, and nobody else.
    let nobody = gnesta.invited_by(&operator, &administrator, "gnesta").await;
    assert_eq!(mistakes(&nobody), [("NOT_FOUND".to_owned(), "personId".to_owned())]);
    let first = gnesta.invited_by(&operator, &gnesta.person, "gnesta").await;
    assert_eq!(mistakes(&first), []);
    let mut nils = gnesta.running.person();
    nils.log_in_by(first["invitation"]["link"].as_str().unwrap(), "nils").await;
    assert_eq!(nils.viewer().await["roles"][0]["role"], "MUNICIPALITY_ADMINISTRATOR");
    // As soon as there is a second one, the first is invited by that one only.
    nils.done("grantRole", role(&administrator, json!({ "validFrom": gnesta.today() })), "roleGrant { role }").await;
    let late = gnesta.invited_by(&operator, &gnesta.person, "gnesta").await;
    assert_eq!(mistakes(&late), [("NOT_FOUND".to_owned(), "personId".to_owned())]);
}

#[tokio::test]
async fn nobody_is_invited_to_a_municipality_without_a_provider() {
    let mut gnesta = Gnesta::start().await;
    let mut settings = gnesta.running.app.app.logins.settings.clone();
    settings.providers.retain(|provider| provider.municipality != "gnesta");
    // The administrator's login is one of Gnesta, so that it ends with the provider; the operator of Flen asks.
    let operator = gnesta.running.enrol("operator").await;
    let administrator = gnesta.administrator().query("{ viewer { person { id } } }", json!({})).await["viewer"]["person"].take();
    gnesta.running.app.change_logins(settings, Freshness::default());
    let answer = gnesta.administrator().ask("{ viewer { name } }", json!({})).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let payload = gnesta.invited_by(&gnesta.client(&operator), &administrator, "gnesta").await;
    assert_eq!(mistakes(&payload), [("WRONG_STATE".to_owned(), "municipality".to_owned())]);
    assert_eq!(gnesta.invitations().await, 0);
}

// ── roles across municipalities ──────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_officer_is_one_only_at_the_login_that_the_appointment_names() {
    let running = Running::start().await;
    for slug in ["flen", "gnesta"] {
        running.enrol_at("dso", slug).await;
    }
    let (mut at_home, mut elsewhere) = (running.person(), running.person());
    at_home.log_in("flen", "dso").await;
    elsewhere.log_in("gnesta", "dso").await;
    let (here, there) = (at_home.viewer().await, elsewhere.viewer().await);
    assert_eq!(here["person"], there["person"], "the same person of the directory");
    assert_eq!(here["roles"].as_array().unwrap().len(), 24);
    assert!(here["roles"].as_array().unwrap().iter().all(|role| role["role"] == "DATA_PROTECTION_OFFICER"));
    assert_eq!((&there["municipality"]["slug"], &there["roles"]), (&json!("gnesta"), &json!([])));
    let agreements =
        async |person: &mut Person| person.query("{ agreements { totalCount } }", json!({})).await["agreements"]["totalCount"].take();
    assert_eq!(agreements(&mut elsewhere).await, 0);
    assert!(agreements(&mut at_home).await.as_u64().unwrap() > 0);
    // Without an appointment the login at home gives nothing: a colleague of the officer.
    let mut colleague = running.person();
    colleague.log_in("flen", "ombud").await;
    assert_eq!(agreements(&mut colleague).await, 0);
}

#[tokio::test]
async fn a_coordinator_of_a_joint_board_works_from_the_login_of_a_member() {
    let running = Running::start().await;
    let host = running.enrol("administrator.katrineholm").await;
    let client = running.app.anonymous().with_token(&host);
    let boards = "{ municipality(slug: \"katrineholm\") { controllers { nodes { id name memberMunicipalities { slug } } } } }";
    let boards = client.query(boards, json!({})).await;
    let joint = nodes(&boards["municipality"]["controllers"]).iter().find(|board| board["name"] == "Viadidaktnämnden").unwrap().clone();
    assert!(joint["memberMunicipalities"].as_array().unwrap().contains(&json!({ "slug": "vingaker" })), "{joint:#}");
    let member = running.enrol("reader.vingaker").await;
    let person = running.app.anonymous().with_token(&member).query("{ viewer { person { id } } }", json!({})).await;
    // The host sees coordinators and officers of others, so that the person is a coordinator at home first.
    let at_home = running.enrol("administrator.vingaker").await;
    let at_home = running.app.anonymous().with_token(&at_home);
    let boards = at_home.query("{ municipality(slug: \"vingaker\") { controllers { nodes { id name } } } }", json!({})).await;
    let social = nodes(&boards["municipality"]["controllers"]).iter().find(|board| board["name"] == "Socialnämnden").unwrap().clone();
    let today = date_in_sweden(running.app.clock.now()).to_string();
    for (client, board) in [(&at_home, &social), (&client, &joint)] {
        let input = json!({ "personId": person["viewer"]["person"]["id"], "controllerId": id(board), "validFrom": today });
        done_by(client, "assignCoordinator", input).await;
    }
    let mut coordinator = running.person();
    coordinator.log_in("vingaker", "reader.vingaker").await;
    let viewer = coordinator.viewer().await;
    let roles: Vec<_> = viewer["roles"].as_array().unwrap().iter().filter(|role| role["role"] == "COORDINATOR").collect();
    let mut names: Vec<_> = roles.iter().map(|role| role["controller"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Socialnämnden", "Viadidaktnämnden"], "{viewer:#}");
    // The same person at the provider of a municipality that is no member of the board is its coordinator nowhere.
    running.enrol_at("reader.vingaker", "strangnas").await;
    let mut elsewhere = running.person();
    elsewhere.log_in("strangnas", "reader.vingaker").await;
    assert_eq!(elsewhere.viewer().await["roles"], json!([]));
}
