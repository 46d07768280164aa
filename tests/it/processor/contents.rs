//! What an agreement says of the fourteen things that it has to say.

use serde_json::{Value, json};

use super::keeping::{drafted, on, on_day};
use crate::{
    organisation::{TOMORROW, YESTERDAY, done, refused},
    support::TestApp,
};

fn answer<'a>(agreement: &'a Value, item: &str) -> &'a Value {
    let contents = agreement["contents"].as_array().unwrap();
    contents.iter().find(|content| content["item"] == item).unwrap()
}

#[tokio::test]
async fn all_fourteen_stand_there_in_order_and_are_unknown_until_somebody_answers() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let contents = on_day(&app, &agreement, "2026-11-22", "contents { item answer note answeredOn }").await["contents"].take();
    let items: Vec<_> = contents.as_array().unwrap().iter().map(|content| content["item"].as_str().unwrap()).collect();
    assert_eq!(items.len(), 14);
    assert_eq!((items[0], items[1], items[13]), ("SUBJECT_NATURE_AND_PURPOSE", "DURATION", "AUDITS"));
    for content in contents.as_array().unwrap() {
        assert_eq!(content, &json!({ "item": content["item"], "answer": "UNKNOWN", "note": null, "answeredOn": null }));
    }
}

#[tokio::test]
async fn answers_merge_by_item_and_what_is_left_out_stays() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let first = json!({ "answers": [{ "item": "DURATION", "answer": "YES", "note": "Avsnitt 4", "answeredOn": YESTERDAY },
        { "item": "AUDITS", "answer": "NO" }] });
    let one = done(&app, "coordinator.gnesta", "answerAgreementContents", on(&agreement, &first)).await;
    assert_eq!(one["version"], 2);
    assert_eq!(answer(&one, "DURATION"), &json!({ "item": "DURATION", "answer": "YES", "note": "Avsnitt 4", "answeredOn": YESTERDAY }));
    assert_eq!(answer(&one, "AUDITS")["answeredOn"], "2026-11-22");
    // The same answer holds since when it held; a note is cleared by null.
    let second = json!({ "answers": [{ "item": "DURATION", "answer": "YES", "note": null }] });
    let two = done(&app, "coordinator.gnesta", "answerAgreementContents", on(&one, &second)).await;
    assert_eq!(answer(&two, "DURATION"), &json!({ "item": "DURATION", "answer": "YES", "note": null, "answeredOn": YESTERDAY }));
    assert_eq!(answer(&two, "AUDITS")["answer"], "NO");
    let before = on_day(&app, &agreement, "2026-11-20", "contents { item answer answeredOn }").await;
    assert_eq!(answer(&before, "DURATION"), &json!({ "item": "DURATION", "answer": "UNKNOWN", "answeredOn": null }));
}

#[tokio::test]
async fn another_answer_holds_from_its_day_and_takes_the_place_of_later_ones() {
    let app = TestApp::start().await;
    let mut agreement = drafted(&app).await;
    for (value, day) in [("YES", "2026-03-01"), ("NO", "2026-05-01"), ("PARTLY", "2026-07-01"), ("YES", "2026-06-01")] {
        let given = json!({ "answers": [{ "item": "DURATION", "answer": value, "answeredOn": day }] });
        agreement = done(&app, "coordinator.gnesta", "answerAgreementContents", on(&agreement, &given)).await;
    }
    let mut held = Vec::new();
    for day in ["2026-02-28", "2026-04-30", "2026-05-01", "2026-06-01", "2026-11-22"] {
        let read = on_day(&app, &agreement, day, "contents { item answer }").await;
        held.push(answer(&read, "DURATION")["answer"].as_str().unwrap().to_owned());
    }
    assert_eq!(held, ["UNKNOWN", "YES", "NO", "YES", "YES"]);
}

#[tokio::test]
async fn an_answer_of_tomorrow_two_of_one_item_and_an_old_version_are_refused() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let tomorrow =
        json!({ "answers": [{ "item": "AUDITS", "answer": "YES" }, { "item": "DURATION", "answer": "YES", "answeredOn": TOMORROW }] });
    refused(&app, "coordinator.gnesta", "answerAgreementContents", on(&agreement, &tomorrow), &[("INVALID", "answers.1.answeredOn")]).await;
    let twice =
        json!({ "answers": [{ "item": "AUDITS", "answer": "YES", "note": "x".repeat(4001) }, { "item": "AUDITS", "answer": "NO" }] });
    let wrong = [("DUPLICATE", "answers.1.item"), ("TOO_LONG", "answers.0.note")];
    refused(&app, "coordinator.gnesta", "answerAgreementContents", on(&agreement, &twice), &wrong).await;
    let answers = json!({ "answers": [{ "item": "AUDITS", "answer": "YES" }] });
    done(&app, "coordinator.gnesta", "answerAgreementContents", on(&agreement, &answers)).await;
    let late =
        refused(&app, "coordinator.gnesta", "answerAgreementContents", on(&agreement, &answers), &[("CONFLICT", "expectedVersion")]).await;
    assert_eq!(late["errors"][0]["currentVersion"], 2);
}
