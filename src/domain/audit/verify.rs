//! Whether the log is as it was written: every chain, from its first entry to its end.

use super::{
    model::Chain,
    repo,
    rules::{Place, Walk},
};
use crate::{db::Tx, kernel::refusal::Failure};

/// What a verification found.
#[derive(Debug, Default)]
pub struct Verified {
    /// The chains with their numbers of entries.
    pub chains: Vec<(Chain, i64)>,
    /// What is not as it was written, chain by chain.
    pub tampered: Vec<Place>,
}

/// Walks along all chains.
pub async fn verify(tx: &Tx) -> Result<Verified, Failure> {
    let mut verified = Verified::default();
    for (chain, noted) in repo::chains(tx).await? {
        let mut walk = Walk::along(chain);
        let mut beyond = i64::MIN;
        loop {
            let entries = repo::next_entries(tx, chain, beyond).await?;
            let Some((last, _)) = entries.last() else { break };
            beyond = last.sequence;
            for (entry, controllers) in &entries {
                walk.step(entry, controllers);
            }
        }
        let (end, tampered) = walk.end(&noted);
        verified.chains.push((chain, end.entries));
        verified.tampered.extend(tampered);
    }
    Ok(verified)
}
