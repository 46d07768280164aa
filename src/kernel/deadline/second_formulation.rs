//! The same law a second time and in other words, for every day of [`FIRST`] to [`LAST`]: weekdays by counting from a Sunday, Easter by
//! the table of full moons, holidays by walking through the year, months by the numbers in a date's text, deadlines by looking up days.
//! Nothing here calls what it is held against.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Europe::Stockholm;

use super::{Counting, calendar::days_since_easter, is_eve, is_free_for_the_union, is_public_holiday, is_working_day, seventy_two_hours};

const FIRST: &str = "2018-01-01";
const LAST: &str = "2040-12-31";

/// Easter Sundays as an almanac has them.
const EASTERS: [&str; 23] = [
    "2018-04-01",
    "2019-04-21",
    "2020-04-12",
    "2021-04-04",
    "2022-04-17",
    "2023-04-09",
    "2024-03-31",
    "2025-04-20",
    "2026-04-05",
    "2027-03-28",
    "2028-04-16",
    "2029-04-01",
    "2030-04-21",
    "2031-04-13",
    "2032-03-28",
    "2033-04-17",
    "2034-04-09",
    "2035-03-25",
    "2036-04-13",
    "2037-04-05",
    "2038-04-25",
    "2039-04-10",
    "2040-04-01",
];

/// The church's full moons of 1900 to 2199, by golden number: after each, the next Sunday is Easter.
const FULL_MOONS: [&str; 19] = [
    "04-14", "04-03", "03-23", "04-11", "03-31", "04-18", "04-08", "03-28", "04-16", "04-05", "03-25", "04-13", "04-02", "03-22", "04-10",
    "03-30", "04-17", "04-07", "03-27",
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days_from(first: &str, last: &str) -> impl Iterator<Item = NaiveDate> + use<> {
    let last = day(last);
    day(first).iter_days().take_while(move |day| *day <= last)
}

// ── days ─────────────────────────────────────────────────────────────────────────────────────────

/// A day and what it is.
#[derive(Clone, Debug)]
struct Known {
    date: NaiveDate,
    text: String,
    /// 0 is Sunday.
    weekday: usize,
    holiday: bool,
    eve: bool,
}

impl Known {
    fn works(&self) -> bool {
        (1..=5).contains(&self.weekday) && !self.holiday && !self.eve
    }
    fn free_for_the_union(&self) -> bool {
        self.weekday == 6 || self.holiday
    }
    /// Whether its month and day, as text, are within two others.
    fn within(&self, from: &str, to: &str) -> bool {
        (from..=to).contains(&&self.text[5..])
    }
}

/// Every day from a Sunday on which a year began until long after the last one.
struct Almanac(Vec<Known>);

impl Almanac {
    fn new() -> Self {
        let days = days_from("2017-01-01", "2042-12-31").enumerate();
        let known = days.map(|(at, date)| Known { date, text: date.to_string(), weekday: at % 7, holiday: at % 7 == 0, eve: false });
        let mut almanac = Self(known.collect());
        for year in 2017..=2042 {
            almanac.mark(year);
        }
        almanac
    }

    fn mark(&mut self, year: i32) {
        for fixed in ["01-01", "01-06", "05-01", "06-06", "12-25", "12-26"] {
            let at = self.at(&format!("{year}-{fixed}"));
            self.0[at].holiday = true;
        }
        let easter = self.easter(year);
        let good_friday = self.walk_back(easter, 5);
        let ascension = (0..6).fold(easter, |at, _| self.walk_on(at, 4));
        for at in [good_friday, easter + 1, ascension] {
            self.0[at].holiday = true;
        }
        let midsummer = self.saturday(year, "06-20", "06-26");
        let all_saints = self.saturday(year, "10-31", "11-06");
        self.0[midsummer].holiday = true;
        self.0[all_saints].holiday = true;
        for eve in [midsummer - 1, self.at(&format!("{year}-12-25")) - 1, self.at(&format!("{year}-12-30")) + 1] {
            self.0[eve].eve = true;
        }
    }

    fn at(&self, text: &str) -> usize {
        self.0.binary_search_by(|known| known.text.as_str().cmp(text)).unwrap()
    }

    /// The first such weekday after a day.
    fn walk_on(&self, at: usize, weekday: usize) -> usize {
        (at + 1..self.0.len()).find(|at| self.0[*at].weekday == weekday).unwrap()
    }
    /// The last such weekday before a day.
    fn walk_back(&self, at: usize, weekday: usize) -> usize {
        (0..at).rev().find(|at| self.0[*at].weekday == weekday).unwrap()
    }

    fn easter(&self, year: i32) -> usize {
        let golden_number = usize::try_from(year % 19).unwrap();
        self.walk_on(self.at(&format!("{year}-{}", FULL_MOONS[golden_number])), 0)
    }

    fn saturday(&self, year: i32, from: &str, to: &str) -> usize {
        let year = year.to_string();
        self.0.iter().position(|known| known.text.starts_with(&year) && known.weekday == 6 && known.within(from, to)).unwrap()
    }

    /// The raw and the due day.
    fn count(&self, working: &[usize], counting: Counting, start: usize) -> (NaiveDate, NaiveDate) {
        let (raw, due) = match counting {
            Counting::CalendarDays(0)
            | Counting::WorkingDays(0)
            | Counting::DaysToWorkingDay(0)
            | Counting::TargetWeeks(0)
            | Counting::Months(0)
            | Counting::LegalMonths(0)
            | Counting::AppealWeeks(0) => (start, start),
            Counting::CalendarDays(days) => (start + usize::from(days), start + usize::from(days)),
            Counting::WorkingDays(days) => {
                let before = working.partition_point(|at| *at <= start);
                let last = working[before + usize::from(days) - 1];
                (last, last)
            }
            Counting::DaysToWorkingDay(days) => {
                let raw = start + usize::from(days);
                (raw, working[working.partition_point(|at| *at < raw)])
            }
            Counting::TargetWeeks(weeks) => {
                let raw = self.same_weekday(start, weeks);
                (raw, working[working.partition_point(|at| *at <= raw) - 1])
            }
            Counting::AppealWeeks(weeks) => {
                let raw = self.same_weekday(start, weeks);
                (raw, working[working.partition_point(|at| *at < raw)])
            }
            Counting::Months(months) => {
                let raw = self.same_number(start, months);
                (raw, raw)
            }
            Counting::LegalMonths(months) => {
                let raw = self.same_number(start, months);
                let free = self.0[raw..].iter().take_while(|known| known.free_for_the_union()).count();
                (raw, raw + free)
            }
        };
        (self.0[raw].date, self.0[due].date)
    }

    fn same_weekday(&self, start: usize, weeks: u16) -> usize {
        (0..weeks).fold(start, |at, _| self.walk_on(at, self.0[start].weekday))
    }

    /// The day with the same number so many months later, or the last one before it that the month has.
    fn same_number(&self, start: usize, months: u16) -> usize {
        let mut numbers = self.0[start].text.split('-').map(|number| number.parse::<u32>().unwrap());
        let (year, month, number) = (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
        let months = year * 12 + (month - 1) + u32::from(months);
        let text = |number: u32| format!("{:04}-{:02}-{number:02}", months / 12, months % 12 + 1);
        let there = (1..=number).rev().map(text).find(|text| text.parse::<NaiveDate>().is_ok()).unwrap();
        self.at(&there)
    }
}

#[test]
fn easter_is_the_almanacs_and_the_sunday_after_the_full_moon() {
    let almanac = Almanac::new();
    for (year, easter) in (2018..).zip(EASTERS) {
        assert_eq!(almanac.0[almanac.easter(year)].text, easter);
        assert_eq!(days_since_easter(day(easter)), 0, "{easter}");
    }
    // 1 January 1900 was a Monday.
    let sundays: Vec<_> = days_from("1900-01-07", "2199-12-31").step_by(7).collect();
    for year in 1900..=2199 {
        let full_moon = day(&format!("{year}-{}", FULL_MOONS[usize::try_from(year % 19).unwrap()]));
        let easter = sundays[sundays.partition_point(|sunday| *sunday <= full_moon)];
        assert_eq!(days_since_easter(easter), 0, "{easter}");
        assert_eq!(days_since_easter(easter + Days::new(1)), 1, "{easter}");
    }
}

#[test]
fn every_day_is_what_walking_through_the_year_finds() {
    let almanac = Almanac::new();
    for known in &almanac.0 {
        let found = (is_public_holiday(known.date), is_eve(known.date), is_free_for_the_union(known.date), is_working_day(known.date));
        assert_eq!(found, (known.holiday, known.eve, known.free_for_the_union(), known.works()), "{known:?}");
    }
}

#[test]
fn every_deadline_of_every_day_is_found_by_looking_up() {
    let almanac = Almanac::new();
    let working: Vec<_> = (0..almanac.0.len()).filter(|at| almanac.0[*at].works()).collect();
    let days = [0, 1, 2, 3, 5, 10, 15, 30, 45, 60];
    let weeks = [0, 1, 2, 3, 4];
    let months = [0, 1, 3, 6, 12];
    let countings: Vec<_> = [Counting::CalendarDays, Counting::WorkingDays, Counting::DaysToWorkingDay]
        .into_iter()
        .flat_map(|way| days.map(way))
        .chain([Counting::TargetWeeks, Counting::AppealWeeks].into_iter().flat_map(|way| weeks.map(way)))
        .chain([Counting::Months, Counting::LegalMonths].into_iter().flat_map(|way| months.map(way)))
        .collect();
    for at in almanac.at(FIRST)..=almanac.at(LAST) {
        let start = almanac.0[at].date;
        for counting in &countings {
            let found = counting.count(start);
            let (raw, due) = almanac.count(&working, *counting, at);
            assert_eq!((found.start, found.raw, found.due), (start, raw, due), "{counting:?} from {start}");
        }
    }
}

// ── hours ────────────────────────────────────────────────────────────────────────────────────────

/// When clocks are put forward and back in a year, in UTC: one in the morning of the last Sunday of March and October.
fn changes(year: i32) -> [NaiveDateTime; 2] {
    // 2017 began on a Sunday.
    let sundays = days_from("2017-01-01", "2041-12-31").step_by(7);
    let of_year: Vec<_> = sundays.map(|sunday| sunday.to_string()).filter(|text| text.starts_with(&year.to_string())).collect();
    ["03", "10"].map(|month| {
        let last = of_year.iter().rfind(|text| &text[5..7] == month).unwrap();
        format!("{last}T01:00:00").parse().unwrap()
    })
}

/// Hours by which Swedish clocks are ahead of UTC.
fn ahead(changes: &[[NaiveDateTime; 2]], utc: NaiveDateTime) -> i64 {
    if changes.iter().any(|[forward, back]| (*forward..*back).contains(&utc)) { 2 } else { 1 }
}

/// Hours that clocks gain between two instants, by changes in between.
fn gained(changes: &[[NaiveDateTime; 2]], from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    let between = |change: NaiveDateTime| i64::from(from < change && change <= to);
    changes.iter().map(|[forward, back]| between(*forward) - between(*back)).sum()
}

fn on_the_wall(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&Stockholm).naive_local()
}

#[test]
fn every_day_has_its_seventy_two_hours_whatever_clocks_show() {
    let times = ["00:00:00", "00:30:00", "01:59:59", "02:00:00", "02:30:00", "02:59:59", "03:00:00", "09:15:00", "17:20:00", "23:59:59"];
    let changes: Vec<_> = (2018..=2041).map(changes).collect();
    let (mut none, mut two) = (0, 0);
    for day in days_from(FIRST, LAST) {
        for time in times {
            let wall: NaiveDateTime = format!("{day}T{time}").parse().unwrap();
            // Some times are not there when clocks are put forward, and twice when they are put back.
            let instants: Vec<_> = [2, 1]
                .into_iter()
                .map(|hours| (hours, wall - TimeDelta::hours(hours)))
                .filter(|(hours, utc)| ahead(&changes, *utc) == *hours)
                .collect();
            none += usize::from(instants.is_empty());
            two += usize::from(instants.len() == 2);
            for (_, utc) in instants {
                let limit = seventy_two_hours(utc.and_utc());
                assert_eq!(on_the_wall(limit.starts), wall);
                assert_eq!(limit.due.timestamp() - limit.starts.timestamp(), 3 * 86_400, "{wall}");
                let shown = 72 + gained(&changes, utc, limit.due.naive_utc());
                assert_eq!(on_the_wall(limit.due) - wall, TimeDelta::hours(shown), "{wall}");
                let hour: NaiveDateTime = format!("{}:00:00", utc.format("%Y-%m-%dT%H")).parse().unwrap();
                assert_eq!(limit.hour_rule_limit.naive_utc() - hour, TimeDelta::hours(73), "{wall}");
                assert!(on_the_wall(limit.hour_rule_limit).to_string().ends_with(":00:00"), "{wall}");
                let later = limit.hour_rule_limit - limit.due;
                assert!(TimeDelta::zero() < later && later <= TimeDelta::hours(1), "{wall}");
            }
        }
    }
    // Three of the times lie in the hour that is skipped, and the same three in the one that comes twice; there are 23 years.
    assert_eq!((none, two), (69, 69));
}
