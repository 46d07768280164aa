//! Settings of `serve`: a TOML file, and the environment before it. Each is named in the README with its unit and default; a wrong
//! one stops the start with a line that names it.

mod login;

use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, anyhow, bail};
use config::{Config as Source, Environment, File, FileFormat};
use serde::{Deserialize, Deserializer, de};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use self::login::{SECRET, WrittenLogin, WrittenProvider};
use crate::{
    auth::provider::LoginSettings,
    db::{DatabaseUrl, DbOptions},
};

/// The prefix of environment variables.
const PREFIX: &str = "SAMVERKAN";

/// The settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The database.
    pub database_url: DatabaseUrl,
    /// How many connections read at the same time.
    pub read_connections: u32,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// What is logged.
    pub log: String,
    /// The providers and how long sessions last.
    pub login: LoginSettings,
}

/// The settings as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    listen: String,
    database_url: String,
    #[serde(deserialize_with = "whole")]
    read_connections: i64,
    #[serde(deserialize_with = "whole")]
    request_timeout_seconds: i64,
    log: String,
    public_url: Option<String>,
    #[serde(deserialize_with = "login::list")]
    allowed_origins: Vec<String>,
    loopback_http: bool,
    #[serde(deserialize_with = "whole")]
    session_idle_minutes: i64,
    #[serde(deserialize_with = "whole")]
    session_hours: i64,
    providers: Vec<WrittenProvider>,
}

/// A whole number as it is written; asked for a number, the library would take `true` for 1 and round 1.5.
fn whole<'de, D: Deserializer<'de>>(written: D) -> Result<i64, D::Error> {
    struct Whole;
    impl de::Visitor<'_> for Whole {
        type Value = i64;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }
    }
    written.deserialize_any(Whole)
}

impl Default for Written {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            database_url: "sqlite://samverkan.sqlite".to_owned(),
            read_connections: 4,
            request_timeout_seconds: 30,
            log: "info".to_owned(),
            public_url: None,
            allowed_origins: Vec::new(),
            loopback_http: false,
            session_idle_minutes: 60,
            session_hours: 12,
            providers: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the settings from a file, where one is given, and from the environment.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut source = Source::builder();
        if let Some(file) = file {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the settings in {}", file.display()))?;
            source = source.add_source(File::from_str(&text, FileFormat::Toml));
        }
        let (secrets, settings): (BTreeMap<_, _>, BTreeMap<_, _>) =
            variables()?.into_iter().partition(|(name, _)| name.starts_with(SECRET));
        let settings = settings.into_iter().collect();
        let environment = Environment::with_prefix(PREFIX).prefix_separator("_").try_parsing(true).source(Some(settings));
        let read = source.add_source(environment).build().map_err(|error| anyhow!(without_values(&error.to_string())))?;
        let written: Written = read.try_deserialize()?;
        let secrets = secrets.into_iter().map(|(name, secret)| (name[SECRET.len()..].to_owned(), secret)).collect();
        Self::check(written, &secrets)
    }

    fn check(written: Written, secrets: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let Written { listen, database_url, read_connections, request_timeout_seconds, log, .. } = written;
        let Written { public_url, allowed_origins, loopback_http, session_idle_minutes, session_hours, providers, .. } = written;
        let login = WrittenLogin { public_url, allowed_origins, loopback_http, session_idle_minutes, session_hours, providers };
        let Ok(listen) = listen.parse() else {
            bail!("listen ({PREFIX}_LISTEN): {listen} is not an address and port such as 127.0.0.1:8080")
        };
        let database_url = DatabaseUrl::from(database_url);
        if database_url.engine().is_none() {
            bail!("database_url ({PREFIX}_DATABASE_URL): it has to be an address that begins with sqlite:// or postgres://")
        }
        if !(1..=64).contains(&read_connections) {
            bail!("read_connections ({PREFIX}_READ_CONNECTIONS): {read_connections} is not between 1 and 64")
        }
        if !(1..=300).contains(&request_timeout_seconds) {
            bail!("request_timeout_seconds ({PREFIX}_REQUEST_TIMEOUT_SECONDS): {request_timeout_seconds} is not between 1 and 300")
        }
        if !is_filter(&log) {
            bail!("log ({PREFIX}_LOG): {log} is not a level such as info, nor a list such as info,samverkan::http=debug")
        }
        Ok(Self {
            listen,
            database_url,
            read_connections: u32::try_from(read_connections)?,
            request_timeout: Duration::from_secs(u64::try_from(request_timeout_seconds)?),
            log,
            login: login.check(secrets)?,
        })
    }

    /// How the database is opened.
    pub fn database(&self) -> DbOptions {
        DbOptions { url: self.database_url.clone(), read_connections: self.read_connections, observer: None }
    }
}

/// Our variables. Others may hold anything; what is in one of ours and cannot be read is not printed, as it may be a secret.
fn variables() -> anyhow::Result<Vec<(String, String)>> {
    let ours = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let ours = ours.filter(|(name, _)| name.to_ascii_uppercase().starts_with(PREFIX));
    ours.map(|(name, value)| value.into_string().map(|value| (name.clone(), value)).map_err(|_| anyhow!("{name}: it is not UTF-8")))
        .collect()
}

/// A mistake in the file, of whose line the library tells all, and this only the name: somebody may have written a secret there.
fn without_values(mistake: &str) -> String {
    let named = |line: &str| match line.split_once('|') {
        Some((number, written)) => written.split_once('=').map(|(name, _)| format!("{number}|{name}=")),
        None => Some(line.to_owned()),
    };
    mistake.lines().filter_map(named).collect::<Vec<_>>().join(" ")
}

/// Whether each part of `log` gives a level. The library takes any other word for the name of a module, and then logs nothing else.
fn is_filter(log: &str) -> bool {
    let gives_level = |part: &str| {
        let level = part.rsplit('=').next().unwrap_or_default().trim();
        !level.is_empty() && level.parse::<LevelFilter>().is_ok()
    };
    log.split(',').all(gives_level) && EnvFilter::builder().parse(log).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(change: impl FnOnce(&mut Written)) -> String {
        let mut written = Written::default();
        change(&mut written);
        Config::check(written, &BTreeMap::new()).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_right() {
        assert!(Config::check(Written::default(), &BTreeMap::new()).is_ok());
    }

    #[test]
    fn a_wrong_value_is_named_with_its_variable() {
        assert!(refusal(|w| w.listen = "8080".to_owned()).starts_with("listen (SAMVERKAN_LISTEN)"));
        assert!(refusal(|w| w.database_url = "mysql://x".to_owned()).starts_with("database_url (SAMVERKAN_DATABASE_URL)"));
        assert!(refusal(|w| w.read_connections = 0).starts_with("read_connections (SAMVERKAN_READ_CONNECTIONS)"));
        assert!(refusal(|w| w.request_timeout_seconds = 301).starts_with("request_timeout_seconds (SAMVERKAN_REQUEST_TIMEOUT_SECONDS)"));
        for log in ["a=b=c", "", "verbose", "info,", "info,samverkan", "samverkan="] {
            assert!(refusal(|w| w.log = log.to_owned()).starts_with("log (SAMVERKAN_LOG)"), "{log}");
        }
    }

    #[test]
    fn a_level_and_a_list_of_modules_with_levels_are_filters() {
        for log in ["off", "info", "DEBUG", "warn,samverkan::http=debug", "info,sea_orm_migration=warn"] {
            assert!(is_filter(log), "{log}");
        }
    }
}
