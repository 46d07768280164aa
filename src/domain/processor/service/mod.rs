//! Use cases of the area: authorise, load in scope, judge, write.

pub mod acknowledge;
pub mod agreement;
pub mod agreement_party;
pub mod assurance;
pub mod case;
pub mod change;
pub mod contact;
pub mod contents;
pub mod copy;
pub mod ending;
pub mod import;
pub mod instruction;
pub mod merge;
pub mod notice;
pub mod party;
pub mod signing;
pub mod sub_processor;
pub mod succession;
pub mod suspension;
pub mod termination;
pub mod timeline;
pub mod withdraw;

use super::{
    model::{Agreement, AgreementParty, Party},
    repo,
};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{audit::Touched, visibility},
    kernel::{
        kinds::{AgreementId, ControllerId, PartyId},
        refusal::{Failure, Refusal},
        version::stored,
    },
};

/// A party of the shared directory.
pub async fn known_party(cx: &Cx, id: PartyId, path: &str) -> Result<Party, Failure> {
    Ok(repo::parties(&cx.tx, &cx.scope, &[id]).await?.pop().ok_or_else(|| Refusal::not_found(path))?)
}

/// The processor of an agreement, also where it is withdrawn.
async fn processor_of(cx: &Cx, agreement: &Agreement) -> Result<Party, Failure> {
    let found = repo::parties_named(&cx.tx, &cx.scope, &[agreement.processor]).await?.pop();
    found.ok_or_else(|| Failure::internal("an agreement has no processor"))
}

/// An agreement that the viewer may read, with its parties. Any other is answered like one that does not exist.
pub async fn known_agreement(cx: &Cx, id: AgreementId, path: &str) -> Result<(Agreement, Vec<AgreementParty>), Failure> {
    let agreement = repo::agreements(cx, &[id]).await?.pop().ok_or_else(|| Refusal::not_found(path))?;
    let parties = repo::parties_of(cx, &[id]).await?;
    Ok((agreement, parties))
}

/// Whom a change of an agreement, or of something of it, touches today.
async fn touched(cx: &Cx, scope: &WriteScope, agreement: AgreementId) -> Result<Touched, Failure> {
    Ok(visibility::repo::touched_by_agreements(&cx.tx, scope, &[agreement], cx.today).await?)
}

/// The controller that keeps the common part today.
pub fn lead(parties: &[AgreementParty]) -> Result<ControllerId, Failure> {
    let lead = parties.iter().find(|party| party.lead).map(|party| party.keeper);
    lead.ok_or_else(|| Failure::internal("an agreement has no lead"))
}

/// The row of a controller. Where two parties' duties have come to it, it is the one that stays.
pub fn row_of(parties: &[AgreementParty], controller: ControllerId) -> Option<&AgreementParty> {
    parties.iter().filter(|party| party.controller == controller).min_by_key(|party| party.rank())
}

/// The common part of an agreement, and the right of its lead's coordinators to change what all parties share.
async fn common_part(cx: &Cx, id: AgreementId) -> Result<(Agreement, WriteScope), Failure> {
    let (agreement, parties) = known_agreement(cx, id, "agreementId").await?;
    let scope = require(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "agreementId")?;
    Ok((agreement, scope))
}

/// Counts the version of an agreement up where something changes that belongs to it and has no version of its own.
async fn count_up(cx: &Cx, scope: &WriteScope, current: Agreement) -> Result<AgreementId, Failure> {
    let changed = Agreement { version: current.version + 1, ..current };
    stored(repo::update_agreement(&cx.tx, scope, &changed).await?, changed.version - 1)?;
    Ok(changed.id)
}
