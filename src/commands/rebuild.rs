//! `samverkan rebuild`: the legal timeline, derived anew.

use std::io::Write;

use super::{Settings, open};
use crate::{
    authz::{Action, WriteScope},
    config::Config,
    domain::processor::service::timeline,
};

/// Derives the timeline anew in one transaction, and tells what differed: nothing, unless something has written past the program.
pub(super) async fn rebuild(settings: Settings) -> anyhow::Result<()> {
    let config = Config::load(settings.config.as_deref())?;
    let db = open(&config).await?;
    let tx = db.write().await?;
    let rebuilt = timeline::rebuild(&tx, &WriteScope::of_the_operator(Action::UpdateAgreement)).await?;
    tx.commit().await?;
    db.close().await?;
    let timeline::Rebuilt { agreements, differing } = rebuilt;
    Ok(writeln!(std::io::stdout().lock(), "{agreements} agreements; {differing} rows of the timeline differed")?)
}
