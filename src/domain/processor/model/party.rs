//! Organisations that process for others.

use crate::kernel::{
    country::CountryCode,
    kinds::{ControllerId, PartyId},
    page::{Key, Placed},
    text::sort_key,
};

/// An organisation that processes for others: one shared row each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number.
    pub organisation_number: Option<String>,
    /// Its number in a foreign register.
    pub foreign_registration_number: Option<String>,
    /// The controller that it is, where a board is itself the processor.
    pub controller: Option<ControllerId>,
    /// Where it is established.
    pub country: CountryCode,
    /// The country that it is controlled from, where that is another.
    pub controlled_from: Option<CountryCode>,
    /// Whether it is a public body.
    pub public_body: bool,
    /// Its postal address.
    pub address: Option<String>,
    /// Where it publishes its sub-processors.
    pub sub_processor_list_url: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// Whether it was a mistake; what names it shows it still.
    pub withdrawn: bool,
}

impl Placed for Party {
    fn key(&self) -> Key {
        Key { sort: sort_key(&self.name), id: self.id.key() }
    }
}
