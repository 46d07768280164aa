//! Queries of what the timeline says.

use async_graphql::{Context, Object};

use super::{
    load,
    types::{Finding, FindingFilter},
};
use crate::{
    app::Cx,
    domain::{
        organisation::graphql::load::municipality_argument,
        timeline::{
            model::SpanKind,
            repo::{self, SaidFilter},
        },
    },
    graphql::{
        connection::{Connection, Paging, connection, rows_of},
        context::{reading, root_page},
        error::ApiError,
        node::argument_id_at,
        scalar::Date,
        selection::Selection,
    },
    kernel::{code::Code, refusal::Failure},
};

/// Queries of what the timeline says.
#[derive(Default)]
pub struct TimelineQuery;

#[Object]
impl TimelineQuery {
    /// The findings that hold on `asOf`, of the controllers whose records you may read: the worst first, then the oldest.
    async fn findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which findings; null: all.")] filter: Option<FindingFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<Finding>, ApiError> {
        let page = root_page::<Finding>(ctx, &Paging { first, after, ..Paging::default() }, as_of, &format!("{filter:?}"))?;
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let filter = read_filter(&cx, filter.unwrap_or_default()).await?;
        let found = repo::said_page(&cx, SpanKind::Finding, &filter, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<Finding>(&Selection::of(ctx));
        connection(&page.call, cx.as_of, found, |found| load::findings(&cx, found, rows)).await
    }
}

async fn read_filter(cx: &Cx, filter: FindingFilter) -> Result<SaidFilter, ApiError> {
    let FindingFilter { municipality, controller_id, code, severity, due_before } = filter;
    let at = |field: &str| vec!["filter".to_owned(), field.to_owned()];
    let municipality = match municipality {
        Some(slug) => Some(municipality_argument(cx, &slug, at("municipality")).await?.id),
        None => None,
    };
    let controller = controller_id.map(|id| argument_id_at(&id, at("controllerId"))).transpose()?;
    Ok(SaidFilter {
        municipality,
        controllers: controller.map(|id| vec![id]),
        codes: code.unwrap_or_default().into_iter().map(Code::code).collect(),
        severities: severity.unwrap_or_default(),
        due_before: due_before.map(|date| date.0),
        ..SaidFilter::default()
    })
}
