//! Parties, agreements and sub-processors in the database. Agreements and what belongs to them are read through
//! [`visibility`](crate::domain::visibility): what the scope does not open is not there.

mod agreement;
mod agreement_party;
mod change;
mod facts;
mod keeping;
mod party;
mod sub_processor;
mod terms;
mod upload;

use std::collections::HashMap;

use sea_orm::DbErr;
use uuid::Uuid;

pub use self::{agreement::*, agreement_party::*, change::*, facts::*, keeping::*, party::*, sub_processor::*, terms::*, upload::*};
use crate::kernel::page::Slice;

/// The pages of the lists of many parents.
type Pages<T> = HashMap<Uuid, Slice<T>>;

fn turned<R, T>(pages: Pages<R>, turn: impl Fn(R) -> Result<T, DbErr>) -> Result<Pages<T>, DbErr> {
    pages.into_iter().map(|(parent, slice)| Ok((parent, slice.try_map(&turn)?))).collect()
}
