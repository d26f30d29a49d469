//! Regular expressions written in the source.

use regex::Regex;

/// `pattern`, compiled; for literal patterns alone, each of which a test compiles.
#[allow(clippy::expect_used, reason = "literal patterns, compiled by a test")]
pub(crate) fn literal(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}
