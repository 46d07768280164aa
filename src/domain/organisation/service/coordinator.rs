//! Coordinators are assigned to controllers. Guidelines 8.1: at least one each (COO1).

use chrono::NaiveDate;

use super::{known_person, own_controller};
use crate::{
    app::Cx,
    authz::{Action, Subject, require},
    domain::{
        audit::{self, Recorded, model::Change},
        organisation::{model::Assignment, repo, rules},
        visibility,
    },
    kernel::{
        kinds::{AssignmentId, ControllerId, PersonId},
        period::Period,
        refusal::{Failure, Refusal},
        version::{stored, unchanged},
    },
};

/// A person becomes coordinator of a controller.
#[derive(Debug)]
pub struct AssignCoordinator {
    /// Who.
    pub person: PersonId,
    /// Of what.
    pub controller: ControllerId,
    /// Whether as a deputy.
    pub deputy: bool,
    /// When.
    pub validity: Period,
}

/// Assigns a coordinator.
pub async fn assign(cx: &Cx, command: AssignCoordinator) -> Result<Recorded<AssignmentId>, Failure> {
    let (controller, readers) = own_controller(cx, command.controller, "controllerId").await?;
    let scope = require(&cx.viewer, Action::AssignCoordinator, Subject::Municipality(controller.host), "controllerId")?;
    let person = known_person(cx, command.person, "personId").await?;
    rules::coordinator_is_of_the_house(&person, &readers, command.validity.from, "personId")?;
    let there = repo::assignments_of(&cx.tx, &cx.scope, &[controller.id], None).await?;
    let periods: Vec<_> = there.iter().filter(|other| other.person == person.id).map(|other| other.validity).collect();
    rules::does_not_overlap(command.validity, &periods, "validFrom")?;
    let new = Assignment {
        id: cx.ids.id(cx.now),
        person: person.id,
        controller: controller.id,
        deputy: command.deputy,
        validity: command.validity,
        version: 1,
    };
    repo::insert_assignments(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
    let touched = visibility::touched(controller.id, &readers, cx.today);
    audit::record(&cx.doing(&scope), touched, Change::made(&new), new.id).await
}

/// The end of an assignment.
#[derive(Debug)]
pub struct EndAssignment {
    /// Which.
    pub id: AssignmentId,
    /// The version that is changed.
    pub expected_version: i32,
    /// The last day on which it holds.
    pub valid_to: NaiveDate,
}

/// Ends an assignment. The controller may be left without a coordinator; that is stored as any fact.
pub async fn end(cx: &Cx, command: EndAssignment) -> Result<Recorded<AssignmentId>, Failure> {
    let found = repo::assignments(&cx.tx, &cx.scope, &[command.id]).await?.pop();
    let current = found.ok_or_else(|| Refusal::not_found("assignmentId"))?;
    let (controller, readers) = own_controller(cx, current.controller, "assignmentId").await?;
    let scope = require(&cx.viewer, Action::AssignCoordinator, Subject::Municipality(controller.host), "assignmentId")?;
    unchanged(command.expected_version, current.version)?;
    let validity = rules::ended(current.validity, command.valid_to, "validTo")?;
    let there = repo::assignments_of(&cx.tx, &cx.scope, &[controller.id], None).await?;
    let others = there.iter().filter(|other| other.person == current.person && other.id != current.id);
    rules::does_not_overlap(validity, &others.map(|other| other.validity).collect::<Vec<_>>(), "validTo")?;
    let changed = Assignment { validity, version: current.version + 1, ..current.clone() };
    stored(repo::update_assignment(&cx.tx, &scope, &changed).await?, current.version)?;
    let touched = visibility::touched(controller.id, &readers, cx.today);
    audit::record(&cx.doing(&scope), touched, Change::changed(&current, &changed), changed.id).await
}
