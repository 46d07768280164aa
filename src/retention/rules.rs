//! What the system keeps of its users, why and for how long: the one table, with its periods. Pure.
//!
//! The same table stands in the README for whoever runs the system; a test compares the two.

use std::fmt;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use crate::kernel::clock::{begin_of_day_in_sweden, date_in_sweden};

/// What opens something, or protects a login that is under way, is of no use when it is over.
pub const WHAT_IS_OVER: Keep = Keep::Days(0);

/// Somebody whose link no longer works asks why: within a month of it.
pub const INVITATION: Keep = Keep::Days(30);

/// Who comes once a year, for the yearly review, finds the login still there to be invited.
pub const UNBOUND_LOGIN: Keep = Keep::Months(12);

/// For half a year there are questions to somebody who has handed over an office.
pub const CONTACT_DETAILS: Keep = Keep::Months(6);

/// The guidelines' measure for logs: they may be purged five years after logging (annex 3 C7.5, PUB15), so that long a log has to tell who
/// acted.
pub const NAME: Keep = Keep::Years(5);

/// For how long something is kept when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many times 24 hours, from the instant at which it was over.
    Days(u32),
    /// So many months, from the Swedish day on which it was over.
    Months(u32),
    /// So many years, from the Swedish day on which it was over.
    Years(u32),
}

impl Keep {
    /// The latest instant such that what was over then is disposed of `now`.
    pub fn over_at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Days(days) => now - TimeDelta::days(days.into()),
            // Finer than a microsecond no database keeps.
            Self::Months(_) | Self::Years(_) => {
                begin_of_day_in_sweden(next(self.over_on(date_in_sweden(now)))) - TimeDelta::microseconds(1)
            }
        }
    }

    /// The latest day such that what had its last day then is disposed of `today`: a log of 2021-11-21 on 2026-11-21, as PUB15 has it. A day
    /// that its month does not have is the last of that month.
    pub fn over_on(self, today: NaiveDate) -> NaiveDate {
        let months = match self {
            Self::Days(days) => return today - TimeDelta::days(days.into()),
            Self::Months(months) => Months::new(months),
            Self::Years(years) => Months::new(12 * years),
        };
        // After a short month the last days of a longer one are over together.
        let mut day = today - months;
        while next(day) + months <= today {
            day = next(day);
        }
        day
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day + TimeDelta::days(1)
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days} days"),
            Self::Months(months) => write!(f, "{months} months"),
            Self::Years(years) => write!(f, "{years} years"),
        }
    }
}

/// What the system keeps of its users, in the order in which it is disposed of.
#[derive(strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Sessions of browsers and programs.
    Sessions,
    /// Logins that have begun and not ended.
    LoginStates,
    /// Logout tokens that were obeyed.
    LogoutTokens,
    /// Answers that are remembered under an idempotency key.
    Answers,
    /// Invitations that nobody used.
    Invitations,
    /// Logins that no invitation has bound to a person.
    UnboundLogins,
    /// E-mail addresses and telephone numbers of people who left.
    ContactDetails,
    /// Names of people who left, with their logins.
    Names,
    /// E-mail addresses and telephone numbers of agreements' contacts.
    AgreementContactDetails,
    /// Names of agreements' contacts.
    AgreementContactNames,
    /// Registers that were uploaded.
    Uploads,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is kept.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
    /// For how long.
    pub keep: Keep,
    /// After what.
    pub after: &'static str,
    /// What the law says to it.
    pub source: &'static str,
}

impl Kept {
    /// What the table says about it.
    pub fn row(self) -> Row {
        match self {
            Self::Sessions => Row {
                what: "Sessions",
                why: "they tell who is asking",
                keep: WHAT_IS_OVER,
                after: "the session's end: logged out (then at once), expired, or not used for too long",
                source: "GDPR art. 5.1 e, 32",
            },
            Self::LoginStates => Row {
                what: "Logins that have begun",
                why: "only the browser that began a login may end it",
                keep: WHAT_IS_OVER,
                after: "ten minutes from the beginning",
                source: "GDPR art. 5.1 e, 32",
            },
            Self::LogoutTokens => Row {
                what: "Used logout tokens",
                why: "a provider's order to log out is obeyed once",
                keep: WHAT_IS_OVER,
                after: "the end of the token's validity",
                source: "GDPR art. 5.1 e, 32",
            },
            Self::Answers => Row {
                what: "Remembered answers",
                why: "a request that is sent again does nothing twice",
                keep: WHAT_IS_OVER,
                after: "24 hours from the request",
                source: "GDPR art. 5.1 e",
            },
            Self::Invitations => Row {
                what: "Invitations",
                why: "whoever asks why a link does not work gets an answer",
                keep: INVITATION,
                after: "the invitation's end",
                source: "GDPR art. 5.1 e",
            },
            Self::UnboundLogins => Row {
                what: "Logins never bound to a person",
                why: "they can be invited, and the provider's roles hold for them",
                keep: UNBOUND_LOGIN,
                after: "the last login; kept while the login's latest act in the audit log is younger than 5 years",
                source: "GDPR art. 5.1 e; 5.2 for those who acted",
            },
            Self::ContactDetails => Row {
                what: "Contact details of people who left",
                why: "there are questions to somebody who has handed over",
                keep: CONTACT_DETAILS,
                after: "the day on which the person left",
                source: "GDPR art. 5.1 c, e",
            },
            Self::Names => Row {
                what: "Names of people who left, with their logins",
                why: "records and the audit log tell who was responsible and who acted",
                keep: NAME,
                after: "the day on which the person left, and the person's latest act in the audit log",
                source: "GDPR art. 5.1 e, 5.2; guidelines, annex 3 C7.5 (PUB15)",
            },
            Self::AgreementContactDetails => Row {
                what: "Contact details of agreements' contacts",
                why: "there are questions to somebody who was the contact",
                keep: CONTACT_DETAILS,
                after: "the contact's last day, or the agreement's for its last party, or the day on which the agreement was withdrawn",
                source: "GDPR art. 5.1 c, e",
            },
            Self::AgreementContactNames => Row {
                what: "Names of agreements' contacts",
                why: "notices tell to whom they went",
                keep: NAME,
                after: "the same",
                source: "GDPR art. 5.1 e, 5.2; guidelines, annex 3 C7.5 (PUB15)",
            },
            Self::Uploads => Row {
                what: "Uploads",
                why: "a register is looked through in a dry run before it is imported",
                keep: WHAT_IS_OVER,
                after: "24 hours from the upload, or the import (then at once)",
                source: "GDPR art. 5.1 c, e",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_on(keep: Keep, today: &str) -> String {
        keep.over_on(today.parse().unwrap()).to_string()
    }

    #[test]
    fn pub15_a_log_may_be_purged_on_the_same_day_five_years_later_and_not_the_day_before() {
        assert_eq!(over_on(NAME, "2026-11-20"), "2021-11-20");
        assert_eq!(over_on(NAME, "2026-11-21"), "2021-11-21");
        assert_eq!(over_on(NAME, "2029-02-28"), "2024-02-29");
    }

    #[test]
    fn the_last_days_of_a_long_month_are_over_with_the_short_one() {
        assert_eq!(over_on(CONTACT_DETAILS, "2027-02-27"), "2026-08-27");
        assert_eq!(over_on(CONTACT_DETAILS, "2027-02-28"), "2026-08-31");
        assert_eq!(over_on(CONTACT_DETAILS, "2027-03-01"), "2026-09-01");
        assert_eq!(over_on(CONTACT_DETAILS, "2027-03-31"), "2026-09-30");
        assert_eq!(over_on(INVITATION, "2027-03-01"), "2027-01-30");
    }

    #[test]
    fn months_are_counted_in_swedish_days_and_days_to_the_instant() {
        let over_at = |keep: Keep, now: &str| keep.over_at(now.parse().unwrap()).to_rfc3339();
        assert_eq!(over_at(UNBOUND_LOGIN, "2027-11-21T22:59:59Z"), "2026-11-21T22:59:59.999999+00:00");
        assert_eq!(over_at(UNBOUND_LOGIN, "2027-11-21T23:00:00Z"), "2026-11-22T22:59:59.999999+00:00");
        assert_eq!(over_at(INVITATION, "2027-03-31T12:00:00Z"), "2027-03-01T12:00:00+00:00");
        assert_eq!(over_at(WHAT_IS_OVER, "2027-03-31T12:00:00Z"), "2027-03-31T12:00:00+00:00");
    }
}
