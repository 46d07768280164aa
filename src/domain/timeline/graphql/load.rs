//! Loads findings and deadlines: one statement for each field that is asked for, however many ask.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::types::{Deadline, Finding};
use crate::{
    app::Cx,
    domain::{
        organisation::graphql::{load::controllers_by_id, types::Controller},
        timeline::{
            model::{Said, SpanKind},
            repo::{self, SaidFilter},
        },
    },
    graphql::{
        connection::{Connection, NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{ById, Loading, found},
        node::{self, Node},
        selection::{Call, Selection},
    },
    kernel::{kinds::ControllerId, page::Slice, refusal::Failure},
};

/// Deadlines with all that `select` asks of them.
pub fn deadlines<'a>(cx: &'a Cx, rows: Vec<Said>, select: Selection<'a>) -> Loading<'a, Vec<Deadline>> {
    Box::pin(async move {
        let mut objects = rows.iter().map(deadline).collect::<Result<Vec<_>, _>>()?;
        for call in select.on("Deadline") {
            match call.name {
                "controller" => {
                    let controllers = controllers_of(cx, &rows, call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.controller.put(controller_of(&controllers, row)?);
                    }
                }
                "subject" => {
                    let subjects = subjects_of(cx, &rows, &call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        let subject = subjects.get(row.subject_id.as_str()).cloned();
                        object.subject.put(subject.ok_or_else(|| strange(row, "is said of nothing that is there"))?);
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// Findings with all that `select` asks of them.
pub fn findings<'a>(cx: &'a Cx, rows: Vec<Said>, select: Selection<'a>) -> Loading<'a, Vec<Finding>> {
    Box::pin(async move {
        let mut objects = rows.iter().map(finding).collect::<Result<Vec<_>, _>>()?;
        for call in select.on("Finding") {
            match call.name {
                "controller" => {
                    let controllers = controllers_of(cx, &rows, call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.controller.put(controller_of(&controllers, row)?);
                    }
                }
                "subject" => {
                    let subjects = subjects_of(cx, &rows, &call.select).await?;
                    objects
                        .iter_mut()
                        .zip(&rows)
                        .for_each(|(object, row)| object.subject.put(subjects.get(row.subject_id.as_str()).cloned()));
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The findings of controllers, for the field below them.
pub async fn findings_of_controllers(
    cx: &Cx,
    of: &[ControllerId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<Finding>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let asked = NestedPage::of::<Finding>(call, "Controller.findings", "", &parents, cx.as_of)?;
    let found = repo::said_of_controllers(cx, SpanKind::Finding, of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<Finding>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| findings(cx, found, rows)).await
}

/// What is due for the viewer: for the controllers that the viewer coordinates or advises; for others, for all that they may read.
pub async fn viewers_deadlines(cx: &Cx, call: &Call<'_>) -> Result<Connection<Deadline>, ApiError> {
    let until: Option<crate::graphql::scalar::Date> = call.argument("until")?;
    let own: Vec<ControllerId> = cx.viewer.grants.iter().filter_map(|grant| grant.controller).collect();
    let filter = SaidFilter { controllers: (!own.is_empty()).then_some(own), due_until: until.map(|date| date.0), ..SaidFilter::default() };
    let viewer = Uuid::nil();
    let asked = NestedPage::of::<Deadline>(call, "Viewer.deadlines", &format!("{until:?}"), &[viewer], cx.as_of)?;
    let found: Slice<Said> = repo::said_page(cx, SpanKind::Deadline, &filter, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<Deadline>(&call.select);
    let mut pages = connections(asked, cx.as_of, &[viewer], HashMap::from([(viewer, found)]), |found| deadlines(cx, found, rows)).await?;
    pages.remove(&viewer).ok_or_else(|| ApiError::internal("deadlines were not loaded".to_owned()))
}

async fn controllers_of(cx: &Cx, rows: &[Said], select: Selection<'_>) -> Result<ById<ControllerId, Controller>, ApiError> {
    controllers_by_id(cx, rows.iter().filter_map(|row| row.controller), select).await
}

fn controller_of(controllers: &ById<ControllerId, Controller>, row: &Said) -> Result<Arc<Controller>, ApiError> {
    let controller = row.controller.ok_or_else(|| strange(row, "is said of no controller"))?;
    found(controllers, &controller)
}

async fn subjects_of<'r>(cx: &Cx, rows: &'r [Said], select: &Selection<'_>) -> Result<HashMap<&'r str, Arc<Node>>, ApiError> {
    node::nodes_by_text(cx, rows.iter().map(|row| row.subject_id.as_str()), select).await
}

fn deadline(row: &Said) -> Result<Deadline, ApiError> {
    let due = row.due.as_ref().ok_or_else(|| strange(row, "has no date"))?;
    Ok(Deadline {
        due_on: due.on.into(),
        kind: row.code.parse().map_err(|_| strange(row, "has no known code"))?,
        start_event: due.start.into(),
        raw_date: due.raw.into(),
        rule: format!("{} {}", row.rule, due.counting),
        detail: row.detail.clone(),
        controller: Default::default(),
        subject: Default::default(),
    })
}

fn finding(row: &Said) -> Result<Finding, ApiError> {
    let code: crate::domain::timeline::model::FindingCode = row.code.parse().map_err(|_| strange(row, "has no known code"))?;
    let terms = code.terms();
    Ok(Finding {
        code,
        severity: row.severity.unwrap_or(terms.severity),
        since: row.holds.from.into(),
        due_on: row.due_on.map(Into::into),
        shortcoming: terms.shortcoming,
        checklist_item: terms.checklist_item,
        rule: row.rule.clone(),
        detail: row.detail.clone(),
        controller: Default::default(),
        subject: Default::default(),
    })
}

fn strange(row: &Said, what: &str) -> ApiError {
    ApiError::internal(format!("timeline {} {what}", row.id))
}
