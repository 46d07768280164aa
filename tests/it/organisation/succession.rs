//! Boards are reorganised: the duties of some go over to another on a day, and each day shows who has them then.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{TODAY, YESTERDAY, board, done, done_by, id, login, node, person, refused, refused_by, unknown, withdrawal};
use crate::{
    audit::{told, told_since},
    processor::{
        import::{counts, imported},
        objection::{announcement, in_case, in_force_of},
        register, with,
    },
    support::{TestApp, nodes},
};

const ADMINISTRATOR: &str = "administrator.gnesta";
const COORDINATOR: &str = "coordinator.gnesta";
/// The last day of the old boards, the first of the new one, and the next working day.
const EVE: &str = "2026-12-31";
const ON: &str = "2027-01-01";
const AFTER: &str = "2027-01-04";

async fn new_board(app: &TestApp, name: &str, fields: Value) -> String {
    let new = json!({ "municipality": "gnesta", "name": name, "kind": "BOARD", "validFrom": ON });
    id(&done(app, ADMINISTRATOR, "createController", with(new, &fields)).await)
}

fn succession(old: &[&str], new: &str) -> Value {
    json!({ "predecessorIds": old, "successorId": new, "on": ON, "decisionReference": "KF 2026/99" })
}

/// Two boards of Gnesta, the board that succeeds them from the first of January, and an agreement of each of the two.
struct Reorganised {
    education: String,
    social: String,
    new: String,
    agreements: [String; 2],
    /// About which each of the two has an open case.
    change: String,
    /// Who coordinates the first as a deputy.
    deputy: String,
}

async fn to_be_reorganised(app: &TestApp) -> Reorganised {
    let education = board(app, "gnesta", "Barn- och utbildningsnämnden").await;
    let social = board(app, "gnesta", "Socialnämnden").await;
    let processor = register(app, "operator", "Leverantör Exempel AB").await;
    let below = register(app, "operator", "Underleverantör Exempel AB").await;
    let mut agreements = Vec::new();
    for old in [&education, &social] {
        agreements.push(in_force_of(app, COORDINATOR, old, &processor, "GENERAL").await.agreement);
    }
    let change = id(&done(app, COORDINATOR, "announceSubProcessorChange", announcement(&processor, &below)).await);
    let new = new_board(app, "Nämnden för lärande och omsorg", json!({})).await;
    let deputy = new_person(app, "Ersättare Påhittad").await;
    let assigned = json!({ "personId": deputy, "controllerId": education, "deputy": true, "validFrom": TODAY });
    done(app, ADMINISTRATOR, "assignCoordinator", assigned).await;
    Reorganised { education, social, new, agreements: agreements.try_into().unwrap(), change, deputy }
}

async fn reorganised(app: &TestApp) -> Reorganised {
    let all = to_be_reorganised(app).await;
    done(app, ADMINISTRATOR, "succeedController", succession(&[&all.education, &all.social], &all.new)).await;
    all
}

/// Lets a day come; gives back the tokens of these people, whose sessions have ended meanwhile.
async fn on_day(app: &TestApp, day: &str, people: &[&str]) -> Vec<String> {
    let mut tokens = Vec::new();
    let people = {
        let mut ids = Vec::new();
        for persona in people {
            ids.push(if persona.starts_with("person_") { (*persona).to_owned() } else { id(&person(app, persona).await) });
        }
        ids
    };
    app.clock.set(format!("{day}T10:00:00Z").parse::<DateTime<Utc>>().unwrap());
    for person in people {
        tokens.push(login(app, &person, "gnesta").await);
    }
    tokens
}

async fn assign(app: &TestApp, person: &str, controller: &str, from: &str) {
    let input = json!({ "personId": person, "controllerId": controller, "validFrom": from });
    done(app, ADMINISTRATOR, "assignCoordinator", input).await;
}

async fn new_person(app: &TestApp, name: &str) -> String {
    id(&done(app, ADMINISTRATOR, "createPerson", json!({ "municipality": "gnesta", "name": name })).await)
}

/// What a day shows of a controller: its agreements, by the field and by the filter, its open cases, its findings and its coordinators.
const OF_A_DAY: &str = "query($id: ID!, $day: Date!) {
  municipality(slug: \"gnesta\", asOf: $day) { controllers(first: 10) { nodes { id agreements(first: 50) { totalCount nodes { id } }
    findings(first: 100) { totalCount nodes { subject { id } controller { id } } } coordinators { person { id } } } } }
  agreements(first: 100, filter: { controllerId: $id }, asOf: $day) { totalCount nodes { id } }
  objectionCases(first: 100, asOf: $day) { nodes { id controller { id } change { id } } }
  findings(first: 100, filter: { controllerId: $id }, asOf: $day) { totalCount } }";

struct OfADay {
    agreements: Vec<String>,
    cases: usize,
    findings: u64,
    coordinators: usize,
}

/// As `token`'s person sees it; nothing where the controller does not exist that day.
async fn of_a_day(app: &TestApp, token: &str, controller: &str, change: &str, day: &str) -> Option<OfADay> {
    let data = app.anonymous().with_token(token).query(OF_A_DAY, json!({ "id": controller, "day": day })).await;
    let mut agreements: Vec<_> = nodes(&data["agreements"]).iter().map(id).collect();
    agreements.sort();
    let theirs = |case: &&Value| case["controller"]["id"] == controller && case["change"]["id"] == change;
    let cases = nodes(&data["objectionCases"]).iter().filter(theirs).count();
    let found = nodes(&data["municipality"]["controllers"]).iter().find(|node| node["id"] == controller).cloned();
    let Some(found) = found else {
        assert_eq!((agreements.len(), cases, &data["findings"]["totalCount"]), (0, 0, &json!(0)), "{controller} on {day}");
        return None;
    };
    let mut listed: Vec<_> = nodes(&found["agreements"]).iter().map(id).collect();
    listed.sort();
    assert_eq!((&listed, &found["agreements"]["totalCount"]), (&agreements, &json!(agreements.len())), "{controller} on {day}");
    assert_eq!(found["findings"]["totalCount"], data["findings"]["totalCount"], "{controller} on {day}");
    let findings = found["findings"]["totalCount"].as_u64().unwrap();
    Some(OfADay { agreements, cases, findings, coordinators: found["coordinators"].as_array().unwrap().len() })
}

#[tokio::test]
async fn on_each_day_agreements_cases_findings_and_coordinators_are_those_of_who_has_the_duties() {
    let app = TestApp::start().await;
    let Reorganised { education, social, new, agreements, change, .. } = to_be_reorganised(&app).await;
    let session = app.token(COORDINATOR).to_owned();
    let before = [of_a_day(&app, &session, &education, &change, EVE).await, of_a_day(&app, &session, &social, &change, EVE).await];
    let before = before.map(Option::unwrap);
    assert!(before.iter().all(|day| day.cases == 1 && day.findings > 0 && day.coordinators > 0));
    assert!(before[0].agreements.contains(&agreements[0]) && before[1].agreements.contains(&agreements[1]));
    let done = done(&app, ADMINISTRATOR, "succeedController", succession(&[&education, &social], &new)).await;
    assert_eq!((id(&done), &done["validFrom"]), (new.clone(), &json!(ON)));

    let later = on_day(&app, AFTER, &[COORDINATOR]).await.remove(0);
    // What is known today of the days to come is what those days show, and what they show of today.
    for (today, session) in [(TODAY, &session), (AFTER, &later)] {
        app.clock.set(format!("{today}T10:00:00Z").parse().unwrap());
        for (old, was) in [&education, &social].into_iter().zip(&before) {
            let eve = of_a_day(&app, session, old, &change, EVE).await.unwrap();
            assert_eq!((&eve.agreements, eve.cases, eve.findings), (&was.agreements, 1, was.findings), "on {today} of the last day");
            assert!(of_a_day(&app, session, old, &change, ON).await.is_none(), "on {today} of the first day");
        }
        assert!(of_a_day(&app, session, &new, &change, EVE).await.is_none());
        let mut all: Vec<_> = before.iter().flat_map(|day| day.agreements.clone()).collect();
        all.sort();
        all.dedup();
        let first = of_a_day(&app, session, &new, &change, ON).await.unwrap();
        assert_eq!((first.agreements, first.cases, first.coordinators), (all, 2, 2), "on {today}");
        assert!(first.findings > 0);
    }
    let query = "{ viewer { deadlines(first: 100) { nodes { controller { id } } } } }";
    let due = app.anonymous().with_token(&later).query(query, json!({})).await["viewer"]["deadlines"].take();
    let whose: std::collections::BTreeSet<_> = nodes(&due).iter().map(|deadline| id(&deadline["controller"])).collect();
    assert!(whose.contains(&new) && !whose.contains(&education) && !whose.contains(&social), "{whose:?}");
}

#[tokio::test]
async fn a_party_is_who_has_the_duties_on_the_day_and_what_it_signed_stays() {
    let app = TestApp::start().await;
    let Reorganised { education, new, agreements, .. } = reorganised(&app).await;
    let query = "query($id: ID!, $day: Date!) { agreement(id: $id, asOf: $day) { status parties { controller { id } status signedOn } } }";
    let of = async |day: &str| {
        let variables = json!({ "id": agreements[0], "day": day });
        app.as_("reader.gnesta").query(query, variables).await["agreement"].take()
    };
    for (day, holder) in [(TODAY, &education), (EVE, &education), (ON, &new), (AFTER, &new)] {
        let party = json!({ "controller": { "id": holder }, "status": "IN_FORCE", "signedOn": "2026-01-01" });
        assert_eq!(of(day).await, json!({ "status": "IN_FORCE", "parties": [party] }), "{day}");
    }
}

#[tokio::test]
async fn predecessors_end_on_the_day_before_and_each_names_the_other() {
    let app = TestApp::start().await;
    let Reorganised { education, social, new, .. } = reorganised(&app).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Controller { validTo version predecessors { id } successors { id } } } }";
    let of = async |id: &str| app.as_("reader.flen").query(query, json!({ "id": id })).await["node"].take();
    let ids = |list: &Value| list.as_array().unwrap().iter().map(id).collect::<std::collections::BTreeSet<_>>();
    let there = of(&new).await;
    assert_eq!(ids(&there["predecessors"]), [education.clone(), social.clone()].into());
    assert_eq!((&there["successors"], &there["validTo"], &there["version"]), (&json!([]), &Value::Null, &json!(1)));
    for old in [&education, &social] {
        let there = of(old).await;
        assert_eq!((&there["predecessors"], &there["successors"]), (&json!([]), &json!([{ "id": new }])));
        assert_eq!((&there["validTo"], &there["version"]), (&json!(EVE), &json!(2)));
    }
}

#[tokio::test]
async fn coordinators_go_over_once_each_and_officers_do_not() {
    let app = TestApp::start().await;
    let Reorganised { education, new, deputy, .. } = reorganised(&app).await;
    let query = "query($day: Date!) { municipality(slug: \"gnesta\", asOf: $day) { controllers(first: 100) { nodes { id
        coordinators { deputy validFrom validTo version person { id } }
        dataProtectionOfficerAppointments { id } } } } }";
    let of = async |controller: &str, day: &str| {
        let data = app.as_(COORDINATOR).query(query, json!({ "day": day })).await;
        nodes(&data["municipality"]["controllers"]).iter().find(|node| node["id"] == controller).unwrap().clone()
    };
    let coordinator = id(&person(&app, COORDINATOR).await);
    let there = of(&new, ON).await;
    let people: Vec<_> = there["coordinators"].as_array().unwrap().iter().map(|row| (&row["deputy"], &row["person"]["id"])).collect();
    // The deputy coordinates one of the two boards; the coordinator both, and the new one once.
    assert_eq!(people, [(&json!(false), &json!(coordinator)), (&json!(true), &json!(deputy))]);
    for row in there["coordinators"].as_array().unwrap() {
        assert_eq!((&row["validFrom"], &row["validTo"], &row["version"]), (&json!(ON), &Value::Null, &json!(1)));
    }
    assert_eq!(there["dataProtectionOfficerAppointments"], json!([]));
    let last = of(&education, EVE).await;
    for row in last["coordinators"].as_array().unwrap() {
        assert_eq!((&row["validTo"], &row["version"]), (&json!(EVE), &json!(2)));
    }
    assert_eq!(last["dataProtectionOfficerAppointments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_open_case_is_kept_by_the_predecessors_coordinators_until_the_day_and_by_the_successors_from_then_on() {
    let app = TestApp::start().await;
    let Reorganised { education, new, agreements, change, .. } = reorganised(&app).await;
    let (of_the_old, of_the_new) = (new_person(&app, "Gammal Påhittad").await, new_person(&app, "Ny Påhittad").await);
    assign(&app, &of_the_old, &education, TODAY).await;
    assign(&app, &of_the_new, &new, TODAY).await;
    let query = "query($id: ID!, $day: Date) { agreement(id: $id, asOf: $day) { viewerCanUpdate parties { version viewerCanUpdate } }
        objectionCases(first: 100, asOf: $day) { nodes { id version viewerCanUpdate controller { id } change { id } agreement { id } } } }";
    let case = async |token: &str, day: Option<&str>| {
        let data = app.anonymous().with_token(token).query(query, json!({ "id": agreements[0], "day": day })).await;
        let ours = |case: &&Value| case["change"]["id"] == change && case["agreement"]["id"] == agreements[0];
        let case = nodes(&data["objectionCases"]).iter().find(ours).unwrap().clone();
        let can = [&data["agreement"]["viewerCanUpdate"], &data["agreement"]["parties"][0]["viewerCanUpdate"], &case["viewerCanUpdate"]];
        let can = can.map(|can| can.as_bool().unwrap());
        assert!(can[0] == can[1] && can[1] == can[2], "{data:#}");
        (case, data["agreement"]["parties"][0]["version"].clone(), can[0])
    };
    for (today, acting, other, holder, idle) in
        [(TODAY, &of_the_old, &of_the_new, &education, &new), (AFTER, &of_the_new, &of_the_old, &new, &education)]
    {
        let tokens = on_day(&app, today, &[acting, other]).await;
        let [acting, other] = [&tokens[0], &tokens[1]];
        // Rights are those of today, whatever day is read.
        for day in [None, Some(TODAY), Some(AFTER)] {
            assert!(case(acting, day).await.2, "on {today} of {day:?}");
            assert!(!case(other, day).await.2, "on {today} of {day:?}");
        }
        let (open, version, _) = case(acting, None).await;
        assert_eq!(open["controller"]["id"], **holder);
        let confirm = in_case(&open, &json!({ "receivedOn": "2026-09-02" }));
        let by_other = app.anonymous().with_token(other);
        refused_by(&app, &by_other, "confirmSubProcessorNotice", confirm.clone(), &[("FORBIDDEN", "objectionCaseId")]).await;
        let own = json!({ "agreementId": agreements[0], "expectedVersion": version, "controllerId": holder, "filedAt": today });
        refused_by(&app, &by_other, "updateAgreementParty", own.clone(), &[("FORBIDDEN", "controllerId")]).await;
        let by_acting = app.anonymous().with_token(acting);
        done_by(&by_acting, "confirmSubProcessorNotice", confirm).await;
        let of_nobody = with(own.clone(), &json!({ "controllerId": idle }));
        refused_by(&app, &by_acting, "updateAgreementParty", of_nobody, &[("NOT_FOUND", "controllerId")]).await;
        done_by(&by_acting, "updateAgreementParty", own).await;
    }
}

#[tokio::test]
async fn the_officer_reads_what_has_gone_over_once_the_successor_has_appointed_one() {
    let app = TestApp::start().await;
    let Reorganised { education, new, agreements, .. } = reorganised(&app).await;
    let officer = id(&person(&app, "dso").await);
    let at_flen = async || login(&app, &officer, "flen").await;
    let query = "query($id: ID!, $controller: ID!) { agreement(id: $id) { id } then: agreement(id: $id, asOf: \"2026-12-01\") { id }
        findings(first: 1, filter: { controllerId: $controller }, asOf: \"2026-12-01\") { totalCount }
        node(id: $controller) { ... on Controller { viewerCanRead agreements { totalCount } } } }";
    let read = async |token: &str| {
        let variables = json!({ "id": agreements[0], "controller": education });
        let data = app.anonymous().with_token(token).query(query, variables).await;
        let open = [!data["agreement"].is_null(), !data["then"].is_null(), data["findings"]["totalCount"] != 0];
        let open = [open[0], open[1], open[2], data["node"]["viewerCanRead"] == true, !data["node"]["agreements"].is_null()];
        assert!(open.iter().all(|one| *one == open[0]), "{data:#}");
        open[0]
    };
    app.clock.set("2026-12-31T12:00:00Z".parse().unwrap());
    assert!(read(&at_flen().await).await);
    app.clock.set("2027-01-01T12:00:00Z".parse().unwrap());
    let token = at_flen().await;
    assert!(!read(&token).await, "the predecessor's appointment opens nothing any more");
    app.clock.set(crate::support::now());
    let appointed = json!({ "personId": officer, "controllerId": new, "loginAt": "flen", "validFrom": ON });
    done(&app, ADMINISTRATOR, "appointDataProtectionOfficer", appointed).await;
    app.clock.set("2027-01-01T12:00:00Z".parse().unwrap());
    assert!(read(&token).await);
}

#[tokio::test]
async fn a_joint_board_that_succeeds_opens_the_history_to_its_members_from_the_day_on_and_one_that_ends_closes_it() {
    let app = TestApp::start().await;
    let members = |slug: &str, from: &str| json!({ "kind": "JOINT_BOARD", "validFrom": from, "members": [{ "municipality": slug, "validFrom": from }] });
    let old = new_board(&app, "Gamla gemensamma nämnden", members("flen", "2026-01-01")).await;
    let new = new_board(&app, "Nya gemensamma nämnden", members("vingaker", ON)).await;
    assign(&app, &id(&person(&app, COORDINATOR).await), &old, TODAY).await;
    let processor = register(&app, "operator", "Leverantör Exempel AB").await;
    let agreement = in_force_of(&app, COORDINATOR, &old, &processor, "GENERAL").await.agreement;
    let before = told(&app).await;
    done_by(&app.as_(ADMINISTRATOR), "succeedController", succession(&[&old], &new)).await;
    // Vingåker is told that it will be concerned, Flen that it is.
    assert_eq!(told_since(&app, &before).await.chains, ["flen", "gnesta", "vingaker"]);
    let query = "query($id: ID!, $controller: ID!) { agreement(id: $id) { id }
        findings(first: 1, filter: { controllerId: $controller }, asOf: \"2026-12-01\") { totalCount nodes { subject { id } } }
        agreements(first: 100, filter: { municipality: \"flen\" }, asOf: \"2026-12-01\") { nodes { id } } }";
    let reads = async |token: &str| {
        let data = app.anonymous().with_token(token).query(query, json!({ "id": agreement, "controller": old })).await;
        let listed = nodes(&data["agreements"]).iter().any(|node| node["id"] == agreement);
        let open = !data["agreement"].is_null();
        assert_eq!((data["findings"]["totalCount"] != 0, listed), (open, open), "{data:#}");
        open
    };
    for (day, flen, vingaker) in [(TODAY, true, false), (EVE, true, false), (ON, false, true)] {
        let people = [id(&person_on(&app, "reader.flen").await), id(&person_on(&app, "reader.vingaker").await)];
        app.clock.set(format!("{day}T10:00:00Z").parse().unwrap());
        let [in_flen, in_vingaker] = [login(&app, &people[0], "flen").await, login(&app, &people[1], "vingaker").await];
        assert_eq!((reads(&in_flen).await, reads(&in_vingaker).await), (flen, vingaker), "{day}");
    }
}

/// The person behind a persona, as of the day on which the personas have sessions.
async fn person_on(app: &TestApp, persona: &str) -> Value {
    app.clock.set(crate::support::now());
    person(app, persona).await
}

#[tokio::test]
async fn other_municipalities_read_nothing_more_and_nothing_less() {
    let app = TestApp::start().await;
    let Reorganised { education, new, agreements, change, .. } = reorganised(&app).await;
    for persona in ["reader.flen", "coordinator.flen", "administrator.flen"] {
        for day in [TODAY, EVE, ON] {
            let query = "query($id: ID!, $day: Date!) { agreement(id: $id, asOf: $day) { id } }";
            assert_eq!(app.as_(persona).query(query, json!({ "id": agreements[0], "day": day })).await["agreement"], Value::Null);
        }
        for controller in [&education, &new] {
            let query =
                "query($id: ID!) { node(id: $id) { ... on Controller { viewerCanRead agreements { totalCount } findings { totalCount }
                predecessors { agreements { totalCount } } successors { agreements { totalCount } } } } }";
            let found = app.as_(persona).query(query, json!({ "id": controller })).await["node"].take();
            assert_eq!((&found["viewerCanRead"], &found["agreements"], &found["findings"]), (&json!(false), &Value::Null, &Value::Null));
            for other in ["predecessors", "successors"] {
                assert!(found[other].as_array().unwrap().iter().all(|other| other["agreements"].is_null()), "{found:#}");
            }
        }
    }
    let cases = "query { objectionCases(first: 100) { nodes { change { id } } } }";
    let cases = app.as_("reader.flen").query(cases, json!({})).await["objectionCases"].take();
    assert!(nodes(&cases).iter().all(|case| case["change"]["id"] != change), "{cases:#}");
}

#[tokio::test]
async fn where_both_are_parties_the_leads_row_stays_and_the_other_ends() {
    let app = TestApp::start().await;
    let (education, social) = (board(&app, "gnesta", "Barn- och utbildningsnämnden").await, board(&app, "gnesta", "Socialnämnden").await);
    let processor = register(&app, COORDINATOR, "Leverantör Exempel AB").await;
    let agreement = in_force_of(&app, COORDINATOR, &education, &processor, "GENERAL").await.agreement;
    let version = node(&app, COORDINATOR, &agreement).await["version"].clone();
    let invite = json!({ "agreementId": agreement, "expectedVersion": version, "controllerId": social });
    done(&app, COORDINATOR, "inviteToAgreement", invite).await;
    let join = json!({ "agreementId": agreement, "expectedVersion": 1, "controllerId": social, "joinedOn": TODAY });
    done(&app, COORDINATOR, "joinAgreement", join).await;
    let on = json!({ "on": TODAY });
    // The lead's duties go to the other party.
    done(&app, ADMINISTRATOR, "succeedController", with(succession(&[&education], &social), &on)).await;
    let there = node(&app, COORDINATOR, &agreement).await;
    let rows: Vec<_> =
        there["parties"].as_array().unwrap().iter().map(|row| (&row["lead"], &row["controller"]["id"], &row["status"])).collect();
    let social = json!(social);
    assert_eq!(rows, [(&json!(true), &social, &json!("IN_FORCE")), (&json!(false), &social, &json!("CLOSED"))]);
    assert_eq!(there["viewerCanUpdate"], true);
    let own = json!({ "agreementId": agreement, "expectedVersion": there["parties"][0]["version"], "controllerId": social,
        "diaryNumber": "EXEMPEL 2027/1" });
    let changed = done(&app, COORDINATOR, "updateAgreementParty", own).await;
    assert_eq!(changed["parties"][0]["diaryNumber"], "EXEMPEL 2027/1");
    let query = "query($id: ID!) { node(id: $id) { ... on Controller { agreements(first: 100) { totalCount nodes { id } } } } }";
    let listed = app.as_(COORDINATOR).query(query, json!({ "id": social })).await["node"]["agreements"].take();
    assert_eq!(nodes(&listed).iter().filter(|node| node["id"] == agreement).count(), 1);
    assert_eq!(listed["totalCount"], nodes(&listed).len());
    // It is a party already, under whichever name.
    let invite = |controller: &Value| json!({ "agreementId": agreement, "expectedVersion": there["version"], "controllerId": controller });
    for controller in [&social, &json!(education)] {
        refused(&app, COORDINATOR, "inviteToAgreement", invite(controller), &[("DUPLICATE", "controllerId")]).await;
    }
}

#[tokio::test]
async fn a_reorganisation_of_the_past_is_recorded_as_it_was() {
    let app = TestApp::start().await;
    let Reorganised { education, agreements, .. } = to_be_reorganised(&app).await;
    let new = new_board(&app, "Utbildningsnämnden", json!({ "validFrom": "2026-06-01" })).await;
    let past = with(succession(&[&education], &new), &json!({ "on": "2026-06-01", "decisionReference": null }));
    let payload = done(&app, ADMINISTRATOR, "succeedController", past).await;
    assert_eq!(payload["coordinators"].as_array().unwrap().len(), 2);
    let party = node(&app, "reader.gnesta", &agreements[0]).await["parties"][0].clone();
    assert_eq!((&party["controller"]["id"], &party["viewerCanUpdate"]), (&json!(new), &json!(false)));
    let party = node(&app, COORDINATOR, &agreements[0]).await["parties"][0].clone();
    assert_eq!(party["viewerCanUpdate"], true);
}

#[tokio::test]
async fn what_goes_on_to_the_next_board_goes_on_once_more() {
    let app = TestApp::start().await;
    let Reorganised { new, agreements, .. } = reorganised(&app).await;
    let last = new_board(&app, "Välfärdsnämnden", json!({ "validFrom": "2031-01-01" })).await;
    let next = with(succession(&[&new], &last), &json!({ "on": "2031-01-01" }));
    done(&app, ADMINISTRATOR, "succeedController", next).await;
    let query = "query($id: ID!, $day: Date!) { agreement(id: $id, asOf: $day) { parties { controller { id } } } }";
    for (day, holder) in [("2030-12-31", &new), ("2031-01-01", &last)] {
        let data = app.as_("reader.gnesta").query(query, json!({ "id": agreements[1], "day": day })).await;
        assert_eq!(data["agreement"]["parties"], json!([{ "controller": { "id": holder } }]), "{day}");
    }
}

#[tokio::test]
async fn the_audit_log_tells_it_with_all_that_went_along_and_the_successors_coordinators_read_what_was_before() {
    let app = TestApp::start().await;
    let Reorganised { education, social, new, agreements, .. } = to_be_reorganised(&app).await;
    let before = told(&app).await;
    done_by(&app.as_(ADMINISTRATOR), "succeedController", succession(&[&education, &social], &new)).await;
    let told = told_since(&app, &before).await;
    assert_eq!(told.action, "succeedController");
    assert!(told.chains.contains(&"gnesta".to_owned()), "{told:?}");
    let query = "{ auditLog(first: 1) { nodes { action changes { field before after } } } }";
    let entry = app.as_(ADMINISTRATOR).query(query, json!({})).await["auditLog"]["nodes"][0].take();
    let changes = entry["changes"].as_array().unwrap();
    for old in [&education, &social] {
        let change = |field: &str| changes.iter().find(|change| change["field"] == format!("{old}.{field}")).unwrap()["after"].clone();
        assert_eq!((change("successor"), change("succeededOn")), (json!(new), json!(ON)));
        assert_eq!((change("decisionReference"), change("validTo")), (json!("KF 2026/99"), json!(EVE)));
    }
    let of_assignments = |field: &str, value: &str| {
        let told = |change: &&Value| {
            let name = change["field"].as_str().unwrap();
            name.starts_with("assignment_") && name.ends_with(field) && change["after"] == value
        };
        changes.iter().filter(told).count()
    };
    // The coordinator of both, and the deputy of one.
    assert_eq!((of_assignments(".validTo", EVE), of_assignments(".validFrom", ON), of_assignments(".controller", &new)), (3, 2, 2));

    let of_the_new = new_person(&app, "Ny Påhittad").await;
    assign(&app, &of_the_new, &new, ON).await;
    let token = on_day(&app, AFTER, &[&of_the_new]).await.remove(0);
    let query = "query($id: ID!) { agreement(id: $id) { history(first: 50) { nodes { action } } } }";
    let history = app.anonymous().with_token(&token).query(query, json!({ "id": agreements[0] })).await["agreement"]["history"].take();
    assert!(nodes(&history).iter().any(|entry| entry["action"] == "draftAgreement"), "{history:#}");
}

#[tokio::test]
async fn each_fault_is_told_with_its_field() {
    let app = TestApp::start().await;
    let Reorganised { education, social, new, .. } = to_be_reorganised(&app).await;
    let refuse = async |input: Value, expected: (&str, &str)| refused(&app, ADMINISTRATOR, "succeedController", input, &[expected]).await;
    let fields = |fields: Value| with(succession(&[&education], &new), &fields);
    refuse(fields(json!({ "predecessorIds": [] })), ("INVALID", "predecessorIds")).await;
    refuse(fields(json!({ "predecessorIds": vec![&education; 11] })), ("INVALID", "predecessorIds")).await;
    refuse(fields(json!({ "predecessorIds": [education, "x"] })), ("INVALID", "predecessorIds.1")).await;
    refuse(fields(json!({ "predecessorIds": [education, social, education] })), ("DUPLICATE", "predecessorIds.2")).await;
    refuse(fields(json!({ "predecessorIds": [education, new] })), ("CYCLE", "successorId")).await;
    refuse(fields(json!({ "predecessorIds": [education, unknown(&education)] })), ("NOT_FOUND", "predecessorIds.1")).await;
    refuse(fields(json!({ "successorId": unknown(&new) })), ("NOT_FOUND", "successorId")).await;
    refuse(fields(json!({ "decisionReference": "x".repeat(101) })), ("TOO_LONG", "decisionReference")).await;
    // Before the successor exists.
    refuse(fields(json!({ "on": EVE })), ("INVALID", "on")).await;
    let ended = id(&{
        let input = json!({ "municipality": "gnesta", "name": "Nedlagda nämnden", "kind": "BOARD", "validFrom": "2020-01-01",
            "validTo": YESTERDAY });
        done(&app, ADMINISTRATOR, "createController", input).await
    });
    let gap = refuse(fields(json!({ "predecessorIds": [ended] })), ("INVALID", "on")).await;
    assert!(gap["errors"][0]["message"].as_str().unwrap().contains(&format!("{TODAY} at the latest")), "{gap:#}");
    let flen = board(&app, "flen", "Socialnämnden").await;
    refuse(fields(json!({ "predecessorIds": [flen] })), ("NOT_FOUND", "predecessorIds.0")).await;
    refuse(fields(json!({ "successorId": flen })), ("NOT_FOUND", "successorId")).await;
    // Of a joint board the host's administrator decides, though members read it.
    let joint = board(&app, "katrineholm", "Viadidaktnämnden").await;
    let of_a_member = |input: Value| refused(&app, "administrator.vingaker", "succeedController", input, &[("FORBIDDEN", "successorId")]);
    of_a_member(succession(&[&board(&app, "vingaker", "Socialnämnden").await], &joint)).await;
    let other = id(&{
        let input = json!({ "municipality": "vingaker", "name": "Exempelnämnden", "kind": "BOARD", "validFrom": ON });
        done(&app, "administrator.vingaker", "createController", input).await
    });
    let taken = succession(&[&joint], &other);
    refused(&app, "administrator.vingaker", "succeedController", taken, &[("FORBIDDEN", "predecessorIds.0")]).await;

    done(&app, ADMINISTRATOR, "succeedController", succession(&[&education], &new)).await;
    refuse(fields(json!({})), ("WRONG_STATE", "predecessorIds.0")).await;
    refuse(fields(json!({ "predecessorIds": [social, education] })), ("WRONG_STATE", "predecessorIds.1")).await;
    let back = with(succession(&[&new], &education), &json!({ "on": "2031-01-01" }));
    refuse(back, ("CYCLE", "successorId")).await;
    // It has to hold for a day what it takes over.
    let at_once = succession(&[&new], &social);
    let payload = refuse(at_once, ("INVALID", "on")).await;
    assert!(payload["errors"][0]["message"].as_str().unwrap().contains("give 2027-01-02 or a later day"), "{payload:#}");
}

#[tokio::test]
async fn who_succeeds_or_is_succeeded_is_not_withdrawn() {
    let app = TestApp::start().await;
    let [old, new] =
        [new_board(&app, "Gamla nämnden", json!({ "validFrom": TODAY })).await, new_board(&app, "Nya nämnden", json!({})).await];
    done(&app, ADMINISTRATOR, "succeedController", succession(&[&old], &new)).await;
    for board in [&old, &new] {
        let mistake = withdrawal(&node(&app, ADMINISTRATOR, board).await);
        refused(&app, ADMINISTRATOR, "withdrawRecord", mistake, &[("WRONG_STATE", "id")]).await;
    }
}

#[tokio::test]
async fn a_succession_costs_the_same_statements_whether_it_takes_1_agreement_along_or_12() {
    let mut counted = Vec::new();
    for agreements in [1, 12] {
        let app = TestApp::start().await;
        let old = new_board(&app, "Gamla nämnden", json!({ "validFrom": "2020-01-01" })).await;
        let new = new_board(&app, "Nya nämnden", json!({})).await;
        assign(&app, &id(&person(&app, COORDINATOR).await), &old, TODAY).await;
        let processor = register(&app, "operator", "Leverantör Exempel AB").await;
        for _ in 0..agreements {
            in_force_of(&app, COORDINATOR, &old, &processor, "GENERAL").await;
        }
        let client = app.as_(ADMINISTRATOR);
        let work = client.mutate("succeedController", "SucceedControllerInput", succession(&[&old], &new), "controller { id }");
        let (payload, statements) = app.statements_of(work).await;
        assert_eq!(payload["controller"]["id"], new);
        let query = "query($id: ID!) { agreements(first: 1, filter: { controllerId: $id }, asOf: \"2027-01-01\") { totalCount } }";
        let data = app.as_(COORDINATOR).query(query, json!({ "id": new })).await;
        assert_eq!(data["agreements"]["totalCount"], agreements);
        counted.push(statements);
    }
    assert_eq!(counted[0], counted[1]);
}

#[tokio::test]
async fn predecessors_and_successors_cost_one_statement_for_each_level_however_many() {
    let app = TestApp::start().await;
    let query =
        "{ municipality(slug: \"gnesta\", asOf: \"2026-12-31\") { controllers(first: 100) { nodes { predecessors { name } successors { name
        predecessors { name } } } } } }";
    let client = app.as_("reader.gnesta");
    let mut counted = Vec::new();
    let all = to_be_reorganised(&app).await;
    for old in [&all.education, &all.social] {
        done(&app, ADMINISTRATOR, "succeedController", succession(&[old], &all.new)).await;
        counted.push(app.statements_of(client.query(query, json!({}))).await.1);
    }
    assert_eq!(counted[0], counted[1]);
}

#[tokio::test]
async fn a_register_is_compared_with_the_old_boards_agreements_until_that_day_and_with_the_new_ones_from_then_on() {
    let app = TestApp::start().await;
    let social = board(&app, "gnesta", "Socialnämnden").await;
    let new = new_board(&app, "Omsorgsnämnden", json!({})).await;
    let register = |board: &str| format!("Nämnd;Biträde;Land;Avtal;Dnr\n{board};Exempel AB;SE;System;SN 1\n");
    let (old, newer) = (register("Socialnämnden"), register("Omsorgsnämnden"));
    let keeper = app.as_(COORDINATOR);
    assert_eq!(counts(&imported(&keeper, &old, false).await["import"]), [1, 1, 0, 0, 0, 0]);
    done(&app, ADMINISTRATOR, "succeedController", succession(&[&social], &new)).await;
    assert_eq!(counts(&imported(&keeper, &old, false).await["import"]), [1, 0, 1, 0, 0, 0]);

    let tokens = on_day(&app, ON, &[COORDINATOR]).await;
    let keeper = app.anonymous().with_token(&tokens[0]);
    assert_eq!(counts(&imported(&keeper, &newer, false).await["import"]), [1, 0, 1, 0, 0, 0]);
    let of_the_old = imported(&keeper, &old, true).await;
    assert_eq!(counts(&of_the_old["import"]), [1, 0, 0, 0, 0, 1], "{of_the_old:#}");
}
