//! Processing is suspended, and goes on again.

use chrono::NaiveDate;

use super::{common_part, count_up, timeline::recorded};
use crate::{
    app::Cx,
    authz::WriteScope,
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{Agreement, Suspension, SuspensionCause},
            repo,
            rules::{self, facts::Facts},
        },
    },
    kernel::{
        kinds::AgreementId,
        refusal::Failure,
        version::{stored, unchanged},
    },
};

/// Processing is suspended.
#[derive(Debug)]
pub struct SuspendAgreement {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The version of the agreement that is changed.
    pub expected_version: i32,
    /// Why.
    pub cause: SuspensionCause,
    /// The first day; none: today.
    pub from: Option<NaiveDate>,
}

/// Suspends the processing under an agreement in force, once for each cause.
pub async fn suspend(cx: &Cx, command: SuspendAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = common_part(cx, command.agreement).await?;
    unchanged(command.expected_version, current.version)?;
    let from = command.from.unwrap_or(cx.today);
    has_happened(from, cx.today, "from")?;
    let facts = facts_of(cx, &scope, &current).await?;
    rules::can_be_suspended(&facts, command.cause, from)?;
    let suspension = Suspension {
        id: cx.ids.id(cx.now),
        agreement: current.id,
        cause: command.cause,
        from,
        declared_ended_on: None,
        accepted_on: None,
        version: 1,
    };
    repo::insert_suspensions(&cx.tx, &scope, std::slice::from_ref(&suspension)).await?;
    let id = count_up(cx, &scope, current).await?;
    recorded(cx, &scope, id, Change::of(id).and(Change::made(&suspension)), id).await
}

/// Processing goes on again.
#[derive(Debug)]
pub struct ResumeAgreement {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The version of the agreement that is changed.
    pub expected_version: i32,
    /// Which suspension ends; none: the one that is open, a breach before an instruction.
    pub cause: Option<SuspensionCause>,
    /// When the side in breach declared the breach ended.
    pub declared_ended_on: Option<NaiveDate>,
    /// When the other side accepted that.
    pub accepted_on: Option<NaiveDate>,
}

/// Resumes the processing: after a breach when its end is declared and accepted (PUB38), after an unclear instruction when there is a new
/// one (PUB12).
pub async fn resume(cx: &Cx, command: ResumeAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = common_part(cx, command.agreement).await?;
    unchanged(command.expected_version, current.version)?;
    for (on, path) in [(command.declared_ended_on, "declaredEndedOn"), (command.accepted_on, "acceptedOn")] {
        on.map_or(Ok(()), |on| has_happened(on, cx.today, path))?;
    }
    let facts = facts_of(cx, &scope, &current).await?;
    let before = rules::can_be_resumed(&facts, command.cause, (command.declared_ended_on, command.accepted_on), cx.today)?;
    let after = Suspension {
        declared_ended_on: command.declared_ended_on,
        accepted_on: command.accepted_on.or(Some(cx.today)),
        version: before.version + 1,
        ..before.clone()
    };
    stored(repo::update_suspension(&cx.tx, &scope, &after).await?, before.version)?;
    let id = count_up(cx, &scope, current).await?;
    recorded(cx, &scope, id, Change::of(id).and(Change::changed(before, &after)), id).await
}

async fn facts_of(cx: &Cx, scope: &WriteScope, agreement: &Agreement) -> Result<Facts, Failure> {
    let found = repo::facts(&cx.tx, scope, &[agreement.id]).await?.pop();
    found.ok_or_else(|| Failure::internal("an agreement has no facts"))
}
