//! Turning an input into a command: every mistake is found and told at once, and a command cannot hold a wrong value.

use chrono::NaiveDate;

use super::{
    country::CountryCode,
    id::{Id, IdFault, Kind},
    period::Period,
    refusal::{Failure, Refusal, RefusalCode},
    text::{Text, written},
};

/// The mistakes found so far. Each method reads one field: its value where it is right, else nothing and a mistake.
#[derive(Debug, Default)]
pub struct Faults(Vec<Refusal>);

impl Faults {
    /// No mistake yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers a mistake.
    pub fn add(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }

    /// The value, or nothing and its mistake remembered.
    pub fn take<T>(&mut self, result: Result<T, Refusal>) -> Option<T> {
        result.map_err(|refusal| self.add(refusal)).ok()
    }

    /// A text of 1 to `max` characters.
    pub fn text(&mut self, path: &str, text: &str, max: usize) -> Option<String> {
        self.take(written(text, max).map_err(|fault| Refusal::text(path, fault)))
    }

    /// A text of 1 to `max` characters, or none. The outer nothing is a mistake.
    pub fn optional_text(&mut self, path: &str, text: Option<&str>, max: usize) -> Option<Option<String>> {
        self.optional(text, |faults, text| faults.text(path, text, max))
    }

    /// What `read` makes of a value that may be absent. The outer nothing is a mistake.
    pub fn optional<V, T>(&mut self, value: Option<V>, read: impl FnOnce(&mut Self, V) -> Option<T>) -> Option<Option<T>> {
        value.map_or(Some(None), |value| read(self, value).map(Some))
    }

    /// The id of a `K`.
    pub fn id<K: Kind>(&mut self, path: &str, id: &str) -> Option<Id<K>> {
        self.take(Id::parse(id).map_err(|fault| wrong_id::<K>(path, fault)))
    }

    /// A period.
    pub fn period(&mut self, path: &str, from: NaiveDate, to: Option<NaiveDate>) -> Option<Period> {
        self.take(Period::new(from, to).ok_or_else(|| Refusal::ends_before_it_begins(path)))
    }

    /// A country that exists.
    pub fn country(&mut self, path: &str, code: &str) -> Option<CountryCode> {
        self.take(CountryCode::parse(code).ok_or_else(|| {
            Refusal::invalid(
                path,
                Text::new(
                    "Det finns inget land med denna kod; ange två versaler enligt ISO 3166-1, till exempel SE.",
                    "There is no country with this code; give two capitals of ISO 3166-1, such as SE.",
                ),
            )
        }))
    }

    /// The command, or all that is wrong with it.
    pub fn finish<T>(self, command: Option<T>) -> Result<T, Failure> {
        match command {
            Some(command) if self.0.is_empty() => Ok(command),
            _ if self.0.is_empty() => Err(Failure::internal("a field was refused without a reason")),
            _ => Err(Failure::Refused(self.0)),
        }
    }
}

/// What is wrong with an id.
pub fn wrong_id<K: Kind>(path: &str, fault: IdFault) -> Refusal {
    let prefix = K::PREFIX;
    let message = match fault {
        IdFault::Malformed => Text::new(
            format!("Detta är inget id; här behövs ett som börjar med ”{prefix}_”."),
            format!("This is not an id; one that begins with \"{prefix}_\" is needed here."),
        ),
        IdFault::OtherKind => Text::new(
            format!("Detta är id:t för något annat; här behövs ett som börjar med ”{prefix}_”."),
            format!("This is the id of something else; one that begins with \"{prefix}_\" is needed here."),
        ),
    };
    Refusal::new(RefusalCode::Invalid, path, message)
}
