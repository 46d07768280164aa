//! Facts to timeline: every rule, applied to every party.

use chrono::NaiveDate;

use super::{
    cases, ending,
    facts::{Facts, PartyFacts},
    keeping,
    life::{Life, party_status, suspensions, whole_end, whole_status},
    signing, sub_processors,
};
use crate::{
    domain::{
        processor::model::Terms,
        timeline::{
            Timeline,
            model::{DeadlineKind, Due, FindingCode, Says, Span, Subject, TrafficLight},
        },
    },
    kernel::{
        code::Code,
        deadline::Deadline,
        period::{Period, eve, morrow},
        text::Text,
    },
};

/// A party, with all that is on record about its agreement: what a rule looks at.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// All that is on record.
    pub facts: &'a Facts,
    /// Whose standing.
    pub party: &'a PartyFacts,
    /// Its life.
    pub life: Life<'a>,
}

/// What a rule says of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    subject: Subject,
    says: Says,
    holds: Period,
    rule: &'static str,
    due: Option<Due>,
    detail: Option<Text>,
}

impl Claim {
    /// A broken rule.
    pub fn finding(code: FindingCode, of: impl Into<Subject>, holds: Period) -> Self {
        let terms = code.terms();
        Self { subject: of.into(), says: Says::Finding(code, terms.severity), holds, rule: terms.rule, due: None, detail: None }
    }

    /// Something to be done by a day.
    pub fn deadline(kind: DeadlineKind, of: impl Into<Subject>, holds: Period, deadline: Deadline) -> Self {
        Self { subject: of.into(), says: Says::Deadline(kind), holds, rule: kind.rule(), due: Some(due(deadline)), detail: None }
    }

    /// Anything else that a rule says.
    pub fn of(of: impl Into<Subject>, says: Says, holds: Period, rule: &'static str) -> Self {
        Self { subject: of.into(), says, holds, rule, due: None, detail: None }
    }

    /// The same, counted so.
    #[must_use]
    pub fn by(self, deadline: Deadline) -> Self {
        Self { due: Some(due(deadline)), ..self }
    }

    /// The same, as bad as this.
    #[must_use]
    pub fn as_bad_as(self, severity: TrafficLight) -> Self {
        let says = match self.says {
            Says::Finding(code, _) => Says::Finding(code, severity),
            other => other,
        };
        Self { says, ..self }
    }

    /// The same with what is particular.
    #[must_use]
    pub fn with(self, detail: impl Into<Option<Text>>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Whether it is said of a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.holds.contains(day)
    }

    /// The rule that is broken and what is particular; nothing where none is.
    pub fn broken(self) -> Option<(FindingCode, Option<Text>)> {
        match self.says {
            Says::Finding(code, _) => Some((code, self.detail)),
            _ => None,
        }
    }

    /// For the controllers that hold the party's row one after the other.
    fn for_holders(self, party: &PartyFacts) -> Vec<Span> {
        let span = |holds, controller| Span {
            subject: self.subject,
            controller: Some(controller),
            says: self.says,
            holds,
            rule: self.rule,
            due: self.due.clone(),
            detail: self.detail.clone(),
        };
        let held = party.holders.iter().filter_map(|holder| Some((self.holds.and(holder.during)?, holder.controller)));
        held.map(|(holds, controller)| span(holds, controller)).collect()
    }
}

fn due(deadline: Deadline) -> Due {
    Due { start: deadline.start, raw: deadline.raw, on: deadline.due, counting: deadline.counting.rule() }
}

impl<'a> Standing<'a> {
    /// The standing of each party, the lead first.
    pub fn of_all(facts: &'a Facts) -> Vec<Self> {
        facts.parties.iter().map(|party| Self { facts, party, life: Life::of(&facts.terms, &party.row, party.held_to()) }).collect()
    }

    /// When its agreement is in force.
    pub fn force(&self) -> Option<Period> {
        self.life.force()
    }

    /// From the day on which it came into force, beyond its end.
    pub fn since_force(&self) -> Option<Period> {
        self.life.in_force_on().map(|from| Period { from, to: None })
    }

    /// The parts of `period` in which the agreement is in force.
    pub fn in_force(&self, period: Period) -> Option<Period> {
        self.force()?.and(period)
    }

    /// The terms that hold on a day.
    pub fn terms_on(&self, day: NaiveDate) -> Option<&'a Terms> {
        self.life.terms_on(day)
    }
}

/// The rules, each for one party.
const RULES: &[fn(&Standing<'_>) -> Vec<Claim>] = &[
    signing::agreement_before_processing,
    signing::legal_act_between_boards,
    signing::sufficient_guarantees,
    signing::contents,
    signing::processing_is_stated,
    signing::authorisation_is_stated,
    signing::newest_template,
    signing::registered,
    signing::main_contract_is_named,
    signing::amendments_are_signed,
    keeping::instructions,
    keeping::instructions_are_clear,
    keeping::answers_about_costs,
    keeping::evidence_of_security,
    keeping::confidentiality,
    keeping::authority_contacts,
    keeping::disclosures,
    keeping::requests,
    keeping::self_audits,
    keeping::independent_auditors,
    keeping::audit_rights,
    keeping::planned_measures,
    keeping::breach_notices,
    keeping::damage_notices,
    keeping::right_contacts,
    keeping::contacts,
    keeping::party_details,
    sub_processors::authorisations,
    sub_processors::bound_by_the_same_duties,
    sub_processors::removals,
    sub_processors::places,
    sub_processors::third_countries,
    cases::cases,
    ending::last_day,
    ending::choice,
    ending::return_or_deletion,
    ending::certificate,
    ending::processing_after_the_end,
    ending::secrecy_survives,
];

/// What the rules say of an agreement and all that belongs to it.
pub fn timeline(facts: &Facts) -> Timeline {
    let standings = Standing::of_all(facts);
    let lives: Vec<_> = standings.iter().map(|standing| standing.life.clone()).collect();
    let mut spans = whole(facts, &lives);
    for standing in &standings {
        let row = standing.party.row.id;
        let statuses = party_status(&standing.life).into_iter();
        spans.extend(statuses.map(|(holds, status)| common(row.into(), Says::Status(status.code()), holds, "PUB35")));
        let claims = RULES.iter().flat_map(|rule| rule(standing));
        spans.extend(claims.flat_map(|claim| claim.for_holders(standing.party)));
    }
    Timeline { origin: facts.agreement.id.key(), spans }
}

/// What holds of the agreement as a whole.
fn whole(facts: &Facts, lives: &[Life<'_>]) -> Vec<Span> {
    let agreement: Subject = facts.agreement.id.into();
    let statuses = whole_status(lives).into_iter();
    let mut spans: Vec<_> = statuses.map(|(holds, status)| common(agreement, Says::Status(status.code()), holds, "PUB35")).collect();
    let suspended = suspensions(facts).into_iter();
    spans.extend(suspended.map(|(holds, cause)| common(agreement, Says::Suspended(cause.code()), holds, "PUB38")));
    let end =
        whole_end(lives).map(Says::Ends).map(|says| common(agreement, says, Period { from: super::facts::BEGINNING, to: None }, "PUB35"));
    spans.extend(end);
    spans
}

fn common(subject: Subject, says: Says, holds: Period, rule: &'static str) -> Span {
    Span { subject, controller: None, says, holds, rule, due: None, detail: None }
}

/// From the day on which something was asked until the day before the answer; nothing where the answer was there already.
pub fn until_answered(from: NaiveDate, answered_on: Option<NaiveDate>) -> Option<Period> {
    Period::new(from, answered_on.map(eve))
}

/// After a deadline, until the day before the answer.
pub fn overdue(deadline: Deadline, answered_on: Option<NaiveDate>) -> Option<Period> {
    until_answered(morrow(deadline.due), answered_on)
}
