//! The sections of a page: which are shown, how deep, and the table of contents.

use std::fmt::Write;

use super::literature::Literature;
use super::words::Words;
use crate::document::{BlockKind, Document, SectionIndex};
use crate::text::Span;
use crate::text::html::escape;

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

/// The heading that says the title: the page says it once, at its head.
#[derive(Debug, Clone, Copy)]
pub(super) struct TitleHeading {
    /// Its section, where it has one of its own.
    section: Option<SectionIndex>,
    pub(super) span: Span,
}

/// How each section of a document appears.
pub(super) struct Outline {
    shown: Vec<Shown>,
    title: Option<TitleHeading>,
}

impl Outline {
    pub(super) fn new(document: &Document) -> Self {
        let title = title_heading(document);
        // The title takes the place of the outermost level.
        let lowered = u8::from(title.is_none());
        let mut shown = vec![Shown::Inline; document.sections.len()];
        for block in &document.blocks {
            if let (BlockKind::Heading { level }, Some(at)) = (block.kind, block.section) {
                set(&mut shown, at, Shown::Headed(level.saturating_add(lowered).clamp(2, 6)));
            }
        }
        let mut outline = Self { shown, title };
        outline.hide_reference_sections(document);
        if let Some(at) = title.and_then(|title| title.section) {
            set(&mut outline.shown, at, Shown::Title);
        }
        outline
    }

    pub(super) fn shown(&self, section: SectionIndex) -> Shown {
        self.shown.get(section as usize).copied().unwrap_or(Shown::Inline)
    }

    /// The heading that says the title, and the anchor of its section.
    pub(super) fn title_heading<'a>(
        &self,
        document: &'a Document,
    ) -> Option<(TitleHeading, Option<&'a str>)> {
        let title = self.title?;
        let section = title.section.and_then(|at| document.sections.get(at as usize));
        Some((title, section.map(|section| section.anchor.as_str())))
    }

    /// Whether the heading at `span` is said at the head of the page.
    pub(super) fn is_title(&self, span: Span) -> bool {
        self.title.is_some_and(|title| title.span == span)
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

/// The first heading, if it says what the title says.
fn title_heading(document: &Document) -> Option<TitleHeading> {
    let block = document.blocks.iter().find(|block| matches!(block.kind, BlockKind::Heading { .. }))?;
    let section = block.section.and_then(|at| document.sections.get(at as usize));
    let own = section.filter(|section| block.span.contains(section.heading));
    let span = own.map_or(block.span, |section| section.heading);
    let same = document.slice(span).trim().to_lowercase() == document.metadata.title.trim().to_lowercase();
    same.then_some(TitleHeading { section: own.and(block.section), span })
}
