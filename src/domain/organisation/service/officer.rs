//! Data protection officers are appointed by each controller, and the authority is told. GDPR art. 37 (DPO1-DPO4).

use chrono::NaiveDate;

use super::{known_person, municipality_named, own_controller};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{
            model::{Appointment, AppointmentEndReason, AuthorityNotification},
            repo, rules,
        },
        visibility,
    },
    kernel::{
        code::Code,
        kinds::{AppointmentId, ControllerId, PersonId},
        period::Period,
        refusal::{Failure, Refusal},
        version::{stored, unchanged},
    },
};

/// A controller appoints its officer.
#[derive(Debug)]
pub struct AppointOfficer {
    /// Who.
    pub person: PersonId,
    /// By whom.
    pub controller: ControllerId,
    /// The slug of the municipality whose login gives the role.
    pub login_at: String,
    /// When.
    pub validity: Period,
    /// Where the decision is filed.
    pub decision_reference: Option<String>,
}

/// Records an appointment.
pub async fn appoint(cx: &Cx, command: AppointOfficer) -> Result<Recorded<AppointmentId>, Failure> {
    let (controller, readers) = own_controller(cx, command.controller, "controllerId").await?;
    let scope = require(&cx.viewer, Action::AppointOfficer, Subject::Municipality(controller.host), "controllerId")?;
    let person = known_person(cx, command.person, "personId").await?;
    let login_at = municipality_named(cx, &command.login_at, "loginAt").await?.id;
    rules::officer_logs_in_at_home(&person, login_at, "loginAt")?;
    let there = repo::appointments_of(&cx.tx, &cx.scope, &[controller.id], None).await?;
    let periods: Vec<_> = there.iter().filter(|other| other.person == person.id).map(|other| other.validity).collect();
    rules::does_not_overlap(command.validity, &periods, "validFrom")?;
    let new = Appointment {
        id: cx.ids.id(cx.now),
        person: person.id,
        controller: controller.id,
        login_at,
        validity: command.validity,
        decision_reference: command.decision_reference,
        end_reason: None,
        version: 1,
    };
    repo::insert_appointments(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
    let touched = visibility::touched(controller.id, &readers, cx.today);
    audit::record(&cx.doing(&scope), touched, Change::made(&new), new.id).await
}

/// The authority was told of an appointment.
#[derive(Debug)]
pub struct RecordNotification {
    /// Of which.
    pub id: AppointmentId,
    /// The version that is changed.
    pub expected_version: i32,
    /// What was told, when, with which reference.
    pub notification: AuthorityNotification,
}

/// Records that the authority was told of an appointment.
pub async fn record_notification(cx: &Cx, command: RecordNotification) -> Result<Recorded<AppointmentId>, Failure> {
    let (current, scope, touched) = own_appointment(cx, command.id).await?;
    unchanged(command.expected_version, current.version)?;
    rules::has_happened(command.notification.on, cx.today, "on")?;
    let changed = Appointment { version: current.version + 1, ..current.clone() };
    stored(repo::update_appointment(&cx.tx, &scope, &changed).await?, current.version)?;
    repo::insert_notification(&cx.tx, &scope, changed.id, &command.notification, cx.ids.uuid(cx.now)).await?;
    let AuthorityNotification { kind, on, reference } = command.notification;
    let told = [Some(kind.code().to_owned()), Some(on.to_string()), reference].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let change = Change::changed(&current, &changed).with("notifications", None, Some(told));
    audit::record(&cx.doing(&scope), touched, change, changed.id).await
}

/// The end of an appointment.
#[derive(Debug)]
pub struct EndAppointment {
    /// Which.
    pub id: AppointmentId,
    /// The version that is changed.
    pub expected_version: i32,
    /// The last day on which it holds.
    pub valid_to: NaiveDate,
    /// Why.
    pub end_reason: AppointmentEndReason,
}

/// Ends an appointment; the officer reads the controller's records up to its last day.
pub async fn end(cx: &Cx, command: EndAppointment) -> Result<Recorded<AppointmentId>, Failure> {
    let (current, scope, touched) = own_appointment(cx, command.id).await?;
    unchanged(command.expected_version, current.version)?;
    let validity = rules::ended(current.validity, command.valid_to, "validTo")?;
    let there = repo::appointments_of(&cx.tx, &cx.scope, &[current.controller], None).await?;
    let others = there.iter().filter(|other| other.person == current.person && other.id != current.id);
    rules::does_not_overlap(validity, &others.map(|other| other.validity).collect::<Vec<_>>(), "validTo")?;
    let changed = Appointment { validity, end_reason: Some(command.end_reason), version: current.version + 1, ..current.clone() };
    stored(repo::update_appointment(&cx.tx, &scope, &changed).await?, current.version)?;
    audit::record(&cx.doing(&scope), touched, Change::changed(&current, &changed), changed.id).await
}

async fn own_appointment(cx: &Cx, id: AppointmentId) -> Result<(Appointment, WriteScope, Touched), Failure> {
    let found = repo::appointments(&cx.tx, &cx.scope, &[id]).await?.pop();
    let appointment = found.ok_or_else(|| Refusal::not_found("appointmentId"))?;
    let (controller, readers) = own_controller(cx, appointment.controller, "appointmentId").await?;
    let scope = require(&cx.viewer, Action::AppointOfficer, Subject::Municipality(controller.host), "appointmentId")?;
    Ok((appointment, scope, visibility::touched(controller.id, &readers, cx.today)))
}
