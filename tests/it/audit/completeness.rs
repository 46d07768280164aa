//! Every mutation leaves one entry for each municipality that it touches, or does not happen (S36). That each leaves one change is
//! judged at every mutation of all tests, by `organisation::done`; here, whom each touches.

use std::collections::BTreeSet;

use entity::role_grant;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{told, told_since};
use crate::{
    organisation::{board, done, id, number, person},
    processor::{
        engage,
        import::upload,
        keeping::writes,
        objection::{announcement, in_case, in_force, own_case},
        register, signature, with,
    },
    schema::Sdl,
    support::TestApp,
};

/// A life of the directory and of an agreement, in which every mutation has its turn.
struct Story<'a> {
    app: &'a TestApp,
    told: BTreeSet<String>,
}

impl Story<'_> {
    /// Does something, and sees whose chains tell of it; gives back what the mutation gives.
    async fn turn(&mut self, persona: &str, mutation: &str, input: Value, touched: &[&str]) -> Value {
        let before = told(self.app).await;
        let made = done(self.app, persona, mutation, input).await;
        let told = told_since(self.app, &before).await;
        assert_eq!(told.chains, touched, "{mutation}");
        self.told.insert(told.action);
        made
    }
}

#[tokio::test]
async fn every_mutation_is_told_to_each_municipality_that_it_touches_and_to_no_other() {
    let app = TestApp::start().await;
    let mut story = Story { app: &app, told: BTreeSet::new() };
    directory(&mut story).await;
    agreement(&mut story).await;
    cases(&mut story).await;
    let sdl = Sdl::served();
    let mutations: BTreeSet<_> = sdl.fields("Mutation").into_iter().map(|field| field.name.node.to_string()).collect();
    assert_eq!(story.told, mutations, "whom does each mutation touch?");
}

async fn directory(story: &mut Story<'_>) {
    let app = story.app;
    let all = json!({ "slug": "gnesta", "expectedVersion": 1, "meetingOrder": 9 });
    story.turn("operator", "recordMunicipality", all, &["cooperation", "gnesta"]).await;

    let administrator = "administrator.gnesta";
    let new = json!({ "municipality": "gnesta", "name": "Ny Exempel", "email": "ny@gnesta.example" });
    let somebody = id(&story.turn(administrator, "createPerson", new, &["gnesta"]).await);
    let changed = json!({ "personId": somebody, "expectedVersion": 1, "phone": "010" });
    story.turn(administrator, "updatePerson", changed, &["gnesta"]).await;
    let role = json!({ "personId": somebody, "role": "READER", "municipality": "gnesta" });
    story.turn(administrator, "grantRole", with(role.clone(), &json!({ "validFrom": "2026-01-01" })), &["gnesta"]).await;
    story.turn(administrator, "revokeRole", with(role, &json!({ "validTo": "2026-12-31" })), &["gnesta"]).await;
    story.turn(administrator, "invitePerson", json!({ "personId": somebody, "municipality": "gnesta" }), &["gnesta"]).await;

    // A joint board touches its host and its members.
    let joint = json!({ "municipality": "gnesta", "name": "Gemensam exempelnämnd", "kind": "JOINT_BOARD", "validFrom": "2026-01-01",
        "members": [{ "municipality": "flen", "validFrom": "2026-01-01" }] });
    let joint = id(&story.turn(administrator, "createController", joint, &["flen", "gnesta"]).await);
    let joins =
        json!({ "controllerId": joint, "expectedVersion": 1, "members": [{ "municipality": "vingaker", "validFrom": "2027-01-01" }] });
    story.turn(administrator, "updateController", joins, &["flen", "gnesta", "vingaker"]).await;
    let assigned = json!({ "personId": somebody, "controllerId": joint, "validFrom": "2026-01-01" });
    let assignment = id(&story.turn(administrator, "assignCoordinator", assigned, &["flen", "gnesta"]).await);
    let ended = json!({ "assignmentId": assignment, "expectedVersion": 1, "validTo": "2026-12-31" });
    story.turn(administrator, "endCoordinatorAssignment", ended, &["flen", "gnesta"]).await;

    // What goes over to another touches those who read the one or will read the other.
    let new = json!({ "municipality": "gnesta", "name": "Ny exempelnämnd", "kind": "BOARD", "validFrom": "2027-01-01" });
    let new = id(&story.turn(administrator, "createController", new, &["gnesta"]).await);
    let goes_over = json!({ "predecessorIds": [joint], "successorId": new, "on": "2027-01-01" });
    story.turn(administrator, "succeedController", goes_over, &["flen", "gnesta"]).await;

    // What one municipality's board does touches that municipality.
    let board = board(app, "gnesta", "Socialnämnden").await;
    let appointed = json!({ "personId": somebody, "controllerId": board, "loginAt": "gnesta", "validFrom": "2026-01-01" });
    let appointment = id(&story.turn(administrator, "appointDataProtectionOfficer", appointed, &["gnesta"]).await);
    let on = |version| json!({ "appointmentId": appointment, "expectedVersion": version });
    let told = with(on(1), &json!({ "kind": "APPOINTED", "on": "2026-01-02" }));
    story.turn(administrator, "recordNotificationToAuthority", told, &["gnesta"]).await;
    let ended = with(on(2), &json!({ "validTo": "2026-12-31", "endReason": "REPLACED" }));
    story.turn(administrator, "endDataProtectionOfficerAppointment", ended, &["gnesta"]).await;
}

async fn agreement(story: &mut Story<'_>) {
    let app = story.app;
    let (coordinator, others) = ("coordinator.gnesta", "coordinator.flen");
    let (gnesta, flen) = (board(app, "gnesta", "Socialnämnden").await, board(app, "flen", "Socialnämnden").await);
    // Parties are shared by all, and matter to those who use them.
    let new = json!({ "name": "Leverantör Exempel AB", "organisationNumber": number(7), "country": "SE" });
    let party = id(&story.turn(coordinator, "registerParty", new, &["cooperation"]).await);
    let drafted = json!({ "leadControllerId": gnesta, "processorId": party, "title": "Exempelavtal" });
    let agreement = id(&story.turn(coordinator, "draftAgreement", drafted, &["gnesta"]).await);
    let renamed = json!({ "partyId": party, "expectedVersion": 1, "address": "Exempelgatan 1" });
    story.turn(coordinator, "updateParty", renamed, &["cooperation", "gnesta"]).await;

    let on = |version| json!({ "agreementId": agreement, "expectedVersion": version });
    story.turn(coordinator, "updateAgreement", with(on(1), &json!({ "purpose": "Lön" })), &["gnesta"]).await;
    let who = json!({ "controllerId": flen });
    story.turn(coordinator, "inviteToAgreement", with(on(2), &who), &["flen", "gnesta"]).await;
    let joined = with(with(on(1), &who), &json!({ "joinedOn": "2026-11-22" }));
    story.turn(others, "joinAgreement", joined, &["flen", "gnesta"]).await;
    let own = with(with(on(2), &who), &json!({ "diaryNumber": "KS 2026/1" }));
    story.turn(others, "updateAgreementParty", own, &["flen", "gnesta"]).await;

    kept(story, &agreement, &gnesta).await;

    let below = json!({ "name": "Underleverantör Exempel AB", "country": "SE" });
    let below = id(&done(app, coordinator, "registerParty", below).await);
    let listed = engage(&agreement, &below, None);
    let engagement = id(&story.turn(coordinator, "listSubProcessor", listed, &["flen", "gnesta"]).await);
    let on = |version| json!({ "engagementId": engagement, "expectedVersion": version });
    story.turn(coordinator, "correctSubProcessor", with(on(1), &json!({ "service": "Support" })), &["flen", "gnesta"]).await;
    story.turn(coordinator, "endSubProcessor", with(on(2), &json!({ "validTo": "2026-12-31" })), &["flen", "gnesta"]).await;

    let kept = id(&done(app, "operator", "registerParty", json!({ "name": "Leverantör Exempel", "country": "SE" })).await);
    let merged = json!({ "partyId": party, "expectedVersion": 2, "intoId": kept, "intoExpectedVersion": 1 });
    story.turn("operator", "mergeParties", merged, &["cooperation", "flen", "gnesta"]).await;
    let mistake = json!({ "id": engagement, "expectedVersion": 3, "reason": "Fel leverantör" });
    story.turn(coordinator, "withdrawRecord", mistake, &["flen", "gnesta"]).await;

    life(story, &party_of(story, "Ny leverantör Exempel").await, &gnesta, &flen).await;
}

async fn party_of(story: &Story<'_>, name: &str) -> String {
    id(&done(story.app, "operator", "registerParty", json!({ "name": name, "country": "SE" })).await)
}

/// What a party does with its own row of a joint agreement touches all whose agreement it is; a copy is its lead's own.
async fn life(story: &mut Story<'_>, party: &str, gnesta: &str, flen: &str) {
    let (coordinator, others, both) = ("coordinator.gnesta", "coordinator.flen", ["flen", "gnesta"]);
    let drafted = json!({ "leadControllerId": gnesta, "processorId": party, "title": "Exempelavtal om liv" });
    let agreement = id(&done(story.app, coordinator, "draftAgreement", drafted).await);
    let invitation = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": flen });
    done(story.app, coordinator, "inviteToAgreement", invitation).await;
    let row = |controller: &str, version: i32| json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": controller });
    done(story.app, others, "joinAgreement", with(row(flen, 1), &json!({ "joinedOn": "2026-11-22" }))).await;
    let terms = json!({ "agreementId": agreement, "expectedVersion": 2, "terms": { "objectionDays": 14 } });
    story.turn(coordinator, "amendAgreement", terms, &both).await;
    done(story.app, coordinator, "updateAgreementParty", with(row(gnesta, 1), &json!({ "offersLead": true }))).await;
    story.turn(others, "takeLead", row(flen, 3), &both).await;
    story.turn(others, "signAgreement", signature(&agreement, flen, 3, "CONTROLLER"), &both).await;
    story.turn(others, "signAgreement", signature(&agreement, flen, 4, "PROCESSOR"), &both).await;
    story.turn(others, "giveNotice", with(row(flen, 5), &json!({ "givenBy": "CONTROLLER", "receivedOn": "2026-11-22" })), &both).await;
    let returned = with(row(flen, 6), &json!({ "returnedOrDeletedOn": "2026-11-22" }));
    story.turn(others, "recordReturnOrDeletion", returned, &both).await;
    story.turn(coordinator, "leaveAgreement", with(row(gnesta, 3), &json!({ "leftOn": "2026-11-22" })), &both).await;
    let copied = json!({ "agreementId": agreement, "leadControllerId": gnesta });
    story.turn(coordinator, "copyAgreement", copied, &["gnesta"]).await;
    let upload = upload(story.app, coordinator, "Nämnd;Biträde;Avtal\nSocialnämnden;Ny leverantör Exempel;Infört system\n").await;
    story.turn(coordinator, "importAgreements", json!({ "uploadId": upload, "dryRun": false }), &["gnesta"]).await;
}

/// What keeps a joint agreement alive touches all whose agreement it is.
async fn kept(story: &mut Story<'_>, agreement: &str, lead: &str) {
    let (coordinator, both) = ("coordinator.gnesta", ["flen", "gnesta"]);
    for (version, side) in [(1, "CONTROLLER"), (2, "PROCESSOR")] {
        let warnings: Vec<_> = ["PUB4", "PUB5", "PUB16", "PUB22", "PUB44"].map(|rule| json!({ "rule": rule, "reason": "Ordnas" })).into();
        let signature = json!({ "agreementId": agreement, "expectedVersion": version, "side": side, "controllerId": lead,
            "signedOn": "2026-11-22", "acknowledgements": warnings });
        done(story.app, coordinator, "signAgreement", signature).await;
    }
    let mut version = 3;
    for (mutation, input) in writes(&json!({ "id": agreement })) {
        let input = match mutation {
            "answerAgreementContents" | "setAgreementContacts" | "suspendAgreement" => with(input, &json!({ "expectedVersion": version })),
            "resumeAgreement" => {
                let ended = json!({ "expectedVersion": version, "declaredEndedOn": "2026-11-22", "acceptedOn": "2026-11-22" });
                with(input, &ended)
            }
            _ => input,
        };
        let made = story.turn(coordinator, mutation, input, &both).await;
        version = made["version"].as_i64().unwrap();
        if mutation == "recordAgreementNotice" {
            let answer = json!({ "noticeId": made["notices"]["nodes"][0]["id"], "expectedVersion": 1, "answeredOn": "2026-11-22" });
            story.turn(coordinator, "answerAgreementNotice", answer, &both).await;
        }
    }
}

/// A change touches all who have an agreement with the processor, and is shared by all; a case only its own controller's municipalities.
async fn cases(story: &mut Story<'_>) {
    let app = story.app;
    let (processor, below) =
        (register(app, "operator", "Biträde Exempel AB").await, register(app, "operator", "Nytt underbiträde AB").await);
    let gnesta = in_force(app, "gnesta", &processor, "SPECIFIC").await;
    in_force(app, "flen", &processor, "SPECIFIC").await;
    let all = ["cooperation", "flen", "gnesta"];
    let announced = announcement(&processor, &below);
    let change = id(&story.turn("coordinator.gnesta", "announceSubProcessorChange", announced, &all).await);
    let corrected = json!({ "changeId": change, "expectedVersion": 1, "service": "Support" });
    story.turn("coordinator.gnesta", "correctSubProcessorChange", corrected, &all).await;
    story.turn("dso", "giveAdvice", json!({ "changeId": change, "text": "Begär underlag." }), &all).await;
    let case = own_case(app, "coordinator.gnesta", &change).await;
    let on = |version: u32, fields: Value| with(in_case(&case, &fields), &json!({ "expectedVersion": version }));
    let decided = json!({ "decidedOn": "2026-11-22", "reason": "Skäl" });
    let own = ["gnesta"];
    let coordinator = "coordinator.gnesta";
    story.turn(coordinator, "confirmSubProcessorNotice", on(0, json!({ "receivedOn": "2026-11-20" })), &own).await;
    story.turn(coordinator, "markNotConcerned", on(1, decided.clone()), &own).await;
    story.turn(coordinator, "objectToSubProcessor", on(2, decided.clone()), &own).await;
    let outcome = with(decided.clone(), &json!({ "outcome": "PROCESSOR_REFRAINED" }));
    story.turn(coordinator, "recordObjectionOutcome", on(3, outcome), &own).await;
    let terminated = json!({ "agreementId": gnesta.agreement, "controllerId": gnesta.controller, "expectedVersion": gnesta.version,
        "objectionCaseId": case["id"], "terminatedOn": "2026-11-22" });
    story.turn(coordinator, "terminateAgreementAtOnce", terminated, &own).await;
    story.turn(coordinator, "withdrawObjection", on(5, decided.clone()), &own).await;
    story.turn(coordinator, "acceptSubProcessor", on(6, decided), &own).await;
}

#[tokio::test]
async fn what_the_administrator_of_the_cooperation_does_stands_in_the_cooperations_chain_too() {
    let app = TestApp::start().await;
    let tx = app.app.db.write().await.unwrap();
    // No mutation takes a municipality its administrators.
    role_grant::Entity::delete_many().filter(role_grant::Column::Role.eq("MUNICIPALITY_ADMINISTRATOR")).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = id(&person(&app, "reader.gnesta").await);
    let before = told(&app).await;
    let role = json!({ "personId": reader, "role": "MUNICIPALITY_ADMINISTRATOR", "municipality": "gnesta", "validFrom": "2026-11-22" });
    done(&app, "operator", "grantRole", role).await;
    assert_eq!(told_since(&app, &before).await.chains, ["cooperation", "gnesta"]);
}
