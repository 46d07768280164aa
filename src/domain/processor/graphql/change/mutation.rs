//! Mutations of changes and cases.

use async_graphql::{Context, Object};

use super::{
    inputs::{
        AnnounceSubProcessorChangeInput, ConfirmSubProcessorNoticeInput, CorrectSubProcessorChangeInput, DecideObjectionInput,
        GiveAdviceInput, RecordObjectionOutcomeInput, TerminateAgreementAtOnceInput,
    },
    payloads::{ObjectionCasePayload, SubProcessorChangePayload},
};
use crate::{
    domain::processor::{
        graphql::payloads::ProcessorAgreementPayload,
        model::ActKind,
        service::{case, change, termination},
    },
    graphql::{context::writing, error::ApiError, payload::payload},
};

/// Mutations of changes of sub-processors and of the controllers' cases about them.
#[derive(Default)]
pub struct ChangeMutation;

#[Object]
impl ChangeMutation {
    /// Records what a processor announced about its sub-processors, once for all who use it; the case of each controller follows. By a
    /// coordinator of a municipality that has an agreement with the processor, or the cooperation's administrator. Source: annex 3,
    /// 12.2-12.3 (PUB27, PUB31).
    async fn announce_sub_processor_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: AnnounceSubProcessorChangeInput,
    ) -> Result<SubProcessorChangePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { change::announce(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Corrects what was entered about a change. By coordinators of the municipality that recorded it, while no other has acted on it;
    /// by the cooperation's administrator always.
    async fn correct_sub_processor_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The corrections.")] input: CorrectSubProcessorChangeInput,
    ) -> Result<SubProcessorChangePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { change::correct(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Gives advice on a change, one text for all municipalities; later ones add. By the data protection officer of a controller that
    /// has an agreement with the processor. Source: GDPR art. 39.1 a.
    async fn give_advice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The advice.")] input: GiveAdviceInput,
    ) -> Result<SubProcessorChangePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { change::give_advice(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Confirms that the controller got the notice of a change, when, and what it lacked: its window to object runs from then. Replaces
    /// what was confirmed before. By a coordinator of the case's controller. Source: annex 3, 12.2, 12.6, 19.3 (PUB27, PUB28).
    async fn confirm_sub_processor_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notice.")] input: ConfirmSubProcessorNoticeInput,
    ) -> Result<ObjectionCasePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { case::confirm_notice(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Accepts a sub-processor. By a coordinator of the case's controller. Source: GDPR art. 28.2 (PUB6).
    async fn accept_sub_processor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideObjectionInput,
    ) -> Result<ObjectionCasePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { case::decide(&cx, input.command(ActKind::Accept)?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Objects to a sub-processor, in the window. By a coordinator of the case's controller. Source: GDPR art. 28.2; annex 3, 12.6
    /// (PUB28).
    async fn object_to_sub_processor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision, with a reason.")] input: DecideObjectionInput,
    ) -> Result<ObjectionCasePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { case::decide(&cx, input.command(ActKind::Object)?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Takes an objection back: the case stands as if nothing had been said. By a coordinator of the case's controller.
    async fn withdraw_objection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideObjectionInput,
    ) -> Result<ObjectionCasePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { case::decide(&cx, input.command(ActKind::WithdrawObjection)?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Notes that a change does not concern the controller. By a coordinator of the case's controller.
    async fn mark_not_concerned(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideObjectionInput,
    ) -> Result<ObjectionCasePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { case::decide(&cx, input.command(ActKind::NotConcerned)?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records what became of an objection that stands. By a coordinator of the case's controller. Source: annex 3, 12.6, 17.4.
    async fn record_objection_outcome(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The outcome.")] input: RecordObjectionOutcomeInput,
    ) -> Result<ObjectionCasePayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { case::decide(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Terminates an agreement at once for the own controller: only after an objection that stands. By a coordinator of that controller.
    /// Source: annex 3, 12.6, 17.4 (PUB29).
    async fn terminate_agreement_at_once(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The termination.")] input: TerminateAgreementAtOnceInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { termination::terminate(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }
}
