//! Use cases of the directory: authorise, load in scope, judge, write.

pub mod controller;
pub mod coordinator;
pub mod invitation;
pub mod municipality;
pub mod officer;
pub mod person;
pub mod role;
pub mod succession;
pub mod withdraw;

use super::{
    model::{Controller, Municipality, Person},
    repo,
};
use crate::{
    app::Cx,
    domain::visibility::{self, Reader},
    kernel::{
        kinds::{ControllerId, PersonId},
        refusal::{Failure, Refusal},
        text::Text,
    },
};

/// The municipality with this slug, or a refusal that names those that there are.
pub async fn municipality_named(cx: &Cx, slug: &str, path: &str) -> Result<Municipality, Failure> {
    if let Some(found) = repo::municipality_by_slug(&cx.tx, &cx.scope, slug).await? {
        return Ok(found);
    }
    let known = repo::slugs(&cx.tx, &cx.scope).await?.join(", ");
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("Det finns ingen kommun med detta kortnamn; det finns {known}."),
            format!("There is no municipality with this slug; there are {known}."),
        ),
    )
    .into())
}

/// A controller whose records the viewer may read, with its readers. Any other is answered like one that does not exist.
pub async fn own_controller(cx: &Cx, id: ControllerId, path: &str) -> Result<(Controller, Vec<Reader>), Failure> {
    let (controller, readers) = known_controller(cx, id, path).await?;
    let today: Vec<_> = readers.iter().filter(|reader| reader.reads_on(cx.today)).map(|reader| reader.municipality).collect();
    if cx.scope.reads_controller(id, &today) { Ok((controller, readers)) } else { Err(Refusal::not_found(path).into()) }
}

/// A controller of the shared directory, with its readers.
pub async fn known_controller(cx: &Cx, id: ControllerId, path: &str) -> Result<(Controller, Vec<Reader>), Failure> {
    let found = repo::controllers(&cx.tx, &cx.scope, &[id]).await?.pop();
    let readers = visibility::repo::readers(&cx.tx, &cx.scope, &[id]).await?.remove(&id).unwrap_or_default();
    Ok((found.ok_or_else(|| Refusal::not_found(path))?, readers))
}

/// A person whom the viewer may see. One whose name is erased is answered like one that does not exist: nobody can tell who it was.
pub async fn known_person(cx: &Cx, id: PersonId, path: &str) -> Result<Person, Failure> {
    let found = repo::people(&cx.tx, &cx.scope, &[id]).await?.pop();
    Ok(found.filter(|person| person.erased_at.is_none()).ok_or_else(|| Refusal::not_found(path))?)
}

/// A person whom the viewer may change at all: of the own municipality, or the viewer. Any other is answered like one that
/// does not exist, though the directory may show it.
pub async fn own_person(cx: &Cx, id: PersonId, path: &str) -> Result<Person, Failure> {
    let person = known_person(cx, id, path).await?;
    let own = Some(id) == cx.viewer.person || person.municipality == cx.viewer.municipality;
    if own { Ok(person) } else { Err(Refusal::not_found(path).into()) }
}
