//! What the system keeps of its users goes when nobody needs it any more (GDPR art. 5.1 e; guidelines 4.7).
//!
//! - [`rules`]: the table of what is kept, why and for how long, pure.
//! - `repo`: what is over, in the database.
//!
//! All rows of the table are disposed of in one transaction: either all of it happened or nothing, and a dry run is the same work,
//! undone. A second run at the same instant finds nothing. Deleting what opens something is no change of a record and is only counted;
//! erasing what a record tells of a person is a change, and the audit log tells it.

mod repo;
pub mod rules;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use strum::VariantArray;

use self::rules::{CONTACT_DETAILS, INVITATION, Keep, Kept, NAME, UNBOUND_LOGIN, WHAT_IS_OVER};
use crate::{
    authz::{Action, WriteScope},
    db::{Db, Tx},
    domain::{
        audit::{
            self, Doing, Touched,
            model::{Actor, Change},
        },
        organisation::{self, model::Person},
        processor, visibility,
    },
    idempotency,
    kernel::{clock::date_in_sweden, ids::Ids, kinds::MunicipalityId, refusal::Failure},
};

/// How the audit log calls it.
const ACTION: &str = "dispose";

/// Disposes of all that is over `now`, or with `dry_run` only counts it; gives back how much of each. A browser's session is over, too,
/// when it has not been used for `session_idle`.
pub async fn dispose(db: &Db, ids: &Ids, now: DateTime<Utc>, session_idle: TimeDelta, dry_run: bool) -> Result<Vec<(Kept, u64)>, Failure> {
    let disposal = Disposal { tx: db.write().await?, ids, now, today: date_in_sweden(now), session_idle };
    let mut counted = Vec::new();
    for kept in Kept::VARIANTS {
        counted.push((*kept, disposal.of(*kept).await?));
    }
    if dry_run {
        disposal.tx.rollback().await?;
    } else {
        disposal.tx.commit().await?;
    }
    Ok(counted)
}

/// One disposal, with all that it needs.
struct Disposal<'a> {
    tx: Tx,
    ids: &'a Ids,
    now: DateTime<Utc>,
    today: NaiveDate,
    session_idle: TimeDelta,
}

impl Disposal<'_> {
    /// Disposes of one row of the table; how many.
    async fn of(&self, kept: Kept) -> Result<u64, Failure> {
        let over = WHAT_IS_OVER.over_at(self.now);
        Ok(match kept {
            Kept::Sessions => repo::delete_sessions(&self.tx, over, self.session_idle).await?,
            Kept::LoginStates => repo::delete_login_states(&self.tx, over).await?,
            Kept::LogoutTokens => repo::delete_logout_tokens(&self.tx, over).await?,
            Kept::Answers => idempotency::forget_expired(&self.tx, over).await?,
            Kept::Invitations => repo::delete_invitations(&self.tx, INVITATION.over_at(self.now)).await?,
            Kept::UnboundLogins => repo::delete_unbound_logins(&self.tx, UNBOUND_LOGIN.over_at(self.now), NAME.over_at(self.now)).await?,
            Kept::ContactDetails => self.contact_details().await?,
            Kept::Names => self.names().await?,
            Kept::AgreementContactDetails => self.agreement_contacts(CONTACT_DETAILS, repo::Still::Reachable).await?,
            Kept::AgreementContactNames => self.agreement_contacts(NAME, repo::Still::Named).await?,
            Kept::Uploads => processor::repo::forget_uploads(&self.tx, over).await?,
        })
    }

    /// Erases e-mail addresses and telephone numbers. Others than the own municipality do not see them any more by then.
    async fn contact_details(&self) -> Result<u64, Failure> {
        let scope = right();
        let mut erased = 0;
        for person in repo::reachable_who_left(&self.tx, &scope, CONTACT_DETAILS, (self.now, self.today)).await? {
            let touched = Touched::municipality(person.municipality);
            self.change(&scope, &person, &person.without_contact_details(), touched).await?;
            erased += 1;
        }
        Ok(erased)
    }

    /// Erases names, with the logins. That touches also those whose records tell of the person.
    async fn names(&self) -> Result<u64, Failure> {
        let scope = right();
        let mut erased = 0;
        for person in repo::named_who_left(&self.tx, &scope, NAME, (self.now, self.today)).await? {
            repo::delete_logins_of(&self.tx, &scope, person.id).await?;
            let controllers = repo::controllers_that_name(&self.tx, &scope, person.id).await?;
            let others = visibility::repo::touched_by_controllers(&self.tx, &scope, &controllers, self.today).await?;
            let touched = Touched::municipality(person.municipality).and(others);
            self.change(&scope, &person, &person.erased(self.now), touched).await?;
            erased += 1;
        }
        Ok(erased)
    }

    /// Erases what tells of the contacts of agreements. That touches those who read the agreement.
    async fn agreement_contacts(&self, keep: Keep, still: repo::Still) -> Result<u64, Failure> {
        let scope = right();
        let mut erased = 0;
        for contact in repo::contacts_that_ended(&self.tx, &scope, keep, still, (self.now, self.today)).await? {
            let after = match still {
                repo::Still::Reachable => contact.without_details(),
                repo::Still::Named => contact.erased(),
            };
            processor::repo::update_contact(&self.tx, &scope, &after).await?;
            let host = repo::host_of(&self.tx, &scope, contact.agreement).await?;
            let readers = visibility::repo::touched_by_agreements(&self.tx, &scope, &[contact.agreement], self.today).await?;
            let touched = Touched::municipality(host).and(readers);
            self.tell(&scope, host, touched, Change::changed(&contact, &after)).await?;
            erased += 1;
        }
        Ok(erased)
    }

    async fn change(&self, scope: &WriteScope, before: &Person, after: &Person, touched: Touched) -> Result<(), Failure> {
        if !organisation::repo::update_person(&self.tx, scope, after).await? {
            return Err(Failure::internal("somebody changed a person beside the one writer"));
        }
        self.tell(scope, before.municipality, touched, Change::changed(before, after)).await
    }

    async fn tell(&self, scope: &WriteScope, at: MunicipalityId, touched: Touched, change: Change) -> Result<(), Failure> {
        let doing = Doing { tx: &self.tx, ids: self.ids, now: self.now, actor: Actor::job(), role: scope.role(), at, action: ACTION };
        audit::record(&doing, touched, change, ()).await?.into_inner();
        Ok(())
    }
}

/// Nobody asks for a disposal over the network: it is the operator's timer that does.
fn right() -> WriteScope {
    WriteScope::of_the_operator(Action::KeepPerson)
}
