//! Types of the directory.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    authz::{Action, Role, RoleSource},
    domain::{
        organisation::model::{AppointmentEndReason, AuthorityNotificationKind, ControllerKind},
        processor::graphql::{inputs::AgreementFilter, types::ProcessorAgreement},
        timeline::graphql::types::{Deadline, Finding},
    },
    graphql::{
        connection::Connection,
        context::ContextExt,
        error::ApiError,
        loaded::{Slot, Slots},
        scalar::{Date, EmailAddress, OrganisationNumber, Url},
    },
    kernel::text::Language,
};

/// A municipality of the cooperation (kommun). Readable by every member.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Municipality {
    /// Its id.
    pub id: ID,
    /// Its short name in addresses and filters: flen, gnesta, katrineholm, oxelosund, strangnas, vingaker. Never changes.
    pub slug: String,
    /// Its official name.
    pub name: String,
    /// Its four-digit code (kommunkod).
    pub code: String,
    /// Its organisation number, which its boards share.
    pub organisation_number: OrganisationNumber,
    /// Its place in the monthly rotation of meetings, from 1. Source: guidelines 8.3.
    pub meeting_order: i32,
    /// The first day of its membership in the cooperation.
    pub member_from: Date,
    /// The last day of its membership, inclusive; null while it goes on.
    pub member_to: Option<Date>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) controllers: Slots<Connection<Controller>>,
    #[graphql(skip)]
    pub(super) viewer_can_read: Slot<bool>,
}

#[ComplexObject]
impl Municipality {
    /// Its controllers that exist on `asOf`, by name: those it hosts, and the joint boards that it is a member of that day.
    async fn controllers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Connection<Controller>, ApiError> {
        let _ = (first, after);
        self.controllers.get(ctx)
    }

    /// Whether you may read records of this municipality: all of them, or as officer those of a controller that appointed you.
    async fn viewer_can_read(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        self.viewer_can_read.get(ctx).copied()
    }
}

/// A controller (personuppgiftsansvarig): each board is a controller of its own; the municipality is not. Readable by every
/// member; its records only by its own municipalities and its data protection officer. Source: GDPR art. 4.7; guidelines 5.1 (ORG1).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Controller {
    /// Its id.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ControllerKind,
    /// Its own organisation number; null for boards, which share the municipality's.
    pub organisation_number: Option<OrganisationNumber>,
    /// Its first day.
    pub valid_from: Date,
    /// Its last day, inclusive; null while it goes on.
    pub valid_to: Option<Date>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    /// Whether you may change it with `updateController`.
    pub viewer_can_update: bool,
    #[graphql(skip)]
    pub(super) municipality: Slot<Arc<Municipality>>,
    #[graphql(skip)]
    pub(super) member_municipalities: Slot<Vec<Arc<Municipality>>>,
    #[graphql(skip)]
    pub(super) coordinators: Slot<Vec<CoordinatorAssignment>>,
    #[graphql(skip)]
    pub(super) appointments: Slot<Vec<DataProtectionOfficerAppointment>>,
    #[graphql(skip)]
    pub(super) predecessors: Slot<Vec<Arc<Controller>>>,
    #[graphql(skip)]
    pub(super) successors: Slot<Vec<Arc<Controller>>>,
    #[graphql(skip)]
    pub(super) agreements: Slots<Option<Connection<ProcessorAgreement>>>,
    #[graphql(skip)]
    pub(super) findings: Slots<Option<Connection<Finding>>>,
    #[graphql(skip)]
    pub(super) viewer_can_read: Slot<bool>,
}

#[ComplexObject]
impl Controller {
    /// Its municipality; the host of a joint board.
    async fn municipality(&self, ctx: &Context<'_>) -> Result<&Municipality, ApiError> {
        self.municipality.get(ctx).map(AsRef::as_ref)
    }

    /// The municipalities that it belongs to on `asOf`, the host first. More than one only for a joint board; all of them read
    /// its records (ORG6).
    async fn member_municipalities(&self, ctx: &Context<'_>) -> Result<Vec<&Municipality>, ApiError> {
        Ok(self.member_municipalities.get(ctx)?.iter().map(AsRef::as_ref).collect())
    }

    /// Its coordinators on `asOf` (GDPR-samordnare), deputies last. Source: guidelines 8.1 (COO1).
    async fn coordinators(&self, ctx: &Context<'_>) -> Result<&Vec<CoordinatorAssignment>, ApiError> {
        self.coordinators.get(ctx)
    }

    /// Its data protection officers on `asOf` (dataskyddsombud); normally one. Source: GDPR art. 37 (DPO1, DPO4).
    async fn data_protection_officer_appointments(&self, ctx: &Context<'_>) -> Result<&Vec<DataProtectionOfficerAppointment>, ApiError> {
        self.appointments.get(ctx)
    }

    /// The controllers whose duties went over to it, or will, the earliest first: all that are recorded, whatever `asOf` says. `validTo` of
    /// each is normally the day before. Source: kommunallagen 3:4; GDPR art. 4.7.
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<&Controller>, ApiError> {
        Ok(self.predecessors.get(ctx)?.iter().map(AsRef::as_ref).collect())
    }

    /// The controller to which its duties went over, or will: one, or none while it keeps them; as recorded, whatever `asOf` says.
    /// Source: kommunallagen 3:4; GDPR art. 4.7.
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<&Controller>, ApiError> {
        Ok(self.successors.get(ctx)?.iter().map(AsRef::as_ref).collect())
    }

    /// The processor agreements that it is a party to on `asOf`, by title: by itself, or because it has taken over a party's duties. Null
    /// where its records are not yours to read; empty where there are none.
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreements; null: all.")] filter: Option<AgreementFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Option<Connection<ProcessorAgreement>>, ApiError> {
        let _ = (filter, first, after);
        self.agreements.get(ctx)
    }

    /// The rules that it breaks on `asOf`, the worst first, then the oldest. Null where its records are not yours to read; empty where
    /// there are none.
    async fn findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Option<Connection<Finding>>, ApiError> {
        let _ = (first, after);
        self.findings.get(ctx)
    }

    /// Whether you may read its records.
    async fn viewer_can_read(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        self.viewer_can_read.get(ctx).copied()
    }
}

/// A person of the directory. Everybody sees those who hold or held office as coordinator or officer; others only the
/// coordinators and administrators of the own municipality, and the person.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Person {
    /// The person's id.
    pub id: ID,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) name: Option<String>,
    #[graphql(skip)]
    pub(super) email: Slot<Option<EmailAddress>>,
    #[graphql(skip)]
    pub(super) phone: Slot<Option<String>>,
    #[graphql(skip)]
    pub(super) municipality: Slot<Arc<Municipality>>,
}

/// What stands where the name of a person was, after it has been erased.
pub fn erased_person(language: Language) -> &'static str {
    language.choose("Raderad person", "Erased person")
}

#[ComplexObject]
impl Person {
    /// What the person is called. Names are erased five years after a person has left: records that refer to the person then say
    /// `Raderad person`, or by `Accept-Language` `Erased person`.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        self.name.as_deref().unwrap_or_else(|| erased_person(ctx.language()))
    }

    /// E-mail address at work. Null where there is none, and where the person holds no office today and works for another
    /// municipality.
    async fn email(&self, ctx: &Context<'_>) -> Result<&Option<EmailAddress>, ApiError> {
        self.email.get(ctx)
    }

    /// Telephone number at work. Null where there is none, and where the person holds no office today and works for another
    /// municipality.
    async fn phone(&self, ctx: &Context<'_>) -> Result<&Option<String>, ApiError> {
        self.phone.get(ctx)
    }

    /// The municipality that the person works for, and whose login the person uses.
    async fn municipality(&self, ctx: &Context<'_>) -> Result<&Municipality, ApiError> {
        self.municipality.get(ctx).map(AsRef::as_ref)
    }
}

/// A person is coordinator of a controller (GDPR-samordnare). Readable by every member. Source: guidelines 8.1-8.2 (COO1, COO2).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct CoordinatorAssignment {
    /// Its id.
    pub id: ID,
    /// Whether as a deputy.
    pub deputy: bool,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) person: Slot<Arc<Person>>,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
}

#[ComplexObject]
impl CoordinatorAssignment {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<&Person, ApiError> {
        self.person.get(ctx).map(AsRef::as_ref)
    }

    /// Of which controller.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }
}

/// A controller has appointed its data protection officer (dataskyddsombud). One officer may be shared; each controller decides
/// by itself. Readable by every member. Source: GDPR art. 37.1, 37.3 (DPO1, DPO4).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct DataProtectionOfficerAppointment {
    /// Its id.
    pub id: ID,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
    /// Where the decision is filed; null where nobody has said.
    pub decision_reference: Option<String>,
    /// Why it ended; null while it goes on.
    pub end_reason: Option<AppointmentEndReason>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) person: Slot<Arc<Person>>,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
    #[graphql(skip)]
    pub(super) login_at: Slot<Arc<Municipality>>,
    #[graphql(skip)]
    pub(super) notifications: Slot<Vec<AuthorityNotification>>,
}

#[ComplexObject]
impl DataProtectionOfficerAppointment {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<&Person, ApiError> {
        self.person.get(ctx).map(AsRef::as_ref)
    }

    /// By which controller.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }

    /// The municipality whose login gives the officer this role.
    async fn login_at(&self, ctx: &Context<'_>) -> Result<&Municipality, ApiError> {
        self.login_at.get(ctx).map(AsRef::as_ref)
    }

    /// What the supervisory authority was told, oldest first. Source: GDPR art. 37.7 (DPO2).
    async fn notifications(&self, ctx: &Context<'_>) -> Result<&Vec<AuthorityNotification>, ApiError> {
        self.notifications.get(ctx)
    }
}

/// The supervisory authority (IMY) was told about an officer. Source: GDPR art. 37.7.
#[derive(SimpleObject, Debug)]
pub struct AuthorityNotification {
    /// What was told.
    pub kind: AuthorityNotificationKind,
    /// When.
    pub on: Date,
    /// The reference of the notification; null where there is none.
    pub reference: Option<String>,
}

/// Who is asking.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Viewer {
    /// What you are called.
    pub name: String,
    /// What some record lets you do, for menus and buttons. `viewerCanUpdate` on a record tells of that record.
    pub can: Vec<Action>,
    #[graphql(skip)]
    pub(super) person: Slot<Option<Arc<Person>>>,
    #[graphql(skip)]
    pub(super) municipality: Slot<Arc<Municipality>>,
    #[graphql(skip)]
    pub(super) roles: Slot<Vec<RoleGrant>>,
    #[graphql(skip)]
    pub(super) controllers: Slot<Vec<Arc<Controller>>>,
    #[graphql(skip)]
    pub(super) deadlines: Slots<Connection<Deadline>>,
}

#[ComplexObject]
impl Viewer {
    /// You in the directory; null until your login is bound to a person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<&Person>, ApiError> {
        Ok(self.person.get(ctx)?.as_deref())
    }

    /// The municipality whose login was used. Nothing else decides which municipality you act for.
    async fn municipality(&self, ctx: &Context<'_>) -> Result<&Municipality, ApiError> {
        self.municipality.get(ctx).map(AsRef::as_ref)
    }

    /// Your roles today.
    async fn roles(&self, ctx: &Context<'_>) -> Result<&Vec<RoleGrant>, ApiError> {
        self.roles.get(ctx)
    }

    /// The controllers that you coordinate or advise today, by name.
    async fn controllers(&self, ctx: &Context<'_>) -> Result<Vec<&Controller>, ApiError> {
        Ok(self.controllers.get(ctx)?.iter().map(AsRef::as_ref).collect())
    }

    /// What is due, the soonest first, what is overdue and not done included: of the controllers that you coordinate or advise; where
    /// there are none, of all whose records you may read.
    async fn deadlines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what is due on this day or before; null: all.")] until: Option<Date>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Connection<Deadline>, ApiError> {
        let _ = (until, first, after);
        self.deadlines.get(ctx)
    }
}

/// An invitation to log in, as it is made: its link is shown this once. Readable by whoever made it.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Invitation {
    /// The link to give to the person, and to nobody else: whoever uses it first is that person to the system.
    pub link: Url,
    /// Until when the link holds.
    pub expires_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(super) person: Slot<Option<Arc<Person>>>,
}

#[ComplexObject]
impl Invitation {
    /// Who is invited; null where you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<&Person>, ApiError> {
        Ok(self.person.get(ctx)?.as_deref())
    }
}

/// A role that somebody holds.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct RoleGrant {
    /// Which role.
    pub role: Role,
    /// The first day; null where no date is recorded.
    pub valid_from: Option<Date>,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
    /// Where it comes from.
    pub source: RoleSource,
    /// Counts the changes of a granted role, from 1. Give it as `expectedVersion` with the next change; null for what the provider's
    /// claims, an assignment or an appointment gives.
    pub version: Option<i32>,
    #[graphql(skip)]
    pub(super) municipality: Slot<Option<Arc<Municipality>>>,
    #[graphql(skip)]
    pub(super) controller: Slot<Option<Arc<Controller>>>,
}

#[ComplexObject]
impl RoleGrant {
    /// Where: for readers and administrators of a municipality; else null.
    async fn municipality(&self, ctx: &Context<'_>) -> Result<Option<&Municipality>, ApiError> {
        Ok(self.municipality.get(ctx)?.as_deref())
    }

    /// For which controller: for coordinators and officers; else null.
    async fn controller(&self, ctx: &Context<'_>) -> Result<Option<&Controller>, ApiError> {
        Ok(self.controller.get(ctx)?.as_deref())
    }
}
