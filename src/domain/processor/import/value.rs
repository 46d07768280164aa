//! The values of cells: each is read as people write it in registers, or told with what would be right.

use std::{collections::HashMap, sync::LazyLock};

use chrono::NaiveDate;

use super::{parties::Organisation, table::Cell};
use crate::{
    domain::processor::model::{AgreementTemplate, SubProcessorAuthorisation},
    kernel::{
        contact::{organisation_number, web_address},
        country::CountryCode,
        period::is_meant,
        refusal::{Refusal, RefusalCode},
        text::{Text, sort_key, written},
    },
};

/// What is wrong with a cell, and what would be right.
pub type Fault = (RefusalCode, Text);

fn invalid(sv: impl Into<String>, en: impl Into<String>) -> Fault {
    (RefusalCode::Invalid, Text::new(sv.into(), en.into()))
}

fn fault(refusal: Refusal) -> Fault {
    (refusal.code, refusal.message)
}

/// The text of a cell with plain spaces and without those around it; none where there is nothing, or a dash in its place.
pub fn content(cell: &Cell) -> Result<Option<String>, Fault> {
    let formula = || {
        invalid("Cellen innehåller en formel; klistra in dess värde i stället.", "The cell has a formula; paste its value in its place.")
    };
    let text = match cell {
        Cell::Text(text) => text.replace(['\u{a0}', '\u{202f}', '\u{2007}'], " "),
        Cell::Formula => return Err(formula()),
        Cell::Error => {
            return Err(invalid(
                "Kalkylarket visar ett fel i cellen; skriv värdet.",
                "The spreadsheet shows an error here; write the value.",
            ));
        }
    };
    let text = text.trim();
    if text.starts_with('=') {
        return Err(formula());
    }
    if text.contains('\u{FFFD}') {
        return Err(invalid(
            "Texten innehåller tecken som inte gick att läsa; spara filen som CSV UTF-8.",
            "The text has characters that could not be read; save the file as CSV UTF-8.",
        ));
    }
    Ok((!matches!(text, "" | "-" | "–" | "—")).then(|| text.to_owned()))
}

/// A text of at most `max` characters, in one line.
pub fn line(text: &str, max: usize) -> Result<String, Fault> {
    prose(&text.split_whitespace().collect::<Vec<_>>().join(" "), max)
}

/// A text of at most `max` characters, in one or more lines.
pub fn prose(text: &str, max: usize) -> Result<String, Fault> {
    written(text, max).map_err(|wrong| fault(Refusal::text("", wrong)))
}

/// A web address.
pub fn address(text: &str) -> Result<String, Fault> {
    web_address("", text).map_err(fault)
}

/// A Swedish organisation number, also with the century that some systems write before it, and with a space for the hyphen.
pub fn number(text: &str) -> Result<String, Fault> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '–' { '-' } else { c }).collect();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    organisation_number("", plain.strip_prefix("16").filter(|_| digits == 12).unwrap_or(&plain)).map_err(fault)
}

/// The countries by their names in Swedish and English.
static COUNTRIES: LazyLock<HashMap<String, CountryCode>> = LazyLock::new(|| {
    let named = |country: CountryCode| {
        let Text { sv, en } = country.name();
        [(sort_key(&sv), country), (sort_key(&en), country)]
    };
    CountryCode::all().into_iter().flat_map(named).collect()
});

/// A country, by its code or its name in Swedish or English.
pub fn country(text: &str) -> Result<CountryCode, Fault> {
    let named = || COUNTRIES.get(&sort_key(text)).copied();
    CountryCode::parse(&text.to_uppercase()).or_else(named).ok_or_else(|| {
        invalid(
            "Det finns inget sådant land; ange landets namn eller kod enligt ISO 3166-1, till exempel SE.",
            "There is no such country; give its name or its code of ISO 3166-1, such as SE.",
        )
    })
}

/// A number of days within bounds.
pub fn days(text: &str, bounds: std::ops::RangeInclusive<u16>) -> Result<u16, Fault> {
    let number = text.split_whitespace().next().unwrap_or_default();
    let unit = text[number.len()..].trim().trim_end_matches('.').to_lowercase();
    let days = number.parse().ok().filter(|days| bounds.contains(days));
    days.filter(|_| matches!(unit.as_str(), "" | "dagar" | "dag" | "dgr" | "d" | "days" | "day")).ok_or_else(|| {
        let (least, most) = bounds.into_inner();
        invalid(
            format!("Ange ett antal dagar, {least} till {most}, till exempel 30 eller 30 dagar; tre månader skrivs 90."),
            format!("Give a number of days, {least} to {most}, such as 30 or 30 dagar; three months are written 90."),
        )
    })
}

/// Yes or no.
pub fn yes(text: &str) -> Result<bool, Fault> {
    match text.to_lowercase().as_str() {
        "ja" | "j" | "yes" | "y" | "x" | "sant" | "true" | "1" => Ok(true),
        "nej" | "n" | "no" | "falskt" | "false" | "0" => Ok(false),
        _ => Err(invalid("Ange ja eller nej.", "Give ja (yes) or nej (no).")),
    }
}

/// How sub-processors are authorised.
pub fn authorisation(text: &str) -> Result<SubProcessorAuthorisation, Fault> {
    match text.split_whitespace().next().unwrap_or_default().to_lowercase().as_str() {
        "allmänt" | "allmän" | "generellt" | "general" => Ok(SubProcessorAuthorisation::General),
        "särskilt" | "särskild" | "specifikt" | "specific" => Ok(SubProcessorAuthorisation::Specific),
        _ => Err(invalid("Ange allmänt eller särskilt.", "Give allmänt (general) or särskilt (specific).")),
    }
}

/// Whose template.
pub fn template(text: &str) -> Result<AgreementTemplate, Fault> {
    match text.split([' ', ':', '´', '\'', '’']).next().unwrap_or_default().to_lowercase().as_str() {
        "skr" | "skrs" => Ok(AgreementTemplate::Skr),
        "leverantör" | "leverantörs" | "leverantörens" | "biträdets" | "supplier" => Ok(AgreementTemplate::Supplier),
        "annan" | "egen" | "ingen" | "övrig" | "other" => Ok(AgreementTemplate::Other),
        _ => Err(invalid("Ange SKR, leverantör eller annan.", "Give SKR, leverantör (supplier) or annan (other).")),
    }
}

/// A day, as Swedes and spreadsheets write it: `2026-01-31`, also with a time after it, `20260131`, `31/1 2026`, `31 januari 2026`,
/// `31 jan 2026`. What could be two days is refused.
pub fn date(text: &str) -> Result<NaiveDate, Fault> {
    let text = text.to_lowercase();
    let day = iso(&text).or_else(|| compact(&text)).or_else(|| in_words(&text));
    match day {
        Some((year, month, day)) => NaiveDate::from_ymd_opt(year, month, day).filter(|day| is_meant(*day)).ok_or_else(|| {
            invalid("Den dagen finns inte; skriv till exempel 2026-01-31.", "There is no such day; write it as 2026-01-31.")
        }),
        None => Err(invalid(
            "Detta är inget entydigt datum; skriv det som 2026-01-31 eller 31 januari 2026.",
            "This is no unambiguous date; write it as 2026-01-31 or 31 januari 2026.",
        )),
    }
}

/// Year, month and day.
type Parts = (i32, u32, u32);

fn digits<T: std::str::FromStr>(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<T> {
    (lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn iso(text: &str) -> Option<Parts> {
    let (date, time) = text.split_once([' ', 't']).unwrap_or((text, ""));
    if !time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'z' | ' ')) {
        return None;
    }
    let separator = ['-', '/', '.'].into_iter().find(|separator| date.contains(*separator))?;
    let mut parts = date.split(separator);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(())?;
    Some((digits(year, 4..=4)?, digits(month, 1..=2)?, digits(day, 1..=2)?))
}

fn compact(text: &str) -> Option<Parts> {
    digits::<u32>(text, 8..=8)?;
    Some((text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?))
}

fn in_words(text: &str) -> Option<Parts> {
    const MONTHS: [(&str, &str); 12] = [
        ("januari", "january"),
        ("februari", "february"),
        ("mars", "march"),
        ("april", "april"),
        ("maj", "may"),
        ("juni", "june"),
        ("juli", "july"),
        ("augusti", "august"),
        ("september", "september"),
        ("oktober", "october"),
        ("november", "november"),
        ("december", "december"),
    ];
    let text = text.strip_prefix("den ").unwrap_or(text);
    let (first, year) = text.rsplit_once(' ')?;
    let year = digits(year, 4..=4)?;
    // 31/1 2026: the year apart makes it Swedish.
    if let Some((day, month)) = first.trim().split_once('/') {
        return Some((year, digits(month, 1..=2)?, digits(day, 1..=2)?));
    }
    let (day, month) = first.trim().split_once(' ')?;
    let month = month.trim().trim_end_matches('.');
    let named = |name: &str| name == month || (month.len() >= 3 && name.starts_with(month));
    let at = MONTHS.iter().position(|(sv, en)| named(sv) || named(en))?;
    Some((year, u32::try_from(at).ok()? + 1, digits(day.trim_end_matches([':', 'e', 'a', '.']), 1..=2)?))
}

/// A list of organisations with semicolons or line breaks between them; in parentheses the country and the number of each.
pub fn organisations(text: &str, max: usize) -> Result<Vec<Organisation>, Fault> {
    let named = text.split([';', '\n', '|']).map(str::trim).filter(|name| !name.is_empty());
    let mut found: Vec<Organisation> = Vec::new();
    for name in named {
        let organisation = organisation(name, max)?;
        if !found.contains(&organisation) {
            found.push(organisation);
        }
    }
    Ok(found)
}

fn organisation(text: &str, max: usize) -> Result<Organisation, Fault> {
    let mut organisation = Organisation::default();
    // A public company's name ends so.
    let told = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')).filter(|(_, inside)| !inside.eq_ignore_ascii_case("publ"));
    let Some((name, inside)) = told else { return Ok(Organisation { name: line(text, max)?, ..organisation }) };
    let mut parts = Vec::new();
    for part in inside.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if part.chars().next().is_some_and(|c| c.is_ascii_digit()) {
            organisation.number = Some(number(part)?);
        } else {
            parts.push(part);
        }
    }
    match parts.as_slice() {
        [] => {}
        [only] => organisation.country = Some(country(only)?),
        _ => {
            return Err(invalid(
                "I parentesen står landet och organisationsnumret, till exempel (SE, 556000-0001).",
                "In the parentheses stand the country and the organisation number, such as (SE, 556000-0001).",
            ));
        }
    }
    organisation.name = line(name, max)?;
    Ok(organisation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn days_are_read_as_swedes_write_them() {
        for day in [
            "2026-01-31",
            "2026-01-31 00:00:00",
            "2026-01-31T23:59:59.000Z",
            "20260131",
            "2026/1/31",
            "2026.01.31",
            "31/1 2026",
            "31/01 2026",
            "31 januari 2026",
            "den 31 Januari 2026",
            "31 jan 2026",
            "31 jan. 2026",
            "31 January 2026",
        ] {
            assert_eq!(date(day), Ok("2026-01-31".parse().unwrap()), "{day}");
        }
        assert_eq!(date("1 maj 2024"), Ok("2024-05-01".parse().unwrap()));
        assert_eq!(date("29 feb 2024"), Ok("2024-02-29".parse().unwrap()));
    }

    #[test]
    fn what_is_no_day_or_could_be_two_is_refused() {
        for none in ["2026-02-30", "20261301", "32/1 2026", "1 januari 0026", "2026-00-10", "9999-01-01"] {
            assert!(date(none).unwrap_err().1.en.contains("no such day"), "{none}");
        }
        for unclear in
            ["01/02/2026", "1/2-26", "26-01-31", "46053", "januari 2026", "snart", "2026", "31 ma 2026", "2026-01-31 ca", "１/1 2026"]
        {
            assert!(date(unclear).unwrap_err().1.en.contains("unambiguous"), "{unclear}");
        }
    }

    #[test]
    fn a_cell_is_nothing_a_text_or_told() {
        for nothing in ["", "  ", "\u{a0}", "-", " – "] {
            assert_eq!(content(&text(nothing)), Ok(None), "{nothing:?}");
        }
        assert_eq!(content(&text("\u{a0}KS 2026/1\u{a0}\n")), Ok(Some("KS 2026/1".to_owned())));
        for (cell, says) in
            [(Cell::Formula, "formula"), (text("=1+1"), "formula"), (Cell::Error, "error"), (text("V\u{FFFD}rd"), "CSV UTF-8")]
        {
            assert!(content(&cell).unwrap_err().1.en.contains(says), "{cell:?}");
        }
    }

    #[test]
    fn numbers_countries_and_words_are_read_in_several_spellings() {
        for spelled in ["212000-0332", "2120000332", "16212000-0332", "212000 - 0332", "212000–0332"] {
            assert_eq!(number(spelled), Ok("212000-0332".to_owned()), "{spelled}");
        }
        assert!(number("811218-9876").unwrap_err().1.en.contains("personal identity number"));
        for sweden in ["SE", "se", "Sverige", "sweden", "SVERIGE"] {
            assert_eq!(country(sweden), Ok(CountryCode::SWEDEN), "{sweden}");
        }
        assert!(country("EU").is_err());
        for (given, expected) in
            [("30", Some(30)), ("30 dagar", Some(30)), ("0", Some(0)), ("3 månader", None), ("-1", None), ("4000", None)]
        {
            assert_eq!(days(given, 0..=1_095).ok(), expected, "{given}");
        }
        assert_eq!((yes("Ja"), yes("NEJ"), yes("kanske").is_err()), (Ok(true), Ok(false), true));
        assert_eq!(authorisation("Allmänt förhandstillstånd"), Ok(SubProcessorAuthorisation::General));
        assert_eq!(authorisation("särskilt"), Ok(SubProcessorAuthorisation::Specific));
        assert_eq!(template("SKR:s mall"), Ok(AgreementTemplate::Skr));
        assert_eq!(template("Leverantörens"), Ok(AgreementTemplate::Supplier));
        assert!(authorisation("ja").is_err() && template("mall").is_err());
    }

    #[test]
    fn a_list_of_organisations_tells_country_and_number_of_each() {
        let found =
            organisations("Exempel Drift AB (SE, 212000-0332); Exempel Inc (USA);Exempel Inc (us)\nExempel AB (publ)", 200).unwrap();
        let told: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.number.as_deref(), one.country.map(|c| c.as_str().to_owned()))).collect();
        let (se, us) = (Some("SE".to_owned()), Some("US".to_owned()));
        assert_eq!(told, [("Exempel Drift AB", Some("212000-0332"), se), ("Exempel Inc", None, us), ("Exempel AB (publ)", None, None)]);
        for wrong in ["Exempel (SE, DE)", "Exempel (EU)", "Exempel (SE, 1)", "(SE)"] {
            assert!(organisations(wrong, 200).is_err(), "{wrong}");
        }
    }
}
