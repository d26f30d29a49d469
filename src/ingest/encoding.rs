//! Bytes to text.
//!
//! UTF-8 and UTF-16 are taken with or without a byte order mark, which is dropped; line ends stay as they
//! are. Bytes that are not Unicode are read as Windows-1252, as browsers do. Two cases are refused rather
//! than guessed, because a quote must be what the author wrote: text that is mostly UTF-8 but broken in
//! places, and UTF-8 that ends in the middle of a character (a file that was cut off).

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::report::SkipReason;

/// How many bytes at the beginning decide about UTF-16 without a byte order mark.
const SAMPLE: usize = 4_096;
/// Where HTML must name its encoding, in bytes from its beginning; the standard asks for 1,024.
const HTML_PRESCAN: usize = 4_096;
/// More control characters than one in this many, and the bytes are not text.
const CONTROL_SHARE: usize = 50;

/// Decodes the bytes of a plain text or Markdown file.
///
/// # Errors
/// [`SkipReason::Binary`] or [`SkipReason::Malformed`].
pub(crate) fn decode(bytes: &[u8]) -> Result<String, SkipReason> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => strict(encoding, bytes.get(mark..).unwrap_or_default())?,
        None => unmarked(bytes, WINDOWS_1252)?,
    };
    refuse_control_characters(&text)?;
    Ok(text)
}

/// Decodes the bytes of an HTML file: byte order mark, then UTF-8 where it is valid, then what a `meta`
/// element names, then Windows-1252.
///
/// # Errors
/// As [`decode`].
pub(crate) fn decode_html(bytes: &[u8]) -> Result<String, SkipReason> {
    if Encoding::for_bom(bytes).is_some() {
        return decode(bytes);
    }
    let text = match declared(bytes) {
        // A `meta` element that can be read byte by byte cannot be in UTF-16 (HTML standard, prescan).
        Some(named) if named != encoding_rs::UTF_8 && named != UTF_16LE && named != UTF_16BE => {
            if std::str::from_utf8(bytes).is_ok() && !bytes.is_ascii() {
                unmarked(bytes, named)?
            } else {
                named.decode_without_bom_handling(bytes).0.into_owned()
            }
        }
        _ => unmarked(bytes, WINDOWS_1252)?,
    };
    refuse_control_characters(&text)?;
    Ok(text)
}

/// Refuses a text with a line of more than `limit` bytes.
///
/// # Errors
/// [`SkipReason::TooLarge`] naming the line and `max_line_bytes`.
pub(crate) fn refuse_long_lines(text: &str, limit: u64) -> Result<(), SkipReason> {
    let long = text.as_bytes().split(|&byte| byte == b'\n').position(|line| line.len() as u64 > limit);
    match long {
        None => Ok(()),
        Some(at) => Err(SkipReason::TooLarge {
            what: format!("line {}", at + 1),
            limit,
            key: "max_line_bytes".to_owned(),
        }),
    }
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, SkipReason> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| {
            SkipReason::Malformed(format!("its bytes are not the {} that it says it is", encoding.name()))
        })
}

fn unmarked(bytes: &[u8], fallback: &'static Encoding) -> Result<String, SkipReason> {
    if let Some(encoding) = utf_16_by_its_zeros(bytes) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        return text.map(std::borrow::Cow::into_owned).ok_or_else(|| zeros(bytes));
    }
    if bytes.contains(&0) {
        return Err(zeros(bytes));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => {
            refuse_broken_utf8(bytes)?;
            Ok(fallback.decode_without_bom_handling(bytes).0.into_owned())
        }
    }
}

fn zeros(bytes: &[u8]) -> SkipReason {
    let at = bytes.iter().position(|&byte| byte == 0).unwrap_or_default();
    SkipReason::Binary(format!("byte {at} is zero"))
}

/// UTF-16 of mostly Latin text has a zero in nearly every second byte, and only there.
fn utf_16_by_its_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let (mut first, mut second, mut pairs) = (0_usize, 0_usize, 0_usize);
    for pair in bytes.chunks_exact(2).take(SAMPLE / 2) {
        pairs += 1;
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    let (most, few) = (pairs * 7 / 10, pairs / 50);
    if second > most && first <= few {
        Some(UTF_16LE)
    } else if first > most && second <= few {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Tells broken UTF-8 from an old one-byte encoding: in the latter, bytes above 127 hardly ever happen to
/// form UTF-8 sequences.
fn refuse_broken_utf8(bytes: &[u8]) -> Result<(), SkipReason> {
    let (mut sequences, mut broken) = (0_usize, 0_usize);
    let mut first_broken = None;
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        sequences += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            first_broken.get_or_insert(at);
            broken += 1;
        }
        at += chunk.invalid().len();
    }
    let Some(offset) = first_broken.filter(|_| sequences > broken) else { return Ok(()) };
    let line = bytes.iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1;
    let unfinished = bytes.len() - offset < 4 && broken == 1;
    Err(SkipReason::Malformed(if unfinished {
        format!("it ends in the middle of a character (line {line}): it seems to be cut off")
    } else {
        format!("line {line} is not valid UTF-8 while most of the file is: save it as UTF-8")
    }))
}

fn refuse_control_characters(text: &str) -> Result<(), SkipReason> {
    let mut controls = 0_usize;
    let mut all = 0_usize;
    for c in text.chars() {
        all += 1;
        if c == '\0' {
            return Err(SkipReason::Binary("it holds a zero character".to_owned()));
        }
        controls += usize::from(c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{85}'));
    }
    if controls > all / CONTROL_SHARE && controls > 2 {
        return Err(SkipReason::Binary(format!("{controls} of its {all} characters are control characters")));
    }
    Ok(())
}

/// The encoding that a `meta` element near the beginning names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HTML_PRESCAN.min(bytes.len()))?.to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    for tag in head.split("<meta").skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let Some((_, value)) = tag.split_once("charset") else { continue };
        let Some(value) = value.trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let label = value.split(['"', '\'', ' ', ';', '/', '\t', '\n', '\r']).next().unwrap_or_default();
        if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
            return Some(encoding);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf_16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_line_ends_stay() {
        assert_eq!(decode(b"\xEF\xBB\xBFa\r\nb").unwrap(), "a\r\nb");
        assert_eq!(decode("naïve – yes".as_bytes()).unwrap(), "naïve – yes");
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let text = "Take one tablet – “daily”.\r\n";
        for big in [false, true] {
            assert_eq!(decode(&utf_16(text, big)).unwrap(), text);
            assert_eq!(decode(&utf_16(&format!("\u{feff}{text}"), big)).unwrap(), text);
        }
        assert!(matches!(decode(b"\xFF\xFEa\0b"), Err(SkipReason::Malformed(_))));
    }

    #[test]
    fn windows_1252_is_the_fallback() {
        assert_eq!(decode(b"\x93caf\xE9\x94 \x96 5 \x80").unwrap(), "“café” – 5 €");
        assert_eq!(decode(b"caf\xE9").unwrap(), "café");
    }

    #[test]
    fn utf_8_that_is_cut_off_or_broken_is_refused_with_its_line() {
        let cut = "Müde und schläfrig\nwährend".as_bytes();
        let Err(SkipReason::Malformed(why)) = decode(&[cut, b"\xC3"].concat()) else { panic!("accepted") };
        assert!(why.contains("line 2") && why.contains("cut off"), "{why}");
        let Err(SkipReason::Malformed(why)) = decode(b"\xC3\xBC \xC3\xA4\nx\xE9y and more") else { panic!() };
        assert!(why.contains("line 2") && why.contains("UTF-8"), "{why}");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in
            [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], b"\x01\x02\x03\x04ab", b"\0", b"\xFF\xFE\0\0a\0\0\0"]
        {
            assert!(matches!(decode(bytes), Err(SkipReason::Binary(_))), "{bytes:?} was accepted");
        }
        assert!(decode(b"form feed\x0c and tab\t").is_ok());
    }

    #[test]
    fn html_names_its_encoding() {
        let greek = b"<html><meta charset='iso-8859-7'><p>\xE1\xE2</p>";
        assert!(decode_html(greek).unwrap().contains("αβ"));
        let old =
            b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\"><p>\xE4\xE0";
        assert!(decode_html(old).unwrap().contains("да"));
        let wrong = "<meta charset=\"iso-8859-1\"><p>schläft</p>".as_bytes();
        assert!(decode_html(wrong).unwrap().contains("schläft"));
        assert!(decode_html(b"<p>\x93x\x94").unwrap().contains("“x”"));
    }

    #[test]
    fn an_endless_line_is_refused() {
        let text = format!("short\n{}\n", "x".repeat(101));
        let Err(SkipReason::TooLarge { what, key, .. }) = refuse_long_lines(&text, 100) else { panic!() };
        assert_eq!((what.as_str(), key.as_str()), ("line 2", "max_line_bytes"));
        assert!(refuse_long_lines(&text, 101).is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
            let _ = decode_html(&bytes);
        }

        #[test]
        fn text_of_people_comes_back_unchanged(text in "[a-zA-Zäöü –“”.,\n]{0,200}") {
            prop_assert_eq!(decode(text.as_bytes()).unwrap(), text);
        }
    }
}
