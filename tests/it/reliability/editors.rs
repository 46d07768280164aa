//! Many edit one agreement at the same time: no edit is lost, and who was second is told so. S32.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{figures, length};
use crate::{
    organisation::board,
    processor::{draft, register},
    support::{TestApp, texts},
};

const EDITORS: usize = 8;

const READ: &str = "query($id: ID!) { agreement(id: $id) { version } }";
const EDIT: &str = "mutation($input: UpdateAgreementInput!) { updateAgreement(input: $input) {
  processorAgreement { version purpose } errors { code currentVersion } } }";

/// What came of one editor's work.
#[derive(Debug, Default)]
struct Work {
    /// The texts that were acknowledged, by the versions that they made.
    made: BTreeMap<i64, String>,
    conflicts: usize,
}

/// Writes one text after the other into the agreement; where somebody was faster, reads again and repeats.
async fn edit(app: Arc<TestApp>, agreement: String, editor: usize, edits: usize) -> Work {
    let (client, mut work) = (app.as_("coordinator.gnesta"), Work::default());
    for n in 0..edits {
        let purpose = format!("editor {editor} edit {n}");
        loop {
            let read = client.query(READ, json!({ "id": agreement })).await["agreement"]["version"].as_i64().unwrap();
            let input = json!({ "agreementId": agreement, "expectedVersion": read, "purpose": purpose });
            let payload = client.query(EDIT, json!({ "input": input })).await["updateAgreement"].take();
            let Some(refused) = payload["errors"].get(0) else {
                assert_eq!(payload["processorAgreement"], json!({ "version": read + 1, "purpose": purpose }));
                work.made.insert(read + 1, purpose);
                break;
            };
            assert_eq!(refused["code"], "CONFLICT", "{payload:#}");
            assert!(payload["processorAgreement"].is_null());
            assert!(refused["currentVersion"].as_i64().unwrap() > read, "{payload:#}");
            work.conflicts += 1;
        }
    }
    work
}

/// The texts that were acknowledged and of which the audit log does not tell exactly once.
async fn lost(app: &TestApp, made: &BTreeMap<i64, String>) -> Vec<String> {
    let tx = app.app.db.read().await.unwrap();
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for changes in texts(&tx, "SELECT changes FROM audit_entry WHERE action = 'updateAgreement'").await {
        for text in strings(&serde_json::from_str(&changes).unwrap()) {
            *told.entry(text).or_default() += 1;
        }
    }
    // Each text is written once, and overwritten once but for the last.
    let last = made.keys().next_back();
    let times = |version: &i64| if Some(version) == last { 1 } else { 2 };
    made.iter().filter(|(version, text)| told.get(*text) != Some(&times(version))).map(|(_, text)| text.clone()).collect()
}

/// All texts in a value.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_edit_of_one_agreement_is_lost_and_every_loser_learns_the_current_version() {
    let edits = length(25, 500);
    let app = Arc::new(TestApp::start().await);
    let (lead, party) = (board(&app, "gnesta", "Kommunstyrelsen").await, register(&app, "operator", "Nyleverantör").await);
    let agreement = draft(&app, "coordinator.gnesta", &lead, &party, "Nytt system").await["id"].as_str().unwrap().to_owned();
    let version =
        async || app.as_("coordinator.gnesta").query(READ, json!({ "id": agreement })).await["agreement"]["version"].as_i64().unwrap();
    let initial = version().await;
    let editors: Vec<_> = (0..EDITORS).map(|editor| tokio::spawn(edit(app.clone(), agreement.clone(), editor, edits))).collect();
    let (mut made, mut successes, mut conflicts) = (BTreeMap::new(), 0, 0);
    for editor in editors {
        let work = editor.await.unwrap();
        successes += work.made.len();
        conflicts += work.conflicts;
        made.extend(work.made);
    }
    let last = version().await;
    assert_eq!(successes, EDITORS * edits);
    // One version, one success: two that made the same would have overwritten one another.
    assert_eq!(made.keys().copied().collect::<Vec<_>>(), (initial + 1..=last).collect::<Vec<_>>());
    assert_eq!(lost(&app, &made).await, [""; 0]);
    assert!(conflicts >= edits, "{conflicts} conflicts: they hardly met");

    // What was never written is found to be missing.
    let mut with_another = made.clone();
    with_another.insert(initial, "never written".to_owned());
    assert_eq!(lost(&app, &with_another).await, ["never written"]);
    figures("S32 editors", &format!("{EDITORS} editors, {successes} edits, versions {initial} to {last}, {conflicts} conflicts, 0 lost"));
}
