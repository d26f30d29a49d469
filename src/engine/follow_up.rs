//! What tells whether a quote answers a question that may lean on what was said before.
//!
//! "How long does it take?" is answered by some sentence in most documents. What tells is in which way of looking it up the
//! sentence was found, and whether it is about what was spoken of.

use std::collections::BTreeSet;

use crate::answer::Citation;
use crate::conversation::{Exchange, Standalone, StandaloneKind};
use crate::document::DocumentId;
use crate::retrieve::{Finder, FollowUp};
use crate::text::token::{Token, WeightClass, weight_class};

/// Confidences are taken to be no nearer to 0 or 1 than this.
const NEAREST: f32 = 1e-3;

/// A way of looking a question up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As typed, in all documents.
    Typed,
    /// As typed, in the document spoken of.
    TypedWithin,
    /// With what its words lean on.
    Read,
    /// With the question before behind it.
    Before,
    /// The same in the document spoken of.
    BeforeWithin,
}

/// Where what was quoted last stands.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) document: DocumentId,
    section: Vec<String>,
}

impl Place {
    /// Of what `exchange` quoted first.
    pub(super) fn of(exchange: &Exchange) -> Option<Self> {
        let document = exchange.document.clone()?;
        Some(Self { document, section: exchange.section.clone() })
    }
}

/// What is known of a question with history.
#[derive(Debug)]
pub(super) struct Leaning {
    /// The content words that it does not say itself.
    subject: Vec<Token>,
    spoken_of: Option<Place>,
    quoted: Option<String>,
    /// Whether it needs something from before by its form.
    needs: bool,
    /// Whether it says all of its subject.
    is_whole: bool,
}

impl Leaning {
    /// Of `question`, read as `read` after `history`, where what was spoken of last stands at `spoken_of`.
    pub(super) fn of(
        finder: &Finder,
        history: &[Exchange],
        question: &str,
        read: &Standalone,
        spoken_of: Option<Place>,
    ) -> Self {
        // "What about burning it?" has the form of a follow-up, and is likeliest meant as it was typed.
        let needs = read.kind == StandaloneKind::FollowUp && read.text != question;
        Self {
            subject: subject(finder, history, question, read),
            spoken_of,
            quoted: history.iter().rev().find_map(|exchange| exchange.answered.clone()),
            needs,
            is_whole: !needs && read.others.is_empty(),
        }
    }

    /// Whether the question needs something from before by its form.
    pub(super) const fn needs(&self) -> bool {
        self.needs
    }

    /// The figures of the quote of `citation`, which was found in these `ways` with these confidences.
    pub(super) fn figures(&self, finder: &Finder, citation: &Citation, ways: &[(Way, f32)]) -> FollowUp {
        let found = |wanted: Way| {
            let sure = ways.iter().filter(|(way, _)| *way == wanted).map(|(_, sure)| *sure);
            sure.reduce(f32::max).map(log_odds)
        };
        let within =
            |way: Way, else_as: f32| if self.spoken_of.is_some() { found(way) } else { Some(else_as) };
        let bottom = log_odds(0.0);
        let typed = found(Way::Typed).unwrap_or(bottom);
        let before = found(Way::Before).unwrap_or(bottom);
        let flag = |holds: bool| f32::from(u8::from(holds));
        let (other_section, other_document) = self.left(citation);
        FollowUp {
            log_odds: ways.iter().map(|(_, sure)| log_odds(*sure)).fold(bottom, f32::max),
            typed,
            typed_within: within(Way::TypedWithin, typed).unwrap_or(bottom),
            read: found(Way::Read).unwrap_or(bottom),
            before,
            before_within: within(Way::BeforeWithin, before).unwrap_or(bottom),
            typed_alone: if self.needs { 0.0 } else { typed },
            typed_whole: if self.is_whole { typed } else { 0.0 },
            about: if self.needs { about(finder, &self.subject, citation) } else { 1.0 },
            other_section,
            section_alone: if self.needs { 0.0 } else { other_section },
            other_document,
            other_alone: if self.needs { 0.0 } else { other_document },
            other_whole: if self.is_whole { other_document } else { 0.0 },
            repeated: flag(self.quoted.as_deref().is_some_and(|quoted| are_same(quoted, &citation.quote))),
        }
    }

    /// How far from what was quoted last `citation` is by headings, and by documents.
    fn left(&self, citation: &Citation) -> (f32, f32) {
        let Some(spoken_of) = &self.spoken_of else { return (0.5, 0.5) };
        if citation.reference.document != spoken_of.document {
            return (1.0, 1.0);
        }
        let (from, to) = (&spoken_of.section, &citation.reference.section);
        let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
        match from.len().max(to.len()) {
            0 => (0.0, 0.0),
            all => ((all - common) as f32 / all as f32, 0.0),
        }
    }
}

fn log_odds(sure: f32) -> f32 {
    let sure = sure.clamp(NEAREST, 1.0 - NEAREST);
    (sure / (1.0 - sure)).ln()
}

fn are_same(one: &str, other: &str) -> bool {
    one.contains(other) || other.contains(one)
}

/// The content words that the first reading of `question` has and it has not itself; else those of its other readings,
/// else those of the question before.
fn subject(finder: &Finder, history: &[Exchange], question: &str, read: &Standalone) -> Vec<Token> {
    let content = |text: &str| {
        let tokens = finder.analyzer.tokens(text).into_iter();
        tokens.filter(|token| weight_class(&token.term) == WeightClass::Content)
    };
    let typed: BTreeSet<String> =
        finder.analyzer.tokens(question).into_iter().map(|token| token.term).collect();
    let new =
        |text: &str| -> Vec<Token> { content(text).filter(|token| !typed.contains(&token.term)).collect() };
    let others = read.others.iter().map(String::as_str);
    let readings = std::iter::once(read.text.as_str()).chain(others);
    let put_in = readings.map(new).find(|words| !words.is_empty());
    put_in.unwrap_or_else(|| history.last().map(|last| new(&last.question)).unwrap_or_default())
}

/// The share of the words of `subject` that the quote or what stands above it says, in these words or in others that the
/// lexicon knows; 1 where there are none.
fn about(finder: &Finder, subject: &[Token], citation: &Citation) -> f32 {
    let reference = &citation.reference;
    let texts = [reference.title.as_str(), citation.quote.as_str()].into_iter();
    let texts = texts.chain(reference.section.iter().map(String::as_str)).chain(citation.lead_in.as_deref());
    let said: BTreeSet<String> =
        texts.flat_map(|text| finder.analyzer.tokens(text)).map(|token| token.term).collect();
    let mut found: Vec<bool> = subject.iter().map(|token| said.contains(&token.term)).collect();
    for expansion in finder.lexicon.expand(subject) {
        let is_said = |terms: &[String]| terms.iter().all(|term| said.contains(term));
        if expansion.alternatives.iter().any(|other| is_said(&other.terms))
            && let Some(places) = found.get_mut(expansion.tokens)
        {
            places.fill(true);
        }
    }
    if found.is_empty() {
        return 1.0;
    }
    found.iter().filter(|&&said| said).count() as f32 / found.len() as f32
}
