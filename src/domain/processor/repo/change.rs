//! Changes of sub-processors, advice on them and the controllers' cases in the database. Changes are part of the directory that all
//! members share; a case is its controller's own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{agreement_party, change_advice, objection_act, objection_case, sub_processor_change};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::Query,
};
use uuid::Uuid;

use super::keeping::{codes, countries};
use crate::{
    app::Cx,
    authz::{ReadScope, WriteScope},
    db::{
        Tx,
        page::{self, Sorting},
        row,
        write::{insert, update, withdraw},
    },
    domain::processor::model::{Advice, CaseAct, ObjectionCase, SubProcessorChange},
    kernel::{
        code::Code,
        id::{Id, keys},
        ids::Ids,
        kinds::{AgreementId, AgreementPartyId, CaseId, ChangeId, ControllerId, MunicipalityId, PartyId, PersonId},
        page::{Page, Slice},
    },
};

/// Which changes a list shows.
#[derive(Clone, Debug, Default)]
pub struct ChangeFilter {
    /// Those of this processor.
    pub processor: Option<PartyId>,
    /// Those about this sub-processor.
    pub sub_processor: Option<PartyId>,
}

/// The changes that were announced until `as_of`, the newest announced first.
pub async fn changes_page(cx: &Cx, filter: &ChangeFilter, asked: &Page) -> Result<Slice<SubProcessorChange>, DbErr> {
    use sub_processor_change::Column;
    let mut select = there().filter(cx.scope.directory_condition()).filter(Column::AnnouncedOn.lte(cx.as_of));
    if let Some(processor) = filter.processor {
        select = select.filter(Column::ProcessorId.eq(processor.key()));
    }
    if let Some(sub_processor) = filter.sub_processor {
        select = select.filter(Column::SubProcessorId.eq(sub_processor.key()));
    }
    let sorting = Sorting { by: None, id: Column::Id, descending: true };
    page::page(&cx.tx, select, sorting, asked).await?.try_map(change)
}

/// The changes with these ids.
pub async fn changes(cx: &Cx, ids: &[ChangeId]) -> Result<Vec<SubProcessorChange>, DbErr> {
    let select = there().filter(cx.scope.directory_condition()).filter(sub_processor_change::Column::Id.is_in(keys(ids)));
    select.all(&cx.tx).await?.into_iter().map(change).collect()
}

/// The changes with these ids, for what names them: those that are withdrawn, too.
pub async fn changes_named(cx: &Cx, ids: &[ChangeId]) -> Result<Vec<SubProcessorChange>, DbErr> {
    let select = sub_processor_change::Entity::find().filter(cx.scope.directory_condition());
    select.filter(sub_processor_change::Column::Id.is_in(keys(ids))).all(&cx.tx).await?.into_iter().map(change).collect()
}

/// The keys of all changes that a processor announced, also of those that are withdrawn.
pub async fn change_keys(cx: &Cx, of: PartyId) -> Result<Vec<Uuid>, DbErr> {
    use sub_processor_change::Column;
    let select = sub_processor_change::Entity::find().select_only().column(Column::Id).filter(cx.scope.directory_condition());
    select.filter(Column::ProcessorId.eq(of.key())).into_tuple().all(&cx.tx).await
}

/// The municipalities at whose logins changes that name a party in any part were announced.
pub async fn announcers(cx: &Cx, party: PartyId) -> Result<Vec<MunicipalityId>, DbErr> {
    use sub_processor_change::Column;
    let named = [Column::ProcessorId, Column::SubProcessorId, Column::ReplacesId, Column::EngagedById];
    let named = named.into_iter().fold(Condition::any(), |named, column| named.add(column.eq(party.key())));
    let select = there().select_only().column(Column::MunicipalityId).distinct().filter(cx.scope.directory_condition()).filter(named);
    let keys: Vec<Option<Uuid>> = select.into_tuple().all(&cx.tx).await?;
    Ok(keys.into_iter().flatten().map(MunicipalityId::new).collect())
}

/// All changes that these processors announced, by day: those that are withdrawn, too, for the cases in which somebody has acted.
pub async fn changes_of_processors(tx: &Tx, _: &WriteScope, of: &[PartyId]) -> Result<Vec<SubProcessorChange>, DbErr> {
    use sub_processor_change::Column;
    let select = sub_processor_change::Entity::find().filter(Column::ProcessorId.is_in(keys(of)));
    select.order_by_asc(Column::AnnouncedOn).order_by_asc(Column::Id).all(tx).await?.into_iter().map(change).collect()
}

fn there() -> Select<sub_processor_change::Entity> {
    sub_processor_change::Entity::find().filter(sub_processor_change::Column::WithdrawnAt.is_null())
}

/// Stores new changes.
pub async fn insert_changes(tx: &Tx, _: &WriteScope, new: &[SubProcessorChange]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(change_row).collect()).await
}

/// Stores a corrected change; false where somebody was faster.
pub async fn update_change(tx: &Tx, _: &WriteScope, changed: &SubProcessorChange) -> Result<bool, DbErr> {
    use sub_processor_change::Column;
    update(tx, change_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws a change; false where somebody was faster.
pub async fn withdraw_change(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &SubProcessorChange) -> Result<bool, DbErr> {
    use sub_processor_change::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

pub(super) fn change(row: sub_processor_change::Model) -> Result<SubProcessorChange, DbErr> {
    Ok(SubProcessorChange {
        id: ChangeId::new(row.id),
        processor: PartyId::new(row.processor_id),
        kind: row::code(&row.kind)?,
        sub_processor: PartyId::new(row.sub_processor_id),
        replaces: row.replaces_id.map(PartyId::new),
        engaged_by: row.engaged_by_id.map(PartyId::new),
        service: row.service,
        data_categories: row::codes(row.data_categories, row::code)?,
        data_subjects: row::codes(row.data_subjects, row::code)?,
        processing_countries: row::codes(row.processing_countries, row::country)?,
        announced_on: row.announced_on,
        effective_on: row.effective_on,
        announced_by: row.municipality_id.map(MunicipalityId::new),
        source_url: row.source_url,
        version: row.version,
        withdrawn: row.withdrawn_at.is_some(),
    })
}

fn change_row(model: &SubProcessorChange) -> sub_processor_change::ActiveModel {
    sub_processor_change::ActiveModel {
        id: Set(model.id.key()),
        processor_id: Set(model.processor.key()),
        kind: Set(model.kind.code().to_owned()),
        sub_processor_id: Set(model.sub_processor.key()),
        replaces_id: Set(model.replaces.map(Id::key)),
        engaged_by_id: Set(model.engaged_by.map(Id::key)),
        service: Set(model.service.clone()),
        data_categories: Set(codes(&model.data_categories)),
        data_subjects: Set(codes(&model.data_subjects)),
        processing_countries: Set(countries(&model.processing_countries)),
        announced_on: Set(model.announced_on),
        effective_on: Set(model.effective_on),
        municipality_id: Set(model.announced_by.map(Id::key)),
        source_url: Set(model.source_url.clone()),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}

// ── advice ───────────────────────────────────────────────────────────────────────────────────────

/// The advice on changes, oldest first.
pub async fn advice(cx: &Cx, of: &[ChangeId]) -> Result<Vec<Advice>, DbErr> {
    use change_advice::Column;
    let select = change_advice::Entity::find().filter(cx.scope.directory_condition()).filter(Column::ChangeId.is_in(keys(of)));
    let rows = select.order_by_asc(Column::GivenAt).order_by_asc(Column::Id).all(&cx.tx).await?;
    let advice = |row: change_advice::Model| Advice {
        change: ChangeId::new(row.change_id),
        author: PersonId::new(row.person_id),
        text: row.text,
        given_at: row.given_at,
    };
    Ok(rows.into_iter().map(advice).collect())
}

/// Stores advice.
pub async fn insert_advice(tx: &Tx, _: &WriteScope, ids: &Ids, new: &Advice) -> Result<(), DbErr> {
    let row = change_advice::ActiveModel {
        id: Set(ids.uuid(new.given_at)),
        change_id: Set(new.change.key()),
        person_id: Set(new.author.key()),
        text: Set(new.text.clone()),
        given_at: Set(new.given_at),
    };
    insert(tx, vec![row]).await
}

// ── cases ────────────────────────────────────────────────────────────────────────────────────────

/// What was recorded of cases, by their ids. Which of them the scope opens, the timeline tells.
pub async fn cases(tx: &Tx, ids: &[CaseId]) -> Result<Vec<ObjectionCase>, DbErr> {
    let select = objection_case::Entity::find().filter(objection_case::Column::Id.is_in(keys(ids)));
    with_parties(tx, select.all(tx).await?).await
}

/// All that was recorded of cases under agreements.
pub async fn cases_of_agreements(tx: &Tx, _: &WriteScope, of: &[AgreementId]) -> Result<Vec<ObjectionCase>, DbErr> {
    let parties = agreement_party::Entity::find()
        .select_only()
        .column(agreement_party::Column::Id)
        .filter(agreement_party::Column::AgreementId.is_in(keys(of)))
        .into_query();
    let select = objection_case::Entity::find().filter(objection_case::Column::AgreementPartyId.in_subquery(parties));
    with_parties(tx, select.order_by_asc(objection_case::Column::Id).all(tx).await?).await
}

/// The controllers that have recorded something of their cases about a change.
pub async fn controllers_that_acted(tx: &Tx, scope: &ReadScope, of: ChangeId) -> Result<Vec<ControllerId>, DbErr> {
    let acted = Query::select()
        .column(objection_case::Column::AgreementPartyId)
        .from(objection_case::Entity)
        .cond_where(objection_case::Column::ChangeId.eq(of.key()))
        .to_owned();
    let select = agreement_party::Entity::find()
        .select_only()
        .column(agreement_party::Column::ControllerId)
        .distinct()
        .filter(agreement_party::Column::Id.in_subquery(acted))
        .filter(scope.directory_condition());
    let keys: Vec<Uuid> = select.into_tuple().all(tx).await?;
    Ok(keys.into_iter().map(ControllerId::new).collect())
}

async fn with_parties(tx: &Tx, rows: Vec<objection_case::Model>) -> Result<Vec<ObjectionCase>, DbErr> {
    let parties = agreement_party::Entity::find()
        .filter(agreement_party::Column::Id.is_in(rows.iter().map(|row| row.agreement_party_id)))
        .all(tx)
        .await?;
    let agreements: HashMap<Uuid, Uuid> = parties.into_iter().map(|row| (row.id, row.agreement_id)).collect();
    let mut acts = acts_of(tx, rows.iter().map(|row| row.id)).await?;
    rows.into_iter()
        .map(|row| {
            let agreement = agreements.get(&row.agreement_party_id).copied();
            let agreement = agreement.ok_or_else(|| DbErr::Type(format!("case {} has no party", row.id)))?;
            Ok(ObjectionCase {
                id: CaseId::new(row.id),
                change: ChangeId::new(row.change_id),
                agreement: AgreementId::new(agreement),
                party: AgreementPartyId::new(row.agreement_party_id),
                notice_sent_on: row.notice_sent_on,
                notice_received_on: row.notice_received_on,
                missing: row::codes(row.missing, row::code)?,
                completed_on: row.completed_on,
                acts: acts.remove(&row.id).unwrap_or_default(),
                version: row.version,
            })
        })
        .collect()
}

async fn acts_of(tx: &Tx, cases: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Vec<CaseAct>>, DbErr> {
    use objection_act::Column;
    let select =
        objection_act::Entity::find().filter(Column::CaseId.is_in(cases)).order_by_asc(Column::DoneOn).order_by_asc(Column::Number);
    let mut acts: HashMap<Uuid, Vec<CaseAct>> = HashMap::new();
    for row in select.all(tx).await? {
        let act = CaseAct {
            act: row::code(&row.act)?,
            outcome: row.outcome.as_deref().map(row::code).transpose()?,
            done_on: row.done_on,
            by: row.person_id.map(PersonId::new),
            reason: row.reason,
        };
        acts.entry(row.case_id).or_default().push(act);
    }
    Ok(acts)
}

/// Stores what a controller records of its case, whether something was recorded before (version above 1) or not; false where somebody
/// was faster.
pub async fn put_case(tx: &Tx, scope: &WriteScope, changed: &ObjectionCase) -> Result<bool, DbErr> {
    use objection_case::Column;
    if changed.version > 1 {
        return update(tx, case_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await;
    }
    let there = objection_case::Entity::find_by_id(changed.id.key()).one(tx).await?;
    if there.is_some() {
        return Ok(false);
    }
    insert_case(tx, scope, changed).await.map(|()| true)
}

/// Stores a case about which nothing was recorded.
pub async fn insert_case(tx: &Tx, _: &WriteScope, new: &ObjectionCase) -> Result<(), DbErr> {
    insert(tx, vec![case_row(new)]).await
}

/// Stores one more act of a case.
pub async fn insert_act(tx: &Tx, _: &WriteScope, ids: &Ids, now: DateTime<Utc>, case: &ObjectionCase, act: &CaseAct) -> Result<(), DbErr> {
    let row = objection_act::ActiveModel {
        id: Set(ids.uuid(now)),
        case_id: Set(case.id.key()),
        // The case's version counts every change of it, so that it numbers the acts.
        number: Set(case.version),
        act: Set(act.act.code().to_owned()),
        outcome: Set(act.outcome.map(|outcome| outcome.code().to_owned())),
        done_on: Set(act.done_on),
        person_id: Set(act.by.map(Id::key)),
        reason: Set(act.reason.clone()),
    };
    insert(tx, vec![row]).await
}

fn case_row(model: &ObjectionCase) -> objection_case::ActiveModel {
    objection_case::ActiveModel {
        id: Set(model.id.key()),
        change_id: Set(model.change.key()),
        agreement_party_id: Set(model.party.key()),
        notice_sent_on: Set(model.notice_sent_on),
        notice_received_on: Set(model.notice_received_on),
        missing: Set(codes(&model.missing)),
        completed_on: Set(model.completed_on),
        version: Set(model.version),
    }
}
