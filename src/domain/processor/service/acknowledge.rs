//! Warnings: a rule that only warns is answered once with a reason, which is kept.

use crate::{
    app::Cx,
    authz::WriteScope,
    domain::{
        audit::model::Change,
        processor::{model::AcknowledgedWarning, repo},
        timeline::model::FindingCode,
    },
    kernel::{
        code::Code,
        kinds::AgreementId,
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
    },
};

/// A rule that warns of what is about to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The finding that would follow.
    pub finding: FindingCode,
    /// What is particular.
    pub detail: Option<Text>,
}

/// An answer to a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The rule that warned.
    pub rule: String,
    /// Why it is done all the same.
    pub reason: String,
}

impl Warning {
    /// A warning without particulars.
    pub fn of(finding: FindingCode) -> Self {
        Self { finding, detail: None }
    }

    fn rule(&self) -> &'static str {
        self.finding.terms().rule
    }

    fn refusal(&self) -> Refusal {
        let term = self.finding.term();
        let detailed =
            |label: &str, detail: Option<&str>| detail.map_or_else(|| format!("{label}."), |detail| format!("{label}: {detail}."));
        let message = Text::new(
            format!("{} Ange ett skäl för att göra det ändå.", detailed(&term.label.sv, self.detail.as_ref().map(|detail| &*detail.sv))),
            format!("{} Give a reason to do it all the same.", detailed(&term.label.en, self.detail.as_ref().map(|detail| &*detail.en))),
        );
        let source = term.legal_source.unwrap_or_default();
        Refusal::new(RefusalCode::NeedsAcknowledgement, "acknowledgements", message).by_rule(self.rule(), source)
    }
}

/// Refuses what warns and was not answered, now or before, under this agreement; else keeps the answers and tells them with the change.
pub async fn acknowledge(
    cx: &Cx,
    scope: &WriteScope,
    agreement: AgreementId,
    warnings: &[Warning],
    given: Vec<Acknowledgement>,
    change: Change,
) -> Result<Change, Failure> {
    let before = repo::acknowledged(&cx.tx, &[agreement]).await?;
    let asked: Vec<_> = warnings.iter().filter(|warning| !before.iter().any(|known| known.rule == warning.rule())).collect();
    let unanswered: Vec<_> =
        asked.iter().filter(|warning| !given.iter().any(|answer| answer.rule == warning.rule())).map(|warning| warning.refusal()).collect();
    if !unanswered.is_empty() {
        return Err(Failure::Refused(unanswered));
    }
    let by = cx.viewer.person.ok_or_else(|| Failure::internal("a warning is answered by nobody of the directory"))?;
    let mut answers: Vec<AcknowledgedWarning> = Vec::new();
    for Acknowledgement { rule, reason } in given {
        let wanted = asked.iter().any(|warning| warning.rule() == rule) && !answers.iter().any(|answer| answer.rule == rule);
        if wanted {
            answers.push(AcknowledgedWarning { agreement, rule, reason, by, at: cx.now });
        }
    }
    repo::insert_acknowledged(&cx.tx, scope, &cx.ids, &answers).await?;
    let told = answers.into_iter().fold(Change::of(agreement), |told, answer| {
        told.with("acknowledgements", None, Some(format!("{}: {}", answer.rule, answer.reason)))
    });
    Ok(change.and(told))
}
