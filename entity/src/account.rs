//! A login at a municipality's provider: the pair of issuer and subject, and nothing else, is its identity.

use sea_orm::entity::prelude::*;

/// One such row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose provider verified it.
    pub municipality_id: Uuid,
    /// The provider, as it names itself.
    pub issuer: String,
    /// Who, as the provider says.
    pub subject: String,
    /// What the provider calls the person; told anew at each login.
    pub name: String,
    /// The person of the directory to whom an invitation bound it.
    pub person_id: Option<Uuid>,
    /// Since when.
    pub created_at: DateTimeUtc,
    /// When it was last used to log in.
    pub last_login_at: DateTimeUtc,
}

/// None: rows are joined where they are read.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
