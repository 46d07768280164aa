//! Parties: the organisations that process for others, shared by all municipalities.

use chrono::NaiveDate;

use super::known_party;
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::service::known_controller,
        processor::{model::Party, repo, rules},
        visibility,
    },
    kernel::{
        country::CountryCode,
        kinds::{ControllerId, MunicipalityId, PartyId},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// A new party.
#[derive(Debug)]
pub struct RegisterParty {
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number.
    pub organisation_number: Option<String>,
    /// Its number in a foreign register.
    pub foreign_registration_number: Option<String>,
    /// The controller that it is.
    pub controller: Option<ControllerId>,
    /// Where it is established.
    pub country: CountryCode,
    /// The country that it is controlled from.
    pub controlled_from: Option<CountryCode>,
    /// Whether it is a public body.
    pub public_body: bool,
    /// Its postal address.
    pub address: Option<String>,
    /// Where it publishes its sub-processors.
    pub sub_processor_list_url: Option<String>,
}

/// Registers a party that is not there yet.
pub async fn register(cx: &Cx, command: RegisterParty) -> Result<Recorded<PartyId>, Failure> {
    let scope = require(&cx.viewer, Action::RegisterParty, Subject::Shared, "name")?;
    if let Some(controller) = command.controller {
        known_controller(cx, controller, "controllerId").await?;
    }
    let new = Party {
        id: cx.ids.id(cx.now),
        name: command.name,
        organisation_number: command.organisation_number,
        foreign_registration_number: command.foreign_registration_number,
        controller: command.controller,
        country: command.country,
        controlled_from: command.controlled_from,
        public_body: command.public_body,
        address: command.address,
        sub_processor_list_url: command.sub_processor_list_url,
        version: 1,
        withdrawn: false,
    };
    is_the_only_one(cx, &scope, &new).await?;
    repo::insert_parties(&cx.tx, &scope, std::slice::from_ref(&new)).await?;
    audit::record(&cx.doing(&scope), Touched::cooperation(), Change::made(&new), new.id).await
}

/// A changed party. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct UpdateParty {
    /// Which.
    pub id: PartyId,
    /// The version that is changed.
    pub expected_version: i32,
    /// Its name.
    pub name: Option<String>,
    /// Its postal address.
    pub address: Option<Option<String>>,
    /// Where it publishes its sub-processors.
    pub sub_processor_list_url: Option<Option<String>>,
    /// What only few may correct.
    pub correction: PartyCorrection,
}

impl UpdateParty {
    /// Whether it asks for more than a correction.
    fn renames(&self) -> bool {
        self.name.is_some() || self.address.is_some() || self.sub_processor_list_url.is_some()
    }
}

/// What makes a party the party that it is. Nothing inside means: leave as it is.
#[derive(Debug)]
pub struct PartyCorrection {
    /// Its Swedish organisation number.
    pub organisation_number: Option<Option<String>>,
    /// Its number in a foreign register.
    pub foreign_registration_number: Option<Option<String>>,
    /// The controller that it is.
    pub controller: Option<Option<ControllerId>>,
    /// Where it is established.
    pub country: Option<CountryCode>,
    /// The country that it is controlled from.
    pub controlled_from: Option<Option<CountryCode>>,
    /// Whether it is a public body.
    pub public_body: Option<bool>,
}

impl PartyCorrection {
    fn is_asked(&self) -> bool {
        let Self { organisation_number, foreign_registration_number, controller, country, controlled_from, public_body } = self;
        organisation_number.is_some()
            || foreign_registration_number.is_some()
            || controller.is_some()
            || country.is_some()
            || controlled_from.is_some()
            || public_body.is_some()
    }
}

/// Changes a party. Its name, address and list by those who use it; what makes it this party only while nobody else does.
pub async fn update(cx: &Cx, command: UpdateParty) -> Result<Recorded<PartyId>, Failure> {
    let current = known_party(cx, command.id, "partyId").await?;
    let (today, ever) = (users(cx, current.id, Some(cx.today)).await?, users(cx, current.id, None).await?);
    let rename = || require(&cx.viewer, Action::UpdateParty, Subject::Party(&today), "partyId");
    // What another municipality has recorded, ended or yet to come, would change its meaning too.
    let correct = || require(&cx.viewer, Action::CorrectParty, Subject::Party(&ever), "partyId");
    let scope = match (command.renames(), command.correction.is_asked()) {
        (true, true) => rename().and_then(|_| correct())?,
        (false, true) => correct()?,
        (_, false) => rename()?,
    };
    unchanged(command.expected_version, current.version)?;
    let PartyCorrection { organisation_number, foreign_registration_number, controller, country, controlled_from, public_body } =
        command.correction;
    let changed = Party {
        name: command.name.unwrap_or_else(|| current.name.clone()),
        address: command.address.unwrap_or_else(|| current.address.clone()),
        sub_processor_list_url: command.sub_processor_list_url.unwrap_or_else(|| current.sub_processor_list_url.clone()),
        organisation_number: organisation_number.unwrap_or_else(|| current.organisation_number.clone()),
        foreign_registration_number: foreign_registration_number.unwrap_or_else(|| current.foreign_registration_number.clone()),
        controller: controller.unwrap_or(current.controller),
        country: country.unwrap_or(current.country),
        controlled_from: controlled_from.unwrap_or(current.controlled_from),
        public_body: public_body.unwrap_or(current.public_body),
        version: current.version + 1,
        ..current
    };
    if let Some(controller) = changed.controller.filter(|_| changed.controller != current.controller) {
        known_controller(cx, controller, "controllerId").await?;
        is_not_its_own_processor(cx, &scope, &changed).await?;
    }
    is_the_only_one(cx, &scope, &changed).await?;
    stored(repo::update_party(&cx.tx, &scope, &changed).await?, current.version)?;
    let touched = touched(cx, &scope, changed.id).await?;
    audit::record(&cx.doing(&scope), touched, Change::changed(&current, &changed), changed.id).await
}

/// The municipalities that use a party on a day; without a day those that have ever recorded that they do or will.
pub(super) async fn users(cx: &Cx, party: PartyId, on: Option<NaiveDate>) -> Result<Vec<MunicipalityId>, Failure> {
    Ok(repo::used_by(&cx.tx, &cx.scope, &[party], on).await?.remove(&party).unwrap_or_default())
}

/// Whom a change of a party touches: all share it, and it matters to those who use it.
pub(super) async fn touched(cx: &Cx, scope: &WriteScope, party: PartyId) -> Result<Touched, Failure> {
    let agreements = repo::agreements_with(&cx.tx, scope, party).await?;
    let users = visibility::repo::touched_by_agreements(&cx.tx, scope, &agreements, cx.today).await?;
    Ok(Touched::cooperation().and(users))
}

/// Of no agreement with it as processor is the controller that it is a party.
async fn is_not_its_own_processor(cx: &Cx, scope: &WriteScope, party: &Party) -> Result<(), Failure> {
    let named = repo::agreements_with(&cx.tx, scope, party.id).await?;
    let agreements = repo::agreements_to_change(&cx.tx, scope, &named).await?;
    let processed: Vec<_> = agreements.iter().filter(|agreement| agreement.processor == party.id).map(|agreement| agreement.id).collect();
    for (_, controller) in repo::controllers_of_agreements(&cx.tx, scope, &processed).await? {
        rules::processor_is_somebody_else(party, controller, "controllerId")?;
    }
    Ok(())
}

/// One row for each organisation: no other has this number or is this controller.
async fn is_the_only_one(cx: &Cx, scope: &WriteScope, party: &Party) -> Result<(), Failure> {
    let number = party.organisation_number.as_deref();
    let Some(other) = repo::same_party(&cx.tx, scope, number, party.controller, party.id).await? else { return Ok(()) };
    let path =
        if number.is_some() && other.organisation_number == party.organisation_number { "organisationNumber" } else { "controllerId" };
    Err(Refusal::new(
        RefusalCode::Duplicate,
        path,
        Text::new(
            format!("Organisationen finns redan: {} ({}).", other.name, other.id),
            format!("The organisation is already there: {} ({}).", other.name, other.id),
        ),
    )
    .into())
}
