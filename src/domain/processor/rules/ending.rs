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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        processor::{
            model::{Assurance, ContractSide, ReturnOrDelete},
            rules::{
                example::{assurance, day, due, findings, id, orderly, said_on},
                facts::Facts,
            },
        },
        timeline::model::{FindingCode::*, Says, Subject},
    };

    /// An agreement to which notice was received on 2026-11-24.
    fn noticed() -> Facts {
        let mut facts = orderly("2026-03-01");
        facts.parties[0].row.notice = Some((day("2026-11-24"), ContractSide::Controller));
        facts
    }

    fn dues(facts: &Facts, on: &str) -> Vec<(&'static str, String)> {
        let row: Subject = facts.parties[0].row.id.into();
        due(facts, on).into_iter().filter(|(_, subject, _)| *subject == row).map(|(kind, _, day)| (kind, day)).collect()
    }

    #[test]
    fn pub35_the_last_day_and_the_choice_and_the_return_fall_due_from_the_notice_on() {
        let facts = noticed();
        assert_eq!(dues(&facts, "2026-11-23"), []);
        let all = [("AGREEMENT_END", "2026-12-24"), ("RETURN_CHOICE", "2026-12-01"), ("RETURN_OR_DELETION", "2026-12-24")];
        let all = all.map(|(kind, day)| (kind, day.to_owned()));
        assert_eq!(dues(&facts, "2026-11-24"), all);
        assert_eq!(dues(&facts, "2026-12-24"), all);
        assert_eq!(dues(&facts, "2026-12-25"), all[1..]);
    }

    #[test]
    fn pub9_the_main_contract_is_shown_as_the_source_of_the_last_day() {
        let mut facts = noticed();
        let agreed = &mut facts.terms[0].agreed;
        (agreed.main_contract_prevails, agreed.main_contract_reference) = (true, Some("HA 2026/1".to_owned()));
        let span = said_on(&facts, "2026-11-24").into_iter().find(|span| matches!(span.says, Says::Deadline(DeadlineKind::AgreementEnd)));
        assert_eq!(
            span.and_then(|span| span.detail).map(|detail| detail.en.into_owned()),
            Some("by the main contract HA 2026/1".to_owned())
        );
    }

    #[test]
    fn pub39_a_choice_within_a_week_is_in_order() {
        let mut facts = noticed();
        facts.parties[0].row.end_of_agreement = Some((ReturnOrDelete::Return, day("2026-12-01")));
        assert_eq!(findings(&facts, "2026-12-02"), []);
    }

    #[test]
    fn pub39_no_choice_a_week_after_the_notice_is_a_finding() {
        let mut facts = noticed();
        assert_eq!((findings(&facts, "2026-12-01"), findings(&facts, "2026-12-02")), (vec![], vec![ReturnNotChosen]));
        facts.parties[0].row.end_of_agreement = Some((ReturnOrDelete::Delete, day("2026-12-05")));
        assert_eq!((findings(&facts, "2026-12-04"), findings(&facts, "2026-12-05")), (vec![ReturnNotChosen], vec![]));
    }

    /// Chosen in time.
    fn chosen() -> Facts {
        let mut facts = noticed();
        facts.parties[0].row.end_of_agreement = Some((ReturnOrDelete::Delete, day("2026-11-25")));
        facts
    }

    /// Chosen and returned in time, with a certificate.
    fn returned() -> Facts {
        let mut facts = chosen();
        facts.parties[0].row.returned_or_deleted_on = Some(day("2026-12-24"));
        facts.assurances.push(assurance(9, AssuranceKind::DeletionCertificate, "2026-12-24"));
        facts
    }

    #[test]
    fn pub40_returned_in_time_with_a_certificate_is_in_order() {
        let facts = returned();
        for on in ["2026-12-24", "2026-12-25", "2027-06-01"] {
            assert_eq!(findings(&facts, on), [], "{on}");
        }
    }

    #[test]
    fn pub40_not_returned_on_the_thirty_first_day_is_a_finding_and_so_is_a_missing_certificate() {
        let mut facts = chosen();
        assert_eq!(findings(&facts, "2026-12-24"), []);
        assert_eq!(findings(&facts, "2026-12-25"), [ReturnOverdue, UnlawfulProcessing]);
        facts.parties[0].row.returned_or_deleted_on = Some(day("2026-12-28"));
        assert_eq!(findings(&facts, "2026-12-28"), [CertificateMissing]);
    }

    #[test]
    fn pub41_processing_that_ended_in_time_is_not_unlawful() {
        let mut facts = chosen();
        facts.parties[0].row.processing_to = Some(day("2026-12-24"));
        assert_eq!(findings(&facts, "2026-12-25"), [ReturnOverdue]);
    }

    #[test]
    fn pub41_processing_after_the_end_and_the_date_for_return_is_unlawful() {
        let mut facts = chosen();
        facts.terms[0].agreed.termination_notice_days = 60;
        assert_eq!(findings(&facts, "2027-01-23"), [ReturnOverdue]);
        assert_eq!(findings(&facts, "2027-01-24"), [ReturnOverdue, UnlawfulProcessing]);
    }

    #[test]
    fn pub29_after_an_immediate_termination_the_return_has_its_days_from_then() {
        let mut facts = orderly("2026-03-01");
        facts.parties[0].row.terminated = Some((day("2026-11-24"), id(9)));
        let all = [("RETURN_CHOICE", "2026-12-01"), ("RETURN_OR_DELETION", "2026-12-24")].map(|(kind, day)| (kind, day.to_owned()));
        assert_eq!(dues(&facts, "2026-11-25"), all);
    }

    #[test]
    fn pub42_secrecy_that_is_confirmed_after_the_end_is_in_order() {
        let mut facts = returned();
        facts.assurances.push(assurance(10, AssuranceKind::Confidentiality, "2027-02-01"));
        assert_eq!(findings(&facts, "2027-02-01"), []);
    }

    #[test]
    fn pub42_what_was_broken_on_the_last_day_is_no_breach_after_the_end_and_the_same_day_mends_nothing() {
        let mut facts = returned();
        facts.assurances.push(Assurance { met: false, ..assurance(10, AssuranceKind::Confidentiality, "2026-12-24") });
        assert_eq!(findings(&facts, "2026-12-25"), []);
        facts.assurances.last_mut().unwrap().on = day("2026-12-25");
        facts.assurances.push(assurance(11, AssuranceKind::Confidentiality, "2026-12-25"));
        facts.assurances.push(Assurance { met: false, ..assurance(12, AssuranceKind::Confidentiality, "2027-01-10") });
        assert_eq!((findings(&facts, "2026-12-25"), findings(&facts, "2027-01-10")), (vec![SecrecyBroken], vec![SecrecyBroken; 2]));
    }

    #[test]
    fn pub42_secrecy_that_is_broken_after_the_end_is_a_finding() {
        let mut facts = returned();
        facts.assurances.push(Assurance { met: false, ..assurance(10, AssuranceKind::Confidentiality, "2027-02-01") });
        assert_eq!(findings(&facts, "2027-02-01"), [SecrecyBroken]);
        facts.assurances.push(assurance(11, AssuranceKind::Confidentiality, "2027-03-01"));
        assert_eq!((findings(&facts, "2027-02-28"), findings(&facts, "2027-03-01")), (vec![SecrecyBroken], vec![]));
    }
}
