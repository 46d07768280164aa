//! The schema: the domains' roots, merged.

use async_graphql::{Context, EmptySubscription, MergedObject, Object, Schema, SchemaBuilder};

use super::{
    connection::{Connection, Paging, connection},
    context::root_page,
    error::ApiError,
    limits,
    node::NodeQuery,
    vocabulary::{Term, page_of, terms},
    withdraw::WithdrawMutation,
};
use crate::{
    authz::{Action, Role, RoleSource},
    domain::{
        audit::{graphql::AuditQuery, model::ActorKind},
        organisation::{
            graphql::{OrganisationMutation, OrganisationQuery},
            model::{AppointmentEndReason, AuthorityNotificationKind, ControllerKind},
        },
        processor::{
            graphql::{
                ImportMutation, ProcessorMutation, ProcessorQuery,
                change::{ChangeMutation, ChangeQuery, inputs::ObjectionCaseOrderField},
                inputs::{AgreementOrderField, OrderDirection},
            },
            import::{columns::ImportField, plan::ImportOutcome, table::ImportFormat},
            model::{
                AgreementContentItem, AgreementInstrument, AgreementStatus, AgreementTemplate, Answer, AssuranceKind, BreachNoticePart,
                ChangeKind, ContactPurpose, ContractSide, DataCategory, DataSubjectGroup, DayKind, EngagementAuthorisation,
                NoticeDirection, NoticeItem, NoticeKind, ObjectionOutcome, ObjectionState, ReturnOrDelete, SensitiveCategory, SilenceMeans,
                SubProcessorAuthorisation, SuspensionCause,
            },
        },
        reference::{graphql::ReferenceQuery, model::CountryStatus},
        timeline::{
            graphql::TimelineQuery,
            model::{ChecklistItem, DeadlineKind, FindingCode, Shortcoming, TrafficLight},
        },
    },
    kernel::{refusal::RefusalCode, text::Text},
};

/// Reads. Each root field sees one state of the database; `asOf` is the day on which what it reads holds, whatever stands below it.
#[derive(MergedObject, Default)]
pub struct Query(AuditQuery, ChangeQuery, NodeQuery, OrganisationQuery, ProcessorQuery, ReferenceQuery, TimelineQuery, VocabularyQuery);

/// Changes. Each is one transaction: it happens whole or not at all. What you did wrong is in the payload's `errors`.
#[derive(MergedObject, Default)]
pub struct Mutation(ChangeMutation, ImportMutation, OrganisationMutation, ProcessorMutation, WithdrawMutation);

/// The schema that is served.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema. Depth, cost and the other limits are judged before it is asked, by [`limits`].
pub fn build() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_recursive_depth(2 * limits::INTROSPECTION_DEPTH)
        .disable_suggestions()
}

/// The schema in its definition language: what `schema.graphql` holds.
pub fn sdl() -> String {
    build().finish().sdl()
}

/// Queries of the vocabulary.
#[derive(Default)]
struct VocabularyQuery;

#[Object]
impl VocabularyQuery {
    /// What every value of every enum is called in Swedish and English, and where it comes from; by enum and value.
    async fn vocabulary(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "type", desc = "The name of one enum; null: all.")] enum_type: Option<String>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<Connection<Term>, ApiError> {
        let page = root_page::<Term>(ctx, &Paging { first, after, ..Paging::default() }, None, &format!("{enum_type:?}"))?;
        let words = match enum_type {
            None => all_terms(),
            Some(name) => terms_of(&name)?,
        };
        connection(&page.call, page.as_of, page_of(&words, &page.call.page), |found| Box::pin(async { Ok(found) })).await
    }
}

fn terms_of(name: &str) -> Result<Vec<Term>, ApiError> {
    let found: Vec<_> = all_terms().into_iter().filter(|term| term.enum_type == name).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let message = Text::new("Det finns ingen enum med detta namn i schemat.", "There is no enum of this name in the schema.");
    Err(ApiError::argument(vec!["type".to_owned()], message))
}

/// The words for every enum of the schema; a test tells which is missing.
fn all_terms() -> Vec<Term> {
    let mut all = [
        terms::<Action>(),
        terms::<ActorKind>(),
        terms::<AgreementContentItem>(),
        terms::<AgreementInstrument>(),
        terms::<AgreementOrderField>(),
        terms::<AgreementStatus>(),
        terms::<AgreementTemplate>(),
        terms::<Answer>(),
        terms::<AppointmentEndReason>(),
        terms::<AssuranceKind>(),
        terms::<AuthorityNotificationKind>(),
        terms::<BreachNoticePart>(),
        terms::<ChangeKind>(),
        terms::<ChecklistItem>(),
        terms::<ContactPurpose>(),
        terms::<ContractSide>(),
        terms::<ControllerKind>(),
        terms::<CountryStatus>(),
        terms::<DataCategory>(),
        terms::<DataSubjectGroup>(),
        terms::<DayKind>(),
        terms::<DeadlineKind>(),
        terms::<EngagementAuthorisation>(),
        terms::<FindingCode>(),
        terms::<ImportField>(),
        terms::<ImportFormat>(),
        terms::<ImportOutcome>(),
        terms::<NoticeDirection>(),
        terms::<NoticeItem>(),
        terms::<NoticeKind>(),
        terms::<ObjectionCaseOrderField>(),
        terms::<ObjectionOutcome>(),
        terms::<ObjectionState>(),
        terms::<OrderDirection>(),
        terms::<RefusalCode>(),
        terms::<ReturnOrDelete>(),
        terms::<Role>(),
        terms::<RoleSource>(),
        terms::<SensitiveCategory>(),
        terms::<Shortcoming>(),
        terms::<SilenceMeans>(),
        terms::<SubProcessorAuthorisation>(),
        terms::<SuspensionCause>(),
        terms::<TrafficLight>(),
    ]
    .concat();
    all.sort_by_cached_key(|term| format!("{} {}", term.enum_type, term.value));
    all
}
