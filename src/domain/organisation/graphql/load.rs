//! Loads the directory level by level: one statement for each field that is asked for, however many objects ask.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::ID;
use uuid::Uuid;

use super::types::{
    AuthorityNotification, Controller, CoordinatorAssignment, DataProtectionOfficerAppointment, Invitation, Municipality, Person,
    RoleGrant, Viewer,
};
use crate::{
    app::Cx,
    authz::{Action, Grant, Subject, allowed, policy},
    domain::{
        organisation::{model, repo, service::municipality_named},
        processor, timeline, visibility,
    },
    graphql::{
        connection::{NestedPage, connections, rows_of},
        error::ApiError,
        loaded::{ById, Loading, found, once, shared},
        scalar::{EmailAddress, OrganisationNumber, Url},
        selection::{Call, Selection},
    },
    kernel::{
        kinds::{AppointmentId, AssignmentId, ControllerId, MunicipalityId, PersonId},
        refusal::Failure,
    },
};

// ── municipalities ───────────────────────────────────────────────────────────────────────────────

/// Municipalities with all that `select` asks of them; `rows` holds each once.
pub fn municipalities<'a>(cx: &'a Cx, rows: Vec<model::Municipality>, select: Selection<'a>) -> Loading<'a, Vec<Municipality>> {
    Box::pin(async move {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut objects: Vec<_> = rows.into_iter().map(municipality).collect();
        for call in select.on("Municipality") {
            match call.name {
                "controllers" => put_controllers(cx, &ids, &mut objects, &call).await?,
                "viewerCanRead" => {
                    let read = repo::municipalities_read(&cx.tx, &cx.scope, &ids, cx.today).await.map_err(Failure::from)?;
                    objects.iter_mut().zip(&ids).for_each(|(object, id)| object.viewer_can_read.put(read.contains(id)));
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// The municipality that an argument of the query names by its slug, or an error that names those that there are.
pub async fn municipality_argument(cx: &Cx, slug: &str, argument: Vec<String>) -> Result<model::Municipality, ApiError> {
    municipality_named(cx, slug, &argument.join(".")).await.map_err(Into::into)
}

/// Municipalities by their ids.
pub async fn municipalities_by_id(
    cx: &Cx,
    ids: impl IntoIterator<Item = MunicipalityId>,
    select: Selection<'_>,
) -> Result<ById<MunicipalityId, Municipality>, ApiError> {
    Ok(shared(municipality_nodes(cx, &once(ids), select).await?))
}

async fn put_controllers(cx: &Cx, ids: &[MunicipalityId], objects: &mut [Municipality], call: &Call<'_>) -> Result<(), ApiError> {
    let parents: Vec<Uuid> = ids.iter().map(|id| id.key()).collect();
    let asked = NestedPage::of::<Controller>(call, "Municipality.controllers", "", &parents, cx.as_of)?;
    let found = repo::controllers_of(&cx.tx, &cx.scope, ids, cx.as_of, &asked.page).await.map_err(Failure::from)?;
    let rows = rows_of::<Controller>(&call.select);
    let mut pages = connections(asked, cx.as_of, &parents, found, |found| controllers(cx, found, rows)).await?;
    for (object, parent) in objects.iter_mut().zip(&parents) {
        if let Some(page) = pages.remove(parent) {
            object.controllers.put(&call.key, page);
        }
    }
    Ok(())
}

fn municipality(row: model::Municipality) -> Municipality {
    Municipality {
        id: ID(row.id.to_string()),
        slug: row.slug,
        name: row.name,
        code: row.code,
        organisation_number: OrganisationNumber(row.organisation_number),
        meeting_order: row.meeting_order,
        member_from: row.membership.from.into(),
        member_to: row.membership.to.map(Into::into),
        version: row.version,
        controllers: Default::default(),
        viewer_can_read: Default::default(),
    }
}

// ── controllers ──────────────────────────────────────────────────────────────────────────────────

/// Controllers with all that `select` asks of them; `rows` holds each once.
pub fn controllers<'a>(cx: &'a Cx, rows: Vec<model::Controller>, select: Selection<'a>) -> Loading<'a, Vec<Controller>> {
    Box::pin(async move {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut objects: Vec<_> = rows.iter().map(|row| controller(cx, row)).collect();
        let calls = select.on("Controller");
        let of_records = ["agreements", "findings", "viewerCanRead"];
        let open = if calls.iter().any(|call| of_records.contains(&call.name)) {
            visibility::repo::controllers_open(cx, &ids).await.map_err(Failure::from)?
        } else {
            HashSet::new()
        };
        let successions = if calls.iter().any(|call| matches!(call.name, "predecessors" | "successors")) {
            repo::successions_of(&cx.tx, &cx.scope, &ids).await.map_err(Failure::from)?
        } else {
            Vec::new()
        };
        for call in calls {
            match call.name {
                "municipality" => {
                    let hosts = municipalities_by_id(cx, rows.iter().map(|row| row.host), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.municipality.put(found(&hosts, &row.host)?);
                    }
                }
                "memberMunicipalities" => put_members(cx, &rows, &mut objects, call.select).await?,
                "predecessors" => {
                    let mut lists = controllers_by(cx, &successions, |row| (row.successor, row.predecessor), call.select).await?;
                    objects.iter_mut().zip(&ids).for_each(|(object, id)| object.predecessors.put(lists.remove(id).unwrap_or_default()));
                }
                "successors" => {
                    let mut lists = controllers_by(cx, &successions, |row| (row.predecessor, row.successor), call.select).await?;
                    objects.iter_mut().zip(&ids).for_each(|(object, id)| object.successors.put(lists.remove(id).unwrap_or_default()));
                }
                "coordinators" => put_coordinators(cx, &ids, &mut objects, call.select).await?,
                "dataProtectionOfficerAppointments" => put_appointments(cx, &ids, &mut objects, call.select).await?,
                "viewerCanRead" => {
                    objects.iter_mut().zip(&ids).for_each(|(object, id)| object.viewer_can_read.put(open.contains(id)));
                }
                "agreements" => {
                    let readable: Vec<_> = ids.iter().copied().filter(|id| open.contains(id)).collect();
                    let mut pages = processor::graphql::load::agreements_of_controllers(cx, &readable, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        let page = pages.remove(&id.key());
                        if page.is_some() || !readable.contains(id) {
                            object.agreements.put(&call.key, page);
                        }
                    }
                }
                "findings" => {
                    let readable: Vec<_> = ids.iter().copied().filter(|id| open.contains(id)).collect();
                    let mut pages = timeline::graphql::load::findings_of_controllers(cx, &readable, &call).await?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        let page = pages.remove(&id.key());
                        if page.is_some() || !readable.contains(id) {
                            object.findings.put(&call.key, page);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// Controllers by their ids, for what names them: those that are withdrawn, too.
pub async fn controllers_by_id(
    cx: &Cx,
    ids: impl IntoIterator<Item = ControllerId>,
    select: Selection<'_>,
) -> Result<ById<ControllerId, Controller>, ApiError> {
    let rows = repo::controllers_named(&cx.tx, &cx.scope, &once(ids)).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(shared(ids.into_iter().zip(controllers(cx, rows, select).await?).collect()))
}

/// Controllers on one side of successions, under those on the other: in the order of the successions.
async fn controllers_by(
    cx: &Cx,
    successions: &[model::Succession],
    sides: impl Fn(&model::Succession) -> (ControllerId, ControllerId),
    select: Selection<'_>,
) -> Result<HashMap<ControllerId, Vec<Arc<Controller>>>, ApiError> {
    let (of, others): (Vec<_>, Vec<_>) = successions.iter().map(sides).unzip();
    let controllers = controllers_by_id(cx, others.iter().copied(), select).await?;
    let others = others.iter().map(|other| found(&controllers, other)).collect::<Result<Vec<_>, _>>()?;
    Ok(grouped(of, others))
}

async fn put_members(cx: &Cx, rows: &[model::Controller], objects: &mut [Controller], select: Selection<'_>) -> Result<(), ApiError> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let readers = visibility::repo::readers(&cx.tx, &cx.scope, &ids).await.map_err(Failure::from)?;
    let on_the_day = |row: &model::Controller| {
        let mut members: Vec<_> = readers.get(&row.id).into_iter().flatten().filter(|reader| reader.reads_on(cx.as_of)).collect();
        members.sort_by_key(|reader| reader.municipality != row.host);
        members.into_iter().map(|reader| reader.municipality).collect::<Vec<_>>()
    };
    let members = municipalities_by_id(cx, rows.iter().flat_map(on_the_day), select).await?;
    for (object, row) in objects.iter_mut().zip(rows) {
        let members = on_the_day(row).iter().map(|id| found(&members, id)).collect::<Result<_, _>>()?;
        object.member_municipalities.put(members);
    }
    Ok(())
}

async fn put_coordinators(cx: &Cx, ids: &[ControllerId], objects: &mut [Controller], select: Selection<'_>) -> Result<(), ApiError> {
    let rows = repo::assignments_of(&cx.tx, &cx.scope, ids, Some(cx.as_of)).await.map_err(Failure::from)?;
    let of: Vec<_> = rows.iter().map(|row| row.controller).collect();
    let mut lists = grouped(of, assignments(cx, rows, select).await?);
    for (object, id) in objects.iter_mut().zip(ids) {
        object.coordinators.put(lists.remove(id).unwrap_or_default());
    }
    Ok(())
}

async fn put_appointments(cx: &Cx, ids: &[ControllerId], objects: &mut [Controller], select: Selection<'_>) -> Result<(), ApiError> {
    let rows = repo::appointments_of(&cx.tx, &cx.scope, ids, Some(cx.as_of)).await.map_err(Failure::from)?;
    let of: Vec<_> = rows.iter().map(|row| row.controller).collect();
    let mut lists = grouped(of, appointments(cx, rows, select).await?);
    for (object, id) in objects.iter_mut().zip(ids) {
        object.appointments.put(lists.remove(id).unwrap_or_default());
    }
    Ok(())
}

/// Objects under the parents that they belong to, in their order.
pub fn grouped<P: Eq + std::hash::Hash, T>(parents: Vec<P>, objects: Vec<T>) -> HashMap<P, Vec<T>> {
    let mut groups: HashMap<P, Vec<T>> = HashMap::new();
    for (parent, object) in parents.into_iter().zip(objects) {
        groups.entry(parent).or_default().push(object);
    }
    groups
}

fn controller(cx: &Cx, row: &model::Controller) -> Controller {
    Controller {
        id: ID(row.id.to_string()),
        name: row.name.clone(),
        kind: row.kind,
        organisation_number: row.organisation_number.clone().map(OrganisationNumber),
        valid_from: row.validity.from.into(),
        valid_to: row.validity.to.map(Into::into),
        version: row.version,
        viewer_can_update: !row.withdrawn && allowed(&cx.viewer, Action::KeepController, Subject::Municipality(row.host)),
        municipality: Default::default(),
        member_municipalities: Default::default(),
        coordinators: Default::default(),
        appointments: Default::default(),
        predecessors: Default::default(),
        successors: Default::default(),
        agreements: Default::default(),
        findings: Default::default(),
        viewer_can_read: Default::default(),
    }
}

// ── people ───────────────────────────────────────────────────────────────────────────────────────

/// People with all that `select` asks of them; `rows` holds each once.
pub fn people<'a>(cx: &'a Cx, rows: Vec<model::Person>, select: Selection<'a>) -> Loading<'a, Vec<Person>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(person).collect();
        let calls = select.on("Person");
        let open =
            if calls.iter().any(|call| matches!(call.name, "email" | "phone")) { reachable(cx, &rows).await? } else { HashSet::new() };
        for call in calls {
            match call.name {
                "email" => {
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.email.put(row.email.clone().filter(|_| open.contains(&row.id)).map(EmailAddress));
                    }
                }
                "phone" => {
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.phone.put(row.phone.clone().filter(|_| open.contains(&row.id)));
                    }
                }
                "municipality" => {
                    let homes = municipalities_by_id(cx, rows.iter().map(|row| row.municipality), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.municipality.put(found(&homes, &row.municipality)?);
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

/// People by their ids, for what names them: those whom the viewer may see, also where they are withdrawn.
pub async fn people_by_id(
    cx: &Cx,
    ids: impl IntoIterator<Item = PersonId>,
    select: Selection<'_>,
) -> Result<ById<PersonId, Person>, ApiError> {
    let rows = repo::people_named(&cx.tx, &cx.scope, &once(ids)).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(shared(ids.into_iter().zip(people(cx, rows, select).await?).collect()))
}

/// Whose addresses are open: those in office today, the own municipality's people, the viewer.
async fn reachable(cx: &Cx, rows: &[model::Person]) -> Result<HashSet<PersonId>, ApiError> {
    let own = |row: &model::Person| Some(row.id) == cx.scope.viewer() || cx.scope.reads_people_of(row.municipality);
    let (own, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| own(row));
    let others: Vec<_> = others.into_iter().map(|row| row.id).collect();
    let in_office = repo::in_office(&cx.tx, &cx.scope, &others, cx.today).await.map_err(Failure::from)?;
    Ok(own.into_iter().map(|row| row.id).chain(in_office).collect())
}

fn person(row: &model::Person) -> Person {
    Person {
        id: ID(row.id.to_string()),
        name: row.kept_name().map(str::to_owned),
        version: row.version,
        email: Default::default(),
        phone: Default::default(),
        municipality: Default::default(),
    }
}

// ── coordinators and officers ────────────────────────────────────────────────────────────────────

/// Assignments with all that `select` asks of them; `rows` holds each once.
pub fn assignments<'a>(cx: &'a Cx, rows: Vec<model::Assignment>, select: Selection<'a>) -> Loading<'a, Vec<CoordinatorAssignment>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(assignment).collect();
        for call in select.on("CoordinatorAssignment") {
            match call.name {
                "person" => {
                    let people = people_by_id(cx, rows.iter().map(|row| row.person), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.person.put(found(&people, &row.person)?);
                    }
                }
                "controller" => {
                    let controllers = controllers_by_id(cx, rows.iter().map(|row| row.controller), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.controller.put(found(&controllers, &row.controller)?);
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

fn assignment(row: &model::Assignment) -> CoordinatorAssignment {
    CoordinatorAssignment {
        id: ID(row.id.to_string()),
        deputy: row.deputy,
        valid_from: row.validity.from.into(),
        valid_to: row.validity.to.map(Into::into),
        version: row.version,
        person: Default::default(),
        controller: Default::default(),
    }
}

/// Appointments with all that `select` asks of them; `rows` holds each once.
pub fn appointments<'a>(
    cx: &'a Cx,
    rows: Vec<model::Appointment>,
    select: Selection<'a>,
) -> Loading<'a, Vec<DataProtectionOfficerAppointment>> {
    Box::pin(async move {
        let mut objects: Vec<_> = rows.iter().map(appointment).collect();
        for call in select.on("DataProtectionOfficerAppointment") {
            match call.name {
                "person" => {
                    let people = people_by_id(cx, rows.iter().map(|row| row.person), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.person.put(found(&people, &row.person)?);
                    }
                }
                "controller" => {
                    let controllers = controllers_by_id(cx, rows.iter().map(|row| row.controller), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.controller.put(found(&controllers, &row.controller)?);
                    }
                }
                "loginAt" => {
                    let municipalities = municipalities_by_id(cx, rows.iter().map(|row| row.login_at), call.select).await?;
                    for (object, row) in objects.iter_mut().zip(&rows) {
                        object.login_at.put(found(&municipalities, &row.login_at)?);
                    }
                }
                "notifications" => {
                    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                    let mut told = repo::notifications_of(&cx.tx, &cx.scope, &ids).await.map_err(Failure::from)?;
                    for (object, id) in objects.iter_mut().zip(&ids) {
                        object.notifications.put(told.remove(id).unwrap_or_default().into_iter().map(notification).collect());
                    }
                }
                _ => {}
            }
        }
        Ok(objects)
    })
}

fn appointment(row: &model::Appointment) -> DataProtectionOfficerAppointment {
    DataProtectionOfficerAppointment {
        id: ID(row.id.to_string()),
        valid_from: row.validity.from.into(),
        valid_to: row.validity.to.map(Into::into),
        decision_reference: row.decision_reference.clone(),
        end_reason: row.end_reason,
        version: row.version,
        person: Default::default(),
        controller: Default::default(),
        login_at: Default::default(),
        notifications: Default::default(),
    }
}

fn notification(row: model::AuthorityNotification) -> AuthorityNotification {
    AuthorityNotification { kind: row.kind, on: row.on.into(), reference: row.reference }
}

// ── the viewer and roles ─────────────────────────────────────────────────────────────────────────

/// The viewer with all that `select` asks.
pub async fn viewer<'a>(cx: &'a Cx, select: Selection<'a>) -> Result<Viewer, ApiError> {
    let mut object = Viewer {
        name: cx.viewer.name.clone(),
        can: policy::possible(&cx.viewer),
        person: Default::default(),
        municipality: Default::default(),
        roles: Default::default(),
        controllers: Default::default(),
        deadlines: Default::default(),
    };
    for call in select.on("Viewer") {
        match call.name {
            "person" => {
                let mut people = people_by_id(cx, cx.viewer.person, call.select).await?;
                object.person.put(cx.viewer.person.and_then(|id| people.remove(&id)));
            }
            "municipality" => {
                let id = cx.viewer.municipality;
                object.municipality.put(found(&municipalities_by_id(cx, [id], call.select).await?, &id)?);
            }
            "roles" => object.roles.put(roles(cx, cx.viewer.grants.clone(), call.select).await?),
            "controllers" => {
                let mut controllers: Vec<_> = controllers_by_id(cx, cx.viewer.controllers(), call.select).await?.into_values().collect();
                controllers.sort_by_cached_key(|controller| (crate::kernel::text::sort_key(&controller.name), controller.id.0.clone()));
                object.controllers.put(controllers);
            }
            "deadlines" => {
                let page = timeline::graphql::load::viewers_deadlines(cx, &call).await?;
                object.deadlines.put(&call.key, page);
            }
            _ => {}
        }
    }
    Ok(object)
}

/// An invitation with all that `select` asks of it.
pub async fn invitation<'a>(cx: &'a Cx, made: model::Invitation, select: Selection<'a>) -> Result<Invitation, ApiError> {
    let mut object = Invitation { link: Url(made.link), expires_at: made.expires_at, person: Default::default() };
    for call in select.on("Invitation") {
        if call.name == "person" {
            object.person.put(people_by_id(cx, [made.person], call.select).await?.remove(&made.person));
        }
    }
    Ok(object)
}

/// Roles with all that `select` asks of them.
pub async fn roles<'a>(cx: &'a Cx, grants: Vec<Grant>, select: Selection<'a>) -> Result<Vec<RoleGrant>, ApiError> {
    let mut objects: Vec<_> = grants.iter().map(role).collect();
    for call in select.on("RoleGrant") {
        match call.name {
            "municipality" => {
                let municipalities = municipalities_by_id(cx, grants.iter().filter_map(|grant| grant.municipality), call.select).await?;
                for (object, grant) in objects.iter_mut().zip(&grants) {
                    object.municipality.put(grant.municipality.map(|id| found(&municipalities, &id)).transpose()?);
                }
            }
            "controller" => {
                let controllers = controllers_by_id(cx, grants.iter().filter_map(|grant| grant.controller), call.select).await?;
                for (object, grant) in objects.iter_mut().zip(&grants) {
                    object.controller.put(grant.controller.map(|id| found(&controllers, &id)).transpose()?);
                }
            }
            _ => {}
        }
    }
    Ok(objects)
}

fn role(grant: &Grant) -> RoleGrant {
    RoleGrant {
        role: grant.role,
        valid_from: grant.valid_from.map(Into::into),
        valid_to: grant.valid_to.map(Into::into),
        source: grant.source,
        version: grant.version,
        municipality: Default::default(),
        controller: Default::default(),
    }
}

// ── by id, for nodes and payloads ────────────────────────────────────────────────────────────────

/// The municipalities with these ids.
pub async fn municipality_nodes(
    cx: &Cx,
    ids: &[MunicipalityId],
    select: Selection<'_>,
) -> Result<Vec<(MunicipalityId, Municipality)>, ApiError> {
    let rows = repo::municipalities(&cx.tx, &cx.scope, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(municipalities(cx, rows, select).await?).collect())
}

/// The controllers with these ids.
pub async fn controller_nodes(cx: &Cx, ids: &[ControllerId], select: Selection<'_>) -> Result<Vec<(ControllerId, Controller)>, ApiError> {
    let rows = repo::controllers(&cx.tx, &cx.scope, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(controllers(cx, rows, select).await?).collect())
}

/// The people with these ids whom the viewer may see.
pub async fn person_nodes(cx: &Cx, ids: &[PersonId], select: Selection<'_>) -> Result<Vec<(PersonId, Person)>, ApiError> {
    let rows = repo::people(&cx.tx, &cx.scope, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(people(cx, rows, select).await?).collect())
}

/// The assignments with these ids.
pub async fn assignment_nodes(
    cx: &Cx,
    ids: &[AssignmentId],
    select: Selection<'_>,
) -> Result<Vec<(AssignmentId, CoordinatorAssignment)>, ApiError> {
    let rows = repo::assignments(&cx.tx, &cx.scope, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(assignments(cx, rows, select).await?).collect())
}

/// The appointments with these ids.
pub async fn appointment_nodes(
    cx: &Cx,
    ids: &[AppointmentId],
    select: Selection<'_>,
) -> Result<Vec<(AppointmentId, DataProtectionOfficerAppointment)>, ApiError> {
    let rows = repo::appointments(&cx.tx, &cx.scope, ids).await.map_err(Failure::from)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(appointments(cx, rows, select).await?).collect())
}
