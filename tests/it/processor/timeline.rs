//! The legal timeline follows the records: after many changes of all kinds, what is stored is what the rules derive from the records.

use chrono::{Days, NaiveDate};
use samverkan::{
    authz::{Action, WriteScope},
    domain::processor::service::timeline::{Rebuilt, rebuild},
};
use serde_json::{Value, json};

use super::{
    Invited, answers, engage, invited,
    keeping::{contact, instruction},
    objection::{announcement, in_case},
    register, with,
};
use crate::{
    organisation::{TODAY, board, done, id, input_type},
    support::{TestApp, mistakes, nodes},
};

/// Changes of one run: enough to meet every kind in many states; thousands where the tests run at full length.
fn changes() -> usize {
    if std::env::var_os("SAMVERKAN_TEST_FULL").is_some() { 5_000 } else { 500 }
}

/// How many mutations the walk makes.
const KINDS: usize = 22;

/// What a controller can do in its case, what others build on more often.
const ACTS: [&str; 6] =
    ["acceptSubProcessor", "acceptSubProcessor", "objectToSubProcessor", "objectToSubProcessor", "withdrawObjection", "markNotConcerned"];

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    /// A day of the two years before today, or of the year after it.
    fn day(&mut self, last: u64) -> String {
        let first: NaiveDate = TODAY.parse::<NaiveDate>().unwrap() - Days::new(730);
        (first + Days::new(self.below(730 + last))).to_string()
    }
}

/// An agreement as the walk knows it.
struct Known {
    agreement: String,
    processor: String,
}

/// Who keeps the rows of the two municipalities.
const KEEPERS: [(&str, &str); 2] = [("coordinator.gnesta", "gnesta"), ("coordinator.flen", "flen")];

const ASK: &str = "query($id: ID!) { agreement(id: $id) { version parties { version controller { id municipality { slug } } }
    subProcessors(first: 20) { nodes { id version } } processor { version } }
    objectionCases(first: 20) { nodes { id version } } }";

/// A change of some kind, as somebody who may make it, with the versions of now.
async fn some_change(
    app: &TestApp,
    random: &mut Random,
    known: &Known,
    parties: &[String],
    boards: &[String],
) -> (&'static str, &'static str, Value) {
    let (persona, slug) = *random.one_of(&KEEPERS);
    let mut data = app.as_(persona).query(ASK, json!({ "id": known.agreement })).await;
    let read = data["agreement"].take();
    let rows = read["parties"].as_array().unwrap();
    let row = rows.iter().find(|row| row["controller"]["municipality"]["slug"] == slug).unwrap();
    let (own, controller) = (&row["version"], &row["controller"]["id"]);
    let common = json!({ "agreementId": known.agreement, "expectedVersion": read["version"] });
    let party = json!({ "agreementId": known.agreement, "expectedVersion": own, "controllerId": controller });
    let lead = "coordinator.gnesta";
    let engaged = read["subProcessors"]["nodes"].as_array().unwrap().clone();
    let (past, ahead) = (random.day(0), random.day(365));
    match random.below(24) {
        0 => {
            let side = *random.one_of(&["CONTROLLER", "PROCESSOR"]);
            (persona, "signAgreement", with(party, &json!({ "side": side, "signedOn": past, "acknowledgements": answers() })))
        }
        1 => {
            let terms = json!({ "validFrom": ahead, "objectionDays": 1 + random.below(40), "terminationNoticeDays": random.below(90),
                "selfAuditMonths": 1 + random.below(24) });
            (lead, "amendAgreement", with(common, &json!({ "terms": terms })))
        }
        2 => (
            lead,
            "amendAgreement",
            with(common, &json!({ "terms": { "fixedEndOn": if random.below(2) == 0 { json!(ahead) } else { Value::Null } } })),
        ),
        3 => (persona, "giveNotice", with(party, &json!({ "givenBy": "PROCESSOR", "receivedOn": "2026-11-20" }))),
        4 => (persona, "recordReturnOrDeletion", with(party, &json!({ "returnedOrDeletedOn": TODAY }))),
        5 => (
            persona,
            "updateAgreementParty",
            with(party, &json!({ "processingFrom": past, "processingTo": null, "diaryNumber": "EXEMPEL 2026/9" })),
        ),
        6 => (
            persona,
            "updateAgreementParty",
            with(party, &json!({ "diaryNumber": null, "endOfAgreement": "RETURN", "subProcessorAuthorisation": "SPECIFIC" })),
        ),
        7 => (
            lead,
            "updateAgreement",
            with(
                common,
                &json!({ "purpose": if random.below(2) == 0 { json!("Handläggning") } else { Value::Null }, "templateVersion": "1.1" }),
            ),
        ),
        8 => (
            lead,
            "listSubProcessor",
            with(
                engage(&known.agreement, random.one_of::<String>(parties), None),
                &json!({ "validFrom": past, "processingCountries": [*random.one_of(&["SE", "US"])] }),
            ),
        ),
        9 if !engaged.is_empty() => {
            let engagement = random.one_of(&engaged);
            let input = json!({ "engagementId": engagement["id"], "expectedVersion": engagement["version"], "validTo": ahead });
            (lead, "endSubProcessor", input)
        }
        10 => {
            let country = *random.one_of(&["SE", "US", "GB", "NO"]);
            let moved = json!({ "partyId": known.processor, "expectedVersion": read["processor"]["version"], "country": country });
            ("operator", "updateParty", moved)
        }
        11 => {
            let answer =
                json!({ "item": *random.one_of(&["DURATION", "AUDITS"]), "answer": *random.one_of(&["YES", "NO"]), "answeredOn": past });
            (lead, "answerAgreementContents", with(common, &json!({ "answers": [answer] })))
        }
        12 => (
            lead,
            "issueInstruction",
            with(instruction(), &json!({ "agreementId": known.agreement, "validFrom": ahead, "issuedOn": past })),
        ),
        13 => {
            let kind = *random.one_of(&["GUARANTEES", "SELF_AUDIT", "SECURITY_EVIDENCE", "CONFIDENTIALITY"]);
            let assured = json!({ "agreementId": known.agreement, "kind": kind, "on": past, "met": random.below(4) > 0 });
            (lead, "recordAssurance", assured)
        }
        14 => {
            let kind = *random.one_of(&["ASSISTANCE_REQUEST", "INFORMATION_REQUEST"]);
            let sent = json!({ "agreementId": known.agreement, "kind": kind, "direction": "TO_PROCESSOR", "sentOn": past });
            (lead, "recordAgreementNotice", sent)
        }
        15 => {
            let contact = contact("PROCESSOR", "AGREEMENT_ADMINISTRATION", "Kontakt Påhittad");
            (lead, "setAgreementContacts", with(common, &json!({ "contacts": [with(contact, &json!({ "validFrom": past }))] })))
        }
        16 => {
            let change = announcement(&known.processor, random.one_of::<String>(parties));
            let days = json!({ "announcedOn": past, "effectiveOn": ahead, "kind": *random.one_of(&["ADD", "REMOVE"]) });
            (persona, "announceSubProcessorChange", with(change, &days))
        }
        nth @ 17..=21 => {
            let cases = nodes(&data["objectionCases"]);
            if cases.is_empty() {
                return (persona, "joinAgreement", with(party, &json!({ "joinedOn": TODAY })));
            }
            let case = random.one_of(cases);
            if nth <= 18 {
                return (persona, "confirmSubProcessorNotice", in_case(case, &json!({ "receivedOn": "2026-11-15" })));
            }
            let act = *random.one_of(&ACTS);
            (persona, act, in_case(case, &json!({ "decidedOn": TODAY, "reason": "Ett exempel" })))
        }
        22 => {
            let input = json!({ "predecessorIds": [random.one_of(boards)], "successorId": random.one_of(boards), "on": ahead });
            ("administrator.gnesta", "succeedController", input)
        }
        _ => (persona, "joinAgreement", with(party, &json!({ "joinedOn": TODAY }))),
    }
}

#[tokio::test]
async fn after_many_changes_of_all_kinds_the_stored_timeline_is_what_the_rules_derive() {
    let app = TestApp::start().await;
    let mut random = Random(7);
    let mut known = Vec::new();
    for _ in 0..4 {
        let Invited { agreement, party, .. } = invited(&app).await;
        known.push(Known { agreement: id(&agreement), processor: party });
    }
    let mut boards = vec![board(&app, "gnesta", "Socialnämnden").await];
    for n in 0..6 {
        let new = json!({ "municipality": "gnesta", "name": format!("Nämnd {n}"), "kind": "BOARD", "validFrom": "2024-01-01" });
        boards.push(id(&done(&app, "administrator.gnesta", "createController", new).await));
    }
    let mut parties = Vec::new();
    for n in 0..5 {
        parties.push(register(&app, "coordinator.gnesta", &format!("Under {n} Exempel AB")).await);
    }
    let mut made = std::collections::BTreeMap::<&str, usize>::new();
    let mut tried = 0;
    // Longer where a kind has not met a state yet that allows it.
    while tried < changes() || made.len() < KINDS {
        tried += 1;
        assert!(tried <= 4 * changes(), "not every kind of change was made: {made:?}");
        let at = random.one_of(&known);
        let (persona, mutation, input) = some_change(&app, &mut random, at, &parties, &boards).await;
        let payload = app.as_(persona).mutate(mutation, &input_type(mutation), input, "").await;
        if mistakes(&payload).is_empty() {
            *made.entry(mutation).or_default() += 1;
        }
    }
    let tx = app.app.db.write().await.unwrap();
    let found = rebuild(&tx, &WriteScope::of_the_operator(Action::UpdateAgreement)).await.unwrap();
    let rows: u64 = sea_orm::PaginatorTrait::count(<entity::timeline::Entity as sea_orm::EntityTrait>::find(), &tx).await.unwrap();
    tx.rollback().await.unwrap();
    eprintln!("{} changes made, {rows} rows of the timeline: {made:?}", made.values().sum::<usize>());
    assert_eq!(found, Rebuilt { agreements: found.agreements, differing: 0 });
    assert!(found.agreements >= known.len() && rows > 100);
}
