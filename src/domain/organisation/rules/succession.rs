//! Boards are reorganised: from a day the duties of one controller are another's. Source: kommunallagen 3:4 (the council decides which
//! boards there are); GDPR art. 4.7 and 24 (whoever decides on the processing then is the controller).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::{
    domain::{
        organisation::model::{Assignment, Controller},
        visibility::Holding,
    },
    kernel::{
        kinds::{AssignmentId, ControllerId, PersonId},
        period::{Period, eve, morrow},
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// To whom the duties of each controller went that has them no more, and from which day on.
pub type Successions = HashMap<ControllerId, (ControllerId, NaiveDate)>;

/// Who holds the duties of a controller, one after the other: itself first.
pub fn holdings(of: ControllerId, successions: &Successions) -> Vec<Holding> {
    let mut holdings = Vec::new();
    let mut now = Holding::own(of);
    // The days follow one another, so that it ends.
    while let Some((successor, on)) = successions.get(&now.holder).copied().filter(|(_, on)| now.from.is_none_or(|from| from < *on)) {
        holdings.push(Holding { to: Some(eve(on)), ..now });
        now = Holding { of, holder: successor, from: Some(on), to: None };
    }
    holdings.push(now);
    holdings
}

/// The controllers whose duties these hold, held or will hold: themselves and whoever comes before them.
pub fn with_predecessors(of: &[ControllerId], successions: &Successions) -> Vec<ControllerId> {
    let mut all = of.to_vec();
    let mut found: HashSet<ControllerId> = of.iter().copied().collect();
    let mut at = 0;
    while let Some(controller) = all.get(at).copied() {
        let before = successions.iter().filter(|(_, (successor, _))| *successor == controller).map(|(before, _)| *before);
        let mut before: Vec<_> = before.filter(|before| found.insert(*before)).collect();
        before.sort_unstable();
        all.append(&mut before);
        at += 1;
    }
    all
}

/// The successor is another controller that exists on the first day, and whose duties never come back to the predecessor.
pub fn successor_can_follow(
    predecessors: &[Controller],
    successor: &Controller,
    on: NaiveDate,
    successions: &Successions,
) -> Result<(), Refusal> {
    if predecessors.iter().any(|predecessor| predecessor.id == successor.id) {
        let message = Text::new("Ingen efterträder sig själv.", "Nobody succeeds itself.");
        return Err(Refusal::new(RefusalCode::Cycle, "successorId", message));
    }
    let later = holdings(successor.id, successions);
    if let Some(back) = predecessors.iter().find(|predecessor| later.iter().any(|holding| holding.holder == predecessor.id)) {
        let (before, after) = (&successor.name, &back.name);
        return Err(Refusal::new(
            RefusalCode::Cycle,
            "successorId",
            Text::new(
                format!("{before} efterträds redan av {after}; följden skulle sluta sig."),
                format!("{before} is already succeeded by {after}; the succession would close on itself."),
            ),
        ));
    }
    if !successor.validity.contains(on) {
        let Period { from, to } = successor.validity;
        let until = |none: &str| to.map_or_else(|| none.to_owned(), |to| to.to_string());
        return Err(Refusal::invalid(
            "on",
            Text::new(
                format!("Efterträdaren finns från {from} till {}; ange en dag däremellan.", until("vidare")),
                format!("The successor exists from {from} until {}; give a day in between.", until("further notice")),
            ),
        ));
    }
    Ok(())
}

/// A predecessor has its duties still, and exists until the day before; a successor that it has will find what it holds by then.
pub fn predecessor_can_go(predecessor: &Controller, on: NaiveDate, successions: &Successions, path: &str) -> Result<(), Refusal> {
    if let Some((_, since)) = successions.get(&predecessor.id) {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            path,
            Text::new(format!("Den är redan efterträdd från {since}."), format!("It is succeeded from {since} already.")),
        ));
    }
    let Period { from, to } = predecessor.validity;
    // What it takes over itself it has to hold for a day at least.
    let taken_over = successions.values().filter(|(successor, _)| *successor == predecessor.id).map(|(_, since)| *since);
    let first = taken_over.chain([from]).max().map_or(from, morrow);
    let last = to.map(morrow);
    if first <= on && last.is_none_or(|last| on <= last) {
        return Ok(());
    }
    let until = last.map_or_else(|| (String::new(), String::new()), |last| (format!(", senast {last}"), format!(", {last} at the latest")));
    let name = &predecessor.name;
    Err(Refusal::invalid(
        "on",
        Text::new(
            format!("{name} ska finnas dagen före, utan uppehåll: ange {first} eller senare{}.", until.0),
            format!("{name} has to exist on the day before, without a gap: give {first} or a later day{}.", until.1),
        ),
    ))
}

/// What becomes of assignments when the duties go over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// Those that end the day before: as they were, and as they are then.
    pub ended: Vec<(Assignment, Assignment)>,
    /// Those that would begin on the day or later: there is nothing any more to coordinate.
    pub void: Vec<Assignment>,
    /// Equal ones of the successor.
    pub begun: Vec<Assignment>,
}

/// The coordinators of the predecessors become the successor's, from the day until they would have ended; no person twice at a time.
/// `of_the_house` tells who may coordinate the successor (COO2).
pub fn handed_over(
    mut before: Vec<Assignment>,
    there: &[Assignment],
    (successor, on): (ControllerId, NaiveDate),
    of_the_house: impl Fn(PersonId) -> bool,
    mut new_id: impl FnMut() -> AssignmentId,
) -> HandedOver {
    // Who is a coordinator of one and a deputy of another is a coordinator.
    before.sort_by_key(|assignment| assignment.deputy);
    let mut done = HandedOver::default();
    for assignment in before {
        let Some(rest) = assignment.validity.and(Period { from: on, to: None }) else { continue };
        let taken = there.iter().chain(&done.begun).filter(|other| other.person == assignment.person).map(|other| other.validity);
        let free = taken.fold(vec![rest], |free, taken| free.into_iter().flat_map(|period| period.without(taken)).collect());
        let equal = |validity| Assignment { id: new_id(), controller: successor, validity, version: 1, ..assignment.clone() };
        let begun: Vec<_> = free.into_iter().filter(|_| of_the_house(assignment.person)).map(equal).collect();
        done.begun.extend(begun);
        if assignment.validity.from < on {
            let ended = Assignment { validity: assignment.validity.until(eve(on)), version: assignment.version + 1, ..assignment.clone() };
            done.ended.push((assignment, ended));
        } else {
            done.void.push(assignment);
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::organisation::model::ControllerKind;

    fn id(n: u128) -> ControllerId {
        ControllerId::new(Uuid::from_u128(n))
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn period(from: &str, to: Option<&str>) -> Period {
        Period::new(day(from), to.map(day)).unwrap()
    }
    fn board(n: u128, validity: Period) -> Controller {
        Controller {
            id: id(n),
            host: crate::kernel::kinds::MunicipalityId::new(Uuid::nil()),
            name: format!("Nämnd {n}"),
            kind: ControllerKind::Board,
            organisation_number: None,
            validity,
            version: 1,
            withdrawn: false,
        }
    }
    fn old(n: u128) -> Controller {
        board(n, period("2000-01-01", None))
    }
    fn assignment(n: u128, person: u128, deputy: bool, validity: Period) -> Assignment {
        let key = Uuid::from_u128;
        Assignment { id: AssignmentId::new(key(n)), person: PersonId::new(key(person)), controller: id(1), deputy, validity, version: 3 }
    }
    fn chain() -> Successions {
        HashMap::from([(id(1), (id(2), day("2027-01-01"))), (id(2), (id(3), day("2031-01-01")))])
    }

    #[test]
    fn duties_go_from_one_to_the_next_without_a_day_between() {
        let held: Vec<_> = holdings(id(1), &chain()).into_iter().map(|holding| (holding.holder, holding.from, holding.to)).collect();
        let first = (id(1), None, Some(day("2026-12-31")));
        let second = (id(2), Some(day("2027-01-01")), Some(day("2030-12-31")));
        assert_eq!(held, [first, second, (id(3), Some(day("2031-01-01")), None)]);
        assert_eq!(holdings(id(3), &chain()), [Holding::own(id(3))]);
        assert_eq!(with_predecessors(&[id(3)], &chain()), [id(3), id(2), id(1)]);
        assert_eq!(with_predecessors(&[id(1)], &chain()), [id(1)]);
    }

    #[test]
    fn a_successor_is_another_that_exists_and_does_not_lead_back() {
        let judge = |of: u128, successor: &Controller, on| {
            successor_can_follow(&[old(of)], successor, day(on), &chain()).map_err(|refusal| (refusal.code, refusal.path.join(".")))
        };
        let new = board(9, period("2027-01-01", Some("2030-12-31")));
        assert_eq!(judge(7, &new, "2027-01-01"), Ok(()));
        assert_eq!(judge(7, &new, "2030-12-31"), Ok(()));
        assert_eq!(judge(7, &new, "2026-12-31"), Err((RefusalCode::Invalid, "on".to_owned())));
        assert_eq!(judge(7, &new, "2031-01-01"), Err((RefusalCode::Invalid, "on".to_owned())));
        assert_eq!(judge(9, &new, "2027-01-01"), Err((RefusalCode::Cycle, "successorId".to_owned())));
        assert_eq!(judge(3, &old(1), "2035-01-01"), Err((RefusalCode::Cycle, "successorId".to_owned())));
        assert_eq!(judge(3, &old(4), "2035-01-01"), Ok(()));
    }

    #[test]
    fn a_predecessor_goes_once_and_exists_on_the_day_before() {
        let judge = |of: &Controller, on| {
            predecessor_can_go(of, day(on), &chain(), "predecessorIds.0").map_err(|refusal| (refusal.code, refusal.path.join(".")))
        };
        let ending = board(7, period("2027-01-01", Some("2030-12-31")));
        assert_eq!(judge(&ending, "2027-01-02"), Ok(()));
        assert_eq!(judge(&ending, "2031-01-01"), Ok(()));
        assert_eq!(judge(&ending, "2027-01-01"), Err((RefusalCode::Invalid, "on".to_owned())));
        assert_eq!(judge(&ending, "2031-01-02"), Err((RefusalCode::Invalid, "on".to_owned())));
        assert_eq!(judge(&old(1), "2040-01-01"), Err((RefusalCode::WrongState, "predecessorIds.0".to_owned())));
        // The third takes over on the first of January 2031.
        assert_eq!(judge(&old(3), "2031-01-01"), Err((RefusalCode::Invalid, "on".to_owned())));
        assert_eq!(judge(&old(3), "2031-01-02"), Ok(()));
    }

    #[test]
    fn coordinators_go_over_once_each_and_those_of_another_house_do_not() {
        let on = day("2027-01-01");
        let running = assignment(1, 1, true, period("2020-01-01", None));
        let ordinary = assignment(2, 1, false, period("2021-01-01", Some("2027-06-30")));
        let to_come = assignment(3, 2, false, period("2027-03-01", None));
        let over = assignment(4, 3, false, period("2020-01-01", Some("2026-12-31")));
        let guest = assignment(5, 4, false, period("2020-01-01", None));
        let there = [assignment(6, 2, false, period("2027-01-01", Some("2027-12-31")))];
        let mut next = 100;
        let new_id = || {
            next += 1;
            AssignmentId::new(Uuid::from_u128(next))
        };
        let of_the_house = |person| person != guest.person;
        let before = vec![running, ordinary, to_come.clone(), over, guest.clone()];
        let done = handed_over(before, &there, (id(9), on), of_the_house, new_id);
        let ended: Vec<_> = done.ended.iter().map(|(before, after)| (before.id, after.validity.to, after.version)).collect();
        let key = |n| AssignmentId::new(Uuid::from_u128(n));
        assert_eq!(ended, [(key(2), Some(eve(on)), 4), (key(5), Some(eve(on)), 4), (key(1), Some(eve(on)), 4)]);
        assert_eq!(done.void, [to_come]);
        let begun: Vec<_> = done.begun.iter().map(|new| (new.person.key().as_u128(), new.deputy, new.validity, new.controller)).collect();
        let ordinary = (1, false, period("2027-01-01", Some("2027-06-30")), id(9));
        let deputy = (1, true, period("2027-07-01", None), id(9));
        assert_eq!(begun, [ordinary, (2, false, period("2028-01-01", None), id(9)), deputy]);
    }
}
