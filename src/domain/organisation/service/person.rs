//! People of the directory.

use super::{municipality_named, own_person};
use crate::{
    app::Cx,
    authz::{Action, Subject, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{model::Person, repo},
    },
    kernel::{
        kinds::PersonId,
        refusal::Failure,
        version::{stored, unchanged},
    },
};

/// A new person.
#[derive(Debug)]
pub struct CreatePerson {
    /// The slug of the municipality that the person works for.
    pub municipality: String,
    /// What the person is called.
    pub name: String,
    /// E-mail address at work.
    pub email: Option<String>,
    /// Telephone number at work.
    pub phone: Option<String>,
}

/// Stores a new person, who has no rights.
pub async fn create(cx: &Cx, command: CreatePerson) -> Result<Recorded<PersonId>, Failure> {
    let municipality = municipality_named(cx, &command.municipality, "municipality").await?.id;
    let id = cx.ids.id(cx.now);
    let scope = require(&cx.viewer, Action::KeepPerson, Subject::Person(id, municipality), "municipality")?;
    let new = Person { id, municipality, name: command.name, email: command.email, phone: command.phone, version: 1, erased_at: None };
    repo::insert_people(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
    audit::record(&cx.doing(&scope), Touched::municipality(municipality), Change::made(&new), id).await
}

/// A changed person. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct UpdatePerson {
    /// Who.
    pub id: PersonId,
    /// The version that is changed.
    pub expected_version: i32,
    /// What the person is called.
    pub name: Option<String>,
    /// E-mail address at work.
    pub email: Option<Option<String>>,
    /// Telephone number at work.
    pub phone: Option<Option<String>>,
}

/// Changes a person's details.
pub async fn update(cx: &Cx, command: UpdatePerson) -> Result<Recorded<PersonId>, Failure> {
    let current = own_person(cx, command.id, "personId").await?;
    let scope = require(&cx.viewer, Action::KeepPerson, Subject::Person(current.id, current.municipality), "personId")?;
    unchanged(command.expected_version, current.version)?;
    let changed = Person {
        name: command.name.unwrap_or_else(|| current.name.clone()),
        email: command.email.unwrap_or_else(|| current.email.clone()),
        phone: command.phone.unwrap_or_else(|| current.phone.clone()),
        version: current.version + 1,
        ..current
    };
    stored(repo::update_person(&cx.tx, &scope, &changed).await?, current.version)?;
    let touched = Touched::municipality(changed.municipality);
    audit::record(&cx.doing(&scope), touched, Change::changed(&current, &changed), changed.id).await
}
