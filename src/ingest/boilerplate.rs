//! What surrounds the content of a page and is none: subscriptions, privacy, cookies, navigation.
//!
//! Two kinds of built-in patterns. A *line* is the whole of a heading, paragraph or item ("Print",
//! "Skip to content"). A *notice* is a sentence that speaks of the site and not of its subject; a
//! paragraph goes only when at least half of its sentences are notices, so that medical text which
//! mentions an e-mail is kept. The operator's own patterns take away whatever they match.

#[cfg(test)]
mod tests;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::IngestConfig;
use super::draft::{Draft, DraftBlock, DraftKind};
use crate::text::{Span, sentence};

/// Name in the report of a heading with nothing under it.
pub(crate) const EMPTY_HEADING: &str = "empty heading";
/// Name in the report of a heading above links to other pages.
const SITE_SECTION: &str = "navigation: section of the site";
/// Name in the report of what the site lets its visitors do. Above text it is that text's heading.
const ACTION: &str = "navigation: action";
/// Name in the report of links left over under a heading of the navigation.
const LINK_LIST: &str = "navigation: list of links";
/// Longest text that can be a line, in bytes.
const MAX_LINE: usize = 120;
/// Longest entry of a list of links, in words.
const MAX_LINK_WORDS: usize = 8;
/// Digits that make an entry a telephone number and no link.
const MIN_PHONE_DIGITS: usize = 5;

/// Name and expression for the whole of a line, apart from closing punctuation.
const LINES: &[(&str, &str)] = &[
    (
        "navigation: skip link",
        r"(skip|jump) to (the )?(main |page )?(content|navigation|search|menu)|(back|return) to top",
    ),
    ("navigation: breadcrumbs", r"home\s*[>›»/].+"),
    (
        SITE_SECTION,
        r"(associated|related) (procedures|articles|content|links|pages|posts|stories|videos)|related|products (&|and) services|news from .{1,60}|(site )?menu|(main )?navigation|search( this site)?|quick links|more from .{1,60}|popular (pages|articles)|site ?map",
    ),
    (
        "navigation: button",
        r"(read|show|view|learn|see) (more|all|less)|(log|sign) ?(in|on|out)|close|next( page)?|previous( page)?|click here",
    ),
    (
        ACTION,
        r"(request|book|make|schedule) an? appointment( (online|now|today))?|find a doctor|register|contact us|donate( now)?",
    ),
    (
        "sharing",
        r"(share|print|save|tweet|e-?mail|copy link|like|pin it)( (this|the))?( (page|article))?|share (this )?(on|via|by|with) (facebook|twitter|x|linkedin|whatsapp|e-?mail)|follow us( on .{1,40})?|facebook|twitter|linkedin|instagram|youtube",
    ),
    (
        "subscription: choice",
        r"i('d| would) (like|want) to (learn|know|hear) more( about)?|enter your e-?mail( address)?|e-?mail address|(subscribe|sign up)( now| today| here)?|thank you for subscribing",
    ),
    (
        "advertising: studies",
        r"(explore|find|browse|view) (our |all |more |current )*(clinical )?(studies|trials)( at .{1,60})?",
    ),
    ("advertising", r"advertisement|sponsored( content)?|advertising (&|and) sponsorship.{0,60}"),
    ("copyright", r"((©|\(c\)|copyright)\s*){1,2}\d{4}.*|.{0,80}all rights reserved"),
    (
        "cookies: choice",
        r"(accept|reject|manage|allow)( all)? cookies|cookie (settings|policy|preferences|notice)",
    ),
    (
        "privacy: link",
        r"(notice of )?privacy( policy| practices| notice| statement)?|terms (of use|(&|and) conditions|of service)",
    ),
];

/// Name and expression for any part of a sentence.
const NOTICES: &[(&str, &str)] = &[
    (
        "subscription: inbox",
        r"\bdelivered (straight |directly |right )?to your (inbox|e-?mail)|\bin your inbox\b",
    ),
    (
        "subscription",
        r"\bsubscribe (for|to) (free\b|(our|the|this) .{0,40}(newsletter|e-?mails?|list|updates)|.{0,30}newsletter)|\bsign up (for|to) .{0,60}\b(newsletters?|e-?mail|e-?mails|mailing list)\b|\bunsubscribe\b",
    ),
    ("subscription: e-mail", r"\bopt[- ]?(out|in)\b.{0,30}\b(e-?mail|marketing|communications)\b"),
    (
        "privacy",
        r"\bnotice of privacy practices\b|\b(read|see|view) (our|the) privacy (policy|notice|statement)\b|\bcombine (your|this) (e-?mail|information)\b|\bwebsite usage information\b|\b(could|may) include protected health information\b",
    ),
    (
        "cookies",
        r"\b(we|website|site|page) uses? cookies\b|\b(accept|agree to|consent to) (the |our )?(use of |all )cookies\b|\bcookies (to|that) (improve|personali[sz]e|analy[sz]e|enhance)\b",
    ),
    ("browser", r"\b(enable|turn on) javascript\b|\byour browser (does not|doesn['’]t) support\b"),
    ("advertising", r"\badvertising revenue\b|\bdoes not endorse (any )?(companies|products|third)"),
    ("copyright", r"\ball rights reserved\b"),
];

/// An expression of the configuration that cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`ingest.boilerplate` holds {pattern:?}, which is not a regular expression")]
pub struct InvalidPattern {
    /// The expression as written.
    pub pattern: String,
    /// What is wrong with it.
    pub source: regex::Error,
}

/// Every pattern, ready to use.
#[derive(Debug)]
pub(crate) struct Boilerplate {
    builtin: Option<Builtin>,
    own: Vec<Regex>,
}

#[derive(Debug)]
struct Builtin {
    lines: RegexSet,
    notices: RegexSet,
}

impl Boilerplate {
    /// Compiles the built-in patterns, unless switched off, and the operator's.
    pub(crate) fn new(config: &IngestConfig) -> Result<Self, InvalidPattern> {
        let builtin = if config.builtin_boilerplate { Some(Builtin::new()?) } else { None };
        let compile = |pattern: &String| {
            let made = RegexBuilder::new(pattern).case_insensitive(true).build();
            made.map_err(|source| InvalidPattern { pattern: pattern.clone(), source })
        };
        Ok(Self { builtin, own: config.boilerplate.iter().map(compile).collect::<Result<_, _>>()? })
    }

    /// For each block of `draft` the name of the pattern that takes it out, if any.
    pub(crate) fn find(&self, draft: &Draft) -> Vec<Option<String>> {
        let text = |block: &DraftBlock| block.span.slice(&draft.text).unwrap_or_default();
        let named = draft.blocks.iter().map(|block| match &block.kind {
            DraftKind::Boilerplate { pattern } => Some(pattern.clone()),
            kind if may_be_line(kind) => self.name(text(block)),
            _ => None,
        });
        let mut found: Vec<Option<String>> = named.collect();
        keep_headings_of_text(draft, &mut found);
        let mut under_navigation = false;
        for at in 0..found.len() {
            let (Some(block), next) = (draft.blocks.get(at), draft.blocks.get(at + 1)) else { break };
            let is_heading = block.kind.heading_level().is_some();
            // The heading of the text that follows is no link of the list before it.
            let heads = is_heading
                && found.get(at + 1).is_some_and(Option::is_none)
                && next.is_some_and(|next| next.kind.heading_level().is_none() && !is_link(text(next)));
            let Some(name) = found.get_mut(at) else { break };
            if name.is_none()
                && under_navigation
                && !heads
                && may_be_line(&block.kind)
                && is_link(text(block))
            {
                *name = Some(LINK_LIST.to_owned());
            }
            if is_heading {
                under_navigation = name.as_deref() == Some(SITE_SECTION);
            } else if name.is_none() {
                under_navigation = false;
            }
        }
        found
    }

    fn name(&self, text: &str) -> Option<String> {
        let own = self.own.iter().find(|pattern| pattern.is_match(text));
        own.map(|pattern| pattern.as_str().to_owned())
            .or_else(|| self.builtin.as_ref()?.name(text).map(str::to_owned))
    }
}

impl Builtin {
    fn new() -> Result<Self, InvalidPattern> {
        let whole = LINES.iter().map(|(_, pattern)| format!(r"^(?:{pattern})$"));
        let set = |patterns: Vec<String>| {
            let made = RegexSetBuilder::new(&patterns).case_insensitive(true).build();
            made.map_err(|source| InvalidPattern { pattern: patterns.join(" "), source })
        };
        Ok(Self {
            lines: set(whole.collect())?,
            notices: set(NOTICES.iter().map(|&(_, pattern)| pattern.to_owned()).collect())?,
        })
    }

    fn name(&self, text: &str) -> Option<&'static str> {
        let line = text.trim_matches(|found: char| {
            found.is_whitespace() || matches!(found, '.' | ':' | '!' | '|' | '>' | '›' | '»')
        });
        if line.len() <= MAX_LINE
            && let Some(at) = self.lines.matches(line).iter().next()
        {
            return LINES.get(at).map(|(name, _)| *name);
        }
        let first = self.notices.matches(text).iter().next()?;
        let sentences = sentence::sentences(text, Span::new(0, text.len()));
        let notices = sentences
            .iter()
            .filter_map(|span| span.slice(text))
            .filter(|sentence| self.notices.is_match(sentence));
        (notices.count() * 2 >= sentences.len()).then(|| NOTICES.get(first).map(|(name, _)| *name)).flatten()
    }
}

/// Takes the name off every action with text under it, be it under a deeper heading.
fn keep_headings_of_text(draft: &Draft, found: &mut [Option<String>]) {
    // The level of the nearest heading with text below here; above all levels for text without one.
    let mut text_at: Option<u8> = None;
    for (block, name) in draft.blocks.iter().zip(found).rev() {
        let Some(level) = block.kind.heading_level() else {
            if name.is_none() {
                text_at = Some(u8::MAX);
            }
            continue;
        };
        if text_at.is_some_and(|below| below > level) {
            text_at = Some(level);
            if name.as_deref() == Some(ACTION) {
                *name = None;
            }
        }
    }
}

/// Whether a pattern may take a block of this kind out.
fn may_be_line(kind: &DraftKind) -> bool {
    kind.heading_level().is_some() || matches!(kind, DraftKind::Paragraph { .. } | DraftKind::Item { .. })
}

fn is_link(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    !text.ends_with(['.', ':', '!', ';'])
        && !text.contains('@')
        && digits < MIN_PHONE_DIGITS
        && text.split_whitespace().count() <= MAX_LINK_WORDS
}
