//! The commands of the program.

use std::{io::Write, path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Freshness, Logins},
    authz::{Action, Role, WriteScope},
    config::Config,
    db::{Db, Tx},
    demo::{self, DemoOptions},
    domain::organisation::{
        graphql::inputs::NAME,
        model::{Municipality, Person, RoleRecord},
        repo,
        service::invitation,
    },
    graphql::schema,
    http::{self, Http, Signals},
    kernel::{
        clock::{Clock, SystemClock, date_in_sweden},
        code::Code,
        contact::{email, municipality_code, municipality_slug, organisation_number},
        ids::Ids,
        kinds::{MunicipalityId, PersonId},
        period::Period,
        refusal::{Failure, Refusal},
        text::written,
    },
    telemetry,
};

/// Processor agreements and sub-processors of municipalities that share a data protection officer, through GraphQL.
#[derive(Debug, Parser)]
#[command(name = "samverkan", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve GraphQL. Brings the database schema up to date first.
    Serve(Settings),
    /// Bring the database schema up to date, and end.
    Migrate(Settings),
    /// Print the GraphQL schema: the only way in which schema.graphql changes.
    Schema,
    /// Serve invented data on loopback, to try the system.
    Demo(DemoOptions),
    /// Give a first role: administrator of the cooperation, which comes only from here, or of a municipality.
    Invite(Invite),
}

/// Where the settings are.
#[derive(Args, Debug)]
pub struct Settings {
    /// A file of settings (TOML); the environment goes before it.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

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

/// Does what the command line says.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(settings) => serve(settings).await,
        Command::Migrate(settings) => migrate(settings).await,
        Command::Schema => Ok(write!(std::io::stdout().lock(), "{}", schema::sdl())?),
        Command::Demo(options) => {
            telemetry::start("warn,samverkan=info")?;
            demo::run(options).await
        }
        Command::Invite(invite) => invite_person(invite).await,
    }
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let config = Config::load(settings.config.as_deref())?;
    telemetry::start(&config.log)?;
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("listen (SAMVERKAN_LISTEN): cannot listen on {}", config.listen))?;
    let db = open(&config).await?;
    let logins = Arc::new(Logins::new(config.login, Freshness::default())?);
    if logins.settings.providers.is_empty() {
        tracing::warn!("nobody can log in: the settings name no provider");
    }
    let app = App { db: db.clone(), clock: Arc::new(SystemClock::default()), ids: Arc::new(Ids::random()?), logins };
    let router = http::router(Http::new(app.clone(), config.request_timeout)?);
    let signals = Signals::catch()?;
    // Beside the start, which waits for no provider.
    tokio::spawn(async move { app.logins.warm_up(&*app.clock).await });
    tracing::info!(address = %listener.local_addr()?, "serving");
    http::serve(listener, router, signals).await?;
    Ok(db.close_soon().await?)
}

async fn migrate(settings: Settings) -> anyhow::Result<()> {
    let config = Config::load(settings.config.as_deref())?;
    open(&config).await?.close().await?;
    Ok(writeln!(std::io::stdout().lock(), "the database schema is up to date")?)
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    let db = Db::open(&config.database()).await.context("database_url (SAMVERKAN_DATABASE_URL)")?;
    db.migrate().await.context("cannot bring the database schema up to date")?;
    Ok(db)
}

async fn invite_person(invite: Invite) -> anyhow::Result<()> {
    let config = Config::load(invite.settings.config.as_deref())?;
    let db = open(&config).await?;
    let logins = Logins::new(config.login, Freshness::default())?;
    let ids = Ids::random()?;
    let now = SystemClock::default().now();
    let today = date_in_sweden(now);
    let tx = db.write().await?;
    let scope = WriteScope::of_the_operator(Action::GrantRole);
    let recorded = repo::municipality_for_operator(&tx, &scope, &invite.municipality).await?;
    let municipality = if let Some(recorded) = recorded {
        recorded
    } else {
        let new = first_municipality(&invite, ids.id(now), today)?;
        repo::insert_municipality(&tx, &scope, &new).await?;
        new
    };
    let (person, said) = match (&invite.person, invite.role) {
        (Some(id), _) => {
            let person = known_person(&tx, &scope, id, &municipality).await?;
            (person, format!("{person}, at the login of {}", municipality.slug))
        }
        (None, Some(role)) => {
            let person = new_person(&tx, &scope, &invite, &ids, now, municipality.id).await?;
            give_role(&tx, &scope, role.role(), (ids.uuid(now), person), municipality.id, today).await?;
            (person, format!("{person} is {} from {today}, at the login of {}", role.role().code(), municipality.slug))
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
) -> anyhow::Result<PersonId> {
    let address = invite.email.as_deref().map(|address| email("", address)).transpose();
    let email = given("--email", address)?;
    let name = given("--name", name(invite.name.as_deref().unwrap_or_default()))?;
    let person = Person { id: ids.id(now), municipality, name, email, phone: None, version: 1 };
    repo::insert_people(tx, scope, std::slice::from_ref(&person)).await?;
    Ok(person.id)
}

async fn give_role(
    tx: &Tx,
    scope: &WriteScope,
    role: Role,
    (key, person): (Uuid, PersonId),
    municipality: MunicipalityId,
    today: NaiveDate,
) -> anyhow::Result<()> {
    let record = RoleRecord { person, role, municipality, validity: Period { from: today, to: None } };
    Ok(repo::insert_role_records(tx, scope, &[(key, record)]).await?)
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
