//! A row of a register: what it says of one agreement, or all that is wrong with it.

use chrono::NaiveDate;

use super::{
    columns::{Columns, ImportField},
    parties::Organisation,
    table::Line,
    value::{self, Fault},
};
use crate::{
    domain::{
        organisation::rules::has_happened,
        processor::model::{Agreed, AgreementTemplate, SubProcessorAuthorisation},
    },
    kernel::{
        bounds::{DESCRIPTION, LISTED, NAME, NUMBER, REFERENCE, TITLE},
        code::Code,
        country::CountryCode,
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// Something to tell about a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Of which column.
    pub field: ImportField,
    /// What kind of mistake; none where it is none, but differs from what is on record.
    pub code: Option<RefusalCode>,
    /// What is wrong and what would be right, or what differs.
    pub message: Text,
}

impl Note {
    /// A mistake.
    pub fn fault(field: ImportField, (code, message): Fault) -> Self {
        Self { field, code: Some(code), message }
    }

    /// What a refusal says, about a cell.
    pub fn refusal(field: ImportField, refusal: Refusal) -> Self {
        Self::fault(field, (refusal.code, refusal.message))
    }
}

/// What a row says of an agreement. Nothing inside means: the register does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number as the spreadsheet shows it.
    pub number: u32,
    /// The board.
    pub controller: String,
    /// Its municipality.
    pub municipality: Option<String>,
    /// The processor.
    pub processor: Organisation,
    /// What the agreement is called.
    pub title: String,
    /// Its number in the case register.
    pub diary_number: Option<String>,
    /// Where the original is kept.
    pub filed_at: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Subject-matter of the processing.
    pub subject_matter: Option<String>,
    /// Purpose of the processing.
    pub purpose: Option<String>,
    /// Nature of the processing.
    pub nature_of_processing: Option<String>,
    /// Whose template.
    pub template: Option<AgreementTemplate>,
    /// Which version of it.
    pub template_version: Option<String>,
    /// When the processing began.
    pub processing_from: Option<NaiveDate>,
    /// From when the terms hold.
    pub valid_from: Option<NaiveDate>,
    /// The last day of a fixed term.
    pub valid_to: Option<NaiveDate>,
    /// When the controller signed.
    pub signed_by_controller_on: Option<NaiveDate>,
    /// When the processor signed.
    pub signed_by_processor_on: Option<NaiveDate>,
    /// Days of notice.
    pub termination_notice_days: Option<u16>,
    /// Days to object in.
    pub objection_days: Option<u16>,
    /// How sub-processors are authorised.
    pub sub_processor_authorisation: Option<SubProcessorAuthorisation>,
    /// Whether data may go to third countries.
    pub third_country_transfer_allowed: Option<bool>,
    /// The sub-processors that were listed.
    pub sub_processors: Vec<Organisation>,
}

impl Row {
    /// Reads a line.
    pub fn read(columns: &Columns, line: &Line, today: NaiveDate) -> Result<Self, Vec<Note>> {
        use ImportField as Field;
        let mut cells = Cells { columns, line, wrong: Vec::new() };
        let text = |max| move |text: &str| value::line(text, max);
        let prose = |text: &str| value::prose(text, DESCRIPTION);
        let both = cells.day(Field::SignedOn, Some(today));
        let row = Self {
            number: line.number,
            controller: cells.needed(Field::Controller, text(NAME)),
            municipality: cells.read(Field::Municipality, text(NAME)),
            processor: Organisation {
                name: cells.needed(Field::Processor, text(NAME)),
                number: cells.read(Field::OrganisationNumber, value::number),
                country: cells.read(Field::Country, value::country),
            },
            title: cells.needed(Field::Title, text(TITLE)),
            diary_number: cells.read(Field::DiaryNumber, text(REFERENCE)),
            filed_at: cells.read(Field::FiledAt, text(TITLE)),
            document_url: cells.read(Field::DocumentUrl, value::address),
            subject_matter: cells.read(Field::SubjectMatter, prose),
            purpose: cells.read(Field::Purpose, prose),
            nature_of_processing: cells.read(Field::NatureOfProcessing, prose),
            template: cells.read(Field::Template, value::template),
            template_version: cells.read(Field::TemplateVersion, text(NUMBER)),
            processing_from: cells.day(Field::ProcessingFrom, None),
            valid_from: cells.day(Field::ValidFrom, None),
            valid_to: cells.day(Field::ValidTo, None),
            signed_by_controller_on: cells.day(Field::SignedByControllerOn, Some(today)).or(both),
            signed_by_processor_on: cells.day(Field::SignedByProcessorOn, Some(today)).or(both),
            termination_notice_days: cells.read(Field::TerminationNoticeDays, |text| value::days(text, Agreed::NOTICE_DAYS)),
            objection_days: cells.read(Field::ObjectionDays, |text| value::days(text, Agreed::OBJECTION_DAYS)),
            sub_processor_authorisation: cells.read(Field::SubProcessorAuthorisation, value::authorisation),
            third_country_transfer_allowed: cells.read(Field::ThirdCountryTransferAllowed, value::yes),
            sub_processors: cells.read(Field::SubProcessors, listed).unwrap_or_default(),
        };
        if row.valid_to.is_some_and(|to| to < row.terms_from(today)) {
            cells.wrong.push(Note::refusal(Field::ValidTo, Refusal::ends_before_it_begins("")));
        }
        if cells.wrong.is_empty() { Ok(row) } else { Err(cells.wrong) }
    }

    /// From when the terms hold: as the register says; else from when the processing began, or the first signature; else from today, or
    /// the last day where that is earlier.
    pub fn terms_from(&self, today: NaiveDate) -> NaiveDate {
        let signed = self.signed_by_controller_on.into_iter().chain(self.signed_by_processor_on).min();
        let told = self.valid_from.or(self.processing_from).or(signed);
        told.unwrap_or_else(|| self.valid_to.map_or(today, |to| to.min(today)))
    }

    /// What it says, field by field, in the words of a register; nothing where it does not say.
    pub fn told(&self) -> Vec<(ImportField, Option<String>)> {
        use ImportField as Field;
        let Self {
            number: _,
            controller,
            municipality,
            processor,
            title,
            diary_number,
            filed_at,
            document_url,
            subject_matter,
            purpose,
            nature_of_processing,
            template,
            template_version,
            processing_from,
            valid_from,
            valid_to,
            signed_by_controller_on,
            signed_by_processor_on,
            termination_notice_days,
            objection_days,
            sub_processor_authorisation,
            third_country_transfer_allowed,
            sub_processors,
        } = self;
        let names: Vec<_> = sub_processors.iter().map(|sub_processor| sub_processor.name.as_str()).collect();
        vec![
            (Field::Controller, Some(controller.clone())),
            (Field::Municipality, municipality.clone()),
            (Field::Processor, Some(processor.name.clone())),
            (Field::OrganisationNumber, processor.number.clone()),
            (Field::Country, processor.country.as_ref().map(|country| CountryCode::as_str(country).to_owned())),
            (Field::Title, Some(title.clone())),
            (Field::DiaryNumber, diary_number.clone()),
            (Field::FiledAt, filed_at.clone()),
            (Field::DocumentUrl, document_url.clone()),
            (Field::SubjectMatter, subject_matter.clone()),
            (Field::Purpose, purpose.clone()),
            (Field::NatureOfProcessing, nature_of_processing.clone()),
            (Field::Template, template.map(worded)),
            (Field::TemplateVersion, template_version.clone()),
            (Field::ProcessingFrom, processing_from.map(|day| day.to_string())),
            (Field::ValidFrom, valid_from.map(|day| day.to_string())),
            (Field::ValidTo, valid_to.map(|day| day.to_string())),
            (Field::SignedByControllerOn, signed_by_controller_on.map(|day| day.to_string())),
            (Field::SignedByProcessorOn, signed_by_processor_on.map(|day| day.to_string())),
            (Field::TerminationNoticeDays, termination_notice_days.map(|days| days.to_string())),
            (Field::ObjectionDays, objection_days.map(|days| days.to_string())),
            (Field::SubProcessorAuthorisation, sub_processor_authorisation.map(worded)),
            (Field::ThirdCountryTransferAllowed, third_country_transfer_allowed.map(yes_or_no)),
            (Field::SubProcessors, (!names.is_empty()).then(|| names.join("; "))),
        ]
    }
}

/// A code in the words of a register.
pub(super) fn worded<C: Code>(code: C) -> String {
    code.term().label.sv.into_owned()
}

/// Yes or no in the words of a register.
pub(super) fn yes_or_no(yes: bool) -> String {
    (if yes { "ja" } else { "nej" }).to_owned()
}

fn listed(text: &str) -> Result<Vec<Organisation>, Fault> {
    let found = value::organisations(text, NAME)?;
    if found.len() <= LISTED {
        return Ok(found);
    }
    let message = Text::new(
        format!("Högst {LISTED} underbiträden läses ur en cell."),
        format!("At most {LISTED} sub-processors are read from a cell."),
    );
    Err((RefusalCode::TooLong, message))
}

/// The cells of a line, and what was wrong with those that were read.
struct Cells<'a> {
    columns: &'a Columns,
    line: &'a Line,
    wrong: Vec<Note>,
}

impl Cells<'_> {
    /// What a cell says; none where there is nothing, or something wrong.
    fn read<T>(&mut self, field: ImportField, read: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let cell = self.columns.cell(self.line, field)?;
        let read = value::content(cell).and_then(|text| text.map(|text| read(&text)).transpose());
        read.unwrap_or_else(|fault| {
            self.wrong.push(Note::fault(field, fault));
            None
        })
    }

    /// What a cell says that has to say something.
    fn needed<T: Default>(&mut self, field: ImportField, read: impl FnOnce(&str) -> Result<T, Fault>) -> T {
        let faults = self.wrong.len();
        let found = self.read(field, read);
        if found.is_none() && self.wrong.len() == faults {
            let message = Text::new(
                "Värdet saknas; utan det kan raden inte bli ett avtal.",
                "The value is missing; without it the row cannot be an agreement.",
            );
            self.wrong.push(Note::fault(field, (RefusalCode::Missing, message)));
        }
        found.unwrap_or_default()
    }

    /// A day; one of something that has happened, where `today` is given.
    fn day(&mut self, field: ImportField, today: Option<NaiveDate>) -> Option<NaiveDate> {
        self.read(field, |text| {
            let day = value::date(text)?;
            today.map_or(Ok(()), |today| has_happened(day, today, "")).map_err(|refusal| (refusal.code, refusal.message))?;
            Ok(day)
        })
    }
}
