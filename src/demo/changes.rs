//! What the demo's suppliers announce about their sub-processors, and what some of the controllers have done in their cases.

use chrono::Days;

use super::{Filling, agreements::AGREEMENTS, organisation::Directory, random::Random};
use crate::{
    authz::WriteScope,
    domain::processor::{
        model::{
            ActKind, Advice, Agreement, CaseAct, ChangeKind, DataCategory, DataSubjectGroup, ObjectionCase, Party, SubProcessorChange,
            Terms,
        },
        repo,
        rules::cases::case_id,
    },
    kernel::{
        country::CountryCode,
        kinds::{AgreementId, AgreementPartyId},
    },
};

/// How many changes each six municipalities have before them.
const CHANGES: usize = 6;

/// Announced in the last weeks, for the weeks to come. Of the cases half have a confirmed receipt, and a third of those an answer.
pub(super) async fn fill(
    filling: &Filling,
    scope: &WriteScope,
    directory: &Directory,
    (parties, agreements, terms): (&[Party], &[Agreement], &[Terms]),
    random: &mut Random,
) -> anyhow::Result<()> {
    let changes: Vec<_> = (0..CHANGES * agreements.len() / AGREEMENTS).map(|_| change(filling, directory, parties, random)).collect();
    repo::insert_changes(&filling.tx, scope, &changes).await?;
    if let (Some(change), Some(author)) = (changes.first(), directory.person("dso")) {
        let text = "Fråga leverantören var uppgifterna behandlas innan ni svarar.".to_owned();
        let advice = Advice { change: change.id, author, text, given_at: filling.now };
        repo::insert_advice(&filling.tx, scope, &filling.ids, &advice).await?;
    }
    for change in &changes {
        for (agreement, terms) in agreements.iter().zip(terms) {
            // Cases are of those alone who are bound.
            if agreement.processor != change.processor || terms.valid_from > change.announced_on {
                continue;
            }
            for signature in &terms.signatures {
                if random.percent(50) {
                    record(filling, scope, change, (agreement.id, signature.party), random).await?;
                }
            }
        }
    }
    Ok(())
}

fn change(filling: &Filling, directory: &Directory, parties: &[Party], random: &mut Random) -> SubProcessorChange {
    let processor = random.one_of(parties).id;
    let sub_processor = loop {
        let party = random.one_of(parties).id;
        if party != processor {
            break party;
        }
    };
    let announced_on = filling.today - Days::new(u64::try_from(7 + random.below(21)).unwrap_or(7));
    SubProcessorChange {
        id: filling.ids.id(filling.recorded_at),
        processor,
        kind: ChangeKind::Add,
        sub_processor,
        replaces: None,
        engaged_by: None,
        service: "Säkerhetskopiering".to_owned(),
        data_categories: vec![DataCategory::Identity, DataCategory::ContactDetails],
        data_subjects: vec![DataSubjectGroup::Residents],
        processing_countries: vec![CountryCode::SWEDEN],
        announced_on,
        effective_on: announced_on + Days::new(45),
        announced_by: Some(random.one_of(&directory.municipalities).id),
        source_url: None,
        version: 1,
        withdrawn: false,
    }
}

/// What a controller has recorded of its case: when it received the notice, and its answer where it has one.
async fn record(
    filling: &Filling,
    scope: &WriteScope,
    change: &SubProcessorChange,
    (agreement, party): (AgreementId, AgreementPartyId),
    random: &mut Random,
) -> anyhow::Result<()> {
    let received_on = change.announced_on + Days::new(u64::try_from(random.below(5)).unwrap_or(0));
    let mut case = ObjectionCase {
        id: case_id(change.id, party),
        change: change.id,
        agreement,
        party,
        notice_sent_on: None,
        notice_received_on: Some(received_on),
        missing: Vec::new(),
        completed_on: None,
        acts: Vec::new(),
        version: 1,
    };
    let answer = random.percent(33).then(|| *random.one_of(&[ActKind::Accept, ActKind::Object]));
    case.version += i32::from(answer.is_some());
    repo::insert_case(&filling.tx, scope, &case).await?;
    if let Some(act) = answer {
        let reason = (act == ActKind::Object).then(|| "Behandlingen lämnar avtalets ändamål".to_owned());
        let act = CaseAct { act, outcome: None, done_on: received_on + Days::new(2), by: None, reason };
        repo::insert_act(&filling.tx, scope, &filling.ids, filling.recorded_at, &case, &act).await?;
    }
    Ok(())
}
