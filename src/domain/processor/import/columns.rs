//! The columns of a register, found by their headings: in any order, in Swedish or English, by the words that registers use.

use std::collections::HashMap;

use strum::VariantArray;

use super::table::{Cell, HEADING_WITHIN, Line, MAX_ROWS, Table, too_many};
use crate::kernel::{
    code::{Code, Term, term},
    refusal::{Refusal, RefusalCode},
    text::Text,
};

/// What a column of a register can say. The label is the heading that the documentation uses.
#[derive(
    async_graphql::Enum,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportField {
    /// The board whose agreement it is: one that you coordinate. Needed.
    Controller,
    /// The municipality of that board, where boards of two have one name.
    Municipality,
    /// The processor's name. Needed.
    Processor,
    /// The processor's Swedish organisation number.
    OrganisationNumber,
    /// Where the processor is established: a code of ISO 3166-1 or the country's name. Needed for an organisation that the directory
    /// does not have yet and that has no Swedish number.
    Country,
    /// What the agreement, or the system that it is about, is called. Needed.
    Title,
    /// The agreement's number in the case register.
    DiaryNumber,
    /// Where the original is kept.
    FiledAt,
    /// Where the document can be opened: a web address.
    DocumentUrl,
    /// Subject-matter of the processing.
    SubjectMatter,
    /// Purpose of the processing.
    Purpose,
    /// Nature of the processing.
    NatureOfProcessing,
    /// Whose template it follows: SKR, leverantör or annan. Blank: another, or none.
    Template,
    /// Which version of the template.
    TemplateVersion,
    /// When the processing began.
    ProcessingFrom,
    /// From when the terms hold. Blank: from when the processing began, or the first signature, or today.
    ValidFrom,
    /// The last day of an agreement for a fixed term. Blank: until further notice.
    ValidTo,
    /// When both sides signed. Blank: not signed, unless the two columns below say so.
    SignedOn,
    /// When the controller signed; goes before the day for both.
    SignedByControllerOn,
    /// When the processor signed; goes before the day for both.
    SignedByProcessorOn,
    /// Days from a notice of termination to the end. Blank: 30, as the template says.
    TerminationNoticeDays,
    /// Days in which the controller may object to a sub-processor. Blank: 30, as the template says.
    ObjectionDays,
    /// How sub-processors are authorised: allmänt or särskilt.
    SubProcessorAuthorisation,
    /// Whether data may be transferred to third countries: ja or nej. Blank: no, as the template says.
    ThirdCountryTransferAllowed,
    /// The sub-processors that were listed when the agreement was signed, with semicolons or line breaks between them; in parentheses
    /// each one's country and organisation number, such as `Exempel Drift AB (SE, 556000-0001)`.
    SubProcessors,
}

impl Code for ImportField {
    const TYPE: &'static str = "ImportField";

    fn term(self) -> Term {
        match self {
            Self::Controller => term("Personuppgiftsansvarig", "Controller").from_law("GDPR art. 4.7"),
            Self::Municipality => term("Kommun", "Municipality"),
            Self::Processor => term("Personuppgiftsbiträde", "Processor").from_law("GDPR art. 4.8"),
            Self::OrganisationNumber => term("Organisationsnummer", "Organisation number"),
            Self::Country => term("Land", "Country"),
            Self::Title => term("Avtal", "Agreement"),
            Self::DiaryNumber => term("Diarienummer", "Diary number").from_law("Guidelines 6.3"),
            Self::FiledAt => term("Förvaras", "Filed at"),
            Self::DocumentUrl => term("Länk", "Link"),
            Self::SubjectMatter => term("Föremål", "Subject matter").from_law("GDPR art. 28.3"),
            Self::Purpose => term("Ändamål", "Purpose").from_law("GDPR art. 28.3"),
            Self::NatureOfProcessing => term("Art", "Nature").from_law("GDPR art. 28.3"),
            Self::Template => term("Mall", "Template"),
            Self::TemplateVersion => term("Mallversion", "Template version"),
            Self::ProcessingFrom => term("Behandling från", "Processing from"),
            Self::ValidFrom => term("Gäller från", "Valid from"),
            Self::ValidTo => term("Gäller till", "Valid to"),
            Self::SignedOn => term("Undertecknat", "Signed"),
            Self::SignedByControllerOn => term("Undertecknat av ansvarig", "Signed by controller"),
            Self::SignedByProcessorOn => term("Undertecknat av biträde", "Signed by processor"),
            Self::TerminationNoticeDays => term("Uppsägningstid", "Notice of termination").from_law("Annex 3 clause 16.2"),
            Self::ObjectionDays => term("Invändningstid", "Objection days").from_law("Annex 3 clause 12.6"),
            Self::SubProcessorAuthorisation => term("Förhandstillstånd", "Sub-processor authorisation").from_law("GDPR art. 28.2"),
            Self::ThirdCountryTransferAllowed => term("Tredjelandsöverföring", "Third-country transfer").from_law("Annex 3 clause 13.2"),
            Self::SubProcessors => term("Underbiträden", "Sub-processors").from_law("GDPR art. 28.2"),
        }
    }
}

impl ImportField {
    /// Without these columns no row can be an agreement.
    const NEEDED: [Self; 3] = [Self::Controller, Self::Processor, Self::Title];

    /// What else registers call it.
    pub fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Controller => &["Nämnd", "Ansvarig nämnd", "Personuppgiftsansvarig nämnd", "PUA", "Board"],
            Self::Municipality => &[],
            Self::Processor => &["Biträde", "Leverantör", "PUB", "Supplier", "Vendor"],
            Self::OrganisationNumber => &["Org.nr", "Orgnummer", "Organisationsnr", "Org number"],
            Self::Country => &["Biträdets land", "Landskod"],
            Self::Title => &["System", "Tjänst", "System/tjänst", "Avtalsnamn", "Benämning", "Titel", "Title", "System/service"],
            Self::DiaryNumber => &["Dnr", "Diarienr", "Ärendenummer", "Reference number"],
            Self::FiledAt => &["Förvaring", "Arkivplats", "Arkiverat", "Location"],
            Self::DocumentUrl => &["Dokument", "Avtalslänk", "Webbadress", "URL", "Document"],
            Self::SubjectMatter => &["Föremål för behandlingen", "Beskrivning", "Description"],
            Self::Purpose => &["Ändamål med behandlingen", "Syfte"],
            Self::NatureOfProcessing => &["Behandlingens art", "Nature of processing"],
            Self::Template => &["Avtalsmall"],
            Self::TemplateVersion => &["Version av mallen", "Version"],
            Self::ProcessingFrom => &["Behandling sedan", "Behandlingen började", "Processing since"],
            Self::ValidFrom => &["Giltigt från", "Giltig från", "Avtalsstart", "Startdatum", "Start date"],
            Self::ValidTo => &["Giltigt till", "Giltig till", "Giltigt t.o.m.", "Gäller t.o.m.", "Avtalsslut", "Slutdatum", "End date"],
            Self::SignedOn => &["Avtalsdatum", "Tecknat", "Undertecknad", "Signerat", "Datum för undertecknande", "Signed on"],
            Self::SignedByControllerOn => &["Undertecknat av personuppgiftsansvarig", "Signerat av ansvarig", "Signed by controller on"],
            Self::SignedByProcessorOn => {
                &["Undertecknat av personuppgiftsbiträde", "Undertecknat av leverantör", "Signerat av biträde", "Signed by processor on"]
            }
            Self::TerminationNoticeDays => &["Uppsägningstid (dagar)", "Uppsägningstid i dagar", "Notice days"],
            Self::ObjectionDays => &["Invändningstid (dagar)", "Invändningstid i dagar"],
            Self::SubProcessorAuthorisation => &["Tillstånd till underbiträden", "Förhandsgodkännande", "Authorisation"],
            Self::ThirdCountryTransferAllowed => &["Tredjeland", "Överföring till tredje land", "Third country"],
            Self::SubProcessors => &["Underleverantörer", "Underbiträde", "Subprocessors", "Sub-processor"],
        }
    }

    /// The field that a heading means, if one does.
    pub fn of_heading(heading: &str) -> Option<Self> {
        let spelled = spelling(heading);
        let called = |field: &Self| {
            let Text { sv, en } = field.term().label;
            [&*sv, &*en].into_iter().chain(field.synonyms().iter().copied()).any(|name| spelling(name) == spelled)
        };
        Self::VARIANTS.iter().copied().find(called)
    }
}

/// What of a heading counts: its letters and digits, in small letters.
fn spelling(heading: &str) -> String {
    heading.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How many of these cells are headings.
pub(super) fn recognised(cells: &[Cell]) -> usize {
    cells.iter().filter(|cell| matches!(cell, Cell::Text(text) if ImportField::of_heading(text).is_some())).count()
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading, as it stands.
    pub heading: String,
    /// What it says; none where the heading is not known, and the column is passed over.
    pub field: Option<ImportField>,
}

/// The columns of a file, and where each field stands.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The columns, from the first.
    pub all: Vec<Column>,
    places: HashMap<ImportField, usize>,
}

impl Columns {
    /// Finds the line of headings, and what stands below it; or what is wrong with the file, at `path`.
    pub fn find<'a>(table: &'a Table, path: &str) -> Result<(Self, &'a [Line]), Vec<Refusal>> {
        let candidates = table.lines.iter().take(HEADING_WITHIN).enumerate();
        // The first of the best: a title above it has no headings, and a row below it hardly has any.
        let best = candidates.max_by_key(|(at, line)| (recognised(&line.cells), std::cmp::Reverse(*at)));
        let Some((at, line)) = best else { return Err(vec![no_rows(path)]) };
        let columns = Self::of(line);
        let mut wrong = columns.twice(path);
        wrong.extend(Self::missing(&columns.places, path));
        let below = &table.lines[at + 1..];
        match below.len() {
            0 if wrong.is_empty() => wrong.push(no_rows(path)),
            rows if rows > MAX_ROWS => wrong.push(Refusal::invalid(path, too_many("rader", "rows", MAX_ROWS))),
            _ => {}
        }
        if wrong.is_empty() { Ok((columns, below)) } else { Err(wrong) }
    }

    fn of(line: &Line) -> Self {
        let heading = |cell: &Cell| match cell {
            Cell::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Cell::Formula | Cell::Error => String::new(),
        };
        let all: Vec<_> =
            line.cells.iter().map(heading).map(|heading| Column { field: ImportField::of_heading(&heading), heading }).collect();
        let mut places = HashMap::new();
        for (at, column) in all.iter().enumerate() {
            if let Some(field) = column.field {
                places.entry(field).or_insert(at);
            }
        }
        Self { all, places }
    }

    /// Headings that mean the same as one before them: nobody can know which of the two counts.
    fn twice(&self, path: &str) -> Vec<Refusal> {
        let second = |(at, column): (usize, &Column)| {
            let first = *self.places.get(&column.field?)?;
            (first != at).then(|| {
                let (one, other) = (&self.all[first].heading, &column.heading);
                let message = Text::new(
                    format!("Kolumnerna ”{one}” och ”{other}” betyder samma; ta bort den ena eller ge den en annan rubrik."),
                    format!("The columns \"{one}\" and \"{other}\" mean the same; remove one or give it another heading."),
                );
                Refusal::new(RefusalCode::Duplicate, path, message)
            })
        };
        self.all.iter().enumerate().filter_map(second).collect()
    }

    fn missing(places: &HashMap<ImportField, usize>, path: &str) -> Vec<Refusal> {
        let missing = ImportField::NEEDED.into_iter().filter(|field| !places.contains_key(field));
        let told = |field: ImportField| {
            let label = field.term().label;
            let also = field.synonyms().join(", ");
            let message = Text::new(
                format!("Kolumnen ”{}” saknas; den kan också heta {also}.", label.sv),
                format!("The column \"{}\" is missing; it may also be called {also}.", label.sv),
            );
            Refusal::new(RefusalCode::Missing, path, message)
        };
        missing.map(told).collect()
    }

    /// The heading of a field as it stands in the file; where the file has no such column, what it would be called.
    pub fn heading(&self, field: ImportField) -> String {
        self.places.get(&field).map_or_else(|| field.term().label.sv.into_owned(), |at| self.all[*at].heading.clone())
    }

    /// The cell of a field, where the line has one.
    pub(super) fn cell<'a>(&self, line: &'a Line, field: ImportField) -> Option<&'a Cell> {
        self.places.get(&field).and_then(|at| line.cells.get(*at))
    }
}

fn no_rows(path: &str) -> Refusal {
    let message = Text::new(
        "Filen har inga rader under rubrikerna. I en arbetsbok läses det första synliga bladet.",
        "The file has no rows below the headings. Of a workbook the first visible sheet is read.",
    );
    Refusal::new(RefusalCode::Missing, path, message)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn found(text: &str) -> Result<Vec<Option<ImportField>>, Vec<Refusal>> {
        let table = Table::read(text.as_bytes()).unwrap();
        Columns::find(&table, "uploadId").map(|(columns, _)| columns.all.into_iter().map(|column| column.field).collect())
    }

    #[test]
    fn no_heading_means_two_fields() {
        let mut seen = HashSet::new();
        for field in ImportField::VARIANTS {
            let Text { sv, en } = field.term().label;
            let mut own: Vec<_> = [&*sv, &*en].into_iter().chain(field.synonyms().iter().copied()).map(spelling).collect();
            own.sort_unstable();
            own.dedup();
            for name in own {
                assert!(seen.insert(name.clone()), "{name} of {field:?}");
            }
        }
    }

    #[test]
    fn headings_stand_in_any_order_and_case_below_a_title() {
        use ImportField::{Controller, DiaryNumber, OrganisationNumber, Processor, Title};
        let columns = found("Register 2025;;\n\nsystem / TJÄNST; ORG NR;Anteckning;Dnr;leverantör;Nämnd\na;b;c;d;e;f").unwrap();
        let expected = [Some(Title), Some(OrganisationNumber), None, Some(DiaryNumber), Some(Processor), Some(Controller)];
        assert_eq!(columns, expected);
    }

    #[test]
    fn what_is_missing_or_there_twice_is_told_by_its_heading() {
        let told = |text: &str| found(text).unwrap_err().into_iter().map(|refusal| (refusal.code, refusal.message.en)).collect::<Vec<_>>();
        let missing = told("Nämnd;Dnr\nKS;1");
        assert_eq!(missing.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [RefusalCode::Missing; 2]);
        assert!(missing[0].1.contains("Personuppgiftsbiträde") && missing[1].1.contains("Avtal"), "{missing:?}");
        let twice = told("Nämnd;Biträde;Leverantör;Avtal\nKS;x;y;z");
        assert!(twice[0].0 == RefusalCode::Duplicate && twice[0].1.contains("\"Biträde\" and \"Leverantör\""), "{twice:?}");
        assert_eq!(told("Nämnd;Biträde;Avtal\n;;")[0].0, RefusalCode::Missing);
        assert_eq!(told("").len(), 1);
    }
}
