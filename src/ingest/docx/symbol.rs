//! Characters of the fonts of symbols, whose codes say nothing by themselves.

/// Codes of the font Symbol that are no Greek letters.
const SYMBOL: &[(u8, char)] = &[
    (0x2D, '−'),
    (0xA2, '′'),
    (0xA3, '≤'),
    (0xA5, '∞'),
    (0xAB, '↔'),
    (0xAC, '←'),
    (0xAD, '↑'),
    (0xAE, '→'),
    (0xAF, '↓'),
    (0xB0, '°'),
    (0xB1, '±'),
    (0xB2, '″'),
    (0xB3, '≥'),
    (0xB4, '×'),
    (0xB7, '•'),
    (0xB8, '÷'),
    (0xB9, '≠'),
    (0xBB, '≈'),
    (0xBC, '…'),
    (0xD2, '®'),
    (0xD3, '©'),
    (0xD4, '™'),
    (0xD6, '√'),
    (0xE2, '®'),
    (0xE3, '©'),
    (0xE4, '™'),
];
/// The Greek letters of the font Symbol, of the codes from 0x41 on.
const GREEK_CAPITALS: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
/// The Greek letters of the font Symbol, of the codes from 0x61 on.
const GREEK: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
/// Codes of the font Wingdings.
const WINGDINGS: &[(u8, char)] = &[
    (0x28, '☎'),
    (0x29, '✆'),
    (0x2A, '✉'),
    (0x6C, '●'),
    (0x6E, '■'),
    (0x6F, '□'),
    (0x71, '❑'),
    (0x74, '⧫'),
    (0x75, '◆'),
    (0x76, '❖'),
    (0x77, '⬥'),
    (0x9E, '·'),
    (0x9F, '•'),
    (0xA7, '▪'),
    (0xA8, '◻'),
    (0xD8, '➢'),
    (0xE0, '→'),
    (0xE8, '➔'),
    (0xF0, '⇨'),
    (0xFB, '✗'),
    (0xFC, '✓'),
    (0xFD, '☒'),
    (0xFE, '☑'),
];
/// Characters that stand before the items of a list which somebody typed.
const BULLETS: &str = "•·▪●■□◦○❑❖◆➢➔⇨✓‣⁃∙◻⧫⬥";

/// The character that `code` shows in `font`. Fonts of symbols have their codes in the private area from 0xF000 on as
/// well; `None` for one that is not known.
pub(super) fn character(code: char, font: &str) -> Option<char> {
    let value = u32::from(code);
    let is_private = (0xF000..=0xF0FF).contains(&value);
    let low = u8::try_from(if is_private { value - 0xF000 } else { value }).ok();
    let found = |table: &[(u8, char)]| table.iter().find(|(at, _)| Some(*at) == low).map(|&(_, shown)| shown);
    let font = font.to_lowercase();
    let is_of_symbols = font.starts_with("wingdings") || font == "webdings";
    match low {
        Some(low) if font == "symbol" => {
            let letter = Some(char::from(low)).filter(|c| c.is_ascii_graphic() || !is_private);
            found(SYMBOL).or_else(|| greek(low)).or(letter)
        }
        Some(_) if font == "wingdings" && found(WINGDINGS).is_some() => found(WINGDINGS),
        Some(low) if is_of_symbols => Some(char::from(low)).filter(char::is_ascii_whitespace),
        Some(0xB7 | 0xA7) if is_private => Some('•'),
        Some(_) if is_private => None,
        _ => Some(code),
    }
}

fn greek(code: u8) -> Option<char> {
    let at = |first: u8| usize::from(code.saturating_sub(first));
    match code {
        b'A'..=b'Z' => GREEK_CAPITALS.chars().nth(at(b'A')),
        b'a'..=b'z' => GREEK.chars().nth(at(b'a')),
        _ => None,
    }
}

/// Whether a character is a bullet.
pub(super) fn is_bullet(c: char) -> bool {
    BULLETS.contains(c)
}
