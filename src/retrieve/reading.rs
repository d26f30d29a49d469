//! How a question was read: its terms, what each weighs, the kind of answer it wants.

use super::{Question, QuestionKind};
use crate::index::{Query, QueryTerm};
use crate::text::token::{Analyzer, TermFilter, WeightClass, weight_class};

/// What a light word weighs beside a content word.
const LIGHT_WEIGHT: f32 = 0.3;
/// Most distinct terms that are looked up; a longer message keeps its rarest.
const MAX_TERMS: usize = 32;

/// One distinct term of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadTerm {
    /// As the index knows it.
    pub term: String,
    /// 1 for a content word, less for a light one.
    pub class_weight: f32,
    /// Inverse document frequency over passages, `ln(1 + (N - n + 0.5) / (n + 0.5))` (Robertson and
    /// Spärck Jones, with the 1 that keeps it positive).
    pub idf: f32,
    /// Number of passages that hold it.
    pub passages: u64,
}

impl ReadTerm {
    /// What the term counts.
    #[must_use]
    pub fn weight(&self) -> f32 {
        self.class_weight * self.idf
    }
}

/// A question as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Distinct terms that count, in the order of the question.
    pub terms: Vec<ReadTerm>,
    /// All content and light terms in the order of the question, as places in `terms`.
    pub sequence: Vec<usize>,
    /// The kind of answer that is wanted.
    pub kind: QuestionKind,
    /// Sum of the weights of `terms`.
    pub total_weight: f32,
    /// Whether any term names a subject.
    pub has_content: bool,
}

impl Reading {
    /// Reads `question` against a collection of `passages` passages, of which `frequency` hold a term.
    #[must_use]
    pub fn of(
        question: &Question,
        analyzer: &Analyzer,
        passages: u64,
        frequency: &dyn Fn(&str) -> u64,
    ) -> Self {
        let kind = QuestionKind::of(question.text());
        let mut terms: Vec<ReadTerm> = Vec::new();
        let mut sequence = Vec::new();
        for token in analyzer.tokens(question.text()) {
            let class_weight = match weight_class(&token.term) {
                _ if kind.consumes(&token.term) => continue,
                WeightClass::Content => 1.0,
                WeightClass::Light => LIGHT_WEIGHT,
                WeightClass::Function => continue,
            };
            let at = terms.iter().position(|known| known.term == token.term).unwrap_or_else(|| {
                let n = frequency(&token.term);
                terms.push(ReadTerm {
                    idf: Self::idf(passages, n),
                    passages: n,
                    class_weight,
                    term: token.term,
                });
                terms.len() - 1
            });
            sequence.push(at);
        }
        let mut reading = Self { terms, sequence, kind, total_weight: 0.0, has_content: false };
        reading.keep_rarest();
        reading.total_weight = reading.terms.iter().map(ReadTerm::weight).sum();
        reading.has_content = reading.terms.iter().any(|term| term.class_weight >= 1.0);
        reading
    }

    /// Inverse document frequency of a term that `with_term` of `passages` passages hold; the formula is
    /// at [`ReadTerm::idf`].
    #[must_use]
    pub fn idf(passages: u64, with_term: u64) -> f32 {
        let (all, some) = (passages as f64, with_term.min(passages) as f64);
        (1.0 + (all - some + 0.5) / (some + 0.5)).ln() as f32
    }

    fn keep_rarest(&mut self) {
        if self.terms.len() <= MAX_TERMS {
            return;
        }
        let mut order: Vec<usize> = (0..self.terms.len()).collect();
        let weight =
            |at: usize| self.terms.get(at).filter(|term| term.passages > 0).map_or(0.0, ReadTerm::weight);
        order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
        order.truncate(MAX_TERMS);
        order.sort_unstable();
        self.sequence = self.sequence.iter().filter_map(|at| order.binary_search(at).ok()).collect();
        self.terms = order.iter().filter_map(|&at| self.terms.get(at).cloned()).collect();
    }

    /// What the index is asked.
    #[must_use]
    pub fn query(&self, document: Option<u32>) -> Query {
        let known = self.terms.iter().filter(|term| term.passages > 0);
        let terms =
            known.map(|term| QueryTerm { term: term.term.clone(), weight: term.class_weight }).collect();
        Query { terms, document }
    }

    /// Lets through the words that may be one of `terms`.
    #[must_use]
    pub fn filter(&self) -> TermFilter {
        TermFilter::of(self.terms.iter().map(|term| term.term.as_str()))
    }

    /// The place of `term` in `terms`.
    #[must_use]
    pub fn place(&self, term: &str) -> Option<usize> {
        self.terms.iter().position(|known| known.term == term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let question = Question::new(text, 5000).unwrap();
        Reading::of(&question, &Analyzer::english(), 100, &|term| u64::from(term == "liver") * 10)
    }

    #[test]
    fn function_words_are_dropped_and_repeats_counted_once() {
        let reading = read("What is the liver, and where is the liver?");
        assert_eq!(reading.terms.iter().map(|t| t.term.as_str()).collect::<Vec<_>>(), ["liver"]);
        assert_eq!(reading.sequence, [0, 0]);
    }

    #[test]
    fn an_unknown_word_weighs_more_than_a_known_one_and_is_not_looked_up() {
        let reading = read("liver of a walrus");
        assert!(reading.terms[1].weight() > reading.terms[0].weight());
        assert_eq!(reading.query(None).terms.len(), 1);
    }

    #[test]
    fn a_question_of_function_words_has_no_content() {
        assert!(!read("what is it about then?").has_content);
    }

    #[test]
    fn a_long_message_keeps_what_the_documents_know() {
        let many: Vec<String> = (0..100).map(|n| format!("word{n}x")).collect();
        let reading = read(&format!("{} liver", many.join(" ")));
        assert_eq!(reading.terms.len(), MAX_TERMS);
        assert!(reading.place("liver").is_some());
        assert!(reading.sequence.iter().all(|&at| at < MAX_TERMS));
    }
}
