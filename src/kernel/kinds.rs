//! Every kind of thing that has ids in the API. Only ever added to: a prefix that was once given out is not used again.

use super::id::{Id, Kind};

/// A municipality.
#[derive(Debug)]
pub enum MunicipalityKind {}
/// A controller.
#[derive(Debug)]
pub enum ControllerKind {}
/// A person of the directory.
#[derive(Debug)]
pub enum PersonKind {}
/// A coordinator's assignment.
#[derive(Debug)]
pub enum AssignmentKind {}
/// A data protection officer's appointment.
#[derive(Debug)]
pub enum AppointmentKind {}
/// A party: processor, sub-processor, recipient.
#[derive(Debug)]
pub enum PartyKind {}
/// A processor agreement.
#[derive(Debug)]
pub enum AgreementKind {}
/// A controller's row in a processor agreement.
#[derive(Debug)]
pub enum AgreementPartyKind {}
/// A sub-processor's engagement under an agreement.
#[derive(Debug)]
pub enum EngagementKind {}
/// A version of an agreement's terms.
#[derive(Debug)]
pub enum AgreementTermsKind {}
/// An instruction to a processor.
#[derive(Debug)]
pub enum InstructionKind {}
/// An assurance about a processor.
#[derive(Debug)]
pub enum AssuranceKind {}
/// A notice between the sides of an agreement.
#[derive(Debug)]
pub enum AgreementNoticeKind {}
/// A contact of an agreement.
#[derive(Debug)]
pub enum AgreementContactKind {}
/// A suspension; it has no node in the API.
#[derive(Debug)]
pub enum SuspensionKind {}
/// A change of sub-processors.
#[derive(Debug)]
pub enum SubProcessorChangeKind {}
/// A controller's case about a change of sub-processors.
#[derive(Debug)]
pub enum ObjectionCaseKind {}
/// A register that was uploaded; it has no node in the API.
#[derive(Debug)]
pub enum UploadKind {}
/// An entry of the audit log.
#[derive(Debug)]
pub enum AuditEntryKind {}
/// A login at a provider; it has no node in the API.
#[derive(Debug)]
pub enum AccountKind {}
/// A session; it has no node in the API.
#[derive(Debug)]
pub enum SessionKind {}

impl Kind for MunicipalityKind {
    const PREFIX: &'static str = "municipality";
}
impl Kind for ControllerKind {
    const PREFIX: &'static str = "controller";
}
impl Kind for PersonKind {
    const PREFIX: &'static str = "person";
}
impl Kind for AssignmentKind {
    const PREFIX: &'static str = "assignment";
}
impl Kind for AppointmentKind {
    const PREFIX: &'static str = "appointment";
}
impl Kind for PartyKind {
    const PREFIX: &'static str = "party";
}
impl Kind for AgreementKind {
    const PREFIX: &'static str = "agreement";
}
impl Kind for AgreementPartyKind {
    const PREFIX: &'static str = "agreementparty";
}
impl Kind for EngagementKind {
    const PREFIX: &'static str = "engagement";
}
impl Kind for AgreementTermsKind {
    const PREFIX: &'static str = "agreementterms";
}
impl Kind for InstructionKind {
    const PREFIX: &'static str = "instruction";
}
impl Kind for AssuranceKind {
    const PREFIX: &'static str = "assurance";
}
impl Kind for AgreementNoticeKind {
    const PREFIX: &'static str = "agreementnotice";
}
impl Kind for AgreementContactKind {
    const PREFIX: &'static str = "agreementcontact";
}
impl Kind for SuspensionKind {
    const PREFIX: &'static str = "suspension";
}
impl Kind for SubProcessorChangeKind {
    const PREFIX: &'static str = "subprocessorchange";
}
impl Kind for ObjectionCaseKind {
    const PREFIX: &'static str = "objectioncase";
}
impl Kind for UploadKind {
    const PREFIX: &'static str = "upload";
}
impl Kind for AuditEntryKind {
    const PREFIX: &'static str = "auditentry";
}
impl Kind for AccountKind {
    const PREFIX: &'static str = "account";
}
impl Kind for SessionKind {
    const PREFIX: &'static str = "session";
}

/// The id of a municipality.
pub type MunicipalityId = Id<MunicipalityKind>;
/// The id of a controller.
pub type ControllerId = Id<ControllerKind>;
/// The id of a person.
pub type PersonId = Id<PersonKind>;
/// The id of a coordinator's assignment.
pub type AssignmentId = Id<AssignmentKind>;
/// The id of an officer's appointment.
pub type AppointmentId = Id<AppointmentKind>;
/// The id of a party.
pub type PartyId = Id<PartyKind>;
/// The id of a processor agreement.
pub type AgreementId = Id<AgreementKind>;
/// The id of a controller's row in an agreement.
pub type AgreementPartyId = Id<AgreementPartyKind>;
/// The id of a sub-processor's engagement.
pub type EngagementId = Id<EngagementKind>;
/// The id of a version of an agreement's terms.
pub type TermsId = Id<AgreementTermsKind>;
/// The id of an instruction to a processor.
pub type InstructionId = Id<InstructionKind>;
/// The id of an assurance about a processor.
pub type AssuranceId = Id<AssuranceKind>;
/// The id of a notice between the sides of an agreement.
pub type NoticeId = Id<AgreementNoticeKind>;
/// The id of a contact of an agreement.
pub type ContactId = Id<AgreementContactKind>;
/// The id of a suspension.
pub type SuspensionId = Id<SuspensionKind>;
/// The id of a change of sub-processors.
pub type ChangeId = Id<SubProcessorChangeKind>;
/// The id of a case about a change of sub-processors.
pub type CaseId = Id<ObjectionCaseKind>;
/// The id of a register that was uploaded.
pub type UploadId = Id<UploadKind>;
/// The id of an entry of the audit log.
pub type AuditEntryId = Id<AuditEntryKind>;
/// The id of a login at a provider.
pub type AccountId = Id<AccountKind>;
/// The id of a session.
pub type SessionId = Id<SessionKind>;
