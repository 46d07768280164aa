//! What a request shows of itself: a session in a browser's cookie, a bearer token, the origin of the page that sent it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use cookie::{Cookie, SameSite, time};

use crate::auth::provider::LoginSettings;

/// Holds a browser's session. The prefix binds it to this host: no other host can lay one into the browser.
pub(super) const SESSION: &str = "__Host-samverkan-session";
/// Tells a browser that began a login from others, until the login is done.
pub(super) const BROWSER: &str = "__Host-samverkan-login";

/// What is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A bearer token.
    Bearer(String),
    /// A browser's session.
    Cookie(String),
    /// Nothing, or something that is neither.
    Nothing,
}

/// What a request shows; a header that is written goes before a cookie that is sent along.
pub(super) fn shown(headers: &HeaderMap) -> Shown {
    let Some(written) = headers.get(header::AUTHORIZATION) else {
        return cookie(headers, SESSION).map_or(Shown::Nothing, Shown::Cookie);
    };
    let token = written.to_str().ok().and_then(|text| text.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.filter(|token| !token.is_empty()).map_or(Shown::Nothing, |token| Shown::Bearer(token.to_owned()))
}

/// A cookie that the browser sent.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let sent = headers.get_all(header::COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut found = sent.flat_map(Cookie::split_parse).flatten().filter(|cookie| cookie.name() == name);
    found.next().map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A page of our own, or of an origin that the operator allows.
    Trusted,
    /// No page says so: a program.
    Unsaid,
    /// Another page.
    Strange,
}

/// Where a request comes from. Browsers say so with every request that could change anything; pages cannot forge it.
pub(super) fn origin(headers: &HeaderMap, settings: &LoginSettings) -> Origin {
    let mut said = headers.get_all(header::ORIGIN).into_iter();
    match (said.next().map(HeaderValue::to_str), said.next()) {
        (None, _) => Origin::Unsaid,
        (Some(Ok(one)), None) if settings.trusts(one) => Origin::Trusted,
        _ => Origin::Strange,
    }
}

/// Lays a cookie into the browser, for `lasts`, or until the browser is closed.
pub(super) fn lay(name: &'static str, value: &str, lasts: Option<time::Duration>) -> (HeaderName, HeaderValue) {
    let cookie = Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax);
    let cookie = lasts.map_or(cookie.clone(), |lasts| cookie.max_age(lasts)).build();
    // A token is base64url, so that it is always a header.
    let header = HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""));
    (header::SET_COOKIE, header)
}

/// Takes a cookie out of the browser.
pub(super) fn take(name: &'static str) -> (HeaderName, HeaderValue) {
    lay(name, "", Some(time::Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_written_header_goes_before_a_cookie() {
        let both = [(header::AUTHORIZATION, "bearer  a "), (header::COOKIE, "x=1; __Host-samverkan-session=b")];
        assert_eq!(shown(&headers(&both)), Shown::Bearer("a".to_owned()));
        assert_eq!(shown(&headers(&both[1..])), Shown::Cookie("b".to_owned()));
        for nothing in ["Basic YTpi", "Bearer", "Bearer ", ""] {
            let written = [(header::AUTHORIZATION, nothing), (header::COOKIE, "__Host-samverkan-session=b")];
            assert_eq!(shown(&headers(&written)), Shown::Nothing, "{nothing:?}");
        }
        assert_eq!(shown(&HeaderMap::new()), Shown::Nothing);
    }

    #[test]
    fn a_cookie_is_for_this_host_only_and_no_script_reads_it() {
        let (_, laid) = lay(SESSION, "t", None);
        assert_eq!(laid.to_str().unwrap(), "__Host-samverkan-session=t; HttpOnly; SameSite=Lax; Secure; Path=/");
        assert!(take(BROWSER).1.to_str().unwrap().contains("Max-Age=0"));
    }
}
