//! Payloads of the directory.

use async_graphql::SimpleObject;

use super::{
    load,
    types::{Controller, CoordinatorAssignment, DataProtectionOfficerAppointment, Invitation, Municipality, Person, RoleGrant},
};
use crate::{
    app::Cx,
    authz::{Grant, Role, RoleSource},
    domain::organisation::model::{self, RoleRecord},
    graphql::{
        error::ApiError,
        payload::{Payload, UserError},
        selection::Selection,
    },
    kernel::kinds::{AppointmentId, AssignmentId, ControllerId, MunicipalityId, PersonId},
};

/// What became of a municipality.
#[derive(SimpleObject)]
pub(super) struct MunicipalityPayload {
    /// The municipality as it is now; null where something was wrong.
    municipality: Option<Municipality>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for MunicipalityPayload {
    type Id = MunicipalityId;
    const FIELD: &'static str = "municipality";

    async fn done(cx: &Cx, id: MunicipalityId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::municipality_nodes(cx, &[id], select).await?.pop();
        Ok(Self { municipality: found.map(|(_, municipality)| municipality), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { municipality: None, errors }
    }
}

/// What became of a controller.
#[derive(SimpleObject)]
pub(super) struct ControllerPayload {
    /// The controller as it is now; null where something was wrong.
    controller: Option<Controller>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for ControllerPayload {
    type Id = ControllerId;
    const FIELD: &'static str = "controller";

    async fn done(cx: &Cx, id: ControllerId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::controller_nodes(cx, &[id], select).await?.pop();
        Ok(Self { controller: found.map(|(_, controller)| controller), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { controller: None, errors }
    }
}

/// What became of a person.
#[derive(SimpleObject)]
pub(super) struct PersonPayload {
    /// The person as it is now; null where something was wrong.
    person: Option<Person>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for PersonPayload {
    type Id = PersonId;
    const FIELD: &'static str = "person";

    async fn done(cx: &Cx, id: PersonId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::person_nodes(cx, &[id], select).await?.pop();
        Ok(Self { person: found.map(|(_, person)| person), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { person: None, errors }
    }
}

/// What became of a role.
#[derive(SimpleObject)]
pub(super) struct RoleGrantPayload {
    /// The role as it is now; null where something was wrong.
    role_grant: Option<RoleGrant>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for RoleGrantPayload {
    type Id = RoleRecord;
    const FIELD: &'static str = "roleGrant";

    async fn done(cx: &Cx, record: RoleRecord, select: Selection<'_>) -> Result<Self, ApiError> {
        let grant = Grant {
            role: record.role,
            municipality: Some(record.municipality).filter(|_| record.role != Role::CooperationAdministrator),
            controller: None,
            valid_from: Some(record.validity.from),
            valid_to: record.validity.to,
            source: RoleSource::Record,
            version: Some(record.version),
        };
        Ok(Self { role_grant: load::roles(cx, vec![grant], select).await?.pop(), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { role_grant: None, errors }
    }
}

/// What became of an invitation.
#[derive(SimpleObject)]
pub(super) struct InvitationPayload {
    /// The invitation; null where something was wrong.
    invitation: Option<Invitation>,
    /// What was wrong; empty where the invitation was made.
    errors: Vec<UserError>,
}

impl Payload for InvitationPayload {
    type Id = model::Invitation;
    const FIELD: &'static str = "invitation";

    async fn done(cx: &Cx, made: model::Invitation, select: Selection<'_>) -> Result<Self, ApiError> {
        Ok(Self { invitation: Some(load::invitation(cx, made, select).await?), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { invitation: None, errors }
    }
}

/// What became of a coordinator's assignment.
#[derive(SimpleObject)]
pub(super) struct CoordinatorAssignmentPayload {
    /// The assignment as it is now; null where something was wrong.
    coordinator_assignment: Option<CoordinatorAssignment>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for CoordinatorAssignmentPayload {
    type Id = AssignmentId;
    const FIELD: &'static str = "coordinatorAssignment";

    async fn done(cx: &Cx, id: AssignmentId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::assignment_nodes(cx, &[id], select).await?.pop();
        Ok(Self { coordinator_assignment: found.map(|(_, assignment)| assignment), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { coordinator_assignment: None, errors }
    }
}

/// What became of an officer's appointment.
#[derive(SimpleObject)]
pub(super) struct DataProtectionOfficerAppointmentPayload {
    /// The appointment as it is now; null where something was wrong.
    data_protection_officer_appointment: Option<DataProtectionOfficerAppointment>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for DataProtectionOfficerAppointmentPayload {
    type Id = AppointmentId;
    const FIELD: &'static str = "dataProtectionOfficerAppointment";

    async fn done(cx: &Cx, id: AppointmentId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::appointment_nodes(cx, &[id], select).await?.pop();
        Ok(Self { data_protection_officer_appointment: found.map(|(_, appointment)| appointment), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { data_protection_officer_appointment: None, errors }
    }
}
