//! What keeps an agreement alive: PUB10 to PUB26, PUB34, PUB43, PUB44.

use chrono::NaiveDate;

use super::{
    life::{spans, suspensions},
    signing::{joined, lacking, listed, whole_force},
    timeline::{Claim, Standing, overdue, until_answered},
};
use crate::{
    domain::{
        processor::model::{Assurance, AssuranceKind, ContactPurpose, ContractSide, Instruction, Notice, NoticeKind, SuspensionCause},
        timeline::model::{DeadlineKind, FindingCode},
    },
    kernel::{
        code::Code,
        deadline::Counting,
        period::{Period, eve, morrow},
        text::Text,
    },
};

/// What the cooperation expects where neither law nor agreement names a number: for reminders only. The template's thirty days for a
/// correction stand here, too, because the sides do not agree on others.
struct Practice {
    cost_answer: Counting,
    information: Counting,
    assistance: Counting,
    correction: Counting,
    evidence_months: u16,
}

const PRACTICE: Practice = Practice {
    cost_answer: Counting::CalendarDays(14),
    information: Counting::CalendarDays(14),
    assistance: Counting::CalendarDays(3),
    // Annex 3, 10.1.
    correction: Counting::CalendarDays(30),
    evidence_months: 12,
};

/// PUB10: no processing without instructions.
pub fn instructions(at: &Standing<'_>) -> Vec<Claim> {
    let first = at.facts.instructions.iter().map(|instruction| instruction.valid_from).min();
    let without = at.force().and_then(|force| Period::new(force.from, first.map(eve))?.and(force));
    without.map(|holds| Claim::finding(FindingCode::InstructionMissing, at.facts.agreement.id, holds)).into_iter().collect()
}

/// PUB12: the processor has stopped and awaits a new instruction.
pub fn instructions_are_clear(at: &Standing<'_>) -> Vec<Claim> {
    let awaiting = suspensions(at.facts).into_iter().filter(|(_, cause)| *cause == SuspensionCause::UnclearInstruction);
    let during = awaiting.filter_map(|(period, _)| at.in_force(period));
    during.map(|holds| Claim::finding(FindingCode::AwaitingInstruction, at.facts.agreement.id, holds)).collect()
}

/// PUB13: the processor says whether a new instruction changes the costs. The first came with the agreement.
pub fn answers_about_costs(at: &Standing<'_>) -> Vec<Claim> {
    let new = at.facts.instructions.iter().filter(|instruction| instruction.number > 1);
    new.flat_map(|instruction| {
        let deadline = PRACTICE.cost_answer.count(instruction.issued_on);
        let answered_on = instruction.cost_answer.as_ref().map(|(_, on)| *on);
        let open = until_answered(instruction.issued_on, answered_on).and_then(|period| at.in_force(period));
        let late = overdue(deadline, answered_on).and_then(|period| at.in_force(period));
        let open = open.map(|holds| Claim::deadline(DeadlineKind::CostAnswer, instruction.id, holds, deadline));
        let late = late.map(|holds| Claim::finding(FindingCode::CostAnswerOverdue, instruction.id, holds).by(deadline));
        [open, late].into_iter().flatten()
    })
    .collect()
}

/// The newest instruction that waited for an answer about costs on a day. The first came with the agreement.
pub fn awaits_cost_answer(instructions: &[Instruction], on: NaiveDate) -> Option<&Instruction> {
    let waiting = instructions.iter().filter(|instruction| instruction.number > 1 && instruction.issued_on <= on);
    waiting.filter(|instruction| instruction.cost_answer.is_none()).max_by_key(|instruction| instruction.number)
}

/// Something that has to come again within so many months while the agreement is in force, counted from the last time or from the
/// day on which the agreement came into force.
fn recurring(at: &Standing<'_>, kind: AssuranceKind, months: impl Fn(NaiveDate) -> u16, codes: (DeadlineKind, FindingCode)) -> Vec<Claim> {
    let Some(force) = at.force() else { return Vec::new() };
    let done = at.facts.assured(kind).filter(|assurance| assurance.met).map(|assurance| assurance.on);
    let mut starts: Vec<_> = done.filter(|on| force.to.is_none_or(|to| *on <= to)).collect();
    // What was done before the agreement counts as well; without it, its first day does.
    if starts.iter().all(|on| *on > force.from) {
        starts.push(force.from);
    }
    starts.sort_unstable();
    let each = starts.iter().enumerate().flat_map(|(n, start)| {
        let deadline = Counting::Months(months(*start)).count(*start);
        let next = starts.get(n + 1).copied();
        let open = until_answered(*start, next).and_then(|period| period.and(force));
        let late = overdue(deadline, next).and_then(|period| period.and(force));
        let open = open.map(|holds| Claim::deadline(codes.0, at.facts.agreement.id, holds, deadline));
        let late = late.map(|holds| Claim::finding(codes.1, at.facts.agreement.id, holds).by(deadline));
        [open, late].into_iter().flatten()
    });
    each.collect()
}

/// PUB14: evidence of security, not older than a year.
pub fn evidence_of_security(at: &Standing<'_>) -> Vec<Claim> {
    let codes = (DeadlineKind::SecurityEvidence, FindingCode::EvidenceStale);
    recurring(at, AssuranceKind::SecurityEvidence, |_| PRACTICE.evidence_months, codes)
}

/// PUB20: the processor's self-audit, as often as the terms say.
pub fn self_audits(at: &Standing<'_>) -> Vec<Claim> {
    let months = |day| at.terms_on(day).map_or(0, |terms| terms.agreed.self_audit_months);
    recurring(at, AssuranceKind::SelfAudit, months, (DeadlineKind::SelfAudit, FindingCode::SelfAuditOverdue))
}

/// PUB15: the last day whose logs may be purged on `today`, where logs are kept for so many years.
pub fn logs_purgeable_until(today: NaiveDate, log_retention_years: u16) -> NaiveDate {
    // The 29th of February is kept until the day after the 28th: earlier, it would be less than the years agreed.
    today - chrono::Months::new(u32::from(log_retention_years) * 12)
}

/// PUB16: undertakings of confidentiality; PUB42: they survive the agreement.
pub fn confidentiality(at: &Standing<'_>) -> Vec<Claim> {
    let lacking = lacking(at, AssuranceKind::Confidentiality, at.force()).into_iter();
    lacking.map(|holds| Claim::finding(FindingCode::ConfidentialityMissing, at.facts.agreement.id, holds)).collect()
}

/// PUB22: the same rights of audit against sub-processors, as soon as there are any.
pub fn audit_rights(at: &Standing<'_>) -> Vec<Claim> {
    let first = at.facts.engagements.iter().map(|engagement| engagement.validity.from).min();
    let within = first.and_then(|from| at.in_force(Period { from, to: None }));
    let lacking = lacking(at, AssuranceKind::AuditRightsFlowDown, within).into_iter();
    lacking.map(|holds| Claim::finding(FindingCode::AuditRightsMissing, at.facts.agreement.id, holds)).collect()
}

/// Whether an auditor does not compete and has undertaken secrecy, as far as known.
pub fn is_independent(assurance: &Assurance) -> bool {
    assurance.competitor != Some(true) && assurance.secrecy_undertaken != Some(false)
}

/// PUB21: an auditor is no competitor and has undertaken secrecy; told until an audit that is in order.
pub fn independent_auditors(at: &Standing<'_>) -> Vec<Claim> {
    let audits = || at.facts.assured(AssuranceKind::Audit);
    let claims = audits().filter(|audit| !is_independent(audit)).filter_map(|audit| {
        let next = audits().map(|other| other.on).find(|on| *on > audit.on);
        Some(Claim::finding(FindingCode::AuditorNotIndependent, audit.id, until_answered(audit.on, next)?))
    });
    claims.collect()
}

/// When a notice was received: as recorded, or at the latest so many working days after it was sent (19.3, PUB43).
pub fn received_on(notice: &Notice, deemed_receipt_working_days: u16) -> NaiveDate {
    notice.received_on.unwrap_or_else(|| Counting::WorkingDays(deemed_receipt_working_days).count(notice.sent_on).due)
}

/// By when a notice wants an answer; none where it wants none.
pub fn answer_due(kind: NoticeKind) -> Option<(Counting, DeadlineKind, FindingCode)> {
    match kind {
        NoticeKind::InformationRequest => Some((PRACTICE.information, DeadlineKind::Information, FindingCode::InformationOverdue)),
        NoticeKind::CorrectionOrder => Some((PRACTICE.correction, DeadlineKind::Correction, FindingCode::CorrectionOverdue)),
        NoticeKind::AssistanceRequest => Some((PRACTICE.assistance, DeadlineKind::Assistance, FindingCode::AssistanceOverdue)),
        _ => None,
    }
}

/// The notices of one kind that concern a party.
fn notices<'a>(at: &'a Standing<'_>, kind: NoticeKind) -> impl Iterator<Item = &'a Notice> {
    let own = at.party.row.id;
    at.facts.notices.iter().filter(move |notice| notice.kind == kind && notice.party.is_none_or(|party| party == own))
}

/// When a party's notice was received, by the terms of that day.
fn received(at: &Standing<'_>, notice: &Notice) -> NaiveDate {
    let terms = at.terms_on(notice.sent_on).or(at.facts.terms.first());
    received_on(notice, terms.map_or(0, |terms| terms.agreed.deemed_receipt_working_days))
}

/// PUB19, PUB23, PUB25: what the processor was asked for comes in time.
pub fn requests(at: &Standing<'_>) -> Vec<Claim> {
    let kinds = [NoticeKind::InformationRequest, NoticeKind::CorrectionOrder, NoticeKind::AssistanceRequest];
    let asked = kinds.into_iter().filter_map(|kind| Some((kind, answer_due(kind)?)));
    asked
        .flat_map(|(kind, (counting, deadline_kind, finding))| {
            notices(at, kind).flat_map(move |notice| {
                let received = received(at, notice);
                let deadline = counting.count(received);
                let open = until_answered(received, notice.answered_on);
                let late = overdue(deadline, notice.answered_on);
                let open = open.map(|holds| Claim::deadline(deadline_kind, notice.id, holds, deadline));
                let late = late.map(|holds| Claim::finding(finding, notice.id, holds).by(deadline));
                [open, late].into_iter().flatten()
            })
        })
        .collect()
}

/// PUB17: what the supervisory authority asked the processor is told to the officer, until it is dealt with.
pub fn authority_contacts(at: &Standing<'_>) -> Vec<Claim> {
    let contacts = notices(at, NoticeKind::AuthorityContact);
    let open = contacts.filter_map(|notice| Some((notice, until_answered(received(at, notice), notice.answered_on)?)));
    open.map(|(notice, holds)| Claim::finding(FindingCode::AuthorityContact, notice.id, holds)).collect()
}

/// PUB18: nothing is disclosed without written consent, unless a law requires it.
pub fn disclosures(at: &Standing<'_>) -> Vec<Claim> {
    let unlawful = notices(at, NoticeKind::DisclosureRequest).filter_map(|notice| {
        let disclosed_on = notice.event_on?;
        let consented = notice.consent_scope.is_some() && notice.answered_on.is_some_and(|on| on <= disclosed_on);
        let allowed = consented || notice.required_by_law.is_some();
        (!allowed).then(|| Claim::finding(FindingCode::DisclosedWithoutConsent, notice.id, Period { from: disclosed_on, to: None }))
    });
    unlawful.collect()
}

/// Whether a notice came after what it tells of.
pub fn is_late(notice: &Notice) -> bool {
    notice.event_on.is_some_and(|event| event < notice.sent_on)
}

/// A notice that came after what it tells of, until it is dealt with.
fn late(at: &Standing<'_>, kind: NoticeKind, code: FindingCode) -> Vec<Claim> {
    let late = notices(at, kind).filter_map(|notice| {
        let event_on = notice.event_on.filter(|_| is_late(notice))?;
        let holds = until_answered(notice.sent_on, notice.answered_on)?;
        let detail = Text::new(
            format!("händelsen {event_on}, meddelat {}", notice.sent_on),
            format!("event on {event_on}, told on {}", notice.sent_on),
        );
        Some(Claim::finding(code, notice.id, holds).with(detail))
    });
    late.collect()
}

/// PUB24: a planned measure is told of before it.
pub fn planned_measures(at: &Standing<'_>) -> Vec<Claim> {
    late(at, NoticeKind::PlannedMeasure, FindingCode::MeasureNotifiedLate)
}

/// PUB34: what may cause damage is told of at once.
pub fn damage_notices(at: &Standing<'_>) -> Vec<Claim> {
    late(at, NoticeKind::Damage, FindingCode::DamageNoticeLate)
}

/// PUB26: the notice of a breach tells all that it has to; its parts may come one after the other.
pub fn breach_notices(at: &Standing<'_>) -> Vec<Claim> {
    let incomplete = notices(at, NoticeKind::Breach).filter(|notice| !notice.missing_parts.is_empty());
    let claim = |notice: &Notice| {
        let holds = Period { from: received(at, notice), to: None };
        Claim::finding(FindingCode::BreachNoticeIncomplete, notice.id, holds).with(listed(&notice.missing_parts))
    };
    incomplete.map(claim).collect()
}

/// To which contact a notice goes (19.1, 19.2).
pub fn contact_for(kind: NoticeKind) -> ContactPurpose {
    match kind {
        NoticeKind::Renegotiation | NoticeKind::ContractBreach => ContactPurpose::AgreementAdministration,
        _ => ContactPurpose::DataProtectionCooperation,
    }
}

/// PUB43: a notice goes to the contact whom the agreement names for it; told until it is dealt with.
pub fn right_contacts(at: &Standing<'_>) -> Vec<Claim> {
    let own = at.party.row.id;
    let all = at.facts.notices.iter().filter(|notice| notice.party.is_none_or(|party| party == own));
    let wrong = all.filter(|notice| notice.contact != contact_for(notice.kind));
    let open = wrong.filter_map(|notice| Some((notice, until_answered(notice.sent_on, notice.answered_on)?)));
    open.map(|(notice, holds)| Claim::finding(FindingCode::WrongContact, notice.id, holds)).collect()
}

/// PUB44: both sides have a contact for both purposes.
pub fn contacts(at: &Standing<'_>) -> Vec<Claim> {
    let wanted: Vec<_> = [ContractSide::Controller, ContractSide::Processor]
        .into_iter()
        .flat_map(|side| {
            [ContactPurpose::AgreementAdministration, ContactPurpose::DataProtectionCooperation].map(|purpose| (side, purpose))
        })
        .collect();
    let there = |side, purpose, day| {
        at.facts.contacts.iter().any(|contact| contact.side == side && contact.purpose == purpose && contact.validity.contains(day))
    };
    let turns = at.facts.contacts.iter().flat_map(|contact| [Some(contact.validity.from), contact.validity.to.map(morrow)]).flatten();
    let missing = spans(turns, |day| {
        let missing = wanted.iter().filter(|(side, purpose)| !there(*side, *purpose, day));
        missing.copied().collect::<Vec<_>>()
    });
    let claims = missing.into_iter().filter(|(_, missing)| !missing.is_empty()).filter_map(|(period, missing)| {
        let named: Vec<_> = missing.iter().map(|(side, purpose)| pair(&side.term().label, &purpose.term().label)).collect();
        Some(Claim::finding(FindingCode::ContactMissing, at.facts.agreement.id, at.in_force(period)?).with(joined(&named)))
    });
    claims.collect()
}

fn pair(one: &Text, other: &Text) -> Text {
    Text::new(format!("{}: {}", one.sv, other.sv), format!("{}: {}", one.en, other.en))
}

/// PUB44: the processor's number and address are known.
pub fn party_details(at: &Standing<'_>) -> Vec<Claim> {
    let Some(processor) = at.facts.processor() else { return Vec::new() };
    // A board has the number and the address of its municipality.
    let numbered =
        processor.organisation_number.is_some() || processor.foreign_registration_number.is_some() || processor.controller.is_some();
    let found = processor.address.is_some() || processor.controller.is_some();
    if numbered && found { Vec::new() } else { whole_force(at, FindingCode::PartyDetailsMissing, processor.id) }
}

#[cfg(test)]
mod tests;
