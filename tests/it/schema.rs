//! The schema: the file in the repository, its descriptions, its bounds, its shapes, and that it breaks no client.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::{
    parse_schema,
    types::{
        BaseType, DirectiveDefinition, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeDefinition, TypeKind,
        TypeSystemDefinition,
    },
};
use samverkan::graphql::limits::{LONG_PLAIN_LISTS, PLAIN_LIST};
use serde_json::{Value, json};

use crate::organisation::done;
use crate::processor::{
    keeping::with_everything,
    objection::{announcement, in_case, in_force, own_case},
    register,
};
use crate::support::TestApp;

// ── reading SDL ──────────────────────────────────────────────────────────────────────────────────

/// A schema in its definition language, parsed.
pub(crate) struct Sdl(ServiceDocument);

impl Sdl {
    /// The schema that is served.
    pub(crate) fn served() -> Self {
        Self::read(&samverkan::graphql::schema::sdl())
    }

    fn read(text: &str) -> Self {
        Self(parse_schema(text).unwrap_or_else(|error| panic!("{error} in {text}")))
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = &TypeDefinition> {
        self.0.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(&definition.node),
            _ => None,
        })
    }

    pub(crate) fn find(&self, name: &str) -> Option<&TypeDefinition> {
        self.types().find(|of| of.name.node == name)
    }

    fn directives(&self) -> impl Iterator<Item = &DirectiveDefinition> {
        self.0.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Directive(definition) => Some(&definition.node),
            _ => None,
        })
    }

    /// The operations and the types that begin them.
    fn roots(&self) -> BTreeMap<&'static str, String> {
        let mut roots = BTreeMap::new();
        for definition in &self.0.definitions {
            let TypeSystemDefinition::Schema(schema) = definition else { continue };
            let of = [("query", &schema.node.query), ("mutation", &schema.node.mutation), ("subscription", &schema.node.subscription)];
            roots.extend(of.into_iter().filter_map(|(operation, name)| Some((operation, name.as_ref()?.node.to_string()))));
        }
        roots
    }

    /// The fields of an object or interface.
    pub(crate) fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        fields_of(self.find(of).unwrap_or_else(|| panic!("no type {of}")))
    }

    /// Every field of every object and interface with the name of its type.
    pub(crate) fn all_fields(&self) -> impl Iterator<Item = (&str, &FieldDefinition)> {
        self.types().flat_map(|of| fields_of(of).into_iter().map(move |field| (of.name.node.as_str(), field)))
    }

    /// The fields of an input object.
    pub(crate) fn input_fields(&self, of: &str) -> Vec<&InputValueDefinition> {
        inputs_of(self.find(of).unwrap_or_else(|| panic!("no type {of}")))
    }

    /// The enums and their values.
    pub(crate) fn enums(&self) -> BTreeMap<&str, Vec<&str>> {
        self.types().filter_map(|of| Some((of.name.node.as_str(), values_of(of)?))).collect()
    }

    /// Whether something has to be asked of a value of this type.
    pub(crate) fn is_composite(&self, name: &str) -> bool {
        self.find(name).is_some_and(|of| matches!(of.kind, TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
    }

    fn implementors(&self, interface: &str) -> BTreeSet<&str> {
        self.types().filter(|of| implements(of).contains(interface)).map(|of| of.name.node.as_str()).collect()
    }
}

fn fields_of(of: &TypeDefinition) -> Vec<&FieldDefinition> {
    match &of.kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Interface(interface) => interface.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

fn inputs_of(of: &TypeDefinition) -> Vec<&InputValueDefinition> {
    match &of.kind {
        TypeKind::InputObject(input) => input.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

fn values_of(of: &TypeDefinition) -> Option<Vec<&str>> {
    match &of.kind {
        TypeKind::Enum(of) => Some(of.values.iter().map(|value| value.node.value.node.as_str()).collect()),
        _ => None,
    }
}

fn implements(of: &TypeDefinition) -> BTreeSet<&str> {
    let interfaces = match &of.kind {
        TypeKind::Object(object) => object.implements.as_slice(),
        TypeKind::Interface(interface) => interface.implements.as_slice(),
        _ => &[],
    };
    interfaces.iter().map(|interface| interface.node.as_str()).collect()
}

fn members_of(of: &TypeDefinition) -> BTreeSet<&str> {
    match &of.kind {
        TypeKind::Union(union) => union.members.iter().map(|member| member.node.as_str()).collect(),
        _ => BTreeSet::new(),
    }
}

/// What a type is a list of, or the type itself.
pub(crate) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}

// ── the file ─────────────────────────────────────────────────────────────────────────────────────

fn in_repository(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_schema_file_is_the_schema_that_is_served() {
    let (file, served) = (in_repository("schema.graphql"), samverkan::graphql::schema::sdl());
    let differs = file.lines().zip(served.lines()).position(|(file, served)| file != served);
    let line = differs.unwrap_or_else(|| file.lines().count().min(served.lines().count())) + 1;
    assert!(file == served, "schema.graphql has drifted, from line {line} on: run `cargo run -- schema > schema.graphql`");
}

// ── descriptions ─────────────────────────────────────────────────────────────────────────────────

/// What the library describes, or leaves undescribed, by itself.
const OF_THE_LIBRARY: [&str; 9] = ["include", "skip", "specifiedBy", "deprecated", "Int", "Float", "String", "Boolean", "ID"];

/// The things of a schema that have no description, or a blank one.
fn undescribed(sdl: &Sdl) -> Vec<String> {
    let mut things: Vec<(String, Option<&str>)> = Vec::new();
    for of in sdl.types() {
        let name = &of.name.node;
        things.push((name.to_string(), text(of.description.as_ref())));
        for field in fields_of(of) {
            things.push((format!("{name}.{}", field.name.node), text(field.description.as_ref())));
            for argument in &field.arguments {
                things.push((format!("{name}.{}({})", field.name.node, argument.node.name.node), text(argument.node.description.as_ref())));
            }
        }
        for field in inputs_of(of) {
            things.push((format!("{name}.{}", field.name.node), text(field.description.as_ref())));
        }
        if let TypeKind::Enum(of) = &of.kind {
            for value in &of.values {
                things.push((format!("{name}.{}", value.node.value.node), text(value.node.description.as_ref())));
            }
        }
    }
    for directive in sdl.directives() {
        things.push((directive.name.node.to_string(), text(directive.description.as_ref())));
        for argument in &directive.arguments {
            things.push((format!("{}({})", directive.name.node, argument.node.name.node), text(argument.node.description.as_ref())));
        }
    }
    let ours = |name: &str| !OF_THE_LIBRARY.contains(&name.split(['.', '(']).next().unwrap());
    things.retain(|(name, description)| ours(name) && description.is_none_or(|text| text.trim().is_empty()));
    things.into_iter().map(|(name, _)| name).collect()
}

fn text(description: Option<&async_graphql::Positioned<String>>) -> Option<&str> {
    description.map(|text| text.node.as_str())
}

#[test]
fn everything_in_the_schema_is_described() {
    assert_eq!(undescribed(&Sdl::served()), Vec::<String>::new());
}

#[test]
fn whatever_lacks_a_description_is_found() {
    let bare = "type A { f(a: Int): Int } input I { f: Int } enum E { V } scalar S interface N { id: ID } union U = A directive @d(a: Int) on FIELD directive @skip(if: Boolean!) on FIELD";
    let found = ["A", "A.f", "A.f(a)", "I", "I.f", "E", "E.V", "S", "N", "N.id", "U", "d", "d(a)"];
    assert_eq!(undescribed(&Sdl::read(bare)), found);
    assert_eq!(undescribed(&Sdl::read("\" \" enum E { \"What it is.\" V }")), ["E"]);
}

// ── lists ────────────────────────────────────────────────────────────────────────────────────────

/// One line of `expected/plain_lists.txt`.
struct PlainList {
    field: String,
    bound: u64,
}

/// The checked-in plain lists. No new line: a list that can grow is a connection.
fn plain_lists() -> Vec<PlainList> {
    let lines = include_str!("expected/plain_lists.txt").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let (Some(field), Some(bound), Some(why)) = (parts.next(), parts.next(), parts.next()) else {
            panic!("{line}: Type.field bound why")
        };
        assert!(why.trim().len() > 10, "{line}: why is it short?");
        PlainList { field: field.to_owned(), bound: bound.parse().unwrap_or_else(|_| panic!("{line}: the bound is no number")) }
    };
    lines.map(read).collect()
}

/// The lists of a schema besides the rows of connections.
fn lists_of(sdl: &Sdl) -> BTreeSet<String> {
    let of_connection = |of: &str, field: &str| of.ends_with("Connection") && ["nodes", "edges"].contains(&field);
    let plain = |(of, field): &(&str, &FieldDefinition)| is_list(&field.ty.node) && !of_connection(of, &field.name.node);
    sdl.all_fields().filter(plain).map(|(of, field)| format!("{of}.{}", field.name.node)).collect()
}

#[test]
fn every_list_is_a_connections_or_stands_in_the_checked_in_file_and_the_file_names_nothing_else() {
    let listed: Vec<_> = plain_lists().into_iter().map(|list| list.field).collect();
    let there: Vec<_> = lists_of(&Sdl::served()).into_iter().collect();
    assert_eq!(there, listed, "left: plain lists of the schema; right: tests/it/expected/plain_lists.txt, which only shrinks");
}

#[test]
fn a_plain_list_is_found_whatever_it_is_a_list_of() {
    let sdl = Sdl::read(
        "type A { s: [String!]! e: [E] o: [A!] n: [[Int]] one: A nodes: [A] }
         enum E { V } type AConnection { nodes: [A!]! edges: [A!]! more: [A!]! } interface I { l: [ID!]! }",
    );
    let found = ["A.e", "A.n", "A.nodes", "A.o", "A.s", "AConnection.more", "I.l"];
    assert_eq!(lists_of(&sdl).into_iter().collect::<Vec<_>>(), found);
}

#[test]
fn the_bounds_of_plain_lists_are_those_that_the_cost_of_a_query_reckons_with() {
    let sdl = Sdl::served();
    let enums = sdl.enums();
    let of = |list: &PlainList| {
        let (of, name) = list.field.split_once('.').unwrap();
        let field = sdl.fields(of).into_iter().find(|field| field.name.node == name).unwrap();
        (of.to_owned(), name.to_owned(), base(&field.ty.node).to_owned())
    };
    for list in plain_lists() {
        let (of, name, item) = of(&list);
        let long = LONG_PLAIN_LISTS.iter().find(|(on, field, _)| *on == of && *field == name);
        if sdl.is_composite(&item) {
            assert_eq!(list.bound, long.map_or(PLAIN_LIST, |(_, _, rows)| *rows), "{}", list.field);
        } else {
            // Nothing can be asked below a value, so its cost is 1 however many there are.
            assert!(long.is_none(), "{}: a list of values costs 1", list.field);
        }
        if let Some(values) = enums.get(item.as_str()) {
            assert_eq!(list.bound, values.len() as u64, "{}: each value stands once", list.field);
        }
    }
    let listed: Vec<_> = plain_lists().into_iter().map(|list| list.field).collect();
    for (of, field, rows) in LONG_PLAIN_LISTS {
        assert!(listed.contains(&format!("{of}.{field}")), "{of}.{field} is no plain list");
        assert!(*rows > PLAIN_LIST, "{of}.{field} is not long");
    }
}

/// What reads each plain list, besides those of mutations.
const READING_PLAIN_LISTS: [&str; 7] = [
    "{ agreements(first: 1, filter: { text: \"med allt\" }) { nodes { contents { item } contacts { id } notices(first: 10) { nodes { missingParts } }
         instructions(first: 10) { nodes { dataCategories sensitiveCategories dataSubjects processingCountries { code } } } } } }",
    "{ auditLog(first: 100) { nodes { changes { field } } } }",
    "{ viewer { can roles { role } controllers { id } } countries { code } }",
    "{ municipalities(first: 6) { nodes { controllers(first: 25) { nodes {
         memberMunicipalities { slug } coordinators { id } predecessors { id } successors { id }
         dataProtectionOfficerAppointments { id notifications { kind } } } } } } }",
    "{ parties(first: 100) { nodes { usedBy { slug } } } }",
    "{ subProcessorChanges(first: 10) { nodes { dataCategories dataSubjects processingCountries { code } advice { text }
         objectionCases(first: 10) { nodes { missingFromNotice } } } } }",
    "query($after: String) { agreements(first: 25, after: $after) { pageInfo { hasNextPage endCursor } nodes { parties { id } acknowledgements { rule } terms { signatures { signedOn } }
         subProcessors(first: 20) { nodes { position dataCategories processingCountries { code } authorisations { validFrom } } } } } }",
];

#[tokio::test]
async fn no_plain_list_of_the_demo_is_longer_than_its_bound() {
    let app = TestApp::start().await;
    let bounds: BTreeMap<_, _> = plain_lists().into_iter().map(|list| (list.field, list.bound)).collect();
    let sdl = Sdl::served();
    leave_an_entry(&app).await;
    with_everything(&app, "Exempelsystem med allt").await;
    leave_a_change(&app).await;
    let mut longest = BTreeMap::new();
    for query in READING_PLAIN_LISTS {
        let mut after = Value::Null;
        loop {
            let data = app.as_("dso").query(query, json!({ "after": after })).await;
            measure(&sdl, "Query", &data, &mut longest);
            if data["agreements"]["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = data["agreements"]["pageInfo"]["endCursor"].clone();
        }
    }
    for (field, length) in &longest {
        assert!(length <= &bounds[field], "{field} has {length} rows, its bound is {}", bounds[field]);
    }
    let of_mutations = |field: &str| {
        let of = field.split('.').next().unwrap();
        field.ends_with("Payload.errors") || ["UserError", "AgreementImport", "ImportRow"].contains(&of) || field == "Query.nodes"
    };
    let unread: Vec<_> = bounds.keys().filter(|field| !longest.contains_key(*field) && !of_mutations(field)).collect();
    assert!(unread.is_empty(), "no query here reads {unread:?}");
}

/// A change of something of a controller that has appointed the officer.
async fn leave_an_entry(app: &TestApp) {
    let query = "{ municipality(slug: \"gnesta\") { controllers(first: 1) { nodes { id version } } } }";
    let board = app.as_("administrator.gnesta").query(query, json!({})).await["municipality"]["controllers"]["nodes"][0].take();
    let input = json!({ "controllerId": board["id"], "expectedVersion": board["version"], "name": "Exempelnämnden" });
    done(app, "administrator.gnesta", "updateController", input).await;
}

/// A change of sub-processors with advice, and a case in which something was missing.
async fn leave_a_change(app: &TestApp) {
    let (processor, below) = (register(app, "operator", "Leverantör AB").await, register(app, "operator", "Underleverantör AB").await);
    in_force(app, "gnesta", &processor, "GENERAL").await;
    let change = done(app, "operator", "announceSubProcessorChange", announcement(&processor, &below)).await;
    done(app, "dso", "giveAdvice", json!({ "changeId": change["id"], "text": "Begär underlag." })).await;
    let case = own_case(app, "coordinator.gnesta", change["id"].as_str().unwrap()).await;
    let lacking = in_case(&case, &json!({ "receivedOn": "2026-11-20", "missing": ["SEAT"] }));
    done(app, "coordinator.gnesta", "confirmSubProcessorNotice", lacking).await;
}

/// The length of the longest of each plain list in an answer without aliases.
fn measure(sdl: &Sdl, of: &str, value: &Value, longest: &mut BTreeMap<String, u64>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let field = sdl.fields(of).into_iter().find(|field| field.name.node == *name).unwrap_or_else(|| panic!("{of}.{name}"));
        let below = base(&field.ty.node);
        let Some(rows) = value.as_array() else {
            measure(sdl, below, value, longest);
            continue;
        };
        if !of.ends_with("Connection") {
            let longest = longest.entry(format!("{of}.{name}")).or_insert(0);
            *longest = (*longest).max(rows.len() as u64);
        }
        for row in rows {
            measure(sdl, below, row, longest);
        }
    }
}

// ── shapes ───────────────────────────────────────────────────────────────────────────────────────

fn shape(sdl: &Sdl, of: &str) -> Vec<String> {
    sdl.fields(of).iter().map(|field| format!("{}: {}", field.name.node, field.ty.node)).collect()
}

#[test]
fn a_connection_has_edges_nodes_page_info_and_total_count_and_nothing_else() {
    let sdl = Sdl::served();
    let connections: Vec<_> = sdl.types().filter_map(|of| of.name.node.strip_suffix("Connection")).collect();
    assert!(!connections.is_empty());
    for of in connections {
        let expected =
            [format!("edges: [{of}Edge!]!"), format!("nodes: [{of}!]!"), "pageInfo: PageInfo!".to_owned(), "totalCount: Int!".to_owned()];
        assert_eq!(shape(&sdl, &format!("{of}Connection")), expected);
        assert_eq!(shape(&sdl, &format!("{of}Edge")), ["cursor: String!".to_owned(), format!("node: {of}!")]);
    }
}

#[test]
fn a_field_that_returns_a_connection_takes_first_and_after() {
    let sdl = Sdl::served();
    let paged: Vec<_> = sdl.all_fields().filter(|(_, field)| base(&field.ty.node).ends_with("Connection")).collect();
    assert!(!paged.is_empty());
    for (of, field) in paged {
        let argument = |name: &str| field.arguments.iter().find(|argument| argument.node.name.node == name);
        let ty = |name: &str| argument(name).map(|argument| (argument.node.ty.node.to_string(), argument.node.default_value.is_some()));
        assert_eq!(ty("first"), Some(("Int".to_owned(), false)), "{of}.{}", field.name.node);
        assert_eq!(ty("after"), Some(("String".to_owned(), false)), "{of}.{}", field.name.node);
        assert!(!is_list(&field.ty.node), "{of}.{}", field.name.node);
        assert_eq!(argument("last").is_some(), argument("before").is_some(), "{of}.{}", field.name.node);
    }
}

#[test]
fn a_mutation_takes_one_input_and_returns_a_payload_of_errors_and_one_nullable_object() {
    let sdl = Sdl::served();
    assert!(!sdl.fields("Mutation").is_empty());
    for mutation in sdl.fields("Mutation") {
        let name = &mutation.name.node;
        let [argument] = mutation.arguments.as_slice() else { panic!("{name} takes more or less than one argument") };
        let input = base(&argument.node.ty.node);
        assert_eq!(argument.node.name.node, "input", "{name}");
        assert_eq!(argument.node.ty.node.to_string(), format!("{input}!"), "{name}");
        assert!(input.ends_with("Input"), "{name}: {input}");
        assert!(!sdl.input_fields(input).is_empty(), "{name}");

        let payload = base(&mutation.ty.node);
        assert_eq!(mutation.ty.node.to_string(), format!("{payload}!"), "{name}");
        assert!(payload.ends_with("Payload"), "{name}: {payload}");
        let fields = sdl.fields(payload);
        let (errors, objects): (Vec<&FieldDefinition>, Vec<_>) = fields.iter().partition(|field| field.name.node == "errors");
        assert_eq!(errors.iter().map(|field| field.ty.node.to_string()).collect::<Vec<_>>(), ["[UserError!]!"], "{payload}");
        let [object] = objects.as_slice() else { panic!("{payload} has more or less than one object") };
        assert!(object.ty.node.nullable && !is_list(&object.ty.node), "{payload}.{}", object.name.node);
        let gone = payload == "WithdrawPayload" && base(&object.ty.node) == "ID";
        assert!(gone || sdl.is_composite(base(&object.ty.node)), "{payload}.{}: of what is gone there is the id only", object.name.node);
    }
}

/// The mutations that make something new; all others change something that is there.
const MAKES_SOMETHING_NEW: [&str; 17] = [
    "announceSubProcessorChange",
    "appointDataProtectionOfficer",
    "assignCoordinator",
    "copyAgreement",
    "createController",
    "createPerson",
    "draftAgreement",
    "giveAdvice",
    "grantRole",
    "importAgreements",
    "invitePerson",
    "issueInstruction",
    "listSubProcessor",
    "recordAgreementNotice",
    "recordAssurance",
    "registerParty",
    "succeedController",
];

/// Changes of something that had no version in the released schema, so that one may be expected and need not. Only shrinks.
const MAY_EXPECT_A_VERSION: [&str; 1] = ["revokeRole"];

/// What takes things of several kinds away: each of them has a version.
const WITHDRAWS: &str = "withdrawRecord";

#[test]
fn a_change_of_an_existing_object_carries_the_version_that_was_read() {
    let sdl = Sdl::served();
    let mutations = sdl.fields("Mutation");
    for name in MAKES_SOMETHING_NEW.iter().chain(&MAY_EXPECT_A_VERSION) {
        assert!(mutations.iter().any(|mutation| mutation.name.node == *name), "{name} is no mutation");
    }
    for mutation in mutations {
        let name = mutation.name.node.as_str();
        let input = base(&mutation.arguments[0].node.ty.node);
        let version = sdl.input_fields(input).into_iter().find(|field| field.name.node == "expectedVersion");
        let version = version.map(|field| (field.ty.node.to_string(), field.default_value.is_some()));
        let object = sdl.fields(base(&mutation.ty.node)).into_iter().find(|field| field.name.node != "errors").unwrap();
        let object = base(&object.ty.node);
        let object_has_version = name == WITHDRAWS || sdl.fields(object).iter().any(|field| field.name.node == "version");
        if MAKES_SOMETHING_NEW.contains(&name) {
            assert_eq!(version, None, "{name} makes something new, which has no version yet");
        } else if MAY_EXPECT_A_VERSION.contains(&name) {
            assert_eq!(version, Some(("Int".to_owned(), false)), "{input}.expectedVersion");
            assert!(object_has_version, "{name}: the version to expect has to be readable");
        } else {
            assert_eq!(version, Some(("Int!".to_owned(), false)), "{input}.expectedVersion");
            assert!(object_has_version, "{name}: the version to expect has to be readable");
        }
    }
}

/// The root fields that read what is so today, or always.
const WITHOUT_AS_OF: [&str; 5] = ["auditLog", "node", "nodes", "viewer", "vocabulary"];

#[test]
fn as_of_stands_on_root_fields_of_queries_and_nowhere_below() {
    let sdl = Sdl::served();
    for (of, field) in sdl.all_fields() {
        let as_of = field.arguments.iter().find(|argument| argument.node.name.node == "asOf");
        let expected = of == "Query" && !WITHOUT_AS_OF.contains(&field.name.node.as_str());
        assert_eq!(as_of.is_some(), expected, "{of}.{}(asOf:)", field.name.node);
        if let Some(as_of) = as_of {
            assert_eq!(as_of.node.ty.node.to_string(), "Date", "{of}.{}", field.name.node);
        }
    }
    for of in sdl.types() {
        assert!(inputs_of(of).iter().all(|field| field.name.node != "asOf"), "{}.asOf", of.name.node);
    }
    assert!(sdl.directives().all(|directive| directive.arguments.iter().all(|argument| argument.node.name.node != "asOf")));
}

// ── node ─────────────────────────────────────────────────────────────────────────────────────────

/// How to find an id of each type that has one, and the path to it in the answer.
const IDS: [(&str, &str, &str); 17] = [
    (
        "AgreementContact",
        "{ agreements(first: 1, filter: { text: \"med allt\" }) { nodes { contacts { id } } } }",
        "/agreements/nodes/0/contacts/0/id",
    ),
    (
        "AgreementNotice",
        "{ agreements(first: 1, filter: { text: \"med allt\" }) { nodes { notices(first: 1) { nodes { id } } } } }",
        "/agreements/nodes/0/notices/nodes/0/id",
    ),
    ("AgreementParty", "{ agreements(first: 1) { nodes { parties { id } } } }", "/agreements/nodes/0/parties/0/id"),
    ("AgreementTerms", "{ agreements(first: 1) { nodes { terms { id } } } }", "/agreements/nodes/0/terms/id"),
    (
        "Assurance",
        "{ agreements(first: 1, filter: { text: \"med allt\" }) { nodes { assurances(first: 1) { nodes { id } } } } }",
        "/agreements/nodes/0/assurances/nodes/0/id",
    ),
    ("AuditEntry", "{ auditLog(first: 1) { nodes { id } } }", "/auditLog/nodes/0/id"),
    ("Controller", "{ viewer { controllers { id } } }", "/viewer/controllers/0/id"),
    ("CoordinatorAssignment", "{ viewer { controllers { coordinators { id } } } }", "/viewer/controllers/0/coordinators/0/id"),
    (
        "DataProtectionOfficerAppointment",
        "{ viewer { controllers { dataProtectionOfficerAppointments { id } } } }",
        "/viewer/controllers/0/dataProtectionOfficerAppointments/0/id",
    ),
    (
        "Instruction",
        "{ agreements(first: 1, filter: { text: \"med allt\" }) { nodes { instructions(first: 1) { nodes { id } } } } }",
        "/agreements/nodes/0/instructions/nodes/0/id",
    ),
    ("Municipality", "{ municipalities(first: 1) { nodes { id } } }", "/municipalities/nodes/0/id"),
    ("ObjectionCase", "{ objectionCases(first: 1) { nodes { id } } }", "/objectionCases/nodes/0/id"),
    ("Party", "{ parties(first: 1) { nodes { id } } }", "/parties/nodes/0/id"),
    ("Person", "{ people(first: 1) { nodes { id } } }", "/people/nodes/0/id"),
    ("ProcessorAgreement", "{ agreements(first: 1) { nodes { id } } }", "/agreements/nodes/0/id"),
    ("SubProcessorChange", "{ subProcessorChanges(first: 1) { nodes { id } } }", "/subProcessorChanges/nodes/0/id"),
    (
        "SubProcessorEngagement",
        "{ parties(first: 40) { nodes { engagements(first: 1) { nodes { id } } } } }",
        "/parties/nodes/1/engagements/nodes/0/id",
    ),
];

#[tokio::test]
async fn the_interface_node_is_implemented_by_exactly_the_types_whose_ids_node_takes() {
    let app = TestApp::start().await;
    let sdl = Sdl::served();
    let with_id: Vec<_> = sdl.types().filter(|of| matches!(of.kind, TypeKind::Object(_))).map(|of| of.name.node.as_str()).collect();
    let with_id: Vec<_> = with_id.into_iter().filter(|of| shape(&sdl, of).contains(&"id: ID!".to_owned())).collect();
    assert_eq!(with_id, IDS.map(|(of, ..)| of), "how is an id of each found?");
    leave_an_entry(&app).await;
    with_everything(&app, "Exempelsystem med allt").await;
    leave_a_change(&app).await;
    let mut taken = BTreeSet::new();
    for (of, query, path) in IDS {
        let data = app.as_("dso").query(query, json!({})).await;
        let id = data.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{of}: {data:#}"));
        let by_node = "query($id: ID!) { node(id: $id) { __typename id } }";
        let found = app.as_("dso").query(by_node, json!({ "id": id })).await;
        assert_eq!(found["node"], json!({ "__typename": of, "id": id }));
        taken.insert(of);
    }
    assert_eq!(sdl.implementors("Node"), taken);
}

// ── breaking changes ─────────────────────────────────────────────────────────────────────────────

/// What of `current` breaks clients of `released`, by the rules of graphql-inspector; and one that it only calls dangerous: an
/// argument or input field that is not nullable and loses its default.
fn breaking_changes(released: &Sdl, current: &Sdl) -> Vec<String> {
    let mut breaks = Vec::new();
    for (operation, old) in released.roots() {
        match current.roots().get(operation) {
            Some(new) if *new == old => {}
            _ => breaks.push(format!("{operation} does not begin with {old} any more")),
        }
    }
    for old in released.types() {
        let name = old.name.node.as_str();
        match current.find(name) {
            None => breaks.push(format!("type {name} was removed")),
            Some(new) if kind(old) != kind(new) => breaks.push(format!("{name} was {}, is {}", kind(old), kind(new))),
            Some(new) => breaking_changes_of_type(name, old, new, &mut breaks),
        }
    }
    for old in released.directives() {
        let name = old.name.node.as_str();
        let Some(new) = current.directives().find(|new| new.name.node == name) else {
            breaks.push(format!("directive @{name} was removed"));
            continue;
        };
        for location in &old.locations {
            if !new.locations.iter().any(|new| new.node == location.node) {
                breaks.push(format!("@{name} cannot stand on {:?} any more", location.node));
            }
        }
        breaking_changes_of_inputs(&format!("@{name}"), &unwrapped(&old.arguments), &unwrapped(&new.arguments), &mut breaks);
    }
    breaks
}

fn unwrapped(arguments: &[async_graphql::Positioned<InputValueDefinition>]) -> Vec<&InputValueDefinition> {
    arguments.iter().map(|argument| &argument.node).collect()
}

fn kind(of: &TypeDefinition) -> &'static str {
    match of.kind {
        TypeKind::Scalar => "a scalar",
        TypeKind::Object(_) => "an object",
        TypeKind::Interface(_) => "an interface",
        TypeKind::Union(_) => "a union",
        TypeKind::Enum(_) => "an enum",
        TypeKind::InputObject(_) => "an input object",
    }
}

fn breaking_changes_of_type(name: &str, old: &TypeDefinition, new: &TypeDefinition, breaks: &mut Vec<String>) {
    for interface in implements(old).difference(&implements(new)) {
        breaks.push(format!("{name} does not implement {interface} any more"));
    }
    for member in members_of(old).difference(&members_of(new)) {
        breaks.push(format!("{member} is no member of {name} any more"));
    }
    let values = values_of(new).unwrap_or_default();
    for value in values_of(old).into_iter().flatten().filter(|value| !values.contains(value)) {
        breaks.push(format!("value {name}.{value} was removed"));
    }
    let fields = fields_of(new);
    for old in fields_of(old) {
        let path = format!("{name}.{}", old.name.node);
        let Some(new) = fields.iter().find(|new| new.name.node == old.name.node) else {
            breaks.push(format!("field {path} was removed"));
            continue;
        };
        if !output_still_fits(&old.ty.node, &new.ty.node) {
            breaks.push(format!("{path} was {}, is {}", old.ty.node, new.ty.node));
        }
        breaking_changes_of_inputs(&path, &unwrapped(&old.arguments), &unwrapped(&new.arguments), breaks);
    }
    breaking_changes_of_inputs(name, &inputs_of(old), &inputs_of(new), breaks);
}

fn breaking_changes_of_inputs(of: &str, old: &[&InputValueDefinition], new: &[&InputValueDefinition], breaks: &mut Vec<String>) {
    let needed = |input: &InputValueDefinition| !input.ty.node.nullable && input.default_value.is_none();
    for old in old {
        let path = format!("{of}.{}", old.name.node);
        match new.iter().find(|new| new.name.node == old.name.node) {
            None => breaks.push(format!("input {path} was removed")),
            Some(new) if !input_still_fits(&old.ty.node, &new.ty.node) => {
                breaks.push(format!("{path} was {}, is {}", old.ty.node, new.ty.node));
            }
            Some(new) if needed(new) && !needed(old) => breaks.push(format!("{path} lost its default")),
            Some(_) => {}
        }
    }
    for new in new.iter().filter(|new| needed(new) && !old.iter().any(|old| old.name.node == new.name.node)) {
        breaks.push(format!("input {of}.{} is new and needed", new.name.node));
    }
}

/// Whether a client that reads the old type can read the new one: the same, or less often null.
fn output_still_fits(old: &Type, new: &Type) -> bool {
    let same_or_less_null = old.nullable || !new.nullable;
    same_or_less_null
        && match (&old.base, &new.base) {
            (BaseType::Named(old), BaseType::Named(new)) => old == new,
            (BaseType::List(old), BaseType::List(new)) => output_still_fits(old, new),
            _ => false,
        }
}

/// Whether what a client gives for the old type can be given for the new one: the same, or null allowed besides.
fn input_still_fits(old: &Type, new: &Type) -> bool {
    output_still_fits(new, old)
}

#[test]
fn the_schema_breaks_no_client_of_the_released_one() {
    let released = Sdl::read(include_str!("expected/released.graphql"));
    assert_eq!(breaking_changes(&released, &Sdl::served()), Vec::<String>::new());
}

#[test]
fn each_breaking_change_is_found_and_named() {
    for (old, new, expected) in [
        ("type A { f: Int } type B { f: Int }", "type A { f: Int }", "type B was removed"),
        ("scalar A", "enum A { V }", "A was a scalar, is an enum"),
        ("type A { f: Int }", "interface A { f: Int }", "A was an object, is an interface"),
        ("type A { f: Int g: Int }", "type A { f: Int }", "field A.g was removed"),
        ("interface A { f: Int g: Int }", "interface A { f: Int }", "field A.g was removed"),
        ("type A { f: Int }", "type A { f: String }", "A.f was Int, is String"),
        ("type A { f: Int! }", "type A { f: Int }", "A.f was Int!, is Int"),
        ("type A { f: Int }", "type A { f: [Int] }", "A.f was Int, is [Int]"),
        ("type A { f: [Int] }", "type A { f: Int }", "A.f was [Int], is Int"),
        ("type A { f: [Int!] }", "type A { f: [Int]! }", "A.f was [Int!], is [Int]!"),
        ("type A { f(a: Int b: Int): Int }", "type A { f(a: Int): Int }", "input A.f.b was removed"),
        ("type A { f: Int }", "type A { f(a: Int!): Int }", "input A.f.a is new and needed"),
        ("type A { f(a: Int): Int }", "type A { f(a: Int!): Int }", "A.f.a was Int, is Int!"),
        ("type A { f(a: Int): Int }", "type A { f(a: Int! = 1): Int }", "A.f.a was Int, is Int!"),
        ("type A { f(a: Int): Int }", "type A { f(a: ID): Int }", "A.f.a was Int, is ID"),
        ("type A { f(a: [Int]): Int }", "type A { f(a: [Int!]): Int }", "A.f.a was [Int], is [Int!]"),
        ("type A { f(a: [Int]): Int }", "type A { f(a: Int): Int }", "A.f.a was [Int], is Int"),
        ("type A { f(a: Int! = 1): Int }", "type A { f(a: Int!): Int }", "A.f.a lost its default"),
        ("interface A { f: Int }", "interface A { f(a: Int!): Int }", "input A.f.a is new and needed"),
        ("input A { a: Int b: Int }", "input A { a: Int }", "input A.b was removed"),
        ("input A { a: Int }", "input A { a: Int b: Int! }", "input A.b is new and needed"),
        ("input A { a: Int }", "input A { a: Int! }", "A.a was Int, is Int!"),
        ("input A { a: Int! = 1 }", "input A { a: Int! }", "A.a lost its default"),
        ("enum A { V W }", "enum A { V }", "value A.W was removed"),
        (
            "interface I { f: Int } type A implements I { f: Int }",
            "interface I { f: Int } type A { f: Int }",
            "A does not implement I any more",
        ),
        (
            "type A { f: Int } type B { f: Int } union U = A | B",
            "type A { f: Int } type B { f: Int } union U = A",
            "B is no member of U any more",
        ),
        ("directive @d on FIELD type A { f: Int }", "type A { f: Int }", "directive @d was removed"),
        ("directive @d on FIELD | QUERY", "directive @d on QUERY", "@d cannot stand on Field any more"),
        ("directive @d(a: Int) on FIELD", "directive @d on FIELD", "input @d.a was removed"),
        ("directive @d on FIELD", "directive @d(a: Int!) on FIELD", "input @d.a is new and needed"),
        (
            "schema { query: A } type A { f: Int }",
            "schema { query: B } type A { f: Int } type B { f: Int }",
            "query does not begin with A any more",
        ),
        (
            "schema { query: A mutation: A } type A { f: Int }",
            "schema { query: A } type A { f: Int }",
            "mutation does not begin with A any more",
        ),
    ] {
        assert_eq!(breaking_changes(&Sdl::read(old), &Sdl::read(new)), [expected], "{old} -> {new}");
    }
}

#[test]
fn a_harmless_change_is_none() {
    for (old, new) in [
        ("type A { f: Int }", "\"Words.\" type A { \"Words.\" f: Int }"),
        ("type A { f: Int }", "type A { f: Int g: Int! } type B { f: Int }"),
        ("type A { f: Int g: Int }", "type A { g: Int f: Int @deprecated }"),
        ("type A { f: Int }", "type A { f: Int! }"),
        ("type A { f: [Int] }", "type A { f: [Int!]! }"),
        ("type A { f: Int }", "type A { f(a: Int b: Int! = 1): Int }"),
        ("type A { f(a: Int!): Int }", "type A { f(a: Int): Int }"),
        ("type A { f(a: [Int!]!): Int }", "type A { f(a: [Int]): Int }"),
        ("type A { f(a: Int! = 1): Int }", "type A { f(a: Int! = 2): Int }"),
        ("type A { f(a: Int! = 1): Int }", "type A { f(a: Int): Int }"),
        ("input A { a: Int! }", "input A { a: Int b: Int c: Int! = 1 }"),
        ("enum A { V W }", "enum A { W X V }"),
        ("type A { f: Int }", "interface I { f: Int } type A implements I { f: Int }"),
        ("type A { f: Int } type B { f: Int } union U = A", "type A { f: Int } type B { f: Int } union U = B | A"),
        ("directive @d on FIELD", "directive @d(a: Int) on QUERY | FIELD directive @e on FIELD"),
        ("schema { query: A } type A { f: Int }", "schema { query: A mutation: A } type A { f: Int }"),
    ] {
        assert_eq!(breaking_changes(&Sdl::read(old), &Sdl::read(new)), Vec::<String>::new(), "{old} -> {new}");
    }
}

// ── a document for each root field ───────────────────────────────────────────────────────────────

/// A valid operation that asks for one root field, with no more arguments than it needs.
pub(crate) fn least_operation(sdl: &Sdl, root: &str, field: &FieldDefinition) -> String {
    let needed = |argument: &&InputValueDefinition| !argument.ty.node.nullable && argument.default_value.is_none();
    let arguments = unwrapped(&field.arguments);
    let arguments: Vec<_> = arguments.into_iter().filter(needed).map(|argument| literal(sdl, argument)).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let select = if sdl.is_composite(base(&field.ty.node)) { " { __typename }" } else { "" };
    format!("{} {{ {}{arguments}{select} }}", root.to_lowercase(), field.name.node)
}

fn literal(sdl: &Sdl, input: &InputValueDefinition) -> String {
    let of = base(&input.ty.node);
    let value = match of {
        _ if is_list(&input.ty.node) => "[]".to_owned(),
        "Int" => "1".to_owned(),
        "Boolean" => "false".to_owned(),
        "Date" => "\"2026-11-22\"".to_owned(),
        "String" | "ID" | "CountryCode" => "\"x\"".to_owned(),
        _ if sdl.enums().contains_key(of) => sdl.enums()[of][0].to_owned(),
        _ => {
            let needed = sdl.input_fields(of).into_iter().filter(|field| !field.ty.node.nullable && field.default_value.is_none());
            format!("{{ {} }}", needed.map(|field| literal(sdl, field)).collect::<Vec<_>>().join(", "))
        }
    };
    format!("{}: {value}", input.name.node)
}
