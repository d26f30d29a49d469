//! Which sentences of a passage answer.
//!
//! The best sentence by the weight of the question's words in it and by the kind of statement that is
//! wanted; its neighbours where they hold nearly as much. A lead-in is never quoted without its list: it
//! brings the whole list where that is short, else as many items as fit.

use super::cohesion::{announces, goes_on, lacks_number_of, leans_on, may_precede, points_back, takes_back};
use super::length::{fits, shorten};
use super::listing::Listing;
use super::units::{BOLD, Unit, units};
use crate::document::{Document, Passage, PassageKind};
use crate::retrieve::{QuestionKind, RankedPassage, Reading};
use crate::text::Span;

// `SIMILARITY` and `FOR_READERS` were chosen by the first quotes of the questions to fit on, of `tests/quality` and four folders
// of leaflets. A longer quote is right more often: with these it has some 34 words.

/// What the wanted kind of statement counts, beside the whole of the question's words.
const KIND_SHARE: f32 = 1.4;
/// What a word of the question counts in a sentence when the headings or the lead-in have it already.
const INHERITED: f32 = 0.5;
/// What the cosine between question and sentence counts beside the whole of the question's words.
const SIMILARITY: f32 = 5.0;
/// Longest run of sentences that is quoted of running text.
const MAX_RUN: usize = 3;
/// A quote is followed on to the sentence that continues it up to this many words.
const CONTINUED_WORDS: usize = 60;
/// For kinds of questions from this strength on the sentence itself is the answer, however short its passage.
const PRECISE: f32 = 0.6;

/// A stretch to quote, and the surroundings to show with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extract {
    /// What answers.
    pub(super) quote: Span,
    /// What surrounds it; holds `quote`.
    pub(super) passage: Span,
    /// Lead-in or header row that belongs with the quote and is not in it.
    pub(super) lead_in: Option<Span>,
    /// Where the literature behind the quote is looked for: of a list, only what is quoted of it.
    pub(super) backed_by: Span,
}

/// How far a quote goes on around its best sentence.
#[derive(Debug, Clone, Copy)]
struct Reach {
    /// A neighbour joins the quote when it holds at least this share of the best sentence's score.
    neighbour_share: f32,
    /// A passage of no more words is quoted to its end, as what follows a short sentence is often its "unless", and
    /// from the first sentence that what answers leans on.
    short_passage_words: usize,
}

/// What is quoted.
const FOR_READERS: Reach = Reach { neighbour_share: 0.5, short_passage_words: 60 };
/// What is judged: neighbours that a reader is glad of make an answer harder to tell from none.
const FOR_JUDGING: Reach = Reach { neighbour_share: 0.7, short_passage_words: 45 };

/// Chooses what to quote of `ranked`, at most `max_words` words of it.
pub(super) fn extract(reading: &Reading, ranked: &RankedPassage, max_words: usize) -> Option<Extract> {
    let found = within(FOR_READERS, reading, ranked, max_words)?;
    Some(with_antecedent(ranked, found, max_words))
}

/// What a judge reads of the quote of `ranked`: never a word that is not quoted.
pub(super) fn core(reading: &Reading, ranked: &RankedPassage, max_words: usize) -> Option<Span> {
    let quote = extract(reading, ranked, max_words)?.quote;
    let core = within(FOR_JUDGING, reading, ranked, max_words)?.quote;
    Some(if quote.contains(core) { core } else { quote })
}

fn within(reach: Reach, reading: &Reading, ranked: &RankedPassage, max_words: usize) -> Option<Extract> {
    let document = &*ranked.document;
    let passage = ranked.get()?;
    let evidence = &ranked.evidence;
    let listing = Listing::around(document, passage)
        .filter(|listing| listing.is_wanted(document, reading, evidence, passage));
    if let Some(listing) = listing
        && let Some(quote) = listing.quote(document, reading, evidence, passage, max_words)
    {
        return Some(Extract {
            quote,
            passage: listing.surroundings(document, quote, max_words),
            lead_in: None,
            backed_by: quote,
        });
    }
    let quote = sentences(reach, reading, ranked, passage, max_words)?;
    let quote = with_what_it_leads_in(document, ranked.passage, quote, max_words);
    let lead_in =
        passage.context.filter(|context| !context.overlaps(quote) && !passage.span.overlaps(*context));
    let around = passage.span.cover(quote);
    Some(Extract { quote, passage: around, lead_in, backed_by: around })
}

/// `found` from the sentence or list before it on, where it begins with what takes that up: "This usually …".
fn with_antecedent(ranked: &RankedPassage, found: Extract, max_words: usize) -> Extract {
    let document = &*ranked.document;
    let Some(quote) = antecedent(ranked, found.quote).map(|before| before.cover(found.quote)) else {
        return found;
    };
    if !fits(document, quote, max_words) {
        return found;
    }
    let (passage, backed_by) = (found.passage.cover(quote), found.backed_by.cover(quote));
    let lead_in = found.lead_in.filter(|lead_in| !lead_in.overlaps(quote));
    Extract { quote, passage, lead_in, backed_by }
}

/// What the first sentence of `quote` takes up: the sentence before it or, where it is the first of running text, the end
/// of the passage before, of a list the whole.
fn antecedent(ranked: &RankedPassage, quote: Span) -> Option<Span> {
    let document = &*ranked.document;
    let own = ranked.get()?;
    let at = own.sentences.iter().position(|sentence| sentence.start() == quote.start())?;
    if !points_back(document.slice(*own.sentences.get(at)?)) {
        return None;
    }
    if let Some(before) = at.checked_sub(1) {
        let before = *own.sentences.get(before)?;
        return (!is_within_bold(document, own, before.start())).then_some(before);
    }
    let before = document.passages.get((ranked.passage as usize).checked_sub(1)?)?;
    let end = match before.kind {
        PassageKind::Prose => *before.sentences.last()?,
        PassageKind::ListItem => Listing::around(document, before)?.span,
        PassageKind::TableRow | PassageKind::QuestionAndAnswer => return None,
    };
    let is_next = own.kind == PassageKind::Prose
        && before.section == own.section
        && end.end() <= quote.start()
        && !is_interrupted(document, end.end(), quote.start());
    (is_next && !is_within_bold(document, before, end.start())).then_some(end)
}

/// Whether something that is no part of the content stands between these two places.
fn is_interrupted(document: &Document, from: usize, to: usize) -> bool {
    let between = Span::new(from, to.max(from));
    document.blocks.iter().any(|block| !block.kind.is_content() && block.span.overlaps(between))
}

/// What would be quoted of `ranked`, at most `max_words` words, in bytes of the document.
#[must_use]
pub fn quote_of(reading: &Reading, ranked: &RankedPassage, max_words: usize) -> Option<Span> {
    extract(reading, ranked, max_words).map(|extract| extract.quote)
}

/// `quote` with the beginning of the next passage, as far as that fits, where `quote` is the end of its
/// passage and closes with a colon.
fn with_what_it_leads_in(document: &Document, passage: u32, quote: Span, max_words: usize) -> Span {
    let own = document.passages.get(passage as usize);
    let leads_in = own.is_some_and(|own| own.span.end() == quote.end())
        && document.slice(quote).trim_end_matches(['*', '_']).ends_with(':');
    let next = document.passages.get((passage as usize).saturating_add(1));
    let Some(next) = next.filter(|next| leads_in && Some(next.section) == own.map(|own| own.section)) else {
        return quote;
    };
    if is_interrupted(document, quote.end(), next.span.start()) {
        return quote;
    }
    let longer = next.sentences.iter().map(|&sentence| quote.cover(sentence));
    longer.take_while(|&longer| fits(document, longer, max_words)).last().unwrap_or(quote)
}

fn sentences(
    reach: Reach,
    reading: &Reading,
    ranked: &RankedPassage,
    passage: &Passage,
    max_words: usize,
) -> Option<Span> {
    let document = &*ranked.document;
    let near = |at: usize| {
        let near = ranked.similarities.as_ref().and_then(|near| near.sentences.get(at));
        near.copied().unwrap_or(0.0).max(0.0)
    };
    let score = |unit: &Unit| {
        let kind = match reading.kind.evidence(document.slice(unit.span)) {
            Some(true) => KIND_SHARE * reading.kind.strength(),
            _ => 0.0,
        };
        let near = near(unit.sentence).max(INHERITED * unit.heading.map_or(0.0, near));
        ranked.evidence.share_within(reading, unit.span, INHERITED) + kind + SIMILARITY * near
    };
    let body: Vec<(Span, f32)> =
        units(document, passage).iter().map(|unit| (unit.span, score(unit))).collect();
    let best = body.iter().map(|&(_, score)| score).fold(f32::MIN, f32::max);
    if best <= 0.0 {
        // The surroundings hold the whole question: no sentence answers it better than another.
        let all = body.first()?.0.cover(body.last()?.0);
        return shorten(document, all, max_words);
    }
    let chosen = ranked.answering.and_then(|chosen| body.iter().position(|(unit, _)| unit.contains(chosen)));
    let at = chosen.or_else(|| body.iter().position(|&(_, score)| score >= best));
    let Some(at) = at else { return shorten(document, passage.span, max_words) };
    let (mut first, mut last) = (at, at);
    let text = |at: usize| body.get(at).map_or("", |(sentence, _)| document.slice(*sentence));
    // "How long" is answered by the sentence with the time, and its neighbours only make that harder to find.
    let is_wanted = |at: usize| reading.kind.evidence(text(at)) == Some(true);
    let is_precise = reading.kind.strength() >= PRECISE && is_wanted(at);
    let joins = |at: usize| {
        body.get(at).is_some_and(|&(_, score)| score > 0.0 && score >= reach.neighbour_share * best)
            && (!is_precise || is_wanted(at) || leans_on(text(at), text(at + 1)))
    };
    let span = |first: usize, last: usize| Some(body.get(first)?.0.cover(body.get(last)?.0));
    let short = |first, last| span(first, last).is_some_and(|span| fits(document, span, max_words));
    while last + 1 - first < MAX_RUN && joins(last + 1) && short(first, last + 1) {
        last += 1;
    }
    let limit = if takes_back(text(last + 1)) { max_words } else { CONTINUED_WORDS.min(max_words) };
    let bearable = |all: Span| fits(document, all, limit);
    if announces(text(last)) {
        while last + 1 < body.len() && short(first, last + 1) {
            last += 1;
        }
    } else if goes_on(text(last + 1)) && span(first, last + 1).is_some_and(bearable) {
        last += 1;
    }
    let precedes = |at: usize| may_precede(text(at), text(at + 1));
    while last + 1 - first < MAX_RUN
        && first > 0
        && joins(first - 1)
        && precedes(first - 1)
        && short(first - 1, last)
    {
        first -= 1;
    }
    // "No." is the answer to the question above it, and what follows is the reason.
    let is_answer = passage.kind == PassageKind::QuestionAndAnswer && short(0, body.len() - 1);
    let is_short = reading.kind.strength() < PRECISE
        && span(0, body.len() - 1)
            .is_some_and(|all| fits(document, all, reach.short_passage_words.min(max_words)));
    if body.len() <= MAX_RUN && (is_answer || is_short) {
        last = body.len() - 1;
        // What something is may be said in any of them.
        let is_defined = reading.kind == QuestionKind::Definition;
        let belongs = |at: usize| joins(at) || is_defined || leans_on(text(at), text(at + 1));
        while first > 0 && (is_answer || belongs(first - 1) && precedes(first - 1)) {
            first -= 1;
        }
    }
    let first = beginning(document, passage, &body, (first, at, last), max_words);
    let quote = span(first, last)?;
    let heading = passage.sentences.first().filter(|sentence| first == 0 && sentence.end() <= quote.start());
    let with_heading = heading.map(|heading| heading.cover(quote));
    let quote = with_heading.filter(|whole| fits(document, *whole, max_words)).unwrap_or(quote);
    shorten(document, quote, max_words)
}

/// Where a quote begins of which (`first`, `best`, `last`) are sentences of `body`: as far as it fits with the telephone
/// number that `first` asks to ring, and not within bold type, whose mark would be torn in two.
fn beginning(
    document: &Document,
    passage: &Passage,
    body: &[(Span, f32)],
    (first, best, last): (usize, usize, usize),
    max_words: usize,
) -> usize {
    let sentence = |at: usize| body.get(at).map(|&(sentence, _)| sentence).unwrap_or_default();
    let text = |at: usize| document.slice(sentence(at));
    let takes = |at: usize| fits(document, sentence(at).cover(sentence(last)), max_words);
    let is_torn = |at: usize| is_within_bold(document, passage, sentence(at).start());
    let mut begin = first;
    if begin > 0 && lacks_number_of(text(begin - 1), text(begin)) && takes(begin - 1) {
        begin -= 1;
    }
    while begin > 0 && is_torn(begin) && takes(begin - 1) {
        begin -= 1;
    }
    while begin < best && is_torn(begin) {
        begin += 1;
    }
    begin
}

/// Whether byte `at` of the document lies between the marks that begin and end bold type in `passage`.
fn is_within_bold(document: &Document, passage: &Passage, at: usize) -> bool {
    let text = document.slice(passage.span);
    let at = at.saturating_sub(passage.span.start());
    let mut opened: Option<usize> = None;
    for (mark, _) in text.match_indices(BOLD) {
        let before = text.get(..mark).and_then(|before| before.chars().next_back());
        let behind = text.get(mark + BOLD.len()..).and_then(|behind| behind.chars().next());
        let closes = before.is_some_and(|before| !before.is_whitespace());
        let opens = behind.is_some_and(|behind| !behind.is_whitespace())
            && before.is_none_or(|before| !before.is_alphanumeric());
        if let Some(from) = opened.filter(|_| closes) {
            if from < at && at <= mark {
                return true;
            }
            opened = None;
        } else if opens {
            opened = Some(mark);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};

    fn document(text: &str) -> Document {
        let (id, text) = (DocumentId::new("bells.md").unwrap(), format!("# Bells\n\n{text}\n"));
        parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default()).unwrap().remove(0)
    }

    /// What is quoted of the only passage of `text` where its sentences from `first` to `last` answer, `last` best.
    fn quoted(text: &str, first: usize, last: usize, max_words: usize) -> String {
        let document = document(text);
        let passage = &document.passages[0];
        let body: Vec<(Span, f32)> = passage.sentences.iter().map(|&sentence| (sentence, 1.0)).collect();
        let begin = beginning(&document, passage, &body, (first, last, last), max_words);
        document.slice(body[begin].0.cover(body[last].0)).to_owned()
    }

    #[test]
    fn no_quote_begins_within_bold_type() {
        let asked = "**I speak little Greek. What now?**\nAsk for an interpreter. There is no fee.";
        assert_eq!(quoted(asked, 1, 2, 120), asked.strip_suffix(" There is no fee.").unwrap());
        assert_eq!(quoted(asked, 1, 2, 9), "Ask for an interpreter.");
        assert_eq!(quoted(asked, 2, 3, 120), "Ask for an interpreter. There is no fee.");
        let none = "Two ** three. Four ** five. Six.";
        assert_eq!(quoted(none, 1, 2, 120), "Four ** five. Six.");
        let lone = "A **loud bell. It rings. A **second** bell.";
        assert_eq!(quoted(lone, 1, 1, 120), "It rings.");
    }

    #[test]
    fn the_number_to_ring_is_quoted_with_the_sentence_that_asks_to_ring() {
        let text = "Rest at home. The ward has 01632 960 555. Ring if blood soaks the dressing.";
        assert_eq!(quoted(text, 2, 2, 120), text.strip_prefix("Rest at home. ").unwrap());
        assert_eq!(quoted(text, 2, 2, 8), "Ring if blood soaks the dressing.");
        assert_eq!(quoted(text, 1, 1, 120), "The ward has 01632 960 555.");
    }
}
