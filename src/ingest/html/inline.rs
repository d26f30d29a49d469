//! The text within one block: white space folded, reference marks written as `[5]`, other raised numbers as `⁵`.

use ego_tree::NodeId;

use super::{NodeRef, attribute, is_block, name, text_of};
use crate::ingest::field;
use crate::ingest::raised::{MAX_RAISED, is_of_numbers, may_be_cited, raised};

/// What a walk through a tree meets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// A node, before what is in it.
    Open(NodeRef<'a>),
    /// An entered node, after what is in it.
    Close(NodeRef<'a>),
}

/// Walks `root` and all below it in document order without recursion. `visit` says of an opened node
/// whether to enter it; a node that is not entered is not closed.
pub(super) fn walk<'a>(root: NodeRef<'a>, mut visit: impl FnMut(Step<'a>) -> bool) {
    let mut node = root;
    loop {
        if visit(Step::Open(node)) {
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            visit(Step::Close(node));
        }
        loop {
            if node.id() == root.id() {
                return;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return };
            node = parent;
            visit(Step::Close(node));
        }
    }
}

/// The text of a block that is being read.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    space: bool,
    /// Strong emphasis that begins the line: its element, and where its text ends once it is closed.
    strong: Option<(NodeId, Option<usize>)>,
}

/// The finished text of a block.
#[derive(Debug, Default)]
pub(super) struct Finished {
    /// Without white space around it.
    pub(super) text: String,
    /// Length of the strong emphasis that begins it, in bytes.
    pub(super) strong: Option<usize>,
}

impl Line {
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.space = true;
            } else if !field::is_invisible(c) && c != '\u{AD}' {
                if std::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push(' ');
                }
                self.text.push(c);
            }
        }
    }

    /// Text whose white space counts.
    pub(super) fn push_raw(&mut self, text: &str) {
        self.text.extend(text.chars().filter(|&c| c == '\n' || c == '\t' || !c.is_control()));
    }

    pub(super) fn line_break(&mut self) {
        self.space = false;
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    pub(super) fn open_strong(&mut self, node: NodeRef<'_>) {
        if self.text.is_empty() && self.strong.is_none() {
            self.strong = Some((node.id(), None));
        }
    }

    pub(super) fn close_strong(&mut self, node: NodeRef<'_>) {
        if let Some((id, end @ None)) = &mut self.strong
            && *id == node.id()
        {
            *end = Some(self.text.len());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Takes the text; for `pre`, only empty lines at its ends are dropped.
    pub(super) fn take(&mut self) -> Finished {
        let line = std::mem::take(self);
        let strong = line.strong.and_then(|(_, end)| end).filter(|&end| end > 0 && end <= line.text.len());
        Finished { text: line.text.trim_end().trim_start_matches(['\n', '\r']).to_owned(), strong }
    }

    /// Writes `node` if it is a reference mark, a raised number or a link back from a note; then nothing below
    /// it is text.
    pub(super) fn take_mark(&mut self, node: NodeRef<'_>) -> bool {
        if is_back_link(node) {
            return true;
        }
        let is_bare = name(node) == "sup" && !linked(node);
        let label = mark_label(node).filter(|_| {
            !self.text.ends_with(['[', '(']) && (!is_bare || !self.space && may_be_cited(&self.text))
        });
        let Some(label) = label else { return is_bare && self.take_raised(node) };
        if std::mem::take(&mut self.space) && name(node) != "sup" && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push('[');
        self.text.push_str(&label);
        self.text.push(']');
        true
    }

    /// Writes `node` in raised digits if it is a number: `10⁹`, `¹⁷⁷Lu`. In brackets it stays a mark.
    fn take_raised(&mut self, node: NodeRef<'_>) -> bool {
        let Some(raised) = raised(&text_of(node, MAX_RAISED)).filter(|_| !self.text.ends_with('[')) else {
            return false;
        };
        self.push(&raised);
        true
    }
}

/// Whether what stands in an element of this name no longer holds: a quote cannot show that it is struck out.
pub(super) fn is_struck_out(name: &str) -> bool {
    matches!(name, "del" | "s" | "strike")
}

/// The text of a table cell or the like on one line; blocks in it are told apart by punctuation.
pub(super) fn flatten(root: NodeRef<'_>) -> String {
    let mut line = Line::default();
    walk(root, |step| {
        let (Step::Open(node) | Step::Close(node)) = step;
        if node.id() != root.id() && (is_block(name(node)) || name(node) == "br") {
            if line.text.ends_with(char::is_alphanumeric) {
                line.text.push(',');
            }
            line.space = true;
        }
        match step {
            Step::Open(node) if matches!(name(node), "a" | "sup") => !line.take_mark(node),
            Step::Open(node) => {
                if let Some(text) = node.value().as_text() {
                    line.push(text);
                }
                name(node) != "button" && !is_struck_out(name(node))
            }
            Step::Close(_) => true,
        }
    });
    line.take().text.trim_end_matches(',').to_owned()
}

/// The label of a reference mark: `5` of `<sup><a href="#ref5">[5]</a></sup>`; several as `5,6`.
pub(super) fn mark_label(node: NodeRef<'_>) -> Option<String> {
    let raised = name(node) == "sup";
    let noted = name(node) == "a" && names_a_note(node);
    if !raised && !noted {
        return None;
    }
    let text = text_of(node, 40);
    let label: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']' | '(' | ')')).collect();
    let numeric = is_of_numbers(&label);
    let symbol = (1..=3).contains(&label.chars().count())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '*' | '†' | '‡' | '§' | '¶'));
    let valid = numeric || (symbol && (!raised || linked(node)));
    (valid && label.len() <= 24).then_some(label)
}

/// The id that a mark points at, of the mark's own link or the only one in it.
pub(super) fn mark_target(node: NodeRef<'_>) -> Option<&str> {
    node.descendants().find_map(|below| fragment(below)).filter(|target| !target.is_empty())
}

fn fragment(node: NodeRef<'_>) -> Option<&str> {
    if name(node) == "a" { attribute(node, "href")?.strip_prefix('#') } else { None }
}

fn linked(node: NodeRef<'_>) -> bool {
    node.descendants().take(20).any(|below| fragment(below).is_some())
}

fn names_a_note(link: NodeRef<'_>) -> bool {
    let Some(target) = fragment(link) else { return false };
    let target = target.to_ascii_lowercase();
    let class = attribute(link, "class").unwrap_or_default().to_ascii_lowercase();
    let tells = |text: &str| ["ref", "note", "cite", "bib", "ftn"].iter().any(|part| text.contains(part));
    tells(&target)
        || target.starts_with("fn")
        || tells(&class)
        || attribute(link, "role") == Some("doc-noteref")
        || text_of(link, 40).trim().starts_with('[')
}

fn is_back_link(node: NodeRef<'_>) -> bool {
    if fragment(node).is_none() {
        return false;
    }
    let text = text_of(node, 40);
    let text = text.trim().trim_end_matches('\u{fe0e}');
    attribute(node, "role") == Some("doc-backlink") || matches!(text, "↩" | "↑" | "^" | "⬆" | "Jump up")
}
