//! The account of every change (GDPR art. 5.2): who did what to which record, when, field by field.
//!
//! Each mutation leaves one entry for every municipality that it touches, in the transaction of the change: no entry, no change
//! ([`Recorded`] is the proof, and only [`record`] makes it). Entries are only ever added. Each stands in a chain, one per
//! municipality and one for the cooperation: its hash covers its content and the hash of the entry before, so that
//! [`verify`] finds whatever was edited, removed or swapped afterwards.
//!
//! An entry names people by their keys only; of a person's own details it tells that they changed, not what they were. So a name can
//! be erased when the law no longer wants it, and the chain still holds.

pub mod graphql;
pub mod model;
pub mod repo;
pub mod rules;
pub mod verify;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use self::model::{Actor, Chain, Change, End, Entry};
use crate::{
    authz::Role,
    db::Tx,
    kernel::{
        code::Code,
        ids::Ids,
        kinds::{ControllerId, MunicipalityId},
        refusal::Failure,
    },
};

/// Something that was done and stands in the audit log.
#[derive(Debug)]
#[must_use]
pub struct Recorded<T>(T);

impl<T> Recorded<T> {
    /// What it was done to.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// The same act, named by something else.
    pub fn map<U>(self, other: impl FnOnce(T) -> U) -> Recorded<U> {
        Recorded(other(self.0))
    }
}

/// Who does what, when and in which transaction.
pub struct Doing<'a> {
    /// The transaction of the change.
    pub tx: &'a Tx,
    /// Makes keys.
    pub ids: &'a Ids,
    /// This instant.
    pub now: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// The role that gives the right; none for the operator and for jobs.
    pub role: Option<Role>,
    /// At whose login, or for which municipality at the server's command line.
    pub at: MunicipalityId,
    /// The mutation, command or job.
    pub action: &'a str,
}

/// Whom a change touches: whose chains tell of it, and which controllers of theirs it concerns.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    cooperation: bool,
    municipalities: BTreeMap<MunicipalityId, Touch>,
}

/// What a change is to one municipality.
#[derive(Clone, Debug, Default)]
struct Touch {
    controllers: BTreeSet<ControllerId>,
    more: Option<Change>,
}

impl Touch {
    /// Tells the municipality something besides what it was told before.
    fn tell(&mut self, more: Change) {
        self.more = Some(match self.more.take() {
            Some(told) => told.and(more),
            None => more,
        });
    }
}

impl Touched {
    /// Nobody's in particular: what all municipalities share.
    pub fn cooperation() -> Self {
        Self { cooperation: true, municipalities: BTreeMap::new() }
    }

    /// One municipality, and no controller of it.
    pub fn municipality(municipality: MunicipalityId) -> Self {
        Self { cooperation: false, municipalities: BTreeMap::from([(municipality, Touch::default())]) }
    }

    /// Controllers, each with a municipality that it belongs to.
    pub fn controllers(of: impl IntoIterator<Item = (MunicipalityId, ControllerId)>) -> Self {
        let mut touched = Self::default();
        for (municipality, controller) in of {
            touched.municipalities.entry(municipality).or_default().controllers.insert(controller);
        }
        touched
    }

    /// These and those: whom both tell something is told both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.cooperation |= other.cooperation;
        for (municipality, touch) in other.municipalities {
            let here = self.municipalities.entry(municipality).or_default();
            here.controllers.extend(touch.controllers);
            if let Some(more) = touch.more {
                here.tell(more);
            }
        }
        self
    }

    /// The same, where one municipality is told what the others are not.
    #[must_use]
    pub fn telling(mut self, municipality: MunicipalityId, more: Change) -> Self {
        self.municipalities.entry(municipality).or_default().tell(more);
        self
    }

    /// The chains that tell of it, in their order: with the municipality, the controllers and what only this chain is told.
    fn chains(self, at: MunicipalityId) -> Vec<(Chain, MunicipalityId, Touch)> {
        let cooperation = self.cooperation.then(|| (Chain::Cooperation, at, Touch::default()));
        let municipalities =
            self.municipalities.into_iter().map(|(municipality, touch)| (Chain::Municipality(municipality), municipality, touch));
        cooperation.into_iter().chain(municipalities).collect()
    }
}

/// Writes into the log what was done. What the cooperation's administrator does stands in its chain, too.
pub async fn record<T>(doing: &Doing<'_>, touched: Touched, change: Change, done: T) -> Result<Recorded<T>, Failure> {
    record_all(doing, vec![(touched, change)], done).await
}

/// Writes into the log many changes of one act, each with whom it touches, in their order. Where there is none, the act changed
/// nothing, and the log tells nothing.
pub async fn record_all<T>(doing: &Doing<'_>, changes: Vec<(Touched, Change)>, done: T) -> Result<Recorded<T>, Failure> {
    let mut told = Vec::with_capacity(changes.len());
    for (mut touched, change) in changes {
        touched.cooperation |= doing.role == Some(Role::CooperationAdministrator);
        let chains = touched.chains(doing.at);
        if chains.is_empty() {
            return Err(Failure::internal("a change that touches nobody"));
        }
        told.push((change, chains));
    }
    let chains: BTreeSet<_> = told.iter().flat_map(|(_, chains)| chains.iter().map(|(chain, ..)| *chain)).collect();
    if chains.is_empty() {
        return Ok(Recorded(done));
    }
    let mut ends = repo::ends(doing.tx, chains).await?;
    let mut entries = Vec::with_capacity(told.len());
    for (change, chains) in told {
        let change_id = doing.ids.uuid(doing.now);
        for (chain, municipality, touch) in chains {
            entries.push(entry(doing, (change_id, &change), (chain, municipality, touch), ends.entry(chain).or_default())?);
        }
    }
    repo::append(doing.tx, doing.ids, doing.now, &entries, &ends).await?;
    Ok(Recorded(done))
}

/// The next entry of a chain, which ends with it then.
fn entry(
    doing: &Doing<'_>,
    (change_id, change): (Uuid, &Change),
    (chain, municipality, touch): (Chain, MunicipalityId, Touch),
    end: &mut End,
) -> Result<(Entry, BTreeSet<ControllerId>), Failure> {
    let told = touch.more.map_or_else(|| change.clone(), |more| change.clone().and(more));
    let changes = serde_json::to_string(&told.fields).map_err(|error| Failure::Internal(error.into()))?;
    let entry = Entry {
        id: doing.ids.id(doing.now),
        chain,
        sequence: end.entries + 1,
        change: change_id,
        at: doing.now,
        actor: doing.actor.clone(),
        role: doing.role.map(|role| role.code().to_owned()),
        action: doing.action.to_owned(),
        subject: told.subject,
        record: told.record,
        municipality,
        changes,
        previous_hash: std::mem::take(&mut end.hash),
        hash: String::new(),
    };
    end.hash = rules::hash(&entry, &touch.controllers);
    end.entries = entry.sequence;
    Ok((Entry { hash: end.hash.clone(), ..entry }, touch.controllers))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::kinds::PartyId;

    fn told(field: &str) -> Change {
        Change::of(PartyId::new(Uuid::nil())).with(field, None, None)
    }

    #[test]
    fn these_and_those_together_tell_a_municipality_all_that_each_told_it() {
        let [both, first, second] = [1, 2, 3].map(|key| MunicipalityId::new(Uuid::from_u128(key)));
        let these = Touched::default().telling(both, told("a")).telling(first, told("b"));
        let those = Touched::default().telling(both, told("c")).telling(second, told("d"));
        let together = these.and(those).and(Touched::municipality(both));
        let fields = |municipality| {
            let more = together.municipalities[&municipality].more.as_ref().unwrap();
            more.fields.iter().map(|change| change.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!((fields(both), fields(first), fields(second)), (vec!["a".into(), "c".into()], vec!["b".into()], vec!["d".into()]));
    }
}
