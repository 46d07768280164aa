//! The directory in the database.

mod controller;
mod coordinator;
mod invitation;
mod municipality;
mod officer;
mod person;
mod role;
mod succession;

use chrono::NaiveDate;
use sea_orm::DbErr;

pub use self::{controller::*, coordinator::*, invitation::*, municipality::*, officer::*, person::*, role::*, succession::*};
use crate::kernel::period::Period;

fn period(from: NaiveDate, to: Option<NaiveDate>) -> Result<Period, DbErr> {
    Period::new(from, to).ok_or_else(|| DbErr::Type("a period ends before it begins".to_owned()))
}
