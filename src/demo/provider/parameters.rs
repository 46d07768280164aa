//! The parameters of a query or of a form.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use url::form_urlencoded;

/// The parameters that were sent.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Of a query, or of a body of the same form.
    pub(super) fn parse(text: impl AsRef<[u8]>) -> Self {
        Self(form_urlencoded::parse(text.as_ref()).into_owned().collect())
    }

    /// Of a form, where its headers say that it is one.
    pub(super) fn of_form(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let media = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next()?.trim();
        media.eq_ignore_ascii_case("application/x-www-form-urlencoded").then(|| Self::parse(body))
    }

    /// The value of a parameter. An empty one counts as left out, and which of several is meant nobody can know. Source: RFC 6749,
    /// section 3.1.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let value = values.next().filter(|value| !value.is_empty())?;
        values.next().is_none().then_some(value)
    }

    /// Whether something stands there more than once.
    pub(super) fn repeat(&self) -> bool {
        self.0.iter().enumerate().any(|(at, (name, _))| self.0[..at].iter().any(|(before, _)| before == name))
    }
}

/// Sends the browser on to an address with these parameters.
pub(super) fn redirect<'a>(address: &str, parameters: impl IntoIterator<Item = (&'static str, &'a str)>) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    Redirect::to(&format!("{address}{mark}{query}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_counts_where_it_stands_once_with_a_value() {
        let parameters = Parameters::parse("a=1&b=&c=1&c=2&d=%C3%A5+b");
        let got = ["a", "b", "c", "d", "e"].map(|name| parameters.get(name));
        assert_eq!(got, [Some("1"), None, None, Some("å b"), None]);
        assert!(parameters.repeat() && !Parameters::parse("a=1&b=1").repeat());
    }
}
