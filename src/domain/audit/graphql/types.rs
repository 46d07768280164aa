//! Types of the audit log.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    authz::Role,
    domain::{
        audit::model::ActorKind,
        organisation::graphql::types::{Municipality, erased_person},
    },
    graphql::{context::ContextExt, error::ApiError, loaded::Slot, node::Node, scalar::Date},
    kernel::text::Text,
};

/// An entry of the audit log (ändringslogg): one for each change and municipality that it touches. Readable by administrators for the
/// own municipality, by coordinators for the controllers that they are assigned to, by the data protection officer for the controllers
/// that appointed the officer; the cooperation's own entries by its administrator. Source: GDPR art. 5.2.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct AuditEntry {
    /// Its id.
    pub id: ID,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// What kind of actor did it.
    pub actor_kind: ActorKind,
    /// The role that gave the right; null for operator and system.
    pub role: Option<Role>,
    /// What was done: the name of the mutation, or of the command on the server.
    pub action: String,
    /// Whether it stands in the chain of the cooperation, which tells what all municipalities share.
    pub cooperation: bool,
    /// What changed, field by field.
    pub changes: Vec<FieldChange>,
    /// The hash of the entry: SHA-256, hexadecimal, over all that it tells and the hash of the entry before in its chain.
    pub hash: String,
    #[graphql(skip)]
    pub(super) actor: Slot<ActorName>,
    #[graphql(skip)]
    pub(super) subject: Slot<Option<Arc<Node>>>,
    #[graphql(skip)]
    pub(super) municipality: Slot<Arc<Municipality>>,
}

/// What an actor is called.
#[derive(Clone, Debug)]
pub(super) enum ActorName {
    /// By this name.
    Known(String),
    /// The name has been erased.
    Erased,
    /// Whoever runs the system.
    Operator,
    /// The system itself.
    System,
}

#[ComplexObject]
impl AuditEntry {
    /// Who did it, by the name of today; a text that says so where the name has been erased, and for operator and system.
    async fn actor(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let words = match self.actor.get(ctx)? {
            ActorName::Known(name) => return Ok(name.clone()),
            ActorName::Erased => return Ok(erased_person(ctx.language()).to_owned()),
            ActorName::Operator => Text::new("Driftpersonal", "Operator"),
            ActorName::System => Text::new("Systemet", "The system"),
        };
        Ok(words.in_language(ctx.language()).to_owned())
    }

    /// What it was done to, as it is today; null where it was withdrawn, and where you may not see it.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Arc<Node>>, ApiError> {
        self.subject.get(ctx).cloned()
    }

    /// The municipality that it touches; for an entry of the cooperation the one whose login, or for which the server's command, acted.
    async fn municipality(&self, ctx: &Context<'_>) -> Result<&Municipality, ApiError> {
        self.municipality.get(ctx).map(AsRef::as_ref)
    }
}

/// A field before and after a change.
#[derive(SimpleObject, Clone, Debug)]
pub struct FieldChange {
    /// The field, by its name in this API; of a record that was changed along: its id, a dot and the field.
    pub field: String,
    /// Its value before; null where there was none, and for a person's own details, of which only the change is told.
    pub before: Option<String>,
    /// Its value after; null where there is none, and for a person's own details, of which only the change is told.
    pub after: Option<String>,
}

/// Which entries of the audit log. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AuditFilter {
    /// Those of the municipality with this slug.
    pub municipality: Option<String>,
    /// Those that touch this controller.
    pub controller_id: Option<ID>,
    /// Those of the record with this id, and of what belongs to it.
    pub record_id: Option<ID>,
    /// Those of one mutation, such as `updateAgreement`, or of one command of the server.
    pub action: Option<String>,
    /// Those of the person with this id.
    pub actor_id: Option<ID>,
    /// Those of this day and later, as Sweden counts days.
    pub from: Option<Date>,
    /// Those of this day and earlier.
    pub to: Option<Date>,
}
