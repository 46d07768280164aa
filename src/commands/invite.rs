//! `samverkan invite`: the first roles of an installation, and new links for lost logins.

use std::io::Write;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};
use uuid::Uuid;

use super::{Settings, open};
use crate::{
    auth::{Freshness, Logins},
    authz::{Action, Role, WriteScope},
    config::Config,
    db::Tx,
    domain::{
        audit::{
            self, Doing, Touched,
            model::{Actor, Change},
        },
        organisation::{
            model::{Municipality, Person, RoleRecord},
            repo,
            service::{invitation, role},
        },
    },
    kernel::{
        bounds::NAME,
        clock::{Clock, SystemClock, date_in_sweden},
        code::Code,
        contact::{email, municipality_code, municipality_slug, organisation_number},
        ids::Ids,
        kinds::{MunicipalityId, PersonId},
        period::Period,
        refusal::{Failure, Refusal},
        text::written,
    },
};

/// A person who is given a role on the server.
#[derive(Args, Debug)]
pub struct Invite {
    #[command(flatten)]
    settings: Settings,
    /// Which role.
    #[arg(long, value_enum, required_unless_present = "person")]
    role: Option<InvitedRole>,
    /// Instead of a role for somebody new: a new link for this person of the directory, whose login is lost.
    #[arg(long, conflicts_with_all = ["role", "name", "email"])]
    person: Option<String>,
    /// The slug of the municipality whose login the person uses.
    #[arg(long)]
    municipality: String,
    /// What the person is called.
    #[arg(long, required_unless_present = "person")]
    name: Option<String>,
    /// The person's e-mail address at work.
    #[arg(long)]
    email: Option<String>,
    /// Where the municipality is not recorded yet: its official name.
    #[arg(long)]
    municipality_name: Option<String>,
    /// Where the municipality is not recorded yet: its four-digit code.
    #[arg(long)]
    municipality_code: Option<String>,
    /// Where the municipality is not recorded yet: its organisation number.
    #[arg(long)]
    municipality_number: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InvitedRole {
    CooperationAdministrator,
    MunicipalityAdministrator,
}

impl InvitedRole {
    fn role(self) -> Role {
        match self {
            Self::CooperationAdministrator => Role::CooperationAdministrator,
            Self::MunicipalityAdministrator => Role::MunicipalityAdministrator,
        }
    }
}

/// Gives a first role, or a new link to a person whose login is lost.
pub(super) async fn invite_person(invite: Invite) -> anyhow::Result<()> {
    let config = Config::load(invite.settings.config.as_deref())?;
    let db = open(&config).await?;
    let logins = Logins::new(config.login, Freshness::default())?;
    let ids = Ids::random()?;
    let now = SystemClock::default().now();
    let today = date_in_sweden(now);
    let tx = db.write().await?;
    let scope = WriteScope::of_the_operator(Action::GrantRole);
    let recorded = repo::municipality_for_operator(&tx, &scope, &invite.municipality).await?;
    let mut changes: Vec<Change> = Vec::new();
    let municipality = if let Some(recorded) = recorded {
        recorded
    } else {
        let new = first_municipality(&invite, ids.id(now), today)?;
        repo::insert_municipality(&tx, &scope, &new).await?;
        changes.push(Change::made(&new));
        new
    };
    let (person, said) = match (&invite.person, invite.role) {
        (Some(id), _) => {
            let person = known_person(&tx, &scope, id, &municipality).await?;
            (person, format!("{person}, at the login of {}", municipality.slug))
        }
        (None, Some(role)) => {
            let person = new_person(&tx, &scope, &invite, &ids, now, municipality.id).await?;
            let given = give_role(&tx, &scope, role.role(), (ids.uuid(now), person.id), municipality.id, today).await?;
            changes.extend([Change::made(&person), role::granted(&given)]);
            (person.id, format!("{} is {} from {today}, at the login of {}", person.id, given.role.code(), municipality.slug))
        }
        (None, None) => bail!("--role: it is needed for somebody new"),
    };
    let invited = invitation::make(&tx, &scope, &logins, (&ids, now), person, &municipality, None).await;
    let invited = match invited {
        Err(Failure::Refused(refusals)) => {
            bail!("--municipality: {}", refusals.iter().map(|refusal| &*refusal.message.en).collect::<String>())
        }
        other => other?,
    };
    changes.push(invitation::invited(&invited));
    let doing = Doing { tx: &tx, ids: &ids, now, actor: Actor::operator(), role: scope.role(), at: municipality.id, action: "invite" };
    if let Some(change) = changes.into_iter().reduce(Change::and) {
        let touched = Touched::cooperation().and(Touched::municipality(municipality.id));
        audit::record(&doing, touched, change, ()).await?.into_inner();
    }
    tx.commit().await?;
    db.close().await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{said}")?;
    writeln!(out, "to be given to the person, and to nobody else; used once, at the latest {}:", date_in_sweden(invited.expires_at))?;
    Ok(writeln!(out, "{}", invited.link)?)
}

/// Records the person whom the command line describes.
async fn new_person(
    tx: &Tx,
    scope: &WriteScope,
    invite: &Invite,
    ids: &Ids,
    now: DateTime<Utc>,
    municipality: MunicipalityId,
) -> anyhow::Result<Person> {
    let address = invite.email.as_deref().map(|address| email("", address)).transpose();
    let email = given("--email", address)?;
    let name = given("--name", name(invite.name.as_deref().unwrap_or_default()))?;
    let person = Person { id: ids.id(now), municipality, name, email, phone: None, version: 1, erased_at: None };
    repo::insert_people(tx, scope, std::slice::from_ref(&person)).await?;
    Ok(person)
}

async fn give_role(
    tx: &Tx,
    scope: &WriteScope,
    role: Role,
    (key, person): (Uuid, PersonId),
    municipality: MunicipalityId,
    today: NaiveDate,
) -> anyhow::Result<RoleRecord> {
    let record = RoleRecord { person, role, municipality, validity: Period { from: today, to: None }, version: 1 };
    repo::insert_role_records(tx, scope, &[(key, record.clone())]).await?;
    Ok(record)
}

/// The person of a municipality whom the command line names.
async fn known_person(tx: &Tx, scope: &WriteScope, id: &str, municipality: &Municipality) -> anyhow::Result<PersonId> {
    let found = match PersonId::parse(id) {
        Ok(id) => repo::person_of(tx, scope, id, municipality.id).await?,
        Err(_) => None,
    };
    let found = found.with_context(|| format!("--person: {id} is no person who works for {}", municipality.slug))?;
    Ok(found.id)
}

/// The municipality of the first administrator, which nobody could record yet.
fn first_municipality(invite: &Invite, id: MunicipalityId, today: NaiveDate) -> anyhow::Result<Municipality> {
    let (Some(name), Some(code), Some(number)) = (&invite.municipality_name, &invite.municipality_code, &invite.municipality_number) else {
        bail!(
            "--municipality: {} is not recorded yet; give --municipality-name, --municipality-code and --municipality-number, too",
            invite.municipality
        )
    };
    Ok(Municipality {
        id,
        slug: given("--municipality", municipality_slug("", &invite.municipality))?,
        name: given("--municipality-name", self::name(name))?,
        code: given("--municipality-code", municipality_code("", code))?,
        organisation_number: given("--municipality-number", organisation_number("", number))?,
        meeting_order: 1,
        membership: Period { from: today, to: None },
        version: 1,
    })
}

fn name(text: &str) -> Result<String, Refusal> {
    written(text, NAME).map_err(|fault| Refusal::text("", fault))
}

/// What was given on the command line, or what is wrong with it.
fn given<T>(argument: &str, read: Result<T, Refusal>) -> anyhow::Result<T> {
    read.map_err(|refusal| anyhow::anyhow!("{argument}: {}", refusal.message.en))
}
