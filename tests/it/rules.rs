//! The rules of the rulebook that hold by now: `tests/rules.csv` names for each a test in which it is kept and one in which it is
//! broken. What is named there is here, and runs.

use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    rule: String,
    kept: String,
    broken: Option<String>,
    note: Option<String>,
}

const SOURCES: &[&str] = &[
    include_str!("isolation/mod.rs"),
    include_str!("organisation/controller.rs"),
    include_str!("organisation/coordinator.rs"),
    include_str!("organisation/officer.rs"),
    include_str!("processor/agreement.rs"),
    include_str!("../../src/domain/processor/rules/case_acts.rs"),
    include_str!("../../src/domain/processor/rules/cases.rs"),
    include_str!("../../src/domain/processor/rules/sub_processors.rs"),
];

fn runs(test: &str) -> bool {
    let forms = [format!("#[tokio::test]\nasync fn {test}() {{"), format!("#[test]\n    fn {test}() {{")];
    SOURCES.iter().any(|source| forms.iter().any(|form| source.contains(form)))
}

#[test]
fn every_rule_has_a_case_in_which_it_is_kept_and_one_in_which_it_is_broken_and_both_run() {
    let rows: Vec<Row> = csv::Reader::from_reader(include_str!("../rules.csv").as_bytes()).deserialize().map(Result::unwrap).collect();
    for id in ["ORG1", "ORG2", "ORG6", "ORG10", "COO2", "DPO8", "PUB2"] {
        assert!(rows.iter().any(|row| row.rule == id && row.broken.is_some()), "{id} is not in the table");
    }
    for Row { rule, kept, broken, note } in &rows {
        assert!(runs(kept), "{rule}: {kept} does not run");
        match broken {
            Some(broken) => {
                assert!(runs(broken), "{rule}: {broken} does not run");
                assert!(broken != kept && broken.starts_with(&format!("{}_", rule.to_lowercase())), "{rule}: {broken}");
            }
            None => assert!(note.is_some(), "{rule} lacks a case in which it is broken, or the reason"),
        }
    }
}
