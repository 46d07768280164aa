//! Inputs of parties.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::{
    domain::processor::{
        repo,
        service::{
            merge::MergeParties,
            party::{PartyCorrection, RegisterParty, UpdateParty},
        },
    },
    graphql::{
        error::ApiError,
        scalar::Country,
        search::search_text,
        three_state::{optional, required},
    },
    kernel::{
        bounds::{ADDRESS, NAME, NUMBER},
        command::Faults,
        contact::{organisation_number, web_address},
        refusal::Failure,
    },
};

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
    /// The controller that it is, where a board is itself the processor; null: none. Only while no other municipality uses it.
    pub controller_id: MaybeUndefined<ID>,
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
            controller_id,
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
        let controller = optional(&mut faults, controller_id, |faults, id| faults.id("controllerId", &id));
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
                    controller: controller?,
                    country: country?,
                    controlled_from: controlled?,
                    public_body: public_body?,
                },
            })
        })();
        faults.finish(command)
    }
}

/// A party that was registered twice.
#[derive(InputObject, Debug)]
pub struct MergePartiesInput {
    /// The one that goes.
    pub party_id: ID,
    /// The version of it that you read.
    pub expected_version: i32,
    /// The one that stays.
    pub into_id: ID,
    /// The version of that one that you read.
    pub into_expected_version: i32,
}

impl MergePartiesInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<MergeParties, Failure> {
        let Self { party_id, expected_version, into_id, into_expected_version: kept_expected_version } = self;
        let mut faults = Faults::new();
        let duplicate = faults.id("partyId", &party_id);
        let kept = faults.id("intoId", &into_id);
        let command = (|| Some(MergeParties { duplicate: duplicate?, expected_version, kept: kept?, kept_expected_version }))();
        faults.finish(command)
    }
}
