//! Mistakes in the directory are withdrawn: kept in history, out of every list. Who may write a record may withdraw it, but for readers.

use super::{own_controller, own_person};
use crate::{
    app::Cx,
    authz::{Action, Subject, policy::require_to_withdraw},
    domain::{
        audit::{self, Recorded, Touched, model::Change},
        organisation::repo,
        visibility,
    },
    kernel::{
        id::{Id, Kind},
        kinds::{AppointmentId, AppointmentKind, AssignmentId, AssignmentKind, ControllerId, ControllerKind, PersonId, PersonKind},
        refusal::{Failure, Refusal, RefusalCode},
        text::Text,
        version::{stored, unchanged},
    },
};

/// Something was a mistake.
#[derive(Debug)]
pub struct Withdraw<K: Kind> {
    /// What.
    pub id: Id<K>,
    /// The version that is withdrawn.
    pub expected_version: i32,
    /// Why.
    pub reason: String,
}

/// Withdraws a controller that has nothing of its own.
pub async fn controller(cx: &Cx, command: Withdraw<ControllerKind>) -> Result<Recorded<ControllerId>, Failure> {
    let (current, readers) = own_controller(cx, command.id, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::KeepController, Subject::Municipality(current.host), "id")?;
    unchanged(command.expected_version, current.version)?;
    let assigned = !repo::assignments_of(&cx.tx, &cx.scope, &[current.id], None).await?.is_empty();
    let appointed = !repo::appointments_of(&cx.tx, &cx.scope, &[current.id], None).await?.is_empty();
    let succession = !repo::successions_of(&cx.tx, &cx.scope, &[current.id]).await?.is_empty();
    if assigned || appointed || succession || visibility::repo::has_agreements(&cx.tx, &scope, current.id).await? {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "id",
            Text::new(
                "Den har avtal, samordnare eller dataskyddsombud, eller ingår i en följd av nämnder. Återkalla dem först, eller ange en sista dag om den har upphört.",
                "It has agreements, coordinators or officers, or stands in a succession. Withdraw those first, or give a last day where it has ceased to exist.",
            ),
        )
        .into());
    }
    stored(repo::withdraw_controller(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    // Who is not a member yet would have been, and is told.
    let told = readers.iter().filter(|reader| reader.membership.is_none_or(|membership| membership.to.is_none_or(|to| cx.today <= to)));
    let touched = Touched::controllers(told.map(|reader| (reader.municipality, current.id)));
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws a person who has nothing to do any more.
pub async fn person(cx: &Cx, command: Withdraw<PersonKind>) -> Result<Recorded<PersonId>, Failure> {
    let current = own_person(cx, command.id, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::KeepPerson, Subject::Person(current.id, current.municipality), "id")?;
    unchanged(command.expected_version, current.version)?;
    if repo::has_duties(&cx.tx, &scope, current.id, cx.today).await? {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "id",
            Text::new(
                "Personen har en roll, ett uppdrag eller ansvar för ett avtal, nu eller längre fram. Avsluta eller återkalla det först.",
                "The person has a role, an assignment or an appointment, or is in charge of an agreement, now or later. End or withdraw that first.",
            ),
        )
        .into());
    }
    stored(repo::withdraw_person(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let touched = Touched::municipality(current.municipality);
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws a coordinator's assignment: it never gave the role rightly.
pub async fn assignment(cx: &Cx, command: Withdraw<AssignmentKind>) -> Result<Recorded<AssignmentId>, Failure> {
    let found = repo::assignments(&cx.tx, &cx.scope, &[command.id]).await?.pop();
    let current = found.ok_or_else(|| Refusal::not_found("id"))?;
    let (controller, readers) = own_controller(cx, current.controller, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::AssignCoordinator, Subject::Municipality(controller.host), "id")?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_assignment(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let touched = visibility::touched(controller.id, &readers, cx.today);
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}

/// Withdraws an officer's appointment, with what the authority was told of it.
pub async fn appointment(cx: &Cx, command: Withdraw<AppointmentKind>) -> Result<Recorded<AppointmentId>, Failure> {
    let found = repo::appointments(&cx.tx, &cx.scope, &[command.id]).await?.pop();
    let current = found.ok_or_else(|| Refusal::not_found("id"))?;
    let (controller, readers) = own_controller(cx, current.controller, "id").await?;
    let scope = require_to_withdraw(&cx.viewer, Action::AppointOfficer, Subject::Municipality(controller.host), "id")?;
    unchanged(command.expected_version, current.version)?;
    stored(repo::withdraw_appointment(&cx.tx, &scope, cx.now, &current).await?, current.version)?;
    let touched = visibility::touched(controller.id, &readers, cx.today);
    audit::record(&cx.doing(&scope), touched, Change::withdrawn(&current, command.reason), current.id).await
}
