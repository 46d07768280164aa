//! What processors announce about their sub-processors: a fact that all who use the processor share. GDPR art. 28.2; annex 3, 12.

use chrono::NaiveDate;

use super::{known_party, timeline::follow};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        processor::{
            model::{Advice, ChangeKind, DataCategory, DataSubjectGroup, SubProcessorChange},
            repo,
            rules::changes::change_can_be,
        },
        visibility,
    },
    kernel::{
        country::CountryCode,
        kinds::{ChangeId, ControllerId, MunicipalityId, PartyId},
        refusal::{Failure, Refusal},
        version::{stored, unchanged},
    },
};

/// A processor announced something.
#[derive(Debug)]
pub struct AnnounceSubProcessorChange {
    /// Who.
    pub processor: PartyId,
    /// What changes.
    pub kind: ChangeKind,
    /// Which sub-processor.
    pub sub_processor: PartyId,
    /// The one that it replaces.
    pub replaces: Option<PartyId>,
    /// The one that engages it; none: the processor itself.
    pub engaged_by: Option<PartyId>,
    /// What it does.
    pub service: String,
    /// Which data it processes.
    pub data_categories: Vec<DataCategory>,
    /// Whose data.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// Where; empty where not known.
    pub processing_countries: Vec<CountryCode>,
    /// When it was announced.
    pub announced_on: NaiveDate,
    /// When it takes effect.
    pub effective_on: NaiveDate,
    /// Where it was announced.
    pub source_url: Option<String>,
}

/// Records what a processor announced. The case of each controller that uses it follows.
pub async fn announce(cx: &Cx, command: AnnounceSubProcessorChange) -> Result<Recorded<ChangeId>, Failure> {
    let processor = known_party(cx, command.processor, "processorId").await?;
    let with = concerned(cx, processor.id).await?;
    let scope = require(&cx.viewer, Action::AnnounceChange, Subject::Processor(&with), "processorId")?;
    known_party(cx, command.sub_processor, "subProcessorId").await?;
    known_if_named(cx, command.replaces, "replacesId").await?;
    known_if_named(cx, command.engaged_by, "engagedById").await?;
    let new = SubProcessorChange {
        id: cx.ids.id(cx.now),
        processor: processor.id,
        kind: command.kind,
        sub_processor: command.sub_processor,
        replaces: command.replaces,
        engaged_by: command.engaged_by,
        service: command.service,
        data_categories: command.data_categories,
        data_subjects: command.data_subjects,
        processing_countries: command.processing_countries,
        announced_on: command.announced_on,
        effective_on: command.effective_on,
        announced_by: Some(cx.viewer.municipality),
        source_url: command.source_url,
        version: 1,
        withdrawn: false,
    };
    change_can_be(&new, cx.today)?;
    repo::insert_changes(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
    told(cx, &scope, &new, &with, Change::made(&new)).await
}

async fn known_if_named(cx: &Cx, party: Option<PartyId>, path: &str) -> Result<(), Failure> {
    match party {
        None => Ok(()),
        Some(party) => known_party(cx, party, path).await.map(drop),
    }
}

/// Who has an agreement with the processor today.
async fn concerned(cx: &Cx, processor: PartyId) -> Result<Vec<(MunicipalityId, ControllerId)>, Failure> {
    Ok(repo::who_has_agreements_with(&cx.tx, &cx.scope, processor, cx.today).await?)
}

/// What was done to a change: every agreement with the processor follows, and all who have one are told the change itself.
async fn told(
    cx: &Cx,
    scope: &WriteScope,
    of: &SubProcessorChange,
    concerned: &[(MunicipalityId, ControllerId)],
    change: Change,
) -> Result<Recorded<ChangeId>, Failure> {
    let agreements = repo::agreements_of(&cx.tx, scope, &[of.processor]).await?;
    follow(&cx.tx, scope, &agreements).await?;
    audit::record(&cx.doing(scope), touched(concerned), change, of.id).await
}

/// All share a change, and it matters to those who have an agreement with the processor.
fn touched(concerned: &[(MunicipalityId, ControllerId)]) -> Touched {
    Touched::cooperation().and(Touched::controllers(concerned.iter().copied()))
}

/// A corrected change. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct CorrectSubProcessorChange {
    /// Which.
    pub id: ChangeId,
    /// The version that is changed.
    pub expected_version: i32,
    /// The one that engages it.
    pub engaged_by: Option<Option<PartyId>>,
    /// What it does.
    pub service: Option<String>,
    /// Which data it processes.
    pub data_categories: Option<Vec<DataCategory>>,
    /// Whose data.
    pub data_subjects: Option<Vec<DataSubjectGroup>>,
    /// Where.
    pub processing_countries: Option<Vec<CountryCode>>,
    /// When it was announced.
    pub announced_on: Option<NaiveDate>,
    /// When it takes effect.
    pub effective_on: Option<NaiveDate>,
    /// Where it was announced.
    pub source_url: Option<Option<String>>,
}

/// Corrects what was entered about a change. What changes, and for whom, is withdrawn and announced anew.
pub async fn correct(cx: &Cx, command: CorrectSubProcessorChange) -> Result<Recorded<ChangeId>, Failure> {
    let current = known_change(cx, command.id, "changeId").await?;
    let others_acted = others_acted(cx, current.id).await?;
    let subject = Subject::Change { announced_by: current.announced_by, others_acted };
    let scope = require(&cx.viewer, Action::CorrectChange, subject, "changeId")?;
    unchanged(command.expected_version, current.version)?;
    known_if_named(cx, command.engaged_by.flatten(), "engagedById").await?;
    let changed = SubProcessorChange {
        engaged_by: command.engaged_by.unwrap_or(current.engaged_by),
        service: command.service.unwrap_or_else(|| current.service.clone()),
        data_categories: command.data_categories.unwrap_or_else(|| current.data_categories.clone()),
        data_subjects: command.data_subjects.unwrap_or_else(|| current.data_subjects.clone()),
        processing_countries: command.processing_countries.unwrap_or_else(|| current.processing_countries.clone()),
        announced_on: command.announced_on.unwrap_or(current.announced_on),
        effective_on: command.effective_on.unwrap_or(current.effective_on),
        source_url: command.source_url.unwrap_or_else(|| current.source_url.clone()),
        version: current.version + 1,
        ..current.clone()
    };
    change_can_be(&changed, cx.today)?;
    stored(repo::update_change(&cx.tx, &scope, &changed).await?, current.version)?;
    let with = concerned(cx, changed.processor).await?;
    told(cx, &scope, &changed, &with, Change::changed(&current, &changed)).await
}

/// Withdraws a change as a mistake; cases in which somebody has acted stay and show it.
pub async fn withdraw(
    cx: &Cx,
    current: &SubProcessorChange,
    scope: &WriteScope,
    expected_version: i32,
    reason: String,
) -> Result<Recorded<ChangeId>, Failure> {
    unchanged(expected_version, current.version)?;
    stored(repo::withdraw_change(&cx.tx, scope, cx.now, current).await?, current.version)?;
    let with = concerned(cx, current.processor).await?;
    told(cx, scope, current, &with, Change::withdrawn(current, reason)).await
}

/// A change of the shared directory.
pub async fn known_change(cx: &Cx, id: ChangeId, path: &str) -> Result<SubProcessorChange, Failure> {
    Ok(repo::changes(cx, &[id]).await?.pop().ok_or_else(|| Refusal::not_found(path))?)
}

/// Whether a controller that the own municipality does not read has acted in its case about a change.
pub(super) async fn others_acted(cx: &Cx, change: ChangeId) -> Result<bool, Failure> {
    let acted = repo::controllers_that_acted(&cx.tx, &cx.scope, change).await?;
    let readers = visibility::repo::readers(&cx.tx, &cx.scope, &acted).await?;
    let own = |controller| readers.get(controller).is_some_and(|readers| readers.iter().any(|r| r.municipality == cx.viewer.municipality));
    Ok(!acted.iter().all(own))
}

/// The data protection officer's advice on a change.
#[derive(Debug)]
pub struct GiveAdvice {
    /// On which change.
    pub change: ChangeId,
    /// The advice.
    pub text: String,
}

/// Adds advice: one text for all municipalities.
pub async fn give_advice(cx: &Cx, command: GiveAdvice) -> Result<Recorded<ChangeId>, Failure> {
    let change = known_change(cx, command.change, "changeId").await?;
    let with = concerned(cx, change.processor).await?;
    let scope = require(&cx.viewer, Action::AdviseOnChange, Subject::Processor(&with), "changeId")?;
    let author = cx.viewer.person.ok_or_else(|| Refusal::forbidden("changeId"))?;
    let advice = Advice { change: change.id, author, text: command.text, given_at: cx.now };
    repo::insert_advice(&cx.tx, &scope, &cx.ids, &advice).await?;
    let Advice { change: _, author: _, text, given_at: _ } = advice;
    let given = Change::of(change.id).with("advice", None, Some(text));
    audit::record(&cx.doing(&scope), touched(&with), given, change.id).await
}
