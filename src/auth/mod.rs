//! Who is asking? Each municipality's own OpenID provider says so at login; afterwards a session does.
//!
//! - [`provider`]: the providers, as the operator configured them; [`token`]: what is checked of their tokens, pure.
//! - `upstream` and `fetch`: what a provider says of itself, fetched with limits and kept.
//! - [`login`], with `code_flow`: a browser logs in; [`logout`]: it logs out, here, there, or because the provider says so.
//! - [`session`]: what a browser or a program sends afterwards, and who is behind it at this request.
//!
//! Ten rules keep a role from crossing a border; each has a test of its own:
//! one issuer, one municipality (R1); which issuer's key verified decides the municipality (R2); keys are looked up inside that issuer
//! only (R3); issuer, claim and exact value give a role, and nothing gives one by default (R4); an officer needs an appointment and a
//! login at the provider that it names (R5); issuer and subject are the account, an e-mail address never is (R6); rights are computed
//! anew at each request (R7); a login that has begun is used once, also by failing (R8); a logout token ends sessions of its issuer only
//! (R9); what one may read and what one may write are two scopes (R10).

mod code_flow;
mod fetch;
pub mod login;
pub mod logout;
pub mod provider;
mod repo;
pub mod session;
pub mod token;
mod upstream;

use std::sync::Arc;

pub use upstream::{Freshness, Unreachable};

use self::{
    provider::{LoginSettings, Provider},
    upstream::Upstream,
};
use crate::{
    db::Tx,
    kernel::{clock::Clock, refusal::Failure},
};

/// The providers at work.
#[derive(Debug)]
pub struct Logins {
    /// What the operator says.
    pub settings: LoginSettings,
    upstreams: Vec<Arc<Upstream>>,
}

impl Logins {
    /// The providers of `settings`; none of them is asked yet.
    pub fn new(settings: LoginSettings, freshness: Freshness) -> anyhow::Result<Self> {
        let client = fetch::client()?;
        let upstream = |provider: &Provider| Arc::new(Upstream::new(provider.clone(), client.clone(), freshness));
        Ok(Self { upstreams: settings.providers.iter().map(upstream).collect(), settings })
    }

    /// Asks all providers for their addresses and keys, so that the first login need not wait. One that is down is asked again later.
    pub async fn warm_up(&self, clock: &dyn Clock) {
        for upstream in &self.upstreams {
            if upstream.known(clock.now()).await.is_ok() {
                tracing::info!(provider.municipality = upstream.provider.municipality, "a provider answers");
            }
        }
    }

    fn upstream(&self, municipality: &str) -> Option<&Arc<Upstream>> {
        self.upstreams.iter().find(|upstream| upstream.provider.municipality == municipality)
    }

    fn upstream_with(&self, issuer: &str) -> Option<&Arc<Upstream>> {
        self.upstreams.iter().find(|upstream| upstream.provider.issuer == issuer)
    }
}

/// The names of the municipalities with these slugs, in the order of their names: for the page that lets a person choose.
pub async fn municipalities(tx: &Tx, slugs: &[String]) -> Result<Vec<(String, String)>, Failure> {
    Ok(repo::account::municipalities(tx, slugs).await?)
}
