//! A register of agreements is imported: looked through first, then made whole or not at all.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{NaiveDate, TimeDelta};

use super::timeline::follow;
use crate::{
    app::{App, Asking, Cx},
    authz::{Action, Subject, Viewer, WriteScope, policy::possible, require},
    db::write::AT_ONCE,
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::{
            model::Controller,
            repo::{controllers_named, controllers_read, municipalities, successions},
            rules::succession::with_predecessors,
        },
        processor::{
            import::{
                columns::{Column, Columns},
                parties::{Directory, NewParty, Who},
                plan::{Board, ImportOutcome, Judged, Plan, ReadRow, Resolved, judge, resolve},
                row::{Note, Row},
                table::{ImportFormat, Table},
            },
            model::{
                Agreed, Agreement, AgreementParty, AgreementTemplate, Engagement, EngagementAuthorisation, Party, Position, Signature,
                Terms,
            },
            repo::{self, Upload},
            rules::{self, facts::Facts},
        },
        visibility::{self, Reader, touched},
    },
    kernel::{
        kinds::{ControllerId, MunicipalityId, PartyId, UploadId},
        period::Period,
        refusal::{Failure, Refusal, RefusalCode},
        text::{Text, sort_key},
    },
};

/// How long an upload is kept: a working day and the morning after it.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Uploads of one login that are kept at the same time.
const MOST_UPLOADS: u64 = 3;
/// Organisations that a file names, sub-processors included.
const MOST_NAMED: usize = 50_000;
/// Mistakes that a refused import tells; the dry run tells all.
const MOST_TOLD: usize = 10;
/// What a sub-processor does, where a register does not say.
const SERVICE_NOT_TOLD: &str = "Ej angivet";

/// Whether the viewer may import anything at all.
pub fn may_upload(viewer: &Viewer) -> Result<(), Refusal> {
    if possible(viewer).contains(&Action::ImportAgreements) { Ok(()) } else { Err(Refusal::forbidden("")) }
}

/// Keeps the table of a file for whoever sent it. The file itself is read before this, while nobody waits to write.
pub async fn upload(app: &App, asking: &Asking, content: String) -> Result<UploadId, Failure> {
    may_upload(&asking.viewer)?;
    let id = app.ids.id(asking.now);
    let tx = app.db.write().await?;
    let new = Upload { id, by: &asking.viewer, content, created_at: asking.now, expires_at: asking.now + KEPT };
    repo::keep_upload(&tx, new, MOST_UPLOADS).await?;
    tx.commit().await?;
    Ok(id)
}

/// An import.
#[derive(Debug)]
pub struct ImportAgreements {
    /// Of which file.
    pub upload: UploadId,
    /// Whether it is only looked through.
    pub dry_run: bool,
}

/// What an import found and did.
#[derive(Debug)]
pub struct Report {
    /// Whether it was only looked through.
    pub dry_run: bool,
    /// How the file was read.
    pub format: ImportFormat,
    /// The columns of the file.
    pub columns: Columns,
    /// What becomes of each row, in the order of the file.
    pub rows: Vec<Judged>,
    /// Organisations that are new to the shared directory.
    pub new_parties: usize,
}

impl Report {
    /// How many rows have this outcome.
    pub fn count(&self, outcome: ImportOutcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }

    /// The columns whose headings are not known, and that are passed over.
    pub fn passed_over(&self) -> impl Iterator<Item = &Column> {
        self.columns.all.iter().filter(|column| column.field.is_none() && !column.heading.is_empty())
    }
}

/// An import that was looked through, or done.
#[derive(Debug)]
pub enum Imported {
    /// Nothing was stored.
    Tried(Report),
    /// All of it was stored.
    Done(Recorded<Report>),
}

/// Imports an upload, or looks it through. Somebody else's is answered like one that does not exist.
pub async fn import(cx: &Cx, command: ImportAgreements) -> Result<Imported, Failure> {
    const PATH: &str = "uploadId";
    let content = repo::upload(&cx.tx, cx.viewer.account, command.upload, cx.now).await?.ok_or_else(|| Refusal::not_found(PATH))?;
    let table: Table = serde_json::from_str(&content).map_err(|error| Failure::Internal(error.into()))?;
    let imported = import_table(cx, table, command.dry_run, PATH).await?;
    if !command.dry_run {
        repo::forget_upload(&cx.tx, command.upload).await?;
    }
    Ok(imported)
}

/// Imports a table, or looks it through; `path` names the file in refusals.
pub async fn import_table(cx: &Cx, table: Table, dry_run: bool, path: &str) -> Result<Imported, Failure> {
    let (columns, rows) = read(&table, cx.today, path)?;
    let boards = Boards::of(cx).await?;
    let known = organisations(cx, &rows, path).await?;
    let mut directory = Directory::of(&known);
    let rows = resolve(rows, &boards.all, &mut directory, &known);
    let scope = right(cx, &rows)?;
    let on_record = match &scope {
        Some(scope) => on_record(cx, scope, &rows).await?,
        None => Vec::new(),
    };
    let Plan { rows, drafts } = judge(rows, &on_record, cx.today);
    let report = Report { dry_run, format: table.format, columns, rows, new_parties: named(&drafts).len() };
    if dry_run {
        return Ok(Imported::Tried(report));
    }
    if report.count(ImportOutcome::Faulty) > 0 {
        return Err(Failure::Refused(mistakes(&report, path)));
    }
    let Some(scope) = scope else { return Err(Failure::internal("an import of nothing")) };
    let making = Making { drafts, new: directory.new, known, boards };
    Ok(Imported::Done(making.store(cx, &scope, report).await?))
}

/// The columns of a table, and its rows as they were read.
fn read(table: &Table, today: NaiveDate, path: &str) -> Result<(Columns, Vec<ReadRow>), Failure> {
    let (columns, lines) = Columns::find(table, path).map_err(Failure::Refused)?;
    let rows = lines.iter().map(|line| Row::read(&columns, line, today).map_err(|notes| (line.number, notes))).collect();
    Ok((columns, rows))
}

/// The boards whose records the viewer reads, and who else reads them.
struct Boards {
    all: Vec<Board>,
    hosts: HashMap<ControllerId, MunicipalityId>,
    readers: HashMap<ControllerId, Vec<Reader>>,
}

impl Boards {
    async fn of(cx: &Cx) -> Result<Self, Failure> {
        let controllers = controllers_read(cx).await?;
        let ids: Vec<_> = controllers.iter().map(|controller| controller.id).collect();
        let readers = visibility::repo::readers(&cx.tx, &cx.scope, &ids).await?;
        let of: BTreeSet<_> = readers.values().flatten().map(|reader| reader.municipality).collect();
        let municipalities = municipalities(&cx.tx, &cx.scope, &of.into_iter().collect::<Vec<_>>()).await?;
        let names = |id: &ControllerId| {
            let shared = readers.get(id).into_iter().flatten().filter(|reader| reader.reads_on(cx.today));
            let found = shared.filter_map(|reader| municipalities.iter().find(|municipality| municipality.id == reader.municipality));
            found.flat_map(|municipality| [municipality.name.clone(), municipality.slug.clone()]).collect()
        };
        let may = |id| require(&cx.viewer, Action::ImportAgreements, Subject::Controller(id), "").is_ok();
        let board = |controller: &Controller| Board {
            id: controller.id,
            name: controller.name.clone(),
            municipalities: names(&controller.id),
            may: may(controller.id),
        };
        let all = controllers.iter().map(board).collect();
        Ok(Self { all, hosts: controllers.iter().map(|controller| (controller.id, controller.host)).collect(), readers })
    }
}

/// The organisations of the shared directory that rows name.
async fn organisations(cx: &Cx, rows: &[ReadRow], path: &str) -> Result<Vec<Party>, Failure> {
    let named = || rows.iter().flatten().flat_map(|row| std::iter::once(&row.processor).chain(&row.sub_processors));
    if named().count() > MOST_NAMED {
        return Err(Refusal::invalid(
            path,
            Text::new(
                format!("Filen nämner fler än {MOST_NAMED} organisationer; dela den."),
                format!("The file names more than {MOST_NAMED} organisations; split it."),
            ),
        )
        .into());
    }
    let numbers: BTreeSet<_> = named().filter_map(|named| named.number.clone()).collect();
    let names: BTreeMap<_, _> = named().map(|named| (sort_key(&named.name), named.name.clone())).collect();
    let (numbers, names): (Vec<_>, Vec<_>) = (numbers.into_iter().collect(), names.into_values().collect());
    Ok(repo::parties_called(&cx.tx, &cx.scope, &numbers, &names).await?)
}

/// The right to import the agreements of these rows; none where there is no row to import.
fn right(cx: &Cx, rows: &[Result<Resolved, Judged>]) -> Result<Option<WriteScope>, Refusal> {
    let controllers: BTreeSet<_> = rows.iter().flatten().map(|resolved| resolved.controller).collect();
    let mut scope = None;
    for controller in controllers {
        scope = Some(require(&cx.viewer, Action::ImportAgreements, Subject::Controller(controller), "")?);
    }
    Ok(scope)
}

/// What is on record about the agreements that these rows may mean. Boards are reorganised: what a board has taken over is its own.
async fn on_record(cx: &Cx, scope: &WriteScope, rows: &[Result<Resolved, Judged>]) -> Result<Vec<Facts>, Failure> {
    let successions = successions(&cx.tx, scope).await?;
    let controllers: BTreeSet<_> = rows.iter().flatten().map(|resolved| resolved.controller).collect();
    let controllers = with_predecessors(&controllers.into_iter().collect::<Vec<_>>(), &successions);
    let apart = |processor: PartyId, by: &str| (processor, sort_key(by));
    let mut meant = HashSet::new();
    for Resolved { row, processor, .. } in rows.iter().flatten() {
        if let Who::Known(processor) = processor {
            meant.insert(apart(*processor, &row.title));
            meant.extend(row.diary_number.as_deref().map(|number| apart(*processor, number)));
        }
    }
    let told = repo::agreements_told_apart(&cx.tx, scope, &controllers).await?;
    let by_number = |told: &repo::Told| told.diary_number.as_deref().is_some_and(|number| meant.contains(&apart(told.processor, number)));
    let found = told.iter().filter(|told| meant.contains(&apart(told.processor, &told.title)) || by_number(told));
    let found: BTreeSet<_> = found.map(|told| told.agreement).collect();
    let mut facts = Vec::with_capacity(found.len());
    for some in found.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        facts.extend(repo::facts(&cx.tx, scope, some).await?);
    }
    Ok(facts)
}

/// What is wrong with the rows, the first of it: where in the file it stands, by row and heading.
fn mistakes(report: &Report, path: &str) -> Vec<Refusal> {
    let notes = report.rows.iter().flat_map(|row| row.notes.iter().map(move |note| (row.number, note)));
    let faults = notes.filter_map(|(number, note)| Some((number, note, note.code?))).take(MOST_TOLD);
    let refusal = |(number, note, code): (u32, &Note, RefusalCode)| Refusal {
        path: vec![path.to_owned(), number.to_string(), report.columns.heading(note.field)],
        ..Refusal::new(code, "", note.message.clone())
    };
    faults.map(refusal).collect()
}

/// The new organisations that agreements name, by their places in the directory.
fn named(drafts: &[(usize, Resolved)]) -> BTreeSet<usize> {
    let all = drafts.iter().flat_map(|(_, draft)| std::iter::once(&draft.processor).chain(&draft.sub_processors));
    all.filter_map(|who| if let Who::New(at) = who { Some(*at) } else { None }).collect()
}

/// The agreements to be made, and all that they need.
struct Making {
    drafts: Vec<(usize, Resolved)>,
    new: Vec<NewParty>,
    known: Vec<Party>,
    boards: Boards,
}

/// An agreement with all that belongs to it.
struct Made {
    agreement: Agreement,
    party: AgreementParty,
    terms: Terms,
    engagements: Vec<Engagement>,
}

impl Making {
    /// Makes all of it, with as many statements as there are batches; the timeline follows and the audit log tells of each.
    async fn store(self, cx: &Cx, scope: &WriteScope, mut report: Report) -> Result<Recorded<Report>, Failure> {
        let parties = self.parties(cx)?;
        let hosts = self.hosts(cx).await?;
        let id = |who: Who| match who {
            Who::Known(id) => Ok(id),
            Who::New(at) => parties.get(&at).map(|party| party.id).ok_or_else(|| Failure::internal("a new party was not made")),
        };
        let mut made = Vec::with_capacity(self.drafts.len());
        for (place, draft) in &self.drafts {
            let processor = id(draft.processor)?;
            let listed = draft.sub_processors.iter().map(|who| id(*who)).collect::<Result<Vec<_>, _>>()?;
            let same = hosts.get(&processor).is_some_and(|host| self.boards.hosts.get(&draft.controller) == Some(host));
            let one = make(cx, draft, processor, listed, same);
            report.rows[*place].agreement = Some(one.agreement.id);
            made.push(one);
        }
        let parties: Vec<_> = parties.into_values().collect();
        repo::insert_parties(&cx.tx, scope, &parties).await?;
        insert(cx, scope, &made).await?;
        let ids: Vec<_> = made.iter().map(|one| one.agreement.id).collect();
        follow(&cx.tx, scope, &ids).await?;
        let registered = parties.iter().map(|party| (Touched::cooperation(), Change::made(party)));
        let drafted = made.iter().map(|one| {
            let readers = self.boards.readers.get(&one.party.controller).map(Vec::as_slice).unwrap_or_default();
            (touched(one.party.controller, readers, cx.today), one.change())
        });
        audit::record_all(&cx.doing(scope), registered.chain(drafted).collect(), report).await
    }

    /// The organisations that are new, by their places in the directory. To register them takes the right to do that.
    fn parties(&self, cx: &Cx) -> Result<BTreeMap<usize, Party>, Failure> {
        let named = named(&self.drafts);
        if !named.is_empty() {
            require(&cx.viewer, Action::RegisterParty, Subject::Shared, "")?;
        }
        let party = |at: usize| {
            let NewParty { name, number, country } = self.new.get(at)?.clone();
            let party = Party {
                id: cx.ids.id(cx.now),
                name,
                organisation_number: number,
                foreign_registration_number: None,
                controller: None,
                country,
                controlled_from: None,
                public_body: false,
                address: None,
                sub_processor_list_url: None,
                version: 1,
                withdrawn: false,
            };
            Some((at, party))
        };
        Ok(named.into_iter().filter_map(party).collect())
    }

    /// The municipalities of the boards that are processors themselves.
    async fn hosts(&self, cx: &Cx) -> Result<HashMap<PartyId, MunicipalityId>, Failure> {
        let boards: Vec<_> = self.known.iter().filter_map(|party| party.controller).collect();
        let found = controllers_named(&cx.tx, &cx.scope, &boards).await?;
        let host = |board: ControllerId| found.iter().find(|controller| controller.id == board).map(|controller| controller.host);
        Ok(self.known.iter().filter_map(|party| Some((party.id, host(party.controller?)?))).collect())
    }
}

/// The agreement that a row describes, with its board as its one party and lead.
fn make(cx: &Cx, draft: &Resolved, processor: PartyId, listed: Vec<PartyId>, same_municipality: bool) -> Made {
    let row = draft.row.clone();
    let from = row.terms_from(cx.today);
    let template = Agreed::default();
    let agreement = Agreement {
        id: cx.ids.id(cx.now),
        processor,
        title: row.title,
        instrument: rules::usual_instrument(same_municipality),
        template: row.template.unwrap_or(AgreementTemplate::Other),
        template_version: row.template_version,
        subject_matter: row.subject_matter,
        purpose: row.purpose,
        nature_of_processing: row.nature_of_processing,
        version: 1,
    };
    let party = AgreementParty {
        processing_from: row.processing_from,
        diary_number: row.diary_number,
        filed_at: row.filed_at,
        document_url: row.document_url,
        sub_processor_authorisation: row.sub_processor_authorisation,
        ..AgreementParty::new(cx.ids.id(cx.now), agreement.id, draft.controller, None)
    };
    let terms = Terms {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        number: 1,
        valid_from: from,
        signed_by_processor_on: row.signed_by_processor_on,
        signatures: row.signed_by_controller_on.map(|signed_on| Signature { party: party.id, signed_on }).into_iter().collect(),
        agreed: Agreed {
            termination_notice_days: row.termination_notice_days.unwrap_or(template.termination_notice_days),
            objection_days: row.objection_days.unwrap_or(template.objection_days),
            third_country_transfer_allowed: row.third_country_transfer_allowed.unwrap_or(template.third_country_transfer_allowed),
            fixed_end_on: row.valid_to,
            ..template
        },
    };
    let engagements = (1..).zip(listed).map(|(number, sub_processor)| Engagement {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        party: sub_processor,
        engaged_by: None,
        position: Position::below(None, number),
        service: SERVICE_NOT_TOLD.to_owned(),
        data_categories: Vec::new(),
        processing_countries: Vec::new(),
        authorisation: EngagementAuthorisation::ListedAtSigning,
        sub_agreement_on: None,
        copy_requested_on: None,
        copy_received_on: None,
        validity: Period { from, to: None },
        listed_to: None,
        introduced_by: None,
        version: 1,
    });
    Made { engagements: engagements.collect(), agreement, party, terms }
}

impl Made {
    fn change(&self) -> Change {
        let change = Change::made(&self.agreement).and(Change::made(&self.party)).and(Change::made(&self.terms));
        self.engagements.iter().fold(change, |change, engagement| change.and(Change::made(engagement)))
    }
}

async fn insert(cx: &Cx, scope: &WriteScope, made: &[Made]) -> Result<(), Failure> {
    let all = |made: &[Made]| made.iter().map(|one| one.agreement.clone()).collect::<Vec<_>>();
    repo::insert_agreements(&cx.tx, scope, &all(made)).await?;
    let parties: Vec<_> = made.iter().map(|one| one.party.clone()).collect();
    repo::insert_agreement_parties(&cx.tx, scope, &parties).await?;
    let terms: Vec<_> = made.iter().map(|one| one.terms.clone()).collect();
    repo::insert_terms(&cx.tx, scope, &terms).await?;
    repo::insert_signatures(&cx.tx, scope, &cx.ids, cx.now, &terms).await?;
    let engagements: Vec<_> = made.iter().flat_map(|one| one.engagements.clone()).collect();
    repo::insert_engagements(&cx.tx, scope, &engagements).await?;
    let opened: Vec<_> = made.iter().map(|one| one.agreement.id).collect();
    Ok(visibility::repo::open_agreements(&cx.tx, scope, &cx.ids, cx.now, &opened).await?)
}
