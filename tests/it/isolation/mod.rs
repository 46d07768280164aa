//! What is another municipality's answers as if it did not exist: in reads, in writes, and as a reference inside an input.
//!
//! `fields` judges every field of the schema by the table of rights, `ids` every place that takes an id, `texts` what answers tell.

mod fields;
mod ids;
mod texts;
mod worlds;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{
    organisation::{done, id, node, person},
    processor::{
        draft, engage,
        import::upload,
        keeping::keep_alive,
        objection::{announcement, in_force_of, own_case},
        register, with,
    },
    support::{TestApp, nodes},
};

/// What a municipality has of its own, made for these tests: one of each kind.
struct Own {
    board: String,
    agreement: String,
    row: String,
    engagement: String,
    below: String,
    instruction: String,
    assurance: String,
    notice: String,
    contact: String,
    processor: String,
    sub_processor: String,
    reader: String,
    coordinator: String,
    assignment: String,
    appointment: String,
    /// An agreement in force, a change that its processor announced, and the case about that.
    signed: String,
    change: String,
    case: String,
    /// A register that was uploaded.
    upload: String,
}

async fn own(app: &TestApp, slug: &str) -> Own {
    let (administrator, coordinator_of) = (format!("administrator.{slug}"), format!("coordinator.{slug}"));
    let reader = id(&person(app, &format!("reader.{slug}")).await);
    let coordinator = id(&person(app, &coordinator_of).await);
    let new = json!({ "municipality": slug, "name": "Exempelnämnden", "kind": "BOARD", "validFrom": "2026-01-01" });
    let board = id(&done(app, &administrator, "createController", new).await);
    let assigned = json!({ "personId": coordinator, "controllerId": board, "validFrom": "2026-01-01" });
    let assignment = id(&done(app, &administrator, "assignCoordinator", assigned).await);
    let appointed = json!({ "personId": coordinator, "controllerId": board, "loginAt": slug, "validFrom": "2026-01-01" });
    let appointment = id(&done(app, &administrator, "appointDataProtectionOfficer", appointed).await);
    let processor = register(app, &coordinator_of, &format!("Leverantör Exempel {slug}")).await;
    let sub_processor = register(app, &coordinator_of, &format!("Underleverantör Exempel {slug}")).await;
    let lowest = register(app, &coordinator_of, &format!("Lägsta leverantör Exempel {slug}")).await;
    // Without an agreement in force, so that there is a finding.
    let processing =
        json!({ "leadControllerId": board, "processorId": processor, "title": "Exempelavtal", "processingFrom": "2026-01-01" });
    let drafted = done(app, &coordinator_of, "draftAgreement", processing).await;
    let (agreement, row) = (id(&drafted), id(&drafted["parties"][0]));
    let engagement = id(&done(app, &coordinator_of, "listSubProcessor", engage(&agreement, &sub_processor, None)).await);
    let below = id(&done(app, &coordinator_of, "listSubProcessor", engage(&agreement, &lowest, Some(&engagement))).await);
    // Of another agreement, so that the first one's version is 1.
    let other = register(app, &coordinator_of, &format!("Annan leverantör Exempel {slug}")).await;
    let other = draft(app, &coordinator_of, &board, &other, "Annat exempelavtal").await;
    let kept = keep_alive(app, &coordinator_of, &other).await;
    let [instruction, assurance, notice] = ["instructions", "assurances", "notices"].map(|list| id(&kept[list]["nodes"][0]));
    let contact = id(&kept["contacts"][0]);
    let announcing = register(app, &coordinator_of, &format!("Anmälande leverantör Exempel {slug}")).await;
    let signed = in_force_of(app, &coordinator_of, &board, &announcing, "SPECIFIC").await.agreement;
    let change = id(&done(app, &coordinator_of, "announceSubProcessorChange", announcement(&announcing, &sub_processor)).await);
    let case = id(&own_case(app, &coordinator_of, &change).await);
    let upload = upload(app, &coordinator_of, "Nämnd;Biträde;Land;Avtal\nExempelnämnden;Exempel AB;SE;Infört system\n").await;
    Own {
        board,
        agreement,
        row,
        engagement,
        below,
        instruction,
        assurance,
        notice,
        contact,
        processor,
        sub_processor,
        reader,
        coordinator,
        assignment,
        appointment,
        signed,
        change,
        case,
        upload,
    }
}

/// Those who ask for what is not theirs.
const STRANGERS: [&str; 6] =
    ["coordinator.gnesta", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta", "coordinator.vingaker", "reader.oxelosund"];

#[tokio::test]
async fn org10_everybody_of_a_municipality_reads_the_records_of_all_its_boards() {
    let app = TestApp::start().await;
    let own = own(&app, "gnesta").await;
    let query = "{ municipality(slug: \"gnesta\") { viewerCanRead controllers(first: 100) { totalCount nodes { id viewerCanRead agreements(first: 100) { totalCount nodes { id } } } } } }";
    for persona in ["coordinator.gnesta", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta"] {
        let data = app.as_(persona).query(query, json!({})).await;
        assert_eq!((&data["municipality"]["viewerCanRead"], &data["municipality"]["controllers"]["totalCount"]), (&json!(true), &json!(5)));
        for board in nodes(&data["municipality"]["controllers"]) {
            assert_eq!(board["viewerCanRead"], true);
            assert!(!nodes(&board["agreements"]).is_empty(), "{persona}");
        }
        assert_eq!(node(&app, persona, &own.agreement).await["id"], own.agreement);
        assert_eq!(node(&app, persona, &own.below).await["id"], own.below);
    }
}

#[tokio::test]
async fn org10_a_user_of_gnesta_reads_flens_records_as_if_they_did_not_exist() {
    let app = TestApp::start().await;
    let flen = own(&app, "flen").await;
    let query = "query($agreement: ID!, $engagement: ID!, $board: ID!, $processor: ID!, $sub: ID!, $day: Date) {
      agreement(id: $agreement, asOf: $day) { id } nodes(ids: [$agreement, $engagement]) { id }
      controller(id: $board, asOf: $day) { name viewerCanRead agreements { totalCount } }
      processor: party(id: $processor, asOf: $day) { agreements { totalCount nodes { id } } usedBy { slug } }
      sub: party(id: $sub, asOf: $day) { engagements { totalCount nodes { id } } usedBy { slug } }
      agreements(asOf: $day, filter: { processorId: $processor }) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } } }";
    let variables = json!({ "agreement": flen.agreement, "engagement": flen.engagement, "board": flen.board, "processor": flen.processor, "sub": flen.sub_processor });
    for persona in STRANGERS {
        for day in [Value::Null, json!("2026-06-30"), json!("2027-01-01")] {
            let data = app.as_(persona).query(query, with(variables.clone(), &json!({ "day": day }))).await;
            let none = json!({ "totalCount": 0, "nodes": [] });
            let expected = json!({ "agreement": null, "nodes": [null, null],
                "controller": { "name": "Exempelnämnden", "viewerCanRead": false, "agreements": null },
                // Who uses a supplier is the one thing that all are told, by name.
                "processor": { "agreements": none, "usedBy": [{ "slug": "flen" }] }, "sub": { "engagements": none, "usedBy": [{ "slug": "flen" }] },
                "agreements": { "totalCount": 0, "nodes": [], "edges": [], "pageInfo": { "hasNextPage": false, "endCursor": null } } });
            assert_eq!(data, expected, "{persona} {day}");
        }
    }
    let owners = app.as_("reader.flen").query(query, variables).await;
    assert_eq!((&owners["agreement"]["id"], &owners["agreements"]["totalCount"]), (&json!(flen.agreement), &json!(1)));
}

#[tokio::test]
async fn a_municipality_without_controllers_is_open_to_its_own_people_and_to_no_others() {
    let app = TestApp::start().await;
    // No mutation takes a municipality's controllers away.
    let tx = app.app.db.write().await.unwrap();
    let gnesta = "(SELECT id FROM municipality WHERE slug = 'gnesta')";
    tx.execute_unprepared(&format!("DELETE FROM controller_reader WHERE municipality_id = {gnesta}")).await.unwrap();
    tx.commit().await.unwrap();
    let query = "{ municipality(slug: \"gnesta\") { viewerCanRead controllers { totalCount } } }";
    for (persona, open) in [("reader.gnesta", true), ("reader.flen", false), ("operator", false), ("dso", false)] {
        let data = app.as_(persona).query(query, json!({})).await;
        assert_eq!(data["municipality"], json!({ "viewerCanRead": open, "controllers": { "totalCount": 0 } }), "{persona}");
    }
}
