//! Invitations, as they are used.

use chrono::{DateTime, Utc};
use entity::invitation::{Column, Entity};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::{
    db::Tx,
    kernel::kinds::{AccountId, MunicipalityId, PersonId},
};

/// An invitation that is used.
pub(in crate::auth) struct Invited {
    pub(in crate::auth) person: PersonId,
    /// The account that made it.
    pub(in crate::auth) by: Option<AccountId>,
}

/// Takes an invitation that holds for the login of `municipality` out of the database: it is used once.
pub(in crate::auth) async fn take(
    tx: &Tx,
    token_hash: &str,
    municipality: MunicipalityId,
    now: DateTime<Utc>,
) -> Result<Option<Invited>, DbErr> {
    let select = Entity::find().filter(Column::TokenHash.eq(token_hash)).filter(Column::MunicipalityId.eq(municipality.key()));
    let Some(row) = select.filter(Column::ExpiresAt.gt(now)).one(tx).await? else { return Ok(None) };
    let taken = Entity::delete_by_id(row.id).exec(tx).await?.rows_affected == 1;
    Ok(taken.then(|| Invited { person: PersonId::new(row.person_id), by: row.invited_by.map(AccountId::new) }))
}
