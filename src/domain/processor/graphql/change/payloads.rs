//! Payloads of changes and cases.

use async_graphql::SimpleObject;

use super::{
    load,
    types::{ObjectionCase, SubProcessorChange},
};
use crate::{
    app::Cx,
    graphql::{
        error::ApiError,
        payload::{Payload, UserError},
        selection::Selection,
    },
    kernel::kinds::{CaseId, ChangeId},
};

/// What became of a change of sub-processors.
#[derive(SimpleObject)]
pub(super) struct SubProcessorChangePayload {
    /// The change as it is now; null where something was wrong.
    sub_processor_change: Option<SubProcessorChange>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for SubProcessorChangePayload {
    type Id = ChangeId;
    const FIELD: &'static str = "subProcessorChange";

    async fn done(cx: &Cx, id: ChangeId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::change_nodes(cx, &[id], select).await?.pop();
        Ok(Self { sub_processor_change: found.map(|(_, change)| change), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { sub_processor_change: None, errors }
    }
}

/// What became of a controller's case.
#[derive(SimpleObject)]
pub(super) struct ObjectionCasePayload {
    /// The case as it is now; null where something was wrong.
    objection_case: Option<ObjectionCase>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for ObjectionCasePayload {
    type Id = CaseId;
    const FIELD: &'static str = "objectionCase";

    async fn done(cx: &Cx, id: CaseId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::case_nodes(cx, &[id], select).await?.pop();
        Ok(Self { objection_case: found.map(|(_, case)| case), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { objection_case: None, errors }
    }
}
