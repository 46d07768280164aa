//! What the audit log tells of changes of sub-processors and of the controllers' cases.

use uuid::Uuid;

use crate::{
    domain::{
        audit::model::{Audited, Field, field, shown},
        processor::model::{ActKind, CaseAct, ObjectionCase, SubProcessorChange},
    },
    kernel::{
        code::Code,
        country::CountryCode,
        id::Id,
        kinds::{ObjectionCaseKind, SubProcessorChangeKind},
    },
};

impl Audited for SubProcessorChange {
    type Kind = SubProcessorChangeKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn fields(&self) -> Vec<Field> {
        let Self {
            id: _,
            processor,
            kind,
            sub_processor,
            replaces,
            engaged_by,
            service,
            data_categories,
            data_subjects,
            processing_countries,
            announced_on,
            effective_on,
            announced_by,
            source_url,
            version: _,
            withdrawn: _,
        } = self;
        let countries: Vec<_> = processing_countries.iter().map(CountryCode::as_str).collect();
        vec![
            field("processor", processor.to_string()),
            field("kind", kind.code().to_owned()),
            field("subProcessor", sub_processor.to_string()),
            field("replaces", shown(*replaces)),
            field("engagedBy", shown(*engaged_by)),
            field("service", service.clone()),
            field("dataCategories", listed(data_categories)),
            field("dataSubjects", listed(data_subjects)),
            field("processingCountries", countries.join(", ")),
            field("announcedOn", announced_on.to_string()),
            field("effectiveOn", effective_on.to_string()),
            field("announcedBy", shown(*announced_by)),
            field("sourceUrl", source_url.clone()),
        ]
    }
}

impl Audited for ObjectionCase {
    type Kind = ObjectionCaseKind;

    fn id(&self) -> Id<Self::Kind> {
        self.id
    }

    fn record(&self) -> Uuid {
        self.agreement.key()
    }

    fn fields(&self) -> Vec<Field> {
        let Self { id: _, change, agreement: _, party, notice_sent_on, notice_received_on, missing, completed_on, acts, version: _ } = self;
        let last = |of: fn(&CaseAct) -> Option<String>| acts.last().and_then(of);
        let outcome = acts.iter().rev().find(|act| act.act == ActKind::Outcome).and_then(|act| act.outcome);
        vec![
            field("change", change.to_string()),
            field("party", party.to_string()),
            field("noticeSentOn", shown(*notice_sent_on)),
            field("noticeReceivedOn", shown(*notice_received_on)),
            field("missingFromNotice", listed(missing)),
            field("completedOn", shown(*completed_on)),
            field("decided", last(|act| Some(act.act.code().to_owned()))),
            field("decidedOn", last(|act| Some(act.done_on.to_string()))),
            field("decidedBy", last(|act| shown(act.by))),
            field("reason", last(|act| act.reason.clone())),
            field("outcome", outcome.map(|outcome| outcome.code().to_owned())),
        ]
    }
}

/// The codes of a list; none where it is empty.
fn listed<C: Code>(codes: &[C]) -> Option<String> {
    let codes: Vec<_> = codes.iter().map(|code| code.code()).collect();
    Some(codes.join(", ")).filter(|codes| !codes.is_empty())
}
