//! Scalars: values with a form of their own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value, scalar};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::period::is_meant;

/// A calendar date in Sweden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A calendar date in Sweden, `YYYY-MM-DD`, of the years 1900 to 2200.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => parse_date(text)
                .map(Self)
                .ok_or_else(|| InputValueError::custom("a date has the form YYYY-MM-DD and lies in the years 1900 to 2200")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if parse_date(text).is_some())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && is_meant(date)).then_some(date)
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

/// The two-letter code of a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country(pub String);
scalar!(Country, "CountryCode", "The two-letter code of a country in capitals, ISO 3166-1 alpha-2, such as `SE`.");

/// A Swedish organisation number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationNumber(pub String);
scalar!(OrganisationNumber, "OrganisationNumber", "A Swedish organisation number, `NNNNNN-NNNN`.");

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailAddress(pub String);
scalar!(EmailAddress, "EmailAddress", "An e-mail address.");

/// A web address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Url(pub String);
scalar!(Url, "URL", "A web address that begins with `https://` or `http://`.");
