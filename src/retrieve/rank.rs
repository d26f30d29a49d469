//! Ordering candidates by the learned weights of their features.

use std::collections::HashMap;
use std::sync::Arc;

use super::candidates::Found;
use super::negation::negates;
use super::roles::Asker;
use super::{Evidence, Features, Finder, QuestionKind, Reading, Way};
use crate::document::{Document, Passage, PassageKind};
use crate::embed::Embedding;
use crate::index::IndexError;
use crate::index::vectors::Similarities;
use crate::text::Span;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// A passage in its place.
#[derive(Debug, Clone)]
pub struct RankedPassage {
    /// The document.
    pub document: Arc<Document>,
    /// Ordinal of the document in the index.
    pub document_ordinal: u32,
    /// Place in [`Document::passages`].
    pub passage: u32,
    /// From 1.
    pub rank: usize,
    /// What the order is by, the higher the better; comparable only within one question.
    pub score: f32,
    /// BM25 as the index gave it.
    pub lexical: f32,
    /// What the score is made of.
    pub features: Features,
    /// Where the words of the question stand.
    pub evidence: Evidence,
    /// How near the question it and its sentences are, where there are vectors.
    pub similarities: Option<Similarities>,
    /// The sentence that answers by the judge, where it is not the one that is nearest.
    pub answering: Option<Span>,
}

impl RankedPassage {
    /// The passage itself.
    #[must_use]
    pub fn get(&self) -> Option<&Passage> {
        self.document.passages.get(self.passage as usize)
    }
}

/// Scores and orders `found`, best first; equal scores in the order of the corpus.
pub(super) fn order(
    finder: &Finder,
    reading: &Reading,
    embedding: Option<&Embedding>,
    found: &[Found],
) -> Result<Vec<RankedPassage>, IndexError> {
    let best = found.iter().map(|found| found.lexical).fold(f32::MIN_POSITIVE, f32::max);
    let mut ranked = Vec::with_capacity(found.len());
    // A page has one title for all its passages, and many pages have words of their titles in common.
    let (mut titles, mut rarities) = (HashMap::new(), HashMap::new());
    let (snapshot, passages) = (&finder.snapshot, finder.snapshot.passages());
    let mut rarity = |term: &str| match rarities.get(term) {
        Some(known) => *known,
        None => {
            let rarity = Reading::idf(passages, snapshot.title_frequency(term));
            rarities.insert(term.to_owned(), rarity);
            rarity
        }
    };
    for &candidate in found {
        let document = finder.snapshot.document(candidate.document)?;
        let titled = *titles.entry(candidate.document).or_insert_with(|| {
            alike(reading, &finder.analyzer, &document.metadata.title, &mut rarity).of_theirs
        });
        ranked.extend(score(finder, reading, embedding, document, titled, candidate, best));
    }
    ranked.sort_by(|a: &RankedPassage, b| {
        let place = |r: &RankedPassage| (r.document_ordinal, r.passage);
        b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
    });
    for (rank, passage) in (1..).zip(&mut ranked) {
        passage.rank = rank;
    }
    Ok(ranked)
}

fn score(
    finder: &Finder,
    reading: &Reading,
    embedding: Option<&Embedding>,
    document: Arc<Document>,
    titled: f32,
    found: Found,
    best: f32,
) -> Option<RankedPassage> {
    let passage = document.passages.get(found.passage as usize)?;
    let evidence = Evidence::gather(reading, &finder.analyzer, &document, passage);
    let way = if embedding.is_some() { Way::Hybrid } else { Way::Lexical };
    let near = match (&finder.dense, embedding) {
        (Some((_, vectors)), Some(query)) => vectors.similarities(found.document, found.passage, query),
        _ => None,
    };
    let mut features = by_words(reading, &finder.analyzer, &document, passage, &evidence);
    features.titled = titled;
    features.lexical = found.lexical / best;
    features.lexical_rank = reciprocal(found.lexical_rank);
    features.dense_rank = reciprocal(found.dense_rank);
    if let Some(near) = &near {
        features.body_similarity = near.body;
        features.heading_similarity = near.heading;
        features.posed_similarity = flag(poses_question(&document, passage)) * near.heading;
        features.sentence_similarity = near.best_sentence;
    }
    Some(RankedPassage {
        document_ordinal: found.document,
        passage: found.passage,
        rank: 0,
        score: finder.weights.score(&features, way),
        lexical: found.lexical,
        features,
        evidence,
        similarities: near,
        answering: None,
        document,
    })
}

fn by_words(
    reading: &Reading,
    analyzer: &Analyzer,
    document: &Document,
    passage: &Passage,
    evidence: &Evidence,
) -> Features {
    let text = document.slice(passage.span);
    let several = reading.kind == QuestionKind::Several;
    let leads = text.trim_end().trim_end_matches(['*', '_']).ends_with(':');
    let item = passage.kind == PassageKind::ListItem;
    let shows = shows_kind(reading, document, passage, evidence);
    let best_sentence = best_sentence(reading, passage, evidence);
    let sentence = best_sentence.map(|(sentence, _)| document.slice(sentence));
    let said = sentence.and_then(|sentence| reading.kind.evidence(sentence));
    Features {
        coverage: reading.share(&evidence.in_all),
        text_coverage: reading.share(&evidence.in_text),
        sentence_coverage: best_sentence.map_or(0.0, |(_, share)| share),
        heading_coverage: reading.share(&evidence.in_headings),
        context_coverage: reading.share(&evidence.in_context),
        aspect: aspect_share(reading, &evidence.in_all),
        phrase: evidence.phrase(reading),
        proximity: evidence.proximity(reading),
        kind: flag(shows == Some(true)) * reading.kind.strength(),
        kind_missing: flag(shows == Some(false)) * reading.kind.strength(),
        sentence_kind: flag(said == Some(true)) * reading.kind.strength(),
        sentence_kind_missing: flag(said == Some(false)) * reading.kind.strength(),
        fragment: flag(is_fragment(text)),
        negated: flag(reading.is_negated && !sentence.is_some_and(negates)),
        leads_list: flag(several && leads && passage.group.is_some()),
        list_item: flag(several && item),
        poses: flag(text.trim_end().ends_with('?') && item && !several),
        roles: roles(reading, document, passage),
        defines: flag(reading.kind == QuestionKind::Definition && evidence.defines(reading)),
        posed: posed(reading, analyzer, document, passage),
        ..Features::default()
    }
}

/// The sentence that holds most of the question, the first of equals, and how much it holds.
fn best_sentence(reading: &Reading, passage: &Passage, evidence: &Evidence) -> Option<(Span, f32)> {
    let shares = passage.sentences.iter().map(|&one| (one, evidence.share_within(reading, one, 1.0)));
    shares.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// Words of the shortest text that says something without a mark at its end.
const WORDS_OF_A_SENTENCE: usize = 8;

/// Whether `text` is a few words without the mark of a sentence at their end.
fn is_fragment(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['*', '_', ')', '"']);
    !text.ends_with(['.', '!', '?', ':'])
        && text.split_whitespace().take(WORDS_OF_A_SENTENCE).count() < WORDS_OF_A_SENTENCE
}

/// The share of what is wanted of the subject that is filled as in `filled`; 1 where nothing is named.
fn aspect_share(reading: &Reading, filled: &[f32]) -> f32 {
    let aspect = reading.slots.iter().zip(filled).filter(|(slot, _)| slot.is_aspect);
    let (held, all) = aspect
        .fold((0.0, 0.0), |(held, all), (slot, filled)| (held + slot.weight() * filled, all + slot.weight()));
    if all > 0.0 { held / all } else { 1.0 }
}

/// Whether question and passage agree on who asks whom; an item is read with its lead-in.
fn roles(reading: &Reading, document: &Document, passage: &Passage) -> f32 {
    let Some(asker) = reading.asker else { return 0.0 };
    let own = passage.context.and_then(|context| Asker::of(document.slice(context)));
    match own.or_else(|| Asker::of(document.slice(passage.span))) {
        Some(found) if found == asker => 1.0,
        Some(_) => -1.0,
        None => 0.0,
    }
}

/// How alike the question is to the one that the passage or its document answers: the harmonic mean of the
/// shares of either that the other holds (the Dice coefficient by weight). 0 where none is posed.
fn posed(reading: &Reading, analyzer: &Analyzer, document: &Document, passage: &Passage) -> f32 {
    let above = passage.context.map(|span| document.slice(span)).filter(|text| text.ends_with('?'));
    let questions = document.metadata.question.as_deref().into_iter().chain(above);
    let harmonic = |question: &str| alike(reading, analyzer, question, &mut |_| 1.0).harmonic_mean();
    questions.map(harmonic).fold(0.0, f32::max)
}

/// What a question and another text have in common.
struct Alike {
    /// Share of the text's words that the question has or says in another way.
    of_theirs: f32,
    /// Share of the question's weight that the text holds.
    of_ours: f32,
}

impl Alike {
    fn harmonic_mean(&self) -> f32 {
        let sum = self.of_theirs + self.of_ours;
        if sum > 0.0 { 2.0 * self.of_theirs * self.of_ours / sum } else { 0.0 }
    }
}

/// Compares the question with `text` by words, each of which counts as its class says times its `rarity`.
fn alike(reading: &Reading, analyzer: &Analyzer, text: &str, rarity: &mut dyn FnMut(&str) -> f32) -> Alike {
    let mut present = vec![false; reading.keys.len()];
    let mut said = Vec::new();
    let mut all = 0.0_f32;
    analyzer.for_each(text, &mut |term, _, _| {
        let class = match weight_class(term) {
            WeightClass::Content => 1.0,
            WeightClass::Light => 0.3,
            WeightClass::Function => return,
        };
        let weight = class * rarity(term);
        all += weight;
        let key = reading.place(term);
        if let Some((key, flag)) = key.and_then(|key| Some((key, present.get_mut(key)?))) {
            *flag = true;
            said.push((key, weight));
        }
    });
    let shared = said.iter().filter(|(key, _)| reading.is_said(*key, &present)).map(|(_, weight)| weight);
    let shared: f32 = shared.sum();
    let of_theirs = if all > 0.0 { shared / all } else { 0.0 };
    Alike { of_theirs, of_ours: reading.share(&reading.filled(&present)) }
}

/// Whether `passage` or its document answers a question that is written above it; then that question, and not the
/// headings, has the vector of the headings.
fn poses_question(document: &Document, passage: &Passage) -> bool {
    let own = passage.kind == PassageKind::QuestionAndAnswer && passage.context.is_some();
    own || document.metadata.question.as_deref().is_some_and(|question| !question.trim().is_empty())
}

/// Words at the beginning of a passage among which its subject stands, if it says what that is.
const SUBJECT_WORDS: u32 = 4;

/// Whether `passage` has the shape of an answer of the wanted kind; `None` where that cannot be told.
fn shows_kind(
    reading: &Reading,
    document: &Document,
    passage: &Passage,
    evidence: &Evidence,
) -> Option<bool> {
    if reading.kind != QuestionKind::Definition {
        return reading.kind.evidence(document.slice(passage.span));
    }
    let heaviest = reading.slots.iter().max_by(|a, b| a.weight().total_cmp(&b.weight()))?;
    let is_subject = evidence.hits.iter().any(|hit| hit.key == heaviest.key && hit.position < SUBJECT_WORDS);
    (is_subject || opens_its_section(document, passage)).then_some(true)
}

/// Whether nothing but the heading stands before `passage` in its section.
fn opens_its_section(document: &Document, passage: &Passage) -> bool {
    let Some(section) = passage.section.and_then(|at| document.sections.get(at as usize)) else {
        return document.passages.first().is_some_and(|first| first.span == passage.span);
    };
    let first = document.passages.iter().find(|other| other.span.start() >= section.body.start());
    first.is_some_and(|first| first.span == passage.span)
}

fn flag(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

#[allow(clippy::cast_precision_loss, reason = "ranks within a list of candidates")]
fn reciprocal(rank: usize) -> f32 {
    if rank == 0 { 0.0 } else { 1.0 / rank as f32 }
}
