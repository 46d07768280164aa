//! What may they do? The policy is one table ([`policy::POLICY`]); everything else here applies it.
//!
//! Reading: a [`ReadScope`] is made from the viewer once per request, and every query takes it. Writing: [`require`]
//! judges one action on one subject and gives a [`WriteScope`], which every change takes. Neither can be made elsewhere,
//! so a query that nobody authorised does not compile. Rights are judged at the present day, whatever `asOf` says.

pub mod policy;
mod role;
mod scope;
mod viewer;

pub use policy::{Action, Subject, allowed, require};
pub use role::{Role, RoleSource};
pub use scope::{AuditReach, ReadScope, WriteScope};
pub use viewer::{Grant, Viewer};
