//! Login at the municipalities' OpenID providers.

mod browser;
mod csrf;
mod hostile;
mod invitation;
mod person;
mod real_login;
mod real_provider;
mod rights;
mod rotation;
mod serve;
mod session;

use std::collections::BTreeSet;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use openidconnect::core::CoreJwsSigningAlgorithm;
use samverkan::auth::{
    Freshness,
    provider::{LoginSettings, Provider, Secret, host_and_port},
};
use tokio::net::TcpListener;

use crate::support::{
    TestApp,
    providers::{CLIENT_ID, Issuer, Providers, SLUGS},
};

/// The running program with the certified providers, both on this machine.
pub(crate) struct Running {
    pub app: TestApp,
    pub providers: Providers,
    /// Where the program is, without a slash at the end.
    pub rp: String,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(Freshness::default(), |_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(freshness: Freshness, change: impl Fn(&mut LoginSettings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let rp = format!("http://{}", listener.local_addr().unwrap());
        let providers = Providers::start(&rp);
        let mut settings = settings(&rp, SLUGS.iter().map(|slug| provider(slug, providers.issuer(slug))).collect());
        change(&mut settings);
        let app = TestApp::logging_in_at(settings, freshness, machine_now()).await;
        app.serve_on(listener);
        Self { app, providers, rp }
    }
}

/// The certified providers have the machine's clock. In whole microseconds, as the program's own clock.
#[expect(clippy::disallowed_methods, reason = "the certified providers have the machine's clock, so that the program begins at it, too")]
pub(crate) fn machine_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Settings of the program at `rp` with these providers.
pub(crate) fn settings(rp: &str, providers: Vec<Provider>) -> LoginSettings {
    LoginSettings {
        public_url: rp.to_owned(),
        allowed_origins: BTreeSet::new(),
        session_idle: TimeDelta::minutes(60),
        session_longest: TimeDelta::hours(12),
        providers,
    }
}

/// The provider of a municipality, without roles.
pub(crate) fn provider(slug: &str, issuer: &Issuer) -> Provider {
    Provider {
        municipality: slug.to_owned(),
        issuer: issuer.issuer.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Secret(issuer.client_secret.clone()),
        scopes: Vec::new(),
        algorithm: CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        tenant: None,
        hosts: BTreeSet::from([host_and_port(&issuer.issuer.parse().unwrap()).unwrap()]),
        roles: Vec::new(),
        access_tokens: None,
    }
}
