//! Settings of the login: a wrong one stops the start with one line that names it, and no line ever has a secret.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use tempfile::TempDir;

use crate::support::process::{Ended, Process, assert_refused, command};

/// Settings with which the program starts.
const RIGHT: &str = "public_url = \"https://samverkan.example\"
allowed_origins = [\"https://front.example\"]
session_hours = 12
session_idle_minutes = 60
loopback_http = false

[[providers]]
municipality = \"gnesta\"
issuer = \"https://login.gnesta.example/realms/gnesta\"
client_id = \"samverkan\"
client_secret_file = \"gnesta.secret\"
algorithm = \"RS256\"
scopes = [\"profile\"]
endpoint_hosts = [\"keys.gnesta.example\"]
roles = [{ claim = \"roles\", value = \"Samverkan.Reader\", role = \"READER\" }]
access_tokens = { audience = \"api://samverkan\", type = \"at+jwt\" }
";

const ISSUER: &str = "https://login.gnesta.example/realms/gnesta";
/// In every place where a secret may be.
const SECRET: &str = "synnerligen-hemligt";
const SECRET_OF_GNESTA: &str = "SAMVERKAN_CLIENT_SECRET_GNESTA";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gnesta.secret"), format!("{SECRET}\n")).unwrap();
    folder
}

/// How `samverkan` ends with these settings.
fn run(folder: &Path, what: &str, settings: &str, environment: &[(&str, &str)]) -> Ended {
    std::fs::write(folder.join("samverkan.toml"), settings).unwrap();
    let ended = Process::start(folder, &[what, "--config", "samverkan.toml"], environment).ended();
    let written = ended.out.iter().chain(&ended.err).cloned().collect::<String>();
    assert!(!written.contains(SECRET), "{written}");
    ended
}

fn refused(settings: &str, environment: &[(&str, &str)], names: &str) {
    let folder = folder();
    assert_refused(&run(folder.path(), "serve", settings, environment), names);
    assert!(!folder.path().join("samverkan.sqlite").exists(), "{names}: a database was made");
}

/// The right settings with one thing replaced.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(RIGHT.matches(from).count(), 1, "{from}");
    RIGHT.replace(from, to)
}

/// A second provider.
fn second(municipality: &str, issuer: &str) -> String {
    format!(
        "{RIGHT}[[providers]]\nmunicipality = \"{municipality}\"\nissuer = \"{issuer}\"\nclient_id = \"x\"\nclient_secret_file = \"gnesta.secret\"\n"
    )
}

#[test]
fn with_right_settings_it_starts_with_the_secret_from_a_file_or_from_the_environment_which_goes_before_it() {
    let no_file = changed("client_secret_file = \"gnesta.secret\"\n", "");
    let no_such_file = changed("gnesta.secret", "nowhere.secret");
    let secret = (SECRET_OF_GNESTA, SECRET);
    let of_hyphens = second("upplands-bro", "https://login.upplands-bro.example");
    let loopback = changed("loopback_http = false", "loopback_http = true").replace(ISSUER, "http://127.0.0.1:9301");
    let origins = ("SAMVERKAN_ALLOWED_ORIGINS", "https://a.example, https://b.example:8443");
    for (settings, environment) in [
        (RIGHT, vec![]),
        (&no_file, vec![secret]),
        (&no_such_file, vec![secret]),
        (&of_hyphens, vec![("SAMVERKAN_CLIENT_SECRET_UPPLANDS_BRO", SECRET)]),
        (&loopback, vec![]),
        (&loopback.replace("127.0.0.1", "[::1]"), vec![]),
        (RIGHT, vec![origins]),
        (&changed("public_url = \"https://samverkan.example\"", ""), vec![("SAMVERKAN_PUBLIC_URL", "https://samverkan.example/")]),
    ] {
        let folder = folder();
        let ended = run(folder.path(), "migrate", settings, &environment);
        assert!(ended.status.success(), "{settings}{:#?}", ended.err);
    }
}

#[test]
fn an_issuer_that_is_everybodys_somebody_elses_or_not_encrypted_stops_the_start() {
    for issuer in [
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
        "https://login.microsoftonline.com/consumers/v2.0",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://sts.windows.net/common/",
        "http://login.gnesta.example",
        "http://127.0.0.1:9301",
        "ftp://login.gnesta.example",
        "login.gnesta.example",
        "https://login.gnesta.example?x=1",
        "https://user:pass@login.gnesta.example",
        "",
    ] {
        refused(&changed(ISSUER, issuer), &[], "providers[0] (gnesta): issuer: ");
    }
    refused(&changed(ISSUER, "http://127.0.0.1:9301"), &[], "loopback_http (SAMVERKAN_LOOPBACK_HTTP)");
    let loopback = changed("loopback_http = false", "loopback_http = true");
    // A name may lead anywhere, whatever it says.
    for elsewhere in ["http://localhost:9301", "http://login.gnesta.example", "http://10.0.0.1", "http://0.0.0.0:9301"] {
        refused(&loopback.replace(ISSUER, elsewhere), &[], "it has to begin with https://");
    }
    refused(&second("flen", ISSUER), &[], "providers[1] (flen): issuer: it is the provider of gnesta already");
    refused(&second("gnesta", "https://login.example"), &[], "providers[1] (gnesta): municipality: gnesta has a provider already");
}

#[test]
fn a_secret_that_is_missing_empty_unreadable_or_nobodys_stops_the_start() {
    let no_file = changed("client_secret_file = \"gnesta.secret\"\n", "");
    let place = "client_secret_file (SAMVERKAN_CLIENT_SECRET_GNESTA): ";
    refused(&no_file, &[], place);
    refused(&no_file, &[(SECRET_OF_GNESTA, "")], place);
    refused(RIGHT, &[(SECRET_OF_GNESTA, " ")], place);
    refused(&changed("gnesta.secret", "nowhere.secret"), &[], "client_secret_file: cannot read nowhere.secret");
    refused(RIGHT, &[("SAMVERKAN_CLIENT_SECRET_FLEN", SECRET)], "SAMVERKAN_CLIENT_SECRET_FLEN: there is no provider");
    // Not in the file of settings, which is copied and shown to others.
    let in_the_file = changed("client_secret_file = \"gnesta.secret\"", &format!("client_secret = \"{SECRET}\""));
    refused(&in_the_file, &[], "`client_secret`");
    // Nor is it told where the file cannot be read because of it.
    for unreadable in [format!("client_secret = \"{SECRET}"), format!("client_secret = {SECRET}"), format!("x = [\n\"{SECRET}")] {
        refused(&format!("{RIGHT}{unreadable}"), &[], "TOML parse error at line 1");
    }
    let folder = folder();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    assert_refused(&run(folder.path(), "serve", &changed("gnesta.secret", "empty"), &[]), place);
}

#[test]
fn anything_else_that_is_wrong_with_a_provider_stops_the_start() {
    for (from, to, names) in [
        ("role = \"READER\"", "role = \"ADMIN\"", "roles: role: ADMIN cannot come from a provider"),
        ("role = \"READER\"", "role = \"reader\"", "roles: role: reader cannot come"),
        ("role = \"READER\"", "role = \"COORDINATOR\"", "roles: role: COORDINATOR cannot come"),
        ("role = \"READER\"", "role = \"DATA_PROTECTION_OFFICER\"", "roles: role: DATA_PROTECTION_OFFICER cannot come"),
        ("role = \"READER\"", "role = \"COOPERATION_ADMINISTRATOR\"", "roles: role: COOPERATION_ADMINISTRATOR cannot come"),
        ("value = \"Samverkan.Reader\"", "value = \"\"", "roles: value: "),
        ("claim = \"roles\"", "claim = \"\"", "roles: claim: "),
        ("claim = \"roles\"", "claim = []", "roles: claim: "),
        ("role = \"READER\"", "role = \"READER\", municipality = \"flen\"", "`municipality`"),
        ("algorithm = \"RS256\"", "algorithm = \"HS256\"", "algorithm: HS256 is none of RS256, "),
        ("algorithm = \"RS256\"", "algorithm = \"none\"", "algorithm: none is none of RS256, "),
        ("algorithm = \"RS256\"", "algorithm = \"RS1\"", "algorithm: RS1 is none of "),
        ("algorithm = \"RS256\"", "algorithm = \"rs256\"", "algorithm: rs256 is none of "),
        ("api://samverkan", "samverkan", "access_tokens: audience: it is the client_id"),
        ("api://samverkan", "", "access_tokens: audience: it is empty"),
        ("type = \"at+jwt\"", "type = \"application/Logout+JWT\"", "access_tokens: type: "),
        ("type = \"at+jwt\"", "type = \"\"", "access_tokens: type: "),
        ("type = \"at+jwt\"", "algorithm = \"HS512\"", "access_tokens: algorithm: HS512 is none of "),
        ("type = \"at+jwt\"", "issuer = \"https://other.example\"", "`issuer`"),
        ("municipality = \"gnesta\"", "municipality = \"Gnesta kommun\"", "providers[0] (Gnesta kommun): municipality: "),
        ("client_id = \"samverkan\"", "client_id = \" \"", "client_id: it is empty"),
        ("client_id = \"samverkan\"\n", "", "providers[0]client_id"),
        ("scopes = [\"profile\"]", "scopes = [\"profile email\"]", "scopes: "),
        ("keys.gnesta.example", "keys.gnesta.example/path", "endpoint_hosts: "),
        ("keys.gnesta.example", "user@keys.gnesta.example", "endpoint_hosts: "),
        ("scopes = [\"profile\"]", "scope = [\"profile\"]", "`scope`"),
        ("client_id = \"samverkan\"", "client_id = \"samverkan\"\ntenant = \"x\"", "`tenant`"),
    ] {
        refused(&changed(from, to), &[], names);
    }
}

#[test]
fn a_wrong_address_of_the_program_of_a_front_end_or_a_wrong_length_of_sessions_stops_the_start() {
    let public_url = "public_url = \"https://samverkan.example\"";
    refused(&changed(public_url, ""), &[], "public_url (SAMVERKAN_PUBLIC_URL)");
    for wrong in [
        "https://samverkan.example/app",
        "http://samverkan.example",
        "samverkan.example",
        "https://samverkan.example?x",
        "http://127.0.0.1:8080",
    ] {
        refused(&changed(public_url, &format!("public_url = \"{wrong}\"")), &[], "public_url (SAMVERKAN_PUBLIC_URL)");
    }
    for wrong in ["https://front.example/app", "http://front.example", "*", "null", "https://*.example/x", "front.example"] {
        refused(&changed("https://front.example", wrong), &[], "allowed_origins (SAMVERKAN_ALLOWED_ORIGINS)");
    }
    refused(
        RIGHT,
        &[("SAMVERKAN_ALLOWED_ORIGINS", "https://a.example,https://b.example/x")],
        "allowed_origins (SAMVERKAN_ALLOWED_ORIGINS)",
    );
    for hours in ["13", "0", "-1"] {
        refused(&changed("session_hours = 12", &format!("session_hours = {hours}")), &[], "session_hours (SAMVERKAN_SESSION_HOURS)");
    }
    refused(RIGHT, &[("SAMVERKAN_SESSION_HOURS", "13")], "session_hours (SAMVERKAN_SESSION_HOURS)");
    for minutes in ["4", "721"] {
        let changed = changed("session_idle_minutes = 60", &format!("session_idle_minutes = {minutes}"));
        refused(&changed, &[], "session_idle_minutes (SAMVERKAN_SESSION_IDLE_MINUTES)");
    }
    refused(&changed("session_hours = 12", "session_hours = 1.5"), &[], "`session_hours`");
    refused(&changed("loopback_http = false", "loopback_http = \"perhaps\""), &[], "`loopback_http`");
}

#[test]
fn a_variable_of_ours_that_is_no_text_is_named_and_those_of_others_may_hold_anything() {
    let no_text = OsStr::from_bytes(b"hemligt\xff");
    let run = |variable: &OsStr| {
        let folder = folder();
        std::fs::write(folder.path().join("samverkan.toml"), RIGHT).unwrap();
        let mut command = command(folder.path(), &["migrate", "--config", "samverkan.toml"]);
        command.env(variable, no_text);
        Process::of(command).ended()
    };
    for others in [OsStr::new("OTHERS"), OsStr::from_bytes(b"OTHERS_\xff")] {
        assert!(run(others).status.success());
    }
    for ours in ["SAMVERKAN_LOG", SECRET_OF_GNESTA] {
        let ended = run(OsStr::new(ours));
        assert_refused(&ended, &format!("{ours}: it is not UTF-8"));
        assert!(!ended.err[0].contains("hemligt"));
    }
}
