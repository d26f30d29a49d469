//! The simple system that others are held against: BM25 over whole documents.
//!
//! BM25 as Robertson and Zaragoza ("The probabilistic relevance framework", 2009) give it, k1 = 1.2, b = 0.75,
//! over title, question and text each by itself, added up, with the product's own analyzer (English stems).
//! It quotes nothing and its confidence is a score brought below 1, so only its ranking and its AUROC mean
//! anything.

use std::collections::BTreeMap;

use super::{Found, Given, Insight, Subject, judged_id};
use crate::engine::{AskError, Engine};
use crate::eval::EvalError;
use crate::text::token::Analyzer;

const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Documents asked for at once.
const PAGE: usize = 1000;
/// The score whose confidence is one half.
const HALF: f64 = 10.0;

/// Postings of every term of every document, in memory.
#[derive(Debug)]
pub struct Bm25 {
    analyzer: Analyzer,
    documents: Vec<String>,
    /// Title, question, text.
    fields: [Field; 3],
}

/// What one field of all documents holds.
#[derive(Debug, Default)]
struct Field {
    /// For each term the documents that hold it, ascending, and how often.
    postings: BTreeMap<String, Vec<(u32, f64)>>,
    lengths: Vec<f64>,
    total_length: f64,
}

impl Field {
    fn add(&mut self, analyzer: &Analyzer, document: u32, text: &str) {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for token in analyzer.tokens(text) {
            *counts.entry(token.term).or_default() += 1;
        }
        let length = f64::from(counts.values().sum::<u32>());
        self.lengths.push(length);
        self.total_length += length;
        for (term, count) in counts {
            self.postings.entry(term).or_default().push((document, f64::from(count)));
        }
    }

    fn score(&self, term: &str, scores: &mut BTreeMap<u32, f64>) {
        let Some(postings) = self.postings.get(term) else { return };
        let (all, holding) = (as_number(self.lengths.len()), as_number(postings.len()));
        let rarity = (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln();
        let mean = (self.total_length / all).max(f64::MIN_POSITIVE);
        for &(document, count) in postings {
            let length = self.lengths.get(document as usize).copied().unwrap_or(mean);
            let damped = count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean));
            *scores.entry(document).or_default() += rarity * damped;
        }
    }
}

impl Bm25 {
    /// Reads the documents that `engine` serves.
    ///
    /// # Errors
    /// The index could not be read.
    pub fn new(engine: &Engine) -> Result<Self, EvalError> {
        let failed = |source: AskError| EvalError::Ask { id: "bm25".to_owned(), source };
        let mut one =
            Self { analyzer: Analyzer::english(), documents: Vec::new(), fields: Default::default() };
        loop {
            let from = u32::try_from(one.documents.len()).unwrap_or(u32::MAX);
            let page = engine.documents(from, PAGE).map_err(failed)?;
            if page.is_empty() {
                return Ok(one);
            }
            for summary in page {
                one.add(engine, summary.id.as_str()).map_err(failed)?;
            }
        }
    }

    fn add(&mut self, engine: &Engine, id: &str) -> Result<(), AskError> {
        let number = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        self.documents.push(judged_id(id).to_owned());
        let document = engine.document(id)?;
        let texts = document.as_deref().map_or(["", "", ""], |document| {
            let about = &document.metadata;
            [about.title.as_str(), about.question.as_deref().unwrap_or_default(), &document.text]
        });
        for (field, text) in self.fields.iter_mut().zip(texts) {
            field.add(&self.analyzer, number, text);
        }
        Ok(())
    }

    /// The best `limit` documents for `question`.
    fn rank(&self, question: &str, limit: usize) -> Vec<Found> {
        let mut scores: BTreeMap<u32, f64> = BTreeMap::new();
        for token in self.analyzer.tokens(question) {
            self.fields.iter().for_each(|field| field.score(&token.term, &mut scores));
        }
        let mut ranked: Vec<(u32, f64)> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let found = ranked.into_iter().take(limit).filter_map(|(document, score)| {
            Some(Found { document: self.documents.get(document as usize)?.clone(), score })
        });
        found.collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents")]
fn as_number(count: usize) -> f64 {
    count as f64
}

impl Subject for Bm25 {
    fn ask(&self, question: &str, _history: &[String]) -> Result<Given, EvalError> {
        let best = self.rank(question, 1).first().map_or(0.0, |found| found.score);
        Ok(Given { outcome: "not_found".into(), confidence: best / (best + HALF), ..Given::default() })
    }

    fn search(&self, question: &str, _history: &[String], limit: usize) -> Result<Vec<Found>, EvalError> {
        Ok(self.rank(question, limit))
    }

    fn explain(&self, _: &str, _: &[String], _: usize) -> Result<Option<Insight>, EvalError> {
        Ok(None)
    }

    fn document_text(&self, _id: &str) -> Result<Option<String>, EvalError> {
        Ok(None)
    }

    fn describe(&self) -> String {
        format!("{} documents, BM25 over whole documents", self.documents.len())
    }
}
