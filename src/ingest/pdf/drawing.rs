//! The lines and small shapes that are drawn on a page: rules of tables, and bullets.

use std::ops::Range;

use hayro_syntax::content::ops::TypedInstruction;

use super::glyph::{Dot, Rule};
use super::matrix::Matrix;

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

/// What is drawn on a page so far.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// Horizontal ones.
    pub(super) rules: Vec<Rule>,
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
        for (x0, top, x1, bottom) in path.curves {
            self.dot(x0, top, x1, bottom);
        }
        for ((ax, ay), (bx, by)) in path.boxes {
            let (x0, x1, top, bottom) = (ax.min(bx), ax.max(bx), ay.min(by), ay.max(by));
            self.dot(x0, top, x1, bottom);
            if !(x0.is_finite() && x1.is_finite()) || x1 - x0 < RULE_WIDTH || self.rules.len() >= MAX_RULES {
                continue;
            }
            let rule = |y: f64| Rule { x0: x0 as f32, x1: x1 as f32, y: y as f32 };
            self.rules.push(rule(top));
            if bottom - top > RULE_HEIGHT {
                self.rules.push(rule(bottom));
            }
        }
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
