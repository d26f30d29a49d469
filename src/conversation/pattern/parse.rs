//! The text of a list to patterns. Every error names list, line and remedy.

use std::collections::HashMap;

use super::spelling::Vocabulary;
use super::{Element, Exception, Guard, Patterns, Rule, Sequence};
use crate::text::normalize::fold;

/// Words that a plain gap, `..`, may pass.
const GAP: u32 = 3;
/// Most words that any gap may pass.
const MAX_GAP: u32 = 40;
/// The class whose words are never taken for misspellings.
const LOOKALIKES: &str = "lookalikes";
/// The class whose words no gap passes.
const BARRIER: &str = "barrier";

/// A line of a list that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}:{line}: {detail}")]
pub struct PatternError {
    /// Name of the list.
    pub place: String,
    /// From 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub detail: String,
}

/// What the lines read belong to.
enum Section {
    None,
    Rule(usize),
    Guard(usize),
}

struct Parser<'k> {
    kinds: &'k [&'k str],
    patterns: Patterns,
    classes: HashMap<String, usize>,
    section: Section,
}

pub(super) fn parse(lists: &[(&str, &str)], kinds: &[&str]) -> Result<Patterns, PatternError> {
    let patterns = Patterns {
        version: 0,
        vocabulary: Vocabulary::default(),
        classes: Vec::new(),
        barrier: None,
        guards: Vec::new(),
        rules: Vec::new(),
    };
    let mut parser = Parser { kinds, patterns, classes: HashMap::new(), section: Section::None };
    for (place, text) in lists {
        parser.section = Section::None;
        for (line, text) in logical_lines(text) {
            let wrong = |detail| PatternError { place: (*place).to_owned(), line, detail };
            parser.line(&text).map_err(wrong)?;
        }
    }
    let Parser { mut patterns, classes, .. } = parser;
    patterns.barrier = classes.get(BARRIER).copied();
    Ok(patterns)
}

/// Lines with their numbers, without comments; one that begins with a blank goes on the one before.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().filter(|_| line.trim_start().starts_with('#')).unwrap_or(line);
        let goes_on = line.starts_with([' ', '\t']);
        match lines.last_mut() {
            _ if line.trim().is_empty() => {}
            Some((_, last)) if goes_on => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push((number, line.trim().to_owned())),
        }
    }
    lines
}

impl Parser<'_> {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(version) = line.strip_prefix("version ") {
            let version = version.trim().parse().map_err(|_| "write `version` and a whole number")?;
            if self.patterns.version == 0 {
                self.patterns.version = version;
            }
            return Ok(());
        }
        if line.starts_with('[') {
            return self.header(line);
        }
        if let Some((name, alternatives)) = line.strip_prefix('@').and_then(|line| line.split_once(" = ")) {
            return self.class(name.trim(), alternatives);
        }
        if let Some(exception) = line.strip_prefix("- ") {
            return self.exception(exception);
        }
        match self.section {
            Section::Rule(at) => {
                let sequence = self.sequence(line)?;
                if !holds_words(&sequence) {
                    return Err("this would match any text; write at least one word or class".into());
                }
                if let Some(rule) = self.patterns.rules.get_mut(at) {
                    rule.patterns.push(sequence);
                }
            }
            Section::Guard(at) => {
                let exception = self.around(line)?;
                if let Some(guard) = self.patterns.guards.get_mut(at) {
                    guard.lines.push(exception);
                }
            }
            Section::None => {
                return Err("a pattern stands under a heading such as `[crisis wish-to-die]`".into());
            }
        }
        Ok(())
    }

    /// `[kind name]`, `[kind name] not guard guard`, `[guard name]`.
    fn header(&mut self, line: &str) -> Result<(), String> {
        let (inside, after) =
            line.trim_start_matches('[').split_once(']').ok_or("a heading ends with `]`")?;
        let (kind, name) =
            inside.trim().split_once(' ').ok_or("write the kind and a name: `[crisis wish-to-die]`")?;
        let (kind, name) = (kind.to_owned(), name.trim().to_owned());
        if kind == "guard" {
            let known = self.patterns.guards.iter().position(|guard| guard.name == name);
            self.section = Section::Guard(known.unwrap_or(self.patterns.guards.len()));
            if known.is_none() {
                self.patterns.guards.push(Guard { name, ..Guard::default() });
            }
            return Ok(());
        }
        if !self.kinds.contains(&kind.as_str()) {
            return Err(format!("`{kind}` is no kind; here are: guard, {}", self.kinds.join(", ")));
        }
        let after = after.trim();
        let names = after.strip_prefix("not ").unwrap_or(after);
        if !after.is_empty() && !after.starts_with("not ") {
            return Err("after the heading comes nothing, or `not` and names of guards".into());
        }
        let mut guards = Vec::new();
        for guard in names.split_whitespace() {
            let at = self.patterns.guards.iter().position(|known| known.name == guard);
            guards.push(at.ok_or_else(|| format!("there is no `[guard {guard}]` above"))?);
        }
        self.section = Section::Rule(self.patterns.rules.len());
        let rule = Rule { kind, name, guards, patterns: Vec::new(), exceptions: Vec::new() };
        self.patterns.rules.push(rule);
        Ok(())
    }

    fn class(&mut self, name: &str, alternatives: &str) -> Result<(), String> {
        if name == LOOKALIKES {
            for word in alternatives.split_whitespace() {
                self.patterns.vocabulary.add_lookalike(&fold(word));
            }
            return Ok(());
        }
        let alternatives: Vec<Sequence> =
            alternatives.split('|').map(|one| self.sequence(one)).collect::<Result<_, _>>()?;
        if alternatives.iter().any(Vec::is_empty) {
            return Err("between two `|` stands nothing; take one out".into());
        }
        match self.classes.get(name) {
            Some(&at) => {
                if let Some(class) = self.patterns.classes.get_mut(at) {
                    class.extend(alternatives);
                }
            }
            None => {
                self.classes.insert(name.to_owned(), self.patterns.classes.len());
                self.patterns.classes.push(alternatives);
            }
        }
        Ok(())
    }

    fn exception(&mut self, text: &str) -> Result<(), String> {
        match self.section {
            Section::Rule(at) => {
                let exception = self.around(text)?;
                if let Some(rule) = self.patterns.rules.get_mut(at) {
                    rule.exceptions.push(exception);
                }
            }
            Section::Guard(at) => {
                let sequence = self.sequence(text)?;
                if let Some(guard) = self.patterns.guards.get_mut(at) {
                    guard.lifted_by.push(sequence);
                }
            }
            Section::None => return Err("an exception stands under a heading".into()),
        }
        Ok(())
    }

    /// A line with `*` for the match, or without.
    fn around(&mut self, text: &str) -> Result<Exception, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut parts = words.split(|word| *word == "*");
        let before = self.sequence(&parts.next().unwrap_or_default().join(" "))?;
        let after = parts.next();
        if parts.next().is_some() {
            return Err("`*` stands for the match and may be there once".into());
        }
        let around = after.is_some();
        let after = self.sequence(&after.unwrap_or_default().join(" "))?;
        if !holds_words(&before) && !holds_words(&after) {
            return Err("this would let every match pass; write at least one word or class".into());
        }
        Ok(Exception { before, after, around })
    }

    fn sequence(&mut self, text: &str) -> Result<Sequence, String> {
        let mut parts = text.split(" && ");
        let first = parts.next().unwrap_or_default();
        let mut sequence: Sequence =
            first.split_whitespace().map(|element| self.element(element)).collect::<Result<_, _>>()?;
        for part in parts {
            sequence.push(Element::Also(self.sequence(part)?));
        }
        Ok(sequence)
    }

    fn element(&mut self, text: &str) -> Result<Element, String> {
        if let Some(inner) = text.strip_prefix('!').filter(|inner| !inner.is_empty()) {
            return Ok(Element::Not(Box::new(self.element(inner)?)));
        }
        if let Some(inner) = text.strip_suffix('?').filter(|inner| !inner.is_empty()) {
            return Ok(Element::Optional(Box::new(self.element(inner)?)));
        }
        match text {
            "^" => return Ok(Element::Begin),
            "$" => return Ok(Element::End),
            "?" => return Ok(Element::Asks),
            _ => {}
        }
        if text.contains('/') && text.split('/').any(|part| part.starts_with(['@', '<', '$'])) {
            let parts = text.split('/').map(|part| self.element(part).map(|element| vec![element]));
            let parts: Vec<Sequence> = parts.collect::<Result<_, _>>()?;
            self.patterns.classes.push(parts);
            return Ok(Element::Class(self.patterns.classes.len() - 1));
        }
        if let Some(class) = text.strip_prefix('@') {
            let known = self.classes.get(class).copied();
            return known.map(Element::Class).ok_or_else(|| format!("there is no class `@{class}` above"));
        }
        if let Some(most) = text.strip_prefix("...") {
            return Ok(Element::Gap { most: gap(most)?, any: true });
        }
        if let Some(most) = text.strip_prefix("..") {
            return Ok(Element::Gap { most: gap(most)?, any: false });
        }
        if let Some((least, most)) = text
            .strip_prefix("<")
            .and_then(|range| range.strip_suffix(">"))
            .and_then(|range| range.split_once('-'))
        {
            let number = |text: &str| text.parse().map_err(|_| format!("`{text}` is no number"));
            return Ok(Element::Number { least: number(least)?, most: number(most)? });
        }
        self.words(text)
    }

    /// `a/b/c`, sorted by number.
    fn words(&mut self, text: &str) -> Result<Element, String> {
        let mut words = text.split('/').map(|word| self.word(word)).collect::<Result<Vec<_>, _>>()?;
        words.sort_unstable();
        words.dedup();
        Ok(Element::Words(words))
    }

    fn word(&mut self, text: &str) -> Result<usize, String> {
        let (exact, word) = text.strip_prefix('=').map_or((false, text), |word| (true, word));
        let word = fold(word);
        if word.is_empty() || !word.chars().all(char::is_alphanumeric) {
            return Err(format!("`{text}` is no word: letters and digits only, no apostrophe"));
        }
        Ok(self.patterns.vocabulary.number(&word, exact))
    }
}

fn gap(most: &str) -> Result<u32, String> {
    if most.is_empty() {
        return Ok(GAP);
    }
    let most: u32 = most.parse().map_err(|_| format!("`..{most}`: write a number of words"))?;
    if most > MAX_GAP { Err(format!("a gap passes at most {MAX_GAP} words")) } else { Ok(most) }
}

/// Whether it asks for anything but a place.
fn holds_words(sequence: &[Element]) -> bool {
    sequence.iter().any(|element| {
        !matches!(element, Element::Gap { .. } | Element::Optional(_) | Element::Begin | Element::End)
    })
}
