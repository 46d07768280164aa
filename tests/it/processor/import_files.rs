//! Files that are sent to be imported: what is taken, what is refused and with which words, and who finds it again.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use entity::{account, municipality};
use samverkan::{
    auth::session::{WithoutLogin, open_without_login},
    domain::processor::import::{
        columns::Columns,
        row::Row,
        table::{Cell, ImportFormat, MAX_BYTES, Table},
    },
    kernel::{clock::Clock, id::Id},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::import::{IMPORT, upload};
use crate::{
    organisation::{refused, stored, unknown},
    support::{TestApp, mistakes, nodes},
};

const KEEPER: &str = "coordinator.gnesta";
const SMALL: &str = "Nämnd;Biträde;Land;Avtal\nSocialnämnden;Exempel AB;SE;System\n";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook of these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
  <sheet name="Dold" sheetId="1" state="hidden" r:id="rId2"/><sheet name="Register" sheetId="2" r:id="rId1"/></sheets></workbook>"#;
const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
  <Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#;
const PACKAGE: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
/// Two formats of cells: the general one, and a date.
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
  <cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

/// A workbook with this in the sheet that is seen, and these shared texts.
fn workbook(rows: &str, shared: &str) -> Vec<u8> {
    let sheet = |rows: &str| {
        format!(
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        )
    };
    archive(&[
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONSHIPS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/sharedStrings.xml", shared.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet(rows).as_bytes()),
        ("xl/worksheets/sheet2.xml", sheet(&row(1, &[text("A", 1, "dolt")])).as_bytes()),
    ])
}

fn text(column: &str, row: u32, text: &str) -> String {
    format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn row(number: u32, cells: &[String]) -> String {
    format!(r#"<row r="{number}">{}</row>"#, cells.concat())
}

fn headings(more: &str) -> String {
    row(2, &[text("A", 2, "Nämnd"), text("B", 2, "Biträde"), text("C", 2, "Land"), text("D", 2, "Avtal"), text("E", 2, more)])
}

fn agreement(number: u32, last: &str) -> String {
    let cells = [
        text("A", number, "Socialnämnden"),
        text("B", number, "Exempel AB"),
        text("C", number, "SE"),
        text("D", number, &format!("System {number}")),
    ];
    row(number, &[&cells[..], &[last.to_owned()]].concat())
}

async fn looked_through(app: &TestApp, upload: &str) -> Value {
    let input = json!({ "uploadId": upload, "dryRun": true });
    let payload = app.as_(KEEPER).mutate("importAgreements", "ImportAgreementsInput", input, &format!("import {{ {IMPORT} }}")).await;
    assert_eq!(mistakes(&payload), [], "{payload:#}");
    payload["import"].clone()
}

// ── workbooks ────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_workbook_is_read_with_its_dates_numbers_shared_texts_and_row_numbers_and_a_formula_is_told_at_its_cell() {
    let app = TestApp::start().await;
    let rows = [
        headings("Avtalsdatum"),
        agreement(3, r#"<c r="E3" s="1"><v>45658</v></c>"#),
        agreement(5, r#"<c r="E5"><v>20250131</v></c>"#),
        agreement(6, r#"<c r="E6" t="s"><v>0</v></c>"#),
        agreement(7, r#"<c r="E7" s="1"><f>TODAY()</f><v>45658</v></c>"#),
        agreement(8, r#"<c r="E8" t="e"><v>#REF!</v></c>"#),
        agreement(9, r#"<c r="E9"><v>45658</v></c>"#),
        agreement(10, r#"<c r="E10" s="1"><f t="shared" si="4000000000"/><v>45658</v></c>"#),
    ];
    let shared = r#"<?xml version="1.0"?><sst count="1" uniqueCount="1"><si><t>31 januari 2025</t></si></sst>"#;
    let sent = app.as_(KEEPER).send_file(XLSX, workbook(&rows.concat(), shared)).await;
    assert_eq!((sent.status.as_u16(), &sent.json()["format"], &sent.json()["lines"]), (201, &json!("XLSX"), &json!(8)), "{}", sent.text());
    let import = looked_through(&app, sent.json()["uploadId"].as_str().unwrap()).await;
    let told: Vec<_> = nodes(&import["rows"])
        .iter()
        .map(|row| {
            (
                row["number"].as_i64().unwrap(),
                row["cells"][0]["message"].as_str().unwrap_or("").split([';', ',']).next().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        (3, ""),
        (5, ""),
        (6, ""),
        (7, "The cell has a formula"),
        (8, "The spreadsheet shows an error here"),
        (9, "This is no unambiguous date"),
        (10, "The cell has a formula"),
    ];
    assert_eq!(told, expected.map(|(number, message)| (number, message.to_owned())));
    let upload = upload(&app, KEEPER, workbook(&[&rows[..4]].concat().concat(), shared)).await;
    let input = json!({ "uploadId": upload, "dryRun": false });
    let done = app.as_(KEEPER).mutate("importAgreements", "ImportAgreementsInput", input, "import { created }").await;
    assert_eq!((mistakes(&done), &done["import"]["created"]), (vec![], &json!(3)));
    let query =
        "{ parties(filter: { text: \"Exempel AB\" }) { nodes { name agreements(first: 10) { nodes { title parties { signedOn } } } } } }";
    let data = app.as_(KEEPER).query(query, json!({})).await;
    let own = nodes(&data["parties"]).iter().find(|party| party["name"] == "Exempel AB").unwrap();
    let signed: Vec<_> = nodes(&own["agreements"])
        .iter()
        .map(|agreement| (agreement["title"].as_str().unwrap(), agreement["parties"][0]["signedOn"].as_str().unwrap()))
        .collect();
    assert_eq!(signed, [("System 3", "2025-01-01"), ("System 5", "2025-01-31"), ("System 6", "2025-01-31")]);
}

/// What a file is refused with, in English.
async fn refusal(app: &TestApp, bytes: Vec<u8>) -> (u16, String) {
    let answer = app.as_(KEEPER).send_file("application/octet-stream", bytes).await;
    let message = if answer.status == 201 { String::new() } else { answer.json()["errors"][0]["message"].as_str().unwrap().to_owned() };
    (answer.status.as_u16(), message)
}

#[tokio::test]
async fn a_workbook_that_claims_or_grows_to_more_than_a_register_is_refused_before_it_is_opened() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let zeros = vec![b' '; 70 * 1024 * 1024];
    let shared = |claim: &str| workbook(&headings("X"), &format!("<?xml version=\"1.0\"?><sst {claim}><si><t>x</t></si></sst>"));
    let utf_16: Vec<u8> = "<?xml version=\"1.0\"?><sst uniqueCount=\"99999999999\"/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let other = "<?xml version=\"1.0\" encoding=\"ISO-2022-JP\"?><sst/>";
    let many: Vec<(String, Vec<u8>)> = (0..1_200).map(|n| (format!("xl/{n}.xml"), Vec::new())).collect();
    let many: Vec<_> = many.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let half = archive(&[("xl/a.xml", &zeros[..40 * 1024 * 1024]), ("xl/b.xml", &zeros[..40 * 1024 * 1024])]);
    assert!(half.len() < MAX_BYTES / 100, "a bomb is small");
    for (bytes, says) in [
        (archive(&[("xl/worksheets/sheet1.xml", &zeros)]), "too large when unpacked"),
        (half, "too large when unpacked"),
        (archive(&many), "too large when unpacked"),
        (shared("count=\"1\" uniqueCount=\"99999999999\""), "too large when unpacked"),
        (shared("uniqueCount\n=\n'18446744073709551615'"), "too large when unpacked"),
        (archive(&[("xl/sharedStrings.xml", &utf_16)]), "no Excel workbook"),
        (archive(&[("xl/sharedStrings.xml", other.as_bytes())]), "no Excel workbook"),
        (workbook(r#"<row r="1"><c r="XFD1048576"><v>1</v></c></row>"#, "<sst/>"), "at most 100 columns"),
        (archive(&[("content.xml", b"<office/>")]), "no Excel workbook"),
        (b"PK\x03\x04 and nothing else".to_vec(), "no Excel workbook"),
        (lying(), "no Excel workbook"),
    ] {
        let (status, message) = refusal(&app, bytes).await;
        assert!(status == 400 && message.contains(says), "{says}: {status} {message}");
    }
    assert!(before == stored(&app).await);
}

/// A workbook whose directory says that its part is small.
fn lying() -> Vec<u8> {
    let mut bytes = archive(&[("xl/workbook.xml", &vec![b' '; 1024 * 1024])]);
    let size = 1024_u32 * 1024;
    let at = bytes.windows(4).rposition(|four| four == size.to_le_bytes()).unwrap();
    bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    bytes
}

// ── text ─────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_file_that_is_no_register_is_refused_with_what_would_be_right() {
    let app = TestApp::start().await;
    let rows = |count: usize| format!("Nämnd;Biträde;Avtal\n{}", "Socialnämnden;X;Y\n".repeat(count)).into_bytes();
    for (bytes, says) in [
        (b"%PDF-1.7\n\x01\x02".to_vec(), "neither an Excel workbook"),
        (vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1], "older Excel file"),
        (SMALL.encode_utf16().flat_map(u16::to_le_bytes).collect(), "neither an Excel workbook"),
        (rows(20_021), "at most 20000 rows"),
        (format!("{}\n", ";x".repeat(101)).into_bytes(), "at most 100 columns"),
        (format!("Nämnd;Biträde\n\"{}\n", "x".repeat(40_000)).into_bytes(), "quotation mark"),
    ] {
        let (status, message) = refusal(&app, bytes).await;
        assert!(status == 400 && message.contains(says), "{says}: {status} {message}");
    }
    assert_eq!(refusal(&app, vec![b'x'; MAX_BYTES + 1]).await.0, 413);
    for (register, expected) in [
        ("Nämnd;Dnr\nSocialnämnden;1\n", vec![("MISSING", "uploadId"), ("MISSING", "uploadId")]),
        ("Nämnd;Ansvarig nämnd;Biträde;Avtal\na;b;c;d\n", vec![("DUPLICATE", "uploadId")]),
        ("Nämnd;Biträde;Avtal\n;;\n", vec![("MISSING", "uploadId")]),
        ("", vec![("MISSING", "uploadId")]),
    ] {
        let sent = app.as_(KEEPER).send_file("text/csv", register).await;
        let input = json!({ "uploadId": sent.json()["uploadId"], "dryRun": true });
        refused(&app, KEEPER, "importAgreements", input, &expected).await;
    }
}

#[tokio::test]
async fn a_register_of_swedish_excel_is_read_as_such_and_what_was_garbled_before_is_told() {
    let app = TestApp::start().await;
    // Every letter of it stands in Windows-1252 at the place of its code.
    let old: Vec<u8> = SMALL.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let sent = app.as_(KEEPER).send_file("text/csv; charset=windows-1252", old).await;
    assert_eq!((sent.status.as_u16(), &sent.json()["format"]), (201, &json!("CSV_WINDOWS_1252")));
    assert_eq!(looked_through(&app, sent.json()["uploadId"].as_str().unwrap()).await["created"], 1);
    let garbled = SMALL.replace("Socialnämnden", "Socialn\u{FFFD}mnden");
    let import = looked_through(&app, &upload(&app, KEEPER, garbled).await).await;
    let cell = &nodes(&import["rows"])[0]["cells"][0];
    assert!(cell["message"].as_str().unwrap().contains("save the file as CSV UTF-8"), "{cell:#}");
}

#[tokio::test]
async fn twenty_thousand_rows_are_looked_through() {
    let app = TestApp::start().await;
    let mut register = "Nämnd;Biträde;Land;Avtal;Dnr;Avtalsdatum\n".to_owned();
    for n in 0..20_000 {
        writeln!(register, "Socialnämnden;Exempel {} AB;Sverige;System {n};SN {n};31/1 2024", n % 300).unwrap();
    }
    let upload = upload(&app, KEEPER, register).await;
    let (import, statements) = app.statements_of(looked_through(&app, &upload)).await;
    assert_eq!((&import["rowCount"], &import["created"], &import["newParties"]), (&json!(20_000), &json!(20_000), &json!(300)));
    assert!(statements < 30, "{statements} statements");
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

#[test]
fn whatever_bytes_come_they_are_read_or_refused() {
    let mut random = Random(7);
    let signs = [
        "Nämnd", "Biträde", "Avtal", ";", ",", "\t", "\n", "\r\n", "\"", "=", "(", ")", "2024", "-", " ", "\u{a0}", "å", "\u{FFFD}", "0",
        "/",
    ];
    let right =
        workbook(&[headings("Tecknat"), agreement(3, r#"<c r="E3" s="1"><v>45658</v></c>"#)].concat(), "<sst><si><t>x</t></si></sst>");
    let (mut read, mut refused, mut rows_read) = (0, 0, 0);
    for n in 0..1_500 {
        let bytes = match n % 3 {
            0 => (0..random.below(300)).map(|_| u8::try_from(random.below(256)).unwrap()).collect(),
            1 => {
                let headings = ["", "Nämnd;Biträde;Avtal;Tecknat;Land;Underbiträden;Uppsägningstid\n"][random.below(2)];
                let cells: String = (0..random.below(200)).map(|_| signs[random.below(signs.len())]).collect();
                format!("{headings}{cells}").into_bytes()
            }
            _ => {
                let mut bytes = right.clone();
                for _ in 0..=random.below(8) {
                    let at = random.below(bytes.len());
                    bytes[at] = u8::try_from(random.below(256)).unwrap();
                }
                bytes
            }
        };
        // The library of workbooks may panic, in a thread of its own: that is a refusal as well.
        match std::panic::catch_unwind(|| Table::read(&bytes)) {
            Ok(Ok(table)) => {
                read += 1;
                if let Ok((columns, lines)) = Columns::find(&table, "") {
                    let rows = lines.iter().map(|line| Row::read(&columns, line, "2026-11-22".parse().unwrap()));
                    rows_read += rows.count();
                }
            }
            Ok(Err(fault)) => {
                assert!(!fault.sv.is_empty() && !fault.en.is_empty());
                refused += 1;
            }
            Err(_) => {
                assert!(bytes.starts_with(b"PK"), "only of workbooks");
                refused += 1;
            }
        }
    }
    assert!(read > 300 && refused > 300 && rows_read > 1_000, "{read} read with {rows_read} rows, {refused} refused");
}

#[test]
fn a_table_is_kept_as_it_was_read() {
    let table = Table::read("Nämnd;Biträde;Avtal\n\n=1+1;\"å\n\";".as_bytes()).unwrap();
    assert_eq!((table.format, table.lines[1].number), (ImportFormat::CsvUtf8, 3));
    assert_eq!(table.lines[1].cells[1], Cell::Text("å\n".to_owned()));
    assert_eq!(serde_json::from_str::<Table>(&table.content().unwrap()).unwrap(), table);
}

// ── who sends, and who finds ─────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_file_is_taken_from_somebody_who_is_logged_in_on_a_trusted_page_and_says_what_it_is() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let send = async |headers: &[(&str, &str)]| {
        let request = headers.iter().fold(Request::post("/imports"), |request, (name, value)| request.header(*name, *value));
        let answer = app.send(request.body(Body::from(SMALL)).unwrap()).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        (answer.status.as_u16(), answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or("").to_owned())
    };
    let bearer = format!("Bearer {}", app.token(KEEPER));
    let (bearer, csv) = (("authorization", bearer.as_str()), ("content-type", "text/csv"));
    let told = |status, code: &str| (status, code.to_owned());
    assert_eq!(send(&[csv]).await, told(401, "UNAUTHENTICATED"));
    assert_eq!(send(&[csv, ("authorization", "Bearer nothing")]).await, told(401, "UNAUTHENTICATED"));
    assert_eq!(send(&[csv, bearer, ("origin", "https://strange.example")]).await, told(403, "FORBIDDEN"));
    assert_eq!(send(&[csv, ("cookie", "__Host-samverkan-session=x")]).await, told(403, "FORBIDDEN"));
    for other in ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "application/json", ""] {
        assert_eq!(send(&[bearer, ("content-type", other)]).await, told(415, "BAD_USER_INPUT"), "{other}");
    }
    assert_eq!(send(&[bearer, csv, ("content-length", "20971521")]).await, told(413, "QUERY_TOO_COMPLEX"));
    assert!(before == stored(&app).await);
    assert_eq!(send(&[bearer, csv]).await, told(201, ""));
}

#[tokio::test]
async fn an_upload_is_found_by_the_login_that_sent_it_alone_and_for_a_day_and_only_the_last_three_are_kept() {
    let app = TestApp::start().await;
    let own = upload(&app, KEEPER, SMALL).await;
    let input = |upload: &str| json!({ "uploadId": upload, "dryRun": true });
    let not_found = [("NOT_FOUND", "uploadId")];
    let mut answers = vec![refused(&app, KEEPER, "importAgreements", input(&unknown(&own)), &not_found).await];
    for stranger in ["boardcoordinator.gnesta", "coordinator.flen", "dso", "operator"] {
        answers.push(refused(&app, stranger, "importAgreements", input(&own), &not_found).await);
    }
    looked_through(&app, &own).await;

    // The fourth pushes the first out.
    let mut later = Vec::new();
    for _ in 0..3 {
        later.push(upload(&app, KEEPER, SMALL).await);
    }
    answers.push(refused(&app, KEEPER, "importAgreements", input(&own), &not_found).await);
    for upload in &later {
        looked_through(&app, upload).await;
    }

    // To the end of the day, and not beyond; sessions are shorter.
    let until = app.clock.now() + TimeDelta::hours(24);
    for (instant, found) in [(until - TimeDelta::microseconds(1), true), (until, false)] {
        app.clock.set(instant);
        let token = renewed(&app).await;
        let client = app.as_(KEEPER).with_token(&token);
        let payload = client.mutate("importAgreements", "ImportAgreementsInput", input(&later[2]), "import { rowCount }").await;
        assert_eq!(mistakes(&payload).is_empty(), found, "{payload:#}");
    }
    assert!(answers.iter().all(|answer| answer["errors"] == answers[0]["errors"]), "{answers:#?}");
}

/// A new session of the same login.
async fn renewed(app: &TestApp) -> String {
    let tx = app.app.db.write().await.unwrap();
    let account = account::Entity::find().filter(account::Column::Subject.eq(KEEPER)).one(&tx).await.unwrap().unwrap();
    let gnesta = municipality::Entity::find().filter(municipality::Column::Slug.eq("gnesta")).one(&tx).await.unwrap().unwrap();
    let login = WithoutLogin {
        issuer: &account.issuer,
        subject: &account.subject,
        name: &account.name,
        municipality: Id::new(gnesta.id),
        person: account.person_id.map(Id::new),
    };
    let token = open_without_login(&tx, &app.app.ids, app.clock.now(), login).await.unwrap();
    tx.commit().await.unwrap();
    token
}

#[tokio::test]
async fn an_upload_is_gone_when_it_was_imported() {
    let app = TestApp::start().await;
    let own = upload(&app, KEEPER, SMALL).await;
    let input = json!({ "uploadId": own, "dryRun": false });
    let done = app.as_(KEEPER).mutate("importAgreements", "ImportAgreementsInput", input.clone(), "import { created }").await;
    assert_eq!((mistakes(&done), &done["import"]["created"]), (vec![], &json!(1)));
    refused(&app, KEEPER, "importAgreements", input, &[("NOT_FOUND", "uploadId")]).await;
}
