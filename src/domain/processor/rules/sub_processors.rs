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
    let not = engagement.authorisation == EngagementAuthorisation::NotAuthorised;
    let during = at.in_force(engagement.validity).filter(|_| not);
    let finding = during.map(|holds| Claim::finding(FindingCode::SubProcessorNotAuthorised, engagement.id, holds));
    std::iter::once(Claim::of(engagement.id, says, engagement.validity, "PUB6")).chain(finding).collect()
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
