//! Reference data in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::country_status::{Column, Entity};
use sea_orm::{DbErr, EntityTrait, QueryFilter};

use super::model::CountryStatus;
use crate::{
    authz::ReadScope,
    db::{Tx, holds_on, row},
    kernel::country::CountryCode,
};

/// What each country is on `day`; a country that is not there is a third country.
pub async fn country_statuses(tx: &Tx, scope: &ReadScope, day: NaiveDate) -> Result<HashMap<CountryCode, CountryStatus>, DbErr> {
    let select = Entity::find().filter(scope.directory_condition()).filter(holds_on(Column::ValidFrom, Column::ValidTo, day));
    select.all(tx).await?.into_iter().map(|period| Ok((row::country(&period.country)?, row::code(&period.status)?))).collect()
}
