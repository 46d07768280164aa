//! Queries of agreements and sub-processors.

use async_graphql::{Context, ID, Object};

use super::{
    inputs::{AgreementFilter, AgreementOrder, AgreementOrderField, OrderDirection, PartyFilter, read_filter},
    load,
    types::{Party, ProcessorAgreement},
};
use crate::{
    domain::processor::repo::{self, AgreementSorting},
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

/// Queries of agreements and sub-processors.
#[derive(Default)]
pub struct ProcessorQuery;

#[Object]
impl ProcessorQuery {
    /// The party with this id; null where there is none.
    async fn party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Answer<Party> {
        let answer = async {
            let id = argument_id(&id, "id")?;
            let cx = reading(ctx, as_of).await?;
            let found = load::party_nodes(&cx, &[id], Selection::of(ctx)).await?.pop();
            Ok(found.map(|(_, party)| party))
        };
        answer.await.into()
    }

    /// The parties of the shared directory, by name. Empty for a viewer without a role.
    async fn parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which parties; null: all.")] filter: Option<PartyFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<Party>, ApiError> {
        let page = root_page::<Party>(ctx, &Paging { first, after, ..Paging::default() }, as_of, &format!("{filter:?}"))?;
        let filter = filter.map(PartyFilter::read).transpose()?.unwrap_or_default();
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let found = repo::parties_page(&cx.tx, &cx.scope, &filter, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<Party>(&Selection::of(ctx));
        connection(&page.call, cx.as_of, found, |found| load::parties(&cx, found, rows)).await
    }

    /// The agreement with this id; null where there is none, or none that you may read.
    async fn agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Answer<ProcessorAgreement> {
        let answer = async {
            let id = argument_id(&id, "id")?;
            let cx = reading(ctx, as_of).await?;
            let found = load::agreement_nodes(&cx, &[id], Selection::of(ctx)).await?.pop();
            Ok(found.map(|(_, agreement)| agreement))
        };
        answer.await.into()
    }

    /// The agreements that you may read: the own municipality's, joint ones included; as officer those of the controllers that
    /// appointed you. Each stands once.
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreements; null: all.")] filter: Option<AgreementFilter>,
        #[graphql(desc = "In which order; null: by title.")] order_by: Option<AgreementOrder>,
        #[graphql(desc = "How many from the beginning, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first` or `after`.")] last: Option<i32>,
        #[graphql(desc = "The cursor to end before; null: to the end. Not with `first` or `after`.")] before: Option<String>,
        #[graphql(desc = "The day on which what is read holds; null: today. Governs all that is asked below.")] as_of: Option<Date>,
    ) -> Result<Connection<ProcessorAgreement>, ApiError> {
        let paging = Paging { first, after, last, before };
        let page = root_page::<ProcessorAgreement>(ctx, &paging, as_of, &format!("{filter:?} {order_by:?}"))?;
        let cx = reading(ctx, Some(page.as_of.into())).await?;
        let filter = read_filter(&cx, filter, vec!["filter".to_owned()]).await?;
        let (sorting, descending) = sorting(order_by);
        let found = repo::agreements_page(&cx, &filter, sorting, descending, &page.call.page).await.map_err(Failure::from)?;
        let rows = rows_of::<ProcessorAgreement>(&Selection::of(ctx));
        connection(&page.call, cx.as_of, found, |found| load::agreements(&cx, found, rows)).await
    }
}

fn sorting(order: Option<AgreementOrder>) -> (AgreementSorting, bool) {
    match order {
        None => (AgreementSorting::Title, false),
        Some(AgreementOrder { field, direction }) => {
            let by = match field {
                AgreementOrderField::Title => AgreementSorting::Title,
                AgreementOrderField::Recorded => AgreementSorting::Recorded,
            };
            (by, direction == OrderDirection::Desc)
        }
    }
}
