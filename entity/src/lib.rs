//! The tables of samverkan, one file each, without behaviour. Only a domain's `repo` uses them.

pub mod account;
pub mod agreement;
pub mod agreement_party;
pub mod agreement_reader;
pub mod audit_chain;
pub mod authority_notification;
pub mod controller;
pub mod controller_reader;
pub mod coordinator_assignment;
pub mod country_status;
pub mod engagement;
pub mod invitation;
pub mod login_state;
pub mod municipality;
pub mod officer_appointment;
pub mod party;
pub mod person;
pub mod role_grant;
pub mod session;
pub mod used_logout_token;
