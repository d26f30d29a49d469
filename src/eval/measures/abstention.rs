//! Knowing when not to answer: how well the confidence parts good answers from the rest.

/// One question as the confidence is judged by it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// As given, 0 to 1.
    pub confidence: f64,
    /// Whether the corpus answers it.
    pub answerable: bool,
    /// Whether the first quote is right; never of an unanswerable question.
    pub right: bool,
}

/// The area under the receiver operating characteristic of the confidence, answerable against
/// unanswerable: the chance that of one question of each kind the answerable one has the higher
/// confidence, ties counted half (Hanley and McNeil, Radiology 1982). `None` where a kind is missing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
pub fn auroc(judged: &[Judged]) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = judged.iter().map(|one| (one.confidence, one.answerable)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0_usize, 0.0);
    let mut answerable = 0_usize;
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let positive = tie.iter().filter(|one| one.1).count();
        let negative = tie.len() - positive;
        wins += positive as f64 * (below as f64 + 0.5 * negative as f64);
        below += negative;
        answerable += positive;
    }
    let pairs = answerable as f64 * below as f64;
    (pairs > 0.0).then(|| wins / pairs)
}

/// One point of a risk-coverage curve: what holds when every question with at least this confidence is
/// answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskPoint {
    /// The lowest confidence that is answered.
    pub threshold: f64,
    /// Share of all questions answered.
    pub coverage: f64,
    /// Share of the answers that are wrong.
    pub risk: f64,
    /// Share of the answerable questions that are answered rightly.
    pub served: f64,
}

/// The risk-coverage curve (El-Yaniv and Wiener, JMLR 2010), one point for each distinct confidence, from
/// the highest on. Wrong is an answer whose first quote is not right, so every answer to an unanswerable
/// question.
#[must_use]
pub fn risk_coverage(judged: &[Judged]) -> Vec<RiskPoint> {
    let mut sorted: Vec<(f64, bool)> = judged.iter().map(|one| (one.confidence, one.right)).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let answerable = judged.iter().filter(|one| one.answerable).count();
    let (mut answered, mut right) = (0_usize, 0_usize);
    let mut points = Vec::new();
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        answered += tie.len();
        right += tie.iter().filter(|one| one.1).count();
        points.push(RiskPoint {
            threshold: tie.first().map_or(0.0, |one| one.0),
            coverage: super::share(answered, judged.len()).unwrap_or(0.0),
            risk: super::share(answered - right, answered).unwrap_or(0.0),
            served: super::share(right, answerable).unwrap_or(0.0),
        });
    }
    points
}

/// The point with the largest coverage whose risk is at most `risk`; `None` where there is none.
#[must_use]
pub fn point_at_risk(judged: &[Judged], risk: f64) -> Option<RiskPoint> {
    risk_coverage(judged).into_iter().rfind(|point| point.risk <= risk)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(of: &[(f64, bool, bool)]) -> Vec<Judged> {
        of.iter().map(|&(confidence, answerable, right)| Judged { confidence, answerable, right }).collect()
    }

    #[test]
    fn the_area_is_the_one_worked_out_by_hand() {
        let some = judged(&[(0.9, true, true), (0.5, true, true), (0.5, false, false), (0.1, false, false)]);
        // Pairs: 0.9 beats both, 0.5 ties one and beats one.
        assert_eq!(auroc(&some), Some(3.5 / 4.0));
        assert_eq!(auroc(&some[..2]), None);
    }

    #[test]
    fn the_curve_answers_the_surest_first() {
        let some = judged(&[
            (0.9, true, true),
            (0.8, true, true),
            (0.7, false, false),
            (0.7, true, true),
            (0.2, true, false),
        ]);
        let curve = risk_coverage(&some);
        let shape: Vec<(f64, f64, f64)> = curve.iter().map(|p| (p.coverage, p.risk, p.served)).collect();
        assert_eq!(shape, [(0.2, 0.0, 0.25), (0.4, 0.0, 0.5), (0.8, 0.25, 0.75), (1.0, 0.4, 0.75)]);
        assert_eq!(point_at_risk(&some, 0.05).map(|p| p.coverage), Some(0.4));
        assert_eq!(point_at_risk(&some, 0.3).map(|p| p.coverage), Some(0.8));
        assert_eq!(point_at_risk(&judged(&[(0.5, false, false)]), 0.05), None);
    }

    proptest! {
        #[test]
        fn the_area_is_that_of_comparing_every_pair(
            of in prop::collection::vec((0_u8..6, any::<bool>()), 0..40),
        ) {
            let some: Vec<Judged> = of
                .iter()
                .map(|&(c, answerable)| Judged { confidence: f64::from(c) / 5.0, answerable, right: false })
                .collect();
            let (mut wins, mut pairs) = (0.0, 0.0);
            for yes in some.iter().filter(|one| one.answerable) {
                for no in some.iter().filter(|one| !one.answerable) {
                    pairs += 1.0;
                    wins += if yes.confidence > no.confidence { 1.0 }
                        else if yes.confidence == no.confidence { 0.5 } else { 0.0 };
                }
            }
            match auroc(&some) {
                None => prop_assert_eq!(pairs, 0.0),
                Some(area) => prop_assert!((area - wins / pairs).abs() < 1e-9),
            }
        }
    }
}
