//! What a front-end developer meets first: the demo's data, as the officer and as a coordinator.

use serde_json::{Value, json};

use crate::support::{TestApp, nodes};

const EVERYTHING: &str = "query($controllers: Int, $agreements: Int, $subProcessors: Int) {
  municipalities(first: 6) { nodes { slug
    controllers(first: $controllers) { nodes { name municipality { slug }
      coordinators { person { name } }
      agreements(first: $agreements) { totalCount nodes { id processor { name } subProcessors(first: $subProcessors) { nodes { party { name } } } } } } } } } }";

fn sizes() -> Value {
    json!({ "controllers": 6, "agreements": 25, "subProcessors": 10 })
}

#[tokio::test]
async fn the_officer_sees_all_six_municipalities_in_one_query() {
    let app = TestApp::start().await;
    let data = app.as_("dso").query(EVERYTHING, sizes()).await;
    let municipalities = nodes(&data["municipalities"]);
    assert_eq!(municipalities.len(), 6);
    let mut agreements = std::collections::HashSet::new();
    for municipality in municipalities {
        for controller in nodes(&municipality["controllers"]) {
            assert!(!controller["coordinators"].as_array().unwrap().is_empty(), "{controller}");
            assert_eq!(controller["agreements"]["totalCount"], nodes(&controller["agreements"]).len());
            agreements.extend(nodes(&controller["agreements"]).iter().map(|agreement| agreement["id"].to_string()));
        }
    }
    assert_eq!(agreements.len(), 250);
}

#[tokio::test]
async fn a_coordinator_sees_the_directory_of_all_and_agreements_of_the_own_municipality_only() {
    let app = TestApp::start().await;
    let data = app.as_("coordinator.gnesta").query(EVERYTHING, sizes()).await;
    let municipalities = nodes(&data["municipalities"]);
    assert_eq!(municipalities.len(), 6);
    for municipality in municipalities {
        for controller in nodes(&municipality["controllers"]) {
            let own = controller["municipality"]["slug"] == "gnesta";
            assert_eq!(controller["agreements"].is_object(), own, "{controller}");
            assert_eq!(controller["agreements"].is_null(), !own, "{controller}");
        }
    }
}

#[tokio::test]
async fn org6_a_member_reads_the_joint_board_hosted_by_another_and_each_of_its_agreements_once() {
    let app = TestApp::start().await;
    let data = app.as_("coordinator.vingaker").query(EVERYTHING, sizes()).await;
    let boards = |slug: &str| {
        let municipality = nodes(&data["municipalities"]).iter().find(|municipality| municipality["slug"] == slug).unwrap();
        nodes(&municipality["controllers"]).iter().filter(|board| board["name"] == "Viadidaktnämnden").cloned().collect::<Vec<_>>()
    };
    let (at_host, at_member) = (boards("katrineholm"), boards("vingaker"));
    assert_eq!(at_host.len(), 1);
    assert_eq!(at_host, at_member);
    assert!(!nodes(&at_host[0]["agreements"]).is_empty());
    let all = app.as_("coordinator.vingaker").query("{ agreements(first: 100) { totalCount nodes { id } } }", json!({})).await;
    let ids: std::collections::HashSet<_> = nodes(&all["agreements"]).iter().map(|agreement| agreement["id"].to_string()).collect();
    assert_eq!(ids.len() as u64, all["agreements"]["totalCount"].as_u64().unwrap());
    for agreement in nodes(&at_host[0]["agreements"]) {
        assert!(ids.contains(&agreement["id"].to_string()));
    }
}
