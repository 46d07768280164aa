//! What keeps an agreement alive.

use uuid::Uuid;

use crate::{
    domain::{
        audit::model::{Audited, Field, field, personal, shown},
        processor::model::{Assurance, Contact, Instruction, Notice, Suspension},
    },
    kernel::{code::Code, country::CountryCode, id::Id, kinds},
};

/// The codes of a list.
fn codes<C: Code>(list: &[C]) -> String {
    list.iter().map(|code| code.code()).collect::<Vec<_>>().join(", ")
}

impl Audited for Instruction {
    type Kind = kinds::InstructionKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self {
            id: _,
            agreement: _,
            number,
            issued_on,
            valid_from,
            data_categories,
            sensitive_categories,
            data_subjects,
            processing_countries,
            security_measures,
            retention,
            text,
            cost_answer,
            version: _,
        } = self;
        let countries: Vec<_> = processing_countries.iter().map(CountryCode::as_str).collect();
        vec![
            field("number", number.to_string()),
            field("issuedOn", issued_on.to_string()),
            field("validFrom", valid_from.to_string()),
            field("dataCategories", codes(data_categories)),
            field("sensitiveCategories", codes(sensitive_categories)),
            field("dataSubjects", codes(data_subjects)),
            field("processingCountries", countries.join(", ")),
            field("securityMeasures", security_measures.clone()),
            field("retention", retention.clone()),
            field("text", text.clone()),
            field("costAnswer", cost_answer.as_ref().map(|(answer, _)| answer.clone())),
            field("costAnsweredOn", shown(cost_answer.as_ref().map(|(_, on)| *on))),
        ]
    }
}

impl Audited for Assurance {
    type Kind = kinds::AssuranceKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, agreement: _, kind, on, met, auditor, competitor, secrecy_undertaken, note, document_url, version: _ } = self;
        vec![
            field("kind", kind.code().to_owned()),
            field("on", on.to_string()),
            field("met", met.to_string()),
            field("auditor", auditor.clone()),
            field("competitor", shown(*competitor)),
            field("secrecyUndertaken", shown(*secrecy_undertaken)),
            field("note", note.clone()),
            field("documentUrl", document_url.clone()),
        ]
    }
}

impl Audited for Notice {
    type Kind = kinds::AgreementNoticeKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self {
            id: _,
            agreement: _,
            party,
            kind,
            direction,
            contact,
            sent_on,
            received_on,
            answered_on,
            event_on,
            missing_parts,
            consent_scope,
            required_by_law,
            text,
            document_url,
            version: _,
        } = self;
        vec![
            field("party", shown(*party)),
            field("kind", kind.code().to_owned()),
            field("direction", direction.code().to_owned()),
            field("contact", contact.code().to_owned()),
            field("sentOn", sent_on.to_string()),
            field("receivedOn", shown(*received_on)),
            field("answeredOn", shown(*answered_on)),
            field("eventOn", shown(*event_on)),
            field("missingParts", codes(missing_parts)),
            field("consentScope", consent_scope.clone()),
            field("requiredByLaw", required_by_law.clone()),
            field("text", text.clone()),
            field("documentUrl", document_url.clone()),
        ]
    }
}

impl Audited for Contact {
    type Kind = kinds::AgreementContactKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, agreement: _, side, purpose, name, email, phone, validity } = self;
        vec![
            field("side", side.code().to_owned()),
            field("purpose", purpose.code().to_owned()),
            personal("name", name.clone()),
            personal("email", email.clone()),
            personal("phone", phone.clone()),
            field("validFrom", validity.from.to_string()),
            field("validTo", shown(validity.to)),
        ]
    }
}

impl Audited for Suspension {
    type Kind = kinds::SuspensionKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, agreement: _, cause, from, declared_ended_on, accepted_on, version: _ } = self;
        vec![
            field("cause", cause.code().to_owned()),
            field("from", from.to_string()),
            field("declaredEndedOn", shown(*declared_ended_on)),
            field("acceptedOn", shown(*accepted_on)),
        ]
    }
}
