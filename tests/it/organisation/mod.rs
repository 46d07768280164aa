//! The directory: a file for each use case. And what all the files of use cases share: making a change, having one refused, seeing
//! that a refusal left nothing behind.

mod controller;
mod coordinator;
mod municipality;
mod officer;
mod person;
mod role;
mod succession;
mod viewer;
mod withdraw;

use samverkan::{
    auth::session::{self, WithoutLogin},
    kernel::{
        clock::Clock,
        id::{Id, Kind},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::{
    audit::{told, told_since},
    engine,
    support::{Client, TestApp, mistakes, nodes},
};

/// The day on which the tests take place, and the days around it.
pub(crate) const TODAY: &str = "2026-11-22";
pub(crate) const YESTERDAY: &str = "2026-11-21";
pub(crate) const TOMORROW: &str = "2026-11-23";

/// All of an agreement that has no arguments.
pub(crate) const AGREEMENT: &str = "id title instrument template templateVersion subjectMatter purpose natureOfProcessing version
  viewerCanUpdate processor { id }
  parties { id lead invitedOn joinedOn processingFrom processingTo diaryNumber filedAt documentUrl subProcessorAuthorisation version
    viewerCanUpdate controller { id } responsible { id } status signedOn endsOn returnOrDeleteBy returnedOrDeletedOn noticeGivenOn
    noticeGivenBy endOfAgreement leftOn leadOfferedOn terms { number } terminatedAtOnceBecauseOf { id } }
  status endsOn terms { number validFrom objectionDays signedByProcessorOn signatures { signedOn controller { id } } }
  acknowledgements { rule reason by { name } }
  subProcessors(first: 100) { totalCount nodes { id } }";
/// All of an agreement that keeps it alive.
pub(crate) const KEEPING: &str = "id version suspended { cause from declaredEndedOn acceptedOn } contents { item answer note answeredOn }
  instructions(first: 100) { nodes { id number issuedOn validFrom dataCategories sensitiveCategories dataSubjects processingCountries { code }
    securityMeasures retention text costAnswer costAnsweredOn version } }
  assurances(first: 100) { nodes { id kind on met auditor competitor secrecyUndertaken note documentUrl version } }
  notices(first: 100) { nodes { id kind direction controller { id } contact sentOn receivedOn deemedReceivedOn answerDueOn answeredOn eventOn
    missingParts consentScope requiredByLaw text documentUrl version } }
  contacts { id side purpose name email phone validFrom validTo }";
const MUNICIPALITY: &str = "id slug name code organisationNumber meetingOrder memberFrom memberTo version";
const CONTROLLER: &str = "id name kind organisationNumber validFrom validTo version viewerCanUpdate viewerCanRead
  municipality { slug } memberMunicipalities { slug } coordinators { id } dataProtectionOfficerAppointments { id }";
const PERSON: &str = "id name version email phone municipality { slug }";
const ROLE: &str = "role validFrom validTo source version municipality { slug } controller { id }";
const ASSIGNMENT: &str = "id deputy validFrom validTo version person { id } controller { id }";
const APPOINTMENT: &str = "id validFrom validTo decisionReference endReason version person { id } controller { id } loginAt { slug }
  notifications { kind on reference }";
const PARTY: &str = "id name organisationNumber foreignRegistrationNumber publicBody address subProcessorListUrl version viewerCanUpdate
  controller { id } country { code } controlledFrom { code } usedBy { slug }";
const ENGAGEMENT: &str = "id position service dataCategories subAgreementOn copyRequestedOn copyReceivedOn validFrom validTo version
  agreement { id } party { id } engagedBy { id } processingCountries { code }
  authorisations { authorisation validFrom controller { id } }";

const CHANGE: &str =
    "id kind service dataCategories dataSubjects announcedOn effectiveOn sourceUrl version processor { id } subProcessor { id }
  replaces { id } engagedBy { id } processingCountries { code } announcedBy { slug } advice { text givenAt author { id } }";
const CASE: &str =
    "id noticeSentOn noticeReceivedOn missingFromNotice completedOn earliestPossibleDeadline state outcome decidedOn reason version
  viewerCanUpdate change { id } agreement { id } controller { id } decidedBy { id }
  deadline { dueOn kind startEvent rawDate rule legalSource message subject { id } controller { id } }";

/// What a mutation takes and gives: its input type, the field of its payload, the type of that and all that is asked of it.
struct Shape {
    input: String,
    field: &'static str,
    of: &'static str,
    select: &'static str,
}

fn shape(mutation: &str) -> Shape {
    let (field, of, select) = match mutation {
        "recordMunicipality" => ("municipality", "Municipality", MUNICIPALITY),
        "createController" | "updateController" | "succeedController" => ("controller", "Controller", CONTROLLER),
        "createPerson" | "updatePerson" => ("person", "Person", PERSON),
        "invitePerson" => ("invitation", "Invitation", "expiresAt person { id }"),
        "grantRole" | "revokeRole" => ("roleGrant", "RoleGrant", ROLE),
        "assignCoordinator" | "endCoordinatorAssignment" => ("coordinatorAssignment", "CoordinatorAssignment", ASSIGNMENT),
        "appointDataProtectionOfficer" | "recordNotificationToAuthority" | "endDataProtectionOfficerAppointment" => {
            ("dataProtectionOfficerAppointment", "DataProtectionOfficerAppointment", APPOINTMENT)
        }
        "registerParty" | "updateParty" | "mergeParties" => ("party", "Party", PARTY),
        "draftAgreement"
        | "updateAgreement"
        | "inviteToAgreement"
        | "joinAgreement"
        | "updateAgreementParty"
        | "copyAgreement"
        | "amendAgreement"
        | "signAgreement"
        | "leaveAgreement"
        | "giveNotice"
        | "recordReturnOrDeletion"
        | "takeLead"
        | "terminateAgreementAtOnce" => ("processorAgreement", "ProcessorAgreement", AGREEMENT),
        "answerAgreementContents"
        | "issueInstruction"
        | "recordAssurance"
        | "recordAgreementNotice"
        | "answerAgreementNotice"
        | "setAgreementContacts"
        | "suspendAgreement"
        | "resumeAgreement" => ("processorAgreement", "ProcessorAgreement", KEEPING),
        "listSubProcessor" | "correctSubProcessor" | "endSubProcessor" => ("subProcessorEngagement", "SubProcessorEngagement", ENGAGEMENT),
        "announceSubProcessorChange" | "correctSubProcessorChange" | "giveAdvice" => ("subProcessorChange", "SubProcessorChange", CHANGE),
        "confirmSubProcessorNotice"
        | "acceptSubProcessor"
        | "objectToSubProcessor"
        | "withdrawObjection"
        | "markNotConcerned"
        | "recordObjectionOutcome" => ("objectionCase", "ObjectionCase", CASE),
        "importAgreements" => ("import", "AgreementImport", "dryRun rowCount created faulty"),
        // Of what is gone there is the id only.
        "withdrawRecord" => ("withdrawnId", "", ""),
        other => panic!("no mutation {other}"),
    };
    Shape { input: input_type(mutation), field, of, select }
}

/// The type of a mutation's input.
pub(crate) fn input_type(mutation: &str) -> String {
    match mutation {
        "endDataProtectionOfficerAppointment" => "EndAppointmentInput".to_owned(),
        "acceptSubProcessor" | "objectToSubProcessor" | "withdrawObjection" | "markNotConcerned" => "DecideObjectionInput".to_owned(),
        other => format!("{}{}Input", other[..1].to_uppercase(), &other[1..]),
    }
}

/// What is asked of a payload.
fn asked(field: &str, select: &str) -> String {
    if select.is_empty() { field.to_owned() } else { format!("{field} {{ {select} }}") }
}

/// What withdraws something, as it was read.
pub(crate) fn withdrawal(object: &Value) -> Value {
    json!({ "id": object["id"], "expectedVersion": object["version"], "reason": "Registrerades av misstag" })
}

/// A mutation that has to go well; gives back what it gives, after seeing that a query reads the same.
pub(crate) async fn done_by(client: &Client<'_>, mutation: &str, input: Value) -> Value {
    let Shape { input: input_type, field, of, select } = shape(mutation);
    let mut payload = client.mutate(mutation, &input_type, input, &asked(field, select)).await;
    assert_eq!(mistakes(&payload), [], "{mutation}: {payload:#}");
    let object = payload[field].take();
    if select.is_empty() {
        let read = client.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": object })).await;
        assert_eq!((object.is_string(), &read["node"]), (true, &Value::Null), "{mutation} left {object}");
        return object;
    }
    assert!(object.is_object(), "{mutation} gave nothing back");
    if let Some(id) = object["id"].as_str() {
        let read =
            client.query(&format!("query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ {select} }} }} }}"), json!({ "id": id })).await;
        assert_eq!(read["node"], object, "{mutation} gave back something else than a query reads");
    }
    object
}

/// The same by a persona; the audit log tells of it, once.
pub(crate) async fn done(app: &TestApp, persona: &str, mutation: &str, input: Value) -> Value {
    let before = told(app).await;
    let made = done_by(&app.as_(persona), mutation, input).await;
    assert_eq!(told_since(app, &before).await.action, mutation);
    made
}

/// A mutation that has to be refused with exactly these codes and paths, and without a trace in any table; gives back the payload.
pub(crate) async fn refused_by(app: &TestApp, client: &Client<'_>, mutation: &str, input: Value, expected: &[(&str, &str)]) -> Value {
    let Shape { input: input_type, field, select, .. } = shape(mutation);
    let before = stored(app).await;
    let payload = client.mutate(mutation, &input_type, input.clone(), &asked(field, select)).await;
    let found = mistakes(&payload);
    let found: Vec<_> = found.iter().map(|(code, path)| (code.as_str(), path.as_str())).collect();
    assert_eq!(found, expected, "{mutation} with {input:#}: {payload:#}");
    assert!(payload[field].is_null(), "{mutation} was refused and gave something back: {payload:#}");
    assert!(before == stored(app).await, "{mutation} was refused and changed the database");
    payload
}

/// The same by a persona.
pub(crate) async fn refused(app: &TestApp, persona: &str, mutation: &str, input: Value, expected: &[(&str, &str)]) -> Value {
    refused_by(app, &app.as_(persona), mutation, input, expected).await
}

/// Every row of every table that the database says it has: a text for each table.
pub(crate) async fn stored(app: &TestApp) -> Vec<String> {
    let tx = app.app.db.read().await.unwrap();
    let mut tables = Vec::new();
    for table in engine::tables(&tx).await {
        tables.push(format!("{table}\n{}", engine::rows(&tx, &table).await));
    }
    tables
}

#[tokio::test]
async fn that_nothing_was_stored_is_judged_on_every_row_of_every_table() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let entities = include_str!("../../../entity/src/lib.rs");
    for table in entities.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';')) {
        assert!(before.iter().any(|rows| rows.starts_with(&format!("{table}\n"))), "{table} is not judged");
    }
    done(&app, "administrator.gnesta", "createPerson", json!({ "municipality": "gnesta", "name": "Ny Exempel" })).await;
    let after = stored(&app).await;
    let changed = before.iter().zip(&after).filter(|(one, other)| one != other).filter_map(|(rows, _)| rows.lines().next());
    assert_eq!(changed.collect::<Vec<_>>(), ["audit_chain", "audit_entry", "person"]);
}

/// An organisation number with the right check digit that nobody has.
pub(crate) fn number(n: u32) -> String {
    let head = format!("0029{n:05}");
    let doubled = |at: usize, digit: u32| if at.is_multiple_of(2) { digit * 2 / 10 + digit * 2 % 10 } else { digit };
    let sum: u32 = head.chars().enumerate().map(|(at, c)| doubled(at, c.to_digit(10).unwrap())).sum();
    format!("{}-{}{}", &head[..6], &head[6..], (10 - sum % 10) % 10)
}

/// The id of something that has one.
pub(crate) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id in {object:#}")).to_owned()
}

/// An id of the same kind that nothing has.
pub(crate) fn unknown(id: &str) -> String {
    let (prefix, _) = id.split_once('_').unwrap();
    format!("{prefix}_00000000000070008000000000000bad")
}

/// The municipality with this slug.
pub(crate) async fn municipality(app: &TestApp, slug: &str) -> Value {
    let query = format!("query($slug: String!) {{ municipality(slug: $slug) {{ {MUNICIPALITY} }} }}");
    app.as_("operator").query(&query, json!({ "slug": slug })).await["municipality"].take()
}

/// The controller that a municipality hosts under this name.
pub(crate) async fn controller(app: &TestApp, slug: &str, name: &str) -> Value {
    let query =
        format!("query($slug: String!) {{ municipality(slug: $slug) {{ controllers(first: 100) {{ nodes {{ {CONTROLLER} }} }} }} }}");
    let data = app.as_(&format!("reader.{slug}")).query(&query, json!({ "slug": slug })).await;
    let found = nodes(&data["municipality"]["controllers"]).iter().find(|controller| controller["name"] == name).cloned();
    found.unwrap_or_else(|| panic!("{slug} has no {name}"))
}

/// The id of the controller that a municipality hosts under this name.
pub(crate) async fn board(app: &TestApp, slug: &str, name: &str) -> String {
    id(&controller(app, slug, name).await)
}

/// The person behind a persona.
pub(crate) async fn person(app: &TestApp, persona: &str) -> Value {
    app.as_(persona).query(&format!("{{ viewer {{ person {{ {PERSON} }} }} }}"), json!({})).await["viewer"]["person"].take()
}

/// Logs a person in at a municipality; gives back the token.
pub(crate) async fn login(app: &TestApp, person: &str, slug: &str) -> String {
    let tx = app.app.db.write().await.unwrap();
    let found = entity::municipality::Entity::find().filter(entity::municipality::Column::Slug.eq(slug)).one(&tx).await.unwrap();
    let municipality = Id::new(found.unwrap().id);
    let issuer = &app.app.logins.settings.provider_of(slug).unwrap().issuer;
    let login = WithoutLogin { issuer, subject: person, name: "Inloggad Påhittad", municipality, person: Some(typed(person)) };
    let token = session::open_without_login(&tx, &app.app.ids, app.clock.now(), login).await.unwrap();
    tx.commit().await.unwrap();
    token
}

fn typed<K: Kind>(id: &str) -> Id<K> {
    Id::parse(id).unwrap_or_else(|fault| panic!("{id}: {fault:?}"))
}

/// The thing with this id as a persona reads it; null where that persona reads nothing.
pub(crate) async fn node(app: &TestApp, persona: &str, id: &str) -> Value {
    let (of, select) = match id.split_once('_').unwrap().0 {
        "municipality" => ("Municipality", MUNICIPALITY),
        "controller" => ("Controller", CONTROLLER),
        "person" => ("Person", PERSON),
        "assignment" => ("CoordinatorAssignment", ASSIGNMENT),
        "appointment" => ("DataProtectionOfficerAppointment", APPOINTMENT),
        "party" => ("Party", PARTY),
        "agreement" => ("ProcessorAgreement", AGREEMENT),
        "agreementparty" => ("AgreementParty", "id lead joinedOn version controller { id } responsible { id }"),
        "engagement" => ("SubProcessorEngagement", ENGAGEMENT),
        "subprocessorchange" => ("SubProcessorChange", CHANGE),
        "objectioncase" => ("ObjectionCase", CASE),
        other => panic!("no ids begin with {other}"),
    };
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ {select} }} }} }}");
    app.as_(persona).query(&query, json!({ "id": id })).await["node"].take()
}
