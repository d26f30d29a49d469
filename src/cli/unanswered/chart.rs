//! Questions a week as a picture (SVG): a row of bars for each reason, all on one scale, so that no colour tells anything.

use std::fmt::Write;

use super::day::date_of;
use super::weeks::{Series, Weeks};
use super::words;
use crate::cli::report;
use crate::text::html::escape;

const WIDTH: usize = 720;
/// Space at both ends of a row, for dates that are wider than a bar.
const MARGIN: usize = 16;
/// Height of a row, and of its highest bar.
const ROW: usize = 96;
const BARS: usize = 48;
/// Below the last row, for the dates.
const BELOW: usize = 24;
/// Widest week.
const MAX_STEP: usize = 96;
/// Widest bar.
const MAX_BAR: usize = 48;
/// A week that is narrower has no room for its number.
const NUMBERED_STEP: usize = 24;
/// Room that a date takes.
const DATE_WIDTH: usize = 64;

/// The picture of `weeks`, of which there is at least one.
pub(super) fn chart(weeks: &Weeks<'_>) -> String {
    let rows = rows(weeks);
    let height = rows.len() * ROW + BELOW;
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"chart-title chart-text\">\n\
         <title id=\"chart-title\">Questions a week, by reason</title>\n\
         <desc id=\"chart-text\">{}</desc>\n",
        escape(&describe(weeks))
    );
    let scale = Scale {
        step: ((WIDTH - 2 * MARGIN) / weeks.mondays.len().max(1)).clamp(1, MAX_STEP),
        highest: weeks.totals().into_iter().max().unwrap_or(0).max(1),
    };
    for (at, (name, counts)) in rows.iter().enumerate() {
        scale.row(&mut out, at * ROW, name, counts);
    }
    scale.dates(&mut out, rows.len() * ROW, &weeks.mondays);
    out.push_str("</svg>\n");
    out
}

/// The name and the bars of each row; where there are several reasons all questions come first.
fn rows(weeks: &Weeks<'_>) -> Vec<(String, Vec<usize>)> {
    let name = |name: &str, counts: &[usize]| format!("{name}: {}", counts.iter().sum::<usize>());
    let of_reason =
        |series: &Series<'_>| (name(&words::reason(series.reason), &series.counts), series.counts.clone());
    let reasons = weeks.series.iter().map(of_reason);
    let totals = weeks.totals();
    let all = (weeks.series.len() > 1).then(|| (name("All", &totals), totals));
    all.into_iter().chain(reasons).collect()
}

/// What the picture shows, in words.
fn describe(weeks: &Weeks<'_>) -> String {
    let totals = weeks.totals();
    let day = |at: usize| weeks.mondays.get(at).map(|day| words::date(date_of(*day))).unwrap_or_default();
    let (most, busiest) = peak(&totals);
    let each: Vec<String> = weeks
        .series
        .iter()
        .map(|series| format!("{}: {}", words::reason(series.reason), series.total()))
        .collect();
    format!(
        "{} from the week of {} to that of {}. The most, {most}, came in the week of {}. {}. The numbers of every week are in \
         the table below.",
        report::counted(totals.iter().sum::<usize>() as u64, "question"),
        day(0),
        day(totals.len().saturating_sub(1)),
        day(busiest),
        each.join("; ")
    )
}

/// The greatest of `counts` and the first place where it stands.
fn peak(counts: &[usize]) -> (usize, usize) {
    let places = counts.iter().copied().enumerate();
    places.fold((0, 0), |(most, place), (at, count)| if count > most { (count, at) } else { (most, place) })
}

/// Where weeks and counts stand.
struct Scale {
    /// Width of a week.
    step: usize,
    /// What the highest bar stands for.
    highest: usize,
}

impl Scale {
    fn row(&self, out: &mut String, top: usize, name: &str, counts: &[usize]) {
        let base = top + ROW - 8;
        let right = MARGIN + self.step * counts.len();
        let _ =
            writeln!(out, "<text class=\"name\" x=\"{MARGIN}\" y=\"{}\">{}</text>", top + 16, escape(name));
        let _ = writeln!(out, "<line x1=\"{MARGIN}\" y1=\"{base}\" x2=\"{right}\" y2=\"{base}\"/>");
        let (_, busiest) = peak(counts);
        for (at, count) in counts.iter().copied().enumerate().filter(|(_, count)| *count > 0) {
            let height = (count * BARS / self.highest).max(1);
            let width = (self.step * 3 / 4).clamp(1, MAX_BAR);
            let (x, y) = (self.left(at) + (self.step - width) / 2, base - height);
            let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
            if self.step >= NUMBERED_STEP || at == busiest {
                let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{count}</text>", self.middle(at), y - 4);
            }
        }
    }

    /// The dates of as many weeks as there is room for.
    fn dates(&self, out: &mut String, top: usize, mondays: &[u64]) {
        for (at, day) in mondays.iter().enumerate().step_by(DATE_WIDTH.div_ceil(self.step)) {
            let date = date_of(*day).strftime("%-d %b").to_string();
            let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{date}</text>", self.middle(at), top + 12);
        }
    }

    fn left(&self, at: usize) -> usize {
        MARGIN + self.step * at
    }

    fn middle(&self, at: usize) -> usize {
        self.left(at) + self.step / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(reason: &str, counts: Vec<usize>) -> Series<'_> {
        Series { reason, counts }
    }

    #[test]
    fn bars_are_as_high_as_their_counts() {
        let mondays = vec![19_996, 20_003, 20_010];
        let series = vec![series("no_match", vec![0, 9, 3]), series("<b>", vec![1, 3, 0])];
        let drawn = chart(&Weeks { mondays, series });
        let heights: Vec<usize> = drawn
            .lines()
            .filter(|line| line.starts_with("<rect"))
            .map(|line| line.rsplit('"').nth(1).unwrap().parse().unwrap())
            .collect();
        assert_eq!(heights, [4, 48, 12, 36, 12, 4, 12], "all, then each reason");
        assert!(drawn.contains(">All: 16</text>") && drawn.contains(">No passage answers: 12</text>"));
        assert!(
            drawn.contains("16 questions from the week of 30 September 2024 to that of 14 October 2024.")
        );
        assert!(drawn.contains("The most, 12, came in the week of 7 October 2024."));
        assert!(drawn.contains("&lt;b&gt;: 4") && !drawn.contains("<b>"));
    }

    #[test]
    fn a_year_of_weeks_stays_in_the_picture() {
        let mondays: Vec<u64> = (0..54).map(|week| 19_996 + 7 * week).collect();
        let drawn = chart(&Weeks { mondays, series: vec![series("language", (0..54).collect())] });
        let places = drawn.lines().filter(|line| line.starts_with("<rect")).map(|line| {
            let numbers: Vec<usize> = line.split('"').filter_map(|part| part.parse().ok()).collect();
            (numbers[0], numbers[0] + numbers[2])
        });
        let places: Vec<(usize, usize)> = places.collect();
        assert_eq!(places.len(), 53, "a week without questions has no bar");
        assert!(places.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{places:?}");
        assert!(places.iter().all(|(_, right)| *right <= WIDTH));
    }
}
