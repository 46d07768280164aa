//! Logins, sessions and roles in the database. What is secret is stored as a hash only.

pub(super) mod account;
pub(super) mod grants;
pub(super) mod invitation;
pub(super) mod login_state;
pub(super) mod session;
