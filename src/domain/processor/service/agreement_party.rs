//! A party's own row of an agreement: kept by the coordinators of that controller alone.

use chrono::NaiveDate;

use super::{known_agreement, row_of, timeline::recorded};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{Recorded, model::Change},
        organisation::{rules::has_happened, service::known_person},
        processor::{
            model::{AgreementParty, ReturnOrDelete, SubProcessorAuthorisation},
            repo,
        },
    },
    kernel::{
        kinds::{AgreementId, ControllerId, PersonId},
        period::Period,
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// An invited controller joins.
#[derive(Debug)]
pub struct JoinAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Who joins.
    pub controller: ControllerId,
    /// The version of the party's row.
    pub expected_version: i32,
    /// When.
    pub joined_on: NaiveDate,
}

/// Joins an agreement: the invited controller's own act.
pub async fn join(cx: &Cx, command: JoinAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = own_row(cx, command.agreement, command.controller).await?;
    unchanged(command.expected_version, current.version)?;
    let Some(invited_on) = current.invited_on.filter(|_| current.joined_on.is_none()) else {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "controllerId",
            Text::new("Den är redan med i avtalet.", "It is already in the agreement."),
        )
        .into());
    };
    joined_when_invited(command.joined_on, invited_on, cx.today)?;
    let joined = AgreementParty { joined_on: Some(command.joined_on), ..current.clone() };
    save(cx, &scope, &current, joined).await
}

/// Nobody joins before the invitation, or on a day that has not come.
fn joined_when_invited(joined_on: NaiveDate, invited_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    has_happened(joined_on, today, "joinedOn")?;
    if invited_on <= joined_on {
        return Ok(());
    }
    Err(Refusal::invalid(
        "joinedOn",
        Text::new(
            format!("Inbjudan är från {invited_on}; ange den dagen eller senare."),
            format!("The invitation is of {invited_on}; give that day or a later one."),
        ),
    ))
}

/// A party's changed row. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct UpdateAgreementParty {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// Whose row.
    pub controller: ControllerId,
    /// The version that is changed.
    pub expected_version: i32,
    /// When it joined.
    pub joined_on: Option<NaiveDate>,
    /// When the processing began.
    pub processing_from: Option<Option<NaiveDate>>,
    /// When the processing ended.
    pub processing_to: Option<Option<NaiveDate>>,
    /// Its number in the case register.
    pub diary_number: Option<Option<String>>,
    /// Where the original is kept.
    pub filed_at: Option<Option<String>>,
    /// Where the document can be opened.
    pub document_url: Option<Option<String>>,
    /// The person in charge.
    pub responsible: Option<Option<PersonId>>,
    /// How the controller authorises sub-processors.
    pub sub_processor_authorisation: Option<Option<SubProcessorAuthorisation>>,
    /// What it asks for at the end.
    pub end_of_agreement: Option<Option<ReturnOrDelete>>,
    /// Whether it, as the lead, offers the lead to the others.
    pub offers_lead: Option<bool>,
}

/// Changes a party's own row.
pub async fn update(cx: &Cx, command: UpdateAgreementParty) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = own_row(cx, command.agreement, command.controller).await?;
    unchanged(command.expected_version, current.version)?;
    if let Some(Some(person)) = command.responsible {
        known_person(cx, person, "responsibleId").await?;
    }
    if let Some(joined_on) = command.joined_on {
        let Some(invited_on) = current.invited_on.filter(|_| current.joined_on.is_some()) else {
            return Err(Refusal::new(
                RefusalCode::WrongState,
                "joinedOn",
                Text::new("Den har inte anslutit sig till avtalet efter en inbjudan.", "It has not joined the agreement by an invitation."),
            )
            .into());
        };
        joined_when_invited(joined_on, invited_on, cx.today)?;
    }
    let processing_from = command.processing_from.unwrap_or(current.processing_from);
    let processing_to = command.processing_to.unwrap_or(current.processing_to);
    if let Some(from) = processing_from {
        Period::new(from, processing_to).ok_or_else(|| Refusal::ends_before_it_begins("processingTo"))?;
    }
    let changed = AgreementParty {
        joined_on: command.joined_on.or(current.joined_on),
        processing_from,
        processing_to,
        diary_number: command.diary_number.unwrap_or_else(|| current.diary_number.clone()),
        filed_at: command.filed_at.unwrap_or_else(|| current.filed_at.clone()),
        document_url: command.document_url.unwrap_or_else(|| current.document_url.clone()),
        responsible: command.responsible.unwrap_or(current.responsible),
        sub_processor_authorisation: command.sub_processor_authorisation.unwrap_or(current.sub_processor_authorisation),
        end_of_agreement: chosen(&current, command.end_of_agreement, cx.today),
        lead_offered_on: offered(&current, command.offers_lead, cx.today)?,
        ..current.clone()
    };
    let changed = AgreementParty { registered_on: registered(&current, &changed, cx.today), ..changed };
    save(cx, &scope, &current, changed).await
}

/// What is asked for at the end, since the day on which it was chosen.
#[expect(clippy::option_option, reason = "to leave a choice as it is and to take it back are two things")]
fn chosen(current: &AgreementParty, choice: Option<Option<ReturnOrDelete>>, today: NaiveDate) -> Option<(ReturnOrDelete, NaiveDate)> {
    match choice {
        None => current.end_of_agreement,
        Some(choice) => choice.map(|choice| current.end_of_agreement.filter(|(before, _)| *before == choice).unwrap_or((choice, today))),
    }
}

/// When the lead was offered to the others: by who has it.
fn offered(current: &AgreementParty, offers: Option<bool>, today: NaiveDate) -> Result<Option<NaiveDate>, Refusal> {
    match offers {
        None => Ok(current.lead_offered_on),
        Some(false) => Ok(None),
        Some(true) if current.lead => Ok(current.lead_offered_on.or(Some(today))),
        Some(true) => Err(Refusal::new(
            RefusalCode::WrongState,
            "offersLead",
            Text::new("Bara den som leder avtalet kan erbjuda någon annan att leda det.", "Only the lead can offer the lead."),
        )),
    }
}

/// Since when a row is in the case register, or filed where it can be found (PUB8).
fn registered(before: &AgreementParty, after: &AgreementParty, today: NaiveDate) -> Option<NaiveDate> {
    let is = |row: &AgreementParty| row.diary_number.is_some() || row.filed_at.is_some();
    match (is(before), is(after)) {
        (_, false) => None,
        (true, true) => before.registered_on,
        (false, true) => Some(today),
    }
}

/// The row of a controller that the viewer coordinates, and the right to keep it.
pub(super) async fn own_row(cx: &Cx, agreement: AgreementId, controller: ControllerId) -> Result<(AgreementParty, WriteScope), Failure> {
    let (_, parties) = known_agreement(cx, agreement, "agreementId").await?;
    let row = row_of(&parties, controller).cloned().ok_or_else(|| Refusal::not_found("controllerId"))?;
    let scope = require(&cx.viewer, Action::KeepOwnParty, Subject::OwnParty(controller), "controllerId")?;
    Ok((row, scope))
}

/// Stores a party's changed row and tells of it.
pub(super) async fn save(
    cx: &Cx,
    scope: &WriteScope,
    before: &AgreementParty,
    row: AgreementParty,
) -> Result<Recorded<AgreementId>, Failure> {
    let changed = AgreementParty { version: before.version + 1, ..row };
    stored(repo::update_agreement_party(&cx.tx, scope, &changed).await?, before.version)?;
    recorded(cx, scope, changed.agreement, Change::changed(before, &changed), changed.agreement).await
}
