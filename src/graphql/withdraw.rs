//! Mistakes of whatever kind are withdrawn by one mutation, which knows the kind by the id.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{
    context::writing,
    error::ApiError,
    payload::{Payload, UserError, payload},
    selection::Selection,
};
use crate::{
    app::Cx,
    domain::{
        audit::Recorded,
        organisation::service::withdraw::{self as organisation, Withdraw},
        processor::service::withdraw as processor,
    },
    kernel::{
        command::Faults,
        id::{Id, Kind, split},
        kinds::{
            AgreementKind, AgreementNoticeKind, AgreementPartyKind, AppointmentKind, AssignmentKind, AssuranceKind, ControllerKind,
            EngagementKind, InstructionKind, PartyKind, PersonKind, SubProcessorChangeKind,
        },
        refusal::{Failure, Refusal},
        text::Text,
    },
};

/// Characters of a reason.
const REASON: usize = 500;

/// The kinds of things that can be withdrawn, by the prefix of their ids.
const PREFIXES: [&str; 12] = [
    AgreementKind::PREFIX,
    AgreementPartyKind::PREFIX,
    InstructionKind::PREFIX,
    AssuranceKind::PREFIX,
    AgreementNoticeKind::PREFIX,
    EngagementKind::PREFIX,
    SubProcessorChangeKind::PREFIX,
    PartyKind::PREFIX,
    PersonKind::PREFIX,
    ControllerKind::PREFIX,
    AssignmentKind::PREFIX,
    AppointmentKind::PREFIX,
];

/// A mistake: something that should never have been entered. What was right and is over is ended instead.
#[derive(InputObject, Debug)]
struct WithdrawRecordInput {
    /// What: an agreement, a party's row in one, an instruction, an assurance, a notice, an engagement, a change of sub-processors, a party,
    /// a person, a controller, a coordinator's assignment or an
    /// officer's appointment.
    id: ID,
    /// The version of it that you read.
    expected_version: i32,
    /// Why, in at most 500 characters and without naming people: it stays in the audit log.
    reason: String,
}

/// What became of a mistake.
#[derive(SimpleObject)]
struct WithdrawPayload {
    /// The id of what was withdrawn, which nothing is found by any more; null where something was wrong.
    withdrawn_id: Option<ID>,
    /// What was wrong; empty where it was withdrawn.
    errors: Vec<UserError>,
}

impl Payload for WithdrawPayload {
    type Id = String;
    const FIELD: &'static str = "withdrawnId";

    async fn done(_: &Cx, id: String, _: Selection<'_>) -> Result<Self, ApiError> {
        Ok(Self { withdrawn_id: Some(ID(id)), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { withdrawn_id: None, errors }
    }
}

/// The mutation that withdraws.
#[derive(Default)]
pub(super) struct WithdrawMutation;

#[Object]
impl WithdrawMutation {
    /// Withdraws a mistake: it is kept in history, and out of every list and search; no id finds it and nothing new can refer to it.
    /// By whoever may write it, readers not. An agreement only while no other controller has joined; it goes with its parties' rows and
    /// sub-processors. A party's row never for the lead, and by the lead only while it has not joined. Instructions, assurances and notices
    /// as they are recorded; with an answer about costs, the instruction waits for one again. A sub-processor only where it
    /// engages no other. A party by coordinators only while no other municipality has it on record, after that by the cooperation's
    /// administrator; what refers to it goes on showing it. A person only without a role, an assignment, an appointment or the charge
    /// of an agreement, now or later. A controller only without agreements, coordinators and officers. Else `WRONG_STATE`.
    async fn withdraw_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mistake.")] input: WithdrawRecordInput,
    ) -> Result<WithdrawPayload, ApiError> {
        let cx = writing(ctx).await?;
        let done = withdraw(&cx, input).await;
        payload(ctx, cx, done).await
    }
}

async fn withdraw(cx: &Cx, input: WithdrawRecordInput) -> Result<Recorded<String>, Failure> {
    match split(&input.id).map_or("", |(prefix, _)| prefix) {
        AgreementKind::PREFIX => processor::agreement(cx, input.command()?).await.map(named),
        AgreementPartyKind::PREFIX => processor::agreement_party(cx, input.command()?).await.map(named),
        InstructionKind::PREFIX => processor::instruction(cx, input.command()?).await.map(named),
        AssuranceKind::PREFIX => processor::assurance(cx, input.command()?).await.map(named),
        AgreementNoticeKind::PREFIX => processor::notice(cx, input.command()?).await.map(named),
        EngagementKind::PREFIX => processor::engagement(cx, input.command()?).await.map(named),
        PartyKind::PREFIX => processor::party(cx, input.command()?).await.map(named),
        PersonKind::PREFIX => organisation::person(cx, input.command()?).await.map(named),
        ControllerKind::PREFIX => organisation::controller(cx, input.command()?).await.map(named),
        SubProcessorChangeKind::PREFIX => processor::change(cx, input.command()?).await.map(named),
        AssignmentKind::PREFIX => organisation::assignment(cx, input.command()?).await.map(named),
        AppointmentKind::PREFIX => organisation::appointment(cx, input.command()?).await.map(named),
        _ => Err(input.of_no_kind()),
    }
}

fn named<K: Kind>(done: Recorded<Id<K>>) -> Recorded<String> {
    done.map(|id| id.to_string())
}

impl WithdrawRecordInput {
    /// The command, or all that is wrong.
    fn command<K: Kind>(self) -> Result<Withdraw<K>, Failure> {
        let Self { id, expected_version, reason } = self;
        let mut faults = Faults::new();
        let id = faults.id("id", &id);
        let reason = faults.text("reason", &reason, REASON);
        let command = (|| Some(Withdraw { id: id?, expected_version, reason: reason? }))();
        faults.finish(command)
    }

    /// All that is wrong where the id is of nothing that can be withdrawn.
    fn of_no_kind(self) -> Failure {
        let Self { id: _, expected_version: _, reason } = self;
        let kinds = PREFIXES.map(|prefix| format!("{prefix}_")).join(", ");
        let mut faults = Faults::new();
        faults.add(Refusal::invalid(
            "id",
            Text::new(
                format!("Detta är inte id:t för något som kan återkallas; här behövs ett som börjar med något av {kinds}."),
                format!("This is not the id of something that can be withdrawn; one that begins with one of {kinds} is needed here."),
            ),
        ));
        faults.text("reason", &reason, REASON);
        match faults.finish::<()>(None) {
            Err(failure) => failure,
            Ok(()) => Failure::internal("a mistake of no kind was taken"),
        }
    }
}
