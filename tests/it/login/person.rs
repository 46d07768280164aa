//! A person at a browser: logs in, asks, changes, logs out.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use samverkan::{
    auth::session::{self, WithoutLogin},
    kernel::{clock::Clock, id::Id},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::Running;
use crate::support::browser::{Browser, Cookie, Page, SameSite};

/// The cookie of a browser's session.
pub(crate) const SESSION: &str = "__Host-samverkan-session";

const JSON: (&str, &str) = ("content-type", "application/json");
const VIEWER: &str = "{ viewer { name person { id name } municipality { slug }
  roles { role source municipality { slug } controller { name municipality { slug } } } } }";

/// A person with a browser of their own.
pub(crate) struct Person {
    pub browser: Browser,
    rp: String,
}

impl Person {
    /// Somebody who uses the program at `rp`.
    pub(crate) fn new(rp: &str) -> Self {
        Self { browser: Browser::new(), rp: rp.to_owned() }
    }

    /// Logs in at the provider of a municipality as `login`, which the provider asks for unless it knows the browser.
    pub(crate) async fn log_in(&mut self, slug: &str, login: &str) -> Page {
        self.log_in_by(&format!("{}/login/{slug}", self.rp), login).await
    }

    /// The same by a link, such as that of an invitation.
    pub(crate) async fn log_in_by(&mut self, link: &str, login: &str) -> Page {
        let page = self.browser.log_in(link, login).await;
        assert_eq!((page.status, page.url.as_str()), (StatusCode::OK, format!("{}/", self.rp).as_str()), "{login}: {}", page.body);
        page
    }

    /// Tries a link that must not let anybody in; gives back the reason that the page tells.
    pub(crate) async fn refused_by(&mut self, link: &str, login: &str) -> String {
        let page = self.browser.log_in(link, login).await;
        assert!(page.status.is_client_error(), "{link} let {login} in: {}", page.body);
        page.reason()
    }

    /// The token of the session in the cookie.
    pub(crate) fn session(&self) -> Option<&str> {
        self.browser.cookie(&self.rp, SESSION)
    }

    /// Somebody else's session, or any text, in the cookie.
    pub(crate) fn plant(&mut self, session: &str) {
        let origin = self.rp.clone();
        self.browser.cookies().retain(|cookie| cookie.name != SESSION);
        self.browser.cookies().push(Cookie {
            origin,
            path: "/".to_owned(),
            name: SESSION.to_owned(),
            value: session.to_owned(),
            same_site: SameSite::Lax,
        });
    }

    /// Sends a query as a script of our own page does.
    pub(crate) async fn ask(&mut self, query: &str, variables: &Value) -> Page {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.browser.fetch(Method::POST, &format!("{}/graphql", self.rp), &[JSON], &body).await
    }

    /// A query that has to go well; gives back `data`.
    pub(crate) async fn query(&mut self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, &variables).await.json();
        assert!(answer.get("errors").is_none(), "errors in the answer to {query}: {answer:#}");
        answer["data"].take()
    }

    /// A mutation `name(input:)` that has to go well; gives back its payload, of which `select` is asked.
    pub(crate) async fn done(&mut self, name: &str, input: Value, select: &str) -> Value {
        let input_type = crate::organisation::input_type(name);
        let query = format!("mutation($input: {input_type}!) {{ {name}(input: $input) {{ {select} errors {{ code path message }} }} }}");
        let payload = self.query(&query, json!({ "input": input })).await[name].take();
        assert_eq!(payload["errors"], json!([]), "{name}");
        payload
    }

    /// Who the program says that this is.
    pub(crate) async fn viewer(&mut self) -> Value {
        self.query(VIEWER, json!({})).await["viewer"].take()
    }

    /// Whether the program knows who this is; where it does not, it says so as it should.
    pub(crate) async fn is_logged_in(&mut self) -> bool {
        let page = self.ask("{ viewer { name } }", &json!({})).await;
        if page.status == StatusCode::OK {
            return true;
        }
        assert_eq!((page.status, &page.json()["errors"][0]["extensions"]["code"]), (StatusCode::UNAUTHORIZED, &json!("UNAUTHENTICATED")));
        false
    }

    /// Makes a session for a program; gives back all that is told of it.
    pub(crate) async fn program(&mut self, name: &str) -> Value {
        let body = json!({ "name": name }).to_string();
        let made = self.browser.fetch(Method::POST, &format!("{}/session/token", self.rp), &[JSON], &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        made.json()
    }

    /// Presses the button that logs out, here only: what follows is for the provider.
    pub(crate) async fn log_out_here(&mut self) -> Page {
        self.browser.fetch(Method::POST, &format!("{}/logout", self.rp), &[], "").await
    }
}

impl Page {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The reason that a page about a login tells.
    pub(crate) fn reason(&self) -> String {
        let reason = self.body.split_once("<code>").and_then(|(_, rest)| rest.split_once("</code>"));
        reason.unwrap_or_else(|| panic!("no reason in {}", self.body)).0.to_owned()
    }
}

impl Running {
    /// A person with a browser of their own.
    pub(crate) fn person(&self) -> Person {
        Person::new(&self.rp)
    }

    /// Lets time pass, for the program only.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.app.clock.set(self.app.clock.now() + time);
    }

    /// Lets a persona of the demo log in at the certified provider of its municipality, by its own name; gives back a program's session.
    pub(crate) async fn enrol(&self, persona: &str) -> String {
        let slug = &self.app.personas().iter().find(|known| known.persona == persona).unwrap().municipality;
        self.enrol_at(persona, slug).await
    }

    /// The same at the provider of any municipality, whether it is that of the person or not.
    pub(crate) async fn enrol_at(&self, persona: &str, slug: &str) -> String {
        use entity::{account, municipality};
        let tx = self.app.app.db.write().await.unwrap();
        let known = account::Entity::find().filter(account::Column::Subject.eq(persona)).one(&tx).await.unwrap().unwrap();
        let home = municipality::Entity::find().filter(municipality::Column::Slug.eq(slug)).one(&tx).await.unwrap().unwrap();
        let login = WithoutLogin {
            issuer: &self.providers.issuer(slug).issuer,
            subject: persona,
            name: &known.name,
            municipality: Id::new(home.id),
            person: known.person_id.map(Id::new),
        };
        let token = session::open_without_login(&tx, &self.app.app.ids, self.app.clock.now(), login).await.unwrap();
        tx.commit().await.unwrap();
        token
    }
}
