//! The address of a database, which may hold a password: it is shown without.

use std::{convert::Infallible, fmt, path::Path, str::FromStr};

use url::Url;

/// The address of a database: `sqlite://` and a path, or `postgres://`. What is printed of it has neither password nor parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// The engines that the program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Built in, a file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

impl DatabaseUrl {
    /// The whole address, with the password.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Which engine it leads to; none where it is no address that the program knows.
    pub fn engine(&self) -> Option<Engine> {
        // A path is no address in the strict sense, and may hold anything.
        if self.0.starts_with("sqlite://") {
            return Some(Engine::Sqlite);
        }
        let scheme = Url::parse(&self.0).ok()?.scheme().to_owned();
        ["postgres", "postgresql"].contains(&scheme.as_str()).then_some(Engine::Postgres)
    }
}

/// The address of a `SQLite` database in a file.
pub fn sqlite_url(file: &Path) -> DatabaseUrl {
    DatabaseUrl(format!("sqlite://{}", file.display()))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.engine() == Some(Engine::Sqlite) {
            return f.write_str(&self.0);
        }
        let Ok(mut url) = Url::parse(&self.0) else { return f.write_str("(not an address)") };
        if url.cannot_be_a_base() {
            return f.write_str("(not the address of a database)");
        }
        // Refused only where there is no host, and then there is no password.
        let _ = url.set_password(None);
        url.set_query(None);
        url.set_fragment(None);
        url.fmt(f)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl FromStr for DatabaseUrl {
    type Err = Infallible;

    fn from_str(url: &str) -> Result<Self, Infallible> {
        Ok(Self(url.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_leads_to_one_of_the_two_engines_or_to_none() {
        assert_eq!(url("sqlite://samverkan.sqlite").engine(), Some(Engine::Sqlite));
        assert_eq!(url("postgres://localhost/samverkan").engine(), Some(Engine::Postgres));
        assert_eq!(url("postgresql://localhost/samverkan").engine(), Some(Engine::Postgres));
        for none in ["", "samverkan.sqlite", "mysql://localhost/samverkan", "postgres", "postgres://localhost:port/samverkan"] {
            assert_eq!(url(none).engine(), None, "{none}");
        }
    }

    #[test]
    fn what_is_printed_of_an_address_has_no_password() {
        let printed = |text: &str| format!("{0} {0:?}", url(text));
        assert_eq!(printed("sqlite:///a/b.sqlite"), "sqlite:///a/b.sqlite sqlite:///a/b.sqlite");
        let shown = "postgres://samverkan@db.example:5433/samverkan";
        let written = "postgres://samverkan:S3cret@db.example:5433/samverkan?password=S3cret&sslmode=require#S3cret";
        assert_eq!(printed(written), format!("{shown} {shown}"));
        assert_eq!(url("postgres:///samverkan?host=/run/postgresql&password=S3cret").to_string(), "postgres:///samverkan");
        for wrong in ["postgres://samverkan:S3cret@db.example:port/x", "S3cret", "samverkan:S3cret", "postgres:S3cret"] {
            assert!(!printed(wrong).contains("S3cret"), "{wrong}");
        }
    }
}
