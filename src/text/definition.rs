//! Abbreviations that a text defines itself: "long form (ABBR)" and "ABBR (long form)".
//!
//! The letters of the abbreviation are looked for in the words beside the bracket from the last to the first, of
//! which the first must begin a word. The idea is that of A. S. Schwartz and M. A. Hearst, "A simple algorithm for
//! identifying abbreviation definitions in biomedical text", Pacific Symposium on Biocomputing 8 (2003).

use super::Span;

/// Lengths of an abbreviation, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=10;
/// How far from a bracket is looked, in bytes, so that the time is linear in the text.
const REACH: usize = 200;

/// An abbreviation and what it stands for, as places in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The abbreviation, without a plural `s`.
    pub abbreviation: Span,
    /// The long form.
    pub long: Span,
}

/// The definitions in `text`, in the order of their brackets.
#[must_use]
pub fn definitions(text: &str) -> Vec<Definition> {
    let opening = text.match_indices('(').map(|(at, _)| at);
    opening.filter_map(|open| definition_at(text, open)).collect()
}

fn definition_at(text: &str, open: usize) -> Option<Definition> {
    let reach = text.floor_char_boundary(open + 1 + REACH);
    let length = text.get(open + 1..reach)?.find([')', '('])?;
    let inner = Span::new(open + 1, open + 1 + length);
    if text.as_bytes().get(inner.end()) != Some(&b')') {
        return None;
    }
    let before = Span::new(text.floor_char_boundary(open.saturating_sub(REACH)), open).trimmed(text);
    // "(PRRT, see below)" and "(PRRT; ...)" define it too.
    let first = inner.slice(text)?.split([',', ';']).next()?.len();
    let short = Span::new(inner.start(), inner.start() + first).trimmed(text);
    if let Some(abbreviation) = abbreviation(text, short) {
        let long = long_form(text, abbreviation, sentence_end(text, before))?;
        return Some(Definition { abbreviation, long });
    }
    let word =
        before.slice(text)?.rfind(char::is_whitespace).map_or(before.start(), |at| before.start() + at);
    let abbreviation = abbreviation(text, Span::new(word, before.end()).trimmed(text))?;
    let inner = inner.trimmed(text);
    // Here the long form must be all that stands in the bracket.
    let long = long_form(text, abbreviation, inner)?;
    (long.start() == inner.start()).then_some(Definition { abbreviation, long })
}

/// The part of `before` after its last full stop or line break.
fn sentence_end(text: &str, before: Span) -> Span {
    let slice = before.slice(text).unwrap_or_default();
    let stop = [". ", "? ", "! ", "\n", ") ", "; ", ": "]
        .iter()
        .filter_map(|end| Some(slice.rfind(end)? + end.len()));
    Span::new(before.start() + stop.max().unwrap_or(0), before.end())
}

/// `span` without a plural `s` if it can be an abbreviation: one word with two capitals, or one and a digit.
fn abbreviation(text: &str, span: Span) -> Option<Span> {
    let word = span.slice(text)?;
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let one = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '&'));
    let fits = one && LENGTHS.contains(&word.chars().count()) && capitals + digits >= 2 && capitals >= 1;
    let plural = word.len() > 2 && word.ends_with('s') && capitals + digits + 1 == word.chars().count();
    fits.then(|| Span::new(span.start(), span.end() - usize::from(plural)))
}

/// The shortest end of `within` that holds the letters of the abbreviation in order.
fn long_form(text: &str, abbreviation: Span, within: Span) -> Option<Span> {
    let short = abbreviation.slice(text)?;
    let letters: Vec<char> = short.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let candidate: Vec<(usize, char)> = within.slice(text)?.char_indices().collect();
    let mut next = candidate.len();
    for (place, letter) in letters.iter().enumerate().rev() {
        next = (0..next).rev().find(|&at| {
            let matches = candidate.get(at).is_some_and(|(_, c)| c.to_lowercase().eq([*letter]));
            let begins = at == 0 || candidate.get(at - 1).is_some_and(|(_, c)| !c.is_alphanumeric());
            matches && (place > 0 || begins)
        })?;
    }
    let start = within.start() + candidate.get(next)?.0;
    let long = Span::new(start, within.end());
    let words: Vec<&str> = long.slice(text)?.split_whitespace().collect();
    let fits = words.len() <= (letters.len() + 5).min(2 * letters.len())
        && long.len() > short.len()
        && !words.iter().any(|word| word.contains(short));
    fits.then_some(long)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        let slices = |d: Definition| (d.abbreviation.slice(text).unwrap(), d.long.slice(text).unwrap());
        definitions(text).into_iter().map(slices).collect()
    }

    #[test]
    fn both_orders_are_found() {
        assert_eq!(
            found(
                "We use peptide receptor radionuclide therapy (PRRT) here. A GP (general practitioner) helps."
            ),
            [("PRRT", "peptide receptor radionuclide therapy"), ("GP", "general practitioner")]
        );
    }

    #[test]
    fn plurals_digits_and_what_follows_in_the_bracket() {
        assert_eq!(
            found("Pancreatic neuroendocrine tumors (PNETs; rare) are"),
            [("PNET", "Pancreatic neuroendocrine tumors")]
        );
        assert_eq!(
            found("multiple endocrine neoplasia type 1 (MEN1)"),
            [("MEN1", "multiple endocrine neoplasia type 1")]
        );
    }

    #[test]
    fn other_brackets_define_nothing() {
        for text in [
            "Eat well (see below).",
            "the liver (CT)",
            "one (or two) days",
            "(",
            "a (b",
            "MRI (a scan)",
            "x ()",
            "(A1) b",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn spans_lie_in_any_text(text in "((magnetic|resonance|imaging|MRI|é|\\(|\\)|s) ?){0,20}|\\PC{0,120}") {
            for Definition { abbreviation, long } in definitions(&text) {
                prop_assert!(abbreviation.slice(&text).is_some_and(|slice| !slice.is_empty()));
                prop_assert!(long.slice(&text).is_some_and(|slice| slice.len() > abbreviation.len()));
            }
        }
    }
}
