//! The reader tables.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{agreement_party, agreement_reader, controller_reader};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{Reader, Touched, touched};
use crate::{
    app::Cx,
    authz::{AuditReach, ReadScope, WriteScope},
    db::{Tx, open_period_holds_on, write::insert},
    kernel::{
        id::keys,
        ids::Ids,
        kinds::{AgreementId, ControllerId, MunicipalityId},
        period::Period,
    },
};

/// The municipalities that read the records of these controllers, at any time.
pub async fn readers(tx: &Tx, scope: &ReadScope, of: &[ControllerId]) -> Result<HashMap<ControllerId, Vec<Reader>>, DbErr> {
    if scope.reads_directory() { all_readers(tx, of).await } else { Ok(HashMap::new()) }
}

async fn all_readers(tx: &Tx, of: &[ControllerId]) -> Result<HashMap<ControllerId, Vec<Reader>>, DbErr> {
    use controller_reader::Column;
    let select =
        controller_reader::Entity::find().filter(Column::ControllerId.is_in(of.iter().map(|id| id.key()))).order_by_asc(Column::Id);
    let mut readers: HashMap<ControllerId, Vec<Reader>> = HashMap::new();
    for row in select.all(tx).await? {
        let membership = row.valid_from.and_then(|from| Period::new(from, row.valid_to));
        let reader = Reader { municipality: MunicipalityId::new(row.municipality_id), membership };
        readers.entry(ControllerId::new(row.controller_id)).or_default().push(reader);
    }
    Ok(readers)
}

/// Stores who reads the records of a controller that has none yet.
pub async fn open_controller(
    tx: &Tx,
    _: &WriteScope,
    ids: &Ids,
    now: DateTime<Utc>,
    of: ControllerId,
    readers: &[Reader],
) -> Result<(), DbErr> {
    let row = |reader: &Reader| controller_reader::ActiveModel {
        id: Set(ids.uuid(now)),
        controller_id: Set(of.key()),
        municipality_id: Set(reader.municipality.key()),
        valid_from: Set(reader.membership.map(|membership| membership.from)),
        valid_to: Set(reader.membership.and_then(|membership| membership.to)),
    };
    insert(tx, readers.iter().map(row).collect()).await
}

/// Makes municipalities members of a joint board, or gives a membership that begins on the same day another end; other memberships
/// stay. The board's records follow.
pub async fn change_members(
    tx: &Tx,
    scope: &WriteScope,
    ids: &Ids,
    now: DateTime<Utc>,
    of: ControllerId,
    members: &[Reader],
) -> Result<(), DbErr> {
    use controller_reader::Column;
    for Reader { municipality, membership } in members {
        let same = controller_reader::Entity::delete_many()
            .filter(Column::ControllerId.eq(of.key()))
            .filter(Column::MunicipalityId.eq(municipality.key()))
            .filter(Column::ValidFrom.eq(membership.map(|membership| membership.from)));
        same.exec(tx).await?;
    }
    open_controller(tx, scope, ids, now, of, members).await?;
    let follow = agreement_reader::Entity::delete_many().filter(agreement_reader::Column::ControllerId.eq(of.key()));
    follow.exec(tx).await?;
    let agreements: Vec<Uuid> = agreement_party::Entity::find()
        .select_only()
        .column(agreement_party::Column::AgreementId)
        .filter(agreement_party::Column::ControllerId.eq(of.key()))
        .filter(agreement_party::Column::WithdrawnAt.is_null())
        .into_tuple()
        .all(tx)
        .await?;
    let parties: Vec<_> = agreements.into_iter().map(|agreement| (AgreementId::new(agreement), of)).collect();
    open_agreements(tx, scope, ids, now, &parties).await
}

/// Stores who reads agreements that have these controllers as new parties.
pub async fn open_agreements(
    tx: &Tx,
    _: &WriteScope,
    ids: &Ids,
    now: DateTime<Utc>,
    parties: &[(AgreementId, ControllerId)],
) -> Result<(), DbErr> {
    let controllers: BTreeSet<_> = parties.iter().map(|(_, controller)| *controller).collect();
    let readers = all_readers(tx, &controllers.into_iter().collect::<Vec<_>>()).await?;
    let rows: Vec<_> = parties
        .iter()
        .flat_map(|(agreement, controller)| {
            readers.get(controller).into_iter().flatten().map(move |reader| (*agreement, *controller, reader))
        })
        .map(|(agreement, controller, reader)| agreement_reader::ActiveModel {
            id: Set(ids.uuid(now)),
            agreement_id: Set(agreement.key()),
            controller_id: Set(controller.key()),
            municipality_id: Set(reader.municipality.key()),
            valid_from: Set(reader.membership.map(|membership| membership.from)),
            valid_to: Set(reader.membership.and_then(|membership| membership.to)),
        })
        .collect();
    insert(tx, rows).await
}

/// Shuts an agreement to all, or to those who read it through one of its controllers only.
pub async fn close_agreement(tx: &Tx, _: &WriteScope, of: AgreementId, controller: Option<ControllerId>) -> Result<(), DbErr> {
    use agreement_reader::Column;
    let mut readers = agreement_reader::Entity::delete_many().filter(Column::AgreementId.eq(of.key()));
    if let Some(controller) = controller {
        readers = readers.filter(Column::ControllerId.eq(controller.key()));
    }
    readers.exec(tx).await.map(drop)
}

/// Whether a controller has any agreement.
pub async fn has_agreements(tx: &Tx, _: &WriteScope, controller: ControllerId) -> Result<bool, DbErr> {
    let select = agreement_reader::Entity::find().filter(agreement_reader::Column::ControllerId.eq(controller.key()));
    Ok(select.one(tx).await?.is_some())
}

/// Which municipalities read these agreements today.
pub async fn municipalities_of_agreements(
    tx: &Tx,
    _: &WriteScope,
    of: &[AgreementId],
    today: NaiveDate,
) -> Result<BTreeSet<(MunicipalityId, AgreementId)>, DbErr> {
    use agreement_reader::Column;
    let select = agreement_reader::Entity::find().filter(Column::AgreementId.is_in(keys(of)));
    let readers = select.filter(open_period_holds_on(Column::ValidFrom, Column::ValidTo, today)).all(tx).await?;
    Ok(readers.into_iter().map(|row| (MunicipalityId::new(row.municipality_id), AgreementId::new(row.agreement_id))).collect())
}

/// Whom a change of these agreements touches today: the municipalities that read them, each with its controllers.
pub async fn touched_by_agreements(tx: &Tx, _: &WriteScope, of: &[AgreementId], today: NaiveDate) -> Result<Touched, DbErr> {
    use agreement_reader::Column;
    let select = agreement_reader::Entity::find().filter(Column::AgreementId.is_in(keys(of))).filter(open_period_holds_on(
        Column::ValidFrom,
        Column::ValidTo,
        today,
    ));
    let readers = select.all(tx).await?;
    Ok(Touched::controllers(readers.iter().map(|row| (MunicipalityId::new(row.municipality_id), ControllerId::new(row.controller_id)))))
}

/// Which of these agreements have a controller whose audit log is open to the viewer.
pub async fn audited_agreements(cx: &Cx, of: &[AgreementId]) -> Result<HashSet<AgreementId>, DbErr> {
    use agreement_reader::Column;
    let opening = cx.scope.audit().iter().fold(Condition::any(), |any, reach| match reach {
        AuditReach::Cooperation => any,
        AuditReach::Municipality(municipality) => any.add(Column::MunicipalityId.eq(municipality.key())),
        AuditReach::OwnControllers(municipality, controllers) => {
            any.add(Column::MunicipalityId.eq(municipality.key()).and(Column::ControllerId.is_in(keys(controllers))))
        }
        AuditReach::Controllers(controllers) => any.add(Column::ControllerId.is_in(keys(controllers))),
    });
    if opening.is_empty() {
        return Ok(HashSet::new());
    }
    let select = agreement_reader::Entity::find()
        .select_only()
        .column(Column::AgreementId)
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(open_period_holds_on(Column::ValidFrom, Column::ValidTo, cx.today))
        .filter(opening);
    let open: Vec<Uuid> = select.into_tuple().all(&cx.tx).await?;
    Ok(open.into_iter().map(AgreementId::new).collect())
}

/// Whom a change of what these controllers have in common touches on `day`: the municipalities that read them, each with its controllers.
pub async fn touched_by_controllers(tx: &Tx, _: &WriteScope, of: &[ControllerId], day: NaiveDate) -> Result<Touched, DbErr> {
    let readers = all_readers(tx, of).await?;
    Ok(readers.iter().fold(Touched::default(), |all, (controller, readers)| all.and(touched(*controller, readers, day))))
}

/// True in the database for the agreements that the scope opens today. `agreement` is the column of the agreement's key.
pub fn agreement_is_open<C: ColumnTrait>(scope: &ReadScope, agreement: C, today: NaiveDate) -> Condition {
    use agreement_reader::Column;
    let opening = Query::select()
        .expr(Expr::val(1))
        .from(agreement_reader::Entity)
        .and_where(Expr::col(Column::AgreementId.as_column_ref()).equals(agreement.as_column_ref()))
        .cond_where(open_period_holds_on(Column::ValidFrom, Column::ValidTo, today))
        .cond_where(scope.reader_condition(Column::MunicipalityId, Column::ControllerId))
        .to_owned();
    Condition::all().add(Expr::exists(opening))
}

/// True in the database for the controllers whose own records the scope opens today, and that a municipality, where one is named, reads.
/// `controller` is the column of the controller's key.
pub fn controller_is_open<C: ColumnTrait>(cx: &Cx, controller: C, municipality: Option<MunicipalityId>) -> Condition {
    use controller_reader::Column;
    let readers = |readers: Condition| {
        let reading = Query::select()
            .expr(Expr::val(1))
            .from(controller_reader::Entity)
            .and_where(Expr::col(Column::ControllerId.as_column_ref()).equals(controller.as_column_ref()))
            .cond_where(readers)
            .to_owned();
        Expr::exists(reading)
    };
    let today = || open_period_holds_on(Column::ValidFrom, Column::ValidTo, cx.today);
    let opening = Condition::all().add(today()).add(cx.scope.reader_condition(Column::MunicipalityId, Column::ControllerId));
    let open = Condition::all().add(readers(opening));
    match municipality {
        None => open,
        Some(municipality) => {
            let theirs = Condition::all()
                .add(open_period_holds_on(Column::ValidFrom, Column::ValidTo, cx.as_of))
                .add(Column::MunicipalityId.eq(municipality.key()));
            open.add(readers(theirs))
        }
    }
}
