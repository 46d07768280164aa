//! The key that a provider signs with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{
    Signature, SigningKey,
    signature::{Signer, Verifier},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kernel::ids::Ids;

/// A key of ES256.
pub(super) struct Key {
    signing: SigningKey,
    id: String,
}

impl Key {
    /// A new key.
    pub(super) fn fresh(ids: &Ids) -> Self {
        let signing = loop {
            // All but a few of the 2^256 numbers are keys.
            if let Ok(signing) = SigningKey::from_slice(&ids.secret()) {
                break signing;
            }
        };
        let (x, y) = coordinates(&signing);
        // The thumbprint: its members in this order. Source: RFC 7638, section 3.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Self { signing, id: URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)) }
    }

    /// The public half as a JSON Web Key.
    pub(super) fn jwk(&self) -> Value {
        let (x, y) = coordinates(&self.signing);
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.id, "use": "sig", "alg": "ES256" })
    }

    /// The claims as a signed JSON Web Token.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let signed = format!("{}.{}", encode(&self.header()), encode(claims));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// The claims of a token that this key has signed; nothing where it is any other.
    pub(super) fn verified(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        self.signing.verifying_key().verify(signed.as_bytes(), &signature).ok()?;
        (decode(header)? == self.header()).then(|| decode(claims))?
    }

    fn header(&self) -> Value {
        json!({ "alg": "ES256", "kid": self.id, "typ": "JWT" })
    }
}

fn coordinates(key: &SigningKey) -> (String, String) {
    let point = key.verifying_key().to_sec1_point(false);
    // Uncompressed: one byte that says so, then the two of 32 bytes each.
    let (x, y) = point.as_bytes()[1..].split_at(32);
    (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decode(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_what_it_signed_and_nothing_else() {
        let ids = Ids::seeded(1);
        let (key, other) = (Key::fresh(&ids), Key::fresh(&ids));
        let claims = json!({ "sub": "reader.flen" });
        let token = key.sign(&claims);
        assert_eq!(key.verified(&token), Some(claims));
        assert_eq!(other.verified(&token), None);
        let parts: Vec<_> = token.split('.').collect();
        let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), parts[1]);
        let changed = format!("{}.{}.{}", parts[0], encode(&json!({ "sub": "dso" })), parts[2]);
        for forged in ["", ".", "..", "a.b.c", &unsigned, &changed, parts[1]] {
            assert_eq!(key.verified(forged), None, "{forged}");
        }
    }
}
