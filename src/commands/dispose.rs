//! `samverkan dispose`: deletes what the system no longer needs to know of its users.

use std::io::Write;

use clap::Args;

use super::{Settings, open};
use crate::{
    config::Config,
    kernel::{
        clock::{Clock, SystemClock},
        ids::Ids,
    },
    retention,
};

/// A disposal.
#[derive(Args, Debug)]
pub struct Dispose {
    #[command(flatten)]
    settings: Settings,
    /// Only tell what would be deleted, and leave everything as it is.
    #[arg(long)]
    dry_run: bool,
}

/// Disposes of what is over, and tells how much of each row of the table that was.
pub(super) async fn dispose(dispose: Dispose) -> anyhow::Result<()> {
    let config = Config::load(dispose.settings.config.as_deref())?;
    let db = open(&config).await?;
    let ids = Ids::random()?;
    let now = SystemClock::default().now();
    let counted = retention::dispose(&db, &ids, now, config.login.session_idle, dispose.dry_run).await?;
    db.close().await?;
    let would_be = if dispose.dry_run { " (dry run)" } else { "" };
    let mut out = std::io::stdout().lock();
    for (kept, count) in counted {
        writeln!(out, "{}: {count}{would_be}", kept.row().what)?;
    }
    Ok(())
}
