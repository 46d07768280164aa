//! A browser logs in: it is sent to its municipality's provider and comes back with a code, which is good once.
//!
//! Code flow with PKCE (S256), state, nonce, the issuer in the response (RFC 9207), and an address of its own for each provider to send
//! the browser back to. Source: OpenID Connect Core 3.1, RFC 9700.

use chrono::{DateTime, TimeDelta, Utc};
use url::{Url, form_urlencoded};

use super::{
    Unreachable,
    code_flow::{Secrets, authorization, exchange},
    provider::{LoginSettings, Provider},
    repo::{
        account::{self, NewAccount},
        invitation::{self, Invited},
        login_state::{self, LoginState},
    },
    session::{self, LoggedIn, name_of},
    token::{self, TokenFault, Verified},
    upstream::Sender,
};
use crate::{
    app::App,
    db::Tx,
    kernel::{
        clock::date_in_sweden,
        ids::{hash, is_token},
        kinds::{AccountId, MunicipalityId},
        refusal::Failure,
    },
};

/// How long a person may take at the provider.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// Bytes of an address to return to.
const LONGEST_ADDRESS: usize = 2_000;

/// Why nobody was logged in. The names are told to the person and logged; a person begins again.
#[derive(Debug, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum LoginFault {
    /// No provider is configured for this municipality.
    UnknownMunicipality,
    /// The address to return to is neither here nor at an allowed origin.
    ReturnTo,
    /// The response has no code, or a parameter twice.
    Response,
    /// The login was not begun here, or is used, or took too long.
    State,
    /// The login was begun in another browser.
    Browser,
    /// The login was begun at another provider.
    OtherProvider,
    /// The response does not name the issuer, or names another.
    Issuer,
    /// The provider says that it did not log the person in.
    Denied,
    /// The provider cannot be reached, or does not keep to the protocol.
    Unreachable,
    /// The provider does not give a token for the code.
    Exchange,
    /// The token is not accepted.
    Token(TokenFault),
    /// The municipality is not recorded, or not a member now.
    NotAMember,
    /// The invitation is unknown, used, over, or for another municipality.
    Invitation,
    /// The login made the invitation itself.
    OwnInvitation,
    /// The provider was another municipality's when the login was first used.
    Moved,
    /// The login belongs to another person of the directory already.
    BoundToAnother,
    /// A fault of the database.
    Failure(Failure),
}

impl LoginFault {
    /// The one spelling of this reason, for the page and the log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(fault) => fault.code(),
            other => other.into(),
        }
    }
}

impl<E: Into<Failure>> From<E> for LoginFault {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// What the browser brings along to begin.
#[derive(Debug, Default)]
pub struct Wish<'a> {
    /// Where to go afterwards: a path here, or an address of an allowed origin. The start page where it is left out.
    pub return_to: Option<&'a str>,
    /// The token of an invitation to use.
    pub invitation: Option<&'a str>,
    /// The cookie that tells this browser from others, where it has one.
    pub browser: Option<&'a str>,
}

/// A login that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser is sent.
    pub to: Url,
    /// The cookie that tells this browser from others.
    pub browser: String,
}

/// Begins a login at the provider of a municipality.
pub async fn begin(app: &App, municipality: &str, wish: Wish<'_>) -> Result<Begun, LoginFault> {
    let now = app.clock.now();
    let upstream = app.logins.upstream(municipality).ok_or(LoginFault::UnknownMunicipality)?;
    let return_to = return_to(&app.logins.settings, wish.return_to)?;
    let known = upstream.known(now).await.map_err(|Unreachable| LoginFault::Unreachable)?;
    let secret = || app.ids.token();
    let secrets = Secrets { state: secret(), nonce: secret(), verifier: secret() };
    let to = authorization(app, &upstream.provider, &known.metadata, &secrets)?;
    // The same for two logins that a browser begins side by side; a cookie that is not ours is not kept.
    let browser = wish.browser.filter(|cookie| is_token(cookie)).map_or_else(secret, str::to_owned);
    let begun = LoginState {
        state_hash: hash(&secrets.state),
        browser_hash: hash(&browser),
        issuer: upstream.provider.issuer.clone(),
        nonce: secrets.nonce,
        verifier: secrets.verifier,
        return_to,
        invitation_hash: wish.invitation.map(hash),
        expires_at: now + PATIENCE,
    };
    let tx = app.db.write().await.map_err(Failure::from)?;
    login_state::store(&tx, app.ids.uuid(now), begun, now).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(Begun { to, browser })
}

/// Where the browser may go after a login: nobody can make a link to here that ends elsewhere.
fn return_to(settings: &LoginSettings, asked: Option<&str>) -> Result<String, LoginFault> {
    let own = Url::parse(&settings.public_url).map_err(|_| LoginFault::ReturnTo)?;
    let Some(asked) = asked else { return Ok("/".to_owned()) };
    let address = own.join(asked).map_err(|_| LoginFault::ReturnTo)?;
    let origin = address.origin().ascii_serialization();
    // A path with two slashes in front is another host to a browser; an address without a host has no origin of its own.
    let plain = address.has_host() && !address.path().starts_with("//");
    match (plain && asked.len() <= LONGEST_ADDRESS, origin == settings.public_url, settings.trusts(&origin)) {
        (true, true, _) => Ok(address[url::Position::BeforePath..].to_owned()),
        (true, false, true) => Ok(address.into()),
        _ => Err(LoginFault::ReturnTo),
    }
}

/// What the provider sends with the browser.
#[derive(Debug, Default)]
pub struct Response {
    code: Option<String>,
    state: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
}

impl Response {
    /// Reads a query; a parameter that is there twice is nobody's.
    pub fn parse(query: &str) -> Result<Self, LoginFault> {
        let mut response = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "code" => &mut response.code,
                "state" => &mut response.state,
                "iss" => &mut response.issuer,
                "error" => &mut response.error,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(LoginFault::Response);
            }
        }
        Ok(response)
    }
}

/// A login that is done.
#[derive(Debug)]
pub struct Done {
    /// The token of the new session.
    pub token: String,
    /// Where the browser goes.
    pub return_to: String,
}

/// Ends a login at the address of a municipality's provider. Whatever comes of it, the login that was begun is used.
pub async fn finish(app: &App, municipality: &str, query: &str, browser: Option<&str>, former: Option<&str>) -> Result<Done, LoginFault> {
    let now = app.clock.now();
    let taken = take(app, query).await;
    let upstream = app.logins.upstream(municipality).ok_or(LoginFault::UnknownMunicipality)?;
    let provider = &upstream.provider;
    let begun = taken?;
    let response = Response::parse(query)?;
    if begun.expires_at <= now {
        return Err(LoginFault::State);
    }
    if browser.map(hash).as_ref() != Some(&begun.browser_hash) {
        return Err(LoginFault::Browser);
    }
    if begun.issuer != provider.issuer {
        return Err(LoginFault::OtherProvider);
    }
    let known = upstream.known(now).await.map_err(|Unreachable| LoginFault::Unreachable)?;
    let named = known.metadata.additional_metadata().authorization_response_iss_parameter_supported;
    match &response.issuer {
        Some(issuer) if *issuer != provider.issuer => return Err(LoginFault::Issuer),
        None if named => return Err(LoginFault::Issuer),
        _ => {}
    }
    if response.error.is_some() {
        return Err(LoginFault::Denied);
    }
    let code = response.code.ok_or(LoginFault::Response)?;
    let id_token = exchange(app, upstream, &known.metadata, code, begun.verifier).await?;
    let judged = upstream.judge(now, Sender::Provider, |keys| token::id_token(&id_token, provider, keys, &begun.nonce, now)).await;
    let verified = judged.map_err(|Unreachable| LoginFault::Unreachable)?.map_err(LoginFault::Token)?;
    let claims = provider.claim_values(&verified.claims).map_err(LoginFault::Token)?;

    let tx = app.db.write().await.map_err(Failure::from)?;
    let account = account(app, &tx, provider, &verified, begun.invitation_hash.as_deref()).await?;
    if let Some(former) = former {
        super::repo::session::end_browser(&tx, &hash(former)).await?;
    }
    let who = LoggedIn { account, provider_session: verified.provider_session, id_token, claims };
    let token = session::open_browser(&tx, &app.logins.settings, &app.ids, now, who).await?;
    tx.commit().await.map_err(Failure::from)?;
    tracing::info!(provider.municipality = municipality, account.id = %account, "logged in");
    Ok(Done { token, return_to: begun.return_to })
}

/// Takes the login that the query names out of the database, so that it cannot be tried again. Of a query that names several the first
/// two are taken, and no thousands are looked for: it is refused in any case.
///
/// Only where there is one it is waited for the writer, so that nobody holds that up with addresses made up.
async fn take(app: &App, query: &str) -> Result<LoginState, LoginFault> {
    let states = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state").take(2);
    let hashes: Vec<_> = states.map(|(_, state)| hash(&state)).collect();
    let reader = app.db.read().await.map_err(Failure::from)?;
    if hashes.is_empty() || !login_state::is_any(&reader, &hashes).await? {
        return Err(LoginFault::State);
    }
    drop(reader);
    let tx = app.db.write().await.map_err(Failure::from)?;
    let mut taken = None;
    for state_hash in &hashes {
        taken = login_state::take(&tx, state_hash).await?.or(taken);
    }
    tx.commit().await.map_err(Failure::from)?;
    taken.ok_or(LoginFault::State)
}

/// The account that a provider has verified: known, or new and without rights. An invitation binds it to a person of the directory;
/// nothing else does, and no e-mail address.
async fn account(
    app: &App,
    tx: &Tx,
    provider: &Provider,
    verified: &Verified,
    invitation_hash: Option<&str>,
) -> Result<AccountId, LoginFault> {
    let now = app.clock.now();
    let municipality = account::member(tx, &provider.municipality, date_in_sweden(now)).await?.ok_or(LoginFault::NotAMember)?;
    let invited = match invitation_hash {
        Some(hash) => Some(invited(tx, hash, municipality, now).await?),
        None => None,
    };
    let name = name_of(verified);
    let Some(known) = account::find(tx, &provider.issuer, &verified.subject).await? else {
        let id = app.ids.id(now);
        let new = NewAccount {
            id,
            municipality,
            issuer: &provider.issuer,
            subject: &verified.subject,
            name: &name,
            person: invited.map(|invited| invited.person),
            now,
        };
        account::store(tx, new).await?;
        return Ok(id);
    };
    if known.municipality != municipality {
        return Err(LoginFault::Moved);
    }
    match (invited, known.person) {
        // Nobody becomes somebody else alone.
        (Some(invited), _) if invited.by == Some(known.id) => return Err(LoginFault::OwnInvitation),
        (Some(invited), None) => account::bind(tx, known.id, invited.person).await?,
        (Some(invited), Some(person)) if invited.person != person => return Err(LoginFault::BoundToAnother),
        _ => {}
    }
    account::logged_in(tx, known.id, &name, now).await?;
    Ok(known.id)
}

async fn invited(tx: &Tx, hash: &str, at: MunicipalityId, now: DateTime<Utc>) -> Result<Invited, LoginFault> {
    invitation::take(tx, hash, at, now).await?.ok_or(LoginFault::Invitation)
}
