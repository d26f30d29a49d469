//! The one facade over index, retrieval and answering.
//!
//! An [`Engine`] is cheap to clone and safe to share. It serves one snapshot of the index at a time;
//! [`Engine::load`] swaps in the newest generation, and answers under way finish on the old one. All of
//! it is CPU work: a server calls it off its asynchronous threads.

mod after;
mod build;
mod follow_up;
mod turn;
mod vectors;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use quick_cache::sync::{Cache, GuardResult};

pub use build::{BuildError, IndexState, build_index, index_state};
pub use vectors::VectorStats;

use crate::answer::{
    Answer, Citation, Claim, NotFoundReason, Outcome, Response, Verdict, find, quote_of, respond, verify,
};
use crate::config::Config;
use crate::conversation::{Exchange, Session};
use crate::document::{Document, DocumentId};
use crate::embed::Encoder;
use crate::index::{DocumentSummary, IndexError, IndexSnapshot, OpenError};
use crate::judge::Judge;
use crate::retrieve::{Finder, FollowUp, Question, RankedPassage, Reading, Weights};
use crate::text::language::other_than;
use crate::text::lexicon::Lexicon;
use crate::text::token::Analyzer;

/// How long to wait for somebody else's answer to the same question before finding it oneself.
const ALIKE_PATIENCE: Duration = Duration::from_secs(1);

/// How a question is read after what was said before.
#[derive(Debug, Clone)]
pub struct ReadAfter {
    /// What is looked up.
    pub text: String,
    /// What was found in any way where it may lean on what was said, best first.
    pub found: Vec<FoundAfter>,
}

/// A quote that was found for a question with history.
#[derive(Debug, Clone)]
pub struct FoundAfter {
    /// The quote, as sure as it is in this conversation.
    pub citation: Citation,
    /// What its score and its confidence are made of.
    pub figures: FollowUp,
}

/// What the documents answer.
#[derive(Debug)]
struct Documented {
    answer: Arc<Answer>,
    /// What would be quoted if every quote were shown, best first.
    considered: Vec<Citation>,
    /// What is related to that.
    related: Vec<String>,
}

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
    /// Their vectors.
    pub vectors: VectorStats,
}

/// Answers questions from the served generation of an index.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<Config>,
    analyzer: Analyzer,
    lexicon: Lexicon,
    weights: Arc<Weights>,
    lists: turn::Lists,
    served: ArcSwapOption<Finder>,
    /// Held while `served` is replaced.
    swapping: Mutex<()>,
    encoder: OnceLock<Option<Encoder>>,
    judge: OnceLock<Option<Judge>>,
    progress: vectors::Progress,
    answers: Option<Cache<CacheKey, Arc<Documented>>>,
}

/// Revision of the index, whether its vectors are used, and the question: the same three have the same
/// answer.
type CacheKey = (Arc<str>, bool, Question);

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
        let lists = turn::Lists::of(&config);
        let analyzer = Analyzer::english();
        // Loading the settings has told what is wrong with a file of weights.
        let weights = config.retrieve.learned().unwrap_or_else(|problem| {
            tracing::error!(%problem, "the shipped weights are used");
            Weights::shipped()
        });
        let lexicon = config.read_lexicon(&analyzer).unwrap_or_else(|problem| {
            tracing::error!(%problem, "the operator's terms are left out");
            Lexicon::shipped(&analyzer)
        });
        let inner = Inner {
            config,
            lexicon,
            weights: Arc::new(weights),
            lists,
            served: ArcSwapOption::empty(),
            swapping: Mutex::default(),
            encoder: OnceLock::new(),
            judge: OnceLock::new(),
            progress: vectors::Progress::default(),
            analyzer,
            answers,
        };
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
        self.inner.serve(snapshot);
        Ok(())
    }

    /// Whether questions are answered.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.inner.served.load().is_some()
    }

    /// Answers `question` as one that nothing went before.
    ///
    /// # Errors
    /// No index is loaded, or it could not be read.
    pub fn ask(&self, question: &Question) -> Result<Arc<Answer>, AskError> {
        turn::answer(self, &[], question)
    }

    /// What is looked up for `question`, asked after `history`, oldest first: the question as typed, or with what
    /// it leans on.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn read_after(&self, history: &[Exchange], question: &Question) -> Result<ReadAfter, AskError> {
        let read = turn::standalone_of(history, question);
        let after = after::answer(self, &*self.finder()?, history, question, read)?;
        Ok(ReadAfter { text: after.read, found: after.found })
    }

    /// What the documents answer, whatever else the message is.
    fn documents_answer(&self, finder: &Finder, question: &Question) -> Result<Arc<Answer>, AskError> {
        let begun = Instant::now();
        let (documented, is_new) = self.documented(finder, question)?;
        if is_new {
            return Ok(Arc::clone(&documented.answer));
        }
        Ok(Arc::new(Answer { took: begun.elapsed(), ..Answer::clone(&documented.answer) }))
    }

    /// The same with what is not shown, and whether it was found just now and not remembered.
    fn documented(&self, finder: &Finder, question: &Question) -> Result<(Arc<Documented>, bool), AskError> {
        let find = || -> Result<_, AskError> {
            let Response { answer, considered, related, .. } = self.respond(finder, question)?;
            Ok(Arc::new(Documented { answer: Arc::new(answer), considered, related }))
        };
        let Some(answers) = &self.inner.answers else { return Ok((find()?, true)) };
        let key = (Arc::from(finder.snapshot.revision()), finder.dense.is_some(), question.clone());
        // Many who ask the same at once wait for one answer.
        match answers.get_value_or_guard(&key, Some(ALIKE_PATIENCE)) {
            GuardResult::Value(known) => Ok((known, false)),
            GuardResult::Guard(place) => {
                let documented = find()?;
                // Refused only where the cache was emptied meanwhile.
                let _ = place.insert(Arc::clone(&documented));
                Ok((documented, true))
            }
            GuardResult::Timeout => Ok((find()?, true)),
        }
    }

    fn respond(&self, finder: &Finder, question: &Question) -> Result<Response, AskError> {
        let mut response = respond(finder, &self.config().answer, question)?;
        self.tell(&mut response.answer);
        self.tell_language(finder, question, &mut response.answer);
        Ok(response)
    }

    /// Puts the operator's text for the outcome beside `answer`.
    fn tell(&self, answer: &mut Answer) {
        let texts = &self.config().texts;
        answer.message = match (answer.outcome, answer.reason) {
            (Outcome::NotFound, reason) if reason != Some(NotFoundReason::Empty) => Some(&texts.not_found),
            (Outcome::LowConfidence, _) => Some(&texts.low_confidence),
            _ => None,
        }
        .filter(|text| !text.is_empty())
        .cloned();
    }

    /// Where `question` is in another language than the documents, an unsure `answer` quotes nothing and says why.
    fn tell_language(&self, finder: &Finder, question: &Question, answer: &mut Answer) {
        let is_unsure = matches!(answer.outcome, Outcome::NotFound | Outcome::LowConfidence);
        if !is_unsure
            || answer.reason == Some(NotFoundReason::Empty)
            || other_than(finder.language, question.text()).is_none()
        {
            return;
        }
        answer.outcome = Outcome::NotFound;
        answer.reason = Some(NotFoundReason::Language);
        answer.citations.clear();
        answer.related.clear();
        answer.nearest.clear();
        answer.message = Some(self.config().texts.other_language.clone()).filter(|text| !text.is_empty());
    }

    /// Answers `question` as the next turn of `session`.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn reply(&self, session: &mut Session, question: &Question) -> Result<Arc<Answer>, AskError> {
        let answer = turn::answer(self, session.exchanges(), question)?;
        session.record(question.text(), &answer);
        Ok(answer)
    }

    /// The passages for `question`, best first, at most as many as it asks for.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn search(&self, question: &Question) -> Result<Vec<RankedPassage>, AskError> {
        Ok(find(&*self.finder()?, &self.config().answer, question, question.limit())?.ranked)
    }

    /// Answers `question` and tells how.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn explain(&self, question: &Question) -> Result<Response, AskError> {
        self.respond(&*self.finder()?, question)
    }

    /// What would be quoted of a passage that was found for `reading`; `None` where nothing of it can be.
    #[must_use]
    pub fn quote_of<'p>(&self, reading: &Reading, passage: &'p RankedPassage) -> Option<&'p str> {
        let quote = quote_of(reading, passage, self.config().answer.max_quote_words)?;
        Some(passage.document.slice(quote))
    }

    /// The documents served, in the order of the corpus, from place `from`, at most `limit`.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn documents(&self, from: u32, limit: usize) -> Result<Vec<DocumentSummary>, AskError> {
        Ok(self.finder()?.snapshot.summaries(from, limit)?)
    }

    /// Whether a document with this id is served.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn serves(&self, id: &DocumentId) -> Result<bool, AskError> {
        Ok(self.finder()?.snapshot.ordinal(id).is_some())
    }

    /// The document with this id, if it is served.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn document(&self, id: &str) -> Result<Option<Arc<Document>>, AskError> {
        let snapshot = &self.finder()?.snapshot;
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
        let Some(finder) = self.inner.served.load_full() else { return Stats::default() };
        let snapshot = &finder.snapshot;
        Stats {
            ready: true,
            index: Some(snapshot.revision().to_owned()),
            documents: u64::from(snapshot.documents()),
            passages: snapshot.passages(),
            vectors: self.inner.progress.get(),
        }
    }

    fn finder(&self) -> Result<Arc<Finder>, AskError> {
        self.inner.served.load_full().ok_or(AskError::NotReady)
    }
}
