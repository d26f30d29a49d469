//! Any bytes as a Word file: documents that keep their promises, or a reason. Bytes that are no package are tried as
//! the document in one.
#![no_main]

#[path = "support/document.rs"]
mod document;

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const RELATIONSHIPS: &[u8] =
    b"<Relationships><Relationship Id='r' Type='x/officeDocument' Target='d.xml'/></Relationships>";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let format = ibid::document::Format::Word;
    if bytes.starts_with(b"PK") {
        return document::check(format, "a.docx", bytes);
    }
    document::check(format, "a.docx", &package(bytes));
});

/// A package whose document is `content`.
fn package(content: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [("_rels/.rels", RELATIONSHIPS), ("d.xml", content)] {
        zip.start_file(name, options).expect("a name that is new");
        zip.write_all(content).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
