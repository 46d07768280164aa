//! Reading a row into a model: codes and countries that are not what the program knows are a fault of the database.

use sea_orm::DbErr;

use crate::kernel::{code::Code, country::CountryCode};

/// The value of a code.
pub fn code<C: Code>(text: &str) -> Result<C, DbErr> {
    text.parse().map_err(|_| DbErr::Type(format!("no {} has the code {text}", C::TYPE)))
}

/// The country of a code.
pub fn country(text: &str) -> Result<CountryCode, DbErr> {
    CountryCode::parse(text).ok_or_else(|| DbErr::Type(format!("no country has the code {text}")))
}

/// The values of a list of codes.
pub fn codes<T>(list: serde_json::Value, read: impl Fn(&str) -> Result<T, DbErr>) -> Result<Vec<T>, DbErr> {
    let texts: Vec<String> = serde_json::from_value(list).map_err(|error| DbErr::Json(error.to_string()))?;
    texts.iter().map(|text| read(text)).collect()
}
