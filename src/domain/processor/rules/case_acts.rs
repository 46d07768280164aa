//! What a controller may do in its case, and when: PUB28.
//!
//! | the case is | confirm receipt | accept | object | withdraw objection | not concerned | outcome |
//! |-|-|-|-|-|-|-|
//! | `RECEIPT_UNCONFIRMED`, INCOMPLETE, OPEN | yes | yes | yes | | yes | |
//! | `LAPSED_AS_APPROVED`, `LAPSED_AS_NOT_APPROVED` | yes | yes | | | yes | |
//! | ACCEPTED | | | | | | |
//! | OBJECTED | | | | yes | | yes |
//! | `NOT_CONCERNED` | | yes | in the window | | | |
//! | WITHDRAWN | yes | yes | in the window | | yes | |

use chrono::NaiveDate;

use super::cases::Case;
use crate::{
    domain::{
        organisation::rules::has_happened,
        processor::model::{ActKind, NoticeItem, ObjectionState},
    },
    kernel::{
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// The clause behind objections.
const OBJECTION: (&str, &str) = ("PUB28", "GDPR art. 28.2; annex 3 clause 12.6");

/// Whether an act can be done in a state, but for the window.
fn fits(act: ActKind, state: ObjectionState) -> bool {
    use ObjectionState as State;
    let undecided = matches!(state, State::ReceiptUnconfirmed | State::Incomplete | State::Open | State::Withdrawn);
    let lapsed = matches!(state, State::LapsedAsApproved | State::LapsedAsNotApproved);
    match act {
        ActKind::Accept => undecided || lapsed || state == State::NotConcerned,
        ActKind::Object => undecided || state == State::NotConcerned,
        ActKind::NotConcerned => undecided || lapsed,
        ActKind::WithdrawObjection | ActKind::Outcome => state == State::Objected,
    }
}

/// Refuses an act that the state of the case on its day does not allow. After the window nobody objects (12.6).
pub fn act_fits(case: &Case<'_>, act: ActKind, on: NaiveDate, path: &str) -> Result<(), Refusal> {
    let state = case.state_on(on);
    if let Some(last) = case.deadline.map(|deadline| deadline.due).filter(|last| act == ActKind::Object && *last < on)
        && !matches!(state, ObjectionState::Objected | ObjectionState::Accepted)
    {
        return Err(wrong_state(
            path,
            Text::new(
                format!("Tiden för att invända gick ut {last}; en senare invändning har ingen verkan enligt avtalet."),
                format!("The time to object ended on {last}; by the agreement a later objection has no effect."),
            ),
        ));
    }
    if fits(act, state) { Ok(()) } else { Err(wrong_state(path, needs(act))) }
}

/// What an act needs.
fn needs(act: ActKind) -> Text {
    match act {
        ActKind::Accept => Text::new(
            "Underbiträdet är redan godtaget, eller en invändning står kvar; återta den först.",
            "The sub-processor is accepted already, or an objection stands; withdraw that first.",
        ),
        ActKind::Object => {
            Text::new("Ni har redan invänt eller godtagit underbiträdet.", "You have objected to the sub-processor or accepted it already.")
        }
        ActKind::NotConcerned => Text::new(
            "Ni har redan invänt, godtagit eller förklarat att ni inte berörs.",
            "You have objected, accepted or declared that you are not concerned already.",
        ),
        ActKind::WithdrawObjection => Text::new("Det finns ingen invändning att återta.", "There is no objection to withdraw."),
        ActKind::Outcome => Text::new(
            "Ett utfall registreras bara av en invändning som står kvar.",
            "An outcome is recorded only of an objection that stands.",
        ),
    }
}

fn wrong_state(path: &str, message: Text) -> Refusal {
    Refusal::new(RefusalCode::WrongState, path, message).by_rule(OBJECTION.0, OBJECTION.1)
}

/// An act is done on a day that has come: not before the change was announced, and not before what was done last.
pub fn acted_in_order(case: &Case<'_>, on: NaiveDate, today: NaiveDate, path: &str) -> Result<(), Refusal> {
    has_happened(on, today, path)?;
    let announced = case.change.announced_on;
    if on < announced {
        return Err(Refusal::invalid(
            path,
            Text::new(
                format!("Ändringen anmäldes {announced}; ange den dagen eller senare."),
                format!("The change was announced on {announced}; give that day or a later one."),
            ),
        ));
    }
    match case.acts().last().map(|act| act.done_on) {
        Some(last) if on < last => Err(Refusal::invalid(
            path,
            Text::new(
                format!("I ärendet gjordes något {last}; ange den dagen eller senare."),
                format!("Something was done in the case on {last}; give that day or a later one."),
            ),
        )),
        _ => Ok(()),
    }
}

/// What a controller says of the notice that it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// When it was sent.
    pub sent_on: Option<NaiveDate>,
    /// When it came.
    pub received_on: Option<NaiveDate>,
    /// What it lacked.
    pub missing: Vec<NoticeItem>,
    /// When that was there.
    pub completed_on: Option<NaiveDate>,
}

/// A receipt can be confirmed until the controller has decided.
pub fn receipt_fits(case: &Case<'_>, today: NaiveDate, path: &str) -> Result<(), Refusal> {
    let decided = matches!(case.state_on(today), ObjectionState::Accepted | ObjectionState::Objected | ObjectionState::NotConcerned);
    if !decided {
        return Ok(());
    }
    Err(wrong_state(
        path,
        Text::new(
            "Ärendet är avgjort; mottagandet kan inte längre ändras.",
            "The case is decided; the receipt cannot be changed any more.",
        ),
    ))
}

/// PUB27: a receipt that can be: on days that have come and in order, completed only where something was missing.
pub fn receipt_can_be(receipt: &Receipt, today: NaiveDate) -> Result<(), Refusal> {
    let Receipt { sent_on, received_on, missing, completed_on } = receipt;
    let Some(first) = sent_on.or(*received_on) else {
        return Err(Refusal::new(
            RefusalCode::Missing,
            "receivedOn",
            Text::new("Ange när meddelandet skickades eller togs emot.", "Give when the notice was sent or received."),
        ));
    };
    for (day, path) in [(sent_on, "sentOn"), (received_on, "receivedOn"), (completed_on, "completedOn")] {
        day.map_or(Ok(()), |day| has_happened(day, today, path))?;
    }
    in_order(first, *received_on, "receivedOn")?;
    if completed_on.is_some() && missing.is_empty() {
        return Err(Refusal::invalid(
            "completedOn",
            Text::new(
                "Ange vad som saknades; ett meddelande som inte saknade något kompletteras inte.",
                "Say what was missing; a notice that lacked nothing is not completed.",
            ),
        ));
    }
    in_order(received_on.unwrap_or(first), *completed_on, "completedOn")
}

fn in_order(first: NaiveDate, next: Option<NaiveDate>, path: &str) -> Result<(), Refusal> {
    match next {
        Some(next) if next < first => Err(Refusal::invalid(
            path,
            Text::new(
                format!("Dagen ligger före {first}; ange den dagen eller senare."),
                format!("The day is before {first}; give that day or a later one."),
            ),
        )),
        _ => Ok(()),
    }
}

/// PUB29: only after an objection that stands may a controller terminate at once (12.6, 17.4).
pub fn may_terminate_at_once(case: Option<&Case<'_>>, on: NaiveDate, path: &str) -> Result<(), Refusal> {
    if case.is_some_and(|case| case.state_on(on) == ObjectionState::Objected) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::WrongState,
        path,
        Text::new(
            "Omedelbar uppsägning kräver att ni har invänt mot underbiträdet och att invändningen står kvar den dagen.",
            "Immediate termination requires that you have objected to the sub-processor and that the objection stands on that day.",
        ),
    )
    .by_rule("PUB29", "Annex 3 clause 12.6, 17.4"))
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;
    use crate::domain::processor::{
        model::{CaseAct, ChangeKind, ObjectionCase},
        rules::{
            example::{LEAD, case, change, day, id, orderly},
            facts::Facts,
            timeline::Standing,
        },
    };

    fn acted(act: ActKind, on: &str) -> CaseAct {
        CaseAct { act, outcome: None, done_on: day(on), by: None, reason: None }
    }

    /// What `judge` says of a case whose notice came on the third of May 2027, so that its window ends on the second of June.
    fn judged(acts: Vec<CaseAct>, judge: impl FnOnce(&Case<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let recorded = ObjectionCase { notice_received_on: Some(day("2027-05-03")), acts, version: 1, ..case(7, id(LEAD)) };
        let changes = vec![change(7, ChangeKind::Add, 5, "2027-05-03", "2027-07-01")];
        let facts = Facts { changes, cases: vec![recorded], ..orderly("2027-01-01") };
        judge(&Case::of(&Standing::of_all(&facts)[0], &facts.changes[0]).unwrap())
    }

    fn allowed(before: &[ActKind], act: ActKind, on: &str) -> bool {
        let acts = before.iter().map(|before| acted(*before, "2027-05-04")).collect();
        judged(acts, |case| act_fits(case, act, day(on), "decidedOn")).is_ok()
    }

    #[test]
    fn what_can_be_done_is_what_the_table_says() {
        use ActKind::{Accept, NotConcerned, Object, Outcome, WithdrawObjection};
        for (before, on, can) in [
            ([].as_slice(), "2027-05-03", [Accept, Object, NotConcerned].as_slice()),
            (&[], "2027-06-03", &[Accept, NotConcerned]),
            (&[Accept], "2027-05-05", &[]),
            (&[Object], "2027-05-05", &[WithdrawObjection, Outcome]),
            (&[Object], "2027-06-03", &[WithdrawObjection, Outcome]),
            (&[NotConcerned], "2027-05-05", &[Accept, Object]),
            (&[NotConcerned], "2027-06-03", &[Accept]),
            (&[Object, WithdrawObjection], "2027-05-05", &[Accept, Object, NotConcerned]),
            (&[Object, WithdrawObjection], "2027-06-03", &[Accept, NotConcerned]),
        ] {
            let found: Vec<_> = ActKind::VARIANTS.iter().copied().filter(|act| allowed(before, *act, on)).collect();
            assert_eq!(found, can, "after {before:?} on {on}");
        }
    }

    #[test]
    fn pub28_on_the_last_day_one_can_object() {
        assert!(allowed(&[], ActKind::Object, "2027-06-02"));
    }

    #[test]
    fn pub28_after_the_last_day_nobody_objects_and_the_day_is_named() {
        let late = judged(Vec::new(), |case| act_fits(case, ActKind::Object, day("2027-06-03"), "decidedOn")).unwrap_err();
        assert_eq!((late.code, late.rule), (RefusalCode::WrongState, Some("PUB28")));
        assert!(late.message.en.contains("2027-06-02"), "{late:?}");
    }

    #[test]
    fn pub29_after_an_objection_that_stands_one_may_terminate_at_once() {
        let objected = vec![acted(ActKind::Object, "2027-05-04")];
        assert!(judged(objected, |case| may_terminate_at_once(Some(case), day("2027-05-04"), "objectionCaseId")).is_ok());
    }

    #[test]
    fn pub29_without_an_objection_nobody_terminates_at_once() {
        let terminate = |acts, on| judged(acts, |case| may_terminate_at_once(Some(case), day(on), "objectionCaseId"));
        let objected = || vec![acted(ActKind::Object, "2027-05-04")];
        let withdrawn = objected().into_iter().chain([acted(ActKind::WithdrawObjection, "2027-05-06")]).collect();
        for refused in [
            terminate(Vec::new(), "2027-05-04"),
            terminate(objected(), "2027-05-03"),
            terminate(withdrawn, "2027-05-06"),
            terminate(vec![acted(ActKind::Accept, "2027-05-04")], "2027-05-05"),
            may_terminate_at_once(None, day("2027-05-04"), "objectionCaseId"),
        ] {
            let refusal = refused.unwrap_err();
            assert_eq!((refusal.code, refusal.rule), (RefusalCode::WrongState, Some("PUB29")));
        }
    }

    #[test]
    fn acts_are_done_in_order_between_the_announcement_and_today() {
        let on = |acts, on: &str| judged(acts, |case| acted_in_order(case, day(on), day("2027-05-20"), "decidedOn")).is_ok();
        assert!(on(Vec::new(), "2027-05-03") && on(Vec::new(), "2027-05-20"));
        assert!(!on(Vec::new(), "2027-05-02") && !on(Vec::new(), "2027-05-21"));
        let before = || vec![acted(ActKind::Object, "2027-05-10")];
        assert!(on(before(), "2027-05-10") && !on(before(), "2027-05-09"));
    }

    #[test]
    fn a_receipt_is_confirmed_until_the_case_is_decided() {
        let confirm = |acts| judged(acts, |case| receipt_fits(case, day("2027-05-20"), "objectionCaseId")).is_ok();
        assert!(confirm(Vec::new()));
        for act in [ActKind::Accept, ActKind::Object, ActKind::NotConcerned] {
            assert!(!confirm(vec![acted(act, "2027-05-04")]), "{act:?}");
        }
        assert!(confirm(vec![acted(ActKind::Object, "2027-05-04"), acted(ActKind::WithdrawObjection, "2027-05-05")]));
    }

    #[test]
    fn a_receipt_is_of_days_that_have_come_and_in_order() {
        let fault = |sent: Option<&str>, received: Option<&str>, missing: bool, completed: Option<&str>| {
            let missing = if missing { vec![NoticeItem::Seat] } else { Vec::new() };
            let receipt = Receipt { sent_on: sent.map(day), received_on: received.map(day), missing, completed_on: completed.map(day) };
            receipt_can_be(&receipt, day("2027-05-20")).err().map(|refusal| refusal.path.join("."))
        };
        for right in [
            fault(Some("2027-05-03"), None, false, None),
            fault(None, Some("2027-05-20"), true, None),
            fault(Some("2027-05-03"), Some("2027-05-03"), true, Some("2027-05-03")),
            fault(Some("2027-05-03"), None, true, Some("2027-05-04")),
        ] {
            assert_eq!(right, None);
        }
        for (wrong, path) in [
            (fault(None, None, false, None), "receivedOn"),
            (fault(Some("2027-05-21"), None, false, None), "sentOn"),
            (fault(None, Some("2027-05-21"), false, None), "receivedOn"),
            (fault(Some("2027-05-04"), Some("2027-05-03"), false, None), "receivedOn"),
            (fault(None, Some("2027-05-03"), true, Some("2027-05-21")), "completedOn"),
            (fault(None, Some("2027-05-03"), true, Some("2027-05-02")), "completedOn"),
            (fault(Some("2027-05-03"), None, true, Some("2027-05-02")), "completedOn"),
            (fault(None, Some("2027-05-03"), false, Some("2027-05-04")), "completedOn"),
        ] {
            assert_eq!(wrong.as_deref(), Some(path));
        }
    }
}
