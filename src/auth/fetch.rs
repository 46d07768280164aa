//! Requests to a municipality's provider, with limits: it is another house's machine, and may be slow, broken or in other hands.

use std::{pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};

use super::provider::Provider;

/// How long a provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// Bytes of an answer.
const MAX_BYTES: usize = 1024 * 1024;

/// Why a provider gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchFault {
    /// The address is not on a host that the operator named, or is not encrypted.
    #[error("the address is not where the provider is configured to be: {0}")]
    Elsewhere(String),
    /// The answer is larger than any real one.
    #[error("the answer is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// The provider redirects, which is not followed.
    #[error("the provider answers with a redirect")]
    Redirect,
    /// It does not answer, or not in time.
    #[error("the provider does not answer")]
    Connection(#[source] reqwest::Error),
    /// What it answered is not HTTP that can be read.
    #[error("the answer cannot be read")]
    Http(#[from] http::Error),
    /// The address is none.
    #[error("the address cannot be read")]
    Address(#[from] url::ParseError),
}

/// The one HTTP client towards providers: it follows no redirect and unpacks nothing.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).connect_timeout(PATIENCE).build()
}

/// Requests to one provider.
pub(super) struct Fetch<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) provider: &'a Provider,
}

impl<'c> AsyncHttpClient<'c> for Fetch<'_> {
    type Error = FetchFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Fetch<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchFault> {
        let address = request.uri().to_string();
        if !self.provider.is_at(&address.parse()?) {
            return Err(FetchFault::Elsewhere(address));
        }
        let mut answer = self.client.execute(request.try_into().map_err(FetchFault::Connection)?).await.map_err(FetchFault::Connection)?;
        if answer.status().is_redirection() {
            return Err(FetchFault::Redirect);
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(FetchFault::Connection)? {
            if body.len() + piece.len() > MAX_BYTES {
                return Err(FetchFault::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let mut response = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(body)?)
    }
}
