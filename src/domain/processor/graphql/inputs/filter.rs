//! Which agreements a list shows, and in which order.

use async_graphql::{Enum, ID, InputObject};

use crate::{
    app::Cx,
    domain::{
        organisation::graphql::load::municipality_argument,
        processor::{model::AgreementStatus, repo},
    },
    graphql::{error::ApiError, node::argument_id_at, scalar::Date, search::search_text},
    kernel::code::{Code, Term, term},
};

/// Which agreements. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AgreementFilter {
    /// Those of a controller of the municipality with this slug, joint boards and joint agreements included.
    pub municipality: Option<String>,
    /// Those that this controller is a party to.
    pub controller_id: Option<ID>,
    /// Those with this party as processor.
    pub processor_id: Option<ID>,
    /// Those under which this party is engaged as sub-processor on `asOf`, at any depth.
    pub sub_processor_id: Option<ID>,
    /// Those with one of these statuses on `asOf`; empty: all.
    pub status: Option<Vec<AgreementStatus>>,
    /// Those whose last party's last day is before this day.
    pub ends_before: Option<Date>,
    /// Those that do not say all that they have to (PUB5) or, false, those that do.
    pub incomplete: Option<bool>,
    /// Those whose title contains this, in any case.
    pub text: Option<String>,
}

/// Reads a filter that stands at `argument` of the query.
pub async fn read_filter(cx: &Cx, filter: Option<AgreementFilter>, argument: Vec<String>) -> Result<repo::AgreementFilter, ApiError> {
    let Some(AgreementFilter { municipality, controller_id, processor_id, sub_processor_id, status, ends_before, incomplete, text }) =
        filter
    else {
        return Ok(repo::AgreementFilter::default());
    };
    let at = |field: &str| argument.iter().cloned().chain([field.to_owned()]).collect::<Vec<_>>();
    let municipality = match municipality {
        Some(slug) => Some(municipality_argument(cx, &slug, at("municipality")).await?.id),
        None => None,
    };
    Ok(repo::AgreementFilter {
        municipality,
        controller: controller_id.map(|id| argument_id_at(&id, at("controllerId"))).transpose()?,
        processor: processor_id.map(|id| argument_id_at(&id, at("processorId"))).transpose()?,
        sub_processor: sub_processor_id.map(|id| argument_id_at(&id, at("subProcessorId"))).transpose()?,
        status: status.unwrap_or_default(),
        ends_before: ends_before.map(|date| date.0),
        incomplete,
        text: search_text(text, at("text"))?,
    })
}

/// In which order agreements are listed.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct AgreementOrder {
    /// By what.
    pub field: AgreementOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// By what agreements can be ordered.
#[derive(Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementOrderField {
    /// By title, as Swedish orders names.
    Title,
    /// By when they were recorded here.
    Recorded,
}

impl Code for AgreementOrderField {
    const TYPE: &'static str = "AgreementOrderField";

    fn term(self) -> Term {
        match self {
            Self::Title => term("Rubrik", "Title"),
            Self::Recorded => term("Registrerad", "Recorded"),
        }
    }
}

/// In which direction a list is ordered.
#[derive(Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderDirection {
    /// From the first to the last.
    Asc,
    /// From the last to the first.
    Desc,
}

impl Code for OrderDirection {
    const TYPE: &'static str = "OrderDirection";

    fn term(self) -> Term {
        match self {
            Self::Asc => term("Stigande", "Ascending"),
            Self::Desc => term("Fallande", "Descending"),
        }
    }
}
