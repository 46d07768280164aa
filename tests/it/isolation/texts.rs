//! What one municipality wrote stands in no answer to another: not in lists, refusals, cursors or the lengths of lists.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::{
    Own, STRANGERS,
    ids::{reads, send, text, writes},
    own,
};
use crate::{
    organisation::{done, id, node},
    processor::{draft, engage},
    support::TestApp,
};

/// A text that stands nowhere but in what Flen wrote.
const MARKER: &str = "kanariefagel7f3a";

/// Whether an answer tells the marker: in clear, in another case, or inside a cursor.
fn tells(body: &str) -> bool {
    let inside =
        |word: &str| URL_SAFE_NO_PAD.decode(word).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).to_lowercase().contains(MARKER));
    body.to_lowercase().contains(MARKER) || body.split('"').any(inside)
}

/// Flen's records with the marker in every free text, and an agreement that Gnesta and Flen share with the same supplier.
async fn marked(app: &TestApp) -> (Own, Own, String) {
    let (gnesta, flen) = (own(app, "gnesta").await, own(app, "flen").await);
    let mark = |what: &str| json!(format!("{what} Kanariefagel7f3a"));
    let common = json!({ "agreementId": flen.agreement, "expectedVersion": 1, "title": mark("Rubrik"), "templateVersion": mark("Version"),
        "subjectMatter": mark("Föremål"), "purpose": mark("Ändamål"), "natureOfProcessing": mark("Art") });
    done(app, "coordinator.flen", "updateAgreement", common).await;
    let row = json!({ "agreementId": flen.agreement, "expectedVersion": 1, "controllerId": flen.board, "diaryNumber": mark("Diarienummer"),
        "filedAt": mark("Arkiv"), "documentUrl": "https://kanariefagel7f3a.example/", "responsibleId": flen.reader });
    done(app, "coordinator.flen", "updateAgreementParty", row).await;
    for engagement in [&flen.engagement, &flen.below] {
        let service = json!({ "engagementId": engagement, "expectedVersion": 1, "service": mark("Tjänst") });
        done(app, "coordinator.flen", "correctSubProcessor", service).await;
    }
    let reader = json!({ "personId": flen.reader, "expectedVersion": 1, "name": mark("Läsare"), "phone": "010 kanariefagel7f3a" });
    done(app, "administrator.flen", "updatePerson", reader).await;
    // Gnesta's own agreement is with Flen's supplier, has Flen's sub-processor and Flen's board as a party.
    let joint = draft(app, "coordinator.gnesta", &gnesta.board, &flen.processor, "Gemensamt exempelavtal").await;
    let invited = json!({ "agreementId": joint["id"], "expectedVersion": 1, "controllerId": flen.board });
    done(app, "coordinator.gnesta", "inviteToAgreement", invited).await;
    done(app, "coordinator.gnesta", "listSubProcessor", engage(&id(&joint), &flen.sub_processor, None)).await;
    let named = json!({ "agreementId": joint["id"], "expectedVersion": 1, "controllerId": flen.board, "responsibleId": flen.reader });
    done(app, "coordinator.flen", "updateAgreementParty", named).await;
    (gnesta, flen, id(&joint))
}

const SHORT: &str = "title templateVersion subjectMatter purpose natureOfProcessing parties { diaryNumber filedAt documentUrl responsible { name phone } } subProcessors(first: 3) { totalCount nodes { service } }";

/// Broad questions by every way that leads to an agreement. `$ids` are all ids that there are to know.
fn broad() -> Vec<(&'static str, String)> {
    vec![
        ("agreements", format!("{{ agreements(first: 100) {{ totalCount pageInfo {{ startCursor endCursor }} edges {{ cursor }} nodes {{ id {SHORT} }} }} }}")),
        ("newest", format!("{{ agreements(first: 100, orderBy: {{ field: RECORDED, direction: DESC }}) {{ pageInfo {{ startCursor endCursor }} nodes {{ id {SHORT} }} }} }}")),
        ("last", format!("{{ agreements(last: 100) {{ pageInfo {{ startCursor endCursor }} nodes {{ id {SHORT} }} }} }}")),
        ("through municipalities", format!("{{ municipalities(first: 6) {{ nodes {{ controllers(first: 10) {{ nodes {{ agreements(first: 9) {{ totalCount pageInfo {{ startCursor endCursor }} nodes {{ {SHORT} }} }} }} }} }} }} }}")),
        ("through parties", format!("{{ parties(first: 60) {{ nodes {{ name address agreements(first: 4) {{ totalCount pageInfo {{ endCursor }} nodes {{ {SHORT} }} }} engagements(first: 4) {{ totalCount nodes {{ service engagedBy {{ service }} agreement {{ {SHORT} }} }} }} }} }} }}")),
        ("through joint agreements", format!("{{ agreements(first: 8, filter: {{ text: \"gemensamt\" }}) {{ nodes {{ parties {{ responsible {{ name phone }} controller {{ agreements(first: 5) {{ nodes {{ {SHORT} }} }} }} }} }} }} }}")),
        (
            "through the supplier of a joint agreement",
            format!("{{ agreements(first: 3, filter: {{ text: \"gemensamt\" }}) {{ nodes {{ processor {{ agreements(first: 20) {{ nodes {{ {SHORT} }} }} engagements(first: 20) {{ nodes {{ service }} }} }}
              subProcessors(first: 5) {{ nodes {{ service party {{ engagements(first: 9) {{ totalCount nodes {{ service agreement {{ {SHORT} }} }} }} }} }} }} }} }} }}"),
        ),
        ("people", "{ people(first: 100) { totalCount pageInfo { endCursor } nodes { name email phone } } viewer { name roles { role } controllers { name } } }".to_owned()),
        (
            "nodes",
            format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on ProcessorAgreement {{ {SHORT} }} ... on SubProcessorEngagement {{ service agreement {{ {SHORT} }} engagedBy {{ service }} }}
              ... on Controller {{ name agreements(first: 2) {{ nodes {{ {SHORT} }} }} }} ... on Party {{ agreements(first: 2) {{ nodes {{ title }} }} engagements(first: 2) {{ nodes {{ service }} }} }}
              ... on Person {{ name phone }} }} }}"),
        ),
        ("countries and words", "{ countries { code nameSv } vocabulary(first: 100) { nodes { __typename } } }".to_owned()),
    ]
}

#[tokio::test]
async fn what_flen_wrote_stands_in_no_answer_to_gnesta() {
    let app = TestApp::start().await;
    let (gnesta, flen, joint) = marked(&app).await;
    let mut known = vec![joint.clone()];
    for own in [&gnesta, &flen] {
        known.extend([&own.board, &own.agreement, &own.engagement, &own.below, &own.processor, &own.sub_processor].map(Clone::clone));
        known.extend([&own.reader, &own.coordinator, &own.assignment, &own.appointment].map(Clone::clone));
    }
    for (name, query) in broad() {
        let variables = if name == "nodes" { json!({ "ids": known }) } else { json!({}) };
        for persona in ["coordinator.gnesta", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta"] {
            let answer = app.as_(persona).ask(&query, variables.clone()).await;
            let body = answer.text();
            assert!(answer.json().get("errors").is_none(), "{name}: {body}");
            assert!(!tells(&body), "{name} told {persona}: {body}");
        }
        // The question finds it where it may be found; else it proves nothing.
        let owners = app.as_("coordinator.flen").ask(&query, variables).await.text();
        assert_eq!(tells(&owners), name != "countries and words", "{name}: {owners}");
    }
    assert_eq!(node(&app, "reader.gnesta", &joint).await["parties"].as_array().unwrap().len(), 2, "the joint agreement itself is open");
}

#[tokio::test]
async fn refusals_tell_gnesta_nothing_that_flen_wrote() {
    let app = TestApp::start().await;
    let (gnesta, flen, _) = marked(&app).await;
    for case in reads(&gnesta, &flen).iter().chain(&writes(&gnesta, &flen)) {
        for foreign in &case.foreign {
            for persona in STRANGERS {
                let (body, _) = send(&app, persona, case, foreign).await;
                assert!(!tells(text(&body)), "{} told {persona}: {}", case.place, text(&body));
            }
        }
    }
}

#[tokio::test]
async fn a_text_filter_is_no_oracle_for_what_is_not_seen() {
    let app = TestApp::start().await;
    let (_, flen, _) = marked(&app).await;
    let questions = [
        "query($text: String!, $party: ID!) { agreements(first: 100, filter: { text: $text, processorId: $party }) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }",
        "query($text: String!, $party: ID!) { party(id: $party) { agreements(first: 100, filter: { text: $text }) { totalCount nodes { id } pageInfo { hasNextPage } } } agreements(first: 1, filter: { text: $text }) { totalCount pageInfo { hasNextPage } } }",
        "query($text: String!, $party: ID!) { people(first: 100, filter: { text: $text }) { totalCount nodes { id } } party(id: $party) { id } }",
        "query($text: String!, $party: ID!) { parties(filter: { text: $text }) { totalCount } party(id: $party) { id } }",
    ];
    for question in questions {
        for (guess, nonsense) in [
            (MARKER, "kanariefagel0000"),
            ("Kanariefagel7f3", "Kanariefagel000"),
            ("kanariefagel", "kanariefogel"),
            ("rubrik kanarie", "rubrik papegoj"),
        ] {
            for persona in STRANGERS {
                let ask = async |text: &str| app.as_(persona).ask(question, json!({ "text": text, "party": flen.processor })).await;
                let (guessed, for_guess) = app.statements_of(ask(guess)).await;
                let (missed, for_nonsense) = app.statements_of(ask(nonsense)).await;
                assert_eq!(guessed.text(), missed.text(), "{question} by {persona}");
                assert_eq!(for_guess, for_nonsense);
            }
        }
    }
    let found = app.as_("reader.flen").query(questions[0], json!({ "text": MARKER, "party": flen.processor })).await;
    assert_eq!(found["agreements"]["totalCount"], 1);
}
