//! How parties leave and agreements end: each controller for itself.

use chrono::NaiveDate;

use super::{
    agreement_party::{own_row, save},
    known_agreement, row_of,
    timeline::recorded,
};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{Agreement, AgreementParty, AgreementStatus, ContractSide, ReturnOrDelete},
            repo,
            rules::{cases::deemed_received, life::Life, timeline::Standing},
        },
    },
    kernel::{
        kinds::{AgreementId, ControllerId},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// A party leaves before it is bound.
#[derive(Debug)]
pub struct LeaveAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Who leaves.
    pub controller: ControllerId,
    /// The version of the party's row.
    pub expected_version: i32,
    /// The first day without it.
    pub left_on: NaiveDate,
}

/// Leaves an agreement, or declines the invitation to it. Who is bound gives notice instead.
pub async fn leave(cx: &Cx, command: LeaveAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = own_row(cx, command.agreement, command.controller).await?;
    unchanged(command.expected_version, current.version)?;
    has_happened(command.left_on, cx.today, "leftOn")?;
    if current.invited_on.is_some_and(|invited| command.left_on < invited) {
        return Err(Refusal::ends_before_it_begins("leftOn").into());
    }
    if with_life(cx, &scope, &current, |at| at.life.in_force_on().is_some()).await? {
        return Err(wrong_state(
            "Avtalet binder den personuppgiftsansvarige; säg upp det i stället (giveNotice).",
            "The agreement binds the controller; give notice instead (giveNotice).",
        )
        .by_rule("PUB35", "Annex 3 clause 16.2")
        .into());
    }
    if current.lead && !others_are_in(cx, &current).await? {
        return Err(wrong_state(
            "Ingen annan har anslutit sig; återkalla avtalet i stället (withdrawRecord).",
            "Nobody else has joined; withdraw the agreement instead (withdrawRecord).",
        )
        .into());
    }
    save(cx, &scope, &current, AgreementParty { left_on: Some(command.left_on), ..current.clone() }).await
}

async fn others_are_in(cx: &Cx, row: &AgreementParty) -> Result<bool, Failure> {
    let (_, parties) = known_agreement(cx, row.agreement, "agreementId").await?;
    Ok(parties.iter().any(|other| other.id != row.id && other.joined_on.is_some() && other.left_on.is_none()))
}

/// Another party takes the lead.
#[derive(Debug)]
pub struct TakeLead {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// Who takes it.
    pub controller: ControllerId,
    /// The version of the agreement.
    pub expected_version: i32,
}

/// Takes the lead of an agreement whose lead has left, has ended or has offered it.
pub async fn take_lead(cx: &Cx, command: TakeLead) -> Result<Recorded<AgreementId>, Failure> {
    let (agreement, parties) = known_agreement(cx, command.agreement, "agreementId").await?;
    let row = row_of(&parties, command.controller).ok_or_else(|| Refusal::not_found("controllerId"))?;
    let scope = require(&cx.viewer, Action::TakeLead, Subject::OwnParty(row.controller), "controllerId")?;
    unchanged(command.expected_version, agreement.version)?;
    if row.lead || row.joined_on.is_none() || row.left_on.is_some() {
        return Err(wrong_state("Bara en annan part som är med kan ta över.", "Only another party that is in can take over.").into());
    }
    let old = parties.iter().find(|party| party.lead).ok_or_else(|| Failure::internal("an agreement has no lead"))?;
    let over = |status| matches!(status, AgreementStatus::ReturnPending | AgreementStatus::Closed);
    let ended = with_life(cx, &scope, old, |at| over(at.life.status_on(cx.today))).await?;
    if !ended && old.lead_offered_on.is_none() {
        return Err(wrong_state(
            "Den som leder avtalet har varken lämnat det, avslutat det eller erbjudit någon annan att leda det.",
            "The lead has neither left, nor ended, nor offered the lead.",
        )
        .into());
    }
    let follower = AgreementParty { lead: false, lead_offered_on: None, version: old.version + 1, ..old.clone() };
    let leader = AgreementParty { lead: true, version: row.version + 1, ..row.clone() };
    stored(repo::update_agreement_party(&cx.tx, &scope, &follower).await?, old.version)?;
    stored(repo::update_agreement_party(&cx.tx, &scope, &leader).await?, row.version)?;
    let counted = Agreement { version: agreement.version + 1, ..agreement };
    stored(repo::update_agreement(&cx.tx, &scope, &counted).await?, agreement.version)?;
    let change = Change::changed(row, &leader).and(Change::changed(old, &follower));
    recorded(cx, &scope, counted.id, change, counted.id).await
}

/// A notice of termination.
#[derive(Debug)]
pub struct GiveNotice {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// For whom.
    pub controller: ControllerId,
    /// The version of the party's row.
    pub expected_version: i32,
    /// Which side gave it.
    pub given_by: ContractSide,
    /// When it was sent.
    pub sent_on: Option<NaiveDate>,
    /// When it was received; none: when it is deemed to be.
    pub received_on: Option<NaiveDate>,
    /// What the controller asks for at the end; none: leave as it is.
    pub end_of_agreement: Option<ReturnOrDelete>,
}

/// Gives notice for the own controller (16.2), or records the processor's. Giving it again corrects the day.
pub async fn give_notice(cx: &Cx, command: GiveNotice) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = own_row(cx, command.agreement, command.controller).await?;
    unchanged(command.expected_version, current.version)?;
    for (day, path) in [(command.sent_on, "sentOn"), (command.received_on, "receivedOn")] {
        day.map_or(Ok(()), |day| has_happened(day, cx.today, path))?;
    }
    let on = received(cx, &scope, &current, command.sent_on, command.received_on).await?;
    if !with_life(cx, &scope, &current, |at| at.life.in_force_on().is_some_and(|from| from <= on)).await? {
        return Err(wrong_state(
            format!("Avtalet är inte i kraft {on}; det kan inte sägas upp då."),
            format!("The agreement is not in force on {on}; no notice can be given then."),
        )
        .by_rule("PUB35", "Annex 3 clause 16.1-16.2")
        .into());
    }
    let end_of_agreement = command.end_of_agreement.map(|choice| (choice, cx.today)).or(current.end_of_agreement);
    let noticed = AgreementParty { notice: Some((on, command.given_by)), end_of_agreement, ..current.clone() };
    save(cx, &scope, &current, noticed).await
}

/// When a notice was received: as recorded, or when it is deemed to be by the terms of the day on which it was sent.
async fn received(
    cx: &Cx,
    scope: &WriteScope,
    row: &AgreementParty,
    sent_on: Option<NaiveDate>,
    received_on: Option<NaiveDate>,
) -> Result<NaiveDate, Failure> {
    match (sent_on, received_on) {
        (Some(sent), Some(received)) if received < sent => Err(Refusal::invalid(
            "receivedOn",
            Text::new(
                format!("Den skickades {sent}; ange den dagen eller senare."),
                format!("It was sent on {sent}; give that day or a later one."),
            ),
        )
        .into()),
        (_, Some(received)) => Ok(received),
        (Some(sent), None) => with_life(cx, scope, row, |at| deemed_received(at, sent)).await,
        (None, None) => Err(Refusal::new(
            RefusalCode::Missing,
            "receivedOn",
            Text::new("Ange när uppsägningen mottogs, eller när den skickades.", "Give when the notice was received, or when it was sent."),
        )
        .into()),
    }
}

/// The data were returned or deleted.
#[derive(Debug)]
pub struct RecordReturnOrDeletion {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// For whom.
    pub controller: ControllerId,
    /// The version of the party's row.
    pub expected_version: i32,
    /// When.
    pub on: NaiveDate,
    /// Which of the two; none: as the controller chose.
    pub what: Option<ReturnOrDelete>,
}

/// Records that the data were returned or deleted (18.2).
pub async fn record_return(cx: &Cx, command: RecordReturnOrDeletion) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = own_row(cx, command.agreement, command.controller).await?;
    unchanged(command.expected_version, current.version)?;
    has_happened(command.on, cx.today, "returnedOrDeletedOn")?;
    let ending = with_life(cx, &scope, &current, |at| at.life.end.as_ref().map(|end| end.last.start)).await?;
    let Some(since) = ending else {
        return Err(wrong_state(
            "Avtalet går inte mot sitt slut; säg upp det först (giveNotice).",
            "The agreement is not coming to an end; give notice first (giveNotice).",
        )
        .by_rule("PUB40", "Annex 3 clause 18.1-18.2")
        .into());
    };
    if command.on < since {
        return Err(Refusal::invalid(
            "returnedOrDeletedOn",
            Text::new(
                format!("Ange {since} eller senare: innan dess var avtalet inte på väg att upphöra."),
                format!("Give {since} or a later day: before, the agreement was not ending."),
            ),
        )
        .into());
    }
    let end_of_agreement = command.what.map(|what| (what, command.on)).or(current.end_of_agreement);
    let returned = AgreementParty { returned_or_deleted_on: Some(command.on), end_of_agreement, ..current.clone() };
    save(cx, &scope, &current, returned).await
}

/// What follows from the life of a party.
pub(super) async fn with_life<T>(
    cx: &Cx,
    scope: &WriteScope,
    row: &AgreementParty,
    read: impl FnOnce(&Standing<'_>) -> T,
) -> Result<T, Failure> {
    let facts = repo::facts(&cx.tx, scope, &[row.agreement]).await?.pop().ok_or_else(|| Failure::internal("an agreement has no facts"))?;
    let party =
        facts.parties.iter().find(|party| party.row.id == row.id).ok_or_else(|| Failure::internal("a party is not in its agreement"))?;
    Ok(read(&Standing { facts: &facts, party, life: Life::of(&facts.terms, &party.row, party.held_to()) }))
}

fn wrong_state(sv: impl Into<std::borrow::Cow<'static, str>>, en: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(RefusalCode::WrongState, "controllerId", Text::new(sv, en))
}
