//! The one clock. Everything that asks what time it is asks an injected [`Clock`]; `clippy.toml` forbids the ambient ones.

use std::sync::Mutex;

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use chrono_tz::Europe::Stockholm;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// This instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The calendar date in Sweden at an instant: what "today" means for every deadline.
pub fn date_in_sweden(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Stockholm).date_naive()
}

/// The instant at which a day begins in Sweden.
pub fn begin_of_day_in_sweden(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Clocks are changed at two and three in the morning, so that midnight is there, and once.
    midnight.and_local_timezone(Stockholm).earliest().map_or_else(|| midnight.and_utc(), |instant| instant.with_timezone(&Utc))
}

/// The machine's clock, moved by a constant; not moved in production.
#[derive(Debug, Default)]
pub struct SystemClock {
    ahead: TimeDelta,
}

impl SystemClock {
    /// A clock that shows noon (UTC) of `today` now and runs on from there.
    pub fn starting_on(today: NaiveDate) -> Self {
        let noon = today.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(12);
        Self { ahead: noon - machine_now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        machine_now() + self.ahead
    }
}

/// In whole microseconds: finer than that `PostgreSQL` does not keep.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A clock that stands still until it is set: for tests.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that shows `instant`.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(Mutex::new(instant))
    }

    /// Shows `instant` from now on.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = instant;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swedish_day_begins_at_midnight_in_stockholm_in_winter_and_in_summer() {
        let at = |text: &str| date_in_sweden(text.parse::<DateTime<Utc>>().unwrap()).to_string();
        assert_eq!(at("2026-11-21T22:59:59Z"), "2026-11-21");
        assert_eq!(at("2026-11-21T23:00:00Z"), "2026-11-22");
        assert_eq!(at("2026-07-21T21:59:59Z"), "2026-07-21");
        assert_eq!(at("2026-07-21T22:00:00Z"), "2026-07-22");
        let begins = |day: &str| begin_of_day_in_sweden(day.parse().unwrap()).to_rfc3339();
        assert_eq!(begins("2026-11-22"), "2026-11-21T23:00:00+00:00");
        assert_eq!(begins("2026-07-22"), "2026-07-21T22:00:00+00:00");
    }

    #[test]
    fn a_moved_clock_shows_the_asked_day_and_runs() {
        let clock = SystemClock::starting_on("2031-03-01".parse().unwrap());
        assert_eq!(date_in_sweden(clock.now()).to_string(), "2031-03-01");
        assert!(clock.now() <= clock.now());
    }

    #[test]
    fn an_instant_is_in_whole_microseconds_as_every_database_keeps_it() {
        for clock in [SystemClock::default(), SystemClock::starting_on("2031-03-01".parse().unwrap())] {
            let instants = (0..100).map(|_| clock.now());
            assert!(instants.into_iter().all(|instant| instant.timestamp_subsec_nanos().is_multiple_of(1000)));
        }
    }
}
