//! Who is engaged follows the cases: what a processor announced enters the list once a party's case lets it in, and what it replaces
//! leaves the list the day before. PUB6, PUB27, PUB28.
//!
//! All of it is derived anew each time, so that an engagement comes back when the case that ended it is undone.

use chrono::NaiveDate;

use super::{
    acts::{chain_is_not_too_deep, chain_stays_open},
    cases::enters_on,
    facts::Facts,
    timeline::Standing,
};
use crate::{
    domain::processor::model::{ChangeKind, Engagement, EngagementAuthorisation, Position, SubProcessorChange},
    kernel::{
        ids::derived,
        kinds::{AgreementId, ChangeId, EngagementId, PartyId},
        period::{Period, eve},
    },
};

/// An engagement that was ever on record under an agreement: also one that is withdrawn, whose place is not given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The engagement.
    pub engagement: Engagement,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
}

/// The id of the engagement that a change brings in under an agreement: it follows from the two.
pub fn engagement_id(agreement: AgreementId, change: ChangeId) -> EngagementId {
    EngagementId::new(derived(&[b"engagement", agreement.key().as_bytes(), change.key().as_bytes()]))
}

/// The list of sub-processors as it has to be, of all that was ever on it, in tree order.
pub fn engaged(facts: &Facts, ever: &[Place]) -> Vec<Place> {
    let entries = entries(facts);
    let mut list = List { facts, places: ever.to_vec() };
    for change in &facts.changes {
        if !entries.iter().any(|(_, entered)| entered.id == change.id) {
            list.leave(change);
        }
    }
    for (day, change) in &entries {
        list.enter(change, *day);
    }
    list.end(&entries);
    list.places
}

/// The changes that enter the list, each with its day: the earliest first, so that who engages is there before who is engaged.
fn entries(facts: &Facts) -> Vec<(NaiveDate, &SubProcessorChange)> {
    let standings = Standing::of_all(facts);
    let mut entries: Vec<_> = facts.changes.iter().filter_map(|change| Some((enters_on(&standings, change)?, change))).collect();
    entries.sort_by_key(|(day, change)| (*day, change.announced_on, change.id));
    entries
}

struct List<'a> {
    facts: &'a Facts,
    places: Vec<Place>,
}

impl List<'_> {
    fn there(&self) -> impl Iterator<Item = &Engagement> {
        self.places.iter().filter(|place| !place.withdrawn).map(|place| &place.engagement)
    }

    /// What a change brought in leaves the list, unless others stand below it by now.
    fn leave(&mut self, change: &SubProcessorChange) {
        let id = engagement_id(self.facts.agreement.id, change.id);
        let engages = self.there().any(|other| other.engaged_by == Some(id));
        if let Some(place) = self.places.iter_mut().find(|place| place.engagement.id == id && !engages) {
            place.withdrawn = true;
        }
    }

    /// What a change brings in stands on the list from a day on.
    fn enter(&mut self, change: &SubProcessorChange, day: NaiveDate) {
        let id = engagement_id(self.facts.agreement.id, change.id);
        if let Some(place) = self.places.iter_mut().find(|place| place.engagement.id == id) {
            place.withdrawn = false;
            place.engagement.validity = Period { from: day, to: None };
            return;
        }
        let engager = self.engager(change, day);
        let engagement = Engagement {
            id,
            agreement: self.facts.agreement.id,
            party: change.sub_processor,
            engaged_by: engager.as_ref().map(|engager| engager.id),
            position: self.next_position(engager.as_ref()),
            service: change.service.clone(),
            data_categories: change.data_categories.clone(),
            processing_countries: change.processing_countries.clone(),
            authorisation: EngagementAuthorisation::Notified,
            sub_agreement_on: None,
            copy_requested_on: None,
            copy_received_on: None,
            validity: Period { from: day, to: None },
            listed_to: None,
            introduced_by: Some(change.id),
            version: 0,
        };
        self.places.push(Place { engagement, withdrawn: false });
    }

    /// The engagement below which a change puts its sub-processor: of the one that engages it, where that is engaged on the day and the
    /// chain stays open; else the sub-processor stands at the root.
    fn engager(&self, change: &SubProcessorChange, day: NaiveDate) -> Option<Engagement> {
        let party = change.engaged_by?;
        let engaging = self.there().filter(|other| other.party == party && other.validity.contains(day));
        let mut open = engaging.filter(|other| {
            let above = self.chain(other);
            let processor = self.facts.agreement.processor;
            chain_stays_open(change.sub_processor, processor, &above, "").is_ok() && chain_is_not_too_deep(above.len(), "").is_ok()
        });
        open.next().cloned()
    }

    /// The parties from an engagement up to the processor.
    fn chain(&self, from: &Engagement) -> Vec<PartyId> {
        let (mut above, mut next) = (Vec::new(), Some(from));
        while let Some(engagement) = next {
            above.push(engagement.party);
            next = self.there().find(|other| Some(other.id) == engagement.engaged_by);
        }
        above
    }

    fn next_position(&self, engager: Option<&Engagement>) -> Position {
        let by = engager.map(|engager| engager.id);
        let siblings = self.places.iter().map(|place| &place.engagement).filter(|other| other.engaged_by == by);
        let last = siblings.map(|other| other.position.number()).max().unwrap_or(0);
        Position::below(engager.map(|engager| &engager.position), last + 1)
    }

    /// Each engagement ends as it was entered, but the day before another takes its place, and with the one that engages it.
    fn end(&mut self, entries: &[(NaiveDate, &SubProcessorChange)]) {
        self.places.sort_by_key(|place| place.engagement.position.path());
        for at in 0..self.places.len() {
            let Place { engagement, withdrawn } = &self.places[at];
            if *withdrawn {
                continue;
            }
            let replaced = entries.iter().filter(|(day, change)| displaces(change, engagement) && engagement.validity.from < *day);
            let replaced_on = replaced.map(|(day, _)| eve(*day)).min();
            let above = self.places[..at].iter().find(|other| Some(other.engagement.id) == engagement.engaged_by);
            let ends_above = above.and_then(|above| above.engagement.validity.to);
            let to = [engagement.listed_to, replaced_on, ends_above].into_iter().flatten().min();
            let from = engagement.validity.from;
            self.places[at].engagement.validity.to = to.map(|to| to.max(from));
        }
    }
}

/// Whether what a change brings in takes the place of an engagement.
fn displaces(change: &SubProcessorChange, engagement: &Engagement) -> bool {
    let displaced = match change.kind {
        ChangeKind::Replace => change.replaces,
        ChangeKind::ChangeCountry => Some(change.sub_processor),
        ChangeKind::Add | ChangeKind::Remove => None,
    };
    displaced == Some(engagement.party) && engagement.introduced_by != Some(change.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::processor::{
        model::{ActKind, CaseAct, ObjectionCase},
        rules::acts::DEEPEST_CHAIN,
        rules::example::{LEAD, PROCESSOR, case, change, day, engagement, id, orderly, period},
    };

    fn place(engagement: Engagement) -> Place {
        Place { engagement, withdrawn: false }
    }

    fn accepted(of: u128, on: &str) -> ObjectionCase {
        let act = CaseAct { act: ActKind::Accept, outcome: None, done_on: day(on), by: None, reason: None };
        ObjectionCase { acts: vec![act], version: 1, ..case(of, id(LEAD)) }
    }

    /// An agreement in force, a change about the party 5 that takes effect on the first of May, and its case.
    fn announced(kind: ChangeKind, cases: Vec<ObjectionCase>) -> Facts {
        Facts { changes: vec![change(7, kind, 5, "2026-03-02", "2026-05-01")], cases, ..orderly("2026-01-01") }
    }

    fn validity(places: &[Place], party: u128) -> Option<Period> {
        let mut there = places.iter().filter(|place| !place.withdrawn && place.engagement.party == id(party));
        there.next().map(|place| place.engagement.validity)
    }

    #[test]
    fn what_is_accepted_enters_on_its_day_and_leaves_with_the_acceptance() {
        let facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10")]);
        let list = engaged(&facts, &[]);
        assert_eq!(validity(&list, 5), Some(period("2026-05-01", None)));
        assert_eq!(list[0].engagement.position.numbers(), [1]);
        let undone = engaged(&announced(ChangeKind::Add, Vec::new()), &list);
        assert_eq!((validity(&undone, 5), undone.len()), (None, 1));
        // It comes back to the place that it had.
        assert_eq!(engaged(&facts, &undone), list);
    }

    #[test]
    fn one_leaves_and_the_other_stays() {
        let mut facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10"), accepted(8, "2026-03-10")]);
        facts.changes.push(change(8, ChangeKind::Add, 6, "2026-03-02", "2026-05-01"));
        let list = engaged(&facts, &[]);
        assert_eq!([5, 6].map(|party| validity(&list, party)), [Some(period("2026-05-01", None)); 2]);
        facts.cases.remove(0);
        let one = engaged(&facts, &list);
        assert_eq!([5, 6].map(|party| validity(&one, party)), [None, Some(period("2026-05-01", None))]);
    }

    #[test]
    fn whoever_comes_in_anew_displaces_nobody_and_whoever_replaces_another_only_that_one() {
        let mut facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10")]);
        let before = [place(engagement(3, "2026-01-01")), place(engagement(4, "2026-01-01"))];
        assert_eq!(validity(&engaged(&facts, &before), 3), Some(period("2026-01-01", None)));
        facts.changes[0].kind = ChangeKind::Replace;
        facts.changes[0].replaces = Some(id(3));
        let list = engaged(&facts, &before);
        assert_eq!(validity(&list, 3), Some(period("2026-01-01", Some("2026-04-30"))));
        assert_eq!(validity(&list, 4), Some(period("2026-01-01", None)));
    }

    #[test]
    fn whoever_begins_on_the_day_of_the_replacement_is_not_displaced() {
        let mut facts = announced(ChangeKind::Replace, vec![accepted(7, "2026-03-10")]);
        facts.changes[0].replaces = Some(id(3));
        let list = engaged(&facts, &[place(engagement(3, "2026-05-01"))]);
        assert_eq!(validity(&list, 3), Some(period("2026-05-01", None)));
    }

    #[test]
    fn below_a_chain_that_is_as_deep_as_chains_go_it_stands_at_the_root() {
        let mut facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10")]);
        let deep = |deepest: u128| {
            let path = |n: u128| (11..=n).map(|_| "1").collect::<Vec<_>>().join(".");
            let at = |n: u128| Engagement {
                engaged_by: (n > 11).then(|| id(n - 1)),
                position: Position::from_path(&path(n)).unwrap(),
                ..engagement(n, "2026-01-01")
            };
            (11..=deepest).map(|n| place(at(n))).collect::<Vec<_>>()
        };
        let deepest = 10 + DEEPEST_CHAIN as u128;
        for (above, expected) in [(deepest - 1, Some(id(deepest - 1))), (deepest, None)] {
            facts.changes[0].engaged_by = Some(id(above));
            let list = engaged(&facts, &deep(above));
            let new = list.iter().find(|place| place.engagement.party == id(5)).unwrap();
            assert_eq!(new.engagement.engaged_by, expected);
        }
    }

    #[test]
    fn what_is_replaced_ends_the_day_before_and_comes_back() {
        let mut facts = announced(ChangeKind::Replace, vec![accepted(7, "2026-03-10")]);
        facts.changes[0].replaces = Some(id(3));
        let child = Engagement { engaged_by: Some(id(3)), position: Position::from_path("3.1").unwrap(), ..engagement(4, "2026-01-01") };
        let before = [place(engagement(3, "2026-01-01")), place(child)];
        let list = engaged(&facts, &before);
        for party in [3, 4] {
            assert_eq!(validity(&list, party), Some(period("2026-01-01", Some("2026-04-30"))));
        }
        assert_eq!(validity(&list, 5), Some(period("2026-05-01", None)));
        facts.cases.clear();
        let undone = engaged(&facts, &list);
        for party in [3, 4] {
            assert_eq!(validity(&undone, party), Some(period("2026-01-01", None)));
        }
    }

    #[test]
    fn in_another_country_the_same_sub_processor_stands_anew() {
        let facts = announced(ChangeKind::ChangeCountry, vec![accepted(7, "2026-06-10")]);
        let list = engaged(&facts, &[place(engagement(5, "2026-01-01"))]);
        let both: Vec<_> = list.iter().map(|place| place.engagement.validity).collect();
        assert_eq!(both, [period("2026-01-01", Some("2026-06-09")), period("2026-06-10", None)]);
        assert_eq!(list[1].engagement.position.numbers(), [6]);
    }

    #[test]
    fn it_stands_below_the_one_that_engages_it_where_that_is_there() {
        let mut facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10")]);
        facts.changes[0].engaged_by = Some(id(3));
        let below = engaged(&facts, &[place(engagement(3, "2026-01-01"))]);
        let engaged_by = |list: &[Place]| list.iter().find(|place| place.engagement.party == id(5)).unwrap().engagement.engaged_by;
        assert_eq!(engaged_by(&below), Some(id(3)));
        assert_eq!(below[1].engagement.position.numbers(), [3, 1]);
        assert_eq!(engaged_by(&engaged(&facts, &[])), None);
        let gone = Place { withdrawn: true, ..place(engagement(3, "2026-01-01")) };
        assert_eq!(engaged_by(&engaged(&facts, &[gone])), None);
    }

    #[test]
    fn it_never_stands_below_itself() {
        let mut facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10")]);
        facts.changes[0].engaged_by = Some(id(3));
        let above = engagement(5, "2026-01-01");
        let below = Engagement { engaged_by: Some(above.id), position: Position::from_path("5.1").unwrap(), ..engagement(3, "2026-01-01") };
        let list = engaged(&facts, &[place(above), place(below)]);
        let new = list.iter().find(|place| place.engagement.introduced_by.is_some()).unwrap();
        assert_eq!((new.engagement.engaged_by, new.engagement.position.numbers()), (None, [6].as_slice()));
    }

    #[test]
    fn removing_ends_nothing_and_brings_nobody_in() {
        let facts = announced(ChangeKind::Remove, Vec::new());
        let list = [place(engagement(5, "2026-01-01"))];
        assert_eq!(engaged(&facts, &list), list);
    }

    #[test]
    fn who_has_engaged_others_stays() {
        let facts = announced(ChangeKind::Add, vec![accepted(7, "2026-03-10")]);
        let mut list = engaged(&facts, &[]);
        let by = list[0].engagement.id;
        let child = Engagement { engaged_by: Some(by), position: Position::from_path("1.1").unwrap(), ..engagement(6, "2026-05-02") };
        list.push(place(child));
        assert_eq!(engaged(&announced(ChangeKind::Add, Vec::new()), &list).iter().filter(|place| place.withdrawn).count(), 0);
        assert_eq!(facts.agreement.processor, id(PROCESSOR));
    }
}
