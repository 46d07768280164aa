//! Who there is: municipalities, their controllers, the people who coordinate and advise them.
//!
//! - **Municipality** (kommun): a member of the cooperation, from a day and perhaps to a day.
//! - **Controller** (personuppgiftsansvarig): each board is a controller of its own; the municipality is not (ORG1). A joint
//!   board (gemensam nämnd) has a host and members, and all of them read its records (ORG6).
//! - **Coordinator** (GDPR-samordnare): a person assigned to a controller, from a day (COO1, COO2).
//! - **Data protection officer** (dataskyddsombud): a person whom each controller appoints by itself (DPO1, DPO4), and whose
//!   appointment is notified to the supervisory authority (DPO2).
//! - **Succession** (efterträdare): when boards are reorganised, the duties of one controller are another's from a day.
//!
//! Facts that happened outside are stored, lawful or not. The findings and reminders of DPO1, DPO2, DPO4, ORG5 and COO1 come
//! with the legal timeline. Left out until their areas exist: joint controllership (ORG3), guideline adoption (ORG7).

mod audited;
pub mod graphql;
pub mod model;
pub mod repo;
pub mod rules;
pub mod service;
