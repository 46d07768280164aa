//! Roles that a record gives: reader and administrator of a municipality, administrator of the cooperation.

use chrono::NaiveDate;

use super::{known_person, municipality_named};
use crate::{
    app::Cx,
    auth::provider::Provider,
    authz::{Action, Role, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{
            model::{Municipality, Person, RoleRecord},
            repo, rules,
        },
    },
    kernel::{
        code::Code,
        kinds::PersonId,
        period::Period,
        refusal::{Failure, Refusal},
        text::Text,
        version::{stored, unchanged},
    },
};

/// A role for a person.
#[derive(Debug)]
pub struct GrantRole {
    /// Who.
    pub person: PersonId,
    /// Which.
    pub role: Role,
    /// The slug of the municipality where it holds.
    pub municipality: String,
    /// When.
    pub validity: Period,
}

/// Gives a person the role of reader or administrator in a municipality.
pub async fn grant(cx: &Cx, command: GrantRole) -> Result<Recorded<RoleRecord>, Failure> {
    grantable(command.role)?;
    let as_first = if command.role == Role::MunicipalityAdministrator { AsFirst::ToBe } else { AsFirst::No };
    let (person, municipality, scope) = authorised(cx, command.person, as_first, &command.municipality).await?;
    let record =
        RoleRecord { person: person.id, role: command.role, municipality: municipality.id, validity: command.validity, version: 1 };
    let there = repo::role_records(&cx.tx, &scope, person.id, record.role, record.municipality).await?;
    let periods: Vec<_> = there.iter().map(|(_, record)| record.validity).collect();
    rules::does_not_overlap(record.validity, &periods, "validFrom")?;
    repo::insert_role_records(&cx.tx, &scope, &[(cx.ids.uuid(cx.now), record.clone())]).await?;
    let change = granted(&record);
    audit::record(&cx.doing(&scope), Touched::municipality(municipality.id), change, record).await
}

/// The end of a role.
#[derive(Debug)]
pub struct RevokeRole {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub role: Role,
    /// The slug of the municipality where it holds.
    pub municipality: String,
    /// The version that is changed; none: whichever it has.
    pub expected_version: Option<i32>,
    /// The last day on which it holds.
    pub valid_to: NaiveDate,
}

/// Ends a person's role of reader or administrator.
pub async fn revoke(cx: &Cx, command: RevokeRole) -> Result<Recorded<RoleRecord>, Failure> {
    grantable(command.role)?;
    // Never as the first: the cooperation's administrator makes that one, and takes nothing away.
    let (person, municipality, scope) = authorised(cx, command.person, AsFirst::No, &command.municipality).await?;
    let there = repo::role_records(&cx.tx, &scope, person.id, command.role, municipality.id).await?;
    let running = there.into_iter().rev().find(|(_, record)| record.validity.to.is_none_or(|to| to >= cx.today));
    let (key, record) = running.ok_or_else(|| Refusal::not_found("role"))?;
    if let Some(expected) = command.expected_version {
        unchanged(expected, record.version)?;
    }
    let validity = rules::ended(record.validity, command.valid_to, "validTo")?;
    let change = Change::of(person.id).with(told_as(&record), Some(record.validity.to_string()), Some(validity.to_string()));
    let ended = RoleRecord { validity, version: record.version + 1, ..record };
    stored(repo::update_role_record(&cx.tx, &scope, key, &ended).await?, record.version)?;
    audit::record(&cx.doing(&scope), Touched::municipality(municipality.id), change, ended).await
}

/// What the audit log tells of a new role.
pub fn granted(record: &RoleRecord) -> Change {
    Change::of(record.person).with(told_as(record), None, Some(record.validity.to_string()))
}

fn told_as(record: &RoleRecord) -> String {
    format!("roles.{}", record.role.code())
}

fn grantable(role: Role) -> Result<(), Refusal> {
    match role {
        Role::Reader | Role::MunicipalityAdministrator => Ok(()),
        Role::Coordinator => Err(other_way("Samordnare utses med assignCoordinator.", "Coordinators are assigned by assignCoordinator.")),
        Role::DataProtectionOfficer => Err(other_way(
            "Dataskyddsombud utses med appointDataProtectionOfficer.",
            "Data protection officers are appointed by appointDataProtectionOfficer.",
        )),
        Role::CooperationAdministrator => Err(other_way(
            "Samverkans administratör utses bara på servern, med samverkan invite.",
            "The administrator of the cooperation is made only on the server, by samverkan invite.",
        )),
    }
}

fn other_way(sv: &'static str, en: &'static str) -> Refusal {
    Refusal::invalid("role", Text::new(sv, en))
}

/// Whether the cooperation's administrator may act, as for the first administrator of a municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AsFirst {
    /// Not at all.
    No,
    /// To make the person the first administrator.
    ToBe,
    /// For a person who is recorded as the one administrator.
    Recorded,
}

/// The person, the municipality and the right to give or take the role. Where nobody else administers the municipality, by record or by
/// its provider's claims, the cooperation's administrator makes the first one, and need not see the municipality's people for it.
pub(super) async fn authorised(
    cx: &Cx,
    person: PersonId,
    as_first: AsFirst,
    slug: &str,
) -> Result<(Person, Municipality, WriteScope), Failure> {
    let municipality = municipality_named(cx, slug, "municipality").await?;
    let first_administrator = is_first(cx, person, as_first, &municipality).await?;
    let right = |person_of| {
        let subject = Subject::RoleOf { person_of, municipality: municipality.id, first_administrator };
        require(&cx.viewer, Action::GrantRole, subject, "municipality")
    };
    if first_administrator
        && let Ok(scope) = right(municipality.id)
        && let Some(person) = repo::person_of(&cx.tx, &scope, person, municipality.id).await?
    {
        return Ok((person, municipality, scope));
    }
    let person = known_person(cx, person, "personId").await?;
    let scope = right(person.municipality)?;
    Ok((person, municipality, scope))
}

async fn is_first(cx: &Cx, person: PersonId, as_first: AsFirst, municipality: &Municipality) -> Result<bool, Failure> {
    let by_claim = cx.logins.settings.provider_of(&municipality.slug).is_some_and(Provider::makes_administrators);
    if as_first == AsFirst::No || by_claim || repo::has_other_administrator(&cx.tx, &cx.scope, municipality.id, person, cx.today).await? {
        return Ok(false);
    }
    Ok(as_first == AsFirst::ToBe || repo::administers(&cx.tx, &cx.scope, municipality.id, person, cx.today).await?)
}
