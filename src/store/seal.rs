//! Encryption of what is kept: XChaCha20-Poly1305 (RFC 8439 with the longer nonce), a random nonce for each
//! text. What a text belongs to is authenticated with it, so that rows cannot be swapped.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::Key;

const NONCE_BYTES: usize = 24;

/// Encrypts and decrypts with one key.
pub(super) struct Seal(XChaCha20Poly1305);

impl Seal {
    pub(super) fn new(key: &Key) -> Self {
        Self(XChaCha20Poly1305::new(key.bytes().into()))
    }

    /// Nonce and ciphertext of `plain`, which belongs to `place`. None without random bytes.
    pub(super) fn seal(&self, place: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let cipher = self.0.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([nonce.as_slice(), &cipher].concat())
    }

    /// What was sealed for `place`; none if it was not, or with another key, or is damaged.
    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, cipher) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: cipher, aad: place.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_key_and_place_open_it() {
        let seal = |digit: &str| Seal::new(&Key::parse(&digit.repeat(64)).unwrap());
        let mut sealed = seal("a").seal("here", b"a lump").unwrap();
        assert_ne!(sealed, seal("a").seal("here", b"a lump").unwrap(), "nonces differ");
        assert_eq!(seal("a").open("here", &sealed).unwrap(), b"a lump");
        assert_eq!(seal("b").open("here", &sealed), None);
        assert_eq!(seal("a").open("there", &sealed), None);
        assert_eq!(seal("a").open("here", &sealed[..10]), None);
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(seal("a").open("here", &sealed), None);
    }
}
