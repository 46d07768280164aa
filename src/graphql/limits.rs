//! How much one request may ask. Judged on the document alone, before anybody is identified and before any statement is sent.
//!
//! Cost: each field costs one, and what stands below a list costs once for each row that the list can have: `first` or `last`
//! where it is given, 25 where a connection does not say, and the checked-in bound of a plain list.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{
        BaseType, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection,
        SelectionSet, Type, TypeKind, TypeSystemDefinition,
    },
};
use async_graphql_value::Value as DocumentValue;

use crate::kernel::{
    page::{DEFAULT_SIZE, MAX_SIZE},
    text::Text,
};

/// Characters of a query.
pub const CHARACTERS: usize = 15_000;
/// Tokens of a query: names, numbers, strings and punctuation.
pub const TOKENS: usize = 2_000;
/// Levels of fields.
pub const DEPTH: usize = 14;
/// Levels of fields of a document that asks for nothing but the schema.
pub const INTROSPECTION_DEPTH: usize = 16;
/// Fields with an alias.
pub const ALIASES: usize = 15;
/// Directives.
pub const DIRECTIVES: usize = 10;
/// Cost of a query.
pub const COST: u64 = 50_000;
/// Cost of what stands below `__schema` and `__type`, reckoned with [`INTROSPECTION_ROWS`] for each list: the standard introspection
/// query passes, and one that goes round in circles does not.
pub const INTROSPECTION_COST: u64 = 1_500_000;
/// Rows of a list of the schema's own types and fields.
pub const INTROSPECTION_ROWS: u64 = 30;
/// The fields of introspection that are lists.
const INTROSPECTION_LISTS: [&str; 8] =
    ["types", "directives", "fields", "inputFields", "interfaces", "enumValues", "possibleTypes", "args"];
/// Rows that a plain list of the schema is reckoned to have: short by nature, see `tests/it/expected/plain_lists.txt`.
pub const PLAIN_LIST: u64 = 10;
/// Plain lists that can be longer: type, field, rows.
pub const LONG_PLAIN_LISTS: &[(&str, &str, u64)] = &[
    ("Query", "nodes", 100),
    ("Query", "countries", 249),
    ("Viewer", "controllers", 100),
    ("Viewer", "roles", 100),
    ("Instruction", "processingCountries", 40),
    ("ProcessorAgreement", "contents", 14),
    ("ProcessorAgreement", "acknowledgements", 15),
    ("SubProcessorEngagement", "processingCountries", 40),
    ("SubProcessorChange", "processingCountries", 40),
    ("AuditEntry", "changes", 50),
    ("AgreementImport", "columns", 100),
    ("ImportRow", "cells", 25),
];

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// More characters than [`CHARACTERS`].
    Characters,
    /// More tokens than [`TOKENS`].
    Tokens,
    /// Deeper than [`DEPTH`], or [`INTROSPECTION_DEPTH`].
    Depth,
    /// More aliases than [`ALIASES`].
    Aliases,
    /// More directives than [`DIRECTIVES`].
    Directives,
    /// Costlier than [`COST`].
    Cost,
}

impl Excess {
    /// What is limited, for the message.
    pub fn name(self) -> Text {
        match self {
            Self::Characters => Text::new("tecken", "characters"),
            Self::Tokens => Text::new("ord och tecken i språket (tokens)", "tokens"),
            Self::Depth => Text::new("djup", "depth"),
            Self::Aliases => Text::new("alias", "aliases"),
            Self::Directives => Text::new("direktiv", "directives"),
            Self::Cost => Text::new("kostnad", "cost"),
        }
    }

    /// The limit, for the message.
    pub fn limit(self) -> u64 {
        match self {
            Self::Characters => CHARACTERS as u64,
            Self::Tokens => TOKENS as u64,
            Self::Depth => DEPTH as u64,
            Self::Aliases => ALIASES as u64,
            Self::Directives => DIRECTIVES as u64,
            Self::Cost => COST,
        }
    }
}

/// Judges the text of a query before it is parsed.
pub fn judge_text(query: &str) -> Result<(), Excess> {
    if query.chars().count() > CHARACTERS {
        return Err(Excess::Characters);
    }
    if tokens(query) > TOKENS { Err(Excess::Tokens) } else { Ok(()) }
}

/// Counts tokens, a little too many rather than too few: inside comments nothing counts, a string counts once.
fn tokens(query: &str) -> usize {
    let mut count = 0;
    let mut rest = query;
    while let Some(c) = rest.chars().next() {
        if c == '#' {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("\"\"\"") {
            count += 1;
            rest = rest[3..].find("\"\"\"").map_or("", |end| &rest[3 + end + 3..]);
        } else if c == '"' {
            count += 1;
            rest = &rest[string_length(rest)..];
        } else if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
            count += 1;
            rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'));
        } else {
            count += usize::from(!(c.is_whitespace() || c == ','));
            rest = &rest[c.len_utf8()..];
        }
    }
    count
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\n' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What the schema says about the fields: which types they lead to, and which are lists.
#[derive(Debug)]
pub struct Costs {
    fields: HashMap<(String, String), FieldShape>,
}

#[derive(Clone, Debug)]
struct FieldShape {
    to: String,
    plain_list: bool,
    connection: bool,
}

impl Costs {
    /// Reads the schema.
    pub fn of_schema(sdl: &str) -> anyhow::Result<Self> {
        let mut fields = HashMap::new();
        for definition in async_graphql::parser::parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let of_type = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            for field in of_type {
                let (to, plain_list) = base_of(&field.node.ty.node);
                let connection = to.ends_with("Connection");
                let key = (definition.node.name.node.to_string(), field.node.name.node.to_string());
                fields.insert(key, FieldShape { to, plain_list, connection });
            }
        }
        Ok(Self { fields })
    }

    fn shape(&self, on: &str, field: &Field) -> Option<&FieldShape> {
        self.fields.get(&(on.to_owned(), field.name.node.to_string()))
    }
}

fn base_of(ty: &Type) -> (String, bool) {
    match &ty.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(inner) => (base_of(inner).0, true),
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether it asks for the schema only, which is no secret.
    pub schema_only: bool,
    /// Whether it changes something.
    pub changes: bool,
}

/// Judges a parsed document as `operation` would run it.
pub fn judge(
    costs: &Costs,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Asked, Excess> {
    let mut walk = Walk { costs, document, operation, variables, aliases: 0, directives: 0, measured: HashMap::new() };
    walk.count()?;
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let size = walk.measure(&operation.selection_set.node, root);
    let schema_only = operation.ty == OperationType::Query && !size.data;
    if size.depth > if schema_only { INTROSPECTION_DEPTH } else { DEPTH } {
        return Err(Excess::Depth);
    }
    if size.cost > COST || size.schema_cost > INTROSPECTION_COST {
        Err(Excess::Cost)
    } else {
        Ok(Asked { schema_only, changes: operation.ty == OperationType::Mutation })
    }
}

/// The operation that a request names, or the only one.
pub fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.iter().find(|(operation, _)| operation.as_str() == name).map(|(_, operation)| &operation.node)
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            all.next().filter(|_| all.next().is_none()).map(|operation| &operation.node)
        }
    }
}

/// How much a selection asks for.
#[derive(Clone, Copy, Default)]
struct Size {
    depth: usize,
    cost: u64,
    /// What stands below `__schema` and `__type` is reckoned apart.
    schema_cost: u64,
    /// Whether anything but the schema is asked for.
    data: bool,
}

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            cost: self.cost.saturating_add(other.cost),
            schema_cost: self.schema_cost.saturating_add(other.schema_cost),
            data: self.data || other.data,
        }
    }

    /// A field with this below it, in each of so many rows.
    fn above(below: Self, rows: u64, data: bool) -> Self {
        Self {
            depth: below.depth.saturating_add(1),
            cost: below.cost.saturating_mul(rows).saturating_add(1),
            schema_cost: below.schema_cost.saturating_mul(rows),
            data,
        }
    }

    /// Deep enough to be refused: for fragments that contain themselves.
    const ENDLESS: Self = Self { depth: usize::MAX, cost: u64::MAX, schema_cost: u64::MAX, data: true };
}

struct Walk<'a> {
    costs: &'a Costs,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    aliases: usize,
    directives: usize,
    /// The size of each fragment by its name; none while it is being measured.
    measured: HashMap<Name, Option<Size>>,
}

impl Walk<'_> {
    /// Counts aliases and directives as they are written, in all operations and fragments.
    fn count(&mut self) -> Result<(), Excess> {
        let operations: Vec<&SelectionSet> =
            self.document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node).collect();
        let fragments: Vec<&SelectionSet> = self.document.fragments.values().map(|fragment| &fragment.node.selection_set.node).collect();
        self.directives += self.document.operations.iter().map(|(_, operation)| operation.node.directives.len()).sum::<usize>();
        self.directives += self.document.fragments.values().map(|fragment| fragment.node.directives.len()).sum::<usize>();
        for set in operations.into_iter().chain(fragments) {
            self.count_in(set);
        }
        if self.aliases > ALIASES {
            return Err(Excess::Aliases);
        }
        if self.directives > DIRECTIVES { Err(Excess::Directives) } else { Ok(()) }
    }

    fn count_in(&mut self, set: &SelectionSet) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.node.alias.is_some());
                    self.directives += field.node.directives.len();
                    self.count_in(&field.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.directives += spread.node.directives.len(),
                Selection::InlineFragment(fragment) => {
                    self.directives += fragment.node.directives.len();
                    self.count_in(&fragment.node.selection_set.node);
                }
            }
        }
    }

    fn measure(&mut self, set: &SelectionSet, on: &str) -> Size {
        let mut total = Size::default();
        for item in &set.items {
            let size = match &item.node {
                Selection::Field(field) => self.measure_field(&field.node, on),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.to_string());
                    self.measure(&fragment.node.selection_set.node, condition.as_deref().unwrap_or(on))
                }
                Selection::FragmentSpread(spread) => self.measure_fragment(&spread.node.fragment_name.node),
            };
            total = total.beside(size);
        }
        total
    }

    fn measure_fragment(&mut self, name: &Name) -> Size {
        match self.measured.get(name) {
            Some(Some(size)) => return *size,
            Some(None) => return Size::ENDLESS,
            None => {}
        }
        let document = self.document;
        let Some(fragment): Option<&Positioned<FragmentDefinition>> = document.fragments.get(name) else { return Size::default() };
        self.measured.insert(name.clone(), None);
        let size = self.measure(&fragment.node.selection_set.node, fragment.node.type_condition.node.on.node.as_str());
        self.measured.insert(name.clone(), Some(size));
        size
    }

    fn measure_field(&mut self, field: &Field, on: &str) -> Size {
        // What the schema does not know is introspection, or refused by validation.
        let Some(shape) = self.costs.shape(on, field).cloned() else { return self.measure_introspection(field) };
        let below = self.measure(&field.selection_set.node, &shape.to);
        let rows = if shape.connection {
            self.rows(field)
        } else if shape.plain_list && !on.ends_with("Connection") {
            let long = LONG_PLAIN_LISTS.iter().find(|(of, name, _)| *of == on && *name == field.name.node.as_str());
            long.map_or(PLAIN_LIST, |(_, _, rows)| *rows)
        } else {
            1
        };
        Size::above(below, rows, true)
    }

    fn measure_introspection(&mut self, field: &Field) -> Size {
        let below = self.measure(&field.selection_set.node, "");
        let name = field.name.node.as_str();
        let rows = if INTROSPECTION_LISTS.contains(&name) { INTROSPECTION_ROWS } else { 1 };
        let size = Size::above(below, rows, !name.starts_with("__"));
        if matches!(name, "__schema" | "__type") { Size { cost: 1, schema_cost: size.cost, ..size } } else { size }
    }

    /// How many rows a connection can have; sizes outside 1 to 100 are refused when the list is read.
    fn rows(&self, field: &Field) -> u64 {
        let asked = ["first", "last"].into_iter().filter_map(|argument| match &field.get_argument(argument)?.node {
            DocumentValue::Number(number) => number.as_u64(),
            DocumentValue::Variable(name) => self.variable(name),
            _ => None,
        });
        asked.max().map_or(u64::from(DEFAULT_SIZE), |rows| rows.min(u64::from(MAX_SIZE)))
    }

    fn variable(&self, name: &Name) -> Option<u64> {
        let given = self.variables.get(name).cloned().or_else(|| {
            let definition = self.operation.variable_definitions.iter().find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| value.node.clone())
        });
        match given {
            Some(Value::Number(number)) => number.as_u64(),
            _ => None,
        }
    }
}
