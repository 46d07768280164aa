//! Controllers: boards, joint boards with their members, companies, foundations.

use chrono::NaiveDate;

use super::{municipality_named, own_controller};
use crate::{
    app::Cx,
    authz::{Action, Subject, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{
            model::{Controller, ControllerKind},
            repo, rules,
        },
        visibility::{self, Reader},
    },
    kernel::{
        kinds::ControllerId,
        period::Period,
        refusal::{Failure, Refusal},
        version::{stored, unchanged},
    },
};

/// A municipality is a member of a joint board.
#[derive(Debug)]
pub struct Member {
    /// Its slug.
    pub municipality: String,
    /// When.
    pub membership: Period,
}

/// A new controller.
#[derive(Debug)]
pub struct CreateController {
    /// The slug of its municipality, or of its host.
    pub municipality: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ControllerKind,
    /// Its own organisation number.
    pub organisation_number: Option<String>,
    /// When it exists.
    pub validity: Period,
    /// The other municipalities of a joint board.
    pub members: Vec<Member>,
}

/// Stores a new controller.
pub async fn create(cx: &Cx, command: CreateController) -> Result<Recorded<ControllerId>, Failure> {
    let host = municipality_named(cx, &command.municipality, "municipality").await?;
    let scope = require(&cx.viewer, Action::KeepController, Subject::Municipality(host.id), "municipality")?;
    let new = Controller {
        id: cx.ids.id(cx.now),
        host: host.id,
        name: command.name,
        kind: command.kind,
        organisation_number: command.organisation_number,
        validity: command.validity,
        version: 1,
        withdrawn: false,
    };
    let mut readers = members(cx, &new, command.members, &[]).await?;
    readers.push(Reader { municipality: new.host, membership: None });
    repo::insert_controller(&cx.tx, &scope, &new).await?;
    visibility::repo::open_controller(&cx.tx, &scope, &cx.ids, cx.now, new.id, &readers).await?;
    // Who is not a member yet will be, and is told.
    let touched = Touched::controllers(readers.iter().map(|reader| (reader.municipality, new.id)));
    let change = told_members(Change::made(&new), &[], &readers);
    audit::record(&cx.doing(&scope), touched, change, new.id).await
}

/// A changed controller. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct UpdateController {
    /// Which.
    pub id: ControllerId,
    /// The version that is changed.
    pub expected_version: i32,
    /// Its name.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<ControllerKind>,
    /// Its own organisation number.
    pub organisation_number: Option<Option<String>>,
    /// Its first day.
    pub valid_from: Option<NaiveDate>,
    /// Its last day.
    pub valid_to: Option<Option<NaiveDate>>,
    /// Members that are new or have other dates; those that are not named stay.
    pub members: Vec<Member>,
}

/// Changes a controller and who belongs to a joint board; what its members read follows at once.
pub async fn update(cx: &Cx, command: UpdateController) -> Result<Recorded<ControllerId>, Failure> {
    let (current, readers) = own_controller(cx, command.id, "controllerId").await?;
    let scope = require(&cx.viewer, Action::KeepController, Subject::Municipality(current.host), "controllerId")?;
    unchanged(command.expected_version, current.version)?;
    let from = command.valid_from.unwrap_or(current.validity.from);
    let to = command.valid_to.unwrap_or(current.validity.to);
    let changed = Controller {
        name: command.name.unwrap_or_else(|| current.name.clone()),
        kind: command.kind.unwrap_or(current.kind),
        organisation_number: command.organisation_number.unwrap_or_else(|| current.organisation_number.clone()),
        validity: Period::new(from, to).ok_or_else(|| Refusal::ends_before_it_begins("validTo"))?,
        version: current.version + 1,
        ..current.clone()
    };
    if command.kind.is_some() {
        let there: Vec<_> = readers.iter().filter(|reader| reader.membership.is_some()).map(|reader| reader.municipality).collect();
        rules::members_fit(changed.kind, changed.host, &there, "kind")?;
    }
    let members = members(cx, &changed, command.members, &readers).await?;
    stored(repo::update_controller(&cx.tx, &scope, &changed).await?, current.version)?;
    if !members.is_empty() {
        visibility::repo::change_members(&cx.tx, &scope, &cx.ids, cx.now, changed.id, &members).await?;
    }
    let named = Touched::controllers(members.iter().map(|member| (member.municipality, changed.id)));
    let touched = visibility::touched(changed.id, &readers, cx.today).and(named);
    let change = told_members(Change::changed(&current, &changed), &readers, &members);
    audit::record(&cx.doing(&scope), touched, change, changed.id).await
}

/// A change of a controller with the memberships that it gave or changed.
fn told_members(change: Change, before: &[Reader], named: &[Reader]) -> Change {
    let membership = |reader: &Reader| reader.membership.map(|membership| membership.to_string());
    named.iter().filter(|reader| reader.membership.is_some()).fold(change, |change, member| {
        let began_then = |other: &&Reader| {
            other.municipality == member.municipality && other.membership.map(|there| there.from) == member.membership.map(|new| new.from)
        };
        let there = before.iter().find(began_then).and_then(membership);
        change.with(format!("memberMunicipalities.{}", member.municipality), there, membership(member))
    })
}

/// The named members as readers. A membership replaces the one of the municipality that begins on the same day, and overlaps no other.
async fn members(cx: &Cx, controller: &Controller, named: Vec<Member>, there: &[Reader]) -> Result<Vec<Reader>, Failure> {
    let mut members: Vec<Reader> = Vec::with_capacity(named.len());
    for (n, Member { municipality, membership }) in named.into_iter().enumerate() {
        let municipality = municipality_named(cx, &municipality, &format!("members.{n}.municipality")).await?.id;
        members.push(Reader { municipality, membership: Some(membership) });
    }
    let begin = |reader: &Reader| (reader.municipality, reader.membership.map(|membership| membership.from));
    let mut stay: Vec<&Reader> = there.iter().filter(|other| members.iter().all(|member| begin(member) != begin(other))).collect();
    for (n, member) in members.iter().enumerate() {
        let others: Vec<_> =
            stay.iter().filter(|other| other.municipality == member.municipality).filter_map(|other| other.membership).collect();
        if let Some(membership) = member.membership {
            rules::does_not_overlap(membership, &others, &format!("members.{n}.validFrom"))?;
        }
        stay.push(member);
    }
    let municipalities: Vec<_> = members.iter().map(|member| member.municipality).collect();
    rules::members_fit(controller.kind, controller.host, &municipalities, "members")?;
    Ok(members)
}
