//! The document's own list of references, at the end of its page.

use std::collections::HashSet;
use std::fmt::Write;

use super::inline::Inline;
use super::words::Words;
use crate::document::{BlockKind, Document, EntryIndex};
use crate::text::Span;
use crate::text::html::escape;

/// Names of the entries for links.
pub(super) struct Literature {
    ids: Vec<String>,
    /// Blocks of the list that are no entry.
    others: Vec<Span>,
}

impl Literature {
    pub(super) fn new(document: &Document) -> Self {
        let mut taken = HashSet::new();
        let ids = document.bibliography.iter().enumerate().map(|(at, entry)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let usable = !entry.label.is_empty() && entry.label.chars().all(plain);
            let id = if usable { format!("ref-{}", entry.label) } else { String::new() };
            if usable && taken.insert(id.clone()) { id } else { format!("ref--{at}") }
        });
        let ids = ids.collect();
        let mut others = Vec::new();
        let mut entries = document.bibliography.iter().map(|entry| entry.span).collect::<Vec<_>>();
        entries.sort_unstable();
        for block in document.blocks.iter().filter(|block| block.kind == BlockKind::Reference) {
            let before = entries.partition_point(|entry| entry.start() < block.span.end());
            let nearest = before.checked_sub(1).and_then(|at| entries.get(at));
            if !nearest.is_some_and(|entry| entry.overlaps(block.span)) {
                others.push(block.span);
            }
        }
        Self { ids, others }
    }

    /// Whether there is anything to list.
    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.others.is_empty()
    }

    /// The id of an entry's element.
    pub(super) fn id(&self, entry: EntryIndex) -> Option<&str> {
        self.ids.get(entry as usize).map(String::as_str)
    }

    pub(super) fn render(
        &self,
        html: &mut String,
        document: &Document,
        inline: &mut Inline<'_>,
        words: &Words,
    ) {
        if self.is_empty() {
            return;
        }
        let _ = write!(
            html,
            "<section id=\"literature\" class=\"literature\">\n<h2 lang=\"{}\">{}</h2>\n<ol>\n",
            words.language,
            escape(words.say("documentLiterature"))
        );
        for (entry, id) in document.bibliography.iter().zip(&self.ids) {
            let _ = write!(html, "<li id=\"{}\"", escape(id));
            match entry.label.parse::<u32>() {
                Ok(number) => drop(write!(html, " value=\"{number}\">")),
                Err(_) => drop(write!(html, ">[{}] ", escape(&entry.label))),
            }
            inline.render_with_address(html, entry.span, entry.url.as_deref());
            html.push_str("</li>\n");
        }
        for &span in &self.others {
            html.push_str("<li>");
            inline.render(html, span);
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
    }
}
