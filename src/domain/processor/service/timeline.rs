//! The timeline follows the records: in the transaction that changes a fact, by the same function that derives all of it anew.

use crate::{
    app::Cx,
    authz::WriteScope,
    db::{Db, Tx},
    domain::{
        audit::{self, Recorded, model::Change},
        processor::{repo, rules::timeline::timeline},
        timeline::{
            Timeline,
            repo::{by_these_rules, is_by_these_rules, rewrite},
        },
        visibility,
    },
    kernel::{kinds::AgreementId, refusal::Failure},
};

/// Agreements of one pass.
const AT_ONCE: usize = 500;

/// Lets the timeline of agreements follow what is on record now, and tells how many of its rows differed.
pub async fn follow(tx: &Tx, scope: &WriteScope, agreements: &[AgreementId]) -> Result<usize, Failure> {
    let mut differing = 0;
    for some in agreements.chunks(AT_ONCE) {
        let mut timelines: Vec<_> = repo::facts(tx, scope, some).await?.iter().map(timeline).collect();
        // Of what was withdrawn nothing is said.
        let gone: Vec<_> = some.iter().map(|id| id.key()).filter(|key| !timelines.iter().any(|there| there.origin == *key)).collect();
        timelines.extend(gone.into_iter().map(|origin| Timeline { origin, spans: Vec::new() }));
        differing += rewrite(tx, scope, &timelines).await?;
    }
    Ok(differing)
}

/// What a rebuild found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many agreements there are.
    pub agreements: usize,
    /// How many rows of the timeline were not as the rules derive them.
    pub differing: usize,
}

/// Derives the timeline of everything anew.
pub async fn rebuild(tx: &Tx, scope: &WriteScope) -> Result<Rebuilt, Failure> {
    let (mut rebuilt, mut last) = (Rebuilt::default(), None);
    loop {
        let some = repo::agreements_after(tx, scope, last, AT_ONCE as u64).await?;
        let Some(end) = some.last() else { break };
        rebuilt.differing += follow(tx, scope, &some).await?;
        rebuilt.agreements += some.len();
        last = Some(*end);
    }
    by_these_rules(tx, scope).await?;
    Ok(rebuilt)
}

/// Derives the timeline anew where other rules derived it: after an upgrade.
pub async fn keep_up(db: &Db, scope: &WriteScope) -> Result<(), Failure> {
    if is_by_these_rules(&db.read().await?).await? {
        return Ok(());
    }
    let tx = db.write().await?;
    rebuild(&tx, scope).await?;
    Ok(tx.commit().await?)
}

/// What was done to an agreement, or to something of it: the timeline follows, and the audit log tells it to all who read the agreement.
pub(super) async fn recorded<T>(
    cx: &Cx,
    scope: &WriteScope,
    agreement: AgreementId,
    change: Change,
    done: T,
) -> Result<Recorded<T>, Failure> {
    follow(&cx.tx, scope, &[agreement]).await?;
    let touched = visibility::repo::touched_by_agreements(&cx.tx, scope, &[agreement], cx.today).await?;
    audit::record(&cx.doing(scope), touched, change, done).await
}
