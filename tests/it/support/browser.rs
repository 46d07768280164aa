//! A browser that does as it is told: it follows redirects, keeps cookies, fills in forms.

use std::{collections::HashMap, time::Duration};

use axum::http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE},
};
use chrono::DateTime;
use url::{Url, form_urlencoded};

/// How many redirects may follow each other.
const LONGEST_CHAIN: usize = 20;

/// A browser with its cookies. Each origin is a site of its own here, as in production: on loopback all ports are one.
pub(crate) struct Browser {
    http: reqwest::Client,
    cookies: Vec<Cookie>,
    stop_before: Option<String>,
}

/// A cookie. It goes when it is told to, or with the browser; no clock runs here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cookie {
    pub origin: String,
    pub path: String,
    pub name: String,
    pub value: String,
    pub same_site: SameSite,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum SameSite {
    Strict,
    Lax,
    None,
}

/// Where the browser has come, and on what way.
#[derive(Debug)]
pub(crate) struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// Every request that was made, the last one included.
    pub hops: Vec<Hop>,
}

/// A request and the head of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub method: Method,
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
}

/// A request that is to be made.
struct Going {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: String,
    /// Whether another site has sent us here.
    cross_site: bool,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { http: http(), cookies: Vec::new(), stop_before: None }
    }

    /// Follows no redirect to a URL that begins so: the page is then the redirect itself, and `location` says whereto.
    pub(crate) fn stop_before(&mut self, beginning: &str) {
        self.stop_before = Some(beginning.to_owned());
    }

    /// Follows all redirects again.
    pub(crate) fn stop_nowhere(&mut self) {
        self.stop_before = None;
    }

    /// Goes to an address that somebody has typed in.
    pub(crate) async fn open(&mut self, url: &str) -> Page {
        let url = url.parse().unwrap();
        self.follow(Going { method: Method::GET, url, headers: HeaderMap::new(), body: String::new(), cross_site: false }).await
    }

    /// Goes to an address where a login begins, and gives the provider a name where it asks for one. Where the provider still knows
    /// the browser, it does not ask.
    pub(crate) async fn log_in(&mut self, url: &str, login: &str) -> Page {
        let page = self.open(url).await;
        if !page.body.contains("name=\"login\"") {
            return page;
        }
        let mut arrived = self.submit(&page, &[("login", login)]).await;
        arrived.hops.splice(0..0, page.hops);
        arrived
    }

    /// Sends the form of a page: its fields that have a value, and these.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (action, mut all) = page.form();
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, page.url.origin().ascii_serialization().parse().unwrap());
        headers.insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        let cross_site = action.origin() != page.url.origin();
        self.follow(Going { method: Method::POST, url: action, headers, body, cross_site }).await
    }

    /// One request that a script on a page of the same origin makes, with the origin's cookies and its `Origin`, unless `headers` has
    /// another. No redirect is followed.
    pub(crate) async fn fetch(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let url: Url = url.parse().unwrap();
        let mut all = HeaderMap::new();
        all.insert(ORIGIN, url.origin().ascii_serialization().parse().unwrap());
        for (name, value) in headers {
            all.insert(name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        self.once(&Going { method, url, headers: all, body: body.to_owned(), cross_site: false }).await
    }

    /// The value of a cookie that would be sent to `url`.
    pub(crate) fn cookie(&self, url: &str, name: &str) -> Option<&str> {
        let url = url.parse().unwrap();
        self.cookies.iter().find(|cookie| cookie.name == name && cookie.reaches(&url)).map(|cookie| cookie.value.as_str())
    }

    /// All cookies, to look at, to steal, to plant.
    pub(crate) fn cookies(&mut self) -> &mut Vec<Cookie> {
        &mut self.cookies
    }

    async fn follow(&mut self, mut going: Going) -> Page {
        let mut hops = Vec::new();
        loop {
            let mut page = self.once(&going).await;
            hops.append(&mut page.hops);
            assert!(hops.len() <= LONGEST_CHAIN, "redirected without end: {hops:#?}");
            let stops = |next: &Url| self.stop_before.as_ref().is_some_and(|beginning| next.as_str().starts_with(beginning));
            let Some(next) = page.location().filter(|next| !stops(next)) else { return Page { hops, ..page } };
            going.cross_site |= next.origin() != going.url.origin();
            if ![StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT].contains(&page.status) {
                going = Going { method: Method::GET, headers: HeaderMap::new(), body: String::new(), ..going };
            }
            going.url = next;
        }
    }

    async fn once(&mut self, going: &Going) -> Page {
        let Going { method, url, headers, body, cross_site } = going;
        let sent = |cookie: &&Cookie| {
            cookie.reaches(url)
                && match cookie.same_site {
                    SameSite::Strict => !cross_site,
                    SameSite::Lax => !cross_site || method == Method::GET,
                    SameSite::None => true,
                }
        };
        let cookies: Vec<_> = self.cookies.iter().filter(sent).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        let mut request = self.http.request(method.clone(), url.clone()).headers(headers.clone()).body(body.clone());
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        let answer = request.send().await.unwrap_or_else(|error| panic!("{method} {url}: {error:?}"));
        let (status, headers) = (answer.status(), answer.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            self.keep(url, line.to_str().unwrap());
        }
        let hop = Hop { method: method.clone(), url: url.clone(), status, headers: headers.clone() };
        Page { url: url.clone(), status, headers, body: answer.text().await.unwrap(), hops: vec![hop] }
    }

    /// Keeps, replaces, removes or refuses a cookie. `Secure` is no obstacle: browsers trust loopback as they trust TLS.
    fn keep(&mut self, url: &Url, line: &str) {
        let mut parts = line.split(';').map(|part| part.trim().split_once('=').unwrap_or((part.trim(), "")));
        let (name, value) = parts.next().unwrap();
        let attributes: HashMap<_, _> = parts.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let attribute = |name: &str| attributes.get(name).copied();
        let secure = attribute("secure").is_some();
        if name.starts_with("__Host-") && (!secure || attribute("path") != Some("/") || attribute("domain").is_some()) {
            return;
        }
        let same_site = match attribute("samesite").map(str::to_ascii_lowercase).as_deref() {
            Some("strict") => SameSite::Strict,
            Some("none") if secure => SameSite::None,
            Some("none") => return,
            _ => SameSite::Lax,
        };
        // Without the attribute it is the folder of the page.
        let folder = url.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = attribute("path").filter(|path| path.starts_with('/')).unwrap_or(if folder.is_empty() { "/" } else { folder });
        let (origin, path) = (url.origin().ascii_serialization(), path.to_owned());
        self.cookies.retain(|cookie| (&cookie.origin, &cookie.path, cookie.name.as_str()) != (&origin, &path, name));
        let ends = |date: &str| DateTime::parse_from_rfc2822(date).is_ok_and(|date| date.timestamp() <= 0);
        let gone = match attribute("max-age") {
            Some(seconds) => seconds.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
            None => attribute("expires").is_some_and(ends),
        };
        if !gone {
            self.cookies.push(Cookie { origin, path, name: name.to_owned(), value: value.to_owned(), same_site });
        }
    }
}

impl Cookie {
    fn reaches(&self, url: &Url) -> bool {
        let below = url.path().strip_prefix(&self.path);
        self.origin == url.origin().ascii_serialization()
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'))
    }
}

impl Page {
    /// Where a redirect leads that was not followed.
    pub(crate) fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION).filter(|_| self.status.is_redirection())?;
        Some(self.url.join(location.to_str().unwrap()).unwrap())
    }

    /// Where the page's form goes, with the fields that have a value.
    fn form(&self) -> (Url, Vec<(String, String)>) {
        let inside = |text: &str| Some(text.split_once("<form")?.1.split_once("</form>")?.0.to_owned());
        let form = inside(&self.body).unwrap_or_else(|| panic!("no form at {}: {}", self.url, self.body));
        let (head, fields) = form.split_once('>').unwrap();
        let action = self.url.join(&attribute(head, "action").unwrap_or_default()).unwrap();
        let inputs = fields.split("<input").skip(1).map(|input| input.split_once('>').unwrap().0);
        (action, inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect())
    }
}

/// An attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.replace("&amp;", "&"))
}

/// A client that does nothing by itself. It keeps no connection: a port that was closed meanwhile is told at once.
pub(crate) fn http() -> reqwest::Client {
    let plain = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    plain.pool_max_idle_per_host(0).timeout(Duration::from_secs(30)).build().unwrap()
}
