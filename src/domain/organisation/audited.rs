//! What the audit log tells of the directory. Each record is taken apart whole, so that a new field is told, too.

use super::model::{Appointment, Assignment, Controller, Municipality, Person};
use crate::{
    domain::audit::model::{Audited, Field, field, personal, shown},
    kernel::{code::Code, id::Id, kinds},
};

impl Audited for Municipality {
    type Kind = kinds::MunicipalityKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, slug, name, code, organisation_number, meeting_order, membership, version: _ } = self;
        vec![
            field("slug", slug.clone()),
            field("name", name.clone()),
            field("code", code.clone()),
            field("organisationNumber", organisation_number.clone()),
            field("meetingOrder", meeting_order.to_string()),
            field("memberFrom", membership.from.to_string()),
            field("memberTo", shown(membership.to)),
        ]
    }
}

impl Audited for Controller {
    type Kind = kinds::ControllerKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, host, name, kind, organisation_number, validity, version: _, withdrawn: _ } = self;
        vec![
            field("municipality", host.to_string()),
            field("name", name.clone()),
            field("kind", kind.code().to_owned()),
            field("organisationNumber", organisation_number.clone()),
            field("validFrom", validity.from.to_string()),
            field("validTo", shown(validity.to)),
        ]
    }
}

impl Audited for Person {
    type Kind = kinds::PersonKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        // Once erased the name is empty, which tells it.
        let Self { id: _, municipality, name, email, phone, version: _, erased_at: _ } = self;
        vec![
            field("municipality", municipality.to_string()),
            personal("name", name.clone()),
            personal("email", email.clone()),
            personal("phone", phone.clone()),
        ]
    }
}

impl Audited for Assignment {
    type Kind = kinds::AssignmentKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, person, controller, deputy, validity, version: _ } = self;
        vec![
            field("person", person.to_string()),
            field("controller", controller.to_string()),
            field("deputy", deputy.to_string()),
            field("validFrom", validity.from.to_string()),
            field("validTo", shown(validity.to)),
        ]
    }
}

impl Audited for Appointment {
    type Kind = kinds::AppointmentKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, person, controller, login_at, validity, decision_reference, end_reason, version: _ } = self;
        vec![
            field("person", person.to_string()),
            field("controller", controller.to_string()),
            field("loginAt", login_at.to_string()),
            field("validFrom", validity.from.to_string()),
            field("validTo", shown(validity.to)),
            field("decisionReference", decision_reference.clone()),
            field("endReason", end_reason.map(|reason| reason.code().to_owned())),
        ]
    }
}
