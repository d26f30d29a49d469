//! The numbers and bullets of lists, which Word keeps apart from the text and counts when it shows it.

use std::collections::{HashMap, HashSet};

use super::xml::{self, Element};
use crate::ingest::report::SkipReason;

/// Levels of a numbering.
const LEVELS: usize = 9;
/// Longest text of a number, in characters.
const MAX_TEXT: usize = 40;
/// Most definitions that are kept of either kind.
const MAX_DEFINITIONS: usize = 20_000;
/// Highest number that is written in Roman digits.
const MAX_ROMAN: i64 = 3_999;
/// Highest number that is written in letters: `zz...` of 30 letters.
const MAX_LETTERS: i64 = 780;

/// How a level writes its number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Style {
    #[default]
    Decimal,
    LowerLetter,
    UpperLetter,
    LowerRoman,
    UpperRoman,
    Bullet,
    Nothing,
}

impl Style {
    /// The style of this name; what is not known counts in digits.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "lowerLetter" => Self::LowerLetter,
            "upperLetter" => Self::UpperLetter,
            "lowerRoman" => Self::LowerRoman,
            "upperRoman" => Self::UpperRoman,
            "bullet" => Self::Bullet,
            "none" => Self::Nothing,
            _ => Self::Decimal,
        }
    }

    /// Writes a number.
    pub(super) fn write(self, number: i64) -> String {
        match self {
            Self::LowerLetter => letters(number),
            Self::UpperLetter => letters(number).to_uppercase(),
            Self::LowerRoman => roman(number),
            Self::UpperRoman => roman(number).to_uppercase(),
            Self::Decimal | Self::Bullet | Self::Nothing => number.to_string(),
        }
    }
}

/// `a` to `z`, then `aa`, `bb` as Word counts.
fn letters(number: i64) -> String {
    let at = number.saturating_sub(1);
    let letter = u8::try_from(at % 26).ok().filter(|_| (1..=MAX_LETTERS).contains(&number));
    let times = usize::try_from(at / 26 + 1).unwrap_or(1);
    letter.map_or_else(|| number.to_string(), |letter| char::from(b'a' + letter).to_string().repeat(times))
}

fn roman(number: i64) -> String {
    const DIGITS: &[(i64, &str)] = &[
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..=MAX_ROMAN).contains(&number) {
        return number.to_string();
    }
    let (mut left, mut written) = (number, String::new());
    for &(value, digit) in DIGITS {
        while left >= value {
            written.push_str(digit);
            left -= value;
        }
    }
    written
}

/// A level of a definition.
#[derive(Debug, Clone, Default)]
struct Level {
    start: Option<i64>,
    style: Style,
    /// What stands before the text, with `%1` for the number of the first level.
    text: String,
    /// The level from which on it begins anew, from 1; 0 for never.
    restart: Option<usize>,
    /// The style of paragraphs that are of this level.
    paragraph_style: Option<String>,
    indent: Option<i32>,
}

#[derive(Debug, Default)]
struct Definition {
    levels: [Option<Level>; LEVELS],
    /// The style of lists that it stands for; its levels are defined there.
    stands_for: Option<String>,
    /// The style of lists that it defines.
    defines: Option<String>,
}

/// A list that counts by a definition.
#[derive(Debug, Default)]
struct List {
    definition: String,
    /// Levels that begin at another number than in the definition.
    starts: [Option<i64>; LEVELS],
    /// Levels that are defined anew.
    levels: [Option<Level>; LEVELS],
}

/// What stands before the text of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// As Word shows it; a bullet is `•`.
    pub(super) text: String,
    /// The number alone; `None` for a bullet.
    pub(super) label: Option<String>,
}

/// All numberings of a document, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    definitions: HashMap<String, Definition>,
    lists: HashMap<String, List>,
    counts: HashMap<String, [Option<i64>; LEVELS]>,
    /// The lists of which an item has been counted, with its level.
    begun: HashSet<(String, usize)>,
}

impl Numbering {
    /// Reads the part with the numberings.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] for what is no XML.
    pub(super) fn read(source: &str, part: &str) -> Result<Self, SkipReason> {
        let mut numbering = xml::read(source, part, Reader::open, Reader::close)?.numbering;
        numbering.follow_styles();
        Ok(numbering)
    }

    /// The level of `list` that belongs to paragraphs of a style.
    pub(super) fn level_of_style(&self, list: &str, style: &str) -> Option<u8> {
        let definition = self.definitions.get(&self.lists.get(list)?.definition)?;
        let is_it = |level: &Option<Level>| {
            level.as_ref().is_some_and(|level| level.paragraph_style.as_deref() == Some(style))
        };
        definition.levels.iter().position(is_it).and_then(|at| u8::try_from(at).ok())
    }

    /// The left indentation of a level.
    pub(super) fn indent(&self, list: &str, level: u8) -> Option<i32> {
        self.level(list, usize::from(level))?.indent
    }

    /// Counts the next item of a list and gives what stands before it; `None` for a list that is not known, and
    /// for a level that shows nothing.
    pub(super) fn next(&mut self, list: &str, level: u8) -> Option<Marker> {
        let at = usize::from(level).min(LEVELS - 1);
        let style = self.level(list, at)?.style;
        let numbers = self.count(list, at)?;
        if style == Style::Bullet {
            return Some(Marker { text: "•".to_owned(), label: None });
        }
        let text = self.write(list, at, &numbers)?;
        let label = text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let label = Some(label).filter(|label| !label.is_empty());
        (!text.is_empty()).then_some(Marker { text, label })
    }

    /// The numbers of all levels, after the one at `at` has gone on.
    fn count(&mut self, list: &str, at: usize) -> Option<[i64; LEVELS]> {
        let first: [i64; LEVELS] = std::array::from_fn(|level| self.start(list, level));
        let restarts: [Option<usize>; LEVELS] =
            std::array::from_fn(|level| self.level(list, level).and_then(|level| level.restart));
        let entry = self.lists.get(list)?;
        let is_new = self.begun.insert((list.to_owned(), at));
        let begins_anew = is_new && entry.starts.get(at).is_some_and(Option::is_some);
        let counts = self.counts.entry(entry.definition.clone()).or_default();
        for (level, count) in counts.iter_mut().enumerate() {
            let start = first.get(level).copied().unwrap_or(1);
            let restart = restarts.get(level).copied().flatten();
            *count = match level.cmp(&at) {
                std::cmp::Ordering::Less => Some(count.unwrap_or(start)),
                std::cmp::Ordering::Equal if begins_anew => Some(start),
                std::cmp::Ordering::Equal => Some(count.map_or(start, |count| count.saturating_add(1))),
                std::cmp::Ordering::Greater if restart.is_some_and(|from| at >= from) => *count,
                std::cmp::Ordering::Greater => None,
            };
        }
        let counts = *counts;
        Some(std::array::from_fn(|level| counts.get(level).copied().flatten().unwrap_or_default()))
    }

    /// The text of a level with the numbers in it.
    fn write(&self, list: &str, at: usize, numbers: &[i64; LEVELS]) -> Option<String> {
        let level = self.level(list, at)?;
        let mut written = String::new();
        let mut rest = level.text.chars().take(MAX_TEXT).peekable();
        while let Some(c) = rest.next() {
            let number = if c == '%' { rest.peek().and_then(|digit| digit.to_digit(10)) } else { None };
            let place = number.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
            let Some((place, value)) = place.and_then(|place| Some((place, *numbers.get(place)?))) else {
                written.push(c);
                continue;
            };
            rest.next();
            written
                .push_str(&self.level(list, place).map_or(Style::Decimal, |level| level.style).write(value));
        }
        Some(written.trim().to_owned()).filter(|_| level.style != Style::Nothing || !level.text.contains('%'))
    }

    fn start(&self, list: &str, at: usize) -> i64 {
        let own = self.lists.get(list).and_then(|list| list.starts.get(at).copied().flatten());
        own.or_else(|| self.level(list, at)?.start).unwrap_or(1)
    }

    fn level(&self, list: &str, at: usize) -> Option<&Level> {
        let list = self.lists.get(list)?;
        let own = list.levels.get(at).and_then(Option::as_ref);
        own.or_else(|| self.definitions.get(&list.definition)?.levels.get(at)?.as_ref())
    }

    /// Lists whose definition only stands for a style count by the definition of that style.
    fn follow_styles(&mut self) {
        let defining: HashMap<&str, &str> = self
            .definitions
            .iter()
            .filter_map(|(id, definition)| Some((definition.defines.as_deref()?, id.as_str())))
            .collect();
        for list in self.lists.values_mut() {
            let style = self.definitions.get(&list.definition).and_then(|it| it.stands_for.as_deref());
            if let Some(id) = style.and_then(|style| defining.get(style)) {
                list.definition = (*id).to_owned();
            }
        }
    }
}

/// Where a walk through the part stands.
#[derive(Debug, Default)]
struct Reader {
    numbering: Numbering,
    open: Vec<String>,
    definition: Option<(String, Definition)>,
    list: Option<(String, List)>,
    /// The level of the list that is overridden.
    overridden: usize,
    level: Option<(usize, Level)>,
}

impl Reader {
    fn open(&mut self, element: &Element<'_>) -> bool {
        let at =
            |name: &str| element.attribute(name).and_then(|at| at.trim().parse().ok()).unwrap_or(0_usize);
        match element.name() {
            "abstractNum" => {
                let id = element.named("abstractNumId").unwrap_or_default();
                self.definition = Some((id, Definition::default()));
            }
            "num" => self.list = Some((element.named("numId").unwrap_or_default(), List::default())),
            "lvlOverride" => self.overridden = at("ilvl"),
            "lvl" => self.level = Some((at("ilvl"), Level::default())),
            _ => self.property(element),
        }
        self.open.push(element.name().to_owned());
        true
    }

    fn property(&mut self, element: &Element<'_>) {
        if let Some((_, level)) = &mut self.level {
            return level.take(element);
        }
        if let Some((_, definition)) = &mut self.definition {
            match element.name() {
                "numStyleLink" => definition.stands_for = element.named("val"),
                "styleLink" => definition.defines = element.named("val"),
                _ => {}
            }
        }
        if let Some((_, list)) = &mut self.list {
            match element.name() {
                "abstractNumId" => list.definition = element.named("val").unwrap_or_default(),
                "startOverride" => {
                    if let Some(start) = list.starts.get_mut(self.overridden) {
                        *start = element.number();
                    }
                }
                _ => {}
            }
        }
    }

    fn close(&mut self) {
        let Some(name) = self.open.pop() else { return };
        match name.as_str() {
            "lvl" => self.close_level(),
            "abstractNum" => {
                let definitions = &mut self.numbering.definitions;
                definitions.extend(self.definition.take().filter(|_| definitions.len() < MAX_DEFINITIONS));
            }
            "num" => {
                let lists = &mut self.numbering.lists;
                lists.extend(self.list.take().filter(|_| lists.len() < MAX_DEFINITIONS));
            }
            _ => {}
        }
    }

    fn close_level(&mut self) {
        let Some((at, level)) = self.level.take() else { return };
        let levels = match (&mut self.list, &mut self.definition) {
            (Some((_, list)), _) => &mut list.levels,
            (None, Some((_, definition))) => &mut definition.levels,
            (None, None) => return,
        };
        if let Some(place) = levels.get_mut(at) {
            *place = Some(level);
        }
    }
}

impl Level {
    fn take(&mut self, element: &Element<'_>) {
        match element.name() {
            "start" => self.start = element.number(),
            "numFmt" => self.style = Style::of(&element.value().unwrap_or_default()),
            "lvlText" => self.text = element.value().unwrap_or_default().chars().take(MAX_TEXT).collect(),
            "lvlRestart" => self.restart = element.number(),
            "pStyle" => self.paragraph_style = element.named("val"),
            "ind" => {
                let left = element.attribute("left").or_else(|| element.attribute("start"));
                self.indent = left.and_then(|left| left.trim().parse().ok());
            }
            _ => {}
        }
    }
}
