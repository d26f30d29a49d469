//! How far apart two words are: how many slips, and how likely these slips are.
//!
//! Optimal string alignment (Damerau 1964, with transpositions of neighbours): the number of letters left out,
//! put in, exchanged or swapped. The cost weighs each of them by how easily it happens.

use super::sound::is_vowel;

/// Longest word that is compared, in letters.
pub(super) const MAX_LETTERS: usize = *super::WORD_LETTERS.end();
const WIDTH: usize = MAX_LETTERS + 1;
/// More than any two words of that length are apart.
const FAR: u16 = u16::MAX / 2;

/// Slips and their cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Distance {
    /// How many slips, at least.
    pub(super) slips: usize,
    /// What they cost together; one slip costs at most 1.
    pub(super) cost: f32,
}

/// The distance from `typed` to `meant`, or `None` where it is more than `most` slips or a word is too long.
///
/// Takes time in the product of the lengths, which are bounded.
pub(super) fn distance(typed: &[u8], meant: &[u8], most: usize) -> Option<Distance> {
    let too_long = typed.len() > MAX_LETTERS || meant.len() > MAX_LETTERS;
    if too_long || typed.len().abs_diff(meant.len()) > most {
        return None;
    }
    let slips = align(typed, meant, |_| 1, u16::try_from(most).ok()?)?;
    let cost = align(typed, meant, |slip| price(typed, meant, slip), FAR)?;
    Some(Distance { slips: usize::from(slips), cost: f32::from(cost) / 100.0 })
}

/// One slip; the places are those of the letters in the two words.
#[derive(Debug, Clone, Copy)]
enum Slip {
    /// A letter that was put in.
    Extra(usize),
    /// A letter of the meant word that was left out.
    Missing(usize),
    /// One for another.
    Exchange(usize, usize),
    /// Two neighbours.
    Swap,
}

/// The least sum of prices; `None` where every alignment is over `most`.
fn align(typed: &[u8], meant: &[u8], price: impl Fn(Slip) -> u16, most: u16) -> Option<u16> {
    let mut rows = [[FAR; WIDTH]; 3];
    let [two_above, above, row] = &mut rows;
    set(above, 0, 0);
    for (at, _) in meant.iter().enumerate() {
        set(above, at + 1, get(above, at) + price(Slip::Missing(at)));
    }
    let mut least_above = 0;
    for (i, &letter) in typed.iter().enumerate() {
        set(row, 0, get(above, 0) + price(Slip::Extra(i)));
        let mut least = get(row, 0);
        for (j, &other) in meant.iter().enumerate() {
            let exchange = if letter == other { 0 } else { price(Slip::Exchange(i, j)) };
            let mut best = (get(above, j) + exchange)
                .min(get(above, j + 1) + price(Slip::Extra(i)))
                .min(get(row, j) + price(Slip::Missing(j)));
            let swapped =
                i > 0 && j > 0 && typed.get(i - 1) == Some(&other) && meant.get(j - 1) == Some(&letter);
            if swapped && letter != other {
                best = best.min(get(two_above, j - 1) + price(Slip::Swap));
            }
            set(row, j + 1, best);
            least = least.min(best);
        }
        // A swap reaches back two rows, so this one and the one above must be too far.
        if least > most && least_above > most {
            return None;
        }
        least_above = least;
        std::mem::swap(two_above, above);
        std::mem::swap(above, row);
    }
    let sum = get(above, meant.len());
    (sum <= most).then_some(sum)
}

fn get(row: &[u16; WIDTH], at: usize) -> u16 {
    row.get(at).copied().unwrap_or(FAR)
}

fn set(row: &mut [u16; WIDTH], at: usize, value: u16) {
    if let Some(cell) = row.get_mut(at) {
        *cell = value;
    }
}

/// What a slip costs, in hundredths.
fn price(typed: &[u8], meant: &[u8], slip: Slip) -> u16 {
    let letter = |word: &[u8], at: usize| word.get(at).copied().unwrap_or_default();
    let doubled = |word: &[u8], at: usize| {
        let here = letter(word, at);
        at.checked_sub(1).is_some_and(|before| letter(word, before) == here) || letter(word, at + 1) == here
    };
    match slip {
        Slip::Swap => 60,
        Slip::Extra(at) if doubled(typed, at) => 40,
        Slip::Missing(at) if doubled(meant, at) => 40,
        Slip::Extra(at) => single(letter(typed, at), at + 1 == typed.len()),
        Slip::Missing(at) => single(letter(meant, at), at + 1 == meant.len()),
        Slip::Exchange(i, j) => exchange(letter(typed, i), letter(meant, j)),
    }
}

fn single(letter: u8, last: bool) -> u16 {
    match letter {
        b'e' if last => 55,
        b'h' => 60,
        vowel if is_vowel(vowel) => 75,
        _ => 85,
    }
}

fn exchange(typed: u8, meant: u8) -> u16 {
    const ALIKE: [&[u8]; 8] = [b"ck", b"cs", b"sz", b"gj", b"fv", b"kq", b"mn", b"dt"];
    if is_vowel(typed) && is_vowel(meant) {
        return 60;
    }
    if ALIKE.iter().any(|pair| pair.contains(&typed) && pair.contains(&meant)) {
        return 65;
    }
    if neighbours(typed, meant) { 75 } else { 100 }
}

/// Whether two keys lie side by side on a keyboard.
fn neighbours(one: u8, other: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place = |key: u8| {
        let rows = ROWS.iter().enumerate();
        rows.into_iter().find_map(|(row, keys)| keys.iter().position(|&k| k == key).map(|at| (row, at)))
    };
    let (Some((row, at)), Some((other_row, other_at))) = (place(one), place(other)) else { return false };
    match row.abs_diff(other_row) {
        0 => at.abs_diff(other_at) == 1,
        // Each row stands half a key to the right of the one above it.
        1 if row < other_row => at == other_at || at == other_at + 1,
        1 => at == other_at || at + 1 == other_at,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slips(typed: &str, meant: &str) -> Option<usize> {
        distance(typed.as_bytes(), meant.as_bytes(), 3).map(|distance| distance.slips)
    }

    #[test]
    fn a_swap_is_one_slip() {
        assert_eq!(slips("abuot", "about"), Some(1));
        assert_eq!(slips("suport", "support"), Some(1));
        assert_eq!(slips("ultrasond", "ultrasound"), Some(1));
        assert_eq!(slips("alzimers", "alzheimers"), Some(2));
        assert_eq!(slips("liver", "kidney"), None);
    }

    #[test]
    fn likely_slips_are_cheaper() {
        let cost = |typed: &str, meant: &str| distance(typed.as_bytes(), meant.as_bytes(), 3).unwrap().cost;
        assert!(cost("suport", "support") < cost("suport", "sunport"));
        assert!(cost("relaf", "relief") < cost("relxf", "relief"));
        assert!(cost("tumir", "tumor") < cost("tumqr", "tumor"));
    }

    proptest! {
        #[test]
        fn a_distance_is_none_or_within_bounds(typed in "[a-e]{0,12}", meant in "[a-e]{0,12}", most in 0..4usize) {
            let there = distance(typed.as_bytes(), meant.as_bytes(), most);
            prop_assert_eq!(there.map(|d| d.slips), distance(meant.as_bytes(), typed.as_bytes(), most).map(|d| d.slips));
            if let Some(Distance { slips, cost }) = there {
                prop_assert!(slips <= most && cost <= slips as f32);
                prop_assert_eq!(slips == 0, typed == meant);
            }
        }
    }
}
