//! Whatever a provider says, it gives the roles that the operator's mapping gives it, in its own municipality, and nothing else.

use samverkan::{
    auth::provider::RoleClaim,
    authz::Role::{self, MunicipalityAdministrator, Reader},
    kernel::code::Code,
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use strum::VariantArray;

use super::{Kind, World, assert_refused, six};
use crate::support::providers::SLUGS;

/// A claim, a list in an object, Entra's groups, and a name with a dot in it that is no path.
fn mapping() -> Vec<RoleClaim> {
    let claim = |path: &[&str], value: &str, role| RoleClaim {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        value: value.to_owned(),
        role,
    };
    vec![
        claim(&["roles"], "samverkan-reader", Reader),
        claim(&["realm", "roles"], "samverkan-admin", MunicipalityAdministrator),
        claim(&["groups"], "0f5c-readers", Reader),
        claim(&["app.admin"], "yes", MunicipalityAdministrator),
    ]
}

async fn world() -> World {
    World::start_with(|settings, _| settings.providers.iter_mut().for_each(|provider| provider.roles = mapping())).await
}

/// What somebody may do: the roles with their source and place, and what is bound to the login.
async fn rights(world: &World, session: &str) -> Value {
    let query = "{ viewer { person { name } municipality { slug } controllers { name }
        roles { role source municipality { slug } controller { name } } } }";
    world.ask(session, query).await.json()["data"]["viewer"].take()
}

fn expected(at: usize, roles: &[Role]) -> Value {
    let own = json!({ "slug": SLUGS[at] });
    let role = |role: &Role| json!({ "role": role.code(), "source": "PROVIDER_CLAIM", "municipality": own, "controller": null });
    json!({ "person": null, "municipality": own, "controllers": [], "roles": roles.iter().map(role).collect::<Vec<_>>() })
}

/// Claims, and the roles that they give.
fn claims() -> Vec<(Value, &'static [Role])> {
    let mut all: Vec<(Value, &[Role])> = vec![
        // As it is meant.
        (json!({ "roles": "samverkan-reader" }), &[Reader]),
        (json!({ "roles": ["samverkan-reader"] }), &[Reader]),
        (json!({ "realm": { "roles": ["samverkan-admin"] } }), &[MunicipalityAdministrator]),
        (json!({ "app.admin": "yes" }), &[MunicipalityAdministrator]),
        (json!({ "roles": ["samverkan-reader"], "groups": ["0f5c-readers"], "app.admin": ["yes"] }), &[Reader, MunicipalityAdministrator]),
        (
            json!({ "roles": "samverkan-reader", "realm": { "roles": ["samverkan-admin"] }, "groups": ["0f5c-readers"] }),
            &[Reader, MunicipalityAdministrator],
        ),
        // Other forms.
        (json!({ "roles": [["samverkan-reader"]] }), &[]),
        (json!({ "roles": { "samverkan-reader": true } }), &[]),
        (json!({ "roles": { "0": "samverkan-reader" } }), &[]),
        (json!({ "roles": [{ "value": "samverkan-reader" }] }), &[]),
        (json!({ "roles": null }), &[]),
        (json!({ "roles": true }), &[]),
        (json!({ "roles": 1 }), &[]),
        (json!({ "roles": [] }), &[]),
        (json!({ "roles": [null, 1, { "a": 1 }, [], "samverkan-reader"] }), &[Reader]),
        // Almost the value.
        (json!({ "roles": ["samverkan-reader "] }), &[]),
        (json!({ "roles": ["SAMVERKAN-READER"] }), &[]),
        (json!({ "roles": ["samverkan-reade"] }), &[]),
        (json!({ "roles": ["samverkan-readers"] }), &[]),
        (json!({ "roles": ["samverkan-reader\u{0}"] }), &[]),
        (json!({ "roles": "samverkan-reader,samverkan-admin" }), &[]),
        (json!({ "roles": "samverkan-reader samverkan-admin" }), &[]),
        (json!({ "roles": ["*", "%", "samverkan-%", ".*", "' OR 1=1 --"] }), &[]),
        // Almost the place.
        (json!({ "Roles": ["samverkan-reader"], "role": ["samverkan-reader"], "roles ": ["samverkan-reader"] }), &[]),
        (json!({ "roles": ["samverkan-admin", "yes", "0f5c-readers"] }), &[]),
        (json!({ "realm": { "roles": ["samverkan-reader"] } }), &[]),
        (json!({ "realm.roles": ["samverkan-admin"] }), &[]),
        (json!({ "realm": "samverkan-admin" }), &[]),
        (json!({ "realm": [{ "roles": ["samverkan-admin"] }] }), &[]),
        (json!({ "realm": ["roles", "samverkan-admin"] }), &[]),
        (json!({ "realm": { "inner": { "roles": ["samverkan-admin"] } } }), &[]),
        (json!({ "app": { "admin": "yes" } }), &[]),
        (json!({ "app": { "admin": ["yes"] }, "admin": "yes" }), &[]),
        // Not too many, and not left out.
        (json!({ "roles": vec!["samverkan-reader"; 200] }), &[Reader]),
        (json!({ "hasgroups": false }), &[]),
        (json!({ "_claim_names": { "wids": "src1" }, "_claim_sources": { "src1": {} } }), &[]),
        (json!({ "_claim_names": "groups" }), &[]),
    ];
    for role in Role::VARIANTS {
        let code = role.code();
        let small = code.to_ascii_lowercase();
        let term = role.term().label.sv.to_string();
        for claim in ["roles", "role", "groups", "app.admin", "grants", "scope", "authorities"] {
            all.push((json!({ claim: [code, &small, &term] }), &[]));
        }
        all.push((json!({ "roles": code, "groups": code, "app.admin": code }), &[]));
        all.push((json!({ "realm": { "roles": [code, &small, &term] } }), &[]));
    }
    for slug in SLUGS {
        let elsewhere =
            json!({ "municipality": slug, "municipality_id": slug, "tenant": slug, "idp": slug, "roles": [slug, format!("{slug}:ADMIN")] });
        all.push((elsewhere, &[]));
        let reader_elsewhere =
            json!({ "municipality": slug, "hd": slug, "roles": ["samverkan-reader", format!("{slug}/samverkan-admin"), slug] });
        all.push((reader_elsewhere, &[Reader]));
    }
    all
}

#[tokio::test]
async fn a_providers_claims_give_the_mapped_roles_in_its_own_municipality_and_no_other() {
    let world = world().await;
    let mut logins = 0;
    for at in six() {
        for (number, (claims, roles)) in claims().into_iter().enumerate() {
            let mut said = claims.clone();
            said["sub"] = json!(format!("person-{number}"));
            let session = world.log_in(at, &said).await;
            assert_eq!(rights(&world, &session).await, expected(at, roles), "{} says {claims}", SLUGS[at]);
            logins += 1;
        }
    }
    eprintln!("{logins} logins with claims of all forms, each with the mapped roles only");
}

#[tokio::test]
async fn a_list_that_a_provider_leaves_out_or_that_is_too_long_is_refused_and_told_clearly() {
    let world = world().await;
    let before = world.rows().await;
    let many = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
    let left_out = [
        (
            json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": "https://graph.example" } } }),
            "TOO_MANY_VALUES",
        ),
        (json!({ "_claim_names": { "groups": "src1" }, "groups": ["0f5c-readers"] }), "TOO_MANY_VALUES"),
        (json!({ "_claim_names": { "roles": "src1" } }), "TOO_MANY_VALUES"),
        (json!({ "_claim_names": { "realm": null } }), "TOO_MANY_VALUES"),
        (json!({ "hasgroups": true }), "TOO_MANY_VALUES"),
        (json!({ "hasgroups": "true" }), "TOO_MANY_VALUES"),
        (json!({ "hasgroups": null }), "TOO_MANY_VALUES"),
        (json!({ "groups": many(201) }), "TOO_MANY_VALUES"),
        (json!({ "roles": many(201) }), "TOO_MANY_VALUES"),
        (json!({ "realm": { "roles": many(2_000) } }), "TOO_MANY_VALUES"),
        (json!({ "roles": many(10_000) }), "TOO_LONG"),
    ];
    for at in six() {
        for (claims, expected) in &left_out {
            let answer = world.try_log_in(at, claims).await;
            let what = claims.to_string().chars().take(80).collect::<String>();
            assert_refused(&answer, 403, expected, &what);
            let clear = answer.text().contains("programroller");
            assert_eq!(clear, *expected == "TOO_MANY_VALUES", "{what}: {}", answer.text());
        }
    }
    assert_eq!(world.rows().await, before, "no session and no account were made");
}

/// Nor does an access token, which comes again and again with what its provider says.
#[tokio::test]
async fn an_access_token_gives_the_same_roles_as_a_login() {
    let world = world().await;
    for at in six() {
        world.log_in(at, &json!({})).await;
        let asked = |claims: Value| {
            let mut draft = world.draft(Kind::Access, at);
            claims.as_object().unwrap().iter().for_each(|(name, value)| draft.claim(name, value.clone()));
            let client = world.app.anonymous().with_token(&draft.token());
            async move { client.ask("{ viewer { roles { role } } }", json!({})).await }
        };
        for (claims, roles) in claims() {
            let codes: Vec<_> = roles.iter().map(|role| json!({ "role": role.code() })).collect();
            assert_eq!(asked(claims.clone()).await.json()["data"]["viewer"]["roles"], json!(codes), "{claims}");
        }
        assert_eq!(asked(json!({ "hasgroups": true })).await.status, 401);
    }
}

/// A role of the officer or of a coordinator is a dated record of a person of the directory, and a login is a person's only by invitation.
#[tokio::test]
async fn the_name_and_address_of_a_person_of_the_directory_bind_nothing() {
    let world = world().await;
    let tx = world.app.app.db.read().await.unwrap();
    let people = entity::person::Entity::find().all(&tx).await.unwrap();
    drop(tx);
    assert!(people.len() > 10);
    for (number, person) in people.iter().enumerate().take(60) {
        let at = number % SLUGS.len();
        let address = person.email.clone().unwrap_or_else(|| format!("person-{number}@example.se"));
        let claims = json!({
            "sub": address, "email": address, "email_verified": true, "preferred_username": address, "upn": address,
            "unique_name": address, "name": person.name, "oid": person.id, "person_id": person.id,
            "roles": ["DATA_PROTECTION_OFFICER", "COORDINATOR"],
        });
        let session = world.log_in(at, &claims).await;
        assert_eq!(rights(&world, &session).await, expected(at, &[]), "{}", person.name);
    }
}

#[tokio::test]
async fn what_the_operator_takes_out_of_the_mapping_is_gone_at_the_next_request() {
    let mut world = world().await;
    let session = world.log_in(0, &json!({ "roles": ["samverkan-reader"] })).await;
    assert_eq!(rights(&world, &session).await, expected(0, &[Reader]));
    let mut settings = world.app.app.logins.settings.clone();
    settings.providers[0].roles.clear();
    world.app.change_logins(settings, samverkan::auth::Freshness::default());
    assert_eq!(rights(&world, &session).await, expected(0, &[]));
}
