//! Every place of the schema that takes an id: with one of one's own, a foreign one, one that nothing has, and what is no id.

use std::collections::BTreeSet;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};

use super::{Own, STRANGERS, own};
use crate::{
    organisation::{TODAY, stored, unknown},
    processor::{answers, engage, keeping::writes as kept, objection::announcement, with},
    support::{TestApp, mistakes},
};

/// How a thing is known to those who do not own it.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    /// Not at all: the answer, and the statements behind it, are those of an id that nothing has.
    Not,
    /// The directory shows that it is there; a write is answered as for an id that nothing has.
    Listed,
    /// Shared: anybody's reference to it is as good as the owner's.
    Shared,
}

/// One place of the schema that takes an id.
pub(super) struct Case {
    pub(super) place: &'static str,
    /// The document, its one operation with `$id`, or a mutation's name.
    ask: &'static str,
    /// The input of a mutation; `ID` stands for the id.
    input: Value,
    /// Who may do it with an id of one's own.
    persona: &'static str,
    /// Ids that are another's.
    pub(super) foreign: Vec<String>,
    known: Known,
    /// Where the answer says that the mistake is.
    path: &'static str,
}

fn read(place: &'static str, ask: &'static str, foreign: &[&String], known: Known, path: &'static str) -> Case {
    let foreign = foreign.iter().map(|id| (*id).clone()).collect();
    Case { place, ask, input: Value::Null, persona: "coordinator.gnesta", foreign, known, path }
}

#[expect(clippy::too_many_lines, reason = "one table, a row for each place")]
pub(super) fn reads(gnesta: &Own, flen: &Own) -> Vec<Case> {
    let Own {
        board,
        agreement,
        row,
        engagement,
        below,
        instruction,
        assurance,
        notice,
        contact,
        processor,
        sub_processor,
        reader,
        case,
        ..
    } = flen;
    let everything =
        "... on ProcessorAgreement { title } ... on SubProcessorEngagement { service agreement { title } } ... on Person { name email }
        ... on AgreementParty { diaryNumber controller { name } } ... on Instruction { text } ... on Assurance { note }
        ... on AgreementNotice { deemedReceivedOn controller { name } } ... on AgreementContact { name email } ... on ObjectionCase { state reason change { service } }";
    let leaked = |query: String| -> &'static str { Box::leak(query.into_boxed_str()) };
    let by_controller = |filter: &str| {
        leaked(format!(
            "query($id: ID!) {{ controller(id: \"{}\") {{ agreements(filter: {{ {filter}: $id }}) {{ totalCount nodes {{ id }} }} }} }}",
            gnesta.board
        ))
    };
    let by_party = |filter: &str| {
        leaked(format!(
            "query($id: ID!) {{ party(id: \"{processor}\") {{ agreements(filter: {{ {filter}: $id }}) {{ totalCount nodes {{ id }} }} }} }}"
        ))
    };
    let mut cases = vec![
        read(
            "Query.node(id)",
            leaked(format!("query($id: ID!) {{ node(id: $id) {{ id {everything} }} }}")),
            &[agreement, row, engagement, below, instruction, assurance, notice, contact, reader, case],
            Known::Not,
            "id",
        ),
        read(
            "Query.nodes(ids)",
            leaked(format!("query($id: ID!) {{ nodes(ids: [$id]) {{ id {everything} }} }}")),
            &[agreement, row, engagement, below, instruction, assurance, notice, contact, reader, case],
            Known::Not,
            "ids.0",
        ),
        read(
            "Query.agreement(id)",
            "query($id: ID!) { agreement(id: $id) { title parties { diaryNumber } subProcessors { totalCount nodes { service } } } }",
            &[agreement],
            Known::Not,
            "id",
        ),
        read(
            "Query.objectionCase(id)",
            "query($id: ID!) { objectionCase(id: $id) { state reason deadline { dueOn } controller { name } } }",
            &[case],
            Known::Not,
            "id",
        ),
        read(
            "ObjectionCaseFilter.controllerId",
            "query($id: ID!) { objectionCases(filter: { controllerId: $id }) { totalCount nodes { id } edges { cursor } } }",
            &[board],
            Known::Not,
            "filter.controllerId",
        ),
        read(
            "ObjectionCaseFilter.processorId",
            "query($id: ID!) { objectionCases(filter: { processorId: $id }) { totalCount nodes { id } edges { cursor } } }",
            &[processor],
            Known::Shared,
            "filter.processorId",
        ),
        read(
            "SubProcessorChangeFilter.processorId",
            "query($id: ID!) { subProcessorChanges(filter: { processorId: $id }) { totalCount nodes { id } edges { cursor } } }",
            &[processor],
            Known::Shared,
            "filter.processorId",
        ),
        read(
            "SubProcessorChangeFilter.subProcessorId",
            "query($id: ID!) { subProcessorChanges(filter: { subProcessorId: $id }) { totalCount nodes { id } edges { cursor } } }",
            &[sub_processor],
            Known::Shared,
            "filter.subProcessorId",
        ),
        read(
            "Query.controller(id)",
            "query($id: ID!) { controller(id: $id) { name agreements { totalCount } } }",
            &[board],
            Known::Shared,
            "id",
        ),
        read(
            "Query.party(id)",
            "query($id: ID!) { party(id: $id) { name agreements { totalCount } engagements { totalCount } } }",
            &[processor],
            Known::Shared,
            "id",
        ),
    ];
    for (place, field, foreign) in [
        ("AgreementFilter.controllerId", "controllerId", board),
        ("AgreementFilter.processorId", "processorId", processor),
        ("AgreementFilter.subProcessorId", "subProcessorId", sub_processor),
    ] {
        let root = leaked(format!(
            "query($id: ID!) {{ agreements(filter: {{ {field}: $id }}) {{ totalCount nodes {{ id }} edges {{ cursor }} }} }}"
        ));
        cases.push(read(place, root, &[foreign], Known::Not, leaked(format!("filter.{field}"))));
        cases.push(read(place, by_controller(field), &[foreign], Known::Not, leaked(format!("controller.agreements.filter.{field}"))));
        cases.push(read(place, by_party(field), &[foreign], Known::Not, leaked(format!("party.agreements.filter.{field}"))));
    }
    cases.push(read(
        "FindingFilter.controllerId",
        "query($id: ID!) { findings(filter: { controllerId: $id }) { totalCount nodes { code message } edges { cursor } } }",
        &[board],
        Known::Not,
        "filter.controllerId",
    ));
    for (place, field, foreign) in [
        ("AuditFilter.controllerId", "controllerId", vec![board]),
        ("AuditFilter.recordId", "recordId", vec![agreement, engagement, board]),
        ("AuditFilter.actorId", "actorId", vec![&flen.coordinator]),
    ] {
        let query =
            format!("query($id: ID!) {{ auditLog(filter: {{ {field}: $id }}) {{ totalCount nodes {{ id action }} edges {{ cursor }} }} }}");
        cases.push(read(place, leaked(query), &foreign, Known::Not, leaked(format!("filter.{field}"))));
    }
    cases
}

#[expect(clippy::too_many_lines, reason = "one table, a row for each place")]
pub(super) fn writes(gnesta: &Own, flen: &Own) -> Vec<Case> {
    let (administrator, coordinator) = ("administrator.gnesta", "coordinator.gnesta");
    let case = |place: &'static str, ask, persona, input, foreign: &[&String], known| Case {
        place,
        ask,
        input,
        persona,
        foreign: foreign.iter().map(|id| (*id).clone()).collect(),
        known,
        path: match place {
            "SucceedControllerInput.predecessorIds" => "predecessorIds.0",
            _ => place.split_once('.').unwrap().1,
        },
    };
    let own_row =
        |fields: &Value| with(json!({ "agreementId": gnesta.agreement, "expectedVersion": 1, "controllerId": gnesta.board }), fields);
    let keeping = |mutation: &str, agreement: &str| {
        let writes = kept(&json!({ "id": agreement, "version": 1 })).into_iter();
        writes.filter(|(of, _)| *of == mutation).map(|(_, input)| input).next().unwrap()
    };
    let announced = announcement(&gnesta.processor, &gnesta.sub_processor);
    let terminated = json!({ "agreementId": gnesta.signed, "controllerId": gnesta.board, "expectedVersion": 3, "objectionCaseId": gnesta.case,
        "terminatedOn": TODAY });
    let role = json!({ "personId": "ID", "role": "READER", "municipality": "gnesta" });
    vec![
        case(
            "UpdatePersonInput.personId",
            "updatePerson",
            administrator,
            json!({ "personId": "ID", "expectedVersion": 1, "name": "X" }),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "UpdatePersonInput.personId",
            "updatePerson",
            administrator,
            json!({ "personId": "ID", "expectedVersion": 1, "name": "X" }),
            &[&flen.coordinator],
            Known::Listed,
        ),
        case(
            "UpdateControllerInput.controllerId",
            "updateController",
            administrator,
            json!({ "controllerId": "ID", "expectedVersion": 1, "name": "X" }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "SucceedControllerInput.predecessorIds",
            "succeedController",
            administrator,
            json!({ "predecessorIds": ["ID"], "successorId": gnesta.board, "on": TODAY }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "SucceedControllerInput.successorId",
            "succeedController",
            administrator,
            json!({ "predecessorIds": [gnesta.board], "successorId": "ID", "on": TODAY }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "GrantRoleInput.personId",
            "grantRole",
            administrator,
            with(role.clone(), &json!({ "validFrom": TODAY })),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "RevokeRoleInput.personId",
            "revokeRole",
            administrator,
            with(role, &json!({ "validTo": TODAY })),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "InvitePersonInput.personId",
            "invitePerson",
            administrator,
            json!({ "personId": "ID", "municipality": "gnesta" }),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "AssignCoordinatorInput.personId",
            "assignCoordinator",
            administrator,
            json!({ "personId": "ID", "controllerId": gnesta.board, "validFrom": TODAY }),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "AssignCoordinatorInput.controllerId",
            "assignCoordinator",
            administrator,
            json!({ "personId": gnesta.reader, "controllerId": "ID", "validFrom": TODAY }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "EndCoordinatorAssignmentInput.assignmentId",
            "endCoordinatorAssignment",
            administrator,
            json!({ "assignmentId": "ID", "expectedVersion": 1, "validTo": TODAY }),
            &[&flen.assignment],
            Known::Listed,
        ),
        case(
            "AppointDataProtectionOfficerInput.personId",
            "appointDataProtectionOfficer",
            administrator,
            json!({ "personId": "ID", "controllerId": gnesta.board, "loginAt": "gnesta", "validFrom": TODAY }),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "AppointDataProtectionOfficerInput.controllerId",
            "appointDataProtectionOfficer",
            administrator,
            json!({ "personId": gnesta.reader, "controllerId": "ID", "loginAt": "gnesta", "validFrom": TODAY }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "RecordNotificationToAuthorityInput.appointmentId",
            "recordNotificationToAuthority",
            administrator,
            json!({ "appointmentId": "ID", "expectedVersion": 1, "kind": "APPOINTED", "on": TODAY }),
            &[&flen.appointment],
            Known::Listed,
        ),
        case(
            "EndAppointmentInput.appointmentId",
            "endDataProtectionOfficerAppointment",
            administrator,
            json!({ "appointmentId": "ID", "expectedVersion": 1, "validTo": TODAY, "endReason": "OTHER" }),
            &[&flen.appointment],
            Known::Listed,
        ),
        case(
            "RegisterPartyInput.controllerId",
            "registerParty",
            coordinator,
            json!({ "name": "Exempel", "country": "SE", "controllerId": "ID" }),
            &[],
            Known::Shared,
        ),
        case(
            "UpdatePartyInput.partyId",
            "updateParty",
            coordinator,
            json!({ "partyId": "ID", "expectedVersion": 1, "name": "X" }),
            &[],
            Known::Shared,
        ),
        case(
            "UpdatePartyInput.controllerId",
            "updateParty",
            coordinator,
            json!({ "partyId": gnesta.sub_processor, "expectedVersion": 1, "controllerId": "ID" }),
            &[],
            Known::Shared,
        ),
        case(
            "DraftAgreementInput.leadControllerId",
            "draftAgreement",
            coordinator,
            json!({ "leadControllerId": "ID", "processorId": gnesta.processor, "title": "X" }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "DraftAgreementInput.processorId",
            "draftAgreement",
            coordinator,
            json!({ "leadControllerId": gnesta.board, "processorId": "ID", "title": "X" }),
            &[],
            Known::Shared,
        ),
        case(
            "UpdateAgreementInput.agreementId",
            "updateAgreement",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "title": "X" }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "InviteToAgreementInput.agreementId",
            "inviteToAgreement",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "InviteToAgreementInput.controllerId",
            "inviteToAgreement",
            coordinator,
            json!({ "agreementId": gnesta.agreement, "expectedVersion": 1, "controllerId": "ID" }),
            &[],
            Known::Shared,
        ),
        case(
            "JoinAgreementInput.agreementId",
            "joinAgreement",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board, "joinedOn": TODAY }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "JoinAgreementInput.controllerId",
            "joinAgreement",
            coordinator,
            own_row(&json!({ "controllerId": "ID", "joinedOn": TODAY })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "AmendAgreementInput.agreementId",
            "amendAgreement",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "terms": { "objectionDays": 14 } }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "CopyAgreementInput.agreementId",
            "copyAgreement",
            coordinator,
            json!({ "agreementId": "ID", "leadControllerId": gnesta.board }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "CopyAgreementInput.leadControllerId",
            "copyAgreement",
            coordinator,
            json!({ "agreementId": gnesta.agreement, "leadControllerId": "ID" }),
            &[&flen.board],
            Known::Listed,
        ),
        case(
            "TakeLeadInput.agreementId",
            "takeLead",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board }),
            &[&flen.agreement],
            Known::Not,
        ),
        case("TakeLeadInput.controllerId", "takeLead", coordinator, own_row(&json!({ "controllerId": "ID" })), &[&flen.board], Known::Not),
        case(
            "SignAgreementInput.agreementId",
            "signAgreement",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board, "side": "CONTROLLER", "signedOn": TODAY, "acknowledgements": answers() }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "SignAgreementInput.controllerId",
            "signAgreement",
            coordinator,
            own_row(&json!({ "controllerId": "ID", "side": "CONTROLLER", "signedOn": TODAY, "acknowledgements": answers() })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "LeaveAgreementInput.agreementId",
            "leaveAgreement",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board, "leftOn": TODAY }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "LeaveAgreementInput.controllerId",
            "leaveAgreement",
            coordinator,
            own_row(&json!({ "controllerId": "ID", "leftOn": TODAY })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "GiveNoticeInput.agreementId",
            "giveNotice",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board, "givenBy": "CONTROLLER", "receivedOn": TODAY }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "GiveNoticeInput.controllerId",
            "giveNotice",
            coordinator,
            own_row(&json!({ "controllerId": "ID", "givenBy": "CONTROLLER", "receivedOn": TODAY })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "RecordReturnOrDeletionInput.agreementId",
            "recordReturnOrDeletion",
            coordinator,
            json!({ "agreementId": "ID", "expectedVersion": 1, "controllerId": gnesta.board, "returnedOrDeletedOn": TODAY }),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "RecordReturnOrDeletionInput.controllerId",
            "recordReturnOrDeletion",
            coordinator,
            own_row(&json!({ "controllerId": "ID", "returnedOrDeletedOn": TODAY })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "AnnounceSubProcessorChangeInput.processorId",
            "announceSubProcessorChange",
            coordinator,
            with(announced.clone(), &json!({ "processorId": "ID" })),
            &[],
            Known::Shared,
        ),
        case(
            "AnnounceSubProcessorChangeInput.subProcessorId",
            "announceSubProcessorChange",
            coordinator,
            with(announced.clone(), &json!({ "subProcessorId": "ID" })),
            &[],
            Known::Shared,
        ),
        case(
            "AnnounceSubProcessorChangeInput.replacesId",
            "announceSubProcessorChange",
            coordinator,
            with(announced.clone(), &json!({ "kind": "REPLACE", "replacesId": "ID" })),
            &[],
            Known::Shared,
        ),
        case(
            "AnnounceSubProcessorChangeInput.engagedById",
            "announceSubProcessorChange",
            coordinator,
            with(announced.clone(), &json!({ "engagedById": "ID" })),
            &[],
            Known::Shared,
        ),
        case(
            "CorrectSubProcessorChangeInput.changeId",
            "correctSubProcessorChange",
            coordinator,
            json!({ "changeId": "ID", "expectedVersion": 1, "service": "X" }),
            &[],
            Known::Shared,
        ),
        case(
            "CorrectSubProcessorChangeInput.engagedById",
            "correctSubProcessorChange",
            coordinator,
            json!({ "changeId": gnesta.change, "expectedVersion": 1, "engagedById": "ID" }),
            &[],
            Known::Shared,
        ),
        case(
            "ConfirmSubProcessorNoticeInput.objectionCaseId",
            "confirmSubProcessorNotice",
            coordinator,
            json!({ "objectionCaseId": "ID", "expectedVersion": 0, "receivedOn": TODAY }),
            &[&flen.case],
            Known::Not,
        ),
        case(
            "DecideObjectionInput.objectionCaseId",
            "acceptSubProcessor",
            coordinator,
            json!({ "objectionCaseId": "ID", "expectedVersion": 0, "decidedOn": TODAY }),
            &[&flen.case],
            Known::Not,
        ),
        case(
            "RecordObjectionOutcomeInput.objectionCaseId",
            "recordObjectionOutcome",
            coordinator,
            json!({ "objectionCaseId": "ID", "expectedVersion": 0, "decidedOn": TODAY, "outcome": "USED_ANYWAY" }),
            &[&flen.case],
            Known::Not,
        ),
        case(
            "TerminateAgreementAtOnceInput.agreementId",
            "terminateAgreementAtOnce",
            coordinator,
            with(terminated.clone(), &json!({ "agreementId": "ID" })),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "TerminateAgreementAtOnceInput.controllerId",
            "terminateAgreementAtOnce",
            coordinator,
            with(terminated.clone(), &json!({ "controllerId": "ID" })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "TerminateAgreementAtOnceInput.objectionCaseId",
            "terminateAgreementAtOnce",
            coordinator,
            with(terminated, &json!({ "objectionCaseId": "ID" })),
            &[&flen.case],
            Known::Not,
        ),
        case("GiveAdviceInput.changeId", "giveAdvice", coordinator, json!({ "changeId": "ID", "text": "X" }), &[], Known::Shared),
        case(
            "UpdateAgreementPartyInput.agreementId",
            "updateAgreementParty",
            coordinator,
            own_row(&json!({ "agreementId": "ID" })),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "UpdateAgreementPartyInput.controllerId",
            "updateAgreementParty",
            coordinator,
            own_row(&json!({ "controllerId": "ID" })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "UpdateAgreementPartyInput.responsibleId",
            "updateAgreementParty",
            coordinator,
            own_row(&json!({ "responsibleId": "ID" })),
            &[&flen.reader],
            Known::Not,
        ),
        case(
            "AnswerAgreementContentsInput.agreementId",
            "answerAgreementContents",
            coordinator,
            keeping("answerAgreementContents", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "IssueInstructionInput.agreementId",
            "issueInstruction",
            coordinator,
            keeping("issueInstruction", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "RecordAssuranceInput.agreementId",
            "recordAssurance",
            coordinator,
            keeping("recordAssurance", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "RecordAgreementNoticeInput.agreementId",
            "recordAgreementNotice",
            coordinator,
            keeping("recordAgreementNotice", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "SetAgreementContactsInput.agreementId",
            "setAgreementContacts",
            coordinator,
            keeping("setAgreementContacts", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "SuspendAgreementInput.agreementId",
            "suspendAgreement",
            coordinator,
            keeping("suspendAgreement", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "ResumeAgreementInput.agreementId",
            "resumeAgreement",
            coordinator,
            keeping("resumeAgreement", "ID"),
            &[&flen.agreement],
            Known::Not,
        ),
        case(
            "RecordAgreementNoticeInput.controllerId",
            "recordAgreementNotice",
            coordinator,
            with(keeping("recordAgreementNotice", &gnesta.agreement), &json!({ "controllerId": "ID" })),
            &[&flen.board],
            Known::Not,
        ),
        case(
            "AnswerAgreementNoticeInput.noticeId",
            "answerAgreementNotice",
            coordinator,
            json!({ "noticeId": "ID", "expectedVersion": 1, "answeredOn": TODAY }),
            &[&flen.notice],
            Known::Not,
        ),
        case(
            "ListSubProcessorInput.agreementId",
            "listSubProcessor",
            coordinator,
            engage("ID", &gnesta.processor, None),
            &[&flen.agreement],
            Known::Not,
        ),
        case("ListSubProcessorInput.partyId", "listSubProcessor", coordinator, engage(&gnesta.agreement, "ID", None), &[], Known::Shared),
        case(
            "ListSubProcessorInput.engagedById",
            "listSubProcessor",
            coordinator,
            engage(&gnesta.agreement, &flen.processor, Some("ID")),
            &[&flen.engagement, &flen.below],
            Known::Not,
        ),
        case(
            "CorrectSubProcessorInput.engagementId",
            "correctSubProcessor",
            coordinator,
            json!({ "engagementId": "ID", "expectedVersion": 1, "service": "X" }),
            &[&flen.engagement, &flen.below],
            Known::Not,
        ),
        case(
            "EndSubProcessorInput.engagementId",
            "endSubProcessor",
            coordinator,
            json!({ "engagementId": "ID", "expectedVersion": 1, "validTo": TODAY }),
            &[&flen.engagement, &flen.below],
            Known::Not,
        ),
        case(
            "MergePartiesInput.partyId",
            "mergeParties",
            coordinator,
            json!({ "partyId": "ID", "expectedVersion": 1, "intoId": gnesta.sub_processor, "intoExpectedVersion": 1 }),
            &[],
            Known::Shared,
        ),
        case(
            "MergePartiesInput.intoId",
            "mergeParties",
            coordinator,
            json!({ "partyId": gnesta.sub_processor, "expectedVersion": 1, "intoId": "ID", "intoExpectedVersion": 1 }),
            &[],
            Known::Shared,
        ),
        case(
            "ImportAgreementsInput.uploadId",
            "importAgreements",
            coordinator,
            json!({ "uploadId": "ID", "dryRun": true }),
            &[&flen.upload],
            Known::Not,
        ),
        // Last: what is withdrawn is not there any more.
        case(
            "WithdrawRecordInput.id",
            "withdrawRecord",
            coordinator,
            json!({ "id": "ID", "expectedVersion": 1, "reason": "Fel" }),
            &[&flen.agreement, &flen.row, &flen.engagement, &flen.below, &flen.instruction, &flen.assurance, &flen.notice, &flen.reader],
            Known::Not,
        ),
        case(
            "WithdrawRecordInput.id",
            "withdrawRecord",
            administrator,
            json!({ "id": "ID", "expectedVersion": 1, "reason": "Fel" }),
            &[&flen.board, &flen.coordinator, &flen.assignment, &flen.appointment],
            Known::Listed,
        ),
    ]
}

/// Those who ask for what is not theirs, and somebody to whom nothing is open.
fn strangers() -> impl Iterator<Item = &'static str> {
    STRANGERS.into_iter().chain(["nobody.gnesta"])
}

/// The places of the schema that take an id, from its definition.
fn places() -> BTreeSet<String> {
    fn is_id(ty: &Type) -> bool {
        match &ty.base {
            BaseType::Named(name) => name == "ID",
            BaseType::List(inner) => is_id(inner),
        }
    }
    let mut places = BTreeSet::new();
    for definition in parse_schema(samverkan::graphql::schema::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let of = definition.node.name.node.to_string();
        match definition.node.kind {
            TypeKind::InputObject(input) => {
                let ids = input.fields.iter().filter(|field| is_id(&field.node.ty.node));
                places.extend(ids.map(|field| format!("{of}.{}", field.node.name.node)));
            }
            TypeKind::Object(object) => {
                for field in &object.fields {
                    let ids = field.node.arguments.iter().filter(|argument| is_id(&argument.node.ty.node));
                    places.extend(ids.map(|argument| format!("{of}.{}({})", field.node.name.node, argument.node.name.node)));
                }
            }
            _ => {}
        }
    }
    places
}

/// Sends a case with an id; gives back the answer's body and the statements that it took.
pub(super) async fn send(app: &TestApp, persona: &str, case: &Case, id: &str) -> (Vec<u8>, Vec<String>) {
    let (query, variables) = if case.input.is_null() {
        (case.ask.to_owned(), json!({ "id": id }))
    } else {
        let input = case.place.split_once('.').unwrap().0;
        let query = format!(
            "mutation($input: {input}!) {{ {}(input: $input) {{ errors {{ code rule legalSource message path canAcknowledge currentVersion }} }} }}",
            case.ask
        );
        (query, json!({ "input": serde_json::from_str::<Value>(&case.input.to_string().replace("\"ID\"", &format!("\"{id}\""))).unwrap() }))
    };
    let client = app.as_(persona);
    let (answer, statements) = app.sent_by(client.ask(&query, variables)).await;
    (answer.body, statements)
}

pub(super) fn text(body: &[u8]) -> &str {
    std::str::from_utf8(body).unwrap()
}

/// An id of the kind that a place takes.
fn kind_of(case: &Case, gnesta: &Own) -> String {
    let field = case.place.rsplit(['.', '(']).next().unwrap().trim_end_matches(')');
    let of_kind = match field {
        "personId" | "responsibleId" | "actorId" => &gnesta.reader,
        "controllerId" | "leadControllerId" | "predecessorIds" | "successorId" => &gnesta.board,
        "assignmentId" => &gnesta.assignment,
        "appointmentId" => &gnesta.appointment,
        "partyId" | "intoId" | "processorId" | "subProcessorId" | "replacesId" => &gnesta.processor,
        "agreementId" | "recordId" => &gnesta.agreement,
        "changeId" => &gnesta.change,
        "objectionCaseId" => &gnesta.case,
        "engagedById" if case.place.contains("SubProcessorChange") => &gnesta.processor,
        "engagementId" | "engagedById" => &gnesta.engagement,
        "noticeId" => &gnesta.notice,
        "uploadId" => &gnesta.upload,
        "id" | "ids" => match case.place {
            "Query.controller(id)" => &gnesta.board,
            "Query.party(id)" => &gnesta.processor,
            "Query.objectionCase(id)" => &gnesta.case,
            // What its persona keeps.
            "WithdrawRecordInput.id" if case.known == Known::Listed => &gnesta.board,
            _ => &gnesta.agreement,
        },
        other => panic!("what kind is {other}?"),
    };
    of_kind.clone()
}

#[tokio::test]
async fn every_argument_and_field_that_takes_an_id_has_a_case_here() {
    let app = TestApp::start().await;
    let (gnesta, flen) = (own(&app, "gnesta").await, own(&app, "flen").await);
    let cases: BTreeSet<_> = reads(&gnesta, &flen).iter().chain(&writes(&gnesta, &flen)).map(|case| case.place.to_owned()).collect();
    assert_eq!(places(), cases);
}

#[tokio::test]
async fn a_foreign_id_reads_byte_for_byte_as_one_that_nothing_has_and_sends_the_same_statements() {
    let app = TestApp::start().await;
    let (gnesta, flen) = (own(&app, "gnesta").await, own(&app, "flen").await);
    let before = stored(&app).await;
    for case in reads(&gnesta, &flen).into_iter().filter(|case| case.known == Known::Not) {
        for foreign in &case.foreign {
            for persona in strangers() {
                let (there, for_foreign) = send(&app, persona, &case, foreign).await;
                let (nowhere, for_unknown) = send(&app, persona, &case, &unknown(foreign)).await;
                assert_eq!(text(&there), text(&nowhere), "{} by {persona}", case.place);
                assert_eq!(for_foreign, for_unknown, "statements of {} by {persona}", case.place);
                assert!(!text(&there).contains("errors"), "{} by {persona}: {}", case.place, text(&there));
            }
            let (owners, _) = send(&app, "coordinator.flen", &case, foreign).await;
            let (nowhere, _) = send(&app, "coordinator.flen", &case, &unknown(foreign)).await;
            // The list of a board of Gnesta is shut to Flen; in every other place the owner finds what is there.
            let found = !case.path.starts_with("controller.");
            assert_eq!(owners != nowhere, found, "{}: the owner has to get another answer than nobody: {}", case.place, text(&owners));
        }
    }
    assert!(before == stored(&app).await, "a question changed the database");
}

#[tokio::test]
async fn an_id_of_ones_own_is_found_in_every_place_that_takes_one() {
    let app = TestApp::start().await;
    let (gnesta, flen) = (own(&app, "gnesta").await, own(&app, "flen").await);
    for case in reads(&gnesta, &flen) {
        let (found, _) = send(&app, case.persona, &case, &kind_of(&case, &gnesta)).await;
        assert!(!text(&found).contains("errors") && !text(&found).contains(r#"{"data":null}"#), "{}: {}", case.place, text(&found));
    }
    for case in writes(&gnesta, &flen) {
        let (answer, _) = send(&app, case.persona, &case, &kind_of(&case, &gnesta)).await;
        let payload = serde_json::from_slice::<Value>(&answer).unwrap()["data"][case.ask].take();
        // What was found may have been changed by the case before, or is not fit for this; it was found.
        let found = ["CONFLICT", "CYCLE", "DUPLICATE", "OVERLAPS", "WRONG_STATE"];
        assert!(mistakes(&payload).iter().all(|(code, _)| found.contains(&code.as_str())), "{}: {payload:#}", case.place);
    }
}

#[tokio::test]
async fn a_foreign_id_in_a_write_answers_byte_for_byte_as_one_that_nothing_has_by_the_same_statements_and_no_row_changes() {
    let app = TestApp::start().await;
    let (gnesta, flen) = (own(&app, "gnesta").await, own(&app, "flen").await);
    let before = stored(&app).await;
    for case in writes(&gnesta, &flen) {
        for foreign in &case.foreign {
            for persona in strangers() {
                let (there, for_foreign) = send(&app, persona, &case, foreign).await;
                let (nowhere, for_unknown) = send(&app, persona, &case, &unknown(foreign)).await;
                assert_eq!(text(&there), text(&nowhere), "{} by {persona}", case.place);
                // Assignments and appointments are listed in the directory: that one is there is no secret, and whose it is takes a look.
                if !foreign.starts_with("assignment_") && !foreign.starts_with("appointment_") {
                    assert_eq!(for_foreign, for_unknown, "statements of {} by {persona}", case.place);
                }
            }
        }
        let (nowhere, _) = send(&app, case.persona, &case, &unknown(&kind_of(&case, &gnesta))).await;
        let payload = serde_json::from_slice::<Value>(&nowhere).unwrap()["data"][case.ask].take();
        assert_eq!(mistakes(&payload), [("NOT_FOUND".to_owned(), case.path.to_owned())], "{}", case.place);
    }
    assert!(before == stored(&app).await, "a refused write changed the database");
}

#[tokio::test]
async fn a_malformed_id_and_one_of_another_kind_are_told_by_the_argument_or_field_and_no_row_changes() {
    let app = TestApp::start().await;
    let (gnesta, flen) = (own(&app, "gnesta").await, own(&app, "flen").await);
    let before = stored(&app).await;
    let malformed = [
        "x",
        "",
        "agreement",
        "agreement_",
        "agreement_xyz",
        "AGREEMENT_00000000000070008000000000000bad",
        "nothing_00000000000070008000000000000bad",
        "' OR 1=1 --",
    ];
    for case in reads(&gnesta, &flen).iter().chain(&writes(&gnesta, &flen)) {
        let any_kind = matches!(case.place, "Query.node(id)" | "Query.nodes(ids)" | "AuditFilter.recordId" | "WithdrawRecordInput.id");
        let right = kind_of(case, &gnesta);
        let kinds = [
            &gnesta.board,
            &gnesta.agreement,
            &gnesta.engagement,
            &gnesta.processor,
            &gnesta.reader,
            &gnesta.assignment,
            &gnesta.appointment,
        ];
        let prefix = right.split_once('_').unwrap().0;
        let other_kinds = kinds.into_iter().filter(|id| id.split_once('_').unwrap().0 != prefix && !any_kind).map(String::as_str);
        for wrong in malformed.into_iter().chain(other_kinds) {
            let (body, _) = send(&app, case.persona, case, wrong).await;
            let mut answer: Value = serde_json::from_slice(&body).unwrap();
            let message = if case.input.is_null() {
                let error = answer["errors"][0].take();
                let argument: Vec<_> = case.path.split('.').collect();
                assert_eq!(
                    (&error["extensions"]["code"], &error["extensions"]["argument"]),
                    (&json!("BAD_USER_INPUT"), &json!(argument)),
                    "{} with {wrong:?}",
                    case.place
                );
                error["message"].clone()
            } else {
                let payload = answer["data"][case.ask].take();
                assert_eq!(mistakes(&payload), [("INVALID".to_owned(), case.path.to_owned())], "{} with {wrong:?}", case.place);
                payload["errors"][0]["message"].clone()
            };
            assert!(any_kind || message.as_str().unwrap().contains(&format!("{prefix}_")), "{} with {wrong:?}: {message}", case.place);
        }
    }
    assert!(before == stored(&app).await, "a refused write changed the database");
}
