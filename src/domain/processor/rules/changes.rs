//! What can be announced as a change of sub-processors. What happened is stored, lawful or not; refused is what cannot be.

use chrono::NaiveDate;

use super::acts::chain_stays_open;
use crate::{
    domain::{
        organisation::rules::has_happened,
        processor::model::{ChangeKind, SubProcessorChange},
    },
    kernel::{
        refusal::{Refusal, RefusalCode},
        text::Text,
    },
};

/// A change that can be: announced by now, of somebody else than the processor, replacing somebody where it replaces.
pub fn change_can_be(change: &SubProcessorChange, today: NaiveDate) -> Result<(), Refusal> {
    has_happened(change.announced_on, today, "announcedOn")?;
    replaces_where_it_replaces(change)?;
    let engagers: Vec<_> = change.engaged_by.into_iter().collect();
    chain_stays_open(change.sub_processor, change.processor, &engagers, "subProcessorId")?;
    if let Some(engager) = change.engaged_by {
        chain_stays_open(engager, change.processor, &[], "engagedById")?;
    }
    if let Some(replaced) = change.replaces {
        chain_stays_open(replaced, change.processor, &[change.sub_processor], "replacesId")?;
    }
    Ok(())
}

fn replaces_where_it_replaces(change: &SubProcessorChange) -> Result<(), Refusal> {
    match (change.kind == ChangeKind::Replace, change.replaces.is_some()) {
        (true, false) => Err(Refusal::new(
            RefusalCode::Missing,
            "replacesId",
            Text::new("Ange vilket underbiträde som ersätts.", "Give the sub-processor that is replaced."),
        )),
        (false, true) => Err(Refusal::invalid(
            "replacesId",
            Text::new(
                "Bara ett byte (REPLACE) ersätter ett annat underbiträde; utelämna fältet.",
                "Only a replacement (REPLACE) replaces another sub-processor; leave the field out.",
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::id::Id;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn id<K>(n: u128) -> Id<K> {
        Id::new(Uuid::from_u128(n))
    }

    fn change(kind: ChangeKind) -> SubProcessorChange {
        SubProcessorChange {
            id: id(1),
            processor: id(9),
            kind,
            sub_processor: id(2),
            replaces: None,
            engaged_by: None,
            service: "drift".to_owned(),
            data_categories: Vec::new(),
            data_subjects: Vec::new(),
            processing_countries: Vec::new(),
            announced_on: day("2026-11-20"),
            effective_on: day("2026-11-01"),
            announced_by: None,
            source_url: None,
            version: 1,
            withdrawn: false,
        }
    }

    fn fault(change: &SubProcessorChange) -> Option<(RefusalCode, String)> {
        change_can_be(change, day("2026-11-22")).err().map(|refusal| (refusal.code, refusal.path.join(".")))
    }

    #[test]
    fn what_was_announced_is_stored_though_it_takes_effect_before_the_announcement() {
        assert_eq!(fault(&change(ChangeKind::Add)), None);
    }

    #[test]
    fn nothing_is_announced_that_has_not_been() {
        let late = SubProcessorChange { announced_on: day("2026-11-23"), ..change(ChangeKind::Add) };
        assert_eq!(fault(&late), Some((RefusalCode::Invalid, "announcedOn".to_owned())));
    }

    #[test]
    fn a_replacement_replaces_somebody_and_nothing_else_does() {
        assert_eq!(fault(&change(ChangeKind::Replace)), Some((RefusalCode::Missing, "replacesId".to_owned())));
        assert_eq!(fault(&SubProcessorChange { replaces: Some(id(3)), ..change(ChangeKind::Replace) }), None);
        for kind in [ChangeKind::Add, ChangeKind::Remove, ChangeKind::ChangeCountry] {
            let replaces = SubProcessorChange { replaces: Some(id(3)), ..change(kind) };
            assert_eq!(fault(&replaces), Some((RefusalCode::Invalid, "replacesId".to_owned())), "{kind:?}");
        }
    }

    #[test]
    fn nobody_stands_below_itself() {
        let itself = SubProcessorChange { sub_processor: id(9), ..change(ChangeKind::Add) };
        let below_itself = SubProcessorChange { engaged_by: Some(id(2)), ..change(ChangeKind::Add) };
        for closed in [itself, below_itself] {
            assert_eq!(fault(&closed), Some((RefusalCode::Cycle, "subProcessorId".to_owned())));
        }
        let by_the_processor = SubProcessorChange { engaged_by: Some(id(9)), ..change(ChangeKind::Add) };
        assert_eq!(fault(&by_the_processor), Some((RefusalCode::Cycle, "engagedById".to_owned())));
        for replaced in [2, 9] {
            let replaces = SubProcessorChange { replaces: Some(id(replaced)), ..change(ChangeKind::Replace) };
            assert_eq!(fault(&replaces), Some((RefusalCode::Cycle, "replacesId".to_owned())));
        }
        assert_eq!(fault(&SubProcessorChange { engaged_by: Some(id(3)), ..change(ChangeKind::Add) }), None);
    }
}
