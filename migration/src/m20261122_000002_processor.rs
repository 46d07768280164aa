//! Parties, processor agreements with their parties and readers, and the tree of sub-processors.

use sea_orm_migration::prelude::*;

use crate::build::{
    create, date, ends_after_it_begins, flag, index, key, optional_date, optional_key, optional_text, points_to, table, text, unique,
    version,
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
        table("party")
            .col(text("name"))
            .col(text("name_sort"))
            .col(optional_text("organisation_number"))
            .col(optional_text("foreign_registration_number"))
            .col(optional_key("controller_id"))
            .col(text("country"))
            .col(optional_text("controlled_from"))
            .col(flag("public_body"))
            .col(optional_text("address"))
            .col(optional_text("sub_processor_list_url"))
            .col(version())
            .foreign_key(&mut points_to("controller_id", "controller"))
            .to_owned(),
        table("agreement")
            .col(key("processor_id"))
            .col(text("title"))
            .col(text("title_sort"))
            .col(text("instrument"))
            .col(text("template"))
            .col(optional_text("template_version"))
            .col(optional_text("subject_matter"))
            .col(optional_text("purpose"))
            .col(optional_text("nature_of_processing"))
            .col(version())
            .foreign_key(&mut points_to("processor_id", "party"))
            .to_owned(),
        table("agreement_party")
            .col(key("agreement_id"))
            .col(key("controller_id"))
            .col(flag("lead"))
            .col(optional_date("invited_on"))
            .col(optional_date("joined_on"))
            .col(optional_date("processing_from"))
            .col(optional_date("processing_to"))
            .col(optional_text("diary_number"))
            .col(optional_text("filed_at"))
            .col(optional_text("document_url"))
            .col(optional_key("responsible_id"))
            .col(optional_text("sub_processor_authorisation"))
            .col(version())
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .foreign_key(&mut points_to("responsible_id", "person"))
            .to_owned(),
        table("agreement_reader")
            .col(key("agreement_id"))
            .col(key("controller_id"))
            .col(key("municipality_id"))
            .col(optional_date("valid_from"))
            .col(optional_date("valid_to"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned(),
        table("engagement")
            .col(key("agreement_id"))
            .col(key("party_id"))
            .col(optional_key("engaged_by_id"))
            .col(text("path"))
            .col(text("service"))
            .col(ColumnDef::new(Alias::new("data_categories")).json().not_null())
            .col(ColumnDef::new(Alias::new("processing_countries")).json().not_null())
            .col(text("authorisation"))
            .col(optional_date("sub_agreement_on"))
            .col(optional_date("copy_requested_on"))
            .col(optional_date("copy_received_on"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .col(version())
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .foreign_key(&mut points_to("party_id", "party"))
            .foreign_key(&mut points_to("engaged_by_id", "engagement"))
            .check(ends_after_it_begins())
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("party_organisation_number", "party", &["organisation_number"]),
        unique("party_controller", "party", &["controller_id"]),
        index("party_name", "party", &["name_sort", "id"]),
        index("agreement_title", "agreement", &["title_sort", "id"]),
        index("agreement_processor", "agreement", &["processor_id", "title_sort", "id"]),
        unique("agreement_party_agreement_controller", "agreement_party", &["agreement_id", "controller_id"]),
        index("agreement_party_controller", "agreement_party", &["controller_id", "agreement_id"]),
        index(
            "agreement_reader_agreement",
            "agreement_reader",
            &["agreement_id", "municipality_id", "controller_id", "valid_from", "valid_to"],
        ),
        index("agreement_reader_municipality", "agreement_reader", &["municipality_id", "agreement_id", "valid_from", "valid_to"]),
        index("agreement_reader_controller", "agreement_reader", &["controller_id", "agreement_id"]),
        unique("engagement_agreement_path", "engagement", &["agreement_id", "path"]),
        index("engagement_party", "engagement", &["party_id", "agreement_id"]),
    ]
}
