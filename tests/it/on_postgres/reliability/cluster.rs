//! A server of a test's own, which can be killed and started again, or whose syncs are counted.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout},
};

use samverkan::db::DatabaseUrl;

use super::super::server::begin;
use crate::reliability::syncs::STRACE;

/// Durable, as in production; the tests' common server is not.
pub(super) const DURABLE: [&str; 2] = ["fsync=on", "full_page_writes=on"];

pub(super) struct Cluster {
    /// Goes, with the server, when its input is closed.
    program: Child,
    printed: BufReader<ChildStdout>,
    address: String,
}

impl Cluster {
    pub(super) fn start(settings: &[&str]) -> Self {
        let (program, printed, address) = begin(settings);
        Self { program, printed, address }
    }

    /// The same with strace, which notes the syncs of all its processes in [`Self::syncs`].
    pub(super) fn traced(settings: &[&str]) -> Self {
        let trace = format!("strace {} -o syncs", STRACE.join(" "));
        Self::start(&[&["--trace", &trace], settings].concat())
    }

    /// The database that the server begins with, in which there is nothing.
    pub(super) fn url(&self) -> DatabaseUrl {
        self.address.clone().into()
    }

    /// Where the syncs are noted.
    pub(super) fn syncs(&self) -> PathBuf {
        let host = self.address.split(['@', '/']).nth(3).unwrap().replace("%2F", "/");
        Path::new(&host).join("syncs")
    }

    /// Kills all processes of the server at once.
    pub(super) fn kill(&mut self) {
        self.tell("kill", "killed\n");
    }

    pub(super) fn start_again(&mut self) {
        self.tell("start", "started\n");
    }

    fn tell(&mut self, what: &str, done: &str) {
        writeln!(self.program.stdin.as_mut().unwrap(), "{what}").unwrap();
        let mut printed = String::new();
        self.printed.read_line(&mut printed).unwrap();
        assert_eq!(printed, done);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}
