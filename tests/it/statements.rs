//! What a query costs the database: the same number of statements however much there is.

use serde_json::json;

use crate::{
    organisation::done,
    processor::{
        import::upload,
        objection::{announcement, in_force},
        register,
    },
    support::{TestApp, mistakes, nodes},
};

const NESTED: &str = "query($n: Int) { agreements(first: $n) { totalCount nodes { title
  processor { name country { status } usedBy { slug } }
  parties { lead controller { name municipality { slug } } }
  subProcessors(first: 3) { totalCount nodes { service position party { name } engagedBy { service } processingCountries { code status }
    authorisations { authorisation controller { name } } } } } } }";

async fn statements(app: &TestApp, persona: &str, query: &str, size: u32) -> (usize, usize) {
    let client = app.as_(persona);
    let (data, statements) = app.statements_of(client.query(query, json!({ "n": size }))).await;
    (nodes(&data["agreements"]).len(), statements)
}

#[tokio::test]
async fn the_nested_list_costs_the_same_statements_at_page_10_50_and_100_and_at_scale_1_and_8() {
    let mut counted = Vec::new();
    for scale in [1, 8] {
        let app = if scale == 1 { TestApp::start().await } else { TestApp::scaled(scale).await };
        for size in [10_u32, 50, 100] {
            let (rows, statements) = statements(&app, "dso", NESTED, size).await;
            assert_eq!(rows, size as usize);
            counted.push(statements);
        }
    }
    // Two identify, then one for each list, one for each of its lengths, and one for each other field that leads to rows.
    assert_eq!(counted, [18; 6]);
}

#[tokio::test]
async fn the_directory_of_all_municipalities_costs_the_same_statements_at_scale_1_and_8() {
    let query = "{ municipalities(first: 100) { nodes { slug viewerCanRead controllers(first: 10) { nodes { name viewerCanRead coordinators { person { name email } } } } } } }";
    let mut counted = Vec::new();
    for (scale, expected) in [(1, 6), (8, 48)] {
        let app = if scale == 1 { TestApp::start().await } else { TestApp::scaled(scale).await };
        let client = app.as_("dso");
        let (data, statements) = app.statements_of(client.query(query, json!({}))).await;
        assert_eq!(nodes(&data["municipalities"]).len(), expected);
        counted.push(statements);
    }
    assert_eq!(counted[0], counted[1]);
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_read() {
    let app = TestApp::start().await;
    let count = async |query: &str| {
        let client = app.as_("dso");
        app.statements_of(client.query(query, json!({}))).await.1
    };
    let bare = count("{ agreements(first: 5) { nodes { title } } }").await;
    assert_eq!(bare, 3, "two to identify, one to read");
    assert_eq!(count("{ agreements(first: 5) { totalCount nodes { title } } }").await, bare + 1);
    assert_eq!(count("{ agreements(first: 5) { nodes { title processor { name } } } }").await, bare + 1);
    assert_eq!(count("{ agreements(first: 5) { nodes { title } edges { node { processor { name } } } } }").await, bare + 1);
    assert_eq!(count("query { agreements(first: 5) { nodes { title processor @skip(if: true) { name } } } }").await, bare);
    assert_eq!(count("{ __typename }").await, 0);
}

#[tokio::test]
async fn the_viewer_costs_two_statements() {
    let app = TestApp::start().await;
    let client = app.as_("coordinator.gnesta");
    let (_, statements) = app.statements_of(client.query("{ viewer { name can } }", json!({}))).await;
    assert_eq!(statements, 2);
}

#[tokio::test]
async fn announcing_a_change_costs_the_same_statements_whether_it_touches_5_agreements_or_50() {
    let mut counted = Vec::new();
    for agreements in [5, 50] {
        let app = TestApp::start().await;
        let (processor, below) =
            (register(&app, "operator", "Leverantör AB").await, register(&app, "operator", "Underleverantör AB").await);
        for n in 0..agreements {
            in_force(&app, ["gnesta", "flen"][n % 2], &processor, "GENERAL").await;
        }
        let client = app.as_("operator");
        let input = announcement(&processor, &below);
        let announced = client.mutate("announceSubProcessorChange", "AnnounceSubProcessorChangeInput", input, "subProcessorChange { id }");
        let (payload, statements) = app.statements_of(announced).await;
        assert_eq!(mistakes(&payload), []);
        let query = "query($id: ID!) { node(id: $id) { ... on SubProcessorChange { objectionCases { totalCount } } } }";
        let cases = app.as_("dso").query(query, json!({ "id": payload["subProcessorChange"]["id"] })).await;
        assert_eq!(cases["node"]["objectionCases"]["totalCount"], agreements);
        counted.push(statements);
    }
    assert_eq!(counted[0], counted[1]);
}

#[tokio::test]
async fn the_inbox_of_cases_costs_the_same_statements_whether_it_has_4_or_40() {
    let query = "query($processor: ID!) { objectionCases(first: 50, filter: { processorId: $processor }) { totalCount nodes { state deadline { dueOn } change { service subProcessor { name } advice { text } }
        agreement { title } controller { name } decidedBy { name } } } }";
    let mut counted = Vec::new();
    for agreements in [4, 40] {
        let app = TestApp::start().await;
        let (processor, below) =
            (register(&app, "operator", "Leverantör AB").await, register(&app, "operator", "Underleverantör AB").await);
        for _ in 0..agreements {
            in_force(&app, "gnesta", &processor, "GENERAL").await;
        }
        done(&app, "operator", "announceSubProcessorChange", announcement(&processor, &below)).await;
        let client = app.as_("coordinator.gnesta");
        let (data, statements) = app.statements_of(client.query(query, json!({ "processor": processor }))).await;
        assert_eq!(nodes(&data["objectionCases"]).len(), agreements);
        counted.push(statements);
    }
    assert_eq!(counted[0], counted[1]);
}

#[tokio::test]
async fn importing_a_register_costs_the_same_statements_whether_it_has_50_rows_or_450_but_for_batches_of_the_timeline() {
    let mut counted = Vec::new();
    for rows in [50, 450] {
        let app = TestApp::start().await;
        let agreement =
            |n| format!("Socialnämnden;Exempel {} AB;SE;System {n};SN {n};2024-01-31;Exempel Under {} AB (SE)\n", n % 40, n % 7);
        let register: String = (0..rows).map(agreement).collect();
        let upload = upload(&app, "coordinator.gnesta", format!("Nämnd;Biträde;Land;Avtal;Dnr;Tecknat;Underbiträden\n{register}")).await;
        let client = app.as_("coordinator.gnesta");
        let mut of = Vec::new();
        for (dry_run, created) in [(true, rows), (false, rows)] {
            let input = json!({ "uploadId": upload, "dryRun": dry_run });
            let import = client.mutate("importAgreements", "ImportAgreementsInput", input, "import { created }");
            let (payload, sent) = app.sent_by(import).await;
            assert_eq!((mistakes(&payload), &payload["import"]["created"]), (vec![], &json!(created)));
            // 450 agreements and 47 organisations are one batch of every other table; the rules say several things of each.
            of.push(sent.iter().filter(|statement| !statement.starts_with("INSERT INTO \"timeline\"")).count());
        }
        counted.push(of);
    }
    assert_eq!(counted[0], counted[1]);
    assert!(counted[0][0] < 20 && counted[0][1] < 60, "{counted:?}");
}
