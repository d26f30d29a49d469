//! Sections and blocks of a document.
//!
//! A section is as deep as the headings above it are many, whatever levels the format gave them, so that
//! a skipped level leaves no gap. A run-in heading of a list item opens a section of its own: the item,
//! what continues it and the lists within it. Where an element of the page holds blocks together, the sections
//! that begin in it end with it, and what follows stands under the headings from before it.

use std::collections::HashMap;

use super::super::bibliography::References;
use super::super::chunk::Place;
use super::super::draft::{Draft, DraftBlock, DraftKind, LEVELS, Scope};
use crate::document::{Block, BlockKind, Section, SectionIndex};
use crate::text::Span;

/// Longest anchor in bytes, without the number that makes it unique.
const MAX_ANCHOR: usize = 80;

/// What stands where.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) sections: Vec<Section>,
    /// One for each block of the draft.
    pub(super) blocks: Vec<Block>,
    /// What each block stands under besides.
    pub(super) places: Vec<Place>,
}

/// How far out a section is: headings by level, then questions, then run-in headings by depth.
type Rank = u16;

/// A scope that has begun and not ended.
#[derive(Debug)]
struct OpenScope {
    /// One past its last block.
    end: usize,
    /// The first section that may begin in it.
    first: usize,
    /// How many of the open sections nothing in it ends.
    floor: usize,
}

#[derive(Debug)]
struct Builder<'a> {
    text: &'a str,
    outline: Outline,
    open: Vec<(SectionIndex, Rank)>,
    scopes: Vec<OpenScope>,
    /// End of the last block that is content.
    end: usize,
    anchors: HashMap<String, usize>,
}

/// Builds the sections of `draft`; the heading at `title` is none.
pub(super) fn build(
    draft: &Draft,
    dropped: &[Option<String>],
    references: &References,
    title: Option<usize>,
) -> Outline {
    let mut builder = Builder {
        text: &draft.text,
        outline: Outline::default(),
        open: Vec::new(),
        scopes: Vec::new(),
        end: 0,
        anchors: HashMap::new(),
    };
    let mut scopes = draft.scopes.iter().peekable();
    for (at, (block, dropped)) in draft.blocks.iter().zip(dropped).enumerate() {
        let apart = builder.leave(at);
        let mut headed = false;
        while let Some(scope) = scopes.next_if(|scope| scope.blocks.start <= at) {
            builder.open_scope(scope);
            headed = scope.headed;
        }
        let is_reference = references.is_reference.get(at).copied().unwrap_or_default();
        let kind = if dropped.is_some() {
            BlockKind::Boilerplate
        } else if is_reference {
            BlockKind::Reference
        } else {
            builder.enter(block, title == Some(at))
        };
        if headed && matches!(kind, BlockKind::Heading { .. }) {
            builder.hold();
        }
        builder.add(block, kind, title == Some(at), apart);
    }
    builder.leave(usize::MAX);
    builder.close_to(0);
    builder.outline
}

impl Builder<'_> {
    /// Closes and opens the sections that end and begin with `block`; says what it is.
    fn enter(&mut self, block: &DraftBlock, is_title: bool) -> BlockKind {
        if let Some(level) = block.kind.heading_level() {
            self.close_to(if is_title { 0 } else { Rank::from(level) });
            if !is_title {
                self.open_section(block.span, Rank::from(level));
            }
            return BlockKind::Heading { level: self.shown_level(level) };
        }
        let run_ins = Rank::from(LEVELS);
        match &block.kind {
            DraftKind::Item { depth, label } => {
                self.close_to(run_ins + Rank::from(*depth));
                if let Some(heading) = block.run_in.filter(|heading| !heading.is_empty()) {
                    self.open_section(heading, run_ins + Rank::from(*depth));
                }
                BlockKind::ListItem { depth: (*depth).max(1), ordered: label.is_some() }
            }
            DraftKind::Paragraph { depth } => {
                self.close_to(run_ins + 1 + Rank::from(*depth));
                BlockKind::Paragraph { depth: *depth }
            }
            other => {
                self.close_to(run_ins + 1);
                match other {
                    DraftKind::TableHeader => BlockKind::TableHeader,
                    DraftKind::TableRow => BlockKind::TableRow,
                    DraftKind::Preformatted => BlockKind::Preformatted,
                    _ => BlockKind::Paragraph { depth: 0 },
                }
            }
        }
    }

    /// The level for showing a heading: a question's is one below the heading it stands under.
    fn shown_level(&self, level: u8) -> u8 {
        if level < LEVELS {
            level
        } else {
            u8::try_from(self.open.len()).unwrap_or(LEVELS).clamp(2, LEVELS - 1)
        }
    }

    fn add(&mut self, block: &DraftBlock, kind: BlockKind, is_title: bool, apart: bool) {
        if kind != BlockKind::Boilerplate {
            self.end = self.end.max(block.span.end());
        }
        let section = self.open.last().map(|&(section, _)| section).filter(|_| !is_title);
        self.outline.blocks.push(Block { kind, span: block.span, section });
        self.outline.places.push(Place { question: self.question(), apart });
    }

    /// The innermost open heading, where it is a question; a run-in heading is none.
    fn question(&self) -> Option<Span> {
        let rank = Rank::from(LEVELS);
        let &(section, _) =
            self.open.iter().rev().find(|(_, open)| *open <= rank).filter(|(_, open)| *open == rank)?;
        self.outline.sections.get(section as usize).map(|section| section.heading)
    }

    fn close_to(&mut self, rank: Rank) {
        let floor = self.floor();
        while self.open.len() > floor && self.open.last().is_some_and(|&(_, open)| open >= rank) {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        let Some((at, _)) = self.open.pop() else { return };
        if let Some(section) = self.outline.sections.get_mut(at as usize) {
            section.body = Span::new(section.body.start(), self.end.max(section.body.end()));
        }
    }

    fn floor(&self) -> usize {
        self.scopes.last().map_or(0, |scope| scope.floor)
    }

    fn open_scope(&mut self, scope: &Scope) {
        let (end, first) = (scope.blocks.end, self.outline.sections.len());
        self.scopes.push(OpenScope { end, first, floor: self.floor() });
    }

    /// Keeps what is open now open to the end of the innermost scope.
    fn hold(&mut self) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.floor = self.open.len();
        }
    }

    /// Ends the scopes that end before block `at`, with the sections that began in them; says whether any did.
    fn leave(&mut self, at: usize) -> bool {
        let mut left = false;
        while let Some(scope) = self.scopes.pop_if(|scope| scope.end <= at) {
            while self.open.last().is_some_and(|&(section, _)| section as usize >= scope.first) {
                self.close_last();
            }
            left = true;
        }
        left
    }

    fn open_section(&mut self, heading: Span, rank: Rank) {
        let Ok(index) = SectionIndex::try_from(self.outline.sections.len()) else { return };
        let parent = self.open.last().map(|&(parent, _)| parent);
        let level = u8::try_from(self.open.len() + 1).unwrap_or(u8::MAX);
        let anchor = self.anchor(heading);
        self.outline.sections.push(Section { heading, level, parent, body: heading, anchor });
        self.open.push((index, rank));
    }

    fn anchor(&mut self, heading: Span) -> String {
        let slug = slug(heading.slice(self.text).unwrap_or_default());
        let mut anchor = slug.clone();
        // A later heading may already be called "pain-2".
        while self.anchors.contains_key(&anchor) {
            let count = self.anchors.entry(slug.clone()).or_insert(1);
            *count += 1;
            anchor = format!("{slug}-{count}");
        }
        self.anchors.insert(anchor.clone(), 1);
        anchor
    }
}

/// Letters and digits in lower case, with one hyphen for whatever stands between them.
fn slug(heading: &str) -> String {
    let mut slug = String::new();
    for found in heading.chars().flat_map(char::to_lowercase) {
        if slug.len() >= MAX_ANCHOR {
            break;
        }
        if found.is_alphanumeric() {
            slug.push(found);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let trimmed = slug.trim_end_matches('-');
    if trimmed.is_empty() { "section".to_owned() } else { trimmed.to_owned() }
}
