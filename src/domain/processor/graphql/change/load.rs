//! Loads changes and cases level by level: one statement for each field that is asked for, however many objects ask.

use std::{collections::HashMap, sync::Arc};

use async_graphql::ID;
use uuid::Uuid;

use super::types::{Advice, ObjectionCase, SubProcessorChange};
use crate::{
    app::Cx,
    authz::{Action, Subject, allowed},
    db::row,
    domain::{
        organisation::graphql::load::{controllers_by_id, grouped, municipalities_by_id, people_by_id},
        processor::{
            graphql::{
                load::{agreement_nodes, parties_by_id},
                types::Party,
            },
            model::{self, ActKind, CaseAct, ObjectionState},
            repo,
        },
        reference::graphql::Countries,
        timeline::{
            graphql::load::deadlines,
            model::{DeadlineKind, Said, SpanKind},
            repo::{said_about, said_of, said_on},
        },
    },
    graphql::{
        connection::{Connection, NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{ById, Loading, found, once, shared},
        scalar::{Date, Url},
        selection::{Call, Selection},
    },
    kernel::{
        code::Code,
        id::Id,
        kinds::{AgreementId, CaseId, ChangeId, ControllerId, ObjectionCaseKind, PartyId},
        refusal::Failure,
    },
};

// ── changes ──────────────────────────────────────────────────────────────────────────────────────

/// Changes with all that `select` asks of them; `rows` holds each once.
pub fn changes<'a>(cx: &'a Cx, rows: Vec<model::SubProcessorChange>, select: Selection<'a>) -> Loading<'a, Vec<SubProcessorChange>> {
    Box::pin(async move {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut objects: Vec<_> = rows.iter().map(change).collect();
        for call in select.on("SubProcessorChange") {
            match call.name {
                "processor" => {
                    let parties = named(cx, &rows, |row| Some(row.processor), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.processor.put(found(&parties, &row.processor)?);
                    }
                }
                "subProcessor" => {
                    let parties = named(cx, &rows, |row| Some(row.sub_processor), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.sub_processor.put(found(&parties, &row.sub_processor)?);
                    }
                }
                "replaces" => {
                    let parties = named(cx, &rows, |row| row.replaces, call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.replaces.put(row.replaces.map(|id| found(&parties, &id)).transpose()?);
                    }
                }
                "engagedBy" => {
                    let parties = named(cx, &rows, |row| row.engaged_by, call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.engaged_by.put(row.engaged_by.map(|id| found(&parties, &id)).transpose()?);
                    }
                }
                "processingCountries" => {
                    let countries = Countries::load(cx, &call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.processing_countries.put(row.processing_countries.iter().map(|code| countries.get(*code)).collect());
                    }
                }
                "announcedBy" => {
                    let municipalities = municipalities_by_id(cx, rows.iter().filter_map(|row| row.announced_by), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        let by = row.announced_by.ok_or_else(|| ApiError::internal(format!("nobody announced {:?}", row.id)))?;
                        object.announced_by.put(found(&municipalities, &by)?);
                    }
                }
                "advice" => put_advice(cx, &ids, &mut objects, call.select).await?,
                "objectionCases" => {
                    let mut pages = cases_of_changes(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.objection_cases.put(&call.key, page));
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The parties that changes name in one place.
async fn named(
    cx: &Cx,
    rows: &[model::SubProcessorChange],
    of: impl Fn(&model::SubProcessorChange) -> Option<PartyId>,
    select: Selection<'_>,
) -> Result<ById<PartyId, Party>, ApiError> {
    parties_by_id(cx, rows.iter().filter_map(of), select).await
}

/// The changes with these ids.
pub async fn change_nodes(cx: &Cx, ids: &[ChangeId], select: Selection<'_>) -> Result<Vec<(ChangeId, SubProcessorChange)>, ApiError> {
    let rows = repo::changes(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(changes(cx, rows, select).await?).collect())
}

/// Changes by their ids, for what names them: those that are withdrawn, too.
pub async fn changes_by_id(
    cx: &Cx,
    ids: impl IntoIterator<Item = ChangeId>,
    select: Selection<'_>,
) -> Result<ById<ChangeId, SubProcessorChange>, ApiError> {
    let rows = repo::changes_named(cx, &once(ids)).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(shared(ids.into_iter().zip(changes(cx, rows, select).await?).collect()))
}

async fn put_advice(cx: &Cx, ids: &[ChangeId], objects: &mut [SubProcessorChange], select: Selection<'_>) -> Result<(), ApiError> {
    let rows = repo::advice(cx, ids).await.map_err(Failure::from)?;
    let people = people_by_id(cx, rows.iter().map(|row| row.author), select.inside("Advice", "author")).await?;
    let of: Vec<_> = rows.iter().map(|row| row.change).collect();
    let advice = rows.into_iter().map(|row| {
        let mut advice = Advice { text: row.text, given_at: row.given_at, author: Default::default() };
        advice.author.put(found(&people, &row.author)?);
        Ok(advice)
    });
    let mut lists = grouped(of, advice.collect::<Result<Vec<_>, ApiError>>()?);
    for (object, id) in objects.iter_mut().zip(ids) {
        object.advice.put(lists.remove(id).unwrap_or_default());
    }
    Ok(())
}

async fn cases_of_changes(cx: &Cx, of: &[ChangeId], call: &Call<'_>) -> Result<HashMap<Uuid, Connection<ObjectionCase>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let asked = NestedPage::of::<ObjectionCase>(call, "SubProcessorChange.objectionCases", "", &parents, cx.as_of)?;
    let found = said_about(cx, SpanKind::Case, &parents, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<ObjectionCase>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| cases(cx, found, rows)).await
}

fn change(row: &model::SubProcessorChange) -> SubProcessorChange {
    SubProcessorChange {
        id: ID(row.id.to_string()),
        kind: row.kind,
        service: row.service.clone(),
        data_categories: row.data_categories.clone(),
        data_subjects: row.data_subjects.clone(),
        announced_on: row.announced_on.into(),
        effective_on: row.effective_on.into(),
        source_url: row.source_url.clone().map(Url),
        version: row.version,
        processor: Default::default(),
        sub_processor: Default::default(),
        replaces: Default::default(),
        engaged_by: Default::default(),
        processing_countries: Default::default(),
        announced_by: Default::default(),
        advice: Default::default(),
        objection_cases: Default::default(),
    }
}

// ── cases ────────────────────────────────────────────────────────────────────────────────────────

/// Cases with all that `select` asks of them; `rows` is what the timeline says of each.
pub fn cases<'a>(cx: &'a Cx, rows: Vec<Said>, select: Selection<'a>) -> Loading<'a, Vec<ObjectionCase>> {
    Box::pin(async move {
        let ids: Vec<CaseId> = rows.iter().map(|row| Id::new(row.subject)).collect();
        let recorded = repo::cases(&cx.tx, &ids).await.map_err(Failure::from)?;
        let recorded: HashMap<CaseId, model::ObjectionCase> = recorded.into_iter().map(|case| (case.id, case)).collect();
        let read = rows.iter().zip(&ids).map(|(said, id)| Read::of(cx, said, recorded.get(id)));
        let read = read.collect::<Result<Vec<_>, ApiError>>()?;
        let keepers = keepers(cx, &rows).await?;
        let object = |(read, said): (&Read<'_>, &Said)| case(cx, read, said, keepers.get(&said.subject).copied());
        let mut objects: Vec<_> = read.iter().zip(&rows).map(object).collect();
        for call in select.on("ObjectionCase") {
            match call.name {
                "change" => {
                    let changes = changes_by_id(cx, read.iter().map(|read| read.change), call.select).await?;
                    for (object, read) in objects.iter_mut().zip(&read) {
                        object.change.put(found(&changes, &read.change)?);
                    }
                }
                "agreement" => {
                    let of = once(read.iter().map(|read| read.agreement));
                    let agreements = shared(agreement_nodes(cx, &of, call.select).await?);
                    for (object, read) in objects.iter_mut().zip(&read) {
                        object.agreement.put(found(&agreements, &read.agreement)?);
                    }
                }
                "controller" => {
                    let controllers = controllers_by_id(cx, read.iter().map(|read| read.controller), call.select).await?;
                    for (object, read) in objects.iter_mut().zip(&read) {
                        object.controller.put(found(&controllers, &read.controller)?);
                    }
                }
                "deadline" => {
                    let begun = rows.iter().zip(&read).filter(|(said, read)| said.due.is_some() && !read.waits());
                    let windows: Vec<_> = begun.map(|(said, _)| window(said)).collect();
                    let of: Vec<_> = windows.iter().map(|said| said.subject).collect();
                    let mut windows: HashMap<_, _> = of.into_iter().zip(deadlines(cx, windows, call.select).await?).collect();
                    objects.iter_mut().zip(&rows).for_each(|(object, said)| object.deadline.put(windows.remove(&said.subject)));
                }
                "decidedBy" => {
                    let deciders = read.iter().filter_map(|read| read.decided?.by);
                    let people = people_by_id(cx, deciders, call.select).await?;
                    for (object, read) in objects.iter_mut().zip(&read) {
                        object.decided_by.put(read.decided.and_then(|act| people.get(&act.by?).cloned()));
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The window of a case as a deadline.
fn window(said: &Said) -> Said {
    Said { code: DeadlineKind::Objection.code().to_owned(), ..said.clone() }
}

/// The cases with these ids that the viewer may read.
pub async fn case_nodes(cx: &Cx, ids: &[CaseId], select: Selection<'_>) -> Result<Vec<(CaseId, ObjectionCase)>, ApiError> {
    let keys: Vec<Uuid> = ids.iter().map(|id| id.key()).collect();
    let rows = said_of(cx, SpanKind::Case, &keys).await.map_err(Failure::from)?;
    let ids: Vec<CaseId> = rows.iter().map(|row| Id::new(row.subject)).collect();
    Ok(ids.into_iter().zip(cases(cx, rows, select).await?).collect())
}

/// The cases with these ids, each to be shared.
pub async fn cases_by_id(cx: &Cx, ids: Vec<CaseId>, select: Selection<'_>) -> Result<ById<CaseId, ObjectionCase>, ApiError> {
    Ok(case_nodes(cx, &once(ids), select).await?.into_iter().map(|(id, case)| (id, Arc::new(case))).collect())
}

/// What is read of a case: what the timeline says, and what its controller recorded until `as_of`.
struct Read<'a> {
    change: ChangeId,
    agreement: AgreementId,
    controller: ControllerId,
    state: ObjectionState,
    recorded: Option<&'a model::ObjectionCase>,
    /// The last decision.
    decided: Option<&'a CaseAct>,
    /// What became of it.
    outcome: Option<&'a CaseAct>,
}

impl<'a> Read<'a> {
    fn of(cx: &Cx, said: &Said, recorded: Option<&'a model::ObjectionCase>) -> Result<Self, ApiError> {
        let fault = || ApiError::internal(format!("the timeline says of a case {:?} too little", said.id));
        let acts = recorded.map(|case| case.acts.as_slice()).unwrap_or_default();
        let acts: Vec<_> = acts.iter().filter(|act| act.done_on <= cx.as_of).collect();
        let decided = acts.iter().rposition(|act| act.act != ActKind::Outcome);
        Ok(Self {
            change: ChangeId::new(said.about.ok_or_else(fault)?),
            agreement: AgreementId::new(said.origin),
            controller: said.controller.ok_or_else(fault)?,
            state: row::code(&said.code).map_err(Failure::from)?,
            recorded,
            decided: decided.map(|at| acts[at]),
            outcome: decided.and_then(|at| acts[at..].iter().rev().find(|act| act.act == ActKind::Outcome).copied()),
        })
    }

    /// Whether the window has not begun, as far as is known.
    fn waits(&self) -> bool {
        matches!(self.state, ObjectionState::ReceiptUnconfirmed | ObjectionState::Incomplete)
    }
}

/// Whose cases these are today, whatever `as_of` says: who may act in them.
async fn keepers(cx: &Cx, rows: &[Said]) -> Result<HashMap<Uuid, ControllerId>, ApiError> {
    let of = |rows: &[Said]| rows.iter().filter_map(|said| Some((said.subject, said.controller?))).collect();
    if cx.as_of == cx.today {
        return Ok(of(rows));
    }
    let subjects: Vec<_> = rows.iter().map(|said| said.subject).collect();
    Ok(of(&said_on(&cx.tx, SpanKind::Case, &subjects, cx.today).await.map_err(Failure::from)?))
}

fn case(cx: &Cx, read: &Read<'_>, said: &Said, keeper: Option<ControllerId>) -> ObjectionCase {
    let come = |day: Option<chrono::NaiveDate>| day.filter(|day| *day <= cx.as_of).map(Date::from);
    let missing = read.recorded.map(|case| case.missing.clone()).unwrap_or_default();
    // Of a complete notice the window begins on the day of receipt, which may be deemed.
    let begun = said.due.as_ref().filter(|_| missing.is_empty() && !read.waits()).map(|due| due.start);
    let received = read.recorded.and_then(|case| case.notice_received_on).or(begun);
    ObjectionCase {
        id: ID(Id::<ObjectionCaseKind>::new(said.subject).to_string()),
        notice_sent_on: come(read.recorded.and_then(|case| case.notice_sent_on)),
        notice_received_on: come(received),
        missing_from_notice: missing,
        completed_on: come(read.recorded.and_then(|case| case.completed_on)),
        earliest_possible_deadline: said.due_on.filter(|_| read.waits()).map(Date::from),
        state: read.state,
        outcome: read.outcome.and_then(|act| act.outcome),
        decided_on: read.decided.map(|act| act.done_on.into()),
        reason: read.outcome.and_then(|act| act.reason.clone()).or_else(|| read.decided.and_then(|act| act.reason.clone())),
        version: read.recorded.map_or(0, |case| case.version),
        viewer_can_update: keeper.is_some_and(|keeper| allowed(&cx.viewer, Action::KeepCase, Subject::Case(keeper))),
        change: Default::default(),
        agreement: Default::default(),
        controller: Default::default(),
        deadline: Default::default(),
        decided_by: Default::default(),
    }
}
