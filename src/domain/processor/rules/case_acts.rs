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
