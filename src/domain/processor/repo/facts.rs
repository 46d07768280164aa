//! Everything that is on record about agreements: one statement for each table, however many agreements.

use std::collections::{BTreeMap, HashMap};

use entity::agreement_party;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use uuid::Uuid;

use super::{
    agreement_party::agreement_party, agreements_to_change, assurances, cases_of_agreements, changes_of_processors, contacts, contents,
    instructions, notices, party::parties_to_change, suspensions, terms_to_change, trees,
};
use crate::{
    authz::WriteScope,
    db::Tx,
    domain::{
        organisation::repo::{hosts, successions},
        processor::{
            model::{Agreement, AgreementParty, Party},
            rules::facts::{Facts, parties_with_holders},
        },
        reference::repo::inside_the_area,
    },
    kernel::{
        id::keys,
        kinds::{AgreementId, ControllerId, PartyId},
    },
};

/// Everything that is on record about these agreements.
pub async fn facts(tx: &Tx, scope: &WriteScope, of: &[AgreementId]) -> Result<Vec<Facts>, DbErr> {
    let agreements = agreements_to_change(tx, scope, of).await?;
    let mut parties = by_agreement(parties_to_judge(tx, of).await?, |row| row.agreement);
    let mut terms = by_agreement(terms_to_change(tx, scope, of).await?, |terms| terms.agreement);
    let mut contents = by_agreement(contents(tx, of).await?, |content| content.agreement);
    let mut instructions = by_agreement(instructions(tx, of).await?, |instruction| instruction.agreement);
    let mut assurances = by_agreement(assurances(tx, of).await?, |assurance| assurance.agreement);
    let mut notices = by_agreement(notices(tx, of).await?, |notice| notice.agreement);
    let mut contacts = by_agreement(contacts(tx, of).await?, |contact| contact.agreement);
    let mut suspensions = by_agreement(suspensions(tx, of).await?, |suspension| suspension.agreement);
    let mut engagements = by_agreement(trees(tx, scope, of).await?, |engagement| engagement.agreement);
    let mut cases = by_agreement(cases_of_agreements(tx, scope, of).await?, |case| case.agreement);
    let processors: Vec<_> = agreements.iter().map(|agreement| agreement.processor).collect();
    let changes = changes_of_processors(tx, scope, &processors).await?;
    // Who is announced may be engaged by the time that the rules look.
    let engaged = engagements.values().flatten().map(|engagement| engagement.party);
    let named: Vec<_> = processors.into_iter().chain(engaged).chain(changes.iter().map(|change| change.sub_processor)).collect();
    let organisations: HashMap<PartyId, Party> =
        parties_to_change(tx, scope, &named).await?.into_iter().map(|party| (party.id, party)).collect();
    let hosts = hosts(tx, scope).await?;
    let successions = successions(tx, scope).await?;
    let inside = inside_the_area(tx, scope).await?;
    let facts = agreements.into_iter().map(|agreement: Agreement| {
        let id = agreement.id;
        let engagements = engagements.remove(&id).unwrap_or_default();
        let processor = agreement.processor;
        let changes: Vec<_> = changes.iter().filter(|change| change.processor == processor).cloned().collect();
        let announced = changes.iter().map(|change| change.sub_processor);
        let named = engagements.iter().map(|engagement| engagement.party).chain(announced).chain([processor]);
        let organisations: HashMap<_, _> = named.filter_map(|id| Some((id, organisations.get(&id)?.clone()))).collect();
        let board = organisations.get(&processor).and_then(|party| party.controller);
        Facts {
            parties: parties_with_holders(parties.remove(&id).unwrap_or_default(), &successions, &hosts),
            terms: terms.remove(&id).unwrap_or_default(),
            contents: contents.remove(&id).unwrap_or_default(),
            instructions: instructions.remove(&id).unwrap_or_default(),
            assurances: assurances.remove(&id).unwrap_or_default(),
            notices: notices.remove(&id).unwrap_or_default(),
            contacts: contacts.remove(&id).unwrap_or_default(),
            suspensions: suspensions.remove(&id).unwrap_or_default(),
            engagements,
            changes,
            cases: cases.remove(&id).unwrap_or_default(),
            organisations,
            processor_host: board.and_then(|board| hosts.get(&board).copied()),
            inside: inside.clone(),
            agreement,
        }
    });
    Ok(facts.collect())
}

/// The parties' rows of agreements, the lead first.
async fn parties_to_judge(tx: &Tx, of: &[AgreementId]) -> Result<Vec<AgreementParty>, DbErr> {
    use agreement_party::Column;
    let select = agreement_party::Entity::find()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(Column::WithdrawnAt.is_null())
        .order_by_desc(Column::Lead)
        .order_by_asc(Column::Id);
    select.all(tx).await?.into_iter().map(agreement_party).collect()
}

fn by_agreement<T>(rows: Vec<T>, of: impl Fn(&T) -> AgreementId) -> BTreeMap<AgreementId, Vec<T>> {
    let mut by: BTreeMap<AgreementId, Vec<T>> = BTreeMap::new();
    for row in rows {
        by.entry(of(&row)).or_default().push(row);
    }
    by
}

/// All agreements in force or not, in pages: those after `after`, by their ids.
pub async fn agreements_after(tx: &Tx, _: &WriteScope, after: Option<AgreementId>, count: u64) -> Result<Vec<AgreementId>, DbErr> {
    use entity::agreement::{Column, Entity};
    let mut select = Entity::find().select_only().column(Column::Id).filter(Column::WithdrawnAt.is_null());
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after.key()));
    }
    let keys: Vec<Uuid> = select.order_by_asc(Column::Id).limit(count).into_tuple().all(tx).await?;
    Ok(keys.into_iter().map(AgreementId::new).collect())
}

/// The agreements with these processors.
pub async fn agreements_of(tx: &Tx, _: &WriteScope, processors: &[PartyId]) -> Result<Vec<AgreementId>, DbErr> {
    use entity::agreement::{Column, Entity};
    let select = Entity::find().select_only().column(Column::Id).filter(Column::ProcessorId.is_in(keys(processors)));
    let keys: Vec<Uuid> = select.filter(Column::WithdrawnAt.is_null()).order_by_asc(Column::Id).into_tuple().all(tx).await?;
    Ok(keys.into_iter().map(AgreementId::new).collect())
}

/// What tells the agreements of a controller apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which agreement.
    pub agreement: AgreementId,
    /// With whom.
    pub processor: PartyId,
    /// What it is called.
    pub title: String,
    /// Its number in the controller's case register.
    pub diary_number: Option<String>,
}

/// What tells the agreements apart that have these controllers as parties.
pub async fn agreements_told_apart(tx: &Tx, _: &WriteScope, of: &[ControllerId]) -> Result<Vec<Told>, DbErr> {
    use entity::agreement::{Column, Entity};
    let join: RelationDef = Entity::belongs_to(agreement_party::Entity).from(Column::Id).to(agreement_party::Column::AgreementId).into();
    let rows: Vec<(Uuid, Uuid, String, Option<String>)> = Entity::find()
        .join(JoinType::InnerJoin, join)
        .filter(agreement_party::Column::ControllerId.is_in(keys(of)))
        .filter(agreement_party::Column::WithdrawnAt.is_null())
        .filter(Column::WithdrawnAt.is_null())
        .select_only()
        .columns([Column::Id, Column::ProcessorId, Column::Title])
        .column(agreement_party::Column::DiaryNumber)
        .into_tuple()
        .all(tx)
        .await?;
    let told = |(agreement, processor, title, diary_number)| Told {
        agreement: AgreementId::new(agreement),
        processor: PartyId::new(processor),
        title,
        diary_number,
    };
    Ok(rows.into_iter().map(told).collect())
}
