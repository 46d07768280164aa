//! Types of agreements and sub-processors.

mod keeping;

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};

pub(super) use self::keeping::Receipt;
pub use self::keeping::{AgreementContact, AgreementContentAnswer, AgreementNotice, Assurance, Instruction, Suspension};
use super::{
    change::types::{ObjectionCase, SubProcessorChange},
    inputs::AgreementFilter,
};
use crate::{
    domain::{
        audit::graphql::types::AuditEntry,
        organisation::graphql::types::{Controller, Municipality, Person},
        processor::model::{
            AgreementInstrument, AgreementStatus, AgreementTemplate, ContractSide, DataCategory, DayKind, EngagementAuthorisation,
            ReturnOrDelete, SilenceMeans, SubProcessorAuthorisation,
        },
        reference::graphql::Country,
    },
    graphql::{
        connection::Connection,
        error::ApiError,
        loaded::{Slot, Slots},
        scalar::{Date, OrganisationNumber, Url},
    },
};

/// An organisation that processes personal data for others: processor or sub-processor. One shared row each, readable by every
/// member; what it does for a municipality only by those who may read that municipality's agreements.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Party {
    /// Its id.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// Its Swedish organisation number; null where it has none.
    pub organisation_number: Option<OrganisationNumber>,
    /// Its number in a foreign register; null where it has none.
    pub foreign_registration_number: Option<String>,
    /// Whether it is a public body.
    pub public_body: bool,
    /// Its postal address; null where not recorded.
    pub address: Option<String>,
    /// Where it publishes its sub-processors; null where not recorded.
    pub sub_processor_list_url: Option<Url>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) controller: Slot<Option<Arc<Controller>>>,
    #[graphql(skip)]
    pub(super) country: Slot<Country>,
    #[graphql(skip)]
    pub(super) controlled_from: Slot<Option<Country>>,
    #[graphql(skip)]
    pub(super) used_by: Slot<Vec<Arc<Municipality>>>,
    #[graphql(skip)]
    pub(super) agreements: Slots<Connection<ProcessorAgreement>>,
    #[graphql(skip)]
    pub(super) engagements: Slots<Connection<SubProcessorEngagement>>,
    #[graphql(skip)]
    pub(super) viewer_can_update: Slot<bool>,
}

#[ComplexObject]
impl Party {
    /// The controller that it is, where a board is itself the processor; else null.
    async fn controller(&self, ctx: &Context<'_>) -> Result<Option<&Controller>, ApiError> {
        Ok(self.controller.get(ctx)?.as_deref())
    }

    /// Where it is established.
    async fn country(&self, ctx: &Context<'_>) -> Result<&Country, ApiError> {
        self.country.get(ctx)
    }

    /// The country that it is controlled from, such as a parent company's; null where that is not another, or not known.
    async fn controlled_from(&self, ctx: &Context<'_>) -> Result<&Option<Country>, ApiError> {
        self.controlled_from.get(ctx)
    }

    /// The municipalities that use it today, as processor or sub-processor. Readable by every member, so that coordinators can help
    /// each other: names only.
    async fn used_by(&self, ctx: &Context<'_>) -> Result<Vec<&Municipality>, ApiError> {
        Ok(self.used_by.get(ctx)?.iter().map(AsRef::as_ref).collect())
    }

    /// The agreements with it as processor that you may read, by title.
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreements; null: all.")] filter: Option<AgreementFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Connection<ProcessorAgreement>, ApiError> {
        let _ = (filter, first, after);
        self.agreements.get(ctx)
    }

    /// Its engagements as sub-processor on `asOf`, under agreements that you may read, in the order in which they were recorded.
    async fn engagements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Connection<SubProcessorEngagement>, ApiError> {
        let _ = (first, after);
        self.engagements.get(ctx)
    }

    /// Whether you may change its name, address and list with `updateParty`.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        self.viewer_can_update.get(ctx).copied()
    }
}

/// A processor agreement (personuppgiftsbiträdesavtal, PUB-avtal). Readable by every municipality of its controllers and by their data
/// protection officer. Source: GDPR art. 28.3; guidelines 6.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct ProcessorAgreement {
    /// Its id.
    pub id: ID,
    /// What it is called.
    pub title: String,
    /// What kind of act it is.
    pub instrument: AgreementInstrument,
    /// Whose template it follows. Source: guidelines 6.2 (PUB7).
    pub template: AgreementTemplate,
    /// Which version of the template; null where not recorded.
    pub template_version: Option<String>,
    /// Subject-matter of the processing; null where not stated. Source: GDPR art. 28.3.
    pub subject_matter: Option<String>,
    /// Purpose of the processing; null where not stated. Source: GDPR art. 28.3.
    pub purpose: Option<String>,
    /// Nature of the processing; null where not stated. Source: GDPR art. 28.3.
    pub nature_of_processing: Option<String>,
    /// Counts the changes of the common part, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) processor: Slot<Arc<Party>>,
    #[graphql(skip)]
    pub(super) parties: Slot<Vec<AgreementParty>>,
    #[graphql(skip)]
    pub(super) status: Slot<AgreementStatus>,
    #[graphql(skip)]
    pub(super) ends_on: Slot<Option<Date>>,
    #[graphql(skip)]
    pub(super) self_audit_due_on: Slot<Option<Date>>,
    #[graphql(skip)]
    pub(super) terms: Slot<Arc<AgreementTerms>>,
    #[graphql(skip)]
    pub(super) term_versions: Slots<Connection<AgreementTerms>>,
    #[graphql(skip)]
    pub(super) acknowledgements: Slot<Vec<AcknowledgedWarning>>,
    #[graphql(skip)]
    pub(super) suspended: Slot<Option<Suspension>>,
    #[graphql(skip)]
    pub(super) contents: Slot<Vec<AgreementContentAnswer>>,
    #[graphql(skip)]
    pub(super) instructions: Slots<Connection<Instruction>>,
    #[graphql(skip)]
    pub(super) assurances: Slots<Connection<Assurance>>,
    #[graphql(skip)]
    pub(super) notices: Slots<Connection<AgreementNotice>>,
    #[graphql(skip)]
    pub(super) contacts: Slot<Vec<AgreementContact>>,
    #[graphql(skip)]
    pub(super) sub_processors: Slots<Connection<SubProcessorEngagement>>,
    #[graphql(skip)]
    pub(super) history: Slots<Option<Connection<AuditEntry>>>,
    #[graphql(skip)]
    pub(super) viewer_can_update: Slot<bool>,
}

#[ComplexObject]
impl ProcessorAgreement {
    /// Who processes.
    async fn processor(&self, ctx: &Context<'_>) -> Result<&Party, ApiError> {
        self.processor.get(ctx).map(AsRef::as_ref)
    }

    /// How far it has come on `asOf`, as its liveliest party. Follows from dated events alone. Source: annex 3, chapters 16-18 (PUB1,
    /// PUB35).
    async fn status(&self, ctx: &Context<'_>) -> Result<AgreementStatus, ApiError> {
        self.status.get(ctx).copied()
    }

    /// The last party's last day, inclusive; null while one goes on. Source: annex 3, 16.2 (PUB35).
    async fn ends_on(&self, ctx: &Context<'_>) -> Result<&Option<Date>, ApiError> {
        self.ends_on.get(ctx)
    }

    /// When the processor's next self-audit is due at the latest, on `asOf`; null while the agreement is not in force. Source: annex 3,
    /// 9.2 (PUB20).
    async fn self_audit_due_on(&self, ctx: &Context<'_>) -> Result<&Option<Date>, ApiError> {
        self.self_audit_due_on.get(ctx)
    }

    /// The newest terms on `asOf`, signed or not. Which terms bind a party stands on its row.
    async fn terms(&self, ctx: &Context<'_>) -> Result<&AgreementTerms, ApiError> {
        self.terms.get(ctx).map(AsRef::as_ref)
    }

    /// All versions of the terms, the newest first. Source: annex 3, 17.2 (PUB37).
    async fn term_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the newest.")] after: Option<String>,
    ) -> Result<&Connection<AgreementTerms>, ApiError> {
        let _ = (first, after);
        self.term_versions.get(ctx)
    }

    /// The warnings that were answered, the oldest first: one for each rule at most.
    async fn acknowledgements(&self, ctx: &Context<'_>) -> Result<&Vec<AcknowledgedWarning>, ApiError> {
        self.acknowledgements.get(ctx)
    }

    /// The suspension of the processing on `asOf`, which can hold beside any status; null where there is none. Of two the one that began
    /// first. Source: annex 3, 6.5, 17.3 (PUB12, PUB38).
    async fn suspended(&self, ctx: &Context<'_>) -> Result<&Option<Suspension>, ApiError> {
        self.suspended.get(ctx)
    }

    /// Whether it says, on `asOf`, each of the fourteen things that it has to say, always all of them in this order. Source: GDPR art.
    /// 28.3; guidelines 6.2 (PUB5).
    async fn contents(&self, ctx: &Context<'_>) -> Result<&Vec<AgreementContentAnswer>, ApiError> {
        self.contents.get(ctx)
    }

    /// The instructions that were issued by `asOf`, the newest first. Source: GDPR art. 28.3 a; annex 3, 4.2 (PUB10).
    async fn instructions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the newest.")] after: Option<String>,
    ) -> Result<&Connection<Instruction>, ApiError> {
        let _ = (first, after);
        self.instructions.get(ctx)
    }

    /// What was assured by `asOf`, the last recorded first. Source: annex 3, chapters 7-9 (PUB4, PUB14, PUB16, PUB20-PUB22, PUB40).
    async fn assurances(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the newest.")] after: Option<String>,
    ) -> Result<&Connection<Assurance>, ApiError> {
        let _ = (first, after);
        self.assurances.get(ctx)
    }

    /// The notices between the sides that were sent by `asOf`, the last recorded first. Source: annex 3, 19 (PUB43).
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the newest.")] after: Option<String>,
    ) -> Result<&Connection<AgreementNotice>, ApiError> {
        let _ = (first, after);
        self.notices.get(ctx)
    }

    /// Whom to write to on `asOf`: one of each side for each purpose. Source: annex 3, 20-21 (PUB44).
    async fn contacts(&self, ctx: &Context<'_>) -> Result<&Vec<AgreementContact>, ApiError> {
        self.contacts.get(ctx)
    }

    /// The controllers that are parties on `asOf`, the lead first; of one or several municipalities.
    async fn parties(&self, ctx: &Context<'_>) -> Result<&Vec<AgreementParty>, ApiError> {
        self.parties.get(ctx)
    }

    /// The sub-processors on `asOf`, in tree order: each after the one that engages it. Source: GDPR art. 28.2, 28.4.
    async fn sub_processors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the beginning.")] after: Option<String>,
    ) -> Result<&Connection<SubProcessorEngagement>, ApiError> {
        let _ = (first, after);
        self.sub_processors.get(ctx)
    }

    /// What was done to it, to its parties' rows and to its sub-processors, the newest first: each change once, as far back as it touched
    /// a controller whose audit log is open to you. Null where it is not. Source: GDPR art. 5.2.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the newest.")] after: Option<String>,
    ) -> Result<Option<&Connection<AuditEntry>>, ApiError> {
        let _ = (first, after);
        Ok(self.history.get(ctx)?.as_ref())
    }

    /// Whether you may change the common part and the sub-processors.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        self.viewer_can_update.get(ctx).copied()
    }
}

/// A controller's own row in an agreement. Readable by all who may read the agreement; kept by the coordinators of that controller.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct AgreementParty {
    /// Its id.
    pub id: ID,
    /// Whether it keeps the common part.
    pub lead: bool,
    /// When it was invited; null for the one that drafted the agreement.
    pub invited_on: Option<Date>,
    /// When it joined; null for the one that drafted, and while the invitation is open.
    pub joined_on: Option<Date>,
    /// When the processing began for this controller; null where it has not, or not recorded.
    pub processing_from: Option<Date>,
    /// The last day of processing for this controller, inclusive; null while it goes on.
    pub processing_to: Option<Date>,
    /// Its number in the controller's case register (diarienummer); null where not registered. Source: guidelines 6.2 (PUB8).
    pub diary_number: Option<String>,
    /// Where the original is kept; null where not recorded. Source: guidelines 6.2 (PUB8).
    pub filed_at: Option<String>,
    /// Where the document can be opened; null where not recorded.
    pub document_url: Option<Url>,
    /// How this controller authorises sub-processors; null where not stated. Source: GDPR art. 28.2 (PUB6).
    pub sub_processor_authorisation: Option<SubProcessorAuthorisation>,
    /// When it left before it was bound; null where it did not.
    pub left_on: Option<Date>,
    /// When it, as the lead, offered the lead to the other parties; null where it did not.
    pub lead_offered_on: Option<Date>,
    /// When a notice of termination was received; null where none was given. Source: annex 3, 16.2 (PUB35).
    pub notice_given_on: Option<Date>,
    /// Which side gave it; null where none was given.
    pub notice_given_by: Option<ContractSide>,
    /// What the controller asks for at the end; null where it has not chosen yet. Source: GDPR art. 28.3 g; annex 3, 18.1 (PUB39).
    pub end_of_agreement: Option<ReturnOrDelete>,
    /// When the data were returned or deleted; null where they are not. Source: annex 3, 18.2 (PUB40).
    pub returned_or_deleted_on: Option<Date>,
    /// Counts the changes of this row, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    /// Whether you may change this row.
    pub viewer_can_update: bool,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
    #[graphql(skip)]
    pub(super) terminated_at_once_because_of: Slot<Option<Arc<ObjectionCase>>>,
    #[graphql(skip)]
    pub(super) responsible: Slot<Option<Arc<Person>>>,
    #[graphql(skip)]
    pub(super) status: Slot<AgreementStatus>,
    #[graphql(skip)]
    pub(super) life: Slot<PartyLife>,
}

/// The dates of a party that follow from the terms that bind it.
#[derive(Clone, Debug)]
pub(super) struct PartyLife {
    pub(super) terms: Arc<AgreementTerms>,
    pub(super) signed_on: Option<Date>,
    pub(super) ends_on: Option<Date>,
    pub(super) return_or_delete_by: Option<Date>,
}

#[ComplexObject]
impl AgreementParty {
    /// Whose row.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }

    /// How far the agreement has come for this controller on `asOf`. Follows from dated events alone. Source: annex 3, chapters 16-18
    /// (PUB35).
    async fn status(&self, ctx: &Context<'_>) -> Result<AgreementStatus, ApiError> {
        self.status.get(ctx).copied()
    }

    /// The terms that bind this controller on `asOf`; before any do, those that are offered to it. Source: annex 3, 17.2 (PUB37).
    async fn terms(&self, ctx: &Context<'_>) -> Result<&AgreementTerms, ApiError> {
        Ok(&self.life.get(ctx)?.terms)
    }

    /// When this controller first signed; null where it has not.
    async fn signed_on(&self, ctx: &Context<'_>) -> Result<&Option<Date>, ApiError> {
        Ok(&self.life.get(ctx)?.signed_on)
    }

    /// The last day on which the agreement binds this controller, inclusive: the notice and its days, the day of an immediate
    /// termination, or a fixed term's end, whichever is first; null while no end is in sight. Source: annex 3, 16.2, 17.4 (PUB35).
    async fn ends_on(&self, ctx: &Context<'_>) -> Result<&Option<Date>, ApiError> {
        Ok(&self.life.get(ctx)?.ends_on)
    }

    /// By when the data are to be returned or deleted: counted from the notice, else from the end; null while no end is in sight.
    /// Source: annex 3, 18.2 (PUB40).
    async fn return_or_delete_by(&self, ctx: &Context<'_>) -> Result<&Option<Date>, ApiError> {
        Ok(&self.life.get(ctx)?.return_or_delete_by)
    }

    /// The case in which this controller objected before it terminated at once; null where it did not terminate at once, and where the
    /// case is not yours to see. Source: annex 3, 17.4 (PUB29).
    async fn terminated_at_once_because_of(&self, ctx: &Context<'_>) -> Result<Option<&ObjectionCase>, ApiError> {
        Ok(self.terminated_at_once_because_of.get(ctx)?.as_deref())
    }

    /// The person in charge; null where nobody is named, and where you may not see the person.
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<&Person>, ApiError> {
        Ok(self.responsible.get(ctx)?.as_deref())
    }
}

/// A version of an agreement's terms. It binds a controller from the day on which the processor and the controller have signed and
/// `validFrom` has come. Readable by all who may read the agreement. Source: annex 3, 16.1, 17.2 (PUB35, PUB37).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct AgreementTerms {
    /// Its id.
    pub id: ID,
    /// Counts the versions, from 1.
    pub number: i32,
    /// The first day on which it can bind.
    pub valid_from: Date,
    /// When the processor signed; null where it has not.
    pub signed_by_processor_on: Option<Date>,
    /// Calendar days from the receipt of a notice of termination to the end; 30 by the template. Source: annex 3, 16.2.
    pub termination_notice_days: u16,
    /// Days in which a controller may object to a sub-processor; 30 by the template. Source: annex 3, 12.6.
    pub objection_days: u16,
    /// Which days those are.
    pub objection_day_kind: DayKind,
    /// What silence means under a general authorisation; under a specific one it is never approval.
    pub silence_means: SilenceMeans,
    /// Calendar days for return or deletion; 30 by the template. Source: annex 3, 18.2.
    pub return_days: u16,
    /// Working days after which what was sent is deemed received; 1 by the template. Source: annex 3, 19.3.
    pub deemed_receipt_working_days: u16,
    /// Years for which logs are kept at least; 5 by the template. Source: annex 3, 7.5 (PUB15).
    pub log_retention_years: u16,
    /// The last day whose logs may be purged on `asOf`. Source: annex 3, 7.5 (PUB15).
    pub logs_purgeable_until: Date,
    /// Months between self-audits; 12 by the template. Source: annex 3, 9.2 (PUB20).
    pub self_audit_months: u16,
    /// Whether data may be transferred to third countries. Source: annex 3, 13.2 (PUB33).
    pub third_country_transfer_allowed: bool,
    /// Whether a main contract goes before in chapters 1, 16, 17 and 18.2. Source: annex 3, 3.3 (PUB9).
    pub main_contract_prevails: bool,
    /// Which main contract; null where none is named.
    pub main_contract_reference: Option<String>,
    /// The last day of an agreement for a fixed term; null where it goes on until further notice. Source: annex 3, 16.1.
    pub fixed_end_on: Option<Date>,
    #[graphql(skip)]
    pub(super) signatures: Slot<Vec<TermsSignature>>,
}

#[ComplexObject]
impl AgreementTerms {
    /// The controllers that have signed, the first first.
    async fn signatures(&self, ctx: &Context<'_>) -> Result<&Vec<TermsSignature>, ApiError> {
        self.signatures.get(ctx)
    }
}

/// A controller has signed a version of the terms.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct TermsSignature {
    /// When.
    pub signed_on: Date,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
}

#[ComplexObject]
impl TermsSignature {
    /// Which controller.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }
}

/// A warning that was answered with a reason. Readable by all who may read the agreement.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct AcknowledgedWarning {
    /// The rule that warned, such as `PUB4`.
    pub rule: String,
    /// Why it was done all the same.
    pub reason: String,
    /// When it was answered.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    pub(super) by: Slot<Option<Arc<Person>>>,
}

#[ComplexObject]
impl AcknowledgedWarning {
    /// Who answered; null where you may not see the person.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<&Person>, ApiError> {
        Ok(self.by.get(ctx)?.as_deref())
    }
}

/// A sub-processor is engaged under an agreement (underbiträde). Readable by all who may read the agreement. Source: GDPR art. 28.2, 28.4.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct SubProcessorEngagement {
    /// Its id.
    pub id: ID,
    /// Its place in the tree: the number among its siblings at each level, from the root. As long as it is deep; never changes.
    pub position: Vec<u32>,
    /// What it does.
    pub service: String,
    /// Which personal data it processes.
    pub data_categories: Vec<DataCategory>,
    /// When it was bound in writing by the same duties; null where not known. Source: GDPR art. 28.4; annex 3, 12.4 (PUB30).
    pub sub_agreement_on: Option<Date>,
    /// When a copy of that was asked for; null where it was not.
    pub copy_requested_on: Option<Date>,
    /// When the copy came; null where it has not.
    pub copy_received_on: Option<Date>,
    /// The first day.
    pub valid_from: Date,
    /// The last day, inclusive; null until further notice. Never after the one that engages it.
    pub valid_to: Option<Date>,
    /// Counts the changes, from 1. Give it as `expectedVersion` with the next change.
    pub version: i32,
    #[graphql(skip)]
    pub(super) agreement: Slot<Arc<ProcessorAgreement>>,
    #[graphql(skip)]
    pub(super) party: Slot<Arc<Party>>,
    #[graphql(skip)]
    pub(super) engaged_by: Slot<Option<Arc<SubProcessorEngagement>>>,
    #[graphql(skip)]
    pub(super) processing_countries: Slot<Vec<Country>>,
    #[graphql(skip)]
    pub(super) authorisations: Slot<Vec<PartyAuthorisation>>,
    #[graphql(skip)]
    pub(super) introduced_by: Slot<Option<Arc<SubProcessorChange>>>,
}

#[ComplexObject]
impl SubProcessorEngagement {
    /// Under which agreement.
    async fn agreement(&self, ctx: &Context<'_>) -> Result<&ProcessorAgreement, ApiError> {
        self.agreement.get(ctx).map(AsRef::as_ref)
    }

    /// Who is engaged.
    async fn party(&self, ctx: &Context<'_>) -> Result<&Party, ApiError> {
        self.party.get(ctx).map(AsRef::as_ref)
    }

    /// By which engagement; null where the processor engages it directly.
    async fn engaged_by(&self, ctx: &Context<'_>) -> Result<Option<&SubProcessorEngagement>, ApiError> {
        Ok(self.engaged_by.get(ctx)?.as_deref())
    }

    /// Where it processes; empty where not known.
    async fn processing_countries(&self, ctx: &Context<'_>) -> Result<&Vec<Country>, ApiError> {
        self.processing_countries.get(ctx)
    }

    /// The change that brought it in; null where it was listed. Source: annex 3, 12.2 (PUB27).
    async fn introduced_by(&self, ctx: &Context<'_>) -> Result<Option<&SubProcessorChange>, ApiError> {
        Ok(self.introduced_by.get(ctx)?.as_deref())
    }

    /// How it is authorised on `asOf`, for each controller whose records you may read: in a joint agreement one accepts, another objects.
    /// Empty where none of them is concerned.
    async fn authorisations(&self, ctx: &Context<'_>) -> Result<&Vec<PartyAuthorisation>, ApiError> {
        self.authorisations.get(ctx)
    }
}

/// How a sub-processor was authorised for one controller. Source: GDPR art. 28.2 (PUB6).
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct PartyAuthorisation {
    /// How.
    pub authorisation: EngagementAuthorisation,
    /// Since when.
    pub valid_from: Date,
    #[graphql(skip)]
    pub(super) controller: Slot<Arc<Controller>>,
    #[graphql(skip)]
    pub(super) objection_case: Slot<Option<Arc<ObjectionCase>>>,
}

#[ComplexObject]
impl PartyAuthorisation {
    /// For which controller.
    async fn controller(&self, ctx: &Context<'_>) -> Result<&Controller, ApiError> {
        self.controller.get(ctx).map(AsRef::as_ref)
    }

    /// The controller's case from which it follows; null where the sub-processor was listed.
    async fn objection_case(&self, ctx: &Context<'_>) -> Result<Option<&ObjectionCase>, ApiError> {
        Ok(self.objection_case.get(ctx)?.as_deref())
    }
}
