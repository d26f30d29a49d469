//! Everything that finding needs, put together once for a generation of the index.

use std::collections::HashSet;
use std::sync::Arc;

use quick_cache::sync::Cache;

use super::candidates::{Found, candidates};
use super::rank::{RankedPassage, order};
use super::reading::Collection;
use super::understand::Understanding;
use super::{Defined, Question, Reading, RetrieveConfig, Way, Weights};
use crate::embed::{Embedding, Encoder};
use crate::index::vectors::Vectors;
use crate::index::{IndexError, IndexSnapshot};
use crate::judge::Judge;
use crate::text::language::Language;
use crate::text::lexicon::{Expansion, Lexicon};
use crate::text::spelling::Speller;
use crate::text::token::{Analyzer, Token};

/// Finds passages. A cheap handle: everything in it is shared.
#[derive(Debug, Clone)]
pub struct Finder {
    /// The generation that is searched.
    pub snapshot: IndexSnapshot,
    /// The language of its documents.
    pub language: Language,
    /// The one analyzer.
    pub analyzer: Analyzer,
    /// Other ways to say things.
    pub lexicon: Lexicon,
    /// Abbreviations that the documents define.
    pub defined: Arc<Defined>,
    /// Terms that are names of drugs and diseases.
    names: Arc<HashSet<String>>,
    /// Mends spelling against the words of the documents.
    pub speller: Arc<Speller>,
    /// What each figure counts.
    pub weights: Arc<Weights>,
    /// The sentence encoder and the vectors of all passages, once they are made.
    pub dense: Option<(Encoder, Vectors)>,
    /// Says whether a text answers, where that is wanted.
    pub judge: Option<Judge>,
    /// Vectors of questions that were asked; a follow-up is read in two ways with parts in common.
    remembered: Option<Arc<Cache<String, Embedding>>>,
    /// The settings.
    pub config: RetrieveConfig,
}

/// What was found for a question.
#[derive(Debug, Clone)]
pub struct Findings {
    /// How the question was read.
    pub reading: Reading,
    /// What took part.
    pub way: Way,
    /// The passages, best first.
    pub ranked: Vec<RankedPassage>,
}

impl Finder {
    /// A finder in `snapshot`, with what its documents teach: their words and abbreviations.
    #[must_use]
    pub fn new(
        snapshot: IndexSnapshot,
        analyzer: Analyzer,
        lexicon: Lexicon,
        weights: Arc<Weights>,
        config: RetrieveConfig,
    ) -> Self {
        let words = snapshot.words();
        let pairs = words.abbreviations().iter().map(|pair| (pair.short.as_str(), pair.long.as_str()));
        let defined = Arc::new(Defined::new(pairs, &lexicon, &analyzer));
        let speller = Arc::new(Speller::new(words.iter(), &lexicon, &analyzer));
        let names = lexicon.names().flat_map(|name| analyzer.tokens(name)).map(|token| token.term);
        Self {
            language: language_of(&snapshot),
            snapshot,
            names: Arc::new(names.collect()),
            analyzer,
            lexicon,
            defined,
            speller,
            weights,
            dense: None,
            judge: None,
            remembered: None,
            config,
        }
    }

    /// The same with a memory for the vectors of so many questions; 0 for none.
    #[must_use]
    pub fn with_memory(self, questions: usize) -> Self {
        let remembered = (questions > 0).then(|| Arc::new(Cache::new(questions)));
        Self { remembered, ..self }
    }

    /// The same with vectors.
    #[must_use]
    pub fn with_vectors(self, dense: Option<(Encoder, Vectors)>) -> Self {
        Self { dense, ..self }
    }

    /// The same with a judge.
    #[must_use]
    pub fn with_judge(self, judge: Option<Judge>) -> Self {
        Self { judge, ..self }
    }

    /// Finds and orders the passages for `question`, best first, at most `limit` of them.
    ///
    /// # Errors
    /// The index could not be read.
    pub fn find(&self, question: &Question, limit: usize) -> Result<Findings, IndexError> {
        let understanding = self.understand(question);
        let frequency = |term: &str| self.snapshot.document_frequency(term);
        let is_name = |term: &str| self.names.contains(term);
        let titled = |term: &str| self.snapshot.title_frequency(term);
        let passages = self.snapshot.passages();
        let collection = Collection { passages, frequency: &frequency, titled: &titled, is_name: &is_name };
        let embedding = self.embed(&understanding);
        let expand = |tokens: &[Token]| self.expand(tokens);
        let reading = Reading::of(understanding, &self.analyzer, &expand, &collection);
        let way = if embedding.is_some() { Way::Hybrid } else { Way::Lexical };
        let within = match question.document().map(|id| self.snapshot.ordinal(id)) {
            Some(None) => return Ok(Findings { reading, way, ranked: Vec::new() }),
            Some(within) => within,
            None => None,
        };
        if reading.slots.is_empty() {
            return Ok(Findings { reading, way, ranked: Vec::new() });
        }
        let wanted = self.config.candidates.max(limit);
        let found: Vec<Found> = candidates(self, &reading, embedding.as_ref(), within, wanted)?;
        let mut ranked = order(self, &reading, embedding.as_ref(), &found)?;
        ranked.truncate(limit);
        Ok(Findings { reading, way, ranked })
    }

    fn understand(&self, question: &Question) -> Understanding {
        if question.is_as_typed() {
            return Understanding { question: question.text().to_owned(), ..Understanding::default() };
        }
        // Telephones type the curly one.
        let message = question.text().replace(['\u{2018}', '\u{2019}'], "'");
        let corrected = self.config.spelling.then(|| self.speller.correct(&message));
        let text = corrected.as_ref().map_or(message.as_str(), |corrected| corrected.text.as_str());
        let understood = if self.config.condensing {
            Understanding::of(text, &self.analyzer)
        } else {
            Understanding { question: text.to_owned(), ..Understanding::default() }
        };
        let corrections = corrected.map(|corrected| corrected.corrections).unwrap_or_default();
        Understanding { corrections, ..understood }
    }

    /// Other ways to say what `tokens` say, those of the documents before those of the lexicon.
    fn expand(&self, tokens: &[Token]) -> Vec<Expansion> {
        if !self.config.lexicon {
            return Vec::new();
        }
        let mut expansions = self.defined.expand(tokens);
        expansions.extend(self.lexicon.expand(tokens));
        expansions
    }

    /// The vector of the question; where there is a background, the mean of those of the question alone and of
    /// all. None without an encoder, and where it fails, which costs the vectors and not the answer.
    fn embed(&self, understanding: &Understanding) -> Option<Embedding> {
        let (encoder, _) = self.dense.as_ref()?;
        if !understanding.question.chars().any(char::is_alphanumeric) {
            return None;
        }
        let own = self.encode(encoder, &understanding.question)?;
        if understanding.background.is_empty() {
            return Some(own);
        }
        Some(mean(&own, &self.encode(encoder, &understanding.whole())?))
    }

    fn encode(&self, encoder: &Encoder, text: &str) -> Option<Embedding> {
        let Some(remembered) = &self.remembered else { return encoder.encode(text).ok() };
        remembered.get_or_insert_with(text, || encoder.encode(text)).ok()
    }
}

/// Documents that are looked at for their language.
const LANGUAGE_SAMPLE: u32 = 32;

/// The language that most of some documents say they are in; English where none says.
fn language_of(snapshot: &IndexSnapshot) -> Language {
    let step = (snapshot.documents() / LANGUAGE_SAMPLE).max(1) as usize;
    let documents = (0..snapshot.documents()).step_by(step).take(LANGUAGE_SAMPLE as usize);
    let mut counts: Vec<(Language, usize)> = Vec::new();
    for document in documents.filter_map(|ordinal| snapshot.document(ordinal).ok()) {
        let Some(language) = document.metadata.language.as_deref().and_then(Language::of_tag) else {
            continue;
        };
        match counts.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => counts.push((language, 1)),
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| count).map_or(Language::English, |&(language, _)| language)
}

/// The unit vector between two unit vectors.
fn mean(first: &Embedding, second: &Embedding) -> Embedding {
    let mut sum = *first.values();
    sum.iter_mut().zip(second.values()).for_each(|(a, b)| *a += b);
    Embedding::new(sum)
}
