//! An installation of the first released state, with rows in every table, brought to the newest schema.

use migration::Migrator;
use samverkan::db::{Db, DbOptions};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, ExprTrait, Value,
    prelude::{Date, DateTimeUtc},
    sea_query::{Alias, Expr, Query},
};
use sea_orm_migration::MigratorTrait;
use serde_json::json;
use uuid::Uuid;

use crate::engine::{self, Database};

/// Migrations of the first released state.
const RELEASED: u32 = 4;

/// A column and its value.
type Field = (&'static str, Value);

/// A table and the columns of one row.
type Row = (&'static str, Vec<Field>);

fn key(n: u128) -> Value {
    Uuid::from_u128(n).into()
}

fn date(text: &str) -> Value {
    text.parse::<Date>().unwrap().into()
}

fn instant(text: &str) -> Value {
    text.parse::<DateTimeUtc>().unwrap().into()
}

fn from() -> Field {
    ("valid_from", date("2026-01-01"))
}

fn to() -> Field {
    ("valid_to", date("2027-12-31"))
}

fn expires() -> Field {
    ("expires_at", instant("2026-11-22T11:00:00.123456Z"))
}

fn version() -> Field {
    ("version", 7.into())
}

/// A row of each table, those first to which others point; the countries come with the tables.
fn rows() -> Vec<Row> {
    [directory(), agreements(), logins()].concat()
}

fn directory() -> Vec<Row> {
    vec![
        (
            "municipality",
            vec![
                ("id", key(1)),
                ("slug", "gnesta".into()),
                ("name", "Gnesta kommun".into()),
                ("code", "0461".into()),
                ("organisation_number", "212000-2965".into()),
                ("meeting_order", 2.into()),
                ("member_from", date("2020-01-01")),
                ("member_to", date("2030-12-31")),
                version(),
            ],
        ),
        (
            "controller",
            vec![
                ("id", key(2)),
                ("municipality_id", key(1)),
                ("name", "Kommunstyrelsen Åäö".into()),
                ("name_sort", "kommunstyrelsen {a{b{c".into()),
                ("kind", "EXECUTIVE_BOARD".into()),
                ("organisation_number", "212000-2965".into()),
                from(),
                to(),
                version(),
            ],
        ),
        ("controller_reader", vec![("id", key(3)), ("controller_id", key(2)), ("municipality_id", key(1)), from(), to()]),
        (
            "person",
            vec![
                ("id", key(4)),
                ("municipality_id", key(1)),
                ("name", "Anna Påhittad".into()),
                ("name_sort", "anna p{ahittad".into()),
                ("email", "anna@gnesta.example".into()),
                ("phone", "0158-000 00".into()),
                version(),
            ],
        ),
        (
            "coordinator_assignment",
            vec![("id", key(5)), ("person_id", key(4)), ("controller_id", key(2)), ("deputy", true.into()), from(), to(), version()],
        ),
        (
            "officer_appointment",
            vec![
                ("id", key(6)),
                ("person_id", key(4)),
                ("controller_id", key(2)),
                ("login_at", key(1)),
                from(),
                to(),
                ("decision_reference", "KS 2026:1".into()),
                ("end_reason", "OTHER".into()),
                version(),
            ],
        ),
        (
            "authority_notification",
            vec![
                ("id", key(7)),
                ("appointment_id", key(6)),
                ("kind", "APPOINTED".into()),
                ("notified_on", date("2026-01-02")),
                ("reference", "DI-2026-1".into()),
            ],
        ),
        ("role_grant", vec![("id", key(8)), ("person_id", key(4)), ("role", "READER".into()), ("municipality_id", key(1)), from(), to()]),
    ]
}

fn agreements() -> Vec<Row> {
    vec![
        (
            "party",
            vec![
                ("id", key(9)),
                ("name", "Leverantör Påhittad AB".into()),
                ("name_sort", "leverant{cr p{ahittad ab".into()),
                ("organisation_number", "559000-0005".into()),
                ("foreign_registration_number", "HRB 1".into()),
                ("controller_id", key(2)),
                ("country", "SE".into()),
                ("controlled_from", "US".into()),
                ("public_body", false.into()),
                ("address", "Vägen 1".into()),
                ("sub_processor_list_url", "https://leverantor.example/".into()),
                version(),
            ],
        ),
        (
            "agreement",
            vec![
                ("id", key(10)),
                ("processor_id", key(9)),
                ("title", "Exempelavtal".into()),
                ("title_sort", "exempelavtal".into()),
                ("instrument", "AGREEMENT".into()),
                ("template", "SKR".into()),
                ("template_version", "1.4".into()),
                ("subject_matter", "Drift".into()),
                ("purpose", "Skola".into()),
                ("nature_of_processing", "Lagring".into()),
                version(),
            ],
        ),
        (
            "agreement_party",
            vec![
                ("id", key(11)),
                ("agreement_id", key(10)),
                ("controller_id", key(2)),
                ("lead", true.into()),
                ("invited_on", date("2026-01-03")),
                ("joined_on", date("2026-01-04")),
                ("processing_from", date("2026-01-05")),
                ("processing_to", date("2027-01-05")),
                ("diary_number", "KS 2026:2".into()),
                ("filed_at", "Arkivet".into()),
                ("document_url", "https://dokument.gnesta.example/2".into()),
                ("responsible_id", key(4)),
                ("sub_processor_authorisation", "GENERAL".into()),
                version(),
            ],
        ),
        (
            "agreement_reader",
            vec![("id", key(12)), ("agreement_id", key(10)), ("controller_id", key(2)), ("municipality_id", key(1)), from(), to()],
        ),
        ("engagement", engagement(13, None, "00001")),
        ("engagement", engagement(14, Some(13), "00001.00001")),
    ]
}

fn logins() -> Vec<Row> {
    vec![
        (
            "account",
            vec![
                ("id", key(15)),
                ("municipality_id", key(1)),
                ("issuer", "https://login.gnesta.example".into()),
                ("subject", "anna".into()),
                ("name", "Anna Påhittad".into()),
                ("person_id", key(4)),
                ("created_at", instant("2026-11-22T10:00:00.000001Z")),
                ("last_login_at", instant("2026-11-22T10:30:00Z")),
            ],
        ),
        (
            "session",
            vec![
                ("id", key(16)),
                ("kind", "BROWSER".into()),
                ("token_hash", "5e55".into()),
                ("account_id", key(15)),
                ("provider_session", "sid".into()),
                ("id_token", "e30.e30.".into()),
                ("claims", json!([]).into()),
                ("name", "Import".into()),
                ("created_at", instant("2026-11-22T10:00:00Z")),
                ("last_seen_at", instant("2026-11-22T10:30:00Z")),
                expires(),
            ],
        ),
        (
            "login_state",
            vec![
                ("id", key(17)),
                ("state_hash", "57a7e".into()),
                ("browser_hash", "b".into()),
                ("issuer", "https://login.gnesta.example".into()),
                ("nonce", "n".into()),
                ("verifier", "v".into()),
                ("return_to", "/".into()),
                ("invitation_hash", "i".into()),
                expires(),
            ],
        ),
        (
            "invitation",
            vec![
                ("id", key(18)),
                ("token_hash", "i".into()),
                ("person_id", key(4)),
                ("municipality_id", key(1)),
                ("invited_by", key(15)),
                expires(),
            ],
        ),
        (
            "used_logout_token",
            vec![("id", key(19)), ("issuer", "https://login.gnesta.example".into()), ("token_id_hash", "jti".into()), expires()],
        ),
    ]
}

fn engagement(id: u128, above: Option<u128>, path: &str) -> Vec<Field> {
    vec![
        ("id", key(id)),
        ("agreement_id", key(10)),
        ("party_id", key(9)),
        ("engaged_by_id", above.map(Uuid::from_u128).into()),
        ("path", path.into()),
        ("service", "Drift".into()),
        ("data_categories", json!([]).into()),
        ("processing_countries", json!([]).into()),
        ("authorisation", "GENERAL".into()),
        ("sub_agreement_on", date("2026-01-06")),
        ("copy_requested_on", date("2026-01-07")),
        ("copy_received_on", date("2026-01-08")),
        from(),
        to(),
        version(),
    ]
}

async fn insert(connection: &DatabaseConnection, table: &'static str, fields: &[Field]) {
    let (columns, values): (Vec<_>, Vec<_>) = fields.iter().cloned().unzip();
    let mut insert = Query::insert();
    insert.into_table(Alias::new(table)).columns(columns.into_iter().map(Alias::new)).values_panic(values.into_iter().map(Expr::value));
    connection.execute(&insert).await.unwrap_or_else(|error| panic!("{table}: {error}"));
}

/// How many rows of a table have all of these values.
async fn with_values(connection: &DatabaseConnection, table: &'static str, fields: &[Field]) -> usize {
    let mut select = Query::select();
    select.column(Alias::new("id")).from(Alias::new(table));
    for (column, value) in fields {
        let column = Expr::col(Alias::new(*column));
        select.and_where(match value {
            Value::Json(Some(json)) => column.cast_as("text").eq(json.to_string()),
            Value::Uuid(None) => column.is_null(),
            value => column.eq(value.clone()),
        });
    }
    connection.query_all(&select).await.unwrap().len()
}

async fn count(connection: &DatabaseConnection, table: &str) -> usize {
    let mut select = Query::select();
    select.expr(Expr::val(1)).from(Alias::new(table.to_owned()));
    connection.query_all(&select).await.unwrap().len()
}

#[tokio::test]
async fn an_installation_of_the_first_release_is_brought_to_the_newest_schema_and_nothing_is_lost() {
    let database = Database::empty();
    let options = DbOptions { url: database.url(), read_connections: 1, observer: None };
    let db = Db::open(&options).await.unwrap();
    let connection = sea_orm::Database::connect(options.url.secret()).await.unwrap();
    Migrator::up(&connection, Some(RELEASED)).await.unwrap();
    assert!(!db.ready().await.unwrap());
    for (table, fields) in rows() {
        insert(&connection, table, &fields).await;
    }
    let released = engine::tables(&db.read().await.unwrap()).await;
    let mut counted = Vec::new();
    for table in released.iter().filter(|table| *table != "seaql_migrations") {
        let rows = count(&connection, table).await;
        assert!(rows > 0, "the test has no row of {table}");
        counted.push((table, rows));
    }
    assert_eq!(counted.len(), 19);

    db.migrate().await.unwrap();

    assert!(db.ready().await.unwrap());
    for (table, before) in counted {
        assert_eq!(count(&connection, table).await, before, "{table}");
    }
    for (table, fields) in rows() {
        assert_eq!(with_values(&connection, table, &fields).await, 1, "{table}");
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn programs_that_bring_the_same_database_up_to_date_at_the_same_time_do_not_collide() {
    let database = Database::empty();
    let options = DbOptions { url: database.url(), read_connections: 1, observer: None };
    let mut programs = Vec::new();
    for _ in 0..4 {
        let db = Db::open(&options).await.unwrap();
        programs.push(tokio::spawn(async move {
            db.migrate().await.unwrap();
            db.ready().await.unwrap()
        }));
    }
    for program in programs {
        assert!(program.await.unwrap());
    }
}
