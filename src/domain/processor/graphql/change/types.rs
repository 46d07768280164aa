//! Types of changes of sub-processors and of the controllers' cases about them.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    domain::{
        organisation::graphql::types::{Controller, Municipality, Person},
        processor::{
            graphql::types::{Party, ProcessorAgreement},
            model::{ChangeKind, DataCategory, DataSubjectGroup, NoticeItem, ObjectionOutcome, ObjectionState},
        },
        reference::graphql::Country,
        timeline::graphql::types::Deadline,
    },
    graphql::{
        connection::Connection,
        error::ApiError,
        loaded::{Slot, Slots},
        scalar::{Date, Url},
    },
};

/// What a processor announced about its sub-processors. A fact that all who use the processor share: entered once, readable by every
/// member. Each controller's case about it is its own. Source: GDPR art. 28.2; annex 3, 12.2-12.3 (PUB27, PUB31).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct SubProcessorChange {
    /// Its id.
    pub id: ID,
    /// What changes.
    pub kind: ChangeKind,
    /// What the sub-processor does.
    pub service: String,
    /// Which personal data it processes; empty where not told.
    pub data_categories: Vec<DataCategory>,
    /// Whose data it processes; empty where not told.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// When it was announced.
    pub announced_on: Date,
    /// When it takes effect.
    pub effective_on: Date,
    /// Where it was announced; null where not recorded.
    pub source_url: Option<Url>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) processor: Slot<Arc<Party>>,
    #[graphql(skip)]
    pub(super) sub_processor: Slot<Arc<Party>>,
    #[graphql(skip)]
    pub(super) replaces: Slot<Option<Arc<Party>>>,
    #[graphql(skip)]
    pub(super) engaged_by: Slot<Option<Arc<Party>>>,
    #[graphql(skip)]
    pub(super) processing_countries: Slot<Vec<Country>>,
    #[graphql(skip)]
    pub(super) announced_by: Slot<Arc<Municipality>>,
    #[graphql(skip)]
    pub(super) advice: Slot<Vec<Advice>>,
    #[graphql(skip)]
    pub(super) objection_cases: Slots<Connection<ObjectionCase>>,
}

#[ComplexObject]
impl SubProcessorChange {
    /// Who announced it.
    async fn processor(&self, ctx: &Context<'_>) -> Result<&Party, ApiError> {
        self.processor.get(ctx).map(AsRef::as_ref)
    }

    /// Which sub-processor it is about.
    async fn sub_processor(&self, ctx: &Context<'_>) -> Result<&Party, ApiError> {
        self.sub_processor.get(ctx).map(AsRef::as_ref)
    }

    /// The sub-processor that is replaced; null where none is.
    async fn replaces(&self, ctx: &Context<'_>) -> Result<Option<&Party>, ApiError> {
        Ok(self.replaces.get(ctx)?.as_deref())
    }

    /// The sub-processor that engages it; null where the processor does.
    async fn engaged_by(&self, ctx: &Context<'_>) -> Result<Option<&Party>, ApiError> {
        Ok(self.engaged_by.get(ctx)?.as_deref())
    }

    /// Where it processes; empty where not known.
    async fn processing_countries(&self, ctx: &Context<'_>) -> Result<&Vec<Country>, ApiError> {
        self.processing_countries.get(ctx)
    }

    /// The municipality at whose login it was recorded.
    async fn announced_by(&self, ctx: &Context<'_>) -> Result<&Municipality, ApiError> {
        self.announced_by.get(ctx).map(AsRef::as_ref)
    }

    /// The cases about it on `asOf` that you may read, the soonest due first. Each stands once for each controller and agreement.
    async fn objection_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Connection<ObjectionCase>, ApiError> {
        let _ = (first, after);
        self.objection_cases.get(ctx)
    }

    /// The data protection officer's advice, oldest first: one text for all municipalities, later ones add. Source: GDPR art. 39.1 a.
    async fn advice(&self, ctx: &Context<'_>) -> Result<&Vec<Advice>, ApiError> {
        self.advice.get(ctx)
    }
}

/// A data protection officer's advice on a change. Readable by every member. Source: GDPR art. 39.1 a.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Advice {
    /// The advice.
    pub text: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(super) author: Slot<Arc<Person>>,
}

#[ComplexObject]
impl Advice {
    /// The officer who gave it.
    async fn author(&self, ctx: &Context<'_>) -> Result<&Person, ApiError> {
        self.author.get(ctx).map(AsRef::as_ref)
    }
}

/// A controller's own case about a change of sub-processors under one of its agreements. It follows from the change and the agreement;
/// nobody opens it. Readable by the municipalities of its controller and by their data protection officer, by nobody else, in a joint
/// agreement either. Source: GDPR art. 28.2; annex 3, 12.2, 12.6 (PUB27, PUB28).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct ObjectionCase {
    /// Its id.
    pub id: ID,
    /// When the notice was sent, as the controller confirmed it; null where it did not.
    pub notice_sent_on: Option<Date>,
    /// When the controller received the notice, as it confirmed or as is deemed; null while that is not known. Source: annex 3, 19.3
    /// (PUB43).
    pub notice_received_on: Option<Date>,
    /// What the notice lacked; empty where nothing. Source: annex 3, 12.2 (PUB27).
    pub missing_from_notice: Vec<NoticeItem>,
    /// When the notice was completed; null where nothing was missing, and while something is.
    pub completed_on: Option<Date>,
    /// The last day to object if the notice had come, complete, on the first day possible; null once the window has begun, and where
    /// the controller has decided.
    pub earliest_possible_deadline: Option<Date>,
    /// How it stands on `asOf`.
    pub state: ObjectionState,
    /// What became of the objection; null where there is none, or nothing is known.
    pub outcome: Option<ObjectionOutcome>,
    /// When the controller decided last; null where it has not.
    pub decided_on: Option<Date>,
    /// Why; null where no reason was given.
    pub reason: Option<String>,
    /// Counts the changes, from 1; 0 while the controller has done nothing. Give it as `expectedVersion` with the next change.
    pub version: i32,
    /// Whether you may act in it.
    pub viewer_can_update: bool,
    #[graphql(skip)]
    pub(super) change: Slot<Arc<SubProcessorChange>>,
    #[graphql(skip)]
    pub(super) agreement: Slot<Arc<ProcessorAgreement>>,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
    #[graphql(skip)]
    pub(super) deadline: Slot<Option<Deadline>>,
    #[graphql(skip)]
    pub(super) decided_by: Slot<Option<Arc<Person>>>,
}

#[ComplexObject]
impl ObjectionCase {
    /// About which change.
    async fn change(&self, ctx: &Context<'_>) -> Result<&SubProcessorChange, ApiError> {
        self.change.get(ctx).map(AsRef::as_ref)
    }

    /// Under which agreement.
    async fn agreement(&self, ctx: &Context<'_>) -> Result<&ProcessorAgreement, ApiError> {
        self.agreement.get(ctx).map(AsRef::as_ref)
    }

    /// Whose case.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }

    /// The last day to object, and how it is counted: from the receipt of the notice, or from when it was complete, as the terms of that
    /// day say. Null while receipt is unconfirmed or the notice incomplete. Source: annex 3, 12.6 (PUB28).
    async fn deadline(&self, ctx: &Context<'_>) -> Result<Option<&Deadline>, ApiError> {
        Ok(self.deadline.get(ctx)?.as_ref())
    }

    /// Who recorded the last decision; null where nobody has, and where you may not see the person.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<&Person>, ApiError> {
        Ok(self.decided_by.get(ctx)?.as_deref())
    }
}
