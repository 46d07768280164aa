//! The life of an agreement, for each party and as a whole: one truth table over dated events.
//!
//! | the party has left, or its row was taken over | terms bind | over | returned or deleted | notice runs | signed by | status |
//! |-|-|-|-|-|-|-|
//! | yes | | | | | | CLOSED |
//! | no | yes | yes | yes | | | CLOSED |
//! | no | yes | yes | no | | | `RETURN_PENDING` |
//! | no | yes | no | | yes | | `NOTICE_GIVEN` |
//! | no | yes | no | | no | | `IN_FORCE` |
//! | no | no | | | | both | `NOT_YET_IN_FORCE` |
//! | no | no | | | | one | `SIGNED_BY_ONE` |
//! | no | no | | | | nobody | DRAFT |
//!
//! Terms bind a party from the later of both signatures and their first day (16.1, 17.2). The whole has the status of its liveliest
//! party. A suspension can stand beside any status.

use chrono::NaiveDate;

use super::facts::{BEGINNING, Facts};
use crate::{
    domain::processor::model::{AgreementParty, AgreementStatus, NoticeKind, SuspensionCause, Terms},
    kernel::{
        deadline::{Counting, Deadline},
        kinds::AgreementPartyId,
        period::{Period, eve, morrow},
    },
};

/// The dated events of a party's life.
#[derive(Clone, Debug)]
pub struct Life<'a> {
    /// When the first side signed.
    pub signed_by_one: Option<NaiveDate>,
    /// When both sides had signed.
    pub signed_by_both: Option<NaiveDate>,
    /// Which terms bind, from when to when.
    pub bound: Vec<(Period, &'a Terms)>,
    /// When a notice was received.
    pub notice_on: Option<NaiveDate>,
    /// How it ends.
    pub end: Option<End>,
    /// When the data were returned or deleted.
    pub returned_on: Option<NaiveDate>,
    /// When the party left before it was bound, or its row was taken over: the first day without it.
    pub gone_on: Option<NaiveDate>,
}

/// How an agreement ends for a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Why.
    pub cause: EndCause,
    /// How the last day is counted; it is `last.due`.
    pub last: Deadline,
    /// By when the data are to be returned or deleted (18.2).
    pub return_by: Deadline,
}

/// Why an agreement ends for a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// One side gave notice (16.2).
    Notice,
    /// The controller terminated at once after an objection (17.4).
    AtOnce,
    /// The term was fixed.
    FixedTerm,
}

impl<'a> Life<'a> {
    /// The life of a party under these terms. `held_to` is the last day on which anybody holds its row.
    pub fn of(versions: &'a [Terms], row: &AgreementParty, held_to: Option<NaiveDate>) -> Self {
        let own = |terms: &Terms| terms.signed_by(row.id);
        let earliest = |dates: &mut dyn Iterator<Item = NaiveDate>| dates.min();
        let signed_by_one = earliest(&mut versions.iter().flat_map(|terms| [own(terms), terms.signed_by_processor_on]).flatten());
        let signed_by_both = earliest(&mut versions.iter().filter_map(|terms| signed(terms, row.id)));
        let bound = bound(versions, row.id);
        let gone_on = [row.left_on, held_to.map(morrow)].into_iter().flatten().min();
        let mut life = Self {
            signed_by_one,
            signed_by_both,
            bound,
            notice_on: row.notice.map(|(on, _)| on),
            end: None,
            returned_on: row.returned_or_deleted_on,
            gone_on,
        };
        life.end = life.first_end(row.terminated.map(|(on, _)| on));
        life
    }

    /// The day on which it came into force.
    pub fn in_force_on(&self) -> Option<NaiveDate> {
        self.bound.first().map(|(period, _)| period.from)
    }

    /// When it is in force: from the first day of binding terms to its end.
    pub fn force(&self) -> Option<Period> {
        let begins = self.in_force_on()?;
        let ends = [self.end.as_ref().map(|end| end.last.due), self.gone_on.map(eve)].into_iter().flatten().min();
        Period::new(begins, ends)
    }

    /// The terms that bind on a day; before any do, the first that will.
    pub fn terms_on(&self, day: NaiveDate) -> Option<&'a Terms> {
        let then = self.bound.iter().rev().find(|(period, _)| period.from <= day);
        then.or(self.bound.first()).map(|(_, terms)| *terms)
    }

    /// The last day of a party that is bound no longer, after all that ends it.
    fn first_end(&self, terminated_on: Option<NaiveDate>) -> Option<End> {
        let by_notice = self.notice_on.and_then(|on| {
            let terms = &self.terms_on(on)?.agreed;
            let last = Counting::CalendarDays(terms.termination_notice_days).count(on);
            Some(End { cause: EndCause::Notice, last, return_by: Counting::CalendarDays(terms.return_days).count(on) })
        });
        let at_once = terminated_on.and_then(|on| self.end_on(on, EndCause::AtOnce));
        let fixed = self.bound.iter().enumerate().find_map(|(n, (_, terms))| {
            let on = terms.agreed.fixed_end_on?;
            let prolonged = self.bound.get(n + 1).is_some_and(|(next, _)| next.from <= on);
            (!prolonged).then(|| self.end_on(on, EndCause::FixedTerm))?
        });
        [by_notice, at_once, fixed].into_iter().flatten().min_by_key(|end| end.last.due)
    }

    /// An end on a day, after which the data are to be returned.
    fn end_on(&self, on: NaiveDate, cause: EndCause) -> Option<End> {
        let terms = &self.terms_on(on)?.agreed;
        let last = Counting::CalendarDays(0).count(on);
        Some(End { cause, last, return_by: Counting::CalendarDays(terms.return_days).count(on) })
    }

    /// The truth table.
    pub fn status_on(&self, day: NaiveDate) -> AgreementStatus {
        let has_come = |event: Option<NaiveDate>| event.is_some_and(|event| event <= day);
        if has_come(self.gone_on) {
            return AgreementStatus::Closed;
        }
        if has_come(self.in_force_on()) {
            let over = self.end.as_ref().is_some_and(|end| end.last.due < day);
            return match (over, has_come(self.returned_on), has_come(self.notice_on)) {
                (true, true, _) => AgreementStatus::Closed,
                (true, false, _) => AgreementStatus::ReturnPending,
                (false, _, true) => AgreementStatus::NoticeGiven,
                (false, _, false) => AgreementStatus::InForce,
            };
        }
        if has_come(self.signed_by_both) {
            AgreementStatus::NotYetInForce
        } else if has_come(self.signed_by_one) {
            AgreementStatus::SignedByOne
        } else {
            AgreementStatus::Draft
        }
    }

    /// The days on which the status can change.
    fn turns(&self) -> impl Iterator<Item = NaiveDate> {
        let over = self.end.as_ref().map(|end| morrow(end.last.due));
        let events = [self.signed_by_one, self.signed_by_both, self.in_force_on(), self.notice_on, over, self.returned_on, self.gone_on];
        events.into_iter().flatten()
    }
}

/// When both the processor and a party had signed a version.
fn signed(terms: &Terms, party: AgreementPartyId) -> Option<NaiveDate> {
    Some(terms.signed_by(party)?.max(terms.signed_by_processor_on?))
}

/// Which versions bind a party, from when to when: the highest that binds.
fn bound(terms: &[Terms], party: AgreementPartyId) -> Vec<(Period, &Terms)> {
    let mut binding: Vec<_> = terms.iter().filter_map(|terms| Some((signed(terms, party)?.max(terms.valid_from), terms))).collect();
    binding.sort_by_key(|(from, terms)| (*from, terms.number));
    let mut bound: Vec<(Period, &Terms)> = Vec::new();
    for (from, terms) in binding {
        match bound.last_mut() {
            // A version that is older than the one that binds does not come back.
            Some((_, current)) if terms.number < current.number => {}
            Some((period, current)) if period.from == from => *current = terms,
            Some((period, _)) => {
                period.to = Some(eve(from));
                bound.push((Period { from, to: None }, terms));
            }
            None => bound.push((Period { from, to: None }, terms)),
        }
    }
    bound
}

/// What a value is from when to when, where it can change on the days of `turns` only. Before the first turn it is what it is at the
/// beginning.
pub fn spans<T: PartialEq>(turns: impl IntoIterator<Item = NaiveDate>, value_on: impl Fn(NaiveDate) -> T) -> Vec<(Period, T)> {
    let mut days: Vec<_> = std::iter::once(BEGINNING).chain(turns).collect();
    days.sort_unstable();
    days.dedup();
    let mut spans: Vec<(Period, T)> = Vec::new();
    for day in days {
        let value = value_on(day);
        match spans.last_mut() {
            Some((_, last)) if *last == value => {}
            last => {
                if let Some((period, _)) = last {
                    period.to = Some(eve(day));
                }
                spans.push((Period { from: day, to: None }, value));
            }
        }
    }
    spans
}

/// From when to when a party has which status.
pub fn party_status(life: &Life<'_>) -> Vec<(Period, AgreementStatus)> {
    spans(life.turns(), |day| life.status_on(day))
}

/// How lively a status is: the whole has that of its liveliest party.
fn liveliness(status: AgreementStatus) -> u8 {
    match status {
        AgreementStatus::InForce => 6,
        AgreementStatus::NoticeGiven => 5,
        AgreementStatus::ReturnPending => 4,
        AgreementStatus::NotYetInForce => 3,
        AgreementStatus::SignedByOne => 2,
        AgreementStatus::Draft => 1,
        AgreementStatus::Closed => 0,
    }
}

/// From when to when the whole agreement has which status.
pub fn whole_status(lives: &[Life<'_>]) -> Vec<(Period, AgreementStatus)> {
    spans(lives.iter().flat_map(Life::turns), |day| {
        let statuses = lives.iter().map(|life| life.status_on(day));
        statuses.max_by_key(|status| liveliness(*status)).unwrap_or(AgreementStatus::Draft)
    })
}

/// The last day of the whole: its last party's; none while one goes on or has not begun.
pub fn whole_end(lives: &[Life<'_>]) -> Option<NaiveDate> {
    lives.iter().filter(|life| life.gone_on.is_none()).map(|life| life.end.as_ref().map(|end| end.last.due)).max_by_key(
        |end| match end {
            None => (true, None),
            some => (false, *some),
        },
    )?
}

/// From when to when processing is suspended, and why (PUB12, PUB38). Where the processor finds an instruction unclear, until the day
/// before the next instruction holds.
pub fn suspensions(facts: &Facts) -> Vec<(Period, SuspensionCause)> {
    let next_instruction =
        |day: NaiveDate| facts.instructions.iter().map(|instruction| instruction.valid_from).filter(|from| *from > day).min();
    let unclear = facts.notices.iter().filter(|notice| notice.kind == NoticeKind::InstructionUnclear).map(|notice| notice.sent_on);
    let recorded = facts.suspensions.iter().map(|suspension| match suspension.cause {
        SuspensionCause::UnclearInstruction => (suspension.from, suspension.cause, next_instruction(suspension.from).map(eve)),
        SuspensionCause::ContractBreach => (suspension.from, suspension.cause, suspension.accepted_on),
    });
    let derived = unclear.map(|day| (day, SuspensionCause::UnclearInstruction, next_instruction(day).map(eve)));
    recorded.chain(derived).filter_map(|(from, cause, to)| Some((Period::new(from, to)?, cause))).collect()
}
