//! The lines and small shapes that are drawn on a page: rules of tables, and bullets.

use std::ops::Range;

use hayro_syntax::content::ops::TypedInstruction;

use super::glyph::{Dot, Frame, Lines, Rule, Upright};
use super::matrix::Matrix;
use super::piece::order;

/// Most rules kept of a page.
const MAX_RULES: usize = 20_000;
/// A box that is lower than this is a rule, in points.
const RULE_HEIGHT: f64 = 3.0;
/// How wide a bullet is that is drawn, in points.
const DOT: Range<f64> = 1.5..9.0;
/// Most of them on a page.
const MAX_DOTS: usize = 1_000;
/// The shortest rule, in points.
const RULE_WIDTH: f64 = 12.0;
/// The shortest upright line, in points.
const UPRIGHT_HEIGHT: f64 = 6.0;
/// Most upright lines of a page, once those that go on in each other are one.
const MAX_UPRIGHTS: usize = 1_000;
/// The smallest box that text stands in, by its width and height in points, and most of them on a page.
const FRAME: (f64, f64) = (36.0, 24.0);
const MAX_FRAMES: usize = 300;
/// Upright lines nearer than this are one, in points.
const SAME_UPRIGHT: f32 = 0.5;

/// What is drawn on a page so far.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) lines: Lines,
    uprights: Vec<Upright>,
    pub(super) dots: Vec<Dot>,
    path: Path,
}

impl Drawing {
    /// Keeps track of lines and shapes. Gives whether the operator was of those.
    pub(super) fn draw(&mut self, operator: &TypedInstruction<'_, '_>, ctm: Matrix) -> bool {
        match operator {
            TypedInstruction::RectPath(r) => {
                let (x, y) = (r.0.as_f64(), r.1.as_f64());
                let from = ctm.apply(x, y);
                self.path.boxes.push((from, ctm.apply(x + r.2.as_f64(), y + r.3.as_f64())));
            }
            TypedInstruction::MoveTo(m) => {
                self.path.at = ctm.apply(m.0.as_f64(), m.1.as_f64());
                self.path.begin();
            }
            TypedInstruction::CubicTo(c) => self.path.curve(ctm.apply(c.4.as_f64(), c.5.as_f64())),
            TypedInstruction::CubicStartTo(c) => self.path.curve(ctm.apply(c.2.as_f64(), c.3.as_f64())),
            TypedInstruction::CubicEndTo(c) => self.path.curve(ctm.apply(c.2.as_f64(), c.3.as_f64())),
            TypedInstruction::LineTo(l) => {
                let to = ctm.apply(l.0.as_f64(), l.1.as_f64());
                self.path.boxes.push((self.path.at, to));
                self.path.at = to;
            }
            TypedInstruction::StrokePath(_)
            | TypedInstruction::CloseAndStrokePath(_)
            | TypedInstruction::FillPathNonZero(_)
            | TypedInstruction::FillPathNonZeroCompatibility(_)
            | TypedInstruction::FillPathEvenOdd(_)
            | TypedInstruction::FillAndStrokeNonZero(_)
            | TypedInstruction::FillAndStrokeEvenOdd(_)
            | TypedInstruction::CloseFillAndStrokeNonZero(_)
            | TypedInstruction::CloseFillAndStrokeEvenOdd(_) => self.finish_path(),
            TypedInstruction::EndPath(_) => self.path = Path::default(),
            _ => return false,
        }
        self.path.boxes.truncate(MAX_RULES);
        self.path.curves.truncate(MAX_RULES);
        true
    }

    fn finish_path(&mut self) {
        let path = std::mem::take(&mut self.path);
        if let Some((x0, top, x1, bottom)) = path.around() {
            self.frame(x0, top, x1, bottom);
        }
        for (x0, top, x1, bottom) in path.curves {
            self.dot(x0, top, x1, bottom);
        }
        for ((ax, ay), (bx, by)) in path.boxes {
            let (x0, x1, top, bottom) = (ax.min(bx), ax.max(bx), ay.min(by), ay.max(by));
            self.dot(x0, top, x1, bottom);
            self.upright(x0, top, x1, bottom);
            self.frame(x0, top, x1, bottom);
            if !(x0.is_finite() && x1.is_finite())
                || x1 - x0 < RULE_WIDTH
                || self.lines.rules.len() >= MAX_RULES
            {
                continue;
            }
            let rule = |y: f64| Rule { x0: x0 as f32, x1: x1 as f32, y: y as f32 };
            self.lines.rules.push(rule(top));
            if bottom - top > RULE_HEIGHT {
                self.lines.rules.push(rule(bottom));
            }
        }
    }

    /// Keeps a box that text may stand in.
    fn frame(&mut self, x0: f64, top: f64, x1: f64, bottom: f64) {
        let is_large = x1 - x0 >= FRAME.0 && bottom - top >= FRAME.1;
        if is_large && (x1 + bottom - x0 - top).is_finite() && self.lines.frames.len() < MAX_FRAMES {
            let (x0, x1, top, bottom) = (x0 as f32, x1 as f32, top as f32, bottom as f32);
            self.lines.frames.push(Frame { x0, x1, top, bottom });
        }
    }

    /// Keeps a line from the top down, or the sides of a box.
    fn upright(&mut self, x0: f64, top: f64, x1: f64, bottom: f64) {
        let is_finite = x0.is_finite() && x1.is_finite() && top.is_finite() && bottom.is_finite();
        if !is_finite || bottom - top < UPRIGHT_HEIGHT || self.uprights.len() >= MAX_RULES {
            return;
        }
        let upright = |x: f64| Upright { x: x as f32, top: top as f32, bottom: bottom as f32 };
        if x1 - x0 <= RULE_HEIGHT {
            self.uprights.push(upright((x0 + x1) / 2.0));
        } else {
            self.uprights.extend([upright(x0), upright(x1)]);
        }
    }

    /// The upright lines from the left to the right, those that go on in each other as one.
    pub(super) fn take_uprights(&mut self) -> Vec<Upright> {
        let mut uprights = std::mem::take(&mut self.uprights);
        uprights.sort_by(|one, other| order(one.x, other.x).then(order(one.top, other.top)));
        uprights.dedup_by(|next, upright| {
            let is_same = next.x - upright.x <= SAME_UPRIGHT && next.top <= upright.bottom + SAME_UPRIGHT;
            let is_below = next.top >= upright.top - SAME_UPRIGHT;
            if is_same && is_below {
                upright.bottom = upright.bottom.max(next.bottom);
            }
            is_same && is_below
        });
        uprights.truncate(MAX_UPRIGHTS);
        uprights
    }

    /// Keeps a shape that is as small and as wide as high as bullets are.
    fn dot(&mut self, x0: f64, top: f64, x1: f64, bottom: f64) {
        let (width, height) = (x1 - x0, bottom - top);
        if DOT.contains(&width) && (0.75..1.34).contains(&(height / width)) && self.dots.len() < MAX_DOTS {
            let (x, y) = ((x0 + x1) / 2.0, (top + bottom) / 2.0);
            self.dots.push(Dot { x: x as f32, y: y as f32, width: width as f32 });
        }
    }
}

/// The path that is being made: boxes and lines by their corners, curves by what they enclose, and where it has come
/// to.
#[derive(Debug, Default)]
struct Path {
    boxes: Vec<((f64, f64), (f64, f64))>,
    curves: Vec<(f64, f64, f64, f64)>,
    at: (f64, f64),
    is_curved: bool,
}

impl Path {
    /// What several lines and curves enclose.
    fn around(&self) -> Option<(f64, f64, f64, f64)> {
        let ends = self.boxes.iter().flat_map(|&(from, to)| [from, to]);
        let curves = self.curves.iter().flat_map(|&(x0, top, x1, bottom)| [(x0, top), (x1, bottom)]);
        let is_closed = self.boxes.len() + self.curves.len() >= 3;
        is_closed.then(|| {
            let start = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
            ends.chain(curves).fold(start, |(x0, top, x1, bottom), (x, y)| {
                (x0.min(x), top.min(y), x1.max(x), bottom.max(y))
            })
        })
    }

    fn begin(&mut self) {
        self.is_curved = false;
    }

    fn curve(&mut self, to: (f64, f64)) {
        if !self.is_curved {
            self.curves.push((self.at.0, self.at.1, self.at.0, self.at.1));
        }
        self.is_curved = true;
        self.at = to;
        if let Some((x0, top, x1, bottom)) = self.curves.last_mut() {
            (*x0, *x1) = (x0.min(to.0), x1.max(to.0));
            (*top, *bottom) = (top.min(to.1), bottom.max(to.1));
        }
    }
}
