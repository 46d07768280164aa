//! Text: what people read in two languages, what people write within limits, and how names are ordered.

use std::borrow::Cow;

/// A text for people, in both languages of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Swedish.
    pub sv: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text from its two wordings.
    pub fn new(sv: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { sv: sv.into(), en: en.into() }
    }

    /// The wording in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        language.choose(&self.sv, &self.en)
    }
}

/// The language that a client asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The default.
    #[default]
    Swedish,
    /// Where `Accept-Language` prefers English to Swedish.
    English,
}

impl Language {
    /// The one of two wordings that is in this language.
    pub fn choose<'a>(self, sv: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Swedish => sv,
            Self::English => en,
        }
    }

    /// What the language is called in HTML and HTTP.
    pub fn tag(self) -> &'static str {
        self.choose("sv", "en")
    }

    /// The better liked of the two in an `Accept-Language` header; Swedish where neither is named.
    pub fn from_accept_language(header: &str) -> Self {
        let liking = |tag: &str| {
            header
                .split(',')
                .filter_map(|range| {
                    let mut parts = range.split(';');
                    let name = parts.next()?.trim();
                    let primary = name.split('-').next()?;
                    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
                    primary.eq_ignore_ascii_case(tag).then_some(weight)
                })
                .fold(0.0_f32, f32::max)
        };
        if liking("en") > liking("sv") { Self::English } else { Self::Swedish }
    }
}

/// What is wrong with a text that somebody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing but white space.
    Blank,
    /// More than the limit, in characters.
    TooLong(usize),
    /// A control character other than a line break or a tab.
    Control,
}

/// A text of 1 to `MAX` characters without control characters, white space trimmed at both ends.
pub fn written(text: &str, max: usize) -> Result<String, TextFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextFault::Blank);
    }
    if text.chars().count() > max {
        return Err(TextFault::TooLong(max));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(TextFault::Control);
    }
    Ok(text.to_owned())
}

/// A key that orders and finds names as Swedish does, by its bytes, on every database: case and foreign accents
/// are folded, and å, ä, ö come after z in that order.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for c in name.to_lowercase().chars() {
        match c {
            'å' => key.push_str("{a"),
            'ä' | 'æ' => key.push_str("{b"),
            'ö' | 'ø' => key.push_str("{c"),
            'á' | 'à' | 'â' | 'ã' => key.push('a'),
            'é' | 'è' | 'ê' | 'ë' => key.push('e'),
            'í' | 'ì' | 'î' | 'ï' => key.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' => key.push('o'),
            'ú' | 'ù' | 'û' => key.push('u'),
            'ü' | 'ý' => key.push('y'),
            'ñ' => key.push('n'),
            'ç' => key.push('c'),
            other => key.push(other),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_as_in_swedish() {
        let mut names = vec!["Öbo", "Zeta", "Ärlig", "Åby", "alfa", "Beta", "Édith"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["alfa", "Beta", "Édith", "Zeta", "Åby", "Ärlig", "Öbo"]);
    }

    #[test]
    fn the_better_liked_language_wins_and_swedish_is_the_default() {
        for (header, expected) in [
            ("", Language::Swedish),
            ("de", Language::Swedish),
            ("en", Language::English),
            ("en-GB,en;q=0.9", Language::English),
            ("sv-SE,sv;q=0.9,en;q=0.8", Language::Swedish),
            ("sv;q=0.1, en;q=0.2", Language::English),
            ("en;q=nonsense, sv", Language::Swedish),
        ] {
            assert_eq!(Language::from_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn written_text_has_limits() {
        assert_eq!(written("  Flen \n", 10), Ok("Flen".to_owned()));
        assert_eq!(written(" \t ", 10), Err(TextFault::Blank));
        assert_eq!(written("åäö", 3), Ok("åäö".to_owned()));
        assert_eq!(written("åäöx", 3), Err(TextFault::TooLong(3)));
        assert_eq!(written("a\u{0}b", 10), Err(TextFault::Control));
        assert_eq!(written("a\nb", 10), Ok("a\nb".to_owned()));
    }
}
