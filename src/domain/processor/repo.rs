//! Parties, agreements and sub-processors in the database. Agreements and what belongs to them are read through
//! [`visibility`](crate::domain::visibility): what the scope does not open is not there.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{agreement, agreement_party, agreement_reader, engagement, party};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Query, UnionType},
};
use uuid::Uuid;

use super::model::{Agreement, AgreementParty, Engagement, Party, Position};
use crate::{
    app::Cx,
    authz::{ReadScope, WriteScope},
    db::{
        Tx, contains, holds_on, open_period_holds_on,
        page::{self, Sorting},
        row,
    },
    domain::visibility::repo::agreement_is_open,
    kernel::{
        code::Code,
        country::CountryCode,
        id::Id,
        kinds::{AgreementId, AgreementPartyId, ControllerId, EngagementId, MunicipalityId, PartyId, PersonId},
        page::{Page, Slice},
        period::Period,
        text::sort_key,
    },
};

fn keys<K>(ids: &[Id<K>]) -> impl Iterator<Item = Uuid> {
    ids.iter().map(|id| id.key())
}

type Pages<T> = HashMap<Uuid, Slice<T>>;

fn turned<R, T>(pages: Pages<R>, turn: impl Fn(R) -> Result<T, DbErr>) -> Result<Pages<T>, DbErr> {
    pages.into_iter().map(|(parent, slice)| Ok((parent, slice.try_map(&turn)?))).collect()
}

// ── parties ──────────────────────────────────────────────────────────────────────────────────────

/// Which parties a list shows.
#[derive(Clone, Debug, Default)]
pub struct PartyFilter {
    /// Those whose name contains this.
    pub text: Option<String>,
    /// Those established there.
    pub country: Option<CountryCode>,
    /// The one with this number.
    pub organisation_number: Option<String>,
}

/// The parties of the shared directory.
pub async fn parties_page(tx: &Tx, scope: &ReadScope, filter: &PartyFilter, asked: &Page) -> Result<Slice<Party>, DbErr> {
    use party::Column;
    let mut select = party::Entity::find().filter(scope.directory_condition());
    if let Some(text) = &filter.text {
        select = select.filter(contains(Column::NameSort, &sort_key(text)));
    }
    if let Some(country) = filter.country {
        select = select.filter(Column::Country.eq(country.as_str()));
    }
    if let Some(number) = &filter.organisation_number {
        select = select.filter(Column::OrganisationNumber.eq(number.as_str()));
    }
    page::page(tx, select, Sorting::ascending(Column::NameSort, Column::Id), asked).await?.try_map(party)
}

/// The parties with these ids.
pub async fn parties(tx: &Tx, scope: &ReadScope, ids: &[PartyId]) -> Result<Vec<Party>, DbErr> {
    let select = party::Entity::find().filter(scope.directory_condition()).filter(party::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.into_iter().map(party).collect()
}

/// A party other than `but` that has this number or is this controller, if one has or is.
pub async fn same_party(
    tx: &Tx,
    _: &WriteScope,
    number: Option<&str>,
    controller: Option<ControllerId>,
    but: PartyId,
) -> Result<Option<Party>, DbErr> {
    use party::Column;
    let mut same = Condition::any();
    if let Some(number) = number {
        same = same.add(Column::OrganisationNumber.eq(number));
    }
    if let Some(controller) = controller {
        same = same.add(Column::ControllerId.eq(controller.key()));
    }
    if same.is_empty() {
        return Ok(None);
    }
    party::Entity::find().filter(same).filter(Column::Id.ne(but.key())).one(tx).await?.map(party).transpose()
}

/// Which municipalities use each party, as processor or sub-processor. Their names are open to all members, so that coordinators
/// can help each other: the one exception from the scope.
pub async fn used_by(
    tx: &Tx,
    scope: &ReadScope,
    ids: &[PartyId],
    today: NaiveDate,
) -> Result<HashMap<PartyId, Vec<MunicipalityId>>, DbErr> {
    use agreement_reader::Column as Reader;
    let as_processor = Query::select()
        .expr_as(Expr::col(agreement::Column::ProcessorId.as_column_ref()), Alias::new("party_id"))
        .column(Reader::MunicipalityId.as_column_ref())
        .from(agreement::Entity)
        .inner_join(agreement_reader::Entity, Expr::col(Reader::AgreementId.as_column_ref()).equals(agreement::Column::Id.as_column_ref()))
        .cond_where(agreement::Column::ProcessorId.is_in(keys(ids)))
        .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, today))
        .cond_where(scope.directory_condition())
        .to_owned();
    let as_sub_processor = Query::select()
        .column(engagement::Column::PartyId.as_column_ref())
        .column(Reader::MunicipalityId.as_column_ref())
        .from(engagement::Entity)
        .inner_join(
            agreement_reader::Entity,
            Expr::col(Reader::AgreementId.as_column_ref()).equals(engagement::Column::AgreementId.as_column_ref()),
        )
        .cond_where(engagement::Column::PartyId.is_in(keys(ids)))
        .cond_where(holds_on(engagement::Column::ValidFrom, engagement::Column::ValidTo, today))
        .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, today))
        .cond_where(scope.directory_condition())
        .to_owned();
    let mut used: HashMap<PartyId, Vec<MunicipalityId>> = HashMap::new();
    let union = as_processor.clone().union(UnionType::Distinct, as_sub_processor).to_owned();
    for row in tx.query_all(&union).await? {
        let municipality = MunicipalityId::new(row.try_get("", "municipality_id")?);
        used.entry(PartyId::new(row.try_get("", "party_id")?)).or_default().push(municipality);
    }
    Ok(used)
}

/// Stores new parties.
pub async fn insert_parties(tx: &Tx, _: &WriteScope, new: &[Party]) -> Result<(), DbErr> {
    for some in new.chunks(500) {
        party::Entity::insert_many(some.iter().map(party_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed party; false where somebody was faster.
pub async fn update_party(tx: &Tx, _: &WriteScope, changed: &Party) -> Result<bool, DbErr> {
    use party::Column;
    let update = party::Entity::update_many().set(party_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

fn party(row: party::Model) -> Result<Party, DbErr> {
    Ok(Party {
        id: PartyId::new(row.id),
        name: row.name,
        organisation_number: row.organisation_number,
        foreign_registration_number: row.foreign_registration_number,
        controller: row.controller_id.map(ControllerId::new),
        country: row::country(&row.country)?,
        controlled_from: row.controlled_from.as_deref().map(row::country).transpose()?,
        public_body: row.public_body,
        address: row.address,
        sub_processor_list_url: row.sub_processor_list_url,
        version: row.version,
    })
}

fn party_row(model: &Party) -> party::ActiveModel {
    party::ActiveModel {
        id: Set(model.id.key()),
        name: Set(model.name.clone()),
        name_sort: Set(sort_key(&model.name)),
        organisation_number: Set(model.organisation_number.clone()),
        foreign_registration_number: Set(model.foreign_registration_number.clone()),
        controller_id: Set(model.controller.map(Id::key)),
        country: Set(model.country.as_str().to_owned()),
        controlled_from: Set(model.controlled_from.map(|country| country.as_str().to_owned())),
        public_body: Set(model.public_body),
        address: Set(model.address.clone()),
        sub_processor_list_url: Set(model.sub_processor_list_url.clone()),
        version: Set(model.version),
    }
}

// ── agreements ───────────────────────────────────────────────────────────────────────────────────

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
    let join: sea_orm::RelationDef =
        agreement::Entity::belongs_to(agreement_party::Entity).from(agreement::Column::Id).to(agreement_party::Column::AgreementId).into();
    let select = open_agreements(cx, filter).join(JoinType::InnerJoin, join).filter(agreement_party::Column::ControllerId.is_in(keys(of)));
    let parent = Expr::col(agreement_party::Column::ControllerId.as_column_ref());
    turned(page::pages(&cx.tx, select, parent, by_title(), asked).await?, agreement)
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
    let AgreementFilter { municipality, controller, processor, sub_processor, text } = filter;
    let mut select = agreement::Entity::find().filter(agreement_is_open(&cx.scope, Column::Id, cx.today));
    if let Some(municipality) = municipality {
        use agreement_reader::Column as Reader;
        let theirs = Query::select()
            .column(Reader::AgreementId)
            .from(agreement_reader::Entity)
            .cond_where(Reader::MunicipalityId.eq(municipality.key()))
            .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, cx.as_of))
            .to_owned();
        select = select.filter(Column::Id.in_subquery(theirs));
    }
    if let Some(controller) = controller {
        let theirs = Query::select()
            .column(agreement_party::Column::AgreementId)
            .from(agreement_party::Entity)
            .cond_where(agreement_party::Column::ControllerId.eq(controller.key()))
            .to_owned();
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
            .cond_where(holds_on(Engaged::ValidFrom, Engaged::ValidTo, cx.as_of))
            .to_owned();
        select = select.filter(Column::Id.in_subquery(theirs));
    }
    if let Some(text) = text {
        select = select.filter(contains(Column::TitleSort, &sort_key(text)));
    }
    select
}

/// Stores new agreements.
pub async fn insert_agreements(tx: &Tx, _: &WriteScope, new: &[Agreement]) -> Result<(), DbErr> {
    for some in new.chunks(500) {
        agreement::Entity::insert_many(some.iter().map(agreement_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed agreement; false where somebody was faster.
pub async fn update_agreement(tx: &Tx, _: &WriteScope, changed: &Agreement) -> Result<bool, DbErr> {
    use agreement::Column;
    let update = agreement::Entity::update_many().set(agreement_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
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
    }
}

// ── the parties of agreements ────────────────────────────────────────────────────────────────────

/// The controllers that are parties to these agreements on `as_of`, the lead first.
pub async fn parties_of(cx: &Cx, of: &[AgreementId]) -> Result<Vec<AgreementParty>, DbErr> {
    use agreement_party::Column;
    let select = agreement_party::Entity::find()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today))
        .filter(Condition::any().add(Column::InvitedOn.is_null()).add(Column::InvitedOn.lte(cx.as_of)))
        .order_by_desc(Column::Lead)
        .order_by_asc(Column::Id);
    select.all(&cx.tx).await?.into_iter().map(agreement_party).collect()
}

/// Whether a controller is a party to an agreement, or invited to it.
pub async fn is_party(tx: &Tx, _: &WriteScope, agreement: AgreementId, controller: ControllerId) -> Result<bool, DbErr> {
    use agreement_party::Column;
    let select =
        agreement_party::Entity::find().filter(Column::AgreementId.eq(agreement.key())).filter(Column::ControllerId.eq(controller.key()));
    Ok(select.one(tx).await?.is_some())
}

/// Stores new parties of agreements.
pub async fn insert_agreement_parties(tx: &Tx, _: &WriteScope, new: &[AgreementParty]) -> Result<(), DbErr> {
    for some in new.chunks(500) {
        agreement_party::Entity::insert_many(some.iter().map(agreement_party_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a party's changed row; false where somebody was faster.
pub async fn update_agreement_party(tx: &Tx, _: &WriteScope, changed: &AgreementParty) -> Result<bool, DbErr> {
    use agreement_party::Column;
    let update = agreement_party::Entity::update_many().set(agreement_party_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

fn agreement_party(row: agreement_party::Model) -> Result<AgreementParty, DbErr> {
    Ok(AgreementParty {
        id: AgreementPartyId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        controller: ControllerId::new(row.controller_id),
        lead: row.lead,
        invited_on: row.invited_on,
        joined_on: row.joined_on,
        processing_from: row.processing_from,
        processing_to: row.processing_to,
        diary_number: row.diary_number,
        filed_at: row.filed_at,
        document_url: row.document_url,
        responsible: row.responsible_id.map(PersonId::new),
        sub_processor_authorisation: row.sub_processor_authorisation.as_deref().map(row::code).transpose()?,
        version: row.version,
    })
}

fn agreement_party_row(model: &AgreementParty) -> agreement_party::ActiveModel {
    agreement_party::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        controller_id: Set(model.controller.key()),
        lead: Set(model.lead),
        invited_on: Set(model.invited_on),
        joined_on: Set(model.joined_on),
        processing_from: Set(model.processing_from),
        processing_to: Set(model.processing_to),
        diary_number: Set(model.diary_number.clone()),
        filed_at: Set(model.filed_at.clone()),
        document_url: Set(model.document_url.clone()),
        responsible_id: Set(model.responsible.map(Id::key)),
        sub_processor_authorisation: Set(model.sub_processor_authorisation.map(|code| code.code().to_owned())),
        version: Set(model.version),
    }
}

// ── sub-processors ───────────────────────────────────────────────────────────────────────────────

/// The engagements under each agreement that hold on `as_of`, in tree order, of the agreements that the scope opens.
pub async fn engagements_of_agreements(cx: &Cx, of: &[AgreementId], asked: &Page) -> Result<Pages<Engagement>, DbErr> {
    use engagement::Column;
    let select = engagements_that_hold(cx).filter(Column::AgreementId.is_in(keys(of)));
    let parent = Expr::col(Column::AgreementId.as_column_ref());
    turned(page::pages(&cx.tx, select, parent, Sorting::ascending(Column::Path, Column::Id), asked).await?, engagement)
}

/// The engagements of each party that hold on `as_of`, of the agreements that the scope opens, oldest record first.
pub async fn engagements_of_parties(cx: &Cx, of: &[PartyId], asked: &Page) -> Result<Pages<Engagement>, DbErr> {
    use engagement::Column;
    let select = engagements_that_hold(cx).filter(Column::PartyId.is_in(keys(of)));
    let parent = Expr::col(Column::PartyId.as_column_ref());
    let sorting = Sorting { by: None, id: Column::Id, descending: false };
    turned(page::pages(&cx.tx, select, parent, sorting, asked).await?, engagement)
}

/// The engagements with these ids, of the agreements that the scope opens.
pub async fn engagements(cx: &Cx, ids: &[EngagementId]) -> Result<Vec<Engagement>, DbErr> {
    use engagement::Column;
    let select =
        engagement::Entity::find().filter(Column::Id.is_in(keys(ids))).filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    select.all(&cx.tx).await?.into_iter().map(engagement).collect()
}

/// Every engagement under an agreement, whenever it held, in tree order.
pub async fn tree(tx: &Tx, _: &WriteScope, of: AgreementId) -> Result<Vec<Engagement>, DbErr> {
    use engagement::Column;
    let select = engagement::Entity::find().filter(Column::AgreementId.eq(of.key())).order_by_asc(Column::Path);
    select.all(tx).await?.into_iter().map(engagement).collect()
}

fn engagements_that_hold(cx: &Cx) -> Select<engagement::Entity> {
    use engagement::Column;
    engagement::Entity::find().filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today)).filter(holds_on(
        Column::ValidFrom,
        Column::ValidTo,
        cx.as_of,
    ))
}

/// Stores new engagements, parents before children.
pub async fn insert_engagements(tx: &Tx, _: &WriteScope, new: &[Engagement]) -> Result<(), DbErr> {
    for some in new.chunks(500) {
        engagement::Entity::insert_many(some.iter().map(engagement_row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores a changed engagement; false where somebody was faster.
pub async fn update_engagement(tx: &Tx, _: &WriteScope, changed: &Engagement) -> Result<bool, DbErr> {
    use engagement::Column;
    let update = engagement::Entity::update_many().set(engagement_row(changed));
    let update = update.filter(Column::Id.eq(changed.id.key())).filter(Column::Version.eq(changed.version - 1));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

fn engagement(row: engagement::Model) -> Result<Engagement, DbErr> {
    let fault = |what: &str| DbErr::Type(format!("engagement {}: {what}", row.id));
    Ok(Engagement {
        id: EngagementId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        party: PartyId::new(row.party_id),
        engaged_by: row.engaged_by_id.map(EngagementId::new),
        position: Position::from_path(&row.path).ok_or_else(|| fault("its path has no numbers"))?,
        validity: Period::new(row.valid_from, row.valid_to).ok_or_else(|| fault("it ends before it begins"))?,
        service: row.service,
        data_categories: row::codes(row.data_categories, row::code)?,
        processing_countries: row::codes(row.processing_countries, row::country)?,
        authorisation: row::code(&row.authorisation)?,
        sub_agreement_on: row.sub_agreement_on,
        copy_requested_on: row.copy_requested_on,
        copy_received_on: row.copy_received_on,
        version: row.version,
    })
}

fn engagement_row(model: &Engagement) -> engagement::ActiveModel {
    let categories: Vec<_> = model.data_categories.iter().map(|category| category.code()).collect();
    let countries: Vec<_> = model.processing_countries.iter().map(CountryCode::as_str).collect();
    engagement::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        party_id: Set(model.party.key()),
        engaged_by_id: Set(model.engaged_by.map(Id::key)),
        path: Set(model.position.path()),
        service: Set(model.service.clone()),
        data_categories: Set(categories.into()),
        processing_countries: Set(countries.into()),
        authorisation: Set(model.authorisation.code().to_owned()),
        sub_agreement_on: Set(model.sub_agreement_on),
        copy_requested_on: Set(model.copy_requested_on),
        copy_received_on: Set(model.copy_received_on),
        valid_from: Set(model.validity.from),
        valid_to: Set(model.validity.to),
        version: Set(model.version),
    }
}
