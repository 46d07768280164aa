//! Connections: lists that grow, in pages.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use async_graphql::{Object, OutputType, SimpleObject, TypeName};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    error::ApiError,
    loaded::Loading,
    selection::{Call, Selection},
};
use crate::kernel::{
    page::{CursorFault, DEFAULT_SIZE, Key, ListName, MAX_SIZE, Page, Placed, Slice, cursor, read_cursor},
    text::Text,
};

/// A page of a list.
#[derive(Debug)]
pub struct Connection<T> {
    list: ListName,
    as_of: NaiveDate,
    rows: Vec<(Key, Arc<T>)>,
    has_next: bool,
    has_previous: bool,
    total: Option<i64>,
}

/// One place in a list.
pub struct Edge<'a, T> {
    cursor: String,
    node: &'a T,
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there is more after this page. Ask for it with `after: endCursor`.
    has_next_page: bool,
    /// Whether there is more before this page, as far as this page's cursors tell.
    has_previous_page: bool,
    /// The cursor of the first row; null where the page is empty.
    start_cursor: Option<String>,
    /// The cursor of the last row; null where the page is empty.
    end_cursor: Option<String>,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<'_, T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// A page of a list: 25 unless `first` says otherwise, 100 at most, in a stable order.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The rows with their cursors.
    async fn edges(&self) -> Vec<Edge<'_, T>> {
        self.rows.iter().map(|(key, node)| Edge { cursor: self.cursor(key), node: node.as_ref() }).collect()
    }

    /// The rows.
    async fn nodes(&self) -> Vec<&T> {
        self.rows.iter().map(|(_, node)| node.as_ref()).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.rows.first().map(|(key, _)| self.cursor(key)),
            end_cursor: self.rows.last().map(|(key, _)| self.cursor(key)),
        }
    }

    /// How many the whole list has, over all pages. Counted only where it is asked for.
    async fn total_count(&self) -> Result<i64, ApiError> {
        self.total.ok_or_else(|| ApiError::internal("totalCount was not loaded".to_owned()))
    }
}

/// One row of a list with its cursor.
#[Object(name_type)]
impl<T: OutputType> Edge<'_, T> {
    /// Marks this place in the list; fits only the same list with the same filter, order and `asOf`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The row.
    async fn node(&self) -> &T {
        self.node
    }
}

impl<T: OutputType> Connection<T> {
    /// Its name in the schema.
    pub fn name() -> Cow<'static, str> {
        <Self as TypeName>::type_name()
    }

    /// The page that was asked for, of what was found.
    pub fn new(asked: &PageCall, as_of: NaiveDate, slice: Slice<(Key, Arc<T>)>) -> Self {
        let came_from_beyond = asked.page.beyond.is_some();
        let (has_next, has_previous) = if asked.page.backward { (came_from_beyond, slice.more) } else { (slice.more, came_from_beyond) };
        Self {
            list: asked.list,
            as_of,
            rows: slice.rows,
            has_next,
            has_previous,
            total: asked.page.count.then_some(slice.total.unwrap_or(0)),
        }
    }

    fn cursor(&self, key: &Key) -> String {
        cursor(self.list, self.as_of, key.clone())
    }
}

/// What is asked of the rows of a page of `T`, through `nodes` and `edges`.
pub fn rows_of<'a, T: OutputType>(select: &Selection<'a>) -> Selection<'a> {
    let nodes = select.inside(&Connection::<T>::name(), "nodes");
    let edges = select.inside(&Connection::<T>::name(), "edges");
    nodes.and(edges.inside(&<Edge<'_, T> as TypeName>::type_name(), "node"))
}

/// A page as a query asks for it.
pub struct PageCall {
    /// Which list.
    pub list: ListName,
    /// Which part.
    pub page: Page,
}

/// The paging arguments of a field.
#[derive(Default)]
pub struct Paging {
    /// How many from the beginning.
    pub first: Option<i32>,
    /// The cursor to begin after.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// The cursor to end before.
    pub before: Option<String>,
}

impl Paging {
    /// The paging arguments of a call below the root.
    pub fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        Ok(Self { first: call.argument("first")?, after: call.argument("after")?, last: None, before: None })
    }

    /// The cursor, whichever way the page goes.
    pub fn cursor(&self) -> Option<&str> {
        self.after.as_deref().or(self.before.as_deref())
    }

    /// The page of the list `list` as it is on `as_of`, or what is wrong. `argument` gives the place of an argument.
    pub fn page(
        &self,
        list: ListName,
        as_of: NaiveDate,
        count: bool,
        argument: impl Fn(&str) -> Vec<String>,
    ) -> Result<PageCall, ApiError> {
        let backward = self.last.is_some() || self.before.is_some();
        if backward && (self.first.is_some() || self.after.is_some()) {
            return Err(ApiError::argument(
                argument("last"),
                Text::new(
                    "Bläddra antingen framåt (first, after) eller bakåt (last, before), inte båda.",
                    "Page either forward (first, after) or backward (last, before), not both.",
                ),
            ));
        }
        let (size, cursor, names) =
            if backward { (self.last, &self.before, ("last", "before")) } else { (self.first, &self.after, ("first", "after")) };
        let size = size.map_or(Ok(DEFAULT_SIZE), |size| page_size(size).ok_or_else(|| wrong_size(argument(names.0))))?;
        let beyond = match cursor {
            None => None,
            Some(text) => Some(place(list, as_of, text).map_err(|message| ApiError::argument(argument(names.1), message))?),
        };
        Ok(PageCall { list, page: Page { size, beyond, backward, count } })
    }
}

fn page_size(size: i32) -> Option<u16> {
    u16::try_from(size).ok().filter(|size| (1..=MAX_SIZE).contains(size))
}

fn wrong_size(argument: Vec<String>) -> ApiError {
    ApiError::argument(
        argument,
        Text::new(
            format!("En sida har minst 1 och högst {MAX_SIZE} rader."),
            format!("A page has at least 1 and at most {MAX_SIZE} rows."),
        ),
    )
}

fn place(list: ListName, as_of: NaiveDate, text: &str) -> Result<Key, Text> {
    match read_cursor(list, text) {
        Ok((date, key)) if date == as_of => Ok(key),
        Ok((date, _)) => Err(Text::new(
            format!("Markören hör till listan per {date}; ange asOf: \"{date}\" eller börja om utan markör."),
            format!("The cursor belongs to the list as of {date}; give asOf: \"{date}\" or begin again without a cursor."),
        )),
        Err(CursorFault::OtherList) => Err(Text::new(
            "Markören hör till en annan lista, eller till samma med annat filter eller annan ordning.",
            "The cursor belongs to another list, or to the same with another filter or order.",
        )),
        Err(CursorFault::Malformed) => Err(Text::new(
            "Detta är ingen markör; använd startCursor eller endCursor från en tidigare sida.",
            "This is not a cursor; use startCursor or endCursor of an earlier page.",
        )),
    }
}

/// The same page of the lists of many parents, as a field below the root asks for it.
pub struct NestedPage {
    /// Which part of each list.
    pub page: Page,
    name: &'static str,
    filter: String,
}

impl NestedPage {
    /// The page that `call` asks for of the list `name` of each parent. A cursor continues the list of one parent only.
    pub fn of<T: OutputType>(
        call: &Call<'_>,
        name: &'static str,
        filter: &str,
        parents: &[Uuid],
        as_of: NaiveDate,
    ) -> Result<Self, ApiError> {
        let paging = Paging::of(call)?;
        if paging.after.is_some() && parents.len() > 1 {
            return Err(ApiError::argument(
                call.argument_path("after"),
                Text::new(
                    "En markör fortsätter en enda lista; fråga efter listans ägare ensam, till exempel med node(id:).",
                    "A cursor continues one list only; ask for the list's owner alone, for example with node(id:).",
                ),
            ));
        }
        let count = call.select.asks(&Connection::<T>::name(), "totalCount");
        let parent = parents.first().copied().unwrap_or_default();
        let page = paging.page(list_of(name, parent, filter), as_of, count, |argument| call.argument_path(argument))?.page;
        Ok(Self { page, name, filter: filter.to_owned() })
    }
}

fn list_of(name: &str, parent: Uuid, filter: &str) -> ListName {
    ListName::of(&[name, &parent.to_string(), filter])
}

/// Turns the pages that were found for many parents into connections. All rows are loaded together, and each once, though it may be
/// in the lists of several parents: a joint board in those of all its municipalities, a joint agreement in those of all its parties.
pub async fn connections<'a, M: Placed, T: OutputType>(
    asked: NestedPage,
    as_of: NaiveDate,
    parents: &[Uuid],
    mut found: HashMap<Uuid, Slice<M>>,
    load: impl FnOnce(Vec<M>) -> Loading<'a, Vec<T>>,
) -> Result<HashMap<Uuid, Connection<T>>, ApiError> {
    let mut rows = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut lists = Vec::with_capacity(parents.len());
    for parent in parents {
        let slice = found.remove(parent).unwrap_or_default();
        let mut members = Vec::with_capacity(slice.rows.len());
        for row in slice.rows {
            let key = row.key();
            let place = *places.entry(key.id).or_insert(rows.len());
            members.push((key, place));
            if place == rows.len() {
                rows.push(row);
            }
        }
        lists.push((*parent, Slice { rows: members, more: slice.more, total: slice.total }));
    }
    let objects: Vec<_> = load(rows).await?.into_iter().map(Arc::new).collect();
    let mut connections = HashMap::with_capacity(lists.len());
    for (parent, list) in lists {
        let member = |(key, place): (Key, usize)| {
            let object = objects.get(place).cloned().ok_or_else(|| ApiError::internal("a row was not loaded".to_owned()))?;
            Ok::<_, ApiError>((key, object))
        };
        let call = PageCall { list: list_of(asked.name, parent, &asked.filter), page: asked.page.clone() };
        connections.insert(parent, Connection::new(&call, as_of, list.try_map(member)?));
    }
    Ok(connections)
}

/// Turns the page that was found for a root field into a connection.
pub async fn connection<'a, M: Placed, T: OutputType>(
    asked: &PageCall,
    as_of: NaiveDate,
    found: Slice<M>,
    load: impl FnOnce(Vec<M>) -> Loading<'a, Vec<T>>,
) -> Result<Connection<T>, ApiError> {
    let keys: Vec<_> = found.rows.iter().map(Placed::key).collect();
    let objects = load(found.rows).await?.into_iter().map(Arc::new);
    let rows = keys.into_iter().zip(objects).collect();
    Ok(Connection::new(asked, as_of, Slice { rows, more: found.more, total: found.total }))
}
