//! Which organisations a register means: those that the shared directory has, and those that are new to it.

use std::collections::HashMap;

use crate::{
    domain::processor::model::Party,
    kernel::{country::CountryCode, kinds::PartyId, text::sort_key},
};

/// An organisation as a register names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number, where the register tells it.
    pub number: Option<String>,
    /// Where it is established, where the register tells it.
    pub country: Option<CountryCode>,
}

/// Who is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// One that the directory has.
    Known(PartyId),
    /// One that is new, by its place in [`Directory::new`].
    New(usize),
}

/// Why nobody can tell who is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Several have this name, and no number tells them apart.
    SeveralOfThisName,
    /// It is new, and neither a number nor a country tells where it is established.
    NoCountry,
}

/// An organisation that the directory does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParty {
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number.
    pub number: Option<String>,
    /// Where it is established.
    pub country: CountryCode,
}

/// The shared directory, as far as a register names it, and what the register adds to it.
#[derive(Debug, Default)]
pub struct Directory {
    by_number: HashMap<String, Who>,
    by_name: HashMap<String, Vec<Who>>,
    numberless: HashMap<PartyId, bool>,
    /// What the register adds, in the order in which it names them.
    pub new: Vec<NewParty>,
}

impl Directory {
    /// What the directory has of the organisations that a register names.
    pub fn of(known: &[Party]) -> Self {
        let mut directory = Self::default();
        for party in known {
            let who = Who::Known(party.id);
            directory.numberless.insert(party.id, party.organisation_number.is_none());
            directory.enter(&party.name, party.organisation_number.as_deref(), who);
        }
        directory
    }

    /// Who is meant by an organisation; what is new is added. Those that are named with their numbers come first: then a name without a
    /// number, wherever in the register it stands, means the one that has the name.
    pub fn meant(&mut self, named: &Organisation) -> Result<Who, Unclear> {
        let Organisation { name, number, country } = named;
        let of_name = self.by_name.get(&sort_key(name)).map(Vec::as_slice).unwrap_or_default();
        let found = match number {
            Some(number) => self.by_number.get(number).copied().or_else(|| self.the_one_without_number(of_name)),
            None if of_name.len() > 1 => return Err(Unclear::SeveralOfThisName),
            None => of_name.first().copied(),
        };
        if let Some(found) = found {
            return Ok(found);
        }
        let country = country.or_else(|| number.as_ref().map(|_| CountryCode::SWEDEN)).ok_or(Unclear::NoCountry)?;
        let who = Who::New(self.new.len());
        self.new.push(NewParty { name: name.clone(), number: number.clone(), country });
        self.enter(name, number.as_deref(), who);
        Ok(who)
    }

    fn the_one_without_number(&self, of_name: &[Who]) -> Option<Who> {
        match of_name {
            [Who::Known(only)] if self.numberless.get(only) == Some(&true) => Some(Who::Known(*only)),
            _ => None,
        }
    }

    fn enter(&mut self, name: &str, number: Option<&str>, who: Who) {
        self.by_name.entry(sort_key(name)).or_default().push(who);
        if let Some(number) = number {
            self.by_number.insert(number.to_owned(), who);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::id::Id;

    fn party(n: u128, name: &str, number: Option<&str>) -> Party {
        Party {
            id: Id::new(Uuid::from_u128(n)),
            name: name.to_owned(),
            organisation_number: number.map(str::to_owned),
            foreign_registration_number: None,
            controller: None,
            country: CountryCode::SWEDEN,
            controlled_from: None,
            public_body: false,
            address: None,
            sub_processor_list_url: None,
            version: 1,
            withdrawn: false,
        }
    }

    fn named(name: &str, number: Option<&str>, country: Option<&str>) -> Organisation {
        Organisation { name: name.to_owned(), number: number.map(str::to_owned), country: country.and_then(CountryCode::parse) }
    }

    #[test]
    fn a_number_decides_before_a_name_and_a_name_means_the_only_one_that_has_it() {
        let known = [party(1, "Exempel AB", Some("1")), party(2, "Exempel", None), party(3, "Två", Some("3")), party(4, "TVÅ", None)];
        let mut directory = Directory::of(&known);
        let id = |n: usize| Ok(Who::Known(known[n].id));
        for (asked, meant) in [
            (named("Omdöpta AB", Some("1"), None), id(0)),
            (named("EXEMPEL ab", None, None), id(0)),
            (named("exempel", Some("9"), None), id(1)),
            (named("Två", None, None), Err(Unclear::SeveralOfThisName)),
            (named("Två", Some("3"), None), id(2)),
            (named("Två", Some("8"), None), Ok(Who::New(0))),
            (named("Exempel AB", Some("2"), None), Ok(Who::New(1))),
            (named("Exempel AB", Some("2"), Some("NO")), Ok(Who::New(1))),
            (named("Okänd", None, None), Err(Unclear::NoCountry)),
            (named("Okänd", None, Some("US")), Ok(Who::New(2))),
            (named("okänd", None, None), Ok(Who::New(2))),
        ] {
            assert_eq!(directory.meant(&asked), meant, "{asked:?}");
        }
        let countries: Vec<_> = directory.new.iter().map(|new| new.country.as_str().to_owned()).collect();
        assert_eq!(countries, ["SE", "SE", "US"]);
    }
}
