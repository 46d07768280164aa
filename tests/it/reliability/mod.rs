//! What is answered lasts, happens once, and overwrites nothing: while programs are killed, requests repeated and many write at the
//! same time. S29 to S33; what is of one engine stands below `on_sqlite` and `on_postgres`.
//!
//! In the normal run these are short; `tests/reliability` runs their full lengths on both engines. Each prints its figures on a line.

mod contention;
mod editors;
mod idempotency;
pub(crate) mod installation;
pub(crate) mod load;
pub(crate) mod syncs;

/// One number for the normal run, another for the full length.
pub(crate) fn length<T>(short: T, full: T) -> T {
    if is_full() { full } else { short }
}

/// Whether the full lengths are asked for.
pub(crate) fn is_full() -> bool {
    std::env::var_os("SAMVERKAN_TEST_FULL").is_some()
}

/// Prints what a test has seen, on one line.
pub(crate) fn figures(bar: &str, told: &str) {
    let engine = if std::env::current_exe().unwrap().file_name().unwrap().to_string_lossy().starts_with("postgres") {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    eprintln!("figures: {bar} {engine}: {told}");
}
