//! The reader tables.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{agreement_party, agreement_reader, controller_holder, controller_reader};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use uuid::Uuid;

use super::{Holding, Reader, Touched, touched};
use crate::{
    app::Cx,
    authz::{AuditReach, ReadScope, WriteScope},
    db::{
        Tx, open_period_holds_on,
        write::{AT_ONCE, insert},
    },
    kernel::{
        id::keys,
        ids::{Ids, derived},
        kinds::{AgreementId, ControllerId, MunicipalityId},
        period::Period,
    },
};

/// The municipalities that read the records of these controllers, at any time, while the controllers hold their own duties.
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

/// Stores who reads the records of a controller that has none yet, and that it holds its own duties.
pub async fn open_controller(
    tx: &Tx,
    scope: &WriteScope,
    ids: &Ids,
    now: DateTime<Utc>,
    of: ControllerId,
    readers: &[Reader],
) -> Result<(), DbErr> {
    insert_readers(tx, ids, now, of, readers).await?;
    keep_holdings(tx, scope, &[Holding::own(of)]).await
}

async fn insert_readers(tx: &Tx, ids: &Ids, now: DateTime<Utc>, of: ControllerId, readers: &[Reader]) -> Result<(), DbErr> {
    let row = |reader: &Reader| controller_reader::ActiveModel {
        id: Set(ids.uuid(now)),
        controller_id: Set(of.key()),
        municipality_id: Set(reader.municipality.key()),
        valid_from: Set(reader.membership.map(|membership| membership.from)),
        valid_to: Set(reader.membership.and_then(|membership| membership.to)),
    };
    insert(tx, readers.iter().map(row).collect()).await
}

/// Stores who holds the duties of controllers, from when to when, in the place of what was stored of them before.
pub async fn keep_holdings(tx: &Tx, _: &WriteScope, holdings: &[Holding]) -> Result<(), DbErr> {
    use controller_holder::Column;
    let of: Vec<_> = holdings.iter().map(|holding| holding.of).collect();
    controller_holder::Entity::delete_many().filter(Column::ControllerId.is_in(keys(&of))).exec(tx).await?;
    let row = |holding: &Holding| controller_holder::ActiveModel {
        id: Set(derived(&[b"holder", holding.of.key().as_bytes(), holding.holder.key().as_bytes()])),
        controller_id: Set(holding.of.key()),
        holder_id: Set(holding.holder.key()),
        valid_from: Set(holding.from),
        valid_to: Set(holding.to),
    };
    insert(tx, holdings.iter().map(row).collect()).await
}

/// What a row says of who holds a controller's duties.
pub fn holding(row: &controller_holder::Model) -> Holding {
    let [of, holder] = [row.controller_id, row.holder_id].map(ControllerId::new);
    Holding { of, holder, from: row.valid_from, to: row.valid_to }
}

/// Makes municipalities members of a joint board, or gives a membership that begins on the same day another end; other memberships
/// stay. The records whose duties the board holds, held or will hold follow.
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
    insert_readers(tx, ids, now, of, members).await?;
    let agreements = agreements_held(tx, scope, &[of]).await?;
    open_agreements(tx, scope, ids, now, &agreements).await
}

/// The agreements with a party whose duties one of these controllers holds, held or will hold.
pub async fn agreements_held(tx: &Tx, _: &WriteScope, by: &[ControllerId]) -> Result<Vec<AgreementId>, DbErr> {
    use agreement_party::Column as Party;
    let theirs = Query::select()
        .column(controller_holder::Column::ControllerId)
        .from(controller_holder::Entity)
        .cond_where(controller_holder::Column::HolderId.is_in(keys(by)))
        .to_owned();
    let select = agreement_party::Entity::find()
        .select_only()
        .column(Party::AgreementId)
        .distinct()
        .filter(Party::ControllerId.in_subquery(theirs))
        .filter(Party::WithdrawnAt.is_null())
        .order_by_asc(Party::AgreementId);
    let agreements: Vec<Uuid> = select.into_tuple().all(tx).await?;
    Ok(agreements.into_iter().map(AgreementId::new).collect())
}

/// Lets the readers of agreements follow their parties: who reads the controllers that hold the parties' duties, while they do. Of
/// what has no party any more there are none.
pub async fn open_agreements(tx: &Tx, _: &WriteScope, ids: &Ids, now: DateTime<Utc>, of: &[AgreementId]) -> Result<(), DbErr> {
    for some in of.chunks(AT_ONCE) {
        let before = agreement_reader::Entity::delete_many().filter(agreement_reader::Column::AgreementId.is_in(keys(some)));
        before.exec(tx).await?;
        let rows = readers_by_parties(tx, some).await?.into_iter().map(|row| agreement_reader::ActiveModel {
            id: Set(ids.uuid(now)),
            agreement_id: Set(row.agreement),
            controller_id: Set(row.controller),
            municipality_id: Set(row.municipality),
            valid_from: Set(row.from),
            valid_to: Set(row.to),
        });
        insert(tx, rows.collect()).await?;
    }
    Ok(())
}

/// A municipality reads an agreement through one of its controllers.
#[derive(PartialEq, Eq, Hash)]
struct ThroughParty {
    agreement: Uuid,
    controller: Uuid,
    municipality: Uuid,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

async fn readers_by_parties(tx: &Tx, of: &[AgreementId]) -> Result<Vec<ThroughParty>, DbErr> {
    use agreement_party::Column as Party;
    use controller_holder::Column as Holder;
    use controller_reader::Column as Reader;
    let query = Query::select()
        .column(Party::AgreementId.as_column_ref())
        .column(Holder::HolderId.as_column_ref())
        .column(Reader::MunicipalityId.as_column_ref())
        .expr_as(Expr::col(Holder::ValidFrom.as_column_ref()), "held_from")
        .expr_as(Expr::col(Holder::ValidTo.as_column_ref()), "held_to")
        .expr_as(Expr::col(Reader::ValidFrom.as_column_ref()), "member_from")
        .expr_as(Expr::col(Reader::ValidTo.as_column_ref()), "member_to")
        .from(agreement_party::Entity)
        .inner_join(controller_holder::Entity, Expr::col(Holder::ControllerId.as_column_ref()).equals(Party::ControllerId.as_column_ref()))
        .inner_join(controller_reader::Entity, Expr::col(Reader::ControllerId.as_column_ref()).equals(Holder::HolderId.as_column_ref()))
        .cond_where(Party::AgreementId.is_in(keys(of)))
        .cond_where(Party::WithdrawnAt.is_null())
        .order_by(Party::Id.as_column_ref(), Order::Asc)
        .order_by(Reader::Id.as_column_ref(), Order::Asc)
        .to_owned();
    let mut told = HashSet::new();
    let mut rows = Vec::new();
    for row in tx.query_all(&query).await? {
        let day = |name: &str| row.try_get::<Option<NaiveDate>>("", name);
        let from = Ord::max(day("held_from")?, day("member_from")?);
        let to = [day("held_to")?, day("member_to")?].into_iter().flatten().min();
        let row = || -> Result<_, DbErr> {
            Ok(ThroughParty {
                agreement: row.try_get("", "agreement_id")?,
                controller: row.try_get("", "holder_id")?,
                municipality: row.try_get("", "municipality_id")?,
                from,
                to,
            })
        };
        // Two parties' duties may have come to one controller.
        if from.zip(to).is_none_or(|(from, to)| from <= to) && told.insert(row()?) {
            rows.push(row()?);
        }
    }
    Ok(rows)
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

/// Which of these controllers' records the scope opens today: those of which it opens whoever holds their duties.
pub async fn controllers_open(cx: &Cx, of: &[ControllerId]) -> Result<HashSet<ControllerId>, DbErr> {
    use controller_holder::Column as Holder;
    let query =
        opening_holders(cx).column(Holder::ControllerId.as_column_ref()).cond_where(Holder::ControllerId.is_in(keys(of))).to_owned();
    let open = cx.tx.query_all(&query).await?;
    open.iter().map(|row| Ok(ControllerId::new(row.try_get("", "controller_id")?))).collect()
}

/// Who holds the duties of some controller today, where the scope opens the holder's records.
fn opening_holders(cx: &Cx) -> SelectStatement {
    use controller_holder::Column as Holder;
    use controller_reader::Column as Reader;
    Query::select()
        .from(controller_holder::Entity)
        .inner_join(controller_reader::Entity, Expr::col(Reader::ControllerId.as_column_ref()).equals(Holder::HolderId.as_column_ref()))
        .cond_where(open_period_holds_on(Holder::ValidFrom, Holder::ValidTo, cx.today))
        .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, cx.today))
        .cond_where(cx.scope.reader_condition(Reader::MunicipalityId, Reader::ControllerId))
        .to_owned()
}

/// True in the database for the controllers whose own records the scope opens today, and that a municipality, where one is named, reads.
/// `controller` is the column of the controller's key. Of a controller that has been succeeded the records are open to those who read
/// whoever holds its duties today.
pub fn controller_is_open<C: ColumnTrait>(cx: &Cx, controller: C, municipality: Option<MunicipalityId>) -> Condition {
    use controller_reader::Column as Reader;
    let same = |column: Expr| column.equals(controller.as_column_ref());
    let opening = opening_holders(cx)
        .expr(Expr::val(1))
        .and_where(same(Expr::col(controller_holder::Column::ControllerId.as_column_ref())))
        .to_owned();
    let open = Condition::all().add(Expr::exists(opening));
    let Some(municipality) = municipality else { return open };
    let theirs = Query::select()
        .expr(Expr::val(1))
        .from(controller_reader::Entity)
        .and_where(same(Expr::col(Reader::ControllerId.as_column_ref())))
        .cond_where(open_period_holds_on(Reader::ValidFrom, Reader::ValidTo, cx.as_of))
        .cond_where(Reader::MunicipalityId.eq(municipality.key()))
        .to_owned();
    open.add(Expr::exists(theirs))
}
