//! Inputs of agreements and sub-processors, each turned into a command. Every field is named, so that a forgotten one does not compile.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use strum::VariantArray;

use crate::{
    app::Cx,
    domain::{
        organisation::graphql::{
            inputs::{NAME, REFERENCE},
            load::municipality_argument,
        },
        processor::{
            model::{AgreementInstrument, AgreementTemplate, DataCategory, EngagementAuthorisation, SubProcessorAuthorisation},
            repo,
            service::{
                agreement::{DraftAgreement, InviteToAgreement, UpdateAgreement},
                agreement_party::{JoinAgreement, UpdateAgreementParty},
                party::{PartyCorrection, RegisterParty, UpdateParty},
                sub_processor::{CorrectSubProcessor, EndSubProcessor, ListSubProcessor},
            },
        },
    },
    graphql::{
        error::ApiError,
        node::argument_id_at,
        scalar::{Country, Date},
        search::search_text,
        three_state::{optional, required},
    },
    kernel::{
        code::{Code, Term, term},
        command::Faults,
        contact::{organisation_number, web_address},
        country::CountryCode,
        refusal::{Failure, Refusal},
        text::Text,
    },
};

/// Characters of a title or a service.
const TITLE: usize = 200;
/// Characters of a description.
const DESCRIPTION: usize = 4_000;
/// Characters of a postal address.
const ADDRESS: usize = 400;
/// Characters of a number in a foreign register, or of a template's version.
const NUMBER: usize = 60;
/// Countries or categories of one engagement.
const LISTED: usize = 60;

/// Which agreements. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AgreementFilter {
    /// Those of a controller of the municipality with this slug, joint boards and joint agreements included.
    pub municipality: Option<String>,
    /// Those that this controller is a party to.
    pub controller_id: Option<ID>,
    /// Those with this party as processor.
    pub processor_id: Option<ID>,
    /// Those under which this party is engaged as sub-processor on `asOf`, at any depth.
    pub sub_processor_id: Option<ID>,
    /// Those whose title contains this, in any case.
    pub text: Option<String>,
}

/// Reads a filter that stands at `argument` of the query.
pub async fn read_filter(cx: &Cx, filter: Option<AgreementFilter>, argument: Vec<String>) -> Result<repo::AgreementFilter, ApiError> {
    let Some(AgreementFilter { municipality, controller_id, processor_id, sub_processor_id, text }) = filter else {
        return Ok(repo::AgreementFilter::default());
    };
    let at = |field: &str| argument.iter().cloned().chain([field.to_owned()]).collect::<Vec<_>>();
    let municipality = match municipality {
        Some(slug) => Some(municipality_argument(cx, &slug, at("municipality")).await?.id),
        None => None,
    };
    Ok(repo::AgreementFilter {
        municipality,
        controller: controller_id.map(|id| argument_id_at(&id, at("controllerId"))).transpose()?,
        processor: processor_id.map(|id| argument_id_at(&id, at("processorId"))).transpose()?,
        sub_processor: sub_processor_id.map(|id| argument_id_at(&id, at("subProcessorId"))).transpose()?,
        text: search_text(text, at("text"))?,
    })
}

/// In which order agreements are listed.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct AgreementOrder {
    /// By what.
    pub field: AgreementOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// By what agreements can be ordered.
#[derive(Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementOrderField {
    /// By title, as Swedish orders names.
    Title,
    /// By when they were recorded here.
    Recorded,
}

impl Code for AgreementOrderField {
    const TYPE: &'static str = "AgreementOrderField";

    fn term(self) -> Term {
        match self {
            Self::Title => term("Rubrik", "Title"),
            Self::Recorded => term("Registrerad", "Recorded"),
        }
    }
}

/// In which direction a list is ordered.
#[derive(Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderDirection {
    /// From the first to the last.
    Asc,
    /// From the last to the first.
    Desc,
}

impl Code for OrderDirection {
    const TYPE: &'static str = "OrderDirection";

    fn term(self) -> Term {
        match self {
            Self::Asc => term("Stigande", "Ascending"),
            Self::Desc => term("Fallande", "Descending"),
        }
    }
}

/// Which parties. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug)]
pub struct PartyFilter {
    /// Those whose name contains this, in any case.
    pub text: Option<String>,
    /// Those established in this country.
    pub country: Option<Country>,
    /// The one with this Swedish organisation number.
    pub organisation_number: Option<String>,
}

impl PartyFilter {
    /// The filter, or what is wrong with it.
    pub fn read(self) -> Result<repo::PartyFilter, ApiError> {
        let Self { text, country, organisation_number: number } = self;
        let mut faults = Faults::new();
        let country = faults.optional(country, |faults, country| faults.country("filter.country", &country.0));
        let number = faults.optional(number, |faults, number| faults.take(organisation_number("filter.organisationNumber", &number)));
        let text = search_text(text, vec!["filter".to_owned(), "text".to_owned()])?;
        let filter = (|| Some(repo::PartyFilter { text, country: country?, organisation_number: number? }))();
        Ok(faults.finish(filter)?)
    }
}

/// A new party. Look first: one organisation has one row, whichever municipality uses it.
#[derive(InputObject, Debug)]
pub struct RegisterPartyInput {
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number, `NNNNNN-NNNN`. No personal identity number.
    pub organisation_number: Option<String>,
    /// Its number in a foreign register.
    pub foreign_registration_number: Option<String>,
    /// The controller that it is, where a board is itself the processor.
    pub controller_id: Option<ID>,
    /// Where it is established.
    pub country: Country,
    /// The country that it is controlled from, where that is another.
    pub controlled_from: Option<Country>,
    /// Whether it is a public body; absent: no.
    pub public_body: Option<bool>,
    /// Its postal address.
    pub address: Option<String>,
    /// Where it publishes its sub-processors.
    pub sub_processor_list_url: Option<String>,
}

impl RegisterPartyInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RegisterParty, Failure> {
        let Self {
            name,
            organisation_number: number,
            foreign_registration_number,
            controller_id,
            country,
            controlled_from,
            public_body,
            address,
            sub_processor_list_url,
        } = self;
        let mut faults = Faults::new();
        let name = faults.text("name", &name, NAME);
        let number = faults.optional(number, |faults, number| faults.take(organisation_number("organisationNumber", &number)));
        let foreign = faults.optional_text("foreignRegistrationNumber", foreign_registration_number.as_deref(), NUMBER);
        let controller = faults.optional(controller_id, |faults, id| faults.id("controllerId", &id));
        let country = faults.country("country", &country.0);
        let controlled = faults.optional(controlled_from, |faults, country| faults.country("controlledFrom", &country.0));
        let address = faults.optional_text("address", address.as_deref(), ADDRESS);
        let list = faults.optional(sub_processor_list_url, |faults, url| faults.take(web_address("subProcessorListUrl", &url)));
        let command = (|| {
            Some(RegisterParty {
                name: name?,
                organisation_number: number?,
                foreign_registration_number: foreign?,
                controller: controller?,
                country: country?,
                controlled_from: controlled?,
                public_body: public_body.unwrap_or(false),
                address: address?,
                sub_processor_list_url: list?,
            })
        })();
        faults.finish(command)
    }
}

/// A changed party.
#[derive(InputObject, Debug)]
pub struct UpdatePartyInput {
    /// Which.
    pub party_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its postal address; null: none.
    pub address: MaybeUndefined<String>,
    /// Where it publishes its sub-processors; null: nowhere.
    pub sub_processor_list_url: MaybeUndefined<String>,
    /// Its Swedish organisation number; null: none. Only while no other municipality uses it.
    pub organisation_number: MaybeUndefined<String>,
    /// Its number in a foreign register; null: none. Only while no other municipality uses it.
    pub foreign_registration_number: MaybeUndefined<String>,
    /// Where it is established. Only while no other municipality uses it.
    pub country: MaybeUndefined<Country>,
    /// The country that it is controlled from; null: the same, or not known. Only while no other municipality uses it.
    pub controlled_from: MaybeUndefined<Country>,
    /// Whether it is a public body. Only while no other municipality uses it.
    pub public_body: MaybeUndefined<bool>,
}

impl UpdatePartyInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<UpdateParty, Failure> {
        let Self {
            party_id,
            expected_version,
            name,
            address,
            sub_processor_list_url,
            organisation_number: number,
            foreign_registration_number,
            country,
            controlled_from,
            public_body,
        } = self;
        let mut faults = Faults::new();
        let id = faults.id("partyId", &party_id);
        let name = required(&mut faults, "name", name, |faults, name| faults.text("name", &name, NAME));
        let address = optional(&mut faults, address, |faults, address| faults.text("address", &address, ADDRESS));
        let list = optional(&mut faults, sub_processor_list_url, |faults, url| faults.take(web_address("subProcessorListUrl", &url)));
        let number = optional(&mut faults, number, |faults, number| faults.take(organisation_number("organisationNumber", &number)));
        let foreign =
            optional(&mut faults, foreign_registration_number, |faults, number| faults.text("foreignRegistrationNumber", &number, NUMBER));
        let country = required(&mut faults, "country", country, |faults, country| faults.country("country", &country.0));
        let controlled = optional(&mut faults, controlled_from, |faults, country| faults.country("controlledFrom", &country.0));
        let public_body = required(&mut faults, "publicBody", public_body, |_, public| Some(public));
        let command = (|| {
            Some(UpdateParty {
                id: id?,
                expected_version,
                name: name?,
                address: address?,
                sub_processor_list_url: list?,
                correction: PartyCorrection {
                    organisation_number: number?,
                    foreign_registration_number: foreign?,
                    country: country?,
                    controlled_from: controlled?,
                    public_body: public_body?,
                },
            })
        })();
        faults.finish(command)
    }
}

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
        } = self;
        let mut faults = Faults::new();
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
}

impl UpdateAgreementPartyInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<UpdateAgreementParty, Failure> {
        let Self {
            agreement_id,
            expected_version,
            controller_id,
            processing_from,
            processing_to,
            diary_number,
            filed_at,
            document_url,
            responsible_id,
            sub_processor_authorisation,
        } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let from = optional(&mut faults, processing_from, |_, date| Some(date.0));
        let to = optional(&mut faults, processing_to, |_, date| Some(date.0));
        let diary_number = optional(&mut faults, diary_number, |faults, text| faults.text("diaryNumber", &text, REFERENCE));
        let filed_at = optional(&mut faults, filed_at, |faults, text| faults.text("filedAt", &text, TITLE));
        let document_url = optional(&mut faults, document_url, |faults, url| faults.take(web_address("documentUrl", &url)));
        let responsible = optional(&mut faults, responsible_id, |faults, id| faults.id("responsibleId", &id));
        let authorisation = optional(&mut faults, sub_processor_authorisation, |_, authorisation| Some(authorisation));
        let command = (|| {
            Some(UpdateAgreementParty {
                agreement: agreement?,
                controller: controller?,
                expected_version,
                processing_from: from?,
                processing_to: to?,
                diary_number: diary_number?,
                filed_at: filed_at?,
                document_url: document_url?,
                responsible: responsible?,
                sub_processor_authorisation: authorisation?,
            })
        })();
        faults.finish(command)
    }
}

/// A new engagement of a sub-processor.
#[derive(InputObject, Debug)]
pub struct ListSubProcessorInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// Who is engaged.
    pub party_id: ID,
    /// By which engagement under the same agreement; absent: by the processor itself.
    pub engaged_by_id: Option<ID>,
    /// What it does.
    pub service: String,
    /// Which personal data it processes.
    pub data_categories: Vec<DataCategory>,
    /// Where it processes; empty where not known.
    pub processing_countries: Vec<Country>,
    /// How it was authorised.
    pub authorisation: EngagementAuthorisation,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; absent: until further notice, or as long as the one that engages it.
    pub valid_to: Option<Date>,
}

impl ListSubProcessorInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<ListSubProcessor, Failure> {
        let Self {
            agreement_id,
            party_id,
            engaged_by_id,
            service,
            data_categories,
            processing_countries,
            authorisation,
            valid_from,
            valid_to,
        } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let party = faults.id("partyId", &party_id);
        let engaged_by = faults.optional(engaged_by_id, |faults, id| faults.id("engagedById", &id));
        let service = faults.text("service", &service, TITLE);
        let categories = categories(&data_categories);
        let countries = countries(&mut faults, &processing_countries);
        let validity = faults.period("validTo", valid_from.0, valid_to.map(|date| date.0));
        let command = (|| {
            Some(ListSubProcessor {
                agreement: agreement?,
                party: party?,
                engaged_by: engaged_by?,
                service: service?,
                data_categories: categories,
                processing_countries: countries?,
                authorisation,
                validity: validity?,
            })
        })();
        faults.finish(command)
    }
}

/// What was entered wrong about a sub-processor. Who is engaged by whom, and when, is not corrected but ended and listed anew.
#[derive(InputObject, Debug)]
pub struct CorrectSubProcessorInput {
    /// Which engagement.
    pub engagement_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// What it does.
    pub service: MaybeUndefined<String>,
    /// Which personal data it processes: the whole list.
    pub data_categories: MaybeUndefined<Vec<DataCategory>>,
    /// Where it processes: the whole list; empty where not known.
    pub processing_countries: MaybeUndefined<Vec<Country>>,
    /// When it was bound in writing by the same duties; null: not known.
    pub sub_agreement_on: MaybeUndefined<Date>,
    /// When a copy of that was asked for; null: it was not.
    pub copy_requested_on: MaybeUndefined<Date>,
    /// When the copy came; null: it has not.
    pub copy_received_on: MaybeUndefined<Date>,
}

impl CorrectSubProcessorInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<CorrectSubProcessor, Failure> {
        let Self {
            engagement_id,
            expected_version,
            service,
            data_categories,
            processing_countries,
            sub_agreement_on,
            copy_requested_on,
            copy_received_on,
        } = self;
        let mut faults = Faults::new();
        let id = faults.id("engagementId", &engagement_id);
        let service = required(&mut faults, "service", service, |faults, service| faults.text("service", &service, TITLE));
        let listed = required(&mut faults, "dataCategories", data_categories, |_, listed| Some(categories(&listed)));
        let countries = required(&mut faults, "processingCountries", processing_countries, |faults, codes| countries(faults, &codes));
        let sub_agreement_on = optional(&mut faults, sub_agreement_on, |_, date| Some(date.0));
        let requested = optional(&mut faults, copy_requested_on, |_, date| Some(date.0));
        let received = optional(&mut faults, copy_received_on, |_, date| Some(date.0));
        let command = (|| {
            Some(CorrectSubProcessor {
                id: id?,
                expected_version,
                service: service?,
                data_categories: listed?,
                processing_countries: countries?,
                sub_agreement_on: sub_agreement_on?,
                copy_requested_on: requested?,
                copy_received_on: received?,
            })
        })();
        faults.finish(command)
    }
}

/// The end of a sub-processor's engagement.
#[derive(InputObject, Debug)]
pub struct EndSubProcessorInput {
    /// Which engagement; those that it engages end with it.
    pub engagement_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// The last day on which it is engaged, inclusive.
    pub valid_to: Date,
}

impl EndSubProcessorInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<EndSubProcessor, Failure> {
        let Self { engagement_id, expected_version, valid_to } = self;
        let mut faults = Faults::new();
        let id = faults.id("engagementId", &engagement_id);
        let command = id.map(|id| EndSubProcessor { id, expected_version, valid_to: valid_to.0 });
        faults.finish(command)
    }
}

/// Categories, each once, in the order of the vocabulary.
fn categories(listed: &[DataCategory]) -> Vec<DataCategory> {
    DataCategory::VARIANTS.iter().copied().filter(|category| listed.contains(category)).collect()
}

/// Countries that exist, each once.
fn countries(faults: &mut Faults, listed: &[Country]) -> Option<Vec<CountryCode>> {
    if listed.len() > LISTED {
        faults.add(Refusal::invalid(
            "processingCountries",
            Text::new(format!("Högst {LISTED} länder."), format!("At most {LISTED} countries.")),
        ));
        return None;
    }
    let read = |(n, country): (usize, &Country)| faults.country(&format!("processingCountries.{n}"), &country.0);
    let read: Vec<Option<CountryCode>> = listed.iter().enumerate().map(read).collect();
    let mut countries = read.into_iter().collect::<Option<Vec<_>>>()?;
    countries.sort_unstable();
    countries.dedup();
    Some(countries)
}
