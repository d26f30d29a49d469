//! Quoting a list or table: the whole of it where it is short, else from its beginning as far as it fits.

use super::length::{fits, shorten, words};
use crate::document::{Document, Group, GroupKind, Passage, PassageKind};
use crate::retrieve::{Evidence, QuestionKind, Reading};
use crate::text::Span;
use crate::text::token::Analyzer;

/// Longest list that a question for several things brings whole because of one of its items, in bytes.
const MAX_LIST_BYTES: usize = 2_000;
/// A lead-in, or the heading of a list without one, that holds this share of the question is what was asked for, however
/// long its list.
const NAMED: f32 = 0.5;
/// Longest surroundings of a quote, as a multiple of the longest quote.
const MAX_SURROUNDINGS: usize = 4;

/// A list or table, or the one within a list that the passage found belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listing<'d> {
    /// From the lead-in or first passage to the end.
    pub(super) span: Span,
    lead_in: Option<Span>,
    members: &'d [Passage],
}

impl<'d> Listing<'d> {
    /// The innermost list or table that `passage` of `document` is part or lead-in of.
    pub(super) fn around(document: &'d Document, passage: &Passage) -> Option<Self> {
        let group = document.groups.get(passage.group? as usize)?;
        if group.kind == GroupKind::Section {
            return None;
        }
        let members = document.passages.get(group.first as usize..group.end as usize)?;
        let whole = Self { span: group.span, lead_in: group.lead_in, members };
        Some(whole.inner(group, passage).unwrap_or(whole))
    }

    /// The list within an item, whose lead-in is another item's end.
    fn inner(self, group: &Group, passage: &Passage) -> Option<Self> {
        let led = |by: Span| self.members.iter().position(move |member| member.context == Some(by));
        let own = passage.context.filter(|&context| Some(context) != group.lead_in);
        let lead_in = own.filter(|context| group.span.contains(*context)).or_else(|| {
            let leads = Some(passage.span) != group.lead_in && led(passage.span).is_some();
            leads.then_some(passage.span)
        })?;
        let from = led(lead_in)?;
        let led = self.members.get(from..)?;
        let led = led.get(..led.iter().take_while(|member| member.context == Some(lead_in)).count())?;
        Some(Self { span: lead_in.cover(led.last()?.span), lead_in: Some(lead_in), members: led })
    }

    /// Whether the listing is the answer and not the passage alone: the passage is its lead-in, or
    /// several things were asked for and the passage is one of them.
    pub(super) fn is_wanted(
        &self,
        document: &Document,
        reading: &Reading,
        evidence: &Evidence,
        passage: &Passage,
    ) -> bool {
        if self.is_led_in_by(passage) {
            return true;
        }
        let several = reading.kind == QuestionKind::Several && passage.kind == PassageKind::ListItem;
        let short = self.span.len() < MAX_LIST_BYTES;
        several && (self.lead_in.is_some() && short || self.is_named(document, reading, evidence))
    }

    /// Whether what stands above the listing is what was asked for: its lead-in or, where it has none, the heading that it
    /// stands right under.
    fn is_named(&self, document: &Document, reading: &Reading, evidence: &Evidence) -> bool {
        let share = match self.lead_in {
            Some(_) => reading.share(&evidence.in_context),
            None => self.heading(document).map_or(0.0, |heading| share_in(document.slice(heading), reading)),
        };
        share >= NAMED
    }

    /// The heading that the listing stands right under.
    fn heading(&self, document: &Document) -> Option<Span> {
        let mut sections = document.sections.iter().rev();
        let section = sections
            .find(|section| section.heading.end() <= self.span.start() && section.body.contains(self.span))?;
        let first = document.passages.partition_point(|passage| passage.span.start() < self.span.start());
        let before = first.checked_sub(1).and_then(|at| document.passages.get(at));
        let is_next = before.is_none_or(|before| before.span.start() < section.heading.start());
        is_next.then_some(section.heading)
    }

    fn is_led_in_by(&self, passage: &Passage) -> bool {
        self.lead_in.is_some_and(|lead_in| lead_in.overlaps(passage.span))
    }

    /// The whole, or from its beginning as many passages as fit into `max_words`; of a first one that is too
    /// long, as many sentences. None where that would leave out `passage`, unless the listing's
    /// lead-in is what the question asks for.
    pub(super) fn quote(
        &self,
        document: &Document,
        reading: &Reading,
        evidence: &Evidence,
        passage: &Passage,
        max_words: usize,
    ) -> Option<Span> {
        if fits(document, self.span, max_words) {
            return Some(self.span);
        }
        let up_to = |end: usize| Span::new(self.span.start(), end.max(self.span.start()));
        let past_lead_in = |end: &usize| self.lead_in.is_none_or(|lead_in| *end > lead_in.end());
        let longest = |ends: &mut dyn Iterator<Item = usize>| {
            ends.take_while(|&end| fits(document, up_to(end), max_words)).filter(past_lead_in).last()
        };
        let whole = longest(&mut self.members.iter().map(|member| member.span.end()));
        let part = || longest(&mut self.members.iter().flat_map(|m| &m.sentences).map(|s| s.end()));
        let quote = match whole.or_else(part) {
            Some(end) => up_to(end),
            None => shorten(document, self.span, max_words)?,
        };
        let asked = self.is_led_in_by(passage) || self.is_named(document, reading, evidence);
        (asked || quote.contains(passage.span)).then_some(quote)
    }

    /// What to show around `quote`: the whole listing, or as many of its passages as are of a bearable
    /// length.
    pub(super) fn surroundings(&self, document: &Document, quote: Span, max_words: usize) -> Span {
        let limit = max_words.saturating_mul(MAX_SURROUNDINGS);
        let whole = self.span.cover(quote);
        if fits(document, whole, limit) {
            return whole;
        }
        let mut left = limit.saturating_sub(words(document, quote));
        let more = self.members.iter().filter(|member| member.span.start() >= quote.end());
        let taken = more.take_while(|member| {
            let size = words(document, member.span);
            let takes = size <= left;
            left = left.saturating_sub(size);
            takes
        });
        taken.last().map_or(quote, |last| quote.cover(last.span))
    }
}

/// The share of what was asked that `text` names.
fn share_in(text: &str, reading: &Reading) -> f32 {
    let mut present = vec![false; reading.keys.len()];
    for token in Analyzer::english().tokens(text) {
        if let Some(there) = reading.place(&token.term).and_then(|key| present.get_mut(key)) {
            *there = true;
        }
    }
    reading.share(&reading.filled(&present))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};
    use crate::retrieve::{Collection, Understanding};

    /// What is quoted of the list in `text` where `question` finds the item that holds `item`.
    fn quoted(text: &str, question: &str, item: &str) -> Option<String> {
        let id = DocumentId::new("bells.md").unwrap();
        let documents = parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default());
        let document = documents.unwrap().remove(0);
        let analyzer = Analyzer::english();
        let collection = Collection { passages: 9, frequency: &|_| 1, titled: &|_| 0, is_name: &|_| false };
        let understanding = Understanding::of(question, &analyzer);
        let reading = Reading::of(understanding, &analyzer, &|_| Vec::new(), &collection);
        let passage = document.passages.iter().find(|one| document.slice(one.span).contains(item)).unwrap();
        let evidence = Evidence::gather(&reading, &analyzer, &document, passage);
        let listing = Listing::around(&document, passage).unwrap();
        let wanted = listing.is_wanted(&document, &reading, &evidence, passage);
        let quote = wanted.then(|| listing.quote(&document, &reading, &evidence, passage, 120)).flatten();
        quote.map(|quote| document.slice(quote).to_owned())
    }

    const KINDS: &str = "- **Great bell:** rung at noon.\n- **Small bell:** rung at dusk.\n- A hand bell";

    #[test]
    fn a_list_right_under_the_heading_that_is_asked_for_is_quoted_whole() {
        let page = format!("# The tower\n\nIt is old.\n\n## Kinds of bells\n\n{KINDS}\n");
        for question in ["what bells are there", "which kinds of bells are there"] {
            assert_eq!(quoted(&page, question, "Small").as_deref(), KINDS.strip_prefix("- "), "{question}");
        }
        assert_eq!(quoted(&page, "what ropes are there", "Small"), None);
        assert_eq!(quoted(&page, "is the small bell rung at dusk", "Small"), None);
    }

    #[test]
    fn a_list_that_other_text_parts_from_its_heading_is_quoted_by_item() {
        let page = format!("# The tower\n\n## Kinds of bells\n\nThey hang high up.\n\n{KINDS}\n");
        assert_eq!(quoted(&page, "what bells are there", "Small"), None);
        let untitled = format!("{KINDS}\n");
        assert_eq!(quoted(&untitled, "what bells are there", "Small"), None);
    }
}
