//! What keeps the demo's agreements alive: contents, instructions, assurances and contacts, of some complete, of some lacking.

use chrono::{Days, NaiveDate};
use strum::VariantArray;

use super::{Filling, agreements::Draft, random::Random};
use crate::{
    authz::WriteScope,
    domain::processor::{
        model::{
            AgreementContentItem, Answer, Assurance, AssuranceKind, Contact, ContactPurpose, ContentAnswer, ContractSide, DataCategory,
            DataSubjectGroup, Instruction,
        },
        repo,
    },
    kernel::{country::CountryCode, kinds::AgreementId, period::Period},
};

/// What is recorded about agreements.
#[derive(Default)]
struct Kept {
    contents: Vec<ContentAnswer>,
    instructions: Vec<Instruction>,
    assurances: Vec<Assurance>,
    contacts: Vec<Contact>,
}

/// Of ten agreements seven have answered contents and instructions, six guarantees and an audit of their own in the last two years.
pub(super) async fn fill(filling: &Filling, scope: &WriteScope, drafts: &[Draft], random: &mut Random) -> anyhow::Result<()> {
    let mut kept = Kept::default();
    for draft in drafts {
        let (agreement, since) = (draft.agreement.id, draft.since);
        if random.percent(70) {
            kept.contents.extend(contents(agreement, since, random));
            kept.instructions.push(instruction(filling, agreement, since, random));
        }
        if random.percent(60) {
            let checked = [AssuranceKind::Guarantees, AssuranceKind::Confidentiality, AssuranceKind::AuditRightsFlowDown];
            kept.assurances.extend(checked.map(|kind| assurance(filling, agreement, kind, since, true)));
            let audited = since.max(filling.today - Days::new(u64::try_from(random.below(700)).unwrap_or(0)));
            kept.assurances.push(assurance(filling, agreement, AssuranceKind::SelfAudit, audited, random.percent(90)));
        }
        if random.percent(80) {
            kept.contacts.extend(contacts(filling, agreement, since));
        }
    }
    repo::insert_contents(&filling.tx, scope, &filling.ids, filling.recorded_at, &kept.contents).await?;
    repo::insert_instructions(&filling.tx, scope, &kept.instructions).await?;
    repo::insert_assurances(&filling.tx, scope, &kept.assurances).await?;
    Ok(repo::insert_contacts(&filling.tx, scope, &kept.contacts).await?)
}

/// Half of them say everything that they have to, the others lack something.
fn contents(agreement: AgreementId, since: NaiveDate, random: &mut Random) -> Vec<ContentAnswer> {
    let lacking = if random.percent(50) { 0 } else { 10 };
    let mut answer = |item: &AgreementContentItem| ContentAnswer {
        agreement,
        item: *item,
        answer: if random.percent(lacking) { *random.one_of(&[Answer::Partly, Answer::No, Answer::Unknown]) } else { Answer::Yes },
        note: None,
        answered_on: since,
    };
    AgreementContentItem::VARIANTS.iter().map(&mut answer).collect()
}

fn instruction(filling: &Filling, agreement: AgreementId, since: NaiveDate, random: &mut Random) -> Instruction {
    Instruction {
        id: filling.ids.id(filling.recorded_at),
        agreement,
        number: 1,
        issued_on: since,
        valid_from: since,
        data_categories: vec![DataCategory::Identity, DataCategory::ContactDetails],
        sensitive_categories: Vec::new(),
        data_subjects: vec![*random.one_of(&[DataSubjectGroup::Residents, DataSubjectGroup::Employees, DataSubjectGroup::Pupils])],
        processing_countries: vec![CountryCode::SWEDEN],
        security_measures: "Kryptering, loggning och behörighetsstyrning".to_owned(),
        retention: "Två år efter avslutat ärende".to_owned(),
        text: "Personuppgifterna behandlas bara för ändamålet".to_owned(),
        cost_answer: None,
        version: 1,
    }
}

fn assurance(filling: &Filling, agreement: AgreementId, kind: AssuranceKind, on: NaiveDate, met: bool) -> Assurance {
    Assurance {
        id: filling.ids.id(filling.recorded_at),
        agreement,
        kind,
        on,
        met,
        auditor: None,
        competitor: None,
        secrecy_undertaken: None,
        note: None,
        document_url: None,
        version: 1,
    }
}

/// One for each purpose and side.
fn contacts(filling: &Filling, agreement: AgreementId, since: NaiveDate) -> Vec<Contact> {
    let purposes = [ContactPurpose::AgreementAdministration, ContactPurpose::DataProtectionCooperation];
    let sides = [(ContractSide::Controller, "kommun"), (ContractSide::Processor, "leverantor")];
    let contact = |(side, domain): (ContractSide, &str), purpose| Contact {
        id: filling.ids.id(filling.recorded_at),
        agreement,
        side,
        purpose,
        name: "Kontakt Påhittad".to_owned(),
        email: format!("kontakt@{domain}.example"),
        phone: None,
        validity: Period { from: since, to: None },
    };
    sides.into_iter().flat_map(|side| purposes.map(|purpose| contact(side, purpose))).collect()
}
