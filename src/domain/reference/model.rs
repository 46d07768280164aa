//! What a country is to the law.

use crate::kernel::code::{Code, Term, term};

/// What a country is to the law on transfers, on a date.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CountryStatus {
    /// Inside the European Economic Area: personal data moves freely. Source: GDPR art. 1.3; EEA Agreement.
    Eea,
    /// Outside, but treated as a member until a transition ended (United Kingdom, 2020).
    TreatedAsMember,
    /// Outside, but not yet treated as a third country (United Kingdom, first half of 2021).
    Bridge,
    /// Outside: a transfer needs a ground of chapter V. Source: GDPR art. 44.
    ThirdCountry,
}

impl Code for CountryStatus {
    const TYPE: &'static str = "CountryStatus";

    fn term(self) -> Term {
        match self {
            Self::Eea => term("Inom EES", "Inside the EEA").from_law("GDPR art. 1.3; EEA Agreement"),
            Self::TreatedAsMember => term("Behandlas som medlem", "Treated as a member").from_law("Withdrawal Agreement art. 126-127"),
            Self::Bridge => term("Övergångstid", "Bridge").from_law("Trade and Cooperation Agreement art. 782"),
            Self::ThirdCountry => term("Tredjeland", "Third country").from_law("GDPR art. 44"),
        }
    }
}
