//! Who is asking? A session's token leads to the person, the municipality whose login was used, and today's roles.
//!
//! Logging in at the municipalities' providers is to come here; until then sessions are opened by the demo and by tests.

mod repo;
pub mod session;
