//! API keys: made, kept as hashes, recognised.
//!
//! A key is 256 random bits behind a short public id, so that a plain hash is enough to keep and the id can
//! stand in lists and logs. The file is text that an operator can read; it is written whole, beside the old one,
//! and put in its place.

mod file;
mod scope;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

pub use file::KeysError;
pub use scope::{Scope, UnknownScope};

use crate::document::sha256_hex;

/// What every key begins with, so that one that leaked is found by its look.
pub const KEY_PREFIX: &str = "ibid_";
const ID_DIGITS: usize = 8;
const SECRET_DIGITS: usize = 64;
/// Longest name of a key, in characters.
const MAX_NAME_CHARS: usize = 60;

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Public, 8 hexadecimal digits.
    pub id: String,
    /// Whose it is, in the operator's words.
    pub name: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// SHA-256 of the whole key, in hexadecimal digits.
    pub sha256: String,
    /// When it was made, in seconds since 1970.
    pub made: u64,
}

/// The keys of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeys {
    #[serde(default, rename = "key")]
    keys: Vec<ApiKey>,
}

impl ApiKeys {
    /// Makes a key and gives it, for the only time. None without random bytes, or where the name is taken,
    /// empty or too long.
    pub fn make(&mut self, name: &str, scopes: &[Scope], now: u64) -> Option<String> {
        let name = name.trim();
        let fits =
            !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS && !name.contains(char::is_control);
        if !fits || self.find(name).is_some() {
            return None;
        }
        let mut bytes = [0; (ID_DIGITS + SECRET_DIGITS) / 2];
        getrandom::fill(&mut bytes).ok()?;
        let digits = hex::encode(bytes);
        let (id, secret) = digits.split_at_checked(ID_DIGITS)?;
        let key = format!("{KEY_PREFIX}{id}_{secret}");
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        self.keys.push(ApiKey {
            id: id.to_owned(),
            name: name.to_owned(),
            scopes,
            sha256: sha256_hex(key.as_bytes()),
            made: now,
        });
        Some(key)
    }

    /// The key with this id or name.
    #[must_use]
    pub fn find(&self, id_or_name: &str) -> Option<&ApiKey> {
        self.keys.iter().find(|key| key.id == id_or_name || key.name == id_or_name)
    }

    /// Takes the key with this id or name away, and gives what was kept of it.
    pub fn revoke(&mut self, id_or_name: &str) -> Option<ApiKey> {
        let at = self.keys.iter().position(|key| key.id == id_or_name || key.name == id_or_name)?;
        Some(self.keys.remove(at))
    }

    /// All of them, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &ApiKey> {
        self.keys.iter()
    }

    /// What is kept of `key`, if it is one of these.
    #[must_use]
    pub fn recognise(&self, key: &str) -> Option<&ApiKey> {
        let (id, _) = key.strip_prefix(KEY_PREFIX)?.split_once('_')?;
        let known = self.keys.iter().find(|known| known.id == id)?;
        let hash = sha256_hex(key.as_bytes());
        bool::from(hash.as_bytes().ct_eq(known.sha256.as_bytes())).then_some(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_until_it_is_revoked_and_only_its_hash_is_kept() {
        let mut keys = ApiKeys::default();
        let key = keys.make("help desk", &[Scope::Search, Scope::Ask, Scope::Ask], 1).unwrap();
        let other = keys.make("report", &[Scope::Metrics], 2).unwrap();
        assert_ne!(key, other);
        assert_eq!(keys.recognise(&key).unwrap().scopes, [Scope::Ask, Scope::Search]);
        let mut wrong = key.clone();
        wrong.pop();
        for text in ["", "ibid_", "ibid__", wrong.as_str(), &format!("{key}0"), &key.replace("ibid_", "")] {
            assert_eq!(keys.recognise(text), None, "{text}");
        }
        assert!(!toml::to_string(&keys).unwrap().contains(&key));
        assert_eq!(keys.revoke("help desk").unwrap().name, "help desk");
        assert_eq!(keys.recognise(&key), None);
        assert!(keys.recognise(&other).is_some());
    }

    #[test]
    fn names_are_told_apart() {
        let mut keys = ApiKeys::default();
        assert!(keys.make("desk", &[Scope::Ask], 1).is_some());
        for name in ["desk", " desk ", "", " ", "two\nlines", &"x".repeat(61)] {
            assert_eq!(keys.make(name, &[Scope::Ask], 1), None, "{name:?}");
        }
    }
}
