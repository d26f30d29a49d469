//! The engine in this process.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Considered, Found, FoundAfter, Given, Insight, Quote, Subject, judged_id};
use crate::answer::{Citation, Response};
use crate::config::Config;
use crate::conversation::{Session, SessionLimits};
use crate::engine::{AskError, Engine, IndexState, ReadAfter, build_index, index_state};
use crate::eval::EvalError;
use crate::ingest::Progress;
use crate::protocol;
use crate::retrieve::{DEFAULT_LIMIT, Question};

/// Makes an engine for `config`, its index built and its sentence vectors made where that is needed, ready to
/// be asked. `reading` hears of documents, `encoding` of texts that have a vector and that need one.
///
/// # Errors
/// The corpus cannot be read, the index not be built or opened, or the vectors not be made.
pub fn prepare_engine(
    config: Arc<Config>,
    reading: &mut dyn Progress,
    encoding: &mut dyn FnMut(u64, u64),
) -> Result<Engine, EvalError> {
    if !matches!(index_state(&config)?, IndexState::Fresh) {
        build_index(&config, false, reading)?;
    }
    let engine = Engine::new(config);
    engine.load()?;
    engine
        .encode_pending(encoding, &AtomicBool::new(false))
        .map_err(|error| EvalError::Unusable(format!("the vectors could not be made: {error}")))?;
    Ok(engine)
}

/// An engine as shipped.
#[derive(Debug)]
pub struct Inside {
    shipped: Engine,
    /// The one file of a JSON lines corpus, before `#` in ids.
    file: Option<String>,
}

impl Inside {
    /// Makes the engine for `config`.
    ///
    /// # Errors
    /// As [`prepare_engine`].
    pub fn new(
        config: Config,
        reading: &mut dyn Progress,
        encoding: &mut dyn FnMut(u64, u64),
    ) -> Result<Self, EvalError> {
        let shipped = prepare_engine(Arc::new(config), reading, encoding)?;
        let first = shipped.documents(0, 1).unwrap_or_default();
        let file = first.first().filter(|one| one.id.as_str().contains('#'));
        let file = file.map(|one| one.id.path().to_owned());
        Ok(Self { shipped, file })
    }

    fn question(engine: &Engine, text: &str) -> Result<Question, EvalError> {
        let max = engine.config().answer.max_question_chars;
        let cut: String = text.trim().chars().take(max).collect();
        Question::new(&cut, max).map_err(|error| EvalError::Unusable(error.to_string()))
    }

    fn given(engine: &Engine, text: &str, history: &[String]) -> Result<Given, EvalError> {
        let failed = |source: AskError| EvalError::Ask { id: text.to_owned(), source };
        let question = Self::question(engine, text)?;
        if history.is_empty() {
            let answer = engine.ask(&question).map_err(failed)?;
            return Ok(Given::of(&protocol::Answer::from(answer.as_ref())));
        }
        let mut session = Self::session_after(engine, history)?;
        let answer = engine.reply(&mut session, &question).map_err(failed)?;
        Ok(Given::of(&protocol::Answer::from(answer.as_ref())))
    }

    fn session_after(engine: &Engine, history: &[String]) -> Result<Session, EvalError> {
        let mut session = Session::new(SessionLimits::default());
        for said in history {
            let failed = |source: AskError| EvalError::Ask { id: said.clone(), source };
            engine.reply(&mut session, &Self::question(engine, said)?).map_err(failed)?;
        }
        Ok(session)
    }

    fn response(&self, text: &str, limit: usize) -> Result<Response, EvalError> {
        let question = Self::question(&self.shipped, text)?.with_limit(limit);
        let failed = |source: AskError| EvalError::Ask { id: text.to_owned(), source };
        self.shipped.explain(&question).map_err(failed)
    }

    /// The question as it is looked up after `history`; nothing of it is dropped yet.
    fn read_after(&self, text: &str, history: &[String]) -> Result<ReadAfter, EvalError> {
        if history.is_empty() {
            return Ok(ReadAfter { text: text.to_owned(), found: Vec::new() });
        }
        let failed = |source: AskError| EvalError::Ask { id: text.to_owned(), source };
        let mut session = Self::session_after(&self.shipped, history)?;
        let question = Self::question(&self.shipped, text)?;
        self.shipped.read_after(session.exchanges(), &question).map_err(failed)
    }
}

impl Subject for Inside {
    fn ask(&self, question: &str, history: &[String]) -> Result<Given, EvalError> {
        let mut given = Self::given(&self.shipped, question, history)?;
        if given.quotes.is_empty() {
            let ReadAfter { text: asked, found } = self.read_after(question, history)?;
            given.quotes = match found.is_empty() {
                true => quotes(&self.response(&asked, DEFAULT_LIMIT)?.considered),
                false => found.iter().take(DEFAULT_LIMIT).map(|found| quote(&found.citation)).collect(),
            };
        }
        Ok(given)
    }

    fn search(&self, question: &str, history: &[String], limit: usize) -> Result<Vec<Found>, EvalError> {
        let ReadAfter { text: asked, found: quoted } = self.read_after(question, history)?;
        let asked = Self::question(&self.shipped, &asked)?.with_limit(limit);
        let failed = |source: AskError| EvalError::Ask { id: question.to_owned(), source };
        let found = self.shipped.search(&asked).map_err(failed)?;
        let found = found.iter().map(|passage| (&passage.document.id, passage.score));
        // What would be quoted comes first.
        let quoted = quoted.iter().map(|found| &found.citation);
        let quoted = quoted.map(|citation| (&citation.reference.document, citation.score));
        let found = quoted.chain(found).take(limit).map(|(document, score)| Found {
            document: judged_id(document.as_str()).to_owned(),
            score: f64::from(score),
        });
        Ok(found.collect())
    }

    fn explain(
        &self,
        question: &str,
        history: &[String],
        limit: usize,
    ) -> Result<Option<Insight>, EvalError> {
        let ReadAfter { text: asked, found } = self.read_after(question, history)?;
        // The signals are those of an answer as it is given, whatever number of passages is wanted here.
        let response = self.response(&asked, DEFAULT_LIMIT)?;
        let wanted = Self::question(&self.shipped, &asked)?.with_limit(limit);
        let failed = |source: AskError| EvalError::Ask { id: question.to_owned(), source };
        let ranked = self.shipped.search(&wanted).map_err(failed)?;
        let reading = &response.findings.reading;
        let considered = ranked.iter().filter_map(|ranked| {
            let passage = ranked.get()?;
            Some(Considered {
                document: judged_id(ranked.document.id.as_str()).to_owned(),
                passage: ranked.passage,
                bytes: (passage.span.start(), passage.span.end()),
                text: self.shipped.quote_of(reading, ranked).unwrap_or_default().to_owned(),
                score: f64::from(ranked.score),
                features: named(&ranked.features.named()),
                grade: 0,
            })
        });
        let considered = considered.collect();
        let reading = format!("{reading:#?}");
        let signals = named(&response.signals.named());
        let found = found.iter().map(|found| FoundAfter {
            quote: quote(&found.citation),
            figures: named(&found.figures.named()),
            right: false,
        });
        let follow_up = found.collect();
        Ok(Some(Insight { reading, considered, signals, follow_up }))
    }

    fn document_text(&self, id: &str) -> Result<Option<String>, EvalError> {
        let full = self.file.as_ref().map_or_else(|| id.to_owned(), |file| format!("{file}#{id}"));
        let failed = |source: AskError| EvalError::Ask { id: id.to_owned(), source };
        let document = self.shipped.document(&full).map_err(failed)?;
        Ok(document.map(|document| document.text.clone()))
    }

    fn describe(&self) -> String {
        let stats = self.shipped.stats();
        let index = stats.index.unwrap_or_default();
        format!("{} documents, {} passages, index {index}", stats.documents, stats.passages)
    }
}

fn quotes(citations: &[Citation]) -> Vec<Quote> {
    citations.iter().map(quote).collect()
}

fn quote(citation: &Citation) -> Quote {
    Quote {
        document: judged_id(citation.reference.document.as_str()).to_owned(),
        text: citation.quote.clone(),
        bytes: (citation.reference.span.start(), citation.reference.span.end()),
        confidence: f64::from(citation.confidence),
    }
}

fn named(figures: &[(&'static str, f32)]) -> Vec<(String, f64)> {
    figures.iter().map(|&(name, value)| (name.to_owned(), f64::from(value))).collect()
}
