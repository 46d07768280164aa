//! Mistakes about parties and agreements are withdrawn: kept in history, out of every list. Nothing is left hanging, and no act of one
//! municipality takes away what another did.

use super::{known_agreement, known_party, lead, party, touched};
use crate::{
    app::Cx,
    authz::{Action, Subject, policy::require_to_withdraw},
    domain::{
        audit::{self, Recorded, model::Change},
        organisation::service::withdraw::Withdraw,
        processor::repo,
        visibility,
    },
    kernel::{
        kinds::{AgreementId, AgreementKind, AgreementPartyId, AgreementPartyKind, EngagementId, EngagementKind, PartyId, PartyKind},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// Withdraws a party; what refers to it goes on showing it.
pub async fn party(cx: &Cx, command: Withdraw<PartyKind>) -> Result<Recorded<PartyId>, Failure> {
    let current = known_party(cx, command.id, "id").await?;
    // What another municipality has on record, ended or yet to come, would refer to what no list shows.
    let ever = party::users(cx, current.id, None).await?;
    let scope = require_to_withdraw(&cx.viewer, Action::CorrectParty, Subject::Party(&ever), "id")?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_party(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let touched = party::touched(cx, &scope, current.id).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws an agreement that nobody has joined, with all that belongs to it. Those who are invited lose it, too.
pub async fn agreement(cx: &Cx, command: Withdraw<AgreementKind>) -> Result<Recorded<AgreementId>, Failure> {
    let (current, parties) = known_agreement(cx, command.id, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "id")?;
    unchanged(command.expected_version, current.version)?;
    if parties.iter().any(|party| !party.lead && party.joined_on.is_some()) {
        return Err(wrong_state(
            "En annan personuppgiftsansvarig har anslutit sig till avtalet; det kan inte återkallas för den.",
            "Another controller has joined the agreement; it cannot be withdrawn for that one, too.",
        ));
    }
    let touched = touched(cx, &scope, current.id).await?;
    stored(repo::withdraw_agreement(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    visibility::repo::close_agreement(&cx.tx, &scope, current.id, None).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws an invitation or a joining: by the party itself, and by the lead only while it has not joined.
pub async fn agreement_party(cx: &Cx, command: Withdraw<AgreementPartyKind>) -> Result<Recorded<AgreementPartyId>, Failure> {
    let current = repo::agreement_parties(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let (_, parties) = known_agreement(cx, current.agreement, "id").await?;
    let lead = lead(&parties)?;
    let its_own = || require_to_withdraw(&cx.viewer, Action::KeepOwnParty, Subject::OwnParty(current.controller), "id");
    let the_leads = || require_to_withdraw(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead), "id");
    let scope = if current.joined_on.is_none() { its_own().or_else(|_| the_leads())? } else { its_own()? };
    unchanged(command.expected_version, current.version)?;
    if current.lead {
        return Err(wrong_state(
            "Den som leder avtalet kan inte lämna det så; återkalla avtalet i stället.",
            "The lead cannot be taken out of its agreement; withdraw the agreement instead.",
        ));
    }
    let touched = touched(cx, &scope, current.agreement).await?;
    stored(repo::withdraw_agreement_party(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    visibility::repo::close_agreement(&cx.tx, &scope, current.agreement, Some(current.controller)).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws a sub-processor that engages no other.
pub async fn engagement(cx: &Cx, command: Withdraw<EngagementKind>) -> Result<Recorded<EngagementId>, Failure> {
    let current = repo::engagements(cx, &[command.id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let (_, parties) = known_agreement(cx, current.agreement, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::KeepSubProcessors, Subject::CommonPart(lead(&parties)?), "id")?;
    unchanged(command.expected_version, current.version)?;
    let tree = repo::tree(&cx.tx, &scope, current.agreement).await?;
    if tree.iter().any(|other| other.engaged_by == Some(current.id)) {
        return Err(wrong_state(
            "Underbiträdet anlitar i sin tur andra; återkalla dem först.",
            "The sub-processor engages others; withdraw those first.",
        ));
    }
    stored(repo::withdraw_engagement(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let touched = touched(cx, &scope, current.agreement).await?;
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

fn wrong_state(sv: &'static str, en: &'static str) -> Failure {
    Refusal::new(RefusalCode::WrongState, "id", Text::new(sv, en)).into()
}
