//! Municipalities in the database.

use chrono::NaiveDate;
use entity::{controller_reader, municipality};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::period;
use crate::{
    authz::{ReadScope, WriteScope},
    db::{
        Tx, holds_on, is_never_stored, open_period_holds_on,
        page::{self, Sorting},
        write::{insert, update},
    },
    domain::organisation::model::Municipality,
    kernel::{
        id::keys,
        kinds::MunicipalityId,
        page::{Page, Slice},
    },
};

/// The municipalities that are members on `as_of`.
pub async fn members(tx: &Tx, scope: &ReadScope, as_of: NaiveDate, asked: &Page) -> Result<Slice<Municipality>, DbErr> {
    use municipality::Column;
    let select =
        municipality::Entity::find().filter(scope.directory_condition()).filter(holds_on(Column::MemberFrom, Column::MemberTo, as_of));
    page::page(tx, select, Sorting::ascending(Column::Slug, Column::Id), asked).await?.try_map(municipality)
}

/// The municipalities with these ids; the viewer's own without any role, too.
pub async fn municipalities(tx: &Tx, scope: &ReadScope, ids: &[MunicipalityId]) -> Result<Vec<Municipality>, DbErr> {
    let home = municipality::Column::Id.eq(scope.home().key());
    let select = municipality::Entity::find()
        .filter(Condition::any().add(scope.directory_condition()).add(home))
        .filter(municipality::Column::Id.is_in(keys(ids)));
    select.all(tx).await?.into_iter().map(municipality).collect()
}

/// The municipality with this slug.
pub async fn municipality_by_slug(tx: &Tx, scope: &ReadScope, slug: &str) -> Result<Option<Municipality>, DbErr> {
    if is_never_stored(slug) {
        return Ok(None);
    }
    let select = municipality::Entity::find().filter(scope.directory_condition()).filter(municipality::Column::Slug.eq(slug));
    select.one(tx).await?.map(municipality).transpose()
}

/// The slugs that there are, for a message.
pub async fn slugs(tx: &Tx, scope: &ReadScope) -> Result<Vec<String>, DbErr> {
    let select = municipality::Entity::find().filter(scope.directory_condition()).order_by_asc(municipality::Column::Slug).limit(100);
    Ok(select.all(tx).await?.into_iter().map(|row| row.slug).collect())
}

/// A municipality other than `but` that has this code or this organisation number, if one has.
pub async fn same_municipality(
    tx: &Tx,
    _: &WriteScope,
    code: &str,
    organisation_number: &str,
    but: MunicipalityId,
) -> Result<Option<Municipality>, DbErr> {
    use municipality::Column;
    let same = Condition::any().add(Column::Code.eq(code)).add(Column::OrganisationNumber.eq(organisation_number));
    municipality::Entity::find().filter(same).filter(Column::Id.ne(but.key())).one(tx).await?.map(municipality).transpose()
}

/// The municipality with this slug, for the commands on the server.
pub async fn municipality_for_operator(tx: &Tx, _: &WriteScope, slug: &str) -> Result<Option<Municipality>, DbErr> {
    municipality::Entity::find().filter(municipality::Column::Slug.eq(slug)).one(tx).await?.map(municipality).transpose()
}

/// Whether any municipality is recorded.
pub async fn has_municipalities(tx: &Tx, _: &WriteScope) -> Result<bool, DbErr> {
    Ok(municipality::Entity::find().one(tx).await?.is_some())
}

/// Which of these municipalities have records that the scope opens today.
pub async fn municipalities_read(
    tx: &Tx,
    scope: &ReadScope,
    ids: &[MunicipalityId],
    today: NaiveDate,
) -> Result<Vec<MunicipalityId>, DbErr> {
    use controller_reader::Column;
    let found: Vec<Uuid> = controller_reader::Entity::find()
        .select_only()
        .column(Column::MunicipalityId)
        .distinct()
        .filter(Column::MunicipalityId.is_in(keys(ids)))
        .filter(open_period_holds_on(Column::ValidFrom, Column::ValidTo, today))
        .filter(scope.reader_condition(Column::MunicipalityId, Column::ControllerId))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().map(MunicipalityId::new).chain(ids.iter().copied().filter(|id| scope.reads_municipality(*id))).collect())
}

/// Stores a new municipality.
pub async fn insert_municipality(tx: &Tx, _: &WriteScope, new: &Municipality) -> Result<(), DbErr> {
    insert(tx, vec![municipality_row(new)]).await
}

/// Stores a changed municipality; false where somebody was faster.
pub async fn update_municipality(tx: &Tx, _: &WriteScope, changed: &Municipality) -> Result<bool, DbErr> {
    use municipality::Column;
    update(tx, municipality_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

fn municipality(row: municipality::Model) -> Result<Municipality, DbErr> {
    Ok(Municipality {
        id: MunicipalityId::new(row.id),
        slug: row.slug,
        name: row.name,
        code: row.code,
        organisation_number: row.organisation_number,
        meeting_order: row.meeting_order,
        membership: period(row.member_from, row.member_to)?,
        version: row.version,
    })
}

fn municipality_row(model: &Municipality) -> municipality::ActiveModel {
    municipality::ActiveModel {
        id: Set(model.id.key()),
        slug: Set(model.slug.clone()),
        name: Set(model.name.clone()),
        code: Set(model.code.clone()),
        organisation_number: Set(model.organisation_number.clone()),
        meeting_order: Set(model.meeting_order),
        member_from: Set(model.membership.from),
        member_to: Set(model.membership.to),
        version: Set(model.version),
    }
}
