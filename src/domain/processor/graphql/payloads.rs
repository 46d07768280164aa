//! Payloads of agreements and sub-processors.

use async_graphql::SimpleObject;

use super::{
    load,
    types::{Party, ProcessorAgreement, SubProcessorEngagement},
};
use crate::{
    app::Cx,
    graphql::{
        error::ApiError,
        payload::{Payload, UserError},
        selection::Selection,
    },
    kernel::kinds::{AgreementId, EngagementId, PartyId},
};

/// What became of a party.
#[derive(SimpleObject)]
pub(super) struct PartyPayload {
    /// The party as it is now; null where something was wrong.
    party: Option<Party>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for PartyPayload {
    type Id = PartyId;
    const FIELD: &'static str = "party";

    async fn done(cx: &Cx, id: PartyId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::party_nodes(cx, &[id], select).await?.pop();
        Ok(Self { party: found.map(|(_, party)| party), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { party: None, errors }
    }
}

/// What became of an agreement.
#[derive(SimpleObject)]
pub(super) struct ProcessorAgreementPayload {
    /// The agreement as it is now; null where something was wrong.
    processor_agreement: Option<ProcessorAgreement>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for ProcessorAgreementPayload {
    type Id = AgreementId;
    const FIELD: &'static str = "processorAgreement";

    async fn done(cx: &Cx, id: AgreementId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::agreement_nodes(cx, &[id], select).await?.pop();
        Ok(Self { processor_agreement: found.map(|(_, agreement)| agreement), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { processor_agreement: None, errors }
    }
}

/// What became of a sub-processor's engagement.
#[derive(SimpleObject)]
pub(super) struct SubProcessorEngagementPayload {
    /// The engagement as it is now; null where something was wrong.
    sub_processor_engagement: Option<SubProcessorEngagement>,
    /// What was wrong; empty where the change was made.
    errors: Vec<UserError>,
}

impl Payload for SubProcessorEngagementPayload {
    type Id = EngagementId;
    const FIELD: &'static str = "subProcessorEngagement";

    async fn done(cx: &Cx, id: EngagementId, select: Selection<'_>) -> Result<Self, ApiError> {
        let found = load::engagement_nodes(cx, &[id], select).await?.pop();
        Ok(Self { sub_processor_engagement: found.map(|(_, engagement)| engagement), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { sub_processor_engagement: None, errors }
    }
}
