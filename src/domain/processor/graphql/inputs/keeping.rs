//! Inputs of contents, instructions, assurances, notices, contacts and suspensions.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{AcknowledgementInput, acknowledgements, sub_processor::countries};
use crate::{
    domain::processor::{
        model::{
            AgreementContentItem, Answer, AssuranceKind, BreachNoticePart, ContactPurpose, ContractSide, DataCategory, DataSubjectGroup,
            NoticeDirection, NoticeKind, SensitiveCategory, SuspensionCause,
        },
        service::{
            assurance::RecordAssurance,
            contact::{GivenContact, SetAgreementContacts},
            contents::{AnswerAgreementContents, GivenAnswer},
            instruction::IssueInstruction,
            notice::{AnswerAgreementNotice, RecordAgreementNotice},
            suspension::{ResumeAgreement, SuspendAgreement},
        },
    },
    graphql::{
        scalar::{Country, Date},
        three_state::{optional, required},
    },
    kernel::{
        bounds::{DESCRIPTION, NAME, PHONE, REFERENCE, TITLE},
        code::Code,
        command::Faults,
        contact::{email, web_address},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
    },
};

/// Codes, each once, in the order of the vocabulary.
fn each_once<C: Code>(listed: &[C]) -> Vec<C> {
    C::VARIANTS.iter().copied().filter(|code| listed.contains(code)).collect()
}

/// Refuses what stands in a list twice.
fn not_twice<K: PartialEq>(faults: &mut Faults, keys: &[K], path: impl Fn(usize) -> String) {
    for (n, key) in keys.iter().enumerate() {
        if keys[..n].contains(key) {
            let message = Text::new("Detta står redan i listan; ange det en gång.", "This stands in the list already; give it once.");
            faults.add(Refusal::new(RefusalCode::Duplicate, &path(n), message));
        }
    }
}

/// Answers about the contents of an agreement.
#[derive(InputObject, Debug)]
pub struct AnswerAgreementContentsInput {
    /// Of which agreement.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// The answers, each about something else; what is left out stays as it is.
    pub answers: Vec<AgreementContentAnswerInput>,
}

/// An answer about one of the fourteen things that an agreement has to say.
#[derive(InputObject, Debug)]
pub struct AgreementContentAnswerInput {
    /// What it has to say.
    pub item: AgreementContentItem,
    /// Whether it does.
    pub answer: Answer,
    /// A note; null: none; absent: as before.
    pub note: MaybeUndefined<String>,
    /// Since when the answer holds, today or earlier; absent: as before where the answer is the same, else today. An answer holds until
    /// the next one; those of its day and later give way to it.
    pub answered_on: Option<Date>,
}

impl AnswerAgreementContentsInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<AnswerAgreementContents, Failure> {
        let Self { agreement_id, expected_version, answers } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let items: Vec<_> = answers.iter().map(|answer| answer.item).collect();
        not_twice(&mut faults, &items, |n| format!("answers.{n}.item"));
        let read: Vec<_> = answers.into_iter().enumerate().map(|(n, answer)| answer.given(&mut faults, n)).collect();
        let answers: Option<Vec<_>> = read.into_iter().collect();
        let command = (|| Some(AnswerAgreementContents { agreement: agreement?, expected_version, answers: answers? }))();
        faults.finish(command)
    }
}

impl AgreementContentAnswerInput {
    fn given(self, faults: &mut Faults, n: usize) -> Option<GivenAnswer> {
        let Self { item, answer, note, answered_on } = self;
        let note = optional(faults, note, |faults, note| faults.text(&format!("answers.{n}.note"), &note, DESCRIPTION));
        Some(GivenAnswer { item, answer, note: note?, answered_on: answered_on.map(|date| date.0) })
    }
}

/// A new version of the instructions to a processor.
#[derive(InputObject, Debug)]
pub struct IssueInstructionInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// When it was issued, today or earlier; absent: today.
    pub issued_on: Option<Date>,
    /// The first day on which it holds, not before that of the newest version; absent: today.
    pub valid_from: Option<Date>,
    /// Which personal data.
    pub data_categories: Vec<DataCategory>,
    /// Which data of special categories; absent: none.
    pub sensitive_categories: Option<Vec<SensitiveCategory>>,
    /// Whose data.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// Where they may be processed.
    pub processing_countries: Vec<Country>,
    /// How they are protected.
    pub security_measures: String,
    /// How long they are kept.
    pub retention: String,
    /// The instruction itself.
    pub text: String,
}

impl IssueInstructionInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<IssueInstruction, Failure> {
        let Self {
            agreement_id,
            issued_on,
            valid_from,
            data_categories,
            sensitive_categories,
            data_subjects,
            processing_countries,
            security_measures,
            retention,
            text,
        } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let countries = countries(&mut faults, &processing_countries);
        let security_measures = faults.text("securityMeasures", &security_measures, DESCRIPTION);
        let retention = faults.text("retention", &retention, DESCRIPTION);
        let text = faults.text("text", &text, DESCRIPTION);
        let command = (|| {
            Some(IssueInstruction {
                agreement: agreement?,
                issued_on: issued_on.map(|date| date.0),
                valid_from: valid_from.map(|date| date.0),
                data_categories: each_once(&data_categories),
                sensitive_categories: each_once(&sensitive_categories.unwrap_or_default()),
                data_subjects: each_once(&data_subjects),
                processing_countries: countries?,
                security_measures: security_measures?,
                retention: retention?,
                text: text?,
            })
        })();
        faults.finish(command)
    }
}

/// A new assurance about a processor.
#[derive(InputObject, Debug)]
pub struct RecordAssuranceInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// What was assured.
    pub kind: AssuranceKind,
    /// When, today or earlier.
    pub on: Date,
    /// Whether it was met.
    pub met: bool,
    /// Who audited; only of an audit.
    pub auditor: Option<String>,
    /// Whether the auditor competes with the processor; only of an audit.
    pub competitor: Option<bool>,
    /// Whether the auditor undertook secrecy; only of an audit.
    pub secrecy_undertaken: Option<bool>,
    /// A note.
    pub note: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Answers to rules that warned.
    pub acknowledgements: Option<Vec<AcknowledgementInput>>,
}

impl RecordAssuranceInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RecordAssurance, Failure> {
        let Self { agreement_id, kind, on, met, auditor, competitor, secrecy_undertaken, note, document_url, acknowledgements: given } =
            self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let of_audits =
            [("auditor", auditor.is_some()), ("competitor", competitor.is_some()), ("secrecyUndertaken", secrecy_undertaken.is_some())];
        for (path, _) in of_audits.into_iter().filter(|(_, given)| *given && kind != AssuranceKind::Audit) {
            let message =
                Text::new("Detta hör bara till en granskning; lämna fältet tomt.", "This belongs to an audit only; leave it out.");
            faults.add(Refusal::invalid(path, message));
        }
        let auditor = faults.optional_text("auditor", auditor.as_deref(), TITLE);
        let note = faults.optional_text("note", note.as_deref(), DESCRIPTION);
        let document_url = faults.optional(document_url, |faults, url| faults.take(web_address("documentUrl", &url)));
        let acknowledgements = acknowledgements(&mut faults, given);
        let command = (|| {
            Some(RecordAssurance {
                agreement: agreement?,
                kind,
                on: on.0,
                met,
                auditor: auditor?,
                competitor,
                secrecy_undertaken,
                note: note?,
                document_url: document_url?,
                acknowledgements: acknowledgements?,
            })
        })();
        faults.finish(command)
    }
}

/// A new notice between the sides of an agreement.
#[derive(InputObject, Debug)]
pub struct RecordAgreementNoticeInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// The controller whose own it is: one that you coordinate; absent: it concerns all parties.
    pub controller_id: Option<ID>,
    /// What it is about.
    pub kind: NoticeKind,
    /// From whom to whom: the way in which notices of its kind go.
    pub direction: NoticeDirection,
    /// To which contact it went; absent: to the one that the agreement names for it.
    pub contact: Option<ContactPurpose>,
    /// When it was sent, today or earlier.
    pub sent_on: Date,
    /// When it was received, today or earlier; absent: not known.
    pub received_on: Option<Date>,
    /// When what it tells of happens, happened or was known to the sender.
    pub event_on: Option<Date>,
    /// Which parts the notice of a breach lacks; only of a breach.
    pub missing_parts: Option<Vec<BreachNoticePart>>,
    /// The law that requires a disclosure; only of a request for disclosure.
    pub required_by_law: Option<String>,
    /// What it says; needed of an answer about costs.
    pub text: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Answers to rules that warned.
    pub acknowledgements: Option<Vec<AcknowledgementInput>>,
}

impl RecordAgreementNoticeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<RecordAgreementNotice, Failure> {
        let Self {
            agreement_id,
            controller_id,
            kind,
            direction,
            contact,
            sent_on,
            received_on,
            event_on,
            missing_parts,
            required_by_law,
            text,
            document_url,
            acknowledgements: given,
        } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.optional(controller_id, |faults, id| faults.id("controllerId", &id));
        let required_by_law = faults.optional_text("requiredByLaw", required_by_law.as_deref(), REFERENCE);
        let text = faults.optional_text("text", text.as_deref(), DESCRIPTION);
        let document_url = faults.optional(document_url, |faults, url| faults.take(web_address("documentUrl", &url)));
        let acknowledgements = acknowledgements(&mut faults, given);
        let command = (|| {
            Some(RecordAgreementNotice {
                agreement: agreement?,
                controller: controller?,
                kind,
                direction,
                contact,
                sent_on: sent_on.0,
                received_on: received_on.map(|date| date.0),
                event_on: event_on.map(|date| date.0),
                missing_parts: each_once(&missing_parts.unwrap_or_default()),
                required_by_law: required_by_law?,
                text: text?,
                document_url: document_url?,
                acknowledgements: acknowledgements?,
            })
        })();
        faults.finish(command)
    }
}

/// What became of a notice.
#[derive(InputObject, Debug)]
pub struct AnswerAgreementNoticeInput {
    /// Which.
    pub notice_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// When it was answered, or dealt with, today or earlier; null: it has not been.
    pub answered_on: MaybeUndefined<Date>,
    /// When what it tells of happens or happened; null: not recorded.
    pub event_on: MaybeUndefined<Date>,
    /// Which parts the notice of a breach still lacks: the whole list; only of a breach.
    pub missing_parts: MaybeUndefined<Vec<BreachNoticePart>>,
    /// What the controller consented in writing to have disclosed; null: nothing; only of a request for disclosure.
    pub consent_scope: MaybeUndefined<String>,
    /// The law that requires a disclosure; null: none; only of a request for disclosure.
    pub required_by_law: MaybeUndefined<String>,
}

impl AnswerAgreementNoticeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<AnswerAgreementNotice, Failure> {
        let Self { notice_id, expected_version, answered_on, event_on, missing_parts, consent_scope, required_by_law } = self;
        let mut faults = Faults::new();
        let id = faults.id("noticeId", &notice_id);
        let answered_on = optional(&mut faults, answered_on, |_, date| Some(date.0));
        let event_on = optional(&mut faults, event_on, |_, date| Some(date.0));
        let missing_parts = required(&mut faults, "missingParts", missing_parts, |_, listed| Some(each_once(&listed)));
        let consent_scope = optional(&mut faults, consent_scope, |faults, text| faults.text("consentScope", &text, DESCRIPTION));
        let required_by_law = optional(&mut faults, required_by_law, |faults, text| faults.text("requiredByLaw", &text, REFERENCE));
        let command = (|| {
            Some(AnswerAgreementNotice {
                id: id?,
                expected_version,
                answered_on: answered_on?,
                event_on: event_on?,
                missing_parts: missing_parts?,
                consent_scope: consent_scope?,
                required_by_law: required_by_law?,
            })
        })();
        faults.finish(command)
    }
}

/// Contacts of an agreement.
#[derive(InputObject, Debug)]
pub struct SetAgreementContactsInput {
    /// Of which agreement.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// The contacts, each of another side or for another purpose; what is left out stays as it is.
    pub contacts: Vec<AgreementContactInput>,
}

/// A contact of one side for one purpose. The name of the one who is there corrects that one's details; another name ends it the day before
/// `validFrom`.
#[derive(InputObject, Debug)]
pub struct AgreementContactInput {
    /// Of which side.
    pub side: ContractSide,
    /// About what.
    pub purpose: ContactPurpose,
    /// The contact's name.
    pub name: String,
    /// The contact's e-mail address.
    pub email: String,
    /// The contact's telephone number; null: none; absent: as before.
    pub phone: MaybeUndefined<String>,
    /// The first day; absent: today, or that of the one who is there.
    pub valid_from: Option<Date>,
    /// The last day, inclusive; absent: until further notice.
    pub valid_to: Option<Date>,
}

impl SetAgreementContactsInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<SetAgreementContacts, Failure> {
        let Self { agreement_id, expected_version, contacts } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let places: Vec<_> = contacts.iter().map(|contact| (contact.side, contact.purpose)).collect();
        not_twice(&mut faults, &places, |n| format!("contacts.{n}.purpose"));
        let read: Vec<_> = contacts.into_iter().enumerate().map(|(n, contact)| contact.given(&mut faults, n)).collect();
        let contacts: Option<Vec<_>> = read.into_iter().collect();
        let command = (|| Some(SetAgreementContacts { agreement: agreement?, expected_version, contacts: contacts? }))();
        faults.finish(command)
    }
}

impl AgreementContactInput {
    fn given(self, faults: &mut Faults, n: usize) -> Option<GivenContact> {
        let Self { side, purpose, name, email: address, phone, valid_from, valid_to } = self;
        let name = faults.text(&format!("contacts.{n}.name"), &name, NAME);
        let address = faults.take(email(&format!("contacts.{n}.email"), &address));
        let phone = optional(faults, phone, |faults, phone| faults.text(&format!("contacts.{n}.phone"), &phone, PHONE));
        Some(GivenContact {
            side,
            purpose,
            name: name?,
            email: address?,
            phone: phone?,
            valid_from: valid_from.map(|date| date.0),
            valid_to: valid_to.map(|date| date.0),
        })
    }
}

/// Processing is suspended.
#[derive(InputObject, Debug)]
pub struct SuspendAgreementInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// Why.
    pub cause: SuspensionCause,
    /// The first day, today or earlier; absent: today.
    pub from: Option<Date>,
}

impl SuspendAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<SuspendAgreement, Failure> {
        let Self { agreement_id, expected_version, cause, from } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let from = from.map(|date| date.0);
        let command = agreement.map(|agreement| SuspendAgreement { agreement, expected_version, cause, from });
        faults.finish(command)
    }
}

/// Processing goes on again.
#[derive(InputObject, Debug)]
pub struct ResumeAgreementInput {
    /// Under which agreement.
    pub agreement_id: ID,
    /// The version of the agreement that you read.
    pub expected_version: i32,
    /// Which suspension ends; absent: the one that is open, of two that after a breach.
    pub cause: Option<SuspensionCause>,
    /// When the side in breach declared the breach ended, today or earlier; needed after a breach.
    pub declared_ended_on: Option<Date>,
    /// When the other side accepted that, which is the last day of the suspension, today or earlier; needed after a breach.
    pub accepted_on: Option<Date>,
}

impl ResumeAgreementInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<ResumeAgreement, Failure> {
        let Self { agreement_id, expected_version, cause, declared_ended_on, accepted_on } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let declared_ended_on = declared_ended_on.map(|date| date.0);
        let accepted_on = accepted_on.map(|date| date.0);
        let command = agreement.map(|agreement| ResumeAgreement { agreement, expected_version, cause, declared_ended_on, accepted_on });
        faults.finish(command)
    }
}
