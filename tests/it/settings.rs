//! Settings as a process reads them, and what needs no database.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

use tempfile::TempDir;

use crate::support::process::{Process, assert_refused, run};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn a_wrong_setting_in_the_environment_stops_the_start_with_one_line_that_names_it() {
    for (variable, value, names) in [
        ("SAMVERKAN_LISTEN", "8080", "listen (SAMVERKAN_LISTEN)"),
        ("SAMVERKAN_LISTEN", "localhost:8080", "listen (SAMVERKAN_LISTEN)"),
        ("SAMVERKAN_LISTEN", "127.0.0.1:65536", "listen (SAMVERKAN_LISTEN)"),
        ("SAMVERKAN_LISTEN", "", "listen (SAMVERKAN_LISTEN)"),
        ("SAMVERKAN_DATABASE_URL", "mysql://localhost/samverkan", "database_url (SAMVERKAN_DATABASE_URL)"),
        ("SAMVERKAN_DATABASE_URL", "samverkan.sqlite", "database_url (SAMVERKAN_DATABASE_URL)"),
        ("SAMVERKAN_DATABASE_URL", "sqlite:///no/such/folder/samverkan.sqlite", "database_url (SAMVERKAN_DATABASE_URL)"),
        ("SAMVERKAN_READ_CONNECTIONS", "0", "read_connections (SAMVERKAN_READ_CONNECTIONS)"),
        ("SAMVERKAN_READ_CONNECTIONS", "65", "read_connections (SAMVERKAN_READ_CONNECTIONS)"),
        ("SAMVERKAN_READ_CONNECTIONS", "many", "`read_connections`"),
        ("SAMVERKAN_READ_CONNECTIONS", "", "`read_connections`"),
        ("SAMVERKAN_READ_CONNECTIONS", "2.5", "`read_connections`"),
        ("SAMVERKAN_REQUEST_TIMEOUT_SECONDS", "0", "request_timeout_seconds (SAMVERKAN_REQUEST_TIMEOUT_SECONDS)"),
        ("SAMVERKAN_REQUEST_TIMEOUT_SECONDS", "301", "request_timeout_seconds (SAMVERKAN_REQUEST_TIMEOUT_SECONDS)"),
        ("SAMVERKAN_REQUEST_TIMEOUT_SECONDS", "30s", "`request_timeout_seconds`"),
        ("SAMVERKAN_LOG", "verbose", "log (SAMVERKAN_LOG)"),
        ("SAMVERKAN_LOG", "info,samverkan=loud", "log (SAMVERKAN_LOG)"),
        ("SAMVERKAN_LISTENS", "127.0.0.1:8080", "`listens`"),
    ] {
        let folder = folder();
        assert_refused(&run(folder.path(), &["serve"], &[(variable, value)]), names);
        assert!(is_empty(folder.path()), "{variable}={value} left something behind");
    }
}

#[test]
fn a_wrong_setting_in_the_file_stops_the_start_with_one_line_that_names_it() {
    for (text, names) in [
        ("listen = 8080", "listen (SAMVERKAN_LISTEN)"),
        ("listen = [\"127.0.0.1:8080\"]", "`listen`"),
        ("[listen]\nport = 8080", "`listen`"),
        ("listen = ", "listen"),
        ("database_url = \"postgres://localhost:port/samverkan\"", "database_url (SAMVERKAN_DATABASE_URL)"),
        ("database_url = true", "database_url (SAMVERKAN_DATABASE_URL)"),
        ("read_connections = -1", "read_connections (SAMVERKAN_READ_CONNECTIONS)"),
        ("read_connections = \"four\"", "`read_connections`"),
        ("read_connections = 1.5", "`read_connections`"),
        ("read_connections = true", "`read_connections`"),
        ("request_timeout_seconds = 1000", "request_timeout_seconds (SAMVERKAN_REQUEST_TIMEOUT_SECONDS)"),
        ("request_timeout_seconds = 0.5", "`request_timeout_seconds`"),
        ("log = \"\"", "log (SAMVERKAN_LOG)"),
        ("log = [\"info\"]", "`log`"),
        ("port = 8080", "`port`"),
        ("listen = \"127.0.0.1:8080\"\ndatabase = \"sqlite://x.sqlite\"", "`database`"),
    ] {
        let folder = folder();
        let file = folder.path().join("samverkan.toml");
        std::fs::write(&file, text).unwrap();
        assert_refused(&run(folder.path(), &["serve", "--config", "samverkan.toml"], &[]), names);
        std::fs::remove_file(file).unwrap();
        assert!(is_empty(folder.path()), "{text} left something behind");
    }
}

#[test]
fn a_file_that_is_not_there_and_a_port_that_is_taken_stop_the_start_with_one_line() {
    let folder = folder();
    assert_refused(&run(folder.path(), &["serve", "--config", "nowhere.toml"], &[]), "nowhere.toml");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_refused(&run(folder.path(), &["serve"], &[("SAMVERKAN_LISTEN", &address)]), "listen (SAMVERKAN_LISTEN)");
    let port = taken.local_addr().unwrap().port().to_string();
    assert_refused(&run(folder.path(), &["demo", "--port", &port], &[]), "--port");
    assert!(is_empty(folder.path()));
}

#[test]
fn settings_come_from_the_file_and_the_environment_goes_before_it() {
    let folder = folder();
    let file = "listen = \"wrong\"\ndatabase_url = \"sqlite://from-the-file.sqlite\"\nread_connections = 2\nrequest_timeout_seconds = 5\n";
    std::fs::write(folder.path().join("samverkan.toml"), file).unwrap();
    let from_environment = [("SAMVERKAN_LISTEN", "127.0.0.1:0"), ("SAMVERKAN_READ_CONNECTIONS", "3"), ("SAMVERKAN_LOG", "debug")];
    let mut process = Process::start(folder.path(), &["serve", "--config", "samverkan.toml"], &from_environment);
    process.err.wait_for("\"serving\"");
    process.terminate();
    assert!(process.ended().status.success());
    assert!(folder.path().join("from-the-file.sqlite").exists());
}

#[test]
fn schema_prints_schema_graphql() {
    let folder = folder();
    let ended = run(folder.path(), &["schema"], &[]);
    assert!(ended.status.success());
    let committed: Vec<_> = include_str!("../../schema.graphql").lines().collect();
    assert!(ended.out == committed, "cargo run -q -- schema > schema.graphql");
    assert!(is_empty(folder.path()));
}
