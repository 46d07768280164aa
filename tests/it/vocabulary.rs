//! The words for every enum of the schema: complete, in both languages, in pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    schema::Sdl,
    support::{Client, TestApp, nodes},
};

const QUERY: &str = "query($type: String, $first: Int, $after: String) { vocabulary(type: $type, first: $first, after: $after) {
  totalCount nodes { type value labelSv labelEn legalSource } pageInfo { hasNextPage endCursor } } }";

/// All terms, read in pages of `size`; how many rows each page had.
async fn paged(client: &Client<'_>, enum_type: Option<&str>, size: usize) -> (Vec<Value>, Vec<usize>) {
    let (mut terms, mut sizes, mut after) = (Vec::new(), Vec::new(), Value::Null);
    loop {
        let data = client.query(QUERY, json!({ "type": enum_type, "first": size, "after": after })).await;
        let page = &data["vocabulary"];
        terms.extend(nodes(page).iter().cloned());
        sizes.push(nodes(page).len());
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], terms.len());
            return (terms, sizes);
        }
        assert_eq!(sizes.last(), Some(&size), "a page before the last is full");
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn name(term: &Value) -> (String, String) {
    (term["type"].as_str().unwrap().to_owned(), term["value"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_vocabulary_has_every_value_of_every_enum_of_the_schema_once_and_no_other() {
    let app = TestApp::start().await;
    let sdl = Sdl::served();
    let expected: BTreeSet<_> = sdl
        .enums()
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name.to_owned(), value.to_owned())))
        .collect();
    assert!(expected.contains(&("UserErrorCode".to_owned(), "NOT_FOUND".to_owned())), "the enums were read");
    let (terms, _) = paged(&app.as_("reader.gnesta"), None, 100).await;
    let told: BTreeSet<_> = terms.iter().map(name).collect();
    assert_eq!(told, expected);
    assert_eq!(terms.len(), expected.len(), "a term stands twice");
}

#[tokio::test]
async fn every_term_has_a_label_in_both_languages_and_no_blank_source() {
    let app = TestApp::start().await;
    let (terms, _) = paged(&app.as_("reader.gnesta"), None, 100).await;
    assert!(!terms.is_empty());
    for term in terms {
        for label in ["labelSv", "labelEn"] {
            assert!(!term[label].as_str().unwrap().trim().is_empty(), "{term}");
        }
        assert!(term["legalSource"].as_str().is_none_or(|source| !source.trim().is_empty()), "{term}");
    }
}

#[tokio::test]
async fn the_labels_of_one_enum_tell_its_values_apart_in_each_language() {
    let app = TestApp::start().await;
    let (terms, _) = paged(&app.as_("reader.gnesta"), None, 100).await;
    for label in ["labelSv", "labelEn"] {
        let labels: BTreeSet<_> = terms.iter().map(|term| (name(term).0, term[label].to_string())).collect();
        assert_eq!(labels.len(), terms.len(), "two values of an enum have the same {label}");
    }
}

#[tokio::test]
async fn the_vocabulary_of_one_enum_has_its_values_only() {
    let app = TestApp::start().await;
    let client = app.as_("reader.gnesta");
    let (all, _) = paged(&client, None, 100).await;
    let sdl = Sdl::served();
    for (of, values) in sdl.enums() {
        let (terms, _) = paged(&client, Some(of), 100).await;
        let told: BTreeSet<_> = terms.iter().map(|term| name(term).1).collect();
        assert_eq!(told, values.into_iter().map(str::to_owned).collect(), "{of}");
        assert!(terms.iter().all(|term| all.contains(term)), "{of} is worded as in the whole");
    }
}

#[tokio::test]
async fn an_enum_that_the_schema_lacks_is_a_mistake_in_the_argument_type() {
    let app = TestApp::start().await;
    for unknown in ["NoSuchEnum", "", "role", "Person"] {
        let error = app.as_("reader.gnesta").error(QUERY, json!({ "type": unknown })).await;
        assert_eq!(error["extensions"], json!({ "code": "BAD_USER_INPUT", "argument": ["type"] }), "{unknown}");
        assert_eq!(error["path"], json!(["vocabulary"]), "{unknown}");
    }
}

#[tokio::test]
async fn small_pages_give_the_same_terms_in_the_same_order_once_each() {
    let app = TestApp::start().await;
    let client = app.as_("reader.gnesta");
    let (whole, _) = paged(&client, None, 100).await;
    let (terms, sizes) = paged(&client, None, 7).await;
    assert_eq!(terms, whole);
    assert!(sizes.len() > 2, "{sizes:?}: several pages");
    let names: Vec<_> = terms.iter().map(name).collect();
    assert!(names.is_sorted(), "by enum and value: {names:?}");
    // The pages of one enum end with it.
    let (categories, sizes) = paged(&client, Some("DataCategory"), 7).await;
    assert_eq!(categories, whole.into_iter().filter(|term| term["type"] == "DataCategory").collect::<Vec<_>>());
    assert_eq!(sizes, [7, 7, 1]);
}
