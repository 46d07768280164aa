//! Mutations of the directory.

use async_graphql::{Context, Object};

use super::{
    inputs::{
        AppointDataProtectionOfficerInput, AssignCoordinatorInput, CreateControllerInput, CreatePersonInput, EndAppointmentInput,
        EndCoordinatorAssignmentInput, GrantRoleInput, InvitePersonInput, RecordMunicipalityInput, RecordNotificationToAuthorityInput,
        RevokeRoleInput, SucceedControllerInput, UpdateControllerInput, UpdatePersonInput,
    },
    payloads::{
        ControllerPayload, CoordinatorAssignmentPayload, DataProtectionOfficerAppointmentPayload, InvitationPayload, MunicipalityPayload,
        PersonPayload, RoleGrantPayload,
    },
};
use crate::{
    domain::{organisation::service, processor},
    graphql::{context::writing, error::ApiError, payload::payload},
};

/// Mutations of the directory.
#[derive(Default)]
pub struct OrganisationMutation;

#[Object]
impl OrganisationMutation {
    /// Records a municipality that joins, changes or leaves the cooperation. By the cooperation's administrator.
    async fn record_municipality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The municipality.")] input: RecordMunicipalityInput,
    ) -> Result<MunicipalityPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::municipality::record(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Adds a person to the directory, without rights. By an administrator of the person's municipality.
    async fn create_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person.")] input: CreatePersonInput,
    ) -> Result<PersonPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::person::create(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Changes a person's details. By the person, or an administrator of the person's municipality.
    async fn update_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePersonInput,
    ) -> Result<PersonPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::person::update(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Adds a controller. By an administrator of its municipality. Source: guidelines 5.1 (ORG1, ORG6).
    async fn create_controller(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The controller.")] input: CreateControllerInput,
    ) -> Result<ControllerPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::controller::create(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Changes a controller and the members of a joint board; who reads its records follows at once. By an administrator of its
    /// municipality.
    async fn update_controller(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateControllerInput,
    ) -> Result<ControllerPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::controller::update(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Lets the duties of controllers go over to another from a day, past or to come: its are the agreements that they are parties to, the
    /// open cases, deadlines and findings from then on, and their coordinators are its own. What was before stays the predecessors'. They
    /// end on the day before, where they have no last day yet. Officers do not go over: each controller designates its own. Where
    /// two parties of one agreement come together, the lead's row stays, else the one recorded first; the other ends. By an
    /// administrator of their municipality, which is the successor's too; the host's for a joint board. Source: kommunallagen 3:4; GDPR
    /// art. 4.7, 37.1.
    async fn succeed_controller(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The succession.")] input: SucceedControllerInput,
    ) -> Result<ControllerPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { processor::service::succession::succeed(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Gives a person the role of reader or administrator. By an administrator of that municipality; the first administrator of a
    /// municipality by the cooperation's administrator.
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: GrantRoleInput,
    ) -> Result<RoleGrantPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::role::grant(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Makes a link by which a person logs in for the first time: it binds that login to the person, once, within seven days. A link
    /// that was made before and not used holds no longer. By an administrator of the person's municipality; for the first
    /// administrator of a municipality by the cooperation's administrator.
    async fn invite_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: InvitePersonInput,
    ) -> Result<InvitationPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::invitation::invite(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Ends a person's role of reader or administrator. By an administrator of that municipality.
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end.")] input: RevokeRoleInput,
    ) -> Result<RoleGrantPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::role::revoke(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Assigns a coordinator to a controller. By an administrator of its municipality; the host's for a joint board. Source:
    /// guidelines 8.1 (COO1, COO2).
    async fn assign_coordinator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The assignment.")] input: AssignCoordinatorInput,
    ) -> Result<CoordinatorAssignmentPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::coordinator::assign(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Ends a coordinator's assignment. By an administrator of the controller's municipality.
    async fn end_coordinator_assignment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end.")] input: EndCoordinatorAssignmentInput,
    ) -> Result<CoordinatorAssignmentPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::coordinator::end(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records that a controller appointed its data protection officer. By an administrator of its municipality. Source: GDPR
    /// art. 37.1 (DPO1, DPO4).
    async fn appoint_data_protection_officer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: AppointDataProtectionOfficerInput,
    ) -> Result<DataProtectionOfficerAppointmentPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::officer::appoint(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records that the supervisory authority was told of an appointment. By an administrator of the controller's municipality.
    /// Source: GDPR art. 37.7 (DPO2).
    async fn record_notification_to_authority(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notification.")] input: RecordNotificationToAuthorityInput,
    ) -> Result<DataProtectionOfficerAppointmentPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::officer::record_notification(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Ends an officer's appointment. By an administrator of the controller's municipality. Source: GDPR art. 38.3.
    async fn end_data_protection_officer_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end.")] input: EndAppointmentInput,
    ) -> Result<DataProtectionOfficerAppointmentPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::officer::end(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }
}
