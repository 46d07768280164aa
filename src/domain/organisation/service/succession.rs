//! Boards are reorganised: the duties of controllers go over to another. What they have signed stays as it was signed; who holds it
//! on a day follows from the successions.

use chrono::NaiveDate;

use super::own_controller;
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{Touched, model::Change},
        organisation::{
            model::{Controller, Succession},
            repo,
            rules::succession::{
                HandedOver, Successions, handed_over, holdings, predecessor_can_go, successor_can_follow, with_predecessors,
            },
        },
        visibility::{self, Reader},
    },
    kernel::{
        kinds::{AgreementId, ControllerId},
        period::eve,
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::stored,
    },
};

/// Controllers are succeeded by another.
#[derive(Debug)]
pub struct SucceedController {
    /// Whose duties go over; at least one.
    pub predecessors: Vec<ControllerId>,
    /// To whom.
    pub successor: ControllerId,
    /// The first day of the successor.
    pub on: NaiveDate,
    /// Where the decision is filed.
    pub decision_reference: Option<String>,
}

/// Duties that have gone over in the directory; what follows of them elsewhere is for the caller.
#[derive(Debug)]
pub struct Succeeded {
    /// Who has them then.
    pub successor: ControllerId,
    /// The right by which it was done.
    pub scope: WriteScope,
    /// The agreements whose parties' duties went over with them.
    pub agreements: Vec<AgreementId>,
    /// Those who read the predecessors today and the successor, also only from the first day on.
    pub touched: Touched,
    /// What the audit log tells.
    pub change: Change,
}

/// Lets the duties of controllers go over to another, with their coordinators. Officers do not: each controller designates its own
/// (GDPR art. 37.1).
pub async fn succeed(cx: &Cx, command: SucceedController) -> Result<Succeeded, Failure> {
    let SucceedController { predecessors: ids, successor, on, decision_reference } = command;
    each_once(&ids)?;
    let (predecessors, touched) = own_predecessors(cx, &ids).await?;
    let (successor, readers) = own_controller(cx, successor, "successorId").await?;
    let scope = require(&cx.viewer, Action::KeepController, Subject::Municipality(successor.host), "successorId")?;
    let there = repo::successions(&cx.tx, &scope).await?;
    successor_can_follow(&predecessors, &successor, on, &there)?;
    for (n, predecessor) in predecessors.iter().enumerate() {
        predecessor_can_go(predecessor, on, &there, &format!("predecessorIds.{n}"))?;
    }
    let new = ids.iter().map(|predecessor| Succession {
        predecessor: *predecessor,
        successor: successor.id,
        on,
        decision_reference: decision_reference.clone(),
    });
    let new: Vec<_> = new.collect();
    let agreements = go_over(cx, &scope, there, &new).await?;
    let change = new.iter().fold(Change::of(successor.id), |change, new| change.and(told_of(new)));
    let change = end_predecessors(cx, &scope, &predecessors, on, change).await?;
    let change = hand_over(cx, &scope, &ids, (&successor, &readers), on, change).await?;
    // Who does not read the successor yet will, and is told.
    let told = readers.iter().filter(|reader| reads_from(**reader, on.max(cx.today)));
    let touched = touched.and(Touched::controllers(told.map(|reader| (reader.municipality, successor.id))));
    Ok(Succeeded { successor: successor.id, scope, agreements, touched, change })
}

/// The predecessors, which are the viewer's to keep, and whom it touches that they go.
async fn own_predecessors(cx: &Cx, ids: &[ControllerId]) -> Result<(Vec<Controller>, Touched), Failure> {
    let mut touched = Touched::default();
    let mut predecessors = Vec::with_capacity(ids.len());
    for (n, id) in ids.iter().enumerate() {
        let path = format!("predecessorIds.{n}");
        let (predecessor, readers) = own_controller(cx, *id, &path).await?;
        require(&cx.viewer, Action::KeepController, Subject::Municipality(predecessor.host), &path)?;
        touched = touched.and(visibility::touched(predecessor.id, &readers, cx.today));
        predecessors.push(predecessor);
    }
    Ok((predecessors, touched))
}

/// Stores successions: who holds the duties follows, and who reads the agreements under which there are some, which it gives back.
async fn go_over(cx: &Cx, scope: &WriteScope, mut there: Successions, new: &[Succession]) -> Result<Vec<AgreementId>, Failure> {
    repo::insert_successions(&cx.tx, scope, &cx.ids, cx.now, new).await?;
    there.extend(new.iter().map(|new| (new.predecessor, (new.successor, new.on))));
    let predecessors: Vec<_> = new.iter().map(|new| new.predecessor).collect();
    let held: Vec<_> = with_predecessors(&predecessors, &there).into_iter().flat_map(|of| holdings(of, &there)).collect();
    visibility::repo::keep_holdings(&cx.tx, scope, &held).await?;
    let agreements = visibility::repo::agreements_held(&cx.tx, scope, &predecessors).await?;
    visibility::repo::open_agreements(&cx.tx, scope, &cx.ids, cx.now, &agreements).await?;
    Ok(agreements)
}

/// Whether somebody reads on a day, or will later.
fn reads_from(reader: Reader, day: NaiveDate) -> bool {
    reader.membership.is_none_or(|membership| membership.to.is_none_or(|to| day <= to))
}

fn each_once(ids: &[ControllerId]) -> Result<(), Refusal> {
    match (1..ids.len()).find(|n| ids[..*n].contains(&ids[*n])) {
        None => Ok(()),
        Some(n) => Err(Refusal::new(
            RefusalCode::Duplicate,
            &format!("predecessorIds.{n}"),
            Text::new("Den är redan uppräknad.", "It is listed already."),
        )),
    }
}

fn told_of(new: &Succession) -> Change {
    let Succession { predecessor, successor, on, decision_reference } = new;
    let told =
        Change::of(*predecessor).with("successor", None, Some(successor.to_string())).with("succeededOn", None, Some(on.to_string()));
    match decision_reference {
        None => told,
        Some(reference) => told.with("decisionReference", None, Some(reference.clone())),
    }
}

/// A predecessor exists until the day before.
async fn end_predecessors(
    cx: &Cx,
    scope: &WriteScope,
    predecessors: &[Controller],
    on: NaiveDate,
    mut change: Change,
) -> Result<Change, Failure> {
    for current in predecessors {
        let changed = Controller { validity: current.validity.until(eve(on)), version: current.version + 1, ..current.clone() };
        stored(repo::update_controller(&cx.tx, scope, &changed).await?, current.version)?;
        change = change.and(Change::changed(current, &changed));
    }
    Ok(change)
}

/// The coordinators of the predecessors become the successor's.
async fn hand_over(
    cx: &Cx,
    scope: &WriteScope,
    predecessors: &[ControllerId],
    (successor, readers): (&Controller, &[Reader]),
    on: NaiveDate,
    change: Change,
) -> Result<Change, Failure> {
    let before = repo::assignments_of(&cx.tx, &cx.scope, predecessors, None).await?;
    let there = repo::assignments_of(&cx.tx, &cx.scope, &[successor.id], None).await?;
    let people: Vec<_> = before.iter().map(|assignment| assignment.person).collect();
    let people = repo::people(&cx.tx, &cx.scope, &people).await?;
    let house = |municipality| readers.iter().any(|reader| reader.municipality == municipality && reader.reads_on(on));
    let of_the_house = |id| people.iter().any(|person| person.id == id && house(person.municipality));
    let done = handed_over(before, &there, (successor.id, on), of_the_house, || cx.ids.id(cx.now));
    let HandedOver { ended, void, begun } = &done;
    let ids: Vec<_> = ended.iter().map(|(before, _)| before.id).collect();
    repo::end_assignments(&cx.tx, scope, &ids, eve(on)).await?;
    let ids: Vec<_> = void.iter().map(|assignment| assignment.id).collect();
    repo::withdraw_assignments(&cx.tx, scope, cx.now, &ids).await?;
    repo::insert_assignments(&cx.tx, scope, begun).await?;
    let change = ended.iter().fold(change, |change, (before, after)| change.and(Change::changed(before, after)));
    let why = || "succeedController".to_owned();
    let change = void.iter().fold(change, |change, assignment| change.and(Change::withdrawn(assignment, why())));
    Ok(begun.iter().fold(change, |change, new| change.and(Change::made(new))))
}
