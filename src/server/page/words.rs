//! The few words of the page's own, in the visitor's language: from the files that the chat has its words from.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Words of one language by their key.
pub(crate) struct Words {
    /// BCP 47.
    pub(super) language: &'static str,
    texts: HashMap<String, String>,
}

/// English first: it is taken where no other language is wanted.
static LANGUAGES: LazyLock<[Words; 3]> = LazyLock::new(|| {
    [
        Words::read("en", include_str!("../../../web/locales/en.json")),
        Words::read("es", include_str!("../../../web/locales/es.json")),
        Words::read("de", include_str!("../../../web/locales/de.json")),
    ]
});

impl Words {
    fn read(language: &'static str, json: &str) -> Self {
        Self { language, texts: serde_json::from_str(json).unwrap_or_default() }
    }

    /// The words in the language that `accept_language` likes best (RFC 9110, 12.5.4), as far as there is one.
    pub(crate) fn choose(accept_language: &str) -> &'static Self {
        let mut wanted: Vec<(&str, f32)> = accept_language.split(',').map(weighted).collect();
        wanted.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let [english, ..] = &*LANGUAGES;
        let found = wanted.iter().filter(|(_, weight)| *weight > 0.0).find_map(|(range, _)| {
            let primary = range.split('-').next().unwrap_or_default();
            LANGUAGES.iter().find(|words| words.language.eq_ignore_ascii_case(primary))
        });
        found.unwrap_or(english)
    }

    pub(super) fn say(&self, key: &str) -> &str {
        self.texts.get(key).map_or("", String::as_str)
    }
}

/// A language range and its weight, which is 1 where none is given and 0 where it is not a number.
fn weighted(item: &str) -> (&str, f32) {
    let (range, parameter) = item.split_once(';').unwrap_or((item, ""));
    let weight = match parameter.trim() {
        "" => 1.0,
        parameter => parameter.strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0),
    };
    (range.trim(), weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_chosen() {
        for (accept, expected) in [
            ("", "en"),
            ("de", "de"),
            ("DE-at, en;q=0.5", "de"),
            ("fr, en;q=0.2, es;q=0.8", "es"),
            ("es;q=0, de;q=0.1", "de"),
            ("es;q=x", "en"),
            ("*", "en"),
        ] {
            assert_eq!(Words::choose(accept).language, expected, "{accept}");
        }
    }

    #[test]
    fn every_language_has_the_words_of_the_page() {
        const KEYS: &str = "Contents Literature Changed Marked ToMark Back Return Gone Later Table";
        for words in LANGUAGES.iter() {
            for key in KEYS.split(' ') {
                assert!(!words.say(&format!("document{key}")).is_empty(), "{} {key}", words.language);
            }
            assert!(words.say("reviewed").contains("{date}") && words.say("page").contains("{page}"));
        }
    }
}
