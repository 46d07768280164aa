//! Periods: from a first day to a last day, both inside; no last day means until further notice.

use std::fmt;

use chrono::{Datelike, NaiveDate, TimeDelta};

/// Whether a date can be meant here: of the years 1900 to 2200.
pub fn is_meant(day: NaiveDate) -> bool {
    (1900..=2200).contains(&day.year())
}

/// A period of whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, inclusive; none while it goes on.
    pub to: Option<NaiveDate>,
}

impl Period {
    /// A period, or nothing where it would end before it begins.
    pub fn new(from: NaiveDate, to: Option<NaiveDate>) -> Option<Self> {
        to.is_none_or(|to| from <= to).then_some(Self { from, to })
    }

    /// Whether it holds on `day`.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether the two share a day.
    pub fn overlaps(self, other: Self) -> bool {
        other.to.is_none_or(|to| self.from <= to) && self.to.is_none_or(|to| other.from <= to)
    }

    /// Whether every day of `inner` is a day of this period.
    pub fn covers(self, inner: Self) -> bool {
        self.from <= inner.from
            && match (self.to, inner.to) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(outer), Some(inner)) => inner <= outer,
            }
    }

    /// The same period, over on `last` at the latest.
    #[must_use]
    pub fn until(self, last: NaiveDate) -> Self {
        Self { to: Some(self.to.map_or(last, |to| to.min(last))), ..self }
    }

    /// The days that both have.
    pub fn and(self, other: Self) -> Option<Self> {
        let to = match (self.to, other.to) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self::new(self.from.max(other.from), to)
    }

    /// The days that the other does not have: two periods at most.
    pub fn without(self, other: Self) -> Vec<Self> {
        if !self.overlaps(other) {
            return vec![self];
        }
        let before = (self.from < other.from).then(|| Self { from: self.from, to: Some(eve(other.from)) });
        let after = other.to.filter(|last| self.to.is_none_or(|to| *last < to)).map(|last| Self { from: morrow(last), to: self.to });
        before.into_iter().chain(after).collect()
    }
}

/// As ISO 8601 writes it: the first day, a stroke and the last, which is left out while it goes on.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.from)?;
        self.to.map_or(Ok(()), |to| write!(f, "{to}"))
    }
}

/// The day before.
pub fn eve(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(1)
}

/// The day after.
pub fn morrow(day: NaiveDate) -> NaiveDate {
    day + TimeDelta::days(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, n).unwrap()
    }
    fn period(from: u32, to: Option<u32>) -> Period {
        Period::new(day(from), to.map(day)).unwrap()
    }

    #[test]
    fn the_last_day_is_inside() {
        assert!(period(1, Some(3)).contains(day(3)));
        assert!(!period(1, Some(3)).contains(day(4)));
        assert!(!period(2, None).contains(day(1)));
        assert!(period(2, None).contains(day(31)));
        assert!(period(2, Some(2)).contains(day(2)));
    }

    #[test]
    fn a_period_cannot_end_before_it_begins() {
        assert_eq!(Period::new(day(2), Some(day(1))), None);
    }

    #[test]
    fn periods_overlap_where_they_share_a_day() {
        assert!(period(1, Some(3)).overlaps(period(3, Some(4))));
        assert!(!period(1, Some(3)).overlaps(period(4, None)));
        assert!(!period(4, None).overlaps(period(1, Some(3))));
        assert!(period(1, None).overlaps(period(9, None)));
    }

    #[test]
    fn an_open_period_is_not_inside_a_closed_one() {
        assert!(period(1, None).covers(period(2, None)));
        assert!(!period(1, Some(9)).covers(period(2, None)));
        assert!(period(1, Some(9)).covers(period(2, Some(9))));
        assert!(!period(1, Some(9)).covers(period(2, Some(10))));
        assert!(!period(2, None).covers(period(1, None)));
    }

    #[test]
    fn until_never_prolongs() {
        assert_eq!(period(1, Some(3)).until(day(9)), period(1, Some(3)));
        assert_eq!(period(1, None).until(day(9)), period(1, Some(9)));
    }

    #[test]
    fn what_two_periods_share_and_what_one_has_alone_make_the_one() {
        assert_eq!(period(1, Some(5)).and(period(3, None)), Some(period(3, Some(5))));
        assert_eq!(period(1, None).and(period(3, None)), Some(period(3, None)));
        assert_eq!(period(1, Some(2)).and(period(3, None)), None);
        assert_eq!(period(1, Some(9)).without(period(3, Some(5))), [period(1, Some(2)), period(6, Some(9))]);
        assert_eq!(period(1, None).without(period(3, None)), [period(1, Some(2))]);
        assert_eq!(period(4, Some(5)).without(period(3, Some(5))), []);
        assert_eq!(period(4, None).without(period(3, Some(5))), [period(6, None)]);
        assert_eq!(period(1, Some(2)).without(period(3, None)), [period(1, Some(2))]);
    }
}
