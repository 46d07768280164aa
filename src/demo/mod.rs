//! The demo: six real municipalities with invented people and suppliers, on loopback only, relative to today.
//!
//! `serve` has no way here: only the command `demo` knows this module, and only its router has `/demo/personas`.

mod agreements;
mod changes;
mod console;
mod keeping;
pub mod login;
mod organisation;
mod provider;
mod random;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use axum::{Json, Router, routing::get};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::Serialize;
use tokio::net::TcpListener;

pub use self::provider::{Account, CLIENT_ID, DemoProvider};
use crate::{
    app::App,
    auth::{
        Freshness, Logins,
        provider::{LoginSettings, Provider},
    },
    authz::Role,
    db::{DatabaseUrl, Db, DbOptions, Tx, sqlite_url},
    http::{self, Http, Signals},
    kernel::{
        clock::{Clock, SystemClock, date_in_sweden},
        code::Code,
        ids::Ids,
    },
};

/// How the demo is started.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoOptions {
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// The database, a new file (sqlite://…) or an empty database (postgres://…); without it a file that is removed at the end.
    #[arg(long)]
    pub database_url: Option<DatabaseUrl>,
    /// How many times six municipalities; those beyond the first six are made up.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub scale: u32,
    /// The same seed makes the same data.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Another origin whose pages may use the demo, such as <http://127.0.0.1:5173>; may be given several times.
    #[arg(long)]
    pub allow_origin: Vec<url::Url>,
    /// The day on which the program's clock starts (YYYY-MM-DD), so that deadlines can be tried; without it today.
    #[arg(long)]
    pub today: Option<NaiveDate>,
}

/// Somebody to try the system as.
#[derive(Clone, Debug, Serialize)]
pub struct Persona {
    /// What to call it.
    pub persona: String,
    /// The invented person's name.
    pub name: String,
    /// The slug of the municipality whose login is used.
    pub municipality: String,
    /// The person's roles.
    pub roles: Vec<&'static str>,
    /// A session, to be sent as bearer.
    pub token: String,
}

/// Fills the database and serves it until told to stop.
pub async fn run(options: DemoOptions) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("samverkan-demo").tempdir().context("cannot make a folder for the demo's database")?;
    let url = options.database_url.clone().unwrap_or_else(|| sqlite_url(&folder.path().join("demo.sqlite")));
    let clock: Arc<dyn Clock> = Arc::new(options.today.map_or_else(SystemClock::default, SystemClock::starting_on));
    let ids = Arc::new(Ids::seeded(options.seed));
    let db = Db::open(&DbOptions { url, read_connections: 4, observer: None }).await?;
    db.migrate().await.context("cannot bring the demo's database up to date")?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
        .await
        .with_context(|| format!("port {} on loopback is not free; choose another with --port", options.port))?;
    let address = format!("http://{}", listener.local_addr()?);
    let mut settings = login::settings(&address, options.scale, || ids.token())?;
    settings.allowed_origins = options.allow_origin.iter().map(|url| url.origin().ascii_serialization()).collect();
    let logins = Arc::new(Logins::new(settings, Freshness::default())?);
    let app = App { db: db.clone(), clock, ids, logins };
    let personas = fill(&app, options.scale, options.seed).await?;
    let today = date_in_sweden(app.clock.now());
    let more = login_routes(&app, providers(&personas, &app.logins.settings)?).merge(personas_route(personas.clone()));
    let router = http::routes(Http::new(app, Duration::from_secs(30))?, more.with_state(()));
    let signals = Signals::catch()?;
    announce(&address, today, &personas)?;
    http::serve(listener, router, signals).await?;
    Ok(db.close_soon().await?)
}

/// Lays the demo's data into an empty database.
pub async fn fill(app: &App, scale: u32, seed: u64) -> anyhow::Result<Vec<Persona>> {
    let tx = app.db.write().await?;
    let now = app.clock.now();
    let today = date_in_sweden(now);
    let recorded_at = (today - Days::new(1)).and_time(NaiveTime::MIN).and_utc();
    let filling = Filling { tx, ids: app.ids.clone(), now, today, recorded_at };
    if organisation::is_filled(&filling).await? {
        bail!("the database is not empty; the demo fills only an empty one")
    }
    let mut random = random::Random::seeded(seed);
    let directory = organisation::fill(&filling, scale).await?;
    agreements::fill(&filling, &directory, scale, &mut random).await?;
    let personas = directory.open_sessions(&filling, &app.logins.settings).await?;
    filling.tx.commit().await?;
    Ok(personas)
}

/// A provider for each of the six municipalities, as `settings` say, where its personas log in.
pub fn providers(personas: &[Persona], settings: &LoginSettings) -> anyhow::Result<Vec<DemoProvider>> {
    let provider = |(slug, name): (String, String)| {
        let accounts = personas.iter().filter(|persona| persona.municipality == slug).map(account).collect();
        let Provider { issuer, client_secret, .. } = settings.provider_of(&slug).with_context(|| format!("no provider of {slug}"))?.clone();
        Ok(DemoProvider { slug, name, issuer, client_secret: client_secret.0, accounts })
    };
    organisation::six_municipalities()?.into_iter().map(provider).collect()
}

/// The start page and the providers, beside the routes of the program.
pub fn login_routes(app: &App, providers: Vec<DemoProvider>) -> Router {
    let base = &app.logins.settings.public_url;
    console::routes(base, &providers).merge(provider::routes(&app.clock, &app.ids, base, providers))
}

/// The account of a persona. Its roles are kept here, so that its provider tells none.
fn account(persona: &Persona) -> Account {
    let roles_shown = persona.roles.iter().filter_map(|code| Some(code.parse::<Role>().ok()?.term().label)).collect();
    Account { sub: persona.persona.clone(), name: persona.name.clone(), roles_shown, roles: Vec::new() }
}

/// The demo's data on its way into the database.
struct Filling {
    tx: Tx,
    ids: Arc<Ids>,
    now: DateTime<Utc>,
    today: NaiveDate,
    /// The instant that ids carry: the same all day, so that the same seed makes the same ids, and before anything that is recorded later.
    recorded_at: DateTime<Utc>,
}

fn personas_route(personas: Vec<Persona>) -> Router {
    let personas = Arc::new(personas);
    Router::new().route("/demo/personas", get(async move || Json(personas.as_ref().clone())))
}

fn announce(address: &str, today: NaiveDate, personas: &[Persona]) -> anyhow::Result<()> {
    use std::io::Write;
    let officer = personas.first().context("the demo has no officer")?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "samverkan demo, {today}, invented people and suppliers")?;
    writeln!(out, "Open       {address}/   (choose a municipality and an account)")?;
    writeln!(out, "GraphQL    {address}/graphql")?;
    writeln!(out, "Personas   {address}/demo/personas   (names, roles and tokens)")?;
    writeln!(out, "As the data protection officer:")?;
    writeln!(
        out,
        "  curl -s {address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer {}' \\\n    -d '{{\"query\":\"{{ municipalities {{ nodes {{ name controllers {{ nodes {{ name agreements(first: 2) {{ nodes {{ title }} }} }} }} }} }} }}\"}}'",
        officer.token
    )?;
    Ok(out.flush()?)
}
