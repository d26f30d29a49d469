//! Lines to running text: a word that a line end divides is put together again.

use std::collections::HashSet;

/// Beginnings of words that are written with a hyphen more often than not.
const KEEPS_HYPHEN: &[&str] = &[
    "after", "all", "anti", "bi", "by", "check", "co", "cross", "day", "dose", "eight", "ex", "five",
    "follow", "four", "full", "half", "hand", "health", "high", "home", "in", "inter", "intra", "ill",
    "left", "life", "long", "low", "mid", "multi", "new", "nine", "non", "off", "old", "on", "one", "open",
    "out", "over", "part", "post", "pre", "re", "right", "seven", "self", "semi", "short", "side", "six",
    "so", "sub", "ten", "three", "time", "two", "un", "under", "up", "well", "year",
];

/// Words that stand behind a part with a hyphen of its own: "pre- and post-operative".
const LINKS: &[&str] = &["and", "or", "to", "und", "oder", "et", "ou", "bis"];

/// The words of a document as they stand within lines.
#[derive(Debug, Default)]
pub(super) struct Words {
    seen: HashSet<String>,
}

/// Most words that are remembered.
const MAX_WORDS: usize = 200_000;

impl Words {
    /// Takes the words of a line but its first and last, which may be parts.
    pub(super) fn add(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for word in words.iter().take(words.len().saturating_sub(1)).skip(1) {
            let word = bare(word);
            if self.seen.len() < MAX_WORDS && word.chars().count() > 3 {
                self.seen.insert(word.to_lowercase());
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        self.seen.contains(&word.to_lowercase())
    }
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Appends a line to the text of the lines before it.
pub(super) fn append(text: &mut String, line: &str, words: &Words) {
    let line = line.trim();
    if text.is_empty() || line.is_empty() {
        text.push_str(line);
        return;
    }
    if text.ends_with('\u{AD}') {
        text.pop();
        text.push_str(line);
        return;
    }
    match hyphen(text) {
        None if ends_in_tight_dash(text) => {}
        None => text.push(' '),
        Some(_) if LINKS.contains(&first_word(line)) => text.push(' '),
        Some((before, hyphen)) => {
            if !keeps_hyphen(before, first_word(line), words) {
                text.truncate(text.len() - hyphen);
            }
        }
    }
    text.push_str(line);
}

/// The part of a word that stands before a hyphen at the end of `text`, and the hyphen's length in bytes.
fn hyphen(text: &str) -> Option<(&str, usize)> {
    let hyphen = text.chars().next_back().filter(|last| matches!(last, '-' | '\u{2010}'))?;
    let text = text.strip_suffix(hyphen)?;
    let before = text.rsplit(|c: char| !(c.is_alphanumeric() || c == '-')).next()?;
    (!before.is_empty()).then_some((before, hyphen.len_utf8()))
}

/// Whether `text` ends in a dash without a space before it, as in `1–14`.
fn ends_in_tight_dash(text: &str) -> bool {
    text.strip_suffix(['–', '—']).is_some_and(|before| before.ends_with(char::is_alphanumeric))
}

fn first_word(line: &str) -> &str {
    line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

/// Whether a hyphen at a line end belongs to the word. The document tells where it has the word elsewhere.
fn keeps_hyphen(before: &str, after: &str, words: &Words) -> bool {
    let (joined, hyphenated) = (format!("{before}{after}"), format!("{before}-{after}"));
    if words.has(&hyphenated) {
        return true;
    }
    if words.has(&joined) {
        return false;
    }
    let is_plain = before.chars().count() > 1
        && before.chars().skip(1).all(char::is_lowercase)
        && !after.is_empty()
        && after.chars().all(char::is_lowercase);
    !is_plain || KEEPS_HYPHEN.contains(&before.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(parts: [&str; 2], others: &str) -> String {
        let (mut words, mut text) = (Words::default(), String::new());
        words.add(others);
        parts.iter().for_each(|part| append(&mut text, part, &words));
        text
    }

    #[test]
    fn a_word_that_the_line_end_divides_is_put_together() {
        assert_eq!(joined(["the treat-", "ment works"], ""), "the treatment works");
        assert_eq!(joined(["the treat\u{AD}", "ment works"], ""), "the treatment works");
        assert_eq!(joined(["the treat\u{2010}", "ment works"], ""), "the treatment works");
        assert_eq!(joined(["one", "two"], ""), "one two");
    }

    #[test]
    fn a_hyphen_that_belongs_to_the_word_stays() {
        assert_eq!(joined(["a follow-", "up visit"], ""), "a follow-up visit");
        assert_eq!(joined(["a state-of-the-", "art ward"], ""), "a state-of-the-art ward");
        assert_eq!(joined(["an X-", "ray"], ""), "an X-ray");
        assert_eq!(joined(["vitamin B-", "complex"], ""), "vitamin B-complex");
        assert_eq!(joined(["the Saint-", "Denis ward"], ""), "the Saint-Denis ward");
        assert_eq!(joined(["pre-", "and post-operative"], ""), "pre- and post-operative");
        assert_eq!(joined(["on days 3-", "5"], ""), "on days 3-5");
        assert_eq!(joined(["on days 3–", "5"], ""), "on days 3–5");
        assert_eq!(joined(["Monday –", "Friday"], ""), "Monday – Friday");
    }

    #[test]
    fn the_document_tells_how_it_writes_a_word() {
        assert_eq!(joined(["a wound-", "care nurse"], "ask the wound-care nurse"), "a wound-care nurse");
        assert_eq!(joined(["please pre-", "pare well"], "you should prepare well"), "please prepare well");
    }
}
