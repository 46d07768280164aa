//! Municipalities, controllers and who may read their records, people and their roles, sessions.

use sea_orm_migration::prelude::*;

use crate::build::{
    create, date, ends_after_it_begins, flag, index, key, optional_date, optional_text, points_to, table, text, unique, version,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, tables(), indexes()).await
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("municipality")
            .col(text("slug"))
            .col(text("name"))
            .col(text("code"))
            .col(text("organisation_number"))
            .col(ColumnDef::new(Alias::new("meeting_order")).integer().not_null())
            .col(date("member_from"))
            .col(optional_date("member_to"))
            .col(version())
            .to_owned(),
        table("controller")
            .col(key("municipality_id"))
            .col(text("name"))
            .col(text("name_sort"))
            .col(text("kind"))
            .col(optional_text("organisation_number"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .col(version())
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .check(ends_after_it_begins())
            .to_owned(),
        table("controller_reader")
            .col(key("controller_id"))
            .col(key("municipality_id"))
            .col(optional_date("valid_from"))
            .col(optional_date("valid_to"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned(),
        table("person")
            .col(key("municipality_id"))
            .col(text("name"))
            .col(text("name_sort"))
            .col(optional_text("email"))
            .col(optional_text("phone"))
            .col(version())
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned(),
        table("coordinator_assignment")
            .col(key("person_id"))
            .col(key("controller_id"))
            .col(flag("deputy"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .col(version())
            .foreign_key(&mut points_to("person_id", "person"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .check(ends_after_it_begins())
            .to_owned(),
        table("officer_appointment")
            .col(key("person_id"))
            .col(key("controller_id"))
            .col(key("login_at"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .col(optional_text("decision_reference"))
            .col(optional_text("end_reason"))
            .col(version())
            .foreign_key(&mut points_to("person_id", "person"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .foreign_key(&mut points_to("login_at", "municipality"))
            .check(ends_after_it_begins())
            .to_owned(),
        table("authority_notification")
            .col(key("appointment_id"))
            .col(text("kind"))
            .col(date("notified_on"))
            .col(optional_text("reference"))
            .foreign_key(&mut points_to("appointment_id", "officer_appointment"))
            .to_owned(),
        table("role_grant")
            .col(key("person_id"))
            .col(text("role"))
            .col(key("municipality_id"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .foreign_key(&mut points_to("person_id", "person"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .check(ends_after_it_begins())
            .to_owned(),
        table("session")
            .col(text("token_hash"))
            .col(key("person_id"))
            .col(key("municipality_id"))
            .col(ColumnDef::new(Alias::new("created_at")).timestamp_with_time_zone().not_null())
            .col(ColumnDef::new(Alias::new("expires_at")).timestamp_with_time_zone().not_null())
            .foreign_key(&mut points_to("person_id", "person"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("municipality_slug", "municipality", &["slug"]),
        unique("municipality_code", "municipality", &["code"]),
        index("controller_municipality", "controller", &["municipality_id", "name_sort", "id"]),
        unique("controller_reader_controller", "controller_reader", &["controller_id", "municipality_id", "valid_from", "valid_to"]),
        index("controller_reader_municipality", "controller_reader", &["municipality_id", "controller_id", "valid_from", "valid_to"]),
        index("person_name", "person", &["name_sort", "id"]),
        index("person_municipality", "person", &["municipality_id", "name_sort", "id"]),
        index("coordinator_assignment_controller", "coordinator_assignment", &["controller_id", "valid_from"]),
        index("coordinator_assignment_person", "coordinator_assignment", &["person_id", "valid_from"]),
        index("officer_appointment_controller", "officer_appointment", &["controller_id", "valid_from"]),
        index("officer_appointment_person", "officer_appointment", &["person_id", "valid_from"]),
        index("authority_notification_appointment", "authority_notification", &["appointment_id", "notified_on"]),
        index("role_grant_person", "role_grant", &["person_id", "valid_from"]),
        unique("session_token_hash", "session", &["token_hash"]),
    ]
}
