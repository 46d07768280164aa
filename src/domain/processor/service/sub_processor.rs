//! Sub-processors: a dated tree below each agreement, kept by the lead. GDPR art. 28.2, 28.4; annex 3, clause 12.

use chrono::NaiveDate;

use super::{known_agreement, known_party, lead, touched};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, model::Change},
        processor::{
            model::{DataCategory, Engagement, EngagementAuthorisation, Position},
            repo, rules,
        },
    },
    kernel::{
        country::CountryCode,
        kinds::{AgreementId, EngagementId, PartyId},
        period::Period,
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// A new engagement.
#[derive(Debug)]
pub struct ListSubProcessor {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Who is engaged.
    pub party: PartyId,
    /// By which engagement; none where the processor engages directly.
    pub engaged_by: Option<EngagementId>,
    /// What it does.
    pub service: String,
    /// Which data it processes.
    pub data_categories: Vec<DataCategory>,
    /// Where; empty where not known.
    pub processing_countries: Vec<CountryCode>,
    /// How it was authorised.
    pub authorisation: EngagementAuthorisation,
    /// When.
    pub validity: Period,
}

/// Lists a sub-processor.
pub async fn list(cx: &Cx, command: ListSubProcessor) -> Result<Recorded<EngagementId>, Failure> {
    let (agreement, parties) = known_agreement(cx, command.agreement, "agreementId").await?;
    let scope = require(&cx.viewer, Action::KeepSubProcessors, Subject::CommonPart(lead(&parties)?), "agreementId")?;
    let party = known_party(cx, command.party, "partyId").await?;
    let tree = repo::tree(&cx.tx, &scope, agreement.id).await?;
    let engager = match command.engaged_by {
        None => None,
        Some(id) => Some(tree.iter().find(|engagement| engagement.id == id).ok_or_else(|| Refusal::not_found("engagedById"))?),
    };
    let above = chain(&tree, engager);
    rules::chain_is_not_too_deep(above.len(), "engagedById")?;
    rules::chain_stays_open(party.id, agreement.processor, &above, "partyId")?;
    let new = Engagement {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        party: party.id,
        engaged_by: command.engaged_by,
        position: next_position(engager, &repo::places_below(&cx.tx, &scope, agreement.id, command.engaged_by).await?),
        service: command.service,
        data_categories: command.data_categories,
        processing_countries: command.processing_countries,
        authorisation: command.authorisation,
        sub_agreement_on: None,
        copy_requested_on: None,
        copy_received_on: None,
        validity: rules::within_engager(command.validity, engager)?,
        version: 1,
    };
    repo::insert_engagements(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
    let touched = touched(cx, &scope, new.agreement).await?;
    audit::record(&cx.doing(&scope), touched, Change::made(&new), new.id).await
}

/// The parties from the engager up to the processor.
pub(super) fn chain(tree: &[Engagement], engager: Option<&Engagement>) -> Vec<PartyId> {
    let mut above = Vec::new();
    let mut next = engager;
    while let Some(engagement) = next {
        above.push(engagement.party);
        next = tree.iter().find(|other| Some(other.id) == engagement.engaged_by);
    }
    above
}

fn next_position(engager: Option<&Engagement>, taken: &[Position]) -> Position {
    let last = taken.iter().map(Position::number).max().unwrap_or(0);
    Position::below(engager.map(|engager| &engager.position), last + 1)
}

/// A corrected engagement. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct CorrectSubProcessor {
    /// Which.
    pub id: EngagementId,
    /// The version that is changed.
    pub expected_version: i32,
    /// What it does.
    pub service: Option<String>,
    /// Which data it processes.
    pub data_categories: Option<Vec<DataCategory>>,
    /// Where.
    pub processing_countries: Option<Vec<CountryCode>>,
    /// When it was bound by the same duties.
    pub sub_agreement_on: Option<Option<NaiveDate>>,
    /// When a copy of that was asked for.
    pub copy_requested_on: Option<Option<NaiveDate>>,
    /// When the copy came.
    pub copy_received_on: Option<Option<NaiveDate>>,
}

/// Corrects what was entered about a sub-processor. Who is engaged by whom, and from when, is withdrawn and listed anew.
pub async fn correct(cx: &Cx, command: CorrectSubProcessor) -> Result<Recorded<EngagementId>, Failure> {
    let (current, scope) = own_engagement(cx, command.id).await?;
    unchanged(command.expected_version, current.version)?;
    let requested = command.copy_requested_on.unwrap_or(current.copy_requested_on);
    let received = command.copy_received_on.unwrap_or(current.copy_received_on);
    if let (Some(requested), Some(received)) = (requested, received)
        && received < requested
    {
        return Err(Refusal::invalid(
            "copyReceivedOn",
            Text::new(
                format!("Kopian begärdes {requested}; den kan inte ha kommit tidigare."),
                format!("The copy was asked for on {requested}; it cannot have come before."),
            ),
        )
        .into());
    }
    let changed = Engagement {
        service: command.service.unwrap_or_else(|| current.service.clone()),
        data_categories: command.data_categories.unwrap_or_else(|| current.data_categories.clone()),
        processing_countries: command.processing_countries.unwrap_or_else(|| current.processing_countries.clone()),
        sub_agreement_on: command.sub_agreement_on.unwrap_or(current.sub_agreement_on),
        copy_requested_on: requested,
        copy_received_on: received,
        ..current.clone()
    };
    let change = save(cx, &scope, &current, changed).await?;
    audit::record(&cx.doing(&scope), touched(cx, &scope, current.agreement).await?, change, current.id).await
}

/// The end of an engagement.
#[derive(Debug)]
pub struct EndSubProcessor {
    /// Which.
    pub id: EngagementId,
    /// The version that is changed.
    pub expected_version: i32,
    /// The last day on which it is engaged.
    pub valid_to: NaiveDate,
}

/// Ends an engagement, and with it all that it engages.
pub async fn end(cx: &Cx, command: EndSubProcessor) -> Result<Recorded<EngagementId>, Failure> {
    let (current, scope) = own_engagement(cx, command.id).await?;
    unchanged(command.expected_version, current.version)?;
    let tree = repo::tree(&cx.tx, &scope, current.agreement).await?;
    let engager = tree.iter().find(|other| Some(other.id) == current.engaged_by).cloned();
    let below: Vec<_> = tree.into_iter().filter(|other| other.position.is_below(&current.position)).collect();
    if let Some(late) = below.iter().find(|other| command.valid_to < other.validity.from) {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "validTo",
            Text::new(
                format!(
                    "Ett underbiträde längre ner i kedjan är anlitat från {}; avsluta det först eller ange en senare dag.",
                    late.validity.from
                ),
                format!("A sub-processor further down is engaged from {}; end that first or give a later day.", late.validity.from),
            ),
        )
        .into());
    }
    let validity = Period::new(current.validity.from, Some(command.valid_to)).ok_or_else(|| Refusal::ends_before_it_begins("validTo"))?;
    let validity = rules::within_engager(validity, engager.as_ref())?;
    let mut change = save(cx, &scope, &current, Engagement { validity, ..current.clone() }).await?;
    for other in below.into_iter().filter(|other| other.validity != other.validity.until(command.valid_to)) {
        let validity = other.validity.until(command.valid_to);
        change = change.and(save(cx, &scope, &other, Engagement { validity, ..other.clone() }).await?);
    }
    audit::record(&cx.doing(&scope), touched(cx, &scope, current.agreement).await?, change, current.id).await
}

async fn save(cx: &Cx, scope: &WriteScope, before: &Engagement, engagement: Engagement) -> Result<Change, Failure> {
    let changed = Engagement { version: before.version + 1, ..engagement };
    stored(repo::update_engagement(&cx.tx, scope, &changed).await?, before.version)?;
    Ok(Change::changed(before, &changed))
}

async fn own_engagement(cx: &Cx, id: EngagementId) -> Result<(Engagement, WriteScope), Failure> {
    let found = repo::engagements(cx, &[id]).await?.pop().ok_or_else(|| Refusal::not_found("engagementId"))?;
    let (_, parties) = known_agreement(cx, found.agreement, "engagementId").await?;
    let scope = require(&cx.viewer, Action::KeepSubProcessors, Subject::CommonPart(lead(&parties)?), "engagementId")?;
    Ok((found, scope))
}
