//! Pages of lists: of one list, and of the lists of many parents in one statement.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait, Select,
    sea_query::{Alias, Asterisk, Condition, Expr, Func, OrderedStatement, OverStatement, Query, SelectStatement, WindowStatement},
};
use uuid::Uuid;

use super::Tx;
use crate::kernel::page::{Key, Page, Slice};

/// What orders a list: a column of texts that sort by their bytes, or none where the id alone decides; then the id.
#[derive(Clone, Copy)]
pub struct Sorting<C> {
    /// The column of sort keys.
    pub by: Option<C>,
    /// The column of ids.
    pub id: C,
    /// From the greatest to the smallest.
    pub descending: bool,
}

impl<C: ColumnTrait> Sorting<C> {
    /// From the smallest to the greatest.
    pub fn ascending(by: C, id: C) -> Self {
        Self { by: Some(by), id, descending: false }
    }

    fn order(self, page: &Page) -> Order {
        if self.descending == page.backward { Order::Asc } else { Order::Desc }
    }

    /// What comes beyond a place, in the direction of the page.
    fn beyond(self, page: &Page) -> Condition {
        let Some(Key { sort, id }) = &page.beyond else { return Condition::all() };
        let upward = self.descending == page.backward;
        let id_beyond = if upward { self.id.gt(*id) } else { self.id.lt(*id) };
        match self.by {
            None => Condition::all().add(id_beyond),
            Some(by) => {
                let sort_beyond = if upward { by.gt(sort.as_str()) } else { by.lt(sort.as_str()) };
                Condition::any().add(sort_beyond).add(Condition::all().add(by.eq(sort.as_str())).add(id_beyond))
            }
        }
    }
}

/// One page of the list that `select` describes.
pub async fn page<E: EntityTrait>(tx: &Tx, select: Select<E>, sorting: Sorting<E::Column>, page: &Page) -> Result<Slice<E::Model>, DbErr> {
    let total = if page.count { Some(count(tx, select.clone()).await?) } else { None };
    let order = sorting.order(page);
    let mut ordered = QueryFilter::filter(select, sorting.beyond(page));
    if let Some(by) = sorting.by {
        ordered = ordered.order_by(by, order.clone());
    }
    let mut rows = ordered.order_by(sorting.id, order).limit(u64::from(page.size) + 1).all(tx).await?;
    let more = rows.len() > usize::from(page.size);
    rows.truncate(page.size.into());
    if page.backward {
        rows.reverse();
    }
    Ok(Slice { rows, more, total })
}

async fn count<E: EntityTrait>(tx: &Tx, select: Select<E>) -> Result<i64, DbErr> {
    let counted = Query::select()
        .expr_as(Func::count(Expr::col(Asterisk)), Alias::new("total"))
        .from_subquery(select.select_only().expr_as(Expr::val(1), "one").into_query(), Alias::new("list"))
        .to_owned();
    let row = tx.query_one(&counted).await?.ok_or_else(|| DbErr::RecordNotFound("count".to_owned()))?;
    row.try_get("", "total")
}

/// The same page of the lists of many parents, in one statement (and one more where their lengths are asked for).
/// `parent` is the expression that tells whose list a row of `select` is in.
pub async fn pages<E: EntityTrait>(
    tx: &Tx,
    select: Select<E>,
    parent: impl Into<Expr>,
    sorting: Sorting<E::Column>,
    page: &Page,
) -> Result<HashMap<Uuid, Slice<E::Model>>, DbErr> {
    let parent = parent.into();
    let mut slices: HashMap<Uuid, Slice<E::Model>> = HashMap::new();
    if page.count {
        for (parent, total) in totals(tx, select.clone(), parent.clone()).await? {
            slices.entry(parent).or_default().total = Some(total);
        }
    }
    for row in tx.query_all(&numbered(select, parent, sorting, page)).await? {
        let slice = slices.entry(row.try_get("", PARENT)?).or_default();
        let number: i64 = row.try_get("", NUMBER)?;
        if number > i64::from(page.size) {
            slice.more = true;
        } else {
            slice.rows.push(E::Model::from_query_result(&row, "")?);
        }
    }
    Ok(slices)
}

const PARENT: &str = "list_of";
const NUMBER: &str = "number_in_list";

fn numbered<E: EntityTrait>(select: Select<E>, parent: Expr, sorting: Sorting<E::Column>, page: &Page) -> SelectStatement {
    let order = sorting.order(page);
    let mut window = WindowStatement::new();
    window.add_partition_by(parent.clone());
    if let Some(by) = sorting.by {
        OrderedStatement::order_by(&mut window, by.as_column_ref(), order.clone());
    }
    OrderedStatement::order_by(&mut window, sorting.id.as_column_ref(), order);
    let mut inner = QueryFilter::filter(select, sorting.beyond(page)).into_query();
    inner.expr_as(parent, Alias::new(PARENT));
    inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new(NUMBER));
    Query::select()
        .column(Asterisk)
        .from_subquery(inner, Alias::new("numbered"))
        .and_where(Expr::col(Alias::new(NUMBER)).lte(i64::from(page.size) + 1))
        .order_by(Alias::new(PARENT), Order::Asc)
        .order_by(Alias::new(NUMBER), Order::Asc)
        .to_owned()
}

async fn totals<E: EntityTrait>(tx: &Tx, select: Select<E>, parent: Expr) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let mut counted = select.select_only().into_query();
    counted
        .expr_as(parent.clone(), Alias::new(PARENT))
        .expr_as(Func::count(Expr::col(Asterisk)), Alias::new("total"))
        .add_group_by([parent]);
    let read = |row: &QueryResult| Ok((row.try_get("", PARENT)?, row.try_get("", "total")?));
    tx.query_all(&counted).await?.iter().map(read).collect()
}
