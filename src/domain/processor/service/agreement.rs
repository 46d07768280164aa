//! The common part of agreements: drafted and kept by the lead.

use chrono::NaiveDate;

use super::{
    acknowledge::{Acknowledgement, Warning, acknowledge},
    known_agreement, known_party, lead, processor_of,
    timeline::recorded,
};
use crate::{
    app::Cx,
    authz::{Action, Subject, require},
    domain::{
        audit::{Recorded, model::Change},
        organisation::{
            repo::controllers_named,
            rules::has_happened,
            service::{known_controller, own_controller},
        },
        processor::{
            model::{Agreed, Agreement, AgreementInstrument, AgreementParty, AgreementTemplate, Party, SubProcessorAuthorisation, Terms},
            repo,
            rules::{self, signing::warnings_at_drafting},
        },
        visibility,
    },
    kernel::{
        kinds::{AgreementId, ControllerId, MunicipalityId, PartyId},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// A new agreement.
#[derive(Debug)]
pub struct DraftAgreement {
    /// The controller that drafts it and keeps its common part.
    pub lead: ControllerId,
    /// Who processes.
    pub processor: PartyId,
    /// What it is called.
    pub title: String,
    /// What kind of act it is; none: the usual one between these two.
    pub instrument: Option<AgreementInstrument>,
    /// Whose template it follows.
    pub template: AgreementTemplate,
    /// Which version of the template.
    pub template_version: Option<String>,
    /// What it is about.
    pub subject_matter: Option<String>,
    /// What the processing is for.
    pub purpose: Option<String>,
    /// What is done with the data.
    pub nature_of_processing: Option<String>,
    /// How the lead authorises sub-processors.
    pub sub_processor_authorisation: Option<SubProcessorAuthorisation>,
    /// When the lead's processing began.
    pub processing_from: Option<NaiveDate>,
    /// Its number in the lead's case register.
    pub diary_number: Option<String>,
    /// What the first terms say.
    pub agreed: Agreed,
    /// From when the first terms hold, if both sides have signed by then; none: from when the processing begins, or from today.
    pub terms_from: Option<NaiveDate>,
    /// Answers to warnings.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// Drafts an agreement with one party, the lead.
pub async fn draft(cx: &Cx, command: DraftAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (controller, _) = own_controller(cx, command.lead, "leadControllerId").await?;
    let scope = require(&cx.viewer, Action::DraftAgreement, Subject::Controller(controller.id), "leadControllerId")?;
    let processor = known_party(cx, command.processor, "processorId").await?;
    rules::processor_is_somebody_else(&processor, controller.id, "processorId")?;
    let instrument = match command.instrument {
        Some(instrument) => instrument,
        None => usual_instrument(cx, &processor, controller.host).await?,
    };
    let agreement = Agreement {
        id: cx.ids.id(cx.now),
        processor: processor.id,
        title: command.title,
        instrument,
        template: command.template,
        template_version: command.template_version,
        subject_matter: command.subject_matter,
        purpose: command.purpose,
        nature_of_processing: command.nature_of_processing,
        version: 1,
    };
    let party = AgreementParty {
        processing_from: command.processing_from,
        diary_number: command.diary_number,
        sub_processor_authorisation: command.sub_processor_authorisation,
        ..AgreementParty::new(cx.ids.id(cx.now), agreement.id, controller.id, None)
    };
    repo::insert_agreements(&cx.tx, &scope, std::slice::from_ref(&agreement)).await?;
    repo::insert_agreement_parties(&cx.tx, &scope, std::slice::from_ref(&party)).await?;
    let terms = Terms {
        id: cx.ids.id(cx.now),
        agreement: agreement.id,
        number: 1,
        valid_from: command.terms_from.or(command.processing_from).unwrap_or(cx.today),
        signed_by_processor_on: None,
        signatures: Vec::new(),
        agreed: command.agreed,
    };
    repo::insert_terms(&cx.tx, &scope, std::slice::from_ref(&terms)).await?;
    visibility::repo::open_agreements(&cx.tx, &scope, &cx.ids, cx.now, &[agreement.id]).await?;
    let change = Change::made(&agreement).and(Change::made(&party)).and(Change::made(&terms));
    let facts = repo::facts(&cx.tx, &scope, &[agreement.id]).await?.pop();
    let warnings = facts.map(|facts| warnings_at_drafting(&facts, cx.today)).unwrap_or_default();
    let warnings: Vec<_> = warnings.into_iter().map(|(finding, detail)| Warning { finding, detail }).collect();
    let change = acknowledge(cx, &scope, agreement.id, &warnings, command.acknowledgements, change).await?;
    recorded(cx, &scope, agreement.id, change, agreement.id).await
}

/// The instrument where none is named.
pub(super) async fn usual_instrument(cx: &Cx, processor: &Party, municipality: MunicipalityId) -> Result<AgreementInstrument, Failure> {
    let same = match processor.controller {
        Some(board) => controllers_named(&cx.tx, &cx.scope, &[board]).await?.iter().any(|board| board.host == municipality),
        None => false,
    };
    Ok(rules::usual_instrument(same))
}

/// A changed common part. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct UpdateAgreement {
    /// Which.
    pub id: AgreementId,
    /// The version that is changed.
    pub expected_version: i32,
    /// What it is called.
    pub title: Option<String>,
    /// What kind of act it is.
    pub instrument: Option<AgreementInstrument>,
    /// Whose template it follows.
    pub template: Option<AgreementTemplate>,
    /// Which version of the template.
    pub template_version: Option<Option<String>>,
    /// What it is about.
    pub subject_matter: Option<Option<String>>,
    /// What the processing is for.
    pub purpose: Option<Option<String>>,
    /// What is done with the data.
    pub nature_of_processing: Option<Option<String>>,
}

/// Changes the common part of an agreement.
pub async fn update(cx: &Cx, command: UpdateAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, parties) = known_agreement(cx, command.id, "agreementId").await?;
    let scope = require(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "agreementId")?;
    unchanged(command.expected_version, current.version)?;
    let changed = Agreement {
        title: command.title.unwrap_or_else(|| current.title.clone()),
        instrument: command.instrument.unwrap_or(current.instrument),
        template: command.template.unwrap_or(current.template),
        template_version: command.template_version.unwrap_or_else(|| current.template_version.clone()),
        subject_matter: command.subject_matter.unwrap_or_else(|| current.subject_matter.clone()),
        purpose: command.purpose.unwrap_or_else(|| current.purpose.clone()),
        nature_of_processing: command.nature_of_processing.unwrap_or_else(|| current.nature_of_processing.clone()),
        version: current.version + 1,
        ..current
    };
    stored(repo::update_agreement(&cx.tx, &scope, &changed).await?, current.version)?;
    recorded(cx, &scope, changed.id, Change::changed(&current, &changed), changed.id).await
}

/// Another controller is invited to an agreement.
#[derive(Debug)]
pub struct InviteToAgreement {
    /// To which.
    pub id: AgreementId,
    /// The version of the agreement that is changed.
    pub expected_version: i32,
    /// Who is invited, of whatever municipality.
    pub controller: ControllerId,
    /// When; none: today.
    pub invited_on: Option<NaiveDate>,
}

/// Invites a controller; from then on its municipalities read the agreement.
pub async fn invite(cx: &Cx, command: InviteToAgreement) -> Result<Recorded<AgreementId>, Failure> {
    let (current, parties) = known_agreement(cx, command.id, "agreementId").await?;
    let scope = require(&cx.viewer, Action::UpdateAgreement, Subject::CommonPart(lead(&parties)?), "agreementId")?;
    unchanged(command.expected_version, current.version)?;
    let invited_on = command.invited_on.unwrap_or(cx.today);
    has_happened(invited_on, cx.today, "invitedOn")?;
    let (controller, _) = known_controller(cx, command.controller, "controllerId").await?;
    if repo::is_party(&cx.tx, &scope, current.id, controller.id, cx.today).await? {
        return Err(Refusal::new(
            RefusalCode::Duplicate,
            "controllerId",
            Text::new("Den är redan part i avtalet.", "It is already a party to the agreement."),
        )
        .into());
    }
    rules::processor_is_somebody_else(&processor_of(cx, &current).await?, controller.id, "controllerId")?;
    let party = AgreementParty::new(cx.ids.id(cx.now), current.id, controller.id, Some(invited_on));
    let changed = Agreement { version: current.version + 1, ..current };
    stored(repo::update_agreement(&cx.tx, &scope, &changed).await?, current.version)?;
    repo::insert_agreement_parties(&cx.tx, &scope, std::slice::from_ref(&party)).await?;
    visibility::repo::open_agreements(&cx.tx, &scope, &cx.ids, cx.now, &[changed.id]).await?;
    recorded(cx, &scope, changed.id, Change::made(&party), changed.id).await
}
