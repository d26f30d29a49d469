//! What a key is for.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A group of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// `ask`.
    Ask,
    /// The chat socket.
    Chat,
    /// The documents as data, and `verify`.
    Documents,
    /// `/metrics`.
    Metrics,
    /// `search`.
    Search,
    /// Visitor tokens for pages.
    Visitors,
}

/// A name that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no scope; there are {}", Scope::names())]
pub struct UnknownScope {
    name: String,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Ask, Self::Chat, Self::Documents, Self::Metrics, Self::Search, Self::Visitors];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Chat => "chat",
            Self::Documents => "documents",
            Self::Metrics => "metrics",
            Self::Search => "search",
            Self::Visitors => "visitors",
        }
    }

    fn names() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == name)
            .ok_or_else(|| UnknownScope { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scopes_name_is_what_is_written() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
        assert!("all".parse::<Scope>().unwrap_err().to_string().contains("ask, chat"));
    }
}
