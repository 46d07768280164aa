//! `samverkan import`: a register of agreements, looked through or imported at the server.

use std::{io::Write, path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use clap::Args;

use super::{Settings, open};
use crate::{
    app::{App, Asking, Work},
    auth::{Freshness, Logins, session},
    config::Config,
    domain::processor::{
        import::{
            EXAMPLE,
            plan::ImportOutcome,
            table::{ImportFormat, Table},
        },
        service::import::{Imported, Report, import_table},
    },
    kernel::{
        clock::{SystemClock, date_in_sweden},
        code::Code,
        ids::Ids,
        kinds::PersonId,
        refusal::{Failure, Refusal},
    },
};

/// A register, and in whose name it is imported.
#[derive(Args, Debug)]
pub struct Import {
    #[command(flatten)]
    settings: Settings,
    /// The id of the person who coordinates the boards of the register; the audit log names that person.
    #[arg(long = "as", value_name = "PERSON", required_unless_present = "example")]
    by: Option<String>,
    /// Import it. Without this it is only looked through.
    #[arg(long, conflicts_with = "dry_run")]
    write: bool,
    /// Only look it through, as without --write.
    #[arg(long)]
    dry_run: bool,
    /// Print an example of a register with every column, and end.
    #[arg(long, conflicts_with_all = ["by", "write", "dry_run", "file"])]
    example: bool,
    /// The register: CSV, or a workbook of Excel (XLSX).
    #[arg(required_unless_present = "example")]
    file: Option<PathBuf>,
}

/// Imports a register or looks it through, and tells what becomes of its rows; ends with an error where one is faulty.
pub(super) async fn import(import: Import) -> anyhow::Result<()> {
    if import.example {
        return Ok(write!(std::io::stdout().lock(), "{EXAMPLE}")?);
    }
    let (Some(by), Some(file)) = (&import.by, &import.file) else { bail!("--as and a file: both are needed") };
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let table = Table::read(&bytes).map_err(|fault| anyhow::anyhow!("{}: {}", file.display(), fault.en))?;
    let config = Config::load(import.settings.config.as_deref())?;
    let db = open(&config).await?;
    let logins = Arc::new(Logins::new(config.login, Freshness::default())?);
    let app = App { db: db.clone(), clock: Arc::new(SystemClock::default()), ids: Arc::new(Ids::random()?), logins };
    let work = Work::begin(&app).await?;
    let now = app.clock.now();
    let viewer = match PersonId::parse(by) {
        Ok(person) => session::of_person(work.tx(), person, date_in_sweden(now)).await?,
        Err(_) => None,
    };
    let viewer = viewer.with_context(|| format!("--as: {by} is no person with a login"))?;
    let cx = app.step(&Asking::new(viewer, now), &work, "import").await?;
    let format = table.format;
    let report = match import_table(&cx, table, !import.write, "").await {
        Ok(Imported::Tried(report)) => report,
        Ok(Imported::Done(recorded)) => {
            work.keep(cx).await?;
            work.commit().await?;
            db.close().await?;
            return told(format, &recorded.into_inner());
        }
        Err(Failure::Refused(refusals)) => {
            let mut out = std::io::stdout().lock();
            for refusal in &refusals {
                writeln!(out, "{}", line(refusal))?;
            }
            bail!("nothing was imported: look the register through without --write, which tells all that is wrong")
        }
        Err(other) => return Err(other.into()),
    };
    drop(cx);
    work.undo().await?;
    db.close().await?;
    told(format, &report)
}

/// A mistake, with the row and the heading where it stands.
fn line(refusal: &Refusal) -> String {
    match refusal.path.as_slice() {
        [.., row, heading] => format!("row {row}, {heading}: {}", refusal.message.en),
        _ => refusal.message.en.to_string(),
    }
}

/// Tells what was found, a line for each cell that there is something to tell about, and the counts.
fn told(format: ImportFormat, report: &Report) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "read as {}", format.code())?;
    for column in report.passed_over() {
        writeln!(out, "column {}: not known, passed over", column.heading)?;
    }
    for row in &report.rows {
        for note in &row.notes {
            writeln!(out, "row {}, {}: {}", row.number, report.columns.heading(note.field), note.message.en)?;
        }
        if let (ImportOutcome::Repeated, Some(above)) = (row.outcome, row.same_as) {
            writeln!(out, "row {}: the same as row {above}", row.number)?;
        }
    }
    let count = |outcome| report.count(outcome);
    let would_be = if report.dry_run { " (dry run)" } else { "" };
    writeln!(
        out,
        "{} rows: {} created, {} unchanged, {} differ, {} repeated, {} faulty; {} new organisations{would_be}",
        report.rows.len(),
        count(ImportOutcome::Created),
        count(ImportOutcome::Unchanged),
        count(ImportOutcome::Differs),
        count(ImportOutcome::Repeated),
        count(ImportOutcome::Faulty),
        report.new_parties,
    )?;
    match count(ImportOutcome::Faulty) {
        0 => Ok(()),
        faulty => bail!("{faulty} rows are faulty; while one is, nothing of the file is imported"),
    }
}
