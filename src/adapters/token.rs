//! Signed tokens: JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, signed with RS256, by keys that are
//! published as an OpenID provider does (OpenID Connect Discovery 1.0, RFC 7517).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;

use super::model::Rejection;

/// How far the clock of the one who signs may be from the clock here, in seconds.
const SKEW_SECS: u64 = 300;

/// Longest token that is looked at, in bytes.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Most keys that are kept of a list.
const MAX_KEYS: usize = 64;

/// What names the list of keys, and who signs with them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discovery {
    /// Who signs.
    pub issuer: String,
    /// Where the keys are listed.
    pub jwks_uri: String,
}

impl Discovery {
    /// Reads the document; none where it is another.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

/// The keys of one issuer. Empty until they are fetched.
#[derive(Clone, Default)]
pub struct Keys {
    issuer: String,
    keys: Vec<SigningKey>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("issuer", &self.issuer)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct SigningKey {
    id: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    /// The channels that it speaks for; none: any.
    endorsements: Vec<String>,
}

#[derive(Deserialize)]
struct KeyList {
    keys: Vec<ListedKey>,
}

#[derive(Deserialize)]
struct ListedKey {
    kty: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    endorsements: Vec<String>,
}

impl Keys {
    /// The RSA keys of a list; none where it is no list or has no such key. Others are passed over.
    #[must_use]
    pub fn parse(issuer: &str, body: &[u8]) -> Option<Self> {
        let list: KeyList = serde_json::from_slice(body).ok()?;
        let listed = list.keys.into_iter().filter(|key| key.kty == "RSA" && !key.kid.is_empty());
        let keys = listed.filter_map(|key| {
            Some(SigningKey {
                modulus: URL_SAFE_NO_PAD.decode(&key.n).ok().filter(|bytes| !bytes.is_empty())?,
                exponent: URL_SAFE_NO_PAD.decode(&key.e).ok().filter(|bytes| !bytes.is_empty())?,
                id: key.kid,
                endorsements: key.endorsements,
            })
        });
        let keys: Vec<SigningKey> = keys.take(MAX_KEYS).collect();
        (!keys.is_empty()).then(|| Self { issuer: issuer.to_owned(), keys })
    }

    /// Who signs with them; empty until they are fetched.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// What a token must say beside being signed.
pub(super) struct Wanted<'a> {
    pub(super) audience: &'a str,
    /// The channel that the key has to speak for, where one is named.
    pub(super) channel: Option<&'a str>,
    /// Where replies go.
    pub(super) service_url: &'a str,
    /// Seconds since 1970.
    pub(super) now: u64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: u64,
    #[serde(default)]
    nbf: u64,
    #[serde(default)]
    serviceurl: Option<String>,
    #[serde(default, rename = "serviceUrl")]
    service_url: Option<String>,
}

struct Token<'t> {
    header: Header,
    claims: Claims,
    signed: &'t str,
    signature: Vec<u8>,
}

/// Checks what stands in the header `authorization`.
///
/// # Errors
/// It is no token, another's, not valid any more or not yet, or signed with a key that is not among `keys`.
pub(super) fn check_bearer(given: Option<&str>, keys: &Keys, wanted: &Wanted<'_>) -> Result<(), Rejection> {
    let token = given.and_then(|given| given.strip_prefix("Bearer ")).and_then(Token::parse);
    let token = token.ok_or(Rejection::NotProven)?;
    // Whoever is not meant costs no look at the keys.
    if token.claims.aud != wanted.audience || wanted.audience.is_empty() {
        return Err(Rejection::NotProven);
    }
    token.claims.check_time(wanted.now)?;
    let key = keys.keys.iter().find(|key| key.id == token.header.kid).ok_or(Rejection::UnknownKey)?;
    let speaks = wanted.channel.is_none_or(|channel| key.speaks_for(channel));
    let claims = &token.claims;
    let named = claims.serviceurl.as_deref().or(claims.service_url.as_deref()).unwrap_or_default();
    let same_place = without_slash(named) == without_slash(wanted.service_url);
    if token.is_signed_with(key) && token.claims.iss == keys.issuer && speaks && same_place {
        Ok(())
    } else {
        Err(Rejection::NotProven)
    }
}

impl<'t> Token<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        (header.alg == "RS256").then_some(Self { header, claims, signed, signature })
    }

    fn is_signed_with(&self, key: &SigningKey) -> bool {
        let public = RsaPublicKeyComponents { n: &key.modulus, e: &key.exponent };
        public.verify(&RSA_PKCS1_2048_8192_SHA256, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

impl Claims {
    fn check_time(&self, now: u64) -> Result<(), Rejection> {
        let is_over = now > self.exp.saturating_add(SKEW_SECS);
        let is_to_come = now.saturating_add(SKEW_SECS) < self.nbf;
        if is_over || is_to_come { Err(Rejection::OutOfTime) } else { Ok(()) }
    }
}

impl SigningKey {
    fn speaks_for(&self, channel: &str) -> bool {
        self.endorsements.is_empty() || self.endorsements.iter().any(|endorsed| endorsed == channel)
    }
}

fn without_slash(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// What a login gives for a client's credentials (RFC 6749, 4.4).
#[derive(Deserialize)]
pub struct AccessToken {
    /// To be sent as it is.
    pub access_token: String,
    /// For how long it holds, in seconds.
    pub expires_in: u64,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl AccessToken {
    /// Reads the response; none where it is another.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let token: Self = serde_json::from_slice(body).ok()?;
        let fits = |c: char| c.is_ascii_graphic();
        (!token.access_token.is_empty() && token.access_token.chars().all(fits)).then_some(token)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// RFC 7515, A.2: a key, and what is signed with it.
    const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-\
        SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-\
        UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2e\
        thFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGb\
        ds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB\
        _eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5A\
        XLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn key(endorsements: &[&str]) -> SigningKey {
        let keys = json!({ "keys": [{ "kty": "EC" }, { "kty": "RSA", "kid": "k", "n": N, "e": "AQAB",
            "endorsements": endorsements }] });
        Keys::parse("i", keys.to_string().as_bytes()).unwrap().keys.remove(0)
    }

    fn token(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("Bearer {}.{}.AAAA", part(header), part(claims))
    }

    #[test]
    fn a_signature_is_that_of_the_published_vector() {
        let signature = URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap();
        let claims: Claims = serde_json::from_value(json!({ "iss": "", "aud": "", "exp": 0 })).unwrap();
        let header = Header { alg: String::new(), kid: String::new() };
        let mut token = Token { header, claims, signed: SIGNED, signature };
        assert!(token.is_signed_with(&key(&[])));
        token.signature[7] ^= 1;
        assert!(!token.is_signed_with(&key(&[])));
        token.signature.clear();
        assert!(!token.is_signed_with(&key(&[])));
    }

    #[test]
    fn what_is_not_meant_for_us_is_refused_before_the_keys_are_looked_at() {
        let wanted = Wanted { audience: "app", channel: None, service_url: "https://s/", now: 10_000 };
        let check = |token: &str| check_bearer(Some(token), &Keys::default(), &wanted);
        let rs256 = json!({ "alg": "RS256", "kid": "k" });
        let claims =
            json!({ "iss": "i", "aud": "app", "exp": 9_700, "nbf": 10_300, "serviceurl": "https://s" });
        assert_eq!(check(&token(&rs256, &claims)), Err(Rejection::UnknownKey));
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            check(&token(&rs256, &claims))
        };
        assert_eq!(with("aud", "other".into()), Err(Rejection::NotProven));
        assert_eq!(with("exp", 9_699.into()), Err(Rejection::OutOfTime));
        assert_eq!(with("nbf", 10_301.into()), Err(Rejection::OutOfTime));
        assert_eq!(with("exp", Value::Null), Err(Rejection::NotProven));
        for alg in ["none", "HS256", "rs256", ""] {
            assert_eq!(check(&token(&json!({ "alg": alg, "kid": "k" }), &claims)), Err(Rejection::NotProven));
        }
        for wrong in ["", "Bearer ", "Bearer a.b", "Bearer ..", "Basic a.b.c", &"Bearer a".repeat(20_000)] {
            assert_eq!(check(wrong), Err(Rejection::NotProven));
        }
        assert_eq!(check_bearer(None, &Keys::default(), &wanted), Err(Rejection::NotProven));
    }

    #[test]
    fn a_signature_of_somebody_else_proves_nothing() {
        let wanted = Wanted { audience: "app", channel: None, service_url: "https://s", now: 1 };
        let keys = Keys { issuer: "i".into(), keys: vec![key(&[])] };
        let claims = json!({ "iss": "i", "aud": "app", "exp": 9, "serviceurl": "https://s" });
        let token = token(&json!({ "alg": "RS256", "kid": "k" }), &claims);
        assert_eq!(check_bearer(Some(&token), &keys, &wanted), Err(Rejection::NotProven));
        assert!(key(&[]).speaks_for("msteams") && key(&["msteams"]).speaks_for("msteams"));
        assert!(!key(&["webchat"]).speaks_for("msteams"));
    }

    #[test]
    fn documents_of_a_provider_are_read_or_refused() {
        let discovery = json!({ "issuer": "i", "jwks_uri": "https://i/keys", "more": 1 });
        assert_eq!(Discovery::parse(discovery.to_string().as_bytes()).unwrap().jwks_uri, "https://i/keys");
        assert_eq!(Discovery::parse(b"{}"), None);
        for nothing in ["{}", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"RSA","kid":"k","n":"*","e":"AQAB"}]}"#] {
            assert!(Keys::parse("i", nothing.as_bytes()).is_none());
        }
        let access = AccessToken::parse(br#"{"token_type":"Bearer","expires_in":3600,"access_token":"a.b"}"#);
        assert!(!format!("{:?}", access.unwrap()).contains("a.b"));
        assert!(AccessToken::parse(br#"{"expires_in":3600,"access_token":"a\nb"}"#).is_none());
        assert!(AccessToken::parse(br#"{"error":"invalid_client"}"#).is_none());
    }
}
