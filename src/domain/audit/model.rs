//! What the audit log tells.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::{
    code::{Code, Term, term},
    id::{Id, Kind},
    kinds::{AccountId, AuditEntryId, MunicipalityId, PersonId},
    page::{Key, Placed},
};

/// One change, as one chain tells it; in the words in which it is stored, so that a hash can be taken also of what was tampered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: AuditEntryId,
    /// Whose chain it stands in.
    pub chain: Chain,
    /// Its number in the chain, from 1.
    pub sequence: i64,
    /// The change, which several chains may tell.
    pub change: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// The code of the role that gave the right; none for the operator and for jobs.
    pub role: Option<String>,
    /// The mutation, command or job.
    pub action: String,
    /// What it was done to: an id of the API.
    pub subject: String,
    /// The key of the record to whose history it belongs.
    pub record: Uuid,
    /// The municipality that it touches; in the cooperation's chain the one that acted.
    pub municipality: MunicipalityId,
    /// What changed, field by field: a JSON list of [`FieldChange`].
    pub changes: String,
    /// The hash of the entry before; empty for the first.
    pub previous_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

impl Placed for Entry {
    fn key(&self) -> Key {
        Key { sort: String::new(), id: self.id.key() }
    }
}

/// Whose chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// What all municipalities share.
    Cooperation,
    /// A municipality's.
    Municipality(MunicipalityId),
}

impl Chain {
    /// Its key in the database.
    pub fn key(self) -> Uuid {
        match self {
            Self::Cooperation => Uuid::nil(),
            Self::Municipality(id) => id.key(),
        }
    }

    /// The chain with this key.
    pub fn of_key(key: Uuid) -> Self {
        if key.is_nil() { Self::Cooperation } else { Self::Municipality(MunicipalityId::new(key)) }
    }
}

/// Where a chain ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// How many entries it has.
    pub entries: i64,
    /// The hash of the last.
    pub hash: String,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The code of an [`ActorKind`].
    pub kind: String,
    /// The login; none where nobody had logged in.
    pub account: Option<AccountId>,
    /// The person whom it was bound to then.
    pub person: Option<PersonId>,
}

impl Actor {
    /// Somebody who has logged in.
    pub fn login(account: AccountId, person: Option<PersonId>) -> Self {
        Self { kind: ActorKind::Login.code().to_owned(), account: Some(account), person }
    }

    /// Whoever runs the system, at the server's command line.
    pub fn operator() -> Self {
        Self { kind: ActorKind::Operator.code().to_owned(), account: None, person: None }
    }

    /// The system itself.
    pub fn job() -> Self {
        Self { kind: ActorKind::Job.code().to_owned(), account: None, person: None }
    }
}

/// What kind of actor did something.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ActorKind {
    /// Somebody who had logged in.
    Login,
    /// Whoever runs the system, at the server's command line.
    Operator,
    /// The system itself, at a set time.
    Job,
}

impl Code for ActorKind {
    const TYPE: &'static str = "ActorKind";

    fn term(self) -> Term {
        match self {
            Self::Login => term("Inloggad person", "Somebody who had logged in"),
            Self::Operator => term("Driftpersonal", "Operator"),
            Self::Job => term("Systemet", "The system"),
        }
    }
}

/// A field before and after a change. The names are those of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which field; of another record than the subject: its id, a dot and the field.
    pub field: String,
    /// Its value before; none where there was none, and for personal details.
    pub before: Option<String>,
    /// Its value after; none where there is none, and for personal details.
    pub after: Option<String>,
}

/// A field of a record as the log compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    name: &'static str,
    value: Option<String>,
    personal: bool,
}

/// A field with its value as a text.
pub fn field(name: &'static str, value: impl Into<Option<String>>) -> Field {
    Field { name, value: value.into(), personal: false }
}

/// A field that holds a person's details: the log tells only that it changed.
pub fn personal(name: &'static str, value: impl Into<Option<String>>) -> Field {
    Field { name, value: value.into(), personal: true }
}

/// The value of a field that may be missing, as a text.
pub fn shown<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// A record whose changes the log tells.
pub trait Audited {
    /// What kind of record it is.
    type Kind: Kind;

    /// Its id, by which the log names it.
    fn id(&self) -> Id<Self::Kind>;

    /// The key of the record to whose history it belongs: its own, unless it is part of another.
    fn record(&self) -> Uuid {
        self.id().key()
    }

    /// All its fields that people give, always in the same order.
    fn fields(&self) -> Vec<Field>;
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub(super) subject: String,
    pub(super) record: Uuid,
    pub(super) fields: Vec<FieldChange>,
}

impl Change {
    /// Something new.
    pub fn made(new: &impl Audited) -> Self {
        let fields = new.fields().into_iter().map(|field| (Field { value: None, ..field.clone() }, field));
        Self { fields: fields.filter_map(|(none, field)| difference(none, field)).collect(), ..Self::unchanged(new) }
    }

    /// Something that was there before.
    pub fn changed<A: Audited>(before: &A, after: &A) -> Self {
        let fields = before.fields().into_iter().zip(after.fields());
        Self { fields: fields.filter_map(|(one, other)| difference(one, other)).collect(), ..Self::unchanged(after) }
    }

    /// Something that was a mistake, with why.
    pub fn withdrawn(mistake: &impl Audited, reason: String) -> Self {
        Self::unchanged(mistake).with("withdrawn", None, Some(reason))
    }

    /// A change of something that is no record of its own, told with what it belongs to.
    pub fn of<K: Kind>(subject: Id<K>) -> Self {
        Self { subject: subject.to_string(), record: subject.key(), fields: Vec::new() }
    }

    /// Nothing yet of a record.
    fn unchanged(record: &impl Audited) -> Self {
        Self { record: record.record(), ..Self::of(record.id()) }
    }

    /// The same with one field more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, before: Option<String>, after: Option<String>) -> Self {
        self.fields.push(FieldChange { field: name.into(), before, after });
        self
    }

    /// The same with what was changed along: its fields are named by its id.
    #[must_use]
    pub fn and(mut self, along: Self) -> Self {
        let named = |change: FieldChange| {
            if along.subject == self.subject {
                change
            } else {
                FieldChange { field: format!("{}.{}", along.subject, change.field), ..change }
            }
        };
        self.fields.extend(along.fields.into_iter().map(named));
        self
    }
}

fn difference(before: Field, after: Field) -> Option<FieldChange> {
    let told = |field: Field| if field.personal { None } else { field.value };
    (before.value != after.value).then(|| FieldChange { field: after.name.to_owned(), before: told(before), after: told(after) })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing(&'static str, Option<&'static str>);

    impl Kind for Thing {
        const PREFIX: &'static str = "thing";
    }

    impl Audited for Thing {
        type Kind = Self;

        fn id(&self) -> Id<Self> {
            Id::new(Uuid::nil())
        }

        fn fields(&self) -> Vec<Field> {
            vec![field("title", self.0.to_owned()), personal("name", self.1.map(str::to_owned))]
        }
    }

    fn told(change: &Change) -> Vec<(&str, Option<&str>, Option<&str>)> {
        change.fields.iter().map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref())).collect()
    }

    #[test]
    fn only_what_differs_is_told_and_of_personal_details_only_that_they_do() {
        assert_eq!(told(&Change::made(&Thing("a", None))), [("title", None, Some("a"))]);
        assert_eq!(told(&Change::changed(&Thing("a", Some("Ada Exempel")), &Thing("a", Some("Eva Exempel")))), [("name", None, None)]);
        assert_eq!(told(&Change::changed(&Thing("a", None), &Thing("b", None))), [("title", Some("a"), Some("b"))]);
        assert!(told(&Change::changed(&Thing("a", None), &Thing("a", None))).is_empty());
    }

    #[test]
    fn what_changed_along_is_named_by_its_id() {
        let along = Change { subject: "other_2".to_owned(), ..Change::made(&Thing("c", None)) };
        assert_eq!(told(&Change::made(&Thing("a", None)).and(along)), [("title", None, Some("a")), ("other_2.title", None, Some("c"))]);
    }
}
