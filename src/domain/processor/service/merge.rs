//! Two parties that are one organisation become one.

use super::{known_party, party, sub_processor::chain};
use crate::{
    app::Cx,
    authz::{Action, Subject, WriteScope, require},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        processor::{
            model::{Agreement, Engagement, Party},
            repo, rules,
        },
        visibility,
    },
    kernel::{
        kinds::{AgreementId, ControllerId, PartyId},
        refusal::{Failure, Refusal},
        text::Text,
        version::{stored, unchanged},
    },
};

/// A party was registered twice.
#[derive(Debug)]
pub struct MergeParties {
    /// The one that goes.
    pub duplicate: PartyId,
    /// The version of it that is merged.
    pub expected_version: i32,
    /// The one that stays.
    pub kept: PartyId,
    /// The version of it that is changed.
    pub kept_expected_version: i32,
}

/// Withdraws the duplicate. What refers to it refers to the party that is kept, which takes over what it lacks.
pub async fn merge(cx: &Cx, command: MergeParties) -> Result<Recorded<PartyId>, Failure> {
    let duplicate = known_party(cx, command.duplicate, "partyId").await?;
    let kept = known_party(cx, command.kept, "intoId").await?;
    right(cx, &duplicate, "partyId").await?;
    let scope = right(cx, &kept, "intoId").await?;
    if duplicate.id == kept.id {
        return Err(Refusal::invalid("intoId", Text::new("Ange två olika organisationer.", "Give two different parties.")).into());
    }
    unchanged(command.expected_version, duplicate.version)?;
    unchanged(command.kept_expected_version, kept.version).map_err(|conflict| conflict.at("intoExpectedVersion"))?;
    rules::is_one_organisation(&duplicate, &kept, "intoId")?;
    let merged = Party { version: kept.version + 1, ..rules::merged(&kept, &duplicate) };
    let moved = References::to(cx, &scope, duplicate.id).await?;
    moved.fit(&merged, duplicate.id)?;
    // It may have become a controller that uses it.
    References::to(cx, &scope, kept.id).await?.fit(&merged, duplicate.id)?;

    let touched = party::touched(cx, &scope, duplicate.id).await?.and(party::touched(cx, &scope, kept.id).await?);
    let touched = moved.told(cx, &scope, touched, duplicate.id, kept.id).await?;
    stored(repo::withdraw_party(&cx.tx, &scope, cx.now, &duplicate).await?, duplicate.version)?;
    stored(repo::update_party(&cx.tx, &scope, &merged).await?, kept.version)?;
    repo::refer_to(&cx.tx, &scope, duplicate.id, kept.id).await?;
    let withdrawn = Change::withdrawn(&duplicate, format!("mergeParties: {}", kept.id));
    audit::record(&cx.doing(&scope), touched, Change::changed(&kept, &merged).and(withdrawn), kept.id).await
}

/// The right to merge a party: what another municipality has on record, ended or yet to come, would change its meaning.
async fn right(cx: &Cx, party: &Party, path: &str) -> Result<WriteScope, Failure> {
    let ever = party::users(cx, party.id, None).await?;
    Ok(require(&cx.viewer, Action::CorrectParty, Subject::Party(&ever), path)?)
}

/// The agreements that name a party, whoever's they are, with all that is engaged under them.
struct References {
    agreements: Vec<Agreement>,
    engagements: Vec<Engagement>,
    parties: Vec<(AgreementId, ControllerId)>,
}

impl References {
    async fn to(cx: &Cx, scope: &WriteScope, party: PartyId) -> Result<Self, Failure> {
        let named = repo::agreements_with(&cx.tx, scope, party).await?;
        Ok(Self {
            agreements: repo::agreements_to_change(&cx.tx, scope, &named).await?,
            engagements: repo::trees(&cx.tx, scope, &named).await?,
            parties: repo::controllers_of_agreements(&cx.tx, scope, &named).await?,
        })
    }

    fn under(&self, agreement: AgreementId) -> impl Iterator<Item = &Engagement> {
        self.engagements.iter().filter(move |engagement| engagement.agreement == agreement)
    }

    /// Whether `merged` can stand in the place of the duplicate: below nobody that stands below it, and processor of nobody that it is.
    fn fit(&self, merged: &Party, duplicate: PartyId) -> Result<(), Refusal> {
        let in_place = |party: PartyId| if party == duplicate { merged.id } else { party };
        for agreement in &self.agreements {
            let processor = in_place(agreement.processor);
            let tree: Vec<_> = self.under(agreement.id).map(|there| Engagement { party: in_place(there.party), ..there.clone() }).collect();
            for engagement in &tree {
                let engager = tree.iter().find(|other| Some(other.id) == engagement.engaged_by);
                rules::chain_stays_open(engagement.party, processor, &chain(&tree, engager), "intoId")?;
            }
            for (_, controller) in self.parties.iter().filter(|(of, _)| *of == agreement.id && processor == merged.id) {
                rules::processor_is_somebody_else(merged, *controller, "intoId")?;
            }
        }
        Ok(())
    }

    /// The same municipalities, each told what of its own refers to another party now.
    async fn told(&self, cx: &Cx, scope: &WriteScope, mut touched: Touched, duplicate: PartyId, kept: PartyId) -> Result<Touched, Failure> {
        let ids: Vec<_> = self.agreements.iter().map(|agreement| agreement.id).collect();
        for (municipality, id) in visibility::repo::municipalities_of_agreements(&cx.tx, scope, &ids, cx.today).await? {
            let refers = |field: String, change: Change| change.with(field, Some(duplicate.to_string()), Some(kept.to_string()));
            let mut change = Change::of(kept);
            if self.agreements.iter().any(|agreement| agreement.id == id && agreement.processor == duplicate) {
                change = refers(format!("{id}.processor"), change);
            }
            for engagement in self.under(id).filter(|engagement| engagement.party == duplicate) {
                change = refers(format!("{}.party", engagement.id), change);
            }
            touched = touched.telling(municipality, change);
        }
        Ok(touched)
    }
}
