//! What a provider says of itself, its addresses and its keys, kept for a while: fetched by one for all, at most every half minute
//! whatever anybody sends, and used on while the provider is down.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AdditionalProviderMetadata, IssuerUrl, ProviderMetadata,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, OwnedMutexGuard};
use url::Url;

use super::{
    fetch::{Fetch, FetchFault},
    provider::Provider,
    token::TokenFault,
};

/// How long a provider may take to tell its addresses and keys.
const PATIENCE: Duration = Duration::from_secs(4);
/// How many keys a provider may have.
const MOST_KEYS: usize = 20;

/// How long what a provider says is used.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// After this it is fetched anew.
    pub refresh: TimeDelta,
    /// After an attempt, none for this long: neither for a key that nobody knows, unless the provider itself has just used it, nor for
    /// a provider that is down.
    pub cool_down: TimeDelta,
    /// While the provider is down, it is used this long.
    pub longest: TimeDelta,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { refresh: TimeDelta::minutes(10), cool_down: TimeDelta::seconds(30), longest: TimeDelta::hours(24) }
    }
}

/// What this program reads of a provider's metadata besides the library's own.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Extra {
    #[serde(default)]
    pub(super) end_session_endpoint: Option<Url>,
    /// RFC 9207: then a response without the issuer is not the provider's.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

pub(super) type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What a provider said.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) metadata: Metadata,
    fetched_at: DateTime<Utc>,
}

impl Known {
    pub(super) fn keys(&self) -> &[CoreJsonWebKey] {
        self.metadata.jwks().keys()
    }
}

/// The provider cannot be reached, or says what cannot be right; the log tells which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

/// Why a provider's metadata is not used.
#[derive(Debug, thiserror::Error)]
enum DiscoveryFault {
    #[error("the provider does not answer in time")]
    Slow,
    #[error("its metadata and keys cannot be fetched")]
    Fetch(#[source] Box<openidconnect::DiscoveryError<FetchFault>>),
    #[error("the address of its {0} is not where the provider is configured to be")]
    Elsewhere(&'static str),
    #[error("it names no {0}")]
    Missing(&'static str),
    #[error("it has {0} keys, more than {MOST_KEYS}")]
    TooManyKeys(usize),
}

/// Who sent a token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sender {
    /// The provider, for a code that it gave: a key that nobody knows is then its newest, and it is asked at once.
    Provider,
    /// Whoever it was: however many unknown keys they name, the provider is asked at most once per cool-down.
    Anybody,
}

/// A provider, and what it said last.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) provider: Provider,
    pub(super) client: reqwest::Client,
    freshness: Freshness,
    said: Arc<Mutex<Said>>,
}

#[derive(Debug, Default)]
struct Said {
    known: Option<Arc<Known>>,
    tried_at: Option<DateTime<Utc>>,
}

impl Upstream {
    pub(super) fn new(provider: Provider, client: reqwest::Client, freshness: Freshness) -> Self {
        Self { provider, client, freshness, said: Arc::default() }
    }

    /// What the provider says, fetched anew where it is old.
    pub(super) async fn known(self: &Arc<Self>, now: DateTime<Utc>) -> Result<Arc<Known>, Unreachable> {
        let said = self.said.clone().lock_owned().await;
        let fresh = said.known.as_ref().filter(|known| now - known.fetched_at < self.freshness.refresh);
        match fresh {
            Some(known) => Ok(known.clone()),
            None => self.fetched(said, now).await,
        }
    }

    /// Judges a token with the provider's keys, which are fetched anew where it names one that is not among them.
    pub(super) async fn judge<T>(
        self: &Arc<Self>,
        now: DateTime<Utc>,
        sender: Sender,
        judge: impl Fn(&[CoreJsonWebKey]) -> Result<T, TokenFault>,
    ) -> Result<Result<T, TokenFault>, Unreachable> {
        let known = self.known(now).await?;
        let judged = judge(known.keys());
        if judged.as_ref().err() != Some(&TokenFault::UnknownKey) {
            return Ok(judged);
        }
        let said = self.said.clone().lock_owned().await;
        let newer = said.known.clone().filter(|newer| !Arc::ptr_eq(newer, &known));
        let newer = match (newer, sender) {
            (Some(newer), _) => newer,
            (None, Sender::Anybody) => self.fetched(said, now).await?,
            (None, Sender::Provider) => self.asked(said, now).await?,
        };
        Ok(judge(newer.keys()))
    }

    /// Asks the provider, unless somebody did just now.
    async fn fetched(self: &Arc<Self>, said: OwnedMutexGuard<Said>, now: DateTime<Utc>) -> Result<Arc<Known>, Unreachable> {
        if said.tried_at.is_none_or(|tried_at| now - tried_at >= self.freshness.cool_down) {
            return self.asked(said, now).await;
        }
        self.usable(&said, now)
    }

    /// Asks the provider; where it does not answer, what it said last is used on. In a task of its own: others wait for the answer, too,
    /// and a client that goes away does not take it from them.
    async fn asked(self: &Arc<Self>, mut said: OwnedMutexGuard<Said>, now: DateTime<Utc>) -> Result<Arc<Known>, Unreachable> {
        let upstream = self.clone();
        let asked = tokio::spawn(async move {
            said.tried_at = Some(now);
            match upstream.ask(now).await {
                Ok(known) => said.known = Some(Arc::new(known)),
                Err(fault) => tracing::warn!(
                    provider.municipality = upstream.provider.municipality,
                    error = &fault as &dyn std::error::Error,
                    "a provider's metadata and keys cannot be fetched"
                ),
            }
            said
        });
        let said = asked.await.map_err(|_| Unreachable)?;
        self.usable(&said, now)
    }

    fn usable(&self, said: &Said, now: DateTime<Utc>) -> Result<Arc<Known>, Unreachable> {
        said.known.clone().filter(|known| now - known.fetched_at < self.freshness.longest).ok_or(Unreachable)
    }

    async fn ask(&self, now: DateTime<Utc>) -> Result<Known, DiscoveryFault> {
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(|_| DiscoveryFault::Elsewhere("issuer"))?;
        let fetch = Fetch { client: &self.client, provider: &self.provider };
        let asked = tokio::time::timeout(PATIENCE, Metadata::discover_async(issuer, &fetch)).await;
        let metadata = asked.map_err(|_| DiscoveryFault::Slow)?.map_err(|error| DiscoveryFault::Fetch(Box::new(error)))?;
        let Extra { end_session_endpoint, .. } = metadata.additional_metadata();
        let token_endpoint = metadata.token_endpoint().ok_or(DiscoveryFault::Missing("token endpoint"))?.url();
        self.expect("authorization endpoint", metadata.authorization_endpoint().url())?;
        self.expect("token endpoint", token_endpoint)?;
        if let Some(address) = end_session_endpoint {
            self.expect("end session endpoint", address)?;
        }
        match metadata.jwks().keys().len() {
            keys if keys > MOST_KEYS => Err(DiscoveryFault::TooManyKeys(keys)),
            _ => Ok(Known { metadata, fetched_at: now }),
        }
    }

    fn expect(&self, what: &'static str, address: &Url) -> Result<(), DiscoveryFault> {
        if self.provider.is_at(address) { Ok(()) } else { Err(DiscoveryFault::Elsewhere(what)) }
    }
}
