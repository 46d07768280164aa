//! What a user can do wrong, told in both languages with the field, the rule and the law; and what can fail besides.

use sea_orm::DbErr;

use super::{
    code::{Code, Term, term},
    fault::{is_connection_lost, is_transient},
    text::{Text, TextFault},
};

/// What kind of mistake it is. Codes never change; clients must tolerate new ones.
#[derive(async_graphql::Enum, strum::EnumString, strum::IntoStaticStr, strum::VariantArray, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "UserErrorCode")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    /// The value is malformed or impossible; the message says what would be right.
    Invalid,
    /// A value that is needed was not given.
    Missing,
    /// The text is longer than its limit.
    TooLong,
    /// The same thing is already there.
    Duplicate,
    /// No such thing, or none that you may see; the two are not told apart.
    NotFound,
    /// You may see it, but your role does not let you do this to it.
    Forbidden,
    /// Somebody changed it after you read it; `currentVersion` is the version to read again.
    Conflict,
    /// The thing is not in a state in which this can be done.
    WrongState,
    /// The period overlaps one that is already there.
    Overlaps,
    /// The chain of sub-processors, or of successors, would close on itself.
    Cycle,
    /// An act for which law and agreement give no standing; `rule` and `legalSource` say which.
    NotAllowedByLaw,
    /// A rule warns. Repeat the mutation with an acknowledgement of the rule and your reason, which is kept.
    NeedsAcknowledgement,
}

impl Code for RefusalCode {
    const TYPE: &'static str = "UserErrorCode";

    fn term(self) -> Term {
        match self {
            Self::Invalid => term("Felaktigt värde", "Invalid value"),
            Self::Missing => term("Värde saknas", "Value missing"),
            Self::TooLong => term("För lång text", "Text too long"),
            Self::Duplicate => term("Finns redan", "Already there"),
            Self::NotFound => term("Finns inte", "Not found"),
            Self::Forbidden => term("Inte tillåtet för din roll", "Not allowed for your role"),
            Self::Conflict => term("Ändrat av någon annan", "Changed by somebody else"),
            Self::WrongState => term("Fel läge", "Wrong state"),
            Self::Overlaps => term("Överlappar", "Overlaps"),
            Self::Cycle => term("Sluten kedja", "Closed chain"),
            Self::NotAllowedByLaw => term("Saknar stöd i lag eller avtal", "Not allowed by law or agreement"),
            Self::NeedsAcknowledgement => term("Behöver bekräftas med ett skäl", "Needs an acknowledgement with a reason"),
        }
    }
}

/// One mistake of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of mistake.
    pub code: RefusalCode,
    /// What is wrong and what would be right.
    pub message: Text,
    /// Where in the input, from the outermost field to the innermost.
    pub path: Vec<String>,
    /// The rule of the rulebook that says so, where one does.
    pub rule: Option<&'static str>,
    /// The law, guideline or clause behind the rule.
    pub legal_source: Option<&'static str>,
    /// The version that is stored now, where the mistake is a conflict.
    pub current_version: Option<i32>,
}

impl Refusal {
    /// A mistake in the field at `path`, its parts separated by dots.
    pub fn new(code: RefusalCode, path: &str, message: Text) -> Self {
        Self {
            code,
            message,
            path: path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            rule: None,
            legal_source: None,
            current_version: None,
        }
    }

    /// The same with the rule that says so.
    #[must_use]
    pub fn by_rule(self, rule: &'static str, legal_source: &'static str) -> Self {
        Self { rule: Some(rule), legal_source: Some(legal_source), ..self }
    }

    /// The same in another field.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        Self { path: vec![path.to_owned()], ..self }
    }

    /// A value that is malformed or impossible.
    pub fn invalid(path: &str, message: Text) -> Self {
        Self::new(RefusalCode::Invalid, path, message)
    }

    /// No such thing, or none that the viewer may see.
    pub fn not_found(path: &str) -> Self {
        Self::new(
            RefusalCode::NotFound,
            path,
            Text::new("Det finns ingen sådan post, eller ingen som du får se.", "There is no such record, or none that you may see."),
        )
    }

    /// A thing that the viewer sees but may not do this to.
    pub fn forbidden(path: &str) -> Self {
        Self::new(
            RefusalCode::Forbidden,
            path,
            Text::new("Din roll ger inte rätt att göra detta här.", "Your role does not let you do this here."),
        )
    }

    /// A thing that was changed after the viewer read it.
    pub fn conflict(current: i32) -> Self {
        Self {
            current_version: Some(current),
            ..Self::new(
                RefusalCode::Conflict,
                "expectedVersion",
                Text::new(
                    format!("Någon har ändrat posten sedan du läste den; den har nu version {current}. Läs om den och försök igen."),
                    format!("Somebody has changed the record since you read it; its version is now {current}. Read it again and retry."),
                ),
            )
        }
    }

    /// A text that cannot be stored as it was written.
    pub fn text(path: &str, fault: TextFault) -> Self {
        match fault {
            TextFault::Blank => Self::new(RefusalCode::Missing, path, Text::new("Texten saknas.", "The text is missing.")),
            TextFault::TooLong(max) => Self::new(
                RefusalCode::TooLong,
                path,
                Text::new(format!("Texten får ha högst {max} tecken."), format!("The text may have at most {max} characters.")),
            ),
            TextFault::Control => Self::invalid(path, Text::new("Texten innehåller styrtecken.", "The text contains control characters.")),
        }
    }

    /// A period that would end before it begins.
    pub fn ends_before_it_begins(path: &str) -> Self {
        Self::invalid(
            path,
            Text::new(
                "Sista dagen ligger före den första; den ska vara samma dag eller senare.",
                "The last day is before the first; it has to be the same day or later.",
            ),
        )
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The user's mistakes, at least one; nothing was stored.
    #[error("refused")]
    Refused(Vec<Refusal>),
    /// The database could not be reached in time; nothing was stored, and a retry may work.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// Others were at work on the same rows; nothing was stored, and a repetition will work.
    #[error("others were at work on the same rows")]
    Collided(#[source] DbErr),
    /// A fault of this program or its database; nothing was stored.
    #[error("internal fault")]
    Internal(#[source] anyhow::Error),
}

impl Failure {
    /// A fault of this program.
    pub fn internal(message: impl std::fmt::Display + std::fmt::Debug + Send + Sync + 'static) -> Self {
        Self::Internal(anyhow::Error::msg(message))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        if is_connection_lost(&error) {
            Self::Unavailable(error)
        } else if is_transient(&error) {
            Self::Collided(error)
        } else {
            Self::Internal(error.into())
        }
    }
}
