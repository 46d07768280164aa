//! Everything that has an id, by its id.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Interface, Object};
use uuid::Uuid;

use super::{
    context::reading,
    error::{Answer, ApiError},
    loaded::once,
    selection::Selection,
};
use crate::{
    app::Cx,
    domain::{
        audit::graphql::{load as audit, types::AuditEntry},
        organisation::graphql::{
            load as organisation,
            types::{Controller, CoordinatorAssignment, DataProtectionOfficerAppointment, Municipality, Person},
        },
        processor::graphql::{
            change::{
                load as change,
                types::{ObjectionCase, SubProcessorChange},
            },
            load as processor,
            types::{
                AgreementContact, AgreementNotice, AgreementParty, AgreementTerms, Assurance, Instruction, Party, ProcessorAgreement,
                SubProcessorEngagement,
            },
        },
    },
    kernel::{
        command::wrong_id,
        id::{Id, Kind, split},
        kinds::{
            AgreementContactKind, AgreementKind, AgreementNoticeKind, AgreementPartyKind, AgreementTermsKind, AppointmentKind,
            AssignmentKind, AssuranceKind, AuditEntryKind, ControllerKind, EngagementKind, InstructionKind, MunicipalityKind,
            ObjectionCaseKind, PartyKind, PersonKind, SubProcessorChangeKind,
        },
        text::Text,
    },
};

/// How many ids `nodes` takes.
const MAX_NODES: usize = 100;

/// Something with an id.
#[derive(Interface, Debug)]
#[graphql(field(name = "id", ty = "&ID", desc = "Its id: opaque, unique over all types, never given to anything else."))]
pub(crate) enum Node {
    /// A municipality.
    Municipality(Municipality),
    /// A controller.
    Controller(Controller),
    /// A person.
    Person(Person),
    /// A coordinator's assignment.
    CoordinatorAssignment(CoordinatorAssignment),
    /// An officer's appointment.
    DataProtectionOfficerAppointment(DataProtectionOfficerAppointment),
    /// A party.
    Party(Party),
    /// A processor agreement.
    ProcessorAgreement(ProcessorAgreement),
    /// A controller's own row in an agreement.
    AgreementParty(AgreementParty),
    /// A version of an agreement's terms.
    AgreementTerms(AgreementTerms),
    /// An instruction to a processor.
    Instruction(Instruction),
    /// An assurance about a processor.
    Assurance(Assurance),
    /// A notice between the sides of an agreement.
    AgreementNotice(AgreementNotice),
    /// A contact of an agreement.
    AgreementContact(AgreementContact),
    /// A sub-processor's engagement.
    SubProcessorEngagement(SubProcessorEngagement),
    /// A change of sub-processors.
    SubProcessorChange(SubProcessorChange),
    /// A controller's case about a change.
    ObjectionCase(ObjectionCase),
    /// An entry of the audit log.
    AuditEntry(AuditEntry),
}

/// The id that an argument of a root field gives, or what is wrong with it.
pub fn argument_id<K: Kind>(id: &ID, argument: &str) -> Result<Id<K>, ApiError> {
    argument_id_at(id, vec![argument.to_owned()])
}

/// The id that stands at `argument` of the query, or what is wrong with it.
pub fn argument_id_at<K: Kind>(id: &ID, argument: Vec<String>) -> Result<Id<K>, ApiError> {
    Id::parse(id).map_err(|fault| ApiError::argument(argument, wrong_id::<K>("", fault).message))
}

/// Queries by id.
#[derive(Default)]
pub(super) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this id, as it is today; null where there is none, or none that you may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Answer<Arc<Node>> {
        let answer = async {
            let ids = [split_id(&id, "id")?];
            let cx = reading(ctx, None).await?;
            Ok(nodes(&cx, &ids, &Selection::of(ctx)).await?.remove(&ids[0]))
        };
        answer.await.into()
    }

    /// The things with these ids, as they are today, in the order of the ids; null in the place of one that there is not, or that
    /// you may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Arc<Node>>>, ApiError> {
        if ids.len() > MAX_NODES {
            let message = Text::new(format!("Högst {MAX_NODES} id:n åt gången."), format!("At most {MAX_NODES} ids at a time."));
            return Err(ApiError::argument(vec!["ids".to_owned()], message));
        }
        let ids = ids.iter().enumerate().map(|(n, id)| split_id(id, &format!("ids.{n}"))).collect::<Result<Vec<_>, _>>()?;
        let cx = reading(ctx, None).await?;
        let found = nodes(&cx, &ids, &Selection::of(ctx)).await?;
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }
}

/// The kind of a thing, by the prefix of its ids, and its key.
type NodeId = (&'static str, Uuid);

/// The kinds of things that have ids, by the prefix of their ids.
const PREFIXES: [&str; 17] = [
    MunicipalityKind::PREFIX,
    ControllerKind::PREFIX,
    PersonKind::PREFIX,
    AssignmentKind::PREFIX,
    AppointmentKind::PREFIX,
    PartyKind::PREFIX,
    AgreementKind::PREFIX,
    AgreementPartyKind::PREFIX,
    AgreementTermsKind::PREFIX,
    InstructionKind::PREFIX,
    AssuranceKind::PREFIX,
    AgreementNoticeKind::PREFIX,
    AgreementContactKind::PREFIX,
    EngagementKind::PREFIX,
    SubProcessorChangeKind::PREFIX,
    ObjectionCaseKind::PREFIX,
    AuditEntryKind::PREFIX,
];

fn split_id(id: &str, argument: &str) -> Result<NodeId, ApiError> {
    known(id).ok_or_else(|| unknown(argument.split('.').map(str::to_owned).collect()))
}

/// The key and the text of an id of whatever kind that stands at `argument` of the query, or what is wrong with it.
pub fn known_id(id: &ID, argument: Vec<String>) -> Result<(Uuid, String), ApiError> {
    known(id).map(|(_, key)| (key, id.to_string())).ok_or_else(|| unknown(argument))
}

fn known(id: &str) -> Option<NodeId> {
    split(id).and_then(|(prefix, key)| PREFIXES.into_iter().find(|known| *known == prefix).map(|known| (known, key)))
}

fn unknown(argument: Vec<String>) -> ApiError {
    let message = Text::new("Detta är inget id som detta system har gett ut.", "This is not an id that this system has given out.");
    ApiError::argument(argument, message)
}

/// Things of whatever kind by the texts of their ids; what is not one is left out.
pub(crate) async fn nodes_by_text<'t>(
    cx: &Cx,
    ids: impl Iterator<Item = &'t str>,
    select: &Selection<'_>,
) -> Result<HashMap<&'t str, Arc<Node>>, ApiError> {
    let ids: HashMap<&str, NodeId> = ids.filter_map(|id| Some((id, known(id)?))).collect();
    let found = nodes(cx, &ids.values().copied().collect::<Vec<_>>(), select).await?;
    Ok(ids.into_iter().filter_map(|(text, id)| Some((text, found.get(&id)?.clone()))).collect())
}

/// Loads things of whatever kind: the same number of statements however many of a kind there are.
async fn nodes(cx: &Cx, ids: &[NodeId], select: &Selection<'_>) -> Result<HashMap<NodeId, Arc<Node>>, ApiError> {
    let mut found = HashMap::new();
    for prefix in PREFIXES {
        let keys: Vec<Uuid> = ids.iter().filter(|(of, _)| *of == prefix).map(|(_, key)| *key).collect();
        if !keys.is_empty() {
            let loaded = nodes_of(cx, prefix, &once(keys), select.clone()).await?;
            found.extend(loaded.into_iter().map(|(key, node)| ((prefix, key), Arc::new(node))));
        }
    }
    Ok(found)
}

async fn nodes_of(cx: &Cx, prefix: &str, keys: &[Uuid], select: Selection<'_>) -> Result<Vec<(Uuid, Node)>, ApiError> {
    Ok(match prefix {
        MunicipalityKind::PREFIX => wrapped(organisation::municipality_nodes(cx, &typed(keys), select).await?, Node::Municipality),
        ControllerKind::PREFIX => wrapped(organisation::controller_nodes(cx, &typed(keys), select).await?, Node::Controller),
        PersonKind::PREFIX => wrapped(organisation::person_nodes(cx, &typed(keys), select).await?, Node::Person),
        AssignmentKind::PREFIX => wrapped(organisation::assignment_nodes(cx, &typed(keys), select).await?, Node::CoordinatorAssignment),
        AppointmentKind::PREFIX => {
            wrapped(organisation::appointment_nodes(cx, &typed(keys), select).await?, Node::DataProtectionOfficerAppointment)
        }
        PartyKind::PREFIX => wrapped(processor::party_nodes(cx, &typed(keys), select).await?, Node::Party),
        AgreementKind::PREFIX => wrapped(processor::agreement_nodes(cx, &typed(keys), select).await?, Node::ProcessorAgreement),
        AgreementPartyKind::PREFIX => wrapped(processor::agreement_party_nodes(cx, &typed(keys), select).await?, Node::AgreementParty),
        AgreementTermsKind::PREFIX => wrapped(processor::terms_nodes(cx, &typed(keys), select).await?, Node::AgreementTerms),
        InstructionKind::PREFIX => wrapped(processor::instruction_nodes(cx, &typed(keys), select).await?, Node::Instruction),
        AssuranceKind::PREFIX => wrapped(processor::assurance_nodes(cx, &typed(keys), select).await?, Node::Assurance),
        AgreementNoticeKind::PREFIX => wrapped(processor::notice_nodes(cx, &typed(keys), select).await?, Node::AgreementNotice),
        AgreementContactKind::PREFIX => wrapped(processor::contact_nodes(cx, &typed(keys), select).await?, Node::AgreementContact),
        EngagementKind::PREFIX => wrapped(processor::engagement_nodes(cx, &typed(keys), select).await?, Node::SubProcessorEngagement),
        SubProcessorChangeKind::PREFIX => wrapped(change::change_nodes(cx, &typed(keys), select).await?, Node::SubProcessorChange),
        ObjectionCaseKind::PREFIX => wrapped(change::case_nodes(cx, &typed(keys), select).await?, Node::ObjectionCase),
        AuditEntryKind::PREFIX => wrapped(audit::entry_nodes(cx, &typed(keys), select).await?, Node::AuditEntry),
        _ => Vec::new(),
    })
}

fn typed<K>(keys: &[Uuid]) -> Vec<Id<K>> {
    keys.iter().map(|key| Id::new(*key)).collect()
}

fn wrapped<K, T>(objects: Vec<(Id<K>, T)>, node: fn(T) -> Node) -> Vec<(Uuid, Node)> {
    objects.into_iter().map(|(id, object)| (id.key(), node(object))).collect()
}
