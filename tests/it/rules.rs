//! The rules of the rulebook that hold by now, each with a case that passes and one that fails. Their ids stand at the front of the
//! tests' names; what is named here is there, and runs.

/// Rule, a test in which it is kept, a test in which it is broken and refused.
const RULES: &[(&str, &str, &str)] = &[
    ("ORG1", "org1_each_board_is_a_controller_of_its_own_and_read_by_every_member", "org1_a_municipality_is_never_taken_for_a_controller"),
    ("ORG2", "org2_an_organisation_of_whatever_kind_is_a_controller", "org2_a_person_is_never_taken_for_a_controller"),
    (
        "ORG6",
        "org6_the_members_of_a_new_joint_board_read_its_agreements_and_it_stands_once_in_each_list",
        "org6_only_a_joint_board_has_members_and_its_host_is_none_of_them",
    ),
    (
        "ORG10",
        "org10_everybody_of_a_municipality_reads_the_records_of_all_its_boards",
        "org10_a_user_of_gnesta_reads_flens_records_as_if_they_did_not_exist",
    ),
    ("COO2", "coo2_one_person_coordinates_several_controllers", "coo2_a_coordinator_of_one_board_changes_nothing_of_another_board"),
    (
        "DPO8",
        "dpo8_an_officer_reads_every_controller_with_a_running_appointment_on_its_last_day_and_in_history_too",
        "dpo8_after_the_end_the_officer_no_longer_reads_and_history_does_not_open_it_either",
    ),
    (
        "PUB2",
        "between_boards_of_one_municipality_a_legal_act_is_usual_else_an_agreement_and_what_is_named_holds",
        "pub2_a_controller_is_not_its_own_processor",
    ),
];

/// Rules whose facts are stored and read back; their findings and reminders come with the legal timeline.
const FACTS: &[(&str, &str)] = &[
    ("DPO1", "dpo1_an_appointment_is_stored_and_read_by_every_member"),
    ("DPO2", "dpo2_what_the_authority_was_told_is_stored_and_read_oldest_first"),
    ("DPO4", "dpo4_one_officer_is_appointed_by_many_controllers_each_for_itself"),
    ("ORG5", "org5_a_municipal_company_and_a_foundation_are_stored_and_may_lack_an_officer"),
    ("COO1", "coo1_the_last_coordinator_may_leave_and_that_is_stored_as_the_fact_that_it_is"),
];

const SOURCES: &[&str] = &[
    include_str!("isolation.rs"),
    include_str!("organisation/controller.rs"),
    include_str!("organisation/coordinator.rs"),
    include_str!("organisation/officer.rs"),
    include_str!("processor/agreement.rs"),
];

#[test]
fn every_rule_has_a_case_that_passes_and_one_that_fails_and_both_run() {
    let runs = |test: &str| SOURCES.iter().any(|source| source.contains(&format!("#[tokio::test]\nasync fn {test}() {{")));
    for (rule, kept, broken) in RULES {
        assert!(runs(kept) && runs(broken), "{rule} lacks a test");
        assert_ne!(kept, broken);
        assert!(broken.starts_with(&format!("{}_", rule.to_lowercase())), "{rule}");
    }
    for (rule, test) in FACTS {
        assert!(runs(test) && test.starts_with(&format!("{}_", rule.to_lowercase())), "{rule} lacks a test");
    }
}
