//! Countries of ISO 3166-1 with their names.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use super::text::{Text, sort_key};

/// The two-letter code of a country that exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

static NAMES: LazyLock<BTreeMap<CountryCode, Text>> = LazyLock::new(|| {
    keshvar::CountryIterator::new()
        .filter_map(|country| {
            let code = country.alpha2().to_string();
            let bytes: [u8; 2] = code.into_bytes().try_into().ok()?;
            let english = country.iso_short_name();
            let swedish = country.translations().get("sv").copied().unwrap_or(english);
            Some((CountryCode(bytes), Text::new(swedish, english)))
        })
        .collect()
});

impl CountryCode {
    /// Sweden.
    pub const SWEDEN: Self = Self(*b"SE");

    /// The country with this code, in capitals; nothing where there is none.
    pub fn parse(code: &str) -> Option<Self> {
        let code = Self(code.as_bytes().try_into().ok()?);
        NAMES.contains_key(&code).then_some(code)
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What the country is called.
    pub fn name(self) -> Text {
        NAMES.get(&self).cloned().unwrap_or_else(|| Text::new("", ""))
    }

    /// Every country, by its Swedish name.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<_> = NAMES.iter().collect();
        all.sort_by_cached_key(|(_, name)| sort_key(&name.sv));
        all.into_iter().map(|(code, _)| *code).collect()
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_its_names_and_a_made_up_one_is_refused() {
        assert_eq!(CountryCode::parse("SE").map(CountryCode::name), Some(Text::new("Sverige", "Sweden")));
        assert_eq!(CountryCode::parse("DE").map(|c| c.name().sv.into_owned()), Some("Tyskland".to_owned()));
        for none in ["", "se", "XX", "SWE", "EL", "S", "Å"] {
            assert_eq!(CountryCode::parse(none), None, "{none}");
        }
        assert_eq!(CountryCode::all().len(), 249);
    }
}
