//! Names and tokens of sessions: random, and only the token's hash is kept.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256 of a token. A token is 256 random bits, so that a fast hash is enough.
#[derive(Clone, Copy)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// Whether `token` is the one; takes the same time for every wrong one.
    pub(crate) fn is_of(self, token: &str) -> bool {
        self.0.ct_eq(&Self::of(token).0).into()
    }
}

/// `N` random bytes in hexadecimal digits. None if the operating system gives none.
pub(crate) fn random_hex<const N: usize>() -> Option<String> {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no random bytes");
        return None;
    }
    Some(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_token_and_no_two_are_alike() {
        let (one, other) = (random_hex::<32>().unwrap(), random_hex::<32>().unwrap());
        assert_eq!((one.len(), one == other), (64, false));
        let hash = TokenHash::of(&one);
        assert!(hash.is_of(&one) && !hash.is_of(&other) && !hash.is_of(""));
    }
}
