//! What is refused of instructions, notices, contacts and suspensions.

use chrono::NaiveDate;

use crate::{
    domain::processor::{
        model::{AgreementStatus, Contact, Instruction, Notice, NoticeDirection, NoticeKind, Suspension, SuspensionCause},
        rules::{
            facts::Facts,
            life::{suspensions, whole_status},
            timeline::Standing,
        },
    },
    kernel::{
        code::Code,
        period::Period,
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// A new version of the instructions holds from the first day of the newest one at the earliest.
pub fn instruction_follows(before: &[Instruction], valid_from: NaiveDate, path: &str) -> Result<(), Refusal> {
    let Some(newest) = before.iter().map(|instruction| instruction.valid_from).max().filter(|newest| valid_from < *newest) else {
        return Ok(());
    };
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("Den senaste instruktionen gäller från {newest}; ange den dagen eller senare."),
            format!("The newest instruction holds from {newest}; give that day or a later one."),
        ),
    ))
}

/// Which way notices of a kind go; none: both ways.
fn way(kind: NoticeKind) -> Option<NoticeDirection> {
    match kind {
        NoticeKind::InstructionUnclear
        | NoticeKind::CostAnswer
        | NoticeKind::AuthorityContact
        | NoticeKind::DisclosureRequest
        | NoticeKind::PlannedMeasure
        | NoticeKind::Breach => Some(NoticeDirection::FromProcessor),
        NoticeKind::DutiesChanged | NoticeKind::InformationRequest | NoticeKind::CorrectionOrder | NoticeKind::AssistanceRequest => {
            Some(NoticeDirection::ToProcessor)
        }
        NoticeKind::Damage | NoticeKind::Renegotiation | NoticeKind::ContractBreach => None,
    }
}

/// A notice goes the way in which notices of its kind go.
pub fn notice_goes_that_way(notice: &Notice, path: &str) -> Result<(), Refusal> {
    let Some(way) = way(notice.kind).filter(|way| *way != notice.direction) else { return Ok(()) };
    let label = way.term().label;
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("Ett sådant meddelande går bara åt ett håll: {}.", label.sv.to_lowercase()),
            format!("Such a notice goes one way only: {}.", label.en.to_lowercase()),
        ),
    ))
}

/// What only notices of one kind have, no other has; and what the processor says about costs says something.
pub fn notice_has_what_its_kind_has(notice: &Notice) -> Result<(), Refusal> {
    let only_of = |kind: NoticeKind, path: &str| {
        let label = kind.term().label;
        let sv = format!("Detta hör bara till meddelanden av slaget ”{}”; lämna fältet tomt.", label.sv);
        Err(Refusal::invalid(path, Text::new(sv, format!("This belongs to notices of the kind \"{}\" only; leave it out.", label.en))))
    };
    if notice.kind != NoticeKind::Breach && !notice.missing_parts.is_empty() {
        return only_of(NoticeKind::Breach, "missingParts");
    }
    if notice.kind != NoticeKind::DisclosureRequest && notice.consent_scope.is_some() {
        return only_of(NoticeKind::DisclosureRequest, "consentScope");
    }
    if notice.kind != NoticeKind::DisclosureRequest && notice.required_by_law.is_some() {
        return only_of(NoticeKind::DisclosureRequest, "requiredByLaw");
    }
    if notice.kind == NoticeKind::CostAnswer && notice.text.is_none() {
        let message = Text::new("Ange vad biträdet svarade om kostnader.", "Say what the processor answered about costs.");
        return Err(Refusal::new(RefusalCode::Missing, "text", message));
    }
    Ok(())
}

/// Nothing is received or answered before it was sent.
pub fn comes_after_sending(on: NaiveDate, sent_on: NaiveDate, path: &str) -> Result<(), Refusal> {
    if sent_on <= on {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("Meddelandet skickades {sent_on}; ange den dagen eller senare."),
            format!("The notice was sent on {sent_on}; give that day or a later one."),
        ),
    ))
}

/// Whether what is given about a contact corrects the one who is there, rather than naming the next: the same name while that one has not
/// ended, or the same first day.
pub fn is_same_contact(before: &Contact, name: &str, valid_from: Option<NaiveDate>) -> bool {
    let begins_within = valid_from.is_none_or(|from| before.validity.contains(from));
    valid_from == Some(before.validity.from) || (before.name == name && begins_within && before.validity.to.is_none())
}

/// The next contact begins after the one before.
pub fn contact_follows(before: &Contact, valid_from: NaiveDate, path: &str) -> Result<(), Refusal> {
    let since = before.validity.from;
    if since < valid_from {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("Den nuvarande kontakten gäller från {since}; ange en senare dag."),
            format!("The present contact holds from {since}; give a later day."),
        ),
    ))
}

/// Processing is suspended under an agreement in force, and once for each cause.
pub fn can_be_suspended(facts: &Facts, cause: SuspensionCause, from: NaiveDate) -> Result<(), Refusal> {
    let lives: Vec<_> = Standing::of_all(facts).into_iter().map(|standing| standing.life).collect();
    let status = whole_status(&lives).into_iter().find(|(period, _)| period.contains(from)).map(|(_, status)| status);
    if !matches!(status, Some(AgreementStatus::InForce | AgreementStatus::NoticeGiven)) {
        return Err(wrong_state("from", "Avtalet är inte i kraft den dagen.", "The agreement is not in force on that day."));
    }
    let open = Period { from, to: None };
    if suspensions(facts).iter().any(|(period, other)| *other == cause && period.overlaps(open)) {
        let message = Text::new("Behandlingen är redan stoppad av det skälet.", "Processing is suspended for that cause already.");
        return Err(Refusal::new(RefusalCode::Overlaps, "cause", message));
    }
    Ok(())
}

/// The suspension that ends. After a breach both days are needed, in their order (PUB38); after an unclear instruction a new one (PUB12).
pub fn can_be_resumed(
    facts: &Facts,
    cause: Option<SuspensionCause>,
    (declared_ended_on, accepted_on): (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Result<&Suspension, Refusal> {
    let is_meant = |of: SuspensionCause| cause.is_none_or(|cause| cause == of);
    let open = |cause| suspensions(facts).into_iter().any(|(period, other)| other == cause && period.contains(today));
    let mut recorded = facts.suspensions.iter().filter(|suspension| suspension.accepted_on.is_none());
    let breach = SuspensionCause::ContractBreach;
    if let Some(suspension) = recorded.clone().find(|suspension| suspension.cause == breach && is_meant(breach)) {
        return match (declared_ended_on, accepted_on) {
            (Some(declared), Some(accepted)) if suspension.from <= declared && declared <= accepted => Ok(suspension),
            (Some(declared), Some(_)) => Err(in_order(suspension.from, declared)),
            _ => Err(wrong_state(
                "acceptedOn",
                "Ange när avtalsbrottet förklarades ha upphört och när den andra sidan godtog det.",
                "Give the day on which the breach was declared ended, and the day on which the other side accepted that.",
            )
            .by_rule("PUB38", "Annex 3 clause 17.3")),
        };
    }
    let unclear = SuspensionCause::UnclearInstruction;
    if is_meant(unclear) && open(unclear) {
        return Err(wrong_state(
            "agreementId",
            "Biträdet väntar på en ny instruktion; utfärda den först.",
            "The processor awaits a new instruction; issue it first.",
        )
        .by_rule("PUB12", "GDPR art. 28.3; annex 3 clause 6.5"));
    }
    let ended = recorded.find(|suspension| suspension.cause == unclear && is_meant(unclear));
    ended.ok_or_else(|| wrong_state("agreementId", "Behandlingen är inte stoppad.", "Processing is not suspended."))
}

fn in_order(from: NaiveDate, declared: NaiveDate) -> Refusal {
    let path = if declared < from { "declaredEndedOn" } else { "acceptedOn" };
    let earliest = declared.max(from);
    Refusal::invalid(path, Text::new(format!("Ange {earliest} eller en senare dag."), format!("Give {earliest} or a later day.")))
}

fn wrong_state(path: &str, sv: &'static str, en: &'static str) -> Refusal {
    Refusal::new(RefusalCode::WrongState, path, Text::new(sv, en))
}

#[cfg(test)]
mod tests;
