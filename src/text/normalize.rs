//! Folding of letters: case, accents and typographic variants fall away.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends the folded form of `text` to `out`: compatibility decomposition, no combining marks, lower case.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        if let Some(appended) = out.get_mut(start..) {
            appended.make_ascii_lowercase();
        }
        return;
    }
    let folded = text.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    out.extend(folded.map(plain_apostrophe));
}

/// The folded form of `text`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Whether `c` is an apostrophe as people type it.
#[must_use]
pub const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}' | '\u{ff07}')
}

const fn plain_apostrophe(c: char) -> char {
    if is_apostrophe(c) { '\'' } else { c }
}

/// Whether `c` is a raised digit, as of a citation mark or an exponent.
#[must_use]
pub const fn is_superscript_digit(c: char) -> bool {
    matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_digits_are_all_ten_and_nothing_else() {
        let raised: String = ('\u{80}'..'\u{3000}').filter(|&c| is_superscript_digit(c)).collect();
        assert_eq!(raised, "²³¹⁰⁴⁵⁶⁷⁸⁹");
        assert_eq!(fold(&raised), "2310456789");
    }

    #[test]
    fn case_accents_and_ligatures_fall_away() {
        assert_eq!(fold("Ménière’s ﬂow Ⅷ"), "meniere's flow viii");
        assert_eq!(fold("ÅNGSTRÖM"), fold("a\u{30a}ngstro\u{308}m"));
    }
}
