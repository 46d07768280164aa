//! What keeps an agreement alive, and what the files about it share.

use serde_json::{Value, json};

use super::{draft, register, with};
use crate::{
    organisation::{board, done, id, refused},
    support::TestApp,
};

/// An agreement of a board of Gnesta with a new supplier, which nobody has signed.
pub(super) async fn drafted(app: &TestApp) -> Value {
    let social = board(app, "gnesta", "Socialnämnden").await;
    let party = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    draft(app, "coordinator.gnesta", &social, &party, "Exempelsystem").await
}

/// The same, signed by both sides on a day.
pub(super) async fn in_force_since(app: &TestApp, day: &str) -> Value {
    let agreement = drafted(app).await;
    let social = agreement["parties"][0]["controller"]["id"].clone();
    done(app, "coordinator.gnesta", "amendAgreement", on(&agreement, &json!({ "terms": { "validFrom": day } }))).await;
    let mut signed = agreement;
    for side in ["CONTROLLER", "PROCESSOR"] {
        let version = signed["parties"][0]["version"].clone();
        let acknowledgements: Vec<_> =
            ["PUB4", "PUB5", "PUB16", "PUB22", "PUB44"].map(|rule| json!({ "rule": rule, "reason": "Ordnas senare" })).into();
        let signature = json!({ "agreementId": signed["id"], "expectedVersion": version, "side": side, "controllerId": social,
            "signedOn": day, "acknowledgements": acknowledgements });
        signed = done(app, "coordinator.gnesta", "signAgreement", signature).await;
    }
    signed
}

/// What changes an agreement as it was read.
pub(super) fn on(agreement: &Value, fields: &Value) -> Value {
    with(json!({ "agreementId": agreement["id"], "expectedVersion": agreement["version"] }), fields)
}

/// What adds something to an agreement.
pub(super) fn under(agreement: &Value, fields: &Value) -> Value {
    with(json!({ "agreementId": agreement["id"] }), fields)
}

/// A field of an agreement on a day, as a reader of Gnesta reads it.
pub(super) async fn on_day(app: &TestApp, agreement: &Value, day: &str, field: &str) -> Value {
    let query = format!("query($id: ID!, $day: Date) {{ agreement(id: $id, asOf: $day) {{ {field} }} }}");
    app.as_("reader.gnesta").query(&query, json!({ "id": agreement["id"], "day": day })).await["agreement"].take()
}

/// Everything that adds to an agreement, or changes it, of this area: right but for who may do it.
pub(super) fn writes(agreement: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("answerAgreementContents", on(agreement, &json!({ "answers": [{ "item": "DURATION", "answer": "YES" }] }))),
        ("issueInstruction", under(agreement, &instruction())),
        ("recordAssurance", under(agreement, &json!({ "kind": "GUARANTEES", "on": "2026-11-01", "met": true }))),
        (
            "recordAgreementNotice",
            under(agreement, &json!({ "kind": "INFORMATION_REQUEST", "direction": "TO_PROCESSOR", "sentOn": "2026-11-20" })),
        ),
        (
            "setAgreementContacts",
            on(agreement, &json!({ "contacts": [contact("CONTROLLER", "AGREEMENT_ADMINISTRATION", "Kontakt Påhittad")] })),
        ),
        ("suspendAgreement", on(agreement, &json!({ "cause": "CONTRACT_BREACH" }))),
        ("resumeAgreement", on(agreement, &json!({}))),
    ]
}

/// A version of the instructions.
pub(super) fn instruction() -> Value {
    json!({ "dataCategories": ["IDENTITY"], "dataSubjects": ["RESIDENTS"], "processingCountries": ["SE"],
        "securityMeasures": "Kryptering", "retention": "Två år", "text": "Behandla enligt avtalet." })
}

/// Somebody to write to.
pub(super) fn contact(side: &str, purpose: &str, name: &str) -> Value {
    json!({ "side": side, "purpose": purpose, "name": name, "email": "kontakt@exempel.example" })
}

#[tokio::test]
async fn what_all_parties_share_is_kept_by_the_coordinators_of_the_lead_alone() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    for (mutation, input) in writes(&agreement) {
        for persona in ["dso", "boardcoordinator.gnesta", "administrator.gnesta", "reader.gnesta"] {
            refused(&app, persona, mutation, input.clone(), &[("FORBIDDEN", "agreementId")]).await;
        }
        for persona in ["coordinator.flen", "operator"] {
            refused(&app, persona, mutation, input.clone(), &[("NOT_FOUND", "agreementId")]).await;
        }
    }
}

#[tokio::test]
async fn what_was_recorded_by_mistake_is_withdrawn_and_gone_from_every_list() {
    let app = TestApp::start().await;
    let agreement = drafted(&app).await;
    for (mutation, list, added) in [
        ("issueInstruction", "instructions", instruction()),
        ("recordAssurance", "assurances", json!({ "kind": "SELF_AUDIT", "on": "2026-11-01", "met": true })),
        ("recordAgreementNotice", "notices", json!({ "kind": "RENEGOTIATION", "direction": "TO_PROCESSOR", "sentOn": "2026-11-20" })),
    ] {
        let made = done(&app, "coordinator.gnesta", mutation, under(&agreement, &added)).await;
        let record = &made[list]["nodes"][0];
        let mistake = json!({ "id": record["id"], "expectedVersion": 1, "reason": "Registrerades av misstag" });
        refused(&app, "boardcoordinator.gnesta", "withdrawRecord", mistake.clone(), &[("FORBIDDEN", "id")]).await;
        let stale = with(mistake.clone(), &json!({ "expectedVersion": 2 }));
        refused(&app, "coordinator.gnesta", "withdrawRecord", stale, &[("CONFLICT", "expectedVersion")]).await;
        done(&app, "coordinator.gnesta", "withdrawRecord", mistake.clone()).await;
        let left = on_day(&app, &agreement, "2026-11-22", &format!("{list} {{ totalCount nodes {{ id }} }}")).await;
        assert_eq!(left[list], json!({ "totalCount": 0, "nodes": [] }), "{list}");
        refused(&app, "coordinator.gnesta", "withdrawRecord", mistake, &[("NOT_FOUND", "id")]).await;
    }
    // The number of a withdrawn instruction is not given again.
    let made = done(&app, "coordinator.gnesta", "issueInstruction", under(&agreement, &instruction())).await;
    assert_eq!(made["instructions"]["nodes"][0]["number"], 2);
    assert!(!id(&made).is_empty());
}
