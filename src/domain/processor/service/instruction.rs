//! The controllers' instructions to the processor, in versions.

use chrono::NaiveDate;

use super::{common_part, timeline::recorded};
use crate::{
    app::Cx,
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{DataCategory, DataSubjectGroup, Instruction, SensitiveCategory},
            repo, rules,
        },
    },
    kernel::{country::CountryCode, kinds::AgreementId, refusal::Failure},
};

/// A new version of the instructions.
#[derive(Debug)]
pub struct IssueInstruction {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// When it was issued; none: today.
    pub issued_on: Option<NaiveDate>,
    /// Its first day; none: today.
    pub valid_from: Option<NaiveDate>,
    /// Which data.
    pub data_categories: Vec<DataCategory>,
    /// Which data of special categories.
    pub sensitive_categories: Vec<SensitiveCategory>,
    /// Whose data.
    pub data_subjects: Vec<DataSubjectGroup>,
    /// Where they may be processed.
    pub processing_countries: Vec<CountryCode>,
    /// How they are protected.
    pub security_measures: String,
    /// How long they are kept.
    pub retention: String,
    /// The instruction itself.
    pub text: String,
}

/// Issues a version of the instructions; those before stay as they are (PUB10).
pub async fn issue(cx: &Cx, command: IssueInstruction) -> Result<Recorded<AgreementId>, Failure> {
    let (agreement, scope) = common_part(cx, command.agreement).await?;
    let issued_on = command.issued_on.unwrap_or(cx.today);
    has_happened(issued_on, cx.today, "issuedOn")?;
    let valid_from = command.valid_from.unwrap_or(cx.today);
    let before = repo::instructions(&cx.tx, &[agreement.id]).await?;
    rules::instruction_follows(&before, valid_from, "validFrom")?;
    let instruction = Instruction {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        number: repo::last_instruction_number(&cx.tx, &scope, agreement.id).await? + 1,
        issued_on,
        valid_from,
        data_categories: command.data_categories,
        sensitive_categories: command.sensitive_categories,
        data_subjects: command.data_subjects,
        processing_countries: command.processing_countries,
        security_measures: command.security_measures,
        retention: command.retention,
        text: command.text,
        cost_answer: None,
        version: 1,
    };
    repo::insert_instructions(&cx.tx, &scope, std::slice::from_ref(&instruction)).await?;
    recorded(cx, &scope, agreement.id, Change::made(&instruction), agreement.id).await
}
