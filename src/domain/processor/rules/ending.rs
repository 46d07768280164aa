//! The end of an agreement: PUB35, PUB39 to PUB42.

use super::{
    life::{End, EndCause},
    timeline::{Claim, Standing, overdue, until_answered},
};
use crate::{
    domain::{
        processor::model::AssuranceKind,
        timeline::model::{DeadlineKind, FindingCode},
    },
    kernel::{
        deadline::Counting,
        period::{Period, eve, morrow},
        text::Text,
    },
};

/// By when a controller is expected to have chosen between return and deletion: the template says without undue delay (18.1).
const CHOICE: Counting = Counting::CalendarDays(7);

/// What a main contract has changed (3.3: it goes before in 16 and 18.2).
fn by_main_contract(at: &Standing<'_>, end: &End) -> Option<Text> {
    let agreed = &at.terms_on(end.last.start)?.agreed;
    let reference = agreed.main_contract_reference.as_ref().filter(|_| agreed.main_contract_prevails)?;
    Some(Text::new(format!("enligt huvudavtalet {reference}"), format!("by the main contract {reference}")))
}

/// The days from which the end was known: from the notice, or all along where the term is fixed.
fn known(at: &Standing<'_>, end: &End) -> Option<Period> {
    let from = match end.cause {
        EndCause::Notice | EndCause::AtOnce => end.last.start,
        EndCause::FixedTerm => at.life.in_force_on()?,
    };
    Period::new(from, None)
}

/// PUB35: the last day of the agreement.
pub fn last_day(at: &Standing<'_>) -> Vec<Claim> {
    let Some(end) = &at.life.end else { return Vec::new() };
    let running = known(at, end).and_then(|known| Period::new(known.from, Some(end.last.due)));
    let claim =
        running.map(|holds| Claim::deadline(DeadlineKind::AgreementEnd, at.party.row.id, holds, end.last).with(by_main_contract(at, end)));
    claim.into_iter().collect()
}

/// PUB39: the controller chooses between return and deletion.
pub fn choice(at: &Standing<'_>) -> Vec<Claim> {
    let Some(end) = &at.life.end else { return Vec::new() };
    let row = &at.party.row;
    let deadline = CHOICE.count(end.last.start);
    let chosen_on = row.end_of_agreement.map(|(_, on)| on);
    // What was returned or deleted needs no choice any more.
    let settled = [chosen_on, row.returned_or_deleted_on].into_iter().flatten().min();
    let open = until_answered(end.last.start, settled).map(|holds| Claim::deadline(DeadlineKind::ReturnChoice, row.id, holds, deadline));
    let late = overdue(deadline, settled).map(|holds| Claim::finding(FindingCode::ReturnNotChosen, row.id, holds).by(deadline));
    open.into_iter().chain(late).collect()
}

/// PUB40: the data are returned or deleted in time.
pub fn return_or_deletion(at: &Standing<'_>) -> Vec<Claim> {
    let Some(end) = &at.life.end else { return Vec::new() };
    let row = &at.party.row;
    let open = until_answered(end.last.start, at.life.returned_on);
    let open =
        open.map(|holds| Claim::deadline(DeadlineKind::ReturnOrDeletion, row.id, holds, end.return_by).with(by_main_contract(at, end)));
    let late = overdue(end.return_by, at.life.returned_on)
        .map(|holds| Claim::finding(FindingCode::ReturnOverdue, row.id, holds).by(end.return_by));
    open.into_iter().chain(late).collect()
}

/// PUB40: with a certificate.
pub fn certificate(at: &Standing<'_>) -> Vec<Claim> {
    let Some(returned_on) = at.life.returned_on.filter(|_| at.life.end.is_some()) else { return Vec::new() };
    let certified =
        at.facts.assured(AssuranceKind::DeletionCertificate).filter(|assurance| assurance.met).map(|assurance| assurance.on).min();
    let without = until_answered(returned_on, certified);
    without.map(|holds| Claim::finding(FindingCode::CertificateMissing, at.party.row.id, holds)).into_iter().collect()
}

/// PUB41: no processing after the agreement's end and the date for return. Data that are neither returned nor deleted are processed.
pub fn processing_after_the_end(at: &Standing<'_>) -> Vec<Claim> {
    let Some(end) = &at.life.end else { return Vec::new() };
    let row = &at.party.row;
    let last = [row.processing_to, at.life.returned_on.map(eve)].into_iter().flatten().min();
    let unlawful = Period::new(morrow(end.last.due.max(end.return_by.due)), last);
    unlawful.map(|holds| Claim::finding(FindingCode::UnlawfulProcessing, row.id, holds)).into_iter().collect()
}

/// PUB42: secrecy survives the agreement.
pub fn secrecy_survives(at: &Standing<'_>) -> Vec<Claim> {
    let Some(end) = &at.life.end else { return Vec::new() };
    let assured: Vec<_> = at.facts.assured(AssuranceKind::Confidentiality).filter(|assurance| assurance.on > end.last.due).collect();
    let broken = assured.iter().filter(|assurance| !assurance.met).filter_map(|assurance| {
        let mended = assured.iter().find(|later| later.met && later.on > assurance.on).map(|later| later.on);
        Some(Claim::finding(FindingCode::SecrecyBroken, assurance.id, until_answered(assurance.on, mended)?))
    });
    broken.collect()
}
