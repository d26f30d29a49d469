//! Whether a quote answers.

use crate::eval::sets::{GoldSpan, fold};

/// Whether `quote` holds one of the `gold` strings, compared as [`fold`] has them.
#[must_use]
pub fn holds_gold(quote: &str, gold: &[String]) -> bool {
    let quote = fold(quote);
    gold.iter().map(|gold| fold(gold)).any(|gold| !gold.is_empty() && quote.contains(&gold))
}

/// The bytes of `span` in `text`: of all places where its words stand the one next to where the set says
/// it begins.
#[must_use]
pub fn locate(text: &str, span: &GoldSpan) -> Option<(usize, usize)> {
    let wanted = span.text.trim();
    if wanted.is_empty() {
        return None;
    }
    let start = text.char_indices().nth(span.start).map_or(text.len(), |(at, _)| at);
    let places = text.match_indices(wanted).map(|(at, _)| at);
    places.min_by_key(|at| at.abs_diff(start)).map(|at| (at, at + wanted.len()))
}

/// Whether two half-open ranges share anything.
#[must_use]
pub const fn overlap(a: (usize, usize), b: (usize, usize)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Words for [`token_f1`]: lower case, without punctuation and without articles, as the `SQuAD` task
/// compares them (Rajpurkar and others, EMNLP 2016).
fn words(text: &str) -> Vec<String> {
    let plain: String = fold(text).chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    let words = plain.split(' ').filter(|word| !matches!(*word, "" | "a" | "an" | "the"));
    words.map(str::to_owned).collect()
}

/// The harmonic mean of the shares of the quote's and of the gold's words that they have in common, with
/// repetitions; of several gold texts the best.
#[must_use]
pub fn token_f1<'a>(quote: &str, gold: impl IntoIterator<Item = &'a str>) -> f64 {
    let said = words(quote);
    gold.into_iter().map(|gold| f1(&said, &words(gold))).fold(0.0, f64::max)
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn f1(said: &[String], gold: &[String]) -> f64 {
    let mut left: Vec<&String> = said.iter().collect();
    left.sort_unstable();
    let mut wanted: Vec<&String> = gold.iter().collect();
    wanted.sort_unstable();
    let mut common = 0_usize;
    let (mut a, mut b) = (left.iter().peekable(), wanted.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                common += 1;
                a.next();
                b.next();
            }
        }
    }
    if common == 0 { 0.0 } else { 2.0 * common as f64 / (said.len() + gold.len()) as f64 }
}

/// Words of a quote, as its length is limited.
#[must_use]
pub fn word_count(quote: &str) -> usize {
    quote.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gold_is_found_whatever_the_case_and_the_line_breaks() {
        let gold = ["it's  warm".to_owned(), String::new()];
        assert!(holds_gold("Say: It\u{2019}s\nwarm.", &gold));
        assert!(!holds_gold("Say: it is warm.", &gold));
        assert!(!holds_gold("anything", &[String::new()]));
    }

    #[test]
    fn of_several_places_the_nearest_is_meant() {
        let span = |start| GoldSpan { text: " tea ".into(), start };
        let text = "\u{e9}t\u{e9} tea and tea";
        assert_eq!(locate(text, &span(3)), Some((6, 9)));
        assert_eq!(locate(text, &span(13)), Some((14, 17)));
        assert_eq!(locate("coffee", &span(0)), None);
        assert!(overlap((0, 3), (2, 4)) && !overlap((0, 3), (3, 4)));
    }

    #[test]
    fn the_f1_is_the_one_worked_out_by_hand() {
        // said: kettle is hot hot; gold: hot kettle; common 2 of 4 and 2
        let value = token_f1("The kettle is hot, hot", ["a hot kettle"]);
        assert!((value - 2.0 * 2.0 / 6.0).abs() < 1e-12);
        assert_eq!(token_f1("x", ["y"]), 0.0);
        assert_eq!(token_f1("x", []), 0.0);
    }
}
