//! What has to be there when an agreement binds: PUB1 to PUB10, PUB37.

use chrono::NaiveDate;

use super::{
    facts::Facts,
    keeping,
    life::spans,
    sub_processors, template,
    timeline::{Claim, Standing},
};
use crate::{
    domain::{
        processor::model::{AgreementContentItem, AgreementInstrument, Answer, Assurance, AssuranceKind, Signature},
        timeline::model::{FindingCode, Subject},
    },
    kernel::{
        code::Code,
        kinds::AgreementPartyId,
        period::{Period, eve},
        text::Text,
    },
};

/// PUB1: no processing without an agreement in force.
pub fn agreement_before_processing(at: &Standing<'_>) -> Vec<Claim> {
    let row = &at.party.row;
    let processing = row.processing_from.and_then(|from| Period::new(from, row.processing_to));
    let without = processing.and_then(|processing| match at.life.in_force_on() {
        None => Some(processing),
        Some(force) => Period::new(processing.from, Some(eve(force))).and_then(|before| before.and(processing)),
    });
    without.map(|holds| Claim::finding(FindingCode::AgreementMissing, row.id, holds)).into_iter().collect()
}

/// PUB3: boards of one municipality do not contract with each other.
pub fn legal_act_between_boards(at: &Standing<'_>) -> Vec<Claim> {
    if at.facts.agreement.instrument != AgreementInstrument::Agreement {
        return Vec::new();
    }
    let same = at.party.holders.iter().filter(|holder| Some(holder.host) == at.facts.processor_host);
    let during = same.filter_map(|holder| at.in_force(holder.during));
    during.map(|holds| Claim::finding(FindingCode::BoardsOfOneMunicipality, at.facts.agreement.id, holds)).collect()
}

/// When an assurance is lacking within a period: where the last one was not met, or there is none yet.
pub fn lacking(at: &Standing<'_>, kind: AssuranceKind, within: Option<Period>) -> Vec<Period> {
    let Some(within) = within else { return Vec::new() };
    let assured: Vec<&Assurance> = at.facts.assured(kind).collect();
    let met = |day| assured.iter().rev().find(|assurance| assurance.on <= day).is_some_and(|assurance| assurance.met);
    let lacking = spans(assured.iter().map(|assurance| assurance.on), |day| !met(day));
    lacking.into_iter().filter(|(_, lacking)| *lacking).filter_map(|(period, _)| period.and(within)).collect()
}

/// PUB4: sufficient guarantees.
pub fn sufficient_guarantees(at: &Standing<'_>) -> Vec<Claim> {
    let lacking = lacking(at, AssuranceKind::Guarantees, at.force()).into_iter();
    lacking.map(|holds| Claim::finding(FindingCode::GuaranteesMissing, at.facts.agreement.id, holds)).collect()
}

/// What an agreement does not say yet of what it has to say, on a day.
fn missing_contents(at: &Standing<'_>, day: NaiveDate) -> Vec<AgreementContentItem> {
    use strum::VariantArray;
    let said = |item: AgreementContentItem| {
        at.facts.contents.iter().any(|content| content.item == item && content.answer == Answer::Yes && content.answered_on <= day)
    };
    AgreementContentItem::VARIANTS.iter().copied().filter(|item| !said(*item)).collect()
}

/// PUB5: the fourteen contents.
pub fn contents(at: &Standing<'_>) -> Vec<Claim> {
    let turns = at.facts.contents.iter().map(|content| content.answered_on);
    let missing = spans(turns, |day| missing_contents(at, day)).into_iter();
    let claims = missing.filter(|(_, items)| !items.is_empty()).filter_map(|(period, items)| {
        let holds = at.in_force(period)?;
        Some(Claim::finding(FindingCode::ContentMissing, at.facts.agreement.id, holds).with(listed(&items)))
    });
    claims.collect()
}

/// PUB5: subject-matter, purpose and nature are stated.
pub fn processing_is_stated(at: &Standing<'_>) -> Vec<Claim> {
    let agreement = &at.facts.agreement;
    let stated = [
        (agreement.subject_matter.is_some(), Text::new("föremål", "subject-matter")),
        (agreement.purpose.is_some(), Text::new("ändamål", "purpose")),
        (agreement.nature_of_processing.is_some(), Text::new("art", "nature")),
    ];
    let missing: Vec<_> = stated.into_iter().filter(|(stated, _)| !stated).map(|(_, text)| text).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    whole_force(at, FindingCode::ProcessingNotStated, agreement.id).into_iter().map(|claim| claim.with(joined(&missing))).collect()
}

/// PUB6: it is stated how sub-processors are authorised.
pub fn authorisation_is_stated(at: &Standing<'_>) -> Vec<Claim> {
    let row = &at.party.row;
    if row.sub_processor_authorisation.is_some() { Vec::new() } else { whole_force(at, FindingCode::AuthorisationNotStated, row.id) }
}

/// PUB7: the newest template of SKR when the agreement came into force.
pub fn newest_template(at: &Standing<'_>) -> Vec<Claim> {
    let agreement = &at.facts.agreement;
    let outdated =
        at.life.in_force_on().is_some_and(|on| template::is_outdated(agreement.template, agreement.template_version.as_deref(), on));
    if outdated { whole_force(at, FindingCode::TemplateOutdated, agreement.id) } else { Vec::new() }
}

/// PUB8: in the case register, or filed where it can be found.
pub fn registered(at: &Standing<'_>) -> Vec<Claim> {
    let row = &at.party.row;
    let until = match (row.diary_number.is_some() || row.filed_at.is_some(), row.registered_on) {
        (false, _) => None,
        (true, None) => return Vec::new(),
        (true, Some(on)) => Some(eve(on)),
    };
    let missing = at.since_force().and_then(|since| Period::new(since.from, until));
    missing.map(|holds| Claim::finding(FindingCode::NotRegistered, row.id, holds)).into_iter().collect()
}

/// PUB9: a main contract that goes before is named.
pub fn main_contract_is_named(at: &Standing<'_>) -> Vec<Claim> {
    let unnamed =
        at.life.bound.iter().filter(|(_, terms)| terms.agreed.main_contract_prevails && terms.agreed.main_contract_reference.is_none());
    unnamed.filter_map(|(bound, terms)| Some(Claim::finding(FindingCode::MainContractNotNamed, terms.id, at.in_force(*bound)?))).collect()
}

/// PUB37: changed terms are signed by both sides.
pub fn amendments_are_signed(at: &Standing<'_>) -> Vec<Claim> {
    let unsigned = at.facts.terms.iter().filter(|terms| terms.number > 1).filter_map(|terms| {
        let later = at.life.bound.iter().find(|(_, bound)| bound.number >= terms.number);
        let waiting = Period::new(terms.valid_from, later.map(|(bound, _)| eve(bound.from)))?;
        Some(Claim::finding(FindingCode::AmendmentNotSigned, terms.id, at.in_force(waiting)?))
    });
    unsigned.collect()
}

/// What warns when a party signs (PUB3 to PUB5, PUB16, PUB22, PUB44): what would be wrong today, were both sides to have signed.
pub fn warnings_at_signing(facts: &Facts, party: AgreementPartyId, today: NaiveDate) -> Vec<(FindingCode, Option<Text>)> {
    let rules = [
        legal_act_between_boards,
        sufficient_guarantees,
        contents,
        processing_is_stated,
        keeping::confidentiality,
        keeping::audit_rights,
        keeping::contacts,
    ];
    broken_if_signed(facts, party, today, &rules)
}

/// What warns when an agreement is drafted (PUB3, PUB7, PUB32): what would be wrong today, were it in force.
pub fn warnings_at_drafting(facts: &Facts, today: NaiveDate) -> Vec<(FindingCode, Option<Text>)> {
    let rules = [legal_act_between_boards, newest_template, sub_processors::places];
    facts.parties.first().map(|lead| broken_if_signed(facts, lead.row.id, today, &rules)).unwrap_or_default()
}

/// What rules find wrong today, were both sides to have signed.
fn broken_if_signed(
    facts: &Facts,
    party: AgreementPartyId,
    today: NaiveDate,
    rules: &[fn(&Standing<'_>) -> Vec<Claim>],
) -> Vec<(FindingCode, Option<Text>)> {
    let mut agreed = facts.clone();
    if let Some(newest) = agreed.terms.last_mut() {
        newest.valid_from = newest.valid_from.min(today);
        newest.signed_by_processor_on.get_or_insert(today);
        if newest.signed_by(party).is_none() {
            newest.signatures.push(Signature { party, signed_on: today });
        }
    }
    let standings = Standing::of_all(&agreed);
    // Who is bound already is not warned again.
    let Some(at) = standings.iter().find(|at| at.party.row.id == party).filter(|at| at.life.bound.len() == 1) else { return Vec::new() };
    rules.iter().flat_map(|rule| rule(at)).filter(|claim| claim.holds_on(today)).filter_map(Claim::broken).collect()
}

/// A finding for as long as the agreement is in force.
pub fn whole_force(at: &Standing<'_>, code: FindingCode, of: impl Into<Subject>) -> Vec<Claim> {
    let subject = of.into();
    at.force().map(|holds| Claim::finding(code, subject, holds)).into_iter().collect()
}

/// The names of codes, one after the other.
pub fn listed<C: Code>(codes: &[C]) -> Text {
    joined(&codes.iter().map(|code| code.term().label).collect::<Vec<_>>())
}

/// Texts, one after the other.
pub fn joined(texts: &[Text]) -> Text {
    let each = |of: fn(&Text) -> &str| texts.iter().map(of).collect::<Vec<_>>().join(", ");
    Text::new(each(|text| &text.sv), each(|text| &text.en))
}
