//! Numbers and addresses of organisations and people, checked before they are stored.

use email_address::EmailAddress;

use super::{refusal::Refusal, text::Text};

/// The short name of a municipality: 1 to 40 small letters and hyphens.
pub fn municipality_slug(path: &str, slug: &str) -> Result<String, Refusal> {
    let formed = (1..=40).contains(&slug.len()) && slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if formed && !slug.starts_with('-') && !slug.ends_with('-') {
        return Ok(slug.to_owned());
    }
    Err(Refusal::invalid(
        path,
        Text::new("Kortnamnet har 1 till 40 små bokstäver a-z och bindestreck.", "The slug has 1 to 40 small letters a to z and hyphens."),
    ))
}

/// The four digits of a municipality (kommunkod).
pub fn municipality_code(path: &str, code: &str) -> Result<String, Refusal> {
    if code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(code.to_owned());
    }
    Err(Refusal::invalid(path, Text::new("Kommunkoden har fyra siffror.", "The code has four digits.")))
}

/// A Swedish organisation number in its one spelling, `NNNNNN-NNNN`.
pub fn organisation_number(path: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let formed = match text.split_once('-') {
        Some((head, tail)) => head.len() == 6 && tail.len() == 4,
        None => text.len() == 10,
    };
    if !formed || digits.len() != 10 || text.chars().any(|c| !c.is_ascii_digit() && c != '-') {
        return Err(Refusal::invalid(
            path,
            Text::new("Ett organisationsnummer har tio siffror: NNNNNN-NNNN.", "An organisation number has ten digits: NNNNNN-NNNN."),
        ));
    }
    // The third digit tells organisations (2 or more) from people, whose numbers have a month there.
    if digits[2] < 2 {
        return Err(Refusal::invalid(
            path,
            Text::new(
                "Detta är ett personnummer. Registret är gemensamt och tar bara emot organisationsnummer; lämna fältet tomt.",
                "This is a personal identity number. The register is shared and takes organisation numbers only; leave the field empty.",
            ),
        ));
    }
    if !luhn_sum(&digits).is_multiple_of(10) {
        return Err(Refusal::invalid(
            path,
            Text::new("Organisationsnumrets kontrollsiffra stämmer inte.", "The check digit of the organisation number is wrong."),
        ));
    }
    let plain: String = digits.iter().map(u32::to_string).collect();
    Ok(format!("{}-{}", &plain[..6], &plain[6..]))
}

fn luhn_sum(digits: &[u32]) -> u32 {
    digits
        .iter()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { digit * 2 } else { *digit })
        .map(|weighted| weighted / 10 + weighted % 10)
        .sum()
}

/// An e-mail address.
pub fn email(path: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.parse::<EmailAddress>().is_ok_and(|address| address.display_part().is_empty()) && text.len() <= 254 {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid(
        path,
        Text::new(
            "Detta är ingen e-postadress; den ska se ut som namn@example.com.",
            "This is not an e-mail address; it has the form name@example.com.",
        ),
    ))
}

/// A web address of at most 2,000 characters.
pub fn web_address(path: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let parsed = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    match parsed {
        Some(url) if text.len() <= 2_000 && url.username().is_empty() && url.password().is_none() => Ok(url.into()),
        _ => Err(Refusal::invalid(
            path,
            Text::new(
                "Detta är ingen webbadress; den ska börja med https:// eller http:// och får inte innehålla lösenord.",
                "This is not a web address; it begins with https:// or http:// and carries no password.",
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_the_six_municipalities_are_right() {
        for number in ["212000-0332", "212000-2965", "212000-0324", "212000-0340", "212000-0365", "2120000308"] {
            let stored = organisation_number("n", number).unwrap();
            assert_eq!(stored.len(), 11);
            assert_eq!(stored.replace('-', ""), number.replace('-', ""));
        }
    }

    #[test]
    fn a_wrong_number_is_refused_with_what_is_wrong() {
        for (number, says) in [
            ("212000-0333", "check digit"),
            ("811218-9876", "personal identity number"),
            ("21200-00332", "ten digits"),
            ("212000-033", "ten digits"),
            ("212000 0332", "ten digits"),
            ("", "ten digits"),
            ("２１２０００0332", "ten digits"),
            ("-2120000332", "ten digits"),
        ] {
            let refusal = organisation_number("n", number).unwrap_err();
            assert!(refusal.message.en.contains(says), "{number}: {}", refusal.message.en);
        }
    }

    #[test]
    fn addresses_are_checked() {
        assert!(email("e", "sam.ordnare@gnesta.example").is_ok());
        for wrong in ["", "x", "a@", "@b.se", "a b@c.se", "Name <a@b.se>", "a@b@c.se"] {
            assert!(email("e", wrong).is_err(), "{wrong}");
        }
        assert!(web_address("u", "https://leverantor.example/underbitraden").is_ok());
        for wrong in ["", "leverantor.example", "javascript:alert(1)", "file:///etc", "https://", "https://a:b@c.example"] {
            assert!(web_address("u", wrong).is_err(), "{wrong}");
        }
    }
}
