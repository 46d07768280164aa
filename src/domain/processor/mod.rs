//! Processors, the agreements with them, and the chain of sub-processors below.
//!
//! - **Party** (organisation): one shared row for each organisation that processes for others, whatever municipality uses it.
//! - **Processor agreement** (personuppgiftsbiträdesavtal, PUB-avtal; GDPR art. 28.3): with one processor and one or several
//!   controllers. The lead keeps the common part; each party keeps its own row. Readable by every municipality of its controllers.
//! - **Sub-processor** (underbiträde; art. 28.2, 28.4): engaged under an agreement by the processor or by another sub-processor:
//!   a dated tree in which no organisation stands below itself.
//!
//! Left to come: the life-cycle by dated events, terms, instructions and notices; changes of sub-processors and the objection
//! cases; third-country transfers. What is unlawful is stored as any fact; the findings come with the legal timeline.

mod audited;
pub mod graphql;
pub mod import;
pub mod model;
pub mod repo;
pub mod rules;
pub mod service;
