//! The logins of the demo: a provider for each municipality, at this program's own address.

use std::collections::BTreeSet;

use anyhow::Context;
use chrono::TimeDelta;
use openidconnect::core::CoreJwsSigningAlgorithm;
use url::Url;

use super::{organisation, provider};
use crate::auth::provider::{LoginSettings, Provider, Secret, host_and_port};

/// The providers of the demo's municipalities at `scale`, at `address`, where the program is reached. Each has a secret that `secret` makes.
pub fn settings(address: &str, scale: u32, secret: impl Fn() -> String) -> anyhow::Result<LoginSettings> {
    let host = host_and_port(&Url::parse(address)?).context("the address has no host")?;
    let of = |municipality: String| Provider {
        issuer: provider::issuer(address, &municipality),
        municipality,
        client_id: provider::CLIENT_ID.to_owned(),
        client_secret: Secret(secret()),
        scopes: vec!["profile".to_owned()],
        algorithm: CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        tenant: None,
        hosts: BTreeSet::from([host.clone()]),
        roles: Vec::new(),
        access_tokens: None,
    };
    Ok(LoginSettings {
        public_url: address.to_owned(),
        allowed_origins: BTreeSet::new(),
        session_idle: TimeDelta::minutes(60),
        session_longest: TimeDelta::hours(12),
        providers: organisation::slugs(scale)?.into_iter().map(of).collect(),
    })
}
