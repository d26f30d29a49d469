//! The characters of a page by the tagged blocks that they are of.

use std::collections::HashMap;

use super::glyph::Glyph;

/// Text that begins so far above the last, in ems, and to its right, stands in the next column.
const UP: f32 = 1.2;

/// A part of a block that stands in one column of one page.
#[derive(Debug)]
struct Stretch {
    block: usize,
    /// Its right end.
    x1: f32,
    /// Where its last character stands.
    y: f32,
}

/// Gives every character of a tagged block the place of its stretch, and the block of each stretch, in the order of the
/// file. Within a block that is the order in which it is read.
pub(super) fn stretches(glyphs: &mut [Glyph]) -> Vec<usize> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut last: HashMap<usize, usize> = HashMap::new();
    for glyph in glyphs {
        let Some(block) = glyph.tag else { continue };
        let (is_blank, y) = (glyph.c.is_whitespace(), glyph.y);
        let open = last.get(&block).copied();
        let stretch = open.and_then(|at| stretches.get_mut(at));
        let goes_on =
            |stretch: &&mut Stretch| is_blank || y > stretch.y - UP * glyph.size || glyph.x0 < stretch.x1;
        match stretch.filter(goes_on) {
            Some(stretch) => {
                glyph.tag = open;
                if !is_blank {
                    (stretch.x1, stretch.y) = (stretch.x1.max(glyph.x1), y);
                }
            }
            None => {
                last.insert(block, stretches.len());
                glyph.tag = Some(stretches.len());
                stretches.push(Stretch { block, x1: glyph.x1, y });
            }
        }
    }
    stretches.into_iter().map(|stretch| stretch.block).collect()
}
