//! What an agreement says of the things that it has to say.

use chrono::NaiveDate;

use super::{common_part, count_up, timeline::recorded};
use crate::{
    app::Cx,
    domain::{
        audit::{Recorded, model::Change},
        organisation::rules::has_happened,
        processor::{
            model::{AgreementContentItem, Answer, ContentAnswer},
            repo,
        },
    },
    kernel::{code::Code, kinds::AgreementId, refusal::Failure, version::unchanged},
};

/// Answers about the contents of an agreement; what is not answered here stays as it is.
#[derive(Debug)]
pub struct AnswerAgreementContents {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// The version of the agreement that is changed.
    pub expected_version: i32,
    /// The answers, each about something else.
    pub answers: Vec<GivenAnswer>,
}

/// An answer about one of the contents.
#[derive(Debug)]
pub struct GivenAnswer {
    /// What the agreement has to say.
    pub item: AgreementContentItem,
    /// Whether it does.
    pub answer: Answer,
    /// A note; the outer nothing leaves it.
    pub note: Option<Option<String>>,
    /// Since when; none: as before where the answer is the same, else today.
    pub answered_on: Option<NaiveDate>,
}

/// Answers some of the contents.
pub async fn answer(cx: &Cx, command: AnswerAgreementContents) -> Result<Recorded<AgreementId>, Failure> {
    let (current, scope) = common_part(cx, command.agreement).await?;
    unchanged(command.expected_version, current.version)?;
    let known = repo::contents(&cx.tx, &[current.id]).await?;
    let mut change = Change::of(current.id);
    let mut answers = Vec::with_capacity(command.answers.len());
    for (n, given) in command.answers.into_iter().enumerate() {
        let before = ContentAnswer::on(cx.today, given.item, &known);
        let after = answered(current.id, given, before, cx.today);
        has_happened(after.answered_on, cx.today, &format!("answers.{n}.answeredOn"))?;
        change = told(change, before, &after);
        answers.push(after);
    }
    repo::put_contents(&cx.tx, &scope, &cx.ids, cx.now, &answers).await?;
    let id = count_up(cx, &scope, current).await?;
    recorded(cx, &scope, id, change, id).await
}

fn answered(agreement: AgreementId, given: GivenAnswer, before: Option<&ContentAnswer>, today: NaiveDate) -> ContentAnswer {
    let GivenAnswer { item, answer, note, answered_on } = given;
    let the_same = before.filter(|before| before.answer == answer).map(|before| before.answered_on);
    ContentAnswer {
        agreement,
        item,
        answer,
        note: note.unwrap_or_else(|| before.and_then(|before| before.note.clone())),
        answered_on: answered_on.or(the_same).unwrap_or(today),
    }
}

/// A content is no record of its own: its answer is told with the agreement.
fn told(change: Change, before: Option<&ContentAnswer>, after: &ContentAnswer) -> Change {
    let shown = |answer: &ContentAnswer| format!("{} {}", answer.answer.code(), answer.answered_on);
    let name = format!("contents.{}", after.item.code());
    let (old, new) = (before.map(shown), shown(after));
    let change = if old.as_ref() == Some(&new) { change } else { change.with(name.clone(), old, Some(new)) };
    let note = before.and_then(|before| before.note.clone());
    if note == after.note { change } else { change.with(format!("{name}.note"), note, after.note.clone()) }
}
