//! The program as a process, and what it writes.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::engine::Database;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Where a program runs: a folder, and a database with nothing in it.
pub(crate) struct Place {
    folder: TempDir,
    pub database: Database,
    url: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let database = Database::empty();
        let url = database.url().secret().to_owned();
        Self { folder: tempfile::tempdir().unwrap(), database, url }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The setting that leads to the database.
    pub(crate) fn setting(&self) -> (&'static str, &str) {
        ("SAMVERKAN_DATABASE_URL", &self.url)
    }
}

/// A running samverkan in its own folder; it ends with the test.
pub(crate) struct Process {
    child: Child,
    pub out: Lines,
    pub err: Lines,
}

/// What a process writes, line by line, while it writes.
pub(crate) struct Lines {
    coming: Receiver<String>,
    seen: Vec<String>,
}

/// How a process ended.
pub(crate) struct Ended {
    pub status: ExitStatus,
    pub out: Vec<String>,
    pub err: Vec<String>,
}

impl Process {
    pub(crate) fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(folder, arguments);
        command.envs(environment.iter().copied());
        Self::of(command)
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (out, err) = (Lines::of(child.stdout.take().unwrap()), Lines::of(child.stderr.take().unwrap()));
        Self { child, out, err }
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn terminate(&self) {
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(told.success());
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> Ended {
        self.out.rest();
        self.err.rest();
        let status = self.child.wait().unwrap();
        Ended { status, out: std::mem::take(&mut self.out.seen), err: std::mem::take(&mut self.err.seen) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Self {
        let (line, coming) = channel();
        thread::spawn(move || {
            for text in BufReader::new(pipe).lines().map_while(Result::ok) {
                if line.send(text).is_err() {
                    return;
                }
            }
        });
        Self { coming, seen: Vec::new() }
    }

    /// Waits for a line that contains `text`.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.coming.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(why) => panic!("no line with {text:?} ({why}) in {:#?}", self.seen),
            }
        }
    }

    /// Reads on until the pipe is closed.
    fn rest(&mut self) {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.coming.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => panic!("the process does not end; it wrote {:#?}", self.seen),
            }
        }
    }
}

/// The program in `folder`, without any setting that this process has.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samverkan"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let set = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().to_ascii_uppercase().starts_with("SAMVERKAN_"));
    for (setting, _) in set {
        command.env_remove(setting);
    }
    command
}

pub(crate) fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    Process::start(folder, arguments, environment).ended()
}

/// It failed with one line on stderr, which says `says`, and wrote nothing else.
pub(crate) fn assert_refused(ended: &Ended, says: &str) {
    assert!(!ended.status.success(), "{says}: {:#?}", ended.out);
    assert_eq!(ended.out, Vec::<String>::new(), "{says}");
    // The server of the tests is not durable, of which the program warns.
    let err: Vec<_> = ended.err.iter().filter(|line| !line.contains("fsync is off")).collect();
    assert_eq!(err.len(), 1, "{says}: {:#?}", ended.err);
    assert!(err[0].starts_with("samverkan: ") && err[0].contains(says), "{says}: {}", err[0]);
}

/// A running `serve` on a port of its own.
pub(crate) struct Serving {
    pub process: Process,
    pub address: SocketAddr,
}

impl Serving {
    pub(crate) fn start(folder: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start_with(folder, &[], environment)
    }

    /// The same with arguments, such as a file of settings.
    pub(crate) fn start_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let own = [("SAMVERKAN_LISTEN", "127.0.0.1:0")];
        let mut process = Process::start(folder, &[&["serve"], arguments].concat(), &[&own, environment].concat());
        let line: Value = serde_json::from_str(&process.err.wait_for("\"serving\"")).unwrap();
        Self { process, address: line["address"].as_str().unwrap().parse().unwrap() }
    }
}
