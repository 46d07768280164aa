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
        processor::model::{
            AgreementContentItem, AgreementInstrument, AgreementTemplate, Answer, Assurance, AssuranceKind, ContentAnswer, Signature,
        },
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
    let said =
        |item: AgreementContentItem| ContentAnswer::on(day, item, &at.facts.contents).is_some_and(|content| content.answer == Answer::Yes);
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

/// What warns when a party signs (PUB3 to PUB5, PUB16, PUB22, PUB32, PUB44): what would be wrong today, were both sides to have signed.
pub fn warnings_at_signing(facts: &Facts, party: AgreementPartyId, today: NaiveDate) -> Vec<(FindingCode, Option<Text>)> {
    let rules = [
        legal_act_between_boards,
        sufficient_guarantees,
        contents,
        processing_is_stated,
        keeping::confidentiality,
        keeping::audit_rights,
        keeping::contacts,
        sub_processors::places,
    ];
    broken_if_signed(facts, party, today, &rules)
}

/// What warns when an agreement is drafted (PUB3, PUB7): what would be wrong today, were it in force.
pub fn warnings_at_drafting(facts: &Facts, today: NaiveDate) -> Vec<(FindingCode, Option<Text>)> {
    let mut rules: Vec<fn(&Standing<'_>) -> Vec<Claim>> = vec![legal_act_between_boards];
    // Who takes another template than SKR's knows it.
    if facts.agreement.template == AgreementTemplate::Skr {
        rules.push(newest_template);
    }
    facts.parties.first().map(|lead| broken_if_signed(facts, lead.row.id, today, &rules)).unwrap_or_default()
}

/// What rules find wrong today, were both sides to have signed.
fn broken_if_signed(
    facts: &Facts,
    party: AgreementPartyId,
    today: NaiveDate,
    rules: &[fn(&Standing<'_>) -> Vec<Claim>],
) -> Vec<(FindingCode, Option<Text>)> {
    let standings = Standing::of_all(facts);
    // Who is bound already is not warned again.
    if standings.iter().any(|at| at.party.row.id == party && at.life.in_force_on().is_some()) {
        return Vec::new();
    }
    let mut agreed = facts.clone();
    if let Some(newest) = agreed.terms.last_mut() {
        newest.valid_from = newest.valid_from.min(today);
        newest.signed_by_processor_on.get_or_insert(today);
        if newest.signed_by(party).is_none() {
            newest.signatures.push(Signature { party, signed_on: today });
        }
    }
    let standings = Standing::of_all(&agreed);
    let Some(at) = standings.iter().find(|at| at.party.row.id == party) else { return Vec::new() };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            processor::rules::example::{LEAD, assurance, day, findings, id, orderly, said, said_on, signature, terms},
            timeline::model::{FindingCode::*, Says},
        },
        kernel::kinds::MunicipalityId,
    };

    fn lead() -> AgreementPartyId {
        id(LEAD)
    }

    #[test]
    fn pub1_processing_under_an_agreement_in_force_is_in_order() {
        let mut facts = orderly("2026-03-01");
        facts.parties[0].row.processing_from = Some(day("2026-03-01"));
        assert_eq!(findings(&facts, "2026-03-01"), []);
    }

    #[test]
    fn pub1_processing_without_an_agreement_in_force_is_a_finding_until_it_is() {
        let mut facts = orderly("2026-03-01");
        facts.parties[0].row.processing_from = Some(day("2026-02-01"));
        assert_eq!(findings(&facts, "2026-01-31"), []);
        assert_eq!(findings(&facts, "2026-02-01"), [AgreementMissing]);
        assert_eq!(findings(&facts, "2026-02-28"), [AgreementMissing]);
        assert_eq!(findings(&facts, "2026-03-01"), []);
        facts.terms[0].signatures.clear();
        facts.parties[0].row.processing_to = Some(day("2026-04-30"));
        assert_eq!((findings(&facts, "2026-04-30"), findings(&facts, "2026-05-01")), (vec![AgreementMissing], vec![]));
    }

    #[test]
    fn only_what_would_be_wrong_today_warns() {
        let mut facts = orderly("2026-03-01");
        facts.terms[0].signatures.clear();
        assert_eq!(warnings_at_signing(&facts, lead(), day("2026-03-01")), []);
        for contact in &mut facts.contacts {
            contact.validity.to = Some(day("2026-06-30"));
        }
        assert_eq!(warnings_at_signing(&facts, lead(), day("2026-06-30")), [], "the gap comes later");
        assert!(!warnings_at_signing(&facts, lead(), day("2026-07-01")).is_empty());
    }

    #[test]
    fn pub3_a_legal_act_binds_boards_of_one_municipality() {
        let mut facts = orderly("2026-03-01");
        facts.processor_host = Some(id(LEAD));
        facts.agreement.instrument = AgreementInstrument::LegalAct;
        assert_eq!(findings(&facts, "2026-03-01"), []);
        facts.agreement.instrument = AgreementInstrument::Agreement;
        facts.processor_host = Some(MunicipalityId::new(uuid::Uuid::from_u128(2)));
        assert_eq!(findings(&facts, "2026-03-01"), []);
    }

    #[test]
    fn pub3_an_agreement_between_boards_of_one_municipality_is_a_finding_and_warns_before() {
        let mut facts = orderly("2026-03-01");
        facts.processor_host = Some(id(LEAD));
        assert_eq!(findings(&facts, "2026-03-01"), [BoardsOfOneMunicipality]);
        facts.terms[0].signatures.clear();
        assert_eq!(warnings_at_drafting(&facts, day("2026-03-01")), [(BoardsOfOneMunicipality, None)]);
        assert_eq!(warnings_at_signing(&facts, lead(), day("2026-03-01")), [(BoardsOfOneMunicipality, None)]);
    }

    #[test]
    fn pub4_who_has_checked_the_guarantees_signs_without_a_warning() {
        let mut facts = orderly("2026-03-01");
        facts.terms[0].signatures.clear();
        assert_eq!(warnings_at_signing(&facts, lead(), day("2026-03-01")), []);
    }

    #[test]
    fn pub4_without_guarantees_a_signature_warns_and_the_agreement_shows_it() {
        let mut facts = orderly("2026-03-01");
        facts.assurances.retain(|assurance| assurance.kind != AssuranceKind::Guarantees);
        assert_eq!(findings(&facts, "2026-03-01"), [GuaranteesMissing]);
        let unsigned = Facts {
            terms: vec![crate::domain::processor::model::Terms { signatures: Vec::new(), ..facts.terms[0].clone() }],
            ..facts.clone()
        };
        assert_eq!(warnings_at_signing(&unsigned, lead(), day("2026-03-01")), [(GuaranteesMissing, None)]);
        facts.assurances.push(assurance(9, AssuranceKind::Guarantees, "2026-04-01"));
        facts.assurances.push(Assurance { met: false, ..assurance(10, AssuranceKind::Guarantees, "2026-05-01") });
        let on = |day| findings(&facts, day);
        assert_eq!((on("2026-03-31"), on("2026-04-01"), on("2026-05-01")), (vec![GuaranteesMissing], vec![], vec![GuaranteesMissing]));
    }

    #[test]
    fn pub5_fourteen_of_fourteen_contents_are_enough() {
        let facts = orderly("2026-03-01");
        assert_eq!((facts.contents.len(), findings(&facts, "2026-03-01")), (14, vec![]));
    }

    #[test]
    fn pub5_with_thirteen_of_fourteen_the_missing_one_is_named() {
        let mut facts = orderly("2026-03-01");
        facts.contents[1] = said(AgreementContentItem::Duration, Answer::Partly, "2026-03-01");
        let missing = said_on(&facts, "2026-03-01").into_iter().find(|span| matches!(span.says, Says::Finding(ContentMissing, _)));
        assert_eq!(missing.and_then(|span| span.detail).map(|detail| detail.en.into_owned()), Some("Duration".to_owned()));
        assert_eq!(warnings_at_signing(&facts, lead(), day("2026-03-01")).len(), 0, "who is bound is not warned again");
        facts.terms[0].signatures.clear();
        assert_eq!(warnings_at_signing(&facts, lead(), day("2026-03-01")).first().map(|(code, _)| *code), Some(ContentMissing));
        facts.contents[1] = said(AgreementContentItem::Duration, Answer::Yes, "2026-04-01");
        facts.terms[0].signatures.push(signature(LEAD, "2026-03-01"));
        assert_eq!((findings(&facts, "2026-03-31"), findings(&facts, "2026-04-01")), (vec![ContentMissing], vec![]));
    }

    #[test]
    fn pub5_another_answer_leaves_what_was_answered_before() {
        let mut facts = orderly("2026-03-01");
        facts.contents.insert(0, said(AgreementContentItem::Duration, Answer::No, "2026-05-01"));
        facts.contents.push(said(AgreementContentItem::Duration, Answer::Yes, "2026-06-01"));
        let on = |day| findings(&facts, day);
        assert_eq!((on("2026-04-30"), on("2026-05-01"), on("2026-06-01")), (vec![], vec![ContentMissing], vec![]));
    }

    #[test]
    fn pub5_what_is_not_stated_of_the_processing_is_named() {
        let mut facts = orderly("2026-03-01");
        facts.agreement.purpose = None;
        let found = said_on(&facts, "2026-03-01").into_iter().find(|span| matches!(span.says, Says::Finding(ProcessingNotStated, _)));
        assert_eq!(found.and_then(|span| span.detail).map(|detail| detail.sv.into_owned()), Some("ändamål".to_owned()));
    }

    #[test]
    fn pub6_how_sub_processors_are_authorised_has_to_be_stated() {
        let mut facts = orderly("2026-03-01");
        facts.parties[0].row.sub_processor_authorisation = None;
        assert_eq!(findings(&facts, "2026-03-01"), [AuthorisationNotStated]);
    }

    #[test]
    fn pub7_the_newest_template_of_its_day_is_in_order() {
        let mut facts = orderly("2020-03-01");
        (facts.agreement.template, facts.agreement.template_version) = (AgreementTemplate::Skr, Some("1.1".to_owned()));
        assert_eq!(findings(&facts, "2020-03-01"), []);
        facts.terms[0].signatures.clear();
        assert_eq!(warnings_at_drafting(&facts, day("2020-03-01")), []);
    }

    #[test]
    fn pub7_an_old_template_in_a_new_draft_warns() {
        let mut facts = orderly("2026-11-22");
        (facts.agreement.template, facts.agreement.template_version) = (AgreementTemplate::Skr, Some("1.1".to_owned()));
        assert_eq!(findings(&facts, "2026-11-22"), [TemplateOutdated]);
        facts.terms[0].signatures.clear();
        assert_eq!(warnings_at_drafting(&facts, day("2026-11-22")), [(TemplateOutdated, None)]);
    }

    #[test]
    fn pub8_a_number_or_a_place_is_enough() {
        let mut facts = orderly("2026-03-01");
        (facts.parties[0].row.diary_number, facts.parties[0].row.filed_at) = (None, Some("Arkivet".to_owned()));
        assert_eq!(findings(&facts, "2026-03-01"), []);
    }

    #[test]
    fn pub8_in_force_and_neither_registered_nor_filed_is_a_finding_until_it_is() {
        let mut facts = orderly("2026-03-01");
        facts.parties[0].row.diary_number = None;
        assert_eq!((findings(&facts, "2026-02-28"), findings(&facts, "2026-03-01")), (vec![], vec![NotRegistered]));
        facts.parties[0].row.diary_number = Some("EXEMPEL 2026/7".to_owned());
        facts.parties[0].row.registered_on = Some(day("2026-05-01"));
        assert_eq!((findings(&facts, "2026-04-30"), findings(&facts, "2026-05-01")), (vec![NotRegistered], vec![]));
    }

    #[test]
    fn pub9_a_main_contract_that_prevails_and_is_not_named_is_a_finding() {
        let mut facts = orderly("2026-03-01");
        facts.terms[0].agreed.main_contract_prevails = true;
        assert_eq!(findings(&facts, "2026-03-01"), [MainContractNotNamed]);
        facts.terms[0].agreed.main_contract_reference = Some("HA 2026/1".to_owned());
        assert_eq!(findings(&facts, "2026-03-01"), []);
    }

    #[test]
    fn pub37_terms_that_one_side_has_signed_are_a_finding_until_the_other_does() {
        let mut facts = orderly("2026-03-01");
        let mut changed = terms(2, "2026-06-01");
        changed.signatures.clear();
        facts.terms.push(changed);
        assert_eq!((findings(&facts, "2026-05-31"), findings(&facts, "2026-06-01")), (vec![], vec![AmendmentNotSigned]));
        facts.terms[1].signatures.push(signature(LEAD, "2026-06-15"));
        assert_eq!((findings(&facts, "2026-06-14"), findings(&facts, "2026-06-15")), (vec![AmendmentNotSigned], vec![]));
    }
}
