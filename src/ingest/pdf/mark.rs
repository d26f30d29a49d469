//! Marked content: which stretches of a page the file says to be artifacts, and which text to be of which tagged block.

use std::borrow::Cow;

use hayro_syntax::object::dict::keys::TYPE;
use hayro_syntax::object::{self, Dict, Name, ObjectIdentifier};

use super::meta;
use super::tags::Tags;

/// Deepest marked content that is told apart.
const MAX_MARKS: usize = 100_000;
/// Longest text that a file may give for what characters show, in bytes.
const MAX_SAID: usize = 16;
const SOFT_HYPHEN: &str = "\u{AD}";

/// What is said of a piece of marked content.
#[derive(Debug, Default)]
pub(super) struct Properties {
    /// Its number on the page.
    number: Option<i64>,
    /// Whether, as an artifact, it is a header, a footer or a number of the page, and not one of layout.
    is_furniture: bool,
    /// What its characters mean together.
    said: Option<String>,
}

impl Properties {
    pub(super) fn read(properties: &Dict<'_>) -> Self {
        let said = properties.get::<object::String<'_>>("ActualText").map(|said| meta::text(said.as_bytes()));
        Self {
            number: properties.get::<i32>("MCID").map(i64::from),
            is_furniture: properties.get::<Name<'_>>(TYPE).is_some_and(|kind| kind.as_ref() == b"Pagination"),
            said: said.filter(|said| (1..=MAX_SAID).contains(&said.len())),
        }
    }
}

/// A piece of marked content that is open.
#[derive(Debug)]
struct Mark {
    is_artifact: bool,
    is_unnamed: bool,
    /// The block that holds outside of it.
    outer: Option<usize>,
    /// Whether it says what its characters mean.
    says: bool,
}

/// What holds for the text that is shown next.
#[derive(Debug)]
pub(super) struct Marks<'t> {
    tags: Option<&'t Tags>,
    /// What the numbers are of: the page, or a form that numbers on its own.
    owner: Option<ObjectIdentifier>,
    open: Vec<Mark>,
    artifacts: usize,
    unnamed: usize,
    block: Option<usize>,
    said: Option<Said>,
}

/// What a file says that characters mean together.
#[derive(Debug)]
struct Said {
    text: String,
    /// Whether it has been written in place of the first of them.
    is_written: bool,
}

impl<'t> Marks<'t> {
    pub(super) const fn new(tags: Option<&'t Tags>, owner: Option<ObjectIdentifier>) -> Self {
        Self { tags, owner, open: Vec::new(), artifacts: 0, unnamed: 0, block: None, said: None }
    }

    pub(super) fn begin(&mut self, tag: &Name<'_>, properties: Properties) {
        if self.open.len() >= MAX_MARKS {
            return;
        }
        let Properties { number, is_furniture, said } = properties;
        // A file that is not tagged may mark as artifacts what is to be read.
        let is_artifact = tag.as_ref() == b"Artifact" && (is_furniture || self.tags.is_some());
        let is_unnamed = is_artifact && !is_furniture;
        let said = said.filter(|_| tag.as_ref() == b"Span" && self.said.is_none());
        self.open.push(Mark { is_artifact, is_unnamed, outer: self.block, says: said.is_some() });
        self.artifacts += usize::from(is_artifact);
        self.unnamed += usize::from(is_unnamed);
        if let Some(text) = said {
            self.said = Some(Said { text, is_written: false });
        }
        if let Some((number, tags)) = number.zip(self.tags) {
            self.block = self.owner.and_then(|owner| tags.place(owner, number));
        }
    }

    pub(super) fn end(&mut self) {
        let Some(mark) = self.open.pop() else { return };
        self.artifacts -= usize::from(mark.is_artifact);
        self.unnamed -= usize::from(mark.is_unnamed);
        self.block = mark.outer;
        if mark.says {
            self.said = None;
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.open.len()
    }

    /// Ends what was begun when `len` pieces were open.
    pub(super) fn end_to(&mut self, len: usize) {
        while self.open.len() > len {
            self.end();
        }
    }

    /// Goes on in a form; gives what is to be handed to [`Self::leave`].
    pub(super) fn enter(&mut self, form: Option<ObjectIdentifier>) -> Option<ObjectIdentifier> {
        let outside = self.owner;
        self.owner = form.or(outside);
        outside
    }

    pub(super) const fn leave(&mut self, outside: Option<ObjectIdentifier>) {
        self.owner = outside;
    }

    /// The tagged block of the text.
    pub(super) const fn tag(&self) -> Option<usize> {
        self.block
    }

    pub(super) const fn is_artifact(&self) -> bool {
        self.artifacts > 0
    }

    /// Whether the text is of an artifact that is not said to be of the page.
    pub(super) const fn is_unnamed(&self) -> bool {
        self.unnamed > 0 && self.unnamed == self.artifacts
    }

    /// What the next character is written as, which its font says to mean `meaning`: what the file says for it where
    /// the font says nothing, or where it is a hyphen that shows at the end of a line only.
    pub(super) fn said_of<'m>(&mut self, meaning: Option<Cow<'m, str>>) -> Option<Cow<'m, str>> {
        let Some(said) = &mut self.said else { return meaning };
        let is_hyphen = said.text == SOFT_HYPHEN && matches!(meaning.as_deref(), Some("-" | "\u{2010}"));
        if said.is_written {
            return Some(Cow::Borrowed(""));
        }
        if is_hyphen || meaning.is_none() && said.text.chars().all(char::is_alphanumeric) {
            said.is_written = true;
            return Some(Cow::Owned(said.text.clone()));
        }
        self.said = None;
        meaning
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span<'t>(said: &str) -> Marks<'t> {
        let mut marks = Marks::new(None, None);
        let properties = Properties { said: Some(said.to_owned()), ..Properties::default() };
        marks.begin(&Name::new_unescaped(b"Span"), properties);
        marks
    }

    #[test]
    fn a_file_says_what_characters_mean_together_where_their_font_does_not() {
        let mut marks = span("ffi");
        let said = [None, None].map(|meaning| marks.said_of(meaning).unwrap_or_default());
        assert_eq!(said, ["ffi", ""]);
        marks.end();
        assert_eq!(marks.said_of(None), None);
        // Not where what is seen can be read, and no signs.
        assert_eq!(span("y").said_of(Some("s".into())).as_deref(), Some("s"));
        assert_eq!(span("\t").said_of(None), None);
    }

    #[test]
    fn what_is_not_ended_ends_with_the_stream() {
        let mut marks = Marks::new(None, None);
        let furniture = || Properties { is_furniture: true, ..Properties::default() };
        for _ in 0..3 {
            marks.begin(&Name::new_unescaped(b"Artifact"), furniture());
        }
        marks.end_to(1);
        assert!(marks.is_artifact());
        marks.end();
        marks.end();
        assert!(!marks.is_artifact());
    }
}
