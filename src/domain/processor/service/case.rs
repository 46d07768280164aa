//! A controller's own acts in its case about a change. The case itself follows from the change and the controller's agreement; it has a
//! row once its controller acts, and nobody's act touches another's.

use chrono::NaiveDate;

use super::timeline::recorded_for;
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{Recorded, model::Change},
        processor::{
            model::{ActKind, CaseAct, ObjectionCase, ObjectionOutcome, SubProcessorChange},
            repo,
            rules::{
                case_acts::{Receipt, act_fits, acted_in_order, receipt_can_be, receipt_fits},
                cases::{Case, case_id},
                facts::Facts,
                timeline::Standing,
            },
        },
        timeline::{
            model::{Said, SpanKind},
            repo::said_of,
        },
    },
    kernel::{
        kinds::{AgreementId, CaseId, ChangeId, ControllerId},
        refusal::{Failure, Refusal},
        version::{stored, unchanged},
    },
};

/// A case that the viewer may read, as it is today. Any other is answered like one that does not exist.
async fn known_case(cx: &Cx, id: CaseId, path: &str) -> Result<(Said, ControllerId), Failure> {
    let said = said_of(cx, SpanKind::Case, &[id.key()]).await?.pop().ok_or_else(|| Refusal::not_found(path))?;
    let controller = said.controller.ok_or_else(|| Failure::internal("a case has no controller"))?;
    Ok((said, controller))
}

/// A case of one's own, with all that is on record about its agreement.
struct OwnCase {
    id: CaseId,
    controller: ControllerId,
    agreement: AgreementId,
    facts: Facts,
    scope: WriteScope,
}

impl OwnCase {
    async fn load(cx: &Cx, id: CaseId) -> Result<Self, Failure> {
        let (said, controller) = known_case(cx, id, "objectionCaseId").await?;
        let scope = require(&cx.viewer, Action::KeepCase, Subject::Case(controller), "objectionCaseId")?;
        let agreement = AgreementId::new(said.origin);
        let facts = repo::facts(&cx.tx, &scope, &[agreement]).await?.pop();
        Ok(Self { id, controller, agreement, facts: facts.ok_or_else(|| Refusal::not_found("objectionCaseId"))?, scope })
    }

    /// What is recorded of it, or a case in which nothing is.
    fn current(&self) -> Result<ObjectionCase, Failure> {
        if let Some(recorded) = self.facts.cases.iter().find(|case| case.id == self.id) {
            return Ok(recorded.clone());
        }
        let pairs = self.facts.changes.iter().flat_map(|change| self.facts.parties.iter().map(move |party| (change.id, party.row.id)));
        let found = pairs.into_iter().find(|(change, party)| case_id(*change, *party) == self.id);
        let (change, party) = found.ok_or_else(|| Failure::internal("a case follows from nothing"))?;
        Ok(ObjectionCase {
            id: self.id,
            change,
            agreement: self.agreement,
            party,
            notice_sent_on: None,
            notice_received_on: None,
            missing: Vec::new(),
            completed_on: None,
            acts: Vec::new(),
            version: 0,
        })
    }

    /// Lets `judge` look at the case as the rules see it.
    fn judge(&self, of: &ObjectionCase, judge: impl FnOnce(&Case<'_>) -> Result<(), Refusal>) -> Result<(), Failure> {
        let standings = Standing::of_all(&self.facts);
        let at = standings.iter().find(|at| at.party.row.id == of.party);
        let case = at.and_then(|at| Case::of(at, self.change(of.change)?));
        let case = case.ok_or_else(|| Failure::internal("a case follows from nothing"))?;
        Ok(judge(&case)?)
    }

    fn change(&self, id: ChangeId) -> Option<&SubProcessorChange> {
        self.facts.changes.iter().find(|change| change.id == id)
    }

    async fn save(self, cx: &Cx, before: &ObjectionCase, case: ObjectionCase, act: Option<CaseAct>) -> Result<Recorded<CaseId>, Failure> {
        let mut changed = ObjectionCase { version: before.version + 1, ..case };
        stored(repo::put_case(&cx.tx, &self.scope, &changed).await?, before.version)?;
        if let Some(act) = act {
            repo::insert_act(&cx.tx, &self.scope, &cx.ids, cx.now, &changed, &act).await?;
            changed.acts.push(act);
        }
        let change = if before.version == 0 { Change::made(&changed) } else { Change::changed(before, &changed) };
        recorded_for(cx, &self.scope, self.agreement, self.controller, change, self.id).await
    }
}

/// What a controller says of the notice that it got.
#[derive(Debug)]
pub struct ConfirmSubProcessorNotice {
    /// In which case.
    pub case: CaseId,
    /// The version of it; 0 where nothing was recorded.
    pub expected_version: i32,
    /// The notice.
    pub receipt: Receipt,
}

/// Confirms that the notice of a change came, and whether it was complete: the window runs from then.
pub async fn confirm_notice(cx: &Cx, command: ConfirmSubProcessorNotice) -> Result<Recorded<CaseId>, Failure> {
    let own = OwnCase::load(cx, command.case).await?;
    let current = own.current()?;
    unchanged(command.expected_version, current.version)?;
    receipt_can_be(&command.receipt, cx.today)?;
    own.judge(&current, |case| receipt_fits(case, cx.today, "objectionCaseId"))?;
    let Receipt { sent_on, received_on, missing, completed_on } = command.receipt;
    let confirmed = ObjectionCase { notice_sent_on: sent_on, notice_received_on: received_on, missing, completed_on, ..current.clone() };
    own.save(cx, &current, confirmed, None).await
}

/// What a controller decides in its case.
#[derive(Debug)]
pub struct DecideObjection {
    /// In which case.
    pub case: CaseId,
    /// The version of it; 0 where nothing was recorded.
    pub expected_version: i32,
    /// What.
    pub act: ActKind,
    /// What became of the objection, where that is recorded.
    pub outcome: Option<ObjectionOutcome>,
    /// When.
    pub decided_on: NaiveDate,
    /// Why.
    pub reason: Option<String>,
}

/// Accepts, objects, takes an objection back, is not concerned, or tells what became of an objection.
pub async fn decide(cx: &Cx, command: DecideObjection) -> Result<Recorded<CaseId>, Failure> {
    let own = OwnCase::load(cx, command.case).await?;
    let current = own.current()?;
    unchanged(command.expected_version, current.version)?;
    let DecideObjection { case: _, expected_version: _, act, outcome, decided_on, reason } = command;
    own.judge(&current, |case| {
        acted_in_order(case, decided_on, cx.today, "decidedOn")?;
        act_fits(case, act, decided_on, "decidedOn")
    })?;
    let act = CaseAct { act, outcome, done_on: decided_on, by: cx.viewer.person, reason };
    own.save(cx, &current, current.clone(), Some(act)).await
}
