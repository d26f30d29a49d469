//! Rows, items and sections that are each for one drug: "ACE inhibitors: do not take". Somebody who asks whether to take
//! another is not answered by them, and of those that stand together the one for the drug asked about is quoted first.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::AnswerConfig;
use super::confidence::{DEPTH, confidence};
use super::distinct::bring_first;
use super::emergency::calls_for_help;
use super::ranges::weigh_as_second;
use super::respond::outcome_of;
use crate::document::{Document, Passage, PassageKind, Section, SectionIndex};
use crate::retrieve::{Finder, Findings, RankedPassage};
use crate::text::lexicon::{Alternative, Expansion, Lexicon};
use crate::text::pattern::literal;
use crate::text::token::{Analyzer, Token, WeightClass, weight_class};

/// What a name of the drug itself counts at least, beside the word of the question; names of its classes count less.
const ITSELF: f32 = 0.8;

/// What a class counts of that, where a narrower one is known: "beta blockers" before "blood pressure tablets".
const WIDER: f32 = 0.9;

/// How a question goes on before the drug that somebody wants to take or to stop: "should I leave out my morning".
static ASKS_TO_TAKE: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\b(?:am|are|can|could|do|does|is|may|might|must|need|ought|shall|should|will|would)\s+(?:[\w']+\s+){1,6}?",
        r"(?:come\s+off|continue|have|inject|keep|leave\s+(?:off|out)|miss|omit|pause|restart|skip|start|stop|swallow|tak(?:e|ing)|us(?:e|ing)|",
        r"(?:carry|go)\s+on(?:\s+with)?)\s+",
        r"(?:(?:a|an|any|both|daily|doses?|evening|her|his|injecting|morning|my|next|night|normal|of|on|our|pills?|some|still|",
        r"tablets?|taking|that|the|their|these|this|those|today's|tonight's|using|usual|with|your)\s+){0,6}$"
    ))
});

/// Words for any medicine: what is said of them may hold for the drug asked about.
static ANY_MEDICINE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = [
        "anything",
        "capsule",
        "drug",
        "everything",
        "medication",
        "medicine",
        "pill",
        "prescription",
        "remedy",
        "tablet",
        "treatment",
    ];
    words.iter().map(|word| Analyzer::english().term(word)).collect()
});

/// Words of a label that is for whatever no other row is for: "All other medicines".
static REST: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words =
        ["all", "any", "else", "every", "everything", "normal", "other", "regular", "rest", "usual", "your"];
    words.iter().map(|word| Analyzer::english().term(word)).collect()
});

/// What ends the words of an item that say what it is for.
const LABEL_ENDS: [&str; 6] = [":", ". ", ";", " \u{2013} ", " \u{2014} ", " - "];

/// Leaves out the passages that are for other drugs than the one that the question asks whether to take. Where one of them
/// is the first, what stands beside it for the drug asked about takes its place; then nothing else of that list is left
/// but what is for all.
pub(super) fn leave_out_other_drugs(finder: &Finder, config: &AnswerConfig, findings: &mut Findings) {
    let Some(asked) = Asked::in_question(finder, findings).filter(|asked| asked.is_to_take) else { return };
    put_named_first(finder, config, findings);
    let first = findings.ranked.first().and_then(|first| asked.meant(first));
    let answering = first.filter(|first| first.weight > 0.0).map(|first| first.family);
    findings.ranked.retain(|passage| {
        let is_other = asked.meant(passage).is_some_and(|meant| meant.weight <= 0.0);
        let is_beside = answering.is_some() && asked.listed_beside(passage) == answering;
        !is_other && !is_beside
    });
    bring_first(&mut findings.ranked, 0);
}

/// Where the first passage is a row, item or section for another drug than the question names, or for its class, puts
/// the one of the same list, table or heading before it that names the drug best. That is as sure as one for another drug
/// was, and must be as sure as one for the class.
pub(super) fn put_named_first(finder: &Finder, config: &AnswerConfig, findings: &mut Findings) {
    let Some(asked) = Asked::in_question(finder, findings) else { return };
    let found: &Findings = findings;
    let meant = |at: usize| found.ranked.get(at).and_then(|passage| asked.meant(passage));
    let beside =
        || found.ranked.first().filter(|_| asked.is_to_take).and_then(|first| asked.listed_beside(first));
    let first = meant(0).or_else(|| Some(Meant { family: beside()?, weight: 0.0 }));
    let Some(first) = first else { return };
    let better = (1..DEPTH).filter_map(|at| Some((at, meant(at)?)));
    let better = better.filter(|(_, other)| other.family == first.family && other.weight > first.weight);
    let best = better.reduce(|best, next| if next.1.weight > best.1.weight { next } else { best });
    let Some((at, _)) = best else { return };
    let sure = |at: usize| confidence(&finder.weights, found, at);
    let is_for_another = first.weight <= 0.0;
    let is_as_sure = outcome_of(config, sure(at)) == outcome_of(config, sure(0));
    let takes_over = is_for_another && sure(at) < sure(0);
    if is_for_another || is_as_sure {
        bring_first(&mut findings.ranked, at);
    }
    if takes_over {
        weigh_as_second(&mut findings.ranked);
    }
}

/// For which drug a passage is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Meant {
    /// What it stands beside.
    family: Family,
    /// How well it names the drug asked about, 0 to 1: 0 where it is for others.
    weight: f32,
}

/// Passages that stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// The rows or items of a list or table.
    Listed { document: u32, group: u32 },
    /// The sections under one heading.
    Headed { document: u32, parent: Option<SectionIndex> },
}

/// What says for which drug a passage is.
struct Label<'d> {
    text: &'d str,
    shape: Shape,
    family: Family,
    /// Title, headings and lead-in over it.
    above: Vec<&'d str>,
}

/// What a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The first cell of a row, or the words before the colon of an item.
    Head,
    /// An item without such words.
    Item,
    /// The heading of a section.
    Heading,
}

/// A name of a drug or of a class of drugs.
struct Name {
    words: Vec<String>,
    /// 1 for the words of the question, less for other names of the drug and still less for its classes.
    weight: f32,
}

/// The drugs that a question names.
struct Asked<'f> {
    lexicon: &'f Lexicon,
    analyzer: &'f Analyzer,
    names: Vec<Name>,
    /// Whether the question is whether or when to take or stop one of them.
    is_to_take: bool,
}

impl<'f> Asked<'f> {
    fn in_question(finder: &'f Finder, findings: &Findings) -> Option<Self> {
        let question = findings.reading.understanding.question.as_str();
        let is_known = finder.config.lexicon;
        is_known.then(|| Self::of(&finder.lexicon, &finder.analyzer, question)).flatten()
    }

    /// The drugs in `question`; `None` where it names none.
    fn of(lexicon: &'f Lexicon, analyzer: &'f Analyzer, question: &str) -> Option<Self> {
        let tokens = analyzer.tokens(question);
        let drugs = lexicon.drugs(&tokens);
        if drugs.is_empty() {
            return None;
        }
        let own = drugs.iter().filter_map(|drug| tokens.get(drug.clone()));
        let own = own.map(|words| words.iter().map(|token| token.term.clone()).collect());
        let mut names: Vec<Name> = own.map(|words| Name { words, weight: 1.0 }).collect();
        let overlaps =
            |one: &Range<usize>, other: &Range<usize>| one.start < other.end && other.start < one.end;
        let expansions = lexicon.expand(&tokens).into_iter();
        let of_drugs = expansions.filter(|found| drugs.iter().any(|drug| overlaps(drug, &found.tokens)));
        let others: Vec<Alternative> = of_drugs
            .flat_map(|found| found.alternatives)
            .filter(|other| lexicon.is_drug(&other.terms))
            .collect();
        let classes = || others.iter().filter(|other| other.weight < ITSELF);
        let wider: Vec<Expansion> =
            classes().flat_map(|class| lexicon.expand(&analyzer.tokens(&class.text))).collect();
        let is_wider = |words: &[String]| {
            let mut known = wider.iter().flat_map(|found| &found.alternatives);
            known.any(|other| other.weight < ITSELF && other.terms == words)
        };
        names.extend(others.iter().map(|other| Name {
            words: other.terms.clone(),
            weight: if is_wider(&other.terms) { other.weight * WIDER } else { other.weight },
        }));
        let before = |drug: &Range<usize>| question.get(..tokens.get(drug.start)?.span.start());
        let is_to_take = drugs.iter().filter_map(before).any(|before| ASKS_TO_TAKE.is_match(before));
        Some(Self { lexicon, analyzer, names, is_to_take })
    }

    /// For which drug `ranked` is; `None` where that is not said, or where it is for all.
    fn meant(&self, ranked: &RankedPassage) -> Option<Meant> {
        let passage = ranked.get()?;
        let (document, ordinal) = (&*ranked.document, ranked.document_ordinal);
        let text = document.slice(passage.span);
        let labels = [label_of_row(document, ordinal, passage), label_of_section(document, ordinal, passage)];
        let named = labels.into_iter().flatten().find(|label| !self.drugs_in(label.text).1.is_empty())?;
        Some(Meant { family: named.family, weight: self.weigh(&named, text)? })
    }

    /// How well `label` over `text` names what is asked; 0 where both are for other drugs only and call for no help.
    fn weigh(&self, label: &Label<'_>, text: &str) -> Option<f32> {
        let holds_itself = |above: &&str| self.named_in(&self.analyzer.tokens(above)) >= ITSELF;
        if label.above.iter().any(holds_itself) {
            return None;
        }
        let (tokens, drugs) = self.drugs_in(label.text);
        let named = self.named_in(&tokens);
        if named > 0.0 {
            return Some(named);
        }
        let (all, all_drugs) = self.drugs_in(text);
        let may_be_for_it = names_any_medicine(&tokens, &drugs)
            || label.shape != Shape::Head && names_any_medicine(&all, &all_drugs)
            || label.shape == Shape::Heading && drugs.first().is_none_or(|drug| drug.start > 0)
            || self.holds_unknown_word(label.text, &tokens, &drugs)
            || self.holds_kind(&tokens)
            || self.named_in(&all) > 0.0
            || calls_for_help(text);
        (!may_be_for_it).then_some(0.0)
    }

    /// The list or table of `ranked`, where it is a row that names nothing that is asked about, is not for all either and
    /// tells nobody to call for help.
    fn listed_beside(&self, ranked: &RankedPassage) -> Option<Family> {
        let passage = ranked.get()?;
        let (document, ordinal) = (&*ranked.document, ranked.document_ordinal);
        let text = document.slice(passage.span);
        let label = label_of_row(document, ordinal, passage).filter(|label| label.shape == Shape::Head)?;
        let tokens = self.analyzer.tokens(label.text);
        let may_be_for_it = tokens.iter().any(|token| REST.contains(&token.term))
            || self.holds_kind(&tokens)
            || self.named_in(&self.analyzer.tokens(text)) > 0.0
            || calls_for_help(text);
        (!may_be_for_it).then_some(label.family)
    }

    fn drugs_in(&self, text: &str) -> (Vec<Token>, Vec<Range<usize>>) {
        let tokens = self.analyzer.tokens(text);
        let drugs = self.lexicon.drugs(&tokens);
        (tokens, drugs)
    }

    /// The weight of the best name among `tokens`, 0 where there is none.
    fn named_in(&self, tokens: &[Token]) -> f32 {
        let holds = |name: &&Name| {
            let mut windows = tokens.windows(name.words.len().max(1));
            windows.any(|window| window.iter().map(|token| &token.term).eq(&name.words))
        };
        self.names.iter().filter(holds).map(|name| name.weight).fold(0.0, f32::max)
    }

    /// Whether one of `tokens` is a kind of what is asked about, or another name of its class: "warfarin" where that is
    /// "blood thinners", "ARB" where it is a drug whose class is known by its long name.
    fn holds_kind(&self, tokens: &[Token]) -> bool {
        let expansions = self.lexicon.expand(tokens);
        let mut others = expansions.iter().flat_map(|found| &found.alternatives);
        others.any(|other| {
            let mut same = self.names.iter().filter(|name| name.words == other.terms);
            same.any(|name| name.weight >= ITSELF || other.weight >= ITSELF)
        })
    }

    /// Whether a word of `text` outside of `drugs` is no everyday word: it may be the name of any drug.
    fn holds_unknown_word(&self, text: &str, tokens: &[Token], drugs: &[Range<usize>]) -> bool {
        let mut is_unknown = false;
        Analyzer::for_each_word(text, &mut |word, span| {
            let mut known = drugs.iter().filter_map(|drug| tokens.get(drug.clone())).flatten();
            is_unknown |= word.contains(char::is_alphabetic)
                && !self.lexicon.is_everyday(word)
                && weight_class(&self.analyzer.stem(word)) == WeightClass::Content
                && !known.any(|token| token.span.overlaps(span));
        });
        is_unknown
    }
}

/// Whether a word for any medicine stands in `tokens` outside of `drugs`.
fn names_any_medicine(tokens: &[Token], drugs: &[Range<usize>]) -> bool {
    let is_outside = |at: usize| !drugs.iter().any(|drug| drug.contains(&at));
    tokens.iter().enumerate().any(|(at, token)| is_outside(at) && ANY_MEDICINE.contains(&token.term))
}

/// What the row or item `passage` says that it is for.
fn label_of_row<'d>(document: &'d Document, ordinal: u32, passage: &Passage) -> Option<Label<'d>> {
    let group = passage.group?;
    let text = document.slice(passage.span);
    let (text, shape) = match passage.kind {
        PassageKind::TableRow => (first_cell(text), Shape::Head),
        PassageKind::ListItem => head_of_item(text),
        _ => return None,
    };
    let mut above = vec![document.metadata.title.as_str()];
    above.extend(headings(document, passage).map(|section| document.slice(section.heading)));
    above.extend(passage.context.map(|context| document.slice(context)));
    Some(Label { text, shape, family: Family::Listed { document: ordinal, group }, above })
}

/// The heading of the section that `passage` stands in.
fn label_of_section<'d>(document: &'d Document, ordinal: u32, passage: &Passage) -> Option<Label<'d>> {
    let mut headings = headings(document, passage);
    let own = headings.next()?;
    let mut above = vec![document.metadata.title.as_str()];
    above.extend(headings.map(|section| document.slice(section.heading)));
    let family = Family::Headed { document: ordinal, parent: own.parent };
    Some(Label { text: document.slice(own.heading), shape: Shape::Heading, family, above })
}

/// The sections of `passage` whose headings stand over it and not in it, from the innermost.
fn headings<'d>(document: &'d Document, passage: &Passage) -> impl Iterator<Item = &'d Section> + use<'d> {
    let (own, mut next) = (passage.span, passage.section);
    let sections = std::iter::from_fn(move || {
        let at = next?;
        let section = document.sections.get(at as usize)?;
        next = section.parent.filter(|&parent| parent < at);
        Some(section)
    });
    sections.filter(move |section| !own.contains(section.heading))
}

fn first_cell(row: &str) -> &str {
    row.split('|').find(|cell| cell.contains(char::is_alphabetic)).unwrap_or(row)
}

fn head_of_item(item: &str) -> (&str, Shape) {
    let end = LABEL_ENDS.iter().filter_map(|end| item.find(*end)).min();
    let head = end.and_then(|end| item.get(..end)).filter(|head| head.contains(char::is_alphabetic));
    head.map_or((item, Shape::Item), |head| (head, Shape::Head))
}

#[cfg(test)]
mod tests;
