//! A part of a package as a walk over its elements, without a tree: names without their prefixes, so that the
//! strict and the transitional form of the format read the same.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::ingest::report::SkipReason;

/// Deepest nesting of elements. Word's own documents have less than a hundred.
const MAX_DEPTH: usize = 4_096;
/// Longest name of a style, a list or a font, in bytes. Word's own have less than 256 characters.
const MAX_NAME: usize = 1_024;

/// An element with its attributes.
#[derive(Debug)]
pub(super) struct Element<'a> {
    start: &'a BytesStart<'a>,
}

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// The value of the attribute of this name, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        let found =
            attributes.with_checks(false).flatten().find(|it| it.key.local_name().into_inner() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
    }

    /// The attribute of this name as the name of something; `None` for a longer one than Word writes. Names are looked up
    /// with every paragraph and every piece of text, so that a long one would cost its length each time.
    pub(super) fn named(&self, name: &str) -> Option<String> {
        self.attribute(name).filter(|named| named.len() <= MAX_NAME)
    }

    /// The attribute `val`, in which most elements have what they say.
    pub(super) fn value(&self) -> Option<String> {
        self.attribute("val")
    }

    /// What a property that is on or off says: it is on where it only stands there.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.value().as_deref(), Some("0" | "false" | "off" | "none"))
    }

    /// The attribute `val` as a number.
    pub(super) fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.value()?.trim().parse().ok()
    }
}

/// What a walk meets.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// An element, before what is in it.
    Open(Element<'a>),
    /// The end of the innermost entered element.
    Close,
    /// Text within the innermost entered element; it may come in pieces.
    Text(&'a str),
}

/// Walks through `xml` in its order. `visit` says of an opened element whether to enter it; one that is not entered is
/// passed over with all that is in it and is not closed. `part` is the name of the part for the reason.
///
/// # Errors
/// [`SkipReason::Malformed`] for what is no XML, ends too early or is nested too deep.
pub(super) fn walk(xml: &str, part: &str, mut visit: impl FnMut(Step<'_>) -> bool) -> Result<(), SkipReason> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_usize;
    // The depth at which the element lies that is being passed over.
    let mut passing: Option<usize> = None;
    loop {
        match reader.read_event().map_err(|why| damaged(part, &why.to_string()))? {
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(damaged(
                        part,
                        &format!("elements lie more than {MAX_DEPTH} deep in one another"),
                    ));
                }
                if passing.is_none() && !visit(Step::Open(Element { start: &start })) {
                    passing = Some(depth);
                }
            }
            Event::Empty(start) if passing.is_none() && visit(Step::Open(Element { start: &start })) => {
                visit(Step::Close);
            }
            Event::End(_) => {
                if passing.is_none() {
                    visit(Step::Close);
                }
                passing = passing.filter(|&from| from != depth);
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if passing.is_none() => {
                visit(Step::Text(&text.xml10_content()));
            }
            Event::CData(text) if passing.is_none() => {
                visit(Step::Text(&text.xml10_content()));
            }
            Event::GeneralRef(reference) if passing.is_none() => {
                if let Some(character) = character(&reference.resolve_char_ref(), &reference) {
                    visit(Step::Text(character.encode_utf8(&mut [0; 4])));
                }
            }
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(damaged(part, "it ends too early")),
            _ => {}
        }
    }
}

/// What a reader that is shown each element as it opens and closes makes of a part. `open` says whether to enter it.
///
/// # Errors
/// [`SkipReason::Malformed`] as [`walk`] gives it.
pub(super) fn read<R: Default>(
    xml: &str,
    part: &str,
    open: fn(&mut R, &Element<'_>) -> bool,
    close: fn(&mut R),
) -> Result<R, SkipReason> {
    let mut reader = R::default();
    walk(xml, part, |step| {
        match step {
            Step::Open(element) => return open(&mut reader, &element),
            Step::Close => close(&mut reader),
            Step::Text(_) => {}
        }
        true
    })?;
    Ok(reader)
}

/// The character of a reference: a number or one of the five names of XML. Others would be defined by the document
/// itself, and are left out: a definition may grow without end.
fn character<E>(number: &Result<Option<char>, E>, name: &str) -> Option<char> {
    match (number, name) {
        (Ok(Some(character)), _) => Some(*character),
        (_, "amp") => Some('&'),
        (_, "lt") => Some('<'),
        (_, "gt") => Some('>'),
        (_, "quot") => Some('"'),
        (_, "apos") => Some('\''),
        _ => None,
    }
}

fn damaged(part: &str, why: &str) -> SkipReason {
    SkipReason::Malformed(format!("its part {part} is damaged ({why}): open it in Word and save it anew"))
}
