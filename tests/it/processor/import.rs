//! A register of agreements is looked through and imported.

use std::fmt::Write;

use samverkan::{
    authz::{Action, WriteScope},
    domain::processor::{
        import::EXAMPLE,
        service::timeline::{Rebuilt, rebuild},
    },
};
use serde_json::{Value, json};

use super::register;
use crate::{
    audit::{told, told_since},
    organisation::{board, done, id, number, person, refused, stored},
    support::{Client, TestApp, mistakes, nodes, process::run},
};

/// All that an import tells, with its first hundred rows.
pub(crate) const IMPORT: &str = "dryRun format columns { heading field } rowCount created unchanged differing repeated faulty newParties
  rows(first: 100) { totalCount nodes { number outcome sameAs cells { column field code message } agreement { title } } }";
const KEEPER: &str = "coordinator.gnesta";
/// The headings of the smallest register.
const HEADINGS: &str = "Nämnd;Biträde;Orgnr;Avtal;Dnr";

/// Sends a file that has to be taken; gives back the id of the upload.
pub(crate) async fn upload(app: &TestApp, persona: &str, bytes: impl Into<axum::body::Body>) -> String {
    upload_of(&app.as_(persona), bytes).await
}

async fn upload_of(client: &Client<'_>, bytes: impl Into<axum::body::Body>) -> String {
    let answer = client.send_file("text/csv", bytes).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["uploadId"].as_str().unwrap().to_owned()
}

/// Sends a register and imports it, or looks it through; gives back the payload.
pub(crate) async fn imported(client: &Client<'_>, register: &str, dry_run: bool) -> Value {
    let upload = upload_of(client, register.to_owned()).await;
    again(client, &upload, dry_run, &format!("import {{ {IMPORT} }}")).await
}

async fn again(client: &Client<'_>, upload: &str, dry_run: bool, select: &str) -> Value {
    let input = json!({ "uploadId": upload, "dryRun": dry_run });
    client.mutate("importAgreements", "ImportAgreementsInput", input, select).await
}

/// What becomes of a register that can be imported, or looked through.
async fn became(app: &TestApp, register: &str, dry_run: bool) -> Value {
    let mut payload = imported(&app.as_(KEEPER), register, dry_run).await;
    assert_eq!(mistakes(&payload), [], "{payload:#}");
    payload["import"].take()
}

/// The rows, created, unchanged, differing, repeated and faulty ones of an import.
pub(crate) fn counts(import: &Value) -> [i64; 6] {
    ["rowCount", "created", "unchanged", "differing", "repeated", "faulty"].map(|count| import[count].as_i64().unwrap())
}

/// The outcome and the codes of the cells of each row, by its number.
fn outcomes(import: &Value) -> Vec<(i64, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let cells = |row: &Value| {
        row["cells"].as_array().unwrap().iter().map(|cell| format!("{} {}", text(&cell["column"]), text(&cell["code"]))).collect()
    };
    nodes(&import["rows"]).iter().map(|row| (row["number"].as_i64().unwrap(), text(&row["outcome"]), cells(row))).collect()
}

fn outcome(number: i64, outcome: &str, cells: &[&str]) -> (i64, String, Vec<String>) {
    (number, outcome.to_owned(), cells.iter().map(|cell| (*cell).to_owned()).collect())
}

async fn agreements(app: &TestApp) -> i64 {
    let data = app.as_(KEEPER).query("{ agreements(first: 1) { totalCount } }", json!({})).await;
    data["agreements"]["totalCount"].as_i64().unwrap()
}

/// Whether the timeline says what the rules derive.
async fn timeline_follows(app: &TestApp) -> bool {
    let tx = app.app.db.write().await.unwrap();
    let Rebuilt { differing, .. } = rebuild(&tx, &WriteScope::of_the_operator(Action::UpdateAgreement)).await.unwrap();
    tx.rollback().await.unwrap();
    differing == 0
}

// ── a messy register ─────────────────────────────────────────────────────────────────────────────

/// Rows of the messy register.
const ROWS: u32 = 1_000;
const BOARDS: [&str; 4] = ["Kommunstyrelsen", "SOCIALNÄMNDEN", "samhällsbyggnadsnämnden ", "\u{a0}Barn- och  utbildningsnämnden"];

/// A register as it has grown over the years: a title, blank lines, dates in six forms, spaces of two kinds, capitals, rows that stand
/// there twice; with mistakes where `faulty`.
fn messy(faulty: bool) -> String {
    let mut register = String::from("Register över PUB-avtal, uppdaterat 2025;;;;;;;;;\r\n\r\n");
    register +=
        "Diarienr;Ansvarig nämnd;Leverantör;Org.nr;System/tjänst;Avtalsdatum;Giltigt t.o.m.;Uppsägningstid;Tredjeland;Anteckning\r\n";
    for n in 0..ROWS {
        let signed = match n % 6 {
            0 => format!("2024-01-{:02}", n % 28 + 1),
            1 => format!("{}/2 2024", n % 28 + 1),
            2 => format!("{} mars 2024", n % 28 + 1),
            3 => format!("202404{:02}", n % 28 + 1),
            4 => format!("2024-05-{:02} 00:00:00", n % 28 + 1),
            _ => String::new(),
        };
        let wrong = faulty && n % 100 == 7;
        let signed = if wrong { ["2024-02-30", "01/02/2024", "=IDAG()", "snart"][(n / 100 % 4) as usize].to_owned() } else { signed };
        let board = if faulty && n % 250 == 11 { "Nämnden som inte finns" } else { BOARDS[(n % 4) as usize] };
        let supplier = n % 40;
        let name = if n % 3 == 0 { format!("EXEMPELLEVERANTÖR {supplier} ab") } else { format!("Exempelleverantör {supplier} AB") };
        let row = format!(
            "{};{board};\"{name}\";{};Exempelsystem {n};{signed};{};{};{};\"En anteckning;\nmed två rader\"\r\n",
            if n % 5 == 0 { "-".to_owned() } else { format!("KS 2024/{n}") },
            if n < 80 { number(5_000 + supplier) } else { String::new() },
            if n % 2 == 0 { "2027-12-31" } else { "" },
            if n % 2 == 0 { "30 dagar" } else { "90" },
            ["ja", "Nej", ""][(n % 3) as usize],
        );
        register += &row;
        if n % 50 == 49 {
            register += "\r\n;;;;;;;;;\r\n";
            register += &row.replace("Exempelsystem", "EXEMPELSYSTEM");
        }
    }
    register
}

#[tokio::test]
async fn a_messy_register_of_a_thousand_rows_is_looked_through_corrected_and_imported_at_once_and_the_counts_are_equal() {
    let app = TestApp::start().await;
    let (before, entries) = (agreements(&app).await, told(&app).await.len());
    let (wrong, twice) = (14, 20);

    // Looked through: all that is wrong is told, and nothing happens.
    let faulty = upload(&app, KEEPER, messy(true)).await;
    let database = stored(&app).await;
    let dry =
        again(&app.as_(KEEPER), &faulty, true, &format!("import {{ {} }}", IMPORT.replace("first: 100", "first: 100, outcomes: [FAULTY]")))
            .await;
    assert_eq!(mistakes(&dry), []);
    let rows = i64::from(ROWS) + twice;
    assert_eq!(counts(&dry["import"]), [rows, rows - twice - wrong, 0, 0, twice, wrong]);
    assert_eq!(dry["import"]["rows"]["totalCount"], wrong);
    let columns: Vec<_> = outcomes(&dry["import"]).into_iter().flat_map(|(_, _, cells)| cells).collect();
    assert_eq!(columns.iter().filter(|cell| *cell == "Avtalsdatum INVALID").count(), 10);
    assert_eq!(columns.iter().filter(|cell| *cell == "Ansvarig nämnd NOT_FOUND").count(), 4);
    let written = again(&app.as_(KEEPER), &faulty, false, "import { rowCount }").await;
    assert_eq!((mistakes(&written).len(), &written["import"]), (10, &Value::Null), "the first ten, and nothing else");
    assert!(database == stored(&app).await, "a refused import changed something");

    // Corrected, looked through and done.
    let corrected = upload(&app, KEEPER, messy(false)).await;
    let select = format!("import {{ {IMPORT} }}");
    for (dry_run, after) in [(true, before), (false, before + i64::from(ROWS))] {
        let done = again(&app.as_(KEEPER), &corrected, dry_run, &select).await;
        assert_eq!(mistakes(&done), []);
        assert_eq!(counts(&done["import"]), [rows, rows - twice, 0, 0, twice, 0]);
        assert_eq!((&done["import"]["newParties"], agreements(&app).await), (&json!(40), after));
    }
    // Each agreement and each organisation is told once, in the one chain that it belongs to.
    assert_eq!(told(&app).await.len(), entries + ROWS as usize + 40);
    assert!(timeline_follows(&app).await);

    // The same file again.
    let same = became(&app, &messy(false), false).await;
    assert_eq!(counts(&same), [rows, 0, rows - twice, 0, twice, 0]);
    assert_eq!(agreements(&app).await, before + i64::from(ROWS));
}

// ── what comes in ────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_example_of_the_documentation_comes_in_whole_and_the_same_file_again_changes_nothing() {
    let app = TestApp::start().await;
    let import = became(&app, EXAMPLE, false).await;
    assert_eq!(counts(&import), [4, 4, 0, 0, 0, 0], "{import:#}");
    assert_eq!((&import["newParties"], &import["format"], &import["dryRun"]), (&json!(5), &json!("CSV_UTF_8"), &json!(false)));
    assert!(import["columns"].as_array().unwrap().iter().all(|column| column["field"].is_string()));

    let query = "query($text: String!) { parties(filter: { text: $text }, first: 1) { nodes { agreements(first: 2) { nodes { title status instrument template templateVersion
        subjectMatter purpose natureOfProcessing endsOn processor { name organisationNumber country { code } }
        parties { lead diaryNumber filedAt documentUrl processingFrom subProcessorAuthorisation signedOn controller { name } }
        terms { validFrom fixedEndOn terminationNoticeDays objectionDays thirdCountryTransferAllowed signedByProcessorOn }
        subProcessors { nodes { service validFrom party { name organisationNumber country { code } } processingCountries { code } } } } } } } }";
    let data = app.as_(KEEPER).query(query, json!({ "text": "Exempel Lön AB" })).await;
    let expected = json!({ "title": "Lönesystem", "status": "IN_FORCE", "instrument": "AGREEMENT", "template": "SKR", "templateVersion": "2023",
        "subjectMatter": "Lönehantering för anställda", "purpose": "Betala lön", "natureOfProcessing": "Registrering, beräkning, lagring",
        "endsOn": "2027-02-28",
        "processor": { "name": "Exempel Lön AB", "organisationNumber": "002990-0016", "country": { "code": "SE" } },
        "parties": [{ "lead": true, "diaryNumber": "KS 2024/15", "filedAt": "Kommunarkivet", "documentUrl": "https://avtal.example/ks-2024-15",
            "processingFrom": "2024-03-01", "subProcessorAuthorisation": "GENERAL", "signedOn": "2024-02-20",
            "controller": { "name": "Kommunstyrelsen" } }],
        "terms": { "validFrom": "2024-03-01", "fixedEndOn": "2027-02-28", "terminationNoticeDays": 90, "objectionDays": 30,
            "thirdCountryTransferAllowed": false, "signedByProcessorOn": "2024-02-20" },
        "subProcessors": { "nodes": [
            { "service": "Ej angivet", "validFrom": "2024-03-01", "processingCountries": [],
              "party": { "name": "Exempel Drift AB", "organisationNumber": "002990-0024", "country": { "code": "SE" } } },
            { "service": "Ej angivet", "validFrom": "2024-03-01", "processingCountries": [],
              "party": { "name": "Exempel Utskick Oy", "organisationNumber": null, "country": { "code": "FI" } } }] } });
    assert_eq!(data["parties"]["nodes"][0]["agreements"]["nodes"], json!([expected]));

    let before = stored(&app).await;
    let same = became(&app, EXAMPLE, false).await;
    assert_eq!(counts(&same), [4, 0, 4, 0, 0, 0], "{same:#}");
    assert_eq!(nodes(&same["rows"])[0]["agreement"]["title"], "Lönesystem");
    assert!(before == stored(&app).await, "the same file changed something");
    assert!(timeline_follows(&app).await);
}

#[tokio::test]
async fn what_is_incomplete_comes_in_and_becomes_findings() {
    let app = TestApp::start().await;
    let own = board(&app, "gnesta", "Socialnämnden").await;
    let findings = async |code: &str| {
        let query = "query($of: ID!, $code: FindingCode!) { findings(filter: { controllerId: $of, code: [$code] }) { totalCount } }";
        let data = app.as_(KEEPER).query(query, json!({ "of": own, "code": code })).await;
        data["findings"]["totalCount"].as_i64().unwrap()
    };
    let codes = ["NOT_REGISTERED", "PROCESSING_NOT_STATED", "CONTENT_MISSING", "AUTHORISATION_NOT_STATED"];
    let mut before = Vec::new();
    for code in codes {
        before.push(findings(code).await);
    }
    let register =
        format!("{HEADINGS};Tecknat\nSocialnämnden;Exempel Ofullständig AB;{};Ofullständigt system;;2024-01-01\n", number(6_001));
    assert_eq!(counts(&became(&app, &register, false).await), [1, 1, 0, 0, 0, 0]);
    for (code, before) in codes.into_iter().zip(before) {
        assert_eq!(findings(code).await, before + 1, "{code}");
    }
    let query = "{ agreements(filter: { text: \"Ofullständigt\", incomplete: true }) { nodes { status } } }";
    let data = app.as_(KEEPER).query(query, json!({})).await;
    assert_eq!(data["agreements"]["nodes"], json!([{ "status": "IN_FORCE" }]));
}

#[tokio::test]
async fn each_row_is_told_to_the_municipality_that_it_touches_and_names_the_import() {
    let app = TestApp::start().await;
    let processor = register(&app, KEEPER, "Exempel Känd AB").await;
    let before = told(&app).await;
    became(&app, "Nämnd;Biträde;Avtal\nSocialnämnden;exempel  känd ab;Känt system\n", false).await;
    let told = told_since(&app, &before).await;
    assert_eq!((told.action.as_str(), told.chains), ("importAgreements", vec!["gnesta".to_owned()]));
    let query = "query($id: ID!) { agreements(filter: { processorId: $id }) { nodes { title history { nodes { action role } } } } }";
    let data = app.as_(KEEPER).query(query, json!({ "id": processor })).await;
    let expected = json!([{ "title": "Känt system", "history": { "nodes": [{ "action": "importAgreements", "role": "COORDINATOR" }] } }]);
    assert_eq!(data["agreements"]["nodes"], expected);
}

#[tokio::test]
async fn organisations_are_found_by_number_or_name_and_new_ones_are_registered_once() {
    let app = TestApp::start().await;
    let known = json!({ "name": "Exempel Nummer AB", "organisationNumber": number(6_002), "country": "SE" });
    let known = id(&done(&app, KEEPER, "registerParty", known).await);
    let rows = [
        format!("Socialnämnden;Omdöpta Nummer AB;{};System 1;;", number(6_002)),
        "Socialnämnden;EXEMPEL NUMMER AB;;System 2;;".to_owned(),
        // A name is known from below, where its number stands.
        "Socialnämnden;Exempel Ny AB;;System 3;;\"Exempel Under AB (SE);Exempel Ny Drift Inc (US)\"".to_owned(),
        format!("Socialnämnden;Exempel Ny AB;{};System 4;;exempel under ab", number(6_003)),
    ];
    let import = became(&app, &format!("{HEADINGS};Underbiträden\n{}", rows.join("\n")), false).await;
    assert_eq!((counts(&import), &import["newParties"]), ([4, 4, 0, 0, 0, 0], &json!(3)));
    let query = "{ parties(first: 100, filter: { text: \"exempel\" }) { nodes { id name agreements(first: 10) { totalCount } engagements(first: 10) { totalCount } } } }";
    let data = app.as_(KEEPER).query(query, json!({})).await;
    let told = |name: &str| {
        let found: Vec<_> = nodes(&data["parties"]).iter().filter(|party| party["name"] == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        (found[0]["agreements"]["totalCount"].clone(), found[0]["engagements"]["totalCount"].clone())
    };
    assert_eq!(told("Exempel Nummer AB"), (json!(2), json!(0)));
    assert_eq!(told("Exempel Ny AB"), (json!(2), json!(0)));
    assert_eq!(told("Exempel Under AB"), (json!(0), json!(2)));
    assert!(nodes(&data["parties"]).iter().any(|party| party["id"] == known.as_str()));
}

// ── what is told ─────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn what_is_wrong_is_told_cell_by_cell_in_the_language_that_was_asked_for() {
    let app = TestApp::start().await;
    let register = "Nämnd;Biträde;Land;Avtal;Dnr;Avtalsdatum;Giltigt från;Giltigt till;Uppsägningstid;Länk;Okänd kolumn
Socialnämnden;Exempel AB;SE;;;2027-01-01;;;;;
Socialnämnden;Exempel Okänd AB;;System;1;;2025-01-01;2024-12-31;3 månader;avtal;x
;;;;;;;;;;bara en anteckning
";
    let import = became(&app, register, true).await;
    assert_eq!(counts(&import), [3, 0, 0, 0, 0, 3]);
    let expected = [
        outcome(2, "FAULTY", &["Avtalsdatum INVALID", "Avtal MISSING"]),
        outcome(3, "FAULTY", &["Länk INVALID", "Uppsägningstid INVALID", "Giltigt till INVALID"]),
        outcome(4, "FAULTY", &["Nämnd MISSING", "Biträde MISSING", "Avtal MISSING"]),
    ];
    assert_eq!(outcomes(&import), expected);
    let unknown: Vec<_> = import["columns"].as_array().unwrap().iter().filter(|column| column["field"].is_null()).collect();
    assert_eq!(unknown, [&json!({ "heading": "Okänd kolumn", "field": null })]);
    let upload = upload(&app, KEEPER, "Nämnd;Biträde;Avtal;Tecknat\nSocialnämnden;X;System;32/1 2024\n").await;
    for (language, says) in [("sv", "Den dagen finns inte"), ("en", "There is no such day")] {
        let query = "mutation($input: ImportAgreementsInput!) { importAgreements(input: $input) { import { rows { nodes { cells { message } } } } } }";
        let input = json!({ "input": { "uploadId": upload, "dryRun": true } });
        let data = app.as_(KEEPER).speaking(language).query(query, input).await;
        let message = data["importAgreements"]["import"]["rows"]["nodes"][0]["cells"][0]["message"].as_str().unwrap();
        assert!(message.starts_with(says), "{message}");
    }
}

#[tokio::test]
async fn while_one_row_is_faulty_nothing_is_stored_and_the_upload_stays_to_be_looked_through() {
    let app = TestApp::start().await;
    let register =
        "Nämnd;Biträde;Land;Org.nr;Avtal\nSocialnämnden;Exempel AB;SE;;System\nSocialnämnden;Exempel AB;SE;811218-9876;System 2\n";
    let upload = upload(&app, KEEPER, register).await;
    let input = json!({ "uploadId": upload, "dryRun": false });
    let payload = refused(&app, KEEPER, "importAgreements", input, &[("INVALID", "uploadId.3.Org.nr")]).await;
    assert_eq!(payload["errors"][0]["path"], json!(["uploadId", "3", "Org.nr"]));
    assert_eq!(counts(&again(&app.as_(KEEPER), &upload, true, &format!("import {{ {IMPORT} }}")).await["import"]), [2, 1, 0, 0, 0, 1]);
}

#[tokio::test]
async fn a_row_that_says_something_else_than_the_record_is_told_and_not_written() {
    let app = TestApp::start().await;
    let first = format!("{HEADINGS};Ändamål;Underbiträden\nSocialnämnden;Exempel AB;{};System;SN 1;Lön;\n", number(6_004));
    became(&app, &first, false).await;
    let before = stored(&app).await;
    let other =
        format!("{HEADINGS};Ändamål;Underbiträden\nSocialnämnden;Exempel AB;{};Systemet;sn 1;Löner;Exempel Drift AB (SE)\n", number(6_004));
    let import = became(&app, &other, false).await;
    assert_eq!((counts(&import), &import["newParties"]), ([1, 0, 0, 1, 0, 0], &json!(0)));
    assert_eq!(outcomes(&import), [outcome(2, "DIFFERS", &["Avtal ", "Ändamål ", "Underbiträden "])]);
    let row = &nodes(&import["rows"])[0];
    assert_eq!(
        (&row["agreement"]["title"], &row["cells"][1]["message"]),
        (&json!("System"), &json!("The file says \"Löner\", the record here says \"Lön\"."))
    );
    assert!(before == stored(&app).await);
    // Blank is no difference; and without a number it is known by its title.
    let less = format!("{HEADINGS}\nSocialnämnden;Exempel AB;{};SYSTEM;\n", number(6_004));
    assert_eq!(counts(&became(&app, &less, false).await), [1, 0, 1, 0, 0, 0]);
    // Another number is another agreement.
    let another = format!("{HEADINGS}\nSocialnämnden;Exempel AB;{};System;SN 2\n", number(6_004));
    assert_eq!(counts(&became(&app, &another, false).await), [1, 1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn rows_that_stand_there_twice_are_taken_once_and_those_that_contradict_each_other_are_faulty() {
    let app = TestApp::start().await;
    let register = "Nämnd;Biträde;Land;Avtal;Dnr;Ändamål
Socialnämnden;Exempel AB;SE;System;1;Lön
SOCIALNÄMNDEN;exempel ab;;system;1;Lön
Socialnämnden;Exempel AB;;System;1;Vård
Socialnämnden;Exempel AB;;System;2;Vård
Socialnämnden;Exempel AB;;System;;Lön
";
    let import = became(&app, register, true).await;
    let expected = [
        outcome(2, "CREATED", &[]),
        outcome(3, "REPEATED", &[]),
        outcome(4, "FAULTY", &["Ändamål DUPLICATE"]),
        outcome(5, "CREATED", &[]),
        outcome(6, "FAULTY", &["Dnr DUPLICATE"]),
    ];
    assert_eq!(outcomes(&import), expected);
    let same: Vec<_> = nodes(&import["rows"]).iter().map(|row| row["sameAs"].clone()).collect();
    assert_eq!(same, [Value::Null, json!(2), json!(2), Value::Null, json!(2)]);
}

#[tokio::test]
async fn the_rows_of_a_dry_run_are_read_in_pages_and_by_outcome() {
    let app = TestApp::start().await;
    let mut register = "Nämnd;Biträde;Land;Avtal\n".to_owned();
    for n in 0..7 {
        writeln!(register, "{};Exempel AB;SE;System {n}", if n % 2 == 0 { "Socialnämnden" } else { "Ingen nämnd" }).unwrap();
    }
    let upload = upload(&app, KEEPER, register).await;
    let mut after = Value::Null;
    let mut read = Vec::new();
    loop {
        let query = "mutation($input: ImportAgreementsInput!, $after: String) { importAgreements(input: $input) { import {
            rows(first: 2, after: $after, outcomes: [CREATED]) { totalCount nodes { number outcome } pageInfo { hasNextPage endCursor } } } } }";
        let input = json!({ "input": { "uploadId": upload, "dryRun": true }, "after": after });
        let data = app.as_(KEEPER).query(query, input).await;
        let page = &data["importAgreements"]["import"]["rows"];
        assert_eq!(page["totalCount"], 4);
        read.extend(nodes(page).iter().map(|row| row["number"].as_i64().unwrap()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(read, [2, 4, 6, 8]);
    let query =
        "mutation($input: ImportAgreementsInput!) { importAgreements(input: $input) { import { rows(first: 101) { totalCount } } } }";
    let error = app.as_(KEEPER).error(query, json!({ "input": { "uploadId": upload, "dryRun": true } })).await;
    assert_eq!(error["extensions"], json!({ "code": "BAD_USER_INPUT", "argument": ["importAgreements", "import", "rows", "first"] }));
}

// ── whose ────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_row_of_another_municipalitys_board_is_answered_byte_for_byte_as_one_of_no_board() {
    let app = TestApp::start().await;
    let row = |municipality: &str, board: &str| format!("Kommun;Nämnd;Biträde;Land;Avtal\n{municipality};{board};Exempel AB;SE;System\n");
    // Flen has a Socialnämnd, as Gnesta has; Bergets kommun has none.
    let mut answers = Vec::new();
    for register in [
        row("Flen", "Socialnämnden"),
        row("Flens kommun", "Kommunstyrelsen"),
        row("Bergets kommun", "Socialnämnden"),
        row("Gnesta", "Bergnämnden"),
    ] {
        let dry = imported(&app.as_(KEEPER), &register, true).await;
        let written = imported(&app.as_(KEEPER), &register, false).await;
        assert_eq!(mistakes(&written), [("NOT_FOUND".to_owned(), "uploadId.2.Nämnd".to_owned())]);
        answers.push((dry.to_string(), written.to_string()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    for gnesta in ["Gnesta", "gnesta kommun", "GNESTA KOMMUN", ""] {
        assert_eq!(counts(&became(&app, &row(gnesta, "Socialnämnden"), true).await), [1, 1, 0, 0, 0, 0], "{gnesta}");
    }
}

#[tokio::test]
async fn a_board_of_the_own_municipality_that_another_coordinates_is_forbidden_and_who_imports_nothing_uploads_nothing() {
    let app = TestApp::start().await;
    let register = "Nämnd;Biträde;Land;Avtal\nSamhällsbyggnadsnämnden;Exempel AB;SE;System\nSocialnämnden;Exempel AB;SE;System\n";
    let payload = imported(&app.as_("boardcoordinator.gnesta"), register, false).await;
    assert_eq!(mistakes(&payload), [("FORBIDDEN".to_owned(), "uploadId.3.Nämnd".to_owned())]);
    for persona in ["dso", "operator", "administrator.gnesta", "reader.gnesta", "nobody.gnesta"] {
        let answer = app.as_(persona).send_file("text/csv", register).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")), "{persona}");
    }
}

#[tokio::test]
async fn pub2_a_board_is_not_imported_as_its_own_processor_nor_a_processor_as_its_own_sub_processor() {
    let app = TestApp::start().await;
    let own = board(&app, "gnesta", "Socialnämnden").await;
    done(&app, KEEPER, "registerParty", json!({ "name": "Socialnämnden som biträde", "country": "SE", "controllerId": own })).await;
    let register = "Nämnd;Biträde;Land;Avtal;Underbiträden
Socialnämnden;Socialnämnden som biträde;;Eget system;
Kommunstyrelsen;Socialnämnden som biträde;;Grannens system;
Kommunstyrelsen;Exempel AB;SE;System;exempel ab
";
    let import = became(&app, register, true).await;
    let expected = [outcome(2, "FAULTY", &["Biträde INVALID"]), outcome(3, "CREATED", &[]), outcome(4, "FAULTY", &["Underbiträden CYCLE"])];
    assert_eq!(outcomes(&import), expected);
    became(&app, "Nämnd;Biträde;Avtal\nKommunstyrelsen;Socialnämnden som biträde;Grannens system\n", false).await;
    let data = app.as_(KEEPER).query("{ agreements(filter: { text: \"Grannens\" }) { nodes { instrument } } }", json!({})).await;
    assert_eq!(data["agreements"]["nodes"], json!([{ "instrument": "LEGAL_ACT" }]), "boards of one municipality do not contract");
}

// ── at the server ────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_command_looks_a_register_through_and_imports_it_in_the_name_of_a_coordinator() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let coordinator = id(&person(&app, KEEPER).await);
    let url = app.options().url.secret().to_owned();
    let environment = [("SAMVERKAN_DATABASE_URL", url.as_str()), ("SAMVERKAN_LOG", "off")];
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("right.csv", "Nämnd;Biträde;Land;Avtal;Anm\nSocialnämnden;Exempel AB;SE;System;x\nSocialnämnden;Exempel AB;SE;system;\n");
    write("wrong.csv", "Nämnd;Biträde;Land;Avtal;Tecknat\nSocialnämnden;Exempel AB;SE;System;01/02/2024\n");
    let import = |arguments: &[&str]| run(folder.path(), &[&["import", "--as", &coordinator][..], arguments].concat(), &environment);
    let looked_through = "2 rows: 1 created, 0 unchanged, 0 differ, 1 repeated, 0 faulty; 1 new organisations";

    let before = stored(&app).await;
    for arguments in [&["right.csv"][..], &["--dry-run", "right.csv"]] {
        let ended = import(arguments);
        assert!(ended.status.success(), "{:?}", ended.err);
        let lines =
            ["read as CSV_UTF_8", "column Anm: not known, passed over", "row 3: the same as row 2", &format!("{looked_through} (dry run)")];
        assert_eq!(ended.out, lines);
    }
    for arguments in [&["wrong.csv"][..], &["--write", "wrong.csv"]] {
        let ended = import(arguments);
        assert!(!ended.status.success());
        assert!(ended.out.iter().any(|line| line.starts_with("row 2, Tecknat: This is no unambiguous date")), "{:?}", ended.out);
    }
    assert!(!import(&["missing.csv"]).status.success());
    let nobody = run(folder.path(), &["import", "--as", "person_00000000000070008000000000000bad", "right.csv"], &environment);
    assert!(!nobody.status.success() && nobody.err.iter().any(|line| line.contains("--as")), "{:?}", nobody.err);
    assert!(before == stored(&app).await);

    let entries = told(&app).await;
    let ended = import(&["--write", "right.csv"]);
    assert_eq!((ended.status.success(), ended.out.last().map(String::as_str)), (true, Some(looked_through)), "{:?}", ended.err);
    assert_eq!(told(&app).await.len(), entries.len() + 2);
    let query = "{ auditLog(first: 1) { nodes { action role } } agreements(filter: { text: \"System\" }, first: 100) { nodes { title } } }";
    let data = app.as_(KEEPER).query(query, json!({})).await;
    assert_eq!((&data["auditLog"]["nodes"][0]["action"], &data["auditLog"]["nodes"][0]["role"]), (&json!("import"), &json!("COORDINATOR")));
    assert!(nodes(&data["agreements"]).iter().any(|agreement| agreement["title"] == "System"));

    let example = run(folder.path(), &["import", "--example"], &[]);
    assert_eq!(example.out, EXAMPLE.lines().collect::<Vec<_>>());
}
