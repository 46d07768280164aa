//! What is assured about a processor: guarantees, undertakings, evidence, audits.

use chrono::NaiveDate;

use super::{
    acknowledge::{Acknowledgement, Warning, acknowledge},
    common_part,
    timeline::recorded,
};
use crate::{
    app::Cx,
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{Assurance, AssuranceKind},
            repo,
            rules::keeping::is_independent,
        },
        timeline::model::FindingCode,
    },
    kernel::{kinds::AgreementId, refusal::Failure},
};

/// A new assurance.
#[derive(Debug)]
pub struct RecordAssurance {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// What was assured.
    pub kind: AssuranceKind,
    /// When.
    pub on: NaiveDate,
    /// Whether it was met.
    pub met: bool,
    /// Who audited.
    pub auditor: Option<String>,
    /// Whether the auditor competes with the processor.
    pub competitor: Option<bool>,
    /// Whether the auditor undertook secrecy.
    pub secrecy_undertaken: Option<bool>,
    /// A note.
    pub note: Option<String>,
    /// Where the document can be opened.
    pub document_url: Option<String>,
    /// Answers to warnings.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// Records an assurance. An auditor who competes, or has not undertaken secrecy, is told of before (PUB21).
pub async fn record(cx: &Cx, command: RecordAssurance) -> Result<Recorded<AgreementId>, Failure> {
    let (agreement, scope) = common_part(cx, command.agreement).await?;
    has_happened(command.on, cx.today, "on")?;
    let assurance = Assurance {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        kind: command.kind,
        on: command.on,
        met: command.met,
        auditor: command.auditor,
        competitor: command.competitor,
        secrecy_undertaken: command.secrecy_undertaken,
        note: command.note,
        document_url: command.document_url,
        version: 1,
    };
    let warnings: Vec<_> = (!is_independent(&assurance)).then(|| Warning::of(FindingCode::AuditorNotIndependent)).into_iter().collect();
    let change = acknowledge(cx, &scope, agreement.id, &warnings, command.acknowledgements, Change::made(&assurance)).await?;
    repo::insert_assurances(&cx.tx, &scope, std::slice::from_ref(&assurance)).await?;
    recorded(cx, &scope, agreement.id, change, agreement.id).await
}
