//! Raised numbers: marks of references, written as `[5]`, and exponents, charges and isotopes, written as `⁵`.

/// Longest raised number, in bytes.
pub(crate) const MAX_RAISED: usize = 24;

/// Whether a raised number directly after `text` is a mark and neither an exponent nor the number of an isotope:
/// after punctuation or a word longer than any unit.
pub(crate) fn may_be_cited(text: &str) -> bool {
    let word = text.chars().rev().take(4).take_while(|c| c.is_alphabetic()).count();
    text.ends_with(['.', ',', ';', ':', ')', '?', '!', '”', '"']) || word == 4
}

/// Whether `label` names references by their numbers: `5`, `5,6`, `5-7`.
pub(crate) fn is_of_numbers(label: &str) -> bool {
    label.starts_with(|c: char| c.is_ascii_digit())
        && label.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ';' | '-' | '–'))
}

/// `text` in raised digits, or `None` for what is not a number.
pub(crate) fn raised(text: &str) -> Option<String> {
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    let raised: Option<String> = text.chars().map(raised_char).collect();
    raised.filter(|_| has_digit && text.len() <= MAX_RAISED)
}

fn raised_char(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '+' => '⁺',
        '-' | '–' | '\u{2212}' => '⁻',
        '.' | ',' | '⁰'..='⁹' => c,
        _ if c.is_whitespace() => c,
        _ => return None,
    })
}
