//! Login at the municipalities' OpenID providers.

mod browser;
mod real_provider;
