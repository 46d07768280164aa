//! Rules of the directory: pure.

pub mod succession;

use chrono::NaiveDate;

use super::model::{ControllerKind, Person};
use crate::{
    domain::visibility::Reader,
    kernel::{
        kinds::MunicipalityId,
        period::Period,
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// ORG6: only a joint board has members besides its host, and its host is not one of them.
pub fn members_fit(kind: ControllerKind, host: MunicipalityId, members: &[MunicipalityId], path: &str) -> Result<(), Refusal> {
    let refuse = |message| Err(Refusal::invalid(path, message).by_rule("ORG6", "Kommunallagen 3:9"));
    if kind != ControllerKind::JointBoard && !members.is_empty() {
        return refuse(Text::new(
            "Bara en gemensam nämnd (JOINT_BOARD) har flera kommuner.",
            "Only a joint board (JOINT_BOARD) has several municipalities.",
        ));
    }
    if members.contains(&host) {
        return refuse(Text::new("Värdkommunen räknas inte upp bland medlemmarna.", "The host is not listed among the members."));
    }
    Ok(())
}

/// COO2: a coordinator works for the controller's host or for a member of the joint board on the first day.
pub fn coordinator_is_of_the_house(person: &Person, readers: &[Reader], from: NaiveDate, path: &str) -> Result<(), Refusal> {
    let of_the_house = |municipality| readers.iter().any(|reader| reader.municipality == municipality && reader.reads_on(from));
    if of_the_house(person.municipality) {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            "Samordnaren ska vara anställd i den personuppgiftsansvariges kommun, eller i en medlem av den gemensamma nämnden.",
            "The coordinator has to work for the controller's municipality, or for a member of the joint board.",
        ),
    )
    .by_rule("COO2", "Guidelines 8.1-8.2"))
}

/// An officer logs in at the municipality that employs the officer.
pub fn officer_logs_in_at_home(person: &Person, login_at: MunicipalityId, path: &str) -> Result<(), Refusal> {
    if person.municipality == login_at {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            "Ange den kommun där ombudet är anställt: det är där ombudet loggar in.",
            "Give the municipality that employs the officer: that is where the officer logs in.",
        ),
    ))
}

/// A period of the same thing may not share a day with one that is there.
pub fn does_not_overlap(period: Period, others: &[Period], path: &str) -> Result<(), Refusal> {
    let Some(other) = others.iter().find(|other| other.overlaps(period)) else { return Ok(()) };
    let until = |none: &str| other.to.map_or_else(|| none.to_owned(), |to| to.to_string());
    Err(Refusal::new(
        RefusalCode::Overlaps,
        path,
        Text::new(
            format!("Överlappar det som redan gäller från {} till {}.", other.from, until("vidare")),
            format!("Overlaps what already holds from {} until {}.", other.from, until("further notice")),
        ),
    ))
}

/// What somebody did is recorded when it has happened, not before.
pub fn has_happened(on: NaiveDate, today: NaiveDate, path: &str) -> Result<(), Refusal> {
    if on <= today {
        return Ok(());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            format!("Dagen har inte kommit än; ange {today} eller tidigare."),
            format!("The day has not come yet; give {today} or an earlier one."),
        ),
    ))
}

/// The last day of something that has begun is its first day at the earliest.
pub fn ended(validity: Period, last: NaiveDate, path: &str) -> Result<Period, Refusal> {
    Period::new(validity.from, Some(last)).ok_or_else(|| Refusal::ends_before_it_begins(path))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::kinds::PersonId;

    fn municipality(n: u128) -> MunicipalityId {
        MunicipalityId::new(Uuid::from_u128(n))
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn person(municipality: MunicipalityId) -> Person {
        Person {
            id: PersonId::new(Uuid::nil()),
            municipality,
            name: "Test".to_owned(),
            email: None,
            phone: None,
            version: 1,
            erased_at: None,
        }
    }

    #[test]
    fn org6_only_a_joint_board_has_members() {
        let (host, other) = (municipality(1), municipality(2));
        assert!(members_fit(ControllerKind::JointBoard, host, &[other], "members").is_ok());
        assert!(members_fit(ControllerKind::Board, host, &[], "members").is_ok());
        assert_eq!(members_fit(ControllerKind::Board, host, &[other], "members").unwrap_err().rule, Some("ORG6"));
        assert_eq!(members_fit(ControllerKind::JointBoard, host, &[host], "members").unwrap_err().path, ["members"]);
    }

    #[test]
    fn coo2_a_coordinator_is_of_the_host_or_of_a_member_on_that_day() {
        let (host, member) = (municipality(1), municipality(2));
        let membership = Period::new(day("2026-01-01"), Some(day("2026-12-31")));
        let readers = [Reader { municipality: host, membership: None }, Reader { municipality: member, membership }];
        let judge = |of, from| coordinator_is_of_the_house(&person(of), &readers, day(from), "personId").is_ok();
        assert!(judge(host, "1999-01-01"));
        assert!(judge(member, "2026-12-31"));
        assert!(!judge(member, "2027-01-01"));
        assert!(!judge(municipality(3), "2026-06-01"));
    }

    #[test]
    fn an_officer_logs_in_where_the_officer_is_employed() {
        assert!(officer_logs_in_at_home(&person(municipality(1)), municipality(1), "loginAt").is_ok());
        assert!(officer_logs_in_at_home(&person(municipality(2)), municipality(1), "loginAt").is_err());
    }

    #[test]
    fn the_overlap_is_told_with_its_dates() {
        let there = [Period::new(day("2026-01-01"), Some(day("2026-06-30"))).unwrap()];
        let from = |text| Period::new(day(text), None).unwrap();
        assert!(does_not_overlap(from("2026-07-01"), &there, "validFrom").is_ok());
        let refusal = does_not_overlap(from("2026-06-30"), &there, "validFrom").unwrap_err();
        assert_eq!(refusal.code, RefusalCode::Overlaps);
        assert!(refusal.message.en.contains("2026-01-01 until 2026-06-30"));
    }

    #[test]
    fn an_end_before_the_beginning_is_refused() {
        let running = Period::new(day("2026-01-01"), None).unwrap();
        assert!(ended(running, day("2026-01-01"), "validTo").is_ok());
        assert_eq!(ended(running, day("2025-12-31"), "validTo").unwrap_err().path, ["validTo"]);
    }

    #[test]
    fn an_act_is_recorded_when_it_has_happened() {
        assert!(has_happened(day("2026-11-22"), day("2026-11-22"), "joinedOn").is_ok());
        assert_eq!(has_happened(day("2026-11-23"), day("2026-11-22"), "joinedOn").unwrap_err().path, ["joinedOn"]);
    }
}
