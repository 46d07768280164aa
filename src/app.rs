//! Everything the program depends on, in one struct, and the context of a use case.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    auth::Logins,
    authz::{ReadScope, Viewer},
    db::{Db, Tx},
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
    /// Begins to read what holds on `as_of`.
    pub async fn read(&self, asking: &Asking, as_of: NaiveDate) -> Result<Cx, Failure> {
        Ok(self.cx(asking, self.db.read().await?, as_of))
    }

    /// Begins to change what holds today.
    pub async fn write(&self, asking: &Asking) -> Result<Cx, Failure> {
        Ok(self.cx(asking, self.db.write().await?, asking.today()))
    }

    fn cx(&self, asking: &Asking, tx: Tx, as_of: NaiveDate) -> Cx {
        Cx {
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
