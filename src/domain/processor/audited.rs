//! What the audit log tells of parties, agreements and sub-processors. Each record is taken apart whole, so that a new field is told,
//! too. What belongs to an agreement stands in its history.

mod change;
mod keeping;

use uuid::Uuid;

use super::model::{Agreed, Agreement, AgreementParty, Engagement, Party, Terms};
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
            signatory,
            // Who holds it follows from the successions, which are told where they are recorded.
            controller: _,
            keeper: _,
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
            left_on,
            lead_offered_on,
            notice,
            terminated,
            end_of_agreement,
            returned_or_deleted_on,
            registered_on,
            version: _,
        } = self;
        vec![
            field("controller", signatory.to_string()),
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
            field("leftOn", shown(*left_on)),
            field("leadOfferedOn", shown(*lead_offered_on)),
            field("noticeGivenOn", shown(notice.map(|(on, _)| on))),
            field("noticeGivenBy", notice.map(|(_, side)| side.code().to_owned())),
            field("terminatedOn", shown(terminated.map(|(on, _)| on))),
            field("terminatedAtOnceBecauseOf", shown(terminated.map(|(_, case)| case))),
            field("endOfAgreement", end_of_agreement.map(|(choice, _)| choice.code().to_owned())),
            field("endChosenOn", shown(end_of_agreement.map(|(_, on)| on))),
            field("returnedOrDeletedOn", shown(*returned_or_deleted_on)),
            field("registeredOn", shown(*registered_on)),
        ]
    }
}

impl Audited for Terms {
    type Kind = kinds::AgreementTermsKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, agreement: _, number, valid_from, signed_by_processor_on, signatures, agreed } = self;
        let Agreed {
            termination_notice_days,
            objection_days,
            objection_day_kind,
            silence_means,
            return_days,
            deemed_receipt_working_days,
            log_retention_years,
            self_audit_months,
            third_country_transfer_allowed,
            main_contract_prevails,
            main_contract_reference,
            fixed_end_on,
        } = agreed;
        let signed: Vec<_> = signatures.iter().map(|signature| format!("{} {}", signature.party, signature.signed_on)).collect();
        vec![
            field("number", number.to_string()),
            field("validFrom", valid_from.to_string()),
            field("signedByProcessorOn", shown(*signed_by_processor_on)),
            field("signatures", Some(signed.join(", ")).filter(|signed| !signed.is_empty())),
            field("terminationNoticeDays", termination_notice_days.to_string()),
            field("objectionDays", objection_days.to_string()),
            field("objectionDayKind", objection_day_kind.code().to_owned()),
            field("silenceMeans", silence_means.code().to_owned()),
            field("returnDays", return_days.to_string()),
            field("deemedReceiptWorkingDays", deemed_receipt_working_days.to_string()),
            field("logRetentionYears", log_retention_years.to_string()),
            field("selfAuditMonths", self_audit_months.to_string()),
            field("thirdCountryTransferAllowed", third_country_transfer_allowed.to_string()),
            field("mainContractPrevails", main_contract_prevails.to_string()),
            field("mainContractReference", main_contract_reference.clone()),
            field("fixedEndOn", shown(*fixed_end_on)),
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
            listed_to,
            introduced_by,
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
            field("listedTo", shown(*listed_to)),
            field("introducedBy", shown(*introduced_by)),
        ]
    }
}
