//! Invitations in the database, as they are made.

use entity::{account, invitation};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    authz::WriteScope,
    db::{Tx, write::insert},
    domain::organisation::model::Invitation,
    kernel::{id::Id, kinds::PersonId},
};

/// Whether a person has a login that is bound to it.
pub async fn logs_in(tx: &Tx, _: &WriteScope, person: PersonId) -> Result<bool, DbErr> {
    Ok(account::Entity::find().filter(account::Column::PersonId.eq(person.key())).one(tx).await?.is_some())
}

/// Stores an invitation; those that the person had and did not use hold no longer.
pub async fn insert_invitation(tx: &Tx, _: &WriteScope, key: Uuid, new: &Invitation, token_hash: String) -> Result<(), DbErr> {
    invitation::Entity::delete_many().filter(invitation::Column::PersonId.eq(new.person.key())).exec(tx).await?;
    let row = invitation::ActiveModel {
        id: Set(key),
        token_hash: Set(token_hash),
        person_id: Set(new.person.key()),
        municipality_id: Set(new.municipality.key()),
        invited_by: Set(new.invited_by.map(Id::key)),
        expires_at: Set(new.expires_at),
    };
    insert(tx, vec![row]).await
}
