//! Processors, agreements and sub-processors: a file for each use case.

mod agreement;
mod as_of;
mod assurance;
mod change;
mod contact;
mod contents;
pub(crate) mod import;
mod import_files;
mod instruction;
mod joint_agreement;
pub(crate) mod keeping;
mod life_cycle;
mod merge;
mod notice;
pub(crate) mod objection;
mod paging;
mod party;
mod sub_processor;
mod suspension;
mod timeline;
mod withdraw;

use serde_json::{Value, json};

use crate::{
    organisation::{TODAY, board, done, id},
    support::TestApp,
};

/// A new supplier: its id.
pub(crate) async fn register(app: &TestApp, persona: &str, name: &str) -> String {
    id(&done(app, persona, "registerParty", json!({ "name": name, "country": "SE" })).await)
}

/// A new agreement.
pub(crate) async fn draft(app: &TestApp, persona: &str, lead: &str, processor: &str, title: &str) -> Value {
    let input = json!({ "leadControllerId": lead, "processorId": processor, "title": title });
    done(app, persona, "draftAgreement", input).await
}

/// An agreement of Gnesta's with a new supplier, to which a board of Flen is invited.
struct Invited {
    agreement: Value,
    /// The board that leads it.
    gnesta: String,
    /// The board that is invited.
    flen: String,
    /// The supplier.
    party: String,
}

async fn invited(app: &TestApp) -> Invited {
    invited_with(app, &json!({})).await
}

/// The same by an invitation with more fields.
async fn invited_with(app: &TestApp, fields: &Value) -> Invited {
    let (gnesta, flen) = (board(app, "gnesta", "Socialnämnden").await, board(app, "flen", "Socialnämnden").await);
    let party = register(app, "coordinator.gnesta", "Leverantör Exempel AB").await;
    let agreement = draft(app, "coordinator.gnesta", &gnesta, &party, "Gemensamt exempelavtal").await;
    let agreement = done(app, "coordinator.gnesta", "inviteToAgreement", with(invite(&agreement, &flen), fields)).await;
    Invited { agreement, gnesta, flen, party }
}

/// What invites a controller.
fn invite(agreement: &Value, controller: &str) -> Value {
    json!({ "agreementId": agreement["id"], "expectedVersion": agreement["version"], "controllerId": controller })
}

/// A controller's own row of an agreement.
fn row<'a>(agreement: &'a Value, controller: &str) -> &'a Value {
    let rows = agreement["parties"].as_array().unwrap();
    rows.iter().find(|row| row["controller"]["id"] == controller).unwrap_or_else(|| panic!("{controller} is no party of {agreement:#}"))
}

/// What lists a sub-processor from the beginning of the year, until further notice.
pub(crate) fn engage(agreement: &str, party: &str, engaged_by: Option<&str>) -> Value {
    json!({ "agreementId": agreement, "partyId": party, "engagedById": engaged_by, "service": "Drift", "dataCategories": ["IDENTITY"],
        "processingCountries": ["SE"], "authorisation": "LISTED_AT_SIGNING", "validFrom": "2026-01-01" })
}

/// The rules that warn of an agreement about which nothing else is recorded yet, each with an answer.
pub(crate) fn answers() -> Value {
    let rules = ["PUB4", "PUB5", "PUB16", "PUB22", "PUB32", "PUB44"];
    rules.into_iter().map(|rule| json!({ "rule": rule, "reason": "Kompletteras inom en månad" })).collect()
}

/// A signature of today, with an answer to every rule that warns.
pub(crate) fn signature(agreement: &str, controller: &str, version: i32, side: &str) -> Value {
    json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": controller, "side": side, "signedOn": TODAY,
        "acknowledgements": answers() })
}

/// Signs for a side.
pub(crate) async fn sign(app: &TestApp, persona: &str, agreement: &str, controller: &str, version: i32, side: &str) -> Value {
    done(app, persona, "signAgreement", signature(agreement, controller, version, side)).await
}

/// `input` with other or more fields.
pub(crate) fn with(mut input: Value, fields: &Value) -> Value {
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    input
}
