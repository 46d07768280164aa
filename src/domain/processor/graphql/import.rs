//! The import of a register in GraphQL.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::{load, types::ProcessorAgreement};
use crate::{
    app::Cx,
    domain::processor::{
        import::{
            columns::{Column, Columns, ImportField},
            plan::{ImportOutcome, Judged},
            row::Note,
            table::ImportFormat,
        },
        service::import::{self, ImportAgreements, Imported, Report},
    },
    graphql::{
        connection::{Connection, PageCall, Paging, rows_of},
        context::{ContextExt, writing},
        error::ApiError,
        loaded::{Slots, once},
        payload::{Payload, UserError, payload, tried},
        selection::{Call, Selection},
    },
    kernel::{
        command::Faults,
        page::{Key, ListName, Page, Slice},
        refusal::{Failure, RefusalCode},
        text::Language,
    },
};

/// The mutation that imports.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Imports a register of agreements that was uploaded with `POST /imports`: all of its rows or, while one is faulty, none. Look it
    /// through with `dryRun` first. What is incomplete comes in and becomes findings; what is there already is not changed. By a coordinator,
    /// for the controllers that the rows name.
    async fn import_agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: ImportAgreementsInput,
    ) -> Result<ImportPayload, ApiError> {
        let cx = writing(ctx).await?;
        let language = ctx.language();
        let told = |report| Told { report, language };
        let imported = async { import::import(&cx, input.command()?).await }.await;
        match imported {
            Ok(Imported::Tried(report)) => tried(ctx, cx, told(report)).await,
            Ok(Imported::Done(report)) => payload(ctx, cx, Ok(report.map(told))).await,
            Err(failure) => payload(ctx, cx, Err(failure)).await,
        }
    }
}

/// An import.
#[derive(InputObject, Debug)]
pub(super) struct ImportAgreementsInput {
    /// The `uploadId` that `POST /imports` answered. It holds for 24 hours, for the login that sent the file, until it is imported.
    upload_id: ID,
    /// Whether the register is only looked through: nothing is stored, and the rows tell what would become of them.
    dry_run: bool,
}

impl ImportAgreementsInput {
    /// The command, or what is wrong.
    fn command(self) -> Result<ImportAgreements, Failure> {
        let Self { upload_id, dry_run } = self;
        let mut faults = Faults::new();
        let upload = faults.id("uploadId", &upload_id);
        faults.finish(upload.map(|upload| ImportAgreements { upload, dry_run }))
    }
}

/// A report in the language that was asked for.
pub(super) struct Told {
    report: Report,
    language: Language,
}

/// What became of an import.
#[derive(SimpleObject)]
pub(super) struct ImportPayload {
    /// What became of the register, or in a dry run would; null where something was wrong.
    import: Option<AgreementImport>,
    /// What was wrong; empty where the import, or the dry run, was made. Of faulty rows the first ten mistakes, each with `uploadId`, the row's
    /// number and the column's heading as its path; the dry run tells all.
    errors: Vec<UserError>,
}

impl Payload for ImportPayload {
    type Id = Told;
    const FIELD: &'static str = "import";

    async fn done(cx: &Cx, told: Told, select: Selection<'_>) -> Result<Self, ApiError> {
        Ok(Self { import: Some(AgreementImport::of(cx, &told, select).await?), errors: Vec::new() })
    }

    fn refused(errors: Vec<UserError>) -> Self {
        Self { import: None, errors }
    }
}

/// What an import found in a register, and what becomes of it. The counts of the five outcomes add up to the number of rows.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub(super) struct AgreementImport {
    /// Whether it was only looked through, and nothing was stored.
    dry_run: bool,
    /// How the file was read.
    format: ImportFormat,
    /// The columns of the file, from the first.
    columns: Vec<ImportColumn>,
    /// How many rows with content stand below the headings.
    row_count: i32,
    /// How many rows are new agreements, or in a dry run would be.
    created: i32,
    /// How many rows say what is on record already.
    unchanged: i32,
    /// How many rows say something else than what is on record, which stays as it is.
    differing: i32,
    /// How many rows say the same as a row above them.
    repeated: i32,
    /// How many rows are faulty; none where the import was made.
    faulty: i32,
    /// How many organisations are new to the shared directory.
    new_parties: i32,
    #[graphql(skip)]
    rows: Slots<Connection<ImportRow>>,
}

#[ComplexObject]
impl AgreementImport {
    /// The rows, in the order of the file. To page on, look the register through again with `after`.
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the first row.")] after: Option<String>,
        #[graphql(desc = "Only those with one of these outcomes; null or empty: all.")] outcomes: Option<Vec<ImportOutcome>>,
    ) -> Result<&Connection<ImportRow>, ApiError> {
        let _ = (first, after, outcomes);
        self.rows.get(ctx)
    }
}

/// A column of a register.
#[derive(SimpleObject, Debug)]
pub(super) struct ImportColumn {
    /// Its heading, as it stands in the file.
    heading: String,
    /// What it says; null where the heading is not known: the column is passed over.
    field: Option<ImportField>,
}

/// A row of a register, and what becomes of it.
#[derive(SimpleObject, Debug)]
pub(super) struct ImportRow {
    /// Its number as the spreadsheet shows it.
    number: i32,
    /// What becomes of it, or in a dry run would.
    outcome: ImportOutcome,
    /// What is wrong with it, or differs, by column; empty where there is nothing to tell.
    cells: Vec<ImportCell>,
    /// The number of the row above that is the same agreement; null where none is.
    same_as: Option<i32>,
    /// The agreement that is there already, or was made; null where there is none.
    agreement: Option<Arc<ProcessorAgreement>>,
}

/// What there is to tell about a cell of a register.
#[derive(SimpleObject, Debug)]
pub(super) struct ImportCell {
    /// The column, by its heading in the file; where the file lacks the column, what it would be called.
    column: String,
    /// What the column says.
    field: ImportField,
    /// What kind of mistake it is; null where it is none, but differs from what is on record.
    code: Option<RefusalCode>,
    /// What is wrong and what would be right, or what differs; in Swedish or, by `Accept-Language`, in English.
    message: String,
}

impl AgreementImport {
    async fn of(cx: &Cx, told: &Told, select: Selection<'_>) -> Result<Self, ApiError> {
        let Told { report, language } = told;
        let count = |outcome| number(report.count(outcome));
        let column = |column: &Column| ImportColumn { heading: column.heading.clone(), field: column.field };
        let mut import = Self {
            dry_run: report.dry_run,
            format: report.format,
            columns: report.columns.all.iter().map(column).collect(),
            row_count: number(report.rows.len()),
            created: count(ImportOutcome::Created),
            unchanged: count(ImportOutcome::Unchanged),
            differing: count(ImportOutcome::Differs),
            repeated: count(ImportOutcome::Repeated),
            faulty: count(ImportOutcome::Faulty),
            new_parties: number(report.new_parties),
            rows: Slots::default(),
        };
        for call in select.on("AgreementImport").iter().filter(|call| call.name == "rows") {
            import.rows.put(&call.key, rows(cx, report, *language, call).await?);
        }
        Ok(import)
    }
}

/// A page of the rows of a report.
async fn rows(cx: &Cx, report: &Report, language: Language, call: &Call<'_>) -> Result<Connection<ImportRow>, ApiError> {
    let outcomes: Vec<ImportOutcome> = call.argument("outcomes")?.unwrap_or_default();
    let count = call.select.asks(&Connection::<ImportRow>::name(), "totalCount");
    let list = ListName::of(&["AgreementImport.rows", &format!("{outcomes:?}")]);
    let call_of = Paging::of(call)?.page(list, cx.as_of, count, |argument| call.argument_path(argument))?;
    let wanted = report.rows.iter().filter(|row| outcomes.is_empty() || outcomes.contains(&row.outcome));
    let found = page_of(&wanted.collect::<Vec<_>>(), &call_of.page);
    let ids = once(found.rows.iter().filter_map(|row| row.agreement));
    // In a dry run nothing has been made that could be read.
    let inside = rows_of::<ImportRow>(&call.select).inside("ImportRow", "agreement");
    let asked = rows_of::<ImportRow>(&call.select).asks("ImportRow", "agreement");
    let agreements = if asked { load::agreement_nodes(cx, &ids, inside).await? } else { Vec::new() };
    let agreements: Vec<_> = agreements.into_iter().map(|(id, agreement)| (id, Arc::new(agreement))).collect();
    let row = |judged: &Judged| {
        let agreement = judged.agreement.and_then(|of| agreements.iter().find(|(id, _)| *id == of));
        (key(judged), Arc::new(ImportRow::of(judged, &report.columns, language, agreement.map(|(_, agreement)| agreement.clone()))))
    };
    Ok(Connection::new(&PageCall { list, page: call_of.page.clone() }, cx.as_of, found.map(row)))
}

/// The place of a row: by its number.
fn key(row: &Judged) -> Key {
    Key { sort: format!("{:010}", row.number), id: Uuid::nil() }
}

fn page_of<'a>(all: &[&'a Judged], page: &Page) -> Slice<&'a Judged> {
    let size = usize::from(page.size);
    let beyond = |row: &&&Judged| page.beyond.as_ref().is_none_or(|place| key(row).sort > place.sort);
    let mut rows: Vec<_> = all.iter().filter(beyond).take(size + 1).copied().collect();
    let more = rows.len() > size;
    rows.truncate(size);
    Slice { rows, more, total: i64::try_from(all.len()).ok() }
}

impl ImportRow {
    fn of(judged: &Judged, columns: &Columns, language: Language, agreement: Option<Arc<ProcessorAgreement>>) -> Self {
        let Judged { number, outcome, notes, agreement: _, same_as } = judged;
        let cell = |note: &Note| ImportCell {
            column: columns.heading(note.field),
            field: note.field,
            code: note.code,
            message: note.message.in_language(language).to_owned(),
        };
        Self {
            number: row_number(*number),
            outcome: *outcome,
            cells: notes.iter().map(cell).collect(),
            same_as: same_as.map(row_number),
            agreement,
        }
    }
}

/// A file has fewer rows than a number can count.
fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn row_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
