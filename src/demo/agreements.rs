//! The demo's suppliers, agreements and sub-processors: 40, 250 and 600 for each six municipalities; 20 agreements are joint.

use chrono::{Days, NaiveDate};

use super::{
    Filling, changes, keeping,
    organisation::{Directory, invented_number},
    random::Random,
};
use crate::{
    authz::{Action, WriteScope},
    domain::{
        processor::{
            model::{
                Agreed, Agreement, AgreementInstrument, AgreementParty, AgreementTemplate, DataCategory, Engagement,
                EngagementAuthorisation, Party, Position, Signature, SubProcessorAuthorisation, Terms,
            },
            repo,
            service::timeline::rebuild,
        },
        visibility,
    },
    kernel::{
        country::CountryCode,
        kinds::{AgreementId, ControllerId, MunicipalityId, PartyId},
        period::Period,
    },
};

const PARTIES: usize = 40;
pub(super) const AGREEMENTS: usize = 250;
const JOINT: usize = 20;
const ENGAGEMENTS: usize = 600;
const DEEPEST: usize = 3;

const SYSTEMS: [&str; 14] = [
    "Skolplattform",
    "Journalsystem",
    "Lönesystem",
    "Ärendehantering",
    "Telefonväxel",
    "Bibliotekssystem",
    "E-arkiv",
    "Mötesstöd",
    "Trygghetslarm",
    "Bygglov",
    "Elevhälsa",
    "Rekrytering",
    "Webbplats",
    "Passersystem",
];
const SERVICES: [&str; 6] = ["Drift", "Support", "Säkerhetskopiering", "E-postutskick", "Loggning", "Utveckling"];
const COUNTRIES: [&str; 12] = ["SE", "SE", "SE", "SE", "SE", "DE", "IE", "NO", "FI", "US", "GB", "IN"];

pub(super) async fn fill(filling: &Filling, directory: &Directory, scale: u32, random: &mut Random) -> anyhow::Result<()> {
    let scale = usize::try_from(scale)?;
    let parties = parties(filling, directory, scale, random);
    let drafts = agreements(filling, directory, &parties, scale, random);
    let engagements = engagements(filling, &drafts, &parties, scale, random);
    let scope = WriteScope::of_the_operator(Action::DraftAgreement);
    repo::insert_parties(&filling.tx, &scope, &parties).await?;
    let agreements: Vec<_> = drafts.iter().map(|draft| draft.agreement.clone()).collect();
    let rows: Vec<_> = drafts.iter().flat_map(|draft| draft.parties.clone()).collect();
    repo::insert_agreements(&filling.tx, &scope, &agreements).await?;
    repo::insert_agreement_parties(&filling.tx, &scope, &rows).await?;
    let opened: Vec<_> = agreements.iter().map(|agreement| agreement.id).collect();
    visibility::repo::open_agreements(&filling.tx, &scope, &filling.ids, filling.recorded_at, &opened).await?;
    repo::insert_engagements(&filling.tx, &scope, &engagements).await?;
    let terms = sign(filling, &scope, &drafts, random).await?;
    keeping::fill(filling, &scope, &drafts, random).await?;
    changes::fill(filling, &scope, directory, (&parties, &agreements, &terms), random).await?;
    rebuild(&filling.tx, &scope).await?;
    Ok(())
}

/// Of twenty agreements seventeen are in force, one is signed by the processor alone, one is agreed on but begins later, one is a draft.
async fn sign(filling: &Filling, scope: &WriteScope, drafts: &[Draft], random: &mut Random) -> anyhow::Result<Vec<Terms>> {
    let mut terms = Vec::new();
    for draft in drafts {
        let stage = random.below(20);
        let by_processor = stage != 0;
        let by_controllers = stage > 1;
        let joined = draft.parties.iter().filter(|party| by_controllers && (party.lead || party.joined_on.is_some()));
        terms.push(Terms {
            id: filling.ids.id(filling.recorded_at),
            agreement: draft.agreement.id,
            number: 1,
            valid_from: if stage == 2 { filling.today + Days::new(40) } else { draft.since },
            signed_by_processor_on: by_processor.then(|| draft.since + Days::new(7)),
            signatures: joined
                .map(|party| Signature { party: party.id, signed_on: party.joined_on.unwrap_or(draft.since) + Days::new(3) })
                .collect(),
            agreed: Agreed { objection_days: if random.percent(20) { 14 } else { 30 }, ..Agreed::default() },
        });
    }
    repo::insert_terms(&filling.tx, scope, &terms).await?;
    repo::insert_signatures(&filling.tx, scope, &filling.ids, filling.recorded_at, &terms).await?;
    Ok(terms)
}

fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap_or(CountryCode::SWEDEN)
}

fn parties(filling: &Filling, directory: &Directory, scale: usize, random: &mut Random) -> Vec<Party> {
    (0..PARTIES * scale)
        .map(|n| {
            let number = u32::try_from(n + 1).unwrap_or(u32::MAX);
            let code = *random.one_of(&COUNTRIES);
            let swedish = code == "SE";
            // The first party is a board that processes for the others.
            let board = directory.controllers.first().filter(|_| n == 0);
            Party {
                id: filling.ids.id(filling.recorded_at),
                name: board.map_or_else(|| format!("Exempelleverantör {number:02}"), |board| format!("{} (servicecenter)", board.name)),
                organisation_number: (swedish && board.is_none()).then(|| invented_number(number)),
                foreign_registration_number: (!swedish && board.is_none()).then(|| format!("DEMO-{code}-{number:05}")),
                controller: board.map(|board| board.id),
                country: if board.is_some() { CountryCode::SWEDEN } else { country(code) },
                controlled_from: random.percent(15).then(|| country("US")).filter(|_| board.is_none() && code != "US"),
                public_body: board.is_some(),
                address: Some(format!("Exempelgatan {number}, 000 00 Exempelstad")),
                sub_processor_list_url: random.percent(50).then(|| format!("https://leverantor{number}.example/underbitraden")),
                version: 1,
                withdrawn: false,
            }
        })
        .collect()
}

/// An agreement with its parties.
pub(super) struct Draft {
    pub agreement: Agreement,
    pub parties: Vec<AgreementParty>,
    /// When it was drawn up.
    pub since: NaiveDate,
}

fn agreements(filling: &Filling, directory: &Directory, parties: &[Party], scale: usize, random: &mut Random) -> Vec<Draft> {
    (0..AGREEMENTS * scale)
        .map(|n| {
            let lead = &directory.controllers[n % directory.controllers.len()];
            let processor = loop {
                let processor = random.one_of(parties);
                if processor.controller != Some(lead.id) {
                    break processor;
                }
            };
            let system = *random.one_of(&SYSTEMS);
            let since = filling.today - Days::new(u64::try_from(60 + random.below(1_500)).unwrap_or(60));
            let agreement = Agreement {
                id: filling.ids.id(filling.recorded_at),
                processor: processor.id,
                title: format!("{system} {:03}", n + 1),
                instrument: instrument(directory, processor.controller, lead.host),
                template: if random.percent(70) { AgreementTemplate::Skr } else { AgreementTemplate::Supplier },
                template_version: random.percent(60).then(|| "2.0".to_owned()),
                subject_matter: random.percent(90).then(|| format!("{system} för {}", lead.name.to_lowercase())),
                purpose: random.percent(85).then(|| format!("Handläggning i {}", system.to_lowercase())),
                nature_of_processing: random.percent(80).then(|| "Lagring och bearbetning".to_owned()),
                version: 1,
            };
            let mut rows = vec![row(filling, agreement.id, lead.id, None, since, random)];
            // The joint ones are spread over all, and over two to six municipalities.
            if n % (AGREEMENTS / JOINT) == 0 && n / (AGREEMENTS / JOINT) < JOINT * scale {
                let others = 1 + random.below(5);
                for controller in others_than(directory, lead.host, processor.controller, others, n) {
                    rows.push(row(filling, agreement.id, controller, Some(since), since, random));
                }
            }
            Draft { agreement, parties: rows, since }
        })
        .collect()
}

fn instrument(directory: &Directory, board: Option<ControllerId>, host: MunicipalityId) -> AgreementInstrument {
    let same = directory.controllers.iter().any(|controller| Some(controller.id) == board && controller.host == host);
    if same { AgreementInstrument::LegalAct } else { AgreementInstrument::Agreement }
}

/// One controller of each of `count` other municipalities.
fn others_than(directory: &Directory, host: MunicipalityId, processor: Option<ControllerId>, count: usize, n: usize) -> Vec<ControllerId> {
    let others: Vec<_> = directory.municipalities.iter().filter(|municipality| municipality.id != host).collect();
    (0..count.min(others.len()))
        .filter_map(|i| {
            let municipality = others[(n + i) % others.len()].id;
            let hosted = directory.controllers.iter().filter(|board| board.host == municipality && Some(board.id) != processor);
            let boards: Vec<_> = hosted.map(|board| board.id).collect();
            boards.get((n / 7) % boards.len().max(1)).copied()
        })
        .collect()
}

fn row(
    filling: &Filling,
    agreement: AgreementId,
    controller: ControllerId,
    invited_on: Option<NaiveDate>,
    since: NaiveDate,
    random: &mut Random,
) -> AgreementParty {
    let number = random.below(900) + 100;
    let authorisation = if random.percent(30) { SubProcessorAuthorisation::Specific } else { SubProcessorAuthorisation::General };
    AgreementParty {
        // One invitation in five is still open.
        joined_on: invited_on.filter(|_| !random.percent(20)).map(|on| on + Days::new(21)),
        processing_from: random.percent(70).then(|| since + Days::new(30)),
        diary_number: random.percent(80).then(|| format!("DEMO {}/{number}", since.format("%Y"))),
        document_url: random.percent(40).then(|| format!("https://arkiv.example/avtal/{number}")),
        sub_processor_authorisation: random.percent(85).then_some(authorisation),
        ..AgreementParty::new(filling.ids.id(filling.recorded_at), agreement, controller, invited_on)
    }
}

fn engagements(filling: &Filling, drafts: &[Draft], parties: &[Party], scale: usize, random: &mut Random) -> Vec<Engagement> {
    let mut all: Vec<Engagement> = Vec::with_capacity(ENGAGEMENTS * scale);
    let mut trees: Vec<Vec<Engagement>> = drafts.iter().map(|_| Vec::new()).collect();
    while all.len() < ENGAGEMENTS * scale {
        let at = random.below(drafts.len());
        if let Some(engagement) = engagement(filling, &drafts[at], &trees[at], parties, random) {
            trees[at].push(engagement.clone());
            all.push(engagement);
        }
    }
    all
}

fn engagement(filling: &Filling, draft: &Draft, tree: &[Engagement], parties: &[Party], random: &mut Random) -> Option<Engagement> {
    let shallow: Vec<_> =
        tree.iter().filter(|engaged| engaged.position.numbers().len() < DEEPEST && engaged.validity.to.is_none()).collect();
    let engager = if shallow.is_empty() || random.percent(50) { None } else { Some(*random.one_of(&shallow)) };
    let party = random.one_of(parties).id;
    if party == draft.agreement.processor || chain(tree, engager).contains(&party) {
        return None;
    }
    let siblings = tree.iter().filter(|other| other.engaged_by == engager.map(|engager| engager.id)).count();
    let from = engager.map_or(draft.since, |engager| engager.validity.from) + Days::new(u64::try_from(random.below(40)).unwrap_or(0));
    let ended = random.percent(8).then(|| from.max(filling.today - Days::new(30)));
    let countries = if random.percent(8) { Vec::new() } else { vec![country(random.one_of::<&str>(&COUNTRIES))] };
    Some(Engagement {
        id: filling.ids.id(filling.recorded_at),
        agreement: draft.agreement.id,
        party,
        engaged_by: engager.map(|engager| engager.id),
        position: Position::below(engager.map(|engager| &engager.position), u32::try_from(siblings + 1).unwrap_or(1)),
        service: (*random.one_of(&SERVICES)).to_owned(),
        data_categories: if random.percent(30) {
            vec![DataCategory::Identity, DataCategory::PersonalIdentityNumber, DataCategory::Sensitive]
        } else {
            vec![DataCategory::Identity, DataCategory::ContactDetails]
        },
        processing_countries: countries,
        authorisation: if random.percent(95) { EngagementAuthorisation::ListedAtSigning } else { EngagementAuthorisation::NotAuthorised },
        sub_agreement_on: random.percent(60).then_some(from),
        copy_requested_on: None,
        copy_received_on: None,
        validity: Period { from, to: ended },
        listed_to: ended,
        introduced_by: None,
        version: 1,
    })
}

fn chain(tree: &[Engagement], engager: Option<&Engagement>) -> Vec<PartyId> {
    let above =
        |engaged: &&Engagement| engager.is_some_and(|engager| engager.id == engaged.id || engager.position.is_below(&engaged.position));
    tree.iter().filter(above).map(|engaged| engaged.party).collect()
}
