//! Immediate termination after an objection: the own party's act, on the ground of its own case. Annex 3, 12.6, 17.4 (PUB29).

use chrono::NaiveDate;

use super::{agreement_party::own_row, timeline::follow};
use crate::{
    app::Cx,
    authz::WriteScope,
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        processor::{
            model::{ActKind, AgreementParty, CaseAct, ObjectionCase, ObjectionOutcome},
            repo,
            rules::{
                case_acts::{acted_in_order, may_terminate_at_once},
                cases::{Case, case_id},
                facts::Facts,
                timeline::Standing,
            },
        },
        visibility,
    },
    kernel::{
        kinds::{AgreementId, CaseId, ControllerId},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// An immediate termination.
#[derive(Debug)]
pub struct TerminateAgreementAtOnce {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// For whom.
    pub controller: ControllerId,
    /// The version of the party's row.
    pub expected_version: i32,
    /// The case in which it objected.
    pub case: CaseId,
    /// The last day.
    pub terminated_on: NaiveDate,
}

/// Terminates for the own controller at once, and tells in its case what became of the objection.
pub async fn terminate(cx: &Cx, command: TerminateAgreementAtOnce) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = own_row(cx, command.agreement, command.controller).await?;
    unchanged(command.expected_version, current.version)?;
    if current.terminated.is_some() {
        let message = Text::new("Avtalet är redan uppsagt med omedelbar verkan.", "The agreement is terminated at once already.");
        return Err(Refusal::new(RefusalCode::WrongState, "agreementId", message).into());
    }
    let facts = repo::facts(&cx.tx, &scope, &[current.agreement]).await?.pop();
    let facts = facts.ok_or_else(|| Failure::internal("an agreement has no facts"))?;
    let recorded = own_objection(cx, &facts, &current, &command)?;
    let terminated =
        AgreementParty { terminated: Some((command.terminated_on, recorded.id)), version: current.version + 1, ..current.clone() };
    stored(repo::update_agreement_party(&cx.tx, &scope, &terminated).await?, current.version)?;
    let outcome = CaseAct {
        act: ActKind::Outcome,
        outcome: Some(ObjectionOutcome::AgreementTerminated),
        done_on: command.terminated_on,
        by: cx.viewer.person,
        reason: None,
    };
    let mut closed = ObjectionCase { version: recorded.version + 1, ..recorded.clone() };
    stored(repo::put_case(&cx.tx, &scope, &closed).await?, recorded.version)?;
    repo::insert_act(&cx.tx, &scope, &cx.ids, cx.now, &closed, &outcome).await?;
    closed.acts.push(outcome);
    follow(&cx.tx, &scope, &[current.agreement]).await?;
    let touched = touched(cx, &scope, &current, &Change::changed(recorded, &closed)).await?;
    audit::record(&cx.doing(&scope), touched, Change::changed(&current, &terminated), current.agreement).await
}

/// PUB29: the own case under this agreement, in which an objection stands on the day.
fn own_objection<'f>(
    cx: &Cx,
    facts: &'f Facts,
    row: &AgreementParty,
    command: &TerminateAgreementAtOnce,
) -> Result<&'f ObjectionCase, Failure> {
    if !facts.changes.iter().any(|change| case_id(change.id, row.id) == command.case) {
        return Err(Refusal::not_found("objectionCaseId").into());
    }
    let standings = Standing::of_all(facts);
    let at = standings.iter().find(|at| at.party.row.id == row.id);
    let recorded = facts.cases.iter().find(|case| case.id == command.case && case.party == row.id);
    let change = recorded.and_then(|case| facts.changes.iter().find(|change| change.id == case.change));
    let case = at.zip(change).and_then(|(at, change)| Case::of(at, change));
    may_terminate_at_once(case.as_ref(), command.terminated_on, "objectionCaseId")?;
    let (case, recorded) = case.zip(recorded).ok_or_else(|| Refusal::not_found("objectionCaseId"))?;
    acted_in_order(&case, command.terminated_on, cx.today, "terminatedOn")?;
    Ok(recorded)
}

/// All who read the agreement are told that it is terminated; of the case only those who read the controller.
async fn touched(cx: &Cx, scope: &WriteScope, row: &AgreementParty, case: &Change) -> Result<Touched, Failure> {
    let all = visibility::repo::touched_by_agreements(&cx.tx, scope, &[row.agreement], cx.today).await?;
    let readers = visibility::repo::readers(&cx.tx, &cx.scope, &[row.controller]).await?.remove(&row.controller).unwrap_or_default();
    let own = readers.into_iter().filter(|reader| reader.reads_on(cx.today)).map(|reader| reader.municipality);
    Ok(own.fold(all, |all, municipality| all.telling(municipality, case.clone())))
}
