//! Inputs of agreements.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::{
    domain::processor::{
        model::{Agreed, AgreementInstrument, AgreementTemplate, ReturnOrDelete, SubProcessorAuthorisation},
        service::{
            agreement::{DraftAgreement, InviteToAgreement, UpdateAgreement},
            agreement_party::{JoinAgreement, UpdateAgreementParty},
            signing::TermsChange,
        },
    },
    graphql::{
        scalar::Date,
        three_state::{optional, required},
    },
    kernel::{
        bounds::{DESCRIPTION, NUMBER, REFERENCE, TITLE},
        command::Faults,
        contact::web_address,
        refusal::Failure,
    },
};

use super::{AcknowledgementInput, AgreementTermsInput, acknowledgements};

/// A new agreement.
#[derive(InputObject, Debug)]
pub struct DraftAgreementInput {
    /// The controller that drafts it and keeps its common part: one that you coordinate.
    pub lead_controller_id: ID,
    /// Who processes.
    pub processor_id: ID,
    /// What it is called.
    pub title: String,
    /// What kind of act it is; absent: a legal act between boards of one municipality, else an agreement.
    pub instrument: Option<AgreementInstrument>,
    /// Whose template it follows; absent: SKR's, as the guidelines prescribe.
    pub template: Option<AgreementTemplate>,
    /// Which version of the template.
    pub template_version: Option<String>,
    /// Subject-matter of the processing.
    pub subject_matter: Option<String>,
    /// Purpose of the processing.
    pub purpose: Option<String>,
    /// Nature of the processing.
    pub nature_of_processing: Option<String>,
    /// How the lead authorises sub-processors.
    pub sub_processor_authorisation: Option<SubProcessorAuthorisation>,
    /// When the processing began for the lead.
    pub processing_from: Option<Date>,
    /// Its number in the lead's case register.
    pub diary_number: Option<String>,
    /// The first terms; absent: as the template says.
    pub terms: Option<AgreementTermsInput>,
    /// Answers to the rules that warned.
    pub acknowledgements: Option<Vec<AcknowledgementInput>>,
}

impl DraftAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<DraftAgreement, Failure> {
        let Self {
            lead_controller_id,
            processor_id,
            title,
            instrument,
            template,
            template_version,
            subject_matter,
            purpose,
            nature_of_processing,
            sub_processor_authorisation,
            processing_from,
            diary_number,
            terms,
            acknowledgements: given,
        } = self;
        let mut faults = Faults::new();
        let terms_from = terms.as_ref().and_then(AgreementTermsInput::first_day);
        let terms = terms.map_or_else(|| Some(TermsChange::default()), |terms| terms.change(&mut faults, "terms"));
        let given = acknowledgements(&mut faults, given);
        let lead = faults.id("leadControllerId", &lead_controller_id);
        let processor = faults.id("processorId", &processor_id);
        let title = faults.text("title", &title, TITLE);
        let template_version = faults.optional_text("templateVersion", template_version.as_deref(), NUMBER);
        let subject_matter = faults.optional_text("subjectMatter", subject_matter.as_deref(), DESCRIPTION);
        let purpose = faults.optional_text("purpose", purpose.as_deref(), DESCRIPTION);
        let nature = faults.optional_text("natureOfProcessing", nature_of_processing.as_deref(), DESCRIPTION);
        let diary_number = faults.optional_text("diaryNumber", diary_number.as_deref(), REFERENCE);
        let command = (|| {
            Some(DraftAgreement {
                lead: lead?,
                processor: processor?,
                title: title?,
                instrument,
                template: template.unwrap_or(AgreementTemplate::Skr),
                template_version: template_version?,
                subject_matter: subject_matter?,
                purpose: purpose?,
                nature_of_processing: nature?,
                sub_processor_authorisation,
                processing_from: processing_from.map(|date| date.0),
                diary_number: diary_number?,
                agreed: terms?.of(&Agreed::default()),
                terms_from,
                acknowledgements: given?,
            })
        })();
        faults.finish(command)
    }
}

/// A changed common part of an agreement.
#[derive(InputObject, Debug)]
pub struct UpdateAgreementInput {
    /// Which.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// What it is called.
    pub title: MaybeUndefined<String>,
    /// What kind of act it is.
    pub instrument: MaybeUndefined<AgreementInstrument>,
    /// Whose template it follows.
    pub template: MaybeUndefined<AgreementTemplate>,
    /// Which version of the template; null: not recorded.
    pub template_version: MaybeUndefined<String>,
    /// Subject-matter of the processing; null: not stated.
    pub subject_matter: MaybeUndefined<String>,
    /// Purpose of the processing; null: not stated.
    pub purpose: MaybeUndefined<String>,
    /// Nature of the processing; null: not stated.
    pub nature_of_processing: MaybeUndefined<String>,
}

impl UpdateAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<UpdateAgreement, Failure> {
        let Self {
            agreement_id,
            expected_version,
            title,
            instrument,
            template,
            template_version,
            subject_matter,
            purpose,
            nature_of_processing,
        } = self;
        let mut faults = Faults::new();
        let id = faults.id("agreementId", &agreement_id);
        let title = required(&mut faults, "title", title, |faults, title| faults.text("title", &title, TITLE));
        let instrument = required(&mut faults, "instrument", instrument, |_, instrument| Some(instrument));
        let template = required(&mut faults, "template", template, |_, template| Some(template));
        let template_version = optional(&mut faults, template_version, |faults, version| faults.text("templateVersion", &version, NUMBER));
        let subject_matter = optional(&mut faults, subject_matter, |faults, text| faults.text("subjectMatter", &text, DESCRIPTION));
        let purpose = optional(&mut faults, purpose, |faults, text| faults.text("purpose", &text, DESCRIPTION));
        let nature = optional(&mut faults, nature_of_processing, |faults, text| faults.text("natureOfProcessing", &text, DESCRIPTION));
        let command = (|| {
            Some(UpdateAgreement {
                id: id?,
                expected_version,
                title: title?,
                instrument: instrument?,
                template: template?,
                template_version: template_version?,
                subject_matter: subject_matter?,
                purpose: purpose?,
                nature_of_processing: nature?,
            })
        })();
        faults.finish(command)
    }
}

/// Another controller is invited to an agreement.
#[derive(InputObject, Debug)]
pub struct InviteToAgreementInput {
    /// To which.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// Who is invited, of whatever municipality. From then on it reads the agreement.
    pub controller_id: ID,
    /// When; absent: today.
    pub invited_on: Option<Date>,
}

impl InviteToAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<InviteToAgreement, Failure> {
        let Self { agreement_id, expected_version, controller_id, invited_on } = self;
        let mut faults = Faults::new();
        let id = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let invited_on = invited_on.map(|date| date.0);
        let command = (|| Some(InviteToAgreement { id: id?, expected_version, controller: controller?, invited_on }))();
        faults.finish(command)
    }
}

/// An invited controller joins an agreement.
#[derive(InputObject, Debug)]
pub struct JoinAgreementInput {
    /// Which agreement.
    pub agreement_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// The invited controller: one that you coordinate.
    pub controller_id: ID,
    /// When.
    pub joined_on: Date,
}

impl JoinAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<JoinAgreement, Failure> {
        let Self { agreement_id, expected_version, controller_id, joined_on } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let command =
            (|| Some(JoinAgreement { agreement: agreement?, controller: controller?, expected_version, joined_on: joined_on.0 }))();
        faults.finish(command)
    }
}

/// A controller's changed own row of an agreement.
#[derive(InputObject, Debug)]
pub struct UpdateAgreementPartyInput {
    /// Which agreement.
    pub agreement_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// Whose row: a controller that you coordinate.
    pub controller_id: ID,
    /// When it joined; only where it has.
    pub joined_on: MaybeUndefined<Date>,
    /// When the processing began; null: it has not, or not recorded.
    pub processing_from: MaybeUndefined<Date>,
    /// The last day of processing, inclusive; null: it goes on.
    pub processing_to: MaybeUndefined<Date>,
    /// Its number in the controller's case register; null: not registered.
    pub diary_number: MaybeUndefined<String>,
    /// Where the original is kept; null: not recorded.
    pub filed_at: MaybeUndefined<String>,
    /// Where the document can be opened; null: not recorded.
    pub document_url: MaybeUndefined<String>,
    /// The person in charge; null: nobody.
    pub responsible_id: MaybeUndefined<ID>,
    /// How the controller authorises sub-processors; null: not stated.
    pub sub_processor_authorisation: MaybeUndefined<SubProcessorAuthorisation>,
    /// What the controller asks for at the end; null: not chosen. Source: annex 3, 18.1 (PUB39).
    pub end_of_agreement: MaybeUndefined<ReturnOrDelete>,
    /// Whether the lead, whose row it is, offers the lead to the other parties; one of them can then take it.
    pub offers_lead: MaybeUndefined<bool>,
}

impl UpdateAgreementPartyInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<UpdateAgreementParty, Failure> {
        let Self {
            agreement_id,
            expected_version,
            controller_id,
            joined_on,
            processing_from,
            processing_to,
            diary_number,
            filed_at,
            document_url,
            responsible_id,
            sub_processor_authorisation,
            end_of_agreement,
            offers_lead,
        } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let joined_on = required(&mut faults, "joinedOn", joined_on, |_, date| Some(date.0));
        let from = optional(&mut faults, processing_from, |_, date| Some(date.0));
        let to = optional(&mut faults, processing_to, |_, date| Some(date.0));
        let diary_number = optional(&mut faults, diary_number, |faults, text| faults.text("diaryNumber", &text, REFERENCE));
        let filed_at = optional(&mut faults, filed_at, |faults, text| faults.text("filedAt", &text, TITLE));
        let document_url = optional(&mut faults, document_url, |faults, url| faults.take(web_address("documentUrl", &url)));
        let responsible = optional(&mut faults, responsible_id, |faults, id| faults.id("responsibleId", &id));
        let authorisation = optional(&mut faults, sub_processor_authorisation, |_, authorisation| Some(authorisation));
        let end = optional(&mut faults, end_of_agreement, |_, choice| Some(choice));
        let offers_lead = required(&mut faults, "offersLead", offers_lead, |_, offers| Some(offers));
        let command = (|| {
            Some(UpdateAgreementParty {
                agreement: agreement?,
                controller: controller?,
                expected_version,
                joined_on: joined_on?,
                processing_from: from?,
                processing_to: to?,
                diary_number: diary_number?,
                filed_at: filed_at?,
                document_url: document_url?,
                responsible: responsible?,
                sub_processor_authorisation: authorisation?,
                end_of_agreement: end?,
                offers_lead: offers_lead?,
            })
        })();
        faults.finish(command)
    }
}
