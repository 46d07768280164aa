//! What the system keeps of its users goes in time, and the audit log tells of it: each row of the table just before and just after.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{account, invitation, login_state, municipality, person, remembered_answer, session, used_logout_token};
use samverkan::{
    app::Asking,
    auth::session::{SessionKind, WithoutLogin, open_without_login},
    authz::{Grant, Role, RoleSource, Viewer},
    domain::audit::{
        self, Doing, Touched,
        model::{Actor, Change, FieldChange},
        repo::AuditFilter,
        verify,
    },
    kernel::{
        clock::date_in_sweden,
        code::Code,
        id::Id,
        kinds::{AccountId, MunicipalityId, PersonId},
        page::Page,
    },
    retention::{self, rules::Kept},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use strum::VariantArray;
use uuid::Uuid;

use crate::{
    organisation::{board, done, id, login, node, refused, stored, withdrawal},
    processor::{draft, import::upload, register},
    support::{
        TestApp, nodes, now,
        process::{Place, assert_refused, run},
    },
};

/// The instant that is written so.
fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What is disposed of at an instant.
async fn counted(app: &TestApp, instant: DateTime<Utc>, dry_run: bool) -> Vec<(Kept, u64)> {
    app.clock.set(instant);
    retention::dispose(&app.app.db, &app.app.ids, instant, TimeDelta::minutes(60), dry_run).await.unwrap()
}

/// How much of one row of the table is disposed of at an instant.
async fn disposed(app: &TestApp, instant: &str, kept: Kept) -> u64 {
    let counted = counted(app, at(instant), false).await;
    counted.into_iter().find(|(row, _)| *row == kept).unwrap().1
}

async fn gnesta(app: &TestApp) -> MunicipalityId {
    municipality_of(app, "gnesta").await
}

async fn municipality_of(app: &TestApp, slug: &str) -> MunicipalityId {
    let tx = app.app.db.read().await.unwrap();
    let found = municipality::Entity::find().filter(municipality::Column::Slug.eq(slug)).one(&tx).await.unwrap();
    Id::new(found.unwrap().id)
}

/// The login with this subject.
async fn account_of(app: &TestApp, subject: &str) -> Option<account::Model> {
    let tx = app.app.db.read().await.unwrap();
    account::Entity::find().filter(account::Column::Subject.eq(subject)).one(&tx).await.unwrap()
}

async fn stored_person(app: &TestApp, person: &str) -> person::Model {
    let tx = app.app.db.read().await.unwrap();
    person::Entity::find_by_id(key(person)).one(&tx).await.unwrap().unwrap()
}

fn key(person: &str) -> Uuid {
    PersonId::parse(person).unwrap().key()
}

/// Somebody new of a municipality.
async fn new_person(app: &TestApp, slug: &str, name: &str) -> String {
    let input = json!({ "municipality": slug, "name": name, "email": "borta@exempel.example", "phone": "010-000 00 09" });
    id(&done(app, &format!("administrator.{slug}"), "createPerson", input).await)
}

/// Something that somebody did with a login of Gnesta, to the record of a person.
async fn act(app: &TestApp, instant: &str, actor: Actor, record: PersonId) {
    let gnesta = gnesta(app).await;
    let tx = app.app.db.write().await.unwrap();
    let doing = Doing { tx: &tx, ids: &app.app.ids, now: at(instant), actor, role: None, at: gnesta, action: "updatePerson" };
    audit::record(&doing, Touched::municipality(gnesta), Change::of(record), ()).await.unwrap().into_inner();
    tx.commit().await.unwrap();
}

// ── what opens something ─────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_session_is_deleted_when_it_has_expired_and_a_browsers_also_when_it_was_not_used_for_too_long() {
    let app = TestApp::start().await;
    let programs = u64::try_from(app.personas().len()).unwrap();
    let account = account_of(&app, "reader.gnesta").await.unwrap();
    for (token, last_seen_at) in [("asleep", now()), ("awake", now() + TimeDelta::hours(11))] {
        let tx = app.app.db.write().await.unwrap();
        let row = session::ActiveModel {
            id: Set(app.app.ids.uuid(now())),
            kind: Set(SessionKind::Browser.code().to_owned()),
            token_hash: Set(token.to_owned()),
            account_id: Set(account.id),
            provider_session: Set(None),
            id_token: Set(None),
            claims: Set(json!([])),
            name: Set(None),
            created_at: Set(now()),
            last_seen_at: Set(last_seen_at),
            expires_at: Set(now() + TimeDelta::hours(12)),
        };
        session::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(disposed(&app, "2026-11-22T11:59:59.999999Z", Kept::Sessions).await, 0);
    assert_eq!(disposed(&app, "2026-11-22T12:00:00Z", Kept::Sessions).await, 1);
    assert_eq!(disposed(&app, "2026-11-22T22:59:59.999999Z", Kept::Sessions).await, 0);
    assert_eq!(disposed(&app, "2026-11-22T23:00:00Z", Kept::Sessions).await, programs + 1);
    assert_eq!(disposed(&app, "2026-11-22T23:00:00Z", Kept::Sessions).await, 0);
}

#[tokio::test]
async fn logins_that_have_begun_used_logout_tokens_and_remembered_answers_are_deleted_when_they_hold_no_longer() {
    let app = TestApp::start().await;
    let (key, expires_at) = (|| Set(app.app.ids.uuid(now())), Set(at("2026-11-22T12:00:00Z")));
    let text = |text: &str| Set(text.to_owned());
    let tx = app.app.db.write().await.unwrap();
    let state = login_state::ActiveModel {
        id: key(),
        state_hash: text("state"),
        browser_hash: text("browser"),
        issuer: text("issuer"),
        nonce: text("nonce"),
        verifier: text("verifier"),
        return_to: text("/"),
        invitation_hash: Set(None),
        expires_at: expires_at.clone(),
    };
    login_state::Entity::insert(state).exec_without_returning(&tx).await.unwrap();
    let used =
        used_logout_token::ActiveModel { id: key(), issuer: text("issuer"), token_id_hash: text("token"), expires_at: expires_at.clone() };
    used_logout_token::Entity::insert(used).exec_without_returning(&tx).await.unwrap();
    let answer = remembered_answer::ActiveModel {
        id: key(),
        account_id: key(),
        key_hash: text("key"),
        request_hash: text("request"),
        answer: text("{}"),
        expires_at,
    };
    remembered_answer::Entity::insert(answer).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();

    let short_lived = [Kept::LoginStates, Kept::LogoutTokens, Kept::Answers];
    let before = counted(&app, at("2026-11-22T11:59:59.999999Z"), false).await;
    assert!(before.iter().all(|(_, count)| *count == 0), "{before:?}");
    for (kept, count) in counted(&app, at("2026-11-22T12:00:00Z"), false).await {
        assert_eq!(count, u64::from(short_lived.contains(&kept)), "{kept:?}");
    }
}

/// Has an administrator of Gnesta invite a person.
async fn invite(app: &TestApp, person: &str) {
    let input = json!({ "personId": person, "municipality": "gnesta" });
    let payload = app.as_("administrator.gnesta").mutate("invitePerson", "InvitePersonInput", input, "invitation { link }").await;
    assert!(payload["invitation"]["link"].is_string(), "{payload:#}");
}

#[tokio::test]
async fn an_invitation_that_nobody_used_is_deleted_thirty_days_after_its_end() {
    let app = TestApp::start().await;
    invite(&app, &new_person(&app, "gnesta", "Inbjuden Påhittad").await).await;
    // It holds for seven days.
    assert_eq!(disposed(&app, "2026-12-29T10:59:59.999999Z", Kept::Invitations).await, 0);
    assert_eq!(disposed(&app, "2026-12-29T11:00:00Z", Kept::Invitations).await, 1);
}

// ── logins ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_login_never_bound_to_a_person_is_deleted_twelve_months_after_the_last_login_with_the_invitations_that_it_made() {
    let app = TestApp::start().await;
    let unbound = account_of(&app, "unbound.gnesta").await.unwrap();
    let invited = new_person(&app, "gnesta", "Inbjuden Påhittad").await;
    let tx = app.app.db.write().await.unwrap();
    let made = invitation::ActiveModel {
        id: Set(app.app.ids.uuid(now())),
        token_hash: Set("token".to_owned()),
        person_id: Set(key(&invited)),
        municipality_id: Set(unbound.municipality_id),
        invited_by: Set(Some(unbound.id)),
        expires_at: Set(at("2028-01-01T00:00:00Z")),
    };
    invitation::Entity::insert(made).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(disposed(&app, "2027-11-21T22:59:59Z", Kept::UnboundLogins).await, 0);
    assert_eq!(disposed(&app, "2027-11-21T23:00:00Z", Kept::UnboundLogins).await, 1);
    assert!(account_of(&app, "unbound.gnesta").await.is_none());
    assert!(account_of(&app, "reader.gnesta").await.is_some());
    let tx = app.app.db.read().await.unwrap();
    assert_eq!(invitation::Entity::find().count(&tx).await.unwrap(), 0);
}

#[tokio::test]
async fn a_login_that_acted_is_kept_until_its_latest_act_is_five_years_old() {
    let app = TestApp::start().await;
    let unbound = account_of(&app, "unbound.gnesta").await.unwrap();
    let nobody = Id::new(account_of(&app, "nobody.gnesta").await.unwrap().person_id.unwrap());
    act(&app, "2027-06-01T12:00:00Z", Actor::login(AccountId::new(unbound.id), None), nobody).await;
    assert_eq!(disposed(&app, "2027-11-21T23:00:00Z", Kept::UnboundLogins).await, 0);
    assert_eq!(disposed(&app, "2032-05-31T21:59:59Z", Kept::UnboundLogins).await, 0);
    assert_eq!(disposed(&app, "2032-05-31T22:00:00Z", Kept::UnboundLogins).await, 1);
}

// ── people who left ──────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn who_never_was_in_charge_of_anything_left_on_the_day_of_recording() {
    let app = TestApp::start().await;
    let recorded = new_person(&app, "gnesta", "Aldrig Påhittad").await;
    // The other is `nobody.gnesta`, of the same day.
    assert_eq!(disposed(&app, "2027-05-21T21:59:59Z", Kept::ContactDetails).await, 0);
    assert_eq!(disposed(&app, "2027-05-21T22:00:00Z", Kept::ContactDetails).await, 2);
    let row = stored_person(&app, &recorded).await;
    assert_eq!((row.email, row.phone, row.name.as_str(), row.erased_at, row.version), (None, None, "Aldrig Påhittad", None, 2));
    assert_eq!(disposed(&app, "2031-11-21T22:59:59Z", Kept::Names).await, 0);
    assert_eq!(disposed(&app, "2031-11-21T23:00:00Z", Kept::Names).await, 2);
    let row = stored_person(&app, &recorded).await;
    assert_eq!((row.name.as_str(), row.name_sort.as_str(), row.erased_at, row.version), ("", "", Some(at("2031-11-21T23:00:00Z")), 3));
}

/// What somebody can be in charge of.
const CHARGES: [&str; 4] = ["assignment", "appointment", "role", "responsibility"];

/// Puts somebody of Gnesta in charge of something, from the beginning of 2026 until a day or until further notice.
async fn put_in_charge(app: &TestApp, person: &str, charge: &str, last_day: Option<&str>) -> Value {
    let board = board(app, "gnesta", "Socialnämnden").await;
    let mut input = json!({ "personId": person, "validFrom": "2026-01-01", "validTo": last_day });
    let mut with = |fields: Value| input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (persona, mutation) = match charge {
        "assignment" => {
            with(json!({ "controllerId": board }));
            ("administrator.gnesta", "assignCoordinator")
        }
        "appointment" => {
            with(json!({ "controllerId": board, "loginAt": "gnesta" }));
            ("administrator.gnesta", "appointDataProtectionOfficer")
        }
        "role" => {
            with(json!({ "role": "READER", "municipality": "gnesta" }));
            ("administrator.gnesta", "grantRole")
        }
        "responsibility" => {
            let party = register(app, "coordinator.gnesta", "Påhittad Molntjänst AB").await;
            let agreement = draft(app, "coordinator.gnesta", &board, &party, "Exempelavtal").await;
            input = json!({ "agreementId": agreement["id"], "controllerId": board, "expectedVersion": agreement["parties"][0]["version"],
                "responsibleId": person, "processingFrom": "2026-01-01", "processingTo": last_day });
            ("coordinator.gnesta", "updateAgreementParty")
        }
        other => panic!("nobody is in charge of {other}"),
    };
    done(app, persona, mutation, input).await
}

#[tokio::test]
async fn a_charge_that_was_withdrawn_as_a_mistake_keeps_nobody() {
    let app = TestApp::start().await;
    let person = new_person(&app, "gnesta", "Aldrig Påhittad").await;
    for (charge, persona) in
        [("assignment", "administrator.gnesta"), ("appointment", "administrator.gnesta"), ("responsibility", "coordinator.gnesta")]
    {
        let mistake = put_in_charge(&app, &person, charge, None).await;
        done(&app, persona, "withdrawRecord", withdrawal(&mistake)).await;
    }
    // The other is `nobody.gnesta`, of the same day.
    assert_eq!(disposed(&app, "2027-05-21T21:59:59Z", Kept::ContactDetails).await, 0);
    assert_eq!(disposed(&app, "2027-05-21T22:00:00Z", Kept::ContactDetails).await, 2);
}

#[tokio::test]
async fn whoever_was_in_charge_of_something_left_on_its_last_day_and_whoever_still_is_has_not() {
    let app = TestApp::start().await;
    let (mut left, mut there) = (Vec::new(), Vec::new());
    for charge in CHARGES {
        let ended = new_person(&app, "gnesta", &format!("Slutat Påhittad {charge}")).await;
        put_in_charge(&app, &ended, charge, Some("2026-12-31")).await;
        left.push(ended);
        let goes_on = new_person(&app, "gnesta", &format!("Kvar Påhittad {charge}")).await;
        put_in_charge(&app, &goes_on, charge, None).await;
        there.push(goes_on);
    }
    // One charge that ended, and another that goes on for some years.
    let later = new_person(&app, "gnesta", "Senare Påhittad").await;
    put_in_charge(&app, &later, "role", Some("2026-12-31")).await;
    put_in_charge(&app, &later, "assignment", Some("2030-01-31")).await;

    // The first is `nobody.gnesta`.
    assert_eq!(disposed(&app, "2027-06-29T21:59:59Z", Kept::ContactDetails).await, 1);
    assert_eq!(disposed(&app, "2027-06-29T22:00:00Z", Kept::ContactDetails).await, 4);
    assert_eq!(disposed(&app, "2030-07-30T21:59:59Z", Kept::ContactDetails).await, 0);
    assert_eq!(disposed(&app, "2030-07-30T22:00:00Z", Kept::ContactDetails).await, 1);
    assert_eq!(disposed(&app, "2031-12-30T22:59:59Z", Kept::Names).await, 1);
    assert_eq!(disposed(&app, "2031-12-30T23:00:00Z", Kept::Names).await, 4);
    assert_eq!(disposed(&app, "2099-01-01T12:00:00Z", Kept::Names).await, 1);
    for person in left.iter().chain([&later]) {
        assert_eq!(stored_person(&app, person).await.name, "");
    }
    for person in &there {
        let row = stored_person(&app, person).await;
        assert!(row.email.is_some() && row.phone.is_some() && row.name.starts_with("Kvar"), "{row:?}");
    }
}

#[tokio::test]
async fn whoever_still_logs_in_has_not_left_whatever_the_records_say() {
    let app = TestApp::start().await;
    let reader = new_person(&app, "gnesta", "Läsare Påhittad utan roll").await;
    app.clock.set(at("2027-05-01T12:00:00Z"));
    login(&app, &reader, "gnesta").await;
    // Only `nobody.gnesta`.
    assert_eq!(disposed(&app, "2027-05-21T22:00:00Z", Kept::ContactDetails).await, 1);
    assert_eq!(disposed(&app, "2027-10-31T22:59:59Z", Kept::ContactDetails).await, 0);
    assert_eq!(disposed(&app, "2027-10-31T23:00:00Z", Kept::ContactDetails).await, 1);
    assert_eq!(disposed(&app, "2032-04-30T21:59:59Z", Kept::Names).await, 1);
    assert_eq!(disposed(&app, "2032-04-30T22:00:00Z", Kept::Names).await, 1);
    assert_eq!(stored_person(&app, &reader).await.name, "");
}

#[tokio::test]
async fn pub15_a_name_is_kept_until_the_latest_act_in_the_audit_log_is_five_years_old() {
    let app = TestApp::start().await;
    let acted = new_person(&app, "gnesta", "Handlat Påhittad").await;
    let person = PersonId::parse(&acted).unwrap();
    act(&app, "2027-06-01T12:00:00Z", Actor::login(Id::new(app.app.ids.uuid(now())), Some(person)), person).await;
    // The contact details are not needed for that.
    assert_eq!(disposed(&app, "2027-05-21T22:00:00Z", Kept::ContactDetails).await, 2);
    // Only `nobody.gnesta`.
    assert_eq!(disposed(&app, "2031-11-21T23:00:00Z", Kept::Names).await, 1);
    assert_eq!(disposed(&app, "2032-05-31T21:59:59Z", Kept::Names).await, 0);
    assert_eq!(disposed(&app, "2032-05-31T22:00:00Z", Kept::Names).await, 1);
}

// ── erased ───────────────────────────────────────────────────────────────────────────────────────

const NAME: &str = "Borta Påhittad";

/// Somebody of Katrineholm who coordinated a joint board with Vingåker, logged in and acted, and left at the end of January 2021.
async fn long_gone(app: &TestApp) -> String {
    let gone = new_person(app, "katrineholm", NAME).await;
    let joint = board(app, "katrineholm", "Viadidaktnämnden").await;
    let assignment = json!({ "personId": gone, "controllerId": joint, "validFrom": "2019-06-01", "validTo": "2021-01-31" });
    done(app, "administrator.katrineholm", "assignCoordinator", assignment).await;
    app.clock.set(at("2021-01-15T12:00:00Z"));
    login(app, &gone, "katrineholm").await;
    let account = account_of(app, &gone).await.unwrap();
    let person = PersonId::parse(&gone).unwrap();
    act(app, "2021-01-15T12:00:00Z", Actor::login(Id::new(account.id), Some(person)), person).await;
    app.clock.set(now());
    gone
}

/// What is disposed of when only the one who is long gone is over.
const ONE_PERSON: [(Kept, u64); 11] = [
    (Kept::Sessions, 1),
    (Kept::LoginStates, 0),
    (Kept::LogoutTokens, 0),
    (Kept::Answers, 0),
    (Kept::Invitations, 0),
    (Kept::UnboundLogins, 0),
    (Kept::ContactDetails, 1),
    (Kept::Names, 1),
    (Kept::AgreementContactDetails, 0),
    (Kept::AgreementContactNames, 0),
    (Kept::Uploads, 0),
];

#[tokio::test]
async fn an_erased_person_is_in_no_list_and_where_a_record_names_the_person_it_says_so() {
    let app = TestApp::start().await;
    let gone = long_gone(&app).await;
    let list = "{ people(first: 100, filter: { municipality: \"katrineholm\" }) { totalCount nodes { id } } }";
    let found = "{ people(filter: { text: \"borta\" }) { totalCount } }";
    let listed = async |query: &str| app.as_("administrator.katrineholm").query(query, json!({})).await["people"].take();
    let before = listed(list).await["totalCount"].as_i64().unwrap();
    assert_eq!(listed(found).await["totalCount"], 1);
    assert_eq!(counted(&app, now(), false).await, ONE_PERSON);
    let after = listed(list).await;
    assert_eq!(after["totalCount"], before - 1);
    assert!(nodes(&after).iter().all(|person| person["id"] != gone.as_str()));
    assert_eq!(listed(found).await["totalCount"], 0);

    let then = "{ municipality(slug: \"katrineholm\", asOf: \"2020-06-01\") { controllers(first: 100) { nodes { name coordinators {
        person { id name version email phone municipality { slug } } } } } } }";
    for (language, name) in [("sv", "Raderad person"), ("en", "Erased person")] {
        let data = app.as_("reader.vingaker").speaking(language).query(then, json!({})).await;
        let boards = nodes(&data["municipality"]["controllers"]).clone();
        let people: Vec<_> = boards.iter().flat_map(|board| board["coordinators"].as_array().unwrap()).collect();
        let named = people.iter().find(|coordinator| coordinator["person"]["id"] == gone.as_str()).unwrap();
        let erased =
            json!({ "id": gone, "name": name, "version": 3, "email": null, "phone": null, "municipality": { "slug": "katrineholm" } });
        assert_eq!(named["person"], erased);
    }
    assert_eq!(node(&app, "administrator.katrineholm", &gone).await["name"], "Erased person");
}

#[tokio::test]
async fn nothing_can_be_done_to_an_erased_person_any_more() {
    let app = TestApp::start().await;
    let gone = long_gone(&app).await;
    counted(&app, now(), false).await;
    let administrator = "administrator.katrineholm";
    let not_found = [("NOT_FOUND", "personId")];
    let renamed = json!({ "personId": gone, "expectedVersion": 3, "name": NAME });
    refused(&app, administrator, "updatePerson", renamed, &not_found).await;
    let board = board(&app, "katrineholm", "Kommunstyrelsen").await;
    let assignment = json!({ "personId": gone, "controllerId": board, "validFrom": "2026-11-22" });
    refused(&app, administrator, "assignCoordinator", assignment.clone(), &not_found).await;
    let mut appointment = assignment;
    appointment["loginAt"] = json!("katrineholm");
    refused(&app, administrator, "appointDataProtectionOfficer", appointment, &not_found).await;
    let role = json!({ "personId": gone, "role": "READER", "municipality": "katrineholm", "validFrom": "2026-11-22" });
    refused(&app, administrator, "grantRole", role, &not_found).await;
    let party = register(&app, "coordinator.katrineholm", "Påhittad Molntjänst AB").await;
    let agreement = draft(&app, "coordinator.katrineholm", &board, &party, "Exempelavtal").await;
    let responsible = json!({ "agreementId": agreement["id"], "controllerId": board, "expectedVersion": agreement["parties"][0]["version"],
        "responsibleId": gone });
    refused(&app, "coordinator.katrineholm", "updateAgreementParty", responsible, &[("NOT_FOUND", "responsibleId")]).await;
    let input = json!({ "personId": gone, "municipality": "katrineholm" });
    let before = stored(&app).await;
    let payload = app.as_(administrator).mutate("invitePerson", "InvitePersonInput", input, "invitation { link }").await;
    assert_eq!(crate::support::mistakes(&payload), [("NOT_FOUND".to_owned(), "personId".to_owned())]);
    assert!(before == stored(&app).await);
}

#[tokio::test]
async fn with_the_name_go_logins_sessions_and_invitations_and_a_login_afterwards_is_new_and_bound_to_nobody() {
    let app = TestApp::start().await;
    let gone = long_gone(&app).await;
    let tx = app.app.db.write().await.unwrap();
    let former = account::Entity::find().filter(account::Column::Subject.eq(gone.as_str())).one(&tx).await.unwrap().unwrap();
    // Neither is over by itself.
    let invited = invitation::ActiveModel {
        id: Set(app.app.ids.uuid(now())),
        token_hash: Set("token".to_owned()),
        person_id: Set(key(&gone)),
        municipality_id: Set(former.municipality_id),
        invited_by: Set(None),
        expires_at: Set(now() + TimeDelta::days(7)),
    };
    invitation::Entity::insert(invited).exec_without_returning(&tx).await.unwrap();
    let again = WithoutLogin {
        issuer: &former.issuer,
        subject: &gone,
        name: "Inloggad Påhittad",
        municipality: Id::new(former.municipality_id),
        person: None,
    };
    let session = open_without_login(&tx, &app.app.ids, now(), again).await.unwrap();
    tx.commit().await.unwrap();
    let viewer = async |token: &str| {
        let query = json!({ "query": "{ viewer { name person { id } roles { role } } }" });
        app.anonymous().with_token(token).ask(query["query"].as_str().unwrap(), json!({})).await
    };
    assert_eq!(viewer(&session).await.json()["data"]["viewer"]["person"]["id"], gone.as_str());

    assert_eq!(counted(&app, now(), false).await, ONE_PERSON);
    assert!(account_of(&app, &gone).await.is_none());
    assert_eq!(viewer(&session).await.status, 401);
    let tx = app.app.db.write().await.unwrap();
    assert_eq!(invitation::Entity::find().count(&tx).await.unwrap(), 0);
    let session = open_without_login(&tx, &app.app.ids, now(), again).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(account_of(&app, &gone).await.unwrap().id, former.id);
    let seen = viewer(&session).await.json()["data"]["viewer"].take();
    assert_eq!(seen, json!({ "name": "Inloggad Påhittad", "person": null, "roles": [] }));
}

// ── the audit log ────────────────────────────────────────────────────────────────────────────────

/// An administrator of a municipality who asks what the audit log holds.
async fn asking(app: &TestApp, slug: &str) -> Asking {
    let municipality = municipality_of(app, slug).await;
    let grant = Grant {
        role: Role::MunicipalityAdministrator,
        municipality: Some(municipality),
        controller: None,
        valid_from: None,
        valid_to: None,
        source: RoleSource::Record,
        version: None,
    };
    let viewer = Viewer { account: Id::new(Uuid::nil()), person: None, name: "Påhittad".to_owned(), municipality, grants: vec![grant] };
    Asking::new(viewer, now())
}

const PAGE: Page = Page { size: 100, beyond: None, backward: false, count: false };

/// What the audit log of a municipality tells of disposals, the oldest first.
async fn told(app: &TestApp, slug: &str) -> Vec<audit::model::Entry> {
    let cx = app.app.read(&asking(app, slug).await, date_in_sweden(now()), "auditLog").await.unwrap();
    let filter = AuditFilter { action: Some("dispose".to_owned()), ..AuditFilter::default() };
    let mut entries = audit::repo::entries_page(&cx, &filter, &PAGE).await.unwrap().rows;
    entries.reverse();
    entries
}

/// The fields that an entry tells of; it may tell nothing of what they held.
fn fields(entry: &audit::model::Entry) -> Vec<String> {
    let changes: Vec<FieldChange> = serde_json::from_str(&entry.changes).unwrap();
    assert!(changes.iter().all(|change| change.before.is_none() && change.after.is_none()), "{changes:?}");
    changes.into_iter().map(|change| change.field).collect()
}

#[tokio::test]
async fn the_audit_log_tells_every_municipality_concerned_that_details_were_erased_and_by_whom_but_not_what_they_were() {
    let app = TestApp::start().await;
    let gone = long_gone(&app).await;
    counted(&app, now(), false).await;
    let (host, member) = (told(&app, "katrineholm").await, told(&app, "vingaker").await);
    assert_eq!(host.iter().map(fields).collect::<Vec<_>>(), [vec!["email", "phone"], vec!["name"]]);
    // Nobody in Vingåker saw the contact details of one who has left; the board's records named the person there, too.
    assert_eq!(member.iter().map(fields).collect::<Vec<_>>(), [["name"]]);
    assert_eq!(host[1].change, member[0].change);
    for entry in host.iter().chain(&member) {
        assert_eq!((&entry.actor, &entry.role, &entry.subject), (&Actor::job(), &None, &gone));
        assert_eq!((entry.at, entry.record), (now(), key(&gone)));
    }
    assert!(told(&app, "gnesta").await.is_empty());
    let all = stored(&app).await.concat();
    assert!(!all.contains(NAME) && !all.contains("borta@exempel.example"));
}

/// What the actors in the history of a person are called in the audit log of a municipality, the newest first.
async fn called(app: &TestApp, slug: &str, person: &str, language: &'static str) -> Vec<String> {
    let query = "query($of: ID!) { auditLog(filter: { recordId: $of }, first: 100) { nodes { actor } } }";
    let administrator = app.as_(&format!("administrator.{slug}")).speaking(language);
    let log = administrator.query(query, json!({ "of": person })).await["auditLog"].take();
    nodes(&log).iter().map(|entry| entry["actor"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_chains_hold_after_an_erasure_and_history_still_tells_what_the_erased_person_did() {
    let app = TestApp::start().await;
    let gone = long_gone(&app).await;
    let person = PersonId::parse(&gone).unwrap();
    let actors = async || {
        let cx = app.app.read(&asking(&app, "gnesta").await, date_in_sweden(now()), "history").await.unwrap();
        let history = audit::repo::histories(&cx, &[person.key()], &PAGE).await.unwrap().remove(&person.key()).unwrap().rows;
        let people: Vec<_> = history.iter().filter_map(|entry| entry.actor.person).collect();
        let accounts: Vec<_> = history.iter().filter_map(|entry| entry.actor.account).collect();
        (people.clone(), audit::repo::names(&cx.tx, &cx.scope, &people, &accounts).await.unwrap())
    };
    let (acted, names) = actors().await;
    assert_eq!((acted, names.people[&person].as_str()), (vec![person], NAME));
    assert_eq!(called(&app, "gnesta", &gone, "en").await, [NAME]);
    counted(&app, now(), false).await;
    let (acted, names) = actors().await;
    assert_eq!(acted, [person]);
    assert!(names.people.is_empty() && names.accounts.is_empty(), "{names:?}");
    assert_eq!(called(&app, "gnesta", &gone, "en").await, ["Erased person"]);
    assert_eq!(called(&app, "gnesta", &gone, "sv").await, ["Raderad person"]);
    // The newest first: the erasures, and whoever recorded the person and the assignment.
    assert_eq!(called(&app, "katrineholm", &gone, "sv").await[..2], ["Systemet", "Systemet"]);
    let tx = app.app.db.read().await.unwrap();
    let verified = verify::verify(&tx).await.unwrap();
    assert_eq!(verified.tampered, []);
    assert!(verified.chains.len() >= 3, "{:?}", verified.chains);
}

// ── a run ────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_dry_run_counts_the_same_and_changes_nothing_and_the_second_run_finds_nothing() {
    let app = TestApp::start().await;
    long_gone(&app).await;
    invite(&app, &new_person(&app, "gnesta", "Inbjuden Påhittad").await).await;
    let later = at("2033-01-01T12:00:00Z");
    for instant in [now(), later] {
        let before = stored(&app).await;
        let dry = counted(&app, instant, true).await;
        assert!(before == stored(&app).await, "a dry run changed the database");
        assert_eq!(counted(&app, instant, false).await, dry);
        assert!(before != stored(&app).await);
        let after = stored(&app).await;
        let again = counted(&app, instant, false).await;
        assert_eq!(again, Kept::VARIANTS.iter().map(|kept| (*kept, 0)).collect::<Vec<_>>());
        assert!(after == stored(&app).await, "a second run changed the database");
    }
}

#[tokio::test]
async fn what_is_disposed_of_is_disposed_of_whole_or_not_at_all() {
    let app = TestApp::start().await;
    long_gone(&app).await;
    app.break_table("audit_chain").await;
    let before = stored(&app).await;
    let failed = retention::dispose(&app.app.db, &app.app.ids, now(), TimeDelta::minutes(60), false).await;
    assert!(failed.is_err(), "{failed:?}");
    assert!(before == stored(&app).await, "a part was disposed of");
}

// ── contacts of agreements ───────────────────────────────────────────────────────────────────────

/// The contacts of an agreement on a day, as a reader of Gnesta reads them.
async fn contacts_on(app: &TestApp, agreement: &Value, day: &str) -> Value {
    let query = "query($id: ID!, $day: Date) { agreement(id: $id, asOf: $day) { contacts { name email phone } } }";
    app.as_("reader.gnesta").query(query, json!({ "id": agreement["id"], "day": day })).await["agreement"]["contacts"].take()
}

/// An agreement of Gnesta with one contact, until a last day.
async fn with_contact(app: &TestApp, last_day: Option<&str>) -> Value {
    let social = board(app, "gnesta", "Socialnämnden").await;
    let party = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let agreement = draft(app, "coordinator.gnesta", &social, &party, "Exempelsystem").await;
    let contact = json!({ "side": "PROCESSOR", "purpose": "AGREEMENT_ADMINISTRATION", "name": "Kontakt Påhittad", "phone": "010-000 00 01",
        "email": "kontakt@exempel.example", "validFrom": "2020-01-01", "validTo": last_day });
    let set = json!({ "agreementId": agreement["id"], "expectedVersion": 1, "contacts": [contact] });
    done(app, "coordinator.gnesta", "setAgreementContacts", set).await
}

#[tokio::test]
async fn of_an_agreements_contact_the_details_go_half_a_year_and_the_name_five_years_after_the_last_day() {
    let app = TestApp::start().await;
    with_contact(&app, Some("2026-11-20")).await;
    with_contact(&app, None).await;
    assert_eq!(disposed(&app, "2027-05-19T21:59:59Z", Kept::AgreementContactDetails).await, 0);
    assert_eq!(disposed(&app, "2027-05-19T22:00:00Z", Kept::AgreementContactDetails).await, 1);
    assert_eq!(disposed(&app, "2031-11-19T22:59:59Z", Kept::AgreementContactNames).await, 0);
    assert_eq!(disposed(&app, "2031-11-19T23:00:00Z", Kept::AgreementContactNames).await, 1);
}

#[tokio::test]
async fn of_a_withdrawn_agreement_the_contacts_go_too() {
    let app = TestApp::start().await;
    let agreement = with_contact(&app, None).await;
    done(&app, "coordinator.gnesta", "withdrawRecord", withdrawal(&agreement)).await;
    assert_eq!(disposed(&app, "2027-05-21T21:59:59Z", Kept::AgreementContactDetails).await, 0);
    assert_eq!(disposed(&app, "2027-05-21T22:00:00Z", Kept::AgreementContactDetails).await, 1);
    assert_eq!(disposed(&app, "2031-11-21T23:00:00Z", Kept::AgreementContactNames).await, 1);
}

#[tokio::test]
async fn an_erased_contact_is_read_without_what_told_who_it_was_and_the_audit_log_says_that_it_was_erased() {
    let app = TestApp::start().await;
    let agreement = with_contact(&app, Some("2021-01-31")).await;
    let told_before = told(&app, "gnesta").await.len();
    let whole = json!([{ "name": "Kontakt Påhittad", "email": "kontakt@exempel.example", "phone": "010-000 00 01" }]);
    assert_eq!(contacts_on(&app, &agreement, "2021-01-31").await, whole);
    counted(&app, now(), false).await;
    let erased = json!([{ "name": "Erased person", "email": "erased@contact.invalid", "phone": null }]);
    assert_eq!(contacts_on(&app, &agreement, "2021-01-31").await, erased);
    let entries = told(&app, "gnesta").await;
    assert_eq!(entries.len(), told_before + 2, "the details, and the name");
    assert!(entries.iter().all(|entry| !entry.changes.contains("Påhittad") && !entry.changes.contains("kontakt@")));
}

#[tokio::test]
async fn an_upload_is_deleted_a_day_after_it_came() {
    let app = TestApp::start().await;
    upload(&app, "coordinator.gnesta", "Nämnd;Biträde;Avtal\nSocialnämnden;Exempel AB;System\n").await;
    assert_eq!(disposed(&app, "2026-11-23T10:59:59.999999Z", Kept::Uploads).await, 0);
    assert_eq!(disposed(&app, "2026-11-23T11:00:00Z", Kept::Uploads).await, 1);
}

// ── the table and the program ────────────────────────────────────────────────────────────────────

/// The table of the README, cell by cell.
fn table() -> Vec<Vec<String>> {
    let readme = include_str!("../../README.md");
    let section = readme.split_once("\n### What is deleted, and when\n").unwrap().1.split_once("\n### ").unwrap().0;
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what is kept |")).map(cells).collect()
}

#[test]
fn the_table_of_the_readme_is_the_table_of_the_program() {
    let rows = Kept::VARIANTS.iter().map(|kept| kept.row());
    let of_the_program: Vec<_> =
        rows.map(|row| [row.what, row.why, &row.keep.to_string(), row.after, row.source].map(str::to_owned).to_vec()).collect();
    assert_eq!(table(), of_the_program);
}

#[test]
fn the_program_disposes_on_an_empty_installation_and_tells_a_line_for_each_row_of_the_table() {
    let place = Place::new();
    let environment = [place.setting()];
    for (arguments, ending) in [(&["dispose"][..], ": 0"), (&["dispose", "--dry-run"], ": 0 (dry run)"), (&["dispose"], ": 0")] {
        let ended = run(place.path(), arguments, &environment);
        assert!(ended.status.success(), "{:#?}", ended.err);
        assert_eq!(ended.out, table().iter().map(|row| format!("{}{ending}", row[0])).collect::<Vec<_>>());
        assert_eq!(ended.err, Vec::<String>::new());
    }
    assert_refused(&run(place.path(), &["dispose", "--config", "none.toml"], &environment), "cannot read the settings in none.toml");
}
