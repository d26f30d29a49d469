//! Footnotes and endnotes: their texts, and the numbers that their marks show.

use std::collections::HashMap;

use super::numbering::Style;

/// Longest mark that somebody chose, in characters.
const MAX_MARK: usize = 8;

/// Where notes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Foot,
    End,
}

/// Names a note of the package.
pub(super) type Key = (Kind, String);

/// The notes of a document.
#[derive(Debug)]
pub(super) struct Notes {
    texts: HashMap<Key, String>,
    foot: Counter,
    end: Counter,
    labels: HashMap<Key, String>,
    /// Those that the text refers to, in the order of their marks.
    referred: Vec<Key>,
}

#[derive(Debug)]
struct Counter {
    style: Style,
    last: i64,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            texts: HashMap::new(),
            foot: Counter { style: Style::Decimal, last: 0 },
            end: Counter { style: Style::LowerRoman, last: 0 },
            labels: HashMap::new(),
            referred: Vec::new(),
        }
    }
}

impl Notes {
    /// Numbers the notes of a kind in another way.
    pub(super) fn number(&mut self, kind: Kind, style: Style) {
        self.counter(kind).style = style;
    }

    /// Adds the text of a note.
    pub(super) fn add(&mut self, key: Key, text: String) {
        if !text.is_empty() {
            self.texts.insert(key, text);
        }
    }

    /// Whether there is a note of this name.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.texts.contains_key(key)
    }

    /// The label of the mark of a note: what somebody chose, else its number. `None` where there is no such note.
    pub(super) fn refer(&mut self, key: Key, chosen: Option<&str>) -> Option<String> {
        if let Some(label) = self.labels.get(&key) {
            return Some(label.clone());
        }
        if !self.has(&key) {
            return None;
        }
        let chosen = chosen.map(|mark| mark.trim().chars().take(MAX_MARK).collect::<String>());
        let label = match chosen.filter(|mark| !mark.is_empty()) {
            Some(chosen) => chosen,
            None => {
                let counter = self.counter(key.0);
                counter.last = counter.last.saturating_add(1);
                counter.style.write(counter.last)
            }
        };
        self.labels.insert(key.clone(), label.clone());
        self.referred.push(key);
        Some(label)
    }

    /// Label and text of each note that the text refers to.
    pub(super) fn referred(&self) -> impl Iterator<Item = (&str, &str)> {
        let of = |key: &Key| Some((self.labels.get(key)?.as_str(), self.texts.get(key)?.as_str()));
        self.referred.iter().filter_map(of)
    }

    fn counter(&mut self, kind: Kind) -> &mut Counter {
        match kind {
            Kind::Foot => &mut self.foot,
            Kind::End => &mut self.end,
        }
    }
}
