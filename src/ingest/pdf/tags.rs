//! What a tagged file says its text is: headings, paragraphs, items and cells, in the order in which they are read.
//!
//! The tree of the structure hangs in the catalog. Its leaves name pieces of marked content by the page, or the form,
//! that they stand in and a number. The tree is walked once, without recursion; its depth, its elements and its leaves
//! are bounded, and no element is entered twice.

use std::collections::{HashMap, HashSet};

use hayro_syntax::Pdf;
use hayro_syntax::object::array::ArrayIter;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, ObjRef, Object, ObjectIdentifier};

use super::role::{Role, role};

/// Deepest element in an element.
const MAX_DEPTH: usize = 200;
/// Most elements of a tree, and references to others.
const MAX_ELEMENTS: usize = 400_000;
/// Most pieces of content that elements name.
const MAX_CONTENTS: usize = 500_000;
/// Deepest list.
const MAX_LISTS: usize = 6;

/// What a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 1 for the outermost.
    Heading(u8),
    Paragraph,
    /// Text that is in no element of its own: one paragraph or several.
    Loose,
    /// The first paragraph of an item.
    Item {
        depth: u8,
        /// The place of its label in [`Tags::blocks`].
        label: Option<usize>,
    },
    /// A further paragraph of an item.
    Continuation {
        depth: u8,
    },
    Label,
    Note,
    /// A line of a table of contents.
    Contents,
}

/// A stretch of text that is read as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TaggedBlock {
    pub(super) kind: Kind,
    /// The place of the innermost cell that it stands in.
    pub(super) cell: Option<usize>,
}

/// A cell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TaggedCell {
    pub(super) table: usize,
    /// From 1.
    pub(super) row: usize,
    pub(super) is_header: bool,
    /// Whether the file says that its row is of the head.
    pub(super) in_head: bool,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// A table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TaggedTable {
    rows: usize,
    /// Whether it only lays out the page: headings or tables stand in it.
    pub(super) is_layout: bool,
}

/// The structure of a file.
#[derive(Debug, Default)]
pub(super) struct Tags {
    /// In the order in which they are read.
    pub(super) blocks: Vec<TaggedBlock>,
    pub(super) cells: Vec<TaggedCell>,
    pub(super) tables: Vec<TaggedTable>,
    places: HashMap<(ObjectIdentifier, i64), usize>,
}

/// Reads the structure of a file that says that it is tagged.
pub(super) fn read(pdf: &Pdf) -> Option<Tags> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let marked = catalog.get::<Dict<'_>>("MarkInfo").and_then(|info| info.get::<bool>("Marked"));
    let root = catalog.get::<Dict<'_>>("StructTreeRoot").filter(|_| marked == Some(true))?;
    let roles = root.get::<Dict<'_>>("RoleMap");
    let mut walk =
        Walk { pdf, roles, tags: Tags::default(), stack: Vec::new(), entered: HashSet::new(), elements: 0 };
    walk.begin(Role::Group, &root, None);
    walk.run();
    Some(walk.tags).filter(|tags| !tags.places.is_empty())
}

impl Tags {
    /// The place in `blocks` of the content of this number on a page or in a form.
    pub(super) fn place(&self, owner: ObjectIdentifier, number: i64) -> Option<usize> {
        self.places.get(&(owner, number)).copied()
    }
}

/// What stands in an element and has not been seen.
enum Kids<'a> {
    One(Option<MaybeRef<Object<'a>>>),
    Many(ArrayIter<'a>),
}

impl<'a> Iterator for Kids<'a> {
    type Item = MaybeRef<Object<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::One(kid) => kid.take(),
            Self::Many(kids) => kids.next(),
        }
    }
}

/// An element that is being walked through.
struct Frame<'a> {
    role: Role,
    kids: Kids<'a>,
    page: Option<ObjectIdentifier>,
    /// The block that its own text is part of.
    block: Option<usize>,
    /// Of an item: its label, and whether its text has begun.
    label: Option<usize>,
    has_begun: bool,
    /// Of a cell: its place. Of a table: its place.
    cell: Option<usize>,
    table: Option<usize>,
}

struct Walk<'a> {
    pdf: &'a Pdf,
    roles: Option<Dict<'a>>,
    tags: Tags,
    stack: Vec<Frame<'a>>,
    entered: HashSet<ObjRef>,
    elements: usize,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        while let Some(frame) = self.stack.last_mut() {
            match frame.kids.next() {
                Some(kid) => self.kid(kid),
                None => drop(self.stack.pop()),
            }
        }
    }

    fn kid(&mut self, kid: MaybeRef<Object<'a>>) {
        let object = match kid {
            MaybeRef::NotRef(object) => Some(object),
            MaybeRef::Ref(to) if self.has_room() && self.entered.insert(to) => {
                self.elements += 1;
                self.pdf.xref().get::<Object<'a>>(to.into())
            }
            MaybeRef::Ref(_) => None,
        };
        match object {
            Some(Object::Number(number)) => {
                let page = self.stack.last().and_then(|frame| frame.page);
                self.content(page, number.as_i64());
            }
            Some(Object::Dict(dict)) => self.dict(&dict),
            Some(Object::Array(kids)) if self.has_room() => {
                let page = self.stack.last().and_then(|frame| frame.page);
                self.push(Role::Inline, Kids::Many(kids.raw_iter()), page);
            }
            _ => {}
        }
    }

    /// An element, or a reference to content. References to other objects than content are passed over.
    fn dict(&mut self, dict: &Dict<'a>) {
        if let Some(name) = dict.get::<Name<'a>>("S") {
            if self.has_room() {
                self.element(&name, dict);
            }
        } else if let Some(number) = dict.get::<i32>("MCID") {
            let inherited = || self.stack.last().and_then(|frame| frame.page);
            let own = dict.get_ref("Stm").or_else(|| dict.get_ref("Pg")).map(ObjectIdentifier::from);
            self.content(own.or_else(inherited), i64::from(number));
        }
    }

    fn has_room(&self) -> bool {
        self.stack.len() < MAX_DEPTH && self.elements < MAX_ELEMENTS
    }

    fn element(&mut self, name: &Name<'a>, dict: &Dict<'a>) {
        let owner = self.owner().map(|at| self.role_at(at));
        let is_grouped = owner.is_none_or(|owner| matches!(owner, Role::Group | Role::Section));
        let unknown = if is_grouped { Role::Group } else { Role::Inline };
        let role = role(name, self.roles.as_ref()).unwrap_or(unknown);
        if role == Role::Artifact {
            return;
        }
        if role.is_block()
            && let Some(owner) = self.owner().and_then(|at| self.stack.get_mut(at))
        {
            owner.block = None;
        }
        let page = dict.get_ref("Pg").map(ObjectIdentifier::from);
        self.begin(role, dict, page);
        match role {
            Role::Heading(_) => self.lay_out(self.cell()),
            Role::Table => self.table(),
            Role::Row => self.row(),
            Role::Cell { is_header } => self.begin_cell(dict, is_header),
            _ => {}
        }
    }

    fn begin(&mut self, role: Role, dict: &Dict<'a>, page: Option<ObjectIdentifier>) {
        let kids = match dict.get_raw::<Object<'a>>("K") {
            Some(MaybeRef::NotRef(Object::Array(kids))) => Kids::Many(kids.raw_iter()),
            kid => Kids::One(kid),
        };
        let page = page.or_else(|| self.stack.last().and_then(|frame| frame.page));
        self.push(role, kids, page);
    }

    fn push(&mut self, role: Role, kids: Kids<'a>, page: Option<ObjectIdentifier>) {
        self.elements += 1;
        self.stack.push(Frame {
            role,
            kids,
            page,
            block: None,
            label: None,
            has_begun: false,
            cell: None,
            table: None,
        });
    }

    fn role_at(&self, at: usize) -> Role {
        self.stack.get(at).map_or(Role::Group, |frame| frame.role)
    }

    /// The innermost open element whose own the text is.
    fn owner(&self) -> Option<usize> {
        self.stack.iter().rposition(|frame| frame.role != Role::Inline)
    }

    /// The item that text here is of.
    fn item(&self) -> Option<usize> {
        let is_end = |frame: &Frame<'_>| matches!(frame.role, Role::Item | Role::List | Role::Cell { .. });
        self.stack.iter().rposition(is_end).filter(|at| self.role_at(*at) == Role::Item)
    }

    /// The innermost open cell.
    fn cell(&self) -> Option<usize> {
        self.stack.iter().rev().find_map(|frame| frame.cell)
    }

    fn count(&self, role: Role) -> usize {
        self.stack.iter().filter(|frame| frame.role == role).count()
    }

    /// Notes that the table of a cell only lays out the page.
    fn lay_out(&mut self, cell: Option<usize>) {
        let table = cell.and_then(|cell| self.tags.cells.get(cell)).map(|cell| cell.table);
        if let Some(table) = table.and_then(|table| self.tags.tables.get_mut(table)) {
            table.is_layout = true;
        }
    }

    fn table(&mut self) {
        self.lay_out(self.cell());
        let table = self.tags.tables.len();
        self.tags.tables.push(TaggedTable::default());
        if let Some(frame) = self.stack.last_mut() {
            frame.table = Some(table);
        }
    }

    fn row(&mut self) {
        let table = self.stack.iter().rev().find_map(|frame| frame.table);
        if let Some(table) = table.and_then(|table| self.tags.tables.get_mut(table)) {
            table.rows += 1;
        }
    }

    fn begin_cell(&mut self, dict: &Dict<'a>, is_header: bool) {
        let Some(table) = self.stack.iter().rev().find_map(|frame| frame.table) else { return };
        let row = self.tags.tables.get(table).map_or(1, |table| table.rows);
        let in_head = self.count(Role::Head) > 0;
        let (columns, rows) = (span(dict, "ColSpan"), span(dict, "RowSpan"));
        let cell = self.tags.cells.len();
        self.tags.cells.push(TaggedCell { table, row, is_header, in_head, columns, rows });
        if let Some(frame) = self.stack.last_mut() {
            frame.cell = Some(cell);
        }
    }

    /// Takes a piece of content for the block that is open here.
    fn content(&mut self, page: Option<ObjectIdentifier>, number: i64) {
        let Some((page, owner)) = page.zip(self.owner()) else { return };
        if self.tags.places.len() >= MAX_CONTENTS {
            return;
        }
        let open = self.stack.get(owner).and_then(|frame| frame.block);
        let block = open.unwrap_or_else(|| self.open(owner));
        self.tags.places.entry((page, number)).or_insert(block);
    }

    /// Opens a block for the text of an element.
    fn open(&mut self, owner: usize) -> usize {
        let place = self.tags.blocks.len();
        let kind = self.kind(self.role_at(owner), place);
        self.tags.blocks.push(TaggedBlock { kind, cell: self.cell() });
        if let Some(owner) = self.stack.get_mut(owner) {
            owner.block = Some(place);
        }
        place
    }

    fn kind(&mut self, role: Role, place: usize) -> Kind {
        let depth = u8::try_from(self.count(Role::List).clamp(1, MAX_LISTS)).unwrap_or(1);
        if self.count(Role::Contents) > 0 {
            return Kind::Contents;
        }
        let sections = u8::try_from(self.count(Role::Section).clamp(1, 6)).unwrap_or(1);
        let item = self.item().and_then(|at| self.stack.get_mut(at));
        match (role, item) {
            (Role::Heading(level), _) => Kind::Heading(level.unwrap_or(sections)),
            (Role::Note, _) => Kind::Note,
            (Role::Label, Some(item)) if !item.has_begun => {
                item.label = item.label.or(Some(place));
                Kind::Label
            }
            (_, Some(item)) if item.has_begun => Kind::Continuation { depth },
            (_, Some(item)) => {
                item.has_begun = true;
                Kind::Item { depth, label: item.label }
            }
            (Role::Paragraph | Role::Cell { .. }, None) => Kind::Paragraph,
            (_, None) => Kind::Loose,
        }
    }
}

/// How far a cell reaches, which one of the attributes of its element says.
fn span(dict: &Dict<'_>, key: &str) -> usize {
    let attributes: Vec<Dict<'_>> = match dict.get::<Object<'_>>("A") {
        Some(Object::Dict(attributes)) => vec![attributes],
        Some(Object::Array(attributes)) => dicts(&attributes),
        _ => Vec::new(),
    };
    let told = attributes.iter().find_map(|attributes| attributes.get::<i32>(key));
    told.and_then(|told| usize::try_from(told).ok()).unwrap_or(1)
}

/// The dictionaries of an array in which other things may stand between them.
fn dicts<'a>(array: &Array<'a>) -> Vec<Dict<'a>> {
    const MOST: usize = 16;
    let objects = array.iter::<Object<'a>>().take(MOST);
    objects.filter_map(|object| object.into_dict()).collect()
}
