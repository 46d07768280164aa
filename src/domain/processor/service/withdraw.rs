//! Mistakes about parties and agreements are withdrawn: kept in history, out of every list. Nothing is left hanging, and no act of one
//! municipality takes away what another did.

use super::{
    change::{known_change, others_acted},
    known_agreement, known_party, lead, party,
    timeline::{follow, recorded},
    touched,
};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, policy::require_to_withdraw},
    domain::{
        audit::{self, Recorded, model::Change},
        organisation::service::withdraw::Withdraw,
        processor::{
            model::{Instruction, Notice, NoticeKind},
            repo,
        },
        visibility,
    },
    kernel::{
        kinds::{
            AgreementId, AgreementKind, AgreementNoticeKind, AgreementPartyId, AgreementPartyKind, AssuranceId, AssuranceKind, ChangeId,
            EngagementId, EngagementKind, InstructionId, InstructionKind, NoticeId, PartyId, PartyKind, SubProcessorChangeKind,
        },
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// Withdraws a party; what refers to it goes on showing it.
pub async fn party(cx: &Cx, command: Withdraw<PartyKind>) -> Result<Recorded<PartyId>, Failure> {
    let current = known_party(cx, command.id, "id").await?;
    // What another municipality has on record, ended or yet to come, would refer to what no list shows.
    let mut ever = party::users(cx, current.id, None).await?;
    ever.extend(repo::announcers(cx, current.id).await?);
    let scope = require_to_withdraw(&cx.viewer, Action::CorrectParty, Subject::Party(&ever), "id")?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_party(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let touched = party::touched(cx, &scope, current.id).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws an agreement that nobody has joined, with all that belongs to it. Those who are invited lose it, too.
pub async fn agreement(cx: &Cx, command: Withdraw<AgreementKind>) -> Result<Recorded<AgreementId>, Failure> {
    let (current, parties) = known_agreement(cx, command.id, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "id")?;
    unchanged(command.expected_version, current.version)?;
    if parties.iter().any(|party| !party.lead && party.joined_on.is_some()) {
        return Err(wrong_state(
            "En annan personuppgiftsansvarig har anslutit sig till avtalet; det kan inte återkallas för den.",
            "Another controller has joined the agreement; it cannot be withdrawn for that one, too.",
        ));
    }
    let touched = touched(cx, &scope, current.id).await?;
    stored(repo::withdraw_agreement(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    visibility::repo::open_agreements(&cx.tx, &scope, &cx.ids, cx.now, &[current.id]).await?;
    follow(&cx.tx, &scope, &[current.id]).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws an invitation or a joining: by the party itself, and by the lead only while it has not joined.
pub async fn agreement_party(cx: &Cx, command: Withdraw<AgreementPartyKind>) -> Result<Recorded<AgreementPartyId>, Failure> {
    let current = repo::agreement_parties(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let (_, parties) = known_agreement(cx, current.agreement, "id").await?;
    let lead = lead(&parties)?;
    let its_own = || require_to_withdraw(&cx.viewer, Action::KeepOwnParty, Subject::OwnParty(current.controller), "id");
    let the_leads = || require_to_withdraw(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead), "id");
    let scope = if current.joined_on.is_none() { its_own().or_else(|_| the_leads())? } else { its_own()? };
    unchanged(command.expected_version, current.version)?;
    if current.lead {
        return Err(wrong_state(
            "Den som leder avtalet kan inte lämna det så; återkalla avtalet i stället.",
            "The lead cannot be taken out of its agreement; withdraw the agreement instead.",
        ));
    }
    let touched = touched(cx, &scope, current.agreement).await?;
    stored(repo::withdraw_agreement_party(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    visibility::repo::open_agreements(&cx.tx, &scope, &cx.ids, cx.now, &[current.agreement]).await?;
    follow(&cx.tx, &scope, &[current.agreement]).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws a sub-processor that engages no other.
pub async fn engagement(cx: &Cx, command: Withdraw<EngagementKind>) -> Result<Recorded<EngagementId>, Failure> {
    let current = repo::engagements(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let (_, parties) = known_agreement(cx, current.agreement, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::KeepSubProcessors, Subject::CommonPart(lead(&parties)?), "id")?;
    unchanged(command.expected_version, current.version)?;
    let tree = repo::tree(&cx.tx, &scope, current.agreement).await?;
    if tree.iter().any(|other| other.engaged_by == Some(current.id)) {
        return Err(wrong_state(
            "Underbiträdet anlitar i sin tur andra; återkalla dem först.",
            "The sub-processor engages others; withdraw those first.",
        ));
    }
    stored(repo::withdraw_engagement(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    recorded(cx, &scope, current.agreement, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws a change that a processor was said to announce: by the municipality that recorded it, while no other has acted on it; by
/// the cooperation's administrator always.
pub async fn change(cx: &Cx, command: Withdraw<SubProcessorChangeKind>) -> Result<Recorded<ChangeId>, Failure> {
    let current = known_change(cx, command.id, "id").await?;
    let others_acted = others_acted(cx, current.id).await?;
    let subject = Subject::Change { announced_by: current.announced_by, others_acted };
    let scope = require_to_withdraw(&cx.viewer, Action::CorrectChange, subject, "id")?;
    super::change::withdraw(cx, &current, &scope, command.expected_version, command.reason).await
}

/// Withdraws an instruction.
pub async fn instruction(cx: &Cx, command: Withdraw<InstructionKind>) -> Result<Recorded<InstructionId>, Failure> {
    let current = repo::instructions_by_id(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let scope = as_the_lead(cx, current.agreement).await?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_instruction(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    recorded(cx, &scope, current.agreement, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws an assurance.
pub async fn assurance(cx: &Cx, command: Withdraw<AssuranceKind>) -> Result<Recorded<AssuranceId>, Failure> {
    let current = repo::assurances_by_id(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let scope = as_the_lead(cx, current.agreement).await?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_assurance(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    recorded(cx, &scope, current.agreement, Change::withdrawn(&current, command.reason), current.id).await
}

/// The right of the lead's coordinators to withdraw what belongs to the common part.
async fn as_the_lead(cx: &Cx, agreement: AgreementId) -> Result<WriteScope, Failure> {
    let (_, parties) = known_agreement(cx, agreement, "id").await?;
    Ok(require_to_withdraw(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "id")?)
}

/// Withdraws a notice: by the lead, or by the controller whose own it is.
pub async fn notice(cx: &Cx, command: Withdraw<AgreementNoticeKind>) -> Result<Recorded<NoticeId>, Failure> {
    let current = repo::notices_by_id(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let (_, parties) = known_agreement(cx, current.agreement, "id").await?;
    let own = parties.iter().find(|party| Some(party.id) == current.party);
    let subject = match own {
        Some(party) => Subject::OwnParty(party.controller),
        None => Subject::CommonPart(lead(&parties)?),
    };
    let scope = require_to_withdraw(&cx.viewer, Action::KeepNotices, subject, "id")?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_notice(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let change = costs_unanswered(cx, &scope, &current, Change::withdrawn(&current, command.reason)).await?;
    recorded(cx, &scope, current.agreement, change, current.id).await
}

/// An instruction that a withdrawn notice answered waits for an answer about costs again.
async fn costs_unanswered(cx: &Cx, scope: &WriteScope, notice: &Notice, change: Change) -> Result<Change, Failure> {
    let Some(answer) = notice.text.clone().filter(|_| notice.kind == NoticeKind::CostAnswer) else { return Ok(change) };
    let answer = Some((answer, notice.sent_on));
    let instructions = repo::instructions(&cx.tx, &[notice.agreement]).await?;
    let Some(before) = instructions.iter().rfind(|instruction| instruction.cost_answer == answer) else { return Ok(change) };
    let after = Instruction { cost_answer: None, version: before.version + 1, ..before.clone() };
    stored(repo::update_instruction(&cx.tx, scope, &after).await?, before.version)?;
    Ok(change.and(Change::changed(before, &after)))
}

fn wrong_state(sv: &'static str, en: &'static str) -> Failure {
    Refusal::new(RefusalCode::WrongState, "id", Text::new(sv, en)).into()
}
