//! The municipalities' OpenID providers, as the operator configured them: one for each municipality, and each exactly one issuer.
//!
//! Which provider's key verified a person decides the municipality, and nothing else does: no claim, header, address or argument.

use std::{collections::BTreeSet, fmt};

use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::{Map, Value};
use url::Url;

use super::token::TokenFault;
use crate::{authz::Role, db::is_never_stored};

/// How many values a claim may have. Providers leave out longer lists, some silently, so that a long one is not to be trusted.
const MOST_VALUES: usize = 200;
/// Bytes of a value that is compared at all.
const LONGEST_VALUE: usize = 256;

/// The provider of one municipality.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The slug of the municipality.
    pub municipality: String,
    /// The issuer's name of itself; compared as it is written.
    pub issuer: String,
    /// What this program is called there.
    pub client_id: String,
    /// What proves that it is this program.
    pub client_secret: Secret,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The one algorithm with which its tokens are signed.
    pub algorithm: CoreJwsSigningAlgorithm,
    /// Entra ID: the tenant (`tid`) that its tokens have to name.
    pub tenant: Option<String>,
    /// Hosts, with their ports, that its addresses may be on.
    pub hosts: BTreeSet<String>,
    /// Which values of which claims give which role.
    pub roles: Vec<RoleClaim>,
    /// Whether its access tokens are taken instead of a session, and which.
    pub access_tokens: Option<AccessTokens>,
}

/// One value of one claim that gives a role in the provider's municipality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleClaim {
    /// The claim: its name, or the names from the outermost to the innermost.
    pub path: Vec<String>,
    /// The value, exactly.
    pub value: String,
    /// Reader or administrator of the municipality: the other roles come from dated records only.
    pub role: Role,
}

/// Which access tokens of a provider are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokens {
    /// For whom they have to be.
    pub audience: String,
    /// Their type (`typ`), in small letters, without `application/`.
    pub kind: String,
    /// Their algorithm.
    pub algorithm: CoreJwsSigningAlgorithm,
}

/// A secret, which is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What a provider said at the claims that are mapped to roles, kept with a session: roles are judged anew at each request.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClaimValues(Vec<ClaimValue>);

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct ClaimValue {
    path: Vec<String>,
    values: BTreeSet<String>,
}

impl Provider {
    /// What a verified token says at the mapped claims.
    pub fn claim_values(&self, claims: &Map<String, Value>) -> Result<ClaimValues, TokenFault> {
        let paths: BTreeSet<_> = self.roles.iter().map(|role| &role.path).collect();
        let mut found = Vec::new();
        for path in paths {
            let values = values_at(claims, path)?;
            if !values.is_empty() {
                found.push(ClaimValue { path: path.clone(), values });
            }
        }
        Ok(ClaimValues(found))
    }

    /// The roles that these values give today: what is not mapped gives none.
    pub fn roles(&self, said: &ClaimValues) -> Vec<Role> {
        let says = |claim: &&RoleClaim| said.0.iter().any(|at| at.path == claim.path && at.values.contains(&claim.value));
        let mut roles = Vec::new();
        for role in self.roles.iter().filter(says).map(|claim| claim.role) {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        roles
    }

    /// Whether its claims make administrators of the municipality.
    pub fn makes_administrators(&self) -> bool {
        self.roles.iter().any(|claim| claim.role == Role::MunicipalityAdministrator)
    }

    /// Whether an address of the provider is where the operator said that the provider is.
    pub fn is_at(&self, address: &Url) -> bool {
        let encrypted = address.scheme() == "https" || (address.scheme() == "http" && self.issuer.starts_with("http://"));
        encrypted && host_and_port(address).is_some_and(|host| self.hosts.contains(&host))
    }
}

/// The host of an address with its port, also where it is the scheme's own.
pub fn host_and_port(address: &Url) -> Option<String> {
    Some(format!("{}:{}", address.host_str()?, address.port_or_known_default()?))
}

/// The text or texts at a path. Whatever is neither a text nor a list with texts says nothing.
fn values_at(claims: &Map<String, Value>, path: &[String]) -> Result<BTreeSet<String>, TokenFault> {
    let (first, inner) = path.split_first().ok_or(TokenFault::Claims)?;
    if has_too_many_to_say(claims, first) {
        return Err(TokenFault::TooManyValues);
    }
    let at = inner.iter().try_fold(claims.get(first), |at, name| Some(at?.get(name))).flatten();
    let texts: Vec<&str> = match at {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) if list.len() > MOST_VALUES => return Err(TokenFault::TooManyValues),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    Ok(texts.into_iter().filter(|text| text.len() <= LONGEST_VALUE && !is_never_stored(text)).map(str::to_owned).collect())
}

/// Entra ID leaves out a claim whose list is too long, and says so in one of these ways.
fn has_too_many_to_say(claims: &Map<String, Value>, claim: &str) -> bool {
    let elsewhere = claims.get("_claim_names").and_then(|names| names.get(claim)).is_some();
    elsewhere || (claim == "groups" && claims.get("hasgroups").is_some_and(|has| *has != Value::Bool(false)))
}

/// The providers and what else the operator says about logging in.
#[derive(Clone, Debug)]
pub struct LoginSettings {
    /// Where browsers reach this program: the origin of its own pages, without a slash at the end.
    pub public_url: String,
    /// Other origins whose pages may use a browser's session.
    pub allowed_origins: BTreeSet<String>,
    /// How long a browser's session lasts unused.
    pub session_idle: chrono::TimeDelta,
    /// How long a session lasts at most.
    pub session_longest: chrono::TimeDelta,
    /// The providers, one for each municipality.
    pub providers: Vec<Provider>,
}

impl LoginSettings {
    /// Whether pages of an origin may use a browser's session.
    pub fn trusts(&self, origin: &str) -> bool {
        origin == self.public_url || self.allowed_origins.contains(origin)
    }

    /// Where a provider sends the browser back: an address of its own for each, so that none can answer for another.
    pub fn redirect_url(&self, municipality: &str) -> String {
        format!("{}/login/{municipality}/callback", self.public_url)
    }

    /// Where a provider sends the browser after it has logged out there, too.
    pub fn logged_out_url(&self) -> String {
        format!("{}/logged-out", self.public_url)
    }

    /// The link by which a person of a municipality uses an invitation.
    pub fn invitation_url(&self, municipality: &str, token: &str) -> String {
        format!("{}/login/{municipality}?invitation={token}", self.public_url)
    }

    /// Where a browser may be sent to log out.
    pub fn origins_of_providers(&self) -> Vec<String> {
        let of = |provider: &Provider| {
            let scheme = if provider.issuer.starts_with("http://") { "http" } else { "https" };
            provider.hosts.iter().map(|host| format!("{scheme}://{host}")).collect::<Vec<_>>()
        };
        self.providers.iter().flat_map(of).collect()
    }

    /// The provider of a municipality.
    pub fn provider_of(&self, municipality: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.municipality == municipality)
    }

    /// The provider with this issuer.
    pub fn provider_with(&self, issuer: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.issuer == issuer)
    }
}
