//! The commands of the program.

mod audit;
mod dispose;
mod import;
mod invite;
mod rebuild;

use std::{io::Write, path::PathBuf, sync::Arc};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use tokio::net::TcpListener;

use self::{dispose::Dispose, import::Import, invite::Invite};
use crate::{
    app::App,
    auth::{Freshness, Logins},
    authz::{Action, WriteScope},
    config::Config,
    db::Db,
    demo::{self, DemoOptions},
    domain::processor::service::timeline,
    graphql::schema,
    http::{self, Http, Signals},
    kernel::{clock::SystemClock, ids::Ids},
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
    /// Bring the database schema and the legal timeline up to date, and end.
    Migrate(Settings),
    /// Print the GraphQL schema: the only way in which schema.graphql changes.
    Schema,
    /// Serve invented data on loopback, to try the system.
    Demo(DemoOptions),
    /// Examine the audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Give a first role: administrator of the cooperation, which comes only from here, or of a municipality.
    Invite(Invite),
    /// Look through a register of agreements, as a person who coordinates its boards; with --write import it.
    Import(Import),
    /// Derive the legal timeline of everything anew from the records, and tell what differed. An upgrade that changes rules does it by itself.
    Rebuild(Settings),
    /// Delete what the system no longer needs to know of its users: for a daily timer.
    Dispose(Dispose),
}

/// What can be asked of the audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk along every chain, and tell where something was edited, removed or exchanged. Ends with an error where something was.
    Verify(Settings),
}

/// Where the settings are.
#[derive(Args, Debug)]
pub struct Settings {
    /// A file of settings (TOML); the environment goes before it.
    #[arg(long)]
    pub config: Option<PathBuf>,
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
        Command::Audit(Audit::Verify(settings)) => audit::verify(settings).await,
        Command::Invite(invite) => invite::invite_person(invite).await,
        Command::Import(import) => import::import(import).await,
        Command::Rebuild(settings) => rebuild::rebuild(settings).await,
        Command::Dispose(dispose) => dispose::dispose(dispose).await,
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
    let scope = WriteScope::of_the_operator(Action::UpdateAgreement);
    timeline::keep_up(&db, &scope).await.context("cannot bring the legal timeline up to date")?;
    Ok(db)
}
