//! The first days of the real program, from an empty folder to the officer who reads six municipalities: what whoever runs it does,
//! what the administrators do, and how everybody logs in at the provider of the own municipality.

use std::{fmt::Write, net::TcpListener, path::Path};

use serde_json::{Value, json};

use super::{machine_now, person::Person};
use crate::{
    organisation::number,
    support::{
        nodes,
        process::{Place, Serving, run},
        providers::{CLIENT_ID, Providers, SLUGS},
    },
};

/// Names and codes of the municipalities, in the order of `SLUGS`.
const ABOUT: [(&str, &str); 6] = [
    ("Flens kommun", "0482"),
    ("Gnesta kommun", "0461"),
    ("Oxelösunds kommun", "0481"),
    ("Katrineholms kommun", "0483"),
    ("Strängnäs kommun", "0486"),
    ("Vingåkers kommun", "0428"),
];

/// Half of the secrets are in files, half in the environment.
const SECRETS_IN_FILES: [&str; 3] = ["flen", "oxelosund", "strangnas"];

/// A folder with the settings of a program at `rp`, and what its environment has to hold.
struct Installation {
    place: Place,
    environment: Vec<(String, String)>,
}

impl Installation {
    fn new(rp: &str, providers: &Providers) -> Self {
        let place = Place::new();
        let mut settings = format!("database_url = \"{}\"\npublic_url = \"{rp}\"\nloopback_http = true\n", place.url());
        let mut environment = vec![("SAMVERKAN_LISTEN".to_owned(), rp.strip_prefix("http://").unwrap().to_owned())];
        for slug in SLUGS {
            let about = providers.issuer(slug);
            let issuer = &about.issuer;
            writeln!(settings, "[[providers]]\nmunicipality = \"{slug}\"\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\nscopes = []")
                .unwrap();
            if SECRETS_IN_FILES.contains(&slug) {
                std::fs::write(place.path().join(slug), format!("{}\n", about.client_secret)).unwrap();
                writeln!(settings, "client_secret_file = \"{slug}\"").unwrap();
            } else {
                environment.push((format!("SAMVERKAN_CLIENT_SECRET_{}", slug.to_uppercase()), about.client_secret.clone()));
            }
        }
        std::fs::write(place.path().join("samverkan.toml"), settings).unwrap();
        Self { place, environment }
    }

    fn folder(&self) -> &Path {
        self.place.path()
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// `samverkan invite`; gives back the link.
    fn invite(&self, role: &str, slug: &str, name: &str, more: &[&str]) -> String {
        let arguments = ["invite", "--config", "samverkan.toml", "--role", role, "--municipality", slug, "--name", name];
        let mut ended = run(self.folder(), &[&arguments[..], more].concat(), &self.environment());
        assert!(ended.status.success(), "{:#?}", ended.err);
        ended.out.pop().unwrap()
    }
}

fn slugs_of(agreements: &Value) -> Vec<&str> {
    let lead = |agreement: &Value| agreement["parties"][0]["controller"]["municipality"]["slug"].clone();
    let known = |slug: &Value| SLUGS.into_iter().find(|known| slug == known).unwrap();
    nodes(agreements).iter().map(|agreement| known(&lead(agreement))).collect()
}

const AGREEMENTS: &str = "{ agreements { nodes { title parties { controller { municipality { slug } } } } } }";

/// What a municipality's administrator does on the first day: keeps a board and its coordinator, whom this gives back after the login.
async fn first_day(administrator: &mut Person, rp: &str, slug: &str, today: &str) -> (Person, String) {
    let board = json!({ "municipality": slug, "name": "Kommunstyrelsen", "kind": "EXECUTIVE_BOARD", "validFrom": "2020-01-01" });
    let board = administrator.done("createController", board, "controller { id }").await["controller"]["id"].take();
    let person = json!({ "municipality": slug, "name": format!("Samordnare Påhittad i {slug}") });
    let person = administrator.done("createPerson", person, "person { id }").await["person"]["id"].take();
    let assignment = json!({ "personId": person, "controllerId": board, "validFrom": today });
    administrator.done("assignCoordinator", assignment, "coordinatorAssignment { id }").await;
    let link = json!({ "personId": person, "municipality": slug });
    let link = administrator.done("invitePerson", link, "invitation { link }").await["invitation"]["link"].take();
    let mut coordinator = Person::new(rp);
    coordinator.log_in_by(link.as_str().unwrap(), &format!("samordnare.{slug}")).await;
    let viewer = coordinator.viewer().await;
    assert_eq!((&viewer["person"]["id"], &viewer["municipality"]["slug"]), (&person, &json!(slug)));
    assert_eq!(viewer["roles"][0]["controller"]["municipality"]["slug"], slug, "{viewer:#}");
    (coordinator, board.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn from_an_empty_folder_to_six_municipalities_that_see_their_own_and_an_officer_who_sees_all() {
    // Whoever runs the program registers it at six providers, and writes the settings.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let rp = format!("http://{}", listener.local_addr().unwrap());
    let providers = Providers::start(&rp);
    let installation = Installation::new(&rp, &providers);
    let today = &samverkan::kernel::clock::date_in_sweden(machine_now()).to_string();

    // The first administrator of the cooperation is invited on the server, before anything runs, with the own municipality.
    let (name, code) = ABOUT[0];
    let flen = ["--municipality-name", name, "--municipality-code", code, "--municipality-number", &number(1)];
    let link = installation.invite("cooperation-administrator", "flen", "Operatör Påhittad", &flen);
    drop(listener);
    let environment = installation.environment();
    let serving = Serving::start_with(installation.folder(), &["--config", "samverkan.toml"], &environment);

    // The link works once, and the administrator records the other five.
    let mut operator = Person::new(&rp);
    operator.log_in_by(&link, "operatör").await;
    assert_eq!(operator.viewer().await["roles"][0]["role"], "COOPERATION_ADMINISTRATOR");
    assert_eq!(Person::new(&rp).refused_by(&link, "någon annan").await, "INVITATION");
    for (slug, ((name, code), order)) in SLUGS.into_iter().zip(ABOUT.into_iter().zip(1..)).skip(1) {
        let input = json!({ "slug": slug, "expectedVersion": 0, "name": name, "code": code, "organisationNumber": number(order),
            "meetingOrder": order, "memberFrom": "2020-01-01" });
        operator.done("recordMunicipality", input, "municipality { slug }").await;
    }

    // Each municipality's first administrator is invited beside the running program, and begins.
    let (mut administrators, mut coordinators, mut boards) = (Vec::new(), Vec::new(), Vec::new());
    for slug in SLUGS {
        let link = installation.invite("municipality-administrator", slug, &format!("Administratör Påhittad i {slug}"), &[]);
        let mut administrator = Person::new(&rp);
        administrator.log_in_by(&link, &format!("administratör.{slug}")).await;
        let (coordinator, board) = first_day(&mut administrator, &rp, slug, today).await;
        administrators.push(administrator);
        coordinators.push(coordinator);
        boards.push(board);
    }

    // One officer for all: of Flen, invited there, appointed by each board; Flen's first, as before that nobody else sees the person.
    let officer = json!({ "municipality": "flen", "name": "Ombud Påhittad" });
    let officer = administrators[0].done("createPerson", officer, "person { id }").await["person"]["id"].take();
    let link = json!({ "personId": officer, "municipality": "flen" });
    let link = administrators[0].done("invitePerson", link, "invitation { link }").await["invitation"]["link"].take();
    for (administrator, board) in administrators.iter_mut().zip(&boards) {
        let input = json!({ "personId": officer, "controllerId": board, "loginAt": "flen", "validFrom": today });
        administrator.done("appointDataProtectionOfficer", input, "dataProtectionOfficerAppointment { id }").await;
    }
    let mut officer = Person::new(&rp);
    officer.log_in_by(link.as_str().unwrap(), "ombud").await;

    // Each coordinator drafts an agreement: the municipality reads its own, the officer all six, the cooperation's administrator none.
    for (coordinator, (slug, board)) in coordinators.iter_mut().zip(SLUGS.into_iter().zip(&boards)) {
        let party = json!({ "name": format!("Leverantör Påhittad {slug} AB"), "country": "SE" });
        let party = coordinator.done("registerParty", party, "party { id }").await["party"]["id"].take();
        let draft = json!({ "leadControllerId": board, "processorId": party, "title": format!("Exempelavtal {slug}") });
        coordinator.done("draftAgreement", draft, "processorAgreement { id }").await;
    }
    for (person, slug) in coordinators.iter_mut().chain(&mut administrators).zip(SLUGS.into_iter().cycle()) {
        assert_eq!(slugs_of(&person.query(AGREEMENTS, json!({})).await["agreements"]), [slug]);
    }
    let mut all = SLUGS;
    all.sort_unstable();
    let read = officer.query(AGREEMENTS, json!({})).await;
    let mut seen = slugs_of(&read["agreements"]);
    seen.sort_unstable();
    assert_eq!(seen, all);
    assert_eq!(slugs_of(&operator.query(AGREEMENTS, json!({})).await["agreements"]), [""; 0]);

    // One provider stops: five log in as before, and the sessions of the sixth go on. It comes back, and so does its login.
    providers.down("vingaker").await;
    for slug in &SLUGS[..5] {
        let mut person = Person::new(&rp);
        person.log_in(slug, &format!("samordnare.{slug}")).await;
        assert_eq!(slugs_of(&person.query(AGREEMENTS, json!({})).await["agreements"]), [*slug]);
    }
    assert_eq!(slugs_of(&coordinators[5].query(AGREEMENTS, json!({})).await["agreements"]), ["vingaker"]);
    providers.up("vingaker").await;
    Person::new(&rp).log_in("vingaker", "samordnare.vingaker").await;

    // It ends as it should, and has not written a secret, a token or a name.
    let session = officer.session().unwrap().to_owned();
    serving.process.terminate();
    let ended = serving.process.ended();
    assert!(ended.status.success());
    let log = ended.err.join("\n");
    assert!(log.contains("logged in"), "{log}");
    let secrets = SLUGS.map(|slug| providers.issuer(slug).client_secret.as_str());
    let tokens = [session.as_str(), link.as_str().unwrap().split_once("invitation=").unwrap().1, "Påhittad", "samordnare"];
    for secret in secrets.into_iter().chain(tokens) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
