//! What a fault of the database means for whoever asked.

use std::borrow::Cow;

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Somebody else was in the way: `PostgreSQL`'s serialisation failure, deadlock and lock timeout; `SQLite`'s BUSY and LOCKED with
/// their extended codes (recovery, shared cache, snapshot, timeout).
const TRANSIENT: [&str; 9] = ["40001", "40P01", "55P03", "5", "6", "261", "262", "517", "773"];

/// `PostgreSQL` ends the connection: administrator's shutdown, crash, starting or stopping, time-outs of idle sessions.
const ENDED: [&str; 5] = ["57P01", "57P02", "57P03", "57P05", "25P03"];

/// Whether the same transaction, begun anew, may go well: nothing was stored, because somebody else was in the way.
pub fn is_transient(error: &DbErr) -> bool {
    code(error).is_some_and(|code| TRANSIENT.contains(&&*code))
}

/// Whether the connection to the database was lost, or could not be had.
pub fn is_connection_lost(error: &DbErr) -> bool {
    use sqlx::Error;
    let lost =
        matches!(sqlx_error(error), Some(Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed));
    // 08: SQL's class of faults of the connection.
    let told = code(error).is_some_and(|code| ENDED.contains(&&*code) || (code.len() == 5 && code.starts_with("08")));
    lost || told || matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
}

fn code(error: &DbErr) -> Option<Cow<'_, str>> {
    sqlx_error(error)?.as_database_error()?.code()
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
