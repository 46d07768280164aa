//! Loads agreements and sub-processors level by level: one statement for each field that is asked for, however many objects ask.

mod keeping;
mod terms;

use std::{collections::HashMap, sync::Arc};

use async_graphql::ID;
use uuid::Uuid;

pub use self::keeping::{assurance_nodes, contact_nodes, instruction_nodes, notice_nodes};
use self::keeping::{assurances_of, instructions_of, notices_of, put_contacts, put_contents, put_suspensions};
use self::terms::{put_acknowledgements, put_lives, put_terms, term_versions};
pub use self::terms::{terms, terms_nodes};
use super::{
    change::{
        load::{cases, cases_by_id, changes_by_id},
        types::ObjectionCase,
    },
    inputs::read_filter,
    types::{AgreementParty, Party, PartyAuthorisation, ProcessorAgreement, SubProcessorEngagement},
};
use crate::{
    app::Cx,
    authz::{Action, Subject, allowed},
    db::row,
    domain::{
        audit::graphql::load::histories,
        organisation::graphql::load::{controllers_by_id, grouped, municipalities_by_id, people_by_id},
        processor::{
            model::{self, AgreementStatus},
            repo,
            service::lead,
        },
        reference::graphql::Countries,
        timeline::{
            model::{DeadlineKind, Said, SpanKind},
            repo::{codes_on, said_about_under, said_of, said_on},
        },
        visibility,
    },
    graphql::{
        connection::{Connection, NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{ById, Loading, found, once, shared},
        scalar::{OrganisationNumber, Url},
        selection::{Call, Selection},
    },
    kernel::{
        code::Code,
        kinds::{AgreementId, AgreementPartyId, ControllerId, EngagementId, PartyId},
        refusal::Failure,
    },
};

// ── parties ──────────────────────────────────────────────────────────────────────────────────────

/// Parties with all that `select` asks of them; `rows` holds each once.
pub fn parties<'a>(cx: &'a Cx, rows: Vec<model::Party>, select: Selection<'a>) -> Loading<'a, Vec<Party>> {
    Box::pin(async move {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut objects: Vec<_> = rows.iter().map(party).collect();
        let calls = select.on("Party");
        let used_by = if calls.iter().any(|call| matches!(call.name, "usedBy" | "viewerCanUpdate")) {
            repo::used_by(&cx.tx, &cx.scope, &ids, Some(cx.today)).await.map_err(Failure::from)?
        } else {
            HashMap::new()
        };
        let users = |id: &PartyId| used_by.get(id).map(Vec::as_slice).unwrap_or_default();
        for call in calls {
            match call.name {
                "controller" => {
                    let controllers = controllers_by_id(cx, rows.iter().filter_map(|row| row.controller), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.controller.put(row.controller.map(|id| found(&controllers, &id)).transpose()?);
                    }
                }
                "country" => {
                    let countries = Countries::load(cx, &call.select).await?;
                    objects.iter_mut().zip(&rows).for_each(|(object, row)| object.country.put(countries.get(row.country)));
                }
                "controlledFrom" => {
                    let countries = Countries::load(cx, &call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.controlled_from.put(row.controlled_from.map(|country| countries.get(country)));
                    }
                }
                "usedBy" => {
                    let municipalities = municipalities_by_id(cx, used_by.values().flatten().copied(), call.select).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        let mut users = users(id).iter().map(|user| found(&municipalities, user)).collect::<Result<Vec<_>, _>>()?;
                        users.sort_by(|one, other| one.slug.cmp(&other.slug));
                        object.used_by.put(users);
                    }
                }
                "viewerCanUpdate" => {
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        let may = allowed(&cx.viewer, Action::UpdateParty, Subject::Party(users(&row.id)));
                        object.viewer_can_update.put(may && !row.withdrawn);
                    }
                }
                "agreements" => {
                    let mut pages = agreements_of_processors(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.agreements.put(&call.key, page));
                    }
                }
                "engagements" => {
                    let mut pages = engagements_of_parties(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.engagements.put(&call.key, page));
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The parties with these ids.
pub async fn party_nodes(cx: &Cx, ids: &[PartyId], select: Selection<'_>) -> Result<Vec<(PartyId, Party)>, ApiError> {
    let rows = repo::parties(&cx.tx, &cx.scope, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(parties(cx, rows, select).await?).collect())
}

/// Parties by their ids, for what names them: those that are withdrawn, too.
pub async fn parties_by_id(
    cx: &Cx,
    ids: impl IntoIterator<Item = PartyId>,
    select: Selection<'_>,
) -> Result<ById<PartyId, Party>, ApiError> {
    let rows = repo::parties_named(&cx.tx, &cx.scope, &once(ids)).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(shared(ids.into_iter().zip(parties(cx, rows, select).await?).collect()))
}

fn party(row: &model::Party) -> Party {
    Party {
        id: ID(row.id.to_string()),
        name: row.name.clone(),
        organisation_number: row.organisation_number.clone().map(OrganisationNumber),
        foreign_registration_number: row.foreign_registration_number.clone(),
        public_body: row.public_body,
        address: row.address.clone(),
        sub_processor_list_url: row.sub_processor_list_url.clone().map(Url),
        version: row.version,
        controller: Default::default(),
        country: Default::default(),
        controlled_from: Default::default(),
        used_by: Default::default(),
        agreements: Default::default(),
        engagements: Default::default(),
        viewer_can_update: Default::default(),
    }
}

// ── agreements ───────────────────────────────────────────────────────────────────────────────────

/// Agreements with all that `select` asks of them; `rows` holds each once.
pub fn agreements<'a>(cx: &'a Cx, rows: Vec<model::Agreement>, select: Selection<'a>) -> Loading<'a, Vec<ProcessorAgreement>> {
    Box::pin(async move {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut objects: Vec<_> = rows.iter().map(agreement).collect();
        let calls = select.on("ProcessorAgreement");
        let mut parties = if calls.iter().any(|call| matches!(call.name, "parties" | "viewerCanUpdate")) {
            parties_of(cx, &ids).await?
        } else {
            HashMap::new()
        };
        for call in calls {
            match call.name {
                "processor" => {
                    let processors = parties_by_id(cx, rows.iter().map(|row| row.processor), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.processor.put(found(&processors, &row.processor)?);
                    }
                }
                "parties" => put_parties(cx, &ids, &mut objects, &parties, call.select).await?,
                "status" => {
                    let statuses = statuses(cx, ids.iter().map(|id| id.key())).await?;
                    objects.iter_mut().zip(&ids).for_each(|(object, id)| object.status.put(status_of(&statuses, id.key())));
                }
                "endsOn" => {
                    let ends = said_on(&cx.tx, SpanKind::End, &keys_of(&ids), cx.as_of).await.map_err(Failure::from)?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        let end = ends.iter().find(|said| said.subject == id.key()).and_then(|said| said.due_on);
                        object.ends_on.put(end.map(Into::into));
                    }
                }
                "selfAuditDueOn" => {
                    let due = said_on(&cx.tx, SpanKind::Deadline, &keys_of(&ids), cx.as_of).await.map_err(Failure::from)?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        let audits = due.iter().filter(|said| said.subject == id.key() && said.code == DeadlineKind::SelfAudit.code());
                        object.self_audit_due_on.put(audits.filter_map(|said| said.due_on).min().map(Into::into));
                    }
                }
                "terms" => put_terms(cx, &ids, &mut objects, call.select).await?,
                "termVersions" => {
                    let mut pages = term_versions(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.term_versions.put(&call.key, page));
                    }
                }
                "suspended" => put_suspensions(cx, &ids, &mut objects).await?,
                "contents" => put_contents(cx, &ids, &mut objects).await?,
                "instructions" => {
                    let mut pages = instructions_of(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.instructions.put(&call.key, page));
                    }
                }
                "assurances" => {
                    let mut pages = assurances_of(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.assurances.put(&call.key, page));
                    }
                }
                "notices" => {
                    let mut pages = notices_of(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.notices.put(&call.key, page));
                    }
                }
                "contacts" => put_contacts(cx, &ids, &mut objects).await?,
                "acknowledgements" => put_acknowledgements(cx, &ids, &mut objects, call.select).await?,
                "viewerCanUpdate" => {
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        let lead = lead(parties.entry(*id).or_default())?;
                        object.viewer_can_update.put(allowed(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead)));
                    }
                }
                "history" => {
                    let open = visibility::repo::audited_agreements(cx, &ids).await.map_err(Failure::from)?;
                    let records: Vec<_> = ids.iter().filter(|id| open.contains(id)).map(|id| id.key()).collect();
                    let mut pages = histories(cx, "ProcessorAgreement.history", &records, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        object.history.put(&call.key, pages.remove(&id.key()));
                    }
                }
                "subProcessors" => {
                    let mut pages = engagements_of_agreements(cx, &ids, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        pages.remove(&id.key()).into_iter().for_each(|page| object.sub_processors.put(&call.key, page));
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The agreements with these ids that the viewer may read.
pub async fn agreement_nodes(
    cx: &Cx,
    ids: &[AgreementId],
    select: Selection<'_>,
) -> Result<Vec<(AgreementId, ProcessorAgreement)>, ApiError> {
    let rows = repo::agreements(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(agreements(cx, rows, select).await?).collect())
}

/// The agreements of controllers that the viewer may read, for a field below the root.
pub async fn agreements_of_controllers(
    cx: &Cx,
    of: &[ControllerId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<ProcessorAgreement>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let (asked, filter) = filtered_page(cx, call, "Controller.agreements", &parents).await?;
    let found = repo::agreements_of_controllers(cx, of, &filter, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<ProcessorAgreement>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| agreements(cx, found, rows)).await
}

async fn agreements_of_processors(
    cx: &Cx,
    of: &[PartyId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<ProcessorAgreement>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let (asked, filter) = filtered_page(cx, call, "Party.agreements", &parents).await?;
    let found = repo::agreements_of_processors(cx, of, &filter, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<ProcessorAgreement>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| agreements(cx, found, rows)).await
}

async fn filtered_page(
    cx: &Cx,
    call: &Call<'_>,
    name: &'static str,
    parents: &[Uuid],
) -> Result<(NestedPage, repo::AgreementFilter), ApiError> {
    let filter = call.argument("filter")?;
    let asked = NestedPage::of::<ProcessorAgreement>(call, name, &format!("{filter:?}"), parents, cx.as_of)?;
    Ok((asked, read_filter(cx, filter, call.argument_path("filter")).await?))
}

async fn parties_of(cx: &Cx, ids: &[AgreementId]) -> Result<HashMap<AgreementId, Vec<model::AgreementParty>>, ApiError> {
    let rows = repo::parties_of(cx, ids).await.map_err(Failure::from)?;
    Ok(grouped(rows.iter().map(|row| row.agreement).collect(), rows))
}

async fn put_parties(
    cx: &Cx,
    ids: &[AgreementId],
    objects: &mut [ProcessorAgreement],
    parties: &HashMap<AgreementId, Vec<model::AgreementParty>>,
    select: Selection<'_>,
) -> Result<(), ApiError> {
    let rows: Vec<_> = ids.iter().filter_map(|id| parties.get(id)).flatten().cloned().collect();
    let of: Vec<_> = rows.iter().map(|row| row.agreement).collect();
    let mut lists = grouped(of, agreement_parties(cx, rows, select).await?);
    for (object, id) in objects.iter_mut().zip(ids) {
        object.parties.put(lists.remove(id).unwrap_or_default());
    }
    Ok(())
}

/// What follows from the terms that bind a party.
const OF_LIFE: [&str; 4] = ["terms", "signedOn", "endsOn", "returnOrDeleteBy"];

async fn agreement_parties(cx: &Cx, rows: Vec<model::AgreementParty>, select: Selection<'_>) -> Result<Vec<AgreementParty>, ApiError> {
    let mut objects: Vec<_> = rows.iter().map(|row| agreement_party(cx, row)).collect();
    let calls = select.on("AgreementParty");
    if calls.iter().any(|call| OF_LIFE.contains(&call.name)) {
        put_lives(cx, &rows, &mut objects, select.inside("AgreementParty", "terms")).await?;
    }
    for call in calls {
        match call.name {
            "status" => {
                let statuses = statuses(cx, rows.iter().map(|row| row.id.key())).await?;
                objects.iter_mut().zip(&rows).for_each(|(object, row)| object.status.put(status_of(&statuses, row.id.key())));
            }
            "controller" => {
                let controllers = controllers_by_id(cx, rows.iter().map(|row| row.controller), call.select).await?;
                for (object, row) in objects.iter_mut().zip(&rows) {
                    object.controller.put(found(&controllers, &row.controller)?);
                }
            }
            "terminatedAtOnceBecauseOf" => {
                let of = rows.iter().filter_map(|row| row.terminated.map(|(_, case)| case)).collect();
                let cases = cases_by_id(cx, of, call.select).await?;
                for (object, row) in objects.iter_mut().zip(&rows) {
                    object.terminated_at_once_because_of.put(row.terminated.and_then(|(_, case)| cases.get(&case).cloned()));
                }
            }
            "responsible" => {
                let people = people_by_id(cx, rows.iter().filter_map(|row| row.responsible), call.select).await?;
                for (object, row) in objects.iter_mut().zip(&rows) {
                    object.responsible.put(row.responsible.and_then(|id| people.get(&id).cloned()));
                }
            }
            _ => {}
        }
    }
    Ok(objects)
}

/// The statuses on `as_of` of agreements, or of parties, that were opened.
async fn statuses(cx: &Cx, of: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, AgreementStatus>, ApiError> {
    let of: Vec<_> = of.collect();
    Ok(codes_on(&cx.tx, SpanKind::Status, &of, cx.as_of).await.map_err(Failure::from)?)
}

/// What has no status yet is a draft.
fn status_of(statuses: &HashMap<Uuid, AgreementStatus>, of: Uuid) -> AgreementStatus {
    statuses.get(&of).copied().unwrap_or(AgreementStatus::Draft)
}

fn keys_of(ids: &[AgreementId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.key()).collect()
}

/// The parties' rows with these ids, of agreements that the viewer may read.
pub async fn agreement_party_nodes(
    cx: &Cx,
    ids: &[AgreementPartyId],
    select: Selection<'_>,
) -> Result<Vec<(AgreementPartyId, AgreementParty)>, ApiError> {
    let rows = repo::agreement_parties(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(agreement_parties(cx, rows, select).await?).collect())
}

fn agreement(row: &model::Agreement) -> ProcessorAgreement {
    ProcessorAgreement {
        id: ID(row.id.to_string()),
        title: row.title.clone(),
        instrument: row.instrument,
        template: row.template,
        template_version: row.template_version.clone(),
        subject_matter: row.subject_matter.clone(),
        purpose: row.purpose.clone(),
        nature_of_processing: row.nature_of_processing.clone(),
        version: row.version,
        processor: Default::default(),
        parties: Default::default(),
        status: Default::default(),
        ends_on: Default::default(),
        self_audit_due_on: Default::default(),
        terms: Default::default(),
        term_versions: Default::default(),
        acknowledgements: Default::default(),
        suspended: Default::default(),
        contents: Default::default(),
        instructions: Default::default(),
        assurances: Default::default(),
        notices: Default::default(),
        contacts: Default::default(),
        sub_processors: Default::default(),
        history: Default::default(),
        viewer_can_update: Default::default(),
    }
}

fn agreement_party(cx: &Cx, row: &model::AgreementParty) -> AgreementParty {
    AgreementParty {
        id: ID(row.id.to_string()),
        lead: row.lead,
        invited_on: row.invited_on.map(Into::into),
        joined_on: row.joined_on.map(Into::into),
        processing_from: row.processing_from.map(Into::into),
        processing_to: row.processing_to.map(Into::into),
        diary_number: row.diary_number.clone(),
        filed_at: row.filed_at.clone(),
        document_url: row.document_url.clone().map(Url),
        sub_processor_authorisation: row.sub_processor_authorisation,
        left_on: row.left_on.map(Into::into),
        lead_offered_on: row.lead_offered_on.map(Into::into),
        notice_given_on: row.notice.map(|(on, _)| on.into()),
        notice_given_by: row.notice.map(|(_, side)| side),
        end_of_agreement: row.end_of_agreement.map(|(choice, _)| choice),
        returned_or_deleted_on: row.returned_or_deleted_on.map(Into::into),
        version: row.version,
        viewer_can_update: allowed(&cx.viewer, Action::KeepOwnParty, Subject::OwnParty(row.keeper)),
        controller: Default::default(),
        terminated_at_once_because_of: Default::default(),
        responsible: Default::default(),
        status: Default::default(),
        life: Default::default(),
    }
}

// ── sub-processors ───────────────────────────────────────────────────────────────────────────────

/// Engagements with all that `select` asks of them; `rows` holds each once.
pub fn engagements<'a>(cx: &'a Cx, rows: Vec<model::Engagement>, select: Selection<'a>) -> Loading<'a, Vec<SubProcessorEngagement>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(engagement).collect();
        for call in select.on("SubProcessorEngagement") {
            match call.name {
                "agreement" => {
                    let ids = once(rows.iter().map(|row| row.agreement));
                    let agreements = shared(agreement_nodes(cx, &ids, call.select).await?);
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.agreement.put(found(&agreements, &row.agreement)?);
                    }
                }
                "party" => {
                    let parties = parties_by_id(cx, rows.iter().map(|row| row.party), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.party.put(found(&parties, &row.party)?);
                    }
                }
                "engagedBy" => {
                    let ids = once(rows.iter().filter_map(|row| row.engaged_by));
                    let engagers = shared(engagement_nodes(cx, &ids, call.select).await?);
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.engaged_by.put(row.engaged_by.map(|id| found(&engagers, &id)).transpose()?);
                    }
                }
                "processingCountries" => {
                    let countries = Countries::load(cx, &call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.processing_countries.put(row.processing_countries.iter().map(|code| countries.get(*code)).collect());
                    }
                }
                "introducedBy" => {
                    let changes = changes_by_id(cx, rows.iter().filter_map(|row| row.introduced_by), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.introduced_by.put(row.introduced_by.map(|id| found(&changes, &id)).transpose()?);
                    }
                }
                "authorisations" => put_authorisations(cx, &rows, &mut objects, call.select).await?,
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The engagements with these ids, under agreements that the viewer may read.
pub async fn engagement_nodes(
    cx: &Cx,
    ids: &[EngagementId],
    select: Selection<'_>,
) -> Result<Vec<(EngagementId, SubProcessorEngagement)>, ApiError> {
    let rows = repo::engagements(cx, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(engagements(cx, rows, select).await?).collect())
}

async fn engagements_of_agreements(
    cx: &Cx,
    of: &[AgreementId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<SubProcessorEngagement>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let asked = NestedPage::of::<SubProcessorEngagement>(call, "ProcessorAgreement.subProcessors", "", &parents, cx.as_of)?;
    let found = repo::engagements_of_agreements(cx, of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<SubProcessorEngagement>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| engagements(cx, found, rows)).await
}

async fn engagements_of_parties(
    cx: &Cx,
    of: &[PartyId],
    call: &Call<'_>,
) -> Result<HashMap<Uuid, Connection<SubProcessorEngagement>>, ApiError> {
    let parents: Vec<Uuid> = of.iter().map(|id| id.key()).collect();
    let asked = NestedPage::of::<SubProcessorEngagement>(call, "Party.engagements", "", &parents, cx.as_of)?;
    let found = repo::engagements_of_parties(cx, of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<SubProcessorEngagement>(&call.select);
    connections(asked, cx.as_of, &parents, found, |found| engagements(cx, found, rows)).await
}

async fn put_authorisations(
    cx: &Cx,
    rows: &[model::Engagement],
    objects: &mut [SubProcessorEngagement],
    select: Selection<'_>,
) -> Result<(), ApiError> {
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id.key()).collect();
    let mut said = said_of(cx, SpanKind::Authorisation, &keys).await.map_err(Failure::from)?;
    said.sort_by_key(|said| said.controller);
    let asked = |field| select.inside("PartyAuthorisation", field);
    let controllers = controllers_by_id(cx, said.iter().filter_map(|said| said.controller), asked("controller")).await?;
    let cases = if select.asks("PartyAuthorisation", "objectionCase") {
        cases_behind(cx, &said, asked("objectionCase")).await?
    } else {
        HashMap::new()
    };
    let of: Vec<_> = said.iter().map(|said| said.subject).collect();
    let authorisations = said.iter().map(|said| {
        let controller = said.controller.ok_or_else(|| ApiError::internal(format!("{} is said of no controller", said.id)))?;
        let mut authorisation = PartyAuthorisation {
            authorisation: row::code(&said.code).map_err(Failure::from)?,
            valid_from: said.holds.from.into(),
            controller: Default::default(),
            objection_case: Default::default(),
        };
        authorisation.controller.put(found(&controllers, &controller)?);
        authorisation.objection_case.put(cases.get(&whose(said)).cloned());
        Ok(authorisation)
    });
    let mut lists = grouped(of, authorisations.collect::<Result<Vec<_>, ApiError>>()?);
    for (object, key) in objects.iter_mut().zip(&keys) {
        object.authorisations.put(lists.remove(key).unwrap_or_default());
    }
    Ok(())
}

/// What tells a case apart: about what, under which agreement, whose.
type Whose = (Option<Uuid>, Uuid, Option<ControllerId>);

fn whose(said: &Said) -> Whose {
    (said.about, said.origin, said.controller)
}

/// The cases from which authorisations follow.
async fn cases_behind(cx: &Cx, authorisations: &[Said], select: Selection<'_>) -> Result<HashMap<Whose, Arc<ObjectionCase>>, ApiError> {
    let about = once(authorisations.iter().filter_map(|said| said.about));
    let under = once(authorisations.iter().map(|said| said.origin));
    let said = said_about_under(cx, SpanKind::Case, &about, &under).await.map_err(Failure::from)?;
    let of: Vec<_> = said.iter().map(whose).collect();
    Ok(of.into_iter().zip(cases(cx, said, select).await?.into_iter().map(Arc::new)).collect())
}

fn engagement(row: &model::Engagement) -> SubProcessorEngagement {
    SubProcessorEngagement {
        id: ID(row.id.to_string()),
        position: row.position.numbers().to_vec(),
        service: row.service.clone(),
        data_categories: row.data_categories.clone(),
        sub_agreement_on: row.sub_agreement_on.map(Into::into),
        copy_requested_on: row.copy_requested_on.map(Into::into),
        copy_received_on: row.copy_received_on.map(Into::into),
        valid_from: row.validity.from.into(),
        valid_to: row.validity.to.map(Into::into),
        version: row.version,
        agreement: Default::default(),
        party: Default::default(),
        engaged_by: Default::default(),
        processing_countries: Default::default(),
        authorisations: Default::default(),
        introduced_by: Default::default(),
    }
}
