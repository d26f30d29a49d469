//! Lines of a file, packed with gzip or not, with their numbers.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::eval::EvalError;

/// Longest line that is read, in bytes.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// Calls `take` with every line of `path` that is not blank, and its number from 1. A file whose name ends
/// in `.gz` is unpacked on the way.
///
/// # Errors
/// The file cannot be read, a line is too long or not UTF-8, or `take` refuses one: it says why.
pub(crate) fn for_each_line(
    path: &Path,
    take: &mut dyn FnMut(&str) -> Result<(), String>,
) -> Result<(), EvalError> {
    let file = File::open(path).map_err(|error| EvalError::reading(path, error))?;
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let source: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut source = BufReader::with_capacity(1 << 16, source);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let wrong = |what: &str| EvalError::Line { path: path.to_owned(), line, what: what.to_owned() };
        let read = source.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| EvalError::reading(path, error))?;
        if read == 0 {
            break;
        }
        if read as u64 == MAX_LINE_BYTES {
            return Err(wrong("the line is longer than 64 MiB"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong("the line is not UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            take(text).map_err(|what| wrong(&what))?;
        }
    }
    Ok(())
}
