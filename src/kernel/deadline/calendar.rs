//! Sweden's calendar: which days are holidays by law, which are eves, and on which days offices work.
//!
//! It holds from 2005, when 6 June became a holiday (nationaldagen) and Whit Monday (annandag pingst) no longer was one. Days of
//! earlier years are answered as if today's law had been there then.

use chrono::{Datelike, NaiveDate, Weekday};

/// The version of this calendar: country and first year. It is stored with every deadline, so that a later law moves none of them.
pub const CALENDAR: &str = "SE-2005";

/// Whether a day is a public holiday (allmän helgdag), Sundays included. Source: lag (1989:253) om allmänna helgdagar.
pub fn is_public_holiday(day: NaiveDate) -> bool {
    day.weekday() == Weekday::Sun || has_fixed_date(day) || follows_easter(day) || is_midsummer_day(day) || is_all_saints_day(day)
}

/// Whether a day is one of the three eves that count as holidays when an appeal is due: midsommarafton, julafton and nyårsafton. No
/// other eve does, nor skärtorsdagen. Source: lag (1930:173) om beräkning av lagstadgad tid.
pub fn is_eve(day: NaiveDate) -> bool {
    matches!((day.weekday(), day.month(), day.day()), (Weekday::Fri, 6, 19..=25) | (_, 12, 24 | 31))
}

/// Whether a day is a working day: Monday to Friday, neither a public holiday nor one of the three eves.
pub fn is_working_day(day: NaiveDate) -> bool {
    !is_free_for_the_union(day) && !is_eve(day)
}

/// Whether a day is none of the working days of the Union's rule: a Saturday, a Sunday or a public holiday. Eves are working days
/// there. Source: Regulation (EEC, Euratom) 1182/71 art. 2.1-2.2, which takes the holidays of each member state.
pub fn is_free_for_the_union(day: NaiveDate) -> bool {
    day.weekday() == Weekday::Sat || is_public_holiday(day)
}

/// Nyårsdagen, trettondedag jul, första maj, nationaldagen, juldagen, annandag jul.
fn has_fixed_date(day: NaiveDate) -> bool {
    matches!((day.month(), day.day()), (1, 1 | 6) | (5, 1) | (6, 6) | (12, 25 | 26))
}

/// Långfredagen, annandag påsk, Kristi himmelsfärdsdag. Easter itself and Pentecost are Sundays anyway.
fn follows_easter(day: NaiveDate) -> bool {
    matches!(days_since_easter(day), -2 | 1 | 39)
}

/// Midsommardagen: the Saturday of 20 to 26 June.
fn is_midsummer_day(day: NaiveDate) -> bool {
    matches!((day.weekday(), day.month(), day.day()), (Weekday::Sat, 6, 20..=26))
}

/// Alla helgons dag: the Saturday of 31 October to 6 November.
fn is_all_saints_day(day: NaiveDate) -> bool {
    matches!((day.weekday(), day.month(), day.day()), (Weekday::Sat, 10, 31) | (Weekday::Sat, 11, 1..=6))
}

/// Days from the year's Easter Sunday to `day`; negative before it.
pub(super) fn days_since_easter(day: NaiveDate) -> i32 {
    let first_of_march = if day.leap_year() { 61 } else { 60 };
    let day_of_march = day.ordinal().cast_signed() - first_of_march + 1;
    day_of_march - easter_in_days_of_march(day.year())
}

/// Easter Sunday as a day of March, where 32 is 1 April: by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, ch. 8).
fn easter_in_days_of_march(year: i32) -> i32 {
    let (century, year_of_century) = (year / 100, year % 100);
    let moon_year = year % 19;
    // Against the years of the moon, full moons come eight days earlier in 25 centuries.
    let moon_drift = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * moon_year + century - century / 4 - moon_drift + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (year_of_century / 4) - full_moon - year_of_century % 4) % 7;
    // The latest full moons are taken a day earlier, as tradition has it: Easter is never after 25 April.
    let week_less = (moon_year + 11 * full_moon + 22 * to_sunday) / 451;
    22 + full_moon + to_sunday - 7 * week_less
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_of_2027_are_those_of_the_almanac() {
        let first = day("2027-01-01");
        let days = first.iter_days().take(365).filter(|day| is_public_holiday(*day) && day.weekday() != Weekday::Sun);
        let found: Vec<_> = days.map(|day| day.format("%m-%d").to_string()).collect();
        assert_eq!(found, ["01-01", "01-06", "03-26", "03-29", "05-01", "05-06", "06-26", "11-06", "12-25"]);
        // On Sundays: 28 March (Easter), 16 May (Pentecost), 6 June, 26 December.
        assert!(["2027-03-28", "2027-05-16", "2027-06-06", "2027-12-26"].into_iter().all(|sunday| is_public_holiday(day(sunday))));
    }

    #[test]
    fn national_day_is_a_holiday_and_whit_monday_is_none() {
        assert!(is_public_holiday(day("2005-06-06")));
        assert!(is_working_day(day("2005-05-16")));
        assert!(is_working_day(day("2027-05-17")));
    }

    #[test]
    fn three_eves_are_eves_and_no_holidays() {
        for eve in ["2026-06-19", "2027-06-25", "2026-12-24", "2026-12-31"].map(day) {
            assert!(is_eve(eve) && !is_working_day(eve) && !is_public_holiday(eve) && !is_free_for_the_union(eve), "{eve}");
        }
        for other in ["2026-06-18", "2026-06-26", "2027-06-18", "2027-06-24", "2026-12-23", "2026-12-30", "2026-01-31"].map(day) {
            assert!(!is_eve(other), "{other}");
        }
    }

    #[test]
    fn on_the_days_before_other_holidays_offices_work() {
        // Skärtorsdagen, trettondagsafton, valborgsmässoafton, the day before Kristi himmelsfärd, the Friday before alla helgons dag.
        for before in ["2027-03-25", "2027-01-05", "2026-04-30", "2027-05-05", "2027-11-05"] {
            assert!(is_working_day(day(before)), "{before}");
        }
        // Påskafton, as any Saturday.
        assert!(!is_working_day(day("2027-03-27")));
        assert!(!is_eve(day("2027-03-27")));
    }

    #[test]
    fn the_first_and_the_last_day_of_easter_and_of_the_two_saturdays() {
        // Easter at its earliest and latest in these centuries, years in which it is taken a week earlier, and the last year that is meant.
        for easter in
            ["2200-04-06", "1913-03-23", "1943-04-25", "2008-03-23", "2038-04-25", "1954-04-18", "1981-04-19", "2049-04-18", "2076-04-19"]
        {
            assert_eq!(days_since_easter(day(easter)), 0, "{easter}");
        }
        for saturday in ["2026-06-20", "2027-06-26", "2026-10-31", "2027-11-06"] {
            assert!(is_public_holiday(day(saturday)), "{saturday}");
        }
        for saturday in ["2027-06-19", "2026-06-27", "2027-10-30", "2026-11-07"] {
            assert!(!is_public_holiday(day(saturday)), "{saturday}");
        }
    }
}
