//! The few kinds of columns that the tables are made of.

use sea_orm_migration::prelude::*;

/// Lays down tables and then their indexes.
pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    tables: Vec<TableCreateStatement>,
    indexes: Vec<IndexCreateStatement>,
) -> Result<(), DbErr> {
    for table in tables {
        manager.create_table(table).await?;
    }
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// A new table with its key.
pub(crate) fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).col(ColumnDef::new(Alias::new("id")).uuid().not_null().primary_key()).to_owned()
}

/// A text that is always there.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().not_null().to_owned()
}

/// A text that may be missing.
pub(crate) fn optional_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().null().to_owned()
}

/// A date that is always there.
pub(crate) fn date(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).date().not_null().to_owned()
}

/// A date that may be missing.
pub(crate) fn optional_date(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).date().null().to_owned()
}

/// An instant.
pub(crate) fn instant(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).timestamp_with_time_zone().not_null().to_owned()
}

/// An instant that may be missing.
pub(crate) fn optional_instant(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).timestamp_with_time_zone().null().to_owned()
}

/// A list or an object.
pub(crate) fn json(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).json().not_null().to_owned()
}

/// Yes or no.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).boolean().not_null().to_owned()
}

/// Yes or no, or not known.
pub(crate) fn optional_flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).boolean().null().to_owned()
}

/// A whole number.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).integer().not_null().to_owned()
}

/// A number that counts the changes of a row.
pub(crate) fn version() -> ColumnDef {
    ColumnDef::new(Alias::new("version")).integer().not_null().to_owned()
}

/// A key of another table's row.
pub(crate) fn key(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).uuid().not_null().to_owned()
}

/// A key of another table's row, or none.
pub(crate) fn optional_key(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).uuid().null().to_owned()
}

/// `column` holds a key of `other`, which cannot go while it is named here.
pub(crate) fn points_to(column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from_col(Alias::new(column))
        .to(Alias::new(other), Alias::new("id"))
        .on_delete(ForeignKeyAction::Restrict)
        .to_owned()
}

/// The last day is not before the first.
pub(crate) fn ends_after_it_begins() -> Expr {
    Expr::col(Alias::new("valid_to")).is_null().or(Expr::col(Alias::new("valid_to")).gte(Expr::col(Alias::new("valid_from"))))
}

/// An index over `columns` of `table`.
pub(crate) fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(Alias::new(table)).to_owned();
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// An index over `columns` of `table` in which no two rows are equal.
pub(crate) fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(name, table, columns).unique().to_owned()
}
