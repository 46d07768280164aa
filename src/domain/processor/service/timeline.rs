//! The timeline follows the records: in the transaction that changes a fact, by the same function that derives all of it anew.

use crate::{
    app::Cx,
    authz::WriteScope,
    db::{Db, Tx, write::AT_ONCE},
    domain::{
        audit::{self, Recorded, model::Change},
        processor::{
            repo,
            rules::{engaged::engaged, facts::Facts, timeline::timeline},
        },
        timeline::{
            Timeline,
            repo::{by_these_rules, is_by_these_rules, rewrite},
        },
        visibility,
    },
    kernel::{
        kinds::{AgreementId, ControllerId},
        refusal::Failure,
    },
};

/// Lets the timeline of agreements follow what is on record now, and tells how many of its rows differed.
pub async fn follow(tx: &Tx, scope: &WriteScope, agreements: &[AgreementId]) -> Result<usize, Failure> {
    let mut differing = 0;
    for some in agreements.chunks(AT_ONCE) {
        let mut facts = repo::facts(tx, scope, some).await?;
        engage(tx, scope, &mut facts).await?;
        let mut timelines: Vec<_> = facts.iter().map(timeline).collect();
        // Of what was withdrawn nothing is said.
        let gone: Vec<_> = some.iter().map(|id| id.key()).filter(|key| !timelines.iter().any(|there| there.origin == *key)).collect();
        timelines.extend(gone.into_iter().map(|origin| Timeline { origin, spans: Vec::new() }));
        differing += rewrite(tx, scope, &timelines).await?;
    }
    Ok(differing)
}

/// Lets the lists of sub-processors follow the cases.
async fn engage(tx: &Tx, scope: &WriteScope, facts: &mut [Facts]) -> Result<(), Failure> {
    let announced: Vec<_> = facts.iter().filter(|facts| !facts.changes.is_empty()).map(|facts| facts.agreement.id).collect();
    if announced.is_empty() {
        return Ok(());
    }
    let ever = repo::ever_engaged(tx, scope, &announced).await?;
    let mut changed = Vec::new();
    for facts in facts.iter_mut().filter(|facts| !facts.changes.is_empty()) {
        let before: Vec<_> = ever.iter().filter(|place| place.engagement.agreement == facts.agreement.id).cloned().collect();
        let mut after = engaged(facts, &before);
        for place in after.iter_mut().filter(|place| !before.contains(place)) {
            place.engagement.version += 1;
            changed.push(place.clone());
        }
        facts.engagements = after.into_iter().filter(|place| !place.withdrawn).map(|place| place.engagement).collect();
    }
    Ok(repo::put_engagements(tx, scope, &changed).await?)
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

/// What was done to something of a controller's own under an agreement, which no other controller sees: the timeline follows, and the
/// audit log tells it to those who read the controller.
pub(super) async fn recorded_for<T>(
    cx: &Cx,
    scope: &WriteScope,
    agreement: AgreementId,
    controller: ControllerId,
    change: Change,
    done: T,
) -> Result<Recorded<T>, Failure> {
    follow(&cx.tx, scope, &[agreement]).await?;
    let touched = visibility::repo::touched_by_controllers(&cx.tx, scope, &[controller], cx.today).await?;
    audit::record(&cx.doing(scope), touched, change, done).await
}
