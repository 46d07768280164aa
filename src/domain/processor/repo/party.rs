//! Parties in the database.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{agreement, agreement_reader, engagement, party, sub_processor_change};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, Query, UnionType},
};
use uuid::Uuid;

use super::change::change;
use crate::{
    authz::{ReadScope, WriteScope},
    db::{
        Tx, contains, holds_on, open_period_holds_on,
        page::{self, Sorting},
        row,
        write::{AT_ONCE, insert, update, withdraw},
    },
    domain::processor::model::{Party, SubProcessorChange},
    kernel::{
        country::CountryCode,
        id::{Id, keys},
        kinds::{AgreementId, ControllerId, MunicipalityId, PartyId},
        page::{Page, Slice},
        text::sort_key,
    },
};

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
    let mut select = party::Entity::find().filter(scope.directory_condition()).filter(Column::WithdrawnAt.is_null());
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
    Ok(parties_named(tx, scope, ids).await?.into_iter().filter(|party| !party.withdrawn).collect())
}

/// The same, and those that are withdrawn: for what names them still.
pub async fn parties_named(tx: &Tx, scope: &ReadScope, ids: &[PartyId]) -> Result<Vec<Party>, DbErr> {
    let select = party::Entity::find().filter(scope.directory_condition()).filter(party::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.into_iter().map(party).collect()
}

/// The parties with these ids, withdrawn ones included, for a change that concerns what names them.
pub async fn parties_to_change(tx: &Tx, _: &WriteScope, ids: &[PartyId]) -> Result<Vec<Party>, DbErr> {
    party::Entity::find().filter(party::Column::Id.is_in(keys(ids))).all(tx).await?.into_iter().map(party).collect()
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
    let select = party::Entity::find().filter(same).filter(Column::Id.ne(but.key())).filter(Column::WithdrawnAt.is_null());
    select.one(tx).await?.map(party).transpose()
}

/// The parties that have one of these numbers or names, written in whatever case: a statement for so many of each.
pub async fn parties_called(tx: &Tx, scope: &ReadScope, numbers: &[String], names: &[String]) -> Result<Vec<Party>, DbErr> {
    use party::Column;
    let numbers = numbers.chunks(AT_ONCE).map(|some| Column::OrganisationNumber.is_in(some));
    let names: Vec<_> = names.iter().map(|name| sort_key(name)).collect();
    let names = names.chunks(AT_ONCE).map(|some| Column::NameSort.is_in(some));
    let mut found: BTreeMap<PartyId, Party> = BTreeMap::new();
    for called in numbers.chain(names) {
        let select = party::Entity::find().filter(scope.directory_condition()).filter(Column::WithdrawnAt.is_null()).filter(called);
        for row in select.all(tx).await? {
            let party = party(row)?;
            found.insert(party.id, party);
        }
    }
    Ok(found.into_values().collect())
}

/// Which municipalities use each party on a day, as processor or sub-processor; without a day, which have ever recorded that they do
/// or will. Their names are open to all members, so that coordinators can help each other: the one exception from the scope.
pub async fn used_by(
    tx: &Tx,
    scope: &ReadScope,
    ids: &[PartyId],
    on: Option<NaiveDate>,
) -> Result<HashMap<PartyId, Vec<MunicipalityId>>, DbErr> {
    use agreement_reader::Column as Reader;
    use engagement::Column as Engaged;
    let reads = on.map_or_else(Condition::all, |day| open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, day));
    let engaged = on.map_or_else(Condition::all, |day| holds_on(Engaged::ValidFrom, Engaged::ValidTo, day));
    let as_processor = Query::select()
        .expr_as(Expr::col(agreement::Column::ProcessorId.as_column_ref()), Alias::new("party_id"))
        .column(Reader::MunicipalityId.as_column_ref())
        .from(agreement::Entity)
        .inner_join(agreement_reader::Entity, Expr::col(Reader::AgreementId.as_column_ref()).equals(agreement::Column::Id.as_column_ref()))
        .cond_where(agreement::Column::ProcessorId.is_in(keys(ids)))
        .cond_where(reads.clone())
        .cond_where(scope.directory_condition())
        .to_owned();
    let as_sub_processor = Query::select()
        .column(Engaged::PartyId.as_column_ref())
        .column(Reader::MunicipalityId.as_column_ref())
        .from(engagement::Entity)
        .inner_join(agreement_reader::Entity, Expr::col(Reader::AgreementId.as_column_ref()).equals(Engaged::AgreementId.as_column_ref()))
        .cond_where(Engaged::PartyId.is_in(keys(ids)))
        .cond_where(Engaged::WithdrawnAt.is_null())
        .cond_where(engaged)
        .cond_where(reads)
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

/// Who has an agreement with a processor today: the controllers, each with the municipalities that read it.
pub async fn who_has_agreements_with(
    tx: &Tx,
    scope: &ReadScope,
    processor: PartyId,
    today: NaiveDate,
) -> Result<Vec<(MunicipalityId, ControllerId)>, DbErr> {
    use agreement_reader::Column as Reader;
    let theirs = Query::select()
        .column(agreement::Column::Id)
        .from(agreement::Entity)
        .cond_where(agreement::Column::ProcessorId.eq(processor.key()))
        .cond_where(agreement::Column::WithdrawnAt.is_null())
        .to_owned();
    let select = agreement_reader::Entity::find()
        .select_only()
        .column(Reader::MunicipalityId)
        .column(Reader::ControllerId)
        .distinct()
        .filter(Reader::AgreementId.in_subquery(theirs))
        .filter(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, today))
        .filter(scope.directory_condition());
    let pairs: Vec<(Uuid, Uuid)> = select.into_tuple().all(tx).await?;
    Ok(pairs.into_iter().map(|(municipality, controller)| (MunicipalityId::new(municipality), ControllerId::new(controller))).collect())
}

/// All agreements that name a party, as processor or sub-processor, at any time.
pub async fn agreements_with(tx: &Tx, _: &WriteScope, party: PartyId) -> Result<Vec<AgreementId>, DbErr> {
    let engaged = Query::select()
        .column(engagement::Column::AgreementId)
        .from(engagement::Entity)
        .cond_where(engagement::Column::PartyId.eq(party.key()))
        .cond_where(engagement::Column::WithdrawnAt.is_null())
        .to_owned();
    let named = Condition::any().add(agreement::Column::ProcessorId.eq(party.key())).add(agreement::Column::Id.in_subquery(engaged));
    let select = agreement::Entity::find().select_only().column(agreement::Column::Id).filter(named);
    let keys: Vec<Uuid> = select.filter(agreement::Column::WithdrawnAt.is_null()).into_tuple().all(tx).await?;
    Ok(keys.into_iter().map(AgreementId::new).collect())
}

/// Lets what refers to one party, and is not withdrawn, refer to another.
pub async fn refer_to(tx: &Tx, _: &WriteScope, duplicate: PartyId, kept: PartyId) -> Result<(), DbErr> {
    use agreement::Column as Agreed;
    use engagement::Column as Engaged;
    use sub_processor_change::Column as Changed;
    let agreements = agreement::Entity::update_many()
        .col_expr(Agreed::ProcessorId, Expr::value(kept.key()))
        .col_expr(Agreed::Version, Expr::col(Agreed::Version).add(1))
        .filter(Agreed::ProcessorId.eq(duplicate.key()))
        .filter(Agreed::WithdrawnAt.is_null());
    agreements.exec(tx).await?;
    let engagements = engagement::Entity::update_many()
        .col_expr(Engaged::PartyId, Expr::value(kept.key()))
        .col_expr(Engaged::Version, Expr::col(Engaged::Version).add(1))
        .filter(Engaged::PartyId.eq(duplicate.key()))
        .filter(Engaged::WithdrawnAt.is_null());
    engagements.exec(tx).await?;
    for column in [Changed::ProcessorId, Changed::SubProcessorId, Changed::ReplacesId, Changed::EngagedById] {
        let changes = sub_processor_change::Entity::update_many()
            .col_expr(column, Expr::value(kept.key()))
            .col_expr(Changed::Version, Expr::col(Changed::Version).add(1))
            .filter(column.eq(duplicate.key()));
        changes.exec(tx).await?;
    }
    Ok(())
}

/// The changes that name a party, also those that are withdrawn.
pub async fn changes_with(tx: &Tx, _: &WriteScope, party: PartyId) -> Result<Vec<SubProcessorChange>, DbErr> {
    use sub_processor_change::Column;
    let columns = [Column::ProcessorId, Column::SubProcessorId, Column::ReplacesId, Column::EngagedById];
    let named = columns.into_iter().fold(Condition::any(), |any, column| any.add(column.eq(party.key())));
    sub_processor_change::Entity::find().filter(named).all(tx).await?.into_iter().map(change).collect()
}

/// Stores new parties.
pub async fn insert_parties(tx: &Tx, _: &WriteScope, new: &[Party]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(party_row).collect()).await
}

/// Stores a changed party; false where somebody was faster.
pub async fn update_party(tx: &Tx, _: &WriteScope, changed: &Party) -> Result<bool, DbErr> {
    use party::Column;
    update(tx, party_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws a party; false where somebody was faster.
pub async fn withdraw_party(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Party) -> Result<bool, DbErr> {
    use party::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
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
        withdrawn: row.withdrawn_at.is_some(),
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
        withdrawn_at: NotSet,
    }
}
