//! Invitations: a link that binds the login of whoever uses it first to a person of the directory.

use chrono::{DateTime, TimeDelta, Utc};

use super::role::{AsFirst, authorised};
use crate::{
    app::Cx,
    auth::Logins,
    authz::WriteScope,
    db::Tx,
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{
            model::{Invitation, Municipality},
            repo,
        },
    },
    kernel::{
        ids::{Ids, hash},
        kinds::{AccountId, PersonId},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
    },
};

/// How long an invitation holds.
pub const HOLDS: TimeDelta = TimeDelta::days(7);

/// An invitation for a person.
#[derive(Debug)]
pub struct InvitePerson {
    /// Who.
    pub person: PersonId,
    /// The slug of the municipality that the person works for, at whose login the invitation is used.
    pub municipality: String,
}

/// Invites a person to log in for the first time. Who may give the person roles may do it; the cooperation's administrator only where the
/// person is recorded as the one administrator of the municipality.
///
/// Somebody who logs in already is not invited again: whoever made the link could become that person, an officer whom other
/// municipalities appointed included. Only the operator gives a new link.
pub async fn invite(cx: &Cx, command: InvitePerson) -> Result<Recorded<Invitation>, Failure> {
    let (person, municipality, scope) = authorised(cx, command.person, AsFirst::Recorded, &command.municipality).await?;
    let inviter = Some(cx.viewer.account);
    let made = make(&cx.tx, &scope, &cx.logins, (&cx.ids, cx.now), person.id, &municipality, inviter).await?;
    let change = invited(&made);
    audit::record(&cx.doing(&scope), Touched::municipality(municipality.id), change, made).await
}

/// What the audit log tells of an invitation: not its link.
pub fn invited(invitation: &Invitation) -> Change {
    Change::of(invitation.person).with("invitation.expiresAt", None, Some(invitation.expires_at.to_rfc3339()))
}

/// Makes an invitation at the login of a municipality, which has to have one; by the operator where nobody is named.
pub async fn make(
    tx: &Tx,
    scope: &WriteScope,
    logins: &Logins,
    (ids, now): (&Ids, DateTime<Utc>),
    person: PersonId,
    municipality: &Municipality,
    invited_by: Option<AccountId>,
) -> Result<Invitation, Failure> {
    if logins.settings.provider_of(&municipality.slug).is_none() {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "municipality",
            Text::new(
                "Kommunen har ingen inloggning ännu; den som driver systemet ställer in den.",
                "The municipality has no login yet; whoever runs the system sets it up.",
            ),
        )
        .into());
    }
    if invited_by.is_some() && repo::logs_in(tx, scope, person).await? {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "personId",
            Text::new(
                "Personen loggar redan in. Om inloggningen har gått förlorad ger den som driver systemet en ny länk.",
                "The person logs in already. Where that login is lost, whoever runs the system gives a new link.",
            ),
        )
        .into());
    }
    let token = ids.token();
    let link = logins.settings.invitation_url(&municipality.slug, &token);
    let invitation = Invitation { person, municipality: municipality.id, invited_by, link, expires_at: now + HOLDS };
    repo::insert_invitation(tx, scope, ids.uuid(now), &invitation, hash(&token)).await?;
    Ok(invitation)
}
