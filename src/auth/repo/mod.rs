//! Logins, sessions and roles in the database. Of what opens something only the hash is stored; the nonce and the verifier of a login that
//! has begun open nothing by themselves, and go with it.

pub(super) mod account;
pub(super) mod grants;
pub(super) mod invitation;
pub(super) mod login_state;
pub(super) mod session;
