//! The sections of a page: which are shown, how deep, and the table of contents.

use std::fmt::Write;

use super::escape::escape;
use super::literature::Literature;
use super::words::Words;
use crate::document::{BlockKind, Document, SectionIndex};
use crate::text::Span;

/// How a section appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// A `section` element with a heading of this level, 2 to 6.
    Headed(u8),
    /// Its heading is the title of the page.
    Title,
    /// A run-in heading in the text, or nothing: the text belongs to the section around it.
    Inline,
    /// Only references stand in it, and these stand at the end of the page.
    Hidden,
}

/// How each section of a document appears.
pub(super) struct Outline {
    shown: Vec<Shown>,
}

impl Outline {
    pub(super) fn new(document: &Document) -> Self {
        let mut shown = vec![Shown::Inline; document.sections.len()];
        let mut first = None;
        for block in &document.blocks {
            if let (BlockKind::Heading { level }, Some(at)) = (block.kind, block.section) {
                first = first.or(Some(at));
                set(&mut shown, at, Shown::Headed(level.saturating_add(1).clamp(2, 6)));
            }
        }
        let title = first.filter(|&at| is_title(document, at));
        if title.is_some() {
            // The title takes the place of the outermost level.
            for shown in &mut shown {
                if let Shown::Headed(level) = shown {
                    *level = level.saturating_sub(1).max(2);
                }
            }
        }
        let mut outline = Self { shown };
        outline.hide_reference_sections(document);
        title.inspect(|&at| set(&mut outline.shown, at, Shown::Title));
        outline
    }

    pub(super) fn shown(&self, section: SectionIndex) -> Shown {
        self.shown.get(section as usize).copied().unwrap_or(Shown::Inline)
    }

    /// Anchor and heading of the section whose heading is the title.
    pub(super) fn title_heading<'a>(&self, document: &'a Document) -> Option<(&'a str, Span)> {
        let at = self.shown.iter().position(|&shown| shown == Shown::Title)?;
        document.sections.get(at).map(|section| (section.anchor.as_str(), section.heading))
    }

    /// A section that holds references and nothing else to be shown would leave a heading over nothing.
    fn hide_reference_sections(&mut self, document: &Document) {
        let mut has_references = vec![false; self.shown.len()];
        let mut has_text = vec![false; self.shown.len()];
        for block in &document.blocks {
            let Some(at) = block.section else { continue };
            match block.kind {
                BlockKind::Reference => set(&mut has_references, at, true),
                BlockKind::Boilerplate | BlockKind::Heading { .. } => {}
                _ => set(&mut has_text, at, true),
            }
        }
        // Parents stand before their children, so one pass from the end carries everything upwards.
        for (at, section) in document.sections.iter().enumerate().rev() {
            let Some(parent) = section.parent else { continue };
            let (references, text) = (has_references.get(at) == Some(&true), has_text.get(at) == Some(&true));
            if references {
                set(&mut has_references, parent, true);
            }
            if text {
                set(&mut has_text, parent, true);
            }
        }
        for (shown, (references, text)) in self.shown.iter_mut().zip(has_references.into_iter().zip(has_text))
        {
            if references && !text && matches!(shown, Shown::Headed(_)) {
                *shown = Shown::Hidden;
            }
        }
    }

    /// The table of contents: two levels, enough to find one's way.
    pub(super) fn contents(
        &self,
        html: &mut String,
        document: &Document,
        literature: &Literature,
        words: &Words,
    ) {
        let language = document.metadata.language.as_deref().unwrap_or_default();
        let entries = document.sections.iter().zip(&self.shown).filter_map(|(section, shown)| match shown {
            Shown::Headed(level @ 2..=3) => {
                Some((*level, section.anchor.as_str(), document.slice(section.heading), language))
            }
            _ => None,
        });
        let mut entries: Vec<_> = entries.collect();
        if !literature.is_empty() {
            entries.push((2, "literature", words.say("documentLiterature"), words.language));
        }
        if entries.is_empty() {
            return;
        }
        let label = escape(words.say("documentContents"));
        let _ = write!(html, "<nav class=\"contents\" aria-label=\"{label}\">\n<h2>{label}</h2>\n<ol>\n");
        let (mut item_open, mut nested) = (false, false);
        for (level, anchor, heading, language) in entries {
            let nests = level > 2 && item_open;
            html.push_str(match (nested, nests) {
                (true, true) => "</li>\n",
                (true, false) => "</li>\n</ol>\n</li>\n",
                (false, true) => "\n<ol>\n",
                (false, false) if item_open => "</li>\n",
                (false, false) => "",
            });
            let (anchor, heading, language) = (escape(anchor), escape(heading), escape(language));
            let _ = write!(html, "<li><a href=\"#{anchor}\" lang=\"{language}\">{heading}</a>");
            (item_open, nested) = (true, nests);
        }
        html.push_str(if nested { "</li>\n</ol>\n</li>\n" } else { "</li>\n" });
        html.push_str("</ol>\n</nav>\n");
    }
}

fn set<T>(list: &mut [T], at: SectionIndex, value: T) {
    if let Some(slot) = list.get_mut(at as usize) {
        *slot = value;
    }
}

fn is_title(document: &Document, at: SectionIndex) -> bool {
    let heading = document.sections.get(at as usize).map(|section| document.slice(section.heading));
    heading
        .is_some_and(|heading| heading.trim().to_lowercase() == document.metadata.title.trim().to_lowercase())
}
