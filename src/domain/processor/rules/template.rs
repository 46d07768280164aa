//! SKR's template for agreements with processors: its versions, and when each came. Read 2026-11-21: adda.se (1.1 of 2018-12-19,
//! updated in February 2023), skr.se (texts republished 2024-05-02).

use chrono::NaiveDate;

use crate::domain::processor::model::AgreementTemplate;

/// A version and its first day.
struct Version {
    name: &'static str,
    from: (i32, u32, u32),
}

/// Oldest first.
const VERSIONS: [Version; 3] = [
    Version { name: "1.1", from: (2018, 12, 19) },
    Version { name: "2023-02", from: (2023, 2, 1) },
    Version { name: "2024-05", from: (2024, 5, 2) },
];

/// PUB7: whether an agreement of `day` does not follow the newest template of that day. A version that is not known, or not recorded, may
/// be the newest.
pub fn is_outdated(template: AgreementTemplate, version: Option<&str>, day: NaiveDate) -> bool {
    if template != AgreementTemplate::Skr {
        return true;
    }
    let Some(version) = version.map(plain) else { return false };
    let known = VERSIONS.iter().position(|known| version.starts_with(known.name));
    let newest = VERSIONS.iter().rposition(|known| first_day(known) <= day);
    known.zip(newest).is_some_and(|(known, newest)| known < newest)
}

fn first_day(version: &Version) -> NaiveDate {
    let (year, month, day) = version.from;
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// A version as people write it, without what they write before it.
fn plain(version: &str) -> String {
    version.trim().to_lowercase().trim_start_matches("version").trim_start_matches('v').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_template_of_the_day_is_asked_for() {
        let skr = |version, day: &str| is_outdated(AgreementTemplate::Skr, version, day.parse().unwrap());
        assert!(skr(Some("1.1"), "2026-11-22") && skr(Some("version 1.1 181219"), "2023-02-01") && skr(Some("V2023-02"), "2024-05-02"));
        assert!(!skr(Some("1.1"), "2023-01-31") && !skr(Some("2024-05-02"), "2026-11-22") && !skr(Some("2023-02"), "2024-05-01"));
        assert!(!skr(None, "2026-11-22") && !skr(Some("egen"), "2026-11-22"));
        assert!(is_outdated(AgreementTemplate::Supplier, None, "2026-11-22".parse().unwrap()));
    }
}
