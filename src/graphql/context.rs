//! From a request to a use case and back.

use std::sync::Arc;

use async_graphql::{Context, OutputType};
use chrono::NaiveDate;

use super::{
    connection::{Connection, PageCall, Paging},
    error::ApiError,
    scalar::Date,
    selection::Selection,
};
use crate::{
    app::{App, Asking, Cx, Work},
    kernel::{
        page::{ListName, cursor_date},
        text::Language,
    },
};

/// What the HTTP layer lays into the context of a request.
pub trait ContextExt<'a> {
    /// The program.
    fn app(&self) -> &'a App;
    /// Who is asking, and when.
    fn asking(&self) -> &'a Asking;
    /// The transaction of a request that changes something.
    fn work(&self) -> &'a Work;
    /// The language for messages.
    fn language(&self) -> Language;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn app(&self) -> &'a App {
        self.data_unchecked::<App>()
    }

    fn asking(&self) -> &'a Asking {
        self.data_unchecked::<Asking>()
    }

    fn work(&self) -> &'a Work {
        self.data_unchecked::<Arc<Work>>()
    }

    fn language(&self) -> Language {
        *self.data_unchecked::<Language>()
    }
}

/// Begins a root field that reads what holds on `as_of`, or today.
pub async fn reading(ctx: &Context<'_>, as_of: Option<Date>) -> Result<Cx, ApiError> {
    let asking = ctx.asking();
    let as_of = as_of.map_or(asking.today(), |date| date.0);
    Ok(ctx.app().read(asking, as_of, ctx.field().name()).await?)
}

/// A page of a root list.
pub struct RootPage {
    /// The page.
    pub call: PageCall,
    /// The day on which the list is read: as asked, else that of the cursor, else today.
    pub as_of: NaiveDate,
}

/// The page that a root field asks for, of the list of `T` that `filter` describes.
pub fn root_page<T: OutputType>(ctx: &Context<'_>, paging: &Paging, as_of: Option<Date>, filter: &str) -> Result<RootPage, ApiError> {
    let from_cursor = || paging.cursor().and_then(cursor_date);
    let as_of = as_of.map(|date| date.0).or_else(from_cursor).unwrap_or_else(|| ctx.asking().today());
    let list = ListName::of(&["Query", ctx.item.node.name.node.as_str(), filter]);
    let count = Selection::of(ctx).asks(&Connection::<T>::name(), "totalCount");
    let call = paging.page(list, as_of, count, |argument| vec![argument.to_owned()])?;
    Ok(RootPage { call, as_of })
}

/// Begins a mutation.
pub async fn writing(ctx: &Context<'_>) -> Result<Cx, ApiError> {
    Ok(ctx.app().step(ctx.asking(), ctx.work(), ctx.field().name()).await?)
}
