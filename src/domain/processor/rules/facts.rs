//! Everything that is on record about one agreement.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::{
    domain::{
        organisation::rules::succession::{Successions, holdings},
        processor::model::{
            Agreement, AgreementParty, Assurance, AssuranceKind, Contact, ContentAnswer, Engagement, Instruction, Notice, ObjectionCase,
            Party, SubProcessorChange, Suspension, Terms,
        },
        visibility::Holding,
    },
    kernel::{
        country::CountryCode,
        kinds::{AgreementPartyId, ChangeId, ControllerId, MunicipalityId, PartyId},
        period::{Period, eve},
    },
};

/// Before all that is on record: where a period has no first day.
pub const BEGINNING: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("is a date");

/// Everything that is on record about one agreement.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The common part.
    pub agreement: Agreement,
    /// The parties, the lead first.
    pub parties: Vec<PartyFacts>,
    /// The versions of the terms, by number; at least one.
    pub terms: Vec<Terms>,
    /// What it says of the things that it has to say.
    pub contents: Vec<ContentAnswer>,
    /// The instructions, by number.
    pub instructions: Vec<Instruction>,
    /// The assurances, by day.
    pub assurances: Vec<Assurance>,
    /// The notices, by day.
    pub notices: Vec<Notice>,
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// The suspensions, by day.
    pub suspensions: Vec<Suspension>,
    /// The tree of sub-processors.
    pub engagements: Vec<Engagement>,
    /// What the processor announced.
    pub changes: Vec<SubProcessorChange>,
    /// What the parties recorded of their cases.
    pub cases: Vec<ObjectionCase>,
    /// The processor and the sub-processors.
    pub organisations: HashMap<PartyId, Party>,
    /// The municipality of the board that is the processor; none where it is no board.
    pub processor_host: Option<MunicipalityId>,
    /// When each country was inside the European Economic Area, or to be treated so.
    pub inside: HashMap<CountryCode, Vec<Period>>,
}

/// A party with who it was.
#[derive(Clone, Debug)]
pub struct PartyFacts {
    /// Its own row.
    pub row: AgreementParty,
    /// The controllers that held the row one after the other: boards are reorganised.
    pub holders: Vec<Holder>,
}

/// A controller holds a party's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Which controller.
    pub controller: ControllerId,
    /// Its municipality.
    pub host: MunicipalityId,
    /// When.
    pub during: Period,
}

impl PartyFacts {
    /// Who holds the row on a day; none where it has ended.
    pub fn holder_on(&self, day: NaiveDate) -> Option<ControllerId> {
        self.holders.iter().find(|holder| holder.during.contains(day)).map(|holder| holder.controller)
    }

    /// The last day on which anybody holds the row; none while somebody does. A row ends where its controller's duties went to another
    /// party of the same agreement.
    pub fn held_to(&self) -> Option<NaiveDate> {
        self.holders.last().and_then(|holder| holder.during.to)
    }
}

impl Facts {
    /// The processor.
    pub fn processor(&self) -> Option<&Party> {
        self.organisations.get(&self.agreement.processor)
    }

    /// The assurances of one kind, by day.
    pub fn assured(&self, kind: AssuranceKind) -> impl Iterator<Item = &Assurance> {
        self.assurances.iter().filter(move |assurance| assurance.kind == kind)
    }

    /// What a party recorded of its case about a change.
    pub fn recorded(&self, change: ChangeId, party: AgreementPartyId) -> Option<&ObjectionCase> {
        self.cases.iter().find(|case| case.change == change && case.party == party)
    }

    /// When a country was outside the European Economic Area, within `period`.
    pub fn outside(&self, country: CountryCode, period: Period) -> Vec<Period> {
        let inside = self.inside.get(&country).map(Vec::as_slice).unwrap_or_default();
        inside.iter().fold(vec![period], |outside, inside| outside.into_iter().flat_map(|period| period.without(*inside)).collect())
    }
}

/// The parties with the controllers that hold their rows, following each succession. One controller is one party: where two rows come
/// to the same, one stays and the other ends on the day before.
pub fn parties_with_holders(
    rows: Vec<AgreementParty>,
    successions: &Successions,
    hosts: &HashMap<ControllerId, MunicipalityId>,
) -> Vec<PartyFacts> {
    let held: Vec<_> = rows.iter().map(|row| holdings(row.signatory, successions)).collect();
    let ends = |n: usize| {
        let stronger = rows.iter().zip(&held).filter(|(other, _)| other.rank() < rows[n].rank());
        stronger.filter_map(|(_, other)| meet(&held[n], other)).min().map(eve)
    };
    let ends: Vec<_> = (0..rows.len()).map(ends).collect();
    let holders = |(held, end): (&Vec<Holding>, Option<NaiveDate>)| {
        let holders = held.iter().filter_map(|holding| holder(*holding, hosts));
        holders.filter_map(|holder| Some(Holder { during: holder.during.and(Period { from: BEGINNING, to: end })?, ..holder })).collect()
    };
    let holders: Vec<Vec<Holder>> = held.iter().zip(ends).map(holders).collect();
    rows.into_iter().zip(holders).map(|(row, holders)| PartyFacts { row, holders }).collect()
}

/// The first day on which one controller holds both.
fn meet(one: &[Holding], other: &[Holding]) -> Option<NaiveDate> {
    let both = |one: &Holding| other.iter().find(|other| other.holder == one.holder).map(|other| one.from.max(other.from));
    one.iter().find_map(both).map(|from| from.unwrap_or(BEGINNING))
}

fn holder(holding: Holding, hosts: &HashMap<ControllerId, MunicipalityId>) -> Option<Holder> {
    let during = Period::new(holding.from.unwrap_or(BEGINNING), holding.to)?;
    hosts.get(&holding.holder).map(|host| Holder { controller: holding.holder, host: *host, during })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::processor::rules::example::{LEAD, day, id, party};

    const ON: &str = "2027-01-01";

    /// Who holds the row of each party, and until when, where the first, second … party is succeeded so.
    fn held(rows: Vec<AgreementParty>, successions: &[(u128, u128, &str)]) -> Vec<Vec<(ControllerId, Option<NaiveDate>)>> {
        let successions = successions.iter().map(|(before, after, on)| (id(*before), (id(*after), day(on)))).collect();
        let hosts = (1..20).map(|n| (id(n), id(n))).collect();
        let parties = parties_with_holders(rows, &successions, &hosts);
        parties.iter().map(|party| party.holders.iter().map(|holder| (holder.controller, holder.during.to)).collect()).collect()
    }

    fn row(n: u128) -> AgreementParty {
        party(n).row
    }

    fn then() -> NaiveDate {
        eve(day(ON))
    }

    #[test]
    fn each_day_has_its_holder_and_a_row_that_came_to_another_has_none() {
        let rows = vec![row(LEAD), row(8)];
        let successions = [(id(LEAD), (id(8), day(ON)))].into_iter().collect();
        let parties = parties_with_holders(rows, &successions, &(1..20).map(|n| (id(n), id(n))).collect());
        assert_eq!([then(), day(ON)].map(|on| parties[0].holder_on(on)), [Some(id(LEAD)), Some(id(8))]);
        assert_eq!([then(), day(ON)].map(|on| parties[1].holder_on(on)), [Some(id(8)), None]);
        assert_eq!([parties[0].held_to(), parties[1].held_to()], [None, Some(then())]);
    }

    #[test]
    fn a_row_goes_to_the_successor_and_to_its_successor() {
        let later = "2031-01-01";
        let found = held(vec![row(LEAD), row(8)], &[(8, 9, ON), (9, 10, later)]);
        assert_eq!(found, [vec![(id(LEAD), None)], vec![(id(8), Some(then())), (id(9), Some(eve(day(later)))), (id(10), None)]]);
    }

    #[test]
    fn of_two_rows_that_come_to_one_controller_the_leads_stays_else_the_first() {
        let both = [(LEAD, 9, ON), (8, 9, ON)];
        assert_eq!(held(vec![row(LEAD), row(8)], &both), [vec![(id(LEAD), Some(then())), (id(9), None)], vec![(id(8), Some(then()))]]);
        assert_eq!(held(vec![row(LEAD), row(8)], &[(8, LEAD, ON)]), [vec![(id(LEAD), None)], vec![(id(8), Some(then()))]]);
        let of_the_lead = held(vec![row(LEAD), row(8)], &[(LEAD, 8, ON)]);
        assert_eq!(of_the_lead, [vec![(id(LEAD), Some(then())), (id(8), None)], vec![(id(8), Some(then()))]]);
        let neither = held(vec![row(LEAD), row(7), row(8)], &[(7, 8, ON)]);
        assert_eq!(neither[1..], [vec![(id(7), Some(then())), (id(8), None)], vec![(id(8), Some(then()))]]);
    }

    #[test]
    fn a_row_that_is_in_stays_before_a_mere_invitation_and_before_one_that_was_left() {
        let invited = AgreementParty { joined_on: None, ..row(7) };
        let left = AgreementParty { left_on: Some(day("2026-01-01")), ..row(LEAD) };
        let found = held(vec![row(LEAD), invited, row(8)], &[(8, 7, ON)]);
        assert_eq!(found[1..], [vec![(id(7), Some(then()))], vec![(id(8), Some(then())), (id(7), None)]]);
        let found = held(vec![left, row(8)], &[(LEAD, 8, ON)]);
        assert_eq!(found, [vec![(id(LEAD), Some(then()))], vec![(id(8), None)]]);
    }
}
