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
/// Most words of a message that only names a thing.
const MAX_BARE: usize = 3;
/// A word of the titles of more than one in so many passages does not tell what a question is about.
const TELLING: u64 = 2;

/// A way of looking a question up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As typed, in all documents.
    Typed,
    /// As typed, in the document spoken of.
    TypedWithin,
    /// With what its words lean on.
    Read,
    /// As the question before, asked of what this one names.
    Carried,
    /// With the question before behind it.
    Before,
    /// The same in the document spoken of.
    BeforeWithin,
}

/// Where what was quoted last stands, or what was named since.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) document: DocumentId,
    /// The headings above it; `None` where no more than the document is known.
    section: Option<Vec<String>>,
}

impl Place {
    /// Of what `exchange` quoted first.
    pub(super) fn of(exchange: &Exchange) -> Option<Self> {
        let document = exchange.document.clone()?;
        Some(Self { document, section: Some(exchange.section.clone()) })
    }

    /// What `question` names by title or heading, of the places that were considered and not quoted for it.
    pub(super) fn named(finder: &Finder, question: &str, considered: &[Citation]) -> Option<Self> {
        let said: BTreeSet<String> = content(finder, question).into_iter().map(|token| token.term).collect();
        let most = finder.snapshot.passages() / TELLING;
        let tells = |token: &Token| {
            said.contains(&token.term) && finder.snapshot.title_frequency(&token.term) <= most
        };
        let mut best: Option<(usize, Self)> = None;
        for Citation { reference, .. } in considered {
            let section = headed(finder, &said, &reference.section);
            let titled = content(finder, &reference.title).iter().filter(|token| tells(token)).count();
            let named = titled + usize::from(section.is_some());
            if named > best.as_ref().map_or(0, |(named, _)| *named) {
                best = Some((named, Self { document: reference.document.clone(), section }));
            }
        }
        best.map(|(_, place)| place)
    }
}

/// The headings down to the innermost one of several words that are all `said`.
fn headed(finder: &Finder, said: &BTreeSet<String>, section: &[String]) -> Option<Vec<String>> {
    let at = section.iter().rposition(|heading| {
        let words = content(finder, heading);
        words.len() > 1 && words.iter().all(|token| said.contains(&token.term))
    })?;
    section.get(..=at).map(<[String]>::to_vec)
}

/// What is known of a question with history.
#[derive(Debug)]
pub(super) struct Leaning {
    /// The content words that it says itself.
    typed: Vec<Token>,
    /// Those that it does not say.
    subject: Vec<Token>,
    spoken_of: Option<Place>,
    quoted: Option<String>,
    /// Whether it needs something from before by its form.
    needs: bool,
    /// Whether it says all of its subject.
    is_whole: bool,
    /// Whether it names a thing and nothing else, which may be of what was spoken of or a subject of its own.
    is_bare: bool,
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
        let (typed, words) = (content(finder, question), finder.analyzer.tokens(question).len());
        Self {
            is_bare: !needs && words <= MAX_BARE && typed.len() == words,
            typed,
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

    /// How surely the quote of `citation`, found in these `ways`, answers the question before as asked of what this one
    /// names, where it is of that and found in no other way as surely.
    pub(super) fn carried(&self, finder: &Finder, citation: &Citation, ways: &[(Way, f32)]) -> Option<f32> {
        carried(ways).filter(|_| self.names(finder, citation))
    }

    /// Whether the title of `citation` or a heading above it says a word of the question.
    fn names(&self, finder: &Finder, citation: &Citation) -> bool {
        let reference = &citation.reference;
        let above = std::iter::once(&reference.title).chain(&reference.section);
        !self.typed.is_empty() && share_said(finder, &self.typed, above.map(String::as_str)) > 0.0
    }

    /// Whether `citation` says anything that `reading` has and the question itself has not.
    pub(super) fn is_of_reading(&self, finder: &Finder, reading: &str, citation: &Citation) -> bool {
        let mut put_in = content(finder, reading);
        put_in.retain(|token| !self.typed.iter().any(|typed| typed.term == token.term));
        about(finder, &put_in, citation) > 0.0
    }

    /// The figures of the quote of `citation`, which was found in these `ways` with these confidences.
    pub(super) fn figures(&self, finder: &Finder, citation: &Citation, ways: &[(Way, f32)]) -> FollowUp {
        if let Some(sure) = self.carried(finder, citation, ways) {
            return of_opening(log_odds(sure));
        }
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
        let (other_section, other_document) =
            self.left(&citation.reference.document, &citation.reference.section);
        let names = (self.is_whole || self.is_bare) && self.names(finder, citation);
        let is_whole = self.is_whole || (self.is_bare && names);
        FollowUp {
            log_odds: ways.iter().map(|(_, sure)| log_odds(*sure)).fold(bottom, f32::max),
            typed,
            typed_within: within(Way::TypedWithin, typed).unwrap_or(bottom),
            read: found(Way::Read).unwrap_or(bottom),
            before,
            before_within: within(Way::BeforeWithin, before).unwrap_or(bottom),
            typed_alone: if self.needs { 0.0 } else { typed },
            typed_whole: if is_whole { typed } else { 0.0 },
            about: if self.needs { about(finder, &self.subject, citation) } else { 1.0 },
            other_section,
            section_alone: if self.needs { 0.0 } else { other_section },
            other_document,
            other_alone: if self.needs { 0.0 } else { other_document },
            other_whole: if is_whole && (names || self.spoken_of.is_none()) { other_document } else { 0.0 },
            repeated: flag(self.quoted.as_deref().is_some_and(|quoted| are_same(quoted, &citation.quote))),
        }
    }

    /// How far from what was quoted last the headings `to` of `document` are, by headings and by documents.
    fn left(&self, document: &DocumentId, to: &[String]) -> (f32, f32) {
        let Some(spoken_of) = &self.spoken_of else { return (0.5, 0.5) };
        if *document != spoken_of.document {
            return (1.0, 1.0);
        }
        let Some(from) = &spoken_of.section else { return (0.5, 0.0) };
        let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
        match from.len().max(to.len()) {
            0 => (0.0, 0.0),
            all => ((all - common) as f32 / all as f32, 0.0),
        }
    }
}

/// The confidence with which a quote was found for the question before as asked of what this one names, where no
/// other way is surer.
fn carried(ways: &[(Way, f32)]) -> Option<f32> {
    let most = |is_carried: bool| {
        let found = ways.iter().filter(|(way, _)| (*way == Way::Carried) == is_carried);
        found.map(|(_, sure)| *sure).reduce(f32::max)
    };
    let sure = most(true)?;
    most(false).is_none_or(|other| sure >= other).then_some(sure)
}

/// The figures of a quote that was found for a whole question, as if nothing had been spoken of before.
fn of_opening(log_odds: f32) -> FollowUp {
    FollowUp {
        log_odds,
        typed: log_odds,
        typed_within: log_odds,
        read: log_odds,
        before: log_odds,
        before_within: log_odds,
        typed_alone: log_odds,
        typed_whole: log_odds,
        about: 1.0,
        other_section: 0.5,
        section_alone: 0.5,
        other_document: 0.5,
        other_alone: 0.5,
        other_whole: 0.5,
        repeated: 0.0,
    }
}

fn log_odds(sure: f32) -> f32 {
    let sure = sure.clamp(NEAREST, 1.0 - NEAREST);
    (sure / (1.0 - sure)).ln()
}

fn are_same(one: &str, other: &str) -> bool {
    one.contains(other) || other.contains(one)
}

/// The content words of `text`.
fn content(finder: &Finder, text: &str) -> Vec<Token> {
    let tokens = finder.analyzer.tokens(text).into_iter();
    tokens.filter(|token| weight_class(&token.term) == WeightClass::Content).collect()
}

/// The content words that the first reading of `question` has and it has not itself; else those of its other readings,
/// else those of the question before.
fn subject(finder: &Finder, history: &[Exchange], question: &str, read: &Standalone) -> Vec<Token> {
    let typed: BTreeSet<String> =
        finder.analyzer.tokens(question).into_iter().map(|token| token.term).collect();
    let new = |text: &str| -> Vec<Token> {
        let tokens = content(finder, text).into_iter();
        tokens.filter(|token| !typed.contains(&token.term)).collect()
    };
    let others = read.others.iter().map(String::as_str);
    let readings = std::iter::once(read.text.as_str()).chain(others);
    let put_in = readings.map(new).find(|words| !words.is_empty());
    let before = || history.iter().rev().find_map(Exchange::said).map(new);
    put_in.or_else(before).unwrap_or_default()
}

/// The share of the words of `subject` that the quote or what stands above it says, in these words or in others that the
/// lexicon knows; 1 where there are none.
fn about(finder: &Finder, subject: &[Token], citation: &Citation) -> f32 {
    let reference = &citation.reference;
    let texts = [reference.title.as_str(), citation.quote.as_str()].into_iter();
    let texts = texts.chain(reference.section.iter().map(String::as_str)).chain(citation.lead_in.as_deref());
    share_said(finder, subject, texts)
}

/// The share of the words of `subject` that `texts` say, in these words or in others that the lexicon knows; 1 where
/// there are none.
fn share_said<'t>(finder: &Finder, subject: &[Token], texts: impl Iterator<Item = &'t str>) -> f32 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieve::Weights;

    #[test]
    fn a_quote_is_of_the_carried_question_where_no_other_way_is_surer() {
        assert_eq!(carried(&[(Way::Carried, 0.9)]), Some(0.9));
        assert_eq!(carried(&[(Way::Typed, 0.2), (Way::Carried, 0.9), (Way::Before, 0.9)]), Some(0.9));
        assert_eq!(carried(&[(Way::Carried, 0.3), (Way::BeforeWithin, 0.4)]), None);
        assert_eq!(carried(&[(Way::Read, 0.9)]), None);
    }

    #[test]
    fn a_carried_question_is_as_sure_as_one_that_opens_a_conversation() {
        let figures = of_opening(log_odds(0.94));
        assert_eq!((figures.repeated, figures.about), (0.0, 1.0));
        let bottom = log_odds(0.0);
        let odds = [figures.typed, figures.typed_within, figures.read, figures.before, figures.before_within];
        assert!(odds.iter().all(|&odds| odds > 0.0 && odds > bottom), "{odds:?}");
        assert!(Weights::shipped().confidence_after(&figures).unwrap() > 0.5);
    }

    #[test]
    fn a_place_without_headings_is_left_with_its_document() {
        let spoken_of = |section: Option<&[&str]>| Leaning {
            typed: Vec::new(),
            subject: Vec::new(),
            spoken_of: Some(Place {
                document: DocumentId::new("one.txt").unwrap(),
                section: section.map(|headings| headings.iter().map(|&heading| heading.to_owned()).collect()),
            }),
            quoted: None,
            needs: false,
            is_whole: false,
            is_bare: false,
        };
        let to = ["Risks".to_owned(), "Bleeding".to_owned()];
        let left = |leaning: &Leaning, document: &str| leaning.left(&DocumentId::new(document).unwrap(), &to);
        assert_eq!(left(&spoken_of(None), "one.txt"), (0.5, 0.0));
        assert_eq!(left(&spoken_of(Some(&["Risks"])), "one.txt"), (0.5, 0.0));
        assert_eq!(left(&spoken_of(Some(&["At home"])), "one.txt"), (1.0, 0.0));
        assert_eq!(left(&spoken_of(None), "two.txt"), (1.0, 1.0));
    }
}
