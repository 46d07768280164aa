//! Who reads what, as sets. Below all domains.
//!
//! A controller has one or several municipalities: its host always, the members of a joint board while they are members. A record
//! is readable by every municipality of its controllers. Each kind of record has one reader table; `controller_reader` is the one
//! that people keep, the others follow it and the records' controllers, in the transaction that changes either. A withdrawn
//! agreement has no readers.
//!
//! When boards are reorganised the duties of one go to another. `controller_holder` says who holds the duties of each controller, from
//! when to when; it follows from the successions. What a controller signed stays its own in the tables: who reads it, and who may act
//! for it, is whoever holds its duties today.

pub mod repo;

use chrono::NaiveDate;

use crate::{
    domain::audit::Touched,
    kernel::{
        kinds::{ControllerId, MunicipalityId},
        period::Period,
    },
};

/// A municipality reads the records of a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Which municipality.
    pub municipality: MunicipalityId,
    /// When, for the member of a joint board; the host reads always.
    pub membership: Option<Period>,
}

impl Reader {
    /// Whether it reads on `day`.
    pub fn reads_on(self, day: NaiveDate) -> bool {
        self.membership.is_none_or(|membership| membership.contains(day))
    }
}

/// A controller holds the duties of one: its own, or those of a predecessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose duties.
    pub of: ControllerId,
    /// Who holds them.
    pub holder: ControllerId,
    /// The first day; none for its own.
    pub from: Option<NaiveDate>,
    /// The last day; none while no successor is recorded.
    pub to: Option<NaiveDate>,
}

impl Holding {
    /// A controller's own duties, while nobody has succeeded it.
    pub fn own(of: ControllerId) -> Self {
        Self { of, holder: of, from: None, to: None }
    }

    /// Whether it holds on `day`.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Whom a change of a controller, or of something of it, touches on `day`: the municipalities that read it.
pub fn touched(controller: ControllerId, readers: &[Reader], day: NaiveDate) -> Touched {
    Touched::controllers(readers.iter().filter(|reader| reader.reads_on(day)).map(|reader| (reader.municipality, controller)))
}
