//! The domains, each arrow down only: processor -> organisation -> reference; `audit` and `visibility` are below all.
//!
//! Every domain has the same files: `model` (what there is), `rules` (pure: the law and the guidelines), `service` (use cases:
//! authorise, load in scope, judge, write), `repo` (the only file that knows tables) and `graphql` (names and descriptions).

pub mod audit;
pub mod organisation;
pub mod processor;
pub mod reference;
pub mod timeline;
pub mod visibility;
