//! The README keeps its word: its queries run, its answers are right, and it names what there is.

use samverkan::{
    config::Config,
    domain::processor::import::{columns::ImportField, table},
    graphql::{limits, vocabulary::terms},
    kernel::{code::Code, refusal::RefusalCode},
};
use serde_json::Value;

use crate::support::TestApp;

const README: &str = include_str!("../../README.md");

/// An example of the README: a marker such as `<!-- query: dso -->`, then code blocks.
struct Example {
    kind: String,
    persona: String,
    query: String,
    variables: Value,
    answer: Option<Value>,
}

fn examples() -> Vec<Example> {
    let mut lines = README.lines().peekable();
    let mut examples = Vec::new();
    while let Some(line) = lines.next() {
        let marker = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")).and_then(|rest| rest.split_once(": "));
        let Some((kind, persona)) = marker else { continue };
        let mut example =
            Example { kind: kind.to_owned(), persona: persona.to_owned(), query: String::new(), variables: Value::Null, answer: None };
        while let Some(language) = lines.next_if(|line| line.starts_with("```")) {
            let block = lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
            let json = || serde_json::from_str(&block).unwrap_or_else(|error| panic!("{error}: {block}"));
            match language {
                "```graphql" => example.query.clone_from(&block),
                "```json variables" => example.variables = json(),
                "```json answer" => example.answer = Some(json()),
                other => panic!("{other} after {line}"),
            }
        }
        assert!(!example.query.is_empty(), "no query after {line}");
        examples.push(example);
    }
    examples
}

/// Puts what earlier queries answered in the place of `<4: agreements.nodes.0.id>`.
fn filled_in(value: &mut Value, answers: &[Value]) {
    match value {
        Value::String(text) => {
            let Some((number, path)) = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')?.split_once(": ")) else { return };
            let number: usize = number.parse().unwrap();
            let pointer = format!("/{}", path.replace('.', "/"));
            let found = answers[number - 1].pointer(&pointer).unwrap_or_else(|| panic!("nothing at {path} of query {number}"));
            assert!(found.is_string(), "{path} of query {number} is {found}");
            *value = found.clone();
        }
        Value::Array(values) => values.iter_mut().for_each(|value| filled_in(value, answers)),
        Value::Object(fields) => fields.values_mut().for_each(|value| filled_in(value, answers)),
        _ => {}
    }
}

/// Something is there: no root field is null, and none is a list or a page without rows.
fn assert_answered(number: usize, data: &Value) {
    let fields = data.as_object().unwrap();
    assert!(!fields.is_empty());
    for (name, value) in fields {
        assert!(!value.is_null(), "query {number}: {name} is null");
        let rows = value.get("nodes").unwrap_or(value).as_array();
        assert!(rows.is_none_or(|rows| !rows.is_empty()), "query {number}: {name} is empty");
        if let Some(errors) = value.get("errors") {
            assert_eq!(errors, &Value::Array(Vec::new()), "query {number}");
        }
    }
}

#[tokio::test]
async fn the_worked_queries_of_the_readme_run_one_after_the_other_and_have_answers() {
    let app = TestApp::start().await;
    let mut answers = Vec::new();
    for mut example in examples().into_iter().filter(|example| example.kind == "query") {
        let number = answers.len() + 1;
        assert!(README.contains(&format!("\n**{number}. ")), "query {number} has no number in the README");
        filled_in(&mut example.variables, &answers);
        let data = app.as_(&example.persona).query(&example.query, example.variables).await;
        assert_answered(number, &data);
        answers.push(data);
    }
    assert_eq!(answers.len(), 13, "the README says thirteen");

    // What the text around them says.
    assert_eq!(answers[1]["municipalities"]["nodes"].as_array().unwrap().len(), 6);
    for board in answers[2]["municipality"]["controllers"]["nodes"].as_array().unwrap() {
        let joint = board["kind"] == "JOINT_BOARD";
        assert_eq!((board["viewerCanRead"] == true, board["agreements"].is_object()), (joint, joint), "{board:#}");
    }
    assert_eq!(answers[4]["agreements"]["pageInfo"]["hasPreviousPage"], true);
    assert_ne!(answers[3]["agreements"]["nodes"], answers[4]["agreements"]["nodes"]);
    assert_eq!(answers[6]["then"][0]["code"], "GB");
    let engaged = &answers[10]["listSubProcessor"]["subProcessorEngagement"];
    assert_eq!(engaged["agreement"]["subProcessors"]["totalCount"], 1);
    assert_eq!(answers[12]["withdrawRecord"]["withdrawnId"], engaged["id"]);
}

#[tokio::test]
async fn the_same_queries_answer_other_personas_as_the_readme_says() {
    let app = TestApp::start().await;
    let queries: Vec<_> = examples().into_iter().filter(|example| example.kind == "query").collect();
    let everything = app.as_("coordinator.gnesta").query(&queries[1].query, Value::Null).await;
    let municipalities = everything["municipalities"]["nodes"].as_array().unwrap();
    assert_eq!(municipalities.len(), 6);
    for municipality in municipalities {
        for board in municipality["controllers"]["nodes"].as_array().unwrap() {
            assert_eq!(board["agreements"].is_null(), municipality["slug"] != "gnesta", "{board:#}");
        }
    }

    // Query 9 twice, and query 10 as those who may not.
    let coordinator = app.as_("coordinator.gnesta");
    let (mut register, mut draft) = (queries[8].variables.clone(), queries[9].variables.clone());
    filled_in(&mut register, &[]);
    let registered = coordinator.query(&queries[8].query, register.clone()).await;
    let again = coordinator.query(&queries[8].query, register).await;
    let mistake = &again["registerParty"]["errors"][0];
    assert_eq!((&mistake["code"], &mistake["path"][0]), (&"DUPLICATE".into(), &"organisationNumber".into()));
    let mut answers = vec![Value::Null; 9];
    answers[0] = coordinator.query(&queries[0].query, Value::Null).await;
    answers[8] = registered;
    // The first controller, in the order of names, is not the one board that the board's coordinator has.
    let theirs = app.as_("boardcoordinator.gnesta").query(&queries[0].query, Value::Null).await;
    assert_ne!(theirs["viewer"]["controllers"][0]["id"], answers[0]["viewer"]["controllers"][0]["id"]);
    filled_in(&mut draft, &answers);
    for (persona, code) in [("dso", "FORBIDDEN"), ("boardcoordinator.gnesta", "FORBIDDEN"), ("coordinator.flen", "NOT_FOUND")] {
        let payload = app.as_(persona).query(&queries[9].query, draft.clone()).await["draftAgreement"].take();
        assert_eq!(payload["errors"][0]["code"], code, "{persona}: {payload:#}");
    }
}

#[tokio::test]
async fn the_mistakes_that_the_readme_shows_answer_as_it_says() {
    let app = TestApp::start().await;
    let mut shown = 0;
    for example in examples().into_iter().filter(|example| matches!(example.kind.as_str(), "refused" | "error")) {
        let answer = app.as_(&example.persona).ask(&example.query, example.variables).await.json();
        assert_eq!(Some(answer), example.answer, "{}", example.query);
        shown += 1;
    }
    assert_eq!(shown, 2);
}

#[test]
fn every_setting_stands_in_the_table_with_its_variable_and_default_and_the_example_is_right() {
    let source = include_str!("../../src/config/mod.rs");
    let between = |from: &str, to: &str| source.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
    let keys: Vec<_> = between("struct Written {", "\n}")
        .lines()
        .filter_map(|line| Some(line.trim().strip_suffix(',')?.split_once(": ")?.0.to_owned()))
        .collect();
    assert!(keys.len() >= 5, "{keys:?}");
    let defaults = between("fn default() -> Self {", "\n    }");
    for key in &keys {
        let variable = format!("SAMVERKAN_{}", key.to_uppercase());
        let row = README.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap_or_else(|| panic!("no row for {key}"));
        let written = defaults.lines().find_map(|line| line.trim().strip_prefix(&format!("{key}: "))).unwrap();
        let default = written.trim_end_matches(',').trim_end_matches(".to_owned()").trim_matches('"');
        let default = if matches!(default, "None" | "Vec::new()") { "none".to_owned() } else { format!("`{default}`") };
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        // Tables have no place in a variable.
        assert_eq!(cells[2], if key == "providers" { "in the file only".to_owned() } else { format!("`{variable}`") }, "{key}");
        assert_eq!(cells[4], default, "{key}");
        assert!(!cells[3].is_empty() && !cells[5].is_empty(), "{row}");
    }
    let example = README.split_once("<!-- settings -->\n```toml\n").unwrap().1.split_once("```").unwrap().0;
    let (file, secret) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    std::fs::write(secret.path(), "a secret\n").unwrap();
    let here = example.replace("/etc/samverkan/secrets/gnesta", secret.path().to_str().unwrap());
    std::fs::write(file.path(), here).unwrap();
    Config::load(Some(file.path())).unwrap();
    let (settings, _) = example.split_once("\n\n[[providers]]").unwrap();
    let mut named: Vec<_> = settings.lines().map(|line| line.split(" = ").next().unwrap().to_owned()).collect();
    named.push("providers".to_owned());
    assert_eq!(named, keys);
}

#[test]
fn every_code_of_an_error_is_explained() {
    let source = include_str!("../../src/http/answer.rs");
    let is_code = |text: &&str| text.len() > 4 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let codes: std::collections::BTreeSet<_> = source.split('"').skip(1).step_by(2).filter(is_code).collect();
    assert!(codes.len() >= 8, "{codes:?}");
    for code in codes {
        assert!(README.contains(&format!("\n| `{code}` |")), "{code} is not explained");
    }
    for term in terms::<RefusalCode>() {
        assert!(README.contains(&format!("\n| `{}` |", term.value)), "{} is not explained", term.value);
    }
}

#[test]
fn every_limit_is_told_as_it_is() {
    let with_commas = |n: u64| if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) };
    for (name, limit) in [
        ("characters of a query", limits::CHARACTERS as u64),
        ("tokens of a query", limits::TOKENS as u64),
        ("depth of fields", limits::DEPTH as u64),
        ("aliases", limits::ALIASES as u64),
        ("directives", limits::DIRECTIVES as u64),
        ("cost", limits::COST),
    ] {
        let row = format!("\n| {name} | {}", with_commas(limit));
        let rest = README.split_once(&row).unwrap_or_else(|| panic!("{row:?} is not there")).1;
        assert!(rest.starts_with(" |") || rest.starts_with(" ("), "{row}");
    }
    let words = README.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = |text: String| assert!(words.contains(&text), "{text:?} is not there");
    told(format!("({} for introspection)", limits::INTROSPECTION_DEPTH));
    told(format!("(1,500,000 for introspection, each of its lists reckoned with {} rows)", limits::INTROSPECTION_ROWS));
    assert_eq!(limits::INTROSPECTION_COST, 1_500_000);
    told(format!("; {} for a plain list (", limits::PLAIN_LIST));
    for (on, field, rows) in limits::LONG_PLAIN_LISTS {
        told(format!("`{on}.{field}` {rows}"));
    }
}

/// What a query costs: the limit less what still fits beside it.
fn cost(query: &str) -> u64 {
    let costs = limits::Costs::of_schema(&samverkan::graphql::schema::sdl()).unwrap();
    let fits = |cost: u64| {
        let times = |field: &str, n: u64| field.repeat(usize::try_from(n).unwrap());
        // 249 countries with a field each and themselves, and single fields.
        let beside = times("countries { code } ", cost / 250) + &times("__typename ", cost % 250);
        let (start, rest) = query.split_at(query.find('{').unwrap() + 1);
        let document = async_graphql::parser::parse_query(format!("{start} {beside} {rest}")).unwrap();
        let operation = limits::operation(&document, None).unwrap();
        limits::judge(&costs, &document, operation, &async_graphql::Variables::default()).is_ok()
    };
    let (mut fit, mut too_many) = (0, limits::COST + 1);
    assert!(fits(fit));
    while too_many - fit > 1 {
        let middle = u64::midpoint(fit, too_many);
        if fits(middle) { fit = middle } else { too_many = middle }
    }
    limits::COST - fit
}

#[test]
fn the_costs_that_the_readme_tells_are_right() {
    let small = "{ municipalities(first: 6) { nodes { name controllers(first: 4) { nodes { name } } } } }";
    assert!(README.contains(&format!("`{small}` costs {}, and query 2 below", cost(small))), "{}", cost(small));
    let second = examples().into_iter().filter(|example| example.kind == "query").nth(1).unwrap();
    assert_eq!(cost(&second.query), 16_009);
    assert!(README.contains("query 2 below 16,009."));
}

#[test]
fn every_folder_of_the_code_is_on_the_map() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for parent in ["src", "src/domain"] {
        for entry in std::fs::read_dir(root.join(parent)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            let folder = format!("{parent}/{}", entry.file_name().to_string_lossy());
            assert!(folder == "src/domain" || README.contains(&format!("\n| `{folder}` |")), "{folder} is not on the map");
        }
    }
    for domain in std::fs::read_dir(root.join("src/domain")).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
        assert!(README.contains(&*domain.file_name().to_string_lossy()));
    }
}

#[test]
fn every_column_of_a_register_stands_in_the_table_with_all_that_it_is_called() {
    for field in <ImportField as strum::VariantArray>::VARIANTS {
        let label = field.term().label;
        let also: Vec<_> = std::iter::once(&*label.en).chain(field.synonyms().iter().copied()).collect();
        let row = format!("\n| {} | {} | ", label.sv, also.join(", "));
        assert!(README.contains(&row), "{row:?} is not there");
    }
    let limits = README.split_once("- **Limits.** ").unwrap().1.split_once('\n').unwrap().0;
    for limit in ["20 MB", "20,000 rows", "100 columns", "32,767 characters"] {
        assert!(limits.contains(limit), "{limit}: {limits}");
    }
    assert_eq!((table::MAX_BYTES, table::MAX_ROWS, table::MAX_COLUMNS, table::MAX_CELL), (20_971_520, 20_000, 100, 32_767));
}
