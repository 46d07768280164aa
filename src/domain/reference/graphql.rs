//! Countries in GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, Object, SimpleObject};

use super::{model::CountryStatus, repo};
use crate::{
    app::Cx,
    graphql::{
        context::reading,
        error::ApiError,
        scalar::{self, Date},
        selection::Selection,
    },
    kernel::{country::CountryCode, refusal::Failure},
};

/// A country of ISO 3166-1. Readable by every member.
#[derive(SimpleObject, Clone, Debug)]
pub struct Country {
    /// Its two-letter code.
    code: scalar::Country,
    /// Its name in Swedish.
    name_sv: String,
    /// Its name in English.
    name_en: String,
    /// What it is to the law on transfers on `asOf`. Source: GDPR chapter V.
    status: CountryStatus,
}

/// The countries of a root field, each known by its code.
pub struct Countries(HashMap<CountryCode, CountryStatus>);

impl Countries {
    /// Loads what countries are on the day of the use case, where `select` asks for it: one statement.
    pub async fn load(cx: &Cx, select: &Selection<'_>) -> Result<Self, ApiError> {
        if !select.asks("Country", "status") {
            return Ok(Self(HashMap::new()));
        }
        Ok(Self(repo::country_statuses(&cx.tx, &cx.scope, cx.as_of).await.map_err(Failure::from)?))
    }

    /// A country.
    pub fn get(&self, code: CountryCode) -> Country {
        let name = code.name();
        Country {
            code: scalar::Country(code.as_str().to_owned()),
            name_sv: name.sv.into_owned(),
            name_en: name.en.into_owned(),
            status: self.0.get(&code).copied().unwrap_or(CountryStatus::ThirdCountry),
        }
    }
}

/// Queries of reference data.
#[derive(Default)]
pub struct ReferenceQuery;

#[Object]
impl ReferenceQuery {
    /// All countries, by Swedish name. Empty for a viewer without a role.
    async fn countries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the countries with this status on `asOf`.")] status: Option<CountryStatus>,
        #[graphql(desc = "The day on which it holds; null: today.")] as_of: Option<Date>,
    ) -> Result<Vec<Country>, ApiError> {
        let cx = reading(ctx, as_of).await?;
        if !cx.scope.reads_directory() {
            return Ok(Vec::new());
        }
        let statuses = repo::country_statuses(&cx.tx, &cx.scope, cx.as_of).await.map_err(Failure::from)?;
        let countries = Countries(statuses);
        let all = CountryCode::all().into_iter().map(|code| countries.get(code));
        Ok(all.filter(|country| status.is_none_or(|status| country.status == status)).collect())
    }
}
