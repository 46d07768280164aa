//! The life of agreements: terms and signatures, instructions, contents, assurances, notices and contacts; changes of sub-processors and
//! the cases about them; the succession of controllers; and the timeline that the rules derive from all of it.

use sea_orm_migration::prelude::*;

use crate::build::{
    create, date, ends_after_it_begins, flag, index, instant, json, key, number, optional_date, optional_flag, optional_instant,
    optional_key, optional_text, points_to, table, text, unique, version,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, tables(), indexes()).await?;
        for (table, column) in new_columns() {
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).to_owned()).await?;
        }
        for statement in BEGINNINGS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// What is there already: each agreement gets the terms of the template, valid since the GDPR applies, signed by nobody yet; each
/// sub-processor's end is as it was entered.
const BEGINNINGS: [&str; 2] = [
    "INSERT INTO agreement_terms (id, agreement_id, number, valid_from, termination_notice_days, objection_days, objection_day_kind, \
     silence_means, return_days, deemed_receipt_working_days, log_retention_years, self_audit_months, third_country_transfer_allowed, \
     main_contract_prevails) \
     SELECT id, id, 1, '2018-05-25', 30, 30, 'CALENDAR', 'APPROVED', 30, 1, 5, 12, FALSE, FALSE FROM agreement",
    "UPDATE engagement SET listed_to = valid_to",
];

fn new_columns() -> Vec<(&'static str, ColumnDef)> {
    let party = [
        optional_date("left_on"),
        optional_date("lead_offered_on"),
        optional_date("notice_given_on"),
        optional_text("notice_given_by"),
        optional_date("terminated_on"),
        optional_key("terminated_because_of_id"),
        optional_text("end_of_agreement"),
        optional_date("chosen_on"),
        optional_date("returned_or_deleted_on"),
        optional_date("registered_on"),
    ];
    let engagement = [optional_date("listed_to"), optional_key("introduced_by_id")];
    let of = |table: &'static str| move |column: ColumnDef| (table, column);
    party.into_iter().map(of("agreement_party")).chain(engagement.into_iter().map(of("engagement"))).collect()
}

#[expect(clippy::too_many_lines, reason = "a line for each column")]
fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("timeline_rules").col(number("ruleset")).to_owned(),
        table("timeline")
            .col(key("origin_id"))
            .col(text("kind"))
            .col(text("code"))
            .col(text("subject"))
            .col(key("subject_id"))
            .col(optional_key("controller_id"))
            .col(optional_key("about_id"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .col(optional_date("start_on"))
            .col(optional_date("raw_on"))
            .col(optional_date("due_on"))
            .col(optional_text("severity"))
            .col(text("rule"))
            .col(optional_text("counting"))
            .col(optional_text("detail_sv"))
            .col(optional_text("detail_en"))
            .col(text("sort_key"))
            .foreign_key(&mut points_to("controller_id", "controller"))
            .to_owned(),
        table("agreement_terms")
            .col(key("agreement_id"))
            .col(number("number"))
            .col(date("valid_from"))
            .col(optional_date("signed_by_processor_on"))
            .col(number("termination_notice_days"))
            .col(number("objection_days"))
            .col(text("objection_day_kind"))
            .col(text("silence_means"))
            .col(number("return_days"))
            .col(number("deemed_receipt_working_days"))
            .col(number("log_retention_years"))
            .col(number("self_audit_months"))
            .col(flag("third_country_transfer_allowed"))
            .col(flag("main_contract_prevails"))
            .col(optional_text("main_contract_reference"))
            .col(optional_date("fixed_end_on"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .to_owned(),
        table("terms_signature")
            .col(key("terms_id"))
            .col(key("agreement_party_id"))
            .col(date("signed_on"))
            .foreign_key(&mut points_to("terms_id", "agreement_terms"))
            .foreign_key(&mut points_to("agreement_party_id", "agreement_party"))
            .to_owned(),
        table("agreement_suspension")
            .col(key("agreement_id"))
            .col(text("cause"))
            .col(date("suspended_from"))
            .col(optional_date("declared_ended_on"))
            .col(optional_date("accepted_on"))
            .col(version())
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .to_owned(),
        table("acknowledged_warning")
            .col(key("agreement_id"))
            .col(text("rule"))
            .col(text("reason"))
            .col(key("person_id"))
            .col(instant("at"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .foreign_key(&mut points_to("person_id", "person"))
            .to_owned(),
        table("instruction")
            .col(key("agreement_id"))
            .col(number("number"))
            .col(date("issued_on"))
            .col(date("valid_from"))
            .col(json("data_categories"))
            .col(json("sensitive_categories"))
            .col(json("data_subjects"))
            .col(json("processing_countries"))
            .col(text("security_measures"))
            .col(text("retention"))
            .col(text("text"))
            .col(optional_text("cost_answer"))
            .col(optional_date("cost_answered_on"))
            .col(version())
            .col(optional_instant("withdrawn_at"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .to_owned(),
        table("agreement_content")
            .col(key("agreement_id"))
            .col(text("item"))
            .col(text("answer"))
            .col(optional_text("note"))
            .col(date("answered_on"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .to_owned(),
        table("assurance")
            .col(key("agreement_id"))
            .col(text("kind"))
            .col(date("assured_on"))
            .col(flag("met"))
            .col(optional_text("auditor"))
            .col(optional_flag("competitor"))
            .col(optional_flag("secrecy_undertaken"))
            .col(optional_text("note"))
            .col(optional_text("document_url"))
            .col(version())
            .col(optional_instant("withdrawn_at"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .to_owned(),
        table("agreement_notice")
            .col(key("agreement_id"))
            .col(optional_key("agreement_party_id"))
            .col(text("kind"))
            .col(text("direction"))
            .col(text("contact"))
            .col(date("sent_on"))
            .col(optional_date("received_on"))
            .col(optional_date("answered_on"))
            .col(optional_date("event_on"))
            .col(json("missing_parts"))
            .col(optional_text("consent_scope"))
            .col(optional_text("required_by_law"))
            .col(optional_text("text"))
            .col(optional_text("document_url"))
            .col(version())
            .col(optional_instant("withdrawn_at"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .foreign_key(&mut points_to("agreement_party_id", "agreement_party"))
            .to_owned(),
        table("agreement_contact")
            .col(key("agreement_id"))
            .col(text("side"))
            .col(text("purpose"))
            .col(text("name"))
            .col(text("email"))
            .col(optional_text("phone"))
            .col(date("valid_from"))
            .col(optional_date("valid_to"))
            .foreign_key(&mut points_to("agreement_id", "agreement"))
            .check(ends_after_it_begins())
            .to_owned(),
        table("sub_processor_change")
            .col(key("processor_id"))
            .col(text("kind"))
            .col(key("sub_processor_id"))
            .col(optional_key("replaces_id"))
            .col(optional_key("engaged_by_id"))
            .col(text("service"))
            .col(json("data_categories"))
            .col(json("data_subjects"))
            .col(json("processing_countries"))
            .col(date("announced_on"))
            .col(date("effective_on"))
            .col(optional_key("municipality_id"))
            .col(optional_text("source_url"))
            .col(version())
            .col(optional_instant("withdrawn_at"))
            .foreign_key(&mut points_to("processor_id", "party"))
            .foreign_key(&mut points_to("sub_processor_id", "party"))
            .foreign_key(&mut points_to("replaces_id", "party"))
            .foreign_key(&mut points_to("engaged_by_id", "party"))
            .foreign_key(&mut points_to("municipality_id", "municipality"))
            .to_owned(),
        table("change_advice")
            .col(key("change_id"))
            .col(key("person_id"))
            .col(text("text"))
            .col(instant("given_at"))
            .foreign_key(&mut points_to("change_id", "sub_processor_change"))
            .foreign_key(&mut points_to("person_id", "person"))
            .to_owned(),
        table("objection_case")
            .col(key("change_id"))
            .col(key("agreement_party_id"))
            .col(optional_date("notice_sent_on"))
            .col(optional_date("notice_received_on"))
            .col(json("missing"))
            .col(optional_date("completed_on"))
            .col(version())
            .foreign_key(&mut points_to("change_id", "sub_processor_change"))
            .foreign_key(&mut points_to("agreement_party_id", "agreement_party"))
            .to_owned(),
        table("objection_act")
            .col(key("case_id"))
            .col(number("number"))
            .col(text("act"))
            .col(optional_text("outcome"))
            .col(date("done_on"))
            .col(optional_key("person_id"))
            .col(optional_text("reason"))
            .foreign_key(&mut points_to("case_id", "objection_case"))
            .foreign_key(&mut points_to("person_id", "person"))
            .to_owned(),
        table("controller_succession")
            .col(key("predecessor_id"))
            .col(key("successor_id"))
            .col(date("succeeded_on"))
            .col(optional_text("decision_reference"))
            .foreign_key(&mut points_to("predecessor_id", "controller"))
            .foreign_key(&mut points_to("successor_id", "controller"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("timeline_origin", "timeline", &["origin_id"]),
        index("timeline_subject", "timeline", &["subject_id", "kind", "valid_from", "valid_to", "code"]),
        index("timeline_list", "timeline", &["kind", "sort_key", "id", "valid_from", "valid_to", "controller_id", "code"]),
        index("timeline_controller", "timeline", &["controller_id", "kind", "sort_key", "id"]),
        index("timeline_about", "timeline", &["about_id", "kind", "sort_key", "id"]),
        unique("agreement_terms_number", "agreement_terms", &["agreement_id", "number"]),
        unique("terms_signature_terms", "terms_signature", &["terms_id", "agreement_party_id"]),
        index("agreement_suspension_agreement", "agreement_suspension", &["agreement_id", "suspended_from"]),
        unique("acknowledged_warning_agreement", "acknowledged_warning", &["agreement_id", "rule"]),
        unique("instruction_number", "instruction", &["agreement_id", "number"]),
        unique("agreement_content_item", "agreement_content", &["agreement_id", "item", "answered_on"]),
        index("assurance_agreement", "assurance", &["agreement_id", "assured_on"]),
        index("agreement_notice_agreement", "agreement_notice", &["agreement_id", "sent_on"]),
        index("agreement_contact_agreement", "agreement_contact", &["agreement_id", "side", "purpose", "valid_from"]),
        index("sub_processor_change_announced", "sub_processor_change", &["announced_on", "id"]),
        index("sub_processor_change_processor", "sub_processor_change", &["processor_id", "announced_on"]),
        index("change_advice_change", "change_advice", &["change_id", "given_at"]),
        unique("objection_case_change", "objection_case", &["change_id", "agreement_party_id"]),
        index("objection_case_party", "objection_case", &["agreement_party_id"]),
        unique("objection_act_case", "objection_act", &["case_id", "number"]),
        unique("controller_succession_predecessor", "controller_succession", &["predecessor_id"]),
        index("controller_succession_successor", "controller_succession", &["successor_id"]),
    ]
}
