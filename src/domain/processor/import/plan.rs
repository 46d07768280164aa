//! What is to become of each row: a new agreement, nothing, or a person's look at it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{
    columns::ImportField,
    parties::{Directory, Organisation, Unclear, Who},
    row::{Note, Row, worded, yes_or_no},
};
use crate::{
    domain::processor::{
        model::Party,
        rules::{
            facts::{Facts, PartyFacts},
            processor_is_somebody_else,
        },
    },
    kernel::{
        code::{Code, Term, term},
        kinds::{AgreementId, ControllerId, PartyId},
        refusal::{Refusal, RefusalCode},
        text::{Text, sort_key},
    },
};

/// What becomes of a row.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportOutcome {
    /// A new agreement; in a dry run: it would be one.
    Created,
    /// The agreement is there and says the same, or more. Nothing is changed.
    Unchanged,
    /// The agreement is there and says something else. Nothing is changed: see what differs, and correct the one that is wrong.
    Differs,
    /// The same as a row above it, which counts.
    Repeated,
    /// Something is wrong with the row. While one is, nothing of the file is stored.
    Faulty,
}

impl Code for ImportOutcome {
    const TYPE: &'static str = "ImportOutcome";

    fn term(self) -> Term {
        match self {
            Self::Created => term("Nytt avtal", "New agreement"),
            Self::Unchanged => term("Finns redan, oförändrat", "There already, unchanged"),
            Self::Differs => term("Finns redan med andra uppgifter", "There already, and differs"),
            Self::Repeated => term("Samma som en rad ovanför", "Same as a row above"),
            Self::Faulty => term("Felaktig", "Faulty"),
        }
    }
}

/// What becomes of one row, and what there is to tell about its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its number as the spreadsheet shows it.
    pub number: u32,
    /// What becomes of it.
    pub outcome: ImportOutcome,
    /// What is wrong, or differs, cell by cell.
    pub notes: Vec<Note>,
    /// The agreement that is there, or was made.
    pub agreement: Option<AgreementId>,
    /// The row above that says the same.
    pub same_as: Option<u32>,
}

impl Judged {
    fn of(number: u32, outcome: ImportOutcome) -> Self {
        Self { number, outcome, notes: Vec::new(), agreement: None, same_as: None }
    }

    fn faulty(number: u32, notes: Vec<Note>) -> Self {
        Self { notes, ..Self::of(number, ImportOutcome::Faulty) }
    }
}

/// A board whose records the viewer reads.
#[derive(Clone, Debug)]
pub struct Board {
    /// Which.
    pub id: ControllerId,
    /// What it is called.
    pub name: String,
    /// Its municipality and those that share it: what they are called, officially and in short.
    pub municipalities: Vec<String>,
    /// Whether the viewer may import its agreements.
    pub may: bool,
}

/// A row whose board and organisations are known.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// What it says.
    pub row: Row,
    /// Whose agreement.
    pub controller: ControllerId,
    /// With whom.
    pub processor: Who,
    /// Who was listed.
    pub sub_processors: Vec<Who>,
}

/// What becomes of all rows.
#[derive(Debug, Default)]
pub struct Plan {
    /// Each row, in the order of the file.
    pub rows: Vec<Judged>,
    /// The agreements to be made, each with the place of its row.
    pub drafts: Vec<(usize, Resolved)>,
}

/// A row as it was read, or all that is wrong with it.
pub type ReadRow = Result<Row, (u32, Vec<Note>)>;

/// Finds the boards and organisations of rows. The directory takes in what is new to it.
pub fn resolve(rows: Vec<ReadRow>, boards: &[Board], directory: &mut Directory, known: &[Party]) -> Vec<Result<Resolved, Judged>> {
    let of_name = boards.iter().fold(HashMap::<_, Vec<_>>::new(), |mut all, board| {
        all.entry(sort_key(&board.name)).or_default().push(board);
        all
    });
    let known: HashMap<_, _> = known.iter().map(|party| (party.id, party)).collect();
    // What is named with a number tells who is meant where the number is left out, above it, too.
    for row in rows.iter().flatten() {
        for named in std::iter::once(&row.processor).chain(&row.sub_processors).filter(|named| named.number.is_some()) {
            let _ = directory.meant(named);
        }
    }
    let mut resolve = |row: Row| {
        let number = row.number;
        let candidates = of_name.get(&sort_key(&row.controller)).map(Vec::as_slice).unwrap_or_default();
        let board = board(&row, candidates);
        let processor = who(directory, &row.processor, ImportField::Processor);
        let named = row.sub_processors.iter().map(|named| who(directory, named, ImportField::SubProcessors));
        let sub_processors: Result<Vec<_>, Note> = named.collect();
        let wrong = |note: &Note| note.clone();
        let faults: Vec<_> =
            [board.as_ref().err().map(wrong), processor.as_ref().err().map(wrong), sub_processors.as_ref().err().map(wrong)]
                .into_iter()
                .flatten()
                .collect();
        let (Ok(controller), Ok(processor), Ok(mut sub_processors)) = (board, processor, sub_processors) else {
            return Err(Judged::faulty(number, faults));
        };
        let mut seen = HashSet::new();
        sub_processors.retain(|who| seen.insert(*who));
        let resolved = Resolved { row, controller, processor, sub_processors };
        match lawful(&resolved, &known) {
            Ok(()) => Ok(resolved),
            Err(note) => Err(Judged::faulty(number, vec![note])),
        }
    };
    rows.into_iter().map(|row| row.map_err(|(number, notes)| Judged::faulty(number, notes)).and_then(&mut resolve)).collect()
}

/// The board that a row means, among those of its name. One that the viewer does not read is answered like one that does not exist.
fn board(row: &Row, of_name: &[&Board]) -> Result<ControllerId, Note> {
    let fits = |board: &&&Board| {
        let asked = row.municipality.as_deref().map(short);
        asked.is_none_or(|asked| board.municipalities.iter().any(|name| short(name) == asked))
    };
    let found: Vec<_> = of_name.iter().filter(fits).collect();
    let own: Vec<_> = found.iter().filter(|board| board.may).collect();
    let field = ImportField::Controller;
    match (own.as_slice(), found.as_slice()) {
        ([only], _) => Ok(only.id),
        ([], []) => Err(Note::refusal(field, Refusal::not_found(""))),
        ([], _) => Err(Note::refusal(field, Refusal::forbidden(""))),
        _ => {
            let message =
                Text::new("Flera nämnder har detta namn; ange kommunen.", "Several boards have this name; give the municipality.");
            Err(Note::fault(ImportField::Municipality, (RefusalCode::Missing, message)))
        }
    }
}

/// A municipality's name as people write it, with or without the word for municipality and its genitive.
fn short(municipality: &str) -> String {
    let name = sort_key(municipality.trim());
    name.strip_suffix(" kommun").unwrap_or(&name).trim_end_matches('s').to_owned()
}

fn who(directory: &mut Directory, named: &Organisation, field: ImportField) -> Result<Who, Note> {
    let name = &named.name;
    directory.meant(named).map_err(|unclear| match unclear {
        Unclear::SeveralOfThisName => {
            let message = Text::new(
                format!("Flera organisationer heter {name}; ange organisationsnumret."),
                format!("Several organisations are called {name}; give the organisation number."),
            );
            Note::fault(field, (RefusalCode::Invalid, message))
        }
        Unclear::NoCountry => {
            let message = Text::new(
                format!("{name} finns inte i den gemensamma katalogen; ange organisationsnumret eller landet."),
                format!("{name} is not in the shared directory; give the organisation number or the country."),
            );
            let field = if field == ImportField::Processor { ImportField::Country } else { field };
            Note::fault(field, (RefusalCode::Missing, message))
        }
    })
}

/// What cannot be: a board as its own processor (PUB2), a processor as its own sub-processor.
fn lawful(resolved: &Resolved, known: &HashMap<PartyId, &Party>) -> Result<(), Note> {
    if resolved.sub_processors.contains(&resolved.processor) {
        let message = Text::new(
            "Personuppgiftsbiträdet kan inte vara underbiträde i sitt eget avtal.",
            "The processor cannot be a sub-processor under its own agreement.",
        );
        return Err(Note::fault(ImportField::SubProcessors, (RefusalCode::Cycle, message)));
    }
    let Who::Known(processor) = resolved.processor else { return Ok(()) };
    let Some(party) = known.get(&processor) else { return Ok(()) };
    let somebody_else = processor_is_somebody_else(party, resolved.controller, "");
    somebody_else.map_err(|refusal| Note::refusal(ImportField::Processor, refusal))
}

/// An agreement that is on record, for a board that holds one of its rows.
struct OnRecord<'a> {
    facts: &'a Facts,
    party: &'a PartyFacts,
}

/// Judges rows, in the order of the file, against each other and against what each board has on record today: a succession that is
/// still to come changes nothing yet.
pub fn judge(rows: Vec<Result<Resolved, Judged>>, on_record: &[Facts], today: NaiveDate) -> Plan {
    let mut there: HashMap<(ControllerId, PartyId), Vec<OnRecord<'_>>> = HashMap::new();
    for facts in on_record {
        for party in &facts.parties {
            if let Some(holder) = party.holder_on(today) {
                there.entry((holder, facts.agreement.processor)).or_default().push(OnRecord { facts, party });
            }
        }
    }
    let (mut plan, mut above) = (Plan::default(), Above::default());
    for (place, row) in rows.into_iter().enumerate() {
        let judged = match row {
            Err(judged) => judged,
            Ok(resolved) => {
                let judged = above.judge(&resolved).or_else(|| against_record(&resolved, &there));
                let judged = judged.unwrap_or_else(|| Judged::of(resolved.row.number, ImportOutcome::Created));
                if judged.outcome == ImportOutcome::Created {
                    plan.drafts.push((place, resolved));
                }
                judged
            }
        };
        plan.rows.push(judged);
    }
    plan
}

/// Whose agreement with whom, and by what it is known: a number or a title.
type Known = (ControllerId, Who, String);

/// The rows above one, by what tells agreements apart: between a board and a processor the number in the case register, and where one of
/// them has none the title.
#[derive(Default)]
struct Above {
    by_number: HashMap<Known, Resolved>,
    by_title: HashMap<Known, Vec<Resolved>>,
}

impl Above {
    /// What becomes of a row because of one above it.
    fn judge(&mut self, resolved: &Resolved) -> Option<Judged> {
        let Resolved { row, controller, processor, .. } = resolved;
        let known = |by: &str| (*controller, *processor, sort_key(by));
        let number = row.diary_number.as_deref().map(known);
        let of_number = number.as_ref().and_then(|number| self.by_number.get(number));
        let of_title = self.by_title.get(&known(&row.title)).into_iter().flatten();
        let mut alike = of_title.filter(|other| other.row.diary_number.is_none() || row.diary_number.is_none());
        if let Some(other) = of_number.or_else(|| alike.next()) {
            return Some(beside(resolved, other));
        }
        if let Some(number) = number {
            self.by_number.insert(number, resolved.clone());
        }
        self.by_title.entry(known(&row.title)).or_default().push(resolved.clone());
        None
    }
}

/// A row beside one above it that is the same agreement.
fn beside(resolved: &Resolved, above: &Resolved) -> Judged {
    let (row, number) = (&resolved.row, above.row.number);
    let differing = row.told().into_iter().zip(above.row.told()).filter(|((field, told), (_, other))| match field {
        ImportField::SubProcessors => !same_set(&resolved.sub_processors, &above.sub_processors),
        field => tells_of_the_agreement(*field) && !same(*field, told.as_deref(), other.as_deref()),
    });
    let notes: Vec<_> = differing
        .map(|((field, told), (_, other))| {
            let (told, other) = (told.unwrap_or_default(), other.unwrap_or_default());
            let message = Text::new(
                format!("Rad {number} är samma avtal och säger ”{other}”, inte ”{told}”. Ta bort en av raderna, eller ge avtalen olika diarienummer."),
                format!(
                    "Row {number} is the same agreement and says \"{other}\", not \"{told}\". Remove one of the rows, or give the agreements different diary numbers."
                ),
            );
            Note::fault(field, (RefusalCode::Duplicate, message))
        })
        .collect();
    let judged = if notes.is_empty() { Judged::of(row.number, ImportOutcome::Repeated) } else { Judged::faulty(row.number, notes) };
    Judged { same_as: Some(number), ..judged }
}

/// Whether a column tells something of the agreement itself; the others tell whose it is, and with whom.
fn tells_of_the_agreement(field: ImportField) -> bool {
    use ImportField::{Controller, Country, Municipality, OrganisationNumber, Processor};
    !matches!(field, Controller | Municipality | Processor | OrganisationNumber | Country)
}

/// Whether two values of a column are the same. Titles and numbers are known by their letters, in whatever case.
fn same(field: ImportField, one: Option<&str>, other: Option<&str>) -> bool {
    match field {
        ImportField::Title | ImportField::DiaryNumber => one.map(sort_key) == other.map(sort_key),
        _ => one == other,
    }
}

fn same_set(one: &[Who], other: &[Who]) -> bool {
    one.iter().collect::<HashSet<_>>() == other.iter().collect::<HashSet<_>>()
}

/// What becomes of a row whose agreement is on record; nothing where none is.
fn against_record(resolved: &Resolved, there: &HashMap<(ControllerId, PartyId), Vec<OnRecord<'_>>>) -> Option<Judged> {
    let Who::Known(processor) = resolved.processor else { return None };
    let between = there.get(&(resolved.controller, processor))?;
    let alike = |one: &str, other: &str| sort_key(one) == sort_key(other);
    let number = |known: &&OnRecord<'_>| {
        let stored = known.party.row.diary_number.as_deref();
        stored.zip(resolved.row.diary_number.as_deref()).is_some_and(|(stored, told)| alike(stored, told))
    };
    let title = |known: &&OnRecord<'_>| {
        let both = known.party.row.diary_number.is_some() && resolved.row.diary_number.is_some();
        !both && alike(&known.facts.agreement.title, &resolved.row.title)
    };
    let mut found: Vec<_> = between.iter().filter(number).collect();
    if found.is_empty() {
        found = between.iter().filter(title).collect();
    }
    let compared = found.into_iter().map(|known| (differences(resolved, known), known.facts.agreement.id));
    let (notes, agreement) = compared.min_by_key(|(notes, _)| notes.len())?;
    let outcome = if notes.is_empty() { ImportOutcome::Unchanged } else { ImportOutcome::Differs };
    Some(Judged { notes, agreement: Some(agreement), ..Judged::of(resolved.row.number, outcome) })
}

/// What a row says otherwise than the record. What it does not say is no difference.
fn differences(resolved: &Resolved, known: &OnRecord<'_>) -> Vec<Note> {
    let stored: HashMap<_, _> = stored(known).into_iter().collect();
    let told = resolved.row.told().into_iter().filter_map(|(field, told)| Some((field, told?)));
    let differing = told.filter_map(|(field, told)| {
        let stored = stored.get(&field)?.as_deref();
        (!same(field, Some(&told), stored)).then(|| difference(field, &told, stored.unwrap_or("–")))
    });
    differing.chain(unlisted(resolved, known)).collect()
}

fn difference(field: ImportField, told: &str, stored: &str) -> Note {
    let message = Text::new(
        format!("Filen säger ”{told}”, registret här säger ”{stored}”."),
        format!("The file says \"{told}\", the record here says \"{stored}\"."),
    );
    Note { field, code: None, message }
}

/// What is on record of an agreement, in the words of a register.
fn stored(known: &OnRecord<'_>) -> Vec<(ImportField, Option<String>)> {
    use ImportField as Field;
    let (agreement, party) = (&known.facts.agreement, &known.party.row);
    let terms = known.facts.terms.last();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    vec![
        (Field::Title, Some(agreement.title.clone())),
        (Field::DiaryNumber, party.diary_number.clone()),
        (Field::FiledAt, party.filed_at.clone()),
        (Field::DocumentUrl, party.document_url.clone()),
        (Field::SubjectMatter, agreement.subject_matter.clone()),
        (Field::Purpose, agreement.purpose.clone()),
        (Field::NatureOfProcessing, agreement.nature_of_processing.clone()),
        (Field::Template, Some(worded(agreement.template))),
        (Field::TemplateVersion, agreement.template_version.clone()),
        (Field::ProcessingFrom, day(party.processing_from)),
        (Field::ValidFrom, day(terms.map(|terms| terms.valid_from))),
        (Field::ValidTo, day(terms.and_then(|terms| terms.agreed.fixed_end_on))),
        (Field::SignedByControllerOn, day(terms.and_then(|terms| terms.signed_by(party.id)))),
        (Field::SignedByProcessorOn, day(terms.and_then(|terms| terms.signed_by_processor_on))),
        (Field::TerminationNoticeDays, terms.map(|terms| terms.agreed.termination_notice_days.to_string())),
        (Field::ObjectionDays, terms.map(|terms| terms.agreed.objection_days.to_string())),
        (Field::SubProcessorAuthorisation, party.sub_processor_authorisation.map(worded)),
        (Field::ThirdCountryTransferAllowed, terms.map(|terms| yes_or_no(terms.agreed.third_country_transfer_allowed))),
    ]
}

/// The sub-processors of a row that are not on record. Others than the row names are no difference: they may have come later.
fn unlisted(resolved: &Resolved, known: &OnRecord<'_>) -> Option<Note> {
    let engaged: HashSet<_> = known.facts.engagements.iter().map(|engagement| Who::Known(engagement.party)).collect();
    let missing = resolved.sub_processors.iter().any(|who| !engaged.contains(who));
    let names = known.facts.engagements.iter().filter_map(|engagement| known.facts.organisations.get(&engagement.party));
    let stored = names.map(|party| party.name.as_str()).collect::<Vec<_>>().join("; ");
    let told = resolved.row.sub_processors.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join("; ");
    missing.then(|| difference(ImportField::SubProcessors, &told, if stored.is_empty() { "–" } else { &stored }))
}
