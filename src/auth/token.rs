//! Is this token what it says? All that is checked of a provider's tokens, in one place and pure: signature, kind, sender, addressee, time.
//!
//! The library verifies signatures; what a token says is judged here, because the library's own verifier accepts a token that is not
//! valid yet, was issued in the future or years ago, never expires, was issued to another client, names nobody, is a logout token, or
//! is signed with the client's secret where the provider's metadata says so.
//! Sources: OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6, RFC 8725, RFC 9068.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyUse,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::provider::{AccessTokens, Provider};

/// How much two clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// How old an ID token or a logout token may be: it is made for the moment. Entra ID sets its clock back five minutes.
const OLDEST: TimeDelta = TimeDelta::minutes(10);
/// How long a token may be valid.
const LONGEST: TimeDelta = TimeDelta::hours(25);
/// Bytes of a token.
const MAX_BYTES: usize = 32 * 1024;
/// Bytes of a subject, of a session's id and of a token's id.
const MAX_ID: usize = 255;
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Why a token is not accepted.
#[derive(strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenFault {
    /// Longer than any real token.
    TooLong,
    /// Not three parts in base64url, the first two of them JSON objects.
    NotAToken,
    /// A member that is there twice.
    DuplicateMember,
    /// Signed with another algorithm than the configured one, or not at all.
    Algorithm,
    /// A token of another kind.
    Type,
    /// It demands that the reader understands something.
    Critical,
    /// It brings the key to verify itself with, or an address of one.
    KeyInHeader,
    /// It names no key, and the provider has several.
    NoKeyId,
    /// It names a key that the provider does not have.
    UnknownKey,
    /// It names a key that the provider has twice.
    AmbiguousKey,
    /// The key is not for signatures with this algorithm.
    UnfitKey,
    /// The signature is wrong.
    Signature,
    /// A claim has the wrong type, or one that is needed is missing.
    Claims,
    /// From another issuer.
    Issuer,
    /// For somebody else, or for somebody else too.
    Audience,
    /// Issued to another client.
    AuthorizedParty,
    /// It names nobody.
    Subject,
    /// It is over.
    Expired,
    /// It has not begun.
    NotYetValid,
    /// Issued in the future.
    IssuedInFuture,
    /// Issued too long ago.
    IssuedLongAgo,
    /// Valid for longer than any real token.
    ValidTooLong,
    /// Without the nonce of this login, or with another.
    Nonce,
    /// A logout token where another is expected, or none where one is.
    Events,
    /// Of another tenant.
    Tenant,
    /// A logout token that says neither who nor which session.
    NobodyToLogOut,
    /// A logout token without an id of its own.
    TokenId,
    /// A mapped claim has more values than the provider tells: have it send application roles instead of groups.
    TooManyValues,
}

impl TokenFault {
    /// The one spelling of this reason, for logs and pages.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Who logged in, as an ID token or an access token says.
#[derive(Debug)]
pub struct Verified {
    /// Who, within the issuer.
    pub subject: String,
    /// The provider's session.
    pub provider_session: Option<String>,
    /// All claims.
    pub claims: Map<String, Value>,
}

/// Whom a logout token logs out.
#[derive(Debug, PartialEq, Eq)]
pub struct LogoutOrder {
    /// All sessions of a person.
    pub subject: Option<String>,
    /// One session.
    pub provider_session: Option<String>,
    /// The token's id.
    pub token_id: String,
    /// Until when the token would be accepted.
    pub expires_at: DateTime<Utc>,
}

/// Verifies the ID token of a login that was begun with `nonce`.
pub fn id_token(
    token: &str,
    provider: &Provider,
    keys: &[CoreJsonWebKey],
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<Verified, TokenFault> {
    let token = Signed::parse(token)?;
    token.is_of_type(&["jwt"], true)?;
    let claims = token.verified(&provider.algorithm, keys)?;
    claims.is_from(provider)?;
    claims.is_only_for(&provider.client_id)?;
    claims.is_timely(now, OLDEST)?;
    claims.is_no_logout()?;
    if claims.text("nonce")? != Some(nonce) {
        return Err(TokenFault::Nonce);
    }
    claims.verified()
}

/// Verifies an access token that is sent instead of a session.
pub fn access_token(
    token: &str,
    provider: &Provider,
    accepted: &AccessTokens,
    keys: &[CoreJsonWebKey],
    now: DateTime<Utc>,
) -> Result<Verified, TokenFault> {
    let token = Signed::parse(token)?;
    token.is_of_type(&[&accepted.kind], false)?;
    let claims = token.verified(&accepted.algorithm, keys)?;
    claims.is_from(provider)?;
    claims.is_for(&accepted.audience)?;
    claims.is_timely(now, LONGEST)?;
    claims.is_no_logout()?;
    claims.verified()
}

/// Verifies a logout token, which the provider sends by itself.
pub fn logout_token(token: &str, provider: &Provider, keys: &[CoreJsonWebKey], now: DateTime<Utc>) -> Result<LogoutOrder, TokenFault> {
    let token = Signed::parse(token)?;
    token.is_of_type(&["logout+jwt", "jwt"], true)?;
    let claims = token.verified(&provider.algorithm, keys)?;
    claims.is_from(provider)?;
    claims.is_only_for(&provider.client_id)?;
    let expires_at = claims.is_timely(now, OLDEST)?;
    let event = claims.0.get("events").and_then(|events| events.get(LOGOUT_EVENT));
    if !event.is_some_and(Value::is_object) {
        return Err(TokenFault::Events);
    }
    if claims.0.contains_key("nonce") {
        return Err(TokenFault::Nonce);
    }
    let token_id = claims.short("jti")?.ok_or(TokenFault::TokenId)?.to_owned();
    let (subject, provider_session) = (claims.short("sub")?, claims.short("sid")?);
    if subject.is_none() && provider_session.is_none() {
        return Err(TokenFault::NobodyToLogOut);
    }
    Ok(LogoutOrder { subject: subject.map(str::to_owned), provider_session: provider_session.map(str::to_owned), token_id, expires_at })
}

/// The issuer that a token claims to have, before anything is verified: only to find the provider to verify it with.
pub fn claimed_issuer(token: &str) -> Option<String> {
    match Signed::parse(token).ok()?.claims.0.remove("iss")? {
        Value::String(issuer) => Some(issuer),
        _ => None,
    }
}

/// A token taken apart; nothing in it is verified.
struct Signed<'a> {
    header: Map<String, Value>,
    claims: Claims,
    message: &'a [u8],
    signature: Vec<u8>,
}

impl<'a> Signed<'a> {
    fn parse(token: &'a str) -> Result<Self, TokenFault> {
        if token.len() > MAX_BYTES {
            return Err(TokenFault::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::NotAToken)?;
        let (header, claims) = message.split_once('.').ok_or(TokenFault::NotAToken)?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::NotAToken);
        Ok(Self {
            header: members(&decoded(header)?)?,
            claims: Claims(members(&decoded(claims)?)?),
            message: message.as_bytes(),
            signature: decoded(signature)?,
        })
    }

    /// Its type is one of `kinds`, or missing where that is allowed.
    fn is_of_type(&self, kinds: &[&str], or_missing: bool) -> Result<(), TokenFault> {
        let right = match self.header.get("typ") {
            None => or_missing,
            Some(Value::String(kind)) => {
                let kind = kind.to_ascii_lowercase();
                kinds.contains(&kind.strip_prefix("application/").unwrap_or(&kind))
            }
            Some(_) => false,
        };
        if right { Ok(()) } else { Err(TokenFault::Type) }
    }

    /// The claims, verified with the one key of the provider that the token names, and the one algorithm.
    fn verified(self, algorithm: &CoreJwsSigningAlgorithm, keys: &[CoreJsonWebKey]) -> Result<Claims, TokenFault> {
        let named = self.header.get("alg").cloned().and_then(|named| serde_json::from_value::<CoreJwsSigningAlgorithm>(named).ok());
        if named.as_ref() != Some(algorithm) {
            return Err(TokenFault::Algorithm);
        }
        if self.header.contains_key("crit") {
            return Err(TokenFault::Critical);
        }
        if ["jwk", "jku", "x5u", "x5c"].iter().any(|member| self.header.contains_key(*member)) {
            return Err(TokenFault::KeyInHeader);
        }
        let key = self.key(keys)?;
        if !is_for(key, algorithm) {
            return Err(TokenFault::UnfitKey);
        }
        key.verify_signature(algorithm, self.message, &self.signature).map_err(|_| TokenFault::Signature)?;
        Ok(self.claims)
    }

    fn key<'k>(&self, keys: &'k [CoreJsonWebKey]) -> Result<&'k CoreJsonWebKey, TokenFault> {
        let Some(named) = self.header.get("kid") else {
            return if let [only] = keys { Ok(only) } else { Err(TokenFault::NoKeyId) };
        };
        let named = named.as_str().ok_or(TokenFault::NotAToken)?;
        let mut found = keys.iter().filter(|key| key.key_id().is_some_and(|id| id.as_str() == named));
        match (found.next(), found.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(TokenFault::AmbiguousKey),
            (None, _) => Err(TokenFault::UnknownKey),
        }
    }
}

fn is_for(key: &CoreJsonWebKey, algorithm: &CoreJwsSigningAlgorithm) -> bool {
    let signs = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
    let fits = match key.signing_alg() {
        JsonWebKeyAlgorithm::Unspecified => true,
        JsonWebKeyAlgorithm::Algorithm(own) => own == algorithm,
        JsonWebKeyAlgorithm::Unsupported => false,
    };
    signs && fits
}

/// What a token says.
struct Claims(Map<String, Value>);

impl Claims {
    fn is_from(&self, provider: &Provider) -> Result<(), TokenFault> {
        if self.text("iss")?.ok_or(TokenFault::Claims)? != provider.issuer {
            return Err(TokenFault::Issuer);
        }
        if provider.tenant.is_some() && self.text("tid")? != provider.tenant.as_deref() {
            return Err(TokenFault::Tenant);
        }
        Ok(())
    }

    /// For one addressee and nobody else.
    fn is_only_for(&self, client: &str) -> Result<(), TokenFault> {
        if self.audience()? != [client] {
            return Err(TokenFault::Audience);
        }
        if self.text("azp")?.is_some_and(|party| party != client) {
            return Err(TokenFault::AuthorizedParty);
        }
        Ok(())
    }

    /// For an addressee, among others.
    fn is_for(&self, audience: &str) -> Result<(), TokenFault> {
        if self.audience()?.contains(&audience) { Ok(()) } else { Err(TokenFault::Audience) }
    }

    fn audience(&self) -> Result<Vec<&str>, TokenFault> {
        match self.0.get("aud") {
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => several.iter().map(|one| one.as_str().ok_or(TokenFault::Claims)).collect(),
            _ => Err(TokenFault::Claims),
        }
    }

    /// Issued at most `oldest` ago, begun, and not over; gives back until when it is accepted.
    fn is_timely(&self, now: DateTime<Utc>, oldest: TimeDelta) -> Result<DateTime<Utc>, TokenFault> {
        let expires_at = self.instant("exp")?.ok_or(TokenFault::Claims)?;
        let issued_at = self.instant("iat")?.ok_or(TokenFault::Claims)?;
        if now > expires_at + LEEWAY {
            return Err(TokenFault::Expired);
        }
        if self.instant("nbf")?.is_some_and(|begins_at| now < begins_at - LEEWAY) {
            return Err(TokenFault::NotYetValid);
        }
        if now < issued_at - LEEWAY {
            return Err(TokenFault::IssuedInFuture);
        }
        if now > issued_at + oldest + LEEWAY {
            return Err(TokenFault::IssuedLongAgo);
        }
        if expires_at - issued_at > LONGEST {
            return Err(TokenFault::ValidTooLong);
        }
        Ok(expires_at + LEEWAY)
    }

    fn is_no_logout(&self) -> Result<(), TokenFault> {
        if self.0.contains_key("events") { Err(TokenFault::Events) } else { Ok(()) }
    }

    fn verified(self) -> Result<Verified, TokenFault> {
        let subject = self.short("sub")?.ok_or(TokenFault::Subject)?.to_owned();
        let provider_session = self.short("sid")?.map(str::to_owned);
        Ok(Verified { subject, provider_session, claims: self.0 })
    }

    fn text(&self, claim: &str) -> Result<Option<&str>, TokenFault> {
        match self.0.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(TokenFault::Claims),
        }
    }

    /// A name of something: neither empty nor long.
    fn short(&self, claim: &str) -> Result<Option<&str>, TokenFault> {
        let text = self.text(claim)?;
        let named = text.is_none_or(|text| !text.trim().is_empty() && text.len() <= MAX_ID && !text.contains(char::is_control));
        match (named, claim) {
            (true, _) => Ok(text),
            (false, "sub") => Err(TokenFault::Subject),
            (false, "jti") => Err(TokenFault::TokenId),
            (false, _) => Err(TokenFault::Claims),
        }
    }

    /// Seconds since 1970, with or without a fraction.
    fn instant(&self, claim: &str) -> Result<Option<DateTime<Utc>>, TokenFault> {
        let Some(value) = self.0.get(claim) else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second does not matter, and what does not fit is no instant")]
        let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64)).ok_or(TokenFault::Claims)?;
        // Only the years 1970 to 9999, so that nothing overflows.
        let instant = DateTime::from_timestamp(seconds, 0).filter(|_| (0..=253_402_300_799).contains(&seconds));
        instant.map(Some).ok_or(TokenFault::Claims)
    }
}

/// The members of a JSON object, none of them twice.
fn members(json: &[u8]) -> Result<Map<String, Value>, TokenFault> {
    serde_json::from_slice::<Members>(json)
        .map(|members| members.0)
        .map_err(|error| if error.to_string().starts_with(DUPLICATE) { TokenFault::DuplicateMember } else { TokenFault::NotAToken })
}

const DUPLICATE: &str = "a member is there twice";

struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(de::Error::custom(DUPLICATE));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
