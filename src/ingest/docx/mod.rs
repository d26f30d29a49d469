//! Word documents (Office Open XML, transitional and strict) to a draft.
//!
//! A file is a [`package`] of parts. [`styles`] and [`numbering`] say what a paragraph is and what stands before it,
//! [`properties`] what the document is; [`story`] reads the text, with its [`note`]s, to [`piece`]s, and [`mod@write`]
//! writes them as the canonical text. Headers, footers and comments are not read: they stand in parts of their own.
//! No step recurses or builds a tree, each is linear in what is inflated of the file, and that is bounded.

mod line;
mod note;
mod numbering;
mod package;
mod piece;
mod properties;
mod story;
mod styles;
mod symbol;
mod table;
mod write;
mod xml;

use self::note::{Kind, Notes};
use self::numbering::Numbering;
use self::package::Package;
use self::properties::Properties;
use self::story::Shared;
use self::styles::Styles;
use self::xml::Step;
use super::draft::Draft;
use super::field;
use super::report::SkipReason;

/// Reads the bytes of a Word file, of which no more than `limit` bytes are inflated.
///
/// # Errors
/// [`SkipReason::TooLarge`] beyond the limit; [`SkipReason::Malformed`] with the remedy for a file that is damaged, saved
/// with a password, old, of another program, or without text but with pictures; [`SkipReason::Empty`].
pub(crate) fn parse(bytes: &[u8], limit: u64) -> Result<Draft, SkipReason> {
    let mut package = Package::open(bytes, limit)?;
    let main = package.main()?;
    let styles = read_related(&mut package, &main, "styles", Styles::read)?;
    let numbering: Numbering = read_related(&mut package, &main, "numbering", Numbering::read)?;
    let mut shared = Shared { styles, numbering, notes: Notes::default(), has_pictures: false };
    let language = read_settings(&mut package, &main, &mut shared.notes)?;
    for (kind, relationship) in [(Kind::Foot, "footnotes"), (Kind::End, "endnotes")] {
        if let Some((source, part)) = related(&mut package, &main, relationship)? {
            story::notes(&source, &part, kind, &mut shared)?;
        }
    }
    let source = package.read(&main)?.unwrap_or_default();
    let pieces = story::document(&source, &main, &mut shared)?;
    drop(source);
    let written = write::write(pieces, &shared.notes);
    if !written.has_content {
        return Err(if shared.has_pictures { only_pictures() } else { SkipReason::Empty });
    }
    let properties: Properties = read_related(&mut package, "", "core-properties", properties::read)?;
    let mut draft = written.draft;
    draft.metadata.title = properties.title.or(written.title).unwrap_or_default();
    draft.metadata.language = properties.language.or(shared.styles.language).or(language);
    Ok(draft)
}

fn only_pictures() -> SkipReason {
    let why = "it holds pictures and no text: have the text in them recognised, and save that";
    SkipReason::Malformed(why.to_owned())
}

/// The text and the name of the part that `from` is related to.
fn related(
    package: &mut Package<'_>,
    from: &str,
    relationship: &str,
) -> Result<Option<(String, String)>, SkipReason> {
    let Some(part) = package.related(from, relationship)? else { return Ok(None) };
    Ok(package.read(&part)?.map(|source| (source, part)))
}

/// What `read` makes of the part that `from` is related to; what is made of nothing where there is none.
fn read_related<T: Default>(
    package: &mut Package<'_>,
    from: &str,
    relationship: &str,
    read: impl FnOnce(&str, &str) -> Result<T, SkipReason>,
) -> Result<T, SkipReason> {
    related(package, from, relationship)?
        .map_or_else(|| Ok(T::default()), |(source, part)| read(&source, &part))
}

/// Takes from the settings how notes are numbered; gives the language of the theme.
fn read_settings(
    package: &mut Package<'_>,
    main: &str,
    notes: &mut Notes,
) -> Result<Option<String>, SkipReason> {
    let Some((source, part)) = related(package, main, "settings")? else { return Ok(None) };
    let (mut language, mut kind) = (None, None);
    xml::walk(&source, &part, |step| {
        let Step::Open(element) = step else { return true };
        match element.name() {
            "footnotePr" => kind = Some(Kind::Foot),
            "endnotePr" => kind = Some(Kind::End),
            "numFmt" => {
                if let (Some(kind), Some(style)) = (kind, element.value()) {
                    notes.number(kind, numbering::Style::of(&style));
                }
            }
            "themeFontLang" => language = element.value().as_deref().and_then(field::language),
            _ => {}
        }
        true
    })?;
    Ok(language)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
