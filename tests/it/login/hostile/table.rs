//! The forged tokens: what is wrong with each, and the reason with which it is refused.

use samverkan::auth::token::TokenFault::{self, *};
use serde_json::{Value, json};

use super::{Draft, Signing};
use crate::support::fake_provider::{Key, message};

/// What is wrong, why it is refused, and how it is made.
pub(super) type Forgery = (&'static str, TokenFault, fn(&mut Draft));
/// What is unusual and right, and how it is made.
pub(super) type Right = (&'static str, fn(&mut Draft));

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const YEAR_9999: i64 = 253_402_300_799;

fn stranger() -> Key {
    Key::new("a-key-of-nobody", 99)
}

/// Shows a second key, or the first with something else about it.
fn second_key(d: &mut Draft, key: &Key) {
    d.keys.push(key.jwk());
}

fn changed_key(d: &mut Draft, member: &str, value: Value) {
    d.keys[0][member] = value;
}

/// Wrong in tokens of all three kinds.
pub(super) const COMMON: &[Forgery] = &[
    // When.
    ("nbf is an hour ahead", NotYetValid, |d| d.claim("nbf", d.now + HOUR)),
    ("nbf is 61 s ahead", NotYetValid, |d| d.claim("nbf", d.now + 61)),
    ("iat is an hour ahead", IssuedInFuture, |d| {
        d.claim("iat", d.now + HOUR);
        d.claim("exp", d.now + 2 * HOUR);
    }),
    ("iat is 61 s ahead", IssuedInFuture, |d| d.claim("iat", d.now + 61)),
    ("iat is 10 years ago", IssuedLongAgo, |d| d.claim("iat", d.now - 3652 * DAY)),
    ("exp is in the year 9999", ValidTooLong, |d| d.claim("exp", YEAR_9999)),
    ("exp is a second later than any real token's", ValidTooLong, |d| d.claim("exp", d.now + 25 * HOUR + 1)),
    ("exp was an hour ago", Expired, |d| d.claim("exp", d.now - HOUR)),
    ("exp was 61 s ago", Expired, |d| d.claim("exp", d.now - 61)),
    ("exp was in 1970", Expired, |d| d.claim("exp", 0)),
    ("no exp", Claims, |d| d.without("exp")),
    ("exp is text", Claims, |d| d.claim("exp", (d.now + 300).to_string())),
    ("exp is null", Claims, |d| d.claim("exp", Value::Null)),
    ("exp is true", Claims, |d| d.claim("exp", true)),
    ("exp is a list", Claims, |d| d.claim("exp", json!([d.now + 300]))),
    ("exp is an object", Claims, |d| d.claim("exp", json!({ "at": d.now + 300 }))),
    ("exp is before 1970", Claims, |d| d.claim("exp", -1)),
    ("exp is after 9999", Claims, |d| d.claim("exp", YEAR_9999 + 1)),
    ("exp is more than any number of seconds", Claims, |d| d.claim("exp", u64::MAX)),
    ("exp is a huge fraction", Claims, |d| d.claim("exp", 1e300)),
    ("no iat", Claims, |d| d.without("iat")),
    ("iat is text", Claims, |d| d.claim("iat", d.now.to_string())),
    ("iat is false", Claims, |d| d.claim("iat", false)),
    ("nbf is text", Claims, |d| d.claim("nbf", (d.now - 1).to_string())),
    ("nbf is null", Claims, |d| d.claim("nbf", Value::Null)),
    // From whom.
    ("iss with a slash at the end", Issuer, |d| d.claim("iss", format!("{}/", d.provider.issuer))),
    ("iss in capitals", Issuer, |d| d.claim("iss", d.provider.issuer.to_uppercase())),
    ("iss with a space", Issuer, |d| d.claim("iss", format!("{} ", d.provider.issuer))),
    ("iss with another scheme", Issuer, |d| d.claim("iss", d.provider.issuer.replace("http:", "https:"))),
    ("another iss", Issuer, |d| d.claim("iss", "https://login.example")),
    ("an empty iss", Issuer, |d| d.claim("iss", "")),
    ("no iss", Claims, |d| d.without("iss")),
    ("iss is a list", Claims, |d| d.claim("iss", json!([d.provider.issuer]))),
    ("iss is a number", Claims, |d| d.claim("iss", 1)),
    ("another tid", Tenant, |d| d.claim("tid", "tenant-of-another")),
    ("tid in capitals", Tenant, |d| d.claim("tid", d.provider.tenant.clone().unwrap().to_uppercase())),
    ("no tid", Tenant, |d| d.without("tid")),
    ("tid is a number", Claims, |d| d.claim("tid", 7)),
    ("tid is a list", Claims, |d| d.claim("tid", json!([d.provider.tenant]))),
    // For whom.
    ("aud of another", Audience, |d| d.claim("aud", "another-program")),
    ("aud in capitals", Audience, |d| d.claim("aud", d.claims["aud"].as_str().unwrap().to_uppercase())),
    ("aud is empty", Audience, |d| d.claim("aud", "")),
    ("aud is an empty list", Audience, |d| d.claim("aud", json!([]))),
    ("no aud", Claims, |d| d.without("aud")),
    ("aud is a number", Claims, |d| d.claim("aud", 1)),
    ("aud is null", Claims, |d| d.claim("aud", Value::Null)),
    ("aud is an object", Claims, |d| d.claim("aud", json!({ "id": d.claims["aud"] }))),
    ("aud is a list with a number", Claims, |d| d.claim("aud", json!([d.claims["aud"], 1]))),
    ("aud is a list in a list", Claims, |d| d.claim("aud", json!([[d.claims["aud"]]]))),
    // Of whom.
    ("sub is a number", Claims, |d| d.claim("sub", 1)),
    ("sub is null", Claims, |d| d.claim("sub", Value::Null)),
    ("sub is a list", Claims, |d| d.claim("sub", json!(["somebody"]))),
    ("sub is empty", Subject, |d| d.claim("sub", "")),
    ("sub is a space", Subject, |d| d.claim("sub", " ")),
    ("sub is longer than any", Subject, |d| d.claim("sub", "s".repeat(256))),
    ("sub has a zero in it", Subject, |d| d.claim("sub", "some\0body")),
    ("sid is a number", Claims, |d| d.claim("sid", 1)),
    ("sid is empty", Claims, |d| d.claim("sid", "")),
    ("sid is longer than any", Claims, |d| d.claim("sid", "s".repeat(256))),
    // Signed how.
    ("alg none", Algorithm, |d| {
        d.head("alg", "none");
        d.signing = Signing::Nothing;
    }),
    ("alg None", Algorithm, |d| {
        d.head("alg", "None");
        d.signing = Signing::Nothing;
    }),
    ("HS256 with the client's secret", Algorithm, |d| {
        d.head("alg", "HS256");
        d.signing = Signing::Secret(d.provider.client_secret.0.clone().into_bytes());
    }),
    ("HS256 with the client's secret and no kid", Algorithm, |d| {
        d.head("alg", "HS256");
        d.header.remove("kid");
        d.signing = Signing::Secret(d.provider.client_secret.0.clone().into_bytes());
    }),
    ("HS256 with the public key", Algorithm, |d| {
        d.head("alg", "HS256");
        d.signing = Signing::Secret(d.key.public_bytes());
    }),
    ("HMAC that says ES256", Signature, |d| d.signing = Signing::Secret(d.provider.client_secret.0.clone().into_bytes())),
    ("alg of another curve", Algorithm, |d| d.head("alg", "ES384")),
    ("alg of another kind of key", Algorithm, |d| d.head("alg", "RS256")),
    ("alg in small letters", Algorithm, |d| d.head("alg", "es256")),
    ("alg that nobody knows", Algorithm, |d| d.head("alg", "ES256; none")),
    ("alg is a list", Algorithm, |d| d.head("alg", json!(["ES256"]))),
    ("alg is null", Algorithm, |d| d.head("alg", Value::Null)),
    ("alg is a number", Algorithm, |d| d.head("alg", 256)),
    ("no alg", Algorithm, |d| drop(d.header.remove("alg"))),
    ("crit", Critical, |d| d.head("crit", json!(["exp"]))),
    ("crit is empty", Critical, |d| d.head("crit", json!([]))),
    ("crit with an unencoded payload", Critical, |d| {
        d.head("b64", false);
        d.head("crit", json!(["b64"]));
    }),
    ("jwk, whose key it is", KeyInHeader, |d| {
        d.head("jwk", stranger().jwk());
        d.signing = Signing::OtherKey(stranger());
    }),
    ("jwk, the provider's own", KeyInHeader, |d| d.head("jwk", d.key.jwk())),
    ("jku", KeyInHeader, |d| d.head("jku", "https://keys.example/keys")),
    ("x5u", KeyInHeader, |d| d.head("x5u", "https://keys.example/certificate")),
    ("x5c", KeyInHeader, |d| d.head("x5c", json!(["MIIB"]))),
    // With which key.
    ("no kid, two keys", NoKeyId, |d| {
        d.header.remove("kid");
        second_key(d, &stranger());
    }),
    ("no kid, no key", NoKeyId, |d| {
        d.header.remove("kid");
        d.keys.clear();
    }),
    ("a kid of nobody", UnknownKey, |d| d.head("kid", "a-key-of-nobody")),
    ("a kid, no key", UnknownKey, |d| d.keys.clear()),
    ("kid is empty", UnknownKey, |d| d.head("kid", "")),
    ("kid in capitals", UnknownKey, |d| d.head("kid", d.key.kid.to_uppercase())),
    ("kid is a path", UnknownKey, |d| d.head("kid", "../../../../dev/null")),
    ("kid is SQL", UnknownKey, |d| d.head("kid", "' OR '1'='1")),
    ("kid is an address", UnknownKey, |d| d.head("kid", "https://keys.example/key")),
    ("a kid that two keys have", AmbiguousKey, |d| second_key(d, &Key::new(&d.key.kid.clone(), 99))),
    ("kid is a number", NotAToken, |d| d.head("kid", 1)),
    ("kid is null", NotAToken, |d| d.head("kid", Value::Null)),
    ("kid is a list", NotAToken, |d| d.head("kid", json!([d.key.kid]))),
    ("a key for encryption", UnfitKey, |d| changed_key(d, "use", json!("enc"))),
    ("a key for another alg", UnfitKey, |d| changed_key(d, "alg", json!("ES384"))),
    ("a key for an alg that nobody knows", UnknownKey, |d| changed_key(d, "alg", json!("ECDH-ES"))),
    ("the kid of another key of the provider", Signature, |d| {
        second_key(d, &stranger());
        d.head("kid", stranger().kid);
    }),
    ("a stranger's key under the right kid", Signature, |d| d.signing = Signing::OtherKey(stranger())),
    // With which signature.
    ("no signature", Signature, |d| d.signing = Signing::Nothing),
    ("a signature of zeros", Signature, |d| d.signing = Signing::Bytes(vec![0; 64])),
    ("a signature of ones", Signature, |d| d.signing = Signing::Bytes(vec![255; 64])),
    ("a signature of one byte", Signature, |d| d.signing = Signing::Bytes(vec![1])),
    ("a signature in the other spelling", Signature, |d| d.signing = Signing::Der),
    ("a signature with something behind it", Signature, |d| d.afterwards = |token| format!("{token}AAAA")),
    ("claims that were not signed", Signature, |d| {
        d.afterwards = |token| {
            let [header, claims, signature] = parts(&token);
            let other = String::from_utf8(decoded(claims)).unwrap().replace("somebody", "some-one");
            format!("{header}.{}.{signature}", super::base64(other.as_bytes()))
        }
    }),
    ("a header that was not signed", Signature, |d| {
        d.afterwards = |token| {
            let [header, claims, signature] = parts(&token);
            let other = String::from_utf8(decoded(header)).unwrap().replace('{', "{\"more\":1,");
            format!("{}.{claims}.{signature}", super::base64(other.as_bytes()))
        }
    }),
    // In which form.
    ("alg twice", DuplicateMember, |d| {
        let header = json!(d.header).to_string();
        d.header_text = Some(header.replace('{', "{\"alg\":\"none\","));
    }),
    ("sub twice", DuplicateMember, |d| d.claim_text("\"sub\":\"another\"")),
    ("iss twice, both the same", DuplicateMember, |d| d.claim_text(&format!("\"iss\":\"{}\"", d.provider.issuer))),
    ("exp twice, once in disguise", DuplicateMember, |d| d.claim_text("\"\\u0065xp\":9999999999")),
    ("nothing", NotAToken, |d| d.afterwards = |_| String::new()),
    ("dots only", NotAToken, |d| d.afterwards = |_| "..".to_owned()),
    ("one part", NotAToken, |d| d.afterwards = |token| token.replace('.', "")),
    ("two parts", NotAToken, |d| d.afterwards = |token| token.rsplit_once('.').unwrap().0.to_owned()),
    ("four parts", NotAToken, |d| d.afterwards = |token| format!("{token}.e30")),
    ("five parts, as if encrypted", NotAToken, |d| d.afterwards = |token| format!("{token}.e30.e30")),
    ("padding", NotAToken, |d| d.afterwards = |token| format!("{token}==")),
    ("the other alphabet", NotAToken, |d| d.afterwards = |token| token.replacen('.', ".+/", 1)),
    ("a space in front", NotAToken, |d| d.afterwards = |token| format!(" {token}")),
    ("a line break behind", NotAToken, |d| d.afterwards = |token| format!("{token}\n")),
    ("a header that is a list", NotAToken, |d| d.header_text = Some(json!([d.header]).to_string())),
    ("a header that is no JSON", NotAToken, |d| d.header_text = Some("alg: ES256".to_owned())),
    ("claims that are a list", NotAToken, |d| d.claims_text = Some(json!([d.claims]).to_string())),
    ("claims that are null", NotAToken, |d| d.claims_text = Some("null".to_owned())),
    ("claims that are empty", NotAToken, |d| d.claims_text = Some(String::new())),
    ("claims with something behind them", NotAToken, |d| d.claims_text = Some(format!("{}{{}}", json!(d.claims)))),
    ("claims with a mark of byte order", NotAToken, |d| d.claims_text = Some(format!("\u{feff}{}", json!(d.claims)))),
    ("claims that are nested without end", NotAToken, |d| {
        d.claim_text(&format!("\"deep\":{}{}", "[".repeat(2_000), "]".repeat(2_000)));
    }),
    ("claims that are no text", NotAToken, |d| {
        d.afterwards = |token| {
            let [header, _, signature] = parts(&token);
            let (_, claims) = message(b"", b"{\"sub\":\"\xff\xfe\"}").split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            format!("{header}.{claims}.{signature}")
        }
    }),
    ("longer than any real token", TooLong, |d| d.claim("padding", "x".repeat(33_000))),
];

/// Wrong in ID tokens.
pub(super) const ID: &[Forgery] = &[
    ("typ of an access token", Type, |d| d.head("typ", "at+jwt")),
    ("typ of an access token, in full", Type, |d| d.head("typ", "application/at+jwt")),
    ("typ of a logout token", Type, |d| d.head("typ", "logout+jwt")),
    ("typ of an event", Type, |d| d.head("typ", "secevent+jwt")),
    ("typ is empty", Type, |d| d.head("typ", "")),
    ("typ is a number", Type, |d| d.head("typ", 1)),
    ("typ is null", Type, |d| d.head("typ", Value::Null)),
    ("iat was 11 minutes and a second ago", IssuedLongAgo, |d| d.claim("iat", d.now - 661)),
    ("aud with another beside", Audience, |d| d.claim("aud", json!([d.provider.client_id, "another-program"]))),
    ("aud twice the same", Audience, |d| d.claim("aud", json!([d.provider.client_id, d.provider.client_id]))),
    ("aud of the access tokens", Audience, |d| d.claim("aud", super::AUDIENCE)),
    ("azp of another client", AuthorizedParty, |d| d.claim("azp", "another-program")),
    ("azp is empty", AuthorizedParty, |d| d.claim("azp", "")),
    ("azp is a number", Claims, |d| d.claim("azp", 1)),
    ("azp is a list", Claims, |d| d.claim("azp", json!([d.provider.client_id]))),
    ("no sub", Subject, |d| d.without("sub")),
    ("no nonce", Nonce, |d| d.without("nonce")),
    ("another nonce", Nonce, |d| d.claim("nonce", "the-nonce-of-another-login")),
    ("nonce is empty", Nonce, |d| d.claim("nonce", "")),
    ("nonce is a number", Claims, |d| d.claim("nonce", 1)),
    ("nonce is a list", Claims, |d| d.claim("nonce", json!([d.claims["nonce"]]))),
    ("events of a logout token", Events, |d| {
        d.claim("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    }),
    ("events is null", Events, |d| d.claim("events", Value::Null)),
];

/// Wrong in logout tokens.
pub(super) const LOGOUT: &[Forgery] = &[
    ("typ of an access token", Type, |d| d.head("typ", "at+jwt")),
    ("typ is a number", Type, |d| d.head("typ", 1)),
    ("iat was 11 minutes and a second ago", IssuedLongAgo, |d| d.claim("iat", d.now - 661)),
    ("aud with another beside", Audience, |d| d.claim("aud", json!([d.provider.client_id, "another-program"]))),
    ("azp of another client", AuthorizedParty, |d| d.claim("azp", "another-program")),
    ("nonce", Nonce, |d| d.claim("nonce", super::NONCE)),
    ("nonce is null", Nonce, |d| d.claim("nonce", Value::Null)),
    ("no events", Events, |d| d.without("events")),
    ("events is a list", Events, |d| d.claim("events", json!(["http://schemas.openid.net/event/backchannel-logout"]))),
    ("events is text", Events, |d| d.claim("events", "http://schemas.openid.net/event/backchannel-logout")),
    ("events of another kind", Events, |d| d.claim("events", json!({ "http://schemas.openid.net/event/other": {} }))),
    ("an event that is text", Events, |d| {
        d.claim("events", json!({ "http://schemas.openid.net/event/backchannel-logout": "" }));
    }),
    ("no jti", TokenId, |d| d.without("jti")),
    ("jti is empty", TokenId, |d| d.claim("jti", "")),
    ("jti is longer than any", TokenId, |d| d.claim("jti", "j".repeat(256))),
    ("jti is a number", Claims, |d| d.claim("jti", 1)),
    ("neither sub nor sid", NobodyToLogOut, |d| {
        d.without("sub");
        d.without("sid");
    }),
];

/// Wrong in access tokens.
pub(super) const ACCESS: &[Forgery] = &[
    ("no typ", Type, |d| drop(d.header.remove("typ"))),
    ("typ of an ID token", Type, |d| d.head("typ", "JWT")),
    ("typ of a logout token", Type, |d| d.head("typ", "logout+jwt")),
    ("typ is a list", Type, |d| d.head("typ", json!(["at+jwt"]))),
    ("aud of the ID tokens", Audience, |d| d.claim("aud", d.provider.client_id.clone())),
    ("aud begins as ours", Audience, |d| d.claim("aud", format!("{}/other", super::AUDIENCE))),
    ("events of a logout token", Events, |d| d.claim("events", json!({}))),
    ("no sub", Subject, |d| d.without("sub")),
    ("iat was 25 hours and 61 s ago", IssuedLongAgo, |d| d.claim("iat", d.now - 25 * HOUR - 61)),
];

/// Unusual, and right, in tokens of all three kinds: so that a test that refuses everything fails.
pub(super) const RIGHT: &[Right] = &[
    ("nothing unusual", |_| {}),
    ("exp was 59 s ago", |d| d.claim("exp", d.now - 59)),
    ("nbf is 59 s ahead", |d| d.claim("nbf", d.now + 59)),
    ("iat is 59 s ahead", |d| d.claim("iat", d.now + 59)),
    ("iat was 10 minutes and 59 s ago", |d| d.claim("iat", d.now - 659)),
    ("exp in 25 hours", |d| d.claim("exp", d.now + 25 * HOUR)),
    ("instants with a fraction", |d| {
        d.claim("iat", json!(1.5 + f64::from(i32::try_from(d.now).unwrap())));
        d.claim("nbf", json!(0.5 + f64::from(i32::try_from(d.now).unwrap())));
    }),
    ("no kid, one key", |d| drop(d.header.remove("kid"))),
    ("a key of which nothing is said", |d| {
        let key = d.keys[0].as_object_mut().unwrap();
        key.remove("use");
        key.remove("alg");
    }),
    ("a second key", |d| second_key(d, &stranger())),
    ("a type in capitals and in full", |d| d.head("typ", format!("application/{}", d.header["typ"].as_str().unwrap().to_uppercase()))),
    ("aud in a list", |d| d.claim("aud", json!([d.claims["aud"]]))),
    ("a header that is of no concern", |d| d.head("x5t", "thumbprint")),
    ("claims of other forms that are of no concern", |d| {
        d.claim("email_verified", "true");
        d.claim("updated_at", "2026-11-22T11:00:00Z");
        d.claim("auth_time", d.now.to_string());
        d.claim("address", 1);
        d.claim("name", json!(["somebody"]));
    }),
];

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

fn decoded(part: &str) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.decode(part).unwrap()
}
