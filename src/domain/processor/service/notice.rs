//! Notices between the sides of an agreement: one record of all correspondence.

use chrono::NaiveDate;

use super::{
    acknowledge::{Acknowledgement, Warning, acknowledge},
    known_agreement, lead, row_of,
    timeline::recorded,
};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{AgreementParty, BreachNoticePart, ContactPurpose, Instruction, Notice, NoticeDirection, NoticeKind},
            repo, rules,
        },
        timeline::model::FindingCode,
    },
    kernel::{
        kinds::{AgreementId, ControllerId, NoticeId},
        refusal::{Failure, Refusal},
        version::{stored, unchanged},
    },
};

/// A new notice.
#[derive(Debug)]
pub struct RecordAgreementNotice {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The controller whose own it is; none: it concerns all parties.
    pub controller: Option<ControllerId>,
    /// What it is about.
    pub kind: NoticeKind,
    /// From whom to whom.
    pub direction: NoticeDirection,
    /// To which contact; none: to the one that the agreement names for it.
    pub contact: Option<ContactPurpose>,
    /// When it was sent.
    pub sent_on: NaiveDate,
    /// When it was received, where that is known.
    pub received_on: Option<NaiveDate>,
    /// When what it tells of happens, happened or was known to the sender.
    pub event_on: Option<NaiveDate>,
    /// Which parts a breach notice lacks.
    pub missing_parts: Vec<BreachNoticePart>,
    /// The law that requires a disclosure.
    pub required_by_law: Option<String>,
    /// What it says.
    pub text: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Answers to warnings.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// Records a notice: by the lead, or by the controller whose own it is.
pub async fn record(cx: &Cx, command: RecordAgreementNotice) -> Result<Recorded<AgreementId>, Failure> {
    let (agreement, parties) = known_agreement(cx, command.agreement, "agreementId").await?;
    let own = command.controller.map(|controller| party_of(&parties, controller)).transpose()?;
    let scope = right(cx, &parties, own, if own.is_some() { "controllerId" } else { "agreementId" })?;
    let notice = Notice {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        party: own.map(|party| party.id),
        kind: command.kind,
        direction: command.direction,
        contact: command.contact.unwrap_or_else(|| rules::keeping::contact_for(command.kind)),
        sent_on: command.sent_on,
        received_on: command.received_on,
        answered_on: None,
        event_on: command.event_on,
        missing_parts: command.missing_parts,
        consent_scope: None,
        required_by_law: command.required_by_law,
        text: command.text,
        document_url: command.document_url,
        version: 1,
    };
    possible(&notice, cx.today)?;
    let late = notice.kind == NoticeKind::Damage && rules::keeping::is_late(&notice);
    let warnings: Vec<_> = late.then(|| Warning::of(FindingCode::DamageNoticeLate)).into_iter().collect();
    let change = acknowledge(cx, &scope, agreement.id, &warnings, command.acknowledgements, Change::made(&notice)).await?;
    repo::insert_notices(&cx.tx, &scope, std::slice::from_ref(&notice)).await?;
    let change = answer_costs(cx, &scope, &notice, change).await?;
    recorded(cx, &scope, agreement.id, change, agreement.id).await
}

fn party_of(parties: &[AgreementParty], controller: ControllerId) -> Result<&AgreementParty, Refusal> {
    row_of(parties, controller).ok_or_else(|| Refusal::not_found("controllerId"))
}

/// The right to keep a notice: the own controller's, or the lead's.
fn right(cx: &Cx, parties: &[AgreementParty], own: Option<&AgreementParty>, path: &str) -> Result<WriteScope, Failure> {
    let subject = match own {
        Some(party) => Subject::OwnParty(party.controller),
        None => Subject::CommonPart(lead(parties)?),
    };
    Ok(require(&cx.viewer, Action::KeepNotices, subject, path)?)
}

/// Only what is possible is recorded.
fn possible(notice: &Notice, today: NaiveDate) -> Result<(), Refusal> {
    rules::notice_goes_that_way(notice, "direction")?;
    rules::notice_has_what_its_kind_has(notice)?;
    has_happened(notice.sent_on, today, "sentOn")?;
    for (on, path) in [(notice.received_on, "receivedOn"), (notice.answered_on, "answeredOn")] {
        if let Some(on) = on {
            has_happened(on, today, path)?;
            rules::comes_after_sending(on, notice.sent_on, path)?;
        }
    }
    Ok(())
}

/// What the processor says about costs is the answer to the newest instruction that waits for one.
async fn answer_costs(cx: &Cx, scope: &WriteScope, notice: &Notice, change: Change) -> Result<Change, Failure> {
    let Some(text) = notice.text.as_ref().filter(|_| notice.kind == NoticeKind::CostAnswer) else { return Ok(change) };
    let instructions = repo::instructions(&cx.tx, &[notice.agreement]).await?;
    let Some(before) = rules::keeping::awaits_cost_answer(&instructions, notice.sent_on) else { return Ok(change) };
    let answered = Instruction { cost_answer: Some((text.clone(), notice.sent_on)), version: before.version + 1, ..before.clone() };
    stored(repo::update_instruction(&cx.tx, scope, &answered).await?, before.version)?;
    Ok(change.and(Change::changed(before, &answered)))
}

/// An answer to a notice, or what became of it. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct AnswerAgreementNotice {
    /// Which.
    pub id: NoticeId,
    /// The version that is changed.
    pub expected_version: i32,
    /// When it was answered, or dealt with.
    pub answered_on: Option<Option<NaiveDate>>,
    /// When what it tells of happens or happened.
    pub event_on: Option<Option<NaiveDate>>,
    /// Which parts a breach notice still lacks.
    pub missing_parts: Option<Vec<BreachNoticePart>>,
    /// What the controller consented to have disclosed.
    pub consent_scope: Option<Option<String>>,
    /// The law that requires a disclosure.
    pub required_by_law: Option<Option<String>>,
}

/// Records what became of a notice.
pub async fn answer(cx: &Cx, command: AnswerAgreementNotice) -> Result<Recorded<AgreementId>, Failure> {
    let before = repo::notices_by_id(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("noticeId"))?;
    let (agreement, parties) = known_agreement(cx, before.agreement, "noticeId").await?;
    let own = parties.iter().find(|party| Some(party.id) == before.party);
    let scope = right(cx, &parties, own, "noticeId")?;
    unchanged(command.expected_version, before.version)?;
    let after = Notice {
        answered_on: command.answered_on.unwrap_or(before.answered_on),
        event_on: command.event_on.unwrap_or(before.event_on),
        missing_parts: command.missing_parts.unwrap_or_else(|| before.missing_parts.clone()),
        consent_scope: command.consent_scope.unwrap_or_else(|| before.consent_scope.clone()),
        required_by_law: command.required_by_law.unwrap_or_else(|| before.required_by_law.clone()),
        version: before.version + 1,
        ..before.clone()
    };
    possible(&after, cx.today)?;
    stored(repo::update_notice(&cx.tx, &scope, &after).await?, before.version)?;
    recorded(cx, &scope, agreement.id, Change::changed(&before, &after), agreement.id).await
}
