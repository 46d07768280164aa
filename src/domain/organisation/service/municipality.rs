//! Municipalities join and leave the cooperation.

use chrono::NaiveDate;

use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{model::Municipality, repo},
    },
    kernel::{
        kinds::MunicipalityId,
        period::Period,
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// What is recorded of a municipality. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct RecordMunicipality {
    /// Which; a slug that is not there yet makes a new municipality.
    pub slug: String,
    /// The version that is changed; 0 for a new one.
    pub expected_version: i32,
    /// Its official name.
    pub name: Option<String>,
    /// Its four-digit code.
    pub code: Option<String>,
    /// Its organisation number.
    pub organisation_number: Option<String>,
    /// Its place in the rotation.
    pub meeting_order: Option<i32>,
    /// First day of membership.
    pub member_from: Option<NaiveDate>,
    /// Last day of membership.
    pub member_to: Option<Option<NaiveDate>>,
}

/// Records a municipality that joins, changes or leaves.
pub async fn record(cx: &Cx, command: RecordMunicipality) -> Result<Recorded<MunicipalityId>, Failure> {
    let scope = require(&cx.viewer, Action::RecordMunicipality, Subject::Shared, "slug")?;
    let Some(current) = repo::municipality_by_slug(&cx.tx, &cx.scope, &command.slug).await? else {
        unchanged(command.expected_version, 0)?;
        let new = new_municipality(cx, command)?;
        is_the_only_one(cx, &scope, &new).await?;
        repo::insert_municipality(&cx.tx, &scope, &new).await?;
        return audit::record(&cx.doing(&scope), touched(new.id), Change::made(&new), new.id).await;
    };
    unchanged(command.expected_version, current.version)?;
    let from = command.member_from.unwrap_or(current.membership.from);
    let to = command.member_to.unwrap_or(current.membership.to);
    let changed = Municipality {
        name: command.name.unwrap_or_else(|| current.name.clone()),
        code: command.code.unwrap_or_else(|| current.code.clone()),
        organisation_number: command.organisation_number.unwrap_or_else(|| current.organisation_number.clone()),
        meeting_order: command.meeting_order.unwrap_or(current.meeting_order),
        membership: Period::new(from, to).ok_or_else(|| Refusal::ends_before_it_begins("memberTo"))?,
        version: current.version + 1,
        ..current.clone()
    };
    is_the_only_one(cx, &scope, &changed).await?;
    stored(repo::update_municipality(&cx.tx, &scope, &changed).await?, current.version)?;
    audit::record(&cx.doing(&scope), touched(changed.id), Change::changed(&current, &changed), changed.id).await
}

/// A membership concerns the municipality and all others.
fn touched(municipality: MunicipalityId) -> Touched {
    Touched::cooperation().and(Touched::municipality(municipality))
}

/// No other municipality has its code or its organisation number.
async fn is_the_only_one(cx: &Cx, scope: &WriteScope, municipality: &Municipality) -> Result<(), Failure> {
    let Municipality { id, code, organisation_number, .. } = municipality;
    let Some(other) = repo::same_municipality(&cx.tx, scope, code, organisation_number, *id).await? else { return Ok(()) };
    let path = if other.code == *code { "code" } else { "organisationNumber" };
    let message = Text::new(format!("{} har redan detta nummer.", other.name), format!("{} already has this number.", other.name));
    Err(Refusal::new(RefusalCode::Duplicate, path, message).into())
}

fn new_municipality(cx: &Cx, command: RecordMunicipality) -> Result<Municipality, Failure> {
    let mut missing = Vec::new();
    let mut need = |present: bool, path: &str| {
        if !present {
            missing.push(Refusal::new(RefusalCode::Missing, path, Text::new("Behövs för en ny kommun.", "Needed for a new municipality.")));
        }
    };
    need(command.name.is_some(), "name");
    need(command.code.is_some(), "code");
    need(command.organisation_number.is_some(), "organisationNumber");
    need(command.meeting_order.is_some(), "meetingOrder");
    need(command.member_from.is_some(), "memberFrom");
    let (Some(name), Some(code), Some(organisation_number), Some(meeting_order), Some(from)) =
        (command.name, command.code, command.organisation_number, command.meeting_order, command.member_from)
    else {
        return Err(Failure::Refused(missing));
    };
    let membership = Period::new(from, command.member_to.flatten()).ok_or_else(|| Refusal::ends_before_it_begins("memberTo"))?;
    let id = cx.ids.id(cx.now);
    Ok(Municipality { id, slug: command.slug, name, code, organisation_number, meeting_order, membership, version: 1 })
}
