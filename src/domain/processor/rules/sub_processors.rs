//! What has to hold of sub-processors: PUB6, PUB29 to PUB33.

use super::{
    cases::Case,
    life::spans,
    signing::joined,
    timeline::{Claim, Standing, until_answered},
};
use crate::{
    domain::{
        processor::model::{
            ActKind, ChangeKind, Engagement, EngagementAuthorisation, ObjectionOutcome, ObjectionState, Party, SubProcessorAuthorisation,
        },
        timeline::model::{FindingCode, Says, Subject},
    },
    kernel::{code::Code, country::CountryCode, period::Period},
};

/// PUB6: how each sub-processor is authorised for a party, and whether it is. PUB29: what is used although the party objected.
pub fn authorisations(at: &Standing<'_>) -> Vec<Claim> {
    at.facts.engagements.iter().flat_map(|engagement| authorisation(at, engagement)).collect()
}

fn authorisation(at: &Standing<'_>, engagement: &Engagement) -> Vec<Claim> {
    let change = engagement.introduced_by.and_then(|id| at.facts.changes.iter().find(|change| change.id == id));
    let Some(case) = change.and_then(|change| Case::of(at, change)) else {
        return listed(at, engagement);
    };
    let states = spans(case.turns(), |day| standing_on(at, &case, day));
    let within = states.into_iter().filter_map(|(period, standing)| Some((period.and(engagement.validity)?, standing?)));
    within
        .flat_map(|(period, (authorisation, finding))| {
            let says = Says::Authorised(authorisation.code(), Some(case.change.id.key()));
            let finding = finding.and_then(|code| Some(Claim::finding(code, engagement.id, at.in_force(period)?)));
            std::iter::once(Claim::of(engagement.id, says, period, "PUB6")).chain(finding)
        })
        .collect()
}

/// A sub-processor that was not announced to the party: as it was entered; or, where it was announced before the party's agreement was in
/// force, as on the list that the party signed.
fn listed(at: &Standing<'_>, engagement: &Engagement) -> Vec<Claim> {
    let announced = engagement.introduced_by.is_some();
    let authorisation = if announced { EngagementAuthorisation::ListedAtSigning } else { engagement.authorisation };
    let says = Says::Authorised(authorisation.code(), None);
    // Who has left the agreement authorises nobody any more.
    let there = until_answered(engagement.validity.from, at.party.row.left_on).and_then(|there| there.and(engagement.validity));
    let said = there.map(|there| Claim::of(engagement.id, says, there, "PUB6"));
    let not = engagement.authorisation == EngagementAuthorisation::NotAuthorised;
    let during = at.in_force(engagement.validity).filter(|_| not);
    let finding = during.map(|holds| Claim::finding(FindingCode::SubProcessorNotAuthorised, engagement.id, holds));
    said.into_iter().chain(finding).collect()
}

/// How a case authorises a sub-processor that is used, and what is wrong with that; nothing where the party is not concerned.
fn standing_on(at: &Standing<'_>, case: &Case<'_>, day: chrono::NaiveDate) -> Option<(EngagementAuthorisation, Option<FindingCode>)> {
    if case.allows_on(day) {
        let specific = at.party.row.sub_processor_authorisation != Some(SubProcessorAuthorisation::General);
        let authorisation = if specific { EngagementAuthorisation::SpecificallyApproved } else { EngagementAuthorisation::Notified };
        return Some((authorisation, None));
    }
    let finding = match case.state_on(day) {
        ObjectionState::NotConcerned => return None,
        ObjectionState::Objected if refrained(case, day) => None,
        ObjectionState::Objected => Some(FindingCode::UsedDespiteObjection),
        _ => Some(FindingCode::SubProcessorNotAuthorised),
    };
    Some((EngagementAuthorisation::NotAuthorised, finding))
}

/// Whether the processor does not use the sub-processor for the one that objected.
fn refrained(case: &Case<'_>, day: chrono::NaiveDate) -> bool {
    let acts = case.recorded.map(|case| case.acts.as_slice()).unwrap_or_default();
    let outcome = acts.iter().rev().find(|act| act.act == ActKind::Outcome && act.done_on <= day);
    outcome.is_some_and(|act| act.outcome == Some(ObjectionOutcome::ProcessorRefrained))
}

/// PUB30: each is bound in writing by the same duties.
pub fn bound_by_the_same_duties(at: &Standing<'_>) -> Vec<Claim> {
    let unbound = at.facts.engagements.iter().filter_map(|engagement| {
        let without = until_answered(engagement.validity.from, engagement.sub_agreement_on)?.and(engagement.validity)?;
        Some(Claim::finding(FindingCode::SubAgreementMissing, engagement.id, at.in_force(without)?))
    });
    unbound.collect()
}

/// PUB31: what the processor no longer uses leaves the list.
pub fn removals(at: &Standing<'_>) -> Vec<Claim> {
    let removed = at.facts.changes.iter().filter(|change| change.kind == ChangeKind::Remove && !change.withdrawn);
    removed
        .flat_map(|change| {
            let there = at.facts.engagements.iter().filter(|engagement| engagement.party == change.sub_processor);
            there.filter_map(|engagement| {
                let begun = engagement.validity.from <= change.effective_on;
                let still = Period { from: change.effective_on, to: None }.and(engagement.validity).filter(|_| begun)?;
                Some(Claim::finding(FindingCode::RemovalNotRecorded, engagement.id, at.in_force(still)?))
            })
        })
        .collect()
}

/// PUB32: data are kept in the European Economic Area by somebody established there, and it is known where.
pub fn places(at: &Standing<'_>) -> Vec<Claim> {
    let Some(force) = at.force() else { return Vec::new() };
    let processor = at.facts.processor().map(|party| established(at, party, party.id.into(), force)).unwrap_or_default();
    let subs = at.facts.engagements.iter().filter_map(|engagement| Some((engagement, engagement.validity.and(force)?)));
    let subs = subs.flat_map(|(engagement, during)| {
        let party = at.facts.organisations.get(&engagement.party);
        let outside = party.map(|party| established(at, party, engagement.id.into(), during)).unwrap_or_default();
        let unknown = engagement.processing_countries.is_empty();
        let unknown = unknown.then(|| Claim::finding(FindingCode::LocationUnknown, engagement.id, during));
        outside.into_iter().chain(unknown)
    });
    processor.into_iter().chain(subs).collect()
}

/// When a party is established outside the EEA, or controlled from there.
fn established(at: &Standing<'_>, party: &Party, of: Subject, during: Period) -> Vec<Claim> {
    let countries: Vec<CountryCode> = std::iter::once(party.country).chain(party.controlled_from).collect();
    outside(at, &countries, FindingCode::EstablishedOutsideEea, of, during)
}

/// A finding for the days on which some of these countries are outside the EEA, naming them.
fn outside(at: &Standing<'_>, countries: &[CountryCode], code: FindingCode, of: Subject, during: Period) -> Vec<Claim> {
    let periods: Vec<_> = countries.iter().map(|country| (*country, at.facts.outside(*country, during))).collect();
    let turns: Vec<_> = periods
        .iter()
        .flat_map(|(_, periods)| periods.iter().flat_map(|period| [Some(period.from), period.to.map(crate::kernel::period::morrow)]))
        .flatten()
        .collect();
    let outside_on = |day| {
        let outside = periods.iter().filter(|(_, periods)| periods.iter().any(|period| period.contains(day)));
        outside.map(|(country, _)| *country).collect::<Vec<_>>()
    };
    let spans = spans(turns, outside_on).into_iter().filter(|(_, countries)| !countries.is_empty());
    spans
        .filter_map(|(period, countries)| {
            let named: Vec<_> = countries.iter().map(|country| country.name()).collect();
            Some(Claim::finding(code, of, period.and(during)?).with(joined(&named)))
        })
        .collect()
}

/// PUB33: data are processed in a third country only where the terms allow it and the instruction in force names the country.
pub fn third_countries(at: &Standing<'_>) -> Vec<Claim> {
    let Some(force) = at.force() else { return Vec::new() };
    let engaged = at.facts.engagements.iter().filter_map(|engagement| Some((engagement, engagement.validity.and(force)?)));
    engaged
        .flat_map(|(engagement, during)| {
            let turns = at.life.bound.iter().map(|(period, _)| period.from);
            let turns = turns.chain(at.facts.instructions.iter().map(|instruction| instruction.valid_from));
            let unapproved = spans(turns, |day| unapproved(at, engagement, day));
            unapproved
                .into_iter()
                .filter_map(|(period, countries)| Some((period.and(during)?, countries)))
                .flat_map(|(period, countries)| outside(at, &countries, FindingCode::ThirdCountryNotApproved, engagement.id.into(), period))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The countries in which a sub-processor processes without approval and instruction, wherever they are.
fn unapproved(at: &Standing<'_>, engagement: &Engagement, day: chrono::NaiveDate) -> Vec<CountryCode> {
    let allowed = at.terms_on(day).is_some_and(|terms| terms.agreed.third_country_transfer_allowed);
    let instruction =
        at.facts.instructions.iter().filter(|instruction| instruction.valid_from <= day).max_by_key(|instruction| instruction.number);
    let instructed = |country: &CountryCode| instruction.is_some_and(|instruction| instruction.processing_countries.contains(country));
    engagement.processing_countries.iter().copied().filter(|country| !(allowed && instructed(country))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        processor::{
            model::{CaseAct, ObjectionCase},
            rules::{
                example::{LEAD, PROCESSOR, case, change, day, engagement, findings, id, orderly, organisation, party, period, said_on},
                facts::{Facts, Holder},
            },
        },
        timeline::model::FindingCode::{
            EstablishedOutsideEea, LocationUnknown, RemovalNotRecorded, SubAgreementMissing, SubProcessorNotAuthorised,
            ThirdCountryNotApproved, UsedDespiteObjection,
        },
    };

    /// An agreement in force under which the organisation 5 is engaged.
    fn engaging(engagement: Engagement) -> Facts {
        let mut facts = Facts { engagements: vec![engagement], ..orderly("2026-01-01") };
        facts.organisations.insert(id(5), organisation(5));
        facts
    }

    fn country(code: &str) -> CountryCode {
        CountryCode::parse(code).unwrap()
    }

    fn specific(mut facts: Facts) -> Facts {
        facts.parties[0].row.sub_processor_authorisation = Some(SubProcessorAuthorisation::Specific);
        facts
    }

    fn act(act: ActKind, on: &str) -> CaseAct {
        CaseAct { act, outcome: None, done_on: day(on), by: None, reason: None }
    }

    /// The same, where the organisation 5 was announced on the second of March, and the lead's case.
    fn introduced(recorded: ObjectionCase) -> Facts {
        let engagement = Engagement { introduced_by: Some(id(7)), ..engagement(5, "2026-05-01") };
        let changes = vec![change(7, ChangeKind::Add, 5, "2026-03-02", "2026-05-01")];
        Facts { changes, cases: vec![recorded], ..engaging(engagement) }
    }

    fn authorised_on(facts: &Facts, on: &str) -> Vec<&'static str> {
        let said = said_on(facts, on).into_iter().filter_map(|span| match span.says {
            Says::Authorised(code, _) => Some(code),
            _ => None,
        });
        said.collect()
    }

    #[test]
    fn pub6_what_stood_on_the_list_at_signing_or_was_approved_is_authorised() {
        let listed = engaging(engagement(5, "2026-01-01"));
        assert_eq!((authorised_on(&listed, "2026-06-01"), findings(&listed, "2026-06-01")), (vec!["LISTED_AT_SIGNING"], vec![]));
        let approved = introduced(ObjectionCase { acts: vec![act(ActKind::Accept, "2026-03-10")], ..case(7, id(LEAD)) });
        assert_eq!((authorised_on(&approved, "2026-06-01"), findings(&approved, "2026-06-01")), (vec!["NOTIFIED"], vec![]));
        let approved = specific(approved);
        assert_eq!((authorised_on(&approved, "2026-06-01"), findings(&approved, "2026-06-01")), (vec!["SPECIFICALLY_APPROVED"], vec![]));
    }

    #[test]
    fn pub6_under_a_specific_authorisation_a_new_one_without_approval_is_a_finding() {
        let unapproved = specific(introduced(ObjectionCase { notice_received_on: Some(day("2026-03-02")), ..case(7, id(LEAD)) }));
        assert_eq!(authorised_on(&unapproved, "2026-06-01"), ["NOT_AUTHORISED"]);
        assert_eq!(findings(&unapproved, "2026-06-01"), [SubProcessorNotAuthorised]);
        let listed = engaging(Engagement { authorisation: EngagementAuthorisation::NotAuthorised, ..engagement(5, "2026-02-01") });
        assert_eq!((findings(&listed, "2026-01-31"), findings(&listed, "2026-02-01")), (vec![], vec![SubProcessorNotAuthorised]));
    }

    #[test]
    fn what_is_used_although_one_objected_is_a_finding_unless_the_processor_refrains_for_it() {
        let objected = |outcome| {
            let told = CaseAct { outcome: Some(outcome), ..act(ActKind::Outcome, "2026-05-10") };
            introduced(ObjectionCase { acts: vec![act(ActKind::Object, "2026-03-10"), told], ..case(7, id(LEAD)) })
        };
        assert_eq!(findings(&objected(ObjectionOutcome::UsedAnyway), "2026-05-10"), [UsedDespiteObjection]);
        let refrained = objected(ObjectionOutcome::ProcessorRefrained);
        assert_eq!((findings(&refrained, "2026-05-09"), findings(&refrained, "2026-05-10")), (vec![UsedDespiteObjection], vec![]));
        let unconcerned = introduced(ObjectionCase { acts: vec![act(ActKind::NotConcerned, "2026-03-10")], ..case(7, id(LEAD)) });
        assert_eq!((authorised_on(&unconcerned, "2026-06-01"), findings(&unconcerned, "2026-06-01")), (vec![], vec![]));
    }

    #[test]
    fn who_has_left_the_agreement_authorises_nobody_any_more() {
        let mut facts = engaging(engagement(5, "2026-01-01"));
        facts.parties[0].row.left_on = Some(day("2026-06-02"));
        assert_eq!((authorised_on(&facts, "2026-06-01"), authorised_on(&facts, "2026-06-02")), (vec!["LISTED_AT_SIGNING"], vec![]));
    }

    #[test]
    fn in_a_joint_agreement_each_controller_has_its_own_authorisation() {
        let mut facts = introduced(ObjectionCase { acts: vec![act(ActKind::Accept, "2026-03-10")], ..case(7, id(LEAD)) });
        let mut other = party(2);
        other.holders = vec![Holder { controller: id(2), host: id(2), ..other.holders[0] }];
        facts.parties.push(other);
        facts.terms[0].signatures.push(crate::domain::processor::rules::example::signature(2, "2026-01-01"));
        let objected = ObjectionCase { acts: vec![act(ActKind::Object, "2026-03-10")], ..case(7, id(2)) };
        facts.cases.push(objected);
        let said = said_on(&facts, "2026-06-01").into_iter().filter_map(|span| match span.says {
            Says::Authorised(code, _) => Some((span.controller.unwrap(), code)),
            _ => None,
        });
        assert_eq!(said.collect::<Vec<_>>(), [(id(1), "NOTIFIED"), (id(2), "NOT_AUTHORISED")]);
        assert_eq!(findings(&facts, "2026-06-01"), [UsedDespiteObjection]);
    }

    #[test]
    fn who_signs_after_the_announcement_signs_the_list_with_it() {
        let facts = introduced(case(7, id(LEAD)));
        let later = Facts {
            changes: facts.changes.clone(),
            engagements: facts.engagements.clone(),
            organisations: facts.organisations.clone(),
            ..orderly("2026-06-01")
        };
        assert_eq!((authorised_on(&later, "2026-06-01"), findings(&later, "2026-06-01")), (vec!["LISTED_AT_SIGNING"], vec![]));
    }

    #[test]
    fn pub30_who_is_bound_by_the_same_duties_is_in_order() {
        assert_eq!(findings(&engaging(engagement(5, "2026-02-01")), "2026-02-01"), []);
    }

    #[test]
    fn pub30_without_a_sub_agreement_there_is_a_finding_until_there_is_one() {
        let unbound = engaging(Engagement { sub_agreement_on: None, ..engagement(5, "2026-02-01") });
        assert_eq!((findings(&unbound, "2026-01-31"), findings(&unbound, "2026-02-01")), (vec![], vec![SubAgreementMissing]));
        let late = engaging(Engagement { sub_agreement_on: Some(day("2026-03-01")), ..engagement(5, "2026-02-01") });
        assert_eq!((findings(&late, "2026-02-28"), findings(&late, "2026-03-01")), (vec![SubAgreementMissing], vec![]));
    }

    fn removed(engagement: Engagement) -> Facts {
        Facts { changes: vec![change(7, ChangeKind::Remove, 5, "2026-03-02", "2026-05-01")], ..engaging(engagement) }
    }

    #[test]
    fn pub31_what_is_no_longer_used_has_left_the_list() {
        let ended = removed(Engagement { validity: period("2026-02-01", Some("2026-04-30")), ..engagement(5, "2026-02-01") });
        assert_eq!(findings(&ended, "2026-05-01"), []);
        // Engaged anew later it is another engagement.
        assert_eq!(findings(&removed(engagement(5, "2026-05-02")), "2026-05-02"), []);
    }

    #[test]
    fn pub31_what_is_no_longer_used_and_stands_on_the_list_is_a_finding() {
        let still = removed(engagement(5, "2026-02-01"));
        assert_eq!((findings(&still, "2026-04-30"), findings(&still, "2026-05-01")), (vec![], vec![RemovalNotRecorded]));
        let mut mistaken = still;
        mistaken.changes[0].withdrawn = true;
        assert_eq!(findings(&mistaken, "2026-05-01"), []);
    }

    #[test]
    fn pub32_data_kept_in_the_area_by_somebody_of_it_are_in_order() {
        assert_eq!(findings(&engaging(engagement(5, "2026-01-01")), "2026-06-01"), []);
    }

    #[test]
    fn pub32_who_is_controlled_from_outside_is_named_though_the_data_are_kept_inside() {
        let mut facts = engaging(engagement(5, "2026-01-01"));
        facts.organisations.insert(id(5), Party { controlled_from: Some(country("US")), ..organisation(5) });
        assert_eq!(findings(&facts, "2026-06-01"), [EstablishedOutsideEea]);
        let finding = said_on(&facts, "2026-06-01").into_iter().find(|span| matches!(span.says, Says::Finding(..))).unwrap();
        assert_eq!(
            (finding.subject, finding.detail.unwrap().en.into_owned()),
            (id::<crate::kernel::kinds::EngagementKind>(5).into(), country("US").name().en.into_owned())
        );
        let mut processor = orderly("2026-01-01");
        processor.organisations.insert(id(PROCESSOR), Party { country: country("US"), ..organisation(PROCESSOR) });
        assert_eq!(findings(&processor, "2026-06-01"), [EstablishedOutsideEea]);
    }

    #[test]
    fn pub32_where_nobody_knows_the_place_there_is_a_finding() {
        let unknown = engaging(Engagement { processing_countries: Vec::new(), ..engagement(5, "2026-01-01") });
        assert_eq!(findings(&unknown, "2026-06-01"), [LocationUnknown]);
    }

    fn in_india() -> Facts {
        engaging(Engagement { processing_countries: vec![country("IN"), CountryCode::SWEDEN], ..engagement(5, "2026-02-01") })
    }

    #[test]
    fn pub33_a_third_country_that_the_terms_allow_and_the_instruction_names_is_in_order() {
        let mut facts = in_india();
        facts.terms[0].agreed.third_country_transfer_allowed = true;
        facts.instructions[0].processing_countries.push(country("IN"));
        assert_eq!(findings(&facts, "2026-02-01"), []);
    }

    #[test]
    fn pub33_a_third_country_without_approval_or_instruction_is_a_finding() {
        let mut facts = in_india();
        assert_eq!((findings(&facts, "2026-01-31"), findings(&facts, "2026-02-01")), (vec![], vec![ThirdCountryNotApproved]));
        facts.instructions[0].processing_countries.push(country("IN"));
        assert_eq!(findings(&facts, "2026-02-01"), [ThirdCountryNotApproved]);
        let mut uninstructed = in_india();
        uninstructed.terms[0].agreed.third_country_transfer_allowed = true;
        assert_eq!(findings(&uninstructed, "2026-02-01"), [ThirdCountryNotApproved]);
    }
}
