//! What a query asks of a field, read before the field is resolved: fragments followed, type conditions, `@skip` and
//! `@include` heeded, fields that are asked for several times merged as the specification merges them.

use std::collections::HashMap;

use super::error::ApiError;
use async_graphql::{
    Context, InputType, Name, Positioned, Value as ConstValue, Variables,
    parser::types::{Directive, Field, FragmentDefinition, Selection as Item, SelectionSet, VariableDefinition},
};
use async_graphql_value::Value;

/// The only interface of the schema: a fragment on it matches every type that has it.
const INTERFACE: &str = "Node";

#[derive(Clone, Copy)]
struct Document<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    definitions: &'a [Positioned<VariableDefinition>],
}

/// What is asked of an object.
#[derive(Clone)]
pub struct Selection<'a> {
    document: Document<'a>,
    sets: Vec<&'a SelectionSet>,
    path: Vec<String>,
}

/// One field with one set of arguments, asked of an object.
pub struct Call<'a> {
    /// The field.
    pub name: &'a str,
    /// Tells calls of the same field with other arguments apart.
    pub key: String,
    /// What is asked of its result.
    pub select: Selection<'a>,
    arguments: Vec<(Name, ConstValue)>,
}

impl<'a> Selection<'a> {
    /// What is asked of the field that is being resolved.
    pub fn of(ctx: &Context<'a>) -> Self {
        Self {
            document: Document::of(ctx),
            sets: vec![&ctx.item.node.selection_set.node],
            path: vec![ctx.item.node.response_key().node.to_string()],
        }
    }

    /// The calls on an object of type `on`, each with all that is asked of its result.
    pub fn on(&self, on: &str) -> Vec<Call<'a>> {
        let mut calls = Vec::new();
        for set in &self.sets {
            self.collect(set, on, &mut calls);
        }
        calls
    }

    /// Whether a field of an object of type `on` is asked for.
    pub fn asks(&self, on: &str, field: &str) -> bool {
        self.on(on).iter().any(|call| call.name == field)
    }

    /// All that is asked of the results of a field of an object of type `on`, whatever its arguments.
    #[must_use]
    pub fn inside(&self, on: &str, field: &str) -> Selection<'a> {
        let mut merged = Selection { document: self.document, sets: Vec::new(), path: self.path.clone() };
        for call in self.on(on).into_iter().filter(|call| call.name == field) {
            merged.path.clone_from(&call.select.path);
            merged.sets.extend(call.select.sets);
        }
        merged
    }

    /// The same object, asked for what `other` asks besides.
    #[must_use]
    pub fn and(mut self, other: Selection<'a>) -> Self {
        if self.sets.is_empty() {
            self.path = other.path;
        }
        self.sets.extend(other.sets);
        self
    }

    fn collect(&self, set: &'a SelectionSet, on: &str, calls: &mut Vec<Call<'a>>) {
        for item in &set.items {
            match &item.node {
                Item::Field(field) if self.document.includes(&field.node.directives) => self.add(&field.node, calls),
                Item::FragmentSpread(spread) if self.document.includes(&spread.node.directives) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node)
                        && matches(fragment.node.type_condition.node.on.node.as_str(), on)
                    {
                        self.collect(&fragment.node.selection_set.node, on, calls);
                    }
                }
                Item::InlineFragment(fragment) if self.document.includes(&fragment.node.directives) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    if condition.is_none_or(|condition| matches(condition, on)) {
                        self.collect(&fragment.node.selection_set.node, on, calls);
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&self, field: &'a Field, calls: &mut Vec<Call<'a>>) {
        let arguments = self.document.arguments(field);
        let key = key(field, &arguments);
        if let Some(known) = calls.iter_mut().find(|call| call.key == key) {
            known.select.sets.push(&field.selection_set.node);
            return;
        }
        let mut path = self.path.clone();
        path.push(field.response_key().node.to_string());
        let select = Selection { document: self.document, sets: vec![&field.selection_set.node], path };
        calls.push(Call { name: field.name.node.as_str(), key, select, arguments });
    }
}

impl Call<'_> {
    /// The value of an argument, or nothing where it is absent or null.
    pub fn argument<T: InputType>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let Some((_, value)) = self.arguments.iter().find(|(argument, _)| argument.as_str() == name) else { return Ok(None) };
        if *value == ConstValue::Null {
            return Ok(None);
        }
        // The library has checked the document against the schema, so a value of another type is a fault of ours.
        T::parse(Some(value.clone())).map(Some).map_err(|_| ApiError::internal(format!("argument {name} was not checked")))
    }

    /// Where an argument stands in the query.
    pub fn argument_path(&self, name: &str) -> Vec<String> {
        self.select.path.iter().cloned().chain([name.to_owned()]).collect()
    }
}

/// Tells which call of which field is being resolved.
pub fn key_of(ctx: &Context<'_>) -> String {
    let field = &ctx.item.node;
    key(field, &Document::of(ctx).arguments(field))
}

fn key(field: &Field, arguments: &[(Name, ConstValue)]) -> String {
    let mut key = field.name.node.to_string();
    let mut arguments: Vec<_> = arguments.iter().map(|(name, value)| format!(" {name}:{value}")).collect();
    arguments.sort_unstable();
    key.extend(arguments);
    key
}

fn matches(condition: &str, on: &str) -> bool {
    condition == on || condition == INTERFACE
}

impl<'a> Document<'a> {
    fn of(ctx: &Context<'a>) -> Self {
        Self {
            fragments: &ctx.query_env.fragments,
            variables: &ctx.query_env.variables,
            definitions: &ctx.query_env.operation.node.variable_definitions,
        }
    }

    /// A variable's value: given, or the default of its definition, or absent.
    fn variable(&self, name: &Name) -> Option<ConstValue> {
        self.variables.get(name).cloned().or_else(|| {
            let definition = self.definitions.iter().find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| value.node.clone())
        })
    }

    fn arguments(&self, field: &Field) -> Vec<(Name, ConstValue)> {
        let resolved = |(name, value): &(Positioned<Name>, Positioned<Value>)| Some((name.node.clone(), self.resolved(&value.node)?));
        field.arguments.iter().filter_map(resolved).collect()
    }

    /// A value with its variables filled in; an absent variable inside an object or a list leaves its place empty.
    fn resolved(&self, value: &Value) -> Option<ConstValue> {
        match value {
            Value::Variable(name) => self.variable(name),
            Value::Object(fields) => {
                Some(ConstValue::Object(fields.iter().filter_map(|(name, value)| Some((name.clone(), self.resolved(value)?))).collect()))
            }
            Value::List(values) => {
                Some(ConstValue::List(values.iter().map(|value| self.resolved(value).unwrap_or(ConstValue::Null)).collect()))
            }
            other => other.clone().into_const(),
        }
    }

    fn includes(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.node.get_argument("if").and_then(|value| self.resolved(&value.node));
            match directive.node.name.node.as_str() {
                "skip" => condition != Some(ConstValue::Boolean(true)),
                "include" => condition != Some(ConstValue::Boolean(false)),
                _ => true,
            }
        })
    }
}
