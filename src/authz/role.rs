//! Roles and where they come from.

use crate::kernel::code::{Code, Term, term};

/// What a person is to the cooperation, a municipality or a controller.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Keeps a controller's agreements and transfers and informs the officer (GDPR-samordnare). From a dated assignment only. Source: guidelines 8.1.
    Coordinator,
    /// Advises and reviews the controllers that appointed the person, and never decides (dataskyddsombud). From a dated appointment only. Source: GDPR art. 37-39.
    DataProtectionOfficer,
    /// Keeps the municipality's controllers, people, assignments and appointments.
    MunicipalityAdministrator,
    /// Reads the municipality's records.
    Reader,
    /// Keeps what all municipalities share: memberships and parties. Reads no municipality's records.
    CooperationAdministrator,
}

impl Code for Role {
    const TYPE: &'static str = "Role";

    fn term(self) -> Term {
        match self {
            Self::Coordinator => term("GDPR-samordnare", "Coordinator").from_law("Guidelines 8.1"),
            Self::DataProtectionOfficer => term("Dataskyddsombud", "Data protection officer").from_law("GDPR art. 37-39"),
            Self::MunicipalityAdministrator => term("Kommunens administratör", "Administrator of a municipality"),
            Self::Reader => term("Läsare", "Reader"),
            Self::CooperationAdministrator => term("Samverkans administratör", "Administrator of the cooperation"),
        }
    }
}

/// Where a role comes from.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RoleSource {
    /// What the municipality's OpenID provider said at login, by the operator's mapping: reader and administrator of a municipality only.
    ProviderClaim,
    /// A dated record: an assignment, an appointment or a granted role.
    Record,
}

impl Code for RoleSource {
    const TYPE: &'static str = "RoleSource";

    fn term(self) -> Term {
        match self {
            Self::ProviderClaim => term("Uppgift från inloggningstjänsten", "The provider's claim"),
            Self::Record => term("Daterad uppgift i systemet", "Dated record"),
        }
    }
}
