//! Reference data in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::country_status::{Column, Entity};
use sea_orm::{DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::model::CountryStatus;
use crate::{
    authz::{ReadScope, WriteScope},
    db::{Tx, holds_on, row},
    kernel::{country::CountryCode, period::Period},
};

/// What each country is on `day`; a country that is not there is a third country.
pub async fn country_statuses(tx: &Tx, scope: &ReadScope, day: NaiveDate) -> Result<HashMap<CountryCode, CountryStatus>, DbErr> {
    let select = Entity::find().filter(scope.directory_condition()).filter(holds_on(Column::ValidFrom, Column::ValidTo, day));
    select.all(tx).await?.into_iter().map(|period| Ok((row::country(&period.country)?, row::code(&period.status)?))).collect()
}

/// When each country was inside the European Economic Area, or to be treated so.
pub async fn inside_the_area(tx: &Tx, _: &WriteScope) -> Result<HashMap<CountryCode, Vec<Period>>, DbErr> {
    let mut inside: HashMap<CountryCode, Vec<Period>> = HashMap::new();
    for row in Entity::find().order_by_asc(Column::Country).order_by_asc(Column::ValidFrom).all(tx).await? {
        let status: CountryStatus = row::code(&row.status)?;
        if status != CountryStatus::ThirdCountry {
            inside.entry(row::country(&row.country)?).or_default().extend(Period::new(row.valid_from, row.valid_to));
        }
    }
    Ok(inside)
}
