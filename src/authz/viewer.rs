//! Who is asking, and with which roles today.

use chrono::NaiveDate;

use super::{Role, RoleSource};
use crate::kernel::kinds::{AccountId, ControllerId, MunicipalityId, PersonId};

/// The person behind a request.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The login: its provider and who it is there.
    pub account: AccountId,
    /// The person of the directory, where an invitation has bound the login to one.
    pub person: Option<PersonId>,
    /// What the person is called, in the directory or else by the provider.
    pub name: String,
    /// Whose login verified the person; nothing else decides the municipality.
    pub municipality: MunicipalityId,
    /// The roles that hold today at this login.
    pub grants: Vec<Grant>,
}

/// One role that holds today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which role.
    pub role: Role,
    /// Where, for roles in a municipality.
    pub municipality: Option<MunicipalityId>,
    /// For which controller: coordinators and officers.
    pub controller: Option<ControllerId>,
    /// Since when.
    pub valid_from: Option<NaiveDate>,
    /// Until when; none until further notice.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: RoleSource,
    /// The version of the record that grants the role as such; none for what a claim, an assignment or an appointment gives.
    pub version: Option<i32>,
}

impl Viewer {
    /// The controllers that the viewer coordinates or advises today.
    pub fn controllers(&self) -> Vec<ControllerId> {
        let mut controllers: Vec<_> = self.grants.iter().filter_map(|grant| grant.controller).collect();
        controllers.sort_unstable();
        controllers.dedup();
        controllers
    }
}
