//! Queries of the directory.

use async_graphql::{Context, ID, Object};

use super::{
    inputs::PersonFilter,
    load,
    types::{Controller, Municipality, Person, Viewer},
};
use crate::{
    app::Cx,
    domain::organisation::{
        repo::{self, PeopleFilter},
        service::municipality_named,
    },
    graphql::{
        connection::{Connection, Paging, connection, rows_of},
        context::{reading, root_page},
        error::{Answer, ApiError},
        node::argument_id,
        scalar::Date,
        search::search_text,
        selection::Selection,
    },
    kernel::refusal::Failure,
};

/// Queries of the directory.
#[derive(Default)]
pub struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// Who you are, your roles, and what you may do.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, ApiError> {
        let cx = reading(ctx, None).await?;
        load::viewer(&cx, Selection::of(ctx)).await
    }

    /// The municipalities that are members on `asOf`, by slug. Empty for a viewer without a role.
    async fn municipalities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<Municipality>, ApiError> {
        let select = Selection::of(ctx);
        let page = root_page::<Municipality>(ctx, &Paging { first, after, ..Paging::default() }, as_of, "")?;
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let found = repo::members(&cx.tx, &cx.scope, cx.as_of, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<Municipality>(&select);
        connection(&page.call, cx.as_of, found, |found| load::municipalities(&cx, found, rows)).await
    }

    /// The municipality with this slug, whether a member on `asOf` or not. An unknown slug is an error that names the known ones.
    async fn municipality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its slug, such as `gnesta`.")] slug: String,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Answer<Municipality> {
        let answer = async {
            let cx = reading(ctx, as_of).await?;
            let row = municipality_named(&cx, &slug, "slug").await?;
            Ok(load::municipalities(&cx, vec![row], Selection::of(ctx)).await?.pop())
        };
        answer.await.into()
    }

    /// The controller with this id; null where there is none.
    async fn controller(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Answer<Controller> {
        let answer = async {
            let id = argument_id(&id, "id")?;
            let cx = reading(ctx, as_of).await?;
            let found = load::controller_nodes(&cx, &[id], Selection::of(ctx)).await?.pop();
            Ok(found.map(|(_, controller)| controller))
        };
        answer.await.into()
    }

    /// The people whom you may see, by name: those who hold or held office as coordinator or officer, for coordinators and
    /// administrators all of the own municipality, and you.
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which people; null: all.")] filter: Option<PersonFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<Person>, ApiError> {
        let select = Selection::of(ctx);
        let page = root_page::<Person>(ctx, &Paging { first, after, ..Paging::default() }, as_of, &format!("{filter:?}"))?;
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let filter = people_filter(&cx, filter).await?;
        let found = repo::people_page(&cx.tx, &cx.scope, &filter, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<Person>(&select);
        connection(&page.call, cx.as_of, found, |found| load::people(&cx, found, rows)).await
    }
}

async fn people_filter(cx: &Cx, filter: Option<PersonFilter>) -> Result<PeopleFilter, ApiError> {
    let Some(PersonFilter { municipality, text }) = filter else { return Ok(PeopleFilter::default()) };
    let municipality = match municipality {
        Some(slug) => Some(municipality_named(cx, &slug, "filter.municipality").await?.id),
        None => None,
    };
    Ok(PeopleFilter { municipality, text: search_text(text, vec!["filter".to_owned(), "text".to_owned()])? })
}
