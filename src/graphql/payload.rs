//! The payloads of mutations: what was changed, and what was wrong.

use async_graphql::{Context, OutputType, SimpleObject};

use super::{context::ContextExt, error::ApiError, selection::Selection};
use crate::{
    app::Cx,
    domain::audit::Recorded,
    kernel::{
        refusal::{Failure, Refusal, RefusalCode},
        text::Language,
    },
};

/// One thing that is wrong with a mutation. Nothing was stored.
#[derive(SimpleObject, Debug)]
pub struct UserError {
    /// What kind of mistake.
    code: RefusalCode,
    /// The rule of the rulebook that says so, such as `ORG6`; null where it is no rule of the law or the guidelines.
    rule: Option<String>,
    /// The law, guideline or clause behind the rule; null without a rule.
    legal_source: Option<String>,
    /// What is wrong and what would be right, in Swedish or, by `Accept-Language`, in English.
    message: String,
    /// Where in the input, from the outermost field to the innermost.
    path: Vec<String>,
    /// Whether the mutation can be repeated with an acknowledgement of this rule: where the code is `NEEDS_ACKNOWLEDGEMENT`.
    can_acknowledge: bool,
    /// The version that is stored now, where the code is `CONFLICT`; else null.
    current_version: Option<i32>,
}

impl UserError {
    fn new(refusal: Refusal, language: Language) -> Self {
        Self {
            code: refusal.code,
            rule: refusal.rule.map(str::to_owned),
            legal_source: refusal.legal_source.map(str::to_owned),
            message: refusal.message.in_language(language).to_owned(),
            path: refusal.path,
            can_acknowledge: refusal.code == RefusalCode::NeedsAcknowledgement,
            current_version: refusal.current_version,
        }
    }
}

/// A payload: the object that was changed, or what was wrong.
pub trait Payload: OutputType + Sized {
    /// Names the object.
    type Id: Send;
    /// The field of the payload that holds the object.
    const FIELD: &'static str;

    /// The payload of a change that was made, with all that `select` asks of the object.
    fn done(cx: &Cx, id: Self::Id, select: Selection<'_>) -> impl Future<Output = Result<Self, ApiError>> + Send;

    /// The payload of a change that was refused.
    fn refused(errors: Vec<UserError>) -> Self;
}

/// Ends a mutation: reads back what the payload asks for and keeps what was done, or tells what was wrong and leaves nothing behind.
pub async fn payload<P: Payload>(ctx: &Context<'_>, cx: Cx, outcome: Result<Recorded<P::Id>, Failure>) -> Result<P, ApiError> {
    let id = match outcome {
        Ok(done) => done.into_inner(),
        Err(Failure::Refused(refusals)) => {
            cx.tx.rollback().await.map_err(Failure::from)?;
            let language = ctx.language();
            return Ok(P::refused(refusals.into_iter().map(|refusal| UserError::new(refusal, language)).collect()));
        }
        Err(fault) => return Err(fault.into()),
    };
    let select = Selection::of(ctx).inside(&P::type_name(), P::FIELD);
    let payload = P::done(&cx, id, select).await?;
    ctx.work().keep(cx).await?;
    Ok(payload)
}

/// Ends a mutation that was only tried: tells what would come of it, and leaves nothing behind.
pub async fn tried<P: Payload>(ctx: &Context<'_>, cx: Cx, id: P::Id) -> Result<P, ApiError> {
    let select = Selection::of(ctx).inside(&P::type_name(), P::FIELD);
    let payload = P::done(&cx, id, select).await?;
    cx.tx.rollback().await.map_err(Failure::from)?;
    Ok(payload)
}
