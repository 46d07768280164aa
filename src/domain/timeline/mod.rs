//! The legal timeline: what the rules say of the records, from when to when. Below all domains that have rules.
//!
//! All facts are dated, so that every rule is a function from facts to spans: from when to when a status, a finding or a deadline
//! holds. A domain derives the spans of a record and everything that belongs to it, and [`repo::rewrite`] keeps them in one table, in
//! the transaction that changes a fact. Status on any day, filters, inboxes and findings are look-ups in that table; `samverkan rebuild`
//! derives all of it anew.

pub mod graphql;
pub mod model;
pub mod repo;

use uuid::Uuid;

use self::model::Span;

/// Counts the versions of the rules. Where the stored timeline was derived by others, it is derived anew before the program serves.
pub const RULESET: i32 = 2;

/// What follows from the facts of one record and all that belongs to it.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Whose facts: an agreement.
    pub origin: Uuid,
    /// What the rules say.
    pub spans: Vec<Span>,
}
