//! A file as a table of cells.

use serde::{Deserialize, Serialize};

use super::{sheet, workbook};
use crate::kernel::{
    code::{Code, Term, term},
    text::Text,
};

/// Bytes of a file.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Rows below the headings.
pub const MAX_ROWS: usize = 20_000;
/// Columns.
pub const MAX_COLUMNS: usize = 100;
/// Characters of a cell: what Excel keeps.
pub const MAX_CELL: usize = 32_767;
/// Lines in which the headings are looked for: registers often have a title above them.
pub const HEADING_WITHIN: usize = 20;

/// A table as a file has it. Lines without content are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// How the file was read.
    pub format: ImportFormat,
    /// The lines, from the top.
    pub lines: Vec<Line>,
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number as the spreadsheet shows it, from 1.
    pub number: u32,
    /// Its cells, from the first column; what is missing at the end is blank.
    pub cells: Vec<Cell>,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// A text, blank where there is nothing; dates of a workbook as ISO 8601, numbers in plain decimals.
    #[serde(rename = "t")]
    Text(String),
    /// A formula, whatever it came to.
    #[serde(rename = "f")]
    Formula,
    /// An error of the spreadsheet, such as `#REF!`.
    #[serde(rename = "e")]
    Error,
}

impl Cell {
    /// Whether there is nothing.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// How a file was read.
#[derive(
    async_graphql::Enum,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
    Serialize,
    Deserialize,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportFormat {
    /// A workbook of Excel: its first visible sheet.
    Xlsx,
    /// Text with separators, in UTF-8.
    #[strum(serialize = "CSV_UTF_8")]
    CsvUtf8,
    /// Text with separators, in UTF-16: what Excel calls Unicode text.
    #[strum(serialize = "CSV_UTF_16")]
    CsvUtf16,
    /// Text with separators, in Windows-1252: what Swedish Excel calls CSV. Look at å, ä and ö in the dry run.
    #[strum(serialize = "CSV_WINDOWS_1252")]
    CsvWindows1252,
}

impl Code for ImportFormat {
    const TYPE: &'static str = "ImportFormat";

    fn term(self) -> Term {
        match self {
            Self::Xlsx => term("Excel-arbetsbok (XLSX)", "Excel workbook (XLSX)"),
            Self::CsvUtf8 => term("CSV i UTF-8", "CSV in UTF-8"),
            Self::CsvUtf16 => term("CSV i UTF-16 (Unicode-text)", "CSV in UTF-16 (Unicode text)"),
            Self::CsvWindows1252 => term("CSV i Windows-1252", "CSV in Windows-1252"),
        }
    }
}

impl Table {
    /// Reads a file, by what is in it and not by its name; or what is wrong with the file as a whole.
    pub fn read(bytes: &[u8]) -> Result<Self, Text> {
        if bytes.len() > MAX_BYTES {
            return Err(Text::new(
                format!("Filen får ha högst {} MB.", MAX_BYTES / 1024 / 1024),
                format!("The file may have at most {} MB.", MAX_BYTES / 1024 / 1024),
            ));
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return workbook::read(bytes);
        }
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(Text::new(
                "Detta är en äldre Excel-fil (.xls) eller en med lösenord. Spara den som .xlsx utan lösenord, eller som CSV UTF-8.",
                "This is an older Excel file (.xls), or one with a password. Save it as .xlsx without password, or as CSV UTF-8.",
            ));
        }
        sheet::read(bytes)
    }

    /// The table in the form in which it is kept.
    pub fn content(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// A table on its way, which never grows beyond the limits.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<Line>);

impl Lines {
    /// Adds a line from its cells; one without content is left out, and so are blank cells at its end.
    pub(super) fn add(&mut self, number: u32, mut cells: Vec<Cell>) -> Result<(), Text> {
        while cells.last().is_some_and(Cell::is_blank) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > MAX_COLUMNS {
            return Err(too_many("kolumner", "columns", MAX_COLUMNS));
        }
        if self.0.len() == MAX_ROWS + HEADING_WITHIN {
            return Err(too_many("rader", "rows", MAX_ROWS));
        }
        self.0.push(Line { number, cells });
        Ok(())
    }

    pub(super) fn into_table(self, format: ImportFormat) -> Table {
        Table { format, lines: self.0 }
    }
}

/// More of something than a file may have.
pub(super) fn too_many(sv: &str, en: &str, max: usize) -> Text {
    Text::new(format!("Filen får ha högst {max} {sv}; dela den."), format!("The file may have at most {max} {en}; split it."))
}

/// A text of a cell that is not longer than cells are.
pub(super) fn short_enough(number: u32, text: String) -> Result<Cell, Text> {
    if text.len() > MAX_CELL && text.chars().count() > MAX_CELL {
        return Err(Text::new(
            format!("Rad {number} har en cell med mer än {MAX_CELL} tecken. Är ett citattecken inte avslutat?"),
            format!("Row {number} has a cell of more than {MAX_CELL} characters. Is a quotation mark not closed?"),
        ));
    }
    Ok(Cell::Text(text))
}
