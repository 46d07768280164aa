//! Inputs of sub-processors.

use async_graphql::{ID, InputObject, MaybeUndefined};
use strum::VariantArray;

use crate::{
    domain::processor::{
        model::{DataCategory, EngagementAuthorisation},
        service::sub_processor::{CorrectSubProcessor, EndSubProcessor, ListSubProcessor},
    },
    graphql::{
        scalar::{Country, Date},
        three_state::{optional, required},
    },
    kernel::{
        bounds::{LISTED, TITLE},
        command::Faults,
        country::CountryCode,
        refusal::{Failure, Refusal},
        text::Text,
    },
};

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

/// What was entered wrong about a sub-processor. Who is engaged by whom, from when and how authorised is not corrected but withdrawn and
/// listed anew.
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
pub(in super::super) fn categories(listed: &[DataCategory]) -> Vec<DataCategory> {
    DataCategory::VARIANTS.iter().copied().filter(|category| listed.contains(category)).collect()
}

/// Countries that exist, each once.
pub(in super::super) fn countries(faults: &mut Faults, listed: &[Country]) -> Option<Vec<CountryCode>> {
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
