//! The tree of sub-processors in the database.

use chrono::{DateTime, NaiveTime, Utc};
use entity::engagement;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};

use super::{Pages, turned};
use crate::{
    app::Cx,
    authz::WriteScope,
    db::{
        Tx, holds_on,
        page::{self, Sorting},
        row,
        write::{AT_ONCE, insert, update, withdraw},
    },
    domain::{
        processor::{
            model::{Engagement, Position},
            rules::engaged::Place,
        },
        visibility::repo::agreement_is_open,
    },
    kernel::{
        code::Code,
        country::CountryCode,
        id::{Id, keys},
        kinds::{AgreementId, ChangeId, EngagementId, PartyId},
        page::Page,
        period::Period,
    },
};

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
    let select = engagement::Entity::find()
        .filter(Column::Id.is_in(keys(ids)))
        .filter(Column::WithdrawnAt.is_null())
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    select.all(&cx.tx).await?.into_iter().map(engagement).collect()
}

/// Every engagement under an agreement, whenever it held, in tree order.
pub async fn tree(tx: &Tx, scope: &WriteScope, of: AgreementId) -> Result<Vec<Engagement>, DbErr> {
    trees(tx, scope, &[of]).await
}

/// Every engagement under these agreements, whenever it held, each tree in its order.
pub async fn trees(tx: &Tx, _: &WriteScope, of: &[AgreementId]) -> Result<Vec<Engagement>, DbErr> {
    use engagement::Column;
    let select = engagement::Entity::find()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(Column::WithdrawnAt.is_null())
        .order_by_asc(Column::Path);
    select.all(tx).await?.into_iter().map(engagement).collect()
}

/// Every engagement that was ever on record under these agreements, also what is withdrawn, each tree in its order.
pub async fn ever_engaged(tx: &Tx, _: &WriteScope, of: &[AgreementId]) -> Result<Vec<Place>, DbErr> {
    use engagement::Column;
    let select = engagement::Entity::find().filter(Column::AgreementId.is_in(keys(of))).order_by_asc(Column::Path);
    let place = |row: engagement::Model| Ok(Place { withdrawn: row.withdrawn_at.is_some(), engagement: engagement(row)? });
    select.all(tx).await?.into_iter().map(place).collect()
}

/// Stores derived engagements, those that are there already and new ones: a statement for many. What is derived has no instant of its
/// own; of one that is withdrawn its first day stands for it.
pub async fn put_engagements(tx: &Tx, _: &WriteScope, places: &[Place]) -> Result<(), DbErr> {
    use engagement::Column;
    for some in places.chunks(AT_ONCE) {
        let rows = some.iter().map(|place| engagement::ActiveModel {
            withdrawn_at: Set(place.withdrawn.then(|| place.engagement.validity.from.and_time(NaiveTime::MIN).and_utc())),
            ..engagement_row(&place.engagement)
        });
        let there = OnConflict::column(Column::Id)
            .update_columns([Column::ValidFrom, Column::ValidTo, Column::Version, Column::WithdrawnAt])
            .to_owned();
        engagement::Entity::insert_many(rows).on_conflict(there).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The places that an engagement, or the processor itself where none is named, has ever given: also to what is withdrawn, whose
/// places are not given again.
pub async fn places_below(tx: &Tx, _: &WriteScope, of: AgreementId, engager: Option<EngagementId>) -> Result<Vec<Position>, DbErr> {
    use engagement::Column;
    let below = engager.map_or_else(|| Column::EngagedById.is_null(), |engager| Column::EngagedById.eq(engager.key()));
    let select = engagement::Entity::find().select_only().column(Column::Path).filter(Column::AgreementId.eq(of.key())).filter(below);
    let paths: Vec<String> = select.into_tuple().all(tx).await?;
    paths.iter().map(|path| position(path)).collect()
}

fn engagements_that_hold(cx: &Cx) -> Select<engagement::Entity> {
    use engagement::Column;
    engagement::Entity::find()
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today))
        .filter(holds_on(Column::ValidFrom, Column::ValidTo, cx.as_of))
        .filter(Column::WithdrawnAt.is_null())
}

/// Stores new engagements, parents before children.
pub async fn insert_engagements(tx: &Tx, _: &WriteScope, new: &[Engagement]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(engagement_row).collect()).await
}

/// Stores a changed engagement; false where somebody was faster.
pub async fn update_engagement(tx: &Tx, _: &WriteScope, changed: &Engagement) -> Result<bool, DbErr> {
    use engagement::Column;
    update(tx, engagement_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws an engagement; false where somebody was faster.
pub async fn withdraw_engagement(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Engagement) -> Result<bool, DbErr> {
    use engagement::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

fn position(path: &str) -> Result<Position, DbErr> {
    Position::from_path(path).ok_or_else(|| DbErr::Type("the path of an engagement has no numbers".to_owned()))
}

fn engagement(row: engagement::Model) -> Result<Engagement, DbErr> {
    let fault = |what: &str| DbErr::Type(format!("engagement {}: {what}", row.id));
    Ok(Engagement {
        id: EngagementId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        party: PartyId::new(row.party_id),
        engaged_by: row.engaged_by_id.map(EngagementId::new),
        position: position(&row.path)?,
        validity: Period::new(row.valid_from, row.valid_to).ok_or_else(|| fault("it ends before it begins"))?,
        service: row.service,
        data_categories: row::codes(row.data_categories, row::code)?,
        processing_countries: row::codes(row.processing_countries, row::country)?,
        authorisation: row::code(&row.authorisation)?,
        sub_agreement_on: row.sub_agreement_on,
        copy_requested_on: row.copy_requested_on,
        copy_received_on: row.copy_received_on,
        listed_to: row.listed_to,
        introduced_by: row.introduced_by_id.map(ChangeId::new),
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
        listed_to: Set(model.listed_to),
        introduced_by_id: Set(model.introduced_by.map(Id::key)),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}
