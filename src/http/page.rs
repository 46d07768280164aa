//! Pages for people: one frame, one look, and headers that let a page do no more than it needs.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::kernel::text::Language;

/// In the page itself, allowed by its hash: a page is one answer and needs no other route.
const STYLE: &str = include_str!("page.css");

/// The language that a request asks for.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::from_accept_language(header.unwrap_or_default())
}

/// A page: a heading with something below it, without script and with forms that stay here, unless it is told otherwise.
pub(crate) struct Page<'a> {
    language: Language,
    title: &'a str,
    body: Markup,
    status: StatusCode,
    script: Option<&'a str>,
    forms_lead_to: Vec<&'a str>,
}

impl<'a> Page<'a> {
    /// A page in `language`. What stands in `body` between `html!`'s parentheses is escaped.
    pub(crate) fn new(language: Language, title: &'a str, body: Markup) -> Self {
        Self { language, title, body, status: StatusCode::OK, script: None, forms_lead_to: Vec::new() }
    }

    /// The same page with another status than 200.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same page with a script from our own origin, which may ask our own origin.
    pub(crate) fn with_script(self, path: &'a str) -> Self {
        Self { script: Some(path), ..self }
    }

    /// The same page with forms whose answers redirect to an address of another origin: browsers hold redirects after a form against
    /// `form-action`, too. The address comes from our configuration, never from a request.
    pub(crate) fn with_forms_leading_to(mut self, address: &'a str) -> Self {
        self.forms_lead_to.push(address);
        self
    }

    fn policy(&self) -> String {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let forms: String = self.forms_lead_to.iter().flat_map(|address| [" ", address]).collect();
        let script = self.script.map_or("", |_| "; script-src 'self'; connect-src 'self'");
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'{script}"
        )
    }

    fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " · samverkan" }
                    style { (PreEscaped(STYLE)) }
                    @if let Some(script) = self.script {
                        script type="module" src=(script) {}
                    }
                }
                body {
                    main {
                        h1 { (self.title) }
                        (self.body)
                    }
                }
            }
        }
    }
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_SECURITY_POLICY, self.policy()),
            // Not `no-referrer`: with it browsers send `Origin: null` with our own forms, which then look like a stranger's.
            (header::REFERRER_POLICY, "same-origin".to_owned()),
            (header::X_FRAME_OPTIONS, "DENY".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (self.status, headers, Html(self.markup().into_string())).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(page: Page<'_>) -> String {
        page.into_response().headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_page_escapes_what_it_is_given_and_says_its_language() {
        let page = |language| Page::new(language, "<b>Å</b>", html! { p { ("<i>") } }).markup().into_string();
        let swedish = page(Language::Swedish);
        assert!(swedish.contains("<html lang=\"sv\">") && page(Language::English).contains("<html lang=\"en\">"));
        assert!(swedish.contains("<h1>&lt;b&gt;Å&lt;/b&gt;</h1><p>&lt;i&gt;</p>"), "{swedish}");
        assert!(!swedish.contains("<b>") && !swedish.contains("<i>"));
    }

    #[test]
    fn a_page_may_do_no_more_than_it_needs() {
        let page = || Page::new(Language::Swedish, "Sida", html! {});
        let plain = policy(page());
        assert!(plain.starts_with("default-src 'none'; style-src 'sha256-"), "{plain}");
        assert!(plain.ends_with("; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"), "{plain}");
        assert!(policy(page().with_script("/a.js")).ends_with("; script-src 'self'; connect-src 'self'"));
        let leading = policy(page().with_forms_leading_to("https://a.example").with_forms_leading_to("https://b.example"));
        assert!(leading.contains("; form-action 'self' https://a.example https://b.example;"), "{leading}");
        assert!(!plain.contains("unsafe"));
    }
}
