//! Logins at the municipalities' providers, sessions of browsers and programs, logins that have begun, invitations.
//!
//! Sessions of before are not kept: they knew no login, and lasted half a day at most.

use sea_orm_migration::prelude::*;

use crate::build::{create, index, instant, json, key, optional_key, optional_text, points_to, table, text, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("session")).to_owned()).await?;
        create(manager, tables(), indexes()).await
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("account")
            .col(key("municipality_id"))
            .col(text("issuer"))
            .col(text("subject"))
            .col(text("name"))
            .col(optional_key("person_id"))
            .col(instant("created_at"))
            .col(instant("last_login_at"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .foreign_key(&mut points_to("person_id", "person"))
            .to_owned(),
        table("session")
            .col(text("kind"))
            .col(text("token_hash"))
            .col(key("account_id"))
            .col(optional_text("provider_session"))
            .col(optional_text("id_token"))
            .col(json("claims"))
            .col(optional_text("name"))
            .col(instant("created_at"))
            .col(instant("last_seen_at"))
            .col(instant("expires_at"))
            .foreign_key(&mut points_to("account_id", "account"))
            .to_owned(),
        table("login_state")
            .col(text("state_hash"))
            .col(text("browser_hash"))
            .col(text("issuer"))
            .col(text("nonce"))
            .col(text("verifier"))
            .col(text("return_to"))
            .col(optional_text("invitation_hash"))
            .col(instant("expires_at"))
            .to_owned(),
        table("invitation")
            .col(text("token_hash"))
            .col(key("person_id"))
            .col(key("municipality_id"))
            .col(optional_key("invited_by"))
            .col(instant("expires_at"))
            .foreign_key(&mut points_to("person_id", "person"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .foreign_key(&mut points_to("invited_by", "account"))
            .to_owned(),
        table("used_logout_token").col(text("issuer")).col(text("token_id_hash")).col(instant("expires_at")).to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("account_login", "account", &["issuer", "subject"]),
        index("account_person", "account", &["person_id"]),
        unique("session_token_hash", "session", &["token_hash"]),
        index("session_account", "session", &["account_id", "provider_session"]),
        index("session_expires_at", "session", &["expires_at"]),
        unique("login_state_state_hash", "login_state", &["state_hash"]),
        index("login_state_expires_at", "login_state", &["expires_at"]),
        unique("invitation_token_hash", "invitation", &["token_hash"]),
        index("invitation_person", "invitation", &["person_id"]),
        unique("used_logout_token_id", "used_logout_token", &["issuer", "token_id_hash"]),
        index("used_logout_token_expires_at", "used_logout_token", &["expires_at"]),
    ]
}
