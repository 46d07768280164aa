//! Processors, agreements and sub-processors: a file for each use case.

mod agreement;
mod as_of;
mod joint_agreement;
mod merge;
mod paging;
mod party;
mod sub_processor;
mod withdraw;

use serde_json::{Value, json};

use crate::{
    organisation::{done, id},
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

/// What lists a sub-processor from the beginning of the year, until further notice.
pub(crate) fn engage(agreement: &str, party: &str, engaged_by: Option<&str>) -> Value {
    json!({ "agreementId": agreement, "partyId": party, "engagedById": engaged_by, "service": "Drift", "dataCategories": ["IDENTITY"],
        "processingCountries": ["SE"], "authorisation": "LISTED_AT_SIGNING", "validFrom": "2026-01-01" })
}

/// `input` with other or more fields.
pub(crate) fn with(mut input: Value, fields: &Value) -> Value {
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    input
}
