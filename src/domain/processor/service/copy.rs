//! A new agreement after the pattern of another.

use super::{agreement::usual_instrument, known_agreement, processor_of, timeline::recorded};
use crate::{
    app::Cx,
    authz::{Action, Subject, require},
    domain::{
        audit::{Recorded, model::Change},
        organisation::service::own_controller,
        processor::{
            model::{Agreed, Agreement, AgreementParty, Engagement, Terms},
            repo, rules,
        },
        visibility,
    },
    kernel::{
        kinds::{AgreementId, ControllerId, EngagementId},
        period::Period,
        refusal::Failure,
    },
};

/// A copy.
#[derive(Debug)]
pub struct CopyAgreement {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// The controller that drafts the new one.
    pub lead: ControllerId,
    /// What the new one is called; none: as the old one.
    pub title: Option<String>,
}

/// Drafts an agreement with the same processor, texts, terms and sub-processors of today, for another controller or anew: without dates,
/// signatures, checks and diary numbers.
pub async fn copy(cx: &Cx, command: CopyAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (pattern, _) = known_agreement(cx, command.agreement, "agreementId").await?;
    let (controller, _) = own_controller(cx, command.lead, "leadControllerId").await?;
    let scope = require(&cx.viewer, Action::DraftAgreement, Subject::Controller(controller.id), "leadControllerId")?;
    let processor = processor_of(cx, &pattern).await?;
    rules::processor_is_somebody_else(&processor, controller.id, "leadControllerId")?;
    let agreement = Agreement {
        id: cx.ids.id(cx.now),
        title: command.title.unwrap_or_else(|| pattern.title.clone()),
        instrument: usual_instrument(cx, &processor, controller.host).await?,
        version: 1,
        ..pattern.clone()
    };
    let party = AgreementParty::new(cx.ids.id(cx.now), agreement.id, controller.id, None);
    let newest = repo::terms_to_change(&cx.tx, &scope, &[pattern.id]).await?.pop();
    let terms = Terms {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        number: 1,
        valid_from: cx.today,
        signed_by_processor_on: None,
        signatures: Vec::new(),
        agreed: Agreed { fixed_end_on: None, ..newest.map(|newest| newest.agreed).unwrap_or_default() },
    };
    let tree = repo::tree(&cx.tx, &scope, pattern.id).await?;
    let engagements = engaged_today(cx, &tree, agreement.id);
    repo::insert_agreements(&cx.tx, &scope, std::slice::from_ref(&agreement)).await?;
    repo::insert_agreement_parties(&cx.tx, &scope, std::slice::from_ref(&party)).await?;
    repo::insert_terms(&cx.tx, &scope, std::slice::from_ref(&terms)).await?;
    repo::insert_engagements(&cx.tx, &scope, &engagements).await?;
    visibility::repo::open_agreements(&cx.tx, &scope, &cx.ids, cx.now, &[agreement.id]).await?;
    let change = Change::made(&agreement).and(Change::made(&party)).and(Change::made(&terms));
    let change = engagements.iter().fold(change, |change, engagement| change.and(Change::made(engagement)));
    recorded(cx, &scope, agreement.id, change, agreement.id).await
}

/// The sub-processors of today, listed under the new agreement from today. Parents come before children.
fn engaged_today(cx: &Cx, tree: &[Engagement], agreement: AgreementId) -> Vec<Engagement> {
    let mut copied: Vec<(EngagementId, Engagement)> = Vec::new();
    for engagement in tree.iter().filter(|engagement| engagement.validity.contains(cx.today)) {
        let above = engagement.engaged_by.map(|id| copied.iter().find(|(old, _)| *old == id).map(|(_, new)| new.id));
        // What an ended engagement engages has ended with it.
        let Some(engaged_by) = above.map_or(Some(None), |above| above.map(Some)) else { continue };
        let new = Engagement {
            id: cx.ids.id(cx.now),
            agreement,
            engaged_by,
            authorisation: crate::domain::processor::model::EngagementAuthorisation::ListedAtSigning,
            sub_agreement_on: None,
            copy_requested_on: None,
            copy_received_on: None,
            validity: Period { from: cx.today, to: None },
            listed_to: None,
            introduced_by: None,
            version: 1,
            ..engagement.clone()
        };
        copied.push((engagement.id, new));
    }
    copied.into_iter().map(|(_, new)| new).collect()
}
