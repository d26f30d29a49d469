//! The styles of a document: what a paragraph or run is by its style and those that the style is based on.

use std::collections::HashMap;

use super::xml::{self, Element};
use crate::ingest::field;
use crate::ingest::report::SkipReason;

/// Longest chain of styles based on one another that is followed: a chain may lead back to its beginning.
const MAX_CHAIN: usize = 20;
/// Most styles that are kept.
const MAX_STYLES: usize = 10_000;
/// How a style is named whose paragraphs name the document.
const TITLE: &str = "title";
/// The outline level of running text.
const BODY_LEVEL: u8 = 9;

/// Properties that a style gives, or that stand at the paragraph or run itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Format {
    /// 0 for the outermost heading; 9 for running text.
    pub(super) outline: Option<u8>,
    /// The id of the numbering; `0` takes it away.
    pub(super) numbering: Option<String>,
    /// The level in the numbering, from 0.
    pub(super) level: Option<u8>,
    /// The left indentation in twentieths of a point.
    pub(super) indent: Option<i32>,
    pub(super) bold: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) struck: Option<bool>,
    pub(super) struck_twice: Option<bool>,
    pub(super) raised: Option<bool>,
}

impl Format {
    /// Takes the property that an element within `pPr` or `rPr` is.
    pub(super) fn take(&mut self, element: &Element<'_>) {
        match element.name() {
            "outlineLvl" => self.outline = element.number(),
            "numId" => self.numbering = element.named("val"),
            "ilvl" => self.level = element.number(),
            "ind" => {
                let left = element.attribute("left").or_else(|| element.attribute("start"));
                self.indent = left.and_then(|left| left.trim().parse().ok()).or(self.indent);
            }
            "b" => self.bold = Some(element.is_on()),
            "vertAlign" => self.raised = element.value().map(|place| place == "superscript"),
            "vanish" => self.hidden = Some(element.is_on()),
            "strike" => self.struck = Some(element.is_on()),
            "dstrike" => self.struck_twice = Some(element.is_on()),
            _ => {}
        }
    }
}

#[derive(Debug, Default)]
struct Style {
    /// In small letters.
    name: String,
    based_on: Option<String>,
    format: Format,
    /// Whether, as a style of tables, it sets the first row off.
    sets_off_first_row: bool,
}

/// What the name of a style says of its paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Names the document.
    Title,
    /// A heading; 1 for the outermost.
    Heading(u8),
    /// A line of the table of contents.
    Contents,
    /// Text of a list, with or without a number.
    List,
}

/// The styles by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    default_paragraph: Option<String>,
    /// The language of the text where nothing else is said.
    pub(super) language: Option<String>,
}

impl Styles {
    /// Reads the part with the styles.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] for what is no XML.
    pub(super) fn read(source: &str, part: &str) -> Result<Self, SkipReason> {
        Ok(xml::read(source, part, Reader::open, Reader::close)?.styles)
    }

    /// The style of a paragraph that names `id` or none.
    pub(super) fn of_paragraph<'s>(&'s self, id: Option<&'s str>) -> Option<&'s str> {
        id.or(self.default_paragraph.as_deref())
    }

    /// The first value that `id` or a style below it gives.
    pub(super) fn find<T>(&self, id: Option<&str>, value: impl Fn(&Format) -> Option<T>) -> Option<T> {
        self.chain(id).find_map(|style| value(&style.format))
    }

    /// What the name of a style says, or of one that it is based on. A style that is not in the list counts by its id.
    pub(super) fn purpose(&self, id: Option<&str>) -> Option<Purpose> {
        let id = id?;
        if !self.styles.contains_key(id) {
            return purpose_of(&id.to_lowercase());
        }
        self.chain(Some(id)).find_map(|style| purpose_of(&style.name))
    }

    /// The level of a heading, 1 for the outermost, of a paragraph of style `id` which says `own` itself.
    pub(super) fn heading_level(&self, id: Option<&str>, own: Option<u8>) -> Option<u8> {
        match own.or_else(|| self.find(id, |format| format.outline)) {
            Some(BODY_LEVEL..) => None,
            Some(level) => Some(level + 1),
            None => match self.purpose(id) {
                Some(Purpose::Heading(level)) => Some(level),
                _ => None,
            },
        }
    }

    /// Whether a style of tables sets the first row off.
    pub(super) fn sets_off_first_row(&self, id: Option<&str>) -> bool {
        self.chain(id).any(|style| style.sets_off_first_row)
    }

    fn chain<'s>(&'s self, id: Option<&str>) -> impl Iterator<Item = &'s Style> {
        let first = id.and_then(|id| self.styles.get(id));
        let next = |style: &&'s Style| self.styles.get(style.based_on.as_deref()?);
        std::iter::successors(first, next).take(MAX_CHAIN)
    }
}

fn purpose_of(name: &str) -> Option<Purpose> {
    let level = |rest: &str| rest.trim().parse().ok().filter(|level| (1..=BODY_LEVEL).contains(level));
    if name == TITLE {
        return Some(Purpose::Title);
    }
    if let Some(level) = name.strip_prefix("heading").and_then(level) {
        return Some(Purpose::Heading(level));
    }
    let contents = name.strip_prefix("toc").or_else(|| name.strip_prefix("table of "));
    if contents.is_some_and(|rest| level(rest).is_some() || rest.trim() == "heading" || rest == "figures") {
        return Some(Purpose::Contents);
    }
    let is_list = ["list paragraph", "listparagraph", "list continue", "list bullet", "list number"]
        .iter()
        .any(|list| name.starts_with(list));
    is_list.then_some(Purpose::List)
}

/// Where a walk through the part stands.
#[derive(Debug, Default)]
struct Reader {
    styles: Styles,
    /// The names of the open elements.
    open: Vec<String>,
    style: Option<(String, Style)>,
    /// Whether the properties are those of the first row of a table.
    in_first_row: bool,
}

impl Reader {
    fn open(&mut self, element: &Element<'_>) -> bool {
        let name = element.name();
        match name {
            "rPrChange" | "pPrChange" => return false,
            "style" => self.begin(element),
            "tblStylePr" => {
                self.in_first_row = element.attribute("type").as_deref() == Some("firstRow");
                if !self.in_first_row {
                    return false;
                }
            }
            "lang" if self.open.iter().any(|open| open == "rPrDefault") => {
                self.styles.language = element.value().as_deref().and_then(field::language);
            }
            _ => self.property(element),
        }
        self.open.push(name.to_owned());
        true
    }

    fn begin(&mut self, element: &Element<'_>) {
        let Some(id) = element.named("styleId") else { return };
        let is_default = matches!(element.attribute("default").as_deref(), Some("1" | "true" | "on"));
        if is_default && element.attribute("type").as_deref() == Some("paragraph") {
            self.styles.default_paragraph = Some(id.clone());
        }
        self.style = Some((id, Style::default()));
    }

    fn property(&mut self, element: &Element<'_>) {
        let Some((_, style)) = &mut self.style else { return };
        if self.in_first_row {
            style.sets_off_first_row |= match element.name() {
                "b" => element.is_on(),
                "shd" => !matches!(element.attribute("fill").as_deref(), None | Some("auto" | "FFFFFF")),
                _ => false,
            };
            return;
        }
        match element.name() {
            "name" => style.name = element.named("val").unwrap_or_default().to_lowercase(),
            "basedOn" => style.based_on = element.named("val"),
            _ => style.format.take(element),
        }
    }

    fn close(&mut self) {
        match self.open.pop().as_deref() {
            Some("tblStylePr") => self.in_first_row = false,
            Some("style") => {
                if let Some((id, style)) = self.style.take()
                    && self.styles.styles.len() < MAX_STYLES
                {
                    self.styles.styles.insert(id, style);
                }
            }
            _ => {}
        }
    }
}
