//! Whom each side of an agreement writes to.

use chrono::NaiveDate;

use super::{common_part, count_up, timeline::recorded};
use crate::{
    app::Cx,
    domain::{
        audit::{Recorded, model::Change},
        processor::{
            model::{Contact, ContactPurpose, ContractSide},
            repo, rules,
        },
    },
    kernel::{
        kinds::AgreementId,
        period::{Period, eve},
        refusal::{Failure, Refusal},
        version::unchanged,
    },
};

/// Contacts of an agreement; those of other sides and purposes stay as they are.
#[derive(Debug)]
pub struct SetAgreementContacts {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// The version of the agreement that is changed.
    pub expected_version: i32,
    /// The contacts, each of another side or for another purpose.
    pub contacts: Vec<GivenContact>,
}

/// A contact as it is given.
#[derive(Debug)]
pub struct GivenContact {
    /// Of which side.
    pub side: ContractSide,
    /// About what.
    pub purpose: ContactPurpose,
    /// The contact's name.
    pub name: String,
    /// The contact's e-mail address.
    pub email: String,
    /// The contact's telephone number; the outer nothing leaves it.
    pub phone: Option<Option<String>>,
    /// The first day; none: today, or that of the contact who is there.
    pub valid_from: Option<NaiveDate>,
    /// The last day; none: until further notice.
    pub valid_to: Option<NaiveDate>,
}

/// Sets contacts: the details of one who is there already are corrected, and another name ends the one before (PUB44).
pub async fn set(cx: &Cx, command: SetAgreementContacts) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = common_part(cx, command.agreement).await?;
    unchanged(command.expected_version, current.version)?;
    let known = repo::contacts(&cx.tx, &[current.id]).await?;
    let mut change = Change::of(current.id);
    let mut new = Vec::new();
    for (n, given) in command.contacts.into_iter().enumerate() {
        let before = known.iter().rfind(|known| known.side == given.side && known.purpose == given.purpose);
        let path = format!("contacts.{n}");
        match before {
            Some(before) if rules::is_same_contact(before, &given.name, given.valid_from) => {
                let after = corrected(before, given, &path)?;
                repo::update_contact(&cx.tx, &scope, &after).await?;
                change = change.and(Change::changed(before, &after));
            }
            before => {
                let contact = made(cx, current.id, given, &path)?;
                if let Some(before) = before {
                    let ended = followed(before, &contact, &path)?;
                    repo::update_contact(&cx.tx, &scope, &ended).await?;
                    change = change.and(Change::changed(before, &ended));
                }
                change = change.and(Change::made(&contact));
                new.push(contact);
            }
        }
    }
    repo::insert_contacts(&cx.tx, &scope, &new).await?;
    let id = count_up(cx, &scope, current).await?;
    recorded(cx, &scope, id, change, id).await
}

/// The same contact with the details that are given.
fn corrected(before: &Contact, given: GivenContact, path: &str) -> Result<Contact, Refusal> {
    let from = given.valid_from.unwrap_or(before.validity.from);
    let validity = Period::new(from, given.valid_to).ok_or_else(|| Refusal::ends_before_it_begins(&format!("{path}.validTo")))?;
    Ok(Contact {
        name: given.name,
        email: given.email,
        phone: given.phone.unwrap_or_else(|| before.phone.clone()),
        validity,
        ..before.clone()
    })
}

fn made(cx: &Cx, agreement: AgreementId, given: GivenContact, path: &str) -> Result<Contact, Refusal> {
    let from = given.valid_from.unwrap_or(cx.today);
    let validity = Period::new(from, given.valid_to).ok_or_else(|| Refusal::ends_before_it_begins(&format!("{path}.validTo")))?;
    Ok(Contact {
        id: cx.ids.id(cx.now),
        agreement,
        side: given.side,
        purpose: given.purpose,
        name: given.name,
        email: given.email,
        phone: given.phone.flatten(),
        validity,
    })
}

/// The contact before, which ends the day before the next at the latest.
fn followed(before: &Contact, next: &Contact, path: &str) -> Result<Contact, Refusal> {
    rules::contact_follows(before, next.validity.from, &format!("{path}.validFrom"))?;
    Ok(Contact { validity: before.validity.until(eve(next.validity.from)), ..before.clone() })
}
