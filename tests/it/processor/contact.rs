//! Whom each side of an agreement writes to.

use serde_json::{Value, json};

use super::{
    keeping::{contact, drafted, on, on_day},
    with,
};
use crate::{
    organisation::{TODAY, YESTERDAY, done, refused},
    support::TestApp,
};

const CONTACTS: &str = "contacts { side purpose name email phone validFrom validTo }";

fn set(agreement: &Value, contacts: &[Value]) -> Value {
    on(agreement, &json!({ "contacts": contacts }))
}

#[tokio::test]
async fn pub44_contacts_merge_by_side_and_purpose_and_another_name_ends_the_one_before() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let ours = with(
        contact("CONTROLLER", "DATA_PROTECTION_COOPERATION", "Förste Påhittad"),
        &json!({ "phone": "010-000 00 01", "validFrom": "2026-03-01" }),
    );
    let theirs = contact("PROCESSOR", "DATA_PROTECTION_COOPERATION", "Andre Påhittad");
    let one = done(&app, "coordinator.gnesta", "setAgreementContacts", set(&agreement, &[ours.clone(), theirs])).await;
    assert_eq!((&one["version"], one["contacts"].as_array().unwrap().len()), (&json!(2), 2));
    // The same name: the details are corrected, and what is left out stays.
    let corrected =
        json!({ "side": "CONTROLLER", "purpose": "DATA_PROTECTION_COOPERATION", "name": "Förste Påhittad", "email": "ny@exempel.example" });
    let two = done(&app, "coordinator.gnesta", "setAgreementContacts", set(&one, std::slice::from_ref(&corrected))).await;
    let known = with(corrected, &json!({ "phone": "010-000 00 01", "validFrom": "2026-03-01", "validTo": null }));
    assert_eq!(on_day(&app, &agreement, TODAY, CONTACTS).await["contacts"][0], known);
    // Another name from today.
    let next = contact("CONTROLLER", "DATA_PROTECTION_COOPERATION", "Tredje Påhittad");
    let three = done(&app, "coordinator.gnesta", "setAgreementContacts", set(&two, &[next])).await;
    assert_eq!(three["contacts"].as_array().unwrap().len(), 2);
    let names = async |day: &str| {
        let data = on_day(&app, &agreement, day, CONTACTS).await;
        data["contacts"].as_array().unwrap().iter().map(|contact| (contact["name"].clone(), contact["validTo"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(YESTERDAY).await, [(json!("Förste Påhittad"), json!(YESTERDAY))]);
    assert_eq!(names(TODAY).await, [(json!("Tredje Påhittad"), Value::Null), (json!("Andre Påhittad"), Value::Null)]);
}

#[tokio::test]
async fn who_comes_next_begins_after_the_one_before_and_each_stands_once() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    let first = contact("CONTROLLER", "AGREEMENT_ADMINISTRATION", "Förste Påhittad");
    let one = done(&app, "coordinator.gnesta", "setAgreementContacts", set(&agreement, std::slice::from_ref(&first))).await;
    let earlier = contact("CONTROLLER", "AGREEMENT_ADMINISTRATION", "Andre Påhittad");
    let earlier = with(earlier, &json!({ "validFrom": YESTERDAY }));
    refused(&app, "coordinator.gnesta", "setAgreementContacts", set(&one, &[earlier]), &[("INVALID", "contacts.0.validFrom")]).await;
    let twice = set(&one, &[first.clone(), with(first.clone(), &json!({ "email": "ingen adress", "name": " " }))]);
    let wrong = [("DUPLICATE", "contacts.1.purpose"), ("MISSING", "contacts.1.name"), ("INVALID", "contacts.1.email")];
    refused(&app, "coordinator.gnesta", "setAgreementContacts", twice, &wrong).await;
    let ended = with(first, &json!({ "validTo": YESTERDAY }));
    refused(&app, "coordinator.gnesta", "setAgreementContacts", set(&one, &[ended]), &[("INVALID", "contacts.0.validTo")]).await;
}
