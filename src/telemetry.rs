//! The log: readable on a terminal, JSON elsewhere.
//!
//! Never logged: names, e-mail addresses, telephone numbers, free text, tokens, queries and their variables. Things are named by
//! their ids.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::{EnvFilter, fmt};

/// Starts the log. `filter` is a level, or directives such as `info,samverkan::http=debug`.
pub fn start(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::builder().parse(filter).with_context(|| format!("log: {filter} is not a filter"))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        log.with_target(false).try_init()
    } else {
        log.json().flatten_event(true).with_span_list(false).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}
