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

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;
    use crate::domain::processor::{
        model::{ContractSide, SuspensionCause},
        rules::example::{LEAD, day, id, instruction, notice, orderly, party, period, signature, suspension, terms},
    };

    fn statuses(facts: &Facts, party: usize) -> Vec<(String, AgreementStatus)> {
        let party = &facts.parties[party];
        let life = Life::of(&facts.terms, &party.row, party.held_to());
        party_status(&life).into_iter().map(|(period, status)| (period.from.to_string(), status)).collect()
    }

    fn since(spans: &[(String, AgreementStatus)]) -> Vec<(&str, AgreementStatus)> {
        spans.iter().map(|(from, status)| (from.as_str(), *status)).collect()
    }

    /// A row of the truth table.
    type Row = (Option<bool>, bool, bool, bool, bool, u8, AgreementStatus);

    /// The truth table, column by column: gone, bound, over, returned, noticed, signed by so many; and the status.
    const TABLE: [Row; 11] = [
        (Some(true), true, true, true, true, 2, AgreementStatus::Closed),
        (Some(true), false, false, false, false, 0, AgreementStatus::Closed),
        (None, true, true, true, true, 2, AgreementStatus::Closed),
        (None, true, true, true, false, 2, AgreementStatus::Closed),
        (None, true, true, false, true, 2, AgreementStatus::ReturnPending),
        (None, true, true, false, false, 2, AgreementStatus::ReturnPending),
        (None, true, false, true, true, 2, AgreementStatus::NoticeGiven),
        (None, true, false, false, false, 2, AgreementStatus::InForce),
        (None, false, false, false, false, 2, AgreementStatus::NotYetInForce),
        (None, false, false, false, false, 1, AgreementStatus::SignedByOne),
        (None, false, false, false, false, 0, AgreementStatus::Draft),
    ];

    #[test]
    fn the_truth_table_holds_row_by_row() {
        let today = day("2026-11-22");
        let version = terms(1, "2026-01-01");
        for (gone, bound, over, returned, noticed, signed, status) in TABLE {
            let past = |is: bool, on: &str| is.then(|| day(on));
            let end = |last: &str| {
                let last = Counting::CalendarDays(0).count(day(last));
                End { cause: EndCause::Notice, last, return_by: last }
            };
            let life = Life {
                signed_by_one: past(signed > 0, "2026-01-01"),
                signed_by_both: past(signed > 1, "2026-01-01"),
                bound: vec![(period(if bound { "2026-01-01" } else { "2027-01-01" }, None), &version)],
                notice_on: past(noticed, "2026-10-01"),
                end: Some(end(if over { "2026-11-21" } else { "2026-11-22" })).filter(|_| over || noticed),
                returned_on: past(returned, "2026-11-22"),
                gone_on: past(gone == Some(true), "2026-11-22"),
            };
            assert_eq!(life.status_on(today), status, "{gone:?} {bound} {over} {returned} {noticed} {signed}");
        }
        let shown: Vec<_> = AgreementStatus::VARIANTS.iter().filter(|status| TABLE.iter().any(|row| row.6 == **status)).collect();
        assert_eq!(shown.len(), AgreementStatus::VARIANTS.len(), "every status stands in the table");
    }

    #[test]
    fn of_two_versions_that_bind_from_one_day_the_higher_does() {
        let (one, two) = (terms(1, "2026-01-01"), terms(2, "2026-01-01"));
        let versions = [two.clone(), one.clone()];
        let numbers: Vec<_> = bound(&versions, id(LEAD)).into_iter().map(|(period, terms)| (period, terms.number)).collect();
        assert_eq!(numbers, [(period("2026-01-01", None), 2)]);
    }

    #[test]
    fn an_instruction_of_the_same_day_does_not_end_a_suspension() {
        let mut facts = orderly("2026-01-01");
        facts.suspensions = vec![suspension(1, SuspensionCause::UnclearInstruction, "2026-06-01")];
        facts.instructions.push(instruction(2, "2026-06-01"));
        assert_eq!(suspensions(&facts), [(period("2026-06-01", None), SuspensionCause::UnclearInstruction)]);
        facts.instructions[1].valid_from = day("2026-06-02");
        assert_eq!(suspensions(&facts), [(period("2026-06-01", Some("2026-06-01")), SuspensionCause::UnclearInstruction)]);
    }

    #[test]
    fn pub1_a_status_follows_from_dated_events_from_draft_to_closed() {
        use AgreementStatus::{Closed, Draft, InForce, NotYetInForce, NoticeGiven, ReturnPending, SignedByOne};
        let mut facts = orderly("2026-03-01");
        facts.terms[0].signed_by_processor_on = Some(day("2026-02-01"));
        facts.terms[0].signatures = vec![signature(LEAD, "2026-02-10")];
        facts.parties[0].row.notice = Some((day("2026-11-24"), ContractSide::Controller));
        facts.parties[0].row.returned_or_deleted_on = Some(day("2026-12-28"));
        let expected = [
            ("1900-01-01", Draft),
            ("2026-02-01", SignedByOne),
            ("2026-02-10", NotYetInForce),
            ("2026-03-01", InForce),
            ("2026-11-24", NoticeGiven),
            ("2026-12-25", ReturnPending),
            ("2026-12-28", Closed),
        ];
        assert_eq!(since(&statuses(&facts, 0)), expected);
    }

    #[test]
    fn pub35_it_binds_when_both_have_signed_and_ends_thirty_days_after_the_receipt_of_a_notice() {
        let mut facts = orderly("2026-01-01");
        facts.parties[0].row.notice = Some((day("2026-11-24"), ContractSide::Processor));
        let life = Life::of(&facts.terms, &facts.parties[0].row, None);
        let end = life.end.clone().unwrap();
        assert_eq!(
            (end.cause, end.last.due.to_string(), end.return_by.due.to_string()),
            (EndCause::Notice, "2026-12-24".into(), "2026-12-24".into())
        );
        assert_eq!(life.force(), Some(period("2026-01-01", Some("2026-12-24"))));
    }

    #[test]
    fn pub35_one_signature_binds_nobody() {
        let mut facts = orderly("2026-01-01");
        facts.terms[0].signatures.clear();
        assert_eq!(since(&statuses(&facts, 0)), [("1900-01-01", AgreementStatus::Draft), ("2026-01-01", AgreementStatus::SignedByOne)]);
        assert_eq!(Life::of(&facts.terms, &facts.parties[0].row, None).force(), None);
    }

    #[test]
    fn pub9_a_notice_runs_as_long_as_the_main_contract_says() {
        let mut facts = orderly("2026-01-01");
        facts.terms[0].agreed.termination_notice_days = 60;
        facts.parties[0].row.notice = Some((day("2026-11-24"), ContractSide::Controller));
        let end = Life::of(&facts.terms, &facts.parties[0].row, None).end.unwrap();
        assert_eq!((end.last.due.to_string(), end.return_by.due.to_string()), ("2027-01-23".into(), "2026-12-24".into()));
    }

    #[test]
    fn pub37_changed_terms_bind_each_party_from_the_later_of_both_signatures_and_their_first_day() {
        let mut facts = orderly("2026-01-01");
        facts.parties.push(party(2));
        facts.terms[0].signatures.push(signature(2, "2026-01-05"));
        let mut changed = terms(2, "2026-06-01");
        changed.signed_by_processor_on = Some(day("2026-06-10"));
        changed.signatures = vec![signature(LEAD, "2026-05-01")];
        facts.terms.push(changed);
        let bound = |n: usize| {
            let life = Life::of(&facts.terms, &facts.parties[n].row, None);
            life.bound.iter().map(|(period, terms)| (period.to_string(), terms.number)).collect::<Vec<_>>()
        };
        assert_eq!(bound(0), [("2026-01-01/2026-06-09".into(), 1), ("2026-06-10/".into(), 2)]);
        assert_eq!(bound(1), [("2026-01-05/".into(), 1)]);
    }

    #[test]
    fn an_older_version_that_is_signed_late_does_not_come_back() {
        let mut facts = orderly("2026-01-01");
        facts.terms.push(terms(2, "2026-02-01"));
        facts.terms.push(Terms { number: 3, ..terms(3, "2026-02-01") });
        facts.terms[1].signatures = vec![signature(LEAD, "2026-09-01")];
        let life = Life::of(&facts.terms, &facts.parties[0].row, None);
        assert_eq!(life.bound.iter().map(|(_, terms)| terms.number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(life.terms_on(day("2025-01-01")).map(|terms| terms.number), Some(1));
    }

    #[test]
    fn a_fixed_term_ends_on_its_day_unless_newer_terms_bind_by_then() {
        let mut facts = orderly("2026-01-01");
        facts.terms[0].agreed.fixed_end_on = Some(day("2026-12-31"));
        let end = |facts: &Facts| {
            Life::of(&facts.terms, &facts.parties[0].row, None)
                .end
                .map(|end| (end.cause, end.last.due.to_string(), end.return_by.due.to_string()))
        };
        assert_eq!(end(&facts), Some((EndCause::FixedTerm, "2026-12-31".into(), "2027-01-30".into())));
        facts.terms.push(terms(2, "2026-12-31"));
        assert_eq!(end(&facts), None);
        facts.terms[1].valid_from = day("2027-01-01");
        assert_eq!(end(&facts).map(|end| end.1), Some("2026-12-31".into()));
    }

    #[test]
    fn the_first_of_several_ends_counts() {
        let mut facts = orderly("2026-01-01");
        facts.parties[0].row.notice = Some((day("2026-11-24"), ContractSide::Controller));
        facts.parties[0].row.terminated = Some((day("2026-12-01"), id(9)));
        let end = Life::of(&facts.terms, &facts.parties[0].row, None).end.unwrap();
        assert_eq!(
            (end.cause, end.last.due.to_string(), end.return_by.due.to_string()),
            (EndCause::AtOnce, "2026-12-01".into(), "2026-12-31".into())
        );
    }

    #[test]
    fn the_whole_has_the_status_of_its_liveliest_party_and_ends_with_the_last() {
        let mut facts = orderly("2026-01-01");
        facts.parties.push(party(2));
        facts.terms[0].signatures.push(signature(2, "2026-02-01"));
        facts.parties[0].row.notice = Some((day("2026-03-01"), ContractSide::Controller));
        let lives = |facts: &Facts| {
            let of = |party: &crate::domain::processor::rules::facts::PartyFacts| {
                Life::of(&facts.terms, &party.row, None).end.map(|end| end.last.due)
            };
            facts.parties.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(lives(&facts), [Some(day("2026-03-31")), None]);
        let whole = |facts: &Facts| {
            let lives: Vec<_> = facts.parties.iter().map(|party| Life::of(&facts.terms, &party.row, party.held_to())).collect();
            (whole_status(&lives).last().map(|(period, status)| (period.from.to_string(), *status)), whole_end(&lives))
        };
        assert_eq!(whole(&facts), (Some(("2026-01-01".into(), AgreementStatus::InForce)), None));
        facts.parties[1].row.notice = Some((day("2026-05-01"), ContractSide::Processor));
        assert_eq!(whole(&facts), (Some(("2026-06-01".into(), AgreementStatus::ReturnPending)), Some(day("2026-05-31"))));
        facts.parties[1].row.left_on = Some(day("2026-01-15"));
        assert_eq!(whole(&facts).1, Some(day("2026-03-31")));
    }

    #[test]
    fn a_party_that_left_before_it_was_bound_is_closed_from_that_day() {
        let mut facts = orderly("2026-01-01");
        facts.parties.push(party(2));
        facts.parties[1].row.left_on = Some(day("2026-02-01"));
        let expected =
            [("1900-01-01", AgreementStatus::Draft), ("2026-01-01", AgreementStatus::SignedByOne), ("2026-02-01", AgreementStatus::Closed)];
        assert_eq!(since(&statuses(&facts, 1)), expected);
    }

    #[test]
    fn pub36_a_demand_to_renegotiate_leaves_the_agreement_in_force() {
        use crate::domain::processor::model::{NoticeDirection, NoticeKind};
        let mut facts = orderly("2026-01-01");
        let before = statuses(&facts, 0);
        facts.notices.push(notice(1, NoticeKind::Renegotiation, NoticeDirection::ToProcessor, "2026-05-01"));
        assert_eq!(statuses(&facts, 0), before);
        assert_eq!(suspensions(&facts), []);
    }

    #[test]
    fn pub12_an_unclear_instruction_suspends_until_the_next_one_holds() {
        use crate::domain::processor::{
            model::{NoticeDirection, NoticeKind},
            rules::example::instruction,
        };
        let mut facts = orderly("2026-01-01");
        facts.notices.push(notice(1, NoticeKind::InstructionUnclear, NoticeDirection::FromProcessor, "2026-05-01"));
        assert_eq!(suspensions(&facts), [(period("2026-05-01", None), SuspensionCause::UnclearInstruction)]);
        facts.instructions.push(instruction(2, "2026-05-20"));
        assert_eq!(suspensions(&facts), [(period("2026-05-01", Some("2026-05-19")), SuspensionCause::UnclearInstruction)]);
    }

    #[test]
    fn pub38_a_breach_suspends_until_its_end_is_declared_and_accepted() {
        let mut facts = orderly("2026-01-01");
        facts.suspensions.push(suspension(1, SuspensionCause::ContractBreach, "2026-05-01"));
        facts.suspensions[0].declared_ended_on = Some(day("2026-05-10"));
        assert_eq!(suspensions(&facts), [(period("2026-05-01", None), SuspensionCause::ContractBreach)]);
        facts.suspensions[0].accepted_on = Some(day("2026-05-12"));
        assert_eq!(suspensions(&facts), [(period("2026-05-01", Some("2026-05-12")), SuspensionCause::ContractBreach)]);
    }

    #[test]
    fn spans_are_whole_and_without_repetition() {
        let turns = [day("2026-03-01"), day("2026-01-01"), day("2026-02-01"), day("2026-01-01")];
        let value = |day: NaiveDate| day >= turns[2];
        let expected = [(Period { from: BEGINNING, to: Some(eve(turns[2])) }, false), (period("2026-02-01", None), true)];
        assert_eq!(spans(turns, value), expected);
    }
}
