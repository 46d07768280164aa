//! Storing rows: many at once, and changes that do not overwrite one another.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::Tx;

/// Rows or keys of one statement: below the databases' limits of parameters, and enough that the way there does not count.
pub const AT_ONCE: usize = 500;

/// Stores new rows, however many.
pub async fn insert<A: ActiveModelTrait>(tx: &Tx, mut rows: Vec<A>) -> Result<(), DbErr> {
    while !rows.is_empty() {
        let some: Vec<A> = rows.drain(..rows.len().min(AT_ONCE)).collect();
        A::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed row, whose version counts one more than the stored one; false where somebody was faster.
pub async fn update<A: ActiveModelTrait>(
    tx: &Tx,
    row: A,
    (id_column, id): (<A::Entity as EntityTrait>::Column, Uuid),
    (version_column, version): (<A::Entity as EntityTrait>::Column, i32),
) -> Result<bool, DbErr> {
    let update = A::Entity::update_many().set(row).filter(id_column.eq(id)).filter(version_column.eq(version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

/// Notes when a row was withdrawn, and counts its version one up; false where somebody was faster.
pub async fn withdraw<E: EntityTrait>(
    tx: &Tx,
    (withdrawn_column, now): (E::Column, DateTime<Utc>),
    (id_column, id): (E::Column, Uuid),
    (version_column, version): (E::Column, i32),
) -> Result<bool, DbErr> {
    let update = E::update_many().col_expr(withdrawn_column, Expr::value(now)).col_expr(version_column, Expr::value(version + 1));
    let there = update.filter(id_column.eq(id)).filter(version_column.eq(version)).filter(withdrawn_column.is_null());
    Ok(there.exec(tx).await?.rows_affected == 1)
}
