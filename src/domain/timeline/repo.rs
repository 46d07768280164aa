//! The timeline in the database. What stands in it follows from records; who may read those may read this.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::{timeline, timeline_rules};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    RULESET, Timeline,
    model::{Due, Said, Says, Span, SpanKind, TrafficLight},
};
use crate::{
    app::Cx,
    authz::WriteScope,
    db::{
        Tx, holds_on,
        page::{self, Sorting},
        row,
        write::{AT_ONCE, insert},
    },
    domain::visibility::repo::controller_is_open,
    kernel::{
        code::Code,
        ids::derived,
        kinds::{ControllerId, MunicipalityId},
        page::{Page, Slice},
        period::Period,
        text::Text,
    },
};

/// Sorts after every date.
const NEVER: &str = "9999-12-31";

/// Keeps what follows from the facts now in the place of what followed before. Only what differs is written: how many rows went or came.
pub async fn rewrite(tx: &Tx, _: &WriteScope, timelines: &[Timeline]) -> Result<usize, DbErr> {
    let new: HashMap<Uuid, timeline::Model> = timelines
        .iter()
        .flat_map(|timeline| timeline.spans.iter().map(|span| row_of(timeline.origin, span)))
        .map(|row| (row.id, row))
        .collect();
    let origins: Vec<Uuid> = timelines.iter().map(|timeline| timeline.origin).collect();
    let old = keys_of(tx, &origins).await?;
    let gone: Vec<Uuid> = old.iter().filter(|key| !new.contains_key(*key)).copied().collect();
    for keys in gone.chunks(AT_ONCE) {
        timeline::Entity::delete_many().filter(timeline::Column::Id.is_in(keys.iter().copied())).exec(tx).await?;
    }
    let mut added: Vec<_> = new.into_values().filter(|row| !old.contains(&row.id)).collect();
    added.sort_unstable_by_key(|row| row.id);
    let differing = gone.len() + added.len();
    insert(tx, added.into_iter().map(|row| timeline::ActiveModel::from(row).reset_all()).collect()).await?;
    Ok(differing)
}

async fn keys_of(tx: &Tx, origins: &[Uuid]) -> Result<HashSet<Uuid>, DbErr> {
    let mut found = HashSet::new();
    for origins in origins.chunks(AT_ONCE) {
        let select = timeline::Entity::find().select_only().column(timeline::Column::Id);
        let select = select.filter(timeline::Column::OriginId.is_in(origins.iter().copied()));
        found.extend(select.into_tuple::<Uuid>().all(tx).await?);
    }
    Ok(found)
}

/// Whether the timeline was derived by the rules of this program.
pub async fn is_by_these_rules(tx: &Tx) -> Result<bool, DbErr> {
    let stored = timeline_rules::Entity::find().one(tx).await?;
    Ok(stored.is_some_and(|row| row.ruleset == RULESET))
}

/// Notes that the timeline was derived by the rules of this program.
pub async fn by_these_rules(tx: &Tx, _: &WriteScope) -> Result<(), DbErr> {
    timeline_rules::Entity::delete_many().exec(tx).await?;
    insert(tx, vec![timeline_rules::ActiveModel { id: Set(Uuid::nil()), ruleset: Set(RULESET) }]).await
}

/// What is said of one kind on a day, of records that were opened.
pub async fn said_on(tx: &Tx, kind: SpanKind, of: &[Uuid], day: NaiveDate) -> Result<Vec<Said>, DbErr> {
    use timeline::Column;
    let mut found = Vec::new();
    for keys in of.chunks(AT_ONCE) {
        let select = of_kind(kind, day).filter(Column::SubjectId.is_in(keys.iter().copied()));
        found.extend(select.all(tx).await?);
    }
    found.iter().map(said).collect()
}

/// The codes of what is said of one kind on a day, of records that were opened and have one such thing said of them at a time.
pub async fn codes_on<C: Code>(tx: &Tx, kind: SpanKind, of: &[Uuid], day: NaiveDate) -> Result<HashMap<Uuid, C>, DbErr> {
    said_on(tx, kind, of, day).await?.into_iter().map(|said| Ok((said.subject, row::code(&said.code)?))).collect()
}

/// Which findings, deadlines or cases a list shows.
#[derive(Clone, Debug, Default)]
pub struct SaidFilter {
    /// Those for controllers that are read by this municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those for these controllers.
    pub controllers: Option<Vec<ControllerId>>,
    /// Those with these codes.
    pub codes: Vec<&'static str>,
    /// Those as bad as this.
    pub severities: Vec<TrafficLight>,
    /// Those due before this day.
    pub due_before: Option<NaiveDate>,
    /// Those due on this day at the latest.
    pub due_until: Option<NaiveDate>,
    /// Those about one of these.
    pub about: Option<Vec<Uuid>>,
    /// The latest due or the least bad first, in the place of the other way round.
    pub latest_first: bool,
}

/// A page of what is said of one kind on `as_of`, for controllers that the scope opens: soonest due or worst first.
pub async fn said_page(cx: &Cx, kind: SpanKind, filter: &SaidFilter, asked: &Page) -> Result<Slice<Said>, DbErr> {
    let sorting = Sorting { descending: filter.latest_first, ..Sorting::ascending(timeline::Column::SortKey, timeline::Column::Id) };
    page::page(&cx.tx, open(cx, kind, filter), sorting, asked).await?.try_map(|row| said(&row))
}

/// The same for each controller.
pub async fn said_of_controllers(cx: &Cx, kind: SpanKind, of: &[ControllerId], asked: &Page) -> Result<HashMap<Uuid, Slice<Said>>, DbErr> {
    use timeline::Column;
    let filter = SaidFilter { controllers: Some(of.to_vec()), ..SaidFilter::default() };
    pages(cx, open(cx, kind, &filter), Column::ControllerId, asked).await
}

/// The same for each thing that it is about.
pub async fn said_about(cx: &Cx, kind: SpanKind, of: &[Uuid], asked: &Page) -> Result<HashMap<Uuid, Slice<Said>>, DbErr> {
    let filter = SaidFilter { about: Some(of.to_vec()), ..SaidFilter::default() };
    pages(cx, open(cx, kind, &filter), timeline::Column::AboutId, asked).await
}

async fn pages(
    cx: &Cx,
    select: Select<timeline::Entity>,
    parent: timeline::Column,
    asked: &Page,
) -> Result<HashMap<Uuid, Slice<Said>>, DbErr> {
    let sorting = Sorting::ascending(timeline::Column::SortKey, timeline::Column::Id);
    let parent = Expr::col(parent.as_column_ref());
    let pages = page::pages(&cx.tx, select, parent, sorting, asked).await?;
    pages.into_iter().map(|(parent, slice)| Ok((parent, slice.try_map(|row| said(&row))?))).collect()
}

/// What is said of one kind of these records on `as_of`, for controllers that the scope opens.
pub async fn said_of(cx: &Cx, kind: SpanKind, of: &[Uuid]) -> Result<Vec<Said>, DbErr> {
    let select = open(cx, kind, &SaidFilter::default()).filter(timeline::Column::SubjectId.is_in(of.iter().copied()));
    select.all(&cx.tx).await?.iter().map(said).collect()
}

/// True in the database for the records of which one of these things (empty: anything) of a kind is said on a day, and due before
/// another where one is given. `subject` is the column of the record's key.
pub fn is_said<C: ColumnTrait>(
    kind: SpanKind,
    codes: &[&'static str],
    due_before: Option<NaiveDate>,
    subject: C,
    day: NaiveDate,
) -> Condition {
    use timeline::Column;
    let kind: &'static str = kind.into();
    let mut said = Condition::all().add(Column::Kind.eq(kind)).add(holds_on(Column::ValidFrom, Column::ValidTo, day));
    if !codes.is_empty() {
        said = said.add(Column::Code.is_in(codes.iter().copied()));
    }
    if let Some(day) = due_before {
        said = said.add(Column::DueOn.lt(day));
    }
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(timeline::Entity)
        .and_where(Expr::col(Column::SubjectId.as_column_ref()).equals(subject.as_column_ref()))
        .cond_where(said)
        .to_owned();
    Condition::all().add(Expr::exists(rows))
}

/// What is said of one kind about these things on `as_of`, as it follows from the facts of these records, for controllers that the scope
/// opens.
pub async fn said_about_under(cx: &Cx, kind: SpanKind, about: &[Uuid], under: &[Uuid]) -> Result<Vec<Said>, DbErr> {
    let filter = SaidFilter { about: Some(about.to_vec()), ..SaidFilter::default() };
    let select = open(cx, kind, &filter).filter(timeline::Column::OriginId.is_in(under.iter().copied()));
    select.all(&cx.tx).await?.iter().map(said).collect()
}

fn of_kind(kind: SpanKind, day: NaiveDate) -> Select<timeline::Entity> {
    use timeline::Column;
    let code: &'static str = kind.into();
    timeline::Entity::find().filter(Column::Kind.eq(code)).filter(holds_on(Column::ValidFrom, Column::ValidTo, day))
}

fn open(cx: &Cx, kind: SpanKind, filter: &SaidFilter) -> Select<timeline::Entity> {
    use timeline::Column;
    let SaidFilter { municipality, controllers, codes, severities, due_before, due_until, about, latest_first: _ } = filter;
    let mut wanted = Condition::all().add(controller_is_open(cx, Column::ControllerId, *municipality));
    if let Some(controllers) = controllers {
        wanted = wanted.add(Column::ControllerId.is_in(controllers.iter().map(|id| id.key())));
    }
    if !codes.is_empty() {
        wanted = wanted.add(Column::Code.is_in(codes.iter().copied()));
    }
    if !severities.is_empty() {
        wanted = wanted.add(Column::Severity.is_in(severities.iter().map(|severity| severity.code())));
    }
    if let Some(day) = due_before {
        wanted = wanted.add(Column::DueOn.lt(*day));
    }
    if let Some(day) = due_until {
        wanted = wanted.add(Column::DueOn.lte(*day));
    }
    if let Some(about) = about {
        wanted = wanted.add(Column::AboutId.is_in(about.iter().copied()));
    }
    of_kind(kind, cx.as_of).filter(wanted)
}

/// A span as a row. Its key follows from all that it says, so that what is derived anew and did not change stays as it is.
fn row_of(origin: Uuid, span: &Span) -> timeline::Model {
    let (kind, code, about) = span.says.parts();
    let kind: &'static str = kind.into();
    let severity = match span.says {
        Says::Finding(_, severity) => Some(severity),
        _ => None,
    };
    let ends_on = match span.says {
        Says::Ends(day) => Some(day),
        _ => None,
    };
    let due = span.due.as_ref();
    let due_on = due.map(|due| due.on).or(ends_on);
    let sort_key = match severity {
        Some(severity) => format!("{} {}", worst_first(severity), span.holds.from),
        None => due_on.map_or_else(|| NEVER.to_owned(), |on| on.to_string()),
    };
    let mut row = timeline::Model {
        id: Uuid::nil(),
        origin_id: origin,
        kind: kind.to_owned(),
        code: code.to_owned(),
        subject: span.subject.prefix.to_owned(),
        subject_id: span.subject.key,
        controller_id: span.controller.map(ControllerId::key),
        about_id: about,
        valid_from: span.holds.from,
        valid_to: span.holds.to,
        start_on: due.map(|due| due.start),
        raw_on: due.map(|due| due.raw),
        due_on,
        severity: severity.map(|severity| severity.code().to_owned()),
        rule: span.rule.to_owned(),
        counting: due.map(|due| due.counting.clone()),
        detail_sv: span.detail.as_ref().map(|detail| detail.sv.clone().into_owned()),
        detail_en: span.detail.as_ref().map(|detail| detail.en.clone().into_owned()),
        sort_key,
    };
    row.id = derived(&[b"timeline", format!("{row:?}").as_bytes()]);
    row
}

fn worst_first(severity: TrafficLight) -> u8 {
    match severity {
        TrafficLight::Red => 0,
        TrafficLight::Yellow => 1,
        TrafficLight::Green => 2,
    }
}

fn said(row: &timeline::Model) -> Result<Said, DbErr> {
    let fault = |what: &str| DbErr::Type(format!("timeline {}: {what}", row.id));
    let due = match (row.start_on, row.raw_on, row.due_on, &row.counting) {
        (Some(start), Some(raw), Some(on), Some(counting)) => Some(Due { start, raw, on, counting: counting.clone() }),
        _ => None,
    };
    Ok(Said {
        id: row.id,
        code: row.code.clone(),
        subject_id: format!("{}_{}", row.subject, row.subject_id.simple()),
        subject: row.subject_id,
        origin: row.origin_id,
        controller: row.controller_id.map(ControllerId::new),
        about: row.about_id,
        holds: Period::new(row.valid_from, row.valid_to).ok_or_else(|| fault("it ends before it begins"))?,
        due,
        due_on: row.due_on,
        severity: row.severity.as_deref().map(row::code).transpose()?,
        rule: row.rule.clone(),
        detail: row.detail_sv.clone().zip(row.detail_en.clone()).map(|(sv, en)| Text::new(sv, en)),
        sort_key: row.sort_key.clone(),
    })
}
