//! The cut of the house, read from the text of `src`: which file may name what. Comments and strings do not count.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The domains in their order: in `model`, `rules`, `service` and `repo` each knows those before it, and none after it.
const ORDER: [&str; 6] = ["audit", "visibility", "timeline", "reference", "organisation", "processor"];

/// What else there is at the top of `src`: nothing of it is known to the kernel.
const ABOVE_THE_KERNEL: [&str; 13] =
    ["app", "auth", "authz", "commands", "config", "db", "demo", "domain", "graphql", "http", "idempotency", "retention", "telemetry"];

/// Lines of a file.
const LONGEST: usize = 800;

/// What stands at the top of the repository, besides dot-files, the lock file, the licence and what is built.
const TOP: [&str; 7] = ["Cargo.toml", "README.md", "entity", "migration", "schema.graphql", "src", "tests"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

// ── words of Rust ────────────────────────────────────────────────────────────────────────────────

/// The names and signs of a text of Rust, `::` in one piece, without comments, strings, characters and lifetimes.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if c == '"' {
            quoted(rest, '"')
        } else if c == '\'' {
            character_or_lifetime(rest)
        } else if c.is_alphanumeric() || c == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            // `b"…"` and `b'…'`: the prefix is no name; what follows is read next.
            if !(&rest[..length] == "b" && rest[length..].starts_with(['"', '\''])) {
                words.push(&rest[..length]);
            }
            length
        } else {
            let length = if rest.starts_with("::") { 2 } else { c.len_utf8() };
            if !c.is_whitespace() {
                words.push(&rest[..length]);
            }
            length
        };
        rest = &rest[length..];
    }
    words
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a string such as `r#"…"#` at the beginning of a text.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let content = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = text.len() - content.len();
    Some(content.find(&end).map_or(text.len(), |at| begin + at + end.len()))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn character_or_lifetime(text: &str) -> usize {
    let mut inside = text.chars().skip(1);
    let (first, second) = (inside.next(), inside.next());
    if first == Some('\\') || second == Some('\'') {
        return quoted(text, '\'');
    }
    1 + text[1..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len() - 1)
}

#[test]
fn words_are_names_and_signs_and_nothing_of_comments_strings_characters_and_lifetimes() {
    let text = r##"use a::{b, c as d}; // e
        /* f /* g */ h */ /// i
        fn j<'k>(l: &'k str) { m("n\"o", r#"p"q"#, 't', '\'', b"u", b'v', "w"); x }"##;
    let found = words(text).join(" ");
    assert_eq!(found, "use a :: { b , c as d } ; fn j < > ( l : & str ) { m ( , , , , , , ) ; x }");
    assert_eq!(words("'static T r\"unended"), ["T"]);
}

// ── rules ────────────────────────────────────────────────────────────────────────────────────────

/// One rule about the files of `src`.
struct Rule {
    /// The rule in words.
    says: &'static str,
    /// Which files it is about, by their paths below `src`.
    about: fn(&str) -> bool,
    /// The first word of the file that breaks it.
    broken_by: fn(&[&str]) -> Option<String>,
    /// Files that break it.
    broken: &'static [(&'static str, &'static str)],
    /// Files that keep it, though they come near.
    kept: &'static [(&'static str, &'static str)],
}

const RULES: &[Rule] = &[
    Rule {
        says: "only a repo touches entities",
        about: |path| !is_layer(path, "repo"),
        broken_by: |words| any_of(words, &["entity"]),
        broken: &[
            ("domain/processor/service/party.rs", "use entity::party;"),
            ("domain/processor/graphql/load.rs", "fn f() { ::entity::party::Entity::find() }"),
            ("domain/repository.rs", "use {entity as e, other::x};"),
        ],
        kept: &[
            ("domain/processor/repo.rs", "use entity::party;"),
            ("auth/repo/a.rs", "use entity::a;"),
            ("a.rs", "// entity::a\nEntity::a"),
        ],
    },
    Rule {
        says: "rules are pure: no async, no database, no GraphQL",
        about: |path| is_layer(path, "rules"),
        broken_by: |words| any_of(words, &["async", "await", "sea_orm", "async_graphql"]),
        broken: &[
            ("domain/processor/rules.rs", "pub async fn f() {}"),
            ("domain/processor/rules.rs", "fn f() { sea_orm::x() }"),
            ("domain/report/rules/a.rs", "use async_graphql::Enum;"),
        ],
        kept: &[("domain/processor/rules.rs", "fn f() -> &'static str { \"async\" }")],
    },
    Rule {
        says: "a service knows neither GraphQL nor the database's library",
        about: |path| is_layer(path, "service"),
        broken_by: |words| any_of(words, &["async_graphql", "sea_orm"]),
        broken: &[
            ("domain/processor/service/party.rs", "use async_graphql::ID;"),
            ("domain/reference/service.rs", "fn f(e: sea_orm::DbErr) {}"),
        ],
        kept: &[("domain/processor/service/mod.rs", "pub async fn f() {}")],
    },
    Rule {
        says: "a repo knows no GraphQL",
        about: |path| is_layer(path, "repo"),
        broken_by: |words| any_of(words, &["async_graphql"]),
        broken: &[("auth/repo.rs", "use async_graphql::ID;")],
        kept: &[("auth/repo.rs", "use sea_orm::DbErr;")],
    },
    Rule {
        says: "only GraphQL knows what GraphQL is given",
        about: |path| !(path.starts_with("graphql/") || path.contains("/graphql/") || path.ends_with("/graphql.rs")),
        broken_by: |words| leads_to(words, "inputs").then(|| "inputs".to_owned()),
        broken: &[
            ("domain/processor/import/row.rs", "use crate::domain::organisation::graphql::inputs::{NAME, REFERENCE};"),
            ("commands/invite.rs", "use crate::domain::processor::graphql::{inputs, types};"),
        ],
        kept: &[
            ("domain/processor/graphql/mutation.rs", "use super::inputs::A;"),
            ("graphql/schema.rs", "use crate::domain::processor::graphql::inputs::A;"),
            ("domain/processor/service/party.rs", "struct A { inputs: String }"),
        ],
    },
    Rule {
        says: "a model knows no database",
        about: |path| is_layer(path, "model"),
        broken_by: |words| any_of(words, &["sea_orm"]),
        broken: &[("domain/processor/model.rs", "#[derive(sea_orm::FromQueryResult)] struct A;")],
        kept: &[("domain/processor/model.rs", "#[derive(async_graphql::Enum)] enum A {}")],
    },
    Rule {
        says: "nothing but its command leads to the demo",
        about: |path| !(path.starts_with("commands/") || path == "lib.rs" || path.starts_with("demo/")),
        broken_by: |words| any_of(words, &["demo"]),
        broken: &[("http/mod.rs", "use crate::{app::App, demo::Persona};"), ("main.rs", "samverkan::demo::run()")],
        kept: &[("demo/mod.rs", "use crate::demo::random;"), ("auth/mod.rs", "//! Opened by the demo.\nfn demonstrate() {}")],
    },
    Rule {
        says: "only the commands on the server, and the disposal that one of them runs, take the operator's right",
        about: |path| !["commands/", "demo/", "authz/", "retention/"].iter().any(|folder| path.starts_with(folder)),
        broken_by: |words| any_of(words, &["of_the_operator"]),
        broken: &[("domain/organisation/service/role.rs", "let scope = WriteScope::of_the_operator(action);")],
        kept: &[("commands/invite.rs", "WriteScope::of_the_operator(action)"), ("retention/mod.rs", "WriteScope::of_the_operator(action)")],
    },
    Rule {
        says: "nothing but its command leads to the disposal",
        about: |path| !(path.starts_with("commands/") || path == "lib.rs" || path.starts_with("retention/")),
        // A field may be called so, too.
        broken_by: |words| leads_to(words, "retention").then(|| "retention".to_owned()),
        broken: &[("http/mod.rs", "use crate::{app::App, retention::dispose};"), ("auth/mod.rs", "use crate::retention;")],
        kept: &[("commands/dispose.rs", "use crate::retention;"), ("auth/mod.rs", "struct A { retention: String }")],
    },
    Rule {
        says: "the audit log knows no domain above it, but in GraphQL",
        about: |path| path.starts_with("domain/audit/") && !path.starts_with("domain/audit/graphql"),
        broken_by: |words| leads_to_later_than(words, "audit"),
        broken: &[("domain/audit/mod.rs", "use crate::domain::visibility::Reader;")],
        kept: &[("domain/audit/graphql.rs", "use crate::domain::organisation::graphql::types::A;")],
    },
    Rule {
        says: "visibility knows no domain above it",
        about: |path| path.starts_with("domain/visibility/"),
        broken_by: |words| leads_to_later_than(words, "visibility"),
        broken: &[
            ("domain/visibility/mod.rs", "use crate::domain::organisation::model::Controller;"),
            ("domain/visibility/repo.rs", "use crate::{authz::A, domain::{processor}};"),
        ],
        kept: &[("domain/visibility/mod.rs", "struct A { reference: String } use entity::agreement_party;")],
    },
    Rule {
        says: "reference knows no domain above it",
        about: |path| is_below_graphql(path, "reference"),
        broken_by: |words| leads_to_later_than(words, "reference"),
        broken: &[("domain/reference/repo.rs", "fn f() { super::super::organisation::repo::f() }")],
        kept: &[("domain/reference/graphql.rs", "use crate::domain::organisation::graphql::types::A;")],
    },
    Rule {
        says: "organisation knows no domain above it, but in GraphQL",
        about: |path| is_below_graphql(path, "organisation"),
        broken_by: |words| leads_to_later_than(words, "organisation"),
        broken: &[
            ("domain/organisation/service/party.rs", "use crate::domain::{organisation::model::A, processor::model::Party};"),
            ("domain/organisation/model.rs", "type A = crate::domain::processor::model::Party;"),
        ],
        kept: &[
            ("domain/organisation/graphql/types.rs", "use crate::domain::processor;"),
            ("domain/organisation/rules.rs", "fn f(processor: A, organisation_number: B) {} use super::super::reference::model::C;"),
        ],
    },
    Rule {
        says: "the kernel knows nothing of the house",
        about: |path| path.starts_with("kernel/"),
        broken_by: leaves_the_kernel,
        broken: &[
            ("kernel/id.rs", "use crate::authz::Role;"),
            ("kernel/id.rs", "use crate::{kernel::text::Text, app::App};"),
            ("kernel/id.rs", "fn f(a: samverkan::app::App) {}"),
            ("kernel/mod.rs", "use super::app::App;"),
            ("kernel/id.rs", "use super::super::app::App;"),
        ],
        kept: &[("kernel/id.rs", "use crate::kernel::text::Text; use super::kinds::A; use sea_orm::DbErr; pub(crate) fn f() {}")],
    },
];

/// Whether a file is of a layer: `repo.rs`, or a file below `repo/`.
fn is_layer(path: &str, layer: &str) -> bool {
    let mut parts: Vec<_> = path.split('/').collect();
    let file = parts.pop().unwrap_or_default();
    file.strip_suffix(".rs") == Some(layer) || parts.contains(&layer)
}

/// Whether a file is of `domain`, but not of its GraphQL, which may lead to any domain.
fn is_below_graphql(path: &str, domain: &str) -> bool {
    path.starts_with(&format!("domain/{domain}/")) && ["model", "rules", "service", "repo"].iter().any(|layer| is_layer(path, layer))
}

fn any_of(words: &[&str], forbidden: &[&str]) -> Option<String> {
    words.iter().find(|word| forbidden.contains(word)).map(|word| (*word).to_owned())
}

/// The first domain after `domain` that a path leads to.
fn leads_to_later_than(words: &[&str], domain: &str) -> Option<String> {
    let later = ORDER.iter().skip_while(|other| **other != domain).skip(1);
    later.copied().find(|later| leads_to(words, later)).map(str::to_owned)
}

/// Whether a path leads to or through a module: written out, or in a `use`.
fn leads_to(words: &[&str], module: &str) -> bool {
    let mut in_use = false;
    words.iter().enumerate().any(|(at, word)| {
        in_use = (in_use && *word != ";") || *word == "use";
        let beside = |at: Option<usize>| at.and_then(|at| words.get(at)) == Some(&"::");
        *word == module && (in_use || beside(at.checked_sub(1)) || beside(Some(at + 1)))
    })
}

fn leaves_the_kernel(words: &[&str]) -> Option<String> {
    let outside = |at: usize, word: &str| match word {
        "crate" => words.get(at + 1) != Some(&")") && !words[at..].starts_with(&["crate", "::", "kernel"]),
        "super" => words[at..].starts_with(&["super", "::", "super"]),
        "samverkan" => true,
        _ => false,
    };
    let up = words.iter().enumerate().find(|(at, word)| outside(*at, word)).map(|(_, word)| (*word).to_owned());
    up.or_else(|| ABOVE_THE_KERNEL.into_iter().find(|above| leads_to(words, above)).map(str::to_owned))
}

fn breach(rule: &Rule, path: &str, text: &str) -> Option<String> {
    if (rule.about)(path) { (rule.broken_by)(&words(text)) } else { None }
}

/// The files of `src` with their paths below it, in order.
fn sources() -> Vec<(String, String)> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { below(&path, found) } else { found.push(path) }
        }
    }
    let src = root().join("src");
    let mut found = Vec::new();
    below(&src, &mut found);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found.sort();
    let read = |path: PathBuf| (path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap());
    found.into_iter().map(read).collect()
}

#[test]
fn every_file_keeps_to_its_place() {
    let sources = sources();
    let mut breaches = Vec::new();
    for rule in RULES {
        assert!(sources.iter().any(|(path, _)| (rule.about)(path)), "{}: about no file", rule.says);
        for (path, text) in &sources {
            breaches.extend(breach(rule, path, text).map(|word| format!("src/{path}: `{word}`, but {}", rule.says)));
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn each_rule_bites_and_only_where_it_should() {
    for rule in RULES {
        assert!(!rule.broken.is_empty() && !rule.kept.is_empty(), "{}", rule.says);
        for (path, text) in rule.broken {
            assert!(breach(rule, path, text).is_some(), "{}: not seen in {path}: {text}", rule.says);
        }
        for (path, text) in rule.kept {
            assert_eq!(breach(rule, path, text), None, "{}: {path}: {text}", rule.says);
        }
    }
}

/// The modules in a folder of `src`.
fn modules(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().to_str().unwrap().trim_end_matches(".rs").to_owned();
    let mut names: Vec<_> = entries.map(name).collect();
    names.retain(|name| !["lib", "main", "mod"].contains(&name.as_str()));
    names.sort();
    names
}

#[test]
fn every_domain_has_its_place_in_the_order() {
    let mut order = ORDER;
    order.sort_unstable();
    assert_eq!(modules("src/domain"), order);
}

#[test]
fn all_that_the_kernel_must_not_know_is_named() {
    assert_eq!(modules("src").into_iter().filter(|name| name != "kernel").collect::<Vec<_>>(), ABOVE_THE_KERNEL);
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<_> = sources().into_iter().filter(|(_, text)| text.lines().count() > LONGEST).map(|(path, _)| path).collect();
    assert_eq!(long, Vec::<String>::new(), "longer than {LONGEST} lines");
}

/// What stands at the top that should not, and what is missing.
fn top_level_faults(mut names: Vec<String>) -> (Vec<String>, Vec<&'static str>) {
    let missing = TOP.into_iter().filter(|name| !names.iter().any(|there| there == name)).collect();
    let beside = |name: &str| name.starts_with('.') || name.starts_with("LICENSE") || ["Cargo.lock", "target"].contains(&name);
    names.retain(|name| !TOP.contains(&name.as_str()) && !beside(name));
    names.sort();
    (names, missing)
}

#[test]
fn the_top_of_the_repository_holds_what_it_should_and_nothing_else() {
    let names = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(top_level_faults(names), (vec![], vec![]), "left: not to be there; right: missing");
}

#[test]
fn whatever_is_strange_or_missing_at_the_top_is_named() {
    let named = |names: &[&str]| top_level_faults(names.iter().map(|name| (*name).to_owned()).collect());
    let right = [&TOP[..], &[".git", ".clippy.toml", "Cargo.lock", "LICENSE-EUPL", "target"]].concat();
    assert_eq!(named(&right), (vec![], vec![]));
    assert_eq!(named(&[&right[..], &["docs", "Makefile"]].concat()), (vec!["Makefile".to_owned(), "docs".to_owned()], vec![]));
    assert_eq!(named(&TOP[1..]), (vec![], vec!["Cargo.toml"]));
}

/// The modules that a root of the tests lists.
fn listed(root: &str) -> BTreeSet<&str> {
    root.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect()
}

#[test]
fn the_tests_of_both_engines_are_the_same_but_for_those_that_are_told_with_a_reason() {
    let (sqlite, postgres) = (listed(include_str!("sqlite.rs")), listed(include_str!("postgres.rs")));
    assert!(sqlite.intersection(&postgres).count() > 10);
    let of_one = |here: &BTreeSet<&'static str>, there, engine| here.difference(there).map(|name| (*name, engine)).collect::<BTreeSet<_>>();
    let differing = &of_one(&sqlite, &postgres, "sqlite") | &of_one(&postgres, &sqlite, "postgres");
    let told: BTreeSet<_> = include_str!("expected/one_engine.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let (module, (engine, reason)) = line.split_once(',').and_then(|(module, rest)| Some((module, rest.split_once(',')?))).unwrap();
            assert!(!reason.is_empty(), "{module} lacks a reason");
            (module, engine)
        })
        .collect();
    assert_eq!(differing, told);
}
