//! Curves as pictures (SVG) that can be read on light and dark pages and by screen readers.

mod plot;

use super::measures::abstention::{Judged, risk_coverage};
use super::measures::calibration::{BINS, expected_calibration_error, reliability};
use plot::{Axis, Plot};

/// The risk-coverage curve: how many answers are wrong when only the surest questions are answered.
#[must_use]
pub fn risk_coverage_picture(name: &str, judged: &[Judged]) -> String {
    let curve = risk_coverage(judged);
    let at = |share: f64| curve.iter().rfind(|point| point.coverage <= share).map_or(0.0, |point| point.risk);
    let describe = format!(
        "Of the surest quarter of the questions {:.0} % are answered wrongly, of half of them {:.0} %, of all {:.0} %.",
        100.0 * at(0.25),
        100.0 * at(0.5),
        100.0 * at(1.0)
    );
    let highest = curve.iter().map(|point| point.risk).fold(0.0, f64::max);
    Plot {
        title: &format!("{name}: risk and coverage"),
        describe: &describe,
        x: Axis { label: "share of questions answered, the surest first", end: 1.0 },
        y: Axis { label: "share of answers that are wrong", end: (highest * 10.0).ceil().max(1.0) / 10.0 },
        line: &curve.iter().map(|point| (point.coverage, point.risk)).collect::<Vec<_>>(),
        dots: &[],
        diagonal: false,
    }
    .svg()
}

/// The reliability curve: how often the first quote is right, by confidence.
#[must_use]
pub fn reliability_picture(name: &str, judged: &[Judged]) -> String {
    let bins = reliability(judged, BINS);
    let describe = format!(
        "Ten bins of equal size; a dot on the diagonal is right as often as its confidence says. The expected \
         calibration error is {:.3}.",
        expected_calibration_error(judged).unwrap_or(0.0)
    );
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.confidence, bin.right)).collect();
    Plot {
        title: &format!("{name}: reliability"),
        describe: &describe,
        x: Axis { label: "mean confidence", end: 1.0 },
        y: Axis { label: "share of right first quotes", end: 1.0 },
        line: &points,
        dots: &points,
        diagonal: true,
    }
    .svg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_a_title_a_description_and_the_points() {
        let judged: Vec<Judged> = (0..20)
            .map(|n| Judged { confidence: f64::from(n) / 20.0, answerable: true, right: n >= 10 })
            .collect();
        for picture in [risk_coverage_picture("a<b", &judged), reliability_picture("a<b", &judged)] {
            assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
            assert!(
                picture.contains("<title id=\"title\">a&lt;b: ") && picture.contains("<desc id=\"desc\">")
            );
            assert!(picture.contains("prefers-color-scheme: dark") && picture.contains("<polyline"));
        }
        assert!(risk_coverage_picture("s", &judged).contains("of half of them 0 %, of all 50 %"));
        assert_eq!(reliability_picture("s", &judged).matches("<circle").count(), 10);
    }

    #[test]
    fn an_empty_run_gives_an_empty_picture() {
        assert!(risk_coverage_picture("s", &[]).ends_with("</svg>\n"));
        assert!(reliability_picture("s", &[]).ends_with("</svg>\n"));
    }
}
