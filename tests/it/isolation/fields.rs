//! Every field of the schema asked for as every kind of person in four worlds, judged by `expected/fields.csv` and, through it, by
//! `expected/authz.csv`: what somebody may read stands there as it was written, and nothing else does.
//!
//! A cell is a field, a person and a world.

mod said;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::worlds::{self, Office, Record, WORLDS};
use crate::{
    authz::{
        READ_AUDIT_LOG, READ_DIRECTORY, READ_PEOPLE, READ_RECORDS, ROWS, cases,
        rights::{Facts, PERSONAS, Persona, Rights},
    },
    schema::{Sdl, base},
    support::TestApp,
};

// ── the table ────────────────────────────────────────────────────────────────────────────────────

/// A line of `expected/fields.csv`.
struct Line {
    read_by: String,
    /// The row of `authz.csv` that lets a mutation be made, or makes a field true.
    row: Option<String>,
}

/// The lines by their fields, each `Type.field`.
fn table() -> BTreeMap<String, Line> {
    let text = include_bytes!("../expected/fields.csv").as_slice();
    let mut lines = BTreeMap::new();
    for line in csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text).records() {
        let line = line.unwrap();
        let row = Some(line[2].to_owned()).filter(|row| !row.is_empty());
        assert!(lines.insert(line[0].to_owned(), Line { read_by: line[1].to_owned(), row }).is_none(), "{} stands twice", &line[0]);
    }
    lines
}

/// The fields of the objects of the schema, each `Type.field`.
fn fields(sdl: &Sdl) -> BTreeSet<String> {
    let objects = sdl.all_fields().filter(|(of, _)| *of != "Node");
    objects.map(|(of, field)| format!("{of}.{}", field.name.node)).collect()
}

#[test]
fn every_field_of_the_schema_has_a_line_that_says_who_reads_it_and_every_line_has_its_field() {
    let (asked, table) = (fields(&Sdl::served()), table());
    let lines: BTreeSet<_> = table.keys().cloned().collect();
    let missing: Vec<_> = asked.difference(&lines).collect();
    assert!(missing.is_empty(), "add a line to tests/it/expected/fields.csv that says who reads: {missing:#?}");
    let gone: Vec<_> = lines.difference(&asked).collect();
    assert!(gone.is_empty(), "remove from tests/it/expected/fields.csv what is not in the schema: {gone:#?}");
}

#[test]
fn the_rows_that_lines_name_stand_in_the_table_of_rights() {
    let (table, Rights(rights)) = (table(), Rights::read());
    for (field, line) in &table {
        let needs = field.starts_with("Mutation.") || field.contains(".viewerCan");
        assert_eq!(line.row.is_some(), needs, "{field}: a mutation and what a viewer can have a row, nothing else has");
        for row in line.row.iter().flat_map(|row| row.split(" + ")) {
            assert!(rights.contains_key(row), "{field}: authz.csv has no row {row:?}");
        }
    }
}

#[test]
fn each_mutation_is_tried_by_the_rows_that_its_line_names() {
    let mut tried: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (mutation, row, _) in cases() {
        tried.entry(format!("Mutation.{mutation}")).or_default().insert(row);
    }
    let table = table();
    let lines = table.iter().filter(|(_, line)| line.read_by == "mutation").filter_map(|(field, line)| Some((field, line.row.as_ref()?)));
    let named: BTreeMap<_, BTreeSet<_>> = lines.map(|(field, row)| (field.clone(), row.split(" + ").collect())).collect();
    assert_eq!(tried, named);
}

// ── what the table says ──────────────────────────────────────────────────────────────────────────

/// All that is expected.
struct Matrix {
    sdl: Sdl,
    table: BTreeMap<String, Line>,
    rights: Rights,
    records: BTreeMap<String, Record>,
    /// The field, the persona and the world of each judgement.
    cells: BTreeSet<(String, &'static str, &'static str)>,
    /// The fields that were read by somebody, and those that were withheld.
    given: BTreeSet<String>,
    withheld: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Matrix {
    fn line(&self, field: &str) -> &Line {
        self.table.get(field).unwrap_or_else(|| panic!("add {field} to tests/it/expected/fields.csv"))
    }

    /// Whether a persona may read a field of something.
    fn may_read(&self, persona: Persona, field: &str, facts: &Facts, office: Office) -> bool {
        let may = |row| self.rights.may_read(row, persona, facts);
        match self.line(field).read_by.as_str() {
            "directory" => may(READ_DIRECTORY),
            "directory or home" => may(READ_DIRECTORY) || persona.municipality == Some(facts.keeper),
            "records" => may(READ_RECORDS),
            "people" => may(READ_PEOPLE) || (office != Office::Never && may(READ_DIRECTORY)),
            "contact" => may(READ_PEOPLE) || (office == Office::Today && may(READ_DIRECTORY)),
            "audit log" => may(READ_AUDIT_LOG),
            "rows" | "login" => persona.municipality.is_some(),
            other => panic!("{field}: nobody knows who {other:?} is here"),
        }
    }

    fn sees(&self, persona: Persona, record: &Record) -> bool {
        self.may_read(persona, &format!("{}.id", record.of), &record.facts, record.office)
    }

    /// What a persona reads of something: all its fields, and `below` levels of what they lead to; null where the persona sees nothing.
    fn expected(&self, persona: Persona, record: &Record, below: u32) -> Value {
        if !self.sees(persona, record) {
            return Value::Null;
        }
        let mut object = Map::new();
        for field in self.sdl.fields(record.of) {
            let (name, of) = (field.name.node.as_str(), base(&field.ty.node));
            let coordinate = format!("{}.{name}", record.of);
            let value = if !self.may_read(persona, &coordinate, &record.facts, record.office) {
                Value::Null
            } else if let Some(row) = &self.line(&coordinate).row {
                json!(self.may_by(row, persona, record))
            } else {
                let written = record.values.get(name);
                let written = written.unwrap_or_else(|| panic!("say in worlds.rs what was written into {coordinate}"));
                self.led_to(persona, of, written, below)
            };
            object.insert(name.to_owned(), value);
        }
        Value::Object(object)
    }

    fn may_by(&self, row: &str, persona: Persona, record: &Record) -> bool {
        if row == READ_RECORDS { self.rights.may_read(row, persona, &record.facts) } else { self.rights.may(row, persona, &record.facts) }
    }

    /// What a persona reads where `written` leads: of what has an id only what the persona sees.
    fn led_to(&self, persona: Persona, of: &str, written: &Value, below: u32) -> Value {
        match written {
            Value::Array(all) => {
                let open = |one: &&Value| of != "PartyAuthorisation" || self.reads_controller(persona, &one["controller"]);
                let found = all.iter().filter(open).map(|one| self.led_to(persona, of, one, below));
                let mut found: Vec<_> = found.filter(|one| !one.is_null()).collect();
                found.sort_by_key(id_of);
                Value::Array(found)
            }
            Value::Object(fields) => {
                // A page is a level, as what has an id is.
                let below = if rows_of(of) == of { below } else { below.saturating_sub(1) };
                let known = self.sdl.fields(rows_of(of));
                let field = |(name, value): (&String, &Value)| {
                    let of = known.iter().find(|field| field.name.node == *name).map(|field| base(&field.ty.node));
                    (name.clone(), self.led_to(persona, of.unwrap(), value, below))
                };
                Value::Object(fields.iter().map(field).collect())
            }
            Value::String(id) if self.has_id(rows_of(of)) => {
                let record = self.records.get(id).unwrap_or_else(|| panic!("{id} is in no world"));
                match below {
                    _ if of == "Node" && self.sees(persona, record) => json!({ "id": id }),
                    _ if !self.sees(persona, record) => Value::Null,
                    0 => json!({ "id": id }),
                    _ => self.expected(persona, record, below - 1),
                }
            }
            other => other.clone(),
        }
    }

    /// Whether a persona reads the records of a controller: of a joint agreement not those of all.
    fn reads_controller(&self, persona: Persona, id: &Value) -> bool {
        self.rights.may_read(READ_RECORDS, persona, &self.records[id.as_str().unwrap()].facts)
    }

    fn has_id(&self, of: &str) -> bool {
        self.sdl.is_composite(of) && self.sdl.fields(of).iter().any(|field| field.name.node == "id")
    }
}

/// More rows than a list of a type has in a world.
fn longest(connection: &str) -> u32 {
    match rows_of(connection) {
        "AuditEntry" => 40,
        "Finding" => 20,
        _ => 10,
    }
}

/// What a connection is a list of, or the type itself.
fn rows_of(of: &str) -> &str {
    of.strip_suffix("Connection").unwrap_or(of)
}

fn id_of(object: &Value) -> Option<String> {
    object["id"].as_str().map(str::to_owned)
}

// ── asking ───────────────────────────────────────────────────────────────────────────────────────

impl Matrix {
    /// All fields of a type, and `below` levels of what they lead to.
    fn select(&self, of: &str, below: u32) -> String {
        self.selections(of, below).join(" ")
    }

    /// The same, field by field.
    fn selections(&self, of: &str, below: u32) -> Vec<String> {
        let fields = self.sdl.fields(of).into_iter().map(|field| {
            let (name, of) = (field.name.node.as_str(), base(&field.ty.node));
            match of {
                _ if of.ends_with("Connection") => format!("{name}(first: {}) {}", longest(of), self.select_page(of, below)),
                _ if !self.sdl.is_composite(of) => name.to_owned(),
                _ if below == 0 && self.has_id(of) => format!("{name} {{ id }}"),
                _ if self.has_id(of) => format!("{name} {{ {} }}", self.select(of, below - 1)),
                _ => format!("{name} {{ {} }}", self.select(of, below)),
            }
        });
        fields.collect()
    }

    /// All of a page, and of its rows their ids or `below` levels.
    fn select_page(&self, of: &str, below: u32) -> String {
        let rows = match rows_of(of) {
            of if below == 0 && self.has_id(of) => "id".to_owned(),
            of => self.select(of, below.saturating_sub(1)),
        };
        let key = if self.has_id(rows_of(of)) { "id" } else { "__typename" };
        format!(
            "{{ totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} nodes {{ {rows} }} edges {{ cursor node {{ {key} }} }} }}"
        )
    }

    /// An answer in the words of [`Matrix::expected`]: a page is the list of its rows, and of a list only what is in the worlds is left.
    fn plain(&self, answer: &Value) -> Value {
        match answer {
            Value::Array(all) => {
                let known = |one: &&Value| id_of(one).is_none_or(|id| self.records.contains_key(&id));
                let mut found: Vec<_> = all.iter().filter(known).map(|one| self.plain(one)).collect();
                found.sort_by_key(id_of);
                Value::Array(found)
            }
            Value::Object(page) if page.contains_key("pageInfo") => {
                agree(answer);
                let (rows, info) = (page["nodes"].as_array().unwrap().len(), &page["pageInfo"]);
                assert_eq!(page["totalCount"], rows, "the list tells of more than it shows: {answer:#}");
                assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(false), &json!(false)), "{answer:#}");
                self.plain(&page["nodes"])
            }
            Value::Object(fields) => Value::Object(fields.iter().map(|(name, value)| (name.clone(), self.plain(value))).collect()),
            other => other.clone(),
        }
    }
}

/// That the ways to the rows of a page show the same rows, and its cursors are those of its rows.
fn agree(page: &Value) {
    let (nodes, edges, info) = (page["nodes"].as_array().unwrap(), page["edges"].as_array().unwrap(), &page["pageInfo"]);
    assert_eq!(nodes.iter().map(id_of).collect::<Vec<_>>(), edges.iter().map(|edge| id_of(&edge["node"])).collect::<Vec<_>>(), "{page:#}");
    let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
    assert_eq!((&info["startCursor"], &info["endCursor"]), (&cursor(edges.first()), &cursor(edges.last())), "{page:#}");
}

// ── judging ──────────────────────────────────────────────────────────────────────────────────────

impl Matrix {
    /// A field, and the fields of what it gives that has no id of its own.
    fn coordinates(&self, of: &str, name: &str) -> Vec<String> {
        let field = self.sdl.fields(of).into_iter().find(|field| field.name.node == name).unwrap();
        let given = base(&field.ty.node);
        let mut found = vec![format!("{of}.{name}")];
        if self.sdl.is_composite(given) && !self.has_id(given) {
            let below = self.sdl.fields(given).into_iter().flat_map(|field| self.coordinates(given, field.name.node.as_str()));
            found.extend(below);
        }
        found
    }

    fn count(&mut self, coordinates: Vec<String>, persona: Persona, world: &'static str, told: bool) {
        for coordinate in coordinates {
            let seen = if told { &mut self.given } else { &mut self.withheld };
            seen.insert(coordinate.clone());
            self.cells.insert((coordinate, persona.name, world));
        }
    }

    /// Judges what a root field answers to a persona about something, with `below` levels of what it leads to.
    fn judge(&mut self, persona: Persona, root: &str, id: &str, answer: &Value, below: u32) {
        let record = &self.records[id];
        let (of, world) = (record.of, record.world);
        let open = self.may_read(persona, &format!("Query.{root}"), &record.facts, record.office);
        let expected = if open { self.expected(persona, record, below) } else { Value::Null };
        let found = self.plain(answer);
        if expected.is_null() != found.is_null() {
            self.wrong.push(format!("{root}: {of} of {world} as {}: expected {expected:#}, found {found:#}", persona.name));
        }
        self.count(vec![format!("Query.{root}")], persona, world, !expected.is_null());
        let names: Vec<_> = self.sdl.fields(of).iter().map(|field| field.name.node.to_string()).collect();
        for name in names {
            let (expected, found) = (&expected[&name], &found[&name]);
            if expected != found {
                self.wrong.push(format!("{root}: {of}.{name} of {world} as {}: expected {expected:#}, found {found:#}", persona.name));
            }
            let told = !expected.is_null() && *expected != json!([]);
            self.count(self.coordinates(of, &name), persona, world, told);
        }
    }

    /// The ids of what the worlds have of a type.
    fn ids(&self, of: &str) -> Vec<String> {
        self.records.values().filter(|record| record.of == of).map(|record| record.id.clone()).collect()
    }
}

/// Somebody with the program.
struct Asking<'a> {
    app: &'a TestApp,
    persona: Persona,
}

impl Asking<'_> {
    /// The data of an answer; null where nobody asks, who is answered nothing.
    async fn ask(&self, query: &str, variables: Value) -> Value {
        if self.persona.municipality.is_some() {
            return self.app.as_(self.persona.name).query(query, variables).await;
        }
        let answer = self.app.anonymous().ask(query, variables).await;
        assert_eq!(answer.status, 401, "{query}");
        assert_eq!(answer.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["errors"], "{query}");
        Value::Null
    }

    /// Everything by its id, and all that it leads to.
    async fn by_id(&self, matrix: &mut Matrix) {
        let ids: Vec<_> = matrix.records.keys().cloned().collect();
        for id in ids {
            let of = matrix.records[&id].of;
            let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ {} }} }} }}", matrix.select(of, 1));
            let data = self.ask(&query, json!({ "id": id })).await;
            matrix.judge(self.persona, "node", &id, &data["node"], 1);
        }
    }

    /// Everything of a type by its ids: in as many questions as its fields cost.
    async fn by_ids(&self, matrix: &mut Matrix, of: &str) {
        // The lists of a controller are long.
        let fields = if of == "Controller" { 1 } else { 4 };
        let ids = matrix.ids(of);
        let mut found = vec![Value::Null; ids.len()];
        for some in matrix.selections(of, 0).chunks(fields) {
            let query = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {of} {{ {} }} }} }}", some.join(" "));
            let data = self.ask(&query, json!({ "ids": ids })).await;
            for (n, object) in found.iter_mut().enumerate() {
                match (&mut *object, &data["nodes"][n]) {
                    (Value::Object(all), Value::Object(more)) => all.extend(more.clone()),
                    (all, more) => *all = more.clone(),
                }
            }
        }
        for (id, object) in ids.iter().zip(&found) {
            matrix.judge(self.persona, "nodes", id, object, 0);
        }
    }

    /// Everything of a type by the root field of its own.
    async fn by_root(&self, matrix: &mut Matrix, root: &str, of: &str) {
        for id in matrix.ids(of) {
            let query = format!("query($id: ID!) {{ {root}(id: $id) {{ {} }} }}", matrix.select(of, 0));
            let data = self.ask(&query, json!({ "id": id })).await;
            matrix.judge(self.persona, root, &id, &data[root], 0);
        }
    }

    /// Municipalities by their slugs. One that is not seen is an error, as one that there is not.
    async fn by_slug(&self, matrix: &mut Matrix) {
        for id in matrix.ids("Municipality") {
            let record = &matrix.records[&id];
            let (slug, open) = (&record.values["slug"], matrix.may_read(self.persona, "Query.municipality", &record.facts, record.office));
            let query = format!("query($slug: String!) {{ municipality(slug: $slug) {{ {} }} }}", matrix.select("Municipality", 0));
            if open {
                let data = self.ask(&query, json!({ "slug": slug })).await;
                matrix.judge(self.persona, "municipality", &id, &data["municipality"], 0);
                continue;
            }
            let ask = async |slug: &Value| match self.persona.municipality {
                Some(_) => self.app.as_(self.persona.name).error(&query, json!({ "slug": slug })).await,
                None => self.ask(&query, json!({ "slug": slug })).await,
            };
            assert_eq!(ask(slug).await, ask(&json!("ingenkommun")).await);
            let world = record.world;
            matrix.count(vec!["Query.municipality".to_owned()], self.persona, world, false);
        }
    }

    /// Everything of a type in the list of all.
    async fn in_list(&self, matrix: &mut Matrix, root: &'static str, of: &str) {
        let select = matrix.select_page(&format!("{of}Connection"), 1);
        let query = format!("query($after: String) {{ {root}(first: 20, after: $after) {select} }}");
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = self.ask(&query, json!({ "after": after })).await[root].take();
            if page.is_object() {
                agree(&page);
            }
            rows.extend(page["nodes"].as_array().into_iter().flatten().cloned());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] != true {
                assert_eq!(
                    page["totalCount"].as_u64().unwrap_or(0),
                    rows.len() as u64,
                    "{root} tells {} of more than it shows",
                    self.persona.name
                );
                break;
            }
        }
        for id in matrix.ids(of) {
            let mut found = rows.iter().filter(|row| row["id"] == id);
            matrix.judge(self.persona, root, &id, found.next().unwrap_or(&Value::Null), 0);
            assert!(found.next().is_none(), "{root} shows {id} twice");
            let (world, told) = (matrix.records[&id].world, matrix.sees(self.persona, &matrix.records[&id]));
            matrix.count(matrix.coordinates("Query", root), self.persona, world, told);
        }
    }

    /// The words of the system, the countries, and who asks.
    async fn the_rest(&self, matrix: &mut Matrix) {
        let known = self.persona.municipality.is_some();
        let query = format!("{{ vocabulary(first: 100) {} }}", matrix.select_page("TermConnection", 1));
        let data = self.ask(&query, json!({})).await;
        let action = |term: &Value| term["type"] == "Action" && term["value"] == "READ_DIRECTORY" && term["labelSv"] == "Läsa katalogen";
        assert_eq!(data["vocabulary"]["nodes"].as_array().is_some_and(|terms| terms.iter().any(action)), known);
        matrix.count(matrix.coordinates("Query", "vocabulary"), self.persona, WORLDS[0], known);

        let data = self.ask(&format!("{{ countries {{ {} }} }}", matrix.select("Country", 0)), json!({})).await;
        let open = matrix.may_read(self.persona, "Query.countries", &Facts::default(), Office::Never);
        let found = data["countries"].as_array().is_some_and(|countries| countries.contains(&worlds::country("SE")));
        assert_eq!((found, data["countries"] == json!([])), (open, known && !open), "countries as {}", self.persona.name);
        for world in WORLDS {
            matrix.count(matrix.coordinates("Query", "countries"), self.persona, world, open);
        }
        self.who_asks(matrix).await;
    }

    /// Who asks, with the roles and controllers that the persona has and no others.
    async fn who_asks(&self, matrix: &mut Matrix) {
        let persona = self.persona;
        let query = "{ viewer { name person { id name } municipality { slug }
            roles { role source validFrom validTo municipality { slug } controller { id } } controllers { id } } }";
        let viewer = self.ask(query, json!({})).await["viewer"].take();
        matrix.count(matrix.coordinates("Query", "viewer"), persona, WORLDS[0], !viewer.is_null());
        let Some(home) = persona.municipality else {
            assert!(viewer.is_null());
            return self.deadlines(matrix, &BTreeSet::new(), true).await;
        };
        assert!(viewer["name"].as_str().unwrap().contains(persona.name), "{viewer:#}");
        let person = if persona.name == "unbound.gnesta" { &Value::Null } else { &viewer["name"] };
        assert_eq!((&viewer["person"]["name"], &viewer["municipality"]["slug"]), (person, &json!(home)));
        let roles = viewer["roles"].as_array().unwrap();
        assert_eq!(roles.is_empty(), persona.column.is_none(), "{}", persona.name);
        for role in roles {
            let of_controller = ["COORDINATOR", "DATA_PROTECTION_OFFICER"].contains(&role["role"].as_str().unwrap());
            let of_municipality = ["MUNICIPALITY_ADMINISTRATOR", "READER"].contains(&role["role"].as_str().unwrap());
            assert_eq!((&role["source"], &role["validTo"], role["validFrom"].is_string()), (&json!("RECORD"), &Value::Null, true));
            assert_eq!(role["role"].as_str().map(str::to_lowercase).as_deref(), persona.column);
            assert_eq!(role["controller"].is_object(), of_controller, "{role:#}");
            assert_eq!(role["municipality"]["slug"].as_str(), of_municipality.then_some(home), "{role:#}");
        }
        let mine = |record: &&Record| {
            let officer = persona.name == "dso" && record.facts.appointed;
            // Who has been succeeded has no duties any more.
            record.of == "Controller"
                && record.values["successors"] == json!([])
                && (officer || record.facts.coordinators.contains(&persona.name))
        };
        let mine: BTreeSet<_> = matrix.records.values().filter(mine).map(|record| record.id.clone()).collect();
        let controllers = viewer["controllers"].as_array().unwrap();
        let found = controllers.iter().filter_map(id_of).filter(|id| matrix.records.contains_key(id));
        assert_eq!(found.collect::<BTreeSet<_>>(), mine, "{}", persona.name);
        self.deadlines(matrix, &mine, controllers.is_empty()).await;
    }
}

#[tokio::test]
async fn every_field_tells_each_kind_of_person_what_the_table_opens_and_nothing_else() {
    let app = TestApp::start().await;
    let mut records = worlds::records(&app).await;
    said::written(&app, &mut records).await;
    let mut matrix = Matrix {
        sdl: Sdl::served(),
        table: table(),
        rights: Rights::read(),
        records,
        cells: BTreeSet::new(),
        given: BTreeSet::new(),
        withheld: BTreeSet::new(),
        wrong: Vec::new(),
    };
    let types: BTreeSet<_> = matrix.records.values().map(|record| record.of).collect();
    for persona in PERSONAS {
        let asking = Asking { app: &app, persona };
        asking.by_id(&mut matrix).await;
        for of in &types {
            asking.by_ids(&mut matrix, of).await;
        }
        for (root, of) in
            [("controller", "Controller"), ("party", "Party"), ("agreement", "ProcessorAgreement"), ("objectionCase", "ObjectionCase")]
        {
            asking.by_root(&mut matrix, root, of).await;
        }
        asking.by_slug(&mut matrix).await;
        for (root, of) in [
            ("municipalities", "Municipality"),
            ("people", "Person"),
            ("parties", "Party"),
            ("agreements", "ProcessorAgreement"),
            ("subProcessorChanges", "SubProcessorChange"),
            ("objectionCases", "ObjectionCase"),
            ("auditLog", "AuditEntry"),
        ] {
            asking.in_list(&mut matrix, root, of).await;
        }
        asking.findings(&mut matrix).await;
        asking.the_rest(&mut matrix).await;
        assert!(matrix.wrong.is_empty(), "{} wrong:\n{}", matrix.wrong.len(), matrix.wrong.join("\n"));
    }
    nothing_was_left_out(&matrix);
    eprintln!("{} cells: {} fields, {} personas, {} worlds", matrix.cells.len(), matrix.given.len(), PERSONAS.len(), WORLDS.len());
    assert!(matrix.cells.len() >= 1_000);
}

#[tokio::test]
async fn a_viewer_can_do_what_the_rows_let_the_role_do_to_something() {
    let (app, rights) = (TestApp::start().await, Rights::read());
    for persona in PERSONAS.into_iter().filter(|persona| persona.municipality.is_some()) {
        let data = app.as_(persona.name).query("{ viewer { can } }", json!({})).await;
        let can: Vec<&str> = ROWS.iter().filter(|(row, _)| rights.cell(row, persona) != "no").map(|(_, action)| (*action).into()).collect();
        assert_eq!(data["viewer"]["can"], json!(can), "{}", persona.name);
    }
}

/// Every field that is read was asked for by every persona in every world, was read by somebody and withheld from somebody.
fn nothing_was_left_out(matrix: &Matrix) {
    let read = matrix.table.iter().filter(|(_, line)| line.read_by != "mutation");
    for (field, line) in read {
        let once = ["viewer", "login"].contains(&line.read_by.as_str());
        for world in &WORLDS[..if once { 1 } else { WORLDS.len() }] {
            let asked = PERSONAS.iter().filter(|persona| matrix.cells.contains(&(field.clone(), persona.name, *world)));
            assert_eq!(asked.count(), PERSONAS.len(), "{field} of {world} was not asked for by everybody");
        }
        assert!(matrix.given.contains(field), "{field} was read by nobody: nothing shows that it can be");
        assert!(matrix.withheld.contains(field), "{field} was withheld from nobody");
    }
}
