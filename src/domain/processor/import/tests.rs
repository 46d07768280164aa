//! From the text of a file to what becomes of each of its rows.

use super::{
    columns::{Columns, ImportField},
    parties::{Directory, Who},
    plan::{Board, ImportOutcome, Judged, Plan, Resolved, judge, resolve},
    row::Row,
    table::Table,
};
use crate::{
    domain::processor::{
        model::Party,
        rules::{
            example::{LEAD, PROCESSOR, day, engagement, id, orderly, organisation},
            facts::Facts,
        },
    },
    kernel::{code::Code, refusal::RefusalCode},
};

const TODAY: &str = "2026-11-22";

fn board(n: u128, name: &str, municipalities: &[&str], may: bool) -> Board {
    Board { id: id(n), name: name.to_owned(), municipalities: municipalities.iter().map(|name| (*name).to_owned()).collect(), may }
}

/// The lead's board, two of one name that the viewer imports for, and two that the viewer reads only.
fn boards() -> Vec<Board> {
    vec![
        board(LEAD, "Socialnämnden", &["Gnesta kommun", "gnesta"], true),
        board(2, "Kommunstyrelsen", &["Gnesta kommun", "gnesta"], true),
        board(3, "Kommunstyrelsen", &["Flens kommun", "flen"], true),
        board(4, "Byggnadsnämnden", &["Flens kommun", "flen"], false),
        board(5, "Socialnämnden", &["Flens kommun", "flen"], false),
    ]
}

/// The processor of the agreement on record, a sub-processor, and two of one name.
fn known() -> Vec<Party> {
    let named = |n, name: &str| Party { name: name.to_owned(), organisation_number: None, ..organisation(n) };
    vec![organisation(PROCESSOR), organisation(5), named(6, "Tvilling AB"), named(7, "Tvilling AB")]
}

fn resolved(text: &str, parties: &[Party]) -> (Vec<Result<Resolved, Judged>>, Directory) {
    let table = Table::read(text.as_bytes()).unwrap();
    let (columns, lines) = Columns::find(&table, "uploadId").unwrap();
    let rows = lines.iter().map(|line| Row::read(&columns, line, day(TODAY)).map_err(|notes| (line.number, notes))).collect();
    let mut directory = Directory::of(parties);
    (resolve(rows, &boards(), &mut directory, parties), directory)
}

fn plan_with(text: &str, parties: &[Party], on_record: &[Facts]) -> Plan {
    judge(resolved(text, parties).0, on_record, day(TODAY))
}

fn plan(text: &str) -> Plan {
    plan_with(text, &known(), &[])
}

/// What becomes of the only row of a file, and the cells that something is told about.
fn of_one(text: &str) -> (ImportOutcome, Vec<(ImportField, Option<RefusalCode>)>) {
    let plan = plan(text);
    assert_eq!((plan.rows.len(), plan.rows[0].number), (1, 2));
    (plan.rows[0].outcome, plan.rows[0].notes.iter().map(|note| (note.field, note.code)).collect())
}

const HEADINGS: &str = "Nämnd;Kommun;Biträde;Orgnr;Land;Avtal;Dnr;Underbiträden";

// ── who is meant ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_board_is_meant_by_its_name_and_among_several_by_its_municipality() {
    use ImportField::{Controller, Municipality};
    let row = |name: &str, municipality: &str| of_one(&format!("{HEADINGS}\n{name};{municipality};Ny AB;;SE;System;;"));
    let faulty = |field, code| (ImportOutcome::Faulty, vec![(field, Some(code))]);
    let created = (ImportOutcome::Created, vec![]);
    for municipality in ["", "Gnesta", "gnesta kommun", "Gnestas", " GNESTA KOMMUN "] {
        assert_eq!(row("socialnämnden", municipality), created, "{municipality:?}");
    }
    assert_eq!(row("Kommunstyrelsen", ""), faulty(Municipality, RefusalCode::Missing));
    assert_eq!([row("Kommunstyrelsen", "Flen"), row("Kommunstyrelsen", "Gnesta kommun")], [created.clone(), created]);
    assert_eq!(row("Socialnämnden", "Flen"), faulty(Controller, RefusalCode::Forbidden));
    assert_eq!(row("Byggnadsnämnden", ""), faulty(Controller, RefusalCode::Forbidden));
    assert_eq!(row("Byggnadsnämnden", "Gnesta"), faulty(Controller, RefusalCode::NotFound));
    assert_eq!(row("Påhittade nämnden", ""), faulty(Controller, RefusalCode::NotFound));
}

#[test]
fn who_an_organisation_is_has_to_be_clear_and_what_is_not_is_told_where_it_stands() {
    use ImportField::{Country, Processor, SubProcessors};
    let row =
        |processor: &str, country: &str, subs: &str| of_one(&format!("{HEADINGS}\nSocialnämnden;;{processor};;{country};System;;{subs}"));
    let faulty = |field, code| (ImportOutcome::Faulty, vec![(field, Some(code))]);
    assert_eq!(row("Ny AB", "", ""), faulty(Country, RefusalCode::Missing));
    assert_eq!(row("Ny AB", "SE", "Ny Drift AB"), faulty(SubProcessors, RefusalCode::Missing));
    assert_eq!(row("Tvilling AB", "SE", ""), faulty(Processor, RefusalCode::Invalid));
    assert_eq!(row("Ny AB", "SE", "Tvilling AB"), faulty(SubProcessors, RefusalCode::Invalid));
    let (outcome, cells) = row("Ny AB", "", "Tvilling AB");
    assert_eq!((outcome, cells.len()), (ImportOutcome::Faulty, 2), "all that is wrong is told");
    let (rows, directory) =
        resolved(&format!("{HEADINGS}\nSocialnämnden;;Ny AB;;SE;System;;\"Ny Drift AB (SE); ny drift ab (SE)\""), &known());
    let only = rows.into_iter().next().unwrap().unwrap();
    assert_eq!((only.processor, only.sub_processors), (Who::New(0), vec![Who::New(1)]));
    assert_eq!(directory.new.len(), 2);
}

#[test]
fn a_number_below_tells_who_a_name_above_means() {
    let text = format!("{HEADINGS}\nSocialnämnden;;Ny AB;;;System 1;;\nSocialnämnden;;Ny AB;{};;System 2;;", "559900-0014");
    let (rows, directory) = resolved(&text, &known());
    let meant: Vec<_> = rows.into_iter().map(|row| row.unwrap().processor).collect();
    assert_eq!((meant, directory.new.len()), (vec![Who::New(0), Who::New(0)], 1));
}

#[test]
fn pub2_nobody_processes_for_itself_nor_below_itself() {
    let mut parties = known();
    parties[0].controller = Some(id(LEAD));
    let name = parties[0].name.clone();
    let own = plan_with(&format!("{HEADINGS}\nSocialnämnden;;{name};;;System;;"), &parties, &[]);
    assert_eq!((own.rows[0].outcome, own.rows[0].notes[0].field), (ImportOutcome::Faulty, ImportField::Processor));
    let other = plan_with(&format!("{HEADINGS}\nKommunstyrelsen;Gnesta;{name};;;System;;"), &parties, &[]);
    assert_eq!(other.rows[0].outcome, ImportOutcome::Created);
    let below = of_one(&format!("{HEADINGS}\nSocialnämnden;;Ny AB;;SE;System;;Ny AB (SE)"));
    assert_eq!(below, (ImportOutcome::Faulty, vec![(ImportField::SubProcessors, Some(RefusalCode::Cycle))]));
}

// ── rows beside each other ───────────────────────────────────────────────────────────────────────

#[test]
fn rows_are_the_same_by_number_and_where_one_has_none_by_title() {
    use ImportOutcome::{Created, Repeated};
    let outcomes = |rows: &[(&str, &str)]| {
        let rows: Vec<_> = rows.iter().map(|(title, number)| format!("Socialnämnden;;Ny AB;;SE;{title};{number};")).collect();
        plan(&format!("{HEADINGS}\n{}", rows.join("\n")))
            .rows
            .into_iter()
            .map(|judged| (judged.outcome, judged.same_as))
            .collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&[("System", "SN 1"), ("SYSTEM", "sn 1")]), [(Created, None), (Repeated, Some(2))]);
    assert_eq!(outcomes(&[("System", "SN 1"), ("System", "SN 2")]), [(Created, None), (Created, None)]);
    assert_eq!(outcomes(&[("System", ""), ("System", "")]), [(Created, None), (Repeated, Some(2))]);
    assert_eq!(outcomes(&[("System", ""), ("Annat", "")]), [(Created, None), (Created, None)]);
    let plan = plan(&format!(
        "{HEADINGS}\nSocialnämnden;;Ny AB;;SE;System;SN 1;\nKommunstyrelsen;Gnesta;Ny AB;;SE;System;SN 1;\nSocialnämnden;;Ny B AB;;SE;System;SN 1;"
    ));
    assert_eq!(plan.drafts.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2], "another board's, another's");
}

#[test]
fn rows_of_one_agreement_that_differ_are_faulty_at_what_differs() {
    use ImportField::{Country, Purpose, SubProcessors};
    let rows = |second: &str| {
        let text = format!("{HEADINGS};Ändamål\nSocialnämnden;;Ny AB;;SE;System;SN 1;A AB (SE);Lön\n{second}");
        let plan = plan(&text);
        let cells: Vec<_> = plan.rows[1].notes.iter().map(|note| (note.field, note.code)).collect();
        (plan.rows[1].outcome, plan.rows[1].same_as, cells)
    };
    let duplicate = |field| (ImportOutcome::Faulty, Some(2), vec![(field, Some(RefusalCode::Duplicate))]);
    assert_eq!(rows("Socialnämnden;Gnesta;Ny AB;;SE;System;SN 1;A AB (SE);Lön"), (ImportOutcome::Repeated, Some(2), vec![]));
    assert_eq!(rows("Socialnämnden;;Ny AB;;SE;System;SN 1;A AB (SE);Löner"), duplicate(Purpose));
    assert_eq!(rows("Socialnämnden;;Ny AB;;SE;System;SN 1;B AB (SE);Lön"), duplicate(SubProcessors));
    assert_eq!(rows("Socialnämnden;;Ny AB;;NO;System;SN 1;A AB (SE);Lön").0, ImportOutcome::Repeated, "{Country:?} says who, not what");
    // The order in which they stand does not matter.
    let text = format!(
        "{HEADINGS}\nSocialnämnden;;Ny AB;;SE;System;SN 1;\"A AB (SE); B AB (SE)\"\nSocialnämnden;;Ny AB;;SE;System;SN 1;\"B AB (SE); A AB (SE)\""
    );
    assert_eq!(plan(&text).rows[1].outcome, ImportOutcome::Repeated);
}

// ── beside what is on record ─────────────────────────────────────────────────────────────────────

/// An agreement of the lead's with everything that a register can say of one.
fn on_record() -> Facts {
    let mut facts = orderly("2026-01-01");
    let row = &mut facts.parties[0].row;
    row.diary_number = Some("SN 1".to_owned());
    row.filed_at = Some("Arkivet".to_owned());
    row.document_url = Some("https://exempel.example/avtal".to_owned());
    row.processing_from = Some(day("2026-01-02"));
    facts.agreement.template_version = Some("3".to_owned());
    facts.terms[0].agreed.fixed_end_on = Some(day("2030-12-31"));
    facts.engagements = vec![engagement(5, "2026-01-01")];
    facts.organisations.insert(id(5), organisation(5));
    facts
}

const ALL: [&str; 21] = [
    "Nämnd",
    "Biträde",
    "Avtal",
    "Dnr",
    "Förvaring",
    "Dokument",
    "Beskrivning",
    "Syfte",
    "Behandlingens art",
    "Avtalsmall",
    "Version",
    "Behandling sedan",
    "Giltigt från",
    "Giltigt till",
    "Signerat av ansvarig",
    "Signerat av biträde",
    "Notice days",
    "Invändningstid (dagar)",
    "Authorisation",
    "Tredjeland",
    "Underbiträden",
];

fn row_on_record() -> Vec<String> {
    let (processor, below) = (organisation(PROCESSOR).name, organisation(5).name);
    [
        "Socialnämnden",
        &processor,
        "Exempelavtal",
        "SN 1",
        "Arkivet",
        "https://exempel.example/avtal",
        "Exempelärenden",
        "Handläggning",
        "Lagring",
        "SKR",
        "3",
        "2026-01-02",
        "2026-01-01",
        "2030-12-31",
        "2026-01-01",
        "2026-01-01",
        "30",
        "30",
        "allmänt",
        "nej",
        &below,
    ]
    .map(str::to_owned)
    .to_vec()
}

fn beside_record(row: &[String], record: &[Facts]) -> Judged {
    let text = format!("{}\n{}", ALL.join(";"), row.join(";"));
    plan_with(&text, &known(), record).rows.remove(0)
}

#[test]
fn a_row_that_says_the_same_or_less_than_the_record_changes_nothing() {
    let record = [on_record()];
    let whole = beside_record(&row_on_record(), &record);
    assert_eq!((whole.outcome, whole.agreement, whole.notes), (ImportOutcome::Unchanged, Some(id(1)), vec![]));
    let less: Vec<_> = row_on_record().into_iter().enumerate().map(|(n, cell)| if n < 4 { cell } else { String::new() }).collect();
    assert_eq!(beside_record(&less, &record).outcome, ImportOutcome::Unchanged);
    assert_eq!(beside_record(&row_on_record(), &[]).outcome, ImportOutcome::Created);
    let mut ended = on_record();
    ended.parties[0].holders[0].during.to = Some(day("2026-11-21"));
    assert_eq!(beside_record(&row_on_record(), &[ended]).outcome, ImportOutcome::Created, "of a board that has gone");
}

#[test]
fn each_thing_that_a_row_says_otherwise_is_told_in_its_column() {
    let record = [on_record()];
    let other = [
        (2, "Annat avtal"),
        (4, "Skåpet"),
        (5, "https://exempel.example/annat"),
        (6, "Annat"),
        (7, "Annat"),
        (8, "Annat"),
        (9, "egen"),
        (10, "4"),
        (11, "2026-01-03"),
        (12, "2026-01-02"),
        (13, "2030-12-30"),
        (14, "2026-01-02"),
        (15, "2026-01-02"),
        (16, "31"),
        (17, "31"),
        (18, "särskilt"),
        (19, "ja"),
        (20, "Tredje AB (SE)"),
    ];
    for (at, value) in other {
        let mut row = row_on_record();
        value.clone_into(&mut row[at]);
        let judged = beside_record(&row, &record);
        let fields: Vec<_> = judged.notes.iter().map(|note| (note.field, note.code)).collect();
        assert_eq!(
            (judged.outcome, fields),
            (ImportOutcome::Differs, vec![(ImportField::of_heading(ALL[at]).unwrap(), None)]),
            "{}",
            ALL[at]
        );
        let message = &judged.notes[0].message.en;
        assert!(message.starts_with("The file says \"") && !message.contains("\"–\""), "{message}");
    }
}

#[test]
fn what_the_record_lacks_is_told_as_nothing() {
    let mut record = on_record();
    record.parties[0].row.filed_at = None;
    record.engagements.clear();
    let judged = beside_record(&row_on_record(), &[record]);
    assert_eq!(judged.notes.iter().map(|note| note.field).collect::<Vec<_>>(), [ImportField::FiledAt, ImportField::SubProcessors]);
    assert!(judged.notes.iter().all(|note| note.message.en.ends_with("the record here says \"–\".")));
}

#[test]
fn an_agreement_on_record_is_meant_by_its_number_and_without_one_by_its_title() {
    let record = [on_record()];
    let with = |title: &str, number: &str| {
        let mut row = row_on_record();
        title.clone_into(&mut row[2]);
        number.clone_into(&mut row[3]);
        beside_record(&row, &record).outcome
    };
    assert_eq!(with("exempelavtal", "sn 1"), ImportOutcome::Unchanged);
    assert_eq!(with("Exempelavtal", ""), ImportOutcome::Unchanged);
    assert_eq!(with("Exempelavtal", "SN 2"), ImportOutcome::Created);
    assert_eq!(with("Annat avtal", ""), ImportOutcome::Created);
    // Of several that may be meant it is the one that differs least.
    let mut other = on_record();
    (other.agreement.id, other.agreement.purpose) = (id(2), Some("Annat".to_owned()));
    assert_eq!(beside_record(&row_on_record(), &[other, on_record()]).agreement, Some(id(1)));
}

// ── a row by itself ──────────────────────────────────────────────────────────────────────────────

fn row(headings: &str, cells: &str) -> Result<Row, Vec<(ImportField, Option<RefusalCode>)>> {
    let text = format!("Nämnd;Biträde;Land;Avtal;{headings}\nSocialnämnden;Ny AB;SE;System;{cells}");
    let table = Table::read(text.as_bytes()).unwrap();
    let (columns, lines) = Columns::find(&table, "uploadId").unwrap();
    Row::read(&columns, &lines[0], day(TODAY)).map_err(|notes| notes.iter().map(|note| (note.field, note.code)).collect())
}

#[test]
fn the_terms_hold_from_what_the_register_says_else_from_what_is_next_best() {
    let from = |cells: &str| {
        row("Giltigt från;Behandling sedan;Signerat av ansvarig;Signerat av biträde;Giltigt till", cells).unwrap().terms_from(day(TODAY))
    };
    assert_eq!(from("2026-05-01;2026-04-01;2026-03-01;2026-02-01;"), day("2026-05-01"));
    assert_eq!(from(";2026-04-01;2026-03-01;2026-02-01;"), day("2026-04-01"));
    assert_eq!(from(";;2026-03-01;2026-02-01;"), day("2026-02-01"));
    assert_eq!(from(";;;;"), day(TODAY));
    assert_eq!(from(";;;;2027-12-31"), day(TODAY));
    assert_eq!(from(";;;;2025-12-31"), day("2025-12-31"), "what is over held until it was");
}

#[test]
fn a_fixed_term_does_not_end_before_it_begins_and_nobody_signed_in_the_future() {
    use ImportField::{SignedByControllerOn, SignedOn, ValidTo};
    assert_eq!(row("Giltigt från;Giltigt till", "2026-05-01;2026-04-30").unwrap_err(), [(ValidTo, Some(RefusalCode::Invalid))]);
    assert!(row("Giltigt från;Giltigt till", "2026-05-01;2026-05-01").is_ok());
    assert_eq!(row("Avtalsdatum", "2026-11-23").unwrap_err(), [(SignedOn, Some(RefusalCode::Invalid))]);
    assert_eq!(row("Signerat av ansvarig", "2026-11-23").unwrap_err(), [(SignedByControllerOn, Some(RefusalCode::Invalid))]);
    let both = row("Avtalsdatum;Signerat av biträde", "2026-11-22;2026-11-01").unwrap();
    assert_eq!((both.signed_by_controller_on, both.signed_by_processor_on), (Some(day("2026-11-22")), Some(day("2026-11-01"))));
}

#[test]
fn days_stay_in_their_bounds_and_no_more_sub_processors_are_read_than_fit() {
    let refused = |heading: &str, cell: &str| row(heading, cell).err().map(|notes| notes[0].1.unwrap().code());
    assert_eq!(
        [refused("Notice days", "0"), refused("Notice days", "1095"), refused("Notice days", "1096")],
        [None, None, Some("INVALID")]
    );
    let objection = |days: &str| refused("Invändningstid (dagar)", days);
    assert_eq!([objection("0"), objection("1"), objection("365"), objection("366")], [Some("INVALID"), None, None, Some("INVALID")]);
    let listed = |count: usize| format!("\"{}\"", (0..count).map(|n| format!("Under {n} AB (SE)")).collect::<Vec<_>>().join("; "));
    assert_eq!([refused("Underbiträden", &listed(40)), refused("Underbiträden", &listed(41))], [None, Some("TOO_LONG")]);
    assert_eq!(row("Underbiträden", &listed(40)).unwrap().sub_processors.len(), 40);
}

#[test]
fn what_has_to_be_there_is_told_as_missing_or_as_wrong_and_once() {
    let title = |title: &str| of_one(&format!("{HEADINGS}\nSocialnämnden;;Ny AB;;SE;{title};;"));
    assert_eq!(title(""), (ImportOutcome::Faulty, vec![(ImportField::Title, Some(RefusalCode::Missing))]));
    assert_eq!(title(&"x".repeat(200)), (ImportOutcome::Created, vec![]));
    assert_eq!(title(&"x".repeat(201)), (ImportOutcome::Faulty, vec![(ImportField::Title, Some(RefusalCode::TooLong))]));
}
