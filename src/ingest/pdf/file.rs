//! Opening a file and decoding its streams within bounds.
//!
//! A stream of a few bytes may unpack to gigabytes. The library unpacks whole streams, so what a stream unpacks to is
//! counted before it is handed over: here those that the library opens by itself, in [`Budget::decode`] those that
//! hold the content of pages, in [`Budget::spend`] those of fonts.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;
use hayro_syntax::object::Stream;
use hayro_syntax::{DecryptionError, Filter, LoadPdfError, Pdf};

use crate::ingest::report::SkipReason;

/// Most that one stream may unpack to, in bytes.
const MAX_STREAM: u64 = 64 * 1024 * 1024;
/// Most that all streams may unpack to, each as often as it is used, in bytes.
const MAX_UNPACKED: u64 = 512 * 1024 * 1024;
/// Most streams other than pictures.
const MAX_STREAMS: usize = 200_000;
/// Most bytes that a byte unpacks to, by method.
const DEFLATE_RATIO: u64 = 1_040;
const LZW_RATIO: u64 = 2_600;
const RUN_LENGTH_RATIO: u64 = 64;
/// How far before a stream its dictionary is looked for, in bytes.
const MAX_DICTIONARY: usize = 2_048;

/// Opens the file, or says why it cannot be read.
///
/// # Errors
/// [`SkipReason::Malformed`] for what is no PDF file, asks for a password, or unpacks to more than the limit.
pub(super) fn open(bytes: &[u8]) -> Result<Pdf, SkipReason> {
    refuse_bombs(bytes)?;
    Pdf::new(bytes.to_vec()).map_err(|error| {
        SkipReason::Malformed(match error {
            LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
                "it is saved with a password: save it without one".to_owned()
            }
            LoadPdfError::Decryption(_) => {
                "its encryption is not supported: save it without encryption".to_owned()
            }
            LoadPdfError::Invalid => {
                "it is no PDF file or is damaged: open it in a viewer and save it anew as PDF".to_owned()
            }
        })
    })
}

pub(super) fn too_much() -> SkipReason {
    SkipReason::Malformed("it unpacks to more than can be held: save it anew as PDF, or in parts".to_owned())
}

/// Counts what the streams other than pictures unpack to.
fn refuse_bombs(bytes: &[u8]) -> Result<(), SkipReason> {
    let (mut left, mut streams) = (MAX_UNPACKED, MAX_STREAMS);
    let mut at = 0;
    while let Some(found) = find(bytes.get(at..).unwrap_or_default(), b"stream") {
        let begin = at + found;
        at = begin + b"stream".len();
        if bytes.get(..begin).is_some_and(|before| before.ends_with(b"end")) {
            continue;
        }
        let dictionary = dictionary_before(bytes, begin);
        if is_picture(dictionary) {
            continue;
        }
        streams = streams.checked_sub(1).ok_or_else(too_much)?;
        let data = bytes.get(at..).unwrap_or_default();
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let size = unpacked_twice(data.strip_prefix(b"\n").unwrap_or(data), MAX_STREAM.min(left));
        left = left.checked_sub(size).filter(|_| size < MAX_STREAM).ok_or_else(too_much)?;
    }
    Ok(())
}

/// What stands between the last `obj` and a stream.
fn dictionary_before(bytes: &[u8], at: usize) -> &[u8] {
    let before = bytes.get(at.saturating_sub(MAX_DICTIONARY)..at).unwrap_or_default();
    let begin = before.windows(3).rposition(|window| window == b"obj").unwrap_or_default();
    before.get(begin..).unwrap_or_default()
}

/// Whether a stream is one that is never unpacked here. A name that is written with `#` could be another.
fn is_picture(dictionary: &[u8]) -> bool {
    contains(dictionary, b"/Image")
        && ![&b"/ObjStm"[..], b"/XRef", b"#"].iter().any(|other| contains(dictionary, other))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    find(bytes, part).is_some()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let first = part.first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| byte == first)?;
        if bytes.get(at..)?.starts_with(part) {
            return Some(at);
        }
        at += 1;
    }
}

/// How many bytes `data` unpacks to, or what it unpacks to does, `limit` for that or more.
fn unpacked_twice(data: &[u8], limit: u64) -> u64 {
    let once = unpacked(data, limit);
    if once.saturating_mul(DEFLATE_RATIO) < limit {
        return once;
    }
    let mut again = DeflateDecoder::new(without_head(data));
    let mut head = [0; 2];
    let has_head = again.read_exact(&mut head).is_ok() && is_head(head);
    let twice = if has_head {
        counted(DeflateDecoder::new(again), limit)
    } else {
        counted(DeflateDecoder::new(DeflateDecoder::new(without_head(data))), limit)
    };
    once.max(twice)
}

/// How many bytes `data` unpacks to, `limit` for that or more.
fn unpacked(data: &[u8], limit: u64) -> u64 {
    counted(DeflateDecoder::new(without_head(data)), limit)
}

fn counted(source: impl Read, limit: u64) -> u64 {
    let mut counted = 0;
    let mut source = source.take(limit);
    let mut buffer = [0; 16 * 1024];
    // A broken stream counts as far as it goes.
    while let Ok(read) = source.read(&mut buffer) {
        counted += read as u64;
        if read == 0 {
            break;
        }
    }
    counted
}

/// Packed data without the two bytes that zlib puts before them; files that lack those are read, too.
fn without_head(data: &[u8]) -> &[u8] {
    match data {
        [method, flags, rest @ ..] if is_head([*method, *flags]) => rest,
        _ => data,
    }
}

fn is_head([method, flags]: [u8; 2]) -> bool {
    method & 0x0F == 8 && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31)
}

/// What may still be unpacked.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: MAX_UNPACKED }
    }
}

impl Budget {
    /// The data of a stream that is no picture; `None` where it cannot be decoded.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] once the budget is spent.
    pub(super) fn decode<'a>(&mut self, stream: &Stream<'a>) -> Result<Option<Cow<'a, [u8]>>, SkipReason> {
        if self.most(stream) >= MAX_STREAM.min(self.left) {
            return Err(too_much());
        }
        let data = stream.decoded_data().ok();
        self.left = self.left.saturating_sub(data.as_ref().map_or(0, |data| data.len() as u64));
        Ok(data)
    }

    /// Takes off what a stream unpacks to that the library is to open by itself.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] once the budget is spent.
    pub(super) fn spend(&mut self, stream: &Stream<'_>) -> Result<(), SkipReason> {
        let most = self.most(stream);
        if most >= MAX_STREAM.min(self.left) {
            return Err(too_much());
        }
        self.left -= most;
        Ok(())
    }

    /// The most that a stream can unpack to.
    fn most(&self, stream: &Stream<'_>) -> u64 {
        let raw = stream.raw_data();
        let filters = stream.filters();
        let packed: Vec<&Filter> = filters.iter().filter(|filter| unpacks(filter)).collect();
        let length = raw.len() as u64;
        match (packed.as_slice(), filters.as_slice()) {
            ([], _) => length,
            ([Filter::FlateDecode], [Filter::FlateDecode]) => unpacked(&raw, MAX_STREAM.min(self.left)),
            ([Filter::FlateDecode], [Filter::Ascii85Decode, Filter::FlateDecode]) => {
                unpacked(&from_ascii_85(&raw), MAX_STREAM.min(self.left))
            }
            (several, _) => {
                several.iter().fold(length, |length, filter| length.saturating_mul(ratio(filter)))
            }
        }
    }
}

const fn unpacks(filter: &Filter) -> bool {
    matches!(filter, Filter::FlateDecode | Filter::LzwDecode | Filter::RunLengthDecode)
}

const fn ratio(filter: &Filter) -> u64 {
    match filter {
        Filter::LzwDecode => LZW_RATIO,
        Filter::RunLengthDecode => RUN_LENGTH_RATIO,
        _ => DEFLATE_RATIO,
    }
}

/// Decodes base 85 as far as it goes.
fn from_ascii_85(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut group = [84u8; 5];
    let mut held = 0;
    for &byte in data.strip_prefix(b"<~").unwrap_or(data) {
        match byte {
            b'z' if held == 0 => bytes.extend([0; 4]),
            b'!'..=b'u' => {
                if let Some(place) = group.get_mut(held) {
                    *place = byte - b'!';
                }
                held += 1;
            }
            b'~' => break,
            _ => {}
        }
        if held == 5 {
            bytes.extend(group_of_85(group));
            (group, held) = ([84; 5], 0);
        }
    }
    bytes.extend(group_of_85(group).into_iter().take(held.saturating_sub(1)));
    bytes
}

fn group_of_85(group: [u8; 5]) -> [u8; 4] {
    group
        .iter()
        .fold(0u32, |value, &digit| value.wrapping_mul(85).wrapping_add(u32::from(digit)))
        .to_be_bytes()
}
