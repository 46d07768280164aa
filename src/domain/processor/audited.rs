//! What the audit log tells of parties, agreements and sub-processors. Each record is taken apart whole, so that a new field is told,
//! too. What belongs to an agreement stands in its history.

use uuid::Uuid;

use super::model::{Agreement, AgreementParty, Engagement, Party};
use crate::{
    domain::audit::model::{Audited, Field, field, shown},
    kernel::{code::Code, country::CountryCode, id::Id, kinds},
};

impl Audited for Party {
    type Kind = kinds::PartyKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self {
            id: _,
            name,
            organisation_number,
            foreign_registration_number,
            controller,
            country,
            controlled_from,
            public_body,
            address,
            sub_processor_list_url,
            version: _,
            withdrawn: _,
        } = self;
        vec![
            field("name", name.clone()),
            field("organisationNumber", organisation_number.clone()),
            field("foreignRegistrationNumber", foreign_registration_number.clone()),
            field("controller", shown(*controller)),
            field("country", country.as_str().to_owned()),
            field("controlledFrom", controlled_from.map(|country| country.as_str().to_owned())),
            field("publicBody", public_body.to_string()),
            field("address", address.clone()),
            field("subProcessorListUrl", sub_processor_list_url.clone()),
        ]
    }
}

impl Audited for Agreement {
    type Kind = kinds::AgreementKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self {
            id: _,
            processor,
            title,
            instrument,
            template,
            template_version,
            subject_matter,
            purpose,
            nature_of_processing,
            version: _,
        } = self;
        vec![
            field("processor", processor.to_string()),
            field("title", title.clone()),
            field("instrument", instrument.code().to_owned()),
            field("template", template.code().to_owned()),
            field("templateVersion", template_version.clone()),
            field("subjectMatter", subject_matter.clone()),
            field("purpose", purpose.clone()),
            field("natureOfProcessing", nature_of_processing.clone()),
        ]
    }
}

impl Audited for AgreementParty {
    type Kind = kinds::AgreementPartyKind;

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
            controller,
            lead,
            invited_on,
            joined_on,
            processing_from,
            processing_to,
            diary_number,
            filed_at,
            document_url,
            responsible,
            sub_processor_authorisation,
            version: _,
        } = self;
        vec![
            field("controller", controller.to_string()),
            field("lead", lead.to_string()),
            field("invitedOn", shown(*invited_on)),
            field("joinedOn", shown(*joined_on)),
            field("processingFrom", shown(*processing_from)),
            field("processingTo", shown(*processing_to)),
            field("diaryNumber", diary_number.clone()),
            field("filedAt", filed_at.clone()),
            field("documentUrl", document_url.clone()),
            field("responsible", shown(*responsible)),
            field("subProcessorAuthorisation", sub_processor_authorisation.map(|code| code.code().to_owned())),
        ]
    }
}

impl Audited for Engagement {
    type Kind = kinds::EngagementKind;

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
            engaged_by,
            position: _,
            service,
            data_categories,
            processing_countries,
            authorisation,
            sub_agreement_on,
            copy_requested_on,
            copy_received_on,
            validity,
            version: _,
        } = self;
        let categories: Vec<_> = data_categories.iter().map(|category| category.code()).collect();
        let countries: Vec<_> = processing_countries.iter().map(CountryCode::as_str).collect();
        vec![
            field("party", party.to_string()),
            field("engagedBy", shown(*engaged_by)),
            field("service", service.clone()),
            field("dataCategories", categories.join(", ")),
            field("processingCountries", countries.join(", ")),
            field("authorisation", authorisation.code().to_owned()),
            field("subAgreementOn", shown(*sub_agreement_on)),
            field("copyRequestedOn", shown(*copy_requested_on)),
            field("copyReceivedOn", shown(*copy_received_on)),
            field("validFrom", validity.from.to_string()),
            field("validTo", shown(validity.to)),
        ]
    }
}
