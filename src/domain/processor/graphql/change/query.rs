//! Queries of changes and cases.

use async_graphql::{Context, ID, Object};

use super::{
    inputs::{ObjectionCaseFilter, ObjectionCaseOrder, SubProcessorChangeFilter, read_case_filter},
    load,
    types::{ObjectionCase, SubProcessorChange},
};
use crate::{
    domain::{
        processor::repo,
        timeline::{model::SpanKind, repo::said_page},
    },
    graphql::{
        connection::{Connection, Paging, connection, rows_of},
        context::{reading, root_page},
        error::{Answer, ApiError},
        node::argument_id,
        scalar::Date,
        selection::Selection,
    },
    kernel::refusal::Failure,
};

/// Queries of changes of sub-processors and of the controllers' cases about them.
#[derive(Default)]
pub struct ChangeQuery;

#[Object]
impl ChangeQuery {
    /// The changes of sub-processors that were announced until `asOf`, the last recorded first. Part of the shared directory: every
    /// member reads all. Empty for a viewer without a role.
    async fn sub_processor_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which changes; null: all.")] filter: Option<SubProcessorChangeFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<SubProcessorChange>, ApiError> {
        let paging = Paging { first, after, ..Paging::default() };
        let page = root_page::<SubProcessorChange>(ctx, &paging, as_of, &format!("{filter:?}"))?;
        let filter = filter.map(SubProcessorChangeFilter::read).transpose()?.unwrap_or_default();
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let found = repo::changes_page(&cx, &filter, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<SubProcessorChange>(&Selection::of(ctx));
        connection(&page.call, cx.as_of, found, |found| load::changes(&cx, found, rows)).await
    }

    /// The case with this id, as it stands on `asOf`; null where there is none then, or none that you may read.
    async fn objection_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Answer<ObjectionCase> {
        let answer = async {
            let id = argument_id(&id, "id")?;
            let cx = reading(ctx, as_of).await?;
            let found = load::case_nodes(&cx, &[id], Selection::of(ctx)).await?.pop();
            Ok(found.map(|(_, case)| case))
        };
        answer.await.into()
    }

    /// The cases that you may read: of the own municipality's controllers, joint boards included; as officer those of the controllers
    /// that appointed you.
    async fn objection_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cases; null: all.")] filter: Option<ObjectionCaseFilter>,
        #[graphql(desc = "In which order; null: the soonest due first.")] order_by: Option<ObjectionCaseOrder>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<ObjectionCase>, ApiError> {
        let paging = Paging { first, after, ..Paging::default() };
        let page = root_page::<ObjectionCase>(ctx, &paging, as_of, &format!("{filter:?} {order_by:?}"))?;
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let filter = read_case_filter(&cx, filter, order_by).await?;
        let found = said_page(&cx, SpanKind::Case, &filter, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<ObjectionCase>(&Selection::of(ctx));
        connection(&page.call, cx.as_of, found, |found| load::cases(&cx, found, rows)).await
    }
}
