//! Inputs of changes and cases, each turned into a command.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use strum::VariantArray;

use crate::{
    app::Cx,
    domain::{
        organisation::graphql::load::municipality_argument,
        processor::{
            graphql::inputs::{OrderDirection, categories, countries},
            model::{ActKind, ChangeKind, DataCategory, DataSubjectGroup, NoticeItem, ObjectionOutcome, ObjectionState},
            repo::{self, ChangeFilter},
            rules::case_acts::Receipt,
            service::{
                case::{ConfirmSubProcessorNotice, DecideObjection},
                change::{AnnounceSubProcessorChange, CorrectSubProcessorChange, GiveAdvice},
                termination::TerminateAgreementAtOnce,
            },
        },
        timeline::repo::SaidFilter,
    },
    graphql::{
        error::ApiError,
        node::argument_id_at,
        scalar::{Country, Date},
        three_state::{optional, required},
    },
    kernel::{
        bounds::{DESCRIPTION, TITLE},
        code::{Code, Term, term},
        command::Faults,
        contact::web_address,
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
    },
};

// ── lists ────────────────────────────────────────────────────────────────────────────────────────

/// Which changes. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug)]
pub struct SubProcessorChangeFilter {
    /// Those that this processor announced.
    pub processor_id: Option<ID>,
    /// Those about this sub-processor.
    pub sub_processor_id: Option<ID>,
}

impl SubProcessorChangeFilter {
    /// The filter, or what is wrong with it.
    pub fn read(self) -> Result<ChangeFilter, ApiError> {
        let Self { processor_id, sub_processor_id } = self;
        let at = |field: &str| vec!["filter".to_owned(), field.to_owned()];
        Ok(ChangeFilter {
            processor: processor_id.map(|id| argument_id_at(&id, at("processorId"))).transpose()?,
            sub_processor: sub_processor_id.map(|id| argument_id_at(&id, at("subProcessorId"))).transpose()?,
        })
    }
}

/// Which cases. What is given holds together: all must fit.
#[derive(InputObject, Clone, Debug)]
pub struct ObjectionCaseFilter {
    /// Those of a controller of the municipality with this slug, joint boards included.
    pub municipality: Option<String>,
    /// Those of this controller.
    pub controller_id: Option<ID>,
    /// Those about changes that this processor announced.
    pub processor_id: Option<ID>,
    /// Those that stand so on `asOf`; empty: however they stand.
    pub state: Option<Vec<ObjectionState>>,
    /// Those whose window ends before this day, or can at the earliest.
    pub due_before: Option<Date>,
}

/// Reads a filter of cases and their order.
pub async fn read_case_filter(
    cx: &Cx,
    filter: Option<ObjectionCaseFilter>,
    order: Option<ObjectionCaseOrder>,
) -> Result<SaidFilter, ApiError> {
    let latest_first = order.is_some_and(|order| {
        let ObjectionCaseOrder { field: ObjectionCaseOrderField::Due, direction } = order;
        direction == OrderDirection::Desc
    });
    let Some(ObjectionCaseFilter { municipality, controller_id, processor_id, state, due_before }) = filter else {
        return Ok(SaidFilter { latest_first, ..SaidFilter::default() });
    };
    let at = |field: &str| vec!["filter".to_owned(), field.to_owned()];
    let municipality = match municipality {
        Some(slug) => Some(municipality_argument(cx, &slug, at("municipality")).await?.id),
        None => None,
    };
    let about = match processor_id {
        Some(id) => Some(repo::change_keys(cx, argument_id_at(&id, at("processorId"))?).await.map_err(Failure::from)?),
        None => None,
    };
    Ok(SaidFilter {
        municipality,
        controllers: controller_id.map(|id| argument_id_at(&id, at("controllerId"))).transpose()?.map(|id| vec![id]),
        codes: state.unwrap_or_default().into_iter().map(Code::code).collect(),
        due_before: due_before.map(|date| date.0),
        about,
        latest_first,
        ..SaidFilter::default()
    })
}

/// In which order cases are listed.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct ObjectionCaseOrder {
    /// By what.
    pub field: ObjectionCaseOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// By what cases can be ordered.
#[derive(Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ObjectionCaseOrderField {
    /// By when the window ends, or can at the earliest.
    Due,
}

impl Code for ObjectionCaseOrderField {
    const TYPE: &'static str = "ObjectionCaseOrderField";

    fn term(self) -> Term {
        match self {
            Self::Due => term("Sista dag", "Last day"),
        }
    }
}

// ── changes ──────────────────────────────────────────────────────────────────────────────────────

/// What a processor announced about its sub-processors.
#[derive(InputObject, Debug)]
pub struct AnnounceSubProcessorChangeInput {
    /// Which processor.
    pub processor_id: ID,
    /// What changes.
    pub kind: ChangeKind,
    /// Which sub-processor.
    pub sub_processor_id: ID,
    /// The sub-processor that it replaces: for `REPLACE`, and for nothing else.
    pub replaces_id: Option<ID>,
    /// The sub-processor that engages it; absent: the processor itself.
    pub engaged_by_id: Option<ID>,
    /// What it does.
    pub service: String,
    /// Which personal data it processes; absent: not told.
    pub data_categories: Option<Vec<DataCategory>>,
    /// Whose data; absent: not told.
    pub data_subjects: Option<Vec<DataSubjectGroup>>,
    /// Where it processes; absent: not told.
    pub processing_countries: Option<Vec<Country>>,
    /// When it was announced; not in the future.
    pub announced_on: Date,
    /// When it takes effect.
    pub effective_on: Date,
    /// Where it was announced.
    pub source_url: Option<String>,
}

impl AnnounceSubProcessorChangeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<AnnounceSubProcessorChange, Failure> {
        let Self {
            processor_id,
            kind,
            sub_processor_id,
            replaces_id,
            engaged_by_id,
            service,
            data_categories,
            data_subjects,
            processing_countries,
            announced_on,
            effective_on,
            source_url,
        } = self;
        let mut faults = Faults::new();
        let processor = faults.id("processorId", &processor_id);
        let sub_processor = faults.id("subProcessorId", &sub_processor_id);
        let replaces = faults.optional(replaces_id, |faults, id| faults.id("replacesId", &id));
        let engaged_by = faults.optional(engaged_by_id, |faults, id| faults.id("engagedById", &id));
        let service = faults.text("service", &service, TITLE);
        let countries = countries(&mut faults, &processing_countries.unwrap_or_default());
        let source_url = faults.optional(source_url, |faults, url| faults.take(web_address("sourceUrl", &url)));
        let command = (|| {
            Some(AnnounceSubProcessorChange {
                processor: processor?,
                kind,
                sub_processor: sub_processor?,
                replaces: replaces?,
                engaged_by: engaged_by?,
                service: service?,
                data_categories: categories(&data_categories.unwrap_or_default()),
                data_subjects: each_once(&data_subjects.unwrap_or_default()),
                processing_countries: countries?,
                announced_on: announced_on.0,
                effective_on: effective_on.0,
                source_url: source_url?,
            })
        })();
        faults.finish(command)
    }
}

/// Each value once, in the order of the vocabulary.
fn each_once<C: VariantArray + PartialEq + Copy>(listed: &[C]) -> Vec<C> {
    C::VARIANTS.iter().copied().filter(|value| listed.contains(value)).collect()
}

/// What was entered wrong about a change. What changes, of which processor and which sub-processor, is not corrected but withdrawn and
/// announced anew.
#[derive(InputObject, Debug)]
pub struct CorrectSubProcessorChangeInput {
    /// Which change.
    pub change_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// The sub-processor that engages it; null: the processor itself.
    pub engaged_by_id: MaybeUndefined<ID>,
    /// What it does.
    pub service: MaybeUndefined<String>,
    /// Which personal data it processes: the whole list.
    pub data_categories: MaybeUndefined<Vec<DataCategory>>,
    /// Whose data: the whole list.
    pub data_subjects: MaybeUndefined<Vec<DataSubjectGroup>>,
    /// Where it processes: the whole list; empty where not known.
    pub processing_countries: MaybeUndefined<Vec<Country>>,
    /// When it was announced; not in the future.
    pub announced_on: MaybeUndefined<Date>,
    /// When it takes effect.
    pub effective_on: MaybeUndefined<Date>,
    /// Where it was announced; null: not known.
    pub source_url: MaybeUndefined<String>,
}

impl CorrectSubProcessorChangeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<CorrectSubProcessorChange, Failure> {
        let Self {
            change_id,
            expected_version,
            engaged_by_id,
            service,
            data_categories,
            data_subjects,
            processing_countries,
            announced_on,
            effective_on,
            source_url,
        } = self;
        let mut faults = Faults::new();
        let id = faults.id("changeId", &change_id);
        let engaged_by = optional(&mut faults, engaged_by_id, |faults, id| faults.id("engagedById", &id));
        let service = required(&mut faults, "service", service, |faults, service| faults.text("service", &service, TITLE));
        let listed = required(&mut faults, "dataCategories", data_categories, |_, listed| Some(categories(&listed)));
        let subjects = required(&mut faults, "dataSubjects", data_subjects, |_, listed| Some(each_once(&listed)));
        let countries = required(&mut faults, "processingCountries", processing_countries, |faults, codes| countries(faults, &codes));
        let announced_on = required(&mut faults, "announcedOn", announced_on, |_, date| Some(date.0));
        let effective_on = required(&mut faults, "effectiveOn", effective_on, |_, date| Some(date.0));
        let source_url = optional(&mut faults, source_url, |faults, url| faults.take(web_address("sourceUrl", &url)));
        let command = (|| {
            Some(CorrectSubProcessorChange {
                id: id?,
                expected_version,
                engaged_by: engaged_by?,
                service: service?,
                data_categories: listed?,
                data_subjects: subjects?,
                processing_countries: countries?,
                announced_on: announced_on?,
                effective_on: effective_on?,
                source_url: source_url?,
            })
        })();
        faults.finish(command)
    }
}

/// The data protection officer's advice on a change.
#[derive(InputObject, Debug)]
pub struct GiveAdviceInput {
    /// On which change.
    pub change_id: ID,
    /// The advice, in at most 4,000 characters and without naming people: every member reads it.
    pub text: String,
}

impl GiveAdviceInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<GiveAdvice, Failure> {
        let Self { change_id, text } = self;
        let mut faults = Faults::new();
        let change = faults.id("changeId", &change_id);
        let text = faults.text("text", &text, DESCRIPTION);
        let command = (|| Some(GiveAdvice { change: change?, text: text? }))();
        faults.finish(command)
    }
}

// ── cases ────────────────────────────────────────────────────────────────────────────────────────

/// What a controller says of the notice that it got: all of it, in the place of what it said before.
#[derive(InputObject, Debug)]
pub struct ConfirmSubProcessorNoticeInput {
    /// In which case.
    pub objection_case_id: ID,
    /// The version that you read; 0 where nothing was done yet.
    pub expected_version: i32,
    /// When the notice was sent; where no receipt is given, it is deemed received by the terms. Source: annex 3, 19.3 (PUB43).
    pub sent_on: Option<Date>,
    /// When it was received. This or `sentOn` is needed.
    pub received_on: Option<Date>,
    /// What it lacked; absent: nothing. Source: annex 3, 12.2 (PUB27).
    pub missing: Option<Vec<NoticeItem>>,
    /// When what it lacked was there; absent: it is not. The window runs from then.
    pub completed_on: Option<Date>,
}

impl ConfirmSubProcessorNoticeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<ConfirmSubProcessorNotice, Failure> {
        let Self { objection_case_id, expected_version, sent_on, received_on, missing, completed_on } = self;
        let mut faults = Faults::new();
        let case = faults.id("objectionCaseId", &objection_case_id);
        let receipt = Receipt {
            sent_on: sent_on.map(|date| date.0),
            received_on: received_on.map(|date| date.0),
            missing: each_once(&missing.unwrap_or_default()),
            completed_on: completed_on.map(|date| date.0),
        };
        let command = case.map(|case| ConfirmSubProcessorNotice { case, expected_version, receipt });
        faults.finish(command)
    }
}

/// What a controller decides in its case.
#[derive(InputObject, Debug)]
pub struct DecideObjectionInput {
    /// In which case.
    pub objection_case_id: ID,
    /// The version that you read; 0 where nothing was done yet.
    pub expected_version: i32,
    /// When it was decided: not in the future, not before the change was announced or something was done in the case.
    pub decided_on: Date,
    /// Why, in at most 4,000 characters; needed for an objection.
    pub reason: Option<String>,
}

impl DecideObjectionInput {
    /// The command, or all that is wrong.
    pub fn command(self, act: ActKind) -> Result<DecideObjection, Failure> {
        let Self { objection_case_id, expected_version, decided_on, reason } = self;
        let mut faults = Faults::new();
        let case = faults.id("objectionCaseId", &objection_case_id);
        let reason = match reason {
            None if act == ActKind::Object => {
                let message = Text::new("Ange varför ni invänder.", "Say why you object.");
                faults.take(Err(Refusal::new(RefusalCode::Missing, "reason", message)))
            }
            reason => faults.optional_text("reason", reason.as_deref(), DESCRIPTION),
        };
        let command =
            (|| Some(DecideObjection { case: case?, expected_version, act, outcome: None, decided_on: decided_on.0, reason: reason? }))();
        faults.finish(command)
    }
}

/// The own controller terminates an agreement at once, on the ground of its objection.
#[derive(InputObject, Debug)]
pub struct TerminateAgreementAtOnceInput {
    /// Which agreement.
    pub agreement_id: ID,
    /// For which controller.
    pub controller_id: ID,
    /// The version of the controller's own row that you read.
    pub expected_version: i32,
    /// The controller's case under this agreement in which it objected.
    pub objection_case_id: ID,
    /// The last day of the agreement for this controller: not in the future, and one on which the objection stands.
    pub terminated_on: Date,
}

impl TerminateAgreementAtOnceInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<TerminateAgreementAtOnce, Failure> {
        let Self { agreement_id, controller_id, expected_version, objection_case_id, terminated_on } = self;
        let mut faults = Faults::new();
        let agreement = faults.id("agreementId", &agreement_id);
        let controller = faults.id("controllerId", &controller_id);
        let case = faults.id("objectionCaseId", &objection_case_id);
        let command = (|| {
            Some(TerminateAgreementAtOnce {
                agreement: agreement?,
                controller: controller?,
                expected_version,
                case: case?,
                terminated_on: terminated_on.0,
            })
        })();
        faults.finish(command)
    }
}

/// What became of an objection.
#[derive(InputObject, Debug)]
pub struct RecordObjectionOutcomeInput {
    /// In which case.
    pub objection_case_id: ID,
    /// The version that you read.
    pub expected_version: i32,
    /// What became of it.
    pub outcome: ObjectionOutcome,
    /// When: not in the future, not before the objection.
    pub decided_on: Date,
    /// What there is to say about it, in at most 4,000 characters.
    pub reason: Option<String>,
}

impl RecordObjectionOutcomeInput {
    /// The command, or all that is wrong.
    pub fn command(self) -> Result<DecideObjection, Failure> {
        let Self { objection_case_id, expected_version, outcome, decided_on, reason } = self;
        let mut faults = Faults::new();
        let case = faults.id("objectionCaseId", &objection_case_id);
        let reason = faults.optional_text("reason", reason.as_deref(), DESCRIPTION);
        let command = (|| {
            let (act, outcome) = (ActKind::Outcome, Some(outcome));
            Some(DecideObjection { case: case?, expected_version, act, outcome, decided_on: decided_on.0, reason: reason? })
        })();
        faults.finish(command)
    }
}
