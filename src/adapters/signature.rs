//! Proof that a call comes from the desk: keyed hashes over the bytes as they came, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::model::Rejection;

/// How far a signed time may be from the clock here, in seconds.
const CLOCK_WINDOW_SECS: u64 = 300;

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) of `parts` one after the other.
#[must_use]
pub(super) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// HMAC-SHA1, which some desks still sign with.
#[must_use]
pub(super) fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// Whether `given` is `wanted`, found out in a time that does not depend on where they differ.
#[must_use]
pub(super) fn is_same(given: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && bool::from(given.ct_eq(wanted))
}

/// Checks a signature written in hexadecimal digits after `prefix`.
///
/// # Errors
/// It is missing or another's.
pub(super) fn check_hex(given: Option<&str>, prefix: &str, wanted: &[u8]) -> Result<(), Rejection> {
    let given = given.and_then(|given| given.trim().strip_prefix(prefix));
    let bytes = given.and_then(|digits| hex::decode(digits).ok()).ok_or(Rejection::NotProven)?;
    if is_same(&bytes, wanted) { Ok(()) } else { Err(Rejection::NotProven) }
}

/// Checks the secret that stands in the hook's address.
///
/// # Errors
/// It is missing or another.
pub(super) fn check_path(given: Option<&str>, secret: &str) -> Result<(), Rejection> {
    let given = given.ok_or(Rejection::NotProven)?;
    if is_same(given.as_bytes(), secret.as_bytes()) { Ok(()) } else { Err(Rejection::NotProven) }
}

/// Checks a signed time in seconds since 1970.
///
/// # Errors
/// It is missing or too far away.
pub(super) fn check_time(given: Option<&str>, now: u64) -> Result<(), Rejection> {
    let signed: u64 = given.and_then(|given| given.trim().parse().ok()).ok_or(Rejection::NotProven)?;
    if signed.abs_diff(now) <= CLOCK_WINDOW_SECS { Ok(()) } else { Err(Rejection::OutOfTime) }
}

/// The key of a Standard Webhooks secret: base64 after `whsec_`; any other text is the key itself.
#[must_use]
pub fn webhook_key(secret: &str) -> Vec<u8> {
    let encoded = secret.strip_prefix("whsec_");
    encoded.and_then(|text| STANDARD.decode(text).ok()).unwrap_or_else(|| secret.as_bytes().to_vec())
}

/// The signature of Standard Webhooks: `v1,` and base64 of the HMAC-SHA256 over `{id}.{time}.{body}`.
#[must_use]
pub fn webhook_signature(key: &[u8], id: &str, time: &str, body: &[u8]) -> String {
    let signed = hmac_sha256(key, &[id.as_bytes(), b".", time.as_bytes(), b".", body]);
    format!("v1,{}", STANDARD.encode(signed))
}

/// Checks a list of such signatures, separated by spaces, of which one must be right.
///
/// # Errors
/// None is.
pub(super) fn check_webhook(
    given: Option<&str>,
    key: &[u8],
    id: &str,
    time: &str,
    body: &[u8],
) -> Result<(), Rejection> {
    let wanted = webhook_signature(key, id, time, body);
    let mut any = false;
    for signature in given.unwrap_or_default().split(' ') {
        any |= is_same(signature.as_bytes(), wanted.as_bytes());
    }
    if any { Ok(()) } else { Err(Rejection::NotProven) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_vectors() {
        // RFC 4231, test case 2.
        let sha256 = hmac_sha256(b"Jefe", &[b"what do ya ", b"want for nothing?"]);
        assert_eq!(hex::encode(sha256), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        // RFC 2202, test case 2.
        let sha1 = hmac_sha1(b"Jefe", &[b"what do ya want for nothing?"]);
        assert_eq!(hex::encode(sha1), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }

    #[test]
    fn a_webhook_is_signed_as_the_standard_publishes_it() {
        // The example of the Standard Webhooks libraries.
        let key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, time, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(webhook_signature(&key, id, time, body), signature);
        assert_eq!(check_webhook(Some(&format!("v1,AAAA {signature}")), &key, id, time, body), Ok(()));
        for wrong in [None, Some(""), Some("v1,AAAA"), Some("v2,g0hM9SsE")] {
            assert_eq!(check_webhook(wrong, &key, id, time, body), Err(Rejection::NotProven));
        }
        assert!(check_webhook(Some(signature), &key, id, "1614265331", body).is_err());
    }

    #[test]
    fn times_far_away_and_secrets_that_are_not_there_are_refused() {
        assert_eq!(check_time(Some("1000"), 1300), Ok(()));
        assert_eq!(check_time(Some("1601"), 1300), Err(Rejection::OutOfTime));
        assert_eq!(check_time(Some("999"), 1300), Err(Rejection::OutOfTime));
        assert_eq!(check_time(None, 1300), Err(Rejection::NotProven));
        assert_eq!(check_path(Some("abc"), "abc"), Ok(()));
        for (given, secret) in [(None, "abc"), (Some("abd"), "abc"), (Some(""), ""), (Some("ab"), "abc")] {
            assert_eq!(check_path(given, secret), Err(Rejection::NotProven));
        }
        assert_eq!(check_hex(Some("sha1=00ff"), "sha1=", &[0, 255]), Ok(()));
        assert!(check_hex(Some("00ff"), "sha1=", &[0, 255]).is_err());
        assert!(check_hex(Some("sha1=zz"), "sha1=", &[0, 255]).is_err());
    }
}
