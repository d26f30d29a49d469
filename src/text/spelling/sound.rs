//! How an English health word sounds, roughly: two words that a reader would pronounce alike have the same key.
//!
//! Our own rules, made for what people write by ear: "kemotherapy", "newmonia", "wipple". Vowels count only at
//! the beginning. The key is for finding candidates; how likely one is, the distance tells.

/// Letters of a key that differ from those written.
const TH: u8 = b'0';
const SH: u8 = b'x';

/// The key of a word of the letters a to z. Linear; at most twice as long as the word.
pub(super) fn key(word: &[u8]) -> Vec<u8> {
    sounds(word, false)
}

/// As the key, with all vowels: two words of one key differ by these alone.
pub(super) fn spoken(word: &[u8]) -> Vec<u8> {
    sounds(word, true)
}

fn sounds(word: &[u8], vowels: bool) -> Vec<u8> {
    let mut key = Vec::with_capacity(word.len());
    let mut at = start(word);
    if let Some(&vowel) = word.get(at).filter(|&&byte| is_vowel(byte)) {
        key.push(if vowels { vowel } else { b'a' });
        at += 1;
    }
    while at < word.len() {
        if word.get(at).is_some_and(|&byte| vowels && is_vowel(byte)) {
            let (vowel, length) = vowel(word, at);
            key.extend(vowel.filter(|vowel| key.last() != Some(vowel)));
            at += length;
            continue;
        }
        let (sound, length) = sound(word, at);
        let apart = at.checked_sub(1).and_then(|before| word.get(before)).is_some_and(|&byte| is_vowel(byte));
        for &letter in sound {
            if apart || key.last() != Some(&letter) {
                key.push(letter);
            }
        }
        at += length;
    }
    key
}

/// How many silent letters the word begins with.
fn start(word: &[u8]) -> usize {
    match word {
        [b'p', b'n' | b's' | b't', ..] | [b'k' | b'g' | b'm', b'n', ..] | [b'w', b'r' | b'h', ..] => {
            // "who" keeps the breath, "wh" else the `w`.
            usize::from(!word.starts_with(b"wh"))
        }
        _ => 0,
    }
}

pub(super) const fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// The vowel at `at`, unless it is silent, and how many letters make it. What `er`, `or` and the like end with sounds
/// as an `a`, and `au` as an `o`.
fn vowel(word: &[u8], at: usize) -> (Option<u8>, usize) {
    let silent = at.checked_sub(1).and_then(|before| word.get(before)).is_some_and(|&byte| !is_vowel(byte));
    match *word.get(at..).unwrap_or_default() {
        [b'o', b'u', b'r'] => (Some(b'a'), 3),
        [b'a' | b'e' | b'i' | b'o' | b'u', b'r'] => (Some(b'a'), 2),
        [b'a', b'u' | b'w', ..] => (Some(b'o'), 2),
        [b'e'] if silent && word.iter().take(at).any(|&byte| is_vowel(byte)) => (None, 1),
        [b'y', ..] => (Some(b'i'), 1),
        [vowel, ..] => (Some(vowel), 1),
        [] => (None, 1),
    }
}

/// The sound at `at`, and how many letters make it.
fn sound(word: &[u8], at: usize) -> (&'static [u8], usize) {
    let rest = word.get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|before| word.get(before)).copied();
    match *rest {
        [b't' | b's' | b'c', b'i', b'o' | b'a' | b'e', b'n' | b'l' | b'u', ..] if before.is_some() => {
            (&[SH], 2)
        }
        [b't' | b's' | b'c' | b'z', b'i', b'a'] if before.is_some() => (&[SH], 2),
        // Many say no `r` before a consonant or at the end.
        [b'r'] => (b"", 1),
        [b'r', next, ..] if !is_vowel(next) && !matches!(next, b'r' | b'h') => (b"", 1),
        [b'r', b'e'] if before.is_some_and(|before| !is_vowel(before)) => (b"", 2),
        [b'x', b'i', b'o', b'u', ..] => (b"kx", 2),
        [b's', b't', b'h', b'm', ..] => (b"s", 3),
        [b'm', b'p', b't', ..] => (b"mt", 3),
        [b'g', b'm'] => (b"m", 2),
        [b's', b's', b'i', b'o', b'n', ..] => (&[SH], 3),
        [b's', b'c', b'h', ..] => (b"sk", 3),
        [b's', b'h', ..] => (&[SH], 2),
        [b's', b'c', b'e' | b'i' | b'y', ..] => (b"s", 2),
        [b'c', b'h' | b'k', ..] => (b"k", 2),
        [b'c', b'c', b'e' | b'i', ..] => (b"ks", 2),
        [b'c', b'e' | b'i' | b'y', ..] => (b"s", 1),
        [b'c', b'a', b'e' | b'o', ..] | [b'c', b'o', b'e', ..] => (b"s", 3),
        [b'p', b'h', ..] => (b"f", 2),
        [b't', b'h', ..] => (&[TH], 2),
        [b'g', b'h', ..] => (if before.is_none() { b"g" } else { b"" }, 2),
        [b'd', b'g', b'e' | b'i' | b'y', ..] => (b"j", 2),
        [b'g', b'e' | b'i' | b'y', ..] => (b"j", 1),
        [b'q', b'u', ..] => (b"k", 2),
        [b'x', ..] if before.is_none() => (b"s", 1),
        [b'x', ..] => (b"ks", 1),
        [b'm', b'b'] => (b"m", 2),
        [b'w', next, ..] if is_vowel(next) && !before.is_some_and(is_vowel) => (b"w", 1),
        [b'w', b'h', ..] => (b"w", 2),
        [letter, ..] => (plain(letter, before), 1),
        [] => (b"", 1),
    }
}

/// The sound of a letter alone.
fn plain(letter: u8, before: Option<u8>) -> &'static [u8] {
    match letter {
        b'c' | b'k' | b'q' => b"k",
        b's' | b'z' => b"s",
        b'g' => b"g",
        b'j' => b"j",
        b'b' => b"b",
        b'd' => b"d",
        b'f' => b"f",
        b'l' => b"l",
        b'm' => b"m",
        b'n' => b"n",
        b'p' => b"p",
        b'r' => b"r",
        b't' => b"t",
        b'v' => b"v",
        b'h' if before.is_none() => b"h",
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_have_one_key() {
        for (typed, meant) in [
            ("kemotherapy", "chemotherapy"),
            ("newmonia", "pneumonia"),
            ("wipple", "whipple"),
            ("suport", "support"),
            ("fisician", "physician"),
            ("nauza", "nausea"),
            ("numonia", "pneumonia"),
            ("hemorage", "hemorrhage"),
            ("diarea", "diarrhoea"),
            ("sirosis", "cirrhosis"),
            ("operashun", "operation"),
            ("ekspect", "expect"),
            ("sychosis", "psychosis"),
            ("selebral", "cerebral"),
            ("anemic", "anaemic"),
            ("asma", "asthma"),
            ("flem", "phlegm"),
            ("simtom", "symptom"),
            ("dimensha", "dementia"),
            ("docta", "doctor"),
            ("jorndiss", "jaundice"),
            ("senta", "centre"),
            ("ankshus", "anxious"),
            ("afayzia", "aphasia"),
        ] {
            let same = key(typed.as_bytes()) == key(meant.as_bytes());
            assert_eq!(same, typed != "selebral", "{typed} {meant}");
        }
    }

    #[test]
    fn an_r_that_is_not_said_is_not_heard() {
        for (typed, meant) in
            [("docta", "doctor"), ("feva", "fever"), ("jorndis", "jaundice"), ("preventa", "preventer")]
        {
            assert_eq!(spoken(typed.as_bytes()), spoken(meant.as_bytes()), "{typed} {meant}");
        }
        assert_ne!(key(b"rash"), key(b"ash"));
        assert_ne!(key(b"sore"), key(b"so"));
    }
}
