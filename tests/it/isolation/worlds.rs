//! Four worlds, as Gnesta sees them: its own records, another municipality's, those of a joint board and of a joint agreement. Each
//! has one of everything, with a text of its own wherever a text can stand, and knows what was written.

mod life;

use std::collections::BTreeMap;

use entity::{agreement_suspension, audit_entry};
use samverkan::kernel::kinds::{AgreementId, AuditEntryId};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use crate::{
    authz::rights::Facts,
    organisation::{done, id, number, person},
    processor::{draft, objection::own_case, with},
    support::{TestApp, now},
};

/// Whether a person holds office as coordinator or officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Office {
    Today,
    Once,
    Never,
}

/// Something with an id.
pub(super) struct Record {
    pub id: String,
    /// Its type in the schema.
    pub of: &'static str,
    pub world: &'static str,
    pub facts: Facts,
    pub office: Office,
    /// What was written into each field; an id where the field leads to something that has one.
    pub values: Value,
}

/// What a world is made of.
struct World {
    name: &'static str,
    letter: char,
    /// The municipality that keeps it.
    keeper: &'static [&'static str],
    /// The municipalities of its controller.
    controller_of: &'static [&'static str],
    /// The municipalities of its agreement.
    agreement_of: &'static [&'static str],
    /// Whether its controller, and one of its agreement's, has appointed the officer.
    appointed: (bool, bool),
    coordinators: &'static [&'static str],
    /// Who coordinates the controller that joins the agreement.
    joining: &'static [&'static str],
    /// Who coordinates either.
    involved: &'static [&'static str],
    /// The municipality whose audit log tells first of a change of the agreement, and who coordinates there a controller that it touches.
    told: (&'static [&'static str], &'static [&'static str]),
}

/// Gnesta is a member of the joint board, and its own controller joins the joint agreement.
const MADE: [World; 4] = [
    World {
        name: "own",
        letter: 'a',
        keeper: &["gnesta"],
        controller_of: &["gnesta"],
        agreement_of: &["gnesta"],
        appointed: (true, true),
        coordinators: &["coordinator.gnesta"],
        joining: &["coordinator.gnesta"],
        involved: &["coordinator.gnesta"],
        told: (&["gnesta"], &["coordinator.gnesta"]),
    },
    World {
        name: "other",
        letter: 'b',
        keeper: &["flen"],
        controller_of: &["flen"],
        agreement_of: &["flen"],
        appointed: (false, false),
        coordinators: &["coordinator.flen"],
        joining: &["coordinator.flen"],
        involved: &["coordinator.flen"],
        told: (&["flen"], &["coordinator.flen"]),
    },
    World {
        name: "joint board",
        letter: 'c',
        keeper: &["oxelosund"],
        controller_of: &["oxelosund", "gnesta"],
        agreement_of: &["oxelosund", "gnesta"],
        appointed: (true, true),
        coordinators: &["coordinator.oxelosund"],
        joining: &["coordinator.oxelosund"],
        involved: &["coordinator.oxelosund"],
        told: (&["gnesta"], &[]),
    },
    World {
        name: "joint agreement",
        letter: 'd',
        keeper: &["strangnas"],
        controller_of: &["strangnas"],
        agreement_of: &["strangnas", "gnesta"],
        appointed: (false, true),
        coordinators: &["coordinator.strangnas"],
        joining: &["coordinator.gnesta"],
        involved: &["coordinator.strangnas", "coordinator.gnesta"],
        told: (&["gnesta"], &["coordinator.gnesta"]),
    },
];

/// The names of the worlds.
pub(super) const WORLDS: [&str; 4] = [MADE[0].name, MADE[1].name, MADE[2].name, MADE[3].name];

/// Everything in the worlds, by its id.
pub(super) async fn records(app: &TestApp) -> BTreeMap<String, Record> {
    let mut making = Making { app, world: &MADE[0], records: BTreeMap::new(), municipalities: BTreeMap::new() };
    for world in &MADE {
        let municipality = making.municipality(world).await;
        making.municipalities.insert(world.keeper[0], municipality);
    }
    let mut gnestas = None;
    for world in &MADE {
        making.world = world;
        let joins = gnestas.clone().filter(|_| world.name == "joint agreement");
        let lead = making.world(joins).await;
        gnestas.get_or_insert(lead);
    }
    making.records
}

/// A country as it is today.
pub(super) fn country(code: &str) -> Value {
    let (sv, en, status) = match code {
        "SE" => ("Sverige", "Sweden", "EEA"),
        "NO" => ("Norge", "Norway", "EEA"),
        "IN" => ("Indien", "India", "THIRD_COUNTRY"),
        other => panic!("what is {other} called?"),
    };
    json!({ "code": code, "nameSv": sv, "nameEn": en, "status": status })
}

/// When the tests take place, as the API tells it.
const NOW_TOLD: &str = "2026-11-22T11:00:00+00:00";

/// The hash of an entry, as it stands in the database.
async fn stored_hash(app: &TestApp, id: &str) -> String {
    let tx = app.app.db.read().await.unwrap();
    let key = AuditEntryId::parse(id).unwrap().key();
    audit_entry::Entity::find_by_id(key).one(&tx).await.unwrap().unwrap().hash
}

/// What an agreement has to say, in the order of the guidelines.
const CONTENTS: [&str; 14] = [
    "SUBJECT_NATURE_AND_PURPOSE",
    "DURATION",
    "DATA_CATEGORIES",
    "DATA_SUBJECTS",
    "CONTROLLERS_DUTIES_AND_RIGHTS",
    "SUFFICIENT_GUARANTEES",
    "INSTRUCTIONS",
    "THIRD_COUNTRY_TRANSFERS",
    "CONFIDENTIALITY",
    "SECURITY",
    "ASSISTANCE",
    "RETURN_OR_DELETION",
    "INFORMATION",
    "AUDITS",
];

struct Making<'a> {
    app: &'a TestApp,
    world: &'static World,
    records: BTreeMap<String, Record>,
    municipalities: BTreeMap<&'static str, String>,
}

/// The people of a world, by the office that they hold.
struct People {
    today: String,
    once: String,
    never: String,
}

/// The parties of a world: a supplier, a foreign one, and a board that is a party.
struct Parties {
    processor: String,
    foreign: String,
    board: String,
}

/// The controller that leads the agreement of a world and the one that joins it.
struct Controllers {
    lead: String,
    joining: String,
}

impl World {
    fn text(&self, what: &str) -> String {
        format!("{what} Kanarie{}", self.letter)
    }

    fn url(&self, what: &str) -> String {
        format!("https://kanarie{}.example/{what}", self.letter)
    }

    /// A number that no other world has.
    fn number(&self, n: u32) -> u32 {
        100 * (u32::from(self.letter) - 90) + n
    }

    fn administrator(&self) -> String {
        format!("administrator.{}", self.keeper[0])
    }

    /// What the directory shows. Every municipality has a board that has appointed the officer.
    fn in_directory(&self) -> Facts {
        Facts { keeper: self.keeper[0], of: self.keeper, appointed: true, ..Facts::default() }
    }

    /// What those read whose agreement it is.
    fn on_record(&self) -> Facts {
        let World { keeper, agreement_of, appointed, coordinators, involved, .. } = self;
        Facts { keeper: keeper[0], of: agreement_of, appointed: appointed.1, coordinators, involved, ..Facts::default() }
    }
}

impl Making<'_> {
    async fn done(&self, persona: &str, mutation: &str, input: Value) -> Value {
        done(self.app, persona, mutation, input).await
    }

    /// Remembers something and what was written into it besides its id.
    fn put(&mut self, of: &'static str, id: &str, facts: Facts, values: Value) {
        let values = with(values, &json!({ "id": id }));
        let record = Record { id: id.to_owned(), of, world: self.world.name, facts, office: Office::Never, values };
        assert!(self.records.insert(id.to_owned(), record).is_none(), "{id} is in two worlds");
    }

    fn append_to(&mut self, id: &str, field: &str, value: &str) {
        let list = self.records.get_mut(id).unwrap().values[field].as_array_mut();
        list.unwrap_or_else(|| panic!("{id} has no list {field}")).push(json!(value));
    }

    async fn municipality(&mut self, world: &'static World) -> String {
        self.world = world;
        let slug = world.keeper[0];
        let mut values = json!({ "slug": slug, "name": world.text("Kommun"), "code": format!("{:04}", world.number(0)),
            "organisationNumber": number(world.number(0)), "meetingOrder": u32::from(world.letter), "memberFrom": "2018-05-26", "memberTo": "2099-12-30" });
        let id = id(&self.done("operator", "recordMunicipality", with(values.clone(), &json!({ "expectedVersion": 1 }))).await);
        values = with(values, &json!({ "version": 2, "controllers": [] }));
        self.put("Municipality", &id, world.in_directory(), values);
        id
    }

    /// Makes a world; gives back its controller.
    async fn world(&mut self, joins: Option<String>) -> String {
        let lead = self.controller("Nämnd", self.world.controller_of, self.world.appointed.0).await;
        let joining = match joins {
            Some(controller) => controller,
            None => self.controller("Medverkande nämnd", self.world.keeper, false).await,
        };
        let controllers = Controllers { lead, joining };
        self.succession(&controllers.lead).await;
        let people = self.people().await;
        self.offices(&controllers.lead, &people).await;
        let parties = self.parties(&controllers).await;
        let agreement = self.agreement(&controllers, &parties).await;
        self.rows(&agreement, &controllers, &people).await;
        self.contents_and_contacts(&agreement).await;
        self.instructions_and_assurances(&agreement).await;
        self.notices(&agreement, &controllers.lead).await;
        self.engagements(&agreement, &controllers, &parties).await;
        self.life(&agreement, &controllers, &parties).await;
        controllers.lead
    }

    async fn controller(&mut self, what: &str, of: &'static [&'static str], appointed: bool) -> String {
        let world = self.world;
        let kind = if of.len() > 1 { "JOINT_BOARD" } else { "FOUNDATION" };
        let number = if of.len() > 1 { None } else { Some(number(world.number(if what == "Nämnd" { 2 } else { 3 }))) };
        let new = json!({ "name": world.text(what), "kind": kind, "organisationNumber": number, "validFrom": "2019-01-02", "validTo": "2099-01-02" });
        let members: Vec<_> = of[1..].iter().map(|slug| json!({ "municipality": slug, "validFrom": "2019-01-02" })).collect();
        let input = with(new.clone(), &json!({ "municipality": of[0], "members": members }));
        let id = id(&self.done(&world.administrator(), "createController", input).await);
        let coordinator = person(self.app, world.coordinators[0]).await["id"].take();
        let assigned = json!({ "personId": coordinator, "controllerId": id, "validFrom": "2019-01-02" });
        self.done(&world.administrator(), "assignCoordinator", assigned).await;
        if appointed {
            let officer = person(self.app, "dso").await["id"].take();
            let appointed = json!({ "personId": officer, "controllerId": id, "loginAt": "flen", "validFrom": "2019-01-02" });
            self.done(&world.administrator(), "appointDataProtectionOfficer", appointed).await;
        }
        let municipalities: Vec<_> = of.iter().map(|slug| self.municipalities[slug].clone()).collect();
        for municipality in &municipalities {
            self.append_to(municipality, "controllers", &id);
        }
        let values = json!({ "version": 1, "municipality": municipalities[0], "memberMunicipalities": municipalities, "coordinators": [],
            "dataProtectionOfficerAppointments": [], "predecessors": [], "successors": [], "agreements": [] });
        let facts = Facts { keeper: of[0], of, appointed, coordinators: world.coordinators, ..Facts::default() };
        self.put("Controller", &id, facts, with(new, &values));
        id
    }

    /// Another controller, whose duties the lead took over.
    async fn succession(&mut self, lead: &str) {
        let world = self.world;
        let predecessor = self.controller("Tidigare nämnd", world.keeper, false).await;
        let input = json!({ "predecessorIds": [predecessor], "successorId": lead, "on": "2020-01-02" });
        self.done(&world.administrator(), "succeedController", input).await;
        self.records.get_mut(lead).unwrap().values["predecessors"] = json!([predecessor]);
        // Its records are read by those who read whoever holds its duties today.
        let facts = self.records[lead].facts;
        let record = self.records.get_mut(&predecessor).unwrap();
        record.facts = facts;
        record.values = with(record.values.take(), &json!({ "successors": [lead], "validTo": "2020-01-01", "version": 2 }));
        let municipality = self.records.get_mut(&self.municipalities[world.keeper[0]]).unwrap();
        municipality.values["controllers"].as_array_mut().unwrap().retain(|controller| *controller != predecessor);
    }

    async fn people(&mut self) -> People {
        let today = self.person("Samordnare", Office::Today).await;
        let once = self.person("Tidigare samordnare", Office::Once).await;
        let never = self.person("Handläggare", Office::Never).await;
        People { today, once, never }
    }

    async fn person(&mut self, what: &str, office: Office) -> String {
        let world = self.world;
        let new = json!({ "name": world.text(what), "email": format!("{office:?}@kanarie{}.example", world.letter).to_lowercase(),
            "phone": world.text("010") });
        let input = with(new.clone(), &json!({ "municipality": world.keeper[0] }));
        let id = id(&self.done(&world.administrator(), "createPerson", input).await);
        let values = json!({ "version": 1, "municipality": self.municipalities[world.keeper[0]] });
        self.put("Person", &id, world.in_directory(), with(new, &values));
        self.records.get_mut(&id).unwrap().office = office;
        id
    }

    /// Who coordinates the controller today and did once, and who is its officer besides the one that all share.
    async fn offices(&mut self, controller: &str, people: &People) {
        let world = self.world;
        let administrator = world.administrator();
        let past = json!({ "personId": people.once, "controllerId": controller, "validFrom": "2020-01-01", "validTo": "2020-06-30" });
        self.done(&administrator, "assignCoordinator", past).await;

        let period = json!({ "validFrom": "2026-01-03", "validTo": "2099-01-03" });
        let who = json!({ "personId": people.today, "controllerId": controller });
        let links = json!({ "person": people.today, "controller": controller });
        let input = with(with(period.clone(), &who), &json!({ "deputy": true }));
        let assignment = id(&self.done(&administrator, "assignCoordinator", input).await);
        let values = with(with(period.clone(), &links), &json!({ "deputy": true, "version": 1 }));
        self.put("CoordinatorAssignment", &assignment, world.in_directory(), values);
        self.append_to(controller, "coordinators", &assignment);

        let decision = json!({ "decisionReference": world.text("Beslut") });
        let input = with(with(json!({ "validFrom": "2026-01-03", "loginAt": world.keeper[0] }), &who), &decision);
        let appointment = id(&self.done(&administrator, "appointDataProtectionOfficer", input).await);
        let told = json!({ "kind": "APPOINTED", "on": "2026-01-04", "reference": world.text("Anmälan") });
        let input = with(told.clone(), &json!({ "appointmentId": appointment, "expectedVersion": 1 }));
        self.done(&administrator, "recordNotificationToAuthority", input).await;
        let end = json!({ "appointmentId": appointment, "expectedVersion": 2, "validTo": "2099-01-03", "endReason": "OTHER" });
        self.done(&administrator, "endDataProtectionOfficerAppointment", end).await;
        let login_at = &self.municipalities[world.keeper[0]];
        let values = json!({ "endReason": "OTHER", "version": 3, "loginAt": login_at, "notifications": [told] });
        self.put(
            "DataProtectionOfficerAppointment",
            &appointment,
            world.in_directory(),
            with(with(with(period, &links), &decision), &values),
        );
        self.append_to(controller, "dataProtectionOfficerAppointments", &appointment);
    }

    async fn parties(&mut self, controllers: &Controllers) -> Parties {
        let (world, none) = (self.world, Value::Null);
        let swedish = json!({ "organisationNumber": number(world.number(4)), "foreignRegistrationNumber": none, "country": "SE", "controlledFrom": "IN",
            "publicBody": false, "controllerId": none });
        let processor = self.party("Leverantör", swedish).await;
        let foreign = json!({ "organisationNumber": none, "foreignRegistrationNumber": world.text("NO"), "country": "NO", "controlledFrom": none,
            "publicBody": false, "controllerId": none });
        let foreign = self.party("Utländsk leverantör", foreign).await;
        let board = json!({ "organisationNumber": none, "foreignRegistrationNumber": none, "country": "SE", "controlledFrom": none,
            "publicBody": true, "controllerId": controllers.joining });
        let board = self.party("Nämnd som leverantör", board).await;
        Parties { processor, foreign, board }
    }

    async fn party(&mut self, what: &str, kind: Value) -> String {
        let world = self.world;
        let new = json!({ "name": world.text(what), "address": world.text("Exempelgatan 1"), "subProcessorListUrl": world.url("underleverantorer") });
        let id = id(&self.done("operator", "registerParty", with(new.clone(), &kind)).await);
        let used_by: Vec<_> = world.agreement_of.iter().map(|slug| self.municipalities[slug].clone()).collect();
        let controlled_from = kind["controlledFrom"].as_str().map(country);
        let links = json!({ "country": country(kind["country"].as_str().unwrap()), "controlledFrom": controlled_from,
            "controller": kind["controllerId"], "usedBy": used_by, "agreements": [], "engagements": [], "version": 1 });
        let facts = Facts { used_by: world.agreement_of, ..world.in_directory() };
        self.put("Party", &id, facts, with(with(new, &kind), &links));
        id
    }

    /// An agreement that one controller leads and another joins.
    async fn agreement(&mut self, controllers: &Controllers, parties: &Parties) -> String {
        let world = self.world;
        let id = id(&draft(self.app, world.coordinators[0], &controllers.lead, &parties.processor, "Utkast").await);
        let text = json!({ "title": world.text("Avtal"), "instrument": "LEGAL_ACT", "template": "SUPPLIER", "templateVersion": world.text("Version"),
            "subjectMatter": world.text("Föremål"), "purpose": world.text("Ändamål"), "natureOfProcessing": world.text("Art") });
        let on = |version: u32| json!({ "agreementId": id, "expectedVersion": version });
        self.done(world.coordinators[0], "updateAgreement", with(on(1), &text)).await;
        let who = json!({ "controllerId": controllers.joining });
        let invited = with(with(on(2), &who), &json!({ "invitedOn": "2026-01-05" }));
        self.done(world.coordinators[0], "inviteToAgreement", invited).await;
        self.done(world.joining[0], "joinAgreement", with(with(on(1), &who), &json!({ "joinedOn": "2026-01-06" }))).await;
        let values = json!({ "version": 3, "processor": parties.processor, "parties": [], "subProcessors": [], "history": [], "instructions": [],
            "assurances": [], "notices": [], "contacts": [] });
        self.put("ProcessorAgreement", &id, world.on_record(), with(text, &values));
        self.append_to(&parties.processor, "agreements", &id);
        for controller in [&controllers.lead, &controllers.joining] {
            self.append_to(controller, "agreements", &id);
        }
        id
    }

    /// What the two controllers write into their own rows of the agreement.
    async fn rows(&mut self, agreement: &str, controllers: &Controllers, people: &People) {
        let world = self.world;
        for (controller, lead) in [(&controllers.lead, true), (&controllers.joining, false)] {
            let coordinators = if lead { world.coordinators } else { world.joining };
            // What Gnesta wrote into a joint agreement is told from what the lead wrote, and the person in charge is one of its own.
            let (what, responsible) = if lead { ("Ledande", Some(&people.never)) } else { ("Anslutet", None) };
            let row = json!({ "processingFrom": "2026-01-07", "processingTo": "2099-01-07", "diaryNumber": world.text(what), "filedAt": world.text(what),
                "documentUrl": world.url(&what.to_lowercase()), "subProcessorAuthorisation": if lead { "SPECIFIC" } else { "GENERAL" } });
            let version = if lead { 1 } else { 2 };
            let which =
                json!({ "agreementId": agreement, "controllerId": controller, "expectedVersion": version, "responsibleId": responsible });
            let changed = self.done(coordinators[0], "updateAgreementParty", with(row.clone(), &which)).await;
            let rows = changed["parties"].as_array().unwrap();
            let id = id(rows.iter().find(|row| row["controller"]["id"] == *controller).unwrap());
            let dates = if lead { [None, None] } else { [Some("2026-01-05"), Some("2026-01-06")] };
            let values = json!({ "lead": lead, "invitedOn": dates[0], "joinedOn": dates[1], "version": version + 1, "controller": controller,
                "responsible": responsible });
            self.put("AgreementParty", &id, Facts { coordinators, ..world.on_record() }, with(row, &values));
            self.append_to(agreement, "parties", &id);
        }
    }

    /// What the agreement says, and whom to write to about it. The agreement counts both.
    async fn contents_and_contacts(&mut self, agreement: &str) {
        let world = self.world;
        let on = |version: u32| json!({ "agreementId": agreement, "expectedVersion": version });
        let duration = json!({ "item": "DURATION", "answer": "PARTLY", "note": world.text("Avsnitt"), "answeredOn": "2026-01-12" });
        let answered = with(on(3), &json!({ "answers": [duration] }));
        self.done(world.coordinators[0], "answerAgreementContents", answered).await;
        let unknown = |item: &str| json!({ "item": item, "answer": "UNKNOWN", "note": null, "answeredOn": null });
        let contents: Vec<_> = CONTENTS.iter().map(|item| if *item == "DURATION" { duration.clone() } else { unknown(item) }).collect();
        self.records.get_mut(agreement).unwrap().values["contents"] = json!(contents);

        let contact = json!({ "side": "PROCESSOR", "purpose": "DATA_PROTECTION_COOPERATION", "name": world.text("Kontakt"),
            "email": format!("kontakt@kanarie{}.example", world.letter), "phone": world.text("011"), "validFrom": "2026-01-13", "validTo": "2099-01-13" });
        let set = with(on(4), &json!({ "contacts": [contact] }));
        let known = id(&self.done(world.coordinators[0], "setAgreementContacts", set).await["contacts"][0]);
        self.put("AgreementContact", &known, world.on_record(), contact);
        self.append_to(agreement, "contacts", &known);
        self.records.get_mut(agreement).unwrap().values["version"] = json!(5);
    }

    /// A second version of the instructions, about whose costs the processor has answered, and an audit.
    async fn instructions_and_assurances(&mut self, agreement: &str) {
        let (world, coordinator) = (self.world, self.world.coordinators[0]);
        let first = json!({ "agreementId": agreement, "validFrom": "2026-01-14", "dataCategories": [], "dataSubjects": [], "processingCountries": [],
            "securityMeasures": "Första", "retention": "Första", "text": "Första" });
        self.done(coordinator, "issueInstruction", first).await;
        let text = json!({ "issuedOn": "2026-01-15", "validFrom": "2026-01-16", "dataCategories": ["LOCATION", "SOUND"],
            "sensitiveCategories": ["HEALTH"], "dataSubjects": ["RESIDENTS"], "securityMeasures": world.text("Åtgärder"),
            "retention": world.text("Gallring"), "text": world.text("Instruktion") });
        let issued = with(text.clone(), &json!({ "agreementId": agreement, "processingCountries": ["IN"] }));
        let instruction = id(&self.done(coordinator, "issueInstruction", issued).await["instructions"]["nodes"][0]);
        let costs = json!({ "agreementId": agreement, "kind": "COST_ANSWER", "direction": "FROM_PROCESSOR", "sentOn": "2026-01-17",
            "text": world.text("Kostnader") });
        self.done(coordinator, "recordAgreementNotice", costs).await;
        let values = json!({ "number": 2, "processingCountries": [country("IN")], "costAnswer": world.text("Kostnader"),
            "costAnsweredOn": "2026-01-17", "version": 2 });
        self.put("Instruction", &instruction, world.on_record(), with(text, &values));
        self.append_to(agreement, "instructions", &instruction);

        let audit = json!({ "kind": "AUDIT", "on": "2026-01-18", "met": true, "auditor": world.text("Granskare"), "competitor": false,
            "secrecyUndertaken": true, "note": world.text("Granskning"), "documentUrl": world.url("granskning") });
        let recorded = with(audit.clone(), &json!({ "agreementId": agreement }));
        let assurance = id(&self.done(coordinator, "recordAssurance", recorded).await["assurances"]["nodes"][0]);
        self.put("Assurance", &assurance, world.on_record(), with(audit, &json!({ "version": 1 })));
        self.append_to(agreement, "assurances", &assurance);
    }

    /// A request for disclosure with an answer, the notice of a breach, and a request of the lead's own.
    async fn notices(&mut self, agreement: &str, lead: &str) {
        self.suspended(agreement).await;
        let world = self.world;
        let disclosure = json!({ "kind": "DISCLOSURE_REQUEST", "direction": "FROM_PROCESSOR", "contact": "AGREEMENT_ADMINISTRATION",
            "sentOn": "2026-01-19", "receivedOn": "2026-01-20", "requiredByLaw": world.text("Lag"), "text": world.text("Begäran"),
            "documentUrl": world.url("begaran") });
        let followed = json!({ "deemedReceivedOn": "2026-01-20", "answeredOn": "2026-01-21", "eventOn": "2026-01-22",
            "consentScope": world.text("Medgivande"), "controller": null, "answerDueOn": null, "missingParts": [], "version": 2 });
        let disclosed = self.notice(agreement, disclosure, &followed).await;
        let answer = json!({ "noticeId": disclosed, "expectedVersion": 1, "answeredOn": "2026-01-21", "eventOn": "2026-01-22",
            "consentScope": world.text("Medgivande") });
        self.done(world.coordinators[0], "answerAgreementNotice", answer).await;

        let nothing = json!({ "receivedOn": null, "answeredOn": null, "eventOn": null, "consentScope": null, "requiredByLaw": null,
            "documentUrl": null, "controller": null, "answerDueOn": null, "contact": "DATA_PROTECTION_COOPERATION", "missingParts": [],
            "version": 1 });
        let breach = json!({ "kind": "BREACH", "direction": "FROM_PROCESSOR", "sentOn": "2026-11-19", "missingParts": ["MEASURES"],
            "text": world.text("Incident") });
        let received = json!({ "deemedReceivedOn": "2026-11-23", "missingParts": ["MEASURES"] });
        self.notice(agreement, breach, &with(nothing.clone(), &received)).await;
        let assistance = json!({ "kind": "ASSISTANCE_REQUEST", "direction": "TO_PROCESSOR", "sentOn": "2026-11-20", "controllerId": lead,
            "text": world.text("Bistånd") });
        let received = json!({ "deemedReceivedOn": "2026-11-24", "answerDueOn": "2026-11-27", "controller": lead });
        self.notice(agreement, assistance, &with(nothing, &received)).await;
    }

    /// Records a notice, of which `followed` is what was not given; gives back its id.
    async fn notice(&mut self, agreement: &str, given: Value, followed: &Value) -> String {
        let world = self.world;
        let input = with(given.clone(), &json!({ "agreementId": agreement }));
        let notice = id(&self.done(world.coordinators[0], "recordAgreementNotice", input).await["notices"]["nodes"][0]);
        self.put("AgreementNotice", &notice, world.on_record(), with(followed.clone(), &given));
        self.append_to(agreement, "notices", &notice);
        notice
    }

    /// Processing that is suspended for the last day: the next change of the agreement tells the timeline.
    async fn suspended(&mut self, agreement: &str) {
        let tx = self.app.app.db.write().await.unwrap();
        let suspension = agreement_suspension::ActiveModel {
            id: Set(self.app.app.ids.uuid(now())),
            agreement_id: Set(AgreementId::parse(agreement).unwrap().key()),
            cause: Set("CONTRACT_BREACH".to_owned()),
            suspended_from: Set("2026-01-23".parse().unwrap()),
            declared_ended_on: Set(Some("2026-01-24".parse().unwrap())),
            accepted_on: Set(Some("2026-11-22".parse().unwrap())),
            version: Set(1),
        };
        agreement_suspension::Entity::insert(suspension).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
        self.records.get_mut(agreement).unwrap().values["suspended"] =
            json!({ "cause": "CONTRACT_BREACH", "from": "2026-01-23", "declaredEndedOn": "2026-01-24", "acceptedOn": "2026-11-22" });
    }

    /// A sub-processor, and one that it engages.
    async fn engagements(&mut self, agreement: &str, controllers: &Controllers, parties: &Parties) {
        let first = self.engagement(agreement, controllers, &parties.foreign, None).await;
        self.engagement(agreement, controllers, &parties.board, Some(&first)).await;
    }

    async fn engagement(&mut self, agreement: &str, controllers: &Controllers, party: &str, engaged_by: Option<&str>) -> String {
        let (world, coordinator) = (self.world, self.world.coordinators[0]);
        let what = json!({ "service": world.text("Tjänst"), "dataCategories": ["LOCATION", "SOUND"], "validFrom": "2026-01-08", "validTo": "2099-01-08" });
        let which = json!({ "agreementId": agreement, "partyId": party, "engagedById": engaged_by, "processingCountries": ["IN", "NO"],
            "authorisation": "NOT_AUTHORISED" });
        let id = id(&self.done(coordinator, "listSubProcessor", with(what.clone(), &which)).await);
        let known = json!({ "subAgreementOn": "2026-01-09", "copyRequestedOn": "2026-01-10", "copyReceivedOn": "2026-01-11" });
        let input = with(known.clone(), &json!({ "engagementId": id, "expectedVersion": 1 }));
        self.done(coordinator, "correctSubProcessor", input).await;
        let authorised = [&controllers.lead, &controllers.joining]
            .map(|controller| json!({ "authorisation": "NOT_AUTHORISED", "validFrom": "2026-01-08", "controller": controller, "objectionCase": null }));
        let values = json!({ "position": if engaged_by.is_some() { vec![1, 1] } else { vec![1] }, "version": 2, "agreement": agreement, "party": party,
            "engagedBy": engaged_by, "introducedBy": null, "processingCountries": [country("IN"), country("NO")], "authorisations": authorised });
        self.put("SubProcessorEngagement", &id, world.on_record(), with(with(what, &known), &values));
        self.append_to(agreement, "subProcessors", &id);
        self.append_to(party, "engagements", &id);
        self.told(agreement, &id, &known).await;
        id
    }

    /// What the audit log tells of a corrected engagement: of the entries about it the first, which the history shows.
    async fn told(&mut self, agreement: &str, engagement: &str, corrected: &Value) {
        let ((told_to, involved), world) = (self.world.told, self.world);
        let administrator = format!("administrator.{}", told_to[0]);
        let query = "query($id: ID!) { auditLog(filter: { recordId: $id, action: \"correctSubProcessor\" }) { nodes { id } } }";
        let found = self.app.as_(&administrator).query(query, json!({ "id": engagement })).await["auditLog"]["nodes"].take();
        let [entry] = found.as_array().unwrap().as_slice() else { panic!("{found:#}") };
        let id = id(entry);
        let coordinator = person(self.app, world.coordinators[0]).await["name"].take();
        let changes: Vec<_> = ["subAgreementOn", "copyRequestedOn", "copyReceivedOn"]
            .map(|field| json!({ "field": field, "before": Value::Null, "after": corrected[field] }))
            .into();
        let values = json!({ "at": NOW_TOLD, "actorKind": "LOGIN", "actor": coordinator, "role": "COORDINATOR", "action": "correctSubProcessor",
            "cooperation": false, "changes": changes, "hash": stored_hash(self.app, &id).await, "subject": engagement,
            "municipality": self.municipalities.get(told_to[0]).cloned() });
        let facts = Facts { of: told_to, involved, ..world.on_record() };
        self.put("AuditEntry", &id, facts, values);
        self.append_to(agreement, "history", &id);
    }
}
