//! Inputs of the directory, each turned into a command. Every field is named, so that a forgotten one does not compile.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::{
    authz::Role,
    domain::organisation::{
        model::{AppointmentEndReason, AuthorityNotification, AuthorityNotificationKind, ControllerKind},
        service::{
            controller::{CreateController, Member, UpdateController},
            coordinator::{AssignCoordinator, EndAssignment},
            invitation::InvitePerson,
            municipality::RecordMunicipality,
            officer::{AppointOfficer, EndAppointment, RecordNotification},
            person::{CreatePerson, UpdatePerson},
            role::{GrantRole, RevokeRole},
            succession::SucceedController,
        },
    },
    graphql::{
        scalar::Date,
        three_state::{optional, required},
    },
    kernel::{
        bounds::{NAME, PHONE, REFERENCE},
        command::Faults,
        contact::{email, municipality_code, municipality_slug, organisation_number},
        kinds::ControllerId,
        refusal::{Failure, Refusal},
        text::Text,
    },
};

/// Members of a joint board that one input names.
const MEMBERS: usize = 50;
/// Controllers of which one takes over the duties at a time: more than a municipality has boards to merge.
const PREDECESSORS: usize = 10;

/// Which people.
#[derive(InputObject, Clone, Debug)]
pub struct PersonFilter {
    /// Those who work for the municipality with this slug.
    pub municipality: Option<String>,
    /// Those whose name contains this, in any case.
    pub text: Option<String>,
}

/// A municipality that joins, changes or leaves.
#[derive(InputObject, Debug)]
pub struct RecordMunicipalityInput {
    /// Its slug: small letters a to z and hyphens. One that is not there yet makes a new municipality; it never changes.
    pub slug: String,
    /// The version that you read; 0 for a new municipality.
    pub expected_version: i32,
    /// Its official name. Needed for a new one.
    pub name: MaybeUndefined<String>,
    /// Its four-digit code (kommunkod). Needed for a new one.
    pub code: MaybeUndefined<String>,
    /// Its organisation number, `NNNNNN-NNNN`. Needed for a new one.
    pub organisation_number: MaybeUndefined<String>,
    /// Its place in the rotation of meetings, from 1. Needed for a new one.
    pub meeting_order: MaybeUndefined<i32>,
    /// The first day of its membership. Needed for a new one.
    pub member_from: MaybeUndefined<Date>,
    /// The last day of its membership, inclusive; null while it goes on.
    pub member_to: MaybeUndefined<Date>,
}

impl RecordMunicipalityInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RecordMunicipality, Failure> {
        let Self { slug, expected_version, name, code, organisation_number: number, meeting_order, member_from, member_to } = self;
        let mut faults = Faults::new();
        let slug = faults.take(municipality_slug("slug", &slug));
        let name = required(&mut faults, "name", name, |faults, name| faults.text("name", &name, NAME));
        let code = required(&mut faults, "code", code, |faults, code| faults.take(municipality_code("code", &code)));
        let number = required(&mut faults, "organisationNumber", number, |faults, number| {
            faults.take(organisation_number("organisationNumber", &number))
        });
        let order =
            required(&mut faults, "meetingOrder", meeting_order, |faults, order| faults.take(read_meeting_order("meetingOrder", order)));
        let from = required(&mut faults, "memberFrom", member_from, |_, date| Some(date.0));
        let to = optional(&mut faults, member_to, |_, date| Some(date.0));
        let command = (|| {
            Some(RecordMunicipality {
                slug: slug?,
                expected_version,
                name: name?,
                code: code?,
                organisation_number: number?,
                meeting_order: order?,
                member_from: from?,
                member_to: to?,
            })
        })();
        faults.finish(command)
    }
}

fn read_meeting_order(path: &str, order: i32) -> Result<i32, Refusal> {
    if (1..=1000).contains(&order) {
        return Ok(order);
    }
    Err(Refusal::invalid(path, Text::new("Ordningen är ett tal från 1.", "The order is a number from 1.")))
}

/// A new person of the directory, who has no rights.
#[derive(InputObject, Debug)]
pub struct CreatePersonInput {
    /// The slug of the municipality that the person works for: yours.
    pub municipality: String,
    /// What the person is called.
    pub name: String,
    /// E-mail address at work.
    pub email: Option<String>,
    /// Telephone number at work.
    pub phone: Option<String>,
}

impl CreatePersonInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<CreatePerson, Failure> {
        let Self { municipality, name, email: address, phone } = self;
        let mut faults = Faults::new();
        let name = faults.text("name", &name, NAME);
        let address = faults.optional(address, |faults, address| faults.take(email("email", &address)));
        let phone = faults.optional_text("phone", phone.as_deref(), PHONE);
        let command = (|| Some(CreatePerson { municipality, name: name?, email: address?, phone: phone? }))();
        faults.finish(command)
    }
}

/// A person's changed details.
#[derive(InputObject, Debug)]
pub struct UpdatePersonInput {
    /// Who.
    pub person_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// What the person is called.
    pub name: MaybeUndefined<String>,
    /// E-mail address at work; null: none.
    pub email: MaybeUndefined<String>,
    /// Telephone number at work; null: none.
    pub phone: MaybeUndefined<String>,
}

impl UpdatePersonInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<UpdatePerson, Failure> {
        let Self { person_id, expected_version, name, email: address, phone } = self;
        let mut faults = Faults::new();
        let id = faults.id("personId", &person_id);
        let name = required(&mut faults, "name", name, |faults, name| faults.text("name", &name, NAME));
        let address = optional(&mut faults, address, |faults, address| faults.take(email("email", &address)));
        let phone = optional(&mut faults, phone, |faults, phone| faults.text("phone", &phone, PHONE));
        let command = (|| Some(UpdatePerson { id: id?, expected_version, name: name?, email: address?, phone: phone? }))();
        faults.finish(command)
    }
}

/// A municipality is a member of a joint board.
#[derive(InputObject, Debug)]
pub struct JointBoardMemberInput {
    /// The slug of the municipality.
    pub municipality: String,
    /// The first day of its membership.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
}

fn members(faults: &mut Faults, members: Vec<JointBoardMemberInput>) -> Option<Vec<Member>> {
    if members.len() > MEMBERS {
        let message = Text::new(format!("Högst {MEMBERS} medlemmar."), format!("At most {MEMBERS} members."));
        faults.add(Refusal::invalid("members", message));
        return None;
    }
    let read = |(n, member): (usize, JointBoardMemberInput)| {
        let JointBoardMemberInput { municipality, valid_from, valid_to } = member;
        let membership = faults.period(&format!("members.{n}.validTo"), valid_from.0, valid_to.map(|date| date.0))?;
        Some(Member { municipality, membership })
    };
    members.into_iter().enumerate().map(read).collect()
}

/// A new controller.
#[derive(InputObject, Debug)]
pub struct CreateControllerInput {
    /// The slug of its municipality, or of the host of a joint board: yours.
    pub municipality: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ControllerKind,
    /// Its own organisation number, where it has one; boards share the municipality's.
    pub organisation_number: Option<String>,
    /// Its first day.
    pub valid_from: Date,
    /// Its last day, inclusive; null while it goes on.
    pub valid_to: Option<Date>,
    /// The other municipalities of a joint board, at most 50.
    pub members: Option<Vec<JointBoardMemberInput>>,
}

impl CreateControllerInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<CreateController, Failure> {
        let Self { municipality, name, kind, organisation_number: number, valid_from, valid_to, members: listed } = self;
        let mut faults = Faults::new();
        let name = faults.text("name", &name, NAME);
        let number = faults.optional(number, |faults, number| faults.take(organisation_number("organisationNumber", &number)));
        let validity = faults.period("validTo", valid_from.0, valid_to.map(|date| date.0));
        let listed = members(&mut faults, listed.unwrap_or_default());
        let command = (|| {
            Some(CreateController { municipality, name: name?, kind, organisation_number: number?, validity: validity?, members: listed? })
        })();
        faults.finish(command)
    }
}

/// Controllers are succeeded by another.
#[derive(InputObject, Debug)]
pub struct SucceedControllerInput {
    /// Whose duties go over: 1 to 10 controllers, each once.
    pub predecessor_ids: Vec<ID>,
    /// To whom: a controller that exists on the day. Create a new board first (`createController`).
    pub successor_id: ID,
    /// The first day of the successor; the predecessors exist until the day before.
    pub on: Date,
    /// Where the decision is filed; null where nobody has said.
    pub decision_reference: Option<String>,
}

impl SucceedControllerInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<SucceedController, Failure> {
        let Self { predecessor_ids, successor_id, on, decision_reference } = self;
        let mut faults = Faults::new();
        let predecessors = predecessors(&mut faults, &predecessor_ids);
        let successor = faults.id("successorId", &successor_id);
        let reference = faults.optional_text("decisionReference", decision_reference.as_deref(), REFERENCE);
        let command =
            (|| Some(SucceedController { predecessors: predecessors?, successor: successor?, on: on.0, decision_reference: reference? }))();
        faults.finish(command)
    }
}

fn predecessors(faults: &mut Faults, ids: &[ID]) -> Option<Vec<ControllerId>> {
    if ids.is_empty() || ids.len() > PREDECESSORS {
        let message = Text::new(format!("Ange 1 till {PREDECESSORS}."), format!("Give 1 to {PREDECESSORS}."));
        faults.add(Refusal::invalid("predecessorIds", message));
        return None;
    }
    ids.iter().enumerate().map(|(n, id)| faults.id(&format!("predecessorIds.{n}"), id)).collect()
}

/// A changed controller.
#[derive(InputObject, Debug)]
pub struct UpdateControllerInput {
    /// Which.
    pub controller_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// What it is. A joint board that has members stays one.
    pub kind: MaybeUndefined<ControllerKind>,
    /// Its own organisation number; null: none.
    pub organisation_number: MaybeUndefined<String>,
    /// Its first day.
    pub valid_from: MaybeUndefined<Date>,
    /// Its last day, inclusive; null: it goes on.
    pub valid_to: MaybeUndefined<Date>,
    /// Memberships of a joint board that are new or have another end, told by municipality and first day. Those that are not named stay.
    pub members: Option<Vec<JointBoardMemberInput>>,
}

impl UpdateControllerInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<UpdateController, Failure> {
        let Self { controller_id, expected_version, name, kind, organisation_number: number, valid_from, valid_to, members: listed } = self;
        let mut faults = Faults::new();
        let id = faults.id("controllerId", &controller_id);
        let name = required(&mut faults, "name", name, |faults, name| faults.text("name", &name, NAME));
        let number = optional(&mut faults, number, |faults, number| faults.take(organisation_number("organisationNumber", &number)));
        let kind = required(&mut faults, "kind", kind, |_, kind| Some(kind));
        let valid_from = required(&mut faults, "validFrom", valid_from, |_, date| Some(date.0));
        let valid_to = optional(&mut faults, valid_to, |_, date| Some(date.0));
        let listed = members(&mut faults, listed.unwrap_or_default());
        let command = (|| {
            Some(UpdateController {
                id: id?,
                expected_version,
                name: name?,
                kind: kind?,
                organisation_number: number?,
                valid_from: valid_from?,
                valid_to: valid_to?,
                members: listed?,
            })
        })();
        faults.finish(command)
    }
}

/// A role for a person.
#[derive(InputObject, Debug)]
pub struct GrantRoleInput {
    /// Who: a person who works for the municipality.
    pub person_id: ID,
    /// `READER` or `MUNICIPALITY_ADMINISTRATOR`; the others come from assignments, appointments and the server.
    pub role: Role,
    /// The slug of the municipality where it holds.
    pub municipality: String,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
}

impl GrantRoleInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<GrantRole, Failure> {
        let Self { person_id, role, municipality, valid_from, valid_to } = self;
        let mut faults = Faults::new();
        let person = faults.id("personId", &person_id);
        let validity = faults.period("validTo", valid_from.0, valid_to.map(|date| date.0));
        let command = (|| Some(GrantRole { person: person?, role, municipality, validity: validity? }))();
        faults.finish(command)
    }
}

/// An invitation for a person.
#[derive(InputObject, Debug)]
pub struct InvitePersonInput {
    /// Who: a person who works for the municipality.
    pub person_id: ID,
    /// The slug of the municipality, at whose login the invitation is used.
    pub municipality: String,
}

impl InvitePersonInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<InvitePerson, Failure> {
        let Self { person_id, municipality } = self;
        let mut faults = Faults::new();
        let command = faults.id("personId", &person_id).map(|person| InvitePerson { person, municipality });
        faults.finish(command)
    }
}

/// The end of a role.
#[derive(InputObject, Debug)]
pub struct RevokeRoleInput {
    /// Whose.
    pub person_id: ID,
    /// `READER` or `MUNICIPALITY_ADMINISTRATOR`.
    pub role: Role,
    /// The slug of the municipality where it holds.
    pub municipality: String,
    /// The version of the role that you read; absent: whichever it has.
    pub expected_version: Option<i32>,
    /// The last day on which it holds, inclusive.
    pub valid_to: Date,
}

impl RevokeRoleInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RevokeRole, Failure> {
        let Self { person_id, role, municipality, expected_version, valid_to } = self;
        let mut faults = Faults::new();
        let person = faults.id("personId", &person_id);
        let command = person.map(|person| RevokeRole { person, role, municipality, expected_version, valid_to: valid_to.0 });
        faults.finish(command)
    }
}

/// A person becomes coordinator of a controller.
#[derive(InputObject, Debug)]
pub struct AssignCoordinatorInput {
    /// Who: a person of the controller's municipality, or of a member of the joint board.
    pub person_id: ID,
    /// Of which controller of your municipality.
    pub controller_id: ID,
    /// Whether as a deputy.
    #[graphql(default)]
    pub deputy: bool,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
}

impl AssignCoordinatorInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<AssignCoordinator, Failure> {
        let Self { person_id, controller_id, deputy, valid_from, valid_to } = self;
        let mut faults = Faults::new();
        let person = faults.id("personId", &person_id);
        let controller = faults.id("controllerId", &controller_id);
        let validity = faults.period("validTo", valid_from.0, valid_to.map(|date| date.0));
        let command = (|| Some(AssignCoordinator { person: person?, controller: controller?, deputy, validity: validity? }))();
        faults.finish(command)
    }
}

/// The end of a coordinator's assignment.
#[derive(InputObject, Debug)]
pub struct EndCoordinatorAssignmentInput {
    /// Which.
    pub assignment_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// The last day on which it holds, inclusive.
    pub valid_to: Date,
}

impl EndCoordinatorAssignmentInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<EndAssignment, Failure> {
        let Self { assignment_id, expected_version, valid_to } = self;
        let mut faults = Faults::new();
        let command = faults.id("assignmentId", &assignment_id).map(|id| EndAssignment { id, expected_version, valid_to: valid_to.0 });
        faults.finish(command)
    }
}

/// A controller appoints its data protection officer.
#[derive(InputObject, Debug)]
pub struct AppointDataProtectionOfficerInput {
    /// Who.
    pub person_id: ID,
    /// Which controller of your municipality.
    pub controller_id: ID,
    /// The slug of the municipality that employs the officer and whose login gives the role.
    pub login_at: String,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice.
    pub valid_to: Option<Date>,
    /// Where the decision is filed.
    pub decision_reference: Option<String>,
}

impl AppointDataProtectionOfficerInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<AppointOfficer, Failure> {
        let Self { person_id, controller_id, login_at, valid_from, valid_to, decision_reference } = self;
        let mut faults = Faults::new();
        let person = faults.id("personId", &person_id);
        let controller = faults.id("controllerId", &controller_id);
        let validity = faults.period("validTo", valid_from.0, valid_to.map(|date| date.0));
        let reference = faults.optional_text("decisionReference", decision_reference.as_deref(), REFERENCE);
        let command = (|| {
            Some(AppointOfficer { person: person?, controller: controller?, login_at, validity: validity?, decision_reference: reference? })
        })();
        faults.finish(command)
    }
}

/// The supervisory authority was told about an officer.
#[derive(InputObject, Debug)]
pub struct RecordNotificationToAuthorityInput {
    /// Of which appointment.
    pub appointment_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// What was told.
    pub kind: AuthorityNotificationKind,
    /// When.
    pub on: Date,
    /// The reference of the notification.
    pub reference: Option<String>,
}

impl RecordNotificationToAuthorityInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RecordNotification, Failure> {
        let Self { appointment_id, expected_version, kind, on, reference } = self;
        let mut faults = Faults::new();
        let id = faults.id("appointmentId", &appointment_id);
        let reference = faults.optional_text("reference", reference.as_deref(), REFERENCE);
        let command = (|| {
            let notification = AuthorityNotification { kind, on: on.0, reference: reference? };
            Some(RecordNotification { id: id?, expected_version, notification })
        })();
        faults.finish(command)
    }
}

/// The end of an officer's appointment.
#[derive(InputObject, Debug)]
pub struct EndAppointmentInput {
    /// Which.
    pub appointment_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// The last day on which it holds, inclusive.
    pub valid_to: Date,
    /// Why.
    pub end_reason: AppointmentEndReason,
}

impl EndAppointmentInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<EndAppointment, Failure> {
        let Self { appointment_id, expected_version, valid_to, end_reason } = self;
        let mut faults = Faults::new();
        let id = faults.id("appointmentId", &appointment_id);
        let command = id.map(|id| EndAppointment { id, expected_version, valid_to: valid_to.0, end_reason });
        faults.finish(command)
    }
}
