//! What held on another day.

use serde_json::{Value, json};

use super::{draft, engage, register, with};
use crate::{
    organisation::{TODAY, board, done, id},
    support::{TestApp, nodes},
};

/// An agreement of Gnesta with a sub-processor for the first half of the year: both ids and the sub-processor's party.
async fn half_a_year(app: &TestApp) -> (String, String, String) {
    let processor = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let party = register(app, "coordinator.gnesta", "Underleverantör Exempel AB").await;
    let agreement =
        id(&draft(app, "coordinator.gnesta", &board(app, "gnesta", "Socialnämnden").await, &processor, "Halvårets exempel").await);
    let engaged = with(engage(&agreement, &party, None), &json!({ "validFrom": "2026-01-01", "validTo": "2026-06-30" }));
    let engagement = id(&done(app, "coordinator.gnesta", "listSubProcessor", engaged).await);
    (agreement, engagement, party)
}

#[tokio::test]
async fn sub_processors_are_those_of_the_day_the_first_and_the_last_inside() {
    let app = TestApp::start().await;
    let (agreement, engagement, party) = half_a_year(&app).await;
    let query = "query($agreement: ID!, $party: ID!, $day: Date) {
      agreement(id: $agreement, asOf: $day) { subProcessors { totalCount nodes { id } } }
      party(id: $party, asOf: $day) { engagements { totalCount nodes { id } } }
      agreements(asOf: $day, filter: { subProcessorId: $party }) { totalCount nodes { id subProcessors { nodes { id } } } } }";
    for (day, there) in
        [("2025-12-31", false), ("2026-01-01", true), ("2026-03-15", true), ("2026-06-30", true), ("2026-07-01", false), (TODAY, false)]
    {
        let data = app.as_("reader.gnesta").query(query, json!({ "agreement": agreement, "party": party, "day": day })).await;
        let list =
            if there { json!({ "totalCount": 1, "nodes": [{ "id": engagement }] }) } else { json!({ "totalCount": 0, "nodes": [] }) };
        assert_eq!(data["agreement"]["subProcessors"], list, "{day}");
        assert_eq!(data["party"]["engagements"], list, "{day}");
        let found = if there { json!([{ "id": agreement, "subProcessors": { "nodes": [{ "id": engagement }] } }]) } else { json!([]) };
        assert_eq!(data["agreements"]["nodes"], found, "{day}");
    }
}

#[tokio::test]
async fn today_is_swedens_day_and_what_is_left_out_is_today() {
    let app = TestApp::start().await;
    let (agreement, ..) = half_a_year(&app).await;
    let count = async || {
        let data = app
            .as_("reader.gnesta")
            .query("query($id: ID!) { agreement(id: $id) { subProcessors { totalCount } } }", json!({ "id": agreement }))
            .await;
        data["agreement"]["subProcessors"]["totalCount"].as_i64().unwrap()
    };
    // Summer time: the last day ends at 22 o'clock UTC.
    app.clock.set("2026-06-30T21:59:59Z".parse().unwrap());
    assert_eq!(count().await, 1);
    app.clock.set("2026-06-30T22:00:00Z".parse().unwrap());
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn two_root_fields_of_one_query_have_two_days() {
    let app = TestApp::start().await;
    let (agreement, engagement, _) = half_a_year(&app).await;
    let query = "query($id: ID!) { then: agreement(id: $id, asOf: \"2026-06-30\") { subProcessors { nodes { id } } }
      now: agreement(id: $id) { subProcessors { nodes { id } } } node(id: $id) { ... on ProcessorAgreement { subProcessors { nodes { id } } } } }";
    let data = app.as_("reader.gnesta").query(query, json!({ "id": agreement })).await;
    assert_eq!(data["then"]["subProcessors"]["nodes"], json!([{ "id": engagement }]));
    assert_eq!(data["now"]["subProcessors"]["nodes"], json!([]));
    assert_eq!(data["node"]["subProcessors"]["nodes"], json!([]), "a node is as it is today");
}

#[tokio::test]
async fn one_day_governs_all_that_is_asked_below() {
    let app = TestApp::start().await;
    let (agreement, engagement, _) = half_a_year(&app).await;
    let query = "query($day: Date) { municipality(slug: \"gnesta\", asOf: $day) { controllers(first: 10) { nodes { name coordinators { id }
      agreements(first: 10, filter: { text: \"halvårets\" }) { nodes { id subProcessors(first: 10) { nodes { id agreement { subProcessors(first: 10) { nodes { id } } } } } } } } } } }";
    let read = async |day: &str| app.as_("reader.gnesta").query(query, json!({ "day": day })).await;
    let social =
        |data: &Value| nodes(&data["municipality"]["controllers"]).iter().find(|board| board["name"] == "Socialnämnden").unwrap().clone();
    let then = social(&read("2026-06-30").await);
    let below = json!({ "subProcessors": { "nodes": [{ "id": engagement }] } });
    assert_eq!(
        then["agreements"]["nodes"],
        json!([{ "id": agreement, "subProcessors": { "nodes": [{ "id": engagement, "agreement": below }] } }])
    );
    let now = social(&read(TODAY).await);
    assert_eq!(now["agreements"]["nodes"], json!([{ "id": agreement, "subProcessors": { "nodes": [] } }]));
    assert_eq!((then["coordinators"].as_array().unwrap().len(), now["coordinators"].as_array().unwrap().len()), (1, 1));
    let before = social(&read("2025-05-21").await);
    assert_eq!(before["coordinators"], json!([]), "the coordinators were assigned a day later");
}

#[tokio::test]
async fn a_day_that_cannot_be_meant_is_refused() {
    let app = TestApp::start().await;
    for day in ["2026-02-30", "1899-12-31", "2201-01-01", "20260101", "i dag", ""] {
        let query = format!("{{ agreements(asOf: \"{day}\") {{ totalCount }} }}");
        let answer = app.as_("dso").ask(&query, json!({})).await.json();
        assert!(answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{day}: {answer}");
        let answer = app.as_("dso").ask("query($day: Date) { agreements(asOf: $day) { totalCount } }", json!({ "day": day })).await.json();
        assert!(answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{day}: {answer}");
    }
}
