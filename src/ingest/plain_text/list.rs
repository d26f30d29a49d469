//! Which list a line belongs to, by its indentation.

/// Deepest nesting; deeper items count as siblings.
const MAX_DEPTH: usize = 16;

#[derive(Debug, Clone, Copy)]
struct Level {
    marker: usize,
    content: usize,
}

/// The lists that are open, outermost first.
#[derive(Debug, Default)]
pub(super) struct Levels {
    open: Vec<Level>,
}

impl Levels {
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes an item whose marker stands in column `marker`; its depth from 1.
    ///
    /// A marker one column to the left or right is a sibling: numbers are often set flush right.
    pub(super) fn item(&mut self, marker: usize, content: usize) -> u8 {
        while let Some(&top) = self.open.last() {
            let nested = marker >= top.content || marker > top.marker + 1;
            if nested && self.open.len() < MAX_DEPTH {
                break;
            }
            self.open.pop();
            if nested || marker + 1 >= top.marker {
                break;
            }
        }
        self.open.push(Level { marker, content });
        depth(self.open.len())
    }

    /// The depth of the item that a line indented by `column` would continue; 0 for none.
    pub(super) fn depth_of(&self, column: usize) -> u8 {
        depth(self.open.iter().take_while(|level| level.marker < column).count())
    }

    /// The same, and closes the lists that such a paragraph ends.
    pub(super) fn continue_at(&mut self, column: usize) -> u8 {
        let depth = self.depth_of(column);
        self.open.truncate(usize::from(depth));
        depth
    }
}

fn depth(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// Whether `label` comes right after `before`: 4 after 3, c after b.
pub(super) fn follows(before: &str, label: &str) -> bool {
    match (before.parse::<u32>(), label.parse::<u32>()) {
        (Ok(before), Ok(label)) => label == before + 1,
        _ => match (before.as_bytes(), label.as_bytes()) {
            ([before], [label]) => *label == before.wrapping_add(1),
            // Roman numbers: any may follow any.
            _ => before.len() > 1 || label.len() > 1,
        },
    }
}
