//! Settings of the login: providers, origins, how long sessions last. What is wrong is named with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use anyhow::{Context, bail, ensure};
use chrono::TimeDelta;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde::{Deserialize, Deserializer, de};
use url::{Host, Url};
use uuid::Uuid;

use super::PREFIX;
use crate::{
    auth::{
        provider::{AccessTokens, LoginSettings, Provider, RoleClaim, Secret, host_and_port},
        session::LONGEST_HOURS,
    },
    authz::Role,
    kernel::contact::municipality_slug,
};

/// What the variables begin with that hold the secrets of providers; the municipality's slug follows.
pub(super) const SECRET: &str = "SAMVERKAN_CLIENT_SECRET_";

/// The algorithms whose signatures can be verified. None of them is symmetric: the client's secret is no key.
const ALGORITHMS: [(&str, CoreJwsSigningAlgorithm); 9] = [
    ("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
    ("RS384", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384),
    ("RS512", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512),
    ("PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256),
    ("PS384", CoreJwsSigningAlgorithm::RsaSsaPssSha384),
    ("PS512", CoreJwsSigningAlgorithm::RsaSsaPssSha512),
    ("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256),
    ("ES384", CoreJwsSigningAlgorithm::EcdsaP384Sha384),
    ("EdDSA", CoreJwsSigningAlgorithm::EdDsa),
];

/// Names of Entra ID's shared issuers, which stand for every organisation there is.
const SHARED_ISSUERS: [&str; 3] = ["common", "organizations", "consumers"];
/// Where Entra ID's issuers are; the first part of their path is the tenant, which their tokens name, too.
const ENTRA: [&str; 2] = ["login.microsoftonline.com", "sts.windows.net"];

/// The tenant of everybody who has an account of Microsoft's and no organisation.
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The settings of the login as they are written.
#[derive(Default)]
pub(super) struct WrittenLogin {
    pub(super) public_url: Option<String>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) loopback_http: bool,
    pub(super) session_idle_minutes: i64,
    pub(super) session_hours: i64,
    pub(super) providers: Vec<WrittenProvider>,
}

/// A provider as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenProvider {
    municipality: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    #[serde(default = "rs256")]
    algorithm: String,
    #[serde(default = "profile", deserialize_with = "list")]
    scopes: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    endpoint_hosts: Vec<String>,
    #[serde(default)]
    roles: Vec<WrittenRole>,
    access_tokens: Option<WrittenAccessTokens>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRole {
    claim: ClaimPath,
    value: String,
    role: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ClaimPath {
    Name(String),
    Names(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAccessTokens {
    audience: String,
    #[serde(rename = "type", default = "at_jwt")]
    kind: String,
    algorithm: Option<String>,
}

fn rs256() -> String {
    "RS256".to_owned()
}

fn profile() -> Vec<String> {
    vec!["profile".to_owned()]
}

fn at_jwt() -> String {
    "at+jwt".to_owned()
}

/// A list, or in the environment its items with commas between them.
pub(super) fn list<'de, D: Deserializer<'de>>(written: D) -> Result<Vec<String>, D::Error> {
    struct Items;
    impl<'de> de::Visitor<'de> for Items {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of texts")
        }

        fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Vec<String>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                list.push(item);
            }
            Ok(list)
        }
    }
    written.deserialize_any(Items)
}

impl WrittenLogin {
    /// The settings, with the secrets that the environment holds by the providers' municipalities.
    pub(super) fn check(self, secrets: &BTreeMap<String, String>) -> anyhow::Result<LoginSettings> {
        let Self { public_url, allowed_origins, loopback_http, session_idle_minutes, session_hours, providers } = self;
        if !(5..=720).contains(&session_idle_minutes) {
            bail!("session_idle_minutes ({PREFIX}_SESSION_IDLE_MINUTES): {session_idle_minutes} is not between 5 and 720")
        }
        if !(1..=LONGEST_HOURS).contains(&session_hours) {
            bail!("session_hours ({PREFIX}_SESSION_HOURS): {session_hours} is not between 1 and {LONGEST_HOURS}")
        }
        let public_url = match public_url {
            Some(url) => origin(&url, loopback_http).with_context(|| format!("public_url ({PREFIX}_PUBLIC_URL): {url}"))?,
            None if providers.is_empty() => "https://samverkan.invalid".to_owned(),
            None => bail!("public_url ({PREFIX}_PUBLIC_URL): where there are providers it has to say where browsers reach this program"),
        };
        let allowed =
            |url: &String| origin(url, loopback_http).with_context(|| format!("allowed_origins ({PREFIX}_ALLOWED_ORIGINS): {url}"));
        let settings = LoginSettings {
            public_url,
            allowed_origins: allowed_origins.iter().map(allowed).collect::<anyhow::Result<_>>()?,
            session_idle: TimeDelta::minutes(session_idle_minutes),
            session_longest: TimeDelta::hours(session_hours),
            providers: check_providers(providers, loopback_http, secrets)?,
        };
        if let Some(nobodys) =
            secrets.keys().find(|slug| !settings.providers.iter().any(|provider| variable(&provider.municipality) == **slug))
        {
            bail!("{SECRET}{nobodys}: there is no provider of a municipality that it could be for")
        }
        Ok(settings)
    }
}

fn check_providers(
    written: Vec<WrittenProvider>,
    loopback_http: bool,
    secrets: &BTreeMap<String, String>,
) -> anyhow::Result<Vec<Provider>> {
    let mut providers: Vec<Provider> = Vec::new();
    for (at, one) in written.into_iter().enumerate() {
        let place = format!("providers[{at}] ({})", one.municipality);
        let provider = one.check(loopback_http, secrets).with_context(|| place.clone())?;
        if let Some(other) = providers.iter().find(|other| other.municipality == provider.municipality) {
            bail!("{place}: municipality: {} has a provider already; each municipality has one", other.municipality)
        }
        if let Some(other) = providers.iter().find(|other| other.issuer == provider.issuer) {
            bail!("{place}: issuer: it is the provider of {} already; each provider is of one municipality", other.municipality)
        }
        if let Some(other) = providers.iter().find(|other| other.tenant.is_some() && other.tenant == provider.tenant) {
            bail!("{place}: issuer: it is the tenant of {} already; each tenant is of one municipality", other.municipality)
        }
        providers.push(provider);
    }
    Ok(providers)
}

impl WrittenProvider {
    fn check(self, loopback_http: bool, secrets: &BTreeMap<String, String>) -> anyhow::Result<Provider> {
        let Self { municipality, issuer, client_id, client_secret_file, algorithm, scopes, endpoint_hosts, roles, access_tokens } = self;
        let municipality =
            municipality_slug("", &municipality).map_err(|refusal| anyhow::anyhow!("municipality: {}", refusal.message.en))?;
        let address = issuer_address(&issuer, loopback_http).with_context(|| format!("issuer: {issuer}"))?;
        ensure!(!client_id.trim().is_empty(), "client_id: it is empty");
        let mut hosts: BTreeSet<_> = host_and_port(&address).into_iter().collect();
        for host in endpoint_hosts {
            let parsed = Url::parse(&format!("https://{host}")).ok().filter(|url| url.path() == "/" && url.username().is_empty());
            hosts.insert(parsed.as_ref().and_then(host_and_port).with_context(|| format!("endpoint_hosts: {host} is not a host"))?);
        }
        for scope in &scopes {
            ensure!(!scope.is_empty() && scope.bytes().all(|b| b.is_ascii_graphic()), "scopes: {scope:?} is not a scope");
        }
        let algorithm = self::algorithm(&algorithm)?;
        let access_tokens = access_tokens.map(|written| written.check(&client_id, &algorithm)).transpose().context("access_tokens")?;
        Ok(Provider {
            client_secret: secret(&municipality, client_secret_file, secrets)?,
            tenant: tenant(&address).with_context(|| format!("issuer: {issuer}"))?,
            roles: roles.into_iter().map(WrittenRole::check).collect::<anyhow::Result<_>>().context("roles")?,
            municipality,
            issuer,
            client_id,
            scopes,
            algorithm,
            hosts,
            access_tokens,
        })
    }
}

impl WrittenRole {
    fn check(self) -> anyhow::Result<RoleClaim> {
        let path = match self.claim {
            ClaimPath::Name(name) => vec![name],
            ClaimPath::Names(names) => names,
        };
        ensure!(!path.is_empty() && path.iter().all(|name| !name.is_empty()), "claim: it names no claim");
        ensure!((1..=256).contains(&self.value.len()), "value: it has to have 1 to 256 bytes");
        match self.role.parse() {
            Ok(role @ (Role::Reader | Role::MunicipalityAdministrator)) => Ok(RoleClaim { path, value: self.value, role }),
            _ => bail!("role: {} cannot come from a provider; READER and MUNICIPALITY_ADMINISTRATOR can", self.role),
        }
    }
}

impl WrittenAccessTokens {
    fn check(self, client_id: &str, usual: &CoreJwsSigningAlgorithm) -> anyhow::Result<AccessTokens> {
        let Self { audience, kind, algorithm } = self;
        ensure!(!audience.is_empty(), "audience: it is empty");
        ensure!(audience != client_id, "audience: it is the client_id, so that an ID token would be taken for an access token");
        let kind = kind.to_ascii_lowercase();
        let kind = kind.strip_prefix("application/").unwrap_or(&kind).to_owned();
        ensure!(!kind.is_empty() && kind != "logout+jwt", "type: {kind:?} is not the type of an access token, such as at+jwt");
        let algorithm = algorithm.map_or_else(|| Ok(usual.clone()), |name| self::algorithm(&name))?;
        Ok(AccessTokens { audience, kind, algorithm })
    }
}

fn algorithm(name: &str) -> anyhow::Result<CoreJwsSigningAlgorithm> {
    let found = ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| algorithm.clone());
    found.with_context(|| format!("algorithm: {name} is none of {}", ALGORITHMS.map(|(known, _)| known).join(", ")))
}

/// The secret of a provider: from a file of its own or from the environment, not from the file of settings, which is often copied.
fn secret(municipality: &str, file: Option<PathBuf>, secrets: &BTreeMap<String, String>) -> anyhow::Result<Secret> {
    let name = variable(municipality);
    let secret = match (file, secrets.get(&name)) {
        (_, Some(secret)) => secret.clone(),
        (Some(file), None) => {
            std::fs::read_to_string(&file).with_context(|| format!("client_secret_file: cannot read {}", file.display()))?
        }
        (None, None) => bail!("client_secret_file ({SECRET}{name}): the client's secret is in neither"),
    };
    ensure!(!secret.trim().is_empty(), "client_secret_file ({SECRET}{name}): the client's secret is empty");
    Ok(Secret(secret.trim().to_owned()))
}

/// How the name of a municipality's variable ends.
fn variable(slug: &str) -> String {
    slug.to_ascii_uppercase().replace('-', "_")
}

/// The tenant of an issuer of Entra ID, which its tokens name, too: always by its number, in small letters.
fn tenant(issuer: &Url) -> anyhow::Result<Option<String>> {
    if !issuer.host_str().is_some_and(|host| ENTRA.contains(&host)) {
        return Ok(None);
    }
    let tenant = issuer.path_segments().and_then(|mut parts| parts.next()).unwrap_or_default();
    let is_number = Uuid::try_parse(tenant).is_ok_and(|number| number.hyphenated().to_string() == tenant);
    ensure!(is_number, "{tenant} is not the number of a tenant, such as 00000000-0000-0000-0000-000000000000 in small letters");
    ensure!(tenant != PERSONAL_ACCOUNTS, "it is the issuer of all personal accounts there are");
    Ok(Some(tenant.to_owned()))
}

fn issuer_address(issuer: &str, loopback_http: bool) -> anyhow::Result<Url> {
    ensure!(!issuer.contains(['{', '}']), "it has a placeholder; write the issuer of your own organisation, such as …/<tenant id>/v2.0");
    let address = reachable(issuer, loopback_http)?;
    if let Some(shared) =
        address.path_segments().into_iter().flatten().find(|part| SHARED_ISSUERS.iter().any(|shared| part.eq_ignore_ascii_case(shared)))
    {
        bail!("{shared} is every organisation; write the issuer of your own, such as …/<tenant id>/v2.0")
    }
    Ok(address)
}

/// An origin in its one spelling.
fn origin(url: &str, loopback_http: bool) -> anyhow::Result<String> {
    let address = reachable(url, loopback_http)?;
    ensure!(address.path() == "/", "it has a path; write scheme, host and port only");
    Ok(address.origin().ascii_serialization())
}

/// An address that is encrypted, or, where that is allowed, at a literal address of this machine.
fn reachable(url: &str, loopback_http: bool) -> anyhow::Result<Url> {
    let address = Url::parse(url).ok().filter(Url::has_host).context("it is not a web address")?;
    let plain = address.username().is_empty() && address.password().is_none() && address.query().is_none() && address.fragment().is_none();
    ensure!(plain, "it has more than scheme, host, port and path");
    let on_this_machine = match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    };
    match address.scheme() {
        "https" => Ok(address),
        "http" if on_this_machine && loopback_http => Ok(address),
        "http" if on_this_machine => bail!("http is for trying on one machine only; allow it with loopback_http ({PREFIX}_LOOPBACK_HTTP)"),
        _ => bail!("it has to begin with https://"),
    }
}
