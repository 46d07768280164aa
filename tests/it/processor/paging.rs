//! Pages of lists.

use serde_json::{Value, json};

use super::{
    engage,
    keeping::writes,
    objection::{announcement, in_force},
    register,
};
use crate::{
    organisation::{board, done, id},
    support::{Client, TestApp, nodes},
};

/// A list of the schema: what to ask, and where the connection stands in the answer. `$first` and `$after` page it, `$id` is its owner.
struct List {
    name: &'static str,
    query: &'static str,
    at: &'static str,
    owner: Option<String>,
}

/// What adds to the lists of an agreement.
const RECORDING: [&str; 3] = ["issueInstruction", "recordAssurance", "recordAgreementNotice"];

const PAGE: &str = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";

impl List {
    fn query(&self) -> String {
        self.query.replace("PAGE", PAGE)
    }

    async fn page(&self, client: &Client<'_>, first: i64, after: &Value) -> Value {
        let mut data = client.query(&self.query(), json!({ "first": first, "after": after, "id": self.owner })).await;
        data.pointer_mut(self.at).unwrap_or_else(|| panic!("{} is not there", self.at)).take()
    }
}

/// Every list of the schema, each with an owner whose list has several rows.
#[expect(clippy::too_many_lines, reason = "one table, a row for each list")]
async fn lists(app: &TestApp) -> Vec<List> {
    let social = board(app, "gnesta", "Socialnämnden").await;
    let supplier = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let mut agreement = String::new();
    let below = register(app, "coordinator.gnesta", "Underleverantör Exempel AB").await;
    for n in 1..=5 {
        let title = format!("Exempelsystem {}", 6 - n);
        agreement = id(&super::draft(app, "coordinator.gnesta", &social, &supplier, &title).await);
        done(app, "coordinator.gnesta", "listSubProcessor", engage(&agreement, &below, None)).await;
    }
    for n in 1..=4 {
        let other = register(app, "coordinator.gnesta", &format!("Underleverantör {n} Exempel AB")).await;
        done(app, "coordinator.gnesta", "listSubProcessor", engage(&agreement, &other, None)).await;
    }
    for _ in 1..=5 {
        for (mutation, input) in writes(&json!({ "id": agreement })).into_iter().filter(|(mutation, _)| RECORDING.contains(mutation)) {
            done(app, "coordinator.gnesta", mutation, input).await;
        }
    }
    for version in 1..=4 {
        super::sign(app, "coordinator.gnesta", &agreement, &social, version, "PROCESSOR").await;
        let terms = json!({ "agreementId": agreement, "expectedVersion": version, "terms": { "objectionDays": 10 + version } });
        done(app, "coordinator.gnesta", "amendAgreement", terms).await;
    }
    // A processor with which there are four agreements, and four changes that it announced: each has a case under each.
    let announcing = register(app, "coordinator.gnesta", "Anmälande Exempel AB").await;
    for _ in 0..4 {
        in_force(app, "gnesta", &announcing, "GENERAL").await;
    }
    let mut change = String::new();
    for _ in 0..4 {
        change = id(&done(app, "operator", "announceSubProcessorChange", announcement(&announcing, &below)).await);
    }
    let list = |name, query, at, owner: Option<&String>| List { name, query, at, owner: owner.cloned() };
    vec![
        list(
            "municipalities",
            "query($first: Int, $after: String) { municipalities(first: $first, after: $after) { PAGE nodes { id sort: slug } edges { cursor } } }",
            "/municipalities",
            None,
        ),
        list(
            "people",
            "query($first: Int, $after: String) { people(first: $first, after: $after) { PAGE nodes { id sort: name } edges { cursor } } }",
            "/people",
            None,
        ),
        list(
            "parties",
            "query($first: Int, $after: String) { parties(first: $first, after: $after) { PAGE nodes { id sort: name } edges { cursor } } }",
            "/parties",
            None,
        ),
        list(
            "agreements",
            "query($first: Int, $after: String) { agreements(first: $first, after: $after) { PAGE nodes { id sort: title } edges { cursor } } }",
            "/agreements",
            None,
        ),
        list(
            "Municipality.controllers",
            "query($first: Int, $after: String) { municipality(slug: \"gnesta\") { controllers(first: $first, after: $after) { PAGE nodes { id sort: name } edges { cursor } } } }",
            "/municipality/controllers",
            None,
        ),
        list(
            "Controller.agreements",
            "query($id: ID!, $first: Int, $after: String) { controller(id: $id) { agreements(first: $first, after: $after) { PAGE nodes { id sort: title } edges { cursor } } } }",
            "/controller/agreements",
            Some(&social),
        ),
        list(
            "Party.agreements",
            "query($id: ID!, $first: Int, $after: String) { party(id: $id) { agreements(first: $first, after: $after) { PAGE nodes { id sort: title } edges { cursor } } } }",
            "/party/agreements",
            Some(&supplier),
        ),
        list(
            "Party.engagements",
            "query($id: ID!, $first: Int, $after: String) { party(id: $id) { engagements(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } } }",
            "/party/engagements",
            Some(&below),
        ),
        list(
            "ProcessorAgreement.subProcessors",
            "query($id: ID!, $first: Int, $after: String) { agreement(id: $id) { subProcessors(first: $first, after: $after) { PAGE nodes { id sort: position } edges { cursor } } } }",
            "/agreement/subProcessors",
            Some(&agreement),
        ),
        list(
            "ProcessorAgreement.instructions",
            "query($id: ID!, $first: Int, $after: String) { agreement(id: $id) { instructions(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } } }",
            "/agreement/instructions",
            Some(&agreement),
        ),
        list(
            "ProcessorAgreement.assurances",
            "query($id: ID!, $first: Int, $after: String) { agreement(id: $id) { assurances(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } } }",
            "/agreement/assurances",
            Some(&agreement),
        ),
        list(
            "ProcessorAgreement.notices",
            "query($id: ID!, $first: Int, $after: String) { agreement(id: $id) { notices(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } } }",
            "/agreement/notices",
            Some(&agreement),
        ),
        list(
            "ProcessorAgreement.termVersions",
            "query($id: ID!, $first: Int, $after: String) { agreement(id: $id) { termVersions(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } } }",
            "/agreement/termVersions",
            Some(&agreement),
        ),
        list(
            "subProcessorChanges",
            "query($first: Int, $after: String) { subProcessorChanges(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } }",
            "/subProcessorChanges",
            None,
        ),
        list(
            "objectionCases",
            "query($first: Int, $after: String) { objectionCases(first: $first, after: $after) { PAGE nodes { id sort: earliestPossibleDeadline } edges { cursor } } }",
            "/objectionCases",
            None,
        ),
        list(
            "SubProcessorChange.objectionCases",
            "query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on SubProcessorChange { objectionCases(first: $first, after: $after) { PAGE nodes { id sort: earliestPossibleDeadline } edges { cursor } } } } }",
            "/node/objectionCases",
            Some(&change),
        ),
        list(
            "auditLog",
            "query($first: Int, $after: String) { auditLog(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } }",
            "/auditLog",
            None,
        ),
        list(
            "ProcessorAgreement.history",
            "query($id: ID!, $first: Int, $after: String) { agreement(id: $id) { history(first: $first, after: $after) { PAGE nodes { id sort: id } edges { cursor } } } }",
            "/agreement/history",
            Some(&agreement),
        ),
    ]
}

#[test]
fn every_list_of_the_schema_is_paged_here() {
    let sdl = samverkan::graphql::schema::sdl();
    let kinds = sdl.lines().filter(|line| line.starts_with("type ") && line.contains("Connection {")).count();
    // Municipality, Person, Party, ProcessorAgreement, Controller, SubProcessorEngagement, AuditEntry, AgreementTerms, Instruction,
    // Assurance, AgreementNotice, SubProcessorChange, ObjectionCase; Term, Finding, Deadline and AgreementImportRow have no ids.
    assert_eq!(kinds, 17, "a new kind of list wants a place in `lists`");
}

#[tokio::test]
async fn page_by_page_every_row_comes_once_and_in_order() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    for list in lists(&app).await {
        let name = list.name;
        let whole = list.page(&client, 100, &Value::Null).await;
        let total = usize::try_from(whole["totalCount"].as_u64().unwrap()).unwrap();
        assert!((4..=100).contains(&total), "{name} has {total} rows");
        assert_eq!(
            (nodes(&whole).len(), &whole["pageInfo"]["hasNextPage"], &whole["pageInfo"]["hasPreviousPage"]),
            (total, &json!(false), &json!(false)),
            "{name}"
        );
        for size in [1, 3] {
            let (mut rows, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = list.page(&client, size, &after).await;
                let info = &page["pageInfo"];
                assert_eq!(page["totalCount"], total, "{name}");
                assert_eq!(info["hasPreviousPage"], !after.is_null(), "{name}");
                assert_eq!(info["startCursor"], page["edges"][0]["cursor"], "{name}");
                assert_eq!(info["endCursor"], page["edges"].as_array().unwrap().last().unwrap()["cursor"], "{name}");
                rows.extend(nodes(&page).clone());
                if info["hasNextPage"] == false {
                    break;
                }
                assert_eq!(nodes(&page).len(), usize::try_from(size).unwrap(), "{name}");
                after = info["endCursor"].clone();
            }
            assert_eq!(rows, *nodes(&whole), "{name} in pages of {size}");
            let beyond = list.page(&client, size, &whole["pageInfo"]["endCursor"]).await;
            assert_eq!(
                (&beyond["nodes"], &beyond["pageInfo"]["hasNextPage"], &beyond["pageInfo"]["endCursor"]),
                (&json!([]), &json!(false), &Value::Null),
                "{name}"
            );
            assert_eq!(beyond["totalCount"], total, "{name}");
        }
    }
}

#[tokio::test]
async fn lists_are_in_the_order_of_swedish_names() {
    let app = TestApp::start().await;
    for name in ["Öst", "Äst", "Åst", "zst", "Ast", "élst"] {
        register(&app, "operator", &format!("{name} ordning")).await;
    }
    let data = app.as_("dso").query("{ parties(filter: { text: \"ordning\" }) { nodes { name } } }", json!({})).await;
    let names: Vec<_> = nodes(&data["parties"]).iter().map(|party| party["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ast ordning", "élst ordning", "zst ordning", "Åst ordning", "Äst ordning", "Öst ordning"]);
}

#[tokio::test]
async fn agreements_are_paged_backward_too_and_by_when_they_were_recorded() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    app.clock.set(crate::support::now() + chrono::TimeDelta::minutes(1));
    lists(&app).await;
    let all = async |order: Value| {
        let data = client
            .query(
                "query($order: AgreementOrder) { agreements(first: 100, orderBy: $order) { nodes { id title } } }",
                json!({ "order": order }),
            )
            .await;
        nodes(&data["agreements"]).clone()
    };
    let back = "query($order: AgreementOrder, $before: String) { agreements(last: 7, before: $before, orderBy: $order) { nodes { id title } pageInfo { hasPreviousPage hasNextPage startCursor } } }";
    for order in [
        Value::Null,
        json!({ "field": "TITLE" }),
        json!({ "field": "TITLE", "direction": "DESC" }),
        json!({ "field": "RECORDED" }),
        json!({ "field": "RECORDED", "direction": "DESC" }),
    ] {
        let (mut rows, mut before) = (Vec::new(), Value::Null);
        loop {
            let data = client.query(back, json!({ "order": order, "before": before })).await;
            let info = &data["agreements"]["pageInfo"];
            assert_eq!(info["hasNextPage"], !before.is_null());
            rows.splice(0..0, nodes(&data["agreements"]).clone());
            if info["hasPreviousPage"] == false {
                break;
            }
            before = info["startCursor"].clone();
        }
        assert_eq!(rows, all(order.clone()).await, "{order}");
    }
    let mut reversed = all(json!({ "field": "RECORDED" })).await;
    reversed.reverse();
    let newest = all(json!({ "field": "RECORDED", "direction": "DESC" })).await;
    assert_eq!(newest, reversed);
    let newest_titles: Vec<_> =
        newest.iter().filter(|agreement| agreement["title"].as_str().unwrap().starts_with("Exempelsystem")).collect();
    assert_eq!(newest_titles.len(), 5);
    // After those were recorded only the four with which changes were announced.
    assert!(newest[4..9].iter().all(|agreement| newest_titles.contains(&agreement)), "what was just recorded comes first");
}

#[tokio::test]
async fn what_is_recorded_later_comes_first_when_the_newest_are_asked_for() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let supplier = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let mut recorded = Vec::new();
    for (n, title) in ["Mitten", "Början", "Ändelsen"].into_iter().enumerate() {
        app.clock.set(crate::support::now() + chrono::TimeDelta::minutes(1 + i64::try_from(n).unwrap()));
        recorded.insert(0, super::draft(&app, "coordinator.gnesta", &social, &supplier, title).await["id"].clone());
    }
    let data = app
        .as_("reader.gnesta")
        .query("{ agreements(first: 3, orderBy: { field: RECORDED, direction: DESC }) { nodes { id } } }", json!({}))
        .await;
    assert_eq!(nodes(&data["agreements"]).iter().map(|agreement| agreement["id"].clone()).collect::<Vec<_>>(), recorded);
}

#[tokio::test]
async fn a_page_of_0_or_101_rows_is_refused_and_the_argument_named() {
    let app = TestApp::start().await;
    for list in lists(&app).await {
        for size in [0, 101, -1] {
            let error = app.as_("coordinator.gnesta").error(&list.query(), json!({ "first": size, "after": null, "id": list.owner })).await;
            let mut expected: Vec<&str> = list.at.split('/').skip(1).collect();
            if expected.len() == 1 {
                expected.clear();
            }
            expected.push("first");
            assert_eq!(
                (&error["extensions"]["code"], &error["extensions"]["argument"]),
                (&json!("BAD_USER_INPUT"), &json!(expected)),
                "{} {size}",
                list.name
            );
            assert_eq!(error["path"], json!([list.at.split('/').nth(1).unwrap()]), "an error of the root field");
        }
        for size in [1, 100] {
            list.page(&app.as_("coordinator.gnesta"), size, &Value::Null).await;
        }
    }
    for size in [0, 101] {
        let error = app.as_("dso").error("query($last: Int) { agreements(last: $last) { totalCount } }", json!({ "last": size })).await;
        assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &json!(["last"])));
    }
    let error = app.as_("dso").error("{ agreements(first: 2, last: 2) { totalCount } }", json!({})).await;
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &json!(["last"])));
}

#[tokio::test]
async fn a_cursor_fits_only_its_own_list() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let all = lists(&app).await;
    let mut cursors = Vec::new();
    for list in &all {
        cursors.push(list.page(&client, 1, &Value::Null).await["pageInfo"]["endCursor"].clone());
    }
    for list in &all {
        for (from, cursor) in all.iter().zip(&cursors).map(|(from, cursor)| (from.name, cursor.clone())).chain([
            ("nowhere", json!("x")),
            ("nowhere", json!("")),
            ("nowhere", json!("bm9uc2Vuc2U")),
        ]) {
            if from == list.name {
                list.page(&client, 1, &cursor).await;
                continue;
            }
            let error = client.error(&list.query(), json!({ "first": 1, "after": cursor, "id": list.owner })).await;
            let argument = error["extensions"]["argument"].as_array().unwrap();
            assert_eq!(
                (&error["extensions"]["code"], argument.last()),
                (&json!("BAD_USER_INPUT"), Some(&json!("after"))),
                "{} with a cursor of {from}",
                list.name
            );
        }
    }
}

#[tokio::test]
async fn a_cursor_does_not_fit_another_filter_another_order_another_owner_or_another_day() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let asked = "query($after: String, $filter: AgreementFilter, $order: AgreementOrder, $day: Date) { agreements(first: 1, after: $after, filter: $filter, orderBy: $order, asOf: $day) { nodes { id } pageInfo { endCursor } } }";
    let first = client.query(asked, json!({ "filter": { "municipality": "gnesta" } })).await;
    let cursor = &first["agreements"]["pageInfo"]["endCursor"];
    for other in [
        json!({ "after": cursor }),
        json!({ "after": cursor, "filter": { "municipality": "gnesta", "text": "a" } }),
        json!({ "after": cursor, "filter": { "municipality": "gnesta" }, "order": { "field": "RECORDED" } }),
        json!({ "after": cursor, "filter": { "municipality": "gnesta" }, "order": { "field": "TITLE", "direction": "DESC" } }),
        json!({ "after": cursor, "filter": { "municipality": "gnesta" }, "day": "2026-06-30" }),
    ] {
        let error = client.error(asked, other.clone()).await;
        assert_eq!(
            (&error["extensions"]["code"], &error["extensions"]["argument"]),
            (&json!("BAD_USER_INPUT"), &json!(["after"])),
            "{other}"
        );
    }
    let backward =
        "query($before: String, $filter: AgreementFilter) { agreements(last: 1, before: $before, filter: $filter) { nodes { id } } }";
    client.query(backward, json!({ "before": cursor, "filter": { "municipality": "gnesta" } })).await;
    let error = client.error(backward, json!({ "before": cursor })).await;
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &json!(["before"])));
    // Of another owner, and as of another day, below the root.
    let nested = "query($id: ID!, $after: String, $day: Date) { controller(id: $id, asOf: $day) { agreements(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } } }";
    let (own, other) = (board(&app, "gnesta", "Socialnämnden").await, board(&app, "gnesta", "Kommunstyrelsen").await);
    let page = client.query(nested, json!({ "id": own })).await;
    let cursor = &page["controller"]["agreements"]["pageInfo"]["endCursor"];
    client.query(nested, json!({ "id": own, "after": cursor })).await;
    for wrong in [json!({ "id": other, "after": cursor }), json!({ "id": own, "after": cursor, "day": "2026-06-30" })] {
        let error = client.error(nested, wrong).await;
        assert_eq!(
            (&error["extensions"]["code"], &error["extensions"]["argument"]),
            (&json!("BAD_USER_INPUT"), &json!(["controller", "agreements", "after"]))
        );
    }
}

#[tokio::test]
async fn without_a_day_a_cursor_goes_on_with_the_day_it_began_with() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let supplier = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    super::draft(&app, "coordinator.gnesta", &social, &supplier, "Ett").await;
    super::draft(&app, "coordinator.gnesta", &social, &supplier, "Två").await;
    let query = "query($after: String, $id: ID!, $day: Date) { agreements(first: 1, after: $after, asOf: $day, filter: { processorId: $id }) { nodes { title } pageInfo { endCursor } } }";
    let then = client.query(query, json!({ "id": supplier, "day": "2026-06-30" })).await;
    let next = client.query(query, json!({ "id": supplier, "after": then["agreements"]["pageInfo"]["endCursor"] })).await;
    assert_eq!(next["agreements"]["nodes"], json!([{ "title": "Två" }]));
}

#[tokio::test]
async fn a_cursor_below_several_owners_is_refused() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let page = client.query("{ municipality(slug: \"gnesta\") { controllers(first: 1) { pageInfo { endCursor } } } }", json!({})).await;
    let cursor = &page["municipality"]["controllers"]["pageInfo"]["endCursor"];
    let several = "query($after: String) { municipalities(first: 2) { nodes { controllers(first: 1, after: $after) { nodes { id } } } } }";
    let error = client.error(several, json!({ "after": cursor })).await;
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(error["extensions"]["argument"], json!(["municipalities", "nodes", "controllers", "after"]));
    client.query(several, json!({ "after": null })).await;
}

#[tokio::test]
async fn a_fault_deep_below_names_the_argument_by_the_keys_of_the_answer() {
    let app = TestApp::start().await;
    for (query, argument) in [
        (
            "{ municipalities { nodes { controllers { nodes { agreements(first: 0) { totalCount } } } } } }",
            json!(["municipalities", "nodes", "controllers", "nodes", "agreements", "first"]),
        ),
        (
            "{ municipalities { edges { node { controllers(first: 101) { totalCount } } } } }",
            json!(["municipalities", "edges", "node", "controllers", "first"]),
        ),
        (
            "{ own: municipality(slug: \"gnesta\") { boards: controllers { nodes { records: agreements(after: \"x\") { totalCount } } } } }",
            json!(["own", "boards", "nodes", "records", "after"]),
        ),
        (
            "{ own: municipality(slug: \"gnesta\") { controllers { nodes { agreements(filter: { controllerId: \"x\" }) { totalCount } } } } }",
            json!(["own", "controllers", "nodes", "agreements", "filter", "controllerId"]),
        ),
        ("{ agreements { nodes { subProcessors(first: 0) { totalCount } } } }", json!(["agreements", "nodes", "subProcessors", "first"])),
        (
            "{ parties { nodes { agreements { nodes { processor { engagements(first: 0) { totalCount } } } } } } }",
            json!(["parties", "nodes", "agreements", "nodes", "processor", "engagements", "first"]),
        ),
    ] {
        let error = app.as_("coordinator.gnesta").error(query, json!({})).await;
        assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &argument), "{query}");
        assert_eq!(error["path"].as_array().unwrap().len(), 1, "an error of the root field: {error}");
    }
}

#[tokio::test]
async fn a_fault_in_the_payload_of_a_mutation_is_an_error_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let supplier = register(&app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let before = crate::organisation::stored(&app).await;
    let mutation = "mutation($input: DraftAgreementInput!) { draftAgreement(input: $input) { processorAgreement { id subProcessors(first: 0) { totalCount } } errors { code } } }";
    let input = json!({ "input": { "leadControllerId": social, "processorId": supplier, "title": "Exempelavtal" } });
    let error = app.as_("coordinator.gnesta").error(mutation, input).await;
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(error["extensions"]["argument"], json!(["draftAgreement", "processorAgreement", "subProcessors", "first"]));
    assert!(before == crate::organisation::stored(&app).await, "the fault left something behind");
}

#[tokio::test]
async fn a_page_has_25_rows_where_nothing_is_said_and_null_says_nothing() {
    let app = TestApp::start().await;
    for query in [
        "{ agreements { totalCount nodes { id } } }",
        "{ agreements(first: null, after: null, last: null, before: null, filter: null, orderBy: null, asOf: null) { totalCount nodes { id } } }",
    ] {
        let data = app.as_("dso").query(query, json!({})).await;
        assert_eq!((nodes(&data["agreements"]).len(), &data["agreements"]["totalCount"]), (25, &json!(250)));
    }
}
