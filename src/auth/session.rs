//! Sessions: an opaque token on the outside, only its hash on the inside. A browser has one in its cookie, a program as its bearer token.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    Unreachable,
    provider::{ClaimValues, LoginSettings},
    repo::{
        account::{self, NewAccount},
        grants,
        session::{self, InUse, Login, NewSession},
    },
    token::{self, TokenFault, Verified},
    upstream::Sender,
};
use crate::{
    app::App,
    authz::{Grant, Role, RoleSource, Viewer},
    db::Tx,
    kernel::{
        clock::date_in_sweden,
        code::{Code, Term, term},
        ids::{Ids, hash},
        kinds::{AccountId, MunicipalityId, PersonId, SessionId},
        refusal::Failure,
        text::written,
    },
};

/// How long a program's session lasts at most, in hours.
pub const LONGEST_HOURS: i64 = 12;
/// How exactly the last use of a browser's session is known: each note of it is a write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Characters of the name that a provider gives a person.
const LONGEST_NAME: usize = 200;

/// Who holds a session.
#[derive(strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionKind {
    /// A browser, in a cookie; it ends when it is not used for a while.
    Browser,
    /// A program, as a bearer token.
    Program,
}

impl Code for SessionKind {
    const TYPE: &'static str = "SessionKind";

    fn term(self) -> Term {
        match self {
            Self::Browser => term("Webbläsare", "Browser"),
            Self::Program => term("Program", "Program"),
        }
    }
}

/// A session that was presented, and who is behind it at this request.
#[derive(Debug)]
pub struct Identified {
    /// Which.
    pub id: SessionId,
    /// Who holds it.
    pub kind: SessionKind,
    /// Who is behind it.
    pub viewer: Viewer,
    /// What the municipality whose login was used is called.
    pub municipality: String,
    /// Whether its last use is to be noted.
    pub stale: bool,
    claims: ClaimValues,
    provider_session: Option<String>,
}

/// The session behind a token, or nothing: unknown, expired, unused for too long, of a municipality that is no longer a member, or of a
/// provider that the operator no longer names.
pub async fn identify(tx: &Tx, settings: &LoginSettings, token: &str, now: DateTime<Utc>) -> Result<Option<Identified>, Failure> {
    let today = date_in_sweden(now);
    let found = session::in_use(tx, &hash(token), now, today, settings.session_idle).await?;
    let Some(InUse { id, kind, provider_session, claims, last_seen_at, login }) = found else { return Ok(None) };
    let municipality = login.municipality_name.clone();
    let Some(viewer) = viewer(tx, settings, login, &claims, now).await? else { return Ok(None) };
    let stale = kind == SessionKind::Browser && now - last_seen_at >= SEEN_EVERY;
    Ok(Some(Identified { id, kind, viewer, municipality, stale, claims, provider_session }))
}

/// Notes that a browser's session is used.
pub async fn seen(app: &App, id: SessionId, now: DateTime<Utc>) -> Result<(), Failure> {
    let tx = app.db.write().await?;
    session::seen(&tx, id, now).await?;
    Ok(tx.commit().await?)
}

/// Why an access token of a provider is not taken.
#[derive(Debug)]
pub enum AccessFault {
    /// The token is not accepted.
    Token(TokenFault),
    /// It is of no provider whose access tokens are taken.
    NotTaken,
    /// The provider cannot be reached.
    Unreachable,
    /// A fault of the database.
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for AccessFault {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// Who is behind an access token of a provider whose access tokens the operator takes. Nobody else's keys are tried.
pub async fn of_access_token(app: &App, token: &str, now: DateTime<Utc>) -> Result<Option<Viewer>, AccessFault> {
    let issuer = token::claimed_issuer(token).ok_or(AccessFault::NotTaken)?;
    let upstream = app.logins.upstream_with(&issuer).ok_or(AccessFault::NotTaken)?;
    let provider = &upstream.provider;
    let accepted = provider.access_tokens.as_ref().ok_or(AccessFault::NotTaken)?;
    let judged = upstream.judge(now, Sender::Anybody, |keys| token::access_token(token, provider, accepted, keys, now)).await;
    let verified = judged.map_err(|Unreachable| AccessFault::Unreachable)?.map_err(AccessFault::Token)?;
    let claims = provider.claim_values(&verified.claims).map_err(AccessFault::Token)?;
    let today = date_in_sweden(now);
    let tx = app.db.read().await.map_err(Failure::from)?;
    let Some(login) = session::of_subject(&tx, &issuer, &verified.subject, today).await? else { return Ok(None) };
    Ok(viewer(&tx, &app.logins.settings, login, &claims, now).await?)
}

/// A person of the directory as the viewer behind the login that was used last, with the roles that records give: for what the operator
/// does in the person's name at the server's command line. None where no login is bound to the person.
pub async fn of_person(tx: &Tx, person: PersonId, today: NaiveDate) -> Result<Option<Viewer>, Failure> {
    let Some((account, name)) = account::last_used(tx, person).await? else { return Ok(None) };
    let grants = grants::grants(tx, person, account.municipality, today).await?;
    Ok(Some(Viewer { account: account.id, person: Some(person), name, municipality: account.municipality, grants }))
}

/// Who is behind a login, with the roles that hold now: those of records, and those of the provider's claims.
async fn viewer(
    tx: &Tx,
    settings: &LoginSettings,
    login: Login,
    claims: &ClaimValues,
    now: DateTime<Utc>,
) -> Result<Option<Viewer>, Failure> {
    let Login { account, issuer, person, name, municipality, slug, municipality_name: _ } = login;
    let Some(provider) = settings.provider_with(&issuer).filter(|provider| provider.municipality == slug) else { return Ok(None) };
    let mut held = match person {
        Some(person) => grants::grants(tx, person, municipality, date_in_sweden(now)).await?,
        None => Vec::new(),
    };
    let of_claim = |role: Role| Grant {
        role,
        municipality: Some(municipality),
        controller: None,
        valid_from: None,
        valid_to: None,
        source: RoleSource::ProviderClaim,
        version: None,
    };
    held.extend(provider.roles(claims).into_iter().map(of_claim));
    Ok(Some(Viewer { account, person, name, municipality, grants: held }))
}

/// Somebody whom a provider has verified.
pub(super) struct LoggedIn {
    pub(super) account: AccountId,
    pub(super) provider_session: Option<String>,
    pub(super) id_token: String,
    pub(super) claims: ClaimValues,
}

/// Opens a browser's session, and returns its token.
pub(super) async fn open_browser(
    tx: &Tx,
    settings: &LoginSettings,
    ids: &Ids,
    now: DateTime<Utc>,
    who: LoggedIn,
) -> Result<String, Failure> {
    session::forget_expired(tx, now).await?;
    let token = ids.token();
    let LoggedIn { account, provider_session, id_token, claims } = who;
    let new = NewSession {
        id: ids.id(now),
        kind: SessionKind::Browser,
        token_hash: hash(&token),
        account,
        provider_session,
        id_token: Some(id_token),
        claims,
        name: None,
        created_at: now,
        expires_at: now + settings.session_longest,
    };
    session::store(tx, new).await?;
    Ok(token)
}

/// A program's session, as its holder sees it.
#[derive(Debug)]
pub struct ProgramSession {
    /// Which.
    pub id: SessionId,
    /// What the holder calls it.
    pub name: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Opens a session for a program of the person who is logged in with a browser, and returns its token. It ends with the provider's
/// session, and by itself; logging out of the browser leaves it. None where the browser's session has ended meanwhile.
pub async fn open_program(
    app: &App,
    holder: &Identified,
    name: &str,
    lasts: TimeDelta,
) -> Result<Option<(ProgramSession, String)>, Failure> {
    let now = app.clock.now();
    let token = app.ids.token();
    let program = ProgramSession {
        id: app.ids.id(now),
        name: name.to_owned(),
        created_at: now,
        expires_at: now + lasts.min(TimeDelta::hours(LONGEST_HOURS)),
    };
    let tx = app.db.write().await?;
    session::forget_expired(&tx, now).await?;
    // It may have ended since it was shown.
    if !session::lasts(&tx, holder.id).await? {
        return Ok(None);
    }
    let new = NewSession {
        id: program.id,
        kind: SessionKind::Program,
        token_hash: hash(&token),
        account: holder.viewer.account,
        provider_session: holder.provider_session.clone(),
        id_token: None,
        claims: holder.claims.clone(),
        name: Some(name.to_owned()),
        created_at: now,
        expires_at: program.expires_at,
    };
    session::store(&tx, new).await?;
    tx.commit().await?;
    Ok(Some((program, token)))
}

/// The programs' sessions of an account, the newest first.
pub async fn programs(app: &App, account: AccountId) -> Result<Vec<ProgramSession>, Failure> {
    let tx = app.db.read().await?;
    Ok(session::programs(&tx, account, app.clock.now()).await?)
}

/// Ends a program's session of an account; false where there is none.
pub async fn end_program(app: &App, account: AccountId, id: SessionId) -> Result<bool, Failure> {
    let tx = app.db.write().await?;
    let ended = session::end_program(&tx, account, id).await?;
    tx.commit().await?;
    Ok(ended)
}

/// A login of the demo or of a test, without its provider: the account of `subject`, made where there is none and then bound to the
/// person that is given, and a program's session for it. Nobody reaches this over the network.
pub async fn open_without_login(tx: &Tx, ids: &Ids, now: DateTime<Utc>, login: WithoutLogin<'_>) -> Result<String, Failure> {
    let WithoutLogin { issuer, subject, name, municipality, person } = login;
    let account = if let Some(known) = account::find(tx, issuer, subject).await? {
        known.id
    } else {
        let id = ids.id(now);
        account::store(tx, NewAccount { id, municipality, issuer, subject, name, person, now }).await?;
        id
    };
    let token = ids.token();
    let new = NewSession {
        id: ids.id(now),
        kind: SessionKind::Program,
        token_hash: hash(&token),
        account,
        provider_session: None,
        id_token: None,
        claims: ClaimValues::default(),
        name: Some(subject.to_owned()),
        created_at: now,
        expires_at: now + TimeDelta::hours(LONGEST_HOURS),
    };
    session::store(tx, new).await?;
    Ok(token)
}

/// Whose login is passed over.
#[derive(Clone, Copy, Debug)]
pub struct WithoutLogin<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Who, to the provider.
    pub subject: &'a str,
    /// What the provider calls the person.
    pub name: &'a str,
    /// The provider's municipality.
    pub municipality: MunicipalityId,
    /// The person of the directory.
    pub person: Option<PersonId>,
}

/// What a provider calls a person, or the subject where it says nothing that can be shown.
pub(super) fn name_of(verified: &Verified) -> String {
    let said = verified.claims.get("name").and_then(serde_json::Value::as_str);
    said.and_then(|name| written(name, LONGEST_NAME).ok()).unwrap_or_else(|| verified.subject.chars().take(LONGEST_NAME).collect())
}
