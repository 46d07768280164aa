//! Everything the program depends on, in one struct, and the context of a use case.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::TransactionTrait;

use crate::{
    auth::Logins,
    authz::{ReadScope, Viewer, WriteScope},
    db::{Db, Tx},
    domain::audit::{Doing, model::Actor},
    kernel::{
        clock::{Clock, date_in_sweden},
        ids::Ids,
        refusal::Failure,
    },
};

/// The running program.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// The one source of ids and secrets.
    pub ids: Arc<Ids>,
    /// The municipalities' OpenID providers.
    pub logins: Arc<Logins>,
}

/// A use case at work: who does it, when, and in which transaction.
pub struct Cx {
    /// What is asked or done, by its name in the API.
    pub name: String,
    /// The transaction, of which there is one.
    pub tx: Tx,
    /// Who.
    pub viewer: Arc<Viewer>,
    /// What the viewer may read.
    pub scope: Arc<ReadScope>,
    /// This instant, the same for the whole request.
    pub now: DateTime<Utc>,
    /// Today in Sweden, the same for the whole request.
    pub today: NaiveDate,
    /// The day on which what is read holds.
    pub as_of: NaiveDate,
    /// Makes ids.
    pub ids: Arc<Ids>,
    /// The municipalities' OpenID providers.
    pub logins: Arc<Logins>,
}

/// Who is asking and when: what all root fields of a request share.
#[derive(Clone)]
pub struct Asking {
    /// Who.
    pub viewer: Arc<Viewer>,
    /// What the viewer may read.
    pub scope: Arc<ReadScope>,
    /// This instant.
    pub now: DateTime<Utc>,
}

impl Asking {
    /// A viewer who asks now.
    pub fn new(viewer: Viewer, now: DateTime<Utc>) -> Self {
        Self { scope: Arc::new(ReadScope::of(&viewer)), viewer: Arc::new(viewer), now }
    }

    /// Today in Sweden.
    pub fn today(&self) -> NaiveDate {
        date_in_sweden(self.now)
    }
}

impl App {
    /// Begins to read what holds on `as_of`, for the root field of this name.
    pub async fn read(&self, asking: &Asking, as_of: NaiveDate, name: &str) -> Result<Cx, Failure> {
        Ok(self.cx(asking, self.db.read().await?, as_of, name))
    }

    /// Begins to change what holds today, by the mutation of this name, as a step of the request's work.
    pub async fn step(&self, asking: &Asking, work: &Work, name: &str) -> Result<Cx, Failure> {
        Ok(self.cx(asking, work.step().await?, asking.today(), name))
    }

    fn cx(&self, asking: &Asking, tx: Tx, as_of: NaiveDate, name: &str) -> Cx {
        Cx {
            name: name.to_owned(),
            tx,
            viewer: asking.viewer.clone(),
            scope: asking.scope.clone(),
            now: asking.now,
            today: asking.today(),
            as_of,
            ids: self.ids.clone(),
            logins: self.logins.clone(),
        }
    }
}

impl Cx {
    /// What is being done by the right of `scope`, for the audit log.
    pub fn doing(&self, scope: &WriteScope) -> Doing<'_> {
        Doing {
            tx: &self.tx,
            ids: &self.ids,
            now: self.now,
            actor: Actor::login(self.viewer.account, self.viewer.person),
            role: scope.role(),
            at: self.viewer.municipality,
            action: &self.name,
        }
    }
}

/// The transaction of a request that changes something. Each of its mutations is a step of it, which happens whole or not at all; the
/// steps that happened become lasting together, and only then is the request answered.
pub struct Work {
    tx: Tx,
    changed: AtomicBool,
}

impl Work {
    /// Begins to write. Who does not get to write within five seconds need not be tried again at once.
    pub async fn begin(app: &App) -> Result<Self, Failure> {
        let tx = app.db.write().await.map_err(|error| match Failure::from(error) {
            Failure::Collided(error) => Failure::Unavailable(error),
            other => other,
        });
        Ok(Self { tx: tx?, changed: AtomicBool::new(false) })
    }

    /// The transaction, for what belongs to the request as a whole.
    pub fn tx(&self) -> &Tx {
        &self.tx
    }

    async fn step(&self) -> Result<Tx, Failure> {
        Ok(self.tx.begin().await?)
    }

    /// Ends a step whose change is to last.
    pub async fn keep(&self, step: Cx) -> Result<(), Failure> {
        step.tx.commit().await?;
        self.changed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether a step is to last.
    pub fn has_changed(&self) -> bool {
        self.changed.load(Ordering::Relaxed)
    }

    /// Makes what was done last.
    pub async fn commit(self) -> Result<(), Failure> {
        Ok(self.tx.commit().await?)
    }

    /// Leaves nothing behind.
    pub async fn undo(self) -> Result<(), Failure> {
        Ok(self.tx.rollback().await?)
    }
}
