//! Mutations of agreements and sub-processors.

use async_graphql::{Context, Object};

use super::{
    inputs::{
        AmendAgreementInput, AnswerAgreementContentsInput, AnswerAgreementNoticeInput, CopyAgreementInput, CorrectSubProcessorInput,
        DraftAgreementInput, EndSubProcessorInput, GiveNoticeInput, InviteToAgreementInput, IssueInstructionInput, JoinAgreementInput,
        LeaveAgreementInput, ListSubProcessorInput, MergePartiesInput, RecordAgreementNoticeInput, RecordAssuranceInput,
        RecordReturnOrDeletionInput, RegisterPartyInput, ResumeAgreementInput, SetAgreementContactsInput, SignAgreementInput,
        SuspendAgreementInput, TakeLeadInput, UpdateAgreementInput, UpdateAgreementPartyInput, UpdatePartyInput,
    },
    payloads::{PartyPayload, ProcessorAgreementPayload, SubProcessorEngagementPayload},
};
use crate::{
    domain::processor::service,
    graphql::{context::writing, error::ApiError, payload::payload},
};

/// Mutations of agreements and sub-processors.
#[derive(Default)]
pub struct ProcessorMutation;

#[Object]
impl ProcessorMutation {
    /// Registers a party that is not there yet. By any coordinator, or the cooperation's administrator.
    async fn register_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The party.")] input: RegisterPartyInput,
    ) -> Result<PartyPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::party::register(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Changes a party: its name, address and list by coordinators of a municipality that uses it; the rest only while no other
    /// municipality does. By the cooperation's administrator always.
    async fn update_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartyInput,
    ) -> Result<PartyPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::party::update(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Makes one party of two that are one organisation: what refers to `partyId` refers to `intoId` from now on, which takes over what
    /// it lacks; `partyId` is withdrawn. By any coordinator while no other municipality has either on record; by the cooperation's
    /// administrator always.
    async fn merge_parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two.")] input: MergePartiesInput,
    ) -> Result<PartyPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::merge::merge(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Drafts an agreement with one controller as its party and lead. By a coordinator of that controller. Source: GDPR art. 28.3.
    async fn draft_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: DraftAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::agreement::draft(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Changes the common part of an agreement. By a coordinator of its lead.
    async fn update_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::agreement::update(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Invites another controller to an agreement; from then on its municipalities and its officer read it. By a coordinator of the
    /// lead.
    async fn invite_to_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: InviteToAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::agreement::invite(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Joins an agreement: the invited controller's own act. By a coordinator of that controller.
    async fn join_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] input: JoinAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::agreement_party::join(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Changes a controller's own row of an agreement. By a coordinator of that controller.
    async fn update_agreement_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateAgreementPartyInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::agreement_party::update(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Answers whether an agreement says what it has to say; what is left out stays as it is. By a coordinator of the agreement's lead.
    /// Source: GDPR art. 28.3; guidelines 6.2 (PUB5).
    async fn answer_agreement_contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answers.")] input: AnswerAgreementContentsInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::contents::answer(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Issues a version of the instructions to the processor; those before stay as they are. By a coordinator of the agreement's lead. Source:
    /// GDPR art. 28.3 a; annex 3, 4.2-4.3 (PUB10).
    async fn issue_instruction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instruction.")] input: IssueInstructionInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::instruction::issue(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records something that was assured about the processor, checked or audited. An auditor who competes with it, or has not undertaken
    /// secrecy, asks for an acknowledgement of PUB21. By a coordinator of the agreement's lead. Source: GDPR art. 28.1, 28.3; annex 3,
    /// chapters 7-9.
    async fn record_assurance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The assurance.")] input: RecordAssuranceInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::assurance::record(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records a notice between the sides. By a coordinator of the agreement's lead, or where it is one controller's own, of that one. What may
    /// cause damage and was told of after it was known asks for an acknowledgement of PUB34; an answer about costs answers the newest
    /// instruction that waits for one; an unclear instruction suspends the processing. Source: annex 3, 19 (PUB43).
    async fn record_agreement_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notice.")] input: RecordAgreementNoticeInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::notice::record(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records what became of a notice. By a coordinator of the agreement's lead, or where it is one controller's own, of that one. Source:
    /// annex 3, 8-11 (PUB18, PUB19, PUB23, PUB25, PUB26).
    async fn answer_agreement_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: AnswerAgreementNoticeInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::notice::answer(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Sets whom to write to; other sides and purposes stay as they are. By a coordinator of the agreement's lead. Source: annex 3, 20-21
    /// (PUB44).
    async fn set_agreement_contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contacts.")] input: SetAgreementContactsInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::contact::set(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Suspends the processing under an agreement in force, once for each cause. By a coordinator of the agreement's lead. Source: annex 3, 6.5,
    /// 17.3 (PUB12, PUB38).
    async fn suspend_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The suspension.")] input: SuspendAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::suspension::suspend(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Resumes the processing: after a breach when its end is declared and accepted, after an unclear instruction when there is a new one; else
    /// `WRONG_STATE` by PUB38 or PUB12. By a coordinator of the agreement's lead. Source: annex 3, 6.5, 17.3.
    async fn resume_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end of the suspension.")] input: ResumeAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::suspension::resume(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Drafts an agreement after the pattern of another that you may read: same processor, texts, terms and the sub-processors of today; without
    /// dates, signatures, checks and diary numbers. By a coordinator of the controller that drafts.
    async fn copy_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The copy.")] input: CopyAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::copy::copy(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Offers other terms: a new version, which binds nobody before both sides have signed it; where nobody has signed the newest version
    /// yet, that one is changed. By a coordinator of the lead. Source: annex 3, 17.2 (PUB37).
    async fn amend_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The terms.")] input: AmendAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::signing::amend(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records a signature. Signing again corrects the day. What is not in order yet warns: PUB3 to PUB5, PUB16, PUB22, PUB44. By a coordinator
    /// of the controller. Source: annex 3, 16.1, 17.2 (PUB35, PUB37).
    async fn sign_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The signature.")] input: SignAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::signing::sign(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Takes the lead of a joint agreement whose lead has left, has ended or has offered it. By a coordinator of the party that takes it.
    async fn take_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] input: TakeLeadInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::ending::take_lead(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Leaves an agreement, or declines the invitation to it, before it binds the own controller; who is bound gives notice instead. By a
    /// coordinator of that controller.
    async fn leave_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] input: LeaveAgreementInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::ending::leave(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Gives notice for the own controller, or records the processor's. Giving it again corrects the day. By a coordinator of that controller.
    /// Source: annex 3, 16.2 (PUB35).
    async fn give_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notice.")] input: GiveNoticeInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::ending::give_notice(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Records that the data were returned or deleted at the end. By a coordinator of the controller. Source: GDPR art. 28.3 g; annex 3, 18.2
    /// (PUB40).
    async fn record_return_or_deletion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] input: RecordReturnOrDeletionInput,
    ) -> Result<ProcessorAgreementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::ending::record_return(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Lists a sub-processor under an agreement. By a coordinator of the agreement's lead. Source: GDPR art. 28.2 (PUB6).
    async fn list_sub_processor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The engagement.")] input: ListSubProcessorInput,
    ) -> Result<SubProcessorEngagementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::sub_processor::list(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Corrects what was entered about a sub-processor. By a coordinator of the agreement's lead.
    async fn correct_sub_processor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The corrections.")] input: CorrectSubProcessorInput,
    ) -> Result<SubProcessorEngagementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::sub_processor::correct(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }

    /// Ends a sub-processor's engagement, and with it those that it engages. By a coordinator of the agreement's lead. Source: annex 3,
    /// 12.3 (PUB31).
    async fn end_sub_processor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end.")] input: EndSubProcessorInput,
    ) -> Result<SubProcessorEngagementPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = async { service::sub_processor::end(&cx, input.command()?).await }.await;
        payload(ctx, cx, done).await
    }
}
