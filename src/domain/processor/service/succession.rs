//! When boards are reorganised, what they have under agreements goes along.

use super::timeline::follow;
use crate::{
    app::Cx,
    domain::{
        audit::{self, Recorded},
        organisation::service::succession::{self, SucceedController, Succeeded},
        visibility,
    },
    kernel::{kinds::ControllerId, refusal::Failure},
};

/// Lets the duties of controllers go over to another: the timeline of every agreement of theirs follows, and all who read one of them
/// are told.
pub async fn succeed(cx: &Cx, command: SucceedController) -> Result<Recorded<ControllerId>, Failure> {
    let Succeeded { successor, scope, agreements, touched, change } = succession::succeed(cx, command).await?;
    follow(&cx.tx, &scope, &agreements).await?;
    let reading = visibility::repo::touched_by_agreements(&cx.tx, &scope, &agreements, cx.today).await?;
    audit::record(&cx.doing(&scope), touched.and(reading), change, successor).await
}
