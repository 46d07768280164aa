//! Each controller's case about a change that its processor announced: PUB27, PUB28.
//!
//! A case follows from the announcement and the controller's own agreement; nobody opens it. Its window runs from the day on which the
//! controller itself received the notice, or on which the notice was complete, whichever is later: nobody's clock starts on another
//! municipality's word. Without a confirmed receipt no window runs.

use chrono::NaiveDate;

use super::{
    life::spans,
    signing::listed,
    timeline::{Claim, Standing},
};
use crate::{
    domain::{
        processor::model::{
            ActKind, CaseAct, ChangeKind, DayKind, ObjectionCase, ObjectionOutcome, ObjectionState, SilenceMeans,
            SubProcessorAuthorisation, SubProcessorChange,
        },
        timeline::model::{DeadlineKind, FindingCode, Says, TrafficLight},
    },
    kernel::{
        code::Code,
        deadline::{Counting, Deadline},
        ids::derived,
        kinds::{AgreementPartyId, CaseId, ChangeId},
        period::{Period, morrow},
    },
};

/// The id of a controller's case: it follows from the change and the controller's row.
pub fn case_id(change: ChangeId, party: AgreementPartyId) -> CaseId {
    CaseId::new(derived(&[b"objection case", change.key().as_bytes(), party.key().as_bytes()]))
}

/// A controller's case.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// About which change.
    pub change: &'a SubProcessorChange,
    /// What the controller recorded; none where nothing.
    pub recorded: Option<&'a ObjectionCase>,
    /// When it received the notice.
    pub received_on: Option<NaiveDate>,
    /// When the window began; none while it has not.
    pub begins_on: Option<NaiveDate>,
    /// When the window ends; none while it has not begun.
    pub deadline: Option<Deadline>,
    /// When the window ends at the earliest: as if the controller had received the notice on the first day possible, and complete.
    pub earliest: Deadline,
    /// Whether silence is approval.
    pub silence_approves: bool,
}

impl<'a> Case<'a> {
    /// A party's case about a change, if there is one: where its agreement is in force when the change is announced or takes effect.
    /// Who removes a sub-processor gives no right to object (12.3). A change that was withdrawn as a mistake leaves the cases in which
    /// somebody has acted.
    pub fn of(at: &Standing<'a>, change: &'a SubProcessorChange) -> Option<Self> {
        let force = at.force()?;
        let concerned = force.from <= change.effective_on && force.to.is_none_or(|to| change.announced_on <= to);
        if change.kind == ChangeKind::Remove || !concerned {
            return None;
        }
        let recorded = at.facts.recorded(change.id, at.party.row.id);
        if change.withdrawn && recorded.is_none() {
            return None;
        }
        let deemed = |sent_on| deemed_received(at, sent_on);
        let received_on = recorded.and_then(|case| case.notice_received_on.or_else(|| case.notice_sent_on.map(deemed)));
        let incomplete = recorded.is_some_and(|case| !case.missing.is_empty());
        let completed_on = recorded.and_then(|case| case.completed_on);
        let begins_on = received_on.and_then(|received| if incomplete { completed_on.map(|on| on.max(received)) } else { Some(received) });
        let general = at.party.row.sub_processor_authorisation == Some(SubProcessorAuthorisation::General);
        let by_terms = |day| at.terms_on(day).is_some_and(|terms| terms.agreed.silence_means == SilenceMeans::Approved);
        Some(Self {
            change,
            recorded,
            received_on,
            begins_on,
            deadline: begins_on.map(|day| window(at, day)),
            earliest: window(at, deemed(change.announced_on)),
            // Under a specific authorisation, or where it is not stated, silence is never approval.
            silence_approves: general && by_terms(begins_on.unwrap_or(change.announced_on)),
        })
    }

    /// What the controller did, in order.
    pub fn acts(&self) -> &'a [CaseAct] {
        self.recorded.map(|case| case.acts.as_slice()).unwrap_or_default()
    }

    /// The last act that decides, on a day.
    pub fn decided_on(&self, day: NaiveDate) -> Option<&'a CaseAct> {
        self.acts().iter().rev().find(|act| act.act != ActKind::Outcome && act.done_on <= day)
    }

    /// How it stands on a day.
    pub fn state_on(&self, day: NaiveDate) -> ObjectionState {
        let has_come = |event: Option<NaiveDate>| event.is_some_and(|event| event <= day);
        match self.decided_on(day).map(|act| act.act) {
            Some(ActKind::Accept) => return ObjectionState::Accepted,
            Some(ActKind::Object) => return ObjectionState::Objected,
            Some(ActKind::WithdrawObjection) => return ObjectionState::Withdrawn,
            Some(ActKind::NotConcerned) => return ObjectionState::NotConcerned,
            Some(ActKind::Outcome) | None => {}
        }
        if !has_come(self.received_on) {
            ObjectionState::ReceiptUnconfirmed
        } else if !has_come(self.begins_on) {
            ObjectionState::Incomplete
        } else if self.deadline.is_some_and(|deadline| day <= deadline.due) {
            ObjectionState::Open
        } else if self.silence_approves {
            ObjectionState::LapsedAsApproved
        } else {
            ObjectionState::LapsedAsNotApproved
        }
    }

    /// When the window ends as far as is known in a state: at the earliest, while it has not begun.
    fn last_day(&self, state: ObjectionState) -> Option<Deadline> {
        match state {
            ObjectionState::ReceiptUnconfirmed | ObjectionState::Incomplete => Some(self.earliest),
            _ => self.deadline,
        }
    }

    /// From when to when it stands how, within a period.
    pub fn states(&self, within: Period) -> Vec<(Period, ObjectionState)> {
        let lapses = self.deadline.map(|deadline| morrow(deadline.due));
        let turns = [self.received_on, self.begins_on, lapses].into_iter().flatten().chain(self.acts().iter().map(|act| act.done_on));
        let states = spans(turns, |day| self.state_on(day));
        states.into_iter().filter_map(|(period, state)| Some((period.and(within)?, state))).collect()
    }

    /// Whether the sub-processor may be used for this controller on a day.
    pub fn allows_on(&self, day: NaiveDate) -> bool {
        match self.state_on(day) {
            ObjectionState::Accepted | ObjectionState::LapsedAsApproved => true,
            // What was objected to and is no longer stands as if nothing had been said.
            ObjectionState::Withdrawn => self.silence_approves && self.deadline.is_some_and(|deadline| deadline.due < day),
            _ => false,
        }
    }

    /// The days on which it can begin or cease to allow the sub-processor.
    pub fn turns(&self) -> impl Iterator<Item = NaiveDate> {
        let lapses = self.deadline.map(|deadline| morrow(deadline.due));
        lapses.into_iter().chain(self.acts().iter().map(|act| act.done_on)).chain([self.change.effective_on])
    }

    /// When it exists: from the announcement, or from when the agreement is in force.
    pub fn exists(&self, at: &Standing<'_>) -> Option<Period> {
        Period::new(at.life.in_force_on()?.max(self.change.announced_on), None)
    }
}

/// When a notice that was sent on a day is deemed received (19.3, PUB43).
pub fn deemed_received(at: &Standing<'_>, sent_on: NaiveDate) -> NaiveDate {
    let days = at.terms_on(sent_on).map_or(0, |terms| terms.agreed.deemed_receipt_working_days);
    Counting::WorkingDays(days).count(sent_on).due
}

/// The window that begins on a day, by the terms of that day.
fn window(at: &Standing<'_>, begins_on: NaiveDate) -> Deadline {
    let counting = at.terms_on(begins_on).map_or(Counting::CalendarDays(0), |terms| match terms.agreed.objection_day_kind {
        DayKind::Calendar => Counting::CalendarDays(terms.agreed.objection_days),
        DayKind::Working => Counting::WorkingDays(terms.agreed.objection_days),
    });
    counting.count(begins_on)
}

/// Every case of a party: how it stands, what falls due, what is wrong.
pub fn cases(at: &Standing<'_>) -> Vec<Claim> {
    at.facts.changes.iter().filter_map(|change| Case::of(at, change)).flat_map(|case| claims(at, &case)).collect()
}

fn claims(at: &Standing<'_>, case: &Case<'_>) -> Vec<Claim> {
    let Some(exists) = case.exists(at) else { return Vec::new() };
    let id = case_id(case.change.id, at.party.row.id);
    // Once the agreement is over, or the change was a mistake, there is nothing left to do.
    let undecided = at.force().and_then(|force| exists.and(force));
    case.states(exists)
        .into_iter()
        .flat_map(|(period, state)| {
            let open = undecided.and_then(|undecided| period.and(undecided));
            let holds = if is_undecided(state) { open } else { Some(period) };
            let stands = holds.map(|holds| {
                let stands = Claim::of(id, Says::Case(state.code(), case.change.id.key()), holds, "PUB28");
                case.last_day(state).map_or_else(|| stands.clone(), |deadline| stands.clone().by(deadline))
            });
            let to_do = open.filter(|_| !case.change.withdrawn);
            stands.into_iter().chain(to_do.into_iter().flat_map(move |open| dues(case, id, state, open)))
        })
        .collect()
}

fn is_undecided(state: ObjectionState) -> bool {
    matches!(state, ObjectionState::ReceiptUnconfirmed | ObjectionState::Incomplete | ObjectionState::Open)
}

/// What falls due and what is wrong while a case stands so.
fn dues(case: &Case<'_>, id: CaseId, state: ObjectionState, open: Period) -> Vec<Claim> {
    match state {
        ObjectionState::ReceiptUnconfirmed => unconfirmed(case, id, open),
        ObjectionState::Incomplete => {
            let missing = case.recorded.map(|case| case.missing.as_slice()).unwrap_or_default();
            vec![Claim::finding(FindingCode::ChangeNoticeIncomplete, id, open).with(listed(missing))]
        }
        ObjectionState::Open => {
            case.deadline.map(|deadline| Claim::deadline(DeadlineKind::Objection, id, open, deadline)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A receipt that is not confirmed is a finding from the day after the notice is deemed received, and a bad one when the window would be
/// over.
fn unconfirmed(case: &Case<'_>, id: CaseId, open: Period) -> Vec<Claim> {
    let deadline = case.earliest;
    let due = Claim::deadline(DeadlineKind::ReceiptConfirmation, id, open, deadline);
    let finding = |from: NaiveDate, to: Option<NaiveDate>, severity| {
        let holds = Period::new(from, to).and_then(|period| period.and(open))?;
        Some(Claim::finding(FindingCode::ReceiptUnconfirmed, id, holds).by(deadline).as_bad_as(severity))
    };
    let late = finding(morrow(deadline.start), Some(deadline.due), TrafficLight::Yellow);
    let too_late = finding(morrow(deadline.due), None, TrafficLight::Red);
    std::iter::once(due).chain(late).chain(too_late).collect()
}

/// From when on a change brings its sub-processor under an agreement, and the case that did: when the first party allows it, or when
/// it is used although a party objected. Not before it takes effect.
pub fn enters_on(standings: &[Standing<'_>], change: &SubProcessorChange) -> Option<NaiveDate> {
    standings.iter().filter_map(|at| Case::of(at, change).and_then(|case| allowed_from(at, &case))).min()
}

/// From when on a party's case lets the sub-processor in.
fn allowed_from(at: &Standing<'_>, case: &Case<'_>) -> Option<NaiveDate> {
    let effective_on = case.change.effective_on;
    let exists = case.exists(at).filter(|_| !case.change.withdrawn)?;
    let used_anyway = case.acts().iter().any(|act| act.outcome == Some(ObjectionOutcome::UsedAnyway));
    if used_anyway {
        return Some(effective_on);
    }
    let mut days: Vec<_> = case.turns().map(|day| day.max(effective_on).max(exists.from)).collect();
    days.sort_unstable();
    let over = at.force().and_then(|force| force.to);
    days.into_iter().find(|day| case.allows_on(*day) && over.is_none_or(|over| *day <= over))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        processor::rules::facts::Facts,
        processor::{
            model::NoticeItem,
            rules::example::{LEAD, case, change, day, due, findings, id, orderly, said_on},
        },
        timeline::model::FindingCode::{ChangeNoticeIncomplete, ReceiptUnconfirmed},
    };

    /// An agreement in force, a new sub-processor announced on the first of June 2027, and what the lead recorded.
    fn announced(recorded: Option<ObjectionCase>) -> Facts {
        let changes = vec![change(7, ChangeKind::Add, 5, "2027-05-25", "2027-07-01")];
        Facts { changes, cases: recorded.into_iter().collect(), ..orderly("2027-01-01") }
    }

    fn recorded() -> ObjectionCase {
        ObjectionCase { version: 1, ..case(7, id(LEAD)) }
    }

    fn act(act: ActKind, on: &str) -> CaseAct {
        CaseAct { act, outcome: None, done_on: day(on), by: None, reason: None }
    }

    fn specific(mut facts: Facts) -> Facts {
        facts.parties[0].row.sub_processor_authorisation = Some(SubProcessorAuthorisation::Specific);
        facts
    }

    fn state_on(facts: &Facts, on: &str) -> ObjectionState {
        let standings = Standing::of_all(facts);
        Case::of(&standings[0], &facts.changes[0]).unwrap().state_on(day(on))
    }

    fn enters(facts: &Facts) -> Option<String> {
        enters_on(&Standing::of_all(facts), &facts.changes[0]).map(|on| on.to_string())
    }

    /// What of the year is due about cases.
    fn windows(facts: &Facts, on: &str) -> Vec<(&'static str, String)> {
        let cases = due(facts, on).into_iter().filter(|(_, subject, _)| subject.prefix == "objectioncase");
        cases.map(|(kind, _, on)| (kind, on)).collect()
    }

    #[test]
    fn pub27_a_complete_notice_starts_the_window() {
        let facts = announced(Some(ObjectionCase { notice_received_on: Some(day("2027-05-26")), ..recorded() }));
        assert_eq!(state_on(&facts, "2027-05-25"), ObjectionState::ReceiptUnconfirmed);
        assert_eq!(state_on(&facts, "2027-05-26"), ObjectionState::Open);
        assert_eq!(findings(&facts, "2027-05-26"), []);
    }

    #[test]
    fn pub27_a_notice_without_the_country_starts_no_window_before_it_is_complete() {
        let lacking =
            ObjectionCase { notice_received_on: Some(day("2027-05-26")), missing: vec![NoticeItem::PlaceOfProcessing], ..recorded() };
        let facts = announced(Some(lacking.clone()));
        assert_eq!(state_on(&facts, "2027-08-01"), ObjectionState::Incomplete);
        assert_eq!((findings(&facts, "2027-05-26"), windows(&facts, "2027-05-26")), (vec![ChangeNoticeIncomplete], vec![]));
        let finding = said_on(&facts, "2027-05-26").into_iter().find(|span| matches!(span.says, Says::Finding(..))).unwrap();
        assert_eq!(finding.detail.unwrap().en, "Place of processing");
        let complete = announced(Some(ObjectionCase { completed_on: Some(day("2027-06-01")), ..lacking }));
        assert_eq!(state_on(&complete, "2027-05-31"), ObjectionState::Incomplete);
        assert_eq!(windows(&complete, "2027-06-01"), [("OBJECTION", "2027-07-01".to_owned())]);
    }

    #[test]
    fn pub28_the_window_runs_thirty_days_from_the_deemed_receipt_and_silence_is_approval() {
        let facts = announced(Some(ObjectionCase { notice_sent_on: Some(day("2027-05-25")), ..recorded() }));
        assert_eq!(windows(&facts, "2027-05-26"), [("OBJECTION", "2027-06-25".to_owned())]);
        assert_eq!(state_on(&facts, "2027-06-25"), ObjectionState::Open);
        assert_eq!(state_on(&facts, "2027-06-26"), ObjectionState::LapsedAsApproved);
        assert_eq!(enters(&facts).as_deref(), Some("2027-07-01"));
    }

    #[test]
    fn pub28_without_a_confirmed_receipt_no_window_runs_and_that_is_a_finding() {
        let facts = announced(None);
        assert_eq!(windows(&facts, "2027-05-26"), [("RECEIPT_CONFIRMATION", "2027-06-25".to_owned())]);
        assert_eq!((findings(&facts, "2027-05-26"), findings(&facts, "2027-05-27")), (vec![], vec![ReceiptUnconfirmed]));
        let severity = |on| {
            said_on(&facts, on).into_iter().find_map(|span| match span.says {
                Says::Finding(ReceiptUnconfirmed, severity) => Some(severity),
                _ => None,
            })
        };
        assert_eq!([severity("2027-06-25"), severity("2027-06-26")], [Some(TrafficLight::Yellow), Some(TrafficLight::Red)]);
        assert_eq!((state_on(&facts, "2029-01-01"), enters(&facts)), (ObjectionState::ReceiptUnconfirmed, None));
    }

    #[test]
    fn pub28_an_agreement_has_its_own_days() {
        let mut facts = announced(Some(ObjectionCase { notice_received_on: Some(day("2027-05-26")), ..recorded() }));
        facts.terms[0].agreed.objection_days = 10;
        assert_eq!(windows(&facts, "2027-05-26"), [("OBJECTION", "2027-06-05".to_owned())]);
        facts.terms[0].agreed.objection_day_kind = DayKind::Working;
        assert_eq!(windows(&facts, "2027-05-26"), [("OBJECTION", "2027-06-09".to_owned())]);
    }

    #[test]
    fn silence_is_never_approval_under_a_specific_authorisation_or_where_the_terms_say_so() {
        let facts = announced(Some(ObjectionCase { notice_received_on: Some(day("2027-05-26")), ..recorded() }));
        let mut not_approved = facts.clone();
        not_approved.terms[0].agreed.silence_means = SilenceMeans::NotApproved;
        for facts in [specific(facts), not_approved] {
            assert_eq!((state_on(&facts, "2027-06-26"), enters(&facts)), (ObjectionState::LapsedAsNotApproved, None));
        }
    }

    #[test]
    fn what_is_accepted_enters_when_it_takes_effect_and_not_before_it_is_accepted() {
        for (accepted, enters_on) in [("2027-05-27", "2027-07-01"), ("2027-07-20", "2027-07-20")] {
            let facts = specific(announced(Some(ObjectionCase { acts: vec![act(ActKind::Accept, accepted)], ..recorded() })));
            assert_eq!(enters(&facts).as_deref(), Some(enters_on));
        }
    }

    #[test]
    fn what_was_objected_to_enters_only_where_it_is_used_all_the_same() {
        let objected = ObjectionCase { acts: vec![act(ActKind::Object, "2027-06-01")], ..recorded() };
        assert_eq!(enters(&announced(Some(objected.clone()))), None);
        for (outcome, expected) in [
            (ObjectionOutcome::UsedAnyway, Some("2027-07-01")),
            (ObjectionOutcome::ProcessorRefrained, None),
            (ObjectionOutcome::AgreementTerminated, None),
        ] {
            let told = CaseAct { outcome: Some(outcome), ..act(ActKind::Outcome, "2027-07-05") };
            let acts = vec![act(ActKind::Object, "2027-06-01"), told];
            assert_eq!(enters(&announced(Some(ObjectionCase { acts, ..objected.clone() }))).as_deref(), expected, "{outcome:?}");
        }
    }

    #[test]
    fn a_withdrawn_objection_stands_as_if_nothing_had_been_said() {
        let acts = vec![act(ActKind::Object, "2027-06-01"), act(ActKind::WithdrawObjection, "2027-07-10")];
        let facts = announced(Some(ObjectionCase { notice_received_on: Some(day("2027-05-26")), acts, ..recorded() }));
        assert_eq!(state_on(&facts, "2027-07-10"), ObjectionState::Withdrawn);
        assert_eq!(enters(&facts).as_deref(), Some("2027-07-10"));
    }

    #[test]
    fn a_withdrawn_objection_lets_in_after_the_window_alone_and_where_silence_approves() {
        let acts = vec![act(ActKind::Object, "2027-06-01"), act(ActKind::WithdrawObjection, "2027-06-02")];
        let facts = announced(Some(ObjectionCase { notice_received_on: Some(day("2027-05-26")), acts, ..recorded() }));
        let allowed = |facts: &Facts| {
            let standings = Standing::of_all(facts);
            let case = Case::of(&standings[0], &facts.changes[0]).unwrap();
            ["2027-06-03", "2027-06-25", "2027-06-26"].map(|on| case.allows_on(day(on)))
        };
        assert_eq!(allowed(&facts), [false, false, true]);
        assert_eq!(allowed(&specific(facts)), [false; 3]);
    }

    #[test]
    fn how_a_case_stands_tells_its_last_day_or_the_earliest_that_it_can_be() {
        let told = |recorded| {
            let facts = announced(recorded);
            let cases = said_on(&facts, "2027-06-10").into_iter().filter(|span| matches!(span.says, Says::Case(..)));
            cases.map(|span| span.due.map(|due| due.on.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(told(None), [Some("2027-06-25".to_owned())]);
        assert_eq!(
            told(Some(ObjectionCase { notice_received_on: Some(day("2027-06-01")), ..recorded() })),
            [Some("2027-07-01".to_owned())]
        );
    }

    #[test]
    fn who_leaves_after_the_announcement_has_a_case_and_lets_nobody_in_afterwards() {
        let ends = |on: &str, accepted_on| {
            let mut facts = announced(Some(ObjectionCase { acts: vec![act(ActKind::Accept, accepted_on)], ..recorded() }));
            facts.terms[0].agreed.fixed_end_on = Some(day(on));
            (Case::of(&Standing::of_all(&facts)[0], &facts.changes[0]).is_some(), enters(&facts))
        };
        assert_eq!(ends("2027-05-25", "2027-05-25"), (true, None));
        assert!(!ends("2027-05-24", "2027-05-25").0);
        assert_eq!(ends("2027-07-01", "2027-05-27").1.as_deref(), Some("2027-07-01"), "on the last day");
        assert_eq!(ends("2027-07-10", "2027-07-11").1, None);
    }

    #[test]
    fn what_was_decided_is_told_after_the_end_and_what_was_not_is_over() {
        let states = |recorded, on: &str| {
            let mut facts = announced(Some(recorded));
            facts.terms[0].agreed.fixed_end_on = Some(day("2027-06-10"));
            let cases = said_on(&facts, on).into_iter().filter(|span| matches!(span.says, Says::Case(..)));
            cases.count()
        };
        let accepted = ObjectionCase { acts: vec![act(ActKind::Accept, "2027-05-27")], ..recorded() };
        assert_eq!([states(recorded(), "2027-06-10"), states(recorded(), "2027-06-11")], [1, 0]);
        assert_eq!([states(accepted.clone(), "2027-06-10"), states(accepted, "2027-06-11")], [1, 1]);
    }

    #[test]
    fn a_receipt_that_is_not_confirmed_is_a_finding_with_its_last_day() {
        let found = said_on(&announced(None), "2027-06-01").into_iter().find(|span| matches!(span.says, Says::Finding(..))).unwrap();
        assert_eq!(found.due.map(|due| due.on), Some(day("2027-06-25")));
    }

    #[test]
    fn who_has_no_agreement_when_it_matters_has_no_case() {
        let of = |in_force: &str, kind| {
            let facts = Facts { changes: vec![change(7, kind, 5, "2027-05-25", "2027-07-01")], ..orderly(in_force) };
            Case::of(&Standing::of_all(&facts)[0], &facts.changes[0]).is_some()
        };
        assert!(of("2027-01-01", ChangeKind::Add) && of("2027-07-01", ChangeKind::Replace) && of("2027-01-01", ChangeKind::ChangeCountry));
        assert!(!of("2027-07-02", ChangeKind::Add) && !of("2027-01-01", ChangeKind::Remove));
    }

    #[test]
    fn of_a_change_that_was_withdrawn_only_the_cases_stay_in_which_somebody_acted() {
        let withdrawn = |recorded| {
            let mut facts = announced(recorded);
            facts.changes[0].withdrawn = true;
            facts
        };
        assert!(said_on(&withdrawn(None), "2027-06-01").iter().all(|span| !matches!(span.says, Says::Case(..))));
        let acted = withdrawn(Some(ObjectionCase { acts: vec![act(ActKind::Accept, "2027-05-27")], ..recorded() }));
        assert_eq!((state_on(&acted, "2027-06-01"), enters(&acted)), (ObjectionState::Accepted, None));
        assert_eq!(findings(&withdrawn(Some(recorded())), "2027-06-01"), []);
    }
}
