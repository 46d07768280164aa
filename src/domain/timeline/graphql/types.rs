//! Types of what the timeline says.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};

use crate::{
    domain::{
        organisation::graphql::types::Controller,
        timeline::model::{ChecklistItem, DeadlineKind, FindingCode, Shortcoming, TrafficLight},
    },
    graphql::{context::ContextExt, error::ApiError, loaded::Slot, node::Node, scalar::Date},
    kernel::{
        code::Code,
        text::{Language, Text},
    },
};

/// Something that has to be done by a day, and how that day is computed. Readable by all who may read the controller's records.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Deadline {
    /// The last day, inclusive.
    pub due_on: Date,
    /// What has to be done.
    pub kind: DeadlineKind,
    /// The day of the event from which is counted.
    pub start_event: Date,
    /// Where the count ends, before free days are heeded.
    pub raw_date: Date,
    /// The rule of the rulebook and how is counted, such as `PUB28 P30D`: ISO 8601 durations; `WD` counts working days.
    pub rule: String,
    #[graphql(skip)]
    pub(super) detail: Option<Text>,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
    #[graphql(skip)]
    pub(super) subject: Slot<Arc<Node>>,
}

#[ComplexObject]
impl Deadline {
    /// For which controller.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }

    /// To what it has to be done.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Arc<Node>, ApiError> {
        self.subject.get(ctx).cloned()
    }

    /// The law, guideline or clause that it follows from.
    async fn legal_source(&self) -> &'static str {
        self.kind.term().legal_source.unwrap_or_default()
    }

    /// What has to be done, in Swedish or, by `Accept-Language`, in English.
    async fn message(&self, ctx: &Context<'_>) -> String {
        sentence(&self.kind.term().label, self.detail.as_ref(), ctx.language())
    }
}

/// A rule that is broken (brist, avvikelse). Derived from the records, never edited: it disappears only because the facts changed.
/// Readable by all who may read the controller's records.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Finding {
    /// Which rule.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: TrafficLight,
    /// The first day on which it holds.
    pub since: Date,
    /// By when it should have been seen to; null where no day was set.
    pub due_on: Option<Date>,
    /// The common shortcoming that it is; null where it is none of them. Source: guidelines 18.
    pub shortcoming: Option<Shortcoming>,
    /// The item of the checklist that it spoils; null where it spoils none. Source: guidelines 18.
    pub checklist_item: Option<ChecklistItem>,
    /// The rule of the rulebook, such as `PUB20`.
    pub rule: String,
    #[graphql(skip)]
    pub(super) detail: Option<Text>,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
    #[graphql(skip)]
    pub(super) subject: Slot<Option<Arc<Node>>>,
}

#[ComplexObject]
impl Finding {
    /// Of which controller.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }

    /// What breaks the rule, as it is today; null where it is not yours to see.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Arc<Node>>, ApiError> {
        self.subject.get(ctx).cloned()
    }

    /// The law, guideline or clause behind the rule.
    async fn legal_source(&self) -> &'static str {
        self.code.term().legal_source.unwrap_or_default()
    }

    /// What is wrong, in Swedish or, by `Accept-Language`, in English.
    async fn message(&self, ctx: &Context<'_>) -> String {
        sentence(&self.code.term().label, self.detail.as_ref(), ctx.language())
    }
}

fn sentence(label: &Text, detail: Option<&Text>, language: Language) -> String {
    let label = label.in_language(language);
    detail.map_or_else(|| label.to_owned(), |detail| format!("{label}: {}", detail.in_language(language)))
}

/// Which findings. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug, Default)]
pub struct FindingFilter {
    /// Those of the controllers of the municipality with this slug, joint boards included.
    pub municipality: Option<String>,
    /// Those of this controller.
    pub controller_id: Option<ID>,
    /// Those with one of these codes; empty: all.
    pub code: Option<Vec<FindingCode>>,
    /// Those that are as bad as one of these; empty: all.
    pub severity: Option<Vec<TrafficLight>>,
    /// Those that were due before this day.
    pub due_before: Option<Date>,
}
