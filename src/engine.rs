//! The one facade over index, retrieval and answering.
//!
//! An [`Engine`] is cheap to clone and safe to share. It serves one snapshot of the index at a time;
//! [`Engine::load`] swaps in the newest generation, and answers under way finish on the old one. All of
//! it is CPU work: a server calls it off its asynchronous threads.

mod build;

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use quick_cache::sync::Cache;

pub use build::{BuildError, IndexState, build_index, index_state};

use crate::answer::{Answer, Claim, NotFoundReason, Outcome, Verdict, respond, verify};
use crate::config::Config;
use crate::conversation::{Session, Turn};
use crate::document::{Document, DocumentId};
use crate::index::{DocumentSummary, IndexError, IndexSnapshot, OpenError};
use crate::retrieve::{Question, RankedPassage, Reading, rank};
use crate::text::token::Analyzer;

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No index is loaded yet.
    #[error("no index is loaded yet")]
    NotReady,
    /// The index could not be read.
    #[error("the index could not be read")]
    Index(#[from] IndexError),
}

/// How an answer came about.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// How the question was read.
    pub reading: Reading,
    /// The passages considered, best first, each with its features and score.
    pub ranked: Vec<RankedPassage>,
    /// The figures that the confidence is made of, by name, always in the same order.
    pub signals: Vec<(&'static str, f32)>,
    /// What is answered.
    pub answer: Arc<Answer>,
}

/// How an engine stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Whether questions are answered.
    pub ready: bool,
    /// Revision of the index.
    pub index: Option<String>,
    /// Documents served.
    pub documents: u64,
    /// Passages served.
    pub passages: u64,
}

/// Answers questions from the served generation of an index.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<Config>,
    analyzer: Analyzer,
    snapshot: ArcSwapOption<IndexSnapshot>,
    answers: Option<Cache<CacheKey, Arc<Answer>>>,
}

/// Revision of the index and the question: the same pair has the same answer.
type CacheKey = (Arc<str>, Question);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine without an index: every question is [`AskError::NotReady`] until [`Engine::load`].
    #[must_use]
    pub fn new(config: Arc<Config>) -> Self {
        let cached = config.answer.cached_answers;
        let answers = (cached > 0).then(|| Cache::new(cached));
        let inner =
            Inner { config, analyzer: Analyzer::english(), snapshot: ArcSwapOption::empty(), answers };
        Self { inner: Arc::new(inner) }
    }

    /// The settings it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Loads the served generation. When that fails the one loaded before stays.
    ///
    /// # Errors
    /// The index is missing, damaged or of another version.
    pub fn load(&self) -> Result<(), OpenError> {
        let snapshot = IndexSnapshot::open_with(&self.inner.config.paths.index, &self.inner.config.index)?;
        self.inner.snapshot.store(Some(Arc::new(snapshot)));
        Ok(())
    }

    /// Whether questions are answered.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.inner.snapshot.load().is_some()
    }

    /// Answers `question`.
    ///
    /// # Errors
    /// No index is loaded, or it could not be read.
    pub fn ask(&self, question: &Question) -> Result<Arc<Answer>, AskError> {
        let begun = Instant::now();
        let snapshot = self.snapshot()?;
        let Some(answers) = &self.inner.answers else {
            return self.answer(&snapshot, question).map(Arc::new);
        };
        let key = (Arc::from(snapshot.revision()), question.clone());
        if let Some(known) = answers.get(&key) {
            return Ok(Arc::new(Answer { took: begun.elapsed(), ..Answer::clone(&known) }));
        }
        let answer = Arc::new(self.answer(&snapshot, question)?);
        answers.insert(key, Arc::clone(&answer));
        Ok(answer)
    }

    fn answer(&self, snapshot: &IndexSnapshot, question: &Question) -> Result<Answer, AskError> {
        let Config { retrieve, answer: config, texts, .. } = self.config();
        let mut answer = respond(snapshot, &self.inner.analyzer, retrieve, config, question)?;
        answer.message = match (answer.outcome, answer.reason) {
            (Outcome::NotFound, reason) if reason != Some(NotFoundReason::Empty) => Some(&texts.not_found),
            (Outcome::LowConfidence, _) => Some(&texts.low_confidence),
            _ => None,
        }
        .filter(|text| !text.is_empty())
        .cloned();
        Ok(answer)
    }

    /// Answers `question` as the next turn of `session`. A client's `id` that was asked before gives the
    /// answer that was given before.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn reply(
        &self,
        session: &mut Session,
        id: Option<&str>,
        question: &Question,
    ) -> Result<Arc<Answer>, AskError> {
        if let Some(known) = id.and_then(|id| session.recall(id)) {
            return Ok(known);
        }
        let answer = self.ask(question)?;
        let turn = Turn {
            id: id.map(str::to_owned),
            question: question.text().to_owned(),
            answer: Arc::clone(&answer),
        };
        session.record(turn);
        Ok(answer)
    }

    /// The passages for `question`, best first, at most as many as it asks for.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn search(&self, question: &Question) -> Result<Vec<RankedPassage>, AskError> {
        let snapshot = self.snapshot()?;
        let config = &self.config().retrieve;
        let (_, ranked) = rank(&snapshot, &self.inner.analyzer, config, question, question.limit())?;
        Ok(ranked)
    }

    /// Answers `question` and tells how: at most `limit` of the passages considered.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn explain(&self, question: &Question, limit: usize) -> Result<Explanation, AskError> {
        let snapshot = self.snapshot()?;
        let config = &self.config().retrieve;
        let (reading, ranked) = rank(&snapshot, &self.inner.analyzer, config, question, limit)?;
        let signals = ranked.first().map(|first| first.features.named()).unwrap_or_default();
        Ok(Explanation { reading, ranked, signals, answer: self.ask(question)? })
    }

    /// The documents served, in the order of the corpus, from place `from`, at most `limit`.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn documents(&self, from: u32, limit: usize) -> Result<Vec<DocumentSummary>, AskError> {
        Ok(self.snapshot()?.summaries(from, limit)?)
    }

    /// The document with this id, if it is served.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn document(&self, id: &str) -> Result<Option<Arc<Document>>, AskError> {
        let snapshot = self.snapshot()?;
        let ordinal = DocumentId::new(id).ok().and_then(|id| snapshot.ordinal(&id));
        Ok(ordinal.map(|ordinal| snapshot.document(ordinal)).transpose()?)
    }

    /// Whether `claim` stands against the documents as served.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn verify(&self, claim: &Claim) -> Result<Verdict, AskError> {
        let document = self.document(&claim.document)?;
        Ok(verify(document.as_deref(), claim))
    }

    /// How the engine stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let Some(snapshot) = self.inner.snapshot.load_full() else { return Stats::default() };
        Stats {
            ready: true,
            index: Some(snapshot.revision().to_owned()),
            documents: u64::from(snapshot.documents()),
            passages: snapshot.passages(),
        }
    }

    fn snapshot(&self) -> Result<Arc<IndexSnapshot>, AskError> {
        self.inner.snapshot.load_full().ok_or(AskError::NotReady)
    }
}
