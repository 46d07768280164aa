//! The common part of agreements in the database.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{agreement, agreement_party, agreement_reader, controller_holder, engagement};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};

use super::{Pages, agreement_party::is_party_on, turned};
use crate::{
    app::Cx,
    authz::WriteScope,
    db::{
        Tx, contains, holds_on, open_period_holds_on,
        page::{self, Sorting},
        row,
        write::{insert, update, withdraw},
    },
    domain::{
        processor::model::{Agreement, AgreementStatus},
        timeline::{
            model::{FindingCode, SpanKind},
            repo::is_said,
        },
        visibility::repo::agreement_is_open,
    },
    kernel::{
        code::Code,
        id::keys,
        kinds::{AgreementId, ControllerId, MunicipalityId, PartyId},
        page::{Page, Slice},
        text::sort_key,
    },
};

/// Which agreements a list shows.
#[derive(Clone, Debug, Default)]
pub struct AgreementFilter {
    /// Those of a controller of this municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those of this controller.
    pub controller: Option<ControllerId>,
    /// Those with this processor.
    pub processor: Option<PartyId>,
    /// Those under which this sub-processor is engaged, at any depth.
    pub sub_processor: Option<PartyId>,
    /// Those with one of these statuses; empty: all.
    pub status: Vec<AgreementStatus>,
    /// Those that end before this day.
    pub ends_before: Option<NaiveDate>,
    /// Those that lack contents, or those that do not.
    pub incomplete: Option<bool>,
    /// Those whose title contains this.
    pub text: Option<String>,
}

/// By what agreements are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementSorting {
    /// By title.
    Title,
    /// By when they were recorded here.
    Recorded,
}

/// The agreements that the scope opens.
pub async fn agreements_page(
    cx: &Cx,
    filter: &AgreementFilter,
    by: AgreementSorting,
    descending: bool,
    asked: &Page,
) -> Result<Slice<Agreement>, DbErr> {
    let by = match by {
        AgreementSorting::Title => Some(agreement::Column::TitleSort),
        AgreementSorting::Recorded => None,
    };
    let sorting = Sorting { by, id: agreement::Column::Id, descending };
    page::page(&cx.tx, open_agreements(cx, filter), sorting, asked).await?.try_map(agreement)
}

/// The agreements of each controller that the scope opens, by title.
pub async fn agreements_of_controllers(
    cx: &Cx,
    of: &[ControllerId],
    filter: &AgreementFilter,
    asked: &Page,
) -> Result<Pages<Agreement>, DbErr> {
    let held = |column: &'static str| Expr::col((Alias::new("held"), Alias::new(column)));
    let mut select = open_agreements(cx, filter);
    let theirs = held("agreement_id").equals(agreement::Column::Id.as_column_ref());
    QuerySelect::query(&mut select).join_subquery(JoinType::InnerJoin, held_by(of, cx.as_of), Alias::new("held"), theirs);
    turned(page::pages(&cx.tx, select, held("holder_id"), by_title(), asked).await?, agreement)
}

/// The agreements that controllers are parties to on a day, as signatories or because they hold a signatory's duties: each once.
fn held_by(these: &[ControllerId], day: NaiveDate) -> SelectStatement {
    use agreement_party::Column as Party;
    use controller_holder::Column as Holder;
    Query::select()
        .distinct()
        .column(Party::AgreementId.as_column_ref())
        .column(Holder::HolderId.as_column_ref())
        .from(controller_holder::Entity)
        .inner_join(agreement_party::Entity, Expr::col(Party::ControllerId.as_column_ref()).equals(Holder::ControllerId.as_column_ref()))
        .cond_where(Holder::HolderId.is_in(keys(these)))
        .cond_where(open_period_holds_on(Holder::ValidFrom, Holder::ValidTo, day))
        .cond_where(is_party_on(day))
        .to_owned()
}

/// The agreements with each processor that the scope opens, by title.
pub async fn agreements_of_processors(cx: &Cx, of: &[PartyId], filter: &AgreementFilter, asked: &Page) -> Result<Pages<Agreement>, DbErr> {
    let select = open_agreements(cx, filter).filter(agreement::Column::ProcessorId.is_in(keys(of)));
    let parent = Expr::col(agreement::Column::ProcessorId.as_column_ref());
    turned(page::pages(&cx.tx, select, parent, by_title(), asked).await?, agreement)
}

/// The agreements with these ids that the scope opens.
pub async fn agreements(cx: &Cx, ids: &[AgreementId]) -> Result<Vec<Agreement>, DbErr> {
    let select = agreement::Entity::find().filter(agreement::Column::Id.is_in(keys(ids))).filter(agreement_is_open(
        &cx.scope,
        agreement::Column::Id,
        cx.today,
    ));
    select.all(&cx.tx).await?.into_iter().map(agreement).collect()
}

fn by_title() -> Sorting<agreement::Column> {
    Sorting::ascending(agreement::Column::TitleSort, agreement::Column::Id)
}

fn open_agreements(cx: &Cx, filter: &AgreementFilter) -> Select<agreement::Entity> {
    use agreement::Column;
    let AgreementFilter { municipality, controller, processor, sub_processor, status, ends_before, incomplete, text } = filter;
    let mut select = agreement::Entity::find().filter(agreement_is_open(&cx.scope, Column::Id, cx.today));
    if let Some(municipality) = municipality {
        use agreement_party::Column as Party;
        use agreement_reader::Column as Reader;
        use controller_holder::Column as Holder;
        let same_agreement = Expr::col(Party::AgreementId.as_column_ref()).equals(Reader::AgreementId.as_column_ref());
        let same_party = Expr::col(Holder::ControllerId.as_column_ref())
            .equals(Party::ControllerId.as_column_ref())
            .and(Expr::col(Holder::HolderId.as_column_ref()).equals(Reader::ControllerId.as_column_ref()));
        let theirs = Query::select()
            .column(Reader::AgreementId.as_column_ref())
            .from(agreement_reader::Entity)
            .inner_join(agreement_party::Entity, same_agreement)
            .inner_join(controller_holder::Entity, same_party)
            .cond_where(Reader::MunicipalityId.eq(municipality.key()))
            .cond_where(is_party_on(cx.as_of))
            .cond_where(open_period_holds_on(Holder::ValidFrom, Holder::ValidTo, cx.as_of))
            .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, cx.as_of))
            .to_owned();
        select = select.filter(Column::Id.in_subquery(theirs));
    }
    if let Some(controller) = controller {
        let theirs =
            held_by(&[*controller], cx.as_of).clear_selects().column(agreement_party::Column::AgreementId.as_column_ref()).to_owned();
        select = select.filter(Column::Id.in_subquery(theirs));
    }
    if let Some(processor) = processor {
        select = select.filter(Column::ProcessorId.eq(processor.key()));
    }
    if let Some(party) = sub_processor {
        use engagement::Column as Engaged;
        let theirs = Query::select()
            .column(Engaged::AgreementId)
            .from(engagement::Entity)
            .cond_where(Engaged::PartyId.eq(party.key()))
            .cond_where(Engaged::WithdrawnAt.is_null())
            .cond_where(holds_on(Engaged::ValidFrom, Engaged::ValidTo, cx.as_of))
            .to_owned();
        select = select.filter(Column::Id.in_subquery(theirs));
    }
    if !status.is_empty() {
        let codes: Vec<_> = status.iter().map(|status| status.code()).collect();
        select = select.filter(is_said(SpanKind::Status, &codes, None, Column::Id, cx.as_of));
    }
    if let Some(day) = ends_before {
        select = select.filter(is_said(SpanKind::End, &[], Some(*day), Column::Id, cx.as_of));
    }
    if let Some(incomplete) = incomplete {
        let lacking = [FindingCode::ContentMissing.code(), FindingCode::ProcessingNotStated.code()];
        let said = is_said(SpanKind::Finding, &lacking, None, Column::Id, cx.as_of);
        select = select.filter(if *incomplete { said } else { said.not() });
    }
    if let Some(text) = text {
        select = select.filter(contains(Column::TitleSort, &sort_key(text)));
    }
    select
}

/// The agreements with these ids, for a change that concerns them whoever's they are.
pub async fn agreements_to_change(tx: &Tx, _: &WriteScope, ids: &[AgreementId]) -> Result<Vec<Agreement>, DbErr> {
    let select = agreement::Entity::find().filter(agreement::Column::Id.is_in(keys(ids))).filter(agreement::Column::WithdrawnAt.is_null());
    select.all(tx).await?.into_iter().map(agreement).collect()
}

/// Stores new agreements.
pub async fn insert_agreements(tx: &Tx, _: &WriteScope, new: &[Agreement]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(agreement_row).collect()).await
}

/// Stores a changed agreement; false where somebody was faster.
pub async fn update_agreement(tx: &Tx, _: &WriteScope, changed: &Agreement) -> Result<bool, DbErr> {
    use agreement::Column;
    update(tx, agreement_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws an agreement, with what its parties have on record of it and all that is engaged under it; false where somebody was
/// faster.
pub async fn withdraw_agreement(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Agreement) -> Result<bool, DbErr> {
    use agreement::{Column, Entity};
    use agreement_party::Column as Party;
    use engagement::Column as Engaged;
    let key = mistake.id.key();
    let parties = agreement_party::Entity::update_many()
        .col_expr(Party::WithdrawnAt, Expr::value(now))
        .col_expr(Party::Version, Expr::col(Party::Version).add(1))
        .filter(Party::AgreementId.eq(key))
        .filter(Party::WithdrawnAt.is_null());
    parties.exec(tx).await?;
    let engagements = engagement::Entity::update_many()
        .col_expr(Engaged::WithdrawnAt, Expr::value(now))
        .col_expr(Engaged::Version, Expr::col(Engaged::Version).add(1))
        .filter(Engaged::AgreementId.eq(key))
        .filter(Engaged::WithdrawnAt.is_null());
    engagements.exec(tx).await?;
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, key), (Column::Version, mistake.version)).await
}

fn agreement(row: agreement::Model) -> Result<Agreement, DbErr> {
    Ok(Agreement {
        id: AgreementId::new(row.id),
        processor: PartyId::new(row.processor_id),
        title: row.title,
        instrument: row::code(&row.instrument)?,
        template: row::code(&row.template)?,
        template_version: row.template_version,
        subject_matter: row.subject_matter,
        purpose: row.purpose,
        nature_of_processing: row.nature_of_processing,
        version: row.version,
    })
}

fn agreement_row(model: &Agreement) -> agreement::ActiveModel {
    agreement::ActiveModel {
        id: Set(model.id.key()),
        processor_id: Set(model.processor.key()),
        title: Set(model.title.clone()),
        title_sort: Set(sort_key(&model.title)),
        instrument: Set(model.instrument.code().to_owned()),
        template: Set(model.template.code().to_owned()),
        template_version: Set(model.template_version.clone()),
        subject_matter: Set(model.subject_matter.clone()),
        purpose: Set(model.purpose.clone()),
        nature_of_processing: Set(model.nature_of_processing.clone()),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}
