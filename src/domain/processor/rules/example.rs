//! An agreement for tests, with which nothing is wrong: each test changes one thing and looks at what the rules say of it.

use std::collections::HashMap;

use chrono::NaiveDate;
use strum::VariantArray;
use uuid::Uuid;

use super::{
    facts::{BEGINNING, Facts, Holder, PartyFacts},
    timeline::timeline,
};
use crate::{
    domain::{
        processor::model::{
            Agreed, Agreement, AgreementContentItem, AgreementInstrument, AgreementParty, AgreementTemplate, Answer, Assurance,
            AssuranceKind, ChangeKind, Contact, ContactPurpose, ContentAnswer, ContractSide, DataCategory, DataSubjectGroup, Engagement,
            EngagementAuthorisation, Instruction, Notice, NoticeDirection, NoticeKind, ObjectionCase, Party, Position, Signature,
            SubProcessorAuthorisation, SubProcessorChange, Suspension, SuspensionCause, Terms,
        },
        timeline::model::{FindingCode, Says, Span, Subject},
    },
    kernel::{code::Code, country::CountryCode, id::Id, kinds::AgreementPartyId, period::Period},
};

/// The processor's number; sub-processors have others.
pub const PROCESSOR: u128 = 1;
/// The lead's number, both as a controller and as a row; other parties have others.
pub const LEAD: u128 = 1;

/// A day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An id of whatever kind.
pub fn id<K>(n: u128) -> Id<K> {
    Id::new(Uuid::from_u128(n))
}

/// A period until further notice, or to a last day.
pub fn period(from: &str, to: Option<&str>) -> Period {
    Period::new(day(from), to.map(day)).unwrap()
}

/// An agreement of one controller, under a general authorisation, which both sides signed on the day on which it came into force, and
/// with which nothing is wrong for a year: all contents, an instruction, all assurances, all contacts.
pub fn orderly(in_force: &str) -> Facts {
    let on = day(in_force);
    Facts {
        agreement: Agreement {
            id: id(1),
            processor: id(PROCESSOR),
            title: "Exempelavtal".to_owned(),
            instrument: AgreementInstrument::Agreement,
            template: AgreementTemplate::Skr,
            template_version: None,
            subject_matter: Some("Exempelärenden".to_owned()),
            purpose: Some("Handläggning".to_owned()),
            nature_of_processing: Some("Lagring".to_owned()),
            version: 1,
        },
        parties: vec![party(LEAD)],
        terms: vec![terms(1, in_force)],
        contents: AgreementContentItem::VARIANTS.iter().map(|item| said(*item, Answer::Yes, in_force)).collect(),
        instructions: vec![instruction(1, in_force)],
        assurances: [
            AssuranceKind::Guarantees,
            AssuranceKind::Confidentiality,
            AssuranceKind::AuditRightsFlowDown,
            AssuranceKind::SecurityEvidence,
        ]
        .into_iter()
        .zip(1..)
        .map(|(kind, n)| assurance(n, kind, in_force))
        .collect(),
        notices: Vec::new(),
        contacts: all_contacts(in_force),
        suspensions: Vec::new(),
        engagements: Vec::new(),
        changes: Vec::new(),
        cases: Vec::new(),
        organisations: HashMap::from([(id(PROCESSOR), organisation(PROCESSOR))]),
        processor_host: None,
        inside: HashMap::from([(CountryCode::SWEDEN, vec![Period { from: on.min(BEGINNING), to: None }])]),
    }
}

/// A controller of a municipality of its own, with its row: in the case register, under a general authorisation.
pub fn party(n: u128) -> PartyFacts {
    let invited_on = (n != LEAD).then_some(BEGINNING);
    let row = AgreementParty {
        joined_on: invited_on,
        diary_number: Some("EXEMPEL 2025/1".to_owned()),
        sub_processor_authorisation: Some(SubProcessorAuthorisation::General),
        ..AgreementParty::new(id(n), id(1), id(n), invited_on)
    };
    PartyFacts { row, holders: vec![Holder { controller: id(n), host: id(n), during: Period { from: BEGINNING, to: None } }] }
}

/// A version of the terms as the template has them, which the processor and the lead signed on its first day.
pub fn terms(number: i32, signed_on: &str) -> Terms {
    Terms {
        id: id(number.unsigned_abs().into()),
        agreement: id(1),
        number,
        valid_from: day(signed_on),
        signed_by_processor_on: Some(day(signed_on)),
        signatures: vec![signature(LEAD, signed_on)],
        agreed: Agreed::default(),
    }
}

/// A party's signature.
pub fn signature(party: u128, signed_on: &str) -> Signature {
    Signature { party: id(party), signed_on: day(signed_on) }
}

/// What the agreement says of one of the things that it has to say.
pub fn said(item: AgreementContentItem, answer: Answer, on: &str) -> ContentAnswer {
    ContentAnswer { agreement: id(1), item, answer, note: None, answered_on: day(on) }
}

/// An instruction that was issued on its first day.
pub fn instruction(number: i32, valid_from: &str) -> Instruction {
    Instruction {
        id: id(number.unsigned_abs().into()),
        agreement: id(1),
        number,
        issued_on: day(valid_from),
        valid_from: day(valid_from),
        data_categories: vec![DataCategory::Identity],
        sensitive_categories: Vec::new(),
        data_subjects: vec![DataSubjectGroup::Residents],
        processing_countries: vec![CountryCode::SWEDEN],
        security_measures: "Kryptering".to_owned(),
        retention: "Två år".to_owned(),
        text: "Behandla enligt avtalet.".to_owned(),
        cost_answer: None,
        version: 1,
    }
}

/// An assurance that was met.
pub fn assurance(n: u128, kind: AssuranceKind, on: &str) -> Assurance {
    Assurance {
        id: id(n),
        agreement: id(1),
        kind,
        on: day(on),
        met: true,
        auditor: None,
        competitor: None,
        secrecy_undertaken: None,
        note: None,
        document_url: None,
        version: 1,
    }
}

/// A notice to all parties that went to the right contact, and was not answered.
pub fn notice(n: u128, kind: NoticeKind, direction: NoticeDirection, sent_on: &str) -> Notice {
    Notice {
        id: id(n),
        agreement: id(1),
        party: None,
        kind,
        direction,
        contact: super::keeping::contact_for(kind),
        sent_on: day(sent_on),
        received_on: None,
        answered_on: None,
        event_on: None,
        missing_parts: Vec::new(),
        consent_scope: None,
        required_by_law: None,
        text: None,
        document_url: None,
        version: 1,
    }
}

/// Somebody to write to, until further notice.
pub fn contact(n: u128, side: ContractSide, purpose: ContactPurpose, from: &str) -> Contact {
    Contact {
        id: id(n),
        agreement: id(1),
        side,
        purpose,
        name: "Kontakt Påhittad".to_owned(),
        email: "kontakt@example.com".to_owned(),
        phone: None,
        validity: period(from, None),
    }
}

fn all_contacts(from: &str) -> Vec<Contact> {
    let both = ContractSide::VARIANTS.iter().flat_map(|side| ContactPurpose::VARIANTS.iter().map(|purpose| (*side, *purpose)));
    both.zip(1..).map(|((side, purpose), n)| contact(n, side, purpose, from)).collect()
}

/// Processing is suspended until further notice.
pub fn suspension(n: u128, cause: SuspensionCause, from: &str) -> Suspension {
    Suspension { id: id(n), agreement: id(1), cause, from: day(from), declared_ended_on: None, accepted_on: None, version: 1 }
}

/// An organisation in Sweden with a number and an address.
pub fn organisation(n: u128) -> Party {
    Party {
        id: id(n),
        name: format!("Leverantör {n} Exempel AB"),
        organisation_number: Some(format!("002900-{n:04}")),
        foreign_registration_number: None,
        controller: None,
        country: CountryCode::SWEDEN,
        controlled_from: None,
        public_body: false,
        address: Some("Exempelgatan 1".to_owned()),
        sub_processor_list_url: None,
        version: 1,
        withdrawn: false,
    }
}

/// The organisation with the number `n` is engaged directly by the processor, listed at signing and bound by the same duties.
pub fn engagement(n: u128, from: &str) -> Engagement {
    Engagement {
        id: id(n),
        agreement: id(1),
        party: id(n),
        engaged_by: None,
        position: Position::from_path(&n.to_string()).unwrap(),
        service: "Drift".to_owned(),
        data_categories: vec![DataCategory::Identity],
        processing_countries: vec![CountryCode::SWEDEN],
        authorisation: EngagementAuthorisation::ListedAtSigning,
        sub_agreement_on: Some(day(from)),
        copy_requested_on: None,
        copy_received_on: None,
        validity: period(from, None),
        listed_to: None,
        introduced_by: None,
        version: 1,
    }
}

/// The processor announced a change about the organisation with the number `sub_processor`.
pub fn change(n: u128, kind: ChangeKind, sub_processor: u128, announced_on: &str, effective_on: &str) -> SubProcessorChange {
    SubProcessorChange {
        id: id(n),
        processor: id(PROCESSOR),
        kind,
        sub_processor: id(sub_processor),
        replaces: None,
        engaged_by: None,
        service: "Drift".to_owned(),
        data_categories: vec![DataCategory::Identity],
        data_subjects: vec![DataSubjectGroup::Residents],
        processing_countries: vec![CountryCode::SWEDEN],
        announced_on: day(announced_on),
        effective_on: day(effective_on),
        announced_by: None,
        source_url: None,
        version: 1,
        withdrawn: false,
    }
}

/// A party's case about the change with the number `of`, of which nothing is recorded yet.
pub fn case(of: u128, party: AgreementPartyId) -> ObjectionCase {
    ObjectionCase {
        id: super::cases::case_id(id(of), party),
        change: id(of),
        agreement: id(1),
        party,
        notice_sent_on: None,
        notice_received_on: None,
        missing: Vec::new(),
        completed_on: None,
        acts: Vec::new(),
        version: 0,
    }
}

/// All that the rules say on a day.
pub fn said_on(facts: &Facts, on: &str) -> Vec<Span> {
    let on = day(on);
    timeline(facts).spans.into_iter().filter(|span| span.holds.contains(on)).collect()
}

/// The findings on a day, by their names.
pub fn findings(facts: &Facts, on: &str) -> Vec<FindingCode> {
    let codes = said_on(facts, on).into_iter().filter_map(|span| match span.says {
        Says::Finding(code, _) => Some(code),
        _ => None,
    });
    let mut codes: Vec<_> = codes.collect();
    codes.sort_by_key(|code| code.code());
    codes
}

/// What falls due, of all that there is to be done on a day: its kind, what it is about and the day.
pub fn due(facts: &Facts, on: &str) -> Vec<(&'static str, Subject, String)> {
    let open = said_on(facts, on).into_iter().filter_map(|span| match span.says {
        Says::Deadline(kind) => Some((kind.code(), span.subject, span.due?.on.to_string())),
        _ => None,
    });
    open.collect()
}

#[test]
fn nothing_is_wrong_with_the_example() {
    let facts = orderly("2025-11-20");
    for on in ["2025-11-19", "2025-11-20", "2026-11-20"] {
        assert_eq!(findings(&facts, on), [], "{on}");
    }
}
