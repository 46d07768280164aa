//! Counting what a program has the kernel write to the disk, by strace.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// What strace is told: nothing but the system calls that return when the data is on the disk.
pub(crate) const STRACE: [&str; 8] = ["-D", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-e", "trace=fsync,fdatasync"];

/// Without strace nothing is counted, and nothing is proved.
pub(crate) fn assert_may_trace() {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stdin(Stdio::null()).output();
    let tried = tried.unwrap_or_else(|error| panic!("not run: strace is missing ({error}): apt-get install strace"));
    assert!(tried.status.success(), "not run: strace may not trace here: {}", String::from_utf8_lossy(&tried.stderr));
}

/// How many syncs are noted in the file, all of which went well.
pub(crate) fn syncs(file: &Path) -> usize {
    let noted = std::fs::read_to_string(file).unwrap();
    let (ends, rest): (Vec<_>, Vec<_>) = noted.lines().partition(|line| line.contains(" = "));
    assert!(ends.iter().all(|line| line.ends_with(" = 0")), "a sync failed: {ends:#?}");
    // The others are beginnings of calls whose ends are noted apart, and ends of threads.
    assert!(rest.iter().all(|line| line.contains("unfinished") || line.contains("+++")), "{rest:#?}");
    ends.len()
}
