//! Everything that is on record about one agreement.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::{
    domain::processor::model::{
        Agreement, AgreementParty, Assurance, AssuranceKind, Contact, ContentAnswer, Engagement, Instruction, Notice, ObjectionCase, Party,
        SubProcessorChange, Suspension, Terms,
    },
    kernel::{
        country::CountryCode,
        kinds::{AgreementPartyId, ChangeId, ControllerId, MunicipalityId, PartyId},
        period::{Period, eve},
    },
};

/// Before all that is on record: where a period has no first day.
pub const BEGINNING: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("is a date");

/// Everything that is on record about one agreement.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The common part.
    pub agreement: Agreement,
    /// The parties, the lead first.
    pub parties: Vec<PartyFacts>,
    /// The versions of the terms, by number; at least one.
    pub terms: Vec<Terms>,
    /// What it says of the things that it has to say.
    pub contents: Vec<ContentAnswer>,
    /// The instructions, by number.
    pub instructions: Vec<Instruction>,
    /// The assurances, by day.
    pub assurances: Vec<Assurance>,
    /// The notices, by day.
    pub notices: Vec<Notice>,
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// The suspensions, by day.
    pub suspensions: Vec<Suspension>,
    /// The tree of sub-processors.
    pub engagements: Vec<Engagement>,
    /// What the processor announced.
    pub changes: Vec<SubProcessorChange>,
    /// What the parties recorded of their cases.
    pub cases: Vec<ObjectionCase>,
    /// The processor and the sub-processors.
    pub organisations: HashMap<PartyId, Party>,
    /// The municipality of the board that is the processor; none where it is no board.
    pub processor_host: Option<MunicipalityId>,
    /// When each country was inside the European Economic Area, or to be treated so.
    pub inside: HashMap<CountryCode, Vec<Period>>,
}

/// A party with who it was.
#[derive(Clone, Debug)]
pub struct PartyFacts {
    /// Its own row.
    pub row: AgreementParty,
    /// The controllers that held the row one after the other: boards are reorganised.
    pub holders: Vec<Holder>,
}

/// A controller holds a party's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Which controller.
    pub controller: ControllerId,
    /// Its municipality.
    pub host: MunicipalityId,
    /// When.
    pub during: Period,
}

impl PartyFacts {
    /// The last day on which anybody holds the row; none while somebody does. A row ends where its controller's duties went to another
    /// party of the same agreement.
    pub fn held_to(&self) -> Option<NaiveDate> {
        self.holders.last().and_then(|holder| holder.during.to)
    }
}

impl Facts {
    /// The processor.
    pub fn processor(&self) -> Option<&Party> {
        self.organisations.get(&self.agreement.processor)
    }

    /// The assurances of one kind, by day.
    pub fn assured(&self, kind: AssuranceKind) -> impl Iterator<Item = &Assurance> {
        self.assurances.iter().filter(move |assurance| assurance.kind == kind)
    }

    /// What a party recorded of its case about a change.
    pub fn recorded(&self, change: ChangeId, party: AgreementPartyId) -> Option<&ObjectionCase> {
        self.cases.iter().find(|case| case.change == change && case.party == party)
    }

    /// When a country was outside the European Economic Area, within `period`.
    pub fn outside(&self, country: CountryCode, period: Period) -> Vec<Period> {
        let inside = self.inside.get(&country).map(Vec::as_slice).unwrap_or_default();
        inside.iter().fold(vec![period], |outside, inside| outside.into_iter().flat_map(|period| period.without(*inside)).collect())
    }
}

/// The parties with the controllers that hold their rows, following each succession. A row that would come to a controller that holds
/// another row of the same agreement ends there: one controller is one party.
pub fn parties_with_holders(
    rows: Vec<AgreementParty>,
    successions: &HashMap<ControllerId, (ControllerId, NaiveDate)>,
    hosts: &HashMap<ControllerId, MunicipalityId>,
) -> Vec<PartyFacts> {
    let mut parties: Vec<PartyFacts> = Vec::new();
    for row in rows {
        let mut holders = Vec::new();
        let mut next = Some((row.controller, BEGINNING));
        while let Some((controller, from)) = next {
            let taken = |party: &PartyFacts| party.holders.iter().any(|holder| holder.controller == controller && from != BEGINNING);
            let Some(host) = hosts.get(&controller).copied().filter(|_| !parties.iter().any(taken)) else { break };
            let after = successions.get(&controller).copied().filter(|(_, on)| from < *on);
            holders.push(Holder { controller, host, during: Period { from, to: after.map(|(_, on)| eve(on)) } });
            next = after;
        }
        parties.push(PartyFacts { row, holders });
    }
    parties
}
