//! One entry of a list of references: its label, its address, its digital object identifier.

use super::after;
use crate::document::BibliographyEntry;
use crate::text::Span;

/// Longest address, in bytes.
const MAX_ADDRESS: usize = 2_000;

/// Characters that end an address.
fn ends_address(found: char) -> bool {
    found.is_whitespace() || matches!(found, '<' | '>' | '"' | '”' | '“' | '|')
}

/// Makes the entry at `span`. Without a `label` the text's own (`[5]`, `5.`) counts, else `number`.
pub(super) fn read(text: &str, span: Span, label: Option<String>, number: usize) -> BibliographyEntry {
    let slice = span.slice(text).unwrap_or_default();
    let (label, span) = match (label, own_label(slice)) {
        (Some(label), _) => (label, span),
        (None, Some((label, taken))) => (label.to_owned(), after(span, taken).trimmed(text)),
        (None, None) => (number.to_string(), span),
    };
    let slice = span.slice(text).unwrap_or_default();
    BibliographyEntry { label, span, url: url(slice), doi: doi(slice) }
}

/// Adds a paragraph that continues the entry.
pub(super) fn extend(text: &str, entry: &mut BibliographyEntry, span: Span) {
    entry.span = entry.span.cover(span);
    let slice = span.slice(text).unwrap_or_default();
    entry.url = entry.url.take().or_else(|| url(slice));
    entry.doi = entry.doi.take().or_else(|| doi(slice));
}

/// Whether `text` has what entries of the literature have and sentences seldom do.
pub(super) fn looks_like_literature(text: &str) -> bool {
    let text = text.get(..text.floor_char_boundary(1_000)).unwrap_or_default();
    let lower = text.to_lowercase();
    let signs =
        ["et al", "doi:", "doi.org/", "http://", "https://", "accessed ", "retrieved ", "isbn", "pmid"];
    if signs.iter().any(|sign| lower.contains(sign)) {
        return true;
    }
    // A year, and more than one part closed by a full stop: "Ashdown K. On bees. Hive Press; 2019."
    has_year(text) && text.matches(['.', ';']).count() >= 3
}

fn has_year(text: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    text.split(|found: char| !found.is_ascii_digit()).any(is_year)
}

/// `[5] ...`, `5. ...` at the beginning: the label and how many bytes it takes.
fn own_label(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('[').unwrap_or(text);
    let opened = text.len() - inner.len();
    let end = inner.find(|found: char| !found.is_ascii_alphanumeric())?;
    let label = inner.get(..end).filter(|label| (1..=8).contains(&label.len()))?;
    let close = inner.get(end..)?.chars().next()?;
    let is_label = if opened > 0 {
        close == ']'
    } else {
        close == '.' && label.bytes().all(|byte| byte.is_ascii_digit())
    };
    is_label.then_some((label, opened + end + 1))
}

fn url(text: &str) -> Option<String> {
    let at = [text.find("https://"), text.find("http://")].into_iter().flatten().min()?;
    address(text.get(at..)?)
}

/// The first identifier, which begins `10.` and a registrant's number of four digits or more.
fn doi(text: &str) -> Option<String> {
    text.match_indices("10.").find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        let rest = text.get(at..)?;
        let registrant = rest.get(3..)?.bytes().take_while(u8::is_ascii_digit).take(10).count();
        let slash = rest.get(3 + registrant..)?.starts_with('/');
        let free = before.is_none_or(|before| !before.is_alphanumeric() && before != '.');
        if (4..=9).contains(&registrant) && slash && free { address(rest) } else { None }
    })
}

/// The address that `text` begins with, without the punctuation of the sentence around it.
fn address(text: &str) -> Option<String> {
    let end = text.find(ends_address).unwrap_or(text.len()).min(MAX_ADDRESS);
    let mut address = text.get(..text.floor_char_boundary(end))?;
    let count = |found: char| address.matches(found).count();
    let mut unmatched =
        [(')', count(')').saturating_sub(count('('))), (']', count(']').saturating_sub(count('[')))];
    while let Some(last) = address.chars().next_back() {
        let bracket = unmatched.iter_mut().find(|(close, left)| *close == last && *left > 0);
        let trailing = matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '*' | '_');
        match bracket {
            Some((_, left)) => *left -= 1,
            None if trailing => {}
            None => break,
        }
        address = address.get(..address.len() - last.len_utf8())?;
    }
    (!address.is_empty()).then(|| address.to_owned())
}
