//! Terms in versions, and who has signed them.

use chrono::NaiveDate;

use super::{
    acknowledge::{Acknowledgement, Warning, acknowledge},
    agreement_party::own_row,
    known_agreement, lead,
    timeline::recorded,
};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{Agreed, Agreement, AgreementParty, ContractSide, DayKind, Signature, SilenceMeans, Terms},
            repo,
            rules::signing::warnings_at_signing,
        },
    },
    kernel::{
        kinds::{AgreementId, ControllerId},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// What becomes of terms. Nothing inside means: leave as it is.
#[derive(Clone, Debug, Default)]
pub struct TermsChange {
    /// Days from a notice of termination to the end.
    pub termination_notice_days: Option<u16>,
    /// Days in which a controller may object.
    pub objection_days: Option<u16>,
    /// Which days those are.
    pub objection_day_kind: Option<DayKind>,
    /// What silence means.
    pub silence_means: Option<SilenceMeans>,
    /// Days for return or deletion.
    pub return_days: Option<u16>,
    /// Working days after which what was sent is deemed received.
    pub deemed_receipt_working_days: Option<u16>,
    /// Years for which logs are kept.
    pub log_retention_years: Option<u16>,
    /// Months between self-audits.
    pub self_audit_months: Option<u16>,
    /// Whether data may be transferred to third countries.
    pub third_country_transfer_allowed: Option<bool>,
    /// Whether a main contract goes before.
    pub main_contract_prevails: Option<bool>,
    /// Which main contract.
    pub main_contract_reference: Option<Option<String>>,
    /// The last day of a fixed term.
    pub fixed_end_on: Option<Option<NaiveDate>>,
}

impl TermsChange {
    /// The terms that were, changed.
    pub fn of(self, before: &Agreed) -> Agreed {
        Agreed {
            termination_notice_days: self.termination_notice_days.unwrap_or(before.termination_notice_days),
            objection_days: self.objection_days.unwrap_or(before.objection_days),
            objection_day_kind: self.objection_day_kind.unwrap_or(before.objection_day_kind),
            silence_means: self.silence_means.unwrap_or(before.silence_means),
            return_days: self.return_days.unwrap_or(before.return_days),
            deemed_receipt_working_days: self.deemed_receipt_working_days.unwrap_or(before.deemed_receipt_working_days),
            log_retention_years: self.log_retention_years.unwrap_or(before.log_retention_years),
            self_audit_months: self.self_audit_months.unwrap_or(before.self_audit_months),
            third_country_transfer_allowed: self.third_country_transfer_allowed.unwrap_or(before.third_country_transfer_allowed),
            main_contract_prevails: self.main_contract_prevails.unwrap_or(before.main_contract_prevails),
            main_contract_reference: self.main_contract_reference.unwrap_or_else(|| before.main_contract_reference.clone()),
            fixed_end_on: self.fixed_end_on.unwrap_or(before.fixed_end_on),
        }
    }
}

/// Other terms.
#[derive(Debug)]
pub struct AmendAgreement {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// The version of the agreement that is changed.
    pub expected_version: i32,
    /// From when they hold, if both sides have signed by then; none: as before where nobody has signed yet, else from today.
    pub valid_from: Option<NaiveDate>,
    /// What changes.
    pub change: TermsChange,
}

/// Offers other terms (17.2). Where nobody has signed the newest version yet, that one is changed; else there is a new one, which binds
/// nobody before both sides have signed it.
pub async fn amend(cx: &Cx, command: AmendAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, parties) = known_agreement(cx, command.agreement, "agreementId").await?;
    let scope = require(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "agreementId")?;
    unchanged(command.expected_version, current.version)?;
    let newest = versions(cx, &scope, current.id).await?.pop().ok_or_else(|| Failure::internal("an agreement has no terms"))?;
    let agreed = command.change.of(&newest.agreed);
    let change = if newest.is_signed() {
        let valid_from = command.valid_from.unwrap_or(cx.today);
        let new = Terms {
            id: cx.ids.id(cx.now),
            number: newest.number + 1,
            valid_from,
            signed_by_processor_on: None,
            signatures: Vec::new(),
            agreed,
            agreement: current.id,
        };
        ends_after_it_begins(&new)?;
        repo::insert_terms(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
        Change::made(&new)
    } else {
        let changed = Terms { valid_from: command.valid_from.unwrap_or(newest.valid_from), agreed, ..newest.clone() };
        ends_after_it_begins(&changed)?;
        repo::update_terms(&cx.tx, &scope, &changed).await?;
        Change::changed(&newest, &changed)
    };
    let counted = Agreement { version: current.version + 1, ..current };
    stored(repo::update_agreement(&cx.tx, &scope, &counted).await?, current.version)?;
    recorded(cx, &scope, counted.id, change, counted.id).await
}

fn ends_after_it_begins(terms: &Terms) -> Result<(), Refusal> {
    match terms.agreed.fixed_end_on {
        Some(end) if end < terms.valid_from => Err(Refusal::ends_before_it_begins("terms.fixedEndOn")),
        _ => Ok(()),
    }
}

async fn versions(cx: &Cx, scope: &WriteScope, of: AgreementId) -> Result<Vec<Terms>, Failure> {
    Ok(repo::terms_to_change(&cx.tx, scope, &[of]).await?)
}

/// A signature.
#[derive(Debug)]
pub struct SignAgreement {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The version of the party's row.
    pub expected_version: i32,
    /// Which version of the terms; none: the newest.
    pub terms_number: Option<i32>,
    /// Who signed.
    pub side: ContractSide,
    /// Whose row: of the controller that signed, or that records the processor's signature; none where there is only one party.
    pub controller: Option<ControllerId>,
    /// When.
    pub signed_on: NaiveDate,
    /// Answers to warnings.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// Records a signature, on paper or electronic. Signing again corrects the day.
pub async fn sign(cx: &Cx, command: SignAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let controller = signing_controller(cx, command.agreement, command.controller).await?;
    let (row, scope) = own_row(cx, command.agreement, controller).await?;
    unchanged(command.expected_version, row.version)?;
    is_in(&row)?;
    has_happened(command.signed_on, cx.today, "signedOn")?;
    let facts = repo::facts(&cx.tx, &scope, &[row.agreement]).await?.pop();
    let warnings = facts.map(|facts| warnings_at_signing(&facts, row.id, cx.today)).unwrap_or_default();
    let warnings: Vec<_> = warnings.into_iter().map(|(finding, detail)| Warning { finding, detail }).collect();
    let mut terms = versions(cx, &scope, row.agreement).await?;
    let newest = terms.last().map_or(1, |terms| terms.number);
    let number = command.terms_number.unwrap_or(newest);
    let terms = terms.iter_mut().find(|terms| terms.number == number).ok_or_else(|| Refusal::not_found("termsNumber"))?;
    let before = terms.clone();
    match command.side {
        ContractSide::Processor => {
            terms.signed_by_processor_on = Some(command.signed_on);
            repo::update_terms(&cx.tx, &scope, terms).await?;
        }
        ContractSide::Controller => {
            terms.signatures.retain(|signature| signature.party != row.id);
            terms.signatures.push(Signature { party: row.id, signed_on: command.signed_on });
            repo::sign_terms(&cx.tx, &scope, &cx.ids, cx.now, terms.id, row.id, command.signed_on).await?;
        }
    }
    let counted = AgreementParty { version: row.version + 1, ..row.clone() };
    stored(repo::update_agreement_party(&cx.tx, &scope, &counted).await?, row.version)?;
    let change = Change::changed(&before, terms);
    let change = acknowledge(cx, &scope, row.agreement, &warnings, command.acknowledgements, change).await?;
    recorded(cx, &scope, row.agreement, change, row.agreement).await
}

/// Whose row a signature belongs to where no controller is named: there is only one party.
async fn signing_controller(cx: &Cx, agreement: AgreementId, named: Option<ControllerId>) -> Result<ControllerId, Failure> {
    if let Some(controller) = named {
        return Ok(controller);
    }
    let (_, parties) = known_agreement(cx, agreement, "agreementId").await?;
    match parties.as_slice() {
        [only] => Ok(only.controller),
        _ => Err(Refusal::new(
            RefusalCode::Missing,
            "controllerId",
            Text::new(
                "Avtalet har flera parter; ange den personuppgiftsansvarige som du samordnar.",
                "The agreement has several parties; give the controller that you coordinate.",
            ),
        )
        .into()),
    }
}

/// Only who has joined signs, and who has not left.
fn is_in(row: &AgreementParty) -> Result<(), Refusal> {
    let wrong = |sv, en| Err(Refusal::new(RefusalCode::WrongState, "controllerId", Text::new(sv, en)));
    if row.invited_on.is_some() && row.joined_on.is_none() {
        return wrong(
            "Den är inbjuden men har inte anslutit sig; anslut den först.",
            "It is invited and has not joined; let it join first.",
        );
    }
    if row.left_on.is_some() {
        return wrong("Den har lämnat avtalet.", "It has left the agreement.");
    }
    Ok(())
}
