//! The parties of agreements in the database.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{agreement_party, controller_holder};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select,
};

use crate::{
    app::Cx,
    authz::WriteScope,
    db::{
        Tx, open_period_holds_on, row,
        write::{insert, update, withdraw},
    },
    domain::{
        processor::model::AgreementParty,
        visibility::repo::{agreement_is_open, holding},
    },
    kernel::{
        code::Code,
        id::{Id, keys},
        kinds::{AgreementId, AgreementPartyId, CaseId, ControllerId, PersonId},
    },
};

/// The controllers that are parties to these agreements on `as_of`, the lead first.
pub async fn parties_of(cx: &Cx, of: &[AgreementId]) -> Result<Vec<AgreementParty>, DbErr> {
    use agreement_party::Column;
    let select = agreement_party::Entity::find()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(is_party_on(cx.as_of))
        .order_by_desc(Column::Lead)
        .order_by_asc(Column::Id);
    with_holders(cx, select).await
}

/// The parties' rows with these ids, of agreements that the scope opens.
pub async fn agreement_parties(cx: &Cx, ids: &[AgreementPartyId]) -> Result<Vec<AgreementParty>, DbErr> {
    use agreement_party::Column;
    let select = agreement_party::Entity::find().filter(Column::Id.is_in(keys(ids))).filter(Column::WithdrawnAt.is_null());
    with_holders(cx, select.order_by_asc(Column::Id)).await
}

/// The rows of a list that the scope opens, each with who holds it on `as_of` and today.
async fn with_holders(cx: &Cx, select: Select<agreement_party::Entity>) -> Result<Vec<AgreementParty>, DbErr> {
    use agreement_party::Column;
    let select = select
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today))
        .join(JoinType::InnerJoin, signatory_held_by())
        .select_also(controller_holder::Entity);
    let mut parties: Vec<AgreementParty> = Vec::new();
    // A row for each holder, one after the other.
    for (row, holder) in select.all(&cx.tx).await? {
        if parties.last().is_none_or(|last| last.id.key() != row.id) {
            parties.push(agreement_party(row)?);
        }
        if let (Some(party), Some(holder)) = (parties.last_mut(), holder.map(|row| holding(&row))) {
            if holder.contains(cx.as_of) {
                party.controller = holder.holder;
            }
            if holder.contains(cx.today) {
                party.keeper = holder.holder;
            }
        }
    }
    Ok(parties)
}

/// From a party's row to those who hold its signatory's duties, one after the other.
pub(super) fn signatory_held_by() -> RelationDef {
    agreement_party::Entity::belongs_to(controller_holder::Entity)
        .from(agreement_party::Column::ControllerId)
        .to(controller_holder::Column::ControllerId)
        .into()
}

/// Whether a controller is a party to an agreement, or invited to it: by itself, or because it holds a party's duties on `day`.
pub async fn is_party(tx: &Tx, _: &WriteScope, agreement: AgreementId, controller: ControllerId, day: NaiveDate) -> Result<bool, DbErr> {
    use agreement_party::Column;
    use controller_holder::Column as Holder;
    let holds =
        Condition::all().add(Holder::HolderId.eq(controller.key())).add(open_period_holds_on(Holder::ValidFrom, Holder::ValidTo, day));
    let select = agreement_party::Entity::find()
        .join(JoinType::InnerJoin, signatory_held_by())
        .filter(Column::AgreementId.eq(agreement.key()))
        .filter(Condition::any().add(Column::ControllerId.eq(controller.key())).add(holds))
        .filter(Column::WithdrawnAt.is_null());
    Ok(select.one(tx).await?.is_some())
}

/// The controllers that are parties to these agreements, or invited to them.
pub async fn controllers_of_agreements(tx: &Tx, _: &WriteScope, of: &[AgreementId]) -> Result<Vec<(AgreementId, ControllerId)>, DbErr> {
    use agreement_party::Column;
    let select = agreement_party::Entity::find().filter(Column::AgreementId.is_in(keys(of))).filter(Column::WithdrawnAt.is_null());
    let rows = select.all(tx).await?;
    Ok(rows.into_iter().map(|row| (AgreementId::new(row.agreement_id), ControllerId::new(row.controller_id))).collect())
}

/// Stores new parties of agreements.
pub async fn insert_agreement_parties(tx: &Tx, _: &WriteScope, new: &[AgreementParty]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(agreement_party_row).collect()).await
}

/// Stores a party's changed row; false where somebody was faster.
pub async fn update_agreement_party(tx: &Tx, _: &WriteScope, changed: &AgreementParty) -> Result<bool, DbErr> {
    use agreement_party::Column;
    update(tx, agreement_party_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws a party's row; false where somebody was faster.
pub async fn withdraw_agreement_party(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &AgreementParty) -> Result<bool, DbErr> {
    use agreement_party::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

/// A party's row as its signatory's.
pub(super) fn agreement_party(row: agreement_party::Model) -> Result<AgreementParty, DbErr> {
    Ok(AgreementParty {
        id: AgreementPartyId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        signatory: ControllerId::new(row.controller_id),
        controller: ControllerId::new(row.controller_id),
        keeper: ControllerId::new(row.controller_id),
        lead: row.lead,
        invited_on: row.invited_on,
        joined_on: row.joined_on,
        processing_from: row.processing_from,
        processing_to: row.processing_to,
        diary_number: row.diary_number,
        filed_at: row.filed_at,
        document_url: row.document_url,
        responsible: row.responsible_id.map(PersonId::new),
        sub_processor_authorisation: row.sub_processor_authorisation.as_deref().map(row::code).transpose()?,
        left_on: row.left_on,
        lead_offered_on: row.lead_offered_on,
        notice: dated(row.notice_given_on, row.notice_given_by.as_deref().map(row::code).transpose()?),
        terminated: dated(row.terminated_on, row.terminated_because_of_id.map(CaseId::new)),
        end_of_agreement: dated(row.chosen_on, row.end_of_agreement.as_deref().map(row::code).transpose()?)
            .map(|(on, choice)| (choice, on)),
        returned_or_deleted_on: row.returned_or_deleted_on,
        registered_on: row.registered_on,
        version: row.version,
    })
}

/// A value with its day: both are there, or neither.
fn dated<T>(on: Option<NaiveDate>, value: Option<T>) -> Option<(NaiveDate, T)> {
    on.zip(value)
}

fn agreement_party_row(model: &AgreementParty) -> agreement_party::ActiveModel {
    agreement_party::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        controller_id: Set(model.signatory.key()),
        lead: Set(model.lead),
        invited_on: Set(model.invited_on),
        joined_on: Set(model.joined_on),
        processing_from: Set(model.processing_from),
        processing_to: Set(model.processing_to),
        diary_number: Set(model.diary_number.clone()),
        filed_at: Set(model.filed_at.clone()),
        document_url: Set(model.document_url.clone()),
        responsible_id: Set(model.responsible.map(Id::key)),
        sub_processor_authorisation: Set(model.sub_processor_authorisation.map(|code| code.code().to_owned())),
        left_on: Set(model.left_on),
        lead_offered_on: Set(model.lead_offered_on),
        notice_given_on: Set(model.notice.map(|(on, _)| on)),
        notice_given_by: Set(model.notice.map(|(_, side)| side.code().to_owned())),
        terminated_on: Set(model.terminated.map(|(on, _)| on)),
        terminated_because_of_id: Set(model.terminated.map(|(_, case)| case.key())),
        end_of_agreement: Set(model.end_of_agreement.map(|(choice, _)| choice.code().to_owned())),
        chosen_on: Set(model.end_of_agreement.map(|(_, on)| on)),
        returned_or_deleted_on: Set(model.returned_or_deleted_on),
        registered_on: Set(model.registered_on),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}

/// Whether a row of the parties holds on a day: the lead's always, another's from its invitation on; one that is withdrawn never.
pub(super) fn is_party_on(day: NaiveDate) -> Condition {
    use agreement_party::Column;
    let invited = Condition::any().add(Column::InvitedOn.is_null()).add(Column::InvitedOn.lte(day));
    Condition::all().add(invited).add(Column::WithdrawnAt.is_null())
}
