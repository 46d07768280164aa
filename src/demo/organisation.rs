//! The demo's municipalities, boards, people and roles.

use anyhow::Context;
use chrono::{Months, NaiveDate};
use serde::Deserialize;

use super::{Filling, Persona};
use crate::{
    auth::{
        provider::LoginSettings,
        session::{self, WithoutLogin},
    },
    authz::{Action, Role, WriteScope},
    domain::{
        organisation::{
            model::{
                Appointment, Assignment, AuthorityNotification, AuthorityNotificationKind, Controller, ControllerKind, Municipality,
                Person, RoleRecord,
            },
            repo,
        },
        visibility::{self, Reader},
    },
    kernel::{
        code::Code,
        kinds::{MunicipalityId, PersonId},
        period::Period,
    },
};

const MUNICIPALITIES: &str = include_str!("reference/municipalities.csv");
const BOARDS: &str = include_str!("reference/boards.json");

#[derive(Deserialize)]
struct MunicipalityRow {
    slug: String,
    name: String,
    code: String,
    organisation_number: String,
    meeting_order: i32,
    employs_data_protection_officer: bool,
}

#[derive(Deserialize)]
struct BoardRow {
    host: String,
    name: String,
    kind: String,
    members: Vec<String>,
}

/// Who is there.
#[derive(Default)]
pub(super) struct Directory {
    pub(super) municipalities: Vec<Municipality>,
    pub(super) controllers: Vec<Controller>,
    people: Vec<(String, Person, Vec<&'static str>)>,
}

impl Directory {
    /// The person of a persona.
    pub(super) fn person(&self, persona: &str) -> Option<PersonId> {
        self.people.iter().find(|(name, ..)| name == persona).map(|(_, person, _)| person.id)
    }

    /// The slug of a municipality.
    pub(super) fn slug(&self, id: MunicipalityId) -> &str {
        self.municipalities.iter().find(|municipality| municipality.id == id).map_or("", |municipality| &municipality.slug)
    }

    /// Opens a session for each persona, the officer first.
    pub(super) async fn open_sessions(&self, filling: &Filling, settings: &LoginSettings) -> anyhow::Result<Vec<Persona>> {
        let mut personas = Vec::with_capacity(self.people.len());
        for (persona, person, roles) in &self.people {
            let municipality = self.slug(person.municipality).to_owned();
            let provider = settings.provider_of(&municipality).with_context(|| format!("no provider of {municipality}"))?;
            let login = WithoutLogin {
                issuer: &provider.issuer,
                subject: persona,
                name: &person.name,
                municipality: person.municipality,
                person: Some(person.id),
            };
            let token = session::open_without_login(&filling.tx, &filling.ids, filling.now, login).await?;
            personas.push(Persona { persona: persona.clone(), name: person.name.clone(), municipality, roles: roles.clone(), token });
        }
        Ok(personas)
    }
}

/// Slug and name of the six real municipalities.
pub(super) fn six_municipalities() -> anyhow::Result<Vec<(String, String)>> {
    let rows = csv::Reader::from_reader(MUNICIPALITIES.as_bytes()).into_deserialize::<MunicipalityRow>();
    rows.map(|row| row.map(|row| (row.slug, row.name)).context("the demo's municipalities cannot be read")).collect()
}

/// Whether somebody has laid anything into the database.
pub(super) async fn is_filled(filling: &Filling) -> anyhow::Result<bool> {
    Ok(repo::has_municipalities(&filling.tx, &WriteScope::of_the_operator(Action::RecordMunicipality)).await?)
}

pub(super) async fn fill(filling: &Filling, scale: u32) -> anyhow::Result<Directory> {
    let mut directory = Directory::default();
    let mut officer = None;
    for nth in 0..scale {
        let employer = municipalities(filling, &mut directory, nth).await?;
        boards(filling, &mut directory, nth).await?;
        if nth == 0 {
            let home = employer.context("no municipality employs the officer")?;
            let dso = directory.add_person(filling, "dso", "Ombud Påhittad", home, vec![Role::DataProtectionOfficer.code()]);
            directory.add_person(filling, "operator", "Operatör Påhittad", home, vec![Role::CooperationAdministrator.code()]);
            officer = Some((dso, home));
        }
    }
    for municipality in directory.municipalities.clone() {
        directory.add_staff(filling, &municipality);
    }
    let scope = WriteScope::of_the_operator(Action::KeepPerson);
    let people: Vec<_> = directory.people.iter().map(|(_, person, _)| person.clone()).collect();
    repo::insert_people(&filling.tx, &scope, &people).await?;
    roles(filling, &directory).await?;
    let (officer, home) = officer.context("there is no officer")?;
    appointments(filling, &directory, officer, home).await?;
    Ok(directory)
}

/// The slugs of all municipalities at `scale`.
pub(super) fn slugs(scale: u32) -> anyhow::Result<Vec<String>> {
    let rows: Vec<MunicipalityRow> = csv::Reader::from_reader(MUNICIPALITIES.as_bytes()).deserialize().collect::<Result<_, _>>()?;
    Ok((0..scale).flat_map(|nth| rows.iter().map(move |row| slug(&row.slug, nth))).collect())
}

/// The slug of a municipality of the nth six.
fn slug(slug: &str, nth: u32) -> String {
    if nth == 0 { slug.to_owned() } else { format!("{slug}-{}", letters(nth)) }
}

/// Adds six municipalities; gives back the one that employs the officer.
async fn municipalities(filling: &Filling, directory: &mut Directory, nth: u32) -> anyhow::Result<Option<MunicipalityId>> {
    let scope = WriteScope::of_the_operator(Action::RecordMunicipality);
    let mut employer = None;
    for row in csv::Reader::from_reader(MUNICIPALITIES.as_bytes()).deserialize() {
        let MunicipalityRow { slug, name, code, organisation_number, meeting_order, employs_data_protection_officer } = row?;
        let number = u32::try_from(meeting_order)? + 6 * nth;
        let made_up = nth > 0;
        let municipality = Municipality {
            id: filling.ids.id(filling.recorded_at),
            slug: self::slug(&slug, nth),
            name: if made_up { format!("Påhittade kommun {number}") } else { name },
            code: if made_up { format!("{:04}", 9000 + number % 1000) } else { code },
            organisation_number: if made_up { invented_number(900_000 + number) } else { organisation_number },
            meeting_order: i32::try_from(number)?,
            membership: Period { from: date("2018-05-25")?, to: None },
            version: 1,
        };
        repo::insert_municipality(&filling.tx, &scope, &municipality).await?;
        if employs_data_protection_officer {
            employer = Some(municipality.id);
        }
        directory.municipalities.push(municipality);
    }
    Ok(employer)
}

/// Adds the boards of the latest six municipalities.
async fn boards(filling: &Filling, directory: &mut Directory, nth: u32) -> anyhow::Result<()> {
    let scope = WriteScope::of_the_operator(Action::KeepController);
    let from = date("2019-01-01")?;
    for BoardRow { host, name, kind, members } in serde_json::from_str::<Vec<BoardRow>>(BOARDS)? {
        let municipality = |slug: &str| {
            let found = directory.municipalities.iter().find(|municipality| municipality.slug == self::slug(slug, nth));
            found.map(|municipality| municipality.id).with_context(|| format!("no municipality {slug}"))
        };
        let host = municipality(&host)?;
        let kind: ControllerKind = kind.parse()?;
        let controller = Controller {
            id: filling.ids.id(filling.recorded_at),
            host,
            name,
            kind,
            organisation_number: None,
            validity: Period { from, to: None },
            version: 1,
            withdrawn: false,
        };
        let mut readers = Vec::new();
        for member in &members {
            let municipality = municipality(member)?;
            let membership = (municipality != host).then_some(Period { from, to: None });
            readers.push(Reader { municipality, membership });
        }
        repo::insert_controller(&filling.tx, &scope, &controller).await?;
        visibility::repo::open_controller(&filling.tx, &scope, &filling.ids, filling.recorded_at, controller.id, &readers).await?;
        directory.controllers.push(controller);
    }
    Ok(())
}

impl Directory {
    fn add_person(&mut self, filling: &Filling, persona: &str, name: &str, of: MunicipalityId, roles: Vec<&'static str>) -> PersonId {
        let id = filling.ids.id(filling.recorded_at);
        let person = Person {
            id,
            municipality: of,
            name: format!("{name} ({persona})"),
            email: Some(format!("{persona}@{}.example", self.slug(of))),
            phone: Some("010-000 00 00".to_owned()),
            version: 1,
            erased_at: None,
        };
        self.people.push((persona.to_owned(), person, roles));
        id
    }

    fn add_staff(&mut self, filling: &Filling, municipality: &Municipality) {
        let Municipality { id, slug, .. } = municipality;
        for (persona, name, role) in [
            ("coordinator", "Samordnare Påhittad", Role::Coordinator),
            ("boardcoordinator", "Nämndsamordnare Påhittad", Role::Coordinator),
            ("administrator", "Administratör Påhittad", Role::MunicipalityAdministrator),
            ("reader", "Läsare Påhittad", Role::Reader),
        ] {
            self.add_person(filling, &format!("{persona}.{slug}"), name, *id, vec![role.code()]);
        }
    }
}

/// Assigns the coordinators and records the other roles: one coordinator for all controllers that a municipality hosts, and one for
/// its second board alone.
async fn roles(filling: &Filling, directory: &Directory) -> anyhow::Result<()> {
    let since = filling.today - Months::new(18);
    let validity = Period { from: since, to: None };
    let mut assignments = Vec::new();
    let mut records = Vec::new();
    let person = |persona: &str| directory.person(persona).with_context(|| format!("no persona {persona}"));
    for Municipality { id, slug, .. } in &directory.municipalities {
        let hosted: Vec<_> = directory.controllers.iter().filter(|controller| controller.host == *id).collect();
        let mut assign = |persona: &str, controller: &Controller, deputy| {
            let assignment = Assignment {
                id: filling.ids.id(filling.recorded_at),
                person: person(&format!("{persona}.{slug}"))?,
                controller: controller.id,
                deputy,
                validity,
                version: 1,
            };
            assignments.push(assignment);
            anyhow::Ok(())
        };
        for controller in &hosted {
            assign("coordinator", controller, false)?;
        }
        assign("boardcoordinator", hosted.get(1).context("a municipality has one board only")?, true)?;
        for (persona, role) in [("administrator", Role::MunicipalityAdministrator), ("reader", Role::Reader)] {
            let record = RoleRecord { person: person(&format!("{persona}.{slug}"))?, role, municipality: *id, validity, version: 1 };
            records.push((filling.ids.uuid(filling.recorded_at), record));
        }
    }
    let home = directory.municipalities.first().context("no municipality")?.id;
    let operator =
        RoleRecord { person: person("operator")?, role: Role::CooperationAdministrator, municipality: home, validity, version: 1 };
    records.push((filling.ids.uuid(filling.recorded_at), operator));
    repo::insert_assignments(&filling.tx, &WriteScope::of_the_operator(Action::AssignCoordinator), &assignments).await?;
    repo::insert_role_records(&filling.tx, &WriteScope::of_the_operator(Action::GrantRole), &records).await?;
    Ok(())
}

/// Every controller has appointed the officer by itself; the authority was told two weeks later.
async fn appointments(filling: &Filling, directory: &Directory, officer: PersonId, home: MunicipalityId) -> anyhow::Result<()> {
    let scope = WriteScope::of_the_operator(Action::AppointOfficer);
    let from = filling.today - Months::new(24);
    let appointments: Vec<_> = (1..)
        .zip(&directory.controllers)
        .map(|(n, controller)| Appointment {
            id: filling.ids.id(filling.recorded_at),
            person: officer,
            controller: controller.id,
            login_at: home,
            validity: Period { from, to: None },
            decision_reference: Some(format!("DEMO {}/{n}", from.format("%Y"))),
            end_reason: None,
            version: 1,
        })
        .collect();
    repo::insert_appointments(&filling.tx, &scope, &appointments).await?;
    let told = AuthorityNotification {
        kind: AuthorityNotificationKind::Appointed,
        on: from + chrono::Days::new(14),
        reference: Some("DEMO-IMY".to_owned()),
    };
    for appointment in &appointments {
        repo::insert_notification(&filling.tx, &scope, appointment.id, &told, filling.ids.uuid(filling.recorded_at)).await?;
    }
    Ok(())
}

fn date(text: &str) -> anyhow::Result<NaiveDate> {
    Ok(text.parse()?)
}

/// 1 is b, 2 is c, 26 is ba.
fn letters(n: u32) -> String {
    let letter = |n: u32| char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
    if n < 26 { letter(n).to_string() } else { format!("{}{}", letter(n / 26), letter(n)) }
}

/// An organisation number that nobody has: no real one begins with 0, and its check digit is right.
pub(super) fn invented_number(n: u32) -> String {
    let head = format!("002{n:06}");
    let weighted = |(at, c): (usize, char)| {
        let digit = c.to_digit(10).unwrap_or(0) * if at % 2 == 0 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    let sum: u32 = head.chars().enumerate().map(weighted).sum();
    format!("{}-{}{}", &head[..6], &head[6..], (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::contact::organisation_number;

    #[test]
    fn invented_numbers_have_the_right_form() {
        for n in [0, 1, 17, 999_999] {
            assert!(organisation_number("n", &invented_number(n)).is_ok(), "{}", invented_number(n));
        }
    }
}
