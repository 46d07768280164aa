//! Answers to warnings.

use async_graphql::InputObject;

use crate::{
    domain::processor::service::acknowledge::Acknowledgement,
    kernel::{bounds::DESCRIPTION, command::Faults},
};

/// Characters of a rule's id.
const RULE: usize = 20;

/// An answer to a rule that warned: the mutation is done all the same, and the reason is kept.
#[derive(InputObject, Clone, Debug)]
#[graphql(name = "Acknowledgement")]
pub struct AcknowledgementInput {
    /// The rule that warned, such as `PUB4`, as `errors.rule` named it.
    pub rule: String,
    /// Why it is done all the same, 1 to 4,000 characters. All who may read the agreement read it.
    pub reason: String,
}

/// The answers, or nothing and what is wrong with them.
pub fn acknowledgements(faults: &mut Faults, given: Option<Vec<AcknowledgementInput>>) -> Option<Vec<Acknowledgement>> {
    let mut read = Vec::new();
    for (n, AcknowledgementInput { rule, reason }) in given.unwrap_or_default().into_iter().enumerate() {
        let rule = faults.text(&format!("acknowledgements.{n}.rule"), &rule, RULE);
        let reason = faults.text(&format!("acknowledgements.{n}.reason"), &reason, DESCRIPTION);
        read.push(rule.zip(reason).map(|(rule, reason)| Acknowledgement { rule, reason }));
    }
    read.into_iter().collect()
}
