//! Countries inside the European Economic Area, by period: reference data that every installation starts with.
//!
//! A country without a row on a date is a third country on that date. The members of 1995 are dated from 1995-01-01, the
//! first day on which the Union had fifteen members and earlier than any record of this system; dates marked as not
//! verified are to be checked against the accession treaties.

use sea_orm_migration::{prelude::*, sea_orm::prelude::Date};
use uuid::Uuid;

use crate::build::{date, ends_after_it_begins, flag, index, optional_date, table, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("country_status")
                    .col(text("country"))
                    .col(text("status"))
                    .col(date("valid_from"))
                    .col(optional_date("valid_to"))
                    .col(text("source"))
                    .col(flag("verified"))
                    .check(ends_after_it_begins())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("country_status_country", "country_status", &["country", "valid_from"])).await?;
        manager.execute(periods()).await
    }
}

/// Country, status, first day, last day, source, verified.
type PeriodRow = (&'static str, &'static str, &'static str, Option<&'static str>, &'static str, bool);

const PERIODS: &[PeriodRow] = &[
    ("AT", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("BE", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("BG", "EEA", "2007-01-01", None, "Treaty on European Union; accession treaties", false),
    ("CY", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("CZ", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("DE", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("DK", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("EE", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("ES", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("FI", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("FR", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("GB", "EEA", "1995-01-01", Some("2020-01-31"), "Withdrawal Agreement, OJ L 29, 31.1.2020, art. 126", true),
    ("GB", "TREATED_AS_MEMBER", "2020-02-01", Some("2020-12-31"), "Withdrawal Agreement, OJ L 29, 31.1.2020, art. 126-127", true),
    (
        "GB",
        "BRIDGE",
        "2021-01-01",
        Some("2021-06-27"),
        "Trade and Cooperation Agreement, OJ L 149, 30.4.2021, art. 782; ended by decision (EU) 2021/1772",
        false,
    ),
    ("GR", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("HR", "EEA", "2013-07-01", None, "Treaty on European Union; accession treaties", false),
    ("HU", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("IE", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("IS", "EEA", "1994-01-01", None, "EEA Agreement", false),
    ("IT", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("LI", "EEA", "1995-05-01", None, "EEA Agreement; EEA Council Decision 1/95", false),
    ("LT", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("LU", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("LV", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("MT", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("NL", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("NO", "EEA", "1994-01-01", None, "EEA Agreement", false),
    ("PL", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("PT", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("RO", "EEA", "2007-01-01", None, "Treaty on European Union; accession treaties", false),
    ("SE", "EEA", "1995-01-01", None, "Treaty on European Union", false),
    ("SI", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
    ("SK", "EEA", "2004-05-01", None, "Treaty on European Union; accession treaties", false),
];

/// The key of the nth row: the same in every installation, so that a later migration can name it.
fn nth_key(n: u128) -> Uuid {
    Uuid::from_u128((0xc0de_0001_u128 << 96) | n)
}

fn periods() -> InsertStatement {
    let columns = ["id", "country", "status", "valid_from", "valid_to", "source", "verified"];
    let mut insert = Query::insert().into_table(Alias::new("country_status")).columns(columns.map(Alias::new)).to_owned();
    for (n, (country, status, from, to, source, verified)) in (1..).zip(PERIODS) {
        insert.values_panic([
            nth_key(n).into(),
            (*country).into(),
            (*status).into(),
            date_value(from),
            to.map_or_else(|| Expr::value(Option::<Date>::None), date_value),
            (*source).into(),
            (*verified).into(),
        ]);
    }
    insert
}

fn date_value(text: &str) -> Expr {
    Expr::value(text.parse::<Date>().expect("a date of the table above"))
}
