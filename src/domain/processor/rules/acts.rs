//! What is refused: acts without standing, and what cannot be.

mod keeping;

pub use self::keeping::*;
use crate::{
    domain::processor::model::{AgreementInstrument, Engagement, Party},
    kernel::{
        kinds::{ControllerId, PartyId},
        period::Period,
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// PUB2: a processor is outside the controller's organisation, so a controller is not its own processor.
pub fn processor_is_somebody_else(processor: &Party, controller: ControllerId, path: &str) -> Result<(), Refusal> {
    if processor.controller != Some(controller) {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new("En personuppgiftsansvarig är inte sitt eget personuppgiftsbiträde.", "A controller is not its own processor."),
    )
    .by_rule("PUB2", "GDPR art. 4.8; guidelines 6.1"))
}

/// Two parties can be one organisation only where no number and no controller says that they are two.
pub fn is_one_organisation(one: &Party, other: &Party, path: &str) -> Result<(), Refusal> {
    fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
        one.zip(other).is_some_and(|(one, other)| one != other)
    }
    let two = differ(one.organisation_number.as_ref(), other.organisation_number.as_ref())
        || differ(one.foreign_registration_number.as_ref(), other.foreign_registration_number.as_ref())
        || differ(one.controller.as_ref(), other.controller.as_ref());
    if !two {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::WrongState,
        path,
        Text::new(
            "De har olika nummer, eller är olika personuppgiftsansvariga. Är de ändå samma organisation, rätta det som är fel först.",
            "They have different numbers, or are different controllers. Where they are one organisation all the same, correct what is wrong first.",
        ),
    ))
}

/// The party that is kept, with what it lacks and its duplicate has.
pub fn merged(kept: &Party, duplicate: &Party) -> Party {
    let or = |one: &Option<String>, other: &Option<String>| one.clone().or_else(|| other.clone());
    Party {
        organisation_number: or(&kept.organisation_number, &duplicate.organisation_number),
        foreign_registration_number: or(&kept.foreign_registration_number, &duplicate.foreign_registration_number),
        controller: kept.controller.or(duplicate.controller),
        controlled_from: kept.controlled_from.or(duplicate.controlled_from.filter(|from| *from != kept.country)),
        address: or(&kept.address, &duplicate.address),
        sub_processor_list_url: or(&kept.sub_processor_list_url, &duplicate.sub_processor_list_url),
        ..kept.clone()
    }
}

/// The instrument where none is named: a legal act between boards of one municipality, which cannot contract with each other.
pub fn usual_instrument(same_municipality: bool) -> AgreementInstrument {
    if same_municipality { AgreementInstrument::LegalAct } else { AgreementInstrument::Agreement }
}

/// How deep a chain of sub-processors can be recorded; deeper ones are a slip of the pen, or no chain that anybody oversees.
pub const DEEPEST_CHAIN: usize = 10;

/// A chain of sub-processors is not deeper than [`DEEPEST_CHAIN`].
pub fn chain_is_not_too_deep(engagers: usize, path: &str) -> Result<(), Refusal> {
    if engagers < DEEPEST_CHAIN {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("En kedja av underbiträden har högst {DEEPEST_CHAIN} led."),
            format!("A chain of sub-processors has at most {DEEPEST_CHAIN} links."),
        ),
    ))
}

/// No organisation stands below itself: not the processor, and none of those that engage the sub-processor.
pub fn chain_stays_open(sub_processor: PartyId, processor: PartyId, engagers: &[PartyId], path: &str) -> Result<(), Refusal> {
    let closed = |sv, en| Err(Refusal::new(RefusalCode::Cycle, path, Text::new(sv, en)));
    if sub_processor == processor {
        return closed(
            "Personuppgiftsbiträdet kan inte vara underbiträde i sitt eget avtal.",
            "The processor cannot be a sub-processor under its own agreement.",
        );
    }
    if engagers.contains(&sub_processor) {
        return closed(
            "Organisationen finns redan högre upp i samma kedja; den kan inte vara underbiträde åt sig själv.",
            "The organisation stands higher up in the same chain; it cannot be a sub-processor of itself.",
        );
    }
    Ok(())
}

/// An engagement lies inside the period of the one that engages it: it begins no earlier, and ends with it at the latest.
pub fn within_engager(asked: Period, engager: Option<&Engagement>) -> Result<Period, Refusal> {
    let Some(engager) = engager else { return Ok(asked) };
    let outer = engager.validity;
    if asked.from < outer.from || outer.to.is_some_and(|to| to < asked.from) {
        return Err(Refusal::invalid(
            "validFrom",
            Text::new(
                format!("Underbiträdet kan inte anlitas utanför den tid då det som anlitar det självt är anlitat (från {}).", outer.from),
                format!(
                    "The sub-processor cannot be engaged outside the time in which the one that engages it is engaged (from {}).",
                    outer.from
                ),
            ),
        ));
    }
    match (outer.to, asked.to) {
        (Some(outer), Some(asked)) if outer < asked => Err(Refusal::invalid(
            "validTo",
            Text::new(
                format!("Det som anlitar underbiträdet slutar {outer}; ange den dagen eller tidigare."),
                format!("The one that engages the sub-processor ends on {outer}; give that day or an earlier one."),
            ),
        )),
        (Some(outer), None) => Ok(asked.until(outer)),
        _ => Ok(asked),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::processor::model::{EngagementAuthorisation, Position},
        kernel::{country::CountryCode, id::Id},
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn id<K>(n: u128) -> Id<K> {
        Id::new(Uuid::from_u128(n))
    }
    fn engaged(from: &str, to: Option<&str>) -> Engagement {
        Engagement {
            id: id(1),
            agreement: id(1),
            party: id(1),
            engaged_by: None,
            position: Position::below(None, 1),
            service: "drift".to_owned(),
            data_categories: Vec::new(),
            processing_countries: Vec::new(),
            authorisation: EngagementAuthorisation::ListedAtSigning,
            sub_agreement_on: None,
            copy_requested_on: None,
            copy_received_on: None,
            validity: Period::new(day(from), to.map(day)).unwrap(),
            listed_to: to.map(day),
            introduced_by: None,
            version: 1,
        }
    }
    fn period(from: &str, to: Option<&str>) -> Period {
        Period::new(day(from), to.map(day)).unwrap()
    }

    fn party() -> Party {
        Party {
            id: id(1),
            name: "Nämnden".to_owned(),
            organisation_number: None,
            foreign_registration_number: None,
            controller: None,
            country: CountryCode::SWEDEN,
            controlled_from: None,
            public_body: true,
            address: None,
            sub_processor_list_url: None,
            version: 1,
            withdrawn: false,
        }
    }

    #[test]
    fn two_are_one_organisation_unless_a_number_or_a_controller_says_otherwise() {
        let text = |text: &str| Some(text.to_owned());
        let swedish = |number: &str| Party { organisation_number: text(number), ..party() };
        let foreign = |number: &str| Party { foreign_registration_number: text(number), ..party() };
        let board = |n| Party { controller: Some(id(n)), ..party() };
        for (one, other) in [(party(), swedish("1")), (swedish("1"), foreign("2")), (swedish("1"), swedish("1")), (board(1), swedish("1"))]
        {
            assert!(is_one_organisation(&one, &other, "intoId").is_ok() && is_one_organisation(&other, &one, "intoId").is_ok());
        }
        for (one, other) in [(swedish("1"), swedish("2")), (foreign("1"), foreign("2")), (board(1), board(2))] {
            assert_eq!(is_one_organisation(&one, &other, "intoId").unwrap_err().code, RefusalCode::WrongState);
        }
    }

    #[test]
    fn what_is_kept_takes_over_what_it_lacks_and_is_not_controlled_from_where_it_is() {
        let country = |code| CountryCode::parse(code).unwrap();
        let duplicate = Party { controlled_from: Some(country("US")), address: Some("Gatan 1".to_owned()), ..party() };
        assert_eq!(merged(&party(), &duplicate), duplicate);
        let all = Party {
            organisation_number: Some("002900-0001".to_owned()),
            foreign_registration_number: Some("DE 1".to_owned()),
            controller: Some(id(7)),
            sub_processor_list_url: Some("https://exempel.example/lista".to_owned()),
            ..party()
        };
        assert_eq!((merged(&party(), &all), merged(&all, &party())), (all.clone(), all));
        let own = Party { controlled_from: Some(country("NO")), address: Some("Gatan 2".to_owned()), ..party() };
        assert_eq!(merged(&own, &duplicate), own);
        let american = Party { country: country("US"), ..party() };
        assert_eq!(merged(&american, &duplicate).controlled_from, None);
    }

    #[test]
    fn pub2_a_controller_is_not_its_own_processor() {
        let board = Party { controller: Some(id(7)), ..party() };
        assert!(processor_is_somebody_else(&board, id(8), "processorId").is_ok());
        let refusal = processor_is_somebody_else(&board, id(7), "processorId").unwrap_err();
        assert_eq!((refusal.rule, refusal.path), (Some("PUB2"), vec!["processorId".to_owned()]));
    }

    #[test]
    fn no_organisation_stands_below_itself() {
        assert!(chain_stays_open(id(1), id(9), &[id(2), id(3)], "partyId").is_ok());
        for refused in [chain_stays_open(id(9), id(9), &[], "partyId"), chain_stays_open(id(2), id(9), &[id(2), id(3)], "partyId")] {
            assert_eq!(refused.unwrap_err().code, RefusalCode::Cycle);
        }
    }

    #[test]
    fn a_chain_has_an_end() {
        assert!(chain_is_not_too_deep(DEEPEST_CHAIN - 1, "engagedById").is_ok());
        assert_eq!(chain_is_not_too_deep(DEEPEST_CHAIN, "engagedById").unwrap_err().path, ["engagedById"]);
    }

    #[test]
    fn an_engagement_lies_inside_the_one_above() {
        let above = engaged("2026-01-01", Some("2026-12-31"));
        let inside = |asked| within_engager(asked, Some(&above));
        assert_eq!(inside(period("2026-01-01", Some("2026-12-31"))), Ok(period("2026-01-01", Some("2026-12-31"))));
        assert_eq!(inside(period("2026-02-01", None)), Ok(period("2026-02-01", Some("2026-12-31"))));
        assert_eq!(inside(period("2026-12-31", None)), Ok(period("2026-12-31", Some("2026-12-31"))), "for a day");
        assert_eq!(inside(period("2025-12-31", None)).unwrap_err().path, ["validFrom"]);
        assert_eq!(inside(period("2027-01-01", None)).unwrap_err().path, ["validFrom"]);
        assert_eq!(inside(period("2026-02-01", Some("2027-01-01"))).unwrap_err().path, ["validTo"]);
        assert_eq!(within_engager(period("1999-01-01", None), None), Ok(period("1999-01-01", None)));
        let running = engaged("2026-01-01", None);
        assert_eq!(within_engager(period("2026-02-01", None), Some(&running)), Ok(period("2026-02-01", None)));
    }

    #[test]
    fn boards_of_one_municipality_use_a_legal_act() {
        assert_eq!(usual_instrument(true), AgreementInstrument::LegalAct);
        assert_eq!(usual_instrument(false), AgreementInstrument::Agreement);
    }
}
