//! Deadlines: the ways in which law and agreements count time, and the days they lead to in Sweden. Pure: what day it is, callers know.
//!
//! Days are days in Sweden and end at midnight there; hours are elapsed hours. Every way begins on the day after the event, and a
//! longer period is counted from the same event as the shorter one, never from its moved end.

mod calendar;
#[cfg(test)]
mod second_formulation;

use std::iter::successors;

use chrono::{DateTime, Days, Months, NaiveDate, SubsecRound, TimeDelta, Timelike, Utc};

pub use self::calendar::{CALENDAR, is_eve, is_free_for_the_union, is_public_holiday, is_working_day};
use super::period::is_meant;

/// Days after the end of a quarter by which its report is due, which is the 15th of the next month. This system's own: guidelines 8.2
/// want a report every third month and name no day.
const REPORT_DAYS: u16 = 15;

/// Hours in which a breach is notified. Source: GDPR art. 33.1.
const NOTICE_HOURS: i64 = 72;

/// A way to count from the day of an event, with how much is counted. Of nothing, every way gives the day of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counting {
    /// Days of an agreement. Never moved: the last day may be a Sunday.
    CalendarDays(u16),
    /// Working days: the last of so many after the event.
    WorkingDays(u16),
    /// Days, and from a last day that is no working day on to the next one. This system's own.
    DaysToWorkingDay(u16),
    /// Weeks of the guidelines' own targets: the same weekday, and from one that is no working day back to the last one before.
    TargetWeeks(u16),
    /// Months of an agreement: the same number, or the month's last day. Never moved.
    Months(u16),
    /// Months of the Union's law: the same number, or the month's last day, and past Saturdays, Sundays and public holidays. Not past
    /// the three eves, which no source names as holidays of Sweden for the regulation: the earlier day is the safe one.
    LegalMonths(u16),
    /// Weeks of an appeal: the same weekday, and past Saturdays, Sundays, public holidays and the three eves.
    AppealWeeks(u16),
}

/// The day by which something is due, and how it came about. Stored with [`CALENDAR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deadline {
    /// The day of the event, which is not counted.
    pub start: NaiveDate,
    /// The last day as counted, before it was moved.
    pub raw: NaiveDate,
    /// The last day, inclusive: until midnight in Sweden.
    pub due: NaiveDate,
    /// The way it was counted.
    pub counting: Counting,
}

impl Counting {
    /// The deadline that this way leads to from the day of an event.
    pub fn count(self, start: NaiveDate) -> Deadline {
        let raw = self.last_day(start);
        // Of nothing counted, nothing is moved.
        let due = if raw == start { start } else { self.moved(raw) };
        Deadline { start, raw, due, counting: self }
    }

    /// The last day as counted.
    fn last_day(self, start: NaiveDate) -> NaiveDate {
        match self {
            Self::CalendarDays(days) | Self::DaysToWorkingDay(days) => start + Days::new(days.into()),
            Self::TargetWeeks(weeks) | Self::AppealWeeks(weeks) => start + TimeDelta::weeks(weeks.into()),
            Self::Months(months) | Self::LegalMonths(months) => start + Months::new(months.into()),
            Self::WorkingDays(days) => working_days_after(start, days),
        }
    }

    /// The day to which a last day is moved.
    fn moved(self, last: NaiveDate) -> NaiveDate {
        match self {
            Self::CalendarDays(_) | Self::WorkingDays(_) | Self::Months(_) => last,
            Self::LegalMonths(_) => first(last, NaiveDate::succ_opt, |day| !is_free_for_the_union(day)),
            Self::DaysToWorkingDay(_) | Self::AppealWeeks(_) => first(last, NaiveDate::succ_opt, is_working_day),
            Self::TargetWeeks(_) => first(last, NaiveDate::pred_opt, is_working_day),
        }
    }

    /// The rule, to be stored: what is counted as ISO 8601 writes it (working days excepted), and after a stroke by which rule, or
    /// where to, the last day is moved.
    pub fn rule(self) -> String {
        match self {
            Self::CalendarDays(days) => format!("P{days}D"),
            Self::WorkingDays(days) => format!("{days}WD"),
            Self::DaysToWorkingDay(days) => format!("P{days}D/NEXT-WD"),
            Self::TargetWeeks(weeks) => format!("P{weeks}W/LAST-WD"),
            Self::Months(months) => format!("P{months}M"),
            Self::LegalMonths(months) => format!("P{months}M/1182-71"),
            Self::AppealWeeks(weeks) => format!("P{weeks}W/1930-173"),
        }
    }

    /// Where this way of counting comes from. How much is counted has a source of its own, which callers name.
    pub fn legal_source(self) -> &'static str {
        match self {
            Self::CalendarDays(_) | Self::Months(_) => "The agreement (guidelines, annex 3)",
            Self::WorkingDays(_) => "The agreement (guidelines, annex 3) or the guidelines; holidays by lag (1989:253)",
            Self::DaysToWorkingDay(_) => "This system's own; holidays by lag (1989:253)",
            Self::TargetWeeks(_) => "Guidelines; holidays by lag (1989:253)",
            Self::LegalMonths(_) => "Regulation (EEC, Euratom) 1182/71 art. 2.1, 3.1, 3.2 c, 3.4; holidays by lag (1989:253)",
            Self::AppealWeeks(_) => "Lag (1930:173) om beräkning av lagstadgad tid; holidays by lag (1989:253)",
        }
    }
}

/// The day by which a quarter (1 to 4) is reported on: the 15th of the month after it, or the next working day. Nothing where there is no
/// such quarter, or none that can be meant.
pub fn report_due(year: i32, quarter: u32) -> Option<Deadline> {
    let (month, day) = match quarter {
        1 => (3, 31),
        2 => (6, 30),
        3 => (9, 30),
        4 => (12, 31),
        _ => return None,
    };
    let last_of_quarter = NaiveDate::from_ymd_opt(year, month, day).filter(|last| is_meant(*last))?;
    Some(Counting::DaysToWorkingDay(REPORT_DAYS).count(last_of_quarter))
}

/// The last of so many working days after `start`.
fn working_days_after(start: NaiveDate, days: u16) -> NaiveDate {
    let working_days = start.iter_days().skip(1).filter(|day| is_working_day(*day));
    working_days.take(days.into()).last().unwrap_or(start)
}

/// The first day that fits, from `day` on, `day` included.
fn first(day: NaiveDate, step: fn(&NaiveDate) -> Option<NaiveDate>, fits: fn(NaiveDate) -> bool) -> NaiveDate {
    successors(Some(day), step).find(|day| fits(*day)).unwrap_or(day)
}

/// The instant by which a breach is notified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HourLimit {
    /// When the hours began: the instant at which the breach became known.
    pub starts: DateTime<Utc>,
    /// The instant that is kept to: so many elapsed hours later, on whatever day.
    pub due: DateTime<Utc>,
    /// For information, the latest reading of the law: the hour of the event is not counted, so that the hours run from the next full
    /// one. Up to an hour after `due`, never before it. Source: Regulation (EEC, Euratom) 1182/71 art. 3.1.
    pub hour_rule_limit: DateTime<Utc>,
}

impl HourLimit {
    /// The rule, to be stored, as [`Counting::rule`] writes it.
    pub const RULE: &'static str = "PT72H";

    /// Where the limit comes from.
    pub const LEGAL_SOURCE: &'static str = "GDPR art. 33.1; Regulation (EEC, Euratom) 1182/71 art. 3.1, 3.3";
}

/// 72 elapsed hours from an instant, whatever clocks show and whatever days they end on. Source: GDPR art. 33.1.
pub fn seventy_two_hours(starts: DateTime<Utc>) -> HourLimit {
    let hours = TimeDelta::hours(NOTICE_HOURS);
    HourLimit { starts, due: starts + hours, hour_rule_limit: next_full_hour(starts) + hours }
}

/// The end of the hour in which an instant lies; a full hour begins an hour of its own. Swedish hours are those of UTC: the clocks
/// differ by whole ones.
fn next_full_hour(instant: DateTime<Utc>) -> DateTime<Utc> {
    let second = instant.trunc_subsecs(0);
    let into_the_hour = TimeDelta::seconds(i64::from(second.minute() * 60 + second.second()));
    second - into_the_hour + TimeDelta::hours(1)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Stockholm;
    use serde_json::Value;

    use super::*;

    const VECTORS: &str = include_str!("../../../tests/it/expected/deadline_vectors.json");

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn swedish(instant: DateTime<Utc>) -> String {
        instant.with_timezone(&Stockholm).to_rfc3339()
    }
    /// The raw and the due day.
    fn days(counting: Counting, start: &str) -> (String, String) {
        let deadline = counting.count(day(start));
        assert_eq!((deadline.start, deadline.counting), (day(start), counting));
        (deadline.raw.to_string(), deadline.due.to_string())
    }
    #[track_caller]
    fn leads(counting: Counting, start: &str, raw: &str, due: &str) {
        assert_eq!(days(counting, start), (raw.to_owned(), due.to_owned()), "{counting:?} from {start}");
    }

    fn answer(rule: &str, input: &str) -> String {
        let due = |counting: Counting| counting.count(day(input)).due.to_string();
        match rule {
            "one_month" => due(Counting::LegalMonths(1)),
            "three_months" => due(Counting::LegalMonths(3)),
            "deemed_received" => due(Counting::WorkingDays(1)),
            "three_working_days" => due(Counting::WorkingDays(3)),
            "thirty_days" => due(Counting::CalendarDays(30)),
            "appeal_three_weeks" => due(Counting::AppealWeeks(3)),
            "report_due" => {
                let (year, quarter) = input.split_once('Q').unwrap();
                report_due(year.parse().unwrap(), quarter.parse().unwrap()).unwrap().due.to_string()
            }
            "seventy_two_hours" => swedish(seventy_two_hours(input.parse().unwrap()).due),
            unknown => panic!("no such rule: {unknown}"),
        }
    }

    #[test]
    fn every_vector_of_the_reference_leads_to_its_day() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
        assert_eq!(vectors.len(), 20);
        for vector in &vectors {
            let text = |key: &str| vector[key].as_str().unwrap();
            assert_eq!(answer(text("rule"), text("input")), text("expected"), "{}", text("id"));
        }
    }

    #[test]
    fn a_month_of_the_union_passes_free_days_and_stops_at_eves() {
        leads(Counting::LegalMonths(1), "2026-01-31", "2026-02-28", "2026-03-02");
        leads(Counting::LegalMonths(1), "2026-03-05", "2026-04-05", "2026-04-07");
        leads(Counting::LegalMonths(3), "2028-01-31", "2028-04-30", "2028-05-02");
        leads(Counting::LegalMonths(3), "2026-11-30", "2027-02-28", "2027-03-01");
        leads(Counting::LegalMonths(1), "2027-05-26", "2027-06-26", "2027-06-28");
        for (start, eve) in [("2026-11-24", "2026-12-24"), ("2026-11-30", "2026-12-30"), ("2027-05-25", "2027-06-25")] {
            leads(Counting::LegalMonths(1), start, eve, eve);
        }
        leads(Counting::LegalMonths(1), "2026-10-31", "2026-11-30", "2026-11-30");
        leads(Counting::LegalMonths(1), "2026-12-31", "2027-01-31", "2027-02-01");
        // From a Sunday on to julafton, which is no holiday of the regulation.
        leads(Counting::LegalMonths(1), "2029-11-23", "2029-12-23", "2029-12-24");
    }

    #[test]
    fn skartorsdagen_is_a_working_day_for_every_way() {
        leads(Counting::LegalMonths(1), "2027-02-25", "2027-03-25", "2027-03-25");
        leads(Counting::AppealWeeks(3), "2027-03-04", "2027-03-25", "2027-03-25");
        leads(Counting::WorkingDays(1), "2027-03-24", "2027-03-25", "2027-03-25");
        leads(Counting::WorkingDays(1), "2027-03-25", "2027-03-30", "2027-03-30");
    }

    #[test]
    fn an_appeal_passes_eves_too() {
        leads(Counting::AppealWeeks(3), "2027-06-04", "2027-06-25", "2027-06-28");
        leads(Counting::AppealWeeks(3), "2026-12-03", "2026-12-24", "2026-12-28");
        leads(Counting::AppealWeeks(3), "2026-12-10", "2026-12-31", "2027-01-04");
        leads(Counting::AppealWeeks(3), "2026-12-16", "2027-01-06", "2027-01-07");
        // From a Sunday past julafton, juldagen and annandagen.
        leads(Counting::AppealWeeks(3), "2029-12-02", "2029-12-23", "2029-12-27");
        leads(Counting::AppealWeeks(3), "2027-02-01", "2027-02-22", "2027-02-22");
    }

    #[test]
    fn agreements_are_never_moved() {
        leads(Counting::CalendarDays(30), "2027-05-26", "2027-06-25", "2027-06-25");
        leads(Counting::CalendarDays(30), "2026-11-24", "2026-12-24", "2026-12-24");
        leads(Counting::CalendarDays(1), "2026-12-26", "2026-12-27", "2026-12-27");
        leads(Counting::Months(1), "2026-01-31", "2026-02-28", "2026-02-28");
        leads(Counting::Months(6), "2026-08-31", "2027-02-28", "2027-02-28");
        leads(Counting::Months(12), "2024-02-29", "2025-02-28", "2025-02-28");
    }

    #[test]
    fn working_days_begin_after_the_event_on_whatever_day_it_was() {
        leads(Counting::WorkingDays(1), "2026-12-23", "2026-12-28", "2026-12-28");
        leads(Counting::WorkingDays(3), "2026-12-23", "2026-12-30", "2026-12-30");
        leads(Counting::WorkingDays(1), "2026-11-21", "2026-11-23", "2026-11-23");
        leads(Counting::WorkingDays(1), "2026-11-23", "2026-11-24", "2026-11-24");
    }

    #[test]
    fn a_target_is_the_last_working_day_on_or_before() {
        leads(Counting::TargetWeeks(2), "2026-12-17", "2026-12-31", "2026-12-30");
        leads(Counting::TargetWeeks(1), "2026-12-22", "2026-12-29", "2026-12-29");
        leads(Counting::TargetWeeks(1), "2027-03-22", "2027-03-29", "2027-03-25");
    }

    #[test]
    fn of_nothing_every_way_gives_the_day_of_the_event() {
        use Counting::*;
        let ways = [CalendarDays, WorkingDays, DaysToWorkingDay, TargetWeeks, Months, LegalMonths, AppealWeeks];
        for way in ways {
            for start in ["2026-11-23", "2026-12-24", "2026-12-26", "2026-12-27"] {
                leads(way(0), start, start, start);
            }
            // The widest amount, from the first and the last day that callers give: no panic.
            for start in ["1900-01-01", "2200-12-31"].map(day) {
                assert!(way(u16::MAX).count(start).due > start);
            }
        }
    }

    #[test]
    fn each_way_has_a_rule_and_a_source() {
        use Counting::*;
        let rules = [CalendarDays(30), WorkingDays(1), DaysToWorkingDay(15), TargetWeeks(2), Months(6), LegalMonths(1), AppealWeeks(3)];
        assert_eq!(rules.map(Counting::rule), ["P30D", "1WD", "P15D/NEXT-WD", "P2W/LAST-WD", "P6M", "P1M/1182-71", "P3W/1930-173"]);
        for (way, source) in [(LegalMonths(1), "1182/71"), (AppealWeeks(3), "(1930:173)"), (CalendarDays(30), "annex 3")] {
            assert!(way.legal_source().contains(source), "{way:?}");
        }
        assert!(rules.iter().all(|way| !way.legal_source().is_empty()));
    }

    #[test]
    fn a_report_is_due_on_the_15th_or_the_next_working_day() {
        let due = |year, quarter| report_due(year, quarter).map(|report| [report.start, report.raw, report.due].map(|day| day.to_string()));
        let days = |start: &str, raw: &str, due: &str| Some([start, raw, due].map(str::to_owned));
        assert_eq!(due(2026, 4), days("2026-12-31", "2027-01-15", "2027-01-15"));
        assert_eq!(due(2027, 1), days("2027-03-31", "2027-04-15", "2027-04-15"));
        assert_eq!(due(2027, 2), days("2027-06-30", "2027-07-15", "2027-07-15"));
        assert_eq!(due(2028, 2), days("2028-06-30", "2028-07-15", "2028-07-17"));
        assert_eq!(due(2028, 3), days("2028-09-30", "2028-10-15", "2028-10-16"));
        // Långfredagen.
        assert_eq!(due(2022, 1), days("2022-03-31", "2022-04-15", "2022-04-19"));
        for (year, quarter) in [(2026, 0), (2026, 5), (1899, 4), (2201, 1), (i32::MAX, 4), (i32::MIN, 1)] {
            assert_eq!(due(year, quarter), None, "{year} {quarter}");
        }
    }

    #[test]
    fn hours_run_on_and_the_hour_rule_is_told_for_information() {
        let limit = |text: &str| {
            let limit = seventy_two_hours(text.parse().unwrap());
            assert_eq!(limit.starts, text.parse::<DateTime<Utc>>().unwrap());
            (swedish(limit.due), swedish(limit.hour_rule_limit))
        };
        let both = |due: &str, hour_rule: &str| (due.to_owned(), hour_rule.to_owned());
        assert_eq!(limit("2026-11-20T17:20:00+01:00"), both("2026-11-23T17:20:00+01:00", "2026-11-23T18:00:00+01:00"));
        // Across both changes of the clocks.
        assert_eq!(limit("2027-03-26T09:15:00+01:00"), both("2027-03-29T10:15:00+02:00", "2027-03-29T11:00:00+02:00"));
        assert_eq!(limit("2026-10-23T10:30:00+02:00"), both("2026-10-26T09:30:00+01:00", "2026-10-26T10:00:00+01:00"));
        // The full hour is an hour in which something happened; the last microsecond before it is in the hour before.
        assert_eq!(limit("2021-05-10T17:00:00+02:00"), both("2021-05-13T17:00:00+02:00", "2021-05-13T18:00:00+02:00"));
        let late = both("2021-05-13T16:59:59.999999+02:00", "2021-05-13T17:00:00+02:00");
        assert_eq!(limit("2021-05-10T16:59:59.999999+02:00"), late);
    }
}
