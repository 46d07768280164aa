//! The rules of the rulebook that hold by now: `tests/rules.csv` names for each a test in which it is kept and one in which it is
//! broken. What is named there is here, and runs.

use std::{fs, path::Path};

use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    rule: String,
    kept: String,
    broken: Option<String>,
    note: Option<String>,
}

/// Where tests of rules stand: the use cases, and beside the rules themselves.
const FOLDERS: [&str; 2] = ["tests/it", "src/domain"];

/// All programs in these folders.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<_> = FOLDERS.iter().map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.path() {
                path if path.is_dir() => open.push(path),
                path if path.extension().is_some_and(|extension| extension == "rs") => found.push(fs::read_to_string(path).unwrap()),
                _ => {}
            }
        }
    }
    found
}

fn runs(sources: &[String], test: &str) -> bool {
    let forms =
        [format!("#[tokio::test]\nasync fn {test}() {{"), format!("#[test]\nfn {test}() {{"), format!("#[test]\n    fn {test}() {{")];
    sources.iter().any(|source| forms.iter().any(|form| source.contains(form)))
}

#[test]
fn every_rule_has_a_case_in_which_it_is_kept_and_one_in_which_it_is_broken_and_both_run() {
    let rows: Vec<Row> = csv::Reader::from_reader(include_str!("../rules.csv").as_bytes()).deserialize().map(Result::unwrap).collect();
    let agreements = (1..=44).map(|n| format!("PUB{n}")).filter(|id| id != "PUB11");
    let others = ["ORG1", "ORG2", "ORG6", "ORG10", "COO2", "DPO8"].map(str::to_owned);
    for id in agreements.chain(others) {
        assert!(rows.iter().any(|row| row.rule == id && row.broken.is_some()), "{id} is not in the table");
    }
    let sources = sources();
    for Row { rule, kept, broken, note } in &rows {
        assert!(runs(&sources, kept), "{rule}: {kept} does not run");
        match broken {
            Some(broken) => {
                assert!(runs(&sources, broken), "{rule}: {broken} does not run");
                assert!(broken != kept && broken.starts_with(&format!("{}_", rule.to_lowercase())), "{rule}: {broken}");
            }
            None => assert!(note.is_some(), "{rule} lacks a case in which it is broken, or the reason"),
        }
    }
}
