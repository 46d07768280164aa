//! Workbooks of Excel. A workbook is an archive that anybody can write by hand: what it would grow to is judged before it is opened.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xlsx};
use zip::ZipArchive;

use super::table::{Cell, ImportFormat, Lines, MAX_COLUMNS, Table, short_enough, too_many};
use crate::kernel::text::Text;

/// Bytes to which all parts of a workbook may inflate together. 20,000 rows of 25 columns come to less than a third of it.
const MAX_INFLATED: u64 = 64 * 1024 * 1024;
/// Parts of a workbook.
const MAX_PARTS: usize = 1_000;
/// Digits of the number of shared texts that a workbook claims to have: the library reserves room for as many as are claimed.
const MAX_DIGITS: usize = 6;

/// Reads the first visible sheet of a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Text> {
    judge(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let visible = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
    let name = workbook.sheets_metadata().iter().find(visible).map(|sheet| sheet.name.clone()).ok_or_else(no_workbook)?;
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(|_| no_workbook())?;
    let (mut lines, mut row, mut cells) = (Lines::default(), 0, Vec::new());
    // Cell by cell: a range of all that a sheet claims to cover would take room for a billion of them.
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(|_| no_workbook())? {
        let (line, column) = (found.pos.0, usize::try_from(found.pos.1).unwrap_or(usize::MAX));
        if line < row {
            return Err(no_workbook());
        }
        if line > row {
            lines.add(row + 1, std::mem::take(&mut cells))?;
            row = line;
        }
        let cell = if found.formula.is_some() { Cell::Formula } else { cell(row + 1, &found.value)? };
        if cell.is_blank() {
            continue;
        }
        if column >= MAX_COLUMNS {
            return Err(too_many("kolumner", "columns", MAX_COLUMNS));
        }
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Text(String::new()));
        }
        cells[column] = cell;
    }
    lines.add(row + 1, cells)?;
    Ok(lines.into_table(ImportFormat::Xlsx))
}

/// The value of a cell in the words of a text.
fn cell(number: u32, value: &DataRef<'_>) -> Result<Cell, Text> {
    short_enough(
        number,
        match value {
            DataRef::Empty => String::new(),
            DataRef::Bool(yes) => (if *yes { "ja" } else { "nej" }).to_owned(),
            DataRef::DateTime(at) => match at.as_datetime() {
                Some(at) => at.date().to_string(),
                None => return Ok(Cell::Error),
            },
            DataRef::Error(_) => return Ok(Cell::Error),
            other => Data::from(other.clone()).to_string(),
        },
    )
}

/// Judges what a workbook holds before the library opens it: how many parts, what they really inflate to, and what they claim.
fn judge(bytes: &[u8]) -> Result<(), Text> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    if archive.len() > MAX_PARTS {
        return Err(bomb());
    }
    if archive.decompressed_size().is_none_or(|told| told > u128::from(MAX_INFLATED)) {
        return Err(bomb());
    }
    let mut left = MAX_INFLATED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| no_workbook())?;
        let mut content = Vec::new();
        // What the directory told may be a lie.
        part.take(left + 1).read_to_end(&mut content).map_err(|_| no_workbook())?;
        left = left.checked_sub(content.len() as u64).ok_or_else(bomb)?;
        if !is_plain(&content) {
            return Err(no_workbook());
        }
        if claims_too_much(&content) {
            return Err(bomb());
        }
    }
    Ok(())
}

/// Whether a part says of itself to be in another encoding than UTF-8, as Excel never does: nothing could be seen in it.
fn is_plain(content: &[u8]) -> bool {
    let begin = &content[..content.len().min(4)];
    if matches!(begin, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, ..] | [b'<', 0, ..]) {
        return false;
    }
    let declaration = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    if !declaration.starts_with(b"<?xml") {
        return true;
    }
    let end = declaration.windows(2).position(|two| two == b"?>").unwrap_or(declaration.len());
    let declared = String::from_utf8_lossy(&declaration[..end]).to_ascii_lowercase();
    declared.split_once("encoding").is_none_or(|(_, rest)| rest.contains("utf-8"))
}

/// Whether a part claims more shared texts than a register has.
fn claims_too_much(content: &[u8]) -> bool {
    const CLAIM: &[u8] = b"uniqueCount";
    let mut rest = content;
    while let Some(at) = place_of(rest, CLAIM) {
        rest = &rest[at + CLAIM.len()..];
        let value = rest.iter().skip_while(|byte| !byte.is_ascii_digit() && **byte != b'>');
        if value.take_while(|byte| byte.is_ascii_digit()).count() > MAX_DIGITS {
            return true;
        }
    }
    false
}

fn place_of(content: &[u8], wanted: &[u8]) -> Option<usize> {
    content.windows(wanted.len()).position(|some| some == wanted)
}

fn no_workbook() -> Text {
    Text::new(
        "Filen är ingen Excel-arbetsbok (.xlsx) som kan läsas. Spara registret på nytt som .xlsx utan lösenord, eller som CSV UTF-8.",
        "The file is no Excel workbook (.xlsx) that can be read. Save the register anew as .xlsx without password, or as CSV UTF-8.",
    )
}

fn bomb() -> Text {
    let limit = MAX_INFLATED / 1024 / 1024;
    Text::new(
        format!("Arbetsboken är för stor uppackad (mer än {limit} MB). Spara bara registrets blad, eller CSV UTF-8."),
        format!("The workbook is too large when unpacked (more than {limit} MB). Save the register's sheet only, or CSV UTF-8."),
    )
}
