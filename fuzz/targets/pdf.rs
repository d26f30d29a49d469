//! Any bytes as a PDF file: documents that keep their promises, or a reason.
#![no_main]

#[path = "support/document.rs"]
mod document;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| document::check(ibid::document::Format::Pdf, "a.pdf", bytes));
