//! What is refused, at the edges of what is not.

use super::*;
use crate::domain::processor::{
    model::{BreachNoticePart, ContactPurpose, ContractSide},
    rules::example::{contact, day, id, instruction, notice, orderly, period, signature, suspension},
};

fn refused(result: Result<(), Refusal>) -> Option<String> {
    result.err().map(|refusal| refusal.path.join("."))
}

#[test]
fn an_instruction_holds_from_the_day_of_the_newest_at_the_earliest() {
    let before = [instruction(1, "2026-03-01"), instruction(2, "2026-05-01")];
    let follows = |on| refused(instruction_follows(&before, day(on), "validFrom"));
    assert_eq!(["2026-04-30", "2026-05-01", "2026-05-02"].map(follows), [Some("validFrom".to_owned()), None, None]);
    assert_eq!(refused(instruction_follows(&[], day("1990-01-01"), "validFrom")), None);
}

#[test]
fn each_kind_of_notice_goes_its_way() {
    use NoticeKind::{
        AssistanceRequest, AuthorityContact, Breach, ContractBreach, CorrectionOrder, CostAnswer, Damage, DisclosureRequest, DutiesChanged,
        InformationRequest, InstructionUnclear, PlannedMeasure, Renegotiation,
    };
    let (from, to) = (NoticeDirection::FromProcessor, NoticeDirection::ToProcessor);
    let goes = |kind, direction| refused(notice_goes_that_way(&notice(1, kind, direction, "2026-06-01"), "direction")).is_none();
    for kind in [InstructionUnclear, CostAnswer, AuthorityContact, DisclosureRequest, PlannedMeasure, Breach] {
        assert_eq!((goes(kind, from), goes(kind, to)), (true, false), "{kind:?}");
    }
    for kind in [DutiesChanged, InformationRequest, CorrectionOrder, AssistanceRequest] {
        assert_eq!((goes(kind, from), goes(kind, to)), (false, true), "{kind:?}");
    }
    for kind in [Damage, Renegotiation, ContractBreach] {
        assert_eq!((goes(kind, from), goes(kind, to)), (true, true), "{kind:?}");
    }
}

#[test]
fn what_only_notices_of_one_kind_have_no_other_has() {
    let of = |kind, change: fn(&mut Notice)| {
        let mut notice = Notice { text: Some("Nej".to_owned()), ..notice(1, kind, NoticeDirection::FromProcessor, "2026-06-01") };
        change(&mut notice);
        refused(notice_has_what_its_kind_has(&notice))
    };
    let path = |path: &str| Some(path.to_owned());
    let parts = |notice: &mut Notice| notice.missing_parts = vec![BreachNoticePart::Measures];
    assert_eq!([of(NoticeKind::Breach, parts), of(NoticeKind::Damage, parts)], [None, path("missingParts")]);
    let scope = |notice: &mut Notice| notice.consent_scope = Some("Allt".to_owned());
    assert_eq!([of(NoticeKind::DisclosureRequest, scope), of(NoticeKind::Damage, scope)], [None, path("consentScope")]);
    let law = |notice: &mut Notice| notice.required_by_law = Some("Lag".to_owned());
    assert_eq!([of(NoticeKind::DisclosureRequest, law), of(NoticeKind::Damage, law)], [None, path("requiredByLaw")]);
    let silent = |notice: &mut Notice| notice.text = None;
    assert_eq!([of(NoticeKind::CostAnswer, silent), of(NoticeKind::Damage, silent)], [path("text"), None]);
    assert_eq!([of(NoticeKind::CostAnswer, |_| {}), of(NoticeKind::Damage, |_| {})], [None, None]);
}

#[test]
fn nothing_is_answered_before_it_was_sent() {
    let comes = |on| refused(comes_after_sending(day(on), day("2026-06-02"), "answeredOn"));
    assert_eq!(["2026-06-01", "2026-06-02", "2026-06-03"].map(comes), [Some("answeredOn".to_owned()), None, None]);
}

#[test]
fn the_same_name_or_the_same_day_corrects_a_contact_and_another_follows() {
    let before = contact(1, ContractSide::Processor, ContactPurpose::AgreementAdministration, "2026-03-01");
    let same = |name: &str, from: Option<&str>| is_same_contact(&before, name, from.map(day));
    assert!(same("Kontakt Påhittad", None) && same("Kontakt Påhittad", Some("2026-04-01")));
    assert!(!same("Kontakt Påhittad", Some("2026-02-28")) && !same("Annan Påhittad", None) && !same("Annan Påhittad", Some("2026-04-01")));
    assert!(same("Annan Påhittad", Some("2026-03-01")));
    let ended = Contact { validity: period("2026-03-01", Some("2026-05-31")), ..before.clone() };
    assert!(!is_same_contact(&ended, "Kontakt Påhittad", None) && !is_same_contact(&ended, "Kontakt Påhittad", Some(day("2026-04-01"))));
    assert!(is_same_contact(&ended, "Kontakt Påhittad", Some(day("2026-03-01"))));
    let follows = |on| refused(contact_follows(&before, day(on), "validFrom"));
    assert_eq!(["2026-03-01", "2026-03-02"].map(follows), [Some("validFrom".to_owned()), None]);
}

#[test]
fn pub38_processing_is_suspended_under_an_agreement_in_force_and_once_for_each_cause() {
    let (breach, unclear) = (SuspensionCause::ContractBreach, SuspensionCause::UnclearInstruction);
    let facts = orderly("2026-03-01");
    let suspended = |facts: &Facts, cause, on| refused(can_be_suspended(facts, cause, day(on)));
    assert_eq!(suspended(&facts, breach, "2026-02-28").as_deref(), Some("from"));
    assert_eq!(suspended(&facts, breach, "2026-03-01"), None);
    let noticed = {
        let mut facts = facts.clone();
        facts.parties[0].row.notice = Some((day("2026-05-01"), ContractSide::Controller));
        facts
    };
    assert_eq!([suspended(&noticed, breach, "2026-05-02"), suspended(&noticed, breach, "2026-06-15")], [None, Some("from".to_owned())]);
    let mut once = facts;
    once.suspensions = vec![suspension(1, breach, "2026-06-01")];
    assert_eq!(suspended(&once, breach, "2026-07-01").as_deref(), Some("cause"));
    assert_eq!(suspended(&once, unclear, "2026-07-01"), None);
    once.suspensions[0].accepted_on = Some(day("2026-06-30"));
    assert_eq!(suspended(&once, breach, "2026-07-01"), None);
    once.terms[0].signatures = vec![signature(9, "2026-03-01")];
    assert_eq!(suspended(&once, breach, "2026-07-01").as_deref(), Some("from"));
}

#[test]
fn pub38_after_a_breach_both_days_are_given_in_their_order() {
    let breach = SuspensionCause::ContractBreach;
    let mut facts = orderly("2026-03-01");
    facts.suspensions = vec![suspension(1, breach, "2026-06-01")];
    let resumed = |cause, declared: Option<&str>, accepted: Option<&str>| {
        let days = (declared.map(day), accepted.map(day));
        can_be_resumed(&facts, cause, days, day("2026-07-01")).map(|found| found.id).map_err(|refusal| refusal.path.join("."))
    };
    for cause in [None, Some(breach)] {
        assert_eq!(resumed(cause, Some("2026-06-01"), Some("2026-06-01")), Ok(id(1)));
        assert_eq!(resumed(cause, Some("2026-05-31"), Some("2026-06-01")), Err("declaredEndedOn".to_owned()));
        assert_eq!(resumed(cause, Some("2026-06-01"), Some("2026-05-31")), Err("acceptedOn".to_owned()));
        assert_eq!(resumed(cause, Some("2026-06-03"), Some("2026-06-02")), Err("acceptedOn".to_owned()));
        assert_eq!(resumed(cause, Some("2026-06-03"), None), Err("acceptedOn".to_owned()));
        assert_eq!(resumed(cause, None, Some("2026-06-03")), Err("acceptedOn".to_owned()));
    }
    let other = resumed(Some(SuspensionCause::UnclearInstruction), Some("2026-06-01"), Some("2026-06-01"));
    assert_eq!(other, Err("agreementId".to_owned()));
    let ended = can_be_resumed(&orderly("2026-03-01"), None, (None, None), day("2026-07-01")).unwrap_err();
    assert_eq!((ended.code, ended.rule), (RefusalCode::WrongState, None));
}

#[test]
fn an_order_of_days_names_the_earliest() {
    let earliest = |declared| in_order(day("2026-06-01"), day(declared)).message.en.into_owned();
    assert_eq!(["2026-05-31", "2026-06-03"].map(earliest), ["Give 2026-06-01 or a later day.", "Give 2026-06-03 or a later day."]);
}

#[test]
fn pub12_after_an_unclear_instruction_a_new_one_is_needed_first() {
    let unclear = SuspensionCause::UnclearInstruction;
    let mut facts = orderly("2026-03-01");
    facts.suspensions = vec![suspension(1, unclear, "2026-06-01")];
    let resumed =
        |facts: &Facts, cause| can_be_resumed(facts, cause, (None, None), day("2026-07-01")).map(|found| found.id).map_err(|it| it.rule);
    for cause in [None, Some(unclear)] {
        assert_eq!(resumed(&facts, cause), Err(Some("PUB12")));
    }
    assert_eq!(resumed(&facts, Some(SuspensionCause::ContractBreach)), Err(None));
    facts.instructions.push(instruction(2, "2026-07-01"));
    for cause in [None, Some(unclear)] {
        assert_eq!(resumed(&facts, cause), Ok(id(1)));
    }
    facts.suspensions[0].accepted_on = Some(day("2026-07-01"));
    assert_eq!(resumed(&facts, None), Err(None));
}
