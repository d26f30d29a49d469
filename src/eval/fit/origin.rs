//! Where the weights of each table come from: comments at the head of the file.

use std::collections::BTreeMap;

const TITLE: &str = "What each figure counts when passages are ordered, and in the confidence.";
const TABLES: [&str; 8] = [
    "hybrid.ranking",
    "hybrid.confidence",
    "lexical.ranking",
    "lexical.confidence",
    "judged.ranking",
    "judged.confidence",
    "follow_up.ranking",
    "follow_up.confidence",
];
/// A file need not have these.
const OPTIONAL: &str = "follow_up.";

/// For each table of the file, what made it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    made_by: BTreeMap<String, String>,
}

impl Origins {
    /// Those that the text of a file names.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let comments = text.lines().filter_map(|line| line.strip_prefix("# "));
        let named = comments.filter_map(|line| line.split_once(": "));
        let known = named.filter(|(table, _)| TABLES.contains(table));
        Self { made_by: known.map(|(table, by)| (table.to_owned(), by.to_owned())).collect() }
    }

    /// Notes that `table` was made by `command`.
    pub fn set(&mut self, table: &str, command: &str) {
        self.made_by.insert(table.to_owned(), command.to_owned());
    }

    /// The head of the file, without comment marks.
    #[must_use]
    pub fn header(&self) -> String {
        let is_told = |table: &str| !table.starts_with(OPTIONAL) || self.made_by.contains_key(table);
        let told = TABLES.iter().filter(|table| is_told(table));
        let lines = told.map(|&table| {
            let by = self.made_by.get(table).map_or("set by hand", String::as_str);
            format!("\n{table}: {by}")
        });
        std::iter::once(TITLE.to_owned()).chain(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_fitted_keeps_its_origin() {
        let mut origins = Origins::default();
        origins.set("lexical.ranking", "ibid eval fit --set a");
        let text: String = origins.header().lines().map(|line| format!("# {line}\n")).collect();
        assert!(text.contains("# hybrid.ranking: set by hand\n"));
        let mut again = Origins::read(&format!("{text}\n[hybrid.ranking]\n"));
        again.set("hybrid.ranking", "ibid eval fit --set b");
        assert!(again.header().contains("\nlexical.ranking: ibid eval fit --set a"));
        assert!(again.header().contains("\nhybrid.ranking: ibid eval fit --set b"));
        assert!(!again.header().contains("follow_up"));
        again.set("follow_up.confidence", "ibid eval fit --set c");
        assert!(again.header().contains("\nfollow_up.confidence: ibid eval fit --set c"));
    }
}
