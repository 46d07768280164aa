//! Contents, instructions, assurances, notices, contacts and suspensions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::ID;
use strum::VariantArray;
use uuid::Uuid;

use super::{keys_of, parties_of, terms::versions_of};
use crate::{
    app::Cx,
    domain::{
        organisation::graphql::load::{controllers_by_id, grouped},
        processor::{
            graphql::types::{
                AgreementContact, AgreementContentAnswer, AgreementNotice, Assurance, Instruction, ProcessorAgreement, Receipt, Suspension,
            },
            model::{self, AgreementContentItem, Answer},
            repo,
            rules::{
                keeping::{answer_due, received_on},
                life::Life,
            },
        },
        reference::graphql::Countries,
        timeline::{model::SpanKind, repo::said_on},
    },
    graphql::{
        connection::{Connection, NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{Loading, once},
        scalar::{EmailAddress, Url},
        selection::{Call, Selection},
    },
    kernel::{
        code::Code,
        kinds::{AgreementId, AssuranceId, ContactId, InstructionId, NoticeId},
        refusal::Failure,
    },
};

// ── contents ─────────────────────────────────────────────────────────────────────────────────────

/// All that each agreement has to say, and whether it does on `as_of`.
pub(super) async fn put_contents(cx: &Cx, ids: &[AgreementId], objects: &mut [ProcessorAgreement]) -> Result<(), ApiError> {
    let mut rows: HashMap<_, Vec<_>> = HashMap::new();
    for row in repo::contents(&cx.tx, ids).await.map_err(Failure::from)? {
        rows.entry(row.agreement).or_default().push(row);
    }
    for (object, id) in objects.iter_mut().zip(ids) {
        let answers = rows.remove(id).unwrap_or_default();
        let answered = |item| model::ContentAnswer::on(cx.as_of, item, &answers);
        object.contents.put(AgreementContentItem::VARIANTS.iter().map(|item| content(*item, answered(*item))).collect());
    }
    Ok(())
}

fn content(item: AgreementContentItem, row: Option<&model::ContentAnswer>) -> AgreementContentAnswer {
    AgreementContentAnswer {
        item,
        answer: row.map_or(Answer::Unknown, |row| row.answer),
        note: row.and_then(|row| row.note.clone()),
        answered_on: row.map(|row| row.answered_on.into()),
    }
}

// ── instructions ─────────────────────────────────────────────────────────────────────────────────

/// Instructions with all that `select` asks of them; `rows` holds each once.
fn instructions<'a>(cx: &'a Cx, rows: Vec<model::Instruction>, select: Selection<'a>) -> Loading<'a, Vec<Instruction>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(|row| instruction(cx, row)).collect();
        for call in select.on("Instruction") {
            if call.name == "processingCountries" {
                let countries = Countries::load(cx, &call.select).await?;
                for (object, row) in objects.iter_mut().zip(&rows) {
                    object.processing_countries.put(row.processing_countries.iter().map(|code| countries.get(*code)).collect());
                }
            }
        }
        Ok(objects)
    })
}

/// The instructions with these ids, under agreements that the viewer may read.
pub async fn instruction_nodes(
    cx: &Cx,
    ids: &[InstructionId],
    select: Selection<'_>,
) -> Result<Vec<(InstructionId, Instruction)>, ApiError> {
    let rows = repo::instructions_by_id(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(instructions(cx, rows, select).await?).collect())
}

/// The instructions under each agreement.
pub(super) async fn instructions_of(
    cx: &Cx,
    of: &[AgreementId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<Instruction>>, ApiError> {
    let parents = keys_of(of);
    let asked = NestedPage::of::<Instruction>(call, "ProcessorAgreement.instructions", "", &parents, cx.as_of)?;
    let found = repo::instruction_pages(cx, of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<Instruction>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| instructions(cx, found, rows)).await
}

fn instruction(cx: &Cx, row: &model::Instruction) -> Instruction {
    let cost_answer = row.cost_answer.as_ref().filter(|(_, on)| *on <= cx.as_of);
    Instruction {
        id: ID(row.id.to_string()),
        number: row.number,
        issued_on: row.issued_on.into(),
        valid_from: row.valid_from.into(),
        data_categories: row.data_categories.clone(),
        sensitive_categories: row.sensitive_categories.clone(),
        data_subjects: row.data_subjects.clone(),
        security_measures: row.security_measures.clone(),
        retention: row.retention.clone(),
        text: row.text.clone(),
        cost_answer: cost_answer.map(|(answer, _)| answer.clone()),
        cost_answered_on: cost_answer.map(|(_, on)| (*on).into()),
        version: row.version,
        processing_countries: Default::default(),
    }
}

// ── assurances ───────────────────────────────────────────────────────────────────────────────────

/// The assurances with these ids, under agreements that the viewer may read.
pub async fn assurance_nodes(cx: &Cx, ids: &[AssuranceId], _: Selection<'_>) -> Result<Vec<(AssuranceId, Assurance)>, ApiError> {
    let rows = repo::assurances_by_id(cx, ids).await.map_err(Failure::from)?;
    Ok(rows.iter().map(|row| (row.id, assurance(row))).collect())
}

/// The assurances under each agreement.
pub(super) async fn assurances_of(cx: &Cx, of: &[AgreementId], call: &Call<'_>) -> Result<HashMap<Uuid, Connection<Assurance>>, ApiError> {
    let parents = keys_of(of);
    let asked = NestedPage::of::<Assurance>(call, "ProcessorAgreement.assurances", "", &parents, cx.as_of)?;
    let found = repo::assurance_pages(cx, of, &asked.page).await.map_err(Failure::from)?;
    connections(asked, cx.as_of, &parents, found, |found| Box::pin(async move { Ok(found.iter().map(assurance).collect()) })).await
}

fn assurance(row: &model::Assurance) -> Assurance {
    Assurance {
        id: ID(row.id.to_string()),
        kind: row.kind,
        on: row.on.into(),
        met: row.met,
        auditor: row.auditor.clone(),
        competitor: row.competitor,
        secrecy_undertaken: row.secrecy_undertaken,
        note: row.note.clone(),
        document_url: row.document_url.clone().map(Url),
        version: row.version,
    }
}

// ── notices ──────────────────────────────────────────────────────────────────────────────────────

/// Notices with all that `select` asks of them; `rows` holds each once.
fn notices<'a>(cx: &'a Cx, rows: Vec<model::Notice>, select: Selection<'a>) -> Loading<'a, Vec<AgreementNotice>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(notice).collect();
        let calls = select.on("AgreementNotice");
        if calls.iter().any(|call| matches!(call.name, "deemedReceivedOn" | "answerDueOn")) {
            put_receipts(cx, &rows, &mut objects).await?;
        }
        for call in calls {
            if call.name == "controller" {
                put_controllers(cx, &rows, &mut objects, call.select).await?;
            }
        }
        Ok(objects)
    })
}

/// The notices with these ids, under agreements that the viewer may read.
pub async fn notice_nodes(cx: &Cx, ids: &[NoticeId], select: Selection<'_>) -> Result<Vec<(NoticeId, AgreementNotice)>, ApiError> {
    let rows = repo::notices_by_id(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(notices(cx, rows, select).await?).collect())
}

/// The notices under each agreement.
pub(super) async fn notices_of(
    cx: &Cx,
    of: &[AgreementId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<AgreementNotice>>, ApiError> {
    let parents = keys_of(of);
    let asked = NestedPage::of::<AgreementNotice>(call, "ProcessorAgreement.notices", "", &parents, cx.as_of)?;
    let found = repo::notice_pages(cx, of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<AgreementNotice>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| notices(cx, found, rows)).await
}

/// When each was received, by the terms that held for its party, or the lead, when it was sent.
async fn put_receipts(cx: &Cx, rows: &[model::Notice], objects: &mut [AgreementNotice]) -> Result<(), ApiError> {
    let agreements = once(rows.iter().map(|row| row.agreement));
    let parties = parties_of(cx, &agreements).await?;
    let versions = versions_of(cx, &agreements).await?;
    for (object, row) in objects.iter_mut().zip(rows) {
        let parties = parties.get(&row.agreement).map(Vec::as_slice).unwrap_or_default();
        let versions = versions.get(&row.agreement).map(Vec::as_slice).unwrap_or_default();
        let own = parties.iter().find(|party| Some(party.id) == row.party);
        let life = own.or_else(|| parties.iter().find(|party| party.lead)).map(|party| Life::of(versions, party, None));
        let terms = life.and_then(|life| life.terms_on(row.sent_on)).or(versions.first());
        let received = received_on(row, terms.map_or(0, |terms| terms.agreed.deemed_receipt_working_days));
        let answer_due_on = answer_due(row.kind).map(|(counting, ..)| counting.count(received).due.into());
        object.receipt.put(Receipt { received_on: received.into(), answer_due_on });
    }
    Ok(())
}

async fn put_controllers(cx: &Cx, rows: &[model::Notice], objects: &mut [AgreementNotice], select: Selection<'_>) -> Result<(), ApiError> {
    let parties = once(rows.iter().filter_map(|row| row.party));
    let parties = repo::agreement_parties(cx, &parties).await.map_err(Failure::from)?;
    let controllers = controllers_by_id(cx, parties.iter().map(|party| party.controller), select).await?;
    for (object, row) in objects.iter_mut().zip(rows) {
        let party = parties.iter().find(|party| Some(party.id) == row.party);
        object.controller.put(party.and_then(|party| controllers.get(&party.controller)).map(Arc::clone));
    }
    Ok(())
}

fn notice(row: &model::Notice) -> AgreementNotice {
    AgreementNotice {
        id: ID(row.id.to_string()),
        kind: row.kind,
        direction: row.direction,
        contact: row.contact,
        sent_on: row.sent_on.into(),
        received_on: row.received_on.map(Into::into),
        answered_on: row.answered_on.map(Into::into),
        event_on: row.event_on.map(Into::into),
        missing_parts: row.missing_parts.clone(),
        consent_scope: row.consent_scope.clone(),
        required_by_law: row.required_by_law.clone(),
        text: row.text.clone(),
        document_url: row.document_url.clone().map(Url),
        version: row.version,
        controller: Default::default(),
        receipt: Default::default(),
    }
}

// ── contacts ─────────────────────────────────────────────────────────────────────────────────────

/// What stands where the e-mail address of a contact was, after it has been erased: a name that no address ever has (RFC 2606).
const ERASED: &str = "erased@contact.invalid";

/// Whom to write to about each agreement on `as_of`.
pub(super) async fn put_contacts(cx: &Cx, ids: &[AgreementId], objects: &mut [ProcessorAgreement]) -> Result<(), ApiError> {
    let mut rows = repo::contacts(&cx.tx, ids).await.map_err(Failure::from)?;
    rows.retain(|row| row.validity.contains(cx.as_of));
    rows.sort_by_key(|row| (row.side.code(), row.purpose.code(), row.id));
    let mut lists = grouped(rows.iter().map(|row| row.agreement).collect(), rows.iter().map(contact).collect());
    for (object, id) in objects.iter_mut().zip(ids) {
        object.contacts.put(lists.remove(id).unwrap_or_default());
    }
    Ok(())
}

/// The contacts with these ids, of agreements that the viewer may read.
pub async fn contact_nodes(cx: &Cx, ids: &[ContactId], _: Selection<'_>) -> Result<Vec<(ContactId, AgreementContact)>, ApiError> {
    let rows = repo::contacts_by_id(cx, ids).await.map_err(Failure::from)?;
    Ok(rows.iter().map(|row| (row.id, contact(row))).collect())
}

fn contact(row: &model::Contact) -> AgreementContact {
    AgreementContact {
        id: ID(row.id.to_string()),
        side: row.side,
        purpose: row.purpose,
        name: Some(row.name.clone()).filter(|name| !name.is_empty()),
        email: EmailAddress(if row.email.is_empty() { ERASED.to_owned() } else { row.email.clone() }),
        phone: row.phone.clone(),
        valid_from: row.validity.from.into(),
        valid_to: row.validity.to.map(Into::into),
    }
}

// ── suspensions ──────────────────────────────────────────────────────────────────────────────────

/// The suspension of each agreement on `as_of`. One that follows from a notice has no row.
pub(super) async fn put_suspensions(cx: &Cx, ids: &[AgreementId], objects: &mut [ProcessorAgreement]) -> Result<(), ApiError> {
    let said = said_on(&cx.tx, SpanKind::Suspension, &keys_of(ids), cx.as_of).await.map_err(Failure::from)?;
    let rows = repo::suspensions(&cx.tx, ids).await.map_err(Failure::from)?;
    for (object, id) in objects.iter_mut().zip(ids) {
        let first = said.iter().filter(|said| said.subject == id.key()).min_by_key(|said| said.holds.from);
        let suspended = first.map(|said| {
            let cause = said.code.parse().map_err(|_| ApiError::internal(format!("no suspension has the cause {}", said.code)))?;
            let row = rows.iter().find(|row| row.agreement == *id && row.cause == cause && row.from == said.holds.from);
            Ok::<_, ApiError>(Suspension {
                cause,
                from: said.holds.from.into(),
                declared_ended_on: row.and_then(|row| row.declared_ended_on).map(Into::into),
                accepted_on: row.and_then(|row| row.accepted_on).map(Into::into),
            })
        });
        object.suspended.put(suspended.transpose()?);
    }
    Ok(())
}
