//! What the name of an element of a file's structure says of the text in it.

use hayro_syntax::object::{Dict, Name};

/// Longest chain of names that stand for one another.
const MAX_CHAIN: usize = 8;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Holds others together.
    Group,
    /// The same, one level deeper.
    Section,
    Paragraph,
    /// `None` for one whose level is how deep it lies in sections.
    Heading(Option<u8>),
    List,
    Item,
    Label,
    Table,
    Head,
    Row,
    Cell {
        is_header: bool,
    },
    /// A footnote. It may stand within the paragraph that points to it.
    Note,
    /// A table of contents or a line of one.
    Contents,
    /// Part of what it stands in.
    Inline,
    /// What is not to be read.
    Artifact,
}

impl Role {
    /// Whether an element is a block of its own, and ends the text before it.
    pub(super) const fn is_block(self) -> bool {
        !matches!(self, Self::Inline | Self::Note | Self::Label | Self::Artifact)
    }
}

/// The role of a name, or of that which it stands for. `None` for a name that nothing is known of.
pub(super) fn role(name: &Name<'_>, map: Option<&Dict<'_>>) -> Option<Role> {
    let mut role = of_name(name.as_ref());
    let mut name = map.filter(|_| role.is_none()).and_then(|map| map.get::<Name<'_>>(name.as_ref()));
    for _ in 0..MAX_CHAIN {
        let Some(next) = name else { break };
        role = of_name(next.as_ref());
        name = map.filter(|_| role.is_none()).and_then(|map| map.get::<Name<'_>>(next.as_ref()));
    }
    role
}

fn of_name(name: &[u8]) -> Option<Role> {
    Some(match name {
        b"Document" | b"DocumentFragment" | b"Part" | b"Art" | b"Div" | b"BlockQuote" | b"Index"
        | b"Aside" | b"Figure" | b"Form" | b"LBody" | b"TBody" | b"TFoot" => Role::Group,
        b"Sect" => Role::Section,
        b"P" | b"Caption" => Role::Paragraph,
        b"Title" => Role::Heading(Some(1)),
        b"H" => Role::Heading(None),
        b"L" => Role::List,
        b"LI" => Role::Item,
        b"Lbl" => Role::Label,
        b"Table" => Role::Table,
        b"THead" => Role::Head,
        b"TR" => Role::Row,
        b"TH" => Role::Cell { is_header: true },
        b"TD" => Role::Cell { is_header: false },
        b"Note" | b"FENote" => Role::Note,
        b"TOC" | b"TOCI" => Role::Contents,
        b"Span" | b"Quote" | b"Link" | b"Reference" | b"BibEntry" | b"Code" | b"Annot" | b"Em"
        | b"Strong" | b"Sub" | b"Ruby" | b"RB" | b"RT" | b"RP" | b"Warichu" | b"WT" | b"WP"
        | b"NonStruct" | b"Private" | b"Formula" => Role::Inline,
        b"Artifact" => Role::Artifact,
        _ => return level(name).map(|level| Role::Heading(Some(level))),
    })
}

/// The level that `H1` and the like name.
fn level(name: &[u8]) -> Option<u8> {
    match name {
        [b'H', level @ b'1'..=b'9'] => Some((level - b'0').min(6)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hayro_syntax::object::FromBytes;

    use super::*;

    fn read(name: &[u8], map: &[u8]) -> Option<Role> {
        let map = Dict::from_bytes(map).unwrap();
        role(&Name::new_unescaped(name), Some(&map))
    }

    #[test]
    fn a_name_of_the_file_stands_for_one_of_the_format() {
        let map = b"<</Ward_title/Big/Big/H2/P/H1/Round/Trip/Trip/Round/Alone/Alone/Odd 7>>";
        assert_eq!(read(b"Ward_title", map), Some(Role::Heading(Some(2))));
        // A name of the format says what it says.
        assert_eq!(read(b"P", map), Some(Role::Paragraph));
        for name in [&b"Round"[..], b"Alone", b"Odd", b"Nowhere", b"H0", b"H12"] {
            assert_eq!(read(name, map), None, "{name:?}");
        }
        assert_eq!(role(&Name::new_unescaped(b"H9"), None), Some(Role::Heading(Some(6))));
    }
}
