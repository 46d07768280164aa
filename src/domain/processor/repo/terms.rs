//! The terms of agreements and their signatures in the database.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{acknowledged_warning, agreement_terms, terms_signature};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use super::Pages;
use crate::{
    app::Cx,
    authz::WriteScope,
    db::{
        Tx,
        page::{self, Sorting},
        row,
        write::insert,
    },
    domain::{
        processor::model::{AcknowledgedWarning, Agreed, Signature, Terms},
        visibility::repo::agreement_is_open,
    },
    kernel::{
        code::Code,
        id::keys,
        ids::Ids,
        kinds::{AgreementId, AgreementPartyId, PersonId, TermsId},
        page::Page,
    },
};

/// All versions of the terms of agreements that the scope opens, by number.
pub async fn terms_of(cx: &Cx, of: &[AgreementId]) -> Result<Vec<Terms>, DbErr> {
    use agreement_terms::Column;
    let select = agreement_terms::Entity::find().filter(Column::AgreementId.is_in(keys(of))).filter(agreement_is_open(
        &cx.scope,
        Column::AgreementId,
        cx.today,
    ));
    with_signatures(&cx.tx, select.order_by_asc(Column::Number).all(&cx.tx).await?).await
}

/// The versions of the terms with these ids, of agreements that the scope opens.
pub async fn terms_by_id(cx: &Cx, ids: &[TermsId]) -> Result<Vec<Terms>, DbErr> {
    use agreement_terms::Column;
    let select = agreement_terms::Entity::find().filter(Column::Id.is_in(keys(ids))).filter(agreement_is_open(
        &cx.scope,
        Column::AgreementId,
        cx.today,
    ));
    with_signatures(&cx.tx, select.all(&cx.tx).await?).await
}

/// The versions of the terms of each agreement that the scope opens, the newest first.
pub async fn terms_pages(cx: &Cx, of: &[AgreementId], asked: &Page) -> Result<Pages<Terms>, DbErr> {
    use agreement_terms::Column;
    let select = agreement_terms::Entity::find().filter(Column::AgreementId.is_in(keys(of))).filter(agreement_is_open(
        &cx.scope,
        Column::AgreementId,
        cx.today,
    ));
    let parent = Expr::col(Column::AgreementId.as_column_ref());
    let pages = page::pages(&cx.tx, select, parent, Sorting { by: None, id: Column::Id, descending: true }, asked).await?;
    let terms: Vec<Uuid> = pages.values().flat_map(|page| page.rows.iter().map(|row| row.id)).collect();
    let mut signatures = signatures_of(&cx.tx, &terms).await?;
    let turn = |row: agreement_terms::Model| {
        let signed = signatures.remove(&row.id).unwrap_or_default();
        terms_from(row, signed)
    };
    turned_mut(pages, turn)
}

fn turned_mut<R, T>(pages: Pages<R>, mut turn: impl FnMut(R) -> Result<T, DbErr>) -> Result<Pages<T>, DbErr> {
    pages.into_iter().map(|(parent, slice)| Ok((parent, slice.try_map(&mut turn)?))).collect()
}

/// All versions of the terms of agreements, for a change that concerns them.
pub async fn terms_to_change(tx: &Tx, _: &WriteScope, of: &[AgreementId]) -> Result<Vec<Terms>, DbErr> {
    use agreement_terms::Column;
    let select = agreement_terms::Entity::find().filter(Column::AgreementId.is_in(keys(of))).order_by_asc(Column::Number);
    with_signatures(tx, select.all(tx).await?).await
}

async fn with_signatures(tx: &Tx, rows: Vec<agreement_terms::Model>) -> Result<Vec<Terms>, DbErr> {
    let mut signatures = signatures_of(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    rows.into_iter().map(|row| (signatures.remove(&row.id).unwrap_or_default(), row)).map(|(signed, row)| terms_from(row, signed)).collect()
}

async fn signatures_of(tx: &Tx, of: &[Uuid]) -> Result<HashMap<Uuid, Vec<Signature>>, DbErr> {
    use terms_signature::Column;
    let mut signatures: HashMap<Uuid, Vec<Signature>> = HashMap::new();
    let select = terms_signature::Entity::find().filter(Column::TermsId.is_in(of.iter().copied()));
    for row in select.order_by_asc(Column::SignedOn).order_by_asc(Column::Id).all(tx).await? {
        let signature = Signature { party: AgreementPartyId::new(row.agreement_party_id), signed_on: row.signed_on };
        signatures.entry(row.terms_id).or_default().push(signature);
    }
    Ok(signatures)
}

/// Stores new versions of terms.
pub async fn insert_terms(tx: &Tx, _: &WriteScope, new: &[Terms]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(terms_row).collect()).await
}

/// Stores a changed version, which nobody has signed or to which only the processor's signature comes.
pub async fn update_terms(tx: &Tx, _: &WriteScope, changed: &Terms) -> Result<(), DbErr> {
    let update = agreement_terms::Entity::update_many().set(terms_row(changed));
    update.filter(agreement_terms::Column::Id.eq(changed.id.key())).exec(tx).await.map(drop)
}

/// Stores when a party signed a version, in the place of another day that was stored.
pub async fn sign_terms(
    tx: &Tx,
    _: &WriteScope,
    ids: &Ids,
    now: DateTime<Utc>,
    terms: TermsId,
    party: AgreementPartyId,
    signed_on: NaiveDate,
) -> Result<(), DbErr> {
    use terms_signature::Column;
    let of_party = Column::TermsId.eq(terms.key()).and(Column::AgreementPartyId.eq(party.key()));
    terms_signature::Entity::delete_many().filter(of_party).exec(tx).await?;
    insert(tx, vec![signature_row(ids, now, terms, Signature { party, signed_on })]).await
}

/// Stores the signatures of versions that have none yet.
pub async fn insert_signatures(tx: &Tx, _: &WriteScope, ids: &Ids, now: DateTime<Utc>, of: &[Terms]) -> Result<(), DbErr> {
    let rows = of.iter().flat_map(|terms| terms.signatures.iter().map(|signature| signature_row(ids, now, terms.id, *signature)));
    insert(tx, rows.collect()).await
}

fn signature_row(ids: &Ids, now: DateTime<Utc>, terms: TermsId, signature: Signature) -> terms_signature::ActiveModel {
    terms_signature::ActiveModel {
        id: Set(ids.uuid(now)),
        terms_id: Set(terms.key()),
        agreement_party_id: Set(signature.party.key()),
        signed_on: Set(signature.signed_on),
    }
}

/// The warnings that were answered under agreements, oldest first.
pub async fn acknowledged(tx: &Tx, of: &[AgreementId]) -> Result<Vec<AcknowledgedWarning>, DbErr> {
    use acknowledged_warning::Column;
    let select = acknowledged_warning::Entity::find().filter(Column::AgreementId.is_in(keys(of)));
    let rows = select.order_by_asc(Column::At).order_by_asc(Column::Id).all(tx).await?;
    let warning = |row: acknowledged_warning::Model| AcknowledgedWarning {
        agreement: AgreementId::new(row.agreement_id),
        rule: row.rule,
        reason: row.reason,
        by: PersonId::new(row.person_id),
        at: row.at,
    };
    Ok(rows.into_iter().map(warning).collect())
}

/// Stores answers to warnings.
pub async fn insert_acknowledged(tx: &Tx, _: &WriteScope, ids: &Ids, new: &[AcknowledgedWarning]) -> Result<(), DbErr> {
    let row = |warning: &AcknowledgedWarning| acknowledged_warning::ActiveModel {
        id: Set(ids.uuid(warning.at)),
        agreement_id: Set(warning.agreement.key()),
        rule: Set(warning.rule.clone()),
        reason: Set(warning.reason.clone()),
        person_id: Set(warning.by.key()),
        at: Set(warning.at),
    };
    insert(tx, new.iter().map(row).collect()).await
}

fn terms_from(row: agreement_terms::Model, signatures: Vec<Signature>) -> Result<Terms, DbErr> {
    let count = |number: i32| u16::try_from(number).map_err(|_| DbErr::Type(format!("terms {}: {number} is no count", row.id)));
    Ok(Terms {
        id: TermsId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        number: row.number,
        valid_from: row.valid_from,
        signed_by_processor_on: row.signed_by_processor_on,
        signatures,
        agreed: Agreed {
            termination_notice_days: count(row.termination_notice_days)?,
            objection_days: count(row.objection_days)?,
            objection_day_kind: row::code(&row.objection_day_kind)?,
            silence_means: row::code(&row.silence_means)?,
            return_days: count(row.return_days)?,
            deemed_receipt_working_days: count(row.deemed_receipt_working_days)?,
            log_retention_years: count(row.log_retention_years)?,
            self_audit_months: count(row.self_audit_months)?,
            third_country_transfer_allowed: row.third_country_transfer_allowed,
            main_contract_prevails: row.main_contract_prevails,
            main_contract_reference: row.main_contract_reference,
            fixed_end_on: row.fixed_end_on,
        },
    })
}

fn terms_row(model: &Terms) -> agreement_terms::ActiveModel {
    let Agreed {
        termination_notice_days,
        objection_days,
        objection_day_kind,
        silence_means,
        return_days,
        deemed_receipt_working_days,
        log_retention_years,
        self_audit_months,
        third_country_transfer_allowed,
        main_contract_prevails,
        main_contract_reference,
        fixed_end_on,
    } = &model.agreed;
    agreement_terms::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        number: Set(model.number),
        valid_from: Set(model.valid_from),
        signed_by_processor_on: Set(model.signed_by_processor_on),
        termination_notice_days: Set((*termination_notice_days).into()),
        objection_days: Set((*objection_days).into()),
        objection_day_kind: Set(objection_day_kind.code().to_owned()),
        silence_means: Set(silence_means.code().to_owned()),
        return_days: Set((*return_days).into()),
        deemed_receipt_working_days: Set((*deemed_receipt_working_days).into()),
        log_retention_years: Set((*log_retention_years).into()),
        self_audit_months: Set((*self_audit_months).into()),
        third_country_transfer_allowed: Set(*third_country_transfer_allowed),
        main_contract_prevails: Set(*main_contract_prevails),
        main_contract_reference: Set(main_contract_reference.clone()),
        fixed_end_on: Set(*fixed_end_on),
    }
}
