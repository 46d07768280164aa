//! Each rule kept and broken, with the days of the rulebook's examples.

use super::*;
use crate::domain::{
    processor::{
        model::{BreachNoticePart, NoticeDirection, NoticeDirection::*},
        rules::{
            example::{
                assurance, contact, day, due, engagement, findings, id, instruction, notice, orderly, organisation, said_on, suspension,
            },
            facts::Facts,
            timeline::timeline,
        },
    },
    timeline::model::{FindingCode::*, Says, SpanKind},
};

/// An agreement in force since 2026-03-01 with a notice.
fn noticed(kind: NoticeKind, direction: NoticeDirection, sent_on: &str) -> Facts {
    let mut facts = orderly("2026-03-01");
    facts.notices.push(notice(1, kind, direction, sent_on));
    facts
}

/// What is said about the notice, or whatever has its number, on a day: the kinds of what is due, and when.
fn dues(facts: &Facts, on: &str, kind: DeadlineKind) -> Vec<String> {
    due(facts, on).into_iter().filter(|(code, ..)| *code == kind.code()).map(|(_, _, day)| day).collect()
}

/// What is particular about a finding on a day, in English.
fn details(facts: &Facts, on: &str, code: FindingCode) -> Vec<String> {
    let found = said_on(facts, on).into_iter().filter(|span| matches!(span.says, Says::Finding(other, _) if other == code));
    found.filter_map(|span| span.detail).map(|detail| detail.en.into_owned()).collect()
}

fn without(mut facts: Facts, kind: AssuranceKind) -> Facts {
    facts.assurances.retain(|assurance| assurance.kind != kind);
    facts
}

#[test]
fn pub10_an_instruction_from_the_first_day_on_is_in_order() {
    assert_eq!(findings(&orderly("2026-03-01"), "2026-03-01"), []);
}

#[test]
fn pub10_processing_without_an_instruction_is_a_finding_until_there_is_one() {
    let mut facts = orderly("2026-03-01");
    facts.instructions = vec![instruction(1, "2026-04-01")];
    assert_eq!((findings(&facts, "2026-03-01"), findings(&facts, "2026-03-31")), (vec![InstructionMissing], vec![InstructionMissing]));
    assert_eq!(findings(&facts, "2026-04-01"), []);
    facts.instructions.clear();
    assert_eq!((findings(&facts, "2026-02-28"), findings(&facts, "2027-02-28")), (vec![], vec![InstructionMissing]));
}

#[test]
fn pub12_a_new_instruction_lets_processing_go_on() {
    let mut facts = noticed(NoticeKind::InstructionUnclear, FromProcessor, "2026-06-01");
    facts.instructions.push(Instruction { cost_answer: Some(("Nej".to_owned(), day("2026-06-10"))), ..instruction(2, "2026-06-10") });
    assert_eq!(findings(&facts, "2026-06-10"), []);
    let suspended: Vec<_> = suspensions(&facts).into_iter().map(|(period, _)| period.to_string()).collect();
    assert_eq!(suspended, ["2026-06-01/2026-06-09"]);
}

#[test]
fn pub12_an_unclear_instruction_stops_the_processing_until_there_is_a_new_one() {
    let facts = noticed(NoticeKind::InstructionUnclear, FromProcessor, "2026-06-01");
    assert_eq!((findings(&facts, "2026-05-31"), findings(&facts, "2026-06-01")), (vec![], vec![AwaitingInstruction]));
    assert_eq!(findings(&facts, "2027-02-28"), [AwaitingInstruction]);
    let said = timeline(&facts).spans.into_iter().filter(|span| span.says.parts().0 == SpanKind::Suspension);
    assert_eq!(said.map(|span| span.says.parts().1).collect::<Vec<_>>(), ["UNCLEAR_INSTRUCTION"]);
    let mut recorded = orderly("2026-03-01");
    recorded.suspensions.push(suspension(1, SuspensionCause::UnclearInstruction, "2026-06-01"));
    assert_eq!(findings(&recorded, "2026-06-01"), [AwaitingInstruction]);
    // A breach of the agreement stops the processing, too, and waits for no instruction.
    recorded.suspensions[0].cause = SuspensionCause::ContractBreach;
    assert_eq!(findings(&recorded, "2026-06-01"), []);
}

#[test]
fn pub13_the_first_instruction_came_with_the_agreement_and_an_answer_within_fourteen_days_is_in_time() {
    let mut facts = orderly("2026-03-01");
    assert_eq!(dues(&facts, "2026-03-01", DeadlineKind::CostAnswer), [] as [String; 0]);
    facts.instructions.push(Instruction { cost_answer: Some(("Nej".to_owned(), day("2026-06-15"))), ..instruction(2, "2026-06-01") });
    assert_eq!(dues(&facts, "2026-06-14", DeadlineKind::CostAnswer), ["2026-06-15"]);
    assert_eq!((dues(&facts, "2026-06-15", DeadlineKind::CostAnswer), findings(&facts, "2026-06-16")), (vec![], vec![]));
}

#[test]
fn pub13_no_answer_about_costs_in_fourteen_days_is_a_finding_until_it_comes() {
    let mut facts = orderly("2026-03-01");
    facts.instructions.push(instruction(2, "2026-06-01"));
    assert_eq!((findings(&facts, "2026-06-15"), findings(&facts, "2026-06-16")), (vec![], vec![CostAnswerOverdue]));
    facts.instructions[1].cost_answer = Some(("Nej".to_owned(), day("2026-06-20")));
    assert_eq!((findings(&facts, "2026-06-19"), findings(&facts, "2026-06-20")), (vec![CostAnswerOverdue], vec![]));
}

#[test]
fn pub13_the_newest_instruction_that_waits_is_answered() {
    let waiting = [instruction(1, "2026-03-01"), instruction(2, "2026-04-01"), instruction(3, "2026-05-01")];
    let number = |on: &str| awaits_cost_answer(&waiting, day(on)).map(|instruction| instruction.number);
    assert_eq!((number("2026-03-31"), number("2026-04-01"), number("2026-05-01")), (None, Some(2), Some(3)));
    let answered = [Instruction { cost_answer: Some(("Nej".to_owned(), day("2026-05-02"))), ..instruction(2, "2026-04-01") }];
    assert_eq!(awaits_cost_answer(&answered, day("2026-06-01")), None);
}

#[test]
fn pub14_evidence_of_a_year_ago_is_in_order() {
    let mut facts = orderly("2025-03-01");
    facts.assurances.push(assurance(9, AssuranceKind::SelfAudit, "2026-01-01"));
    facts.assurances.push(assurance(10, AssuranceKind::SecurityEvidence, "2025-10-22"));
    assert_eq!(findings(&facts, "2026-10-22"), []);
    assert_eq!(dues(&facts, "2026-10-22", DeadlineKind::SecurityEvidence), ["2026-10-22"]);
}

#[test]
fn pub14_evidence_of_thirteen_months_ago_is_stale_until_there_is_new() {
    let mut facts = orderly("2025-03-01");
    facts.assurances.push(assurance(9, AssuranceKind::SelfAudit, "2026-01-01"));
    facts.assurances.push(assurance(10, AssuranceKind::SecurityEvidence, "2025-10-22"));
    assert_eq!((findings(&facts, "2026-10-23"), findings(&facts, "2026-11-22")), (vec![EvidenceStale], vec![EvidenceStale]));
    facts.assurances.push(assurance(11, AssuranceKind::SecurityEvidence, "2026-12-01"));
    assert_eq!((findings(&facts, "2026-11-30"), findings(&facts, "2026-12-01")), (vec![EvidenceStale], vec![]));
    // What was looked for and not found is no evidence.
    facts.assurances.last_mut().unwrap().met = false;
    assert_eq!(findings(&facts, "2026-12-01"), [EvidenceStale]);
}

#[test]
fn pub15_a_log_is_purgeable_on_the_same_day_five_years_later() {
    assert_eq!(logs_purgeable_until(day("2026-11-21"), 5), day("2021-11-21"));
    assert_eq!(logs_purgeable_until(day("2026-11-21"), 2), day("2024-11-21"));
}

#[test]
fn pub15_a_log_is_not_purgeable_the_day_before() {
    assert_eq!(logs_purgeable_until(day("2026-11-20"), 5), day("2021-11-20"));
    assert_eq!(logs_purgeable_until(day("2029-02-28"), 5), day("2024-02-28"));
    assert_eq!(logs_purgeable_until(day("2029-03-01"), 5), day("2024-03-01"));
}

#[test]
fn pub16_undertakings_of_confidentiality_are_in_order() {
    let mut facts = without(orderly("2026-03-01"), AssuranceKind::Confidentiality);
    facts.assurances.push(assurance(9, AssuranceKind::Confidentiality, "2026-02-01"));
    assert_eq!(findings(&facts, "2026-03-01"), []);
}

#[test]
fn pub16_no_undertakings_of_confidentiality_are_a_finding_from_the_first_day_on() {
    let mut facts = without(orderly("2026-03-01"), AssuranceKind::Confidentiality);
    assert_eq!((findings(&facts, "2026-02-28"), findings(&facts, "2026-03-01")), (vec![], vec![ConfidentialityMissing]));
    facts.assurances.push(assurance(9, AssuranceKind::Confidentiality, "2026-04-01"));
    assert_eq!((findings(&facts, "2026-03-31"), findings(&facts, "2026-04-01")), (vec![ConfidentialityMissing], vec![]));
}

#[test]
fn pub17_what_the_authority_asked_and_was_dealt_with_is_told_no_more() {
    let mut facts = noticed(NoticeKind::AuthorityContact, FromProcessor, "2026-06-01");
    facts.notices[0].answered_on = Some(day("2026-06-10"));
    assert_eq!((findings(&facts, "2026-06-09"), findings(&facts, "2026-06-10")), (vec![AuthorityContact], vec![]));
}

#[test]
fn pub17_what_the_authority_asked_is_told_from_its_receipt_on() {
    let facts = noticed(NoticeKind::AuthorityContact, FromProcessor, "2026-06-01");
    assert_eq!((findings(&facts, "2026-06-01"), findings(&facts, "2026-06-02")), (vec![], vec![AuthorityContact]));
}

#[test]
fn pub18_with_consent_before_it_or_a_law_that_requires_it_a_disclosure_is_in_order() {
    let mut facts = noticed(NoticeKind::DisclosureRequest, FromProcessor, "2026-06-01");
    assert_eq!(findings(&facts, "2026-06-05"), [], "nothing is disclosed");
    let request = &mut facts.notices[0];
    (request.event_on, request.consent_scope, request.answered_on) =
        (Some(day("2026-06-05")), Some("Namn".to_owned()), Some(day("2026-06-05")));
    assert_eq!(findings(&facts, "2026-06-05"), []);
    let request = &mut facts.notices[0];
    (request.consent_scope, request.required_by_law) = (None, Some("OSL 2009:400".to_owned()));
    assert_eq!(findings(&facts, "2026-06-05"), []);
}

#[test]
fn pub18_disclosed_without_consent_and_without_a_law_is_a_finding() {
    let mut facts = noticed(NoticeKind::DisclosureRequest, FromProcessor, "2026-06-01");
    facts.notices[0].event_on = Some(day("2026-06-05"));
    assert_eq!((findings(&facts, "2026-06-04"), findings(&facts, "2026-06-05")), (vec![], vec![DisclosedWithoutConsent]));
    // Consent afterwards does not mend it, nor does an answer that consents to nothing.
    facts.notices[0].answered_on = Some(day("2026-06-01"));
    assert_eq!(findings(&facts, "2026-06-05"), [DisclosedWithoutConsent]);
    (facts.notices[0].consent_scope, facts.notices[0].answered_on) = (Some("Namn".to_owned()), Some(day("2026-06-06")));
    assert_eq!(findings(&facts, "2026-06-06"), [DisclosedWithoutConsent]);
}

/// A request is due so many days after its receipt on 2026-11-24, and a finding after that until it is answered.
#[track_caller]
fn falls_due(kind: NoticeKind, deadline: DeadlineKind, last: &str, after: &str, finding: FindingCode) {
    let mut facts = noticed(kind, ToProcessor, "2026-11-23");
    assert_eq!(dues(&facts, "2026-11-23", deadline), [] as [String; 0]);
    assert_eq!(dues(&facts, "2026-11-24", deadline), [last]);
    assert_eq!((findings(&facts, last), findings(&facts, after)), (vec![], vec![finding]));
    facts.notices[0].answered_on = Some(day(after));
    assert_eq!((findings(&facts, after), dues(&facts, after, deadline)), (vec![], vec![]));
}

/// A request that is answered on the last day is in time.
#[track_caller]
fn is_in_time(kind: NoticeKind, last: &str, after: &str) {
    let mut facts = noticed(kind, ToProcessor, "2026-11-23");
    facts.notices[0].answered_on = Some(day(last));
    assert_eq!((findings(&facts, last), findings(&facts, after)), (vec![], vec![]));
}

#[test]
fn pub19_information_within_fourteen_days_is_in_time() {
    is_in_time(NoticeKind::InformationRequest, "2026-12-08", "2026-12-09");
}

#[test]
fn pub19_information_that_has_not_come_in_fourteen_days_is_a_finding() {
    falls_due(NoticeKind::InformationRequest, DeadlineKind::Information, "2026-12-08", "2026-12-09", InformationOverdue);
}

#[test]
fn pub20_a_self_audit_is_due_a_year_after_the_agreement_came_into_force() {
    let mut facts = orderly("2025-11-20");
    assert_eq!((dues(&facts, "2025-11-19", DeadlineKind::SelfAudit), findings(&facts, "2026-11-20")), (vec![], vec![]));
    assert_eq!(dues(&facts, "2025-11-20", DeadlineKind::SelfAudit), ["2026-11-20"]);
    facts.assurances.push(assurance(9, AssuranceKind::SelfAudit, "2026-05-01"));
    assert_eq!(dues(&facts, "2026-05-01", DeadlineKind::SelfAudit), ["2027-05-01"]);
}

#[test]
fn pub20_no_self_audit_a_year_and_a_day_after_the_agreement_came_into_force_is_a_finding() {
    let mut facts = orderly("2025-11-20");
    facts.assurances.push(assurance(9, AssuranceKind::SecurityEvidence, "2026-06-01"));
    assert_eq!((findings(&facts, "2026-11-20"), findings(&facts, "2026-11-21")), (vec![], vec![SelfAuditOverdue]));
    facts.assurances.push(assurance(10, AssuranceKind::SelfAudit, "2026-12-01"));
    assert_eq!((findings(&facts, "2026-11-30"), findings(&facts, "2026-12-01")), (vec![SelfAuditOverdue], vec![]));
}

#[test]
fn pub20_how_often_the_terms_say() {
    let mut facts = orderly("2025-11-20");
    facts.terms[0].agreed.self_audit_months = 6;
    assert_eq!(dues(&facts, "2025-11-20", DeadlineKind::SelfAudit), ["2026-05-20"]);
    // Before the agreement counts as well, while it is not over.
    facts.assurances.push(assurance(9, AssuranceKind::SelfAudit, "2025-10-01"));
    assert_eq!(dues(&facts, "2025-11-20", DeadlineKind::SelfAudit), ["2026-04-01"]);
}

#[test]
fn pub21_an_auditor_who_does_not_compete_and_keeps_secrets_is_in_order() {
    let mut facts = orderly("2026-03-01");
    facts.assurances.push(Assurance {
        competitor: Some(false),
        secrecy_undertaken: Some(true),
        ..assurance(9, AssuranceKind::Audit, "2026-06-01")
    });
    facts.assurances.push(assurance(10, AssuranceKind::Audit, "2026-07-01"));
    assert_eq!((findings(&facts, "2026-06-01"), findings(&facts, "2026-07-01")), (vec![], vec![]));
}

#[test]
fn pub21_an_auditor_who_competes_is_a_finding_until_an_audit_that_is_in_order() {
    for (competitor, secrecy) in [(Some(true), None), (None, Some(false))] {
        let mut facts = orderly("2026-03-01");
        facts.assurances.push(Assurance { competitor, secrecy_undertaken: secrecy, ..assurance(9, AssuranceKind::Audit, "2026-06-01") });
        assert_eq!((findings(&facts, "2026-05-31"), findings(&facts, "2026-06-01")), (vec![], vec![AuditorNotIndependent]));
        facts.assurances.push(assurance(10, AssuranceKind::Audit, "2026-07-01"));
        assert_eq!((findings(&facts, "2026-06-30"), findings(&facts, "2026-07-01")), (vec![AuditorNotIndependent], vec![]));
    }
}

/// An agreement with a sub-processor from 2026-05-01 on.
fn with_sub_processor() -> Facts {
    let mut facts = orderly("2026-03-01");
    facts.engagements.push(engagement(2, "2026-05-01"));
    facts.organisations.insert(id(2), organisation(2));
    facts
}

#[test]
fn pub21_an_audit_in_order_on_the_same_day_does_not_mend_the_other() {
    let mut facts = orderly("2026-03-01");
    facts.assurances.push(Assurance { competitor: Some(true), ..assurance(8, AssuranceKind::Audit, "2026-06-01") });
    facts.assurances.push(assurance(9, AssuranceKind::Audit, "2026-06-01"));
    assert_eq!(findings(&facts, "2026-06-01"), [AuditorNotIndependent]);
}

#[test]
fn pub20_a_self_audit_after_the_end_starts_nothing() {
    let mut facts = orderly("2026-03-01");
    facts.terms[0].agreed.fixed_end_on = Some(day("2026-12-31"));
    facts.assurances.push(assurance(8, AssuranceKind::SelfAudit, "2026-12-31"));
    assert_eq!(dues(&facts, "2026-12-31", DeadlineKind::SelfAudit), ["2027-12-31"], "on the last day it does");
    facts.assurances.last_mut().unwrap().on = day("2027-01-01");
    assert_eq!(dues(&facts, "2026-12-31", DeadlineKind::SelfAudit), ["2027-03-01"]);
}

#[test]
fn pub22_the_same_rights_against_sub_processors_are_in_order_and_without_any_not_needed() {
    assert_eq!(findings(&with_sub_processor(), "2026-05-01"), []);
    assert_eq!(findings(&without(orderly("2026-03-01"), AssuranceKind::AuditRightsFlowDown), "2026-05-01"), []);
}

#[test]
fn pub22_no_rights_against_sub_processors_are_a_finding_as_soon_as_there_is_one() {
    let facts = without(with_sub_processor(), AssuranceKind::AuditRightsFlowDown);
    assert_eq!((findings(&facts, "2026-04-30"), findings(&facts, "2026-05-01")), (vec![], vec![AuditRightsMissing]));
}

#[test]
fn pub23_a_correction_within_thirty_days_of_the_information_is_in_time() {
    is_in_time(NoticeKind::CorrectionOrder, "2026-12-24", "2026-12-25");
}

#[test]
fn pub23_a_correction_that_has_not_come_in_thirty_days_is_a_finding() {
    falls_due(NoticeKind::CorrectionOrder, DeadlineKind::Correction, "2026-12-24", "2026-12-25", CorrectionOverdue);
}

#[test]
fn pub24_a_measure_that_was_told_of_before_it_is_in_order() {
    let mut facts = noticed(NoticeKind::PlannedMeasure, FromProcessor, "2026-06-01");
    facts.notices[0].event_on = Some(day("2026-06-01"));
    assert_eq!(findings(&facts, "2026-06-01"), []);
    facts.notices[0].event_on = None;
    assert_eq!(findings(&facts, "2026-06-01"), []);
}

#[test]
fn pub24_a_measure_that_was_told_of_after_it_is_a_finding_until_it_is_dealt_with() {
    let mut facts = noticed(NoticeKind::PlannedMeasure, FromProcessor, "2026-06-01");
    facts.notices[0].event_on = Some(day("2026-05-31"));
    assert_eq!((findings(&facts, "2026-05-31"), findings(&facts, "2026-06-01")), (vec![], vec![MeasureNotifiedLate]));
    assert_eq!(details(&facts, "2026-06-01", MeasureNotifiedLate), ["event on 2026-05-31, told on 2026-06-01"]);
    facts.notices[0].answered_on = Some(day("2026-06-10"));
    assert_eq!((findings(&facts, "2026-06-09"), findings(&facts, "2026-06-10")), (vec![MeasureNotifiedLate], vec![]));
    facts.notices[0].answered_on = Some(day("2026-06-01"));
    assert_eq!(findings(&facts, "2026-06-01"), [], "dealt with at once");
}

#[test]
fn pub25_assistance_within_three_days_is_in_time() {
    is_in_time(NoticeKind::AssistanceRequest, "2026-11-27", "2026-11-28");
}

#[test]
fn pub25_assistance_that_has_not_come_in_three_days_is_a_finding() {
    falls_due(NoticeKind::AssistanceRequest, DeadlineKind::Assistance, "2026-11-27", "2026-11-28", AssistanceOverdue);
}

#[test]
fn pub26_the_notice_of_a_breach_with_all_its_parts_is_in_order() {
    assert_eq!(findings(&noticed(NoticeKind::Breach, FromProcessor, "2026-06-01"), "2026-06-02"), []);
}

#[test]
fn pub26_the_notice_of_a_breach_with_its_first_part_only_names_the_others() {
    let mut facts = noticed(NoticeKind::Breach, FromProcessor, "2026-06-01");
    facts.notices[0].missing_parts = vec![BreachNoticePart::Consequences, BreachNoticePart::Measures];
    assert_eq!((findings(&facts, "2026-06-01"), findings(&facts, "2026-06-02")), (vec![], vec![BreachNoticeIncomplete]));
    assert_eq!(details(&facts, "2026-06-02", BreachNoticeIncomplete), ["Likely consequences, Measures"]);
}

#[test]
fn pub34_what_may_cause_damage_and_was_told_at_once_is_in_order() {
    let mut facts = noticed(NoticeKind::Damage, ToProcessor, "2026-06-01");
    facts.notices[0].event_on = Some(day("2026-06-01"));
    assert_eq!(findings(&facts, "2026-06-01"), []);
}

#[test]
fn pub34_what_may_cause_damage_and_was_told_two_days_after_it_was_known_is_a_finding() {
    let mut facts = noticed(NoticeKind::Damage, FromProcessor, "2026-06-03");
    facts.notices[0].event_on = Some(day("2026-06-01"));
    assert_eq!((findings(&facts, "2026-06-02"), findings(&facts, "2026-06-03")), (vec![], vec![DamageNoticeLate]));
}

#[test]
fn pub43_a_notice_of_the_wednesday_before_christmas_is_received_on_the_monday_after() {
    let sent = notice(1, NoticeKind::Renegotiation, ToProcessor, "2026-12-23");
    assert_eq!(received_on(&sent, 1), day("2026-12-28"));
    assert_eq!(received_on(&sent, 3), day("2026-12-30"));
    assert_eq!(received_on(&Notice { received_on: Some(day("2026-12-23")), ..sent }, 1), day("2026-12-23"));
}

#[test]
fn pub43_a_notice_to_another_contact_than_the_agreement_names_is_a_finding_until_it_is_dealt_with() {
    let mut facts = noticed(NoticeKind::Renegotiation, ToProcessor, "2026-06-01");
    assert_eq!(findings(&facts, "2026-06-01"), []);
    facts.notices[0].contact = ContactPurpose::DataProtectionCooperation;
    facts.notices[0].answered_on = Some(day("2026-06-10"));
    assert_eq!((findings(&facts, "2026-06-01"), findings(&facts, "2026-06-10")), (vec![WrongContact], vec![]));
    facts.notices =
        vec![Notice { contact: ContactPurpose::AgreementAdministration, ..notice(1, NoticeKind::Breach, FromProcessor, "2026-06-01") }];
    assert_eq!(findings(&facts, "2026-06-01"), [WrongContact]);
}

#[test]
fn pub43_what_is_another_partys_own_is_not_told_of_this_one() {
    let mut facts = noticed(NoticeKind::AuthorityContact, FromProcessor, "2026-06-01");
    facts.notices[0].contact = ContactPurpose::AgreementAdministration;
    facts.notices[0].party = Some(id(2));
    assert_eq!(findings(&facts, "2026-06-02"), []);
    facts.notices[0].party = Some(facts.parties[0].row.id);
    assert_eq!(findings(&facts, "2026-06-02"), [AuthorityContact, WrongContact]);
}

#[test]
fn pub44_a_contact_who_follows_another_the_next_day_leaves_no_gap() {
    let mut facts = orderly("2026-03-01");
    let before = facts.contacts[0].clone();
    facts.contacts[0].validity.to = Some(day("2026-05-31"));
    facts.contacts.push(contact(9, before.side, before.purpose, "2026-06-01"));
    assert_eq!((findings(&facts, "2026-05-31"), findings(&facts, "2026-06-01")), (vec![], vec![]));
}

#[test]
fn pub44_no_contact_for_the_cooperation_is_a_finding_that_says_whose() {
    let mut facts = orderly("2026-03-01");
    let ours = |contact: &crate::domain::processor::model::Contact| {
        contact.side == ContractSide::Controller && contact.purpose == ContactPurpose::DataProtectionCooperation
    };
    facts.contacts.iter_mut().filter(|contact| ours(contact)).for_each(|contact| contact.validity.to = Some(day("2026-05-31")));
    assert_eq!((findings(&facts, "2026-05-31"), findings(&facts, "2026-06-01")), (vec![], vec![ContactMissing]));
    assert_eq!(details(&facts, "2026-06-01", ContactMissing), ["Controller: Cooperation on data protection"]);
}

#[test]
fn pub44_a_processor_without_number_or_address_is_a_finding_but_a_board_has_those_of_its_municipality() {
    let mut facts = orderly("2026-03-01");
    let processor = facts.agreement.processor;
    let of = |facts: &mut Facts, change: fn(&mut crate::domain::processor::model::Party)| {
        change(facts.organisations.get_mut(&processor).unwrap());
    };
    of(&mut facts, |party| party.organisation_number = None);
    assert_eq!(findings(&facts, "2026-03-01"), [PartyDetailsMissing]);
    of(&mut facts, |party| party.foreign_registration_number = Some("DEMO-NO-1".to_owned()));
    assert_eq!(findings(&facts, "2026-03-01"), []);
    of(&mut facts, |party| party.address = None);
    assert_eq!(findings(&facts, "2026-03-01"), [PartyDetailsMissing]);
    of(&mut facts, |party| (party.controller, party.foreign_registration_number) = (Some(id(9)), None));
    assert_eq!(findings(&facts, "2026-03-01"), []);
}
