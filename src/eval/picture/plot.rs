//! A line in a frame with labelled axes, as SVG.

use std::fmt::Write;

use crate::text::html::escape;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 360.0;
/// Space left of and below the frame for labels, and above and right of it.
const LEFT: f64 = 64.0;
const BELOW: f64 = 56.0;
const MARGIN: f64 = 36.0;
/// Parts between ticks.
const PARTS: u8 = 5;

/// Colours by role; the page's preference decides which set holds.
const STYLE: &str = "\
:root { --ink: #1f2933; --faint: #c3ccd5; --line: #0b6e99; --paper: #ffffff }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --faint: #4a5663; --line: #6cc5ee; --paper: #14191f } }
text { font: 13px system-ui, sans-serif; fill: var(--ink) }
.head { font-size: 15px; font-weight: 600 }
.paper { fill: var(--paper) }
.grid { stroke: var(--faint); stroke-width: 1 }
.diagonal { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 4 }
.line { fill: none; stroke: var(--line); stroke-width: 2.5; stroke-linejoin: round }
.dot { fill: var(--line) }";

/// An axis from 0 to `end`.
pub(super) struct Axis<'a> {
    pub(super) label: &'a str,
    pub(super) end: f64,
}

/// What is drawn.
pub(super) struct Plot<'a> {
    pub(super) title: &'a str,
    /// What the picture shows, in words.
    pub(super) describe: &'a str,
    pub(super) x: Axis<'a>,
    pub(super) y: Axis<'a>,
    pub(super) line: &'a [(f64, f64)],
    pub(super) dots: &'a [(f64, f64)],
    /// Whether a dashed line shows where both axes are equal.
    pub(super) diagonal: bool,
}

impl Plot<'_> {
    /// The picture as a file.
    pub(super) fn svg(&self) -> String {
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-labelledby=\"title desc\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
             <style>\n{STYLE}\n</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n",
            escape(self.title),
            escape(self.describe)
        );
        let _ = writeln!(out, "<text class=\"head\" x=\"{LEFT}\" y=\"22\">{}</text>", escape(self.title));
        self.axes(&mut out);
        if self.diagonal {
            let ((x1, y1), (x2, y2)) = (self.place((0.0, 0.0)), self.place((self.x.end, self.y.end)));
            let _ = writeln!(
                out,
                "<line class=\"diagonal\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
            );
        }
        let points: Vec<String> =
            self.line.iter().map(|point| self.place(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(out, "<polyline class=\"line\" points=\"{}\"/>", points.join(" "));
        for (x, y) in self.dots.iter().map(|point| self.place(*point)) {
            let _ = writeln!(out, "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
        }
        out.push_str("</svg>\n");
        out
    }

    /// Where a point of the axes stands on the picture.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let across = WIDTH - LEFT - MARGIN;
        let up = HEIGHT - BELOW - MARGIN;
        (LEFT + across * x / self.x.end, HEIGHT - BELOW - up * y / self.y.end)
    }

    fn axes(&self, out: &mut String) {
        for part in 0..=PARTS {
            let share = f64::from(part) / f64::from(PARTS);
            let (left, y) = self.place((0.0, self.y.end * share));
            let (right, _) = self.place((self.x.end, 0.0));
            let _ = writeln!(
                out,
                "<line class=\"grid\" x1=\"{left:.1}\" y1=\"{y:.1}\" x2=\"{right:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 8.0,
                y + 4.0,
                tick(self.y.end * share)
            );
            let (x, bottom) = self.place((self.x.end * share, 0.0));
            let (at, label) = (bottom + 18.0, tick(self.x.end * share));
            let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{at:.1}\" text-anchor=\"middle\">{label}</text>");
        }
        let middle = (self.place((0.0, 0.0)).0 + self.place((self.x.end, 0.0)).0) / 2.0;
        let _ = writeln!(
            out,
            "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - 14.0,
            escape(self.x.label)
        );
        let height = (self.place((0.0, 0.0)).1 + self.place((0.0, self.y.end)).1) / 2.0;
        let _ = writeln!(
            out,
            "<text transform=\"translate(16 {height:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            escape(self.y.label)
        );
    }
}

/// At most two digits after the point, and no more than are needed.
fn tick(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_short() {
        assert_eq!([0.0, 0.2, 0.25, 1.0, 0.125].map(tick), ["0", "0.2", "0.25", "1", "0.12"]);
    }

    #[test]
    fn the_corners_of_the_axes_are_the_corners_of_the_frame() {
        let axis = |end| Axis { label: "", end };
        let plot = Plot {
            title: "",
            describe: "",
            x: axis(1.0),
            y: axis(0.5),
            line: &[],
            dots: &[],
            diagonal: false,
        };
        assert_eq!(plot.place((0.0, 0.0)), (LEFT, HEIGHT - BELOW));
        assert_eq!(plot.place((1.0, 0.5)), (WIDTH - MARGIN, MARGIN));
    }
}
