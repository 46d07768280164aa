//! What a request may reach: the proof that every query and every change takes.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, Expr, ExprTrait},
};

use super::{
    Grant, Role, Viewer,
    policy::{Action, Reach, reach},
};
use crate::kernel::kinds::{ControllerId, MunicipalityId, PersonId};

/// What a viewer may read, as a set. A record is readable by every municipality of its controllers, and by the officer whom
/// one of its controllers appointed.
#[derive(Clone, Debug)]
pub struct ReadScope {
    viewer: Option<PersonId>,
    home: MunicipalityId,
    directory: bool,
    municipalities: BTreeSet<MunicipalityId>,
    controllers: BTreeSet<ControllerId>,
    people_of: BTreeSet<MunicipalityId>,
    audit: Vec<AuditReach>,
}

/// A part of the audit log that is open to a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditReach {
    /// What all municipalities share.
    Cooperation,
    /// All of a municipality.
    Municipality(MunicipalityId),
    /// Of a municipality what touches these controllers.
    OwnControllers(MunicipalityId, Vec<ControllerId>),
    /// What touches these controllers, of whatever municipality.
    Controllers(Vec<ControllerId>),
}

impl ReadScope {
    /// What the policy lets `viewer` read.
    pub fn of(viewer: &Viewer) -> Self {
        let mut scope = Self::nothing(viewer);
        for grant in &viewer.grants {
            scope.directory |= reach(Action::ReadDirectory, grant.role) != Reach::No;
            match reach(Action::ReadRecords, grant.role) {
                Reach::OwnMunicipality => {
                    scope.municipalities.insert(viewer.municipality);
                }
                Reach::AppointingControllers => scope.controllers.extend(grant.controller),
                _ => {}
            }
            scope.open_audit(viewer, grant);
            if reach(Action::ReadPeople, grant.role) == Reach::OwnMunicipality {
                scope.people_of.insert(viewer.municipality);
            }
        }
        scope
    }

    fn nothing(viewer: &Viewer) -> Self {
        Self {
            viewer: viewer.person,
            home: viewer.municipality,
            directory: false,
            municipalities: BTreeSet::new(),
            controllers: BTreeSet::new(),
            people_of: BTreeSet::new(),
            audit: Vec::new(),
        }
    }

    fn open_audit(&mut self, viewer: &Viewer, grant: &Grant) {
        let controllers: Vec<_> = grant.controller.into_iter().collect();
        let opened = match reach(Action::ReadAuditLog, grant.role) {
            Reach::CooperationEntriesOnly => AuditReach::Cooperation,
            Reach::OwnMunicipality => AuditReach::Municipality(viewer.municipality),
            Reach::OwnControllers => AuditReach::OwnControllers(viewer.municipality, controllers),
            Reach::AppointingControllers => AuditReach::Controllers(controllers),
            _ => return,
        };
        // A coordinator of many controllers has a grant for each.
        match (self.audit.iter_mut().find(|there| std::mem::discriminant(*there) == std::mem::discriminant(&opened)), opened) {
            (
                Some(AuditReach::OwnControllers(_, all) | AuditReach::Controllers(all)),
                AuditReach::OwnControllers(_, more) | AuditReach::Controllers(more),
            ) => {
                all.extend(more);
            }
            (Some(_), _) => {}
            (None, opened) => self.audit.push(opened),
        }
    }

    /// The person of the directory who reads, where the login is bound to one.
    pub fn viewer(&self) -> Option<PersonId> {
        self.viewer
    }

    /// Whose login the reader used.
    pub fn home(&self) -> MunicipalityId {
        self.home
    }

    /// Whether the shared directory is open; it is to everybody with a role.
    pub fn reads_directory(&self) -> bool {
        self.directory
    }

    /// Whether all that is not public about the people of `municipality` is open.
    pub fn reads_people_of(&self, municipality: MunicipalityId) -> bool {
        self.people_of.contains(&municipality)
    }

    /// The municipalities whose people are open.
    pub fn people_of(&self) -> impl Iterator<Item = MunicipalityId> {
        self.people_of.iter().copied()
    }

    /// Whether the records of a controller with these readers today are open.
    pub fn reads_controller(&self, controller: ControllerId, readers: &[MunicipalityId]) -> bool {
        self.controllers.contains(&controller) || readers.iter().any(|reader| self.municipalities.contains(reader))
    }

    /// Whether the records of a whole municipality are open.
    pub fn reads_municipality(&self, municipality: MunicipalityId) -> bool {
        self.municipalities.contains(&municipality)
    }

    /// The parts of the audit log that are open; none where none is.
    pub fn audit(&self) -> &[AuditReach] {
        &self.audit
    }

    /// True in the database where the directory is open.
    pub fn directory_condition(&self) -> Condition {
        if self.directory { Condition::all() } else { Condition::all().add(ExprTrait::eq(Expr::val(1), 0)) }
    }

    /// True in the database for the rows of a reader table that open a record to this scope. `municipality` and
    /// `controller` are the reader table's columns; whether a row holds today is for the caller to add.
    pub fn reader_condition<C: ColumnTrait>(&self, municipality: C, controller: C) -> Condition {
        Condition::any()
            .add(municipality.is_in(self.municipalities.iter().map(|id| id.key())))
            .add(controller.is_in(self.controllers.iter().map(|id| id.key())))
    }
}

/// The right to do one thing to one subject, judged by [`super::require`]. Changes of the database take it.
#[derive(Debug)]
pub struct WriteScope {
    action: Action,
    role: Option<Role>,
}

impl WriteScope {
    pub(super) fn granted(action: Action, role: Role) -> Self {
        Self { action, role: Some(role) }
    }

    /// What may be done.
    pub fn action(&self) -> Action {
        self.action
    }

    /// The role that gives the right; none at the server's command line.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// The right of the person at the server's command line, who holds the database itself: for the commands `invite`, `dispose`
    /// and `demo`, which nobody reaches over the network.
    pub fn of_the_operator(action: Action) -> Self {
        Self { action, role: None }
    }
}
