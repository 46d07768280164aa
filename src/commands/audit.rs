//! `samverkan audit`: whether the log is as it was written.

use std::io::Write;

use anyhow::bail;

use super::{Settings, open};
use crate::{
    config::Config,
    db::Tx,
    domain::audit::{
        model::Chain,
        repo,
        rules::{Place, Tampering},
        verify,
    },
};

/// Walks along every chain and tells what it found, a line for each chain and for each place.
pub(super) async fn verify(settings: Settings) -> anyhow::Result<()> {
    let config = Config::load(settings.config.as_deref())?;
    let db = open(&config).await?;
    let tx = db.read().await?;
    let verified = verify::verify(&tx).await?;
    let mut out = std::io::stdout().lock();
    for (chain, entries) in &verified.chains {
        writeln!(out, "{}: {entries} entries", name(&tx, *chain).await?)?;
    }
    for place in &verified.tampered {
        writeln!(out, "{}", told(&name(&tx, place.chain).await?, *place))?;
    }
    drop(tx);
    db.close().await?;
    match verified.tampered.len() {
        0 => Ok(writeln!(out, "the audit log is as it was written")?),
        places => bail!("the audit log is not as it was written, in {places} places"),
    }
}

async fn name(tx: &Tx, chain: Chain) -> anyhow::Result<String> {
    Ok(match chain {
        Chain::Cooperation => "cooperation".to_owned(),
        Chain::Municipality(id) => repo::slug(tx, id).await?.unwrap_or_else(|| id.to_string()),
    })
}

fn told(chain: &str, place: Place) -> String {
    let Place { chain: _, sequence, what } = place;
    let what = match what {
        Tampering::Edited => "was edited",
        Tampering::OutOfSequence => "does not follow the number before: entries are gone, or it stood elsewhere",
        Tampering::Unlinked => "does not follow the entry before: one of the two was exchanged",
        Tampering::Ends => "is not where the chain was noted to end: entries are gone, or were added past the program",
    };
    format!("{chain}: entry {sequence} {what}")
}
