//! Who reads what, as sets. Below all domains.
//!
//! A controller has one or several municipalities: its host always, the members of a joint board while they are members. A record
//! is readable by every municipality of its controllers. Each kind of record has one reader table; `controller_reader` is the one
//! that people keep, the others follow it and the records' controllers, in the transaction that changes either. A withdrawn
//! agreement has no readers.

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

/// Whom a change of a controller, or of something of it, touches on `day`: the municipalities that read it.
pub fn touched(controller: ControllerId, readers: &[Reader], day: NaiveDate) -> Touched {
    Touched::controllers(readers.iter().filter(|reader| reader.reads_on(day)).map(|reader| (reader.municipality, controller)))
}
