//! Boxes that are drawn around text, where other text stands beside them: each is one thing in the order of the page, so
//! that no line runs from one into the other.

use super::glyph::Frame;
use super::layout::{Item, MAX_ITEMS, usual_size};
use super::piece::order;

/// How far text may stand out of its box, in points.
const SLACK: f32 = 2.0;

/// Makes one item of what stands in a box, where other text stands beside the box.
pub(super) fn boxed(mut items: Vec<Item>, frames: &[Frame]) -> Vec<Item> {
    if items.len() > MAX_ITEMS {
        return items;
    }
    let area = |frame: &Frame| (frame.x1 - frame.x0) * (frame.bottom - frame.top);
    let mut frames = frames.to_vec();
    frames.sort_by(|one, other| order(area(other), area(one)));
    for frame in frames {
        let is_free = |item: &Item| item.is_in(&frame) && !matches!(item, Item::Box(..));
        let is_crossed = items.iter().any(|item| {
            let (x0, x1) = item.extent();
            item.is_beside(&frame) && !item.is_in(&frame) && x0 < frame.x1 - SLACK && x1 > frame.x0 + SLACK
        });
        let has_neighbour = items.iter().any(|item| item.is_beside(&frame) && !item.is_in(&frame));
        let is_text = items.iter().filter(|item| is_free(item)).count() > 1;
        if has_neighbour && is_text && !is_crossed {
            let (inside, outside) = items.into_iter().partition(is_free);
            items = outside;
            items.push(Item::Box(frame, inside));
        }
    }
    items
}

/// What stands in the boxes and between them, in order from the top. A box with a heading is read behind the text that
/// goes on beside and below it, so that this is not taken for the box's.
pub(super) fn unboxed(items: Vec<Item>, frames: &[Frame]) -> Vec<Vec<Item>> {
    let usual = usual_size(&items);
    let (mut runs, mut run, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        if usual.is_some_and(|usual| item.is_heading(usual)) && !held.is_empty() {
            runs.push(std::mem::take(&mut run));
            runs.append(&mut held);
        }
        let is_headed = usual.is_some_and(|usual| item.is_headed_box(usual));
        match item {
            Item::Box(_, inside) if is_headed => held.push(boxed(inside, frames)),
            Item::Box(_, inside) => {
                runs.push(std::mem::take(&mut run));
                runs.append(&mut held);
                runs.push(boxed(inside, frames));
            }
            other => run.push(other),
        }
    }
    runs.push(run);
    runs.append(&mut held);
    runs.retain(|run| !run.is_empty());
    runs
}

impl Item {
    /// Whether it is a box that begins with a heading, among text of the usual size.
    pub(super) fn is_headed_box(&self, usual: f32) -> bool {
        let Self::Box(_, items) = self else { return false };
        let first = items.iter().min_by(|one, other| order(one.top(), other.top()));
        first.is_some_and(|first| first.is_heading(usual)) && !items.iter().all(|item| item.is_heading(usual))
    }

    /// Whether it stands in a box.
    fn is_in(&self, frame: &Frame) -> bool {
        let ((x0, x1), middle) = (self.extent(), (self.top() + self.bottom()) / 2.0);
        x0 >= frame.x0 - SLACK && x1 <= frame.x1 + SLACK && frame.top < middle && middle < frame.bottom
    }

    /// Whether it stands at the height of a box.
    fn is_beside(&self, frame: &Frame) -> bool {
        self.top() < frame.bottom - SLACK && self.bottom() > frame.top + SLACK
    }
}
