//! What the timeline says of the controllers of the worlds: findings and deadlines, which have no id and so are judged by their
//! controllers. What it says is tried elsewhere; here, to whom.

use super::*;
use crate::support::{Client, nodes};

const FINDING: &str = "code severity message controller { id } subject { id } since dueOn shortcoming checklistItem rule legalSource";
const DEADLINE: &str = "dueOn kind subject { id } controller { id } startEvent rawDate rule legalSource message";

/// Writes down what the timeline says of each controller, as its own coordinator reads it.
pub(super) async fn written(app: &TestApp, records: &mut BTreeMap<String, Record>) {
    for (id, controller) in records.iter_mut().filter(|(_, record)| record.of == "Controller") {
        let query = format!("query($id: ID!) {{ controller(id: $id) {{ findings(first: 100) {{ totalCount nodes {{ {FINDING} }} }} }} }}");
        let client = app.as_(controller.facts.coordinators[0]);
        let data = client.query(&query, json!({ "id": id })).await;
        let findings = &data["controller"]["findings"];
        assert_eq!(findings["totalCount"], nodes(findings).len());
        let deadlines = due(&client).await;
        controller.values["findings"] = nodes(findings).iter().map(linked).collect();
        controller.values["deadlines"] = deadlines.iter().filter(|due| due["controller"]["id"] == *id).map(linked).collect();
    }
}

/// All that is due for somebody.
async fn due(client: &Client<'_>) -> Vec<Value> {
    let query = format!(
        "query($after: String) {{ viewer {{ deadlines(first: 100, after: $after) {{ totalCount nodes {{ {DEADLINE} }} pageInfo {{ endCursor }} }} }} }}"
    );
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = client.query(&query, json!({ "after": after })).await["viewer"]["deadlines"].take();
        rows.extend(nodes(&page).iter().cloned());
        if page["totalCount"] == rows.len() {
            return rows;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// A finding or a deadline with the ids of what it is about in the place of these.
fn linked(said: &Value) -> Value {
    let mut said = said.clone();
    for field in ["controller", "subject"] {
        said[field] = said[field]["id"].take();
    }
    said
}

impl Matrix {
    /// What was said of the controllers that are open, in an order of its own.
    fn said_of(&self, what: &str, open: impl Fn(&Record) -> bool) -> Vec<String> {
        let controllers = self.records.values().filter(|record| record.of == "Controller" && open(record));
        let mut said: Vec<_> = controllers.flat_map(|record| record.values[what].as_array().unwrap()).map(Value::to_string).collect();
        said.sort();
        said
    }

    /// What an answer says of the controllers of the worlds, in the same order.
    fn said_in(&self, rows: &[Value]) -> Vec<String> {
        let known = rows.iter().map(linked).filter(|said| self.records.contains_key(said["controller"].as_str().unwrap()));
        let mut said: Vec<_> = known.map(|said| said.to_string()).collect();
        said.sort();
        said
    }
}

impl Asking<'_> {
    /// All findings in the list of all.
    pub(super) async fn findings(&self, matrix: &mut Matrix) {
        let query = format!(
            "query($after: String) {{ findings(first: 100, after: $after) {{ totalCount nodes {{ {FINDING} }} edges {{ cursor node {{ __typename }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = self.ask(&query, json!({ "after": after })).await["findings"].take();
            rows.extend(page["nodes"].as_array().into_iter().flatten().cloned());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] != true {
                assert_eq!(page["totalCount"].as_u64().unwrap_or(0), rows.len() as u64);
                break;
            }
        }
        let reads = |record: &Record| matrix.may_read(self.persona, "Controller.findings", &record.facts, record.office);
        let expected = matrix.said_of("findings", reads);
        assert_eq!(matrix.said_in(&rows), expected, "findings as {}", self.persona.name);
        let told =
            WORLDS.map(|world| matrix.records.values().any(|record| record.world == world && record.of == "Controller" && reads(record)));
        for (world, told) in WORLDS.into_iter().zip(told) {
            matrix.count(matrix.coordinates("Query", "findings"), self.persona, world, told);
        }
    }

    /// What is due for who asks: of the controllers that are `mine`; of who has none, of all that may be read.
    pub(super) async fn deadlines(&self, matrix: &mut Matrix, mine: &BTreeSet<String>, has_none: bool) {
        let due = if self.persona.municipality.is_some() { due(&self.app.as_(self.persona.name)).await } else { Vec::new() };
        let reads = |record: &Record| matrix.may_read(self.persona, "Controller.findings", &record.facts, record.office);
        let open = |record: &Record| if has_none { reads(record) } else { mine.contains(&record.id) };
        assert_eq!(matrix.said_in(&due), matrix.said_of("deadlines", open), "deadlines of {}", self.persona.name);
        let told = WORLDS.map(|world| !matrix.said_of("deadlines", |record| record.world == world && open(record)).is_empty());
        for (world, told) in WORLDS.into_iter().zip(told) {
            matrix.count(matrix.coordinates("Viewer", "deadlines"), self.persona, world, told);
        }
    }
}
