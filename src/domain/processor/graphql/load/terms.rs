//! Terms, signatures and what follows from them for each party.

use std::collections::HashMap;

use async_graphql::ID;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    app::Cx,
    domain::{
        organisation::graphql::load::{controllers_by_id, grouped, people_by_id},
        processor::{
            graphql::types::{AcknowledgedWarning, AgreementParty, AgreementTerms, PartyLife, ProcessorAgreement, TermsSignature},
            model, repo,
            rules::{keeping::logs_purgeable_until, life::Life},
        },
    },
    graphql::{
        connection::{Connection, NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{Loading, found, once, shared},
        selection::{Call, Selection},
    },
    kernel::{
        kinds::{AgreementId, TermsId},
        refusal::Failure,
    },
};

/// Versions of terms with all that `select` asks of them; `rows` holds each once.
pub fn terms<'a>(cx: &'a Cx, rows: Vec<model::Terms>, select: Selection<'a>) -> Loading<'a, Vec<AgreementTerms>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(|row| version(row, cx.as_of)).collect();
        for call in select.on("AgreementTerms") {
            if call.name == "signatures" {
                put_signatures(cx, &rows, &mut objects, call.select).await?;
            }
        }
        Ok(objects)
    })
}

/// The versions of terms with these ids, of agreements that the viewer may read.
pub async fn terms_nodes(cx: &Cx, ids: &[TermsId], select: Selection<'_>) -> Result<Vec<(TermsId, AgreementTerms)>, ApiError> {
    let rows = repo::terms_by_id(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(terms(cx, rows, select).await?).collect())
}

/// All versions of the terms of each agreement, for fields that follow from them.
pub(super) async fn versions_of(cx: &Cx, of: &[AgreementId]) -> Result<HashMap<AgreementId, Vec<model::Terms>>, ApiError> {
    let rows = repo::terms_of(cx, of).await.map_err(Failure::from)?;
    Ok(grouped(rows.iter().map(|row| row.agreement).collect(), rows))
}

/// The newest terms of each agreement on `as_of`.
pub(super) async fn put_terms(
    cx: &Cx,
    ids: &[AgreementId],
    objects: &mut [ProcessorAgreement],
    select: Selection<'_>,
) -> Result<(), ApiError> {
    let versions = versions_of(cx, ids).await?;
    let newest: HashMap<_, _> = versions.iter().filter_map(|(id, versions)| Some((*id, newest_on(versions, cx.as_of)?.clone()))).collect();
    let rows: Vec<_> = newest.values().cloned().collect();
    let loaded = shared(rows.iter().map(|row| row.id).zip(terms(cx, rows.clone(), select).await?).collect());
    for (object, id) in objects.iter_mut().zip(ids) {
        let row = newest.get(id).ok_or_else(|| without_terms(*id))?;
        object.terms.put(found(&loaded, &row.id)?);
    }
    Ok(())
}

fn without_terms(agreement: AgreementId) -> ApiError {
    ApiError::internal(format!("{agreement} has no terms"))
}

/// The newest version on a day; before the first holds, the first.
fn newest_on(versions: &[model::Terms], day: NaiveDate) -> Option<&model::Terms> {
    versions.iter().rev().find(|terms| terms.valid_from <= day).or(versions.first())
}

/// All versions of the terms of each agreement.
pub(super) async fn term_versions(
    cx: &Cx,
    of: &[AgreementId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<AgreementTerms>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let asked = NestedPage::of::<AgreementTerms>(call, "ProcessorAgreement.termVersions", "", &parents, cx.as_of)?;
    let found = repo::terms_pages(cx, of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<AgreementTerms>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| terms(cx, found, rows)).await
}

/// The dates of each party that follow from the terms that bind it. `select` is what is asked of those terms.
pub(super) async fn put_lives(
    cx: &Cx,
    rows: &[model::AgreementParty],
    objects: &mut [AgreementParty],
    select: Selection<'_>,
) -> Result<(), ApiError> {
    let versions = versions_of(cx, &once(rows.iter().map(|row| row.agreement))).await?;
    let of = |row: &model::AgreementParty| versions.get(&row.agreement).map(Vec::as_slice).unwrap_or_default();
    let lives: Vec<_> = rows.iter().map(|row| Life::of(of(row), row, None)).collect();
    let mut shown = Vec::with_capacity(rows.len());
    for (row, life) in rows.iter().zip(&lives) {
        let terms = life.terms_on(cx.as_of).or_else(|| newest_on(of(row), cx.as_of)).ok_or_else(|| without_terms(row.agreement))?;
        shown.push(terms.id);
    }
    let asked: Vec<_> = versions.values().flatten().filter(|terms| shown.contains(&terms.id)).cloned().collect();
    let loaded = shared(asked.iter().map(|row| row.id).zip(terms(cx, asked.clone(), select).await?).collect());
    for (((object, row), life), terms) in objects.iter_mut().zip(rows).zip(lives).zip(shown) {
        let signed_on = of(row).iter().filter_map(|terms| terms.signed_by(row.id)).min();
        object.life.put(PartyLife {
            terms: found(&loaded, &terms)?,
            signed_on: signed_on.map(Into::into),
            ends_on: life.end.as_ref().map(|end| end.last.due.into()),
            return_or_delete_by: life.end.as_ref().map(|end| end.return_by.due.into()),
        });
    }
    Ok(())
}

/// The warnings that were answered under each agreement.
pub(super) async fn put_acknowledgements(
    cx: &Cx,
    ids: &[AgreementId],
    objects: &mut [ProcessorAgreement],
    select: Selection<'_>,
) -> Result<(), ApiError> {
    let rows = repo::acknowledged(&cx.tx, ids).await.map_err(Failure::from)?;
    let people = if select.asks("AcknowledgedWarning", "by") {
        people_by_id(cx, rows.iter().map(|row| row.by), select.inside("AcknowledgedWarning", "by")).await?
    } else {
        HashMap::new()
    };
    let of: Vec<_> = rows.iter().map(|row| row.agreement).collect();
    let mut warnings = Vec::with_capacity(rows.len());
    for row in rows {
        let mut warning = AcknowledgedWarning { rule: row.rule, reason: row.reason, at: row.at, by: Default::default() };
        warning.by.put(people.get(&row.by).cloned());
        warnings.push(warning);
    }
    let mut lists = grouped(of, warnings);
    for (object, id) in objects.iter_mut().zip(ids) {
        object.acknowledgements.put(lists.remove(id).unwrap_or_default());
    }
    Ok(())
}

async fn put_signatures(cx: &Cx, rows: &[model::Terms], objects: &mut [AgreementTerms], select: Selection<'_>) -> Result<(), ApiError> {
    let parties = once(rows.iter().flat_map(|row| row.signatures.iter().map(|signature| signature.party)));
    let parties = repo::agreement_parties(cx, &parties).await.map_err(Failure::from)?;
    let controllers_asked = select.inside("TermsSignature", "controller");
    let controllers = controllers_by_id(cx, parties.iter().map(|party| party.controller), controllers_asked).await?;
    for (object, row) in objects.iter_mut().zip(rows) {
        let mut signatures = Vec::new();
        for signature in &row.signatures {
            // A party that was withdrawn as a mistake has not signed.
            let Some(party) = parties.iter().find(|party| party.id == signature.party) else { continue };
            let mut signed = TermsSignature { signed_on: signature.signed_on.into(), controller: Default::default() };
            signed.controller.put(found(&controllers, &party.controller)?);
            signatures.push(signed);
        }
        object.signatures.put(signatures);
    }
    Ok(())
}

fn version(row: &model::Terms, as_of: NaiveDate) -> AgreementTerms {
    let agreed = &row.agreed;
    AgreementTerms {
        id: ID(row.id.to_string()),
        number: row.number,
        valid_from: row.valid_from.into(),
        signed_by_processor_on: row.signed_by_processor_on.map(Into::into),
        termination_notice_days: agreed.termination_notice_days,
        objection_days: agreed.objection_days,
        objection_day_kind: agreed.objection_day_kind,
        silence_means: agreed.silence_means,
        return_days: agreed.return_days,
        deemed_receipt_working_days: agreed.deemed_receipt_working_days,
        log_retention_years: agreed.log_retention_years,
        logs_purgeable_until: logs_purgeable_until(as_of, agreed.log_retention_years).into(),
        self_audit_months: agreed.self_audit_months,
        third_country_transfer_allowed: agreed.third_country_transfer_allowed,
        main_contract_prevails: agreed.main_contract_prevails,
        main_contract_reference: agreed.main_contract_reference.clone(),
        fixed_end_on: agreed.fixed_end_on.map(Into::into),
        signatures: Default::default(),
    }
}
