//! CSV: text with separators, in the encodings and with the separators that Swedish spreadsheets write.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{
    columns::recognised,
    table::{Cell, HEADING_WITHIN, ImportFormat, Lines, Table, short_enough},
};
use crate::kernel::text::Text;

/// The separators that are tried, the usual Swedish one first.
const SEPARATORS: [u8; 3] = [b';', b',', b'\t'];

/// Reads text with separators.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Text> {
    let (text, format) = decoded(bytes)?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (separator, skipped, text) = told_separator(&text).map_or_else(|| (separator_of(&text), 0, &*text), |(told, rest)| (told, 1, rest));
    let mut lines = Lines::default();
    for record in records(text, separator) {
        let (number, cells) = record?;
        lines.add(number + skipped, cells)?;
    }
    Ok(lines.into_table(format))
}

/// The text, and how it was encoded. What is no UTF-8 is what Swedish Excel writes; what is no text in that either is refused.
fn decoded(bytes: &[u8]) -> Result<(String, ImportFormat), Text> {
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (WINDOWS_1252, bytes),
    };
    let format = match encoding {
        encoding if encoding == UTF_8 => ImportFormat::CsvUtf8,
        encoding if encoding == WINDOWS_1252 => ImportFormat::CsvWindows1252,
        _ => ImportFormat::CsvUtf16,
    };
    let (text, malformed) = encoding.decode_without_bom_handling(rest);
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if malformed || text.contains(strange) {
        return Err(Text::new(
            "Filen är varken en Excel-arbetsbok (.xlsx) eller läsbar text. Spara registret som CSV UTF-8 eller som .xlsx.",
            "The file is neither an Excel workbook (.xlsx) nor readable text. Save the register as CSV UTF-8 or as .xlsx.",
        ));
    }
    Ok((text.into_owned(), format))
}

/// The separator that a first line `sep=;` tells, as Excel writes and reads it, and what comes after it.
fn told_separator(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let told = line.trim_matches('"').strip_prefix("sep=")?;
    let separator = *told.as_bytes().first()?;
    (SEPARATORS.contains(&separator) && told.len() == 1).then_some((separator, rest))
}

/// The separator by which the most headings are found.
fn separator_of(text: &str) -> u8 {
    let headings = |separator: u8| {
        let first = records(text, separator).take(HEADING_WITHIN).filter_map(Result::ok);
        first.map(|(_, cells)| (recognised(&cells), cells.len())).max().unwrap_or_default()
    };
    let mut best = (SEPARATORS[0], headings(SEPARATORS[0]));
    for separator in &SEPARATORS[1..] {
        let found = headings(*separator);
        if found > best.1 {
            best = (*separator, found);
        }
    }
    best.0
}

/// The records of a text, each with its number as a spreadsheet shows it: blank lines count, and line breaks inside a cell do not.
fn records(text: &str, separator: u8) -> impl Iterator<Item = Result<(u32, Vec<Cell>), Text>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut record, mut last, mut number) = (csv::StringRecord::new(), 0, 0);
    std::iter::from_fn(move || {
        if !reader.read_record(&mut record).is_ok_and(|there| there) {
            return None;
        }
        // The library passes over blank lines.
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let blank = text[last..end].bytes().take_while(|byte| *byte == b'\n').count();
        (last, number) = (end, number + u32::try_from(blank).unwrap_or(u32::MAX) + 1);
        let cells = record.iter().map(|cell| short_enough(number, cell.to_owned()));
        Some(cells.collect::<Result<_, _>>().map(|cells| (number, cells)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let text = |cell: Cell| if let Cell::Text(text) = cell { text } else { panic!("{cell:?}") };
        let lines = read(bytes).unwrap().lines.into_iter();
        lines.map(|line| (line.number, line.cells.into_iter().map(text).collect())).collect()
    }

    fn line(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn lines_have_the_numbers_that_a_spreadsheet_shows() {
        let text = "\nNämnd;Biträde\r\n\r\n\n;;\n\"två\r\nrader\";x\r\nsist;y";
        assert_eq!(lines(text.as_bytes()), [line(2, &["Nämnd", "Biträde"]), line(6, &["två\nrader", "x"]), line(7, &["sist", "y"])]);
    }

    #[test]
    fn the_separator_is_the_one_that_finds_the_headings() {
        for text in ["Nämnd;Biträde\na,b;c", "Nämnd,Biträde\n\"a,b\",c", "Nämnd\tBiträde\na,b\tc", "sep=,\nNämnd,Biträde\n\"a,b\",c"]
        {
            let last = lines(text.as_bytes()).pop().unwrap();
            assert_eq!(last.1, ["a,b", "c"], "{text}");
        }
        let titled = "Register över avtal, biträden, system;\nNämnd;Biträde\nKS;Exempel, AB";
        assert_eq!(lines(titled.as_bytes()).pop(), Some(line(3, &["KS", "Exempel, AB"])));
    }

    #[test]
    fn what_swedish_spreadsheets_write_is_read() {
        let text = "Nämnd;Biträde\nVård;Åäö AB";
        let utf_16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let (old, _, _) = WINDOWS_1252.encode(text);
        for (bytes, format) in [
            (text.as_bytes(), ImportFormat::CsvUtf8),
            (&marked, ImportFormat::CsvUtf8),
            (&utf_16, ImportFormat::CsvUtf16),
            (&old, ImportFormat::CsvWindows1252),
        ] {
            assert_eq!(lines(bytes).pop(), Some(line(2, &["Vård", "Åäö AB"])));
            assert_eq!(read(bytes).unwrap().format, format);
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [b"a\0b".as_slice(), b"%PDF-1.7\n\x01", b"\xFF\xFE\x00", b"\x81\x8D"] {
            assert!(read(bytes).unwrap_err().en.contains("CSV UTF-8"), "{bytes:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_told() {
        let text = format!("Nämnd;Biträde\n\"KS;{}", "x".repeat(40_000));
        assert!(read(text.as_bytes()).unwrap_err().en.contains("Row 2"));
    }
}
