//! What a file says about itself: title and language. The day on which it was saved is nobody's review of it.

use hayro_syntax::Pdf;
use hayro_syntax::object::{self, Dict, Stream};

use super::file::Budget;
use crate::document::Metadata;
use crate::ingest::field;

/// Endings of the names of files, which are no titles.
const FILES: &[&str] = &[
    ".doc", ".docx", ".pdf", ".indd", ".qxd", ".pub", ".htm", ".html", ".rtf", ".odt", ".ppt", ".pptx",
    ".txt", ".xls",
];
/// What programs write where nobody gave a title.
const DEFAULTS: &[&str] = &[
    "untitled",
    "microsoft word",
    "microsoft powerpoint",
    "powerpoint presentation",
    "slide 1",
    "about:blank",
    "document",
    "(anonymous)",
    "title",
    "print",
    "layout 1",
];
/// Largest metadata that is read, in bytes.
const MAX_METADATA: usize = 256 * 1024;

/// Reads the metadata.
pub(super) fn read(pdf: &Pdf) -> Metadata {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let info = pdf.metadata();
    let described = catalog.as_ref().and_then(|catalog| catalog.get::<Stream<'_>>("Metadata"));
    let described = described.and_then(|stream| {
        let data = Budget::default().decode(&stream).ok()??;
        Some(String::from_utf8_lossy(data.get(..data.len().min(MAX_METADATA))?).into_owned())
    });
    let title = info.title.as_deref().map(text).and_then(|title| told(&title));
    let title = title.or_else(|| told(&described_title(described.as_deref()?)?));
    let language = catalog.as_ref().and_then(|catalog| catalog.get::<object::String<'_>>("Lang"));
    let language = language.and_then(|tag| field::language(&text(tag.as_bytes())));
    Metadata { title: title.unwrap_or_default(), language, ..Metadata::default() }
}

/// A title, where it says something.
fn told(title: &str) -> Option<String> {
    let title = field::title(title)?;
    let lower = title.to_lowercase();
    let is_file = FILES.iter().any(|ending| lower.ends_with(ending))
        || lower.contains(['\\', '_'])
        || lower.starts_with("http")
        || lower.starts_with("file:");
    let is_default = DEFAULTS.iter().any(|default| {
        lower
            .strip_prefix(default)
            .is_some_and(|rest| rest.is_empty() || rest.trim().starts_with(['-', '1', '2', '3']))
    });
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    (!is_file && !is_default && letters >= 3 && !title.contains('\u{FFFD}')).then_some(title)
}

/// The title in the description that a file may hold as XML.
fn described_title(xml: &str) -> Option<String> {
    let (_, rest) = xml.split_once("<dc:title")?;
    let (title, _) = rest.split_once("</dc:title>")?;
    let (_, item) = title.split_once("<rdf:li")?;
    let (_, item) = item.split_once('>')?;
    let (item, _) = item.split_once("</rdf:li>")?;
    let plain = item.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Some(plain.replace("&amp;", "&"))
}

/// A text of the file outside its pages: UTF-16 or UTF-8 with a mark, else Latin-1 with some signs of its own.
pub(super) fn text(bytes: &[u8]) -> String {
    if let Some(utf_16) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        let units =
            utf_16.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
        return char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
    }
    if let Some(utf_8) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return String::from_utf8_lossy(utf_8).into_owned();
    }
    bytes.iter().map(|&byte| latin(byte)).collect()
}

fn latin(byte: u8) -> char {
    const SIGNS: [char; 32] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ',
        'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}',
    ];
    let sign = usize::from(byte).checked_sub(0x80).and_then(|at| SIGNS.get(at));
    sign.copied().unwrap_or(if byte == 0xA0 { '€' } else { char::from(byte) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_says_nothing_is_none() {
        for title in [
            "Microsoft Word - leaflet.doc",
            "untitled",
            "Untitled 1",
            "leaflet_v3",
            "C:\\a\\b",
            "knee.indd",
            "  ",
            "12",
        ] {
            assert_eq!(told(title), None, "{title}");
        }
        assert_eq!(told(" Your  knee operation ").as_deref(), Some("Your knee operation"));
        assert_eq!(told("Document your symptoms").as_deref(), Some("Document your symptoms"));
    }

    #[test]
    fn texts_are_decoded_by_their_mark() {
        assert_eq!(text(b"\xFE\xFF\x00K\x00n\x20\x19"), "Kn\u{2019}");
        assert_eq!(text(b"\xEF\xBB\xBFKn\xC3\xA9e"), "Knée");
        assert_eq!(text(b"Kn\xE9e \x8D\x8E \xA0"), "Knée “” €");
    }

    #[test]
    fn the_description_tells_the_title() {
        let xml = "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">Knees &amp; hips</rdf:li></rdf:Alt></dc:title>";
        assert_eq!(described_title(xml).as_deref(), Some("Knees & hips"));
        assert_eq!(described_title("<dc:title/>"), None);
    }
}
